"""Rosters, names and folders as courses have them: every case of `tests/fixtures/classes`, graded by the command."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from copydesk.base.errors import CopydeskError
from copydesk.cli import main
from copydesk_classroom.collecting.roster import headings, read_roster
from copydesk_classroom.wording import class_wording
from tests.classroom.made_class import document, entry, handin, put, rows

CASES = Path(__file__).resolve().parents[1] / "fixtures" / "classes"
FOUND = [
    pytest.param(case, id=f"{path.stem}/{case['name']}")
    for path in sorted(CASES.glob("*.toml"))
    for case in tomllib.loads(path.read_text("utf-8"))["case"]
]
RIGHT = {"choices": {"p1.s1": "reporter"}}


@pytest.mark.parametrize("case", FOUND)
def test_each_file_finds_its_owner(case: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    at = case.get("at", "2026-03-01T10:00:00Z")
    for number, (path, typed) in enumerate(case["files"].items()):
        times = {"created": f"2026-02-01T0{number}:00:00Z", "changed": at}
        put(tmp_path / "in" / path, handin(typed, document({"voices": entry(RIGHT, at=at)}, **times), made=at))
    roster = put(tmp_path / "r.csv", case["roster"].encode(case.get("encoding", "utf-8")))
    due = ["--due", case["due"]] if "due" in case else []
    main(["grade", str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--roster", str(roster), "--quiet", *due])
    told = "late" if due else "status"
    assert {r["name"]: r[told] for r in rows(tmp_path / "out" / "grades.csv")} == case["expect"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Tunnus;Nimetus\n1;2\n", r"no column that names a learner \(it has: Tunnus, Nimetus\)"),
        (
            "ID;Xyz;Abc\ns1;Ada;Lund\n",
            r"headings that are not known \(Xyz, Abc\).*call the column with the names “name”",
        ),
        ("id,name\n1.23E+11,Ada\n", r"cut the id 1.23E\+11; format that column as text"),
        ("", "is empty"),
    ],
)
def test_what_cannot_be_read_is_an_error_that_names_it(text: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(CopydeskError, match=says):
        [*read_roster(put(tmp_path / "r.csv", text.encode())).pupils()]


def test_a_file_that_is_too_large_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    with path.open("wb") as file:
        file.truncate(20_000_001)
    with pytest.raises(CopydeskError, match="larger than 20 MB"):
        read_roster(path)


@pytest.mark.parametrize("data", [b"a\n" * 60_000, b"a\r" * 60_000, b"," * 600_000, b"a;b\n" * 400_000])
def test_a_file_of_very_many_cells_is_refused(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_bytes(b"id,name\n" + data)
    with pytest.raises(CopydeskError, match="too many cells"):
        read_roster(tmp_path / "r.csv")


def test_no_heading_has_two_meanings() -> None:
    languages = class_wording("rosters")["headings"].values()
    listed = [h for known in languages for field, hs in known.items() if field != "hidden" for h in hs]
    assert len(headings()) == len(listed) and {"identifier", "vollständigername"} <= {*headings()}
