"""The cue list and the measures: what they see, as data; what the list holds; what a rewrite moves."""

from __future__ import annotations

import tomllib
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk.attribution.speakers import PLACES, SEATS
from copydesk.base.spans import Span, words
from copydesk.framing import compare, cues, find_agency, find_cues, groups, measure
from copydesk.framing.measures import Agency

FIXTURES = Path(__file__).parents[1] / "fixtures" / "framing"


def cases(name: str) -> list:
    """The examples of one fixture file; a known miss must go on being missed."""
    found = tomllib.loads((FIXTURES / f"{name}.toml").read_text(encoding="utf-8"))["case"]
    assert len({case["name"] for case in found}) == len(found)
    return [
        pytest.param(
            case,
            id=case["name"],
            marks=[pytest.mark.xfail(reason=case["miss"], strict=True)] if "miss" in case else [],
        )
        for case in found
    ]


CUES, AGENCY = cases("cues"), cases("agency")


@pytest.mark.parametrize("case", CUES)
def test_what_the_list_points_at(case: dict) -> None:
    text = case["text"]
    assert [f"{h.span.of(text)} | {h.group.id}" for h in find_cues(text)] == case["expect"]


@pytest.mark.parametrize("case", AGENCY)
def test_who_acts(case: dict) -> None:
    found = find_agency(case["text"])
    fields = ("named", "stand_in", "left_out")
    assert [f"{f} | {s.of(case['text'])}" for f in fields for s in getattr(found, f)] == case["expect"]


def test_the_examples_show_every_class() -> None:
    seen = {line.split(" | ")[1] for case in CUES for line in case.values[0]["expect"]}
    assert {group.id for group in groups()} <= seen


# The list itself.


def test_about_a_hundred_entries_in_a_closed_set_of_classes() -> None:
    assert 95 <= len(cues()) <= 120
    assert [group.id for group in groups()] == [
        *("report_neutral", "report_committing", "report_evaluating", "hedge", "intensifier", "metonym"),
        *("agentless_noun", "military", "metaphor", "moral", "agentless_passive"),
    ]
    assert all(group.name and group.say and group.source for group in groups())


def test_every_place_to_look_has_a_flatter_wording_and_a_flat_word_has_none() -> None:
    assert [cue.word for cue in cues() if bool(cue.neutral) == cue.plain] == []


def test_no_flatter_wording_is_on_the_list_itself() -> None:
    listed = {form.lower() for cue in cues() if not cue.plain for form in cue.forms}
    assert not {(cue.word, n) for cue in cues() for n in cue.neutral if n.lower() in listed}


def test_no_form_stands_in_two_entries() -> None:
    forms = Counter(form.lower() for cue in cues() for form in cue.forms)
    assert [form for form, n in forms.items() if n > 1] == []


def test_every_form_is_found_as_its_own_entry() -> None:
    for cue in cues():
        for form in cue.forms:
            assert [h.cue for h in find_cues(form)] == [cue], form
    assert {cue.pattern for cue in cues() if not cue.forms} == {"capital", "passive"}


def test_only_stand_ins_belong_to_a_country() -> None:
    own = {word.of(form).lower() for c in cues() if c.group.id != "metonym" for form in c.forms for word in words(form)}
    assert not own & (PLACES | SEATS.keys())


def test_buildings_and_blocs_of_several_sides() -> None:
    stand_ins = {cue.word for cue in cues() if cue.group.id == "metonym"}
    assert {
        "Kremlin",
        "White House",
        "Downing Street",
        "Zhongnanhai",
        "the West",
        "the East",
        "the Global South",
    } <= stand_ins


@pytest.mark.parametrize(
    ("word", "forms"),
    [
        ("deny", {"deny", "denies", "denied", "denying"}),
        ("lash out", {"lash out", "lashes out", "lashed out", "lashing out"}),
        ("clash", {"clash", "clashes"}),
        ("massed", {"massed", "massing"}),
        ("crisis", {"crisis", "crises"}),
        ("build-up", {"build-up", "build-ups", "buildup"}),
    ],
)
def test_forms(word: str, forms: set[str]) -> None:
    assert set(next(cue.forms for cue in cues() if cue.word == word)) == forms


# The finder on any text.


