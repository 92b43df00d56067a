"""The map with its controls: a date, NATO or the EU, and how near; every state of it in words as well."""

from __future__ import annotations

import datetime as dt
from html import escape
from typing import Any

import ipywidgets as ipw

from copydesk.context.facts import MONTHS
from copydesk.context.geography import Geography
from copydesk.context.map_words import MapState, state_words
from copydesk.context.members import ORGANISATIONS
from copydesk.map_live import LiveMap
from copydesk.wording import load_wording


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
