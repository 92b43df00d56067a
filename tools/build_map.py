"""Make the map's files from Natural Earth, or say what lies at a point of them.

    python tools/build_map.py [ATLAS]                           # needs shapely; ATLAS is the unpacked npm package
    python tools/build_map.py --where 33.1 68.9 --layer europe_50m   # needs nothing but Python

Without ATLAS the package `world-atlas` is fetched with npm. Written are one SVG for each layer, `lengths.csv` (land
borders and gaps in km at three scales) and `coasts.csv` (which states lie on which sea).
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from html import escape
from itertools import combinations, pairwise
from math import asin, cos, hypot, radians, sin, sqrt
from pathlib import Path
from textwrap import wrap
from typing import Any
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "src" / "copydesk" / "map" / "data"
ATLAS = "world-atlas@2.0.2"
SCALES = ("110m", "50m", "10m")
RADIUS = 6371.0088  # km, the mean radius of the Earth (IUGG)
Point = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One drawing: which part of the Earth, around which middle, in which frame. A unit is a tenth of a pixel."""

    scale: str
    window: tuple[float, float, float, float]
    """West, south, east, north in degrees: where it can be asked what lies at a point."""
    clip: tuple[float, float, float, float]
    """The same of what is drawn, so wide that its edge is neither asked for nor seen."""
    middle: Point
    frame: tuple[float, float, float, float]
    """Km west, north, east and south of the middle: what is seen."""
    folder: Path = DATA
    labels: dict[str, tuple[float, ...]]
    """Where names stand (longitude, latitude); with two more numbers, where a line from the name leads."""
    minor: frozenset[str] = frozenset()
    """Names that are left out where the picture is narrow."""

    @property
    def unit(self) -> float:
        """How many km a unit is long."""
        return (self.frame[0] + self.frame[2]) / 8000

    def place(self, point: Point) -> Point:
        """Where a point stands: Lambert's equal-area projection around the middle (Snyder 1987, page 185)."""
        x, y, y0 = radians(point[0] - self.middle[0]), radians(point[1]), radians(self.middle[1])
        towards = 1 + sin(y0) * sin(y) + cos(y0) * cos(y) * cos(x)
        km = RADIUS * sqrt(2 / max(towards, 1e-9))  # the far side of the Earth has no one place
        east, north = km * cos(y) * sin(x), km * (cos(y0) * sin(y) - sin(y0) * cos(y) * cos(x))
        return (east + self.frame[0]) / self.unit, (self.frame[1] - north) / self.unit

    def placed(self, shape: Any) -> Any:
        """A shape of shapely's where it stands."""
        from shapely import transform

        return transform(shape, lambda points: [self.place(point) for point in points])


EUROPE: dict[str, Any] = {
    "window": (-25, 33, 60, 73),
    "clip": (-40, 28, 82, 78),
    "middle": (15, 54),
    "frame": (2330, 2110, 2500, 2390),
}
LAYERS = {
    "europe_50m": Layer(
        scale="50m",
        **EUROPE,
        labels={
            "233": (25.6, 59.1),
            "428": (25.5, 57.0),
            "440": (23.9, 55.0),
            "112": (29.2, 52.75),
            "616": (19.0, 52.1),
            "643": (40.5, 57.5),
            "246": (26.8, 63.3),
            "752": (15.7, 61.6),
            "804": (31.0, 49.3),
            "kaliningrad": (3.2, 56.3, 21.2, 54.8),
            "crimea": (36.3, 43.4, 34.4, 45.2),
            "kosovo": (18.0, 35.9, 20.9, 42.5),
            "northern-cyprus": (29.6, 33.8, 33.2, 35.28),
        },
        minor=frozenset({"kosovo", "northern-cyprus", "crimea", "kaliningrad"}),
    ),
    "baltic_10m": Layer(
        scale="10m",
        window=(16.5, 51.5, 34, 60.5),
        clip=(15.5, 51, 35, 61),
        middle=(24.9, 56.85),
        frame=(465, 370, 465, 370),
        labels={
            "233": (25.6, 58.8),
            "428": (25.5, 56.8),
            "440": (23.9, 55.4),
            "112": (28.0, 54.5),
            "616": (21.6, 53.9),
            "643": (29.8, 57.6),
            "752": (18.4, 57.1),
            "246": (24.6, 59.82, 23.6, 60.03),
            "kaliningrad": (19.8, 55.6, 21.0, 54.8),
        },
        minor=frozenset({"246", "752"}),
    ),
    # Not in the package: it is only measured, so that lengths at three scales can be compared.
    "europe_110m": Layer(scale="110m", **EUROPE, folder=ROOT / "tools" / "map", labels={}),
}
APART = {"kaliningrad": (19.5, 54.2, 23.0, 55.4), "crimea": (32.3, 44.2, 36.8, 46.3)}
"""Parts of Russia in Natural Earth that the kit draws as places of their own: the boxes that hold them."""
OFFSHORE = 3
"""So many units off a coast, a third of a pixel, a point counts as land: a harbour may lie just off a drawn line."""
GAPS = (("112", "kaliningrad"),)
"""Places whose shortest distance is measured."""
SEAS = {"the Baltic Sea": ((10.9, 53.8, 15, 55.3), (15, 54, 30.5, 60.7), (17, 60.7, 25.5, 66))}
"""Boxes that hold the coast of a sea and no other coast."""


