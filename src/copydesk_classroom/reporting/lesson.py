"""Where a class marked: the words of the page, shaded and underlined by how many marked them, with the number.

One lesson of the class report: exercise by exercise, the hardest items first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import accumulate, groupby

from copydesk.base.spans import Span
from copydesk.base.wording import load_wording
from copydesk.exercises.exercise import Exercise, place
from copydesk_classroom.course import Unit
from copydesk_classroom.pages import (
    escape_own,
    heading,
    muted,
    percent,
    points,
    range_bar,
    shares_bar,
    split_bar,
    table,
)
from copydesk_classroom.reporting.contributions import Ground, ground
from copydesk_classroom.reporting.rows import Item, Row, SplitRow, rows, splits
from copydesk_classroom.reporting.tally import FEWEST, Exercised, Studied
from copydesk_classroom.safe_text import one_line
from copydesk_classroom.wording import class_wording

STEPS = (0.1, 0.25, 0.5, 0.75)
"""From which share on words have the first, second, third and last shade."""
MOST_LOOSE = 6


def heat_html(unit: Unit, exercise: Exercise, done: Exercised) -> str:
    """A map for each role, and the marks that meet nothing in the key."""
    maps = "".join(_map(unit, exercise, done, role) for role in exercise.mark_roles())
    return f"<div class=heat>{_legend()}{maps}{muted(unit.lesson.story.rights)}</div>{_loose(unit, exercise, done)}"


def shares(edges: Counter[int], words: int, learners: int) -> list[float]:
    """The share of learners who marked each word, from where marks begin and end.

    >>> shares(Counter({1: 2, 2: -1, 3: -1}), 4, 2)
    [0.0, 1.0, 0.5, 0.0]
    """
    return [n / learners for n in accumulate(edges[word] for word in range(words))]


def _map(unit: Unit, exercise: Exercise, done: Exercised, role: str) -> str:
    say, roles = class_wording("report")["heat"], load_wording("strings")["roles"]
    under = ground(unit, exercise)
    found = shares(done.heat.get(role, Counter()), len(under.starts), done.learners)
    keyed = _keyed(unit, exercise, under, role)
    lang, shown = escape(unit.lesson.story.about["language"]), []
    for name, block in unit.blocks(exercise).items():
        first, last = under.range_of(block.start, block.end)
        if any(found[w] >= STEPS[0] or w in keyed for w in range(first, last)):
            words = "".join(_words(unit.text, under, found, keyed, block.span))
            shown.append(f'<p class=cd-block lang="{lang}"><span class=cd-blockname>{escape(name)}</span> {words}</p>')
    title = say["caption"].format(role=roles[role], n=done.learners)
    empty = "" if any(share >= STEPS[0] for share in found) else muted(say["none"])
    return f"<section><h4>{escape_own(title)}</h4>{empty}{''.join(shown)}</section>"


def _keyed(unit: Unit, exercise: Exercise, under: Ground, role: str) -> set[int]:
    """The words the key itself marks with this role."""
    spans = [span for marked, span in exercise.key_marks(unit.key) if marked == role]
    return {word for s in spans for word in range(*under.range_of(s.start, s.end))}


def _words(text: str, under: Ground, found: list[float], keyed: set[int], span: Span) -> Iterator[str]:
    """Words of one shade run together; a number says how many marked them, bold that the key does."""
    at = span.start
    within = range(*under.range_of(span.start, span.end))
    for level, run in groupby(within, key=lambda word: sum(found[word] >= step for step in STEPS)):
        listed = [*run]
        yield escape(text[at : under.starts[listed[0]]], quote=False)
        at = under.ends[listed[-1]]
        bold = "".join(_bold(text, under, listed, keyed))
        mean = sum(found[w] for w in listed) / len(listed)
        yield f"<mark class=h{level}><span class=cd-tag>{100 * mean:.0f}</span>{bold}</mark>" if level else bold
    yield escape(text[at : span.end], quote=False)


def _bold(text: str, under: Ground, words: Iterable[int], keyed: set[int]) -> Iterator[str]:
    at = None
    for is_key, run in groupby(words, key=lambda word: word in keyed):
        listed = [*run]
        start = under.starts[listed[0]]
        yield escape(text[start if at is None else at : start], quote=False)
        at = under.ends[listed[-1]]
        shown = escape(text[start:at], quote=False)
        yield f"<b>{shown}</b>" if is_key else shown


def _legend() -> str:
    say = class_wording("report")["heat"]
    steps = " ".join(f"<mark class=h{n}>{escape_own(step)}</mark>" for n, step in enumerate(say["steps"], 1))
    return f"<p class=soft>{escape_own(say['legend'])} {steps} <b>{escape_own(say['key'])}</b></p>"


def _loose(unit: Unit, exercise: Exercise, done: Exercised) -> str:
    """The most frequent marks on words the key leaves plain."""
    say, under = class_wording("report")["heat"], ground(unit, exercise)
    listed = sorted(done.loose.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_LOOSE]
    rows = []
    for (role, first, last), n in listed:
        if n > 1:
            start, end = under.starts[first], under.ends[last - 1]
            where = next((place(b.id) for b in unit.lesson.story.article.blocks if b.start <= start < b.end), "")
            words = escape(one_line(unit.text[start:end], most=90), quote=False)
            name = load_wording("strings")["roles"][role]
            rows.append((f"“{words}”", escape_own(where), escape_own(name), percent(n, done.learners)))
    heads = (say["words"], say["where"], say["role"], say["count"])
    return table(heads, rows, numbers=(3,), caption=say["loose"].format(n=done.learners)) if rows else ""


MOST_INSTEAD = 3
"""How many other answers are listed for an item."""


def lesson_html(unit: Unit, studied: Studied) -> str:
    """The section of one lesson."""
    say = class_wording("report")["lesson"]
    facts = say["facts"].format(begun=studied.begun, finished=studied.finished)
    done = (
        _exercise(unit, e, studied.exercises.get(n, Exercised()))
        for n, e in enumerate(unit.lesson.exercises)
        if not e.parallel_forms()
    )
    return f"<section>{heading(anchor(unit), title(unit))}<p>{escape_own(facts)}</p>{''.join(done)}</section>"


def title(unit: Unit) -> str:
    """A lesson as its number and its title."""
    return f"{unit.lesson.id.partition('_')[0]} {unit.lesson.title}"


def anchor(unit: Unit, exercise: Exercise | None = None) -> str:
    """Where a lesson, or one of its exercises, stands on the page."""
    return escape_own("-".join((*unit.id, *([exercise.id] if exercise else []))))


def link(unit: Unit, exercise: Exercise) -> str:
    """A way to an exercise, by the number of its lesson and its title."""
    return f'<a href="#{anchor(unit, exercise)}">{escape_own(unit.lesson.id[:2])} {escape_own(exercise.title)}</a>'


def _exercise(unit: Unit, exercise: Exercise, done: Exercised) -> str:
    say = class_wording("report")
    facts = f'<span class="pts soft">{_facts(unit, exercise, done)}</span>'
    head = f'<h3 id="{anchor(unit, exercise)}"><span>{escape_own(exercise.title)}</span>{facts}</h3>'
    if done.learners < FEWEST:
        small = say["page"]["small"].format(fewest=FEWEST) if done.learners else say["lesson"]["nobody"]
        return f'<section class="ex blank">{head}{muted(small)}</section>'
    if exercise.checks_form_only and not exercise.points:
        return f'<section class="ex blank">{head}</section>'
    hard, split = rows(unit, exercise, done), splits(unit, exercise, done)
    body = f"{_hard(exercise, hard, done)}{_split(split, done)}"
    marks = heat_html(unit, exercise, done) if exercise.mark_roles() else ""
    return f"<section class=ex>{head}{body}{marks}</section>"


def _facts(unit: Unit, exercise: Exercise, done: Exercised) -> str:
    """How many did it, and with what mean: in points, and of the first try where there are several."""
    say, worth = class_wording("report")["lesson"], unit.worth[exercise.id]
    told = [say["did"].format(n=done.learners)]
    if done.learners >= FEWEST and worth:
        told.append(say["points"].format(mean=points(worth * done.mean), of=points(worth)))
        if exercise.tries > 1:
            told.append(say["first"].format(first=points(worth * done.first_mean)))
    return escape_own(", ".join(told if worth else [*told, say["practice"]]))


def _hard(exercise: Exercise, hard: Sequence[Row], done: Exercised) -> str:
    """Items with points as a table."""
    if not hard:
        return ""
    say = class_wording("report")["lesson"]
    kind = "form_only" if exercise.checks_form_only else "optional" if exercise.enough else "hardest_first"
    caption = say[kind].format(n=done.learners, need=exercise.enough)
    full = say["done" if exercise.checks_form_only else "found" if exercise.enough else "full"]
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
    say = class_wording("report")["lesson"]
    cells = [(item_html(row.item), bar_html(row), shares_html(row)) for row in split]
    caption = say["practice_items"].format(n=done.learners)
    return table((say["item"], say["split"], say["answers"]), cells, caption=caption) if cells else ""


def item_html(item: Item) -> str:
    """An item by its place and its words, with the key's reason below."""
    say = class_wording("report")["lesson"]
    why = (
        f"<span class=also>{escape_own(say['why'])} {escape_own(one_line(item.why, most=300))}</span>"
        if item.why
        else ""
    )
    words = f": {escape_own(one_line(item.words, most=150))}" if item.words else ""
    return f"<b>{escape_own(item.place)}</b>{words}{why}"


def instead_html(row: Row, *, most: int = MOST_INSTEAD) -> str:
    """The most frequent other answers, each with its share."""
    return _shares(row.instead[:most], row.n)


def shares_html(row: SplitRow) -> str:
    """All answers with their shares; of numbers, where the middle half lies."""
    if row.numbers:
        low, middle, high = (f"{number:.4g}" for number in row.numbers[1:4])
        return escape_own(class_wording("report")["lesson"]["middle"].format(low=low, middle=middle, high=high))
    return _shares(row.shares, row.n)


def bar_html(row: SplitRow) -> str:
    """The answers as a bar; numbers as a range."""
    return range_bar(*row.numbers) if row.numbers else shares_bar([n for _, n in row.shares])


def _shares(said: Iterable[tuple[str, int]], of: int) -> str:
    listed = "".join(f"<li><span class=n>{percent(n, of)}</span><span>{escape_own(words)}</span>" for words, n in said)
    return f"<ul class=said>{listed}</ul>" if listed else ""
