"""What was said: where the reported words begin after a cue, and where they stop."""

from __future__ import annotations

from copydesk.attribution.cue_context import CueContext
from copydesk.attribution.grammar import (
    ENDERS,
    has_finite,
    in_group,
    is_finite,
    is_word,
    noun_chunk,
    opens_clause,
    trim,
)
from copydesk.attribution.reading import (
    AUX,
    COORD,
    CUE,
    CUE_FORMS,
    CUES,
    DET,
    PREP,
    PRONOUN,
    SUBORD,
    TIME,
    TokenizedText,
    TokenRange,
)

_PARTICLE_FRAMES = {name: frozenset(frames) for name, frames in CUES["particles_frames"].items()}
_CONTRAST = frozenset(("while", "although", "though", "whereas"))


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
            if opened and (i >= high or doc.words[i] in (",", ";", ":", "—") or doc.words[i - 2] in ENDERS):
                return min(i, high)
            if opened and i + 1 < high and doc.flags[i] & COORD and is_finite(doc, i + 1, i + 1):
                return i
            continue
        if doc.words[i] == ";" or _breaks_off(ctx, i, high):
            return i
        i += 1
    return min(i, high)


def _breaks_off(ctx: CueContext, i: int, high: int) -> bool:
    doc, word = ctx.doc, ctx.doc.words[i]
    if i + 1 >= high:
        return False
    if word == ",":
        return _leaves(ctx, i + 1, high)
    if doc.flags[i] & COORD and word in ("and", "but") and i > ctx.after_asides:
        return _next_verb(ctx, i + 1, high)
    return word == "according" and doc.words[i + 1] == "to" and i > ctx.after_asides + 1


def _leaves(ctx: CueContext, i: int, high: int) -> bool:
    """Whether what follows this comma is said, or is said by, somebody else."""
    doc, word = ctx.doc, ctx.doc.words[i]
    if word == "according":
        return True
    if doc.flags[i] & CUE and CUE_FORMS[word].tense == "ing" and i + 1 < high:
        return True
    if word == "with":
        return any(doc.flags[k] & CUE and CUE_FORMS[doc.words[k]].tense == "ing" for k in range(i, min(high, i + 7)))
    if doc.flags[i] & COORD or word in _CONTRAST:
        return _next_verb(ctx, i + 1, high) or _next_clause(ctx, i + 1, high)
    return False


def _next_verb(ctx: CueContext, i: int, high: int) -> bool:
    """And added that …: the same speaker's next cue."""
    doc = ctx.doc
    while i < high and in_group(doc, i):
        i += 1
    if i + 1 >= high or not doc.flags[i] & CUE:
        return False
    cue = CUE_FORMS[doc.words[i]]
    if (
        cue.unsure
        or cue.tense not in ("past", "s", "part")
        or (ctx.cue and ctx.cue.tense == "past" and cue.tense == "s")
    ):
        return False
    return bool({"bare", "quote", "that", "object"} & cue.frames)


def _next_clause(ctx: CueContext, i: int, high: int) -> bool:
    """But Quill said …: the next clause's first verb is a cue."""
    doc = ctx.doc
    for k in range(i, min(high, i + 25)):
        if doc.quote_at[k] >= 0 or doc.words[k] == ";":
            return False
        if doc.flags[k] & CUE and k > i and (k in ctx.free_cues):
            cue = CUE_FORMS[doc.words[k]]
            return cue.tense in ("past", "s", "base") and not cue.unsure
        if is_finite(doc, k, i) and not in_group(doc, k):
            return False
    return False


def said_quote(ctx: CueContext) -> TokenRange | None:
    """A quotation right after the cue, with what completes its sentence."""
    n = ctx.quote_after
    if n < 0 or ctx.cue is None or "quote" not in ctx.cue.frames:
        return None
    start, end = ctx.doc.quote_words[n]
    if ctx.doc.words[start - 1] == "that":
        return None
    return (start, max(end, min(stop_of(ctx, start), ctx.high)))


def said_that(ctx: CueContext) -> TokenRange | None:
    """A clause that that, whether, how or why opens."""
    if ctx.cue is None or not (frames(ctx) & {"that"}):
        return None
    start = ctx.after_asides + (1 if particle(ctx) else 0)
    start += (
        start < ctx.high and ctx.doc.words[start] == "," and start + 1 < ctx.high and ctx.doc.words[start + 1] == "that"
    )
    if start >= ctx.high or not opens_clause(ctx.doc, start):
        return None
    if ctx.doc.words[start] != "that" and (
        ctx.cue.unsure or ("clause" in ctx.cue.frames and ctx.doc.words[start] in ("who", "what"))
    ):
        return None
    if (
        start + 1 < ctx.high
        and ctx.doc.flags[start + 1] & AUX
        and ctx.doc.words[start] == "that"
        and "bare" not in ctx.cue.frames
    ):
        return None
    return trim(ctx.doc, start, stop_of(ctx, start))


def said_clause(ctx: CueContext) -> TokenRange | None:
    """A clause without that."""
    cue, doc = ctx.cue, ctx.doc
    if cue is None or not frames(ctx) & {"bare", "clause"}:
        return None
    start = _clause_begin(ctx)
    if (
        _says(ctx)
        and start < ctx.high
        and doc.words[start] in ("yes", "no")
        and not is_word(doc, min(start + 1, ctx.high - 1))
    ):
        return (start, start + 1)
    if not _opens_clause(ctx, start):
        return None
    stop = stop_of(ctx, start)
    if "bare" not in frames(ctx):
        verbs = (k for k in range(start, stop - 1) if doc.flags[k] & COORD and is_finite(doc, k + 1, k + 1))
        return trim(doc, start, stop) if has_finite(doc, start, next(verbs, stop)) else None
    plain = doc.flags[start] & PRONOUN or (_says(ctx) and stop - start > 4)
    fits = stop - start > 1 if plain else has_finite(doc, start, stop)
    return trim(doc, start, stop) if fits else None


