"""Notebook 7, the page with one notebook and no more: mark, save, and restore after the kernel starts anew."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.browser.lab import LISTENS, Lab, exercise, restart_kernel, run_all, running, scroll_to, until
from tests.browser.test_lesson_02 import LESSON, drag, key_target, pick_by_keys, saved, wait_saved, words
from tests.browser.test_screen import RESTARTED

pytest.importorskip("notebook", reason="Notebook 7 is not installed")
pytestmark = pytest.mark.browser


@pytest.fixture
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A server started as `jupyter notebook` starts it."""
    with running(tmp_path_factory.mktemp("notebook"), "notebook") as started:
        yield started


def test_marks_are_saved_and_there_again(page: Page, notebook: Lab) -> None:
    page.goto(f"{notebook.base}/notebooks/notebooks/{LESSON}.ipynb?token={notebook.token}")
    run_all(page)
    assert page.locator("body[data-notebook=notebooks]").count(), "this is not Notebook 7"

    pointed = exercise(page, "The cues are given")
    one = key_target("mark_cues", "A7").roles["source"][0]
    drag(page, pointed, one.start, one.end)
    pointed.locator(".cd-tools .cd-label", has_text="source").click()
    wait_saved(pointed)
    assert saved(notebook, "mark_cues")["answer"]["groups"][1]["source"] == [[one.start, one.end]]

    typed = exercise(page, "On your own")
    words(typed).first.focus()
    two = key_target("mark_alone", "A8")
    for role, key in (("source", "1"), ("cue", "2"), ("content", "3")):
        pick_by_keys(page, typed, two.roles[role][0].start, two.roles[role][0].end)
        page.keyboard.press(key)
    wait_saved(typed)
    page.keyboard.press("Enter")  # this spends no try
    typed.get_by_role("button", name="Check").click()
    typed.locator(".cd-lacks", has_text="No form chosen yet").wait_for(timeout=10_000)
    typed.get_by_role("button", name="Check").click()
    typed.locator('.cd-headline[data-status="not_yet"]').wait_for(timeout=10_000)
    kept = saved(notebook, "mark_alone")
    assert len(kept["answer"]["groups"]) == len(kept["tries"]) == 1

    restart_kernel(page)
    run_all(page)
    again = exercise(page, "On your own")
    again.locator(".cd-m-source").first.wait_for(timeout=20_000)
    assert "1 of 2 tries left" in (again.locator(".cd-tries").text_content() or "")
    assert saved(notebook, "mark_alone")["answer"] == kept["answer"]


def test_enter_breaks_a_line_and_the_saved_work_is_there_the_next_day(page: Page, notebook: Lab) -> None:
    address = f"{notebook.base}/notebooks/notebooks/00_start_here.ipynb?token={notebook.token}"
    page.goto(address)
    run_all(page)
    section = exercise(page, "Three questions for any story")
    box = section.locator("textarea").first
    box.click()
    page.keyboard.type("One.")
    page.keyboard.press("Enter")
    page.keyboard.type("Two.")
    assert box.input_value() == "One.\nTwo."
    page.keyboard.press("Control+z")
    assert box.input_value() != "One.\nTwo."
    page.keyboard.press("Control+Shift+z")
    wait_saved(section)
    page.keyboard.press("Escape")
    page.wait_for_timeout(4000)
    page.keyboard.press("Control+s")
    page.wait_for_timeout(3000)
    notebook.stop_kernels()
    page.goto(address)
    page.locator(".jp-WindowedPanel-outer").wait_for(timeout=60_000)
    still = page.locator(".cd-still:has(.cd-later)", has=page.locator("h3", has_text="Three questions"))
    shown = scroll_to(page, still)
    assert "Run All Cells" in (shown.locator(".cd-later").text_content() or "")
    assert shown.get_by_text("Two.").count()
    page.wait_for_timeout(3000)
    assert not page.get_by_text("model not found").first.is_visible()


def test_a_cell_run_alone_after_a_restart_says_what_to_do(page: Page, notebook: Lab) -> None:
    page.goto(f"{notebook.base}/notebooks/notebooks/00_start_here.ipynb?token={notebook.token}")
    cell = page.locator(".jp-CodeCell", has_text="Exercise: Your first mark")
    until(page, LISTENS)
    cell.locator(".jp-InputPlaceholder").click()
    page.keyboard.press("Control+Enter")
    cell.get_by_text(RESTARTED).first.wait_for(timeout=60_000)
    assert "Traceback" not in (cell.text_content() or "") and "NameError" not in (cell.text_content() or "")
