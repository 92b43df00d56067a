"""Grading prose: what is graded, how it is kept, what it comes to in the tables and on the pages, how graders agree."""

import errno
import json
import random
import re
import shutil
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from copydesk.base import store
from copydesk.base.documents import Damaged, decode
from copydesk.base.errors import CopydeskError
from copydesk.base.wording import load_wording
from copydesk.exercises.write import Write
from copydesk.lessons.lesson import Lesson, list_lessons, load_lesson
from copydesk.views.agreement import krippendorff_alpha, percent_agreement
from copydesk_classroom.collecting.state import HOME
from copydesk_classroom.grading.grade import grade
from copydesk_classroom.marking.rubric import (
    Grade,
    GradeFile,
    Judged,
    checked,
    graders,
    judged,
    rows_of,
    rubric_rows,
    text_key,
)
from copydesk_classroom.prose.desk import GradingDesk, class_texts, compare, differences, grading_desk
from copydesk_classroom.prose.screen import GradeWriting, grade_script
from copydesk_classroom.wording import class_wording
from tests.classroom.made_class import document, entry, handin, lesson, put, rows, tree
from tests.made_exercise import DEFAULTS

STORY, LESSON, EXERCISE = "greywater-barrage", "02_who_says_so", "explain"
SHEETS = Path(__file__).resolve().parents[2] / "notebooks" / "instructor"
Json = dict[str, Any]


def writing(number: int, *, boxes: int = 3) -> Json:
    """A text nobody else wrote; with fewer boxes its form is not complete."""
    dice = random.Random(number)
    its = lesson(LESSON, STORY)
    words = ["the", "reader", "cannot", "tell", "which", "word", "is", "whose", "and", "why", "it", f"number{number}"]
    texts = {f.id: " ".join(dice.sample(words, 12)) + f" {f.id} {number}" for f in its.exercise(EXERCISE).boxes()}
    return {"texts": dict([*texts.items()][:boxes]), "evidence": [[2299, 2314], [2384 + number, 2415]]}


def work(name: str, answer: Json, *, exercise: str = EXERCISE, **other: Any) -> Json:
    """A hand-in with one text in it."""
    its = lesson(LESSON, STORY)
    about = {"story": STORY, "lesson": LESSON, "sha256": its.story.about["sha256"], **other}
    return handin(name, document({exercise: entry(answer)}, **about), story="", schema=2)


@pytest.fixture
def klass(tmp_path: Path) -> Path:
    """Six learners; the last two handed in the same words, and the fifth has not filled every box."""
    for number in range(4):
        put(tmp_path / "in" / f"{number}.json", work(f"Learner {number}", writing(number)))
    put(tmp_path / "in" / "4.json", work("Learner 4", writing(4, boxes=2)))
    put(tmp_path / "in" / "5.json", work("Learner 5", writing(4, boxes=2)))
    return tmp_path / "in"


@pytest.fixture
def desk(klass: Path, tmp_path: Path) -> GradingDesk:
    return open_desk(klass, tmp_path)


def open_desk(klass: Path, tmp_path: Path, grader: str = "first") -> GradingDesk:
    return grading_desk(klass, grader=grader, grades=tmp_path / "grades")


def give(desk: GradingDesk, number: int, *points: int) -> str:
    """Points for one text, row by row."""
    text = desk.texts[number]
    for row, n in zip(rows_of(text.exercise), points, strict=False):
        desk.file.set_points(text.key, row.id, n)
    return text.key


def given_rows(out: Path) -> dict[str, dict[str, str]]:
    return {r["name"]: r for r in rows(out / "exercises.csv") if r["exercise"] == EXERCISE}


def pages(out: Path) -> dict[str, str]:
    return {r["name"]: (out / r["feedback"]).read_text("utf-8") for r in rows(out / "grades.csv")}


class TestRows:
    def test_the_sheets_name_the_rows_that_the_desk_shows(self) -> None:
        told = 0
        for name in list_lessons():
            text = (SHEETS / f"{name}.md").read_text("utf-8")
            named = dict(re.findall(r"^- \*(.+?)\*: (.+)$", text.partition("## Grading")[2], re.MULTILINE))
            for exercise in load_lesson(name).exercises:
                if exercise.type == "write" and exercise.points:
                    shown = [row.name.partition(":")[0].lower() for row in rows_of(exercise)]
                    assert named[exercise.title].split(", ") == shown, exercise.key_name
                    told += 1
        assert told >= 10

    def test_a_row_that_is_not_there_is_named(self) -> None:
        wrong = Write(lesson="l", id="e", title="", prompt="", **DEFAULTS, rubric=("claim", "style"))
        with pytest.raises(CopydeskError, match="l/e: no rubric row 'style'; there are: claim, evidence"):
            rows_of(wrong)

    def test_the_mean_of_whole_grades_counts_and_no_other(self) -> None:
        two = rubric_rows()[:2]
        half = Grade({"claim": 0}, ("Half.",))
        assert judged(two, [half]) is None and judged(two, []) is None and judged((), [half]) is None
        found = judged(two, [Grade({"claim": 3, "evidence": 1}, ("A",), "b"), half, Grade({"claim": 2, "evidence": 2})])
        assert found == Judged({"claim": (3, 2), "evidence": (1, 2)}, ("A", "b"), 2)
        assert (found.rubric_points, found.share) == (4, pytest.approx(4 / 6))

    def test_full_points_are_the_whole_exercise_and_none_is_nothing(self) -> None:
        for n, share in ((3, 1.0), (0, 0.0)):
            found = judged(rubric_rows(), [Grade({row.id: n for row in rubric_rows()})])
            assert found is not None and found.share == share


