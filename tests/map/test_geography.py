"""Members by date, borders, shares, coasts and the words of the map: the figures of lesson 07 from the tables."""

import csv
import datetime as dt
import re
from itertools import pairwise
from pathlib import Path

import pytest

from copydesk.base.errors import CopydeskError
from copydesk.map.geography import (
    DATA,
    FIRST_DAY,
    ORGANISATIONS,
    Geography,
    changes,
    checked_on,
    lengths,
    map_state,
    members_on,
    membership,
    memberships,
    notes,
    place_notes,
    read_geography,
    sentences,
    since,
    story_geography,
)
from copydesk.story.facts import by_id, read_facts
from copydesk.story.story import load_story

SEED = Path(__file__).parents[2] / "seeds" / "baltics-2022"
STORY, FINLAND, SWEDEN = dt.date(2022, 1, 12), dt.date(2023, 4, 5), dt.date(2024, 3, 8)
TRIO = ("233", "428", "440")
FACTS = read_facts(SEED / "context" / "facts.csv")
BORDERS = {(one, other): km for one, other, km in lengths("border")}


@pytest.fixture(name="baltic")
def _baltic() -> Geography:
    found = story_geography(load_story(SEED))
    assert found
    return found


# ── Lengths ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_outer_land_border_at_three_scales(baltic: Geography) -> None:
    assert {place: [round(n) for n in km] for place, km in baltic.borders.items()} == {
        "112": [617, 552, 445],
        "643": [496, 445, 407],
        "kaliningrad": [200, 182, 163],
        "616": [88, 81, 73],
    }
    assert [f"{share:.1%}" for share in baltic.shares(STORY)] == ["6.2%", "6.4%", "6.7%"]


def test_a_finer_map_has_longer_borders() -> None:
    """Only generalisation is between the scales: a coarse line leaves out bends. A few short ones are drawn anew."""
    longer = [km[0] > km[1] > km[2] for km in BORDERS.values() if min(km) > 200]
    assert len(longer) > 60 and sum(longer) / len(longer) > 0.9


def test_every_border_is_listed_once() -> None:
    assert len({frozenset(pair) for pair in BORDERS}) == len(BORDERS) and all(one < other for one, other in BORDERS)


def test_the_facts_of_the_story_say_what_the_tables_give(baltic: Geography) -> None:
    assert by_id(FACTS, "peninsula-share").value == f"{100 * baltic.shares(STORY)[0]:.1f}"
    shares = [f"{100 * share:.1f}% at" for share in baltic.shares(STORY)]
    assert all(share in by_id(FACTS, "peninsula-share").note for share in shares)
    [(one, other, gap)] = lengths("gap")
    assert (one, other, f"{gap[0]:.0f}") == ("112", "kaliningrad", by_id(FACTS, "suwalki-computed").value)
    assert all(f"{km} km at" in by_id(FACTS, "suwalki-computed").note for km in gap)
    pairs = {"ltu-pol": ("440", "616"), "ltu-blr": ("112", "440"), "lva-rus": ("428", "643"), "lva-blr": ("112", "428")}
    pairs |= {"ltu-rus": ("440", "kaliningrad"), "est-rus": ("233", "643")}
    for name, pair in pairs.items():
        fact, measured = by_id(FACTS, f"border-{name}"), BORDERS[pair][0]
        assert re.search(rf"1:10m: {measured:.0f} km", fact.note), name
        assert measured < float(fact.value), "a map leaves out bends"


def test_the_published_lengths_give_a_share_of_the_same_kind() -> None:
    around = ("ltu-pol", "ltu-blr", "ltu-rus", "lva-rus", "lva-blr", "est-rus")
    listed = {pair: float(by_id(FACTS, f"border-{pair}").value) for pair in around}
    assert f"{listed['ltu-pol'] / sum(listed.values()):.1%}" == "5.5%"


@pytest.mark.parametrize("later", [FINLAND, SWEDEN])
def test_later_members_leave_the_land_share_as_it_is_and_change_the_coast(baltic: Geography, later: dt.date) -> None:
    assert baltic.shares(later) == baltic.shares(STORY)
    [coast] = [line for line in sentences(baltic, later) if line.startswith("On the coast of the Baltic Sea")]
    assert {FINLAND: "7 of 9", SWEDEN: "8 of 9"}[later] in coast and "Finland" in coast


