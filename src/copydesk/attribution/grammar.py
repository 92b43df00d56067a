"""Reading a sentence by its small words: is this a verb, where does this noun phrase end, what is only an aside.

Whose words: the noun phrase before a cue, after it, or shared with an earlier verb.
"""

from __future__ import annotations

from copydesk.attribution.reading import (
    ADVERB,
    AUX,
    BE,
    COORD,
    CUE,
    CUE_FORMS,
    DET,
    FINITE,
    OBJECT,
    PREP,
    PRONOUN,
    RELATIVE,
    SHORT,
    SMALL,
    SUBORD,
    TIME,
    WORDS,
    TokenizedText,
    Tokens,
    word_set,
)

_BEFORE_TIME = word_set(WORDS["before_times"])
_NO_ASIDE = word_set(WORDS["no_asides"])
MARKS = frozenset(',;:.—–-()[]!?…“”"«»„/')
ENDERS = frozenset(".!?…")
VENUES = word_set(WORDS["venue"])
STARTERS = word_set(WORDS["starters"])
_NOT_LY = frozenset(("family", "july", "italy", "ally", "assembly", "reply", "supply", "only", "early", "friendly"))
_POSSESSIVE = ("'s", "’s", "s'", "s’")


def is_adverb(page: TokenizedText, i: int) -> bool:
    """Reportedly, also, never: what may stand inside a verb group."""
    word = page.low[i]
    return bool(page.flags[i] & ADVERB) or (word.endswith("ly") and word not in _NOT_LY and not page.capital(i))


def is_word(page: TokenizedText, i: int) -> bool:
    """Whether this is a word or a number, not a mark."""
    return page.low[i][0].isalnum()


def is_possessive(page: TokenizedText, i: int) -> bool:
    """Quill’s, the ministers’."""
    return page.low[i].endswith(_POSSESSIVE)


def is_finite(page: TokenizedText, i: int, low: int) -> bool:
    """Whether a word can only, or very likely, be the finite verb of a clause.

    >>> from copydesk.attribution.reading import tokenize
    >>> page = tokenize("the town closed the bridge")
    >>> [page.word(i) for i in range(5) if is_finite(page, i, 0)]
    ['closed']
    """
    flag = page.flags[i]
    if flag & (AUX | FINITE | SHORT):
        return page.low[i] not in ("been", "being", "having", "be")
    before = page.flags[i - 1] if i > low else 0
    if before & DET or (before & PREP and page.low[i - 1] != "to"):
        return False
    word = page.low[i]
    if i > low and page.low[i - 1] in ("be", "been", "being"):
        return False
    if word.endswith("ed") and len(word) > 3 and not page.capital(i):
        after = page.flags[i + 1] if i + 1 < len(page.low) else 0
        return not (after & PREP and page.low[i + 1] in ("by", "in", "at", "of")) or bool(before & PRONOUN)
    cue = CUE_FORMS.get(word)
    return cue is not None and cue.tense in ("past", "s") and not cue.unsure


def has_finite(page: TokenizedText, start: int, end: int) -> bool:
    """Whether a clause, not only a phrase, stands here; verbs of relative clauses do not count."""
    i = start
    while i < end:
        word = page.low[i]
        if word in ("who", "which", "that", "whose") and i > start:
            i = _past_verb(page, i + 1, end)
        elif is_finite(page, i, start):
            return True
        i += 1
    return False


def _past_verb(page: TokenizedText, i: int, end: int) -> int:
    while i < end and not is_finite(page, i, i):
        i += 1
    while i + 1 < end and (page.flags[i + 1] & AUX or is_adverb(page, i + 1)):
        i += 1
    return i + 1 if i < end and page.flags[i] & AUX else i


def noun_chunk(page: TokenizedText, i: int, end: int) -> int:
    """The word after a short noun phrase that begins at `i`; `i` itself when there is none.

    >>> from copydesk.attribution.reading import tokenize
    >>> noun_chunk(tokenize("a local radio station that it rained"), 0, 7)
    4
    """
    start = i
    flag = page.flags[i] if i < end else 0
    if flag & OBJECT and not page.flags[i] & DET:
        return i + 1
    if flag & DET:
        i += 1
        while i < end and page.flags[i] & DET:
            i += 1
        while i < end and not page.flags[i] & SMALL and is_word(page, i) and not _verb_here(page, i, start):
            i += 1
        return i
    if i < end and is_word(page, i) and page.capital(i) and not flag & (PREP | SUBORD | TIME | PRONOUN):
        while i < end and is_word(page, i) and page.capital(i) and not page.flags[i] & (SUBORD | TIME | PRONOUN):
            i += 1
        if i + 1 < end and page.low[i] in ("and", "&") and page.capital(i + 1):
            return noun_chunk(page, i + 1, end)
        return i
    plain = i
    while plain < end and plain < i + 4 and is_word(page, plain) and not page.flags[plain] & (SMALL | CUE | ADVERB):
        plain += 1
    ends_well = plain >= end or page.flags[plain] & SMALL or not is_word(page, plain)
    return plain if ends_well else min(i + 1, plain)


