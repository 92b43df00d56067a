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
from copydesk.exercises import TYPES, make_exercise
from copydesk.exercises.exercise import Exercise
from copydesk.exercises.mark import key_answer
from copydesk.exercises.outcome import RECEIVED, feedback
from copydesk.lessons.lesson import Lesson, load_lesson
from copydesk.page.article import parse_article
from copydesk.story.key import Entry, Key
from copydesk.story.story import DEFAULT, load_story
from copydesk_classroom.checking import ScoringCheck, check_scoring
from tests.made_exercise import DEFAULTS, made

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
STORIES = [load_story(path.parent) for path in sorted(SEEDS.glob("*/story.toml"))]
LESSONS = [load_lesson(name, story) for story in STORIES for name in sorted(story.lessons)]
PAIRS = [(lesson.on_story_of(e), e) for lesson in LESSONS for e in lesson.exercises]
OF_EACH_TYPE = {e.type: e for _, e in PAIRS}
MARKS = [(lesson, e) for lesson, e in PAIRS if e.type == "mark"]


def names(pairs: list[tuple[Lesson, Exercise]]) -> list[str]:
    return [e.key_name for _, e in pairs]


def key_of(lesson: Lesson) -> Key:
    assert lesson.key is not None
    return lesson.key


def lesson_named(name: str) -> Lesson:
    return min((lesson for lesson in LESSONS if lesson.id == name), key=lambda lesson: lesson.story.id != DEFAULT)


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
        assert (exercise.outcome({}, key, text).status, exercise.outcome({}, key, text).score) == ("not_attempted", 0)
        models = exercise.model_answers(key, text)
        assert {n: exercise.outcome(a, key, text).score for n, a in models.items()} == dict.fromkeys(models, 1.0)
        assert models or not exercise.points
        assert exercise.lazy_answers(key, text) or exercise.type == "form"

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
        answers = {**key_of(lesson).answers, f"{lesson.id}/predict": {"share_line": {"accept": ["story"]}}}
        assert [(p.exercise, p.detail) for p in self.failed(lesson, answers=answers)] == [("predict", "share_line")]

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
        own = Exercise.outcome
        monkeypatch.setattr(Exercise, "outcome", lambda e, answer, key, text: own(e, answer or {"x": 1}, None, text))
        failed = [p for p in check_scoring(lesson_named("00_start_here")) if not p.holds]
        assert "blank scores 0" in {p.claim for p in failed}

    def test_without_a_key_there_is_nothing_to_prove(self) -> None:
        lesson = lesson_named("00_start_here")
        with pytest.raises(CopydeskError, match="'practice' has no key here"):
            check_scoring(replace(lesson, story=replace(lesson.story, key=None)))


@every_exercise
def test_without_a_key_everything_is_received(lesson: Lesson, exercise: Exercise) -> None:
    for answer in ({}, *exercise.model_answers(key_of(lesson), lesson.story.article.text).values()):
        assert exercise.outcome(answer, None, lesson.story.article.text) == RECEIVED


def ways(exercise: Exercise, key: Key) -> Iterator[list[Any]]:
    """Every choice of one reading an entry, up to 60 of them drawn at random."""
    targets = exercise.targets(key)
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
                now = exercise.readings(t.entry, now)[way + 1]
        yield now


@every_mark
def test_alternatives_taken_together_score_full(lesson: Lesson, exercise: Exercise) -> None:
    key, text = key_of(lesson), lesson.story.article.text
    for targets in ways(exercise, key):
        if targets:
            assert exercise.outcome(key_answer(targets), key, text).score == 1, [t.entry.id for t in targets]


@pytest.mark.parametrize(
    ("lesson", "exercise"), [p for p in PAIRS if p[1].type in ("sort", "form")], ids=lambda x: getattr(x, "id", "")
)
def test_accepted_values_taken_together_score_full(lesson: Lesson, exercise: Exercise) -> None:
    key, text = key_of(lesson), lesson.story.article.text
    field = "choices" if exercise.type == "sort" else "values"
    together: dict[str, Any] = {}
    for answer in exercise.model_answers(key, text).values():  # the last accepted value of each item
        first = exercise.model_answers(key, text)["key"][field]
        together |= {n: v for n, v in answer[field].items() if n not in together or v != first[n]}
    if together:
        assert exercise.outcome({field: together}, key, text).score == 1


