"""The geography of a story: which states it is about and what its map shows, read from its `context/map.toml`.

A story without that file has no map.

The map in words: who is in on a day, which land neighbours are not, what the picture leaves out.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from math import cos, radians, sin, sqrt
from pathlib import Path
from typing import Any

from copydesk.base.errors import CopydeskError
from copydesk.base.wording import load_wording, say_day
from copydesk.map.borders import RADIUS, Layer, OuterBorder, Point, load_layer, neighbours_changed, outer_border
from copydesk.map.members import Member, Organisation, changes, members_on, membership, moves, name_of
from copydesk.story.story import Story

FIRST_DAY = dt.date(1990, 12, 31)
"""The layers hold modern borders; before this day they would be wrong."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class View:
    """A rectangle of the map: what of a layer is seen, in Lambert's equal-area projection around its middle."""

    name: str
    layer: Layer
    middle: Point
    size_km: tuple[float, float]
    """Width and height."""
    labels: Mapping[str, tuple[float, ...]]
    """By feature id: where its name stands, and if four numbers, where a line from it leads."""
    note: str = ""
    """What a reader must know of this view, for the caption."""

    def place(self, point: Point) -> tuple[float, float]:
        """Where a point stands, in km east and north of the middle (Snyder 1987, Map Projections, page 185).

        >>> view = View(name="", layer=load_layer("baltic_10m"), middle=(25, 57), size_km=(600, 600), labels={})
        >>> [round(km) for km in view.place((25, 58))]
        [0, 111]
        """
        x, y, y0 = radians(point[0] - self.middle[0]), radians(point[1]), radians(self.middle[1])
        towards = 1 + sin(y0) * sin(y) + cos(y0) * cos(y) * cos(x)
        scale = RADIUS * sqrt(2 / max(towards, 1e-9))  # the far side of the Earth has no one place
        return scale * cos(y) * sin(x), scale * (cos(y0) * sin(y) - sin(y0) * cos(y) * cos(x))

    def holds(self, point: Point) -> bool:
        """Whether a point is inside the picture."""
        x, y = self.place(point)
        return abs(x) <= self.size_km[0] / 2 and abs(y) <= self.size_km[1] / 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Geography:
    """What the map of a story is about."""

    story: dt.date
    """The day of the story."""
    group: str
    """What the states are called together, such as "the three Baltic states"."""
    states: tuple[str, ...]
    """Their ids in the map layers."""
    measured_on: Layer
    """The layer on which borders are measured."""
    views: Mapping[str, View]
    coast: str = ""
    """The sea whose coast is watched as well, if any."""
    coast_states: tuple[str, ...] = ()

    @property
    def days(self) -> tuple[dt.date, ...]:
        """The days worth showing: the first, each change of a list of members, and the day of the story."""
        return tuple(sorted({FIRST_DAY, self.story, *changes(since=FIRST_DAY)}))


@cache
def visible(view: View) -> frozenset[str]:
    """The ids of the features of which a part is in the picture."""
    return frozenset(
        name
        for name in view.layer.features
        if any(view.holds(point) for ring in view.layer.rings(name) for point in ring)
    )


def story_geography(story: Story) -> Geography | None:
    """The geography of a story, or None where its folder holds no `context/map.toml`.

    >>> from copydesk.story.story import load_story
    >>> story_geography(load_story("baltics-2022")).group
    'the three Baltic states'
    """
    path = story.folder / "context" / "map.toml"
    return read_geography(path, story.date) if path.is_file() else None


