"""The desk: one lesson opened on one story, with the learner's own answers. What notebooks talk to."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from copydesk import counts
from copydesk.answers import AnswerFile, folder, where
from copydesk.context.facts import Fact, story_facts
from copydesk.lessons import Lesson, load_lesson
from copydesk.render import Mark, blocks, marks_of, still
from copydesk.results import Result, results
from copydesk.sourcing import By, Counted, Diversity, counted, diversity, totals
from copydesk.stories import Story
from copydesk.wording import load_wording

if TYPE_CHECKING:
    from copydesk.answers.handin import HandIn
    from copydesk.figures import Figure
    from copydesk.widgets import ExerciseWidget


class Page:
    """HTML that shows itself in a notebook; its plain form is one sentence."""

    def __init__(self, html: str, plain: str) -> None:
        self.html, self.plain = html, plain

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return self.plain


class Desk:
    """One open lesson: read the page, do its exercises, see the result, pack the work."""

    def __init__(self, lesson: Lesson, answers: AnswerFile) -> None:
        self.lesson, self.answers = lesson, answers

    @property
    def story(self) -> Story:
        """The story this lesson runs on."""
        return self.lesson.story

    def __repr__(self) -> str:
        return f"<Desk: lesson {self.lesson.id} on '{self.story.id}'>"

    def _repr_html_(self) -> str:
        say = load_wording("strings")["lesson"]
        lines = [where()]
        if self.answers.notice:
            lines.append(self.answers.notice)
        if self.story.key is None:
            lines.append(say["graded_note"])
        if self.story.about.get("content_note"):
            lines.append(self.story.about["content_note"])
        return still("".join(f"<p>{escape(line)}</p>" for line in lines))

    def exercise(self, exercise_id: str) -> ExerciseWidget:
        """The exercise of that id, with the learner's own work in it."""
        from copydesk.widgets import exercise_widget

        return exercise_widget(self.lesson, self.lesson.exercise(exercise_id), self.answers)

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

    def timeline(self, *, later: bool = False) -> Figure:
        """What was going on, as known on the day of the story (or, with `later`, as known since)."""
        from copydesk.lesson_figures import timeline_figure

        return timeline_figure(self.lesson, later=later)

    def voices(self) -> Figure | Page:
        """Whose words fill the story, as a figure."""
        from copydesk.lesson_figures import voices_figure

        return voices_figure(self.story) if self.story.key else _no_key()

    def machine(self, *, after: str | None = None) -> Page:
        """What the attribution finder makes of the story: its marks, and the rule behind each.

        With `after`, only once that exercise was checked: the marks would give its answers away.
        """
        from copydesk.machine_page import machine_page

        if after and not self.answers.record(after).tries and self.story.key:
            title = self.lesson.exercise(after).title
            wait = load_wording("strings")["lesson"]["first_do"].format(title=title)
            return Page(still(f"<p>{escape(wait)}</p>"), wait)
        return Page(*machine_page(self.story))

    def speakers(self) -> dict[str, int]:
        """How many attributions the key counts for each speaker."""
        return counts.speakers(self.story)

    def devices(self) -> dict[str, int]:
        """How many framing devices of each class the key lists."""
        return counts.devices(self.story)

    def facts(self, *, known: bool = False) -> list[Fact]:
        """The story's dated facts; with `known`, those that were public on its day."""
        return [f for f in story_facts(self.story) if not known or f.known_on(self.story.date)]

    def sourcing(self) -> Any:
        """An explorer of the sources: shares, in attributions or words, with one item dropped if wanted."""
        from copydesk.widgets.explorers import sourcing_explorer

        items = self._counted()
        return sourcing_explorer(items) if items else _no_key()

    def diversity(self, *, by: By = "attributions") -> Diversity:
        """How varied the sources of the story are, by the key."""
        return diversity(totals(self._counted(), by=by))

    def _counted(self) -> tuple[Counted, ...]:
        return counted(self.story.key, self.story.article.text) if self.story.key else ()

    def result(self) -> Result:
        """The learner's own result so far, beside each objective's bar."""
        return results(self.lesson, self.answers)

    def name(self) -> Any:
        """A box for a name or number, asked once and never required."""
        from copydesk.widgets.controls import name_box

        return name_box(self.answers)

    def hand_in(self) -> Any:
        """A button that packs all work on this story into one small file and lists what is in it."""
        from copydesk.widgets.controls import hand_in_box

        return hand_in_box(self.story.id)

    def _page(self, html: str, plain: str) -> Page:
        return Page(still(html, rights=self.story.rights), plain)


def _no_key() -> Page:
    sentence = str(load_wording("strings")["sourcing"]["no_key"])
    return Page(still(f"<p>{escape(sentence)}</p>"), sentence)


def open_lesson(lesson_id: str, story: Story | None = None) -> Desk:
    """Open a lesson on the story in use; work done before is there again.

    >>> open_lesson("02_who_says_so")
    <Desk: lesson 02_who_says_so on 'baltics-2022'>
    """
    lesson = load_lesson(lesson_id, story)
    answers = AnswerFile.open(lesson.story.id, lesson.id, sha256=lesson.story.about["sha256"])
    return Desk(lesson, answers)


def hand_in(story: str | None = None, *, to: Path | None = None) -> HandIn:
    """Pack all work on a story into one small file, without a button."""
    from copydesk.answers.handin import pack

    return pack(folder(), story=story, to=to)
