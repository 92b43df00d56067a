"""The learner's screen in a real JupyterLab: no key goes astray, nothing is lost, nothing is said that is not so."""

from __future__ import annotations

import json

import pytest

from tests.browser.lab import Lab, cell_count, exercise, run_all

pytestmark = pytest.mark.browser


def opened(page, lab: Lab, lesson: str, title: str):
    """A lesson with all cells run, and one exercise of it."""
    lab.open(page, lesson)
    run_all(page)
    return exercise(page, title)


def wait_saved(section) -> None:
    section.locator('.cd-saved[data-state="saved"]').wait_for(timeout=10_000)


def entry(lab: Lab, story: str, lesson: str, name: str) -> dict:
    """What the answer file holds of an exercise."""
    return json.loads((lab.answers / story / f"{lesson}.json").read_text())["exercises"][name]


class TestTextBoxes:
    def test_a_brief_has_paragraphs_and_can_be_undone(self, page, lab: Lab) -> None:
        section = opened(page, lab, "08_your_own_brief", "Your brief")
        cells = cell_count(page)
        box = section.locator("textarea").first
        box.click()
        page.keyboard.type("One.")
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
        page.keyboard.type("Two.")
        assert box.input_value() == "One.\n\nTwo."
        page.keyboard.press("Control+z")
        assert box.input_value() != "One.\n\nTwo.", "Ctrl+Z undoes in the box"
        page.keyboard.press("Control+Shift+z")
        assert box.input_value() == "One.\n\nTwo."
        page.keyboard.press("Escape")
        assert page.evaluate("document.activeElement.matches('.jp-Cell')")
        assert cell_count(page) == cells


class TestKeys:
    def test_letters_stay_in_the_exercise_after_a_click_on_its_prompt(self, page, lab: Lab) -> None:
        section = opened(page, lab, "00_start_here", "Your first mark")
        cells = cell_count(page)
        section.locator(".cd-word").nth(3).click()
        for quiet in (".cd-prompt", ".cd-title", ".cd-now", ".cd-rights", ".cd-bar"):
            section.locator(quiet).click(position={"x": 2, "y": 2})
            assert page.evaluate("!!document.activeElement.closest('section.cd')"), quiet
            for key in ("a", "m", "x", "d", "d", "b", "y", "Enter"):
                page.keyboard.press(key)
        assert cell_count(page) == cells and section.is_visible()
        assert page.evaluate("window.jupyterapp.shell.currentWidget.content.activeCell.model.type") == "code"
        section.locator(".cd-prompt").click()
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.matches('section.cd .cd-word')"), "Tab leads on"
        section.locator(".cd-prompt").click()
        page.keyboard.press("Escape")
        assert page.evaluate("document.activeElement.matches('.jp-Cell')"), "Escape leads out"
        for key in ("x", "d", "d"):
            page.keyboard.press(key)
        page.wait_for_timeout(500)
        assert cell_count(page) == cells and section.is_visible(), "a lesson's cell cannot be deleted"

    def test_a_button_that_goes_away_leaves_the_focus_in_the_exercise(self, page, lab: Lab) -> None:
        section = opened(page, lab, "04_which_words_frame", "One device, two readings")
        cells = cell_count(page)
        section.locator(".cd-word").nth(3).click()
        page.keyboard.press("1")
        section.get_by_role("button", name="Remove").first.click()
        page.wait_for_timeout(200)
        assert page.evaluate("!!document.activeElement.closest('section.cd')")
        page.keyboard.press("a")
        assert cell_count(page) == cells


def pick(page, section, first: int, last: int) -> None:
    """Pick words by pointer: from one to another, by their numbers."""
    words = section.locator(".cd-word")
    words.nth(first).scroll_into_view_if_needed()
    a, b = words.nth(first).bounding_box(), words.nth(last).bounding_box()
    page.mouse.move(a["x"] + 3, a["y"] + a["height"] / 2)
    page.mouse.down()
    page.mouse.move(b["x"] + b["width"] - 3, b["y"] + b["height"] / 2, steps=5)
    page.mouse.up()


class TestOverlappingMarks:
    def test_a_longer_mark_in_another_role_leaves_the_first_one_and_both_are_seen(self, page, lab: Lab) -> None:
        section = opened(page, lab, "05_what_is_the_frame", "Entman’s grid")
        words = section.locator(".cd-word")
        pick(page, section, 4, 5)
        page.keyboard.press("1")
        pick(page, section, 2, 8)
        page.keyboard.press("2")
        wait_saved(section)
        page.wait_for_timeout(500)
        (group,) = entry(lab, "baltics-2022", "05_what_is_the_frame", "grid")["answer"]["groups"]
        assert len(group["problem"]) == len(group["cause"]) == 1
        assert group["cause"][0][0] < group["problem"][0][0] and group["problem"][0][1] < group["cause"][0][1]
        assert "cd-m-cause" in words.nth(4).get_attribute("class")
        assert "cd-over1-problem" in words.nth(4).get_attribute("class")
        assert words.nth(4).locator(".cd-tag").text_content() == "P1" and words.nth(2).locator(".cd-tag").text_content()
        line = words.nth(4).evaluate(
            "e => [getComputedStyle(e).textDecorationStyle, getComputedStyle(e).borderBottomStyle]"
        )
        assert line == ["solid", "dashed"]
        assert "problem 1" in words.nth(4).get_attribute("aria-label")
        page.keyboard.press("Control+z")
        assert "cd-m-problem" in words.nth(4).get_attribute("class")

    def test_where_roles_share_no_words_what_gives_way_is_said_and_seen(self, page, lab: Lab) -> None:
        section = opened(page, lab, "00_start_here", "Your first mark")
        pick(page, section, 2, 3)
        page.keyboard.press("1")
        pick(page, section, 0, 6)
        page.keyboard.press("3")  # content around a source: the source stays
        wait_saved(section)
        page.wait_for_timeout(500)
        (group,) = entry(lab, "practice", "00_start_here", "first_mark")["answer"]["groups"]
        assert len(group["source"]) == 1 and len(group["content"]) == 2
        pick(page, section, 2, 3)
        page.keyboard.press("2")
        assert "it was marked as source" in section.locator(".cd-now").text_content()
        pick(page, section, 5, 5)
        page.keyboard.press("2")
        assert "is the cue no longer" in section.locator(".cd-now").text_content()
