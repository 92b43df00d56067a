"""Hand-in and rescue: a learner's answers packed into one small file, and put back without losing a word.

A hand-in is a JSON object with the learner's name and a list `answers`: the document of each lesson, as its answer file
holds it. `pack` makes it from the answers folder, `read_handin` reads one that anyone may have written, and `unpack`
puts one back beside whatever is there.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from copydesk import __version__
from copydesk.answers.file import lesson_of, page_tag, peek, repair, store_of
from copydesk.answers.place import file_part, folder, learner_of, remember_learner, safe_name
from copydesk.answers.schema import SCHEMA, checked, merged, put_beside
from copydesk.base.documents import MOST_LEVELS, Damaged, Json, check_counts, decode, encode, schema_of
from copydesk.base.errors import CopydeskError
from copydesk.base.files import free_sibling, locked, read_bytes, readable_error, sibling, stamp, write
from copydesk.base.wording import load_wording, say_moment

KIND = "copydesk-handin"
"""What a hand-in says it is."""

HANDIN_SCHEMA = 2
"""The form of hand-in this kit writes: each document names its story. Form 1 had one story, named once for all."""

MOST_BYTES = 4_000_000
"""The largest hand-in that is read; nine lessons of a diligent learner take about 200,000."""

LESSON_FILE = re.compile(r"[^.]+(\.v\d+)?\.json")
"""A file with a lesson's current answers: its own, or the one that an older kit writes beside a newer kit's."""

# --- packing ---


@dataclass(frozen=True, slots=True, repr=False)
class HandIn:
    """A packed hand-in: where it lies, what is in it in plain sentences, its size in bytes, and the name in it."""

    path: Path
    contents: tuple[str, ...]
    bytes: int
    learner: str = ""

    def __repr__(self) -> str:
        return "\n".join([str(self.path), *self.contents])


def pack(
    root: Path | None = None,
    *,
    story: str | None = None,
    leave_out: str | Collection[str] = (),
    to: Path | None = None,
    titles: Mapping[str, str] | None = None,
) -> HandIn:
    """Pack the answers to all stories, or to one, into one file in the folder (or file) `to`.

    `leave_out` names lessons ("02_who_says_so"), single exercises ("02_who_says_so/voice"), or an exercise wherever
    it is ("*/discern"). `titles` are names to say for lessons. Nothing in the answers folder is
    changed. Raises CopydeskError if there is nothing to hand in, or if a name in `leave_out` is unknown.
    """
    root = Path(root or folder())
    story = safe_name(story, "story") if story else ""
    folders = [root / story] if story else _story_folders(root)
    wanted = {leave_out} if isinstance(leave_out, str) else {*leave_out}
    documents, contents = _select(_read_lessons(folders), wanted, titles or {})
    if not documents:
        where = folders[0] if story else root
        raise CopydeskError(f"there is nothing to hand in in {where}", " ".join(contents) or "answer an exercise first")
    learner = learner_of(root)
    if learner is None:  # never asked here, but an older file may hold a name
        learner = next((d["learner"] for d in documents if isinstance(d.get("learner"), str) and d["learner"]), "")
    handin: Json = {"schema": HANDIN_SCHEMA, "kind": KIND, "kit": __version__, "learner": learner, "story": story}
    handin |= {"made": stamp(), "answers": [{**document, "learner": learner} for document in documents]}
    data = encode(handin, indent=None)
    try:
        check_counts(data)
    except Damaged as much:
        raise CopydeskError(f"the hand-in cannot be read again: it {much}", "leave out a lesson") from None
    if len(data) > MOST_BYTES:
        size = f"{len(data) // 1_000_000} MB"
        raise CopydeskError(f"the hand-in would be {size}, too large to be read", "leave out a lesson")
    path = _target(Path(to or ""), learner, story)
    write(path, data)
    return HandIn(path, tuple(contents), len(data), learner)


def _story_folders(root: Path) -> list[Path]:
    """What lies below `root` with a name that a story can have."""
    found = []
    for place in root.glob("[!.]*"):
        with suppress(CopydeskError):
            safe_name(place.name, "story")
            found.append(place)
    return found


def _lesson_files(place: Path) -> list[Path]:
    """The files with current answers in a story's folder, also those of which only the backup is left."""
    names = {path.name.removesuffix(".bak") for path in place.glob("*.json*")}
    return [place / name for name in sorted(names) if LESSON_FILE.fullmatch(name)]


def _read_lessons(folders: list[Path]) -> dict[Path, Json | str]:
    """The answers in each file, with the story and lesson they lie under, or what is wrong with the file."""
    paths = sorted((path for place in folders for path in _lesson_files(place)), key=lambda p: (p.name, p.parent.name))
    return {path: _read_lesson(path) for path in paths}


