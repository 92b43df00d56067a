"""A lesson as an Otter assignment, through the real tool: the score is that of the answers beside the notebook."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from copydesk.answers.handin import pack
from copydesk_classroom.__main__ import main
from copydesk_classroom.graders import read_score
from tests.classroom.gradebooks import LESSON, NOTEBOOK, Notebook, needs, put_answers, read, run, spoilt

pytestmark = needs("otter")
Tests = dict[str, float]


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An assignment folder with its autograder.zip."""
    folder = tmp_path_factory.mktemp("otter") / "week2"
    assert main(["otter", str(NOTEBOOK), str(folder)]) == 0
    run("otter", "generate", "-o", "autograder.zip", cwd=folder, home=folder)
    return folder


def submission(path: Path, notebook: Notebook, *extra: Path) -> Path:
    """A zip with a notebook and, by their names in the zip's folder, other files."""
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(NOTEBOOK.name, json.dumps(notebook))
        for one in extra:
            file.write(one, one.relative_to(path.parent).as_posix())
    return path


def otter_run(week: Path, zipped: Path) -> tuple[Tests, str]:
    """Run Otter on a submission: the points of each exercise, and all that the learner reads."""
    home = zipped.parent
    run("otter", "run", str(zipped), "-a", str(week / "autograder.zip"), "-o", str(home), cwd=home, home=home)
    tests = json.loads((home / "results.json").read_text(encoding="utf-8"))["tests"]
    return {t["name"]: t["score"] for t in tests if "score" in t}, " ".join(t.get("output", "") for t in tests)


def test_partial_credit_is_that_of_the_answer_file_exercise_by_exercise(week: Path, tmp_path: Path) -> None:
    answers = put_answers(tmp_path)
    scores, said = otter_run(week, submission(tmp_path / "s.zip", read(week / NOTEBOOK.name), answers))
    right = read_score(LESSON, beside=tmp_path)
    assert scores == {name: earned for name, (earned, _) in right.exercises.items()}
    assert 0 < right.exercises["mark_alone"][0] < right.exercises["mark_alone"][1]
    assert f"{right.exercises['mark_alone'][0]:g} of 10 points" in said


@pytest.mark.parametrize("how", ["double_last", "delete_all", "add_exit"])
def test_what_happens_to_cells_costs_nothing(how: str, week: Path, tmp_path: Path) -> None:
    notebook = spoilt(read(week / NOTEBOOK.name), how)
    scores, _ = otter_run(week, submission(tmp_path / "s.zip", notebook, put_answers(tmp_path)))
    assert scores == {n: e for n, (e, _) in read_score(LESSON, beside=tmp_path).exercises.items()}


def test_the_hand_in_file_does_as_well(week: Path, tmp_path: Path) -> None:
    hand_in = pack(put_answers(tmp_path, 0.4).parents[1], to=tmp_path).path
    scores, _ = otter_run(week, submission(tmp_path / "s.zip", read(week / NOTEBOOK.name), hand_in))
    assert sum(scores.values()) == pytest.approx(read_score(LESSON, beside=tmp_path).earned, abs=0.03)


def test_missing_answers_earn_nothing_and_otter_says_so(week: Path, tmp_path: Path) -> None:
    scores, said = otter_run(week, submission(tmp_path / "s.zip", read(week / NOTEBOOK.name)))
    assert len(scores) == 9 and not any(scores.values())
    assert "no answers to" in said
