"""The exercise widgets: one plain-JS view a type, one Python model for all of them.

The model holds domain objects and wires: it saves what the browser sends, asks the scoring floor, and hands words back.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any
from weakref import WeakSet

import anywidget
import traitlets
from ipywidgets import Widget

from copydesk.answers import AnswerFile, Record, Try
from copydesk.base.errors import CopydeskError
from copydesk.base.wording import load_wording
from copydesk.exercises.exercise import Exercise
from copydesk.exercises.outcome import Outcome, feedback
from copydesk.lessons.lesson import Lesson
from copydesk.lessons.results import round_is_over
from copydesk.page.html import css
from copydesk.views.guesses import beside, guess_at
from copydesk.views.word_help import word_help
from copydesk.widgets.later import Later, later_note, refresh_following

OPEN: defaultdict[tuple[str, str], WeakSet[ExerciseWidget]] = defaultdict(WeakSet)
"""The widgets of this kernel by answer file and exercise: two of one exercise show the same work."""


NOT_CHECKED = Outcome("not_attempted", 0.0)
"""What a check comes to that was not made."""

SHOWN_WORDS = ("frame", "outcome", "marker", "order", "edit", "form_ui", "lesson", "meaning", "roles")
"""The parts of the strings that a view in the browser shows."""


def script(name: str) -> str:
    """A script of this folder."""
    return (files("copydesk") / "widgets" / f"{name}.js").read_text(encoding="utf-8")


@cache
def view_script(kind: type[Exercise]) -> str:
    """The JavaScript of one exercise type as a single module, with what the view of every type builds on."""
    export = "export const view = (context) => frame(context, makeBody);\n"
    return "\n".join([script("frame"), script("meaning"), kind.view_source(), export])


def style_and_words() -> dict[str, Any]:
    """What every exercise looks like and says."""
    say = load_wording("strings")
    return {"style": css(), "say": {part: say[part] for part in SHOWN_WORDS}, "tags": say["tags"]}


class Shared(Widget):  # type: ignore[misc]
    """What exercises of one kernel share in the browser, which is sent once and not with each of them."""

    parts = traitlets.Dict().tag(sync=True)


SENT: dict[str, Shared] = {}
"""What this kernel has sent of it, by name."""


def sent_once(name: str, make: Callable[[], dict[str, Any]]) -> str:
    """The id of the model that carries those parts; it is made anew where it has been closed."""
    if name not in SENT or SENT[name].comm is None:
        SENT[name] = Shared(parts=make())
    return str(SENT[name].model_id)


class ExerciseWidget(anywidget.AnyWidget):
    """One exercise on the screen; `answer`, `outcome` and `record` are for reading.

    The browser tells what was done by messages; `answer` and `state` are what Python knows. "Saved" is shown only
    after the answer file has been written.
    """

    _esm = script("load")
    shared = traitlets.List(traitlets.Unicode()).tag(sync=True)
    spec = traitlets.Dict().tag(sync=True)
    answer = traitlets.Dict().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)

    def __init__(self, lesson: Lesson, exercise: Exercise, answers: AnswerFile) -> None:
        lesson = lesson.on_story_of(exercise)
        self.lesson, self.exercise, self.answers = lesson, exercise, answers
        self.record: Record = answers.record(exercise.id)
        self.outcome: Outcome | None = None
        self._shown = 0
        self._last = self._kept = (0, "")  # which change, from which view, came last, and which is on the disk
        self.later = Later(self._still)
        self._warned: dict[str, Any] | None = None  # the answer of which it was said what it lacks
        self._goes_on = False  # whether the learner chose to go on to the next try after one that passed
        restored = bool(self.record.answer)
        value = exercise.renewed(self.record.answer) or exercise.beginning()
        kind = type(exercise)
        super().__init__(
            shared=[
                sent_once("style and words", style_and_words),
                sent_once(exercise.type, lambda: {"script": view_script(kind)}),
            ],
            spec={
                **exercise.full_view(lesson.story),
                "help": word_help(exercise.prose(), exercise.offered_words(lesson.story), exercise.everyday),
            },
            answer={"seq": 0, "by": "", "value": value},
        )
        self._show(load_wording("strings")["frame"]["restored"] if restored else "")
        self.on_msg(self._asked)
        OPEN[str(answers.path), exercise.id].add(self)

    def __repr__(self) -> str:
        return f"<{self.exercise.type} exercise '{self.exercise.id}' of lesson {self.lesson.id}>"

    def _repr_mimebundle_(self, **options: Any) -> Any:
        data, meta = super()._repr_mimebundle_(**options) or ({}, {})
        static = self.exercise.static_view(self.lesson.story, self.answer["value"])
        return {**(data or {}), "text/plain": repr(self), "text/html": static}, meta

    def _ipython_display_(self) -> None:
        """Show the exercise, and under it a static view of the saved work for whoever opens the notebook later.

        The static view is an output of its own, since JupyterLab shows a widget that is gone as an error. While the
        widget is there the stylesheet hides the static view.
        """
        self.later.show_under(*self._repr_mimebundle_())

    def _refresh_later(self) -> None:
        """Bring what stands on the page without this widget up to date: its static view, home card and result."""
        self.later.refresh()
        refresh_following(self.answers)

    def _still(self) -> str:
        return self.exercise.static_view(self.lesson.story, self.answer["value"], note=later_note("exercise"))

    @property
    def finished(self) -> bool:
        """Whether the tries of this round are used up, or the answer was right and no more was wanted."""
        return round_is_over(self.exercise, self.record)

    def check(self, *, ask: bool = False) -> Outcome:
        """Check the answer as it stands; a try counts only if there is something to check.

        With `ask`, an answer that lacks something is not checked before it is checked once more as it is; the learner
        reads what it lacks. After a try that passed, the next one waits for the learner's choice.
        """
        value, saved = self.answer["value"], str(self.state["saved_text"])
        outcome = self.exercise.outcome(value, self.lesson.key, self.lesson.story.article.text)
        if value == self.exercise.beginning():
            outcome = NOT_CHECKED
        if ask and outcome.status in ("right", "not_yet") and self._held_back(value):
            return NOT_CHECKED
        self.outcome = outcome
        if self._unchanged(value) and self.exercise.tries and not self.finished:
            self._show(saved, headline=load_wording("strings")["outcome"]["unchanged"])
            return self.outcome
        if self.outcome.status == "received":  # no key, no feedback: the last answer counts, not a try
            self.save(value, seq=self._last[0], by=self._last[1])
        elif self.outcome.status != "not_attempted" and not self.finished:
            earned, left = self.outcome.score * self.exercise.points, self.exercise.tries - len(self._made())
            waits = self.outcome.status == "right" and self.outcome.score < 1 and left > 1
            self.record = self.answers.add_try(self.exercise.id, value, self.outcome.score, earned, key_waits=waits)
            self._goes_on = False
            self._kept, saved = self._last, _saved_now()
        if self.outcome.status != "received":
            self._show(saved)
        return self.outcome

    def _held_back(self, value: dict[str, Any]) -> bool:
        """Whether a check would spend a try unasked; then the learner is told why it is not made."""
        say, saved = load_wording("strings")["frame"], str(self.state["saved_text"])
        is_open = not self.exercise.tries
        if self.finished or (is_open and self.exercise.points):  # what people read may be checked as often as one likes
            return False
        if self.record.key_waits and not self._goes_on:
            self._show(saved, headline=say["choose_first"].format(**say))
            return True
        if self._warned == value or self._unchanged(value):
            return False
        lacks = self.exercise.missing(value, self.lesson.story)
        if lacks:
            self._warned = value
            head, foot = (say["ask_open"], say["ask_open_more"]) if is_open else (say["ask"], say["ask_more"])
            told = {**_told(head), "status": "ask", "lacks": lacks, "foot": foot.format(**say)}
            with self.hold_sync():  # the browser sees one answer, not the last one's feedback first
                self._show(saved)
                self.state = {**self.state, "feedback": told}
        return bool(lacks)

    def show_key(self) -> None:
        """Show the key after a try that passed, and give up the tries that are left."""
        self.record, self._kept = self.answers.show_key(self.exercise.id), self._last
        self._show(_saved_now())

    def go_on(self) -> None:
        """Go on to the next try after one that passed; the key stays hidden."""
        self._goes_on = True
        self._show(str(self.state["saved_text"]))

    def start_again(self) -> None:
        """Clear the answer; tries stay in the record, and after the key was shown a new round begins."""
        keep_round = bool(self.exercise.tries) and not self.finished
        clear = self.answers.save(self.exercise.id, {}) if keep_round else self.answers.restart(self.exercise.id)
        self.record, self.outcome, self._kept, self._warned = clear, None, self._last, None
        self.answer = {"seq": 0, "by": "", "value": self.exercise.beginning()}
        self._show("")

    def show_other(self) -> None:
        """Change to the version another window left, and keep this one beside it; once more brings it back."""
        self.record = self.answers.swap(self.exercise.id)
        self._kept = self._last
        self.answer = {
            "seq": 0,
            "by": "",
            "value": self.exercise.renewed(self.record.answer) or self.exercise.beginning(),
        }
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
            case {"do": "later"}:
                self._try(self._refresh_later)
                return
            case {"do": "check"}:
                self._try(lambda: self.check(ask=True))
            case {"do": "more"}:
                self._try(self.go_on)
            case {"do": "again" | "other" | "key" as what, **change}:
                self._last = (change.get("seq", 0), change.get("by", ""))
                self._try({"again": self.start_again, "other": self.show_other, "key": self.show_key}[what])
        self._tell_others()

    def _try(self, act: Any) -> None:
        """Whatever a learner runs into is one sentence in the widget, never a traceback."""
        try:
            act()
        except (CopydeskError, OSError) as error:
            self.state = {**self.state, "saved_text": "", "feedback": _told(str(error))}

    def _tell_others(self) -> None:
        """Show the same in every other widget of this exercise in this kernel, for example in a second cell."""
        for other in OPEN[str(self.answers.path), self.exercise.id] - {self}:
            if other.answers is not self.answers:
                other.answers.record(self.exercise.id)  # it has seen this answer now, so its next one is no conflict
            other.record, other.outcome, other._kept = self.record, self.outcome, self._kept
            other._warned, other._goes_on = self._warned, self._goes_on
            if other.answer["value"] != self.answer["value"]:
                other.answer = {"seq": 0, "by": "", "value": self.answer["value"]}
            other._shown += 1
            other.state = {**self.state, "turn": other._shown}

    def _made(self) -> list[Try]:
        return [t for t in self.record.tries if t.round == self.record.round]

    def _unchanged(self, value: dict[str, Any]) -> bool:
        made = self._made()
        return bool(made) and self.exercise.renewed(made[-1].answer) == value

    def _show(self, saved: str, *, headline: str = "") -> None:
        outcome = self.outcome or self._outcome_before()
        waits = self.record.key_waits and not self.finished
        told = feedback(self.exercise, outcome, last=self.finished, key_waits=waits) if outcome else None
        best = max((t.score for t in self._made()), default=0)
        if told and outcome and self.finished and outcome.status in ("right", "not_yet") and outcome.score < best:
            better = load_wording("strings")["outcome"]["best_counts"]
            told["headline"] = better.format(headline=told["headline"], percent=round(100 * best))
        for row in told["key"] if told else ():  # a guess stands beside what was measured
            for guess in guess_at(self.lesson, self.answers, f"{self.exercise.id}/{row['item']}").values():
                row["reveal"] = beside(guess, row["reveal"].rstrip("."))
        self._shown += 1
        self.state = {
            "turn": self._shown,  # the browser hears of every answer, even one that says the same as the last
            "saved_seq": self._kept[0],
            "saved_by": self._kept[1],
            "saved_text": saved,
            "tries_text": self._tries_text(),
            "finished": self.finished,
            "key_waits": waits,
            "must_choose": waits and not self._goes_on,
            "can_restart": bool(self.record.tries),
            "has_other": bool(self.record.others),
            "measures": self.exercise.measures(self.answer["value"], self.lesson.story.article.text),
            "feedback": {**told, "headline": headline or told["headline"]} if told else None,
        }

    def _outcome_before(self) -> Outcome | None:
        made = self._made()
        if not made:
            return None
        return self.exercise.outcome(made[-1].answer, self.lesson.key, self.lesson.story.article.text)

    def _tries_text(self) -> str:
        say, of = load_wording("strings")["frame"], self.exercise.tries
        left = of - len(self._made())
        if self.lesson.key is None:
            return str(say["tries_received"])
        if not of:
            return str(say["tries_free" if self.exercise.points else "tries_open"])
        passed = any(t.score >= self.exercise.bar for t in self._made())
        done = say["tries_done" if left or passed else "tries_none"]
        text = done if self.finished else say["tries_last" if left == 1 else "tries_left"]
        if self.record.round > 1:
            text = f"{text} · {say['round'].format(n=self.record.round)}"
        return str(text.format(n=left, of=of))


def _saved_now() -> str:
    return str(load_wording("strings")["frame"]["saved_at"].format(time=dt.datetime.now().strftime("%H:%M:%S")))


def _told(sentence: str) -> dict[str, Any]:
    return {"status": "error", "headline": sentence, "hints": [], "key": [], "foot": ""}
