"""The class discussion: what a class answered, on a projector, in large type and without names.

Votes are wide bars with their words in them, marks are shades with their number. Nothing is shown of fewer than five
learners: with so few, a picture could point at somebody. The tags stand in `templates/discussion.html.j2`.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from copydesk.answers import Record
from copydesk.base.documents import Json
from copydesk.base.errors import CopydeskError
from copydesk.base.spans import Span, words
from copydesk.base.wording import decimal, direction, load_wording, percent
from copydesk.exercises.exercise import Exercise, place
from copydesk.exercises.outcome import Answer
from copydesk.lessons.lesson import Lesson, list_lessons, load_lesson
from copydesk.page.html import Page, static_html
from copydesk.story.story import Story, load_story
from copydesk.views.agreement import Agreement, ClassVotes, Run, agreement, class_folder, heat, per_item_split
from copydesk.views.ready import Sentence, agreement_holds
from copydesk_classroom.collecting.collect import latest_answers
from copydesk_classroom.course import offers
from copydesk_classroom.pages import render
from copydesk_classroom.reporting.lesson import stretches, touched
from copydesk_classroom.reporting.tally import FEWEST
from copydesk_classroom.wording import class_wording

MADE_LEARNERS = 24


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to choose about: its id, its words, and the choices with the words a learner sees."""

    id: str
    words: str
    choices: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ClassMarks:
    """What each learner of a class marked in one role, in no order."""

    spans: tuple[tuple[Span, ...], ...]
    made_up: bool


def items_of(lesson: Lesson, exercise: Exercise) -> tuple[Item, ...]:
    """What an exercise offers a choice about: the items of a sort, the questions with options of a form."""
    story = lesson.on_story_of(exercise).story
    words, offers = exercise.item_words(story), exercise.offers(story)
    return tuple(Item(i, words[i], offer) for i, offer in offers.items() if isinstance(offer, Mapping))


class Reader:
    """What each learner in a folder (or one zip) answered in a lesson; read again only when a file has changed."""

    def __init__(self) -> None:
        self._known: dict[tuple[Path, str], tuple[object, list[Json]]] = {}

    def read(self, folder: Path, lesson: Lesson) -> list[Json]:
        """The exercises of that lesson, learner by learner."""
        if not folder.exists():
            return []
        stand, (before, found) = _stand(folder), self._known.get((folder, lesson.id), (None, []))
        if stand != before:
            mine = (lesson.story.id, lesson.id)
            offered = {i: known for i, known in offers(lesson.story.id, folder).items() if i == mine}
            found = [w.document["exercises"] for w in latest_answers(folder, offered, story=lesson.story.id)]
            self._known[folder, lesson.id] = stand, found
        return found


def _stand(folder: Path) -> object:
    """How the files stand: it changes when one of them does."""
    listed = sorted(folder.rglob("*")) if folder.is_dir() else [folder]
    found = ((path, path.lstat()) for path in listed)
    return tuple((str(path), stat.st_mtime_ns, stat.st_size) for path, stat in found)


def _records(found: Sequence[Json], exercise: Exercise) -> list[Record]:
    return [Record.of(entries[exercise.id]) for entries in found if exercise.id in entries]


def class_choices(found: Sequence[Json], lesson: Lesson, exercise: Exercise) -> ClassVotes | None:
    """How a class chose, by item, from its latest answers; else the story's made-up class; None where is neither."""
    items = items_of(lesson, exercise)
    given = [exercise.well_formed(record.answer).get(exercise.values_in, {}) for record in _records(found, exercise)]
    given = [chosen for chosen in given if any(chosen.get(item.id) in item.choices for item in items)]
    if given:
        counted = {item.id: Counter(chosen.get(item.id) for chosen in given) for item in items}
        table = {item.id: {value: counted[item.id][value] for value in item.choices} for item in items}
        return ClassVotes(table, len(given), made_up=False)
    made = lesson.story.lessons[lesson.id].get("class", {}).get(exercise.id)
    return ClassVotes(made, max(sum(row.values()) for row in made.values()), made_up=True) if made else None