class TestNames:
    """A grade belongs to a text."""

    def key(self, answer: Json) -> str:
        its = lesson(LESSON, STORY)
        return text_key(STORY, its.exercise(EXERCISE), answer, len(its.story.article.text))

    def test_the_same_words_have_the_same_key_and_others_another(self) -> None:
        answer = writing(1)
        assert self.key(answer) == self.key(json.loads(json.dumps(answer)))
        assert self.key(answer).startswith(f"{STORY}/{LESSON}/{EXERCISE}/")
        spaced = {**answer, "texts": {n: f" {t}\n" for n, t in answer["texts"].items()}, "choices": {"x": "y"}}
        assert self.key(spaced) == self.key(answer)
        other = [
            {**answer, "evidence": answer["evidence"][:1]},
            {**answer, "texts": {**answer["texts"], "claim": "Another."}},
            {**answer, "texts": {"reasoning": answer["texts"]["claim"], "claim": answer["texts"]["reasoning"]}},
        ]
        assert len({self.key(a) for a in (answer, *other)}) == 4

    @settings(max_examples=60, deadline=None)
    @given(
        st.dictionaries(
            st.sampled_from(["texts", "evidence", "x"]),
            st.recursive(
                st.none() | st.integers() | st.text(),
                lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["claim", "rival"]), inner),
                max_leaves=8,
            ),
        )
    )
    def test_any_answer_has_one(self, answer: Json) -> None:
        assert re.fullmatch(r"[\w/-]+/[0-9a-f]{32}", self.key(answer))


