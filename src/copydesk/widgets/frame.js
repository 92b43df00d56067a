// What every exercise shares: title, prompt, what can be done now, check, tries, saved, feedback.
// Keys are answered here, in the browser; Python is told afterwards and answers with `state`.

const node = (tag, attributes = {}, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== false && value != null) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child != null));
  return made;
};

// JupyterLab's command mode takes letters and arrows from whatever has focus, unless that very element says no.
const keySafe = { "data-lm-suppress-shortcuts": "true" };

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

// A word as Python counts it: hyphens, decimal points and apostrophes stay inside, a dash alone is none.
const countWords = (text) => (text.match(/[\p{L}\p{N}_’‘]+(?:[-,.][\p{L}\p{N}_’]+)*/gu) ?? []).length;

// Every widget loads its own copy of this script, so a counter alone would repeat across widgets.
let serial = 0;
const mine = Math.random().toString(36).slice(2, 8);
const freshId = (stem) => `cd-${stem}-${mine}-${++serial}`;

function frame({ model, el, words }, makeBody) {
  const spec = { ...model.get("spec"), ...words };
  const say = spec.say;
  const stash = `copydesk:${spec.uid}`;
  const titleId = freshId("title");
  const said = node("span", { class: "cd-visually-hidden", role: "status" });
  const now = node("p", { class: "cd-now", id: freshId("now") });
  const saved = node("span", { class: "cd-saved", role: "status" });
  const tries = node("span", { class: "cd-tries", id: freshId("tries") });
  const headline = node("p", { class: "cd-headline", id: freshId("result") }); // read out with the result, which takes the focus; else `said` tells it
  const details = node("div", { class: "cd-details" });
  const result = node("div", { class: "cd-result", role: "group", tabindex: "-1", "aria-labelledby": headline.id, "aria-describedby": tries.id, ...keySafe }, headline, details);
  let asked = ""; // "check" or "key": it was asked for here, and the result is to be shown
  const check = node("button", { type: "button", class: "cd-primary", "aria-describedby": `${now.id} ${tries.id}`, ...keySafe, onclick: () => doCheck() }, spec.check_text);
  const button = (words, act, more = {}) => node("button", { type: "button", ...more, ...keySafe, onclick: act }, words);
  const again = button(say.frame.again, () => { sure.hidden = false; sure.focus(); }, { class: "cd-again" });
  const keep = () => { sure.hidden = true; again.focus(); };
  const sure = node("div", { class: "cd-ask", role: "group", "aria-label": say.frame.again_ask, tabindex: "-1", hidden: true, ...keySafe, onkeydown: (event) => { if (event.key === "Escape") { event.preventDefault(); keep(); } } },
    node("p", {}, say.frame.again_ask),
    button(say.frame.again_yes, () => { sure.hidden = true; section.focus(); ask("again"); }), button(say.frame.again_no, keep));
  const showKey = () => button(say.frame.show_key, () => { asked = "key"; ask("key"); }, { title: say.frame.show_key_why });
  const keyButton = showKey();
  const choice = node("div", { class: "cd-ask", role: "group", "aria-label": say.frame.choose, tabindex: "-1", hidden: true, ...keySafe },
    node("p", {}, say.frame.choose),
    showKey(), button(say.frame.try_more, () => { tell({ do: "more" }); expectAnswer(); }, { title: say.frame.try_more_why }));
  const other = node("button", { type: "button", title: say.frame.other_why, ...keySafe, onclick: () => { body.flush?.(); ask("other"); } }, say.frame.other);
  let seq = 0;
  let toldBefore = null; // what was last told of a check
  let waiting = false; // for the answer to a change made here
  let timer = null;

  // A listener hears it when something is not saved, and once that it is; after each change it would drown the rest.
  let heardSaved = false;
  const showSaved = (text, now) => {
    saved.setAttribute("aria-live", now === "unsaved" || (now === "saved" && !heardSaved) ? "polite" : "off");
    heardSaved = now === "unsaved" ? false : heardSaved || now === "saved";
    saved.textContent = text;
    saved.dataset.state = now;
  };

  const push = (value) => {
    try { sessionStorage.setItem(stash, JSON.stringify(value)); } catch { /* a browser without storage still saves through the kernel */ }
    ask("save", { value });
  };
  const ask = (what, more = {}) => {
    seq += 1;
    waiting = true;
    showSaved(say.frame.saving, "saving");
    tell({ do: what, seq, by: view, ...more });
    expectAnswer();
  };
  const expectAnswer = () => { clearTimeout(timer); timer = setTimeout(notSaved, 5000); };
  // Messages arrive in the order they are sent; synced traits do not (they wait for a busy kernel, and a check would overtake).
  const tell = (message) => { try { model.send(message); } catch { /* no kernel: the timer says so */ } };
  // The static view under the exercise is for the next day: it is brought up to date when the learner pauses or leaves.
  let pause = null;
  const later = (wait) => { clearTimeout(pause); pause = setTimeout(() => { pause = null; tell({ do: "later" }); }, wait); };
  const notSaved = () => {
    const busy = isBusy(model);
    if (busy) timer = setTimeout(notSaved, 5000); // it may die yet
    showSaved(busy ? say.frame.busy : say.frame.not_saved, "unsaved");
  };
  const doCheck = () => {
    if (model.get("state").finished || check.hidden) return;
    body.flush?.();
    headline.textContent = say.frame.checking;
    result.hidden = false;
    asked = "check";
    tell({ do: "check" });
    expectAnswer();
  };
  // What a check led to is scrolled to and takes the focus, so that nobody has to look for it.
  const showResult = () => {
    if (!section.contains(document.activeElement)) return false; // the learner has gone on
    const chooses = choice.contains(document.activeElement);
    if (!chooses) result.focus({ preventScroll: true });
    comeInto(choice.hidden ? result : choice, result);
    return !chooses;
  };
  const view = Math.random().toString(36).slice(2);
  const announce = (text) => { said.textContent = text; };
  const meaning = meanings(spec.help, say.meaning, announce);
  const prompt = node("p", { class: "cd-prompt", id: freshId("prompt") }, ...meaning.within(spec.prompt)); // before the body: a word is explained where it stands first
  const context = { spec, say, meaning, changed: push, check: doCheck, announce, now: (text) => { now.textContent = text; }, nowNode: now };
  const body = makeBody(context);

  el.classList.add("cd-host");
  // The exercise takes the focus as a whole when something in it is clicked that has no keys of its own.
  const section = node("section", { id: spec.anchor, class: "cd", "aria-labelledby": titleId, "aria-describedby": prompt.id, lang: "en", tabindex: "-1", ...keySafe },
      node("h3", { id: titleId }, node("span", { class: "cd-title" }, spec.title), node("span", { class: "cd-points" }, spec.points_text)),
      prompt,
      body.words ?? null,
      // what can be done stays in view with the work it is for, and never lies over the title above or the result below
      node("div", {}, spec.reading?.length ? reading(spec, say) : null, body.root,
        node("div", { class: "cd-dock" }, node("div", { class: "cd-line" }, now, tries, saved), body.tools ?? null, node("div", { class: "cd-bar" }, check, keyButton, other))),
      choice, result, again, sure,
      spec.rights ? node("p", { class: "cd-rights" }, spec.rights) : null,
      said);
  el.append(section);
  meaning.wired(section);

  const showState = () => {
    const state = model.get("state");
    tries.textContent = state.tries_text;
    const inside = section.contains(document.activeElement);
    check.setAttribute("aria-disabled", String(state.finished)); // a disabled button would lose the focus
    if (state.must_choose && document.activeElement === check) section.focus();
    check.hidden = state.must_choose;
    if (state.must_choose === choice.hidden) {
      const within = choice.contains(document.activeElement);
      choice.hidden = !state.must_choose;
      if (state.must_choose && inside) choice.focus();
      else if (within) check.focus();
    }
    if (!state.key_waits && document.activeElement === keyButton) check.focus();
    keyButton.hidden = !state.key_waits || state.must_choose;
    again.hidden = !state.can_restart;
    if (!state.has_other && document.activeElement === other) check.focus(); // a hidden button would lose the focus
    if (state.has_other && other.hidden) announce(state.saved_text); // another window has changed it too
    other.hidden = !state.has_other;
    const pending = waiting; // then this state answers a change, and not the check after it
    if (state.saved_by === view && state.saved_seq >= seq) waiting = false;
    if (!waiting) {
      clearTimeout(timer);
      showSaved(state.saved_text, state.saved_text ? "saved" : "");
      if (seq && state.saved_by === view) later(3000);
      if (seq && state.saved_by === view) { try { sessionStorage.removeItem(stash); } catch { /* nothing was kept */ } }
    }
    showFeedback(state.feedback, headline, details, say, body);
    body.told?.(state);
    const answered = asked && state.feedback && !(asked === "check" ? pending : waiting);
    const seen = answered && showResult();
    if (answered) asked = "";
    const more = toHear(state.feedback, say), told = `${state.feedback?.headline ?? ""} ${more}`.trim();
    if (told && toldBefore !== null && told !== toldBefore) announce(seen ? more : told);
    toldBefore = told;
  };
  el.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      if (!event.defaultPrevented) el.closest(".jp-Cell")?.focus();
    } else if (event.target.matches("textarea, input[type=text]") && !(event.key === "Enter" && event.shiftKey) && !((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s")) {
      event.stopPropagation(); // after a key that reaches it, JupyterLab cancels the line break and the undo in the box
    }
  });
  // A button that goes away takes the focus with it; the next key would then be the notebook's.
  section.addEventListener("click", () => setTimeout(() => { if (document.activeElement === document.body) section.focus(); }));
  section.addEventListener("focusout", (event) => { if (pause && !section.contains(event.relatedTarget)) later(300); });
  model.on("change:state", showState);
  const onAnswer = () => { const given = model.get("answer"); if (given.by !== view) body.show(given.value); };
  model.on("change:answer", onAnswer);

  body.show(model.get("answer").value);
  showState();
  setTimeout(() => {
    comeIntoView(section);
    const cell = section.closest(".jp-Cell"), focused = document.activeElement?.closest(".jp-Cell");
    if (focused && !section.contains(document.activeElement)) announce(fill(focused === cell ? say.frame.here : focused === cell?.nextElementSibling ? say.frame.above : "", { title: spec.title }));
  }, 150);
  let kept = null;
  try { kept = sessionStorage.getItem(stash); } catch { /* no storage */ }
  if (kept) { const value = JSON.parse(kept); body.show(value); push(value); }
  return () => { clearTimeout(timer); clearTimeout(pause); model.off("change:state", showState); model.off("change:answer", onAnswer); };
}

