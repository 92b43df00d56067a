"""Who a source is: the fullest name in the story for a surname, a pronoun or a role, and what kind of source it is.

Three steps. `mentions` finds the names of a text as runs of capitalised words. `kind_without_name` tells from word
lists what a source without a person's name is. `Cast` knows everybody a story names, and is asked source by source in
reading order, because a pronoun means somebody who came before. The lists are in `data/titles_before_names.toml` and
`data/people_and_places.toml`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from typing import NamedTuple

from copydesk.attribution.tokens import (
    CAPITAL,
    COORD,
    CUE,
    DET,
    GRAMMAR,
    PREP,
    PRONOUN,
    RELATIVE,
    SMALL,
    SUBORD,
    TIME,
    VERB_FORMS,
    TokenizedText,
    TokenRange,
    word_set,
)
from copydesk.base.spans import Span
from copydesk.base.wording import load_wording

_LISTS, _TITLE_LISTS = load_wording("people_and_places"), load_wording("titles_before_names")
COURTESY = word_set(" ".join(_TITLE_LISTS["courtesy"].values()))
RANKS = word_set(" ".join(_TITLE_LISTS["ranks"].values()))
OFFICIAL, ROLES = word_set(_LISTS["official"]) | RANKS, word_set(_LISTS["people"])
UNNAMED, WITNESS = word_set(_LISTS["unnamed_speaker"]), word_set(_LISTS["witness"])
DOCUMENT, MEDIA = word_set(_LISTS["document"]), word_set(_LISTS["media"])
INSTITUTION = word_set(_LISTS["institution"])
MALE, FEMALE = (word_set(_LISTS[sex]) | word_set(_LISTS[f"{sex}_names"]) for sex in ("male", "female"))
SEATS: dict[str, str] = dict(_LISTS["seat_of"])
PLACES = word_set(_LISTS["countries"]) | word_set(_LISTS["compound_countries"]) | frozenset(SEATS)
_SHORT_FOR: dict[str, str] = dict(_LISTS["short_for"])
_STATE_NOTE = str(_LISTS["states_note"])

_TITLES = COURTESY | RANKS | OFFICIAL | ROLES | UNNAMED
_OFFICIAL_OR_ROLE, _OFFICIAL_OR_UNNAMED = OFFICIAL | ROLES, OFFICIAL | UNNAMED
_TEXT_OR_ROLE = DOCUMENT | ROLES
_NO_LAST_NAME = _TITLES | DOCUMENT
_GROUPS = INSTITUTION | DOCUMENT | MEDIA
_SPEAKS = _OFFICIAL_OR_ROLE | UNNAMED | _GROUPS
_WHERE, _ASIDES = word_set(GRAMMAR["before_places"]), word_set(GRAMMAR["opens_asides"])
_MANY = word_set(GRAMMAR["plural"])
_DEFINITE = frozenset(("the", "his", "her", "their", "its", "this", "that"))
_PARTICLES = word_set(GRAMMAR["name_particles"])
_NO_NAME = DET | PREP | PRONOUN | SUBORD | TIME | COORD

# Asked in this order, because a word can be in several lists: “representative” speaks for an institution before it is
# an office, and “police” are officials before they are an institution.
_KINDS: tuple[tuple[frozenset[str], str], ...] = (
    (WITNESS, "witness"),
    (UNNAMED, "institution"),
    (OFFICIAL, "anonymous_official"),
    (ROLES, "anonymous_other"),
    (DOCUMENT, "document"),
    (MEDIA, "media"),
    (INSTITUTION, "institution"),
)


def in_words(word: str, words: frozenset[str]) -> bool:
    """Whether a word, or its part after a hyphen, is in a list: ministers, ex-minister, vice-president."""
    if word in words or (word.endswith("s") and word[:-1] in words):
        return True
    return "-" in word and word.rsplit("-", 1)[1] in words


def is_role(word: str) -> bool:
    """Whether a word can name somebody by what they do."""
    return in_words(word, _SPEAKS)


# Names


@dataclass(slots=True)
class Name:
    """A name without its titles, and what the story says about its bearer."""

    words: tuple[str, ...]
    written: str
    titles: set[str] = field(default_factory=set)
    office: TokenRange | None = None
    gender: str = ""


class Mention(NamedTuple):
    """A run of capitalised words: the whole of it, the words of the name in it, how that is written, titles before it.

    `name` is empty if the run names no person.
    """

    whole: TokenRange
    name: tuple[str, ...]
    written: str
    titles: tuple[int, ...]


def mentions(doc: TokenizedText) -> list[Mention]:
    """Every run of capitalised words, split where a possessive ends, with its titles told from the name.

    >>> from copydesk.attribution.tokens import tokenize
    >>> doc = tokenize("The mayor’s aide met Lakeport’s Governor Ada Lund.")
    >>> [(m.written, [doc.words[i] for i in m.titles]) for m in mentions(doc)]
    [('Lakeport', []), ('Ada Lund', ['governor'])]
    """
    found: list[Mention] = []
    words, flags, end = doc.words, doc.flags, 0
    openings = {low for low, _ in doc.paragraphs}
    for i in [i for i, flag in enumerate(flags) if flag & CAPITAL and not flag & _NO_NAME]:
        if i < end or (flags[i] & CUE and VERB_FORMS[words[i]].tense in ("past", "s")):
            continue  # “Said Ada Lund:”
        end = _run_end(doc, i, openings)
        start = _name_start(doc, i, end) if end - i > 1 else i
        k = i
        while k > 0 and words[k - 1].isalpha() and not flags[k - 1] & _NO_NAME and in_words(words[k - 1], _TITLES):
            k -= 1  # in small letters before the name: spokeswoman Ada Lund
        titles = [t for t in range(max(k, i - 3), start) if words[t][0].isalpha()]
        if i > 1 and words[i - 1] in ("of", "for") and words[i - 2] in OFFICIAL and end - start > 2:
            # “Minister of Defence Ada Lund” is one run; the last two words are taken for the name.
            titles, start = [i - 2, *titles], end - 2
        while start < end - 1 and words[start] in _PARTICLES:
            start += 1
        written = doc.text[doc.spans[start][0] : doc.spans[end - 1][1]]
        if words[end - 1].endswith(("'s", "’s")):
            written = written[:-2]
        name = _person_name(doc, start, end, written)
        found.append(Mention((i, end), name, written, tuple(titles)))
    return found


def _run_end(doc: TokenizedText, i: int, openings: Set[int]) -> int:
    """Where a run of capitalised words ends; full stops of titles and particles such as “van” do not end it."""
    words, flags, n = doc.words, doc.flags, len(doc.words)
    end = i + 1
    while end < n and end not in openings and not words[end - 1].endswith(("'s", "’s")):
        word = words[end]
        before_capital = end + 1 < n and flags[end + 1] & CAPITAL
        if word == "." and before_capital:
            title = words[end - 1]
            if not (len(title) == 1 or title in COURTESY or title in RANKS):
                break
        elif not (word in _PARTICLES and before_capital):
            name = flags[end] & CAPITAL and word[0].isalnum() and not flags[end] & (PRONOUN | SUBORD | TIME | DET)
            if not name or doc.quote_at[end] != doc.quote_at[i]:
                break
        end += 1
    return end - 1 if words[end - 1] == "." else end


def _name_start(doc: TokenizedText, i: int, end: int) -> int:
    """Past titles and institutions in front: House Speaker | Paul Vark, Refugee Council | Ada Lund."""
    words = doc.words
    name = next((k + 1 for k in range(end - 2, i - 1, -1) if words[k] in _TITLES), i)
    if words[name] == ".":
        name = min(name + 1, end - 1)
    if name > i or end - i < 4:
        return name
    # A run of four words or more without a title is an institution and a name (two words), if no institution's own
    # name ends it and it holds neither particles nor initials, which make a person's name long.
    joined = any(words[k] in _PARTICLES or len(words[k]) < 3 for k in range(i, end))
    return name if joined or in_words(words[end - 1], _GROUPS) else end - 2


def _person_name(doc: TokenizedText, start: int, end: int, written: str) -> tuple[str, ...]:
    """The words of a person's name, as written; none for a ministry, a newspaper or a country."""
    words = doc.words[start:end]
    short = len(words) == 1 and len(written) < 6 and written.isupper()  # NATO, BBC
    if short or in_words(words[-1], _NO_LAST_NAME) or not words[-1][0].isalpha() or written.lower() in PLACES:
        return ()
    if not MEDIA.isdisjoint(words) or any(in_words(word, INSTITUTION) for word in words):
        return ()
    return tuple(written.split()) if "." not in words else tuple(w for w in written.replace(".", " ").split())


