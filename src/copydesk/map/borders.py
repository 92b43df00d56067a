"""Map layers: countries as rings of shared lines, read from TopoJSON with the standard library only.

In TopoJSON a line that two countries share is stored once, as an arc; a ring is a list of arc numbers, and `~n` is
arc n walked backwards. That is why a border can be measured: it is the arcs two features have in common. Format: the
TopoJSON specification, github.com/topojson/topojson-specification.

A group of states on the map: its land border, how much of it is with members, and what a later day changes.

Lengths on the map: borders from shared arcs, and how near two places come.

Great-circle lengths on a sphere of radius 6371.0088 km (the mean radius of the Earth, IUGG). A length depends on the
scale of the layer: the finer the line, the longer it gets (Mandelbrot 1967, “How long is the coast of Britain?”).
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources.abc import Traversable
from itertools import accumulate, chain, pairwise
from math import asin, cos, dist, hypot, radians, sin, sqrt
from pathlib import Path
from typing import Any

from copydesk.base.errors import CopydeskError
from copydesk.map.members import DATA, Organisation, id_of, membership, name_of

Point = tuple[float, float]
"""Longitude and latitude, in degrees."""
Ring = tuple[int, ...]
"""Arc numbers; `~n` is arc n walked backwards."""


@dataclass(frozen=True, slots=True)
class Feature:
    """One country or region of a layer: its polygons, each an outer ring and the holes in it."""

    id: str
    name: str
    polygons: tuple[tuple[Ring, ...], ...]

    @property
    def arcs(self) -> frozenset[int]:
        """The numbers of the arcs that outline it, whichever way they are walked."""
        return frozenset(n if n >= 0 else ~n for polygon in self.polygons for ring in polygon for n in ring)


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """The countries of one map at one scale."""

    name: str
    arcs: tuple[tuple[Point, ...], ...]
    features: Mapping[str, Feature]

    def __repr__(self) -> str:
        return f"<Layer '{self.name}': {len(self.features)} features>"

    @property
    def scale(self) -> str:
        """How fine it is, read from its name: "1:10 million" for a name that ends in `_10m`, else the name."""
        millions = self.name.rpartition("_")[2].removesuffix("m")
        return f"1:{millions} million" if millions.isdecimal() else self.name

    @property
    def box(self) -> tuple[float, float, float, float]:
        """The window it was cut to: west, south, east and north, in degrees."""
        xs, ys = zip(*(point for arc in self.arcs for point in arc), strict=True)
        return min(xs), min(ys), max(xs), max(ys)

    def feature(self, feature_id: str) -> Feature:
        """The feature of that id.

        >>> load_layer("baltic_10m").feature("440").name
        'Lithuania'
        """
        if feature_id not in self.features:
            there = ", ".join(f"{f.id} {f.name}" for f in self.features.values())
            raise CopydeskError(f"no feature {feature_id!r} in the layer '{self.name}'", f"there are: {there}")
        return self.features[feature_id]

    def points(self, ring: Ring) -> list[Point]:
        """The points of a ring in order, the first again at the end."""
        walked = [self.arcs[n] if n >= 0 else self.arcs[~n][::-1] for n in ring]
        return [walked[0][0], *(point for arc in walked for point in arc[1:])]

    def rings(self, feature_id: str) -> Iterator[list[Point]]:
        """The rings of a feature, outer ones and holes."""
        for polygon in self.feature(feature_id).polygons:
            yield from (self.points(ring) for ring in polygon)


@cache
def load_layer(name: str, folder: Path | None = None) -> Layer:
    """A map layer by name, with the names people are shown: from `folder` if it is there, else the kit's own.

    >>> load_layer("europe_50m")
    <Layer 'europe_50m': 72 features>
    """
    for place in filter(None, (folder, DATA)):
        path = place / f"{name}.topo.json"
        if path.is_file():
            return _read(path, name)
    there = sorted(p.name.removesuffix(".topo.json") for p in DATA.iterdir() if p.name.endswith(".topo.json"))
    raise CopydeskError(f"no map layer named {name!r}", f"there are: {', '.join(there)}")


def _read(path: Traversable, name: str) -> Layer:
    try:
        return decode(json.loads(path.read_text(encoding="utf-8")), name=name)
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        remedy = "it must hold quantised TopoJSON with its countries under objects.countries"
        raise CopydeskError(f"{path} is no map layer ({error!r})", remedy) from None


def decode(topology: Mapping[str, Any], *, name: str = "") -> Layer:
    """A layer from the plain data of a TopoJSON file; the countries stand under `objects.countries`.

    >>> square = {"arcs": [[[0, 0], [2, 0], [0, 2], [-2, 0], [0, -2]]],
    ...     "transform": {"scale": [0.5, 0.5], "translate": [20, 50]}, "objects": {"countries": {"geometries":
    ...     [{"type": "Polygon", "id": "999", "properties": {"name": "Square"}, "arcs": [[0]]}]}}}
    >>> decode(square).arcs[0][:3]
    ((20.0, 50.0), (21.0, 50.0), (21.0, 51.0))
    """
    scale, start = topology["transform"]["scale"], topology["transform"]["translate"]
    features = [_feature(shape) for shape in topology["objects"]["countries"]["geometries"]]
    arcs = tuple(tuple(_unpacked(arc, scale, start)) for arc in topology["arcs"])
    if min(map(len, arcs), default=0) < 2 or any(n >= len(arcs) for feature in features for n in feature.arcs):
        raise ValueError("a ring names an arc that is not there, or an arc has no two points")
    return Layer(name, arcs, {feature.id: feature for feature in features})


def _unpacked(steps: Iterable[list[int]], scale: list[float], start: list[float]) -> Iterator[Point]:
    """Whole-number steps added up, then scaled to degrees."""
    for x, y in accumulate(steps, lambda at, step: [at[0] + step[0], at[1] + step[1]]):
        yield x * scale[0] + start[0], y * scale[1] + start[1]


def _feature(shape: Mapping[str, Any]) -> Feature:
    polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
    drawn = shape["properties"]["name"]
    found = shape.get("id") or id_of(drawn)
    name = name_of(found, drawn)
    return Feature(found, name, tuple(tuple(tuple(ring) for ring in polygon) for polygon in polygons))


@dataclass(frozen=True, slots=True)
class Stretch:
    """The land border of a group with one neighbour."""

    id: str
    name: str
    km: float
    member_since: dt.date | None
    """When the neighbour joined; None if it is no member on the day asked for."""


@dataclass(frozen=True, slots=True)
class OuterBorder:
    """The land border of a group of states to the outside, neighbour by neighbour, on one day."""

    stretches: tuple[Stretch, ...]

    @property
    def members(self) -> tuple[Stretch, ...]:
        """The stretches with members."""
        return tuple(s for s in self.stretches if s.member_since)

    @property
    def others(self) -> tuple[Stretch, ...]:
        """The stretches with states that are no members."""
        return tuple(s for s in self.stretches if not s.member_since)

    @property
    def km(self) -> float:
        """Its whole length, in km."""
        return sum(s.km for s in self.stretches)

    @property
    def member_km(self) -> float:
        """How much of it is with members, in km."""
        return sum(s.km for s in self.members)

    @property
    def share(self) -> float:
        """The part that is with members, from 0 to 1; 0 for a group without land neighbours."""
        return self.member_km / self.km if self.stretches else 0.0


def outer_border(layer: Layer, group: Collection[str], day: dt.date, of: Organisation = "NATO") -> OuterBorder:
    """The land border of a group of features to the outside, split by who is a member on that day.

    >>> from copydesk.map.borders import load_layer
    >>> iberia = outer_border(load_layer("europe_50m"), ("620", "724"), dt.date(2000, 1, 1))
    >>> f"{iberia.member_km:.0f} of {iberia.km:.0f} km, {iberia.share:.1%}", [s.name for s in iberia.members]
    ('487 of 528 km, 92.2%', ['France'])
    """
    found = (
        Stretch(other, layer.feature(other).name, sum(map(length, lines)), _since(other, day, of))
        for other, lines in neighbours(layer, group).items()
    )
    return OuterBorder(tuple(sorted(found, key=lambda stretch: -stretch.km)))


def neighbours_changed(
    layer: Layer, group: Collection[str], first: dt.date, last: dt.date, of: Organisation = "NATO"
) -> tuple[str, ...]:
    """The land neighbours of a group that were members on only one of two days, by name.

    While there are none, the share of `outer_border` cannot change.

    >>> from copydesk.map.borders import load_layer
    >>> europe, days = load_layer("europe_50m"), (dt.date(2022, 1, 12), dt.date(2024, 3, 8))
    >>> neighbours_changed(europe, ["578"], *days), neighbours_changed(europe, ["620"], *days)
    (('Sweden', 'Finland'), ())
    """
    before, after = (outer_border(layer, group, day, of).stretches for day in (first, last))
    return tuple(one.name for one, two in zip(before, after, strict=True) if one.member_since != two.member_since)


def _since(place: str, day: dt.date, of: Organisation) -> dt.date | None:
    found = membership(place, day, of)
    return found.joined if found else None


RADIUS = 6371.0088  # km


def km(one: Point, other: Point) -> float:
    """The great-circle distance of two points, in km.

    >>> round(km((0, 0), (0, 1)), 2)
    111.2
    """
    (x, y), (u, v) = ((radians(a), radians(b)) for a, b in (one, other))
    half = sin((v - y) / 2) ** 2 + cos(y) * cos(v) * sin((u - x) / 2) ** 2
    return 2 * RADIUS * asin(sqrt(half))


def length(line: Sequence[Point]) -> float:
    """The length of a line, in km.

    >>> round(length([(0, 0), (0, 1), (0, 0)]))
    222
    """
    return sum(km(one, other) for one, other in pairwise(line))


def shared(layer: Layer, one: str, other: str) -> list[tuple[Point, ...]]:
    """The lines two features have in common; none if they do not touch."""
    return [layer.arcs[n] for n in sorted(layer.feature(one).arcs & layer.feature(other).arcs)]


def border_km(layer: Layer, one: str, other: str) -> float:
    """The length of the land border of two features, in km; 0 if they do not touch.

    >>> from copydesk.map.borders import load_layer
    >>> [round(border_km(load_layer(name), "440", "616")) for name in ("europe_110m", "europe_50m", "baltic_10m")]
    [73, 81, 88]
    """
    return sum(length(line) for line in shared(layer, one, other))


def neighbours(layer: Layer, group: Collection[str]) -> dict[str, list[tuple[Point, ...]]]:
    """The land borders of a group of features to the outside: the lines, by neighbour.

    >>> from copydesk.map.borders import load_layer
    >>> [*neighbours(load_layer("baltic_10m"), ["428"])]
    ['112', '233', '440', '643']
    """
    found = {other: [line for one in group for line in shared(layer, one, other)] for other in layer.features}
    return {other: lines for other, lines in sorted(found.items()) if lines and other not in group}


def shortest_km(layer: Layer, one: str, other: str) -> float:
    """The shortest straight line between two features, in km; 0 where they touch.

    >>> from copydesk.map.borders import load_layer
    >>> round(shortest_km(load_layer("baltic_10m"), "kaliningrad", "112"))
    66
    """
    ones, others = ([[_upright(p) for p in ring] for ring in layer.rings(name)] for name in (one, other))
    corners = min(dist(p, q) for p in chain(*ones) for q in chain(*others))
    return RADIUS * min(2 * asin(corners / 2), _beside(ones, others), _beside(others, ones))


Vector = tuple[float, float, float]


def _upright(point: Point) -> Vector:
    """A point of the map as a point of the unit sphere."""
    x, y = radians(point[0]), radians(point[1])
    return cos(y) * cos(x), cos(y) * sin(x), sin(y)


def _beside(ones: Sequence[Sequence[Vector]], others: Sequence[Sequence[Vector]]) -> float:
    """The smallest angle between a point of the first rings and the inside of a side of the others, in radians.

    A side lies on a great circle with the pole `n`; a point is beside it if it lies between the two planes through `n`
    and the ends of the side, and then its angle to the side is that to the circle.
    """
    sides = [(_cross(n, a), _cross(b, n), n) for ring in others for a, b in pairwise(ring) for n in [_pole(a, b)]]
    sines = (abs(_dot(p, n)) for p in {*chain(*ones)} for s, e, n in sides if _dot(p, s) > 0 and _dot(p, e) > 0)
    return asin(min(sines, default=1.0))


def _pole(a: Vector, b: Vector) -> Vector:
    x, y, z = _cross(a, b)
    size = hypot(x, y, z) or 1.0
    return x / size, y / size, z / size


def _cross(a: Vector, b: Vector) -> Vector:
    return a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]


def _dot(a: Vector, b: Vector) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
