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
    Tokens,
)

_PARTICLE_FRAMES = {name: frozenset(frames) for name, frames in CUES["particles_frames"].items()}
_CONTRAST = frozenset(("while", "although", "though", "whereas"))


def stop_of(a: CueContext, start: int) -> int:
    """The word where reported words that begin at `start` stop: at the sentence's end, or where another begins."""
    page, i = a.page, start
    inside = page.quote_at[a.at]
    high = a.high if inside < 0 else min(a.high, page.quote_words[inside][1] - 1)
    while i < high:
        quote = page.quote_at[i]
        if quote >= 0 and quote != inside:
            end = page.quote_words[quote][1]
            opened = page.quote_words[quote][0] == start
            i = max(end, i + 1)
            if opened and (i >= high or page.low[i] in (",", ";", ":", "—") or page.low[i - 2] in ENDERS):
                return min(i, high)
            if opened and i + 1 < high and page.flags[i] & COORD and is_finite(page, i + 1, i + 1):
                return i
            continue
        if page.low[i] == ";" or _breaks_off(a, i, high):
            return i
        i += 1
    return min(i, high)


def _breaks_off(a: CueContext, i: int, high: int) -> bool:
    page, word = a.page, a.page.low[i]
    if i + 1 >= high:
        return False
    if word == ",":
        return _leaves(a, i + 1, high)
    if page.flags[i] & COORD and word in ("and", "but") and i > a.after:
        return _next_verb(a, i + 1, high)
    return word == "according" and page.low[i + 1] == "to" and i > a.after + 1


def _leaves(a: CueContext, i: int, high: int) -> bool:
    """Whether what follows this comma is said, or is said by, somebody else."""
    page, word = a.page, a.page.low[i]
    if word == "according":
        return True
    if page.flags[i] & CUE and CUE_FORMS[word].tense == "ing" and i + 1 < high:
        return True
    if word == "with":
        return any(page.flags[k] & CUE and CUE_FORMS[page.low[k]].tense == "ing" for k in range(i, min(high, i + 7)))
    if page.flags[i] & COORD or word in _CONTRAST:
        return _next_verb(a, i + 1, high) or _next_clause(a, i + 1, high)
    return False


def _next_verb(a: CueContext, i: int, high: int) -> bool:
    """And added that …: the same speaker's next cue."""
    page = a.page
    while i < high and in_group(page, i):
        i += 1
    if i + 1 >= high or not page.flags[i] & CUE:
        return False
    cue = CUE_FORMS[page.low[i]]
    if cue.unsure or cue.tense not in ("past", "s", "part") or (a.cue and a.cue.tense == "past" and cue.tense == "s"):
        return False
    return bool({"bare", "quote", "that", "object"} & cue.frames)


def _next_clause(a: CueContext, i: int, high: int) -> bool:
    """But Quill said …: the next clause's first verb is a cue."""
    page = a.page
    for k in range(i, min(high, i + 25)):
        if page.quote_at[k] >= 0 or page.low[k] == ";":
            return False
        if page.flags[k] & CUE and k > i and (k in a.next_cues):
            cue = CUE_FORMS[page.low[k]]
            return cue.tense in ("past", "s", "base") and not cue.unsure
        if is_finite(page, k, i) and not in_group(page, k):
            return False
    return False


def said_quote(a: CueContext) -> Tokens | None:
    """A quotation right after the cue, with what completes its sentence."""
    n = a.quote_after
    if n < 0 or a.cue is None or "quote" not in a.cue.frames:
        return None
    start, end = a.page.quote_words[n]
    if a.page.low[start - 1] == "that":
        return None
    return (start, max(end, min(stop_of(a, start), a.high)))


def said_that(a: CueContext) -> Tokens | None:
    """A clause that that, whether, how or why opens."""
    if a.cue is None or not (frames(a) & {"that"}):
        return None
    start = a.after + (1 if particle(a) else 0)
    start += start < a.high and a.page.low[start] == "," and start + 1 < a.high and a.page.low[start + 1] == "that"
    if start >= a.high or not opens_clause(a.page, start):
        return None
    if a.page.low[start] != "that" and (
        a.cue.unsure or ("clause" in a.cue.frames and a.page.low[start] in ("who", "what"))
    ):
        return None
    if (
        start + 1 < a.high
        and a.page.flags[start + 1] & AUX
        and a.page.low[start] == "that"
        and "bare" not in a.cue.frames
    ):
        return None
    return trim(a.page, start, stop_of(a, start))


def said_clause(a: CueContext) -> Tokens | None:
    """A clause without that."""
    cue, page = a.cue, a.page
    if cue is None or not frames(a) & {"bare", "clause"}:
        return None
    start = _clause_begin(a)
    if (
        _says(a)
        and start < a.high
        and page.low[start] in ("yes", "no")
        and not is_word(page, min(start + 1, a.high - 1))
    ):
        return (start, start + 1)
    if not _opens_clause(a, start):
        return None
    stop = stop_of(a, start)
    if "bare" not in frames(a):
        verbs = (k for k in range(start, stop - 1) if page.flags[k] & COORD and is_finite(page, k + 1, k + 1))
        return trim(page, start, stop) if has_finite(page, start, next(verbs, stop)) else None
    plain = page.flags[start] & PRONOUN or (_says(a) and stop - start > 4)
    fits = stop - start > 1 if plain else has_finite(page, start, stop)
    return trim(page, start, stop) if fits else None


