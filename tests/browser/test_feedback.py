"""Labels at hand, and feedback on the words and rows it is about, in a real JupyterLab."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from copydesk.answers import AnswerFile
from copydesk.desk import open_lesson
from copydesk.lessons.lesson import load_lesson
from tests.browser.lab import Lab, each_theme, exercise, run_all
from tests.views.test_progress import finish

pytestmark = pytest.mark.browser
MARKS, ROWS = ("04_which_words_frame", "devices"), ("01_what_is_on_the_page", "blocks")
IN_VIEW = "e => { const r = e.getBoundingClientRect(); return r.top >= 0 && r.bottom <= innerHeight && r.height > 0; }"


def answered(lab: Lab, lesson_id: str, exercise_id: str, *, tries: int):
    """An answer that is partly wrong, checked so often before the lesson is opened; gives the exercise."""
    lesson = load_lesson(lesson_id)
    asked, text = lesson.exercise(exercise_id), lesson.story.article.text
    answer = dict(asked.model_answers(lesson.key, text)["key"])
    if "groups" in answer:
        answer["groups"] = answer["groups"][:3]
    else:
        first, second = list(answer["choices"])[:2]
        other = next(c for c in asked.labels if c != answer["choices"][first])
        answer["choices"] = {**answer["choices"], first: other, second: other}
    outcome = asked.outcome(answer, lesson.key, text)
    file = AnswerFile(lab.answers / lesson.story.id / f"{lesson_id}.json", lesson.story.about["sha256"])
    for _ in range(tries):
        file.add_try(asked.id, answer, outcome.score, outcome.score * asked.points)
    return asked


def opened(page, lab: Lab, lesson: str, title: str, *, theme: str = "JupyterLab Light"):
    lab.open(page, lesson, theme=theme)
    run_all(page)
    section = exercise(page, title)
    page.wait_for_timeout(1500)  # outputs above it still grow
    section.evaluate("e => e.scrollIntoView({ block: 'start' })")
    page.wait_for_timeout(300)
    return section


def test_labels_are_at_the_words_and_in_view_on_a_low_screen(page, lab: Lab) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    section = opened(page, lab, MARKS[0], load_lesson(MARKS[0]).exercise(MARKS[1]).title)
    first, last = section.locator(".cd-word").nth(2), section.locator(".cd-word").nth(4)
    start, end = first.bounding_box(), last.bounding_box()
    page.mouse.move(start["x"] + 4, start["y"] + 8)
    page.mouse.down()
    page.mouse.move(end["x"] + 4, end["y"] + 8, steps=4)
    assert section.locator(".cd-popup").is_hidden(), "nothing lies over the text while words are being picked"
    page.mouse.up()
    popup = section.locator(".cd-popup button").first
    popup.wait_for(timeout=5000)
    assert abs(popup.bounding_box()["y"] - end["y"]) < 60
    for at_hand in (section.locator(".cd-tools .cd-label").first, section.get_by_role("button", name="Check")):
        assert at_hand.evaluate(IN_VIEW), "the bar stays in view"
    places = [section.locator(".cd-word").nth(n).bounding_box()["x"] for n in range(8)]
    popup.click()
    section.locator(".cd-word.cd-m-wording").nth(2).wait_for(timeout=10_000)
    assert popup.is_hidden()
    assert [section.locator(".cd-word").nth(n).bounding_box()["x"] for n in range(8)] == places, "a tag moves no word"


def test_the_result_takes_the_focus_and_hints_lead_to_their_items(page, lab: Lab) -> None:
    asked = answered(lab, *ROWS, tries=1)
    section = opened(page, lab, ROWS[0], asked.title)
    rows = section.locator(".cd-item")
    assert rows.nth(0).get_attribute("data-mark") == rows.nth(1).get_attribute("data-mark") == "again"
    assert rows.nth(0).locator(".cd-said").inner_text().strip() and not rows.nth(2).get_attribute("data-mark")
    links = section.locator(".cd-details .cd-link")
    assert links.count() == 2
    links.nth(1).click()
    assert page.evaluate("document.activeElement.matches('.cd-item')") and rows.nth(1).evaluate(IN_VIEW)

    wrong = rows.nth(0).locator("input:checked").get_attribute("value")
    for digit in ("2", "1"):
        rows.nth(0).locator("input").first.focus()
        page.keyboard.press(digit)
        chosen = rows.nth(0).locator("input").nth(int(digit) - 1)
        assert chosen.is_checked(), "a digit chooses"
        if chosen.get_attribute("value") != wrong:
            break
    section.get_by_role("button", name="Check").click()
    section.locator('.cd-item[data-mark="full"], .cd-item[data-mark="none"]').first.wait_for(timeout=10_000)
    assert page.evaluate("document.activeElement.matches('.cd-result')")
    assert section.locator(".cd-headline").evaluate(IN_VIEW)
    assert not section.locator(".cd-key").count(), "what stands on its item is not listed again"


def test_the_key_lies_on_the_text_and_each_mark_says_why(page, lab: Lab) -> None:
    asked = answered(lab, *MARKS, tries=2)
    section = opened(page, lab, MARKS[0], asked.title)
    mine, key, both = section.locator(".cd-switch button").all()
    assert both.get_attribute("aria-pressed") == "true"
    mine.click()
    own = section.locator(".cd-word.cd-m-wording").count()
    key.click()
    keyed = section.locator(".cd-word.cd-m-wording")
    assert keyed.count() > own > 0
    assert "✓" in section.locator(".cd-text .cd-tag:not(:empty)").all_text_contents()[0] or "○" in str(
        section.locator(".cd-text .cd-tag:not(:empty)").all_text_contents()
    )
    page.wait_for_timeout(500)
    keyed.first.evaluate("e => e.scrollIntoView({ block: 'center' })")
    at = keyed.first.bounding_box()
    page.mouse.move(at["x"] + at["width"] / 2, at["y"] + at["height"] / 2, steps=3)
    why = section.locator(".cd-why")
    assert why.is_visible() and len(why.inner_text()) > 20
    page.mouse.move(5, 5)
    page.wait_for_timeout(200)
    assert why.is_hidden()
    keyed.first.focus()
    assert why.is_visible(), "by keyboard too"
    page.keyboard.press("Escape")
    assert why.is_hidden()
    assert section.locator(".cd-groups li[data-mark=full]").count() == 3
    folded = section.locator("details.cd-fold")
    assert folded.count() == 1 and folded.get_attribute("open") is None
    assert section.bounding_box()["height"] < 2000


def test_shift_enter_shows_an_exercise_from_its_title_on(page, lab: Lab) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    lab.open(page, ROWS[0])
    run_all(page)
    title = load_lesson(ROWS[0]).exercise(ROWS[1]).title
    cell = page.locator(".jp-CodeCell", has=exercise(page, title))
    cell.locator(".jp-InputPlaceholder").click()
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+Enter")
    page.wait_for_timeout(2500)
    assert exercise(page, title).locator("h3").evaluate(IN_VIEW)


def test_picked_words_can_be_copied(page, lab: Lab) -> None:
    section = opened(page, lab, MARKS[0], load_lesson(MARKS[0]).exercise(MARKS[1]).title)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    section.locator(".cd-word").nth(2).click()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Control+c")
    page.wait_for_timeout(200)
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.split() == [section.locator(".cd-word").nth(n).inner_text().split()[-1] for n in (2, 3)]


@pytest.mark.parametrize("where", [MARKS, ROWS], ids=["marks", "rows"])
def test_axe_finds_nothing_with_feedback_shown(page, lab: Lab, where: tuple[str, str]) -> None:
    asked = answered(lab, *where, tries=2)
    section = opened(page, lab, where[0], asked.title)
    section.locator("[data-mark=full]").first.wait_for(timeout=10_000)
    section.locator(".cd-term").first.click()
    assert meaning_shown(section)
    for theme in each_theme(page):
        found = Axe().run(page, context="section.cd").response["violations"]
        serious = [(v["id"], v["nodes"][0]["html"][:200]) for v in found if v["impact"] in ("serious", "critical")]
        assert not serious, theme


def meaning_shown(section) -> bool:
    return bool(section.locator(".cd-meaning").is_visible())


@pytest.mark.parametrize("width", [390, 1280])
def test_a_word_opens_what_it_means_and_moves_nothing(page, lab: Lab, width: int) -> None:
    section = opened(page, lab, "02_who_says_so", "On your own")
    page.set_viewport_size({"width": width, "height": 900})
    page.evaluate("() => { const s = jupyterapp.shell; s.collapseLeft(); s.collapseRight(); }")
    page.wait_for_timeout(800)
    words = section.locator(".cd-term")
    assert [w.casefold() for w in words.all_inner_texts()[:5]] == ["attribution", "source", "cue", "content", "form"]
    section.locator(".cd-many-words summary").click()
    before = section.bounding_box()["height"]
    for n in range(words.count()):
        words.nth(n).click()
        assert meaning_shown(section) and words.nth(n).get_attribute("aria-expanded") == "true"
        box = section.locator(".cd-meaning").bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= width, "inside the screen"
        assert (
            section.locator(".cd-visually-hidden[role=status]")
            .inner_text()
            .startswith(section.locator(".cd-meaning strong").inner_text())
        ), "it is announced"
        if n % 2:
            page.keyboard.press("Escape")
        else:
            section.locator(".cd-close").click()
        assert page.evaluate("document.activeElement.matches('.cd-term')"), "the focus comes back"
    words.first.click()
    assert section.bounding_box()["height"] == before
    section.locator(".cd-title").click()
    assert not meaning_shown(section), "a press elsewhere closes it"


def test_a_word_opens_by_keys_and_gives_the_focus_back(page, lab: Lab) -> None:
    section = opened(page, lab, "04_which_words_frame", "What you can still do")
    first = section.locator(".cd-term").first
    section.locator("h3").click()
    for key in ("Enter", " "):
        first.focus()
        page.keyboard.press(key)
        assert meaning_shown(section)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('section.cd') !== null")
        first.focus()
        if not meaning_shown(section):
            page.keyboard.press(key)
        page.keyboard.press("Escape")
        assert not meaning_shown(section) and page.evaluate("document.activeElement.matches('.cd-term')")
    groups = section.get_by_role("radiogroup").all()
    names = [g.get_attribute("aria-labelledby") for g in groups]
    assert len(names) == len({*names}) and not section.locator("label button").count()
    first.focus()
    page.keyboard.press("Enter")
    legend = section.locator(f"[id='{names[0]}']").inner_text()
    assert "For example" not in legend, "what is open is in no group's name"
    section.locator(".cd-item").first.locator("input").first.focus()
    page.keyboard.press("2")
    assert section.locator(".cd-item").first.locator("input").nth(1).is_checked() and not meaning_shown(section)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_page_that_is_kept(page, own_answers, scheme: str) -> None:
    for name in ("04_which_words_frame", "06_do_we_agree", "08_your_own_brief"):
        finish(load_lesson(name))
    open_lesson("08_your_own_brief").portfolio("brief")
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto((own_answers / "portfolio.html").as_uri())
    assert page.locator("h1").inner_text() == "My work in Copydesk"
    assert not [(v["id"], v["nodes"][0]["html"][:200]) for v in Axe().run(page).response["violations"]]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_each_event_says_its_place_in_the_key(page, lab: Lab) -> None:
    lesson = load_lesson("07_what_was_going_on")
    asked = lesson.exercise("order")
    right = asked.model_answers(lesson.key, lesson.story.article.text)["key"]
    answer = {**right, "order": right["order"][::-1]}
    file = AnswerFile(lab.answers / lesson.story.id / f"{lesson.id}.json", lesson.story.about["sha256"])
    for _ in range(2):
        file.add_try("order", answer, 0.5, 4.0)
    section = opened(page, lab, lesson.id, asked.title)
    said = section.locator(".cd-row .cd-said").all_inner_texts()
    assert [int(t.split("place ")[1].split(".")[0]) for t in said] == [*range(len(said), 0, -1)]
    assert section.locator("details.cd-fold").get_attribute("open") is None
