"""A group of states on the map: its land border, how much of it is with members, and what a later day changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from copydesk.context.borders import length, neighbours
from copydesk.context.members import Organisation, membership
from copydesk.context.topojson import Layer


@dataclass(frozen=True, slots=True)
class Stretch:
    """The land border of a group with one neighbour."""

    id: str
    name: str
    km: float
    member_since: dt.date | None
    """When the neighbour joined; None if it is no member on the day asked for."""


@dataclass(frozen=True, slots=True)
class OuterBorder:
    """The land border of a group of states to the outside, neighbour by neighbour, on one day."""

    stretches: tuple[Stretch, ...]

    @property
    def members(self) -> tuple[Stretch, ...]:
        """The stretches with members."""
        return tuple(s for s in self.stretches if s.member_since)

    @property
    def others(self) -> tuple[Stretch, ...]:
        """The stretches with states that are no members."""
        return tuple(s for s in self.stretches if not s.member_since)

    @property
    def km(self) -> float:
        """Its whole length, in km."""
        return sum(s.km for s in self.stretches)

    @property
    def member_km(self) -> float:
        """How much of it is with members, in km."""
        return sum(s.km for s in self.members)

    @property
    def share(self) -> float:
        """The part that is with members, from 0 to 1; 0 for a group without land neighbours."""
        return self.member_km / self.km if self.stretches else 0.0


def outer_border(layer: Layer, group: Collection[str], day: dt.date, of: Organisation = "NATO") -> OuterBorder:
    """The land border of a group of features to the outside, split by who is a member on that day.

    >>> from copydesk.context.topojson import load_layer
    >>> baltic = outer_border(load_layer("baltic_10m"), ("233", "428", "440"), dt.date(2022, 1, 12))
    >>> f"{baltic.member_km:.0f} of {baltic.km:.0f} km, {baltic.share:.1%}", [s.name for s in baltic.members]
    ('88 of 1400 km, 6.3%', ['Poland'])
    """
    found = (
        Stretch(other, layer.feature(other).name, sum(map(length, lines)), _since(other, day, of))
        for other, lines in neighbours(layer, group).items()
    )
    return OuterBorder(tuple(sorted(found, key=lambda stretch: -stretch.km)))


def neighbours_changed(
    layer: Layer, group: Collection[str], first: dt.date, last: dt.date, of: Organisation = "NATO"
) -> tuple[str, ...]:
    """The land neighbours of a group that were members on only one of two days, by name.

    While there are none, the share of `outer_border` cannot change.

    >>> from copydesk.context.topojson import load_layer
    >>> europe, days = load_layer("europe_50m"), (dt.date(2022, 1, 12), dt.date(2024, 3, 8))
    >>> neighbours_changed(europe, ("233", "428", "440"), *days), neighbours_changed(europe, ["643"], *days)
    ((), ('Finland',))
    """
    before, after = (outer_border(layer, group, day, of).stretches for day in (first, last))
    return tuple(one.name for one, two in zip(before, after, strict=True) if one.member_since != two.member_since)


def _since(place: str, day: dt.date, of: Organisation) -> dt.date | None:
    found = membership(place, day, of)
    return found.joined if found else None
