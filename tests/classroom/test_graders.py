"""Points read from the answers beside a notebook, and notebooks made into assignments; no grader is needed here."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from copydesk.base.documents import decode
from copydesk.base.errors import CopydeskError
from copydesk.lessons.lesson import load_lesson
from copydesk_classroom.__main__ import main
from copydesk_classroom.graders import (
    AnswersOnly,
    answers_only,
    nbgrader_assignment,
    otter_assignment,
    read_score,
    score_for_grader,
)
from copydesk_classroom.grading.grade import grade
from tests.classroom.gradebooks import (
    LESSON,
    LINES,
    MOODLE,
    NOTEBOOK,
    ROOT,
    STORY,
    answers,
    code,
    put_answers,
    read,
)
from tests.classroom.made_class import data, handin, put, rows

POINTS = sum(e.points for e in load_lesson("02_who_says_so").exercises)
Out = pytest.CaptureFixture[str]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a learner's notebook, where its cells run."""
    folder = tmp_path / "ann" / "week2"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    return folder


def graded(folder: Path, out: Path) -> float:
    """What `copydesk grade` gives for the same folder."""
    grade(folder, out, lessons=[LESSON])
    (row,) = rows(out / "grades.csv")
    return float(row["points"])


@pytest.mark.parametrize("skill", [0.2, 0.5, 0.8])
def test_the_points_are_those_that_grade_gives(skill: float, desk: Path, tmp_path: Path) -> None:
    put_answers(desk, skill)
    score = read_score(LESSON)
    assert 0 < score.earned < score.possible == POINTS
    assert score.earned == graded(desk, tmp_path / "out")
    assert sum(e for e, _ in score.exercises.values()) == pytest.approx(score.earned, abs=0.05)
    assert score.exercises["mark_alone"][1] == 10 and "routine" not in score.exercises


def test_a_hand_in_file_counts_as_the_folder_does_and_the_later_of_both_wins(desk: Path, tmp_path: Path) -> None:
    put(desk / "handin_ann.json", handin("Ann", answers(0.2), story="", schema=2))
    alone = read_score(LESSON).earned
    assert alone == graded(desk, tmp_path / "out")
    put(desk / "answers" / STORY / f"{LESSON}.json", {**answers(0.8), "changed": "2026-01-01T00:00:00Z"})
    assert read_score(LESSON).earned == alone
    put(desk / "answers" / STORY / f"{LESSON}.json", {**answers(0.8), "changed": "2026-12-01T00:00:00Z"})
    assert read_score(LESSON).earned > alone


BROKEN: dict[str, Any] = {
    "not text": b"\xff\xfe\xff",
    "cut off": data(answers())[:-40],
    "empty": b"",
    "a list": [],
    "deep": b"[" * 100_000,
    "another lesson": {**answers(), "lesson": "03_how_strong_is_the_sourcing"},
    "another page": {**answers(), "sha256": "0" * 64},
    "no exercises": {**answers(), "exercises": 7},
    "a notebook": {"nbformat": 4, "cells": []},
    "too large": b" " * 40_000_000,
}


@pytest.mark.parametrize("name", BROKEN)
def test_damaged_answers_earn_nothing_and_a_sentence_says_why(name: str, desk: Path, capsys: Out) -> None:
    path = put(desk / "answers" / STORY / f"{LESSON}.json", BROKEN[name])
    before = path.read_bytes()
    assert score_for_grader(LESSON) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"There are no answers to {LESSON} beside this notebook.")
    assert name == "another lesson" or said.count("\n") == 2
    assert path.read_bytes() == before, "nothing is changed"


def test_missing_answers_earn_nothing_and_one_sentence_says_so(desk: Path, capsys: Out) -> None:
    assert score_for_grader(LESSON) == 0
    assert capsys.readouterr().out.count("\n") == 1
    put_answers(desk).rename(desk / "answers" / STORY / "a.json")
    (desk / "answers" / STORY / f"{LESSON}.json").mkdir()
    assert score_for_grader(LESSON) == 0


def test_the_generation_before_counts_where_the_last_is_damaged(desk: Path) -> None:
    path = put_answers(desk)
    right = read_score(LESSON)
    path.rename(path.with_name(f"{path.name}.bak"))
    path.write_bytes(b"{")
    score = read_score(LESSON)
    assert score.earned == right.earned > 0
    assert any("the version before it was graded" in line for line in score.said)
    put_answers(desk)
    path.with_name(f"{path.name}.bak").write_bytes(b"{")
    assert read_score(LESSON) == right, "nobody hears of an older one that is not needed"


