"""What was said: where the reported words begin after a cue, and where they stop.

Each `said_…` function looks for one kind of complement of a reporting verb (Quirk et al. 1985, ch. 16) and returns its
words, or None. `stop_of` finds the end for all of them.
"""

from __future__ import annotations

from copydesk.attribution.cue_context import CueContext
from copydesk.attribution.grammar import CLAUSE_OPENERS, ENDERS, has_finite, is_finite, noun_chunk, trim
from copydesk.attribution.tokens import TokenizedText, TokenRange
from copydesk.attribution.words import (
    AUX,
    CAPITAL,
    COORD,
    CUE,
    DET,
    PREP,
    PRONOUN,
    REPORTING,
    SUBORD,
    TIME,
    VERB_FORMS,
    VERB_GROUP,
    WORD,
)

_PARTICLE_FRAMES = {name: frozenset(frames) for name, frames in REPORTING["particles_frames"].items()}
_CONTRAST = frozenset(("while", "although", "though", "whereas"))
_NAMING = ("call", "dub", "label", "brand")


# Where reported words stop


def stop_of(ctx: CueContext, start: int) -> int:
    """The word where reported words that begin at `start` stop: at the sentence's end, or where another begins."""
    doc, i = ctx.doc, start
    inside = doc.quote_at[ctx.at]
    high = ctx.high if inside < 0 else min(ctx.high, doc.quote_words[inside][1] - 1)
    while i < high:
        quote = doc.quote_at[i]
        if quote >= 0 and quote != inside:
            end = doc.quote_words[quote][1]
            opened = doc.quote_words[quote][0] == start
            i = max(end, i + 1)
            # What follows a quotation is the reporter's again: “It rained,” and left. But a part-quote goes on:
            # said “it rained” on the town.
            if opened and (i >= high or doc.words[i] in (",", ";", ":", "—") or doc.words[i - 2] in ENDERS):
                return min(i, high)
            if opened and i + 1 < high and doc.flags[i] & COORD and is_finite(doc, i + 1, i + 1):
                return i
            continue
        if doc.words[i] == ";" or _breaks_off(ctx, i, high):
            return i
        i += 1
    return min(i, high)


def _breaks_off(ctx: CueContext, i: int, high: int) -> bool:  # noqa: PLR0911
    """Whether the words from here on are said by somebody else, or belong to another cue."""
    if i + 1 >= high:
        return False
    doc, word = ctx.doc, ctx.doc.words[i]
    if word in ("and", "but"):
        return i > ctx.after_asides and _next_verb(ctx, i + 1, high)
    if word == "according":
        return doc.words[i + 1] == "to" and i > ctx.after_asides + 1
    if word != ",":
        return False
    i += 1
    word, flag = doc.words[i], doc.flags[i]
    if word == "according":
        return True
    if flag & CUE and VERB_FORMS[word].tense == "ing" and i + 1 < high:  # said it rained, adding that …
        return True
    if word == "with":  # said it rained, with one baker calling it a flood
        near = range(i, min(high, i + 7))
        return any(doc.flags[k] & CUE and VERB_FORMS[doc.words[k]].tense == "ing" for k in near)
    if flag & COORD or word in _CONTRAST:
        return _next_verb(ctx, i + 1, high) or _next_clause(ctx, i + 1, high)
    return False


def _next_verb(ctx: CueContext, i: int, high: int) -> bool:
    """Whether the same speaker's next cue follows: said it rained and added that …"""
    doc = ctx.doc
    while i < high and doc.flags[i] & VERB_GROUP:
        i += 1
    if i + 1 >= high or not doc.flags[i] & CUE:
        return False
    cue = VERB_FORMS[doc.words[i]]
    if cue.unsure or cue.tense not in ("past", "s", "part"):
        return False
    if ctx.cue and ctx.cue.tense == "past" and cue.tense == "s":  # said the mayor sees it and says nothing
        return False
    return bool({"bare", "quote", "that", "object"} & cue.frames)


