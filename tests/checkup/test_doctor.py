"""The check-up: each thing it can say is provoked, with real kernels, folders and disks where that is feasible."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest

import copydesk
from copydesk import __version__
from copydesk.base.wording import load_wording
from copydesk.checkup import jupyter as programs
from copydesk.checkup.doctor import (
    check_answers,
    check_edition,
    check_notebooks,
    check_story,
    checkup,
    finding_line,
    lessons_folder,
    summary,
)
from copydesk.checkup.jupyter import (
    FRONT_END,
    Finding,
    Jupyter,
    Python,
    Spec,
    ask_jupyter,
    check_figures,
    check_programs,
    floors,
    is_older,
    this_python,
)
from copydesk.story.edition import Edition
from copydesk.story.story import load_story

ROOT = Path(__file__).resolve().parents[2]
FLOOR = {"python": "3.11", "jupyterlab": "4.4.9", "ipywidgets": "8.1.7", "anywidget": "0.9.13", "ipykernel": "6.29"}
NEW = {"copydesk": "0.1.0", **FLOOR, "matplotlib": "3.9.2", "numpy": "2.0"}
posix = pytest.mark.skipif(os.name == "nt", reason="made with the tools of other systems")


class Heard(dict[str, str]):
    """The sentences of faults, which note that they were said."""

    said: ClassVar[set[str]] = set()

    def __getitem__(self, name: str) -> str:
        self.said.add(name)
        return super().__getitem__(name)

    def hear(self, sentence: str) -> None:
        """Note a sentence that a command said."""
        for name, words in self.items():
            parts = map(re.escape, re.split(r"\{\w+\}", words))
            if re.fullmatch(".*".join(parts), sentence, re.DOTALL):
                self.said.add(name)


@pytest.fixture(scope="module", autouse=True)
def heard() -> Iterator[Heard]:
    """While these tests run, every sentence that is said is noted."""
    words = load_wording("doctor")
    words["wrong"] = Heard(words["wrong"])
    yield words["wrong"]
    words["wrong"] = dict(words["wrong"])


def extensions(prefix: Path, *names: str) -> Path:
    """An environment's folder of what runs in the browser."""
    for name in names:
        (prefix / "share" / "jupyter" / "labextensions" / name).mkdir(parents=True)
        (prefix / "share" / "jupyter" / "labextensions" / name / "package.json").write_text("{}")
    return prefix


@pytest.fixture
def mine(tmp_path: Path) -> Python:
    """A Python that has everything, at the floor."""
    prefix = extensions(tmp_path / "mine", *FRONT_END)
    return Python(str(prefix / "bin" / "python"), str(prefix), "3.11.0", NEW)


@pytest.fixture
def jupyter(mine: Python) -> Jupyter:
    """Its Jupyter."""
    folder = Path(mine.prefix) / "share" / "jupyter"
    return Jupyter(("jupyter",), (folder,), "4.4.9", Spec(folder / "kernels" / "python3", "python"), mine)


def of(check: str, found: list[Finding]) -> Finding:
    (one,) = [finding for finding in found if finding.check == check]
    return one


def only_fault(found: list[Finding]) -> Finding:
    (one,) = [finding for finding in found if not finding.well]
    return one


def without(python: Python, *names: str) -> Python:
    return replace(python, packages={k: v for k, v in python.packages.items() if k not in names})


