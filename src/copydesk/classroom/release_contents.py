"""What goes into a student edition: the lessons chosen, the stories they need, the kit, and how to open it all."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from importlib import metadata
from importlib.resources import files
from pathlib import Path
from typing import Any

from copydesk.classroom.release_guides import guides
from copydesk.classroom.release_strip import as_read, notebook, unordered, without_answers
from copydesk.classroom.release_wheel import WHEEL, wheel
from copydesk.classroom.toml_out import toml
from copydesk.edition import Edition
from copydesk.errors import CopydeskError
from copydesk.lessons import Lesson
from copydesk.stories import Story

STORY_FILES = (
    *("page.txt", "story.toml", "lessons.toml", "key.json"),
    *("NOTICE*", "LICENSE*", "context/*.csv", "context/*.toml"),
)
LICENCES = ("LICENSE", "LICENSE-lessons.md")
SUMS = "SHA256SUMS"
"""The list of all files and their hashes, as `sha256sum -c` reads it; it is also how an earlier release is known."""


def contents(lessons: Sequence[Lesson], edition: Edition) -> dict[str, bytes]:
    """Every file of an edition by its path in it; the same choice always gives the same bytes."""
    stories = {lesson.story.id: lesson.story for lesson in lessons}
    licences = {name: _licence(name) for name in LICENCES}
    inside = {**licences, WHEEL: wheel(graded=edition.graded, licences=licences)}
    for story in stories.values():
        mine = [lesson for lesson in lessons if lesson.story.id == story.id]
        told = _keyless(story, mine) if edition.graded else _whole(story)
        inside |= {f"seeds/{story.id}/{name}": data for name, data in told.items()}
    inside |= {name: text.encode() for name, text in guides(lessons, [*stories.values()], edition).items()}
    inside |= _notebooks(lessons, {*inside})
    sums = [f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(inside.items())]
    return {**inside, SUMS: "".join(sums).encode()}


def _whole(story: Story) -> dict[str, bytes]:
    """The files of a story that the kit reads, with its notices; whatever else lies in its folder stays there."""
    found = sorted(path for pattern in STORY_FILES for path in story.folder.glob(pattern))
    return {path.relative_to(story.folder).as_posix(): path.read_bytes() for path in found}


def _keyless(story: Story, lessons: Sequence[Lesson]) -> dict[str, bytes]:
    """A story without its key, and with no more in its TOML than learners are shown."""
    told = {
        "story.toml": toml(as_read(story.about)),
        "lessons.toml": toml({lesson.id: _settings(lesson) for lesson in lessons}),
    }
    kept = {name: data for name, data in _whole(story).items() if name != "key.json"}
    return kept | {name: text.encode() for name, text in told.items()}


def _settings(lesson: Lesson) -> dict[str, Any]:
    """What a story says to a lesson, without what helps or answers."""
    told = {name: without_answers(settings) for name, settings in lesson.story.lessons[lesson.id].items()}
    return told | {e.id: unordered(told[e.id]) for e in lesson.exercises if e.type == "order" and e.id in told}


def _notebooks(lessons: Sequence[Lesson], others: set[str]) -> dict[str, bytes]:
    """The notebooks of the lessons, each leading to the next; `others` are the files they may also lead to."""
    books = [f"notebooks/{lesson.id}.ipynb" for lesson in lessons]
    nexts = [*((lesson.id, lesson.title) for lesson in lessons[1:]), None]
    return {
        book: notebook(_source(book), files=others | {*books}, following=following).encode()
        for book, following in zip(books, nexts, strict=True)
    }


def _source(book: str) -> str:
    """A notebook from the kit's source tree or from an installed kit."""
    path = (_tree() or Path(str(files("copydesk")))) / book
    if not path.is_file():
        raise CopydeskError(f"{Path(book).name} is not in this installation", "install the whole Copydesk")
    return path.read_text(encoding="utf-8")


def _tree() -> Path | None:
    """The root of the source tree this kit runs from; None for an installed one."""
    kit = Path(str(files("copydesk")))
    return kit.parents[1] if kit.parent.name == "src" else None


def _licence(name: str) -> bytes:
    if tree := _tree():
        return (tree / name).read_bytes()
    with suppress(metadata.PackageNotFoundError):
        if text := metadata.distribution("copydesk").read_text(f"licenses/{name}"):
            return text.encode()
    raise CopydeskError(f"{name} is not in this installation", "install the whole Copydesk")
