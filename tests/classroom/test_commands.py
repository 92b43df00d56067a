"""`copydesk grade` on the command line: help, progress, summary, exit status."""

import os
import re
import signal
import subprocess
import sys
import time
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest

from benchmarks.make_class import make_class
from copydesk.cli import main
from copydesk_classroom.commands import Progress
from tests.classroom.made_class import LESSON, full, handin, put, rows

Out = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    put(tmp_path / "in" / "handin_a.json", handin("Ann Lee", full()))
    return tmp_path / "in"


def grade(folder: Path, *options: str) -> int:
    return main(["grade", str(folder), "--out", str(folder.parent / "out"), *options])


def test_a_class_is_graded_and_the_summary_says_so(folder: Path, capsys: Out) -> None:
    put(folder / "bad.json", b"{")
    roster = put(folder.parent / "roster.csv", b"id,name\n1,Ann Lee\n2,Max Roe\n")
    assert grade(folder, "--roster", str(roster), "--due", "2026-02-01", "--lessons", "00, 01") == 0
    said = capsys.readouterr()
    assert said.out.splitlines()[0].startswith(f"Learners graded: 1, on {LESSON}, 01_what_is_on_the_page.")
    for part in ("nothing submitted: 1", "Late: 1", "read or graded: 1", "problems.csv"):
        assert part in said.out
    assert said.err == ""
    assert grade(folder, "--roster", str(roster), "--due", "2026-02-01", "--lessons", "00, 01") == 0
    assert "Graded in this run: 0; the other 1 had not changed" in capsys.readouterr().out


def test_nothing_graded_is_status_1(tmp_path: Path, capsys: Out) -> None:
    put(tmp_path / "in" / "bad.json", b"{")
    assert grade(tmp_path / "in") == 1
    assert "Nothing could be graded" in capsys.readouterr().out
    assert len(rows(tmp_path / "out" / "problems.csv")) == 1


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--story", "nowhere"], "no story named 'nowhere'"),
        (["--due", "soon"], "'soon' is no date"),
        (["--roster", "none.csv"], "none.csv cannot be read"),
    ],
)
def test_errors_are_one_sentence(options: list[str], says: str, folder: Path, capsys: Out) -> None:
    assert grade(folder, *options) == 1
    said = capsys.readouterr().err
    assert said.startswith("copydesk: ") and says in said and said.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["grade", "--help"], 0, "examples:"),
        (["grade", "--help"], 0, "exit status:"),
        (["grade", "x"], 2, "--out"),
        (["grade", "x", "--out", "y", "--policy", "first"], 2, "invalid choice"),
    ],
)
def test_help_and_wrong_usage(arguments: list[str], status: int, says: str, capsys: Out) -> None:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == status and says in "".join(capsys.readouterr())


def test_several_processes_give_the_same(folder: Path) -> None:
    for n in range(5):
        put(folder / f"{n}.json", handin(f"Learner {n}", full(created=f"2026-01-0{n + 1}T00:00:00Z")))
    command = [sys.executable, "-m", "copydesk.cli", "grade", str(folder), "--quiet", "--out"]
    for workers in ("1", "2"):
        done = subprocess.run(
            [*command, str(folder.parent / workers), "--workers", workers], capture_output=True, check=False
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    one, two = (folder.parent / n / "grades.csv" for n in "12")
    assert one.read_bytes() == two.read_bytes() and len(rows(one)) == 6


def test_a_stopped_run_says_that_it_can_go_on(folder: Path, capsys: Out, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*args: object, **options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("copydesk_classroom.commands.grade", stop)
    assert grade(folder) == 130
    assert "the same command continues from there" in capsys.readouterr().err


def test_a_worker_that_dies_is_one_sentence(folder: Path, capsys: Out, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*args: object, **options: object) -> None:
        raise BrokenProcessPool

    monkeypatch.setattr("copydesk_classroom.commands.grade", die)
    assert grade(folder) == 1
    assert "--workers 1" in capsys.readouterr().err


def test_ctrl_c_leaves_what_was_done_and_no_traceback(tmp_path: Path) -> None:
    make_class(tmp_path / "class", 120)
    out = tmp_path / "out"
    command = [
        sys.executable,
        "-m",
        "copydesk.cli",
        "grade",
        str(tmp_path / "class"),
        "--out",
        str(out),
        "--workers",
        "2",
    ]
    run = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True)
    deadline = time.monotonic() + 60
    while len([*(out / "feedback").glob("[!.]*")] if out.exists() else []) < 20:
        assert time.monotonic() < deadline and run.poll() is None
        time.sleep(0.01)
    os.killpg(run.pid, signal.SIGINT)
    said, complaint = run.communicate(timeout=60)
    assert (run.returncode, said) == (130, "") and "Traceback" not in complaint and "continues from there" in complaint
    kept = len([*(out / "feedback").glob("[!.]*")])
    again = subprocess.run(command, capture_output=True, text=True, check=True)
    reused = re.search(r"the other (\d+) had not changed", again.stdout)
    assert "Learners graded: 120" in again.stdout and reused
    assert kept - 1 <= int(reused[1]) <= kept  # one page may have been written and not yet noted


def test_progress_is_one_line_that_is_cleared(capsys: Out) -> None:
    show = Progress(quiet=False)
    show("collecting", 7, 0)
    show("grading", 30, 60)
    show("grading", 60, 60)
    show.end()
    said = capsys.readouterr().err
    assert "collecting 7" in said and "grading 60 of 60 [####################]" in said
    assert "\n" not in said and said.endswith("\r")
    Progress(quiet=True)("grading", 1, 2)
    assert capsys.readouterr().err == ""
