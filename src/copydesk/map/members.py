"""Who was a member of NATO or the European Union on which day, and which place follows which state."""

from __future__ import annotations

import csv
import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from copydesk.base.errors import CopydeskError

Organisation = Literal["NATO", "EU"]
ORGANISATIONS: tuple[Organisation, ...] = ("NATO", "EU")
DATA = files("copydesk") / "map" / "data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One state's membership of one organisation."""

    id: str
    """ISO 3166-1 numeric code, as on the map."""
    name: str
    joined: dt.date
    left: dt.date | None = None
    """The last day; None while it lasts."""

    def on(self, day: dt.date) -> bool:
        """Whether it was a member on that day; the last day counts."""
        return self.joined <= day and (self.left is None or day <= self.left)


@cache
def memberships(of: Organisation = "NATO") -> tuple[Member, ...]:
    """Every membership there has been, by name; before November 1993 "EU" means the European Communities."""
    if of not in ORGANISATIONS:
        raise CopydeskError(f"no list of members for {of!r}", f"there are: {', '.join(ORGANISATIONS)}")
    found = []
    for row in csv.DictReader((DATA / "members.csv").read_text(encoding="utf-8").splitlines()):
        if joined := row[f"{of.lower()}_accession"]:
            left = row.get(f"{of.lower()}_exit")
            last = dt.date.fromisoformat(left) if left else None
            found.append(Member(id=row["iso_n3"], name=row["name"], joined=dt.date.fromisoformat(joined), left=last))
    return tuple(sorted(found, key=lambda member: member.name))


def members_on(day: dt.date, of: Organisation = "NATO") -> tuple[Member, ...]:
    """The members on that day, by name.

    >>> len(members_on(dt.date(2022, 1, 12))), len(members_on(dt.date(2022, 1, 12), "EU"))
    (30, 27)
    """
    return tuple(member for member in memberships(of) if member.on(day))


def membership(place: str, day: dt.date, of: Organisation = "NATO") -> Member | None:
    """The membership a place has on that day, by its own right or through the state it follows; None if it has none.

    >>> membership("248", dt.date(2024, 1, 1)).name  # Åland follows Finland
    'Finland'
    """
    return next((member for member in members_on(day, of) if member.id == followed(place, of)), None)


def followed(place: str, of: Organisation) -> str:
    """The state whose membership is also that of a place; most places follow none but themselves."""
    return str(place_notes().get(place, {}).get(of.lower(), place))


def changes(*, since: dt.date) -> tuple[dt.date, ...]:
    """The days from `since` on which one of the lists of members differs from the day before.

    >>> [str(day) for day in changes(since=dt.date(2020, 2, 2))]
    ['2020-03-27', '2023-04-04', '2024-03-07']
    """
    listed = [member for of in ORGANISATIONS for member in memberships(of)]
    gone = {m.left + dt.timedelta(days=1) for m in listed if m.left}
    return tuple(sorted(day for day in {m.joined for m in listed} | gone if day >= since))


def place_notes() -> Mapping[str, Mapping[str, Any]]:
    """What the kit knows of places that are no member state, by id: names, and the state each follows."""
    places: Mapping[str, Mapping[str, Any]] = _about()["place"]
    return places


def checked_on() -> dt.date:
    """The day up to which the lists of members were checked."""
    day: dt.date = _about()["members_checked"]
    return day


@cache
def _about() -> Mapping[str, Any]:
    return tomllib.loads((DATA / "places.toml").read_text(encoding="utf-8"))
