"""The folder answers are kept in, the names its files may have, and whose they are."""

from __future__ import annotations

import os
import re
import unicodedata
import uuid
from contextlib import suppress
from pathlib import Path

import platformdirs

from copydesk.answers.schema import SCHEMA
from copydesk.base.documents import Damaged, decode, encode
from copydesk.base.errors import CopydeskError
from copydesk.base.files import locked, make_folder, read_bytes, write
from copydesk.base.store import JsonStore
from copydesk.base.system import kept_in_browser, names_device
from copydesk.base.wording import load_wording

BINDER = ("BINDER_LAUNCH_HOST", "BINDER_REPO_URL", "BINDER_REQUEST")
"""Set by BinderHub, each of them only if it knows what to set (jupyterhub/binderhub, binderspawner_mixin.py)."""


def folder() -> Path:
    """The folder answers are kept in, made if need be: COPYDESK_ANSWERS, `answers` here, or the user data folder."""
    return choose()[0]


def where() -> str:
    """For a learner: where the work is kept, and why there; where it may be lost, also what to do about it."""
    (path, why), say = choose(), load_wording("strings")["lesson"]
    refused = kept_in_browser()
    if on_binder() or refused is not None:
        kept = "binder" if refused is None else "browser_refused" if refused else "browser"
        return str(say[kept]).format(pack=say["pack"], back=say["bring_back"])
    return f"Your work is kept in {path}{f', because {why}' if why else ''}."


def on_binder() -> bool:
    """Whether this is a session on Binder, by what BinderHub tells each session that it starts."""
    return any(os.environ.get(name) for name in BINDER)


def may_be_lost() -> bool:
    """Whether the work is gone with the session, or when somebody clears the browser: it should be packed."""
    return on_binder() or kept_in_browser() is not None


def choose() -> tuple[Path, str]:
    """The folder answers are kept in, and why it is not the one expected ('' if it is)."""
    wish = os.environ.get("COPYDESK_ANSWERS")
    first = Path(wish).expanduser() if wish else Path("answers")
    with suppress(OSError):
        first = first.absolute()
        _probe(first)
        return first, ""
    home = platformdirs.user_data_path("copydesk", appauthor=False) / "answers"
    try:
        _probe(home)
    except OSError as error:
        raise CopydeskError(
            f"answers can be kept neither in {first} nor in {home}",
            "set COPYDESK_ANSWERS to a folder you may write in",
        ) from error
    return home, f"{first} cannot be written"


def _probe(path: Path) -> None:
    make_folder(path)
    trial = path / f".{uuid.uuid4().hex[:12]}.tmp"
    trial.touch(exist_ok=False)
    trial.unlink()


def safe_name(name: str, what: str) -> str:
    """The name as a file system anywhere can hold it, or a CopydeskError.

    >>> safe_name("02_who_says_so", "lesson")
    '02_who_says_so'
    >>> safe_name("../else", "lesson")
    Traceback (most recent call last):
    copydesk.base.errors.CopydeskError: '../else' cannot name a lesson; use letters, digits, - and _, at most 80 of them
    """
    tidy = unicodedata.normalize("NFC", name) if isinstance(name, str) else ""
    reserved = names_device(tidy)
    if reserved or not re.fullmatch(r"\w[\w-]{0,79}", tidy) or len(tidy.encode()) > 160:
        shown = repr(name if not isinstance(name, str) or len(name) <= 60 else name[:60] + "…")
        remedy = (
            "Windows keeps that name for itself" if reserved else "use letters, digits, - and _, at most 80 of them"
        )
        raise CopydeskError(f"{shown} cannot name a {what}", remedy)
    return tidy


def file_part(name: str) -> str:
    """A name as part of a file name anywhere, so that no letter in it leads out of the folder.

    >>> file_part("Zoë O'Hara / 7"), file_part("")
    ('Zoë_O_Hara_7', 'anonymous')
    """
    kept = "".join(c if c.isalnum() or c == "-" else " " for c in unicodedata.normalize("NFC", name))
    short = "_".join(kept.split()).encode()[:80].decode(errors="ignore")
    return short.strip("_") or "anonymous"


def learner_of(root: Path) -> str | None:
    """The name or number the learner chose for this folder, '' if they chose none, None if they were never asked."""
    with suppress(Damaged, CopydeskError):
        name = decode(read_bytes(root / "learner.json") or b"{}").get("learner")
        return name if isinstance(name, str) else None
    return None


def remember_learner(root: Path, name: str) -> None:
    """Keep the learner's name or number for every lesson of this folder; '' forgets it."""
    tidy = " ".join("".join(c if c.isprintable() else " " for c in str(name)).split())
    if len(tidy) > 100:
        raise CopydeskError("a name can have at most 100 characters", "shorten it")
    place = root / "learner.json"
    with locked(place):
        known, _ = JsonStore(place, lambda _, document: document, entries="").repair()
        write(place, encode({"schema": SCHEMA, **(known or {}), "learner": tidy}))
