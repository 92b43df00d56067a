"""Prose graded in a real JupyterLab by the keyboard alone: kept through a restart, and when a kernel is gone."""

from __future__ import annotations

import json
import shutil

import pytest
from axe_playwright_python.sync_playwright import Axe

from copydesk_classroom.marking.rubric import Grade, graders
from tests.browser.lab import Lab, accept_dialog, cell_count, each_theme, restart_kernel, run_all
from tests.browser.test_keyboard import HERE, tab_to
from tests.classroom.made_class import put
from tests.classroom.test_prose import work, writing

pytestmark = pytest.mark.browser
BOOK = "instructor/grade_writing"
ROW = f"{HERE}.matches('.cd-row4 input')"
SCREEN = "section.cd-grade"


@pytest.fixture
def klass(lab: Lab):
    """Four learners’ hand-ins beside the notebook."""
    home = lab.home / "notebooks" / "instructor"
    for number in range(4):
        put(home / "submissions" / f"{number}.json", work(f"Learner {number}", writing(number)))
    return home


@pytest.fixture
def opened(page, lab: Lab, klass):
    """The screen with its notebook run, and the grades as they lie on the disk."""

    def on_disk() -> list[Grade]:
        return [*graders(klass / "grades").get("first", {}).values()] if (klass / "grades").is_dir() else []

    lab.open(page, BOOK)
    run_all(page)
    page.locator(SCREEN).wait_for(timeout=30_000)
    return on_disk


def to_rows(page) -> None:
    """From the first cell to the rubric, with Tab and nothing else."""
    page.locator(".jp-Cell").first.focus()
    tab_to(page, ROW, most=80)


def saved(page) -> None:
    page.locator(f'{SCREEN} .cd-saved[data-state="saved"]').wait_for(timeout=15_000)


def at(page) -> str:
    return page.locator(f"{SCREEN} .cd-at").text_content()


def wait_for_text(page, n: int) -> None:
    page.locator(f"{SCREEN} .cd-at", has_text=f"{n} of 4").wait_for(timeout=15_000)


def points(page) -> list[str]:
    chosen = "rows => rows.filter(r => !r.hidden).map(r => r.querySelector('input:checked')?.value ?? '')"
    return page.locator(f"{SCREEN} .cd-row4").evaluate_all(chosen)


def grade_here(page, digits: str) -> None:
    for n, digit in enumerate(digits):
        page.keyboard.press(digit)
        if n < len(digits) - 1:
            page.keyboard.press("ArrowDown")


def test_three_texts_by_keyboard_alone_and_after_a_restart(page, lab: Lab, opened) -> None:
    cells = cell_count(page)
    to_rows(page)
    given = ["2312", "0123", "3333"]
    for number, digits in enumerate(given, 1):
        wait_for_text(page, number)
        grade_here(page, digits)
        assert points(page) == [*digits], "painted without waiting for the kernel"
        if number == 1:
            for words in ("Name the rule.", "Which of the two?"):
                page.keyboard.press("r")
                page.keyboard.type(words)
                page.keyboard.press("Enter")
            page.keyboard.press("s")  # the second comment of the list, taken off again
            page.keyboard.press("c")
            page.keyboard.type("You say how sure you are: n, p, 0, 1.")
            page.keyboard.press("Escape")
            assert page.evaluate(ROW), "Escape goes from a comment back to the rows"
        if number == 2:
            page.keyboard.press("a")
        page.keyboard.press("n" if number == 1 else "PageDown")
    wait_for_text(page, 4)
    saved(page)
    page.wait_for_timeout(300)
    names = ("claim", "evidence", "reasoning", "rival")
    found = opened()
    assert sorted("".join(str(g.points[n]) for n in names) for g in found) == sorted(given)
    first = next(g for g in found if g.points["claim"] == 2)
    assert first.comments == ("Name the rule.",) and first.note == "You say how sure you are: n, p, 0, 1."
    assert page.locator(f"{SCREEN} .cd-tries").text_content() == "3 of 4 graded"
    assert cell_count(page) == cells, "keys reached JupyterLab"

    restart_kernel(page)
    run_all(page)
    page.locator(SCREEN).wait_for(timeout=30_000)
    wait_for_text(page, 4)
    assert page.locator(f"{SCREEN} .cd-tries").text_content() == "3 of 4 graded" and points(page) == [""] * 4
    to_rows(page)
    for number in (3, 2, 1):
        page.keyboard.press("p")
        wait_for_text(page, number)
        assert points(page) == [*given[number - 1]]
    pressed = page.locator(f'{SCREEN} .cd-chips button[aria-pressed="true"]')
    assert [t.strip() for t in pressed.all_text_contents()] == ["A Name the rule."]
    assert page.locator(f"{SCREEN} textarea").input_value() == first.note
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert points(page)[0] == "0", "arrows stop at the ends"
    page.keyboard.press("Delete")
    assert points(page)[0] == ""
    page.keyboard.press("Escape")
    assert page.evaluate(f"{HERE}.matches('.jp-Cell')"), "Escape goes back to the notebook"