class TestFile:
    def test_a_grade_is_on_the_disk_when_the_call_comes_back(self, tmp_path: Path) -> None:
        file = GradeFile(tmp_path / "grades", "Zoë B.")
        assert not (tmp_path / "grades").exists(), "opening writes nothing"
        assert file.set_points("t", "claim", 2) == Grade({"claim": 2})
        file.set_comment("t", "Name the rule.", on=True)
        file.set_note("t", "Well put.\nGo on.")
        file.add_comment("  Name   the rule. ")
        kept = json.loads((tmp_path / "grades" / "Zoë_B.json").read_text("utf-8"))
        assert (kept["kind"], kept["schema"], kept["grader"]) == ("copydesk-grades", 1, "Zoë B.")
        again = GradeFile(tmp_path / "grades", "Zoë B.")
        assert again.grade("t") == Grade({"claim": 2}, ("Name the rule.",), "Well put.\nGo on.")
        assert again.comments == ("Name the rule.",)
        assert again.set_points("t", "claim", None).points == {}
        assert again.set_comment("t", "Name the rule.", on=False).comments == ()
        again.drop_comment("Name the rule.")
        assert GradeFile(tmp_path / "grades", "Zoë B.").comments == ()

    def test_the_version_before_is_kept_and_takes_over(self, tmp_path: Path) -> None:
        file = GradeFile(tmp_path, "first")
        file.set_points("t", "claim", 1)
        file.set_points("t", "claim", 3)
        file.path.write_text('{"schema": 1, "grades": {', "utf-8")
        again = GradeFile(tmp_path, "first")
        assert again.grade("t").points == {"claim": 3}
        aside = [p for p in tmp_path.iterdir() if ".damaged-" in p.name]
        assert len(aside) == 1 and str(aside[0]) in again.notice
        assert graders(tmp_path)["first"]["t"].points == {"claim": 3}, (
            "it is mended at once: grades must not go missing"
        )
        assert file.set_points("u", "claim", 2).points == {"claim": 2}
        assert GradeFile(tmp_path, "first").grade("t").points == {"claim": 3}, "an open kernel remembers the later one"

    def test_two_open_copies_do_not_eat_each_others_work(self, tmp_path: Path) -> None:
        one, two = GradeFile(tmp_path, "first"), GradeFile(tmp_path, "first")
        one.set_points("t", "claim", 1)
        two.set_points("t", "rival", 2)
        two.set_points("u", "claim", 3)
        one.add_comment("A.")
        found = GradeFile(tmp_path, "first")
        assert found.grade("t").points == {"claim": 1, "rival": 2} and found.grade("u").points == {"claim": 3}
        assert found.comments == ("A.",)

    def test_a_file_that_was_deleted_is_written_again(self, tmp_path: Path) -> None:
        file = GradeFile(tmp_path / "g", "first")
        file.add_comment("A.")
        file.set_points("t", "claim", 1)
        shutil.rmtree(tmp_path / "g")
        file.set_points("u", "claim", 2)
        found = GradeFile(tmp_path / "g", "first")
        assert found.grade("t").points == {"claim": 1} and found.comments == ("A.",)

    def test_what_it_does_not_know_stays(self, tmp_path: Path) -> None:
        file = GradeFile(tmp_path, "first")
        file.set_points("t", "claim", 1)
        kept = json.loads(file.path.read_text("utf-8"))
        kept |= {"colour": "blue"}
        kept["grades"]["t"]["mood"] = "good"
        put(file.path, kept)
        GradeFile(tmp_path, "first").set_points("t", "rival", 1)
        now = json.loads(file.path.read_text("utf-8"))
        assert now["colour"] == "blue" and now["grades"]["t"]["mood"] == "good"

    @pytest.mark.parametrize(
        ("act", "says"),
        [
            (lambda f: f.set_points("t", "claim", 4), "4 is not a number of points; use 0, 1, 2 or 3"),
            (lambda f: f.set_points("t", "claim", True), "True is not a number of points"),
            (lambda f: f.set_points("t", "style", 1), "no rubric row 'style'; there are: claim"),
            (lambda f: f.set_note("t", "x" * 20_000), "has 20,000 letters; at most 10,000 are allowed"),
            (lambda f: f.add_comment("x" * 501), "has 501 letters; at most 500 are allowed"),
            (lambda f: [f.add_comment(str(n)) for n in range(61)], "has 60 comments already"),
        ],
    )
    def test_what_cannot_be_kept_is_one_sentence(self, act: Any, says: str, tmp_path: Path) -> None:
        with pytest.raises(CopydeskError, match=says):
            act(GradeFile(tmp_path, "first"))

    def test_a_grader_cannot_take_anothers_file(self, tmp_path: Path) -> None:
        GradeFile(tmp_path, "a b").set_points("t", "claim", 1)
        with pytest.raises(CopydeskError, match="belongs to the grader 'a b'; use another name"):
            GradeFile(tmp_path, "a_b")

    def test_a_newer_form_is_left_alone(self, tmp_path: Path) -> None:
        path = put(tmp_path / "first.json", {"kind": "copydesk-grades", "schema": 2, "grader": "first"})
        with pytest.raises(CopydeskError, match="newer Copydesk"):
            GradeFile(tmp_path, "first")
        assert [p.name for p in tmp_path.iterdir()] == [path.name]

    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        value=st.recursive(
            st.none() | st.booleans() | st.integers(-1, 5) | st.text(max_size=6),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(
                        ["kind", "schema", "grader", "grades", "comments", "points", "note", "rev", "claim"]
                    ),
                    inner,
                    max_size=6,
                )
            ),
            max_leaves=20,
        )
    )
    def test_any_bytes_are_grades_or_a_fault(self, value: Any, tmp_path: Path) -> None:
        for whole in (value, {"kind": "copydesk-grades", "schema": 1, "grades": value}):
            try:
                found = checked(decode(json.dumps(whole).encode()))
            except (Damaged, CopydeskError):
                path = put(tmp_path / "x.json", whole)
                with pytest.raises(CopydeskError):
                    graders(path)
                continue
            assert all(0 <= n <= 3 for e in found["grades"].values() for n in e["points"].values())
            put(tmp_path / "y.json", found)
            assert graders(tmp_path / "y.json")


