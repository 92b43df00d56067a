"""Parse a submitted file into answers, and pick which of a learner's attempts at a lesson count.

`parse_submission` takes any bytes and returns what they hold, checked field by field, with the problems found;
`documents` reads the answers themselves from a file that was parsed. `pick` applies the policy, lesson by lesson.
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
from copydesk.base.documents import Damaged, Json, check_counts, decode, schema_of
from copydesk.base.errors import CopydeskError
from copydesk_classroom.course import LessonId, Policy
from copydesk_classroom.wording import Problem, Refused

MOST_DOCUMENTS = 200
"""How many lessons one hand-in may hold: nine lessons on twenty stories."""
LONGEST_NAME = 500
"""How many characters of a learner's name are read."""
MOST_PROBLEMS = 10
"""How many problems of one file are told."""
MOST_ATTEMPTS = 30
"""How many attempts of one learner at one lesson are compared under `best`: the latest ones."""


@dataclass(frozen=True, slots=True)
class LessonAnswers:
    """The answers to one lesson in one file, without the answers themselves.

    `page` is the sha256 of the page that they were made for. `time`, when they were last changed, `packed`, when the
    file was packed for handing in, and `begun` are in UTC, '' if they are not known. All are the learner's own account.
    """

    story: str
    lesson: str
    page: str
    time: str
    packed: str
    begun: str
    digest: bytes
    """A hash of the answers and their times; empty if nothing was answered."""


@dataclass(frozen=True, slots=True)
class Submission:
    """One file that was parsed: its sha256, the learner's name in it, its answers by lesson, its problems."""

    kind: str
    """`handin`, `answers`, `learner` (a file that holds only a name) or `none`."""
    sha: str
    learner: str = ""
    lessons: tuple[LessonAnswers, ...] = ()
    problems: tuple[Problem, ...] = ()


def parse_submission(shown: str, data: bytes) -> Submission:
    """What a file holds, without grading it; `shown` is its path. Any bytes will do, and nothing is raised."""
    sha, problems = hashlib.sha256(data).hexdigest(), []
    if (text := _utf8(data)) is not data:
        problems.append(Problem("utf16"))
    try:
        check_counts(text)
        value = decode(text, levels=2 * DEEPEST + 10, strict=True)
        kind, made, found = _read(shown, value, problems)
    except Damaged as why:
        return Submission("none", sha, problems=_first(problems, Problem("damaged", str(why))))
    except Refused as refused:
        return Submission("none", sha, problems=_first(problems, refused.problem))
    learner = value.get("learner")
    lessons = tuple(_lesson_answers(document, made) for document in found)
    name = learner[:LONGEST_NAME] if isinstance(learner, str) else ""
    return Submission(kind, sha, name, lessons, _first(problems))


def _first(problems: Sequence[Problem], *last: Problem) -> tuple[Problem, ...]:
    """The first problems and how many more there are, then the last."""
    more = len(problems) - MOST_PROBLEMS
    return (*problems[:MOST_PROBLEMS], *([Problem("more", str(more))] if more > 0 else []), *last)


def documents(shown: str, data: bytes) -> dict[tuple[str, str], Json]:
    """The answers in a file that was parsed before, by story and lesson, migrated to today's schema."""
    value = json.loads(_utf8(data).decode("utf-8-sig"))
    return {(d["story"], d["lesson"]): d for d in _read(shown, value, [])[2]}


