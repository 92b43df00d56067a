// A stretch of the page to write another way: how it stands there, the learner's version, and what moved between the two.

// How long a text is, and how long it may be.
const wordsOf = (text, { min, max }, { form_ui: say }) => {
  const n = countWords(text);
  return `${n === 1 ? say.word : fill(say.words, { n })} (${fill(say.words_range, { min, max })})`;
};

function editor(context, edit, onChange, onLeave) {
  const say = context.say.edit;
  const id = freshId("edit");
  const counter = node("small", { id: `${id}-n` });
  const same = (words) => words.split(/\s+/).join(" ").trim() === edit.original.split(/\s+/).join(" ").trim();
  let typed = false, shown = null;

  const tell = () => {
    counter.textContent = wordsOf(area.value, edit, context.say);
    reset.hidden = same(area.value);
  };
  // The page's own words are never sent back: unchanged, there is no version.
  const give = () => { typed = true; tell(); onChange(same(area.value) ? undefined : area.value); };
  const area = node("textarea", { id, ...ofStory(context.spec), rows: Math.min(10, 2 + Math.floor(edit.original.length / 75)), "aria-describedby": counter.id, ...keySafe, oninput: give, onblur: onLeave });
  const reset = node("button", { type: "button", ...keySafe, onclick: () => { area.value = edit.original; area.focus(); give(); context.announce(say.said_reset); } }, say.reset);

  const body = node("tbody", {});
  const head = [say.measure, say.original, say.yours].map((words) => node("th", { scope: "col" }, words));
  const table = node("table", { class: "cd-measures" }, node("caption", {}, say.caption), node("thead", {}, node("tr", {}, ...head)), body);
  const told = (measured) => {
    body.replaceChildren(...measured.map(([label, before, after]) => node("tr", { class: before !== after ? "cd-moved" : null },
      node("th", { scope: "row" }, label), node("td", {}, before), node("td", {}, before !== after ? "→ " : "", after))));
    const moved = measured.filter(([label, , after]) => after !== (shown?.get(label) ?? "0"));
    if (typed && shown && moved.length) context.announce(moved.map(([label, before, after]) => fill(say.said_moved, { label, before, after })).join("; "));
    shown = new Map(measured.map(([label, , after]) => [label, after]));
  };
  const said = node("div", { class: "cd-said" });
  return {
    said,
    root: node("fieldset", { class: "cd-item cd-edit", tabindex: "-1", ...keySafe }, node("legend", {}, edit.label),
      node("div", { class: "cd-original" }, node("b", {}, say.original), node("blockquote", ofStory(context.spec), edit.original)),
      node("label", { for: id }, say.yours), area, node("div", { class: "cd-under" }, counter, reset), said, table),
    told,
    show: (given) => { area.value = given ?? edit.original; typed = false; tell(); },
  };
}
