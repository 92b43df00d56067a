"""What a hand-in holds: its form, and how a stranger's file is checked, older forms included.

What a learner keeps back from a hand-in: whole lessons, or single exercises.

Putting one lesson's packed answers back beside whatever is there: nothing is overwritten.

Hand-in and rescue: a learner's answers packed into one small file, and put back without losing a word.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from copydesk import __version__
from copydesk.answers.file import mend, peek, read_document
from copydesk.answers.place import folder, learner_of, remember_learner, safe_name
from copydesk.answers.schema import (
    DEEPEST,
    SCHEMA,
    Damaged,
    Json,
    checked,
    decode,
    encode,
    merged,
    put_beside,
    schema_of,
)
from copydesk.base.errors import CopydeskError
from copydesk.base.files import free_sibling, locked, read_bytes, readable_error, sibling, stamp, write
from copydesk.base.wording import load_wording

KIND = "copydesk-handin"
"""What a hand-in says it is."""

HANDIN_SCHEMA = 2
"""The form of hand-in this kit writes: each document names its story. Form 1 had one story, named once for all."""

MOST_BYTES = 20_000_000
"""The largest hand-in that is read; nine lessons of a diligent learner take about 200,000."""


def read_handin(path: Path) -> Json:
    """A hand-in in today's form, checked to the last answer; a CopydeskError for anything else.

    `answers` lists a document a lesson, each with its `story`; its own `story` is '' where it may hold several.
    """
    path = Path(path)
    problem = f"{path.name} is not a Copydesk hand-in"
    try:
        if path.is_file() and path.stat().st_size > MOST_BYTES:
            raise CopydeskError(f"{problem}: it is larger than {MOST_BYTES // 1_000_000} MB")
    except OSError as error:
        raise readable_error(error, path, "read") from error
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
    if (schema := schema_of(handin)) > HANDIN_SCHEMA:
        raise CopydeskError(f"{problem} this version can read: a newer Copydesk made it", "update Copydesk")
    if not isinstance(handin.get("learner"), str) or not isinstance(handin.get("answers"), list):
        raise Damaged("lacks the learner or the answers")
    story = handin.get("story", "")
    if story != "" or schema < 2:
        safe_name(story, "story")
    return {
        **handin,
        "schema": HANDIN_SCHEMA,
        "story": story,
        "answers": [_document(d, story) for d in handin["answers"]],
    }


def _document(document: object, story: str) -> Json:
    """One lesson's answers, with the story they are on; `story` is the whole hand-in's, or ''."""
    if not isinstance(document, dict):
        raise Damaged("holds something other than answers")
    lesson = safe_name(document.get("lesson", ""), "lesson")
    own = safe_name(document.setdefault("story", story), "story")
    if story and own != story:
        raise Damaged("mixes two stories")
    return checked(document, story=own, lesson=lesson)


def names_in(document: Json) -> set[str]:
    """What can be left out of a lesson's answers: the lesson, and each exercise of it.

    >>> sorted(names_in({"lesson": "one", "exercises": {"a": {}}}))
    ['one', 'one/a']
    """
    exercises = document.get("exercises")
    parts = exercises if isinstance(exercises, dict) else {}
    return {document["lesson"], *(f"{document['lesson']}/{name}" for name in parts)}


def left_out(wanted: Collection[str], names: Collection[str]) -> set[str]:
    """Those names that are meant; "*/a" means the exercise a wherever it is, and need not be anywhere.

    >>> sorted(left_out(["*/a"], ["one", "one/a", "two", "two/a", "two/b"]))
    ['one/a', 'two/a']

    Raises `CopydeskError` for any other name that is not there: a slip must not hand in what was to stay.
    """
    for name in sorted(wanted):
        if not name.startswith("*/") and name not in names:
            near = sorted(n for n in names if n.startswith(name.partition("/")[0] + "/")) if "/" in name else []
            offers = near or sorted(n for n in names if "/" not in n)
            problem = f"there are no answers to {name} to leave out"
            raise CopydeskError(problem, f"there are: {', '.join(offers) or 'none'}")
    return {name for name in names if name in wanted or f"*/{name.partition('/')[2]}" in wanted}


def without(document: Json, gone: Collection[str]) -> Json:
    """The answers to a lesson but for the exercises that are left out."""
    lesson, exercises = document["lesson"], document.get("exercises")
    if not isinstance(exercises, dict):
        return document
    return {**document, "exercises": {n: e for n, e in exercises.items() if f"{lesson}/{n}" not in gone}}


def is_sealed(document: Json, wanted: Collection[str]) -> bool:
    """Whether an exercise is to be left out of answers in a form so new that it cannot be taken out."""
    asked = any(name.startswith(("*/", document["lesson"] + "/")) for name in wanted)
    return asked and not isinstance(document.get("exercises"), dict)


def put_back(document: Json, place: Path) -> str:
    """Put one lesson's answers into a story's folder, and say in a sentence what was done."""
    lesson = document["lesson"]
    path = place / f"{lesson}.json"
    with locked(path):
        present, news = mend(path)
        if present and schema_of(present) > SCHEMA >= schema_of(document):
            path = sibling(path, f"v{SCHEMA}")
            present, news = mend(path)
        return f"{lesson} on “{place.name}”: {_settle(path, present, document)}{f' {news}.' if news else ''}"


def _settle(path: Path, present: Json | None, document: Json) -> str:
    if present is None:
        write(path, encode(document), keep=True)
        return f"put back, {_count(len(document.get('exercises', {})))}."
    if present == document:
        return "nothing new."
    if max(schema_of(present), schema_of(document)) > SCHEMA:
        return _lay_beside(path, document, "handin", "which a newer Copydesk wrote")
    if present["sha256"] and document["sha256"] and present["sha256"] != document["sha256"]:
        tag = "".join(c for c in document["sha256"][:8] if c.isascii() and c.isalnum()) or "unknown"
        return _lay_beside(path, document, f"page-{tag}", "which belong to another version of the page")
    return _merge(path, present, document)


def _lay_beside(path: Path, document: Json, tag: str, why: str) -> str:
    for other in sorted(path.parent.glob(f"{path.name.partition('.')[0]}.{tag}*.json")):
        try:
            if read_document(other) == document:
                return f"nothing new; the answers, {why}, lie in {other.name} already."
        except (Damaged, CopydeskError):
            continue
    aside = free_sibling(path, tag)
    write(aside, encode(document))
    return f"what is there stays; the answers, {why}, now lie in {aside.name}."


def _merge(path: Path, present: Json, document: Json) -> str:
    mine, theirs = present["exercises"], document["exercises"]
    both = {name: merged(mine[name], theirs[name]) for name in mine.keys() & theirs.keys()}
    new = theirs.keys() - mine.keys()
    filled = [name for name in both if both[name]["answer"] != mine[name]["answer"]]
    beside = [name for name in both if both[name]["others"] != put_beside(mine[name], [])]
    whole = {**document, **present, "exercises": {**theirs, **mine, **both}}
    if whole == present:
        return "nothing new; everything in it is there already."
    whole |= {"learner": present["learner"] or document["learner"], "changed": stamp()}
    write(path, encode(whole), keep=True)
    kept = f", {_count(len(beside))} kept beside a different answer" if beside else ""
    return f"{_count(len(new) + len(filled))} put back{kept}; what was there stays."


def _count(number: int) -> str:
    return f"{number} exercise" if number == 1 else f"{number} exercises"


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
        raise readable_error(error, first.parent, "made") from error
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
