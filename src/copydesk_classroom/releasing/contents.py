"""What a student edition holds: lessons, the stories they need, the kit as a wheel, and how to open it all.

Every file is taken whole, or made here from nothing but the choice of lessons; the same choice gives the same bytes.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import posixpath
import re
import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from importlib import metadata
from importlib.resources import files
from pathlib import Path
from typing import Any

from copydesk import __version__
from copydesk.base.errors import CopydeskError
from copydesk.lessons.lesson import Lesson
from copydesk.story.edition import FILE, SCHEMA, Edition, kit_hash, say_due
from copydesk.story.story import Story, shared_answers_file
from copydesk_classroom.wording import class_wording

KIT = (
    *("py.typed", "*.py", "*/*.py", "data/*.toml", "data/*.css", "lessons/*.toml", "widgets/*.js", "widgets/*.css"),
    *(
        "map/*.js",
        "map/*.css",
        "map/*.html",
        "map/data/*.svg",
        "map/data/*.csv",
        "map/data/*.toml",
        "map/data/*.md",
        "map/data/*.txt",
    ),
)
"""The kit's own files. Stories, notebooks and answers, which an installed kit also has, are not among them."""
STORY = ("page.txt", "story.toml", "lessons.toml", "NOTICE*", "LICENSE*", "context/*.csv", "context/*.toml")
"""The files of a story that every learner gets."""
KEY = "key.json"
MOST_OF_A_STORY = 10_000_000
"""How many bytes the files of a story may have."""
LICENCES = ("LICENSE", "LICENSE-lessons.md")
SUMS = "SHA256SUMS"
"""The list of all files and their hashes, as `sha256sum -c` reads it; it is also how an earlier release is known."""
TELLING = {"hint", "after", "why", "accept", "range", "samples", "answer", "others"}
"""Settings that help or answer: they belong into a key."""
CHOICES = {"options", "label_choices"}
"""Tables whose names are a learner's choices, whatever they are called."""
PROVENANCE = {"agency", "reporter", "publisher", "address"}
"""What lesson 01 asks of a page."""
MADE = (2020, 2, 2, 0, 0, 0)
"""The moment every file in a zip bears, so that nothing tells when an edition was made; hatch uses the same day."""
GUIDES = (FILE, "README.md", "requirements.txt", "environment.yml")
"""The files that say how to open an edition."""
CONDA = """name: copydesk
channels:
  - conda-forge
  - nodefaults
dependencies:
  - python=3.12
  - pip
  - pip:
      - ./{wheel}[lab]
"""


def contents(lessons: Sequence[Lesson], edition: Edition) -> tuple[Edition, dict[str, bytes]]:
    """The edition with its wheel named, and every file of it by its path.

    A graded edition has neither keys nor the answers for any story. Raises CopydeskError if a story's open files tell
    what a graded edition must not.
    """
    stories = [*{story.id: story for lesson in lessons for story in lesson.stories}.values()]
    licences = {name: _licence(name) for name in LICENCES}
    inside = {**licences}
    for story in stories:
        if edition.graded:
            _check_open(story)
        wanted = STORY if edition.graded else (*STORY, KEY)
        _check_files(story.folder, wanted)
        inside |= {f"seeds/{story.id}/{name}": data for name, data in matching_files(story.folder, wanted).items()}
    answers = shared_answers_file()
    if answers and not edition.graded:
        inside["seeds/answers.toml"] = answers.read_bytes()
    inside |= _notebooks(lessons, {*inside, *GUIDES})
    kit = {f"copydesk/{name}": data for name, data in matching_files(Path(str(files("copydesk"))), KIT).items()}
    # pip installs a wheel over another one only if the version differs, so each edition has a version of its own
    label = hashlib.sha256("".join([repr(edition), sums_of(inside), sums_of(kit)]).encode()).hexdigest()[:8]
    made = wheel(kit, licences, version=f"{__version__}+{label}")
    edition = replace(
        edition,
        wheel=f"copydesk-{__version__}+{label}-py3-none-any.whl",
        sha256=hashlib.sha256(made).hexdigest(),
        kit_files=kit_hash(record(kit)),
    )
    inside |= {name: text.encode() for name, text in guides(lessons, stories, edition).items()}
    inside[edition.wheel] = made
    return edition, {**inside, SUMS: sums_of(inside).encode()}