def plain_words(lesson: Lesson, exercise: Exercise) -> list[Span]:
    """Words of the exercise's paragraphs that no reading of any entry touches, not next to each other."""
    key, text = key_of(lesson), lesson.story.article.text
    first = exercise.targets(key)
    all_readings = [t for one in first for way in exercise.readings(one.entry, first) for t in way]
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
    perfect = key_answer(exercise.targets(key))["groups"]
    plain = data.draw(st.permutations(plain_words(lesson, exercise)))
    role = data.draw(st.sampled_from(exercise.roles))
    before = 1.0
    for n in sorted({0, 1, 2, len(plain) // 4, len(plain) // 2, len(plain)}):
        now = exercise.outcome({"groups": perfect + [{role: [[w.start, w.end]]} for w in plain[:n]]}, key, text).score
        assert now <= before
        before = now
    assert before < 1 or (exercise.is_example and not plain)  # an example may have no plain words


def test_marks_that_sit_on_controls_cost_at_once() -> None:
    lesson = lesson_named("04_which_words_frame")
    exercise, key, text = lesson.exercise("devices"), key_of(lesson), lesson.story.article.text
    perfect = key_answer(exercise.targets(key))["groups"]
    for control in key.layer("controls", exercise.region):
        span = control.spans("span")[0]
        answer = {"groups": [*perfect, {"wording": [[span.start, span.end]]}]}
        assert exercise.outcome(answer, key, text).score < 1, control.id


def ids() -> list[str]:
    return sorted({q.id for _, e in PAIRS for n in ("questions", "items", "fields") for q in getattr(e, n, ())})


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
        outcome = exercise.outcome(answer, lesson.key, lesson.story.article.text)
        assert 0 <= outcome.score <= 1
        assert outcome.status in ("not_attempted", "not_yet", "right")
        assert outcome.score == 0 or outcome.status != "not_attempted"
        for last in (False, True):
            assert feedback(exercise, outcome, last=last)["headline"]


@given(ANY_ANSWER)
def test_what_is_well_formed_stays_as_it_is(answer: Any) -> None:
    for exercise in OF_EACH_TYPE.values():
        kept = exercise.well_formed(answer)
        assert repr(exercise.well_formed(kept)) == repr(kept)
        assert set(kept) <= set(PARTS)
        assert set(kept) <= {*answer} if isinstance(answer, dict) else kept == {}


def test_there_are_exercises_of_each_type() -> None:
    assert set(OF_EACH_TYPE) == set(TYPES)


def test_evidence_between_the_paragraphs_is_said_in_a_sentence() -> None:
    lesson = lesson_named("01_what_is_on_the_page")
    outcome = lesson.exercise("explain").outcome({"evidence": [[349, 351]]}, lesson.key, lesson.story.article.text)
    assert next(n for n in outcome.notes if n.item == "evidence").hint


USUAL: dict[str, dict[str, Any]] = {
    "mark": {"layer": "attributions", "roles": ["source", "cue"]},
    "sort": {"choices": "voice", "items": [{"id": "i", "text": "It rained."}]},
    "form": {"questions": [{"id": "q", "text": "Why?"}]},
    "order": {"items": [{"id": i, "text": f"It is {i}."} for i in "abc"]},
    "write": {"fields": [{"id": "b", "label": "Box"}]},
}
each_type = pytest.mark.parametrize("type", USUAL)


def refused(type: Any, *said: str, without: str = "", **settings: Any) -> None:
    data = {
        "id": "e",
        "type": type,
        "title": "Title",
        "prompt": "Prompt",
        **DEFAULTS,
        **USUAL.get(str(type), {}),
        **settings,
    }
    data = {n: v for n, v in data.items() if n != without}
    with pytest.raises(CopydeskError) as error:
        make_exercise("l", data, parse_article("It rained. He refused."))
    assert all(words in str(error.value) for words in said), str(error.value)


MOODS = {"id": "q", "text": "Which?", "options": "moods"}


class TestSettings:
    """A lesson that sets what there is not, or sets it wrongly, is refused by the name of the place."""

    @each_type
    def test_what_is_sound_is_made(self, type: str) -> None:
        assert made(type, **USUAL[type]).key_name == "l/e" and set(USUAL) == set(TYPES)

    @each_type
    @pytest.mark.parametrize("name", ["title", "prompt"])
    def test_what_is_missing(self, type: str, name: str) -> None:
        refused(type, f"l/e lacks '{name}'", "lessons.toml", without=name)

    @each_type
    def test_an_exercise_without_an_id(self, type: str) -> None:
        refused(type, "l/? lacks 'id'", without="id")

    def test_an_item_to_sort_without_an_id(self) -> None:
        refused("sort", "e: items, number 2", "lacks 'id'", items=[{"id": "a"}, {"text": "It rained."}])

    @each_type
    @pytest.mark.parametrize("name", ["promt", "settings", "nothing"])
    def test_what_is_unknown_and_those_there_are(self, type: str, name: str) -> None:
        refused(type, f"l/e has no setting '{name}'", "there are: ", "prompt", **{name: "x"})

    @pytest.mark.parametrize(
        ("type", "name"), [("form", "roles"), ("mark", "questions"), ("write", "items"), ("sort", "known")]
    )
    def test_a_setting_of_another_type(self, type: str, name: str) -> None:
        refused(type, f"l/e has no setting '{name}'", **{name: []})

    @each_type
    @pytest.mark.parametrize(
        ("name", "value", "kind"),
        [
            ("title", 7, "a text"),
            ("prompt", ["a"], "a text"),
            ("layer", 1, "a text"),
            ("points", "2", "a number"),
            ("points", True, "a number"),
            ("tries", 1.5, "a whole number"),
            ("tries", False, "a whole number"),
            ("bar", "high", "a number"),
            ("bar", None, "a number"),
        ],
    )
    def test_what_is_mistyped(self, type: str, name: str, value: Any, kind: str) -> None:
        refused(type, f"l/e: {name} is ", f"which is not {kind}", **{name: value})

    @pytest.mark.parametrize(
        ("type", "name", "value"),
        [
            ("mark", "need", "2"),
            ("mark", "variety", 0.5),
            ("mark", "worked", "yes"),
            ("order", "known", 1),
            ("order", "deal", "twice"),
            ("sort", "choices", 3),
            ("mark", "roles", "source"),
            ("mark", "region", 7),
            ("mark", "free_share", "a lot"),
            ("mark", "given", 7),
            ("mark", "label_choices", "x"),
            ("write", "rubric", "claim"),
            ("sort", "cards", 7),
            ("sort", "cards", {"a": 7}),
            ("sort", "items", [{"id": "i", "span": "x"}]),
            ("order", "items", [{"id": "i", "span": [1]}]),
            ("form", "questions", [{"id": "q", "text": "Why?", "max": "many"}]),
            ("form", "questions", [{"id": "q", "text": "Why?", "options": 7}]),
            ("form", "pairs", [{"id": "p", "where": "p1", "span": [0, 9], "swap": [[0, 2]]}]),
            ("write", "fields", None),
            ("write", "edits", [{"span": 7}]),
        ],
    )
    def test_so_are_settings_of_one_type(self, type: str, name: str, value: Any) -> None:
        refused(type, f"l/e: {name}", ", which is not ", **{name: value})

    def test_what_only_the_loader_sets(self) -> None:
        refused("sort", "l/e has no setting 'lesson'", lesson="other")

    def test_names_that_stand_for_something_that_is_not_there(self) -> None:
        refused(
            "form", "l/e: questions, number 1: options: there are no choices named 'moods'", **{"questions": [MOODS]}
        )
        refused("write", "l/e: ", "'p9'", edit={"block": "p9"})

    @each_type
    def test_a_whole_number_is_a_number(self, type: str) -> None:
        exercise = made(type, **{**USUAL[type], "points": 2, "bar": 1})
        assert (exercise.points, exercise.bar) == (2, 1)

    @pytest.mark.parametrize("type", ["draw", "", None, "Mark", "exercise", 7, ["mark"]])
    def test_an_unknown_type_and_those_there_are(self, type: Any) -> None:
        refused(type, f"l/e: type '{type}' is not one of {', '.join(TYPES)}")

    def test_no_type_at_all(self) -> None:
        refused("mark", "l/e: type 'None' is not one of mark, ", without="type")

    def test_a_story_cannot_set_what_there_is_not(self) -> None:
        story = load_story(SEEDS / "baltics-2022")
        own = {**story.lessons["02_who_says_so"], "voice": {"choises": "voice"}}
        spoilt = replace(story, lessons={**story.lessons, "02_who_says_so": own})
        with pytest.raises(CopydeskError, match="02_who_says_so/voice has no setting 'choises'; there are: "):
            load_lesson("02_who_says_so", spoilt)


RECORDS: dict[tuple[str, str], dict[str, Any]] = {
    ("sort", "items"): {"id": "i", "text": "It rained."},
    ("order", "items"): {"id": "i", "text": "It rained."},
    ("form", "questions"): {"id": "q", "text": "Why?"},
    ("form", "pairs"): {"id": "p", "where": "p1", "span": [0, 9], "swap": [[0, 2, "He"]]},
    ("write", "fields"): {"id": "b", "label": "Box"},
    ("write", "edits"): {"id": "v", "label": "Box", "block": "p1"},
}
NEEDED = {
    "items": (),  # an item may be a stretch of the page or a fact, and a fact lends it its id
    "questions": ("id", "text"),
    "pairs": ("id", "where", "span", "swap"),
    "fields": ("id", "label"),
    "edits": (),  # it has an id and a label of its own, and a place by block or by span
}
each_record = pytest.mark.parametrize(("type", "name"), RECORDS)


class TestRecords:
    """So are its items, questions, pairs and boxes: by the exercise and the record."""

    @each_record
    def test_sound_records_are_read(self, type: str, name: str) -> None:
        record = RECORDS[type, name]
        found = getattr(made(type, **{**USUAL[type], name: [record, {**record, "id": "other"}]}), name)
        assert [r.id for r in found] == [record["id"], "other"]

    @each_record
    def test_what_a_record_lacks(self, type: str, name: str) -> None:
        record = RECORDS[type, name]
        for missing in NEEDED[name]:
            short = {n: v for n, v in record.items() if n != missing}
            refused(type, "e: ", f"'{missing}'", **{name: [record, short]})

    @each_record
    def test_what_a_record_cannot_say_and_what_it_can(self, type: str, name: str) -> None:
        wrong = {**RECORDS[type, name], "txt": "x"}
        refused(type, "e: ", "has no setting 'txt'", "there are: id", **{name: [RECORDS[type, name], wrong]})

    @each_record
    def test_what_is_mistyped_in_a_record(self, type: str, name: str) -> None:
        wrong = {**RECORDS[type, name], "id": 7}
        refused(
            type, f"l/e: {name}, number 2", "id is '7', which is not a text", **{name: [RECORDS[type, name], wrong]}
        )

    @each_record
    @pytest.mark.parametrize("wrong", ["a text", 7, None], ids=repr)
    def test_a_record_that_is_no_table(self, type: str, name: str, wrong: Any) -> None:
        refused(type, "e: ", **{name: [wrong]})

    @each_record
    @pytest.mark.parametrize("wrong", [7, {"id": "x"}], ids=repr)
    def test_records_that_are_no_list(self, type: str, name: str, wrong: Any) -> None:
        refused(type, "e: ", **{name: wrong})

    def test_the_one_stretch_to_edit(self) -> None:
        refused("write", "e: ", "'txt'", edit={"block": "p1", "txt": "x"})
        refused(
            "write", "l/e: edits, number 1: min is 'a', which is not a whole number", edit={"block": "p1", "min": "a"}
        )

    @pytest.mark.parametrize("wrong", [7, "a text", ["a"], {"min": "2"}, {"least": 2}, {}])
    def test_evidence_that_is_none(self, wrong: Any) -> None:
        refused("write", "e: evidence", evidence=wrong)

    @pytest.mark.parametrize("wrong", [7, "a", [{"id": "a"}], {"a": 7}, {"a": [{"txt": "x"}]}, {"a": ["x"]}])
    def test_forms_that_are_none(self, wrong: Any) -> None:
        refused("sort", "e: ", forms=wrong)
