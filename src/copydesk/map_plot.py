"""The membership map: drawn once, then only recoloured when the day changes.

Members are told from others by fill and by stripes, land borders of the story's states by solid and dotted lines. No
red for any state, no arrows; the fills keep apart in greyscale and for colour-blind readers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from copydesk.context.borders import neighbours
from copydesk.context.geography import visible
from copydesk.context.map_words import MapState
from copydesk.context.members import membership, place_notes
from copydesk.context.topojson import Point
from copydesk.figures import PAPER, new_axes
from copydesk.plots import FAMILY, INK, QUIET
from copydesk.wording import load_wording

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
