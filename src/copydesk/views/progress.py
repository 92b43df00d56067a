"""Where a learner stands in all lessons, from the answer files alone; nothing on disk is made or changed.

Scores are those of `copydesk.lessons.results`; without a key there are none, and the work counts as received.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from copydesk.answers import Record, folder
from copydesk.answers.file import peek
from copydesk.answers.place import safe_name
from copydesk.answers.schema import SCHEMA
from copydesk.base.documents import Json, schema_of
from copydesk.base.errors import CopydeskError
from copydesk.base.wording import load_wording, say_moment
from copydesk.lessons.lesson import Lesson, list_lessons, load_lesson
from copydesk.lessons.results import Result, shown_result
from copydesk.page.html import Link, static_html, table
from copydesk.story.story import Story, edition, load_story

UNREAD = ("damaged", "page", "newer")
"""The states of a file whose answers cannot be shown."""


@dataclass(frozen=True, slots=True)
class Row:
    """One lesson: its state (a name under [progress] in strings.toml), `done` of `of` exercises, and when it was saved.

    `result` is None without a key or without readable answers; `fault` says what is wrong, after "the file".
    """

    lesson: str
    title: str
    state: str
    done: int = 0
    of: int = 0
    result: Result | None = None
    saved: str = ""
    fault: str = ""
    records: Mapping[str, Record] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Its number and title."""
        return f"{self.lesson[:2]} {self.title}"

    def cells(self) -> tuple[object, ...]:
        """The row as it is shown; the lesson leads to its notebook, if that lies in the folder one works in."""
        say, file = load_wording("strings")["progress"], f"{self.lesson}.ipynb"
        lesson = Link(self.name, file) if Path(file).is_file() else self.name
        state = say[self.state].format(why=self.fault)
        if self.state in UNREAD:
            return (lesson, state, *[say["nothing"]] * 4)
        if self.fault:
            state = say["mended"].format(state=state, why=self.fault)
        points = objectives = say["nothing" if self.state == "not_begun" else "received"]
        if self.result:
            points = _of(self.result.points, self.result.possible)
            objectives = _of(self.result.count("met"), len(self.result.lesson.objectives))
            if handed_in := self.result.count("handed_in"):
                objectives = say["for_reader"].format(met=objectives, n=handed_in)
        saved = self.saved or say["nothing"]
        return lesson, state, _of(self.done, self.of), points, objectives, saved


def _of(n: float, of: float) -> str:
    return str(load_wording("strings")["progress"]["of"].format(n=f"{round(n, 1):g}", of=f"{of:g}"))


@dataclass(frozen=True, slots=True, repr=False)
class Progress:
    """All lessons of one story, a row each; its plain form says what comes next."""

    rows: tuple[Row, ...]

    def __repr__(self) -> str:
        return self._next(lambda row: f"{row.lesson}.ipynb")

    def _next(self, name: Callable[[Row], str]) -> str:
        """What comes next, with a lesson as `name` gives it."""
        say = load_wording("strings")["progress"]
        counts = {"n": sum(r.state in ("done", "all_received") for r in self.rows), "of": len(self.rows)}
        if all(r.state == "not_begun" for r in self.rows):
            return str(say["next_first"].format(file=name(self.rows[0])))
        for way, states in (("next_mend", UNREAD), ("next_on", ("begun",)), ("next_new", ("not_begun",))):
            for row in self.rows:
                if row.state in states:
                    return str(say[way].format(**counts, file=name(row), done=row.done, all=row.of))
        return str(say["next_none"].format(**counts))

    def _repr_html_(self) -> str:
        say = load_wording("strings")["progress"]
        body = table(say["columns"], (row.cells() for row in self.rows), caption=say["caption"])
        return static_html(f"<p><strong>{self._next(_linked)}</strong></p>{body}")


def _linked(row: Row) -> str:
    """A lesson by its title, as a link where its notebook lies beside."""
    title, file = escape(row.name), f"{row.lesson}.ipynb"
    return f'<a href="{escape(file)}">{title}</a>' if Path(file).is_file() else title


def progress(story: Story | str | Path | None = None) -> Progress:
    """Where you stand in each lesson of a story, by default of the one in use, and in those that bring their own story.

    >>> progress("practice").rows[0].lesson
    '00_start_here'
    """
    chosen = story if isinstance(story, Story) else load_story(story)
    root = _root()
    return Progress(tuple(_row(lesson, root) for lesson in _lessons(chosen)))


def _lessons(story: Story) -> Iterator[Lesson]:
    known = list_lessons()
    wanted = edition().lessons or known
    for name in (n for n in known if n in wanted):
        if name in story.lessons:
            yield load_lesson(name, story)
        else:
            with suppress(CopydeskError):  # the story has no such lesson, unless the lesson brings its own story
                yield load_lesson(name, story)


def _root() -> Path:
    """Where answers are kept; a folder that is not there yet is named and not made."""
    wish = Path(os.environ.get("COPYDESK_ANSWERS") or "answers").expanduser().absolute()
    ground = next(place for place in (wish, *wish.parents) if place.exists())
    still_to_make = ground != wish and ground.is_dir() and os.access(ground, os.W_OK)
    return wish if still_to_make else folder()


def _row(lesson: Lesson, root: Path) -> Row:
    document, fault = peek(root / safe_name(lesson.story.id, "story") / f"{safe_name(lesson.id, 'lesson')}.json")
    if document is None and fault:
        return Row(lesson.id, lesson.title, "damaged", fault=fault)
    if document and schema_of(document) > SCHEMA:
        return Row(lesson.id, lesson.title, "newer")
    if document and document["sha256"] not in ("", lesson.story.about["sha256"]):
        return Row(lesson.id, lesson.title, "page")
    return _scored(lesson, document or {"exercises": {}, "changed": ""}, fault)


def _scored(lesson: Lesson, document: Json, fault: str) -> Row:
    """The row of a lesson whose answers can be read, or that has none yet."""
    kept = {name: Record.of(entry) for name, entry in document["exercises"].items()}
    records = {e.id: kept.get(e.id, Record()) for e in lesson.exercises}
    asked = [records[e.id] for e in lesson.exercises if not e.is_example]
    begun = sum(bool(r.answer or r.tries) for r in asked)
    done = sum(bool(r.tries) for r in asked) if lesson.key else begun
    state = "not_begun" if not begun else "begun" if done < len(asked) else "done" if lesson.key else "all_received"
    result = shown_result(lesson, records) if lesson.key else None
    return Row(
        lesson.id, lesson.title, state, done, len(asked), result, say_moment(document["changed"]), fault, records
    )
