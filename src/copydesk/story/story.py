"""Stories: find, list, read. The only module that knows where story folders live.

A story is a folder with `page.txt` (never edited), `story.toml`, and, where they exist, `key.json`, `lessons.toml` and
`context/`.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import islice
from pathlib import Path
from typing import Any

from copydesk.base.documents import read_toml
from copydesk.base.errors import CopydeskError
from copydesk.base.files import readable_error
from copydesk.base.spans import fingerprint
from copydesk.page.article import Article, parse_article, read_page
from copydesk.story.edition import Edition, read_edition
from copydesk.story.key import Key, check_answers, read_key

DEFAULT = "baltics-2022"
REQUIRED = {"headline": str, "date": dt.date, "language": str, "rights": str, "sha256": str}
"""What `story.toml` must say, and the type of each."""
MOST_LINES, MOST_STOPS = 2000, 10_000
"""How many lines and full stops a page may have: a page of a newspaper has some hundreds."""
STORIES = "stories"
"""The folder, beside the notebooks, with the stories that an instructor has made or added."""


@dataclass(frozen=True, slots=True, eq=False)
class Story:
    """One news page with what is known about it; `key` is None in graded releases.

    Two stories are equal only if they are one object, so that lessons on a story can be cached.
    """

    id: str
    folder: Path
    article: Article
    about: Mapping[str, Any]
    key: Key | None
    lessons: Mapping[str, Any]

    @property
    def rights(self) -> str:
        """The notice that every page built from this text carries."""
        return str(self.about["rights"])

    @property
    def date(self) -> dt.date:
        """The day the story is about: nothing later counts as known."""
        day = self.about["date"]
        assert isinstance(day, dt.date)
        return day

    def __repr__(self) -> str:
        a = self.article
        return (
            f"<Story '{self.id}': {len(a.furniture)} furniture blocks, "
            f"{len(a.paragraphs)} paragraphs, {len(a.sentences)} sentences>"
        )


def load_story(story: str | Path | None = None, *, with_key: bool = True) -> Story:
    """Load a story by name or by the path of its folder; by default the one in use.

    >>> load_story("practice").rights
    'Practice story: fiction written for this kit, CC BY 4.0. Places and people are invented.'
    """
    folder = _find(story if story is not None else story_in_use())
    return _load(folder.resolve(), with_key)


def list_stories() -> list[str]:
    """The names of all stories that can be loaded by name, the default first."""
    names = {f.name for place in _places() for f in _folders(place)}
    return sorted(names, key=lambda name: (name != DEFAULT, name))


def use_story(story: str | Path) -> Story:
    """Make this the story that lessons open, for this kernel and what it starts."""
    loaded = load_story(story)
    os.environ["COPYDESK_STORY"] = str(loaded.folder)
    return loaded


def story_in_use() -> str | Path:
    """What `use_story` or `COPYDESK_STORY` named, else the story of the edition in use, else the built-in one."""
    return os.environ.get("COPYDESK_STORY") or edition().story or DEFAULT


def edition() -> Edition:
    """The released edition in use: the one whose stories are nearest."""
    return read_edition(next(_places()).parent)


def shared_answers() -> dict[str, Any]:
    """Answers that fit any story; {} where there are none (graded editions)."""
    path = shared_answers_file()
    return _read_once(path) if path else {}


def shared_answers_file() -> Path | None:
    """Where the answers that fit any story lie: `answers.toml`, beside the stories."""
    found = (place / "answers.toml" for place in (*_places(), *_own_places()))
    return next((path.resolve() for path in found if path.is_file()), None)


def _folders(place: Path) -> list[Path]:
    try:
        return [f for f in sorted(place.iterdir()) if (f / "story.toml").is_file()] if place.is_dir() else []
    except OSError as error:
        raise readable_error(error, place, "read") from error


def _places() -> Iterator[Path]:
    if os.environ.get("COPYDESK_SEEDS"):
        yield Path(os.environ["COPYDESK_SEEDS"])
        return
    # A notebook may run in a folder below the one that holds the stories, so the nearest one upwards counts.
    here = Path.cwd()
    for name in ("seeds", STORIES):
        yield from islice((f / name for f in (here, *here.parents) if _folders(f / name)), 1)
    yield from _own_places()


def _own_places() -> tuple[Path, Path]:
    """The stories bundled in the wheel, and those of the source tree."""
    return Path(str(files("copydesk"))) / "seeds", Path(__file__).resolve().parents[3] / "seeds"


def own_stories_folder() -> Path:
    """Where a story of an instructor’s own belongs: where their others are, else `stories` in the working folder.

    `COPYDESK_SEEDS`, where it is set, is the only place in which stories are found, so it is that.
    """
    if os.environ.get("COPYDESK_SEEDS"):
        return Path(os.environ["COPYDESK_SEEDS"])
    here = Path.cwd()
    near = next((f / STORIES for f in (here, *here.parents) if _folders(f / STORIES)), None)
    return near or here / STORIES


def is_bundled(story: Story) -> bool:
    """Whether a story is one that comes with the kit, in its own place."""
    return any(story.folder.is_relative_to(place.resolve()) for place in _own_places())


def _find(story: str | Path) -> Path:
    with suppress(OSError, ValueError):  # a name may be too long for a path, or hold what no path may
        if (Path(story) / "story.toml").is_file():
            return Path(story)
    for place in _places():
        for folder in _folders(place):
            if folder.name == str(story):
                return folder
    if _is_folder(story):
        raise CopydeskError(f"the folder {story} has no story.toml", "see CONTRIBUTING.md, 'A new story'")
    there = ", ".join(list_stories())
    nowhere = "none was found here: work in the folder that holds 'seeds', or set COPYDESK_SEEDS to that folder"
    raise CopydeskError(f"no story named '{story}'", f"there are: {there}" if there else nowhere)


def _is_folder(name: str | Path) -> bool:
    """Whether a name is that of a folder; one that no path may have is not."""
    try:
        return Path(name).is_dir()
    except (OSError, ValueError):
        return False


def forget_stories() -> None:
    """Read stories from the disk again: for programs that change one and then load it."""
    _load.cache_clear()


@lru_cache(maxsize=16)
def _load(folder: Path, with_key: bool) -> Story:
    about = read_toml(folder / "story.toml")
    if missing := [name for name in REQUIRED if name not in about]:
        raise CopydeskError(f"{folder / 'story.toml'} lacks {', '.join(missing)}", "see CONTRIBUTING.md, 'A new story'")
    for name, kind in {**REQUIRED, "content_note": str}.items():
        if type(value := about.get(name, "")) is not kind:  # to Python a moment is a date too
            what, remedy = ("a date", "write it as date = 2022-01-12") if kind is dt.date else ("text", 'put it in ""')
            raise CopydeskError(f"{folder / 'story.toml'}: {name} is {str(value)[:40]!r}, which is not {what}", remedy)
    # Every offset in the key and in saved answers counts into this very text, so another text is refused.
    text = read_page(folder / "page.txt")
    if fingerprint(text) != about["sha256"]:
        raise CopydeskError(
            f"{folder / 'page.txt'} is not the page story.toml was made for (its sha256 differs)",
            "put the original page back; it is never edited, not even its line ends",
        )
    check_size(text, folder / "page.txt")
    # Without corrected lines the page is taken apart when somebody asks for its parts.
    article = _corrected_article(folder, text, about) if {"lines", "begins"} & about.keys() else Article(text)
    has_key = with_key and (folder / "key.json").is_file()
    key = read_key(folder / "key.json") if has_key else None
    lessons = read_toml(folder / "lessons.toml") if (folder / "lessons.toml").is_file() else {}
    for name, own in lessons.items():
        if not isinstance(own, dict) or not all(isinstance(part, dict) for part in own.values()):
            raise CopydeskError(f"{folder / 'lessons.toml'}: '{name}' is not a table of tables", "begin it with [ ]")
    return Story(folder.name, folder, article, about, key, lessons)


def check_size(text: str, where: object) -> None:
    """Refuse a page that would take long to read: counted without taking it apart."""
    lines = sum(bool(line.strip()) for line in text.splitlines())
    if lines > MOST_LINES or sum(map(text.count, ".?!…。।؟۔")) > MOST_STOPS:
        most = f"{MOST_LINES:,} lines or {MOST_STOPS:,} full stops"
        raise CopydeskError(f"{where} has more than {most}", "keep the part that the story is about")


def corrections(about: Mapping[str, Any]) -> dict[str, dict[int, str]]:
    """How a story corrects the page reader, as `parse_article` takes it. Raises CopydeskError for another table.

    `[lines]` says what begins on a line, `"12" = "caption"`; `[begins]` what begins at an offset, `"318" = "sentence"`.
    """
    found = {}
    for name, example in (("lines", '"12" = "caption"'), ("begins", '"318" = "sentence"')):
        table = about.get(name, {})
        if not isinstance(table, Mapping) or not all(
            n.isascii() and n.isdigit() and len(n) < 8 and isinstance(k, str) for n, k in table.items()
        ):
            raise CopydeskError(f"[{name}] is not a table of numbers and what begins there", f"write {example}")
        found[name] = {int(n): kind for n, kind in table.items()}
    return found


def _corrected_article(folder: Path, text: str, about: Mapping[str, Any]) -> Article:
    """The page, with what a story says of places that the reader takes for something else."""
    try:
        return parse_article(text, **corrections(about))
    except CopydeskError as error:
        raise CopydeskError(f"{folder / 'story.toml'}: {error.problem}", error.remedy) from None


@lru_cache(maxsize=4)
def _read_once(path: Path) -> dict[str, Any]:
    try:
        return check_answers(read_toml(path))
    except CopydeskError as error:
        told = "" if error.problem.startswith(str(path)) else f"{path}: "
        raise CopydeskError(told + error.problem, error.remedy) from None
