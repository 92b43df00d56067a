"""One lesson of the class report: exercise by exercise, the hardest items first, and where a class marked.

The functions here count and look up, as plain data; `templates/report.html.j2` says it.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from copydesk.base.spans import Span, words
from copydesk.base.wording import direction, load_wording
from copydesk.exercises.exercise import Exercise, place
from copydesk_classroom.course import Unit
from copydesk_classroom.pages import points
from copydesk_classroom.reporting.heat import shares, stretches, touched
from copydesk_classroom.reporting.rows import Row, rows, splits
from copydesk_classroom.reporting.tally import FEWEST, Exercised, Studied
from copydesk_classroom.safe_text import one_line
from copydesk_classroom.wording import class_wording

STEPS = (0.1, 0.25, 0.5, 0.75)
"""From which share on words have the first, second, third and last shade."""
MOST_LOOSE = 6


def lesson_part(unit: Unit, studied: Studied) -> dict[str, Any]:
    """The section of one lesson."""
    done = (
        _exercise(unit, e, studied.exercises.get(n, Exercised()))
        for n, e in enumerate(unit.lesson.exercises)
        if not e.parallel_forms()
    )
    return {"anchor": anchor(unit), "title": title(unit), "studied": studied, "exercises": list(done)}


def title(unit: Unit) -> str:
    """A lesson as its number and its title."""
    return f"{unit.lesson.id.partition('_')[0]} {unit.lesson.title}"


def anchor(unit: Unit, exercise: Exercise | None = None) -> str:
    """Where a lesson, or one of its exercises, stands on the page."""
    return "-".join((*unit.id, *([exercise.id] if exercise else [])))


def link(unit: Unit, exercise: Exercise) -> tuple[str, str]:
    """Where an exercise stands on the page; and the number of its lesson with its title."""
    return anchor(unit, exercise), f"{unit.lesson.id[:2]} {exercise.title}"


def _exercise(unit: Unit, exercise: Exercise, done: Exercised) -> dict[str, Any]:
    """One exercise; where it is not `shown`, `small` may say why."""
    say = class_wording("report")
    plain: dict[str, Any] = {
        "anchor": anchor(unit, exercise),
        "title": exercise.title,
        "facts": _facts(unit, exercise, done),
        "n": done.learners,
        "small": "",
        "shown": False,
        **{"hard": None, "split": [], "heat": None},
    }
    if done.learners < FEWEST:
        few = say["page"]["small"].format(fewest=FEWEST) if done.learners else say["lesson"]["nobody"]
        return {**plain, "small": few}
    if exercise.checks_form_only and not exercise.points:
        return plain
    return {
        **plain,
        "shown": True,
        "hard": _hard(exercise, rows(unit, exercise, done), done),
        "split": splits(unit, exercise, done),
        "heat": _heat(unit, exercise, done) if exercise.mark_roles() else None,
    }


def _facts(unit: Unit, exercise: Exercise, done: Exercised) -> str:
    """How many did it, and with what mean: in points, and of the first try where there are several."""
    say, worth = class_wording("report")["lesson"], unit.worth[exercise.id]
    told = [say["did"].format(n=done.learners)]
    if done.learners >= FEWEST and worth:
        told.append(say["points"].format(mean=points(worth * done.mean), of=points(worth)))
        if exercise.tries > 1:
            told.append(say["first"].format(first=points(worth * done.first_mean)))
    return ", ".join(told if worth else [*told, say["practice"]])


def _hard(exercise: Exercise, hard: list[Row], done: Exercised) -> dict[str, Any] | None:
    """Items with points, and which columns there are to show."""
    if not hard:
        return None
    say = class_wording("report")["lesson"]
    kind = "form_only" if exercise.checks_form_only else "optional" if exercise.enough else "hardest_first"
    return {
        "rows": hard,
        "caption": say[kind].format(n=done.learners, need=exercise.enough),
        "full": say["done" if exercise.checks_form_only else "found" if exercise.enough else "full"],
        "partly": any(row.part for row in hard),
        "tried": exercise.tries > 1,
        "instead": any(row.instead for row in hard),
    }


def _heat(unit: Unit, exercise: Exercise, done: Exercised) -> dict[str, Any]:
    """A map for each role, and the most frequent marks that meet nothing in the key."""
    unit = unit.on_story_of(exercise)
    story = unit.lesson.story
    return {
        "maps": [_map(unit, exercise, done, role) for role in exercise.mark_roles()],
        "lang": story.about["language"],
        "dir": direction(story.about["language"]),
        "rights": story.rights,
        "loose": _loose(unit, done),
    }


def _map(unit: Unit, exercise: Exercise, done: Exercised, role: str) -> dict[str, Any]:
    """Where learners marked one role: of the blocks those with marks or a key."""
    said, found = load_wording("strings")["roles"][role], words(unit.text)
    marked = shares(done.heat.get(role, Counter()), len(found), done.learners)
    spans = [span for marked_role, span in exercise.key_marks(unit.key) if marked_role == role]
    keyed = {word for span in spans for word in touched(found, span)}
    shown = [
        {"name": name, "stretches": list(stretches(unit.text, block.span, marked, steps=STEPS, keyed=keyed))}
        for name, block in unit.blocks(exercise).items()
        if any(marked[word] >= STEPS[0] or word in keyed for word in touched(found, block.span))
    ]
    return {"role": said, "blocks": shown, "empty": all(share < STEPS[0] for share in marked)}


def _loose(unit: Unit, done: Exercised) -> list[dict[str, Any]]:
    """Marks on words the key leaves plain, of more than one learner."""
    found, article = words(unit.text), unit.lesson.story.article
    listed = sorted(done.loose.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_LOOSE]
    return [
        {
            "words": one_line(span.of(unit.text), most=90),
            "where": next((place(b.id) for b in article.blocks if b.start <= span.start < b.end), ""),
            "role": load_wording("strings")["roles"][role],
            "n": n,
        }
        for (role, first, last), n in listed
        if n > 1 and (span := Span(found[first].start, found[last - 1].end))
    ]
