"""Zips read without unpacking: each member is looked at before it is read, and nothing is ever written."""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import IO

from copydesk.answers.handin_form import MOST_BYTES
from copydesk.classroom.faults import Refused

MOST_MEMBERS, MOST_INNER_MEMBERS = 100_000, 5_000
"""How many names a zip may hold, and a zip inside it: 3,000 learners with 30 files each, one learner’s whole folder."""
MOST_INNER_BYTES = 50_000_000
"""The largest zip inside a zip, packed."""
MOST_UNPACKED = 4_000_000_000
"""What all answers in one zip may come to."""
MOST_RATIO, SMALL = 200, 1_000_000
"""How many times smaller packing may make a member that is not small; answers shrink 5 to 30 times."""
DEEPEST = 40
"""How many folders may lie in each other."""
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    OSError,
    ValueError,
    RuntimeError,
)
"""What Python raises over a zip that is not one, or no longer."""


def open_zip(source: Path | bytes) -> zipfile.ZipFile:
    """Open a zip on the disk or in memory; raises `Refused` with what is wrong with it."""
    try:
        with io.BytesIO(source) if isinstance(source, bytes) else source.open("rb") as file:
            count = _count(file)
        if count > (MOST_INNER_MEMBERS if isinstance(source, bytes) else MOST_MEMBERS):
            raise Refused("zip_crowded", f"{count:,}")
        return zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source)
    except BROKEN as error:
        raise Refused("zip_broken", str(error)[:80]) from None


def _count(file: IO[bytes]) -> int:
    """How many members the zip says it has, before a list of them is made in memory."""
    file.seek(0, io.SEEK_END)
    size = file.tell()
    file.seek(max(0, size - 66_000))
    tail = file.read()
    at = tail.rfind(b"PK\5\6")
    wide = tail.rfind(b"PK\6\6")
    count, length = struct.unpack_from("<HL", tail, at + 10) if at >= 0 and at + 16 <= len(tail) else (0, 0)
    if count == 0xFFFF and 0 <= wide <= len(tail) - 48:
        count, length = struct.unpack_from("<QQ", tail, wide + 32)
    return max(int(count), min(int(length), size) // 80)  # a count may lie; a member takes about 80 bytes of the list


def name_of(member: zipfile.ZipInfo) -> str:
    """A member's name with forward slashes, whatever machine made the zip."""
    return member.filename.replace("\\", "/")


def look_at(member: zipfile.ZipInfo) -> None:
    """Refuse a member that must not be read: by its name, its kind, its packing or its size."""
    name = name_of(member)
    parts = PurePosixPath(name).parts
    if name.startswith("/") or re.match(r"[A-Za-z]:", name) or ".." in parts:
        raise Refused("zip_slip")
    if stat.S_ISLNK(member.external_attr >> 16):
        raise Refused("link")
    if len(parts) > DEEPEST:
        raise Refused("deep")
    if member.flag_bits & 1:
        raise Refused("locked")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Refused("packing")
    if member.file_size > max(SMALL, MOST_RATIO * member.compress_size):
        raise Refused("bomb", f"{member.file_size:,}")
    most = MOST_INNER_BYTES if name.lower().endswith(".zip") else MOST_BYTES
    if member.file_size > most:
        raise Refused("large", f"{most // 1_000_000}")


def read_member(archive: zipfile.ZipFile, number: int) -> bytes:
    """The bytes of a member by its number, names being no help where two are alike; raises `Refused`."""
    member = archive.infolist()[number]
    look_at(member)
    try:
        with archive.open(member) as file:
            return file.read(member.file_size + 1)
    except BROKEN as error:
        raise Refused("zip_member", str(error)[:80]) from None
