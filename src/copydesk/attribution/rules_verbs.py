"""Rules for a reporting verb in its sentence, by the order of speaker, verb and words.

Each rule is a function of a cue in its sentence. It returns a `Hit`, or None where it does not fit. `finder.RULES`
lists them in the order in which they are asked.

News style likes the words first and the speaker behind them: it rained, Ada Lund said. Marks decide most of these
cases, because a comma or a quotation mark must part the words from their speaker.
"""

from __future__ import annotations

from copydesk.attribution.cue import CueContext, Hit, clause_start, hit, said, said_clause, said_that, stop_of
from copydesk.attribution.grammar import (
    after_verb,
    has_finite,
    is_finite,
    shared_subject,
    skip_aside,
    subject_after,
    subject_before,
    trim,
)
from copydesk.attribution.tokens import (
    AUX,
    CAPITAL,
    COORD,
    CUE,
    DET,
    GRAMMAR,
    MODAL,
    NO_VERB,
    PREP,
    RELATIVE,
    REPORTING,
    SUBORD,
    TIME,
    VERB_FORMS,
    WORD,
    TokenRange,
    word_set,
)

_CLOSERS = frozenset(",.?!…—–-")
_DASHES = ("—", "–", "-")
_WHEN, _NO_VERB_BEHIND = word_set(GRAMMAR["before_participles"]), word_set(GRAMMAR["before_gerunds"])
_QUOTED = word_set(REPORTING["phrases"]["quoting_verbs"])


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
    i = source[0] - 1
    if i < ctx.low or doc.words[i] != "as":
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


# The words after the verb


def nested(ctx: CueContext) -> Hit | None:
    """“She told me that it rained,” Ada Lund said: speech that is reported inside a quotation.

    Only “say” and “tell” in a finite form are looked for there. Other cues inside a quotation are mostly the speaker's
    own words (“I think it will rain”), which no newspaper attributes.
    """
    if ctx.cue.lemma not in ("say", "tell") or ctx.cue.tense not in ("past", "s") or ctx.passive:
        return None
    return hit(ctx.source, ctx.cue_words, said_that(ctx) or said_clause(ctx))


# The subject stands before another verb


def participle(ctx: CueContext) -> Hit | None:
    """…, adding that it rained; with one baker saying it rained; a letter saying it rained."""
    doc, first = ctx.doc, ctx.verb_start
    if ctx.cue.tense != "ing" or ctx.progressive or first <= ctx.low:
        return None
    before = doc.words[first - 1]
    # A gerund is a noun and reports nothing by itself: the saying goes, the habit of saying, fined for claiming.
    if doc.flags[first - 1] & (DET | AUX) or before in _NO_VERB_BEHIND:
        return None
    shares = before in (",", "—", "–", "and", "but") or before in _WHEN
    if shares or doc.quote_at[first - 1] != doc.quote_at[ctx.at]:
        return hit(ctx.shared, ctx.cue_words, said(ctx))
    return hit(_noun_that_says(ctx), ctx.cue_words, said(ctx))


def _noun_that_says(ctx: CueContext) -> TokenRange | None:
    """The letter, in “she sent a letter saying it rained”; Quill, in “with Quill saying it rained”."""
    doc, cue, first = ctx.doc, ctx.cue, ctx.verb_start
    # Verbs that take an object seldom report here: “a man urging them to stay”, “the people believing it”.
    asks = ("person_to" in cue.frames and "bare" not in cue.frames) or "clause" in cue.frames
    source = subject_before(doc, ctx.subject_floor, first)
    if source is None or cue.unsure or asks or is_finite(doc, first - 1, ctx.low):
        return None
    start, end = source
    for i in range(end - 1, start, -1):  # the subject begins behind the “with” or an earlier cue
        if doc.words[i] == "with" or (doc.flags[i] & CUE and VERB_FORMS[doc.words[i]].tense in ("past", "s")):
            start = i + 1
            break
    start = after_verb(doc, start, end)
    return (start, end) if start < end else None