def test_a_neighbour_that_joins_does_change_the_share(baltic: Geography) -> None:
    assert baltic.shares(dt.date(2004, 3, 30), "EU") == [0, 0, 0]
    assert baltic.shares(dt.date(2004, 5, 1), "EU") == baltic.shares(STORY)


def test_an_island_has_no_outer_border(baltic: Geography) -> None:
    iceland = Geography(story=STORY, group="Iceland", states=("352",), views=baltic.views)
    assert (iceland.borders, iceland.shares(STORY)) == ({}, [0.0, 0.0, 0.0])
    assert "Iceland have no land neighbours." in sentences(iceland, STORY)


def test_the_coast_is_that_of_the_contracting_parties(baltic: Geography) -> None:
    """HELCOM lists nine states, without the EU: helcom.fi/about-us/contracting-parties/."""
    assert set(baltic.coast) == {*TRIO, "208", "246", "276", "616", "643", "752"} and len(baltic.coast) == 9


# ── Reading ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_named_days_are_all_changes_since_1990_and_the_story(baltic: Geography) -> None:
    assert baltic.days[0] == FIRST_DAY == dt.date(1990, 12, 31)
    assert set(baltic.days) == {FIRST_DAY, STORY, *changes(since=FIRST_DAY)} and len(baltic.days) == 14
    lists = [(members_on(day), members_on(day, "EU")) for day in baltic.days if day != STORY]
    assert all(one != two for one, two in pairwise(lists)), "a day on which nothing changes"


def test_a_story_without_a_map_has_none() -> None:
    assert story_geography(load_story("practice")) is None