def test_what_a_lost_kernel_did_not_hear_is_sent_again(page, lab: Lab, opened) -> None:
    to_rows(page)
    page.keyboard.press("1")
    saved(page)
    for session in json.load(lab._ask("sessions")):
        lab._ask(f"kernels/{session['kernel']['id']}", method="DELETE").close()
    page.wait_for_timeout(500)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("3")
    page.locator(f'{SCREEN} .cd-saved[data-state="unsaved"]').wait_for(timeout=15_000)
    assert "Not saved" in page.locator(f"{SCREEN} .cd-saved").text_content() and points(page)[:2] == ["1", "3"]
    page.wait_for_timeout(500)
    assert [g.points for g in opened()] == [{"claim": 1}]
    page.get_by_role("menuitem", name="Kernel", exact=True).click()
    page.locator('li[data-command="kernelmenu:restart"]').click()
    page.wait_for_timeout(3000)
    accept_dialog(page)  # asked only where JupyterLab has not yet noticed that there is nothing to restart
    page.get_by_role("menuitem", name="Edit", exact=True).click()
    page.locator('li[data-command="editmenu:clear-all"]').click()
    run_all(page)
    page.locator(SCREEN).wait_for(timeout=30_000)
    saved(page)
    assert [g.points for g in opened()] == [{"claim": 1, "evidence": 3}]


def test_filters_and_names_by_keyboard(page, lab: Lab, opened) -> None:
    section, cells = page.locator(SCREEN), cell_count(page)
    assert "Learner" not in section.inner_text()
    to_rows(page)
    grade_here(page, "1111")
    saved(page)
    page.locator(".jp-Cell").first.focus()
    tab_to(page, f"{HERE}.matches('.cd-grade input[type=checkbox]')", most=80)
    page.keyboard.press("Space")
    page.locator(f"{SCREEN} .cd-at", has_text="1 of 3").wait_for(timeout=15_000)
    assert points(page) == [""] * 4
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    section.get_by_text("from Learner").first.wait_for(timeout=15_000)
    assert page.evaluate(f"{HERE}.type") == "checkbox", "the focus stays where it was"
    assert cell_count(page) == cells, "keys reached JupyterLab"


def test_a_full_disk_is_said_and_tried_again(page, lab: Lab, opened, klass) -> None:
    (klass / "grades").write_text("in the way")
    to_rows(page)
    page.keyboard.press("2")
    alert = page.locator(f'{SCREEN} [role="alert"]')
    alert.filter(has_text="could not be").wait_for(timeout=15_000)
    assert points(page)[0] == "2" and page.locator(f"{SCREEN} .cd-saved").get_attribute("data-state") == "unsaved"
    (klass / "grades").unlink()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("3")
    saved(page)
    assert alert.text_content() == "" and [g.points for g in opened()] == [{"claim": 2, "evidence": 3}]


def test_with_nothing_handed_in_it_can_be_tried(page, lab: Lab, opened, klass) -> None:
    shutil.rmtree(klass / "submissions")
    run_all(page)
    page.locator(f"{SCREEN} .cd-madeup").wait_for(timeout=30_000)
    to_rows(page)
    page.keyboard.press("1")
    saved(page)
    assert opened() == [] and (klass / "grades" / "made_up" / "first.json").is_file()


@pytest.mark.parametrize("width", [1280, 800])
def test_axe_finds_nothing_and_nothing_is_cut_off(page, lab: Lab, klass, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    lab.open(page, BOOK)
    run_all(page)
    section = page.locator(SCREEN)
    section.wait_for(timeout=30_000)
    to_rows(page)
    grade_here(page, "210")
    page.keyboard.press("r")
    page.keyboard.type("Name the rule.")
    page.keyboard.press("Enter")
    saved(page)
    section.locator("summary").click()
    for theme in each_theme(page):
        found = Axe().run(page, context={"include": [[SCREEN]]}).response["violations"]
        assert not found, (theme, [f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in found])
    assert section.evaluate("el => el.scrollWidth <= el.clientWidth"), "nothing is cut off"
    section.locator("summary").click()
    assert width < 1000 or section.bounding_box()["height"] < 690, "one screen of a small laptop"
    sizes = (
        "els => els.filter(el => el.offsetParent).map(el => el.getBoundingClientRect()).map(r => [r.width, r.height])"
    )
    targets = section.locator("button, select, .cd-row4 label, .cd-check").evaluate_all(sizes)
    assert len(targets) > 20 and min(min(size) for size in targets) >= 24
