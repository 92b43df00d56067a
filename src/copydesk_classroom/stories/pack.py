"""Story packs: one zip that takes a story, with its licence and credits, from one instructor to another.

A pack holds one folder with the files of a story. `add_pack` reads packs that a stranger may have made to do harm: it
unpacks nothing before every name, kind and size is checked, and keeps nothing before the story itself is.
"""

from __future__ import annotations

import re
import shutil
import unicodedata
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from uuid import uuid4

from copydesk.base.errors import CopydeskError
from copydesk.base.files import make_folder, readable_error, rename, write
from copydesk.base.system import names_device
from copydesk.lessons.lesson import list_lessons, load_lesson
from copydesk.story.story import Story, forget_stories, is_bundled, load_story, own_stories_folder
from copydesk_classroom.checking import key_faults, lesson_faults
from copydesk_classroom.collecting.files import CLUTTER, name_of, open_zip, read_member
from copydesk_classroom.releasing.contents import KEY, STORY, matching_files, zipped
from copydesk_classroom.safe_text import UNSEEN, one_line
from copydesk_classroom.stories.new import NAME
from copydesk_classroom.wording import Refused, class_wording

MOST_MEMBERS = 200
"""How many names a pack may hold: a story has about ten files."""
MOST_PACKED, MOST_UNPACKED = 5_000_000, 10_000_000
"""The largest pack, in bytes, and the most bytes that all its files may have."""
NEEDED = ("page.txt", "story.toml", KEY)
"""The files without which there is no story to teach with."""


@dataclass(frozen=True)
class Packed:
    """A pack that was made: where it is, the story in it, and the names of its files."""

    path: Path
    story: Story
    files: tuple[str, ...]
    bytes: int


def pack_story(story: Story, out: Path | None = None) -> Packed:
    """Make a pack of a story: `NAME.zip` in the working folder, or `out`.

    Raises CopydeskError for a story without licence or credits, or whose key or lessons break their rules, and for an
    `out` that is there and holds another story or something else.
    """
    _check_rights(story)
    _check_rules(story)
    path = out or Path(f"{story.id}.zip")
    if path.is_dir():
        path = path / f"{story.id}.zip"
    inside = {f"{story.id}/{name}": data for name, data in matching_files(story.folder, (*STORY, KEY)).items()}
    if path.exists() and not _holds(path, story.id):
        raise CopydeskError(f"{path} is there already, and is no pack of '{story.id}'", "name another file with --out")
    data = zipped(inside)
    write(path, data, durable=False)
    return Packed(path, story, tuple(sorted(inside)), len(data))


def add_pack(path: Path, *, place: Path | None = None) -> Story:
    """Put the story of a pack beside the instructor's own ones, and return it.

    Raises CopydeskError, and leaves nothing behind, for what is no pack, for a pack that was made to do harm, and for a
    story that is there already or breaks its rules.
    """
    inside = _read(path)
    name = next(iter(inside)).partition("/")[0]
    place = place or own_stories_folder()
    _check_free(name, place)
    # Under a hidden folder the story has its name already, so it can be checked before anybody can use it.
    hidden = place / f".adding-{uuid4().hex[:8]}"
    try:
        for member, data in inside.items():
            make_folder((hidden / member).parent)
            write(hidden / member, data)
        story = load_story(hidden / name)
        _check_rights(story)
        _check_rules(story)
        rename(hidden / name, place / name)
    except OSError as error:
        raise readable_error(error, place / name, "written") from error
    except CopydeskError as error:
        told = error.problem.replace(str(hidden.resolve()), "").replace(str(hidden), "").lstrip("/\\")
        raise CopydeskError(f"{path}: {told}", error.remedy) from None
    finally:
        shutil.rmtree(hidden, ignore_errors=True)
        forget_stories()
    return load_story(place / name)


def names_licence(rights: str) -> bool:
    """Whether a notice names a licence or a permission, and somebody besides.

    >>> names_licence("CC BY 2.5, Wikinews"), names_licence("CC BY 2.5"), names_licence("unknown")
    (True, False, False)
    """
    words = class_wording("stories")["pack"]["licences"]
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)", re.IGNORECASE)
    left = pattern.sub(" ", rights)
    return left != rights and re.search(r"[^\W\d_]{2}", left) is not None


def _check_rights(story: Story) -> None:
    if not names_licence(story.rights):
        problem = f"the rights of '{story.id}' name no licence and credits: “{one_line(story.rights, most=80)}”"
        raise CopydeskError(problem, 'write both in story.toml, such as rights = "CC BY 2.5, Coast Wire, Ilse Brand"')


