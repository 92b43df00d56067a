"""Rules that look past one sentence: quotations that go on, block quotes, headlines."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from copydesk.attribution.cue_context import CueContext
from copydesk.attribution.grammar import ENDERS, is_finite, is_word, subject_after, trim
from copydesk.attribution.reading import AUX, CUE, CUES, DET, PRONOUN, Hit, TokenizedText, Tokens, word_set
from copydesk.attribution.speakers import is_role

_LABELS = word_set(CUES["phrases"]["labels"])


def block_quote(a: CueContext) -> Hit | None:
    """Ada Lund wrote: and then, in the next paragraph, the quotation."""
    page = a.page
    if (
        a.cue is None
        or a.passive
        or "quote" not in a.cue.frames
        or "as" in a.cue.frames
        or a.high >= len(page.low)
        or a.source is None
    ):
        return None
    if page.low[a.high - 1] not in (":", ",") or (a.cue.tense == "ing" and a.group == a.low):
        return None
    if (a.next_cues and a.next_cues[-1] != a.at) or not (page.low[a.high - 1] == ":" or a.ends_here):
        return None
    n = page.quote_at[a.high]
    if n < 0 or page.quote_words[n][0] != a.high:
        return None
    return Hit(a.source, (a.group, a.told), [page.quote_words[n]])


def quote_then_any_verb(page: TokenizedText, n: int, hits: list[Hit]) -> Hit | None:
    """“Enough,” the judge snapped: behind a quotation and its comma, any verb can be one of speaking."""
    start, end = page.quote_words[n]
    if end - start < 3 or page.low[end - 2] not in (",", "?", "!", "—", "-"):
        return None
    high = page.units[bisect_right(page.units, (start, len(page.low) + 1)) - 1][1]
    verb = next((i for i in range(end, min(high, end + 14)) if is_finite(page, i, end) or page.low[i] in ENDERS), -1)
    if verb < 0 or page.low[verb] in ENDERS or any(page.quote_at[i] >= 0 for i in range(end, verb)):
        return None
    if page.flags[verb] & AUX:
        return None
    source = trim(page, end, verb) if verb > end else subject_after(page, verb + 1, high)
    if source is None or not _names_somebody(page, source):
        return None
    return Hit(source, (verb, verb + 1), [(start, end)])


def _names_somebody(page: TokenizedText, source: Tokens) -> bool:
    first = source[0]
    return page.capital(first) or bool(page.flags[first] & (DET | PRONOUN)) or is_role(page.low[source[1] - 1])


def continued_here(page: TokenizedText, n: int, hits: list[Hit]) -> Hit | None:
    """“It rained,” Ada Lund said. “It poured.”"""
    found = _carry(page, n, hits)
    return found if found and _line_of(page, found.end - 1) == _line_of(page, page.quote_words[n][0]) else None


def continued_below(page: TokenizedText, n: int, hits: list[Hit]) -> Hit | None:
    """A quotation that opens the next paragraph and names nobody."""
    found = _carry(page, n, hits)
    return found if found and _line_of(page, found.end - 1) != _line_of(page, page.quote_words[n][0]) else None


def _line_of(page: TokenizedText, i: int) -> int:
    return bisect_right(page.lines, (i, len(page.low) + 1)) - 1


def _carry(page: TokenizedText, n: int, hits: list[Hit]) -> Hit | None:
    """The attribution that a quotation without a cue hangs on: the one its neighbour sentence made."""
    start, _end = page.quote_words[n]
    if not _stands_alone(page, n) or not hits:
        return None
    last = min((h for h in hits if h.end == hits[-1].end), key=lambda h: min(s for s, _ in h.content or [(h.end, 0)]))
    line, before = _line_of(page, start), _line_of(page, last.end - 1)
    if last.end > start or line - before > 1 or not (last.content or last.source):
        return None
    unit = bisect_right(page.units, (start, len(page.low) + 1)) - 1
    near = bisect_right(page.units, (last.end - 1, len(page.low) + 1)) - 1
    if unit - near > 1 or last.form == "non_response":
        return None
    if line != before and not _quoted(page, last):
        return None
    return last


def _quoted(page: TokenizedText, hit: Hit) -> bool:
    return any(page.quote_at[i] >= 0 for a, b in hit.content for i in (a, b - 1))


def _stands_alone(page: TokenizedText, n: int) -> bool:
    """Whether a quotation is a sentence or more by itself."""
    start, end = page.quote_words[n]
    unit = bisect_right(page.units, (start, len(page.low) + 1)) - 1
    low, high = page.units[unit]
    begins = start == low or page.low[start - 1] in ENDERS | {":"}
    whole = (
        not any(is_word(page, i) for i in range(end, high))
        or page.low[end - 1] in ENDERS
        or page.low[max(start, end - 2)] in ENDERS
    )
    return begins and whole and sum(is_word(page, i) for i in range(start, end)) >= 2


def headline_dash(page: TokenizedText, line: Tokens) -> Hit | None:
    """Ferry to sail again -harbour master"""
    start, end = line
    if (
        not 6 <= end - start <= 30
        or page.quote_at[start] >= 0
        or page.low[end - 1] in ENDERS
        or any(page.low[i] == ":" for i in range(start, end))
    ):
        return None
    dashes = [i for i in range(start, end - 1) if page.low[i] in "-–—" and _is_dash(page, i)]
    if len(dashes) != 1 or end - dashes[0] > 6 or dashes[0] < start + 3 or page.low[dashes[0] + 1].isdigit():
        return None
    dash = dashes[0]
    spaced = page.spans[dash + 1][0] > page.spans[dash][1]
    name = range(dash + 1, end)
    if not all(is_word(page, i) for i in name) or (spaced and not _known(page, dash + 1, end)):
        return None
    return Hit((dash + 1, end), (dash, dash + 1), [(start, dash)])


def speaker_colon(page: TokenizedText, line: Tokens) -> Hit | None:
    """Lund: ‘We will sail again’; LUND: We will sail again."""
    start, end = line
    colon = next((i for i in range(start + 1, min(end, start + 6)) if page.low[i] == ":"), -1)
    if (
        colon < 0
        or end - colon < 4
        or not all(page.capital(i) and page.low[i] not in _LABELS for i in range(start, colon))
    ):
        return None
    loud = page.of((start, colon)).isupper() and all(len(page.low[i]) > 2 for i in range(start, colon))
    quoted = page.quote_at[colon + 1] >= 0 and page.quote_words[page.quote_at[colon + 1]][0] == colon + 1
    title = end - start <= 20 and page.low[end - 1] not in ENDERS and _known(page, start, colon)
    if not (loud or quoted or title) or page.quote_at[start] >= 0:
        return None
    return Hit((start, colon), (colon, colon + 1), [(colon + 1, end)])


def _is_dash(page: TokenizedText, i: int) -> bool:
    text, (start, _) = page.text, page.spans[i]
    return start > 0 and text[start - 1].isspace()


def _known(page: TokenizedText, start: int, end: int) -> bool:
    return any(is_role(page.low[i]) for i in range(start, end)) and not any(
        page.flags[i] & CUE for i in range(start, end)
    )


def covered(hits: list[Hit], words: Tokens) -> bool:
    """Whether a quotation is already part of what somebody said."""
    at = bisect_left(hits, words[0], key=lambda h: h.end)
    return any(a < words[1] and words[0] < b for h in hits[max(0, at - 3) :] for a, b in h.content)
