"""What annoyed a first-time student on walks through lessons 00, 01 and 02, and does no more."""

from __future__ import annotations

from itertools import pairwise

import pytest

from copydesk.lessons.lesson import load_lesson
from tests.browser.lab import Lab, exercise, run_all
from tests.browser.test_screen import pick, wait_saved

pytestmark = pytest.mark.browser
SCREENS = [(390, 600, 0.25), (1280, 560, 0.2)]
"""Low screens, and how much of one the bar may take."""
BOX = "e => e.getBoundingClientRect().toJSON()"


def opened(page, lab: Lab, where: tuple[str, str], screen: tuple[int, int] = (1280, 900)):
    """An exercise, by lesson and id, at the top of a screen of that size, with the side bars closed."""
    lesson, name = where
    page.set_viewport_size({"width": screen[0], "height": screen[1]})
    lab.open(page, lesson)
    page.evaluate("() => { const s = jupyterapp.shell; s.collapseLeft(); s.collapseRight(); }")
    run_all(page)
    section = exercise(page, load_lesson(lesson).exercise(name).title)
    page.wait_for_timeout(1500)  # outputs above it still grow
    section.evaluate("e => e.scrollIntoView({ block: 'start' })")
    page.wait_for_timeout(300)
    return section


@pytest.mark.parametrize("size", SCREENS)
def test_the_dock_is_slim_on_a_low_screen_and_covers_no_title(page, lab: Lab, size: tuple[int, int, float]) -> None:
    width, height, share = size
    section = opened(page, lab, ("00_start_here", "second_mark"), (width, height))
    screen = page.locator(".jp-WindowedPanel-outer")
    room = screen.evaluate("e => e.clientHeight")
    dock, labels = section.locator(".cd-dock"), section.locator(".cd-tools .cd-label")
    assert dock.evaluate(BOX)["height"] <= share * room
    button = section.get_by_role("button", name="Check").evaluate(BOX)
    assert [label.evaluate(BOX)["bottom"] <= button["bottom"] + 8 for label in labels.all()] == [True] * 3
    right = dock.evaluate(BOX)["right"]
    whole = all(label.evaluate(BOX)["right"] <= right + 1 for label in labels.all())
    scrolls = section.locator(".cd-tools").evaluate("e => getComputedStyle(e).overflowX") == "auto"
    assert whole or scrolls, "no label is out of reach"
    title = section.locator(".cd-title").evaluate(BOX)
    screen.evaluate("(e, by) => { e.scrollTop -= by; }", room - 90)  # only the title is on the screen
    page.wait_for_timeout(400)
    title, top = section.locator(".cd-title").evaluate(BOX), dock.evaluate(BOX)["top"]
    assert title["top"] < page.viewport_size["height"] and title["bottom"] <= top


def test_a_result_is_in_view_whole(page, lab: Lab) -> None:
    section = opened(page, lab, ("00_start_here", "second_mark"), (1280, 800))
    pick(page, section, 0, 5)
    page.keyboard.press("3")
    wait_saved(section)
    section.get_by_role("button", name="Check").click()
    section.locator(".cd-lacks").wait_for(timeout=10_000)
    page.wait_for_timeout(300)
    seen = page.locator(".jp-WindowedPanel-outer").evaluate(BOX)
    result = section.locator(".cd-result").evaluate(BOX)
    assert seen["top"] <= result["top"] and result["bottom"] <= seen["bottom"] + 1


def test_a_mark_says_its_role_and_a_judged_one_is_no_longer_being_built(page, lab: Lab) -> None:
    section = opened(page, lab, ("00_start_here", "first_mark"))
    for first, last, key in ((7, 15, "3"), (16, 19, "1"), (20, 20, "2")):
        pick(page, section, first, last)
        page.keyboard.press(key)
    wait_saved(section)
    tags = section.locator(".cd-text .cd-tag:not(:empty)")
    assert tags.all_inner_texts() == ["content 1", "source 1", "C1"]
    assert (
        "being built" not in section.inner_text() and "You are building" in section.locator(".cd-groups").inner_text()
    )
    section.get_by_role("button", name="Check").click()
    section.locator(".cd-groups li[data-mark=full]").wait_for(timeout=10_000)
    assert "You are building" not in section.locator(".cd-groups").inner_text()
    assert "Point at a mark" in section.locator(".cd-now").inner_text()
    assert tags.all_inner_texts() == ["content 1✓", "source 1✓", "C1✓"]
    assert {tag.evaluate("e => getComputedStyle(e).zIndex") for tag in tags.all()} == {"1"}, (
        "the words after it do not lie over a tag"
    )


