"""Check a story's key, its lessons, that their scoring is fair, and the settings for grading a class.

Each check returns what it found in sentences. `key_faults` and `lesson_faults` find what can be read and is wrong.
`check_scoring` scores made-up answers to every exercise: the key's own answer and each alternative must earn 100 %; a
blank must earn 0 without an error; marking everything must stay under half; one answer everywhere must not pass; an
exercise that cannot be got wrong must carry no points. `guess_objectives` finds objectives that measure luck.
`check_settings` says what `copydesk grade` will understand of a roster, weights, a due date and grades of texts.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from random import Random
from typing import Any

from copydesk.answers import Record
from copydesk.answers.schema import Try
from copydesk.base.errors import CopydeskError
from copydesk.base.spans import Span, fingerprint, short_hash, words
from copydesk.base.wording import choice_labels, load_wording
from copydesk.exercises.exercise import Exercise, Offer
from copydesk.exercises.mark import Mark
from copydesk.exercises.order import Order
from copydesk.exercises.outcome import Answer
from copydesk.lessons.lesson import Lesson, Objective
from copydesk.lessons.results import result_of
from copydesk.map.geography import story_geography
from copydesk.page.article import Article
from copydesk.story.key import FORMS, KINDS, VERDICTS, VOICES, Key, spans_of
from copydesk.story.story import Story
from copydesk_classroom.collecting.roster import name_keys, read_roster
from copydesk_classroom.course import Unit, offers, weights_and_errors
from copydesk_classroom.grading.grade import late_after
from copydesk_classroom.marking.rubric import graders

# A key on its page


PATCHES = {"not_an_attribution", "merge_with", "split_from"}
"""What an alternative may change besides the fields of its entry."""


def key_faults(key: Key, article: Article) -> list[str]:
    """Every fault of a key on its page, check by check; an empty list means that the key is sound."""
    if key.sha256 != fingerprint(article.text):
        return [f"the key of '{key.story}' was made for another page: its sha256 does not match page.txt"]
    checks = (_ids, _offsets, _blocks, _values, _attributions, _framing, _alternatives)
    return [fault for check in checks for fault in check(key, article)]


def _ids(key: Key, article: Article) -> Iterator[str]:
    seen: dict[str, str] = {}
    for entry in chain(*key.entries.values()):
        for name in (entry.id, *(a.id for a in entry.alternatives)):
            if name.lower() in seen:
                yield f"{name}: the id is used twice (ignoring case, with {seen[name.lower()]})"
            seen[name.lower()] = name


def _records(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every span in an entry, however deep, as the mapping that the key has for it."""
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
    for entry in chain(*key.entries.values()):
        region = blocks.get(entry.get("region", ""))
        if entry.get("region") and region is None:
            yield f"{entry.id}: there is no block '{entry['region']}' on the page"
        for record in _records(dict(entry.data)):
            start, end = record["start"], record.get("end")
            if not (type(start) is type(end) is int and 0 <= start < end <= len(article.text)):
                yield f"{entry.id}: {start}–{end} is not a stretch of the page"
                continue
            # the hash catches a page that was edited: offsets may still be valid there and point at other words
            words = article.text[start:end]
            if short_hash(words) != record.get("hash"):
                yield f"{entry.id}: the words at {start}–{end} are not those the key was made for"
            elif words != words.strip() and entry.layer != "quirks":
                yield f"{entry.id}: {start}–{end} begins or ends with white space"
            elif region and not region.covers(Span(start, end)):
                yield f"{entry.id}: {start}–{end} lies outside {entry['region']}"