def _clause_begin(a: CueContext) -> int:
    """Where a clause after the cue begins; a date such as “by 2050,” is part of it."""
    page, start = a.page, a.after + (1 if particle(a) else 0)
    if start < a.high and page.low[start] == "," and any(page.low[k][0].isdigit() for k in range(a.told, start)):
        return a.told
    return start + 1 if start < a.high and page.low[start] == ":" else start


def _opens_clause(a: CueContext, start: int) -> bool:
    """Whether a clause can begin with this word."""
    page = a.page
    if start >= a.high or not (is_word(page, start) or page.quote_at[start] >= 0 or page.low[start] in "$£€"):
        return False
    word, flag = page.low[start], page.flags[start]
    if word == "that" and start + 1 < a.high and page.flags[start + 1] & AUX:
        return False
    if flag & (COORD | AUX) or word in ("to", "of", "about") or word.endswith(("self", "selves")):
        return False
    return a.cue is None or not a.cue.unsure or bool(flag & (PRONOUN | DET)) or page.capital(start)


def _says(a: CueContext) -> bool:
    return a.cue is not None and a.cue.lemma == "say"


def said_thing(a: CueContext) -> Tokens | None:
    """A noun phrase that names what was said, or what was judged."""
    cue, page = a.cue, a.page
    if cue is None or a.passive or not frames(a) & {"object"}:
        return None
    start = a.told + (1 if particle(a) else 0)
    if not particle(a) and a.after > a.told:
        start = a.after
        if start < a.high and not (page.flags[start] & DET or page.quote_at[start] >= 0):
            return None
    if start >= a.high or (page.quote_at[start] < 0 and not is_word(page, start)):
        return None
    flag = page.flags[start]
    if not particle(a) and flag & (PREP | SUBORD | COORD | TIME) and page.low[start] not in ("both", "all"):
        return None
    if (
        cue.unsure
        and not particle(a)
        and not (flag & (DET | PRONOUN) or page.capital(start) or page.quote_at[start] >= 0)
    ):
        return None
    return trim(page, start, _before_contrast(a, start, stop_of(a, start)))


def said_to_do(a: CueContext) -> Tokens | None:
    """An infinitive: vowed to stay, urged them to stay."""
    if a.cue is None or a.passive or not a.cue.frames & {"to", "person_to"}:
        return None
    start = a.after
    if (
        start + 1 >= a.high
        or a.page.low[start] != "to"
        or not a.page.low[start + 1].isalpha()
        or ("person_to" in a.cue.frames and a.told == a.at + 1)
    ):
        return None
    return trim(a.page, start, _before_contrast(a, start, stop_of(a, start)))


def _before_contrast(a: CueContext, start: int, stop: int) -> int:
    """A thing or a deed ends where “, while” or “, but” turns to something else."""
    page = a.page
    turns = (i for i in range(start, stop - 1) if page.low[i] == "," and page.quote_at[i] < 0)
    return next((i for i in turns if page.low[i + 1] in _CONTRAST or page.low[i + 1] == "but"), stop)


def said_name(a: CueContext) -> Tokens | None:
    """What somebody is called, or described as."""
    if a.cue is None or a.passive or "as" not in a.cue.frames:
        return None
    page, start = a.page, a.at + 1
    stop = stop_of(a, start)
    near = range(start, min(stop, start + 14))
    quoted = any(page.quote_at[k] != page.quote_at[a.at] for k in near)
    as_name = a.cue.lemma not in ("call", "dub", "label", "brand") and any(page.low[k] == "as" for k in near)
    chunk = noun_chunk(page, start, stop)
    given = a.cue.lemma in ("call", "label", "dub", "brand") and chunk < stop and page.low[chunk] in ("a", "an")
    return trim(page, start, stop) if quoted or as_name or given else None


def particle(a: CueContext) -> bool:
    """Whether the verb's small word follows it: called for."""
    return a.cue is not None and a.at + 1 < a.high and a.page.low[a.at + 1] in a.cue.particles


def frames(a: CueContext) -> frozenset[str]:
    """What may follow this cue; a verb with its small word has its own list."""
    if a.cue is None:
        return frozenset()
    if particle(a):
        return _PARTICLE_FRAMES["out" if a.page.low[a.at + 1] == "out" else "other"]
    return a.cue.frames


def clause_start(page: TokenizedText, low: int, end: int) -> int:
    """Past the But or And that a reported clause begins with, and the end of what came before."""
    while low < end and (
        page.low[low] in ",;.:—–" or (page.flags[low] & COORD and page.low[low] in ("and", "but", "yet"))
    ):
        low += 1
    return low
