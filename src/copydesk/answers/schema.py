"""What an answer file holds: its form, how a stranger's bytes are checked, older forms migrated, two copies merged."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NoReturn

from copydesk.base.errors import CopydeskError

Json = dict[str, Any]

SCHEMA = 1
"""The form this kit writes."""

MOST_BYTES = 1_000_000
"""The largest answer to one exercise; an essay of 2,000 words has about 14,000."""

MOST_OTHERS = 5
"""How many answers from other open copies are kept beside one's own."""

DEEPEST = 40
"""How many brackets an answer may have inside each other; a whole file may have twice as many."""


class Damaged(ValueError):
    """The bytes are not an answer file; the message says why, after 'it'."""


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

    >>> Record().answer, Record().round
    ({}, 1)
    """

    answer: Json = field(default_factory=dict)
    tries: tuple[Try, ...] = ()
    round: int = 1
    changed: str | None = None
    others: tuple[Json, ...] = ()
    conflict: bool = False

    @classmethod
    def of(cls, entry: Json, *, conflict: bool = False) -> Record:
        """The record of an exercise as it stands in the file."""
        tries = (Try(t["answer"], t["score"], t["points"], t["at"], t["round"]) for t in entry["tries"])
        return cls(entry["answer"], tuple(tries), entry["round"], entry["changed"], tuple(entry["others"]), conflict)


def new_entry(answer: Json | None = None) -> Json:
    """An exercise nobody has changed yet."""
    return {"answer": answer or {}, "rev": 0, "round": 1, "changed": None, "tries": [], "others": []}


def encode(value: object, *, indent: int | None = 1) -> bytes:
    """JSON as it is stored: UTF-8, sorted, no NaN. Half an emoji, which UTF-8 cannot hold, is written as an escape."""

    def text(ascii_only: bool) -> str:
        return json.dumps(value, ensure_ascii=ascii_only, allow_nan=False, indent=indent, sort_keys=True) + "\n"

    try:
        return text(False).encode("utf-8")
    except UnicodeEncodeError:
        return text(True).encode("ascii")


def decode(data: bytes, *, levels: int = 2 * DEEPEST, strict: bool = False) -> Json:
    """Read one JSON object out of bytes from anywhere; raises nothing but `Damaged`.

    With `strict`, no object may have a field twice: the kit never writes that, and readers differ on which one counts.
    """
    once = _once if strict else None
    try:
        value = json.loads(
            data.decode("utf-8-sig"), parse_constant=_not_json, parse_float=_finite, object_pairs_hook=once
        )
    except Damaged:
        raise
    except UnicodeDecodeError:
        raise Damaged("is not text in UTF-8") from None
    except (ValueError, RecursionError):
        raise Damaged("is not JSON" if data.strip(b"\0 \r\n\t") else "is empty") from None
    if not isinstance(value, dict):
        raise Damaged("is not a JSON object")
    if _deeper_than(levels, value):
        raise Damaged("has too many brackets inside each other")
    return value


def _once(pairs: list[tuple[str, Any]]) -> Json:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise Damaged("has a field twice in one place")
    return fields


def _not_json(word: str) -> NoReturn:
    raise ValueError(word)


def _finite(digits: str) -> float:
    number = float(digits)
    return number if math.isfinite(number) else _not_json(digits)


NESTED = (dict, list)
"""What has an inside, in JSON. Asked of every value in a class's files, so the tuple is made once."""


def _deeper_than(levels: int, value: Json) -> bool:
    layer: list[Any] = [value]
    for _ in range(levels):
        if not layer:
            return False
        inner = (outer.values() if isinstance(outer, dict) else outer for outer in layer)
        layer = [child for children in inner for child in children if isinstance(child, NESTED)]
    return bool(layer)


def accepted(answer: object, exercise: str) -> Json:
    """The answer as it will be read back; a CopydeskError if a file could not hold it."""
    problem = f"the answer to {exercise!r} cannot be kept"
    if not isinstance(answer, dict):
        raise CopydeskError(f"{problem}: it is a {type(answer).__name__}", "an answer is a dict")
    try:
        data = encode(_plain(answer))
    except (ValueError, RecursionError) as error:
        raise CopydeskError(f"{problem}: {error}") from None
    if len(data) > MOST_BYTES:
        raise CopydeskError(f"{problem}: it is larger than 1 MB", "shorten it")
    return decode(data)


def _plain(value: object, depth: int = 0) -> object:
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


def _from_0(document: Json) -> Json:
    """Schema 0, before the first release, kept no tries: {"answers": {exercise id: answer}}."""
    answers = document.pop("answers", None)
    if not isinstance(answers, dict):
        raise Damaged("holds no answers")
    document["exercises"] = {name: {"answer": answer, "rev": 1} for name, answer in answers.items()}
    return document


MIGRATIONS: tuple[Callable[[Json], Json], ...] = (_from_0,)
"""The step at index n turns schema n into schema n + 1."""


def schema_of(document: Json) -> int:
    """The number of a document's form; a document without one is older than the first release."""
    schema = document.get("schema", 0)
    if not isinstance(schema, int) or isinstance(schema, bool) or schema < 0:
        raise Damaged("names no schema")
    return schema


def checked(document: Json, *, story: str, lesson: str) -> Json:
    """The document in today's form, every known field present and of its type; `Damaged` if it cannot be.

    A form newer than this kit comes back as it is.
    """
    if (schema := schema_of(document)) > SCHEMA:
        return document
    for step in MIGRATIONS[schema:]:
        document = step(document)
    document["schema"] = SCHEMA
    _typed(document, {"story": story, "lesson": lesson, "sha256": "", "learner": "", "created": None, "changed": None})
    if (document["story"].casefold(), document["lesson"].casefold()) != (story.casefold(), lesson.casefold()):
        raise Damaged("belongs to another lesson")
    if not isinstance(document.get("exercises"), dict):
        raise Damaged("holds no exercises")
    for entry in document["exercises"].values():
        _check_entry(entry)
    return document


def _check_entry(entry: object) -> None:
    if not isinstance(entry, dict) or not isinstance(entry.get("answer"), dict):
        raise Damaged("holds something other than an answer")
    _typed(entry, new_entry())
    if entry["round"] < 1 or not all(isinstance(other, dict) for other in entry["others"]):
        raise Damaged("holds something other than an answer")
    for attempt in entry["tries"]:
        if not isinstance(attempt, dict):
            raise Damaged("holds something other than a try")
        _typed(attempt, {"answer": {}, "score": 0.0, "points": 0.0, "at": "", "round": 1})


_KINDS: dict[type, Any] = {float: (int, float), type(None): (str, type(None))}
"""What may stand where a default of this type stands, if it is more than that type."""


def _typed(holder: Json, defaults: Json) -> None:
    for name, default in defaults.items():
        value = holder.setdefault(name, default)
        if type(value) is type(default):
            continue
        kinds = _KINDS.get(type(default), type(default))
        if not isinstance(value, kinds) or isinstance(value, bool):
            raise Damaged(f"has a {name!r} of the wrong kind")


def put_beside(entry: Json, answers: list[Json]) -> list[Json]:
    """The other answers of an entry with more added, none twice and none that equals the answer itself."""
    beside: list[Json] = []
    for answer in [*entry["others"], *answers]:
        if answer and answer != entry["answer"] and answer not in beside:
            beside.append(answer)
    return beside


def merged(mine: Json, theirs: Json) -> Json:
    """Two versions of one exercise as one: my answer stays, theirs fills a gap or goes beside it, every try is kept."""
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
