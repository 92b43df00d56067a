"""The membership map: drawn once, then only recoloured when the day changes.

Members are told from others by fill and by stripes, land borders of the story's states by solid and dotted lines. No
red for any state, no arrows; the fills keep apart in greyscale and for colour-blind readers.

The map as lessons show it: picture, caption and table for any day.

The map behind a control: drawn once a view, then only what changes with the day is drawn again.

What lies below and above the moving parts is kept as pixels and laid together with them, so a new day costs a
fraction of a new drawing.

The map with its controls: a date, NATO or the EU, and how near; every state of it in words as well.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from html import escape
from itertools import chain
from textwrap import wrap
from typing import TYPE_CHECKING, Any, cast

import ipywidgets as ipw

from copydesk.base.errors import CopydeskError
from copydesk.base.wording import MONTHS, load_wording, say_day
from copydesk.map.borders import Point, neighbours
from copydesk.map.geography import (
    Geography,
    MapState,
    View,
    border_words,
    map_notes,
    state_words,
    story_geography,
    visible,
)
from copydesk.map.members import ORGANISATIONS, Organisation, membership, place_notes
from copydesk.story.story import Story
from copydesk.views.figures import PAPER, Figure, Table, new_axes, show
from copydesk.views.plots import FAMILY, INK, QUIET

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.path import Path
    from matplotlib.text import Text


MEMBER, OTHER, SEA, COAST, STRIPE = "#5b8397", "#e6e0d2", "#e9f0f3", "#3f464d", "#89abbc"
DOTTED = (0, (1, 1.6))
WIDTH = 576.0  # of the sheet, in points, as are all lengths here
TITLE, KEY, EDGE = 32.0, 66.0, 12.0  # the strips above and below the map, and their margin
ROWS = (52.0, 33.0, 13.0)  # of the key


Spot = tuple[float, float]
"""A point of the sheet."""


class MembershipMap:
    """A map on its axes: `show` recolours it for another day or organisation, all else stays as it was drawn."""

    def __init__(self, state: MapState, *, ax: Axes | None = None) -> None:
        self.view = state.view
        self.step = self.view.size_km[0] / WIDTH  # km a point
        self.height = self.view.size_km[1] / self.step
        self.ax = _sheet(self.height, ax)
        shown = sorted(visible(self.view))
        self.paths = {name: self._path(self.view.layer.rings(name)) for name in shown}
        self.hatched = [name for name in shown if place_notes().get(name, {}).get("hatched")]
        self.outer = {n: ls for n, ls in neighbours(self.view.layer, state.geography.states).items() if n in shown}
        self._draw()
        self._label(state.geography.states)
        self._key()
        self.show(state)

    def show(self, state: MapState) -> None:
        """Recolour for the day and the organisation of `state`."""
        inside = {name for name in self.paths if membership(name, state.day, state.of)}
        self.fills.set_facecolor([MEMBER if name in inside else OTHER for name in self.paths])
        self.stripes.set_paths([path for name, path in self.paths.items() if name in inside])
        self.borders.set_linestyle(["-" if n in inside else DOTTED for n, lines in self.outer.items() for _ in lines])
        self.title.set_text(state.title)

    @property
    def moving(self) -> list[Any]:
        """What `show` changes, from the bottom up; what is `above` it never changes, nor what lies below."""
        return [self.fills, self.stripes, self.casing, self.borders, self.title]

    def _at(self, point: Point) -> Spot:
        """Where a place stands on the sheet."""
        x, y = self.view.place(point)
        return WIDTH / 2 + x / self.step, KEY + self.height / 2 + y / self.step

    def _path(self, rings: Iterable[Sequence[Point]]) -> Path:
        from matplotlib.path import Path

        drawn = [Path([self._at(point) for point in ring], closed=True) for ring in rings]
        return Path.make_compound_path(*drawn)

    def _draw(self) -> None:
        from matplotlib.collections import LineCollection, PathCollection

        every, apart = [*self.paths.values()], [self.paths[name] for name in self.hatched]
        self._put(PathCollection([self._path([_frame(self.view.layer.box)])], facecolor=SEA, lw=0), 0)
        self.fills = self._put(PathCollection(every, lw=0), 1)
        self.stripes = self._put(PathCollection([], facecolor="none", edgecolor=STRIPE, hatch="////", lw=0), 2)
        lines = [[self._at(point) for point in line] for line in chain(*self.outer.values())]
        self.casing = self._put(LineCollection(lines, color=PAPER, lw=4.5), 3)
        self.borders = self._put(LineCollection(lines, color=INK, lw=2.2), 3)
        self.title = _write(self.ax, (EDGE, KEY + self.height + TITLE / 2), "", size=13.0, weight="bold")
        outlines = PathCollection(every, facecolor="none", edgecolor=COAST, lw=0.5)
        hatching = PathCollection(apart, facecolor=PAPER, edgecolor=COAST, hatch="xxxx", lw=0.8)
        self.above = [self._put(outlines, 4), self._put(hatching, 5)]

    def _put(self, artist: Any, order: int) -> Any:
        """Add to the map, cut off at its edge."""
        from matplotlib.patches import Rectangle

        artist.set(zorder=order, clip_on=True)
        self.ax.add_artist(artist)
        artist.set_clip_path(Rectangle((0, KEY), WIDTH, self.height, transform=self.ax.transData))
        return artist

    def _label(self, states: Sequence[str]) -> None:
        for name, (x, y, *target) in self.view.labels.items():
            whole, bracket, rest = self.view.layer.feature(name).name.partition(" (")
            text = "\n".join([whole, *wrap(bracket.strip() + rest, 18)])
            to = self._at((target[0], target[1])) if target else None
            weight = "bold" if name in states else "normal"
            at = self._at((x, y))
            self.above.append(_write(self.ax, at, text, to=to, halo=True, ha="center", weight=weight))

    def _key(self) -> None:
        """What fills and lines mean, in two rows, and where the borders come from."""
        say = load_wording("strings")["map"]
        swatches = [(EDGE, "member", {"facecolor": MEMBER, "edgecolor": STRIPE, "hatch": "////"})]
        swatches += [(EDGE + 112, "other", {"facecolor": OTHER})]
        if self.hatched:
            swatches += [(EDGE + 246, "hatched", {"facecolor": PAPER, "edgecolor": COAST, "hatch": "xxxx"})]
        for x, name, look in swatches:
            self._swatch(x, look)
            _write(self.ax, (x + 30, ROWS[0]), say[f"key_{name}"])
        for x, name, style in ((EDGE, "border_in", "-"), (EDGE + 246, "border_out", DOTTED)):
            self.ax.plot([x, x + 24], [ROWS[1]] * 2, color=INK, lw=2.2, ls=style)
            _write(self.ax, (x + 30, ROWS[1]), say[f"key_{name}"])
        _write(self.ax, (EDGE, ROWS[2]), say["credit"], color=QUIET)

    def _swatch(self, x: float, look: dict[str, Any]) -> None:
        from matplotlib.patches import Rectangle

        at, size = (x, ROWS[0] - 6), (24, 12)
        self.ax.add_patch(Rectangle(at, *size, lw=0, **look))
        self.ax.add_patch(Rectangle(at, *size, lw=0.8, facecolor="none", edgecolor=COAST))


def membership_plot(state: MapState, *, ax: Axes | None = None) -> Axes:
    """The map of one day: who is a member, and what the story's states border by land."""
    return MembershipMap(state, ax=ax).ax


