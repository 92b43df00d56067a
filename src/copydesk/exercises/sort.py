"""Items to sort: each gets one of a few classes.

An item is right when its class is the key's or one of its alternatives'. An item for which every class earns credit
carries no points: it is practice. Where an exercise has parallel `forms`, a learner gets the items of one of them.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any

from copydesk.answers import Record
from copydesk.base.spans import words
from copydesk.base.wording import choice_labels, load_wording
from copydesk.exercises.exercise import Item, ItemExercise, Offer, card, place, sentence
from copydesk.exercises.outcome import Answer, Note, Outcome, plain_values
from copydesk.page.html import table
from copydesk.story.facts import by_id, story_facts
from copydesk.story.key import Entry, Key
from copydesk.story.story import Story

FIELD = {"claims": "verdict", "attributions": "form", "sentences": "voice"}
"""The field of a key entry that says its class, by layer."""
SENTENCE = re.compile(r"(?P<block>p\d+)\.s(?P<n>\d+)")
BLOCK = re.compile(r"[pf]\d+")
ASK = "ask"
"""The class of a sentence that deserves a question."""
PRIVATE = "*/discern"
"""What a hand-in leaves out unless the learner puts it in: it is no work to grade, and the file bears a name."""


@dataclass(frozen=True, eq=False)
class Asked:
    """One item to sort: the classes that earn credit, and what to say about it."""

    id: str
    where: str
    accepted: tuple[str, ...]
    why: str
    others: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Sort(ItemExercise):
    """An exercise of items to sort; an answer is `{"choices": {item id: class}}`.

    Without items, the blocks or the sentences of the page are sorted (see `layer`).
    """

    type = "sort"
    needed = ("choices",)
    values_in = "choices"
    hints_name_place = False

    choices: str = ""
    """The name of the closed set of classes, see `data/choices.toml`."""
    cards: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Facts to read beside an item, by its id."""
    forms: Mapping[str, tuple[Item, ...]] = field(default_factory=dict)
    """Parallel sets of items by name."""

    def __post_init__(self) -> None:
        if self.forms and not self.items:
            object.__setattr__(self, "items", tuple(item for listed in self.forms.values() for item in listed))

    @cached_property
    def page_ids(self) -> dict[str, str]:
        """The item id of each block of the page: its number, for a name such as `f1` would be the answer."""
        return {name: f"b{number}" for number, name in enumerate(self.page_blocks, 1)} if self.layer == "page" else {}

    def renewed(self, answer: Answer) -> Answer:
        """Version 0.1.0 named the blocks of a page by what they are."""
        if not self.page_ids or not isinstance(choices := answer.get("choices"), dict):
            return answer
        return {**answer, "choices": {self.page_ids.get(item, item): value for item, value in choices.items()}}

    @property
    def labels(self) -> dict[str, str]:
        """The classes with the words a learner sees."""
        return choice_labels(self.choices)

    def view(self, story: Story) -> dict[str, Any]:
        return {"items": self.shown_items(story), "choices": self.labels, "sheet": self.layer == "page"}

    def shown_items(self, story: Story) -> list[dict[str, Any]]:
        """The items as a learner sees them: blocks by number, for a name would tell furniture from story."""
        texts = self.item_words(story)
        if self.layer == "page":
            return [
                {"id": i, "where": str(n), "text": text, "of_story": True}
                for n, (i, text) in enumerate(texts.items(), 1)
            ]
        if self.layer == "sentences":
            where = {i: self.item_place(i, 0, None) for i in texts}
            return [{"id": i, "where": where[i], "text": text, "of_story": True} for i, text in texts.items()]
        facts = story_facts(story)
        return [
            {
                "id": item.id,
                "where": f"{n} · {item.where}" if item.where else str(n),
                "text": texts.get(item.id, ""),
                "of_story": bool(item.span) and not item.text,
                "cards": [card(by_id(facts, f), story) for f in self.cards.get(item.id, ())],
            }
            for n, item in enumerate(self.items, 1)
        ]

    def reading(self, story: Story) -> list[dict[str, str]]:
        """None where the items are the text itself."""
        return [] if self.layer in ("page", "sentences") else super().reading(story)

    def static_body(self, story: Story, answer: Answer) -> str:
        say, chosen, labels = load_wording("strings")["still"], answer.get("choices", {}), self.labels
        rows = [(i["where"], i["text"], labels.get(chosen.get(i["id"]), "")) for i in self.shown_items(story)]
        return table(("", say["text"], say["choice"]), rows, caption=self.title)

    def score(self, answer: Answer, key: Key, text: str) -> Outcome:
        """The share of items that are right. Of parallel forms one is done, and whole."""
        choices, shown = answer.get("choices", {}), self.as_answered(answer)
        attempted = self.is_complete(answer) if self.forms else bool(choices)
        openings = _openings(key, text) if self.layer == "sentences" else {}
        labels = tuple(self.labels.items())
        notes = []
        for item in shown.asked(key):
            chosen = choices.get(item.id)
            # An unknown class is remembered as one: the cache of notes holds no stranger's words.
            known = chosen if chosen is None or chosen in dict(labels) else ""
            notes.append(_note(item, known, labels, openings.get(item.id, "")))
        return Outcome.of(self.share_right(notes, choices), notes, bar=self.bar, attempted=attempted)

    def missing(self, answer: object, story: Story) -> list[str]:
        """The items without a class; a form of discernment that is not whole is no try anyway."""
        chosen = self.well_formed(answer).get("choices", {})
        shown = self.shown_items(story)
        empty = [str(item["where"]) for item in shown if chosen.get(item["id"]) not in self.labels]
        if not empty or self.forms:
            return []
        say = load_wording("strings")["missing"]["sort"]
        return [say.format(n=len(empty), of=len(shown), names="; ".join(empty))]

    def asked(self, key: Key) -> tuple[Asked, ...]:
        """The items with the classes the key accepts; an item the key says nothing of is left out."""
        return _asked(self, key)

    def model_answers(self, key: Key, text: str) -> dict[str, Answer]:
        """For each form the key's classes, and each other accepted class in its place."""
        answers: dict[str, Answer] = {}
        for name, form in self._each_form().items():
            answers |= self.each_accepted({i.id: i.accepted for i in form.asked(key)}, name)
        return answers

    def lazy_answers(self, key: Key, text: str) -> dict[str, Answer]:
        """One class everywhere."""
        return {
            f"all {c}{f', {name}' if self.forms else ''}": {"choices": {i.id: c for i in form.asked(key)}}
            for name, form in self._each_form().items()
            for c in self.labels
        }

    def _each_form(self) -> dict[str, Sort]:
        """The exercise once for each of its forms, if it has any; the first is called "key" like any other."""
        found = {name if number else "key": form for number, (name, form) in enumerate(self.in_forms.items())}
        return found or {"key": self}

    # Parallel forms

    def parallel_forms(self) -> Mapping[str, tuple[Item, ...]]:
        return self.forms

    @cached_property
    def in_forms(self) -> Mapping[str, Sort]:
        """The exercise with the items of each form; made once, so that caches by identity work."""
        return {name: replace(self, items=items) for name, items in self.forms.items()}

    def form_of(self, answer: Mapping[str, Any]) -> str | None:
        """The form that most of an answer's ids belong to; the earlier one where they are as many."""
        given = plain_values(dict(answer), "choices").get("choices", {})
        known = {name: sum(item.id in given for item in items) for name, items in self.forms.items()}
        best = max(known, key=lambda name: known[name], default=None)
        return best if best is not None and known[best] else None

    def as_answered(self, answer: Mapping[str, Any]) -> Sort:
        """The exercise with the form an answer is about; without forms, or without such an answer, as it is."""
        name = self.form_of(answer)
        return self.in_forms[name] if name else self

    def is_complete(self, answer: Mapping[str, Any]) -> bool:
        """Whether every item of the form an answer is about has a class."""
        name, choices = self.form_of(answer), answer.get("choices") or {}
        return name is not None and all(choices.get(i.id) for i in self.forms[name])

    # Feedback and report

    def headline(self, outcome: Outcome, *, last: bool) -> str:
        """As usual; parallel forms are never graded, and it is said so."""
        if self.forms and outcome.status in ("right", "not_yet") and any(n.possible for n in outcome.notes):
            return str(load_wording("strings")["outcome"]["ungraded"].format(percent=round(100 * outcome.score)))
        return super().headline(outcome, last=last)

    def not_attempted(self) -> str:
        """What is said where nothing was sorted, or not the whole form."""
        return str(load_wording("strings")["sort"]["unfinished"]) if self.forms else super().not_attempted()

    def item_words(self, story: Story) -> dict[str, str]:
        """The words of each item: blocks, sentences, or what is listed."""
        text = story.article.text
        if self.layer == "page":
            return {self.page_ids[b.id]: b.of(text) for b in self.blocks(story)}
        if self.layer == "sentences":
            shown = {b.id for b in self.blocks(story)}
            return {s.id: s.of(text) for s in story.article.sentences if s.id.split(".")[0] in shown}
        return super().item_words(story)

    def offers(self, story: Story) -> dict[str, Offer]:
        return dict.fromkeys(self.item_words(story), self.labels)

    def item_place(self, item: str, number: int, note: Note | None) -> str:
        """A sentence by its paragraph, a block by its name, else where the item says it stands, else its number."""
        say = load_wording("strings")["items"]
        item = {number: name for name, number in self.page_ids.items()}.get(item, item)
        if found := SENTENCE.fullmatch(item):
            return str(say["sentence"].format(paragraph=place(found["block"]).capitalize(), n=found["n"]))
        where = next((i.where for i in self.items if i.id == item), "")
        where = where or (place(item) if BLOCK.fullmatch(item) else say["item"].format(n=number))
        return str(where[:1].upper() + where[1:])

    # Faults

    def faults(self, story: Story, key: Key | None) -> Iterator[str]:
        """Those of every exercise, unknown classes, and forms that are not parallel."""
        if self.choices and self.choices not in load_wording("choices"):
            yield f"there are no choices named '{self.choices}'"
            return
        yield from super().faults(story, key)
        yield from self._form_faults(key)

    def listed_facts(self) -> Iterator[str]:
        """The facts of its items and of the cards beside them."""
        yield from super().listed_facts()
        yield from (f for listed in self.cards.values() for f in listed)

    def offers_by_id(self, story: Story) -> Mapping[str, Mapping[str, str]]:
        return {i.id: self.labels for i in self.items}

    def _form_faults(self, key: Key | None) -> Iterator[str]:
        """Parallel forms must be as long as each other, share no id, and ask for as many of each class."""
        forms = {name: [i.id for i in items] for name, items in self.forms.items()}
        every = [i for ids in forms.values() for i in ids]
        if len({*every}) < len(every):
            yield "two sentences of its forms have one id"
        if len({len(ids) for ids in forms.values()}) > 1:
            yield "its forms are not of one length"
        if key and forms:
            keyed = self.keyed(key)
            yield from (f"nothing says what '{i}' is" for i in every if i not in keyed)
            classes = {tuple(sorted(str(keyed.get(i, {}).get("accept")) for i in ids)) for ids in forms.values()}
            if len(classes) > 1:
                yield "its forms do not ask for as many of each class"


