"""A small class graded: by the lessons’ own rules, the same whoever does the work, and taken up again."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from benchmarks.make_class import document as made
from benchmarks.make_class import make_class
from copydesk.answers import Record
from copydesk.base.errors import CopydeskError
from copydesk.lessons.results import record_scores
from copydesk_classroom.collecting.state import BASE, HOME
from copydesk_classroom.grading.grade import Summary, grade
from tests.classroom.made_class import (
    LESSON,
    STORY,
    best,
    document,
    entry,
    full,
    handin,
    lesson,
    percent,
    put,
    rows,
    tree,
)

LESSONS = [(STORY, LESSON), ("baltics-2022", "02_who_says_so"), ("baltics-2022", "04_which_words_frame")]
STORIES = ("baltics-2022", "greywater-barrage")
TWO = [("baltics-2022", "02_who_says_so"), ("greywater-barrage", "08_your_own_brief")]
WRONG = {"choices": {}, "groups": [], "values": {}, "texts": {"x": 7}}


def learner(number: int) -> dict[str, Any]:
    """A hand-in as a middling learner would make it."""
    dice = random.Random(number)
    skill = 0.3 + number / 20
    return handin(f"Learner {number}", *(made("", lesson(n, s), skill, dice) for s, n in LESSONS), story="", schema=2)


@pytest.fixture
def klass(tmp_path: Path) -> Path:
    for number in range(7):
        put(tmp_path / "in" / f"handin_{number}.json", learner(number))
    return tmp_path / "in"


def results(out: Path) -> dict[str, str]:
    """Everything a run wrote but what it keeps for the next."""
    return {name: was for name, was in tree(out).items() if not name.startswith(HOME)}


def test_scores_are_those_of_the_lessons(klass: Path, tmp_path: Path) -> None:
    summary = grade(klass, tmp_path / "out")
    assert (summary.graded, summary.anew, summary.problems, summary.notes) == (7, 7, 0, 0)
    given = {(r["name"], r["lesson"], r["exercise"]): r for r in rows(tmp_path / "out" / "exercises.csv")}
    totals = {r["name"]: r for r in rows(tmp_path / "out" / "grades.csv")}
    counted = 0
    for number in range(7):
        name = f"Learner {number}"
        for d in learner(number)["answers"]:
            its, points = lesson(d["lesson"], d["story"]), 0.0
            for e in its.exercises:
                record = Record.of(d["exercises"][e.id]) if e.id in d["exercises"] else Record()
                on = its.on_story_of(e)
                score = record_scores(e, record, on.key, on.story.article.text)[0]
                row = given[(name, d["lesson"], e.id)]
                assert row["score"] == ("" if score is None else str(score))
                assert row["status"] == ("blank" if score is None else "form only" if e.type == "write" else "graded")
                points += e.points * (score or 0)
                counted += 1
            assert float(totals[name][d["lesson"]]) == pytest.approx(points, abs=0.006)
        assert float(totals[name]["points"]) == pytest.approx(sum(float(totals[name][n]) for _, n in LESSONS), abs=0.01)
    assert counted == len(given) > 7 * 20


def executors() -> dict[str, Any]:
    return {"threads": lambda: ThreadPoolExecutor(3), "processes": lambda: ProcessPoolExecutor(2)}


@pytest.mark.parametrize("kind", ["threads", "processes"])
def test_results_are_the_same_whoever_does_the_work(kind: str, klass: Path, tmp_path: Path) -> None:
    put(klass / "bad.json", b"{")
    grade(klass, tmp_path / "serial")
    executor: Executor
    with executors()[kind]() as executor:
        grade(klass, tmp_path / "other", executor=executor)
    assert results(tmp_path / "serial") == results(tmp_path / "other")


class TestAgain:
    def test_a_second_run_grades_nothing_and_changes_nothing(self, klass: Path, tmp_path: Path) -> None:
        out = tmp_path / "out"
        put(klass / "x.json", handin("X", document({"voices": entry(*({"values": {"a": n}} for n in range(200)))})))
        grade(klass, out)
        before, times = tree(out), {p: p.stat().st_mtime_ns for p in (out / "feedback").iterdir()}
        summary = grade(klass, out)
        assert (summary.graded, summary.anew, summary.problems) == (8, 0, 1)
        assert tree(out) == before
        assert {p: p.stat().st_mtime_ns for p in (out / "feedback").iterdir()} == times

    def test_only_what_changed_is_graded_and_told(self, klass: Path, tmp_path: Path) -> None:
        out = tmp_path / "out"
        grade(klass, out)
        changed = learner(3)
        changed["answers"][0]["exercises"] = full()["exercises"]
        put(klass / "handin_3.json", changed)
        before = {r["name"]: r for r in rows(out / "grades.csv")}
        summary = grade(klass, out)
        assert (summary.anew, summary.changes) == (1, 1)
        now = {r["name"]: r for r in rows(out / "grades.csv")}
        assert rows(out / "changes.csv") == [
            {
                "id": "",
                "name": "Learner 3",
                "lesson": LESSON,
                "before": before["Learner 3"][LESSON],
                "now": now["Learner 3"][LESSON],
            }
        ]
        assert grade(klass, out).changes == 0 and rows(out / "changes.csv") == []

    def test_whoever_is_gone_leaves_no_page(self, klass: Path, tmp_path: Path) -> None:
        out = tmp_path / "out"
        grade(klass, out)
        (klass / "handin_6.json").unlink()
        summary = grade(klass, out)
        assert (summary.graded, summary.changes) == (6, 3)
        assert len([*(out / "feedback").iterdir()]) == 6 and {r["now"] for r in rows(out / "changes.csv")} == {""}
        fresh = tmp_path / "fresh"
        grade(klass, fresh)
        assert {k: v for k, v in results(out).items() if k != "changes.csv"} == {
            k: v for k, v in results(fresh).items() if k != "changes.csv"
        }

    def test_a_page_that_was_deleted_is_made_again(self, klass: Path, tmp_path: Path) -> None:
        out = tmp_path / "out"
        grade(klass, out)
        before = results(out)
        next((out / "feedback").iterdir()).unlink()
        assert grade(klass, out).anew == 1 and results(out) == before

    def test_other_settings_grade_all_anew(self, klass: Path, tmp_path: Path) -> None:
        grade(klass, tmp_path / "out")
        assert grade(klass, tmp_path / "out", policy="best").anew == 7
        assert grade(klass, tmp_path / "out", policy="best", weights={"02_who_says_so": 2}).anew == 7

    def test_a_state_that_is_broken_is_made_again(self, klass: Path, tmp_path: Path) -> None:
        grade(klass, tmp_path / "out")
        before = results(tmp_path / "out")
        put(tmp_path / "out" / HOME / "state.sqlite", b"not a database" * 99)
        assert grade(klass, tmp_path / "out").anew == 7 and results(tmp_path / "out") == before

    def test_a_state_with_an_older_schema_is_made_again(self, klass: Path, tmp_path: Path) -> None:
        grade(klass, tmp_path / "out")
        base = sqlite3.connect(tmp_path / "out" / HOME / BASE)
        base.executescript("DROP TABLE contributions; PRAGMA user_version = 3;")
        base.close()
        assert grade(klass, tmp_path / "out").anew == 7

    def test_two_runs_do_not_write_one_folder(self, klass: Path, tmp_path: Path) -> None:
        def meddle(what: str, done: int, of: int) -> None:
            with pytest.raises(CopydeskError, match="in use by another run"):
                grade(klass, tmp_path / "out")

        grade(klass, tmp_path / "out", progress=meddle)


def test_a_run_that_is_killed_is_taken_up_again(tmp_path: Path) -> None:
    roster = make_class(tmp_path / "class", 150)
    out = tmp_path / "out"
    command = [sys.executable, "-m", "copydesk.cli", "grade", str(tmp_path / "class"), "--out", str(out),
               "--roster", str(roster), "--workers", "1", "--quiet"]  # fmt: skip
    run = subprocess.Popen(command)
    deadline = time.monotonic() + 60
    while len([*(out / "feedback").glob("[!.]*")] if out.exists() else []) < 80:
        assert time.monotonic() < deadline and run.poll() is None
        time.sleep(0.01)
    os.kill(run.pid, signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    run.wait()
    assert not (out / "grades.csv").exists()
    summary = grade(tmp_path / "class", out, roster=roster)
    assert summary.graded == 150 and summary.anew <= 150 - 64
    grade(tmp_path / "class", tmp_path / "whole", roster=roster)
    assert results(out) == results(tmp_path / "whole")


class TestChoices:
    def test_lessons_nobody_handed_in_do_not_count_unless_asked_for(self, klass: Path, tmp_path: Path) -> None:
        summary = grade(klass, tmp_path / "out")
        assert summary.lessons == tuple(n for _, n in LESSONS) and "01_what_is_on_the_page" in summary.not_handed_in
        asked = grade(klass, tmp_path / "out", lessons=["00", "01_what_is_on_the_page"])
        assert asked.lessons == (LESSON, "01_what_is_on_the_page") and asked.not_handed_in == ()
        assert {r["01_what_is_on_the_page"] for r in rows(tmp_path / "out" / "grades.csv")} == {""}

    @pytest.mark.parametrize("asked", [["02"], ["02_who_says_so"], ["baltics-2022/02_who_says_so"], ["02", "01"]])
    def test_a_lesson_on_another_story_changes_no_total(self, asked: list[str], tmp_path: Path) -> None:
        answers = {story: made("", lesson(name, story), 0.9, random.Random(1)) for story, name in TWO}
        put(tmp_path / "in" / "a.json", handin("A", answers["baltics-2022"], story="", schema=2))
        grade(tmp_path / "in", tmp_path / "alone", lessons=asked)
        put(tmp_path / "in" / "b.json", handin("B", answers["greywater-barrage"], story="", schema=2))
        grade(tmp_path / "in", tmp_path / "both", lessons=asked)
        before, after = (rows(tmp_path / name / "grades.csv")[0] for name in ("alone", "both"))
        assert [after[n] for n in ("name", "possible", "percent")] == [
            before[n] for n in ("name", "possible", "percent")
        ]

    @pytest.mark.parametrize("asked", [None, ["02"]])
    def test_a_lesson_that_is_done_on_two_stories_counts_once_for_each_learner(
        self, asked: list[str] | None, tmp_path: Path
    ) -> None:
        for name, *stories in (("A", STORIES[0]), ("B", STORIES[1]), ("C", *STORIES), ("D",)):
            done = [made("", lesson("02_who_says_so", story), 1, random.Random(2)) for story in stories]
            put(tmp_path / "in" / f"{name}.json", handin(name, *done, story="", schema=2))
        put(tmp_path / "r.csv", b"name\nA\nB\nC\nD\n")
        grade(tmp_path / "in", tmp_path / "out", lessons=asked, roster=tmp_path / "r.csv")
        whole = sum(e.points for e in lesson("02_who_says_so", STORIES[0]).exercises)
        found = {r["name"]: r for r in rows(tmp_path / "out" / "grades.csv")}
        assert {n: float(r["possible"]) / whole for n, r in found.items()} == {"A": 1, "B": 1, "C": 2, "D": 1}
        page = (tmp_path / "out" / found["B"]["feedback"]).read_text(encoding="utf-8")
        assert f"of {whole:g}" in page and f"of {2 * whole:g}" not in page

    def test_one_story_of_several(self, klass: Path, tmp_path: Path) -> None:
        summary = grade(klass, tmp_path / "out", story=STORY)
        assert summary.lessons == (LESSON,) and summary.problems == 0

    @pytest.mark.parametrize("kind", ["mapping", "toml", "csv"])
    def test_weights(self, kind: str, tmp_path: Path) -> None:
        weights: Any = {f"{LESSON}/first_mark": 3, LESSON: 0.5}
        if kind == "toml":
            text = f'{LESSON} = 0.5\n"{LESSON}/first_mark" = 3\n'
            weights = put(tmp_path / "w.toml", text.encode())
        if kind == "csv":
            weights = put(tmp_path / "w.csv", f"exercise;factor\n{LESSON}/first_mark;3\n{LESSON};0,5\n".encode())
        put(tmp_path / "in" / "a.json", handin("A", full()))
        grade(tmp_path / "in", tmp_path / "out", weights=weights)
        worth = {r["exercise"]: float(r["possible"]) for r in rows(tmp_path / "out" / "exercises.csv")}
        plain = {e.id: e.points for e in lesson().exercises}
        assert worth["first_mark"] == 3 * plain["first_mark"] and worth["voices"] == 0.5 * plain["voices"]
        assert rows(tmp_path / "out" / "grades.csv")[0]["percent"] == "100.0"

    @pytest.mark.parametrize(
        ("options", "says"),
        [
            ({"story": "nowhere"}, "no story named 'nowhere'"),
            ({"lessons": ["99_gone"]}, "no lesson '99_gone' to grade; there are: 00_start_here"),
            ({"policy": "first"}, "no policy 'first'"),
            ({"due": "soon"}, "'soon' is no date"),
            ({"weights": {"00_start_here/nothing": 1}}, "which is not here"),
            ({"weights": {LESSON: -1}}, "is -1; write a number from 0 to 1000"),
            ({"weights": {LESSON: "nan"}}, "is 'nan'"),
            ({"roster": Path("none.csv")}, "cannot be read"),
        ],
    )
    def test_what_cannot_be_had_is_one_sentence(
        self, options: dict[str, Any], says: str, klass: Path, tmp_path: Path
    ) -> None:
        with pytest.raises(CopydeskError, match=says):
            grade(klass, tmp_path / "out", **options)

    def test_a_story_among_the_answers_is_not_trusted(
        self, klass: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seeds: Path
    ) -> None:
        seeds.rename(klass / "seeds")
        monkeypatch.delenv("COPYDESK_SEEDS")
        monkeypatch.chdir(klass)
        with pytest.raises(CopydeskError, match="lies in the folder to grade"):
            grade(klass, tmp_path / "out")

    def test_a_story_that_cannot_be_read_stops_no_other(self, klass: Path, tmp_path: Path, seeds: Path) -> None:
        (seeds / "greywater-barrage" / "key.json").write_bytes(b"{")
        assert grade(klass, tmp_path / "out").graded == 7
        with pytest.raises(CopydeskError, match="cannot be read as JSON"):
            grade(klass, tmp_path / "out", story="greywater-barrage")

    def test_a_folder_that_is_not_there_or_would_be_overwritten(self, klass: Path, tmp_path: Path) -> None:
        with pytest.raises(CopydeskError, match="there is no folder"):
            grade(tmp_path / "none", tmp_path / "out")
        with pytest.raises(CopydeskError, match="cannot take the results"):
            grade(klass, klass)

    def test_results_inside_the_folder_are_not_graded(self, klass: Path) -> None:
        assert grade(klass, klass / "grades").graded == 7
        assert grade(klass, klass / "grades").graded == 7


def test_nothing_to_grade_is_said(tmp_path: Path) -> None:
    put(tmp_path / "in" / "notes.txt", b"hello")
    summary = grade(tmp_path / "in", tmp_path / "out")
    assert isinstance(summary, Summary) and (summary.graded, summary.problems) == (0, 1)
    assert rows(tmp_path / "out" / "grades.csv") == []


def test_an_answer_of_no_shape_is_worth_nothing_and_stops_nobody(tmp_path: Path) -> None:
    odd = document({e.id: entry(WRONG, {"groups": [[]], "order": {}, "evidence": 3}) for e in lesson().exercises})
    put(tmp_path / "in" / "odd.json", handin("Odd", odd))
    put(tmp_path / "in" / "good.json", handin("Good", full()))
    assert grade(tmp_path / "in", tmp_path / "out").graded == 2
    assert {r["name"]: r["percent"] for r in rows(tmp_path / "out" / "grades.csv")} == {
        "Good": "100.0",
        "Odd": percent(odd),
    }


def test_an_exercise_that_the_key_says_nothing_of_is_named_and_never_right(tmp_path: Path, seeds: Path) -> None:
    key = seeds / STORY / "key.json"
    key.write_text(key.read_text("utf-8").replace('"sentences"', '"other_sentences"'), "utf-8")
    put(tmp_path / "in" / "a.json", handin("A", document({"voices": entry({"choices": {"p1.s1": "reporter"}})})))
    grade(tmp_path / "in", tmp_path / "out")
    row = next(r for r in rows(tmp_path / "out" / "exercises.csv") if r["exercise"] == "voices")
    assert (row["status"], row["score"]) == ("blank", "")
    assert [(p["what"], p["why"]) for p in rows(tmp_path / "out" / "problems.csv")] == [
        ("exercise not graded", "The key says nothing of 00_start_here/voices.")
    ]


def test_only_the_first_round_counts(tmp_path: Path) -> None:
    later = document({"voices": entry(best("voices"), round=2)})
    put(tmp_path / "in" / "a.json", handin("A", later))
    grade(tmp_path / "in", tmp_path / "out")
    assert rows(tmp_path / "out" / "grades.csv")[0]["points"] == "0.0"
