"""What all types of exercise have in common, and what each type says for itself.

A type is one class in a module of its own (`mark`, `sort`, `form`, `order`, `write`). It owns its settings, what the
browser is sent, the shape of an answer, the score, the static view, the words of feedback, what a class report counts,
and what is wrong with a lesson that uses it. Nothing else in the kit or the classroom asks for the name of a type.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from importlib.resources import files
from typing import Any, ClassVar, Self

from copydesk.base.spans import Span, chunks
from copydesk.base.wording import direction, load_wording
from copydesk.exercises.outcome import RECEIVED, Answer, Group, Note, Outcome, plain_values
from copydesk.page.article import Article, Block
from copydesk.page.html import Mark, block_name, blocks, heading, paragraph, static_html
from copydesk.story.facts import Fact, by_id, story_facts
from copydesk.story.key import LAYERS, Key
from copydesk.story.story import Story

Offer = Mapping[str, str] | tuple[float, float]
"""What an item offers: choices with the words a learner sees, or the lowest and the highest number."""
BLANK, OTHER = "", "?"
"""What stands in counts for no answer, and for one that is not among those offered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing to sort or to put in order: a stretch of the page, a dated fact, or a text made for the lesson."""

    id: str
    text: str = ""
    where: str = ""
    span: tuple[int, int] | None = None
    fact: str = ""
    teller: str = ""
    """Who might tell it so, where `text` is a retelling of the stretch."""

    def words(self, story: Story) -> str:
        """What a learner reads: its own text, else the words on the page, else the statement of the fact."""
        if self.text:
            return self.text
        if self.span:
            return Span(*self.span).of(story.article.text)
        return by_id(story_facts(story), self.fact).statement if self.fact else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A box to write in; with a `span`, it starts with those words of the page, to be edited."""

    id: str
    label: str
    min: int = 3
    """The fewest words."""
    max: int = 200
    """The most words."""
    attributions: int = 0
    """How many attributions its text must hold."""
    block: str = ""
    span: tuple[int, int] | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Exercise(ABC):
    """One thing a learner does.

    Fields are settings: a lesson's TOML sets them by name, and the story's `lessons.toml` may add to them. Two
    exercises are equal only if they are one object, so that what is worked out for one can be cached by it.
    """

    type: ClassVar[str]
    """The name in a lesson's TOML, and the stem of the view: `widgets/<type>.js`."""
    needed: ClassVar[tuple[str, ...]] = ()
    """Settings that a lesson must give."""
    scripts: ClassVar[tuple[str, ...]] = ()
    """Further files of `widgets/` that the view builds on."""
    values_in: ClassVar[str] = ""
    """The part of an answer that holds one value for each item (`choices` or `values`), if there is one."""
    hints_name_place: ClassVar[bool] = True
    """Whether a hint says by itself which item it is about."""
    checks_form_only: ClassVar[bool] = False
    """Whether the machine checks only the form of an answer, and a person its content."""

    lesson: str
    id: str
    title: str
    prompt: str
    points: float
    tries: int
    """How often it may be checked before the key is shown; 0: as often as wanted, with no key at the end."""
    more: bool = False
    """Whether it is for learners who have time, and not in the core of the lesson."""
    bar: float
    """The score, 0 to 1, from which an answer is right."""
    region: tuple[str, ...] = ()
    """The blocks it is about; empty means the whole page."""
    layer: str = ""
    """The layer of the key it asks about; `page` means all blocks."""
    by_number: bool = False
    """Whether blocks are called by their number on the page: a name such as `f1` tells furniture from the story."""
    page: Article | None = None
    """The page it stands on; taken apart when somebody asks for its blocks."""
    story: str = ""
    """Another story it stands on, by name; else that of the lesson."""
    like: str = ""
    """Another lesson's exercise, `lesson/exercise`, whose settings it takes where it has none."""
    facts: tuple[str, ...] = ()
    """Facts to read beside it."""
    everyday: tuple[str, ...] = ()
    """Terms of the glossary whose names have another, everyday meaning in its sentences; word help leaves them out."""

    # Settings

    @classmethod
    def prepare(cls, settings: Mapping[str, Any], article: Article, where: str) -> dict[str, Any]:
        """Settings as data that has the form of the fields; a type whose TOML is shorter than that fills it in here."""
        return dict(settings)

    @property
    def key_name(self) -> str:
        """Where the story's key keeps answers that belong to this exercise alone."""
        return f"{self.lesson}/{self.id}"

    def keyed(self, key: Key) -> Mapping[str, Any]:
        """The answers that the key keeps for this exercise alone, item by item."""
        return key.answers.get(self.key_name, {})

    # What a learner sees

    @abstractmethod
    def view(self, story: Story) -> dict[str, Any]:
        """What the browser is sent besides what all types need; never the key, and no offset to compute."""

    @abstractmethod
    def static_body(self, story: Story, answer: Answer) -> str:
        """The exercise with an answer as HTML, for readers without a kernel; the answer has the right shape."""

    @classmethod
    def view_source(cls) -> str:
        """The JavaScript of the view: a function `makeBody`, and whatever it builds on."""
        home = files("copydesk") / "widgets"
        return "\n".join((home / f"{name}.js").read_text(encoding="utf-8") for name in (*cls.scripts, cls.type))

    def full_view(self, story: Story) -> dict[str, Any]:
        """Everything the browser is sent: what every type needs, and the type's own view."""
        say = load_wording("strings")
        name = "practice" if not self.points else "point" if self.points == 1 else "points"
        points = say["frame"][name].format(n=f"{self.points:g}")
        return {
            "uid": f"{story.id}/{self.key_name}/{story.about['sha256'][:8]}",
            "anchor": f"cd-{self.lesson}-{self.id}",
            "type": self.type,
            "title": self.title,
            "prompt": self.prompt,
            "points_text": say["frame"]["more"].format(points=points) if self.more else points,
            "check_text": say["frame"]["check" if self.points or self.tries else "keep"],
            "lang": story.about["language"],
            "dir": direction(story.about["language"]),
            "rights": story.rights,
            "reading": self.reading(story),
            **self.view(story),
        }

    def static_view(self, story: Story, answer: object, *, note: str = "") -> str:
        """The exercise as plain HTML, with a story's notice; of an answer, only what has the right shape.

        A `note` stands above the view of an exercise that has a widget while its kernel runs.
        """
        shaped = self.well_formed(answer)
        shown = self.as_answered(shaped)
        head = heading(shown.title) + paragraph(shown.prompt)
        above = f'<p class="cd-later">{escape(note)}</p>' if note else ""
        return static_html(above + head + shown.static_body(story, shaped), rights=story.rights)

    def prose(self) -> Iterator[str]:
        """The kit's own sentences in it: the prompt, then questions or the headings of boxes."""
        yield self.prompt
        yield from (box.label for box in self.boxes())

    def offered_words(self, story: Story) -> Iterator[str]:
        """The words a learner chooses from."""
        yield from (words for o in self.offers(story).values() if isinstance(o, Mapping) for words in o.values())

    def blocks(self, story: Story) -> list[Block]:
        """The blocks it is about."""
        return [b for b in story.article.blocks if not self.region or b.id in self.region]

    @property
    def page_blocks(self) -> tuple[str, ...]:
        """The names of the page's blocks, in reading order."""
        return tuple(block.id for block in self.page.blocks) if self.page else ()

    @cached_property
    def block_numbers(self) -> dict[str, int]:
        """The number of each block of the page, where blocks are called by their number."""
        return {name: number for number, name in enumerate(self.page_blocks, 1)} if self.by_number else {}

    def place(self, region: str) -> str:
        """A block as a reader names it, in this exercise."""
        number = self.block_numbers.get(region)
        return place(region) if number is None else str(load_wording("strings")["mark"]["block"].format(id=number))

    def block_name(self, region: str) -> str:
        """A block's name in short, as it stands in front of the block, in this exercise."""
        return str(self.block_numbers.get(region) or block_name(region))

    def blocks_view(self, story: Story) -> list[dict[str, Any]]:
        """The blocks it is about, as the browser shows them: sentences, and words with their offsets."""
        article = story.article
        return [
            {
                "id": self.block_name(b.id) if self.by_number else b.id,
                "name": self.block_name(b.id),
                "label": self.place(b.id),
                "sentences": [
                    {"id": f"{self.block_numbers[b.id]}.{n}" if self.by_number else s.id, "words": words}
                    for n, s in enumerate(article.sentences_of(b.id) or (b,), 1)
                    for words in [words_view(article.text, s.span)]
                ],
            }
            for b in self.blocks(story)
        ]

    def reading(self, story: Story) -> list[dict[str, str]]:
        """The paragraphs to read beside it, where it asks about some and does not show them anyway."""
        text, spans = story.article.text, [Span(*s) for s in self.listed_spans()]
        if not self.region and not spans:
            return []
        asked = [b for b in story.article.paragraphs if b.id in self.region or any(b.span.overlap(s) for s in spans)]
        return [{"name": block_name(b.id), "text": b.of(text)} for b in asked]

    def blocks_html(self, story: Story, marks: Sequence[Mark]) -> str:
        """The blocks it is about, with marks on them."""
        shown = {b.id: b for b in self.blocks(story)}
        return blocks(story.article.text, shown, marks, lang=story.about["language"], names=self.block_name)

    # The answer and what it is worth

    def well_formed(self, answer: object) -> Answer:
        """The parts of an answer that have the right shape; a stranger's file may hold anything."""
        return plain_values(self.renewed(answer) if isinstance(answer, dict) else answer, self.values_in)

    def renewed(self, answer: Answer) -> Answer:
        """An answer that an earlier version saved, with today's names for its items."""
        return answer

    @abstractmethod
    def score(self, answer: Answer, key: Key, text: str) -> Outcome:
        """What an answer of the right shape is worth by the key; `text` is the story's page."""

    @abstractmethod
    def model_answers(self, key: Key, text: str) -> dict[str, Answer]:
        """Named answers that must score full marks: the key's own, and one for each alternative."""

    @abstractmethod
    def lazy_answers(self, key: Key, text: str) -> dict[str, Answer]:
        """Named answers without thought behind them; none may reach `lazy_limit`."""

    @property
    def lazy_limit(self) -> float:
        """What every answer without thought must stay below."""
        return self.bar

    def outcome(self, answer: object, key: Key | None, text: str) -> Outcome:
        """What any answer is worth.

        Without a key it is received, to be graded later; so is an answer that should earn points if the key says
        nothing of any item.
        """
        if key is None:
            return RECEIVED
        outcome = self.score(self.well_formed(answer), key, text)
        unknown = self.points and outcome.status != "not_attempted" and not any(n.possible for n in outcome.notes)
        return RECEIVED if unknown else outcome

    def share_right(self, notes: Sequence[Note], given: Mapping[str, Any]) -> float:
        """The share of the points for the items that was earned; where none are to be had, any answer is right."""
        possible = sum(n.possible for n in notes)
        return sum(n.earned for n in notes) / possible if possible else float(bool(given))

    def each_accepted(self, accepted: Mapping[str, Sequence[Any]], name: str = "key") -> dict[str, Answer]:
        """The answer with the first accepted value of each item, and one for each other value in its place."""
        best = {item: values[0] for item, values in accepted.items()}
        answers: dict[str, Answer] = {name: {self.values_in: best}} if best else {}
        for item, (_, *others) in accepted.items():
            answers |= {f"{item}: {value}": {self.values_in: {**best, item: value}} for value in others}
        return answers

    def missing(self, answer: object, story: Story) -> list[str]:
        """What an answer lacks to be worth a try, in sentences; a learner may have it checked all the same."""
        return []

    def beginning(self) -> Answer:
        """What a learner starts from."""
        return {}

    def own_part(self, answer: Answer, text: str) -> Answer:
        """An answer without what a learner left as it was given."""
        return answer

    def measures(self, answer: object, text: str) -> dict[str, list[list[str]]]:
        """Measures of a learner's words as rows of a table, box by box."""
        return {}

    def as_answered(self, answer: Mapping[str, Any]) -> Self:
        """The exercise in the parallel form that an answer is about."""
        return self

    def dated_answers(self, story: Story) -> dict[str, dict[str, Any]]:
        """What dated facts of the story answer by themselves, item by item."""
        return {}

    # Feedback

    def headline(self, outcome: Outcome, *, last: bool) -> str:
        """One sentence on how it went; `last` says that no try is left."""
        say = load_wording("strings")["outcome"]
        if outcome.status == "not_attempted":
            return self.not_attempted()
        if outcome.status == "received":
            return str(say["received"])
        if self.points == 0 and not any(n.possible for n in outcome.notes):
            return str(say["noted"])
        name = outcome.status if outcome.status == "right" or not last else "done_tries"
        return str(say[name].format(percent=round(100 * outcome.score)))

    def not_attempted(self) -> str:
        """What is said where nothing was answered."""
        return str(load_wording("strings")["outcome"]["not_attempted"])

    # What a class report counts

    def item_words(self, story: Story) -> dict[str, str]:
        """The words of each item by its id."""
        return {}

    def offers(self, story: Story) -> dict[str, Offer]:
        """What each item offers, by its id; an item that asks for a learner's own words is not among them."""
        return {}

    def counted_values(self, answer: Answer, offers: Mapping[str, Offer], key: Key, text: str) -> dict[str, str]:
        """What was answered to each item that offers something, as a value to count."""
        chosen = answer.get(self.values_in)
        return {i: counted_value(chosen.get(i), o) for i, o in offers.items()} if isinstance(chosen, dict) else {}

    def instead_words(self, offer: Offer | None, given: str) -> list[str]:
        """A counted value that was not right, as a reader knows it."""
        return [answer_words(offer, given)] if self.values_in else []

    def item_place(self, item: str, number: int, note: Note | None) -> str:
        """Where an item stands, in words; `number` counts from 1, `note` is what the key's own answer gets."""
        return note.where if note else ""

    def item_reason(self, item: str, note: Note | None, key: Key, text: str) -> str:
        """Why the key has an item so; empty for what is open or read by a person."""
        return note.reveal if note else ""

    def listed_items(self) -> tuple[Item, ...]:
        """The items that its settings list."""
        return ()

    def given_marks(self) -> list[Mark]:
        """Marks that stand on the page from the start."""
        return []

    def mark_roles(self) -> tuple[str, ...]:
        """The roles a learner marks on the page."""
        return ()

    def labels_of(self, name: str) -> Mapping[str, str]:
        """The values of a label on a group of marks, with the words a learner sees."""
        return {}

    def key_marks(self, key: Key) -> list[tuple[str, Span]]:
        """The key's own marks, each with its role."""
        return []

    def arguable_spans(self, key: Key) -> list[Span]:
        """Everything that the key marks under any of its readings."""
        return []

    def groups(self, answer: Answer, length: int) -> list[Group]:
        """What a learner marked on a page of that length."""
        return []

    def boxes(self) -> tuple[Box, ...]:
        """The boxes a learner writes in."""
        return ()

    @property
    def asks_evidence(self) -> bool:
        """Whether a learner picks stretches of the page as evidence."""
        return False

    def evidence_in(self, answer: Answer, length: int) -> tuple[Span, ...]:
        """The stretches of a page of that length that a learner picked as evidence."""
        return ()

    def parallel_forms(self) -> Mapping[str, tuple[Item, ...]]:
        """Sets of items of which a learner gets one; what they show is never graded."""
        return {}

    def rubric_rows(self) -> tuple[str, ...] | None:
        """The rows of the rubric that people grade it by; None: all of them."""
        return ()

    @property
    def enough(self) -> int:
        """How many of the key's items a learner has to find; 0 means all."""
        return 0

    @property
    def is_example(self) -> bool:
        """Whether it is worked already, to be read."""
        return False

    # What is wrong with a lesson that uses it

    def faults(self, story: Story, key: Key | None) -> Iterator[str]:
        """Every fault of this exercise on a story, in sentences; a type adds its own."""
        yield from (f"a {self.type} exercise needs '{n}'" for n in self.needed if not getattr(self, n))
        known = {b.id for b in story.article.blocks}
        yield from (f"there is no block '{b}' on the page" for b in self.region if b not in known)
        if self.layer not in ("", "page", *LAYERS):
            yield f"there is no layer '{self.layer}' in a key"
        facts = {f.id for f in story_facts(story)}
        yield from (f"there is no fact '{f}' in the story's context" for f in self.listed_facts() if f not in facts)
        yield from self.key_faults(key, story)

    def listed_spans(self) -> Iterator[tuple[int, int]]:
        """Every stretch of the page that its settings name."""
        yield from ()

    def listed_facts(self) -> Iterator[str]:
        """Every fact that its settings name."""
        yield from self.facts

    def key_faults(self, key: Key | None, story: Story) -> Iterator[str]:
        """What does not fit between the key's answers and what is asked."""
        asked = {} if self.layer else self.offers_by_id(story)  # what a layer says needs no answers of its own
        for name, expected in (key.answers.get(self.key_name, {}) if key else {}).items():
            if name == "samples":
                continue
            if name not in asked:
                yield f"the key answers '{name}', which is not asked"
            for value in expected.get("accept", ()):
                if asked.get(name) and value not in asked[name]:
                    yield f"the key accepts '{value}' for '{name}', which is not an option"

    def offers_by_id(self, story: Story) -> Mapping[str, Mapping[str, str]]:
        """Everything that is asked, by its id, with the choices it has (none for numbers and own words)."""
        return {i: o if isinstance(o, Mapping) else {} for i, o in self.offers(story).items()}

    def scoring_checks(self, key: Key, text: str) -> Iterator[tuple[str, bool, str]]:
        """Further proofs that scoring is fair: what is claimed, whether it holds, and a detail."""
        yield from ()


