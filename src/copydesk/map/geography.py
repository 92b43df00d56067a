"""The geography of a story: its states, their land borders at three scales, a coast, the views of the map; and who was
a member of NATO or the European Union on which day, and which place follows which state.

A geography is read from the story's `context/map.toml`; a story without that file has no map. Drawings, lengths and
coasts are what `tools/build_map.py` makes of Natural Earth.

`map_state` is the map in words, for any day: who is in, which land neighbours are not, what the picture leaves out.
"""

from __future__ import annotations

import csv
import datetime as dt
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal
from xml.etree import ElementTree

from copydesk.base.documents import read_toml
from copydesk.base.errors import CopydeskError
from copydesk.base.wording import decimal, load_wording, say_day
from copydesk.story.story import Story

Organisation = Literal["NATO", "EU"]
ORGANISATIONS: tuple[Organisation, ...] = ("NATO", "EU")
DATA = files("copydesk") / "map" / "data"
FIRST_DAY = dt.date(1990, 12, 31)
"""The borders are modern ones; before this day they would be wrong."""
SCALES = {"km_10m": "1:10 million", "km_50m": "1:50 million", "km_110m": "1:110 million"}
"""The columns of `lengths.csv`, the finest scale first."""


@cache
def _table(name: str) -> list[dict[str, str]]:
    return [*csv.DictReader((DATA / f"{name}.csv").read_text(encoding="utf-8").splitlines())]


COMMUNITIES_END = dt.date(1993, 11, 1)
"""The Treaty on European Union came into force; before it there were the European Communities."""


# Members


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One state's membership of one organisation."""

    id: str
    """ISO 3166-1 numeric code, as on the map."""
    name: str
    joined: dt.date
    left: dt.date | None = None
    """The last day; None while it lasts."""

    def on(self, day: dt.date) -> bool:
        """Whether it was a member on that day; the last day counts."""
        return self.joined <= day and (self.left is None or day <= self.left)


@cache
def memberships(of: Organisation = "NATO") -> tuple[Member, ...]:
    """Every membership there has been, by name; before November 1993 "EU" means the European Communities."""
    if of not in ORGANISATIONS:
        raise CopydeskError(f"no list of members for {of!r}", f"there are: {', '.join(ORGANISATIONS)}")
    found = []
    for row in _table("memberships"):
        if joined := row[f"{of.lower()}_accession"]:
            left = row.get(f"{of.lower()}_exit")
            last = dt.date.fromisoformat(left) if left else None
            found.append(Member(id=row["iso_n3"], name=row["name"], joined=dt.date.fromisoformat(joined), left=last))
    return tuple(sorted(found, key=lambda member: member.name))


def members_on(day: dt.date, of: Organisation = "NATO") -> tuple[Member, ...]:
    """The members on that day, by name.

    >>> len(members_on(dt.date(2022, 1, 12))), len(members_on(dt.date(2022, 1, 12), "EU"))
    (30, 27)
    """
    return tuple(member for member in memberships(of) if member.on(day))


def membership(place: str, day: dt.date, of: Organisation = "NATO") -> Member | None:
    """The membership a place has on that day, by its own right or through the state it follows; None if it has none.

    >>> membership("248", dt.date(2024, 1, 1)).name  # Åland follows Finland
    'Finland'
    """
    return next((member for member in members_on(day, of) if member.id == followed(place, of)), None)


def followed(place: str, of: Organisation) -> str:
    """The state whose membership is also that of a place; most places follow none but themselves."""
    return str(place_notes().get(place, {}).get(of.lower(), place))


def changes(*, since: dt.date) -> tuple[dt.date, ...]:
    """The days from `since` on which one of the lists of members differs from the day before.

    >>> [str(day) for day in changes(since=dt.date(2020, 2, 2))]
    ['2020-03-27', '2023-04-04', '2024-03-07']
    """
    listed = [member for of in ORGANISATIONS for member in memberships(of)]
    gone = {m.left + dt.timedelta(days=1) for m in listed if m.left}
    return tuple(sorted(day for day in {m.joined for m in listed} | gone if day >= since))


