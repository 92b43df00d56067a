"""Questions with a choice, a number or a few words, by key, range or list of accepted answers.

A question without an entry in the key is open: a prediction or an opinion, worth nothing either way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from copydesk.base.errors import CopydeskError
from copydesk.base.wording import choice_labels, load_wording
from copydesk.exercises.exercise import Exercise, Offer
from copydesk.exercises.outcome import Answer, Note, Outcome, plain_values
from copydesk.page.article import Article
from copydesk.page.html import table
from copydesk.story.key import Key
from copydesk.story.story import Story

NOTHING: Mapping[str, Any] = {}
"""What the key expects of an open question."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Question:
    """One question: with options a choice, with `max` a number, else a few words."""

    id: str
    text: str
    options: Mapping[str, str] = field(default_factory=dict)
    """The choices with the words a learner sees."""
    min: float | None = None
    max: float | None = None
    open: bool = False
    """Whether it is for own words at length."""
    hint: str = ""
    """What is said after a wrong answer; without it, to look again."""
    after: str = ""
    """What is said of an open question at the end."""

    @property
    def offer(self) -> Offer | None:
        """What it offers; None if it asks for a learner's own words."""
        return self.options or ((self.min or 0, self.max) if self.max is not None else None)

    def holds(self, value: object) -> bool:
        """Whether a value is a number of its range, where it asks for a number.

        >>> share = Question(id="s", text="What share?", min=0, max=1)
        >>> share.holds(0.3), share.holds(30), share.holds("0.3 or so")
        (True, False, False)
        """
        if self.options or self.max is None:
            return True
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        return (self.min or 0) <= value <= self.max


