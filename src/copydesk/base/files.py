"""Answers on disk: locks, names beside names, and writing that survives a pulled plug."""

from __future__ import annotations

import errno
import os
import shutil
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from weakref import WeakValueDictionary

from filelock import BaseFileLock, FileLock, Timeout

from copydesk.base.errors import CopydeskError

LOCK_SECONDS = 10.0
"""How long a save waits for another copy of the same lesson to finish its own."""

_signs: WeakValueDictionary[Path, BaseFileLock] = WeakValueDictionary()
_signs_guard = threading.Lock()


def make_folder(path: Path) -> None:
    """Make a folder and those above it, so that they outlast a power cut too."""
    if not path.is_dir():
        path.mkdir(parents=True, exist_ok=True)
        _sync(path.parent)


def stamp() -> str:
    """The present moment as ISO 8601 in UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def time_tag() -> str:
    """The present moment as a part of a file name."""
    return stamp().replace(":", "").replace("-", "")


def backup(path: Path) -> Path:
    """Where the generation before the last change lies."""
    return path.with_name(path.name + ".bak")


def sibling(path: Path, tag: str) -> Path:
    """The file of the same lesson that carries a tag.

    >>> sibling(Path("lesson.json"), "v1").name
    'lesson.v1.json'
    """
    return path.with_name(f"{path.name.partition('.')[0]}.{tag}.json")


def free_sibling(path: Path, tag: str) -> Path:
    """A tagged name that nothing bears yet."""
    found, number = sibling(path, tag), 2
    while found.exists() or backup(found).exists():
        found, number = sibling(path, f"{tag}-{number}"), number + 1
    return found


def set_aside(path: Path, tag: str) -> Path:
    """Rename a file so that it never stands in the way nor is overwritten, and say where it went."""
    aside = free_sibling(path, tag)
    rename(path, aside)
    return aside


def rename(old: Path, new: Path) -> None:
    """Give a file another name, for good."""
    try:
        _replace(old, new)
        _sync(old.parent)
    except OSError as error:
        raise readable_error(error, old, "renamed") from error


def read_bytes(path: Path) -> bytes | None:
    """The bytes of a file, None if there is none, and a CopydeskError if they cannot be had."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise readable_error(error, path, "read") from error


def write(path: Path, data: bytes, *, keep: bool = False) -> None:
    """Put bytes in a file in one step: old or new, never half; back only when they are on the disk.

    With `keep`, what was there before stays as the earlier generation.
    """
    temp = _temp(path)
    try:
        _put(temp, data)
        if keep and path.exists():
            _keep(path)
        _replace(temp, path)
        _sync(path.parent)
    except OSError as error:
        raise readable_error(error, path, "saved") from error
    finally:
        with suppress(OSError):
            temp.unlink(missing_ok=True)


def _temp(path: Path) -> Path:
    return path.with_name(f".{path.name}.{uuid.uuid4().hex[:12]}.tmp")


def _put(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _keep(path: Path) -> None:
    spare = _temp(path)
    try:
        try:
            os.link(path, spare)
        except (OSError, AttributeError, NotImplementedError):  # no hard links here: FAT, some drives, Pyodide
            shutil.copyfile(path, spare)
        _replace(spare, backup(path))
    finally:
        with suppress(OSError):
            spare.unlink(missing_ok=True)  # renaming one hard link onto another leaves it behind


def _replace(old: Path, new: Path) -> None:
    for _ in range(10 if os.name == "nt" else 0):
        with suppress(PermissionError):  # a virus scanner or a reader holds it for a moment
            old.replace(new)
            return
        time.sleep(0.05)
    old.replace(new)


def _sync(path: Path) -> None:
    if os.name == "nt":  # a folder cannot be opened there
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.ENOSYS):  # not every system can
            raise
    finally:
        os.close(handle)


def readable_error(error: OSError, path: Path, doing: str) -> CopydeskError:
    """What the system said, as a sentence a learner can act on."""
    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", None)):
        return CopydeskError(f"{path} could not be {doing}: the disk is full", "make room and try again")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        remedy = "set COPYDESK_ANSWERS to a folder you may write in, and open the lesson again"
        return CopydeskError(f"{path} could not be {doing}: it is not allowed there", remedy)
    return CopydeskError(f"{path} could not be {doing}: {error.strerror or error}", "try again")


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep every other copy of a lesson, in this process or another, from writing meanwhile."""
    guard = path.with_name(f".{path.name.partition('.')[0]}.lock")
    try:
        make_folder(path.parent)
        lock = FileLock(guard)
        lock.acquire(timeout=LOCK_SECONDS, poll_interval=0.005)
    except Timeout as error:
        remedy = f"close the other notebook or restart its kernel; if there is none, delete {guard}"
        raise CopydeskError(f"{path.name} has been in use for {LOCK_SECONDS:.0f} seconds", remedy) from error
    except OSError as error:
        raise readable_error(error, path, "opened for writing") from error
    try:
        yield
    finally:
        lock.release()


def sweep(path: Path) -> None:
    """Remove what a killed writer of this file left half-written (call with the lock held)."""
    for stray in path.parent.glob(f".{path.name}.*.tmp"):
        with suppress(OSError):
            stray.unlink()


def mark_as_open(path: Path) -> BaseFileLock | None:
    """A sign that a lesson is open here, up as long as the result lives; None if another process has one up."""
    with _signs_guard:
        sign = _signs.get(path)
        if sign is None:
            sign = FileLock(path.with_name(f".{path.name.partition('.')[0]}.open"), thread_local=False)
            try:
                sign.acquire(blocking=False)
            except Timeout:
                return None
            except OSError:
                pass  # without a sign only the warning is missing
            _signs[path] = sign
        return sign