// Shift+Enter moves on to the next cell, which shows the end of a long exercise; it is to be read from its title on.
function comeIntoView(section) {
  const next = section.closest(".jp-Cell")?.nextElementSibling;
  if (next?.matches(".jp-mod-active") && section.getBoundingClientRect().top < 0) section.scrollIntoView({ block: "start" });
}

// Brings what stands from one element to another into view; of what is higher than half the screen, its beginning.
function comeInto(first, last) {
  const tall = last.getBoundingClientRect().bottom - first.getBoundingClientRect().top > window.innerHeight / 2;
  if (!tall) last.scrollIntoView({ block: "nearest" });
  first.scrollIntoView({ block: tall ? "start" : "nearest" });
}

// Buttons in a row: one stop for Tab, and the arrows go from one to the next.
function toolbar(label, buttons, more = {}) {
  const root = node("div", { class: "cd-tools", role: "toolbar", "aria-label": label, ...more }, ...buttons);
  const stop = (here) => buttons.forEach((button) => { button.tabIndex = button === here ? 0 : -1; });
  stop(buttons[0]);
  root.addEventListener("focusin", (event) => stop(event.target));
  root.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key], shown = buttons.filter((button) => !button.hidden);
    if (!way) return;
    event.preventDefault();
    shown[(shown.indexOf(event.target) + way + shown.length) % shown.length].focus();
  });
  return root;
}

