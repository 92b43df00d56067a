"""Seconds a submission: nbgrader and Otter, which run notebooks, beside `copydesk grade`, which reads records.

python benchmarks/peers.py [--learners 5]

The peers get one small exercise (a widget, a figure, a function to write, three tests), Copydesk hand-ins of all nine
lessons. All are timed as a teacher would start them, from the command line, scores and feedback included. A peer that
is not installed is left out: pip install -e ".[graders]". `grading.py --peers 5` does the same beside a large class.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.make_class import make_class

KIND = """
A difference in kind, not in tuning: nbgrader and Otter start a kernel for each submission and run its cells, so they
can grade any code, and what is broken, slow or malicious in it runs too. Copydesk reads a JSON record and runs nothing;
it grades only the exercises it knows."""
SETUP = """import ipywidgets as widgets
import matplotlib.pyplot as plt

VERBS = "said told asked said wrote said".split()
choice = widgets.Dropdown(options=["said", "told"], description="cue")
display(choice)
_ = plt.subplots(figsize=(3, 2))[1].bar(range(len(VERBS)), [len(v) for v in VERBS])
plt.show()"""
TASK = "def tally(verbs):\n    {}"
ANSWERS = (
    "return {v: verbs.count(v) for v in verbs}",
    "from collections import Counter; return dict(Counter(verbs))",
    "return {v: 1 for v in verbs}",
    "raise ValueError('stuck')",
    "return {}",
)
"""What learners write; two are right."""
WHOLE, BY_CASE = (3, 3, 0, 0, 0), (3, 3, 1, 0, 1)
"""What that earns, all or nothing as nbgrader grades, or case by case as Otter does."""
CHECKS = ('tally(VERBS)["said"] == 3', "tally([]) == {}", 'tally(["a", "a"]) == {"a": 2}')
GRADED: dict[str, Any] = {"schema_version": 3, "grade": True, "locked": True, "solution": False, "task": False}


def exercise(answer: str, *, marked: bool = False) -> str:
    """The exercise with an answer in it; `marked` as an nbgrader source."""
    solution = {"nbgrader": {**GRADED, "grade_id": "tally", "grade": False, "locked": False, "solution": True}}
    test = {"nbgrader": {**GRADED, "grade_id": "test", "points": 3}}
    checks = "\n".join(f"assert {check}" for check in CHECKS)
    cells = [("setup", SETUP, {}), ("tally", TASK.format(answer), solution), ("test", checks, test)]
    spec = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    made = [_cell(*cell[:2], cell[2] if marked else {}) for cell in (cells if marked else cells[:2])]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": spec, "cells": made})


def _cell(name: str, source: str, metadata: dict[str, Any]) -> dict[str, Any]:
    about = {"cell_type": "code", "id": name, "metadata": metadata}
    return {**about, "source": source, "outputs": [], "execution_count": None}


def put(path: Path, text: str) -> Path:
    """Write a file whose folders are made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def run(*command: str, cwd: Path) -> float:
    """Seconds a command takes."""
    own = {n: str(cwd / ".own") for n in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR")}
    own["PATH"] = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=cwd, env={**os.environ, **own}, capture_output=True, check=False
    )
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed: {done.stderr.decode(errors='replace')[-800:]}")
    return time.perf_counter() - start


def check(scores: list[float], right: tuple[int, ...]) -> None:
    """Stop if a peer did not grade as it should: then its time means nothing."""
    if scores != [right[n % len(right)] for n in range(len(scores))]:
        sys.exit(f"graded wrongly, so not timed: {scores}")


def nbgrader(home: Path, learners: int) -> float:
    """Autograde and feedback for a class."""
    put(home / "nbgrader_config.py", 'c = get_config()\nc.CourseDirectory.course_id = "course"\n')
    put(home / "source" / "week" / "tally.ipynb", exercise("pass", marked=True))
    run("nbgrader", "generate_assignment", "week", cwd=home)
    released = json.loads((home / "release" / "week" / "tally.ipynb").read_text(encoding="utf-8"))
    for number in range(learners):
        released["cells"][1]["source"] = TASK.format(ANSWERS[number % len(ANSWERS)])
        put(home / "submitted" / f"learner{number}" / "week" / "tally.ipynb", json.dumps(released))
    seconds = sum(run("nbgrader", verb, "week", cwd=home) for verb in ("autograde", "generate_feedback"))
    run("nbgrader", "export", cwd=home)
    with (home / "grades.csv").open(encoding="utf-8", newline="") as file:
        scores = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    check([scores[f"learner{number}"] for number in range(learners)], WHOLE)
    return seconds


def otter(home: Path, learners: int) -> float:
    """`otter run` for each of a class: without Docker, which `otter grade` would start on top."""
    cases = [f"@test_case(points=1)\ndef case_{n}(tally, VERBS):\n    assert {c}\n" for n, c in enumerate(CHECKS)]
    head = 'from otter.test_files import test_case\n\nOK_FORMAT, name = False, "tally"\n\n'
    put(home / "tests" / "tally.py", head + "\n".join(cases))
    run("otter", "generate", cwd=home)
    files = [put(home / f"learner{n}.ipynb", exercise(ANSWERS[n % len(ANSWERS)])) for n in range(learners)]
    seconds, scores = 0.0, []
    for file in files:
        seconds += run("otter", "run", file.name, cwd=home)
        tests = json.loads((home / "results.json").read_text(encoding="utf-8"))["tests"]
        scores.append(sum(test.get("score", 0) for test in tests))
    check(scores, BY_CASE)
    return seconds


def copydesk(home: Path, learners: int) -> float:
    """`copydesk grade` for a class: scores, tables, feedback pages."""
    roster = make_class(home / "in", learners)
    return run("copydesk.cli", "grade", "in", "--out", "out", "--roster", str(roster), cwd=home)


def peers() -> Iterator[tuple[str, Any]]:
    """The peers that are installed, with their versions."""
    for package, measure in (("nbgrader", nbgrader), ("otter-grader", otter)):
        try:
            yield f"{package} {version(package)}", measure
        except PackageNotFoundError:
            print(f"  {package} is not installed and left out")


def beside(own: float, learners: int) -> None:
    """Time the peers that are installed, and print them beside Copydesk's seconds a submission."""
    print(f"  {'copydesk grade':<22} {own:7.3f} s a submission of nine lessons")
    with tempfile.TemporaryDirectory(prefix="copydesk-peers-") as temp:
        for name, measure in peers():
            seconds = measure(put(Path(temp) / name.split()[0] / ".here", "").parent, learners) / learners
            print(f"  {name:<22} {seconds:7.3f} s a submission of one exercise: {seconds / own:.0f} times as long")
    print(KIND)


def main() -> None:
    """Time everybody in turn, and print seconds a submission."""
    parser = argparse.ArgumentParser(description="Seconds a submission, beside nbgrader and Otter.")
    parser.add_argument("--learners", type=int, default=5)
    n = parser.parse_args().learners
    with tempfile.TemporaryDirectory(prefix="copydesk-peers-") as temp:
        own = copydesk(Path(temp), n) / n
    print(f"{n} submissions, scores and feedback, the commands as a teacher starts them")
    beside(own, n)


if __name__ == "__main__":
    main()
