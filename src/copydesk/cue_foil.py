"""A word list beside the key: which framing devices it points at, which it misses, and where else it points.

The list is a foil, never a judge: learners predict what it will flag, run it, and count what it missed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from copydesk.article import Article
from copydesk.framing import Hit, find_cues
from copydesk.key import Entry, Key
from copydesk.spans import Span


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
    >>> [(r.entry.id, [h.cue.word for h in r.hits]) for r in foil.readings]
    [('D26', ['deny']), ('D27', ['entitled'])]
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
