"""What is committed of the map: points on land and sea, read without the libraries that drew it; lengths; coasts."""

import csv
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import pytest

from copydesk.map.geography import place_notes
from tools import build_map
from tools.build_map import LAYERS, Atlas, Place, where

ROOT = Path(__file__).parents[2]


class Spot(NamedTuple):
    """A point and what lies there."""

    layer: str
    name: str
    lon: str
    lat: str
    lies_in: str


with (ROOT / "tests" / "fixtures" / "map" / "points.csv").open(encoding="utf-8", newline="") as file:
    POINTS = [Spot(**row) for row in csv.DictReader(file)]


@pytest.mark.parametrize("spot", POINTS, ids=[f"{p.layer}-{p.name}" for p in POINTS])
def test_a_point_lies_where_it_should(spot: Spot) -> None:
    assert where((float(spot.lon), float(spot.lat)), spot.layer) == spot.lies_in


def test_there_are_enough_points_on_land_and_sea_in_every_layer() -> None:
    for layer in LAYERS:
        found = [p for p in POINTS if p.layer == layer]
        assert len(found) >= 25 and 3 < sum(p.lies_in == "sea" for p in found) < len(found) / 2


def test_the_tool_answers_without_the_libraries_that_draw_and_from_any_folder(tmp_path: Path) -> None:
    wall = "import sys; sys.modules.update(shapely=None, geopandas=None, topojson=None, numpy=None, copydesk=None)\n"
    code = f"{wall}import runpy; sys.argv = {['build_map', '--where', '-21', '64.7']!r}\n"
    code += f"runpy.run_path({str(ROOT / 'tools' / 'build_map.py')!r}, run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=True)
    assert done.stdout == "Iceland\n"


def test_a_point_that_is_not_drawn_is_refused() -> None:
    with pytest.raises(SystemExit, match="outside the layer baltic_10m"):
        where((0, 71.2), "baltic_10m")


def test_a_ring_across_180_degrees_stays_in_one_piece() -> None:
    """Clipped flat, such a ring leaves a strip across the whole map and loses what lies in it."""
    arcs: list[list[tuple[float, float]]] = [[(170, 60), (-170, 60), (-170, 70), (170, 70), (170, 60)]]
    atlas = Atlas(arcs, {"x": Place("x", "X", [[[0]]])})
    assert atlas.ring([0]) == [(170, 60), (190, 60), (190, 70), (170, 70), (170, 60)]
    assert atlas.ring([~0])[1] == (170, 70) and {abs(x) for x, _ in atlas.ring([~0])} == {170, 190}


@pytest.mark.parametrize("layer", LAYERS)
def test_every_drawing_is_whole_numbers_with_closed_rings_and_names(layer: str) -> None:
    root = ElementTree.parse(LAYERS[layer].folder / f"{layer}.svg").getroot()
    shapes, borders, labels = root
    assert len({path.get("id") for path in shapes}) == len(shapes) and all(path[0].text for path in shapes)
    for path in shapes:
        for ring in build_map.rings(path.get("d", "")):
            assert ring[0] == ring[-1] and len(ring) >= 4
    ids = {str(path.get("id")) for path in shapes}
    assert {"440", "616", "kaliningrad"} <= ids
    assert all(set(str(line.get("data-between")).split()) <= ids for line in borders)
    named = {str(text.get("data-of")) for text in labels if text.tag.endswith("text")}
    assert named == LAYERS[layer].labels.keys() <= ids


def test_names_are_those_of_the_kit() -> None:
    shapes = ElementTree.parse(LAYERS["europe_50m"].folder / "europe_50m.svg").getroot()[0]
    names = {path[0].text for path in shapes}
    assert {
        "Türkiye",
        "North Macedonia",
        "Bosnia and Herzegovina",
        "Kosovo (recognised by about half of the UN’s members)",
    } <= names
    assert "Northern Cyprus (recognised by one UN member, Türkiye)" in names
    assert not {"Turkey", "Macedonia", "Bosnia and Herz.", "N. Cyprus"} & names


def test_every_view_names_places_of_special_standing() -> None:
    special = {i for i, note in place_notes().items() if note.get("hatched") or "(" in note["name"]}
    assert special <= LAYERS["europe_50m"].labels.keys() and "kaliningrad" in LAYERS["baltic_10m"].labels


def test_a_degree_is_as_long_as_it_is_and_the_projection_keeps_the_north_up() -> None:
    assert build_map.km((0, 0), (0, 1)) == pytest.approx(111.195, abs=1e-3)
    near = LAYERS["baltic_10m"]
    (x, y), (u, v) = near.place((24.9, 56.85)), near.place((24.9, 57.85))
    assert x == u and (y - v) * near.unit == pytest.approx(111.2, abs=0.1)