class TestTexts:
    def test_each_text_is_there_once_and_practice_is_not(self, klass: Path, desk: GradingDesk) -> None:
        put(klass / "practice.json", work("Learner 9", {"texts": {"whose": "hers"}}, exercise="routine"))
        found = class_texts(klass)
        assert [t.exercise.id for t in found] == [EXERCISE] * 5
        assert sorted(n for t in found for n in t.names) == [f"Learner {n}" for n in range(6)]
        assert [t.key for t in found] == [t.key for t in desk.texts]

    def test_the_order_is_the_same_whatever_the_files_are_called(self, klass: Path, desk: GradingDesk) -> None:
        names = [t.names for t in desk.texts]
        assert names != sorted(names), "by chance it could be; with these texts it is not"
        files = sorted(klass.iterdir())
        for path, name in zip(files, reversed("abcdef"), strict=True):
            path.rename(klass / f"{name}.json")
        assert [t.key for t in class_texts(klass)] == [t.key for t in desk.texts]

    def test_it_is_the_text_that_the_learners_page_shows(self, tmp_path: Path) -> None:
        first, second, later = writing(1), writing(2), writing(3)
        part = {"texts": {"claim": "only a claim here, no more"}}
        its = lesson(LESSON, STORY)
        about = {"story": STORY, "lesson": LESSON, "sha256": its.story.about["sha256"]}
        exercises = {EXERCISE: entry(part, first, second, answer=later)}
        put(tmp_path / "in" / "a.json", handin("A", document(exercises, **about), story="", schema=2))
        text = class_texts(tmp_path / "in")[0]
        assert text.answer["texts"] == first["texts"], "the first that is complete: after it, samples are shown"
        grade(tmp_path / "in", tmp_path / "out")
        page = pages(tmp_path / "out")["A"]
        assert first["texts"]["claim"] in page and second["texts"]["claim"] not in page

    def test_under_best_every_work_is_there(self, klass: Path) -> None:
        put(klass / "again.json", work("Learner 0", writing(8), changed="2027-01-01T00:00:00Z"))
        assert len(class_texts(klass)) == 5 and len(class_texts(klass, policy="best")) == 6

    def test_lessons_can_be_chosen(self, klass: Path) -> None:
        assert len(class_texts(klass, lessons=["02"])) == 5 and class_texts(klass, lessons=["03"]) == []
        with pytest.raises(CopydeskError, match="no lesson '99'"):
            class_texts(klass, lessons=["99"])

    def test_nothing_is_changed(self, klass: Path, tmp_path: Path) -> None:
        before = tree(klass)
        give(open_desk(klass, tmp_path), 0, 1, 1, 1, 1)
        assert tree(klass) == before


class TestMadeUp:
    @pytest.mark.parametrize("made", [False, True])
    def test_with_nothing_there_it_says_that_nobody_wrote_these(self, made: bool, tmp_path: Path) -> None:
        folder = tmp_path / "submissions"
        if made:
            folder.mkdir()
        desk = grading_desk(folder, grades=tmp_path / "grades")
        assert desk.made_up and len(desk.texts) == 12 and "nobody wrote these texts" in desk._repr_html_()
        assert desk.grade().spec["made_up"]
        give(desk, 0, 1, 1, 1, 1)
        assert graders(tmp_path / "grades") == {}, "trying it out leaves no grades among the real ones"

    def test_its_texts_are_the_samples_and_their_beginnings(self, tmp_path: Path) -> None:
        desk = grading_desk(tmp_path / "none", grades=tmp_path / "grades")
        for text in desk.texts:
            key, page = text.unit.key, text.unit.text
            samples = list(text.exercise.model_answers(key, page).values())
            assert any(
                all(sample["texts"][n].startswith(words) for n, words in text.answer["texts"].items())
                for sample in samples
            )
        assert {t.unit.id[0] for t in desk.texts} == {"greywater-barrage"}, "fiction: no rights of others"


