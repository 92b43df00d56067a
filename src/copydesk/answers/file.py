"""Reading a lesson's file in whatever state it is found, and mending it from its earlier generation.

The learner's answers: on disk before anybody says "saved", and back after whatever happens.

One lesson is one file, `answers/<story>/<lesson>.json`. Each change takes a lock, reads the file again, changes one
exercise and replaces the file in one step, keeping the generation before as `<lesson>.json.bak`. Whatever cannot be
read or belongs elsewhere is renamed, never overwritten.
"""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from pathlib import Path

from filelock import BaseFileLock

from copydesk import __version__
from copydesk.answers.place import folder, learner_of, remember_learner, safe_name
from copydesk.answers.schema import (
    MOST_OTHERS,
    SCHEMA,
    Damaged,
    Json,
    Record,
    accepted,
    checked,
    decode,
    encode,
    new_entry,
    put_beside,
    schema_of,
)
from copydesk.base.errors import CopydeskError
from copydesk.base.files import (
    backup,
    free_sibling,
    locked,
    mark_as_open,
    read_bytes,
    rename,
    set_aside,
    sibling,
    stamp,
    sweep,
    time_tag,
    write,
)


def read_document(path: Path) -> Json | None:
    """What a lesson's file holds, in today's form; None if there is no file, `Damaged` if it is not one."""
    data = None if path.is_dir() else read_bytes(path)
    if data is None and not path.is_dir():
        return None
    if data is None:
        raise Damaged("is a folder")
    return checked(decode(data), story=_nfc(path.parent.name), lesson=_nfc(path.name.partition(".")[0]))


def _nfc(name: str) -> str:  # some file systems hand accents back as letters of their own
    return unicodedata.normalize("NFC", name)


def mend(path: Path) -> tuple[Json | None, str | None]:
    """What a lesson's file or, failing that, its earlier generation holds, and what had to be done (lock held)."""
    aside, why = None, ""
    for place in (path, backup(path)):
        try:
            document = read_document(place)
        except Damaged as reason:
            moved = set_aside(place, f"damaged-{time_tag()}")
            aside, why = (aside, why) if aside else (moved, str(reason))
            continue
        if document is not None and place != path:
            with suppress(CopydeskError):
                write(path, (read_bytes(place) or encode(document)))
            back = "the answers are back from the copy before the last change"
            return document, f"{_what_happened(path, aside, why)}; {back}"
        if document is not None:
            return document, None
    return None, f"{_what_happened(path, aside, why)}; there was no readable copy of it" if aside else None


def _what_happened(path: Path, aside: Path | None, why: str) -> str:
    if aside is None:
        return f"The answer file {path.name} was missing"
    return f"The answer file {path.name} was damaged (it {why}) and now lies, untouched, in {aside}"


def peek(path: Path) -> Json | None:
    """What a lesson's file or, failing that, its earlier generation holds, nothing on disk being changed."""
    try:
        return read_document(path) or read_document(backup(path))
    except Damaged:
        if (document := read_document(backup(path))) is None:
            raise
        return document


def peek_record(path: Path, exercise: str) -> Record:
    """What a lesson's file keeps of one exercise, nothing on disk being changed; empty if it cannot be read."""
    with suppress(Damaged, CopydeskError):
        document = peek(path)
        if document and schema_of(document) <= SCHEMA and exercise in document["exercises"]:
            return Record.of(document["exercises"][exercise])
    return Record()