def test_a_link_out_of_the_folder_is_not_followed(desk: Path, tmp_path: Path) -> None:
    try:
        (desk / "answers").symlink_to(put_answers(tmp_path / "bob").parents[1])
    except OSError:
        pytest.skip("no links here")
    score = read_score(LESSON)
    assert score.earned == 0 and "links are not followed" in score.said[1]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(junk=st.binary(max_size=300), at=st.integers(0, 2000), text=st.booleans())
def test_whatever_lies_there_the_points_are_a_number_in_range(junk: bytes, at: int, text: bool, desk: Path) -> None:
    whole = data(answers())
    put(desk / "answers" / STORY / f"{LESSON}.json", whole[:at] + junk + whole[at + len(junk) :] if text else junk)
    score = read_score(LESSON)
    assert 0 <= score.earned <= score.possible


def test_a_story_handed_in_beside_the_notebook_is_not_believed(
    desk: Path, seeds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody hands in a key of their own, by which a lone quick answer would be the whole truth."""
    put_answers(desk)
    right = read_score(LESSON)
    monkeypatch.delenv("COPYDESK_SEEDS")
    for place in (desk / "seeds" / STORY, desk / STORY):
        shutil.copytree(seeds / STORY, place)
        key = decode((place / "key.json").read_bytes())
        key["attributions"] = key["attributions"][:1]
        put(place / "key.json", key)
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert read_score(LESSON) == right
    assert score_for_grader(LESSON) == right.earned


def test_the_cell_prints_points_and_gives_back_a_bare_number(desk: Path, capsys: Out) -> None:
    put_answers(desk)
    score = read_score(LESSON)
    given_back = score_for_grader(LESSON, STORY, out_of=10)
    assert type(given_back) is float and given_back == round(score.earned * 10 / POINTS, 2)
    said = capsys.readouterr().out.splitlines()
    assert said[0] == f"Points for answers/{STORY}/{LESSON}.json"
    assert len(said) == 1 + len(score.exercises)
    put(desk / "answers" / STORY / f"{LESSON}.json", answers(1.0))
    assert score_for_grader(LESSON, out_of=10) <= 10  # type: ignore[operator]


def test_without_a_key_a_learner_is_told_and_a_grader_is_stopped(
    desk: Path, seeds: Path, monkeypatch: pytest.MonkeyPatch, capsys: Out
) -> None:
    (seeds / STORY / "key.json").unlink()
    put_answers(desk)
    assert score_for_grader(LESSON) is None
    assert "graded after you submit" in capsys.readouterr().out
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    with pytest.raises(CopydeskError, match="has no key here"):
        score_for_grader(LESSON)
    with pytest.raises(CopydeskError, match="has no key here"):
        read_score(LESSON)


def test_an_nbgrader_notebook_has_one_locked_cell_and_is_a_valid_notebook(tmp_path: Path) -> None:
    said = nbgrader_assignment(NOTEBOOK, tmp_path / "source" / "week2", points=10)
    assert "answers_only" in said and "10 points" in said
    made = read(tmp_path / "source" / "week2" / NOTEBOOK.name)
    nbformat.validate(made)
    marked = [c for c in made["cells"] if "nbgrader" in c["metadata"]]
    assert marked == made["cells"][-1:]
    about = marked[0]["metadata"]["nbgrader"]
    assert (about["grade"], about["locked"], about["solution"], about["points"]) == (True, True, False, 10)
    assert marked[0]["source"].endswith(f'score_for_grader("{LESSON}", "{STORY}", out_of=10)')
    assert [c["source"] for c in made["cells"][1:-3]] == [c["source"] for c in read(NOTEBOOK)["cells"][1:-1]]
    assert not any(c.get("outputs") for c in made["cells"])


def test_points_are_the_lessons_own_unless_given_and_another_story_is_opened(tmp_path: Path) -> None:
    nbgrader_assignment(NOTEBOOK, tmp_path, story="greywater-barrage")
    made = read(tmp_path / NOTEBOOK.name)
    assert made["cells"][-1]["metadata"]["nbgrader"]["points"] == POINTS
    assert made["cells"][0]["source"].endswith('copydesk.use_story("greywater-barrage")')
    assert made["cells"][-1]["source"].endswith(f'score_for_grader("{LESSON}", "greywater-barrage")')
    nbgrader_assignment(NOTEBOOK.with_name("00_start_here.ipynb"), tmp_path)
    assert read(tmp_path / "00_start_here.ipynb")["cells"][-1]["source"].endswith('("00_start_here", "practice")')


def test_making_again_is_fine_and_nobody_elses_notebook_is_written_over(tmp_path: Path) -> None:
    nbgrader_assignment(NOTEBOOK, tmp_path)
    nbgrader_assignment(NOTEBOOK, tmp_path, points=5)
    shutil.copy(NOTEBOOK, tmp_path / NOTEBOOK.name)
    with pytest.raises(CopydeskError, match="was not made by this command"):
        nbgrader_assignment(NOTEBOOK, tmp_path)
    for wrong in (b"{", b"[]", b'{"cells": [7]}'):
        with pytest.raises(CopydeskError, match="cannot be read as a notebook"):
            nbgrader_assignment(put(tmp_path / "x" / NOTEBOOK.name, wrong), tmp_path / "out")
    with pytest.raises(CopydeskError, match="no lesson named 'x'"):
        nbgrader_assignment(tmp_path / "x.ipynb", tmp_path)


def test_an_otter_folder_has_a_test_for_each_exercise_with_points(tmp_path: Path) -> None:
    otter_assignment(NOTEBOOK, tmp_path / "week2")
    nbformat.validate(read(tmp_path / "week2" / NOTEBOOK.name))
    tests = {p.stem: p.read_text(encoding="utf-8") for p in (tmp_path / "week2" / "tests").iterdir()}
    assert {*tests} == {*read_score(LESSON, beside=tmp_path).exercises}
    for name, test in tests.items():
        compile(test, name, "exec")
    assert json.loads((tmp_path / "week2" / "otter_config.json").read_text())["plugins"]
    otter_assignment(NOTEBOOK, tmp_path / "week2")
    with pytest.raises(CopydeskError, match="another assignment"):
        otter_assignment(NOTEBOOK.with_name("03_how_strong_is_the_sourcing.ipynb"), tmp_path / "week2")


def test_only_the_graded_cell_of_a_notebook_made_here_is_left(tmp_path: Path) -> None:
    nbgrader_assignment(NOTEBOOK, tmp_path)
    made = nbformat.read(tmp_path / NOTEBOOK.name, 4)
    made.cells += [nbformat.from_dict(code("1 / 0")), made.cells[-1]]
    assert [c.metadata.nbgrader.grade_id for c in answers_only(made, {})[0].cells] == ["copydesk"]
    made.cells = made.cells[:0]
    assert answers_only(made, {"r": 1}) == (made, {"r": 1}) and made.cells == []
    other = nbformat.read(NOTEBOOK, 4)
    assert len(answers_only(other, {})[0].cells) == len(read(NOTEBOOK)["cells"])


def test_otter_runs_nothing_of_a_notebook() -> None:
    notebook = AnswersOnly("x", {}, {}).before_execution(SimpleNamespace(cells=[1], metadata={"kernelspec": "r"}))
    assert (notebook.cells, notebook.metadata) == ([], {})


def test_the_command_line_makes_both(tmp_path: Path, capsys: Out) -> None:
    assert main(["nbgrader", str(NOTEBOOK), str(tmp_path / "n"), "--points", "10"]) == 0
    assert main(["otter", str(NOTEBOOK), str(tmp_path / "o")]) == 0
    assert "otter generate" in capsys.readouterr().out
    assert main(["otter", str(tmp_path / "none.ipynb"), str(tmp_path / "p")]) == 1
    assert capsys.readouterr().err.startswith("copydesk: no lesson named 'none'")


def test_the_recipes_say_what_the_tests_of_the_tools_do(tmp_path: Path) -> None:
    recipes = {name: (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8") for name in ("nbgrader", "otter")}
    for line in (LINES + MOODLE).strip().splitlines():
        assert line in recipes["nbgrader"]
    said = nbgrader_assignment(NOTEBOOK, tmp_path / "n")
    assert LINES.strip() in said
    commands = otter_assignment(NOTEBOOK, tmp_path / "o").splitlines()[-2:]
    assert all(command in recipes["otter"] for command in commands)
    assert all(len(text.splitlines()) < 60 for text in recipes.values()), "a screen each"
