"""Marking by touch, content in two pieces, overlapping attributions, undo: on the practice story."""

from __future__ import annotations

import json

import pytest

from tests.browser.lab import Lab, exercise, run_all

pytestmark = pytest.mark.browser
LESSON = "00_start_here"


def groups(lab: Lab, exercise_id: str) -> list[dict]:
    file = lab.answers / "practice" / f"{LESSON}.json"
    return json.loads(file.read_text())["exercises"][exercise_id]["answer"]["groups"]


def saved(section) -> None:
    section.locator('.cd-saved[data-state="saved"]').wait_for(timeout=10_000)


def word(section, text: str):
    return section.locator(".cd-word", has_text=text).first


def drag(page, section, first: str, last: str) -> None:
    a = word(section, first)
    a.scroll_into_view_if_needed()
    start, end = a.bounding_box(), word(section, last).bounding_box()
    page.mouse.move(start["x"] + 3, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(end["x"] + end["width"] - 3, end["y"] + end["height"] / 2, steps=6)
    page.mouse.up()


def test_touch_marks_and_pieces_and_undo(browser, lab: Lab) -> None:
    context = browser.new_context(has_touch=True, viewport={"width": 800, "height": 1000})
    page = context.new_page()
    lab.open(page, LESSON)
    run_all(page)

    section = exercise(page, "Your first mark")
    word(section, "harbour").tap()
    word(section, "Okafor").tap()
    section.locator(".cd-tools .cd-label", has_text="source").tap()
    saved(section)
    assert len(groups(lab, "first_mark")) == 1
    source = groups(lab, "first_mark")[0]["source"]
    assert len(source) == 1 and source[0][1] - source[0][0] == len("harbour master Ines Okafor")

    drag(page, section, "The", "ferry")
    section.locator(".cd-tools .cd-label", has_text="content").click()
    drag(page, section, "again", "spring")
    section.locator(".cd-tools .cd-label", has_text="content").click()
    section.locator(".cd-groups .cd-m-content", has_text=" … ").wait_for(timeout=10_000)
    saved(section)
    assert len(groups(lab, "first_mark")[0]["content"]) == 2, "content in two pieces"

    word(section, "said").focus()  # as a screen reader moves the focus, without keys or pointer
    page.keyboard.press("2")
    page.wait_for_timeout(500)
    cue = groups(lab, "first_mark")[0]["cue"]
    assert len(cue) == 1 and cue[0][1] - cue[0][0] == len("said")
    page.keyboard.press("1")  # a slip on a word that has a mark takes nothing away
    page.wait_for_timeout(500)
    assert groups(lab, "first_mark")[0]["cue"] == cue and groups(lab, "first_mark")[0]["source"] == source

    section.get_by_role("button", name="New attribution").click()
    drag(page, section, "ferry", "will")
    section.locator(".cd-tools .cd-label", has_text="source").click()
    section.locator(".cd-building", has_text="attribution 2").wait_for(timeout=10_000)
    page.wait_for_timeout(500)
    first, second = groups(lab, "first_mark")
    assert first["content"][0][1] > second["source"][0][0], "two attributions may share words"

    for _ in range(2):
        section.get_by_role("button", name="Undo").click()
    page.wait_for_timeout(500)
    assert len(groups(lab, "first_mark")) == 1
    section.get_by_role("button", name="Redo").click()
    section.get_by_role("button", name="Redo").click()
    page.wait_for_timeout(500)
    assert groups(lab, "first_mark") == [first, second]
    context.close()


def test_a_complete_attribution_is_not_taken_apart_by_the_next_sentence(page, lab: Lab) -> None:
    lab.open(page, "02_who_says_so")
    run_all(page)
    section = exercise(page, "On another story: who says so?")

    def label(first: str, last: str, role: str) -> None:
        drag(page, section, first, last)
        section.locator(".cd-tools .cd-label", has_text=role).click()

    label("official", "official", "source")
    label("said", "said", "cue")
    label("gate", "gate", "content")
    label("Tarnholt", "Tarnholt", "source")
    rows = section.locator(".cd-groups > li")
    assert rows.count() == 1 and "source: Tarnholt" in rows.inner_text(), "without its form, it is still being built"
    label("official", "official", "source")
    rows.locator("select").select_option("indirect")
    label("Tarnholt", "Tarnholt", "source")
    label("reported", "reported", "cue")
    assert ["source: official" in rows.nth(0).inner_text(), rows.count()] == [True, 2]
    rows.nth(0).get_by_role("button", name="Go on with this").click()
    label("An", "official", "source")  # in its own sentence a part is replaced, also of a complete one
    assert "source: An official" in rows.nth(0).inner_text()
