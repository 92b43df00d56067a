"""The map: legible, neutral, never by colour alone; a new date only recolours, and says so in words."""

import datetime as dt
import io
import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import ipywidgets as ipw
import numpy as np
import pytest
from PIL import Image

from copydesk.base.errors import CopydeskError
from copydesk.map import picture as map_plot
from copydesk.map.geography import Geography, MapState, View, state_words, story_geography, visible
from copydesk.map.members import ORGANISATIONS, membership
from copydesk.map.picture import DOTTED, LiveMap, MembershipMap, map_explorer, map_figure, membership_plot, png
from copydesk.story.story import load_story
from copydesk.views.figures import PAPER, new_axes
from copydesk.views.plots import INK

STORY = load_story(Path(__file__).parents[2] / "seeds" / "baltics-2022")
DAY = STORY.date
_found = story_geography(STORY)
assert _found
BALTIC: Geography = _found
VIEWS = [*BALTIC.views]


def states(view: str = "") -> list[MapState]:
    return [MapState(BALTIC, day, of, view) for of in ORGANISATIONS for day in BALTIC.days]


def drawn(axes: Any) -> Any:
    """The pixels of a picture drawn whole."""
    axes.figure.canvas.draw()
    return np.asarray(axes.figure.canvas.buffer_rgba())[..., :3].astype(int)


# ── The drawing ───────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("view", VIEWS)
def test_every_word_is_on_the_paper_and_none_on_another(view: str) -> None:
    axes = membership_plot(MapState(BALTIC, dt.date(2004, 3, 29), "NATO", view))
    renderer = axes.figure.canvas.get_renderer()  # type: ignore[attr-defined]
    paper = axes.get_window_extent()
    boxes = {text.get_text(): text.get_window_extent(renderer) for text in axes.texts}
    assert {"Estonia", "Latvia", "Lithuania", "Poland", "Belarus", "Russia", "Kaliningrad\n(Russia)"} <= set(boxes)
    for box in boxes.values():
        assert box.x0 >= paper.x0 and box.x1 <= paper.x1 and box.y0 >= paper.y0 and box.y1 <= paper.y1
    for (one, first), (two, second) in combinations(_letters(axes, renderer).items(), 2):
        assert not first.overlaps(second), (one, two)


def _letters(axes: Any, renderer: Any) -> dict[str, Any]:
    """The box of each text without the line that may lead from it."""
    from matplotlib.text import Text

    return {text.get_text(): Text.get_window_extent(text, renderer) for text in axes.texts}


@pytest.mark.parametrize("view", VIEWS)
def test_type_is_large_enough_at_800_pixels(view: str) -> None:
    axes = membership_plot(MapState(BALTIC, DAY, "NATO", view))
    assert axes.figure.get_size_inches()[0] * 100 == 800  # type: ignore[union-attr]
    assert min(text.get_fontsize() for text in axes.texts) >= 9  # points: 12.5 pixels


def test_special_places_are_named_as_the_rules_have_it() -> None:
    words = [text.get_text() for text in membership_plot(MapState(BALTIC, DAY)).texts]
    assert "Kosovo\n(status disputed)" in words and "Northern Cyprus\n(recognised only\nby Türkiye)" in words
    assert "NATO members on 12 January 2022" in words
    assert any("Natural Earth" in text and "2018" in text for text in words)


def test_members_are_filled_and_striped_and_hatched_places_are_neither() -> None:
    for view in VIEWS:
        shown = MembershipMap(MapState(BALTIC, DAY, "NATO", view))
        for state in states(view):
            shown.show(state)
            fills = dict(zip(shown.paths, (_hex(colour) for colour in shown.fills.get_facecolor()), strict=True))
            inside = {name for name in shown.paths if membership(name, state.day, state.of)}
            assert {name for name, colour in fills.items() if colour == map_plot.MEMBER} == inside
            assert {name for name, colour in fills.items() if colour == map_plot.OTHER} == set(fills) - inside
            assert [*map(id, shown.stripes.get_paths())] == [id(shown.paths[n]) for n in shown.paths if n in inside]
            assert not {"crimea", "northern-cyprus"} & inside
        assert shown.stripes.get_hatch() and set(shown.paths) == visible(shown.view)
    assert MembershipMap(MapState(BALTIC, DAY)).hatched == ["crimea", "northern-cyprus"]


