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
from copydesk.attribution.reading import AUX, COORD, CUES, DET, PREP, PRONOUN, SUBORD, Hit, Tokens, word_set
from copydesk.attribution.speakers import is_role

_PHRASES = CUES["phrases"]
_REFUSED, _REFUSED_TO = word_set(_PHRASES["non_response_verbs"]), word_set(_PHRASES["non_response_to"])
_ABSENT, _REQUEST = word_set(_PHRASES["non_response_adjectives"]), word_set(_PHRASES["non_response_nouns"])
_STARTS, _ACTS = word_set(_PHRASES["act_starts"]), word_set(_PHRASES["act_verbs"])
_NOUNS_TO = word_set(CUES["nouns"]["to"])
_OWN = frozenset(("his", "her", "their", "its", "my", "our", "your"))
_MAKES = word_set(CUES["nouns"]["verbs"])


def according_to(a: CueContext) -> Hit | None:
    """According to Ada Lund, it rained; it rained, according to Ada Lund; the rain, according to her, stopped."""
    page = a.page
    if page.low[a.at] != "according" or a.at + 2 >= a.high or page.low[a.at + 1] != "to":
        return None
    opening = clause_start(page, a.low, a.at) == a.at or page.low[a.at - 1] in ("that", "and", "but", ":")
    return _according_first(a) if opening else _according_last(a)


def _according_first(a: CueContext) -> Hit | None:
    page, start = a.page, a.at + 2
    commas = [i for i in range(start, min(a.high, start + 40)) if page.low[i] == "," and page.quote_at[i] < 0][:3]
    commas = [i for i in commas if not _number_comma(a, i)]
    chunk = noun_chunk(page, start, a.high)
    if commas and (chunk >= commas[0] or not (page.flags[chunk] & (DET | PRONOUN) or page.capital(chunk))):
        end = commas[0]
        if len(commas) > 1 and _apposition(a, commas[0] + 1, commas[1]):
            end = commas[1]
    else:
        end = chunk
    source = trim(page, start, end)
    content = trim(page, end, stop_of(a, min(end + 1, a.high - 1)))
    return Hit(source, (a.at, a.at + 2), [content]) if source and content else None


def _number_comma(a: CueContext, i: int) -> bool:
    return i + 1 < a.high and a.page.low[i + 1].isdigit()


def _apposition(a: CueContext, start: int, end: int) -> bool:
    page = a.page
    if end <= start or end + 2 >= a.high or page.flags[start] & (PREP | PRONOUN | SUBORD):
        return start < end and page.low[start] in ("who", "which") and end + 2 < a.high
    named = page.capital(start) or bool(page.flags[start] & DET)
    return named and not any(is_finite(page, i, start) for i in range(start, end))


def _according_last(a: CueContext) -> Hit | None:
    page = a.page
    source = subject_after(page, a.at + 2, a.high)
    if source is None or (page.low[source[0]] in _OWN and not is_role(page.low[source[1] - 1])):
        return None
    low = clause_start(page, max([a.low, *(h.end for h in a.before if h.end <= a.at)]), a.at)
    comma = page.low[a.at - 1] == ","
    if not comma:
        low = _last_clause(a, low)
    first = trim(page, low, a.at)
    if first is None:
        first = trim(page, clause_start(page, a.low, a.at), a.at)
    if first is None:
        return None
    content: list[Tokens] = [first]
    n = page.quote_at[first[1] - 1]
    if n >= 0 and page.quote_words[n][0] == first[0]:
        content = [page.quote_words[n]]
    rest = source[1]
    if comma and rest + 2 < a.high and page.low[rest] == "," and not has_finite(page, *first):
        second = trim(page, rest + 1, stop_of(a, rest + 1))
        if second and any(is_finite(page, i, second[0] - 1) for i in range(*second)):
            content.append(second)
    return Hit(source, (a.at, a.at + 2), content)


def _last_clause(a: CueContext, low: int) -> int:
    """Without a comma, according to belongs to the last of two joined clauses."""
    page = a.page
    for i in range(a.at - 1, low, -1):
        if (
            page.flags[i] & COORD
            and page.quote_at[i] < 0
            and has_finite(page, low, i)
            and has_finite(page, i + 1, a.at)
        ):
            return i + 1
    return low


def noun_that(a: CueContext) -> Hit | None:
    """Ada Lund’s claim that it rained; the claim by Ada Lund that it rained; she made the claim that it rained."""
    page, i = a.page, a.at + 1
    if (a.cue is not None and a.cue.tense in ("past", "part")) or i >= a.high:
        return None
    source: Tokens | None = None
    if page.low[i] in ("by", "from", "of") and i + 1 < a.high:
        end = noun_chunk(page, i + 1, a.high)
        if end > i + 1 and page.low[i] != "of":
            source = (i + 1, end)
        i = end
    if (
        i + 2 >= a.high
        or page.low[i] != "that"
        or page.low[i + 1] in ("was", "is", "were", "has", "had", "will", "could", "are")
    ):
        return None
    content = trim(page, i, stop_of(a, i))
    if any(c[0] == i for hit in a.before for c in hit.content):
        return None
    if content is None or content[1] - content[0] < 4:
        return None
    start = _noun_start(a)
    content = _before_main_verb(a, content) if start - a.low < 4 else content
    source = source or _owner(a, start)
    return Hit(source, (start if source is None or source[1] <= start else a.at, a.at + 1), [content])