def test_a_span_is_read_as_if_it_stood_alone() -> None:
    text = "A trap. 😀 The price was paid by Moscow; the tide turned."
    span = Span(8, len(text) - 1)
    assert [(h.span.of(text), h.group.id) for h in find_cues(text, span)] == [
        ("price", "metaphor"),
        ("Moscow", "metonym"),
        ("tide", "metaphor"),
    ]


PIECES = st.sampled_from(
    [
        *("the", "West", "WEST", "in", "Moscow", "was", "were", "been", "closed", "sent", "by", "Monday", "he", "It"),
        *("lash", "out", "olive", "branch", "build-up", "d’Orsay", "Quai", "said", "“It rained,”", "who", "which"),
        *(
            ".",
            ",",
            "’",
            "'",
            "“",
            "”",
            "-",
            "—",
            "\n",
            "\n\n",
            "\ufeff",
            "\xa0",
            "é",
            "İ",
            "ß",
            "中",
            "\U0001f600",
            "to",
        ),
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=50), st.sampled_from(["", " "]))
def test_any_text_gives_spans_inside_it(pieces: list[str], joint: str) -> None:
    text = joint.join(pieces)
    found = measure(text)
    spans = [h.span for h in found.hits]
    assert spans == sorted(spans)
    listed = [h.span for h in found.hits if not h.cue.pattern or h.cue.pattern == "capital"]
    assert not any(a.overlap(b) for a, b in pairwise(listed))
    agents = [*found.agency.named, *found.agency.stand_in, *found.agency.left_out]
    assert all(s.end <= len(text) and s.of(text).strip() for s in (*spans, *agents))
    assert found.direct <= found.attributed <= found.words


@pytest.mark.parametrize(
    "unit",
    ["was ", "very ", "been closed ", "closed ", "closed, ", "the ", "olive-", "Moscow ", "quickly ", "has ", "to go "],
)
def test_monstrous_texts_end(unit: str) -> None:
    measure(unit * (60_000 // len(unit)))


# The measures.

BEFORE = "More than 100 soldiers were moved to the coast on Tuesday, which could be a provocation, Moscow claimed."
AFTER = (
    "The army moved more than 100 soldiers to the coast on Tuesday morning. “That worries us,” Ada Lund, a spokeswoman "
    "for the foreign ministry, said."
)


def test_what_a_rewrite_moves() -> None:
    moved = {c.label: (c.before, c.after) for c in compare(measure(BEFORE), measure(AFTER)) if c.before != c.after}
    assert moved == {
        "words": (18, 25),
        "clauses that name who acts": (0, 2),
        "clauses where a stand-in acts": (1, 0),
        "passives that leave out who acts": (1, 0),
        "words attributed to somebody, per cent": (89, 12),
        "words in direct quotation": (0, 3),
        "on the word list: plain report verb": (0, 1),
        "on the word list: report verb that judges": (1, 0),
        "on the word list: hedge": (1, 0),
        "on the word list: stand-in": (1, 0),
        "on the word list: right and wrong": (1, 0),
    }


def test_measures_say_where() -> None:
    found = measure(BEFORE)
    assert [h.span.of(BEFORE) for h in found.hits if h.group.id == "hedge"] == ["could"]
    assert [s.of(BEFORE) for s in found.agency.left_out] == ["were moved"]
    assert found.by_group["report_evaluating"] == 1
    assert found.by_group["agentless_passive"] == len(found.agency.left_out)


def test_a_mixed_quotation_counts_its_quoted_words_only() -> None:
    found = measure("Ada Lund said the road was “wet and cold” in spring.")
    assert (found.attributions, found.attributed, found.direct) == (1, 8, 3)
    assert found.attributed_share == pytest.approx(8 / 11)


def test_nothing_measures_nothing() -> None:
    found = measure("")
    assert (found.words, found.attributed_share, found.hits, found.agency) == (0, 0.0, (), Agency((), (), ()))
    assert all(c.before == c.after == 0 for c in compare(found, found))


def test_every_measure_has_a_label_of_its_own() -> None:
    labels = [c.label for c in compare(measure(BEFORE), measure(AFTER))]
    assert len(set(labels)) == len(labels) == 7 + len(groups()) - 1
