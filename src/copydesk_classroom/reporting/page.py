"""How far a class agrees on questions that have the same choices for every item, and which items divide it.

The class at a glance: the hardest items of all, and how far everybody is.

How far a class agrees, as tables: alpha with its interval for each question, and the items that divide.

Discernment before and after, of those who shared both forms: means and counts, with how little they can tell.

Who is stuck where, with names: the one part of the class report that is for the instructor alone.

The class report as one page: where the class is stuck, how far it is, where it splits, lesson by lesson.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from copydesk.exercises.exercise import Exercise
from copydesk.exercises.parallel_forms import Discernment
from copydesk.lessons.results import Result
from copydesk.views.agreement import Interval, bootstrap_interval, krippendorff_alpha, percent_agreement
from copydesk_classroom.collecting.state import Kept, KeptTables
from copydesk_classroom.course import Unit
from copydesk_classroom.marking.scores import share_of
from copydesk_classroom.pages import (
    escape_own,
    figure,
    muted,
    percent,
    range_bar,
    sealed_page,
    section,
    shares_bar,
    split_bar,
    table,
)
from copydesk_classroom.reporting.lesson import anchor, instead_html, item_html, lesson_html, link, shares_html, title
from copydesk_classroom.reporting.rows import SplitRow, rows, splits, values_of
from copydesk_classroom.reporting.tally import FEWEST, Course, Exercised, Studied, Tally, sorted_out
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
    return [_question(unit, e, done) for unit, e, done in _asked(units, course)]


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


def _question(unit: Unit, exercise: Exercise, done: Exercised) -> Question:
    table = _table(done)
    same = _same([o for o in unit.offers(exercise).values() if isinstance(o, Mapping)])
    alpha = krippendorff_alpha(table) if same else None
    interval = bootstrap_interval(table, draws=DRAWS) if alpha is not None else None
    percent = percent_agreement(table) or 0.0
    return Question(unit, exercise, done.learners, len(table), percent, same, alpha, interval)


HARDEST = 12
"""How many items stand in the first table."""


def stuck_html(units: tuple[Unit, ...], course: Course) -> str:
    """The hardest items of all."""
    say, words = class_wording("report")["stuck"], class_wording("report")["lesson"]
    found = [
        (unit, exercise, row)
        for number, unit in enumerate(units)
        for place, exercise in enumerate(unit.lesson.exercises)
        if (done := course.lessons.get(number, Studied()).exercises.get(place)) and done.learners >= FEWEST
        if exercise.points and not exercise.checks_form_only and not exercise.enough
        for row in rows(unit, exercise, done)
        if row.mean < 1
    ]
    hardest = sorted(found, key=lambda triple: triple[2].mean)[:HARDEST]
    cells = (
        (
            item_html(row.item),
            link(u, e),
            split_bar(row.full, row.part, row.none),
            percent(row.full, row.n),
            percent(row.first, row.n),
            instead_html(row, most=2),
        )
        for u, e, row in hardest
    )
    heads = (words["item"], words["where"], words["split"], words["full"], words["first_column"], words["instead"])
    made = table(heads, cells, numbers=(3, 4), caption=say["caption"]) if hardest else muted(say["none"])
    return section("stuck", made)


def progress_html(units: tuple[Unit, ...], course: Course) -> str:
    """How many began and finished each lesson, and met its objectives."""
    return section("progress", _lessons(units, course) + _objectives(units, course))


def _lessons(units: tuple[Unit, ...], course: Course) -> str:
    say, cells = class_wording("report")["progress"], []
    for number, unit in enumerate(units):
        studied = course.lessons.get(number, Studied())
        n, done = studied.begun, studied.finished
        mean = percent(_mean(unit, studied), 1) if n >= FEWEST else "–"
        way = f'<a href="#{anchor(unit)}">{escape_own(title(unit))}</a>'
        cells.append((way, split_bar(done, n - done, course.learners - n), str(n), str(done), mean))
    heads = [say[name] for name in ("lesson", "far", "begun", "finished", "mean")]
    return table(heads, cells, numbers=(2, 3, 4), caption=say["caption"])


def _objectives(units: tuple[Unit, ...], course: Course) -> str:
    say, cells = class_wording("report")["progress"], []
    for number, unit in enumerate(units):
        studied = course.lessons.get(number, Studied())
        for place, objective in enumerate(unit.lesson.objectives):
            met, n = studied.met[place], studied.begun
            bar, shown = (split_bar(met, 0, n - met), say["of"].format(n=met, of=n)) if n >= FEWEST else ("", "–")
            name = f"<b>{escape_own(unit.lesson.id[:2])}</b> {escape_own(objective.text)}"
            cells.append((name, bar, shown, f"{100 * objective.bar:.0f} %"))
    heads = [say[name] for name in ("objective", "far", "met", "bar")]
    return table(heads, cells, numbers=(2, 3), caption=say["objectives"])


def _mean(unit: Unit, studied: Studied) -> float:
    """The mean share of a lesson's points among those who began it; what was left blank earns nothing."""
    earned = sum(
        unit.worth[unit.lesson.exercises[place].id] * done.mean * done.learners
        for place, done in studied.exercises.items()
    )
    return earned / studied.begun / unit.possible if studied.begun and unit.possible else 0.0


