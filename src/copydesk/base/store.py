"""A JSON document on disk that survives damage: two generations, the last change, a lock, and what this process knows.

The document is one file, `<name>.json`. Each change takes the lock, reads the file again, and replaces it in one step;
the generation before stays beside it as `<name>.json.bak`, and the entries that were changed lie in `.<name>.json.last`
with a checksum. Should the file be damaged, the generation before and the last change together are what it held. A file
that cannot be read is renamed, never overwritten.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

from copydesk.base.documents import Damaged, Json, check_counts, decode, encode_by_line
from copydesk.base.errors import CopydeskError
from copydesk.base.files import (
    backup,
    locked,
    overwrite,
    read_bytes,
    set_aside,
    stamp,
    sweep,
    time_tag,
    write,
)

Check = Callable[[Path, Json], Json]
"""Takes a path and what was decoded from it, and returns the document in today's form.

It raises `Damaged` for a file that should be set aside, and CopydeskError for one that must stay where it is.
"""
MOST_BYTES = 8_000_000
"""The largest document: twice what a hand-in may have, and forty times what nine lessons of a learner take."""


@dataclass(frozen=True, slots=True)
class Damage:
    """What was wrong with a file: where it lies now (None if it was missing), and why, after "it"."""

    aside: Path | None = None
    why: str = ""
    found: str = ""
    """What was there in its place: `all`, `before` (the generation before), `last` (the last change), or nothing."""


def last_change(path: Path) -> Path:
    """The path of the entries that were changed last in a document."""
    return path.with_name(f".{path.name}.last")


class JsonStore:
    """One document on disk, with entries by name that each have a revision number, `rev`.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "notes.json"
    >>> store = JsonStore(path, lambda _path, document: document, entries="notes")
    >>> with store.changing():
    ...     store.save({"notes": {"a": {"rev": 1, "text": "…"}}}, ["a"])
    >>> store.read()["notes"]
    {'a': {'rev': 1, 'text': '…'}}
    """

    path: Path
    """The file that is read and written; the owner may choose another one in the same folder."""
    remembered: Json
    """The document as this process last read or wrote it."""
    busy: threading.RLock
    """Held while one thread of this process changes the document."""

    def __init__(self, path: Path, check: Check, *, entries: str) -> None:
        self.path, self._home, self._check, self._entries = path, path, check, entries
        self.remembered, self.busy = {entries: {}}, threading.RLock()
        self._swept = False
        self._recalled: set[str] = set()

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Keep other threads and other processes from changing the document meanwhile."""
        with self.busy, locked(self._home):
            if not self._swept:  # only under the lock: a temporary file may belong to a writer who is at work
                sweep(self._home)
                self._swept = True
            yield

    def read(self, place: Path | None = None) -> Json | None:
        """Read the file (or the one at `place`) as it is, without the lock: it is only ever replaced whole.

        Returns None if there is no file. Raises `Damaged`, or CopydeskError if reading fails.
        """
        place = place or self.path
        if place.is_dir():
            raise Damaged("is a folder")
        data = read_bytes(place, most=MOST_BYTES + 1)
        return None if data is None else self._decoded(place, data)

    def _decoded(self, place: Path, data: bytes) -> Json:
        if len(data) > MOST_BYTES:
            raise Damaged(f"is larger than {MOST_BYTES // 1_000_000} MB")
        check_counts(data, times=2)
        return self._check(place, decode(data))

    def peek(self) -> tuple[Json | None, str]:
        """Read the file or, failing that, what it held before and the last change, and change nothing on disk.

        Returns the document, None if there is none that can be read, and what is wrong with the file, after "it"
        ('' if nothing is, or if there is no file).
        """
        fault = ""
        for place in (self.path, backup(self.path)):
            try:
                if (document := self.read(place)) is not None:
                    return document if place == self.path else self._with_last(document)[0], fault
            except (Damaged, CopydeskError) as why:
                fault = fault or str(why)
        last, found = self._with_last(None)
        return last if fault and found == "all" else None, fault

    def repair(self) -> tuple[Json | None, Damage | None]:
        """Read the file or, failing that, put in its place what it held; call this with the lock held.

        A damaged file is renamed. Returns the document, None if there is none that can be read, and what was wrong.
        """
        before, damage = None, None
        for place in (self.path, backup(self.path)):
            try:
                before = self.read(place)
            except Damaged as why:
                aside = set_aside(place, f"damaged-{time_tag()}")
                damage = damage or Damage(aside, str(why))
            if before is not None and place == self.path:
                return before, None
        if before is None and damage is None:
            return None, None
        document, found = self._with_last(before)
        if document is not None:
            with suppress(CopydeskError):  # on a full disk the work goes on with what was read
                write(self.path, encode_by_line(document, self._entries))
        return document, Damage(damage.aside, damage.why, found) if damage else Damage(found=found)

    def _with_last(self, before: Json | None) -> tuple[Json | None, str]:
        """The generation before with the change that made the last one of it, and what of them was found."""
        with suppress(Damaged, CopydeskError):
            told, _, data = (read_bytes(last_change(self.path), most=MOST_BYTES + 100) or b"").partition(b"\n")
            if told == hashlib.sha256(data).hexdigest().encode():
                number, _, data = data.partition(b"\n")
                last = self._decoded(self.path, data)
                if before is None:
                    return last, "all" if number == b"%d" % len(last[self._entries]) else "last"
                # It may lie there from earlier: an older Copydesk writes none, and the file may be another one now.
                same = all(last.get(name) == before.get(name) for name in ("schema", "created"))
                if same and (last["changed"] or "") >= (before["changed"] or ""):
                    entries = before[self._entries]
                    newer = {n: e for n, e in last[self._entries].items() if e["rev"] >= entries.get(n, e)["rev"]}
                    return {**before, **last, self._entries: {**entries, **newer}}, "all"
        return before, "before" if before else ""

    def with_remembered(self, document: Json | None) -> Json:
        """Add what this process remembers and the document lacks: each later revision of an entry.

        Without a document it returns a copy of all that is remembered.
        """
        if document is None:
            self._recalled |= {*self.remembered[self._entries]}
            return deepcopy(self.remembered)
        entries = document[self._entries]
        for name, entry in self.remembered[self._entries].items():
            if name not in entries or entry["rev"] > entries[name]["rev"]:
                entries[name] = deepcopy(entry)
                self._recalled.add(name)
        return document

    def save(self, document: Json, changed: Collection[str] = ()) -> None:
        """Write the document, of which the entries `changed` are new, with the time; call this inside `changing`.

        When this returns, it is on the disk, and so is its last change.
        """
        document["changed"] = stamp()
        document["created"] = document.get("created") or document["changed"]
        self.put(document, {*changed, *self._recalled})
        self.remembered = document
        self._recalled.clear()

    def put(self, document: Json, changed: Collection[str]) -> None:
        """Write a document as it is; see `save`. One in a newer form has no entries that are known here."""
        data = encode_by_line(document, self._entries)
        if len(data) > MOST_BYTES:
            problem = f"{self.path} cannot be saved: it would be larger than {MOST_BYTES // 1_000_000} MB"
            raise CopydeskError(problem, "shorten an answer")
        write(self.path, data, keep=True)
        # Last, so that a process that is killed before this leaves the file whole, and what makes it from its backup.
        # Should it fail, for example on a full disk, the file itself is on the disk all the same.
        with suppress(CopydeskError):
            if not isinstance(whole := document.get(self._entries), dict):
                return
            entries = {name: whole[name] for name in changed if name in whole}
            last = encode_by_line({**document, self._entries: entries}, self._entries)
            told = b"%d\n%b" % (len(whole), last)  # the number tells whether these are all entries
            overwrite(last_change(self.path), hashlib.sha256(told).hexdigest().encode() + b"\n" + told)
