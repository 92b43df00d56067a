"""What an answer file holds: its fields, how a file is checked, and how two copies are merged."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from copydesk.base.documents import (
    LARGEST,
    Damaged,
    Field,
    Fields,
    Json,
    check_fields,
    decode,
    encode,
    new_object,
    schema_of,
)
from copydesk.base.errors import CopydeskError

SCHEMA = 1
"""The form this kit writes."""

MOST_BYTES = 1_000_000
"""The largest answer to one exercise; an essay of 2,000 words has about 14,000."""

MOST_OTHERS = 5
"""How many answers from other open copies are kept beside one's own."""

MOST_TRIES = 50
"""How many tries at one exercise are kept: the first, the best of the first round, and the latest."""

DEEPEST = 40
"""How many brackets an answer may have inside each other; a whole file may have twice as many."""

TIME = Field(None, (str, type(None)))
TRY: Fields = {
    "answer": Field({}, (dict,)),
    "score": Field(0.0, (float, int)),
    "points": Field(0.0, (float, int)),
    "at": Field("", (str,)),
    "round": Field(1, (int,)),
}
"""The fields of one of an entry's `tries`."""
ENTRY: Fields = {
    "answer": Field({}, (dict,), needed=True),
    "rev": Field(0, (int,)),
    "round": Field(1, (int,)),
    "changed": TIME,
    "tries": Field([], (list,), each=TRY),
    "others": Field([], (list,), each=dict),
}
"""The fields of an entry. `rev` counts its changes; `others` are answers that another open copy of the lesson gave."""
DOCUMENT: Fields = {
    **dict.fromkeys(("story", "lesson", "sha256", "learner"), Field("", (str,))),
    "created": TIME,
    "changed": TIME,
    "exercises": Field({}, (dict,), each=ENTRY, needed=True),
}
"""The fields of a lesson's file, besides `schema` and `kit`; `exercises` holds an entry by exercise id."""


@dataclass(frozen=True, slots=True)
class Try:
    """One time the learner asked for a verdict, and the answer it was asked with."""

    answer: Json
    score: float
    points: float
    at: str
    round: int


@dataclass(frozen=True, slots=True)
class Record:
    """What is kept of one exercise.

    `others` are answers another open copy of the lesson gave; `conflict` says that this very change put one there.
    `key_waits` says that the last try passed, and that the key stays hidden so that the next try can still be used.

    >>> Record().answer, Record().round
    ({}, 1)
    """

    answer: Json = field(default_factory=dict)
    tries: tuple[Try, ...] = ()
    round: int = 1
    changed: str | None = None
    others: tuple[Json, ...] = ()
    conflict: bool = False
    key_waits: bool = False
    tries_not_kept: int = 0

    @classmethod
    def of(cls, entry: Json, *, conflict: bool = False) -> Record:
        """The record of an exercise as it stands in the file."""
        tries = tuple(Try(*(attempt[name] for name in TRY)) for attempt in entry["tries"])
        others, waits = tuple(entry["others"]), entry.get("key_waits") is True
        gone = _not_kept(entry)
        return cls(entry["answer"], tries, entry["round"], entry["changed"], others, conflict, waits, gone)

    @property
    def tries_made(self) -> int:
        """How many tries there were, those included that are not kept."""
        return len(self.tries) + self.tries_not_kept


def new_entry() -> Json:
    """The entry of an exercise that nobody has answered yet."""
    return new_object(ENTRY)


def accepted(answer: object, exercise: str) -> Json:
    """Return the answer as it will be read back. Raises CopydeskError if a file could not hold it."""
    problem = f"the answer to {exercise!r} cannot be kept"
    if not isinstance(answer, dict):
        raise CopydeskError(f"{problem}: it is a {type(answer).__name__}", "an answer is a dict")
    try:
        data = encode(_plain(answer), indent=None)
    except (ValueError, RecursionError) as error:
        raise CopydeskError(f"{problem}: {error}") from None
    if len(data) > MOST_BYTES:
        raise CopydeskError(f"{problem}: it is larger than 1 MB", "shorten it")
    return decode(data)


