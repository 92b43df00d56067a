"""Rules for words that come before their cue, or on both sides of it: it rained, Ada Lund said.

News style likes this order: the words first, the speaker behind them. Marks decide most cases, because a comma or a
quotation mark must part the words from their speaker.
"""

from __future__ import annotations

from copydesk.attribution.cue import CueContext, Hit, clause_start, stop_of
from copydesk.attribution.grammar import (
    ENDERS,
    has_finite,
    is_finite,
    skip_aside,
    subject_after,
    subject_before,
    trim,
)
from copydesk.attribution.tokens import TokenRange
from copydesk.attribution.words import CAPITAL, COORD, CUE, PREP, PRONOUN, SUBORD, VERB_FORMS, WORD

_CLOSERS = frozenset(",.?!…—–-")
_DASHES = ("—", "–", "-")


# A quotation first


def quote_then_speaker(ctx: CueContext) -> Hit | None:
    """“It rained,” Ada Lund said."""
    doc = ctx.doc
    i = ctx.verb_start - 1
    while i >= ctx.low and doc.quote_at[i] == doc.quote_at[ctx.at]:
        i -= 1
    if i < ctx.low or i >= ctx.verb_start - 1:
        return None
    # The quotation must end the way reported speech ends. The title “Morning” show ends so too little to be speech.
    next_word = doc.words[i + 1] if i + 1 < ctx.high else ""
    if doc.words[i - 1] not in _CLOSERS and next_word not in (",", *_DASHES, "|", "("):
        return None
    n = _quote_ending(ctx, i + 1)
    if n < 0 or not _reports_quote(ctx, n) or ctx.cue.tense == "ing":
        return None
    source = subject_before(doc, doc.quote_words[n][1], ctx.verb_start)
    if source is None:
        return None
    words = doc.words[slice(*source)]
    if "," not in words and "who" not in words and any(is_finite(doc, k, source[0]) for k in range(*source)):
        return None  # a verb in the source: “It rained,” and the mayor who left said
    return _with_rest(ctx, source, _said_before(ctx, n), ctx.after_addressee)


def quote_then_cue(ctx: CueContext) -> Hit | None:
    """“It rained,” said Ada Lund."""
    n = _quote_ending(ctx, ctx.verb_start)
    if n < 0 or not _reports_quote(ctx, n) or ctx.cue.tense not in ("past", "s", "base"):
        return None
    source = subject_after(ctx.doc, ctx.at + 1, ctx.high)
    if source is None or ctx.doc.flags[source[0]] & (PREP | SUBORD) or ctx.doc.words[source[0]] == "to":
        return None
    return _with_rest(ctx, source, _said_before(ctx, n), source[1])


def _quote_ending(ctx: CueContext, i: int) -> int:
    """The number of the quotation that ends just before word `i`, a comma or dash aside; -1 if there is none."""
    doc, k = ctx.doc, i - 1
    while k >= ctx.low and doc.quote_at[k] < 0 and doc.words[k] in (",", *_DASHES):
        k -= 1
    if k < ctx.low or doc.quote_at[k] < 0 or doc.quote_at[k] == doc.quote_at[ctx.at]:
        return -1
    n = doc.quote_at[k]
    return n if doc.quote_words[n][1] == k + 1 else -1


def _reports_quote(ctx: CueContext, n: int) -> bool:
    """Whether the cue can report this quotation, and no earlier cue of the sentence has it already."""
    if not (ctx.frames | ctx.cue.frames) & {"quote", "post"} or ctx.passive:
        return False
    start = ctx.doc.quote_words[n][0]
    return not any(a <= start < b for hit in ctx.before for a, b in hit.content)


def _said_before(ctx: CueContext, n: int) -> TokenRange:
    """The quotation, with the words that lead into it in the same sentence: The town was “under water”, she said."""
    start, end = ctx.doc.quote_words[n]
    low = clause_start(ctx.doc, _free_from(ctx, start), start)
    if low >= start or ctx.doc.words[start - 1] in ENDERS or ctx.doc.words[start - 1] == ":":
        return start, end
    return (low, end) if any(ctx.doc.flags[i] & WORD for i in range(low, start)) else (start, end)


