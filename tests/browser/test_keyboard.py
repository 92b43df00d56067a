"""One whole lesson by the keyboard alone: no pointer, no script that moves the focus."""

from __future__ import annotations

import json

import pytest

from copydesk.answers import AnswerFile
from copydesk.base.spans import Span, chunks
from copydesk.exercises.sort import discernment
from copydesk.lessons.lesson import load_lesson
from copydesk.lessons.results import results
from tests.browser.lab import Lab, cell_count, run_all

pytestmark = pytest.mark.browser
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


def pick(page, shown: list[Span], blocks: int, span: Span) -> None:
    """From any focused word: go to the first word of a span and extend to its last."""
    inner = [i for i, c in enumerate(shown) if c.overlap(span)]
    for _ in range(blocks + 1):
        page.keyboard.press("PageUp")
    for _ in range(inner[0]):
        page.keyboard.press("ArrowRight")
    for _ in inner[1:]:
        page.keyboard.press("Shift+ArrowRight")


def mark_by_keys(page, lesson, exercise_id: str) -> None:
    """With a word focused: mark every attribution the key has, group by group."""
    exercise, article = lesson.exercise(exercise_id), lesson.story.article
    shown = [c for b in exercise.region for c in chunks(article.text, article.block(b).span)]
    for number, target in enumerate(exercise.targets(lesson.key)):
        if number:
            page.keyboard.press("n")
        for key, role in enumerate(exercise.roles, 1):
            for span in target.roles.get(role, ()):
                pick(page, shown, len(exercise.region), span)
                page.keyboard.press(str(key))


def section(page, title: str):
    """The exercise of that title; others may name it in their prompts."""
    return page.locator("section.cd", has=page.locator(".cd-title").get_by_text(title, exact=True))


def check(page, title: str) -> None:
    tab_to(page, inside(title, "button.cd-primary"))
    page.keyboard.press("Enter")
    told = section(page, title).locator('.cd-headline:not([data-status=""])')  # “Checking …” is not a result yet
    told.first.wait_for(state="attached", timeout=10_000)


def do_mark(page, lesson, exercise, answer) -> None:
    tab_to(page, inside(exercise.title, ".cd-word"))
    mark_by_keys(page, lesson, exercise.id)
    for target in exercise.targets(lesson.key):
        for name, value in target.labels.items():
            tab_to(page, inside(exercise.title, "select"))
            page.keyboard.type(exercise.full_view(lesson.story)["labels"][name][value][:4])  # as far as they differ


def choose(page, title: str, options: list[str], wanted: str) -> None:
    """Tab to the next group of radio buttons and take one of them."""
    tab_to(page, inside(title, "input[type=radio]"))
    page.keyboard.press("Space")
    for _ in range(options.index(wanted)):
        page.keyboard.press("ArrowRight")


def do_sort(page, lesson, exercise, answer) -> None:
    told = exercise.as_answered(answer).full_view(lesson.story)
    for item in told["items"]:
        choose(page, exercise.title, list(told["choices"]), answer["choices"][item["id"]])


def first_item(exercise, answer) -> str:
    return exercise.as_answered(answer).items[0].text


def do_form(page, lesson, exercise, answer) -> None:
    for question in exercise.full_view(lesson.story)["questions"]:
        value = answer["values"].get(question["id"])
        if "options" in question:
            choose(page, exercise.title, list(question["options"]), value or next(iter(question["options"])))
        else:
            tab_to(page, inside(exercise.title, "input[type=text], textarea"))
            given = question.get("min", "a few words of my own") if value is None else value
            page.keyboard.type(str(given).replace(".", ","))


def do_write(page, lesson, exercise, answer) -> None:
    if exercise.evidence:
        tab_to(page, inside(exercise.title, ".cd-word"))
        shown = [
            c for b in exercise.region for c in chunks(lesson.story.article.text, lesson.story.article.block(b).span)
        ]
        for start, end in answer["evidence"]:
            pick(page, shown, len(exercise.region), Span(start, end))
            page.keyboard.press("1")
    for edit in exercise.edits:
        tab_to(page, inside(exercise.title, "textarea"))
        page.keyboard.press("Control+a")
        page.keyboard.type(answer["texts"].get(edit.id, "a few words of my own"))
    for field in exercise.fields:
        tab_to(page, inside(exercise.title, "textarea"))
        page.keyboard.type(answer["texts"].get(field.id, "a few words of my own"))


def do_order(page, lesson, exercise, answer) -> None:
    """Each event in turn: go to it, and move it up to its place; then say what was known."""
    tab_to(page, inside(exercise.title, ".cd-row"))
    stand = exercise.shuffled()
    for place, event in enumerate(answer["order"]):
        go_to_row(page, stand.index(event))
        for _ in range(stand.index(event) - place):
            page.keyboard.press("Alt+ArrowUp")
        stand.remove(event)
        stand.insert(place, event)
    for event, choice in answer.get("choices", {}).items():
        go_to_row(page, stand.index(event))
        page.keyboard.press(str(1 + [*exercise.full_view(lesson.story)["choices"]].index(choice)))


