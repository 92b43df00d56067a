"""Names on a page: runs of capitalised words, their titles, and the fullest form of each.

What kind of source a noun phrase names, and the words that decide it. The words are data.

Who a source is: the fullest name in the story for a surname, a pronoun or a role, and the kind of source.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field

from copydesk.attribution.reading import (
    COORD,
    DET,
    PREP,
    PRONOUN,
    RELATIVE,
    SMALL,
    SUBORD,
    TIME,
    WORDS,
    TokenizedText,
    TokenRange,
    read,
    word_set,
)
from copydesk.base.spans import Span

PEOPLE_WORDS = read("attribution_people")
COURTESY, RANKS = word_set(PEOPLE_WORDS["courtesy"]), word_set(PEOPLE_WORDS["ranks"])
OFFICIAL, ROLES = word_set(PEOPLE_WORDS["official"]) | RANKS, word_set(PEOPLE_WORDS["people"])
UNNAMED, WITNESS = word_set(PEOPLE_WORDS["unnamed_speaker"]), word_set(PEOPLE_WORDS["witness"])
DOCUMENT, MEDIA = word_set(PEOPLE_WORDS["document"]), word_set(PEOPLE_WORDS["media"])
INSTITUTION = word_set(PEOPLE_WORDS["institution"])
MALE, FEMALE = word_set(PEOPLE_WORDS["male"]), word_set(PEOPLE_WORDS["female"])
SEATS: dict[str, str] = dict(PEOPLE_WORDS["seat_of"].items())
PLACES = frozenset(PEOPLE_WORDS["countries"].split()) | frozenset(PEOPLE_WORDS["compound_countries"]) | frozenset(SEATS)
ALIASES: dict[str, str] = dict(PEOPLE_WORDS["short_for"])
STATE_NOTE = str(PEOPLE_WORDS["states_note"])
_DEFINITE = frozenset(("the", "his", "her", "their", "its", "this", "that"))
_PARTICLES = word_set(WORDS["name_particles"])
_TITLES = COURTESY | RANKS | OFFICIAL | ROLES
_NO_NAME = DET | PREP | PRONOUN | SUBORD | TIME | COORD


@dataclass(slots=True)
class Name:
    """A name without its titles, and what the story says about its bearer."""

    words: tuple[str, ...]
    written: str
    titles: set[str] = field(default_factory=set)
    office: TokenRange | None = None

    @property
    def full(self) -> str:
        """The name as the story writes it."""
        return self.written


@dataclass(frozen=True, slots=True)
class Mention:
    """A run of capitalised words: the whole of it, the part that is the name, and the titles before that."""

    whole: TokenRange
    name: TokenRange
    titles: tuple[str, ...]


def mentions(doc: TokenizedText) -> list[Mention]:
    """Every run of capitalised words, split where a possessive ends, with its titles told from the name.

    >>> from copydesk.attribution.reading import tokenize
    >>> doc = tokenize("The mayor’s aide met Lakeport’s Governor Ada Lund.")
    >>> [(doc.of(m.name), m.titles) for m in mentions(doc)]
    [('Lakeport’s', ('aide',)), ('Ada Lund', ('governor',))]
    """
    found: list[Mention] = []
    i, n = 0, len(doc.words)
    text, spans, flags = doc.text, doc.spans, doc.flags
    while i < n:
        if not text[spans[i][0]].isupper() or flags[i] & _NO_NAME:
            i += 1
            continue
        end = _run_end(doc, i)
        name = _name_start(doc, i, end)
        titles = tuple(w for w in doc.words[i:name] if w[0].isalpha())
        titles += _lower_titles(doc, i)
        if i > 1 and doc.words[i - 1] in ("of", "for") and doc.words[i - 2] in OFFICIAL and end - name > 2:
            titles, name = (*titles, doc.words[i - 2]), end - 2
        found.append(Mention((i, end), (name, end), titles))
        i = end
    return found


def _name_start(doc: TokenizedText, i: int, end: int) -> int:
    """Past titles and institutions in front: House Speaker | Paul Vark, Refugee Council | Ada Lund."""
    name = next((k + 1 for k in range(end - 2, i - 1, -1) if doc.words[k] in _TITLES), i)
    if doc.words[name] == ".":
        name = min(name + 1, end - 1)
    joined = any(doc.words[k] in _PARTICLES or len(doc.words[k]) < 3 for k in range(i, end))
    long = name == i and end - i > 3 and not joined
    return end - 2 if long and not in_words(doc.words[end - 1], INSTITUTION | DOCUMENT | MEDIA) else name


def _run_end(doc: TokenizedText, i: int) -> int:
    n = len(doc.words)
    end = i + 1
    while end < n and not doc.words[end - 1].endswith(("'s", "’s")):
        word = doc.words[end]
        capital = doc.text[doc.spans[end][0]].isupper()
        if "\n" in doc.text[doc.spans[end - 1][1] : doc.spans[end][0]]:
            break
        if (word == "." and end + 1 < n and _abbreviates(doc, end)) or (
            word in _PARTICLES and end + 1 < n and doc.capital(end + 1)
        ):
            end += 1
        elif capital and word[0].isalnum() and not doc.flags[end] & (PRONOUN | SUBORD | TIME | DET):
            if doc.quote_at[end] != doc.quote_at[i]:
                break
            end += 1
        else:
            break
    return end - 1 if doc.words[end - 1] == "." else end


def _abbreviates(doc: TokenizedText, dot: int) -> bool:
    word = doc.words[dot - 1]
    return (len(word) == 1 or word in COURTESY or word in RANKS) and doc.capital(dot + 1)


def _lower_titles(doc: TokenizedText, i: int) -> tuple[str, ...]:
    """Titles in small letters before a name: harbour master Ines Okafor."""
    found = []
    k = i - 1
    while k >= 0 and k >= i - 3 and doc.words[k].isalpha() and not doc.flags[k] & _NO_NAME:
        if in_words(doc.words[k], OFFICIAL | ROLES | COURTESY):
            found.append(doc.words[k])
        k -= 1
    return tuple(found)


def name_of(doc: TokenizedText, mention: Mention) -> Name:
    """The name in a mention: without titles, possessive and a particle in front."""
    start, end = mention.name
    while start < end - 1 and doc.words[start] in _PARTICLES:
        start += 1
    words = [doc.as_written(i) for i in range(start, end) if doc.words[i] != "."]
    words[-1] = words[-1].removesuffix("'s").removesuffix("’s")
    return Name(tuple(words), doc.of((start, end)).removesuffix("'s").removesuffix("’s"))


def is_person_like(doc: TokenizedText, mention: Mention) -> bool:
    """Whether a run can be a person's name: no ministry, no newspaper, no country."""
    words = doc.words[slice(*mention.name)]
    if doc.as_written(mention.name[0]).isupper() and len(words) == 1 and len(words[0]) < 6:
        return False
    if in_words(words[-1], _TITLES | DOCUMENT):
        return False
    plain = " ".join(words).removesuffix("'s").removesuffix("’s")
    return (
        not any(in_words(w, INSTITUTION) or w in MEDIA for w in words)
        and plain not in PLACES
        and words[-1][0].isalpha()
    )


