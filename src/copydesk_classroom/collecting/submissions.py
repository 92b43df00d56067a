"""A stranger's bytes become answers to lessons, checked to the last bracket, or a fault with a name.

Which of several works by one learner count: the last, or the best, lesson by lesson.
"""

from __future__ import annotations

import codecs
import datetime as dt
import hashlib
import json
import marshal
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import PurePosixPath
from typing import Any

from copydesk.answers.handin import HANDIN_SCHEMA, KIND
from copydesk.answers.place import safe_name
from copydesk.answers.schema import DEEPEST, SCHEMA, checked
from copydesk.base.documents import Damaged, Json, decode, schema_of
from copydesk.base.errors import CopydeskError
from copydesk_classroom.course import LessonId, Policy
from copydesk_classroom.problems import Problem, Refused


@dataclass(frozen=True, slots=True)
class Work:
    """The answers to one lesson in one file: which page they belong to, when they were last changed, when begun."""

    story: str
    lesson: str
    page: str
    time: str
    begun: str
    digest: bytes
    """The same for the same answers with the same times; empty for a blank."""


@dataclass(frozen=True, slots=True)
class Submission:
    """One file that was read: its fingerprint, whose it says it is, the works in it, what is wrong with it."""

    kind: str
    """`handin`, `answers`, `learner` (only a name) or `none`."""
    sha: str
    learner: str = ""
    works: tuple[Work, ...] = ()
    faults: tuple[Problem, ...] = ()


def parse_submission(shown: str, data: bytes) -> Submission:
    """What a file holds, without grading it; any bytes will do, and nothing is raised."""
    sha, faults = hashlib.sha256(data).hexdigest(), []
    if (text := _utf8(data)) is not data:
        faults.append(Problem("utf16"))
    try:
        value = decode(text, levels=2 * DEEPEST + 10, strict=True)
        kind, made, found = _read(shown, value, faults)
    except Damaged as why:
        return Submission("none", sha, faults=(*faults, Problem("damaged", str(why))))
    except Refused as refused:
        return Submission("none", sha, faults=(*faults, refused.fault))
    learner = value.get("learner")
    works = tuple(_work(document, made) for document in found)
    return Submission(kind, sha, learner if isinstance(learner, str) else "", works, tuple(faults))


def documents(shown: str, data: bytes) -> dict[tuple[str, str], Json]:
    """The answers in a file that was surveyed, by story and lesson, in today's form."""
    value = json.loads(_utf8(data).decode("utf-8-sig"))
    return {(d["story"], d["lesson"]): d for d in _read(shown, value, [])[2]}


def _read(shown: str, value: Json, faults: list[Problem]) -> tuple[str, str, list[Json]]:
    """What kind of file it is, when it was packed, and the answers; raises `Refused` or `Damaged` if there are none."""
    if value.get("kind") == KIND:
        return "handin", _moment(value.get("made")), _handin(value, faults)
    if "nbformat" in value:
        raise Refused("notebook")
    if any(name in value for name in ("exercises", "answers", "lesson")):
        return "answers", "", [*_checked([value], shown, faults)]
    if PurePosixPath(shown).name.lower().startswith("learner.json"):
        return "learner", "", []
    raise Refused("alien")


def _handin(value: Json, faults: list[Problem]) -> list[Json]:
    if schema_of(value) > HANDIN_SCHEMA:
        raise Refused("newer", "hand-in")
    if not isinstance(listed := value.get("answers"), list):
        raise Damaged("lacks the answers")
    story = value.get("story", "")
    found = [*_checked([{"story": story, **d} if isinstance(d, dict) else d for d in listed], "", faults)]
    if story and any(d["story"] != story for d in found):
        raise Damaged("mixes two stories")
    if not found and not faults:
        raise Refused("empty_folder")
    return found


