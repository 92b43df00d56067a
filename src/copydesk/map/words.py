"""The map in words, for any day: who is in, which land neighbours are not, what the picture leaves out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from copydesk.base.numbers import decimal
from copydesk.base.wording import load_wording, say_day
from copydesk.map.geography import (
    ORGANISATIONS,
    SCALES,
    Geography,
    Organisation,
    View,
    checked_on,
    followed,
    members_on,
    membership,
    memberships,
)

COMMUNITIES_END = dt.date(1993, 11, 1)
"""The Treaty on European Union came into force; before it there were the European Communities."""


def map_state(geography: Geography, day: dt.date, of: Organisation = "NATO") -> dict[str, Any]:
    """All that changes on the map with the day and the organisation: the members by id, and the words."""
    g, say, date = geography, load_wording("strings")["map"], say_day(day)
    return {
        "of": of,
        "title": say["title"].format(of=of, date=date),
        "date": say["day_of_story"].format(date=date) if day == g.story else date,
        "news": news(g, day, of),
        "inside": [place for place in g.places if membership(place, day, of)],
        "out": say["place_out"].format(the=say["the"][of], date=date),
        "outside": [outside(view, day, of) for view in g.views],
        "words": sentences(g, day, of),
        "table": table(g, day, of),
    }


def news(geography: Geography, day: dt.date, of: Organisation) -> str:
    """How many members there are on a day, and who joined or left since the named day before."""
    say, now = load_wording("strings")["map"], members_on(day, of)
    told = [say["count"].format(date=say_day(day), the=say["the"][of], n=len(now))]
    if before := max((d for d in geography.days if d < day), default=None):
        then = members_on(before, of)
        joined = [m.name for m in now if m not in then]
        left = [say["last_day"].format(name=m.name, date=say_day(m.left or day)) for m in then if m not in now]
        moved = {"joined": joined, "left": left} if joined or left else {"same": ["–"]}
        told += [say[key].format(before=say_day(before), names=names(who)) for key, who in moved.items() if who]
    return " ".join(told)


def sentences(geography: Geography, day: dt.date, of: Organisation = "NATO") -> list[str]:
    """The states of the story, their land neighbours, the share of the border, the coast, all members.

    >>> from copydesk.map.geography import story_geography
    >>> from copydesk.story.story import load_story
    >>> sentences(story_geography(load_story("baltics-2022")), dt.date(2022, 1, 12))[1]
    'Land neighbours of the three Baltic states that are members: Poland.'
    """
    say, g, places, borders = load_wording("strings")["map"], geography, geography.places, geography.borders

    def among(asked: Iterable[str], *, members: bool = True) -> list[str]:
        return [places[place] for place in asked if bool(membership(place, day, of)) == members]

    said = [
        say["group_in"].format(group=g.group, names=names(among(g.states))),
        say["neighbours_in"].format(group=g.group, names=names(among(borders))),
        say["neighbours_out"].format(group=g.group, names=names(among(borders, members=False))),
        share(g, day, of),
    ]
    if g.coast:
        on = sorted(among(g.coast))
        said.append(say["coast"].format(name=g.sea, n=len(on), of=len(g.coast), names=names(on)))
    said.append(say["all"].format(names=names(member.name for member in members_on(day, of))))
    return [*said, say["european_communities"]] if of == "EU" and day < COMMUNITIES_END else said


def share(geography: Geography, day: dt.date, of: Organisation) -> str:
    """How much of the outer land border is with members, at each scale."""
    say, g = load_wording("strings")["map"], geography
    (km, whole), *_ = g.touching(day, of)
    if not whole:
        return str(say["no_border"].format(group=g.group))
    finest, *coarser = (f"{decimal(100 * share, places=1)} %" for share in g.shares(day, of))
    scale, *scales = SCALES.values()
    others = names(say["at_scale"].format(share=s, scale=at) for s, at in zip(coarser, scales, strict=True))
    about = {"group": g.group, "km": f"{km:,.0f}", "of_km": f"{whole:,.0f}"}
    return str(say["share"].format(share=finest, scale=scale, others=others, **about))


def outside(view: View, day: dt.date, of: Organisation) -> str:
    """The members that a picture does not show; an empty string if it shows all."""
    hidden = [member.name for member in members_on(day, of) if member.id not in view.places]
    return load_wording("strings")["map"]["outside"].format(names=names(hidden)) if hidden else ""


def table(geography: Geography, day: dt.date, of: Organisation = "NATO") -> list[list[str]]:
    """The headings, then the land neighbours of the states: members since when, and how long the border is."""
    say, rows = load_wording("strings")["map"], []
    for place, km in geography.borders.items():
        found = membership(place, day, of)
        since = say_day(found.joined) if found else say["key_other"]
        rows.append([geography.places[place], since, *(f"{length:.0f}" for length in km)])
    return [
        [say["neighbour"], say["since"].format(of=of), *(say["km"].format(scale=s) for s in SCALES.values())],
        *rows,
    ]


def notes(view: View) -> str:
    """What must stand under a picture: source, point of view, places of special standing, what is not drawn."""
    say = load_wording("strings")["map"]
    special = [text for place, text in say["places"].items() if place in view.places]
    told = [say["source"], say["stand"], *special, view.note, say["checked"].format(date=say_day(checked_on()))]
    return " ".join(filter(None, told))


def since(places: Iterable[str]) -> dict[str, dict[str, str]]:
    """By organisation and place, what is said of the place while it is a member, also with the state it follows.

    >>> since(["246", "248", "643"])["NATO"]
    {'246': 'member of NATO since 4 April 2023.', '248': 'with Finland: member of NATO since 4 April 2023.'}
    """
    say, asked = load_wording("strings")["map"], [*places]
    told: dict[str, dict[str, str]] = {}
    for of in ORGANISATIONS:
        listed, told[of] = {member.id: member for member in memberships(of)}, {}
        for place in asked:
            if found := listed.get(followed(place, of)):
                words = say["place_in"].format(the=say["the"][of], date=say_day(found.joined))
                told[of][place] = words if found.id == place else f"{say['place_with'].format(name=found.name)} {words}"
    return told


def names(of: Iterable[str]) -> str:
    """Names as a reader says them.

    >>> names(["Estonia", "Latvia", "Lithuania"]), names([])
    ('Estonia, Latvia and Lithuania', 'none')
    """
    *most, last = [*of] or [load_wording("strings")["map"]["nobody"]]
    return f"{', '.join(most)} and {last}" if most else last
