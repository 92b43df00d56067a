"""Rules for words that come after their cue: Ada Lund said it rained.

Each rule is a function of a cue in its sentence. It returns a `Hit`, or None where it does not fit. `finder.RULES`
lists them in the order in which they are asked.
"""

from __future__ import annotations

from copydesk.attribution.cue import CueContext, Hit, clause_start, hit, said, said_clause, said_that
from copydesk.attribution.grammar import after_verb, is_finite, shared_subject, subject_after, subject_before, trim
from copydesk.attribution.tokens import (
    AUX,
    CAPITAL,
    COORD,
    CUE,
    DET,
    MODAL,
    RELATIVE,
    TIME,
    VERB_FORMS,
    TokenRange,
    word_set,
)

_WHEN = word_set("by while whilst before after when in without")
_NO_VERB_BEHIND = word_set("of for from about to on against like as")
_QUOTED = word_set("quoted cited quotes cites quoting citing reported recorded heard caught")


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
