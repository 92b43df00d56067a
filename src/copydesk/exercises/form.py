"""Questions with a choice, a number or a few words, by key, range or list of accepted answers.

A question without an entry in the key is open: a prediction or an opinion, worth nothing either way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from copydesk.base.wording import load_wording
from copydesk.exercises.exercise import Exercise, Offer, is_in_range
from copydesk.exercises.outcome import Answer, Note, Outcome
from copydesk.page.html import block_name, table
from copydesk.story.key import Key
from copydesk.story.story import Story

PARAGRAPH = re.compile(r"\bp\d+\b")
"""A paragraph as the key names it."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Question:
    """One question: with options a choice, with `max` a number, else a few words."""

    id: str
    text: str
    options: Mapping[str, str] = field(default_factory=dict)
    """The choices with the words a learner sees; in the TOML, also the name of a closed set of `data/choices.toml`."""
    min: float | None = None
    max: float | None = None
    open: bool = False
    """Whether it is for own words at length."""
    hint: str = ""
    """What is said after a wrong answer; without it, to look again."""
    after: str = ""
    """What is said of an open question at the end."""
    measured_in: str = ""
    """Of a guess: the exercise, `exercise/question` or view of the lesson where it stands beside what was measured."""

    @property
    def offer(self) -> Offer | None:
        """What it offers; None if it asks for a learner's own words."""
        return self.options or ((self.min or 0, self.max) if self.max is not None else None)


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
    hints_name_place = False

    questions: tuple[Question, ...] = ()
    earlier: tuple[Question, ...] = ()
    """What an earlier version asked in their place: an answer to these is shown and scored by them."""
    pairs: tuple[Swap, ...] = ()
    """Sentences to compare with the same in other words, for questions about them."""

    def as_answered(self, answer: Mapping[str, Any]) -> Form:
        """The exercise with the questions of an earlier version, if the answer is to those."""
        given = answer.get("values") or {}
        now, then = (any(q.id in given for q in asked) for asked in (self.questions, self.earlier))
        return _earlier(self) if then and not now else self

    def view(self, story: Story) -> dict[str, Any]:
        """The questions, without what is said after an answer."""
        shown = []
        for q in self.questions:
            told: dict[str, Any] = {"id": q.id, "text": q.text, "min": q.min, "max": q.max}
            told |= {"options": q.options or None, "open": q.open or None}
            shown.append({name: value for name, value in told.items() if value is not None})
        return {"questions": shown}

    def prose(self) -> Iterator[str]:
        yield from super().prose()
        yield from (question.text for question in self.questions)

    def static_body(self, story: Story, answer: Answer) -> str:
        say, given = load_wording("strings")["still"], answer.get("values", {})
        rows = []
        for q in self.questions:
            value = given.get(q.id)
            rows.append((q.text, q.options.get(value, "" if value is None else value)))
        return table((say["question"], say["answer"]), rows, caption=self.title)

    def score(self, answer: Answer, key: Key, text: str) -> Outcome:
        """The share of keyed questions that are right."""
        values = {n: v for n, v in answer.get("values", {}).items() if v not in (None, "")}
        shown, keyed, notes = self.as_answered(answer), self.keyed(key), []
        for number, question in enumerate(shown.questions, 1):
            value = values.get(question.id)
            notes.append(_note(shown, number, key, accepts(keyed.get(question.id, {}), value), value is None))
        return Outcome.of(self.share_right(notes, values), notes, bar=self.bar, attempted=bool(values))

    def missing(self, answer: object, story: Story) -> list[str]:
        """The questions without an answer, and each number that is none or outside its range."""
        say, values = load_wording("strings")["missing"], self.well_formed(answer).get("values", {})
        blank = [n for n, q in enumerate(self.questions, 1) if values.get(q.id) in (None, "")]
        names = ", ".join(map(str, blank))
        lacks = [say["form"].format(n=len(blank), of=len(self.questions), names=names)] if blank else []
        for number, question in enumerate(self.questions, 1):
            value, offer = values.get(question.id), question.offer
            if number not in blank and isinstance(offer, tuple) and not is_in_range(value, *offer):
                low, high = offer
                lacks.append(say["number"].format(n=number, value=str(value)[:20], min=f"{low:g}", max=f"{high:g}"))
        return lacks

    def keyed(self, key: Key) -> Mapping[str, Any]:
        """What the key expects: its answers for this exercise, or its layer of questions."""
        return _layer_of_questions(key) if self.layer == "questions" else super().keyed(key)

    def model_answers(self, key: Key, text: str) -> dict[str, Answer]:
        """The key's values, and each other accepted value in its place; both ends of a range."""
        keyed = [(q.id, self.keyed(key)[q.id]) for q in self.questions if q.id in self.keyed(key)]
        return self.each_accepted({q: e["range"] if "range" in e else e["accept"] for q, e in keyed})

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
        return {q.id: q.text for q in (*self.questions, *self.earlier)}

    def offers(self, story: Story) -> dict[str, Offer]:
        """The choices or the range of each question that has them."""
        return {q.id: offer for q in self.questions if (offer := q.offer)}

    def item_place(self, item: str, number: int, note: Note | None) -> str:
        return str(load_wording("strings")["form"]["where"].format(n=number))

    def item_reason(self, item: str, note: Note | None, key: Key, text: str) -> str:
        """The key's reason; an open question has none."""
        return note.reveal if note and item in self.keyed(key) else ""

    # Faults

    def listed_spans(self) -> Iterator[tuple[int, int]]:
        yield from (pair.span for pair in self.pairs)

    def offers_by_id(self, story: Story) -> Mapping[str, Mapping[str, str]]:
        return {q.id: q.options for q in (*self.questions, *self.earlier)}

    def scoring_checks(self, key: Key, text: str) -> Iterator[tuple[str, bool, str]]:
        """A form without points must not score anything as wrong."""
        if not self.points:
            answered = self.score({"values": {q.id: "?" for q in self.questions}}, key, text)
            worth = [n.item for n in answered.notes if n.possible]
            yield "practice carries no points", not worth, ", ".join(worth)