@dataclass(frozen=True, kw_only=True, eq=False)
class ItemExercise(Exercise):
    """An exercise on items that its settings list."""

    items: tuple[Item, ...] = ()

    def listed_items(self) -> tuple[Item, ...]:
        return self.items

    def item_words(self, story: Story) -> dict[str, str]:
        return {item.id: words for item in self.items if (words := item.words(story))}

    def listed_spans(self) -> Iterator[tuple[int, int]]:
        yield from (i.span for i in self.items if i.span)

    def listed_facts(self) -> Iterator[str]:
        yield from (*self.facts, *(i.fact for i in self.items if i.fact))


def is_in_range(value: object, low: float, high: float) -> bool:
    """Whether a value is a number of a range, ends included; `True` is a number to Python, and not here.

    >>> is_in_range(0.3, 0, 1), is_in_range(30, 0, 1), is_in_range("0.3 or so", 0, 1), is_in_range(True, 0, 1)
    (True, False, False, False)
    """
    return isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high


def counted_value(value: object, offer: Offer) -> str:
    """A value as it is counted: only choices and numbers that were offered, never a learner's own words.

    >>> counted_value("yes", {"yes": "it does"}), counted_value("<b>", {"yes": "it does"}), counted_value(0.25, (0, 1))
    ('yes', '?', '0.25')
    """
    if value is None or value == "":
        return BLANK
    if isinstance(offer, Mapping):
        return value if isinstance(value, str) and value in offer else OTHER
    return f"{value:.4g}" if is_in_range(value, *offer) else OTHER


