"""What the class discussion shows: votes as wide bars with their words in them, marks as shades with their number.

The class discussion: what a class answered, on a projector, in large type and without names.

Nothing is shown of fewer than five learners: with so few, a picture could point at somebody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

from copydesk.base.errors import CopydeskError
from copydesk.base.numbers import percent
from copydesk.base.spans import Span
from copydesk.base.wording import load_wording
from copydesk.exercises.exercise import Exercise, place
from copydesk.lessons.lesson import Lesson, list_lessons, load_lesson
from copydesk.page.html import Page, static_html, table
from copydesk.story.story import Story, load_story
from copydesk.views.agreement import Agreement, ClassVotes, Run, agreement, class_folder, heat, per_item_split
from copydesk_classroom.discussing.answers import ClassMarks, Item, Reader, class_choices, class_marks, items_of
from copydesk_classroom.reporting.tally import FEWEST
from copydesk_classroom.wording import class_wording

STEPS = (0.0, 0.25, 0.5, 0.75)
"""From which share on words have the first, second, third and last shade."""
WIDE = 0.14
"""The smallest share whose words have room in its piece of a bar."""
SHOWN = 12
"""How many passages the table under a heat map lists."""


def split_page(lesson: Lesson, exercise: Exercise, votes: ClassVotes) -> Page:
    """How a class chose on each item."""
    say, items = class_wording("discussion")["split"], items_of(lesson, exercise)
    rows = "".join(_row(n, item, [("", votes.table.get(item.id, {}))]) for n, item in enumerate(items, 1))
    splits = per_item_split(votes.table)
    worst = max((i for i in items if splits[i.id].n >= FEWEST), key=lambda i: splits[i.id].divides, default=items[0])
    counts = _counts(worst, votes.table.get(worst.id, {}))
    told = {"title": exercise.title, "items": len(items), "n": votes.learners, "item": worst.id, "counts": counts}
    numbers = _numbers(items, [("", votes)])
    return Page(_room(exercise.title, exercise.prompt, [_who(votes)], rows + numbers), say["plain"].format(**told))


def compare_page(lesson: Lesson, both: tuple[Exercise, Exercise], votes: tuple[ClassVotes, ClassVotes]) -> Page:
    """How a class chose before and after, item by item, and how far it agreed."""
    say, items = class_wording("discussion")["compare"], items_of(lesson, both[0])
    names = (say["before"], say["after"])
    found = [agreement(v) for v in votes]
    rows = "".join(
        _row(n, item, [(name, v.table.get(item.id, {})) for name, v in zip(names, votes, strict=True)])
        for n, item in enumerate(items, 1)
    )
    again = both[1].title if both[1] is not both[0] else say["again"].format(title=both[1].title)
    heading = say["heading"].format(before=both[0].title, after=again)
    cells = [(name, v.learners, *_cells(a)) for name, v, a in zip(names, votes, found, strict=True)]
    measures = table(say["columns"], cells, caption=say["caption"])
    body = measures + f"<p>{escape(say['note'])}</p>" + rows + _numbers(items, [*zip(names, votes, strict=True)])
    plain = say["plain"].format(title=heading, before=_measure(found[0]), after=_measure(found[1]))
    return Page(_room(heading, "", [*dict.fromkeys(map(_who, votes))], body), plain)


def heat_page(lesson: Lesson, exercise: Exercise, marks: ClassMarks, role: str) -> Page:
    """Where a class marked: words shaded and underlined by how many marked them, with the per cent in front."""
    say, name = class_wording("discussion")["heat"], load_wording("strings")["roles"][role]
    text, n = lesson.story.article.text, len(marks.spans)
    runs = [run for run in heat(dict(enumerate(marks.spans)), len(text)) if run.n > 1]
    told = {"title": exercise.title, "role": name, "n": n}
    blocks = [b for b in exercise.blocks(lesson.story) if exercise.region or any(_in(b.span, r) for r in runs)]
    lang = escape(lesson.story.about["language"])
    shown = "".join(
        f'<p class="cd-block" lang="{lang}"><span class="cd-blockname">{escape(b.id)}</span> '
        f"{''.join(_shaded(text, b.span, runs, n))}</p>"
        for b in blocks
    )
    passages = sorted(_passages(runs), key=lambda run: (-run.n, run.start))
    where = [place(next((b.id for b in blocks if _in(b.span, run)), "")) for run in passages[:SHOWN]]
    rows = [
        (" ".join(text[run.start : run.end].split()), at, say["share"].format(percent=round(100 * run.n / n)))
        for run, at in zip(passages, where, strict=False)
    ]
    steps = " ".join(f'<mark class="cd-h{i}">{escape(step)}</mark>' for i, step in enumerate(say["steps"], 1))
    legend = f'<p class="cd-legend">{escape(say["legend"].format(**told))} {steps}</p>'
    numbers = _folded(table(say["columns"], rows, caption=exercise.title)) if rows else ""
    body = f"{legend}{shown}<p>{escape(say['alone'])}</p>{numbers}"
    html = _room(exercise.title, "", [_who(ClassVotes({}, n, marks.made_up))], body, rights=lesson.story.rights)
    if not passages:
        return Page(html, say["nothing"].format(**told))
    most = {"marked": len(passages), "most": round(100 * passages[0].n / n), "where": where[0]}
    return Page(html, say["plain"].format(**told, **most))


def _room(title: str, prompt: str, notes: Sequence[str], body: str, *, rights: str = "") -> str:
    asked = f"<p>{escape(prompt)}</p>" if prompt else ""
    who = "".join(f'<p class="cd-who">{escape(note)}</p>' for note in notes)
    return static_html(f'<div class="cd-room"><h3>{escape(title)}</h3>{asked}{who}{body}</div>', rights=rights)


def _who(votes: ClassVotes) -> str:
    say = class_wording("discussion")["room"]
    return str(say["made_up" if votes.made_up else "real"].format(n=votes.learners))


def _row(number: int, item: Item, bars: Sequence[tuple[str, Mapping[str, int]]]) -> str:
    drawn = "".join(_bar(item, name, row) for name, row in bars)
    return f'<div class="cd-vote"><p><b>{number}</b> {escape(item.words)}</p><div>{drawn}</div></div>'


def _bar(item: Item, name: str, row: Mapping[str, int]) -> str:
    """One bar in as many pieces as there are answers, each with its words where there is room."""
    say, n = class_wording("discussion")["split"], sum(row.values())
    label = f"<span>{escape(name)}</span>" if name else ""
    if n < FEWEST:
        return f'<div class="cd-votebar">{label}<i>{escape(say["few"].format(fewest=FEWEST))}</i></div>'
    told = {v: say["bar"].format(name=words, percent=percent(row.get(v, 0) / n)) for v, words in item.choices.items()}
    pieces = "".join(
        f'<span class="cd-piece cd-piece{place % 4}" style="flex-grow:{row[v]}">'
        f"{escape(told[v]) if row[v] / n >= WIDE else ''}</span>"
        for place, v in enumerate(item.choices)
        if row.get(v)
    )
    heard = escape(f"{name} {', '.join(told.values())}".strip())
    return f'<div class="cd-votebar">{label}<div role="img" aria-label="{heard}">{pieces}</div></div>'


def _counts(item: Item, row: Mapping[str, int]) -> str:
    say = class_wording("discussion")["split"]
    return ", ".join(say["count"].format(name=words, n=row.get(v, 0)) for v, words in item.choices.items())


def _numbers(items: Sequence[Item], votes: Sequence[tuple[str, ClassVotes]]) -> str:
    """All counts as a table, folded away; an item that fewer than five answered is left open."""
    say = class_wording("discussion")["split"]
    rows = [
        (f"{number}. {item.words}", *(_told(item, v.table.get(item.id, {})) for _, v in votes))
        for number, item in enumerate(items, 1)
    ]
    return _folded(table([say["item"], *(name or _who(v) for name, v in votes)], rows, caption=say["table"]))


def _told(item: Item, row: Mapping[str, int]) -> str:
    few = class_wording("discussion")["split"]["few"].format(fewest=FEWEST)
    return _counts(item, row) if sum(row.values()) >= FEWEST else str(few)


def _folded(html: str) -> str:
    return f"<details><summary>{escape(class_wording('discussion')['split']['table'])}</summary>{html}</details>"


def _measure(found: Agreement) -> str:
    say = class_wording("discussion")["compare"]
    told = {"percent": round(100 * (found.percent or 0))}
    if found.alpha is None or found.low is None:
        return str(say["measure_plain"].format(**told))
    return str(say["measure"].format(**told, alpha=_two(found.alpha), low=_two(found.low), high=_two(found.high)))


def _cells(found: Agreement) -> tuple[str, str, str]:
    none = class_wording("discussion")["compare"]["none"]
    pairs = f"{round(100 * found.percent)}%" if found.percent is not None else none
    interval = f"{_two(found.low)} to {_two(found.high)}" if found.low is not None else none
    return pairs, _two(found.alpha) if found.alpha is not None else str(none), interval


def _two(value: float | None) -> str:
    return f"{value or 0:.2f}".replace("-", "−")


def _in(span: Span, run: Run) -> bool:
    return run.start < span.end and span.start < run.end


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


def _shaded(text: str, block: Span, runs: Sequence[Run], n: int) -> Iterator[str]:
    """A block's words; runs of one shade are one piece, with the per cent of its most marked words in front."""
    at = block.start
    inside = [Run(max(r.start, block.start), min(r.end, block.end), r.n) for r in runs if _in(block, r)]
    for (level, _), group in groupby(_numbered(inside, n), key=lambda pair: pair[0]):
        found = [run for _, run in group]
        start, end, share = found[0].start, found[-1].end, max(run.n for run in found) / n
        yield escape(text[at:start])
        number = f'<span class="cd-tag">{round(100 * share)}</span>'
        yield f'<mark class="cd-h{level}">{number}{escape(text[start:end])}</mark>'
        at = end
    yield escape(text[at : block.end])