@lru_cache(maxsize=128)
def _asked(exercise: Sort, key: Key) -> tuple[Asked, ...]:
    if exercise.layer == "page":
        layers = (e for layer in ("furniture", "paragraphs") for e in key.layer(layer, exercise.region))
        blocks = sorted(layers, key=lambda e: e.spans("span"))
        return tuple(_block(n, exercise.page_ids.get(e.id, e.id), e) for n, e in enumerate(blocks, 1))
    if exercise.layer == "sentences":
        return tuple(
            _entry(exercise.item_place(e.id, 0, None), e, FIELD["sentences"])
            for e in key.layer("sentences", exercise.region)
        )
    if exercise.layer:
        field = FIELD[exercise.layer]
        return tuple(_entry(str(n), key.entry(i.id), field) for n, i in enumerate(exercise.items, 1))
    keyed = exercise.keyed(key)
    return tuple(
        Asked(i.id, str(n), tuple(k["accept"]), k.get("why", ""), tuple(k.get("others", ())))
        for n, i in enumerate(exercise.items, 1)
        if (k := keyed.get(i.id)) is not None
    )


def _block(number: int, item: str, entry: Entry) -> Asked:
    kinds: dict[str, str] = load_wording("strings")["furniture"]
    kind = str(entry.get("kind", "paragraph"))
    side = "furniture" if entry.layer == "furniture" else "story"
    arguable = tuple("story" for a in entry.alternatives if a.patch.get("kind") == "story")
    others = tuple(a.say for a in entry.alternatives)
    return Asked(item, str(number), (side, *arguable), kinds.get(kind, kind), others)