# ── Building: shapely is imported here only ───────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Place:
    """A state or region of the atlas: polygons of rings of arc numbers, `~n` being arc n walked backwards."""

    id: str
    name: str
    polygons: list[list[list[int]]]

    @property
    def arcs(self) -> set[int]:
        """The arcs that outline it; two places share those of their border."""
        return {n if n >= 0 else ~n for polygon in self.polygons for ring in polygon for n in ring}


@dataclass(frozen=True, slots=True)
class Atlas:
    """Natural Earth's states at one scale, as TopoJSON holds them (github.com/topojson/topojson-specification)."""

    arcs: list[list[Point]]
    places: dict[str, Place]

    def ring(self, numbers: Iterable[int]) -> list[Point]:
        """The points of a ring; where it crosses 180° the longitudes run on, so that it stays in one piece."""
        points = [p for n in numbers for p in (self.arcs[n] if n >= 0 else self.arcs[~n][::-1])]
        whole, turn = points[:1], 0
        for (x, _), (u, v) in pairwise(points):
            turn += (x - u > 180) * 360 - (u - x > 180) * 360
            whole.append((u + turn, v))
        return whole

    def shape(self, place: Place, window: tuple[float, float, float, float]) -> Any:
        """Its outline inside a window: first cut at 180°, then clipped, so that no ring is clipped flat."""
        from shapely import Polygon, affinity, box, get_parts, make_valid, union_all

        parts = []
        for outer, *holes in (map(self.ring, polygon) for polygon in place.polygons):
            if len(outer) < 4:  # an islet that quantising left with two points
                continue
            whole = make_valid(Polygon(outer, holes))
            for turn in (-360, 0, 360):
                world = whole.intersection(box(-180 + turn, -90, 180 + turn, 90))
                parts.append(affinity.translate(world, -turn).intersection(box(*window)))
        return union_all([part for part in get_parts(parts) if part.geom_type == "Polygon"])

    def border(self, one: str, other: str) -> float:
        """The length of the land border of two places, in km; 0 if they do not touch."""
        shared = self.places[one].arcs & self.places[other].arcs
        return sum(km(a, b) for n in shared for a, b in pairwise(self.arcs[n]))


def km(one: Point, other: Point) -> float:
    """The great-circle distance of two points."""
    (x, y), (u, v) = ((radians(a), radians(b)) for a, b in (one, other))
    half = sin((v - y) / 2) ** 2 + cos(y) * cos(v) * sin((u - x) / 2) ** 2
    return 2 * RADIUS * asin(sqrt(half))


def read_atlas(folder: Path, scale: str) -> Atlas:
    """One scale of the atlas, with the kit's ids and names, Kaliningrad and Crimea apart."""
    from copydesk.map.geography import memberships, place_notes

    ids = {note["layer_name"]: place for place, note in place_notes().items() if "layer_name" in note}
    names = {member.id: member.name for of in ("NATO", "EU") for member in memberships(of)}
    names |= {place: note["name"] for place, note in place_notes().items()}
    data = json.loads((folder / f"countries-{scale}.json").read_text("utf-8"))
    (sx, sy), (x0, y0) = data["transform"]["scale"], data["transform"]["translate"]
    arcs: list[list[Point]] = []
    for steps in data["arcs"]:
        x = y = 0
        arcs.append([])
        for dx, dy in steps:
            x, y = x + dx, y + dy
            arcs[-1].append((x * sx + x0, y * sy + y0))
    found: dict[str, Place] = {}
    for each in data["objects"]["countries"]["geometries"]:
        drawn = each["properties"]["name"]
        for polygon in each["arcs"] if each["type"] == "MultiPolygon" else [each["arcs"]]:
            place, first = each.get("id") or ids.get(drawn, drawn), arcs[max(polygon[0][0], ~polygon[0][0])][0]
            if place == "643":
                place = next((name for name, box in APART.items() if _inside(first, box)), place)
            found.setdefault(place, Place(place, names.get(place, drawn), [])).polygons.append(polygon)
    return Atlas(arcs, found)


def _inside(point: Point, box: tuple[float, float, float, float]) -> bool:
    return box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]


