"""Map layers: countries as rings of shared lines, read from TopoJSON with the standard library only.

In TopoJSON a line that two countries share is stored once, as an arc; a ring is a list of arc numbers, and `~n` is
arc n walked backwards. That is why a border can be measured: it is the arcs two features have in common. Format: the
TopoJSON specification, github.com/topojson/topojson-specification.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources.abc import Traversable
from itertools import accumulate
from pathlib import Path
from typing import Any

from copydesk.context.members import DATA, id_of, name_of
from copydesk.errors import CopydeskError

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
