"""A story written from right to left, in JupyterLab: its text, marks and keys, the popup, the reading panel."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from copydesk.story.story import forget_stories
from copydesk_classroom.stories.lessons import write_lessons
from tests.browser.lab import exercise, run_all, running

pytestmark = pytest.mark.browser
STORY = Path(__file__).resolve().parents[1] / "fixtures" / "stories" / "harbour-he"


def test_the_text_runs_from_the_right_and_the_arrows_go_where_they_point(
    page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = tmp_path / STORY.name
    shutil.copytree(STORY, story)
    forget_stories()
    write_lessons(story)
    monkeypatch.setenv("COPYDESK_STORY", str(story))
    (tmp_path / "lab").mkdir()
    with running(tmp_path / "lab") as lab:
        lab.open(page, "02_who_says_so")
        run_all(page)
        section = exercise(page, "On your own")
        words = section.locator(".cd-word")
        words.first.scroll_into_view_if_needed()
        left = [word.bounding_box()["x"] for word in words.all()[:4]]
        assert left == sorted(left, reverse=True), "the first word stands at the right"

        words.nth(1).click()
        popup, text = section.locator(".cd-popup").bounding_box(), section.locator(".cd-textwrap").bounding_box()
        assert text["x"] <= popup["x"] and popup["x"] + popup["width"] <= text["x"] + text["width"] + 1
        page.keyboard.press("ArrowLeft")
        assert page.evaluate("document.activeElement.dataset.i") == "2", "left is where the text goes on"
        page.keyboard.press("1")
        section.locator(".cd-groups bdi[lang=he][dir=rtl]").wait_for(timeout=10_000)
        assert section.evaluate("node => [node.lang, getComputedStyle(node).direction]") == ["en", "ltr"]

        lab.open(page, "03_how_strong_is_the_sourcing")
        run_all(page)
        panel = exercise(page, "Agency rules, one paragraph").locator(".cd-reading .cd-block").first
        assert panel.evaluate("node => [node.lang, getComputedStyle(node).direction]") == ["he", "rtl"]
        other = exercise(page, "On another story: what kind of source?").locator(".cd-reading .cd-block").first
        assert other.evaluate("node => [node.lang, getComputedStyle(node).direction]") == ["en", "ltr"]
