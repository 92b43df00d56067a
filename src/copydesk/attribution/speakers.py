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
    Tokens,
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
    office: Tokens | None = None

    @property
    def full(self) -> str:
        """The name as the story writes it."""
        return self.written


@dataclass(frozen=True, slots=True)
class Mention:
    """A run of capitalised words: the whole of it, the part that is the name, and the titles before that."""

    whole: Tokens
    name: Tokens
    titles: tuple[str, ...]


def mentions(page: TokenizedText) -> list[Mention]:
    """Every run of capitalised words, split where a possessive ends, with its titles told from the name.

    >>> from copydesk.attribution.reading import tokenize
    >>> page = tokenize("The mayor’s aide met Lakeport’s Governor Ada Lund.")
    >>> [(page.of(m.name), m.titles) for m in mentions(page)]
    [('Lakeport’s', ('aide',)), ('Ada Lund', ('governor',))]
    """
    found: list[Mention] = []
    i, n = 0, len(page.low)
    text, spans, flags = page.text, page.spans, page.flags
    while i < n:
        if not text[spans[i][0]].isupper() or flags[i] & _NO_NAME:
            i += 1
            continue
        end = _run_end(page, i)
        name = _name_start(page, i, end)
        titles = tuple(w for w in page.low[i:name] if w[0].isalpha())
        titles += _lower_titles(page, i)
        if i > 1 and page.low[i - 1] in ("of", "for") and page.low[i - 2] in OFFICIAL and end - name > 2:
            titles, name = (*titles, page.low[i - 2]), end - 2
        found.append(Mention((i, end), (name, end), titles))
        i = end
    return found


def _name_start(page: TokenizedText, i: int, end: int) -> int:
    """Past titles and institutions in front: House Speaker | Paul Vark, Refugee Council | Ada Lund."""
    name = next((k + 1 for k in range(end - 2, i - 1, -1) if page.low[k] in _TITLES), i)
    if page.low[name] == ".":
        name = min(name + 1, end - 1)
    joined = any(page.low[k] in _PARTICLES or len(page.low[k]) < 3 for k in range(i, end))
    long = name == i and end - i > 3 and not joined
    return end - 2 if long and not in_words(page.low[end - 1], INSTITUTION | DOCUMENT | MEDIA) else name


def _run_end(page: TokenizedText, i: int) -> int:
    n = len(page.low)
    end = i + 1
    while end < n and not page.low[end - 1].endswith(("'s", "’s")):
        word = page.low[end]
        capital = page.text[page.spans[end][0]].isupper()
        if "\n" in page.text[page.spans[end - 1][1] : page.spans[end][0]]:
            break
        if (word == "." and end + 1 < n and _abbreviates(page, end)) or (
            word in _PARTICLES and end + 1 < n and page.capital(end + 1)
        ):
            end += 1
        elif capital and word[0].isalnum() and not page.flags[end] & (PRONOUN | SUBORD | TIME | DET):
            if page.quote_at[end] != page.quote_at[i]:
                break
            end += 1
        else:
            break
    return end - 1 if page.low[end - 1] == "." else end


def _abbreviates(page: TokenizedText, dot: int) -> bool:
    word = page.low[dot - 1]
    return (len(word) == 1 or word in COURTESY or word in RANKS) and page.capital(dot + 1)


def _lower_titles(page: TokenizedText, i: int) -> tuple[str, ...]:
    """Titles in small letters before a name: harbour master Ada Lund."""
    found = []
    k = i - 1
    while k >= 0 and k >= i - 3 and page.low[k].isalpha() and not page.flags[k] & _NO_NAME:
        if in_words(page.low[k], OFFICIAL | ROLES | COURTESY):
            found.append(page.low[k])
        k -= 1
    return tuple(found)


def name_of(page: TokenizedText, mention: Mention) -> Name:
    """The name in a mention: without titles, possessive and a particle in front."""
    start, end = mention.name
    while start < end - 1 and page.low[start] in _PARTICLES:
        start += 1
    words = [page.word(i) for i in range(start, end) if page.low[i] != "."]
    words[-1] = words[-1].removesuffix("'s").removesuffix("’s")
    return Name(tuple(words), page.of((start, end)).removesuffix("'s").removesuffix("’s"))


def is_person_like(page: TokenizedText, mention: Mention) -> bool:
    """Whether a run can be a person's name: no ministry, no newspaper, no country."""
    words = page.low[slice(*mention.name)]
    if page.word(mention.name[0]).isupper() and len(words) == 1 and len(words[0]) < 6:
        return False
    if in_words(words[-1], _TITLES | DOCUMENT):
        return False
    plain = " ".join(words).removesuffix("'s").removesuffix("’s")
    return (
        not any(in_words(w, INSTITUTION) or w in MEDIA for w in words)
        and plain not in PLACES
        and words[-1][0].isalpha()
    )


