"""The learner's answers to one lesson: on disk before anybody says "saved", and back after whatever happens.

One lesson is one file, `answers/<story>/<lesson>.json`, kept by a `JsonStore`. This module adds what only answers need:
two open copies of a lesson keep both answers, and a file that belongs to a newer Copydesk or to another version of the
page is left alone or renamed.
"""

from __future__ import annotations

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
    Record,
    accepted,
    checked,
    fewer_tries,
    new_entry,
    put_beside,
)
from copydesk.base.documents import Damaged, Json, schema_of
from copydesk.base.errors import CopydeskError
from copydesk.base.files import backup, free_sibling, has_locks, mark_as_open, rename, set_aside, sibling, stamp
from copydesk.base.store import JsonStore, last_change
from copydesk.base.system import is_in_browser


def lesson_of(path: Path) -> str:
    """The lesson whose answers are in a file, also one whose name carries a tag.

    >>> lesson_of(Path("02_who_says_so.v1.json"))
    '02_who_says_so'
    """
    return _composed(path.name.partition(".")[0])


def _composed(name: str) -> str:
    return unicodedata.normalize("NFC", name)  # macOS hands an accent back as a letter of its own


def store_of(path: Path) -> JsonStore:
    """The store of a lesson's file, which reads it in today's form."""

    def check(place: Path, document: Json) -> Json:
        return checked(document, story=_composed(place.parent.name), lesson=lesson_of(place))

    return JsonStore(path, check, entries="exercises")


def peek(path: Path) -> tuple[Json | None, str]:
    """What `JsonStore.peek` finds in a lesson's file."""
    return store_of(path).peek()


def peek_record(path: Path, exercise: str) -> Record:
    """What a lesson's file keeps of one exercise, nothing on disk being changed; empty if it cannot be read."""
    document, _ = peek(path)
    if document and schema_of(document) <= SCHEMA and exercise in document["exercises"]:
        return Record.of(document["exercises"][exercise])
    return Record()


FOUND = {
    "all": "the answers are back, the last change too",
    "before": "the answers are back from the copy before the last change",
    "last": "the answers of the last change are back",
    "": "there was no readable copy of it",
}
"""What a learner is told of a damaged file, by what there was in its place."""


def repair(store: JsonStore) -> tuple[Json | None, str]:
    """What `JsonStore.repair` returns, the damage as a sentence without its full stop, '' if there was none."""
    document, damage = store.repair()
    if damage is None:
        return document, ""
    happened = (
        f"was damaged (it {damage.why}) and now lies, untouched, in {damage.aside}" if damage.aside else "was missing"
    )
    return document, f"The answer file {store.path.name} {happened}; {FOUND[damage.found]}"


def page_tag(sha256: str) -> str:
    """The tag of a file with answers to a version of the page that is not the one in use.

    >>> page_tag("abcdef0123456789"), page_tag("../..")
    ('page-abcdef01', 'page-unknown')
    """
    return "page-" + ("".join(c for c in sha256[:8] if c.isascii() and c.isalnum()) or "unknown")


