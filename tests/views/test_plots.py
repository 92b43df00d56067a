"""Plots: every mark has its words, nothing overlaps or leaves the paper."""

import datetime as dt
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from copydesk.base.errors import CopydeskError
from copydesk.story.facts import Event, Fact, by_id, read_facts, timeline
from copydesk.views.figures import PAPER, new_axes, show
from copydesk.views.plots import shares_plot, shares_table, timeline_plot, timeline_table

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FACTS = read_facts(Path(__file__).parents[2] / "seeds/baltics-2022/context/facts.csv")
NAMES = (
    *("draft-treaties", "nrc-brussels", "ssd-geneva", "efp-operational", "crimea-treaty", "nato-estonia"),
    *("eu-estonia", "unga-68-262", "kremlin-position", "buildup-us-dec", "invasion"),
)
EVENTS = timeline(by_id(FACTS, name) for name in NAMES)
STORY = dt.date(2022, 1, 12)
SHARES = {"Kaja Kallas, prime minister of Estonia": 0.43, "Moscow": 0.115, "X": 0.004, "no one": 0.0}
HOSTILE = ["x" * 400, "W " * 300, "costs $5 to $10^6_", "\\frac{1}{0} <b>&", "a\n\nb", " "]


def event(label: str, day: dt.date = STORY, known_from: dt.date | None = STORY) -> Event:
    fact = Fact(
        id="a", date=day, known_from=known_from, kind="war", statement=label, source_class="news", confidence="verified"
    )
    return Event(day, label, fact)


def words(ax: "Axes") -> list[str]:
    return [text.get_text() for text in ax.texts]


def dots(ax: "Axes") -> list[str]:
    """ "hollow" or "full" for each event, from top to bottom."""
    marks = [line for line in ax.lines if line.get_marker() == "o"]
    return ["hollow" if line.get_markerfacecolor() == PAPER else "full" for line in marks]


def assert_legible(ax: "Axes") -> None:
    renderer = ax.figure.canvas.get_renderer()  # type: ignore[attr-defined]
    paper = ax.get_window_extent()
    boxes = [text.get_window_extent(renderer) for text in ax.texts if text.get_text().strip()]
    for box in boxes:
        assert box.x0 >= paper.x0 and box.x1 <= paper.x1 and box.y0 >= paper.y0 and box.y1 <= paper.y1
    for one, other in combinations(boxes, 2):
        assert not one.overlaps(other)


@pytest.mark.parametrize("story", [None, STORY, dt.date(2000, 1, 1), dt.date(2030, 1, 1), dt.date(2015, 1, 1)])
def test_nothing_overlaps_on_a_timeline(story: dt.date | None) -> None:
    assert_legible(timeline_plot(EVENTS, story=story))


def test_all_settled_events_of_the_story_fit() -> None:
    assert_legible(timeline_plot(timeline(FACTS), story=STORY))


@pytest.mark.parametrize("label", HOSTILE)
def test_any_label_stays_on_the_paper(label: str) -> None:
    assert_legible(timeline_plot([event(label), event(label, dt.date(2023, 1, 1))], story=STORY))
    assert_legible(shares_plot({label: 0.5, "other": 1}))


def test_an_uncut_label_is_shown_whole_and_a_cut_one_says_so() -> None:
    assert "costs $5 to $10^6_" in words(timeline_plot([event("costs $5 to $10^6_")]))
    assert [line for line in words(timeline_plot([event("long " * 200)])) if line.endswith(" …")]


def test_the_story_has_its_line_and_later_events_are_hollow() -> None:
    ax = timeline_plot(EVENTS, story=STORY)
    assert "The story: 12 January 2022" in words(ax)
    assert "Below the line: had not happened yet" in words(ax)
    assert dots(ax) == ["full"] * 10 + ["hollow"]


def test_without_later_events_nothing_speaks_of_later() -> None:
    ax = timeline_plot(EVENTS[:-1], story=STORY)
    assert "The story: 12 January 2022" in words(ax)
    assert not [line for line in words(ax) if "Below" in line]


def test_without_a_story_all_events_are_alike() -> None:
    ax = timeline_plot(EVENTS)
    assert set(dots(ax)) == {"full"}
    assert not [line for line in words(ax) if "story" in line]


def test_what_was_not_public_yet_is_hollow_and_says_so() -> None:
    secret = event("Met", dt.date(2022, 1, 1), dt.date(2022, 2, 1))
    undated = replace(secret, fact=replace(secret.fact, known_from=None))
    ax = timeline_plot([secret, undated], story=STORY)
    assert dots(ax) == ["hollow", "hollow"]
    assert "Met (public only from 1 February 2022)" in words(ax)
    assert "Met (when it became public is not known)" in words(ax)
    assert [row[2] for row in timeline_table([secret, undated], story=STORY).rows] == ["no, later", "cannot be dated"]


def test_events_are_drawn_in_order_and_long_pauses_named() -> None:
    ax = timeline_plot(EVENTS[::-1])
    assert next(line for line in words(ax) if "20" in line and line[0].isdigit()) == "29 March 2004"
    assert [line for line in words(ax) if line.endswith("later")] == [f"about {n} years later" for n in (10, 3, 4)]


def test_the_timeline_table_says_what_the_picture_says() -> None:
    table = timeline_table(EVENTS[::-1], story=STORY)
    assert table.columns == ["date", "what happened", "known on 12 January 2022", "source", "how sure"]
    assert [row[2] for row in table.rows] == ["yes"] * 10 + ["no, later"]
    assert table.rows[-1][0] == "24 February 2022"
    assert len(timeline_table(EVENTS).columns) == 4


def test_bars_carry_their_names_and_values() -> None:
    ax = shares_plot(SHARES)
    assert_legible(ax)
    assert {"43 %", "Moscow", "12 %", "0 %"} <= set(words(ax))
    lengths = [bar.get_width() for bar in ax.patches]  # type: ignore[attr-defined]
    assert lengths[1] / lengths[0] == pytest.approx(0.115 / 0.43)
    assert [row[1] for row in shares_table(SHARES).rows] == ["43 %", "12 %", "0 %", "0 %"]


def test_nothing_but_zeros_can_be_drawn() -> None:
    assert_legible(shares_plot({"a": 0, "b": 0}))


@pytest.mark.parametrize("share", [-0.1, 1.1, 43, float("nan")])
def test_a_share_that_is_none_is_refused(share: float) -> None:
    with pytest.raises(CopydeskError, match="the share of 'Kallas' is"):
        shares_plot({"Kallas": share})


def test_nothing_to_draw_says_so() -> None:
    with pytest.raises(CopydeskError, match="no events to draw"):
        timeline_plot([])
    with pytest.raises(CopydeskError, match="no shares to draw"):
        shares_plot({})


def test_the_axes_given_are_the_axes_drawn_on() -> None:
    ax = new_axes(width=6, height=7)
    assert timeline_plot(EVENTS, ax=ax) is ax
    assert_legible(ax)
    other = new_axes(width=5, height=3)
    assert shares_plot(SHARES, ax=other) is other
    assert_legible(other)


def test_both_can_be_shown() -> None:
    figure = show(timeline_plot, EVENTS, alt="a", caption="c", table=timeline_table(EVENTS), story=STORY)
    assert figure.width == 800
    assert figure.png
    assert len(figure.png) < 200_000
