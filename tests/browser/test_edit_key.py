"""A key edited in a real JupyterLab: a whole pass by the keyboard alone, kept through a restart, shown twice."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from copydesk.base.spans import words
from copydesk.story.key import read_key
from copydesk.story.story import load_story
from copydesk_classroom.checking import key_faults
from tests.browser.coder import COUNT, SCREEN, Coder
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


BEFORE = 1298
"""The lines of key that somebody wrote by hand for a story of 297 words, before there was this editor."""


def test_a_draft_becomes_a_key_by_keyboard_alone(page, lab: Lab, opened: Path) -> None:
    story = load_story(STORY)
    key, cells = story.key, cell_count(page)
    coder = Coder(page, opened, story)
    to_screen(page)
    page.evaluate(COUNT)
    coder.press("Tab")
    coder.code_page()
    assert left(page, "Page") == "✓"
    assert coder.part().startswith("Who says so")
    coder.code_attributions([a.data for a in key.attributions])
    assert left(page, "Who says so") == "✓"
    assert left(page, "Speakers") == "✓", "who confirms what somebody says confirms the speaker"
    coder.next_part()
    assert coder.part().startswith("Voice")
    coder.code_voice(key.layer("sentences"))
    assert left(page, "Voice") == "✓"

    pressed = page.evaluate("window.__events")
    of = sum(len(words(story.article.text, b.span)) for b in story.article.blocks)
    each = pressed["keydown"] / of
    print(
        f"\n{pressed['keydown']} keys and {pressed['pointerdown']} clicks for {of} words and {len(key.attributions)} "
        f"attributions; {each * 300:.0f} for 300 words, where {BEFORE} lines were written by hand"
    )
    assert pressed["pointerdown"] == 0 and each * 300 < BEFORE / 5
    saved(page)
    coder.assert_like(key)
    assert key_faults(read_key(opened), story.article) == []
    assert cell_count(page) == cells, "keys reached JupyterLab"
    for lesson in ("02", "03"):
        assert page.locator(f'{SCREEN} .cd-klessons li[data-done="true"]', has_text=lesson).count() == 1

    restart_kernel(page)
    run_all(page)
    page.locator(SCREEN).wait_for(timeout=30_000)
    assert [left(page, part) for part in ("Page", "Who says so", "Speakers", "Voice")] == ["✓"] * 4
    coder.assert_like(key)


def open_part(page, title: str) -> None:
    page.locator(f"{SCREEN} [role=tab]", has_text=title).click()


def word(page, text: str, n: int = 0):
    return page.locator(f"{SCREEN} .cd-word", has_text=text).nth(n)


def drag(page, first, last) -> None:
    first.scroll_into_view_if_needed()
    a, b = first.bounding_box(), last.bounding_box()
    page.mouse.move(a["x"] + 4, a["y"] + a["height"] / 2)
    page.mouse.down()
    page.mouse.move(b["x"] + b["width"] - 4, b["y"] + b["height"] / 2, steps=4)
    page.mouse.up()


def attribution(opened: Path, speaker: str, n: int = 0) -> dict:
    key = json.loads(opened.read_text("utf-8"))
    return [a for a in key["attributions"] if a["speaker"] == speaker][n]


def test_by_mouse_words_are_clicked_picked_and_labelled(page, lab: Lab, opened: Path) -> None:
    section = page.locator(SCREEN)
    open_part(page, "Who says so")
    chosen = section.locator(".cd-khead strong")
    assert chosen.inner_text() == "Attribution 1 of 17"
    word(page, "tap").click()
    chosen.filter(has_text="Attribution 2 of 17").wait_for(timeout=5000)
    assert section.locator(".cd-popup").first.is_hidden(), "a click that only chooses opens nothing"
    section.get_by_role("button", name="Confirm, next").click()
    chosen.filter(has_text="Attribution 3 of 17").wait_for(timeout=5000)
    section.get_by_role("button", name="Remove").click()
    saved(page)
    assert left(page, "Who says so") == "15"
    section.get_by_role("button", name="Undo").click()
    chosen.filter(has_text="of 17").wait_for(timeout=5000)
    word(page, "demands").click()
    page.wait_for_timeout(300)
    drag(page, word(page, "Sorrin", 2), word(page, "lodged"))
    section.locator(".cd-popup .cd-l-source").click()
    section.get_by_role("button", name="Confirm, next").click()
    saved(page)
    text = load_story(STORY).article.text
    found = [a for a in json.loads(opened.read_text("utf-8"))["attributions"] if "unconfirmed" not in a]
    assert sorted(a["id"] for a in found) == ["A1", *[a["id"] for a in found if a["id"] != "A1"]] and len(found) == 2
    source = next(a["source"] for a in found if a["region"] == "p2")
    assert text[source["start"] : source["end"]] == "Sorrin lodged"


def test_a_fault_leads_to_its_entry_and_a_line_to_another_kind(page, lab: Lab, opened: Path) -> None:
    section = page.locator(SCREEN)
    open_part(page, "Who says so")
    word(page, "demands").click()
    page.wait_for_timeout(300)
    page.keyboard.press("d")
    saved(page)
    assert left(page, "Check") == "1"
    open_part(page, "Check")
    fault = section.locator(".cd-kcheck button", has_text="quotation marks")
    assert fault.count() == 1
    fault.click()
    assert section.locator(".cd-kentry").get_attribute("data-id") == "A3"
    assert page.evaluate(ON_WORD), "the focus is on its words"
    page.keyboard.press("Control+z")
    page.wait_for_function(f"document.querySelector('{SCREEN} [role=tab]:last-child .cd-kcount').textContent === '✓'")
    open_part(page, "Page")
    rows = section.locator(".cd-krow")
    rows.nth(2).click()
    page.keyboard.press("1")  # the standfirst is a second headline
    page.keyboard.press("0")  # the byline is story
    saved(page)
    page.wait_for_function(f"document.querySelectorAll('{SCREEN} .cd-krow .cd-blockname')[3].textContent === 'p1'")
    assert '[lines]\n"5" = "headline"\n"7" = "paragraph"' in (opened.parent / "story.toml").read_text("utf-8")
    assert load_story(opened.parent).article.block("p2").start == load_story(STORY).article.block("p1").start


def test_what_a_lost_kernel_did_not_hear_is_sent_again(page, lab: Lab, opened: Path) -> None:
    open_part(page, "Voice")
    page.locator(f"{SCREEN} .cd-krow").first.click()
    page.keyboard.press("1")
    saved(page)
    for session in json.load(lab._ask("sessions")):
        lab._ask(f"kernels/{session['kernel']['id']}", method="DELETE").close()
    page.wait_for_timeout(500)
    page.keyboard.press("2")
    page.locator(f'{SCREEN} .cd-saved[data-state="unsaved"]').wait_for(timeout=15_000)
    assert left(page, "Voice") == "22", "painted without a kernel"
    voices = [s["voice"] for s in json.loads(opened.read_text("utf-8"))["sentences"] if "unconfirmed" not in s]
    assert voices == ["reporter"]
    page.get_by_role("menuitem", name="Kernel", exact=True).click()
    page.locator('li[data-command="kernelmenu:restart"]').click()
    page.wait_for_timeout(3000)
    accept_dialog(page)
    page.get_by_role("menuitem", name="Edit", exact=True).click()
    page.locator('li[data-command="editmenu:clear-all"]').click()
    run_all(page)
    page.locator(SCREEN).wait_for(timeout=30_000)
    saved(page)
    voices = [s["voice"] for s in json.loads(opened.read_text("utf-8"))["sentences"] if "unconfirmed" not in s]
    assert voices == ["reporter", "attributed"]


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
@pytest.mark.parametrize("width", [1280, 800])
def test_axe_finds_nothing_and_nothing_is_cut_off(page, lab: Lab, theme: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    lab.open(page, BOOK, theme=theme)
    run_all(page)
    section = page.locator(SCREEN)
    section.wait_for(timeout=30_000)
    for part in ("Page", "Who says so", "Speakers", "Voice", "Devices", "Frames", "Check"):
        open_part(page, part)
        if section.locator("details.cd-kdiffer").count():
            section.locator("details.cd-kdiffer summary").first.evaluate("el => { el.parentElement.open = true; }")
        found = Axe().run(page, context={"include": [[SCREEN]]}).response["violations"]
        assert not found, [f"{part}: {v['id']}: {v['nodes'][0]['html'][:200]}" for v in found]
        assert section.evaluate("el => el.scrollWidth <= el.clientWidth"), f"{part} is cut off"
        sizes = (
            "els => els.filter(el => el.offsetParent).map(el => el.getBoundingClientRect())"
            ".map(r => [r.width, r.height])"
        )
        targets = section.locator("button, select, input[type=text], summary").evaluate_all(sizes)
        assert min(min(size) for size in targets) >= 24, part
