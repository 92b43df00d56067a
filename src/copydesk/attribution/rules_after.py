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
    Tokens,
    word_set,
)
from copydesk.attribution.rules_before import left_open

Said = Callable[[CueContext], Tokens | None]
_LIGHT = word_set(WORDS["light"])
_COMPLEMENTS: tuple[Said, ...] = (said_quote, said_that, said_clause, said_to_do, said_name, said_thing)


def _active(a: CueContext, said: Said) -> Hit | None:
    """Subject, verb, and the complement this rule is about."""
    if a.passive or a.cue is None or (a.cue.tense == "ing" and not _progressive(a)):
        return None
    if a.group > a.low and a.page.low[a.group - 1] == "to":
        return _light_verb(a, said)
    if a.cue.tense in ("base", "part") and a.group > a.low and a.page.low[a.group - 1] in ("let", "to"):
        return None
    if a.cue.tense == "part" and a.group == a.at:
        return None
    source = a.source
    if source is None or (source[0] > a.low and a.page.low[source[0] - 1] == "what"):
        return None
    content = said(a)
    return Hit(source, _cue(a), [content]) if content else None


def _light_verb(a: CueContext, said: Said) -> Hit | None:
    """Went on to say: the light verb's subject speaks."""
    page, i = a.page, a.group - 2
    while i >= a.low and page.low[i] == "on":
        i -= 1
    if i < a.low or page.low[i] not in _LIGHT:
        return None
    while i > a.low and in_group(page, i - 1):
        i -= 1
    source = a.shared if page.flags[i - 1] & COORD and i > a.low else subject_before(page, a.floor, i)
    content = said(a) if source else None
    return Hit(source, (i, max(a.told, a.at + 1)), [content]) if source and content else None


def _progressive(a: CueContext) -> bool:
    return any(a.page.flags[i] & BE or a.page.low[i] in ("'s", "’s", "'re", "’re") for i in range(a.group, a.at)) or (
        a.group > a.low and a.page.low[a.group - 1] in ("he's", "she's", "they're", "i'm", "we're", "it's", "who's")
    )


def _cue(a: CueContext) -> Tokens:
    end = a.told if a.told > a.at + 1 else a.at + 1
    return (a.group, end + 1 if particle(a) and end == a.at + 1 else end)


def says_quote(a: CueContext) -> Hit | None:
    """Ada Lund said, “It rained.”"""
    return None if left_open(a) else _active(a, said_quote)


def says_that(a: CueContext) -> Hit | None:
    """Ada Lund said that it rained."""
    return _active(a, said_that)


def says_clause(a: CueContext) -> Hit | None:
    """Ada Lund said it rained."""
    return _active(a, said_clause)


def says_to_do(a: CueContext) -> Hit | None:
    """Ada Lund vowed to stay; she urged them to stay."""
    return _active(a, said_to_do)


def says_name(a: CueContext) -> Hit | None:
    """Ada Lund called it “a shame”."""
    return _active(a, said_name)


def says_thing(a: CueContext) -> Hit | None:
    """Ada Lund denied the charge."""
    return _active(a, said_thing)


def _any_complement(a: CueContext) -> Tokens | None:
    return next((content for said in _COMPLEMENTS if (content := said(a))), None)


def participle(a: CueContext) -> Hit | None:
    """…, adding that it rained; with one baker saying it rained; a letter saying it rained."""
    page, cue = a.page, a.cue
    if cue is None or cue.tense != "ing" or _progressive(a) or a.group <= a.low or _gerund(a):
        return None
    content = _any_complement(a)
    if content is None:
        return None
    prev = page.low[a.group - 1]
    if (
        prev in (",", "—", "–", "and", "but")
        or page.quote_at[a.group - 1] != page.quote_at[a.at]
        or prev in ("by", "while", "whilst", "before", "after", "when", "in", "without")
    ):
        source = a.shared
    elif (
        cue.unsure
        or ("person_to" in cue.frames and "bare" not in cue.frames)
        or "clause" in cue.frames
        or is_finite(page, a.group - 1, a.low)
    ):
        return None
    else:
        source = subject_before(page, a.floor, a.group)
        source = _after_with(a, source) if source else None
        source = (after_verb(page, *source), source[1]) if source else None
        source = source if source and source[0] < source[1] else None
    return Hit(source, _cue(a), [content]) if source else None