def _read_lesson(path: Path) -> Json | str:
    document, fault = peek(path)
    if document is None:
        return fault or "was removed meanwhile"
    try:
        own = {"story": safe_name(path.parent.name, "story"), "lesson": safe_name(lesson_of(path), "lesson")}
    except CopydeskError as error:
        return str(error)
    elsewhere = str(document.get("story", own["story"])).casefold() != own["story"].casefold()
    return "belongs to another story" if elsewhere else {**document, **own}


def _select(
    read: Mapping[Path, Json | str], wanted: Collection[str], titles: Mapping[str, str]
) -> tuple[list[Json], list[str]]:
    """What goes into the hand-in, and the sentences that say what does and what does not.

    `wanted` is what the learner wants to leave out.
    """
    left_out = _left_out(wanted, read)
    documents, contents = [], []
    for path, document in read.items():
        lesson, story = lesson_of(path), path.parent.name
        if lesson in left_out:
            continue
        if isinstance(document, str):
            contents.append(_say("unread", file=f"{story}/{path.name}", why=document))
            continue
        packed, exercises = document, document.get("exercises")
        if isinstance(exercises, dict):
            kept = {name: entry for name, entry in exercises.items() if f"{lesson}/{name}" not in left_out}
            if exercises and not kept:
                continue
            packed = {**document, "exercises": kept}
        elif any(name.startswith(("*/", f"{lesson}/")) for name in wanted):  # it is not known where a newer form has it
            contents.append(_say("sealed", lesson=titles.get(lesson, lesson), story=story))
            continue
        documents.append(packed)
        contents += _in_words(packed, titles.get(lesson, lesson))
    apart = load_wording("strings")["handin"]["apart"]
    for name in sorted(left_out):
        lesson, _, exercise = name.partition("/")
        what = apart.get(exercise)
        title = titles.get(lesson, lesson)
        contents.append(_say("apart_left", lesson=title, what=what) if what else _say("left_out", name=name))
    return documents, contents


def _left_out(wanted: Collection[str], read: Mapping[Path, Json | str]) -> set[str]:
    """The lessons and the exercises ("lesson/exercise") that are there and are to be left out.

    "*/a" means the exercise a wherever it is, and need not be anywhere. Raises CopydeskError for any other name that
    is not there: a typing error must not hand in what was to stay.
    """
    names = set()
    for path, document in read.items():
        names.add(lesson_of(path))
        exercises = document.get("exercises") if isinstance(document, dict) else None
        names |= {f"{lesson_of(path)}/{name}" for name in exercises} if isinstance(exercises, dict) else set()
    for name in sorted(wanted):
        if not name.startswith("*/") and name not in names:
            same_lesson = sorted(n for n in names if n.startswith(name.partition("/")[0] + "/")) if "/" in name else []
            offers = same_lesson or sorted(n for n in names if "/" not in n)
            problem = f"there are no answers to {name} to leave out"
            raise CopydeskError(problem, f"there are: {', '.join(offers) or 'none'}")
    return {name for name in names if name in wanted or f"*/{name.partition('/')[2]}" in wanted}


def _in_words(document: Json, title: str) -> Iterator[str]:
    """What is in a document: a sentence on the lesson, and one on each exercise that is listed apart."""
    name = {"lesson": title, "story": document["story"]}
    if schema_of(document) > SCHEMA:
        yield _say("newer", **name)
        return
    apart, entries = load_wording("strings")["handin"]["apart"], document["exercises"]
    rest = [entry for exercise, entry in entries.items() if exercise not in apart]
    if rest:
        answered = sum(1 for entry in rest if entry["answer"] or entry["tries"])
        when = say_moment(document["changed"]) or _say("never")
        yield _say("lesson", **name, n=answered, of=len(rest), when=when)
    for exercise, what in apart.items():
        if exercise in entries:
            yield _say("apart_of", **name, what=what)


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


def _is_mine(path: Path, learner: str, story: str) -> bool:
    try:
        old = read_handin(path)
    except CopydeskError:
        return False
    return (old["learner"], old["story"]) == (learner, story)


# --- reading ---


def read_handin(path: Path) -> Json:
    """Read a hand-in, check it to the last answer, and return it in today's form.

    `answers` lists a document per lesson, each with its `story`; the hand-in's own `story` is '' where it may hold
    several. Raises CopydeskError for anything else.
    """
    path = Path(path)
    problem = f"{path.name} is not a Copydesk hand-in"
    data = read_bytes(path, most=MOST_BYTES + 1)
    if data is None:
        raise CopydeskError(f"there is no file {path}", "look for a name like handin_…json")
    if len(data) > MOST_BYTES:
        raise CopydeskError(f"{problem}: it is larger than {MOST_BYTES // 1_000_000} MB")
    try:
        check_counts(data)
        return _checked_handin(decode(data, levels=MOST_LEVELS + 10), problem)
    except Damaged as why:
        raise CopydeskError(f"{problem}: it {why}", "ask for the file handin_…json, unedited") from None


