// The `order` exercise: events to put in order, the earliest first. The list is one tab stop; the buttons act on the event chosen.

const makeBody = (context) => {
  const { spec, say } = context;
  const known = Object.entries(spec.choices);
  const of = spec.items.length;
  let order = [], choices = {}, mine = false, at = spec.items[0].id, held = null, dragged = null;
  let past = [], future = [];

  const list = node("ol", { class: "cd-order", role: "listbox", id: freshId("order"), "aria-label": say.order.list_label, "aria-describedby": context.nowNode.id });
  const rows = new Map(spec.items.map((item) => {
    const place = node("span", { class: "cd-place" });
    const chosen = node("span", { class: "cd-chosen" }); // what a screen reader hears of the choice; a pointer has the chips
    const chips = known.map(([value, words]) => node("span", { "data-choice": value }, words));
    const el = node("li", { class: "cd-row", role: "option", "aria-selected": "false", tabindex: "-1", ...keySafe }, place, " ", node("span", { class: "cd-event", dir: "auto" }, item.text), " ", chosen, chips.length ? node("span", { class: "cd-when", "aria-hidden": "true" }, ...chips) : "");
    const said = node("div", { class: "cd-said" });
    el.append(said);
    el.dataset.id = item.id;
    return [item.id, { el, root: el, said, place, chosen, chips, text: item.text }];
  }));
  list.append(...[...rows.values()].map((row) => row.el));

  // ── what is shown ──
  const short = (id) => { const words = rows.get(id).text.split(/\s+/); return words.length > 7 ? `${words.slice(0, 7).join(" ")} …` : words.join(" ").replace(/\.$/, ""); };
  const place = (id = at) => order.indexOf(id) + 1;
  const said = (text) => context.announce(fill(text, { words: short(at), place: place(), of }));
  const paint = () => {
    const here = rows.get(at).el;
    order.slice(0, place() - 1).forEach((id) => list.insertBefore(rows.get(id).el, here)); // the row in use is never taken out: it would lose the focus
    order.slice(place()).forEach((id) => list.append(rows.get(id).el));
    rows.forEach((row, id) => {
      const inUse = id === at;
      row.el.tabIndex = inUse ? 0 : -1;
      row.el.setAttribute("aria-selected", String(inUse));
      row.el.classList.toggle("cd-held", inUse && Boolean(held ?? dragged));
      row.place.textContent = String(place(id));
      row.chosen.textContent = inUse && held ? say.order.moving : known.length ? (spec.choices[choices[id]] ?? say.order.unmarked) : "";
      row.chosen.classList.toggle("cd-visually-hidden", !(inUse && held));
      row.chips.forEach((chip) => chip.classList.toggle("cd-on", chip.dataset.choice === choices[id]));
    });
    take.hidden = mine;
    const count = known.length ? ` ${fill(say.order.marked, { n: Object.keys(choices).length, of })}` : "";
    context.now((held ? say.order.held : mine ? say.order.ready : say.order.dealt) + count);
  };
  const choose = (id) => { at = id; paint(); rows.get(id).el.focus(); };

  // ── changing; every change can be undone ──
  const copy = () => ({ order: [...order], choices: { ...choices }, mine });
  const save = () => context.changed({ ...(mine ? { order: [...order] } : {}), ...(Object.keys(choices).length ? { choices: { ...choices } } : {}) });
  const change = (alter) => {
    past.push(copy());
    future = [];
    alter();
    paint();
    save();
  };
  const step = (from, to, spoken) => {
    putDown();
    if (!from.length) { context.announce(say.marker.said_no_step); return; }
    to.push(copy());
    ({ order, choices, mine } = from.pop());
    paint();
    context.announce(spoken);
    save();
  };
  const shifted = (target) => { const rest = order.filter((id) => id !== at); rest.splice(target, 0, at); return rest; };
  const move = (target) => {
    const to = Math.max(0, Math.min(of - 1, target));
    if (to === place() - 1) { context.announce(say.order.said_edge); return; }
    if (held ?? dragged) { order = shifted(to); paint(); } else change(() => { order = shifted(to); mine = true; });
    if (!dragged) rows.get(at).el.scrollIntoView({ block: "nearest" });
    said(say.order.said_moved);
  };
  const pickUp = () => { held = order; paint(); said(say.order.said_held); };
  const settle = (before) => { // what was carried is put down: one change, if it is one
    const after = order;
    order = before;
    if (after.join() === before.join()) paint(); else change(() => { order = after; mine = true; });
  };
  const putDown = () => { if (held) { const before = held; held = null; settle(before); said(say.order.said_put); } };
  const putBack = () => { order = held; held = null; paint(); said(say.order.said_back); };
  const mark = (value) => {
    putDown();
    change(() => { choices[at] = value; });
    context.announce(fill(say.order.said_choice, { words: short(at), choice: spec.choices[value] }));
  };
  const taken = () => { rows.get(at).el.focus(); change(() => { mine = true; }); context.announce(say.order.said_taken); };
  const undo = () => step(past, future, say.marker.said_undo);
  const redo = () => step(future, past, say.marker.said_redo);

  // ── keys ──
  const onKey = (event) => {
    const { key, altKey, ctrlKey, metaKey, shiftKey } = event;
    const here = place() - 1;
    const goals = { ArrowUp: here - 1, ArrowDown: here + 1, Home: 0, End: of - 1 };
    const plain = { " ": () => (held ? putDown() : pickUp()), Enter: putDown };
    if (held) plain.Escape = putBack; // with nothing picked up, Escape goes back to the notebook
    let act = null;
    if (ctrlKey || metaKey) act = { z: shiftKey ? redo : undo, y: redo }[key.toLowerCase()];
    else if (key in goals && (held || (altKey && key.startsWith("Arrow")))) act = () => move(goals[key]);
    else if (altKey) return;
    else if (key in goals) act = () => { if (order[goals[key]]) choose(order[goals[key]]); };
    else if (/^[1-9]$/.test(key) && known[key - 1]) act = () => mark(known[key - 1][0]);
    else act = plain[key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
  list.addEventListener("keydown", onKey);
  list.addEventListener("focusout", (event) => { if (!list.contains(event.relatedTarget)) putDown(); });

  // ── pointer and touch; a screen reader may put the focus on any row ──
  const rowAt = (target) => target?.closest?.(".cd-row")?.dataset.id;
  list.addEventListener("focusin", (event) => { const id = rowAt(event.target); if (id && id !== at) { putDown(); at = id; paint(); } });
  list.addEventListener("click", (event) => { const id = rowAt(event.target); if (!id) return; if (id !== at) putDown(); choose(id); const { choice } = event.target.dataset; if (choice) mark(choice); });
  list.addEventListener("pointerdown", (event) => {
    const id = rowAt(event.target);
    if (!id || event.pointerType === "touch" || event.button || event.target.dataset.choice) return;
    event.preventDefault();
    putDown();
    choose(id);
    dragged = order;
    list.setPointerCapture(event.pointerId);
  });
  list.addEventListener("pointermove", (event) => {
    if (!dragged) return;
    const id = rowAt(document.elementFromPoint(event.clientX, event.clientY));
    if (!id || id === at || !rows.has(id)) return;
    const box = rows.get(id).el.getBoundingClientRect();
    const middle = box.top + box.height / 2;
    if (place(id) > place() ? event.clientY > middle : event.clientY < middle) move(place(id) - 1);
  });
  const drop = () => { if (dragged) { const before = dragged; dragged = null; settle(before); } };
  list.addEventListener("pointerup", drop);
  list.addEventListener("pointercancel", drop);

  // ── tools ──
  const tool = (act, ...inner) => node("button", { type: "button", ...keySafe, onclick: act }, ...inner);
  const arrow = (sign) => node("span", { "aria-hidden": "true" }, `${sign} `);
  const take = tool(taken, say.order.take);
  const tools = toolbar(say.order.tools_label, [
    tool(() => { putDown(); move(place() - 2); }, arrow("↑"), say.order.earlier), tool(() => { putDown(); move(place()); }, arrow("↓"), say.order.later),
    ...known.map(([value, words], n) => tool(() => mark(value), node("kbd", {}, String(n + 1)), words)), take, tool(undo, say.marker.undo), tool(redo, say.marker.redo)], { "aria-controls": list.id });
  const inKey = ({ where, accepted: [when] }) => `${fill(say.order.in_key, { place: where })}${when ? ` ${spec.choices[when][0].toUpperCase()}${spec.choices[when].slice(1)}.` : ""}`;
  const hint = say.order.how + (known.length ? ` ${say.order.how_known}` : "");
  const keys = [...say.order.keys, ...(known.length ? say.order.keys_known : [])];
  return {
    root: node("div", {}, list, node("p", { class: "cd-hint" }, hint), keyTable(say.marker.keys_title, keys)),
    tools,
    flush: putDown,
    // On a row stands what the key has for it in short; the key has an order of its own, and lies folded below.
    note: (hinted, key) => noteRows(rows, say)(hinted, key.map((row) => ({ ...row, others: [], readings: [], reveal: inKey(row) }))),
    shows: () => false,
    place: (item) => rows.get(item.id)?.el,
    show: (answer) => {
      const given = (answer?.order ?? []).filter((id) => rows.has(id));
      order = [...new Set([...given, ...spec.items.map((item) => item.id)])];
      choices = Object.fromEntries(Object.entries(answer?.choices ?? {}).filter(([id, value]) => rows.has(id) && value in spec.choices));
      mine = given.length > 0;
      held = dragged = null;
      past = []; future = [];
      paint();
    },
  };
};
