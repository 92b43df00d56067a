"""Who is stuck where, with names: the one part of the class report that is for the instructor alone."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from copydesk.classroom.book import Kept
from copydesk.classroom.course import Unit
from copydesk.classroom.inert import line, sort_key
from copydesk.classroom.page_parts import kit, table
from copydesk.classroom.report_parts import percent, section
from copydesk.classroom.tables import share_of
from copydesk.results import Result
from copydesk.wording import load_wording

HALF, MOST = 0.5, 3


def names_html(units: tuple[Unit, ...], everybody: Iterable[tuple[str, dict[str, float], Kept | None]]) -> str:
    """A table of all learners, those with the fewest points first, and who handed in nothing."""
    say, possible = load_wording("report")["names"], sum(u.possible for u in units) or 1
    listed, missing = [], []
    for name, totals, kept in everybody:
        shown = line(name) or str(say["nobody"])
        if kept is None:
            missing.append(shown)
        else:
            listed.append((sum(totals.values()) / possible, sort_key(shown), _row(units, shown, totals, kept)))
    heads = [say["name"], say["all"], *(u.lesson.id[:2] for u in units), say["objectives"], say["hardest"]]
    rows = ([row[0], percent(share, 1), *row[1:]] for share, _, row in sorted(listed))
    made = table(heads, rows, numbers=range(1, len(units) + 3), caption=say["caption"])
    gone = "".join(f"<li><bdi>{escape(name)}</bdi>" for name in sorted(missing, key=sort_key))
    return section("names", f"{made}<h3>{kit(say['missing'])}</h3><ul class=many>{gone}</ul>" if gone else made)


def _row(units: tuple[Unit, ...], name: str, totals: dict[str, float], kept: Kept) -> list[str]:
    shares = []
    for unit, given in zip(units, kept.scores, strict=True):
        share = totals.get(unit.name, 0) / unit.possible if given is not None and unit.possible else None
        shares.append("–" if share is None else f"{'▾ ' if share < HALF else ''}{100 * share:.0f}")
    return [f"<bdi>{escape(name)}</bdi>", *shares, _met(units, kept), _hardest(units, kept)]


def _met(units: tuple[Unit, ...], kept: Kept) -> str:
    """How many objectives of the lessons that were handed in the learner has met."""
    met, of = 0, 0
    for unit, given in zip(units, kept.scores, strict=True):
        if given is not None:
            result = Result(unit.lesson, {e.id: s for e, (s, _) in zip(unit.lesson.exercises, given, strict=True)})
            met += sum((result.share(o) or 0) >= o.bar for o in unit.lesson.objectives)
            of += len(unit.lesson.objectives)
    return str(load_wording("report")["names"]["of"].format(n=met, of=of))


def _hardest(units: tuple[Unit, ...], kept: Kept) -> str:
    """The exercises furthest below their bar; one that was left blank counts as 0."""
    say, below = load_wording("report")["names"], []
    for unit, given in zip(units, kept.scores, strict=True):
        for exercise, (score, _) in zip(unit.lesson.exercises, given or (), strict=bool(given)):
            share = share_of(unit, exercise, score, kept)[0]
            if exercise.points and (share or 0) < exercise.bar:
                shown = {"lesson": unit.lesson.id[:2], "title": exercise.title, "percent": f"{100 * (share or 0):.0f}"}
                below.append(((share or 0) - exercise.bar, say["blank" if share is None else "one"].format(**shown)))
    furthest = sorted(below, key=lambda pair: pair[0])[:MOST]
    return kit("; ".join(told for _, told in furthest))
