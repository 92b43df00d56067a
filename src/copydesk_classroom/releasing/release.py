"""A student edition: a folder and a zip that open in JupyterLab as they are; graded, without the key in any form.

On the disk, nothing is overwritten or removed but what an earlier release put there.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from copydesk.base.errors import CopydeskError
from copydesk.base.files import write
from copydesk.lessons.lesson import Lesson, list_lessons, load_lesson
from copydesk.story.edition import FILE, SCHEMA, Edition, parse_due
from copydesk.story.story import Story, is_bundled, load_story
from copydesk_classroom.checking import check_scoring, key_faults, lesson_faults
from copydesk_classroom.releasing.contents import SUMS, contents, zipped
from copydesk_classroom.safe_text import as_utf8, one_line
from copydesk_classroom.wording import class_wording

FIRST = "00"
"""The lesson that shows how to mark and to save: it comes along unless it is left out by name."""
MOST = 100_000
"""More bytes than any release.toml has."""
LINE = re.compile(r"([0-9a-f]{64})  (\S.*)")


@dataclass(frozen=True, slots=True)
class Release:
    """What was made: the folder, the zip (None: not asked for) and its sha256, sizes in bytes, what is not in it."""

    folder: Path
    zip: Path | None
    sha256: str
    zip_bytes: int
    files: tuple[str, ...]
    bytes: int
    edition: Edition
    stories: tuple[str, ...]
    left_out: tuple[str, ...]


def release(  # noqa: PLR0913
    out: Path | str,
    *,
    lessons: Sequence[str] | None = None,
    story: str | Path | None = None,
    graded: bool = False,
    course: str = "",
    due: str | dt.date | None = None,
    hand_in_to: str = "",
    as_zip: bool = True,
) -> Release:
    """Make a student edition in the folder `out`, and beside it a zip of the same.

    `lessons` are names or numbers, by default all; lesson 00 comes along unless `"-00"` leaves it out. `due` is a day
    or a moment, here unless it has a zone; `hand_in_to` says where the work goes. Raises
    CopydeskError if something is not there, or `out` holds anything but an earlier release as it was made.
    """
    folder = Path(out).resolve()
    chosen, edition = plan(lessons, story, graded=graded, course=course, due=due, hand_in_to=hand_in_to)
    target = folder.with_name(f"{folder.name}.zip") if as_zip else None
    if target:
        check_zip(target)
    edition, inside = contents(chosen, edition)
    data = zipped({f"{_top(edition)}/{name}": bytes_ for name, bytes_ in inside.items()})
    write_folder(folder, inside)
    if target:
        write_zip(target, data)
    return Release(
        folder,
        target,
        hashlib.sha256(data).hexdigest(),
        len(data),
        tuple(sorted(inside)),
        sum(map(len, inside.values())),
        edition,
        tuple(dict.fromkeys(story.id for lesson in chosen for story in lesson.stories)),
        _left_out(edition),
    )


def plan(  # noqa: PLR0913
    lessons: Sequence[str] | None,
    story: str | Path | None,
    *,
    graded: bool,
    course: str,
    due: str | dt.date | None,
    hand_in_to: str,
) -> tuple[tuple[Lesson, ...], Edition]:
    """The lessons of an edition, checked, and what is known of it before it is made; see `release`."""
    opened = load_story(story)
    if opened.key and (waiting := len(opened.key.unconfirmed)):  # what rules found is no key until somebody has read it
        problem = f"the story '{opened.id}' is a draft: nobody has confirmed {waiting} entries of its key"
        raise CopydeskError(problem, "confirm or correct them in edit_key.ipynb, then release")
    chosen = choose(lessons, opened)
    if story and not is_bundled(opened) and all(lesson.story.id != opened.id for lesson in chosen):
        remedy = "make its lessons with copydesk story lessons, or choose others with --lessons"
        raise CopydeskError(f"no lesson of this edition is on the story '{opened.id}'", remedy)
    keyless = next((story for lesson in chosen for story in lesson.stories if story.key is None), None)
    if keyless and not graded:
        raise CopydeskError(f"the story '{keyless.id}' has no key here", "release it with --graded, or find its key")
    _check_proofs(chosen)
    ids = tuple(lesson.id for lesson in chosen)
    course, hand_in_to = one_line(as_utf8(course)), one_line(as_utf8(hand_in_to))
    return chosen, Edition(course, parse_due(due), graded, opened.id, ids, hand_in_to)


def _check_proofs(lessons: Sequence[Lesson]) -> None:
    """Refuse lessons on a story of the instructor's own that `copydesk check` finds faults in."""
    for story in {lesson.story.id: lesson.story for lesson in lessons if not is_bundled(lesson.story)}.values():
        faults = key_faults(story.key, story.article) if story.key else []
        for lesson in lessons if not faults else ():
            if lesson.story.id == story.id:
                faults += lesson_faults(lesson)
                failed = check_scoring(lesson) if lesson.key and not faults else []
                faults += [f"{lesson.id}/{c.exercise}: not so: {c.claim}" for c in failed if not c.holds]
        if faults:
            problem = f"the story '{story.id}' fails {len(faults)} of its checks, the first: {faults[0]}"
            raise CopydeskError(problem, f"run copydesk check --story {story.folder}, and correct what it lists")


