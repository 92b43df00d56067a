"""The learner's screen in a real JupyterLab: no key goes astray, nothing is lost, nothing is said that is not so."""

from __future__ import annotations

import json
import os

import pytest
from axe_playwright_python.sync_playwright import Axe

from copydesk.lessons.lesson import load_lesson
from tests.browser.lab import Lab, cell_count, exercise, run_all, scroll_to

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
        for quiet in (".cd-prompt", ".cd-title", ".cd-now", ".cd-rights", ".cd-line"):
            section.locator(quiet).click(position={"x": 2, "y": 2})
            assert page.evaluate("!!document.activeElement.closest('section.cd')"), quiet
            for key in ("a", "m", "x", "d", "d", "b", "y", "Enter"):
                page.keyboard.press(key)
        assert cell_count(page) == cells and section.is_visible()
        assert page.evaluate("window.jupyterapp.shell.currentWidget.content.activeCell.model.type") == "code"
        section.locator(".cd-prompt").click(position={"x": 2, "y": 2})
        for _ in range(section.locator(".cd-term").count() + 1):  # the words that can be opened, then the text
            page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.matches('section.cd .cd-word')"), "Tab leads on"
        section.locator(".cd-prompt").click(position={"x": 2, "y": 2})
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
    for _ in range(10):
        words.nth(first).evaluate("e => e.scrollIntoView({ block: 'center' })")  # not under the toolbar
        a, b = words.nth(first).bounding_box(), words.nth(last).bounding_box()
        page.mouse.move(a["x"] + 3, a["y"] + a["height"] / 2)
        page.mouse.down()
        page.mouse.move(b["x"] + b["width"] - 3, b["y"] + b["height"] / 2, steps=5)
        page.mouse.up()
        if "picked" in section.locator(".cd-now").text_content():
            return
        page.wait_for_timeout(500)  # JupyterLab was still scrolling after Run All Cells
    raise AssertionError("no words were picked")


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
        assert (
            words.nth(4).locator(".cd-tag").text_content() == "problem 1"
            and words.nth(2).locator(".cd-tag").text_content()
        )
        line = words.nth(4).evaluate(
            "e => [getComputedStyle(e).textDecorationStyle, getComputedStyle(e).borderBottomStyle]"
        )
        assert line == ["solid", "double"]
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


def save_notebook(page) -> None:
    page.evaluate("window.jupyterapp.commands.execute('docmanager:save')")
    page.wait_for_function("!window.jupyterapp.shell.currentWidget.context.model.dirty", timeout=20_000)


class TestTheNextDay:
    def test_the_saved_work_stands_where_the_widget_was(self, page, lab: Lab) -> None:
        section = opened(page, lab, "00_start_here", "Your first mark")
        later = page.locator(".cd-still:has(.cd-later)")
        assert later.count() >= 3 and not later.first.is_visible(), "hidden under a live widget"
        pick(page, section, 2, 3)
        page.keyboard.press("1")
        wait_saved(section)
        page.wait_for_timeout(4000)
        save_notebook(page)
        file = lab.home / "notebooks" / "00_start_here.ipynb"
        kept = file.read_text()
        print(f"the saved notebook has {len(kept.encode())} bytes in {kept.count(chr(10))} lines")
        lab.stop_kernels()
        lab.open(page, "00_start_here")
        shown = page.locator(".cd-still:has(.cd-later)", has=page.locator("h3", has_text="Your first mark"))
        shown.scroll_into_view_if_needed()
        assert "Run All Cells" in shown.locator(".cd-later").text_content()
        assert shown.locator("mark.cd-m-source").count() == 1
        page.wait_for_timeout(3000)
        assert not page.get_by_text("model not found").first.is_visible(), "the error of the widget is hidden"
        assert shown.is_visible()
        controls = page.locator(".cd-still:has(.cd-later)", has_text="packs all your work")
        controls.scroll_into_view_if_needed()
        assert controls.is_visible() and "Run All Cells" in controls.locator(".cd-later").text_content()
        assert not page.get_by_text("model not found").last.is_visible()

        run_all(page)
        exercise(page, "Your first mark").locator(".cd-m-source").first.wait_for(timeout=20_000)
        for still in page.locator(".cd-still:has(.cd-later)").all():
            assert not still.is_visible()

        import nbformat
        from nbconvert import HTMLExporter

        html, _ = HTMLExporter().from_notebook_node(nbformat.reads(kept, as_version=4))
        assert "cd-later" in html and 'class="cd-m-source"' in html


