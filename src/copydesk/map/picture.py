"""The map on the page: a widget, and without a kernel the same drawings, words and table.

Python fills in `map.html` once, and makes the words of every day; `map.js` puts them in when the day changes.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import cache
from html import escape
from importlib.resources import files
from string import Template
from typing import Any
from xml.etree import ElementTree

import anywidget
import traitlets
from IPython.display import display

from copydesk.base.wording import load_wording, say_day
from copydesk.map.geography import ORGANISATIONS, Geography, drawing, map_state, notes, place_notes, since
from copydesk.page.html import css, static_html, table
from copydesk.page.palette import tokens_for

SAFE = 'data-lm-suppress-shortcuts="true"'
"""JupyterLab's command mode takes keys from whatever has focus, unless that very element bears this."""


@cache
def _file(name: str) -> str:
    return (files("copydesk") / "map" / name).read_text(encoding="utf-8")


class MapWidget(anywidget.AnyWidget):
    """A story's map for every day on which a list of members changed; a new day needs no kernel."""

    _esm = _file("map.js")
    _css = css() + _file("map.css")
    html = traitlets.Unicode().tag(sync=True)
    spec = traitlets.Dict().tag(sync=True)

    def __init__(self, geography: Geography) -> None:
        self.geography = geography
        super().__init__(html=map_html(geography, tools=True), spec=map_spec(geography))

    def __repr__(self) -> str:
        return f"<map of {self.geography.group}>"

    def _repr_mimebundle_(self, **options: Any) -> Any:
        data, meta = super()._repr_mimebundle_(**options) or ({}, {})
        style = tokens_for(_file("map.css")) + _file("map.css")
        still = static_html(f"<style>{style}</style>{map_html(self.geography)}")
        return {**(data or {}), "text/plain": repr(self), "text/html": still}, meta

    def _ipython_display_(self) -> None:
        """Show the still map, then the live one, whose style hides the other.

        In one output, a page exported with the state of its widgets would show neither without a network.
        """
        show: Callable[..., None] = display
        data, meta = self._repr_mimebundle_()
        show({"text/plain": data["text/plain"], "text/html": data.pop("text/html")}, raw=True)
        show({**data, "text/plain": ""}, metadata=meta, raw=True)


def map_spec(geography: Geography) -> dict[str, Any]:
    """What the browser needs for any day: names and notes of the places, who is in, and all the words."""
    g, say = geography, load_wording("strings")["map"]
    return {
        "names": g.places,
        "notes": {place: text for place, text in say["places"].items() if place in g.places},
        "since": since(g.places),
        "states": {of: [map_state(g, day, of) for day in g.days] for of in ORGANISATIONS},
    }


def map_html(geography: Geography, *, tools: bool = False) -> str:
    """The map on the day of its story: the views, the key, the words, the table.

    With `tools` it has controls and shows one view at a time; without, the views stand one below the other.
    """
    g, say, state = geography, load_wording("strings")["map"], map_state(geography, geography.story)
    away = [" hidden" if tools and number else "" for number in range(len(g.views))]
    notes_under = (
        f'<p class="note"{gone}><b>{escape(view.name)}.</b> <span>{escape(out)}</span> {escape(notes(view))}</p>'
        for view, gone, out in zip(g.views, away, state["outside"], strict=True)
    )
    head, *rows = state["table"]
    parts = {
        "mark": f"cd-{secrets.token_hex(4)}",  # two maps may stand in one page, so ids are new for each
        "live": " live" if tools else "",
        "title": escape(state["title"]),
        "news": escape(state["news"]),
        "tools": _tools(g) if tools else "",
        "hint": f'<p class="here">{escape(say["hint"])}</p>' if tools else "",
        "views": "".join(f"<figure{gone}>{draw(g, n, state)}</figure>" for n, gone in enumerate(away)),
        "words": "".join(f"<li>{escape(line)}</li>" for line in state["words"]),
        "table": table(head, rows, caption=say["table"].format(group=g.group)),
        "notes": "".join(notes_under),
    }
    signs = ("member", "other", "hatched", "border_in", "border_out")
    parts |= {f"key_{sign}": escape(say[f"key_{sign}"]) for sign in signs}
    # White space between tags would show, so the lines below the comment are joined without it.
    template = "".join(line.strip() for line in _file("map.html").splitlines()[1:])
    return Template(template).substitute(parts)


def draw(geography: Geography, number: int, state: dict[str, Any]) -> str:
    """One view as SVG, with classes for members (`in`), hatched places and the states of the story (`own`)."""
    g, view, say = geography, geography.views[number], load_wording("strings")["map"]
    svg, told = drawing(view.layer), since(view.places)[state["of"]]
    shapes, borders, _ = svg
    label = say["alt"].format(view=view.name, title=state["title"])
    svg.attrib = {"viewBox": svg.get("viewBox", ""), "role": "img", "aria-label": label}
    for path in shapes:
        place = path.attrib.pop("id")
        inside, hatched = place in state["inside"], place_notes().get(place, {}).get("hatched", False)
        looks = {"in": inside, "hatched": hatched, "own": place in g.states}
        path.attrib |= {"data-place": place, "class": " ".join(look for look, has in looks.items() if has)}
        status = told[place] if inside else "" if hatched else state["out"]
        path[0].text = " ".join(filter(None, [f"{view.places[place]}:", status, say["places"].get(place)]))
    for path in [*borders]:
        neighbours = {*path.attrib.pop("data-between").split()} - {*g.states}
        if len(neighbours) == 1:
            [place] = neighbours
            path.attrib |= {"data-with": place, "class": "in" if place in state["inside"] else ""}
        else:
            borders.remove(path)
    return ElementTree.tostring(svg, encoding="unicode")


def _tools(geography: Geography) -> str:
    g, say = geography, load_wording("strings")["map"]

    def button(kind: str, value: object, words: str, more: str = "") -> str:
        return f'<button type="button" data-{kind}="{escape(str(value))}"{more} {SAFE}>{escape(words)}</button>'

    choices = ""
    for kind, options in (("of", ORGANISATIONS), ("view", [view.name for view in g.views])):
        pressed = (f' aria-pressed="{"false" if n else "true"}"' for n in range(len(options)))
        buttons = "".join(button(kind, o, o, more) for o, more in zip(options, pressed, strict=True))
        choices += f"<fieldset><legend>{escape(say[kind])}</legend>{buttons}</fieldset>"
    date = escape(say["day_of_story"].format(date=say_day(g.story)))
    slider = f'type="range" min="0" max="{len(g.days) - 1}" value="{g.days.index(g.story)}" aria-valuetext="{date}"'
    return (
        f'<div class="tools">{choices}<div class="day"><label>{escape(say["date"])} <b>{date}</b>'
        f"<input {slider} {SAFE}></label>{button('step', -1, say['earlier'])}{button('step', 1, say['later'])}"
        "</div></div>"
    )
