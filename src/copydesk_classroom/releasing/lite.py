"""A student edition as a website: JupyterLab and Python run in the browser, and any web server can serve the folder.

JupyterLite makes JupyterLab's files; Pyodide is Python for browsers, from npm. Every package that the kernel loads is
listed in `pyodide-lock.json`, which is written here, so that nothing is looked up or fetched from another host.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import metadata
from importlib.resources import files
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any

import platformdirs

from copydesk import __version__
from copydesk.base.errors import CopydeskError
from copydesk.lessons.lesson import Lesson
from copydesk.story.edition import FILE, Edition
from copydesk_classroom.releasing.contents import (
    KEY,
    KIT,
    SUMS,
    contents,
    matching_files,
    release_toml,
    sums_of,
    wheel,
    zipped,
)
from copydesk_classroom.releasing.lite_pages import BROWSER, icon, lite_pages
from copydesk_classroom.releasing.release import check_zip, plan, write_folder, write_zip

KERNEL = "@jupyterlite/pyodide-kernel-extension"
PYODIDE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json")
"""The files of npm’s package that a browser needs; the others are for Node, consoles and debuggers."""
HOME = "static/pyodide"
"""Where Pyodide and the packages lie in the site."""
NEEDS = ("ipython", "comm", "micropip")
"""What JupyterLite’s kernel needs beside its own packages."""
WITHOUT = {"jedi", "parso", "pexpect", "ptyprocess", "widgetsnbextension", "jupyterlab-widgets"}
"""What these ask for and do without: completion, terminals, and parts that run in the browser."""
OWN = ("piplite", "pyodide_kernel", "ipykernel", "widgetsnbextension-4")
"""The kernel’s own packages, some of them stand-ins, which it brings as wheels."""
LEXERS = (
    *("__init__", "_css_builtins", "_lilypond_builtins", "_mapping", "_scheme_builtins", "css", "data", "html"),
    *("javascript", "jvm", "lilypond", "lisp", "markup", "perl", "python", "ruby", "shell", "special", "text"),
)
"""The modules of Pygments that IPython imports to colour code; those for some 500 other languages are 1 MB."""
UNUSED = re.compile(
    r"\.data/|(^|/)tests?/|\.pyi$|/nbextension/|/$|^pygments/lexers/(?!(" + "|".join(LEXERS) + r")\.py$)"
)
GRADING = ("jinja2", "markupsafe")
CLASSROOM = ("py.typed", "*.py", "*/*.py", "data/*.toml", "*/*.css", "*/*.js", "templates/*.j2")
OFF = (
    "@jupyterlite/application-extension:service-worker-manager",  # answers are kept without it
    "@jupyterlab/debugger-extension",
    "@jupyterlab/csvviewer-extension",
    "@jupyterlab/mermaid-extension",
    "@jupyterlab/vega5-extension",
    "@jupyterlab/pdf-extension",
    "@jupyterlab/inspector-extension",
    "@jupyterlab/tooltip-extension",
    "@jupyterlab/hub-extension",
    "@jupyter/docprovider-extension",
    "@jupyterlite/iframe-extension",
)
"""The extensions of JupyterLab that no lesson needs."""
SETTINGS = {
    "@jupyterlab/apputils-extension:themes": {"adaptive-theme": True},  # light or dark, as the device is set
    "@jupyterlab/filebrowser-extension:browser": {"showLastModifiedColumn": False},
}
FIRST_VISIT = 25_000_000
"""Bytes that a first visit loads, up to the first exercise (`benchmarks/lite.py`)."""
MADE = "1970-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Site:
    """What was made: the folder, how many files and bytes it has, and the zip with the keys (None: not graded)."""

    folder: Path
    files: int
    bytes: int
    edition: Edition
    stories: tuple[str, ...]
    keys: Path | None


def lite(  # noqa: PLR0913
    out: Path | str,
    *,
    lessons: Sequence[str] | None = None,
    story: str | Path | None = None,
    graded: bool = False,
    course: str = "",
    due: str | dt.date | None = None,
    hand_in_to: str = "",
    parts: Path | str | None = None,
) -> Site:
    """Make a student edition that runs in a browser, in the folder `out`; see `release` for what it takes.

    `parts` is a folder with npm’s `pyodide` and the wheels; what is not in it is fetched into it by npm and pip, by
    default into the user’s cache. A graded site has no key: the keys are in a zip beside it, for the page that grades.
    Raises CopydeskError as `release` does, and if something is neither there nor can be fetched.
    """
    folder = Path(out).resolve()
    chosen, edition = plan(lessons, story, graded=graded, course=course, due=due, hand_in_to=hand_in_to)
    keys = folder.with_name(f"{folder.name}-keys.zip") if graded else None
    if keys:
        check_zip(keys)
    pyodide, wheels = fetch(parts)
    inside = _jupyter(wheels)
    edition, packages = _packages(chosen, edition, wheels)
    inside |= {f"{HOME}/{name}": data for name, data in packages.items()}
    inside |= {f"{HOME}/{name}": (pyodide / name).read_bytes() for name in PYODIDE if not name.endswith(".json")}
    inside |= {f"{HOME}/{path.name}": path.read_bytes() for path in sorted(BROWSER.glob("*.mjs"))}
    lock = _lock(json.loads((pyodide / PYODIDE[-1]).read_text("utf-8")), packages)
    inside[f"{HOME}/{PYODIDE[-1]}"] = _json(lock)
    _, taken = contents(chosen, edition)
    inside |= {name: data for name, data in taken.items() if name.startswith("LICENSE")}
    books = {Path(name).name: _for_lite(data) for name, data in taken.items() if name.startswith("notebooks/")}
    inside |= {f"files/{name}": data for name, data in books.items()} | {"api/contents/all.json": _listing(books)}
    inside["jupyter-lite.json"] = _settings(inside["jupyter-lite.json"], lock)
    inside["lab/index.html"] = _our_own(inside["lab/index.html"])
    inside |= lite_pages(chosen, edition, FIRST_VISIT)
    inside[FILE] = release_toml(edition).encode()
    inside[SUMS] = sums_of(inside).encode()
    write_folder(folder, inside)
    if keys:
        write_zip(keys, _keys(chosen, edition))
    stories = tuple(dict.fromkeys(story.id for lesson in chosen for story in lesson.stories))
    return Site(folder, len(inside), sum(map(len, inside.values())), edition, stories, keys)


# --- what is fetched ---


def fetch(place: Path | str | None = None) -> tuple[Path, list[Path]]:
    """The folder of Pyodide and the wheels for it, fetched by npm and pip where they are not there yet.

    `place` is where they lie, by default the user’s cache. Raises CopydeskError if something cannot be fetched.
    """
    parts = Path(place) if place else platformdirs.user_cache_path("copydesk") / "lite"
    constants = _constants()
    pyodide = parts / f"pyodide-{constants.PYODIDE_VERSION}"
    if not all((pyodide / name).is_file() for name in PYODIDE):
        pyodide = parts / "pyodide" if (parts / "pyodide" / PYODIDE[0]).is_file() else _npm(parts, pyodide)
    found = parts / f"wheels-{constants.PYODIDE_PYTHON_VERSION}"
    if not (found / "complete").is_file():
        _pip(found, constants.PYODIDE_PYTHON_VERSION)
    return pyodide, sorted(found.glob("*.whl"))


def _constants() -> Any:
    if not find_spec("jupyterlite_core") or not find_spec("jupyterlite_pyodide_kernel"):
        raise CopydeskError("JupyterLite is not installed", 'run: python -m pip install "copydesk[classroom,lite]"')
    from jupyterlite_pyodide_kernel import constants

    return constants


def _npm(parts: Path, target: Path) -> Path:
    version, npm = target.name.partition("-")[2], shutil.which("npm")
    remedy = f"install npm, or put npm’s package pyodide {version} into {parts / 'pyodide'} (or name --parts FOLDER)"
    if npm is None:
        raise CopydeskError("Pyodide is not there, and there is no npm to fetch it", remedy)
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        _run([npm, "pack", "--silent", f"pyodide@{version}"], Path(place), "Pyodide could not be fetched", remedy)
        with tarfile.open(next(Path(place).glob("*.tgz"))) as packed:
            for name in PYODIDE:
                member = packed.extractfile(f"package/{name}")
                assert member is not None
                (target / name).write_bytes(member.read())
    return target


def _pip(target: Path, python: str) -> None:
    needs = [need for need in metadata.requires("copydesk") or () if ";" not in need]
    needs += [need.partition(";")[0] for need in metadata.requires("copydesk") or () if _is_widgets_of_lab(need)]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--dest", str(target)]
    command += ["--only-binary=:all:", "--implementation=py", "--abi=none", "--platform=any"]
    target.mkdir(parents=True, exist_ok=True)
    problem, remedy = "the packages for the browser could not be fetched", "go online once, or name --parts FOLDER"
    _run([*command, f"--python-version={python}", *needs, *NEEDS], target, problem, remedy)
    (target / "complete").touch()


def _is_widgets_of_lab(need: str) -> bool:
    return need.startswith("ipywidgets") and re.search(r"extra == .lab", need) is not None


def _run(command: Sequence[str], place: Path, problem: str, remedy: str) -> None:
    try:
        subprocess.run(command, cwd=place, check=True, capture_output=True, text=True, errors="replace")
    except (OSError, subprocess.CalledProcessError) as error:
        said = (getattr(error, "stderr", "") or str(error)).strip().splitlines()
        raise CopydeskError(f"{problem} ({said[-1] if said else error})", remedy) from error


# --- JupyterLab ---


def _jupyter(wheels: Iterable[Path]) -> dict[str, bytes]:
    """JupyterLab for browsers, with the widgets and the kernel, as JupyterLite builds it."""
    extensions = [str(path) for path in wheels if path.name.startswith(("jupyterlab_widgets", "anywidget"))]
    config = {"apps": ["lab"], "no_sourcemaps": True, "ignore_sys_prefix": ["federated_extensions"]}
    config |= {"federated_extensions": [*extensions, str(_kernel_folder())], "source_date_epoch": 1580601600}
    with tempfile.TemporaryDirectory() as place:
        here = Path(place).resolve()
        (here / "jupyter_lite_config.json").write_text(json.dumps({"LiteBuildConfig": config}), "utf-8")
        command = [sys.executable, "-m", "jupyterlite_core", "build", "--lite-dir", place, "--output-dir", "out"]
        _run(command, here, "JupyterLite could not build the site", "install copydesk[lite] anew")
        found = {path.relative_to(here / "out").as_posix(): path for path in (here / "out").rglob("*")}
        return {name: path.read_bytes() for name, path in sorted(found.items()) if path.is_file() and _wanted(name)}


def _kernel_folder() -> Path:
    """Where the browser’s part of the kernel is installed."""
    about = metadata.distribution("jupyterlite-pyodide-kernel")
    end = f"labextensions/{KERNEL}/package.json"
    return next(
        Path(str(about.locate_file(path))).resolve().parent for path in about.files or () if str(path).endswith(end)
    )


def _wanted(name: str) -> bool:
    """Whether a file of JupyterLite’s build is of use here."""
    gone = ("rspack", "package.json", "index.html", "bootstrap.js", "service-worker.js", "doc/", "lab/favicon.ico")
    old_fonts = re.search(r"\.(eot|ttf)$|/fa-\w+-\d+\.(svg|woff)$", name)  # every browser with WebAssembly takes .woff2
    left_out = name.startswith(gone) or name.endswith(".map") or old_fonts
    return not left_out and "/static/pypi/" not in name


def _settings(built: bytes, lock: Mapping[str, Any]) -> bytes:
    """What JupyterLab in the browser is told: our kernel, our packages, nothing from elsewhere."""
    settings: dict[str, Any] = json.loads(built)
    told = settings["jupyter-config-data"]
    told |= {"appName": "Copydesk", "contentsAllJsonFile": "all.json", "disabledExtensions": [*OFF]}
    told |= {"exposeAppInBrowser": True}  # for narrow.js
    told |= {"contentsStorageName": "Copydesk", "settingsStorageName": "Copydesk settings"}
    told |= {"workspacesStorageName": "Copydesk workspaces", "settingsOverrides": SETTINGS}
    told["litePluginSettings"] = {
        f"{KERNEL}:kernel": {
            "pyodideUrl": f"./{HOME}/kernel.mjs",
            "disablePyPIFallback": True,
            "pipliteUrls": [],
            "loadPyodideOptions": {
                "packages": [name for name in lock["packages"] if name not in ("copydesk-classroom", *GRADING)],
                "lockFileURL": f"./{HOME}/{PYODIDE[-1]}",
            },
        }
    }
    return _json(settings)


def _our_own(page: bytes) -> bytes:
    """JupyterLab’s page with our icon; on a narrow screen the side bar is closed, to leave the lesson room."""
    ours = f'<link rel="icon" href="{icon()}">\n<script>\n{(BROWSER / "narrow.js").read_text("utf-8")}</script>\n'
    return page.replace(b"</head>", ours.encode() + b"</head>", 1)


# --- packages ---


def _packages(lessons: Sequence[Lesson], edition: Edition, wheels: Sequence[Path]) -> tuple[Edition, dict[str, bytes]]:
    """The edition as the site has it, and every wheel by its file name."""
    edition, taken = contents(lessons, edition)
    edition = replace(edition, wheel="", sha256="", kit_files="")  # nobody installs it, so no other kit can be there
    kit = {f"copydesk/{name}": data for name, data in matching_files(Path(str(files("copydesk"))), KIT).items()}
    kit |= {f"copydesk/{name}": data for name, data in taken.items() if name.startswith("seeds/")}
    kit[f"copydesk/{FILE}"] = release_toml(edition).encode()
    room = Path(str(files("copydesk_classroom")))
    classroom = {f"copydesk_classroom/{name}": data for name, data in matching_files(room, CLASSROOM).items()}
    made = {f"copydesk-{__version__}-py3-none-any.whl": wheel(kit, {}, version=__version__)}
    name = f"copydesk_classroom-{__version__}-py3-none-any.whl"
    made[name] = bare(classroom, "copydesk_classroom", __version__)
    own = (_kernel_folder() / "static" / "pypi").glob("*.whl")
    taken_wheels = [path for path in wheels if _project(path.name) not in WITHOUT]
    for path in (*taken_wheels, *(path for path in own if path.name.startswith(OWN))):
        made[path.name] = slim(path.read_bytes())
    made |= dict(map(pure, GRADING))
    # the kernel asks for jedi unless it is told that it is there; IPython completes names without it
    made["jedi-0-py3-none-any.whl"] = bare({}, "jedi", "0")
    return edition, made


def slim(data: bytes) -> bytes:
    """A wheel without what only front ends, type checkers, tests and other languages use."""
    with zipfile.ZipFile(BytesIO(data)) as packed:
        return zipped({name: packed.read(name) for name in packed.namelist() if not UNUSED.search(name)})


def bare(inside: Mapping[str, bytes], name: str, version: str) -> bytes:
    """Files as a wheel that says no more than its name."""
    about = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    return zipped({**inside, f"{name}-{version}.dist-info/METADATA": about.encode()})


def pure(name: str) -> tuple[str, bytes]:
    """An installed package as a wheel without what was compiled: MarkupSafe, for one, also works without it."""
    about = metadata.distribution(name)
    inside = {}
    for path in about.files or ():
        if path.suffix in (".so", ".pyd", ".c", ".pyi", ".pyc") or ".." in path.parts:
            continue
        inside[path.as_posix()] = Path(str(about.locate_file(path))).read_bytes()
    return f"{name}-{about.version}-py3-none-any.whl", zipped(inside)


def _project(wheel_name: str) -> str:
    return re.sub(r"[-_.]+", "-", wheel_name.partition("-")[0]).lower()


def _lock(theirs: Mapping[str, Any], packages: Mapping[str, bytes]) -> dict[str, Any]:
    """What Pyodide reads of the packages: these and no others, each loaded without asking what it needs."""
    listed = {}
    for file, data in sorted(packages.items()):
        with zipfile.ZipFile(BytesIO(data)) as packed:
            tops = {name.partition("/")[0] for name in packed.namelist() if ".dist-info/" not in name}
        name, version = _project(file), file.split("-")[1]
        listed[name] = {
            "name": name,
            "version": version,
            "file_name": file,
            "sha256": hashlib.sha256(data).hexdigest(),
            "package_type": "package",
            "install_dir": "site",
            "imports": sorted(top.removesuffix(".py") for top in tops),
            "depends": [],
            "unvendored_tests": False,
        }
    return {**theirs, "packages": listed}


def _keys(lessons: Sequence[Lesson], edition: Edition) -> bytes:
    """The keys of the stories of a graded edition, for the page that grades."""
    _, taken = contents(lessons, replace(edition, graded=False))
    kept = {name: data for name, data in taken.items() if name.endswith(f"/{KEY}") or name == "seeds/answers.toml"}
    return zipped({**kept, FILE: release_toml(edition).encode()})


# --- notebooks ---


def _for_lite(data: bytes) -> bytes:
    book: dict[str, Any] = json.loads(data)
    book["metadata"]["kernelspec"] = {"display_name": "Python (Pyodide)", "language": "python", "name": "python"}
    return (json.dumps(book, ensure_ascii=False, indent=1) + "\n").encode()


def _listing(books: Mapping[str, bytes]) -> bytes:
    """The list of the notebooks, as Jupyter’s Contents API has it."""
    common = {"content": None, "created": MADE, "last_modified": MADE, "mimetype": None, "writable": True}
    listed = [
        {**common, "name": name, "path": name, "format": None, "size": len(data), "type": "notebook"}
        for name, data in sorted(books.items())
    ]
    top = {**common, "name": "", "path": "", "format": "json", "size": None, "type": "directory"}
    return _json({**top, "content": listed})


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