def _clause_begin(ctx: CueContext) -> int:
    """Where a clause after the cue begins; a date such as “by 2050,” is part of it."""
    doc, start = ctx.doc, ctx.after_asides + (1 if particle(ctx) else 0)
    if (
        start < ctx.high
        and doc.words[start] == ","
        and any(doc.words[k][0].isdigit() for k in range(ctx.after_addressee, start))
    ):
        return ctx.after_addressee
    return start + 1 if start < ctx.high and doc.words[start] == ":" else start


def _opens_clause(ctx: CueContext, start: int) -> bool:
    """Whether a clause can begin with this word."""
    doc = ctx.doc
    if start >= ctx.high or not (is_word(doc, start) or doc.quote_at[start] >= 0 or doc.words[start] in "$£€"):
        return False
    word, flag = doc.words[start], doc.flags[start]
    if word == "that" and start + 1 < ctx.high and doc.flags[start + 1] & AUX:
        return False
    if flag & (COORD | AUX) or word in ("to", "of", "about") or word.endswith(("self", "selves")):
        return False
    return ctx.cue is None or not ctx.cue.unsure or bool(flag & (PRONOUN | DET)) or doc.capital(start)


def _says(ctx: CueContext) -> bool:
    return ctx.cue is not None and ctx.cue.lemma == "say"


def said_thing(ctx: CueContext) -> TokenRange | None:
    """A noun phrase that names what was said, or what was judged."""
    cue, doc = ctx.cue, ctx.doc
    if cue is None or ctx.passive or not frames(ctx) & {"object"}:
        return None
    start = ctx.after_addressee + (1 if particle(ctx) else 0)
    if not particle(ctx) and ctx.after_asides > ctx.after_addressee:
        start = ctx.after_asides
        if start < ctx.high and not (doc.flags[start] & DET or doc.quote_at[start] >= 0):
            return None
    if start >= ctx.high or (doc.quote_at[start] < 0 and not is_word(doc, start)):
        return None
    flag = doc.flags[start]
    if not particle(ctx) and flag & (PREP | SUBORD | COORD | TIME) and doc.words[start] not in ("both", "all"):
        return None
    if (
        cue.unsure
        and not particle(ctx)
        and not (flag & (DET | PRONOUN) or doc.capital(start) or doc.quote_at[start] >= 0)
    ):
        return None
    return trim(doc, start, _before_contrast(ctx, start, stop_of(ctx, start)))


def said_to_do(ctx: CueContext) -> TokenRange | None:
    """An infinitive: vowed to stay, urged them to stay."""
    if ctx.cue is None or ctx.passive or not ctx.cue.frames & {"to", "person_to"}:
        return None
    start = ctx.after_asides
    if (
        start + 1 >= ctx.high
        or ctx.doc.words[start] != "to"
        or not ctx.doc.words[start + 1].isalpha()
        or ("person_to" in ctx.cue.frames and ctx.after_addressee == ctx.at + 1)
    ):
        return None
    return trim(ctx.doc, start, _before_contrast(ctx, start, stop_of(ctx, start)))


def _before_contrast(ctx: CueContext, start: int, stop: int) -> int:
    """A thing or a deed ends where “, while” or “, but” turns to something else."""
    doc = ctx.doc
    turns = (i for i in range(start, stop - 1) if doc.words[i] == "," and doc.quote_at[i] < 0)
    return next((i for i in turns if doc.words[i + 1] in _CONTRAST or doc.words[i + 1] == "but"), stop)


def said_name(ctx: CueContext) -> TokenRange | None:
    """What somebody is called, or described as."""
    if ctx.cue is None or ctx.passive or "as" not in ctx.cue.frames:
        return None
    doc, start = ctx.doc, ctx.at + 1
    stop = stop_of(ctx, start)
    near = range(start, min(stop, start + 14))
    quoted = any(doc.quote_at[k] != doc.quote_at[ctx.at] for k in near)
    as_name = ctx.cue.lemma not in ("call", "dub", "label", "brand") and any(doc.words[k] == "as" for k in near)
    chunk = noun_chunk(doc, start, stop)
    given = ctx.cue.lemma in ("call", "label", "dub", "brand") and chunk < stop and doc.words[chunk] in ("a", "an")
    return trim(doc, start, stop) if quoted or as_name or given else None


def particle(ctx: CueContext) -> bool:
    """Whether the verb's small word follows it: called for."""
    return ctx.cue is not None and ctx.at + 1 < ctx.high and ctx.doc.words[ctx.at + 1] in ctx.cue.particles


def frames(ctx: CueContext) -> frozenset[str]:
    """What may follow this cue; a verb with its small word has its own list."""
    if ctx.cue is None:
        return frozenset()
    if particle(ctx):
        return _PARTICLE_FRAMES["out" if ctx.doc.words[ctx.at + 1] == "out" else "other"]
    return ctx.cue.frames


def clause_start(doc: TokenizedText, low: int, end: int) -> int:
    """Past the But or And that a reported clause begins with, and the end of what came before."""
    while low < end and (
        doc.words[low] in ",;.:—–" or (doc.flags[low] & COORD and doc.words[low] in ("and", "but", "yet"))
    ):
        low += 1
    return low
