"""Moodle there and back: the worksheet that was given, filled in, and feedback pages, by the rules of the importers."""

import csv
import io
import zipfile
from pathlib import Path

import pytest

from copydesk.cli import main
from copydesk_classroom.grading.grade import grade
from tests.classroom.made_class import best, data, document, entry, full, handin, put, rows

HEAD = (
    *("ID", "Vollständiger Name", "E-Mail-Adresse", "Status", "Bewertung", "Bestwertung"),
    *("Bewertung kann geändert werden", "Zuletzt geändert (Abgabe)", "Zuletzt geändert (Bewertung)"),
    "Feedback als Kommentar",
)
COMMENT = "- gut,\n  aber kurz"
GIVEN = [
    HEAD,
    ("Teilnehmer/in71", "Zoë_Ñandú", "z@example.org", "Abgegeben", "", "50,00", "Ja", "Sonntag, 1. März", "-", COMMENT),
    ("Teilnehmer/in72", "Max Roe", "m@example.org", "Keine Abgabe", "12,50", "50,00", "Ja", "-", "Montag, 2. März", ""),
    ("Teilnehmer/in73", "Ada Lund", "a@example.org", "Abgegeben", "", "50,00", "Ja", "-", "-", ""),
]
HALF = document({"first_mark": entry(best("first_mark"))})


@pytest.fixture
def worksheet(tmp_path: Path) -> Path:
    """A German worksheet with the class of three; the first and the last handed in."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(GIVEN)
    put(tmp_path / "in" / "Zoë Ñandú_71_assignsubmission_file" / "h.json", handin("", full()))
    put(tmp_path / "in" / "Ada Lund_73_assignsubmission_file" / "h.json", handin("", HALF))
    return put(tmp_path / "Bewertungen.csv", text.getvalue().encode("utf-8-sig"))


def read(path: Path) -> list[list[str]]:
    return [*csv.reader(io.StringIO(path.read_bytes().decode("utf-8"), newline=""))]


def test_the_worksheet_comes_back_as_it_was_with_the_grades_in_it(worksheet: Path, tmp_path: Path) -> None:
    summary = grade(tmp_path / "in", tmp_path / "out", roster=worksheet)
    percent = {r["name"]: float(r["percent"]) for r in rows(tmp_path / "out" / "grades.csv") if r["percent"]}
    found = read(tmp_path / "out" / "grades_moodle.csv")
    assert not (tmp_path / "out" / "grades_moodle.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert [row[4] for row in found] == ["Bewertung", "50,00", "12,50", found[3][4]]
    assert float(found[3][4].replace(",", ".")) == pytest.approx(percent["Ada Lund"] / 2, abs=0.06)
    for row, given in zip(found, GIVEN, strict=True):
        assert [cell for n, cell in enumerate(row) if n != 4] == [cell for n, cell in enumerate(given) if n != 4]
    assert summary.worksheet and summary.scales == (50.0,)


def test_another_scale_and_what_is_said_of_it(
    worksheet: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["grade", str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--roster", str(worksheet)]
    assert main(options) == 0 and "points are scaled to: 50" in capsys.readouterr().out
    assert main([*options, "--scale", "20"]) == 0 and "points are scaled to: 20" in capsys.readouterr().out
    assert read(tmp_path / "out" / "grades_moodle.csv")[1][4] == "20,00"
    assert main([*options, "--scale", "0"]) == 1 and "cannot be scaled to 0" in capsys.readouterr().err


def test_without_a_worksheet_the_scale_counts_too(tmp_path: Path) -> None:
    put(tmp_path / "in" / "Zoë Ñandú_71_assignsubmission_file" / "h.json", handin("", full()))
    grade(tmp_path / "in", tmp_path / "out", scale=100)
    assert read(tmp_path / "out" / "grades_moodle.csv")[1][3:5] == ["100.0", "100"]
    assert not (tmp_path / "out" / "feedback_moodle.zip").exists()


def receiver(name: str) -> tuple[str, str] | None:
    """Whose a file is, and its name, by the rules of Moodle's importer (mod/assign/feedback/file/importziplib.php)."""
    parts = name.split("/")
    while parts:
        if parts[-1].startswith((".", "~")):
            return None
        info = parts.pop(0).split("_", 4)
        if len(info) >= 4 and info[1].isdecimal() and info[2:4] == ["assignsubmission", "file"]:
            return info[1], "/".join([*info[4:5], *parts])
    return None


def test_the_feedback_zip_is_taken_by_moodles_importer(worksheet: Path, tmp_path: Path) -> None:
    grade(tmp_path / "in", tmp_path / "out", roster=worksheet)
    before = (tmp_path / "out" / "feedback_moodle.zip").read_bytes()
    pages = {
        r["name"]: tmp_path / "out" / r["feedback"] for r in rows(tmp_path / "out" / "grades.csv") if r["feedback"]
    }
    with zipfile.ZipFile(io.BytesIO(before)) as file:
        found = {receiver(name): file.read(name) for name in file.namelist()}
    assert found == {
        ("71", "feedback.html"): pages["Zoë_Ñandú"].read_bytes(),
        ("73", "feedback.html"): pages["Ada Lund"].read_bytes(),
    }
    grade(tmp_path / "in", tmp_path / "out", roster=worksheet)
    assert (tmp_path / "out" / "feedback_moodle.zip").read_bytes() == before


CANVAS = """Student,ID,SIS User ID,SIS Login ID,Section,Lesson 00 (991)
    Points Possible,,,,,10
"Ñandú, Zoë",12345,u1,zoe,News 1,
"Student, Test",99999,,,News 1,
"""


def test_canvas_gets_a_column_per_lesson_and_no_test_student(tmp_path: Path) -> None:
    """By the rules of lib/gradebook_importer.rb: the heads, then the points possible, then a row per student."""
    other = document({}, story="greywater-barrage", lesson="08_your_own_brief", sha256="")
    put(tmp_path / "in" / "ñandúzoë_12345_1_h.json", data(handin("", full(), other, story="", schema=2)))
    roster = put(tmp_path / "r.csv", CANVAS.encode())
    grade(tmp_path / "in", tmp_path / "out", roster=roster)
    heads, possible, *students = read(tmp_path / "out" / "grades_canvas.csv")
    assert heads == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Lesson 00 (991)", "08_your_own_brief"]
    assert possible[0] == "Points Possible" and possible[5] == "10.0" and float(possible[6]) > 0
    assert students == [["Ñandú, Zoë", "12345", "u1", "zoe", "News 1", "10.0", "0.0"]]


def test_an_id_of_another_platform_is_not_given_out_as_canvass(tmp_path: Path) -> None:
    put(tmp_path / "in" / "77" / "h.json", handin("", full()))
    grade(tmp_path / "in", tmp_path / "out", roster=put(tmp_path / "r.csv", b"id,name\n77,Ada Lund\n"))
    assert read(tmp_path / "out" / "grades_canvas.csv")[2][:3] == ["Ada Lund", "", "77"]
