"""One lesson of the class report: exercise by exercise, the hardest items first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from copydesk.classroom.course import Unit
from copydesk.classroom.inert import line
from copydesk.classroom.page_parts import kit, points, soft, table
from copydesk.classroom.report_heat import heat_html
from copydesk.classroom.report_items import Item
from copydesk.classroom.report_parts import heading, percent, range_bar, shares_bar, split_bar
from copydesk.classroom.report_rows import Row, SplitRow, rows, splits
from copydesk.classroom.tally import FEWEST, Exercised, Studied
from copydesk.lessons import Exercise
from copydesk.wording import load_wording

MOST_INSTEAD = 3
"""How many other answers are listed for an item."""


def lesson_html(unit: Unit, studied: Studied) -> str:
    """The section of one lesson."""
    say = load_wording("report")["lesson"]
    facts = say["facts"].format(begun=studied.begun, finished=studied.finished)
    done = (
        _exercise(unit, e, studied.exercises.get(n, Exercised()))
        for n, e in enumerate(unit.lesson.exercises)
        if not e.get("forms")
    )
    return f"<section>{heading(anchor(unit), title(unit))}<p>{kit(facts)}</p>{''.join(done)}</section>"


def title(unit: Unit) -> str:
    """A lesson as its number and its title."""
    return f"{unit.lesson.id.partition('_')[0]} {unit.lesson.title}"


def anchor(unit: Unit, exercise: Exercise | None = None) -> str:
    """Where a lesson, or one of its exercises, stands on the page."""
    return kit("-".join((*unit.id, *([exercise.id] if exercise else []))))


def link(unit: Unit, exercise: Exercise) -> str:
    """A way to an exercise, by the number of its lesson and its title."""
    return f'<a href="#{anchor(unit, exercise)}">{kit(unit.lesson.id[:2])} {kit(exercise.title)}</a>'


def _exercise(unit: Unit, exercise: Exercise, done: Exercised) -> str:
    say = load_wording("report")
    facts = f'<span class="pts soft">{_facts(unit, exercise, done)}</span>'
    head = f'<h3 id="{anchor(unit, exercise)}"><span>{kit(exercise.title)}</span>{facts}</h3>'
    if done.learners < FEWEST:
        small = say["page"]["small"].format(fewest=FEWEST) if done.learners else say["lesson"]["nobody"]
        return f'<section class="ex blank">{head}{soft(small)}</section>'
    if exercise.type == "write" and not exercise.points:
        return f'<section class="ex blank">{head}</section>'
    hard, split = rows(unit, exercise, done), splits(unit, exercise, done)
    body = f"{_hard(exercise, hard, done)}{_split(split, done)}"
    marks = heat_html(unit, exercise, done) if exercise.type == "mark" else ""
    return f"<section class=ex>{head}{body}{marks}</section>"


def _facts(unit: Unit, exercise: Exercise, done: Exercised) -> str:
    """How many did it, and with what mean: in points, and of the first try where there are several."""
    say, worth = load_wording("report")["lesson"], unit.worth[exercise.id]
    told = [say["did"].format(n=done.learners)]
    if done.learners >= FEWEST and worth:
        told.append(say["points"].format(mean=points(worth * done.mean), of=points(worth)))
        if exercise.tries > 1:
            told.append(say["first"].format(first=points(worth * done.first_mean)))
    return kit(", ".join(told if worth else [*told, say["practice"]]))


def _hard(exercise: Exercise, hard: Sequence[Row], done: Exercised) -> str:
    """Items with points as a table."""
    if not hard:
        return ""
    say = load_wording("report")["lesson"]
    kind = "form_only" if exercise.type == "write" else "optional" if exercise.get("need") else "hardest_first"
    caption = say[kind].format(n=done.learners, need=exercise.get("need"))
    full = say["done" if exercise.type == "write" else "found" if exercise.get("need") else "full"]
    partly, tried = any(row.part for row in hard), exercise.tries > 1
    heads = [say["item"], say["split"], full, *([say["part"]] if partly else []), say["none"]]
    heads += [*([say["mean_column"]] if partly else []), *([say["first_column"]] if tried else [])]
    numbers = range(2, len(heads))
    instead = any(row.instead for row in hard)
    heads += [say["instead"]] if instead else []
    cells = (
        [
            item_html(row.item),
            split_bar(row.full, row.part, row.none),
            percent(row.full, row.n),
            *([percent(row.part, row.n)] if partly else []),
            percent(row.none, row.n),
            *([percent(row.mean, 1)] if partly else []),
            *([percent(row.first, row.n)] if tried else []),
            *([instead_html(row)] if instead else []),
        ]
        for row in hard
    )
    return table(heads, cells, numbers=numbers, caption=caption)


def _split(split: Iterable[SplitRow], done: Exercised) -> str:
    """Items without right or wrong as a table."""
    say = load_wording("report")["lesson"]
    cells = [(item_html(row.item), bar_html(row), shares_html(row)) for row in split]
    caption = say["practice_items"].format(n=done.learners)
    return table((say["item"], say["split"], say["answers"]), cells, caption=caption) if cells else ""


def item_html(item: Item) -> str:
    """An item by its place and its words, with the key's reason below."""
    say = load_wording("report")["lesson"]
    why = f"<span class=also>{kit(say['why'])} {kit(line(item.why, most=300))}</span>" if item.why else ""
    words = f": {kit(line(item.words, most=150))}" if item.words else ""
    return f"<b>{kit(item.place)}</b>{words}{why}"


def instead_html(row: Row, *, most: int = MOST_INSTEAD) -> str:
    """The most frequent other answers, each with its share."""
    return _shares(row.instead[:most], row.n)


def shares_html(row: SplitRow) -> str:
    """All answers with their shares; of numbers, where the middle half lies."""
    if row.numbers:
        low, middle, high = (f"{number:.4g}" for number in row.numbers[1:4])
        return kit(load_wording("report")["lesson"]["middle"].format(low=low, middle=middle, high=high))
    return _shares(row.shares, row.n)


def bar_html(row: SplitRow) -> str:
    """The answers as a bar; numbers as a range."""
    return range_bar(*row.numbers) if row.numbers else shares_bar([n for _, n in row.shares])


def _shares(said: Iterable[tuple[str, int]], of: int) -> str:
    listed = "".join(f"<li><span class=n>{percent(n, of)}</span><span>{kit(words)}</span>" for words, n in said)
    return f"<ul class=said>{listed}</ul>" if listed else ""