def _check_rules(story: Story) -> None:
    """Refuse a story whose key, or a lesson on it, has a fault; the message has the first."""
    if story.key is None:
        raise CopydeskError(f"the story '{story.id}' has no key", "a pack holds key.json")
    faults = key_faults(story.key, story.article)
    for lesson in list_lessons() if not faults else ():
        if lesson in story.lessons:
            faults += lesson_faults(load_lesson(lesson, story))
    if faults:
        problem = f"the story '{story.id}' breaks {len(faults)} of its rules, the first: {faults[0]}"
        raise CopydeskError(problem, "run copydesk check --story on its folder, and correct what it lists")


def _holds(path: Path, name: str) -> bool:
    with suppress(CopydeskError):
        return next(iter(_read(path))).startswith(f"{name}/")
    return False


def _read(path: Path) -> dict[str, bytes]:
    """The files of a pack, by their paths in it."""
    another = "ask for another pack of it"
    try:
        size = path.stat().st_size
    except (OSError, ValueError):
        raise CopydeskError(f"there is no file {path}", "check the name and the folder it is in") from None
    if not path.is_file():
        raise CopydeskError(f"{path} is no file", "name a story pack: a zip")
    if size > MOST_PACKED:
        raise CopydeskError(f"{path} is larger than {MOST_PACKED // 1_000_000} MB, which no story pack is", another)
    try:
        with open_zip(path, MOST_MEMBERS) as archive:
            return _checked(path, archive)
    except Refused as refused:
        say = class_wording("stories")["pack"]["refused"]
        why = say.get(refused.problem.name, refused.problem.name).format(detail=refused.problem.detail)
        raise CopydeskError(f"{path} is no story pack: {why}", another) from None


def _checked(path: Path, archive: zipfile.ZipFile) -> dict[str, bytes]:
    inside: dict[str, bytes] = {}
    seen: set[str] = set()
    left = MOST_UNPACKED
    for number, member in enumerate(archive.infolist()):
        name = name_of(member)
        parts = PurePosixPath(name).parts
        if ".." not in parts and any(CLUTTER.fullmatch(part) for part in parts):
            continue  # what systems put beside files when somebody packs a folder by hand
        if member.is_dir() or name.endswith("/"):
            continue
        left -= member.file_size
        if left < 0:
            raise Refused("bomb", f"{MOST_UNPACKED:,}")
        data = read_member(archive, number)  # checks path, kind, packing and size
        if wrong := _wrong_name(name):
            raise CopydeskError(f"{path} is no story pack: '{one_line(name, most=60)}' {wrong}", "pack it again")
        # on many systems these would be one file, and the second would replace the first
        folded = unicodedata.normalize("NFC", name).casefold()
        if folded in seen:
            raise CopydeskError(f"{path} is no story pack: '{name}' is in it twice", "pack it again")
        seen.add(folded)
        inside[name] = data
    folders = {name.partition("/")[0] for name in inside}
    if len(folders) != 1:
        problem = "several stories" if folders else "nothing of a story"
        raise CopydeskError(f"{path} is no story pack: it holds {problem}", "pack one story")
    folder = folders.pop()
    if lacking := [name for name in NEEDED if f"{folder}/{name}" not in inside]:
        raise CopydeskError(f"{path} is no story pack: it lacks {', '.join(lacking)}", "pack it again")
    return inside


def _wrong_name(name: str) -> str:
    """Why a file has no place in a pack; '' if it has one."""
    folder, _, rest = name.partition("/")
    if UNSEEN.search(name) or not NAME.fullmatch(folder) or names_device(folder):
        return "lies in no folder with the name of a story"
    known = any(fnmatchcase(rest, pattern) and rest.count("/") == pattern.count("/") for pattern in (*STORY, KEY))
    device = any(names_device(part.partition(".")[0]) for part in rest.split("/"))
    return "" if known and not device and ":" not in rest else "belongs to no story"


def _check_free(name: str, place: Path) -> None:
    try:
        comes_along = is_bundled(load_story(name))
    except CopydeskError:
        comes_along = False
    if comes_along:
        raise CopydeskError(f"'{name}' is a story that comes with Copydesk", "ask for the pack under another name")
    if (place / name).exists() or (place / name).is_symlink():
        raise CopydeskError(f"{place / name} is there already", "give that folder another name, then add the pack")


def packed_lines(packed: Packed) -> list[str]:
    """The lines that say what was packed."""
    say = class_wording("stories")["pack"]
    size, files = f"{packed.bytes / 1000:,.0f}", len(packed.files)
    lines = [say["packed"].format(path=packed.path, size=size, files=files, name=packed.story.id)]
    return lines + _draft_line(packed.story, say)


def added_lines(story: Story) -> list[str]:
    """The lines that say what was added."""
    say = class_wording("stories")["pack"]
    rights = say["added_rights"].format(rights=one_line(story.rights, most=400))
    return [say["added"].format(name=story.id, folder=story.folder), rights, *_draft_line(story, say)]


def _draft_line(story: Story, say: Mapping[str, str]) -> list[str]:
    waiting = len(story.key.unconfirmed) if story.key else 0
    return [say["draft"].format(n=waiting)] if waiting else []
