"""Reading a sentence without a parser: which word is a verb, where a noun phrase ends, who the subject is.

Every rule here goes by closed classes of English (auxiliaries, prepositions, pronouns and so on), by endings and by
marks. None knows the meaning of a noun or a verb. They err, and the callers are written so that an error loses an
attribution rather than invents one.
"""

from __future__ import annotations

from copydesk.attribution.tokens import (
    ADVERB,
    ADVERBIAL,
    AUX,
    CAPITAL,
    COORD,
    CUE,
    DET,
    FINITE,
    GRAMMAR,
    LY,
    OBJECT,
    PREP,
    PRONOUN,
    RELATIVE,
    SHORT,
    SMALL,
    SUBORD,
    TIME,
    VERB_FORMS,
    WORD,
    TokenizedText,
    TokenRange,
    word_set,
)

ENDERS = frozenset(".!?…")
MARKS = frozenset(',;:.—–-()[]!?…“”"«»„/')
POSSESSIVE = ("'s", "’s", "s'", "s’")
CLAUSE_OPENERS = frozenset(("that", "whether", "how", "why", "what", "where", "who", "if", "when"))
"""Words that open a reported clause: said *that*, asked *whether*, explained *how*."""
_RELATIVES = ("who", "which", "that", "whose")
_BEFORE_TIME, _NO_ASIDE = word_set(GRAMMAR["before_times"]), word_set(GRAMMAR["no_asides"])
_OCCASIONS_OF_SPEAKING = word_set(GRAMMAR["venue"])
_STOPS = frozenset(',;:—–()[]“”"«»…!?')
_ASIDE_ENDS = frozenset(",—–)")
_PHRASE_PRONOUNS, _ROUGHLY = word_set(GRAMMAR["phrase_pronouns"]), word_set(GRAMMAR["roughly"])
_PERSONAL = frozenset(("i", "you", "he", "she", "it", "we", "they"))
_OCCASIONS = word_set(GRAMMAR["occasions"])
_ARTICLES = frozenset(("the", "a", "an", "his", "her", "their", "its"))
_OPEN = PREP | DET | COORD | SUBORD | AUX | TIME
_LONGEST = 60  # words: how far a rule looks for a subject, which keeps the whole pass linear


# Verbs


def is_finite(doc: TokenizedText, i: int, low: int) -> bool:
    """Whether a word can only, or very likely, be the finite verb of a clause that begins at `low`.

    >>> from copydesk.attribution.tokens import tokenize
    >>> doc = tokenize("the town closed the bridge")
    >>> [doc.words[i] for i in range(5) if is_finite(doc, i, 0)]
    ['closed']
    """
    flag, word = doc.flags[i], doc.words[i]
    if flag & (AUX | FINITE | SHORT):
        return word not in ("been", "being", "having", "be")
    before = doc.flags[i - 1] if i > low else 0
    # Behind a determiner or preposition stands an adjective: “the closed bridge”, “of wounded men”.
    if before & DET or (before & PREP and doc.words[i - 1] != "to"):
        return False
    if i > low and doc.words[i - 1] in ("be", "been", "being"):
        return False
    if word.endswith("ed") and len(word) > 3 and not flag & CAPITAL:
        # “the bridge built by Lund”, “men wounded in Lakeport” are participles; “she lived in Lakeport” is a verb.
        after = doc.flags[i + 1] if i + 1 < len(doc.words) else 0
        return not (after & PREP and doc.words[i + 1] in ("by", "in", "at", "of")) or bool(before & PRONOUN)
    cue = VERB_FORMS.get(word)
    return cue is not None and cue.tense in ("past", "s") and not cue.unsure


def has_finite(doc: TokenizedText, start: int, end: int) -> bool:
    """Whether a clause, not only a phrase, stands here.

    Verbs of relative clauses do not count: “the man who built the bridge” is a phrase.
    """
    i = start
    while i < end:
        if doc.words[i] in _RELATIVES and i > start:
            i += 1
            while i < end and not is_finite(doc, i, i):
                i += 1
            while i + 1 < end and doc.flags[i + 1] & (AUX | ADVERBIAL):
                i += 1
            if i < end and doc.flags[i] & AUX:  # the verb behind its auxiliary: “who has closed the bridge”
                i += 1
        elif is_finite(doc, i, start):
            return True
        i += 1
    return False