class TestPrograms:
    """What is installed, with Pythons and Jupyters made up."""

    def test_at_the_floor_nothing_is_wrong(self, mine: Python, jupyter: Jupyter) -> None:
        found = check_programs(mine, jupyter, FLOOR)
        assert all(finding.well for finding in found) and summary(found).startswith("Nothing is wrong.")
        assert [finding.check for finding in found] == [*load_wording("doctor")["title"]][: len(found)]

    def test_an_old_python(self, mine: Python, jupyter: Jupyter) -> None:
        old = replace(mine, version="3.10.13")
        fault = only_fault(check_programs(old, replace(jupyter, kernel=old), FLOOR))
        assert fault.check == "python" and "Python 3.10.13" in fault.sentence and "3.11 or newer" in fault.sentence

    @pytest.mark.parametrize("name", ["ipykernel", "ipywidgets", "anywidget", "jupyterlab"])
    def test_a_package_below_its_floor(self, name: str, mine: Python, jupyter: Jupyter) -> None:
        old = replace(mine, packages={**NEW, name: "0.9.1"})
        fault = only_fault(check_programs(old, replace(jupyter, kernel=old, lab=old.packages["jupyterlab"]), FLOOR))
        assert fault.sentence.startswith(f"{name} is version 0.9.1, and Copydesk needs {FLOOR[name]} or newer: run ")
        assert f'"{mine.path}" -m pip install --upgrade "{name}>={FLOOR[name]}"' in fault.sentence

    @pytest.mark.parametrize("name", ["ipykernel", "ipywidgets", "anywidget", "jupyterlab"])
    def test_a_package_that_is_missing(self, name: str, mine: Python, jupyter: Jupyter) -> None:
        less = without(mine, name)
        fault = only_fault(
            check_programs(less, replace(jupyter, kernel=less, lab=less.packages.get("jupyterlab", "")), FLOOR)
        )
        assert fault.sentence.startswith(f"{name} is not installed: run ")
        assert f'"{mine.path}" -m pip install "{name}>={FLOOR[name]}"' in fault.sentence

    @pytest.mark.parametrize("lab", ["", "3.6.8"])
    def test_a_jupyter_in_another_place_without_a_lab_that_is_new_enough(
        self, lab: str, mine: Python, jupyter: Jupyter
    ) -> None:
        fault = only_fault(check_programs(mine, replace(jupyter, command=("/usr/bin/jupyter",), lab=lab), FLOOR))
        assert fault.check == "jupyterlab" and "(/usr/bin/jupyter) has no JupyterLab of version 4.4.9" in fault.sentence
        assert f'"{mine.path}" -m jupyterlab' in fault.sentence

    def test_the_browser_part_is_nowhere(self, mine: Python, jupyter: Jupyter) -> None:
        shutil.rmtree(Path(mine.prefix) / "share" / "jupyter" / "labextensions" / "@jupyter-widgets")
        fault = only_fault(check_programs(mine, jupyter, FLOOR))
        assert fault.check == "front_end" and "(@jupyter-widgets/jupyterlab-manager)" in fault.sentence
        assert f'"{mine.path}" -m pip install --force-reinstall jupyterlab_widgets`' in fault.sentence

    def test_the_browser_part_is_in_another_environment(self, mine: Python, jupyter: Jupyter, tmp_path: Path) -> None:
        other = replace(jupyter, command=("/usr/bin/jupyter",), folders=(tmp_path / "usr", tmp_path / "home"))
        fault = only_fault(check_programs(mine, other, FLOOR))
        assert fault.check == "front_end" and "(/usr/bin/jupyter) cannot show the exercises" in fault.sentence
        assert f'"{mine.path}" -m jupyterlab' in fault.sentence

    def test_a_kernel_without_copydesk(self, mine: Python, jupyter: Jupyter) -> None:
        """The Jupyter that starts is another one, and so is its own kernel."""
        other = without(replace(mine, path="/usr/bin/python3", prefix="/usr"), "copydesk")
        fault = only_fault(check_programs(mine, replace(jupyter, kernel=other), FLOOR))
        assert fault.check == "kernel" and "run on /usr/bin/python3, which has no Copydesk" in fault.sentence
        assert f'"{mine.path}" -m jupyterlab' in fault.sentence

    def test_a_kernel_that_dies(self, mine: Python, jupyter: Jupyter) -> None:
        dead = replace(jupyter, kernel=None, why="RuntimeError: Kernel died")
        fault = only_fault(check_programs(mine, dead, FLOOR))
        assert fault.check == "kernel" and "does not start (RuntimeError: Kernel died)" in fault.sentence
        assert f'"{mine.path}" -m pip install --force-reinstall ipykernel' in fault.sentence

    def test_no_jupyter_to_be_seen(self, mine: Python) -> None:
        found = check_programs(mine, None, FLOOR)
        assert all(finding.well for finding in found)
        assert all("cannot be seen from here" in of(name, found).sentence for name in ("jupyterlab", "front_end"))

    def test_a_front_end_without_jupyterlab_takes_older_widgets(self, mine: Python) -> None:
        """Google Colab has ipywidgets 7.7.1, and JupyterLite a kernel that is not ipykernel."""
        floor = floors(lab=False)
        less = without(mine, "ipykernel", "jupyterlab")
        old = replace(less, packages={**less.packages, "ipywidgets": floor["ipywidgets"]})
        found = check_programs(old, None, floor)
        assert all(finding.well for finding in found) and "ipykernel" not in [finding.check for finding in found]
        assert f"version {floor['ipywidgets']}; {floor['ipywidgets']} or newer" in of("ipywidgets", found).sentence
        assert not of("ipywidgets", check_programs(old, None, FLOOR)).well, "JupyterLab 4 shows only ipywidgets 8"

    @pytest.mark.parametrize("lab", ["", "4.6.0"])
    def test_the_server_of_a_notebook_counts_only_if_it_has_jupyterlab(
        self, lab: str, mine: Python, jupyter: Jupyter, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(programs, "_parent", lambda: sys.executable)
        monkeypatch.setattr(programs, "_ask", lambda *_: replace(jupyter, lab=lab))
        assert bool(ask_jupyter(mine, mine)) is bool(lab)

    @pytest.mark.parametrize("name", ["matplotlib", "numpy"])
    def test_no_figures_is_not_a_fault(self, name: str) -> None:
        found = check_figures({k: v for k, v in NEW.items() if k != name})
        assert found.well and found.sentence.startswith(f"{name} is not installed, so each figure is shown as")
        assert check_figures(NEW).sentence == "matplotlib 3.9.2 draws them."

    def test_versions(self) -> None:
        assert is_older("8.1", "8.1.7") and is_older("4.4.9b2", "4.5") and not is_older("10.0", "9.9.9")
        assert set(FLOOR) <= set(floors()) and "pytest" not in floors()


def kernelspec(place: Path, program: str) -> Path:
    folder = place / "kernels" / "python3"
    folder.mkdir(parents=True)
    argv = [program, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (folder / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": "mine", "language": "python"}))
    return folder


def other_python(place: Path, *, with_packages: bool) -> str:
    """A real environment without Copydesk: bare, or with the packages that are installed here."""
    venv.create(place)
    paths = sysconfig.get_paths(vars={"base": str(place), "platbase": str(place)})
    if with_packages:
        (Path(paths["purelib"]) / "more.pth").write_text(sysconfig.get_paths()["purelib"])
    return str(Path(paths["scripts"]) / ("python.exe" if os.name == "nt" else "python"))


COMMANDS = {
    "jupyter": "from jupyter_core.command import main; main()",
    "jupyter-run": "from jupyter_client.runapp import RunApp; RunApp.launch_instance()",
    "jupyter-kernelspec": "from jupyter_client.kernelspecapp import KernelSpecApp; KernelSpecApp.launch_instance()",
    "jupyter-lab": "from jupyterlab.labapp import main; main()",
}
"""What starts each of an environment’s commands, as pip writes it."""


def is_bare(python: str) -> bool:
    done = subprocess.run(
        [python, "-c", "import copydesk.base.errors"], cwd=Path(python).parent, capture_output=True, check=False
    )
    return done.returncode != 0


def doctor(folder: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run `copydesk doctor` as a person would, by default with the Jupyter of this environment on the path."""
    path = f"{sysconfig.get_paths()['scripts']}{os.pathsep}{os.environ['PATH']}"
    command = [sys.executable, "-m", "copydesk", "doctor", *words]
    home = {"HOME": str(folder.parent), "XDG_DATA_HOME": str(folder.parent / "data")}
    environment = {**os.environ, **home, "COPYDESK_SEEDS": str(ROOT / "seeds"), "PATH": path, **settings}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", errors="replace", check=False
    )


def findings(done: subprocess.CompletedProcess[str]) -> dict[str, Finding]:
    assert not done.stderr, done.stderr
    found = [Finding(**f) for f in json.loads(done.stdout)["findings"]]
    for finding in found:
        load_wording("doctor")["wrong"].hear(finding.sentence)
    return {finding.check: finding for finding in found}


@pytest.fixture
def kit(tmp_path: Path) -> Path:
    """A folder with the lessons, and nobody's answers near it."""
    shutil.copytree(
        ROOT / "notebooks", tmp_path / "home" / "kit" / "notebooks", ignore=shutil.ignore_patterns("answers")
    )
    return tmp_path / "home" / "kit"


class TestRealKernels:
    """The command, with real kernels behind real kernel files."""

    def test_all_well_here(self, kit: Path, own_answers: Path) -> None:
        done = doctor(kit)
        assert (done.returncode, done.stderr) == (0, ""), done.stdout
        *lines, last = done.stdout.splitlines()
        assert last == "Nothing is wrong. Copydesk needs no network."
        assert len(lines) == len(load_wording("doctor")["title"]) and all(x.startswith("✓ fine  ") for x in lines)
        assert f"they are kept in {own_answers}." in done.stdout
        assert f"9 of this version’s lessons in {kit / 'notebooks'}." in done.stdout

    def test_as_json(self, tmp_path: Path) -> None:
        done = doctor(tmp_path, "--json", COPYDESK_STORY="nowhere")
        told = json.loads(done.stdout)
        assert (done.returncode, told["well"], told["copydesk"]) == (1, False, __version__)
        assert [f["check"] for f in told["findings"] if not f["well"]] == ["story"]
        assert {*told["findings"][0]} == {"check", "well", "sentence"}

    def test_a_kernel_file_that_points_nowhere(self, kit: Path, tmp_path: Path) -> None:
        gone = str(tmp_path / "gone" / "python")
        spec = kernelspec(tmp_path / "jupyter", gone)
        done = doctor(kit, "--json", JUPYTER_PATH=str(tmp_path / "jupyter"))
        fault = only_fault([*findings(done).values()])
        assert fault.sentence.startswith(f"the folder {spec} makes notebooks run on {gone}, which does not start (")
        assert "kernelspec remove python3`" in fault.sentence and done.returncode == 1

    def test_a_kernel_file_that_points_at_a_python_without_ipykernel(self, kit: Path, tmp_path: Path) -> None:
        spec = kernelspec(tmp_path / "jupyter", other_python(tmp_path / "bare", with_packages=False))
        fault = only_fault([*findings(doctor(kit, "--json", JUPYTER_PATH=str(tmp_path / "jupyter"))).values()])
        assert (
            fault.check == "kernel" and f"the folder {spec} makes" in fault.sentence and "Kernel died" in fault.sentence
        )

    def test_a_kernel_file_that_points_at_a_python_without_copydesk(self, kit: Path, tmp_path: Path) -> None:
        other = other_python(tmp_path / "other", with_packages=True)
        if not is_bare(other):
            pytest.skip("Copydesk is installed among the other packages here")
        spec = kernelspec(tmp_path / "jupyter", other)
        fault = only_fault([*findings(doctor(kit, "--json", JUPYTER_PATH=str(tmp_path / "jupyter"))).values()])
        assert fault.sentence.startswith(f"the folder {spec} makes notebooks run on {other}, which has no Copydesk: ")

    @posix
    def test_a_jupyter_of_another_environment_comes_first_on_the_path(self, kit: Path, tmp_path: Path) -> None:
        other = other_python(tmp_path / "other", with_packages=True)
        if not is_bare(other):
            pytest.skip("Copydesk is installed among the other packages here")
        command = Path(other).parent / "jupyter"
        for name, start in COMMANDS.items():
            script = command.with_name(name)
            script.write_text(f"#!{other}\n{start}\n")
            script.chmod(0o755)
        done = doctor(kit, "--json", PATH=f"{command.parent}{os.pathsep}{os.environ['PATH']}")
        found = findings(done)
        assert not found["kernel"].well and f'"{sys.executable}" -m jupyterlab' in found["kernel"].sentence
        assert not found["front_end"].well and f"({command}) cannot show the exercises" in found["front_end"].sentence
        assert done.returncode == 1

    @posix
    def test_a_jupyter_that_does_not_answer_is_passed_over(self, kit: Path, tmp_path: Path) -> None:
        shim = tmp_path / "jupyter"
        shim.write_text("#!/bin/sh\necho 'jupyter: command not found' >&2\nexit 127\n")
        shim.chmod(0o755)
        found = findings(doctor(kit, "--json", PATH=f"{tmp_path}{os.pathsep}{os.environ['PATH']}"))
        assert found["kernel"].well and found["jupyterlab"].well

    def test_no_jupyter_at_all(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        bare = other_python(tmp_path / "bare", with_packages=False)
        own = Python(bare, str(tmp_path / "bare"), "3.11.0", {"copydesk": "0.1.0"})
        found = check_programs(own, ask_jupyter(own, None), FLOOR)
        assert of("jupyterlab", found).sentence.startswith("jupyterlab is not installed: run ")
        assert of("kernel", found).well, "the line for JupyterLab says it all"

    @posix
    def test_letters(self, kit: Path) -> None:
        """The command itself must be heard where its own signs cannot be written."""
        done = doctor(kit, LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
        assert done.returncode == 1 and not done.stderr
        assert re.search(r"wrong  Letters: this system writes text as \S+, which lacks letters", done.stdout)
        assert "set PYTHONUTF8=1" in done.stdout and "1 thing needs fixing." in done.stdout

    @pytest.mark.parametrize(
        ("name", "well"), [("UTF-8", True), ("utf8", True), ("cp1252", False), ("US-ASCII", False)]
    )
    def test_encodings(self, name: str, well: bool) -> None:
        assert programs.check_encoding(name).well is well


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A learner's home and a folder of lessons in it, with no settings."""
    monkeypatch.delenv("COPYDESK_ANSWERS")
    monkeypatch.setattr("platformdirs.user_data_path", lambda *_, **__: tmp_path / "data")
    (tmp_path / "kit" / "notebooks").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "kit" / "notebooks")
    return tmp_path


def block(path: Path) -> None:
    """Nobody, not even root, can make a folder under a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("")


def work_in(folder: Path) -> None:
    (folder / "practice").mkdir(parents=True)
    (folder / "practice" / "00_start_here.json").write_text("{}")


class TestAnswers:
    """Where answers go."""

    def test_all_well_and_nothing_left_behind(self, home: Path) -> None:
        found = check_answers()
        assert found.well and str(home / "kit" / "notebooks" / "answers") in found.sentence
        assert not [*Path.cwd().iterdir()]

    def test_a_folder_that_cannot_be_written(self, home: Path) -> None:
        block(Path.cwd() / "answers")
        found = check_answers()
        assert not found.well and f"they are safe in {home / 'data' / 'answers'}, but not where" in found.sentence
        assert f"because {Path.cwd() / 'answers'} cannot be written" in found.sentence

    def test_no_folder_can_be_written(self, home: Path) -> None:
        block(Path.cwd() / "answers")
        block(home / "data")
        found = check_answers()
        assert not found.well and found.sentence.startswith("answers can be kept neither in ")
        assert found.sentence.endswith("set COPYDESK_ANSWERS to a folder you may write in.")

    @pytest.mark.parametrize("place", ["kit/answers", "data/answers"])
    def test_earlier_answers_lie_elsewhere(self, place: str, home: Path) -> None:
        work_in(home / place)
        found = check_answers()
        assert not found.well and f"but there are some in {home / place}: " in found.sentence
        work_in(Path.cwd() / "answers")
        assert check_answers().well, "both have work: the learner knows"

    def test_a_disk_that_is_nearly_full(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("copydesk.checkup.doctor.ROOM", shutil.disk_usage(home).free + 10**15)
        assert "MB left: make room" in check_answers().sentence

    def test_a_lock_that_another_process_holds(self, home: Path) -> None:
        lesson = Path.cwd() / "answers" / "practice" / "00_start_here.json"
        code = (
            "import sys; from pathlib import Path; from copydesk.base.files import locked\n"
            "with locked(Path(sys.argv[1])):\n    print('held', flush=True); input()"
        )
        command = [sys.executable, "-c", code, str(lesson)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
            assert holder.stdout is not None and holder.stdout.readline() == "held\n"
            found = check_answers()
            holder.communicate("\n")
        assert not found.well and str(lesson.with_name(".00_start_here.lock")) in found.sentence
        assert check_answers().well

    def test_a_browser(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("copydesk.checkup.doctor.kept_in_browser", lambda: "SecurityError")
        assert "private window" in check_answers().sentence and not check_answers().well
        for room in ("doctor", "jupyter"):
            monkeypatch.setattr(f"copydesk.checkup.{room}.kept_in_browser", lambda: "")
        assert check_answers().well
        found = check_programs(this_python(), None, FLOOR)
        told = [of(name, found).sentence for name in ("kernel", "jupyterlab", "front_end")]
        assert told == ["Python runs in this browser, and has Copydesk.", *["it came with this site."] * 2]


def mounted(folder: Path, spoil: str) -> subprocess.CompletedProcess[str]:
    """`copydesk doctor` where a small disk of its own is mounted on a folder and spoilt first."""
    folder.mkdir()
    ask = f'"{sys.executable}" -m copydesk doctor --json'
    script = f'mount -t tmpfs -o size=200k tmpfs "$0" && {spoil} && cd "$0" && {ask}'
    environment = {**os.environ, "XDG_DATA_HOME": str(folder.parent / "data")}
    environment.pop("COPYDESK_ANSWERS")
    if subprocess.run(["unshare", "-rm", "true"], capture_output=True, check=False).returncode:
        pytest.skip("no disk can be mounted here")
    command = ["unshare", "-rm", "sh", "-c", script, str(folder)]
    return subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=False)


@pytest.mark.skipif(not shutil.which("unshare"), reason="needs Linux’s unshare")
class TestRealDisks:
    """The command on a disk that is really read-only, and on one that is really full."""

    def test_a_read_only_folder(self, tmp_path: Path) -> None:
        done = mounted(tmp_path / "disk", 'mount -o remount,ro "$0"')
        fault = findings(done)["answers"]
        assert not fault.well and f"because {tmp_path / 'disk' / 'answers'} cannot be written" in fault.sentence
        assert str(tmp_path / "data" / "copydesk" / "answers") in fault.sentence and done.returncode == 1

    def test_a_full_disk(self, tmp_path: Path) -> None:
        fault = findings(mounted(tmp_path / "disk", '! head -c 1M /dev/zero 2>/dev/null > "$0/big"'))["answers"]
        assert not fault.well and "has only 0.0 MB left: make room on it" in fault.sentence


class TestStory:
    """The story in use."""

    def test_it_is_whole(self) -> None:
        assert check_story(load_story) == Finding("story", True, "“baltics-2022” is whole.")

    def test_it_is_missing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("COPYDESK_STORY", "baltic")
        found = check_story(load_story)
        assert not found.well and found.sentence.startswith("no story named 'baltic'; there are: baltics-2022, ")

    @pytest.mark.parametrize(
        ("file", "says"),
        [
            ("page.txt", "is not the page story.toml was made for"),
            ("key.json", "cannot be read"),
            ("story.toml", "cannot be read as TOML"),
        ],
    )
    def test_it_is_damaged(self, file: str, says: str, seeds: Path) -> None:
        path = seeds / "baltics-2022" / file
        path.write_bytes(b"{" + path.read_bytes())
        found = check_story(load_story)
        assert not found.well and says in found.sentence and str(path) in found.sentence


class TestEdition:
    """The edition in use, and the kit that is installed."""

    EDITION = Edition(wheel="copydesk-1+ab-py3-none-any.whl", kit_files="ab")

    @pytest.mark.parametrize(("installed", "well"), [("ab", True), ("cd", False), ("", True)])
    def test_the_kit_is_its_own(self, installed: str, well: bool, monkeypatch: pytest.MonkeyPatch) -> None:
        for module in ("copydesk.story.edition", "copydesk.checkup.doctor"):
            monkeypatch.setattr(f"{module}.installed_kit", lambda: installed)
        found = check_edition(self.EDITION)
        assert found.well is well and (well or f"-m pip install ./{self.EDITION.wheel}" in found.sentence)
        assert ("nothing to compare" in found.sentence) is (not installed) and check_edition(Edition()).well


class TestNotebooks:
    """Notebooks beside the package."""

    @pytest.fixture
    def folder(self, kit: Path) -> Path:
        return kit / "notebooks"

    def test_they_fit(self, folder: Path) -> None:
        assert lessons_folder(folder.parent) == lessons_folder(folder) == folder
        found = check_notebooks(sorted(folder.glob("*.ipynb")))
        assert found.well and found.sentence == f"9 of this version’s lessons in {folder}."

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ('desk.exercise(\\"voices\\")', "desk"),
            ('desk.exercise(\\"voices\\")', 'desk.exercise(\\"voices\\"), desk.exercise(\\"old\\")'),
            ("voices", "voices_of_old"),
            ('"cells"', '"cell"'),
            ("{", ""),
        ],
    )
    def test_one_is_of_another_version(self, old: str, new: str, folder: Path) -> None:
        path = folder / "00_start_here.ipynb"
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")
        found = check_notebooks(sorted(folder.glob("*.ipynb")))
        assert not found.well and found.sentence.startswith("00_start_here.ipynb: not of this version of Copydesk (")

    def test_none_is_there(self, tmp_path: Path) -> None:
        assert check_notebooks([]).well and lessons_folder(tmp_path) == tmp_path


class TestInANotebook:
    """`copydesk.doctor()`."""

    def test_a_table_of_the_same(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("COPYDESK_STORY", "<b>")
        page = copydesk.doctor()
        found = checkup(kernel=this_python())
        assert repr(page).splitlines() == [*map(finding_line, found), summary(found)]
        html = page._repr_html_()
        assert html.count("<tr>") == len(found) + 1 and html.count('<th scope="col">') == 3
        assert f"<caption>{summary(found)}</caption>" in html and "✗ wrong" in html and "<b>" not in html

    def test_it_asks_the_jupyter_that_started_the_kernel(self, tmp_path: Path) -> None:
        """A kernel under a real server's Python, with another Jupyter on the path."""
        (tmp_path / "ask.py").write_text("import copydesk\nprint(repr(copydesk.doctor()))")
        command = [sys.executable, "-m", "jupyter", "run", str(tmp_path / "ask.py")]
        environment = {**os.environ, "PATH": f"{sysconfig.get_paths()['scripts']}{os.pathsep}{os.environ['PATH']}"}
        done = subprocess.run(
            command, env=environment, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False
        )
        assert "cannot be seen" not in done.stdout and "✓ fine  JupyterLab: version " in done.stdout, done.stderr

    def test_verdicts(self) -> None:
        bad = Finding("story", False, "…")
        assert [summary([bad] * n) for n in (1, 2)] == ["1 thing needs fixing.", "2 things need fixing."]


def test_each_sentence_of_a_fault_is_one_sentence() -> None:
    for name, said in load_wording("doctor")["wrong"].items():
        assert said.endswith(".") and not re.search(r"[.!?] [A-Z]", said), name
        assert re.search(r": |; ", said), f"{name} does not say how to mend it"


def test_each_sentence_of_a_fault_was_provoked_above(heard: Heard, request: pytest.FixtureRequest) -> None:
    chosen = request.config.getoption("keyword") or any("::" in arg for arg in request.config.args)
    if chosen or sys.platform == "win32":
        pytest.skip("only some of these tests ran")
    assert set(heard) - heard.said == set()
