// The screen to grade prose on: the text on one side, the rubric on the other, comments below. Points are painted here at
// once; Python writes them down and answers with `state`. What is not yet on the disk waits in a queue (unsaved.js).

function gradeWriting({ model, el }) {
  const spec = model.get("spec");
  const say = spec.say;
  const queue = unsaved(model, `copydesk:grade:${spec.uid}`, say, { stalled: () => { moving = false; } });
  const { change, send, wait } = queue;
  const letters = [..."asdfghjkl"];
  let typing = null, moving = false, wanted = null;
  let view = { key: "" }, points = {}, on = [], list = [];

  const button = (act, ...inner) => node("button", { type: "button", ...keySafe, onclick: act }, ...inner);
  const soft = (text, tag = "p") => node(tag, { class: "cd-hint" }, text);
  const said = node("span", { class: "cd-visually-hidden", role: "status" });
  const place = node("strong", { class: "cd-at" });
  const done = node("span", { class: "cd-tries" });
  const trouble = node("p", { class: "cd-headline", role: "alert", "data-status": "not_yet" });
  const tell = (text) => { said.textContent = text; };

  // ── saving ──
  // What is on the disk, with what is still on its way put over it.
  const adopt = (state) => {
    points = { ...state.points };
    on = [...state.on];
    list = [...state.list];
    let words = state.note;
    for (const message of queue.waiting.values()) {
      if (message.do === "add" && !list.includes(message.text)) list.push(message.text);
      if (message.do === "drop") list = list.filter((w) => w !== message.text);
      if (message.key !== view.key) continue;
      if (message.do === "points") { if (message.value === null) delete points[message.row]; else points[message.row] = message.value; }
      if (message.do === "comment") on = [...on.filter((w) => w !== message.text), ...(message.on ? [message.text] : [])];
      if (message.do === "note") words = message.text;
    }
    if (!typing && note.value !== words) note.value = words;
  };

  // ── the text ──
  const text = node("div", { class: "cd-read", role: "region", tabindex: "0", "aria-label": say.text, ...keySafe });
  const box = (given) => node("section", {},
    node("h4", {}, given.label, " ", node("small", {}, fill(say.asked, { n: given.n, min: given.min, max: given.max }))),
    given.original ? node("div", { class: "cd-original" }, node("b", {}, say.original), node("blockquote", { lang: view.lang, dir: view.dir }, given.original)) : null,
    given.text ? node("div", { class: "cd-prose", dir: "auto" }, given.text) : soft(say.blank));
  const piece = ([words, n], seen) => (n ? node("span", { class: "cd-m-evidence" }, seen.has(n) ? null : (seen.add(n), node("span", { class: "cd-tag", "aria-hidden": "true" }, `${spec.tag}${n}`)), node("span", { class: "cd-visually-hidden" }, ` ${fill(say.piece, { n })}: `), words) : words);
  const evidence = () => {
    if (!view.asks) return [];
    const seen = new Set();
    const blocks = view.blocks.map((block) => node("p", { class: "cd-block", lang: view.lang, dir: view.dir }, node("span", { class: "cd-blockname" }, block.id), " ", ...block.pieces.map((p) => piece(p, seen))));
    return [node("h4", {}, say.evidence), ...(blocks.length ? blocks : [soft(say.no_evidence)]), blocks.length && view.rights ? node("p", { class: "cd-rights" }, view.rights) : null];
  };
  const showText = () => {
    const whose = [view.learners > 1 ? fill(say.several, { n: view.learners }) : "", view.names?.length ? fill(say.from, { names: view.names.join(", ") }) : ""].filter(Boolean).join(", ");
    text.replaceChildren(...(view.key ? [node("p", { class: "cd-prompt" }, view.prompt), whose ? soft(whose) : null, ...view.boxes.map(box), ...evidence()] : [soft(say.empty)]).filter(Boolean));
    text.scrollTop = 0;
    place.textContent = view.key ? fill(say.place, view) : "";
    subtitle.textContent = view.key ? view.exercise : "";
    previous.setAttribute("aria-disabled", String(view.n <= 1));
    next.setAttribute("aria-disabled", String(view.n >= view.of));
  };

  // ── the rubric: native radio buttons, so that a row is one stop and is heard as one ──
  const rows = new Map(spec.rows.map((row) => {
    const name = freshId(row.id);
    const inputs = row.words.map((words, n) => node("input", { type: "radio", name, value: n, ...keySafe, onchange: () => give(row.id, n) }));
    const [title, rest] = row.name.split(": ");
    const root = node("fieldset", { class: "cd-row4" }, node("legend", {}, title, rest ? node("small", {}, ` ${rest}`) : null),
      ...inputs.map((input, n) => node("label", {}, input, node("b", {}, String(n)), node("span", {}, row.words[n]))));
    root.dataset.row = row.id;
    return [row.id, { ...row, title, root, inputs }];
  }));
  const shown = () => view.rows ?? [];
  const stop = (id) => rows.get(id).inputs.find((input) => input.checked) ?? rows.get(id).inputs[0];
  const sum = node("p", { class: "cd-sum" });
  const give = (id, n) => {
    if (moving || !view.key) { paint(); tell(say.wait); return; }
    if (n === null) delete points[id]; else points[id] = n;
    paint();
    tell(fill(n === null ? say.said_clear : say.said_points, { row: rows.get(id).title, points: n }) + whole());
    change({ do: "points", key: view.key, row: id, value: n });
  };
  const total = () => shown().reduce((all, id) => all + (points[id] ?? 0), 0);
  const left = () => shown().filter((id) => !(id in points)).length;
  const whole = () => (shown().length && !left() ? ` ${fill(say.said_sum, { n: total(), of: view.most })}` : "");
  const paint = () => {
    rows.forEach((row, id) => {
      row.root.hidden = !shown().includes(id);
      row.inputs.forEach((input, n) => { input.checked = points[id] === n; input.parentNode.classList.toggle("cd-chosen4", input.checked); });
    });
    const earned = view.key ? fill(say.earns, { points: Math.round((100 * view.points * total()) / view.most) / 100, possible: view.points }) : "";
    sum.textContent = !view.key ? "" : left() ? fill(say.sum_open, { n: total(), left: left() }) : `${fill(say.sum, { n: total(), of: view.most })}: ${earned}`;
    paintComments();
  };

  // ── comments ──
  const chips = node("ul", { class: "cd-chips" });
  const note = node("textarea", { id: freshId("note"), rows: 1, maxlength: 10000, ...keySafe, oninput: () => { clearTimeout(typing); typing = setTimeout(flush, 400); }, onblur: () => flush() });
  const fresh = node("input", { type: "text", id: freshId("new"), maxlength: 500, ...keySafe });
  const flush = () => { if (typing) { clearTimeout(typing); typing = null; if (view.key) change({ do: "note", key: view.key, text: note.value }); } };
  const put = (words) => {
    if (moving || !view.key) { tell(say.wait); return; }
    const now = !on.includes(words);
    on = now ? [...on, words] : on.filter((w) => w !== words);
    paintComments();
    tell(fill(now ? say.said_on : say.said_off, { words }));
    change({ do: "comment", key: view.key, text: words, on: now });
  };
  const add = () => {
    const words = fresh.value.split(/\s+/).filter(Boolean).join(" ");
    if (!words) { fresh.focus(); return; }
    fresh.value = "";
    if (!list.includes(words)) { list = [...list, words]; change({ do: "add", text: words }); }
    if (view.key && !on.includes(words)) put(words);
    tell(say.said_added);
    home();
  };
  const drop = (words) => {
    list = list.filter((w) => w !== words);
    paintComments();
    change({ do: "drop", text: words });
    tell(say.said_dropped);
    (chips.querySelector("button") ?? fresh).focus(); // the button that was pressed is gone
  };
  let painted = "";
  const paintComments = () => {
    const all = [...list, ...on.filter((words) => !list.includes(words))];
    const chosen = JSON.stringify([all, list]);
    if (painted !== chosen) { // only what changed: a button that is made anew would lose the focus
      painted = chosen;
      chips.replaceChildren(...all.map((words, n) => node("li", {}, button(() => put(words), list.includes(words) && letters[n] ? node("kbd", {}, letters[n].toUpperCase()) : null, ` ${words}`),
        list.includes(words) ? node("button", { type: "button", class: "cd-drop", "aria-label": `${say.drop}: ${words}`, title: say.drop, ...keySafe, onclick: () => drop(words) }, "×") : null)));
    }
    [...chips.children].forEach((item, n) => item.firstChild.setAttribute("aria-pressed", String(on.includes(all[n]))));
    empty.hidden = all.length > 0;
  };
  const empty = soft(say.list_empty);

  // ── moving ──
  const home = () => { const id = shown().find((row) => !(row in points)) ?? shown()[0]; if (id) stop(id).focus(); else text.focus(); };
  const ask = (message) => { flush(); moving = true; send(message); wait(); };
  const go = (by, from) => {
    if (moving) { tell(say.wait); return; }
    if (by > 0 ? view.n >= view.of : view.n <= 1) { tell(by > 0 ? say.last : say.first); return; }
    wanted = from;
    ask({ do: "go", by });
  };
  const previous = button(() => go(-1), node("kbd", {}, "P"), " ", say.previous);
  const next = node("button", { type: "button", class: "cd-primary", ...keySafe, onclick: () => go(1) }, node("kbd", {}, "N"), " ", say.next);
  const choose = () => ask({ do: "choose", group: which.value, only: only.checked, blind: blind.checked });
  const which = node("select", { ...keySafe, onchange: choose }, ...Object.entries(spec.exercises).map(([value, words]) => node("option", { value }, words)));
  const check = () => node("input", { type: "checkbox", ...keySafe, onchange: choose });
  const only = check(), blind = check();
  const subtitle = node("p", { class: "cd-now" });

  // ── keys: letters and digits only where nobody is writing ──
  const onKey = (event) => {
    const { key, target, ctrlKey, metaKey, altKey } = event;
    const writing = target.matches("textarea, input[type=text]");
    const row = target.closest?.("[data-row]")?.dataset.row;
    if (ctrlKey || metaKey || altKey || target.matches("select")) return;
    const take = (id, n) => { rows.get(id).inputs[n].focus(); give(id, n); };
    const step = (by) => { const ids = shown(), to = ids[ids.indexOf(row) + by]; if (to) stop(to).focus(); };
    let act = null;
    if (key === "Escape") act = writing ? home : () => { flush(); el.closest(".jp-Cell")?.focus(); };
    else if (key === "Enter" && target === fresh) act = add;
    else if ((key === "PageDown" || key === "PageUp") && target !== text) act = () => go(key === "PageDown" ? 1 : -1, true);
    else if (writing) return;
    else if (row && /^[0-3]$/.test(key)) act = () => take(row, Number(key));
    else if (row && (key === "ArrowDown" || key === "ArrowUp")) act = () => step(key === "ArrowDown" ? 1 : -1);
    else if (row && (key === "ArrowRight" || key === "ArrowLeft")) act = () => take(row, Math.max(0, Math.min(3, (points[row] ?? -1) + (key === "ArrowRight" ? 1 : -1))));
    else if (row && (key === "Delete" || key === "Backspace")) act = () => give(row, null);
    else {
      const letter = key.length === 1 ? key.toLowerCase() : "";
      const mine = letters.indexOf(letter);
      act = { n: () => go(1, true), p: () => go(-1, true), c: () => note.focus(), r: () => fresh.focus() }[letter];
      if (!act && letter && mine >= 0 && list[mine]) act = () => put(list[mine]);
    }
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
  el.addEventListener("keydown", onKey);

  // ── what is heard from Python ──
  const onView = () => {
    view = model.get("view");
    moving = false;
    which.value = view.group;
    only.checked = view.only;
    blind.checked = view.blind;
    showText();
  };
  const onState = () => {
    const state = model.get("state");
    queue.answered(state);
    trouble.textContent = state.error;
    done.textContent = state.done;
    if (state.key === view.key) adopt(state);
    paint();
  };
  let turn = 0;
  const heard = () => {
    const arrived = model.get("view");
    if (arrived.turn !== turn) {
      turn = arrived.turn;
      onView();
      onState();
      if (wanted) home();
      if (wanted !== null) tell([view.edge, view.key ? fill(say.said_place, { n: view.n, of: view.of, exercise: view.exercise, done: left() ? say.said_open : say.said_done }) : say.empty].filter(Boolean).join(" "));
      wanted = false;
    } else onState();
  };
  model.on("change:state", heard); // the state comes with every text, after it

  const labelled = (control, words) => node("label", { class: "cd-check" }, control, words);
  const title = freshId("title");
  el.classList.add("cd-host");
  el.append(node("section", { class: "cd cd-grade", "aria-labelledby": title },
    node("div", { class: "cd-head" }, node("h3", { id: title }, say.title), place, spec.made_up ? node("span", { class: "cd-madeup" }, say.made_up) : null, done, queue.sign),
    node("div", { class: "cd-tools" }, node("label", { class: "cd-check" }, say.exercise, " ", which), labelled(only, say.only), labelled(blind, say.blind), node("span", { class: "cd-steps" }, previous, next)),
    trouble,
    node("div", { class: "cd-two" },
      node("div", { class: "cd-left" }, subtitle, text),
      node("div", { class: "cd-right", role: "group", "aria-label": say.rubric }, ...[...rows.values()].map((row) => row.root), sum),
      node("div", { class: "cd-below", role: "group", "aria-label": say.comments }, node("h4", {}, say.comments), soft(say.list, "span"), chips, empty,
        node("div", { class: "cd-new" }, node("label", { for: fresh.id, class: "cd-visually-hidden" }, say.new), fresh, button(add, say.add)),
        node("label", { for: note.id }, node("kbd", {}, "C"), " ", say.note), note)),
    keyTable(say.keys_title, say.keys), said));
  fresh.setAttribute("placeholder", say.new);
  heard();
  wanted = false;
  queue.restored.forEach(change);
  return () => { flush(); queue.stop(); model.off("change:state", heard); };
}
