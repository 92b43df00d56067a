"""The home card: what is done, what comes next, and the way to other lessons."""

import re
from pathlib import Path

import pytest

from copydesk import open_lesson
from copydesk.lessons.lesson import list_lessons, load_lesson
from copydesk.views.home import home_html, state


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html))


def test_a_new_lesson_begins_with_its_first_part() -> None:
    desk = open_lesson("02_who_says_so")
    html = home_html(desk.lesson, desk.answers)
    asked = [e for e in desk.lesson.exercises if not e.is_example]
    assert html.count("<li") == html.count('data-mark="open"') == len(asked)
    assert f"about {5 * round(desk.lesson.minutes / 5)} minutes left" in html
    assert f">Begin: {asked[0].title}</a>" in html
    assert "once the cell of that part has run" in words(html), "a link to what has not run leads nowhere"


def test_it_follows_the_work() -> None:
    desk = open_lesson("02_who_says_so")
    first, second = [e for e in desk.lesson.exercises if not e.is_example][:2]
    desk.answers.save(first.id, {"values": {"x": "y"}})
    assert state(first, desk.answers.record(first.id)) == "begun"
    for _ in range(first.tries):
        desk.answers.add_try(first.id, {"values": {"x": "y"}}, 0.0, 0.0)
    html = home_html(desk.lesson, desk.answers)
    assert "has run" not in words(html)
    assert html.count('data-mark="done"') == 1 and f">Continue: {second.title}</a>" in html
    for exercise in desk.lesson.exercises:
        for _ in range(exercise.tries or 1):
            desk.answers.add_try(exercise.id, {"values": {"x": "y"}}, 0.0, 0.0)
    assert "all parts are done" in words(home_html(desk.lesson, desk.answers))


def test_the_minutes_are_those_of_the_core_and_then_those_for_who_has_time() -> None:
    desk = open_lesson("02_who_says_so")
    for exercise in desk.lesson.exercises:
        for _ in range(0 if exercise.more else exercise.tries or 1):
            desk.answers.add_try(exercise.id, {"values": {"x": "y"}}, 0.0, 0.0)
    html = words(home_html(desk.lesson, desk.answers))
    assert f"about {5 * round(desk.lesson.more_minutes / 5)} minutes left" in html
    assert html.count("(if you have time, not begun)") == sum(e.more for e in desk.lesson.exercises)
    signs = home_html(desk.lesson, desk.answers).count("+</span>")
    assert signs == sum(e.more for e in desk.lesson.exercises) + 1, "a sign on each, explained once"


@pytest.mark.parametrize("name", list_lessons())
def test_each_part_leads_to_an_exercise_on_the_page(name: str) -> None:
    desk = open_lesson(name)
    links = re.findall(r'<li.*?href="#([^"]+)"', home_html(desk.lesson, desk.answers))
    assert links == [e.full_view(desk.story)["anchor"] for e in desk.lesson.exercises if not e.is_example]
    assert len({*links}) == len(links)


def test_other_lessons_are_linked_where_their_notebooks_lie(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = open_lesson("02_who_says_so")
    assert ".ipynb" not in home_html(desk.lesson, desk.answers)
    monkeypatch.chdir(Path(__file__).parents[2] / "notebooks")
    html = home_html(desk.lesson, desk.answers)
    assert 'href="01_what_is_on_the_page.ipynb"' in html and 'href="03_how_strong_is_the_sourcing.ipynb"' in html
    first = open_lesson("00_start_here")
    assert "←" not in home_html(first.lesson, first.answers)
    assert load_lesson("02_who_says_so").title in words(html)