def _blocks(key: Key, article: Article) -> Iterator[str]:
    # lessons name blocks by the key's ids and widgets by the reader's: both must cut the page alike
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
    length = len(article.text)  # a span may end anywhere, and what lies past the page is never walked through
    used: dict[int, str] = {}
    for a in key.attributions:
        if a.get("speaker") not in names:
            yield f"{a.id}: speaker '{a.get('speaker')}' is not among the sources"
        if a.get("carried_from") and a["carried_from"] not in ids:
            yield f"{a.id}: carried_from names '{a['carried_from']}', which is not in the key"
        for span in a.spans("content"):
            for other in (*a.spans("source"), *a.spans("cue")):
                if span.overlap(other):
                    yield f"{a.id}: its source or cue lies inside its content"
            places = range(span.start, min(span.end, length))
            clash = {used[i] for i in places if i in used} - {a.get("nested_in")}
            if clash:
                yield f"{a.id}: its content overlaps that of {', '.join(sorted(clash))}"
            used.update(dict.fromkeys(places, a.id))
            words = span.of(article.text)
            if a["form"] == "direct" and words and not (words[0] in "“\"‘'«„" and words[-1] in "”\"’'»“"):
                yield f"{a.id}: a direct quotation begins and ends with quotation marks"
    for clause in key.layer("reporter_voice"):
        if any(i in used for s in clause.spans("span") for i in range(s.start, min(s.end, length))):
            yield f"{clause.id}: the reporter’s voice lies inside attributed content"


def _framing(key: Key, article: Article) -> Iterator[str]:
    controls = [(control.id, control.spans("span")[0]) for control in key.layer("controls")]
    for device in key.framing:
        marked = device.spans("span")[0]
        if len(device["readings"]) < 2:
            yield f"{device.id}: a framing item needs at least two readings"
        for control, span in controls:
            if span.overlap(marked):
                yield f"{control}: a plain control overlaps {device.id}"


def _alternatives(key: Key, article: Article) -> Iterator[str]:
    ids = {entry.id for entry in chain(*key.entries.values())}
    for entry in chain(*key.entries.values()):
        if entry.get("contestable") and not entry.alternatives:
            yield f"{entry.id}: is contestable but lists no alternative"
        for a in entry.alternatives:
            unknown = set(a.patch) - set(entry.data) - PATCHES - {"reading"}
            if not a.patch or unknown:
                yield f"{a.id}: the patch must name fields of {entry.id}, not {sorted(unknown) or 'nothing'}"
            for other in (a.patch.get("merge_with"), a.patch.get("split_from")):
                if other and other not in ids:
                    yield f"{a.id}: names '{other}', which is not in the key"
            if not all(0 <= s.start < s.end <= len(article.text) for s in spans_of(a.patch.get("content"))):
                yield f"{a.id}: its spans are not on the page"


# A lesson on its story


def lesson_faults(lesson: Lesson) -> list[str]:
    """Every fault of a lesson on its story; an empty list means that the lesson is sound."""
    on = {e: lesson.on_story_of(e) for e in lesson.exercises}
    faults = [f"{lesson.id}/{e.id}: {fault}" for e in on for fault in e.faults(on[e].story, on[e].key)]
    for exercise, there in on.items():
        if there.key and exercise.mark_roles() and not exercise.key_marks(there.key):
            faults.append(f"{lesson.id}/{exercise.id}: the key marks nothing that it asks for; say why in left_out")
    known = {*(e.id for e in lesson.exercises), *lesson.left_out}
    for objective in lesson.objectives:
        for name in objective.exercises:
            if name not in known:
                faults.append(f"{lesson.id}: the objective '{objective.text}' names no exercise '{name}'")
        if len({e.more for e in lesson.exercises if e.id in objective.exercises}) > 1:
            faults.append(
                f"{lesson.id}: the objective '{objective.text}' is half in the core and half in what is `more`"
            )
    own = lesson.story.lessons.get(lesson.id, {})
    if "timeline" in own:  # a lesson with a timeline uses the map
        try:
            story_geography(lesson.story)
        except CopydeskError as error:
            faults.append(f"{lesson.id}: the map: {error}")
    faults += [
        f"{lesson.id}: the story's lessons.toml has '{n}', no such exercise"
        for n in own
        if n not in known | {"timeline", "class"}
    ]
    return faults