def agreement_html(units: tuple[Unit, ...], course: Course) -> str:
    say, words = class_wording("report")["agreement"], class_wording("report")["lesson"]
    asked = questions(units, course)
    if not asked:
        return section("agreement", muted(say["nothing"]))
    heads = [say[n] for n in ("question", "items", "learners", "pairs", "alpha", "interval", "scale")]
    body = f"<p>{escape_own(say['intro'])}</p>"
    body += table(heads, map(_vote_html, asked), numbers=(1, 2, 3, 4, 5), caption=say["caption"])
    cells = (
        (
            item_html(row.item),
            link(u, e),
            shares_bar([n for _, n in row.shares]),
            shares_html(row),
            figure(row.divides),
        )
        for u, e, row in dividing(units, course)
    )
    heads = [words[name] for name in ("item", "where", "split", "answers", "divides")]
    caption = f"{say['divide']} ({say['divides']})"
    return section("agreement", body + table(heads, cells, numbers=(4,), caption=caption))


def _vote_html(q: Question) -> tuple[str, ...]:
    say = class_wording("report")["agreement"]
    known = (link(q.unit, q.exercise), str(q.items), str(q.learners), percent(q.percent, 1))
    if q.alpha is None:
        return (*known, "–", "–", escape_own(say["none"] if q.same else say["own_choices"]))
    low, high = (q.interval.low, q.interval.high) if q.interval else (q.alpha, q.alpha)
    ends = say["ends"].format(low=figure(low), high=figure(high)) if q.interval else "–"
    return (*known, figure(q.alpha), ends, range_bar(-1, low, q.alpha, high, 1))


FEW = 30
"""Below so many learners the page says that they are few."""
Pair = tuple[Discernment, Discernment]


def discernment_html(course: Course) -> str:
    """The section; who shared a form is not told, and fewer than five are not broken down."""
    say = class_wording("report")["discernment"]
    pairs = {(Discernment(*pair[:4]), Discernment(*pair[4:])): n for pair, n in course.pairs.items()}
    ones, n = muted(say["ones"].format(n=course.ones)) if course.ones else "", sum(pairs.values())
    if n < FEWEST:
        return section("discernment", muted(say["too_few"].format(n=n, fewest=FEWEST)) + ones)
    care = muted(say["few"].format(n=n) if n < FEW else say["many"])
    return section("discernment", f"{_means(pairs, n)}<p>{escape_own(_changes(pairs))}</p>{care}{ones}")


