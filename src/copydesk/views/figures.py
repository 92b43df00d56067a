"""A picture with words and a table: the one way lessons show a figure.

Whoever cannot see the picture reads its alternative text, and whoever cannot draw it (no matplotlib, as on a phone)
still has the sentence and the table.
"""

from __future__ import annotations

import base64
import io
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING, Any

from copydesk.base.errors import CopydeskError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Picture


PAPER = "#fbfaf7"
"""The ground of every picture: opaque, so that its ink keeps its contrast in the light and in the dark theme."""
PIXELS_PER_INCH = 100
"""On the page; the file holds twice as many, for sharp screens."""


@dataclass(frozen=True, slots=True)
class Table:
    """Headings and rows; the first cell of a row names it.

    >>> Table(["voice", "share"], [["Ann Lee", "43%"]]).rows
    [['Ann Lee', '43%']]
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[object]]

    def __post_init__(self) -> None:
        for number, row in enumerate(self.rows, 1):
            if len(row) != len(self.columns):
                problem = f"row {number} of the table has {len(row)} cells for {len(self.columns)} columns"
                raise CopydeskError(problem, "give each row one cell a column")

    def html(self) -> str:
        """The table as HTML, headings tied to their cells, every string escaped."""
        head = "".join(f'<th scope="col" style="text-align:left">{escape(str(name))}</th>' for name in self.columns)
        body = "".join(f"<tr>{''.join(_cell(n, cell) for n, cell in enumerate(row))}</tr>" for row in self.rows)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(place: int, cell: object) -> str:
    tag, scope = ("th", ' scope="row"') if place == 0 else ("td", "")
    text = "" if cell is None else str(cell)
    style = f"text-align:{'right' if isinstance(cell, int | float) else 'left'}"  # JupyterLab sets all to the right
    if any(len(word) > 30 for word in text.split()):
        style += ";overflow-wrap:anywhere"  # a web address must not push the table off the page
    return f'<{tag}{scope} style="{style}">{escape(text)}</{tag}>'


@dataclass(frozen=True, slots=True, repr=False)
class Figure:
    """What a notebook shows: the picture if there is one, one sentence, the table.

    >>> Figure(alt="One bar, 43%.", caption="Lee speaks most.", table=Table(["voice", "share"], [["Lee", 43]]))
    Figure: Lee speaks most.
    """

    alt: str
    """What the picture shows, for a reader who does not see it."""
    caption: str
    """What the picture says, in one sentence."""
    table: Table
    png: bytes | None = None
    width: int = 800
    """How wide the picture is on the page, in CSS pixels; it shrinks where there is less room."""
    missing: str = ""
    """Why there is no picture."""

    def __post_init__(self) -> None:
        for name in ("alt", "caption"):
            if not getattr(self, name).strip():
                raise CopydeskError(f"a figure without {name}", "say in one sentence what it shows")

    def __repr__(self) -> str:
        return f"Figure: {self.caption}"

    def _repr_html_(self) -> str:
        return (
            f'<figure class="copydesk-figure" style="margin:0">{self._image()}'
            f'<figcaption style="margin:.5em 0">{escape(self.caption)}{self._apology()}</figcaption>'
            f"<details{'' if self.png else ' open'}><summary>Table</summary>{self.table.html()}</details></figure>"
        )

    def _image(self) -> str:
        if not self.png:
            return ""
        source = f"data:image/png;base64,{base64.b64encode(self.png).decode('ascii')}"
        style = f"width:100%;max-width:{self.width}px;height:auto"
        return f'<img alt="{escape(self.alt)}" src="{source}" style="{style}">'

    def _apology(self) -> str:
        if self.png:
            return ""
        why = f" ({escape(self.missing)})" if self.missing else ""
        return f" <em>The picture could not be drawn here{why}; the table holds the same data.</em>"


def show(plot: Callable[..., Axes], data: Any, *, alt: str, caption: str, table: Table, **options: Any) -> Figure:
    """Draw `data` with `plot` and give back a figure with its words and its table.

    `plot` is `f(data, *, ax=None) -> Axes`; `options` are passed on to it. Its figure is closed once it is drawn.
    """
    words = Figure(alt=alt, caption=caption, table=table)
    try:
        axes = plot(data, **options)
    except ImportError as error:
        return replace(words, missing=str(error))
    if not hasattr(axes, "figure"):
        raise CopydeskError(f"the plot gave back {axes!r}, not its Axes", "end the plot function with `return ax`")
    png, width = _draw(axes.figure.canvas.figure)
    return replace(words, png=png, width=width)


def _draw(picture: Picture) -> tuple[bytes, int]:
    from PIL import Image  # matplotlib brings it

    drawn, file = io.BytesIO(), io.BytesIO()
    try:
        picture.savefig(drawn, format="png", dpi=2 * PIXELS_PER_INCH, pil_kwargs={"compress_level": 1})
    finally:
        if pyplot := sys.modules.get("matplotlib.pyplot"):  # a figure left open there is shown a second time
            pyplot.close(picture)
    few = Image.open(drawn).convert("RGB").quantize(256, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    few.save(file, format="png")  # a third of the size, and notebooks carry it as text
    return file.getvalue(), round(picture.get_figwidth() * PIXELS_PER_INCH)


def new_axes(*, width: float = 8.0, height: float = 4.5) -> Axes:
    """Empty axes that fill a sheet of paper, in inches, outside pyplot so that no state is left behind."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure as Picture

    picture = Picture(figsize=(width, height), dpi=PIXELS_PER_INCH, facecolor=PAPER)
    FigureCanvasAgg(picture)
    return picture.add_axes((0, 0, 1, 1), facecolor=PAPER)