def _entry(where: str, entry: Entry, field: str) -> Asked:
    accepted = (entry[field], *(a.patch[field] for a in entry.alternatives if field in a.patch))
    others = tuple(a.say for a in entry.alternatives)
    return Asked(entry.id, where, accepted, entry.why or entry.get("note") or "", others)


@lru_cache(maxsize=16)
def _openings(key: Key, text: str) -> dict[str, str]:
    """The first words of each sentence, to know it by."""
    found = {e.id: words(text, e.spans("span")[0])[:5] for e in key.layer("sentences")}
    return {i: f" “{text[ws[0].start : ws[-1].end]} …”" if ws else "" for i, ws in found.items()}


@lru_cache(maxsize=4096)
def _note(item: Asked, chosen: str | None, labels: tuple[tuple[str, str], ...], begins: str) -> Note:
    """The note on one item; many learners choose alike, so each is made once."""
    say, classes = load_wording("strings")["sort"], dict(labels)
    right, worth = chosen in item.accepted, int(set(item.accepted) != set(classes))
    hint = "" if right else say["empty" if chosen is None else "look_again"]
    told = [sentence(classes[item.accepted[0]]), sentence(item.why)]
    if not right and chosen in classes:
        told.append(say["yours"].format(choice=classes[chosen]))
    reveal = " ".join(filter(None, told))
    return Note(item.id, item.where + begins, worth * right, worth, hint, reveal, item.others, accepted=item.accepted)


# Discernment: is a question asked where asking pays, and only there? Two parallel forms, before and after the course.
#
# Hits minus false alarms, as recognition tests are scored (Snodgrass & Corwin 1988, doi:10.1037/0096-3445.117.1.34):
# who asks about everything scores 0, like who asks about nothing. Training that only makes people more suspicious
# moves both shares and not the difference (Modirrousta-Galian & Higham 2023, doi:10.1037/xge0001395). So the kit
# rewards leaving plain things alone. It is shown to the learner and never graded: ten sentences are few.


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