class AnswerFile:
    """The answers to one lesson.

    >>> import tempfile
    >>> root = Path(tempfile.mkdtemp())
    >>> AnswerFile.open("story", "lesson", sha256="ab" * 32, root=root).save("q1", {"choice": 2}).answer
    {'choice': 2}
    >>> AnswerFile.open("story", "lesson", sha256="ab" * 32, root=root).record("q1").answer
    {'choice': 2}
    """

    path: Path
    notice: str | None

    def __init__(self, path: Path, sha256: str) -> None:
        self.path, self.notice, self._sha256 = path, None, sha256
        self._home, self._last_path, self._busy = path, path, threading.RLock()
        self._news: list[str] = []
        self._document: Json = {"exercises": {}}
        self._seen: dict[str, Json] = {}
        self._sign: BaseFileLock | None = None

    @classmethod
    def open(cls, story: str, lesson: str, *, sha256: str, root: Path | None = None) -> AnswerFile:
        """Open the answers to a lesson about the page with this sha256; `notice` says what the learner should know."""
        root = Path(root or folder()).absolute()
        file = cls(root / safe_name(story, "story") / f"{safe_name(lesson, 'lesson')}.json", sha256)
        with locked(file.path):
            sweep(file.path)
            file._document = file._load(opening=True)
        file._seen = {name: entry["answer"] for name, entry in file._document["exercises"].items()}
        file._sign = mark_as_open(file._home)
        if file._sign is None:
            file._news.append("This lesson is open in another notebook too; neither overwrites the other's work.")
        file._announce()
        return file

    def __repr__(self) -> str:
        return f"AnswerFile({str(self.path)!r})"

    @property
    def learner(self) -> str:
        """The name or number the learner chose, or ''."""
        chosen = learner_of(self._root)
        return str(self._document.get("learner", "")) if chosen is None else chosen

    @property
    def _root(self) -> Path:
        return self.path.parent.parent

    def set_learner(self, name: str) -> None:
        """Remember the learner's name or number for all lessons of this folder."""
        remember_learner(self._root, name)

    def record(self, exercise: str) -> Record:
        """What is kept of an exercise: as it is on disk now, or an empty record."""
        with self._busy:
            with suppress(Damaged, CopydeskError):
                document = read_document(self.path)
                if document and schema_of(document) == SCHEMA and document["sha256"] in ("", self._sha256):
                    self._document = document
            entry = deepcopy(self._document["exercises"].get(exercise)) or new_entry()
            self._seen[exercise] = deepcopy(entry["answer"])
            return Record.of(entry)

    def save(self, exercise: str, answer: Json) -> Record:
        """Keep an answer; when this returns, it is on the disk."""
        kept = accepted(answer, exercise)
        return self._change(exercise, lambda entry: {**entry, "answer": kept})

    def add_try(self, exercise: str, answer: Json, score: float, points: float) -> Record:
        """Keep a try and its result; the answer it was made with becomes the answer."""
        kept = accepted(answer, exercise)
        verdict = accepted({"score": float(score), "points": float(points)}, exercise)

        def edit(entry: Json) -> Json:
            attempt = {"answer": kept, **verdict, "at": stamp(), "round": entry["round"]}
            return {**entry, "answer": kept, "tries": [*entry["tries"], attempt]}

        return self._change(exercise, edit)

    def restart(self, exercise: str) -> Record:
        """Start an exercise again: a new round, an empty answer; tries stay, and the answer stays in the file."""

        def edit(entry: Json) -> Json:
            earlier = entry.get("earlier")
            earlier = earlier if isinstance(earlier, list) else []
            if entry["answer"]:
                earlier = [*earlier, {"answer": entry["answer"], "round": entry["round"]}][-MOST_OTHERS:]
            return {**entry, "answer": {}, "round": entry["round"] + 1, "earlier": earlier}

        return self._change(exercise, edit)

    def swap(self, exercise: str) -> Record:
        """Change places with the version kept last beside an answer; done again and again, each comes up in turn."""

        def edit(entry: Json) -> Json:
            *others, other = entry["others"] or [entry["answer"]]
            return {**entry, "answer": other, "others": [entry["answer"], *others]}

        return self._change(exercise, edit)

    def _change(self, exercise: str, edit: Callable[[Json], Json]) -> Record:
        if not isinstance(exercise, str) or not exercise.isprintable() or not 0 < len(exercise) <= 200:
            raise CopydeskError(f"{str(exercise)[:60]!r} cannot name an exercise", "use at most 200 printed characters")
        with self._busy, locked(self._home):
            document = self._load()
            before = document["exercises"].get(exercise) or new_entry()
            after = {**edit(before), "rev": before["rev"] + 1, "changed": stamp()}
            stranger = before["answer"] != self._seen.get(exercise, {})
            conflict = stranger and bool(before["answer"]) and before["answer"] != after["answer"]
            after["others"] = (
                put_beside(after, [before["answer"]])[-MOST_OTHERS:] if conflict else put_beside(after, [])
            )
            document["exercises"][exercise] = after
            self._write(document)
            self._document, self._seen[exercise] = document, deepcopy(after["answer"])
            if conflict:
                self._news.append(f"{exercise} was also answered in another open copy; that answer is kept beside it.")
            self._announce()
        return Record.of(deepcopy(after), conflict=conflict)

    def _write(self, document: Json) -> None:
        now = stamp()
        document |= {"kit": __version__, "sha256": self._sha256, "learner": self.learner, "changed": now}
        document["created"] = document.get("created") or now
        write(self.path, encode(document), keep=True)

    def _load(self, *, opening: bool = False) -> Json:
        """What is on disk and is ours to change; a file beside it when what is there is not (lock held)."""
        self._news, self._last_path, self.path = [], self.path, self._home
        return self._settle(opening)

    def _settle(self, opening: bool) -> Json:
        document, news = mend(self.path)
        if news:
            known = "; what this notebook remembers was added." if self._document["exercises"] else "."
            self._news.append(news + known)
        if document is None or news:
            document = self._with_what_is_known(document)
        if schema_of(document) > SCHEMA:
            return self._leave_newer(opening)
        if document["sha256"] in ("", self._sha256):
            return document
        if opening or self.path != self._home:
            return self._leave_page(document["sha256"])
        self._step(f"page-{_short(self._sha256)}", "This lesson was opened with another version of the page meanwhile")
        return self._settle(opening)

    def _with_what_is_known(self, document: Json | None) -> Json:
        """Fill a document that was lost or came from a copy with the later answers this notebook remembers."""
        if document and (schema_of(document) > SCHEMA or document["sha256"] not in ("", self._sha256)):
            return document
        if document is None:
            document = {**deepcopy(self._document), "schema": SCHEMA, "story": self.path.parent.name}
            document |= {"lesson": self._home.name.partition(".")[0], "sha256": self._sha256}
        for name, entry in self._document["exercises"].items():
            if entry["rev"] > document["exercises"].get(name, {"rev": -1})["rev"]:
                document["exercises"][name] = deepcopy(entry)
        return document

    def _leave_newer(self, opening: bool) -> Json:
        if self.path != self._home:
            set_aside(self.path, "newer")
        else:
            self._step(f"v{SCHEMA}", f"{self.path.name} was written by a newer Copydesk and stays as it is")
        return self._settle(opening)

    def _leave_page(self, sha256: str) -> Json:
        """Set aside the answers to another version of the page, and fetch those to this one if they were set aside."""
        aside = free_sibling(self.path, f"page-{_short(sha256)}")
        for place, target in ((backup(self.path), backup(aside)), (self.path, aside)):
            if place.exists():
                rename(place, target)
        mine = sibling(self._home, f"page-{_short(self._sha256)}")
        back = "this lesson starts anew"
        if mine != aside and mine.exists():
            rename(mine, self.path)
            back = "the answers to the page as it is now are back"
        self._news.append(f"The page has changed: the answers to its other version now lie in {aside}, and {back}.")
        return self._settle(True)

    def _step(self, tag: str, why: str) -> None:
        self.path = sibling(self._home, tag)
        if self.path != self._last_path:
            self._news.append(f"{why}; what you do here is kept in {self.path}.")

    def _announce(self) -> None:
        if self._news:
            self.notice = " ".join(self._news)


def _short(sha256: str) -> str:
    return "".join(c for c in sha256[:8] if c.isascii() and c.isalnum()) or "unknown"