def drawing(layer: Layer, atlas: Atlas) -> str:
    """A layer as an SVG file: a path for each place, a line for each border, and the names."""
    import shapely

    height = round((layer.frame[1] + layer.frame[3]) / layer.unit)
    shapes = {}
    for place in atlas.places.values():
        shape = shapely.segmentize(atlas.shape(place, layer.clip), 1.0)  # so short a side is straight when projected
        placed = shapely.transform(layer.placed(shape), lambda points: points.round())
        if shape.intersects(shapely.box(*layer.window)) or placed.intersects(shapely.box(0, 0, 8000, height)):
            shapes[place.id] = placed
    drawn = dict(zip(shapes, map(shapely.make_valid, shapely.coverage_simplify([*shapes.values()], 2)), strict=True))
    order = sorted(drawn, key=lambda i: -drawn[i].area)  # small states above large ones, for the pointer
    outlines = {i: d for i in order if (d := _path(_rings(drawn[i])))}
    names = {i: escape(atlas.places[i].name) for i in outlines}
    lines = [f'<path id="{i}" d="{d}"><title>{names[i]}</title></path>' for i, d in outlines.items()]
    borders = []
    for one, other in combinations(sorted(outlines), 2):
        line = shapely.line_merge(shapely.intersection(drawn[one].boundary, drawn[other].boundary))
        if d := _path([[*part.coords] for part in getattr(line, "geoms", [line]) if part.geom_type == "LineString"]):
            borders.append(f'<path data-between="{one} {other}" d="{d}"/>')
    groups = [("places", lines), ("borders", borders), ("labels", [*_labels(layer, atlas)])]
    body = "\n".join(f'<g class="{c}">\n' + "".join(f"{line}\n" for line in inside) + "</g>" for c, inside in groups)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8000 {height}" fill="#ddd">\n{body}\n</svg>\n'


def _rings(shape: Any) -> Iterator[list[Point]]:
    for part in getattr(shape, "geoms", [shape]):
        if part.geom_type == "Polygon" and part.area > 20:  # an islet of a fifth of a pixel is not seen
            yield from ([*ring.coords] for ring in (part.exterior, *part.interiors))


def _path(lines: Iterable[list[Point]]) -> str:
    """Lines as the data of an SVG path in whole numbers, each step from the point before; a ring is closed by `z`."""
    d = ""
    for line in lines:
        (x, y), *_ = points = [(round(x), round(y)) for x, y in line]
        steps = "".join(f"{u - a} {v - b} " for (a, b), (u, v) in pairwise(points))
        d += f"M{x} {y}l{steps.strip()}" + ("z" if points[0] == points[-1] else "")
    return d.replace(" -", "-")


def _labels(layer: Layer, atlas: Atlas) -> Iterator[str]:
    for place, (x, y, *target) in layer.labels.items():
        minor = ' class="minor"' if place in layer.minor else ""
        left, top = map(round, layer.place((x, y)))
        whole, bracket, rest = atlas.places[place].name.partition(" (")
        rows = [whole, *wrap(bracket.strip() + rest, 18)]
        if target:
            to = layer.place((target[0], target[1]))
            high, width = 75 * len(rows) + 20, 36 * max(map(len, rows)) + 20  # half of the words’ box, and some air
            middle = top + 143 * (len(rows) - 1) / 2 - 40
            out = min(1.0, width / (abs(to[0] - left) or 1), high / (abs(to[1] - middle) or 1))
            start = round(left + out * (to[0] - left)), round(middle + out * (to[1] - middle))
            yield f'<path{minor} d="{_path([[start, to]])}"/>'
        spans = "".join(
            f'<tspan x="{left}" dy="{1.1 if n else 0}em">{escape(row)}</tspan>' for n, row in enumerate(rows)
        )
        yield f'<text{minor} data-of="{place}" x="{left}" y="{top}">{spans}</text>'


def lengths(atlases: Iterable[Atlas], drawn: Iterable[str]) -> Iterator[list[str]]:
    """The rows of `lengths.csv`: every land border of two places that are drawn, and the gaps, at each scale."""
    yield ["what", "one", "other", *(f"km_{scale}" for scale in SCALES)]
    for one, other in combinations(sorted(drawn), 2):
        there = [a.border(one, other) if {one, other} <= a.places.keys() else 0 for a in atlases]
        if any(there):
            yield ["border", one, other, *(f"{length:.1f}" if length else "" for length in there)]
    near = LAYERS["baltic_10m"]
    for one, other in GAPS:
        pairs = [[near.placed(a.shape(a.places[i], near.clip)) for i in (one, other)] for a in atlases]
        yield ["gap", one, other, *(f"{a.distance(b) * near.unit:.1f}" for a, b in pairs)]


