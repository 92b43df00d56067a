"""A JSON document on disk that survives damage: two generations, a lock, and what this process remembers of it.

The document is one file, `<name>.json`. Each change takes the lock, reads the file again, and replaces it in one step;
the generation before stays beside it as `<name>.json.bak`. A file that cannot be read is renamed, never overwritten.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

from copydesk.base.documents import Damaged, Json, decode, encode
from copydesk.base.errors import CopydeskError
from copydesk.base.files import backup, locked, read_bytes, set_aside, stamp, sweep, time_tag, write

Check = Callable[[Path, Json], Json]
"""Takes a path and what was decoded from it, and returns the document in today's form.

It raises `Damaged` for a file that should be set aside, and CopydeskError for one that must stay where it is.
"""


@dataclass(frozen=True, slots=True)
class Damage:
    """What was wrong with a file: where it lies now (None if it was missing), and why, after "it"."""

    aside: Path | None = None
    why: str = ""


class JsonStore:
    """One document on disk, with entries by name that each have a revision number, `rev`.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "notes.json"
    >>> store = JsonStore(path, lambda _path, document: document, entries="notes")
    >>> with store.changing():
    ...     store.save({"notes": {"a": {"rev": 1, "text": "…"}}})
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
        data = read_bytes(place)
        return None if data is None else self._check(place, decode(data))

    def peek(self) -> tuple[Json | None, str]:
        """Read the file or, failing that, its backup, and change nothing on disk.

        Returns the document, None if there is none that can be read, and what is wrong with the file, after "it"
        ('' if nothing is, or if there is no file).
        """
        fault = ""
        for place in (self.path, backup(self.path)):
            try:
                if (document := self.read(place)) is not None:
                    return document, fault
            except (Damaged, CopydeskError) as why:
                fault = fault or str(why)
        return None, fault

    def repair(self) -> tuple[Json | None, Damage | None]:
        """Read the file or, failing that, its backup, which then takes its place; call this with the lock held.

        A damaged file is renamed. Returns the document, None if there is none that can be read, and what was wrong.
        """
        damage: Damage | None = None
        for place in (self.path, backup(self.path)):
            try:
                document = self.read(place)
            except Damaged as why:
                aside = set_aside(place, f"damaged-{time_tag()}")
                damage = damage or Damage(aside, str(why))
                continue
            if document is not None and place != self.path:
                damage = damage or Damage()
                with suppress(CopydeskError):  # on a full disk the work goes on with what was read
                    write(self.path, read_bytes(place) or encode(document))
            if document is not None:
                return document, damage
        return None, damage

    def with_remembered(self, document: Json | None) -> Json:
        """Add what this process remembers and the document lacks: each later revision of an entry.

        Without a document it returns a copy of all that is remembered.
        """
        if document is None:
            return deepcopy(self.remembered)
        entries = document[self._entries]
        for name, entry in self.remembered[self._entries].items():
            if name not in entries or entry["rev"] > entries[name]["rev"]:
                entries[name] = deepcopy(entry)
        return document

    def save(self, document: Json) -> None:
        """Write the document, which is on the disk when this returns; call this inside `changing`."""
        document["changed"] = stamp()
        document["created"] = document.get("created") or document["changed"]
        write(self.path, encode(document), keep=True)
        self.remembered = document
