"""The exercise widgets: one plain-JS view a type, one Python model for all of them.

The model holds domain objects and wires: it saves what the browser sends, asks the scoring floor, and hands words back.
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from importlib.resources import files
from typing import Any

import anywidget
import traitlets

from copydesk.answers import AnswerFile, Record
from copydesk.base.errors import CopydeskError
from copydesk.base.wording import load_wording
from copydesk.exercises.exercise import Exercise
from copydesk.exercises.feedback import feedback
from copydesk.exercises.outcome import Outcome
from copydesk.lessons.lesson import Lesson
from copydesk.page.html import css


@cache
def view_script(kind: type[Exercise]) -> str:
    """The JavaScript of one exercise type as a single module."""
    frame = (files("copydesk") / "widgets" / "frame.js").read_text(encoding="utf-8")
    export = "export default { render: (context) => frame(context, makeBody) };\n"
    return "\n".join([frame, kind.view_source(), export])


class ExerciseWidget(anywidget.AnyWidget):
    """One exercise on the screen; `answer`, `outcome` and `record` are for reading.

    The browser tells what was done by messages; `answer` and `state` are what Python knows. "Saved" is shown only
    after the answer file has been written.
    """

    _esm = ""
    _css = css()
    spec = traitlets.Dict().tag(sync=True)
    answer = traitlets.Dict().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)

    def __init__(self, lesson: Lesson, exercise: Exercise, answers: AnswerFile) -> None:
        self.lesson, self.exercise, self.answers = lesson, exercise, answers
        self.record: Record = answers.record(exercise.id)
        self.outcome: Outcome | None = None
        self._shown = 0
        self._last = self._kept = (0, "")  # which change, from which view, came last, and which is on the disk
        restored = bool(self.record.answer)
        value = self.record.answer or exercise.beginning()
        super().__init__(
            spec=exercise.full_view(lesson.story),
            answer={"seq": 0, "by": "", "value": value},
        )
        self._show(load_wording("strings")["frame"]["restored"] if restored else "")
        self.on_msg(self._asked)

    def __repr__(self) -> str:
        return f"<{self.exercise.type} exercise '{self.exercise.id}' of lesson {self.lesson.id}>"

    def _repr_mimebundle_(self, **options: Any) -> Any:
        data, meta = super()._repr_mimebundle_(**options) or ({}, {})
        static = self.exercise.static_view(self.lesson.story, self.answer["value"])
        return {**(data or {}), "text/plain": repr(self), "text/html": static}, meta

    @property
    def finished(self) -> bool:
        """Whether the tries of this round are used up, or the answer was right."""
        made = [t for t in self.record.tries if t.round == self.record.round]
        right = any(t.score >= self.exercise.bar for t in made)
        return bool(self.exercise.tries) and (right or len(made) >= self.exercise.tries)

    def check(self) -> Outcome:
        """Check the answer as it stands; a try counts only if there is something to check."""
        value, saved = self.answer["value"], str(self.state["saved_text"])
        self.outcome = self.exercise.outcome(value, self.lesson.key, self.lesson.story.article.text)
        if value == self.exercise.beginning():
            self.outcome = Outcome("not_attempted", 0.0)
        if self._unchanged(value) and self.exercise.tries and not self.finished:
            self._show(saved, headline=load_wording("strings")["outcome"]["unchanged"])
            return self.outcome
        if self.outcome.status == "received":  # no key, no feedback: the last answer counts, not a try
            self.save(value, seq=self._last[0], by=self._last[1])
        elif self.outcome.status != "not_attempted" and not self.finished:
            earned = self.outcome.score * self.exercise.points
            self.record = self.answers.add_try(self.exercise.id, value, self.outcome.score, earned)
            self._kept, saved = self._last, _saved_now()
        if self.outcome.status != "received":
            self._show(saved)
        return self.outcome

    def start_again(self) -> None:
        """Clear the answer; tries stay in the record, and after the key was shown a new round begins."""
        keep_round = bool(self.exercise.tries) and not self.finished
        clear = self.answers.save(self.exercise.id, {}) if keep_round else self.answers.restart(self.exercise.id)
        self.record, self.outcome, self._kept = clear, None, self._last
        self.answer = {"seq": 0, "by": "", "value": self.exercise.beginning()}
        self._show("")

    def show_other(self) -> None:
        """Change to the version another window left, and keep this one beside it; once more brings it back."""
        self.record = self.answers.swap(self.exercise.id)
        self._kept = self._last
        self.answer = {"seq": 0, "by": "", "value": self.record.answer or self.exercise.beginning()}
        self._show(f"{_saved_now()} {load_wording('strings')['frame']['other_shown']}")

    def save(self, value: dict[str, Any], *, seq: int = 0, by: str = "") -> None:
        """Keep an answer; when the state says so, it is on the disk. `seq` and `by` name the change and its view."""
        value, self._last = self.exercise.own_part(value, self.lesson.story.article.text), (seq, by)
        self.answer = {"seq": seq, "by": by, "value": value}
        self.record, self._kept = self.answers.save(self.exercise.id, value), (seq, by)
        conflict = load_wording("strings")["frame"]["conflict"] if self.record.conflict else ""
        self._show(f"{_saved_now()} {conflict}".strip())

    def _asked(self, _: Any, message: dict[str, Any], __: Any) -> None:
        match message:
            case {"do": "save", "seq": int(seq), "by": str(by), "value": dict(value)}:
                self._try(lambda: self.save(value, seq=seq, by=by))
            case {"do": "check"}:
                self._try(self.check)
            case {"do": "again" | "other" as what, **change}:
                self._last = (change.get("seq", 0), change.get("by", ""))
                self._try(self.start_again if what == "again" else self.show_other)

    def _try(self, act: Any) -> None:
        """Whatever a learner runs into is one sentence in the widget, never a traceback."""
        try:
            act()
        except (CopydeskError, OSError) as error:
            self.state = {**self.state, "saved_text": "", "feedback": _told(str(error))}

    def _unchanged(self, value: dict[str, Any]) -> bool:
        made = [t for t in self.record.tries if t.round == self.record.round]
        return bool(made) and made[-1].answer == value

    def _show(self, saved: str, *, headline: str = "") -> None:
        outcome = self.outcome or self._outcome_before()
        told = feedback(self.exercise, outcome, last=self.finished) if outcome else None
        self._shown += 1
        self.state = {
            "turn": self._shown,  # the browser hears of every answer, even one that says the same as the last
            "saved_seq": self._kept[0],
            "saved_by": self._kept[1],
            "saved_text": saved,
            "tries_text": self._tries_text(),
            "finished": self.finished,
            "can_restart": bool(self.record.tries),
            "has_other": bool(self.record.others),
            "measures": self.exercise.measures(self.answer["value"], self.lesson.story.article.text),
            "feedback": {**told, "headline": headline or told["headline"]} if told else None,
        }

    def _outcome_before(self) -> Outcome | None:
        made = [t for t in self.record.tries if t.round == self.record.round]
        if not made:
            return None
        return self.exercise.outcome(made[-1].answer, self.lesson.key, self.lesson.story.article.text)

    def _tries_text(self) -> str:
        say, of = load_wording("strings")["frame"], self.exercise.tries
        left = of - sum(t.round == self.record.round for t in self.record.tries)
        if self.lesson.key is None:
            return str(say["tries_received"])
        if not of:
            return str(say["tries_free" if self.exercise.points else "tries_open"])
        done = say["tries_done" if left else "tries_none"]
        text = done if self.finished else say["tries_last" if left == 1 else "tries_left"]
        if self.record.round > 1:
            text = f"{text} · {say['round'].format(n=self.record.round)}"
        return str(text.format(n=left, of=of))


def _saved_now() -> str:
    return str(load_wording("strings")["frame"]["saved_at"].format(time=dt.datetime.now().strftime("%H:%M:%S")))


def _told(sentence: str) -> dict[str, Any]:
    return {"status": "error", "headline": sentence, "hints": [], "key": [], "foot": ""}


def exercise_widget(lesson: Lesson, exercise: Exercise, answers: AnswerFile) -> ExerciseWidget:
    """The widget for one exercise, with the view of its type."""
    kind = type(f"{exercise.type.title()}Widget", (ExerciseWidget,), {"_esm": view_script(type(exercise))})
    widget: ExerciseWidget = kind(lesson, exercise, answers)
    return widget