def go_to_row(page, number: int) -> None:
    page.keyboard.press("Home")
    for _ in range(number):
        page.keyboard.press("ArrowDown")


DO = {"mark": do_mark, "sort": do_sort, "form": do_form, "order": do_order, "write": do_write}


def do_cell(page, lesson, source: str) -> None:
    """Run one cell where it is, and do what it shows."""
    page.keyboard.press("Control+Enter")
    page.wait_for_function("window.jupyterapp.shell.currentWidget.content.activeCell.model.executionCount")
    if "exercise(" in source:
        exercise = lesson.exercise(source.split('"')[1])
        lesson = lesson.on_story_of(exercise)
        section(page, exercise.title).wait_for(timeout=20_000)
        models = [*exercise.model_answers(lesson.key, lesson.story.article.text).values()]
        if exercise.parallel_forms():  # a coin has chosen one of them
            models = [m for m in models if page.get_by_text(first_item(exercise, m)).count()]
        DO[exercise.type](page, lesson, exercise, next(iter(models), {"values": {}, "texts": {}}))
        check(page, exercise.title)
    elif "map()" in source:
        page.get_by_role("button", name="Later").wait_for(timeout=30_000)
        tab_to(page, f"{HERE}.textContent === 'Later'")
        page.keyboard.press("Enter")
        page.get_by_text("NATO members on 4 April 2023").or_(page.get_by_text("On 4 April 2023")).first.wait_for()
    elif "name()" in source:
        page.locator(".widget-text input").wait_for(timeout=20_000)
        tab_to(page, f"{HERE}.matches('.widget-text input')")
        page.keyboard.type("learner 7")
        tab_to(page, f"{HERE}.textContent === 'Keep this name'")
        page.keyboard.press("Enter")
        page.get_by_text("Kept: learner 7").first.wait_for(timeout=10_000)
    elif "hand_in()" in source:
        page.get_by_role("button", name="Pack my work").wait_for(timeout=20_000)
        tab_to(page, f"{HERE}.matches('input[type=checkbox]')")
        page.keyboard.press("Space")
        tab_to(page, f"{HERE}.textContent === 'Pack my work'")
        page.keyboard.press("Enter")
        page.get_by_text("Packed:").first.wait_for(timeout=10_000)
    page.keyboard.press("Escape")


BY_KEYS = ["00_start_here", "03_how_strong_is_the_sourcing", "04_which_words_frame", "07_what_was_going_on"]


@pytest.mark.parametrize("lesson_id", BY_KEYS)
def test_a_whole_lesson_by_keyboard_alone(page, lab: Lab, lesson_id: str) -> None:
    lesson = load_lesson(lesson_id)
    cells = json.loads((lab.home / "notebooks" / f"{lesson_id}.ipynb").read_text())["cells"]
    lab.open(page, lesson_id)
    page.wait_for_timeout(1500)
    for cell in cells:
        if cell["cell_type"] == "code":
            do_cell(page, lesson, "".join(cell["source"]))
        if cell is not cells[-1]:  # there Shift + Enter adds a cell
            page.keyboard.press("Shift+Enter")  # the arrows pass over folded cells
            page.wait_for_timeout(300)

    story = lesson.story
    answers = AnswerFile.open(story.id, lesson_id, sha256=story.about["sha256"], root=lab.answers)
    result = results(lesson, answers)
    assert result.points == result.possible, result.scores
    packed = json.loads(next((lab.home / "notebooks").glob("handin_*.json")).read_text())
    assert [(a["story"], a["lesson"]) for a in packed["answers"]] == [(story.id, lesson_id)]
    record = answers.record("discern")
    if record.tries:  # ticked before the work was packed
        assert discernment(lesson.exercise("discern"), record.answer, lesson.key).score == 1
        assert packed["answers"][0]["exercises"]["discern"]["answer"] == record.answer
    assert cell_count(page) == len(cells), "keys reached JupyterLab"


def test_the_sourcing_explorer_by_keyboard(page, lab: Lab) -> None:
    """Stock controls in command mode: arrows on the slider and Enter on a toggle stay with the control."""
    lesson = load_lesson("03_how_strong_is_the_sourcing")
    file = AnswerFile(lab.answers / lesson.story.id / f"{lesson.id}.json", lesson.story.about["sha256"])
    file.save("predict", {"values": {"most": "1"}})  # the explorer waits for it
    lab.open(page, lesson.id)
    run_all(page)
    caption = page.locator(".widget-html figcaption")
    caption.get_by_text("7 of 11 attributions").first.wait_for(timeout=20_000)
    page.locator(".widget-toggle-button", has_text="words").first.focus()
    page.keyboard.press("Enter")
    caption.get_by_text("129 of 181 words").first.wait_for(timeout=10_000)
    page.keyboard.press("Tab")
    assert page.evaluate(f"{HERE}.classList.contains('noUi-handle')")
    page.keyboard.press("ArrowRight")
    page.get_by_text("Left out: A1").first.wait_for(timeout=10_000)
