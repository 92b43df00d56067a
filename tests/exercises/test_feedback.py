"""Feedback: the first try points, the last one tells; nothing of the key leaks before."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from copydesk.base.wording import choice_labels, load_wording
from copydesk.exercises.exercise import Exercise
from copydesk.exercises.form import accepts
from copydesk.exercises.outcome import MOST_HINTS, RECEIVED, Note, Outcome, feedback
from copydesk.lessons.lesson import Lesson, load_lesson
from copydesk.story.key import Key
from copydesk.story.story import load_story
from tests.made_exercise import made

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
STORIES = [load_story(path.parent) for path in sorted(SEEDS.glob("*/story.toml"))]
PAIRS = [
    (on, e)
    for story in STORIES
    for lesson in (load_lesson(name, story) for name in sorted(story.lessons))
    for e in lesson.exercises
    for on in [lesson.on_story_of(e)]
    if e.type != "write" and e.model_answers(on.key, on.story.article.text)  # type: ignore[arg-type]
]
every_exercise = pytest.mark.parametrize(("lesson", "exercise"), PAIRS, ids=[e.key_name for _, e in PAIRS])
SAY = load_wording("strings")["outcome"]


def key_of(lesson: Lesson) -> Key:
    assert lesson.key is not None
    return lesson.key


def wrong_answers(lesson: Lesson, exercise: Exercise) -> Iterator[dict[str, Any]]:
    """Answers short of the bar: without thought, and the key's with only its first item."""
    key, text = key_of(lesson), lesson.story.article.text
    answers = [*exercise.lazy_answers(key, text).values()][:12]
    best = exercise.model_answers(key, text)["key"]
    name, given = next(iter(best.items()))
    answers.append({name: given[:1] if isinstance(given, list) else dict([*given.items()][:1])})
    wrong = [a for a in answers if exercise.outcome(a, key, text).status == "not_yet"]
    assert wrong, "no wrong answer to try"
    yield from wrong


def shown(told: dict[str, Any]) -> str:
    return json.dumps({n: v for n, v in told.items() if n != "status"}, ensure_ascii=False)


def secrets(lesson: Lesson, exercise: Exercise, outcome: Outcome) -> Iterator[str]:
    """What a hint must not say: reasons, readings, the words of the key, the right class or option."""
    key, text = key_of(lesson), lesson.story.article.text
    for n in outcome.notes:
        yield from (n.reveal, *n.others)
        yield from (s.of(text) for s in n.spans if n.earned < n.possible)
    if exercise.type == "sort":
        yield from (choice_labels(exercise.choices)[c] for i in exercise.asked(key) for c in i.accepted)
    if exercise.type == "form":
        keyed = key.answers.get(exercise.key_name, {})
        for q in exercise.questions:
            yield from (say for v, say in q.options.items() if q.id in keyed and accepts(keyed[q.id], v))


@every_exercise
def test_the_first_try_points_and_does_not_tell(lesson: Lesson, exercise: Exercise) -> None:
    for answer in wrong_answers(lesson, exercise):
        outcome = exercise.outcome(answer, key_of(lesson), lesson.story.article.text)
        told = feedback(exercise, outcome, last=False)
        assert told["key"] == [] and told["foot"] == "" and told["hints"]
        for secret in secrets(lesson, exercise, outcome):
            if len(secret) > 3:
                assert not re.search(rf"(?<!\w){re.escape(secret)}(?!\w)", shown(told)), secret


@every_exercise
def test_the_last_try_shows_key_reasons_and_other_readings(lesson: Lesson, exercise: Exercise) -> None:
    for answer in wrong_answers(lesson, exercise):
        outcome = exercise.outcome(answer, key_of(lesson), lesson.story.article.text)
        told = feedback(exercise, outcome, last=True)
        assert len(told["key"]) == sum(bool(n.reveal or n.parts) for n in outcome.notes) > 0
        assert [r["others"] for r in told["key"]] == [list(n.others) for n in outcome.notes if n.reveal or n.parts]
        assert all(row["reveal"] or row["parts"] for row in told["key"]), "a bare tick"
        assert str(round(100 * outcome.score)) in told["headline"] and told["hints"] == []