class TestGrades:
    def test_points_take_the_place_of_the_form_and_are_scaled(
        self, klass: Path, desk: GradingDesk, tmp_path: Path
    ) -> None:
        out = tmp_path / "out"
        grade(klass, out)
        before, names = given_rows(out), [t.names[0] for t in desk.texts]
        give(desk, 0, 3, 2, 2, 2)
        give(desk, 1, 0, 0, 0, 0)
        give(desk, 2, 3, 3, 3)  # a row is missing
        summary = grade(klass, out, rubric=tmp_path / "grades")
        now = given_rows(out)
        several = 2 if len(desk.texts[0].names) > 1 or len(desk.texts[1].names) > 1 else 1
        assert now[names[0]]["score"] == "0.75" and now[names[0]]["points"] == "3.0"
        assert now[names[1]]["score"] == "0.0" and now[names[1]]["points"] == "0.0"
        assert now[names[0]]["status"] == now[names[1]]["status"] == "graded by a person"
        assert now[names[2]] == before[names[2]] and before[names[2]]["status"] == "form only"
        assert summary.texts == 1 + several and summary.several == 0 and summary.texts + summary.waiting == 6
        totals = {r["name"]: float(r[LESSON]) for r in rows(out / "grades.csv")}
        assert totals[names[0]] == 3.0 and totals[names[1]] == 0.0
        for table, column in (("grades_moodle.csv", "Grade"), ("grades_canvas.csv", LESSON)):
            assert "3.0" in [r[column] for r in rows(out / table)]
        assert {r["name"] for r in rows(out / "changes.csv")} >= {names[0], names[1]}

    def test_rows_that_do_not_fit_do_not_count(self, tmp_path: Path) -> None:
        its = lesson("04_which_words_frame", STORY)
        answer = {"texts": {"moved": "the verb is gone and so is the picture it made of them"}}
        about = {"story": STORY, "lesson": its.id, "sha256": its.story.about["sha256"]}
        whole = handin("A", document({"rewrite": entry(answer)}, **about), story="", schema=2)
        put(tmp_path / "in" / "a.json", whole)
        desk = open_desk(tmp_path / "in", tmp_path)
        assert [row.id for row in rows_of(desk.texts[0].exercise)] == ["claim", "reasoning"]
        give(desk, 0, 3, 2)
        grade(tmp_path / "in", tmp_path / "out", rubric=tmp_path / "grades", weights={its.id: 2})
        row = next(r for r in rows(tmp_path / "out" / "exercises.csv") if r["exercise"] == "rewrite")
        assert (row["score"], row["points"], row["possible"]) == ("0.8333", "6.67", "8.0")

    def test_of_two_graders_the_mean_counts_and_is_said(self, klass: Path, desk: GradingDesk, tmp_path: Path) -> None:
        second, name = open_desk(klass, tmp_path, "second"), desk.texts[0].names[0]
        give(desk, 0, 3, 3, 3, 3)
        give(second, 0, 2, 3, 1, 0)
        second.file.set_comment(desk.texts[0].key, "Name the <b>rule</b>.", on=True)
        summary = grade(klass, tmp_path / "out", rubric=tmp_path / "grades")
        row, page = given_rows(tmp_path / "out")[name], pages(tmp_path / "out")[name]
        assert row["status"] == "graded by 2 people, mean" and float(row["score"]) == pytest.approx(18 / 24)
        assert summary.several == len(desk.texts[0].names)
        assert "Graded by 2 people" in page and "9 of 12 rubric points, which is 3 of 4 points here" in page
        assert "2.5 of 3 (3, 2)" in page and "3 of 3<" in page and "Name the &lt;b&gt;rule&lt;/b&gt;." in page

    def test_a_page_shows_rows_in_words_and_nobody_elses(self, klass: Path, desk: GradingDesk, tmp_path: Path) -> None:
        give(desk, 0, 3, 2, 1, 0)
        desk.file.set_note(desk.texts[0].key, "For this one alone.")
        give(desk, 1, 1, 1, 1, 1)
        desk.file.set_note(desk.texts[1].key, "For the other.")
        grade(klass, tmp_path / "out", rubric=tmp_path / "grades")
        found = pages(tmp_path / "out")
        mine = found[desk.texts[0].names[0]]
        words = load_wording("rubric")["row"]
        for row, n in zip(words, (3, 2, 1, 0), strict=True):
            assert row["points"][n] in mine
        assert "For this one alone." in mine and "For the other." not in mine and "by a person" in mine
        waiting = found[desk.texts[2].names[0]]
        assert "a person grades what you wrote" in waiting and "rubric points" not in waiting
        assert "first" not in re.sub(r"<style>.*?</style>", "", mine).partition("Graded by a person")[2][:300]

    def test_an_objective_is_handed_in_until_people_say_how_well(self, tmp_path: Path) -> None:
        its = lesson("06_do_we_agree", STORY)
        assert its.key is not None
        answer = next(iter(its.exercise("rule").model_answers(its.key, its.story.article.text).values()))
        about = {"story": STORY, "lesson": its.id, "sha256": its.story.about["sha256"]}
        whole = handin("A", document({"rule": entry(answer)}, **about), story="", schema=2)
        put(tmp_path / "in" / "a.json", whole)
        objective = next(o for o in its.objectives if o.exercises == ("rule",))

        def told() -> str:
            row = re.search(rf"{re.escape(objective.text)}.*?</table>", pages(tmp_path / "out")["A"], re.DOTALL)
            return row[0] if row else ""

        grade(tmp_path / "in", tmp_path / "out")
        assert "handed in, for a reader" in told()
        desk = open_desk(tmp_path / "in", tmp_path)
        for points, share, state in ((1, "33", "not yet"), (3, "100", "met")):
            give(desk, 0, *[points] * 3)
            grade(tmp_path / "in", tmp_path / "out", rubric=tmp_path / "grades")
            assert share in told() and state in told() and "handed in" not in told()

    def test_grading_again_changes_nothing_until_a_grade_does(
        self, klass: Path, desk: GradingDesk, tmp_path: Path
    ) -> None:
        out, rubric = tmp_path / "out", tmp_path / "grades"
        give(desk, 0, 3, 3, 3, 3)
        grade(klass, out, rubric=rubric)
        before = tree(out)
        assert grade(klass, out, rubric=rubric).anew == 0 and tree(out) == before
        give(desk, 0, 2)
        summary = grade(klass, out, rubric=rubric)
        assert summary.anew == 6 and summary.changes == len(desk.texts[0].names)
        assert len([*(out / HOME).glob("rubric-*")]) == 1
        back = grade(klass, out)
        assert given_rows(out)[desk.texts[0].names[0]]["status"] == "form only" and back.texts == 0
        assert [*(out / HOME).glob("rubric-*")] == []

    def test_a_changed_text_is_a_new_text(self, klass: Path, desk: GradingDesk, tmp_path: Path) -> None:
        at = next(n for n, t in enumerate(desk.texts) if t.names == ("Learner 0",))
        give(desk, at, 0, 0, 0, 0)
        put(klass / "0.json", work("Learner 0", writing(7)))
        grade(klass, tmp_path / "out", rubric=tmp_path / "grades")
        assert given_rows(tmp_path / "out")["Learner 0"]["status"] == "form only"

    def test_workers_come_to_the_same(self, klass: Path, desk: GradingDesk, tmp_path: Path) -> None:
        for n in range(4):
            give(desk, n, n % 4, 3 - n, 1, 2)
        grade(klass, tmp_path / "one", rubric=tmp_path / "grades")
        with ProcessPoolExecutor(2) as pool:
            grade(klass, tmp_path / "two", rubric=tmp_path / "grades", executor=pool)
        results = [{n: h for n, h in tree(tmp_path / o).items() if not n.startswith(HOME)} for o in ("one", "two")]
        assert results[0] == results[1]

    def test_under_best_a_low_grade_does_not_hide_behind_the_form(self, klass: Path, tmp_path: Path) -> None:
        put(klass / "again.json", work("Learner 0", writing(8), changed="2027-01-01T00:00:00Z"))
        desk = grading_desk(klass, grader="first", grades=tmp_path / "grades", policy="best")
        for number, text in enumerate(desk.texts):
            give(desk, number, *([2] * 4 if text.answer["texts"] == writing(8)["texts"] else [1] * 4))
        grade(klass, tmp_path / "out", rubric=tmp_path / "grades", policy="best")
        assert given_rows(tmp_path / "out")["Learner 0"]["score"] == "0.6667"

    def test_grades_that_are_not_there_or_not_readable_stop_it(self, klass: Path, tmp_path: Path) -> None:
        with pytest.raises(CopydeskError, match=r"there are no grades in .*; name the folder"):
            grade(klass, tmp_path / "out", rubric=tmp_path / "grades")
        put(tmp_path / "grades" / "first.json", b'{"kind": "copydesk-grades", "grades": 7')
        with pytest.raises(CopydeskError, match=r"first.json cannot be read as grades: it is not JSON"):
            grade(klass, tmp_path / "out", rubric=tmp_path / "grades")

    def test_a_copy_of_a_graders_file_stops_it(self, klass: Path, desk: GradingDesk, tmp_path: Path) -> None:
        give(desk, 0, 1, 1, 1, 1)
        shutil.copy(desk.file.path, tmp_path / "grades" / "first (1).json")
        with pytest.raises(CopydeskError, match="is a second file of the grader 'first'; keep the newer one"):
            grade(klass, tmp_path / "out", rubric=tmp_path / "grades")

    def test_one_graders_file_can_be_named(self, klass: Path, desk: GradingDesk, tmp_path: Path) -> None:
        give(desk, 0, 3, 3, 3, 3)
        give(open_desk(klass, tmp_path, "second"), 0, 0, 0, 0, 0)
        grade(klass, tmp_path / "out", rubric=tmp_path / "grades" / "second.json")
        assert given_rows(tmp_path / "out")[desk.texts[0].names[0]]["score"] == "0.0"

    def test_grades_among_the_submissions_are_not_handed_in(self, klass: Path) -> None:
        desk = grading_desk(klass, grader="first", grades=klass / "grades")
        give(desk, 0, 1, 1, 1, 1)
        assert len(grading_desk(klass, grader="first", grades=klass / "grades").texts) == 5
        summary = grade(klass, klass / "results", rubric=klass / "grades")
        assert (summary.graded, summary.problems) == (6, 0) and summary.texts >= 1


