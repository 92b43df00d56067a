"""One whole lesson by the keyboard alone: no pointer, no script that moves the focus."""

from __future__ import annotations

import json

import pytest

from copydesk.answers import AnswerFile
from copydesk.lessons import load_lesson
from copydesk.results import results
from copydesk.scoring.targets import targets_of
from copydesk.spans import chunks
from tests.browser.lab import Lab

pytestmark = pytest.mark.browser
LESSON = "00_start_here"
HERE = "document.activeElement"


def tab_to(page, condition: str, *, most: int = 40) -> None:
    """Press Tab until what has focus meets a condition."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate(condition):
            return
    raise AssertionError(
        f"Tab never reached {condition}; focus is on {page.evaluate(HERE + '.outerHTML.slice(0, 200)')}"
    )


def inside(title: str, what: str) -> str:
    section = f"{HERE}.closest('section.cd')?.querySelector('.cd-title')?.textContent === '{title}'"
    return f"{section} && {HERE}.matches('{what}')"


def mark_by_keys(page, lesson, exercise_id: str) -> None:
    """With a word focused: mark every attribution the key has, group by group."""
    exercise, article = lesson.exercise(exercise_id), lesson.story.article
    shown = [c for b in exercise.region for c in chunks(article.text, article.block(b).span)]
    for number, target in enumerate(targets_of(exercise, lesson.key)):
        if number:
            page.keyboard.press("n")
        for key, role in enumerate(exercise.get("roles"), 1):
            for span in target.roles.get(role, ()):
                inner = [i for i, c in enumerate(shown) if c.start < span.end and span.start < c.end]
                for _ in exercise.region:
                    page.keyboard.press("PageUp")
                for _ in range(inner[0]):
                    page.keyboard.press("ArrowRight")
                for _ in inner[1:]:
                    page.keyboard.press("Shift+ArrowRight")
                page.keyboard.press(str(key))


def check(page, title: str) -> None:
    tab_to(page, inside(title, "button.cd-primary"))
    page.keyboard.press("Enter")
    headline = page.locator("section.cd", has_text=title).locator(".cd-headline[data-status]:not(:empty)")
    headline.first.wait_for(state="attached", timeout=10_000)


def do_marks(page, lesson, exercise_id: str, title: str) -> None:
    tab_to(page, inside(title, ".cd-word"))
    mark_by_keys(page, lesson, exercise_id)
    for target in targets_of(lesson.exercise(exercise_id), lesson.key):
        if target.labels:
            tab_to(page, inside(title, "select"))
            page.keyboard.press(target.labels["form"][0])


def do_voices(page, lesson, exercise_id: str, title: str) -> None:
    for sentence in lesson.key.layer("sentences"):
        tab_to(page, inside(title, "input[type=radio]"))
        page.keyboard.press("Space")
        for _ in range(("reporter", "attributed", "mixed").index(sentence["voice"])):
            page.keyboard.press("ArrowRight")


def do_routine(page, lesson, exercise_id: str, title: str) -> None:
    for words in ("the harbour master’s", "plainly and warmly", "a ferry returns"):
        tab_to(page, inside(title, "textarea"))
        page.keyboard.type(words)


DO = {"first_mark": do_marks, "second_mark": do_marks, "voices": do_voices, "routine": do_routine}


def do_cell(page, lesson, source: str) -> None:
    """Run one cell where it is, and do what it shows."""
    page.keyboard.press("Control+Enter")
    page.wait_for_function("/[0-9]/.test(document.querySelector('.jp-Cell.jp-mod-active .jp-InputPrompt').textContent)")
    if "exercise(" in source:
        exercise = lesson.exercise(source.split('"')[1])
        page.locator("section.cd", has_text=exercise.title).wait_for(timeout=20_000)
        DO[exercise.id](page, lesson, exercise.id, exercise.title)
        check(page, exercise.title)
    elif "name()" in source:
        page.locator(".widget-text input").wait_for(timeout=20_000)
        tab_to(page, f"{HERE}.matches('.widget-text input')")
        page.keyboard.type("learner 7")
        tab_to(page, f"{HERE}.textContent === 'Keep this name'")
        page.keyboard.press("Enter")
        page.get_by_text("Kept: learner 7").wait_for(timeout=10_000)
    elif "hand_in()" in source:
        page.get_by_text("Pack my work").wait_for(timeout=20_000)
        tab_to(page, f"{HERE}.textContent === 'Pack my work'")
        page.keyboard.press("Enter")
        page.get_by_text("Packed:").wait_for(timeout=10_000)
    page.keyboard.press("Escape")


def test_lesson_00_by_keyboard_alone(page, lab: Lab) -> None:
    lesson = load_lesson(LESSON)
    cells = json.loads((lab.home / "notebooks" / f"{LESSON}.ipynb").read_text())["cells"]
    lab.open(page, LESSON)
    page.wait_for_timeout(1500)
    for cell in cells:
        if cell["cell_type"] == "code":
            do_cell(page, lesson, "".join(cell["source"]))
        page.keyboard.press("ArrowDown")

    answers = AnswerFile.open("practice", LESSON, sha256=lesson.story.about["sha256"], root=lab.answers)
    assert results(lesson, answers).points == results(lesson, answers).possible
    packed = json.loads(next((lab.home / "notebooks").glob("handin_*.json")).read_text())
    assert packed["learner"] == "learner 7"