def _next_clause(ctx: CueContext, i: int, high: int) -> bool:
    """Whether another clause follows whose first verb is a cue: said it rained, but Ada Lund said …"""
    doc = ctx.doc
    for k in range(i, min(high, i + 25)):
        if doc.quote_at[k] >= 0 or doc.words[k] == ";":
            return False
        if doc.flags[k] & CUE and k > i and k in ctx.free_cues:
            cue = VERB_FORMS[doc.words[k]]
            return cue.tense in ("past", "s", "base") and not cue.unsure
        if is_finite(doc, k, i) and not doc.flags[k] & VERB_GROUP:
            return False
    return False


def clause_start(doc: TokenizedText, low: int, end: int) -> int:
    """Past the marks and the “But” or “And” that a sentence begins with."""
    while low < end and (doc.words[low] in ",;.:—–" or doc.words[low] in ("and", "but", "yet")):
        low += 1
    return low


# What may follow the cue


def particle(ctx: CueContext) -> bool:
    """Whether the verb's small word follows it: called for."""
    return ctx.cue is not None and ctx.at + 1 < ctx.high and ctx.doc.words[ctx.at + 1] in ctx.cue.particles


def _frames(ctx: CueContext) -> frozenset[str]:
    """What may follow this cue; a verb with its small word has its own list."""
    if ctx.cue is None:
        return frozenset()
    if particle(ctx):
        return _PARTICLE_FRAMES["out" if ctx.doc.words[ctx.at + 1] == "out" else "other"]
    return ctx.cue.frames


def said_quote(ctx: CueContext) -> TokenRange | None:
    """A quotation right after the cue, with what completes its sentence."""
    if ctx.cue is None or "quote" not in ctx.cue.frames:
        return None
    doc, i = ctx.doc, ctx.after_asides
    for skip in (",", ":", "that", ",", "—", "–", "-"):
        if i < ctx.high and doc.words[i] == skip and doc.quote_at[i] < 0:
            i += 1
    n = ctx.opens_quote(i)
    if n < 0 or doc.words[i - 1] == "that":  # said that “it rained”: `said_that` takes the whole clause
        return None
    start, end = doc.quote_words[n]
    return start, max(end, min(stop_of(ctx, start), ctx.high))


def said_that(ctx: CueContext) -> TokenRange | None:
    """A clause that “that”, “whether”, “how” or “why” opens."""
    if ctx.cue is None or "that" not in _frames(ctx):
        return None
    doc, start = ctx.doc, ctx.after_asides + (1 if particle(ctx) else 0)
    if start + 1 < ctx.high and doc.words[start] == "," and doc.words[start + 1] == "that":
        start += 1
    if start >= ctx.high or (opener := doc.words[start]) not in CLAUSE_OPENERS:
        return None
    if opener != "that":
        # “reports who”, “thinks what”: after these verbs “who” and “what” open something else than a report.
        if ctx.cue.unsure or ("clause" in ctx.cue.frames and opener in ("who", "what")):
            return None
    elif start + 1 < ctx.high and doc.flags[start + 1] & AUX and "bare" not in ctx.cue.frames:
        return None  # “that” is a pronoun: “expects that is so”
    return trim(doc, start, stop_of(ctx, start))


def said_clause(ctx: CueContext) -> TokenRange | None:
    """A clause without “that”."""
    cue, doc = ctx.cue, ctx.doc
    if cue is None or not (allowed := _frames(ctx)) & {"bare", "clause"}:
        return None
    start = ctx.after_asides + (1 if particle(ctx) else 0)
    if start < ctx.high and doc.words[start] == ",":
        # “said by 2050, the road would close”: a date belongs to what was said, though it looks like an aside.
        if any(doc.words[k][0].isdigit() for k in range(ctx.after_addressee, start)):
            start = ctx.after_addressee
    elif start < ctx.high and doc.words[start] == ":":
        start += 1
    says = cue.lemma == "say"
    answers = says and start < ctx.high and doc.words[start] in ("yes", "no")
    if answers and not doc.flags[min(start + 1, ctx.high - 1)] & WORD:
        return start, start + 1
    if not _can_open_clause(ctx, start):
        return None
    stop = stop_of(ctx, start)
    if "bare" not in allowed:  # after “thinks” or “found”, only a verb in sight tells a clause from an object
        verbs = (k for k in range(start, stop - 1) if doc.flags[k] & COORD and is_finite(doc, k + 1, k + 1))
        return trim(doc, start, stop) if has_finite(doc, start, next(verbs, stop)) else None
    # “said she …” and “said” with five words or more can only be a clause; other verbs may have an object.
    clear = doc.flags[start] & PRONOUN or (says and stop - start > 4)
    fits = stop - start > 1 if clear else has_finite(doc, start, stop)
    return trim(doc, start, stop) if fits else None


