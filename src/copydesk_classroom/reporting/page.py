"""The class report as one page: where the class is stuck, how far it is, where it splits, lesson by lesson.

Without names nobody can be picked out of it; the part with names is for the instructor alone. The functions here count
and look up, as plain data; `templates/report.html.j2` says it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from copydesk.base.wording import percent
from copydesk.exercises.exercise import Exercise
from copydesk.exercises.sort import Discernment
from copydesk.views.agreement import Interval, bootstrap_interval, krippendorff_alpha, percent_agreement
from copydesk_classroom.collecting.state import Kept, KeptTables
from copydesk_classroom.course import Unit, points_possible
from copydesk_classroom.marking.scores import share_of
from copydesk_classroom.pages import sealed_page
from copydesk_classroom.reporting.lesson import Row, SplitRow, anchor, lesson_part, link, rows, splits, title, values_of
from copydesk_classroom.reporting.tally import FEWEST, Course, Exercised, Studied, class_counts
from copydesk_classroom.safe_text import one_line, sort_key
from copydesk_classroom.wording import class_wording

DRAWS = 400
"""Of 1,000, which are usual, the ends of an interval move by about 0.01; this many take a third of the time."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question put to several items: agreement as a share of pairs, 0–1, and alpha with its interval.

    `same` says that all items have the same choices; without that there is no alpha to give.
    """

    unit: Unit
    exercise: Exercise
    learners: int
    items: int
    percent: float
    same: bool
    alpha: float | None = None
    interval: Interval | None = None


def questions(units: tuple[Unit, ...], course: Course) -> list[Question]:
    """Every vote and every question with choices that enough learners answered, in the order of the lessons."""
    found = []
    for unit, exercise, done in _asked(units, course):
        table, pairs = _table(done), percent_agreement(_table(done)) or 0.0
        same = _same([o for o in unit.offers(exercise).values() if isinstance(o, Mapping)])
        alpha = krippendorff_alpha(table) if same else None
        interval = bootstrap_interval(table, draws=DRAWS) if alpha is not None else None
        found.append(Question(unit, exercise, done.learners, len(table), pairs, same, alpha, interval))
    return found


def dividing(units: tuple[Unit, ...], course: Course, *, most: int = 12) -> list[tuple[Unit, Exercise, SplitRow]]:
    """The items that divide the class most, of all those questions."""
    found = [(unit, e, row) for unit, e, done in _asked(units, course) for row in splits(unit, e, done, keyed=True)]
    return sorted(found, key=lambda triple: -triple[2].divides)[:most]


def _asked(units: tuple[Unit, ...], course: Course) -> Iterator[tuple[Unit, Exercise, Exercised]]:
    for number, studied in sorted(course.lessons.items()):
        for place, done in sorted(studied.exercises.items()):
            exercise = units[number].lesson.exercises[place]
            if done.learners >= FEWEST and _is_vote(units[number], exercise) and len(_table(done)) > 1:
                yield units[number], exercise, done


def _table(done: Exercised) -> dict[str, dict[str, int]]:
    return {i: values for i, levels in done.items.items() if (values := values_of(levels))}


def _is_vote(unit: Unit, exercise: Exercise) -> bool:
    """Items to sort; or questions with the same choices, or with none that is right."""
    offers = unit.offers(exercise).values()
    choices = [o for o in offers if isinstance(o, Mapping)]
    return 1 < len(choices) == len(offers) and (_same(choices) or not exercise.points)


def _same(choices: Sequence[Mapping[str, str]]) -> bool:
    """Whether all items have the same choices, or some of them."""
    return {value for offered in choices for value in offered} == {*max(choices, key=len)}


HARDEST = 12
"""How many items stand in the first table."""


def stuck(units: tuple[Unit, ...], course: Course) -> list[tuple[tuple[str, str], Row]]:
    """The hardest items of all, each with the way to its exercise."""
    found = [
        (link(unit, exercise), row)
        for number, unit in enumerate(units)
        for place, exercise in enumerate(unit.lesson.exercises)
        if (done := course.lessons.get(number, Studied()).exercises.get(place)) and done.learners >= FEWEST
        if exercise.points and not exercise.checks_form_only and not exercise.enough
        for row in rows(unit, exercise, done)
        if row.mean < 1
    ]
    return sorted(found, key=lambda pair: pair[1].mean)[:HARDEST]


def _lessons(units: tuple[Unit, ...], course: Course) -> Iterator[dict[str, Any]]:
    """How many began and finished each lesson, and their mean."""
    for number, unit in enumerate(units):
        studied = course.lessons.get(number, Studied())
        yield {
            "to": (anchor(unit), title(unit)),
            "learners": course.learners,
            "begun": studied.begun,
            "finished": studied.finished,
            "mean": _mean(unit, studied) if studied.begun >= FEWEST else None,
        }


def _objectives(units: tuple[Unit, ...], course: Course) -> Iterator[dict[str, Any]]:
    """How many of those who began a lesson met each of its objectives; of texts, nothing before people graded any."""
    for number, unit in enumerate(units):
        studied = course.lessons.get(number, Studied())
        for place, objective in enumerate(unit.lesson.objectives):
            yield {
                "lesson": unit.lesson.id[:2],
                "text": objective.text,
                "bar": objective.bar,
                "met": studied.met[place],
                "begun": studied.begun,
                "shown": studied.begun >= FEWEST
                and (studied.met[place] or not unit.lesson.is_read_by_people(objective)),
            }


def _mean(unit: Unit, studied: Studied) -> float:
    """The mean share of a lesson's points among those who began it; what was left blank earns nothing."""
    earned = sum(
        unit.worth[unit.lesson.exercises[place].id] * done.mean * done.learners
        for place, done in studied.exercises.items()
    )
    return earned / studied.begun / unit.possible if studied.begun and unit.possible else 0.0