// Whether the kernel is at work on something else, where the front end lets it be seen.
function isBusy(model) {
  const kernel = model.widget_manager?.kernel ?? model.widget_manager?._kernel;
  return kernel?.status === "busy" && kernel?.connectionStatus !== "disconnected";
}

function keyTable(title, rows) {
  return node("details", { class: "cd-keys" }, node("summary", { ...keySafe }, title),
    node("table", {}, node("tbody", {}, ...rows.map(([keys, what]) => node("tr", {}, node("th", { scope: "row" }, keys), node("td", {}, what))))));
}

// What a listener is told besides the headline: what is missing or where to look again; of the key, that it is there.
function toHear(feedback, say) {
  if (feedback?.lacks) return feedback.lacks.join(" ");
  const hint = ({ text, items, named }) => (named || !items.length ? text : `${items.map((item) => item.where).join(", ")}: ${text}`);
  if (feedback?.hints.length) return `${say.outcome.hints}: ${feedback.hints.map(hint).join(" ")}`;
  return feedback?.key.length ? say.outcome.key_shown : "";
}

function showFeedback(feedback, headline, details, say, body) {
  headline.textContent = feedback?.headline ?? "";
  headline.dataset.status = feedback?.status ?? "";
  headline.parentElement.hidden = !feedback; // a group without words would be read out as one
  details.replaceChildren();
  // What is said of an item stands on it (`body.note`); what has no place of its own stands in the list.
  const hinted = (feedback?.hints ?? []).flatMap(({ text, items }) => items.map((item) => ({ ...item, text })));
  body.note?.(hinted, feedback?.key ?? []);
  if (!feedback) return;
  if (feedback.lacks) {
    details.append(node("ul", { class: "cd-lacks" }, ...feedback.lacks.map((lack) => node("li", {}, lack))), node("p", {}, feedback.foot));
    return;
  }
  if (feedback.hints.length) {
    const link = (item, words) => (body.place?.(item) ? node("button", { type: "button", class: "cd-link", ...keySafe, onclick: () => goTo(body.place(item)) }, words) : words);
    const hint = ({ text, items, named }) => (named || !items.length ? [items.length ? link(items[0], text) : text] : [...items.flatMap((item, n) => [n ? ", " : "", link(item, item.where)]), ": ", text]);
    details.append(node("h4", {}, say.outcome.hints), node("ul", {}, ...feedback.hints.map((one) => node("li", {}, ...hint(one)))));
  }
  const rows = feedback.key.filter((row) => !body.shows?.(row));
  if (rows.length) {
    const list = node("ul", { class: "cd-key" }, ...rows.map((row) => keyRow(row, say)));
    const title = fill(body.keyTitle ?? say.outcome.key, { n: rows.length });
    details.append(body.shows ? node("details", { class: "cd-fold" }, node("summary", { ...keySafe }, title), list) : node("div", {}, node("h4", {}, title), list));
  }
  if (feedback.foot) details.append(node("p", { class: "cd-foot" }, feedback.foot));
}

