"""Members by date: the table against the facts, and against a plain reading of itself."""

import csv
import datetime as dt
from pathlib import Path

import pytest

from copydesk.base.errors import CopydeskError
from copydesk.map.members import DATA, changes, checked_on, members_on, membership, memberships, place_notes
from copydesk.story.facts import by_id, read_facts

STORY = dt.date(2022, 1, 12)
FACTS = read_facts(Path(__file__).parents[2] / "seeds" / "baltics-2022" / "context" / "facts.csv")


def test_the_counts_that_the_lesson_states() -> None:
    assert len(memberships("NATO")) == 32 and len(members_on(dt.date(2024, 3, 8))) == 32
    assert len(members_on(STORY)) == int(by_id(FACTS, "nato-count-2022").value) == 30
    assert int(by_id(FACTS, "nato-count-2024").value) == 32
    assert len(members_on(STORY, "EU")) == 27


def test_the_table_agrees_with_the_facts_day_by_day() -> None:
    for kind, of in (("nato_accession", "NATO"), ("eu_accession", "EU")):
        told = {(fact.place, fact.date) for fact in FACTS if fact.kind == kind and fact.date}
        assert len(told) >= 28
        assert told == {(member.name, member.joined) for member in memberships(of)}  # type: ignore[arg-type]


def test_counts_on_every_change_agree_with_a_plain_reading_of_the_table() -> None:
    rows = [*csv.DictReader((DATA / "members.csv").read_text(encoding="utf-8").splitlines())]
    for day in changes(since=dt.date(1949, 1, 1)):
        nato = [r for r in rows if r["nato_accession"] and r["nato_accession"] <= day.isoformat()]
        union = [r for r in rows if r["eu_accession"] and r["eu_accession"] <= day.isoformat()]
        union = [r for r in union if not r["eu_exit"] or day.isoformat() <= r["eu_exit"]]
        assert [len(members_on(day)), len(members_on(day, "EU"))] == [len(nato), len(union)]


def test_the_united_kingdom_is_in_on_its_last_day_and_out_on_the_next() -> None:
    last = dt.date(2020, 1, 31)
    names = [{m.name for m in members_on(day, "EU")} for day in (last, last + dt.timedelta(days=1))]
    assert names[0] - names[1] == {"United Kingdom"} and len(names[1]) == 27
    assert dt.date(2020, 2, 1) in changes(since=last) and last not in changes(since=last)


def test_places_follow_their_states() -> None:
    day = dt.date(2024, 1, 1)
    follow = {place: (membership(place, day), membership(place, day, "EU")) for place in place_notes()}
    names = {place: tuple(m.name if m else "" for m in both) for place, both in follow.items()}
    assert names["248"] == ("Finland", "Finland") and names["304"] == ("Denmark", "")
    for place in ("kaliningrad", "crimea", "kosovo", "northern-cyprus", "070"):
        assert names[place] == ("", "")


def test_the_lists_were_checked_after_their_last_change() -> None:
    assert checked_on() > changes(since=STORY)[-1]


def test_another_alliance_is_refused() -> None:
    with pytest.raises(CopydeskError, match="no list of members for 'CSTO'; there are: NATO, EU"):
        members_on(STORY, "CSTO")  # type: ignore[arg-type]
