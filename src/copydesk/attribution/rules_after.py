"""Rules for words that come after their cue: Ada Lund said it rained.

Each rule is a function of a cue in its sentence. It returns a `Hit`, or None where it does not fit. `finder.RULES`
lists them in the order in which they are asked.
"""

from __future__ import annotations

from copydesk.attribution.cue import CueContext, Hit, clause_start, said, said_clause, said_that
from copydesk.attribution.grammar import (
    after_verb,
    is_finite,
    shared_subject,
    subject_after,
    subject_before,
    trim,
)
from copydesk.attribution.words import (
    AUX,
    CAPITAL,
    COORD,
    CUE,
    DET,
    MODAL,
    RELATIVE,
    TIME,
    VERB_FORMS,
    word_set,
)

_WHEN = frozenset(("by", "while", "whilst", "before", "after", "when", "in", "without"))
_QUOTED = word_set("quoted cited quotes cites quoting citing reported recorded heard caught")


def nested(ctx: CueContext) -> Hit | None:
    """“She told me that it rained,” Ada Lund said: speech that is reported inside a quotation.

    Only “say” and “tell” in a finite form are looked for there. Other cues inside a quotation are mostly the speaker's
    own words (“I think it will rain”), which no newspaper attributes.
    """
    cue = ctx.cue
    if cue.lemma not in ("say", "tell") or cue.tense not in ("past", "s"):
        return None
    if ctx.source is None or ctx.passive:
        return None
    content = said_that(ctx) or said_clause(ctx)
    return Hit(ctx.source, (ctx.verb_start, ctx.after_addressee), [content]) if content else None


# The subject stands before another verb


def participle(ctx: CueContext) -> Hit | None:
    """…, adding that it rained; with one baker saying it rained; a letter saying it rained."""
    doc, cue, first = ctx.doc, ctx.cue, ctx.verb_start
    if cue.tense != "ing" or ctx.progressive or first <= ctx.low:
        return None
    before, flag = doc.words[first - 1], doc.flags[first - 1]
    # A gerund is a noun and reports nothing by itself: the saying goes, the habit of saying, fined for claiming.
    if flag & (DET | AUX) or before in ("of", "for", "from", "about", "to", "on", "against", "like", "as"):
        return None
    content = said(ctx)
    if content is None:
        return None
    if before in (",", "—", "–", "and", "but") or before in _WHEN or doc.quote_at[first - 1] != doc.quote_at[ctx.at]:
        source = ctx.shared
    else:  # behind a noun: a letter saying it rained
        # Verbs that take an object seldom report here: “a man urging them to stay”, “the people believing it”.
        asks = ("person_to" in cue.frames and "bare" not in cue.frames) or "clause" in cue.frames
        if cue.unsure or asks or is_finite(doc, first - 1, ctx.low):
            return None
        source = subject_before(doc, ctx.subject_floor, first)
        if source is None:
            return None
        start, end = source
        for i in range(end - 1, start, -1):  # with Quill saying: the subject begins behind the “with” or an earlier cue
            if doc.words[i] == "with" or (doc.flags[i] & CUE and VERB_FORMS[doc.words[i]].tense in ("past", "s")):
                start = i + 1
                break
        start = after_verb(doc, start, end)
        source = (start, end) if start < end else None
    return Hit(source, ctx.cue_words, [content]) if source else None


def opening_participle(ctx: CueContext) -> Hit | None:
    """Citing the rain, Ada Lund stayed; saying it rained, she stayed."""
    doc, cue = ctx.doc, ctx.cue
    first = clause_start(doc, ctx.low, ctx.verb_start)
    if cue.tense != "ing" or not (
        ctx.verb_start == first or (ctx.verb_start == first + 1 and doc.words[first] in _WHEN)
    ):
        return None
    if ctx.verb_start > first and not said(ctx):  # “after calling the mayor”
        return None
    ahead = range(ctx.at + 1, min(ctx.high, ctx.at + 40))
    comma = next((i for i in ahead if doc.words[i] == "," and doc.quote_at[i] < 0), -1)
    if comma < 0:
        return None
    content = trim(doc, ctx.after_addressee, comma)
    source = shared_subject(doc, comma + 1, ctx.high)
    if content is None or source is None:
        return None
    opens = doc.words[content[0]] in ("that", "it", "he", "she", "they", "the", "there")
    return Hit(source, (ctx.at, ctx.after_addressee), [content]) if opens or "object" in cue.frames else None


