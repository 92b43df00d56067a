// The `mark` exercise: spans with roles, grouped into attributions or standing alone.

const makeBody = (context) => {
  const { spec, say, meaning } = context;
  const groups = [];
  const grouped = spec.roles.length > 1;
  const list = node("ol", { class: `cd-groups${spec.grid ? " cd-grid" : ""}`, "aria-label": say.marker.list_label });
  const send = () => context.changed({ groups: JSON.parse(JSON.stringify(groups)) });
  const text = marker(context, { groups, roles: spec.roles, grouped, onChange: (save = true) => { showGroups(); if (save) send(); } });

  const choice = (group, name, options, g) => {
    const select = node("select", { ...keySafe, "aria-label": `${say.roles[name]}: ${spec.item} ${g + 1}`, onchange: (event) => { group.labels = { ...group.labels, [name]: event.target.value }; text.refresh(); if (grouped && g === text.active) context.announce(text.nextStep()); send(); } },
      node("option", { value: "" }, fill(say.marker.choose, { label: say.roles[name] })), ...Object.entries(options).map(([value, words]) => node("option", { value }, words)));
    select.value = group.labels?.[name] ?? "";
    return select;
  };
  const part = (group, role) => {
    const words = (group[role] ?? []).map(([a, b]) => text.between(a, b)).join(" … ");
    return node("span", { class: `cd-part cd-m-${role}` }, grouped ? node("b", {}, `${say.roles[role]}: `) : null, words ? node("bdi", ofStory(spec), words) : node("i", {}, say.marker.none_yet));
  };
  const isBuilt = (g) => grouped && g === text.active && !text.judged();
  const groupRow = (group, g) => {
    const building = isBuilt(g);
    const name = building ? fill(say.marker.building, { item: spec.item, n: g + 1 }) : `${spec.item[0].toUpperCase()}${spec.item.slice(1)} ${g + 1}`;
    const button = (words, act) => node("button", { type: "button", ...keySafe, "aria-label": `${words}: ${spec.item} ${g + 1}`, onclick: act }, words);
    return node("li", { class: building ? "cd-building" : "", "aria-current": building ? "true" : null },
      node("strong", { class: grouped ? "" : "cd-number" }, node("span", { class: "cd-sign" }), grouped ? name : node("span", { "aria-label": name }, `${g + 1}`)),
      node("span", { class: "cd-parts" }, ...spec.roles.map((role) => part(group, role))),
      ...Object.entries(spec.labels).map(([label, options]) => choice(group, label, options, g)),
      node("span", { class: "cd-acts" }, grouped && g !== text.active ? button(say.marker.edit, () => { text.go(g); text.focus(); }) : null, button(say.marker.remove, () => { text.remove(g); text.focus(); })));
  };
  let rows = [];
  const showGroups = () => {
    rows = groups.map((group, g) => {
      const drawn = JSON.stringify([group, isBuilt(g)]);
      return rows[g]?.group === group && rows[g].drawn === drawn ? rows[g] : { group, drawn, root: groupRow(group, g) };
    });
    const shown = rows.length ? rows.map((row) => row.root) : [node("li", { class: "cd-empty" }, say.marker.building_none)];
    while (list.children.length > shown.length) list.lastChild.remove();
    shown.forEach((row, n) => { if (!list.children[n]) list.append(row); else if (list.children[n] !== row) list.children[n].replaceWith(row); });
    showVerdicts();
  };
  const showVerdicts = () => rows.forEach(({ root }, g) => {
    const verdict = text.verdict(g), sign = root.querySelector(".cd-sign");
    root.dataset.mark = verdict?.mark ?? "";
    sign.hidden = !verdict;
    sign.textContent = verdict?.sign ?? "";
    sign.title = verdict?.mark_text ?? "";
  });
  return {
    words: meaning.beside([...spec.roles.map((role) => say.roles[role]), ...Object.entries(spec.labels).flatMap(([label, options]) => [say.roles[label], ...Object.values(options)])]),
    root: node("div", {}, text.box, list, markerKeys(say)),
    tools: markerTools(context, text, spec.roles, grouped),
    note: (hinted, key) => { if (text.judge(key)) showGroups(); },
    place: (item) => text.place(item),
    shows: () => false,
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