def class_marks(found: Sequence[Json], lesson: Lesson, exercise: Exercise, role: str) -> ClassMarks | None:
    """What a class marked in one role, in first answers; else what a made-up class would; None without a key."""
    length = len(lesson.on_story_of(exercise).story.article.text)
    first = [_first(record) for record in _records(found, exercise)]
    read = [exercise.groups(exercise.well_formed(answer), length) for answer in first if answer]
    if marked := [groups for groups in read if groups]:
        return ClassMarks(tuple(tuple(s for g in gs for s in g.roles.get(role, ())) for gs in marked), made_up=False)
    if lesson.key is None:
        return None
    return ClassMarks(tuple(_made_up(lesson, exercise, role)), made_up=True)


def _first(record: Record) -> Answer:
    tries = [attempt.answer for attempt in record.tries if attempt.round == 1]
    return tries[0] if tries else record.answer


def _made_up(lesson: Lesson, exercise: Exercise, role: str) -> Iterator[tuple[Span, ...]]:
    """Learners that nobody is: each takes a part of what the key marks, some a word short, and some plain words."""
    lesson = lesson.on_story_of(exercise)
    assert lesson.key is not None
    text, article = lesson.story.article.text, lesson.story.article
    wanted = [span for marked, span in exercise.key_marks(lesson.key) if marked == role]
    region = [b.span for b in article.blocks if b.id in exercise.region] or [p.span for p in article.paragraphs]
    dice = random.Random(exercise.key_name)
    plain = [_some_words(text, dice.choice(region), dice) for _ in range(6)]
    chances = [*((span, 0.25 + 0.7 * dice.random()) for span in wanted), *((span, 0.15) for span in plain)]
    for _ in range(MADE_LEARNERS):
        skill = 0.6 + 0.6 * dice.random()
        taken = [span for span, chance in chances if dice.random() < chance * skill]
        yield tuple(_shorter(text, span) if dice.random() < 0.2 else span for span in taken)


def _some_words(text: str, region: Span, dice: random.Random) -> Span:
    found = words(text, region)
    at = dice.randrange(len(found))
    return Span(found[at].start, found[min(len(found) - 1, at + dice.randrange(3))].end)


def _shorter(text: str, span: Span) -> Span:
    found = words(text, span)
    return Span(found[1].start, span.end) if len(found) > 2 else span


STEPS = (1e-9, 0.25, 0.5, 0.75)
"""From which share on words have the first, second, third and last shade: the first is for all that are marked."""
WIDE = 0.14
"""The smallest share whose words have room in its piece of a bar."""
SHOWN = 12
"""How many passages the table under a heat map lists."""
Named = Sequence[tuple[str, ClassVotes]]
"""The votes of a class with what they are called: "" where there is only one."""


def split_page(lesson: Lesson, exercise: Exercise, votes: ClassVotes) -> Page:
    """How a class chose on each item."""
    say, items = class_wording("discussion")["split"], items_of(lesson, exercise)
    splits = per_item_split(votes.table)
    worst = max((i for i in items if splits[i.id].n >= FEWEST), key=lambda i: splits[i.id].divides, default=items[0])
    counts = _counts(worst, votes.table.get(worst.id, {}))
    told = {"title": exercise.title, "items": len(items), "n": votes.learners, "item": worst.id, "counts": counts}
    html = _room(exercise.title, [_who(votes)], prompt=exercise.prompt, **_votes(items, [("", votes)]))
    return Page(html, say["plain"].format(**told))