def _checked_handin(handin: Json, problem: str) -> Json:
    """A decoded hand-in in today's form, unknown fields kept. Raises `Damaged`, or CopydeskError with `problem`."""
    if handin.get("kind") != KIND:
        raise CopydeskError(problem, "ask for the file handin_…json that the lesson made")
    if (schema := schema_of(handin)) > HANDIN_SCHEMA:
        raise CopydeskError(f"{problem} this version can read: a newer Copydesk made it", "update Copydesk")
    if not isinstance(handin.get("learner"), str) or not isinstance(handin.get("answers"), list):
        raise Damaged("lacks the learner or the answers")
    story: str = handin.setdefault("story", "")
    if story != "" or schema < 2:
        safe_name(story, "story")
    for document in handin["answers"]:
        if not isinstance(document, dict):
            raise Damaged("holds something other than answers")
        lesson = safe_name(document.get("lesson", ""), "lesson")
        own = safe_name(document.setdefault("story", story), "story")
        if story and own != story:
            raise Damaged("mixes two stories")
        checked(document, story=own, lesson=lesson)
    return {**handin, "schema": HANDIN_SCHEMA}


# --- putting back ---


def unpack(path: Path, root: Path | None = None) -> list[str]:
    """Put the answers of a hand-in back into the answers folder, and return a sentence on each lesson.

    What is there stays, and what differs goes beside it. Raises CopydeskError if the file is no hand-in.
    """
    handin = read_handin(path)
    root = Path(root or folder()).absolute()
    done = [_put_back(document, root / document["story"]) for document in handin["answers"]]
    if handin["learner"] and learner_of(root) is None:
        remember_learner(root, handin["learner"])
        done.append("The learner's name is back too.")
    return done or ["The hand-in holds no answers."]


def _put_back(document: Json, place: Path) -> str:
    """Put one lesson's answers into a story's folder, and say in a sentence what was done."""
    lesson = document["lesson"]
    path = place / f"{lesson}.json"
    with locked(path):
        present, news = repair(store_of(path))
        if present and schema_of(present) > SCHEMA >= schema_of(document):
            path = sibling(path, f"v{SCHEMA}")
            present, news = repair(store_of(path))
        return f"{lesson} on “{place.name}”: {_joined(path, present, document)}{f' {news}.' if news else ''}"


def _joined(path: Path, present: Json | None, document: Json) -> str:
    """Join a document with the one that is present in its place, with the lock held; returns what was done."""
    if present is None:
        exercises = document.get("exercises")
        known = exercises if isinstance(exercises, dict) else {}  # a newer Copydesk may have something else there
        store_of(path).put(document, known)
        return f"put back, {_count(len(known))}."
    if present == document:
        return "nothing new."
    if max(schema_of(present), schema_of(document)) > SCHEMA:
        return _keep_beside(path, document, "handin", "which a newer Copydesk wrote")
    if present["sha256"] and document["sha256"] and present["sha256"] != document["sha256"]:
        return _keep_beside(path, document, page_tag(document["sha256"]), "which belong to another version of the page")
    return _merge(path, present, document)


def _keep_beside(path: Path, document: Json, tag: str, why: str) -> str:
    """Write a document to a file of its own, unless one with that tag holds the same."""
    for other in sorted(path.parent.glob(f"{path.name.partition('.')[0]}.{tag}*.json")):
        try:
            if store_of(other).read() == document:
                return f"nothing new; the answers, {why}, lie in {other.name} already."
        except (Damaged, CopydeskError):
            continue
    aside = free_sibling(path, tag)
    write(aside, encode(document))
    return f"what is there stays; the answers, {why}, now lie in {aside.name}."


def _merge(path: Path, present: Json, document: Json) -> str:
    """Merge a document into the one that is present, exercise by exercise; returns what was done."""
    mine, theirs = present["exercises"], document["exercises"]
    both = {name: merged(mine[name], theirs[name]) for name in mine.keys() & theirs.keys()}
    new = theirs.keys() - mine.keys()
    filled = [name for name in both if both[name]["answer"] != mine[name]["answer"]]
    beside = [name for name in both if both[name]["others"] != put_beside(mine[name], [])]
    whole = {**document, **present, "exercises": {**theirs, **mine, **both}}
    if whole == present:
        return "nothing new; everything in it is there already."
    whole |= {"learner": present["learner"] or document["learner"]}
    store_of(path).save(whole, whole["exercises"])
    kept = f", {_count(len(beside))} kept beside a different answer" if beside else ""
    return f"{_count(len(new) + len(filled))} put back{kept}; what was there stays."


def _count(number: int) -> str:
    return f"{number} exercise" if number == 1 else f"{number} exercises"