def test_borders_are_solid_with_members_and_dotted_with_others() -> None:
    shown = MembershipMap(MapState(BALTIC, DAY, "NATO", VIEWS[1]))
    dots = [style[1] is not None for style in shown.borders.get_linestyle()]
    names = [name for name, lines in shown.outer.items() for _ in lines]
    assert {n for n, d in zip(names, dots, strict=True) if not d} == {"616"} and len(names) == len(dots) > 4
    shown.show(MapState(BALTIC, dt.date(1995, 1, 1), "NATO", VIEWS[1]))
    assert all(style[1] is not None for style in shown.borders.get_linestyle()) and DOTTED[1]


def test_fills_keep_apart_without_colour_and_no_state_is_red() -> None:
    assert contrast(map_plot.MEMBER, map_plot.OTHER) >= 3 and contrast(map_plot.MEMBER, map_plot.SEA) >= 3
    for line in (map_plot.COAST, INK):
        assert contrast(line, map_plot.OTHER) >= 3 and contrast(line, map_plot.SEA) >= 3
    assert contrast(INK, PAPER) >= 4.5 and contrast(INK, map_plot.OTHER) >= 4.5  # words, and their halo
    for colour in (map_plot.MEMBER, map_plot.OTHER, map_plot.STRIPE):
        red, green, _ = _rgb(colour)
        assert red - green < 0.1


def _rgb(colour: str) -> list[float]:
    return [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]


def _hex(colour: Any) -> str:
    return "#" + "".join(f"{round(255 * part):02x}" for part in colour[:3])


def contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio."""

    def light(colour: str) -> float:
        parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in _rgb(colour)]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


def test_it_draws_on_axes_that_are_given() -> None:
    axes = new_axes(width=4, height=4)
    assert membership_plot(MapState(BALTIC, DAY), ax=axes) is axes


# ── A new date ────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("view", VIEWS)
def test_a_recoloured_map_is_the_map_drawn_anew(view: str) -> None:
    live = LiveMap()
    live.recolour(MapState(BALTIC, dt.date(2024, 3, 7), "EU", view))
    for state in (MapState(BALTIC, DAY, "NATO", view), MapState(BALTIC, dt.date(1999, 3, 12), "EU", view)):
        quick, whole = live.recolour(state).astype(int), drawn(membership_plot(state))
        away = abs(quick - whole).max(axis=2)
        assert quick.shape == whole.shape and away.max() <= 40 and (away > 8).mean() < 0.001


def test_another_date_would_be_seen() -> None:
    live = LiveMap()
    one, two = (live.recolour(MapState(BALTIC, day)).astype(int) for day in (DAY, dt.date(2023, 4, 4)))
    assert (abs(one - two).max(axis=2) > 40).mean() > 0.01  # Finland


def test_a_new_date_projects_nothing_and_builds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    live = LiveMap()
    live.recolour(MapState(BALTIC, DAY))
    monkeypatch.setattr(View, "place", None)
    monkeypatch.setattr(MembershipMap, "__init__", None)
    for state in states():
        live.recolour(state)


def test_the_live_picture_is_a_small_png_as_wide_as_the_page_shows_it() -> None:
    figure = LiveMap().figure(MapState(BALTIC, DAY))
    assert figure.png and len(figure.png) < 120_000
    assert Image.open(io.BytesIO(figure.png)).width == figure.width == 800


def test_few_colours_are_enough() -> None:
    pixels = LiveMap().recolour(MapState(BALTIC, DAY))
    back = np.asarray(Image.open(io.BytesIO(png(pixels))).convert("RGB")).astype(int)
    assert (abs(back - pixels).max(axis=2) > 24).mean() < 0.01
    sea, paper = back[400, 20], back[10, 780]
    assert abs(sea - paper).max() > 8, "the sea and the paper must not melt into one"


# ── The figure ────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_figure_of_the_day_has_alt_caption_and_table() -> None:
    figure = map_figure(STORY)
    assert figure.png and figure.width == 800
    assert figure.alt.startswith("Map, Europe: NATO members on 12 January 2022. Members among the three Baltic states:")
    assert "that are not members: Belarus, Russia and Kaliningrad (Russia)" in figure.alt
    assert figure.caption.startswith("On 12 January 2022, NATO has 30 members.")
    for words in ("Natural Earth", "Point of view", "Crimea is drawn hatched", "Not drawn: areas of Ukraine"):
        assert words in figure.caption
    assert figure.table.columns == ["land neighbour", "member of NATO on 12 January 2022", "since", "land border, km"]
    assert [*figure.table.rows][-1] == ["Poland", "yes", "12 March 1999", 88]
    assert [row[1] for row in figure.table.rows] == ["no", "no", "no", "yes"]


def test_another_day_another_list_another_view() -> None:
    figure = map_figure(STORY, dt.date(2004, 5, 1), of="EU", view=VIEWS[1])
    assert "has 25 members" in figure.caption and "Lake Peipus" in figure.caption and "Crimea" not in figure.caption
    assert [*figure.table.rows][-1] == ["Poland", "yes", "1 May 2004", 88]


def test_what_cannot_be_shown_is_one_sentence() -> None:
    with pytest.raises(
        CopydeskError, match=r"^no map for 9 November 1989: .*; ask for 31 December 1990 or a later day$"
    ):
        map_figure(STORY, dt.date(1989, 11, 9))
    with pytest.raises(CopydeskError, match=r"^'practice' has no map; its folder needs context/map.toml$"):
        map_figure(load_story("practice"))


def test_drawing_leaves_no_state_behind_and_words_stand_without_matplotlib() -> None:
    head = (
        "import sys, datetime as dt\nfrom copydesk.story.story import load_story\nfrom copydesk.map.picture import *\n"
    )
    clean = head + (
        "import matplotlib; before = matplotlib.rcParams.copy()\n"
        "assert map_figure(load_story('baltics-2022')).png\n"
        "assert 'matplotlib.pyplot' not in sys.modules and matplotlib.rcParams.copy() == before\n"
    )
    bare = (
        "import sys; sys.modules['matplotlib'] = None\n"
        + head
        + (
            "from copydesk.map.picture import LiveMap\nfrom copydesk.map.geography import MapState\n"
            "from copydesk.map.geography import story_geography\nstory = load_story('baltics-2022')\n"
            "for figure in (map_figure(story), LiveMap().figure(MapState(story_geography(story), story.date))):\n"
            "    html = figure._repr_html_()\n"
            "    assert not figure.png and 'could not be drawn' in html and 'Kaliningrad' in html and '>88<' in html\n"
        )
    )
    for script in (clean, bare):
        subprocess.run([sys.executable, "-W", "error", "-c", script], check=True)


# ── The explorer ──────────────────────────────────────────────────────────────────────────────────────────────────────
def parts(widget: Any) -> Iterator[Any]:
    yield widget
    for child in getattr(widget, "children", ()):
        yield from parts(child)


class Explorer:
    """The explorer as a learner meets it."""

    def __init__(self) -> None:
        self.all = [*parts(map_explorer(BALTIC))]
        self.of, self.view, self.day = (w for w in self.all if isinstance(w, ipw.ToggleButtons))
        self.earlier, self.later = (w for w in self.all if type(w) is ipw.Button)
        self.news, self.figure = (w for w in self.all if isinstance(w, ipw.HTML))


def test_the_explorer_begins_on_the_day_of_the_story_and_steps_through_the_named_days() -> None:
    shown = Explorer()
    assert shown.day.value == DAY and [day for _, day in shown.day.options] == [*BALTIC.days]
    assert [name for name, day in shown.day.options if day == DAY] == ["12 Jan 2022 (the story)"]
    shown.later.click()
    assert shown.news.value == (
        '<div role="status">On 4 April 2023, NATO has 31 members. Joined since 12 January 2022: Finland.</div>'
    )
    for _ in range(5):
        shown.later.click()
    assert shown.day.value == BALTIC.days[-1]
    for _ in range(20):
        shown.earlier.click()
    assert shown.day.value == BALTIC.days[0] and "31 December 1990, NATO has 16" in shown.news.value


def test_every_control_changes_picture_words_and_table() -> None:
    shown = Explorer()
    for control, value in ((shown.of, "EU"), (shown.view, VIEWS[1]), (shown.day, dt.date(1999, 3, 12))):
        before = shown.figure.value
        control.value = value
        for pattern in (r'src="([^"]+)"', r'alt="([^"]+)"', r"<figcaption[^>]*>(.*?)</figcaption>"):
            old, new = (re.findall(pattern, html)[0] for html in (before, shown.figure.value))
            assert old != new, (value, pattern)
        assert "<details open><summary>Table</summary>" in shown.figure.value
    words = state_words(MapState(BALTIC, dt.date(1999, 3, 12), "EU", VIEWS[1]))
    assert all(sentence in shown.news.value + shown.figure.value for sentence in words)
    assert "member of EU on 12 March 1999" in shown.figure.value


def test_every_control_is_a_named_button() -> None:
    """Stock lists and radio buttons lose their arrow keys to JupyterLab; the handle of a stock slider has no name."""
    shown = Explorer()
    controls = [w for w in shown.all if not isinstance(w, ipw.HTML | ipw.Box)]
    assert controls and all(isinstance(w, ipw.Button | ipw.ToggleButtons) and w.description for w in controls)
