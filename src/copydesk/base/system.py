"""What differs between Windows, macOS, Linux and a browser. No other module asks which system it runs on."""

from __future__ import annotations

import errno
import locale
import os
import re
import sys
import time
import unicodedata
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

WINDOWS = os.name == "nt"
BROWSER = sys.platform == "emscripten"
"""Whether this is Pyodide: Python in a browser, whose files are gone when the page is closed."""
FULL = (
    ("this browser has no room left for this page", "pack your work and download it, then clear data of other pages")
    if BROWSER
    else ("the disk is full", "make room and try again")
)
"""What is said when nothing more can be written, and what helps."""
DENIED, SHARING, LOCKED = 5, 32, 33
"""Errors of Windows: access denied, sharing violation, lock violation."""
DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)$", re.IGNORECASE)
TRIES, PAUSE = 10, 0.05


def replace(old: Path, new: Path) -> None:
    """Rename over what is there: atomic on POSIX; on Windows it fails while another program has the file open."""
    for _ in range(TRIES if WINDOWS else 0):
        with suppress(PermissionError):  # a virus scanner or a reader holds it for a moment
            old.replace(new)
            return
        time.sleep(PAUSE)
    old.replace(new)


def sync_folder(path: Path) -> None:
    """Put the names in a folder on the disk, so that they outlast a power cut."""
    if WINDOWS:  # a folder cannot be opened there
        return
    if store := browser_store():
        _keep(path, store)
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.ENOSYS):  # not every system can
            raise
    finally:
        os.close(handle)


def browser_store() -> Any:
    """What keeps files in this browser, which the page brings as the module `copydesk_store`; None if there is none."""
    with suppress(ImportError):
        return import_module("copydesk_store") if BROWSER else None
    return None


def kept_in_browser() -> str | None:
    """In a browser: why files are not kept there, '' if they are; None on any other system."""
    store = browser_store()
    return str(store.refused) if store else "no store" if BROWSER else None


def _keep(path: Path, store: Any) -> None:
    """Keep the files of a folder in the browser, and forget those that are gone; raises OSError if there is no room."""
    # hidden files are locks and files half written; a backup only guards against what cannot happen there
    names = [f for f in path.iterdir() if f.is_file() and not f.name.startswith(".") and f.suffix != ".bak"]
    why = store.keep(str(path), [(str(file), file.read_bytes()) for file in names])
    if why:
        raise OSError(errno.ENOSPC if why == "full" else errno.EIO, str(why), str(path))


def is_held(error: OSError) -> bool:
    """Whether another program has the file open, which on Windows keeps everybody else from changing it."""
    # A rename over an open file is “access denied” there; renames are the errors with two names.
    held = (SHARING, LOCKED, DENIED) if error.filename2 else (SHARING, LOCKED)
    return WINDOWS and getattr(error, "winerror", None) in held


def names_device(name: str) -> bool:
    """Whether Windows keeps this name for a device, whatever its ending; no file may have it on any system.

    >>> names_device("con"), names_device("Lpt1"), names_device("com¹"), names_device("console")
    (True, True, True, False)
    """
    return bool(DEVICE.match(unicodedata.normalize("NFKC", name)))


def text_encoding() -> str:
    """How this system writes text: on Windows Python writes file names and the terminal as UTF-8, come what may."""
    return sys.getfilesystemencoding() if WINDOWS else locale.getpreferredencoding(False)


def most_processes(wanted: int) -> int:
    """As many processes as wanted, at most 61 on Windows: it cannot wait for more, so `ProcessPoolExecutor` refuses."""
    return min(wanted, 61) if WINDOWS else wanted


def is_root() -> bool:
    """Whether this runs as root, which only POSIX has."""
    return hasattr(os, "geteuid") and os.geteuid() == 0
