// Changes that are not yet on the disk. Each is sent at once with a number, and Python answers with a `state` that has the
// number and the view it came from. A change that the disk refused is sent again with the next one. What a kernel did not
// hear is kept for the session: `restored` are the changes of the view before, for which `keeps` is true.

function unsaved(model, stash, say, { keeps = () => true, stalled = () => {} } = {}) {
  const me = Math.random().toString(36).slice(2);
  const waiting = new Map(), refused = new Set();
  const sign = node("span", { class: "cd-saved", role: "status" });
  let seq = 0, timer = null, restored = [];
  try { restored = JSON.parse(sessionStorage.getItem(stash) ?? "[]"); } catch { /* no storage */ }

  const show = (state, words) => { sign.textContent = words; sign.dataset.state = state; };
  const keep = () => {
    const kept = [...waiting.values()].filter(keeps);
    try { if (kept.length) sessionStorage.setItem(stash, JSON.stringify(kept)); else sessionStorage.removeItem(stash); } catch { /* a browser without storage still saves through the kernel */ }
  };
  const send = (message) => { try { model.send(message); } catch { /* no kernel: the timer says so */ } };
  const wait = () => { clearTimeout(timer); timer = setTimeout(() => { show("unsaved", say.not_saved); stalled(); }, 5000); };
  const change = (message) => {
    refused.forEach((n) => send({ ...waiting.get(n), seq: n, by: me }));
    refused.clear();
    seq += 1;
    waiting.set(seq, message);
    keep();
    show("saving", say.saving);
    send({ ...message, seq, by: me });
    wait();
  };
  // How it stands now: `refused` (the error says why; nothing is said here), `waiting` or `saved`.
  const answered = (state) => {
    if (state.by === me && waiting.has(state.seq)) { if (state.again) refused.add(state.seq); else waiting.delete(state.seq); }
    keep();
    if (refused.size || !waiting.size) clearTimeout(timer);
    if (refused.size) { show("unsaved", ""); stalled(); return "refused"; }
    if (waiting.size) { show("saving", say.saving); return "waiting"; }
    show(state.saved_text ? "saved" : "", state.saved_text);
    return "saved";
  };
  return { me, sign, waiting, restored, send, wait, change, answered, stop: () => clearTimeout(timer) };
}