class AnswerFile:
    """The answers to one lesson.

    >>> import tempfile
    >>> root = Path(tempfile.mkdtemp())
    >>> AnswerFile.open("story", "lesson", sha256="ab" * 32, root=root).save("q1", {"choice": 2}).answer
    {'choice': 2}
    >>> AnswerFile.open("story", "lesson", sha256="ab" * 32, root=root).record("q1").answer
    {'choice': 2}
    """

    notice: str | None
    """What the learner should know about this file; None if there is nothing."""

    def __init__(self, path: Path, sha256: str) -> None:
        self.notice, self._home, self._sha256 = None, path, sha256
        self._store = store_of(path)
        self._news: list[str] = []
        self._seen: dict[str, Json] = {}
        self._open_mark: BaseFileLock | None = None

    @classmethod
    def open(cls, story: str, lesson: str, *, sha256: str, root: Path | None = None) -> AnswerFile:
        """Open the answers to a lesson about the page with this sha256; `notice` says what the learner should know."""
        root = Path(root or folder()).absolute()
        file = cls(root / safe_name(story, "story") / f"{safe_name(lesson, 'lesson')}.json", sha256)
        with file._store.changing():
            file._store.remembered = document = file._load(opening=True)
        file._seen = {name: entry["answer"] for name, entry in document["exercises"].items()}
        file._open_mark = mark_as_open(file._home)
        if file._open_mark is None:
            file._news.append("This lesson is open in another notebook too; neither overwrites the other's work.")
        elif not has_locks(file._open_mark) and not is_in_browser():
            file._news.append("The drive of this folder cannot lock files; open this lesson in one notebook at a time.")
        file._announce()
        return file

    def __repr__(self) -> str:
        return f"AnswerFile({str(self.path)!r})"

    @property
    def path(self) -> Path:
        """The file that answers are read from and written to."""
        return self._store.path

    @property
    def learner(self) -> str:
        """The name or number the learner chose, or ''."""
        chosen = learner_of(self._root)
        return str(self._store.remembered.get("learner", "")) if chosen is None else chosen

    def set_learner(self, name: str) -> None:
        """Remember the learner's name or number for all lessons of this folder."""
        remember_learner(self._root, name)

    @property
    def _root(self) -> Path:
        return self.path.parent.parent

    def record(self, exercise: str) -> Record:
        """What is kept of an exercise: as it is on disk now, or an empty record."""
        with self._store.busy:
            with suppress(Damaged, CopydeskError):  # what cannot be read now is repaired by the next save
                document = self._store.read()
                if document and self._is_ours(document):
                    self._store.remembered = document
            entry = deepcopy(self._store.remembered["exercises"].get(exercise)) or new_entry()
            self._seen[exercise] = deepcopy(entry["answer"])
            return Record.of(entry)

    def save(self, exercise: str, answer: Json) -> Record:
        """Keep an answer; when this returns, it is on the disk."""
        kept = accepted(answer, exercise)
        return self._change(exercise, lambda entry: {**entry, "answer": kept})

    def add_try(self, exercise: str, answer: Json, score: float, points: float, *, key_waits: bool = False) -> Record:
        """Keep a try and its result; the answer it was made with becomes the answer.

        `key_waits` keeps the key hidden after a try that passed, until another try or `show_key`.
        """
        kept, waits = accepted(answer, exercise), {"key_waits": True} if key_waits else {}
        verdict = accepted({"score": float(score), "points": float(points)}, exercise)

        def edit(entry: Json) -> Json:
            attempt = {"answer": kept, **verdict, "at": stamp(), "round": entry["round"]}
            return {**_shown(entry), "answer": kept, "tries": [*entry["tries"], attempt], **waits}

        return self._change(exercise, edit)

    def show_key(self, exercise: str) -> Record:
        """Keep that the key was shown: the tries that were left in this round are given up."""
        return self._change(exercise, _shown)

    def restart(self, exercise: str) -> Record:
        """Start an exercise again: a new round, an empty answer; tries stay, and the answer stays in the file."""

        def edit(entry: Json) -> Json:
            earlier = entry.get("earlier")
            earlier = earlier if isinstance(earlier, list) else []
            if entry["answer"]:
                earlier = [*earlier, {"answer": entry["answer"], "round": entry["round"]}][-MOST_OTHERS:]
            return {**_shown(entry), "answer": {}, "round": entry["round"] + 1, "earlier": earlier}

        return self._change(exercise, edit)

    def swap(self, exercise: str) -> Record:
        """Change places with the version kept last beside an answer; done again and again, each comes up in turn."""

        def edit(entry: Json) -> Json:
            *others, other = entry["others"] or [entry["answer"]]
            return {**entry, "answer": other, "others": [entry["answer"], *others]}

        return self._change(exercise, edit)

    def _change(self, exercise: str, edit: Callable[[Json], Json]) -> Record:
        """Edit the entry of an exercise as it is on disk now; `edit` takes the entry and returns a new one."""
        if not isinstance(exercise, str) or not exercise.isprintable() or not 0 < len(exercise) <= 200:
            raise CopydeskError(f"{str(exercise)[:60]!r} cannot name an exercise", "use at most 200 printed characters")
        with self._store.changing():
            document = self._load()
            before = document["exercises"].get(exercise) or new_entry()
            after = {**fewer_tries(edit(before)), "rev": before["rev"] + 1, "changed": stamp()}
            # An answer that this copy never showed is another copy's work, and stays beside the one that replaces it.
            unseen = before["answer"] != self._seen.get(exercise, {})
            conflict = unseen and bool(before["answer"]) and before["answer"] != after["answer"]
            after["others"] = (
                put_beside(after, [before["answer"]])[-MOST_OTHERS:] if conflict else put_beside(after, [])
            )
            document["exercises"][exercise] = after
            document |= {"kit": __version__, "sha256": self._sha256, "learner": self.learner}
            self._store.save(document, [exercise])
            self._seen[exercise] = deepcopy(after["answer"])
            if conflict:
                self._news.append(f"{exercise} was also answered in another open copy; that answer is kept beside it.")
            self._announce()
        return Record.of(deepcopy(after), conflict=conflict)

    def _load(self, *, opening: bool = False) -> Json:
        """Read what is on disk and may be changed here, and set `path` to its file; call this with the lock held.

        What is in the lesson's own file may not be: then it is renamed, or answers go into a file beside it.
        """
        last, self._store.path, self._news = self.path, self._home, []
        while True:
            document, news = repair(self._store)
            if news:
                known = "; what this notebook remembers was added." if self._store.remembered["exercises"] else "."
                self._news.append(news + known)
            if document is None or (news and self._is_ours(document)):
                document = self._with_remembered(document)
            if self._is_ours(document):
                return document
            if schema_of(document) > SCHEMA and self.path != self._home:
                set_aside(self.path, "newer")
            elif schema_of(document) > SCHEMA:
                why = f"{self.path.name} was written by a newer Copydesk and stays as it is"
                self._write_beside(f"v{SCHEMA}", why, last)
            elif opening or self.path != self._home:
                self._set_page_aside(document["sha256"])
                opening = True
            else:  # another copy opened the lesson with another version of the page, and still works on it
                why = "This lesson was opened with another version of the page meanwhile"
                self._write_beside(page_tag(self._sha256), why, last)

    def _is_ours(self, document: Json) -> bool:
        """Whether a document is in a form this kit knows, and about the page in use."""
        return schema_of(document) <= SCHEMA and document["sha256"] in ("", self._sha256)

    def _with_remembered(self, document: Json | None) -> Json:
        """A document that was lost, or came from its backup, with the later answers that this notebook remembers."""
        whole = self._store.with_remembered(document)
        if document is not None:
            return whole
        about = {"story": self.path.parent.name, "lesson": lesson_of(self._home), "sha256": self._sha256}
        return {**whole, "schema": SCHEMA, **about}

    def _write_beside(self, tag: str, why: str, last: Path) -> None:
        """Use a tagged file in place of the lesson's own, and say so unless the one used last is the same."""
        self._store.path = sibling(self._home, tag)
        if self.path != last:
            self._news.append(f"{why}; what you do here is kept in {self.path}.")

    def _set_page_aside(self, sha256: str) -> None:
        """Rename the answers to another version of the page, and bring those to this one back if there are any."""
        aside = free_sibling(self.path, page_tag(sha256))
        for of in (backup, last_change, Path):
            if of(self.path).exists():
                rename(of(self.path), of(aside))
        mine = sibling(self._home, page_tag(self._sha256))
        back = "this lesson starts anew"
        if mine != aside and mine.exists():
            rename(mine, self.path)
            back = "the answers to the page as it is now are back"
        self._news.append(f"The page has changed: the answers to its other version now lie in {aside}, and {back}.")

    def _announce(self) -> None:
        if self._news:
            self.notice = " ".join(self._news)


def _shown(entry: Json) -> Json:
    """An entry whose key waits no longer."""
    return {name: value for name, value in entry.items() if name != "key_waits"}
