"""Hand-in and rescue: a learner's answers packed into one small file, and put back without losing a word."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from copydesk import __version__
from copydesk.answers.disk import stamp, told, write
from copydesk.answers.form import SCHEMA, Damaged, Json, encode, schema_of
from copydesk.answers.handin_form import HANDIN_SCHEMA, KIND, MOST_BYTES, read_handin
from copydesk.answers.leave_out import is_sealed, left_out, names_in, without
from copydesk.answers.place import folder, learner_of, remember_learner, safe_name
from copydesk.answers.putback import put_back
from copydesk.answers.rescue import peek
from copydesk.errors import CopydeskError
from copydesk.wording import load_wording

__all__ = ["HANDIN_SCHEMA", "KIND", "MOST_BYTES", "HandIn", "file_part", "pack", "read_handin", "unpack"]


@dataclass(frozen=True, slots=True)
class HandIn:
    """A packed hand-in: where it lies, what is in it in plain sentences, and its size in bytes."""

    path: Path
    contents: tuple[str, ...]
    bytes: int


def pack(
    root: Path | None = None,
    *,
    story: str | None = None,
    leave_out: str | Collection[str] = (),
    to: Path | None = None,
) -> HandIn:
    """Pack the answers to all stories, or to one, into one file in the folder (or file) `to`.

    `leave_out` names lessons ("02_who_says_so"), single exercises ("02_who_says_so/voice"), or an exercise wherever
    it is ("*/discern"). Nothing in the answers folder is changed.
    """
    root = Path(root or folder())
    story = safe_name(story, "story") if story else ""
    places = [root / story] if story else _stories(root)
    found, contents = _collect(places, {leave_out} if isinstance(leave_out, str) else {*leave_out})
    if not found:
        where = places[0] if story else root
        raise CopydeskError(f"there is nothing to hand in in {where}", " ".join(contents) or "answer an exercise first")
    learner = learner_of(root)
    if learner is None:
        learner = next((d["learner"] for d in found if isinstance(d.get("learner"), str) and d["learner"]), "")
    whole: Json = {"schema": HANDIN_SCHEMA, "kind": KIND, "kit": __version__, "learner": learner, "story": story}
    documents = [{**document, "learner": learner} for document in found]
    data = encode({**whole, "made": stamp(), "answers": documents}, indent=None)
    if len(data) > MOST_BYTES:
        raise CopydeskError(
            f"the hand-in would be {len(data) // 1_000_000} MB, too large to be read", "leave out a lesson"
        )
    path = _target(Path(to or ""), learner, story)
    write(path, data)
    return HandIn(path, tuple(contents), len(data))


def _stories(root: Path) -> list[Path]:
    """The folders of answers that bear the name of a story."""
    found = [place for place in root.glob("[!.]*") if _lesson_files(place)] if root.is_dir() else []
    return [place for place in found if _is_name(place.name)]


def _is_name(name: str) -> bool:
    try:
        return bool(safe_name(name, "story"))
    except CopydeskError:
        return False


def _lesson_files(place: Path) -> list[Path]:
    """The files with a lesson's current answers: `lesson.json` and what an older kit wrote beside it."""
    names = (path.name.removesuffix(".bak") for path in place.glob("*.json*") if not path.name.startswith("."))
    kept = {name for name in names if name.endswith(".json") and _is_current(name.removesuffix(".json"))}
    return [place / name for name in sorted(kept)]


def _is_current(stem: str) -> bool:
    lesson, _, tag = stem.partition(".")
    return bool(lesson) and (not tag or (tag[0] == "v" and tag[1:].isdigit()))


