// The map in the browser: Python has drawn it and written every word; here a day, a list or a view is put in.

const render = ({ model, el }) => {
  const { names, notes, since, states } = model.get("spec");
  el.classList.add("cd-host");
  el.innerHTML = model.get("html");
  const one = (selector) => el.querySelector(selector);
  const all = (selector) => [...el.querySelectorAll(selector)];
  const made = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });
  const slider = one("input[type=range]");
  const figures = all("figure");
  const captions = all(".note");
  const shapes = all("[data-place]");
  const borders = all("[data-with]");
  const hint = one(".here").textContent;
  let of = "NATO";
  let place = null; // which state is told about

  const said = (path) => {
    const id = path.dataset.place;
    const status = path.classList.contains("hatched") ? "" : path.classList.contains("in") ? since[of][id] : states[of][slider.value].out;
    return [status, notes[id]].filter(Boolean).join(" ");
  };

  // A drawing is one stop of the Tab key; inside, the arrows go from state to state by name.
  const drawings = figures.map((figure) => {
    const svg = figure.querySelector("svg");
    const outline = document.createElementNS(svg.namespaceURI, "path");
    outline.setAttribute("class", "outline");
    svg.insertBefore(outline, svg.lastElementChild);
    svg.setAttribute("role", "listbox");
    const paths = [...svg.querySelectorAll("[data-place]")].sort((a, b) => names[a.dataset.place].localeCompare(names[b.dataset.place]));
    for (const path of paths) {
      path.firstElementChild.remove(); // its title: said by the label and beside the picture
      path.setAttribute("role", "option");
      path.setAttribute("data-lm-suppress-shortcuts", "true"); // JupyterLab's command mode takes keys unless the focused element says no
      path.setAttribute("tabindex", "-1");
      path.addEventListener("focus", () => tell(path));
      path.addEventListener("pointerenter", () => tell(path));
      path.addEventListener("click", () => go(path));
    }
    const go = (path) => {
      for (const other of paths) other.setAttribute("tabindex", other === path ? "0" : "-1");
      path.focus({ preventScroll: true });
    };
    (paths.find((path) => path.classList.contains("own")) ?? paths[0]).setAttribute("tabindex", "0");
    svg.addEventListener("pointerleave", () => tell(svg.contains(document.activeElement) ? document.activeElement : null));
    svg.addEventListener("focusout", () => tell(null));
    svg.addEventListener("keydown", (event) => {
      const at = paths.indexOf(event.target);
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      const after = [...paths.slice(at + 1), ...paths.slice(0, at + 1)];
      const next = step ? paths[(at + step + paths.length) % paths.length]
        : event.key === "Home" ? paths[0]
        : event.key === "End" ? paths.at(-1)
        : after.find((path) => event.key.length === 1 && names[path.dataset.place].toLowerCase().startsWith(event.key.toLowerCase()));
      if (!next || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      go(next);
    });
    return { svg, outline, label: svg.getAttribute("aria-label") };
  });

  const tell = (path) => {
    place = path;
    one(".here").replaceChildren(...(path ? [made("b", `${names[path.dataset.place]}: `), said(path)] : [hint]));
    for (const { svg, outline } of drawings) outline.setAttribute("d", path && svg.contains(path) ? path.getAttribute("d") : "");
  };

  const title = states[of][slider.value].title;
  const show = () => {
    const state = states[of][slider.value];
    const inside = new Set(state.inside);
    for (const path of shapes) path.classList.toggle("in", inside.has(path.dataset.place));
    for (const path of borders) path.classList.toggle("in", inside.has(path.dataset.with));
    for (const path of shapes) path.setAttribute("aria-label", `${names[path.dataset.place]}: ${said(path)}`);
    for (const { svg, label } of drawings) svg.setAttribute("aria-label", label.replace(title, state.title));
    captions.forEach((caption, n) => { caption.querySelector("span").textContent = state.outside[n]; });
    one("h3").textContent = state.title;
    one(".day b").textContent = state.date;
    slider.setAttribute("aria-valuetext", state.date);
    one(".news").textContent = state.news;
    one(".words").replaceChildren(...state.words.map((words) => made("li", words)));
    const [head, ...rows] = state.table;
    all("th").forEach((cell, n) => { cell.textContent = head[n]; });
    one("tbody").replaceChildren(...rows.map((row) => { const line = made("tr", ""); line.append(...row.map((cell) => made("td", cell))); return line; }));
    tell(place);
  };

  const press = (kind, chosen) => all(`button[data-${kind}]`).forEach((button) => button.setAttribute("aria-pressed", String(button === chosen)));
  all("button[data-of]").forEach((button) => button.addEventListener("click", () => { of = button.dataset.of; press("of", button); show(); }));
  all("button[data-view]").forEach((button, n) => button.addEventListener("click", () => {
    press("view", button);
    for (const parts of [figures, captions]) parts.forEach((part, at) => { part.hidden = at !== n; });
  }));
  all("button[data-step]").forEach((button) => button.addEventListener("click", () => { slider.value = Number(slider.value) + Number(button.dataset.step); show(); }));
  slider.addEventListener("input", show);
  el.addEventListener("keydown", (event) => { if (event.key === "Escape") el.closest(".jp-Cell")?.focus(); });
  show();
};

export default { render };