@dataclass(frozen=True, slots=True)
class ScoringCheck:
    """One check of one exercise: what must be true of its scoring, whether that holds, and what was found."""

    exercise: str
    claim: str
    holds: bool
    detail: str = ""


def check_scoring(lesson: Lesson) -> list[ScoringCheck]:
    """The checks of every exercise of a lesson. Raises CopydeskError if the story has no key here."""
    if lesson.key is None:
        raise CopydeskError(f"'{lesson.story.id}' has no key here", "scoring is checked against key.json")
    return [check for e in lesson.exercises for check in _checks(e, lesson.on_story_of(e))]


def _checks(exercise: Exercise, lesson: Lesson) -> Iterator[ScoringCheck]:
    key, text = lesson.key, lesson.story.article.text
    assert key is not None
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
        # answers which need no reading, such as one class for every item, stay under the exercise's limit
        lazy = exercise.lazy_answers(key, text)
        scores = {name: exercise.outcome(answer, key, text).score for name, answer in lazy.items()}
        name, best = max(scores.items(), key=lambda pair: pair[1], default=("none", 0.0))
        claim = f"{len(scores)} answers without thought stay under {exercise.lazy_limit:.0%}"
        yield ScoringCheck(exercise.id, claim, best < exercise.lazy_limit, f"the best, '{name}', gets {best:.0%}")


# Objectives, met by guessing. Two learners answer the exercises of an objective, each many times by chance: one
# guesses, the other then changes what the first try flagged as wrong.

LIMIT = 0.05
"""How often an objective may be met by chance; one that either of the two meets more often measures luck."""
MANY, FEW = 200, 40
"""How many draws there are for each objective; and how many a quick check makes, unless more than the limit meet it."""
SEED = 2022
Draw = tuple[bool, bool]
"""Whether a guess met the objective, and whether it did after what was flagged was changed."""


@dataclass(frozen=True, slots=True)
class Guessed:
    """One objective, and the share of draws in which each of the two learners met it."""

    story: str
    lesson: str
    objective: str
    guess: float
    flip: float

    @property
    def holds(self) -> bool:
        """Whether neither meets it too often."""
        return max(self.guess, self.flip) <= LIMIT

    def __str__(self) -> str:
        shares = f"guess {100 * self.guess:.0f}% flip {100 * self.flip:.0f}%"
        return f"{self.story} {self.lesson} {self.objective} {shares}"


def guess_objectives(lesson: Lesson, *, quick: bool = False) -> Iterator[Guessed]:
    """Each objective of a lesson with how often it is met by chance; the same for the same lesson each time."""
    for objective in lesson.objectives:
        chance = Random(f"{SEED}/{lesson.story.id}/{lesson.id}/{objective.text}")
        draws = [_draw(lesson, objective, chance) for _ in range(FEW)]
        found = _guessed(lesson, objective, draws)
        if not (quick and found.holds):
            draws += [_draw(lesson, objective, chance) for _ in range(MANY - FEW)]
            found = _guessed(lesson, objective, draws)
        yield found


def _guessed(lesson: Lesson, objective: Objective, draws: Sequence[Draw]) -> Guessed:
    guess, flip = (sum(met) / len(draws) for met in zip(*draws, strict=True))
    return Guessed(lesson.story.id, lesson.id, objective.text, guess, flip)


def _draw(lesson: Lesson, objective: Objective, chance: Random) -> Draw:
    guessed, flipped = ({e.id: Record() for e in lesson.exercises} for _ in range(2))
    for exercise in lesson.exercises_of(objective):
        on = lesson.on_story_of(exercise)
        first = guess(exercise, on.story, chance)
        second = flip(exercise, first, on, chance)
        guessed[exercise.id], flipped[exercise.id] = _record(first), _record(first, second)
    return _is_met(lesson, objective, guessed), _is_met(lesson, objective, flipped)


def _record(*answers: Answer) -> Record:
    return Record(answers[-1], tuple(Try(answer, 0, 0, "", 1) for answer in answers))


