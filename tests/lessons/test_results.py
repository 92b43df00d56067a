"""Results: the first round counts, of its tries the best, and a grader's None where there is no key."""

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
    assert (result.points, result.possible) == (0, 7)
    assert all(result.share(o) is None for o in lesson.objectives)
    assert repr(result) == "<Result: 0.0 of 7 points in lesson 00_start_here>"


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


def test_of_several_tries_the_best(lesson: Lesson, file: AnswerFile) -> None:
    for answer in (NONE, HALF, NONE):
        file.add_try("voices", answer, 0.9, 9)  # the grader scores anew: a score in the file is not believed
    assert results(lesson, file).scores["voices"] == 0.5


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
    assert (result.share(marking), result.share(voices)) == (pytest.approx(2 / 5), 0.5)
    html = result._repr_html_()
    assert "40 %" in html and "50 %" in html and html.count("not yet") == 2 and marking.text in html


def test_everything_right_meets_every_bar(lesson: Lesson, file: AnswerFile) -> None:
    for e in lesson.exercises:
        if e.points:
            file.save(e.id, best(lesson, e.id))
    result = results(lesson, file)
    assert result.points == result.possible and all(result.share(o) == 1 for o in lesson.objectives)
    assert result._repr_html_().count(">met<") == len(lesson.objectives)


def test_an_empty_answer_is_not_attempted(lesson: Lesson, file: AnswerFile) -> None:
    file.save("voices", {"choices": {}})
    assert results(lesson, file).scores["voices"] is None


def test_without_a_key_nothing_is_scored(lesson: Lesson, file: AnswerFile) -> None:
    file.add_try("voices", HALF, 0.5, 1)
    blind = replace(lesson, story=replace(lesson.story, key=None))
    result = results(blind, file)
    assert set(result.scores.values()) == {None} and "open" in result._repr_html_()
