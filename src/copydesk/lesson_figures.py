"""Figures of the lessons: data of a story, through the plots, with alt text, caption and table."""

from __future__ import annotations

from copydesk.context.facts import by_id, say_day, story_facts
from copydesk.context.timeline import timeline
from copydesk.counts import words_by_voice
from copydesk.errors import CopydeskError
from copydesk.figures import Figure, Table, show
from copydesk.lessons import Lesson
from copydesk.plots import percent, shares_plot, shares_table, timeline_plot, timeline_table
from copydesk.sourcing import By, Counted, diversity, totals, without
from copydesk.stories import Story
from copydesk.wording import load_wording


def timeline_figure(lesson: Lesson, *, later: bool = False) -> Figure:
    """The events a story's lesson lists, up to the day of the story unless `later`."""
    story: Story = lesson.story
    facts = story_facts(story)
    own = story.lessons.get(lesson.id, {}).get("timeline", {})
    wanted = own.get("facts", ())
    if not wanted:
        raise CopydeskError(
            f"'{story.id}' has no timeline", "its folder needs context/facts.csv, and lessons.toml a list"
        )
    events = timeline([by_id(facts, f) for f in wanted], until=None if later else story.date, labels=own.get("labels"))
    first, last = events[0].day, events[-1].day
    caption = f"{len(events)} dated events, as {'known since' if later else 'known on ' + say_day(story.date)}."
    alt = f"Timeline of {len(events)} events from {say_day(first)} to {say_day(last)}; the table lists them."
    table = timeline_table(events, story=story.date)
    return show(timeline_plot, events, alt=alt, caption=caption, table=table, story=story.date)


def voices_figure(story: Story) -> Figure:
    """Whose words fill the story: the share of its words by speaker, and what nobody is named for."""
    counted = words_by_voice(story)
    total = sum(counted.values())
    shares = {name: n / total for name, n in counted.items()}
    first = next(iter(shares))
    caption = f"Of {total} words in the story, {percent(shares[first])} are attributed to {first}."
    alt = "Bar chart of shares of words: " + ", ".join(f"{n} {percent(v)}" for n, v in shares.items()) + "."
    return show(
        shares_plot, shares, alt=alt, caption=caption, table=shares_table(shares, name="voice", share="share of words")
    )


def sourcing_figure(items: tuple[Counted, ...], *, by: By = "attributions", dropped: str = "") -> Figure:
    """Shares by speaker, with the measures in the caption."""
    say = load_wording("strings")["sourcing"]
    amounts = totals(without(items, dropped), by=by)
    found = diversity(amounts)
    first = next(iter(found.shares))
    caption = say["caption"].format(
        first=first,
        amount=f"{amounts[first]:g}",
        total=f"{found.total:g}",
        unit=say[by],
    )
    alt = "Bar chart of shares: " + ", ".join(f"{n} {percent(v)}" for n, v in found.shares.items()) + "."
    rows = [[name, amounts[name], f"{share:.3f}", f"{share * share:.3f}"] for name, share in found.shares.items()]
    table = Table(["source", say[by], "share", "share squared"], rows)
    return show(shares_plot, found.shares, alt=alt, caption=caption, table=table)
