"""Whose words: the noun phrase before a cue, after it, or shared with an earlier verb."""

from __future__ import annotations

from copydesk.attribution.grammar import ENDERS, is_adverb, is_finite, is_word, trim
from copydesk.attribution.lexicon import (
    AUX,
    COORD,
    CUE,
    CUE_FORMS,
    DET,
    PREP,
    PRONOUN,
    RELATIVE,
    SHORT,
    SUBORD,
    TIME,
    WORDS,
    word_set,
)
from copydesk.attribution.model import Tokens
from copydesk.attribution.page import Page

_STOPS = frozenset(',;:—–()[]“”"«»…!?')
_ASIDE_ENDS = frozenset(",—–)")
_PHRASE_PRONOUNS = word_set(WORDS["phrase_pronouns"])
_OCCASIONS = word_set(WORDS["occasions"])
_ARTICLES = frozenset(("the", "a", "an", "his", "her", "their", "its"))
_OPEN = PREP | DET | COORD | SUBORD | AUX | TIME
_ROUGHLY = word_set(WORDS["roughly"])
_LONGEST = 60  # words: how far a rule looks for a subject, which keeps the whole pass linear


def subject_before(page: Page, low: int, end: int) -> Tokens | None:
    """The noun phrase that ends at word `end`, not before `low`: with its apposition, without what introduces it.

    >>> from copydesk.attribution.page import read_page
    >>> page = read_page("On Monday, Ada Lund, a baker, said so.")
    >>> page.of(subject_before(page, 0, 9))
    'Ada Lund, a baker'
    """
    low = max(low, end - _LONGEST)
    last = end - 1
    if last < low:
        return None
    head_end = end
    if page.low[last] in _ASIDE_ENDS:
        head_end = _before_aside(page, low, last)
        if head_end <= low:
            head_end = last
        elif _is_clause(page, head_end + 1):
            end = head_end
    elif page.flags[last] & RELATIVE and page.low[last] != "where":
        return _antecedent(page, low, last)
    start = _phrase_start(page, low, head_end)
    if start > low and page.flags[start - 1] & (AUX | SHORT) and not page.flags[start - 1] & CUE:
        return None
    start = _trim_front(page, start, head_end)
    start = _after_contact(page, start, head_end)
    if page.flags[last] & PRONOUN and page.low[last] not in _PHRASE_PRONOUNS and start < last:
        start = last
    if page.flags[last] & TIME and last - 1 > start and page.flags[last - 1] & PREP:
        end, head_end = last - 1, min(head_end, last - 1)
    found = trim(page, start, end) if start < head_end else None
    if found is None or all(
        not is_word(page, i) or (is_adverb(page, i) and not page.flags[i] & DET) for i in range(*found)
    ):
        return None
    return found


def _is_clause(page: Page, i: int) -> bool:
    """Who built it; asking not to be named: an aside that tells of the source and does not name it."""
    return page.low[i] in ("who", "which", "whose") or (page.low[i].endswith("ing") and not page.capital(i))


def _before_aside(page: Page, low: int, last: int) -> int:
    """Where the head noun ends, left of “, a baker,” or “(a baker)”."""
    mark = page.low[last]
    mate = "(" if mark == ")" else mark
    i = last - 1
    while i >= low:
        if page.low[i] == mate and (page.quote_at[i] < 0 or page.quote_at[i] == page.quote_at[last]):
            nxt = page.low[i + 1]
            if not (mate == "," and (nxt in ("and", "or") or (nxt.isdigit() and len(nxt) == 4))):
                break
        i -= 1
    if i > low and mark == "," and _age(page, i, last):
        return i
    return i


def _age(page: Page, i: int, last: int) -> bool:
    return last - i == 2 and page.low[i + 1].isdigit()


def _antecedent(page: Page, low: int, who: int) -> Tokens | None:
    end = who - 1 if who > low and page.low[who - 1] == "," else who
    if end <= low:
        return None
    start = _trim_front(page, after_verb(page, _phrase_start(page, low, end), end), end)
    named = next((i + 1 for i in range(end - 2, start - 1, -1) if page.flags[i] & PREP and page.capital(i + 1)), start)
    return (named, who + 1) if named < end else None