def test_an_attribution_uses_the_width_of_a_phone(page, lab: Lab) -> None:
    section = opened(page, lab, ("02_who_says_so", "mark_help"), (390, 844))
    row = section.locator(".cd-groups li").first
    whole = row.evaluate(BOX)["width"]
    assert row.locator(".cd-parts").evaluate(BOX)["width"] > 0.9 * whole
    assert row.locator("select").evaluate(BOX)["width"] > 0.9 * whole
    name, acts = row.locator("strong").evaluate(BOX), row.locator(".cd-acts").evaluate(BOX)
    assert name["right"] <= acts["left"] + 1, "the name lies under no button"


def test_blocks_are_sorted_on_the_page(page, lab: Lab) -> None:
    """The page stands as one column; a block looks like what it was taken for, and in the end like what it is."""
    lesson = load_lesson("01_what_is_on_the_page")
    asked = lesson.exercise("transfer_blocks")
    own = lesson.on_story_of(asked)
    best = next(iter(asked.model_answers(own.key, own.story.article.text).values()))["choices"]
    classes = [*asked.labels]
    section = opened(page, lab, (lesson.id, asked.id))
    blocks = section.locator(".cd-sheet > .cd-item")
    shown = [item["id"] for item in asked.shown_items(own.story)]
    assert blocks.count() == len(shown) == 6
    tops = [block.evaluate(BOX) for block in blocks.all()]
    assert all(abs(above["bottom"] - below["top"]) < 1 for above, below in pairwise(tops))
    for n, item in enumerate(shown):
        blocks.nth(n).locator("input").first.focus()
        page.keyboard.press(str(1 + (classes.index(best[item]) + (n == 0)) % 2))  # the first one is wrong
    looks = [block.get_attribute("data-look") for block in blocks.all()]
    assert looks[1:] == [str(classes.index(best[item])) for item in shown[1:]]
    wait_saved(section)
    switch = section.get_by_role("group", name="The page as sorted")
    assert not switch.count()
    section.get_by_role("button", name="Check").click()
    blocks.locator(".cd-said:not(:empty)").first.wait_for(timeout=10_000)
    assert not switch.count(), "the key is not shown yet"
    wrong = classes[int(looks[0] or 0)]
    blocks.nth(1).locator("input").nth(classes.index(wrong)).check()  # another wrong one, and the last try
    section.get_by_role("button", name="Check").click()
    switch.wait_for(timeout=10_000)
    switch.get_by_role("button", name="By the key").click()
    assert [block.get_attribute("data-look") for block in blocks.all()] == [
        str(classes.index(best[item])) for item in shown
    ]
    assert blocks.nth(0).locator("input:checked").get_attribute("value") == wrong, "the own answer stays"
    switch.get_by_role("button", name="By you").click()
    assert blocks.nth(0).get_attribute("data-look") == looks[0]


@pytest.mark.parametrize("width", [390, 800, 1280])
def test_the_text_of_a_chart_can_be_read(page, lab: Lab, width: int) -> None:
    opened(page, lab, ("00_start_here", "second_mark"), (width, 844))
    figure = page.evaluate_handle(
        """async () => {
            const kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel;
            const code = "from copydesk.views.plots import voices_figure; from copydesk import load_story; "
                + "voices_figure(load_story('practice'))";
            const asked = kernel.requestExecute({ code });
            let html = '';
            asked.onIOPub = ({ content }) => { html = content?.data?.['text/html'] ?? html; };
            await asked.done;
            const place = document.querySelector('section.cd').parentElement;
            place.insertAdjacentHTML('afterbegin', html);
            return place.querySelector('.cd-figure');
        }"""
    )
    texts = figure.evaluate(
        """e => [...e.querySelectorAll('svg text')].map(t => [
            parseFloat(getComputedStyle(t).fontSize) * t.getScreenCTM().a, t.getBoundingClientRect().width
        ]).filter(([, wide]) => wide).map(([size]) => size)"""
    )
    assert texts and min(texts) >= 10.9