FEW = 30
"""Below so many learners the page says that they are few."""
Pair = tuple[Discernment, Discernment]


def _discernment(course: Course) -> dict[str, Any]:
    """Means and counts of those who shared both forms; fewer than five are not broken down."""
    pairs = {(Discernment(*pair[:4]), Discernment(*pair[4:])): n for pair, n in course.pairs.items()}
    n = sum(pairs.values())
    told: dict[str, Any] = {"n": n, "ones": course.ones, "fewest": FEWEST, "means": []}
    if n < FEWEST:
        return told
    one = next(iter(pairs))[0]
    means = [(name, *_means(pairs, n, at)) for at, name in enumerate(("before", "after"))]
    changes = {"up": 0, "same": 0, "down": 0}  # for how many the difference rose, stayed and fell
    for (before, after), k in pairs.items():
        gain = round(after.score - before.score, 6)
        changes["up" if gain > 0 else "down" if gain < 0 else "same"] += k
    return {**told, "few": n < FEW, "open": one.open, "plain": one.plain, "means": means, "changes": changes}


def _means(pairs: Mapping[Pair, int], n: int, at: int) -> Iterator[float]:
    """The mean hits, false alarms and their difference in the first (0) or the last (1) form."""
    for measure in ("found", "flagged", "score"):
        yield sum(getattr(pair[at], measure) * k for pair, k in pairs.items()) / n


MOST = 3
"""How many exercises below their bar are named for a learner."""


@dataclass(frozen=True, slots=True)
class Names:
    """The one part of the report with names: a row for each learner, and who handed in nothing."""

    lessons: list[str]
    rows: list[dict[str, Any]]
    missing: list[str]


def names_of(units: tuple[Unit, ...], everybody: Iterable[tuple[str, dict[str, float], Kept | None, str]]) -> Names:
    """All learners, those with the fewest points first, and who handed in nothing."""
    say = class_wording("report")["names"]
    listed, missing = [], []
    for name, totals, kept, contribution in everybody:
        shown = one_line(name) or str(say["nobody"])
        if kept is None:
            missing.append(shown)
        else:
            possible = points_possible(units, [totals.get(u.name) for u in units]) or 1
            row = _learner(units, shown, sum(totals.values()) / possible, totals, kept)
            listed.append({**row, "met": contribution.count("\tmet\t")})
    ordered = sorted(listed, key=lambda row: (row["share"], sort_key(row["name"])))
    return Names([u.lesson.id[:2] for u in units], ordered, sorted(missing, key=sort_key))


