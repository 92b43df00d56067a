"""What kind of source a noun phrase names, and the words that decide it. The words are data."""

from __future__ import annotations

from copydesk.attribution.lexicon import COORD, DET, PREP, SUBORD, read, word_set
from copydesk.attribution.model import Tokens
from copydesk.attribution.page import Page

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


def in_words(word: str, words: frozenset[str]) -> bool:
    """Whether a word, or its part after a hyphen, is in a list: ex-minister, vice-president."""
    return word in words or word.rsplit("-", 1)[-1] in words or word.removesuffix("s") in words


def is_role(word: str) -> bool:
    """Whether a word can name somebody by what they do."""
    return in_words(word, OFFICIAL | ROLES | UNNAMED | MEDIA | INSTITUTION | DOCUMENT)


def head(page: Page, source: Tokens) -> Tokens:
    """The words of a noun phrase up to its first “of”, comma or “who”.

    >>> from copydesk.attribution.page import read_page
    >>> page = read_page("a senior official at the ministry")
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


def is_definite(page: Page, source: Tokens) -> bool:
    """The minister, but not: a minister, ministers."""
    return page.low[source[0]] in _DEFINITE or (page.capital(source[0]) and not page.flags[source[0]] & DET)


def kind_without_name(page: Page, source: Tokens) -> tuple[str, Tokens | None]:
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


def plain(page: Page, words: Tokens) -> str:
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
