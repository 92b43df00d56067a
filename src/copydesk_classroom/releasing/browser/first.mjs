// The first page: says whether work is kept, saves a copy of it, and brings a copy back.

import { by, content, fill, list, save, tell, words, Work } from "./page.mjs";

const told = by("told"), buttons = [by("copy"), by("back")];

async function sayState() {
  if (typeof WebAssembly !== "object") return tell(by("state"), words.not_here, { wrong: true });
  try {
    await navigator.storage.getDirectory();
    navigator.storage.persist?.(); // asks the browser not to clear this site's store when it needs room
    tell(by("state"), words.kept);
  } catch {
    tell(by("state"), words.not_kept, { wrong: true });
  }
}

async function run(task, after) {
  buttons.forEach((button) => (button.disabled = true));
  tell(told, words.starting);
  const { done, failed } = await new Work().run(task);
  buttons.forEach((button) => (button.disabled = false));
  if (failed) tell(told, fill(words.failed, { why: failed }), { wrong: true });
  else if (done.error) tell(told, done.error, { wrong: true });
  else after(done);
}

function show(sentence, lines) {
  const rest = document.createElement("ul");
  tell(told, sentence);
  list(rest, lines);
  told.append(rest);
}

by("copy").onclick = () =>
  run({ task: "copy" }, ({ name, bytes, lines }) => {
    save(name, bytes, "application/json");
    show(fill(words.saved, { name }), lines);
  });
by("back").onchange = async ({ target }) => {
  const [file] = target.files;
  if (file) await run({ task: "bring_back", name: file.name, bytes: await content(file) }, ({ lines }) => show("", lines));
  target.value = "";
};
sayState();