def _collect(places: list[Path], wanted: Collection[str]) -> tuple[list[Json], list[str]]:
    """What goes in, in the order of the lessons, and the sentences that say what does and what does not."""
    read = {path: _read(path) for path in sorted(_files(places), key=lambda path: (path.name, path.parent.name))}
    known = {_lesson(path) for path in read}.union(*(names_in(d) for d in read.values() if isinstance(d, dict)))
    gone = left_out(wanted, known)
    found, contents = [], []
    for path, document in read.items():
        if document is None or _lesson(path) in gone:
            continue
        if isinstance(document, Exception):
            contents.append(_say("unread", file=f"{path.parent.name}/{path.name}", why=document))
        elif is_sealed(document, wanted):
            contents.append(_say("sealed", lesson=_lesson(path), story=path.parent.name))
        elif (kept := without(document, gone)).get("exercises") or kept == document:
            found.append(kept)
            contents += _in_words(kept)
    return found, [*contents, *map(_left_out, sorted(gone))]


def _files(places: list[Path]) -> list[Path]:
    return [path for place in places for path in _lesson_files(place)]


def _lesson(path: Path) -> str:
    return unicodedata.normalize("NFC", path.name.partition(".")[0])


def _read(path: Path) -> Json | Exception | None:
    """The answers in a file, with the story and lesson they lie under; what is wrong with it; or None."""
    try:
        if (document := peek(path)) is None:
            return None
        story = safe_name(path.parent.name, "story")
        named = {**document, "story": story, "lesson": safe_name(_lesson(path), "lesson")}
        if str(document.get("story", story)).casefold() != story.casefold():
            raise Damaged("belongs to another story")
    except (Damaged, CopydeskError) as error:
        return error
    return named


def _in_words(document: Json) -> list[str]:
    """What is in a document: a sentence on the lesson, and one on each exercise that is listed apart."""
    name = {"lesson": document["lesson"], "story": document["story"]}
    if schema_of(document) > SCHEMA:
        return [_say("newer", **name)]
    apart, entries = load_wording("strings")["handin"]["apart"], document["exercises"]
    rest = [entry for exercise, entry in entries.items() if exercise not in apart]
    answered = sum(1 for entry in rest if entry["answer"] or entry["tries"])
    counted = _say("lesson", **name, n=answered, of=len(rest), when=_when(document["changed"]))
    return [*([counted] if rest else []), *(_say("apart_of", **name, what=apart[e]) for e in apart if e in entries)]


def _when(changed: str | None) -> str:
    return changed.replace("T", " ").replace("Z", " UTC") if changed else _say("never")


def _left_out(name: str) -> str:
    lesson, _, exercise = name.partition("/")
    what = load_wording("strings")["handin"]["apart"].get(exercise)
    return _say("apart_left", lesson=lesson, what=what) if what else _say("left_out", name=name)


def _say(sentence: str, **words: object) -> str:
    return str(load_wording("strings")["handin"][sentence].format(**words))


def _target(to: Path, learner: str, story: str) -> Path:
    """Where to write: over this learner's own earlier hand-in of the same kind, never over anything else."""
    name = "_".join(["handin", file_part(learner), *([story] if story else [])])
    first = to.absolute() if to.suffix == ".json" else to.absolute() / f"{name}.json"
    try:
        first.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise told(error, first.parent, "made") from error
    path, number = first, 2
    while path.exists() and not _is_mine(path, learner, story):
        path, number = first.with_name(f"{first.stem}_{number}.json"), number + 1
    return path


def file_part(learner: str) -> str:
    """A name as part of a file name anywhere.

    >>> file_part("Zoë O'Hara / 7"), file_part("")
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


def unpack(path: Path, root: Path | None = None) -> list[str]:
    """Put the answers of a hand-in back where they belong; what is there stays, and what differs goes beside it."""
    handin = read_handin(path)
    root = Path(root or folder()).absolute()
    done = [put_back(document, root / document["story"]) for document in handin["answers"]]
    if handin["learner"] and learner_of(root) is None:
        remember_learner(root, handin["learner"])
        done.append("The learner's name is back too.")
    return done or ["The hand-in holds no answers."]
