// What a word of the course means, where it stands: a button for the word, and a box that opens at it and moves nothing.

function meanings(help, say, announce) {
  const { texts, terms } = help;
  const told = new Set(); // headings of what can be opened above, so that a wall of rows explains a choice once
  let opener = null;
  const name = node("strong", { id: freshId("meaning") });
  const text = node("p", {}), example = node("p", {});
  const box = node("div", { class: "cd-meaning", role: "group", id: freshId("box"), "aria-labelledby": name.id, hidden: true },
    node("div", { class: "cd-meaning-head" }, name, node("button", { type: "button", class: "cd-close", "aria-label": say.close, title: say.close, ...keySafe, onclick: () => close(true) }, "×")), text, example);
  const close = (back) => {
    if (!opener) return;
    const was = opener;
    opener = null;
    box.hidden = true;
    was.setAttribute("aria-expanded", "false");
    if (back) was.focus({ preventScroll: true });
  };
  const open = (button, { name: heading, say: meaning, example: words }) => {
    const again = opener === button;
    close();
    if (again) return;
    opener = button;
    button.setAttribute("aria-expanded", "true");
    name.textContent = heading;
    text.textContent = meaning;
    example.replaceChildren(...(words ? [node("em", {}, `${say.example} `), words] : []));
    text.hidden = !meaning;
    button.closest("p, .cd-legend, .cd-columns").after(box); // near in the order of Tab and of reading, and in nobody's name
    box.hidden = false;
    const home = box.offsetParent.getBoundingClientRect(), section = button.closest("section").getBoundingClientRect(), place = button.getClientRects()[0];
    const edge = 8;
    box.style.maxWidth = `min(22rem, ${section.width - 2 * edge}px)`;
    const under = place.bottom + box.offsetHeight + 60 < window.innerHeight || place.top < box.offsetHeight + 40;
    box.style.top = `${(under ? place.bottom + 4 : place.top - box.offsetHeight - 4) - home.top}px`;
    box.style.left = `${Math.max(section.left + edge, Math.min(place.left, section.right - edge - box.offsetWidth)) - home.left}px`;
    announce([`${heading}.`, meaning, words && `${say.example} ${words}`].filter(Boolean).join(" "));
  };
  const button = (words, term) => {
    const made = node("button", { type: "button", class: "cd-term", "aria-expanded": "false", "aria-controls": box.id, title: say.open, ...keySafe, onclick: () => { made.focus(); open(made, term); } }, words);
    return made;
  };
  const wired = (section) => {
    section.append(box);
    section.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !opener) return;
      event.preventDefault();
      event.stopPropagation();
      close(true);
    }, true);
    section.addEventListener("focusout", (event) => { if (opener && event.relatedTarget && event.relatedTarget !== opener && !box.contains(event.relatedTarget)) close(); });
    section.addEventListener("pointerdown", (event) => { if (opener && !opener.contains(event.target) && !box.contains(event.target)) close(); });
  };
  const within = (sentence) => {
    const pieces = [...(texts[sentence] ?? [[sentence, ""]])];
    const made = [];
    let rest = "";
    pieces.forEach(([words, term], n) => {
      if (!term) { rest += words; return; }
      told.add(terms[term].name);
      // a bracket before the word and a comma behind it stay on its line
      const [, text, before] = rest.match(/^([^]*?)(\S*)$/);
      const [, after] = (pieces[n + 1]?.[0] ?? "").match(/^([^\s\w]*)/);
      made.push(text, before || after ? node("span", { class: "cd-glued" }, before, button(words, terms[term]), after) : button(words, terms[term]));
      rest = "";
      if (after) pieces[n + 1] = [pieces[n + 1][0].slice(after.length), pieces[n + 1][1]];
    });
    return [...made, rest];
  };
  // Where words stand on a control of their own, which can hold no second one, they are explained beside it.
  const beside = (labels) => {
    const fresh = labels.filter((label) => terms[label] && !told.has(terms[label].name));
    fresh.forEach((label) => told.add(terms[label].name));
    if (!fresh.length) return null;
    const buttons = fresh.map((label) => button(terms[label].name, terms[label]));
    if (fresh.length < 3) return node("p", { class: "cd-words" }, `${say.beside} `, ...buttons);
    return node("details", { class: "cd-many-words" }, node("summary", { ...keySafe }, say.beside), node("p", { class: "cd-words" }, ...buttons));
  };
  const heading = (label) => { if (!terms[label]) return label; told.add(terms[label].name); return button(label, terms[label]); };
  const termsIn = (sentence) => (texts[sentence] ?? []).map(([, term]) => term).filter(Boolean);
  return { wired, within, beside, heading, termsIn };
}
