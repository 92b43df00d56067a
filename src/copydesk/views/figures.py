"""Figures of the lessons: a picture with an alternative text, a caption and a table of its data.

Where the picture cannot be drawn (no matplotlib, as on a phone), the caption and the table are shown without it.
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
from copydesk.page.html import table
from copydesk.page.palette import palette

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Picture


PAPER = palette()["page"][0]
"""The ground of every picture: opaque, so that its ink keeps its contrast in the light and in the dark theme."""
PIXELS_PER_INCH = 100
"""On the page; the file holds twice as many, for sharp screens."""
STYLE = (
    "figure.copydesk-figure :is(th, td) { text-align: left } figure.copydesk-figure td.cd-num { text-align: right } "
    "figure.copydesk-figure .cd-long { overflow-wrap: anywhere }"
)
"""JupyterLab sets every cell of a table to the right."""


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
        picture, excuse = "", ""
        if self.png:
            source = f"data:image/png;base64,{base64.b64encode(self.png).decode('ascii')}"
            style = f"width:100%;max-width:{self.width}px;height:auto"
            picture = f'<img alt="{escape(self.alt)}" src="{source}" style="{style}">'
        else:
            why = f" ({escape(self.missing)})" if self.missing else ""
            excuse = f" <em>The picture could not be drawn here{why}; the table holds the same data.</em>"
        return (
            f'<figure class="copydesk-figure" style="margin:0"><style>{STYLE}</style>{picture}'
            f'<figcaption style="margin:.5em 0">{escape(self.caption)}{excuse}</figcaption>'
            f"<details{'' if self.png else ' open'}><summary>Table</summary>{self.table.html()}</details></figure>"
        )


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
    """The picture as a PNG file of at most 256 colours, and its width on the page; notebooks carry it as text."""
    from PIL import Image  # matplotlib brings it

    drawn, file = io.BytesIO(), io.BytesIO()
    try:
        picture.savefig(drawn, format="png", dpi=2 * PIXELS_PER_INCH, pil_kwargs={"compress_level": 1})
    finally:
        if pyplot := sys.modules.get("matplotlib.pyplot"):  # a figure left open there is shown a second time
            pyplot.close(picture)
    few = Image.open(drawn).convert("RGB").quantize(256, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    few.save(file, format="png")
    return file.getvalue(), round(picture.get_figwidth() * PIXELS_PER_INCH)


def new_axes(*, width: float = 8.0, height: float = 4.5) -> Axes:
    """Empty axes that fill a sheet of paper, in inches, outside pyplot so that no state is left behind."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure as Picture

    picture = Picture(figsize=(width, height), dpi=PIXELS_PER_INCH, facecolor=PAPER)
    FigureCanvasAgg(picture)
    return picture.add_axes((0, 0, 1, 1), facecolor=PAPER)
