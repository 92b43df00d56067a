"""Discernment before and after, of those who shared both forms: means and counts, with how little they can tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from copydesk.classroom.page_parts import kit, soft, table
from copydesk.classroom.report_parts import section
from copydesk.classroom.tally import FEWEST, Course
from copydesk.discernment import Discernment
from copydesk.wording import load_wording

FEW = 30
"""Below so many learners the page says that they are few."""
Pair = tuple[Discernment, Discernment]


def discernment_html(course: Course) -> str:
    """The section; who shared a form is not told, and fewer than five are not broken down."""
    say = load_wording("report")["discernment"]
    pairs = {(Discernment(*pair[:4]), Discernment(*pair[4:])): n for pair, n in course.pairs.items()}
    ones, n = soft(say["ones"].format(n=course.ones)) if course.ones else "", sum(pairs.values())
    if n < FEWEST:
        return section("discernment", soft(say["too_few"].format(n=n, fewest=FEWEST)) + ones)
    care = soft(say["few"].format(n=n) if n < FEW else say["many"])
    return section("discernment", f"{_means(pairs, n)}<p>{kit(_changes(pairs))}</p>{care}{ones}")


def _means(pairs: dict[Pair, int], n: int) -> str:
    say = load_wording("report")["discernment"]
    one = next(iter(pairs))[0]
    measures: tuple[Callable[[Discernment], float], ...] = (
        lambda d: d.found,
        lambda d: d.flagged,
        lambda d: d.score,
    )
    cells = (
        (kit(say[name]), *(_shown(sum(of(pair[at]) * k for pair, k in pairs.items()) / n) for of in measures))
        for at, name in enumerate(("before", "after"))
    )
    heads = (say["form"], say["hits"].format(open=one.open), say["alarms"].format(plain=one.plain), say["score"])
    return table(heads, cells, numbers=(1, 2, 3), caption=say["caption"].format(n=n))


def _shown(mean: float) -> str:
    return f"{mean:.2f}".replace("-", "−")


def _changes(pairs: dict[Pair, int]) -> str:
    changes: Counter[str] = Counter()
    for (before, after), n in pairs.items():
        gain = round(after.score - before.score, 6)
        changes["up" if gain > 0 else "down" if gain < 0 else "same"] += n
    say = load_wording("report")["discernment"]["changes"]
    return str(say.format(up=changes["up"], same=changes["same"], down=changes["down"]))
