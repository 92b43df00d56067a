"""Hand-in and rescue: the answers to a story packed into one small file, and put back without losing a word."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from copydesk import __version__
from copydesk.answers.disk import read_bytes, stamp, told, write
from copydesk.answers.form import DEEPEST, SCHEMA, Damaged, Json, checked, decode, encode, schema_of
from copydesk.answers.place import folder, learner_of, remember_learner, safe_name
from copydesk.answers.putback import put_back
from copydesk.answers.rescue import peek
from copydesk.errors import CopydeskError

KIND = "copydesk-handin"
"""What a hand-in says it is."""

HANDIN_SCHEMA = 1
"""The form of hand-in this kit writes."""

MOST_BYTES = 20_000_000
"""The largest hand-in that is read; nine lessons of a diligent learner take about 200,000."""


@dataclass(frozen=True, slots=True)
class HandIn:
    """A packed hand-in: where it lies, what is in it in plain sentences, and its size in bytes."""

    path: Path
    contents: tuple[str, ...]
    bytes: int


def pack(
    root: Path | None = None, *, story: str | None = None, leave_out: Collection[str] = (), to: Path | None = None
) -> HandIn:
    """Pack the answers to a story, but for the lessons in `leave_out`, into one file in the folder (or file) `to`."""
    root = Path(root or folder())
    story = safe_name(story, "story") if story else _only_story(root)
    found, contents = _collect(root / story, {leave_out} if isinstance(leave_out, str) else set(leave_out))
    learner = learner_of(root)
    if learner is None:
        learner = next((d["learner"] for d in found if isinstance(d.get("learner"), str) and d["learner"]), "")
    for document in found:
        document["learner"] = learner
    whole: Json = {"schema": HANDIN_SCHEMA, "kind": KIND, "kit": __version__, "learner": learner, "story": story}
    data = encode({**whole, "made": stamp(), "answers": found}, indent=None)
    if len(data) > MOST_BYTES:
        raise CopydeskError(
            f"the hand-in would be {len(data) // 1_000_000} MB, too large to be read", "leave out a lesson"
        )
    path = _target(Path(to or ""), learner, story)
    write(path, data)
    return HandIn(path, tuple(contents), len(data))


def _only_story(root: Path) -> str:
    stories = sorted(place.name for place in root.glob("[!.]*") if _lesson_files(place)) if root.is_dir() else []
    if not stories:
        raise CopydeskError(f"there are no answers in {root} yet", "answer an exercise first")
    if len(stories) > 1:
        raise CopydeskError(f"there are answers to {len(stories)} stories", f"name one: {', '.join(stories)}")
    return stories[0]


def _lesson_files(place: Path) -> list[Path]:
    """The files with a lesson's current answers: `lesson.json` and what an older kit wrote beside it."""
    names = (path.name.removesuffix(".bak") for path in place.glob("*.json*") if not path.name.startswith("."))
    kept = {name for name in names if name.endswith(".json") and _is_current(name.removesuffix(".json"))}
    return [place / name for name in sorted(kept)]


def _is_current(stem: str) -> bool:
    lesson, _, tag = stem.partition(".")
    return bool(lesson) and (not tag or (tag[0] == "v" and tag[1:].isdigit()))


def _collect(place: Path, leave_out: set[str]) -> tuple[list[Json], list[str]]:
    files = [path for path in _lesson_files(place) if path.name.partition(".")[0] not in leave_out]
    lessons = {path.name.partition(".")[0] for path in _lesson_files(place)}
    if strangers := leave_out - lessons:
        raise CopydeskError(f"there are no answers to {', '.join(sorted(strangers))} to leave out", _there_are(lessons))
    found, contents = [], []
    for path in files:
        try:
            document = peek(path)
        except (Damaged, CopydeskError) as error:
            contents.append(f"{path.name} is not in it: it cannot be read ({error}). Open the lesson to mend it.")
            continue
        if document is not None:
            found.append(document)
            contents.append(_in_words(path, document))
    if not found:
        raise CopydeskError(f"there is nothing to hand in in {place}", " ".join(contents) or "answer an exercise first")
    return found, contents + [f"{lesson} is left out, as you asked." for lesson in sorted(leave_out)]


