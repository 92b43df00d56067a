// The `form` exercise: choices and numbers.

const makeBody = (context) => {
  const { spec, say } = context;
  const values = {};
  const fields = [];
  const tell = () => context.now(fill(say.form_ui.answered, { n: Object.values(values).filter((v) => v !== "" && v != null).length, of: spec.questions.length }));
  let typing = null;
  const give = (id, value, wait) => {
    values[id] = value;
    tell();
    clearTimeout(typing);
    typing = setTimeout(flush, wait);
  };
  const flush = () => { if (typing) { clearTimeout(typing); typing = null; context.changed({ values: { ...values } }); } };
  const rows = spec.questions.map((question, n) => {
    const text = `${n + 1}. ${question.text}`;
    if (question.open) {
      const area = node("textarea", { rows: 2, ...keySafe, oninput: () => give(question.id, area.value, 400), onblur: () => flush() });
      fields.push([question.id, (value) => { area.value = value ?? ""; }]);
      return node("p", { class: "cd-item" }, node("label", {}, text, area));
    }
    if (!question.options) {
      const help = node("small", { id: freshId("help") }, fill(say.form_ui.number, question));
      const read = () => {
        const typed = input.value.trim().replace(",", ".");
        const number = typed.endsWith("%") ? Number(typed.slice(0, -1)) / 100 : Number(typed);
        const fits = typed === "" || (Number.isFinite(number) && number >= question.min && number <= question.max);
        tellFit(fits);
        return typed === "" ? null : fits ? number : input.value.trim(); // what is no such number is kept as it was typed
      };
      const tellFit = (fits) => {
        input.setAttribute("aria-invalid", String(!fits));
        help.textContent = fill(fits ? say.form_ui.number : say.form_ui.not_number, question);
      };
      const input = node("input", { type: "text", inputmode: "decimal", size: 8, "aria-describedby": help.id, ...keySafe, oninput: () => give(question.id, read(), 300), onblur: () => flush() });
      fields.push([question.id, (value) => { input.value = value ?? ""; read(); }]);
      return node("p", { class: "cd-item" }, node("label", {}, text, " ", input), " ", help);
    }
    const name = freshId("form");
    const radios = Object.entries(question.options).map(([value, words]) => {
      const input = node("input", { type: "radio", name, value, ...keySafe, onchange: () => give(question.id, value, 0) });
      fields.push([question.id, (given) => { input.checked = given === value; }]);
      return node("label", {}, input, words);
    });
    return node("fieldset", { class: "cd-item" }, node("legend", {}, text), node("div", { class: "cd-radios" }, ...radios));
  });
  return {
    root: node("div", { class: "cd-form" }, ...rows),
    flush,
    show: (answer) => {
      Object.keys(values).forEach((id) => delete values[id]);
      Object.assign(values, answer?.values ?? {});
      fields.forEach(([id, set]) => set(values[id]));
      tell();
    },
  };
};
