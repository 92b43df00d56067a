"""Files that are safe on disk: written in one step, locked, renamed and never overwritten."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import threading
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from weakref import WeakValueDictionary

from filelock import BaseFileLock, FileLock, SoftFileLock, Timeout

from copydesk.base.errors import CopydeskError
from copydesk.base.system import FULL, is_held, replace, sync_folder

LOCK_SECONDS = 10.0
"""How long a save waits for another copy of the same lesson to finish its own."""


def stamp() -> str:
    """The present moment as ISO 8601 in UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def time_tag() -> str:
    """The present moment as a part of a file name."""
    return stamp().replace(":", "").replace("-", "")


def backup(path: Path) -> Path:
    """The path of the generation before the last change."""
    return path.with_name(path.name + ".bak")


def sibling(path: Path, tag: str) -> Path:
    """The path of a file beside this one whose name carries a tag.

    >>> sibling(Path("lesson.json"), "v1").name
    'lesson.v1.json'
    """
    return path.with_name(f"{path.name.partition('.')[0]}.{tag}.json")


def free_sibling(path: Path, tag: str) -> Path:
    """The first tagged path, numbered if need be, at which there is neither a file nor a backup."""
    found, number = sibling(path, tag), 2
    while found.exists() or backup(found).exists():
        found, number = sibling(path, f"{tag}-{number}"), number + 1
    return found


def make_folder(path: Path) -> None:
    """Make a folder and those above it, so that they outlast a power cut too."""
    if not path.is_dir():
        path.mkdir(parents=True, exist_ok=True)
        sync_folder(path.parent)


def read_bytes(path: Path, *, most: int = -1) -> bytes | None:
    """Read a file, or its first `most` bytes; None if there is none. Raises CopydeskError if it cannot be read."""
    try:
        with open(path, "rb", opener=_not_waiting) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise CopydeskError(f"{path} is a device and no file", "put a file in its place")
            return file.read(most)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
    except OSError as error:
        raise readable_error(error, path, "read") from error


def _not_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))  # to open a pipe would wait for somebody to write to it


def rename(old: Path, new: Path) -> None:
    """Give a file another name, so that it keeps it after a power cut. Raises CopydeskError."""
    try:
        replace(old, new)
        sync_folder(old.parent)
    except OSError as error:
        raise readable_error(error, old, "renamed") from error


def set_aside(path: Path, tag: str) -> Path:
    """Rename a file to a free tagged name, so that nothing overwrites it; returns the new path."""
    aside = free_sibling(path, tag)
    rename(path, aside)
    return aside


def write(path: Path, data: bytes, *, keep: bool = False, durable: bool = True, skip_same: bool = False) -> None:
    """Put bytes in a file in one step: whoever reads it finds the old bytes or the new ones, never a part.

    With `keep` the old file stays as the backup. With `durable` the bytes are on the disk when this returns; without,
    a power cut may cost them. With `skip_same` a file that holds these bytes already is not touched. Raises
    CopydeskError if the file cannot be written; the old one is there then.
    """
    if skip_same and path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data:
        return
    with replacing(path, keep=keep, durable=durable) as file:
        file.write(data)


def overwrite(path: Path, data: bytes) -> None:
    """Put bytes in a file where it is, on the disk when this returns; a killed process may leave a part of them.

    It takes half as long as `write`. Raises CopydeskError if the file cannot be written.
    """
    try:
        new = not path.exists()
        with path.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if new:
            sync_folder(path.parent)
    except OSError as error:
        raise readable_error(error, path, "saved") from error


@contextmanager
def replacing(path: Path, *, keep: bool = False, durable: bool = True) -> Iterator[BinaryIO]:
    """Open a temporary file that takes the place of `path` when the block ends without an error; see `write`."""
    # A rename would replace a link, and so cut the learner's file off from a synced drive: write where the link leads.
    target = path.resolve() if durable and path.is_symlink() else path
    # Two processes may write at once where locks do not work, so a durable write has a temporary name of its own.
    # What can be made again has a fixed one: the next run writes over what a killed run left.
    temp = _temporary(target) if durable else path.with_name(f".{path.name}.tmp")
    try:
        with temp.open("xb" if durable else "wb") as file:
            yield file
            if durable:  # before the rename: after a power cut, a name must not stand for bytes that were never written
                file.flush()
                os.fsync(file.fileno())
        if keep and target.exists():
            _keep(target, backup(path))
        replace(temp, target)
        if durable:  # the new name is an entry of the folder, which is written on its own
            sync_folder(target.parent)
    except OSError as error:
        raise readable_error(error, path, "saved") from error
    finally:
        with suppress(OSError):
            temp.unlink(missing_ok=True)


def _temporary(path: Path) -> Path:
    return path.with_name(f".{path.name}.{uuid.uuid4().hex[:12]}.tmp")


