"""Work that an earlier version saved opens, restores and grades as it did then.

`fixtures/version_0_1` was written by version 0.1.0: one learner's answer files, another learner's hand-in, a grader's
file, and the tables that this version made of them.
"""

import csv
import json
import shutil
from pathlib import Path

import pytest

import copydesk
from copydesk.answers import folder
from copydesk_classroom.grading.grade import grade

OLD = Path(__file__).parent / "fixtures" / "version_0_1"
RENAMED = {("01_what_is_on_the_page", "blocks")}
"""Exercises whose items have other names now."""
CHANGING = {"last change", "feedback"}
"""Columns that hold a moment and a file name, not a grade."""


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The class of two, graded now."""
    home = tmp_path_factory.mktemp("older")
    shutil.copytree(OLD / "work", home / "class" / "amira" / "answers")
    shutil.copy(OLD / "handin.json", home / "class" / "handin_zoe.json")
    (home / "grades").mkdir()
    shutil.copy(OLD / "grades_first.json", home / "grades" / "first.json")
    grade(home / "class", home / "out", rubric=home / "grades")
    return home / "out"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [{k: v for k, v in row.items() if k not in CHANGING} for row in csv.DictReader(file)]


@pytest.mark.parametrize("table", ["grades.csv", "exercises.csv"])
def test_it_grades_as_it_did(graded: Path, table: str) -> None:
    assert rows(graded / table) == rows(OLD / table)


def test_nothing_in_it_is_a_problem(graded: Path) -> None:
    assert rows(graded / "problems.csv") == []


SAVED = sorted(OLD.glob("work/*/*.json"))


@pytest.mark.parametrize("path", SAVED, ids=lambda p: p.stem)
def test_it_is_restored_in_its_lesson(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(OLD / "work", tmp_path / "answers")
    monkeypatch.setenv("COPYDESK_ANSWERS", str(tmp_path / "answers"))
    desk, saved = copydesk.open_lesson(path.stem), json.loads(path.read_text("utf-8"))
    assert not desk.answers.notice
    for exercise, entry in saved["exercises"].items():
        widget = desk.exercise(exercise)
        kept = widget.exercise.renewed(entry["answer"])
        assert (kept == entry["answer"]) is ((path.stem, exercise) not in RENAMED), exercise
        assert widget.answer["value"] == (kept or widget.answer["value"]), exercise
        assert [t.answer for t in widget.record.tries] == [t["answer"] for t in entry["tries"]], exercise
        assert widget.record.round == entry["round"], exercise


def test_a_hand_in_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COPYDESK_ANSWERS", str(tmp_path / "answers"))
    copydesk.unpack(OLD / "handin.json", folder())
    packed = json.loads((OLD / "handin.json").read_text("utf-8"))["answers"]
    for lesson in packed:
        back = json.loads((tmp_path / "answers" / lesson["story"] / f"{lesson['lesson']}.json").read_text("utf-8"))
        assert back["exercises"] == lesson["exercises"]
