// The map in the browser: Python has drawn it and written every word; here a day, a list or a view is put in.

const render = ({ model, el }) => {
  const { names, notes, since, states } = model.get("spec");
  el.classList.add("cd-host");
  el.innerHTML = model.get("html");
  const one = (selector) => el.querySelector(selector);
  const all = (selector) => [...el.querySelectorAll(selector)];
  const made = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });
  const slider = one("input[type=range]");
  const captions = all(".note");
  const hint = one(".here").textContent;
  const title = one("h3").textContent;
  let of = "NATO";
  let shown = 0; // which drawing
  let told = null; // which place is told about

  const said = (path) => {
    const id = path.dataset.place;
    const status = path.classList.contains("hatched") ? "" : path.classList.contains("in") ? since[of][id] : states[of][slider.value].out;
    return [status, notes[id]].filter(Boolean).join(" ");
  };

  const tell = (path) => {
    told = path;
    one(".here").replaceChildren(...(path ? [made("b", `${names[path.dataset.place]}: `), said(path)] : [hint]));
    drawings[shown].outline.setAttribute("d", path?.getAttribute("d") ?? "");
  };

  // A drawing is one stop of the Tab key; inside, arrows and first letters go from place to place by name.
  const drawings = all("figure").map((figure) => {
    const svg = figure.querySelector("svg");
    const outline = document.createElementNS(svg.namespaceURI, "path");
    outline.setAttribute("class", "outline");
    svg.insertBefore(outline, svg.lastElementChild); // below the names
    svg.setAttribute("role", "listbox");
    const paths = [...svg.querySelectorAll("[data-place]")].sort((a, b) => names[a.dataset.place].localeCompare(names[b.dataset.place]));
    const go = (path) => {
      for (const other of paths) other.setAttribute("tabindex", other === path ? "0" : "-1");
      path.focus({ preventScroll: true });
    };
    for (const path of paths) {
      path.firstElementChild.remove(); // the title, which the label and the words beside the picture replace
      path.setAttribute("role", "option");
      path.setAttribute("tabindex", "-1");
      path.setAttribute("data-lm-suppress-shortcuts", "true"); // JupyterLab's command mode takes keys unless the focused element says no
      path.addEventListener("focus", () => tell(path));
      path.addEventListener("pointerenter", () => tell(path));
      path.addEventListener("click", () => go(path));
    }
    (paths.find((path) => path.classList.contains("own")) ?? paths[0]).setAttribute("tabindex", "0");
    svg.addEventListener("pointerleave", () => tell(svg.contains(document.activeElement) ? document.activeElement : null));
    svg.addEventListener("focusout", () => tell(null));
    svg.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const at = paths.indexOf(event.target);
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      const after = [...paths.slice(at + 1), ...paths.slice(0, at + 1)];
      const next = step ? paths.at((at + step) % paths.length)
        : event.key === "Home" ? paths[0]
        : event.key === "End" ? paths.at(-1)
        : after.find((path) => event.key.length === 1 && names[path.dataset.place].toLowerCase().startsWith(event.key.toLowerCase()));
      if (!next) return;
      event.preventDefault();
      go(next);
    });
    return { figure, svg, outline, paths, borders: [...svg.querySelectorAll("[data-with]")], label: svg.getAttribute("aria-label") };
  });

  const show = () => {
    const state = states[of][slider.value];
    const { svg, paths, borders, label } = drawings[shown];
    const inside = new Set(state.inside);
    for (const path of paths) path.classList.toggle("in", inside.has(path.dataset.place));
    for (const path of borders) path.classList.toggle("in", inside.has(path.dataset.with));
    for (const path of paths) path.setAttribute("aria-label", `${names[path.dataset.place]}: ${said(path)}`);
    svg.setAttribute("aria-label", label.replace(title, state.title));
    captions[shown].querySelector("span").textContent = state.outside[shown];
    one("h3").textContent = state.title;
    one(".day b").textContent = state.date;
    slider.setAttribute("aria-valuetext", state.date);
    one(".news").textContent = state.news;
    one(".words").replaceChildren(...state.words.map((words) => made("li", words)));
    const cells = all("th, td"); // as many on every day
    state.table.flat().forEach((text, n) => { cells[n].textContent = text; });
    tell(told);
  };

  const choose = (kind, act) => all(`button[data-${kind}]`).forEach((button, n, buttons) => button.addEventListener("click", () => {
    for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
    act(button, n);
    show();
  }));
  choose("of", (button) => { of = button.dataset.of; });
  choose("view", (_, n) => {
    tell(null);
    shown = n;
    for (const parts of [drawings.map(({ figure }) => figure), captions]) parts.forEach((part, at) => { part.hidden = at !== n; });
  });
  all("button[data-step]").forEach((button) => button.addEventListener("click", () => {
    slider.value = Number(slider.value) + Number(button.dataset.step);
    show();
  }));
  slider.addEventListener("input", show);
  el.addEventListener("keydown", (event) => { if (event.key === "Escape") el.closest(".jp-Cell")?.focus(); });
  show();
};

export default { render };
