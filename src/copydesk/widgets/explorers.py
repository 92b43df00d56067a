"""Explorers: stock ipywidgets around a figure; what they show is computed by the core."""

from __future__ import annotations

from typing import Any

import ipywidgets as ipw

from copydesk.lesson_figures import sourcing_figure
from copydesk.sourcing import Counted
from copydesk.wording import load_wording


def sourcing_explorer(items: tuple[Counted, ...]) -> ipw.VBox:
    """Shares by source, counted in attributions or in words, with one item dropped if wanted."""
    say = load_wording("strings")["sourcing"]
    ways = [(say["attributions"], "attributions"), (say["words"], "words")]
    by = ipw.ToggleButtons(options=ways, description=say["count_in"])
    drop = ipw.IntSlider(min=0, max=len(items), description=say["drop"], continuous_update=False)
    dropped, figure = ipw.HTML(), ipw.HTML()

    def show(_: Any = None) -> None:
        gone = items[drop.value - 1] if drop.value else None
        dropped.value = say["dropped"].format(id=gone.id, speaker=gone.speaker) if gone else say["none_dropped"]
        figure.value = sourcing_figure(items, by=by.value, dropped=gone.id if gone else "")._repr_html_()

    by.observe(show, names="value")
    drop.observe(show, names="value")
    show()
    return ipw.VBox([by, drop, dropped, figure])
