"""A lesson as an nbgrader assignment, through the real tool: given out, collected, graded, given back.

The score is that of the answers beside the notebook, whatever happened to the notebook.
"""

from __future__ import annotations

import csv
import json
import os
import re
import zipfile
from pathlib import Path

import pytest

from copydesk.answers.handin import pack
from copydesk_classroom.__main__ import main
from copydesk_classroom.graders import read_score
from copydesk_classroom.grading.grade import grade
from tests.classroom.gradebooks import (
    LESSON,
    LINES,
    MOODLE,
    NOTEBOOK,
    SPOILT,
    needs,
    put_answers,
    read,
    run,
    spoilt,
)
from tests.classroom.made_class import put, rows

pytestmark = needs("nbgrader")
WEEK, POINTS = "week2", 10


class Course:
    """An nbgrader course in a folder, and the commands its teacher types."""

    def __init__(self, root: Path, *lines: str) -> None:
        self.root, self.exchange = root / "course", root / "exchange"
        assert main(["nbgrader", str(NOTEBOOK), str(self.root / "source" / WEEK), "--points", str(POINTS)]) == 0
        config = ["c = get_config()", 'c.CourseDirectory.course_id = "news101"', *lines]
        put(self.root / "nbgrader_config.py", "\n".join(config).encode())
        self("generate_assignment", WEEK)
        self.released = read(self.root / "release" / WEEK / NOTEBOOK.name)

    def __call__(self, *command: str, cwd: Path | None = None) -> str:
        return run("nbgrader", *command, cwd=cwd or self.root, home=self.root.parent)

    def submitted(self, student: str) -> Path:
        return self.root / "submitted" / student / WEEK

    def submit(self, student: str, notebook: object, skill: float | None = 0.6) -> None:
        """Put a submission where collecting leaves it."""
        put(self.submitted(student) / NOTEBOOK.name, notebook)
        if skill is not None:
            put_answers(self.submitted(student), skill)

    def scores(self) -> dict[str, float]:
        self("export")
        with (self.root / "grades.csv").open(encoding="utf-8", newline="") as file:
            return {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}


def worth(skill: float, folder: Path) -> float:
    """What the answers of a learner of that skill are worth here, by `copydesk` alone."""
    put_answers(folder, skill)
    score = read_score(LESSON, beside=folder)
    return round(score.earned * POINTS / score.possible, 2)


def exchange(course: Course, folder: Path) -> None:
    """The way through nbgrader's exchange: release, fetch, work, submit, collect."""
    at = f"--Exchange.root={course.exchange}"
    course.exchange.mkdir(mode=0o777)
    course.exchange.chmod(0o777)
    course("release_assignment", WEEK, at)
    folder.mkdir()
    course("fetch_assignment", WEEK, "--course=news101", at, cwd=folder)
    put_answers(folder / WEEK, 0.3)
    course("submit", WEEK, "--course=news101", at, cwd=folder)
    course("collect", WEEK, at)


