"""Lines: how the text of a page becomes the lines that the rules look at.

A line of the text is a line of the page, with three exceptions: lines that were wrapped by hand are put together again,
a capital that stands alone before its word joins it, and a byline spread over several lines becomes one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from copydesk.base.spans import Span
from copydesk.base.wording import load_wording
from copydesk.page.credits import BYLINE, BYLINE_ALONE, NAMES_LINE
from copydesk.page.furniture import kind_by_words
from copydesk.page.sentences import INVISIBLE, ends_sentence, trim

_BREAK = re.compile("\r\n|[\n\r\v\f\x85\u2028\u2029]")
_SHOWN = str.maketrans(dict.fromkeys(INVISIBLE.replace("\u00ad", ""), " "))
_WIDEST = 120  # characters: nobody wraps lines wider than that by hand
_LONG = 36  # one line of this length that breaks off is proof enough; shorter ones must be two
_SHORT = 20  # a shorter line was not wrapped
_RAGGED = 4  # how much longer a line may be than the longest one that proves the wrapping
_OPEN = frozenset(load_wording("sentences")["open"])
_DROPPED = re.compile(r"[“\"'‘«„]?[^\W\d_]")


class Row(NamedTuple):
    """A line of the page; `gap` when a blank line stands above it, `indent` white space before its first word."""

    span: Span
    gap: bool
    indent: int

    @property
    def width(self) -> int:
        """Its columns, with the white space before it."""
        return self.indent + len(self.span)


def show(text: str) -> str:
    """The text as a reader sees it, at the same offsets: characters without a shape become spaces.

    >>> show("By\\u200b Ada Lund")
    'By  Ada Lund'
    """
    return text.translate(_SHOWN)


def read_rows(text: str) -> list[Row]:
    """The lines of a page, without white space at their edges, wrapped lines put together.

    >>> text = "T\\nhree bridges are closed until May.\\n\\nBy\\nAda Lund"
    >>> [row.span.of(text) for row in read_rows(text)]
    ['T\\nhree bridges are closed until May.', 'By\\nAda Lund']
    """
    return _join_names(text, _unwrap(text, _rows(text)))


def _rows(text: str) -> list[Row]:
    rows, start, gap = [], 0, False
    for end in (*(m.span() for m in _BREAK.finditer(text)), (len(text), len(text))):
        span = trim(text, start, end[0])
        if span:
            rows.append(Row(span, gap, span.start - start))
        start, gap = end[1], span is None
    return rows


def _unwrap(text: str, rows: Sequence[Row]) -> list[Row]:
    done: list[Row] = []
    for above, row, wrapping in zip((None, *rows), rows, _wrappings(text, rows), strict=False):
        if above and _goes_on(text, above, row, *wrapping):
            done[-1] = done[-1]._replace(span=Span(done[-1].span.start, row.span.end))
        else:
            done.append(row)
    return done


def _wrappings(text: str, rows: Sequence[Row]) -> list[tuple[int, bool]]:
    """For each line, the column at which the text around it is wrapped (0: not), and whether paragraphs are indented.

    A page is judged by region, nine stanzas (lines without a blank one between) at a time: a menu or a quoted letter
    has a width of its own.
    """
    stanza_of: list[int] = []
    proofs: list[list[tuple[int, bool]]] = [[]]
    for above, row in zip((None, *rows), rows, strict=False):
        if row.gap:
            proofs.append([])
        if above and above.width <= _WIDEST and _breaks_off(text, above, row):
            proofs[-1].append((above.width, above.indent > row.indent))
        stanza_of.append(len(proofs) - 1)
    wrappings = []
    for n in range(len(proofs)):
        region = [proof for stanza in proofs[max(0, n - 4) : n + 5] for proof in stanza]
        column = max((width for width, _ in region), default=0)
        proven = len(region) > 1 or column >= _LONG
        wrappings.append((column if proven else 0, any(indented for _, indented in region)))
    return [wrappings[n] for n in stanza_of]


def _breaks_off(text: str, above: Row, below: Row) -> bool:
    """A line without an end, and the next begins in lower case; or a line that ends in a word such as the or of."""
    if below.gap or len(above.span) < _SHORT:
        return False
    if not text[below.span.start].islower() and above.span.of(text).rsplit(maxsplit=1)[-1] not in _OPEN:
        return False
    if ends_sentence(above.span.of(text)) or kind_by_words(above.span.of(text)):
        return False
    return kind_by_words(below.span.of(text)) is None or ends_sentence(below.span.of(text))


def _goes_on(text: str, above: Row, below: Row, column: int, indented: bool) -> bool:
    """Whether the line below belongs to the same paragraph as the line above, in a text wrapped at `column`."""
    if _is_dropped(text, above.span, below.span):
        return True
    if below.gap or below.indent > (0 if indented else above.indent):
        return False
    if _breaks_off(text, above, below) and (column or len(above.span) >= _LONG):
        return True
    if not column or above.width > column + _RAGGED:
        return False
    full = column - above.width <= len(below.span.of(text).split(maxsplit=1)[0])
    return full and not any(kind_by_words(row.span.of(text)) for row in (above, below))


def _is_dropped(text: str, above: Span, below: Span) -> bool:
    """T, and hree bridges on the next line: a large first letter that the page sets apart."""
    if len(above) > 2 or len(below) < _SHORT or not _DROPPED.fullmatch(above.of(text)):
        return False
    rest = below.of(text).split(maxsplit=1)[0]
    return text[above.end - 1].isupper() and (rest[0].islower() or (rest.isupper() and len(below) >= 2 * _SHORT))


def _join_names(text: str, rows: Sequence[Row]) -> list[Row]:
    """By / Ada Lund / and / Bo Ode: one byline. After a name a joining word must come, after that word a name."""
    done: list[Row] = []
    wants_name = wants_more = False
    for row in rows:
        words = row.span.of(text)
        short = len(words) <= _WIDEST
        part = NAMES_LINE.fullmatch(words) if short and (wants_name or wants_more) else None
        if part and (part["joined"] if wants_more else part["name"] and not part["joined"]):
            done[-1] = done[-1]._replace(span=Span(done[-1].span.start, row.span.end))
            wants_name = not part["name"] or part["open"] is not None
            wants_more = not wants_name
        else:
            done.append(row)
            wants_name = short and BYLINE_ALONE.fullmatch(words) is not None
            wants_more = short and not wants_name and BYLINE.fullmatch(words) is not None
    return done
