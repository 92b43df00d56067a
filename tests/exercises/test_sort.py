"""Scoring sorted items: classes by key, alternatives allowed, practice without points."""

from typing import Any

import pytest

from copydesk.exercises.sort import Sort
from copydesk.lessons.lesson import load_lesson
from copydesk.story.key import Alternative, Entry, Key
from copydesk.story.story import Story
from tests.made_exercise import made

TEXT = "One. Two. Three."
NAME = "l/e"


def entry(layer: str, id: str, *alternatives: dict[str, Any], **data: Any) -> Entry:
    others = tuple(Alternative(f"{id}.{n}", f"other {n}", patch) for n, patch in enumerate(alternatives, 1))
    return Entry(id, layer, {"id": id, **data}, "because", others)


def exercise(**settings: Any) -> Sort:
    found: Sort = made("sort", TEXT, **{"choices": "voice", **settings})
    return found


KEY = Key(
    "made",
    "",
    {
        "furniture": (entry("furniture", "f1", kind="headline", start=5, end=9),),
        "paragraphs": (entry("paragraphs", "p1", start=0, end=4), entry("paragraphs", "p2", start=10, end=16)),
        "sentences": (
            entry("sentences", "p1.s1", voice="reporter", start=0, end=4),
            entry("sentences", "p1.s2", {"voice": "mixed"}, voice="attributed", start=5, end=9),
            entry(
                "sentences", "p2.s1", {"voice": "mixed"}, {"voice": "reporter"}, voice="attributed", start=10, end=16
            ),
        ),
    },
    {
        NAME: {
            "i1": {"accept": ["known"], "why": "seen"},
            "i2": {"accept": ["known", "later"]},
            "i3": {"accept": ["later"]},
        }
    },
)


def value(given: dict[str, Any], **settings: Any) -> float:
    return exercise(**settings).outcome({"choices": given}, KEY, TEXT).score


def test_the_keys_class_and_each_alternative_are_right() -> None:
    for second in ("attributed", "mixed"):
        assert value({"p1.s1": "reporter", "p1.s2": second}, layer="sentences") == 1
    assert value({"p1.s1": "reporter", "p1.s2": "reporter"}, layer="sentences") == 0.5


def test_an_item_that_cannot_be_wrong_carries_no_points() -> None:
    outcome = exercise(layer="sentences").outcome({"choices": {"p2.s1": "mixed"}}, KEY, TEXT)
    assert outcome.score == 0 and outcome.status == "not_yet"
    assert [n.possible for n in outcome.notes] == [1, 1, 0]


def test_only_the_region_is_asked() -> None:
    assert [i.id for i in exercise(layer="sentences", region=["p1"]).asked(KEY)] == ["p1.s1", "p1.s2"]


def test_blocks_of_a_page() -> None:
    right = {"f1": "furniture", "p1": "story", "p2": "story"}
    assert value(right, layer="page", choices="page") == 1
    assert value({**right, "p2": "furniture"}, layer="page", choices="page") == pytest.approx(2 / 3, abs=1e-4)
    notes = exercise(layer="page", choices="page").outcome({"choices": right}, KEY, TEXT).notes
    assert [(n.item, n.where) for n in notes] == [("b1", "1"), ("f1", "2"), ("p2", "3")], "in the order of the page"
    assert "headline" in notes[1].reveal and all(n.reveal for n in notes)


def test_items_may_be_entries_of_a_layer() -> None:
    claim = entry("claims", "C1", {"verdict": "supported"}, verdict="compressed")
    key = Key("made", "", {"claims": (claim,)})
    claims = exercise(layer="claims", choices="verdict", items=[{"id": "C1", "span": [0, 4]}])
    for verdict, right in (("compressed", 1), ("supported", 1), ("imprecise", 0)):
        assert claims.outcome({"choices": {"C1": verdict}}, key, TEXT).score == right


def test_items_of_a_story_by_the_keys_answers() -> None:
    items = [{"id": "i1"}, {"id": "i2"}, {"id": "i3"}, {"id": "open"}]
    outcome = exercise(items=items, choices="known").outcome({"choices": {"i1": "known", "i2": "later"}}, KEY, TEXT)
    assert outcome.score == 0.5 and [(n.item, n.possible) for n in outcome.notes] == [("i1", 1), ("i2", 0), ("i3", 1)]


def test_hints_name_the_item_and_not_the_class() -> None:
    notes = exercise(layer="sentences").outcome({"choices": {"p1.s1": "mixed"}}, KEY, TEXT).notes
    assert "sentence 1" in notes[0].where and "sentence 2" in notes[1].where and notes[0].hint != notes[1].hint
    assert not any("reporter" in n.hint or "somebody" in n.hint or "because" in n.hint for n in notes)
    assert "because" in notes[0].reveal.lower() and notes[1].others == ("other 1",)


def test_blank_and_strangers() -> None:
    assert exercise(layer="sentences").outcome({}, KEY, TEXT).status == "not_attempted"
    assert value({"nobody": "reporter", "p1.s1": "shouting", "p1.s2": None}, layer="sentences") == 0


def test_a_vote_without_a_key_cannot_be_wrong() -> None:
    assert value({"p1": "x"}, items=[], points=0) == 1
    assert value({}, items=[], points=0) == 0


def test_what_has_points_and_no_entry_in_the_key_is_received_and_never_right() -> None:
    asked = exercise(items=[{"id": "new"}], choices="known", points=2)
    assert asked.outcome({"choices": {"new": "known"}}, KEY, TEXT).status == "received"
    assert asked.outcome({}, KEY, TEXT).status == "not_attempted"


def test_models_and_lazy_answers() -> None:
    models = exercise(layer="sentences").model_answers(KEY, TEXT)
    assert set(models) == {"key", "p1.s2: mixed", "p2.s1: mixed", "p2.s1: reporter"}
    assert all(exercise(layer="sentences").outcome(a, KEY, TEXT).score == 1 for a in models.values())
    lazy = exercise(layer="sentences").lazy_answers(KEY, TEXT)
    assert set(lazy) == {"all reporter", "all attributed", "all mixed"}
    assert all(len(a["choices"]) == 3 for a in lazy.values())


def test_blocks_have_neutral_names_and_answers_of_version_0_1_still_count(baltics: Story) -> None:
    lesson = load_lesson("01_what_is_on_the_page", baltics)
    blocks = lesson.exercise("blocks")
    assert [item["id"] for item in blocks.full_view(baltics)["items"]] == [f"b{n}" for n in range(1, 18)]
    assert lesson.key is not None
    new = blocks.model_answers(lesson.key, baltics.article.text)["key"]
    names = dict(zip(new["choices"], (b.id for b in baltics.article.blocks), strict=True))
    old = {"choices": {names[item]: value for item, value in new["choices"].items()}}
    assert {"f1", "p1"} <= {*old["choices"]} and blocks.renewed(old) == new and blocks.renewed(new) == new
    assert blocks.outcome(old, lesson.key, baltics.article.text).score == 1
    assert not blocks.missing(old, baltics) and "story" in blocks.static_view(baltics, old)
    assert blocks.item_place("b1", 1, None) == "Block f1" and blocks.item_place("b9", 9, None).startswith("Paragraph")