def _utf8(data: bytes) -> bytes:
    """The bytes, or, if an editor saved them as UTF-16, the same text in UTF-8."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return data.decode("utf-16").encode("utf-8")
        except UnicodeError:
            pass
    return data


def _read(shown: str, value: Json, problems: list[Problem]) -> tuple[str, str, list[Json]]:
    """What kind of file it is, when it was packed, and the answers; raises `Refused` or `Damaged` if there are none."""
    if value.get("kind") == KIND:
        return "handin", _utc_time(value.get("made")), _handin(value, problems)
    if "nbformat" in value:
        raise Refused("notebook")
    if any(name in value for name in ("exercises", "answers", "lesson")):
        return "answers", "", [*_checked([value], shown, problems)]
    if PurePosixPath(shown).name.lower().startswith("learner.json"):
        return "learner", "", []
    raise Refused("alien")


def _handin(value: Json, problems: list[Problem]) -> list[Json]:
    if schema_of(value) > HANDIN_SCHEMA:
        raise Refused("newer", "hand-in")
    if not isinstance(listed := value.get("answers"), list):
        raise Damaged("lacks the answers")
    if len(listed) > MOST_DOCUMENTS:
        raise Refused("crowded", f"{len(listed):,}")
    story = value.get("story", "")
    found = [*_checked([{"story": story, **d} if isinstance(d, dict) else d for d in listed], "", problems)]
    if story and any(d["story"] != story for d in found):
        raise Damaged("mixes two stories")
    if not found and not problems:
        raise Refused("empty_folder")
    return found


def _checked(documents: list[Any], shown: str, problems: list[Problem]) -> Iterator[Json]:
    """Those documents that hold answers; what is wrong with the others is added to `problems`."""
    path = PurePosixPath(shown)
    for document in documents:
        lesson = ""
        try:
            if not isinstance(document, dict):
                raise Damaged("holds something other than answers")
            # A file without these names has them in its path, `answers/<story>/<lesson>.json`. They are looked up
            # as folders and files later, so they are checked as strictly as file names.
            story = safe_name(document.get("story", path.parent.name), "story")
            lesson = safe_name(document.get("lesson", path.name.partition(".")[0]), "lesson")
            if schema_of(document) > SCHEMA:
                problems.append(Problem("newer", lesson))
                continue
            yield {**checked(document, story=story, lesson=lesson), "story": story, "lesson": lesson}
        except CopydeskError as error:
            problems.append(Problem("name", error.problem))
        except Damaged as why:
            problems.append(
                Problem("lesson_damaged", f"{lesson}: it {why}") if not shown else Problem("damaged", str(why))
            )


def _lesson_answers(document: Json, made: str) -> LessonAnswers:
    entries = document["exercises"]
    answered = any(entry["answer"] or entry["tries"] for entry in entries.values())
    # marshal is faster than JSON. Version 0 writes no references, so equal values give equal bytes.
    # The bytes are only hashed and never loaded: marshal.loads must not see what somebody submitted.
    digest = hashlib.sha256(marshal.dumps(entries, 0)).digest() if answered else b""
    time, begun = _utc_time(document.get("changed")), _utc_time(document.get("created"))
    return LessonAnswers(document["story"], document["lesson"], document["sha256"], time or made, made, begun, digest)


def _utc_time(given: object) -> str:
    """A recorded time in UTC, or '' if it is no time.

    >>> _utc_time("2026-03-01T12:00:00+02:00"), _utc_time("tomorrow")
    ('2026-03-01T10:00:00Z', '')
    """
    if not isinstance(given, str) or len(given) > 40:
        return ""
    try:
        time = dt.datetime.fromisoformat(given)
        aware = time if time.tzinfo else time.replace(tzinfo=dt.UTC)
        return aware.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError):
        return ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One learner's answers to one lesson in one file; a learner may submit several files."""

    seq: int
    """The number of the file."""
    shown: str
    sha: str
    late: bool
    """Whether the platform called the file late."""
    again: int
    """How often the platform says that the file was submitted again."""
    received: str
    """When the platform received the file, in UTC, '' if it does not say."""
    answers: LessonAnswers

    @property
    def lesson(self) -> LessonId:
        """The lesson it belongs to."""
        return self.answers.story, self.answers.lesson

    @property
    def handed_in(self) -> str:
        """When it was handed in, by the platform, else when it was packed."""
        return self.received or self.answers.packed

    @property
    def order(self) -> tuple[str, int, str]:
        """What decides which of two is the later: when it was handed in, the platform's count, the path."""
        return self.handed_in or self.answers.time, self.again, self.shown

    def is_late(self, due: str) -> bool:
        """Whether it came after the due time: by the platform, else by when its answers were changed."""
        return self.late or bool(due and (self.received or self.answers.time) > due)


@dataclass(frozen=True, slots=True)
class Pick:
    """The attempts of one learner to grade, when the last was changed, which were late, what to report."""

    attempts: tuple[Attempt, ...]
    time: str
    late: tuple[bool, ...]
    """For each attempt."""
    problems: tuple[tuple[str, Problem], ...]
    """Each with its file."""


def pick(attempts: Sequence[Attempt], policy: Policy, *, due: str = "") -> Pick:
    """Pick the attempts of one learner that count: the last at each lesson, or under `best` those to compare.

    `due` is in UTC, '' for none.
    """
    picked: list[Attempt] = []
    problems: list[tuple[str, Problem]] = []
    for _, group in groupby(sorted(attempts, key=lambda a: a.lesson), key=lambda a: a.lesson):
        tries = sorted(_without_backups([*group], problems), key=lambda a: a.order)
        # The same answers submitted twice are one attempt. It is as late as the first time, and as new as the last.
        first, last = {a.answers.digest: a for a in reversed(tries)}, {a.answers.digest: a for a in tries}
        once = sorted(first.values(), key=lambda a: last[a.answers.digest].order)
        filled = [a for a in once if a.answers.digest] or once  # a blank file must not replace answers
        picked += filled[-1:] if policy == "last" else filled[-MOST_ATTEMPTS:]
    return Pick(
        tuple(picked),
        max((a.answers.time for a in picked), default=""),
        tuple(a.is_late(due) for a in picked),
        tuple(problems),
    )


def _without_backups(attempts: list[Attempt], problems: list[tuple[str, Problem]]) -> Iterator[Attempt]:
    """The attempts without the kit's own `.bak` files, except where the file itself could not be read."""
    paths = {a.shown for a in attempts}
    for a in attempts:
        if not a.shown.lower().endswith(".bak"):
            yield a
        elif a.shown[:-4] not in paths:
            problems.append((a.shown, Problem("backup", a.answers.lesson)))
            yield a
