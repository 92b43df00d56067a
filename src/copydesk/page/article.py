"""Raw page text becomes an `Article`: furniture, paragraphs, sentences and metadata, all of them spans.

The text is never edited: line endings, no-break spaces and a byte order mark stay where they are, so an offset found
here holds for the file as it lies on the disk.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from pathlib import Path

from copydesk.base.errors import CopydeskError
from copydesk.base.spans import Span
from copydesk.base.wording import load_wording
from copydesk.page.furniture import (
    AGENCY_CREDIT,
    AGENCY_LINE,
    BARE_NAME,
    BYLINE,
    COPYRIGHT,
    LONGEST,
    REPORTERS,
    TITLED,
    classify,
    kind_by_words,
)
from copydesk.page.sentences import ends_sentence, split_sentences, trim

_LINE_END = re.compile(r"\r\n|\r|\n")
_WIDEST, _LONG = 120, 45  # characters: nobody wraps lines wider than that by hand; a shorter line was not wrapped
MOST_CHARACTERS = 100_000
"""How long a page may be: a long read of a magazine has half of that."""
_MONTH = "|".join(load_wording("furniture")["names"]["months"])
_DATE = rf"(?i:(?:{_MONTH})\.?\s+\d{{1,2}}(?:,\s+\d{{4}})?|\d{{1,2}}\s+(?:{_MONTH})\.?(?:\s+\d{{4}})?)"
_WHOLE = re.compile(r"(?P<whole>.+)", re.DOTALL)
_NAME = rf"{TITLED}(?:[\s/]+{TITLED}){{0,3}}"
_DATELINE = re.compile(
    rf"(?P<dateline>(?P<place>{_NAME})(?:,\s+(?!(?i:{_MONTH})\b){_NAME})?(?:,?\s+(?P<date>{_DATE}))?(?:\s*\((?P<agency>{_NAME})\))?)"
    r"\s*(?:--|[-–—])\s+(?=(?P<next>\S))"
)


@dataclass(frozen=True, slots=True)
class Block:
    """A named stretch of the page: `f1` furniture, `p1` a paragraph, `p1.s1` a sentence. `line` counts from 1."""

    id: str
    span: Span
    kind: str
    line: int

    @property
    def start(self) -> int:
        """Where it begins, in code points."""
        return self.span.start

    @property
    def end(self) -> int:
        """Where it ends, exclusive."""
        return self.span.end

    def of(self, text: str) -> str:
        """Its words, looked up in the page."""
        return self.span.of(text)


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the page says about itself, as spans: a name is the name only, without “By”."""

    headline: Span | None = None
    byline: Span | None = None
    agency: Span | None = None
    dateline: Span | None = None
    copyright: Span | None = None
    published: Span | None = None
    updated: Span | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """A page taken apart. Everything points into `text`, which is the page as it was read."""

    text: str
    furniture: tuple[Block, ...]
    paragraphs: tuple[Block, ...]
    sentences: tuple[Block, ...]
    metadata: Metadata

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Furniture and paragraphs together, in reading order."""
        return tuple(sorted(self.furniture + self.paragraphs, key=lambda b: b.start))

    def block(self, id: str) -> Block:
        """The block, paragraph or sentence of that name.

        >>> parse_article("It rained. He refused.").block("p1.s2").span
        Span(start=11, end=22)
        """
        for block in (*self.furniture, *self.paragraphs, *self.sentences):
            if block.id == id:
                return block
        layers = [layer for layer in (self.furniture, self.paragraphs, self.sentences) if layer]
        raise CopydeskError(
            f"no block named {id!r} on this page", "there are: " + ", ".join(f"{x[0].id} to {x[-1].id}" for x in layers)
        )

    def sentences_of(self, paragraph_id: str) -> tuple[Block, ...]:
        """The sentences of one paragraph, in reading order.

        >>> [s.id for s in parse_article("It rained. He refused.").sentences_of("p1")]
        ['p1.s1', 'p1.s2']
        """
        paragraph = self.block(paragraph_id)
        return tuple(s for s in self.sentences if paragraph.span.covers(s.span))


def read_page(path: str | Path) -> str:
    """The text of a page file exactly as it lies on the disk; offsets count its code points.

    Raises `CopydeskError` naming file, fault and remedy when there is no readable page.
    """
    try:
        data = Path(path).read_bytes()
    except FileNotFoundError:
        raise CopydeskError(f"there is no file {path}", "check the name and the folder it is in") from None
    except IsADirectoryError:
        raise CopydeskError(
            f"{path} is a folder, not a page", f"name the text file in it, such as {Path(path) / 'page.txt'}"
        ) from None
    except (OSError, ValueError) as fault:
        raise CopydeskError(f"{path} cannot be read ({fault})", "check its name and that you may open it") from None
    return _decode(data, path)


def _decode(data: bytes, path: str | Path) -> str:
    again = "open it in a text editor and save it again as plain text with the encoding UTF-8"
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as fault:
        raise CopydeskError(
            f"{path} is not UTF-8 text: byte {fault.start} is 0x{data[fault.start]:02x}", again
        ) from None
    if "\0" in text:
        raise CopydeskError(f"{path} is not a text file: byte {data.index(0)} is zero", again)
    if len(text) > MOST_CHARACTERS:
        most = f"{MOST_CHARACTERS:,} characters"
        raise CopydeskError(f"{path} has {len(text):,} characters; a page may have {most}", "keep the story alone")
    if not trim(text, 0, len(text)):
        raise CopydeskError(f"{path} holds no words", "paste the page's text into it and save it as UTF-8")
    return text


def parse_article(text: str) -> Article:
    """Take a page apart: which lines are furniture, where paragraphs and sentences begin and end.

    >>> page = parse_article("Rain returns to Lakeport\\n\\nBy Mara Quill\\n\\nIt rained. He refused to leave.")
    >>> [(b.id, b.kind) for b in page.blocks]
    [('f1', 'headline'), ('f2', 'byline'), ('p1', 'paragraph')]
    >>> page.metadata.byline.of(page.text)
    'Mara Quill'
    """
    if not isinstance(text, str):
        raise CopydeskError(f"a page is text, not {type(text).__name__}", "read a file with read_page(path)")
    rows = list(_rows(text))
    spans = _unwrap(text, rows)
    if not spans:
        raise CopydeskError("the page holds no words", "give parse_article the text of a page")
    kinds = classify([span.of(text) for span in spans])
    starts = [0, *(m.end() for m in _LINE_END.finditer(text))]
    return _assemble(text, spans, kinds, starts)


def _assemble(text: str, spans: Sequence[Span], kinds: Sequence[str | None], starts: Sequence[int]) -> Article:
    """Give every span its name, kind and line."""

    def block(id: str, span: Span, kind: str) -> Block:
        return Block(id, span, kind, bisect_right(starts, span.start))

    known = [(span, kind) for span, kind in zip(spans, kinds, strict=True) if kind]
    story = [span for span, kind in zip(spans, kinds, strict=True) if not kind]
    furniture = tuple(block(f"f{n}", span, kind) for n, (span, kind) in enumerate(known, 1))
    paragraphs = tuple(block(f"p{n}", span, "paragraph") for n, span in enumerate(story, 1))
    sentences = tuple(
        block(f"{p.id}.s{n}", span, "sentence")
        for p in paragraphs
        for n, span in enumerate(split_sentences(text, p.span), 1)
    )
    return Article(text, furniture, paragraphs, sentences, _metadata(text, furniture, paragraphs))


def _rows(text: str) -> Iterator[Span | None]:
    """The lines without the white space at their edges; None for a blank one."""
    start = 0
    for end in _LINE_END.finditer(text):
        yield trim(text, start, end.start())
        start = end.end()
    yield trim(text, start, len(text))


def _unwrap(text: str, rows: Sequence[Span | None]) -> list[Span]:
    """Put hard-wrapped lines together again.

    A line is a block of its own, unless a long one breaks off and the next goes on in lower case. A page of narrow
    lines where that happens is wrapped: there every line goes on that had no room for the next one's first word.
    """
    widest = max((len(row) for row in rows if row), default=0)
    wrapped = widest <= _WIDEST and any(_breaks_off(text, a, b) for a, b in pairwise(rows) if a and b)
    done: list[Span] = []
    above: Span | None = None
    for row in rows:
        if row and above and _goes_on(text, above, row, width=widest if wrapped else None):
            done[-1] = Span(done[-1].start, row.end)
        elif row:
            done.append(row)
        above = row
    return done


def _breaks_off(text: str, above: Span, below: Span) -> bool:
    """A long line without an end, and the next begins in lower case."""
    return len(above) >= _LONG and text[below.start].islower() and not ends_sentence(above.of(text))


def _goes_on(text: str, above: Span, below: Span, *, width: int | None) -> bool:
    """Whether the line below belongs to the same paragraph as the line above, on a page wrapped at `width`."""
    full = width and len(above) >= _LONG and len(above) + 1 + len(below.of(text).split(maxsplit=1)[0]) > width
    if not (full or _breaks_off(text, above, below)):
        return False
    return not any(kind_by_words(line.of(text)) for line in (above, below))


def _metadata(text: str, furniture: Sequence[Block], paragraphs: Sequence[Block]) -> Metadata:
    dateline = _dateline(text, paragraphs[0].span) if paragraphs else None

    def find(kind: str, pattern: re.Pattern[str] = _WHOLE, group: str = "whole") -> Iterator[Span]:
        for block in furniture:
            match = pattern.search(block.of(text)) if block.kind == kind else None
            if match:
                yield Span(block.start + match.start(group), block.start + match.end(group))

    return Metadata(
        headline=_first(find("headline")),
        byline=_first(
            find("byline", BYLINE, "who"),
            find("byline", BARE_NAME, "who"),
            find("editor_credit", REPORTERS, "who"),
        ),
        agency=_first(
            find("agency_line", AGENCY_LINE, "agency"),
            _group(dateline, "agency"),
            find("credit", AGENCY_CREDIT, "agency"),
        ),
        dateline=_first(_group(dateline, "dateline")),
        copyright=_first(find("copyright", COPYRIGHT, "claim"), find("photo_caption_copyright", COPYRIGHT, "claim")),
        published=_first(find("timestamp")),
        updated=_first(find("update_stamp")),
    )


def _first(*ways: Iterator[Span]) -> Span | None:
    return next(chain(*ways), None)


def _dateline(text: str, paragraph: Span) -> re.Match[str] | None:
    """RIVERTON, March 3 (Agency) – at the start of the story: a place in capitals, or with a date or an agency."""
    match = _DATELINE.match(text, paragraph.start, min(paragraph.end, paragraph.start + LONGEST))
    if not match or match["next"].islower():
        return None
    place = match["place"]
    loud = place.isupper() and len(place) > 2 and not kind_by_words(place)
    return match if loud or match["date"] or match["agency"] else None


def _group(match: re.Match[str] | None, name: str) -> Iterator[Span]:
    if match and match[name]:
        yield Span(*match.span(name))
