"""Borders, members and the words of the map: the figures of lesson 07 from the data, and by another road."""

import csv
import datetime as dt
import json
import math
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.base.errors import CopydeskError
from copydesk.map.borders import (
    Layer,
    border_km,
    decode,
    km,
    load_layer,
    neighbours,
    neighbours_changed,
    outer_border,
    shortest_km,
)
from copydesk.map.geography import (
    FIRST_DAY,
    Geography,
    MapState,
    map_notes,
    map_words,
    read_geography,
    share_words,
    state_words,
    story_geography,
    visible,
)
from copydesk.map.members import DATA, changes, members_on, membership, memberships, moves, name_of, place_notes
from copydesk.story.facts import by_id, read_facts
from copydesk.story.story import load_story

SEED = Path(__file__).parents[2] / "seeds" / "baltics-2022"
STORY, FINLAND, SWEDEN = dt.date(2022, 1, 12), dt.date(2023, 4, 5), dt.date(2024, 3, 8)
TRIO = ("233", "428", "440")
SCALES = ("europe_110m", "europe_50m", "baltic_10m")
FACTS = read_facts(SEED / "context" / "facts.csv")


@pytest.fixture(name="baltic")
def _baltic() -> Geography:
    found = story_geography(load_story(SEED))
    assert found
    return found


# ── Layers: decoding, checked on squares made by hand ─────────────────────────────────────────────────────────────────
def squares() -> dict[str, Any]:
    """Two squares of one degree side by side on the equator, and a third one degree further east.

    West is walked so that the shared arc (0) runs north, East takes it backwards.
    """
    arcs = [
        [[1, 0], [0, 1]],  # shared, northwards
        [[1, 1], [-1, 0], [0, -1], [1, 0]],  # the rest of West
        [[1, 0], [1, 0], [0, 1], [-1, 0]],  # the rest of East
        [[3, 0], [1, 0], [0, 1], [-1, 0], [0, -1]],  # Far
    ]
    shapes = [
        {"type": "Polygon", "id": "w", "properties": {"name": "West"}, "arcs": [[0, 1]]},
        {"type": "MultiPolygon", "id": "e", "properties": {"name": "East"}, "arcs": [[[2, -1]]]},
        {"type": "Polygon", "id": "f", "properties": {"name": "Far"}, "arcs": [[3]]},
    ]
    transform = {"scale": [1, 1], "translate": [0, 0]}
    return {"arcs": arcs, "transform": transform, "objects": {"countries": {"geometries": shapes}}}


def test_squares_come_out_as_they_were_drawn() -> None:
    layer = decode(squares())
    assert [*layer.rings("e")] == [[(1, 0), (2, 0), (2, 1), (1, 1), (1, 0)]]
    assert [*layer.rings("w")] == [[(1, 0), (1, 1), (0, 1), (0, 0), (1, 0)]]
    assert layer.box == (0, 0, 4, 1)


def to_meridian() -> float:
    """From a point at one degree north to the meridian one degree east of it, by spherical trigonometry, in km."""
    return 6371.0088 * math.asin(math.cos(math.radians(1)) * math.sin(math.radians(1)))


def test_lengths_on_squares_agree_with_a_degree_of_the_equator() -> None:
    layer, degree = decode(squares()), 2 * math.pi * 6371.0088 / 360
    assert border_km(layer, "w", "e") == pytest.approx(degree)
    assert border_km(layer, "w", "f") == 0
    assert [*neighbours(layer, ["e"])] == ["w"] and [*neighbours(layer, ["w", "e"])] == []
    assert shortest_km(layer, "e", "f") == pytest.approx(to_meridian())
    assert shortest_km(layer, "w", "e") == 0


def test_the_nearest_spot_may_lie_between_two_points_of_an_outline() -> None:
    data = squares()
    data["arcs"][3] = [[3, -40], [1, 0], [0, 80], [-1, 0], [0, -80]]  # Far is now tall: no corner of it is near
    assert shortest_km(decode(data), "e", "f") == pytest.approx(to_meridian())