def compare_page(lesson: Lesson, both: tuple[Exercise, Exercise], votes: tuple[ClassVotes, ClassVotes]) -> Page:
    """How a class chose before and after, item by item, and how far it agreed."""
    say, items = class_wording("discussion")["compare"], items_of(lesson, both[0])
    named = [(say["before"], votes[0]), (say["after"], votes[1])]
    found = [agreement(v) for v in votes]
    again = both[1].title if both[1] is not both[0] else say["again"].format(title=both[1].title)
    heading = say["heading"].format(before=both[0].title, after=again)
    measures = [(name, v.learners, *a.cells()) for (name, v), a in zip(named, found, strict=True)]
    html = _room(heading, [*dict.fromkeys(map(_who, votes))], measures=measures, **_votes(items, named))
    return Page(html, say["plain"].format(title=heading, before=_measure(found[0]), after=_measure(found[1])))


def heat_page(lesson: Lesson, exercise: Exercise, marks: ClassMarks, role: str) -> Page:
    """Where a class marked: words shaded and underlined by how many marked them, with the per cent in front."""
    say, name = class_wording("discussion")["heat"], load_wording("strings")["roles"][role]
    story, n = lesson.on_story_of(exercise).story, len(marks.spans)
    text = story.article.text
    runs = [run for run in heat(dict(enumerate(marks.spans)), len(text)) if run.n > 1]
    told = {"title": exercise.title, "role": name, "n": n}
    shares, found = _shares(text, runs, n), words(text)
    blocks = [
        block
        for block in exercise.blocks(story)
        if exercise.region or any(shares[word] for word in touched(found, block.span))
    ]
    maps = [{"name": b.id, "stretches": list(stretches(text, b.span, shares, steps=STEPS))} for b in blocks]
    language = story.about["language"]
    shown = {"blocks": maps, "lang": language, "dir": direction(language), "legend": say["legend"].format(**told)}
    passages = sorted(_passages(runs), key=lambda run: (-run.n, run.start))
    where = [place(next((b.id for b in blocks if run.start < b.end and b.start < run.end), "")) for run in passages]
    rows = [
        (" ".join(text[run.start : run.end].split()), at, percent(run.n, of=n))
        for run, at in zip(passages[:SHOWN], where, strict=False)
    ]
    numbers = {"heads": say["columns"], "rows": rows, "caption": exercise.title}
    notes = [_who(ClassVotes({}, n, marks.made_up))]
    html = _room(exercise.title, notes, rights=story.rights, marks=shown, numbers=numbers)
    if not passages:
        return Page(html, say["nothing"].format(**told))
    most = {"marked": len(passages), "most": percent(passages[0].n, of=n), "where": where[0]}
    return Page(html, say["plain"].format(**told, **most))


def _room(title: str, notes: Sequence[str], *, rights: str = "", **parts: Any) -> str:
    """A picture with its title and whose answers it shows."""
    few = class_wording("discussion")["split"]["few"].format(fewest=FEWEST)
    empty = {"prompt": "", "measures": (), "votes": (), "marks": None, "numbers": {"rows": ()}}
    return static_html(
        render("discussion.html.j2", title=title, notes=notes, few=few, **{**empty, **parts}), rights=rights
    )


def _who(votes: ClassVotes) -> str:
    say = class_wording("discussion")["room"]
    return str(say["made_up" if votes.made_up else "real"].format(n=votes.learners))


def _votes(items: Sequence[Item], votes: Named) -> dict[str, Any]:
    """The bars of each item, and all counts as a table; an item that fewer than five answered is left open."""
    say = class_wording("discussion")["split"]
    rows = [
        (f"{number}. {item.words}", *(_told(item, v.table.get(item.id, {})) for _, v in votes))
        for number, item in enumerate(items, 1)
    ]
    heads = [say["item"], *(name or _who(v) for name, v in votes)]
    bars = [{"words": i.words, "bars": [_bar(i, name, v.table.get(i.id, {})) for name, v in votes]} for i in items]
    return {"votes": bars, "numbers": {"heads": heads, "rows": rows, "caption": say["table"]}}