@dataclass(frozen=True, kw_only=True, eq=False)
class Swap:
    """A sentence of the page, and other words for some places of it: `[start, end, words]`."""

    id: str
    where: str
    span: tuple[int, int]
    swap: tuple[tuple[int, int, str], ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Form(Exercise):
    """An exercise of questions; an answer is `{"values": {question id: value}}`."""

    type = "form"
    needed = ("questions",)
    values_in = "values"

    questions: tuple[Question, ...] = ()
    earlier: tuple[Question, ...] = ()
    """What an earlier version asked in their place: an answer to these is shown and scored by them."""
    pairs: tuple[Swap, ...] = ()
    """Sentences to compare with the same in other words, for questions about them."""

    @classmethod
    def prepare(cls, settings: Mapping[str, Any], article: Article, where: str) -> dict[str, Any]:
        """`options` may name a closed set of `data/choices.toml`."""
        found = dict(settings)
        for name in ("questions", "earlier"):
            if isinstance(listed := settings.get(name), list):
                found[name] = [with_options(q, f"{where}: question {n}") for n, q in enumerate(listed, 1)]
        return found

    def as_answered(self, answer: Mapping[str, Any]) -> Form:
        """The exercise with the questions of an earlier version, if the answer is to those."""
        given = answer.get("values") or {}
        now, then = (any(q.id in given for q in asked) for asked in (self.questions, self.earlier))
        return _earlier(self) if then and not now else self

    def view(self, story: Story) -> dict[str, Any]:
        """The questions, without what is said after an answer."""
        shown = []
        for q in self.questions:
            told: dict[str, Any] = {"id": q.id, "text": q.text, "min": q.min, "max": q.max, "open": q.open or None}
            told["options"] = dict(q.options) or None
            shown.append({name: value for name, value in told.items() if value is not None})
        return {"questions": shown}

    def static_body(self, story: Story, answer: Answer) -> str:
        """A table of the questions with the answers."""
        say, given = load_wording("strings")["still"], answer.get("values", {})
        rows = []
        for q in self.questions:
            value = given.get(q.id)
            rows.append((q.text, q.options.get(value, "" if value is None else value)))
        return table((say["question"], say["answer"]), rows, caption=self.title)

    def well_formed(self, answer: object) -> Answer:
        """One value by question."""
        return plain_values(answer, "values")

    def score(self, answer: Answer, key: Key, text: str) -> Outcome:
        """The share of keyed questions that are right."""
        values = {n: v for n, v in answer.get("values", {}).items() if v not in (None, "")}
        shown, keyed, notes = self.as_answered(answer), self.keyed(key), []
        for number, question in enumerate(shown.questions, 1):
            expected, value = keyed.get(question.id, NOTHING), values.get(question.id)
            notes.append(_note(shown, number, key, accepts(expected, value), value is None))
        earned, possible = sum(n.earned for n in notes), sum(n.possible for n in notes)
        share = earned / possible if possible else float(bool(values))
        return Outcome.of(share, notes, bar=self.bar, attempted=bool(values))

    def missing(self, answer: object, story: Story) -> list[str]:
        """The questions without an answer, and each number that is none or outside its range."""
        say, values = load_wording("strings")["missing"], self.well_formed(answer).get("values", {})
        blank = [n for n, q in enumerate(self.questions, 1) if values.get(q.id) in (None, "")]
        lacks = [say["form"].format(n=len(blank), of=len(self.questions), names=", ".join(map(str, blank)))]
        for number, question in enumerate(self.questions, 1):
            value = values.get(question.id)
            if number not in blank and not question.holds(value):
                low, high = question.min or 0, question.max
                lacks.append(say["number"].format(n=number, value=str(value)[:20], min=f"{low:g}", max=f"{high:g}"))
        return lacks if blank else lacks[1:]

    def keyed(self, key: Key) -> Mapping[str, Any]:
        """What the key expects, question by question: its answers for this exercise, or its layer of questions."""
        return _layer_of_questions(key) if self.layer == "questions" else super().keyed(key)

    def model_answers(self, key: Key, text: str) -> dict[str, Answer]:
        """The key's values, and each other accepted value in its place; both ends of a range."""
        keyed = {q.id: self.keyed(key)[q.id] for q in self.questions if q.id in self.keyed(key)}
        ways = {q: [*e["range"]] if "range" in e else list(e["accept"]) for q, e in keyed.items()}
        best = {q: w[0] for q, w in ways.items()}
        answers: dict[str, Answer] = {"key": {"values": best}} if best else {}
        for q, values in ways.items():
            answers |= {f"{q}: {v}": {"values": {**best, q: v}} for v in values[1:]}
        return answers

    def lazy_answers(self, key: Key, text: str) -> dict[str, Answer]:
        """One answer everywhere, by value and by place in the list."""
        keyed = self.keyed(key)
        questions = [q for q in self.questions if q.id in keyed]
        longest = max((len(q.options) for q in questions), default=0)
        everywhere: set[Any] = {v for q in questions for v in q.options}
        everywhere |= {keyed[q.id]["range"][0] for q in questions if "range" in keyed[q.id]}
        answers: dict[str, Answer] = {
            f"all {v}": {"values": {q.id: v for q in questions}} for v in sorted(everywhere, key=str)
        }
        for at in range(longest):
            chosen = {q.id: [*q.options][min(at, len(q.options) - 1)] for q in questions if q.options}
            answers[f"always option {at + 1}"] = {"values": chosen}
        return answers

    # Report

    def item_words(self, story: Story) -> dict[str, str]:
        """The questions."""
        return {q.id: q.text for q in self.questions}

    def offers(self, story: Story) -> dict[str, Offer]:
        """The choices or the range of each question that has them."""
        return {q.id: offer for q in self.questions if (offer := q.offer)}

    def item_place(self, item: str, number: int, note: Note | None) -> str:
        """The number of the question."""
        return str(load_wording("strings")["form"]["where"].format(n=number))

    def item_reason(self, item: str, note: Note | None, key: Key, text: str) -> str:
        """The key's reason; an open question has none."""
        return note.reveal if note and item in self.keyed(key) else ""

    # Faults

    def listed_spans(self) -> Iterator[tuple[int, int]]:
        """The sentences to compare."""
        yield from (pair.span for pair in self.pairs)

    def offers_by_id(self, story: Story) -> Mapping[str, Mapping[str, str]]:
        """The options by question."""
        return {q.id: q.options for q in (*self.questions, *self.earlier)}

    def key_faults(self, key: Key | None, story: Story) -> Iterator[str]:
        """A layer of questions is the key's own; else what is answered must be asked."""
        if self.layer != "questions":
            yield from super().key_faults(key, story)

    def scoring_checks(self, key: Key, text: str) -> Iterator[tuple[str, bool, str]]:
        """A form without points must not score anything as wrong."""
        if not self.points:
            answered = self.score({"values": {q.id: "?" for q in self.questions}}, key, text)
            worth = [n.item for n in answered.notes if n.possible]
            yield "practice carries no points", not worth, ", ".join(worth)


def with_options(question: Any, where: str) -> Any:
    """The data of a question with the options spelled out; raises CopydeskError for a set that is not there."""
    name = question.get("options") if isinstance(question, Mapping) else None
    if not isinstance(name, str):
        return question
    if name not in (sets := load_wording("choices")):
        raise CopydeskError(f"{where}: there are no choices named '{name}'", f"there are: {', '.join(sets)}")
    return {**question, "options": choice_labels(name)}


@lru_cache(maxsize=64)
def _earlier(form: Form) -> Form:
    return replace(form, questions=form.earlier, earlier=())


@lru_cache(maxsize=16)
def _layer_of_questions(key: Key) -> Mapping[str, Mapping[str, Any]]:
    say = load_wording("strings")["form"]
    return {
        e.id.removeprefix("Q."): {
            "accept": [e["answer"], *(a.patch["answer"] for a in e.alternatives if "answer" in a.patch)],
            "why": say["evidence"].format(where=e.get("evidence", "")),
        }
        for e in key.layer("questions")
    }


def worth_points(question: Question, expected: Mapping[str, Any]) -> bool:
    """Whether a question can be got wrong: it has a key entry, and not every option earns credit."""
    if not expected:
        return False
    return "range" in expected or set(expected["accept"]) != set(question.options)


def accepts(expected: Mapping[str, Any], value: Any) -> bool:
    """Whether a value is among the accepted ones or inside the range (ends included)."""
    if "range" in expected:
        low, high = expected["range"]
        return isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high
    return value in expected.get("accept", ())


@lru_cache(maxsize=4096)
def _note(form: Form, number: int, key: Key, right: bool, blank: bool) -> Note:
    """The note on one question; many learners answer alike, so each is made once."""
    say, question = load_wording("strings")["form"], form.questions[number - 1]
    where, expected = say["where"].format(n=number), form.keyed(key).get(question.id, NOTHING)
    if not expected:
        return Note(question.id, where, 0, 0, reveal=question.after or say["open"])
    worth = int(worth_points(question, expected))
    hint = "" if right else say["empty"].format(n=number) if blank else question.hint or say["again"]
    best = _best_words(question, expected)
    others = tuple(question.options[v] for v in expected.get("accept", ())[1:] if v in question.options)
    return Note(question.id, where, worth * right, worth, hint, f"{best}. {expected.get('why', '')}".strip(), others)


def _best_words(question: Question, expected: Mapping[str, Any]) -> str:
    if "range" in expected:
        low, high = expected["range"]
        return f"{low:g}" if low == high else f"{low:g} to {high:g}"
    first = expected["accept"][0]
    return question.options.get(first, str(first))