def _free_from(ctx: CueContext, end: int) -> int:
    """Where the words before `end` are still free: after what earlier cues have taken, unless it goes up to the end."""
    return max([ctx.low, *(h.end for h in ctx.before if h.end < end)])


def _with_rest(ctx: CueContext, source: TokenRange, first: TokenRange, after: int) -> Hit:
    """Add the second half of a quotation that goes on after the speaker: “It rained,” Ada Lund said, “all day.”"""
    doc, content = ctx.doc, [first]
    i = skip_aside(doc, after, ctx.high)
    while i < ctx.high and doc.quote_at[i] < 0 and doc.words[i] in (",", ":", ".", *_DASHES):
        i += 1
    n = ctx.opens_quote(i)
    if n >= 0 and doc.words[i - 1] in (",", ":", ".", *_DASHES):
        content.append((doc.quote_words[n][0], max(doc.quote_words[n][1], min(stop_of(ctx, i), ctx.high))))
    # The cue keeps its addressee unless the source stands there: “told Lakeport Radio”, but “said | Ada Lund”.
    beside = ctx.after_addressee <= source[0] or source[1] <= ctx.at
    return Hit(source, (ctx.verb_start, max(ctx.after_addressee, ctx.at + 1) if beside else ctx.at + 1), content)


# A clause first


def clause_around(ctx: CueContext) -> Hit | None:
    """The ferry, Ada Lund said, will sail again."""
    if (found := _source_behind_comma(ctx)) is None:
        return None
    doc, (source, end), i = ctx.doc, found, ctx.after_asides
    comma = i < ctx.high and doc.words[i] in (",", "—", "–")
    start = i + 1 if comma else i
    if start + 1 >= ctx.high:
        return None
    if _aside_follows(ctx, start) and not (ctx.left_open and ctx.opens_quote(start) >= 0):
        return None
    # Without a comma, only a verb can go on with the first half: “The ferry, she argued but must first be mended”.
    if not comma and not (doc.flags[start] & COORD and is_finite(doc, start + 1, start + 1)):
        return None
    piece = _piece_before(ctx, end, loose=comma)
    rest = trim(doc, start, stop_of(ctx, start))
    return Hit(source, (ctx.verb_start, ctx.after_addressee), [piece, rest]) if piece and rest else None


def clause_then_speaker(ctx: CueContext) -> Hit | None:
    """The ferry will sail again, Ada Lund said on Monday."""
    if (found := _source_behind_comma(ctx)) is None:
        return None
    doc, (source, end), i = ctx.doc, found, ctx.after_asides
    ends = ctx.ends_here or (doc.words[i] == "," and _aside_follows(ctx, i + 1))
    if not ends:
        trails = doc.flags[i] & (PREP | SUBORD)  # “…, she said after the talks”
        if not trails or doc.words[i] in ("that", "how", "why", "whether", "what", "if"):
            return None
    piece = _piece_before(ctx, end, loose=False)
    if piece is None and ends and ctx.opens_quote(i) < 0:
        # Nothing else can have been said, so what stands there was, even without a verb: “No more ferries this winter,
        # she said”. An opening such as “After the talks,” still needs one.
        piece = _piece_before(ctx, end, loose=True)
        if piece and (
            piece[1] - piece[0] < 4 or (doc.flags[piece[0]] & (PREP | SUBORD) and not has_finite(doc, *piece))
        ):
            return None
    return Hit(source, (ctx.verb_start, ctx.after_addressee), [piece]) if piece else None


