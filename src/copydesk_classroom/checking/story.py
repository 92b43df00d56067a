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
from copydesk.base.wording import load_wording
from copydesk.exercises.exercise import Exercise
from copydesk.lessons.lesson import Lesson
from copydesk.map.geography import story_geography
from copydesk.page.article import Article
from copydesk.story.key import FORMS, KINDS, VERDICTS, VOICES, Entry, Key, spans_of

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


def lesson_faults(lesson: Lesson) -> list[str]:
    """Every fault of a lesson on its story; an empty list is a sound lesson."""
    faults = [f"{lesson.id}/{e.id}: {fault}" for e in lesson.exercises for fault in e.faults(lesson.story, lesson.key)]
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
    blank = exercise.outcome({}, key, text)
    yield ScoringCheck(exercise.id, "blank scores 0", blank.status == "not_attempted" and blank.score == 0)
    models = {name: exercise.outcome(a, key, text).score for name, a in exercise.model_answers(key, text).items()}
    short = [f"{n} {v:.0%}" for n, v in models.items() if v < 1]
    if models:
        yield ScoringCheck(exercise.id, f"{len(models)} model answers score 100 %", not short, ", ".join(short))
    elif exercise.points:
        yield ScoringCheck(exercise.id, "an exercise with points has a model answer", False, "add it to the key")
    yield from (ScoringCheck(exercise.id, *found) for found in exercise.scoring_checks(key, text))
    if exercise.points:
        yield _lazy(exercise, key, text)


def _lazy(exercise: Exercise, key: Key, text: str) -> ScoringCheck:
    lazy = exercise.lazy_answers(key, text)
    scores = {name: exercise.outcome(answer, key, text).score for name, answer in lazy.items()}
    name, best = max(scores.items(), key=lambda pair: pair[1], default=("none", 0.0))
    limit = exercise.lazy_limit
    claim = f"{len(scores)} answers without thought stay under {limit:.0%}"
    return ScoringCheck(exercise.id, claim, best < limit, f"the best, '{name}', gets {best:.0%}")
