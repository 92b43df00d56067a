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
    TokenRange,
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


def is_adverb(doc: TokenizedText, i: int) -> bool:
    """Reportedly, also, never: what may stand inside a verb group."""
    word = doc.words[i]
    return bool(doc.flags[i] & ADVERB) or (word.endswith("ly") and word not in _NOT_LY and not doc.capital(i))


def is_word(doc: TokenizedText, i: int) -> bool:
    """Whether this is a word or a number, not a mark."""
    return doc.words[i][0].isalnum()


def is_possessive(doc: TokenizedText, i: int) -> bool:
    """Quill’s, the ministers’."""
    return doc.words[i].endswith(_POSSESSIVE)


def is_finite(doc: TokenizedText, i: int, low: int) -> bool:
    """Whether a word can only, or very likely, be the finite verb of a clause.

    >>> from copydesk.attribution.reading import tokenize
    >>> doc = tokenize("the town closed the bridge")
    >>> [doc.as_written(i) for i in range(5) if is_finite(doc, i, 0)]
    ['closed']
    """
    flag = doc.flags[i]
    if flag & (AUX | FINITE | SHORT):
        return doc.words[i] not in ("been", "being", "having", "be")
    before = doc.flags[i - 1] if i > low else 0
    if before & DET or (before & PREP and doc.words[i - 1] != "to"):
        return False
    word = doc.words[i]
    if i > low and doc.words[i - 1] in ("be", "been", "being"):
        return False
    if word.endswith("ed") and len(word) > 3 and not doc.capital(i):
        after = doc.flags[i + 1] if i + 1 < len(doc.words) else 0
        return not (after & PREP and doc.words[i + 1] in ("by", "in", "at", "of")) or bool(before & PRONOUN)
    cue = CUE_FORMS.get(word)
    return cue is not None and cue.tense in ("past", "s") and not cue.unsure


def has_finite(doc: TokenizedText, start: int, end: int) -> bool:
    """Whether a clause, not only a phrase, stands here; verbs of relative clauses do not count."""
    i = start
    while i < end:
        word = doc.words[i]
        if word in ("who", "which", "that", "whose") and i > start:
            i = _past_verb(doc, i + 1, end)
        elif is_finite(doc, i, start):
            return True
        i += 1
    return False


def _past_verb(doc: TokenizedText, i: int, end: int) -> int:
    while i < end and not is_finite(doc, i, i):
        i += 1
    while i + 1 < end and (doc.flags[i + 1] & AUX or is_adverb(doc, i + 1)):
        i += 1
    return i + 1 if i < end and doc.flags[i] & AUX else i


def noun_chunk(doc: TokenizedText, i: int, end: int) -> int:
    """The word after a short noun phrase that begins at `i`; `i` itself when there is none.

    >>> from copydesk.attribution.reading import tokenize
    >>> noun_chunk(tokenize("a local radio station that it rained"), 0, 7)
    4
    """
    start = i
    flag = doc.flags[i] if i < end else 0
    if flag & OBJECT and not doc.flags[i] & DET:
        return i + 1
    if flag & DET:
        i += 1
        while i < end and doc.flags[i] & DET:
            i += 1
        while i < end and not doc.flags[i] & SMALL and is_word(doc, i) and not _verb_here(doc, i, start):
            i += 1
        return i
    if i < end and is_word(doc, i) and doc.capital(i) and not flag & (PREP | SUBORD | TIME | PRONOUN):
        while i < end and is_word(doc, i) and doc.capital(i) and not doc.flags[i] & (SUBORD | TIME | PRONOUN):
            i += 1
        if i + 1 < end and doc.words[i] in ("and", "&") and doc.capital(i + 1):
            return noun_chunk(doc, i + 1, end)
        return i
    plain = i
    while plain < end and plain < i + 4 and is_word(doc, plain) and not doc.flags[plain] & (SMALL | CUE | ADVERB):
        plain += 1
    ends_well = plain >= end or doc.flags[plain] & SMALL or not is_word(doc, plain)
    return plain if ends_well else min(i + 1, plain)


