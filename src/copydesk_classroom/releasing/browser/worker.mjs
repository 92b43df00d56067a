// Python without Jupyter, for the site's own pages: it packs a learner's work, brings it back, and grades hand-ins.

import { loadPyodide } from "./pyodide.mjs";
import { openStore, setUp } from "./store.mjs";

const PACKAGES = ["copydesk", "copydesk-classroom", "filelock", "platformdirs", "typing-extensions", "jinja2", "markupsafe"];

const grades = new URL(location.href).searchParams.has("grade");
const ready = start();
onmessage = async ({ data }) => {
  try {
    const [pyodide, store] = await ready;
    const task = { copy, bring_back: bringBack, grade }[data.task];
    const result = task(pyodide, data, store);
    postMessage({ done: result });
  } catch (error) {
    postMessage({ failed: String(error.message || error).trim().split("\n").pop() });
  }
};

async function start() {
  const opening = grades ? null : openStore();
  const pyodide = await loadPyodide({ packages: PACKAGES });
  const store = await opening;
  setUp(pyodide, store);
  return [pyodide, store];
}

function call(pyodide, name, ...given) {
  const found = pyodide.pyimport(`copydesk_classroom.grading.in_browser.${name}`);
  const result = found(...given);
  const plain = result?.toJs ? result.toJs({ dict_converter: Object.fromEntries }) : result;
  result?.destroy?.();
  return plain;
}

const copy = (pyodide) => call(pyodide, "copy_of_all");

function bringBack(pyodide, { name, bytes }) {
  return call(pyodide, "bring_back", name, bytes);
}

function grade(pyodide, { files, roster, keys }) {
  const { FS } = pyodide;
  for (const { path, bytes } of files) {
    const whole = `/tmp/handed_in/${path}`;
    FS.mkdirTree(whole.slice(0, whole.lastIndexOf("/")));
    FS.writeFile(whole, bytes);
  }
  if (roster) FS.writeFile(`/tmp/${roster.name}`, roster.bytes);
  const tell = (what, done, of) => postMessage({ progress: { what, done, of } });
  const args = ["/tmp/handed_in", "/tmp/grades", tell, roster ? `/tmp/${roster.name}` : "", keys];
  return call(pyodide, "grade_dropped", ...args);
}
