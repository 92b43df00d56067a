"""Checking written answers: the machine checks form only, and cannot be talked into more."""

from typing import Any

import pytest

from copydesk.key import Entry, Key
from copydesk.lessons import Exercise
from copydesk.scoring import score, write

TEXT = "It rained all day.\n\nThe ferry stayed in port."
KEY = Key(
    "made",
    "",
    {
        "paragraphs": (
            Entry("p1", "paragraphs", {"id": "p1", "start": 0, "end": 18}),
            Entry("p2", "paragraphs", {"id": "p2", "start": 20, "end": 45}),
        )
    },
    {"l/e": {"samples": [{"view": "wet", "texts": {"claim": "It was wet."}, "evidence": [[0, 9], [20, 29]]}]}},
)
FIELDS = [{"id": "claim", "label": "Claim", "min": 3, "max": 6}]
GOOD = "The day was wet"
Answer = dict[str, Any]


def exercise(evidence: dict[str, int] | None = None) -> Exercise:
    settings: dict[str, Any] = {"fields": FIELDS} | ({"evidence": evidence} if evidence else {})
    return Exercise("l", "e", "write", "Title", "Prompt", 1, 0, 0.8, settings)


@pytest.mark.parametrize(
    ("words", "done"),
    [
        (GOOD, True),
        ("Wet", False),
        ("", False),
        ("  ,,, … ", False),
        ("one two three four five six", True),
        ("one two three four five six seven", False),
        ("wet wet wet", False),
        ("wet wet wet day", True),
        (None, False),
        (7, False),
    ],
)
def test_words_are_counted_and_repeats_do_not_pass(words: Any, done: bool) -> None:
    outcome = score(exercise(), {"texts": {"claim": words}}, KEY, TEXT)
    assert (outcome.status == "right") == done == (outcome.score == 1)
    if not done and outcome.status != "not_attempted":
        assert "Claim" in outcome.notes[0].hint


@pytest.mark.parametrize(
    "answer", [{}, {"texts": {"claim": " \n"}}, {"texts": {"claim": None}}, {"evidence": [[3, 3]]}]
)
def test_blank(answer: Answer) -> None:
    assert score(exercise({"min": 1}), answer, KEY, TEXT).status == "not_attempted"


def test_a_null_is_not_the_word_none() -> None:
    short = Exercise("l", "e", "write", "Title", "Prompt", 1, 0, 0.8, {"fields": [{"id": "a", "label": "A", "min": 1}]})
    assert score(short, {"texts": {"a": None}}, KEY, TEXT).score == 0


@pytest.mark.parametrize(
    ("picked", "wanted", "done"),
    [
        ([[0, 9]], {"min": 1}, True),
        ([[0, 9]], {"min": 2}, False),
        ([[0, 9], [10, 17]], {"min": 2}, True),
        ([[0, 9], [3, 17]], {"min": 2}, False),  # one stretch, picked twice
        ([[0, 9], [10, 17]], {"min": 2, "places": 2}, False),
        ([[0, 9], [20, 29]], {"min": 2, "places": 2}, True),
        ([[18, 20]], {"min": 1}, False),  # between the paragraphs
        ([[0, 999]], {"min": 1}, False),
    ],
)
def test_evidence_is_picked_from_enough_places(picked: list[list[int]], wanted: dict[str, int], done: bool) -> None:
    outcome = score(exercise(wanted), {"texts": {"claim": GOOD}, "evidence": picked}, KEY, TEXT)
    assert outcome.score == (1 if done else 0.5)
    assert bool(next(n for n in outcome.notes if n.item == "evidence").hint) != done


def test_samples_are_shown_only_to_who_wrote_a_complete_answer() -> None:
    def samples(answer: Answer) -> list[str]:
        notes = score(exercise({"min": 1}), answer, KEY, TEXT).notes
        return [n.reveal for n in notes if n.item.startswith("sample")]

    assert samples({"texts": {"claim": GOOD}, "evidence": [[0, 9]]}) == ["It was wet."]
    assert samples({"texts": {"claim": GOOD}}) == [] == samples({"texts": {"claim": "Wet"}, "evidence": [[0, 9]]})


def test_models_are_complete_and_lazy_answers_are_not() -> None:
    models, lazy = (f(exercise({"min": 1}), KEY, TEXT) for f in (write.model_answers, write.lazy_answers))
    assert list(models) == ["sample wet"]
    assert all(score(exercise({"min": 2, "places": 2}), a, KEY, TEXT).score == 1 for a in models.values())
    assert lazy and all(score(exercise(), a, KEY, TEXT).score < 1 for a in lazy.values())