def opening_participle(ctx: CueContext) -> Hit | None:
    """Citing the rain, Ada Lund stayed; after saying it rained, she stayed."""
    if ctx.cue.tense != "ing":
        return None
    doc, first = ctx.doc, clause_start(ctx.doc, ctx.low, ctx.verb_start)
    when = ctx.verb_start == first + 1 and doc.words[first] in _WHEN and said(ctx)  # not: after calling the mayor
    if not (ctx.verb_start == first or when):
        return None
    ahead = range(ctx.at + 1, min(ctx.high, ctx.at + 40))
    comma = next((i for i in ahead if doc.words[i] == "," and doc.quote_at[i] < 0), ctx.at)
    content = trim(doc, ctx.after_addressee, comma)
    opens = content and doc.words[content[0]] in ("that", "it", "he", "she", "they", "the", "there")
    if not opens and "object" not in ctx.cue.frames:
        return None
    return hit(shared_subject(doc, comma + 1, ctx.high), (ctx.at, ctx.after_addressee), content)


def second_verb(ctx: CueContext) -> Hit | None:
    """Ada Lund sat down and said it rained: the subject stands before an earlier verb."""
    joined = ctx.verb_start > ctx.low and ctx.doc.flags[ctx.verb_start - 1] & COORD
    if not joined or ctx.passive or ctx.cue.tense in ("ing", "base"):
        return None
    return hit(ctx.shared, ctx.cue_words, said(ctx))


# Passives


def passive_by(ctx: CueContext) -> Hit | None:
    """It was said by Ada Lund that it rained; the plan was criticised by Ada Lund."""
    if not ctx.passive:
        return None
    doc, near = ctx.doc, range(ctx.at + 1, min(ctx.high - 1, ctx.at + 4))
    by = next((i for i in near if doc.words[i] == "by" and doc.quote_at[i] == doc.quote_at[ctx.at]), -1)
    # “could be criticised” reports nothing yet, and “was asked to stand by” names nobody.
    modal = any(doc.flags[i] & MODAL for i in range(ctx.verb_start, ctx.at))
    if modal or by < 0 or "to" in doc.words[ctx.at + 1 : by]:
        return None
    after, flag = doc.words[by + 1], doc.flags[by + 1]
    source = subject_after(doc, by + 1, ctx.high)
    # “was announced by Friday”, “was answered by saying”
    if source is None or flag & TIME or (after.endswith("ing") and not flag & CAPITAL):
        return None
    start, end = source
    # “was accused by the baker of lying”: what follows “of” is the content. “was quoted by the Herald as saying”: none.
    end = next((i for i in range(start + 1, end) if doc.words[i] == "of" and doc.words[i + 1].endswith("ing")), end)
    if doc.words[end : end + 1] == ["as"] and doc.words[end + 1].endswith("ing"):
        return None
    behind = end < ctx.high and doc.words[end] in ("that", "as", "of", "for")
    content = trim(doc, end, ctx.high) if behind else subject_before(doc, ctx.subject_floor, ctx.verb_start)
    if content and not behind and doc.flags[content[1] - 1] & RELATIVE:
        return None
    return hit((start, end), (ctx.verb_start, by + 1), content)


def quoted_as_saying(ctx: CueContext) -> Hit | None:
    """Ada Lund was quoted (by the Herald) as saying it rained; the Herald quoted Ada Lund as saying it rained."""
    doc, as_ = ctx.doc, ctx.verb_start - 1
    if ctx.cue.tense != "ing" or as_ - 2 < ctx.low or doc.words[as_] != "as":
        return None
    near = range(as_ - 1, max(ctx.low, as_ - 12), -1)
    quoted = next((k for k in near if doc.words[k] in _QUOTED), as_)
    between = trim(doc, quoted + 1, as_)
    if between and doc.words[between[0]] != "by":
        return hit(between, (as_, ctx.after_addressee), said(ctx))
    first = ctx.group_start(quoted)
    return hit(ctx.subject_of(first) if quoted < as_ else None, (first, ctx.after_addressee), said(ctx))


def it_was_said(ctx: CueContext) -> Hit | None:
    """It was announced that it rained: nobody is named."""
    first = ctx.verb_start
    if not ctx.passive or first <= ctx.low or ctx.doc.words[first - 1] != "it":
        return None
    content = said_that(ctx)
    return Hit(None, (first - 1, ctx.at + 1), [content]) if content else None
