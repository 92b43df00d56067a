"""A class on one machine: a JupyterHub by docs/jupyterhub.md, thirty learners by protocol, and one real browser.

    python benchmarks/class_server.py [--learners 30] [--minutes 6] [--at-once 10] [--pause 1] [--keep FOLDER]

Everything runs on this machine's loopback. Each learner signs in, runs lesson 02 cell by cell, answers every exercise
change by change, checks, and hands in; their servers stay up until the last has done. Beside them a Chromium works in
lesson 00 by keyboard. Then what was acknowledged is compared with the disk, and the hand-ins are graded. At --minutes
all stop where they are and what was done is told. Exit status 1: something acknowledged is not on the disk.

Needs, in one environment: this kit with its `browser` extra, jupyterhub>=5, jupyterhub-idle-culler; Chromium; and
configurable-http-proxy from npm.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from class_browser import Screen, answers_of
from class_hub import Hub, Memory, running
from class_learner import Learner
from class_messages import lost, middle_and_late, same_answers
from class_web import Clock, Web
from real_lab import cold_page

from copydesk.lessons.lesson import Lesson, load_lesson


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the class and print what it took; 1 if anything acknowledged was lost."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--learners", type=int, default=30)
    parser.add_argument("--minutes", type=float, default=6, help="hard stop")
    parser.add_argument("--at-once", type=int, default=10, help="so many sign in and start at the same time")
    parser.add_argument("--pause", type=float, default=1, help="seconds between a learner's changes, in the mean")
    parser.add_argument("--keep", type=Path, help="an empty folder for all files (default: thrown away)")
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as cleanly as by Ctrl-C
    with tempfile.TemporaryDirectory(prefix="copydesk-class-") as temp:
        folder = (options.keep or Path(temp)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        return Class(folder, options).run()


class Class:
    """One run."""

    def __init__(self, folder: Path, options: argparse.Namespace) -> None:
        self.folder, self.options = folder, options
        self.own, self.first = load_lesson("02_who_says_so"), load_lesson("00_start_here")
        self.load = [os.getloadavg()[0]]

    def run(self) -> int:
        """Start the hub, let all work, compare, grade, tell."""
        with running(self.folder, self.options.learners) as hub, cold_page() as page:
            memory, passwords = Memory(hub), hub.passwords()
            memory.start()
            self.clock = Clock(self.options.minutes * 60)
            self.start = time.perf_counter()
            webs = [Web(hub.base, name, passwords[name], self.clock) for name in hub.names]
            self.learners = [Learner(web, self.own, self.options.pause) for web in webs]
            self.screen = Screen(page, hub.base, self.first, self.clock)
            self.all_work(hub, passwords["browser"])
            self.took = time.perf_counter() - self.start
            self.load.append(os.getloadavg()[0])
            memory.done.set()
            memory.join()
            memory.look()
        self.tell(memory)
        return self.check()

    def all_work(self, hub: Hub, password: str) -> None:
        """The learners in threads of their own, the browser here, until all have done or the time is up."""
        gate = threading.Semaphore(self.options.at_once)
        with ThreadPoolExecutor(len(self.learners)) as pool:
            todo = [pool.submit(self.one, learner, gate) for learner in self.learners]
            try:
                self.screen.begin("browser", password)
                self.screen.work(lambda: not all(t.done() for t in todo), self.options.pause)
                self.screen.hand_in()
            except KeyboardInterrupt:
                signal.signal(signal.SIGINT, signal.SIG_IGN)  # once is enough
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
                self.clock.end, self.screen.fault = 0, "stopped"  # all stop; what was done is told
            except Exception as fault:  # the others go on
                self.screen.fault = self.said(fault)

    def one(self, learner: Learner, gate: threading.Semaphore) -> None:
        """One learner's work, whatever becomes of it."""
        try:
            with gate:
                learner.begin()
            learner.work()
        except Exception as fault:
            learner.fault = self.said(fault)

    def said(self, fault: Exception) -> str:
        """What went wrong, in one line."""
        over = time.monotonic() >= self.clock.end
        return "the time was up" if over else f"{type(fault).__name__}: {fault}".strip().split("\n")[0]

    def tell(self, memory: Memory) -> None:
        """Times and memory."""
        done = [x for x in self.learners if x.handin]
        print(f"{len(done)} of {len(self.learners)} learners handed in lesson 02 after {self.took:.0f} s", end="; ")
        print(f"{os.cpu_count()} cores, load average before {self.load[0]:.1f}, at the end {self.load[1]:.1f}")
        for step in ("signed in", "own server", "first cell", "handed in"):
            row(f"{step}, from the sign-in", [x.times[step] for x in self.learners if step in x.times], "s")
        begun = [x.start + x.times["first cell"] - self.start for x in self.learners if "first cell" in x.times]
        if begun:
            print(f"first cell run by {len(begun)}, from the first sign-in   {max(begun):.1f} s")
        row("a change, from sent to saved, by protocol", [1000 * s for x in self.learners for s in x.saves], "ms")
        for step, seconds in self.screen.times.items():
            print(f"browser, {step}, from the sign-in   {seconds:.1f} s")
        row("browser, from key to “saved”", [1000 * s for s in self.screen.saves], "ms")
        print(f"browser, “not saved” shown   {self.screen.unsaved} times")
        rss, pss = memory.whole["Rss"], memory.whole["Pss"]
        print(f"memory of the whole tree, at most   PSS {pss:,.0f} MB, RSS {rss:,.0f} MB")
        rss, pss = memory.last["Rss"], memory.last["Pss"]
        print(f"  of that hub, proxy and culler, at the end   PSS {pss:,.0f} MB, RSS {rss:,.0f} MB")
        for kind in ("Pss", "Rss"):
            row(f"memory of one learner, at most, {kind.upper()}", [each[kind] for each in memory.each.values()], "MB")

    def check(self) -> int:
        """Compare with the disk and grade; 1 if something was lost."""
        gone = [f"{x.name}: {fault}" for x in self.learners for fault in lost(x.told, self.document(x.name, self.own))]
        gone += [f"browser: {fault}" for fault in self.screen.lost(self.document("browser", self.first))]
        gone += [f"{name}: the hand-in differs from the answers" for name in self.unlike()]
        changes = sum(t.changes for x in self.learners for t in x.told.values()) + len(self.screen.saves)
        tries = sum(t.tries for x in self.learners for t in x.told.values())
        print(f"acknowledged   {changes:,} changes, {tries:,} of them tries; lost   {len(gone)}")
        print(self.graded())
        for name, fault in [(x.name, x.fault) for x in self.learners] + [("browser", self.screen.fault)]:
            if fault:
                print(f"{name} did not finish: {fault}")
        print("\n".join(gone), end="\n" if gone else "")
        return int(bool(gone))

    def document(self, name: str, lesson: Lesson) -> dict[str, object]:
        """A learner's answer file as it lies on the disk."""
        path = answers_of(self.folder / "learners" / name, lesson)
        found: dict[str, object] = json.loads(path.read_bytes()) if path.exists() else {}
        return found

    def unlike(self) -> list[str]:
        """Who was offered a hand-in that is not the file on the disk, or not what the answer files hold."""
        mine = [(x.name, x.handin, self.own) for x in self.learners] + [("browser", self.screen.handin, self.first)]
        return [
            name
            for name, handin, lesson in mine
            if handin
            and not (
                [p.read_bytes() for p in self.folder.glob(f"learners/{name}/notebooks/handin_*.json")] == [handin]
                and same_answers(handin, self.document(name, lesson))
            )
        ]

    def graded(self) -> str:
        """Collect and grade as docs/jupyterhub.md says, and tell what came of it."""
        found = sorted(self.folder.glob("learners/*/notebooks/handin_*.json"))
        if not found:
            return "hand-ins   none packed"
        for path in found:
            target = self.folder / "handed-in" / path.relative_to(self.folder / "learners")
            target.parent.mkdir(parents=True)
            shutil.copy(path, target)
        command = [
            sys.executable,
            "-m",
            "copydesk.cli",
            "grade",
            "handed-in",
            "--roster",
            "class.csv",
            "--out",
            "grades",
        ]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)
        if done.returncode:
            return f"hand-ins   {len(found)} packed, none graded: {(done.stdout + done.stderr).strip()}"
        grades, problems = (table(self.folder / "grades" / name) for name in ("grades.csv", "problems.csv"))
        count = sum(g["status"] == "graded" for g in grades)
        return f"hand-ins   {len(found)} packed, {count} graded, {len(problems)} problems"


def row(name: str, values: Sequence[float], unit: str) -> None:
    """A line with median and 95th percentile."""
    if values:
        middle, late = middle_and_late(values)
        form = ".1f" if unit == "s" else ",.0f"
        print(f"{name}   median {middle:{form}} {unit}, p95 {late:{form}} {unit}, n = {len(values):,}")


def table(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [*csv.DictReader(file)]


if __name__ == "__main__":
    sys.exit(main())