def _sheet(height: float, ax: Axes | None) -> Axes:
    """Axes measured in points from the lower left corner, without frame or ticks."""
    whole = KEY + height + TITLE
    ax = new_axes(width=WIDTH / 72, height=whole / 72) if ax is None else ax
    ax.set(xlim=(0, WIDTH), ylim=(0, whole), aspect="equal")
    ax.set_axis_off()
    return ax


def _frame(box: tuple[float, float, float, float], *, parts: int = 40) -> list[Point]:
    """The outline of a layer's window, in steps small enough to bend with the projection."""
    west, south, east, north = box
    along = [n / parts for n in range(parts + 1)]
    up = [south + (north - south) * part for part in along]
    right = [west + (east - west) * part for part in along]
    sides = ([(x, south) for x in right], [(east, y) for y in up], [(x, north) for x in right[::-1]])
    return [*chain(*sides), *((west, y) for y in up[::-1])]


def _write(ax: Axes, at: Spot, text: str, *, halo: bool = False, to: Spot | None = None, **look: Any) -> Text:
    """Words on the sheet, with a line that leads from them to a spot if one is given."""
    from matplotlib.patheffects import withStroke

    effects = [withStroke(linewidth=2.5, foreground=PAPER)] if halo else []
    plain: dict[str, Any] = {"color": INK, "size": 9.0, "family": FAMILY, "va": "center", "parse_math": False}
    line = {"arrowstyle": "-", "color": INK, "lw": 0.8, "shrinkA": 1, "shrinkB": 0} if to else None
    return ax.annotate(text, to or at, at, arrowprops=line, path_effects=effects, zorder=7, **(plain | look))


