"""`copydesk check` on what a class will be graded with: what was understood, and every fault at once."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from copydesk.cli import main
from copydesk.lessons.lesson import load_lesson
from copydesk_classroom.marking.rubric import GradeFile
from tests.classroom.made_class import put

POINTS = sum(e.points for e in load_lesson("02_who_says_so").exercises)
Out = pytest.CaptureFixture[str]


def check(*options: object) -> int:
    return main(["check", *map(str, options)])


def test_what_was_understood_is_said_and_no_story_is_read(tmp_path: Path, capsys: Out) -> None:
    roster = put(tmp_path / "r.csv", b"Student ID,Full name,Mood\n1,Ann Lee,good\n2,Max Roe,\n")
    weights = put(tmp_path / "w.csv", b"exercise,factor\n02_who_says_so,2\n00_start_here/second_mark,0\n")
    GradeFile(tmp_path / "grades", "ada").set_points("story/lesson/essay/1f", "claim", 2)
    GradeFile(tmp_path / "grades", "ben").set_points("story/lesson/essay/1f", "claim", 1)
    options = ("--roster", roster, "--weights", weights, "--due", "2099-03-01", "--rubric", tmp_path / "grades")
    assert check(*options) == 0
    said = capsys.readouterr().out
    for part in ("2 learners; read: id from “Student ID”, name from “Full name”; not read: “Mood”", "2 factors"):
        assert part in said
    for part in (
        f"02_who_says_so: {2 * POINTS:g} points, not {POINTS:g}",
        "late after 2099-03-01 23:59:59",
        "1 texts (ada 1, ben 1); 1 by",
    ):
        assert part in said
    assert said.splitlines()[-1] == "no faults found" and "story" not in said


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("id,name\n7,Ann\n7,Ann\n", ["FAULT", "‘7’ is there 2 times"]),
        ('id,name\n1,Max Roe\n2,"Roe, Max"\n', ["several are called ‘Max Roe’", "several are called ‘Roe, Max’"]),
        ("name\nAnn Lee\n", ["told apart by their names alone"]),
        ("id,name\n", ["FAULT nobody is on"]),
        ("mood\ngood\n", ["FAULT", "has no column that names a learner"]),
        ("id\n" + "9\n9\n" + "".join(f"{n}\n{n}\n" for n in range(20, 40)), ["and 11 more of that kind"]),
    ],
)
def test_a_roster(rows: str, says: Sequence[str], tmp_path: Path, capsys: Out) -> None:
    status = check("--roster", put(tmp_path / "r.csv", rows.encode()))
    said = capsys.readouterr().out
    assert all(part in said for part in says)
    assert status == int("FAULT" in said)


def test_all_faults_of_weights_are_named_at_once(tmp_path: Path, capsys: Out) -> None:
    weights = put(tmp_path / "w.csv", b"lesson,factor\n99_gone,2\n02_who_says_so,-1\n03_how_strong_is_the_sourcing,x\n")
    assert check("--weights", weights) == 1
    said = capsys.readouterr().out
    assert said.count("FAULT") == 3 and all(part in said for part in ("'99_gone'", "'-1'", "'x'", "3 faults found"))


def test_weights_that_leave_nothing_are_a_fault(tmp_path: Path, capsys: Out) -> None:
    weights = put(tmp_path / "w.toml", b'"00_start_here" = 0\n')
    assert check("--story", "practice", "--weights", weights) == 1
    assert "no exercise counts" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--due", "soon"), "'soon' is no date"),
        (("--rubric", "nowhere"), "there are no grades in nowhere"),
        (("--roster", "none.csv"), "none.csv cannot be read"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(options: Sequence[str], says: str, capsys: Out) -> None:
    assert check(*options) == 1
    said = capsys.readouterr().out
    assert says in said and "Traceback" not in said and said.splitlines()[-1] == "1 fault found"


def test_a_date_that_is_past_is_said(capsys: Out) -> None:
    assert check("--due", "2020-01-01") == 0
    assert "that is past" in capsys.readouterr().out
