"""Rules for words that come before their cue, or on both sides of it."""

from __future__ import annotations

from copydesk.attribution.contents import clause_start, stop_of
from copydesk.attribution.cue_context import CueContext
from copydesk.attribution.grammar import ENDERS, has_finite, is_finite, is_word, subject_after, subject_before, trim
from copydesk.attribution.reading import AUX, COORD, CUE, CUE_FORMS, DET, PREP, PRONOUN, SUBORD, Hit, TokenRange

_CLOSERS = frozenset(",.?!…—–-")


def quote_then_speaker(ctx: CueContext) -> Hit | None:
    """“It rained,” Ada Lund said."""
    n = _quote_left_of_subject(ctx)
    if n < 0 or not _reports(ctx) or ctx.cue is None or ctx.cue.tense == "ing" or _taken(ctx, n):
        return None
    source = subject_before(ctx.doc, ctx.doc.quote_words[n][1], ctx.verb_start)
    if source is None or _has_verb(ctx, source):
        return None
    return _with_rest(ctx, source, _said_before(ctx, n), ctx.after_addressee)


def quote_then_cue(ctx: CueContext) -> Hit | None:
    """“It rained,” said Ada Lund."""
    n = _quote_ending(ctx, ctx.verb_start)
    if n < 0 or not _reports(ctx) or _taken(ctx, n) or ctx.cue is None or ctx.cue.tense not in ("past", "s", "base"):
        return None
    source = subject_after(ctx.doc, ctx.at + 1, ctx.high)
    if source is None or ctx.doc.flags[source[0]] & (PREP | SUBORD) or ctx.doc.words[source[0]] == "to":
        return None
    return _with_rest(ctx, source, _said_before(ctx, n), source[1])


def _taken(ctx: CueContext, n: int) -> bool:
    """Whether an earlier cue of this sentence has the quotation already."""
    start = ctx.doc.quote_words[n][0]
    return any(s <= start < e for hit in ctx.before for s, e in hit.content)


def _reports(ctx: CueContext) -> bool:
    return ctx.cue is not None and bool(ctx.cue.frames & {"quote", "post"}) and not ctx.passive


def _has_verb(ctx: CueContext, source: TokenRange) -> bool:
    plain = "," not in ctx.doc.words[slice(*source)]
    return (
        plain
        and any(is_finite(ctx.doc, i, source[0]) for i in range(*source))
        and "who" not in ctx.doc.words[slice(*source)]
    )


def _quote_left_of_subject(ctx: CueContext) -> int:
    """The quotation before the subject, if it ends the way reported speech ends."""
    doc, i = ctx.doc, ctx.verb_start - 1
    while i >= ctx.low and doc.quote_at[i] == doc.quote_at[ctx.at]:
        i -= 1
    if i < ctx.low or i >= ctx.verb_start - 1:
        return -1
    return _quote_ending(ctx, i + 1) if _ends_as_speech(ctx, i) else -1


def _ends_as_speech(ctx: CueContext, i: int) -> bool:
    doc = ctx.doc
    return doc.words[i - 1] in _CLOSERS or (i + 1 < ctx.high and doc.words[i + 1] in (",", "—", "–", "-", "|", "("))


def _quote_ending(ctx: CueContext, i: int) -> int:
    """The number of the quotation that ends just before word `i`, a comma or dash aside."""
    doc, k = ctx.doc, i - 1
    while k >= ctx.low and doc.quote_at[k] < 0 and doc.words[k] in (",", "—", "–", "-"):
        k -= 1
    if k < ctx.low or doc.quote_at[k] < 0 or doc.quote_at[k] == doc.quote_at[ctx.at]:
        return -1
    n = doc.quote_at[k]
    return n if doc.quote_words[n][1] == k + 1 else -1


def _said_before(ctx: CueContext, n: int) -> TokenRange:
    """The quotation, with the words that lead into it in the same sentence."""
    start, end = ctx.doc.quote_words[n]
    low = clause_start(ctx.doc, _edge(ctx), start)
    if low >= start:
        return start, end
    lead = [i for i in range(low, start) if is_word(ctx.doc, i)]
    return (low, end) if lead and ctx.doc.words[start - 1] not in ENDERS | {":"} else (start, end)