def _after_contact(page: Page, start: int, end: int) -> int:
    """The union, in “a move the union called a shame”: a second noun phrase right behind the first is the subject."""
    for i in range(end - 1, start, -1):
        k = i - 1
        if page.low[i] in _ARTICLES and is_word(page, k) and not page.flags[k] & _OPEN and not is_adverb(page, k):
            return i if not is_finite(page, k, start) and not page.low[k].endswith("ing") else start
    return start


def after_verb(page: Page, start: int, end: int) -> int:
    """Where an object begins: a letter, in “she sent a letter saying”."""
    return next((i + 1 for i in range(end - 2, start - 1, -1) if is_finite(page, i, start)), start)


def _phrase_start(page: Page, low: int, end: int) -> int:
    """Leftwards from the end of a noun phrase to where it begins."""
    i = end - 1
    while i >= low:
        skipped = _skip_left(page, low, i, end)
        if skipped < i:
            i = skipped
        elif _stops_phrase(page, low, i, end):
            break
        else:
            i -= 1
    return i + 1


def _skip_left(page: Page, low: int, i: int, end: int) -> int:
    """Past brackets, a short quoted name and “to be”, which a noun phrase may hold; `i` when there is none."""
    word = page.low[i]
    if word == ")" and (opening := _bracket(page, low, i)) >= 0:
        return opening - 1
    if word in '”"’' and i < end - 1 and page.quote_at[i] >= 0:
        a = page.quote_words[page.quote_at[i]][0]
        if low <= a < i and i - a < 8 and page.low[i - 1] not in ",.?!":
            return a - 1
    return i - 2 if word == "be" and i > low and page.low[i - 1] == "to" else i


def _stops_phrase(page: Page, low: int, i: int, end: int) -> bool:
    """Whether this word cannot stand inside a subject."""
    word, flag = page.low[i], page.flags[i]
    if word in _STOPS or word == "-" or (word in ENDERS and word != "."):
        return True
    if flag & COORD:
        return not _joins_names(page, low, i, end)
    if flag & SUBORD and not (flag & RELATIVE and i > low and _restricts(page, i, end)):
        return True
    if flag & (AUX | SHORT) or (flag & PRONOUN and word not in _PHRASE_PRONOUNS and i < end - 1):
        return not _in_relative(page, low, i)
    return bool(i < end - 1 and flag & CUE and _is_verb(page, i))


def _bracket(page: Page, low: int, close: int) -> int:
    """The bracket that opens what closes here, if it is near."""
    return next((i for i in range(close - 1, max(low, close - 12) - 1, -1) if page.low[i] == "("), -1)


def _restricts(page: Page, i: int, end: int) -> bool:
    """A relative clause that belongs to the subject: the man who built it said."""
    return page.low[i] in ("who", "that", "which", "whose") and any(is_finite(page, k, i) for k in range(i + 1, end))


def _in_relative(page: Page, low: int, i: int) -> bool:
    return any(page.low[k] in ("who", "which", "that", "whose") for k in range(max(low, i - 4), i))


def _is_verb(page: Page, i: int) -> bool:
    cue = CUE_FORMS[page.low[i]]
    return cue.tense in ("past", "s", "base") and not cue.unsure and not page.flags[i - 1] & DET if i else False


def _joins_names(page: Page, low: int, i: int, end: int) -> bool:
    """Whether this “and” joins noun phrases of one subject, not two clauses."""
    if page.low[i] not in ("and", "or") or i == low:
        return False
    k = i - 1
    while k >= low and k > i - 12:
        if page.low[k] in _STOPS or page.flags[k] & (COORD | (SUBORD & ~PREP)):
            break
        if is_finite(page, k, low) or page.flags[k] & PRONOUN:
            return False
        k -= 1
    return k < i - 1