class TestAskedFirst:
    def test_blanks_are_named_before_a_try_is_spent(self, page, lab: Lab) -> None:
        section = opened(page, lab, "00_start_here", "Whose voice?")
        for item in range(3):
            section.locator(".cd-item").nth(item).locator("input").first.check()
        wait_saved(section)
        button = section.get_by_role("button", name="Check")
        button.click()
        section.locator(".cd-lacks", has_text="Not sorted yet: 3 of 6").wait_for(timeout=10_000)
        assert "no try is used" in section.locator(".cd-headline").text_content()
        assert not entry(lab, "practice", "00_start_here", "voices")["tries"]
        button.click()
        section.locator('.cd-headline[data-status="not_yet"]').wait_for(timeout=10_000)
        assert len(entry(lab, "practice", "00_start_here", "voices")["tries"]) == 1

    def test_a_number_that_does_not_fit_is_named_and_kept(self, page, lab: Lab) -> None:
        section = opened(page, lab, "03_how_strong_is_the_sourcing", "Measure it")
        boxes = section.locator("input[type=text]")
        for n in range(boxes.count()):
            boxes.nth(n).click()
            page.keyboard.type("640")
        page.keyboard.press("Enter")
        wait_saved(section)
        section.get_by_role("button", name="Check").click()
        section.locator(".cd-lacks", has_text="“640” is not a number from 0 to 1").wait_for(timeout=10_000)
        assert not entry(lab, "baltics-2022", "03_how_strong_is_the_sourcing", "numbers")["tries"]
        assert boxes.first.input_value() == "640" and boxes.first.get_attribute("aria-invalid") == "true"

    def test_enter_in_the_text_checks_nothing(self, page, lab: Lab) -> None:
        section = opened(page, lab, "00_start_here", "Your first mark")
        pick(page, section, 2, 3)
        page.keyboard.press("1")
        page.keyboard.press("Enter")
        wait_saved(section)
        page.wait_for_timeout(1000)
        assert not section.locator(".cd-headline").text_content()
        assert not entry(lab, "practice", "00_start_here", "first_mark")["tries"]


class TestTheTryThatIsLeft:
    def test_after_passing_the_key_waits_and_starting_again_asks(self, page, lab: Lab) -> None:
        lesson = load_lesson("01_what_is_on_the_page")
        asked = lesson.exercise("blocks")
        best = next(iter(asked.model_answers(lesson.key, lesson.story.article.text).values()))["choices"]
        section = opened(page, lab, lesson.id, asked.title)
        items = asked.full_view(lesson.story)["items"]
        choices = [*asked.labels]

        def choose(n: int, right: bool = True) -> None:
            at = choices.index(best[items[n]["id"]])
            section.locator(".cd-item").nth(n).locator("input").nth(at if right else 1 - at).check()

        for n in range(len(items)):
            choose(n, right=n > 0)
        section.get_by_role("button", name="Check").focus()
        page.keyboard.press("Enter")
        choice = section.get_by_role("group", name="You have passed")
        choice.wait_for(timeout=10_000)
        page.wait_for_timeout(300)
        assert choice.evaluate("e => e === document.activeElement"), (
            "the focus goes to the choice, not to one of its buttons"
        )
        seen, hint = (
            page.locator(".jp-WindowedPanel-outer").bounding_box(),
            section.locator(".cd-details").bounding_box(),
        )
        assert hint["y"] + hint["height"] <= seen["y"] + seen["height"] + 1, "what to look at again is in view"
        page.keyboard.press("Enter")
        assert choice.is_visible() and not section.locator(".cd-key").count()
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")  # Try for 100
        section.get_by_role("button", name="Check").wait_for(timeout=10_000)
        assert choice.is_hidden() and not section.locator(".cd-key").count()
        assert section.locator(".cd-saved").get_attribute("data-state") == "saved", "nothing waits to be saved"
        choose(0)
        section.get_by_role("button", name="Check").click()
        section.locator(".cd-item[data-mark=full]").nth(15).wait_for(timeout=10_000)
        tries = entry(lab, "baltics-2022", lesson.id, "blocks")["tries"]
        assert [t["score"] for t in tries][1] == 1 > tries[0]["score"]

        section.get_by_role("button", name="Start this exercise again").click()
        sure = section.get_by_role("group", name="Start again?")
        assert sure.is_visible() and sure.evaluate("e => e === document.activeElement")
        page.keyboard.press("Escape")
        assert sure.is_hidden() and section.locator("input:checked").count() == len(items)
        section.get_by_role("button", name="Start this exercise again").click()
        sure.get_by_role("button", name="Yes").click()
        page.wait_for_function("e => !e.querySelector('input:checked')", arg=section.element_handle(), timeout=10_000)
        assert page.evaluate("!!document.activeElement.closest('section.cd')")