def _there_are(lessons: set[str]) -> str:
    return f"there are: {', '.join(sorted(lessons)) or 'none'}"


def _in_words(path: Path, document: Json) -> str:
    lesson = path.name.partition(".")[0]
    if schema_of(document) > SCHEMA:
        return f"{lesson}: the whole file, which a newer Copydesk wrote."
    entries = document["exercises"].values()
    answered = sum(1 for entry in entries if entry["answer"] or entry["tries"])
    exercises = "exercise" if len(entries) == 1 else "exercises"
    return (
        f"{lesson}: {answered} of {len(entries)} {exercises} answered, last changed {document['changed'] or 'never'}."
    )


def _target(to: Path, learner: str, story: str) -> Path:
    """Where to write: over this learner's own earlier hand-in, never over anything else."""
    first = to.absolute() if to.suffix == ".json" else to.absolute() / f"handin_{_file_part(learner)}_{story}.json"
    try:
        first.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise told(error, first.parent, "made") from error
    path, number = first, 2
    while path.exists() and not _is_mine(path, learner, story):
        path, number = first.with_name(f"{first.stem}_{number}.json"), number + 1
    return path


def _file_part(learner: str) -> str:
    """A name as part of a file name anywhere.

    >>> _file_part("Zoë O'Hara / 7"), _file_part("")
    ('Zoë_O_Hara_7', 'anonymous')
    """
    kept = "".join(c if c.isalnum() or c == "-" else " " for c in unicodedata.normalize("NFC", learner))
    short = "_".join(kept.split()).encode()[:80].decode(errors="ignore")
    return short.strip("_") or "anonymous"


def _is_mine(path: Path, learner: str, story: str) -> bool:
    try:
        old = read_handin(path)
    except CopydeskError:
        return False
    return (old["learner"], old["story"]) == (learner, story)


def read_handin(path: Path) -> Json:
    """A hand-in, checked to the last answer; a CopydeskError for anything else."""
    path = Path(path)
    problem = f"{path.name} is not a Copydesk hand-in"
    try:
        if path.is_file() and path.stat().st_size > MOST_BYTES:
            raise CopydeskError(f"{problem}: it is larger than {MOST_BYTES // 1_000_000} MB")
    except OSError as error:
        raise told(error, path, "read") from error
    data = None if path.is_dir() else read_bytes(path)
    if data is None:
        raise CopydeskError(f"there is no file {path}", "look for a name like handin_…json")
    try:
        return _checked_handin(decode(data, levels=2 * DEEPEST + 10), problem)
    except Damaged as why:
        raise CopydeskError(f"{problem}: it {why}", "ask for the file handin_…json, unedited") from None


def _checked_handin(handin: Json, problem: str) -> Json:
    if handin.get("kind") != KIND:
        raise CopydeskError(problem, "ask for the file handin_…json that the lesson made")
    if schema_of(handin) > HANDIN_SCHEMA:
        raise CopydeskError(f"{problem} this version can read: a newer Copydesk made it", "update Copydesk")
    if not isinstance(handin.get("learner"), str) or not isinstance(handin.get("answers"), list):
        raise Damaged("lacks the learner or the answers")
    safe_name(handin.get("story", ""), "story")
    handin["answers"] = [_checked_answers(document, handin["story"]) for document in handin["answers"]]
    return handin


def _checked_answers(document: object, story: str) -> Json:
    if not isinstance(document, dict):
        raise Damaged("holds something other than answers")
    lesson = safe_name(document.get("lesson", ""), "lesson")
    if document.get("story", story) != story:
        raise Damaged("mixes two stories")
    return checked(document, story=story, lesson=lesson)


def unpack(path: Path, root: Path | None = None) -> list[str]:
    """Put the answers of a hand-in back; what is there already stays, and what differs goes beside it."""
    handin = read_handin(path)
    root = Path(root or folder()).absolute()
    done = [put_back(document, root / handin["story"]) for document in handin["answers"]]
    if handin["learner"] and learner_of(root) is None:
        remember_learner(root, handin["learner"])
        done.append("The learner's name is back too.")
    return done or ["The hand-in holds no answers."]
