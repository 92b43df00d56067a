"""Rules that look past one sentence: quotations that go on, block quotes, headlines.

Except for `block_quote`, these are not asked about a cue. They look at a quotation that no cue has taken, or at a line.
"""

from __future__ import annotations

from bisect import bisect_left

from copydesk.attribution.cue import CueContext, Hit
from copydesk.attribution.grammar import ENDERS, is_finite, subject_after, trim
from copydesk.attribution.speakers import is_role
from copydesk.attribution.tokens import TokenizedText, TokenRange
from copydesk.attribution.words import AUX, CAPITAL, CUE, DET, PRONOUN, REPORTING, WORD, word_set

_LABELS = word_set(REPORTING["phrases"]["labels"])
_NAMES_SOMEBODY = DET | PRONOUN | CAPITAL


def block_quote(ctx: CueContext) -> Hit | None:
    """Ada Lund wrote: and then, in the next paragraph, the quotation."""
    doc, cue, source = ctx.doc, ctx.cue, ctx.source
    if source is None or ctx.passive or "quote" not in cue.frames or "as" in cue.frames:
        return None
    if ctx.high >= len(doc.words) or (last := doc.words[ctx.high - 1]) not in (":", ","):
        return None
    if cue.tense == "ing" and ctx.verb_start == ctx.low:
        return None
    if (ctx.free_cues and ctx.free_cues[-1] != ctx.at) or not (last == ":" or ctx.ends_here):
        return None
    n = doc.quote_at[ctx.high]
    if n < 0 or doc.quote_words[n][0] != ctx.high:
        return None
    return Hit(source, (ctx.verb_start, ctx.after_addressee), [doc.quote_words[n]])


# Quotations without a cue


def quote_then_any_verb(doc: TokenizedText, n: int) -> Hit | None:
    """“Enough,” the judge snapped: behind a quotation and its comma, any verb can be one of speaking."""
    start, end = doc.quote_words[n]
    if end - start < 3 or doc.words[end - 2] not in (",", "?", "!", "—", "-"):
        return None
    high = doc.sentences[_row_of(doc.sentences, start)][1]
    ahead = range(end, min(high, end + 14))
    verb = next((i for i in ahead if is_finite(doc, i, end) or doc.words[i] in ENDERS), -1)
    if verb < 0 or doc.words[verb] in ENDERS or any(doc.quote_at[i] >= 0 for i in range(end, verb)):
        return None
    if doc.flags[verb] & AUX:  # “Enough,” the judge was told
        return None
    source = trim(doc, end, verb) if verb > end else subject_after(doc, verb + 1, high)
    if source is None:
        return None
    if not doc.flags[source[0]] & _NAMES_SOMEBODY and not is_role(doc.words[source[1] - 1]):
        return None
    return Hit(source, (verb, verb + 1), [(start, end)])


def continued(doc: TokenizedText, n: int, recent: list[Hit]) -> tuple[str, Hit] | None:
    """The hit whose speaker goes on in quotation `n`, and the name of the rule that says so.

    `continued_here`: “It rained,” Ada Lund said. “It poured.” `continued_below`: it opens the next paragraph.
    `recent` are the last hits before it, by their end.
    """
    if not recent or not _stands_alone(doc, n):
        return None
    start = doc.quote_words[n][0]
    # Of several hits that end together, the outermost made the sentence.
    ending_last = [h for h in recent if h.end == recent[-1].end]
    last = min(ending_last, key=lambda h: min((s for s, _ in h.content), default=h.end))
    lines_apart = _row_of(doc.paragraphs, start) - _row_of(doc.paragraphs, last.end - 1)
    if last.end > start or lines_apart > 1 or not (last.content or last.source):
        return None
    sentences_apart = _row_of(doc.sentences, start) - _row_of(doc.sentences, last.end - 1)
    if sentences_apart > 1 or last.form == "non_response":
        return None
    if lines_apart:
        # In the next paragraph only speech goes on as speech. A report there may be followed by somebody else's words.
        if not any(doc.quote_at[i] >= 0 for a, b in last.content for i in (a, b - 1)):
            return None
        return "continued_below", last
    return "continued_here", last


def _row_of(rows: list[TokenRange], i: int) -> int:
    """Which of these ranges, in reading order, word `i` stands in."""
    return bisect_left(rows, (i + 1, 0)) - 1


def _stands_alone(doc: TokenizedText, n: int) -> bool:
    """Whether a quotation is a sentence or more by itself, not a part-quote."""
    start, end = doc.quote_words[n]
    low, high = doc.sentences[_row_of(doc.sentences, start)]
    if start != low and doc.words[start - 1] not in ENDERS and doc.words[start - 1] != ":":
        return False
    stops = doc.words[end - 1] in ENDERS or doc.words[max(start, end - 2)] in ENDERS
    if not stops and any(doc.flags[i] & WORD for i in range(end, high)):
        return False
    return sum(1 for i in range(start, end) if doc.flags[i] & WORD) >= 2


# Headlines


def headline_dash(doc: TokenizedText, line: TokenRange) -> Hit | None:  # noqa: PLR0911
    """Ferry to sail again -harbour master: an agency headline puts a dash and who says so behind the claim."""
    start, end = line
    if not 6 <= end - start <= 30 or doc.quote_at[start] >= 0 or doc.words[end - 1] in ENDERS:
        return None
    if ":" in doc.words[start:end]:
        return None
    dashes = [i for i in range(start, end - 1) if doc.words[i] in "-–—" and _has_space_before(doc, i)]
    if len(dashes) != 1:
        return None
    dash = dashes[0]
    if end - dash > 6 or dash < start + 3 or doc.words[dash + 1].isdigit():
        return None
    if not all(doc.flags[i] & WORD for i in range(dash + 1, end)):
        return None
    # A dash with a space on both sides may be any dash, so a role must follow it. “-harbour master” is agency style.
    spaced = doc.spans[dash + 1][0] > doc.spans[dash][1]
    if spaced and not _names_a_role(doc, dash + 1, end):
        return None
    return Hit((dash + 1, end), (dash, dash + 1), [(start, dash)])


def _has_space_before(doc: TokenizedText, i: int) -> bool:
    start = doc.spans[i][0]
    return start > 0 and doc.text[start - 1].isspace()


def speaker_colon(doc: TokenizedText, line: TokenRange) -> Hit | None:
    """Lund: ‘We will sail again’; LUND: We will sail again."""
    start, end = line
    colon = next((i for i in range(start + 1, min(end, start + 6)) if doc.words[i] == ":"), -1)
    if colon < 0 or end - colon < 4 or doc.quote_at[start] >= 0:
        return None
    name = range(start, colon)
    if not all(doc.flags[i] & CAPITAL and doc.words[i] not in _LABELS for i in name):  # “Photo:”, “Read more:”
        return None
    transcript = doc.of((start, colon)).isupper() and all(len(doc.words[i]) > 2 for i in name)
    n = doc.quote_at[colon + 1]
    quotes = n >= 0 and doc.quote_words[n][0] == colon + 1
    if not transcript and not quotes and (end - start > 20 or doc.words[end - 1] in ENDERS):
        return None
    # A headline that quotes without marks names a role: Harbour master: ferry to sail again.
    if not transcript and not quotes and not _names_a_role(doc, start, colon):
        return None
    return Hit((start, colon), (colon, colon + 1), [(colon + 1, end)])


def _names_a_role(doc: TokenizedText, start: int, end: int) -> bool:
    """Whether these words hold a role or an institution and no reporting verb."""
    words = range(start, end)
    return any(is_role(doc.words[i]) for i in words) and not any(doc.flags[i] & CUE for i in words)
