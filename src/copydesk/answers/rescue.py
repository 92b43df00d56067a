"""Reading a lesson's file in whatever state it is found, and mending it from its earlier generation."""

from __future__ import annotations

import unicodedata
from contextlib import suppress
from pathlib import Path

from copydesk.answers.disk import backup, read_bytes, set_aside, time_tag, write
from copydesk.answers.form import SCHEMA, Damaged, Json, Record, checked, decode, encode, schema_of
from copydesk.errors import CopydeskError


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
