"""The timeline: in order, and never a word of what came later."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.story.facts import SOURCE_CLASSES, STANDING, Fact, by_id, read_facts, timeline

FACTS = read_facts(Path(__file__).parents[2] / "seeds/baltics-2022/context/facts.csv")
STORY = dt.date(2022, 1, 12)

days = st.dates(dt.date(2021, 12, 1), dt.date(2022, 3, 1))
some_facts = st.lists(
    st.builds(
        Fact,
        id=st.text(min_size=1),
        date=st.none() | days,
        known_from=st.none() | days,
        kind=st.sampled_from(["diplomacy", "war", "fact_check"]),
        statement=st.text(min_size=1),
        source_class=st.sampled_from(SOURCE_CLASSES),
        confidence=st.sampled_from(sorted(STANDING)),
    )
)


@given(some_facts, days, st.booleans(), st.none() | st.sets(st.sampled_from(["diplomacy", "war", "fact_check"])))
def test_nothing_later_than_the_day_is_ever_told(
    facts: list[Fact], until: dt.date, settled_only: bool, kinds: set[str] | None
) -> None:
    for event in timeline(facts, until=until, settled_only=settled_only, kinds=kinds):
        assert event.day <= until
        assert event.fact.known_from is not None
        assert event.fact.known_from <= until


@given(some_facts)
def test_events_come_in_order_and_are_settled(facts: list[Fact]) -> None:
    events = timeline(facts)
    assert [event.day for event in events] == sorted(event.day for event in events)
    assert all(event.fact.settled and event.fact.kind != "fact_check" for event in events)


def test_the_story_day_sees_the_council_but_not_the_invasion() -> None:
    told = [event.fact.id for event in timeline(FACTS, until=STORY)]
    assert {"nrc-brussels", "draft-treaties"} <= set(told)
    assert "invasion" not in told
    assert "invasion" in [event.fact.id for event in timeline(FACTS)]


def test_what_had_happened_but_was_not_public_stays_out() -> None:
    latvia = by_id(FACTS, "efp-2022-latvia")  # dated 1 January 2022, its publication not datable
    assert timeline([latvia])
    assert not timeline([latvia], until=STORY)


def test_weak_rows_come_only_when_asked_for() -> None:
    weak = replace(by_id(FACTS, "buildup-us-dec"), source_class="weak")
    assert not timeline([weak])
    (event,) = timeline([weak], settled_only=False)
    assert event.fact.standing == "checked only against a weak host"


@pytest.mark.parametrize("kinds", ["diplomacy", ["diplomacy"], {"diplomacy"}])
def test_kinds_narrow_it(kinds: str | list[str] | set[str]) -> None:
    events = timeline(FACTS, kinds=kinds)
    names = [event.fact.id for event in events]
    assert names[:4] == ["draft-treaties", "ssd-geneva", "nrc-brussels", "osce-vienna"]
    assert {event.fact.kind for event in events} == {"diplomacy"}


def test_one_day_keeps_the_order_of_the_file() -> None:
    checks = [fact for fact in FACTS if fact.kind == "fact_check" and fact.settled]
    assert [event.fact for event in timeline(checks, kinds="fact_check")] == checks


def test_no_kind_at_all_is_nothing() -> None:
    assert timeline(FACTS, kinds=[]) == []


def test_labels_are_the_lesson_s_words_and_the_statement_is_whole() -> None:
    short, whole = timeline(
        [by_id(FACTS, "nrc-brussels"), by_id(FACTS, "invasion")], labels={"nrc-brussels": "Council"}
    )
    assert short.label == "Council"
    assert whole.label == whole.fact.statement
    assert whole.when == "24 February 2022"
