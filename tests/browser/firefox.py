"""A real Firefox, driven through WebDriver BiDi, which Playwright does not speak with the Firefox that Debian has."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

WAIT = 600
"""Seconds that something may take: minutes on a busy machine, where an answer waits until all cells have run."""
PREFS = {
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "toolkit.telemetry.reportingpolicy.firstRun": False,
}


def firefox() -> str | None:
    """The browser to drive: `COPYDESK_FIREFOX`, else the first Firefox on the path."""
    return os.environ.get("COPYDESK_FIREFOX") or next(filter(None, map(shutil.which, ("firefox", "firefox-esr"))), None)


@contextmanager
def running(path: str, profile: Path) -> Iterator[Firefox]:
    """A Firefox with its own profile and one page."""
    profile.mkdir(exist_ok=True)
    (profile / "user.js").write_text("".join(f'user_pref("{key}", {json.dumps(on)});\n' for key, on in PREFS.items()))
    log = profile / "stderr.log"
    command = [path, "--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port=0", "about:blank"]
    with log.open("w") as said, subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said) as process:
        try:
            for _ in range(600):
                if found := re.search(r"BiDi listening on (ws://\S+)", log.read_text("utf-8", "replace")):
                    break
                time.sleep(0.2)
            else:
                raise RuntimeError(f"Firefox did not start: {log.read_text('utf-8', 'replace')[-2000:]}")
            started = Firefox(found.group(1))
            try:
                yield started
                started.send("browser.close")  # as a person does: what it holds is written
            finally:
                started.socket.close()
            process.wait(60)
        finally:
            process.terminate()


class Firefox:
    """One page of a Firefox; `errors` are those that scripts threw, `asked` the addresses that the page asked for."""

    def __init__(self, address: str) -> None:
        from websocket import create_connection

        self.socket = create_connection(f"{address}/session", suppress_origin=True, timeout=600)
        self.sent, self.errors, self.asked = 0, list[str](), list[str]()
        self.send("session.new", capabilities={})
        self.page = self.send("browsingContext.create", type="tab")["context"]  # unlike the first one, it has the focus
        self.send("session.subscribe", events=["log.entryAdded", "network.beforeRequestSent"])
        self.send("browsingContext.setViewport", context=self.page, viewport={"width": 1280, "height": 1000})

    def send(self, method: str, **params: Any) -> Any:
        """What the browser answers to a command; what it tells meanwhile is noted."""
        self.sent += 1
        self.socket.send(json.dumps({"id": self.sent, "method": method, "params": params}))
        while (told := json.loads(self.socket.recv())).get("id") != self.sent:
            if told.get("method") == "network.beforeRequestSent":
                self.asked.append(told["params"]["request"]["url"])
            elif told.get("method") == "log.entryAdded" and told["params"]["type"] == "javascript":
                self.errors.append(told["params"]["text"])
        assert told["type"] == "success", f"{method}: {told.get('message')}"
        return told["result"]

    def open(self, address: str) -> None:
        """Open an address in the page."""
        self.send("browsingContext.navigate", context=self.page, url=address, wait="complete")

    def ask(self, expression: str) -> Any:
        """The value of a JavaScript expression, by way of JSON."""
        target = {"context": self.page}
        code = f"Promise.resolve({expression}).then(it => JSON.stringify(it ?? null))"
        answer = self.send("script.evaluate", expression=code, target=target, awaitPromise=True)
        assert answer["type"] == "success", f"{expression}: {answer['exceptionDetails']['text']}"
        return json.loads(answer["result"]["value"])

    def until(self, expression: str, *, meanwhile: Callable[[], None] = lambda: None) -> Any:
        """Wait until an expression is true, and give back its value."""
        end = time.monotonic() + WAIT
        while not (found := self.ask(expression)):
            assert time.monotonic() < end, f"never came to hold: {expression}; errors: {self.errors}"
            meanwhile()
            time.sleep(0.5)
        return found

    def click(self, element: str) -> None:
        """Click with the pointer on the middle of an element, given as an expression, once it stands still."""
        place = f"""(async () => {{
            const it = {element};
            if (!it) return null;
            it.scrollIntoView({{ block: "center" }});
            const where = () => {{
                const box = it.getBoundingClientRect();
                return [box.x + box.width / 2, box.y + box.height / 2].map(Math.round);
            }};
            const before = where();
            await new Promise((done) => setTimeout(done, 500));
            const [x, y] = where(), top = document.elementFromPoint(x, y);
            return x === before[0] && y === before[1] && top && (it.contains(top) || top.contains(it)) ? [x, y] : null;
        }})()"""
        x, y = self.until(place)
        steps = [{"type": "pointerMove", "x": x, "y": y}]
        steps += [{"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]
        pointer = {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": steps}
        self.send("input.performActions", context=self.page, actions=[pointer])
