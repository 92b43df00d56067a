"""Lessons and what they take from a story; they cost most, since each change opens a lesson."""

import re
import shutil
from pathlib import Path

import pytest

from copydesk.lessons import lesson as lessons
from copydesk.lessons.lesson import list_lessons, load_lesson
from copydesk.story.story import Story, load_story
from tests.fuzz.fuzzing import Fuzz, use


def loaded(folder: Path) -> Story:
    load_story.__globals__["_load"].cache_clear()
    return load_story(folder)


def test_stories(fuzz: Fuzz, story: Path) -> None:
    path = story.parent / "practice" / "story.toml"
    fuzz.each(path, path.read_bytes(), lambda: use(load_lesson("00_start_here", loaded(path.parent))))


def test_lessons_of_a_story(fuzz: Fuzz, story: Path) -> None:
    path, whole = story / "lessons.toml", (story / "lessons.toml").read_bytes()
    offered = list_lessons()
    for lesson_id in offered:
        own = b"".join(re.findall(rb"^\[+%s\b.*?(?=^\[+\d\d_|\Z)" % lesson_id.encode(), whole, re.S | re.M))
        fuzz.each(path, own, lambda name=lesson_id: use(load_lesson(name, loaded(story))), of=len(offered))


def test_lessons_of_any_story(fuzz: Fuzz, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, baltics: Story) -> None:
    home, offered = tmp_path / "lessons", list_lessons()
    shutil.copytree(Path(lessons.__file__).parent, home)
    monkeypatch.setattr(lessons, "files", lambda package: home if package.endswith("lessons") else tmp_path)

    def opened() -> None:
        lessons._read.cache_clear()
        lessons._join.cache_clear()
        use(load_lesson(path.stem, baltics))

    for path in (home / f"{name}.toml" for name in offered):
        original = path.read_bytes()
        fuzz.each(path, original, opened, of=len(offered), kept="lessons" if path.stem == "00_start_here" else "")
        path.write_bytes(original)
    lessons._read.cache_clear()
    lessons._join.cache_clear()
