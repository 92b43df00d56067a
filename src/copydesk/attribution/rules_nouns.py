"""Rules for cues that are no finite verb: according to, nouns, non-responses, speech acts."""

from __future__ import annotations

from copydesk.attribution.contents import clause_start, stop_of
from copydesk.attribution.cue_context import CueContext
from copydesk.attribution.grammar import (
    has_finite,
    in_group,
    is_finite,
    is_possessive,
    is_word,
    noun_chunk,
    shared_subject,
    subject_after,
    subject_before,
    trim,
)
from copydesk.attribution.reading import AUX, COORD, CUES, DET, PREP, PRONOUN, SUBORD, Hit, TokenRange, word_set
from copydesk.attribution.speakers import is_role

_PHRASES = CUES["phrases"]
_REFUSED, _REFUSED_TO = word_set(_PHRASES["non_response_verbs"]), word_set(_PHRASES["non_response_to"])
_ABSENT, _REQUEST = word_set(_PHRASES["non_response_adjectives"]), word_set(_PHRASES["non_response_nouns"])
_STARTS, _ACTS = word_set(_PHRASES["act_starts"]), word_set(_PHRASES["act_verbs"])
_NOUNS_TO = word_set(CUES["nouns"]["to"])
_OWN = frozenset(("his", "her", "their", "its", "my", "our", "your"))
_MAKES = word_set(CUES["nouns"]["verbs"])


def according_to(ctx: CueContext) -> Hit | None:
    """According to Ada Lund, it rained; it rained, according to Ada Lund; the rain, according to her, stopped."""
    doc = ctx.doc
    if doc.words[ctx.at] != "according" or ctx.at + 2 >= ctx.high or doc.words[ctx.at + 1] != "to":
        return None
    opening = clause_start(doc, ctx.low, ctx.at) == ctx.at or doc.words[ctx.at - 1] in ("that", "and", "but", ":")
    return _according_first(ctx) if opening else _according_last(ctx)


def _according_first(ctx: CueContext) -> Hit | None:
    doc, start = ctx.doc, ctx.at + 2
    commas = [i for i in range(start, min(ctx.high, start + 40)) if doc.words[i] == "," and doc.quote_at[i] < 0][:3]
    commas = [i for i in commas if not _number_comma(ctx, i)]
    chunk = noun_chunk(doc, start, ctx.high)
    if commas and (chunk >= commas[0] or not (doc.flags[chunk] & (DET | PRONOUN) or doc.capital(chunk))):
        end = commas[0]
        if len(commas) > 1 and _apposition(ctx, commas[0] + 1, commas[1]):
            end = commas[1]
    else:
        end = chunk
    source = trim(doc, start, end)
    content = trim(doc, end, stop_of(ctx, min(end + 1, ctx.high - 1)))
    return Hit(source, (ctx.at, ctx.at + 2), [content]) if source and content else None


def _number_comma(ctx: CueContext, i: int) -> bool:
    return i + 1 < ctx.high and ctx.doc.words[i + 1].isdigit()


def _apposition(ctx: CueContext, start: int, end: int) -> bool:
    doc = ctx.doc
    if end <= start or end + 2 >= ctx.high or doc.flags[start] & (PREP | PRONOUN | SUBORD):
        return start < end and doc.words[start] in ("who", "which") and end + 2 < ctx.high
    named = doc.capital(start) or bool(doc.flags[start] & DET)
    return named and not any(is_finite(doc, i, start) for i in range(start, end))


def _according_last(ctx: CueContext) -> Hit | None:
    doc = ctx.doc
    source = subject_after(doc, ctx.at + 2, ctx.high)
    if source is None or (doc.words[source[0]] in _OWN and not is_role(doc.words[source[1] - 1])):
        return None
    low = clause_start(doc, max([ctx.low, *(h.end for h in ctx.before if h.end <= ctx.at)]), ctx.at)
    comma = doc.words[ctx.at - 1] == ","
    if not comma:
        low = _last_clause(ctx, low)
    first = trim(doc, low, ctx.at)
    if first is None:
        first = trim(doc, clause_start(doc, ctx.low, ctx.at), ctx.at)
    if first is None:
        return None
    content: list[TokenRange] = [first]
    n = doc.quote_at[first[1] - 1]
    if n >= 0 and doc.quote_words[n][0] == first[0]:
        content = [doc.quote_words[n]]
    rest = source[1]
    if comma and rest + 2 < ctx.high and doc.words[rest] == "," and not has_finite(doc, *first):
        second = trim(doc, rest + 1, stop_of(ctx, rest + 1))
        if second and any(is_finite(doc, i, second[0] - 1) for i in range(*second)):
            content.append(second)
    return Hit(source, (ctx.at, ctx.at + 2), content)


def _last_clause(ctx: CueContext, low: int) -> int:
    """Without a comma, according to belongs to the last of two joined clauses."""
    doc = ctx.doc
    for i in range(ctx.at - 1, low, -1):
        if doc.flags[i] & COORD and doc.quote_at[i] < 0 and has_finite(doc, low, i) and has_finite(doc, i + 1, ctx.at):
            return i + 1
    return low


