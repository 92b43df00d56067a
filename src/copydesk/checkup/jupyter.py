"""The Jupyter that would run here: asked by its own commands, the kernel it starts included."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from copydesk.checkup import probe
from copydesk.checkup.python import Python

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
        return _ask((server, "-m", "jupyter"), kernel) if server else None
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