def _edge(ctx: CueContext) -> int:
    """Where this sentence is still free: after what its earlier cues have taken."""
    return max([ctx.low, *(h.end for h in ctx.before if h.end <= ctx.verb_start)])


def _with_rest(ctx: CueContext, source: TokenRange, first: TokenRange, after: int) -> Hit:
    """Add the second half of a quotation that goes on after the speaker."""
    from copydesk.attribution.grammar import skip_aside

    doc, content = ctx.doc, [first]
    i = skip_aside(doc, after, ctx.high)
    while i < ctx.high and doc.quote_at[i] < 0 and doc.words[i] in (",", ":", ".", "—", "–", "-"):
        i += 1
    n = ctx.opens_quote(i)
    if n >= 0 and doc.words[i - 1] in (",", ":", "—", "–", "-", "."):
        content.append((doc.quote_words[n][0], max(doc.quote_words[n][1], min(stop_of(ctx, i), ctx.high))))
    return Hit(
        source,
        (
            ctx.verb_start,
            max(ctx.after_addressee, ctx.at + 1)
            if ctx.after_addressee <= source[0] or source[1] <= ctx.at
            else ctx.at + 1,
        ),
        content,
    )


def _piece_before(ctx: CueContext, end: int, *, loose: bool) -> TokenRange | None:
    """The reported clause that a comma closes at `end`."""
    doc = ctx.doc
    start = clause_start(doc, _edge(ctx), end)
    piece = trim(doc, start, end)
    if piece is None:
        return None
    opens = (
        doc.flags[piece[0]] & (PREP | SUBORD) and not doc.flags[piece[0]] & PRONOUN and doc.words[piece[0]] != "that"
    )
    if loose:
        return piece
    return piece if piece[1] - piece[0] >= 3 and not opens and has_finite(doc, *piece) else None


def clause_around(ctx: CueContext) -> Hit | None:
    """The ferry, Ada Lund said, will sail again."""
    doc, source = ctx.doc, ctx.source
    if not _posts(ctx) or source is None or source[0] <= ctx.low or doc.words[source[0] - 1] not in ",—–":
        return None
    i = ctx.after_asides
    comma = i < ctx.high and doc.words[i] in (",", "—", "–")
    start = i + 1 if comma else i
    goes_on = left_open(ctx) and ctx.opens_quote(start) >= 0
    if start + 1 >= ctx.high or (_aside_follows(ctx, start) and not goes_on) or not (comma or _goes_on(ctx, start)):
        return None
    piece = _piece_before(ctx, source[0] - 1, loose=comma)
    rest = trim(doc, start, stop_of(ctx, start))
    if piece is None or rest is None:
        return None
    return Hit(source, (ctx.verb_start, ctx.after_addressee), [piece, rest])


def left_open(ctx: CueContext) -> bool:
    """Whether the words before the speaker's comma cannot end a sentence: it was, she said, …"""
    doc, source = ctx.doc, ctx.source
    if source is None or source[0] - 2 < ctx.low or doc.words[source[0] - 1] != ",":
        return False
    return bool(doc.flags[source[0] - 2] & (AUX | PREP | SUBORD | DET)) and doc.words[source[0] - 2] != "that"


def _goes_on(ctx: CueContext, i: int) -> bool:
    """Whether the first half's predicate goes on after the cue: …, he argued but must first …"""
    doc = ctx.doc
    return bool(doc.flags[i] & COORD) and i + 1 < ctx.high and is_finite(doc, i + 1, i + 1)


def _aside_follows(ctx: CueContext, i: int) -> bool:
    """Adding that, citing, according to, who: not the second half of what was said."""
    doc, word = ctx.doc, ctx.doc.words[i]
    participle = word.endswith("ing") and not doc.capital(i) and len(word) > 4
    cue = bool(doc.flags[i] & COORD) and i + 1 < ctx.high and bool(doc.flags[i + 1] & CUE)
    cue = cue and CUE_FORMS[doc.words[i + 1]].tense in ("past", "s")
    return (
        participle
        or cue
        or word in ("according", "who", "which", "whose", "as", "with", "without")
        or doc.quote_at[i] >= 0
    )


