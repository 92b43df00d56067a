"""Rules for words that come before their cue, or on both sides of it: it rained, Ada Lund said.

News style likes this order: the words first, the speaker behind them. Marks decide most cases, because a comma or a
quotation mark must part the words from their speaker.
"""

from __future__ import annotations

from copydesk.attribution.cue import CueContext, Hit, clause_start, hit, stop_of
from copydesk.attribution.grammar import has_finite, is_finite, skip_aside, subject_after, subject_before, trim
from copydesk.attribution.tokens import CAPITAL, COORD, CUE, NO_VERB, PREP, SUBORD, VERB_FORMS, WORD, TokenRange

_CLOSERS = frozenset(",.?!…—–-")
_DASHES = ("—", "–", "-")


# A quotation first


def quote_then_speaker(ctx: CueContext) -> Hit | None:
    """“It rained,” Ada Lund said."""
    if not ctx.quoted or ctx.cue.tense == "ing":
        return None
    doc, marks = ctx.doc, (",", *_DASHES, "|", "(")
    near = range(ctx.verb_start - 2, ctx.low, -1)
    i = next((k for k in near if doc.quote_at[k] != doc.quote_at[ctx.at]), ctx.low)
    # The quotation must end the way reported speech ends: “the “no” camp said” does not.
    if i == ctx.low or (doc.words[i - 1] not in _CLOSERS and doc.words[i + 1] not in marks):
        return None
    n = _quote_before(ctx, i + 1)
    source = subject_before(doc, doc.quote_words[n][1], ctx.verb_start) if n >= 0 else None
    if source is None or _holds_verb(ctx, source):
        return None
    return _with_rest(ctx, source, n, ctx.after_addressee)


def quote_then_cue(ctx: CueContext) -> Hit | None:
    """“It rained,” said Ada Lund."""
    n = _quote_before(ctx, ctx.verb_start) if ctx.quoted and ctx.cue.tense in ("past", "s", "base") else -1
    source = subject_after(ctx.doc, ctx.at + 1, ctx.high) if n >= 0 else None
    if source is None or ctx.doc.flags[source[0]] & (PREP | SUBORD) or ctx.doc.words[source[0]] == "to":
        return None
    return _with_rest(ctx, source, n, source[1])


def cue_then_speaker(ctx: CueContext) -> Hit | None:
    """Said Ada Lund, a baker: “It rained.”"""
    doc = ctx.doc
    if ctx.verb_start != ctx.low or ctx.cue.tense not in ("past", "s") or "quote" not in ctx.cue.frames:
        return None
    source = subject_after(doc, ctx.at + 1, ctx.high)
    n = ctx.opens_quote(source[1] + 1) if source and doc.words[source[1] : source[1] + 1] in ([":"], [","]) else -1
    if source and (doc.flags[source[0]] & PREP or any(doc.flags[i] & CUE for i in range(*source))):
        return None  # “Asked about the mill, Ada Lund said:”
    return hit(source, (ctx.at, ctx.at + 1), doc.quote_words[n] if n >= 0 else None)


def _quote_before(ctx: CueContext, i: int) -> int:
    """The number of the quotation before word `i` that the cue can report and no earlier cue has taken; -1 if none."""
    doc, k = ctx.doc, i - 1
    while k >= ctx.low and doc.quote_at[k] < 0 and doc.words[k] in (",", *_DASHES):
        k -= 1
    n = doc.quote_at[k]
    if k < ctx.low or n < 0 or n == doc.quote_at[ctx.at] or ctx.passive:
        return -1
    start, end = doc.quote_words[n]
    taken = any(a <= start < b for hit in ctx.before for a, b in hit.content)
    return n if end == k + 1 and not taken and (ctx.frames | ctx.cue.frames) & {"quote", "post"} else -1


