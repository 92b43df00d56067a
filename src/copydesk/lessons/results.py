"""A learner's result in a lesson: points from the first round of each exercise, beside each objective's bar.

The first round counts; a second round, made after the key was shown, is practice. Points go by the best try, objectives
by the first: after it a learner is told which items are wrong. An answer that was never checked is scored as it stands.
Whether a text meets an objective, people say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from copydesk.answers import AnswerFile, Record
from copydesk.base.wording import load_wording, percent
from copydesk.exercises.exercise import Exercise
from copydesk.exercises.outcome import Answer
from copydesk.lessons.lesson import Lesson, Objective
from copydesk.page.html import paragraph, static_html, table
from copydesk.story.key import Key

State = Literal["open", "handed_in", "not_yet", "met"]


@dataclass(frozen=True, slots=True)
class Result:
    """Scores by exercise (None: not attempted, or no key to score by) and the lesson they belong to."""

    lesson: Lesson
    scores: dict[str, float | None]
    """Of the best try."""
    first: dict[str, float | None]
    """Of the first try."""
    people: dict[str, float] = field(default_factory=dict)
    """The share of its points that people gave a text."""

    @property
    def points(self) -> float:
        """The points earned in the core of the lesson."""
        return self._points(more=False)[0]

    @property
    def possible(self) -> float:
        """The points there are in the core of the lesson."""
        return self._points(more=False)[1]

    def _points(self, *, more: bool) -> tuple[float, float]:
        """The points earned and those there are, in the core or in what is for learners who have time."""
        chosen = [e for e in self.lesson.exercises if e.more == more]
        return sum(e.points * (self.scores[e.id] or 0) for e in chosen), sum(e.points for e in chosen)

    def share(self, objective: Objective, *, best: bool = False) -> float | None:
        """The share of an objective's points in the first tries, or the best; None before there is anything to count.

        Of texts only what people gave is counted.
        """
        return self._shares(objective)[best]

    def _shares(self, objective: Objective) -> tuple[float | None, float | None]:
        """The share of an objective's points in the first tries, and in the best."""
        exercises = self.lesson.exercises_of(objective)
        weights = [e.points or 1 for e in exercises]  # an exercise without points can show an objective too

        def share(tries: Mapping[str, float | None]) -> float | None:
            shares = [self.people.get(e.id) if e.checks_form_only else tries[e.id] for e in exercises]
            if all(share is None for share in shares):
                return None
            return sum(w * (share or 0) for w, share in zip(weights, shares, strict=True)) / sum(weights)

        return share(self.first), share(self.scores)

    def state(self, objective: Objective) -> State:
        """Whether an objective is met. Complete texts are handed in until people have graded them."""
        return self._state(objective, self.share(objective))

    def _state(self, objective: Objective, share: float | None) -> State:
        if share is not None:
            return "met" if share >= objective.bar else "not_yet"
        scores = [self.scores[e.id] for e in self.lesson.exercises_of(objective)]
        if all(score is None for score in scores):
            return "open"
        return "handed_in" if all(score == 1 for score in scores) else "not_yet"

    def count(self, state: State) -> int:
        """How many objectives are in this state."""
        return sum(self.state(objective) == state for objective in self.lesson.objectives)

    def __repr__(self) -> str:
        if self.lesson.story.key is None:
            return f"<Result: received, to be graded later, in lesson {self.lesson.id}>"
        return f"<Result: {self.points:.1f} of {self.possible:g} points in lesson {self.lesson.id}>"

    def by_objective(self) -> list[tuple[str, ...]]:
        """For each objective its text, its bar, the shares of the first and of the best try, and its state in words."""
        say = load_wording("strings")["lesson"]
        rows: list[tuple[str, ...]] = []
        for objective in self.lesson.objectives:
            first, best = self._shares(objective)
            state = say[self._state(objective, first)]
            rows.append((objective.text, percent(objective.bar), percent(first), percent(best), state))
        return rows

    def _repr_html_(self) -> str:
        say = load_wording("strings")["lesson"]
        if self.lesson.story.key is None:
            caption, note = say["graded_note"], ""
        else:
            note = paragraph(say["which_try"])
            caption = say["result"].format(points=f"{self.points:.1f}", possible=f"{self.possible:g}")
            points, possible = self._points(more=True)
            if possible:
                caption = say["result_more"].format(result=caption, points=f"{points:.1f}", possible=f"{possible:g}")
        heads = (say["objective"], say["bar"], say["first"], say["best"], "")
        return static_html(table(heads, self.by_objective(), caption=caption) + note)


def results(lesson: Lesson, answers: AnswerFile) -> Result:
    """The result of one lesson from its answer file alone."""
    return result_of(lesson, {e.id: answers.record(e.id) for e in lesson.exercises})


def round_is_over(exercise: Exercise, record: Record) -> bool:
    """Whether the tries of this round are used up, or one passed and no more was wanted: then the key is shown."""
    made = [t for t in record.tries if t.round == record.round]
    right = any(t.score >= exercise.bar for t in made) and not record.key_waits
    return bool(exercise.tries) and (right or len(made) >= exercise.tries)


def is_finished(exercise: Exercise, record: Record) -> bool:
    """Whether a learner has seen the key of an exercise; where no key is shown, whether there is an answer."""
    if not exercise.tries:
        return bool(record.answer or record.tries)
    return record.round > 1 or round_is_over(exercise, record)


def result_of(lesson: Lesson, records: Mapping[str, Record]) -> Result:
    """The result of one lesson from the records of its exercises."""
    on = {e: lesson.on_story_of(e) for e in lesson.exercises}
    found = {e.id: record_scores(e, records[e.id], on[e].key, on[e].story.article.text) for e in on}
    return Result(lesson, {e: best for e, (best, _) in found.items()}, {e: first for e, (_, first) in found.items()})


def record_scores(exercise: Exercise, record: Record, key: Key | None, text: str) -> tuple[float | None, float | None]:
    """The scores of the best and of the first try of the first round, or of an unchecked answer as it stands."""
    outcomes = [exercise.outcome(answer, key, text) for answer in counted(record)]
    scores = [o.score for o in outcomes if o.status not in ("not_attempted", "received")]
    return (max(scores), scores[0]) if scores else (None, None)


def shown_result(lesson: Lesson, records: Mapping[str, Record]) -> Result:
    """The result as the learner is shown it: what has tries counts once it is checked, as it would spare a try."""
    waits = {e.id for e in lesson.exercises if e.tries and not records[e.id].tries}
    return result_of(lesson, {name: Record() if name in waits else record for name, record in records.items()})


def counted(record: Record) -> list[Answer]:
    """The answers that count: the tries of the first round, or the unchecked answer as it stands."""
    first = [t.answer for t in record.tries if t.round == 1]
    return first or ([record.answer] if record.answer and record.round == 1 else [])