def office_after(doc: TokenizedText, end: int) -> TokenRange | None:
    """The office in “Ada Lund, the mayor of Lakeport,”."""
    if end + 1 >= len(doc.words) or doc.words[end] != ",":
        return None
    for i in range(end + 1, min(len(doc.words), end + 9)):
        if doc.words[i] in (",", ";", ".") or doc.quote_at[i] >= 0 or doc.flags[i] & PRONOUN:
            return None
        if in_words(doc.words[i], OFFICIAL):
            return (i, i + 1)
    return None


def in_words(word: str, words: frozenset[str]) -> bool:
    """Whether a word, or its part after a hyphen, is in a list: ex-minister, vice-president."""
    return word in words or word.rsplit("-", 1)[-1] in words or word.removesuffix("s") in words


def is_role(word: str) -> bool:
    """Whether a word can name somebody by what they do."""
    return in_words(word, OFFICIAL | ROLES | UNNAMED | MEDIA | INSTITUTION | DOCUMENT)


def head(doc: TokenizedText, source: TokenRange) -> TokenRange:
    """The words of a noun phrase up to its first “of”, comma or “who”.

    >>> from copydesk.attribution.reading import tokenize
    >>> doc = tokenize("a senior official at the ministry")
    >>> doc.of(head(doc, (0, 6)))
    'a senior official'
    """
    start, end = source
    for i in range(start + 1, end):
        if i > start + 1 and doc.words[i].endswith("ing") and in_words(doc.words[i - 1], DOCUMENT | ROLES):
            return start, i
        if (
            doc.words[i] in (",", "(", "—", "–")
            or doc.flags[i] & (PREP | SUBORD)
            or (doc.flags[i] & COORD and doc.words[i] != "&")
        ):
            return start, i
    return source