def _verb_here(page: TokenizedText, i: int, start: int) -> bool:
    return i > start + 1 and is_finite(page, i, start)


def skip_aside(page: TokenizedText, i: int, end: int) -> int:
    """Past what only says when and where something was said: on Monday, in a statement to parliament.

    >>> from copydesk.attribution.reading import tokenize
    >>> page = tokenize("on Monday in a radio interview that it rained")
    >>> page.word(skip_aside(page, 0, 9))
    'that'
    """
    for _ in range(4):
        nxt = _aside(page, i, end)
        if nxt == i:
            break
        i = nxt
    return i


def _aside(page: TokenizedText, i: int, end: int) -> int:
    if i >= end:
        return i
    word = page.low[i]
    if is_adverb(page, i) and word not in ("all", "both", "first", "only"):
        return i + 1
    if page.flags[i] & TIME:
        return _time(page, i, end)
    if word in _BEFORE_TIME:
        return _phrase_of_time(page, i, end)
    return _venue(page, i, end) if page.flags[i] & PREP and word not in _NO_ASIDE else i


def _phrase_of_time(page: TokenizedText, i: int, end: int) -> int:
    """Past “last week”, “earlier this month”."""
    k = i + 1
    while k < min(end, i + 4) and page.low[k] in ("this", "last", "same", "in", "the", "on", "previous", "few"):
        k += 1
    return _time(page, k, end) if k < end and page.flags[k] & TIME and page.low[k] != "may" else i


def _time(page: TokenizedText, i: int, end: int) -> int:
    while i < end and (page.flags[i] & TIME or page.low[i].isdigit() or (page.low[i] == "," and _year(page, i, end))):
        i += 1
    return i


def _year(page: TokenizedText, i: int, end: int) -> bool:
    return i + 1 < end and page.low[i + 1].isdigit() and len(page.low[i + 1]) == 4


def _venue(page: TokenizedText, i: int, end: int) -> int:
    """Past a prepositional phrase whose noun is a time, a place or an occasion of speaking."""
    k = i + 1
    while k < end and page.flags[k] & PREP:
        k += 1
    if k >= end:
        return i
    if page.flags[k] & TIME:
        return _time(page, k, end)
    stop = noun_chunk(page, k, end)
    if stop == k:
        return i
    inside = page.low[k:stop]
    if any(w in VENUES or page.flags[k + n] & TIME or (w.isdigit() and len(w) == 4) for n, w in enumerate(inside)):
        return stop
    place = page.low[i] in ("in", "at", "from", "on") and page.capital(stop - 1)
    return stop if place else i


def in_group(page: TokenizedText, i: int) -> bool:
    """Auxiliaries and adverbs: what may stand between a subject and its verb."""
    return bool(page.flags[i] & AUX) or is_adverb(page, i)


def is_passive(page: TokenizedText, group: int, at: int) -> bool:
    """Was told, has been accused, got called."""
    return any(page.flags[i] & BE and page.low[i] not in ("'s", "’s", "n't") for i in range(group, at))


def trim(page: TokenizedText, start: int, end: int) -> Tokens | None:
    """The words without stray marks at their ends; quotation marks and brackets stay."""
    while start < end and page.low[start] in ",;:.—–-…!?)]":
        start += 1
    while start < end and page.low[end - 1] in ",;:.—–-(['":
        end -= 1
    return (start, end) if start < end else None


def opens_clause(page: TokenizedText, i: int) -> bool:
    """That, whether, how, why: words that open a reported clause."""
    return page.low[i] in ("that", "whether", "how", "why", "what", "where", "who", "if", "when")


def is_coordinator(page: TokenizedText, i: int) -> bool:
    """And, or, but."""
    return bool(page.flags[i] & COORD)


_STOPS = frozenset(',;:—–()[]“”"«»…!?')
_ASIDE_ENDS = frozenset(",—–)")
_PHRASE_PRONOUNS = word_set(WORDS["phrase_pronouns"])
_OCCASIONS = word_set(WORDS["occasions"])
_ARTICLES = frozenset(("the", "a", "an", "his", "her", "their", "its"))
_OPEN = PREP | DET | COORD | SUBORD | AUX | TIME
_ROUGHLY = word_set(WORDS["roughly"])
_LONGEST = 60  # words: how far a rule looks for a subject, which keeps the whole pass linear


