"""What is wrong with an answer key, in sentences that name the entry.

The checks hold for any story; `copydesk check` prints them.

What is wrong with a lesson's own data, in sentences that name the exercise.

Proofs that a lesson's scoring is fair: what must score full marks does, and what must not does not.

The key's own answer and each alternative score 100 %; a blank answer scores 0 without an error; marking everything
stays under half; one answer everywhere stays below the bar; nothing that cannot be got wrong carries points.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from copydesk.base.errors import CopydeskError
from copydesk.base.spans import Span, fingerprint, short_hash
from copydesk.base.wording import choice_labels, load_wording
from copydesk.exercises import lazy_answers, model_answers, score
from copydesk.exercises.exercise import Exercise
from copydesk.exercises.form import options
from copydesk.exercises.order import dealt, events, placing, ranks
from copydesk.exercises.outcome import Outcome
from copydesk.lessons.lesson import Lesson
from copydesk.map.geography import story_geography
from copydesk.page.article import Article
from copydesk.story.facts import story_facts
from copydesk.story.key import FORMS, KINDS, LAYERS, VERDICTS, VOICES, Entry, Key, spans_of

PATCHES = {"not_an_attribution", "merge_with", "split_from"}


def key_faults(key: Key, article: Article) -> list[str]:
    """Every fault of a key against its page, in reading order; an empty list is a sound key."""
    if key.sha256 != fingerprint(article.text):
        return [f"the key of '{key.story}' was made for another page: its sha256 does not match page.txt"]
    checks = (_ids, _offsets, _blocks, _values, _attributions, _framing, _alternatives)
    return [fault for check in checks for fault in check(key, article)]


def _all(key: Key) -> Iterator[Entry]:
    for entries in key.entries.values():
        yield from entries


def _ids(key: Key, article: Article) -> Iterator[str]:
    seen: dict[str, str] = {}
    for entry in _all(key):
        for name in (entry.id, *(a.id for a in entry.alternatives)):
            if name.lower() in seen:
                yield f"{name}: the id stands twice (ignoring case, with {seen[name.lower()]})"
            seen[name.lower()] = name


def _records(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        if "start" in value:
            yield value
        for inner in value.values():
            yield from _records(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _records(inner)


def _offsets(key: Key, article: Article) -> Iterator[str]:
    blocks = {b.id: b.span for b in article.blocks}
    for entry in _all(key):
        region = blocks.get(entry.get("region", ""))
        if entry.get("region") and region is None:
            yield f"{entry.id}: there is no block '{entry['region']}' on the page"
        for record in _records(dict(entry.data)):
            start, end = record["start"], record.get("end")
            if not (type(start) is type(end) is int and 0 <= start < end <= len(article.text)):
                yield f"{entry.id}: {start}–{end} is not a stretch of the page"
                continue
            words = article.text[start:end]
            if short_hash(words) != record.get("hash"):
                yield f"{entry.id}: the words at {start}–{end} are not those the key was made for"
            elif words != words.strip() and entry.layer != "quirks":
                yield f"{entry.id}: {start}–{end} begins or ends with white space"
            elif region and not region.covers(Span(start, end)):
                yield f"{entry.id}: {start}–{end} lies outside {entry['region']}"


def _blocks(key: Key, article: Article) -> Iterator[str]:
    for layer in ("furniture", "paragraphs", "sentences"):
        parsed = {b.id: b.span for b in getattr(article, layer)}
        keyed = {e.id: e.spans("span")[0] for e in key.layer(layer)}
        for name in sorted(parsed.keys() | keyed.keys()):
            if parsed.get(name) != keyed.get(name):
                yield f"{name}: the reader finds {parsed.get(name)}, the key has {keyed.get(name)}"


def _values(key: Key, article: Article) -> Iterator[str]:
    devices = tuple(load_wording("devices"))
    sets = (
        ("attributions", "form", FORMS),
        ("attributions", "kind", KINDS),
        ("sources", "kind", KINDS),
        ("framing", "device", devices),
        ("claims", "verdict", VERDICTS),
        ("sentences", "voice", VOICES),
    )
    for layer, field, allowed in sets:
        for entry in key.layer(layer):
            for value in (entry.get(field), *(a.patch[field] for a in entry.alternatives if field in a.patch)):
                if value not in allowed:
                    yield f"{entry.id}: {field} '{value}' is not one of {', '.join(allowed)}"


def _attributions(key: Key, article: Article) -> Iterator[str]:
    names = {s["name"] for s in key.layer("sources")}
    ids = {a.id for a in key.attributions}
    used: dict[int, str] = {}
    for a in key.attributions:
        if a.get("speaker") not in names:
            yield f"{a.id}: speaker '{a.get('speaker')}' is not among the sources"
        if a.get("carried_from") and a["carried_from"] not in ids:
            yield f"{a.id}: carried_from names '{a['carried_from']}', which is not there"
        for span in a.spans("content"):
            for other in (*a.spans("source"), *a.spans("cue")):
                if span.overlap(other):
                    yield f"{a.id}: its source or cue lies inside its content"
            clash = {used[i] for i in range(span.start, span.end) if i in used}
            if clash:
                yield f"{a.id}: its content overlaps that of {', '.join(sorted(clash))}"
            used.update(dict.fromkeys(range(span.start, span.end), a.id))
            words = span.of(article.text)
            if a["form"] == "direct" and words and not (words[0] in "“\"‘'«„" and words[-1] in "”\"’'»“"):
                yield f"{a.id}: a direct quotation begins and ends with quotation marks"
    for clause in key.layer("reporter_voice"):
        if any(i in used for s in clause.spans("span") for i in range(s.start, s.end)):
            yield f"{clause.id}: the reporter’s voice lies inside attributed content"


def _framing(key: Key, article: Article) -> Iterator[str]:
    for device in key.framing:
        if len(device["readings"]) < 2:
            yield f"{device.id}: a framing item needs at least two readings"
        for control in key.layer("controls"):
            if control.spans("span")[0].overlap(device.spans("span")[0]):
                yield f"{control.id}: a plain control overlaps {device.id}"


def _alternatives(key: Key, article: Article) -> Iterator[str]:
    for entry in _all(key):
        if entry.get("contestable") and not entry.alternatives:
            yield f"{entry.id}: is contestable but lists no alternative"
        for a in entry.alternatives:
            unknown = set(a.patch) - set(entry.data) - PATCHES - {"reading"}
            if not a.patch or unknown:
                yield f"{a.id}: the patch must name fields of {entry.id}, not {sorted(unknown) or 'nothing'}"
            for other in (a.patch.get("merge_with"), a.patch.get("split_from")):
                if other:
                    try:
                        key.entry(other)
                    except CopydeskError:
                        yield f"{a.id}: names '{other}', which is not in the key"
            if not all(0 <= s.start < s.end <= len(article.text) for s in spans_of(a.patch.get("content"))):
                yield f"{a.id}: its spans are not on the page"


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


HALF = 0.5


@dataclass(frozen=True, slots=True)
class ScoringCheck:
    """One thing shown of one exercise: what was tried, how it came out, and whether that is as it must be."""

    exercise: str
    claim: str
    holds: bool
    detail: str = ""


def check_scoring(lesson: Lesson) -> list[ScoringCheck]:
    """Every proof for every exercise of a lesson; needs the key."""
    if lesson.key is None:
        raise CopydeskError(f"'{lesson.story.id}' has no key here", "proofs need key.json")
    return [p for e in lesson.exercises for p in _prove(e, lesson.key, lesson.story.article.text)]


def _prove(exercise: Exercise, key: Key, text: str) -> Iterator[ScoringCheck]:
    def outcome(answer: dict[str, object]) -> Outcome:
        return score(exercise, answer, key, text)

    blank = outcome({})
    yield ScoringCheck(exercise.id, "blank scores 0", blank.status == "not_attempted" and blank.score == 0)
    models = {name: outcome(a).score for name, a in model_answers(exercise, key, text).items()}
    short = [f"{n} {v:.0%}" for n, v in models.items() if v < 1]
    if models:
        yield ScoringCheck(exercise.id, f"{len(models)} model answers score 100 %", not short, ", ".join(short))
    elif exercise.points:
        yield ScoringCheck(exercise.id, "an exercise with points has a model answer", False, "add it to the key")
    if exercise.get("variety"):
        yield _one_label(exercise, key, text)
    if exercise.points:
        yield _lazy(exercise, {name: outcome(a).score for name, a in lazy_answers(exercise, key, text).items()})
    elif exercise.type == "form":
        worth = [
            n.item for n in outcome({"values": {q["id"]: "?" for q in exercise.get("questions")}}).notes if n.possible
        ]
        yield ScoringCheck(exercise.id, "practice carries no points", not worth, ", ".join(worth))


def _one_label(exercise: Exercise, key: Key, text: str) -> ScoringCheck:
    """Finding everything and calling it all the same must not pass where an exercise asks for `variety`."""
    best = model_answers(exercise, key, text)["key"]["groups"]
    values = {(n, g["labels"][n]) for g in best for n in g["labels"]}
    tries = {v: {"groups": [{**g, "labels": {n: v}} for g in best]} for n, v in values}
    name, got = max(((v, score(exercise, a, key, text).score) for v, a in tries.items()), key=lambda pair: pair[1])
    claim = "one class for every mark stays below the bar"
    return ScoringCheck(exercise.id, claim, got < exercise.bar, f"'{name}' gets {got:.0%}")


def _lazy(exercise: Exercise, scores: dict[str, float]) -> ScoringCheck:
    limit = HALF if exercise.type == "mark" else exercise.bar
    name, best = max(scores.items(), key=lambda pair: pair[1], default=("none", 0.0))
    return ScoringCheck(
        exercise.id,
        f"{len(scores)} answers without thought stay under {limit:.0%}",
        best < limit,
        f"the best, '{name}', gets {best:.0%}",
    )
