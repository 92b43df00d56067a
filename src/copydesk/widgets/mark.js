// The `mark` exercise: spans with roles, grouped into attributions or standing alone.

const makeBody = (context) => {
  const { spec, say } = context;
  const groups = [];
  const grouped = spec.roles.length > 1;
  const list = node("ol", { class: "cd-groups", "aria-label": say.marker.list_label });
  const text = marker(context, { groups, roles: spec.roles, grouped, onChange: (save = true) => { showGroups(); if (save) context.changed({ groups: JSON.parse(JSON.stringify(groups)) }); } });

  const choice = (group, name, options, g) => {
    const select = node("select", { ...keySafe, onchange: (event) => { group.labels = { ...group.labels, [name]: event.target.value }; context.changed({ groups: JSON.parse(JSON.stringify(groups)) }); } },
      node("option", { value: "" }, say.marker.choose), ...Object.entries(options).map(([value, words]) => node("option", { value }, words)));
    select.value = group.labels?.[name] ?? "";
    return node("label", {}, `${say.roles[name]} ${g + 1} `, select);
  };
  const showGroups = () => {
    list.replaceChildren(...groups.map((group, g) => {
      const parts = spec.roles.map((role) => node("span", { class: `cd-part cd-m-${role}` }, node("span", { class: "cd-tag", "aria-hidden": "true" }, spec.tags[role]), grouped ? `${say.roles[role]}: ` : "", (group[role] ?? []).map(([a, b]) => text.between(a, b)).join(" … ") || node("i", {}, say.marker.none_yet)));
      const labels = Object.entries(spec.labels).map(([name, options]) => choice(group, name, options, g));
      const building = grouped && g === text.active;
      return node("li", { class: building ? "cd-building" : "", "aria-current": building ? "true" : null },
        node("strong", {}, building ? fill(say.marker.building, { item: spec.item, n: g + 1 }) : `${spec.item[0].toUpperCase()}${spec.item.slice(1)} ${g + 1}`), ...parts, labels.length ? node("span", { class: "cd-break" }) : null, ...labels,
        grouped && !building ? node("button", { type: "button", ...keySafe, "aria-label": `${say.marker.edit}: ${spec.item} ${g + 1}`, onclick: () => { text.go(g); text.focus(); } }, say.marker.edit) : null,
        node("button", { type: "button", ...keySafe, "aria-label": `${say.marker.remove}: ${spec.item} ${g + 1}`, onclick: () => { text.remove(g); text.focus(); } }, say.marker.remove));
    }));
    if (!groups.length) list.append(node("li", { class: "cd-empty" }, say.marker.building_none));
  };
  return {
    root: node("div", {}, text.box, context.nowNode, markerTools(context, text, spec.roles, grouped), list, markerKeys(say)),
    show: (answer) => {
      groups.splice(0, groups.length, ...JSON.parse(JSON.stringify(answer?.groups ?? [])));
      const open = groups.findIndex((group) => spec.roles.some((role) => !(group[role] ?? []).length));
      text.active = open >= 0 ? open : groups.length - 1;
      text.reset();
      text.refresh();
      showGroups();
    },
  };
};