def map_figure(story: Story, day: dt.date | None = None, *, of: Organisation = "NATO", view: str = "") -> Figure:
    """The story's map on a day, by default its own: who is a member, and what the story's states border by land.

    Raises CopydeskError for a story without a map and for a day before modern borders.
    """
    geography = story_geography(story)
    if geography is None:
        raise CopydeskError(f"'{story.id}' has no map", "its folder needs context/map.toml")
    state = MapState(geography, day or story.date, of, view)
    return show(membership_plot, state, alt=map_alt(state), caption=map_caption(state), table=map_table(state))


def words_figure(state: MapState) -> Figure:
    """The same figure without its picture."""
    return Figure(alt=map_alt(state), caption=map_caption(state), table=map_table(state))


def map_alt(state: MapState) -> str:
    """What the picture shows, for a reader who does not see it."""
    say = load_wording("strings")["map"]
    return str(say["alt"].format(view=state.view.name, title=state.title, words=" ".join(border_words(state))))


def map_caption(state: MapState) -> str:
    """What the picture says, and what must stand under it: source, point of view, what is not drawn."""
    return " ".join([state_words(state)[0], *map_notes(state)])


def map_table(state: MapState) -> Table:
    """The land neighbours of the story's states: member or not, since when, and how long the border is."""
    say = load_wording("strings")["map"]
    member = say["member_of"].format(of=state.of, date=say_day(state.day))
    rows = [
        [
            s.name,
            say["yes" if s.member_since else "no"],
            say_day(s.member_since) if s.member_since else "–",
            round(s.km),
        ]
        for s in state.border.stretches
    ]
    return Table([say["neighbour"], member, say["since"], say["border"]], rows)


class LiveMap:
    """Pictures of one story's map for any day, as fine as the page shows them and no finer."""

    def __init__(self) -> None:
        self._views: dict[View, _Sheets] = {}

    def figure(self, state: MapState) -> Figure:
        """The map in that state with its words and its table; where nothing can be drawn, these alone."""
        words = words_figure(state)
        try:
            pixels = self.recolour(state)
            return replace(words, png=png(pixels), width=pixels.shape[1])
        except ImportError as error:
            return replace(words, missing=str(error))

    def recolour(self, state: MapState) -> Any:
        """The picture of that state as rows of pixels (uint8, height × width × red, green, blue)."""
        if state.view not in self._views:
            self._views[state.view] = _Sheets(MembershipMap(state))
        return self._views[state.view].pixels(state)


