// The page that grades: files go to Python in a worker, and tables and pages come back.

import { address, by, content, fill, list, tell, words, Work } from "./page.mjs";

const chosen = new Map(); // path → File
let work = new Work("?grade"); // Python starts while the files are chosen

function add(files) {
  for (const { path, file } of files) chosen.set(path, file);
  tell(by("chosen"), chosen.size ? fill(words.chosen, { n: chosen.size }) : "");
}

const named = (files) => [...files].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
by("files").onchange = ({ target }) => add(named(target.files));
by("folder").onchange = ({ target }) => add(named(target.files));

// Files and folders that are dropped anywhere on the page.
addEventListener("dragover", (event) => (event.preventDefault(), by("drop").classList.add("over")));
addEventListener("dragleave", () => by("drop").classList.remove("over"));
addEventListener("drop", async (event) => {
  event.preventDefault();
  by("drop").classList.remove("over");
  const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  add(entries.length ? (await Promise.all(entries.map(inside))).flat() : named(event.dataTransfer.files));
});

async function inside(entry) {
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    return [{ path: entry.fullPath.replace(/^\//, ""), file }];
  }
  const reader = entry.createReader(), found = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return (await Promise.all(found.map(inside))).flat();
    found.push(...some);
  }
}

function progress({ what, done, of }) {
  tell(by("state"), fill(words[what] ?? what, { done, of }));
  if (of) by("bar").value = done / of;
  else by("bar").removeAttribute("value");
}

by("start").onclick = async () => {
  if (!chosen.size) return tell(by("state"), words.nothing_chosen, { wrong: true });
  const began = performance.now();
  by("start").disabled = true;
  by("results").hidden = true;
  by("bar").hidden = false;
  by("bar").removeAttribute("value");
  tell(by("state"), words.starting);
  const files = await Promise.all([...chosen].map(async ([path, file]) => ({ path, bytes: await content(file) })));
  const due = by("due").value; // goes the way of a file that was dropped
  if (due) files.push({ path: "due.txt", bytes: new TextEncoder().encode(due) });
  const [roster] = by("roster").files, [keys] = by("keys")?.files ?? [];
  const task = { task: "grade", files, roster: roster && { name: roster.name, bytes: await content(roster) } };
  const { done, failed } = await work.run({ ...task, keys: keys && (await content(keys)) }, progress);
  work = new Work("?grade");
  by("start").disabled = false;
  by("bar").hidden = true;
  if (failed || done.error)
    return tell(by("state"), done?.error ?? fill(words.failed, { why: failed }), { wrong: true });
  tell(by("state"), fill(words.done, { seconds: ((performance.now() - began) / 1000).toFixed(1) }));
  show(done);
};

function show({ lines, rows, pages, report, zip }) {
  list(by("lines"), lines);
  by("zip").href = address(zip, "application/zip");
  by("zip").download = "grades.zip";
  by("report").href = address(report, "text/html");
  by("rows").replaceChildren(
    ...rows.map(({ name, points, possible, percent, page }) => {
      const row = document.createElement("tr");
      const head = Object.assign(document.createElement("th"), { scope: "row", textContent: name });
      const cells = [points, possible, percent && `${percent} %`].map((value) =>
        Object.assign(document.createElement("td"), { className: "num", textContent: value }),
      );
      const last = document.createElement("td");
      if (pages[page]) {
        const link = { href: address(pages[page], "text/html"), target: "_blank", textContent: by("rows").dataset.page };
        last.append(Object.assign(document.createElement("a"), { ...link, ariaLabel: `${link.textContent}: ${name}` }));
      }
      row.append(head, ...cells, last);
      return row;
    }),
  );
  by("results").hidden = false;
  by("results").querySelector("h2").focus();
}
