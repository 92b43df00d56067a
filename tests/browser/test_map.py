"""The map in a real JupyterLab: by pointer, touch and keys, with its kernel gone, at both widths, in both themes."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.lab import Lab, cell_count, each_theme, run_all, until
from tests.browser.test_keyboard import HERE, tab_to

pytestmark = pytest.mark.browser
CELL = 'import copydesk\n\ncopydesk.open_lesson("07_what_was_going_on").map()'
Open = Callable[..., None]


@pytest.fixture
def show(lab: Lab, page) -> Open:
    """Open a notebook that shows the map and nothing else, as wide as asked."""
    cell = {"cell_type": "code", "id": "map", "source": CELL, "metadata": {}, "outputs": [], "execution_count": None}
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    notebook = {"cells": [cell], "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    (lab.home / "notebooks" / "map.ipynb").write_text(json.dumps(notebook))

    def shown(*, width: int = 1280) -> None:
        lab.open(page, "map")
        run_all(page)
        page.locator(".live").wait_for(timeout=30_000)
        if width < 1000:
            page.evaluate("window.jupyterapp.shell.collapseLeft()")
        page.set_viewport_size({"width": width, "height": 1000})
        page.wait_for_timeout(500)

    return shown


def told(page) -> str:
    return page.locator(".live .here").inner_text()


def end_kernel(lab: Lab) -> None:
    """Take the kernel away, as a culler or a closed laptop does."""
    for session in json.load(lab._ask("sessions")):
        lab._ask(f"sessions/{session['id']}", method="DELETE").close()


def test_each_state_is_told_by_pointer_and_tap(page, show: Open) -> None:
    show()
    europe = page.locator(".live figure:not([hidden])")
    europe.locator('[data-place="246"]').hover()
    assert told(page) == "Finland: not a member of NATO on 12 January 2022."
    page.locator(".live h3").hover()
    assert told(page).startswith("Point at a state")
    europe.locator('[data-place="crimea"]').click()
    assert told(page).startswith("Crimea: ") and "68/262" in told(page)
    page.locator(".live h3").hover()
    assert told(page).startswith("Crimea: "), "what was tapped stays"
    for path in europe.locator("[data-place]").all():
        assert page.evaluate("path => path.getAttribute('aria-label')", path.element_handle()).count(":")


def test_everything_by_keyboard_and_without_a_kernel(page, lab: Lab, show: Open) -> None:
    show()
    end_kernel(lab)
    tab_to(page, f"{HERE}.matches('.live button')")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.locator(".live h3").inner_text() == "EU members on 12 January 2022"
    tab_to(page, f"{HERE}.matches('.live input')")
    page.keyboard.press("ArrowRight")
    assert page.locator(".live h3").inner_text() == "EU members on 4 April 2023"
    for _ in range(4):
        page.keyboard.press("ArrowLeft")
    assert page.locator(".live .news").inner_text().startswith("On 5 June 2017, the EU has 28 members.")
    assert page.evaluate(f"{HERE}.getAttribute('aria-valuetext')") == "5 June 2017"
    page.keyboard.press("End")
    assert "member of EU since" in page.locator(".live thead").inner_text()
    tab_to(page, f"{HERE}.matches('.live [role=option]')")
    assert told(page) == "Estonia: member of the EU since 1 May 2004."
    page.keyboard.press("ArrowDown")
    assert told(page).startswith("Faroe Islands: not a member of the EU on 7 March 2024.")
    page.keyboard.press("k")
    assert told(page).startswith("Kaliningrad (Russia): ") and "drawn apart" in told(page)
    assert page.locator(".live figure:not([hidden]) .outline").get_attribute("d")
    page.keyboard.press("Tab")
    assert not page.evaluate(f"{HERE}.matches('.live [role=option]')"), "the drawing is one stop"
    assert cell_count(page) == 1, "keys reached JupyterLab"


def test_the_other_view_by_button(page, show: Open) -> None:
    show()
    page.get_by_role("button", name="Around the three states").click()
    assert page.locator(".live figure:visible svg").get_attribute("aria-label").startswith("Map, Around the three")
    assert "Lake Peipus" in page.locator(".live .note:visible").inner_text()
    page.locator(".live figure:visible [data-place='112']").hover()
    assert told(page) == "Belarus: not a member of NATO on 12 January 2022."


def test_a_still_map_stands_where_no_live_one_is(page, lab: Lab, show: Open) -> None:
    """The still map is hidden beside the live one, and there again when the notebook is opened without its kernel."""
    show()
    still = page.locator(".cd-still .cd-map")
    assert still.count() == 1 and still.is_hidden()
    page.keyboard.press("Control+s")
    until(page, "!window.jupyterapp.shell.currentWidget.context.model.dirty")
    end_kernel(lab)
    page.reload()
    still.wait_for(timeout=60_000)
    assert page.locator(".live").count() == 0 and still.locator("figure svg").count() == 2
    assert "NATO has 30 members" in still.inner_text()


OVERLAPS = """() => {
  const box = (node) => node.getBoundingClientRect();
  const svg = document.querySelector('.live figure:not([hidden]) svg'), frame = box(svg);
  const texts = [...svg.querySelectorAll('text')].filter((text) => getComputedStyle(text).display !== 'none');
  const sizes = texts.map((text) => parseFloat(getComputedStyle(text).fontSize) * frame.width / 8000);
  const cut = ({ left, right, top, bottom }) =>
    left < frame.left || right > frame.right || top < frame.top || bottom > frame.bottom;
  const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom - 2 && b.top < a.bottom - 2;
  const pairs = texts.flatMap((one, n) => texts.slice(n + 1).map((other) => [one, other]));
  const wrong = [...texts.filter((text) => cut(box(text))).map((text) => [text])];
  wrong.push(...pairs.filter(([one, other]) => meet(box(one), box(other))));
  return [texts.length, Math.min(...sizes), wrong.map((found) => found.map((text) => text.textContent).join('/'))];
}"""
"""How many names are shown, how small the smallest type is, and what is cut off or lies on another."""


@pytest.mark.parametrize("width", [390, 800, 1280])
def test_it_fits_and_no_name_lies_on_another(page, show: Open, width: int) -> None:
    show(width=width)
    picture, tools = (page.locator(f".live {part}").bounding_box() for part in (".views", ".tools"))
    if width == 1280:
        assert tools["x"] > picture["x"] + picture["width"]
        assert tools["y"] + tools["height"] < picture["y"] + picture["height"], "all controls beside the picture"
    else:
        assert tools["y"] + tools["height"] <= picture["y"], "the controls stand above the picture"
        assert tools["height"] < 230
    assert page.evaluate("(map => map.scrollWidth <= map.clientWidth)(document.querySelector('.live'))")
    for view in ("Europe", "Around the three states"):
        page.get_by_role("button", name=view).click()
        names, smallest, wrong = page.evaluate(OVERLAPS)
        assert names >= 7 and smallest >= 9 and not wrong, (view, smallest, wrong)


@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing(page, show: Open, width: int) -> None:
    show(width=width)
    for theme in each_theme(page):
        page.locator(".live figure:not([hidden]) [data-place='440']").focus()
        found = Axe().run(page, context={"include": [[".live"]]}).response["violations"]
        assert not found, (theme, [f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in found])


CHANGES = """async () => {
  const slider = document.querySelector('.live input'), map = document.querySelector('.live'), times = [];
  for (let n = 0; n < 60; n++) {
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    const start = performance.now();
    slider.value = n % 14;
    slider.dispatchEvent(new Event('input', { bubbles: true }));
    map.getBoundingClientRect(); // style and layout
    times.push(performance.now() - start);
  }
  return times;
}"""
"""The time of 60 new dates in ms: script, style and layout, up to where the browser paints."""


def told_times(times: list[float]) -> str:
    """One line of a report."""
    high = statistics.quantiles(times, n=20)[-1]
    return f"a new date on the map of Europe  median {statistics.median(times):.1f} ms, p95 {high:.1f} ms (bar: 16 ms)"


def test_a_new_date_asks_nothing_of_the_kernel_and_says_how_long_it_took(page, lab: Lab, show: Open) -> None:
    """The figure is printed, not judged: `pytest -s` shows it. The bar is 16 ms, one frame."""
    show()
    end_kernel(lab)
    until(page, "document.querySelectorAll('.live').length === 1")
    times = page.evaluate(CHANGES)
    assert page.locator(".live h3").inner_text() != "NATO members on 12 January 2022"
    print(told_times(times))