def _verb_here(doc: TokenizedText, i: int, start: int) -> bool:
    return i > start + 1 and is_finite(doc, i, start)


def skip_aside(doc: TokenizedText, i: int, end: int) -> int:
    """Past what only says when and where something was said: on Monday, in a statement to parliament.

    >>> from copydesk.attribution.reading import tokenize
    >>> doc = tokenize("on Monday in a radio interview that it rained")
    >>> doc.as_written(skip_aside(doc, 0, 9))
    'that'
    """
    for _ in range(4):
        nxt = _aside(doc, i, end)
        if nxt == i:
            break
        i = nxt
    return i


def _aside(doc: TokenizedText, i: int, end: int) -> int:
    if i >= end:
        return i
    word = doc.words[i]
    if is_adverb(doc, i) and word not in ("all", "both", "first", "only"):
        return i + 1
    if doc.flags[i] & TIME:
        return _time(doc, i, end)
    if word in _BEFORE_TIME:
        return _phrase_of_time(doc, i, end)
    return _venue(doc, i, end) if doc.flags[i] & PREP and word not in _NO_ASIDE else i


def _phrase_of_time(doc: TokenizedText, i: int, end: int) -> int:
    """Past “last week”, “earlier this month”."""
    k = i + 1
    while k < min(end, i + 4) and doc.words[k] in ("this", "last", "same", "in", "the", "on", "previous", "few"):
        k += 1
    return _time(doc, k, end) if k < end and doc.flags[k] & TIME and doc.words[k] != "may" else i


def _time(doc: TokenizedText, i: int, end: int) -> int:
    while i < end and (doc.flags[i] & TIME or doc.words[i].isdigit() or (doc.words[i] == "," and _year(doc, i, end))):
        i += 1
    return i


def _year(doc: TokenizedText, i: int, end: int) -> bool:
    return i + 1 < end and doc.words[i + 1].isdigit() and len(doc.words[i + 1]) == 4


def _venue(doc: TokenizedText, i: int, end: int) -> int:
    """Past a prepositional phrase whose noun is a time, a place or an occasion of speaking."""
    k = i + 1
    while k < end and doc.flags[k] & PREP:
        k += 1
    if k >= end:
        return i
    if doc.flags[k] & TIME:
        return _time(doc, k, end)
    stop = noun_chunk(doc, k, end)
    if stop == k:
        return i
    inside = doc.words[k:stop]
    if any(w in VENUES or doc.flags[k + n] & TIME or (w.isdigit() and len(w) == 4) for n, w in enumerate(inside)):
        return stop
    place = doc.words[i] in ("in", "at", "from", "on") and doc.capital(stop - 1)
    return stop if place else i


def in_group(doc: TokenizedText, i: int) -> bool:
    """Auxiliaries and adverbs: what may stand between a subject and its verb."""
    return bool(doc.flags[i] & AUX) or is_adverb(doc, i)


def is_passive(doc: TokenizedText, group: int, at: int) -> bool:
    """Was told, has been accused, got called."""
    return any(doc.flags[i] & BE and doc.words[i] not in ("'s", "’s", "n't") for i in range(group, at))


def trim(doc: TokenizedText, start: int, end: int) -> TokenRange | None:
    """The words without stray marks at their ends; quotation marks and brackets stay."""
    while start < end and doc.words[start] in ",;:.—–-…!?)]":
        start += 1
    while start < end and doc.words[end - 1] in ",;:.—–-(['":
        end -= 1
    return (start, end) if start < end else None


def opens_clause(doc: TokenizedText, i: int) -> bool:
    """That, whether, how, why: words that open a reported clause."""
    return doc.words[i] in ("that", "whether", "how", "why", "what", "where", "who", "if", "when")


def is_coordinator(doc: TokenizedText, i: int) -> bool:
    """And, or, but."""
    return bool(doc.flags[i] & COORD)