@lru_cache(maxsize=64)
def _earlier(form: Form) -> Form:
    return replace(form, questions=form.earlier, earlier=())


@lru_cache(maxsize=16)
def _layer_of_questions(key: Key) -> Mapping[str, Mapping[str, Any]]:
    say, answers = load_wording("strings")["form"], {}
    for e in key.layer("questions"):
        accepted = [e["answer"], *(a.patch["answer"] for a in e.alternatives if "answer" in a.patch)]
        where = PARAGRAPH.sub(lambda found: block_name(found[0]), e.get("evidence", "").replace(",p", ", p"))
        why = say["evidence"].format(where=where) if where else ""
        answers[e.id.removeprefix("Q.")] = {"accept": accepted, "why": why}
    return answers


def accepts(expected: Mapping[str, Any], value: Any) -> bool:
    """Whether a value is among the accepted ones or inside the range (ends included)."""
    if "range" in expected:
        return is_in_range(value, *expected["range"])
    return value in expected.get("accept", ())


@lru_cache(maxsize=4096)
def _note(form: Form, number: int, key: Key, right: bool, blank: bool) -> Note:
    """The note on one question; many learners answer alike, so each is made once."""
    say, question = load_wording("strings")["form"], form.questions[number - 1]
    where, expected = say["where"].format(n=number), form.keyed(key).get(question.id)
    if not expected:
        return Note(question.id, where, 0, 0, reveal=question.after or say["open"])
    # A question of which every option earns credit cannot be got wrong, so it is worth nothing.
    worth = int("range" in expected or {*expected["accept"]} != {*question.options})
    hint = "" if right else say["empty"] if blank else question.hint or say["again"]
    if "range" in expected:
        low, high = expected["range"]
        best = f"{low:g}" if low == high else f"{low:g} to {high:g}"
    else:
        best = question.options.get(first := expected["accept"][0], str(first))
    others = tuple(question.options[v] for v in expected.get("accept", ())[1:] if v in question.options)
    return Note(
        question.id,
        where,
        worth * right,
        worth,
        hint,
        f"{best[:1].upper()}{best[1:]}{'' if best[-1:] in ('?', '!', '.') else '.'} {expected.get('why', '')}".strip(),
        others,
    )
