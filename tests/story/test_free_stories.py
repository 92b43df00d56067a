"""The two stories of Wikinews: free, credited in full, unchanged, and with lessons made from their keys alone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from copydesk.lessons.lesson import load_lesson
from copydesk.story.story import forget_stories, load_story
from copydesk_classroom.checking import check_scoring, guess_objectives, key_faults, lesson_faults
from copydesk_classroom.stories.lessons import MADE, write_lessons

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
FREE = ["axe-fragment", "exoplanet-water"]
free_stories = pytest.mark.parametrize("name", FREE)


@free_stories
def test_it_is_credited_in_full(name: str) -> None:
    story, notice = load_story(SEEDS / name), (SEEDS / name / "NOTICE.md").read_text("utf-8")
    assert "Wikinews contributors" in story.rights and "CC BY 2.5" in story.rights and "unchanged" in story.rights
    for told in ("contributors", "wikinews.org", "CC BY 2.5", "https://creativecommons.org/licenses/by/2.5/"):
        assert told in " ".join(notice.split())
    assert "Changes made here: none." in notice and story.about["headline"].replace("’", "") in notice.replace("’", "")


@free_stories
def test_the_key_is_sound_and_confirmed(name: str) -> None:
    story = load_story(SEEDS / name)
    assert story.key and key_faults(story.key, story.article) == []
    assert not [e for entries in story.key.entries.values() for e in entries if e.get("unconfirmed") or e.get("rule")]


@free_stories
def test_it_teaches_lessons_01_to_03_and_nobody_meets_an_objective_by_chance(name: str) -> None:
    story = load_story(SEEDS / name)
    assert {*story.lessons} == {*MADE}
    for lesson in (load_lesson(n, story) for n in MADE):
        assert lesson_faults(lesson) == [] and all(check.holds for check in check_scoring(lesson))
        assert all(found.holds for found in guess_objectives(lesson, quick=True))


@free_stories
def test_its_lessons_are_those_that_its_key_gives(name: str, tmp_path: Path) -> None:
    """Run `write_lessons` on the story again where the finder has learned to find more: questions count it."""
    folder = tmp_path / name
    shutil.copytree(SEEDS / name, folder)
    forget_stories()
    write_lessons(folder)
    for file in ("lessons.toml", "key.json"):
        assert (folder / file).read_bytes() == (SEEDS / name / file).read_bytes()


def test_the_page_of_one_shows_its_republication() -> None:
    story = load_story(SEEDS / "axe-fragment")
    lesson = load_lesson(MADE[0], story)
    assert story.key and lesson.key
    places = {e["region"] for e in story.key.layer("quirks") if e["kind"] == "republication"}
    assert len(places) >= 3 and lesson.exercise("traces").key_marks(lesson.key)
