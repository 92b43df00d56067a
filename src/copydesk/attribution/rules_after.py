"""Rules for words that come after their cue."""

from __future__ import annotations

from collections.abc import Callable

from copydesk.attribution.contents import (
    particle,
    said_clause,
    said_name,
    said_quote,
    said_that,
    said_thing,
    said_to_do,
    stop_of,
)
from copydesk.attribution.cue_context import CueContext
from copydesk.attribution.grammar import (
    after_verb,
    has_finite,
    in_group,
    is_adverb,
    is_finite,
    is_word,
    shared_subject,
    subject_after,
    subject_before,
    trim,
)
from copydesk.attribution.reading import (
    AUX,
    BE,
    COORD,
    CUE,
    CUE_FORMS,
    DET,
    MODAL,
    PREP,
    PRONOUN,
    RELATIVE,
    TIME,
    WORDS,
    Hit,
    TokenRange,
    word_set,
)
from copydesk.attribution.rules_before import left_open

Said = Callable[[CueContext], TokenRange | None]
_LIGHT = word_set(WORDS["light"])
_COMPLEMENTS: tuple[Said, ...] = (said_quote, said_that, said_clause, said_to_do, said_name, said_thing)


def _active(ctx: CueContext, said: Said) -> Hit | None:
    """Subject, verb, and the complement this rule is about."""
    if ctx.passive or ctx.cue is None or (ctx.cue.tense == "ing" and not _progressive(ctx)):
        return None
    if ctx.verb_start > ctx.low and ctx.doc.words[ctx.verb_start - 1] == "to":
        return _light_verb(ctx, said)
    if (
        ctx.cue.tense in ("base", "part")
        and ctx.verb_start > ctx.low
        and ctx.doc.words[ctx.verb_start - 1] in ("let", "to")
    ):
        return None
    if ctx.cue.tense == "part" and ctx.verb_start == ctx.at:
        return None
    source = ctx.source
    if source is None or (source[0] > ctx.low and ctx.doc.words[source[0] - 1] == "what"):
        return None
    content = said(ctx)
    return Hit(source, _cue(ctx), [content]) if content else None


def _light_verb(ctx: CueContext, said: Said) -> Hit | None:
    """Went on to say: the light verb's subject speaks."""
    doc, i = ctx.doc, ctx.verb_start - 2
    while i >= ctx.low and doc.words[i] == "on":
        i -= 1
    if i < ctx.low or doc.words[i] not in _LIGHT:
        return None
    while i > ctx.low and in_group(doc, i - 1):
        i -= 1
    source = ctx.shared if doc.flags[i - 1] & COORD and i > ctx.low else subject_before(doc, ctx.subject_floor, i)
    content = said(ctx) if source else None
    return Hit(source, (i, max(ctx.after_addressee, ctx.at + 1)), [content]) if source and content else None


def _progressive(ctx: CueContext) -> bool:
    return any(
        ctx.doc.flags[i] & BE or ctx.doc.words[i] in ("'s", "’s", "'re", "’re") for i in range(ctx.verb_start, ctx.at)
    ) or (
        ctx.verb_start > ctx.low
        and ctx.doc.words[ctx.verb_start - 1] in ("he's", "she's", "they're", "i'm", "we're", "it's", "who's")
    )


def _cue(ctx: CueContext) -> TokenRange:
    end = ctx.after_addressee if ctx.after_addressee > ctx.at + 1 else ctx.at + 1
    return (ctx.verb_start, end + 1 if particle(ctx) and end == ctx.at + 1 else end)


def says_quote(ctx: CueContext) -> Hit | None:
    """Ada Lund said, “It rained.”"""
    return None if left_open(ctx) else _active(ctx, said_quote)


def says_that(ctx: CueContext) -> Hit | None:
    """Ada Lund said that it rained."""
    return _active(ctx, said_that)


def says_clause(ctx: CueContext) -> Hit | None:
    """Ada Lund said it rained."""
    return _active(ctx, said_clause)


def says_to_do(ctx: CueContext) -> Hit | None:
    """Ada Lund vowed to stay; she urged them to stay."""
    return _active(ctx, said_to_do)


def says_name(ctx: CueContext) -> Hit | None:
    """Ada Lund called it “a shame”."""
    return _active(ctx, said_name)


