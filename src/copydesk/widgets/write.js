// The `write` exercise: boxes to fill, stretches of the page to write another way, and evidence picked from the text.

const makeBody = (context) => {
  const { spec, say, meaning } = context;
  const groups = [];
  const texts = {};
  const areas = [];
  const boxes = new Map();
  let typing = null;
  const value = () => ({ texts: { ...texts }, evidence: groups.flatMap((group) => group.evidence ?? []) });
  const flush = () => { if (typing) { clearTimeout(typing); typing = null; context.changed(value()); } };
  const picks = node("ul", { class: "cd-groups", "aria-label": say.marker.list_label });
  const text = spec.evidence ? marker(context, { groups, roles: ["evidence"], grouped: false, onChange: () => { showPicks(); context.changed(value()); } }) : null;
  const showPicks = () => picks.replaceChildren(...(groups.length ? [] : [node("li", { class: "cd-empty" }, say.marker.building_none)]), ...groups.map((group, g) => node("li", {},
    node("strong", { class: "cd-number" }, `${g + 1}`),
    node("span", { class: "cd-parts" }, node("span", { class: "cd-part cd-m-evidence", ...ofStory(spec) }, group.evidence.map(([a, b]) => text.between(a, b)).join(" … "))),
    node("span", { class: "cd-acts" }, node("button", { type: "button", ...keySafe, "aria-label": `${say.marker.remove}: ${say.roles.evidence} ${g + 1}`, onclick: () => { text.remove(g); text.focus(); } }, say.marker.remove)))));
  const later = (wait) => { clearTimeout(typing); typing = setTimeout(flush, wait); };
  const edits = spec.edits.map((edit) => [edit.id, editor(context, edit, (version) => {
    if (version === undefined) delete texts[edit.id]; else texts[edit.id] = version;
    later(300);
  }, flush)]);
  edits.forEach(([id, editing]) => boxes.set(id, editing));
  const rows = spec.fields.map((field) => {
    const id = freshId("box");
    const counter = node("small", { id: `${id}-n` });
    const area = node("textarea", { id, dir: "auto", rows: field.max > 200 ? 14 : field.max > 50 ? 4 : 2, "aria-describedby": `${id}-n`, ...keySafe, oninput: () => {
      texts[field.id] = area.value;
      tell();
      later(400);
    }, onblur: flush });
    const tell = () => { counter.textContent = wordsOf(area.value, field, say); };
    areas.push([field.id, (given) => { area.value = given ?? ""; tell(); }]);
    const said = node("div", { class: "cd-said" });
    const root = node("div", { class: "cd-item", tabindex: "-1", ...keySafe }, node("label", { for: id }, field.label), area, counter, ...kept(meaning.beside(meaning.termsIn(field.label))), said);
    boxes.set(field.id, { root, said });
    return root;
  });
  return {
    tools: text ? markerTools(context, text, ["evidence"], false) : null,
    root: node("div", { class: "cd-write" }, ...(text ? [text.box, picks] : []), ...edits.map(([, editing]) => editing.root), ...rows),
    flush,
    note: noteRows(boxes, say),
    place: (item) => boxes.get(item.id)?.root,
    shows: (row) => boxes.has(row.item),
    keyTitle: say.outcome.samples,
    told: (state) => edits.forEach(([id, editing]) => editing.told(state.measures[id])),
    show: (answer) => {
      groups.splice(0, groups.length, ...(answer?.evidence ?? []).map((span) => ({ evidence: [span], labels: {} })));
      Object.keys(texts).forEach((id) => delete texts[id]);
      Object.assign(texts, answer?.texts ?? {});
      [...areas, ...edits.map(([id, editing]) => [id, editing.show])].forEach(([id, set]) => set(texts[id]));
      if (text) { text.reset(); text.refresh(); showPicks(); } else context.now("");
    },
  };
};