def _with_rest(ctx: CueContext, source: TokenRange, n: int, after: int) -> Hit:
    """The quotation with the words that lead into it, and its second half: It was “wet,” Ada Lund said, “all day.”"""
    doc, (start, end) = ctx.doc, ctx.doc.quote_words[n]
    low = clause_start(doc, _free_from(ctx, start), start)
    leads = doc.words[start - 1] not in ".!?…:" and any(doc.flags[i] & WORD for i in range(low, start))
    content = [(low if leads else start, end)]
    i = skip_aside(doc, after, ctx.high)
    while i < ctx.high and doc.quote_at[i] < 0 and doc.words[i] in (",", ":", ".", *_DASHES):
        i += 1
    n = ctx.opens_quote(i)
    if n >= 0 and doc.words[i - 1] in (",", ":", ".", *_DASHES):
        content.append((i, max(doc.quote_words[n][1], min(stop_of(ctx, i), ctx.high))))
    # The cue keeps its addressee unless the source stands there: “told Lakeport Radio”, but “said | Ada Lund”.
    beside = ctx.after_addressee <= source[0] or source[1] <= ctx.at
    return Hit(source, ctx.cue_words if beside else (ctx.verb_start, ctx.at + 1), content)


# A clause first


def clause_around(ctx: CueContext) -> Hit | None:
    """The ferry, Ada Lund said, will sail again."""
    if (found := _source_behind_comma(ctx)) is None:
        return None
    doc, (source, end), i = ctx.doc, found, ctx.after_asides
    comma = i < ctx.high and doc.words[i] in (",", "—", "–")
    start = i + 1 if comma else i
    if start + 1 >= ctx.high or (_aside_follows(ctx, start) and not (ctx.left_open and ctx.opens_quote(start) >= 0)):
        return None
    # Without a comma, only a verb can go on with the first half: “The ferry, she argued but must first be mended”.
    if not comma and not (doc.flags[start] & COORD and is_finite(doc, start + 1, start + 1)):
        return None
    return hit(source, ctx.cue_words, _piece_before(ctx, end, loose=comma), trim(doc, start, stop_of(ctx, start)))


def clause_then_speaker(ctx: CueContext) -> Hit | None:
    """The ferry will sail again, Ada Lund said on Monday."""
    if (found := _source_behind_comma(ctx)) is None:
        return None
    doc, (source, end), i = ctx.doc, found, ctx.after_asides
    ends = ctx.ends_here or (doc.words[i] == "," and _aside_follows(ctx, i + 1))
    trails = not ends and doc.flags[i] & (PREP | SUBORD)  # “…, she said after the talks”
    if not ends and (not trails or doc.words[i] in ("that", "how", "why", "whether", "what", "if")):
        return None
    piece = _piece_before(ctx, end)
    if piece is None and ends and ctx.opens_quote(i) < 0:
        # Nothing else can have been said, so what stands there was, even without a verb: “No more ferries this winter,
        # she said”. An opening such as “After the talks,” still needs one.
        piece = _piece_before(ctx, end, loose=True)
        if piece and (doc.flags[piece[0]] & (PREP | SUBORD) or piece[1] - piece[0] < 4) and not has_finite(doc, *piece):
            return None
    return hit(source, ctx.cue_words, piece)


def clause_then_cue(ctx: CueContext) -> Hit | None:
    """The ferry will sail again, said Ada Lund; the ferry, said Ada Lund, will sail again."""
    doc, cue, first = ctx.doc, (ctx.verb_start, ctx.at + 1), ctx.verb_start
    if not _can_follow(ctx) or ctx.cue.unsure or first <= ctx.low or doc.words[first - 1] not in ",—–":
        return None
    source = subject_after(doc, ctx.at + 1, ctx.high)
    if source is None or doc.flags[source[0]] & (SUBORD | PREP) or _holds_verb(ctx, source):
        return None
    # “said he” is no news style: what follows is a clause, as in “the mayor stopped, said he was tired”.
    if doc.words[source[0]] in ("yes", "no", "so", "he", "it", "they", "she"):
        return None
    rest = source[1] + 1
    if rest + 1 < ctx.high and doc.words[rest - 1] == "," and is_finite(doc, rest, rest):
        return hit(source, cue, _piece_before(ctx, first - 1, loose=True), trim(doc, rest, stop_of(ctx, rest)))
    return hit(source, cue, _piece_before(ctx, first - 1))


