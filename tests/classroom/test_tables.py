"""The tables: what platforms import, and cells that no spreadsheet runs."""

import csv
import io
import json
from pathlib import Path

import pytest

from copydesk_classroom.csv_files import CsvFile
from copydesk_classroom.csv_files import put as put_bytes
from copydesk_classroom.grading.grade import grade
from copydesk_classroom.safe_text import file_name, one_line, paragraphs
from tests.classroom.made_class import document, entry, full, handin, lesson, put, rows

FORMULAS = [
    "x;=1+1;y",
    'x;"=1+1";y',
    "x; =1+1",
    "x;;@SUM(A1)",
    "a\t-1",
    "a|+1",
    "a, =1",
    "-;=1",
    "--1",
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "=cmd|'/C calc'!A0",
    "＝1+1",
    " =1+1",
    '=HYPERLINK("x")',
]


def read(path: Path) -> list[list[str]]:
    return [*csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline=""))]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.mark.parametrize("name", FORMULAS)
def test_no_cell_starts_as_a_formula(name: str, tmp_path: Path, out: Path) -> None:
    put(tmp_path / "in" / "=1+1.json", handin(name, full()))
    put(tmp_path / "in" / "@bad.json", b"{")
    put(tmp_path / "in" / "-other.zip", b"x")
    roster = put(tmp_path / "r.csv", json.dumps(name).encode().join([b"id,name,section\n=2,", b",+3\n"]))
    grade(tmp_path / "in", out, roster=roster, assignment="=Copydesk")
    for path in out.glob("*.csv"):
        text = path.read_bytes().decode("utf-8-sig")
        for separator in ",;\t|":  # a spreadsheet splits where its language has it
            found = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
            cells = [c for row in found for c in row if c not in ("", "-")]  # a dash alone is no formula
            signs = ("=", "+", "-", "@", "\t", "\r", "＝")
            assert cells and not [c for c in cells if c.lstrip(' "').startswith(signs)], (path, separator)
            assert not any("\n" in c or "\r" in c for c in cells)


def test_numbers_stay_numbers(tmp_path: Path) -> None:
    with CsvFile(tmp_path / "t.csv") as file:
        file.add([(0, 1.5, -2, None, "", "a", "-2")])
    assert (tmp_path / "t.csv").read_text(encoding="utf-8-sig") == "0,1.5,-2,,,a,'-2\n"


def test_moodle_gets_what_its_import_asks_for(tmp_path: Path, out: Path) -> None:
    put(tmp_path / "in" / "Zoë Ñandú_1234567_assignsubmission_file" / "h.json", handin("", full()))
    text = "Identifier,Full name,Email address\n" + "".join(
        f"Participant {n},{name},{name[0].lower()}@example.org\n" for n, name in ((1234567, "Zoë"), (7654321, "Max"))
    )
    grade(tmp_path / "in", out, roster=put(tmp_path / "r.csv", text.encode()))
    possible = str(sum(e.points for e in lesson().exercises))
    assert not (out / "grades_moodle.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert read(out / "grades_moodle.csv") == [
        ["Identifier", "Full name", "Email address", "Grade", "Maximum Grade", "Last modified (grade)"],
        ["Participant 7654321", "Max", "m@example.org", "", f"{float(possible)}", ""],
        ["Participant 1234567", "Zoë", "z@example.org", f"{float(possible)}", f"{float(possible)}", ""],
    ]


def test_canvas_gets_what_its_import_asks_for(tmp_path: Path, out: Path) -> None:
    put(tmp_path / "in" / "nanduzoe_12345_67890_h.json", handin("", full()))
    text = 'Student,ID,SIS User ID,SIS Login ID,Section\n    Points Possible,,,,\n"Nandu, Zoe",12345,s1,zoe,A\n'
    grade(tmp_path / "in", out, roster=put(tmp_path / "r.csv", text.encode()), assignment="Copydesk (77)")
    possible = str(float(sum(e.points for e in lesson().exercises)))
    assert read(out / "grades_canvas.csv") == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Copydesk (77)"],
        ["Points Possible", "", "", "", "", possible],
        ["Nandu, Zoe", "12345", "s1", "zoe", "A", possible],
    ]


def test_a_row_a_learner_in_the_order_of_names(tmp_path: Path, out: Path) -> None:
    for name in ("Óscar", "oda", "Zoë", "Anna"):
        put(tmp_path / "in" / f"{name}.json", handin(name, full(created=name)))
    grade(tmp_path / "in", out)
    found = rows(out / "grades.csv")
    assert [r["name"] for r in found] == ["Anna", "oda", "Óscar", "Zoë"]
    assert all((out / r["feedback"]).is_file() for r in found)


def test_file_names_suit_every_system_and_never_meet() -> None:
    names = [
        "CON",
        "con",
        "nul.txt",
        "a/b",
        "a\\b",
        "a:b",
        "",
        ".",
        "..",
        "x" * 500,
        "Zoë",
        "zoë",
        "😀",
        "a\u202eb",
        "a ",
        "a.",
    ]
    made = [file_name(n, f"name:{n}") for n in names]
    assert len({m.casefold() for m in made}) == len(names)
    for name in made:
        assert name.endswith(".html") and len(name.encode()) < 120 and not set(name) & set('<>:"/\\|?*\0')
        assert name.partition("-")[0].upper() not in {"CON", "NUL"} or "-" in name
        assert name.isprintable() and not name.startswith(".")


def test_lines_are_cut_and_prose_keeps_its_lines() -> None:
    assert one_line("a\u2028b\n\tc" + "x" * 500, most=20) == "a b c" + "x" * 14 + "…"
    assert paragraphs("one\r\ntwo\x07\nthree\ud800") == "one\ntwo \nthree"
    assert len(paragraphs("x" * 99_999)) == 20_000


def test_a_file_that_is_the_same_is_not_written_again(tmp_path: Path) -> None:
    put_bytes(tmp_path / "a", b"1")
    before = (tmp_path / "a").stat().st_mtime_ns
    put_bytes(tmp_path / "a", b"1")
    assert (tmp_path / "a").stat().st_mtime_ns == before
    put_bytes(tmp_path / "a", b"2")
    assert (tmp_path / "a").read_bytes() == b"2" and [p.name for p in tmp_path.iterdir()] == ["a"]


def test_free_text_is_marked_as_checked_in_form_only(tmp_path: Path, out: Path) -> None:
    texts = {"texts": {"whose": "the harbour master", "how": "plainly put here", "what": "a ferry was repaired"}}
    put(tmp_path / "in" / "a.json", handin("A", document({"routine": entry(texts)})))
    grade(tmp_path / "in", out)
    row = next(r for r in rows(out / "exercises.csv") if r["exercise"] == "routine")
    assert (row["status"], row["score"], row["type"]) == ("form only", "1.0", "write")
