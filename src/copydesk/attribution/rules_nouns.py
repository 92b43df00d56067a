"""Rules for cues that are no finite verb: according to, nouns such as “claim”, non-responses, acts of speaking.

These rules are asked about the words they name (see `finder.RULES`), because no list of verb forms holds them.
"""

from __future__ import annotations

from copydesk.attribution.cue import CueContext, Hit, clause_start, hit, stop_of
from copydesk.attribution.grammar import (
    POSSESSIVE,
    has_finite,
    is_finite,
    noun_chunk,
    subject_after,
    subject_before,
    trim,
)
from copydesk.attribution.speakers import is_role
from copydesk.attribution.tokens import (
    AUX,
    CAPITAL,
    COORD,
    DET,
    PREP,
    PRONOUN,
    REPORTING,
    SUBORD,
    VERB_GROUP,
    WORD,
    TokenRange,
    word_set,
)

_PHRASES = REPORTING["phrases"]
_REFUSED, _REFUSED_TO = word_set(_PHRASES["non_response_verbs"]), word_set(_PHRASES["non_response_to"])
_ABSENT, _REQUEST = word_set(_PHRASES["non_response_adjectives"]), word_set(_PHRASES["non_response_nouns"])
_ANSWERS = word_set(_PHRASES["non_response_answers"])
_ACTS = word_set(_PHRASES["act_verbs"])
_MAKES = word_set(REPORTING["nouns"]["verbs"])
_NOUNS_TO = word_set(REPORTING["nouns"]["to"])
_OWNERS = frozenset(("his", "her", "their", "its", "my", "our"))  # not “your”: a reporter quotes no reader
_OWN = _OWNERS | {"your"}
_IS_OR_WILL = ("was", "is", "were", "has", "had", "will", "could", "are")

NOUNS = word_set(REPORTING["nouns"]["that"]) | _NOUNS_TO
NON_RESPONSE_WORDS = _REFUSED | _ABSENT | _ANSWERS
ACT_STARTS = word_set(_PHRASES["act_starts"])


# According to


def according_to(ctx: CueContext) -> Hit | None:
    """According to Ada Lund, it rained; it rained, according to Ada Lund; the rain, according to her, stopped."""
    doc = ctx.doc
    if ctx.at + 2 >= ctx.high or doc.words[ctx.at + 1] != "to":
        return None
    opening = clause_start(doc, ctx.low, ctx.at) == ctx.at or doc.words[ctx.at - 1] in ("that", "and", "but", ":")
    return _according_first(ctx) if opening else _according_last(ctx)


def _according_first(ctx: CueContext) -> Hit | None:
    """According to Ada Lund, it rained: a comma must tell the source from the clause."""
    doc, start, high = ctx.doc, ctx.at + 2, ctx.high
    near = range(start, min(high - 1, start + 40))
    # Not the comma in “March 3, 2031”.
    commas = [i for i in near if doc.words[i] == "," and doc.quote_at[i] < 0 and not doc.words[i + 1].isdigit()]
    end = noun_chunk(doc, start, high)
    if commas and (end >= commas[0] or not doc.flags[end] & (DET | PRONOUN | CAPITAL)):
        # According to Ada Lund, 64, a baker, it rained: what names her age or calling belongs to the source.
        later = (n for n, comma in enumerate(commas[1:3]) if not _is_apposition(ctx, commas[n] + 1, comma))
        end = commas[min(next(later, 2), len(commas) - 1)]
    content = trim(doc, end, stop_of(ctx, min(end + 1, high - 1)))
    return hit(trim(doc, start, end), (ctx.at, ctx.at + 2), content)


def _is_apposition(ctx: CueContext, start: int, end: int) -> bool:
    """Whether what stands between two commas describes the source: a noun phrase without a verb, or a “who” clause."""
    doc, flag = ctx.doc, ctx.doc.flags[start]
    if flag & (PREP | PRONOUN | SUBORD):
        return doc.words[start] in ("who", "which")
    return bool(flag & (CAPITAL | DET) or doc.words[start].isdigit()) and not has_finite(doc, start, end)