def after_verb(doc: TokenizedText, start: int, end: int) -> int:
    """Where an object begins: a letter, in “she sent a letter saying”."""
    return next((i + 1 for i in range(end - 2, start - 1, -1) if is_finite(doc, i, start)), start)


# Phrases


def trim(doc: TokenizedText, start: int, end: int) -> TokenRange | None:
    """The words without stray marks at their ends; quotation marks and closing brackets stay."""
    while start < end and doc.words[start] in ",;:.—–-…!?)]":
        start += 1
    while start < end and doc.words[end - 1] in ",;:.—–-(['":
        end -= 1
    return (start, end) if start < end else None


def noun_chunk(doc: TokenizedText, i: int, end: int) -> int:
    """The word after a short noun phrase that begins at `i`; `i` itself when there is none.

    >>> from copydesk.attribution.tokens import tokenize
    >>> noun_chunk(tokenize("a local radio station that it rained"), 0, 7)
    4
    """
    start, flags = i, doc.flags
    flag = flags[i] if i < end else 0
    if flag & OBJECT and not flag & DET:  # “told him it rained”; but “her” may also open “her aides”
        return i + 1
    if flag & DET:
        i += 1
        while i < end and flags[i] & DET:
            i += 1
        while i < end and flags[i] & WORD and (not flags[i] & SMALL or _is_time_in_name(doc, i, end)):
            if i > start + 1 and (is_finite(doc, i, start) or _begins_count(doc, i, end)):
                break
            i += 1
        return i
    if flag & WORD and flag & CAPITAL and not flag & (PREP | SUBORD | TIME | PRONOUN):
        return _past_name(doc, i + 1, end)
    plain = i
    while plain < end and plain < i + 4 and flags[plain] & WORD and not flags[plain] & (SMALL | CUE | ADVERB):
        plain += 1
    # A run of bare nouns counts as a whole only if something clear ends it: “told radio listeners that”.
    ends_well = plain >= end or flags[plain] & SMALL or not flags[plain] & WORD
    return plain if ends_well else min(i + 1, plain)


def _past_name(doc: TokenizedText, i: int, end: int) -> int:
    """Past the rest of a name: Lakeport | Radio 5 Live, BBC | Radio 4’s Today programme, Ada | Lund and Tomas Ulm."""
    words, flags = doc.words, doc.flags
    owned = words[i - 1].endswith(POSSESSIVE)
    while i < end and flags[i] & WORD:
        name = flags[i] & CAPITAL and not flags[i] & (SUBORD | TIME | PRONOUN)
        number = words[i][0].isdigit() and not _begins_count(doc, i, end)
        if not (name or number or words[i - 1].endswith(POSSESSIVE) or _is_time_in_name(doc, i, end)):
            break
        owned = owned or words[i].endswith(POSSESSIVE)
        i += 1
    if i + 1 < end and words[i] in ("and", "&") and flags[i + 1] & CAPITAL:
        return noun_chunk(doc, i + 1, end)
    noun = owned and i + 1 < end and flags[i] & WORD and not flags[i] & SMALL
    return i + 1 if noun and (flags[i + 1] & SMALL or not flags[i + 1] & WORD) else i


def _begins_count(doc: TokenizedText, i: int, end: int) -> bool:
    """Whether a number behind a noun begins the next phrase: told the BBC | 40 people died; but not: the 40 bakers."""
    if not doc.words[i].isdigit() or doc.flags[i - 1] & DET or i + 1 >= end:
        return False
    flag = doc.flags[i + 1]
    return bool(flag & WORD) and not flag & (SMALL | CAPITAL)


