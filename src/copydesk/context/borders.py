"""Lengths on the map: borders from shared arcs, and how near two places come.

Great-circle lengths on a sphere of radius 6371.0088 km (the mean radius of the Earth, IUGG). A length depends on the
scale of the layer: the finer the line, the longer it gets (Mandelbrot 1967, “How long is the coast of Britain?”).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import chain, pairwise
from math import asin, cos, dist, hypot, radians, sin, sqrt

from copydesk.context.topojson import Layer, Point

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

    >>> from copydesk.context.topojson import load_layer
    >>> [round(border_km(load_layer(name), "440", "616")) for name in ("europe_110m", "europe_50m", "baltic_10m")]
    [73, 81, 88]
    """
    return sum(length(line) for line in shared(layer, one, other))


def neighbours(layer: Layer, group: Collection[str]) -> dict[str, list[tuple[Point, ...]]]:
    """The land borders of a group of features to the outside: the lines, by neighbour.

    >>> from copydesk.context.topojson import load_layer
    >>> [*neighbours(load_layer("baltic_10m"), ["428"])]
    ['112', '233', '440', '643']
    """
    found = {other: [line for one in group for line in shared(layer, one, other)] for other in layer.features}
    return {other: lines for other, lines in sorted(found.items()) if lines and other not in group}


def shortest_km(layer: Layer, one: str, other: str) -> float:
    """The shortest straight line between two features, in km; 0 where they touch.

    >>> from copydesk.context.topojson import load_layer
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
