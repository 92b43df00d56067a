"""Checking written answers: the machine checks form only, and cannot be talked into more."""

from typing import Any

import pytest

from copydesk.exercises import write
from copydesk.exercises.write import Write
from copydesk.story.key import Entry, Key
from tests.made_exercise import made

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


def exercise(evidence: dict[str, int] | None = None) -> Write:
    settings: dict[str, Any] = {"fields": FIELDS} | ({"evidence": evidence} if evidence else {})
    found: Write = made("write", TEXT, tries=0, **settings)
    return found


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
    outcome = exercise().outcome({"texts": {"claim": words}}, KEY, TEXT)
    assert (outcome.status == "right") == done == (outcome.score == 1)
    if not done and outcome.status != "not_attempted":
        assert "Claim" in outcome.notes[0].hint


@pytest.mark.parametrize(
    "answer", [{}, {"texts": {"claim": " \n"}}, {"texts": {"claim": None}}, {"evidence": [[3, 3]]}]
)
def test_blank(answer: Answer) -> None:
    assert exercise({"min": 1}).outcome(answer, KEY, TEXT).status == "not_attempted"


def test_a_null_is_not_the_word_none() -> None:
    short = made("write", TEXT, tries=0, fields=[{"id": "a", "label": "A", "min": 1}])
    assert short.outcome({"texts": {"a": None}}, KEY, TEXT).score == 0


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
    outcome = exercise(wanted).outcome({"texts": {"claim": GOOD}, "evidence": picked}, KEY, TEXT)
    assert outcome.score == (1 if done else 0.5)
    assert bool(next(n for n in outcome.notes if n.item == "evidence").hint) != done


def test_samples_are_shown_only_to_who_wrote_a_complete_answer() -> None:
    def samples(answer: Answer) -> list[str]:
        notes = exercise({"min": 1}).outcome(answer, KEY, TEXT).notes
        return [n.reveal for n in notes if n.item.startswith("sample")]

    assert samples({"texts": {"claim": GOOD}, "evidence": [[0, 9]]}) == ["\nIt was wet."]
    assert samples({"texts": {"claim": GOOD}}) == [] == samples({"texts": {"claim": "Wet"}, "evidence": [[0, 9]]})


def test_models_are_complete_and_lazy_answers_are_not() -> None:
    asked = exercise({"min": 1})
    models, lazy = asked.model_answers(KEY, TEXT), asked.lazy_answers(KEY, TEXT)
    assert list(models) == ["sample wet"]
    assert all(exercise({"min": 2, "places": 2}).outcome(a, KEY, TEXT).score == 1 for a in models.values())
    assert lazy and all(exercise().outcome(a, KEY, TEXT).score < 1 for a in lazy.values())


@pytest.mark.parametrize(("points", "said"), [(0, "It is not graded."), (2, "people grade what you wrote")])
def test_nobody_is_said_to_grade_what_has_no_points(points: int, said: str) -> None:
    asked = made("write", TEXT, tries=0, fields=FIELDS, points=points)
    outcome = asked.outcome({"texts": {"claim": GOOD}}, KEY, TEXT)
    assert said in asked.headline(outcome, last=False)


SAID = "Rain fell, Ines Okafor said. It will go on, she added. Nobody knows why."
BRIEF = {"fields": [{"id": "claim", "label": "Claim", "min": 5, "max": 40, "attributions": 3}]}


