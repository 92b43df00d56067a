"""The kit in fresh environments, at the floor and at the newest, on each Python there is: `make floors`.

    python -m tools.floors [--python 3.12] [--at floor] [--no-browser]

What environment.yml asks for is installed from PyPI (each at its lower bound for the floor, with the Notebook 7 of
Binder's base), postBuild runs as on Binder, and then, with that environment alone: `copydesk doctor`, every lesson
under nbval, `tools/first_day.py`, and lesson 02 in a browser, in JupyterLab and in Notebook 7.

`--at core` installs only what the kit cannot do without, at its lower bounds, and a kernel: every lesson runs under
nbval, without JupyterLab and matplotlib, and so do the tests of exercises, answers and widgets.

`--at wheel` installs the wheel with [lab] and [classroom], and goes through `tools/first_day.py` far from this folder.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTHONS = ("3.11", "3.12", "3.13")
ALL = ("floor", "newest", "core", "wheel")
NOT_PACKAGES = ("python", "pip")
ON_PYPI = {"matplotlib-base": "matplotlib"}
"""Where a package has another name on PyPI than on conda-forge."""
NOTEBOOK = "notebook>=7.4.7"
CORE = ("ipykernel==6.29.0", "nbval>=0.11", "pytest>=8.3", "hypothesis>=6.110")
"""A kernel as old as Google Colab’s, and what runs the tests."""
NO_MATPLOTLIB = "import importlib.util as u; raise SystemExit(u.find_spec('matplotlib') is not None)"
CORE_TESTS = ("tests/answers", "tests/exercises", "tests/widgets")
TOOLS = ("pytest>=8.3", "hypothesis>=6.110", "playwright>=1.49", "axe-playwright-python>=0.1.4")
SHOWN = ("jupyterlab", "notebook", "ipywidgets", "ipykernel", "anywidget", "matplotlib")
IN_THE_BROWSER = ("tests/browser/test_lesson_02.py", "tests/browser/test_notebook7.py", "-k", "not axe or 02_who")


def asked() -> list[str]:
    """What environment.yml asks for, as pip reads it."""
    text = (ROOT / "environment.yml").read_text("utf-8").partition("dependencies:")[2]
    specs = re.findall(r"^  - ([\w-]+)(\S*)$", text, re.MULTILINE)
    return [ON_PYPI.get(name, name) + bounds for name, bounds in specs if name not in NOT_PACKAGES]


def core() -> list[str]:
    """What the kit cannot do without."""
    return list(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"])


def at_floor(specs: Sequence[str]) -> list[str]:
    """The same packages, each at its lower bound.

    >>> at_floor(["jupyterlab>=4.4.9", "filelock>=3.16,<4"])
    ['jupyterlab==4.4.9', 'filelock==3.16']
    """
    return [spec.partition(",")[0].replace(">=", "==") for spec in specs]


def find_python(version: str) -> str | None:
    """A Python of that version which runs: on the path, or one that pyenv keeps."""
    kept = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
    for place in (sys.executable, shutil.which(f"python{version}"), *kept):
        if place and _says([str(place), "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]) == version:
            return str(place)
    return None


def _says(command: Sequence[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


class Environment:
    """One new environment; each step says what it was, whether it went well and how long it took."""

    def __init__(self, home: Path, python: str) -> None:
        self.home, self.well = home, True
        own = {f"JUPYTER_{name}_DIR": str(home / name) for name in ("CONFIG", "DATA", "RUNTIME")}
        own |= {"COPYDESK_ANSWERS": str(home / "answers"), "IPYTHONDIR": str(home / "ipython")}
        own["PATH"] = f"{home / 'venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"
        away = ("PYTHONPATH", "VIRTUAL_ENV", "COPYDESK_STORY", "COPYDESK_SEEDS", "JUPYTER_PATH")
        self.environ = {k: v for k, v in os.environ.items() if k not in away} | own
        self.step("a new environment", python, "-m", "venv", str(home / "venv"))
        self.python = str(home / "venv" / "bin" / "python")

    def step(self, what: str, *command: str, folder: Path = ROOT) -> None:
        """Run one command; once one has failed, the rest is left out."""
        if not self.well:
            return
        start = time.monotonic()
        done = subprocess.run(command, env=self.environ, cwd=folder, capture_output=True, text=True, check=False)
        self.well = done.returncode == 0
        print(f"  {'yes' if self.well else 'NO '}  {what} ({time.monotonic() - start:.0f} s)")
        said = (done.stdout if self.well else done.stdout + done.stderr).strip().splitlines()
        if not self.well or "pytest" in command:
            print("\n".join(f"       {line}" for line in said[-1 if self.well else -20 :]), flush=True)

    def lessons(self) -> None:
        """Every lesson under nbval."""
        notebooks = [str(path) for path in sorted((ROOT / "notebooks").glob("*.ipynb"))]
        nbval = ("-m", "pytest", "-q", "--nbval-lax", "-p", "no:cacheprovider", "-c", os.devnull)
        self.step("nbval, every lesson", self.python, *nbval, f"--rootdir={ROOT}", *notebooks)

    def first_day(self) -> None:
        """`copydesk start`, a lesson, a hand-in and grades, in a folder of its own."""
        (self.home / "course").mkdir()
        script = str(ROOT / "tools" / "first_day.py")
        self.step("the first day of a course", self.python, script, folder=self.home / "course")

    def versions(self) -> str:
        """What is installed, in one line."""
        code = (
            "from importlib.metadata import distributions as d; have = {x.name.lower(): x.version for x in d()}; "
            f"print(*(f'{{n}} {{have[n]}}' for n in {SHOWN} if n in have), sep=', ')"
        )
        return _says([self.python, "-c", code])


def prove(version: str, at: str, *, browser: bool) -> bool:
    """Everything that must hold on one Python, at the floor, at the newest, or for the core alone."""
    python = find_python(version)
    print(f"Python {version}, {at}: {python or 'not on this machine, left out'}", flush=True)
    if python is None:
        return True
    with tempfile.TemporaryDirectory(prefix="copydesk-floor-", ignore_cleanup_errors=True) as home:
        env = Environment(Path(home), python)
        if at == "core":
            prove_core(env)
        elif at == "wheel":
            prove_wheel(env)
        else:
            prove_lab(env, at, browser=browser)
        print(f"  {env.versions()}", flush=True)
        return env.well


def prove_core(env: Environment) -> None:
    """The core dependencies alone, at their lower bounds: lessons run, and what they save is graded."""
    env.step("the core at its floor", env.python, "-m", "pip", "install", "--quiet", *at_floor(core()), *CORE)
    env.step("the kit", env.python, "-m", "pip", "install", "--quiet", "--no-deps", "-e", ".")
    env.step("there is no matplotlib", env.python, "-c", NO_MATPLOTLIB)
    env.lessons()
    old = ("-W", "ignore::DeprecationWarning")  # ipywidgets 7 uses what newer packages call old
    env.step("its tests", env.python, "-m", "pytest", "-q", *old, "-p", "no:cacheprovider", *CORE_TESTS)


def prove_wheel(env: Environment) -> None:
    """The wheel in an empty environment: `copydesk start`, a lesson, a hand-in, grades."""
    made = env.home / "wheel"
    env.step("the wheel", env.python, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", str(made), ".")
    wheels = [f"{path}[lab,classroom]" for path in made.glob("*.whl")]
    env.step("the wheel and its extras", env.python, "-m", "pip", "install", "--quiet", *wheels)
    env.first_day()


def prove_lab(env: Environment, at: str, *, browser: bool) -> None:
    """What a Binder link gives, in the terminal and in a browser."""
    specs = [*asked(), NOTEBOOK]
    wanted = at_floor(specs) if at == "floor" else specs
    env.step("the ranges of environment.yml from PyPI", env.python, "-m", "pip", "install", "--quiet", *wanted)
    env.step("postBuild", "bash", "postBuild")
    env.step("no package asks for another version", env.python, "-m", "pip", "check")
    env.step("copydesk doctor", "copydesk", "doctor")
    env.lessons()
    env.first_day()
    if browser:
        env.step("browser tools", env.python, "-m", "pip", "install", "--quiet", *TOOLS, *at_floor_of(env))
        driven = ("-m", "pytest", "-q", "-m", "browser", "-p", "no:cacheprovider", *IN_THE_BROWSER)
        env.step("lesson 02 in JupyterLab and Notebook 7", env.python, *driven)


def at_floor_of(env: Environment) -> list[str]:
    """What is installed of the packages under test, pinned, so that the tools do not move them."""
    return [item.replace(" ", "==") for item in env.versions().split(", ")]


def main() -> int:
    """0 only if everything holds everywhere."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--python", nargs="*", default=PYTHONS, help="versions, as 3.11 3.12")
    parser.add_argument("--at", nargs="*", default=ALL, choices=ALL)
    parser.add_argument("--browser", action=argparse.BooleanOptionalAction, default=True)
    options = parser.parse_args()
    well = [prove(version, at, browser=options.browser) for version in options.python for at in options.at]
    return int(not all(well))


if __name__ == "__main__":
    sys.exit(main())