def sums_of(inside: Mapping[str, bytes]) -> str:
    """The hash and the name of each file, a line each, as `sha256sum -c` reads them."""
    return "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(inside.items()))


def matching_files(root: Path, patterns: Sequence[str]) -> dict[str, bytes]:
    """The files of a folder that match, by their paths in it; what editors hide beside them stays there."""
    found = {path for pattern in patterns for path in root.glob(pattern) if not path.name.startswith(".")}
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(found) if path.is_file()}


def _check_files(folder: Path, patterns: Sequence[str]) -> None:
    """Refuse a story that leads out of its folder, or that holds more than a story needs: all of it is given out."""
    home, size = folder.resolve(), 0
    for pattern in patterns:
        for path in folder.glob(pattern):
            if not path.resolve().is_relative_to(home):
                raise CopydeskError(f"{path} is a link that leads out of the story", "put the file itself there")
            size += path.stat().st_size if path.is_file() else 0
            if size > MOST_OF_A_STORY:
                problem = f"{folder} holds more than {MOST_OF_A_STORY // 1_000_000} MB"
                raise CopydeskError(problem, "take away what the story does not need")


def _check_open(story: Story) -> None:
    """Refuse a story whose open files help or answer: a graded edition gives them out as they are."""
    told = [f"story.toml has '{name}'" for name in story.about if name in PROVENANCE]
    for lesson, exercises in story.lessons.items():
        for name, settings in exercises.items():
            told += [f"lessons.toml has '{setting}' in {lesson}/{name}" for setting in telling(settings)]
            items = [str(i.get("id", i.get("fact"))) for i in settings.get("items", ())]
            if name == "order" and items != sorted(items):  # a list of events is easily written as they happened
                raise CopydeskError(
                    f"lessons.toml of '{story.id}' does not list {lesson}/order by id", "sort its items"
                )
    if told:
        raise CopydeskError(f"'{story.id}' gives answers away: {told[0]}", f"move it to {KEY}, see CONTRIBUTING.md")


def telling(data: Any) -> Iterator[str]:
    """The settings in a lesson's data that help or answer.

    >>> [*telling({"questions": [{"id": "q", "hint": "Look up.", "options": {"why": "why it is so"}}]})]
    ['hint']
    """
    for item in data if isinstance(data, list) else ():
        yield from telling(item)
    for name, value in data.items() if isinstance(data, Mapping) else ():
        if name in TELLING:
            yield name
        elif name not in CHOICES:
            yield from telling(value)


def wheel(kit: Mapping[str, bytes], licences: Mapping[str, bytes], *, version: str) -> bytes:
    """The kit's files as a wheel that pip takes."""
    about = f"copydesk-{version}.dist-info"
    inside = {**kit, **{f"{about}/licenses/{name}": data for name, data in licences.items()}}
    inside |= {f"{about}/{name}": text.encode() for name, text in _about(version).items()}
    inside[f"{about}/RECORD"] = "\n".join([*record(inside), f"{about}/RECORD,,", ""]).encode()
    return zipped(inside)


def record(inside: Mapping[str, bytes]) -> list[str]:
    """The lines of a wheel's RECORD for these files."""
    return [f"{name},sha256={_digest(data)},{len(data)}" for name, data in sorted(inside.items())]