def _bar(item: Item, name: str, row: Mapping[str, int]) -> dict[str, Any]:
    """The pieces of one bar, each with its words where there is room; none where too few answered."""
    say, n = class_wording("discussion")["split"], sum(row.values())
    if n < FEWEST:
        return {"name": name, "pieces": []}
    told = {v: say["bar"].format(name=label, percent=percent(row.get(v, 0), of=n)) for v, label in item.choices.items()}
    pieces = [
        (place, row[v], told[v] if row[v] / n >= WIDE else "") for place, v in enumerate(item.choices) if row.get(v)
    ]
    return {"name": name, "pieces": pieces, "heard": f"{name} {', '.join(told.values())}".strip()}


def _counts(item: Item, row: Mapping[str, int]) -> str:
    say = class_wording("discussion")["split"]
    return ", ".join(say["count"].format(name=label, n=row.get(v, 0)) for v, label in item.choices.items())


def _told(item: Item, row: Mapping[str, int]) -> str:
    few = class_wording("discussion")["split"]["few"].format(fewest=FEWEST)
    return _counts(item, row) if sum(row.values()) >= FEWEST else str(few)


def _measure(found: Agreement) -> str:
    say = class_wording("discussion")["compare"]
    told = {"percent": percent(found.percent or 0)}
    if found.alpha is None or found.low is None:
        return str(say["measure_plain"].format(**told))
    ends = {"low": decimal(found.low), "high": decimal(found.high)}
    return str(say["measure"].format(**told, alpha=decimal(found.alpha), **ends))


def _passages(runs: Sequence[Run]) -> Iterator[Run]:
    """Runs that touch, as one passage with the most who marked any of its words."""
    start, end, n = -1, -1, 0
    for run in runs:
        if run.start != end and n:
            yield Run(start, end, n)
        start, n = (run.start, run.n) if run.start != end else (start, max(n, run.n))
        end = run.end
    if n:
        yield Run(start, end, n)


def _shares(text: str, runs: Sequence[Run], n: int) -> list[float]:
    """The share of `n` learners who marked each word; of a word that was marked in part, of its most marked letters."""
    found = words(text)
    shares = [0.0] * len(found)
    for run in runs:
        for word in touched(found, Span(run.start, run.end)):
            shares[word] = max(shares[word], run.n / n)
    return shares


def discussion(folder: Path | str | None = None, *, story: str | None = None) -> Room:
    """Open a class's answers to look at together; the folder is `class`, or what COPYDESK_CLASS names, unless given.

    Hand-ins are read as `copydesk grade` reads them, anew for each picture. Where there are none, a made-up class
    stands in, and says so. Raises CopydeskError if there is no such story.
    """
    return Room(Path(folder) if folder else class_folder(), load_story(story))