# Kinds of source


def head(doc: TokenizedText, source: TokenRange) -> TokenRange:
    """The words of a noun phrase up to its first “of”, comma or “who”.

    >>> from copydesk.attribution.tokens import tokenize
    >>> doc = tokenize("a senior official at the ministry")
    >>> doc.of(head(doc, (0, 6)))
    'a senior official'
    """
    start, end = source
    words, flags = doc.words, doc.flags
    for i in range(start + 1, end):
        if i > start + 1 and words[i].endswith("ing") and in_words(words[i - 1], _TEXT_OR_ROLE):
            return start, i  # “a letter urging them”
        if words[i] in (",", "(", "—", "–") or flags[i] & (PREP | SUBORD) or (flags[i] & COORD and words[i] != "&"):
            return start, i
    return source


def kind_without_name(doc: TokenizedText, source: TokenRange) -> tuple[str, TokenRange]:
    """The kind of a source that names no person, and the words that decide it.

    The last word of its head decides (“a police *report*” is a document), and only if no list has that word, one
    before it.
    """
    words, flags = doc.words, doc.flags
    top = head(doc, source)
    if top[1] - top[0] == 1 and flags[top[0]] & DET and top[1] + 1 < source[1]:
        top = head(doc, (top[1] + 1, source[1]))  # “some of the officials”: what they are stands behind the “of”
    if _plain(doc, top) in PLACES:
        return "metonymic_state", top
    last = top[1] - 1
    for listed, kind in _KINDS:
        if in_words(words[last], listed):
            return kind, (last, last + 1)
    for listed, kind in _KINDS:
        for i in range(last - 1, top[0] - 1, -1):
            if words[i] in listed:
                return kind, (i, i + 1)
    # A capital names something. At the start of the source it may be the sentence's, unless the word is in capitals.
    if any(flags[i] & CAPITAL for i in range(*top) if i > source[0] or doc.of((i, i + 1)).isupper()):
        return "institution", top
    return ("institution" if flags[last] & CAPITAL and top[1] - top[0] == 1 else "anonymous_other"), top