def _checked(documents: list[Any], shown: str, faults: list[Problem]) -> Iterator[Json]:
    """Those documents that hold answers; what is wrong with the others goes to the faults."""
    path = PurePosixPath(shown)
    for document in documents:
        lesson = ""
        try:
            if not isinstance(document, dict):
                raise Damaged("holds something other than answers")
            story = safe_name(document.get("story", path.parent.name), "story")
            lesson = safe_name(document.get("lesson", path.name.partition(".")[0]), "lesson")
            if schema_of(document) > SCHEMA:
                faults.append(Problem("newer", lesson))
                continue
            yield {**checked(document, story=story, lesson=lesson), "story": story, "lesson": lesson}
        except CopydeskError as error:
            faults.append(Problem("name", error.problem))
        except Damaged as why:
            faults.append(
                Problem("lesson_damaged", f"{lesson}: it {why}") if not shown else Problem("damaged", str(why))
            )


def _work(document: Json, made: str) -> Work:
    entries = document["exercises"]
    answered = any(entry["answer"] or entry["tries"] for entry in entries.values())
    digest = hashlib.sha256(marshal.dumps(entries, 0)).digest() if answered else b""
    time = made or _moment(document.get("changed"))
    begun = _moment(document.get("created"))
    return Work(document["story"], document["lesson"], document["sha256"], time, begun, digest)


def _moment(given: object) -> str:
    """A recorded moment in UTC, or '' if it is none.

    >>> _moment("2026-03-01T12:00:00+02:00"), _moment("tomorrow")
    ('2026-03-01T10:00:00Z', '')
    """
    if not isinstance(given, str) or len(given) > 40:
        return ""
    try:
        moment = dt.datetime.fromisoformat(given)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
        return aware.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError):
        return ""


def _utf8(data: bytes) -> bytes:
    """The bytes, or, if an editor saved them as UTF-16, the same text in UTF-8."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return data.decode("utf-16").encode("utf-8")
        except UnicodeError:
            pass
    return data


MOST_TRIES = 30
"""How many works by one learner on one lesson are compared under `best`: the latest ones."""


@dataclass(frozen=True, slots=True)
class Handed:
    """One work with the file it came in."""

    seq: int
    shown: str
    sha: str
    late: bool
    again: int
    work: Work

    @property
    def lesson(self) -> LessonId:
        """The lesson it belongs to."""
        return self.work.story, self.work.lesson

    @property
    def when(self) -> tuple[str, int, str]:
        """What decides which of two is the later: the recorded time, the platform's count, the name."""
        return self.work.time, self.again, self.shown


@dataclass(frozen=True, slots=True)
class Pick:
    """The works to grade for one learner, when the last was done, whether one was late, and what to note."""

    works: tuple[Handed, ...]
    time: str
    late: bool
    faults: tuple[tuple[str, Problem], ...]


def pick(handed: Sequence[Handed], policy: Policy, *, due: str = "", by_name: bool = False) -> Pick:
    """Choose what counts; the same work handed in twice is one. `by_name` says that only a chosen name tells whose."""
    chosen: list[Handed] = []
    faults: list[tuple[str, Problem]] = []
    for _, group in groupby(sorted(handed, key=lambda h: h.lesson), key=lambda h: h.lesson):
        works = [*_without_backups([*group], faults)]
        works = sorted({h.work.digest: h for h in sorted(works, key=lambda h: h.when)}.values(), key=lambda h: h.when)
        filled = [h for h in works if h.work.digest] or works
        if by_name and len({h.work.begun for h in filled if h.work.begun}) > 1:
            faults.append((filled[-1].shown, Problem("two_begun", filled[-1].work.lesson)))
        chosen += filled[-1:] if policy == "last" else filled[-MOST_TRIES:]
    late = any(h.late or bool(due and h.work.time > due) for h in chosen)
    return Pick(tuple(chosen), max((h.work.time for h in chosen), default=""), late, tuple(faults))


def _without_backups(works: list[Handed], faults: list[tuple[str, Problem]]) -> Iterator[Handed]:
    """The generation before the last counts only where the last cannot be read, and then by name."""
    names = {h.shown for h in works}
    for h in works:
        if not h.shown.lower().endswith(".bak"):
            yield h
        elif h.shown[:-4] not in names:
            faults.append((h.shown, Problem("backup", h.work.lesson)))
            yield h
