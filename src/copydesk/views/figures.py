"""Figures of the lessons: a picture with an alternative text, a caption and a table of its data.

Where the picture cannot be drawn (no matplotlib, as on a phone), the caption and the table are shown without it.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from html import escape
from inspect import signature
from typing import TYPE_CHECKING, Any

from copydesk.base.errors import CopydeskError
from copydesk.page.html import static_html, table
from copydesk.page.palette import palette

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Picture


PAPER = palette()["panel"][0]
"""The ground of every picture, and the filling of what is hollow."""
PIXELS_PER_INCH = 100
NARROW = 288.0
"""The width of a picture for narrow screens, in points: about one to a pixel on a phone."""
COLORS = {light: name for name, (light, _) in reversed(palette().items())}
"""Pictures are drawn in the colours of a light ground; on the page each follows the theme by its name."""
FONT = "font-family: var(--jp-ui-font-family, system-ui, sans-serif)"


@dataclass(frozen=True, slots=True)
class Table:
    """Headings and rows; the first cell of a row names it.

    >>> Table(["voice", "share"], [["Ann Lee", "43 %"]]).rows
    [['Ann Lee', '43 %']]
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[object]]

    def __post_init__(self) -> None:
        for number, row in enumerate(self.rows, 1):
            if len(row) != len(self.columns):
                problem = f"row {number} of the table has {len(row)} cells for {len(self.columns)} columns"
                raise CopydeskError(problem, "give each row one cell per column")

    def html(self) -> str:
        """The table as HTML, headings tied to their cells, every string escaped."""
        return table(self.columns, self.rows)


@dataclass(frozen=True, slots=True, repr=False)
class Figure:
    """What a notebook shows: the picture if there is one, one sentence, the table.

    >>> Figure(alt="One bar, 43 %.", caption="Lee speaks most.", table=Table(["voice", "share"], [["Lee", 43]]))
    Figure: Lee speaks most.
    """

    alt: str
    """What the picture shows, for a reader who does not see it."""
    caption: str
    """What the picture says, in one sentence."""
    table: Table
    svg: str = ""
    """The picture: it follows the theme of the page, and shrinks where there is less room."""
    narrow_svg: str = ""
    """The same drawn for a narrow screen, where the picture would be too small to read."""
    missing: str = ""
    """Why there is no picture."""

    def __post_init__(self) -> None:
        for name in ("alt", "caption"):
            if not getattr(self, name).strip():
                raise CopydeskError(f"a figure without {name}", "say in one sentence what it shows")

    def __repr__(self) -> str:
        return f"Figure: {self.caption}"

    def _repr_html_(self) -> str:
        excuse = ""
        if not self.svg:
            why = f" ({escape(self.missing)})" if self.missing else ""
            excuse = f" <em>The picture could not be drawn here{why}; the table holds the same data.</em>"
        drawn = self.svg
        if self.narrow_svg:
            drawn = f'<div class="cd-wide">{self.svg}</div><div class="cd-narrow">{self.narrow_svg}</div>'
        picture = f'<div role="img" aria-label="{escape(self.alt)}">{drawn}</div>' if drawn else ""
        page = (
            f'<figure class="cd-figure">{picture}<figcaption>{escape(self.caption)}{excuse}</figcaption>'
            f"<details{'' if self.svg else ' open'}><summary>Table</summary>{self.table.html()}</details></figure>"
        )
        return static_html(page)


def show(plot: Callable[..., Axes], data: Any, *, alt: str, caption: str, table: Table, **options: Any) -> Figure:
    """Draw `data` with `plot` and give back a figure with its words and its table.

    `plot` is `f(data, *, ax=None) -> Axes`; `options` are passed on to it. If it takes a `width`, it draws once more
    for narrow screens. Its figures are closed once they are drawn.
    """
    words = Figure(alt=alt, caption=caption, table=table)
    sizes: list[dict[str, float]] = [{}, {"width": NARROW}] if "width" in signature(plot).parameters else [{}]
    try:
        drawn = [_drawn(plot(data, **options, **size)) for size in sizes]
    except ImportError as error:
        return replace(words, missing=str(error))
    return replace(words, svg=drawn[0], narrow_svg="".join(drawn[1:]))


def _drawn(axes: Axes) -> str:
    if not hasattr(axes, "figure"):
        raise CopydeskError(f"the plot gave back {axes!r}, not its Axes", "end the plot function with `return ax`")
    return _draw(axes.figure.canvas.figure)


def _draw(picture: Picture) -> str:
    """The picture as SVG whose text can be selected and whose colours are those of the page."""
    import matplotlib

    file = io.StringIO()
    try:
        with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "copydesk"}):
            picture.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    finally:
        if pyplot := sys.modules.get("matplotlib.pyplot"):  # a figure left open there is shown a second time
            pyplot.close(picture)
    svg = file.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>|<defs>.*?</defs>|<!--.*?-->", "", svg, flags=re.DOTALL)
    svg = re.sub(r' (id|clip-path)="[^"]*"', "", svg)  # two pictures on a page would share them
    svg = re.sub(r'style="[^"]*"', _themed, svg)
    size = 'aria-hidden="true" style="width: 100%; max-width: 48rem; height: auto"'
    return re.sub(r'width="[^"]*" height="[^"]*"', size, re.sub(r">\s+<", "><", svg), count=1).strip()


def _themed(style: re.Match[str]) -> str:
    """Colours of the palette as the page names them, and the font of the page."""
    named = re.sub(r"#[0-9a-f]{6}", lambda c: f"var(--cd-{COLORS[c[0]]})" if c[0] in COLORS else c[0], style[0])
    return re.sub(r"font-family: [^;\"]*", FONT, named)


def new_axes(*, width: float = 8.0, height: float = 4.5) -> Axes:
    """Empty axes that fill a sheet of paper, in inches, outside pyplot so that no state is left behind."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure as Picture

    picture = Picture(figsize=(width, height), dpi=PIXELS_PER_INCH, facecolor=PAPER)
    FigureCanvasAgg(picture)
    return picture.add_axes((0, 0, 1, 1), facecolor=PAPER)
