"""Lesson 02 in a real JupyterLab: by pointer, by keys alone, through a killed kernel and back."""

from __future__ import annotations

import json
import statistics
import time

import pytest
from axe_playwright_python.sync_playwright import Axe

from copydesk import load_story
from copydesk.lessons.lesson import list_lessons, load_lesson
from tests.browser.lab import NOTEBOOKS, Lab, cell_count, each_theme, exercise, restart_kernel, run_all

pytestmark = pytest.mark.browser
LESSON = "02_who_says_so"
TEXT = load_story("baltics-2022").article.text


def words(section):
    return section.locator(".cd-word")


def index_of(section, offset: int) -> int:
    """The number of the word that holds this code point, by the offsets of the key."""
    from copydesk.base.spans import chunks
    from copydesk.story.story import load_story

    story = load_story("baltics-2022")
    shown = section.locator(".cd-block .cd-blockname").all_text_contents()
    shown = [name.replace("¶ ", "p") for name in shown]
    found = [c for name in shown for c in chunks(story.article.text, story.article.block(name).span)]
    return next(i for i, c in enumerate(found) if c.start <= offset < c.end)


def saved(lab: Lab, exercise_id: str) -> dict:
    file = lab.answers / "baltics-2022" / f"{LESSON}.json"
    return json.loads(file.read_text())["exercises"].get(exercise_id, {}) if file.exists() else {}


def wait_saved(section) -> None:
    section.locator('.cd-saved[data-state="saved"]').wait_for(timeout=10_000)


def key_target(exercise_id: str, entry_id: str):
    lesson = load_lesson(LESSON)
    return next(t for t in lesson.exercise(exercise_id).targets(lesson.key) if t.entry.id == entry_id)


def pick_by_keys(page, section, start: int, end: int) -> None:
    """From the focused text: go to the first word of a span and extend to its last, by keys alone."""
    page.keyboard.press("Home")
    for _ in range(12):
        page.keyboard.press("PageUp")
    first, last = index_of(section, start), index_of(section, end - 1)
    for _ in range(first):
        page.keyboard.press("ArrowRight")
    for _ in range(last - first):
        page.keyboard.press("Shift+ArrowRight")


def drag(page, section, start: int, end: int) -> None:
    first, last = words(section).nth(index_of(section, start)), words(section).nth(index_of(section, end - 1))
    first.scroll_into_view_if_needed()
    a, b = first.bounding_box(), last.bounding_box()
    page.mouse.move(a["x"] + 3, a["y"] + a["height"] / 2)
    page.mouse.down()
    page.mouse.move(b["x"] + b["width"] - 3, b["y"] + b["height"] / 2, steps=8)
    page.mouse.up()


def test_marks_by_pointer_and_keys_survive_a_killed_kernel(page, lab: Lab) -> None:
    lab.open(page, LESSON)
    run_all(page)
    for each in load_lesson(LESSON).exercises:
        if not each.is_example:  # the worked example stands still
            exercise(page, each.title)

    section = exercise(page, "The cues are given")
    one = key_target("mark_cues", "A7")
    drag(page, section, one.roles["source"][0].start, one.roles["source"][0].end)
    section.locator(".cd-tools .cd-label", has_text="source").click()
    wait_saved(section)
    kept = saved(lab, "mark_cues")["answer"]["groups"][1]
    assert kept["source"] == [[one.roles["source"][0].start, one.roles["source"][0].end]]

    alone = exercise(page, "On your own")
    words(alone).first.focus()
    two = key_target("mark_alone", "A8")
    for role, key in (("source", "1"), ("cue", "2"), ("content", "3")):
        pick_by_keys(page, alone, two.roles[role][0].start, two.roles[role][0].end)
        page.keyboard.press(key)
    wait_saved(alone)
    kept = saved(lab, "mark_alone")["answer"]["groups"]
    assert len(kept) == 1
    assert TEXT[slice(*kept[0]["cue"][0])] == two.roles["cue"][0].of(TEXT)

    page.keyboard.press("Enter")  # this spends no try
    alone.get_by_role("button", name="Check").click()
    alone.locator(".cd-lacks", has_text="No form chosen yet").wait_for(timeout=10_000)
    alone.get_by_role("button", name="Check").click()
    alone.locator('.cd-headline[data-status="not_yet"]').wait_for(timeout=10_000)
    assert "1 of 2 tries left" in alone.locator(".cd-tries").text_content()
    assert alone.locator(".cd-details li").count() >= 3
    assert not alone.locator(".cd-key").count(), "the key is not shown before the last try"

    restart_kernel(page)
    run_all(page)
    again = exercise(page, "On your own")
    again.locator(".cd-m-source").first.wait_for(timeout=20_000)
    assert "1 of 2 tries left" in again.locator(".cd-tries").text_content()
    assert saved(lab, "mark_alone")["answer"]["groups"] == kept


