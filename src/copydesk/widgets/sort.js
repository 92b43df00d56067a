// The `sort` exercise: each item gets one of a few classes.

const makeBody = (context) => {
  const { spec, say } = context;
  const choices = {};
  const tell = () => context.now(fill(say.form_ui.sorted, { n: Object.keys(choices).length, of: spec.items.length }));
  const rows = new Map(spec.items.map((item) => {
    const cards = (item.cards ?? []).map((card) => factCard(card, say));
    const legend = [node("span", { class: "cd-blockname" }, item.where), " ", node("bdi", item.of_story ? ofStory(spec) : {}, item.text)];
    const choose = (value) => { choices[item.id] = value; tell(); context.changed({ choices: { ...choices } }); };
    return [item.id, choiceRow(legend, spec.choices, choose, cards)];
  }));
  // Many classes make a table on a wide screen: a row for each item, a column for each class.
  const many = Object.values(spec.choices);
  const columns = many.length > 4 ? node("div", { class: "cd-columns", "aria-hidden": "true" }, node("span", {}), ...many.map((words, n) => node("span", {}, keyName(n), words))) : null;
  return {
    root: node("div", { class: `cd-rows cd-sort${columns ? " cd-matrix" : short(spec.choices) ? " cd-beside" : ""}`, style: `--columns: ${many.length}` }, columns, ...[...rows.values()].map((row) => row.root)),
    note: noteRows(rows, say),
    place: (item) => rows.get(item.id)?.root,
    shows: (row) => rows.has(row.item),
    show: (answer) => {
      Object.keys(choices).forEach((id) => delete choices[id]);
      Object.assign(choices, answer?.choices ?? {});
      rows.forEach((row, id) => row.set(choices[id]));
      tell();
    },
  };
};

// A dated fact to read beside an item; an address is a link.
function factCard(card, say) {
  const source = card.address ? node("a", { href: card.address, target: "_blank", rel: "noopener noreferrer", ...keySafe }, card.credit) : card.credit;
  return node("div", { class: "cd-card" }, node("b", {}, card.date, " "), card.statement, " ", node("cite", {}, source), card.later ? node("i", {}, ` (${say.lesson.later_note})`) : null);
}
