"""Windows, simulated: a disk that behaves as Windows’ does under the code that asks which system it runs on."""

from __future__ import annotations

import ast
import locale
import os
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from copydesk import open_lesson, start
from copydesk.answers import AnswerFile
from copydesk.answers.place import safe_name
from copydesk.base import system
from copydesk.base.errors import CopydeskError
from copydesk.base.files import make_folder, write
from copydesk.cli import main

SRC = Path(__file__).resolve().parents[2] / "src"


def denied(number: int, first: Path, second: Path | None = None) -> PermissionError:
    """Windows' error with its own number; Python calls it a PermissionError whatever the cause."""
    error = PermissionError(13, "Access is denied", str(first), None, second and str(second))
    error.winerror = number  # type: ignore[attr-defined]  # other systems have no such attribute
    return error


@pytest.fixture
def held() -> Counter[str]:
    """How often more a rename onto a file of this name fails, because another program has it open."""
    return Counter()


@pytest.fixture(autouse=True)
def windows(monkeypatch: pytest.MonkeyPatch, held: Counter[str]) -> None:
    """No folder can be opened, no file renamed over an open one, no hard link made; there is no user number."""
    rename, open_ = Path.replace, os.open

    def replace(old: Path, new: Path) -> Path:
        if held[new.name]:
            held[new.name] -= 1
            raise denied(system.DENIED, old, new)
        return rename(old, new)

    def os_open(path: os.PathLike[str], *flags: int) -> int:
        if Path(path).is_dir():
            raise denied(system.DENIED, Path(path))
        return open_(path, *flags)

    def link(old: Path, new: Path) -> None:
        raise denied(1, old, new)

    monkeypatch.setattr(system, "WINDOWS", True)
    monkeypatch.setattr(system, "PAUSE", 0)
    monkeypatch.setattr(Path, "replace", replace)
    monkeypatch.setattr(os, "open", os_open)
    monkeypatch.setattr(os, "link", link)
    monkeypatch.delattr(os, "geteuid", raising=False)


def test_a_file_that_a_scanner_holds_for_a_moment_is_written(tmp_path: Path, held: Counter[str]) -> None:
    write(tmp_path / "a.json", b"old")
    held["a.json"] = system.TRIES - 1
    write(tmp_path / "a.json", b"new", keep=True)
    assert (tmp_path / "a.json").read_bytes() == b"new" and (tmp_path / "a.json.bak").read_bytes() == b"old"


def test_a_file_that_another_program_keeps_open_is_named_and_stays_whole(tmp_path: Path, held: Counter[str]) -> None:
    path = tmp_path / "grades.csv"
    write(path, b"old")
    held[path.name] = 1000
    with pytest.raises(CopydeskError) as said:
        write(path, b"new")
    assert str(said.value) == f"{path} could not be saved: another program has it open; close it there and try again"
    assert path.read_bytes() == b"old" and [p.name for p in tmp_path.iterdir()] == ["grades.csv"]


@pytest.mark.parametrize(
    ("number", "says"),
    [(system.DENIED, "it is not allowed there"), (system.SHARING, "has it open"), (system.LOCKED, "has it open")],
)
def test_a_folder_without_permission_and_a_file_in_use_are_told_apart(
    number: int, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(path: Path, *_: str) -> None:
        raise denied(number, path)

    monkeypatch.setattr(Path, "open", fail)
    with pytest.raises(CopydeskError, match=says):
        write(tmp_path / "a.json", b"new")


def test_other_systems_do_not_wait_and_say_what_they_said(
    tmp_path: Path, held: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system, "WINDOWS", False)
    write(tmp_path / "a.json", b"old", durable=False)
    held["a.json"] = 1
    with pytest.raises(CopydeskError, match="it is not allowed there"):
        write(tmp_path / "a.json", b"new", durable=False)


def test_a_folder_is_never_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_folder(tmp_path / "new" / "folder")
    monkeypatch.setattr(system, "WINDOWS", False)
    with pytest.raises(PermissionError):
        system.sync_folder(tmp_path)


def test_answers_are_saved_kept_and_handed_in(own_answers: Path, tmp_path: Path, held: Counter[str]) -> None:
    desk = open_lesson("00_start_here")
    held["00_start_here.json"] = 3
    exercise = desk.lesson.exercise("voices")
    assert desk.lesson.key
    answer = next(iter(exercise.model_answers(desk.lesson.key, desk.story.article.text).values()))
    widget = desk.exercise("voices")
    widget.save(answer)
    assert widget.check().score == 1
    again = AnswerFile.open("practice", "00_start_here", sha256=desk.story.about["sha256"], root=own_answers)
    assert again.record("voices").answer == answer
    assert desk.answers.path.with_name("00_start_here.json.bak").is_file()


@pytest.mark.parametrize("name", ["con", "NUL", "Com1", "lpt¹"])
def test_names_of_devices_are_refused_on_every_system(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for windows in (True, False):
        monkeypatch.setattr(system, "WINDOWS", windows)
        with pytest.raises(CopydeskError, match="Windows keeps that name for itself"):
            safe_name(name, "lesson")


def test_the_code_page_does_not_matter_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locale, "getpreferredencoding", lambda _: "cp1252")
    assert system.text_encoding() == sys.getfilesystemencoding()
    monkeypatch.setattr(system, "WINDOWS", False)
    assert system.text_encoding() == "cp1252"


def test_start_asks_nobody_who_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[list[str]] = []
    monkeypatch.setattr("jupyterlab.labapp.main", calls.append)
    assert main(["start", str(tmp_path)]) == 0 and "--allow-root" not in calls[0]
    monkeypatch.setattr(os, "geteuid", lambda: 0, raising=False)
    assert start.open_lab(tmp_path) == 0 and "--allow-root" in calls[1]


TEXT_CALLS: dict[str, Callable[[ast.Call], bool]] = {
    "read_text": lambda call: not call.args,
    "write_text": lambda call: len(call.args) < 2,
}
ASKS = {("os", "name"), ("os", "uname"), ("os", "geteuid"), ("sys", "platform")}
OF_ONE_SYSTEM = {"msvcrt", "fcntl", "winreg", "pwd", "grp", "platform", "resource"}


def asks(tree: ast.AST) -> set[str]:
    """What a module does to find out which system it runs on."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found |= {f"{node.value.id}.{node.attr}"} if (node.value.id, node.attr) in ASKS else set()
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names} & OF_ONE_SYSTEM
    return found


def test_no_other_module_asks_which_system_it_runs_on() -> None:
    told = {p.name: asks(ast.parse(p.read_text("utf-8"))) for p in SRC.rglob("*.py")}
    assert {name for name, found in told.items() if found} == {"system.py"}
    assert told["system.py"] == {"os.name", "os.geteuid", "sys.platform"}


def test_a_module_that_asks_would_be_noticed() -> None:
    assert asks(ast.parse("import fcntl, os\nif sys.platform == 'win32':\n    pass")) == {"fcntl", "sys.platform"}


def test_every_text_file_names_its_encoding() -> None:
    """Without one, Windows reads and writes in the code page of the machine."""
    seen = 0
    for path in SRC.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in TEXT_CALLS:
                seen += 1
                named = any(word.arg == "encoding" for word in node.keywords)
                assert named or not TEXT_CALLS[node.func.attr](node), f"{path}:{node.lineno}"
    assert seen > 10
