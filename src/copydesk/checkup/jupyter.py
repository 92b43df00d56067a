"""Checks of Python, Jupyter and the packages, and the Jupyter they look at.

`ask_jupyter` finds the Jupyter that would run here and asks it by its own commands, including the kernel it starts.
Each check then takes what was found, so tests can give it any Jupyter.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module, metadata
from pathlib import Path
from typing import Any

from copydesk.base.system import kept_in_browser, text_encoding
from copydesk.base.wording import load_wording
from copydesk.checkup import probe

IN_KERNEL = ("ipykernel", "ipywidgets", "anywidget")
FRONT_END = {"@jupyter-widgets/jupyterlab-manager": "jupyterlab_widgets", "anywidget": "anywidget"}
"""The parts that run in the browser, and the packages that bring them."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found: whether all is well, and one sentence: that it is, or what is wrong and how to fix it."""

    check: str
    well: bool
    sentence: str

    @property
    def title(self) -> str:
        """What was looked at, in a learner's words."""
        return str(load_wording("doctor")["title"][self.check])

    @property
    def state(self) -> str:
        """The sign and the word for how it is.

        >>> Finding("story", False, "there is no story.").state
        '✗ wrong'
        """
        return str(load_wording("doctor")["words"]["fine" if self.well else "wrong"])


def well(check: str, sentence: str, **words: object) -> Finding:
    """A finding that all is well, in the words of `data/doctor.toml`."""
    return Finding(check, True, load_wording("doctor")["well"][sentence].format(**words))


def wrong(check: str, sentence: str, **words: object) -> Finding:
    """A finding that something is wrong, in the words of `data/doctor.toml`."""
    return Finding(check, False, load_wording("doctor")["wrong"][sentence].format(**words))


@dataclass(frozen=True, slots=True)
class Python:
    """A Python: its path, the folder of its environment, its version, and the versions of the packages it has."""

    path: str
    prefix: str
    version: str
    packages: Mapping[str, str]

    def shows(self, extension: str) -> bool:
        """Whether the browser part of a widget library is installed in this environment."""
        return has_extension(Path(self.prefix) / "share" / "jupyter", extension)


def this_python() -> Python:
    """The Python that runs now.

    >>> "copydesk" in this_python().packages
    True
    """
    return Python(**probe.look())


def has_extension(folder: Path, extension: str) -> bool:
    """Whether one of the folders Jupyter looks into has that browser part."""
    return (folder / "labextensions" / extension / "package.json").is_file()


def is_older(version: str, floor: str) -> bool:
    """Whether a version is below a floor; one that is not known counts as new enough.

    >>> is_older("4.10.0", "4.4.9"), is_older("7.0.0b1", "7.0.1"), is_older("", "1.0")
    (False, True, False)
    """
    return bool(version) and _numbers(version) < _numbers(floor)


def _numbers(version: str) -> list[int]:
    numbers = [int(n) for n in re.findall(r"\d+", version)[:3]]
    return numbers + [0] * (3 - len(numbers))


def floors(needs: Iterable[str] | None = None, *, lab: bool = True) -> dict[str, str]:
    """The lowest versions that the kit is made for, of Python and of each package, as its own metadata has them.

    With `lab` these are the ones that JupyterLab takes (the extra [lab]); other front ends also show older ones.

    >>> needs = ["ipywidgets>=7.7.1", "filelock<4,>=3.12", "ipywidgets>=8.1.7; extra == 'lab'", "mypy>=1; extra == 't'"]
    >>> floors(needs), floors(needs, lab=False)
    ({'ipywidgets': '8.1.7', 'filelock': '3.12'}, {'ipywidgets': '7.7.1', 'filelock': '3.12'})
    """
    if needs is None:
        try:
            about = metadata.metadata("copydesk")
        except metadata.PackageNotFoundError:
            return dict.fromkeys(("python", "jupyterlab", *IN_KERNEL), "0")
        needs = [f"python{about['Requires-Python']}", *about.get_all("Requires-Dist", ())]
    extras = ("", "lab") if lab else ("",)
    found = [re.match(r"\s*([\w.-]+)[^;]*?>=\s*([\w.]+)[^;]*(?:;.*extra == .(\w+))?", need) for need in needs]
    return {one[1]: one[2] for extra in extras for one in found if one and (one[3] or "") == extra}