def answer_words(offer: Offer | None, given: str) -> str:
    """A counted value as a reader knows it.

    >>> answer_words({"yes": "yes: it does"}, "yes"), answer_words((0, 1), "0.5"), answer_words((0, 1), "")
    ('yes', '0.5', 'no answer')
    """
    if given in (BLANK, OTHER):
        return str(load_wording("strings")["items"]["other" if given else "blank"])
    return offer[given].partition(": ")[0] if isinstance(offer, Mapping) else given


def words_view(text: str, span: Span) -> list[list[Any]]:
    """What a reader can click in a stretch of the page: `[words, start, end, is there a space behind]`."""
    found = chunks(text, span)
    after = [text[w.end : w.end + 1].isspace() for w in found]
    ends = [w.start + (len(w.of(text).rstrip(",.;:")) or len(w)) for w in found]  # a mark stops before a comma
    return [[w.of(text), w.start, end, space] for w, end, space in zip(found, ends, after, strict=True)]


def sentence(words: str) -> str:
    """A phrase as a sentence of its own.

    >>> sentence("known only later")
    'Known only later.'
    """
    return f"{words[:1].upper()}{words[1:].rstrip('.')}." if words else ""


def place(region: str) -> str:
    """A block as a reader names it.

    >>> place("p6"), place("f2")
    ('paragraph 6', 'block f2')
    """
    say = load_wording("strings")["mark"]
    return str(say["paragraph"].format(n=region[1:]) if region.startswith("p") else say["block"].format(id=region))


def card(fact: Fact, story: Story) -> dict[str, Any]:
    """A fact as a card: its date, what it says, where it is from, and whether it came out only later."""
    return {
        "date": fact.when if fact.date else "",
        "statement": fact.statement,
        "credit": fact.credit if not fact.source_url else fact.credit.replace(fact.source_url, "").strip(" ,"),
        "address": fact.source_url,
        "later": not fact.known_on(story.date),
    }
