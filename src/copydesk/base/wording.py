"""The kit's words: what a learner reads stands in `data/*.toml`, not in code."""

from __future__ import annotations

import datetime as dt
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from copydesk.base.errors import CopydeskError

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


@cache
def load_wording(name: str, *, package: str = "copydesk") -> dict[str, Any]:
    """One file of a package's `data` folder: `strings` (the interface), `devices`, `choices` and others.

    >>> load_wording("choices")["form"]["direct"]
    'direct quotation'
    """
    return tomllib.loads((files(package) / "data" / f"{name}.toml").read_text(encoding="utf-8"))


def choice_labels(name: str) -> dict[str, str]:
    """The values of a closed set with the words a learner sees.

    >>> list(choice_labels("voice"))
    ['reporter', 'attributed', 'mixed']
    """
    if name == "device":
        return {value: f"{d['name']}: {d['say']}" for value, d in load_wording("devices").items()}
    if name not in (sets := load_wording("choices")):
        raise CopydeskError(f"there are no choices named '{name}'", f"there are: {', '.join(sets)}")
    return dict(sets[name])


def say_day(day: dt.date) -> str:
    """A day as a reader says it, the same under every locale.

    >>> say_day(dt.date(2022, 1, 12))
    '12 January 2022'
    """
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def say_moment(stamp: str | None) -> str:
    """A stored moment as this machine's clock showed it; what is no moment stays as it is.

    >>> say_moment("soon"), say_moment(None)
    ('soon', '')
    """
    try:
        when = dt.datetime.fromisoformat(stamp or "").astimezone()
    except (ValueError, OverflowError, OSError):
        return stamp or ""
    return f"{when.day}\u00a0{MONTHS[when.month - 1][:3]}\u00a0{when.year}, {when:%H:%M}"