def office_after(page: TokenizedText, end: int) -> Tokens | None:
    """The office in “Ada Lund, the mayor of Lakeport,”."""
    if end + 1 >= len(page.low) or page.low[end] != ",":
        return None
    for i in range(end + 1, min(len(page.low), end + 9)):
        if page.low[i] in (",", ";", ".") or page.quote_at[i] >= 0 or page.flags[i] & PRONOUN:
            return None
        if in_words(page.low[i], OFFICIAL):
            return (i, i + 1)
    return None


def in_words(word: str, words: frozenset[str]) -> bool:
    """Whether a word, or its part after a hyphen, is in a list: ex-minister, vice-president."""
    return word in words or word.rsplit("-", 1)[-1] in words or word.removesuffix("s") in words


def is_role(word: str) -> bool:
    """Whether a word can name somebody by what they do."""
    return in_words(word, OFFICIAL | ROLES | UNNAMED | MEDIA | INSTITUTION | DOCUMENT)


def head(page: TokenizedText, source: Tokens) -> Tokens:
    """The words of a noun phrase up to its first “of”, comma or “who”.

    >>> from copydesk.attribution.reading import tokenize
    >>> page = tokenize("a senior official at the ministry")
    >>> page.of(head(page, (0, 6)))
    'a senior official'
    """
    start, end = source
    for i in range(start + 1, end):
        if i > start + 1 and page.low[i].endswith("ing") and in_words(page.low[i - 1], DOCUMENT | ROLES):
            return start, i
        if (
            page.low[i] in (",", "(", "—", "–")
            or page.flags[i] & (PREP | SUBORD)
            or (page.flags[i] & COORD and page.low[i] != "&")
        ):
            return start, i
    return source


def is_definite(page: TokenizedText, source: Tokens) -> bool:
    """The minister, but not: a minister, ministers."""
    return page.low[source[0]] in _DEFINITE or (page.capital(source[0]) and not page.flags[source[0]] & DET)


def kind_without_name(page: TokenizedText, source: Tokens) -> tuple[str, Tokens | None]:
    """The kind of a source that names no person, and the word that decides it."""
    top = head(page, source)
    if top[1] - top[0] == 1 and page.flags[top[0]] & DET and top[1] + 1 < source[1]:
        top = head(page, (top[1] + 1, source[1]))
    place = plain(page, top)
    if place in PLACES:
        return "metonymic_state", top
    last = top[1] - 1
    for words, kind in _BY_HEAD:
        if in_words(page.low[last], words):
            return kind, (last, last + 1)
    for words, kind in _BY_HEAD:
        for i in range(last - 1, top[0] - 1, -1):
            if page.low[i] in words:
                return kind, (i, i + 1)
    if any(page.capital(i) for i in range(*top) if i > source[0] or page.word(i).isupper()):
        return "institution", top
    return ("anonymous_other", top) if not page.capital(last) or top[1] - top[0] > 1 else ("institution", top)


