"""The check-up: what is wrong with an installation and how to fix it, one sentence for each thing that is checked.

`checkup` runs all checks, `doctor` shows them in a notebook, and `copydesk doctor` prints them in a terminal. The
checks of Python and Jupyter are in `jupyter`, those of the lessons here; their words are in `data/doctor.toml`.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable, Sequence
from contextlib import chdir, suppress
from pathlib import Path

import platformdirs

from copydesk import __version__
from copydesk.answers.place import choose
from copydesk.base.documents import Damaged, decode
from copydesk.base.errors import CopydeskError
from copydesk.base.files import held_lock, read_bytes
from copydesk.base.system import kept_in_browser
from copydesk.base.wording import load_wording
from copydesk.checkup.jupyter import Finding, Python, ask_jupyter, check_programs, floors, this_python, well, wrong
from copydesk.lessons.lesson import list_lessons, load_lesson
from copydesk.page.html import Page, static_html, table
from copydesk.story.edition import Edition, installed_kit
from copydesk.story.story import Story, edition, load_story

MOST_BYTES = 20_000_000
"""The largest notebook that is looked into."""
ROOM = 5_000_000
"""Bytes that must be free: some tens of times what nine lessons of answers take."""


def checkup(folder: Path | None = None, *, kernel: Python | None = None) -> list[Finding]:
    """Look at the Python, the Jupyter and the lessons that somebody in this folder would use.

    In a terminal Jupyter's own kernel is started and asked; inside a notebook, give `kernel`: the Python one is on.
    """
    own = kernel or this_python()
    jupyter = ask_jupyter(own, kernel)
    found = check_programs(own, jupyter, floors(lab=jupyter is not None))
    with chdir(lessons_folder(folder or Path.cwd())):
        return [*found, *check_work()]


def doctor() -> Page:
    """Look at the Jupyter and the lessons in use, and list what is wrong and how to fix it.

    In a terminal, `copydesk doctor` does the same.
    """
    found = checkup(kernel=this_python())
    rows = [(finding.title, finding.state, finding.sentence) for finding in found]
    html = table(load_wording("doctor")["words"]["columns"], rows, caption=summary(found))
    return Page(static_html(html), "\n".join([*map(finding_line, found), summary(found)]))


def finding_line(finding: Finding) -> str:
    """One finding as a line of text.

    >>> finding_line(Finding("encoding", True, "UTF-8."))
    '✓ fine  Letters: UTF-8.'
    """
    words = load_wording("doctor")["words"]
    return str(words["line"]).format(state=finding.state, title=finding.title, sentence=finding.sentence)


def summary(found: Sequence[Finding]) -> str:
    """How many things need fixing."""
    words, n = load_wording("doctor")["words"], sum(not finding.well for finding in found)
    return str(words["all_well" if n == 0 else "one" if n == 1 else "some"]).format(n=n)


# The lessons in a folder: where answers go, the story, the notebooks.


def lessons_folder(folder: Path) -> Path:
    """Where the notebooks are that somebody in this folder would open: in it, or in `notebooks` below."""
    below = folder / "notebooks"
    return below if _notebooks(below) and not _notebooks(folder) else folder


def check_work() -> list[Finding]:
    """Answers, story and notebooks, as a lesson in the working directory would meet them."""
    return [check_answers(), check_story(load_story), check_edition(edition()), check_notebooks(_notebooks(Path.cwd()))]


def check_answers() -> Finding:
    """Where answers go: whether they can be written, where they are expected, and to a disk with room."""
    new = [folder for folder in _usual_places() if not folder.exists()]
    try:
        path, why = choose()
        free = shutil.disk_usage(path).free
    except CopydeskError as error:
        return Finding("answers", False, f"{error}.")
    finally:
        for folder in new:  # to look makes them, and leaves none behind
            with suppress(OSError):
                folder.rmdir()
    if (refused := kept_in_browser()) is not None:
        return wrong("answers", "answers_browser") if refused else well("answers", "answers_browser")
    if free < ROOM:
        return wrong("answers", "answers_full", path=path, free=f"{free / 1e6:.1f}")
    if why:
        return wrong("answers", "answers_elsewhere", path=path, why=why)
    return _check_work_in(path)


def _check_work_in(path: Path) -> Finding:
    elsewhere = [] if _has_work(path) else [p for p in _usual_places() if p != path and _has_work(p)]
    if elsewhere:
        return wrong("answers", "answers_others", path=path, other=elsewhere[0])
    if guard := held_lock(path):
        return wrong("answers", "answers_held", path=guard)
    return well("answers", "answers", path=path)


def _usual_places() -> list[Path]:
    here, home = Path.cwd(), platformdirs.user_data_path("copydesk", appauthor=False)
    return [place / "answers" for place in (here, here.parent, home)]


def _has_work(folder: Path) -> bool:
    return any(folder.glob("*/*.json"))


def check_story(load: Callable[[], Story]) -> Finding:
    """The story in use: there, whole, and the page its key was made for."""
    try:
        return well("story", "story", id=load().id)
    except CopydeskError as error:
        return Finding("story", False, f"{error}.")


def check_edition(edition: Edition) -> Finding:
    """The edition in use: whether the kit that is installed is the one it was made with."""
    if edition.has_other_kit():
        return wrong("edition", "edition", wheel=edition.wheel, python=sys.executable)
    return well("edition", "edition" if edition.kit_files and installed_kit() else "no_edition")


def check_notebooks(paths: Sequence[Path]) -> Finding:
    """Notebooks beside the package: whether each shows the exercises its lesson has, and no other."""
    if not paths:
        return well("notebooks", "no_notebooks", folder=Path.cwd())
    strange = [path.name for path in paths if not _fits(path)]
    if strange:
        return wrong("notebooks", "notebooks", names=", ".join(strange), version=__version__)
    return well("notebooks", "notebooks", n=len(paths), folder=paths[0].parent)


def _notebooks(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.glob("*.ipynb")) if path.stem in list_lessons()]


def _fits(path: Path) -> bool:
    try:
        cells = decode(read_bytes(path, most=MOST_BYTES) or b"")["cells"]
        code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    except (Damaged, CopydeskError, KeyError, TypeError):
        return False
    shown = set(re.findall(r'\.(?:exercise|worked_example)\("(\w+)"\)', code))
    with suppress(CopydeskError):  # a story may leave a lesson out
        lesson = load_lesson(path.stem)
        return shown == {*(exercise.id for exercise in lesson.exercises), *lesson.left_out}
    return True
