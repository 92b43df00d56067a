"""A phone, by touch alone: what is said can be done is in sight, nothing lies over anything, no press is lost."""

from __future__ import annotations

import pytest

from tests.browser.lab import Lab
from tests.browser.test_walks import BOX, opened

pytestmark = pytest.mark.browser
PHONE = (390, 700)
TEXT_RIGHT = (
    "e => { const r = document.createRange(); r.selectNodeContents(e); return r.getBoundingClientRect().right; }"
)


@pytest.fixture
def phone(browser):
    """A page on a phone."""
    context = browser.new_context(has_touch=True, is_mobile=True, viewport={"width": 390, "height": 700})
    yield context.new_page()
    context.close()


def mark(section, first: int, last: int, role: str) -> None:
    """Tap the first word, then the last, then the label."""
    for word in sorted({first, last}):
        section.locator(".cd-word").nth(word).tap()
    section.locator(".cd-tools").get_by_role("button", name=role).tap()


def in_sight(dock, tools) -> bool:
    """Whether each of these stands whole in the bar, which is whole on the screen."""
    frame = dock.evaluate(BOX)
    boxes = [tool.evaluate(BOX) for tool in tools.all()]
    return all(
        frame["left"] <= b["left"] and b["right"] <= frame["right"] + 1 for b in boxes if b["width"] > 1
    ) and all(b["bottom"] <= frame["bottom"] + 1 for b in boxes)


def test_every_tool_of_a_marking_exercise_is_in_sight(phone, lab: Lab) -> None:
    section = opened(phone, lab, ("00_start_here", "second_mark"), PHONE)
    mark(section, 0, 8, "content")
    assert "New attribution" in section.locator(".cd-now").inner_text()
    tools = section.locator(".cd-dock button:visible")
    assert tools.count() == 8 and in_sight(section.locator(".cd-dock"), tools)
    assert not section.locator(".cd-dock kbd:visible").count(), "no key is named where there is none"
    assert not section.locator(".cd-keys").is_visible()
    section.get_by_role("button", name="New attribution").tap()
    mark(section, 13, 15, "source")
    first = section.locator(".cd-groups li").first
    name, acts = first.locator("strong"), first.locator(".cd-acts")
    assert name.evaluate(TEXT_RIGHT) <= acts.evaluate(BOX)["left"] + 1, "the name lies under no button"
    wide = "(e) => [e.scrollWidth, e.clientWidth]"
    whole, seen = phone.locator(".jp-WindowedPanel-outer").evaluate(wide)
    assert whole <= seen, "the notebook cannot be pushed sideways"


def test_words_picked_on_a_mark_have_the_colour_of_a_pick(phone, lab: Lab) -> None:
    """A still text further down brings its style sheet later, which also has the colours of marks."""
    section = opened(phone, lab, ("02_who_says_so", "mark_help"), PHONE)
    word = section.locator(".cd-word.cd-m-cue").first
    colour = "e => getComputedStyle(e).backgroundColor"
    before = word.evaluate(colour)
    word.tap()
    picked = section.locator(".cd-picked").first.evaluate(colour)
    section.locator(".cd-word:not([class*=cd-m-])").last.tap()
    plain = section.locator(".cd-picked").last.evaluate(colour)
    assert picked == plain != before


def test_a_press_right_after_typing_counts(phone, lab: Lab) -> None:
    """Leaving a box saves it, and what is said of that moves no button under the finger."""
    section = opened(phone, lab, ("00_start_here", "routine"), (390, 844))
    for box in section.locator("textarea").all():
        box.tap()
        phone.keyboard.type("Two words and more.")
    section.locator('.cd-saved[data-state="saved"]').wait_for(timeout=10_000)
    section.evaluate("e => e.scrollIntoView({ block: 'end' })")  # the bar stands at its own place
    button = section.get_by_role("button", name="Keep my answer")
    button.evaluate("e => { window.hits = 0; e.addEventListener('click', () => { window.hits += 1; }); }")
    section.locator("textarea").last.tap()
    phone.keyboard.type(" Then")
    at = button.evaluate(BOX)
    phone.touchscreen.tap(at["x"] + at["width"] / 2, at["bottom"] - 5)
    phone.wait_for_timeout(300)
    assert phone.evaluate("window.hits") == 1
    section.locator(".cd-headline:not(:empty)").wait_for(timeout=10_000)


def test_what_is_chosen_of_a_device_can_be_read(phone, lab: Lab) -> None:
    section = opened(phone, lab, ("04_which_words_frame", "transfer_devices"), PHONE)
    mark(section, 1, 3, "device")
    row = section.locator(".cd-groups li").first
    assert row.locator("select").evaluate(BOX)["width"] > 0.75 * row.evaluate(BOX)["width"]
