// A text whose words can be picked and labelled, by keys, by pointer and by touch. One tab stop; offsets come from Python.

const bare = (words) => words.replace(/[,.;:]+$/, "");

// Of many words a listener hears the first and the last.
const brief = (text) => { const words = text.split(" "); return words.length > 8 ? `${words.slice(0, 3).join(" ")} … ${words.slice(-3).join(" ")}` : text; };

function marker(context, { groups, roles, grouped, onChange }) {
  const { spec, say } = context;
  const word = [];
  const blocks = spec.blocks.map((block) => node("p", { role: "group", "aria-label": block.label, class: "cd-block", ...ofStory(spec) },
    node("span", { class: "cd-blockname", "aria-hidden": "true" }, block.name),
    ...block.sentences.flatMap((sentence) => sentence.words.flatMap(([text, start, end, space]) => {
      const tag = node("span", { class: "cd-tag", "aria-hidden": "true" });
      const el = node("span", { class: "cd-word", role: "option", tabindex: word.length ? "-1" : "0", "aria-selected": "false", ...keySafe }, tag, text);
      el.dataset.i = word.length;
      const gap = node("span", { class: "cd-gap" }, space ? " " : "");
      word.push({ el, tag, gap, text, start, end, sentence: sentence.id, block: block.id });
      return [el, gap];
    }))));
  const box = node("div", { class: "cd-text", role: "listbox", "aria-multiselectable": "true", "aria-label": say.marker.text_label, "aria-describedby": context.nowNode.id }, ...blocks);
  // The labels at hand where words were picked by pointer; the same buttons stand in the bar, for keys and for screen readers.
  const popup = node("div", { class: "cd-popup", "aria-hidden": "true", hidden: true }, ...labelButtons(context, roles, (role) => { (context.label ?? label)(role); focus(at); }, { tabindex: "-1" }), ...(context.popup ?? []));
  // Why the key has something so, at the words in question.
  const why = node("div", { class: "cd-why", role: "status", hidden: true });
  const views = ["mine", "key", "both"];
  const buttons = views.map((name) => node("button", { type: "button", "aria-pressed": "false", ...keySafe, onclick: () => { seen = name; refresh(); } }, say.marker[`view_${name}`]));
  const viewSwitch = node("div", { class: "cd-switch", role: "group", "aria-label": say.marker.view, hidden: true }, ...buttons);
  const root = node("div", { class: "cd-textwrap" }, viewSwitch, box, popup, why);
  const under = (card, i) => {
    card.hidden = false;
    const home = root.getBoundingClientRect(), place = word[i].el.getBoundingClientRect();
    card.style.top = `${place.bottom - home.top + 6}px`;
    card.style.left = `${Math.max(0, Math.min(place.left - home.left, home.width - card.offsetWidth))}px`;
  };

  let keyed = [], seen = "mine"; // the key, row by row, once it may be seen, and whose marks are on the text
  let checked = false; // whether the marks are still those that were checked
  let at = 0, anchor = 0, picked = false, active = groups.length - 1, dragging = false, tapped = false, tapAt = 0;
  let past = [], future = [], notice = "", keysTold = false;
  const copy = (value) => JSON.parse(JSON.stringify(value));
  const range = () => [Math.min(anchor, at), Math.max(anchor, at)];

  // ── painting ──
  const judged = () => keyed.length > 0 && checked;
  const verdict = (g) => (judged() ? keyed.find((row) => row.group === g) ?? say.marker.meets_nothing : null);
  // The words that a stretch of the page meets, from the first to before the last.
  const reach = (start, end) => {
    let from = 0, to = word.length;
    while (from < to) { const half = (from + to) >> 1; if (word[half].end > start) to = half; else from = half + 1; }
    while (word[to]?.start < end) to += 1;
    return [from, to];
  };
  const allMarks = () => {
    const marks = word.map(() => []);
    const lay = ([start, end], more) => {
      const [from, to] = reach(start, end);
      for (let i = from; i < to; i += 1) marks[i].push({ ...more, first: i === from, long: end - start });
    };
    if (seen !== "key") groups.forEach((group, g) => roles.forEach((role) => group[role]?.forEach((span) => lay(span, { role, g, sign: verdict(g)?.sign ?? "", name: `${say.roles[role]} ${g + 1}` }))));
    const same = (row, role, start, end) => seen === "both" && (groups[row.group]?.[role] ?? []).some((span) => `${reach(...span)}` === `${reach(start, end)}`);
    if (seen !== "mine") keyed.forEach((row, k) => row.marks.filter((mark) => !same(row, ...mark)).forEach(([role, start, end, sign]) => lay([start, end], { role, g: `key${k}`, sign, row, name: fill(say.marker.in_key, { role: say.roles[role] }) })));
    return marks;
  };
  // A tag is the name of the role where the mark has room for it and no other tag begins under it, else its first letter.
  const roomy = (marks, i, { role, long }) => {
    const end = word[i].start + say.roles[role].length + 3;
    if (!grouped || word[i].start + long < end) return false;
    for (let j = i + 1; word[j]?.start < end; j += 1) if (marks[j].some((m) => m.first)) return false;
    return true;
  };
  const paint = () => {
    const [from, to] = range();
    const marks = allMarks();
    const last = word.length - 1;
    // Where marks overlap, the mark being built is the lowest line and the other ones stand above it.
    const shown = marks.map((found) => [...found].sort((a, b) => (b.g === active) - (a.g === active) || b.long - a.long));
    const dim = (m) => grouped && seen === "mine" && !keyed.length && m.g !== active;
    const look = (found, inPick) => found.map((m, n) => (n ? ` cd-over${Math.min(n, 2)}-${m.role}` : ` cd-m-${m.role}${dim(m) ? " cd-other" : ""}`)).join("") + (inPick ? " cd-picked" : "");
    const goesOn = (m) => !m.first;
    word.forEach((w, i) => {
      const inPick = picked && i >= from && i <= to;
      const joined = i < last ? shown[i].filter((m) => marks[i + 1].some((next) => goesOn(next) && next.role === m.role && next.g === m.g)) : [];
      const labels = marks[i].map((m) => `${m.sign} ${m.name}`.trim()).join(", ");
      const begun = marks[i].filter((m) => m.first);
      const tag = begun.map((m) => `${begun.length === 1 && roomy(marks, i, m) ? `${say.roles[m.role]}${m.row ? "" : " "}` : spec.tags[m.role]}${m.row ? "" : m.g + 1}${m.sign}`).join(" ");
      const drawn = [`cd-word${look(shown[i], inPick)}`, `cd-gap${look(joined, inPick && i < to)}`, tag, labels];
      if (`${drawn}` === `${w.drawn}`) return; // most words stay as they are, and what is not written is not laid out again
      w.drawn = drawn;
      [w.el.className, w.gap.className, w.tag.textContent] = drawn;
      w.el.setAttribute("aria-selected", String(inPick));
      if (labels) w.el.setAttribute("aria-label", `${bare(w.text)}, ${labels}`); else w.el.removeAttribute("aria-label");
    });
  };
  const focus = (i) => {
    word[at].el.tabIndex = -1;
    at = Math.max(0, Math.min(word.length - 1, i));
    word[at].el.tabIndex = 0;
    word[at].el.focus({ preventScroll: false });
  };
  const move = (i, extend) => {
    focus(i);
    if (!extend) anchor = at;
    picked = true;
    notice = "";
    refresh();
    if (!extend) return;
    const keys = keysTold || touch ? "" : `. ${fill(say.marker.said_keys, { keys: keysText() })}`;
    keysTold = true;
    context.announce(fill(say.marker.said_picked, { n: range()[1] - range()[0] + 1, words: brief(between(word[range()[0]].start, word[range()[1]].end)) }) + keys);
  };
  const refresh = () => {
    paint();
    context.now(whatNow());
    buttons.forEach((button, n) => button.setAttribute("aria-pressed", String(views[n] === seen)));
    if (!picked) popup.hidden = true;
  };
  // The key's rows on a word: those that are seen there, and those the learner's own mark there is about.
  const rowsOn = (i) => {
    const { start, end } = word[i];
    const here = ([a, b]) => a < end && start < b;
    const own = (row) => checked && seen !== "key" && roles.some((role) => (groups[row.group]?.[role] ?? []).some(here));
    return keyed.filter((row) => own(row) || (seen !== "mine" && row.marks.some(([, a, b]) => here([a, b]))));
  };
  let explained = ""; // heard once, and not at each word of a mark
  const explain = (i) => {
    const rows = rowsOn(i), these = rows.map((row) => keyed.indexOf(row)).join();
    if (why.hidden || these !== explained) why.replaceChildren(...rows.map((row) => node("div", { "data-mark": row.mark }, ...keyParts(row, say))));
    explained = these;
    if (rows.length) under(why, i); else why.hidden = true;
  };
  const judge = (key) => {
    const had = keyed.length > 0;
    const rows = key.filter((row) => row.marks.length);
    if (JSON.stringify(rows) === JSON.stringify(keyed)) return false; // nothing new: what has the focus stays
    keyed = rows;
    checked = true;
    viewSwitch.hidden = !keyed.length;
    if (had !== keyed.length > 0) seen = keyed.length ? "both" : "mine";
    why.hidden = true;
    refresh();
    return true;
  };
  const place = ({ group, where }) => {
    const spans = roles.flatMap((role) => groups[group]?.[role] ?? []);
    const i = spans.length ? word.findIndex((w) => w.end > spans[0][0]) : word.findIndex((w) => spec.blocks.find((block) => block.id === w.block).label.toLowerCase() === where.toLowerCase());
    return word[i]?.el;
  };

  // ── what can be done now ──
  const touch = window.matchMedia?.("(hover: none) and (pointer: coarse)").matches; // no keys to name
  const keysText = () => roles.map((role, i) => `${i + 1} (${say.roles[role]})`).join(", ");
  const whatNow = () => {
    const [from, to] = range();
    const count = to - from + 1;
    if (judged() && (!picked || tapped)) return touch ? say.marker.read_touch : say.marker.read;
    if (picked && !tapped && touch) return fill(say.marker.picked_touch, { n: count });
    if (picked && !tapped) return count === 1 ? fill(say.marker.picked_one, { keys: keysText() }) : fill(say.marker.picked, { n: count, keys: keysText() });
    if (tapped) return say.marker.tap;
    return notice || nextStep();
  };
  const nextStep = () => {
    const group = groups[active];
    const unsaid = Object.keys(spec.labels ?? {}).filter((name) => !group?.labels?.[name]).map((name) => say.roles[name]);
    if (!group || (!grouped && !unsaid.length)) return touch ? say.marker.tap_first : say.marker.pick;
    const parts = grouped ? roles.filter((role) => !(group[role] ?? []).length).map((role) => say.roles[role]) : [];
    if (!parts.length && unsaid.length) return fill(say.marker.need_label, { item: spec.item, n: active + 1, parts: unsaid.join(", ") });
    return fill(say.marker[`${parts.length ? "need" : "complete"}${touch ? "_touch" : ""}`], { item: spec.item, n: active + 1, parts: parts.join(", ") });
  };

  // ── changing marks; every change can be undone ──
  const change = (alter, spoken, seen = false) => {
    past.push(copy({ groups, active }));
    future = [];
    checked = false;
    alter();
    settle(spoken, seen);
  };
  const settle = (spoken, seen = false) => {
    notice = seen ? spoken : ""; // what another mark gave way to is also seen, until words are picked again
    for (let g = groups.length - 1; g >= 0; g -= 1) {
      if (roles.some((role) => groups[g][role]?.length) || (grouped && g === active)) continue;
      groups.splice(g, 1);
      if (g < active) active -= 1;
    }
    active = Math.min(active, groups.length - 1);
    picked = false; tapped = false;
    refresh();
    // a listener hears what was done and, of what has parts, what is missing still
    const goesOn = grouped || Object.keys(spec.labels ?? {}).some((name) => !groups[active]?.labels?.[name]);
    context.announce(goesOn && !notice && roles.some((role) => groups[active]?.[role]?.length) ? `${spoken}. ${whatNow()}` : spoken);
    onChange();
  };
  const step = (from, to, spoken) => {
    if (!from.length) { context.announce(say.marker.said_no_step); return; }
    to.push(copy({ groups, active }));
    const before = from.pop();
    groups.splice(0, groups.length, ...before.groups);
    active = before.active;
    settle(spoken);
  };
  const without = (spans, start, end) => spans.flatMap(([a, b]) => (b <= start || a >= end ? [[a, b]] : [[a, Math.min(b, start)], [Math.max(a, end), b]].filter(([x, y]) => /\S/.test(between(x, y)))));
  const between = (start, end) => bare(word.filter((w) => w.start < end && start < w.end).map((w) => w.text).join(" "));
  // A mark belongs to the attribution being built, unless its sentence, else its paragraph, already has one that lacks this
  // role. Nothing replaces a part of a complete attribution from another sentence, or of any from another paragraph.
  const home = (role, here) => {
    const within = (group, unit) => roles.some((r) => (group[r] ?? []).some(([a, b]) => word.some((w) => w[unit] === here[unit] && w.start < b && a < w.end)));
    const lacking = (unit) => groups.findIndex((group) => within(group, unit) && !group[role]?.length);
    const current = groups[active];
    if (!grouped || !current) return -1;
    if (within(current, "sentence") || !roles.some((r) => current[r]?.length)) return active;
    if (lacking("sentence") >= 0) return lacking("sentence");
    const isWhole = roles.every((r) => current[r]?.length) && Object.keys(spec.labels ?? {}).every((name) => current.labels?.[name]);
    if (within(current, "block") && (!isWhole || spec.several?.includes(role))) return active;
    if (lacking("block") >= 0) return lacking("block");
    return current[role]?.length ? -1 : active;
  };
  const label = (role) => {
    if (!role) return;
    if (!picked) { context.announce(say.marker.said_nothing); return; }
    const [from, to] = range();
    const start = word[from].start, end = word[to].end;
    const g = home(role, word[from]);
    const mine = groups[g] ?? {};
    const several = spec.several?.includes(role);
    const meets = ([a, b]) => a < end && start < b;
    // Where roles share no words: what says who speaks stays when a longer content is laid over it; else the words change their role.
    const inside = spec.overlap || !several ? [] : roles.filter((other) => other !== role).flatMap((other) => mine[other] ?? []).filter(([a, b]) => start <= a && b <= end && b - a < end - start);
    const pieces = [];
    let open = false;
    word.slice(from, to + 1).forEach((w) => {
      const taken = inside.some(([a, b]) => w.start < b && a < w.end);
      if (!taken && open) pieces.at(-1)[1] = w.end; else if (!taken) pieces.push([w.start, w.end]);
      open = !taken;
    });
    const kept = pieces.length ? inside : [];
    const spans = pieces.length ? pieces : [[start, end]];
    const lost = spec.overlap ? [] : roles.filter((other) => other !== role && (mine[other] ?? []).some((span) => meets(span) && !kept.includes(span)));
    const left = several ? [] : (mine[role] ?? []).filter((span) => !meets(span));
    const told = { words: brief(between(start, end)), role: say.roles[role], item: spec.item, n: (g < 0 ? groups.length : g) + 1, before: lost.map((other) => say.roles[other]).join(", "), left: left.map(([a, b]) => brief(between(a, b))).join(" … ") };
    change(() => {
      if (g < 0) groups.push({ labels: {} });
      active = g < 0 ? groups.length - 1 : g;
      const group = groups[active];
      lost.forEach((other) => { group[other] = group[other].flatMap((span) => (kept.includes(span) ? [span] : without([span], start, end))); });
      group[role] = several ? [...without(group[role] ?? [], start, end), ...spans].sort((a, b) => a[0] - b[0]) : [[start, end]];
    }, [say.marker[`${lost.length ? "said_over" : "said_label"}${grouped ? "" : "_alone"}`], ...(left.length ? [say.marker.said_left] : [])].map((text) => fill(text, told)).join(". "), lost.length || left.length);
  };
  const clear = () => {
    const [from, to] = range();
    const start = word[from].start, end = word[to].end;
    change(() => groups.forEach((group) => roles.forEach((role) => { if (group[role]) group[role] = without(group[role], start, end); })), say.marker.said_clear);
  };
  const begin = () => {
    if (!grouped) return;
    const empty = groups[active] && !roles.some((role) => groups[active][role]?.length);
    if (!empty) change(() => { groups.push({ labels: {} }); active = groups.length - 1; }, fill(say.marker.said_new, { item: spec.item, n: groups.length + 1 }));
  };
  const remove = (g) => change(() => { groups.splice(g, 1); if (active >= g) active -= 1; }, fill(say.marker.said_removed, { item: spec.item ?? say.roles[roles[0]], n: g + 1 }));
  const go = (g) => { if (groups[g]) { active = g; refresh(); onChange(false); } };

  // ── keys ──
  const sameSentence = (i, way) => { let j = i; while (word[j + way]?.sentence === word[i].sentence) j += way; return j; };
  const bySentence = (way, extend) => {
    if (extend) { const edge = sameSentence(at, way); return edge === at && word[at + way] ? sameSentence(at + way, way) : edge; }
    if (way > 0) return sameSentence(at, 1) + 1 < word.length ? sameSentence(at, 1) + 1 : at;
    const start = sameSentence(at, -1);
    return start === at && at > 0 ? sameSentence(at - 1, -1) : start;
  };
  const blockStart = (i) => { let j = i; while (word[j - 1]?.block === word[i].block) j -= 1; return j; };
  const byBlock = (way) => {
    if (way < 0) return blockStart(at) < at || at === 0 ? blockStart(at) : blockStart(at - 1);
    let i = at;
    while (word[i]?.block === word[at].block) i += 1;
    return word[i] ? i : at;
  };
  const drop = () => { picked = false; tapped = false; anchor = at; context.announce(say.marker.said_drop); refresh(); };
  // A key labels the framed word though nothing was picked, unless that word has a mark, which a slip would take away.
  const pickHere = () => {
    const { start, end } = word[at];
    if (picked || groups.some((group) => roles.some((role) => (group[role] ?? []).some(([a, b]) => a < end && start < b)))) return;
    anchor = at;
    picked = true;
  };
  const onKey = (event) => {
    const { key, shiftKey, ctrlKey, metaKey, altKey } = event;
    const command = ctrlKey || metaKey;
    const ahead = spec.dir === "rtl" ? -1 : 1; // the arrows go where they point
    const moves = { ArrowRight: () => at + ahead, ArrowLeft: () => at - ahead, ArrowDown: () => bySentence(1, shiftKey), ArrowUp: () => bySentence(-1, shiftKey), Home: () => sameSentence(at, -1), End: () => sameSentence(at, 1), PageDown: () => byBlock(1), PageUp: () => byBlock(-1) };
    const plain = { a: () => { anchor = sameSentence(at, -1); move(sameSentence(at, 1), true); }, n: begin, "[": () => go(active - 1), "]": () => go(active + 1), Delete: clear, Backspace: clear, Enter: () => {} }; // Enter does not check: a try is spent by the button alone
    if (picked) plain.Escape = drop; else if (!why.hidden) plain.Escape = () => { why.hidden = true; }; // then Escape goes back to the notebook
    let act = null;
    if (altKey) return;
    if (command && key.toLowerCase() === "c" && picked) { navigator.clipboard?.writeText(between(word[range()[0]].start, word[range()[1]].end)); return; }
    if (command) act = { z: () => (shiftKey ? step(future, past, say.marker.said_redo) : step(past, future, say.marker.said_undo)), y: () => step(future, past, say.marker.said_redo) }[key.toLowerCase()];
    else if (moves[key]) act = () => { move(moves[key](), shiftKey); if (!shiftKey && /Up|Down/.test(key)) context.announce(between(word[sameSentence(at, -1)].start, word[sameSentence(at, 1)].end)); };
    else if (/^[1-9]$/.test(key)) act = () => { pickHere(); label(roles[key - 1]); };
    else act = plain[key.length === 1 ? key.toLowerCase() : key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
  box.addEventListener("keydown", onKey);

  // ── pointer and touch ──
  const indexAt = (target) => { const found = target?.closest?.(".cd-word"); return found && box.contains(found) ? Number(found.dataset.i) : -1; };
  // A screen reader may put the focus on any word: what is done next is done there.
  box.addEventListener("focusin", (event) => {
    const i = indexAt(event.target);
    if (i >= 0) explain(i);
    if (i < 0 || i === at) return;
    word[at].el.tabIndex = -1;
    word[i].el.tabIndex = 0;
    at = i;
    anchor = i;
    refresh();
  });
  box.addEventListener("pointerdown", (event) => {
    const i = indexAt(event.target);
    if (i < 0 || event.pointerType === "touch" || event.button) return;
    event.preventDefault();
    dragging = true;
    move(i, event.shiftKey && picked);
  });
  box.addEventListener("pointermove", (event) => {
    if (!dragging) return;
    const i = indexAt(document.elementFromPoint(event.clientX, event.clientY));
    if (i >= 0 && i !== at) move(i, true);
  });
  const stop = () => { if (dragging && picked) under(popup, range()[1]); dragging = false; };
  window.addEventListener("pointerup", stop);
  box.addEventListener("pointerover", (event) => { const i = indexAt(event.target); if (!dragging && i >= 0 && event.pointerType === "mouse" && keyed.length) explain(i); });
  root.addEventListener("pointerleave", () => { why.hidden = true; });
  root.addEventListener("focusout", (event) => { if (!root.contains(event.relatedTarget)) { why.hidden = true; popup.hidden = true; } });
  box.addEventListener("click", (event) => {
    const i = indexAt(event.target);
    if (i < 0 || event.pointerType !== "touch") return;
    const second = tapped && i !== tapAt;
    if (second) anchor = tapAt; else tapAt = i; // the tap itself has moved the focus already
    move(i, second);
    tapped = !second;
    refresh();
    if (second) under(popup, range()[1]); else popup.hidden = true; // after the first tap it would lie over the words to tap next
  });

  return { box: root, verdict, judge, judged, place, paint, refresh, label, clear, begin, remove, go, undo: () => step(past, future, say.marker.said_undo), redo: () => step(future, past, say.marker.said_redo), nextStep, get active() { return active; }, set active(g) { active = g; }, between, focus: () => word[at]?.el.focus(), reset: () => { past = []; future = []; notice = ""; } };
}

function labelButtons({ say, spec }, roles, act, more = {}) {
  return roles.map((role, i) => node("button", { type: "button", class: `cd-label cd-l-${role}`, ...more, ...keySafe, onclick: () => act(role) }, node("kbd", {}, String(i + 1)), " ", say.roles[role], node("span", { class: "cd-tag", "aria-hidden": "true" }, spec.tags[role])));
}

function markerTools(context, text, roles, grouped) {
  const { say, spec } = context;
  const tool = (words, act, more = {}) => node("button", { type: "button", ...keySafe, ...more, onclick: act }, words);
  const icon = (name, sign, act) => tool(node("span", { "aria-hidden": "true" }, sign), act, { title: name });
  return toolbar(say.marker.label_as, [...labelButtons(context, roles, (role) => { text.label(role); text.focus(); }),
    ...(grouped ? [tool(fill(say.marker.new, { item: spec.item }), () => { text.begin(); text.focus(); })] : []),
    tool(say.marker.clear_short, () => { text.clear(); text.focus(); }, { "aria-label": say.marker.clear }), icon(say.marker.undo, "↶", () => text.undo()), icon(say.marker.redo, "↷", () => text.redo())]);
}

function markerKeys(say) {
  return keyTable(say.marker.keys_title, say.marker.keys);
}
