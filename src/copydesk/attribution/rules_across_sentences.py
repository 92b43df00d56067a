"""Rules that look past one sentence: quotations that go on, block quotes, headlines."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from copydesk.attribution.cue_context import CueContext
from copydesk.attribution.grammar import ENDERS, is_finite, is_word, subject_after, trim
from copydesk.attribution.reading import AUX, CUE, CUES, DET, PRONOUN, Hit, TokenizedText, TokenRange, word_set
from copydesk.attribution.speakers import is_role

_LABELS = word_set(CUES["phrases"]["labels"])


def block_quote(ctx: CueContext) -> Hit | None:
    """Ada Lund wrote: and then, in the next paragraph, the quotation."""
    doc = ctx.doc
    if (
        ctx.cue is None
        or ctx.passive
        or "quote" not in ctx.cue.frames
        or "as" in ctx.cue.frames
        or ctx.high >= len(doc.words)
        or ctx.source is None
    ):
        return None
    if doc.words[ctx.high - 1] not in (":", ",") or (ctx.cue.tense == "ing" and ctx.verb_start == ctx.low):
        return None
    if (ctx.free_cues and ctx.free_cues[-1] != ctx.at) or not (doc.words[ctx.high - 1] == ":" or ctx.ends_here):
        return None
    n = doc.quote_at[ctx.high]
    if n < 0 or doc.quote_words[n][0] != ctx.high:
        return None
    return Hit(ctx.source, (ctx.verb_start, ctx.after_addressee), [doc.quote_words[n]])


def quote_then_any_verb(doc: TokenizedText, n: int, hits: list[Hit]) -> Hit | None:
    """“Enough,” the judge snapped: behind a quotation and its comma, any verb can be one of speaking."""
    start, end = doc.quote_words[n]
    if end - start < 3 or doc.words[end - 2] not in (",", "?", "!", "—", "-"):
        return None
    high = doc.sentences[bisect_right(doc.sentences, (start, len(doc.words) + 1)) - 1][1]
    verb = next((i for i in range(end, min(high, end + 14)) if is_finite(doc, i, end) or doc.words[i] in ENDERS), -1)
    if verb < 0 or doc.words[verb] in ENDERS or any(doc.quote_at[i] >= 0 for i in range(end, verb)):
        return None
    if doc.flags[verb] & AUX:
        return None
    source = trim(doc, end, verb) if verb > end else subject_after(doc, verb + 1, high)
    if source is None or not _names_somebody(doc, source):
        return None
    return Hit(source, (verb, verb + 1), [(start, end)])


def _names_somebody(doc: TokenizedText, source: TokenRange) -> bool:
    first = source[0]
    return doc.capital(first) or bool(doc.flags[first] & (DET | PRONOUN)) or is_role(doc.words[source[1] - 1])


def continued_here(doc: TokenizedText, n: int, hits: list[Hit]) -> Hit | None:
    """“It rained,” Ada Lund said. “It poured.”"""
    found = _carry(doc, n, hits)
    return found if found and _line_of(doc, found.end - 1) == _line_of(doc, doc.quote_words[n][0]) else None


def continued_below(doc: TokenizedText, n: int, hits: list[Hit]) -> Hit | None:
    """A quotation that opens the next paragraph and names nobody."""
    found = _carry(doc, n, hits)
    return found if found and _line_of(doc, found.end - 1) != _line_of(doc, doc.quote_words[n][0]) else None


def _line_of(doc: TokenizedText, i: int) -> int:
    return bisect_right(doc.lines, (i, len(doc.words) + 1)) - 1


def _carry(doc: TokenizedText, n: int, hits: list[Hit]) -> Hit | None:
    """The attribution that a quotation without a cue hangs on: the one its neighbour sentence made."""
    start, _end = doc.quote_words[n]
    if not _stands_alone(doc, n) or not hits:
        return None
    last = min((h for h in hits if h.end == hits[-1].end), key=lambda h: min(s for s, _ in h.content or [(h.end, 0)]))
    line, before = _line_of(doc, start), _line_of(doc, last.end - 1)
    if last.end > start or line - before > 1 or not (last.content or last.source):
        return None
    unit = bisect_right(doc.sentences, (start, len(doc.words) + 1)) - 1
    near = bisect_right(doc.sentences, (last.end - 1, len(doc.words) + 1)) - 1
    if unit - near > 1 or last.form == "non_response":
        return None
    if line != before and not _quoted(doc, last):
        return None
    return last


def _quoted(doc: TokenizedText, hit: Hit) -> bool:
    return any(doc.quote_at[i] >= 0 for a, b in hit.content for i in (a, b - 1))


def _stands_alone(doc: TokenizedText, n: int) -> bool:
    """Whether a quotation is a sentence or more by itself."""
    start, end = doc.quote_words[n]
    unit = bisect_right(doc.sentences, (start, len(doc.words) + 1)) - 1
    low, high = doc.sentences[unit]
    begins = start == low or doc.words[start - 1] in ENDERS | {":"}
    whole = (
        not any(is_word(doc, i) for i in range(end, high))
        or doc.words[end - 1] in ENDERS
        or doc.words[max(start, end - 2)] in ENDERS
    )
    return begins and whole and sum(is_word(doc, i) for i in range(start, end)) >= 2


def headline_dash(doc: TokenizedText, line: TokenRange) -> Hit | None:
    """Ferry to sail again -harbour master"""
    start, end = line
    if (
        not 6 <= end - start <= 30
        or doc.quote_at[start] >= 0
        or doc.words[end - 1] in ENDERS
        or any(doc.words[i] == ":" for i in range(start, end))
    ):
        return None
    dashes = [i for i in range(start, end - 1) if doc.words[i] in "-–—" and _is_dash(doc, i)]
    if len(dashes) != 1 or end - dashes[0] > 6 or dashes[0] < start + 3 or doc.words[dashes[0] + 1].isdigit():
        return None
    dash = dashes[0]
    spaced = doc.spans[dash + 1][0] > doc.spans[dash][1]
    name = range(dash + 1, end)
    if not all(is_word(doc, i) for i in name) or (spaced and not _known(doc, dash + 1, end)):
        return None
    return Hit((dash + 1, end), (dash, dash + 1), [(start, dash)])


def speaker_colon(doc: TokenizedText, line: TokenRange) -> Hit | None:
    """Lund: ‘We will sail again’; LUND: We will sail again."""
    start, end = line
    colon = next((i for i in range(start + 1, min(end, start + 6)) if doc.words[i] == ":"), -1)
    if (
        colon < 0
        or end - colon < 4
        or not all(doc.capital(i) and doc.words[i] not in _LABELS for i in range(start, colon))
    ):
        return None
    loud = doc.of((start, colon)).isupper() and all(len(doc.words[i]) > 2 for i in range(start, colon))
    quoted = doc.quote_at[colon + 1] >= 0 and doc.quote_words[doc.quote_at[colon + 1]][0] == colon + 1
    title = end - start <= 20 and doc.words[end - 1] not in ENDERS and _known(doc, start, colon)
    if not (loud or quoted or title) or doc.quote_at[start] >= 0:
        return None
    return Hit((start, colon), (colon, colon + 1), [(colon + 1, end)])


def _is_dash(doc: TokenizedText, i: int) -> bool:
    text, (start, _) = doc.text, doc.spans[i]
    return start > 0 and text[start - 1].isspace()


def _known(doc: TokenizedText, start: int, end: int) -> bool:
    return any(is_role(doc.words[i]) for i in range(start, end)) and not any(
        doc.flags[i] & CUE for i in range(start, end)
    )


def covered(hits: list[Hit], words: TokenRange) -> bool:
    """Whether a quotation is already part of what somebody said."""
    at = bisect_left(hits, words[0], key=lambda h: h.end)
    return any(a < words[1] and words[0] < b for h in hits[max(0, at - 3) :] for a, b in h.content)