_STOPS = frozenset(',;:—–()[]“”"«»…!?')
_ASIDE_ENDS = frozenset(",—–)")
_PHRASE_PRONOUNS = word_set(WORDS["phrase_pronouns"])
_OCCASIONS = word_set(WORDS["occasions"])
_ARTICLES = frozenset(("the", "a", "an", "his", "her", "their", "its"))
_OPEN = PREP | DET | COORD | SUBORD | AUX | TIME
_ROUGHLY = word_set(WORDS["roughly"])
_LONGEST = 60  # words: how far a rule looks for a subject, which keeps the whole pass linear


def subject_before(doc: TokenizedText, low: int, end: int) -> TokenRange | None:
    """The noun phrase that ends at word `end`, not before `low`: with its apposition, without what introduces it.

    >>> from copydesk.attribution.reading import tokenize
    >>> doc = tokenize("On Monday, Ada Lund, a baker, said so.")
    >>> doc.of(subject_before(doc, 0, 9))
    'Ada Lund, a baker'
    """
    low = max(low, end - _LONGEST)
    last = end - 1
    if last < low:
        return None
    head_end = end
    if doc.words[last] in _ASIDE_ENDS:
        head_end = _before_aside(doc, low, last)
        if head_end <= low:
            head_end = last
        elif _is_clause(doc, head_end + 1):
            end = head_end
    elif doc.flags[last] & RELATIVE and doc.words[last] != "where":
        return _antecedent(doc, low, last)
    start = _phrase_start(doc, low, head_end)
    if start > low and doc.flags[start - 1] & (AUX | SHORT) and not doc.flags[start - 1] & CUE:
        return None
    start = _trim_front(doc, start, head_end)
    start = _after_contact(doc, start, head_end)
    if doc.flags[last] & PRONOUN and doc.words[last] not in _PHRASE_PRONOUNS and start < last:
        start = last
    if doc.flags[last] & TIME and last - 1 > start and doc.flags[last - 1] & PREP:
        end, head_end = last - 1, min(head_end, last - 1)
    found = trim(doc, start, end) if start < head_end else None
    if found is None or all(
        not is_word(doc, i) or (is_adverb(doc, i) and not doc.flags[i] & DET) for i in range(*found)
    ):
        return None
    return found


def _is_clause(doc: TokenizedText, i: int) -> bool:
    """Who built it; asking not to be named: an aside that tells of the source and does not name it."""
    return doc.words[i] in ("who", "which", "whose") or (doc.words[i].endswith("ing") and not doc.capital(i))


def _before_aside(doc: TokenizedText, low: int, last: int) -> int:
    """Where the head noun ends, left of “, a baker,” or “(a baker)”."""
    mark = doc.words[last]
    mate = "(" if mark == ")" else mark
    i = last - 1
    while i >= low:
        if doc.words[i] == mate and (doc.quote_at[i] < 0 or doc.quote_at[i] == doc.quote_at[last]):
            nxt = doc.words[i + 1]
            if not (mate == "," and (nxt in ("and", "or") or (nxt.isdigit() and len(nxt) == 4))):
                break
        i -= 1
    if i > low and mark == "," and _age(doc, i, last):
        return i
    return i


def _age(doc: TokenizedText, i: int, last: int) -> bool:
    return last - i == 2 and doc.words[i + 1].isdigit()


def _antecedent(doc: TokenizedText, low: int, who: int) -> TokenRange | None:
    end = who - 1 if who > low and doc.words[who - 1] == "," else who
    if end <= low:
        return None
    start = _trim_front(doc, after_verb(doc, _phrase_start(doc, low, end), end), end)
    named = next((i + 1 for i in range(end - 2, start - 1, -1) if doc.flags[i] & PREP and doc.capital(i + 1)), start)
    return (named, who + 1) if named < end else None


def _after_contact(doc: TokenizedText, start: int, end: int) -> int:
    """The union, in “a move the union called a shame”: a second noun phrase right behind the first is the subject."""
    for i in range(end - 1, start, -1):
        k = i - 1
        if doc.words[i] in _ARTICLES and is_word(doc, k) and not doc.flags[k] & _OPEN and not is_adverb(doc, k):
            return i if not is_finite(doc, k, start) and not doc.words[k].endswith("ing") else start
    return start


