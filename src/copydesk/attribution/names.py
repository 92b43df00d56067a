"""Names on a page: runs of capitalised words, their titles, and the fullest form of each."""

from __future__ import annotations

from dataclasses import dataclass, field

from copydesk.attribution.kinds import COURTESY, DOCUMENT, INSTITUTION, MEDIA, OFFICIAL, PLACES, RANKS, ROLES, in_words
from copydesk.attribution.lexicon import COORD, DET, PREP, PRONOUN, SUBORD, TIME, WORDS, word_set
from copydesk.attribution.model import Tokens
from copydesk.attribution.page import Page

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


def mentions(page: Page) -> list[Mention]:
    """Every run of capitalised words, split where a possessive ends, with its titles told from the name.

    >>> from copydesk.attribution.page import read_page
    >>> page = read_page("The mayor’s aide met Lakeport’s Governor Ada Lund.")
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


def _name_start(page: Page, i: int, end: int) -> int:
    """Past titles and institutions in front: House Speaker | Paul Vark, Refugee Council | Ada Lund."""
    name = next((k + 1 for k in range(end - 2, i - 1, -1) if page.low[k] in _TITLES), i)
    if page.low[name] == ".":
        name = min(name + 1, end - 1)
    joined = any(page.low[k] in _PARTICLES or len(page.low[k]) < 3 for k in range(i, end))
    long = name == i and end - i > 3 and not joined
    return end - 2 if long and not in_words(page.low[end - 1], INSTITUTION | DOCUMENT | MEDIA) else name


def _run_end(page: Page, i: int) -> int:
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


def _abbreviates(page: Page, dot: int) -> bool:
    word = page.low[dot - 1]
    return (len(word) == 1 or word in COURTESY or word in RANKS) and page.capital(dot + 1)


def _lower_titles(page: Page, i: int) -> tuple[str, ...]:
    """Titles in small letters before a name: harbour master Ines Okafor."""
    found = []
    k = i - 1
    while k >= 0 and k >= i - 3 and page.low[k].isalpha() and not page.flags[k] & _NO_NAME:
        if in_words(page.low[k], OFFICIAL | ROLES | COURTESY):
            found.append(page.low[k])
        k -= 1
    return tuple(found)


def name_of(page: Page, mention: Mention) -> Name:
    """The name in a mention: without titles, possessive and a particle in front."""
    start, end = mention.name
    while start < end - 1 and page.low[start] in _PARTICLES:
        start += 1
    words = [page.word(i) for i in range(start, end) if page.low[i] != "."]
    words[-1] = words[-1].removesuffix("'s").removesuffix("’s")
    return Name(tuple(words), page.of((start, end)).removesuffix("'s").removesuffix("’s"))


def is_person_like(page: Page, mention: Mention) -> bool:
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


def office_after(page: Page, end: int) -> Tokens | None:
    """The office in “Ada Lund, the mayor of Lakeport,”."""
    if end + 1 >= len(page.low) or page.low[end] != ",":
        return None
    for i in range(end + 1, min(len(page.low), end + 9)):
        if page.low[i] in (",", ";", ".") or page.quote_at[i] >= 0 or page.flags[i] & PRONOUN:
            return None
        if in_words(page.low[i], OFFICIAL):
            return (i, i + 1)
    return None