def _according_last(ctx: CueContext) -> Hit | None:
    """It rained, according to Ada Lund; the rain, according to her, stopped."""
    doc, source = ctx.doc, subject_after(ctx.doc, ctx.at + 2, ctx.high)
    # “according to its plan” says how it was done, not who said so; “according to his lawyer” does.
    if source is None or (doc.words[source[0]] in _OWN and not is_role(doc.words[source[1] - 1])):
        return None
    low = clause_start(doc, max([ctx.low, *(h.end for h in ctx.before if h.end <= ctx.at)]), ctx.at)
    comma = doc.words[ctx.at - 1] == ","
    # Without a comma, only the last of two joined clauses belongs to it.
    joints = (i for i in range(ctx.at - 1, low, -1) if doc.flags[i] & COORD and doc.quote_at[i] < 0 and not comma)
    low = next((i + 1 for i in joints if has_finite(doc, low, i) and has_finite(doc, i + 1, ctx.at)), low)
    first = trim(doc, low, ctx.at) or trim(doc, clause_start(doc, ctx.low, ctx.at), ctx.at)
    if first is None:
        return None
    n, rest = doc.quote_at[first[1] - 1], source[1]
    content = [doc.quote_words[n] if n >= 0 and doc.quote_words[n][0] == first[0] else first]
    if comma and rest + 2 < ctx.high and doc.words[rest] == "," and not has_finite(doc, *first):
        second = trim(doc, rest + 1, stop_of(ctx, rest + 1))
        if second and any(is_finite(doc, i, second[0] - 1) for i in range(*second)):
            content.append(second)
    return Hit(source, (ctx.at, ctx.at + 2), content)


# Nouns


def noun_that(ctx: CueContext) -> Hit | None:
    """Ada Lund’s claim that it rained; the claim by Ada Lund that it rained; she made the claim that it rained."""
    doc, i = ctx.doc, ctx.at + 1
    source: TokenRange | None = None
    if doc.words[i : i + 1] and doc.words[i] in ("by", "from", "of"):
        end = noun_chunk(doc, i + 1, ctx.high)
        if end > i + 1 and doc.words[i] != "of":
            source = (i + 1, end)
        i = end
    # “the report that was stolen”: a verb right behind “that” makes a relative clause, and nothing is reported.
    if i + 2 >= ctx.high or doc.words[i] != "that" or doc.words[i + 1] in _IS_OR_WILL:
        return None
    content = trim(doc, i, stop_of(ctx, i))
    taken = any(c[0] == i for earlier in ctx.before for c in earlier.content)
    if content is None or taken or content[1] - content[0] < 4 or ctx.cue.tense in ("past", "part"):
        return None
    start = _noun_start(ctx)
    if start - ctx.low < 4:
        content = _before_main_verb(ctx, content)
    source = source or _owner(ctx, start)
    return Hit(source, (start if source is None or source[1] <= start else ctx.at, ctx.at + 1), [content])


def noun_to(ctx: CueContext) -> Hit | None:
    """Ada Lund’s promise to stay; her threat to leave."""
    doc, i = ctx.doc, ctx.at + 1
    if i + 1 >= ctx.high or doc.words[i] != "to" or doc.words[ctx.at] not in _NOUNS_TO:
        return None
    # her promise to stay was kept: the sentence's own verb ends the infinitive
    ahead = range(i + 2, stop_of(ctx, i))
    ends = (k for k in ahead if doc.words[k] == "," or (is_finite(doc, k, i + 1) and not doc.flags[k - 1] & PRONOUN))
    content = trim(doc, i, next(ends, ahead.stop))
    return hit(_owner(ctx, _noun_start(ctx)), (ctx.at, ctx.at + 1), content)


def _before_main_verb(ctx: CueContext, content: TokenRange) -> TokenRange:
    """His claim that it rained was false: the sentence's own verb ends the clause.

    The first finite verb belongs to the clause; a later auxiliary, if nothing joins it to the clause, does not.
    """
    doc, (start, end) = ctx.doc, content
    first = next((i for i in range(start + 1, end) if is_finite(doc, i, start + 1)), end)
    for i in range(first + 2, end):
        if doc.flags[i] & AUX and not doc.flags[i - 1] & (COORD | SUBORD | PRONOUN | VERB_GROUP):
            return start, i
    return content


def _noun_start(ctx: CueContext) -> int:
    """Where the noun's adjectives begin: at “repeated”, in “her repeated claim”."""
    doc, i = ctx.doc, ctx.at
    while i - 1 >= ctx.low and i > ctx.at - 4 and not doc.flags[i - 1] & VERB_GROUP and doc.flags[i - 1] & WORD:
        if doc.words[i - 1].endswith(POSSESSIVE) or doc.flags[i - 1] & (DET | PREP):
            return i
        i -= 1
    return ctx.at


