"""The class discussion: what a class answered, on a projector, in large type and without names.

Nothing is shown of fewer than five learners: with so few, a picture could point at somebody.
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from typing import Any

from copydesk.classroom.class_answers import Reader, class_choices, class_marks, items_of
from copydesk.classroom.room_page import compare_page, heat_page, split_page
from copydesk.classroom.tally import FEWEST
from copydesk.errors import CopydeskError
from copydesk.lessons import Exercise, Lesson, list_lessons, load_lesson
from copydesk.render import Page, still
from copydesk.stories import Story, load_story
from copydesk.votes import Agreement, ClassVotes, agreement, class_folder
from copydesk.wording import load_wording


def discussion(folder: Path | str | None = None, *, story: str | None = None) -> Room:
    """Open a class's answers to look at together; the folder is `class`, or what COPYDESK_CLASS names, unless given.

    Hand-ins are read as `copydesk grade` reads them, anew for each picture. Where there are none, a made-up class
    stands in, and says so. Raises CopydeskError if there is no such story.
    """
    return Room(Path(folder) if folder else class_folder(), load_story(story))


class Room:
    """A class in one room: its votes, its marks, and what a talk changed."""

    def __init__(self, folder: Path, story: Story) -> None:
        self.folder, self.story, self._read = folder, story, Reader().read

    def __repr__(self) -> str:
        return f"{self._say('plain', story=self.story.id, folder=self.folder)} {self._say('made_up_note')}"

    def _repr_html_(self) -> str:
        return still(f"<p>{escape(repr(self))}</p>")

    def split(self, exercise: str) -> Page:
        """How the class chose, item by item; `exercise` is lesson/exercise, as in `06/vote`."""
        lesson, chosen = self._choices(exercise)
        votes = class_choices(self._read(self.folder, lesson), lesson, chosen)
        return self._wait(chosen, votes, self.folder) or split_page(lesson, chosen, _sure(votes))

    def agreement(self, exercise: str) -> Agreement | Page:
        """How far the votes on an exercise agree, in figures."""
        lesson, chosen = self._choices(exercise)
        votes = class_choices(self._read(self.folder, lesson), lesson, chosen)
        return self._wait(chosen, votes, self.folder) or agreement(_sure(votes))

    def compare(self, exercise: str, second: str = "", *, folder: Path | str | None = None) -> Page:
        """The class before and after a talk: two vote exercises, or one with a second folder of hand-ins."""
        lesson, first = self._choices(exercise)
        after = self._choices(second)[1] if second else first
        place = Path(folder) if folder else self.folder
        before, now = (
            class_choices(self._read(self.folder, lesson), lesson, first),
            class_choices(self._read(place, lesson), lesson, after),
        )
        if wait := self._wait(first, before, self.folder):
            return wait
        same = (self.folder, first) == (place, after)
        if same or (now and _sure(before).made_up != now.made_up):
            return Page.saying(self._say("half", title=after.title, folder=place))
        wait = self._wait(after, now, place)
        return wait or compare_page(lesson, (first, after), (_sure(before), _sure(now)))

    def heat(self, exercise: str, role: str = "") -> Page:
        """Where the class marked, on the text; of several roles the first, or the one named (source, cue, content)."""
        lesson, chosen = self._exercise(exercise)
        if chosen.type != "mark":
            raise CopydeskError(self._say("not_marks", name=exercise), self._listed(lesson, "mark"))
        roles = chosen.get("roles")
        if role and role not in roles:
            raise CopydeskError(
                self._say("no_role", name=exercise, role=role), self._say("votes", names=", ".join(roles))
            )
        marks = class_marks(self._read(self.folder, lesson), lesson, chosen, role or roles[0])
        if marks is None or len(marks.spans) < FEWEST:
            return self._waiting(chosen, len(marks.spans) if marks else 0, self.folder)
        return heat_page(lesson, chosen, marks, role or roles[0])

    def _exercise(self, name: str) -> tuple[Lesson, Exercise]:
        wanted, _, exercise = name.partition("/")
        lesson_id = next((i for i in list_lessons() if wanted in (i, i.partition("_")[0])), "")
        if not re.fullmatch(r"[^/]+/\w+", name) or lesson_id not in self.story.lessons:
            raise CopydeskError(self._say("unknown", name=name), self._say("known"))
        lesson = load_lesson(lesson_id, self.story)
        return lesson, lesson.exercise(exercise)

    def _choices(self, name: str) -> tuple[Lesson, Exercise]:
        lesson, exercise = self._exercise(name)
        if not items_of(lesson, exercise):
            raise CopydeskError(self._say("not_a_vote", name=name), self._listed(lesson, "sort"))
        return lesson, exercise

    def _listed(self, lesson: Lesson, kind: str) -> str:
        names = ", ".join(e.id for e in lesson.exercises if e.type == kind)
        return self._say("votes", names=names) if names else ""

    def _wait(self, exercise: Exercise, votes: ClassVotes | None, folder: Path) -> Page | None:
        """What stands where there are too few to show anything."""
        n = votes.learners if votes else 0
        return None if n >= FEWEST else self._waiting(exercise, n, folder)

    def _waiting(self, exercise: Exercise, n: int, folder: Path) -> Page:
        name = "few" if n else "nobody"
        return Page.saying(self._say(name, n=n, title=exercise.title, folder=folder, fewest=FEWEST))

    def _say(self, sentence: str, **words: Any) -> str:
        return str(load_wording("discussion")["room"][sentence].format(**words))


def _sure(votes: ClassVotes | None) -> ClassVotes:
    assert votes is not None
    return votes
