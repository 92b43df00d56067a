"""Raw page text becomes an `Article`: furniture, paragraphs, sentences and metadata, all of them spans.

The text is never edited: line endings, no-break spaces and a byte order mark stay where they are, so an offset found
here holds for the file as it lies on the disk.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from copydesk.base.errors import CopydeskError
from copydesk.base.files import read_bytes
from copydesk.base.spans import Span
from copydesk.base.wording import load_wording

if TYPE_CHECKING:
    from copydesk.page.credits import Metadata

PARAGRAPH = "paragraph"
"""The kind of a block that is story."""
SENTENCE, NOTHING = "sentence", "nothing"
"""What can begin at a place besides a block of some kind."""
MOST_CHARACTERS = 100_000
"""How long a page may be: a long read of a magazine has half of that."""
MOST_BYTES = 4 * MOST_CHARACTERS
"""As many as these characters may take."""


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


class Parts(NamedTuple):
    """What a page consists of."""

    furniture: tuple[Block, ...]
    paragraphs: tuple[Block, ...]
    sentences: tuple[Block, ...]
    metadata: Metadata


@dataclass(frozen=True)
class Article:
    """A page taken apart. Everything points into `text`, which is the page as it was read.

    It is taken apart when one of its parts is first asked for: a lesson can begin before that.
    """

    text: str
    lines: Mapping[int, str] = field(default_factory=dict, hash=False)
    """Where the reader is corrected: the kind of the block that begins on a line."""
    begins: Mapping[int, str] = field(default_factory=dict, hash=False)
    """Where it is corrected in what begins at a place: a block of a kind, a sentence, or nothing."""

    @cached_property
    def parts(self) -> Parts:
        """All its parts."""
        return _take_apart(self.text, self.lines, self.begins)

    @cached_property
    def furniture(self) -> tuple[Block, ...]:
        """The blocks that are not the story, in reading order."""
        return self.parts.furniture

    @cached_property
    def paragraphs(self) -> tuple[Block, ...]:
        """The paragraphs of the story, in reading order."""
        return self.parts.paragraphs

    @cached_property
    def sentences(self) -> tuple[Block, ...]:
        """The sentences of the story, in reading order."""
        return self.parts.sentences

    @property
    def metadata(self) -> Metadata:
        """What the page says about itself."""
        return self.parts.metadata

    @cached_property
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
    if Path(path).is_dir():
        remedy = f"name the text file in it, such as {Path(path) / 'page.txt'}"
        raise CopydeskError(f"{path} is a folder, not a page", remedy)
    try:
        data = read_bytes(Path(path), most=MOST_BYTES + 1)
    except ValueError as fault:
        raise CopydeskError(f"{path} cannot be read ({fault})", "check its name and that you may open it") from None
    if data is None:
        raise CopydeskError(f"there is no file {path}", "check the name and the folder it is in")
    if len(data) > MOST_BYTES:
        raise _too_long(path, f"more than {MOST_CHARACTERS:,}")
    return decode_page(data, path)


def _too_long(name: object, count: str) -> CopydeskError:
    problem = f"{name} has {count} characters; a page may have {MOST_CHARACTERS:,} characters"
    return CopydeskError(problem, "keep the story alone")


def decode_page(data: bytes, name: object) -> str:
    """The text that bytes are, in UTF-8. Raises CopydeskError for what is no text, or no page."""
    again = "open it in a text editor and save it again as plain text with the encoding UTF-8"
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as fault:
        at = f"byte {fault.start} is 0x{data[fault.start]:02x}"
        raise CopydeskError(f"{name} is not UTF-8 text: {at}", again) from None
    if "\0" in text:
        raise CopydeskError(f"{name} is not a text file: byte {data.index(0)} is zero", again)
    return check_text(text, name)


def check_text(text: str, name: object) -> str:
    """The same text. Raises CopydeskError if it is too long for a page, or holds no words."""
    if len(text) > MOST_CHARACTERS:
        raise _too_long(name, f"{len(text):,}")
    if all(character.isspace() or character == "\ufeff" for character in text):
        raise CopydeskError(f"{name} holds no words", "paste the page's text into it and save it as UTF-8")
    return text


def parse_article(
    text: str, *, lines: Mapping[int, str] | None = None, begins: Mapping[int, str] | None = None
) -> Article:
    """Take a page apart: which lines are furniture, where paragraphs and sentences begin and end.

    `lines` corrects the reader: the kind of the block that begins on a line, `paragraph` or a kind of furniture. Lines
    count from 1. `begins` corrects where it cuts the page, by offset: there begins a block of a kind, or a `sentence`
    of the block before, or `nothing`. Raises CopydeskError for a text without words, a line on which no block begins,
    an offset at which none can, and an unknown kind.

    >>> page = parse_article("Rain returns to Lakeport\\n\\nBy Mara Quill\\n\\nIt rained. He refused to leave.")
    >>> [(b.id, b.kind) for b in page.blocks]
    [('f1', 'headline'), ('f2', 'byline'), ('p1', 'paragraph')]
    >>> page.metadata.byline.of(page.text)
    'Mara Quill'
    >>> [s.id for s in parse_article("It rained. He refused.", begins={11: "nothing"}).sentences]
    ['p1.s1']
    """
    if not isinstance(text, str):
        raise CopydeskError(f"a page is text, not {type(text).__name__}", "read a file with read_page(path)")
    article = Article(text, lines or {}, begins or {})
    if not article.blocks:
        raise CopydeskError("the page holds no words", "give parse_article the text of a page")
    return article


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


def _begun(
    text: str, spans: Sequence[Span], kinds: Sequence[str | None], begins: Mapping[int, str]
) -> tuple[list[Span], list[str | None]]:
    """The blocks and their kinds, cut where somebody says that one begins or that none does."""
    known = load_wording("strings")["furniture"]
    if unknown := [what for what in begins.values() if what not in (*known, SENTENCE, NOTHING)]:
        raise CopydeskError(f"no block is a '{unknown[0]}'", f"there are: {', '.join(known)}, {SENTENCE}, {NOTHING}")
    blocks = {n: None if what == PARAGRAPH else what for n, what in begins.items() if what in known}
    found = _cut(text, spans, blocks, {*begins} - {*blocks})
    starts = [span.start for span in spans]
    if strange := sorted({*blocks} - {span.start for span in found}):
        raise CopydeskError(f"no block can begin at {strange[0]} of the page", "name the offset of a word of a block")
    return found, [blocks.get(s.start, kinds[bisect_right(starts, s.start) - 1]) for s in found]


def _cut(text: str, spans: Sequence[Span], begun: Collection[int], within: Collection[int]) -> list[Span]:
    """Stretches of the text, cut where one is said to begin, and put together where none does."""
    from copydesk.page.sentences import trim

    joined: list[Span] = []
    for span in spans:
        if joined and span.start in within:
            joined[-1] = Span(joined[-1].start, span.end)
        else:
            joined.append(span)
    edges = [(s.start, *sorted(n for n in begun if s.start < n < s.end), s.end) for s in joined]
    return [s for edge in edges for a, b in pairwise(edge) if (s := trim(text, a, b))]


def _line_starts(text: str) -> list[int]:
    return [0, *(m.end() for m in re.finditer(r"\r\n|\r|\n", text))]


def find_paragraphs(text: str) -> list[Span]:
    """The paragraphs of a page, furniture too, with hard-wrapped lines put together again.

    >>> [len(p) for p in find_paragraphs("Rain ends\\n\\nIt rained.")]
    [9, 10]
    """
    from copydesk.page.furniture import read_rows

    return [row.span for row in read_rows(text)]


def _take_apart(text: str, lines: Mapping[int, str], begins: Mapping[int, str]) -> Parts:
    """Give every block and sentence its name, kind and line."""
    # The patterns of these modules take longer to compile than all else that a lesson needs before its first exercise.
    from copydesk.page.credits import find_metadata
    from copydesk.page.furniture import read_rows, show
    from copydesk.page.layout import classify
    from copydesk.page.sentences import split_sentences

    shown = show(text)
    rows = read_rows(shown)
    spans = [row.span for row in rows]
    kinds: Sequence[str | None] = classify([span.of(shown) for span in spans], [row.gap for row in rows])
    if lines:
        kinds = _corrected(text, spans, kinds, lines)
    if begins:
        spans, kinds = _begun(text, spans, kinds, begins)
    starts = _line_starts(text)

    def block(id: str, span: Span, kind: str) -> Block:
        return Block(id, span, kind, bisect_right(starts, span.start))

    known = [(span, kind) for span, kind in zip(spans, kinds, strict=True) if kind]
    story = [span for span, kind in zip(spans, kinds, strict=True) if not kind]
    furniture = tuple(block(f"f{n}", span, kind) for n, (span, kind) in enumerate(known, 1))
    paragraphs = tuple(block(f"p{n}", span, PARAGRAPH) for n, span in enumerate(story, 1))
    begun, within = ([n for n, what in begins.items() if what == one] for one in (SENTENCE, NOTHING))
    sentences = tuple(
        block(f"{p.id}.s{n}", span, "sentence")
        for p in paragraphs
        for n, span in enumerate(_cut(text, split_sentences(text, p.span), begun, within), 1)
    )
    return Parts(furniture, paragraphs, sentences, find_metadata(shown, furniture, paragraphs))