def noun_that(ctx: CueContext) -> Hit | None:
    """Ada Lund’s claim that it rained; the claim by Ada Lund that it rained; she made the claim that it rained."""
    doc, i = ctx.doc, ctx.at + 1
    if (ctx.cue is not None and ctx.cue.tense in ("past", "part")) or i >= ctx.high:
        return None
    source: TokenRange | None = None
    if doc.words[i] in ("by", "from", "of") and i + 1 < ctx.high:
        end = noun_chunk(doc, i + 1, ctx.high)
        if end > i + 1 and doc.words[i] != "of":
            source = (i + 1, end)
        i = end
    if (
        i + 2 >= ctx.high
        or doc.words[i] != "that"
        or doc.words[i + 1] in ("was", "is", "were", "has", "had", "will", "could", "are")
    ):
        return None
    content = trim(doc, i, stop_of(ctx, i))
    if any(c[0] == i for hit in ctx.before for c in hit.content):
        return None
    if content is None or content[1] - content[0] < 4:
        return None
    start = _noun_start(ctx)
    content = _before_main_verb(ctx, content) if start - ctx.low < 4 else content
    source = source or _owner(ctx, start)
    return Hit(source, (start if source is None or source[1] <= start else ctx.at, ctx.at + 1), [content])


def noun_to(ctx: CueContext) -> Hit | None:
    """Ada Lund’s promise to stay; her threat to leave."""
    doc, i = ctx.doc, ctx.at + 1
    if (
        i + 1 >= ctx.high
        or doc.words[i] != "to"
        or doc.words[ctx.at] not in _NOUNS_TO
        or not doc.words[i + 1].isalpha()
    ):
        return None
    source = _owner(ctx, _noun_start(ctx))
    stop = next(
        (
            k
            for k in range(i + 2, ctx.high)
            if (is_finite(doc, k, i + 1) and not doc.flags[k - 1] & PRONOUN) or doc.words[k] == ","
        ),
        ctx.high,
    )
    content = trim(doc, i, min(stop, stop_of(ctx, i)))
    return Hit(source, (ctx.at, ctx.at + 1), [content]) if source and content else None


def _before_main_verb(ctx: CueContext, content: TokenRange) -> TokenRange:
    """His claim that it rained was false: the sentence’s own verb ends the clause."""
    doc = ctx.doc
    first = next((i for i in range(content[0] + 1, content[1]) if is_finite(doc, i, content[0] + 1)), content[1])
    for i in range(first + 2, content[1]):
        small = doc.flags[i - 1] & (COORD | SUBORD | PRONOUN) or in_group(doc, i - 1)
        if doc.flags[i] & AUX and not small:
            return content[0], i
    return content


def _noun_start(ctx: CueContext) -> int:
    i = ctx.at
    while i - 1 >= ctx.low and i > ctx.at - 4 and not in_group(ctx.doc, i - 1) and is_word(ctx.doc, i - 1):
        if is_possessive(ctx.doc, i - 1) or ctx.doc.flags[i - 1] & (DET | PREP):
            return i
        i -= 1
    return ctx.at


def _owner(ctx: CueContext, start: int) -> TokenRange | None:
    doc, i = ctx.doc, start - 1
    if i < ctx.low:
        return None
    if is_possessive(doc, i):
        k = i
        while k > ctx.low and is_word(doc, k - 1) and (doc.capital(k - 1) if doc.capital(i) else k > i - 3):
            if doc.flags[k - 1] & (PREP | SUBORD | COORD | PRONOUN) or in_group(doc, k - 1):
                break
            k -= 1
            if doc.flags[k] & DET:
                break
        return k, i + 1
    if doc.words[i] in ("his", "her", "their", "its", "my", "our"):
        return (i, i + 1)
    k = i - 1
    while k >= ctx.low and k > i - 3 and doc.words[k] not in _MAKES:
        k -= 1
    if k >= ctx.low and doc.words[k] in _MAKES:
        return subject_before(doc, ctx.subject_floor, k)
    return None


def non_response(ctx: CueContext) -> Hit | None:
    """Ada Lund declined to comment; she could not be reached; she did not respond to a request."""
    doc, i = ctx.doc, ctx.at
    word = doc.words[i]
    if word in _REFUSED:
        if i + 2 >= ctx.high or doc.words[i + 1] != "to" or doc.words[i + 2] not in _REFUSED_TO:
            return None
        end = i + 3
    elif word in _ABSENT:
        if not any(
            doc.words[k] in ("not", "n't", "never") or doc.words[k].endswith(("n't", "n’t"))
            for k in range(ctx.verb_start, i)
        ):
            return None
        end = next(
            (k + 1 for k in range(i, min(ctx.high, i + 6)) if doc.words[k] in ("comment", "reached", "contacted")), -1
        )
        if end < 0:
            return None
    elif word in ("respond", "responded", "reply", "replied", "return", "returned", "answer", "answered"):
        said_no = any(
            doc.words[k] in ("not", "never") or doc.words[k].endswith(("n't", "n’t")) for k in range(ctx.verb_start, i)
        )
        end = next((k + 1 for k in range(i + 1, min(ctx.high, i + 8)) if doc.words[k] in _REQUEST), -1)
        said_no = said_no or (
            ctx.source is not None and doc.words[ctx.source[0]] in ("neither", "nobody", "none", "no")
        )
        if not said_no or end < 0:
            return None
    else:
        return None
    source = ctx.source
    return Hit(source, (ctx.verb_start, end), [], form="non_response") if source else None


def speech_act(ctx: CueContext) -> Hit | None:
    """The ministry began setting out its terms."""
    doc, i = ctx.doc, ctx.at
    if doc.words[i] not in _STARTS or i + 2 >= ctx.high or doc.words[i + 1] not in _ACTS:
        return None
    end = i + 2
    if doc.words[end] in ("out", "forth", "about", "with", "to"):
        end += 1
    source = ctx.source
    stop = next(
        (k for k in range(end, ctx.high) if doc.words[k] in ("to", "with", "on", "before", ",", ".") and k > end),
        ctx.high,
    )
    content = trim(doc, end, stop)
    return Hit(source, (ctx.verb_start, end), [content], form="speech_act") if source and content else None


__all__ = ["according_to", "non_response", "noun_that", "shared_subject", "speech_act"]
