"""A sixth type of exercise is one class, one view and one row: nothing else has to know it."""

import importlib
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from textwrap import dedent
from types import ModuleType

import pytest

from copydesk.answers import AnswerFile
from copydesk.base.errors import CopydeskError
from copydesk.exercises import TYPES, make_exercise
from copydesk.lessons.lesson import Lesson, load_lesson
from copydesk.widgets.widget import SENT, ExerciseWidget
from copydesk_classroom.checking import check_scoring, lesson_faults
from copydesk_classroom.course import Unit
from copydesk_classroom.feedback import feedback_page
from copydesk_classroom.marking.scores import mark_lesson
from copydesk_classroom.reporting.lesson import rows
from copydesk_classroom.reporting.tally import class_counts, contribution
from tests.made_exercise import DEFAULTS

SOURCE = '''
    from dataclasses import dataclass

    from copydesk.exercises import Answer, Exercise, Note, Outcome, register
    from copydesk.exercises.outcome import plain_values
    from copydesk.page.html import paragraph


    @register
    @dataclass(frozen=True, kw_only=True, eq=False)
    class TrueOrFalse(Exercise):
        """One claim about the story; an answer is `{"choices": {"claim": "true" or "false"}}`."""

        type = "true_or_false"
        needed = ("claim",)
        values_in = "choices"
        claim: str = ""

        def view(self, story):
            return {"claim": self.claim}

        @classmethod
        def view_source(cls):
            return "const makeBody = ({ spec }) => ({ root: node('p', {}, spec.claim), show: () => {} });"

        def static_body(self, story, answer):
            return paragraph(f"{self.claim} {answer.get('choices', {}).get('claim', '')}")

        def well_formed(self, answer):
            return plain_values(answer, "choices")

        def score(self, answer, key, text):
            given = answer.get("choices", {}).get("claim")
            right = given == self.keyed(key)["claim"]["accept"][0]
            note = Note("claim", "1", right, 1, "" if right else "Read it again.", self.keyed(key)["claim"]["why"])
            return Outcome.of(float(right), [note], bar=self.bar, attempted=given is not None)

        def model_answers(self, key, text) -> dict[str, Answer]:
            return {"key": {"choices": {"claim": self.keyed(key)["claim"]["accept"][0]}}}

        def lazy_answers(self, key, text) -> dict[str, Answer]:
            return {"a shrug": {"choices": {"claim": "perhaps"}}}

        def item_words(self, story):
            return {"claim": self.claim}

        def offers(self, story):
            return {"claim": {"true": "true", "false": "false"}}

        def offers_by_id(self, story):
            return self.offers(story)
'''
CLAIM = "Two people are named."
SETTINGS = {**DEFAULTS, "id": "claim", "type": "true_or_false", "title": "True?", "prompt": "Is it so?", "claim": CLAIM}
ANSWERS = {"claim": {"accept": ["true"], "why": "A ferryman and a mayor have names."}}


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The type in a module of its own, outside of the kit; it is gone after the test."""
    (tmp_path / "true_or_false.py").write_text(dedent(SOURCE), "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield importlib.import_module("true_or_false")
    del sys.modules["true_or_false"], TYPES["true_or_false"]


@pytest.fixture
def lesson(module: ModuleType) -> Lesson:
    """Lesson 00 with the new exercise alone, and its answer in the key."""
    old = load_lesson("00_start_here")
    exercise = make_exercise(old.id, SETTINGS, old.story.article)
    assert old.story.key is not None and type(exercise) is module.TrueOrFalse
    key = replace(old.story.key, answers={exercise.key_name: ANSWERS})
    return Lesson(old.id, old.title, old.minutes, 0, replace(old.story, key=key, lessons={old.id: {}}), (), (exercise,))


def test_it_is_refused_with_a_wrong_setting(module: ModuleType) -> None:
    article = load_lesson("00_start_here").story.article
    with pytest.raises(CopydeskError, match="l/claim has no setting 'clam'"):
        make_exercise("l", {**SETTINGS, "clam": ""}, article)


def test_it_has_a_widget_that_saves_and_checks(lesson: Lesson, own_answers: Path) -> None:
    file = AnswerFile.open(lesson.story.id, lesson.id, sha256=lesson.story.about["sha256"])
    widget = ExerciseWidget(lesson, lesson.exercises[0], file)
    assert widget.spec["claim"] == CLAIM and "makeBody = ({ spec })" in SENT["true_or_false"].parts["script"]
    widget.save({"choices": {"claim": "false"}})
    assert widget.check().status == "not_yet"
    assert [hint["text"] for hint in widget.state["feedback"]["hints"]] == ["Read it again."]
    widget.save({"choices": {"claim": "true"}})
    assert widget.check().status == "right"
    assert f"<p>{CLAIM} true</p>" in widget._repr_mimebundle_()[0]["text/html"]
    again = AnswerFile.open(lesson.story.id, lesson.id, sha256=lesson.story.about["sha256"])
    assert again.record("claim").answer == {"choices": {"claim": "true"}}


def test_a_check_proves_that_its_scoring_is_fair(lesson: Lesson) -> None:
    assert lesson_faults(lesson) == []
    checks = check_scoring(lesson)
    assert len(checks) == 3 and all(c.holds for c in checks)
    empty = replace(lesson, exercises=(replace(lesson.exercises[0], claim=""),))
    assert lesson_faults(empty) == ["00_start_here/claim: a true_or_false exercise needs 'claim'"]


def test_it_is_graded_has_a_feedback_page_and_rows_in_the_report(lesson: Lesson) -> None:
    unit = Unit.of(lesson, "00", {})
    answers = [{"choices": {"claim": value}} for value in ("true",) * 4 + ("false",) * 2]
    records = [{"answer": a, "rev": 1, "round": 1, "changed": "", "tries": [], "others": []} for a in answers]
    sheets = [mark_lesson(unit, {"exercises": {"claim": record}}, "", []) for record in records]
    assert [sheet.points for sheet in sheets] == [1, 1, 1, 1, 0, 0]
    page = feedback_page("Ada", [sheets[-1]])
    assert CLAIM in page and ANSWERS["claim"]["why"] in page
    course = class_counts(contribution([sheet]) for sheet in sheets)
    [row] = rows(unit, lesson.exercises[0], course.lessons[0].exercises[0])
    assert (row.full, row.none, row.instead) == (4, 2, (("false", 2),))
