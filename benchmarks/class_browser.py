"""One learner with a real browser beside the others: signs in, works in lesson 00 by keyboard, hands in."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from class_messages import packed
from class_web import Clock
from first_widget import TAKEN_UP, start_run_all
from real_lab import Page, accept_dialog

from copydesk.base.spans import Span
from copydesk.lessons.lesson import Lesson

EXERCISE, LEAST = "first_mark", 20
WATCH = """(section) => {
    const saved = section.querySelector('.cd-saved');
    let start = null;
    window.cd = { times: [], unsaved: 0 };
    document.addEventListener('keydown', ({ key }) => { if ('123'.includes(key)) start = performance.now(); }, true);
    new MutationObserver(() => {
        if (start === null) return;
        if (saved.dataset.state === 'unsaved') window.cd.unsaved += 1;
        if (saved.dataset.state === 'saved') { window.cd.times.push(performance.now() - start); start = null; }
    }).observe(saved, { attributes: true, attributeFilter: ['data-state'] });
}"""
SHOWN = "(section, role) => [...section.querySelectorAll(`.cd-word.cd-m-${role}`)].map((w) => w.lastChild.textContent)"


class Screen:
    """The browser's learner; `times` as for the others, `saves` in seconds from key to “saved”."""

    def __init__(self, page: Page, base: str, lesson: Lesson, clock: Clock) -> None:
        self.page, self.base, self.lesson, self.clock = page, base, lesson, clock
        self.times: dict[str, float] = {}
        self.saves: list[float] = []
        self.unsaved = 0
        self.shown: dict[str, list[str]] = {}
        self.handin: bytes | None = None
        self.fault = ""

    def begin(self, name: str, password: str) -> None:
        """Sign in by keyboard and run lesson 00, which the hub opens first."""
        start = time.perf_counter()
        self.page.set_default_timeout(self.clock.left(180) * 1000)
        self.page.goto(f"{self.base}/hub/login")
        self.page.locator("#username_input").focus()
        self.page.keyboard.type(name)
        self.page.keyboard.press("Tab")
        self.page.keyboard.type(password)
        self.page.keyboard.press("Enter")
        self.page.locator(".jp-Toolbar-kernelName", has_text="Python 3").wait_for()
        self.page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').first.wait_for(state="attached")
        self.times["lesson open"] = time.perf_counter() - start
        while not self.page.evaluate(TAKEN_UP):  # JupyterLab may drop a Run All while it connects
            start_run_all(self.page)
            self.page.wait_for_timeout(self.clock.left(5) * 1000)
        self.page.locator("section.cd").first.wait_for()
        self.times["first widget"] = time.perf_counter() - start

    def work(self, others_at_work: Callable[[], bool], pause: float) -> None:
        """Mark word after word, role after role, until the others have done; every key waits for its “saved”."""
        section = self.page.locator("section.cd", has_text=self.lesson.exercise(EXERCISE).title).first
        section.scroll_into_view_if_needed()
        section.evaluate(WATCH)
        section.locator(".cd-word").first.focus()
        try:
            while others_at_work() or len(self.saves) < LEAST:
                self.mark("123"[len(self.saves) % 3])
                self.page.wait_for_timeout(self.clock.left(pause) * 1000)
        finally:
            self.shown = {role: section.evaluate(SHOWN, role) for role in ("source", "cue", "content")}

    def mark(self, key: str) -> None:
        """Go to the next word, give it a role, and wait for “saved”."""
        accept_dialog(self.page)
        self.page.keyboard.press("ArrowRight")
        self.page.keyboard.press(key)
        try:
            more = f"window.cd.times.length > {len(self.saves)}"
            self.page.wait_for_function(more, timeout=self.clock.left() * 1000)
        finally:
            seen = self.page.evaluate("window.cd")
            self.saves, self.unsaved = [ms / 1000 for ms in seen["times"]], seen["unsaved"]

    def hand_in(self) -> None:
        """Press *Pack my work* by keyboard and take the file that is offered."""
        button = self.page.get_by_role("button", name="Pack my work").last
        button.scroll_into_view_if_needed()
        button.focus()
        self.page.keyboard.press("Enter")
        link = self.page.locator("a[download]").last
        link.wait_for(timeout=self.clock.left() * 1000)
        self.handin = packed(link.get_attribute("href") or "")

    def lost(self, document: dict[str, Any]) -> list[str]:
        """What the screen said is saved and is not on the disk."""
        entry = document.get("exercises", {}).get(EXERCISE, {"rev": 0, "answer": {}})
        if entry["rev"] < len(self.saves):
            return [f"{EXERCISE}: {entry['rev']} changes on the disk, {len(self.saves)} acknowledged"]
        text, groups = self.lesson.story.article.text, entry["answer"].get("groups", [])
        kept = {r: [Span(*s).of(text) for g in groups for s in g.get(r, ())] for r in self.shown}
        same = all(
            len(kept[r]) == len(self.shown[r])
            and all(w.startswith(k) for w, k in zip(self.shown[r], kept[r], strict=True))
            for r in self.shown
        )
        return [] if same else [f"{EXERCISE}: the screen shows {self.shown}, the disk has {kept}"]


def answers_of(home: Path, lesson: Lesson) -> Path:
    """Where a learner's answers to a lesson lie."""
    return home / "answers" / lesson.story.id / f"{lesson.id}.json"
