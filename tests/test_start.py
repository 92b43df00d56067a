"""`copydesk start`: lessons are copied, nothing is written over, and JupyterLab opens on the first one."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import nbformat
import pytest

from copydesk import start
from copydesk.base.errors import CopydeskError
from copydesk.cli import main
from copydesk.lessons.lesson import list_lessons
from copydesk.start import Copied, copy_lessons, first_lesson, usual_folder
from copydesk.story.edition import FILE

ROOT = Path(__file__).resolve().parents[1]
LESSONS = {f"{name}.ipynb" for name in list_lessons()}
Out = pytest.CaptureFixture[str]


@pytest.fixture
def lab(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The options that JupyterLab was started with; it ends at once."""
    calls: list[list[str]] = []
    monkeypatch.setattr("jupyterlab.labapp.main", calls.append)
    monkeypatch.delenv("BROWSER", raising=False)
    return calls


def change(path: Path, *, source: str = "", outputs: list[Any]) -> None:
    """Change a notebook as a learner does: with `source` its last cell, and in any case what was shown."""
    book = json.loads(path.read_text("utf-8"))
    book["cells"][-1]["source"] = source or book["cells"][-1]["source"]
    next(cell for cell in book["cells"] if cell["cell_type"] == "code")["outputs"] = outputs
    path.write_text(json.dumps(book), "utf-8")


