"""A full disk, a file that Excel shows, no permission, a system in ASCII: one sentence, and a second run goes on."""

import errno
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from copydesk.base import system
from copydesk.base.errors import CopydeskError
from copydesk_classroom import commands
from copydesk_classroom.collecting.state import HOME, RunTables
from copydesk_classroom.grading.grade import grade
from copydesk_classroom.grading.write_report import report
from copydesk_classroom.releasing.release import release
from tests.classroom.made_class import best, document, entry, full, handin, put, rows, tree

HALF = document({"first_mark": entry(best("first_mark"))})


def klass(home: Path) -> Path:
    for number in range(3):
        put(home / f"handin_{number}.json", handin(f"Learner {number}", full()))
    return home


def results(out: Path) -> dict[str, str]:
    return {name: was for name, was in tree(out).items() if not name.startswith(HOME)}


@contextmanager
def failing(monkeypatch: pytest.MonkeyPatch, number: int, code: int) -> Iterator[list[Path]]:
    """Let the renaming of the `number`th file to be put in its place fail; yields the files until then."""
    seen: list[Path] = []
    real: Callable[..., Any] = Path.replace

    def replace(self: Path, target: Path) -> Path:
        seen.append(Path(target))
        if len(seen) == number:
            raise OSError(code, os.strerror(code), str(target))
        moved: Path = real(self, target)
        return moved

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", replace)
        yield seen


@pytest.mark.parametrize("number", range(1, 11))
@pytest.mark.parametrize(("code", "says"), [(errno.ENOSPC, "the disk is full"), (errno.EACCES, "close it and run")])
def test_grading_says_it_in_one_sentence_and_goes_on(
    number: int, code: int, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = klass(tmp_path / "in")
    with failing(monkeypatch, number, code) as seen:
        try:
            grade(folder, tmp_path / "out")
            assert len(seen) < number, "nothing was in the way"
        except CopydeskError as error:
            assert says in str(error) and str(seen[-1]) in str(error) and "\n" not in str(error)
    assert not [*(tmp_path / "out").rglob("*.tmp")]
    assert grade(folder, tmp_path / "out").graded == 3
    grade(folder, tmp_path / "whole")
    assert results(tmp_path / "out") == results(tmp_path / "whole")


def test_no_change_is_lost_when_a_table_could_not_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = klass(tmp_path / "in")
    grade(folder, tmp_path / "out")
    put(folder / "handin_1.json", handin("Learner 1", HALF))
    real: Callable[..., Any] = Path.replace

    def held_open(self: Path, target: Path) -> Any:
        if Path(target).name == "grades.csv":
            raise PermissionError(errno.EACCES, "Access is denied", str(target))
        return real(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", held_open)
        with pytest.raises(CopydeskError, match=r"grades\.csv cannot be written: it is open in another program.*close"):
            grade(folder, tmp_path / "out")
    assert grade(folder, tmp_path / "out").changes == 1
    assert [r["name"] for r in rows(tmp_path / "out" / "changes.csv")] == ["Learner 1"]


def test_a_database_that_is_full_is_one_sentence_and_what_is_kept_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, real = klass(tmp_path / "in"), RunTables.__init__
    grade(folder, tmp_path / "out")
    put(folder / "handin_3.json", handin("x" * 400, full()))

    def small(self: RunTables, out: Path) -> None:
        real(self, out)
        pages = self.base.execute("PRAGMA page_count").fetchone()[0]
        self.base.execute(f"PRAGMA max_page_count = {pages}")

    with monkeypatch.context() as patch:
        patch.setattr(RunTables, "__init__", small)
        for number in range(4, 40):
            put(folder / f"handin_{number}.json", handin(f"Learner {number}", full()))
        with pytest.raises(CopydeskError, match=r"database or disk is full.*make room there, and run the same command"):
            grade(folder, tmp_path / "out")
    summary = grade(folder, tmp_path / "out")
    assert summary.graded == 40 and summary.anew <= 37, "the lock was released, and three were kept"


def test_a_state_that_cannot_be_read_now_is_not_deleted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = klass(tmp_path / "in")
    grade(folder, tmp_path / "out")
    with monkeypatch.context() as patch:

        def connect(*_: Any, **__: Any) -> Any:
            raise sqlite3.OperationalError("disk I/O error")

        patch.setattr("copydesk_classroom.collecting.state.sqlite3.connect", connect)
        for run in (lambda: grade(folder, tmp_path / "out"), lambda: report(tmp_path / "out", tmp_path / "r.html")):
            with pytest.raises(CopydeskError, match="disk I/O error"):
                run()
    assert grade(folder, tmp_path / "out").anew == 0


@pytest.mark.parametrize("number", [1, 2, 5, 12])
def test_a_release_that_was_cut_off_is_taken_up_again(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release(tmp_path / "out", lessons=["00"])
    before = tree(tmp_path / "out")
    with failing(monkeypatch, number, errno.ENOSPC), pytest.raises(CopydeskError, match="the disk is full"):
        release(tmp_path / "out", lessons=["00", "02"], course="News")
    now = tree(tmp_path / "out")
    whole = release(tmp_path / "other", lessons=["00", "02"], course="News")
    after = tree(whole.folder)
    assert all(was in (before.get(name), after.get(name)) for name, was in now.items() if name != "SHA256SUMS")
    release(tmp_path / "out", lessons=["00", "02"], course="News")
    assert tree(tmp_path / "out") == after


def test_a_system_in_ascii_keeps_every_name(tmp_path: Path) -> None:
    put(tmp_path / "in" / "Zoë Ñandú_71_assignsubmission_file" / "h.json", handin("", full()))
    ascii_only = {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    for more in ([], ["--workers", "2"]):
        command = ["-m", "copydesk.cli", "grade", str(tmp_path / "in"), "--out", str(tmp_path / "out"), *more]
        done = subprocess.run(
            [sys.executable, *command], env={**os.environ, **ascii_only}, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode()
        (row,) = rows(tmp_path / "out" / "grades.csv")
        assert row["name"] == "Zoë Ñandú" and (tmp_path / "out" / row["feedback"]).is_file()


@pytest.mark.parametrize(("windows", "most"), [(True, 61), (False, 200)])
def test_no_more_processes_than_the_system_takes(windows: bool, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "WINDOWS", windows)
    monkeypatch.setattr(commands, "ProcessPoolExecutor", lambda workers, **_: workers)
    assert commands._pool(200) == most
