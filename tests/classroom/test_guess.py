"""Guessing: what is met by chance is caught, and no objective of the built-in stories is."""

from dataclasses import replace

import pytest

from copydesk.cli import main
from copydesk.lessons.lesson import Lesson, Objective, load_lesson
from copydesk.story.story import Story, list_stories, load_story
from copydesk_classroom.checking import LIMIT, Guessed, guess_objectives

BUILT_IN = [(story, lesson) for story in list_stories() for lesson in load_story(story).lessons]


def with_objective(lesson: Lesson, exercise: str, bar: float) -> Lesson:
    return replace(lesson, objectives=(Objective("Guess it", (exercise,), bar),))


@pytest.mark.parametrize(("story", "lesson_id"), BUILT_IN)
def test_no_objective_of_a_built_in_story_is_met_by_chance(story: str, lesson_id: str) -> None:
    guessed = [*guess_objectives(load_lesson(lesson_id, load_story(story)))]
    assert guessed and [str(one) for one in guessed if not one.holds] == []


def test_few_choices_with_a_low_bar_are_caught(baltics: Story) -> None:
    lesson = with_objective(load_lesson("03_how_strong_is_the_sourcing", baltics), "rules", 0.5)
    (found,) = guess_objectives(lesson)
    assert 0.4 < found.guess < 0.9 and found.flip == found.guess and not found.holds


def test_the_second_try_would_show_if_it_counted(baltics: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    lesson = with_objective(load_lesson("01_what_is_on_the_page", baltics), "blocks", 0.88)
    (found,) = guess_objectives(lesson)
    assert (found.guess, found.flip) == (0, 0)

    def by_the_best(self: object, objective: Objective, *, best: bool = True) -> float:
        return self.scores["blocks"]  # type: ignore[attr-defined,no-any-return]

    monkeypatch.setattr("copydesk.lessons.results.Result.share", by_the_best)
    (found,) = guess_objectives(lesson)
    assert (found.guess, found.flip) == (0, 1), "of two choices, the other one is right"


def test_random_words_meet_no_written_objective(baltics: Story) -> None:
    lesson = load_lesson("05_what_is_the_frame", baltics)
    written = next(o for o in lesson.objectives if lesson.is_read_by_people(o))
    (found,) = guess_objectives(replace(lesson, objectives=(written,)))
    assert (found.guess, found.flip) == (0, 0)


def test_the_same_lesson_gives_the_same_figures(baltics: Story) -> None:
    lesson = with_objective(load_lesson("02_who_says_so", baltics), "who", 0.66)
    assert [*guess_objectives(lesson)] == [*guess_objectives(lesson)]


def test_a_quick_check_makes_all_draws_only_where_few_show_too_much(baltics: Story) -> None:
    lesson = load_lesson("02_who_says_so", baltics)
    hard, easy = (with_objective(lesson, name, 0.66) for name in ("mark_alone", "who"))
    assert [*guess_objectives(easy, quick=True)] == [*guess_objectives(easy)]
    (found,) = guess_objectives(hard, quick=True)
    assert found.holds


def test_the_limit_itself_holds() -> None:
    shares = [Guessed("s", "l", "Do it.", guess, 0) for guess in (LIMIT, LIMIT + 0.005)]
    assert [one.holds for one in shares] == [True, False]
    assert str(shares[0]) == "s l Do it. guess 5% flip 0%"


def test_the_command_prints_a_line_for_each_objective(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--story", "practice", "--guess"]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if " guess " in line]
    objectives = load_lesson("00_start_here").objectives
    assert len(lines) == len(objectives)
    for line, objective in zip(lines, objectives, strict=True):
        assert line.startswith(f"practice 00_start_here {objective.text} guess ") and line.endswith("%")
    assert main(["check", "--story", "practice"]) == 0
    assert " guess " not in capsys.readouterr().out
