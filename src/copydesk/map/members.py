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
    """ISO 3166-1 numeric code, as in the map layers."""
    code: str
    """ISO 3166-1 alpha-3 code."""
    name: str
    of: Organisation
    joined: dt.date
    left: dt.date | None = None
    """The last day; None while it lasts."""

    def on(self, day: dt.date) -> bool:
        """Whether it was a member on that day; the last day counts."""
        return self.joined <= day and (self.left is None or day <= self.left)


def members_on(day: dt.date, of: Organisation = "NATO") -> tuple[Member, ...]:
    """The members on that day, by name.

    >>> len(members_on(dt.date(2022, 1, 12))), len(members_on(dt.date(2022, 1, 12), "EU"))
    (30, 27)
    """
    return tuple(member for member in memberships(of) if member.on(day))


def memberships(of: Organisation = "NATO") -> tuple[Member, ...]:
    """Every membership there has been, by name; before November 1993 "EU" means the European Communities."""
    if of not in ORGANISATIONS:
        raise CopydeskError(f"no list of members for {of!r}", f"there are: {', '.join(ORGANISATIONS)}")
    return tuple(member for member in _table() if member.of == of)


def changes(of: Organisation | None = None, *, since: dt.date = dt.date.min) -> tuple[dt.date, ...]:
    """The days on which the list of members differs from the day before, of one organisation or of both.

    >>> [str(day) for day in changes("NATO", since=dt.date(2020, 1, 1))]
    ['2020-03-27', '2023-04-04', '2024-03-07']
    """
    listed = [m for each in ORGANISATIONS if of in (each, None) for m in memberships(each)]
    gone = (m.left + dt.timedelta(days=1) for m in listed if m.left)
    return tuple(sorted({day for day in (*(m.joined for m in listed), *gone) if day >= since}))


def moves(first: dt.date, last: dt.date, of: Organisation = "NATO") -> tuple[tuple[Member, ...], tuple[Member, ...]]:
    """Who is in on the last day but not on the first, and who was in on the first but not on the last.

    >>> joined, left = moves(dt.date(2022, 1, 12), dt.date(2024, 3, 8))
    >>> [member.name for member in joined], left
    (['Finland', 'Sweden'], ())
    """
    before, after = members_on(first, of), members_on(last, of)
    return tuple(m for m in after if m not in before), tuple(m for m in before if m not in after)


def membership(place: str, day: dt.date, of: Organisation = "NATO") -> Member | None:
    """The membership a place has on that day, by its own right or through the state it follows; None if it has none.

    >>> membership("248", dt.date(2024, 1, 1)).name  # Åland follows Finland
    'Finland'
    """
    followed = place_notes().get(place, {}).get(of.lower(), place)
    return next((member for member in members_on(day, of) if member.id == followed), None)


def id_of(layer_name: str) -> str:
    """The kit's id for a feature to which a map layer gives none.

    >>> id_of("N. Cyprus")
    'northern-cyprus'
    """
    return next((i for i, note in place_notes().items() if note.get("layer_name") == layer_name), layer_name)


def name_of(place: str, otherwise: str = "") -> str:
    """The name people are shown.

    >>> name_of("792"), name_of("kosovo")
    ('Türkiye', 'Kosovo (status disputed)')
    """
    listed = {member.id: member.name for member in _table()}
    return str(place_notes().get(place, {}).get("name") or listed.get(place) or otherwise or place)


@cache
def place_notes() -> Mapping[str, Mapping[str, Any]]:
    """What the kit knows of places that are no member state, by id: names, and the state each follows."""
    return tomllib.loads((DATA / "places.toml").read_text(encoding="utf-8"))


@cache
def _table() -> tuple[Member, ...]:
    rows = csv.DictReader((DATA / "members.csv").read_text(encoding="utf-8").splitlines())
    found = [_member(row, of) for row in rows for of in ORGANISATIONS if row[f"{of.lower()}_accession"]]
    return tuple(sorted(found, key=lambda member: member.name))


def _member(row: Mapping[str, str], of: Organisation) -> Member:
    left = row.get(f"{of.lower()}_exit")
    return Member(
        id=row["iso_n3"],
        code=row["iso_a3"],
        name=row["name"],
        of=of,
        joined=dt.date.fromisoformat(row[f"{of.lower()}_accession"]),
        left=dt.date.fromisoformat(left) if left else None,
    )