def check_programs(own: Python, jupyter: Jupyter | None, floor: Mapping[str, str]) -> list[Finding]:
    """Everything that is installed; `own` is the Python that has Copydesk, `jupyter` None where none can be seen."""
    kernel = own if jupyter is None else check_kernel(own, jupyter)
    place = "kernel" if kept_in_browser() is None else "kernel_browser"
    found = [kernel] if isinstance(kernel, Finding) else [well("kernel", place, python=kernel.path)]
    python = own if isinstance(kernel, Finding) else kernel  # where it is not the right one, the right one is looked at
    found.insert(0, check_python(python, floor.get("python", "")))
    found.append(check_lab(python, jupyter, floor.get("jupyterlab", "")))
    found += [check_package(name, python, floor[name]) for name in IN_KERNEL if name in floor]
    return [*found, check_front_end(python, jupyter), check_figures(python.packages), check_encoding(text_encoding())]


def check_python(python: Python, needed: str) -> Finding:
    """The version of Python."""
    judge = wrong if is_older(python.version, needed) else well
    return judge("python", "python", version=python.version, python=python.path, needed=needed)


def check_kernel(own: Python, jupyter: Jupyter) -> Python | Finding:
    """The Python that notebooks run on, if it is one that has Copydesk; else what is wrong."""
    kernel, spec = jupyter.kernel, jupyter.spec
    if kernel and "copydesk" in kernel.packages:
        return kernel
    if spec and spec.is_strange_to(kernel or own):
        words = {"spec": spec.folder, "python": spec.program, "why": jupyter.why, "jupyter": jupyter}
        return wrong("kernel", "spec_elsewhere" if kernel else "spec_dead", **words)
    if kernel:
        return wrong("kernel", "kernel_elsewhere", python=kernel.path, own=own.path)
    return wrong("kernel", "kernel_dead", why=jupyter.why, python=own.path)


def check_lab(python: Python, jupyter: Jupyter | None, needed: str) -> Finding:
    """JupyterLab: the one that starts here, or, where that will not do, another that will."""
    if jupyter is None:
        return well("jupyterlab", _unseen())
    if jupyter.lab and not is_older(jupyter.lab, needed):
        return well("jupyterlab", "package", version=jupyter.lab, needed=needed)
    mine = python.packages.get("jupyterlab", "")
    if mine and not is_older(mine, needed):
        return wrong("jupyterlab", "other_lab", jupyter=jupyter, needed=needed, python=python.path)
    return check_package("jupyterlab", python, needed)


def _unseen() -> str:
    """What is said of a JupyterLab that cannot be asked."""
    return "not_seen" if kept_in_browser() is None else "of_site"


def check_package(name: str, python: Python, needed: str) -> Finding:
    """One package that must be there and new enough."""
    version = python.packages.get(name)
    words = {"name": name, "version": version, "needed": needed, "python": python.path}
    if version is None:
        return wrong(name, "missing", **words)
    return wrong(name, "old", **words) if is_older(version, needed) else well(name, "package", **words)


def check_front_end(python: Python, jupyter: Jupyter | None) -> Finding:
    """The parts that show the exercises in the browser: where Jupyter looks, or elsewhere, or nowhere."""
    if jupyter is None:
        return well("front_end", _unseen())
    lacking = [name for name in FRONT_END if not any(has_extension(folder, name) for folder in jupyter.folders)]
    if not lacking:
        return well("front_end", "front_end")
    names, packages = ", ".join(lacking), " ".join(FRONT_END[name] for name in lacking)
    if all(python.shows(name) for name in lacking):
        return wrong("front_end", "front_end_elsewhere", jupyter=jupyter, names=names, python=python.path)
    return wrong("front_end", "front_end", names=names, packages=packages, python=python.path)


