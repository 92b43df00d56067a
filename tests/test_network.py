"""Nothing leaves this machine: what the kit runs opens no connection to another one, its child processes included.

The ban holds in every test (see `conftest.py`). Here each command runs once under it, and a lesson on a real kernel.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from copydesk.answers import AnswerFile
from copydesk.lessons.lesson import load_lesson
from copydesk.story.story import load_story
from copydesk_classroom.stories.new import new_story
from copydesk_classroom.stories.pack import pack_story

ROOT = Path(__file__).resolve().parents[1]
OUTSIDE = "192.0.2.1"
"""An address that is set aside for examples, so nobody has it."""
ASK = f"import socket; socket.create_connection(('{OUTSIDE}', 80), timeout=1)"


def run(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", check=False)


@pytest.fixture
def work(tmp_path: Path, own_answers: Path) -> Path:
    """A folder with a submission in it."""
    lesson = load_lesson("00_start_here")
    answers = AnswerFile.open("practice", lesson.id, sha256=lesson.story.about["sha256"], root=own_answers)
    answers.save("voices", {"choices": {"p1.s1": "attributed"}})
    shutil.copytree(own_answers, tmp_path / "in" / "ada" / "answers")
    shutil.copy(next(own_answers.glob("practice/*.json")), tmp_path / "answers.json")
    (tmp_path / "rain.txt").write_text("Rain ends\n\nIt rained, Ada Lund said. Bo Ek said no.", "utf-8")
    new_story(
        str(tmp_path / "rain.txt"), name="rain", language="en", rights="CC BY 4.0, Ada", place=tmp_path / "stories"
    )
    pack_story(load_story(tmp_path / "stories" / "rain"), tmp_path / "rain.zip")
    return tmp_path


@pytest.mark.parametrize(
    "words",
    [
        *("check --story practice", "doctor", "grade in --out grades", "report in", "release out --lessons 02"),
        *("new rain.txt --name wet --language en", "new rain.txt --name rain", "story lessons rain", "story pack rain"),
        "story compare rain stories/rain/key.json --html differences.html --merge merged.json",
        *("story annotations rain --out rain.jsonld", "story annotations practice --answers answers.json"),
    ],
)
def test_no_command_reaches_another_machine(words: str, work: Path, no_network: Path) -> None:
    done = run("copydesk", *words.split(), folder=work)
    assert done.returncode == 0, done.stdout + done.stderr
    assert not no_network.exists()


def test_no_page_and_no_pack_that_is_added_reaches_another_machine(work: Path, no_network: Path) -> None:
    """An HTML page that names pictures, scripts and a style sheet elsewhere; a pack; annotations that came back."""
    far = f"http://{OUTSIDE}/x"
    page = f'<html lang="en"><link rel=stylesheet href={far}><script src={far}></script><img src={far}>'
    story = "<p>" + "The river rose by a metre overnight, Ada Lund said. " * 9
    (work / "page.html").write_text(f"{page}<article><h1>Rain ends</h1>{story}{story}</article>", "utf-8")
    commands = ("story annotations rain --out rain.jsonld", "story annotations rain --read rain.jsonld --out key2.json")
    for words in ("new page.html --name far", *commands, "story add rain.zip"):
        if words.startswith("story add"):
            shutil.rmtree(work / "stories" / "rain")
        done = run("copydesk", *words.split(), folder=work)
        assert done.returncode == 0, done.stdout + done.stderr
    assert not no_network.exists()


@pytest.mark.parametrize("book", ["00_start_here", "07_what_was_going_on"])
def test_no_lesson_reaches_another_machine(book: str, tmp_path: Path, no_network: Path) -> None:
    """On a real kernel, with figures and the map."""
    shutil.copy(ROOT / "notebooks" / f"{book}.ipynb", tmp_path)
    done = run("jupyter", "execute", f"{book}.ipynb", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert not no_network.exists()


class TestTheBan:
    """It would notice, also in a child of a child and in a kernel."""

    @pytest.mark.parametrize(
        "what", [f"import os, sys; os.execv(sys.executable, [sys.executable, '-c', {ASK!r}])", ASK]
    )
    def test_a_child_process_is_refused_and_written_down(self, what: str, no_network: Path) -> None:
        child = f"import subprocess, sys; sys.exit(subprocess.run([sys.executable, '-c', {what!r}]).returncode)"
        done = subprocess.run([sys.executable, "-c", child], capture_output=True, text=True, check=False)
        assert done.returncode == 1 and "the tests forbid the network" in done.stderr
        assert OUTSIDE in no_network.read_text("utf-8")
        no_network.unlink()

    def test_a_kernel_is_refused(self, tmp_path: Path, no_network: Path) -> None:
        (tmp_path / "ask.py").write_text(ASK, "utf-8")
        run("jupyter", "run", "ask.py", folder=tmp_path)
        assert OUTSIDE in no_network.read_text("utf-8")
        no_network.unlink()

    def test_this_process_is_refused_and_this_machine_is_not(self, no_network: Path) -> None:
        with pytest.raises(OSError, match="forbid the network"), socket.socket(type=socket.SOCK_DGRAM) as sock:
            sock.sendto(b"?", (OUTSIDE, 53))
        with pytest.raises(OSError, match="forbid the network"):
            socket.getaddrinfo("example.org", 443)
        assert no_network.read_text("utf-8").count("\n") == 2
        no_network.unlink()
        with socket.create_server(("127.0.0.1", 0)) as server:
            socket.create_connection(("localhost", server.getsockname()[1])).close()
        assert not no_network.exists() and "PYTHONPATH" in os.environ