class TestAttributions:
    """A field may ask for attributions: as many as the finder sees in the learner's own text."""

    def outcome(self, claim: str) -> Any:
        return made("write", TEXT, tries=0, **BRIEF).outcome({"texts": {"claim": claim}}, KEY, TEXT)

    def test_too_few_are_counted_and_an_example_is_given(self) -> None:
        outcome = self.outcome(SAID)
        assert (outcome.status, outcome.score) == ("not_yet", 0)
        hint = outcome.notes[0].hint
        assert "“Claim”" in hint and " 2 " in hint and " 3 " in hint and "the harbour master said" in hint

    def test_enough_are_enough(self) -> None:
        assert self.outcome(f"{SAID} Clouds are to blame, according to the harbour master.").score == 1

    @pytest.mark.parametrize("words", ["", "It rained", "yes " * 20, "wet " * 50, "Nobody knows why it rained all day"])
    def test_words_without_sources_never_pass_and_length_comes_first(self, words: str) -> None:
        outcome = self.outcome(words)
        assert outcome.score == 0
        assert ("the machine sees" in outcome.notes[0].hint) == words.startswith("Nobody")

    def test_a_field_that_does_not_ask_is_not_read(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(write, "_attributions", lambda given: pytest.fail("it was read"))
        assert exercise().outcome({"texts": {"claim": GOOD}}, KEY, TEXT).score == 1


EDITS = [
    {"id": "rain", "label": "The first sentence", "span": [0, 18], "min": 3, "max": 8},
    {"id": "port", "label": "The second sentence", "span": [20, 45], "min": 3, "max": 8},
]
OTHER = {"rain": "Rain fell from dawn to dusk", "port": "Nobody took the ferry out"}


def editing(**more: Any) -> Write:
    found: Write = made("write", TEXT, tries=0, edits=EDITS, **more)
    return found


class TestEdits:
    def test_both_versions_and_the_box_make_it_complete(self) -> None:
        asked = editing(fields=FIELDS)
        assert asked.outcome({"texts": {**OTHER, "claim": GOOD}}, KEY, TEXT).status == "right"
        assert asked.outcome({"texts": OTHER}, KEY, TEXT).score == pytest.approx(2 / 3, abs=1e-4)
        assert editing().outcome({"texts": OTHER}, KEY, TEXT).score == 1

    @pytest.mark.parametrize("same", ["It rained all day.", " It  rained\nall day. ", None])
    def test_the_page_as_it_stands_is_no_attempt(self, same: Any) -> None:
        outcome = editing().outcome({"texts": {"rain": same}}, KEY, TEXT)
        assert (outcome.status, outcome.score) == ("not_attempted", 0)

    @pytest.mark.parametrize(
        ("version", "said"),
        [
            ("It rained all day!", "still says what the page says"),
            ("It rained all night.", ""),
            ("It rained", "needs at least 3 words; it has 2."),
            ("", "it has 0."),
            ("It rained all day and all night and all", "at most 8 words; it has 9."),
            ("day day day day", "same words again"),
        ],
    )
    def test_one_word_must_differ_within_the_bounds(self, version: str, said: str) -> None:
        outcome = editing().outcome({"texts": {**OTHER, "rain": version}}, KEY, TEXT)
        assert outcome.score == (0.5 if said else 1)
        assert said in outcome.notes[0].hint and bool(outcome.notes[0].hint) == bool(said)

    def test_unchanged_words_are_taken_out_of_an_answer_and_nothing_else(self) -> None:
        answer = {"texts": {**OTHER, "port": TEXT[20:45], "claim": GOOD}, "evidence": [[0, 9]], "more": 1}
        kept = editing().own_part(answer, TEXT)
        assert kept == {"texts": {"rain": OTHER["rain"], "claim": GOOD}, "evidence": [[0, 9]], "more": 1}
        assert exercise().own_part(answer, TEXT) is answer
        assert editing().own_part({"texts": 7}, TEXT) == {"texts": 7}

    def test_samples_are_changes_to_the_page_so_that_the_key_holds_none_of_it(self) -> None:
        sample = {
            "view": "dry",
            "texts": {"port": OTHER["port"]},
            "edits": {"rain": [[3, 9, "snowed"], [14, 17, "night"]]},
        }
        key = Key("made", "", KEY.entries, {"l/e": {"samples": [sample]}})
        models = editing().model_answers(key, TEXT)
        assert models["sample dry"]["texts"] == {"rain": "It snowed all night.", "port": OTHER["port"]}
        outcome = editing().outcome(models["sample dry"], key, TEXT)
        assert outcome.score == 1 and "It snowed all night." in outcome.notes[-1].reveal

    def test_without_thought_it_is_not_complete(self) -> None:
        lazy = editing(fields=FIELDS).lazy_answers(KEY, TEXT)
        assert "the page as it stands" in lazy and len(lazy) == 3
        assert all(editing(fields=FIELDS).outcome(a, KEY, TEXT).score < 0.5 for a in lazy.values())
