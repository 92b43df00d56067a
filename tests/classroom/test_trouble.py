"""Every command on a disk that is full, read-only, broken, without permission or without locks: one sentence, and the
second run goes on to the same results.

Each run lets one call to the system fail, in turn: those that open, make, rename or remove something of the user's.
"""

from __future__ import annotations

import builtins
import errno
import io
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from copydesk.cli import main
from copydesk.story.story import load_story
from tests.classroom.made_class import full, handin, put, tree

TROUBLE = (errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EIO)
RUNS = 12
"""How many of a command's calls fail, one in each run, spread over all of them."""
Out = pytest.CaptureFixture[str]


@contextmanager
def failing(monkeypatch: pytest.MonkeyPatch, below: Path, number: int, code: int) -> Iterator[list[str]]:
    """Let the `number`th call fail that is about a file below a folder; yields the calls."""
    seen: list[str] = []

    def counted(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def act(path: Any, *given: Any, **named: Any) -> Any:
            if isinstance(path, str | Path) and str(path).startswith(str(below)):
                seen.append(f"{name} {path}")
                if len(seen) == number:
                    raise OSError(code, os.strerror(code), str(path))
            return real(path, *given, **named)

        return act

    with monkeypatch.context() as patch:
        patch.setattr(builtins, "open", counted("open", open))
        patch.setattr(io, "open", builtins.open)
        for name in ("open", "mkdir", "replace", "rename", "unlink", "scandir", "listdir"):
            patch.setattr(os, name, counted(name, getattr(os, name)))
        yield seen


@pytest.fixture
def home(tmp_path: Path, seeds: Path) -> Path:
    """A class of three, its results, and a story of one's own."""
    for number in range(3):
        put(tmp_path / "in" / f"handin_{number}.json", handin(f"Learner {number}", full()))
    shutil.copytree(seeds / "practice", seeds / "ours")
    put(tmp_path / "roster.csv", b"id,name\n1,Learner 1\n")
    assert main(["grade", str(tmp_path / "in"), "--out", str(tmp_path / "done"), "--quiet"]) == 0
    return tmp_path


COMMANDS = {
    "grade": ("grade {0}/in --out {0}/out --roster {0}/roster.csv", "out"),
    "report": ("report {0}/done --out {0}/out.html --quiet", "out.html"),
    "report on submissions": ("report {0}/in --out {0}/out.html --quiet", "out.html"),
    "release": ("release {0}/out --story ours --lessons 00", "out"),
    "check": ("check --story ours --roster {0}/roster.csv", "none"),
}


def results(place: Path) -> object:
    """What a command made; `changes.csv` tells what is new since the run before, so it is left out."""
    if place.is_dir():
        return {name: was for name, was in tree(place).items() if not name.startswith((".grading", "changes.csv"))}
    return place.read_bytes() if place.exists() else None


@pytest.mark.parametrize("name", COMMANDS)
def test_each_call_that_fails_is_one_sentence_and_a_second_run_goes_on(
    name: str, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: Out
) -> None:
    words, made = COMMANDS[name][0].format(home).split(), home / COMMANDS[name][1]
    monkeypatch.chdir(home)

    def run() -> tuple[int, str, str]:
        load_story.__globals__["_load"].cache_clear()
        status = main(words)
        told = capsys.readouterr()
        return status, told.err, told.out

    def clean() -> None:
        shutil.rmtree(made, ignore_errors=True)
        made.unlink(missing_ok=True)
        made.with_name(f"{made.name}.zip").unlink(missing_ok=True)

    with failing(monkeypatch, home, 0, 0) as calls:
        assert run()[0] == 0
    whole, refused = results(made), 0
    for turn, number in enumerate(range(1, len(calls) + 1, max(1, len(calls) // RUNS))):
        clean()
        code = TROUBLE[turn % len(TROUBLE)]
        with failing(monkeypatch, home, number, code) as seen:
            status, told, said = run()
        at = f"{os.strerror(code)}: {seen[number - 1]}"
        refused += status != 0
        assert "Traceback" not in told + said and status in (0, 1), at
        # `grade` passes over a story that cannot be read, and `check` lists it: then it is in what they say of the run.
        one_sentence = told.startswith("copydesk: ") and told.count("\n") == 1
        assert not status or one_sentence or (not told and ("FAULT" in said or "nothing" in said.lower())), (at, told)
        if made.is_dir():
            assert not [*made.rglob("*.tmp")], at
        assert run()[0] == 0 and results(made) == whole, at
    assert refused


@pytest.mark.parametrize("code", [errno.ENOLCK, errno.ENOTSUP, errno.EACCES])
@pytest.mark.parametrize("name", ["grade", "report"])
def test_without_locks_it_is_one_sentence(
    name: str, code: int, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: Out
) -> None:
    def no_locks(*_: Any, **__: Any) -> None:
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patch:
        patch.setattr("copydesk_classroom.collecting.state.FileLock.acquire", no_locks)
        assert main(COMMANDS[name][0].format(home).split()) == 1
    told = capsys.readouterr().err
    assert "cannot be locked" in told and told.count("\n") == 1
    assert main(COMMANDS[name][0].format(home).split()) == 0