def sweep(path: Path) -> None:
    """Remove the temporary files that a killed process left beside this file; hold the lock when you call this."""
    with suppress(OSError):  # what stays takes a little room, and the next process tries again
        for stray in path.parent.glob(f".{path.name}.*.tmp"):
            stray.unlink()


def _keep(path: Path, place: Path) -> None:
    """Copy a file to its backup at `place`, with no moment at which either is missing or half written."""
    # A hard link would be one file with two names until the new generation is in place: should the process be killed
    # before that, whatever damages the file would damage its backup.
    spare = _temporary(place)
    try:
        shutil.copyfile(path, spare)
        if place.is_dir():  # no file can be renamed over a folder
            set_aside(place, f"damaged-{time_tag()}")
        replace(spare, place)
    finally:
        with suppress(OSError):
            spare.unlink(missing_ok=True)


def readable_error(error: OSError, path: Path, doing: str) -> CopydeskError:
    """Say what the system said in a sentence that names the path, what could not be done, and the remedy."""
    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", None)):
        return CopydeskError(f"{path} could not be {doing}: {FULL[0]}", FULL[1])
    if is_held(error):
        return CopydeskError(
            f"{path} could not be {doing}: another program has it open", "close it there and try again"
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        remedy = "use a folder you may write in; for answers, set COPYDESK_ANSWERS to it and open the lesson again"
        return CopydeskError(f"{path} could not be {doing}: it is not allowed there", remedy)
    return CopydeskError(f"{path} could not be {doing}: {error.strerror or error}", "try again")


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock of a file, so that no other thread or process that asks for it writes meanwhile.

    The folder is made if need be. Raises CopydeskError after `LOCK_SECONDS`.
    """
    # The lock is a file of its own: one on `path` would be lost at the first save, which puts another file there.
    # The system frees it when a process ends, however it ends. It stays on disk: if it were removed, one process could
    # lock the removed file and another a new one. Where the system has no such locks (Pyodide, some network drives),
    # filelock takes the existence of the file for the lock; a killed process leaves that, hence the remedy.
    guard = _hidden(path, "lock")
    try:
        make_folder(path.parent)
        lock = FileLock(guard)
        with _quietly():
            lock.acquire(timeout=LOCK_SECONDS, poll_interval=0.005)
    except Timeout as error:
        remedy = f"close the other notebook or restart its kernel; if there is none, delete {guard}"
        raise CopydeskError(f"{path.name} has been in use for {LOCK_SECONDS:.0f} seconds", remedy) from error
    except OSError as error:
        if error.errno in (errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP):  # some network drives
            remedy = "set COPYDESK_ANSWERS to a folder on this machine, and open the lesson again"
            raise CopydeskError(f"{path} cannot be saved: its drive cannot lock files", remedy) from error
        raise readable_error(error, path, "opened for writing") from error
    try:
        yield
    finally:
        lock.release()


def held_lock(folder: Path, *, seconds: float = 1.0) -> Path | None:
    """The first lock in a folder, or in one in it, that somebody holds for so long; a save takes far less."""
    for guard in sorted([*folder.glob(".*.lock"), *folder.glob("*/.*.lock")]):
        lock = FileLock(guard)
        try:
            with _quietly():
                lock.acquire(timeout=seconds)
            lock.release()
        except Timeout:
            return guard
        except OSError:
            continue  # whether the folder can be written in is another question
    return None


@contextmanager
def _quietly() -> Iterator[None]:
    """Without filelock's warning where the drive has no locks; `has_locks` tells, and the learner reads a sentence."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="flock not supported")
        yield


def _hidden(path: Path, ending: str) -> Path:
    return path.with_name(f".{path.name.partition('.')[0]}.{ending}")


_open_marks: WeakValueDictionary[Path, BaseFileLock] = WeakValueDictionary()
_open_marks_guard = threading.Lock()


def mark_as_open(path: Path) -> BaseFileLock | None:
    """Mark a file as open in this process for as long as the result lives; None if another process has marked it.

    The mark keeps nobody from writing; it is there so that a second notebook can say that it is the second. Two copies
    in one process share a mark. `has_locks` says whether the mark is one that the system frees.
    """
    with _open_marks_guard:
        mark = _open_marks.get(path)
        if mark is None:
            # not thread-local, because the thread that drops the last reference may be another one
            mark = FileLock(_hidden(path, "open"), thread_local=False)
            try:
                with _quietly():
                    mark.acquire(blocking=False)
                if not has_locks(mark):
                    mark.release()  # nobody would free it for a killed process
            except Timeout:
                return None
            except OSError:
                pass  # without a mark only the warning is missing
            _open_marks[path] = mark
        return mark


def has_locks(mark: BaseFileLock) -> bool:
    """Whether the drive has locks: where it has none, filelock takes the existence of a file for one."""
    return not isinstance(mark, SoftFileLock)
