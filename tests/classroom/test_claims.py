"""Several people under one name: nobody's work is merged with another's, and nobody's is graded as another's."""

from pathlib import Path
from typing import Any

import pytest

from copydesk_classroom.grading.grade import grade
from tests.classroom.made_class import best, document, entry, full, handin, percent, put, rows

ROSTER = b"id,name\ns1,Max Roe\ns2,Ada Lund\n"
HALF = document({"first_mark": entry(best("first_mark"))}, created="2026-02-01T08:00:00Z")
WHOLE = full()
MINE, THEIRS = handin("Max Roe", WHOLE), handin("max roe", HALF)
Row = tuple[str, str, str]


def graded(tmp_path: Path, files: dict[str, Any], roster: bytes | None = ROSTER, **options: Any) -> set[Row]:
    """Name, status and percentage of everybody but Ada Lund."""
    for name, content in files.items():
        put(tmp_path / "in" / name, content)
    path = put(tmp_path / "r.csv", roster) if roster else None
    grade(tmp_path / "in", tmp_path / "out", roster=path, **options)
    found = rows(tmp_path / "out" / "grades.csv")
    return {(r["name"], r["status"], r["percent"]) for r in found if r["name"] != "Ada Lund"}


def reported(tmp_path: Path) -> set[str]:
    return {p["file"] for p in rows(tmp_path / "out" / "problems.csv") if p["what"] == "name used by several"}


APART = {
    ("Max Roe (1)", "name used by several", percent(HALF)),
    ("Max Roe (2)", "name used by several", "100.0"),
}
UNCLEAR = ("Max Roe", "name used by several", "")
TWO = {
    "one typed name": {"a.json": MINE, "b.json": THEIRS},
    "two folders of answers": {
        "x/answers/practice/00_start_here.json": {**WHOLE, "learner": "Max Roe"},
        "y/answers/practice/00_start_here.json": {**HALF, "learner": "Max Roe"},
    },
    "namesakes on Brightspace": {
        "11-90 - Max Roe - Mar 1, 2026 1000 AM/h.json": handin("", WHOLE),
        "12-90 - Max Roe - Mar 1, 2026 1001 AM/h.json": handin("", HALF),
    },
    "namesakes on Canvas": {"roemax_11_1_h.json": handin("", WHOLE), "roemax_12_2_h.json": handin("", HALF)},
    "namesakes on Moodle": {
        "Max Roe_11_assignsubmission_file/h.json": handin("", WHOLE),
        "Max Roe_12_assignsubmission_file/h.json": handin("", HALF),
    },
    "a copy of another's file": {
        "11-90 - Max Roe - Mar 1, 2026 1000 AM/h.json": handin("", HALF),
        "12-90 - Max Roe - Mar 1, 2026 1001 AM/h.json": handin("", WHOLE),
    },
}


@pytest.mark.parametrize("kind", TWO)
def test_two_people_of_one_name_stay_apart_and_are_listed(kind: str, tmp_path: Path) -> None:
    assert graded(tmp_path, TWO[kind]) == APART | {UNCLEAR}
    assert reported(tmp_path) == {*TWO[kind]}
    for imported in ("grades_moodle.csv", "grades_canvas.csv"):
        assert "Max Roe" not in (tmp_path / "out" / imported).read_text("utf-8")


def test_also_without_a_roster(tmp_path: Path) -> None:
    assert graded(tmp_path, TWO["one typed name"], roster=None) == APART and reported(tmp_path) == {"a.json", "b.json"}


@pytest.mark.parametrize(
    "files",
    [
        {
            "a.json": MINE,
            "b.json": handin("Max Roe", {**HALF, "created": WHOLE["created"]}, made="2026-02-01T00:00:00Z"),
        },
        {"a.json": MINE, "b.json": handin("Max Roe", document({}, created="2026-02-02T00:00:00Z"))},
        {"Max Roe/a.json": MINE, "Max Roe/b.json": handin("", HALF, made="2026-02-01T00:00:00Z")},
        {
            "week1/Max Roe_11_assignsubmission_file/h.json": handin("", WHOLE),
            "week2/Max Roe_12_assignsubmission_file/h.json": handin("", WHOLE, made="2026-03-02T00:00:00Z"),
        },
        {
            "11-90 - Max Roe - Mar 1, 2026 1000 AM/h.json": handin("", HALF),
            "11-90 - Max Roe - Mar 2, 2026 1000 AM/h.json": handin("", WHOLE),
        },
    ],
)
def test_one_person_who_hands_in_twice_stays_one(files: dict[str, Any], tmp_path: Path) -> None:
    assert graded(tmp_path, files) == {("Max Roe", "graded", "100.0")} and reported(tmp_path) == set()


def test_a_typed_name_takes_nothing_from_a_file_with_the_id(tmp_path: Path) -> None:
    files = {"s1/h.json": handin("", WHOLE), "b.json": {**THEIRS, "made": "2027-01-01T00:00:00Z"}}
    found = graded(tmp_path, files)
    assert found == {("Max Roe", "graded", "100.0"), ("Max Roe (1)", "name used by several", percent(HALF))}
    assert reported(tmp_path) == {"b.json"}


def test_what_to_do_about_it_works_and_the_next_run_forgets(tmp_path: Path) -> None:
    graded(tmp_path, TWO["one typed name"])
    (tmp_path / "in" / "s1").mkdir()
    (tmp_path / "in" / "a.json").rename(tmp_path / "in" / "s1" / "a.json")
    (tmp_path / "in" / "b.json").unlink()
    assert graded(tmp_path, {}) == {("Max Roe", "graded", "100.0")}
    assert len([*(tmp_path / "out" / "feedback").iterdir()]) == 1


def test_the_summary_counts_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from copydesk.cli import main

    for name, content in TWO["one typed name"].items():
        put(tmp_path / "in" / name, content)
    roster = put(tmp_path / "r.csv", ROSTER)
    assert main(["grade", str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--roster", str(roster)]) == 0
    said = capsys.readouterr().out
    assert (
        "Learners graded: 2" in said and "Several people use one name; graded apart, and in no import file: 2." in said
    )