def plain(page: TokenizedText, words: Tokens) -> str:
    """A noun phrase in small letters, without its article and possessive."""
    text = page.of(words).lower().removeprefix("the ").replace("’", "'")
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

    def __init__(self, page: TokenizedText, sources: Sequence[Tokens]) -> None:
        self.page = page
        self.names: dict[str, list[Name]] = {}
        self.roles: dict[str, Name] = {}
        self.mentions = mentions(page)
        self.starts = [m.whole[0] for m in self.mentions]
        self.turns: list[Turn] = []
        self.subjects: list[tuple[int, Name]] = []
        self.next_subject = 0
        self._seen: dict[Tokens, Who] = {}
        self._collect({a for a, _ in sources})

    def _collect(self, sources: set[int]) -> None:
        lows = {low for low, _ in self.page.units}
        for mention in self.mentions:
            if not is_person_like(self.page, mention):
                continue
            name = name_of(self.page, mention)
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
            same.office = office_after(self.page, mention.whole[1])
            if same.office:
                same.titles.add(self.page.low[same.office[0]])
        for title in same.titles:
            if in_words(title, OFFICIAL):
                self.roles[title] = same
        return same

    def _title_span(self, mention: Mention, office: list[str]) -> Tokens:
        low = max(0, mention.whole[0] - 4)
        at = next((i for i in range(mention.name[0] - 1, low - 1, -1) if self.page.low[i] in office), mention.whole[0])
        return at, at + 1

    def who(self, source: Tokens | None) -> Who:
        """Speaker, kind, what decided it, note.

        >>> from copydesk.attribution.reading import tokenize
        >>> page = tokenize("Governor Ada Lund came. Lund said no. She said yes.")
        >>> [Cast(page, [s]).who(s)[:2] for s in ((5, 6), (9, 10))]
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

    def _turn(self, source: Tokens, who: Who) -> Turn:
        words = set(self.page.low[slice(*head(self.page, source))])
        plural = (who[1].startswith("anonymous") and any(w.endswith("s") for w in words)) or "and" in words
        one = who[1].startswith("anonymous") and not plural and any(in_words(w, OFFICIAL | ROLES) for w in words)
        person = who[1] in ("named_official", "named_other") or one
        return Turn(source[0], who, person, plural, _gender(words))

    def _pronoun(self, source: Tokens) -> Who | None:
        word = self.page.low[source[0]]
        if source[1] - source[0] > 1 or word not in _SINGULAR | _PLURAL | _THING | _ME:
            return None
        if word in _ME or (word in ("we", "our")):
            return ("", "none", self.page.span(source), "")
        for turn in reversed(self.turns[-40:]):
            if source[0] - turn.at > _REACH or turn.at >= source[0] or not turn.who[0]:
                continue
            if word in _SINGULAR and turn.person and turn.gender in ("", "f" if word in ("she", "her") else "m"):
                return turn.who
            if word in _PLURAL and (turn.plural or (not turn.person and turn.who[1] in ("institution", "media"))):
                return turn.who
            if word in _THING and not turn.person and not turn.plural:
                return turn.who
        return ("", "none", self.page.span(source), "")

    def _named(self, source: Tokens) -> Who | None:
        """The person named inside the source."""
        source = (source[0], self._aside_start(source))
        at = bisect_left(self.starts, source[0])
        best: Name | None = None
        while at < len(self.mentions) and self.mentions[at].whole[0] < source[1]:
            mention = self.mentions[at]
            at += 1
            before = mention.whole[0] - 1
            if self.page.flags[before] & DET:
                before -= 1
            if self._modifies(mention, source):
                continue
            if (
                before >= source[0]
                and self.page.flags[before] & PREP
                and best is None
                and not mention.titles
                and self._has_role(source, before)
            ):
                continue
            if self.page.low[mention.whole[1] - 1].endswith(("'s", "’s")) and mention.whole[1] < source[1]:
                continue
            name = self._find(mention)
            if name and (best is None or len(name.words) > len(best.words)):
                best = name
                if len(name.words) > 1:
                    break
        return self._person(best) if best else None

    def _aside_start(self, source: Tokens) -> int:
        """Where an aside begins that names others: her team, led by Ada Lund."""
        low = self.page.low
        commas = (i for i in range(source[0] + 1, source[1] - 1) if low[i] == ",")
        return next((i for i in commas if low[i + 1].endswith(("ed", "ing")) or low[i + 1] in _ASIDES), source[1])

    def _modifies(self, mention: Mention, source: Tokens) -> bool:
        """Italian, in “Italian shops”: a capital that belongs to the noun behind it."""
        end = mention.whole[1]
        if end >= source[1] or mention.whole[1] - mention.whole[0] > 1:
            return False
        return self.page.low[end].isalpha() and not self.page.flags[end] & SMALL and not self.page.capital(end)

    def _has_role(self, source: Tokens, end: int) -> bool:
        return any(not self.page.flags[i] & DET for i in range(source[0], end))

    def _find(self, mention: Mention) -> Name | None:
        if not is_person_like(self.page, mention):
            return None
        words = name_of(self.page, mention).words
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
            return name.full, "named_official", self.page.span(name.office), ""
        return name.full, "named_other", name.full, ""

    def _by_role(self, source: Tokens) -> Who:
        """A role, an institution, a document, a place that stands for a government."""
        page = self.page
        if page.flags[source[1] - 1] & RELATIVE and source[1] - source[0] > 1:
            source = (source[0], source[1] - (2 if page.low[source[1] - 2] == "," else 1))
        top = head(page, source)
        if is_definite(page, source):
            words = [ALIASES.get(w, w) for w in page.low[slice(*top)]]
            name = next((self.roles[w] for w in reversed(words) if w in self.roles), None)
            if name and words[-1] in name.titles:
                return self._person(name)
        kind, decided = kind_without_name(page, source)
        if kind == "metonymic_state":
            return self._state(source, top)
        phrase = page.of(source if source[1] - source[0] < 9 else top)
        speaker = _institution(page, source, top) if kind == "institution" else phrase
        return speaker, kind, page.span(decided) if decided else phrase, ""

    def _state(self, source: Tokens, top: Tokens) -> Who:
        page, place = self.page, plain(self.page, top)
        state = SEATS.get(place)
        where = page.span(top)
        if state and state != place and any(plain(page, m.whole) == state for m in self.mentions):
            return state.title(), "metonymic_state", where, STATE_NOTE
        words = page.of(top)
        return (
            (words[4:] if words.lower().startswith("the ") and place not in SEATS else words),
            "metonymic_state",
            where,
            STATE_NOTE,
        )


def _institution(page: TokenizedText, source: Tokens, top: Tokens) -> str:
    """A spokesperson stands for the institution they speak for; otherwise the words as they stand."""
    words = page.of(top if source[1] - source[0] > 8 else source)
    for article in ("The ", "the "):
        words = words.removeprefix(article)
    return words


def _shorter(short: Name, long: Name) -> bool:
    return len(short.words) < len(long.words) and (len(short.words) == 1 or short.words[0] == long.words[0])


def _gender(words: set[str]) -> str:
    male, female = bool(words & MALE), bool(words & FEMALE)
    return "m" if male and not female else "f" if female and not male else ""


__all__ = ["NOBODY", "PLACES", "Cast", "Turn", "Who"]