@cache
def read_geography(path: Path, story: dt.date) -> Geography:
    """Read a `map.toml`; layers are the kit's, or lie beside it as `<name>.topo.json`.

    Raises CopydeskError for what cannot be read, naming the file and what is wrong in it.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        return _geography(data, path.parent, story)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CopydeskError(f"{path} cannot be read as TOML ({error})", "mend that line") from None
    except KeyError as error:
        raise CopydeskError(f"{path} lacks {error}", "see CONTRIBUTING.md, 'A new story'") from None
    except (TypeError, ValueError, AttributeError) as error:
        raise CopydeskError(f"{path}: {error}", "mend that entry") from None


def _geography(data: Mapping[str, Any], folder: Path, story: dt.date) -> Geography:
    if story < FIRST_DAY:
        raise ValueError(f"a story of {story} cannot have a map, because its borders are modern (from {FIRST_DAY})")
    views, measured = [_view(each, folder) for each in data["views"]], load_layer(data["measured_on"], folder)
    states, coast = tuple(data["states"]), data.get("coast", {"name": "", "states": ()})
    layers = [measured, *(view.layer for view in views)]
    if not views or not states:
        raise ValueError("it names no view, or no state")
    for state in states:
        measured.feature(state)
    for state in coast["states"]:
        if not any(state in layer.features for layer in layers):
            raise ValueError(f"the coast state {state!r} is in none of its layers")
    return Geography(
        story=story,
        group=data["group"],
        states=states,
        measured_on=measured,
        views={view.name: view for view in views},
        coast=coast["name"],
        coast_states=tuple(coast["states"]),
    )


def _view(data: Mapping[str, Any], folder: Path) -> View:
    layer = load_layer(data["layer"], folder)
    labels = {layer.feature(name).id: tuple(at) for name, at in data.get("labels", {}).items()}
    (x, y), (width, height) = data["middle"], data["size_km"]
    for name, at in labels.items():
        if len(at) not in (2, 4):
            raise ValueError(f"the label {name!r} has {len(at)} numbers, not a place (2) or a place and a target (4)")
    return View(
        name=data["name"],
        layer=layer,
        middle=(x, y),
        size_km=(width, height),
        labels=labels,
        note=data.get("note", ""),
    )


COMMUNITIES_END = dt.date(1993, 11, 1)
"""The Treaty on European Union came into force; before it there were the European Communities."""


@dataclass(frozen=True, slots=True)
class MapState:
    """One state of a story's map: its geography, a day, an organisation and a view (by default the first).

    Raises CopydeskError for a day before modern borders, and for a view or an organisation that is not there.
    """

    geography: Geography
    day: dt.date
    of: Organisation = "NATO"
    view_name: str = ""

    def __post_init__(self) -> None:
        say = load_wording("strings")["map"]
        if self.day < FIRST_DAY:
            problem = say["too_early"].format(date=say_day(self.day))
            raise CopydeskError(problem, say["too_early_remedy"].format(first=say_day(FIRST_DAY)))
        if self.view_name and self.view_name not in self.geography.views:
            problem = say["no_view"].format(view=self.view_name)
            raise CopydeskError(problem, f"there are: {', '.join(self.geography.views)}")
        members_on(self.day, self.of)

    @property
    def view(self) -> View:
        """The part of the map that is shown."""
        return self.geography.views[self.view_name or next(iter(self.geography.views))]

    @property
    def title(self) -> str:
        """What the map shows, such as "NATO members on 12 January 2022"."""
        return str(load_wording("strings")["map"]["title"].format(of=self.of, date=say_day(self.day)))

    @property
    def members(self) -> tuple[Member, ...]:
        """Who is in on that day."""
        return members_on(self.day, self.of)

    @property
    def border(self) -> OuterBorder:
        """The outer land border of the story's states on that day."""
        g = self.geography
        return outer_border(g.measured_on, g.states, self.day, self.of)

    @property
    def before(self) -> dt.date | None:
        """The named day before this one; None on the first."""
        return max((day for day in self.geography.days if day < self.day), default=None)


def map_words(state: MapState) -> list[str]:
    """Everything the map shows and leaves out, in sentences; `state_words` and then `map_notes`."""
    return [*state_words(state), *map_notes(state)]


def state_words(state: MapState) -> list[str]:
    """What the map shows on its day, in sentences: the count, who is new, the land neighbours, the coast.

    >>> from copydesk.map.geography import story_geography
    >>> from copydesk.story.story import load_story
    >>> baltic = story_geography(load_story("baltics-2022"))
    >>> state_words(MapState(baltic, dt.date(2000, 1, 1), of="EU"))[0]
    'On 1 January 2000, the EU has 15 members.'
    """
    say, g = load_wording("strings")["map"], state.geography
    words = [say["count"].format(date=say_day(state.day), the=say["the"][state.of], n=len(state.members))]
    if state.before:
        words.append(_moved(state, state.before))
    words += border_words(state)
    if g.coast:
        inside = _members_of(g.coast_states, state.day, state.of)
        words.append(say["coast"].format(name=g.coast, n=len(inside), of=len(g.coast_states), names=_names(inside)))
    if hidden := [m.name for m in state.members if m.id not in visible(state.view)]:
        words.append(say["outside"].format(names=_names(hidden)))
    words.append(say["all"].format(names=_names(member.name for member in state.members)))
    return words


