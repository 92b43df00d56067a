"""The geography of a story: which states it is about and what its map shows, read from its `context/map.toml`.

A story without that file has no map.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import cos, radians, sin, sqrt
from pathlib import Path
from typing import Any

from copydesk.context.borders import RADIUS
from copydesk.context.members import changes
from copydesk.context.topojson import Layer, Point, load_layer
from copydesk.errors import CopydeskError
from copydesk.stories import Story

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

    >>> from copydesk.stories import load_story
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