def is_definite(doc: TokenizedText, source: TokenRange) -> bool:
    """The minister, but not: a minister, ministers."""
    return doc.words[source[0]] in _DEFINITE or (doc.capital(source[0]) and not doc.flags[source[0]] & DET)


def kind_without_name(doc: TokenizedText, source: TokenRange) -> tuple[str, TokenRange | None]:
    """The kind of a source that names no person, and the word that decides it."""
    top = head(doc, source)
    if top[1] - top[0] == 1 and doc.flags[top[0]] & DET and top[1] + 1 < source[1]:
        top = head(doc, (top[1] + 1, source[1]))
    place = plain(doc, top)
    if place in PLACES:
        return "metonymic_state", top
    last = top[1] - 1
    for words, kind in _BY_HEAD:
        if in_words(doc.words[last], words):
            return kind, (last, last + 1)
    for words, kind in _BY_HEAD:
        for i in range(last - 1, top[0] - 1, -1):
            if doc.words[i] in words:
                return kind, (i, i + 1)
    if any(doc.capital(i) for i in range(*top) if i > source[0] or doc.as_written(i).isupper()):
        return "institution", top
    return ("anonymous_other", top) if not doc.capital(last) or top[1] - top[0] > 1 else ("institution", top)


def plain(doc: TokenizedText, words: TokenRange) -> str:
    """A noun phrase in small letters, without its article and possessive."""
    text = doc.of(words).lower().removeprefix("the ").replace("’", "'")
    return text.removesuffix("'s").rstrip(".")


_BY_HEAD: tuple[tuple[frozenset[str], str], ...] = (
    (WITNESS, "witness"),
    (UNNAMED, "institution"),
    (OFFICIAL, "anonymous_official"),
    (ROLES, "anonymous_other"),
    (DOCUMENT, "document"),
    (MEDIA, "media"),
    (INSTITUTION, "institution"),
)


Who = tuple[str, str, Span | str, str]
"""Speaker, kind, what decided the kind, and a note."""

