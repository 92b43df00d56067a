"""A machine's reading beside the key: what the finder finds whole, in part, not at all, and what it marks wrongly.

The machine is a foil, never a judge: learners predict what it will find, run it, and say why it missed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from copydesk.article import Article
from copydesk.attribution import Attribution, find_attributions, why
from copydesk.key import Entry, Key
from copydesk.spans import Span, word_f1

WHOLE, PART = 0.8, 0.3
Found = Literal["whole", "part", "missed"]


@dataclass(frozen=True, slots=True)
class Reading:
    """One counted attribution of the key and what the machine made of it."""

    entry: Entry
    machine: Attribution | None
    found: Found
    note: str = ""


@dataclass(frozen=True, slots=True)
class Foil:
    """The machine's reading of one story beside its key; `wrong` are marks that meet no attribution of the key."""

    readings: tuple[Reading, ...]
    wrong: tuple[Attribution, ...]

    def count(self, found: Found) -> int:
        """How many counted attributions were found whole, in part, or missed."""
        return sum(r.found == found for r in self.readings)


def compare(key: Key, article: Article) -> Foil:
    """Run the finder on the page and lay its reading beside the key."""
    text = article.text
    machine = find_attributions(text)
    readings = tuple(_reading(e, machine, text) for e in key.attributions if e["counted"])
    keyed = [(*e.spans("content"), *e.spans("cue")) for e in key.attributions]
    repeats = [b.span for b in article.furniture]
    met = [any(_overlap(a, spans) for spans in keyed) or _inside(a, repeats) for a in machine]
    return Foil(readings, tuple(a for a, known in zip(machine, met, strict=True) if not known))


def _spans(a: Attribution) -> tuple[Span, ...]:
    return a.content or ((a.cue,) if a.cue else ())


def _overlap(a: Attribution, spans: Sequence[Span]) -> bool:
    return any(s.overlap(other) for s in _spans(a) for other in spans)


def _inside(a: Attribution, blocks: Sequence[Span]) -> bool:
    return any(b.covers(s) for b in blocks for s in _spans(a))


def _reading(entry: Entry, machine: Sequence[Attribution], text: str) -> Reading:
    content = entry.spans("content")
    best = max(machine, key=lambda a: word_f1(text, a.content, content), default=None)
    close = word_f1(text, best.content, content) if best and best.content else 0.0
    if best is None or close < PART:
        return Reading(entry, None, "missed")
    speaker_right = _same_speaker(entry, best, text)
    note = why(best) if speaker_right else f"{why(best)} It takes the source to be “{best.speaker or '?'}”."
    return Reading(entry, best, "whole" if close >= WHOLE and speaker_right else "part", note)


def _same_speaker(entry: Entry, found: Attribution, text: str) -> bool:
    source = entry.spans("source")
    on_page = bool(found.source and source and word_f1(text, [found.source], source) > 0)
    return on_page or entry["speaker"].casefold() == found.speaker.casefold()