def _top(edition: Edition) -> str:
    """The folder inside the zip: from the course, so that it does not depend on where the zip is made."""
    words = re.findall(r"[a-z0-9]+", f"{edition.course or edition.story}".lower())
    return "-".join(["copydesk", *words])[:60].rstrip("-")


def _left_out(edition: Edition) -> tuple[str, ...]:
    say = class_wording("release")["left_out"]
    gone = [name for name in list_lessons() if name not in edition.lessons]
    told = [say["lessons"].format(lessons=", ".join(name[:2] for name in gone))] if gone else []
    kept = () if edition.graded else ("key",)
    return (*told, *(text for name, text in say.items() if name not in ("lessons", *kept)))


def choose(wanted: Sequence[str] | None, story: Story) -> tuple[Lesson, ...]:
    """The lessons of an edition, in order: by name or number, `-03` leaves one out; 00 comes along unless left out."""
    offered = {lesson.id: lesson for lesson in _offered(story)}
    names = [name.strip() for name in wanted or () if name.strip()]
    taken = {_one(name, offered) for name in names if not name.startswith("-")}
    left = {_one(name[1:], offered) for name in names if name.startswith("-")}
    taken = taken | {i for i in offered if i.startswith(FIRST)} if taken else {*offered}
    if not taken - left:
        raise CopydeskError("no lesson is left to release", f"there are: {', '.join(offered) or 'none'}")
    return tuple(offered[name] for name in sorted(taken - left))


def _offered(story: Story) -> Iterator[Lesson]:
    for name in list_lessons():
        if name in story.lessons:
            yield load_lesson(name, story)
        else:
            with suppress(CopydeskError):  # a lesson that brings its own story; others this story has not got
                yield load_lesson(name, story)


def _one(name: str, offered: Mapping[str, Lesson]) -> str:
    found = next((i for i in offered if name in (i, i.partition("_")[0])), "")
    if not found:
        raise CopydeskError(f"there is no lesson '{name}' to release", f"there are: {', '.join(offered) or 'none'}")
    return found


def write_folder(out: Path, inside: Mapping[str, bytes]) -> None:
    """Write an edition to a folder: a new one, an empty one, or one with an earlier release as it was made."""
    try:
        old = _earlier(out)
        for name in inside:
            if name not in old and (out / name).exists():
                raise CopydeskError(f"{out / name} is in the way: no release made it", "name a new folder")
        # Until all files are there, the list names what was there and what is to come: a run that is cut off, for
        # example by a full disk, leaves a folder that the next run knows as a release.
        before = (out / SUMS).read_bytes() if old else b""
        _write(out / SUMS, before + inside[SUMS])
        for name in old - {*inside}:
            _remove(out, name)
        for name in (*(n for n in inside if n != SUMS), SUMS):
            _write(out / name, inside[name])
    except OSError as error:
        raise CopydeskError(f"{out} cannot be written ({error.strerror or error})", "name another folder") from error


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write(path, data, durable=False)


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
    listed: dict[str, set[str]] = {}
    for found in filter(None, map(LINE.fullmatch, lines)):
        listed.setdefault(found[2], set()).add(found[1])
    if FILE not in listed:
        raise CopydeskError(f"{out} is not empty, and holds no earlier release", "name a new folder")
    home = out.resolve()
    for name, digests in listed.items():
        path = out / name
        if not path.resolve().is_relative_to(home):
            raise CopydeskError(f"{path} leads out of {out}", "name a new folder")
        if path.exists() and (path.is_dir() or hashlib.sha256(path.read_bytes()).hexdigest() not in digests):
            raise CopydeskError(f"{path} is no longer as it was released", "name a new folder, or take this one away")
    return {*listed, SUMS}


def write_zip(path: Path, data: bytes) -> None:
    """Write an edition's zip in one step."""
    write(path, data, durable=False)


def check_zip(path: Path) -> None:
    """Let an earlier release's zip be written over, and nothing else."""
    if path.exists() and not _is_release(path):
        raise CopydeskError(f"{path} is there already, and is no earlier release", "take it away, or name a new folder")


def _is_release(path: Path) -> bool:
    with suppress(OSError, RuntimeError, zipfile.BadZipFile, zlib.error), zipfile.ZipFile(path) as file:
        notes = [n for n in file.infolist() if n.filename.partition("/")[2] == FILE and n.file_size < MOST]
        return any(SCHEMA.encode() in file.read(n) for n in notes)
    return False