def test_what_is_not_saved_is_not_called_saved(page, lab: Lab) -> None:
    """With the kernel gone a change is kept in the tab, said to be unsaved, and back when the cell runs again."""
    lab.open(page, LESSON)
    run_all(page)
    section = exercise(page, "Half done for you")
    page.get_by_role("menuitem", name="Kernel", exact=True).click()
    page.locator('li[data-command="kernelmenu:shutdown"]').click()
    page.wait_for_timeout(1500)
    one = key_target("mark_help", "A2")
    words(section).first.focus()
    pick_by_keys(page, section, one.roles["content"][0].start, one.roles["content"][0].end)
    page.keyboard.press("3")
    section.locator('.cd-saved[data-state="unsaved"]').wait_for(timeout=10_000)
    assert section.locator(".cd-saved").get_attribute("aria-live") == "polite", "it is heard too"
    assert "content" not in str(saved(lab, "mark_help"))
    page.get_by_role("menuitem", name="Kernel", exact=True).click()
    page.locator('li[data-command="kernelmenu:restart"]').click()
    accept = page.locator(".jp-Dialog button.jp-mod-accept")
    if accept.count():
        accept.click()
    page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').first.wait_for(state="attached", timeout=60_000)
    run_all(page)
    again = exercise(page, "Half done for you")
    again.locator('.cd-saved[data-state="saved"]').wait_for(timeout=20_000)
    assert "content" in str(saved(lab, "mark_help"))


def test_a_key_press_shows_at_once_and_the_notebook_keeps_its_cells(page, lab: Lab) -> None:
    lab.open(page, LESSON)
    run_all(page)
    cells = len(json.loads((NOTEBOOKS / f"{LESSON}.ipynb").read_text())["cells"])
    assert cell_count(page) == cells, "an earlier test left cells behind"
    section = exercise(page, "On your own")
    words(section).first.focus()
    page.evaluate(
        """() => { window.cdTimes = []; document.addEventListener('keydown', () => {
            const start = performance.now();
            requestAnimationFrame(() => setTimeout(() => window.cdTimes.push(performance.now() - start)));
        }, true); }"""
    )
    for key in ["ArrowRight", "Shift+ArrowRight", "3", "a", "1", "n", "ArrowDown", "2", "Control+z", "Control+y"] * 3:
        page.keyboard.press(key)
        time.sleep(0.05)
    times = page.evaluate("window.cdTimes")
    print(f"key press to visible mark: median {statistics.median(times):.1f} ms over {len(times)} keys")
    assert len(times) >= 30
    assert cell_count(page) == cells, "letters and digits reached JupyterLab"
    assert words(section).nth(0).evaluate("() => document.activeElement.classList.contains('cd-word')")


@pytest.mark.parametrize("lesson", list_lessons())
def test_axe_finds_nothing_serious(page, lab: Lab, lesson: str) -> None:
    lab.open(page, lesson)
    run_all(page)
    exercise(page, next(e.title for e in load_lesson(lesson).exercises if not e.is_example))
    for theme in each_theme(page):
        found = Axe().run(page, context={"include": [["section.cd"]]}).response["violations"]
        serious = [f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in found if v["impact"] in ("serious", "critical")]
        assert not serious, (theme, serious)