function goTo(place) {
  place.scrollIntoView({ block: "center" });
  place.focus({ preventScroll: true });
}

function keyRow(row, say) {
  return node("li", { "data-mark": row.mark }, ...keyParts(row, say));
}

// Words with their web addresses as links; of a long one only its site is shown.
const linked = (text) => text.split(/(https?:\/\/\S*[^\s.,;)])/).map((part, n) => (n % 2 ? node("a", { href: part, title: part, target: "_blank", rel: "noopener noreferrer", ...keySafe }, site(part)) : part));
const site = (address) => { const [host, ...rest] = address.replace(/^https?:\/\/(www\.)?/, "").split("/"); return address.length > 45 && rest.length ? `${host}/…` : [host, ...rest].join("/"); };

const kept = (...children) => children.filter((child) => child != null);

// One item of the key: how it went, what the key has and why, and what else is defensible.
function keyParts(row, say) {
  const more = (title, listed) => (listed.length ? node("div", { class: "cd-others" }, node("em", {}, title), node("ul", {}, ...listed.map((text) => node("li", {}, text)))) : null);
  return kept(
    node("span", { class: "cd-sign", "aria-hidden": "true" }, row.sign), node("span", { class: "cd-visually-hidden" }, row.mark_text),
    row.where ? node("strong", {}, row.where, " ") : null,
    ...row.parts.map(([role, name, words, sign]) => node("span", { class: `cd-part cd-m-${role}` }, node("b", {}, `${sign} ${name}: `), words)),
    row.reveal ? node(row.parts.length ? "div" : "span", {}, ...linked(row.reveal)) : null,
    more(say.outcome.others, row.others), more(say.outcome.rival_readings, row.readings));
}

