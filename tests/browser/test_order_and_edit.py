"""Events put in order and passages edited in a real JupyterLab: by keys alone, by touch, by mouse, in two windows."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe

from copydesk.answers import AnswerFile
from copydesk.lessons.lesson import Lesson, load_lesson
from copydesk.story.story import load_story
from tests.browser.lab import Lab, cell_count, each_theme, exercise, run_all
from tests.browser.test_keyboard import HERE, check, do_order, do_write, inside, tab_to
from tests.made_story import LESSON, make_story

pytestmark = pytest.mark.browser
CELLS = ('desk.exercise("order")', 'desk.exercise("measure")', 'desk.exercise("cases")')
Open = Callable[..., Lesson]


@pytest.fixture
def made(lab: Lab, request) -> Open:
    """Open a notebook on a story of its own."""
    name = f"made{abs(hash(request.node.name)) % 10**8}"
    shutil.rmtree(lab.home / "stories" / name, ignore_errors=True)  # of a run before, when the test is run again
    story = make_story(lab.home / "stories", name)
    first = f'from copydesk import load_story, open_lesson\ndesk = open_lesson("{LESSON}", load_story({str(story)!r}))'
    cells = [
        {"cell_type": "code", "id": f"c{n}", "source": s, "metadata": {}, "outputs": [], "execution_count": None}
        for n, s in enumerate((first, *CELLS))
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    notebook = {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    (lab.home / "notebooks" / f"{name}.ipynb").write_text(json.dumps(notebook))

    def opened(page, **options) -> Lesson:
        lab.open(page, name, **options)
        run_all(page)
        page.locator("section.cd").nth(2).wait_for(timeout=30_000)
        return load_lesson(LESSON, load_story(story))

    return opened


def kept(lab: Lab, lesson: Lesson, exercise_id: str) -> dict:
    file = lab.answers / lesson.story.id / f"{LESSON}.json"
    entries = json.loads(file.read_text())["exercises"] if file.exists() else {}
    return entries.get(exercise_id, {"answer": {}, "tries": []})


def saved(section) -> None:
    section.locator('.cd-saved[data-state="saved"]').wait_for(timeout=10_000)


def shown(section) -> list[str]:
    return section.locator(".cd-row").evaluate_all("rows => rows.map(row => row.dataset.id)")


def spoken(section) -> str:
    return section.locator('.cd-visually-hidden[role="status"]').text_content()


def best(lesson: Lesson, name: str) -> dict:
    return next(iter(lesson.exercise(name).model_answers(lesson.key, lesson.story.article.text).values()))


def test_the_whole_order_by_keyboard_alone(page, lab: Lab, made: Open) -> None:
    lesson = made(page)
    asked, answer = lesson.exercise("order"), best(lesson, "order")
    page.locator(".jp-Cell").first.focus()
    do_order(page, lesson, asked, answer)
    section = exercise(page, asked.title)
    saved(section)
    page.wait_for_timeout(500)
    assert shown(section) == answer["order"] == kept(lab, lesson, "order")["answer"]["order"]
    assert kept(lab, lesson, "order")["answer"]["choices"] == answer["choices"]
    assert page.evaluate(f"{HERE}.matches('.cd-row')"), "the focus stays with the event that was moved"
    page.keyboard.press("Enter")  # this spends no try
    check(page, asked.title)
    section.locator('.cd-headline[data-status="right"]').wait_for(timeout=10_000)
    assert len(kept(lab, lesson, "order")["tries"]) == 1
    assert section.locator(".cd-key > li").count() == 7
    told = section.locator(".cd-row .cd-said").all_inner_texts()
    assert "In the key: place 1. Known on the day of the story." in told[0]
    assert "In the key: place 7. Known only later." in told[6]
    assert cell_count(page) == 1 + len(CELLS), "keys reached JupyterLab"


def test_a_listener_hears_what_was_done_and_not_that_it_was_saved(page, lab: Lab, made: Open) -> None:
    made(page)
    section = exercise(page, "The winter in order")
    page.wait_for_timeout(1000)  # until it was said that the exercises are there
    page.evaluate(
        """() => { window.cdSaid = []; document.querySelectorAll('section.cd [role=status]').forEach(node =>
            new MutationObserver(() => node.getAttribute('aria-live') !== 'off' && window.cdSaid.push(node.textContent))
                .observe(node, { childList: true })) }"""
    )
    section.locator(".cd-row").nth(1).focus()
    for key in ("Alt+ArrowDown", "2"):
        page.keyboard.press(key)
        saved(section)
        page.wait_for_timeout(500)
    said = [words for words in page.evaluate("window.cdSaid") if words]
    heard = [words for words in said if not words.startswith("Saved")]
    assert len(said) <= len(heard) + 1, "that it is saved is said once"
    assert len(heard) == 2 and heard[0].endswith("place 3 of 7") and heard[1].endswith("known only later")


def test_picking_up_putting_back_and_undo(page, lab: Lab, made: Open) -> None:
    lesson = made(page)
    section, cards = exercise(page, "The winter in order"), lesson.exercise("order").shuffled()
    page.locator(".jp-Cell").first.focus()
    tab_to(page, inside("The winter in order", ".cd-row"))
    press = page.keyboard.press
    for key in ("Space", "ArrowDown", "ArrowDown"):
        press(key)
    moved = [cards[1], cards[2], cards[0], *cards[3:]]
    assert shown(section) == moved and section.locator(".cd-held").count() == 1
    assert "place 3 of 7" in spoken(section)
    assert kept(lab, lesson, "order")["answer"] == {}, "what is in the hand is not yet put anywhere"
    press("Escape")
    assert shown(section) == cards and "back at place 1" in spoken(section)
    for key in ("Space", "End", "Space"):
        press(key)
    assert shown(section) == [*cards[1:], cards[0]]
    assert section.get_by_role("button", name="This is my order").is_hidden()
    press("Control+z")
    assert shown(section) == cards and section.get_by_role("button", name="This is my order").is_visible()
    press("Control+y")
    saved(section)
    page.wait_for_timeout(500)
    assert kept(lab, lesson, "order")["answer"] == {"order": [*cards[1:], cards[0]]}
    for key in ("ArrowDown", "Alt+ArrowDown", "a", "b", "x", "m"):
        press(key)
    assert "end of the list" in spoken(section)
    press("Escape")
    assert page.evaluate(f"{HERE}.matches('.jp-Cell')"), "Escape goes back to the notebook"
    assert cell_count(page) == 1 + len(CELLS)


def test_an_untouched_order_is_not_a_try_until_it_is_taken(page, lab: Lab, made: Open) -> None:
    lesson = made(page)
    title = "How a story comes to be"
    section = exercise(page, title)
    page.locator(".jp-Cell").first.focus()
    tab_to(page, inside(title, ".cd-row"))
    check(page, title)
    section.get_by_text("an untouched list is not a try").first.wait_for(timeout=10_000)
    assert kept(lab, lesson, "measure")["tries"] == []
    page.wait_for_timeout(5500)
    assert "does not answer" not in section.locator(".cd-saved").text_content(), (
        "a check that changes nothing is answered"
    )
    for key in ["Shift+Tab"] * 3 + ["ArrowRight"] * 6:  # the buttons are one stop, and the arrows go through them
        if page.evaluate(f"{HERE}.textContent === 'This is my order'"):
            break
        if key == "ArrowRight" or not page.evaluate(f"!!{HERE}.closest('.cd-tools')"):
            page.keyboard.press(key)
    page.keyboard.press("Enter")
    assert page.evaluate(f"{HERE}.matches('.cd-row')")
    saved(section)
    check(page, title)
    section.locator('.cd-headline[data-status="not_yet"]').wait_for(timeout=10_000)
    assert len(kept(lab, lesson, "measure")["tries"]) == 1
    assert kept(lab, lesson, "measure")["answer"] == {"order": lesson.exercise("measure").shuffled()}


def test_by_touch_in_a_narrow_window(browser, lab: Lab, made: Open) -> None:
    context = browser.new_context(has_touch=True, viewport={"width": 800, "height": 1000})
    page = context.new_page()
    lesson = made(page)
    section, cards = exercise(page, "The winter in order"), lesson.exercise("order").shuffled()
    section.locator(".cd-row").nth(2).tap()
    later = section.get_by_role("button", name="Later", exact=True)
    for button in (later, section.get_by_role("button", name="Earlier"), section.locator(".cd-row").first):
        box = button.bounding_box()
        assert box["width"] >= 24 and box["height"] >= 24
    later.tap()
    later.tap()
    section.get_by_role("button", name="known only later").tap()
    saved(section)
    page.wait_for_timeout(500)
    assert shown(section) == [*cards[:2], cards[3], cards[4], cards[2], *cards[5:]]
    assert kept(lab, lesson, "order")["answer"]["choices"] == {cards[2]: "later"}
    assert section.evaluate("el => el.scrollWidth <= el.clientWidth"), "nothing is cut off"
    context.close()


def test_known_or_later_is_said_on_the_row_itself(browser, lab: Lab, made: Open) -> None:
    context = browser.new_context(has_touch=True, viewport={"width": 390, "height": 800})
    page = context.new_page()
    lesson = made(page)
    page.evaluate("window.jupyterapp.shell.collapseLeft()")
    section, cards = exercise(page, "The winter in order"), lesson.exercise("order").shuffled()
    rows = section.locator(".cd-row")
    for touched in (rows.nth(1).get_by_text("known only later"), rows.nth(3).get_by_text("known on the day")):
        assert touched.bounding_box()["height"] >= 40
        touched.tap()
    rows.nth(5).get_by_text("known only later").click()  # by mouse: it must not begin a drag
    saved(section)
    page.wait_for_timeout(500)
    known = {cards[1]: "later", cards[3]: "known", cards[5]: "later"}
    assert kept(lab, lesson, "order")["answer"] == {"choices": known}
    assert rows.nth(1).locator(".cd-on").inner_text() == "known only later"
    assert "known only later" in rows.nth(1).locator(".cd-chosen").text_content(), "and it is heard"
    for row in rows.all():
        place, event = row.locator(".cd-place").bounding_box(), row.locator(".cd-event").bounding_box()
        assert place["x"] + place["width"] <= event["x"], "the number stands beside the event"
    for _ in cards:  # what is moved stays in sight above the bar
        section.get_by_role("button", name="Later", exact=True).tap()
        bar = section.locator(".cd-dock").bounding_box()
        here = section.locator('.cd-row[aria-selected="true"]').bounding_box()
        assert here["y"] + here["height"] <= bar["y"] + 1
    context.close()


def test_by_mouse_too(page, lab: Lab, made: Open) -> None:
    lesson = made(page)
    section, cards = exercise(page, "The winter in order"), lesson.exercise("order").shuffled()
    rows = section.locator(".cd-row")
    start, end = rows.nth(0).bounding_box(), rows.nth(3).bounding_box()
    page.mouse.move(start["x"] + 90, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(end["x"] + 90, end["y"] + end["height"] - 4, steps=12)
    assert kept(lab, lesson, "order")["answer"] == {}
    page.mouse.up()
    saved(section)
    page.wait_for_timeout(500)
    moved = [*cards[1:4], cards[0], *cards[4:]]
    assert shown(section) == moved == kept(lab, lesson, "order")["answer"]["order"]
    section.get_by_role("button", name="Undo").click()
    assert shown(section) == cards, "one drag is one change"


def test_edits_by_keyboard_alone(page, lab: Lab, made: Open) -> None:
    lesson = made(page)
    asked, answer = lesson.exercise("cases"), best(lesson, "cases")
    section = exercise(page, asked.title)
    assert section.locator("textarea").nth(1).input_value() == "The town paid for a new engine in January."
    page.locator(".jp-Cell").first.focus()
    tab_to(page, inside(asked.title, "textarea"))
    page.keyboard.press("End")
    page.keyboard.type(" ")
    page.keyboard.press("Tab")
    page.wait_for_timeout(800)
    assert kept(lab, lesson, "cases")["answer"].get("texts", {}) == {}, "the page's words are not stored"

    page.locator(".jp-Cell").first.focus()
    do_write(page, lesson, asked, answer)
    check(page, asked.title)
    section.locator('.cd-headline[data-status="right"]').wait_for(timeout=10_000)
    assert kept(lab, lesson, "cases")["answer"]["texts"] == answer["texts"]
    head = section.locator(".cd-edit").first
    head.locator("tr.cd-moved", has_text="attributions").wait_for(timeout=10_000)
    assert "→ 0" in head.locator("tr.cd-moved", has_text="attributions").text_content()
    assert cell_count(page) == 1 + len(CELLS), "keys reached JupyterLab"


def test_what_a_check_says_of_an_edit_stands_on_it_and_is_linked(page, lab: Lab, made: Open) -> None:
    made(page)
    section = exercise(page, "Write it another way")
    edit = section.locator(".cd-edit").nth(1)
    edit.locator("textarea").fill("Engine")
    assert "1 word (" in edit.locator(".cd-under").inner_text()
    for box in section.locator(".cd-item:not(.cd-edit) textarea").all():
        box.fill("a few words of my own, about what moved")
    section.locator("button.cd-primary").click()
    edit.locator(".cd-said", has_text="it has 1.").wait_for(timeout=10_000)
    link = section.locator(".cd-details .cd-link", has_text="it has 1.")
    link.click()
    assert page.evaluate(f"{HERE}.matches('.cd-edit')") and edit.evaluate("el => el === document.activeElement")


def test_measures_wait_for_a_pause_and_are_told_once(page, lab: Lab, made: Open) -> None:
    made(page)
    section = exercise(page, "Write it another way")
    area = section.locator("textarea").nth(1)
    page.evaluate(
        """() => { window.cdSaid = []; document.querySelectorAll('.cd-visually-hidden[role=status]').forEach(node =>
            new MutationObserver(() => node.getAttribute('aria-live') !== 'off' && window.cdSaid.push(node.textContent))
                .observe(node, { childList: true })) }"""
    )
    area.focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("An engine was bought in January.", delay=20)
    section.locator("tr.cd-moved", has_text="leave out who acts").wait_for(timeout=10_000)
    page.wait_for_timeout(600)
    said = [s for s in page.evaluate("window.cdSaid") if s]
    assert len(said) == 1 and "words: 9 on the page, 6 in your version" in said[0], said
    section.get_by_role("button", name="Put the page’s words back").nth(0).click()
    assert area.input_value() == "The town paid for a new engine in January."
    section.locator("tr.cd-moved").first.wait_for(state="detached", timeout=10_000)


def test_the_version_of_another_window_can_be_seen(page, lab: Lab, made: Open) -> None:
    lesson = made(page)
    title = "How a story comes to be"
    section, other = exercise(page, title), ["call", "file", "edit", "print"]
    button = section.get_by_role("button", name="Show the other version")
    assert button.is_hidden()
    elsewhere = AnswerFile.open(lesson.story.id, LESSON, sha256=lesson.story.about["sha256"], root=lab.answers)
    elsewhere.save("measure", {"order": other})
    page.locator(".jp-Cell").first.focus()
    tab_to(page, inside(title, ".cd-row"))
    page.keyboard.press("Alt+ArrowDown")
    mine = shown(section)
    button.wait_for(timeout=10_000)
    assert "also changed in another window" in section.locator(".cd-saved").text_content()
    for expected, beside in ((other, mine), (mine, other)):
        tab_to(page, f"{HERE}.textContent === 'Show the other version'")
        page.keyboard.press("Enter")
        page.wait_for_function(
            f"{json.dumps(expected)}.every((id, n) => document.querySelectorAll('section.cd')[1]"
            ".querySelectorAll('.cd-row')[n].dataset.id === id)",
            timeout=10_000,
        )
        section.locator(".cd-saved", has_text="This is the other version").wait_for(timeout=10_000)
        entry = kept(lab, lesson, "measure")
        assert entry["answer"] == {"order": expected} and entry["others"] == [{"order": beside}]
        page.keyboard.press("Shift+Tab")
    page.wait_for_timeout(5500)
    assert "does not answer" not in section.locator(".cd-saved").text_content()


def test_axe_finds_nothing(page, lab: Lab, made: Open) -> None:
    made(page)
    for title in ("The winter in order", "How a story comes to be"):
        exercise(page, title).get_by_role("button", name="Later", exact=True).click()
    section = exercise(page, "The winter in order")
    section.locator("button.cd-primary").click()
    section.locator(".cd-details li").first.wait_for(timeout=10_000)
    section.locator(".cd-row").first.focus()
    page.keyboard.press("Space")
    for theme in each_theme(page):
        found = Axe().run(page, context={"include": [["section.cd"]]}).response["violations"]
        assert not found, (theme, [f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in found])
