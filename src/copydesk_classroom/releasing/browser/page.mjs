// What both pages of the site need: words, files, and a worker that answers.

export const words = JSON.parse(document.getElementById("words").textContent);
export const by = (id) => document.getElementById(id);
export const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);

export function tell(place, sentence, { wrong = false } = {}) {
  place.textContent = sentence;
  place.classList.toggle("wrong", wrong);
}

export function list(place, lines) {
  place.replaceChildren(...lines.map((line) => Object.assign(document.createElement("li"), { textContent: line })));
}

export async function content(file) {
  return new Uint8Array(await file.arrayBuffer());
}

export function save(name, bytes, type) {
  const link = Object.assign(document.createElement("a"), { download: name, href: address(bytes, type) });
  link.click();
}

export const address = (bytes, type) => URL.createObjectURL(new Blob([bytes], { type }));

// A worker that does one task: `told` hears how far it is; the result is {failed} or {done}.
export class Work {
  constructor(mode = "") {
    this.worker = new Worker(new URL(`./worker.mjs${mode}`, import.meta.url), { type: "module" });
  }

  run(task, told = () => {}) {
    return new Promise((resolve) => {
      this.worker.onerror = (event) => resolve({ failed: event.message || "error" });
      this.worker.onmessage = ({ data }) => (data.progress ? told(data.progress) : resolve(data));
      this.worker.postMessage(task);
    }).finally(() => this.worker.terminate());
  }
}