@pytest.mark.parametrize("name", SCALES)
def test_every_ring_closes_and_every_id_is_there(name: str) -> None:
    layer = load_layer(name)
    for feature_id in layer.features:
        for ring in layer.rings(feature_id):
            assert ring[0] == ring[-1] and len(ring) >= 4
    assert {"440", "616", "kaliningrad"} <= set(layer.features)


def test_names_are_those_of_the_kit() -> None:
    names = {feature.name for feature in load_layer("europe_50m").features.values()}
    assert {"Türkiye", "North Macedonia", "Bosnia and Herzegovina", "Kosovo (status disputed)"} <= names
    assert "Northern Cyprus (recognised only by Türkiye)" in names
    assert not {"Turkey", "Macedonia", "Bosnia and Herz.", "N. Cyprus"} & names


def test_what_is_not_there_is_said() -> None:
    with pytest.raises(CopydeskError, match="no map layer named 'asia_10m'; there are: baltic_10m, europe_110m"):
        load_layer("asia_10m")
    with pytest.raises(CopydeskError, match="no feature '999' in the layer 'baltic_10m'; there are: 112 Belarus"):
        load_layer("baltic_10m").feature("999")


JSON = st.recursive(
    st.none() | st.integers(-3, 3) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["arcs", "type", "id"]), inner),
    max_leaves=8,
)


@given(part=st.sampled_from(["arcs", "transform", "objects"]), junk=JSON)
def test_a_layer_of_a_stranger_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, part: str, junk: Any
) -> None:
    folder = tmp_path_factory.mktemp("layers")
    (folder / "own.topo.json").write_text(json.dumps({**squares(), part: junk}), "utf-8")
    try:
        layer = load_layer("own", folder)
    except CopydeskError as error:
        assert "own.topo.json is no map layer" in str(error)
    else:
        assert all(ring for name in layer.features for ring in layer.rings(name))


# ── Borders: the figures of lesson 07, and the same by another road ───────────────────────────────────────────────────
def by_hand(name: str, one: str, other: str) -> float:
    """A border measured without arcs: the sides that stand in the outlines of both, by the law of cosines."""

    def sides(layer: Layer, feature_id: str) -> set[frozenset[tuple[float, float]]]:
        return {frozenset(side) for ring in layer.rings(feature_id) for side in pairwise(ring)}

    def chord(side: frozenset[tuple[float, float]]) -> float:
        (x, y), (u, v) = ([math.radians(n) for n in point] for point in side)
        cosine = math.sin(y) * math.sin(v) + math.cos(y) * math.cos(v) * math.cos(x - u)
        return 6371.0088 * math.acos(min(1.0, cosine))

    layer = load_layer(name)
    return sum(chord(side) for side in sides(layer, one) & sides(layer, other))


@pytest.mark.parametrize(("name", "length"), [*zip(SCALES, (73, 81, 88), strict=True)])
def test_lithuania_and_poland_share_more_border_the_finer_the_map(name: str, length: int) -> None:
    assert round(border_km(load_layer(name), "440", "616")) == length
    assert by_hand(name, "440", "616") == pytest.approx(border_km(load_layer(name), "440", "616"), rel=1e-4)


@pytest.mark.parametrize(("name", "share"), [*zip(SCALES, ("6.7%", "6.4%", "6.3%"), strict=True)])
def test_the_share_of_the_outer_border_that_is_with_members(name: str, share: str) -> None:
    border = outer_border(load_layer(name), TRIO, STORY)
    assert f"{border.share:.1%}" == share
    outside = {s.id for s in border.stretches}
    assert outside == {"112", "616", "643", "kaliningrad"} and [s.id for s in border.members] == ["616"]
    lengths = {other: sum(by_hand(name, one, other) for one in TRIO) for other in outside}
    assert lengths["616"] / sum(lengths.values()) == pytest.approx(border.share, rel=1e-4)


