"""How an edition gets onto the disk: nothing is overwritten or removed but what an earlier release put there."""

from __future__ import annotations

import hashlib
import re
import zipfile
import zlib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from copydesk.classroom.release_contents import SUMS
from copydesk.edition import FILE, SCHEMA
from copydesk.errors import CopydeskError

MOST = 100_000
"""More bytes than any release.toml has."""
LINE = re.compile(r"([0-9a-f]{64})  (\S.*)")


def write_folder(out: Path, inside: Mapping[str, bytes]) -> None:
    """Write an edition to a folder: a new one, an empty one, or one with an earlier release as it was made."""
    try:
        old = _earlier(out)
        for name in inside:
            if name not in old and (out / name).exists():
                raise CopydeskError(f"{out / name} is in the way: no release made it", "name a new folder")
        for name in old - {*inside}:
            _remove(out, name)
        for name in (SUMS, *(n for n in inside if n != SUMS)):
            (out / name).parent.mkdir(parents=True, exist_ok=True)
            (out / name).write_bytes(inside[name])
    except OSError as error:
        raise _cannot(out, error) from error


def _remove(out: Path, name: str) -> None:
    """Remove a file, and the folders it leaves empty."""
    (out / name).unlink(missing_ok=True)
    with suppress(OSError):  # what else lies there stays
        for parent in Path(name).parents[:-1]:
            (out / parent).rmdir()


def _earlier(out: Path) -> set[str]:
    """The files an earlier release put into a folder; a CopydeskError if they are changed or anything else is there."""
    if out.exists() and not out.is_dir():
        raise CopydeskError(f"{out} is a file", "name a new folder")
    if not out.exists() or not any(out.iterdir()):
        return set()
    try:
        lines = (out / SUMS).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        lines = []
    listed = {found[2]: found[1] for line in lines if (found := LINE.fullmatch(line))}
    if FILE not in listed:
        raise CopydeskError(f"{out} is not empty, and holds no earlier release", "name a new folder")
    home = out.resolve()
    for name, digest in listed.items():
        path = out / name
        if not path.resolve().is_relative_to(home):
            raise CopydeskError(f"{path} leads out of {out}", "name a new folder")
        if path.exists() and (path.is_dir() or hashlib.sha256(path.read_bytes()).hexdigest() != digest):
            raise CopydeskError(f"{path} is no longer as it was released", "name a new folder, or take this one away")
    return {*listed, SUMS}


def write_zip(path: Path, data: bytes) -> None:
    """Write an edition's zip."""
    try:
        path.write_bytes(data)
    except OSError as error:
        raise _cannot(path, error) from error


def check_zip(path: Path) -> None:
    """Let an earlier release's zip be written over, and nothing else."""
    if path.exists() and not _is_release(path):
        raise CopydeskError(f"{path} is there already, and is no earlier release", "take it away, or name a new folder")


def _is_release(path: Path) -> bool:
    with suppress(OSError, RuntimeError, zipfile.BadZipFile, zlib.error), zipfile.ZipFile(path) as file:
        notes = [n for n in file.infolist() if n.filename.partition("/")[2] == FILE and n.file_size < MOST]
        return any(SCHEMA.encode() in file.read(n) for n in notes)
    return False


def _cannot(path: Path, error: OSError) -> CopydeskError:
    return CopydeskError(f"{path} cannot be written ({error.strerror or error})", "name another folder")