def _trim_front(page: Page, start: int, end: int) -> int:
    """Without “But on Monday”, “Meanwhile” and the like."""
    while start < end - 1:
        flag = page.flags[start]
        if page.low[start] == "both" or (flag & DET and page.low[start] not in ("all",)):
            break
        if (
            flag & COORD
            or page.low[start] in (".", "'", "’", "´")
            or (is_adverb(page, start) and not flag & DET)
            or (flag & TIME and page.low[start] not in ("post", "times"))
        ):
            start += 1
        elif flag & PREP and page.low[start] != "like":
            if page.low[start] in _ROUGHLY and page.low[start + 1][0].isdigit():
                break
            start = start + 1 if page.low[start] == "with" else _past_phrase(page, start + 1, end)
        elif flag & SUBORD and not flag & PREP:
            start += 1
        else:
            break
    return start


def _past_phrase(page: Page, i: int, end: int) -> int:
    """Past the noun phrase of an opening “In a statement” or “In London”, to where the subject can begin."""
    first = i
    while i < end and page.flags[i] & (DET | TIME):
        i += 1
    if i < end and i > first and page.flags[i - 1] & TIME:
        return i
    i += 1
    while i < end and not page.flags[i] & (DET | PRONOUN):
        i += 1
    return i if i < end else first


def subject_after(page: Page, start: int, high: int) -> Tokens | None:
    """The noun phrase after an inverted cue: said Ada Lund, a baker in Lakeport.

    >>> from copydesk.attribution.page import read_page
    >>> page = read_page("said Ada Lund, a baker in Lakeport, on Monday.")
    >>> page.of(subject_after(page, 1, len(page.low)))
    'Ada Lund, a baker in Lakeport'
    """
    high = min(high, start + _LONGEST)
    i = start
    while i < high and not _closes(page, i, start, high):
        if i > start and page.flags[i] & AUX and not _in_relative(page, start, i):
            return None
        i += 1
    return trim(page, start, i)


def _closes(page: Page, i: int, start: int, high: int) -> bool:
    """Whether an inverted subject ends before this word."""
    word, flag = page.low[i], page.flags[i]
    if word in ';:“"”—–!?«»' or (word == "." and _ends(page, i, high)):
        return True
    if word == ",":
        return i + 1 >= high or _leaves(page, i + 1)
    if i == start:
        return False
    nxt = i + 1 if i + 1 < high else i
    if (flag & SUBORD and not flag & (PREP | RELATIVE)) or (flag & TIME and word != "may"):
        return True
    if flag & PREP and page.flags[nxt] & TIME:
        return True
    return word in _OCCASIONS or (word in ("in", "at") and page.low[nxt] in ("a", "an", "response", "his", "her"))


def _ends(page: Page, i: int, high: int) -> bool:
    return i + 1 >= high or page.spans[i + 1][0] > page.spans[i][1] + 1 or page.low[i + 1] in '"”’'


def _leaves(page: Page, i: int) -> bool:
    """What comes after this comma is no apposition."""
    word, flag = page.low[i], page.flags[i]
    participle = word.endswith("ing") and not page.capital(i)
    return (
        bool(flag & (COORD | PREP | TIME | SUBORD | PRONOUN | AUX)) or participle or word in '“"' or is_adverb(page, i)
    )


def shared_subject(page: Page, low: int, end: int) -> Tokens | None:
    """The subject of the clause that begins at `low`: he, in “he sat down and said …”.

    >>> from copydesk.attribution.page import read_page
    >>> page = read_page("After lunch, Ada Lund opened the gate and said it was time.")
    >>> page.of(shared_subject(page, 0, 9))
    'Ada Lund'
    """
    i = low
    while i < end and (page.flags[i] & COORD or page.low[i] in ',"“' or is_adverb(page, i)):
        i += 1
    if i < end and (page.flags[i] & (PREP | SUBORD) or page.low[i].endswith(("ing", "ed"))):
        comma = next((k for k in range(i, end) if page.low[k] == "," and page.quote_at[k] < 0), -1)
        if comma > 0:
            i = comma + 1
    for k in range(i, min(end, i + 30)):
        if k > i and is_finite(page, k, i):
            stop = k
            while stop > i and is_adverb(page, stop - 1):
                stop -= 1
            return trim(page, _trim_front(page, i, stop), stop)
    return None
