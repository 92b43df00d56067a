"""A key edited in a real JupyterLab: a whole pass by the keyboard alone, kept through a restart, shown twice."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from copydesk.story.story import load_story
from tests.browser.coder import COUNT, SCREEN, Coder, spans
from tests.browser.lab import Lab, accept_dialog, cell_count, restart_kernel, run_all
from tests.browser.test_keyboard import HERE, tab_to

pytestmark = pytest.mark.browser
BOOK = "instructor/edit_key"
STORY = "greywater-barrage"
ON_WORD = f"{HERE}.matches('.cd-word')"


@pytest.fixture
def opened(page, lab: Lab) -> Path:
    """The screen with its notebook run; gives the key that it writes."""
    lab.open(page, BOOK)
    run_all(page)
    page.locator(SCREEN).wait_for(timeout=30_000)
    return lab.home / "notebooks" / "instructor" / "tried_out" / STORY / "key.json"


def to_screen(page) -> None:
    """From the first cell to the parts of the editor, with Tab and nothing else."""
    page.locator(".jp-Cell").first.focus()
    tab_to(page, f"{HERE}.matches('.cd-kedit [role=tab]')", most=80)


def saved(page) -> None:
    page.locator(f'{SCREEN} .cd-saved[data-state="saved"]').wait_for(timeout=15_000)


def left(page, part: str) -> str:
    """What stands beside the name of a part: how many entries are to be confirmed, or a tick."""
    return page.locator(f"{SCREEN} [role=tab]", has_text=part).locator(".cd-kcount").inner_text()


def wanted_key():
    """The key that the draft is to become: blocks, attributions, speakers and voice of the story as it was made."""
    return load_story(STORY).key


def test_a_draft_becomes_a_key_by_keyboard_alone(page, lab: Lab, opened: Path) -> None:
    story, key = load_story(STORY), wanted_key()
    coder, cells = Coder(page, opened, story), cell_count(page)
    to_screen(page)
    page.evaluate(COUNT)
    coder.press("Tab")
    coder.press("Shift+Enter")  # the page was looked through: the reader has all lines right
    assert left(page, "Page") == "✓"
    coder.press("Enter")
    assert coder.part().startswith("Who says so")
    pending = [a.data for a in key.attributions]
    while left(page, "Who says so") != "✓":
        draft = coder.entry("attributions", coder.current())
        wanted = coder.nearest(draft, pending)
        if wanted is None:
            coder.press("x")
            continue
        pending = [a for a in pending if a["id"] != wanted["id"]]
        coder.correct(wanted)
        coder.press("Enter")
    for missing in pending:
        coder.press("n")
        coder.correct(missing)
        coder.press("Enter")
    events = page.evaluate("window.__events")
    print("part one", events, Counter(k for k in coder.pressed).most_common())
    made = coder.disk()
    for wanted in (a.data for a in key.attributions):
        draft = coder.nearest(wanted, made["attributions"])
        for role in ("source", "cue", "content"):
            assert coder._same(spans(draft, role), spans(wanted, role)), (wanted["id"], role)
        for name in ("region", "form", "speaker", "kind", "counted"):
            assert draft[name] == wanted[name], (wanted["id"], name)
    assert cell_count(page) == cells, "keys reached JupyterLab"