def coasts(atlas: Atlas) -> Iterator[list[str]]:
    """The rows of `coasts.csv`: the states on each sea. A line that outlines one place only is a coast."""
    from copydesk.map.geography import followed

    yield ["sea", "state"]
    uses = Counter(n for place in atlas.places.values() for n in place.arcs)
    for sea, boxes in SEAS.items():
        wet = {n for n, t in uses.items() if t == 1 and any(_inside(p, box) for p in atlas.arcs[n] for box in boxes)}
        states = {followed(place.id, "NATO") for place in atlas.places.values() if place.arcs & wet}
        yield from ([sea, state] for state in sorted(states))


def build(folder: Path) -> None:
    """Write every file of the map from the unpacked atlas in `folder`."""
    atlases = {scale: read_atlas(folder, scale) for scale in SCALES}
    drawn = []
    for name, layer in LAYERS.items():
        text = drawing(layer, atlases[layer.scale])
        layer.folder.mkdir(exist_ok=True)
        (layer.folder / f"{name}.svg").write_text(text, "utf-8")
        drawn = drawn or re.findall(r'<path id="([^"]+)"', text)
        print(f"{name}.svg: {len(text) // 1000} kB")
    tables = {"lengths": [*lengths(atlases.values(), drawn)], "coasts": [*coasts(atlases["50m"])]}
    for name, rows in tables.items():
        with (DATA / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)
        print(f"{name}.csv: {len(rows) - 1} rows")


def fetch(folder: Path) -> Path:
    """The atlas from the npm registry, unpacked in `folder`."""
    subprocess.run(["npm", "pack", "--silent", ATLAS], cwd=folder, check=True)
    subprocess.run(["tar", "xzf", next(folder.glob("*.tgz")).name], cwd=folder, check=True)
    return folder / "package"


# ── Looking up: what is committed, by the standard library ────────────────────────────────────────────────────────────
def where(point: Point, name: str) -> str:
    """The name of the place at a point of a drawn layer, or "sea"; the drawing itself is read, not its source."""
    layer = LAYERS[name]
    if not _inside(point, layer.window):
        raise SystemExit(
            f"{point} lies outside the layer {name}, which holds {layer.window} (west, south, east, north)"
        )
    x, y = layer.place(point)
    near: dict[str, float] = {}
    for place, sides in outlines(name):
        if sum(_crosses(x, y, *side) for side in sides) % 2:
            return place
        near[place] = min(_away(x, y, *side) for side in sides)
    closest = min(near, key=near.__getitem__)
    return closest if near[closest] <= OFFSHORE else "sea"


@cache
def outlines(name: str) -> list[tuple[str, list[tuple[Point, Point]]]]:
    """The places of a drawn layer by name, each with the sides of its rings."""
    root = ElementTree.parse(LAYERS[name].folder / f"{name}.svg").getroot()
    paths = [path for path in root.iter() if path.get("id")]
    return [
        (path[0].text or "", [side for ring in rings(path.get("d", "")) for side in pairwise(ring)]) for path in paths
    ]


def rings(d: str) -> Iterator[list[Point]]:
    """The rings of a path as `_path` writes them."""
    for part in d.split("M")[1:]:
        x = y = 0
        ring: list[Point] = []
        numbers = [int(n) for n in re.findall(r"-?\d+", part)]
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + dx, y + dy
            ring.append((x, y))
        yield ring


def _crosses(x: float, y: float, a: Point, b: Point) -> bool:
    """Whether a ray to the east from a point crosses the side from a to b."""
    return (a[1] > y) != (b[1] > y) and x < a[0] + (y - a[1]) / (b[1] - a[1]) * (b[0] - a[0])


def _away(x: float, y: float, a: Point, b: Point) -> float:
    """How far a point is from the side from a to b."""
    u, v = b[0] - a[0], b[1] - a[1]
    along = ((x - a[0]) * u + (y - a[1]) * v) / (u * u + v * v or 1)
    part = min(1.0, max(0.0, along))
    return hypot(x - a[0] - part * u, y - a[1] - part * v)


def main() -> None:
    """Build, or look up one point."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("atlas", nargs="?", type=Path, help="the folder of the unpacked package")
    parser.add_argument("--where", nargs=2, type=float, metavar=("LON", "LAT"), help="say what lies at that point")
    parser.add_argument("--layer", choices=LAYERS, default="europe_50m", help="the layer that is asked")
    asked = parser.parse_args()
    if asked.where:
        print(where(tuple(asked.where), asked.layer))
    elif asked.atlas:
        build(asked.atlas)
    else:
        with tempfile.TemporaryDirectory() as folder:
            build(fetch(Path(folder)))


if __name__ == "__main__":
    sys.exit(main())