def _is_time_in_name(doc: TokenizedText, i: int, end: int) -> bool:
    """Whether a time word is part of a noun phrase: a June audit, the Harbour Morning Post."""
    if not doc.flags[i] & TIME or i + 1 >= end:
        return False
    flag = doc.flags[i + 1]
    if not flag & WORD or flag & (SMALL | ADVERBIAL) or doc.words[i + 1][0].isdigit():
        return False
    if doc.flags[i - 1] & DET or doc.words[i - 1].endswith(POSSESSIVE):
        return True
    # “told the BBC Tuesday Mr. Lund would stay”: a day between capitals is more often a day than a name.
    return bool(doc.flags[i - 1] & doc.flags[i] & flag & CAPITAL) and not doc.words[i].endswith("day")


def skip_aside(doc: TokenizedText, i: int, end: int) -> int:
    """Past what only says when and where something was said: on Monday, in a statement to parliament.

    >>> from copydesk.attribution.tokens import tokenize
    >>> doc = tokenize("on Monday in a radio interview that it rained")
    >>> doc.words[skip_aside(doc, 0, 9)]
    'that'
    """
    for _ in range(4):  # more asides in a row are no news style
        i = _past_aside(doc, i, end)
    return i


def _past_aside(doc: TokenizedText, i: int, end: int) -> int:
    """Past one aside; `i` when none begins here."""
    if i >= end:
        return i
    word, flag = doc.words[i], doc.flags[i]
    if flag & ADVERBIAL and word not in ("all", "both", "first", "only"):  # those open noun phrases: “all roads”
        return i + 1
    if flag & TIME:
        return _past_time(doc, i, end)
    if word in _BEFORE_TIME:  # “last week”, “earlier this month”
        k = i + 1
        while k < min(end, i + 4) and doc.words[k] in ("this", "last", "same", "in", "the", "on", "previous", "few"):
            k += 1
        return _past_time(doc, k, end) if k < end and doc.flags[k] & TIME else i
    return _past_venue(doc, i, end) if flag & PREP and word not in _NO_ASIDE else i


def _past_time(doc: TokenizedText, i: int, end: int) -> int:
    """Past a date such as “March 3, 2031”, whose comma a year follows."""
    while i < end and (doc.flags[i] & TIME or doc.words[i].isdigit() or _is_year(doc, i + 1, end)):
        i += 1
    return i


def _is_year(doc: TokenizedText, i: int, end: int) -> bool:
    """Whether a comma and a year stand before word `i` + 1."""
    return i < end and doc.words[i - 1] == "," and doc.words[i].isdigit() and len(doc.words[i]) == 4


def _past_venue(doc: TokenizedText, i: int, end: int) -> int:
    """Past a prepositional phrase whose noun is a time, a place or an occasion of speaking.

    “in a letter to staff” says how it was said. “about the letter” says what it was about, and “in a hurry” is neither,
    so only listed nouns and capitalised places count.
    """
    words, flags = doc.words, doc.flags
    k = next((k for k in range(i + 1, end) if not flags[k] & PREP), end)
    if k < end and flags[k] & TIME:
        return _past_time(doc, k, end)
    stop = noun_chunk(doc, k, end)
    chunk = range(k, stop)
    occasion = any(words[n] in _OCCASIONS_OF_SPEAKING or flags[n] & TIME or words[n].isdigit() for n in chunk)
    place = words[i] in ("in", "at", "from", "on") and flags[stop - 1] & CAPITAL
    return stop if stop > k and (occasion or place) else i


# Subjects


