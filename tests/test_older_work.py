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
FAIRER = {"02_who_says_so/voice", "04_which_words_frame/devices"}
"""Exercises whose key accepts more than it did: a grade may be better than before."""


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


def exercise_rows(path: Path) -> dict[tuple[str, str], dict[str, str]]:
    return {(r["name"], f"{r['lesson']}/{r['exercise']}"): r for r in rows(path)}


def test_it_grades_as_it_did(graded: Path) -> None:
    now, then = exercise_rows(graded / "exercises.csv"), exercise_rows(OLD / "exercises.csv")
    for (who, exercise), old in then.items():
        new, better = now[who, exercise], {}
        if exercise in FAIRER:
            assert float(new["score"]) >= float(old["score"]), exercise
            better = {"score": new["score"], "points": new["points"]}
        assert new == {**old, **better}
    added = [new for name, new in now.items() if name not in then]
    assert {new["status"] for new in added} <= {"blank"}, "an exercise that is new was not answered"


def test_the_points_of_a_lesson_are_those_of_its_exercises(graded: Path) -> None:
    now = exercise_rows(graded / "exercises.csv")
    old = {r["name"]: r for r in rows(OLD / "grades.csv")}
    for row in rows(graded / "grades.csv"):
        assert {n: row[n] for n in ("email", "status", "late")} == {
            n: old[row["name"]][n] for n in ("email", "status", "late")
        }
        for lesson in (name for name in row if name[:2].isdigit()):
            points = [
                float(r["points"] or 0) for (who, _), r in now.items() if who == row["name"] and r["lesson"] == lesson
            ]
            assert float(row[lesson]) == pytest.approx(sum(points), abs=0.03)


def test_nothing_in_it_is_a_problem(graded: Path) -> None:
    assert rows(graded / "problems.csv") == []


SAVED = sorted(OLD.glob("work/*/*.json"))


@pytest.mark.parametrize("path", SAVED, ids=lambda p: p.stem)
def test_it_is_restored_in_its_lesson(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(OLD / "work", tmp_path / "answers")
    monkeypatch.setenv("COPYDESK_ANSWERS", str(tmp_path / "answers"))
    monkeypatch.setenv("COPYDESK_STORY", path.parent.name)  # lesson 08 ran on the second story then
    desk, saved = copydesk.open_lesson(path.stem), json.loads(path.read_text("utf-8"))
    assert not desk.answers.notice
    for exercise, entry in saved["exercises"].items():
        widget = desk.exercise(exercise)
        kept = widget.exercise.renewed(entry["answer"])
        assert (kept == entry["answer"]) is ((path.stem, exercise) not in RENAMED), exercise
        assert widget.answer["value"] == (kept or widget.answer["value"]), exercise
        assert [t.answer for t in widget.record.tries] == [t["answer"] for t in entry["tries"]], exercise
        assert widget.record.round == entry["round"], exercise
        if exercise == "recall":
            assert {q["id"] for q in widget.spec["questions"]} == {*entry["answer"]["values"]}, (
                "as they were asked then"
            )


def test_a_hand_in_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COPYDESK_ANSWERS", str(tmp_path / "answers"))
    copydesk.unpack(OLD / "handin.json", folder())
    packed = json.loads((OLD / "handin.json").read_text("utf-8"))["answers"]
    for lesson in packed:
        back = json.loads((tmp_path / "answers" / lesson["story"] / f"{lesson['lesson']}.json").read_text("utf-8"))
        assert back["exercises"] == lesson["exercises"]
