"""The map on the page: classes by date, never by colour alone, the same drawing with and without a kernel."""

import datetime as dt
import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter

from copydesk.desk import open_lesson
from copydesk.map.geography import ORGANISATIONS, Geography, map_state, membership, story_geography
from copydesk.map.picture import MapWidget, draw, map_html, map_spec
from copydesk.page.palette import palette
from copydesk.story.story import load_story

STORY = load_story(Path(__file__).parents[2] / "seeds" / "baltics-2022")
_found = story_geography(STORY)
assert _found
BALTIC: Geography = _found
VIEW = "application/vnd.jupyter.widget-view+json"
CSS = (files("copydesk") / "map" / "map.css").read_text(encoding="utf-8")


def classes(svg: str) -> dict[str, set[str]]:
    """The classes of each place of a drawing."""
    root = ElementTree.fromstring(svg)
    return {str(p.get("data-place")): set(str(p.get("class")).split()) for p in root.iter() if p.get("data-place")}


# ── The drawing ───────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("number", range(len(BALTIC.views)))
@pytest.mark.parametrize("of", ORGANISATIONS)
def test_members_have_a_class_on_every_day_and_hatched_places_are_neither(number: int, of: Any) -> None:
    for day in BALTIC.days[::3]:
        drawn = classes(draw(BALTIC, number, map_state(BALTIC, day, of)))
        assert {p for p, c in drawn.items() if "in" in c} == {p for p in drawn if membership(p, day, of)}
        assert {p for p, c in drawn.items() if "own" in c} == set(BALTIC.states)
        hatched = {p for p, c in drawn.items() if "hatched" in c}
        assert hatched == {"crimea", "northern-cyprus"} & drawn.keys() and not any("in" in drawn[p] for p in hatched)


def test_only_the_outer_border_is_drawn_and_told_apart_by_member() -> None:
    root = ElementTree.fromstring(draw(BALTIC, 1, map_state(BALTIC, STORY.date)))
    lines = [(line.get("data-with"), line.get("class")) for line in root.iter() if line.get("data-with")]
    assert {place for place, _ in lines} == set(BALTIC.borders)
    assert {place for place, look in lines if look == "in"} == {"616"}


def test_each_state_says_its_name_since_when_and_its_note() -> None:
    root = ElementTree.fromstring(draw(BALTIC, 0, map_state(BALTIC, STORY.date)))
    said = {path.get("data-place"): path[0].text or "" for path in root.iter() if path.get("data-place")}
    assert said["440"] == "Lithuania: member of NATO since 29 March 2004."
    assert said["246"] == "Finland: not a member of NATO on 12 January 2022."
    assert said["304"] == "Greenland: with Denmark: member of NATO since 4 April 1949."
    assert said["crimea"].startswith("Crimea: Crimea is drawn hatched. Status by the UN")
    assert said["kaliningrad"].endswith(
        "not a member of NATO on 12 January 2022. Kaliningrad is a region of Russia, drawn apart."
    )
    assert all(re.fullmatch(r"[^:]+: .+\.", text) for text in said.values())


# ── Colours ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def theme(ground: int) -> dict[str, str]:
    """The colours that the map's parts take from the palette, on a light (0) or a dark (1) ground."""
    taken = re.findall(r"--(\w+): var\(--cd-([\w-]+)\)", CSS.partition("}")[0])
    return {part: palette()[name][ground] for part, name in taken}