def after_verb(doc: TokenizedText, start: int, end: int) -> int:
    """Where an object begins: a letter, in “she sent a letter saying”."""
    return next((i + 1 for i in range(end - 2, start - 1, -1) if is_finite(doc, i, start)), start)


def _phrase_start(doc: TokenizedText, low: int, end: int) -> int:
    """Leftwards from the end of a noun phrase to where it begins."""
    i = end - 1
    while i >= low:
        skipped = _skip_left(doc, low, i, end)
        if skipped < i:
            i = skipped
        elif _stops_phrase(doc, low, i, end):
            break
        else:
            i -= 1
    return i + 1


def _skip_left(doc: TokenizedText, low: int, i: int, end: int) -> int:
    """Past brackets, a short quoted name and “to be”, which a noun phrase may hold; `i` when there is none."""
    word = doc.words[i]
    if word == ")" and (opening := _bracket(doc, low, i)) >= 0:
        return opening - 1
    if word in '”"’' and i < end - 1 and doc.quote_at[i] >= 0:
        a = doc.quote_words[doc.quote_at[i]][0]
        if low <= a < i and i - a < 8 and doc.words[i - 1] not in ",.?!":
            return a - 1
    return i - 2 if word == "be" and i > low and doc.words[i - 1] == "to" else i


def _stops_phrase(doc: TokenizedText, low: int, i: int, end: int) -> bool:
    """Whether this word cannot stand inside a subject."""
    word, flag = doc.words[i], doc.flags[i]
    if word in _STOPS or word == "-" or (word in ENDERS and word != "."):
        return True
    if flag & COORD:
        return not _joins_names(doc, low, i, end)
    if flag & SUBORD and not (flag & RELATIVE and i > low and _restricts(doc, i, end)):
        return True
    if flag & (AUX | SHORT) or (flag & PRONOUN and word not in _PHRASE_PRONOUNS and i < end - 1):
        return not _in_relative(doc, low, i)
    return bool(i < end - 1 and flag & CUE and _is_verb(doc, i))


def _bracket(doc: TokenizedText, low: int, close: int) -> int:
    """The bracket that opens what closes here, if it is near."""
    return next((i for i in range(close - 1, max(low, close - 12) - 1, -1) if doc.words[i] == "("), -1)


def _restricts(doc: TokenizedText, i: int, end: int) -> bool:
    """A relative clause that belongs to the subject: the man who built it said."""
    return doc.words[i] in ("who", "that", "which", "whose") and any(is_finite(doc, k, i) for k in range(i + 1, end))


def _in_relative(doc: TokenizedText, low: int, i: int) -> bool:
    return any(doc.words[k] in ("who", "which", "that", "whose") for k in range(max(low, i - 4), i))


def _is_verb(doc: TokenizedText, i: int) -> bool:
    cue = CUE_FORMS[doc.words[i]]
    return cue.tense in ("past", "s", "base") and not cue.unsure and not doc.flags[i - 1] & DET if i else False


def _joins_names(doc: TokenizedText, low: int, i: int, end: int) -> bool:
    """Whether this “and” joins noun phrases of one subject, not two clauses."""
    if doc.words[i] not in ("and", "or") or i == low:
        return False
    k = i - 1
    while k >= low and k > i - 12:
        if doc.words[k] in _STOPS or doc.flags[k] & (COORD | (SUBORD & ~PREP)):
            break
        if is_finite(doc, k, low) or doc.flags[k] & PRONOUN:
            return False
        k -= 1
    return k < i - 1


def _trim_front(doc: TokenizedText, start: int, end: int) -> int:
    """Without “But on Monday”, “Meanwhile” and the like."""
    while start < end - 1:
        flag = doc.flags[start]
        if doc.words[start] == "both" or (flag & DET and doc.words[start] not in ("all",)):
            break
        if (
            flag & COORD
            or doc.words[start] in (".", "'", "’", "´")
            or (is_adverb(doc, start) and not flag & DET)
            or (flag & TIME and doc.words[start] not in ("post", "times"))
        ):
            start += 1
        elif flag & PREP and doc.words[start] != "like":
            if doc.words[start] in _ROUGHLY and doc.words[start + 1][0].isdigit():
                break
            start = start + 1 if doc.words[start] == "with" else _past_phrase(doc, start + 1, end)
        elif flag & SUBORD and not flag & PREP:
            start += 1
        else:
            break
    return start


