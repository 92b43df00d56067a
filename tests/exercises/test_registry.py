"""Scoring as a whole: for every lesson and story it is fair, it survives any answer, and marking more never pays."""

import itertools
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk.base.errors import CopydeskError
from copydesk.base.spans import Span, words
from copydesk.exercises import lazy_answers, model_answers, score, well_formed
from copydesk.exercises.exercise import Exercise
from copydesk.exercises.feedback import feedback
from copydesk.exercises.mark_match import key_answer, readings, targets_of
from copydesk.exercises.outcome import RECEIVED
from copydesk.lessons.lesson import Lesson, load_lesson
from copydesk.story.key import Entry, Key
from copydesk.story.story import load_story
from copydesk_classroom.checking.story import ScoringCheck, check_scoring

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
STORIES = [load_story(path.parent) for path in sorted(SEEDS.glob("*/story.toml"))]
LESSONS = [load_lesson(name, story) for story in STORIES for name in sorted(story.lessons)]
PAIRS = [(lesson, e) for lesson in LESSONS for e in lesson.exercises]
MARKS = [(lesson, e) for lesson, e in PAIRS if e.type == "mark"]


def names(pairs: list[tuple[Lesson, Exercise]]) -> list[str]:
    return [e.key_name for _, e in pairs]


def key_of(lesson: Lesson) -> Key:
    assert lesson.key is not None
    return lesson.key


def lesson_named(name: str) -> Lesson:
    return next(lesson for lesson in LESSONS if lesson.id == name)


every_exercise = pytest.mark.parametrize(("lesson", "exercise"), PAIRS, ids=names(PAIRS))
every_mark = pytest.mark.parametrize(("lesson", "exercise"), MARKS, ids=names(MARKS))


