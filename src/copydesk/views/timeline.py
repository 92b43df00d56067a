"""The timeline of a story: dated events as a list, with the line where the story was written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from html import escape
from itertools import pairwise

from copydesk.base.documents import read_value
from copydesk.base.errors import CopydeskError
from copydesk.base.wording import load_wording, say_day
from copydesk.lessons.lesson import Lesson
from copydesk.page.html import Page, static_html
from copydesk.story.facts import Event, by_id, story_facts, timeline


def lesson_timeline(lesson: Lesson, *, later: bool = False) -> Page:
    """The events a story's lesson lists, up to the day of the story unless `later`."""
    story = lesson.story
    own = story.lessons.get(lesson.id, {}).get("timeline", {})
    where = f"{lesson.id}/timeline"
    wanted = read_value(tuple[str, ...], own.get("facts", ()), f"{where}: facts")
    labels = read_value(Mapping[str, str], own.get("labels", {}), f"{where}: labels")
    if not wanted:
        problem = f"'{story.id}' has no timeline"
        raise CopydeskError(problem, "its folder needs context/facts.csv, and lessons.toml a list")
    facts = [by_id(story_facts(story), fact) for fact in wanted]
    events = timeline(facts, until=None if later else story.date, labels=labels)
    say, known = load_wording("strings")["timeline"], "known_since" if later else "known_then"
    title = say[known].format(n=len(events), day=say_day(story.date))
    return Page(static_html(f"<p>{escape(title)}</p>{timeline_html(events, story=story.date)}"), title)


def timeline_html(events: Sequence[Event], *, story: dt.date) -> str:
    """Events from the earliest to the latest, each with its source; the day of the story has a line of its own.

    A filled dot stands for what could be known on the day of the story, a hollow one for what could not; the words
    say it too. Pauses of a year and more are named.
    """
    if not events:
        raise CopydeskError("no events to show", "ask for a later day or for more kinds")
    say = load_wording("strings")["timeline"]
    line = f'<li class="cd-today">{escape(say["story"].format(day=say_day(story)))}</li>'
    ordered = sorted(events, key=lambda event: event.day)
    rows, drawn = [_row(ordered[0], story)], False
    if ordered[0].day > story:
        rows, drawn = [line, *rows], True
    for before, event in pairwise(ordered):
        if years := round((event.day - before.day).days / 365.25):
            pause = say["pause"] if years == 1 else say["pauses"].format(n=years)
            rows.append(f'<li class="cd-pause">{escape(pause)}</li>')
        if event.day > story and not drawn:
            rows, drawn = [*rows, line], True
        rows.append(_row(event, story))
    return f'<ol class="cd-timeline">{"".join(rows if drawn else [*rows, line])}</ol>'


def _row(event: Event, story: dt.date) -> str:
    """One event: its date, what happened, whether it could be known, and where it can be checked."""
    say, known, fact = load_wording("strings")["timeline"], event.known_on(story), event.fact
    if known:
        note = ""
    elif event.day > story:
        note = say["later"]
    else:
        note = say["public_from"].format(day=say_day(fact.known_from)) if fact.known_from else say["undated"]
    credit = escape(fact.credit.replace(fact.source_url, "").strip(" ,"))
    if fact.source_url.startswith(("https://", "http://")):
        credit = f'<a href="{escape(fact.source_url)}" target="_blank" rel="noopener noreferrer">{credit}</a>'
    note = f" <em>({escape(note)})</em>" if note else ""
    return (
        f'<li class="{"cd-known" if known else "cd-unknown"}"><b>{escape(event.when)}</b> {escape(event.label)}{note} '
        f"<small>{credit}, {escape(fact.standing)}</small></li>"
    )