class Room:
    """A class in one room: its votes, its marks, and what a talk changed."""

    def __init__(self, folder: Path, story: Story) -> None:
        self.folder, self.story, self._read = folder, story, Reader().read

    def __repr__(self) -> str:
        return f"{self._say('plain', story=self.story.id, folder=self.folder)} {self._say('made_up_note')}"

    def _repr_html_(self) -> str:
        return Page.saying(repr(self)).html

    def ready(self) -> Sentence:
        """Whether agreement is counted as it should be here and now, in words."""
        return Sentence(self._say("ready" if agreement_holds() else "not_ready"))

    def split(self, exercise: str) -> Page:
        """How the class chose, item by item; `exercise` is lesson/exercise, as in `06/vote`."""
        lesson, chosen = self._choices(exercise)
        votes = class_choices(self._read(self.folder, lesson), lesson, chosen)
        if votes is None or votes.learners < FEWEST:
            return self._waiting(chosen, votes.learners if votes else 0, self.folder)
        return split_page(lesson, chosen, votes)

    def compare(self, exercise: str, second: str = "", *, folder: Path | str | None = None) -> Page:
        """The class before and after a talk: two vote exercises, or one with a second folder of hand-ins."""
        found = self._both(exercise, second, folder)
        return found if isinstance(found, Page) else compare_page(*found)

    def in_words(self, exercise: str, second: str = "", *, folder: Path | str | None = None) -> Sentence | Page:
        """What `compare` shows in one sentence to say aloud, without a figure."""
        found = self._both(exercise, second, folder)
        if isinstance(found, Page):
            return found
        before, after = (agreement(votes).alpha for votes in found[2])
        if before is None or after is None:
            return Sentence(self._say("no_alpha"))
        return Sentence(self._say("closer" if after > before else "further" if after < before else "as_before"))

    def _both(
        self, exercise: str, second: str, folder: Path | str | None
    ) -> tuple[Lesson, tuple[Exercise, Exercise], tuple[ClassVotes, ClassVotes]] | Page:
        """Two votes to compare; a sentence where there are not two."""
        lesson, first = self._choices(exercise)
        after = self._choices(second)[1] if second else first
        place = Path(folder) if folder else self.folder
        before = class_choices(self._read(self.folder, lesson), lesson, first)
        now = class_choices(self._read(place, lesson), lesson, after)
        if before is None or before.learners < FEWEST:
            return self._waiting(first, before.learners if before else 0, self.folder)
        if (self.folder, first) == (place, after) or (now and before.made_up != now.made_up):
            return Page.saying(self._say("half", title=after.title, folder=place))
        if now is None or now.learners < FEWEST:
            return self._waiting(after, now.learners if now else 0, place)
        return lesson, (first, after), (before, now)

    def heat(self, exercise: str, role: str = "") -> Page:
        """Where the class marked, on the text; of several roles the first, or the one named (source, cue, content)."""
        lesson, chosen = self._exercise(exercise)
        if not chosen.mark_roles():
            raise CopydeskError(self._say("not_marks", name=exercise), self._listed(lesson, "mark"))
        roles = chosen.mark_roles()
        if role and role not in roles:
            raise CopydeskError(
                self._say("no_role", name=exercise, role=role), self._say("votes", names=", ".join(roles))
            )
        marks = class_marks(self._read(self.folder, lesson), lesson, chosen, role or roles[0])
        if marks is None or len(marks.spans) < FEWEST:
            return self._waiting(chosen, len(marks.spans) if marks else 0, self.folder)
        return heat_page(lesson, chosen, marks, role or roles[0])

    def _exercise(self, name: str) -> tuple[Lesson, Exercise]:
        wanted, _, exercise = name.partition("/")
        lesson_id = next((i for i in list_lessons() if wanted in (i, i.partition("_")[0])), "")
        if not re.fullmatch(r"[^/]+/\w+", name) or lesson_id not in self.story.lessons:
            raise CopydeskError(self._say("unknown", name=name), self._say("known"))
        lesson = load_lesson(lesson_id, self.story)
        return lesson, lesson.exercise(exercise)

    def _choices(self, name: str) -> tuple[Lesson, Exercise]:
        lesson, exercise = self._exercise(name)
        if not items_of(lesson, exercise):
            raise CopydeskError(self._say("not_a_vote", name=name), self._listed(lesson, "sort"))
        return lesson, exercise

    def _listed(self, lesson: Lesson, kind: str) -> str:
        names = ", ".join(e.id for e in lesson.exercises if e.type == kind)
        return self._say("votes", names=names) if names else ""

    def _waiting(self, exercise: Exercise, n: int, folder: Path) -> Page:
        """What stands where there are too few to show anything."""
        name = "few" if n else "nobody"
        return Page.saying(self._say(name, n=n, title=exercise.title, folder=folder, fewest=FEWEST))

    def _say(self, sentence: str, **words: Any) -> str:
        return str(class_wording("discussion")["room"][sentence].format(**words))
