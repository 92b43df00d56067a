"""A learner without a screen: runs a lesson's cells, answers, checks and hands in over the kernel's websocket."""

from __future__ import annotations

import json
import random
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import websocket
from class_messages import Json, Told, message, packed, run, steps, tell
from class_web import Clock, Web
from jupyter_server.services.kernels.connection.base import deserialize_binary_message
from make_class import attempt

from copydesk.base.wording import load_wording
from copydesk.exercises.exercise import Exercise
from copydesk.lessons.lesson import Lesson


class Kernel:
    """A kernel over its websocket, with the state of every widget it has opened."""

    def __init__(self, socket: websocket.WebSocket, session: str, clock: Clock) -> None:
        self.socket, self.session, self.clock = socket, session, clock
        self.models: dict[str, Json] = {}

    def send(self, what: Json) -> str:
        """Send a message; gives back its id."""
        self.socket.settimeout(self.clock.left())
        self.socket.send(json.dumps(what))
        return str(what["header"]["msg_id"])

    def read(self) -> Json:
        """The next message; the widgets' states follow it."""
        self.socket.settimeout(self.clock.left())
        try:
            data = self.socket.recv()
        except websocket.WebSocketTimeoutException:
            self.clock.left()
            raise
        got: Json = deserialize_binary_message(data) if isinstance(data, bytes) else json.loads(data)
        content = got["content"]
        if got["msg_type"] == "comm_open":
            self.models[content["comm_id"]] = content["data"].get("state", {})
        elif got["msg_type"] == "comm_msg" and content["data"].get("method") == "update":
            self.models.setdefault(content["comm_id"], {}).update(content["data"]["state"])
        return got

    def run(self, code: str) -> None:
        """Run a cell and wait until the kernel is idle again."""
        mine, idle, reply = self.send(run(code, session=self.session)), False, False
        while not (idle and reply):
            got = self.read()
            if got["parent_header"].get("msg_id") != mine:
                continue
            idle |= got["content"].get("execution_state") == "idle"
            reply |= got["msg_type"] == "execute_reply"
            if got["msg_type"] == "error":
                raise RuntimeError(f"{code!r}: {got['content']['ename']} {got['content']['evalue']}")

    def ask(self, comm: str, what: Json, answered: Callable[[], Any]) -> float:
        """Tell a widget something and wait until it has answered; gives back the seconds that took."""
        start = time.perf_counter()
        self.send(tell(comm, what, session=self.session))
        while not answered():
            self.read()
        return time.perf_counter() - start


class Learner:
    """One learner's way through a lesson; `times` are seconds since the sign-in began, `told` what was acknowledged."""

    def __init__(self, web: Web, lesson: Lesson, pause: float) -> None:
        self.web, self.lesson, self.pause = web, lesson, pause
        self.name, self.clock, self.dice = web.name, web.clock, random.Random(web.name)
        self.times: dict[str, float] = {}
        self.told: dict[str, Told] = {}
        self.saves: list[float] = []
        self.handin: bytes | None = None
        self.fault = ""

    def begin(self) -> None:
        """Sign in, have the server started, open the lesson, run its first cell."""
        self.start = time.perf_counter()
        self.web.sign_in()
        self.passed("signed in")
        self.web.spawn()
        self.passed("own server")
        self.cells = self.open()
        self.kernel.run(next(self.cells))
        self.passed("first cell")

    def work(self) -> None:
        """Run the other cells, do each exercise as it appears, and hand in."""
        for cell in self.cells:
            known = {*self.kernel.models}
            self.kernel.run(cell)
            for comm in [c for c, m in self.kernel.models.items() if c not in known and "uid" in m.get("spec", {})]:
                self.do(comm, self.lesson.exercise(self.kernel.models[comm]["spec"]["uid"].split("/")[2]))
        self.hand_in()
        self.passed("handed in")

    def passed(self, what: str) -> None:
        """Note when something was reached."""
        self.times[what] = time.perf_counter() - self.start

    def open(self) -> Iterator[str]:
        """Open the lesson and its kernel; gives back the code cells."""
        home, path = f"/user/{self.name}", f"notebooks/{self.lesson.id}.ipynb"
        self.web.get(f"{home}/lab/tree/{path}")
        cells = self.web.api(f"{home}/api/contents/{path}").json()["content"]["cells"]
        wanted = {"path": path, "name": path, "type": "notebook", "kernel": {"name": "python3"}}
        kernel = self.web.api(f"{home}/api/sessions", wanted).json()["kernel"]["id"]
        session = uuid.uuid4().hex
        socket = self.web.socket(f"{home}/api/kernels/{kernel}/channels?session_id={session}")
        self.kernel = Kernel(socket, session, self.clock)
        self.kernel.send(message("kernel_info_request", {}, session=session))
        return iter([c["source"] for c in cells if c["cell_type"] == "code"])

    def do(self, comm: str, exercise: Exercise) -> None:
        """Answer an exercise change by change and check it; once more where the lesson gives a second try."""
        me, told = uuid.uuid4().hex, self.told.setdefault(exercise.id, Told())
        seq = 0
        for _ in range(max(1, exercise.tries)):
            answer: Json = {}
            for answer in steps(attempt(self.lesson, exercise, 0.7, self.dice)):
                seq += 1
                self.save(comm, told, {"do": "save", "seq": seq, "by": me, "value": answer})
            if not answer or self.check(comm, told)["finished"]:
                return

    def save(self, comm: str, told: Told, change: Json) -> None:
        """Send a change and wait until the widget says that it is saved."""
        model = self.kernel.models[comm]

        def saved() -> bool:
            state = model["state"]
            if (state["feedback"] or {}).get("status") == "error":
                raise RuntimeError(state["feedback"]["headline"])
            return bool(state["saved_by"] == change["by"] and state["saved_seq"] >= change["seq"])

        self.saves.append(self.kernel.ask(comm, change, saved))
        told.answer, told.changes = change["value"], told.changes + 1
        self.rest()

    def check(self, comm: str, told: Told) -> Json:
        """Check the answer and wait for the feedback; the try is on the disk by then."""
        model = self.kernel.models[comm]
        turn, could = model["state"]["turn"], model["state"]["can_restart"]
        self.kernel.ask(comm, {"do": "check"}, lambda: model["state"]["turn"] > turn)
        state: Json = model["state"]
        unchanged = load_wording("strings")["outcome"]["unchanged"]
        counted = state["feedback"]["status"] != "not_attempted" and state["feedback"]["headline"] != unchanged
        if counted and (could or state["can_restart"]):
            told.changes, told.tries = told.changes + 1, told.tries + 1
        self.rest()
        return state

    def hand_in(self) -> None:
        """Press *Pack my work* and take the file that is offered."""
        pack, models = load_wording("strings")["lesson"]["pack"], self.kernel.models
        button = next(c for c, m in models.items() if m.get("description") == pack)

        def offered() -> bytes | None:
            return next(
                filter(None, (packed(m["value"]) for m in models.values() if "download=" in str(m.get("value")))), None
            )

        self.kernel.ask(button, {"event": "click"}, offered)
        self.handin = offered()

    def rest(self) -> None:
        """A moment's thought."""
        time.sleep(min(self.clock.left(), self.pause * self.dice.uniform(0.5, 1.5)))
