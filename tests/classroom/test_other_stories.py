"""A class on a story that leaves exercises out and runs from right to left: released, done, graded, reported."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from copydesk.lessons.lesson import Lesson, load_lesson
from copydesk.story.story import forget_stories, load_story
from copydesk_classroom.checking import check_settings
from copydesk_classroom.grading.grade import grade
from copydesk_classroom.grading.write_report import report
from copydesk_classroom.releasing.release import release
from copydesk_classroom.stories.lessons import MADE, write_lessons
from tests.classroom.made_class import best, entry, put, rows

STORY = "harbour-he"
FIXTURE = Path(__file__).resolve().parents[1] / "fixtures" / "stories" / STORY


@pytest.fixture
def folder(seeds: Path) -> Path:
    shutil.copytree(FIXTURE, seeds / STORY)
    forget_stories()
    write_lessons(seeds / STORY)
    for backup in (seeds / STORY).glob("*.bak"):
        backup.unlink()
    return seeds / STORY


@pytest.fixture
def lesson(folder: Path) -> Lesson:
    return load_lesson(MADE[1], load_story(folder))


def answered(lesson: Lesson) -> dict:
    """An answer file with the key's own answer to all that is scored, and one to an exercise that is left out."""
    times = {"created": "2026-03-01T09:00:00Z", "changed": "2026-03-01T10:00:00Z"}
    done = {e.id: entry(best(e.id, lesson)) for e in lesson.exercises if e.points}
    about = {"schema": 1, "kit": "0", "story": STORY, "lesson": lesson.id, "learner": "Ada"}
    gone = {name: entry({"values": {"x": "y"}}) for name in lesson.left_out}
    return {**about, "sha256": lesson.story.about["sha256"], **times, "exercises": {**done, **gone}}


def test_a_class_is_graded_and_its_pages_run_the_right_way(lesson: Lesson, tmp_path: Path) -> None:
    whole = answered(lesson)
    for name in ("Ada", "Bo", "Cy", "Di", "Eli", "Flo"):  # a report shows where a class marked from a few learners on
        file = tmp_path / "in" / name / "answers" / STORY / f"{lesson.id}.json"
        put(file, {**whole, "learner": name})
    grade(tmp_path / "in", tmp_path / "out")
    assert all({"100", "100.0"} & {*row.values()} for row in rows(tmp_path / "out" / "grades.csv"))
    listed = {r["exercise"] for r in rows(tmp_path / "out" / "exercises.csv")}
    assert listed and not listed & {*lesson.left_out}
    pages = [*(tmp_path / "out" / "feedback").glob("*.html")]
    assert len(pages) == 6 and all('lang="he" dir="rtl"' in page.read_text("utf-8") for page in pages)
    report(tmp_path / "out", tmp_path / "report.html")
    assert 'lang="he" dir="rtl"' in (tmp_path / "report.html").read_text("utf-8")


def test_a_graded_edition_does_the_same_exercises(lesson: Lesson, folder: Path, tmp_path: Path) -> None:
    release(tmp_path / "edition", story=folder, lessons=["02"], graded=True, as_zip=False)
    given = load_story(tmp_path / "edition" / "seeds" / STORY)
    assert given.key is None and not (given.folder / "key.json").exists()
    without = load_lesson(lesson.id, given)
    assert [e.id for e in without.exercises] == [e.id for e in lesson.exercises]
    assert without.left_out == lesson.left_out


def test_a_factor_for_what_is_left_out_is_named(lesson: Lesson, tmp_path: Path) -> None:
    weights = tmp_path / "weights.csv"
    weights.write_text(f"{lesson.id}/who,2\n", encoding="utf-8")
    [found] = check_settings(weights=weights, story=STORY)
    assert any(f"{lesson.id}/who" in fault for fault in found.faults)