def subject_before(doc: TokenizedText, low: int, end: int) -> TokenRange | None:
    """The noun phrase that ends at word `end`, not before `low`: with its apposition, without what introduces it.

    >>> from copydesk.attribution.tokens import tokenize
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
        aside = _before_aside(doc, low, last)
        if aside <= low:
            head_end = last
        else:
            head_end = _before_age(doc, low, aside)
            # “Ada Lund, a baker,” names the source and belongs to it. “Ada Lund, who was there,” tells about her.
            opening, flag = doc.words[aside + 1], doc.flags[aside + 1]
            if opening in ("who", "which", "whose") or (opening.endswith("ing") and not flag & CAPITAL):
                end = aside
    elif doc.flags[last] & RELATIVE and doc.words[last] != "where":
        return _antecedent(doc, low, last)
    start = _phrase_start(doc, low, head_end)
    if start > low and doc.flags[start - 1] & (AUX | SHORT) and not doc.flags[start - 1] & CUE:
        return None  # the phrase is an object, and what follows is no verb: “had a plan claims”
    start = _trim_front(doc, start, head_end)
    start = _after_contact(doc, start, head_end)
    if doc.flags[last] & PRONOUN and doc.words[last] not in _PHRASE_PRONOUNS and start < last:
        start = last  # “a thing he said”: nothing belongs to “he” but itself
    if doc.flags[last] & TIME and last - 1 > start and doc.flags[last - 1] & PREP:
        end, head_end = last - 1, min(head_end, last - 1)  # “Ada Lund on Monday said”
    start = _first_of_two(doc, low, start)
    found = trim(doc, start, end) if start < head_end else None
    if found is None:
        return None
    for i in range(*found):
        if doc.flags[i] & WORD and (doc.flags[i] & DET or not doc.flags[i] & ADVERBIAL):
            return found
    return None  # only marks and adverbs: “, also said”


def _first_of_two(doc: TokenizedText, low: int, start: int) -> int:
    """Where “Ada Lund, the mayor, and her deputy” begins, from “her”: the first of two may have an apposition."""
    if start - 2 > low and doc.words[start - 2 : start] == [",", "and"]:
        first = subject_before(doc, low, start - 1)
        return first[0] if first and "," in doc.words[slice(*first)] else start
    name = start - 1  # Vark, | Lund and Roe
    while name > low and doc.flags[name - 1] & CAPITAL and not doc.flags[name - 1] & (SMALL & ~TIME):
        name -= 1
    listed = "and" in doc.words[start : start + 5] and doc.words[start - 1] == "," and doc.flags[start] & CAPITAL
    return name if listed and name < start - 1 and (name == low or doc.words[name - 1] == ",") else start


def _before_aside(doc: TokenizedText, low: int, last: int) -> int:
    """Where the head noun ends, left of “, a baker,” or “(a baker)”."""
    mark = doc.words[last]
    mate = "(" if mark == ")" else mark
    i = last - 1
    while i >= low:
        if doc.words[i] == mate and (doc.quote_at[i] < 0 or doc.quote_at[i] == doc.quote_at[last]):
            after = doc.words[i + 1]
            # This comma is within the aside: “, a baker, and mother of two,” or “, born on March 3, 2031,”.
            within = mate == "," and (after in ("and", "or") or (after.isdigit() and len(after) == 4))
            if not within:
                break
        i -= 1
    return i


def _before_age(doc: TokenizedText, low: int, end: int) -> int:
    """Where a name ends that its bearer's age or home parts from `end`: Ada Lund | , 64, of Mill Lane."""
    while True:
        comma = next((i for i in range(end - 1, max(low, end - 8), -1) if doc.words[i] == ","), low)
        first = doc.words[comma + 1]
        if comma == low or not ((first.isdigit() and comma + 2 == end) or first in ("of", "from")):
            return end
        end = comma


def _antecedent(doc: TokenizedText, low: int, who: int) -> TokenRange | None:
    """The noun that a “who” stands for: in “a letter to Ada Lund, who said so”, the name nearest to it."""
    end = who - 1 if who > low and doc.words[who - 1] == "," else who
    if end <= low:
        return None
    end = _before_age(doc, low, end)
    start = _trim_front(doc, after_verb(doc, _phrase_start(doc, low, end), end), end)
    for i in range(end - 2, start - 1, -1):
        if doc.flags[i] & PREP and doc.flags[i + 1] & CAPITAL:
            start = i + 1
            break
    return (start, who + 1) if start < end else None