def _past_phrase(doc: TokenizedText, i: int, end: int) -> int:
    """Past the noun phrase of an opening “In a statement” or “In London”, to where the subject can begin."""
    first = i
    while i < end and doc.flags[i] & (DET | TIME):
        i += 1
    if i < end and i > first and doc.flags[i - 1] & TIME:
        return i
    i += 1
    while i < end and not doc.flags[i] & (DET | PRONOUN):
        i += 1
    return i if i < end else first


def subject_after(doc: TokenizedText, start: int, high: int) -> TokenRange | None:
    """The noun phrase after an inverted cue: said Ada Lund, a baker in Lakeport.

    >>> from copydesk.attribution.reading import tokenize
    >>> doc = tokenize("said Ada Lund, a baker in Lakeport, on Monday.")
    >>> doc.of(subject_after(doc, 1, len(doc.words)))
    'Ada Lund, a baker in Lakeport'
    """
    high = min(high, start + _LONGEST)
    i = start
    while i < high and not _closes(doc, i, start, high):
        if i > start and doc.flags[i] & AUX and not _in_relative(doc, start, i):
            return None
        i += 1
    return trim(doc, start, i)


def _closes(doc: TokenizedText, i: int, start: int, high: int) -> bool:
    """Whether an inverted subject ends before this word."""
    word, flag = doc.words[i], doc.flags[i]
    if word in ';:“"”—–!?«»' or (word == "." and _ends(doc, i, high)):
        return True
    if word == ",":
        return i + 1 >= high or _leaves(doc, i + 1)
    if i == start:
        return False
    nxt = i + 1 if i + 1 < high else i
    if (flag & SUBORD and not flag & (PREP | RELATIVE)) or (flag & TIME and word != "may"):
        return True
    if flag & PREP and doc.flags[nxt] & TIME:
        return True
    return word in _OCCASIONS or (word in ("in", "at") and doc.words[nxt] in ("a", "an", "response", "his", "her"))


def _ends(doc: TokenizedText, i: int, high: int) -> bool:
    return i + 1 >= high or doc.spans[i + 1][0] > doc.spans[i][1] + 1 or doc.words[i + 1] in '"”’'


def _leaves(doc: TokenizedText, i: int) -> bool:
    """What comes after this comma is no apposition."""
    word, flag = doc.words[i], doc.flags[i]
    participle = word.endswith("ing") and not doc.capital(i)
    return (
        bool(flag & (COORD | PREP | TIME | SUBORD | PRONOUN | AUX)) or participle or word in '“"' or is_adverb(doc, i)
    )


def shared_subject(doc: TokenizedText, low: int, end: int) -> TokenRange | None:
    """The subject of the clause that begins at `low`: he, in “he sat down and said …”.

    >>> from copydesk.attribution.reading import tokenize
    >>> doc = tokenize("After lunch, Ada Lund opened the gate and said it was time.")
    >>> doc.of(shared_subject(doc, 0, 9))
    'Ada Lund'
    """
    i = low
    while i < end and (doc.flags[i] & COORD or doc.words[i] in ',"“' or is_adverb(doc, i)):
        i += 1
    if i < end and (doc.flags[i] & (PREP | SUBORD) or doc.words[i].endswith(("ing", "ed"))):
        comma = next((k for k in range(i, end) if doc.words[k] == "," and doc.quote_at[k] < 0), -1)
        if comma > 0:
            i = comma + 1
    for k in range(i, min(end, i + 30)):
        if k > i and is_finite(doc, k, i):
            stop = k
            while stop > i and is_adverb(doc, stop - 1):
                stop -= 1
            return trim(doc, _trim_front(doc, i, stop), stop)
    return None