def _plain(value: object, depth: int = 0) -> object:
    """The value with tuples as lists, if JSON has a place for all that is in it."""
    if depth >= DEEPEST:
        raise ValueError("it has too many brackets inside each other")
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{value} is not a number JSON knows")
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, list | tuple):
        return [_plain(item, depth + 1) for item in value]
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {key: _plain(item, depth + 1) for key, item in value.items()}
    kind = "a dict whose keys are not all text" if isinstance(value, dict) else f"a {type(value).__name__}"
    raise ValueError(f"JSON has no place for {kind}")


def checked(document: Json, *, story: str, lesson: str) -> Json:
    """Bring a decoded document into today's form, every known field present and of its type; unknown fields stay.

    `story` and `lesson` are those it should be about. A document in a form newer than this kit comes back as it is.
    Raises `Damaged` if it is no answer file, or one of another lesson.
    """
    if (schema := schema_of(document)) > SCHEMA:
        return document
    if schema < SCHEMA:  # 1 is the first form that was released; a later one brings the step from it
        raise Damaged("names no schema")
    document.setdefault("story", story)
    document.setdefault("lesson", lesson)
    if not isinstance(document.get("exercises"), dict):
        raise Damaged("holds no exercises")
    check_fields(document, DOCUMENT)
    if (document["story"].casefold(), document["lesson"].casefold()) != (story.casefold(), lesson.casefold()):
        raise Damaged("belongs to another lesson")
    if any(entry["round"] < 1 for entry in document["exercises"].values()):
        raise Damaged("counts the rounds from 0")
    return document


def fewer_tries(entry: Json) -> Json:
    """The entry with at most `MOST_TRIES` tries: those that count, and the latest; `tries_not_kept` counts the others.

    >>> tries = [{"score": n % 7, "round": 1} for n in range(99)]
    >>> kept = fewer_tries({"tries": tries})
    >>> [t["score"] for t in kept["tries"][:3]], len(kept["tries"]), kept["tries_not_kept"]
    ([0, 6, 2], 50, 49)
    """
    tries = entry["tries"]
    if (gone := len(tries) - MOST_TRIES) <= 0:
        return entry
    first = [n for n, attempt in enumerate(tries) if attempt["round"] == 1] or [0]
    best = max(first, key=lambda n: (tries[n]["score"], -n))
    latest = range(len(tries) - MOST_TRIES, len(tries))
    counting = [n for n in sorted({0, best}) if n not in latest]
    kept = [tries[n] for n in (*counting, *latest[len(counting) :])]
    return {**entry, "tries": kept, "tries_not_kept": _not_kept(entry) + gone}


def _not_kept(entry: Json) -> int:
    number = entry.get("tries_not_kept")
    return number if type(number) is int and 0 < number < LARGEST else 0


def put_beside(entry: Json, answers: list[Json]) -> list[Json]:
    """The `others` of an entry with more answers added, none twice and none that equals the answer itself."""
    beside: list[Json] = []
    for answer in [*entry["others"], *answers]:
        if answer and answer != entry["answer"] and answer not in beside:
            beside.append(answer)
    return beside


def merged(mine: Json, theirs: Json) -> Json:
    """Merge two entries of one exercise: my answer stays, theirs fills a gap or goes beside it, every try is kept."""
    entry = {**theirs, **mine}
    if not mine["answer"] and mine["round"] <= theirs["round"] and theirs["answer"]:
        entry |= {"answer": theirs["answer"], "changed": theirs["changed"], "rev": max(mine["rev"], theirs["rev"]) + 1}
    entry["round"] = max(mine["round"], theirs["round"])
    missing = [attempt for attempt in theirs["tries"] if attempt not in mine["tries"]]
    entry["tries"] = sorted([*mine["tries"], *missing], key=lambda t: t["at"]) if missing else mine["tries"]
    entry["others"] = put_beside({**entry, "others": mine["others"]}, [theirs["answer"], *theirs["others"]])
    both = mine.get("earlier"), theirs.get("earlier")
    if isinstance(both[0], list) and isinstance(both[1], list):
        entry["earlier"] = both[0] + [answer for answer in both[1] if answer not in both[0]]
    return entry