def _after_contact(doc: TokenizedText, start: int, end: int) -> int:
    """The union, in “a move the union called a shame”: a second noun phrase right behind the first is the subject.

    Grammars call this a contact clause: a relative clause without “that”.
    """
    for i in range(end - 1, start, -1):
        before, flag = doc.words[i - 1], doc.flags[i - 1]
        if doc.words[i] in _ARTICLES and flag & WORD and not flag & (_OPEN | ADVERBIAL):
            return i if not is_finite(doc, i - 1, start) and not before.endswith("ing") else start
    return start


def _phrase_start(doc: TokenizedText, low: int, end: int) -> int:
    """Leftwards from the end of a noun phrase to where it begins."""
    i = end - 1
    while i >= low:
        word = doc.words[i]
        if word == ")":
            opening = next((k for k in range(i - 1, max(low, i - 12) - 1, -1) if doc.words[k] == "("), -1)
            if opening >= 0:
                i = opening - 1
                continue
        if word in '”"’' and i < end - 1 and doc.quote_at[i] >= 0:
            # Words in marks are part of the phrase, as in “the “no” camp”. Speech is not: its comma tells.
            opening = doc.quote_words[doc.quote_at[i]][0]
            if low <= opening < i and i - opening < 8 and doc.words[i - 1] not in ",.?!":
                i = opening - 1
                continue
        if word == "be" and i > low and doc.words[i - 1] == "to":  # “the minister to be”
            i -= 2
        elif _stops_phrase(doc, low, i, end):
            break
        else:
            i -= 1
    return i + 1


def _stops_phrase(doc: TokenizedText, low: int, i: int, end: int) -> bool:
    """Whether this word cannot stand inside a subject that ends before `end`."""
    word, flag = doc.words[i], doc.flags[i]
    if word in _STOPS or word == "-":  # but a full stop may belong to “Mr.” or an initial
        return True
    if flag & COORD:
        return not _joins_names(doc, low, i)
    if flag & SUBORD:
        restricts = flag & RELATIVE and i > low and word in _RELATIVES
        # “the man who built it said”: the relative clause has its own verb, so it belongs to the subject.
        if not (restricts and any(is_finite(doc, k, i) for k in range(i + 1, end))):
            return True
    if flag & (AUX | SHORT) or (flag & PRONOUN and word not in _PHRASE_PRONOUNS and i < end - 1):
        return not _in_relative(doc, low, i)
    if i < end - 1 and flag & CUE and i:
        cue = VERB_FORMS[word]
        return cue.tense in ("past", "s", "base") and not cue.unsure and not doc.flags[i - 1] & DET
    return False


def _in_relative(doc: TokenizedText, low: int, i: int) -> bool:
    """Whether a verb belongs to a relative clause that opens close before it."""
    return any(doc.words[k] in _RELATIVES for k in range(max(low, i - 4), i))


def _joins_names(doc: TokenizedText, low: int, i: int) -> bool:
    """Whether this “and” joins noun phrases of one subject, not two clauses."""
    if doc.words[i] not in ("and", "or", "nor") or i == low:
        return False
    for k in range(i - 1, max(low, i - 11) - 1, -1):
        if doc.words[k] in _STOPS or doc.flags[k] & (COORD | (SUBORD & ~PREP)):
            return k < i - 1
        if is_finite(doc, k, low) or doc.flags[k] & PRONOUN:
            return False
    return True


def _trim_front(doc: TokenizedText, start: int, end: int) -> int:
    """Without “But on Monday”, “Meanwhile” and the like."""
    while start < end - 1:
        word, flag = doc.words[start], doc.flags[start]
        if word == "both" or (flag & DET and word != "all"):
            break
        small = flag & (COORD | SUBORD) and not flag & PREP
        skips = small or flag & ADVERBIAL or word in (".", "'", "’", "´", "with")
        # “Post” and “Times” may begin the name of a newspaper, and “about 1,200 workers” is the subject itself.
        if skips or (flag & TIME and word not in ("post", "times")):
            start += 1
        elif flag & PREP and word != "like" and not (word in _ROUGHLY and doc.words[start + 1][0].isdigit()):
            start = _past_opening(doc, start + 1, end)
        else:
            break
    return start