NOBODY: Who = ("", "none", "", "")
_SINGULAR, _PLURAL, _THING = (
    frozenset(("he", "she", "his", "her")),
    frozenset(("they", "their", "we", "our")),
    frozenset(("it", "its")),
)
_ME = frozenset(("i", "my", "me"))
_ASIDES = frozenset(("led", "with", "like", "including", "who", "which"))
_REACH = 1500  # words: how far back a pronoun may look


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody who came up as a source or a subject, for later pronouns to mean."""

    at: int
    who: Who
    person: bool
    plural: bool
    gender: str


class Cast:
    """Everybody a story names. Ask in reading order: pronouns mean who came before."""

    def __init__(self, doc: TokenizedText, sources: Sequence[TokenRange]) -> None:
        self.doc = doc
        self.names: dict[str, list[Name]] = {}
        self.roles: dict[str, Name] = {}
        self.mentions = mentions(doc)
        self.starts = [m.whole[0] for m in self.mentions]
        self.turns: list[Turn] = []
        self.subjects: list[tuple[int, Name]] = []
        self.next_subject = 0
        self._seen: dict[TokenRange, Who] = {}
        self._collect({a for a, _ in sources})

    def _collect(self, sources: set[int]) -> None:
        lows = {low for low, _ in self.doc.sentences}
        for mention in self.mentions:
            if not is_person_like(self.doc, mention):
                continue
            name = name_of(self.doc, mention)
            words = name.words
            if len(words) == 1 and words[0] not in self.names:
                if mention.titles:
                    self._note(name, mention)
                continue
            noted = self._note(name, mention)
            if noted and (mention.whole[0] in lows or mention.whole[0] in sources):
                self.subjects.append((mention.whole[0], noted))

    def _note(self, name: Name, mention: Mention) -> Name | None:
        known = self.names.setdefault(name.words[-1], [])
        same = next((n for n in known if n.words == name.words or _shorter(name, n) or _shorter(n, name)), None)
        if same is None:
            known.append(name)
            same = name
        elif len(name.words) > len(same.words):
            same.words, same.written = name.words, name.written
        same.titles.update(mention.titles)
        office = [t for t in mention.titles if in_words(t, OFFICIAL)]
        if same.office is None and office:
            same.office = self._title_span(mention, office)
        if same.office is None:
            same.office = office_after(self.doc, mention.whole[1])
            if same.office:
                same.titles.add(self.doc.words[same.office[0]])
        for title in same.titles:
            if in_words(title, OFFICIAL):
                self.roles[title] = same
        return same

    def _title_span(self, mention: Mention, office: list[str]) -> TokenRange:
        low = max(0, mention.whole[0] - 4)
        at = next((i for i in range(mention.name[0] - 1, low - 1, -1) if self.doc.words[i] in office), mention.whole[0])
        return at, at + 1

    def who(self, source: TokenRange | None) -> Who:
        """Speaker, kind, what decided it, note.

        >>> from copydesk.attribution.reading import tokenize
        >>> doc = tokenize("Governor Ada Lund came. Lund said no. She said yes.")
        >>> [Cast(doc, [s]).who(s)[:2] for s in ((5, 6), (9, 10))]
        [('Ada Lund', 'named_official'), ('Ada Lund', 'named_official')]
        """
        if source is None:
            return NOBODY
        if source not in self._seen:
            self._advance(source[0])
            who = self._pronoun(source) or self._named(source) or self._by_role(source)
            self._seen[source] = who
            self.turns.append(self._turn(source, who))
        return self._seen[source]

    def _advance(self, at: int) -> None:
        """Let subjects that stand before this source take their turn."""
        while self.next_subject < len(self.subjects) and self.subjects[self.next_subject][0] < at:
            where, name = self.subjects[self.next_subject]
            self.turns.append(Turn(where, self._person(name), True, False, _gender(name.titles)))
            self.next_subject += 1

    def _turn(self, source: TokenRange, who: Who) -> Turn:
        words = set(self.doc.words[slice(*head(self.doc, source))])
        plural = (who[1].startswith("anonymous") and any(w.endswith("s") for w in words)) or "and" in words
        one = who[1].startswith("anonymous") and not plural and any(in_words(w, OFFICIAL | ROLES) for w in words)
        person = who[1] in ("named_official", "named_other") or one
        return Turn(source[0], who, person, plural, _gender(words))

    def _pronoun(self, source: TokenRange) -> Who | None:
        word = self.doc.words[source[0]]
        if source[1] - source[0] > 1 or word not in _SINGULAR | _PLURAL | _THING | _ME:
            return None
        if word in _ME or (word in ("we", "our")):
            return ("", "none", self.doc.span(source), "")
        for turn in reversed(self.turns[-40:]):
            if source[0] - turn.at > _REACH or turn.at >= source[0] or not turn.who[0]:
                continue
            if word in _SINGULAR and turn.person and turn.gender in ("", "f" if word in ("she", "her") else "m"):
                return turn.who
            if word in _PLURAL and (turn.plural or (not turn.person and turn.who[1] in ("institution", "media"))):
                return turn.who
            if word in _THING and not turn.person and not turn.plural:
                return turn.who
        return ("", "none", self.doc.span(source), "")

    def _named(self, source: TokenRange) -> Who | None:
        """The person named inside the source."""
        source = (source[0], self._aside_start(source))
        at = bisect_left(self.starts, source[0])
        best: Name | None = None
        while at < len(self.mentions) and self.mentions[at].whole[0] < source[1]:
            mention = self.mentions[at]
            at += 1
            before = mention.whole[0] - 1
            if self.doc.flags[before] & DET:
                before -= 1
            if self._modifies(mention, source):
                continue
            if (
                before >= source[0]
                and self.doc.flags[before] & PREP
                and best is None
                and not mention.titles
                and self._has_role(source, before)
            ):
                continue
            if self.doc.words[mention.whole[1] - 1].endswith(("'s", "’s")) and mention.whole[1] < source[1]:
                continue
            name = self._find(mention)
            if name and (best is None or len(name.words) > len(best.words)):
                best = name
                if len(name.words) > 1:
                    break
        return self._person(best) if best else None

    def _aside_start(self, source: TokenRange) -> int:
        """Where an aside begins that names others: her team, led by Ada Lund."""
        low = self.doc.words
        commas = (i for i in range(source[0] + 1, source[1] - 1) if low[i] == ",")
        return next((i for i in commas if low[i + 1].endswith(("ed", "ing")) or low[i + 1] in _ASIDES), source[1])

    def _modifies(self, mention: Mention, source: TokenRange) -> bool:
        """Italian, in “Italian shops”: a capital that belongs to the noun behind it."""
        end = mention.whole[1]
        if end >= source[1] or mention.whole[1] - mention.whole[0] > 1:
            return False
        return self.doc.words[end].isalpha() and not self.doc.flags[end] & SMALL and not self.doc.capital(end)

    def _has_role(self, source: TokenRange, end: int) -> bool:
        return any(not self.doc.flags[i] & DET for i in range(source[0], end))

    def _find(self, mention: Mention) -> Name | None:
        if not is_person_like(self.doc, mention):
            return None
        words = name_of(self.doc, mention).words
        known = self.names.get(words[-1], ())
        if len(words) > 1:
            return next((n for n in known if n.words == words or n.words[0] == words[0]), None) or (
                known[0] if known else None
            )
        full = [n for n in known if len(n.words) > 1] or list(known)
        if full:
            return next((n for n in full if n.titles & set(mention.titles)), full[0])
        first = [n for names in self.names.values() for n in names if n.words[0] == words[0]]
        return first[0] if first else None

    def _person(self, name: Name) -> Who:
        if name.office:
            return name.full, "named_official", self.doc.span(name.office), ""
        return name.full, "named_other", name.full, ""

    def _by_role(self, source: TokenRange) -> Who:
        """A role, an institution, a document, a place that stands for a government."""
        doc = self.doc
        if doc.flags[source[1] - 1] & RELATIVE and source[1] - source[0] > 1:
            source = (source[0], source[1] - (2 if doc.words[source[1] - 2] == "," else 1))
        top = head(doc, source)
        if is_definite(doc, source):
            words = [ALIASES.get(w, w) for w in doc.words[slice(*top)]]
            name = next((self.roles[w] for w in reversed(words) if w in self.roles), None)
            if name and words[-1] in name.titles:
                return self._person(name)
        kind, decided = kind_without_name(doc, source)
        if kind == "metonymic_state":
            return self._state(source, top)
        phrase = doc.of(source if source[1] - source[0] < 9 else top)
        speaker = _institution(doc, source, top) if kind == "institution" else phrase
        return speaker, kind, doc.span(decided) if decided else phrase, ""

    def _state(self, source: TokenRange, top: TokenRange) -> Who:
        doc, place = self.doc, plain(self.doc, top)
        state = SEATS.get(place)
        where = doc.span(top)
        if state and state != place and any(plain(doc, m.whole) == state for m in self.mentions):
            return state.title(), "metonymic_state", where, STATE_NOTE
        words = doc.of(top)
        return (
            (words[4:] if words.lower().startswith("the ") and place not in SEATS else words),
            "metonymic_state",
            where,
            STATE_NOTE,
        )


def _institution(doc: TokenizedText, source: TokenRange, top: TokenRange) -> str:
    """A spokesperson stands for the institution they speak for; otherwise the words as they stand."""
    words = doc.of(top if source[1] - source[0] > 8 else source)
    for article in ("The ", "the "):
        words = words.removeprefix(article)
    return words


def _shorter(short: Name, long: Name) -> bool:
    return len(short.words) < len(long.words) and (len(short.words) == 1 or short.words[0] == long.words[0])


def _gender(words: set[str]) -> str:
    male, female = bool(words & MALE), bool(words & FEMALE)
    return "m" if male and not female else "f" if female and not male else ""


__all__ = ["NOBODY", "PLACES", "Cast", "Turn", "Who"]
