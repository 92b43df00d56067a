"""What a lesson's notebook can ask the desk to count: plain numbers, most of them by the story's key."""

from __future__ import annotations

from copydesk import counts
from copydesk.answers import AnswerFile
from copydesk.context.facts import Fact, story_facts
from copydesk.frame_scales import scales
from copydesk.lessons import Lesson
from copydesk.sourcing import By, Counted, Diversity, counted, diversity, totals
from copydesk.stories import Story
from copydesk.votes import Agreement, agreement, class_votes


class Numbers:
    """Counts of one open lesson; without a key, those that rest on it are empty."""

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

    def scale_ranges(self) -> dict[str, tuple[float, float]]:
        """The lowest and the highest value the key allows on each generic frame."""
        return (
            {s.name: (round(s.low, 2), round(s.high, 2)) for s in scales(self.story.key, {})} if self.story.key else {}
        )

    def unattributed(self) -> float:
        """The share of the story’s words, 0 to 1, that the key attributes to nobody."""
        found = counts.words_by_voice(self.story)
        return found["not attributed"] / sum(found.values()) if found else 0.0

    def speakers(self) -> dict[str, int]:
        """How many attributions the key counts for each speaker."""
        return counts.speakers(self.story)

    def devices(self) -> dict[str, int]:
        """How many framing devices of each class the key lists."""
        return counts.devices(self.story)

    def facts(self, *, known: bool = False) -> list[Fact]:
        """The story's dated facts; with `known`, those that were public on its day."""
        return [f for f in story_facts(self.story) if not known or f.known_on(self.story.date)]

    def diversity(self, *, by: By = "attributions") -> Diversity:
        """How varied the sources of the story are, by the key."""
        return diversity(totals(self._counted(), by=by))

    def _counted(self) -> tuple[Counted, ...]:
        return counted(self.story.key, self.story.article.text) if self.story.key else ()
