"""What a lesson's notebook can ask the desk to count: plain numbers, most of them by the story's key."""

from __future__ import annotations

from collections.abc import Iterator

from copydesk import counts
from copydesk.answers import AnswerFile
from copydesk.context.facts import Fact, story_facts
from copydesk.frame_scales import scales
from copydesk.lessons import Lesson
from copydesk.sourcing import By, Counted, Diversity, counted, diversity, totals
from copydesk.stories import Story
from copydesk.votes import Agreement, agreement, class_votes
from copydesk.wording import load_wording


class NoKey:
    """Stands for whatever only a key could tell: empty, and one sentence however it is summed, rounded or looked into.

    >>> NoKey() or round(sum(NoKey().values()), 2)
    This edition has no key, so there is nothing to measure yet.
    """

    def __repr__(self) -> str:
        return str(load_wording("strings")["sourcing"]["no_key"])

    def __bool__(self) -> bool:
        return False

    def __getattr__(self, name: str) -> NoKey:
        if name.startswith("_"):  # what Python and Jupyter ask of everything
            raise AttributeError(name)
        return self

    def __call__(self, *_: object, **__: object) -> NoKey:
        return self

    def __iter__(self) -> Iterator[NoKey]:
        return iter((self,))

    def __getitem__(self, _: object) -> NoKey:
        return self

    def __add__(self, _: object) -> NoKey:
        return self

    __radd__ = __round__ = __add__


class Numbers:
    """Counts of one open lesson; without a key, those that rest on it say so."""

    def __init__(self, lesson: Lesson, answers: AnswerFile) -> None:
        self.lesson, self.answers = lesson, answers

    @property
    def story(self) -> Story:
        """The story this lesson runs on."""
        return self.lesson.story

    def land_share(self) -> float | None:
        """The share, 0 to 1, of its states’ outer land border that touched NATO members that day; None: no map."""
        from copydesk.context.atlas import outer_border
        from copydesk.context.geography import story_geography

        geography = story_geography(self.story)
        if geography is None:
            return None
        return round(outer_border(geography.measured_on, geography.states, self.story.date).share, 3)

    def agreement(self, exercise_id: str) -> Agreement:
        """How far a class agreed in that vote."""
        return agreement(class_votes(self.lesson, exercise_id))

    def scale_ranges(self) -> dict[str, tuple[float, float]] | NoKey:
        """The lowest and the highest value the key allows on each generic frame."""
        if (key := self.story.key) is None:
            return NoKey()
        return {s.name: (round(s.low, 2), round(s.high, 2)) for s in scales(key, {})}

    def unattributed(self) -> float | NoKey:
        """The share of the story’s words, 0 to 1, that the key attributes to nobody."""
        found = counts.words_by_voice(self.story)
        return found["not attributed"] / sum(found.values()) if found else NoKey()

    def speakers(self) -> dict[str, int] | NoKey:
        """How many attributions the key counts for each speaker."""
        return counts.speakers(self.story) if self.story.key else NoKey()

    def devices(self) -> dict[str, int] | NoKey:
        """How many framing devices of each class the key lists."""
        return counts.devices(self.story) if self.story.key else NoKey()

    def facts(self, *, known: bool = False) -> list[Fact]:
        """The story's dated facts; with `known`, those that were public on its day."""
        return [f for f in story_facts(self.story) if not known or f.known_on(self.story.date)]

    def diversity(self, *, by: By = "attributions") -> Diversity | NoKey:
        """How varied the sources of the story are, by the key."""
        return diversity(totals(self._counted(), by=by)) if self.story.key else NoKey()

    def _counted(self) -> tuple[Counted, ...]:
        return counted(self.story.key, self.story.article.text) if self.story.key else ()