def clause_then_speaker(ctx: CueContext) -> Hit | None:
    """The ferry will sail again, Ada Lund said on Monday."""
    doc, source = ctx.doc, ctx.source
    if not _posts(ctx) or source is None or source[0] <= ctx.low or doc.words[source[0] - 1] not in ",—–":
        return None
    ends = ctx.ends_here or (doc.words[ctx.after_asides] == "," and _aside_follows(ctx, ctx.after_asides + 1))
    trails = (
        not ends
        and bool(doc.flags[ctx.after_asides] & (PREP | SUBORD))
        and doc.words[ctx.after_asides] not in (*("that", "how", "why", "whether", "what", "if"),)
    )
    if not ends and not trails:
        return None
    piece = _piece_before(ctx, source[0] - 1, loose=False)
    if piece is None and ends and not ctx.opens_quote(ctx.after_asides) >= 0:
        piece = _piece_before(ctx, source[0] - 1, loose=True)
        piece = piece if piece and piece[1] - piece[0] >= 4 and _clause_like(ctx, piece) else None
    return Hit(source, (ctx.verb_start, ctx.after_addressee), [piece]) if piece else None


def _clause_like(ctx: CueContext, piece: TokenRange) -> bool:
    """A verb is in sight, or nothing says that this is only an opening phrase."""
    opens = ctx.doc.flags[piece[0]] & (PREP | SUBORD)
    return has_finite(ctx.doc, *piece) or not opens


def clause_then_cue(ctx: CueContext) -> Hit | None:
    """The ferry will sail again, said Ada Lund."""
    doc = ctx.doc
    if not _posts(ctx) or ctx.cue is None or ctx.cue.tense not in ("past", "s", "base") or ctx.cue.unsure:
        return None
    if ctx.verb_start <= ctx.low or doc.words[ctx.verb_start - 1] not in ",—–":
        return None
    source = subject_after(doc, ctx.at + 1, ctx.high)
    if (
        source is None
        or doc.words[source[0]] in ("yes", "no", "so")
        or doc.flags[source[0]] & (SUBORD | PREP)
        or doc.words[source[0]] in ("he", "it", "they", "she")
    ):
        return None
    if any(is_finite(doc, i, source[0]) for i in range(*source)) and "who" not in doc.words[slice(*source)]:
        return None
    piece = _piece_before(ctx, ctx.verb_start - 1, loose=False)
    return Hit(source, (ctx.verb_start, ctx.at + 1), [piece]) if piece else None


def _posts(ctx: CueContext) -> bool:
    return (
        ctx.cue is not None
        and "post" in ctx.cue.frames
        and not ctx.passive
        and ctx.cue.tense in ("past", "s", "base", "part")
    )


def as_speaker_said(ctx: CueContext) -> Hit | None:
    """As Ada Lund told reporters, the ferry will sail; the ferry will sail, as Ada Lund put it."""
    doc, source = ctx.doc, ctx.source
    if source is None or ctx.cue is None or ctx.passive or not ctx.cue.frames & {"bare", "post"}:
        return None
    i = source[0] - 1
    if doc.words[source[0]] == "as" and source[1] - source[0] > 1:
        i, source = source[0], (source[0] + 1, source[1])
    if i < ctx.low or doc.words[i] != "as":
        return None
    cue = (ctx.verb_start, ctx.after_addressee)
    if i == clause_start(doc, ctx.low, i):
        start = ctx.after_asides
        if start < ctx.high and doc.words[start] == "," and start + 1 < ctx.high:
            n = ctx.opens_quote(start + 1)
            rest = doc.quote_words[n] if n >= 0 else trim(doc, start + 1, stop_of(ctx, start + 1))
            return Hit(source, cue, [rest]) if rest else None
        return None
    if ctx.ends_here and i > ctx.low:
        piece = _piece_before(ctx, i, loose=False)
        return Hit(source, cue, [piece]) if piece else None
    return None
