"""The map behind a control: drawn once a view, then only what changes with the day is drawn again.

What lies below and above the moving parts is kept as pixels and laid together with them, so a new day costs a
fraction of a new drawing.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, cast

from copydesk.context.geography import View
from copydesk.context.map_words import MapState
from copydesk.figures import Figure
from copydesk.map_figures import words_figure
from copydesk.map_plot import MembershipMap


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
