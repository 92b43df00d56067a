"""Quotation marks: which open, which close, and where a quotation ends when its mark is missing.

The shape around a mark counts before its glyph, so a wrong mark still does its work. One pass over the marks.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from copydesk.sentences import PAGE
from copydesk.spans import Span

_MARK = re.compile(r"[“”„‟«»\"]|``|''")
_SINGLE = re.compile(r"(?<![\w’'])[‘'](?=[\w\[])([^\n“”\"‘]{1,400}?)(?<=[\w.,!?…])[’'](?![\w’'])")
_STOP = re.compile(r"[.?!…][”\"’')]*(?=\s)")
_TAIL = re.compile(rf"[,?!](?=\s(?:[^\s,.“”\"]+\s){{0,5}}(?:{'|'.join(PAGE['sentences']['saying'])})\b)")
_GLYPH = {"“": "open", "„": "open", "«": "open", "``": "open", "”": "close", "»": "close", "''": "close"}
_BEFORE_OPEN, _AFTER_CLOSE = "([{—–-/‘'", ".,;:!?)]}—–-’'/"
_LONGEST_GUESS = 600  # characters: how far back a quotation without an opening mark may reach


@dataclass(frozen=True, slots=True)
class Quote:
    """A quotation with its marks; `carries` when the mark left open promises more in the next paragraph."""

    span: Span
    carries: bool = False


def find_quotes(text: str, lines: Sequence[Span]) -> list[Quote]:
    """Every quotation of a text whose paragraphs are `lines`, in reading order.

    >>> text = '“Rain,” he said. "Then sun." \\'Snow,\\' she said.'
    >>> [q.span.of(text) for q in find_quotes(text, [Span(0, len(text))])]
    ['“Rain,”', '"Then sun."', "'Snow,'"]
    """
    found = _double(text, lines)
    return _with_single(text, found)


def _side(text: str, start: int, end: int, glyph: str) -> str:
    before, after = text[start - 1 : start] if start else "", text[end : end + 1]
    can_open = (not before or before.isspace() or before in _BEFORE_OPEN) and bool(after) and not after.isspace()
    can_close = bool(before) and not before.isspace() and (not after or after.isspace() or after in _AFTER_CLOSE)
    if can_open != can_close:
        return "open" if can_open else "close"
    return _GLYPH.get(glyph, "either")


def _double(text: str, lines: Sequence[Span]) -> list[Quote]:
    starts = [line.start for line in lines]
    found: list[Quote] = []
    opened = -1  # where the open quotation began
    home = -1  # the line it began in
    last = 0  # where the last quotation ended
    for match in _MARK.finditer(text):
        start, end = match.span()
        line = bisect_right(starts, start) - 1
        side = _side(text, start, end, match.group())
        if opened >= 0 and line != home and (side != "close" or line > home + 1):
            found.append(_unclosed(text, opened, lines[home], carries=_opens(line, home, start, starts, side)))
            last, opened = found[-1].span.end, -1
        if opened < 0 and side == "close":
            guess = _guess_start(text, max(last, lines[line].start, start - _LONGEST_GUESS), start)
            if guess is not None:
                found.append(Quote(Span(guess, end)))
                last = end
        elif opened < 0:
            opened, home = start, line
        elif side == "open" and start > opened + 1:
            found.append(_broken(text, opened, start))
            last, opened, home = found[-1].span.end, start, line
        else:
            found.append(Quote(Span(opened, end)))
            last, opened = end, -1
    if opened >= 0:
        found.append(_unclosed(text, opened, lines[home], carries=False))
    return found


def _opens(line: int, home: int, start: int, starts: Sequence[int], side: str) -> bool:
    return line == home + 1 and start - starts[line] < 2 and side != "close"


def _unclosed(text: str, start: int, line: Span, *, carries: bool) -> Quote:
    """A quotation that its paragraph leaves open: up to its speaker, to the paragraph's end, or one sentence."""
    tail = None if carries else _TAIL.search(text, start, line.end)
    if tail:
        return Quote(Span(start, tail.end()))
    if carries or start - line.start < 2:
        return Quote(Span(start, max(line.end, start + 1)), carries)
    return _broken(text, start, max(line.end, start + 1))


def _broken(text: str, start: int, end: int) -> Quote:
    stop = _STOP.search(text, start, end)
    return Quote(Span(start, stop.end() if stop else end))


def _guess_start(text: str, floor: int, end: int) -> int | None:
    """Where a quotation with only its closing mark may begin: at its sentence, if a comma or stop ends it."""
    if end - floor < 2 or text[end - 1] not in ",.?!…":
        return None
    begin = floor
    for stop in _STOP.finditer(text, floor, end - 1):
        begin = stop.end()
    while begin < end and text[begin].isspace():
        begin += 1
    return begin if end - begin > 8 else None


def _with_single(text: str, found: list[Quote]) -> list[Quote]:
    if "‘" not in text and "'" not in text:
        return found
    starts = [q.span.start for q in found]
    single = []
    for match in _SINGLE.finditer(text):
        at = bisect_right(starts, match.start()) - 1
        inside = at >= 0 and found[at].span.end > match.start()
        over = at + 1 < len(found) and found[at + 1].span.start < match.end()
        if not inside and not over:
            single.append(Quote(Span(*match.span())))
    return sorted(found + single, key=lambda q: q.span) if single else found