def as_speaker_said(ctx: CueContext) -> Hit | None:
    """As Ada Lund told reporters, the ferry will sail; the ferry will sail, as Ada Lund put it."""
    doc, source = ctx.doc, ctx.source if ctx.cue.tense != "ing" and ctx.frames & {"bare", "post"} else None
    if source is None or ctx.passive:
        return None
    if doc.words[source[0]] == "as":
        source = (source[0] + 1, source[1])
    i = source[0] - 1
    if i < ctx.low or doc.words[i] != "as" or source[0] == source[1]:
        return None
    if i != clause_start(doc, ctx.low, i):
        return hit(source, ctx.cue_words, _piece_before(ctx, i)) if ctx.ends_here else None
    start = ctx.after_asides + 1
    if start >= ctx.high or doc.words[start - 1] != ",":
        return None
    n = ctx.opens_quote(start)
    return hit(source, ctx.cue_words, doc.quote_words[n] if n >= 0 else trim(doc, start, stop_of(ctx, start)))


def _can_follow(ctx: CueContext) -> bool:
    """Whether the cue is a verb that can stand behind what was said: “…, she said”, but not “…, she warned of”."""
    return "post" in ctx.cue.frames and ctx.cue.tense != "ing" and not ctx.passive


def _holds_verb(ctx: CueContext, source: TokenRange) -> bool:
    """Whether a verb in it shows that this is no source: “It rained,” and the mayor who left said."""
    words = ctx.doc.words[slice(*source)]
    return not {",", "who"} & set(words) and any(is_finite(ctx.doc, k, source[0]) for k in range(*source))


def _source_behind_comma(ctx: CueContext) -> tuple[TokenRange, int] | None:
    """The source, if a comma or dash parts it from what may have been said before it, and where that comma stands."""
    doc, source = ctx.doc, ctx.source if _can_follow(ctx) else None
    if source is None or any(doc.flags[i] & WORD for i in range(source[1], ctx.verb_start)):
        return None
    comma = source[0] - 1
    if doc.words[comma - 1 : comma + 1] == ["or", "so"]:  # it rained, or so Ada Lund says
        comma -= 2
    return (source, comma) if comma >= ctx.low and doc.words[comma] in ",—–" else None


def _free_from(ctx: CueContext, end: int) -> int:
    """Where the words before `end` are still free: after what earlier cues have taken, unless it goes up to the end."""
    return max([ctx.low, *(h.end for h in ctx.before if h.end < end)])


def _piece_before(ctx: CueContext, end: int, *, loose: bool = False) -> TokenRange | None:
    """The reported clause that a comma closes at `end`; a `loose` one needs no verb."""
    doc = ctx.doc
    piece = trim(doc, clause_start(doc, _free_from(ctx, end), end), end)
    if piece is None or loose:
        return piece
    opens = doc.flags[piece[0]] & (PREP | SUBORD) and doc.words[piece[0]] not in ("that", "there", "who")
    return piece if piece[1] - piece[0] > 1 and not opens and has_finite(doc, *piece) else None


def _aside_follows(ctx: CueContext, i: int) -> bool:
    """Adding that, citing, according to, who: not the second half of what was said."""
    doc, word, flag = ctx.doc, ctx.doc.words[i], ctx.doc.flags[i]
    if doc.quote_at[i] >= 0 or (word.endswith("ing") and not flag & CAPITAL and len(word) > 4):
        return True
    verb = flag & COORD and VERB_FORMS.get(doc.words[i + 1], NO_VERB).tense in ("past", "s")
    return bool(verb) or word in ("according", "who", "which", "whose", "as", "with", "without")
