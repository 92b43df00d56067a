// The `sort` exercise: each item gets one of a few classes.

const makeBody = (context) => {
  const { spec, say, meaning } = context;
  const choices = {};
  const tell = () => context.now(fill(say.form_ui.sorted, { n: Object.keys(choices).length, of: spec.items.length }));
  const rows = new Map(spec.items.map((item, n) => {
    const cards = (item.cards ?? []).map((card) => factCard(card, say));
    const legend = [node("span", { class: "cd-visually-hidden" }, fill(say.form_ui.place, { n: n + 1, of: spec.items.length })), node("span", { class: "cd-blockname" }, item.where), " ", node("bdi", item.of_story ? ofStory(spec) : {}, item.text)];
    const choose = (value) => { choices[item.id] = value; tell(); look(); context.changed({ choices: { ...choices } }); };
    return [item.id, choiceRow(legend, spec.choices, choose, cards)];
  }));
  // Many classes make a table on a wide screen: a row for each item, a column for each class.
  const many = Object.values(spec.choices);
  const table = many.length > 4;
  const words = table ? null : meaning.beside(many);
  const columns = table ? node("div", { class: "cd-columns", role: "group", "aria-label": say.meaning.columns }, node("span", {}, say.meaning.beside), ...many.map((label, n) => node("span", {}, keyName(n), meaning.heading(label)))) : null;
  // The blocks of a page are sorted on the page: each looks like what it was taken for, by the learner or in the key.
  const accepted = new Map();
  let seen = "mine";
  const look = () => rows.forEach((row, id) => {
    const found = seen === "key" ? accepted.get(id)?.[0] : choices[id];
    row.root.dataset.look = found ? Object.keys(spec.choices).indexOf(found) : "";
  });
  const views = spec.sheet ? ["mine", "key"].map((name) => node("button", { type: "button", ...keySafe, onclick: () => { seen = name; showViews(); } }, say.form_ui[`view_${name}`])) : [];
  const viewSwitch = node("div", { class: "cd-switch", role: "group", "aria-label": say.form_ui.view, hidden: true }, ...views);
  const showViews = () => {
    viewSwitch.hidden = !spec.sheet || !accepted.size;
    if (viewSwitch.hidden) seen = "mine";
    views.forEach((button, n) => button.setAttribute("aria-pressed", String((n === 1) === (seen === "key"))));
    look();
  };
  const note = noteRows(rows, say);
  const kind = columns ? " cd-matrix" : spec.sheet ? " cd-sheet" : short(spec.choices) ? " cd-beside" : "";
  return {
    words,
    root: node("div", {}, viewSwitch, node("div", { class: `cd-rows cd-sort${kind}`, style: `--columns: ${many.length}` }, columns, ...[...rows.values()].map((row) => row.root))),
    note: (hinted, key) => {
      note(hinted, key);
      accepted.clear();
      key.forEach((row) => { if (row.accepted.length) accepted.set(row.item, row.accepted); });
      showViews();
    },
    place: (item) => rows.get(item.id)?.root,
    shows: (row) => rows.has(row.item),
    show: (answer) => {
      Object.keys(choices).forEach((id) => delete choices[id]);
      Object.assign(choices, answer?.choices ?? {});
      rows.forEach((row, id) => row.set(choices[id]));
      tell();
      look();
    },
  };
};

// A dated fact to read beside an item; an address is a link.
function factCard(card, say) {
  const fact = node("span", { id: freshId("fact") }, node("b", {}, card.date, " "), card.statement); // read out with its link
  const source = card.address ? node("a", { href: card.address, target: "_blank", rel: "noopener noreferrer", "aria-describedby": fact.id, ...keySafe }, card.credit) : card.credit;
  return node("div", { class: "cd-card" }, fact, " ", node("cite", {}, source), card.later ? node("i", {}, ` (${say.lesson.later_note})`) : null);
}
