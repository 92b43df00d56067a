"""The map as lessons show it: picture, caption and table for any day."""

from __future__ import annotations

import datetime as dt

from copydesk.context.facts import say_day
from copydesk.context.geography import story_geography
from copydesk.context.map_words import MapState, border_words, map_notes, state_words
from copydesk.context.members import Organisation
from copydesk.errors import CopydeskError
from copydesk.figures import Figure, Table, show
from copydesk.map_plot import membership_plot
from copydesk.stories import Story
from copydesk.wording import load_wording


def map_figure(story: Story, day: dt.date | None = None, *, of: Organisation = "NATO", view: str = "") -> Figure:
    """The story's map on a day, by default its own: who is a member, and what the story's states border by land.

    Raises CopydeskError for a story without a map and for a day before modern borders.
    """
    geography = story_geography(story)
    if geography is None:
        raise CopydeskError(f"'{story.id}' has no map", "its folder needs context/map.toml")
    state = MapState(geography, day or story.date, of, view)
    return show(membership_plot, state, alt=map_alt(state), caption=map_caption(state), table=map_table(state))


def words_figure(state: MapState) -> Figure:
    """The same figure without its picture."""
    return Figure(alt=map_alt(state), caption=map_caption(state), table=map_table(state))


def map_alt(state: MapState) -> str:
    """What the picture shows, for a reader who does not see it."""
    say = load_wording("strings")["map"]
    return str(say["alt"].format(view=state.view.name, title=state.title, words=" ".join(border_words(state))))


def map_caption(state: MapState) -> str:
    """What the picture says, and what must stand under it: source, point of view, what is not drawn."""
    return " ".join([state_words(state)[0], *map_notes(state)])


def map_table(state: MapState) -> Table:
    """The land neighbours of the story's states: member or not, since when, and how long the border is."""
    say = load_wording("strings")["map"]
    member = say["member_of"].format(of=state.of, date=say_day(state.day))
    rows = [
        [
            s.name,
            say["yes" if s.member_since else "no"],
            say_day(s.member_since) if s.member_since else "–",
            round(s.km),
        ]
        for s in state.border.stretches
    ]
    return Table([say["neighbour"], member, say["since"], say["border"]], rows)