def _owner(ctx: CueContext, start: int) -> TokenRange | None:
    """Whose claim it is: Ada Lund’s claim, her claim, or she made the claim."""
    doc, i = ctx.doc, start - 1
    if i < ctx.low:
        return None
    if doc.words[i].endswith(POSSESSIVE):
        k = i
        # A name may be long (“Governor Ada Lund’s”). Other owners are taken with two words in front at most.
        while k > ctx.low and doc.flags[k - 1] & WORD and not doc.flags[k] & DET:
            flag = doc.flags[k - 1]
            if not (flag & CAPITAL if doc.flags[i] & CAPITAL else k > i - 3):
                break
            if flag & (PREP | SUBORD | COORD | PRONOUN | VERB_GROUP):
                break
            k -= 1
        return k, i + 1
    if doc.words[i] in _OWNERS:
        return i, i + 1
    made = next((k for k in range(i - 1, max(i - 4, ctx.low - 1), -1) if doc.words[k] in _MAKES), -1)
    return subject_before(doc, ctx.subject_floor, made) if made >= 0 else None


def in_words_of(ctx: CueContext) -> Hit | None:
    """It is, in Ada Lund’s words, “a heap of stones”; “a heap”, in the words of Ada Lund."""
    doc, at = ctx.doc, ctx.at
    if doc.words[at + 1 : at + 2] == ["of"]:
        source, start = subject_after(doc, at + 2, ctx.high), at - (doc.words[at - 1] == "the")
        after = source[1] if source else ctx.high
    else:
        source, after = _owner(ctx, at), at + 1
        start = source[0] if source else at
    if start <= ctx.low or doc.words[start - 1] != "in":
        return None
    while after < ctx.high and doc.words[after] in (",", ":") and doc.quote_at[after] < 0:
        after += 1
    before = start - 2 - (doc.words[start - 2] == ",")
    quotes = [ctx.opens_quote(i) for i in range(after, after + 4)]  # “in her words, was (“a ruin”)”
    n = max(*quotes, doc.quote_at[before] if before >= ctx.low else -1)
    return hit(source, (at, at + 1), doc.quote_words[n] if n >= 0 else None)


# Nobody says anything


def non_response(ctx: CueContext) -> Hit | None:
    """Ada Lund declined to comment; she could not be reached; she did not respond to a request."""
    doc, i, word = ctx.doc, ctx.at, ctx.doc.words[ctx.at]
    group = doc.words[ctx.verb_start : i]
    negated = any(word in ("not", "never") or word.endswith(("n't", "n’t")) for word in group)
    nobody = ctx.source is not None and doc.words[ctx.source[0]] in ("neither", "nobody", "none", "no")
    if word in _REFUSED:
        if doc.words[i + 1 : i + 2] != ["to"]:
            return None
        end = i + 2 if doc.words[min(i + 2, ctx.high - 1)] in _REFUSED_TO else -1
    elif word in _ABSENT:
        ahead = range(i, min(ctx.high, i + 6) if negated else i)
        end = next((k for k in ahead if doc.words[k] in ("comment", "reached", "contacted")), -1)
    else:
        ahead = range(i + 1, min(ctx.high, i + 8) if negated or nobody else i)
        end = next((k for k in ahead if doc.words[k] in _REQUEST), -1)
    return Hit(ctx.source, (ctx.verb_start, end + 1), [], form="non_response") if end >= 0 and ctx.source else None


def speech_act(ctx: CueContext) -> Hit | None:
    """The ministry began setting out its terms: that it spoke is reported, and what it said is not."""
    doc, end = ctx.doc, ctx.at + 2
    if end >= ctx.high or doc.words[end - 1] not in _ACTS:
        return None
    if doc.words[end] in ("out", "forth", "about", "with", "to"):
        end += 1
    ahead = range(end + 1, ctx.high)
    stop = next((k for k in ahead if doc.words[k] in ("to", "with", "on", "before", ",", ".")), ctx.high)
    content = trim(doc, end, stop)
    return Hit(ctx.source, (ctx.verb_start, end), [content], form="speech_act") if ctx.source and content else None
