"""What a learner is told of the edition in use: its course, and when it is due."""

from __future__ import annotations

import datetime as dt

from copydesk.context.facts import say_day
from copydesk.edition import Edition
from copydesk.wording import load_wording


def edition_words(edition: Edition, now: dt.datetime | None = None) -> list[str]:
    """Course and due date, a sentence each; after the due date a kind word, and never a closed door.

    >>> edition_words(Edition("News 101", dt.date(2027, 3, 1)), dt.datetime(2027, 2, 1).astimezone())
    ['Course: News 101.', 'Due: 1 March 2027.']
    """
    say = load_wording("release")["desk"]
    told = [say["course"].format(course=edition.course)] if edition.course else []
    if edition.due:
        state = "over" if edition.is_over(now or dt.datetime.now().astimezone()) else "due"
        told.append(say[state].format(due=say_due(edition.due)))
    return told


def say_due(due: dt.date | dt.datetime) -> str:
    """The day, the time of day where there is one, and its zone where that is given.

    >>> say_due(dt.datetime(2027, 3, 1, 18, 30)), say_due(dt.datetime(2027, 3, 1, 18, 30, tzinfo=dt.UTC))
    ('1 March 2027, 18:30', '1 March 2027, 18:30 UTC')
    """
    return f"{say_day(due)}, {due:%H:%M %Z}".strip() if isinstance(due, dt.datetime) else say_day(due)