class TestCopying:
    """What is put into the folder."""

    def test_lessons_and_for_teachers_what_class_work_needs(self, tmp_path: Path) -> None:
        assert {*copy_lessons(tmp_path / "a").new} == LESSONS
        copied = {*copy_lessons(tmp_path / "b", teacher=True).new}
        assert copied == LESSONS | {f"instructor/{p.name}" for p in (ROOT / "notebooks/instructor").glob("*.*")}
        assert {"instructor/grade_writing.ipynb", "instructor/class_discussion.ipynb", "instructor/rubric.md"} < copied
        assert {p.relative_to(tmp_path / "b").as_posix() for p in (tmp_path / "b").rglob("*.*")} == copied

    def test_copies_say_the_same_but_for_links_that_would_lead_nowhere(self, tmp_path: Path) -> None:
        for name in copy_lessons(tmp_path, teacher=True).new:
            copy, source = (tmp_path / name).read_text("utf-8"), (ROOT / "notebooks" / name).read_text("utf-8")
            assert copy == source or "](" + "../" * (1 + name.count("/")) in source
            assert re.sub(r"\]\([^)]*\)|[\[\]]", "", copy) == re.sub(r"\]\([^)]*\)|[\[\]]", "", source), name
            if name.endswith(".ipynb"):
                nbformat.validate(nbformat.reads(copy, as_version=4))

    def test_every_link_leads_to_a_file_that_was_copied(self, tmp_path: Path) -> None:
        seen = 0
        for name in copy_lessons(tmp_path, teacher=True).new:
            for link in re.findall(r"\]\(([^)\s]+)\)", (tmp_path / name).read_text("utf-8")):
                if not re.match(r"\w+:|#", link):
                    assert (tmp_path / name).parent.joinpath(link.partition("#")[0]).exists(), f"{name}: {link}"
                    seen += 1
        assert seen > len(LESSONS), "the lessons lead to each other"

    def test_nothing_is_written_over_and_what_is_missing_comes_again(self, tmp_path: Path, capsys: Out) -> None:
        copy_lessons(tmp_path)
        changed, run, gone = (tmp_path / name for name in sorted(LESSONS)[:3])
        change(changed, source="my = 'own'", outputs=[])
        change(run, outputs=[{"output_type": "stream", "name": "stdout", "text": "seen"}])
        gone.unlink()
        kept = changed.read_bytes(), run.read_bytes()
        assert copy_lessons(tmp_path) == Copied((gone.name,), (changed.name,))
        assert (changed.read_bytes(), run.read_bytes()) == kept and gone.is_file()

    @pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"cells": 1}', b'{"cells": [{}]}', b"\xff\xfe"])
    def test_a_file_that_is_no_notebook_is_left_as_it_is(self, damage: bytes, tmp_path: Path) -> None:
        (tmp_path / "00_start_here.ipynb").write_bytes(damage)
        assert copy_lessons(tmp_path).changed == ("00_start_here.ipynb",)
        assert (tmp_path / "00_start_here.ipynb").read_bytes() == damage

    @pytest.mark.parametrize("inside", ["", "notebooks"])
    def test_an_edition_gets_no_other_lesson(self, inside: str, tmp_path: Path) -> None:
        (tmp_path / "notebooks").mkdir()
        (tmp_path / FILE).touch()
        (tmp_path / "notebooks" / "02_who_says_so.ipynb").write_text("{}")
        assert copy_lessons(tmp_path / inside, teacher=True) == Copied()
        first = first_lesson(tmp_path / inside)
        assert first and first.name == "02_who_says_so.ipynb" and len([*tmp_path.rglob("*.*")]) == 2

    def test_the_kit_of_an_edition_has_no_lessons(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(start, "_bundled", lambda: None)
        with pytest.raises(CopydeskError, match=re.escape(f"there are no lessons in {tmp_path}; name the folder of")):
            copy_lessons(tmp_path)
        (tmp_path / "01_moved_here.ipynb").write_text("{}")
        assert copy_lessons(tmp_path) == Copied()

    def test_a_folder_that_cannot_be_made_or_written_is_one_sentence(self, tmp_path: Path, capsys: Out) -> None:
        (tmp_path / "file").write_text("")
        (tmp_path / "taken" / "00_start_here.ipynb").mkdir(parents=True)
        for folder in (tmp_path / "file", tmp_path / "taken"):
            assert main(["start", str(folder)]) == 1
            said = capsys.readouterr().err
            assert said.startswith(f"copydesk: {folder}") and said.count("\n") == 1


class TestOpening:
    """What JupyterLab is told."""

    def test_a_new_folder_then_the_one_that_is_there(
        self, lab: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Out
    ) -> None:
        monkeypatch.chdir(tmp_path)
        assert main(["start"]) == 0
        folder = tmp_path / "copydesk-lessons"
        assert f"{len(LESSONS)} files are new in {folder}." in capsys.readouterr().out
        monkeypatch.chdir(folder)
        change(folder / "00_start_here.ipynb", source="x", outputs=[])
        assert usual_folder() == Path() and main(["start", "--no-browser"]) == 0
        said = capsys.readouterr().out
        assert "stay as they are: 00_start_here.ipynb." in said and "files are new" not in said
        for options in lab:
            assert options[:2] == [
                f"--ServerApp.root_dir={folder}",
                "--LabApp.default_url=/doc/tree/00_start_here.ipynb",
            ]
        assert "--no-browser" not in lab[0] and "--no-browser" in lab[1]

    def test_no_browser_by_the_variable_too(
        self, lab: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("BROWSER", "no")
        assert main(["start", str(tmp_path)]) == 0 and "--no-browser" in lab[0]

    def test_without_jupyterlab_one_sentence_says_what_to_install(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Out
    ) -> None:
        monkeypatch.setitem(sys.modules, "jupyterlab.labapp", None)
        assert main(["start", str(tmp_path)]) == 1
        said = capsys.readouterr().err
        assert said == 'copydesk: JupyterLab is not installed; run: python -m pip install "copydesk[lab]"\n'


class TestRealLab:
    """A real JupyterLab, by HTTP."""

    @pytest.fixture
    def address(self, tmp_path: Path) -> Iterator[str]:
        own = {f"JUPYTER_{name}_DIR": str(tmp_path / name) for name in ("CONFIG", "DATA", "RUNTIME")}
        with (tmp_path / "said").open("w+", encoding="utf-8") as said:
            command = [sys.executable, "-m", "copydesk", "start", "lessons", "--no-browser"]
            lab = subprocess.Popen(command, cwd=tmp_path, env={**os.environ, **own}, stderr=said, stdout=said)
            try:
                for _ in range(600):
                    found = re.search(r"http://\S+/doc/tree/\S+", (tmp_path / "said").read_text("utf-8"))
                    if found or lab.poll() is not None:
                        break
                    time.sleep(0.1)
                assert found, (tmp_path / "said").read_text("utf-8")
                yield found[0]
            finally:
                lab.terminate()
                lab.wait()

    def fetch(self, address: str) -> str:
        """What is at an address; Jupyter prints it a moment before it listens there."""
        for _ in range(300):
            with suppress(URLError), urlopen(address) as answer:
                return str(answer.read().decode())
            time.sleep(0.1)
        raise AssertionError(f"nobody listens at {address}")

    def test_it_serves_the_lessons_and_opens_the_first(self, address: str) -> None:
        place, _, token = address.partition("?")
        assert place.endswith("/doc/tree/00_start_here.ipynb")
        listed = json.loads(self.fetch(f"{place.partition('/doc')[0]}/api/contents?{token}"))
        assert {item["name"] for item in listed["content"]} == LESSONS
        page = self.fetch(address)
        assert "JupyterLab" in page and '"news": {"disabled": true}' in page