class TestProofs:
    @pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
    def test_all_hold(self, lesson: Lesson) -> None:
        proofs = check_scoring(lesson)
        assert [p for p in proofs if not p.holds] == []
        assert {p.exercise for p in proofs} == {e.id for e in lesson.exercises}

    @every_exercise
    def test_and_so_they_do_said_again_without_them(self, lesson: Lesson, exercise: Exercise) -> None:
        key, text = key_of(lesson), lesson.story.article.text
        assert (score(exercise, {}, key, text).status, score(exercise, {}, key, text).score) == ("not_attempted", 0)
        models = model_answers(exercise, key, text)
        assert {n: score(exercise, a, key, text).score for n, a in models.items()} == dict.fromkeys(models, 1.0)
        assert models or not exercise.points
        assert lazy_answers(exercise, key, text) or exercise.type == "form"

    def failed(self, lesson: Lesson, **changed: Any) -> list[ScoringCheck]:
        story = replace(lesson.story, key=replace(key_of(lesson), **changed))
        return [p for p in check_scoring(replace(lesson, story=story)) if not p.holds]

    def test_a_key_whose_content_swallows_its_source_fails(self) -> None:
        lesson = lesson_named("00_start_here")
        a1, *rest = key_of(lesson).attributions
        a1, *rest = (e for e in (a1, *rest) if e.id != "H1")
        wide = replace(a1, data={**a1.data, "content": [{"start": 118, "end": 209}]})
        entries = {**key_of(lesson).entries, "attributions": (wide, *rest)}
        failed = self.failed(lesson, entries=entries)
        assert [(p.exercise, p.detail) for p in failed] == [("first_mark", "key 67%")]

    def test_a_key_that_is_one_whole_sentence_fails(self) -> None:
        lesson = lesson_named("00_start_here")
        whole = {"id": "A1", "region": "p1", "source": None, "cue": None, "content": [{"start": 82, "end": 210}]}
        others = tuple(a for a in key_of(lesson).attributions if a["region"] != "p1")
        entries = {**key_of(lesson).entries, "attributions": (Entry("A1", "attributions", whole), *others)}
        failed = self.failed(lesson, entries=entries)
        assert [p.exercise for p in failed] == ["first_mark"] and "without thought" in failed[0].claim

    def test_points_without_an_answer_fail(self) -> None:
        lesson = lesson_named("01_what_is_on_the_page")
        answers = {n: a for n, a in key_of(lesson).answers.items() if n != "01_what_is_on_the_page/exit"}
        assert ("exit", "an exercise with points has a model answer") in [
            (p.exercise, p.claim) for p in self.failed(lesson, answers=answers)
        ]

    def test_a_prediction_that_can_be_wrong_fails(self) -> None:
        lesson = lesson_named("01_what_is_on_the_page")
        answers = {**key_of(lesson).answers, f"{lesson.id}/predict": {"day": {"accept": ["no"]}}}
        assert [(p.exercise, p.detail) for p in self.failed(lesson, answers=answers)] == [("predict", "day")]

    def test_the_same_answer_everywhere_fails(self) -> None:
        lesson = lesson_named("03_how_strong_is_the_sourcing")
        kinds = {f"s{n}": {"accept": ["institution"]} for n in range(1, 7)}
        answers = {**key_of(lesson).answers, f"{lesson.id}/kinds": kinds}
        assert [p.exercise for p in self.failed(lesson, answers=answers)] == ["kinds"]

    def test_a_bar_that_is_too_low_fails(self) -> None:
        lesson = lesson_named("02_who_says_so")
        low = tuple(replace(e, bar=0.4) if e.id == "voice" else e for e in lesson.exercises)
        assert [p.exercise for p in check_scoring(replace(lesson, exercises=low)) if not p.holds] == ["voice"]

    def test_a_blank_that_counts_fails(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(
            "copydesk_classroom.checking.story.score",
            lambda e, answer, key, text: score(e, answer or {"x": 1}, None, text),
        )
        failed = [p for p in check_scoring(lesson_named("00_start_here")) if not p.holds]
        assert "blank scores 0" in {p.claim for p in failed}

    def test_without_a_key_there_is_nothing_to_prove(self) -> None:
        lesson = lesson_named("00_start_here")
        with pytest.raises(CopydeskError, match="'practice' has no key here"):
            check_scoring(replace(lesson, story=replace(lesson.story, key=None)))


@every_exercise
def test_without_a_key_everything_is_received(lesson: Lesson, exercise: Exercise) -> None:
    for answer in ({}, *model_answers(exercise, key_of(lesson), lesson.story.article.text).values()):
        assert score(exercise, answer, None, lesson.story.article.text) == RECEIVED


def ways(exercise: Exercise, key: Key) -> Iterator[list[Any]]:
    """Every choice of one reading an entry, up to 60 of them drawn at random."""
    targets = targets_of(exercise, key)
    choices = [range(-1, len(t.entry.alternatives)) for t in targets]
    draw = random.Random(7)
    total = 1
    for c in choices:
        total *= len(c)
    every = itertools.product(*choices) if total <= 60 else ([draw.choice(c) for c in choices] for _ in range(60))
    for chosen in every:
        now = list(targets)
        for t, way in zip(targets, chosen, strict=True):
            if way >= 0 and any(x.entry.id == t.entry.id for x in now):
                now = readings(exercise, t.entry, now)[way + 1]
        yield now


@every_mark
def test_alternatives_taken_together_score_full(lesson: Lesson, exercise: Exercise) -> None:
    key, text = key_of(lesson), lesson.story.article.text
    for targets in ways(exercise, key):
        if targets:
            assert score(exercise, key_answer(targets), key, text).score == 1, [t.entry.id for t in targets]


@pytest.mark.parametrize(
    ("lesson", "exercise"), [p for p in PAIRS if p[1].type in ("sort", "form")], ids=lambda x: getattr(x, "id", "")
)
def test_accepted_values_taken_together_score_full(lesson: Lesson, exercise: Exercise) -> None:
    key, text = key_of(lesson), lesson.story.article.text
    field = "choices" if exercise.type == "sort" else "values"
    together: dict[str, Any] = {}
    for answer in model_answers(exercise, key, text).values():  # the last accepted value of each item
        first = model_answers(exercise, key, text)["key"][field]
        together |= {n: v for n, v in answer[field].items() if n not in together or v != first[n]}
    if together:
        assert score(exercise, {field: together}, key, text).score == 1


def plain_words(lesson: Lesson, exercise: Exercise) -> list[Span]:
    """Words of the exercise's paragraphs that no reading of any entry touches, not next to each other."""
    key, text = key_of(lesson), lesson.story.article.text
    first = targets_of(exercise, key)
    all_readings = [t for one in first for way in readings(exercise, one.entry, first) for t in way]
    taken = [s for t in all_readings for spans in t.roles.values() for s in spans]
    blocks = [e.spans("span")[0] for e in key.layer("sentences", exercise.region)]
    return [w for b in blocks for w in words(text, b) if not any(w.overlap(s) for s in taken)]


@every_mark
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_more_marks_on_plain_words_never_pay_and_in_the_end_they_cost(
    lesson: Lesson, exercise: Exercise, data: st.DataObject
) -> None:
    key, text = key_of(lesson), lesson.story.article.text
    perfect = key_answer(targets_of(exercise, key))["groups"]
    plain = data.draw(st.permutations(plain_words(lesson, exercise)))
    role = data.draw(st.sampled_from(exercise.get("roles")))
    before = 1.0
    for n in sorted({0, 1, 2, len(plain) // 4, len(plain) // 2, len(plain)}):
        now = score(exercise, {"groups": perfect + [{role: [[w.start, w.end]]} for w in plain[:n]]}, key, text).score
        assert now <= before
        before = now
    assert before < 1


def test_marks_that_sit_on_controls_cost_at_once() -> None:
    lesson = lesson_named("04_which_words_frame")
    exercise, key, text = lesson.exercise("devices"), key_of(lesson), lesson.story.article.text
    perfect = key_answer(targets_of(exercise, key))["groups"]
    for control in key.layer("controls", exercise.region):
        span = control.spans("span")[0]
        answer = {"groups": [*perfect, {"wording": [[span.start, span.end]]}]}
        assert score(exercise, answer, key, text).score < 1, control.id


def ids() -> list[str]:
    return sorted({q["id"] for _, e in PAIRS for n in ("questions", "items", "fields") for q in e.get(n) or ()})


LEAF = st.none() | st.booleans() | st.integers() | st.integers(-5, 2400) | st.floats() | st.text(max_size=4)
LEAF |= st.sampled_from(["known", "reporter", "story", "direct", "kallas", "yes"])
PAIR = st.lists(st.integers(-5, 2400), min_size=2, max_size=2)
NAMES = ["source", "cue", "content", "wording", "trace", "labels", "form", "device", "choices", "groups"]
JSON = st.recursive(
    LEAF | PAIR,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=3),
    max_leaves=8,
)
BY_ID = st.dictionaries(st.sampled_from(ids()), LEAF | JSON, max_size=5) | JSON
GROUPS = st.lists(st.dictionaries(st.sampled_from(NAMES), st.lists(PAIR | JSON, max_size=3) | JSON, max_size=4) | JSON)
PARTS = {"groups": GROUPS | JSON, "choices": BY_ID, "values": BY_ID, "texts": BY_ID, "evidence": st.lists(PAIR) | JSON}
PARTS["order"] = st.lists(st.sampled_from(ids())) | JSON
ANY_ANSWER = JSON | st.fixed_dictionaries({}, optional=PARTS)


@settings(max_examples=100, deadline=None)
@given(ANY_ANSWER)
def test_any_json_is_an_answer(answer: Any) -> None:
    for lesson, exercise in PAIRS:
        outcome = score(exercise, answer, lesson.key, lesson.story.article.text)
        assert 0 <= outcome.score <= 1
        assert outcome.status in ("not_attempted", "not_yet", "right")
        assert outcome.score == 0 or outcome.status != "not_attempted"
        for last in (False, True):
            assert feedback(exercise, outcome, last=last)["headline"]


@given(ANY_ANSWER)
def test_what_is_well_formed_stays_as_it_is(answer: Any) -> None:
    kept = well_formed(answer)
    assert repr(well_formed(kept)) == repr(kept)
    assert set(kept) <= set(PARTS)


def test_evidence_between_the_paragraphs_is_said_in_a_sentence() -> None:
    lesson = lesson_named("01_what_is_on_the_page")
    outcome = score(lesson.exercise("explain"), {"evidence": [[349, 351]]}, lesson.key, lesson.story.article.text)
    assert next(n for n in outcome.notes if n.item == "evidence").hint
