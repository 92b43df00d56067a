// The `sort` exercise: each item gets one of a few classes.

const makeBody = (context) => {
  const { spec, say } = context;
  const choices = {};
  const inputs = [];
  const tell = () => context.now(fill(say.form_ui.sorted, { n: Object.keys(choices).length, of: spec.items.length }));
  const rows = spec.items.map((item) => {
    const name = freshId("sort");
    const radios = Object.entries(spec.choices).map(([value, words]) => {
      const input = node("input", { type: "radio", name, value, ...keySafe, onchange: () => { choices[item.id] = value; tell(); context.changed({ choices: { ...choices } }); } });
      inputs.push([item.id, value, input]);
      return node("label", {}, input, words);
    });
    const extra = (item.cards ?? []).map((card) => node("div", { class: "cd-card" }, node("b", {}, card.date, " "), card.statement, " ", node("cite", {}, card.credit), card.later ? node("i", {}, ` (${say.lesson.later_note})`) : null));
    return node("fieldset", { class: "cd-item" }, node("legend", {}, node("span", { class: "cd-blockname" }, item.where), " ", item.text), ...extra, node("div", { class: "cd-radios" }, ...radios));
  });
  return {
    root: node("div", { class: "cd-sort" }, ...rows),
    show: (answer) => {
      Object.keys(choices).forEach((id) => delete choices[id]);
      Object.assign(choices, answer?.choices ?? {});
      inputs.forEach(([id, value, input]) => { input.checked = choices[id] === value; });
      tell();
    },
  };
};
