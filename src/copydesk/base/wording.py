"""The kit's words: what a learner reads stands in `data/*.toml`, not in code.

Also how a day, a moment and a number are written, and what a language tag such as `he` or `pt-BR` tells.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Literal

from copydesk.base.errors import CopydeskError

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")


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


def percent(share: float | None, *, of: float = 1.0) -> str:
    """A share in whole percent; an en dash where there is nothing to take a share of.

    >>> percent(0.333), percent(1, of=3), percent(None), percent(0, of=0)
    ('33 %', '33 %', '–', '–')
    """
    return "–" if share is None or not of else f"{100 * share / of:.0f} %"


def decimal(value: float | None, *, places: int = 2) -> str:
    """A decimal with a real minus sign; an en dash where there is none.

    >>> decimal(-0.5), decimal(0.666), decimal(None)
    ('−0.50', '0.67', '–')
    """
    return "–" if value is None else f"{value:.{places}f}".replace("-", "−")


@lru_cache(maxsize=64)
def direction(language: str) -> Literal["ltr", "rtl"]:
    """Which way a text in a language runs, by its tag.

    >>> direction("he"), direction("ar-EG"), direction("az-Arab"), direction("pt-BR"), direction("uz-Latn")
    ('rtl', 'rtl', 'rtl', 'ltr', 'ltr')
    """
    data, parts = load_wording("right_to_left"), language.lower().split("-")
    script = next((part for part in parts[1:] if len(part) == 4 and part.isalpha()), "")
    by_name = not script and parts[0] in data["languages"]
    return "rtl" if by_name or script in data["scripts"] else "ltr"


def is_english(language: str) -> bool:
    """Whether a tag names English, which the kit's finder and word lists read.

    >>> is_english("en-GB"), is_english("enm"), is_english("de")
    (True, False, False)
    """
    return language.lower().partition("-")[0] == "en"


def runs_right_to_left(text: str) -> bool:
    """Whether a text holds letters that run from right to left.

    >>> runs_right_to_left("rain"), runs_right_to_left("גשם")
    (False, True)
    """
    return _RIGHT_TO_LEFT.search(text) is not None