def clause_then_cue(ctx: CueContext) -> Hit | None:  # noqa: PLR0911
    """The ferry will sail again, said Ada Lund."""
    doc, cue, first = ctx.doc, ctx.cue, ctx.verb_start
    if not _can_follow(ctx) or cue.tense == "part" or cue.unsure:
        return None
    if first <= ctx.low or doc.words[first - 1] not in ",—–":
        return None
    source = subject_after(doc, ctx.at + 1, ctx.high)
    if source is None or doc.flags[source[0]] & (SUBORD | PREP):
        return None
    # “said he” is no news style: what follows is a clause, as in “the mayor stopped, said he was tired”.
    if doc.words[source[0]] in ("yes", "no", "so", "he", "it", "they", "she"):
        return None
    if any(is_finite(doc, i, source[0]) for i in range(*source)) and "who" not in doc.words[slice(*source)]:
        return None
    rest = source[1] + 1
    if rest + 1 < ctx.high and doc.words[rest - 1] == "," and is_finite(doc, rest, rest):
        # The bakers, said Ada Lund, will open early.
        piece, second = _piece_before(ctx, first - 1, loose=True), trim(doc, rest, stop_of(ctx, rest))
        return Hit(source, (first, ctx.at + 1), [piece, second]) if piece and second else None
    piece = _piece_before(ctx, first - 1, loose=False)
    return Hit(source, (first, ctx.at + 1), [piece]) if piece else None


def as_speaker_said(ctx: CueContext) -> Hit | None:
    """As Ada Lund told reporters, the ferry will sail; the ferry will sail, as Ada Lund put it."""
    doc, source = ctx.doc, ctx.source
    if source is None or ctx.passive or not ctx.frames & {"bare", "post"}:
        return None
    i = source[0] - 1
    if doc.words[source[0]] == "as" and source[1] - source[0] > 1:
        i, source = source[0], (source[0] + 1, source[1])
    if i < ctx.low or doc.words[i] != "as":
        return None
    cue = (ctx.verb_start, ctx.after_addressee)
    if i == clause_start(doc, ctx.low, i):
        start = ctx.after_asides + 1
        if start < ctx.high and doc.words[start - 1] == ",":
            n = ctx.opens_quote(start)
            rest = doc.quote_words[n] if n >= 0 else trim(doc, start, stop_of(ctx, start))
            return Hit(source, cue, [rest]) if rest else None
    elif ctx.ends_here:
        piece = _piece_before(ctx, i, loose=False)
        return Hit(source, cue, [piece]) if piece else None
    return None


def _can_follow(ctx: CueContext) -> bool:
    """Whether the cue is a verb that can stand behind what was said: “…, she said”, but not “…, she warned of”."""
    cue = ctx.cue
    return "post" in cue.frames and cue.tense != "ing" and not ctx.passive


def _source_behind_comma(ctx: CueContext) -> tuple[TokenRange, int] | None:
    """The source, if a comma or dash parts it from what may have been said before it, and where that comma stands."""
    doc, source = ctx.doc, ctx.source if _can_follow(ctx) else None
    if source is None or any(doc.flags[i] & WORD for i in range(source[1], ctx.verb_start)):
        return None
    comma = source[0] - 1
    if doc.words[comma] == "so" and doc.words[comma - 1] == "or":  # it rained, or so Ada Lund says
        comma -= 2
    return (source, comma) if comma >= ctx.low and doc.words[comma] in ",—–" else None


def _piece_before(ctx: CueContext, end: int, *, loose: bool) -> TokenRange | None:
    """The reported clause that a comma closes at `end`; a `loose` one needs no verb."""
    doc = ctx.doc
    piece = trim(doc, clause_start(doc, _free_from(ctx, end), end), end)
    if piece is None or loose:
        return piece
    flag = doc.flags[piece[0]]
    opens = flag & (PREP | SUBORD) and not flag & PRONOUN and doc.words[piece[0]] != "that"
    return piece if piece[1] - piece[0] > 1 and not opens and has_finite(doc, *piece) else None


def _aside_follows(ctx: CueContext, i: int) -> bool:
    """Adding that, citing, according to, who: not the second half of what was said."""
    doc, word, flag = ctx.doc, ctx.doc.words[i], ctx.doc.flags[i]
    if word.endswith("ing") and not flag & CAPITAL and len(word) > 4:
        return True
    cue = flag & COORD and i + 1 < ctx.high and doc.flags[i + 1] & CUE
    if cue and VERB_FORMS[doc.words[i + 1]].tense in ("past", "s"):
        return True
    return word in ("according", "who", "which", "whose", "as", "with", "without") or doc.quote_at[i] >= 0