// The paragraphs that an exercise asks about, in sight while it is done; they can be folded, selected and copied.
// The attributes of what holds words of the story: its language, and which way it runs. The interface around it is English.
const ofStory = (spec) => ({ lang: spec.lang, dir: spec.dir });

function reading(spec, say) {
  return node("details", { class: "cd-reading", open: true }, node("summary", { ...keySafe }, say.frame.reading),
    node("div", { class: "cd-reading-text", tabindex: "0", role: "region", "aria-label": say.frame.reading, ...keySafe }, ...spec.reading.map((block) => node("p", { class: "cd-block", ...ofStory(spec) }, node("span", { class: "cd-blockname" }, block.name), " ", block.text))));
}

// The key that chooses the n-th of several: 1 to 9, then 0 for the tenth.
const keyName = (n) => (n < 10 ? node("kbd", { "aria-hidden": "true" }, String((n + 1) % 10)) : null);

// One of a few choices as a row of segments, which keys choose too.
function segments(options, chosen) {
  const name = freshId("choice");
  const inputs = Object.entries(options).map(([value, words], n) => {
    const input = node("input", { type: "radio", name, value, ...keySafe, onchange: () => chosen(value) });
    return [value, input, node("label", { class: "cd-segment" }, input, keyName(n), node("span", { "data-words": words }, words))];
  });
  const root = node("div", { class: `cd-segments${short(options) ? "" : " cd-stacks"}${long(options) ? " cd-column" : ""}` }, ...inputs.map(([, , label]) => label));
  const press = (event) => {
    const input = /^[0-9]$/.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey && inputs[(Number(event.key) + 9) % 10]?.[1];
    if (!input) return;
    event.preventDefault();
    event.stopPropagation();
    input.checked = true;
    input.focus();
    chosen(input.value);
  };
  return { root, press, set: (given) => inputs.forEach(([value, input]) => { input.checked = value === given; }) };
}

// A question or an item with its choices, and room for what is said of it after a check.
const short = (options) => Object.values(options).join("").length <= 30; // these fit beside what they are about
const long = (options) => { const words = Object.values(options); return words.length < 5 && words.join("").length + 6 * words.length > 85; }; // a few that fit in no line

function choiceRow(legend, options, chosen, extra = [], words = null) {
  const said = node("div", { class: "cd-said", id: freshId("said") });
  const choice = segments(options, chosen);
  const title = node("div", { class: "cd-legend", id: freshId("asked") }, ...legend);
  const root = node("div", { class: "cd-item", role: "radiogroup", "aria-labelledby": title.id, tabindex: "-1", "aria-describedby": said.id, ...keySafe }, title, ...extra, choice.root, ...kept(words), said);
  root.addEventListener("keydown", choice.press);
  return { root, said, set: choice.set };
}

// What a check says of items, on the items: a hint, or the key with its reason.
function noteRows(rows, say) {
  return (hinted, key) => rows.forEach((row, id) => {
    const hint = hinted.find((item) => item.id === id), found = key.find((one) => one.item === id);
    const mark = found ? found.mark : hint ? "again" : "";
    row.root.dataset.mark = mark;
    row.said.replaceChildren(...(found ? keyParts({ ...found, where: "" }, say) : hint ? [node("span", { class: "cd-sign", "aria-hidden": "true" }, "↺"), " ", hint.text] : []));
  });
}