def _plain(doc: TokenizedText, words: TokenRange) -> str:
    """A noun phrase in small letters, without its article and possessive."""
    text = doc.of(words).lower().removeprefix("the ").replace("’", "'")
    return text.removesuffix("'s").rstrip(".")


# The cast of a story


class Who(NamedTuple):
    """Speaker, kind, the span or words that decided the kind, a note, and m or f if a pronoun could tell."""

    speaker: str
    kind: str
    decided_by: Span | str
    note: str = ""
    gender: str = ""


_HE_OR_SHE = {"he": "m", "his": "m", "him": "m", "she": "f", "her": "f"}
_THEY, _IT = ("they", "their"), ("it", "its")
_I_OR_WE = ("i", "my", "me", "we", "our")
_FARTHEST = 1500  # words: how far back a pronoun may look
_LATEST = 40  # how many of those who came up it may look at


class Turn(NamedTuple):
    """Somebody who came up as a source or a subject, for later pronouns to mean; a word alone is no `sure` person."""

    at: int
    who: Who
    person: bool = True
    plural: bool = False
    sure: bool = True


class Cast:
    """Everybody a story names. Ask in reading order: pronouns mean who came before."""

    def __init__(self, doc: TokenizedText, sources: Sequence[TokenRange]) -> None:
        self.doc = doc
        self.names: dict[str, list[Name]] = {}
        """By surname."""
        self.roles: dict[str, Name] = {}
        """By title: whom “the governor” means."""
        self.mentions = mentions(doc)
        self.starts = [m.whole[0] for m in self.mentions]
        self.openings = {low for low, _ in doc.sentences}
        self.places = {doc.words[low] for low in self.starts if low and doc.words[low - 1] in _WHERE}
        """Words behind “in” and the like; alone, they are taken for places and not for people."""
        self.turns: list[Turn] = []
        self.subjects: list[tuple[int, Name]] = []
        self.next_subject = 0
        self._seen: dict[TokenRange | None, Who] = {None: Who("", "none", "")}

        # The whole text is read for names first, because a story often gives a full name after the surname: “Lund said
        # no. Ada Lund, 40, is a baker.” Whoever opens a sentence or is a source can be meant by a pronoun later.
        sources_at = {low for low, _ in sources}
        for mention in self.mentions:
            start = mention.whole[0]
            if not mention.name:
                continue
            if len(mention.name) == 1 and mention.name[0] not in self.names:
                if mention.titles or (start in sources_at and self._is_person(mention)):
                    self._note(mention)
                continue
            name = self._note(mention)
            if start in sources_at or start in self.openings:
                self.subjects.append((start, name))

    def _is_person(self, mention: Mention) -> bool:
        """Whether one word names a person: Lund, 64, said; but not: Readers said; Airco said its jets were safe."""
        doc, (start, end), word = self.doc, mention.whole, mention.written.lower()
        behind = doc.words[end : end + 12]
        if behind[:1] == [","] and ("".join(behind[1:2]).isdigit() or self._office_behind(end)):
            return True
        plural = start in self.openings and word.endswith("s")
        return not (plural or "its" in behind or word in self.places or mention.written.isupper() or "." in word)

    def _note(self, mention: Mention) -> Name:
        """Enter a name under its surname, or add what this mention says to the entry it belongs to."""
        doc, words = self.doc, mention.name
        known = self.names.setdefault(words[-1], [])
        name = next((n for n in known if _same_name(n.words, words)), None)
        if name is None:
            known.append(name := Name(words, mention.written))
        elif len(words) > len(name.words):
            name.words, name.written = words, mention.written
        name.titles.update(doc.words[i] for i in mention.titles)
        if name.office is None:
            office = next((i for i in reversed(mention.titles) if in_words(doc.words[i], OFFICIAL)), -1)
            name.office = (office, office + 1) if office >= 0 else self._office_behind(mention.whole[1])
            if name.office:
                name.titles.add(doc.words[name.office[0]])
        name.gender = name.gender or _gender({*name.titles, words[0].lower()}) or self._gender_behind(mention)
        self.roles.update((title, name) for title in name.titles if in_words(title, _OFFICIAL_OR_UNNAMED))
        return name

    def _office_behind(self, end: int) -> TokenRange | None:
        """The office in “Ada Lund, the mayor of Lakeport,”."""
        doc = self.doc
        if doc.words[end : end + 1] != [","]:
            return None
        for i in range(end + 1, min(len(doc.words), end + 9)):
            if doc.words[i] in (",", ";", ".") or doc.quote_at[i] >= 0 or doc.flags[i] & PRONOUN:
                return None
            if in_words(doc.words[i], OFFICIAL):
                return i, i + 1
        return None

    def _gender_behind(self, mention: Mention) -> str:
        """What the first “he” or “she” of the sentence says about its subject: Okafor closed her shop."""
        doc, (start, end) = self.doc, mention.whole
        for i in range(end, min(len(doc.words), end + 20) if start in self.openings else end):
            if doc.words[i] == "." or doc.quote_at[i] >= 0 or doc.flags[i] & CAPITAL & ~TIME:
                break
            if doc.words[i] in _HE_OR_SHE:
                return _HE_OR_SHE[doc.words[i]]
        return ""

    def who(self, source: TokenRange | None) -> Who:
        """Speaker, kind, what decided it, note.

        >>> from copydesk.attribution.tokens import tokenize
        >>> doc = tokenize("Governor Ada Lund came. Lund said no. She said yes.")
        >>> [Cast(doc, [s]).who(s)[:2] for s in ((5, 6), (9, 10))]
        [('Ada Lund', 'named_official'), ('Ada Lund', 'named_official')]
        """
        if source is None or source in self._seen:
            return self._seen[source]
        while self.next_subject < len(self.subjects) and self.subjects[self.next_subject][0] < source[0]:
            at, name = self.subjects[self.next_subject]
            self.turns.append(Turn(at, self._person(name)))
            self.next_subject += 1
        who = self._seen[source] = self._pronoun(source) or self._named(source) or self._by_role(source)
        self.turns.append(self._turn(source, who))
        return who

    def _turn(self, source: TokenRange, who: Who) -> Turn:
        """What later pronouns can go by: a person or a thing, one or many, he or she."""
        words = set(self.doc.words[slice(*head(self.doc, source))])
        unnamed, named = who.kind.startswith("anonymous"), who.kind in ("named_official", "named_other")
        many = any(w in _MANY or (w.endswith("s") and not w.endswith(("'s", "’s"))) for w in words)
        plural = (unnamed and many) or "and" in self.doc.words[slice(*source)]
        one = unnamed and not plural and any(in_words(w, _OFFICIAL_OR_ROLE) for w in words)
        who = who._replace(gender=who.gender or _gender(words))
        sure = bool(who.gender) or who.kind != "named_other" or " " in who.speaker
        return Turn(source[0], who, named or one, plural, sure)

    def _pronoun(self, source: TokenRange) -> Who | None:
        """The last one who came up that fits the pronoun; None when the source is no pronoun."""
        word, gender = self.doc.words[source[0]], _HE_OR_SHE.get(self.doc.words[source[0]])
        if source[1] - source[0] > 1 or not (gender or word in _THEY or word in _IT or word in _I_OR_WE):
            return None
        unsure: Who | None = None
        for turn in reversed(self.turns[-_LATEST:]):
            if source[0] - turn.at > _FARTHEST or turn.at >= source[0] or not turn.who.speaker:
                continue
            if gender:
                fits = turn.person and not turn.plural and turn.who.gender in ("", gender)
            elif word in _THEY:  # the police or a paper can be “they”, though they are one
                fits = turn.plural or (not turn.person and turn.who.kind in ("institution", "media"))
            else:  # “I” and “we” mean whoever wrote or spoke the words around, which no rule can tell
                fits = word in _IT and not turn.person and not turn.plural
            if fits and (turn.sure or not gender):
                return turn.who
            unsure = unsure or (turn.who if fits else None)
        return unsure or (gender and self._object(source, gender)) or Who("", "none", self.doc.span(source))

    def _object(self, source: TokenRange, gender: str) -> Who | None:
        """Whom the sentences before only mention: The mayor thanked Ada Lund. She said …"""
        before = bisect_left(self.starts, source[0])
        names = (self._find(mention) for mention in reversed(self.mentions[max(0, before - 8) : before]))
        return next((self._person(name) for name in names if name and name.gender == gender), None)

    def _named(self, source: TokenRange) -> Who | None:
        """The person named inside the source."""
        doc = self.doc
        words, flags, (start, end) = doc.words, doc.flags, source
        for i in range(start + 1, end - 1):
            # An aside may name others: “her team, led by Ada Lund”.
            if words[i] == "," and (words[i + 1].endswith(("ed", "ing")) or words[i + 1] in _ASIDES):
                end = i
                break
        best: Name | None = None
        for k in range(bisect_left(self.starts, start), bisect_left(self.starts, end)):
            mention = self.mentions[k]
            first, last = mention.whole
            if last < end:
                # “Italian shops”: a capital that belongs to the noun behind it. “Lund’s lawyer”: somebody else.
                modifies = last - first == 1 and words[last].isalpha() and not flags[last] & (SMALL | CAPITAL)
                if modifies or words[last - 1].endswith(("'s", "’s")):
                    continue
            before = first - 2 if flags[first - 1] & DET else first - 1
            behind = before >= start and flags[before] & PREP and not mention.titles
            if behind and any(not flags[i] & DET for i in range(start, before)):
                continue  # “a lawyer for Ada Lund”: the role speaks, not the name
            name = self._find(mention)
            if name and (best is None or len(name.words) > len(best.words)):
                best = name
        return self._person(best) if best else None

    def _find(self, mention: Mention) -> Name | None:
        """The entry that a mention belongs to: by full name, by surname and title, or by first name."""
        words = mention.name
        if not words:
            return None
        known = self.names.get(words[-1], [])
        if len(words) > 1:
            same = next((n for n in known if n.words == words or n.words[0] == words[0]), None)
            return same or (known[0] if known else None)
        if full := [n for n in known if len(n.words) > 1] or known:
            titles = {self.doc.words[i] for i in mention.titles}
            return next((n for n in full if n.titles & titles), full[0])
        return next((n for names in self.names.values() for n in names if n.words[0] == words[0]), None)

    def _person(self, name: Name) -> Who:
        if name.office:
            return Who(name.written, "named_official", self.doc.span(name.office), gender=name.gender)
        return Who(name.written, "named_other", name.written, gender=name.gender)

    def _by_role(self, source: TokenRange) -> Who:
        """A role, an institution, a document, a place that stands for a government."""
        doc, (start, end) = self.doc, source
        if doc.flags[end - 1] & RELATIVE and end - start > 1:  # without the “, who” that led to the verb
            end -= 2 if doc.words[end - 2] == "," else 1
            source = start, end
        top = head(doc, source)
        if doc.words[start] in _DEFINITE or (doc.flags[start] & CAPITAL and not doc.flags[start] & DET):
            # “The governor” is the one who was named; “a governor” may be another, and “police” are many.
            words = [_SHORT_FOR.get(w, w) for w in doc.words[slice(*top)]]
            many = words[-1] in _MANY or (words[-1].endswith("s") and not words[-1].endswith("ss"))
            name = next((self.roles[w] for w in reversed(words) if w in self.roles), None)
            if name and words[-1] in name.titles and not many:
                return self._person(name)
        kind, decided = kind_without_name(doc, source)
        if kind == "metonymic_state":
            return self._state(top)
        phrase = doc.span(source if end - start < 9 else top).of(doc.text)
        speaker = phrase.removeprefix("The ").removeprefix("the ") if kind == "institution" else phrase
        return Who(speaker, kind, doc.span(decided))

    def _state(self, top: TokenRange) -> Who:
        """A place that stands for a government: a capital for its state, if the story names the state too."""
        doc, place, speaker = self.doc, _plain(self.doc, top), self.doc.of(top)
        state = SEATS.get(place)
        if state and state != place and any(_plain(doc, m.whole) == state for m in self.mentions):
            speaker = state.title()
        elif place not in SEATS and speaker.lower().startswith("the "):
            speaker = speaker[4:]
        return Who(speaker, "metonymic_state", doc.span(top), _STATE_NOTE)


def _same_name(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether one name is the other, or the other without its first or middle names."""
    short, long = (one, other) if len(one) < len(other) else (other, one)
    return one == other or (len(short) < len(long) and (len(short) == 1 or short[0] == long[0]))


def _gender(words: set[str]) -> str:
    """What titles and roles say about “he” or “she”: m, f, or nothing."""
    male, female = bool(words & MALE), bool(words & FEMALE)
    return "m" if male and not female else "f" if female and not male else ""