def border_words(state: MapState) -> list[str]:
    """Which of the story's states and of their land neighbours are members, and how much of the border that is."""
    say, g, border = load_wording("strings")["map"], state.geography, state.border
    inside = _members_of(g.states, state.day, state.of)
    return [
        say["group_in"].format(group=g.group, names=_names(inside)),
        say["neighbours_in"].format(group=g.group, names=_names(s.name for s in border.members)),
        say["neighbours_out"].format(group=g.group, names=_names(s.name for s in border.others)),
        _share(g, border),
    ]


def map_notes(state: MapState) -> list[str]:
    """What must stand under the map: places of special standing, source, point of view, what is not drawn."""
    say, seen = load_wording("strings")["map"], visible(state.view)
    notes = [say["source"], say["stand"], *(text for place, text in say["places"].items() if place in seen)]
    if state.of == "EU" and state.day < COMMUNITIES_END:
        notes.append(say["european_communities"])
    return [*notes, *filter(None, [state.view.note])]


def share_words(geography: Geography, first: dt.date, last: dt.date, *, of: Organisation = "NATO") -> list[str]:
    """Why the share of the land border changes or not between two days, and what happens on the coast.

    >>> from copydesk.map.geography import story_geography
    >>> from copydesk.story.story import load_story
    >>> baltic = story_geography(load_story("baltics-2022"))
    >>> share_words(baltic, dt.date(1994, 1, 1), dt.date(2000, 1, 1), of="EU")[1]
    'What changes is the coast of the Baltic Sea: 2 of 9 states were members, then 4. New: Finland and Sweden.'
    """
    say, g = load_wording("strings")["map"], geography
    shares = [f"{outer_border(g.measured_on, g.states, day, of).share:.1%}" for day in (first, last)]
    changed = neighbours_changed(g.measured_on, g.states, first, last, of)
    words = {
        "first": say_day(first),
        "last": say_day(last),
        "group": g.group,
        "the": say["the"][of],
        "share": shares[0],
        "share_then": shares[1],
        "names": _names(changed),
    }
    told = [say["why_changed" if changed else "why_same"].format(**words)]
    if g.coast:
        before, after = (_members_of(g.coast_states, day, of) for day in (first, last))
        new = [name for name in after if name not in before]
        key = "coast_same" if before == after else "coast_changed"
        counts: dict[str, Any] = {"n": len(before), "of": len(g.coast_states), "then": len(after), "names": _names(new)}
        told.append(say[key].format(name=g.coast, **counts))
    return told


def _moved(state: MapState, before: dt.date) -> str:
    say, since = load_wording("strings")["map"], say_day(before)
    joined, left = moves(before, state.day, state.of)
    new = [member.name for member in joined]
    gone = [say["last_day"].format(name=m.name, date=say_day(m.left)) for m in left if m.left]
    told = [say[key].format(before=since, names=_names(who)) for key, who in (("joined", new), ("left", gone)) if who]
    return " ".join(told) or str(say["same"].format(before=since))


def _share(geography: Geography, border: OuterBorder) -> str:
    say, g = load_wording("strings")["map"], geography
    if not border.stretches:
        return str(say["no_border"].format(group=g.group))
    lengths = {"km": f"{border.member_km:,.0f}", "of_km": f"{border.km:,.0f}"}
    return str(say["share"].format(share=f"{border.share:.1%}", group=g.group, scale=g.measured_on.scale, **lengths))


def _members_of(states: Iterable[str], day: dt.date, of: Organisation) -> list[str]:
    return sorted(name_of(state) for state in states if membership(state, day, of))


def _names(names: Iterable[str]) -> str:
    """Names as a reader says them: "Estonia, Latvia and Lithuania", or "none"."""
    *most, last = [*names] or [load_wording("strings")["map"]["nobody"]]
    return f"{', '.join(most)} and {last}" if most else last
