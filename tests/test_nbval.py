"""Every lesson under nbval: on an empty answers folder, on a full one, and with a package that counts wrongly."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from copydesk.answers import AnswerFile
from copydesk.lessons import list_lessons, load_lesson
from copydesk.scoring import model_answers

ROOT = Path(__file__).resolve().parents[1]


def nbval(answers: Path, *notebooks: str, package: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run nbval as a person would, with its own answers folder and, if given, another copy of the package."""
    environment = {**os.environ, "COPYDESK_ANSWERS": str(answers), "COPYDESK_SEEDS": str(ROOT / "seeds")}
    if package:
        environment["PYTHONPATH"] = str(package)
    command = [sys.executable, "-m", "pytest", "--nbval-lax", "-q", "-p", "no:cacheprovider", "-c", os.devnull]
    command += [f"--rootdir={ROOT}", *(str(ROOT / "notebooks" / n) for n in notebooks)]
    return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)


def names() -> list[str]:
    return sorted(p.name for p in (ROOT / "notebooks").glob("*.ipynb"))


def fill(root: Path) -> None:
    """The work of a learner who did everything: each exercise answered as the key has it, and checked."""
    for lesson_id in list_lessons():
        lesson = load_lesson(lesson_id)
        assert lesson.key is not None
        file = AnswerFile.open(lesson.story.id, lesson.id, sha256=lesson.story.about["sha256"], root=root)
        for exercise in lesson.exercises:
            models = model_answers(exercise, lesson.key, lesson.story.article.text)
            for answer in list(models.values())[:1]:
                file.add_try(exercise.id, answer, 1.0, exercise.points)


@pytest.mark.parametrize("filled", [False, True], ids=["empty", "filled"])
def test_every_lesson_passes(tmp_path: Path, filled: bool) -> None:
    if filled:
        fill(tmp_path)
    done = nbval(tmp_path, *names())
    assert done.returncode == 0, done.stdout[-3000:]
    assert "passed" in done.stdout


def test_nbval_can_fail(tmp_path: Path) -> None:
    """A package that counts what does not count turns the lesson red."""
    package = tmp_path / "package"
    shutil.copytree(ROOT / "src" / "copydesk", package / "copydesk")
    counts = package / "copydesk" / "counts.py"
    right = counts.read_text(encoding="utf-8")
    counts.write_text(right.replace('if a["counted"]]', "]"), encoding="utf-8")
    assert counts.read_text(encoding="utf-8") != right
    done = nbval(tmp_path / "answers", "02_who_says_so.ipynb", package=package)
    assert done.returncode == 1, done.stdout[-3000:]
    assert "speakers" in done.stdout