def _numbered(runs: Sequence[Run], n: int) -> Iterator[tuple[tuple[int, int], Run]]:
    """Each run with its shade, and a number that changes where runs do not touch."""
    piece, end = 0, -1
    for run in runs:
        piece += run.start != end
        end = run.end
        yield (sum(run.n / n >= step for step in STEPS), piece), run


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
        return static_html(f"<p>{escape(repr(self))}</p>")

    def split(self, exercise: str) -> Page:
        """How the class chose, item by item; `exercise` is lesson/exercise, as in `06/vote`."""
        lesson, chosen = self._choices(exercise)
        votes = class_choices(self._read(self.folder, lesson), lesson, chosen)
        return self._wait(chosen, votes, self.folder) or split_page(lesson, chosen, _sure(votes))

    def agreement(self, exercise: str) -> Agreement | Page:
        """How far the votes on an exercise agree, in figures."""
        lesson, chosen = self._choices(exercise)
        votes = class_choices(self._read(self.folder, lesson), lesson, chosen)
        return self._wait(chosen, votes, self.folder) or agreement(_sure(votes))

    def compare(self, exercise: str, second: str = "", *, folder: Path | str | None = None) -> Page:
        """The class before and after a talk: two vote exercises, or one with a second folder of hand-ins."""
        lesson, first = self._choices(exercise)
        after = self._choices(second)[1] if second else first
        place = Path(folder) if folder else self.folder
        before, now = (
            class_choices(self._read(self.folder, lesson), lesson, first),
            class_choices(self._read(place, lesson), lesson, after),
        )
        if wait := self._wait(first, before, self.folder):
            return wait
        same = (self.folder, first) == (place, after)
        if same or (now and _sure(before).made_up != now.made_up):
            return Page.saying(self._say("half", title=after.title, folder=place))
        wait = self._wait(after, now, place)
        return wait or compare_page(lesson, (first, after), (_sure(before), _sure(now)))

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

    def _wait(self, exercise: Exercise, votes: ClassVotes | None, folder: Path) -> Page | None:
        """What stands where there are too few to show anything."""
        n = votes.learners if votes else 0
        return None if n >= FEWEST else self._waiting(exercise, n, folder)

    def _waiting(self, exercise: Exercise, n: int, folder: Path) -> Page:
        name = "few" if n else "nobody"
        return Page.saying(self._say(name, n=n, title=exercise.title, folder=folder, fewest=FEWEST))

    def _say(self, sentence: str, **words: Any) -> str:
        return str(class_wording("discussion")["room"][sentence].format(**words))


def _sure(votes: ClassVotes | None) -> ClassVotes:
    assert votes is not None
    return votes
