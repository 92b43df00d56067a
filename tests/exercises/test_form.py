"""Scoring forms: choices, numbers, open questions."""

from dataclasses import replace
from typing import Any

import pytest

from copydesk.story.key import Key
from tests.made_exercise import made

QUESTIONS = [
    {"id": "who", "text": "Who?", "options": {"a": "Ada", "b": "Bo", "c": "Cy"}, "hint": "Look at the top."},
    {"id": "year", "text": "When?", "min": 1900, "max": 2022},
    {"id": "guess", "text": "How many?", "min": 0, "max": 9, "after": "Compare later."},
    {"id": "any", "text": "Which?", "options": "yes_no"},
    {"id": "rough", "text": "How much?", "min": 0, "max": 1},
]
ACCEPTED: dict[str, dict[str, Any]] = {
    "who": {"accept": ["a", "c"], "why": "Both say so."},
    "year": {"range": [2004, 2004], "why": "Two treaties."},
    "any": {"accept": ["yes", "no"], "why": "Both hold."},
    "rough": {"range": [0.25, 1]},
}
KEY = Key("made", "", {}, {"l/e": ACCEPTED})
FORM = made("form", bar=0.6, questions=QUESTIONS)


def earned(**values: Any) -> dict[str, float]:
    return {n.item: n.earned for n in FORM.outcome({"values": values}, KEY, "").notes}


@pytest.mark.parametrize(
    ("question", "given", "right"),
    [
        ("who", "a", True),
        ("who", "c", True),
        ("who", "b", False),
        ("who", "A", False),
        ("who", 0, False),
        ("year", 2004, True),
        ("year", 2004.0, True),
        ("year", "2004", False),
        ("year", 2005, False),
        ("rough", 0.25, True),
        ("rough", 1, True),
        ("rough", 1.001, False),
        ("rough", float("nan"), False),
        ("rough", True, False),
    ],
)
def test_accepted_values(question: str, given: Any, right: bool) -> None:
    assert earned(**{question: given})[question] == right


def test_only_what_can_be_wrong_carries_points() -> None:
    outcome = FORM.outcome({"values": {"who": "a", "year": 2004, "rough": 0.3}}, KEY, "")
    assert (outcome.status, outcome.score) == ("right", 1)
    assert {n.item: n.possible for n in outcome.notes} == {"who": 1, "year": 1, "guess": 0, "any": 0, "rough": 1}
    assert FORM.outcome({"values": {"any": "yes", "guess": 3}}, KEY, "").score == 0


def test_a_form_of_open_questions_is_never_wrong() -> None:
    outcome = replace(FORM, points=0).outcome({"values": {"guess": 3}}, Key("made", "", {}), "")
    assert outcome.status == "right" and all(n.possible == 0 and n.reveal for n in outcome.notes)
    assert next(n for n in outcome.notes if n.item == "guess").reveal == "Compare later."


def test_what_has_points_and_no_entry_in_the_key_is_received_and_never_right() -> None:
    assert FORM.points and FORM.outcome({"values": {"guess": 3}}, Key("made", "", {}), "").status == "received"


def test_hints_point_and_do_not_tell() -> None:
    notes = {n.item: n for n in FORM.outcome({"values": {"who": "b", "rough": 1.5}}, KEY, "").notes}
    assert (
        notes["who"].hint == "Look at the top."
        and notes["year"].where.endswith("2")
        and notes["year"].hint
        and notes["rough"].hint
    )
    assert notes["who"].reveal == "Ada. Both say so." and notes["who"].others == ("Cy",)
    assert notes["year"].reveal.startswith("2004") and notes["rough"].reveal.startswith("0.25 to 1.")
    assert not {n.item: n for n in FORM.outcome({"values": {"who": "a"}}, KEY, "").notes}["who"].hint


@pytest.mark.parametrize("answer", [{}, {"values": {}}, {"values": {"who": None, "year": ""}}])
def test_blank(answer: dict[str, Any]) -> None:
    outcome = FORM.outcome(answer, KEY, "")
    assert (outcome.status, outcome.score) == ("not_attempted", 0)


def test_options_may_be_a_closed_set_by_name() -> None:
    assert FORM.questions[3].options == {"yes": "yes", "no": "no"}
    assert FORM.questions[1].options == {}


def test_models_cover_every_accepted_value_and_lazy_answers_every_option() -> None:
    models = FORM.model_answers(KEY, "")
    assert {"key", "who: c", "rough: 1", "any: no"} <= set(models)
    assert all(FORM.outcome(a, KEY, "").score == 1 for a in models.values())
    lazy = FORM.lazy_answers(KEY, "")
    assert {"all a", "all b", "all yes", "always option 1", "always option 3"} <= set(lazy)
    assert FORM.model_answers(Key("made", "", {}), "") == {}


def test_an_option_that_is_a_question_gets_no_full_stop() -> None:
    form = made(
        "form", bar=0.6, questions=[{"id": "ask", "text": "What?", "options": {"a": "Who says so?", "b": "Bo"}}]
    )
    key = Key("made", "", {}, {"l/e": {"ask": {"accept": ["a"], "why": "It asks."}}})
    (note,) = form.outcome({"values": {"ask": "b"}}, key, "").notes
    assert note.reveal == "Who says so? It asks."


class TestEarlierQuestions:
    """What an earlier version asked is no longer shown, and an answer to it is worth what it was."""

    form = made("form", bar=0.6, questions=QUESTIONS[:1], earlier=QUESTIONS[1:2])

    def test_an_answer_to_them_is_scored_by_them(self) -> None:
        outcome = self.form.outcome({"values": {"year": 2004}}, KEY, "")
        assert outcome.score == 1 and [n.item for n in outcome.notes] == ["year"]
        assert self.form.as_answered({"values": {"year": 2004}}).item_words(None) == {"year": "When?"}  # type: ignore[arg-type]

    def test_any_other_answer_is_to_what_is_asked_now(self) -> None:
        for values, score in (({"who": "a"}, 1), ({"who": "b"}, 0), ({}, 0)):
            outcome = self.form.outcome({"values": values}, KEY, "")
            assert outcome.score == score and [n.item for n in outcome.notes] == ["who"]
        assert [*self.form.model_answers(KEY, "")["key"]["values"]] == ["who"]