def _learner(units: tuple[Unit, ...], name: str, share: float, totals: dict[str, float], kept: Kept) -> dict[str, Any]:
    """One learner: the share of all points and of each lesson's, and the exercises furthest below their bar."""
    shares = [
        totals.get(unit.name, 0) / unit.possible if given is not None and unit.possible else None
        for unit, given in zip(units, kept.scores, strict=True)
    ]
    handed_in = [unit for unit, given in zip(units, kept.scores, strict=True) if given is not None]
    objectives = sum(len(unit.lesson.objectives) for unit in handed_in)
    return {"name": name, "share": share, "shares": shares, "objectives": objectives, "hardest": _hardest(units, kept)}


def _hardest(units: tuple[Unit, ...], kept: Kept) -> list[str]:
    """The exercises furthest below their bar; one that was left blank counts as 0."""
    say, below = class_wording("report")["names"], []
    for unit, given in zip(units, kept.scores, strict=True):
        for exercise, (score, _) in zip(unit.lesson.exercises, given or (), strict=bool(given)):
            share = share_of(unit, exercise, score, kept)[0]
            if exercise.points and (share or 0) < exercise.bar:
                told = percent(share or 0).replace(" ", "\u00a0")
                shown = {"lesson": unit.lesson.id[:2], "title": exercise.title, "percent": told}
                below.append(((share or 0) - exercise.bar, say["blank" if share is None else "one"].format(**shown)))
    return [told for _, told in sorted(below, key=lambda pair: pair[0])[:MOST]]


def report_page(units: tuple[Unit, ...], course: Course, counts: Mapping[str, int], names: Names | None = None) -> str:
    """The page; `counts` says how many are missing and unread, `names` is the part with names, if wanted."""
    say, small = class_wording("report")["page"], course.learners < FEWEST
    return sealed_page(
        "report.html.j2",
        *("feedback.css", "report.css"),
        title=say["title_names" if names else "title"],
        facts=_facts(units, course, counts),
        warning=say["named"] if names else say["nameless"].format(fewest=FEWEST),
        small=say["small_class"].format(n=course.learners, fewest=FEWEST) if small else "",
        contents=_contents(units, names=bool(names), parts=bool(names) or not small),
        names=names,
        parts=_parts(units, course) if names or not small else None,
        foot=say["foot"],
        rights=dict.fromkeys(story.rights for u in units for story in u.lesson.stories),
    )


def _parts(units: tuple[Unit, ...], course: Course) -> dict[str, Any]:
    return {
        "stuck": stuck(units, course),
        "progress": list(_lessons(units, course)),
        "objectives": list(_objectives(units, course)),
        "questions": [(link(q.unit, q.exercise), q) for q in questions(units, course)],
        "dividing": [(link(unit, exercise), row) for unit, exercise, row in dividing(units, course)],
        "discernment": _discernment(course),
        "lessons": [lesson_part(u, course.lessons.get(n, Studied())) for n, u in enumerate(units)],
    }


def _facts(units: tuple[Unit, ...], course: Course, counts: Mapping[str, int]) -> str:
    say = class_wording("report")["page"]
    lessons = say["lesson"] if len(units) == 1 else say["lessons"].format(n=len(units))
    told = [say["facts"].format(learners=course.learners, lessons=lessons)]
    told += [say[name].format(n=counts[name]) for name in ("missing", "unread") if counts.get(name)]
    return " ".join(told)


def _contents(units: tuple[Unit, ...], *, names: bool, parts: bool) -> list[tuple[str, str]]:
    """The ways to the parts that are shown."""
    say = class_wording("report")
    lessons = [(anchor(unit), title(unit)) for unit in units]
    first = [(name, say[name]["title"]) for name in ("stuck", "progress", "agreement", "discernment")]
    shown = [*first, *lessons, ("read", say["read"]["title"])] if parts else []
    return [("names", say["names"]["title"]), *shown] if names else shown


@dataclass(frozen=True, slots=True)
class Made:
    """A report as HTML, with how many learners and lessons are in it."""

    html: str
    learners: int
    lessons: int


def made_of(kept: KeptTables, units: tuple[Unit, ...], counts: Mapping[str, int], *, names: bool = False) -> Made:
    """The report on what was kept; `counts` says how many learners are missing and unread."""
    found = class_counts(kept.contributions())
    named = names_of(units, kept.everybody()) if names else None
    return Made(report_page(units, found, counts, named), found.learners, len(units))
