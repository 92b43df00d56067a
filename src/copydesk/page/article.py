"""Raw page text becomes an `Article`: furniture, paragraphs, sentences and metadata, all of them spans.

The text is never edited: line endings, no-break spaces and a byte order mark stay where they are, so an offset found
here holds for the file as it lies on the disk.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from copydesk.base.errors import CopydeskError
from copydesk.base.spans import Span
from copydesk.base.wording import load_wording
from copydesk.page.credits import (
    AGENCY,
    AGENCY_CREDIT,
    AGENCY_LAST,
    AGENCY_LINE,
    BARE_NAME,
    BYLINE,
    COPYRIGHT,
    COPYRIGHT_FIRST,
    LONGEST,
    REPORTERS,
    STAMP,
    any_of,
    find_dateline,
)
from copydesk.page.layout import classify
from copydesk.page.lines import read_rows, show
from copydesk.page.sentences import split_sentences, trim

PARAGRAPH = "paragraph"
"""The kind of a block that is story."""
_NEW_LINE = re.compile(r"\r\n|\r|\n")
_NOTHING: Mapping[int, str] = {}
MOST_CHARACTERS = 100_000
"""How long a page may be: a long read of a magazine has half of that."""
_WHOLE = re.compile(r"(?P<whole>.+)", re.DOTALL)
_PART = re.compile(r"(?P<part>[^\s|•·,;/–—-](?:.*[^\s|•·,;/–—-])?)", re.DOTALL)  # no bar or dash at its ends
_UPDATED = re.compile(rf"(?<![^\W\d_])(?i:{any_of(load_wording('furniture')['stamps']['updates'])})\b")


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


def parse_article(text: str, *, lines: Mapping[int, str] = _NOTHING) -> Article:
    """Take a page apart: which lines are furniture, where paragraphs and sentences begin and end.

    `lines` corrects the reader: the kind of the block that begins on a line, `paragraph` or a kind of furniture. Lines
    count from 1. Raises CopydeskError for a text without words, a line on which no block begins, and an unknown kind.

    >>> page = parse_article("Rain returns to Lakeport\\n\\nBy Mara Quill\\n\\nIt rained. He refused to leave.")
    >>> [(b.id, b.kind) for b in page.blocks]
    [('f1', 'headline'), ('f2', 'byline'), ('p1', 'paragraph')]
    >>> page.metadata.byline.of(page.text)
    'Mara Quill'
    """
    if not isinstance(text, str):
        raise CopydeskError(f"a page is text, not {type(text).__name__}", "read a file with read_page(path)")
    shown = show(text)
    rows = read_rows(shown)
    if not rows:
        raise CopydeskError("the page holds no words", "give parse_article the text of a page")
    kinds = classify([row.span.of(shown) for row in rows], [row.gap for row in rows])
    spans = [row.span for row in rows]
    return _assemble(text, shown, spans, _corrected(text, spans, kinds, lines) if lines else kinds)


def _corrected(
    text: str, spans: Sequence[Span], kinds: Sequence[str | None], lines: Mapping[int, str]
) -> list[str | None]:
    """The kinds of the blocks, with those that somebody has given by line; None is story."""
    starts, known = _line_starts(text), load_wording("strings")["furniture"]
    numbers = [bisect_right(starts, span.start) for span in spans]
    if strange := sorted({*lines} - {*numbers}):
        raise CopydeskError(f"no block begins on line {strange[0]} of the page", "name the first line of a block")
    if unknown := [kind for kind in lines.values() if kind not in known]:
        raise CopydeskError(f"no block is a '{unknown[0]}'", f"there are: {', '.join(known)}")
    given = {line: None if kind == PARAGRAPH else kind for line, kind in lines.items()}
    return [given.get(number, kind) for number, kind in zip(numbers, kinds, strict=True)]


def _line_starts(text: str) -> list[int]:
    return [0, *(m.end() for m in _NEW_LINE.finditer(text))]


def find_paragraphs(text: str) -> list[Span]:
    """The paragraphs of a page, furniture too, with hard-wrapped lines put together again.

    >>> [len(p) for p in find_paragraphs("Rain ends\\n\\nIt rained.")]
    [9, 10]
    """
    return [row.span for row in read_rows(text)]


def _assemble(text: str, shown: str, spans: Sequence[Span], kinds: Sequence[str | None]) -> Article:
    """Give every span its name, kind and line."""
    starts = _line_starts(text)

    def block(id: str, span: Span, kind: str) -> Block:
        return Block(id, span, kind, bisect_right(starts, span.start))

    known = [(span, kind) for span, kind in zip(spans, kinds, strict=True) if kind]
    story = [span for span, kind in zip(spans, kinds, strict=True) if not kind]
    furniture = tuple(block(f"f{n}", span, kind) for n, (span, kind) in enumerate(known, 1))
    paragraphs = tuple(block(f"p{n}", span, PARAGRAPH) for n, span in enumerate(story, 1))
    sentences = tuple(
        block(f"{p.id}.s{n}", span, "sentence")
        for p in paragraphs
        for n, span in enumerate(split_sentences(text, p.span), 1)
    )
    return Article(text, furniture, paragraphs, sentences, _metadata(shown, furniture, paragraphs))


def _metadata(text: str, furniture: Sequence[Block], paragraphs: Sequence[Block]) -> Metadata:
    """What the furniture and the beginning of the story say; what stands under the headline speaks first."""
    top = next((n for n, block in enumerate(furniture) if block.kind == "headline"), 0)
    story, end = (paragraphs[0].start, paragraphs[-1].end) if paragraphs else (len(text), 0)
    head = [block for block in furniture[top:] if block.start < story]
    ordered = [*head, *reversed(furniture[:top]), *furniture[top + len(head) :]]
    dateline = _dateline(text, paragraphs)

    def find(kind: str, pattern: re.Pattern[str] = _WHOLE, group: str = "whole") -> Iterator[Span]:
        for block in ordered:
            match = pattern.search(block.of(text)) if block.kind == kind else None
            if match and match[group]:
                yield Span(block.start + match.start(group), block.start + match.end(group))

    def agency_of_byline() -> Iterator[Span]:
        for rest in find("byline", BYLINE, "rest"):
            if match := AGENCY.search(text, rest.start, rest.end):
                yield from _group(match, "agency")

    def stamp(*, updated: bool) -> Iterator[Span]:
        """One line may hold both: Published 3 March 2024 | Updated 4 March 2024."""
        for block in ordered:
            if block.kind in ("links_heading", "comment_link") and block.start > story:
                return  # from here on the stamps are those of other pages
            later = _UPDATED.search(text, block.start, block.end)
            cut = later.start() if later else block.end
            if block.kind in ("timestamp", "update_stamp") or (block.kind == "byline" and updated):
                part = _PART.search(text, *((cut, block.end) if updated else (block.start, cut)))
                yield from _group(part, "part")
            elif block.kind == "byline":
                yield from _group(STAMP.search(text, block.start, cut), "whole")

    return Metadata(
        headline=_first(find("headline")),
        byline=_first(
            find("byline", BYLINE, "who"),
            find("byline", BARE_NAME, "who"),
            find("editor_credit", REPORTERS, "who"),
        ),
        agency=_first(
            find("agency_line", AGENCY_LINE, "agency"),
            agency_of_byline(),
            _group(dateline, "agency"),
            find("credit", AGENCY_CREDIT, "agency"),
            _group(AGENCY_LAST.search(text, max(end - LONGEST, 0), end), "agency"),
        ),
        dateline=_first(_group(dateline, "dateline")),
        copyright=_first(
            find("copyright", COPYRIGHT_FIRST, "claim"),
            find("photo_caption_copyright", COPYRIGHT, "claim"),
        ),
        published=_first(stamp(updated=False)),
        updated=_first(stamp(updated=True)),
    )


def _first(*ways: Iterator[Span]) -> Span | None:
    return next(chain(*ways), None)


def _dateline(text: str, paragraphs: Sequence[Block]) -> re.Match[str] | None:
    """The dateline at the start of the story, or of its second paragraph, where a summary stands before it."""
    found = (find_dateline(text, p.start, p.end) for p in paragraphs[:2])
    return next((match for match in found if match), None)


def _group(match: re.Match[str] | None, name: str) -> Iterator[Span]:
    if match and match.groupdict().get(name):
        yield Span(*match.span(name))