@pytest.mark.parametrize(("name", "length"), [*zip(SCALES, (67.9, 66.3, 65.8), strict=True)])
def test_kaliningrad_and_belarus(name: str, length: float) -> None:
    layer = load_layer(name)
    found = shortest_km(layer, "kaliningrad", "112")
    assert round(found, 1) == length and found == pytest.approx(shortest_km(layer, "112", "kaliningrad"))
    ones, others = ([p for ring in layer.rings(i) for p in ring] for i in ("kaliningrad", "112"))
    assert found <= min(km(p, q) for p in ones[:: max(1, len(ones) // 40)] for q in others)


def test_the_facts_of_the_story_say_what_the_layers_give() -> None:
    layer = load_layer("baltic_10m")
    assert by_id(FACTS, "peninsula-share").value == f"{100 * outer_border(layer, TRIO, STORY).share:.1f}"
    assert by_id(FACTS, "suwalki-computed").value == f"{shortest_km(layer, 'kaliningrad', '112'):.0f}"
    notes = {"ltu-pol": ("440", "616"), "ltu-blr": ("440", "112"), "lva-rus": ("428", "643"), "lva-blr": ("428", "112")}
    for name, pair in notes.items():
        fact, measured = by_id(FACTS, f"border-{name}"), border_km(layer, *pair)
        assert f"gives {measured:.0f} km" in fact.note
        assert measured < float(fact.value), "a map is coarser than the ground"


def test_the_published_lengths_give_a_share_of_the_same_kind() -> None:
    listed = {
        pair: float(by_id(FACTS, f"border-{pair}").value) for pair in ("ltu-pol", "ltu-blr", "ltu-rus", "lva-rus")
    }
    listed |= {pair: float(by_id(FACTS, f"border-{pair}").value) for pair in ("lva-blr", "est-rus")}
    assert f"{listed['ltu-pol'] / sum(listed.values()):.1%}" == "5.5%"


@pytest.mark.parametrize("later", [FINLAND, SWEDEN])
def test_later_members_leave_the_land_share_as_it_is_and_change_the_coast(baltic: Geography, later: dt.date) -> None:
    for name in SCALES:
        layer = load_layer(name)
        assert outer_border(layer, TRIO, later).share == outer_border(layer, TRIO, STORY).share
        assert neighbours_changed(layer, TRIO, STORY, later) == ()
    land, sea = share_words(baltic, STORY, later)
    assert "stays at 6.3%: no land neighbour of the three Baltic states" in land
    assert sea.endswith({FINLAND: "then 7. New: Finland.", SWEDEN: "then 8. New: Finland and Sweden."}[later])


def test_a_neighbour_that_joins_does_change_the_share(baltic: Geography) -> None:
    before, after = dt.date(2004, 3, 30), dt.date(2004, 5, 1)
    assert neighbours_changed(baltic.measured_on, TRIO, before, after, "EU") == ("Poland",)
    land, sea = share_words(baltic, before, after, of="EU")
    assert "goes from 0.0% to 6.3%: Poland joined or left the EU" in land and "New: Estonia, Latvia" in sea
    assert share_words(baltic, before, after)[1].startswith("The coast of the Baltic Sea stays the same: 6 of 9")


def test_an_island_has_no_outer_border() -> None:
    border = outer_border(load_layer("europe_50m"), ["352"], STORY)
    assert (border.stretches, border.km, border.share) == ((), 0, 0.0)


# ── Members ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_counts_that_the_lesson_states() -> None:
    assert len(memberships("NATO")) == 32 and len(members_on(SWEDEN)) == 32
    assert len(members_on(STORY)) == int(by_id(FACTS, "nato-count-2022").value) == 30
    assert int(by_id(FACTS, "nato-count-2024").value) == 32
    assert len(members_on(STORY, "EU")) == 27


def test_the_table_of_members_agrees_with_the_facts_day_by_day() -> None:
    for kind, of in (("nato_accession", "NATO"), ("eu_accession", "EU")):
        told = {(fact.place, fact.date) for fact in FACTS if fact.kind == kind and fact.date}
        assert len(told) >= 28
        assert told == {(member.name, member.joined) for member in memberships(of)}  # type: ignore[arg-type]


def test_counts_on_every_named_day_agree_with_a_plain_reading_of_the_table(baltic: Geography) -> None:
    rows = [*csv.DictReader((DATA / "members.csv").read_text(encoding="utf-8").splitlines())]
    for day in baltic.days:
        nato = [r for r in rows if r["nato_accession"] and r["nato_accession"] <= day.isoformat()]
        union = [r for r in rows if r["eu_accession"] and r["eu_accession"] <= day.isoformat()]
        union = [r for r in union if not r["eu_exit"] or day.isoformat() <= r["eu_exit"]]
        assert [len(members_on(day)), len(members_on(day, "EU"))] == [len(nato), len(union)]


def test_the_united_kingdom_is_in_on_its_last_day_and_out_on_the_next() -> None:
    last = dt.date(2020, 1, 31)
    names = [{m.name for m in members_on(day, "EU")} for day in (last, last + dt.timedelta(days=1))]
    assert names[0] - names[1] == {"United Kingdom"} and len(names[1]) == 27
    joined, left = moves(last, last + dt.timedelta(days=1), "EU")
    assert joined == () and [m.name for m in left] == ["United Kingdom"]
    assert dt.date(2020, 2, 1) in changes("EU") and dt.date(2020, 1, 31) not in changes()


def test_places_follow_their_states() -> None:
    day = dt.date(2024, 1, 1)
    follow = {place: (membership(place, day), membership(place, day, "EU")) for place in place_notes()}
    names = {place: tuple(m.name if m else "" for m in both) for place, both in follow.items()}
    assert names["248"] == ("Finland", "Finland") and names["304"] == ("Denmark", "")
    for place in ("kaliningrad", "crimea", "kosovo", "northern-cyprus", "070"):
        assert names[place] == ("", "")


def test_another_alliance_is_refused() -> None:
    with pytest.raises(CopydeskError, match="no list of members for 'CSTO'; there are: NATO, EU"):
        members_on(STORY, "CSTO")  # type: ignore[arg-type]


# ── The geography of a story ──────────────────────────────────────────────────────────────────────────────────────────
def test_the_named_days_are_all_changes_since_1990_and_the_story(baltic: Geography) -> None:
    assert baltic.days[0] == FIRST_DAY == dt.date(1990, 12, 31)
    assert set(baltic.days) == {FIRST_DAY, STORY, *changes(since=FIRST_DAY)} and len(baltic.days) == 14
    lists = [(members_on(day), members_on(day, "EU")) for day in baltic.days if day != STORY]
    assert all(one != two for one, two in pairwise(lists)), "a day on which nothing changes"


def test_the_coast_is_that_of_the_layers(baltic: Geography) -> None:
    """An arc that one feature alone uses is a coast; the boxes below hold that of the Baltic Sea and no other."""
    assert len(baltic.coast_states) == 9 and set(TRIO) < set(baltic.coast_states)
    layer = load_layer("europe_50m")
    owners = {n: [i for i, f in layer.features.items() if n in f.arcs] for n in range(len(layer.arcs))}
    sea = {
        owner[0]
        for n, owner in owners.items()
        if len(owner) == 1 and any(_in_the_baltic_sea(point) for point in layer.arcs[n])
    }
    assert {"643" if place == "kaliningrad" else place for place in sea} - {"248"} == set(baltic.coast_states)


def _in_the_baltic_sea(point: tuple[float, float]) -> bool:
    """In three boxes from the Danish straits to the far ends of the gulfs."""
    x, y = point
    return (
        (10.9 <= x <= 15 and 53.8 <= y <= 55.3)
        or (15 <= x <= 30.5 and 54 <= y <= 60.7)
        or (17 <= x <= 25.5 and 60.7 <= y <= 66)
    )


def test_every_view_names_the_states_their_neighbours_and_places_of_special_standing(baltic: Geography) -> None:
    for view in baltic.views.values():
        seen = visible(view)
        wanted = {
            *TRIO,
            *neighbours(view.layer, TRIO),
            *(i for i, note in place_notes().items() if "(" in note["name"]),
        }
        wanted |= {i for i, note in place_notes().items() if note.get("hatched")}
        assert wanted & seen <= set(view.labels) <= seen
        for x, y, *target in view.labels.values():
            assert view.holds((x, y)) and (not target or view.holds((target[0], target[1])))


def test_a_story_without_a_map_has_none() -> None:
    assert story_geography(load_story("practice")) is None


GOOD = (SEED / "context" / "map.toml").read_text("utf-8")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('group = "the three Baltic states"', "", "lacks 'group'"),
        ('measured_on = "baltic_10m"', "", "lacks 'measured_on'"),
        ('states = ["233", "428", "440"]', 'states = ["233", "999"]', "no feature '999' in the layer 'baltic_10m'"),
        ('states = ["233", "428", "440"]', "states = 3", "not iterable"),
        ('states = ["233", "428", "440"]', "states = []", "it names no view, or no state"),
        ('states = ["208", ', 'states = ["900", ', "the coast state '900' is in none of its layers"),
        ('measured_on = "baltic_10m"', 'measured_on = "mars"', "no map layer named 'mars'"),
        ("middle = [13.0, 53.2]", "middle = 13", "cannot unpack"),
        ("428 = [25.4, 56.95]", "428 = [25.4]", "the label '428' has 1 numbers"),
        ("428 = [25.4, 56.95]", "999 = [25.4, 56.95]", "no feature '999'"),
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
    path = tmp_path / "map.toml"
    path.write_text(GOOD, "utf-8")
    with pytest.raises(CopydeskError, match="a story of 1968-08-21 cannot have a map"):
        read_geography(path, dt.date(1968, 8, 21))


def test_a_story_may_bring_its_own_layer(tmp_path: Path) -> None:
    (tmp_path / "own.topo.json").write_text(json.dumps(squares()), "utf-8")
    own = 'group = "the squares"\nstates = ["w"]\nmeasured_on = "own"\n'
    own += '[[views]]\nname = "All"\nlayer = "own"\nmiddle = [2, 0.5]\nsize_km = [600, 300]\n'
    (tmp_path / "map.toml").write_text(own, "utf-8")
    state = MapState(read_geography(tmp_path / "map.toml", STORY), STORY)
    words = " ".join(map_words(state))
    assert "Land neighbours of the squares that are not members: East." in words
    assert "0.0% of the outer land border of the squares touches a member: 0 of 111 km, measured at own." in words


# ── Words for every state of the map ──────────────────────────────────────────────────────────────────────────────────
def states(geography: Geography) -> list[MapState]:
    days = [*geography.days, dt.date(2015, 6, 1), dt.date(2030, 1, 1)]
    return [MapState(geography, day, of, view) for day in days for of in ("NATO", "EU") for view in geography.views]  # type: ignore[arg-type]


def test_every_state_of_the_map_is_told_in_words(baltic: Geography) -> None:
    for state in states(baltic):
        words, border = state_words(state), state.border
        text = " ".join(words)
        assert f"has {len(state.members)} members" in words[0] and "{" not in text
        [all_of_them] = [sentence for sentence in words if sentence.startswith("All members")]
        assert all(member.name in all_of_them for member in state.members)
        [inside] = [sentence for sentence in words if "that are members:" in sentence]
        [outside] = [sentence for sentence in words if "that are not members:" in sentence]
        assert all(s.name in inside for s in border.members) and all(s.name in outside for s in border.others)
        assert f"{border.share:.1%}" in text and "On the coast of the Baltic Sea" in text


def test_what_is_new_since_the_day_before_is_told(baltic: Geography) -> None:
    told = {day: state_words(MapState(baltic, day))[1] for day in baltic.days}
    assert told[dt.date(2023, 4, 4)] == "Joined since 12 January 2022: Finland."
    assert told[dt.date(2024, 3, 7)] == "Joined since 4 April 2023: Sweden."
    assert told[STORY] == "No state has joined or left since 27 March 2020."
    assert told[FIRST_DAY].startswith("Members among the three Baltic states: none")
    union = state_words(MapState(baltic, dt.date(2020, 2, 1), "EU"))[1]
    assert union == "Left since 5 June 2017: United Kingdom (last day 31 January 2020)."
    met = {m.name for day in baltic.days for m in members_on(day) if m.joined == day}
    assert all(any(name in sentence for sentence in told.values()) for name in met) and len(met) == 16


def test_canada_and_the_united_states_are_said_to_be_outside(baltic: Geography) -> None:
    for state in states(baltic):
        hidden = [words for words in state_words(state) if "outside this picture" in words]
        missing = [m.name for m in state.members if m.id not in visible(state.view)]
        assert len(hidden) == bool(missing) and all(name in hidden[0] for name in missing)
        if state.of == "NATO":
            assert "Canada" in hidden[0] and "United States" in hidden[0]


def test_what_must_stand_under_the_map_stands_there(baltic: Geography) -> None:
    near, far = (" ".join(map_notes(MapState(baltic, STORY, "NATO", view))) for view in reversed([*baltic.views]))
    for text in (near, far):
        assert "Natural Earth 4.1.0" in text and "Point of view" in text and "Kaliningrad is a region of Russia" in text
    assert "annexed by Russia in 2014" in far and "68/262 (27 March 2014: 100 for, 11 against, 58 abst" in far
    assert "Kosovo: status disputed" in far and "recognised only by Türkiye" in far
    for place in ("Donetsk and Luhansk", "Transnistria", "Abkhazia", "South Ossetia", "Golan Heights"):
        assert place in far
    assert "Crimea" not in near


def test_the_communities_are_named_before_there_was_a_union(baltic: Geography) -> None:
    assert "European Communities" in " ".join(map_words(MapState(baltic, FIRST_DAY, "EU")))
    assert "European Communities" not in " ".join(map_words(MapState(baltic, dt.date(1995, 1, 1), "EU")))


def test_no_map_before_modern_borders_and_no_view_that_is_not_there(baltic: Geography) -> None:
    with pytest.raises(CopydeskError) as caught:
        MapState(baltic, dt.date(1990, 12, 30))
    assert str(caught.value) == (
        "no map for 30 December 1990: the kit has modern borders only; ask for 31 December 1990 or a later day"
    )
    with pytest.raises(CopydeskError, match="no view named 'Asia'; there are: Europe, Around the three states"):
        MapState(baltic, STORY, "NATO", "Asia")
    with pytest.raises(CopydeskError, match="no list of members"):
        MapState(baltic, STORY, "OSCE")  # type: ignore[arg-type]


def test_names_fall_back_to_what_is_known() -> None:
    assert (name_of("643"), name_of("643", "Russia"), name_of("440")) == ("643", "Russia", "Lithuania")


def test_every_number_lesson_07_states_is_the_one_the_data_give() -> None:
    """Borders, shares, members and votes in the story's questions and answers, computed here from layers and facts."""
    story = load_story("baltics-2022")
    own, key = story.lessons["07_what_was_going_on"], story.key
    assert key is not None
    asked = {q["id"]: q["text"] for q in own["measure"]["questions"]}
    answers = key.answers["07_what_was_going_on/measure"]
    lengths = [round(border_km(load_layer(n), "440", "616")) for n in SCALES]
    assert [int(n) for n in re.findall(r"(\d+) km", asked["line"])] == [*lengths, 100]
    share = outer_border(load_layer("baltic_10m"), TRIO, story.date).share
    low, high = answers["share"]["range"]
    assert low <= share <= high and f"{100 * share:.1f} percent" in answers["share"]["why"]
    around = ("ltu-pol", "ltu-blr", "ltu-rus", "lva-rus", "lva-blr", "est-rus")
    published = {n: float(by_id(FACTS, f"border-{n}").value) for n in around}
    share = published["ltu-pol"] / sum(published.values())
    assert published["ltu-pol"] == 100 and f"{100 * share:.1f} percent" in answers["share"]["why"]
    joined = {m.name: m.joined.year for m in members_on(dt.date(2024, 12, 31))}
    assert f"Finland joined NATO in {joined['Finland']} and Sweden in {joined['Sweden']}" in asked["joined"]
    vote = by_id(FACTS, "unga-68-262").statement
    fills = key.answers["07_what_was_going_on/two_maps"]["fills"]["after"]
    assert all(number in vote for number in re.findall(r"\d+", fills)) and "100 to 11, 58" in fills
