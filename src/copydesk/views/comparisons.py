"""A machine's reading beside the key: what the finder finds whole, in part, not at all, and what it marks wrongly.

The machine is a foil, never a judge: learners predict what it will find, run it, and say why it missed.

The machine's reading as a page: marks on the story, and a table that says why each was made.

A word list beside the key: which framing devices it points at, which it misses, and where else it points.

The list is a foil, never a judge: learners predict what it will flag, run it, and count what it missed.

The word list's reading of a story as a page: where it points, what stands there in the key, and what it misses.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Literal

from copydesk.attribution import Attribution, find_attributions, why
from copydesk.base.spans import Span, word_f1
from copydesk.base.wording import load_wording
from copydesk.exercises.exercise import place
from copydesk.exercises.mark import label_words
from copydesk.framing import Hit, find_cues
from copydesk.page.article import Article
from copydesk.page.html import Mark, blocks, static_html, table
from copydesk.story.key import Entry, Key
from copydesk.story.story import Story

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


def compare_finder(key: Key, article: Article) -> Foil:
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


def finder_page(story: Story) -> tuple[str, str]:
    """The page as HTML, and its summary in one sentence."""
    article, say = story.article, load_wording("strings")["machine"]
    body = {p.id: p for p in article.paragraphs}
    first = article.paragraphs[0].start if article.paragraphs else 0
    found = [a for a in find_attributions(article.text) if a.start >= first]
    summary = _finder_summary(story, found)
    rows = [(n, a.speaker, label_words("form", a.form), why(a)) for n, a in enumerate(found, 1)]
    html = f"<p><strong>{escape(summary)}</strong></p>" + blocks(article.text, body, _marks(found))
    html += table(say["columns"], rows, caption=say["caption"])
    return static_html(html, rights=story.rights), summary


def _finder_summary(story: Story, found: list[Attribution]) -> str:
    say = load_wording("strings")["machine"]
    if story.key is None:
        return str(say["no_key"].format(n=len(found)))
    foil = compare_finder(story.key, story.article)
    counts = {name: foil.count(name) for name in ("whole", "part", "missed")}
    return str(say["summary"].format(**counts, of=len(foil.readings), wrong=len(foil.wrong)))


def _marks(found: list[Attribution]) -> list[Mark]:
    marks = []
    for number, a in enumerate(found, 1):
        marks += [Mark(s, "source", number) for s in (a.source,) if s]
        marks += [Mark(s, "cue", number) for s in (a.cue,) if s]
        marks += [Mark(s, "content", number) for s in a.content]
    return marks


@dataclass(frozen=True, slots=True)
class CueReading:
    """One framing device of the key and the list's hits that meet it, perhaps none."""

    entry: Entry
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class CueFoil:
    """The list's places to look beside the key; `elsewhere` meet no device, some of them `on_plain` wording."""

    readings: tuple[CueReading, ...]
    hits: tuple[Hit, ...]
    elsewhere: tuple[Hit, ...]
    on_plain: tuple[Hit, ...]

    @property
    def missed(self) -> tuple[Entry, ...]:
        """The devices without a hit."""
        return tuple(r.entry for r in self.readings if not r.hits)


def compare_cues(key: Key, article: Article, region: Sequence[str] = ()) -> CueFoil:
    """Run the list on some blocks, or on the story and wherever the key has a device, and lay it beside the key.

    >>> from copydesk import load_story
    >>> story = load_story("baltics-2022")
    >>> foil = compare_cues(story.key, story.article, ["p10"])
    >>> [reading.entry for reading in foil.readings] == [*story.key.layer("framing", ("p10",))]
    True
    """
    entries = key.layer("framing", tuple(region))
    everywhere = dict.fromkeys([*(p.id for p in article.paragraphs), *(e["region"] for e in entries)])
    hits = places(article, region or [*everywhere])
    readings = tuple(CueReading(e, _meeting(hits, e.spans("span"))) for e in entries)
    met = {hit.span for reading in readings for hit in reading.hits}
    elsewhere = tuple(h for h in hits if h.span not in met)
    plain = [span for e in key.layer("controls", tuple(region)) for span in e.spans("span")]
    return CueFoil(readings, hits, elsewhere, _meeting(elsewhere, plain))


def places(article: Article, region: Sequence[str]) -> tuple[Hit, ...]:
    """Where the list says “look here” in some blocks, in reading order: its hits without the flat words."""
    blocks = sorted((article.block(name) for name in region), key=lambda b: b.start)
    return tuple(h for b in blocks for h in find_cues(article.text, b.span) if not h.cue.plain)


def _meeting(hits: Sequence[Hit], spans: Sequence[Span]) -> tuple[Hit, ...]:
    return tuple(h for h in hits if any(h.span.overlap(s) for s in spans))


def word_list_page(story: Story, region: Sequence[str] = ()) -> tuple[str, str]:
    """What the list makes of a story, or of some blocks of it, as HTML, and its summary in one sentence."""
    article, say = story.article, load_wording("strings")["framing"]["page"]
    if story.key is None:
        hits = places(article, region or [p.id for p in article.paragraphs])
        summary = say["no_key"].format(n=len(hits))
        tables = table(say["columns"][:-1], (_row(hit, article) for hit in hits), caption=say["caption"])
    else:
        foil = compare_cues(story.key, article, region)
        summary = _word_list_summary(foil, say)
        tables = table(say["columns"], _rows(foil, article, say), caption=say["caption"])
        tables += table(say["missed_columns"], _missed(foil.missed, article), caption=say["missed"])
    notes = (say["note"], load_wording("strings")["outcome"]["framing_figure"])
    html = f"<p><strong>{escape(summary)}</strong></p>{tables}" + "".join(f"<p>{escape(n)}</p>" for n in notes)
    return static_html(html, rights=story.rights), summary


def _word_list_summary(foil: CueFoil, say: dict[str, Any]) -> str:
    counts = {
        "n": len(foil.hits),
        "met": len(foil.hits) - len(foil.elsewhere),
        "plain": len(foil.on_plain),
        "missed": len(foil.missed),
        "of": len(foil.readings),
    }
    return str(say["summary"].format(**counts))


def _row(hit: Hit, article: Article) -> tuple[str, ...]:
    block = next(b.id for b in (*article.furniture, *article.paragraphs) if b.span.covers(hit.span))
    advice = ". ".join(filter(None, (", ".join(hit.neutral), hit.cue.note)))
    return place(block), hit.span.of(article.text), hit.group.name, advice


def _rows(foil: CueFoil, article: Article, say: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    for hit in foil.hits:
        met = [_device(r.entry) for r in foil.readings if hit in r.hits]
        nothing = say["plain"] if hit in foil.on_plain else say["nothing"]
        yield (*_row(hit, article), ", ".join(met) or nothing)


def _missed(entries: Sequence[Entry], article: Article) -> Iterator[tuple[str, ...]]:
    for entry in entries:
        words = " … ".join(span.of(article.text) for span in entry.spans("span"))
        yield place(entry["region"]), words, _device(entry)


def _device(entry: Entry) -> str:
    return str(load_wording("devices")[entry["device"]]["name"])
