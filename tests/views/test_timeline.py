"""The timeline: events in order with their sources, and what could be known on the day of the story."""

import datetime as dt
import re
from dataclasses import replace
from html import escape
from pathlib import Path

import pytest

from copydesk.base.errors import CopydeskError
from copydesk.lessons.lesson import load_lesson
from copydesk.story.facts import Event, Fact, by_id, read_facts, timeline
from copydesk.views.timeline import lesson_timeline, timeline_html

FACTS = read_facts(Path(__file__).parents[2] / "seeds/baltics-2022/context/facts.csv")
NAMES = (
    *("draft-treaties", "nrc-brussels", "ssd-geneva", "efp-operational", "crimea-treaty", "nato-estonia"),
    *("eu-estonia", "unga-68-262", "kremlin-position", "buildup-us-dec", "invasion"),
)
EVENTS = timeline(by_id(FACTS, name) for name in NAMES)
STORY = dt.date(2022, 1, 12)


def event(label: str, day: dt.date = STORY, known_from: dt.date | None = STORY) -> Event:
    fact = Fact(
        id="a", date=day, known_from=known_from, kind="war", statement=label, source_class="news", confidence="verified"
    )
    return Event(day, label, fact)


def rows(html: str) -> list[tuple[str, str]]:
    """The kind and the words of each row."""
    found = re.findall(r'<li class="cd-(\w+)">(.*?)</li>', html)
    return [(kind, re.sub(r"<[^>]+>", "", words)) for kind, words in found]


def test_events_stand_in_order_and_long_pauses_are_named() -> None:
    shown = rows(timeline_html(EVENTS[::-1], story=STORY))
    assert shown[0][1].startswith("29 March 2004")
    assert [words for kind, words in shown if kind == "pause"] == [f"about {n} years later" for n in (10, 3, 4)]
    assert [kind for kind, _ in shown if "known" in kind] == ["known"] * 10 + ["unknown"]


@pytest.mark.parametrize(("story", "place"), [(STORY, -2), (dt.date(2000, 1, 1), 0), (dt.date(2030, 1, 1), -1)])
def test_the_story_has_its_line(story: dt.date, place: int) -> None:
    shown = rows(timeline_html(EVENTS, story=story))
    assert [kind for kind, _ in shown].count("today") == 1
    assert shown[place][0] == "today" and str(story.year) in shown[place][1]


def test_what_was_not_public_yet_says_so() -> None:
    secret = event("Met", dt.date(2022, 1, 1), dt.date(2022, 2, 1))
    undated = replace(secret, fact=replace(secret.fact, known_from=None))
    (_, first), (_, second), _ = rows(timeline_html([secret, undated], story=STORY))
    assert "Met (public only from 1 February 2022)" in first
    assert "Met (when it became public is not known)" in second
    assert "had not happened yet" in rows(timeline_html([event("War", dt.date(2022, 2, 24))], story=STORY))[-1][1]


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", 'a" onclick="x', "&amp;"])
def test_every_string_is_escaped_and_only_web_addresses_are_links(hostile: str) -> None:
    fact = replace(event(hostile).fact, source_title=hostile, source_url="javascript:alert(1)")
    html = timeline_html([Event(STORY, hostile, fact)], story=STORY)
    assert escape(hostile) in html and "<script" not in html and "<a " not in html
    linked = replace(fact, source_url="https://example.org/?a=1&b=2")
    assert 'href="https://example.org/?a=1&amp;b=2"' in timeline_html([Event(STORY, "x", linked)], story=STORY)


def test_nothing_to_show_says_so() -> None:
    with pytest.raises(CopydeskError, match="no events to show"):
        timeline_html([], story=STORY)


def test_a_lesson_has_its_events_and_later_ones_only_when_asked() -> None:
    lesson = load_lesson("07_what_was_going_on")
    then, since = lesson_timeline(lesson), lesson_timeline(lesson, later=True)
    assert "12 January 2022" in repr(then) and "had not happened yet" not in then.html
    assert len(rows(since.html)) > len(rows(then.html)) and "had not happened yet" in since.html
    assert len(timeline(FACTS)) == len(
        [k for k, _ in rows(timeline_html(timeline(FACTS), story=STORY)) if "known" in k]
    )
