// The start of every exercise. Style, words and the view of a type are the same for all exercises of a kernel, so Python
// sends them once, in models of their own; an exercise names those it is made of in `shared`.

// By their texts, for all kernels of the page: the modules of the views, and whether a style is on the page.
const loaded = (globalThis.copydeskLoaded ??= new Map());

const once = (text, load) => {
  if (!loaded.has(text)) loaded.set(text, load());
  return loaded.get(text);
};

function addStyle(style) {
  const sheet = document.createElement("style");
  sheet.textContent = style;
  document.head.append(sheet);
  return sheet;
}

async function start(script) {
  const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  try { return await import(address); } finally { URL.revokeObjectURL(address); }
}

// The notebook’s own outputs have no script: Escape leads from them to their cell, and a link of the home card into its exercise.
function leadOn() {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) event.target.closest?.(".cd-still, .cd-stock")?.closest(".jp-Cell")?.focus();
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('.cd-home a[href^="#"]');
    if (link) setTimeout(() => document.getElementById(link.hash.slice(1))?.focus());
  });
  return true;
}

export default {
  async render({ model, el }) {
    const models = await Promise.all(model.get("shared").map((id) => model.widget_manager.get_model(id)));
    const { style, script, ...words } = Object.assign({}, ...models.map((one) => one.get("parts")));
    once("leads", leadOn);
    once(style, () => addStyle(style));
    const { view } = await once(script, () => start(script));
    return view({ model, el, words });
  },
};
