// The editor of a key: the draft over the text, one entry at a time beside it, and rows for what has no words to pick.
// A change is painted here at once; Python writes it down and answers with `state`. What is not yet on the disk waits in a queue (unsaved.js).

function editKey({ model, el }) {
  const spec = model.get("spec");
  const say = spec.say;
  const queue = unsaved(model, `copydesk:key:${spec.uid}`, say, { keeps: (message) => message.do === "change" });
  const copy = (value) => JSON.parse(JSON.stringify(value));
  const cap = (words) => words[0].toUpperCase() + words.slice(1);
  const button = (act, ...inner) => node("button", { type: "button", ...keySafe, onclick: act }, ...inner);
  const key = {}; // the entries of each layer, with the changes made here
  let state = {}, page = [], tab = null;

  // ── the head: saved, undo, how far it is ──
  const said = node("span", { class: "cd-visually-hidden", role: "status" });
  const trouble = node("p", { class: "cd-headline", role: "alert", "data-status": "not_yet" });
  const meter = node("progress", { "aria-label": say.meter_label });
  const done = node("span", { class: "cd-tries" });
  const lessons = node("ul", { class: "cd-klessons", "aria-label": say.lessons });
  const undo = button(() => turn("undo"), say.undo), redo = button(() => turn("redo"), say.redo);
  const now = node("p", { class: "cd-now", id: freshId("now") });
  let quiet = false;
  const tell = (words) => { if (!quiet) said.textContent = words; };

  // ── saving ──
  const turn = (what) => { if (state[`can_${what}`] || queue.waiting.size) { queue.change({ do: what }); tell(say[`said_${what}`]); } };
  const change = (ops, words = "") => {
    if (!ops.length) return;
    ops.forEach(applyHere);
    queue.change({ do: "change", ops });
    tell(words);
    paint();
  };
  const applyHere = (op) => {
    const list = key[op.layer] ?? [];
    const free = (record) => { delete record.unconfirmed; delete record.rule; };
    if (op.op === "confirm") list.filter((r) => op.ids.includes(r.id)).forEach((r) => { free(r); if (op.layer === "attributions") key.sources.filter((s) => s.name === r.speaker).forEach(free); });
    if (op.op === "set") list.filter((r) => r.id === op.id).forEach((r) => { Object.assign(r, op.fields); delete r.rule; });
    if (op.op === "add") list.push({ id: op.id, ...(op.layer === "asked" ? { blanks: {} } : { unconfirmed: true }), ...op.fields });
    if (op.op === "remove") key[op.layer] = list.filter((r) => r.id !== op.id);
    if (op.op === "block") [...key.furniture, ...key.paragraphs].filter((r) => r.start === op.start).forEach((r) => { r.kind = op.kind; free(r); });
    if (op.op === "about") Object.assign(state.about, op.fields);
  };

  // ── the parts ──
  const entries = (t) => t.layers.flatMap((layer) => key[layer].map((record) => ({ layer, record }))).sort((a, b) => startOf(a.record) - startOf(b.record));
  const spansIn = (value) => (value ? [value].flat().map((s) => [s.start, s.end]) : []);
  const startOf = (r) => { const all = ["source", "cue", "content"].flatMap((n) => (typeof r[n] === "object" ? spansIn(r[n]) : [])).map(([a]) => a); return r.start ?? (all.length ? Math.min(...all) : 0); };
  const openIn = (t) => entries(t).filter(({ record }) => record.unconfirmed);
  const option = (options, chosen, first) => [...(first === undefined ? [] : [node("option", { value: "" }, first)]), ...Object.entries(options).map(([value, words]) => node("option", { value, selected: value === chosen }, words))];
  const select = (label, options, chosen, act, { first, ...more } = {}) => { const made = node("select", { "aria-label": label, ...keySafe, onchange: () => act(made.value), ...more }, ...option(options, chosen, first)); made.value = chosen ?? ""; return made; };
  const input = (label, value, act, more = {}) => { const made = node("input", { type: "text", "aria-label": label, ...keySafe, onchange: () => act(made.value), ...more }); made.value = value ?? ""; return made; };
  const labelled = (words, control) => node("label", { class: "cd-kfield" }, node("span", {}, ...[words].flat()), control);
  // A few choices as buttons, each with its key.
  const choices = (label, options, chosen, keys, act) => node("div", { class: "cd-kchoices", role: "group", "aria-label": label }, ...Object.entries(options).map(([value, words]) => node("button", { type: "button", "aria-pressed": String(value === chosen), "data-value": value, title: words, ...keySafe, onclick: () => act(value) }, keys[value] ? node("kbd", {}, keys[value].toUpperCase()) : null, words.split(" (")[0].split(":")[0])));
  const letters = (t, field) => Object.fromEntries(Object.entries(t.keys ?? {}).filter(([, [name]]) => name === field).map(([letter, [, value]]) => [value, letter]));
  const set = (layer, record, fields, words = "") => change([{ op: "set", layer, id: record.id, fields }], words);
  const valued = (name, value) => fill(say.said_changed, { field: say[name] ?? name, value });

  // What else is right of an entry: the alternatives that earn full credit.
  const differ = (layer, record, pickedIn) => {
    const listed = record.contestable?.alternatives ?? [];
    const save = (alternatives, why = record.contestable?.why ?? "") => set(layer, record, { contestable: alternatives.length ? { why, alternatives } : null });
    const fields = { attributions: ["form", "kind"], sentences: ["voice"], framing: ["device"], claims: ["verdict"], questions: ["answer"] }[layer] ?? [];
    const can = {};
    if (layer === "attributions") can.not_an_attribution = say.differ_not;
    fields.forEach((field) => Object.entries(spec.choices[field]).forEach(([value, words]) => { if (value !== record[field]) can[`${field}=${value}`] = `${say[field]}: ${words.split(":")[0]}`; }));
    const roles = { attributions: ["source", "cue", "content"], framing: ["wording"], entman: ["problem", "cause", "moral", "remedy"] }[layer] ?? [];
    roles.forEach((role) => { can[`span=${role}`] = fill(say.differ_words, { role: say.roles[role] }); });
    const add = (what) => {
      const [field, value] = what.split("=");
      const words = can[what];
      let patch = { [field]: value ?? true };
      if (field === "span") {
        const picked = pickedIn?.();
        if (!picked) { tell(say.marker.said_nothing); now.textContent = say.marker.said_nothing; return; }
        const span = { start: picked[0], end: picked[1] };
        patch = value === "wording" ? span : { [value]: value === "source" || value === "cue" ? span : [span] };
      }
      const used = listed.map((a) => a.id.split(".").at(-1));
      const letter = [..."abcdefghijklmnopqrstuvwxyz"].find((one) => !used.includes(one));
      save([...listed, { id: `${record.id}.${letter}`, say: words, patch }]);
    };
    return node("details", { class: "cd-kdiffer", "data-some": listed.length ? "" : null }, node("summary", { title: say.differ, "aria-label": `${say.differ}${listed.length ? ` (${listed.length})` : ""}`, ...keySafe }, node("kbd", {}, "V"), node("span", { class: "cd-kwords" }, say.differ), listed.length ? ` (${listed.length})` : null),
      select(say.differ_add, can, "", add, { first: say.differ_add, "data-field": "differ_add" }),
      listed.length ? labelled(say.differ_why, input(say.differ_why, record.contestable.why, (why) => save(listed, why), { "data-field": "differ_why" })) : null,
      ...listed.map((a, n) => node("div", { class: "cd-kalso" }, input(say.differ_say, a.say, (words) => save(listed.map((b) => (b === a ? { ...b, say: words } : b))), { "data-field": `differ_${n}` }),
        node("button", { type: "button", "aria-label": `${say.differ_drop}: ${a.say}`, title: say.differ_drop, ...keySafe, onclick: () => save(listed.filter((b) => b !== a)) }, "×"))));
  };

  // The fields of one entry.
  const speakers = node("datalist", { id: freshId("speakers") });
  const terms = node("datalist", { id: freshId("terms") });
  // The speakers of the attributions around one, the nearest first: those that are meant most often.
  const near = (record) => {
    const far = (other) => Math.abs(startOf(other) - startOf(record));
    const names = [...key.attributions].sort((a, b) => far(a) - far(b)).map((one) => one.speaker);
    return [...new Set(names)].filter((name) => name && name !== record.speaker).slice(0, 3);
  };
  const fieldsOf = (t, layer, record, text) => {
    const put = (name) => (value) => set(layer, record, { [name]: value }, valued(name, spec.choices[name]?.[value] ?? value));
    const line = (name, more = {}) => labelled(say[name], input(say[name], record[name], put(name), { "data-field": name, ...more }));
    const chosen = (name, options = spec.choices[name]) => labelled(say[name], select(say[name], options, record[name], put(name), { "data-field": name }));
    const few = (name) => choices(say[name], spec.choices[name], record[name], letters(t, name), put(name));
    if (layer === "attributions") {
      const counted = node("input", { type: "checkbox", ...keySafe, "data-field": "counted", onchange: () => put("counted")(counted.checked) });
      counted.checked = record.counted ?? false;
      const others = Object.fromEntries(key.attributions.filter((a) => a.id !== record.id).map((a) => [a.id, `${a.id} ${a.speaker ?? ""}`]));
      return [few("form"),
        labelled([node("kbd", {}, "W"), say.speaker], input(say.speaker, record.speaker, put("speaker"), { list: speakers.id, "data-field": "speaker", placeholder: say.speaker_hint, onfocus: (event) => event.target.select() })),
        node("div", { class: "cd-kchoices", role: "group", "aria-label": say.speakers_near }, node("span", { "aria-hidden": "true" }, say.or), ...near(record).map((name) => button(() => put("speaker")(name), name))),
        node("div", { class: "cd-kpair" }, labelled([node("kbd", {}, "K"), say.kind], select(say.kind, spec.choices.kind, record.kind, put("kind"), { "data-field": "kind" })),
          labelled([node("kbd", {}, "F"), say.carried_from], select(say.carried_from, others, record.carried_from, (value) => put("carried_from")(value || null), { first: say.carried_none, "data-field": "carried_from" }))),
        node("label", { class: "cd-check" }, counted, node("kbd", {}, "C"), say.counted),
        differ(layer, record, text.picked)];
    }
    if (layer === "framing") {
      const readings = [...(record.readings ?? [])];
      const shown = readings.length < 2 ? [...readings, ...Array(2 - readings.length).fill("")] : readings;
      const putReading = (n) => (value) => { shown[n] = value; put("readings")(shown.filter(Boolean)); };
      return [few("device"), ...shown.map((words, n) => labelled(fill(say.reading, { n: n + 1 }), input(fill(say.reading, { n: n + 1 }), words, putReading(n), { "data-field": `readings${n || ""}` }))),
        readings.length > 1 ? button(() => { shown.push("…"); put("readings")(shown.filter(Boolean)); }, say.add_reading) : null, line("note"), differ(layer, record, text.picked)];
    }
    if (layer === "claims") return [few("verdict"), line("note"), line("evidence"), line("day"), line("later"), differ(layer, record, text.picked)];
    if (layer === "quirks") return [choices(say.trace_kind, spec.choices.trace, record.kind, letters(t, "kind"), put("kind")), line("note")];
    if (layer === "entman") return [line("name"), differ(layer, record, text.picked)];
    return [];
  };

  // ── a part with marks: the learners' marker, and the entry beside it ──
  const marksPart = (t) => {
    const groups = [];
    const sent = new Map();
    const inspector = node("div", { class: "cd-kentry", role: "group", "aria-label": t.title });
    const pane = node("div", { class: "cd-kpane", ...ofStory(spec) });
    const layerOf = (group) => group.layer ?? (t.id === "framing" && group.control?.length ? "controls" : t.layer);
    const own = (group) => Object.fromEntries(t.roles.map((role) => [role, group[role] ?? []]));
    const hasMarks = (group) => t.roles.some((role) => group[role]?.length);
    const groupOf = ({ layer, record }) => {
      const group = { id: record.id, layer, labels: {} };
      if (t.grouped) t.roles.forEach((role) => { group[role] = spansIn(record[role]); });
      else group[{ controls: "control", cue_places: "place" }[layer] ?? t.roles[0]] = [[record.start, record.end]];
      return group;
    };
    const fieldsFor = (group) => {
      const span = ([start, end]) => ({ start, end });
      if (!t.grouped) return span(t.roles.flatMap((role) => group[role] ?? [])[0]);
      if (t.id === "entman") return Object.fromEntries(t.roles.map((role) => [role, (group[role] ?? []).map(span)]));
      return { source: group.source?.length ? span(group.source[0]) : null, cue: group.cue?.length ? span(group.cue[0]) : null, content: (group.content ?? []).map(span) };
    };
    const freeName = (layer) => {
      const stem = layer === "controls" ? "PC" : t.prefix;
      const taken = new Set([...spec.layers.flatMap((l) => key[l].map((r) => r.id.toLowerCase())), ...groups.map((g) => g.id?.toLowerCase())]);
      for (let n = 1; ; n += 1) if (!taken.has(`${stem}${n}`.toLowerCase())) return `${stem}${n}`;
    };
    const spoken = () => said.textContent;
    // What the marker did, as changes of entries.
    const onChange = (save = true) => {
      if (!save) { show(); return; }
      const ops = [];
      const here = new Set(groups.map((group) => group.id));
      sent.forEach((_, id) => { if (!here.has(id)) ops.push({ op: "remove", layer: sent.get(id).layer, id }); });
      groups.filter(hasMarks).forEach((group) => {
        const marks = JSON.stringify(own(group));
        if (group.id && sent.get(group.id)?.marks === marks) return;
        const fields = fieldsFor(group), before = sent.get(group.id)?.fields ?? {};
        if (group.id) ops.push({ op: "set", layer: layerOf(group), id: group.id, fields: t.grouped ? Object.fromEntries(Object.entries(fields).filter(([n, v]) => JSON.stringify(v) !== JSON.stringify(before[n]))) : fields });
        else { group.layer = layerOf(group); group.id = freeName(group.layer); ops.push({ op: "add", layer: group.layer, id: group.id, fields }); }
      });
      remember();
      if (ops.length) change(ops, spoken()); else show();
    };
    const remember = () => { sent.clear(); groups.filter((g) => g.id).forEach((g) => sent.set(g.id, { marks: JSON.stringify(own(g)), fields: copy(hasMarks(g) ? fieldsFor(g) : {}), layer: layerOf(g) })); };
    let text = null, words = [], elements = [], built = "";
    const build = () => {
      built = JSON.stringify(page.map((b) => [b.id, b.start, b.sentences.length]));
      const context = { spec: { ...spec, blocks: page, item: t.item, overlap: t.id === "entman" }, say, nowNode: now, now: (sentence) => { if (tab === part) now.textContent = sentence; }, announce: tell, label: (role) => label(role), popup: t.grouped ? [beginHere] : [] };
      text = marker(context, { groups, roles: t.roles, grouped: Boolean(t.grouped), onChange });
      words = page.flatMap((b) => b.sentences.flatMap((s) => s.words.map(([, start, end]) => ({ start, end, block: b.id }))));
      elements = [...text.box.querySelectorAll(".cd-word")];
      pane.replaceChildren(text.box);
      text.picked = picked;
    };
    const pickedWords = () => elements.filter((w) => w.getAttribute("aria-selected") === "true").map((w) => Number(w.dataset.i));
    const picked = () => { const on = pickedWords(); return on.length ? [words[on[0]].start, words[on.at(-1)].end] : null; };
    const drop = () => { quiet = true; text.box.querySelector(".cd-text")?.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" })); quiet = false; };
    const at = () => groups[text.active];
    const spansOf = (group) => t.roles.flatMap((role) => group?.[role] ?? []);
    const wordOf = (group) => { const starts = spansOf(group).map(([a]) => a); return starts.length ? words.findIndex((w) => w.end > Math.min(...starts)) : -1; };
    const groupAt = (i) => { const { start, end } = words[i]; const on = groups.map((g, n) => [n, Math.min(...spansOf(g).filter(([a, b]) => a < end && start < b).map(([a, b]) => b - a))]).filter(([, size]) => Number.isFinite(size)); return on.some(([n]) => n === text.active) ? text.active : on.sort((a, b) => a[1] - b[1])[0]?.[0] ?? -1; };
    const look = (i) => {
      const word = elements[i];
      if (!word) return;
      const box = pane.getBoundingClientRect(), place = word.getBoundingClientRect();
      if (place.top < box.top + 20 || place.bottom > box.bottom - 60) pane.scrollTop += place.top - box.top - box.height / 3;
    };
    const choose = (n, { focus = true } = {}) => {
      if (!groups[n]) return;
      drop();
      text.active = n;
      const i = wordOf(groups[n]);
      if (focus && elements[i]) { look(i); elements[i].focus({ preventScroll: true }); drop(); inSight(); }
      text.refresh();
      show();
      const record = recordOf(groups[n]);
      if (record) tell(`${fill(say.said_at, { item: t.item, n: n + 1, of: groups.length, words: spansOf(groups[n]).map(([a, b]) => text.between(a, b)).join(" … ") })} ${record.unconfirmed ? say.unconfirmed : say.confirmed}`);
    };
    const recordOf = (group) => key[group?.layer]?.find((r) => r.id === group.id);
    const current = () => { const group = at(); const record = recordOf(group); return record ? { layer: group.layer, record } : null; };
    const typing = () => inspector.contains(document.activeElement) && document.activeElement.matches("input[type=text]");
    let shownFor = "";
    const show = () => {
      const group = at(), record = recordOf(group);
      const stamp = JSON.stringify([group?.id, record, groups.length, text.active]);
      if (stamp === shownFor || (typing() && JSON.parse(shownFor || "[]")[0] === group?.id)) return;
      shownFor = stamp;
      const field = inspector.contains(document.activeElement) ? document.activeElement.dataset.field ?? document.activeElement.dataset.value : null;
      const opened = inspector.querySelector("details")?.open && inspector.dataset.id === group?.id;
      const part = (role) => node("div", { class: `cd-kpart` }, node("b", {}, say.roles[role]), node("span", { class: `cd-part cd-m-${role}`, ...ofStory(spec) }, (group[role] ?? []).map(([a, b]) => text.between(a, b)).join(" … ") || node("i", {}, say.marker.none_yet)));
      inspector.dataset.id = group?.id ?? "";
      inspector.dataset.open = String(Boolean(record?.unconfirmed));
      const step = (by, words) => button(() => choose(text.active + by), words);
      inspector.replaceChildren(
        node("div", { class: "cd-khead" }, step(-1, node("kbd", {}, "[")), step(1, node("kbd", {}, "]")), node("strong", {}, group ? fill(say.place, { item: cap(t.item), n: text.active + 1, of: groups.length }) : say.none_chosen),
          record ? node("span", { class: "cd-kstate" }, record.unconfirmed ? `○ ${say.unconfirmed}` : `✓ ${say.confirmed}`) : null),
        ...(group ? [node("div", { class: "cd-kparts" }, ...t.roles.filter((role) => t.grouped || group[role]?.length).map(part))] : []),
        ...(record ? fieldsOf(t, group.layer, record, text) : []).filter(Boolean),
        ...(record?.rule ? [node("p", { class: "cd-hint" }, fill(say.rule, { rule: record.rule.replaceAll("_", " ") }))] : []));
      if (opened) inspector.querySelector("details")?.setAttribute("open", "");
      if (field) (inspector.querySelector(`[data-field="${field}"], [data-value="${field}"]`) ?? elements[wordOf(group)])?.focus({ preventScroll: true });
      showActs();
    };
    const acts = node("div", { class: "cd-kacts" });
    const labels = labelButtons({ say, spec }, t.roles.filter((role) => role !== "place"), (role) => { label(role); text.focus(); });
    const clear = button(() => { text.clear(); text.focus(); }, say.clear);
    const begin = button(() => { text.begin(); show(); text.focus(); }, node("kbd", {}, "N"), fill(say.new, { item: t.item }));
    const beginHere = node("button", { type: "button", tabindex: "-1", onclick: () => { beginWith(picked()); text.focus(); } }, node("kbd", {}, "+"), fill(say.new_with, { role: say.roles[t.roles[0]] }));
    const remove = button(() => drops(), node("kbd", {}, "X"), say.remove);
    const showActs = () => { remove.setAttribute("aria-disabled", String(!current())); };
    acts.append(...labels, t.grouped ? begin : "", clear, remove);
    // Words inside a mark of the same role take its place: a mark gets shorter by picking what it should be.
    const label = (role) => {
      const span = picked(), group = at();
      if (role === "place") return;
      if (!span && group?.layer === "cue_places") { takePlace(role); return; }
      if (!span) { text.label(role); return; }
      const [start, end] = span;
      const marks = group?.[role] ?? [];
      const outer = marks.findIndex(([a, b]) => a <= start && end <= b);
      const other = !t.grouped && group ? marks.findIndex(([a, b]) => a < end && start < b) : -1;
      const n = outer >= 0 ? outer : other;
      if (n < 0 || (marks[n][0] === start && marks[n][1] === end)) { text.label(role); return; }
      marks[n] = [start, end];
      drop();
      text.refresh();
      tell(fill(say.marker.said_label_alone, { words: text.between(start, end), role: say.roles[role] }));
      onChange();
    };
    const beginWith = (span) => {
      drop();
      groups.push({ labels: {}, [t.roles[0]]: [span] });
      text.active = groups.length - 1;
      text.refresh();
      tell(fill(say.marker.said_new, { item: t.item, n: groups.length }));
      onChange();
    };
    // Words dragged over need no label where only one is meant: they make a mark longer or shorter, or are the one part that is missing.
    const meant = ([start, end]) => {
      const group = at(), of = ([a, b]) => [words.findIndex((w) => w.end > a), words.findLastIndex((w) => w.start < b)];
      if (!group || t.id === "entman") return null;
      const [from, to] = of([start, end]);
      const met = t.roles.flatMap((role) => (group[role] ?? []).filter(([a, b]) => a < end && start < b).map((span) => [role, ...of(span)]));
      if (met.length) return met.length === 1 && (met[0][1] === from) !== (met[0][2] === to) ? met[0][0] : null;
      const missing = t.grouped ? t.roles.filter((role) => !group[role]?.length) : [];
      return missing.length === 1 && recordOf(group)?.unconfirmed && words[wordOf(group)].block === words[from].block ? missing[0] : null;
    };
    // A place to look at becomes a device of the class that is suggested, or plain words.
    const takePlace = (role) => {
      const { record } = current(), layer = role === "wording" ? "framing" : "controls", id = freeName(layer), n = text.active;
      const fields = { start: record.start, end: record.end, ...(layer === "framing" ? { device: record.device } : {}) };
      change([{ op: "remove", layer: "cue_places", id: record.id }, { op: "add", layer, id, fields }], fill(say.marker.said_label_alone, { words: text.between(record.start, record.end), role: say.roles[role] }));
      choose(Math.max(groups.findIndex((g) => g.id === id), 0) || n);
    };
    const drops = () => {
      const item = current(), n = text.active;
      if (!item) return;
      groups.splice(n, 1);
      remember();
      text.active = Math.min(n, groups.length - 1);
      change([{ op: "remove", layer: item.layer, id: item.record.id }], say.said_removed);
      choose(text.active);
    };
    let down = -1;
    const wordAt = (event) => { const found = event.target.closest?.(".cd-word"); return found && pane.contains(found) ? Number(found.dataset.i) : -1; };
    pane.addEventListener("pointerdown", (event) => { down = event.shiftKey || event.button ? -1 : wordAt(event); });
    pane.addEventListener("pointerup", (event) => {
      const i = wordAt(event), group = at(), span = down >= 0 && pickedWords().length > 1 ? picked() : null;
      const role = span && meant(span);
      if (role) { setTimeout(() => { label(role); text.focus(); }); return; }
      setTimeout(() => pane.querySelector(".cd-popup:not([hidden])")?.scrollIntoView({ block: "nearest" }));
      const begun = t.grouped && group && t.roles.some((role) => !group[role]?.length) && (!group.id || recordOf(group)?.unconfirmed) && (!hasMarks(group) || words[wordOf(group)].block === words[i]?.block);
      if (i < 0 || i !== down || begun || pickedWords().length > 1) return;
      const n = groupAt(i);
      if (n >= 0 && n !== text.active) setTimeout(() => choose(n));
    });
    const root = node("div", { class: "cd-kmarks" }, pane, inspector);
    const part = {
      ...t, root, acts, current,
      refresh: () => {
        const id = at0()?.id, active = text?.active ?? 0;
        if (!text || built !== JSON.stringify(page.map((b) => [b.id, b.start, b.sentences.length]))) build();
        const begun = groups.filter((g) => !g.id && !hasMarks(g));
        const fresh = entries(t).map(groupOf);
        const same = JSON.stringify(fresh.map((g) => [g.id, own(g)])) === JSON.stringify(groups.filter((g) => g.id).map((g) => [g.id, own(g)]));
        if (!same) {
          groups.splice(0, groups.length, ...fresh, ...begun);
          const n = groups.findIndex((g) => g.id === id);
          text.active = begun.length ? groups.length - 1 : n >= 0 ? n : Math.min(active, groups.length - 1);
        }
        remember();
        text.refresh();
        show();
      },
      open: (focus) => { part.refresh(); const first = groups.findIndex((g) => recordOf(g)?.unconfirmed); choose(first >= 0 ? first : 0, { focus }); if (focus && !groups.length) text.focus(); },
      goTo: (id) => { part.refresh(); choose(groups.findIndex((g) => g.id === id)); },
      home: () => { if (at()) { const i = wordOf(at()); (elements[i] ?? elements[0])?.focus({ preventScroll: true }); } else text.focus(); },
      nextOpen: () => {
        const order = [...groups.keys()].map((n) => (text.active + 1 + n) % groups.length);
        const n = order.find((one) => recordOf(groups[one])?.unconfirmed);
        if (n !== undefined) choose(n);
        return n !== undefined;
      },
      press: (event, letter) => {
        const inText = pane.contains(event.target);
        if (inText && /^[1-9]$/.test(event.key) && (picked() || at()?.layer === "cue_places") && t.roles[event.key - 1]) { label(t.roles[event.key - 1]); return true; }
        if (event.key === "[" || event.key === "]") { choose(text.active + (event.key === "]" ? 1 : -1)); return true; }
        if (letter === "n" && t.grouped) { text.begin(); show(); if (!inText) text.focus(); return true; }
        if (letter === "x") { drops(); return true; }
        if (letter === "e" && inText) { choose(groupAt(Number(event.target.closest(".cd-word")?.dataset.i ?? 0))); return true; }
        const item = current();
        const [name, value] = t.keys?.[letter] ?? [];
        const focusOn = (field) => { const found = inspector.querySelector(`[data-field="${field}"]`); found?.focus(); found?.select?.(); };
        if (letter === "v" && item) { const more = inspector.querySelector("details"); if (more) { more.open = true; focusOn("differ_add"); } return true; }
        if (!name || !item || ["controls", "cue_places"].includes(item.layer)) return false;
        if (name === "counted") set(item.layer, item.record, { counted: !item.record.counted }, valued("counted", String(!item.record.counted)));
        else if (value) set(item.layer, item.record, { [name]: value }, valued(name, spec.choices[name]?.[value] ?? value));
        else focusOn(name);
        return true;
      },
    };
    const at0 = () => (text ? at() : null);
    return part;
  };

  // ── a part with rows ──
  const rowsPart = (t) => {
    const list = node("div", { class: `cd-krows cd-krows-${t.id}` });
    const extra = t.id === "page" ? node("div", { class: "cd-kabout", role: "group", "aria-label": say.about }) : null;
    let rows = [], shape = "", at = 0;
    const textOf = (layer, record) => {
      if (layer === "sentences") return page.flatMap((b) => b.sentences).find((s) => s.id === record.id)?.text ?? "";
      return page.find((b) => b.start === record.start)?.text ?? "";
    };
    const kindOf = (record) => record.kind ?? "paragraph";
    const setKind = ({ record }, kind) => change([{ op: "block", start: record.start, kind }], valued("kind", spec.kinds[kind]));
    const short = (words, n = 170) => (words.length > n ? `${words.slice(0, n)} …` : words);
    const settle = (item, fields, value) => change([{ op: "set", layer: item.layer, id: item.record.id, fields }, { op: "confirm", layer: item.layer, ids: [item.record.id] }], valued(Object.keys(fields)[0], value));
    const digit = (kind) => t.digits?.indexOf(kind) ?? -1;
    const numbered = Object.fromEntries([...(t.digits ?? []).filter((kind) => kind in spec.kinds), ...Object.keys(spec.kinds)].map((kind) => [kind, `${digit(kind) >= 0 ? `${digit(kind)} ` : ""}${spec.kinds[kind]}`]));
    // The controls of one row; `paint` brings them up to date.
    const controls = (item) => {
      if (t.id === "page") {
        const kind = select(say.kind, numbered, kindOf(item.record), (value) => setKind(item, value), { "data-field": "kind" });
        return { inner: [kind, node("span", { class: "cd-krowtext", ...ofStory(spec) }, short(textOf(item.layer, item.record)))], paint: () => { kind.value = kindOf(item.record); } };
      }
      if (t.id === "voice" || t.id === "questions") {
        const name = t.id === "voice" ? "voice" : "answer";
        const keys = t.id === "voice" ? Object.fromEntries(t.digits.map((v, n) => [v, String(n + 1)])) : { yes: "y", no: "n", na: "a" };
        const row = choices(say[name], spec.choices[name], item.record[name], keys, (value) => settle(item, { [name]: value }, spec.choices[name][value]));
        const more = node("div", { class: "cd-kmore" });
        const paint = () => {
          [...row.children].forEach((one) => one.setAttribute("aria-pressed", String(one.dataset.value === item.record[name])));
          const stamp = JSON.stringify(item.record.contestable ?? null);
          if (more.dataset.stamp !== stamp && !more.contains(document.activeElement)) { more.dataset.stamp = stamp; more.replaceChildren(differ(item.layer, item.record)); }
        };
        const words = t.id === "voice" ? textOf(item.layer, item.record) : item.record.question ?? item.record.id;
        const where = t.id === "questions" ? input(say.evidence_at, item.record.evidence, (value) => set(item.layer, item.record, { evidence: value }), { "data-field": "evidence", placeholder: say.evidence_at }) : null;
        return { inner: [node("span", { class: "cd-krowtext", ...(t.id === "voice" ? ofStory(spec) : {}) }, words), row, more, where], paint };
      }
      if (t.id === "asked") return question(item);
      const put = (name) => (value) => set(item.layer, item.record, { [name]: value }, valued(name, value));
      const made = ["name", "on_record", "detail"].map((name) => input(say[name], item.record[name], put(name), { "data-field": name, list: name === "on_record" ? terms.id : null, placeholder: say[name] }));
      const kind = select(say.kind, spec.choices.kind, item.record.kind, put("kind"), { "data-field": "kind" });
      return { inner: [made[0], kind, made[1], made[2]], paint: () => { kind.value = item.record.kind; made.forEach((one) => { if (one !== document.activeElement) one.value = item.record[one.dataset.field] ?? ""; }); } };
    };
    // A question from a template: its blanks, and below them the question, its answer and its choices.
    const question = (item) => {
      const put = (name) => (value) => set(item.layer, item.record, { blanks: { ...item.record.blanks, [name]: value } }, valued(spec.blanks[name], value));
      const fields = spec.templates[item.record.template].blanks.map((name) => {
        const from = answersFor[name];
        return [name, from ? select(spec.blanks[name], {}, "", put(name), { "data-field": name }) : input(spec.blanks[name], "", put(name), { "data-field": name, inputmode: name === "number" ? "numeric" : null })];
      });
      const words = node("strong", { class: "cd-krowtext" }), answer = node("p", { class: "cd-kanswer" });
      const drop = node("button", { type: "button", class: "cd-kmark", "aria-label": `${say.remove}: ${item.record.id}`, title: say.remove, ...keySafe, onclick: () => removeRow(item) }, "×");
      const paint = () => {
        const shown = state.asked?.[item.record.id] ?? {};
        fields.forEach(([name, one]) => {
          const value = item.record.blanks[name] ?? "";
          if (answersFor[name] && one !== document.activeElement) one.replaceChildren(...option(answersFor[name](), value, say.choose));
          if (one !== document.activeElement) one.value = value;
        });
        words.textContent = /[^_\s]/.test(shown.text ?? "") ? shown.text : spec.templates[item.record.template].label;
        answer.dataset.status = shown.fault ? "not_yet" : "";
        answer.textContent = shown.fault?.replace(`${item.record.id}: `, "") || (shown.answer ? fill(say[shown.choices ? "asked_choices" : "asked_answer"], shown) : "");
      };
      return { inner: [words, drop, node("div", { class: "cd-kpair cd-kmore" }, ...fields.map(([name, one]) => labelled(spec.blanks[name], one))), answer], paint };
    };
    const label = (list, words) => Object.fromEntries(list.map((one) => [one.id, words(one)]));
    const answersFor = {
      speaker: () => Object.fromEntries(key.sources.map((one) => [one.name, one.name])),
      block: () => label(key.paragraphs, (one) => `${one.id} ${short(textOf("paragraphs", one), 60)}`),
      line: () => label(key.furniture, (one) => `${one.id} ${short(textOf("furniture", one), 60)}`),
      mark: () => label(key.attributions.filter((one) => one.content?.length), (one) => `${one.id} ${one.speaker}: ${short(between(one.content[0]), 50)}`),
      lesson: () => spec.choices.lesson,
    };
    const between = ({ start, end }) => { const home = page.find((b) => b.start <= start && start < b.start + b.text.length); return home ? home.text.slice(start - home.start, end - home.start) : ""; };
    const removeRow = (item) => { const n = at; change([{ op: "remove", layer: item.layer, id: item.record.id }], say.said_removed); move(Math.min(n, rows.length - 1)); };
    const addQuestion = (template) => {
      const used = key.asked.map((one) => one.id);
      let n = 1;
      while (used.includes(`W${n}`)) n += 1;
      change([{ op: "add", layer: "asked", id: `W${n}`, fields: { template } }], spec.templates[template].label);
      part.goTo(`W${n}`);
      rows[at].root.querySelector("[data-field]")?.focus();
    };
    const makeRow = (item) => {
      const mark = node("button", { type: "button", class: "cd-kmark", tabindex: "-1", ...keySafe, onclick: () => { if (item.record.unconfirmed) change([{ op: "confirm", layer: item.layer, ids: [item.record.id] }], say.said_confirmed); } });
      const parts = controls(item);
      const root = node("div", { class: "cd-krow", role: "group", tabindex: "-1", ...keySafe }, mark, t.id === "sources" ? null : node("span", { class: "cd-blockname" }, item.record.id), ...parts.inner.filter(Boolean));
      root.addEventListener("focusin", () => { move(rows.findIndex((row) => row.root === root), false); });
      const row = { item, root, paint: () => {
        parts.paint();
        const open = item.record.unconfirmed || state.asked?.[item.record.id]?.fault;
        root.dataset.open = String(Boolean(open));
        mark.textContent = open ? "○" : "✓";
        mark.setAttribute("aria-label", `${item.record.unconfirmed ? say.confirm : say.confirmed}: ${item.record.name ?? item.record.id}`);
        if (t.id === "asked") { root.setAttribute("aria-label", `${item.record.id}: ${state.asked?.[item.record.id]?.text ?? ""}`); return; }
        const value = t.id === "page" ? spec.kinds[kindOf(item.record)] : spec.choices[t.id === "voice" ? "voice" : "kind"][item.record.voice ?? item.record.kind] ?? item.record.answer ?? "";
        root.setAttribute("aria-label", `${item.record.name ?? item.record.id}, ${value}, ${item.record.unconfirmed ? say.unconfirmed : say.confirmed}: ${short(textOf(item.layer, item.record) || item.record.name || item.record.question || "", 80)}`);
      } };
      return row;
    };
    const move = (n, focus = true) => {
      if (!rows.length) return;
      if (n !== at) leave();
      rows[at]?.root.setAttribute("tabindex", "-1");
      at = Math.max(0, Math.min(rows.length - 1, n));
      rows.forEach((row, i) => row.root.classList.toggle("cd-kat", i === at));
      rows[at].root.setAttribute("tabindex", "0");
      if (focus) { rows[at].root.focus({ preventScroll: true }); rows[at].root.scrollIntoView({ block: "nearest" }); inSight(); }
    };
    // Where the page reader cut wrongly: a row is divided before one of its words, or joined with the one above.
    const what = { page: "block", voice: "sentence" }[t.id];
    const wordsOf = ({ layer, record }) => page.filter((b) => layer === "sentences" || b.start === record.start).flatMap((b) => b.sentences).filter((x) => layer !== "sentences" || x.id === record.id).flatMap((x) => x.words);
    let cutting = null; // the words of the row that is being divided
    const leave = () => { if (cutting) cutting.place.replaceChildren(...cutting.whole); cutting = null; };
    const join = () => {
      const item = rows[at]?.item;
      if (item) change([{ op: "join", what, at: item.record.start }], say.said_joined);
    };
    const split = () => {
      const row = rows[at], found = row ? wordsOf(row.item) : [];
      now.textContent = found.length < 2 ? say.no_split : say.split_hint;
      tell(now.textContent);
      if (found.length < 2) return;
      leave();
      const place = row.root.querySelector(".cd-krowtext");
      const cut = (start) => { leave(); move(at); change([{ op: "split", what, at: start }], say.said_divided); };
      const words = found.slice(1).map(([text, start]) => node("button", { type: "button", class: "cd-kcut", "aria-label": fill(say.split_before, { word: text }), ...keySafe, onclick: () => cut(start) }, text));
      cutting = { place, whole: [...place.childNodes], words };
      place.replaceChildren(found[0][0], ...words.flatMap((word) => [" ", word]));
      words[0].focus();
    };
    const from = t.id === "asked" ? select(say.new_question, label(Object.entries(spec.templates).map(([id, one]) => ({ id, ...one })), (one) => one.label), "", (template) => { from.value = ""; addQuestion(template); }, { first: say.new_question }) : null;
    const acts = what ? node("div", { class: "cd-kacts" }, button(split, node("kbd", {}, "S"), say.split), button(join, node("kbd", {}, "J"), say.join)) : from ? node("label", { class: "cd-kacts" }, node("kbd", {}, "N"), from) : null;
    const hold = { page: "start", voice: "start" }[t.id] ?? "id";
    const part = {
      ...t, root: node("div", {}, list, extra), acts, current: () => rows[at]?.item,
      leave: () => { const was = cutting; leave(); if (was) { now.textContent = ""; move(at); } return Boolean(was); },
      refresh: () => {
        const items = entries(t);
        const fresh = JSON.stringify(items.map(({ layer, record }) => [t.id === "page" ? record.start : layer, record.id, record.template ?? (t.id === "questions" ? record.question : textOf(layer, record))]));
        if (fresh !== shape) {
          const kept = rows[at]?.item.record[hold];
          const inside = list.contains(document.activeElement), field = document.activeElement?.dataset?.field;
          shape = fresh;
          cutting = null;
          rows = items.map(makeRow);
          const heads = t.id === "sources" && rows.length ? [node("div", { class: "cd-krow cd-kheads", "aria-hidden": "true" }, node("span", {}), ...["name", "kind", "on_record", "detail"].map((name) => node("span", {}, say[name])))] : [];
          list.replaceChildren(...heads, ...rows.map((row) => row.root));
          const n = rows.findIndex((row) => row.item.record[hold] === kept);
          move(n >= 0 ? n : at - 1, false); // a row that was joined is part of the one above
          if (inside && !rows.length) panel.focus({ preventScroll: true });
          else if (inside) (field ? rows[at].root.querySelector(`[data-field="${field}"]`) : rows[at].root).focus({ preventScroll: true });
        } else rows.forEach((row, i) => { row.item.layer = items[i].layer; row.item.record = items[i].record; });
        rows.forEach((row) => row.paint());
        if (!rows.length) list.replaceChildren(node("p", { class: "cd-hint" }, say.none));
        if (extra && !extra.contains(document.activeElement)) extra.replaceChildren(node("h4", {}, say.about), ...["agency", "reporter", "publisher"].map((name) => labelled(say[name], input(say[name], state.about?.[name], (value) => change([{ op: "about", fields: { [name]: value } }], valued(name, value))))));
      },
      open: (focus) => { part.refresh(); const first = rows.findIndex((row) => row.item.record.unconfirmed); move(first >= 0 ? first : 0, focus); },
      goTo: (id) => { part.refresh(); move(Math.max(0, rows.findIndex((row) => row.item.record.id === id))); },
      home: () => move(at),
      nextOpen: () => {
        const order = [...rows.keys()].map((n) => (at + 1 + n) % rows.length);
        const n = order.find((one) => rows[one].item.record.unconfirmed);
        if (n !== undefined) move(n);
        return n !== undefined;
      },
      press: (event, letter) => {
        const n = cutting ? cutting.words.indexOf(event.target) : -1, last = cutting?.words.length - 1;
        const to = n >= 0 ? { ArrowRight: n + 1, ArrowLeft: n - 1, Home: 0, End: last }[event.key] : undefined;
        if (to !== undefined) { cutting.words[Math.max(0, Math.min(last, to))].focus(); return true; }
        if (n >= 0 && event.key === " ") return false;
        const steps = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1, "[": at - 1, "]": at + 1 };
        if (event.key in steps) { move(steps[event.key]); return true; }
        if (from && letter === "n") { from.focus(); return true; }
        const item = rows[at]?.item;
        if (!item) return false;
        if (what && letter === "s") { split(); return true; }
        if (what && letter === "j") { join(); return true; }
        const choice = /^[0-9]$/.test(event.key) ? t.digits?.[t.id === "page" ? Number(event.key) : event.key - 1] : null;
        if (choice) {
          if (t.id === "page") setKind(item, choice); else settle(item, { voice: choice }, spec.choices.voice[choice]);
          if (!part.nextOpen()) move(at + 1);
          return true;
        }
        const answer = t.id === "questions" && { y: "yes", n: "no", a: "na" }[letter];
        if (answer) { settle(item, { answer }, spec.choices.answer[answer]); if (!part.nextOpen()) move(at + 1); return true; }
        if (letter === "k" || letter === "w") { const found = rows[at].root.querySelector(`[data-field="${letter === "k" ? "kind" : "name"}"]`); found?.focus(); found?.select?.(); return true; }
        if (letter === "v" && rows[at].root.querySelector("details")) { rows[at].root.querySelector("details").open = true; rows[at].root.querySelector("details select").focus(); return true; }
        if (letter === "x" && (t.id === "sources" || from)) { removeRow(item); return true; }
        return false;
      },
    };
    return part;
  };

  // ── what is wrong, and what lessons need ──
  const checkPart = (t) => {
    const body = node("div", { class: "cd-kcheck" });
    const tabOf = (layer) => parts.find((p) => p.layers.includes(layer));
    const goTo = (layer, id) => { const to = tabOf(layer); if (to) { openPart(to); if (id) to.goTo(id); } };
    const part = {
      ...t, root: body, current: () => null, nextOpen: () => false, press: () => false, goTo: () => {},
      refresh: () => {
        const link = (words, layer, id) => (tabOf(layer) ? node("button", { type: "button", class: "cd-link", ...keySafe, onclick: () => goTo(layer, id) }, words) : node("span", {}, words));
        const stamp = JSON.stringify([state.faults, state.lessons]);
        if (body.dataset.stamp === stamp) return;
        body.dataset.stamp = stamp;
        body.replaceChildren(node("h4", {}, say.faults), state.faults.length ? node("ul", {}, ...state.faults.map((f) => node("li", {}, link(f.say, f.layer, f.id)))) : node("p", {}, `✓ ${say.no_faults}`),
          node("h4", {}, say.needs), node("ul", {}, ...state.lessons.map((one) => node("li", {}, node("b", {}, `${one.name} `), one.runs ? `✓ ${one.say}` : one.done ? one.say : link(one.say, one.layer)))),
          node("p", {}, button(() => queue.change({ do: "lessons" }), say.make)));
      },
      open: (focus) => { part.refresh(); if (focus) part.home(); },
      home: () => (body.querySelector("button") ?? tabs.find((one) => one.part === part).button).focus({ preventScroll: true }),
    };
    return part;
  };

  // ── moving between parts ──
  const parts = spec.tabs.map((t) => ({ rows: rowsPart, marks: marksPart, check: checkPart })[t.kind](t));
  const hint = node("p", { class: "cd-hint" });
  const slot = node("span", { class: "cd-kslot" });
  const panel = node("div", { class: "cd-kpanel", role: "tabpanel", tabindex: "-1", id: freshId("panel") });
  const tabs = parts.map((part, n) => {
    const count = node("span", { class: "cd-kcount" });
    const made = node("button", { type: "button", role: "tab", id: freshId("tab"), "aria-selected": "false", "aria-controls": panel.id, tabindex: "-1", ...keySafe, onclick: () => openPart(part) }, part.title, " ", count);
    made.addEventListener("keydown", (event) => { const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key]; if (by && !event.altKey) { event.preventDefault(); event.stopPropagation(); openPart(parts[(n + by + parts.length) % parts.length], "tab"); } });
    return { part, button: made, count };
  });
  const openPart = (part, focus = "entry") => {
    tab = part;
    panel.replaceChildren(part.root);
    slot.replaceChildren(...(part.acts ? [part.acts] : []));
    dock.hidden = !part.layers.length;
    panel.setAttribute("aria-labelledby", tabs.find((one) => one.part === part).button.id);
    hint.textContent = part.hint;
    now.textContent = "";
    tabs.forEach((one) => { one.button.setAttribute("aria-selected", String(one.part === part)); one.button.setAttribute("tabindex", one.part === part ? "0" : "-1"); });
    part.open(focus === "entry");
    if (focus === "tab") tabs.find((one) => one.part === part).button.focus();
    paintFoot();
  };
  const inSight = () => { const { top } = section.getBoundingClientRect(), { bottom } = panel.getBoundingClientRect(); if (top > window.innerHeight - 200 || bottom < 100) section.scrollIntoView({ block: "start" }); };
  const nextPart = () => parts.find((part) => part !== tab && part.layers.length && openIn(part).length);

  // ── the queue: confirm and go on ──
  let finished = null; // the part that was said to be done: Enter goes on from there
  const confirmNext = () => {
    if (!tab.layers.length) return;
    if (finished === tab && !openIn(tab).length) { const next = nextPart(); finished = null; if (next) openPart(next); return; }
    const item = tab.current();
    if (item?.record.unconfirmed) change([{ op: "confirm", layer: item.layer, ids: [item.record.id] }], say.said_confirmed);
    if (!tab.nextOpen()) partDone();
  };
  const partDone = () => {
    finished = tab;
    const next = nextPart();
    now.textContent = next ? fill(say.part_done, { title: tab.title, next: next.title }) : say.whole_done;
    tell(now.textContent);
    paintFoot();
  };
  const confirmAll = () => {
    const open = openIn(tab);
    if (!open.length) { confirmNext(); return; }
    const layers = [...new Set(open.map(({ layer }) => layer))];
    change(layers.map((layer) => ({ op: "confirm", layer, ids: open.filter((one) => one.layer === layer).map(({ record }) => record.id) })), fill(say.said_all, { n: open.length }));
    const from = tab, next = nextPart();
    if (!next) { tab.home(); partDone(); return; }
    openPart(next);
    now.textContent = fill(say.went_on, { title: from.title, next: next.title });
    tell(`${said.textContent} ${now.textContent}`);
  };
  const one = node("button", { type: "button", class: "cd-primary", ...keySafe, onclick: () => { confirmNext(); } }, node("kbd", {}, "↵"), say.confirm_next);
  const all = button(confirmAll);
  const dock = node("div", { class: "cd-dock" }, now, node("div", { class: "cd-bar" }, one, all, slot));
  const paintFoot = () => {
    const left = tab ? openIn(tab).length : 0, next = nextPart();
    one.hidden = !tab?.layers.length || (!left && !next);
    one.lastChild.textContent = left || !next ? say.confirm_next : fill(say.next_part, { title: next.title });
    if (!left) finished = tab;
    all.hidden = left < 2;
    all.replaceChildren(node("kbd", {}, "⇧↵"), fill(say.confirm_all, { n: left }));
  };

  // ── painting ──
  const paint = () => {
    tabs.forEach(({ part, count }) => {
      const left = part.id === "asked" ? Object.values(state.asked ?? {}).filter((one) => one.fault).length : part.layers.length ? openIn(part).length : state.faults?.length ?? 0;
      const some = part.layers.length ? entries(part).length : 1;
      count.textContent = left ? String(left) : some ? "✓" : "–";
      count.dataset.open = String(left > 0);
    });
    const every = spec.layers.flatMap((layer) => key[layer]);
    const confirmed = every.filter((record) => !record.unconfirmed).length;
    meter.max = every.length || 1;
    meter.value = confirmed;
    done.textContent = fill(say.meter, { n: confirmed, of: every.length });
    undo.setAttribute("aria-disabled", String(!state.can_undo && !queue.waiting.size));
    redo.setAttribute("aria-disabled", String(!state.can_redo));
    speakers.replaceChildren(...key.sources.map((s) => node("option", { value: s.name })));
    terms.replaceChildren(...[...new Set(key.sources.map((s) => s.on_record))].map((value) => node("option", { value })));
    tab?.refresh();
    paintFoot();
  };
  const adopt = () => {
    spec.layers.forEach((layer) => { key[layer] = copy(model.get(layer)); });
    page = model.get("page");
  };
  const onState = () => {
    const before = state;
    state = { ...model.get("state"), about: { ...model.get("state").about } };
    const stand = queue.answered(state);
    if (state.by === queue.me || state.error) trouble.textContent = state.error;
    if (stand === "refused") return;
    if (stand === "waiting") { state.about = { ...before.about }; return; } // what is on its way is painted already; the last answer brings all
    lessons.replaceChildren(...state.lessons.map((given) => node("li", { "data-done": String(given.done), "data-runs": String(given.runs), title: given.say }, `${given.runs ? "✓" : given.done ? "●" : "○"} ${given.name}`, node("span", { class: "cd-visually-hidden" }, ` ${given.say}`))));
    adopt();
    paint();
    if (state.by === queue.me && state.told) { now.textContent = state.told; tell(state.told); if (tab.id === "check") hint.textContent = state.told; }
    const [layer, id] = state.by === queue.me ? state.at ?? [] : [];
    const to = layer && parts.find((part) => part.layers.includes(layer));
    if (to && key[layer].some((record) => record.id === id)) { if (tab !== to) openPart(to); to.goTo(id); }
  };

  // ── keys ──
  const onKey = (event) => {
    if (quiet) return;
    const { target, ctrlKey, metaKey, altKey, shiftKey } = event;
    const writing = target.matches("input[type=text]");
    const taken = (act) => { event.preventDefault(); event.stopPropagation(); act(); };
    if (writing || target.matches("select")) {
      if (event.key === "Enter" && shiftKey) { taken(() => { target.blur(); confirmAll(); }); return; }
      if (event.key === "Enter" || event.key === "Escape") taken(() => tab.home()); // leaving the field saves what is in it
      else if (writing) event.stopPropagation();
      return;
    }
    if (ctrlKey || metaKey) {
      const act = { z: () => turn(shiftKey ? "redo" : "undo"), y: () => turn("redo") }[event.key.toLowerCase()];
      if (act) taken(act);
      return;
    }
    if (altKey) {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (by) taken(() => openPart(parts[(parts.indexOf(tab) + by + parts.length) % parts.length]));
      return;
    }
    if (event.key === "Enter") {
      if (shiftKey) { taken(confirmAll); return; }
      if (target.matches("button, summary, input")) return;
      taken(() => { if (!event.repeat) confirmNext(); });
      return;
    }
    if (target.matches("[role=tab]") && event.key.startsWith("Arrow")) return;
    if (event.key === "Escape") { if (tab.leave?.()) taken(() => {}); else if (!panel.querySelector('[aria-selected="true"].cd-word')) taken(() => el.closest(".jp-Cell")?.focus()); return; }
    if (target.matches("input[type=checkbox]") && event.key === " ") return;
    if (tab.press(event, event.key.length === 1 ? event.key.toLowerCase() : "")) { event.preventDefault(); event.stopPropagation(); }
  };

  const title = freshId("title");
  const section = node("section", { class: "cd cd-kedit", "aria-labelledby": title, tabindex: "-1", ...keySafe },
    node("div", { class: "cd-head" }, node("h3", { id: title }, fill(say.title, { story: spec.story })), queue.sign),
    node("div", { class: "cd-ktop" }, meter, done, lessons, node("span", { class: "cd-steps" }, undo, redo)),
    trouble,
    node("div", { class: "cd-ktabs", role: "tablist", "aria-label": say.tabs }, ...tabs.map((made) => made.button)),
    hint, panel,
    dock,
    keyTable(say.keys_title, say.keys), speakers, terms, said);
  el.classList.add("cd-host");
  el.append(section);
  section.addEventListener("keydown", onKey, true);
  const lookAgain = () => { if (document.visibilityState === "visible" && !queue.waiting.size) queue.send({ do: "look" }); };
  document.addEventListener("visibilitychange", lookAgain);
  model.on("change:state", onState);
  state = { ...model.get("state"), about: { ...model.get("state").about } };
  adopt();
  const first = parts.find((part) => part.layers.length && openIn(part).length) ?? parts[0];
  tab = first;
  openPart(first, "none");
  onState();
  queue.restored.forEach((message) => { message.ops.forEach(applyHere); queue.change(message); });
  paint();
  return () => { queue.stop(); model.off("change:state", onState); document.removeEventListener("visibilitychange", lookAgain); };
}