def _is_met(lesson: Lesson, objective: Objective, records: Mapping[str, Record]) -> bool:
    return result_of(lesson, records).state(objective) == "met"


def guess(exercise: Exercise, story: Story, chance: Random) -> Answer:
    """An answer by chance."""
    if exercise.values_in:
        forms, shown = exercise.parallel_forms(), exercise
        if forms:  # the exercise in one of its parallel forms
            items = forms[chance.choice([*forms])]
            shown = exercise.as_answered({exercise.values_in: {item.id: "?" for item in items}})
        return {exercise.values_in: {i: _pick(offer, chance) for i, offer in shown.offers(story).items()}}
    if isinstance(exercise, Mark):
        return {"groups": [_group(exercise, story, chance) for _ in range(chance.randint(1, 12))]}
    if isinstance(exercise, Order):
        ids = [item.id for item in exercise.items]
        choices = {i: chance.choice([*choice_labels("known")]) for i in ids} if exercise.known else {}
        return {"order": chance.sample(ids, len(ids)), "choices": choices}
    texts = {box.id: " ".join(_words(box.min, story, chance)) for box in exercise.boxes()}
    sentences = [s.span for s in story.article.sentences]
    return {"texts": texts, "evidence": [[s.start, s.end] for s in chance.sample(sentences, min(4, len(sentences)))]}


def flip(exercise: Exercise, answer: Answer, lesson: Lesson, chance: Random) -> Answer:
    """The answer with something else wherever the first check flagged it."""
    flagged = {n.item for n in exercise.outcome(answer, lesson.key, lesson.story.article.text).notes if n.hint}
    if exercise.values_in:
        chosen, offers = answer[exercise.values_in], exercise.offers(lesson.story)
        changed = {i: _pick(offers[i], chance, but=v) for i, v in chosen.items() if i in flagged}
        return {exercise.values_in: {**chosen, **changed}}
    again = guess(exercise, lesson.story, chance)
    if not isinstance(exercise, Order):
        return again if flagged else answer
    moved = iter([i for i in again["order"] if i in flagged])
    order = [next(moved) if i in flagged else i for i in answer["order"]]
    turned = {
        i: next(c for c in choice_labels("known") if c != v) for i, v in answer["choices"].items() if i in flagged
    }
    return {"order": order, "choices": {**answer["choices"], **turned}}


def _pick(offer: Offer, chance: Random, *, but: object = None) -> object:
    """One of the choices but that one, or a number of the range: a whole one where it is wide."""
    if isinstance(offer, Mapping):
        return chance.choice([value for value in offer if value != but])
    low, high = offer
    return chance.randint(round(low), round(high)) if high - low > 2 else round(chance.uniform(low, high), 2)


def _group(exercise: Mark, story: Story, chance: Random) -> dict[str, Any]:
    """A few words of one sentence in each role, and each label by chance."""
    block = chance.choice(exercise.blocks(story))
    sentence = chance.choice(story.article.sentences_of(block.id) or (block,))
    found = words(story.article.text, sentence.span)
    spans = {}
    for role in exercise.roles:
        first = chance.randrange(len(found))
        last = min(len(found), first + chance.randint(1, 8)) - 1
        spans[role] = [[found[first].start, found[last].end]]
    return {**spans, "labels": {name: chance.choice([*exercise.labels_of(name)]) for name in exercise.labels}}


def _words(n: int, story: Story, chance: Random) -> list[str]:
    text = story.article.text
    return [w.of(text) for w in chance.choices(words(text), k=n)]


# The settings for grading a class

MOST = 10
"""How many faults of one kind are named; the others are counted."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was understood of one setting (`said`), and what is wrong with it, in sentences."""

    said: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()


