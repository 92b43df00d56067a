"""A learner's result in a lesson: points from the first round of each exercise, beside each objective's bar.

The first round counts, and of its tries the best; an answer that was never checked is scored as it stands. So a second
round, made after the key was shown, is practice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from copydesk.answers import AnswerFile, Record
from copydesk.base.numbers import percent
from copydesk.base.wording import load_wording
from copydesk.exercises.exercise import Exercise
from copydesk.exercises.outcome import Answer, Outcome
from copydesk.lessons.lesson import Lesson, Objective
from copydesk.page.html import static_html, table
from copydesk.story.key import Key


@dataclass(frozen=True, slots=True)
class Result:
    """Scores by exercise (None: not attempted, or no key to score by) and the lesson they belong to."""

    lesson: Lesson
    scores: dict[str, float | None]

    @property
    def points(self) -> float:
        """The points earned."""
        return sum(e.points * (self.scores[e.id] or 0) for e in self.lesson.exercises)

    @property
    def possible(self) -> float:
        """The points there are."""
        return sum(e.points for e in self.lesson.exercises)

    def share(self, objective: Objective) -> float | None:
        """The share of an objective's points earned so far; None before anything was tried."""
        chosen = [self.lesson.exercise(e) for e in objective.exercises]
        if all(self.scores[e.id] is None for e in chosen):
            return None
        return sum(e.points * (self.scores[e.id] or 0) for e in chosen) / sum(e.points for e in chosen)

    def __repr__(self) -> str:
        if self.lesson.story.key is None:
            return f"<Result: received, to be graded later, in lesson {self.lesson.id}>"
        return f"<Result: {self.points:.1f} of {self.possible:g} points in lesson {self.lesson.id}>"

    def by_objective(self) -> list[tuple[str, str, str, str]]:
        """For each objective its text, its bar, the share that was reached, and whether it is met, in words."""
        say = load_wording("strings")["lesson"]
        rows = []
        for objective in self.lesson.objectives:
            share = self.share(objective)
            yours = say["open"] if share is None else percent(share)
            state = say["open"] if share is None else say["met" if share >= objective.bar else "not_yet"]
            rows.append((objective.text, percent(objective.bar), yours, state))
        return rows

    def _repr_html_(self) -> str:
        say = load_wording("strings")["lesson"]
        caption = f"{say['result']}: {self.points:.1f} / {self.possible:g}"
        if self.lesson.story.key is None:
            caption = say["graded_note"]
        return static_html(
            table((say["objective"], say["bar"], say["yours"], ""), self.by_objective(), caption=caption)
        )


Score = Callable[[Exercise, Record, Key | None, str], float | None]


def results(lesson: Lesson, answers: AnswerFile, *, score: Score | None = None) -> Result:
    """The result of one lesson from its answer file alone; by default as `record_score` scores."""
    score, on = score or record_score, {e: lesson.on_story_of(e) for e in lesson.exercises}
    return Result(lesson, {e.id: score(e, answers.record(e.id), on[e].key, on[e].story.article.text) for e in on})


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


def record_score(exercise: Exercise, record: Record, key: Key | None, text: str) -> float | None:
    """The score one record earns: the best try of the first round, or the unchecked answer as it stands."""
    if key is None:
        return None
    best = best_of(counted(record), lambda answer: exercise.outcome(answer, key, text))
    return best[1].score if best else None


def shown_score(exercise: Exercise, record: Record, key: Key | None, text: str) -> float | None:
    """The score that the learner is shown: none before an exercise with tries is checked, as it would spare a try."""
    return None if exercise.tries and not record.tries else record_score(exercise, record, key, text)


def counted(record: Record) -> list[Answer]:
    """The answers that count: the tries of the first round, or the unchecked answer as it stands."""
    first = [t.answer for t in record.tries if t.round == 1]
    return first or ([record.answer] if record.answer and record.round == 1 else [])


def best_of(answers: Iterable[Answer], mark: Callable[[Answer], Outcome]) -> tuple[Answer, Outcome] | None:
    """The answer that earns most and its outcome, the earlier of two alike; None if nothing was attempted."""
    best: tuple[Answer, Outcome] | None = None
    for answer in answers:
        outcome = mark(answer)
        if outcome.status != "not_attempted" and (best is None or outcome.score > best[1].score):
            best = answer, outcome
        if best and best[1].score >= 1:
            break
    return best