GOOD = (SEED / "context" / "map.toml").read_text("utf-8")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('group = "the three Baltic states"', "", "lacks 'group'"),
        ('states = ["233", "428", "440"]', 'states = ["233", "999"]', "there is no state '999'; there are: 008, 012"),
        ('states = ["233", "428", "440"]', "states = 3", "not iterable"),
        ('states = ["233", "428", "440"]', "states = []", "it names no view, or no state"),
        (
            'sea = "the Baltic Sea"',
            'sea = "the Dead Sea"',
            "there is no coast 'the Dead Sea'; there are: the Baltic Sea",
        ),
        ('layer = "europe_50m"', 'layer = "mars"', "there is no map layer 'mars'; there are: baltic_10m, europe_50m"),
        ('layer = "europe_50m"', "layer = 3", "there is no map layer 3"),
        ("[[views]]", "[views]", "cannot be read as TOML"),
        ('group = "', "group = ", "cannot be read as TOML"),
    ],
)
def test_a_fault_in_a_map_file_is_one_sentence(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = tmp_path / "map.toml"
    assert old in GOOD
    path.write_text(GOOD.replace(old, new), "utf-8")
    with pytest.raises(CopydeskError) as caught:
        read_geography(path, STORY)
    assert said in str(caught.value) and "map.toml" in str(caught.value) and "\n" not in str(caught.value)


def test_a_story_older_than_modern_borders_gets_no_map(tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text(GOOD, "utf-8")
    with pytest.raises(CopydeskError, match="a story of 1968-08-21 cannot have a map"):
        read_geography(tmp_path / "map.toml", dt.date(1968, 8, 21))


# ── Words ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_every_day_is_told_in_words(baltic: Geography) -> None:
    for day in [*baltic.days, dt.date(2015, 6, 1), dt.date(2030, 1, 1)]:
        for of in ORGANISATIONS:
            state, members = map_state(baltic, day, of), members_on(day, of)
            text = "|".join([state["title"], state["news"], *state["words"], *state["outside"]])
            assert f"has {len(members)} members" in state["news"] and not re.search(r"[{}]|  ", text)
            [everyone] = [line for line in state["words"] if line.startswith("All members")]
            assert all(member.name in everyone for member in members)
            for view, told in zip(baltic.views, state["outside"], strict=True):
                missing = [m.name for m in members if m.id not in view.places]
                assert bool(told) == bool(missing) and all(name in told for name in missing)


def test_what_is_new_since_the_day_before_is_told(baltic: Geography) -> None:
    told = {day: map_state(baltic, day)["news"].partition(" members. ")[2] for day in baltic.days}
    assert told[dt.date(2023, 4, 4)] == "Joined since 12 January 2022: Finland."
    assert told[SWEDEN - dt.timedelta(days=1)] == "Joined since 4 April 2023: Sweden."
    assert told[STORY] == "No state has joined or left since 27 March 2020."
    assert told[FIRST_DAY] == ""
    union = map_state(baltic, dt.date(2020, 2, 1), "EU")["news"]
    assert union.endswith("Left since 5 June 2017: United Kingdom (last day 31 January 2020).")
    met = {m.name for m in memberships("NATO") if m.joined > FIRST_DAY}
    assert all(any(name in sentence for sentence in told.values()) for name in met) and len(met) == 16


def test_the_share_is_told_as_what_it_is(baltic: Geography) -> None:
    [told] = [line for line in sentences(baltic, STORY) if "%" in line]
    assert told.startswith("6.2 % of the outer land border of the three Baltic states touches a member: 88 of 1,400 km")
    assert "6.4 % at 1:50 million and 6.7 % at 1:110 million" in told and "coarser map leaves out bends" in told


def test_what_must_stand_under_the_map_stands_there(baltic: Geography) -> None:
    far, near = map(notes, baltic.views)
    for text in (near, far):
        assert "Natural Earth 4.1.0" in text and "Point of view" in text and "Kaliningrad is a region of Russia" in text
        assert re.search(r"Members checked on \d+ \w+ 20\d\d\.$", text)
    assert "Status by the UN General Assembly: Ukraine" in far and "Control since 2014: Russia" in far
    assert "68/262 of 27 March 2014: 100 for, 11 against, 58 abst" in far
    assert (
        "Kosovo is recognised by about half of the UN’s members" in far
        and "recognised by one UN member, Türkiye" in far
    )
    for place in ("Donetsk and Luhansk", "Transnistria", "Abkhazia", "South Ossetia", "Golan Heights"):
        assert place in far
    assert "Crimea" not in near and "Lake Peipus" in near


def test_what_is_said_of_a_state_names_its_day(baltic: Geography) -> None:
    said = since(baltic.places)
    assert said["NATO"]["440"] == "member of NATO since 29 March 2004."
    assert said["EU"]["246"] == "member of the EU since 1 January 1995."
    assert "crimea" not in said["NATO"] and "643" not in said["EU"]


def test_the_communities_are_named_before_there_was_a_union(baltic: Geography) -> None:
    assert "European Communities" in " ".join(sentences(baltic, FIRST_DAY, "EU"))
    assert "European Communities" not in " ".join(sentences(baltic, dt.date(1995, 1, 1), "EU"))


def test_every_number_lesson_07_states_is_the_one_the_tables_give(baltic: Geography) -> None:
    """Borders, shares, members and votes in the story's questions and answers."""
    story = load_story("baltics-2022")
    own, key = story.lessons["07_what_was_going_on"], story.key
    assert key is not None
    asked = {q["id"]: q["text"] for q in own["measure"]["questions"]}
    answers = key.answers["07_what_was_going_on/measure"]
    on_maps = [round(km) for km in reversed(BORDERS["440", "616"])]
    published = float(by_id(FACTS, "border-ltu-pol").value)
    assert [int(n) for n in re.findall(r"(\d+) km", asked["line"])] == [*on_maps, published]
    share = baltic.shares(story.date)[0]
    low, high = answers["share"]["range"]
    assert low <= share <= high and f"{100 * share:.1f} percent" in answers["share"]["why"]
    assert "5.5 percent" in answers["share"]["why"]
    vote = " ".join(f"{f.date} {f.statement}" for f in (by_id(FACTS, n) for n in ("unga-68-262", "unga-crimea-2020")))
    fills = key.answers["07_what_was_going_on/two_maps"]["fills"]["after"]
    assert all(number in vote for number in re.findall(r"\d+", fills)) and "100 to 11, 58" in fills


def test_no_border_is_called_a_paradox() -> None:
    """Borders between states are surveyed; maps generalise them, and sources measure different lines."""
    texts = [(SEED / name).read_text("utf-8") for name in ("key.json", "lessons.toml", "context/facts.csv")]
    assert not any("paradox" in text for text in texts)


# ── Members ───────────────────────────────────────────────────────────────────────────────────────────────────────────
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
    rows = [*csv.DictReader((DATA / "memberships.csv").read_text(encoding="utf-8").splitlines())]
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
