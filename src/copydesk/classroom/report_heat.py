"""Where a class marked: the words of the page, shaded and underlined by how many marked them, with the number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from html import escape
from itertools import accumulate, groupby

from copydesk.classroom.course import Unit
from copydesk.classroom.inert import line
from copydesk.classroom.page_parts import kit, soft, table
from copydesk.classroom.report_parts import percent
from copydesk.classroom.slip_marks import Ground, ground
from copydesk.classroom.tally import Exercised
from copydesk.lessons import Exercise
from copydesk.scoring.mark_notes import place
from copydesk.scoring.targets import targets_of
from copydesk.spans import Span
from copydesk.wording import load_wording

STEPS = (0.1, 0.25, 0.5, 0.75)
"""From which share on words have the first, second, third and last shade."""
MOST_LOOSE = 6


def heat_html(unit: Unit, exercise: Exercise, done: Exercised) -> str:
    """A map for each role, and the marks that meet nothing in the key."""
    maps = "".join(_map(unit, exercise, done, role) for role in exercise.get("roles"))
    return f"<div class=heat>{_legend()}{maps}{soft(unit.lesson.story.rights)}</div>{_loose(unit, exercise, done)}"


def shares(edges: Counter[int], words: int, learners: int) -> list[float]:
    """The share of learners who marked each word, from where marks begin and end.

    >>> shares(Counter({1: 2, 2: -1, 3: -1}), 4, 2)
    [0.0, 1.0, 0.5, 0.0]
    """
    return [n / learners for n in accumulate(edges[word] for word in range(words))]


def _map(unit: Unit, exercise: Exercise, done: Exercised, role: str) -> str:
    say, roles = load_wording("report")["heat"], load_wording("strings")["roles"]
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
    empty = "" if any(share >= STEPS[0] for share in found) else soft(say["none"])
    return f"<section><h4>{kit(title)}</h4>{empty}{''.join(shown)}</section>"


def _keyed(unit: Unit, exercise: Exercise, under: Ground, role: str) -> set[int]:
    """The words the key itself marks with this role."""
    spans = (s for target in targets_of(exercise, unit.key) for s in target.roles.get(role, ()))
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
    say = load_wording("report")["heat"]
    steps = " ".join(f"<mark class=h{n}>{kit(step)}</mark>" for n, step in enumerate(say["steps"], 1))
    return f"<p class=soft>{kit(say['legend'])} {steps} <b>{kit(say['key'])}</b></p>"


def _loose(unit: Unit, exercise: Exercise, done: Exercised) -> str:
    """The most frequent marks on words the key leaves plain."""
    say, under = load_wording("report")["heat"], ground(unit, exercise)
    listed = sorted(done.loose.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_LOOSE]
    rows = []
    for (role, first, last), n in listed:
        if n > 1:
            start, end = under.starts[first], under.ends[last - 1]
            where = next((place(b.id) for b in unit.lesson.story.article.blocks if b.start <= start < b.end), "")
            words = escape(line(unit.text[start:end], most=90), quote=False)
            name = load_wording("strings")["roles"][role]
            rows.append((f"“{words}”", kit(where), kit(name), percent(n, done.learners)))
    heads = (say["words"], say["where"], say["role"], say["count"])
    return table(heads, rows, numbers=(3,), caption=say["loose"].format(n=done.learners)) if rows else ""
