"""Scoring frames: evidence counts by where it stands, a class by not being the only one."""

from typing import Any

import pytest

from copydesk.base.spans import Span
from copydesk.exercises.exercise import Exercise
from copydesk.exercises.mark import supports
from copydesk.exercises.outcome import Outcome
from copydesk.lessons.lesson import load_lesson
from copydesk.story.story import Story

Groups = list[dict[str, Any]]
TEXT = "one two three four five six seven eight"


def tried(story: Story, exercise_id: str, groups: Groups) -> Outcome:
    lesson = load_lesson("05_what_is_the_frame" if exercise_id == "grid" else "04_which_words_frame", story)
    return lesson.exercise(exercise_id).outcome({"groups": groups}, lesson.key, story.article.text)


def model(story: Story, lesson_id: str, exercise_id: str) -> tuple[Exercise, Groups]:
    lesson = load_lesson(lesson_id, story)
    assert lesson.key is not None
    exercise = lesson.exercise(exercise_id)
    return exercise, exercise.model_answers(lesson.key, story.article.text)["key"]["groups"]


@pytest.mark.parametrize(
    ("found", "counts"),
    [
        ([Span(0, 7)], True),  # the passage itself
        ([Span(4, 7)], True),  # a word of it
        ([Span(4, 13)], True),  # half inside
        ([Span(4, 18)], False),  # a third inside
        ([Span(14, 18)], False),
        ([Span(0, 39)], False),  # everything
        ([Span(0, 3), Span(14, 18)], True),
    ],
)
def test_evidence_counts_if_half_of_it_stands_in_a_listed_passage(found: list[Span], counts: bool) -> None:
    assert supports(TEXT, tuple(found), (Span(0, 7),)) is counts


def test_one_passage_of_several_is_enough(baltics: Story) -> None:
    exercise, groups = model(baltics, "05_what_is_the_frame", "grid")
    short = [{r: (v[:1] if r != "labels" else v) for r, v in g.items()} for g in groups[:2]]
    assert any(len(v) > 1 for g in groups for r, v in g.items() if r != "labels")
    assert tried(baltics, "grid", short).score == 1
    assert exercise.need == 2


def test_two_frames_are_enough_and_one_is_half(baltics: Story) -> None:
    _, groups = model(baltics, "05_what_is_the_frame", "grid")
    assert tried(baltics, "grid", groups[:2]).score == 1 == tried(baltics, "grid", groups).score
    assert tried(baltics, "grid", groups[:1]).score == pytest.approx(0.5)


def test_evidence_under_the_wrong_frame_earns_the_evidence_only_where_it_is_listed(baltics: Story) -> None:
    _, groups = model(baltics, "05_what_is_the_frame", "grid")
    wrong = [{**g, "labels": {"frame": "dialogue"}} for g in groups[:2]]
    assert tried(baltics, "grid", wrong).score == pytest.approx(0.8)  # four parts of five, twice


def test_an_invented_cause_costs(baltics: Story) -> None:
    """The third frame gives no cause: filling a cell that the text leaves empty costs as much as a miss."""
    _, groups = model(baltics, "05_what_is_the_frame", "grid")
    assert "cause" not in groups[2]
    filled = {**groups[2], "cause": groups[2]["problem"]}
    assert tried(baltics, "grid", [groups[0], groups[2]]).score == 1
    assert tried(baltics, "grid", [groups[0], filled]).score == pytest.approx(8 / 9, abs=1e-3)


def test_what_is_said_names_the_frame_and_its_gaps(baltics: Story) -> None:
    _, groups = model(baltics, "05_what_is_the_frame", "grid")
    notes = {n.item: n for n in tried(baltics, "grid", groups).notes}
    assert notes["E3"].where == "Dialogue" and "The text gives no cause" in notes["E3"].reveal
    assert tried(baltics, "grid", groups[:1]).notes[1].hint == "One more frame can be filled in."
    part = [{**groups[0], "labels": {}}, groups[1]]
    assert "frame" in tried(baltics, "grid", part).notes[0].hint


def test_one_class_for_every_device_stays_under_the_bar(baltics: Story) -> None:
    exercise, groups = model(baltics, "04_which_words_frame", "devices")
    scores = {}
    for device in {g["labels"]["device"] for g in groups}:
        same = [{**g, "labels": {"device": device}} for g in groups]
        scores[device] = tried(baltics, "devices", same).score
    assert max(scores.values()) < 0.7 < exercise.bar
    assert min(scores.values()) >= 0.5, "finding is half of it"


def test_four_right_classes_count_in_full(baltics: Story) -> None:
    _, groups = model(baltics, "04_which_words_frame", "devices")
    four = [g for g in groups if g["labels"]["device"] in {"agency", "owned_term", "word_choice", "selection"}]
    eight = four[-8:]
    assert len(eight) == 8 and len({g["labels"]["device"] for g in eight}) == 4
    assert tried(baltics, "devices", eight).score == 1


def test_both_answers_to_an_open_question_earn_nothing_and_cost_nothing(baltics: Story) -> None:
    lesson = load_lesson("05_what_is_the_frame", baltics)
    exercise = lesson.exercise("questions")
    assert lesson.key is not None
    best = exercise.model_answers(lesson.key, baltics.article.text)["key"]["values"]
    for way in ("yes", "no"):  # a reader who finds morality in it, and one who does not
        other = {**best, **dict.fromkeys(("M1", "M2", "M3"), way)}
        outcome = exercise.outcome({"values": other}, lesson.key, baltics.article.text)
        assert outcome.score == 1
    notes = {n.item: n for n in outcome.notes}
    assert notes["M1"].possible == 0 and notes["C1"].possible == 1
    assert exercise.outcome({"values": {**best, "C1": "no"}}, lesson.key, baltics.article.text).score < 1
