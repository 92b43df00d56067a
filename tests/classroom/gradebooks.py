"""What the tests of nbgrader and Otter share: answers of middling learners, and ways to spoil a notebook."""

from __future__ import annotations

import copy
import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from benchmarks.make_class import document
from tests.classroom.made_class import lesson, put

ROOT = Path(__file__).resolve().parents[2]
STORY, LESSON = "baltics-2022", "02_who_says_so"
NOTEBOOK = ROOT / "notebooks" / f"{LESSON}.ipynb"
Notebook = dict[str, Any]
LINES = """
c.Autograde.sanitize_preprocessors.prepend(["copydesk_classroom.graders.answers_only"])
c.OverwriteCells.add_missing_cells = True
"""
MOODLE = """
c.FileNameCollectorPlugin.valid_ext = [".ipynb", ".json"]
c.FileNameCollectorPlugin.named_regexp = r".*_(?P<student_id>\\d+)_assignsubmission_file_?[/\\\\](?P<file_id>.+)"
"""
"""What docs/nbgrader.md has a teacher put into the configuration: always, and for zips from Moodle."""


def needs(tool: str) -> list[pytest.MarkDecorator]:
    """The marks of a file that runs a grader: told apart, and skipped where the grader is not installed."""
    missing = find_spec(tool) is None
    return [pytest.mark.graders, pytest.mark.skipif(missing, reason=f"{tool} is not installed: make graders")]


def answers(skill: float = 0.6, name: str = LESSON, story: str = STORY) -> dict[str, Any]:
    """An answer file of a learner of that skill."""
    return document("", lesson(name, story), skill, random.Random(skill))


def put_answers(folder: Path, skill: float = 0.6) -> Path:
    """Those answers where a learner's notebook keeps them."""
    return put(folder / "answers" / STORY / f"{LESSON}.json", answers(skill))


def run(*command: str, cwd: Path, home: Path) -> str:
    """Run a tool as a teacher would, with settings of its own; gives back all it said."""
    own = {n: str(home / n) for n in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR")}
    own["PATH"] = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))  # nbgrader calls alembic
    environment = {n: v for n, v in os.environ.items() if not n.startswith("COPYDESK_")} | own
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=cwd,
        env={**environment, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=900,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    return done.stdout + done.stderr


def read(path: Path) -> Notebook:
    found: Notebook = json.loads(path.read_text(encoding="utf-8"))
    return found


def code(source: str) -> Notebook:
    return {
        "cell_type": "code",
        "id": "added",
        "metadata": {},
        "outputs": [],
        "execution_count": None,
        "source": source,
    }


def _double(notebook: Notebook, at: int) -> None:
    notebook["cells"].insert(at % len(notebook["cells"]), {**copy.deepcopy(notebook["cells"][at]), "id": "double"})


SPOILT: dict[str, Callable[[Notebook], object]] = {
    "double_other": lambda n: _double(n, 2),
    "double_last": lambda n: _double(n, -1),
    "delete_first": lambda n: n["cells"].pop(1),
    "delete_last": lambda n: n["cells"].pop(),
    "delete_all": lambda n: n["cells"].clear(),
    "edit_last": lambda n: n["cells"][-1].update(source="10"),
    "add_exit": lambda n: n["cells"].insert(0, code("import os; os._exit(1)")),
    "add_loop": lambda n: n["cells"].insert(0, code("while True: pass")),
}
"""What may happen to a notebook, by a name that could be a learner's."""


def spoilt(notebook: Notebook, how: str) -> Notebook:
    """A copy of a notebook, spoilt."""
    changed = copy.deepcopy(notebook)
    SPOILT[how](changed)
    return changed
