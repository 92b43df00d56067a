"""What a learner guessed, to stand beside what was measured."""

from __future__ import annotations

from copydesk.answers import AnswerFile
from copydesk.base.wording import decimal, load_wording
from copydesk.exercises.form import Form
from copydesk.lessons.lesson import Lesson


def guess_at(lesson: Lesson, answers: AnswerFile, place: str) -> dict[str, str]:
    """The learner's guesses at what is measured in a place of the lesson, by the id of their questions.

    The place is an exercise or, for one question of a form, `exercise/question`.
    """
    found = {}
    for exercise in lesson.exercises:
        for question in exercise.questions if isinstance(exercise, Form) else ():
            if question.measured_in == place:
                value = answers.record(exercise.id).answer.get("values", {}).get(question.id)
                if value not in (None, ""):
                    found[question.id] = question.options.get(str(value), str(value))
    return found


def beside(guess: str, measured: float | str | None) -> str:
    """One sentence that has both.

    >>> beside("0.5", 0.4286)
    'Your guess: 0.5. Measured: 0.43.'
    """
    shown = measured if isinstance(measured, str) else decimal(measured)
    return str(load_wording("strings")["guess"]["beside"].format(guess=guess, measured=shown))
