"""Checks of Python, Jupyter and the packages: each takes what it looks at."""

from __future__ import annotations

import locale
import re
import sys
from collections.abc import Iterable, Mapping
from importlib import metadata

from copydesk.checkup.findings import Finding, well, wrong
from copydesk.checkup.jupyter import Jupyter
from copydesk.checkup.python import Python, has_extension, is_older

IN_KERNEL = ("ipykernel", "ipywidgets", "anywidget")
FRONT_END = {"@jupyter-widgets/jupyterlab-manager": "jupyterlab_widgets", "anywidget": "anywidget"}
"""The parts that run in the browser, and the packages that bring them."""


def floors(needs: Iterable[str] | None = None) -> dict[str, str]:
    """The lowest versions that the kit is made for, of Python and of each package, as its own metadata has them.

    >>> floors(["ipywidgets>=8.1.7", "pytest>=8.3; extra == 'test'"])
    {'ipywidgets': '8.1.7'}
    >>> floors(["filelock<4,>=3.16"])
    {'filelock': '3.16'}
    """
    if needs is None:
        try:
            about = metadata.metadata("copydesk")
        except metadata.PackageNotFoundError:
            return dict.fromkeys(("python", "jupyterlab", *IN_KERNEL), "0")
        needs = [f"python{about['Requires-Python']}", *about.get_all("Requires-Dist", ())]
    bounded = (re.match(r"\s*([\w.-]+).*?>=\s*([\w.]+)", need) for need in needs if "extra" not in need)
    return {found[1]: found[2] for found in bounded if found}


def check_programs(own: Python, jupyter: Jupyter | None, floor: Mapping[str, str]) -> list[Finding]:
    """Everything that is installed; `own` is the Python that has Copydesk, `jupyter` None where none can be seen."""
    kernel = own if jupyter is None else check_kernel(own, jupyter)
    found = [kernel] if isinstance(kernel, Finding) else [well("kernel", "kernel", python=kernel.path)]
    python = own if isinstance(kernel, Finding) else kernel  # where it is not the right one, the right one is looked at
    found.insert(0, check_python(python, floor.get("python", "")))
    found.append(check_lab(python, jupyter, floor.get("jupyterlab", "")))
    found += [check_package(name, python, floor.get(name, "")) for name in IN_KERNEL]
    return [*found, check_front_end(python, jupyter), check_figures(python.packages), check_encoding(encoding())]


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
        return well("jupyterlab", "not_seen")
    if jupyter.lab and not is_older(jupyter.lab, needed):
        return well("jupyterlab", "package", version=jupyter.lab, needed=needed)
    mine = python.packages.get("jupyterlab", "")
    if mine and not is_older(mine, needed):
        return wrong("jupyterlab", "other_lab", jupyter=jupyter, needed=needed, python=python.path)
    return check_package("jupyterlab", python, needed)


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
        return well("front_end", "not_seen")
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


def encoding() -> str:
    """How this system writes text: on Windows Python writes file names and the terminal as UTF-8, come what may."""
    return sys.getfilesystemencoding() if sys.platform == "win32" else locale.getpreferredencoding(False)


def check_encoding(name: str) -> Finding:
    """Whether every letter can be written."""
    if name.lower().replace("-", "").replace("_", "") == "utf8":
        return well("encoding", "encoding")
    return wrong("encoding", "encoding", encoding=name)