def png(pixels: Any) -> bytes:
    """Rows of pixels as a PNG file of at most 256 colours: quick to write and small to send."""
    from PIL import Image

    file = io.BytesIO()
    few = Image.fromarray(pixels).quantize(256, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    few.save(file, format="png", compress_level=1)
    return file.getvalue()


class _Sheets:
    """One map, and as pixels what lies below and above its moving parts."""

    def __init__(self, drawn: MembershipMap) -> None:
        self.map, self.picture = drawn, drawn.ax.figure.canvas.figure
        self.canvas = cast(Any, self.picture.canvas)  # Agg
        with self._without([*drawn.moving, *drawn.above]):
            self.below = self.canvas.copy_from_bbox(self.picture.bbox)
        self.picture.set_facecolor("none")
        with self._without([one for one in drawn.ax.get_children() if one not in drawn.above]):
            over = self._seen().copy()
        self.where = over[..., 3].nonzero()
        self.ink, self.weight = over[self.where][:, :3] / 1.0, over[self.where][:, 3:] / 255

    def pixels(self, state: MapState) -> Any:
        self.map.show(state)
        self.canvas.restore_region(self.below)
        for part in self.map.moving:
            self.map.ax.draw_artist(part)
        seen = self._seen()[..., :3].copy()
        seen[self.where] = (seen[self.where] * (1 - self.weight) + self.ink * self.weight).round()
        return seen

    def _seen(self) -> Any:
        import numpy as np

        return np.asarray(self.canvas.buffer_rgba())

    @contextmanager
    def _without(self, hidden: Sequence[Any]) -> Iterator[None]:
        """The sheet drawn without some of its parts."""
        for part in hidden:
            part.set_visible(False)
        self.canvas.draw()
        yield
        for part in hidden:
            part.set_visible(True)


def map_explorer(geography: Geography) -> ipw.VBox:
    """A story's map for every day on which a list of members changed, and for the day of the story, where it begins."""
    say, live, days = load_wording("strings")["map"], LiveMap(), geography.days
    wide = ipw.Layout(width="max-content")
    of = _choice(say["of"], {name: name for name in ORGANISATIONS})
    view = _choice(say["view"], {name: name for name in geography.views})
    day = _choice(say["date"], {_short(d, geography.story): d for d in days})
    day.value = geography.story
    earlier, later = (ipw.Button(description=say[name], layout=wide) for name in ("earlier", "later"))
    news, figure = ipw.HTML(), ipw.HTML()

    def show(_: Any = None) -> None:
        state = MapState(geography, day.value, of.value, view.value)
        told, rest = state_words(state)[:2], state_words(state)[2:]
        news.value = f'<div role="status">{escape(" ".join(told))}</div>'
        picture = live.figure(state)._repr_html_().replace("<details>", "<details open>")  # it would fold at each step
        figure.value = picture + "<ul>" + "".join(f"<li>{escape(words)}</li>" for words in rest) + "</ul>"

    def step(by: int) -> None:
        day.index = min(max(day.index + by, 0), len(days) - 1)

    earlier.on_click(lambda _: step(-1))
    later.on_click(lambda _: step(1))
    for control in (of, view, day):
        control.observe(show, names="value")
    show()
    return ipw.VBox([of, view, day, ipw.HBox([earlier, later]), news, figure])


def _choice(name: str, options: dict[str, Any]) -> ipw.ToggleButtons:
    """Buttons, because the handle of a stock slider has no name for a screen reader, and its readout takes text."""
    buttons = ipw.ToggleButtons(options=list(options.items()), description=name)
    buttons.style.button_width = "max-content"
    return buttons


def _short(day: dt.date, story: dt.date) -> str:
    date = f"{day.day} {MONTHS[day.month - 1][:3]} {day.year}"
    return str(load_wording("strings")["map"]["day_of_story"].format(date=date)) if day == story else date
