"""Rules that look past one sentence: quotations that go on, block quotes, headlines.

Except for `block_quote`, these are not asked about a cue. They look at a quotation that no cue has taken, or at a line.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from functools import partial

from copydesk.attribution.cue import CueContext, Hit, hit
from copydesk.attribution.grammar import ENDERS, has_finite, is_finite, shared_subject, subject_after, trim
from copydesk.attribution.speakers import head, is_role
from copydesk.attribution.tokens import (
    AUX,
    CAPITAL,
    CUE,
    DET,
    PREP,
    PRONOUN,
    REPORTING,
    SMALL,
    SUBORD,
    TIME,
    WORD,
    TokenizedText,
    TokenRange,
    word_set,
)

_LABELS = word_set(REPORTING["phrases"]["labels"])
WHY = {
    "quote_dash_name": "A quotation, a dash, and a name with nothing behind it.",
    "quote_then_any_verb": "Behind a quotation and its comma, any verb with a subject can be one of speaking.",
    "speaker_below": "A quotation opens the text, and the next paragraph names its speaker.",
    "continued_here": "A quotation without a speaker goes on from the sentence before it.",
    "continued_below": "A quotation that opens the next paragraph, without a speaker, goes on from the one above.",
    "acts_then_speaks": "A sentence about somebody, then a quotation without a speaker.",
    "speaker_colon": "A name and a colon: a headline that quotes, or a transcript.",
    "headline_dash": "An agency headline: the claim, a dash, and who makes it.",
}
"""One sentence for each of these rules."""
_NAMES_SOMEBODY = DET | PRONOUN | CAPITAL


def block_quote(ctx: CueContext) -> Hit | None:
    """Ada Lund wrote: and then, in the next paragraph, the quotation."""
    doc, cue = ctx.doc, ctx.cue
    if doc.words[ctx.high - 1] not in (":", ",") or doc.quote_at[ctx.high : ctx.high + 1] in ([], [-1]):
        return None
    if (
        ctx.passive
        or "quote" not in cue.frames
        or "as" in cue.frames
        or (cue.tense == "ing" and ctx.verb_start == ctx.low)
    ):
        return None
    if ctx.free_cues[-1:] != [ctx.at] or not (doc.words[ctx.high - 1] == ":" or ctx.ends_here):
        return None
    quote = doc.quote_words[doc.quote_at[ctx.high]]
    return hit(ctx.source, ctx.cue_words, quote if quote[0] == ctx.high else None)


# Quotations without a cue


def with_quotes_left_over(doc: TokenizedText, hits: list[Hit], without: Collection[str]) -> list[Hit]:
    """Add the quotations that no cue has taken, by whichever rule says first whose words they are."""
    found: list[Hit] = []
    queue = sorted(hits, key=lambda h: h.end)
    taken = sorted(c for h in hits for c in h.content)
    at = spoken = reach = 0  # how many of `queue` and `taken` lie before this quotation, and how far the latter reach
    for n, (start, end) in enumerate(doc.quote_words):
        while at < len(queue) and queue[at].end <= start:
            found.append(queue[at])
            at += 1
        while spoken < len(taken) and taken[spoken][0] < end:
            reach = max(reach, taken[spoken][1])
            spoken += 1
        if reach > start or end <= start:
            continue
        recent = sorted(found[-4:], key=lambda h: h.end)
        ways = (quote_dash_name, quote_then_any_verb, partial(speaker_below, hits), partial(continued, recent))
        for rule in (*ways, acts_then_speaks):
            if (hit := rule(doc, n)) and hit.rule not in without:
                root = hit.carried
                if root and _is_one_quotation(doc, n, root):
                    root.content = sorted([*root.content, (start, end)])
                else:
                    found.append(hit)
                break
    return found + queue[at:]


def _is_one_quotation(doc: TokenizedText, n: int, root: Hit) -> bool:
    """Whether a mark left open says that quotation `n` and the words of `root` are one."""
    if doc.quotes[n].carries and root.content[0][0] > doc.quote_words[n][0]:
        return True
    return n > 0 and doc.quotes[n - 1].carries and root.content[-1][1] == doc.quote_words[n - 1][1]


def quote_then_any_verb(doc: TokenizedText, n: int) -> Hit | None:
    """“Enough,” the judge snapped: behind a quotation and its comma, any verb can be one of speaking."""
    start, end = doc.quote_words[n]
    if end - start < 3 or doc.words[end - 2] not in (",", "?", "!", "—", "-"):
        return None
    high = doc.sentences[row_of(doc.sentences, start)][1]
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
    return Hit(source, (verb, verb + 1), [(start, end)], "quote_then_any_verb")


def speaker_below(hits: Sequence[Hit], doc: TokenizedText, n: int) -> Hit | None:
    """“It rained. (and in the next paragraph) “It poured,” Ada Lund said: a quotation before its speaker."""
    start, end = doc.quote_words[n]
    row = row_of(doc.paragraphs, start)
    if start != doc.paragraphs[row][0] or row + 1 == len(doc.paragraphs):
        return None
    low, high = doc.paragraphs[row + 1]
    if doc.quotes[n].carries:
        n = next((k for k in range(n, min(n + 10, len(doc.quotes))) if not doc.quotes[k].carries), n)
        low, high = doc.quote_words[n]
        speaker = next((h for h in hits if h.content and h.content[0][0] == low), None)
    elif n < 3 and end == doc.paragraphs[row][1] and _stands_alone(doc, n) and not any(h.end <= start for h in hits):
        high = doc.sentences[row_of(doc.sentences, low)][1]
        speaker = next((h for h in hits if h.source and low <= h.source[0] < high and h.content), None)
    else:
        return None
    return Hit(None, None, [(start, end)], "speaker_below", carried=speaker) if speaker and speaker.source else None


def continued(recent: Sequence[Hit], doc: TokenizedText, n: int) -> Hit | None:
    """“It rained,” Ada Lund said. “It poured.” The same speaker goes on, here or at the start of the next paragraph.

    `recent` are the last hits before it, by their end.
    """
    said = [content for hit in recent for content in hit.content]
    # Whoever is only reported by somebody else does not go on speaking: Ada Lund said Ulm had told her. “He did.”
    outer = [h for h in recent if not (h.cue and any(a <= h.cue[0] < b for a, b in said))]
    if not outer or not _stands_alone(doc, n):
        return None
    start, last = doc.quote_words[n][0], outer[-1]
    paragraphs_apart = row_of(doc.paragraphs, start) - row_of(doc.paragraphs, last.end - 1)
    if last.rule == "quote_dash_name" or last.end > start or paragraphs_apart > 1 or not (last.content or last.source):
        return None
    sentences_apart = row_of(doc.sentences, start) - row_of(doc.sentences, last.end - 1)
    if sentences_apart > 1 or last.form == "non_response":
        return None
    # In the next paragraph only speech goes on as speech. A report there may be followed by somebody else's words.
    if paragraphs_apart and not any(doc.quote_at[i] >= 0 for a, b in last.content for i in (a, b - 1)):
        return None
    root, rule = last.carried or last, "continued_below" if paragraphs_apart else "continued_here"
    return Hit(None, None, [doc.quote_words[n]], rule, carried=root)


def acts_then_speaks(doc: TokenizedText, n: int) -> Hit | None:
    """Ada Lund turned to the crowd. “The mill is ours.” Or a colon: she smiled: “The mill is ours.”"""
    start, end = doc.quote_words[n]
    colon = start > 0 and doc.words[start - 1] == ":"
    row = row_of(doc.sentences, start) - (not colon)
    if row < 0 or not (colon or end - start >= 5) or not _stands_alone(doc, n):
        return None
    low, high = doc.sentences[row]
    high = start if colon else high
    source = shared_subject(doc, low, high)
    if source is None or high != start or row_of(doc.paragraphs, low) != row_of(doc.paragraphs, start):
        return None
    words = range(*source)
    named = 2 - colon <= len(words) <= 4 and all(doc.flags[i] & CAPITAL and not doc.flags[i] & SMALL for i in words)
    role = doc.words[source[0]] in ("the", "her", "his", "their") and is_role(doc.words[head(doc, source)[1] - 1])
    if not (named or role or doc.words[source[0]] in ("he", "she")):
        return None
    return Hit(source, None, [(start, end)], "acts_then_speaks")


def quote_dash_name(doc: TokenizedText, n: int) -> Hit | None:
    """“The mill is ours.” — Ada Lund, mayor: on the same line or the next, with nothing behind it."""
    start, end = doc.quote_words[n]
    row = row_of(doc.paragraphs, start)
    low, high = doc.paragraphs[row]
    if end == high and row + 1 < len(doc.paragraphs):
        high = doc.paragraphs[row + 1][1]
    first = end
    while first < high and doc.words[first] in "-–—":
        first += 1
    name = trim(doc, first, high)
    if start != low or first == end or name is None or name[1] - name[0] > 12:
        return None
    if not doc.flags[name[0]] & CAPITAL or doc.flags[name[0]] & SMALL or has_finite(doc, *name):
        return None
    return Hit(name, (end, first), [(start, end)], "quote_dash_name")


def row_of(rows: Sequence[TokenRange], i: int) -> int:
    """Which of these ranges, in reading order, word `i` stands in."""
    return bisect_left(rows, (i + 1, 0)) - 1


def _stands_alone(doc: TokenizedText, n: int) -> bool:
    """Whether a quotation is a sentence or more by itself, not a part-quote."""
    start, end = doc.quote_words[n]
    low, high = doc.sentences[row_of(doc.sentences, start)]
    if start != low and doc.words[start - 1] not in ENDERS and doc.words[start - 1] != ":":
        return False
    stops = doc.words[end - 1] in ENDERS or doc.words[max(start, end - 2)] in ENDERS
    if not stops and any(doc.flags[i] & WORD for i in range(end, high)):
        return False
    return sum(1 for i in range(start, end) if doc.flags[i] & WORD) >= 2


# Headlines and transcripts


def hits_in_paragraphs(doc: TokenizedText, hits: Sequence[Hit], without: Collection[str]) -> Iterator[Hit]:
    """What stands in lines without another cue, each wording once: pages repeat headlines."""
    seen: set[str] = set()
    cues = {h.cue[0] for h in hits if h.cue and doc.quote_at[h.cue[0]] < 0}
    for n, line in enumerate(doc.paragraphs):
        ways = (headline_dash(doc, n), speaker_colon(doc, n))
        hit = next((h for h in ways if h and h.rule not in without), None)
        if hit and doc.of(line) not in seen and (hit.form or cues.isdisjoint(range(*line))):
            seen.add(doc.of(line))
            yield hit


def headline_dash(doc: TokenizedText, n: int) -> Hit | None:  # noqa: PLR0911
    """Ferry to sail again -harbour master: an agency headline puts a dash and who says so behind the claim."""
    start, end = doc.paragraphs[n]
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
    return Hit((dash + 1, end), (dash, dash + 1), [(start, dash)], "headline_dash")


def _has_space_before(doc: TokenizedText, i: int) -> bool:
    start = doc.spans[i][0]
    return start > 0 and doc.text[start - 1].isspace()


def speaker_colon(doc: TokenizedText, n: int) -> Hit | None:  # noqa: PLR0911
    """Lund: ‘We will sail again’; Ada Lund, mayor: “We will sail.”; LUND: We will sail again; Q: Will you sail?"""
    start, end = doc.paragraphs[n]
    if doc.words[start] in '“"' and (turn := _turn(doc, (start + 1, end))) and turn.form:
        return turn  # each turn of a transcript may open with a mark
    if doc.quote_at[start] >= 0:
        return None
    turn = _turn(doc, (start, end))
    if turn and not turn.form and _is_in_transcript(doc, n, turn):
        turn.form = "direct"
    if turn and turn.form:
        return turn
    colon = next((i for i in range(start + 1, min(end, start + 14)) if doc.words[i] == ":"), -1)
    if colon < 0 or end - colon < 4:
        return None
    comma = next((i for i in range(start, colon) if doc.words[i] == ","), colon)
    quote = doc.quote_at[colon + 1]
    quotes = quote >= 0 and doc.quote_words[quote][0] == colon + 1
    if not turn and not (
        quotes and comma < colon and _is_name(doc, start, comma) and not has_finite(doc, comma, colon)
    ):
        return None
    # A headline that quotes without marks names a role: Harbour master: ferry to sail again.
    if not quotes and (end - start > 20 or doc.words[end - 1] in ENDERS or not _names_a_role(doc, start, colon)):
        return None
    return Hit((start, colon), (colon, colon + 1), [(colon + 1, end)], "speaker_colon")


def _is_in_transcript(doc: TokenizedText, n: int, turn: Hit) -> bool:
    """Whether the line beside it is a turn too, and one of them asks or the speaker comes back."""
    near = {k: _turn(doc, doc.paragraphs[k]) for k in range(max(0, n - 4), min(len(doc.paragraphs), n + 5)) if k != n}
    beside = [t for k, t in near.items() if t and abs(k - n) == 1]
    asks = any(doc.words[t.content[0][1] - 1] == "?" for t in (turn, *beside))
    again = any(t and t.source and turn.source and doc.of(t.source) == doc.of(turn.source) for t in near.values())
    return bool(beside) and doc.words[doc.paragraphs[n][1] - 1] in ENDERS and (asks or again)


def _turn(doc: TokenizedText, paragraph: TokenRange) -> Hit | None:
    """A name, a colon and words; its form is known if only a transcript writes so: LUND: We will sail again."""
    start, end = paragraph
    colon = next((i for i in range(start + 1, min(end, start + 5)) if doc.words[i] == ":"), -1)
    if colon < 0 or end - colon < 3 or not _is_name(doc, start, colon):
        return None
    loud = doc.of((start, colon)).isupper() and all(len(doc.words[i]) > 2 for i in range(start, colon))
    return Hit((start, colon), (colon, colon + 1), [(colon + 1, end)], "speaker_colon", "direct" if loud else "")


def _is_name(doc: TokenizedText, start: int, end: int) -> bool:
    """Whether these are capitalised words, and no label such as “Photo” or “Where”."""
    no_name = SUBORD | TIME | PREP | CUE
    names = (doc.flags[i] & CAPITAL and not doc.flags[i] & no_name for i in range(start, end))
    return start < end and all(names) and not any(doc.words[i] in _LABELS for i in range(start, end))


def _names_a_role(doc: TokenizedText, start: int, end: int) -> bool:
    """Whether these words hold a role or an institution and no reporting verb."""
    words = range(start, end)
    return any(is_role(doc.words[i]) for i in words) and not any(doc.flags[i] & CUE for i in words)
