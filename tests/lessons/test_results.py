"""Results: the first round counts, points by the best try and objectives by the first; None without a key."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from copydesk.answers import AnswerFile
from copydesk.desk import open_lesson
from copydesk.lessons.lesson import Lesson, load_lesson
from copydesk.lessons.results import results
from copydesk.story.story import Story
from copydesk.views.progress import progress


@pytest.fixture
def lesson(practice: Story) -> Lesson:
    return load_lesson("00_start_here", practice)


@pytest.fixture
def file(lesson: Lesson, tmp_path: Path) -> AnswerFile:
    return AnswerFile.open("practice", lesson.id, sha256=lesson.story.about["sha256"], root=tmp_path)


def best(lesson: Lesson, exercise: str) -> dict[str, Any]:
    assert lesson.key is not None
    return lesson.exercise(exercise).model_answers(lesson.key, lesson.story.article.text)["key"]


HALF = {"choices": {"p1.s1": "attributed", "p2.s1": "attributed", "p4.s1": "attributed"}}  # 3 of 6
NONE = {"choices": {"p1.s1": "reporter"}}


def test_nothing_done(lesson: Lesson, file: AnswerFile) -> None:
    result = results(lesson, file)
    assert set(result.scores.values()) == {None}
    assert (result.points, result.possible) == (0, 9)
    assert all(result.share(o) is None for o in lesson.objectives)
    assert repr(result) == "<Result: 0.0 of 9 points in lesson 00_start_here>"


def test_an_answer_that_was_never_checked_is_scored_as_it_stands(lesson: Lesson, file: AnswerFile) -> None:
    file.save("voices", HALF)
    assert results(lesson, file).scores["voices"] == 0.5
    file.save("voices", best(lesson, "voices"))
    assert results(lesson, file).scores["voices"] == 1


def test_the_learner_sees_no_score_of_what_was_not_checked(lesson: Lesson) -> None:
    """The result would else be a check that uses no try."""
    desk = open_lesson(lesson.id)
    desk.answers.save("voices", HALF)
    assert desk.result().scores["voices"] is None and progress(lesson.story).rows[0].result.scores["voices"] is None
    desk.answers.add_try("voices", HALF, 0.5, 1)
    assert desk.result().scores["voices"] == 0.5 == progress(lesson.story).rows[0].result.scores["voices"]


def test_points_go_by_the_best_try_and_objectives_by_the_first(lesson: Lesson, file: AnswerFile) -> None:
    for answer in (HALF, best(lesson, "voices"), NONE):
        file.add_try("voices", answer, 0.9, 9)  # the grader scores anew: a score in the file is not believed
    result, objective = results(lesson, file), lesson.objectives[1]
    assert (result.scores["voices"], result.first["voices"], result.points) == (1, 0.5, 2)
    assert (result.share(objective), result.share(objective, best=True)) == (0.25, 0.5), (
        "half of it is another exercise"
    )
    assert result.state(objective) == "not_yet" and result.by_objective()[1][1:] == ("70 %", "25 %", "50 %", "not yet")
    assert "Objectives are met at the first try." in result._repr_html_()


def test_an_empty_try_is_no_first_try(lesson: Lesson, file: AnswerFile) -> None:
    file.add_try("voices", {"choices": {}}, 0, 9)
    file.add_try("voices", best(lesson, "voices"), 1, 9)
    assert results(lesson, file).first["voices"] == 1


def test_texts_are_handed_in_until_people_have_graded_them(baltics: Story, tmp_path: Path) -> None:
    lesson = load_lesson("06_do_we_agree", baltics)
    file = AnswerFile.open("baltics-2022", lesson.id, sha256=baltics.about["sha256"], root=tmp_path)
    objective = next(o for o in lesson.objectives if lesson.is_read_by_people(o))
    assert results(lesson, file).state(objective) == "open"
    file.add_try("rule", {"texts": {"rule": "yes"}}, 0, 3)
    assert results(lesson, file).state(objective) == "not_yet"
    assert lesson.key is not None
    answer = next(iter(lesson.exercise("rule").model_answers(lesson.key, baltics.article.text).values()))
    file.add_try("rule", answer, 1, 3)
    result = results(lesson, file)
    assert (result.state(objective), result.share(objective), result.count("handed_in")) == ("handed_in", None, 1)
    for share, state in ((0.4, "not_yet"), (0.6, "met")):
        assert replace(result, people={"rule": share}).state(objective) == state


def test_once_checked_later_changes_do_not_count(lesson: Lesson, file: AnswerFile) -> None:
    file.add_try("voices", HALF, 0.5, 1)
    file.save("voices", best(lesson, "voices"))
    assert results(lesson, file).scores["voices"] == 0.5


def test_the_first_round_counts(lesson: Lesson, file: AnswerFile) -> None:
    file.add_try("voices", HALF, 0.5, 1)
    file.restart("voices")
    file.add_try("voices", best(lesson, "voices"), 1, 2)
    assert results(lesson, file).scores["voices"] == 0.5


def test_a_first_round_without_a_try_is_open(lesson: Lesson, file: AnswerFile) -> None:
    file.save("voices", HALF)
    file.restart("voices")
    file.add_try("voices", best(lesson, "voices"), 1, 2)
    assert results(lesson, file).scores["voices"] is None


def test_points_and_shares_of_objectives(lesson: Lesson, file: AnswerFile) -> None:
    file.add_try("first_mark", best(lesson, "first_mark"), 1, 2)
    file.save("voices", HALF)
    result = results(lesson, file)
    assert result.points == 2 * 1 + 2 * 0.5
    marking, voices = lesson.objectives
    assert (result.share(marking), result.share(voices)) == (pytest.approx(2 / 5), 0.25)
    html = result._repr_html_()
    assert "40\u00a0%" in html and "25\u00a0%" in html and html.count("not yet") == 2 and marking.text in html


def test_everything_right_meets_every_bar(lesson: Lesson, file: AnswerFile) -> None:
    for e in lesson.exercises:
        if e.points:
            file.save(e.id, best(lesson, e.id))
    result = results(lesson, file)
    assert result.points == result.possible and all(result.share(o) == 1 for o in lesson.objectives)
    assert result._repr_html_().count(">met<") == len(lesson.objectives)


def test_points_of_the_core_and_of_what_is_for_those_who_have_time(baltics: Story, tmp_path: Path) -> None:
    lesson = load_lesson("02_who_says_so", baltics)
    file = AnswerFile.open("baltics-2022", lesson.id, sha256=baltics.about["sha256"], root=tmp_path)
    for name in ("mark_alone", "mark_cues"):
        file.save(name, best(lesson, name))
    result = results(lesson, file)
    assert result.points == lesson.exercise("mark_alone").points
    assert result.possible == sum(e.points for e in lesson.exercises if not e.more)
    more = sum(e.points for e in lesson.exercises if e.more)
    assert f"and if you had time, 6.0 of {more:g}" in result._repr_html_()


def test_an_empty_answer_is_not_attempted(lesson: Lesson, file: AnswerFile) -> None:
    file.save("voices", {"choices": {}})
    assert results(lesson, file).scores["voices"] is None


def test_without_a_key_nothing_is_scored(lesson: Lesson, file: AnswerFile) -> None:
    file.add_try("voices", HALF, 0.5, 1)
    blind = replace(lesson, story=replace(lesson.story, key=None))
    result = results(blind, file)
    assert set(result.scores.values()) == {None} and "open" in result._repr_html_()
