// The `form` exercise: choices and numbers.

const makeBody = (context) => {
  const { spec, say, meaning } = context;
  const values = {};
  let typing = null;
  const tell = () => context.now(fill(say.form_ui.answered, { n: Object.values(values).filter((v) => v !== "" && v != null).length, of: spec.questions.length }));
  const flush = () => { if (typing) { clearTimeout(typing); typing = null; context.changed({ values: { ...values } }); } };
  const give = (id, value, wait) => {
    values[id] = value;
    tell();
    clearTimeout(typing);
    typing = setTimeout(flush, wait);
  };

  const open = (question, text) => {
    const area = node("textarea", { rows: 2, ...keySafe, oninput: () => give(question.id, area.value, 400), onblur: flush });
    const said = node("div", { class: "cd-said" });
    return { root: node("div", { class: "cd-item", tabindex: "-1", ...keySafe }, node("label", {}, text, area), said), said, set: (value) => { area.value = value ?? ""; } };
  };
  const number = (question, text) => {
    const help = node("small", { id: freshId("help") });
    const said = node("div", { class: "cd-said" });
    const read = () => {
      const typed = input.value.trim().replace(",", ".");
      const value = typed.endsWith("%") ? Number(typed.slice(0, -1)) / 100 : Number(typed);
      const fits = typed === "" || (Number.isFinite(value) && value >= question.min && value <= question.max);
      input.setAttribute("aria-invalid", String(!fits));
      help.textContent = fill(fits ? say.form_ui.number : say.form_ui.not_number, question);
      return typed === "" ? null : fits ? value : input.value.trim(); // what is no such number is kept as it was typed
    };
    const input = node("input", { type: "text", inputmode: "decimal", size: 8, "aria-describedby": help.id, ...keySafe, oninput: () => give(question.id, read(), 300), onblur: flush });
    return { root: node("div", { class: "cd-item", tabindex: "-1", ...keySafe }, node("label", {}, text, " ", input), " ", help, said), said, set: (value) => { input.value = value ?? ""; read(); } };
  };
  const rows = new Map(spec.questions.map((question, n) => {
    const text = `${n + 1}. ${question.text}`;
    if (question.options) {
      const legend = [`${n + 1}. `, ...meaning.within(question.text)];
      return [question.id, choiceRow(legend, question.options, (value) => give(question.id, value, 0), [], meaning.beside(Object.values(question.options)))];
    }
    const made = question.open ? open(question, text) : number(question, text);
    made.said.before(...kept(meaning.beside(meaning.termsIn(question.text))));
    return [question.id, made];
  }));
  // Short choices stand beside their question, if all of them are short.
  const beside = spec.questions.every((question) => question.options && short(question.options));
  return {
    root: node("div", { class: `cd-form${beside ? " cd-rows cd-beside" : ""}` }, ...[...rows.values()].map((row) => row.root)),
    flush,
    note: noteRows(rows, say),
    place: (item) => rows.get(item.id)?.root,
    shows: (row) => rows.has(row.item),
    show: (answer) => {
      Object.keys(values).forEach((id) => delete values[id]);
      Object.assign(values, answer?.values ?? {});
      rows.forEach((row, id) => row.set(values[id]));
      tell();
    },
  };
};