def moodle(course: Course, folder: Path) -> None:
    """A zip as Moodle gives it out: one learner sent the hand-in file, another the answer file."""
    hand_in = pack(put_answers(folder, 0.4).parents[1], to=folder).path
    answers = put_answers(folder / "other", 0.9)
    archive = course.root / "downloaded" / WEEK / "archive" / "News101-Week2-4242.zip"
    archive.parent.mkdir(parents=True)
    with zipfile.ZipFile(archive, "w") as file:
        for home, extra in (("Ann Lee_4000001", hand_in), ("Max Roe_4000002", answers)):
            file.writestr(f"{home}_assignsubmission_file/{NOTEBOOK.name}", json.dumps(course.released))
            inside = extra.relative_to(folder / "other") if "Max" in home else Path(extra.name)
            file.write(extra, f"{home}_assignsubmission_file/{inside.as_posix()}")
    course("zip_collect", WEEK)


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course with submissions of every kind, graded."""
    root = tmp_path_factory.mktemp("nbgrader")
    course = Course(root, LINES, MOODLE)
    for how in SPOILT:
        course.submit(how, spoilt(course.released, how))
    course.submit("plain", course.released)
    course.submit("no_answers", course.released, skill=None)
    course.submit("damaged_answers", course.released)
    put_answers(course.submitted("damaged_answers")).write_bytes(b"{")
    moodle(course, root / "moodle")
    if os.name != "nt":  # nbgrader's exchange does not run on Windows
        exchange(course, root / "home")
    said = course("autograde", WEEK)
    assert "Traceback" not in said
    course("generate_feedback", WEEK)
    return course


@pytest.fixture(scope="module")
def scores(course: Course) -> dict[str, float]:
    return course.scores()


def test_partial_credit_is_that_of_the_answer_file(scores: dict[str, float], tmp_path: Path) -> None:
    assert 0 < scores["plain"] == worth(0.6, tmp_path) < POINTS


@pytest.mark.parametrize("how", SPOILT)
def test_what_happens_to_cells_costs_nothing(how: str, scores: dict[str, float]) -> None:
    assert scores[how] == scores["plain"]


def test_no_cell_of_a_learner_was_run(course: Course) -> None:
    ran = read(course.root / "autograded" / "add_loop" / WEEK / NOTEBOOK.name)
    assert [c["metadata"]["nbgrader"]["grade_id"] for c in ran["cells"]] == ["copydesk"]


def test_missing_and_damaged_answers_earn_nothing_and_say_so(course: Course, scores: dict[str, float]) -> None:
    for student, why in (("no_answers", "no answers to"), ("damaged_answers", "not JSON")):
        assert scores[student] == 0
        assert why in (course.root / "feedback" / student / WEEK / f"{LESSON}.html").read_text(encoding="utf-8")


def test_moodle_zips_bring_the_hand_in_file_or_the_answers(scores: dict[str, float], tmp_path: Path) -> None:
    assert scores["4000001"] == worth(0.4, tmp_path)
    assert scores["4000002"] == worth(0.9, tmp_path)


@pytest.mark.skipif(os.name == "nt", reason="nbgrader's exchange does not run on Windows")
def test_the_exchange_carries_the_answers(scores: dict[str, float], tmp_path: Path) -> None:
    (me,) = {*scores} - {*SPOILT, "plain", "no_answers", "damaged_answers", "4000001", "4000002"}
    assert scores[me] == worth(0.3, tmp_path)


def test_feedback_names_the_points_of_each_exercise(course: Course) -> None:
    page = (course.root / "feedback" / "plain" / WEEK / f"{LESSON}.html").read_text(encoding="utf-8")
    words = re.sub(r"<[^>]+>", "", page)
    for title in ("On your own", "Whose voice is each sentence?", "Exit ticket"):
        assert re.search(rf"{re.escape(title)}: [\d.]+ of \d+", words)


def test_grade_reads_what_nbgrader_collected_and_runs_nothing(course: Course, tmp_path: Path) -> None:
    """The way out when nbgrader gives up on a submission: the same folder, the same points."""
    students = sorted(p.name for p in (course.root / "submitted").iterdir())
    roster = put(tmp_path / "roster.csv", "\n".join(["id,name", *(f"{s},{s}" for s in students)]).encode())
    grade(course.root / "submitted", tmp_path / "out", roster=roster, lessons=[LESSON])
    points = {row["name"]: float(row["points"] or 0) for row in rows(tmp_path / "out" / "grades.csv")}
    assert {*points} == {*students}
    for name, score in course.scores().items():
        assert points[name] * POINTS / 39 == pytest.approx(score, abs=0.01), name


def test_even_without_the_two_lines_other_cells_cost_nothing(tmp_path: Path) -> None:
    """As nbgrader is out of the box: all cells run, and the graded one has to be there, once."""
    course = Course(tmp_path)
    for how in ("double_other", "delete_first", "edit_last", "delete_last"):
        course.submit(how, spoilt(course.released, how))
    course("autograde", WEEK)
    right = worth(0.6, tmp_path)
    assert course.scores() == {"double_other": right, "delete_first": right, "edit_last": right, "delete_last": 0}
