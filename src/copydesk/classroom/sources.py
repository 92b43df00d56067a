"""What lies in a folder and in its zips: found in order, followed nowhere outside, unpacked and changed never."""

from __future__ import annotations

import os
import re
import stat
import zipfile
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from copydesk.answers.handin_form import MOST_BYTES
from copydesk.classroom.archives import DEEPEST, MOST_UNPACKED, look_at, name_of, open_zip, read_member
from copydesk.classroom.faults import Fault, Refused

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
    fault: Fault | None = None


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
            yield Found(Place(below), below, Fault("unreadable", error.strerror or ""))
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
            yield Found(Place(path), path, Fault("unreadable", error.strerror or ""))
            return
        folder, file, link = stat.S_ISDIR(about.st_mode), stat.S_ISREG(about.st_mode), _is_link(about)
        if folder and not link and depth < DEEPEST:
            yield from self._folder(path, depth + 1)
        elif file and not link and path.lower().endswith(".zip"):
            yield from self._zip(Place(path), path)
        elif link or not file:
            yield Found(Place(path), path, Fault("link" if link else "deep" if folder else "device"))
        else:
            large = Fault("large", str(MOST_BYTES // 1_000_000)) if about.st_size > MOST_BYTES else None
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
            fault = _fault_of(member) if left >= 0 else Fault("bomb", f"{MOST_UNPACKED:,}")
            if fault is None and zipped and place.members:
                fault = Fault("zip_in_zip")
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


def _found(place: Place, shown: str, fault: Fault | None) -> Found:
    """A file, read or not; of a kind that holds no answers, it is not read, and its size is nobody's trouble."""
    if not ANSWERS.fullmatch(shown) and (fault is None or fault.name in ("large", "bomb")):
        fault = Fault("notebook" if shown.lower().endswith(".ipynb") else "other")
    return Found(place, shown, fault)


def _fault_of(member: zipfile.ZipInfo) -> Fault | None:
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