def light(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    whole = "".join(c * 2 for c in colour[1:]) if len(colour) == 4 else colour[1:]
    parts = [int(whole[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("ground", [0, 1], ids=["light", "dark"])
def test_fills_keep_apart_without_colour_and_no_state_is_red(ground: int) -> None:
    c = theme(ground)
    assert contrast(c["in"], c["land"]) >= 3 and contrast(c["in"], c["sea"]) >= 3
    assert all(contrast(c["edge"], c[ground]) >= 3 for ground in ("land", "sea", "blank"))
    assert contrast(c["text"], c["halo"]) >= 7, "names stand in a halo, whatever lies below"
    for name in ("in", "land", "stripe"):
        red, green, _ = (int(c[name][n : n + 2], 16) for n in (1, 3, 5))
        assert red - green < 26
    assert "fill: var(--stripes)" in CSS and "stroke-dasharray" in CSS, "told by more than colour"


# ── Live and still ────────────────────────────────────────────────────────────────────────────────────────────────────
class Parts(HTMLParser):
    """The tags of a page part, each with its attributes; open tags must be closed."""

    EMPTY = frozenset({"input", "br", "rect", "path"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(html)
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.EMPTY - {"path"}:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, tag: str, *having: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag and set(having) <= attributes.keys()]


def test_the_widget_and_the_still_page_have_the_same_drawings_words_and_table() -> None:
    widget = MapWidget(BALTIC)
    data, _ = widget._repr_mimebundle_()
    assert set(data) == {"text/plain", "text/html", VIEW}
    assert data["text/plain"] == repr(widget) == "<map of the three Baltic states>"
    for pattern in (r'<svg viewBox="0 0 8000.*?</svg>', r'<ul class="words">.*?</ul>', r"<table.*?</table>"):
        live, still = (re.findall(pattern, html, re.DOTALL) for html in (widget.html, data["text/html"]))
        assert live == still != []
    assert "On 12 January 2022, NATO has 30 members." in data["text/html"]
    still = Parts(data["text/html"])
    assert not still.all("button") and not still.all("input") and not still.all("figure", "hidden")
    assert [svg["role"] for svg in still.all("svg", "aria-label")] == ["img", "img"]


def test_the_live_page_has_named_controls_that_keep_their_keys() -> None:
    parts = Parts(map_html(BALTIC, tools=True))
    [slider] = parts.all("input")
    assert (slider["min"], slider["max"], slider["value"]) == ("0", "13", str(BALTIC.days.index(STORY.date)))
    assert slider["aria-valuetext"] == "12 January 2022 (the story)"
    controls = [slider, *parts.all("button")]
    assert len(controls) == 7 and all("data-lm-suppress-shortcuts" in control for control in controls)
    assert [button["aria-pressed"] for button in parts.all("button", "aria-pressed")] == ["true", "false"] * 2
    assert len(parts.all("figure", "hidden")) == len(parts.all("p", "hidden")) == 1


def test_two_maps_in_one_page_share_no_id() -> None:
    one, two = (re.findall(r' id="([^"]+)"', map_html(BALTIC)) for _ in range(2))
    assert len(one) == len(two) == 2 and not {*one} & {*two}
    html = map_html(BALTIC)
    assert set(re.findall(r"url\(#([^)]+)\)", html)) == set(re.findall(r' id="([^"]+)"', html))


def test_the_browser_is_given_every_day_and_no_more_than_it_needs() -> None:
    spec = map_spec(BALTIC)
    assert {of: len(states) for of, states in spec["states"].items()} == {"NATO": 14, "EU": 14}
    for of in ORGANISATIONS:
        for day, state in zip(BALTIC.days, spec["states"][of], strict=True):
            assert state == map_state(BALTIC, day, of)
            assert set(state["inside"]) <= spec["since"][of].keys()
    assert {"crimea", "kosovo", "kaliningrad", "northern-cyprus"} == spec["notes"].keys()
    assert len(json.dumps(spec)) < 80_000 and len(map_html(BALTIC, tools=True)) < 200_000


def test_a_hostile_name_in_a_map_file_stays_text() -> None:
    bad = Geography(story=dt.date(2022, 1, 12), group="<b>x</b>", states=("233",), views=BALTIC.views)
    html = map_html(bad, tools=True)
    assert "<b>x</b>" not in html and "&lt;b&gt;x&lt;/b&gt;" in html


@pytest.mark.parametrize("state", [False, True], ids=["as JupyterLab saves it", "with the state of its widgets"])
def test_the_drawing_survives_nbconvert(state: bool) -> None:
    """With the state kept, nbconvert leaves a widget to a script from the network: the still map stands by itself."""
    cell = nbformat.v4.new_code_cell("import copydesk; copydesk.open_lesson('07_what_was_going_on').map()")
    notebook = nbformat.v4.new_notebook(cells=[cell])
    NotebookClient(notebook, store_widget_state=state).execute()
    assert ("widgets" in notebook.metadata) == state
    html, _ = HTMLExporter().from_notebook_node(notebook)
    assert html.count('data-place="440"') == 2 and "VBox(" not in html
    assert "Members checked on" in html and "6.2 % of the outer land border" in html


def test_a_desk_shows_its_map_or_says_there_is_none() -> None:
    desk = open_lesson("07_what_was_going_on", STORY)
    assert isinstance(desk.map(), MapWidget)
    other = open_lesson("00_start_here", load_story("practice"))
    assert repr(other.map()) == "This story has no map."


def test_the_map_needs_neither_matplotlib_nor_numpy() -> None:
    code = (
        "import sys; sys.modules.update(matplotlib=None, numpy=None, PIL=None)\n"
        "from copydesk.desk import open_lesson\n"
        "assert 'Lithuania' in open_lesson('07_what_was_going_on').map().html\n"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)