class TestTwoViews:
    def test_two_cells_with_one_exercise_follow_each_other(self, page, lab: Lab) -> None:
        file = lab.home / "notebooks" / "00_start_here.ipynb"
        document = json.loads(file.read_text())
        at = next(n for n, c in enumerate(document["cells"]) if 'exercise("voices")' in "".join(c["source"]))
        document["cells"].insert(at + 1, {**document["cells"][at], "id": "twice"})
        file.write_text(json.dumps(document))
        lab.open(page, "00_start_here")
        run_all(page)
        exercise(page, "Whose voice?")
        both = page.locator("section.cd", has=page.locator("h3", has_text="Whose voice?"))
        both.nth(1).wait_for(timeout=20_000)
        one, two = both.nth(0), both.nth(1)
        one.locator(".cd-item").nth(0).locator("input").first.check()
        two.locator(".cd-item").nth(0).locator("input:checked").wait_for(timeout=10_000)
        two.locator(".cd-item").nth(1).locator("input").first.check()
        one.locator(".cd-item").nth(1).locator("input:checked").wait_for(timeout=10_000)
        for section in (one, two):
            wait_saved(section)
            assert "another window" not in section.locator(".cd-saved").text_content()
        assert len(entry(lab, "practice", "00_start_here", "voices")["answer"]["choices"]) == 2


class TestTheResult:
    def test_it_follows_the_work(self, page, lab: Lab) -> None:
        section = opened(page, lab, "00_start_here", "Whose voice?")
        for item in range(6):
            section.locator(".cd-item").nth(item).locator("input").first.check()
        wait_saved(section)
        section.get_by_role("button", name="Check").click()
        section.locator('.cd-headline[data-status="not_yet"]').wait_for(timeout=10_000)
        page.wait_for_timeout(4000)
        result = page.locator(".cd-still caption", has_text="Your result so far")
        result.scroll_into_view_if_needed()
        assert ": 0.0 /" not in result.text_content()


RESTARTED = (
    "No lesson is open: the first cell has not run since the kernel started; in the menu Run, choose Run All Cells"
    " (by touch: ▶▶ at the top)."
)


