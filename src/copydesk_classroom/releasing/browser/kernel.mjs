// JupyterLite's kernel loads this module in place of pyodide.mjs: the same Pyodide, with the learner's files in it.

import { loadPyodide as load } from "./pyodide.mjs";
import { openStore } from "./store.mjs";

export const WORK = "/work";

export async function loadPyodide(options) {
  const opening = openStore(); // meanwhile Pyodide loads
  const pyodide = await load(options);
  (await opening).mount(pyodide, WORK);
  pyodide.runPython(`
import os, warnings
warnings.filterwarnings("ignore", "only soft file lock")  # one kernel alone uses these files
os.environ["COPYDESK_ANSWERS"] = "${WORK}/answers"`);
  return pyodide;
}
