"""Find and read the files below a folder and in the zips there, without unpacking, following or changing anything.

`Sources.walk` yields every file in a fixed order; `Sources.read` returns the bytes of one, or raises `Refused`.
A submitted file may have been made to do harm, so each is checked by its name, kind and size before it is read.
"""

from __future__ import annotations

import io
import os
import re
import stat
import struct
import zipfile
import zlib
from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from copydesk.answers.handin import MOST_BYTES
from copydesk.base.documents import MOST_BRACKETS
from copydesk_classroom.collecting.platforms import parse_platform_name
from copydesk_classroom.safe_text import as_utf8
from copydesk_classroom.wording import Problem, Refused

MOST_MEMBERS, MOST_INNER_MEMBERS = 30_000, 2_000
"""How many names a zip may hold, and one of a single learner: 1,000 learners with 30 files each, one whole folder."""
MOST_INNER_BYTES = 20_000_000
"""The largest zip inside a zip, in packed bytes; it is read into memory."""
MOST_UNPACKED, MOST_OF_ONE = 1_000_000_000, 6_000_000
"""The most bytes that all answers in one zip may unpack to, and the answers of one learner, in a zip or in a folder."""
LONGEST_LIST = 10_000_000
"""How many bytes the list of members in a zip may have; a name with its folders has about 200."""
MOST_FILES_OF_ONE = 2_000
"""How many files one learner may have; in them all may be as many brackets as in one (`MOST_BRACKETS`)."""
MOST_OTHERS, MOST_OTHERS_OF_ONE = 2_000, 100
"""How many files are told that are no answers: below one folder or zip, and of one learner."""
MOST_RATIO, SMALL = 60, 1_000_000
"""A member larger than `SMALL` bytes may unpack to this many times its packed size; answers reach 5 to 30 times."""
MOST_DEPTH = 40
"""How many folders may be nested."""
MOST_OPEN = 2
"""How many zips are open at a time: one, and one inside it."""
ANSWERS = re.compile(r".*\.json(\.txt|\.bak)?", re.IGNORECASE | re.DOTALL)
"""Names of files that may hold answers; some systems append `.txt`."""
CLUTTER = re.compile(
    r"\..*|__MACOSX|__pycache__|Thumbs\.db|desktop\.ini|.*\.tmp|"
    r"[^.]+\.(damaged|page|newer|handin)(-[\w-]*)?\.json(\.bak)?",
    re.IGNORECASE | re.DOTALL,
)
"""Names of files that systems and the kit itself leave behind: hidden files, and answers that were set aside."""
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
"""What `zipfile` raises for a zip that is damaged, or changed while it was read."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file is: its path below the folder, then the number of a member for each zip around it."""

    path: str
    members: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """One file: where it is, the path to show, and the problem that keeps it from being read, if there is one."""

    place: Place
    shown: str
    problem: Problem | None = None