def says_thing(ctx: CueContext) -> Hit | None:
    """Ada Lund denied the charge."""
    return _active(ctx, said_thing)


def _any_complement(ctx: CueContext) -> TokenRange | None:
    return next((content for said in _COMPLEMENTS if (content := said(ctx))), None)


def participle(ctx: CueContext) -> Hit | None:
    """…, adding that it rained; with one baker saying it rained; a letter saying it rained."""
    doc, cue = ctx.doc, ctx.cue
    if cue is None or cue.tense != "ing" or _progressive(ctx) or ctx.verb_start <= ctx.low or _gerund(ctx):
        return None
    content = _any_complement(ctx)
    if content is None:
        return None
    prev = doc.words[ctx.verb_start - 1]
    if (
        prev in (",", "—", "–", "and", "but")
        or doc.quote_at[ctx.verb_start - 1] != doc.quote_at[ctx.at]
        or prev in ("by", "while", "whilst", "before", "after", "when", "in", "without")
    ):
        source = ctx.shared
    elif (
        cue.unsure
        or ("person_to" in cue.frames and "bare" not in cue.frames)
        or "clause" in cue.frames
        or is_finite(doc, ctx.verb_start - 1, ctx.low)
    ):
        return None
    else:
        source = subject_before(doc, ctx.subject_floor, ctx.verb_start)
        source = _after_with(ctx, source) if source else None
        source = (after_verb(doc, *source), source[1]) if source else None
        source = source if source and source[0] < source[1] else None
    return Hit(source, _cue(ctx), [content]) if source else None


def _gerund(ctx: CueContext) -> bool:
    """The saying goes; of saying; for claiming: not a report by itself."""
    doc = ctx.doc
    prev = doc.words[ctx.verb_start - 1]
    return bool(doc.flags[ctx.verb_start - 1] & (DET | AUX)) or prev in (
        "of",
        "for",
        "from",
        "about",
        "to",
        "on",
        "against",
        "like",
        "as",
    )


def _after_with(ctx: CueContext, source: TokenRange) -> TokenRange:
    """With Quill saying: the subject begins after the last small word of the phrase."""
    doc = ctx.doc
    for i in range(source[1] - 1, source[0], -1):
        if doc.words[i] == "with" or (doc.flags[i] & CUE and CUE_FORMS[doc.words[i]].tense in ("past", "s")):
            return i + 1, source[1]
    return source


def opening_participle(ctx: CueContext) -> Hit | None:
    """Citing the rain, Ada Lund stayed; saying it rained, she stayed."""
    doc, cue = ctx.doc, ctx.cue
    if cue is None or cue.tense != "ing" or ctx.verb_start != ctx.low:
        return None
    comma = next(
        (i for i in range(ctx.at + 1, min(ctx.high, ctx.at + 40)) if doc.words[i] == "," and doc.quote_at[i] < 0), -1
    )
    if comma < 0:
        return None
    content = trim(doc, ctx.after_addressee, comma)
    source = shared_subject(doc, comma + 1, ctx.high)
    fits = "object" in cue.frames or (
        content and doc.words[content[0]] in ("that", "it", "he", "she", "they", "the", "there")
    )
    return Hit(source, (ctx.at, ctx.after_addressee), [content]) if content and source and fits else None


def second_verb(ctx: CueContext) -> Hit | None:
    """Ada Lund sat down and said it rained: the subject stands before an earlier verb."""
    if (
        ctx.verb_start <= ctx.low
        or not ctx.doc.flags[ctx.verb_start - 1] & COORD
        or ctx.cue is None
        or ctx.cue.tense in ("ing", "base")
    ):
        return None
    if ctx.passive or ctx.shared is None:
        return None
    content = _any_complement(ctx)
    return Hit(ctx.shared, _cue(ctx), [content]) if content else None


