"""Every lesson under nbval: on an empty answers folder, on a full one, and with a package that counts wrongly."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from copydesk.answers import AnswerFile
from copydesk.lessons.lesson import list_lessons, load_lesson

ROOT = Path(__file__).resolve().parents[2]


SECOND = "greywater-barrage"


def nbval(
    answers: Path, *notebooks: str, folder: Path = ROOT / "notebooks", story: str = "", package: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run nbval as a person would, with its own answers folder and, if given, another story or copy of the package."""
    environment = {**os.environ, "COPYDESK_ANSWERS": str(answers), "COPYDESK_SEEDS": str(ROOT / "seeds")}
    environment |= {"COPYDESK_STORY": story, **({"PYTHONPATH": str(package)} if package else {})}
    command = [sys.executable, "-m", "pytest", "--nbval-lax", "-q", "-p", "no:cacheprovider", "-c", os.devnull]
    command += [f"--rootdir={folder.parent}", *(str(folder / n) for n in notebooks)]
    return subprocess.run(
        command, env=environment, cwd=folder.parent, capture_output=True, text=True, check=False, timeout=300
    )


def names() -> list[str]:
    return sorted(p.name for p in (ROOT / "notebooks").glob("*.ipynb"))


def fill(root: Path) -> None:
    """The work of a learner who did everything: each exercise answered as the key has it, and checked."""
    for lesson_id in list_lessons():
        lesson = load_lesson(lesson_id)
        assert lesson.key is not None
        file = AnswerFile.open(lesson.story.id, lesson.id, sha256=lesson.story.about["sha256"], root=root)
        for exercise in lesson.exercises:
            on = lesson.on_story_of(exercise)
            assert on.key is not None
            models = exercise.model_answers(on.key, on.story.article.text)
            for answer in list(models.values())[:1]:
                file.add_try(exercise.id, answer, 1.0, exercise.points)


def assert_green(done: subprocess.CompletedProcess[str]) -> None:
    assert done.returncode == 0, done.stdout[-3000:]
    assert "passed" in done.stdout and "failed" not in done.stdout


def test_every_lesson_passes_twice_and_on_work_that_is_done(tmp_path: Path) -> None:
    for _ in range(2):  # Restart & Run All, and once more on what the first left behind
        assert_green(nbval(tmp_path / "new", *names()))
    fill(tmp_path / "done")
    assert_green(nbval(tmp_path / "done", *names()))


def test_every_lesson_passes_on_the_second_story(tmp_path: Path) -> None:
    """What a notebook has stored holds on any story, so nothing of the first story stays on the screen."""
    fill(tmp_path / "done")
    for answers in ("new", "done"):
        assert_green(nbval(tmp_path / answers, *names(), story=SECOND))


@pytest.mark.parametrize(
    ("file", "change", "green"),
    [
        ("views/sourcing.py", ('        if a["counted"]\n', ""), {"00_start_here.ipynb"}),  # its key has no measures
        ("views/agreement.py", ("(sum(totals) - 1) * observed", "sum(totals) * observed"), set()),
        ("exercises/outcome.py", ("round(score, 4)", "round(0.9 * score, 4)"), set()),
        ("views/scales.py", ('"yes": 1, "no": 0', '"yes": 1, "no": 0.5'), {"00_start_here.ipynb"}),
    ],
)
def test_nbval_can_fail(file: str, change: tuple[str, str], green: set[str], tmp_path: Path) -> None:
    """A package that counts or scores wrongly turns the lessons red."""
    package = tmp_path / "package"
    shutil.copytree(ROOT / "src" / "copydesk", package / "copydesk")
    changed = package / "copydesk" / file
    right = changed.read_text(encoding="utf-8")
    changed.write_text(right.replace(*change), encoding="utf-8")
    assert changed.read_text(encoding="utf-8") != right
    done = nbval(tmp_path / "answers", *names(), package=package)
    assert done.returncode == 1, done.stdout[-3000:]
    red = {name for name in names() if re.search(rf"FAILED \S*{name}", done.stdout)}
    assert red == {*names()} - green, done.stdout[-3000:]
