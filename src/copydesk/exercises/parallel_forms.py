"""Discernment: is a question asked where asking pays, and only there? Two parallel forms, before and after the course.

Hits minus false alarms, as recognition tests are scored (Snodgrass & Corwin 1988, doi:10.1037/0096-3445.117.1.34): who
asks about everything scores 0, like who asks about nothing. Training that only makes people more suspicious moves both
shares and not the difference (Modirrousta-Galian & Higham 2023, doi:10.1037/xge0001395). So the kit rewards leaving
plain things alone. It is shown to the learner and never graded: ten sentences are few.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from copydesk.answers import Record
from copydesk.exercises.sort import Sort
from copydesk.story.key import Key

ASK = "ask"
"""The class of a sentence that deserves a question."""

PRIVATE = "*/discern"
"""What a hand-in leaves out unless the learner puts it in: it is no work to grade, and the file bears a name."""


@dataclass(frozen=True, slots=True)
class Discernment:
    """How well questions were aimed: of `open` sentences that deserve one, `found` got one; of `plain` ones, `flagged`.

    >>> aimed = Discernment(found=4, open=5, flagged=1, plain=5)
    >>> aimed.hits, aimed.false_alarms, round(aimed.score, 2)
    (0.8, 0.2, 0.6)
    """

    found: int
    open: int
    flagged: int
    plain: int

    @property
    def hits(self) -> float:
        """The share, 0 to 1, of the sentences that deserve a question which got one."""
        return self.found / self.open if self.open else 0.0

    @property
    def false_alarms(self) -> float:
        """The share, 0 to 1, of the plain sentences which got one all the same."""
        return self.flagged / self.plain if self.plain else 0.0

    @property
    def score(self) -> float:
        """Hits minus false alarms, −1 to 1."""
        return self.hits - self.false_alarms


def form_of(exercise: Sort, record: Record) -> str | None:
    """The form a learner has answered, by the ids in what is kept; None if none was."""
    kept = (record.answer, *(attempt.answer for attempt in reversed(record.tries)), *record.others)
    return next((name for answer in kept if (name := exercise.form_of(answer))), None)


def choose_form(
    exercise: Sort, here: Record, before: Record, coin: Callable[[Sequence[str]], str] = random.choice
) -> Sort:
    """The exercise with the form this learner has here; if none yet, one not answered `before`, by a coin."""
    seen = form_of(exercise, before)
    return exercise.in_forms[form_of(exercise, here) or coin([n for n in exercise.forms if n != seen])]


def first_answer(record: Record) -> dict[str, Any]:
    """The answer that counts: the first that was checked, for then the key was shown."""
    return record.tries[0].answer if record.tries else {}


def discernment(exercise: Sort, answer: Mapping[str, Any], key: Key) -> Discernment | None:
    """Hits and false alarms of an answer, on the form it is about; None unless every sentence of it is sorted.

    >>> from copydesk.lessons.lesson import load_lesson
    >>> lesson = load_lesson("00_start_here")
    >>> everything = {"choices": {f"a{n}": "ask" for n in range(1, 11)}}
    >>> discernment(lesson.exercise("discern"), everything, lesson.key).score
    0.0
    """
    if not exercise.is_complete(answer):
        return None
    choices, keyed = exercise.well_formed(answer)["choices"], exercise.keyed(key)
    ids = [item.id for item in exercise.as_answered(answer).items if item.id in keyed]
    on_open = [choices[i] == ASK for i in ids if keyed[i]["accept"] == [ASK]]
    on_plain = [choices[i] == ASK for i in ids if ASK not in keyed[i]["accept"]]
    return Discernment(sum(on_open), len(on_open), sum(on_plain), len(on_plain))