def passive_by(ctx: CueContext) -> Hit | None:
    """It was said by Ada Lund that it rained; the plan was criticised by Ada Lund."""
    doc = ctx.doc
    if (
        not ctx.passive
        or ctx.cue is None
        or ctx.at + 2 >= ctx.high
        or any(doc.flags[i] & MODAL for i in range(ctx.verb_start, ctx.at))
    ):
        return None
    by = next((i for i in range(ctx.at + 1, min(ctx.high, ctx.at + 4)) if doc.words[i] == "by"), -1)
    if any(doc.words[i] == "to" for i in range(ctx.at + 1, by)) or (0 < by < ctx.high - 1 and doc.flags[by + 1] & TIME):
        return None
    if by < 0 or doc.quote_at[by] != doc.quote_at[ctx.at]:
        return None
    source = subject_after(doc, by + 1, ctx.high)
    if source is None or (doc.words[by + 1].endswith("ing") and not doc.capital(by + 1)):
        return None
    of = next(
        (i for i in range(*source) if doc.words[i] == "of" and doc.words[min(i + 1, ctx.high - 1)].endswith("ing")), -1
    )
    source = (source[0], of) if of > source[0] else source
    rest = source[1]
    if rest < ctx.high and doc.words[rest] in ("that", "as", "of", "for"):
        content = trim(doc, rest, ctx.high)
    else:
        content = subject_before(doc, ctx.subject_floor, ctx.verb_start)
        if content and doc.flags[content[1] - 1] & RELATIVE:
            return None
    return Hit(source, (ctx.verb_start, by + 1), [content]) if content else None


def quoted_as_saying(ctx: CueContext) -> Hit | None:
    """Ada Lund was quoted as saying it rained."""
    doc, i = ctx.doc, ctx.verb_start - 1
    if ctx.cue is None or ctx.cue.tense != "ing" or i - 2 < ctx.low or doc.words[i] != "as":
        return None
    if doc.words[i - 1] not in ("quoted", "cited", "reported", "recorded", "heard", "caught"):
        return None
    k = i - 1
    while k > ctx.low and in_group(doc, k - 1):
        k -= 1
    source = subject_before(doc, ctx.subject_floor, k)
    content = _any_complement(ctx)
    return Hit(source, (k, ctx.after_addressee), [content]) if source and content else None


def it_was_said(ctx: CueContext) -> Hit | None:
    """It was announced that it rained: nobody is named."""
    if not ctx.passive or ctx.verb_start <= ctx.low or ctx.doc.words[ctx.verb_start - 1] != "it":
        return None
    content = said_that(ctx)
    return Hit(None, (ctx.verb_start - 1, ctx.at + 1), [content]) if content else None


def feels(ctx: CueContext) -> Hit | None:
    """Ada Lund is confident that it will rain."""
    doc = ctx.doc
    if ctx.at > ctx.low and doc.words[ctx.at] == "clear":
        return _made_clear(ctx)
    if ctx.verb_start == ctx.at or not any(doc.flags[i] & BE for i in range(ctx.verb_start, ctx.at)):
        return None
    source, i = ctx.source, ctx.at + 1
    if source is None or i >= ctx.high or (doc.flags[source[0]] & PRONOUN and doc.words[source[0]] in ("it", "there")):
        return None
    if doc.words[i] != "that" and not (doc.flags[i] & (PRONOUN | DET) or doc.capital(i)):
        return None
    stop = stop_of(ctx, i)
    content = trim(doc, i, stop)
    fits = doc.words[i] == "that" or has_finite(doc, i, stop)
    return (
        Hit(source, (ctx.verb_start, ctx.at + 1), [content])
        if content and fits and is_word(doc, i) and not doc.flags[i] & PREP
        else None
    )


def _made_clear(ctx: CueContext) -> Hit | None:
    """Ada Lund made it clear that she would run."""
    doc, i = ctx.doc, ctx.at - 1
    while i > ctx.low and (doc.words[i] == "it" or is_adverb(doc, i)):
        i -= 1
    if doc.words[i] not in ("made", "makes", "make") or ctx.at + 1 >= ctx.high or doc.words[ctx.at + 1] != "that":
        return None
    while i > ctx.low and in_group(doc, i - 1):
        i -= 1
    source = ctx.shared if doc.flags[i - 1] & COORD and i > ctx.low else subject_before(doc, ctx.subject_floor, i)
    content = trim(doc, ctx.at + 1, stop_of(ctx, ctx.at + 1))
    return Hit(source, (i, ctx.at + 1), [content]) if source and content else None
