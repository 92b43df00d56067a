"""A competent second coder passes: marks made from the page and the notebooks alone, before any key was opened.

`fixtures/second_coder` holds them as offsets into the page. Where a coder who does as the prompt says would fail, the
key or the scoring is at fault.
"""

import json
import random
from pathlib import Path
from typing import Any

import pytest

from copydesk.base.spans import Span
from copydesk.exercises.exercise import Exercise
from copydesk.lessons.lesson import Lesson, load_lesson
from copydesk.story.story import load_story

CODED = Path(__file__).parents[1] / "fixtures" / "second_coder"
DRAWS = 500
both = pytest.mark.parametrize("name", ["baltics-2022", "greywater-barrage"])


def coded(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((CODED / f"{name}.json").read_text("utf-8"))
    return found


def lesson(name: str, lesson_id: str) -> Lesson:
    return load_lesson(lesson_id, load_story(name))


def score(of: Lesson, exercise: Exercise, answer: dict[str, Any]) -> float:
    return exercise.outcome(answer, of.key, of.story.article.text).score


def devices(of: Lesson) -> list[dict[str, Any]]:
    """The coder's devices in the paragraphs of the exercise, as a learner would mark them."""
    shown = [b.span for b in of.exercise("devices").blocks(of.story)]
    listed = [d for d in coded(of.story.id)["devices"] if any(b.covers(Span(*d["span"])) for b in shown)]
    return [{"wording": [d["span"]], "labels": {"device": d["class"]}} for d in listed]


@both
def test_all_devices_of_the_coder_score_in_full(name: str) -> None:
    of = lesson(name, "04_which_words_frame")
    assert len(devices(of)) >= 12
    assert score(of, of.exercise("devices"), {"groups": devices(of)}) == 1


@both
def test_any_eight_devices_of_the_coder_pass(name: str) -> None:
    of = lesson(name, "04_which_words_frame")
    exercise, chance = of.exercise("devices"), random.Random(8)
    scores = [score(of, exercise, {"groups": chance.sample(devices(of), 8)}) for _ in range(DRAWS)]
    assert sum(s >= exercise.bar for s in scores) >= 0.95 * DRAWS


@both
def test_the_attributions_of_the_coder_pass_in_each_exercise(name: str) -> None:
    of = lesson(name, "02_who_says_so")
    for exercise in map(of.exercise, ("mark_help", "mark_cues", "mark_alone")):
        shown = [b.span for b in exercise.blocks(of.story)]
        groups = []
        for a in coded(name)["attributions"]:
            first = (a["content"] or a["cue"])[0]
            if any(b.covers(Span(*first)) for b in shown):
                groups.append({**{r: a[r] for r in exercise.mark_roles()}, "labels": {"form": a["form"]}})
        assert groups and score(of, exercise, {"groups": groups}) >= exercise.bar + 0.15, exercise.id


@both
def test_the_voices_of_the_coder_leave_room_for_two_errors(name: str) -> None:
    of = lesson(name, "02_who_says_so")
    exercise, sentences = of.exercise("voice"), of.story.article.sentences
    chosen = {s.id: v["voice"] for v in coded(name)["voice"] for s in sentences if s.start <= v["span"][0] < s.end}
    outcome = exercise.outcome({"choices": chosen}, of.key, of.story.article.text)
    right, asked = (sum(getattr(n, field) for n in outcome.notes) for field in ("earned", "possible"))
    assert (right - 2) / asked >= exercise.bar