def _past_opening(doc: TokenizedText, i: int, end: int) -> int:
    """Past the noun phrase of an opening “In a statement” or “In London”, to where the subject can begin.

    No comma need part them, so the next determiner or pronoun is taken for the subject's first word: “In a statement
    the council said”. Without one, the whole is kept.
    """
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

    >>> from copydesk.attribution.tokens import tokenize
    >>> doc = tokenize("said Ada Lund, a baker in Lakeport, on Monday.")
    >>> doc.of(subject_after(doc, 1, len(doc.words)))
    'Ada Lund, a baker in Lakeport'
    """
    high = min(high, start + _LONGEST)
    i = start
    while i < high and not _ends_inverted(doc, i, start, high):
        if i > start and doc.flags[i] & AUX and not _in_relative(doc, start, i):
            return None
        i += 1
    return trim(doc, start, i)


def _ends_inverted(doc: TokenizedText, i: int, start: int, high: int) -> bool:  # noqa: PLR0911
    """Whether an inverted subject ends before this word."""
    word, flag = doc.words[i], doc.flags[i]
    if word in ';:“"”—–!?«»':
        return True
    if word == ".":  # the sentence's end, not the one in “J. Lund”
        return i + 1 >= high or doc.spans[i + 1][0] > doc.spans[i][1] + 1 or doc.words[i + 1] in '"”’'
    after = i + 1 if i + 1 < high else i
    if word == ",":  # the comma of an apposition (“, a baker”), or of something else (“, adding”, “, on Monday”)
        next_word, next_flag = doc.words[after], doc.flags[after]
        participle = next_word.endswith("ing") and not next_flag & CAPITAL
        other = next_flag & (COORD | PREP | TIME | SUBORD | PRONOUN | AUX | ADVERBIAL)
        home = doc.words[i - 1].isdigit() and next_word in ("of", "from")  # Ada Lund, 64, of Mill Lane
        return i + 1 >= high or (bool(other) and not home) or participle or next_word in '“"'
    if i == start:
        return False
    if flag & SUBORD and not flag & (PREP | RELATIVE):
        return True
    if flag & TIME and not _is_time_in_name(doc, i, high):
        return True
    if (flag & PREP or word in _BEFORE_TIME) and doc.flags[after] & TIME and not _is_time_in_name(doc, after, high):
        return True
    if flag & LY and (doc.flags[i - 1] & (CAPITAL | PRONOUN) or not doc.flags[after] & WORD or after == i):
        return True  # “said Ada Lund quietly”; but not: said the newly elected mayor
    # “in Lakeport” may tell who she is; “in a letter” and “in response” tell how she said it.
    return word in _OCCASIONS or (word in ("in", "at") and doc.words[after] in ("a", "an", "response", "his", "her"))


def shared_subject(doc: TokenizedText, low: int, end: int) -> TokenRange | None:
    """The subject of the clause that begins at `low`: he, in “he sat down and said …”.

    >>> from copydesk.attribution.tokens import tokenize
    >>> doc = tokenize("After lunch, Ada Lund opened the gate and said it was time.")
    >>> doc.of(shared_subject(doc, 0, 9))
    'Ada Lund'
    """
    i = low
    while i < end and (doc.flags[i] & (COORD | ADVERBIAL) or doc.words[i] in ',"“'):
        i += 1
    if i < end and (doc.flags[i] & (PREP | SUBORD) or doc.words[i].endswith(("ing", "ed"))):
        # An opening such as “After lunch,” or “Asked about it,” stands before the subject.
        i = next((k + 1 for k in range(i, end) if doc.words[k] == "," and doc.quote_at[k] < 0), i)
    if i < end and doc.words[i] in _PERSONAL:
        return i, i + 1
    stop = next((k for k in range(i + 1, min(end, i + 30)) if is_finite(doc, k, i)), i)
    while stop > i and doc.flags[stop - 1] & ADVERBIAL:
        stop -= 1
    return trim(doc, _trim_front(doc, i, stop), stop)