def test_reason_alternatives_and_the_words_of_the_key_stand_in_the_row() -> None:
    lesson = load_lesson("02_who_says_so", load_story("baltics-2022"))
    exercise, key, text = lesson.exercise("mark_cues"), key_of(lesson), lesson.story.article.text
    told = feedback(exercise, exercise.outcome({"groups": [{"source": [[1128, 1130]]}]}, key, text), last=True)
    for name in ("A5", "A6", "A7"):
        entry = key.entry(name)
        row = next(r for r in told["key"] if str(entry["region"][1:]) in r["where"])
        blob = json.dumps(row, ensure_ascii=False).lower()
        assert json.dumps(entry.why, ensure_ascii=False)[1:-1].lower() in blob
        assert all(a.say in row["others"] for a in entry.alternatives)
        for role in ("source", "cue", "content"):
            assert all(s.of(text).lower() in blob for s in entry.spans(role)), (name, role)


def test_devices_show_their_rival_readings_and_how_far_readers_agree() -> None:
    lesson = load_lesson("04_which_words_frame", load_story("baltics-2022"))
    exercise, key = lesson.exercise("devices"), key_of(lesson)
    outcome = exercise.outcome({"groups": [{"wording": [[351, 352]]}]}, key, lesson.story.article.text)
    told = feedback(exercise, outcome, last=True)
    assert told["foot"] == SAY["framing_figure"] and "alpha" in told["foot"]
    assert feedback(exercise, outcome, last=False)["foot"] == ""
    others = [o for row in told["key"] for o in row["readings"]]
    for device in key.layer("framing", exercise.region):
        assert set(device["readings"]) <= set(others), device.id
    voice = load_lesson("02_who_says_so", lesson.story).exercise("voice")
    sorted_wrong = voice.outcome({"choices": {"p1.s1": "x"}}, key, lesson.story.article.text)
    assert feedback(voice, sorted_wrong, last=True)["foot"] == ""


def test_right_on_the_first_try_shows_the_key() -> None:
    lesson = load_lesson("00_start_here")
    exercise, text = lesson.exercise("voices"), lesson.story.article.text
    best = exercise.model_answers(key_of(lesson), text)["key"]
    told = feedback(exercise, exercise.outcome(best, key_of(lesson), text), last=False)
    assert told["status"] == "right" and told["key"] and told["hints"] == []
    assert {row["mark"] for row in told["key"]} == {"full"}


@pytest.mark.parametrize("last", [False, True])
@pytest.mark.parametrize("outcome", [RECEIVED, Outcome("not_attempted", 0, (Note("a", "a", 0, 1, "hint", "key"),))])
def test_nothing_given_and_nothing_to_grade_by_say_one_sentence(outcome: Outcome, last: bool) -> None:
    exercise = load_lesson("04_which_words_frame", load_story("baltics-2022")).exercise("devices")
    told = feedback(exercise, outcome, last=last)
    assert told == {"status": outcome.status, "headline": SAY[outcome.status], "hints": [], "key": [], "foot": ""}


def plain(points: float = 1, type: str = "sort") -> Exercise:
    found: Exercise = made(type, points=points)
    return found


def test_many_hints_are_cut_and_counted() -> None:
    notes = tuple(Note(str(n), "x", 0, 1, f"look {n}") for n in range(MOST_HINTS + 3))
    told = feedback(plain(), Outcome("not_yet", 0.1, notes), last=False)
    assert [hint["text"] for hint in told["hints"][:MOST_HINTS]] == [f"look {n}" for n in range(MOST_HINTS)]
    assert len(told["hints"]) == MOST_HINTS + 1 and "3" in told["hints"][-1]["text"]


def test_full_part_none_and_open_differ_by_sign_and_word() -> None:
    worth = ((2, 2), (1, 2), (0, 2), (0, 0))
    notes = tuple(Note(str(n), "p1", earned, possible, "", "why") for n, (earned, possible) in enumerate(worth))
    rows = feedback(plain(), Outcome("not_yet", 0.5, notes), last=True)["key"]
    assert [r["mark"] for r in rows] == ["full", "part", "none", "open"]
    assert len({r["sign"] for r in rows}) == 4 and len({r["mark_text"] for r in rows}) == 4


def test_what_a_person_reads_is_not_called_right() -> None:
    note = Note("claim", "Claim", 1, 1, "", "Claim: 9 words.")
    assert feedback(plain(type="write"), Outcome("right", 1, (note,)), last=False)["headline"] == SAY["complete"]
    short = Note("claim", "Claim", 0, 1, "too short", "too short")
    told = feedback(plain(type="write"), Outcome("not_yet", 0, (short,)), last=True)
    assert told["headline"] == SAY["incomplete"] and [h["text"] for h in told["hints"]] == ["too short"]


def test_a_prediction_is_noted() -> None:
    note = Note("guess", "Question 1", 0, 0, reveal="Compare later.")
    assert feedback(plain(points=0, type="form"), Outcome("right", 1, (note,)), last=False)["headline"] == SAY["noted"]