def _gerund(a: CueContext) -> bool:
    """The saying goes; of saying; for claiming: not a report by itself."""
    page = a.page
    prev = page.low[a.group - 1]
    return bool(page.flags[a.group - 1] & (DET | AUX)) or prev in (
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


def _after_with(a: CueContext, source: Tokens) -> Tokens:
    """With Quill saying: the subject begins after the last small word of the phrase."""
    page = a.page
    for i in range(source[1] - 1, source[0], -1):
        if page.low[i] == "with" or (page.flags[i] & CUE and CUE_FORMS[page.low[i]].tense in ("past", "s")):
            return i + 1, source[1]
    return source


def opening_participle(a: CueContext) -> Hit | None:
    """Citing the rain, Ada Lund stayed; saying it rained, she stayed."""
    page, cue = a.page, a.cue
    if cue is None or cue.tense != "ing" or a.group != a.low:
        return None
    comma = next(
        (i for i in range(a.at + 1, min(a.high, a.at + 40)) if page.low[i] == "," and page.quote_at[i] < 0), -1
    )
    if comma < 0:
        return None
    content = trim(page, a.told, comma)
    source = shared_subject(page, comma + 1, a.high)
    fits = "object" in cue.frames or (
        content and page.low[content[0]] in ("that", "it", "he", "she", "they", "the", "there")
    )
    return Hit(source, (a.at, a.told), [content]) if content and source and fits else None


def second_verb(a: CueContext) -> Hit | None:
    """Ada Lund sat down and said it rained: the subject stands before an earlier verb."""
    if a.group <= a.low or not a.page.flags[a.group - 1] & COORD or a.cue is None or a.cue.tense in ("ing", "base"):
        return None
    if a.passive or a.shared is None:
        return None
    content = _any_complement(a)
    return Hit(a.shared, _cue(a), [content]) if content else None


def passive_by(a: CueContext) -> Hit | None:
    """It was said by Ada Lund that it rained; the plan was criticised by Ada Lund."""
    page = a.page
    if not a.passive or a.cue is None or a.at + 2 >= a.high or any(page.flags[i] & MODAL for i in range(a.group, a.at)):
        return None
    by = next((i for i in range(a.at + 1, min(a.high, a.at + 4)) if page.low[i] == "by"), -1)
    if any(page.low[i] == "to" for i in range(a.at + 1, by)) or (0 < by < a.high - 1 and page.flags[by + 1] & TIME):
        return None
    if by < 0 or page.quote_at[by] != page.quote_at[a.at]:
        return None
    source = subject_after(page, by + 1, a.high)
    if source is None or (page.low[by + 1].endswith("ing") and not page.capital(by + 1)):
        return None
    of = next(
        (i for i in range(*source) if page.low[i] == "of" and page.low[min(i + 1, a.high - 1)].endswith("ing")), -1
    )
    source = (source[0], of) if of > source[0] else source
    rest = source[1]
    if rest < a.high and page.low[rest] in ("that", "as", "of", "for"):
        content = trim(page, rest, a.high)
    else:
        content = subject_before(page, a.floor, a.group)
        if content and page.flags[content[1] - 1] & RELATIVE:
            return None
    return Hit(source, (a.group, by + 1), [content]) if content else None


def quoted_as_saying(a: CueContext) -> Hit | None:
    """Ada Lund was quoted as saying it rained."""
    page, i = a.page, a.group - 1
    if a.cue is None or a.cue.tense != "ing" or i - 2 < a.low or page.low[i] != "as":
        return None
    if page.low[i - 1] not in ("quoted", "cited", "reported", "recorded", "heard", "caught"):
        return None
    k = i - 1
    while k > a.low and in_group(page, k - 1):
        k -= 1
    source = subject_before(page, a.floor, k)
    content = _any_complement(a)
    return Hit(source, (k, a.told), [content]) if source and content else None


def it_was_said(a: CueContext) -> Hit | None:
    """It was announced that it rained: nobody is named."""
    if not a.passive or a.group <= a.low or a.page.low[a.group - 1] != "it":
        return None
    content = said_that(a)
    return Hit(None, (a.group - 1, a.at + 1), [content]) if content else None


def feels(a: CueContext) -> Hit | None:
    """Ada Lund is confident that it will rain."""
    page = a.page
    if a.at > a.low and page.low[a.at] == "clear":
        return _made_clear(a)
    if a.group == a.at or not any(page.flags[i] & BE for i in range(a.group, a.at)):
        return None
    source, i = a.source, a.at + 1
    if source is None or i >= a.high or (page.flags[source[0]] & PRONOUN and page.low[source[0]] in ("it", "there")):
        return None
    if page.low[i] != "that" and not (page.flags[i] & (PRONOUN | DET) or page.capital(i)):
        return None
    stop = stop_of(a, i)
    content = trim(page, i, stop)
    fits = page.low[i] == "that" or has_finite(page, i, stop)
    return (
        Hit(source, (a.group, a.at + 1), [content])
        if content and fits and is_word(page, i) and not page.flags[i] & PREP
        else None
    )


def _made_clear(a: CueContext) -> Hit | None:
    """Ada Lund made it clear that she would run."""
    page, i = a.page, a.at - 1
    while i > a.low and (page.low[i] == "it" or is_adverb(page, i)):
        i -= 1
    if page.low[i] not in ("made", "makes", "make") or a.at + 1 >= a.high or page.low[a.at + 1] != "that":
        return None
    while i > a.low and in_group(page, i - 1):
        i -= 1
    source = a.shared if page.flags[i - 1] & COORD and i > a.low else subject_before(page, a.floor, i)
    content = trim(page, a.at + 1, stop_of(a, a.at + 1))
    return Hit(source, (i, a.at + 1), [content]) if source and content else None
