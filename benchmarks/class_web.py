"""A learner's way through the hub without a screen: sign-in, own server, its interface; each wait has an end."""

from __future__ import annotations

import json
import time
from typing import Any

import requests
import websocket
from class_messages import Json

AGENT = "copydesk-benchmark"


class TimeIsUp(Exception):
    """The benchmark's hard stop."""


class Clock:
    """The time that is left until the hard stop."""

    def __init__(self, seconds: float) -> None:
        self.end = time.monotonic() + seconds

    def left(self, most: float = 60.0) -> float:
        """Seconds to wait at most; raises TimeIsUp when none are left."""
        seconds = min(most, self.end - time.monotonic())
        if seconds <= 0:
            raise TimeIsUp
        return seconds


class Web:
    """What one learner's browser would fetch, its cookies and tokens; pages' scripts and styles are left out."""

    def __init__(self, base: str, name: str, password: str, clock: Clock) -> None:
        self.base, self.name, self.password, self.clock = base, name, password, clock
        self.web = requests.Session()
        self.web.trust_env = False  # straight to the hub, whatever proxy this machine has for the world outside
        self.web.headers.update({"User-Agent": AGENT, "Sec-Fetch-Mode": "navigate"})

    def get(self, path: str, **more: Any) -> requests.Response:
        """Fetch a page as a browser does that goes there."""
        return self._good(self.web.get(self.base + path, timeout=self.clock.left(), **more))

    def api(self, path: str, body: Json | None = None, **more: Any) -> requests.Response:
        """Ask the hub or the own server from a page of its own, with that page's token."""
        root = f"/user/{self.name}/" if path.startswith("/user/") else "/hub/"
        safe = {"X-XSRFToken": self.web.cookies.get("_xsrf", path=root), "Sec-Fetch-Mode": "cors"}
        how = {"headers": safe, "timeout": self.clock.left(), **more}
        url = self.base + path
        return self._good(self.web.post(url, json=body, **how) if body else self.web.get(url, **how))

    def _good(self, answer: requests.Response) -> requests.Response:
        self.clock.left()
        answer.raise_for_status()
        return answer

    def sign_in(self) -> None:
        """Fill in the form of the hub's first page."""
        self.get("/hub/login")
        form = {"username": self.name, "password": self.password}
        form["_xsrf"] = self.web.cookies.get("_xsrf", path="/hub/")
        url = f"{self.base}/hub/login"
        self._good(self.web.post(url, data=form, timeout=self.clock.left(), allow_redirects=False))
        if not self.web.cookies.get("jupyterhub-session-id"):
            raise RuntimeError("the hub did not let them in")

    def spawn(self) -> None:
        """Have the own server started, follow its progress as the waiting page does, and go there."""
        self.get(f"/hub/spawn/{self.name}", allow_redirects=False)
        with self.api(f"/hub/api/users/{self.name}/server/progress", stream=True) as events:
            for line in events.iter_lines():
                self.clock.left()
                event = json.loads(line[5:]) if line.startswith(b"data:") else {}
                if event.get("failed"):
                    raise RuntimeError(f"the own server did not start: {event.get('message')}")
                if event.get("ready"):
                    break

    def socket(self, path: str) -> websocket.WebSocket:
        """Open a websocket as the own server's page does."""
        url = self.base + path
        cookie = requests.cookies.get_cookie_header(self.web.cookies, requests.Request("GET", url))
        header = {"User-Agent": AGENT, "Sec-Fetch-Mode": "websocket"}
        how = {"cookie": cookie, "header": header, "origin": self.base, "timeout": self.clock.left()}
        return websocket.create_connection(url.replace("http", "ws", 1), **how)