def check_figures(packages: Mapping[str, str]) -> Finding:
    """What draws figures; without it nothing is lost but the pictures."""
    missing = [name for name in ("matplotlib", "numpy") if name not in packages]
    if missing:
        return well("figures", "no_figures", missing=missing[0])
    return well("figures", "figures", version=packages["matplotlib"])


def check_encoding(name: str) -> Finding:
    """Whether every letter can be written."""
    if name.lower().replace("-", "").replace("_", "") == "utf8":
        return well("encoding", "encoding")
    return wrong("encoding", "encoding", encoding=name)


PATIENCE = 60.0
"""Seconds each question may take: a kernel on a slow disk starts in twenty."""


@dataclass(frozen=True, slots=True)
class Spec:
    """The file that says how the kernel of the lessons is started."""

    folder: Path
    program: str

    def is_strange_to(self, python: Python) -> bool:
        """Whether somebody has put it where it starts another Python than this environment’s own; it can be removed."""
        put = self.folder.parent.name == "kernels" and not self.folder.is_relative_to(python.prefix)
        return put and Path(self.program).is_absolute()


@dataclass(frozen=True, slots=True)
class Jupyter:
    """A Jupyter: how it is called, the folders it looks into, its JupyterLab ('' for none), and its kernel."""

    command: tuple[str, ...]
    folders: tuple[Path, ...]
    lab: str
    spec: Spec | None
    kernel: Python | None
    why: str = ""
    """Why there is no kernel."""

    def __str__(self) -> str:
        return " ".join(self.command)


def ask_jupyter(own: Python, kernel: Python | None) -> Jupyter | None:
    """The Jupyter that serves this kernel (None if it cannot be seen); with no kernel, the one on the path or ours."""
    if kernel:
        server = _parent()
        found = _ask((server, "-m", "jupyter"), kernel) if server else None
        return found if found and found.lab else None  # without JupyterLab another front end shows this notebook
    on_path = shutil.which("jupyter")
    mine = (own.path, "-m", "jupyter")
    found = _ask((on_path,), None) if on_path else None
    return found or _ask(mine, None) or Jupyter(mine, (Path(own.prefix) / "share" / "jupyter",), "", None, own)


def _ask(jupyter: tuple[str, ...], kernel: Python | None) -> Jupyter | None:
    """Ask four things at once; None if this is no Jupyter that answers."""
    asked = [("--paths", "--json"), ("lab", "--version"), ("kernelspec", "list", "--json")]
    asked += [] if kernel else [("run", probe.__file__)]
    with ThreadPoolExecutor(len(asked)) as pool:
        paths, lab, specs, *ran = pool.map(lambda words: _run([*jupyter, *words]), asked)
    folders = _read(paths.stdout).get("data")
    if not isinstance(folders, list):
        return None
    if ran:
        with suppress(TypeError):
            kernel = Python(**_read(ran[0].stdout))
    why = ran[0].stderr.strip().splitlines()[-1:] if ran and not kernel else []
    version = "".join(lab.stdout.split()[-1:]) if lab.returncode == 0 else ""
    return Jupyter(jupyter, tuple(map(Path, folders)), version, _spec(specs.stdout), kernel, "".join(why))


def _spec(listed: str) -> Spec | None:
    with suppress(KeyError, TypeError, IndexError):
        spec = _read(listed)["kernelspecs"]["python3"]
        return Spec(Path(spec["resource_dir"]), str(spec["spec"]["argv"][0]))
    return None


def _run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    environment: Mapping[str, str] = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    try:
        return subprocess.run(
            command,
            env=environment,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            encoding="utf-8",
            errors="replace",
            timeout=PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return subprocess.CompletedProcess(command, 1, "", str(error))


def _read(text: str) -> dict[str, Any]:
    """The JSON object in what a command printed, whatever it printed around it; {} if there is none."""
    start, end = text.find("{"), text.rfind("}")
    try:
        found = json.loads(text[start : end + 1])
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _parent() -> str | None:
    """The Python of the server that started this kernel, if it was a Python that did."""
    with suppress(Exception):  # not everywhere may one look at another process
        words: list[str] = import_module("psutil").Process(os.getppid()).cmdline()
        if "python" in Path(words[0]).name.lower():
            return words[0]
    return None
