"""`copydesk start`: put the lessons into a folder, and open JupyterLab on the first of them."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from copydesk.base.errors import CopydeskError
from copydesk.base.files import make_folder, read_bytes, readable_error, write
from copydesk.base.system import is_root
from copydesk.story.edition import FILE

NEW_FOLDER = Path("copydesk-lessons")
LESSONS = "[0-9][0-9]_*.ipynb"
QUIET = (
    "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate",
    "--LabApp.news_url=None",
)
"""JupyterLab asks the network for updates and news, unless it is told not to."""


@dataclass(frozen=True, slots=True)
class Copied:
    """The files that were copied, and those that were there already and say something else."""

    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()


def usual_folder() -> Path:
    """The folder `start` uses if none is named: this one if it has lessons, else a new one in it."""
    return Path() if first_lesson(Path()) else NEW_FOLDER


def first_lesson(folder: Path) -> Path | None:
    """The first lesson in a folder, or in `notebooks` below it, where editions and the repository have them."""
    return min([*folder.glob(LESSONS), *folder.glob(f"notebooks/{LESSONS}")], key=lambda path: path.name, default=None)


def copy_lessons(folder: Path, *, teacher: bool = False) -> Copied:
    """Copy the lessons into a folder, with `teacher` also the sheets and notebooks for class work.

    No file is written over, and an edition or the repository gets no file.
    """
    source = _bundled()
    if any(folder.glob(f"notebooks/{LESSONS}")) or (folder.resolve().parent / FILE).is_file():
        return Copied()
    if source is None:
        if first_lesson(folder):
            return Copied()
        raise CopydeskError(f"there are no lessons in {folder.resolve()}", "name the folder of your edition")
    new, changed = [], []
    for path in sorted([*source.glob(LESSONS), *(source.glob("instructor/*.*") if teacher else ())]):
        name = path.relative_to(source).as_posix()
        ours, theirs = _without_links_out(path.read_bytes(), name), read_bytes(folder / name)
        if theirs is None:
            _make(folder / name)
            write(folder / name, ours)
            new.append(name)
        elif _words(theirs) != _words(ours):
            changed.append(name)
    return Copied(tuple(new), tuple(changed))


def _bundled() -> Path | None:
    """The notebooks in the installed package or in the source tree it runs from; an edition’s kit has none."""
    kit = Path(str(files("copydesk")))
    places = (kit / "notebooks", kit.parents[1] / "notebooks")
    return next((place for place in places if any(place.glob(LESSONS))), None)


def _without_links_out(data: bytes, name: str) -> bytes:
    """A file whose links to what lies outside the copied folder, such as a key, are plain words."""
    up = name.count("/") + 1
    return re.sub(rb"\[([^\[\]\n]+)\]\((?:\.\./){%d}[^)]*\)" % up, rb"\1", data)


def _make(path: Path) -> None:
    try:
        make_folder(path.parent)
    except OSError as error:
        raise readable_error(error, path.parent, "made") from error


def _words(data: bytes) -> object:
    """What the cells of a notebook say, whatever they have shown since; any other file as it is."""
    with suppress(ValueError, RecursionError, KeyError, TypeError):
        return ["".join(cell["source"]) for cell in json.loads(data)["cells"]]
    return data


def open_lab(folder: Path, *, browser: bool = True) -> int:
    """Run JupyterLab in a folder, opened on its first lesson, until it is stopped. Needs the extra [lab]."""
    try:
        from jupyterlab.labapp import main
    except ImportError as error:
        raise CopydeskError("JupyterLab is not installed", 'run: python -m pip install "copydesk[lab]"') from error
    lesson = first_lesson(folder)
    opens = f"/{lesson.relative_to(folder).as_posix()}" if lesson else ""
    options = [f"--ServerApp.root_dir={folder.resolve()}", f"--LabApp.default_url=/doc/tree{opens}", *QUIET]
    options += [] if browser else ["--no-browser"]
    options += ["--allow-root"] if is_root() else []
    return int(main(options) or 0)
