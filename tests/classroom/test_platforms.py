"""Twelve learners as seven platforms lay them out: all are found, and graded as they are without a platform.

Run as a script, `python -m tests.classroom.test_platforms`, it prints a line for each platform.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from benchmarks.make_class import document as made
from copydesk_classroom.grading.grade import grade
from tests.classroom.made_class import data, handin, lesson, put, rows, zipped

NAMES = (
    *(
        "Zoë Ñandú",
        "Max Roe",
        "Łukasz Żółć",
        "Søren Ørsted",
        "Ada Müller",
        "Aslı Işık",
        "Pat O’Brien",
        "Anne-Marie Roe",
    ),
    *("Марія Коваль", "林 愛", "Nguyễn Văn An", "Max Roe"),
)
"""Two have one name: only an id tells them apart."""
LESSONS = ("01_what_is_on_the_page", "02_who_says_so", "08_your_own_brief")
Layout = Callable[[int, str], str]


def _canvas(number: int, name: str) -> str:
    last_first = "".join(c for c in " ".join(reversed(name.split(" ", 1))).casefold() if c.isalnum())
    return f"{last_first}_{'LATE_' if number == 3 else ''}{500 + number}_{900 + number}_handin.json"


def _last_first(name: str, between: str) -> str:
    return between.join(reversed(name.split(" ", 1)))


FILES: dict[str, Layout] = {
    "Moodle": lambda n, name: f"{name}_{4000 + n}_assignsubmission_file/handin.json",
    "Canvas": _canvas,
    "Blackboard": lambda n, name: f"Week 1_user_{n}_attempt_2026-03-01-10-00-0{n % 10}_handin.json",
    "Brightspace": lambda n, name: f"{700 + n}-55 - {name} - Mar 1, 2026 {1000 + n} AM/handin.json",
    "Google Classroom": lambda n, name: f"{name} - handin.json",
    "ILIAS": lambda n, name: f"Week 1/{_last_first(name, '_')}_user{n}_{700 + n}/20260301100000_handin.json",
    "Sakai": lambda n, name: f"Week 1/{_last_first(name, ', ')}(user_{n})/Submission attachment(s)/handin.json",
}
"""Where each platform puts a learner's hand-in."""
MOODLE = "ID,Vollständiger Name,E-Mail-Adresse,Status,Bewertung,Bestwertung,Zuletzt geändert (Bewertung)\n"
CANVAS = """Student,ID,SIS User ID,SIS Login ID,Section,Copydesk (991)
    Points Possible,,,,,10
"Student, Test",99999,,,News 1,
"""
ROSTERS: dict[str, tuple[str, Callable[[int, str], str]]] = {
    "Moodle": (MOODLE, lambda n, name: f'Teilnehmer/in{4000 + n},{name},u{n}@example.org,,,"100,00",-\n'),
    "Canvas": (CANVAS, lambda n, name: f'"{_last_first(name, ", ")}",{500 + n},u{n},user_{n},News 1,\n'),
    "Blackboard": ("Last Name\tUsername\n", lambda n, name: f"{name}\tuser_{n}\n"),
    "Brightspace": ("OrgDefinedId,Username,Name\n", lambda n, name: f"#{n + 1},#user_{n},{name}\n"),
    "Google Classroom": ("id;name\n", lambda n, name: f"u{n};{name}\n"),
    "ILIAS": ("Benutzername;Name\n", lambda n, name: f"user{n};{name}\n"),
    "Sakai": ("username,name\n", lambda n, name: f"user_{n},{name}\n"),
}
NAMES_ONLY = ("Brightspace", "Google Classroom")
"""Platforms whose files hold no id that is on the roster: of two learners of one name neither can be found."""


def hand_ins() -> list[dict[str, Any]]:
    """The learners' hand-ins; nobody typed a name."""
    found = []
    for number in range(len(NAMES)):
        dice = random.Random(number)
        opened = [lesson(name, "greywater-barrage" if name[:2] == "08" else "baltics-2022") for name in LESSONS]
        documents = [made("", one, 0.3 + number / 20, dice) for one in opened]
        begun = [{**d, "created": f"2026-02-01T10:{number:02}:00Z"} for d in documents]
        found.append(handin("", *begun, story="", schema=2))
    return found


def lay_out(platform: str, folder: Path, *, in_zip: bool) -> Path:
    """Lay the hand-ins out as a platform does, and return the roster beside them."""
    files = {
        FILES[platform](n, name): data(hand_in) for n, (name, hand_in) in enumerate(zip(NAMES, hand_ins(), strict=True))
    }
    if platform == "Google Classroom":  # which numbers a file that is there already
        files[f"{NAMES[-1]} - handin(1).json"] = data(hand_ins()[-1])
        files[f"{NAMES[1]} - handin.json"] = data(hand_ins()[1])
    if in_zip:
        put(folder / "download.zip", zipped(files))
    else:
        for name, content in files.items():
            put(folder / name, content)
    head, row = ROSTERS[platform]
    text = head + "".join(row(n, name) for n, name in enumerate(NAMES))
    return put(folder.with_name("roster.csv"), text.encode("utf-16" if platform == "Blackboard" else "utf-8"))


def faults(platform: str, home: Path, expected: Mapping[int, str], *, in_zip: bool = False) -> list[str]:
    """What is wrong with the grades of a platform's class; `expected` is the percentage of each learner."""
    roster = lay_out(platform, home / "in", in_zip=in_zip)
    grade(home / "in", home / "out", roster=roster)
    found = [(r["status"], r["percent"]) for r in rows(home / "out" / "grades.csv")]
    namesakes = (1, 11) if platform in NAMES_ONLY else ()
    right = [("graded", percent) for n, percent in expected.items() if n not in namesakes]
    # whose file it is nobody can know, so both rows of the roster are empty and both files are graded apart
    right += [("not on the roster", expected[n]) for n in namesakes] + [("missing", "") for _ in namesakes]
    return [f"{platform}: {sorted(found)} instead of {sorted(right)}"] if sorted(found) != sorted(right) else []


def expected_percents(home: Path) -> dict[int, str]:
    """What each learner earns where their file is in a folder named by an id."""
    for number, hand_in in enumerate(hand_ins()):
        put(home / "in" / f"number{number:03}" / "handin.json", hand_in)
    put(home / "r.csv", ("id,name\n" + "".join(f"number{n:03},{name}\n" for n, name in enumerate(NAMES))).encode())
    grade(home / "in", home / "out", roster=home / "r.csv")
    return {int(r["id"].removeprefix("number")): r["percent"] for r in rows(home / "out" / "grades.csv")}


@pytest.fixture(scope="module")
def percents(tmp_path_factory: pytest.TempPathFactory) -> dict[int, str]:
    return expected_percents(tmp_path_factory.mktemp("alone"))


@pytest.mark.parametrize("platform", FILES)
@pytest.mark.parametrize("in_zip", [False, True])
def test_twelve_learners_are_found_and_graded(
    platform: str, in_zip: bool, percents: dict[int, str], tmp_path: Path
) -> None:
    assert len(percents) == len(NAMES) and len({*percents.values()}) > 8
    assert faults(platform, tmp_path, percents, in_zip=in_zip) == []


def main() -> int:
    """Lay out and grade the class of each platform; returns 0 if all is right."""
    with tempfile.TemporaryDirectory() as temp:
        home, wrong = Path(temp), []
        percents = expected_percents(home / "alone")
        for platform in FILES:
            wrong += (found := faults(platform, home / platform, percents))
            print("FAIL" if found else "ok  ", f"{platform}: {len(NAMES)} learners", json.dumps(found) if found else "")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