class TestNotSaved:
    def test_a_cell_run_alone_after_a_restart_says_what_to_do(self, page, lab: Lab) -> None:
        lab.open(page, "00_start_here")
        cell = page.locator(".jp-CodeCell", has_text="Exercise: Your first mark")
        cell.locator(".jp-InputPlaceholder").click()
        page.keyboard.press("Control+Enter")
        cell.get_by_text(RESTARTED).first.wait_for(timeout=20_000)
        assert "Traceback" not in cell.text_content() and "NameError" not in cell.text_content()

    def test_a_busy_kernel_is_told_from_one_that_is_gone(self, page, lab: Lab) -> None:
        section = opened(page, lab, "00_start_here", "Whose voice?")
        kernel = "window.jupyterapp.shell.currentWidget.sessionContext"
        page.evaluate(f"() => {{ {kernel}.session.kernel.requestExecute({{ code: 'import time; time.sleep(12)' }}); }}")
        section.locator(".cd-item").nth(0).locator("input").first.check()
        section.locator(".cd-saved", has_text="busy with another cell").wait_for(timeout=10_000)
        section.locator('.cd-saved[data-state="saved"]').wait_for(timeout=20_000)
        page.evaluate(f"() => {kernel}.shutdown()")
        page.wait_for_timeout(1000)
        section.locator(".cd-item").nth(1).locator("input").first.check()
        section.locator(".cd-saved", has_text="choose Run All Cells").wait_for(timeout=10_000)


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_axe_finds_nothing_in_what_is_new(page, lab: Lab, theme: str) -> None:
    lab.open(page, "05_what_is_the_frame", theme=theme)
    run_all(page)
    section = exercise(page, "Entman’s grid")
    pick(page, section, 4, 5)
    page.keyboard.press("1")
    pick(page, section, 2, 8)
    page.keyboard.press("2")
    pick(page, section, 3, 6)
    page.keyboard.press("4")
    section.get_by_role("button", name="Check").click()
    section.locator(".cd-lacks").wait_for(timeout=10_000)
    found = Axe().run(page, context={"include": [["section.cd"]]}).response["violations"]
    assert not [f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in found if v["impact"] in ("serious", "critical")]
    if shots := os.environ.get("COPYDESK_SHOTS"):
        for width in (390, 800, 1280):
            page.set_viewport_size({"width": width, "height": 1000})
            page.wait_for_timeout(800)
            section.screenshot(path=f"{shots}/grid_{theme[-4:].strip()}_{width}.png")


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_stock_controls_look_like_those_of_an_exercise(page, lab: Lab, theme: str) -> None:
    """Heights, corners, lines and grounds are the same; nothing is wider than a phone; axe finds nothing."""
    lab.open(page, "00_start_here", theme=theme)
    run_all(page)
    look = """e => {
        const s = getComputedStyle(e), height = s.minHeight === "32px" ? 32 : e.offsetHeight;
        return [height, s.borderRadius, s.borderColor, s.backgroundColor, s.color];
    }"""
    section = exercise(page, "Your first mark")
    plain = section.get_by_role("button", name="Undo").evaluate(look)
    primary = section.get_by_role("button", name="Check").evaluate(look)
    stock = scroll_to(page, page.locator(".cd-stock:has(.widget-upload)").last)
    assert stock.locator(".widget-upload").evaluate(look) == plain
    assert stock.get_by_role("button", name="Pack my work").evaluate(look) == primary
    page.set_viewport_size({"width": 390, "height": 900})
    page.evaluate("() => { const s = jupyterapp.shell; s.collapseLeft(); s.collapseRight(); }")
    page.wait_for_timeout(800)
    right = "getBoundingClientRect().right"
    widest = f"e => Math.max(...[...e.querySelectorAll('*')].map(c => c.{right})) - e.{right}"
    assert stock.evaluate(widest) <= 2
    shown = stock.get_by_role("button", name="Pack my work")
    assert shown.evaluate("e => e.scrollWidth <= e.clientWidth"), "its words are not cut"
    found = Axe().run(page, context=".cd-stock").response["violations"]
    assert not [(v["id"], v["nodes"][0]["html"][:200]) for v in found if v["impact"] in ("serious", "critical")]


def test_on_a_phone_the_paragraphs_stay_above_the_result_and_nothing_is_cut_off(page, lab: Lab) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    section = opened(page, lab, "05_what_is_the_frame", "On another story: which of the four?")
    page.evaluate("window.jupyterapp.shell.collapseLeft()")
    for item in section.locator(".cd-item").all():
        item.locator("label.cd-segment").first.click()
    section.locator("button.cd-primary").click()
    result = section.locator(".cd-result")
    result.locator(".cd-headline[data-status]").wait_for(timeout=10_000)
    assert section.evaluate("el => el.scrollWidth <= el.clientWidth"), "the name of a place wraps"
    result.evaluate("el => el.scrollIntoView({ block: 'start' })")
    page.wait_for_timeout(300)
    reading, told = section.locator(".cd-reading").bounding_box(), result.bounding_box()
    assert reading["y"] + reading["height"] <= told["y"] + 1