def _can_open_clause(ctx: CueContext, start: int) -> bool:
    """Whether a clause can begin with this word."""
    doc = ctx.doc
    if start >= ctx.high:
        return False
    word, flag = doc.words[start], doc.flags[start]
    if not (flag & WORD or doc.quote_at[start] >= 0 or word in "$£€"):
        return False
    if word == "that" and start + 1 < ctx.high and doc.flags[start + 1] & AUX:
        return False
    if flag & (COORD | AUX) or word in ("to", "of", "about") or word.endswith(("self", "selves")):
        return False
    # A form that is often a noun needs a clear beginning: “claims he won”, but not “claims adjusters”.
    return ctx.cue is None or not ctx.cue.unsure or bool(flag & (PRONOUN | DET | CAPITAL))


def said_thing(ctx: CueContext) -> TokenRange | None:
    """A noun phrase that names what was said, or what was judged."""
    cue, doc = ctx.cue, ctx.doc
    if cue is None or ctx.passive or "object" not in _frames(ctx):
        return None
    with_particle = particle(ctx)
    start = ctx.after_addressee + (1 if with_particle else 0)
    if not with_particle and ctx.after_asides > ctx.after_addressee:
        start = ctx.after_asides
        if start < ctx.high and not (doc.flags[start] & DET or doc.quote_at[start] >= 0):
            return None
    if start >= ctx.high or not (doc.quote_at[start] >= 0 or doc.flags[start] & WORD):
        return None
    flag = doc.flags[start]
    if not with_particle:
        if flag & (PREP | SUBORD | COORD | TIME) and doc.words[start] not in ("both", "all"):
            return None
        if cue.unsure and not (flag & (DET | PRONOUN | CAPITAL) or doc.quote_at[start] >= 0):
            return None
    return trim(doc, start, _before_contrast(ctx, start, stop_of(ctx, start)))


def said_to_do(ctx: CueContext) -> TokenRange | None:
    """An infinitive: vowed to stay, urged them to stay."""
    cue, doc, start = ctx.cue, ctx.doc, ctx.after_asides
    if cue is None or ctx.passive or not cue.frames & {"to", "person_to"}:
        return None
    if start + 1 >= ctx.high or doc.words[start] != "to" or not doc.words[start + 1].isalpha():
        return None
    if "person_to" in cue.frames and ctx.after_addressee == ctx.at + 1:  # “asked to stay” asks nobody to do it
        return None
    return trim(doc, start, _before_contrast(ctx, start, stop_of(ctx, start)))


def _before_contrast(ctx: CueContext, start: int, stop: int) -> int:
    """A thing or a deed ends where “, while” or “, but” turns to something else."""
    doc = ctx.doc
    for i in range(start, stop - 1):
        if doc.words[i] == "," and doc.quote_at[i] < 0 and (doc.words[i + 1] in _CONTRAST or doc.words[i + 1] == "but"):
            return i
    return stop


def said_name(ctx: CueContext) -> TokenRange | None:
    """What somebody is called, or described as."""
    if ctx.cue is None or ctx.passive or "as" not in ctx.cue.frames:
        return None
    doc, start = ctx.doc, ctx.at + 1
    stop = stop_of(ctx, start)
    near = range(start, min(stop, start + 14))
    if ctx.cue.lemma in _NAMING:  # “called the plan a shame”, but not “called the mayor”
        chunk = noun_chunk(doc, start, stop)
        named = chunk < stop and doc.words[chunk] in ("a", "an")
    else:  # “described it as a shame”
        named = any(doc.words[k] == "as" for k in near)
    return trim(doc, start, stop) if named or any(doc.quote_at[k] != doc.quote_at[ctx.at] for k in near) else None
