"""Figures of the lessons: data of a story, through the plots, with alt text, caption and table."""

from __future__ import annotations

from collections.abc import Mapping

from copydesk.agreement import per_item_split
from copydesk.context.facts import by_id, say_day, story_facts
from copydesk.context.timeline import timeline
from copydesk.counts import words_by_voice
from copydesk.errors import CopydeskError
from copydesk.figures import Figure, Table, show
from copydesk.frame_scales import scales
from copydesk.lessons import Lesson
from copydesk.plots import percent, scales_plot, shares_plot, shares_table, splits_plot, timeline_plot, timeline_table
from copydesk.sourcing import By, Counted, diversity, totals, without
from copydesk.spans import Span
from copydesk.stories import Story
from copydesk.votes import ClassVotes, agreement, class_votes
from copydesk.wording import choice_labels, load_wording


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


def scales_figure(story: Story, values: Mapping[str, str]) -> Figure:
    """The five generic frames: what the key allows, and the learner's own means."""
    say = load_wording("strings")["frames"]
    if story.key is None:
        raise CopydeskError(say["no_key"])
    found = scales(story.key, values)
    you = {s.name: f", you {s.yours:.2f}" for s in found if s.yours is not None}
    shown = [f"{s.name} {s.low:g} to {s.high:g}{you.get(s.name, '')}" for s in found]
    mine = [s for s in found if s.yours is not None]
    inside = sum(s.low <= s.yours <= s.high for s in mine if s.yours is not None)
    rows = [[s.name, s.low, s.high, "" if s.yours is None else round(s.yours, 2)] for s in found]
    caption = say["caption"].format(inside=inside, of=len(mine)) if mine else say["none"]
    alt = f"{say['alt']} {'; '.join(shown)}."
    return show(scales_plot, found, alt=alt, caption=caption, table=Table(say["columns"], rows))


def split_figure(lesson: Lesson, exercise_id: str, yours: Mapping[str, str]) -> Figure:
    """How a class voted, item by item, with percent agreement and alpha in the caption."""
    say, votes = load_wording("strings")["agreement"], class_votes(lesson, exercise_id)
    exercise = lesson.exercise(exercise_id)
    names = choice_labels(exercise.get("choices"))
    page = lesson.story.article.text
    text = {i["id"]: f"{i['where']}: {Span(*i['span']).of(page)}" for i in exercise.get("items")}
    splits = per_item_split(votes.table)
    rows = [
        (text[i], {names[v]: s.shares.get(v, 0.0) for v in names}, names.get(yours.get(i, ""), ""))
        for i, s in splits.items()
    ]
    cells = [[text[i], *(votes.table[i].get(v, 0) for v in names), names.get(yours.get(i, ""), "")] for i in splits]
    table = Table([say["item"], *names.values(), say["yours"]], cells)
    first = next(iter(names.values()))
    alt = f"{say['alt']} " + "; ".join(f"{item}: {first} {percent(shares[first])}" for item, shares, _ in rows)
    return show(splits_plot, rows, alt=alt, caption=agreement_words(votes), table=table)


def agreement_words(votes: ClassVotes) -> str:
    """Who voted, and how far they agree, in sentences."""
    say = load_wording("strings")["agreement"]
    who = say["made_up" if votes.made_up else "real"].format(n=votes.learners)
    how = agreement(votes)
    agreed = say["percent"].format(percent=round(100 * (how.percent or 0)))
    if how.alpha is None or how.low is None:
        return f"{who} {agreed} {say['no_alpha']}"
    found = say["alpha"].format(alpha=f"{how.alpha:.2f}", low=f"{how.low:.2f}", high=f"{how.high:.2f}")
    rest = say["unreadable"].format(n=votes.unreadable) if votes.unreadable else ""
    return f"{who} {agreed} {found} {rest}".strip()


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
