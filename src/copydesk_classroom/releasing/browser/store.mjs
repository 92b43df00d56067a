// What keeps a learner's files in the browser: the origin private file system, which also works without a service worker.
//
// Each open page writes to logs of its own, because a log can be written synchronously only by who holds it. A record is
// one version of one file. On opening, all logs are read and the newest version of each file counts; while pages are
// open, they tell each other what they write. Two versions made from the same one are merged exercise by exercise.

export const ROOT = "/copydesk"; // where the files are in Pyodide's memory; what is kept does not name it
const FOLDER = "copydesk";
const LONGEST = 4_000_000; // bytes of a log before it is written anew with the newest versions only
const HEAD = 8; // bytes before a record: its length and its checksum
const text = new TextDecoder(), bytesOf = new TextEncoder();

export async function openStore() {
  const store = new Store();
  try {
    await store.open();
  } catch (error) {
    store.refused = String(error.message || error);
  }
  return store;
}

class Store {
  refused = "";
  files = new Map(); // path below ROOT → {path, bytes (null: removed), time, by, base}
  writer = crypto.randomUUID?.() ?? String(Math.random()).slice(2);
  clock = 0;
  logs = [];
  fs = null;

  async open() {
    if (!navigator.storage?.getDirectory) throw new Error("no private file system");
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle(FOLDER, { create: true });
    const old = [], found = [];
    for await (const [name, handle] of folder.entries()) {
      if (handle.kind !== "file" || !name.endsWith(".log")) continue;
      old.push(name);
      found.push(...readRecords(new Uint8Array(await (await handle.getFile()).arrayBuffer())));
    }
    found.sort(byAge).forEach((record) => this.take(record));
    for (const part of ["a", "b"]) {
      const handle = await folder.getFileHandle(`${this.writer}-${part}.log`, { create: true });
      this.logs.push({ name: `${this.writer}-${part}.log`, access: await handle.createSyncAccessHandle(), size: 0 });
    }
    this.channel = new BroadcastChannel("copydesk-store");
    this.channel.onmessage = ({ data }) => this.hear(placed(data));
    // A page that reads while another one opens would miss what that one removes, so old logs go only if nobody else is here.
    if (old.length) await this.tidy(folder, old);
  }

  async tidy(folder, old) {
    const alone = await new Promise((resolve) => {
      if (!navigator.locks) return resolve(false);
      navigator.locks.request("copydesk-alone", { ifAvailable: true }, async (lock) => {
        if (!lock) return resolve(false);
        resolve(true);
        await new Promise((done) => (this.done = done)); // held until this page goes
      });
    });
    if (!alone) return;
    this.writeAll();
    for (const name of old) {
      try {
        await folder.removeEntry(name); // a page that is still open holds its own
      } catch {}
    }
  }

  // The newest version counts; returns the version to show, null if nothing changed.
  take(record) {
    this.clock = Math.max(this.clock, record.time);
    const mine = this.files.get(record.path);
    if (mine && version(mine) === version(record)) {
      return (record.seen?.length ?? 0) > (mine.seen?.length ?? 0) ? this.set(record) : null;
    }
    if (mine && !isNewer(record, mine)) {
      if (!isSibling(record, mine)) return null;
      return this.set(merged(mine, record));
    }
    return this.set(mine && isSibling(record, mine) ? merged(record, mine) : record);
  }

  set(record) {
    this.files.set(record.path, record);
    return record;
  }

  hear(record) {
    const before = this.files.get(record.path), now = this.take(record);
    if (now && now !== before) this.show(now);
    if (!now || now === record || now === before) return;
    try {
      this.append(now); // a merged version is in no log yet, and the other page may have gone on without it
      this.channel.postMessage(now);
    } catch {}
  }

  show({ path, bytes }) {
    if (!this.fs) return;
    const whole = `${ROOT}/${path}`;
    if (bytes === null) {
      if (this.fs.analyzePath(whole).exists) this.fs.unlink(whole);
      return;
    }
    this.fs.mkdirTree(parent(whole));
    this.fs.writeFile(whole, bytes);
  }

  // Put what is kept into Pyodide's memory, and be the module that `copydesk.base.system` looks for.
  mount(pyodide) {
    this.fs = pyodide.FS;
    pyodide.FS.mkdirTree(ROOT);
    for (const record of this.files.values()) this.show(record);
    pyodide.registerJsModule("copydesk_store", {
      refused: this.refused,
      keep: (folder, files) => this.keep(folder, files.toJs()),
    });
  }

  // Keep the files of a folder as they are now; "" if all is kept, else why not.
  keep(folder, files) {
    if (this.refused || !folder.startsWith(`${ROOT}/`)) return "";
    const there = new Set(), below = folder.slice(ROOT.length + 1);
    try {
      for (const [whole, bytes] of files) {
        const path = whole.slice(ROOT.length + 1);
        there.add(path);
        if (!isSame(this.files.get(path)?.bytes, bytes)) this.change(path, bytes.slice());
      }
      for (const { path, bytes } of [...this.files.values()]) {
        if (parent(path) === below && bytes !== null && !there.has(path)) this.change(path, null);
      }
    } catch (error) {
      return error.name === "QuotaExceededError" || error.message === "short" ? "full" : String(error.message || error);
    }
    return "";
  }