def subject_before(page: TokenizedText, low: int, end: int) -> Tokens | None:
    """The noun phrase that ends at word `end`, not before `low`: with its apposition, without what introduces it.

    >>> from copydesk.attribution.reading import tokenize
    >>> page = tokenize("On Monday, Ada Lund, a baker, said so.")
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


def _is_clause(page: TokenizedText, i: int) -> bool:
    """Who built it; asking not to be named: an aside that tells of the source and does not name it."""
    return page.low[i] in ("who", "which", "whose") or (page.low[i].endswith("ing") and not page.capital(i))


def _before_aside(page: TokenizedText, low: int, last: int) -> int:
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


def _age(page: TokenizedText, i: int, last: int) -> bool:
    return last - i == 2 and page.low[i + 1].isdigit()


def _antecedent(page: TokenizedText, low: int, who: int) -> Tokens | None:
    end = who - 1 if who > low and page.low[who - 1] == "," else who
    if end <= low:
        return None
    start = _trim_front(page, after_verb(page, _phrase_start(page, low, end), end), end)
    named = next((i + 1 for i in range(end - 2, start - 1, -1) if page.flags[i] & PREP and page.capital(i + 1)), start)
    return (named, who + 1) if named < end else None


def _after_contact(page: TokenizedText, start: int, end: int) -> int:
    """The union, in “a move the union called a shame”: a second noun phrase right behind the first is the subject."""
    for i in range(end - 1, start, -1):
        k = i - 1
        if page.low[i] in _ARTICLES and is_word(page, k) and not page.flags[k] & _OPEN and not is_adverb(page, k):
            return i if not is_finite(page, k, start) and not page.low[k].endswith("ing") else start
    return start


def after_verb(page: TokenizedText, start: int, end: int) -> int:
    """Where an object begins: a letter, in “she sent a letter saying”."""
    return next((i + 1 for i in range(end - 2, start - 1, -1) if is_finite(page, i, start)), start)


def _phrase_start(page: TokenizedText, low: int, end: int) -> int:
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


def _skip_left(page: TokenizedText, low: int, i: int, end: int) -> int:
    """Past brackets, a short quoted name and “to be”, which a noun phrase may hold; `i` when there is none."""
    word = page.low[i]
    if word == ")" and (opening := _bracket(page, low, i)) >= 0:
        return opening - 1
    if word in '”"’' and i < end - 1 and page.quote_at[i] >= 0:
        a = page.quote_words[page.quote_at[i]][0]
        if low <= a < i and i - a < 8 and page.low[i - 1] not in ",.?!":
            return a - 1
    return i - 2 if word == "be" and i > low and page.low[i - 1] == "to" else i


def _stops_phrase(page: TokenizedText, low: int, i: int, end: int) -> bool:
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


def _bracket(page: TokenizedText, low: int, close: int) -> int:
    """The bracket that opens what closes here, if it is near."""
    return next((i for i in range(close - 1, max(low, close - 12) - 1, -1) if page.low[i] == "("), -1)


def _restricts(page: TokenizedText, i: int, end: int) -> bool:
    """A relative clause that belongs to the subject: the man who built it said."""
    return page.low[i] in ("who", "that", "which", "whose") and any(is_finite(page, k, i) for k in range(i + 1, end))


def _in_relative(page: TokenizedText, low: int, i: int) -> bool:
    return any(page.low[k] in ("who", "which", "that", "whose") for k in range(max(low, i - 4), i))


def _is_verb(page: TokenizedText, i: int) -> bool:
    cue = CUE_FORMS[page.low[i]]
    return cue.tense in ("past", "s", "base") and not cue.unsure and not page.flags[i - 1] & DET if i else False


def _joins_names(page: TokenizedText, low: int, i: int, end: int) -> bool:
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


def _trim_front(page: TokenizedText, start: int, end: int) -> int:
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


def _past_phrase(page: TokenizedText, i: int, end: int) -> int:
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


def subject_after(page: TokenizedText, start: int, high: int) -> Tokens | None:
    """The noun phrase after an inverted cue: said Ada Lund, a baker in Lakeport.

    >>> from copydesk.attribution.reading import tokenize
    >>> page = tokenize("said Ada Lund, a baker in Lakeport, on Monday.")
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


def _closes(page: TokenizedText, i: int, start: int, high: int) -> bool:
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


def _ends(page: TokenizedText, i: int, high: int) -> bool:
    return i + 1 >= high or page.spans[i + 1][0] > page.spans[i][1] + 1 or page.low[i + 1] in '"”’'


def _leaves(page: TokenizedText, i: int) -> bool:
    """What comes after this comma is no apposition."""
    word, flag = page.low[i], page.flags[i]
    participle = word.endswith("ing") and not page.capital(i)
    return (
        bool(flag & (COORD | PREP | TIME | SUBORD | PRONOUN | AUX)) or participle or word in '“"' or is_adverb(page, i)
    )


def shared_subject(page: TokenizedText, low: int, end: int) -> Tokens | None:
    """The subject of the clause that begins at `low`: he, in “he sat down and said …”.

    >>> from copydesk.attribution.reading import tokenize
    >>> page = tokenize("After lunch, Ada Lund opened the gate and said it was time.")
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
