"""Zips read without unpacking: each member is looked at before it is read, and nothing is ever written.

What lies in a folder and in its zips: found in order, followed nowhere outside, unpacked and changed never.
"""

from __future__ import annotations

import io
import os
import re
import stat
import struct
import zipfile
import zlib
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from copydesk.answers.handin import MOST_BYTES
from copydesk_classroom.problems import Problem, Refused

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


ANSWERS = re.compile(r".*\.json(\.txt|\.bak)?", re.IGNORECASE | re.DOTALL)
"""What may hold answers; some systems hang a `.txt` on."""
CLUTTER = re.compile(
    r"\..*|__MACOSX|__pycache__|Thumbs\.db|desktop\.ini|.*\.tmp|"
    r"[^.]+\.(damaged|page|newer|handin)(-[\w-]*)?\.json(\.bak)?",
    re.IGNORECASE | re.DOTALL,
)
"""What systems and the kit itself leave behind: hidden files, and answers that were set aside."""
MOST_OPEN = 4


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file lies: its path below the folder, then the number of a member for each zip around it."""

    path: str
    members: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """One file: where it lies, the path to show, and why it is not read, if it is not."""

    place: Place
    shown: str
    fault: Problem | None = None


class Sources:
    """The files below a folder, or those of a single zip, but for some that are known to be something else."""

    def __init__(self, folder: Path, *, leave_out: Iterable[object] = ()) -> None:
        self.folder, self._only = (folder.parent, folder.name) if folder.is_file() else (folder, "")
        home = self.folder.resolve()
        known = (Path(path).resolve() for path in leave_out if isinstance(path, str | Path))
        self._leave_out = {path.relative_to(home).as_posix() for path in known if path.is_relative_to(home)}
        self._open: OrderedDict[Place, zipfile.ZipFile] = OrderedDict()

    def walk(self) -> Iterator[Found]:
        """Every file in a fixed order, zips being looked into, one more zip inside them too."""
        yield from self._folder("", 0)

    def _folder(self, below: str, depth: int) -> Iterator[Found]:
        try:
            names = sorted(path.name for path in (self.folder / below).iterdir())
        except OSError as error:
            yield Found(Place(below), below, Problem("unreadable", error.strerror or ""))
            return
        for name in names:
            path = f"{below}/{name}" if below else name
            wanted = path not in self._leave_out and self._only in ("", path)
            if wanted and not CLUTTER.fullmatch(name):
                yield from self._entry(path, depth)

    def _entry(self, path: str, depth: int) -> Iterator[Found]:
        try:
            about = os.lstat(self.folder / path)
        except OSError as error:
            yield Found(Place(path), path, Problem("unreadable", error.strerror or ""))
            return
        folder, file, link = stat.S_ISDIR(about.st_mode), stat.S_ISREG(about.st_mode), _is_link(about)
        if folder and not link and depth < DEEPEST:
            yield from self._folder(path, depth + 1)
        elif file and not link and path.lower().endswith(".zip"):
            yield from self._zip(Place(path), path)
        elif link or not file:
            yield Found(Place(path), path, Problem("link" if link else "deep" if folder else "device"))
        else:
            large = Problem("large", str(MOST_BYTES // 1_000_000)) if about.st_size > MOST_BYTES else None
            yield _found(Place(path), path, large)

    def _zip(self, place: Place, shown: str) -> Iterator[Found]:
        try:
            members = self._archive(place).infolist()
        except Refused as refused:
            yield Found(place, shown, refused.fault)
            return
        left = MOST_UNPACKED
        for number, member in enumerate(members):
            name, inner = name_of(member), Place(place.path, (*place.members, number))
            parts = PurePosixPath(name).parts
            if member.is_dir() or name.endswith("/") or any(CLUTTER.fullmatch(p) for p in parts if p != ".."):
                continue
            path, zipped = f"{shown}/{name}", name.lower().endswith(".zip")
            left -= member.file_size if zipped or ANSWERS.fullmatch(name) else 0
            fault = _fault_of(member) if left >= 0 else Problem("bomb", f"{MOST_UNPACKED:,}")
            if fault is None and zipped and place.members:
                fault = Problem("zip_in_zip")
            if zipped and fault is None:
                yield from self._zip(inner, path)
            else:
                yield _found(inner, path, fault)

    def read(self, place: Place) -> bytes:
        """The bytes of a file; raises `Refused` if they cannot be had."""
        if place.members:
            return read_member(self._archive(Place(place.path, place.members[:-1])), place.members[-1])
        try:
            with open(self.folder / place.path, "rb", opener=_not_following) as file:
                data = file.read(MOST_BYTES + 1)
        except OSError as error:
            raise Refused("unreadable", error.strerror or "") from None
        if len(data) > MOST_BYTES:
            raise Refused("large", str(MOST_BYTES // 1_000_000))
        return data

    def _archive(self, place: Place) -> zipfile.ZipFile:
        """A zip, kept open for a while: a class in one zip is not opened anew for each learner."""
        if place in self._open:
            self._open.move_to_end(place)
            return self._open[place]
        archive = open_zip(self.read(place) if place.members else self.folder / place.path)
        self._open[place] = archive
        if len(self._open) > MOST_OPEN:
            self._open.popitem(last=False)[1].close()
        return archive

    def close(self) -> None:
        """Let go of the zips."""
        while self._open:
            self._open.popitem()[1].close()


def _found(place: Place, shown: str, fault: Problem | None) -> Found:
    """A file, read or not; of a kind that holds no answers, it is not read, and its size is nobody's trouble."""
    if not ANSWERS.fullmatch(shown) and (fault is None or fault.name in ("large", "bomb")):
        fault = Problem("notebook" if shown.lower().endswith(".ipynb") else "other")
    return Found(place, shown, fault)


def _fault_of(member: zipfile.ZipInfo) -> Problem | None:
    try:
        look_at(member)
    except Refused as refused:
        return refused.fault
    return None


def _is_link(about: os.stat_result) -> bool:
    """Whether it leads elsewhere: a link, or what Windows calls a junction."""
    junction = getattr(stat, "IO_REPARSE_TAG_MOUNT_POINT", None)
    return stat.S_ISLNK(about.st_mode) or (junction is not None and getattr(about, "st_reparse_tag", 0) == junction)


def _not_following(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
