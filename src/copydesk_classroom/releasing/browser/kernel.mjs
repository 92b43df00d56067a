// JupyterLite's kernel loads this module in place of pyodide.mjs: the same Pyodide, with the learner's files in it.

import { loadPyodide as load } from "./pyodide.mjs";
import { openStore, setUp } from "./store.mjs";

export async function loadPyodide(options) {
  const opening = openStore(); // meanwhile Pyodide loads
  const pyodide = await load(options);
  setUp(pyodide, await opening);
  return pyodide;
}