class Sources:
    """The files below a folder, or in a single zip, except for those in `leave_out`, such as the roster."""

    def __init__(self, folder: Path, *, leave_out: Iterable[object] = ()) -> None:
        self.folder, self._only = (folder.parent, folder.name) if folder.is_file() else (folder, "")
        home = self.folder.resolve()
        known = (Path(path).resolve() for path in leave_out if isinstance(path, str | Path))
        self._leave_out = {path.relative_to(home).as_posix() for path in known if path.is_relative_to(home)}
        self._open: OrderedDict[Place, zipfile.ZipFile] = OrderedDict()
        self._of: dict[str, tuple[int, int]] = {}
        self._brackets: Counter[str] = Counter()

    def walk(self) -> Iterator[Found]:
        """Every file, sorted by name in each folder; also those in zips, and in zips inside zips."""
        self._of, self._brackets = {}, Counter()
        others, more = Counter[str](), dict[str, int]()
        for found in self._folder("", 0):
            if found.problem and found.problem.name in ("other", "notebook"):
                named = parse_platform_name(PurePosixPath(found.shown).parts)
                top = f"{named.folder}:{named.key}" if named else found.shown.partition("/")[0]
                others[top] += 1
                if others[top] > (MOST_OTHERS_OF_ONE if named else MOST_OTHERS):
                    more[found.place.path] = more.get(found.place.path, 0) + 1
                    continue
            yield found
        yield from (Found(Place(path), as_utf8(path), Problem("more", f"{n:,}")) for path, n in more.items())

    def _too_much(self, shown: str, size: int) -> Problem | None:
        """A problem if this file makes more of one learner's files than one learner may have."""
        if not (ANSWERS.fullmatch(shown) or shown.lower().endswith(".zip")):
            return None
        named = parse_platform_name(PurePosixPath(shown).parts)
        if named is None:
            return None
        count, total = self._of.get(name := f"{named.folder}:{named.key}", (0, 0))
        size = 0 if shown.lower().endswith(".zip") else size  # what is in it is counted
        self._of[name] = count, total = count + 1, total + size
        return Problem("bomb", f"{MOST_OF_ONE:,}") if count > MOST_FILES_OF_ONE or total > MOST_OF_ONE else None

    def _folder(self, below: str, depth: int) -> Iterator[Found]:
        try:
            names = sorted(path.name for path in (self.folder / below).iterdir())
        except OSError as error:
            yield Found(Place(below), as_utf8(below), Problem("unreadable", error.strerror or ""))
            return
        for name in names:
            path = f"{below}/{name}" if below else name
            wanted = path not in self._leave_out and self._only in ("", path)
            if wanted and not CLUTTER.fullmatch(name):
                yield from self._entry(path, depth)

    def _entry(self, path: str, depth: int) -> Iterator[Found]:
        shown = as_utf8(path)
        try:
            about = os.lstat(self.folder / path)
        except OSError as error:
            yield Found(Place(path), shown, Problem("unreadable", error.strerror or ""))
            return
        folder, file, link = stat.S_ISDIR(about.st_mode), stat.S_ISREG(about.st_mode), _is_link(about)
        if folder and not link and depth < MOST_DEPTH:
            yield from self._folder(path, depth + 1)
        elif file and not link and path.lower().endswith(".zip"):
            yield from self._zip(Place(path), shown)
        elif link or not file:
            yield Found(Place(path), shown, Problem("link" if link else "deep" if folder else "device"))
        else:
            large = Problem("large", str(MOST_BYTES // 1_000_000)) if about.st_size > MOST_BYTES else None
            yield _found(Place(path), shown, large or self._too_much(shown, about.st_size))

    def _zip(self, place: Place, shown: str) -> Iterator[Found]:
        try:
            members = self._archive(place).infolist()
        except Refused as refused:
            yield Found(place, shown, refused.problem)
            return
        most = left = MOST_OF_ONE if _is_of_one_learner(place) else MOST_UNPACKED
        for number, member in enumerate(members):
            name, inner = name_of(member), Place(place.path, (*place.members, number))
            # `..` would match CLUTTER as a hidden file, but a path that leaves the zip must be reported
            if name.endswith("/") or any(CLUTTER.fullmatch(p) for p in name.split("/") if p not in ("", ".", "..")):
                continue
            path, zipped = f"{shown}/{name}", name.lower().endswith(".zip")
            # Only what will be read counts: a learner's video must not use up the budget of the whole class.
            left -= member.file_size if zipped or ANSWERS.fullmatch(name) else 0
            problem = _problem_of(member) if left >= 0 else Problem("bomb", f"{most:,}")
            problem = problem or self._too_much(path, member.file_size)
            if problem is None and zipped and place.members:
                problem = Problem("zip_in_zip")
            if zipped and problem is None:
                yield from self._zip(inner, path)
            else:
                yield _found(inner, path, problem)

    def read_counted(self, found: Found) -> bytes:
        """The bytes of a file that is to be parsed; raises `Refused`, also where one learner's files hold too much."""
        data = self.read(found.place)
        if named := parse_platform_name(PurePosixPath(found.shown).parts):
            # the time to parse a file goes by its brackets: a few MB of `{}` take a hundred times as long as an essay
            self._brackets[name := f"{named.folder}:{named.key}"] += data.count(b"{") + data.count(b"[")
            if self._brackets[name] > MOST_BRACKETS:
                raise Refused("dense", f"{MOST_BRACKETS:,}")
        return data

    def read(self, place: Place) -> bytes:
        """The bytes of a file; raises `Refused` if it cannot be read."""
        if place.members:
            return read_member(self._archive(Place(place.path, place.members[:-1])), place.members[-1])
        try:
            with open(self.folder / place.path, "rb", opener=_not_following) as file:
                data = file.read(MOST_BYTES + 1)  # the file may have grown since `walk` saw its size
        except OSError as error:
            raise Refused("unreadable", error.strerror or "") from None
        if len(data) > MOST_BYTES:
            raise Refused("large", str(MOST_BYTES // 1_000_000))
        return data

    def _archive(self, place: Place) -> zipfile.ZipFile:
        """The zip at a place; raises `Refused`."""
        # The last few stay open. A class in one zip would otherwise have its list of members read for each learner.
        if place in self._open:
            self._open.move_to_end(place)
            return self._open[place]
        most = MOST_INNER_MEMBERS if _is_of_one_learner(place) else MOST_MEMBERS
        archive = open_zip(self.read(place) if place.members else self.folder / place.path, most)
        self._open[place] = archive
        if len(self._open) > MOST_OPEN:
            self._open.popitem(last=False)[1].close()
        return archive

    def close(self) -> None:
        """Close the zips that are open."""
        while self._open:
            self._open.popitem()[1].close()


def _found(place: Place, shown: str, problem: Problem | None) -> Found:
    """A file with its problem; one whose name is not that of answers is never read, so its size does not matter."""
    if not ANSWERS.fullmatch(shown) and (problem is None or problem.name in ("large", "bomb")):
        problem = Problem("notebook" if shown.lower().endswith(".ipynb") else "other")
    return Found(place, shown, problem)


def _is_link(about: os.stat_result) -> bool:
    """Whether a file is a symbolic link, or a junction, which is what Windows calls a link between folders."""
    junction = getattr(stat, "IO_REPARSE_TAG_MOUNT_POINT", None)
    return stat.S_ISLNK(about.st_mode) or (junction is not None and getattr(about, "st_reparse_tag", 0) == junction)


def _not_following(path: str, flags: int) -> int:
    # The file may have been exchanged since `walk` looked: by a link, or by a pipe, on which opening would wait.
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))


def _is_of_one_learner(place: Place) -> bool:
    """Whether a zip is inside another one, or where a platform puts one learner's files."""
    return bool(place.members) or parse_platform_name(PurePosixPath(place.path).parts) is not None


def open_zip(source: Path | bytes, most: int) -> zipfile.ZipFile:
    """Open a zip on the disk or in memory; raises `Refused` if it is damaged or holds more than `most` members."""
    try:
        with io.BytesIO(source) if isinstance(source, bytes) else source.open("rb") as file:
            count = _member_count(file)
        if count > most:
            raise Refused("zip_crowded", f"{count:,}")
        return zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source)
    except BROKEN as error:
        raise Refused("zip_broken", str(error)[:80]) from None


def _member_count(file: IO[bytes]) -> int:
    """How many members a zip has, or says that it has, whichever is more."""
    # ZipFile() makes an object for every member, so a list of millions would fill the memory before it could be
    # refused. `zipfile` itself is asked where the list is: a zip can be made in which another search finds another.
    end = zipfile._EndRecData(file)  # type: ignore[attr-defined]
    if end is None:
        return 0
    count, length, at = int(end[4]), int(end[5]), int(end[9])
    if length > LONGEST_LIST:
        return max(count, MOST_MEMBERS + 1)
    file.seek(max(0, at - length - 76))  # a Zip64 record and its locator may stand between
    return max(count, file.read(length + 76).count(b"PK\1\2"))  # the count may lie


def name_of(member: zipfile.ZipInfo) -> str:
    """A member's name with forward slashes, whatever system made the zip."""
    return member.filename.replace("\\", "/")


def _problem_of(member: zipfile.ZipInfo) -> Problem | None:
    """Why a member must not be read: its name, kind, compression or size; None if it may be."""
    name = name_of(member)
    parts = [part for part in name.split("/") if part not in ("", ".")]
    most = MOST_INNER_BYTES if name.lower().endswith(".zip") else MOST_BYTES
    checks = (
        # Nothing is unpacked, so such a path could do no harm here; but who made it wanted to, and should be named.
        (name.startswith("/") or re.match(r"[A-Za-z]:", name) or ".." in parts, Problem("zip_slip")),
        (stat.S_ISLNK(member.external_attr >> 16), Problem("link")),
        (len(parts) > MOST_DEPTH, Problem("deep")),
        (member.flag_bits & 1, Problem("locked")),
        # Platforms write no other compression, and of those that zipfile reads only DEFLATE has a limit: 1,000 to 1.
        (member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED), Problem("packing")),
        (member.file_size > max(SMALL, MOST_RATIO * member.compress_size), Problem("bomb", f"{member.file_size:,}")),
        (member.file_size > most, Problem("large", f"{most // 1_000_000}")),
    )
    return next((problem for found, problem in checks if found), None)


def read_member(archive: zipfile.ZipFile, number: int) -> bytes:
    """The bytes of a member, by its number, because two members may have one name; raises `Refused`."""
    member = archive.infolist()[number]
    if problem := _problem_of(member):
        raise Refused(problem.name, problem.detail)
    try:
        with archive.open(member) as file:
            return file.read(member.file_size + 1)  # zipfile stops at the size that was checked
    except BROKEN as error:
        raise Refused("zip_member", str(error)[:80]) from None
