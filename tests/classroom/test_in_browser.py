"""What the website's page for grading finds beside the hand-ins, and what it says that it used."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from copydesk.story.edition import Edition, parse_due
from copydesk_classroom.grading import in_browser
from copydesk_classroom.grading.in_browser import grade_dropped
from copydesk_classroom.marking.rubric import GradeFile
from copydesk_classroom.releasing.contents import release_toml
from tests.classroom.made_class import full, handin, put

NOTHING = "No due date, weights or grades of texts were used."
RELEASED = release_toml(Edition("News", parse_due("2026-02-01"), story="practice")).encode()


@pytest.fixture
def dropped(tmp_path: Path) -> Path:
    put(tmp_path / "in" / "handin_ada.json", handin("Ada Lund", full()))
    return tmp_path / "in"


def graded(dropped: Path) -> tuple[dict[str, Any], dict[str, str]]:
    """What came back, and the learner's row of grades.csv."""
    made = grade_dropped(str(dropped), str(dropped.parent / "out"), lambda *_: None)
    if "error" in made:
        return made, {}
    packed = zipfile.ZipFile(io.BytesIO(made["zip"]))
    (row,) = csv.DictReader(io.StringIO(packed.read("grades.csv").decode("utf-8-sig")))
    assert len(packed.read("problems.csv").splitlines()) == 1, "a setting is no hand-in that cannot be read"
    return made, row


def test_without_settings_it_says_so(dropped: Path) -> None:
    made, row = graded(dropped)
    assert made["lines"][-1] == NOTHING and not row["late"]
    assert made["lines"][0] == "Learners graded: 1, on 00 Start here.", "lessons go by their titles"
    assert not [line for line in made["lines"] if "--" in line or str(dropped.parent) in line]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("due.txt", b"2026-02-01T12:00\n", "the due date that you gave, 1 February 2026, 12:00"),
        ("due.txt", b"\xef\xbb\xbf2026-02-01", "the due date that you gave, 1 February 2026"),
        ("release.toml", RELEASED, "the due date of the edition, 1 February 2026"),
    ],
)
def test_a_due_date_makes_late_what_came_later(dropped: Path, name: str, content: bytes, said: str) -> None:
    put(dropped / name, content)
    made, row = graded(dropped)
    assert made["lines"][-1] == f"Used for these grades: {said}." and row["late"] == "late"


def test_the_edition_of_the_website_brings_its_due_date(
    dropped: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "site" / "copydesk" / "release.toml", RELEASED)
    monkeypatch.setattr(in_browser, "files", lambda package: tmp_path / "site" / package)
    made, row = graded(dropped)
    assert made["lines"][-1].startswith("Used for these grades: the due date of the edition") and row["late"] == "late"
    put(dropped / "due.txt", b"2026-12-31")
    made, row = graded(dropped)
    assert (
        made["lines"][-1] == "Used for these grades: the due date that you gave, 31 December 2026." and not row["late"]
    )


@pytest.mark.parametrize(
    ("name", "content"),
    [("weights.csv", b"exercise,factor\n00_start_here,2\n"), ("weights.toml", b"00_start_here = 2\n")],
)
def test_weights_are_those_that_the_command_takes(dropped: Path, name: str, content: bytes) -> None:
    before = float(graded(dropped)[1]["possible"])
    put(dropped / name, content)
    made, row = graded(dropped)
    assert made["lines"][-1] == f"Used for these grades: the weights in {name}."
    assert float(row["possible"]) == 2 * before


def test_weights_in_a_folder_may_be_a_learners_and_do_not_count(dropped: Path) -> None:
    before = graded(dropped)[1]["possible"]
    put(dropped / "ada" / "weights.csv", b"exercise,factor\n00_start_here,2\n")
    made = grade_dropped(str(dropped), str(dropped.parent / "out"), lambda *_: None)
    assert made["lines"][-1] == NOTHING and made["rows"][0]["possible"] == before


def test_grades_of_texts_come_in_the_folder_of_the_grading_desk(dropped: Path) -> None:
    GradeFile(dropped / "grades", "first").set_points("practice/00_start_here/none/1f", "claim", 2)
    made, _ = graded(dropped)
    assert made["lines"][-1] == "Used for these grades: what first gave texts."


def test_a_folder_named_grades_may_hold_the_class(dropped: Path) -> None:
    put(dropped / "grades" / "handin_ada.json", (dropped / "handin_ada.json").read_bytes())
    (dropped / "handin_ada.json").unlink()
    made, row = graded(dropped)
    assert made["lines"][-1] == NOTHING and row["name"] == "Ada Lund"


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"due.txt": b"soon"}, "'soon' is no date; write 2027-03-01 or 2027-03-01T23:59"),
        ({"weights.csv": b"x"}, "weights.csv needs two columns; write exercise,factor on each line"),
        (
            {"weights.csv": b"", "weights.toml": b""},
            "there are two files with weights; keep weights.csv or weights.toml",
        ),
    ],
)
def test_what_cannot_be_used_is_said_in_one_sentence(dropped: Path, files: dict[str, bytes], said: str) -> None:
    for name, content in files.items():
        put(dropped / name, content)
    assert graded(dropped)[0] == {"error": said}