class TestAgreement:
    def test_it_is_the_ordinal_alpha_of_each_row(self, desk: GradingDesk) -> None:
        dice = random.Random(5)
        mine, theirs = (
            {t.key: Grade({row.id: dice.randint(0, 3) for row in rubric_rows()}) for t in desk.texts} for _ in "ab"
        )
        del theirs[desk.texts[0].key]
        for found in compare(desk.texts, mine, theirs):
            pairs = [(mine[t.key].points[found.row.id], theirs[t.key].points[found.row.id]) for t in desk.texts[1:]]
            table = {n: Counter(pair) for n, pair in enumerate(pairs)}
            assert found.texts == 4 and found.percent == pytest.approx(sum(a == b for a, b in pairs) / 4)
            assert found.percent == percent_agreement(table)
            assert found.alpha == krippendorff_alpha(table, level="ordinal")
            assert found.low is not None and found.high is not None and found.low <= found.high

    def test_far_apart_is_two_points_and_more(self, desk: GradingDesk) -> None:
        keys = [t.key for t in desk.texts]
        mine = {keys[0]: Grade({"claim": 3, "rival": 0}), keys[1]: Grade({"claim": 1}), keys[2]: Grade({"claim": 0})}
        theirs = {keys[0]: Grade({"claim": 1, "rival": 1}), keys[1]: Grade({"claim": 2}), keys[2]: Grade({"rival": 3})}
        found = differences(desk.texts, mine, theirs)
        assert [(d.text.key, d.row.id, d.points) for d in found] == [(keys[0], "claim", (3, 1))]
        assert len(differences(desk.texts, mine, theirs, by=1)) == 3

    def test_it_takes_two(self, klass: Path, desk: GradingDesk, tmp_path: Path) -> None:
        assert "grades by: nobody" in repr(desk.agreement())
        give(desk, 0, 3, 3, 3, 3)
        assert "grades by: first" in repr(desk.agreement())
        give(open_desk(klass, tmp_path, "second"), 0, 1, 3, 3, 3)
        assert "claim: 1 texts, the same points in 0 % of them" in repr(desk.agreement())
        assert "evidence: 1 texts, the same points in 100 % of them, no alpha" in repr(desk.agreement())
        assert repr(desk.differences()) == "1 of 1 texts with 2 points or more between first and second."
        assert "1 of 5" in desk.differences()._repr_html_() and "Learner" not in desk.differences()._repr_html_()
        give(open_desk(klass, tmp_path, "third"), 0, 3, 3, 3, 3)
        with pytest.raises(CopydeskError, match="name two graders; there are grades by: first, second, third"):
            desk.agreement()
        assert "claim: 1 texts, the same points in 0 % of them" in repr(desk.agreement("second", "third"))
        assert "No text with 2 points" in repr(desk.differences("first", "third"))
        with pytest.raises(CopydeskError, match="no grades by 'nobody' in"):
            desk.agreement("nobody")

    def test_of_a_made_up_class_it_is_made_up(self, tmp_path: Path) -> None:
        desk = grading_desk(tmp_path / "none", grades=tmp_path / "grades")
        assert "made up" in desk.agreement()._repr_html_()
        assert repr(desk.differences()).startswith("1 of 12 texts")


