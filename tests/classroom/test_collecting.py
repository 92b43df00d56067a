"""Whose is it: platforms' file names, rosters, names in hand-ins, folders; and which of several tries counts."""

from pathlib import Path
from typing import Any

import pytest

from copydesk_classroom.grading.grade import grade
from tests.classroom.made_class import (
    LESSON,
    STORY,
    best,
    data,
    document,
    entry,
    full,
    handin,
    lesson,
    percent,
    put,
    rows,
    zipped,
)

HALF = document({"first_mark": entry(best("first_mark"))})
OTHER = document({"voices": entry(best("voices"))})
ROSTER = "id,name,email\ns1,Zoë Ñandú,zoe@example.org\ns2,Max Roe,max@example.org\ns3,Ann Lee,ann.lee@example.org\n"


def graded(folder: Path, **options: Any) -> dict[str, dict[str, str]]:
    """The rows of grades.csv by the learner's name."""
    grade(folder, folder.parent / "out", **options)
    found = rows(folder.parent / "out" / "grades.csv")
    assert len({r["name"] for r in found}) == len(found)
    return {r["name"]: r for r in found}


def problems(folder: Path) -> list[dict[str, str]]:
    return rows(folder.parent / "out" / "problems.csv")


def times(folder: Path) -> dict[str, tuple[str, str, str]]:
    """When each lesson of the one learner was changed and handed in, and whether it was late."""
    found = rows(folder.parent / "out" / "times.csv")
    return {r["lesson"]: (r["last change"], r["handed in"], r["late"]) for r in found}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    return put(tmp_path / "roster.csv", ROSTER.encode())


