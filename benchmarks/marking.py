"""How fast a text answers while it is marked: a key's mark, and what a check says on the words.

    python benchmarks/marking.py [--keys 60] [--checks 7]

Both in lesson 02's exercise on the whole story, in a real JupyterLab and Chromium. A key's time runs from its event to
the frame that shows what it did. A check's time runs from the arrival of the kernel's answer to the frame that shows
the marks of the learner and of the key with their signs; every mark of two words or more lacks its first word, so that
the key's mark stands beside it.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path

import nbformat as nb
from real_lab import Lab, Page, cold_page, run_all, running

KEY_BAR, CHECK_BAR = 50, 100
CELL = """
import dataclasses

import copydesk
from copydesk.base.spans import Span, words
from copydesk.widgets.widget import ExerciseWidget

desk = copydesk.open_lesson("02_who_says_so")
key, article = desk.lesson.key, desk.story.article
region = tuple(paragraph.id for paragraph in article.paragraphs)
exercise = dataclasses.replace(desk.lesson.exercise("mark_alone"), id="bench", region=region, tries=1)
def short(start, end):
    found = words(article.text, Span(start, end))
    return [found[1].start if len(found) > 1 else start, end]
groups = [
    {role: [short(*span) for span in spans] if isinstance(spans, list) else spans for role, spans in group.items()}
    for group in exercise.model_answers(key, article.text)["key"]["groups"]
]
desk.answers.restart("bench")
widget = ExerciseWidget(desk.lesson, exercise, desk.answers)
widget.save({"groups": groups})
widget
"""
LISTEN = """() => {
  window.cdShown = (done) => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => done(performance.now());
    port2.postMessage(0);
  });
  const own = window.WebSocket;
  window.WebSocket = class extends own {
    constructor(...given) {
      super(...given);
      this.addEventListener("message", () => { window.cdHeard = performance.now(); });
    }
  };
}"""
TIME_KEYS = """() => {
  window.cdTimes = [];
  document.addEventListener("keydown", () => {
    const start = performance.now();
    window.cdShown((end) => window.cdTimes.push(end - start));
  }, true);
}"""
CHECK = """() => new Promise((done) => {
  const section = [...document.querySelectorAll("section.cd")].at(-1);
  new MutationObserver((_, watch) => {
    if (!section.querySelector(".cd-switch:not([hidden])")) return;
    watch.disconnect();
    const heard = window.cdHeard; // the last message before the script that shows it
    window.cdShown((end) => done([end - heard, section.querySelectorAll(".cd-word .cd-tag:not(:empty)").length]));
  }).observe(section, { subtree: true, attributes: true });
  section.querySelector(".cd-primary").focus();
  section.querySelector(".cd-primary").click();
})"""
KEYS = ("ArrowRight", "Shift+ArrowRight", "3", "ArrowDown", "1", "ArrowRight", "Shift+ArrowRight", "2", "n")


def measure(lab: Lab, page: Page, keys: int, checks: int) -> tuple[list[float], list[float], int]:
    """The times of keys and of checks in ms, and how many words began a mark after the last check."""
    notebook = nb.v4.new_notebook(cells=[nb.v4.new_code_cell(CELL)])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    (lab.home / "notebooks" / "marking.ipynb").write_text(nb.writes(notebook), "utf-8")
    page.add_init_script(f"({LISTEN})()")
    lab.open(page, "marking")
    took, marks = [], 0
    for _ in range(checks):
        run_all(page)
        page.locator("section.cd .cd-word").first.wait_for()
        page.wait_for_timeout(1000)
        time, marks = page.evaluate(CHECK)
        took.append(time)
    run_all(page)
    page.locator("section.cd .cd-word").first.focus()
    page.evaluate(TIME_KEYS)
    for n in range(keys):
        page.keyboard.press(KEYS[n % len(KEYS)])
        page.wait_for_timeout(80)
    return page.evaluate("window.cdTimes"), took, marks


def main(arguments: Sequence[str] | None = None) -> None:
    """Print both medians beside their bars."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--keys", type=int, default=60)
    parser.add_argument("--checks", type=int, default=7)
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as home, cold_page() as page, running(Path(home)) as lab:
        keys, checks, marks = measure(lab, page, max(1, chosen.keys), max(1, chosen.checks))
    for name, times, bar in (
        (f"key press to visible mark, {len(keys)} keys", keys, KEY_BAR),
        (f"a check's answer to {marks} marks on the words, {len(checks)} checks", checks, CHECK_BAR),
    ):
        least, most = min(times), max(times)
        print(f"{name}  median {statistics.median(times):.0f} ms, {least:.0f} to {most:.0f} (bar: {bar} ms)")


if __name__ == "__main__":
    main()
