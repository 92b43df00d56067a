"""The desk: one lesson opened on one story, with the learner's own answers. What notebooks talk to."""

from __future__ import annotations

from collections.abc import Collection
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from copydesk.answers import AnswerFile, Record, folder, where
from copydesk.answers.place import on_binder
from copydesk.answers.rescue import peek_record
from copydesk.desk_views import Views, no_key
from copydesk.discernment import PRIVATE, choose_form, discernment, first_answer
from copydesk.edition_words import edition_words
from copydesk.lessons import Exercise, load_lesson
from copydesk.render import Mark, Page, blocks, marks_of, still
from copydesk.results import Result, results
from copydesk.stories import Story, edition
from copydesk.wording import load_wording

if TYPE_CHECKING:
    from copydesk.answers.handin import HandIn
    from copydesk.widgets import ExerciseWidget


class Desk(Views):
    """One open lesson: read the page, do its exercises, see the result, pack the work."""

    def __repr__(self) -> str:
        return f"<Desk: lesson {self.lesson.id} on '{self.story.id}'>"

    def _repr_html_(self) -> str:
        say = load_wording("strings")["lesson"]
        lines = [*edition_words(edition()), where()]
        if self.answers.notice:
            lines.append(self.answers.notice)
        if self.story.key is None:
            lines.append(say["graded_note"])
        if self.story.about.get("content_note"):
            lines.append(self.story.about["content_note"])
        return still("".join(f"<p>{escape(line)}</p>" for line in lines))

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        """On Binder the same lines with the button under them that saves what is done there."""
        if not on_binder():
            return {}
        from copydesk.widgets.controls import with_hand_in

        return {**with_hand_in(self._repr_html_())._repr_mimebundle_(), "text/plain": repr(self)}

    def exercise(self, exercise_id: str) -> ExerciseWidget:
        """The exercise of that id, with the learner's own work in it."""
        from copydesk.widgets import exercise_widget

        exercise = self.lesson.exercise(exercise_id)
        if exercise.get("forms"):
            exercise = choose_form(exercise, self.answers.record(exercise_id), self._before(exercise))
        return exercise_widget(self.lesson, exercise, self.answers)

    def read(self, exercise_id: str | None = None) -> Page:
        """The story, or the paragraphs one exercise is about, to read before marking."""
        article = self.story.article
        region = self.lesson.exercise(exercise_id).region if exercise_id else ()
        shown = [article.block(b) for b in region] or list(article.paragraphs)
        return self._page(
            blocks(article.text, {b.id: b for b in shown}, lang=self.story.about["language"]),
            f"{len(shown)} paragraphs",
        )

    def page(self) -> Page:
        """The whole page as it was found, furniture and all."""
        article = self.story.article
        numbered = {
            str(n): block for n, block in enumerate(article.blocks, 1)
        }  # a name like f1 would give the sorting away
        html = blocks(article.text, numbered, lang=self.story.about["language"])
        return self._page(html, f"{len(article.blocks)} blocks")

    def worked_example(self, exercise_id: str) -> Page:
        """A worked example: marks already made, to read and not to do."""
        exercise = self.lesson.exercise(exercise_id)
        article, say = self.story.article, load_wording("strings")
        marks: list[Mark] = marks_of(exercise.get("given", ()))
        shown = [article.block(b) for b in exercise.region]
        legend = ", ".join(f"{say['tags'][r]} = {say['roles'][r]}" for r in exercise.get("roles"))
        body = (
            f"<p>{escape(exercise.prompt)}</p>"
            + blocks(article.text, {b.id: b for b in shown}, marks)
            + f"<p>{escape(legend)}</p>"
        )
        return self._page(body, f"a worked example with {len(marks)} marks")

    def result(self) -> Result:
        """The learner's own result so far, beside each objective's bar."""
        return results(self.lesson, self.answers)

    def discernment(self, exercise_id: str = "discern") -> Page:
        """How well the learner's questions were aimed, and how well before the course; never graded."""
        from copydesk.discernment_page import discernment_page

        if (key := self.lesson.key) is None:
            return no_key()
        exercise = self.lesson.exercise(exercise_id)
        records = self.answers.record(exercise_id), self._before(exercise)
        now, before = (discernment(exercise, first_answer(record), key) for record in records)
        return Page(*discernment_page(now, before)) if now else self._wait(exercise_id)

    def _before(self, exercise: Exercise) -> Record:
        """What the learner did in the exercise of an earlier lesson that this one is like."""
        lesson, _, name = exercise.get("like", "").partition("/")
        files = sorted(self.answers.path.parents[1].glob(f"*/{lesson}.json")) if lesson else []
        return next((record for file in files if (record := peek_record(file, name)).changed), Record())

    def name(self) -> Any:
        """A box for a name or number, asked once and never required."""
        from copydesk.widgets.controls import name_box

        return name_box(self.answers)

    def hand_in(self) -> Any:
        """A button that packs all work, on every story, into one small file and lists what is in it."""
        from copydesk.widgets.controls import hand_in_box

        return hand_in_box()


def open_lesson(lesson_id: str, story: Story | None = None) -> Desk:
    """Open a lesson on the story in use; work done before is there again.

    >>> open_lesson("02_who_says_so")
    <Desk: lesson 02_who_says_so on 'baltics-2022'>
    """
    lesson = load_lesson(lesson_id, story)
    answers = AnswerFile.open(lesson.story.id, lesson.id, sha256=lesson.story.about["sha256"])
    return Desk(lesson, answers)


def hand_in(story: str | None = None, *, leave_out: str | Collection[str] = PRIVATE, to: Path | None = None) -> HandIn:
    """Pack all work, or that on one story, into one small file, without a button.

    What was answered in the forms of discernment stays here unless `leave_out` says otherwise: `leave_out=()`.
    """
    from copydesk.answers.handin import pack

    return pack(folder(), story=story, leave_out=leave_out, to=to)