def _about(version: str) -> dict[str, str]:
    """What pip reads: the name, the version and what the kit needs, as this installation has it."""
    try:
        mine = metadata.metadata("copydesk")
    except metadata.PackageNotFoundError:
        raise CopydeskError("this Copydesk is not installed", "install it with pip, then release") from None
    extra = re.compile(r"extra == .(?!lab\b)")  # learners need JupyterLab, and none of the other extras
    needs = [need for need in mine.get_all("Requires-Dist") or () if not extra.search(need)]
    said = [
        "Metadata-Version: 2.1",
        "Name: copydesk",
        f"Version: {version}",
        f"Summary: {mine['Summary']}",
        "License: MIT AND CC-BY-4.0",
        f"Requires-Python: {mine['Requires-Python']}",
        "Provides-Extra: lab",
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


def guides(lessons: Sequence[Lesson], stories: Sequence[Story], edition: Edition) -> dict[str, str]:
    """What says how to open an edition, by file name: to people, to pip, to conda, and to the kit itself."""
    return {
        FILE: release_toml(edition),
        "README.md": _readme(lessons, stories, edition),
        "requirements.txt": f"./{edition.wheel}[lab]\n",
        "environment.yml": CONDA.format(wheel=edition.wheel),
    }


def release_toml(edition: Edition) -> str:
    """What the kit reads of an edition.

    >>> print(release_toml(Edition("News “101”", None, True, "ours", ("00", "01"))).partition("wheel")[0], end="")
    schema = "copydesk-release-1"
    kit = "0.1.0"
    course = "News “101”"
    graded = true
    story = "ours"
    lessons = ["00", "01"]
    """
    said = {"schema": SCHEMA, "kit": __version__, "course": edition.course, "graded": edition.graded}
    said |= {"story": edition.story, "lessons": edition.lessons}
    said |= {"wheel": edition.wheel, "sha256": edition.sha256, "kit_files": edition.kit_files}
    said |= {"hand_in_to": edition.hand_in_to} if edition.hand_in_to else {}
    lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in said.items()]
    lines += [f"due = {edition.due.isoformat()}\n"] if edition.due else []
    return "".join(lines).replace(
        "\x7f", "\\u007f"
    )  # JSON is TOML here, but for the one letter that JSON leaves as it is


def _readme(lessons: Sequence[Lesson], stories: Sequence[Story], edition: Edition) -> str:
    say = class_wording("release")["readme"]
    notes = [say["due"].format(due=say_due(edition.due))] if edition.due else []
    notes += [say["graded"]] if edition.graded else []
    text = say["text"].format(
        title=say["course"].format(course=edition.course) if edition.course else say["title"],
        notes="".join(f"{note}\n\n" for note in notes),
        first=lessons[0].id,
        lessons="\n".join(say["lesson"].format(title=x.title, id=x.id, minutes=x.minutes) for x in lessons),
        rights="\n".join(say["story"].format(id=s.id, rights=s.rights) for s in stories),
    )
    return f"{text.strip()}\n"


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


COMPARED = "nbval-check-output"
KEPT = ("deletable", "jupyter")
"""What a cell says of itself to the front end: that it cannot be deleted, and that its code is folded."""
LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
NEXT = re.compile(r"\n*^Next: \[[^\]]+\]\((?!\w+:)[^)\s]+\)$", re.MULTILINE)


def notebook(text: str, *, files: Collection[str], following: tuple[str, str] | None) -> str:
    """A notebook without outputs and editors' traces; links lead only to `files`, “Next:” to the `following` lesson.

    `files` are paths in the edition; `following` is the id and the title of the next lesson in it, None for the last.
    """
    found = json.loads(text)
    cells = [_cell(cell, files, following) for cell in found["cells"]]
    spec = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    about = {"kernelspec": spec, "language_info": {"name": "python"}}
    told = {"cells": cells, "metadata": about, "nbformat": found["nbformat"], "nbformat_minor": found["nbformat_minor"]}
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def _cell(cell: Mapping[str, Any], files: Collection[str], following: tuple[str, str] | None) -> dict[str, Any]:
    source, tags = "".join(cell["source"]), [t for t in cell["metadata"].get("tags", ()) if t != COMPARED]
    if cell["cell_type"] == "markdown":
        source = links(source, files=files, following=following)
    kept = {name: cell[name] for name in ("cell_type", "id", "attachments") if name in cell}
    about: dict[str, Any] = {name: cell["metadata"][name] for name in KEPT if name in cell["metadata"]}
    if tags:
        about["tags"] = tags
    empty: dict[str, Any] = {"execution_count": None, "outputs": []} if cell["cell_type"] == "code" else {}
    return {**kept, "metadata": about, **empty, "source": source.splitlines(keepends=True)}


def links(text: str, *, files: Collection[str], following: tuple[str, str] | None) -> str:
    """A notebook's text with “Next:” led to the `following` lesson, and links to what is not there as plain words.

    >>> links("See [the rules](../rules.md).\\n\\nNext: [Four](04_four.ipynb)", files=(), following=None)
    'See the rules.'
    """
    after = "\n\nNext: [{1}]({0}.ipynb)".format(*following) if following else ""
    text = NEXT.sub(lambda _: after, text).strip("\n")

    def led(link: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join("notebooks", link[2].partition("#")[0]))
        return link[0] if ":" in link[2] or link[2].startswith("#") or path in files else link[1]

    return LINK.sub(led, text)