LAYOUTS = {
    "Moodle, folders": ["Zoë Ñandú_1234567_assignsubmission_file/handin.json"],
    "Moodle, folders of old": ["Zoë Ñandú_1234567_assignsubmission_file_/answers/handin.json"],
    "Moodle, flat": ["Zoë Ñandú_1234567_assignsubmission_file_handin.json"],
    "Canvas": ["ñandúzoë_12345_67890_handin_anonymous.json"],
    "Canvas, late and again": ["ñandúzoë_LATE_12345_67890_handin_anonymous-1.json"],
    "a folder with the name": ["Zoë Ñandú/handin_anonymous.json"],
    "a folder, last name first": ["Nandu, Zoe/handin_anonymous.json"],
    "a folder with the id": ["s1/work/handin_anonymous.json"],
    "a folder with the login": ["zoe/handin_anonymous.json"],
    "a file with the name": ["handin_Zoë_Ñandú.json"],
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("in_zip", [False, True])
def test_a_learner_on_the_roster_is_found(layout: str, in_zip: bool, folder: Path, roster: Path) -> None:
    files = {name: data(handin("", full())) for name in LAYOUTS[layout]}
    if in_zip:
        put(folder / "download.zip", zipped(files))
    else:
        for name, content in files.items():
            put(folder / name, content)
    found = graded(folder, roster=roster)
    assert (found["Zoë Ñandú"]["id"], found["Zoë Ñandú"]["percent"]) == ("s1", "100.0")
    assert found["Zoë Ñandú"]["late"] == ("late" if "late" in layout else "")
    assert {n: r["status"] for n, r in found.items()} == {
        "Zoë Ñandú": "graded",
        "Max Roe": "missing",
        "Ann Lee": "missing",
    }


def test_an_answers_folder_beside_notebooks_and_pictures_is_one_learners(folder: Path, roster: Path) -> None:
    home = folder / "course" / "max"
    put(home / "answers" / STORY / f"{LESSON}.json", full())
    put(home / "answers" / STORY / f"{LESSON}.damaged-20260101.json", b"{")
    put(home / "answers" / STORY / f".{LESSON}.json.lock", b"")
    put(home / "answers" / "learner.json", {"schema": 1, "learner": "Max Roe"})
    put(home / "notebooks" / "00_start_here.ipynb", {"nbformat": 4, "cells": []})
    put(home / "notebooks" / "picture.png", b"\x89PNG")
    found = graded(folder, roster=roster)
    assert found["Max Roe"]["percent"] == "100.0" and problems(folder) == []


def test_without_a_roster_the_name_in_the_hand_in_counts_and_nobody_is_a_stranger(folder: Path) -> None:
    put(folder / "group 1" / "a.json", handin("Zoë Ñandú", full()))
    put(folder / "group 2" / "b.json", handin("Max Roe", HALF))
    found = graded(folder)
    assert {n: r["status"] for n, r in found.items()} == {"Zoë Ñandú": "graded", "Max Roe": "graded"}


def test_who_is_not_on_the_roster_is_graded_and_marked(folder: Path, roster: Path) -> None:
    put(folder / "handin_x.json", handin("Somebody Else", full()))
    summary = grade(folder, folder.parent / "out", roster=roster)
    assert (summary.strangers, summary.missing) == (1, 3)
    stranger = next(r for r in rows(folder.parent / "out" / "grades.csv") if r["name"] == "Somebody Else")
    assert (stranger["status"], stranger["percent"]) == ("not on the roster", "100.0")
    for imported in ("grades_moodle.csv", "grades_canvas.csv"):
        assert "Somebody" not in (folder.parent / "out" / imported).read_text("utf-8")


def test_what_a_learner_writes_never_beats_what_the_platform_wrote(folder: Path, roster: Path) -> None:
    mine = "Max Roe_7_assignsubmission_file"
    put(folder / mine / "Zoë Ñandú_8_assignsubmission_file" / "handin.json", handin("Zoë Ñandú", full()))
    put(folder / mine / "s1" / "handin.json", handin("Ann Lee", HALF))
    found = graded(folder, roster=roster)
    assert found["Max Roe"]["status"] == "graded"
    assert found["Zoë Ñandú"]["status"] == found["Ann Lee"]["status"] == "missing"


def test_two_of_one_name_are_told_apart_by_id_only(folder: Path, tmp_path: Path) -> None:
    two = put(tmp_path / "r.csv", b"Student ID;Full name\nx1;Jo Kim\nx2;Jo Kim\n")
    put(folder / "x1" / "handin.json", handin("Jo Kim", full()))
    put(folder / "handin_b.json", handin("Jo Kim", HALF))
    grade(folder, tmp_path / "out", roster=two)
    found = {(r["id"], r["status"]): r for r in rows(tmp_path / "out" / "grades.csv")}
    assert found[("x1", "graded")]["percent"] == "100.0"
    assert found[("x2", "missing")]["points"] == "" and ("", "not on the roster") in found


def test_nameless_hand_ins_in_one_folder_are_never_mixed(folder: Path) -> None:
    put(folder / "inbox" / "handin_anonymous.json", handin("", full()))
    put(folder / "inbox" / "handin_anonymous_2.json", handin("", HALF))
    put(folder / "lonely" / "handin_anonymous.json", handin("", OTHER))
    found = graded(folder)
    assert {n: r["percent"] for n, r in found.items()} == {
        "handin_anonymous.json": "100.0",
        "handin_anonymous_2.json": percent(HALF),
        "lonely": percent(OTHER),
    }
    assert [p["what"] for p in problems(folder)] == ["note"] * 3


@pytest.mark.parametrize(
    ("header", "line"),
    [
        ("Identifier,Full name,Email address", "Participant 1234567,Zoë Ñandú,z@example.org"),
        ("Student,ID,SIS User ID,SIS Login ID,Section", '"Ñandú, Zoë",12345,s1,zoe,A'),
        ("Last name;First name;ID number", "Ñandú;Zoë;s1"),
        ("E-Mail\tName", "zoe@example.org\tZoë Ñandú"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_rosters_come_as_platforms_export_them(header: str, line: str, encoding: str, folder: Path) -> None:
    text = f"{header}\n    Points Possible,,,,\n{line}\n" if "SIS" in header else f"{header}\n{line}\n"
    path = put(folder.parent / "roster.csv", text.encode(encoding))
    put(folder / "Zoë Ñandú" / "handin.json", handin("", full()))
    found = rows(folder.parent / "out" / "grades.csv") if grade(folder, folder.parent / "out", roster=path) else []
    assert len(found) == 1 and found[0]["status"] == "graded" and "Zo" in found[0]["name"]


class TestTries:
    FIRST = handin("Zoë", full(), made="2026-03-01T10:00:00Z")
    SECOND = handin("Zoë", HALF, made="2026-03-02T10:00:00Z")

    def test_the_last_counts_or_the_best(self, folder: Path) -> None:
        put(folder / "b.json", self.FIRST)
        put(folder / "a.json", self.SECOND)
        assert graded(folder)["Zoë"]["percent"] == percent(HALF)
        assert graded(folder, policy="best")["Zoë"]["percent"] == "100.0"

    def test_what_was_done_in_other_files_adds_up(self, folder: Path) -> None:
        put(folder / "a.json", handin("Zoë", full(lesson="00_start_here")))
        put(folder / "b.json", handin("Zoë", document({}, lesson="00_start_here"), made="2026-01-01T00:00:00Z"))
        assert graded(folder)["Zoë"]["percent"] == "100.0"

    def test_the_same_file_twice_is_one_try(self, folder: Path) -> None:
        put(folder / "a.json", self.FIRST)
        put(folder / "copy" / "a (1).json", self.FIRST)
        assert list(graded(folder, policy="best")) == ["Zoë"] and problems(folder) == []

    def test_the_same_work_under_two_names_is_noted_and_not_judged(self, folder: Path) -> None:
        put(folder / "a.json", handin("Zoë", full()))
        put(folder / "b.json", handin("Max", full()))
        found = graded(folder)
        assert found["Zoë"]["percent"] == found["Max"]["percent"] == "100.0"
        notes = problems(folder)
        assert [(p["what"], p["learner"]) for p in notes] == [("note", "Zoë"), ("note", "Max")]
        assert "Max" in notes[0]["why"] and "before you conclude anything" in notes[0]["what to do"]

    def test_blank_work_is_nobodys_copy(self, folder: Path) -> None:
        put(folder / "a.json", handin("Zoë", document({})))
        put(folder / "b.json", handin("Max", document({})))
        graded(folder)
        assert problems(folder) == []

    @pytest.mark.parametrize(
        ("due", "late"), [("2026-03-02", ""), ("2026-03-01", "late"), ("2026-03-02T09:00Z", "late")]
    )
    def test_late_by_the_recorded_time(
        self, due: str, late: str, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TZ", "UTC")
        put(folder / "a.json", handin("Zoë", {**HALF, "changed": "2026-03-02T10:00:00Z"}, made="2026-04-01T10:00:00Z"))
        assert graded(folder, due=due)["Zoë"]["late"] == late
        assert times(folder) == {LESSON: ("2026-03-02T10:00:00Z", "2026-04-01T10:00:00Z", late)}

    def test_late_lesson_by_lesson(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TZ", "UTC")
        others = lesson("02_who_says_so", "baltics-2022")
        about = {"story": "baltics-2022", "lesson": "02_who_says_so", "sha256": others.story.about["sha256"]}
        later = document({"exit": entry(best("exit", others))}, **about, changed="2026-03-09T10:00:00Z")
        put(folder / "a.json", handin("Zoë", HALF, later, story="", schema=2, made="2026-04-01T10:00:00Z"))
        assert graded(folder, due="2026-03-02")["Zoë"]["late"] == "late"
        assert {name: late for name, (_, _, late) in times(folder).items()} == {LESSON: "", "02_who_says_so": "late"}
        assert graded(folder, due="2026-03-02", lessons=["00"])["Zoë"]["late"] == ""

    def test_what_was_in_time_once_is_not_late_when_it_is_handed_in_again(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TZ", "UTC")
        for day in (1, 9):
            put(folder / f"W_zoe_attempt_2026-03-0{day}-10-00-00_h.json", handin("", HALF))
        assert graded(folder, due="2026-03-02")["zoe"]["late"] == ""

    @pytest.mark.parametrize("name", ["W_zoe_attempt_2026-03-02-10-00-00_h.json", "Ñandú, Zoë(zoe)/Submission/h.json"])
    def test_the_platforms_time_counts_and_one_that_contradicts_it_is_noted(
        self, name: str, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TZ", "UTC")
        put(folder / name, handin("", {**HALF, "changed": "2026-03-20T10:00:00Z"}))
        put(folder / "Ñandú, Zoë(zoe)" / "timestamp.txt", b"20260302100000000")
        (row,) = graded(folder, due="2026-03-02").values()
        assert row["late"] == "" and times(folder)[LESSON][1] == "2026-03-02T10:00:00Z"
        (note,) = (p for p in problems(folder) if p["what"] == "note")
        assert note["file"] == name and f"{LESSON}: 2026-03-20T10:00:00Z, 2026-03-02T10:00:00Z" in note["why"]
        put(folder / name, handin("", HALF))
        assert graded(folder, due="2026-03-01")[row["name"]]["late"] == "late" and problems(folder) == []

    def test_the_version_before_counts_if_the_last_is_damaged(self, folder: Path) -> None:
        place = folder / "zoe" / "answers" / STORY
        put(place / f"{LESSON}.json", b"{")
        put(place / f"{LESSON}.json.bak", full())
        assert graded(folder)["zoe"]["percent"] == "100.0"
        assert sorted(p["what"] for p in problems(folder)) == ["not read", "note"]
        put(place / f"{LESSON}.json", HALF)
        assert graded(folder)["zoe"]["percent"] == percent(HALF) and problems(folder) == []