def _means(pairs: dict[Pair, int], n: int) -> str:
    say = class_wording("report")["discernment"]
    one = next(iter(pairs))[0]
    measures: tuple[Callable[[Discernment], float], ...] = (
        lambda d: d.found,
        lambda d: d.flagged,
        lambda d: d.score,
    )
    cells = (
        (escape_own(say[name]), *(_shown(sum(of(pair[at]) * k for pair, k in pairs.items()) / n) for of in measures))
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
    say = class_wording("report")["discernment"]["changes"]
    return str(say.format(up=changes["up"], same=changes["same"], down=changes["down"]))


HALF, MOST = 0.5, 3


def names_html(units: tuple[Unit, ...], everybody: Iterable[tuple[str, dict[str, float], Kept | None]]) -> str:
    """A table of all learners, those with the fewest points first, and who handed in nothing."""
    say, possible = class_wording("report")["names"], sum(u.possible for u in units) or 1
    listed, missing = [], []
    for name, totals, kept in everybody:
        shown = one_line(name) or str(say["nobody"])
        if kept is None:
            missing.append(shown)
        else:
            listed.append((sum(totals.values()) / possible, sort_key(shown), _row(units, shown, totals, kept)))
    heads = [say["name"], say["all"], *(u.lesson.id[:2] for u in units), say["objectives"], say["hardest"]]
    rows = ([row[0], percent(share, 1), *row[1:]] for share, _, row in sorted(listed))
    made = table(heads, rows, numbers=range(1, len(units) + 3), caption=say["caption"])
    gone = "".join(f"<li><bdi>{escape(name)}</bdi>" for name in sorted(missing, key=sort_key))
    return section("names", f"{made}<h3>{escape_own(say['missing'])}</h3><ul class=many>{gone}</ul>" if gone else made)


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
    return str(class_wording("report")["names"]["of"].format(n=met, of=of))


def _hardest(units: tuple[Unit, ...], kept: Kept) -> str:
    """The exercises furthest below their bar; one that was left blank counts as 0."""
    say, below = class_wording("report")["names"], []
    for unit, given in zip(units, kept.scores, strict=True):
        for exercise, (score, _) in zip(unit.lesson.exercises, given or (), strict=bool(given)):
            share = share_of(unit, exercise, score, kept)[0]
            if exercise.points and (share or 0) < exercise.bar:
                shown = {"lesson": unit.lesson.id[:2], "title": exercise.title, "percent": f"{100 * (share or 0):.0f}"}
                below.append(((share or 0) - exercise.bar, say["blank" if share is None else "one"].format(**shown)))
    furthest = sorted(below, key=lambda pair: pair[0])[:MOST]
    return escape_own("; ".join(told for _, told in furthest))


def report_page(units: tuple[Unit, ...], course: Course, counts: Mapping[str, int], names: str = "") -> str:
    """The page; `counts` says how many are missing and unread, `names` is the part with names, if wanted."""
    say = class_wording("report")["page"]
    head = say["title_names" if names else "title"]
    parts: dict[str, str] = {"names": names} if names else {}
    if course.learners >= FEWEST or names:
        parts |= _parts(units, course)
    small = "" if course.learners >= FEWEST else muted(say["small_class"].format(n=course.learners, fewest=FEWEST))
    rights = dict.fromkeys(u.lesson.story.rights for u in units)
    facts = _facts(units, course, counts, named=bool(names))
    body = (
        f"<header><h1 id=top>{escape_own(head)}</h1>{facts}{small}{_contents(units, parts)}</header>"
        f"<main>{''.join(parts.values())}</main>"
        f"<footer>{muted(say['foot'])}{''.join(muted(r) for r in rights)}</footer>"
    )
    return sealed_page(head, body, "feedback/feedback.css", "reporting/report.css")


def _parts(units: tuple[Unit, ...], course: Course) -> dict[str, str]:
    return {
        "stuck": stuck_html(units, course),
        "progress": progress_html(units, course),
        "agreement": agreement_html(units, course),
        "discernment": discernment_html(course),
        **{anchor(u): lesson_html(u, course.lessons.get(n, Studied())) for n, u in enumerate(units)},
        "read": _read(),
    }


def _facts(units: tuple[Unit, ...], course: Course, counts: Mapping[str, int], *, named: bool) -> str:
    say = class_wording("report")["page"]
    lessons = say["lesson"] if len(units) == 1 else say["lessons"].format(n=len(units))
    told = [say["facts"].format(learners=course.learners, lessons=lessons)]
    told += [say[name].format(n=counts[name]) for name in ("missing", "unread") if counts.get(name)]
    warn = say["named"] if named else say["nameless"].format(fewest=FEWEST)
    return f"<p class=lead>{escape_own(' '.join(told))}</p><p>{escape_own(say['intro'])}</p><p>{escape_own(warn)}</p>"


def _contents(units: tuple[Unit, ...], parts: Mapping[str, str]) -> str:
    words, shown = class_wording("report"), {anchor(u): title(u) for u in units}
    links = "".join(
        f'<li><a href="#{name}">{escape_own(shown.get(name) or words[name]["title"])}</a>' for name in parts
    )
    return f'<nav aria-label="{escape_own(words["page"]["contents"])}"><ul>{links}</ul></nav>' if links else ""


def _read() -> str:
    notes = "".join(f"<li>{escape_own(note)}" for note in class_wording("report")["read"]["notes"])
    return section("read", f"<ul>{notes}</ul>")


@dataclass(frozen=True, slots=True)
class Made:
    """A report as HTML, with how many learners and lessons are in it."""

    html: str
    learners: int
    lessons: int


def made_of(book: KeptTables, units: tuple[Unit, ...], counts: Mapping[str, int], *, names: bool = False) -> Made:
    """The report on what a book holds; `counts` says how many learners are missing and unread."""
    tally = Tally.of(book.contributions())
    named = names_html(units, book.everybody()) if names else ""
    return Made(report_page(units, sorted_out(tally), counts, named), tally.learners, len(units))
