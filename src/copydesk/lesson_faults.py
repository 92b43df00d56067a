"""What is wrong with a lesson's own data, in sentences that name the exercise."""

from __future__ import annotations

from collections.abc import Iterator

from copydesk.context.facts import story_facts
from copydesk.context.geography import story_geography
from copydesk.errors import CopydeskError
from copydesk.key import LAYERS
from copydesk.lessons import Exercise, Lesson
from copydesk.proofs import HALF
from copydesk.scoring.events import dealt, events, placing, ranks
from copydesk.scoring.form import options
from copydesk.wording import choice_labels, load_wording

NEEDED = {"mark": ("layer", "roles"), "sort": ("choices",), "form": ("questions",)}
NEEDED |= {"order": ("items",), "write": ("fields",)}


def lesson_faults(lesson: Lesson) -> list[str]:
    """Every fault of a lesson on its story; an empty list is a sound lesson."""
    faults = [f"{lesson.id}/{e.id}: {fault}" for e in lesson.exercises for fault in _exercise(lesson, e)]
    known = {e.id for e in lesson.exercises}
    for objective in lesson.objectives:
        for name in objective.exercises:
            if name not in known:
                faults.append(f"{lesson.id}: the objective '{objective.text}' names no exercise '{name}'")
    own = lesson.story.lessons.get(lesson.id, {})
    if "timeline" in own:
        faults += _map(lesson)
    faults += [
        f"{lesson.id}: the story's lessons.toml has '{n}', no such exercise"
        for n in own
        if n not in known | {"timeline", "class"}
    ]
    return faults


def _map(lesson: Lesson) -> Iterator[str]:
    try:
        story_geography(lesson.story)
    except CopydeskError as error:
        yield f"{lesson.id}: the map: {error}"


def _exercise(lesson: Lesson, exercise: Exercise) -> Iterator[str]:
    for name in NEEDED[exercise.type]:
        if not exercise.get(name) and not (name == "fields" and exercise.get("edits")):
            yield f"a {exercise.type} exercise needs '{name}'"
    blocks = {b.id for b in lesson.story.article.blocks}
    yield from (f"there is no block '{b}' on the page" for b in exercise.region if b not in blocks)
    if exercise.get("layer") not in (None, "page", *LAYERS):
        yield f"there is no layer '{exercise.get('layer')}' in a key"
    if exercise.get("choices") and exercise.get("choices") not in load_wording("choices"):
        yield f"there are no choices named '{exercise.get('choices')}'"
    yield from _spans(lesson, exercise)
    yield from _facts(lesson, exercise)
    yield from (_order if exercise.type == "order" else _answers)(lesson, exercise)
    yield from _forms(lesson, exercise)
    yield from _edits(lesson, exercise)


def _spans(lesson: Lesson, exercise: Exercise) -> Iterator[str]:
    length = len(lesson.story.article.text)
    given = [s for g in exercise.get("given", ()) for role in exercise.get("roles", ()) for s in g.get(role, ())]
    listed = [*exercise.get("items", ()), *exercise.get("edits", ())]
    for start, end in [*given, *(i["span"] for i in listed if "span" in i)]:
        if not 0 <= start < end <= length:
            yield f"{start}–{end} is not a stretch of the page"


def _facts(lesson: Lesson, exercise: Exercise) -> Iterator[str]:
    known = {f.id for f in story_facts(lesson.story)}
    wanted = [i["fact"] for i in exercise.get("items", ()) if "fact" in i]
    wanted += [f for cards in exercise.get("cards", {}).values() for f in cards]
    wanted += exercise.get("facts", ())
    yield from (f"there is no fact '{f}' in the story's context" for f in wanted if f not in known)


def _answers(lesson: Lesson, exercise: Exercise) -> Iterator[str]:
    keyed = lesson.key.answers.get(exercise.key_name, {}) if lesson.key else {}
    asked = {q["id"]: options(q) for q in exercise.get("questions", ())}
    asked |= {
        i["id"]: choice_labels(exercise.get("choices")) for i in exercise.get("items", ()) if not exercise.get("layer")
    }
    for name, expected in keyed.items():
        if name != "samples" and name not in asked:
            yield f"the key answers '{name}', which is not asked"
        for value in expected.get("accept", ()) if name != "samples" else ():
            if asked.get(name) and value not in asked[name]:
                yield f"the key accepts '{value}' for '{name}', which is not an option"


def _edits(lesson: Lesson, exercise: Exercise) -> Iterator[str]:
    spans = {e["id"]: e["span"] for e in exercise.get("edits", ())}
    keyed = lesson.key.answers.get(exercise.key_name, {}) if lesson.key else {}
    for sample in keyed.get("samples", ()):
        for name, changes in sample.get("edits", {}).items():
            inside = name in spans and all(spans[name][0] <= a <= b <= spans[name][1] for a, b, _ in changes)
            if not inside:
                yield f"the sample '{sample['view']}' changes words outside '{name}'"


def _forms(lesson: Lesson, exercise: Exercise) -> Iterator[str]:
    """Parallel forms must be as long as each other, share no id, and ask for as many of each class."""
    forms = {name: [i["id"] for i in items] for name, items in exercise.get("forms", {}).items()}
    every = [i for ids in forms.values() for i in ids]
    if len({*every}) < len(every):
        yield "two sentences of its forms have one id"
    if len({len(ids) for ids in forms.values()}) > 1:
        yield "its forms are not of one length"
    if lesson.key and forms:
        keyed = lesson.key.answers.get(exercise.key_name, {})
        yield from (f"nothing says what '{i}' is" for i in every if i not in keyed)
        classes = {tuple(sorted(str(keyed.get(i, {}).get("accept")) for i in ids)) for ids in forms.values()}
        if len(classes) > 1:
            yield "its forms do not ask for as many of each class"


def _order(lesson: Lesson, exercise: Exercise) -> Iterator[str]:
    ids = [i["id"] for i in exercise.get("items", ())]
    if len(ids) < 3:
        yield "an order needs at least three items"
    if len({*ids, "order"}) <= len(ids):
        yield "each item needs an id of its own, and 'order' is taken"
    yield from _told_dates(lesson, exercise)
    if lesson.key is None:
        return
    keyed = lesson.key.answers.get(exercise.key_name, {})
    listed = ranks(keyed.get("order", {}).get("accept", ()))
    yield from (f"the key answers '{i}', which is not asked" for i in {**keyed, **listed} if i not in (*ids, "order"))
    told = {e.id: e for e in events(exercise, lesson.key, lesson.story.article.text)}
    for i in ids:
        if i not in (listed or told):
            yield f"nothing says when '{i}' was: give it a fact with a date, or a place in the key's order"
        elif exercise.get("known") and not {*told[i].accept} & {*choice_labels("known")}:
            yield f"nothing says whether '{i}' was known on the day: give its fact a known_from, or the key an accept"
    if [*told] == sorted(told) and len(told) > 1:
        yield "the ids in their alphabet are the right order, and an answer file shows ids: give them other names"
    cards = dealt(exercise)
    if max(placing([*told.values()], order) for order in (cards, cards[::-1])) > HALF:
        yield f"the items are dealt too near the right order or its reverse: set deal = {exercise.get('deal', 1) + 1}"


def _told_dates(lesson: Lesson, exercise: Exercise) -> Iterator[str]:
    facts = {f.id: f for f in story_facts(lesson.story)}
    for item in exercise.get("items", ()):
        fact = facts.get(item.get("fact"))
        if fact and fact.year and str(fact.year) in item.get("text", fact.statement):
            yield f"the words of '{item['id']}' tell its year: give the item a text of its own"
