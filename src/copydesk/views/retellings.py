"""Two texts side by side: passages of a story beside retellings of them, and sentences beside a swapped version.

A story lists both in its `lessons.toml` as items of an exercise. It gives the passages by offsets, so their words are
looked up on the page when they are shown. Retellings are given in full, since they were written for the lesson. The
comparison sees words and quotation marks only: it says what differs, not what the difference does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from html import escape

from copydesk.base.spans import WORD, Span
from copydesk.base.wording import load_wording
from copydesk.exercises.exercise import Exercise
from copydesk.exercises.form import Form
from copydesk.lessons.lesson import Lesson
from copydesk.page.html import Page, static_html, text_attributes

TOKEN = re.compile(rf"{WORD.pattern}|[“”„«»\"]")
"""What is compared: words, and quotation marks, since a quotation that loses its marks is no quotation any more."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words: in both texts, or left out of the second (`after` is None), or added by it (`before` is None)."""

    before: Span | None
    after: Span | None


@dataclass(frozen=True, slots=True)
class Retelling:
    """One passage of the story, by its span, and a retelling of it with the kind of place it would stand in."""

    where: str
    passage: Span
    teller: str
    text: str


def retellings(exercise: Exercise) -> list[Retelling]:
    """Every item of an exercise that has both a passage and a retelling, in its order."""
    return [Retelling(i.where, Span(*i.span), i.teller, i.text) for i in exercise.listed_items() if i.span and i.text]


def word_diff(before: str, after: str) -> list[Piece]:
    """The two texts as runs of words, in reading order; capital letters and punctuation make no difference.

    >>> before, after = "It rained on Monday, he said.", "It poured on Monday."
    >>> [(p.before and p.before.of(before), p.after and p.after.of(after)) for p in word_diff(before, after)]
    [('It', 'It'), ('rained', None), (None, 'poured'), ('on Monday', 'on Monday'), ('he said', None)]
    """
    old, new = ([Span(m.start(), m.end()) for m in TOKEN.finditer(text)] for text in (before, after))
    left_words, right_words = [t.of(before).casefold() for t in old], [t.of(after).casefold() for t in new]
    pieces: list[Piece] = []
    for same, a, b, c, d in SequenceMatcher(None, left_words, right_words, autojunk=False).get_opcodes():
        left = Span(old[a].start, old[b - 1].end) if a < b else None
        right = Span(new[c].start, new[d - 1].end) if c < d else None
        pieces += [Piece(left, right)] if same == "equal" else [Piece(left, None), Piece(None, right)]
    return [p for p in pieces if p.before or p.after]


@dataclass(frozen=True, slots=True)
class Pair:
    """One sentence as it stands on the page, and the same with other names, which nobody said."""

    where: str
    original: str
    swapped: str


def swapped(exercise: Exercise, text: str) -> list[Pair]:
    """Every pair of a swap exercise, in its order."""
    pairs = []
    for pair in exercise.pairs if isinstance(exercise, Form) else ():
        span = Span(*pair.span)
        made, at = "", span.start
        for start, end, other in sorted(pair.swap):
            made, at = made + text[at:start] + other, end
        made = re.sub(r"\s+", " ", made + text[at : span.end]).strip()
        pairs.append(Pair(pair.where, span.of(text), made))
    return pairs


SIGNS = {"del": ("left_out", "−"), "ins": ("added", "+")}
"""HTML tag → the name of its words under [retellings] in strings.toml, and the sign in front of the marked words."""


def retelling_page(lesson: Lesson, exercise_id: str) -> Page:
    """Every retelling of an exercise beside its passage: left-out words are marked in one, added ones in the other."""
    say, story = load_wording("strings")["retellings"], lesson.story
    told = retellings(lesson.exercise(exercise_id))
    legend = "".join(f"<li><{tag}>{_sign(tag)}{escape(say[name])}</{tag}></li>" for tag, (name, _) in SIGNS.items())
    pairs = "".join(_side_by_side(n, r, story.article.text, story.about["language"]) for n, r in enumerate(told, 1))
    body = f'<p>{escape(say["note"])}</p><ul class="cd-legend">{legend}</ul>{pairs}'
    html = static_html(f'<div class="cd-retellings">{body}</div>', rights=story.rights)
    return Page(html, say["summary"].format(n=len(told)))


def _side_by_side(number: int, told: Retelling, text: str, lang: str) -> str:
    say, passage = load_wording("strings")["retellings"], told.passage.of(text)
    pieces = word_diff(passage, told.text)
    left = _marked(passage, (p.before for p in pieces if p.before and not p.after), "del")
    right = _marked(told.text, (p.after for p in pieces if p.after and not p.before), "ins")
    sides = ((say["story"].format(where=told.where), left), (say["teller"].format(teller=told.teller), right))
    shown = "".join(
        f"<div><h4>{escape(name)}</h4><blockquote {text_attributes(lang)}>{html}</blockquote></div>"
        for name, html in sides
    )
    return f'<section><h3>{escape(say["heading"].format(n=number))}</h3><div class="cd-sides">{shown}</div></section>'


def _marked(text: str, spans: Iterable[Span], tag: str) -> str:
    """A text with some of its words in `<del>` or `<ins>`, each with hidden words for screen readers."""
    out, at = "", 0
    for span in spans:
        out += f"{escape(text[at : span.start])}<{tag}>{_sign(tag, spoken=True)}{escape(span.of(text))}</{tag}>"
        at = span.end
    return out + escape(text[at:])


def _sign(tag: str, *, spoken: bool = False) -> str:
    name, sign = SIGNS[tag]
    words = load_wording("strings")["retellings"][f"say_{name}"]
    hidden = f'<span class="cd-visually-hidden">{escape(words)} </span>' if spoken else ""
    return f'<span class="cd-sign" aria-hidden="true">{sign}</span>{hidden}'