def noun_to(a: CueContext) -> Hit | None:
    """Ada Lund’s promise to stay; her threat to leave."""
    page, i = a.page, a.at + 1
    if i + 1 >= a.high or page.low[i] != "to" or page.low[a.at] not in _NOUNS_TO or not page.low[i + 1].isalpha():
        return None
    source = _owner(a, _noun_start(a))
    stop = next(
        (
            k
            for k in range(i + 2, a.high)
            if (is_finite(page, k, i + 1) and not page.flags[k - 1] & PRONOUN) or page.low[k] == ","
        ),
        a.high,
    )
    content = trim(page, i, min(stop, stop_of(a, i)))
    return Hit(source, (a.at, a.at + 1), [content]) if source and content else None


def _before_main_verb(a: CueContext, content: Tokens) -> Tokens:
    """His claim that it rained was false: the sentence’s own verb ends the clause."""
    page = a.page
    first = next((i for i in range(content[0] + 1, content[1]) if is_finite(page, i, content[0] + 1)), content[1])
    for i in range(first + 2, content[1]):
        small = page.flags[i - 1] & (COORD | SUBORD | PRONOUN) or in_group(page, i - 1)
        if page.flags[i] & AUX and not small:
            return content[0], i
    return content


def _noun_start(a: CueContext) -> int:
    i = a.at
    while i - 1 >= a.low and i > a.at - 4 and not in_group(a.page, i - 1) and is_word(a.page, i - 1):
        if is_possessive(a.page, i - 1) or a.page.flags[i - 1] & (DET | PREP):
            return i
        i -= 1
    return a.at


def _owner(a: CueContext, start: int) -> Tokens | None:
    page, i = a.page, start - 1
    if i < a.low:
        return None
    if is_possessive(page, i):
        k = i
        while k > a.low and is_word(page, k - 1) and (page.capital(k - 1) if page.capital(i) else k > i - 3):
            if page.flags[k - 1] & (PREP | SUBORD | COORD | PRONOUN) or in_group(page, k - 1):
                break
            k -= 1
            if page.flags[k] & DET:
                break
        return k, i + 1
    if page.low[i] in ("his", "her", "their", "its", "my", "our"):
        return (i, i + 1)
    k = i - 1
    while k >= a.low and k > i - 3 and page.low[k] not in _MAKES:
        k -= 1
    if k >= a.low and page.low[k] in _MAKES:
        return subject_before(page, a.floor, k)
    return None


def non_response(a: CueContext) -> Hit | None:
    """Ada Lund declined to comment; she could not be reached; she did not respond to a request."""
    page, i = a.page, a.at
    word = page.low[i]
    if word in _REFUSED:
        if i + 2 >= a.high or page.low[i + 1] != "to" or page.low[i + 2] not in _REFUSED_TO:
            return None
        end = i + 3
    elif word in _ABSENT:
        if not any(
            page.low[k] in ("not", "n't", "never") or page.low[k].endswith(("n't", "n’t")) for k in range(a.group, i)
        ):
            return None
        end = next(
            (k + 1 for k in range(i, min(a.high, i + 6)) if page.low[k] in ("comment", "reached", "contacted")), -1
        )
        if end < 0:
            return None
    elif word in ("respond", "responded", "reply", "replied", "return", "returned", "answer", "answered"):
        said_no = any(
            page.low[k] in ("not", "never") or page.low[k].endswith(("n't", "n’t")) for k in range(a.group, i)
        )
        end = next((k + 1 for k in range(i + 1, min(a.high, i + 8)) if page.low[k] in _REQUEST), -1)
        said_no = said_no or (a.source is not None and page.low[a.source[0]] in ("neither", "nobody", "none", "no"))
        if not said_no or end < 0:
            return None
    else:
        return None
    source = a.source
    return Hit(source, (a.group, end), [], form="non_response") if source else None


def speech_act(a: CueContext) -> Hit | None:
    """The ministry began setting out its terms."""
    page, i = a.page, a.at
    if page.low[i] not in _STARTS or i + 2 >= a.high or page.low[i + 1] not in _ACTS:
        return None
    end = i + 2
    if page.low[end] in ("out", "forth", "about", "with", "to"):
        end += 1
    source = a.source
    stop = next(
        (k for k in range(end, a.high) if page.low[k] in ("to", "with", "on", "before", ",", ".") and k > end), a.high
    )
    content = trim(page, end, stop)
    return Hit(source, (a.group, end), [content], form="speech_act") if source and content else None


__all__ = ["according_to", "non_response", "noun_that", "shared_subject", "speech_act"]