  change(path, bytes) {
    const base = this.files.get(path);
    this.clock = Math.max(this.clock + 1, Date.now());
    const record = { path, bytes, time: this.clock, by: this.writer, base: base ? version(base) : "" };
    this.append(record);
    this.set(record);
    this.channel.postMessage(record);
  }

  append(record) {
    const log = this.logs[0];
    const data = encoded(record);
    if (log.access.write(data, { at: log.size }) < data.length) {
      log.access.truncate(log.size);
      throw new Error("short");
    }
    log.access.flush();
    log.size += data.length;
    if (log.size > LONGEST) this.writeAll();
  }

  // All newest versions into the other log, and only then the first one emptied: at no moment is a version in neither.
  writeAll() {
    const [used, other] = this.logs;
    const data = [...this.files.values()].map((record) => encoded({ ...record, whole: true }));
    let size = 0;
    for (const part of data) {
      if (other.access.write(part, { at: size }) < part.length) {
        other.access.truncate(0);
        throw new Error("short");
      }
      size += part.length;
    }
    other.access.truncate(size);
    other.access.flush();
    other.size = size;
    used.access.truncate(0);
    used.access.flush();
    used.size = 0;
    this.logs.reverse();
  }
}

// Python's part, the same for a lesson and for the site's own pages; the page that grades has no store.
export function setUp(pyodide, store) {
  store?.mount(pyodide);
  pyodide.runPython(`
import os, warnings
warnings.filterwarnings("ignore", "only soft file lock")  # one kernel alone uses these files
os.environ["COPYDESK_ANSWERS"] = "${ROOT}/answers"`);
}

const parent = (path) => path.slice(0, path.lastIndexOf("/"));
// The records of the first sites named the whole path, with the folder that was ROOT then.
const placed = (record) => ({ ...record, path: record.path.replace(/^\/[^/]+\//, "") });
const version = ({ time, by }) => `${time}-${by}`;
const byAge = (a, b) => a.time - b.time || (a.by < b.by ? -1 : 1);
const isNewer = (a, b) => byAge(b, a) < 0;

// Whether neither version was made from the other. One that stands for all before it has no sibling.
function isSibling(a, b) {
  if (isSame(a.bytes, b.bytes)) return false;
  const [older, newer] = byAge(a, b) < 0 ? [a, b] : [b, a];
  return !newer.whole && newer.base !== version(older) && !(newer.seen ?? []).includes(version(older));
}

function isSame(a, b) {
  if (!a || !b || a.length !== b.length) return a === b;
  return a.every((byte, at) => byte === b[at]);
}

// Of each exercise the later revision; of two that differ under one number, the older stays beside the newer.
function merged(newer, older) {
  try {
    const [top, low] = [newer, older].map(({ bytes }) => JSON.parse(text.decode(bytes)));
    for (const [name, entry] of Object.entries(low.exercises)) {
      const mine = top.exercises[name];
      if (!mine || entry.rev > mine.rev) top.exercises[name] = entry;
      else if (entry.rev === mine.rev && JSON.stringify(entry.answer) !== JSON.stringify(mine.answer))
        mine.others = [...(mine.others ?? []), entry.answer];
    }
    const bytes = bytesOf.encode(JSON.stringify(top, null, 1));
    return { ...newer, bytes, seen: [...(newer.seen ?? []), version(older)].slice(-20) };
  } catch {
    return newer; // no answers to merge
  }
}

function encoded({ bytes, ...about }) {
  const head = bytesOf.encode(JSON.stringify({ ...about, gone: bytes === null }));
  const body = bytes ?? new Uint8Array();
  const data = new Uint8Array(HEAD + 4 + head.length + body.length), view = new DataView(data.buffer);
  view.setUint32(8, head.length);
  data.set(head, HEAD + 4);
  data.set(body, HEAD + 4 + head.length);
  view.setUint32(0, data.length - HEAD);
  view.setUint32(4, checksum(data.subarray(HEAD)));
  return data;
}

// The records of a log, up to the first that was not written to its end.
export function readRecords(data) {
  const records = [], view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  for (let at = 0; at + HEAD + 4 <= data.length; ) {
    const length = view.getUint32(at), end = at + HEAD + length;
    if (length < 4 || end > data.length || checksum(data.subarray(at + HEAD, end)) !== view.getUint32(at + 4)) break;
    const from = at + HEAD + 4, split = from + view.getUint32(at + HEAD);
    const { gone, ...about } = JSON.parse(text.decode(data.subarray(from, split)));
    records.push(placed({ ...about, bytes: gone ? null : data.slice(split, end) }));
    at = end;
  }
  return records;
}

function checksum(data) {
  let sum = 2166136261; // FNV-1a
  for (const byte of data) sum = Math.imul(sum ^ byte, 16777619);
  return sum >>> 0;
}
