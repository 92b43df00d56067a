"""The kit as a wheel that pip takes, zipped with the standard library: the same kit always gives the same bytes.

What says how to open a student edition: to people, to pip, to conda, and to the kit itself.

What goes into a student edition: the lessons chosen, the stories they need, the kit, and how to open it all.
"""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import metadata
from importlib.resources import files
from pathlib import Path
from typing import Any

from copydesk import __version__
from copydesk.base.errors import CopydeskError
from copydesk.lessons.lesson import Lesson
from copydesk.story.edition import FILE, SCHEMA, Edition, say_due
from copydesk.story.story import Story, read_toml
from copydesk_classroom.releasing.strip import as_read, notebook, toml, unordered, without_answers, without_examples
from copydesk_classroom.wording import class_wording

KIT = (".py", ".toml", ".css", ".js", ".svg", ".csv", ".md", ".txt", "py.typed")
"""How the names of the kit's own files end; anything else in its folder is not the kit's."""
ELSEWHERE = {"seeds", "notebooks"}
"""Folders of an installed kit that an edition has beside the wheel, in its own choice."""
ANSWERS = "lessons/answers.toml"
MADE = (2020, 2, 2, 0, 0, 0)
"""The moment every file in a zip bears, so that nothing tells when an edition was made; hatch uses the same day."""
WHEEL = f"copydesk-{__version__}-py3-none-any.whl"


def wheel(*, graded: bool, licences: Mapping[str, bytes]) -> bytes:
    """The kit without stories and notebooks; graded, also without answers, hints and examples."""
    about = f"copydesk-{__version__}.dist-info"
    inside = {f"copydesk/{name}": data for name, data in kit_files(graded=graded).items()}
    inside |= {f"{about}/licenses/{name}": data for name, data in licences.items()}
    inside |= {f"{about}/{name}": text.encode() for name, text in _about().items()}
    record = [f"{name},sha256={_digest(data)},{len(data)}" for name, data in sorted(inside.items())]
    inside[f"{about}/RECORD"] = "\n".join([*record, f"{about}/RECORD,,", ""]).encode()
    return zipped(inside)


def kit_files(*, graded: bool) -> dict[str, bytes]:
    """The kit's own files by their paths in the package."""
    root, found = Path(str(files("copydesk"))), {}
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        hidden = any(part.startswith((".", "__pycache__")) for part in parts)
        if path.name.endswith(KIT) and path.is_file() and not hidden and parts[0] not in ELSEWHERE:
            found["/".join(parts)] = path
    if not graded:
        return {name: path.read_bytes() for name, path in found.items()}
    return {name: _keyless(name, path) for name, path in found.items() if name != ANSWERS}


def _keyless(name: str, path: Path) -> bytes:
    if name.endswith(".py"):
        return without_examples(path.read_text(encoding="utf-8")).encode()
    if name.startswith("lessons/"):
        lesson = without_answers(read_toml(path))
        lesson["exercise"] = [unordered(e) if e.get("type") == "order" else e for e in lesson["exercise"]]
        return toml(lesson).encode()
    return path.read_bytes()


def _about() -> dict[str, str]:
    """What pip reads: the name, the version and what the kit needs, as this installation has it."""
    try:
        mine = metadata.metadata("copydesk")
    except metadata.PackageNotFoundError:
        raise CopydeskError("this Copydesk is not installed", "install it with pip, then release") from None
    needs = [need for need in mine.get_all("Requires-Dist") or () if "extra" not in need.partition(";")[2]]
    said = [
        "Metadata-Version: 2.1",
        "Name: copydesk",
        f"Version: {__version__}",
        f"Summary: {mine['Summary']}",
        "License: MIT",
        f"Requires-Python: {mine['Requires-Python']}",
        *(f"Requires-Dist: {need}" for need in sorted(needs)),
    ]
    return {
        "METADATA": "\n".join([*said, ""]),
        "WHEEL": "Wheel-Version: 1.0\nGenerator: copydesk release\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "entry_points.txt": "[console_scripts]\ncopydesk = copydesk.cli:main\n",
    }


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def zipped(inside: Mapping[str, bytes]) -> bytes:
    """A zip of these files: the same ones always give the same bytes, whenever and wherever it is made."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, data in sorted(inside.items()):
            entry = zipfile.ZipInfo(name, MADE)
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            entry.compress_type = zipfile.ZIP_STORED if name.endswith(".whl") else zipfile.ZIP_DEFLATED
            file.writestr(entry, data)
    return buffer.getvalue()


CONDA = f"""name: copydesk
channels:
  - conda-forge
  - nodefaults
dependencies:
  - python=3.12
  - pip
  - pip:
      - ./{WHEEL}
"""


def guides(lessons: Sequence[Lesson], stories: Sequence[Story], edition: Edition) -> dict[str, str]:
    """The guides by their file names."""
    about = {"schema": SCHEMA, "kit": __version__, "course": edition.course, "graded": edition.graded}
    about |= {"story": edition.story, "lessons": list(edition.lessons)} | ({"due": edition.due} if edition.due else {})
    return {
        FILE: toml(about),
        "README.md": _readme(lessons, stories, edition),
        "requirements.txt": f"./{WHEEL}\n",
        "environment.yml": CONDA,
    }


def _readme(lessons: Sequence[Lesson], stories: Sequence[Story], edition: Edition) -> str:
    say = class_wording("release")["readme"]
    notes = [say["due"].format(due=say_due(edition.due))] if edition.due else []
    notes += [say["graded"]] if edition.graded else []
    text = say["text"].format(
        title=say["course"].format(course=edition.course) if edition.course else say["title"],
        notes="".join(f"{note}\n\n" for note in notes),
        wheel=WHEEL,
        first=lessons[0].id,
        lessons="\n".join(say["lesson"].format(title=x.title, id=x.id, minutes=x.minutes) for x in lessons),
        rights="\n".join(say["story"].format(id=s.id, rights=s.rights) for s in stories),
    )
    return f"{text.strip()}\n"


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
        told = _story_without_key(story, mine) if edition.graded else _whole(story)
        inside |= {f"seeds/{story.id}/{name}": data for name, data in told.items()}
    inside |= {name: text.encode() for name, text in guides(lessons, [*stories.values()], edition).items()}
    inside |= _notebooks(lessons, {*inside})
    sums = [f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(inside.items())]
    return {**inside, SUMS: "".join(sums).encode()}


def _whole(story: Story) -> dict[str, bytes]:
    """The files of a story that the kit reads, with its notices; whatever else lies in its folder stays there."""
    found = sorted(path for pattern in STORY_FILES for path in story.folder.glob(pattern))
    return {path.relative_to(story.folder).as_posix(): path.read_bytes() for path in found}


def _story_without_key(story: Story, lessons: Sequence[Lesson]) -> dict[str, bytes]:
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