def place_notes() -> Mapping[str, Mapping[str, Any]]:
    """What the kit knows of places that are no member state, by id: names, and the state each follows."""
    places: Mapping[str, Mapping[str, Any]] = _about()["place"]
    return places


def checked_on() -> dt.date:
    """The day up to which the lists of members were checked."""
    day: dt.date = _about()["members_checked"]
    return day


@cache
def _about() -> Mapping[str, Any]:
    return tomllib.loads((DATA / "places.toml").read_text(encoding="utf-8"))


# The map of a story


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One picture of the map: the name on its button, its drawing, and what a reader must know of it."""

    name: str
    layer: str
    note: str = ""

    @property
    def places(self) -> Mapping[str, str]:
        """The names of the places that are drawn, by id."""
        return _places(self.layer)


@dataclass(frozen=True, slots=True, kw_only=True)
class Geography:
    """What the map of a story is about."""

    story: dt.date
    """The day of the story."""
    group: str
    """What its states are called together, such as "the three Baltic states"."""
    states: tuple[str, ...]
    views: tuple[View, ...]
    sea: str = ""
    """The sea whose coast is watched as well, if any."""

    @property
    def days(self) -> tuple[dt.date, ...]:
        """The days worth showing: the first, each change of a list of members, and the day of the story."""
        return tuple(sorted({FIRST_DAY, self.story, *changes(since=FIRST_DAY)}))

    @property
    def places(self) -> dict[str, str]:
        """The names of the places in any of its views, by id."""
        return {place: name for view in self.views for place, name in view.places.items()}

    @property
    def coast(self) -> tuple[str, ...]:
        """The states on the sea."""
        return tuple(row["state"] for row in _table("coasts") if row["sea"] == self.sea)

    @property
    def borders(self) -> dict[str, tuple[float, ...]]:
        """The land border of its states with each neighbour, in km at each scale, the longest first."""
        found: dict[str, tuple[float, ...]] = {}
        for one, other, km in lengths("border"):
            if (one in self.states) != (other in self.states):
                neighbour = other if one in self.states else one
                found[neighbour] = tuple(map(sum, zip(km, found.get(neighbour, (0.0, 0.0, 0.0)), strict=True)))
        return dict(sorted(found.items(), key=lambda item: -item[1][0]))

    def touching(self, day: dt.date, of: Organisation = "NATO") -> list[tuple[float, float]]:
        """At each scale, how many km of the outer land border are with members on a day, and of how many.

        >>> from copydesk.story.story import load_story
        >>> baltic = story_geography(load_story("baltics-2022"))
        >>> [f"{km:.0f} of {whole:.0f} km" for km, whole in baltic.touching(dt.date(2022, 1, 12))]
        ['88 of 1400 km', '81 of 1260 km', '73 of 1088 km']
        """
        borders = self.borders
        inside = [km for place, km in borders.items() if membership(place, day, of)]
        return [(sum(km[n] for km in inside), sum(km[n] for km in borders.values())) for n in range(len(SCALES))]

    def shares(self, day: dt.date, of: Organisation = "NATO") -> list[float]:
        """At each scale, the part of the outer land border, 0 to 1, that is with members; 0 for an island."""
        return [km / whole if whole else 0.0 for km, whole in self.touching(day, of)]


def lengths(what: str) -> list[tuple[str, str, tuple[float, ...]]]:
    """The table of lengths: each `border` or `gap` with its two places and its km at each scale, 0 where it is missing.

    >>> [km for one, other, km in lengths("border") if (one, other) == ("440", "616")]
    [(87.5, 80.7, 73.0)]
    """
    rows = [row for row in _table("lengths") if row["what"] == what]
    return [(row["one"], row["other"], tuple(float(row[scale] or 0) for scale in SCALES)) for row in rows]


def drawing(layer: str) -> ElementTree.Element:
    """A drawing as a tree of SVG elements, anew each time, so that it may be changed."""
    text = (DATA / f"{layer}.svg").read_text(encoding="utf-8")
    return ElementTree.fromstring(text.replace(' xmlns="http://www.w3.org/2000/svg"', "", 1))


@cache
def _places(layer: str) -> dict[str, str]:
    return {path.get("id", ""): path[0].text or "" for path in drawing(layer).iterfind(".//*[@id]")}


def story_geography(story: Story) -> Geography | None:
    """The geography of a story, or None where its folder holds no `context/map.toml`.

    >>> from copydesk.story.story import load_story
    >>> story_geography(load_story("baltics-2022")).group
    'the three Baltic states'
    """
    path = story.folder / "context" / "map.toml"
    return read_geography(path, story.date) if path.is_file() else None


def read_geography(path: Path, story: dt.date) -> Geography:
    """Read the `map.toml` of a story of that day.

    Raises CopydeskError for what cannot be read, naming the file and what is wrong in it.
    """
    data = read_toml(path)
    try:
        return _geography(data, story)
    except KeyError as error:
        raise CopydeskError(f"{path} lacks {error}", "see CONTRIBUTING.md, 'A new story'") from None
    except (TypeError, ValueError, AttributeError) as error:
        raise CopydeskError(f"{path}: {error}", "correct that entry") from None


def _geography(data: Mapping[str, Any], story: dt.date) -> Geography:
    if story < FIRST_DAY:
        raise ValueError(f"a story of {story} cannot have a map, because its borders are modern (from {FIRST_DAY})")
    views = tuple(View(name=v["name"], layer=v["layer"], note=v.get("note", "")) for v in data["views"])
    found = Geography(
        story=story, group=data["group"], states=tuple(data["states"]), views=views, sea=data.get("sea", "")
    )
    if not views or not found.states:
        raise ValueError("it names no view, or no state")
    _known("map layer", [view.layer for view in views], {p.name[:-4] for p in DATA.iterdir() if p.name[-4:] == ".svg"})
    _known("state", found.states, found.places)
    _known("coast", filter(None, [found.sea]), {row["sea"] for row in _table("coasts")})
    return found


def _known(kind: str, asked: Iterable[str], there: Iterable[str]) -> None:
    for name in asked:
        if name not in there:
            raise ValueError(f"there is no {kind} {name!r}; there are: {', '.join(sorted(there))}")


# The map in words


def map_state(geography: Geography, day: dt.date, of: Organisation = "NATO") -> dict[str, Any]:
    """All that changes on the map with the day and the organisation: the members by id, and the words."""
    g, say, date = geography, load_wording("strings")["map"], say_day(day)
    return {
        "of": of,
        "title": say["title"].format(of=of, date=date),
        "date": say["day_of_story"].format(date=date) if day == g.story else date,
        "news": news(g, day, of),
        "inside": [place for place in g.places if membership(place, day, of)],
        "out": say["place_out"].format(the=say["the"][of], date=date),
        "outside": [outside(view, day, of) for view in g.views],
        "words": sentences(g, day, of),
        "table": table(g, day, of),
    }


def news(geography: Geography, day: dt.date, of: Organisation) -> str:
    """How many members there are on a day, and who joined or left since the named day before."""
    say, now = load_wording("strings")["map"], members_on(day, of)
    told = [say["count"].format(date=say_day(day), the=say["the"][of], n=len(now))]
    if before := max((d for d in geography.days if d < day), default=None):
        then = members_on(before, of)
        joined = [m.name for m in now if m not in then]
        left = [say["last_day"].format(name=m.name, date=say_day(m.left or day)) for m in then if m not in now]
        moved = {"joined": joined, "left": left} if joined or left else {"same": ["–"]}
        told += [say[key].format(before=say_day(before), names=names(who)) for key, who in moved.items() if who]
    return " ".join(told)


def sentences(geography: Geography, day: dt.date, of: Organisation = "NATO") -> list[str]:
    """The states of the story, their land neighbours, the share of the border, the coast, all members.

    >>> from copydesk.story.story import load_story
    >>> sentences(story_geography(load_story("baltics-2022")), dt.date(2022, 1, 12))[1]
    'Land neighbours of the three Baltic states that are members: Poland.'
    """
    say, g, places, borders = load_wording("strings")["map"], geography, geography.places, geography.borders

    def among(asked: Iterable[str], *, members: bool = True) -> list[str]:
        return [places[place] for place in asked if bool(membership(place, day, of)) == members]

    said = [
        say["group_in"].format(group=g.group, names=names(among(g.states))),
        say["neighbours_in"].format(group=g.group, names=names(among(borders))),
        say["neighbours_out"].format(group=g.group, names=names(among(borders, members=False))),
        share(g, day, of),
    ]
    if g.coast:
        on = sorted(among(g.coast))
        said.append(say["coast"].format(name=g.sea, n=len(on), of=len(g.coast), names=names(on)))
    said.append(say["all"].format(names=names(member.name for member in members_on(day, of))))
    return [*said, say["european_communities"]] if of == "EU" and day < COMMUNITIES_END else said


def share(geography: Geography, day: dt.date, of: Organisation) -> str:
    """How much of the outer land border is with members, at each scale."""
    say, g = load_wording("strings")["map"], geography
    (km, whole), *_ = g.touching(day, of)
    if not whole:
        return str(say["no_border"].format(group=g.group))
    finest, *coarser = (f"{decimal(100 * share, places=1)} %" for share in g.shares(day, of))
    scale, *scales = SCALES.values()
    others = names(say["at_scale"].format(share=s, scale=at) for s, at in zip(coarser, scales, strict=True))
    about = {"group": g.group, "km": f"{km:,.0f}", "of_km": f"{whole:,.0f}"}
    return str(say["share"].format(share=finest, scale=scale, others=others, **about))


def outside(view: View, day: dt.date, of: Organisation) -> str:
    """The members that a picture does not show; an empty string if it shows all."""
    hidden = [member.name for member in members_on(day, of) if member.id not in view.places]
    return load_wording("strings")["map"]["outside"].format(names=names(hidden)) if hidden else ""


def table(geography: Geography, day: dt.date, of: Organisation = "NATO") -> list[list[str]]:
    """The headings, then the land neighbours of the states: members since when, and how long the border is."""
    say, rows = load_wording("strings")["map"], []
    for place, km in geography.borders.items():
        found = membership(place, day, of)
        since = say_day(found.joined) if found else say["key_other"]
        rows.append([geography.places[place], since, *(f"{length:.0f}" for length in km)])
    return [
        [say["neighbour"], say["since"].format(of=of), *(say["km"].format(scale=s) for s in SCALES.values())],
        *rows,
    ]


def notes(view: View) -> str:
    """What must stand under a picture: source, point of view, places of special standing, what is not drawn."""
    say = load_wording("strings")["map"]
    special = [text for place, text in say["places"].items() if place in view.places]
    told = [say["source"], say["stand"], *special, view.note, say["checked"].format(date=say_day(checked_on()))]
    return " ".join(filter(None, told))


def since(places: Iterable[str]) -> dict[str, dict[str, str]]:
    """By organisation and place, what is said of the place while it is a member, also with the state it follows.

    >>> since(["246", "248", "643"])["NATO"]
    {'246': 'member of NATO since 4 April 2023.', '248': 'with Finland: member of NATO since 4 April 2023.'}
    """
    say, asked = load_wording("strings")["map"], [*places]
    told: dict[str, dict[str, str]] = {}
    for of in ORGANISATIONS:
        listed, told[of] = {member.id: member for member in memberships(of)}, {}
        for place in asked:
            if found := listed.get(followed(place, of)):
                words = say["place_in"].format(the=say["the"][of], date=say_day(found.joined))
                told[of][place] = words if found.id == place else f"{say['place_with'].format(name=found.name)} {words}"
    return told


def names(of: Iterable[str]) -> str:
    """Names as a reader says them.

    >>> names(["Estonia", "Latvia", "Lithuania"]), names([])
    ('Estonia, Latvia and Lithuania', 'none')
    """
    *most, last = [*of] or [load_wording("strings")["map"]["nobody"]]
    return f"{', '.join(most)} and {last}" if most else last