def send(widget: GradeWriting, **message: Any) -> None:
    """What the browser does."""
    widget._handle_custom_msg(message, [])


def change(widget: GradeWriting, seq: int = 1, **what: Any) -> None:
    send(widget, seq=seq, by="view", **what)


class TestScreen:
    def test_saved_is_said_only_after_it_was_written(self, desk: GradingDesk, monkeypatch: pytest.MonkeyPatch) -> None:
        widget, seen, write = desk.grade(), [], store.write

        def watched(path: Path, data: bytes, **options: Any) -> None:
            seen.append((widget.state["seq"], widget.state["saved_text"]))
            write(path, data, **options)

        monkeypatch.setattr(store, "write", watched)
        key = widget.view["key"]
        change(widget, do="points", key=key, row="claim", value=2)
        assert seen == [(0, "")] and widget.state["seq"] == 1 and widget.state["by"] == "view"
        assert widget.state["saved_text"].startswith("Saved at") and widget.state["points"] == {"claim": 2}
        assert graders(desk.file.path)["first"][key].points == {"claim": 2}

    @pytest.mark.parametrize(
        ("error", "again"),
        [(OSError(errno.ENOSPC, "No space left on device"), True), (CopydeskError("no", "never"), False)],
    )
    def test_what_fails_is_one_sentence(
        self, error: Exception, again: bool, desk: GradingDesk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        widget = desk.grade()

        def fail(*_: Any, **__: Any) -> None:
            raise error

        monkeypatch.setattr(store, "write", fail)
        change(widget, do="points", key=widget.view["key"], row="claim", value=2)
        assert widget.state["error"] == str(error) and widget.state["again"] is again
        assert widget.state["points"] == {} and widget.state["saved_text"] == ""

    @pytest.mark.parametrize(
        "message",
        [
            {"do": "points", "key": "nobody's", "row": "claim", "value": 1},
            {"do": "points", "key": 0, "row": "style", "value": 1},
            {"do": "points", "key": 0, "row": "claim", "value": 9},
            {"do": "points", "key": 0, "row": "claim", "value": "3"},
            {"do": "note", "key": 0, "text": 7},
            {"do": "fly"},
        ],
    )
    def test_what_no_screen_sends_changes_nothing(self, message: Json, desk: GradingDesk) -> None:
        widget = desk.grade()
        change(widget, **{**message, "key": widget.view["key"] if message.get("key") == 0 else message.get("key", "")})
        assert widget.state["error"] and not desk.file.path.exists()

    def test_names_do_not_leave_python_in_a_blind_grading(self, desk: GradingDesk) -> None:
        widget = desk.grade()
        for _ in desk.texts:
            assert "Learner" not in json.dumps([widget.spec, widget.view, widget.state])
            send(widget, do="go", by=1)
        send(widget, do="choose", group="", only=False, blind=False)
        assert widget.view["names"] == list(widget.text.names) and "Learner" in widget.view["names"][0]

    def test_it_opens_at_the_first_text_without_a_grade(self, klass: Path, desk: GradingDesk, tmp_path: Path) -> None:
        give(desk, 0, 1, 1, 1, 1)
        give(desk, 1, 1, 1)
        again = open_desk(klass, tmp_path).grade()
        assert (again.view["n"], again.view["of"], again.state["points"]) == (2, 5, {"claim": 1, "evidence": 1})
        assert again.state["done"] == "1 of 5 graded"

    def test_next_and_previous_stop_at_the_ends(self, desk: GradingDesk) -> None:
        widget = desk.grade()
        send(widget, do="go", by=-1)
        assert widget.view["n"] == 1 and widget.view["edge"] == "This is the first one."
        for _ in range(9):
            send(widget, do="go", by=1)
        assert widget.view["n"] == widget.view["of"] == 5 and widget.view["edge"] == "This is the last one."

    def test_only_what_is_not_graded(self, desk: GradingDesk) -> None:
        give(desk, 1, 1, 1, 1, 1)
        widget = desk.grade()
        send(widget, do="choose", group="", only=True, blind=True)
        assert (widget.view["n"], widget.view["of"]) == (1, 4)
        for row in rubric_rows():
            change(widget, do="points", key=widget.view["key"], row=row.id, value=1)
        assert widget.text is desk.texts[0], "what was just graded stays until one goes on"
        send(widget, do="go", by=1)
        assert widget.text is desk.texts[2] and widget.view["of"] == 3
        for number in range(5):
            give(desk, number, 1, 1, 1, 1)
        send(widget, do="choose", group="", only=False, blind=True)
        send(widget, do="choose", group="", only=True, blind=True)
        assert widget.view["key"] == "" and widget.view["of"] == 0 and widget.text is None

    def test_one_exercise_of_several(self, tmp_path: Path) -> None:
        desk = grading_desk(tmp_path / "none", grades=tmp_path / "grades")
        widget = desk.grade()
        group = [*widget.spec["exercises"]][2]
        send(widget, do="choose", group=group, only=False, blind=True)
        assert widget.view["of"] == 4 and widget.view["key"].startswith(group)
        assert widget.state["done"] == "0 of 4 graded" and "(4)" in widget.spec["exercises"][group]

    def test_comments_are_kept_and_used_again(self, klass: Path, desk: GradingDesk, tmp_path: Path) -> None:
        widget = desk.grade()
        change(widget, do="add", text="Name the rule.")
        change(widget, do="comment", key=widget.view["key"], text="Name the rule.", on=True)
        change(widget, do="note", key=widget.view["key"], text="Well put.")
        again = open_desk(klass, tmp_path).grade()
        assert again.state["list"] == again.state["on"] == ["Name the rule."] and again.state["note"] == "Well put."
        change(again, do="drop", text="Name the rule.")
        assert again.state["list"] == [] and again.state["on"] == ["Name the rule."]

    def test_the_view_cuts_the_page_where_evidence_begins_and_ends(self, desk: GradingDesk) -> None:
        widget = desk.grade()
        text, page = widget.text, lesson(LESSON, STORY).story.article.text
        assert text is not None
        marked = [words for block in widget.view["blocks"] for words, n in block["pieces"] if n]
        assert marked == [page[a:b] for a, b in text.answer["evidence"]]
        for block in widget.view["blocks"]:
            span = text.unit.lesson.story.article.block(block["id"]).span
            assert "".join(words for words, _ in block["pieces"]) == span.of(page)

    def test_no_learners_words_go_into_a_saved_notebook(self, desk: GradingDesk) -> None:
        widget = desk.grade()
        told = json.dumps(widget._repr_mimebundle_()[0])
        assert widget.text is not None and widget.text.answer["texts"]["claim"] not in told
        assert repr(widget) == "<grading screen of 'first': 5 texts>"

    def test_a_hostile_text_is_data(self, tmp_path: Path) -> None:
        nasty = "</script><img src=x onerror=alert(1)> \u202e\x00"
        put(tmp_path / "in" / "a.json", work("<b>Eve</b>", {"texts": {"claim": nasty * 3}, "evidence": [[0, 10**9]]}))
        widget = open_desk(tmp_path / "in", tmp_path).grade()
        assert "\u202e" not in json.dumps(widget.view, ensure_ascii=False) and widget.view["blocks"] == []
        assert "innerHTML" not in grade_script() and "insertAdjacentHTML" not in grade_script()

    def test_every_word_of_the_screen_is_there(self) -> None:
        said = set(re.findall(r"\bsay\.(\w+)", grade_script().partition("function gradeWriting")[2]))
        assert said and not said - set(class_wording("grade_writing")["screen"])


def test_a_lesson_with_both_stories_is_told_apart(klass: Path, tmp_path: Path) -> None:
    its: Lesson = lesson(LESSON, "baltics-2022")
    about = {"story": "baltics-2022", "lesson": LESSON, "sha256": its.story.about["sha256"]}
    answer = {"texts": {"claim": "one two three four five six"}, "evidence": []}
    put(klass / "b.json", handin("Learner 8", document({EXERCISE: entry(answer)}, **about), story="", schema=2))
    desk = open_desk(klass, tmp_path)
    names = [*desk.grade().spec["exercises"].values()]
    assert any("(baltics-2022)" in n for n in names) and any("(greywater-barrage)" in n for n in names)