def check_settings(
    *,
    roster: Path | None = None,
    weights: Path | None = None,
    due: str | None = None,
    rubric: Path | None = None,
    story: str | None = None,
) -> Iterator[Found]:
    """Check each setting that is given; nothing is graded and nothing is written.

    With `story` only the lessons of that story are offered.
    """
    if roster is not None:
        yield _safely(partial(_roster, roster))
    if weights is not None:
        yield _safely(partial(_weights, weights, story))
    if due is not None:
        yield _safely(partial(_due, due))
    if rubric is not None:
        yield _safely(partial(_rubric, rubric))


def _safely(check: Callable[[], Found]) -> Found:
    try:
        return check()
    except CopydeskError as error:
        return Found(faults=(str(error),))


def _roster(path: Path) -> Found:
    found = read_roster(path)
    pupils, header, columns = [*found.pupils()], found.head, found.columns
    read = ", ".join(f"{field} from “{header[n].strip()}”" for n, field in columns.items())
    left = ", ".join(f"“{h.strip()}”" for n, h in enumerate(header) if n not in columns and h.strip())
    said = [f"roster {path}: {len(pupils)} learners; read: {read}{f'; not read: {left}' if left else ''}"]
    if not any(p.ids() for p in pupils):
        said.append("  learners are told apart by their names alone; a column with an id, login or email is safer")
    keys, names = Counter(p.key for p in pupils), Counter(k for p in pupils for k in _whole_name(p.name))
    faults = [
        f"{path}: ‘{key.partition(':')[2]}’ is there {n} times; keep one line" for key, n in keys.items() if n > 1
    ]
    shared = {p.name for p in pupils if keys[p.key] == 1 and any(names[k] > 1 for k in _whole_name(p.name))}
    said += [f"  several are called ‘{name}’: only a file with an id finds its owner" for name in sorted(shared)[:MOST]]
    if not pupils:
        faults.append(f"nobody is on {path}; write one line per learner")
    return Found(tuple(said), _cut(faults))


def _whole_name(name: str) -> set[str]:
    return {key for keys in name_keys(name)[1:2] for key in keys}


def _cut(faults: list[str]) -> tuple[str, ...]:
    rest = len(faults) - MOST
    return (*faults[:MOST], *([f"and {rest} more of that kind"] if rest > 0 else []))


def _weights(path: Path, story: str | None) -> Found:
    """How many factors there are, and the points of each lesson with them."""
    offered = offers(story, path)
    factors, errors = weights_and_errors(path, offered)
    faults = [str(error) for error in errors]
    lessons = {lesson.id: lesson for lesson in reversed(offered.values())}
    said = [f"weights {path}: {len(factors)} {'factor' if len(factors) == 1 else 'factors'}"]
    total = 0.0
    for name, lesson in sorted(lessons.items()):
        before, now = sum(e.points for e in lesson.exercises), Unit.of(lesson, name, factors).possible
        total += now
        said.append(f"  {name}: {now:g} points{f', not {before:g}' if now != before else ''}")
    faults += [f"{path}: no exercise counts; give one a factor above 0"] if not total else []
    return Found(tuple(said), _cut(faults))


def _due(given: str) -> Found:
    last = dt.datetime.fromisoformat(late_after(given))
    here = last.astimezone().strftime("%Y-%m-%d %H:%M:%S %Z")
    past = "; that is past" if last < dt.datetime.now(dt.UTC) else ""
    return Found((f"due {given}: late after {here} ({last:%Y-%m-%d %H:%M:%S} UTC){past}",))


def _rubric(place: Path) -> Found:
    """How many texts each grader graded, and how many texts have several graders."""
    everybody = graders(place) if place.exists() else {}
    if not everybody:
        raise CopydeskError(f"there are no grades in {place}", "name the folder that the grading desk wrote")
    texts = Counter(text for grades in everybody.values() for text in grades)
    of_each = ", ".join(f"{name} {len(grades)}" for name, grades in sorted(everybody.items()))
    several = sum(n > 1 for n in texts.values())
    return Found((f"rubric {place}: {len(texts)} texts ({of_each}); {several} by several graders",))