def second_verb(ctx: CueContext) -> Hit | None:
    """Ada Lund sat down and said it rained: the subject stands before an earlier verb."""
    first = ctx.verb_start
    if first <= ctx.low or not ctx.doc.flags[first - 1] & COORD or ctx.cue.tense in ("ing", "base"):
        return None
    if ctx.passive or ctx.shared is None:
        return None
    content = said(ctx)
    return Hit(ctx.shared, ctx.cue_words, [content]) if content else None


# Passives


def passive_by(ctx: CueContext) -> Hit | None:  # noqa: PLR0911
    """It was said by Ada Lund that it rained; the plan was criticised by Ada Lund."""
    doc = ctx.doc
    if not ctx.passive or ctx.at + 2 >= ctx.high:
        return None
    if any(doc.flags[i] & MODAL for i in range(ctx.verb_start, ctx.at)):  # “could be criticised” reports nothing yet
        return None
    by = next((i for i in range(ctx.at + 1, min(ctx.high, ctx.at + 4)) if doc.words[i] == "by"), -1)
    if by < 0 or by + 1 >= ctx.high or doc.quote_at[by] != doc.quote_at[ctx.at]:
        return None
    if "to" in doc.words[ctx.at + 1 : by]:  # “was asked to stand by”
        return None
    after, flag = doc.words[by + 1], doc.flags[by + 1]
    if flag & TIME:  # “was announced by Friday”
        return None
    source = subject_after(doc, by + 1, ctx.high)
    if source is None or (after.endswith("ing") and not flag & CAPITAL):  # “was answered by saying”
        return None
    start, end = source
    if doc.words[end : end + 1] == ["as"] and doc.words[min(end + 1, ctx.high - 1)].endswith("ing"):
        return None  # “was quoted by the Herald as saying”
    for i in range(start + 1, end):  # “was accused by the baker of lying”: what follows “of” is the content
        if doc.words[i] == "of" and doc.words[min(i + 1, ctx.high - 1)].endswith("ing"):
            end = i
            break
    if end < ctx.high and doc.words[end] in ("that", "as", "of", "for"):
        content = trim(doc, end, ctx.high)
    else:
        content = subject_before(doc, ctx.subject_floor, ctx.verb_start)
        if content and doc.flags[content[1] - 1] & RELATIVE:
            return None
    return Hit((start, end), (ctx.verb_start, by + 1), [content]) if content else None


def quoted_as_saying(ctx: CueContext) -> Hit | None:
    """Ada Lund was quoted (by the Herald) as saying it rained; the Herald quoted Ada Lund as saying it rained."""
    doc, as_ = ctx.doc, ctx.verb_start - 1
    if ctx.cue.tense != "ing" or as_ - 2 < ctx.low or doc.words[as_] != "as" or not (content := said(ctx)):
        return None
    near = range(as_ - 1, max(ctx.low, as_ - 12), -1)
    quoted = next((k for k in near if doc.words[k] in _QUOTED), as_)
    between = trim(doc, quoted + 1, as_)
    if between and doc.words[between[0]] != "by":
        return Hit(between, (as_, ctx.after_addressee), [content])
    first = ctx.group_start(quoted)
    source = ctx.subject_of(first) if quoted < as_ else None
    return Hit(source, (first, ctx.after_addressee), [content]) if source else None


def it_was_said(ctx: CueContext) -> Hit | None:
    """It was announced that it rained: nobody is named."""
    first = ctx.verb_start
    if not ctx.passive or first <= ctx.low or ctx.doc.words[first - 1] != "it":
        return None
    content = said_that(ctx)
    return Hit(None, (first - 1, ctx.at + 1), [content]) if content else None
