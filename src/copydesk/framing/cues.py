"""The cue list of `data/framing_cues.toml`, and the finder of its words in a text.

The finder knows words and not their meaning. A hit is a place to look, never a finding; that is what the lesson
teaches.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

from copydesk.attribution.speakers import SEATS
from copydesk.attribution.tokens import REPORTING, forms_of, tokenize
from copydesk.base.spans import Span
from copydesk.base.wording import load_wording
from copydesk.framing.clauses import WORDS, find_passives


@dataclass(frozen=True, slots=True)
class Group:
    """A class of cues: words for readers, and the tradition behind it. Cues of a `plain` class are the flat words."""

    id: str
    name: str
    say: str
    source: str
    plain: bool


@dataclass(frozen=True, slots=True)
class Cue:
    """One entry of the list. `forms` is empty when a rule finds it and `pattern` names that rule."""

    word: str
    group: Group
    forms: tuple[str, ...]
    neutral: tuple[str, ...]
    note: str
    pattern: str
    small: bool

    @property
    def plain(self) -> bool:
        """Whether this is a flat word itself, so no place to look."""
        return self.group.plain


def groups() -> tuple[Group, ...]:
    """The classes of the list, a closed set.

    >>> [g.name for g in groups() if g.plain]
    ['plain report verb']
    """
    return tuple(dict.fromkeys(cue.group for cue in cues()))


@cache
def cues() -> tuple[Cue, ...]:
    """The whole list, in file order.

    >>> next(c.forms for c in cues() if c.word == "deny")
    ('deny', 'denies', 'denied', 'denying')
    """
    return tuple(cue for name, record in load_wording("framing_cues").items() for cue in _cues(name, record))


def _cues(name: str, record: Mapping[str, Any]) -> Iterator[Cue]:
    group = Group(name, record["name"], record["say"], record["source"], record.get("plain", False))
    for entry in record["cues"]:
        both = {**record, **entry}
        pattern = entry.get("pattern", "")
        yield Cue(
            entry["word"],
            group,
            () if pattern else _forms(entry["word"], both.get("inflect", ""), entry.get("forms", ())),
            tuple(both.get("neutral", ())),
            entry.get("note", ""),
            pattern,
            entry.get("small", False),
        )


def _forms(word: str, inflect: str, more: tuple[str, ...]) -> tuple[str, ...]:
    """A word with its inflected forms: a phrase bends at its verb, or at its last noun."""
    forms = [word]
    if inflect == "verb":
        verb, *rest = word.split()
        forms = [" ".join((form, *rest)) for form, _ in forms_of(verb, REPORTING["irregular"])]
    elif inflect == "noun":
        forms.append(word + ("es" if word.endswith(("s", "sh", "ch", "x")) else "s"))
    return tuple(dict.fromkeys((*forms, *more)))


_TOKEN = re.compile(r"[^\W_]+")
_JOINTS = frozenset("-‐‑'’ʼ")
_PLACES = frozenset(WORDS["places"].split())


@dataclass(frozen=True, slots=True)
class Hit:
    """A place to look: where it stands, and the cue that points at it."""

    span: Span
    cue: Cue

    @property
    def group(self) -> Group:
        """The class of its cue."""
        return self.cue.group

    @property
    def neutral(self) -> tuple[str, ...]:
        """Flatter wordings, or advice where no single word would do."""
        return self.cue.neutral


def find_cues(text: str, span: Span | None = None) -> list[Hit]:
    """Where the words of the list stand in a text, or in one span of it, in reading order; time grows with length only.

    Whole words, whatever their case and apostrophe; the longest entry wins. A passive without an agent may overlap with
    a word. Flat words are found too (`hit.cue.plain`): they are no places to look.

    >>> text = "Paris has denied it. In Paris, nobody slammed the door."
    >>> [(hit.span.of(text), hit.group.name) for hit in find_cues(text)]
    [('Paris', 'stand-in'), ('denied', 'report verb that commits'), ('slammed', 'report verb that judges')]
    """
    start, end = (span.start, span.end) if span else (0, len(text))
    part = text[start:end]
    found = sorted((*find_words(part), *_passives(part)), key=lambda hit: hit.span)
    return [Hit(Span(hit.span.start + start, hit.span.end + start), hit.cue) for hit in found]


def find_words(text: str) -> Iterator[Hit]:
    """The same without the passives."""
    tokens = [Span(*m.span()) for m in _TOKEN.finditer(text)]
    written = [t.of(text) for t in tokens]
    table = _table()
    i = 0
    while i < len(tokens):
        fits = (e for e in table.get(written[i].lower(), ()) if _fits(e, text, tokens, written, i))
        entry = next(fits, None)
        end = i + (len(entry.words) if entry else 1)
        if entry and not (entry.cue.group.id == "metonym" and _is_place(written, i, end)):
            yield Hit(Span(tokens[i].start, tokens[end - 1].end), entry.cue)
        i = end


@dataclass(frozen=True, slots=True)
class _Entry:
    """One form of a cue as the words it is made of."""

    words: tuple[str, ...]
    cue: Cue


@cache
def _table() -> dict[str, tuple[_Entry, ...]]:
    """Every form by its first word, the longest first."""
    forms = [(form, cue) for cue in cues() for form in cue.forms]
    seats = SEATS.keys() - {form.lower() for form, _ in forms} - set(WORDS["no_capitals"])
    capital = next(cue for cue in cues() if cue.pattern == "capital")
    forms += [(seat.title(), capital) for seat in sorted(seats)]
    entries = sorted((_Entry(tuple(_TOKEN.findall(form)), cue) for form, cue in forms), key=lambda e: -len(e.words))
    table: dict[str, tuple[_Entry, ...]] = {}
    for entry in entries:
        first = entry.words[0].lower()
        table[first] = (*table.get(first, ()), entry)
    return table


def _fits(entry: _Entry, text: str, tokens: list[Span], written: list[str], i: int) -> bool:
    here = written[i : i + len(entry.words)]
    if len(here) < len(entry.words) or (entry.cue.small and here[0][0].isupper()):
        return False
    for listed, word in zip(entry.words, here, strict=True):
        # The same word but for case; a capital in the list must be one in the text.
        if listed.lower() != word.lower() or (listed[0].isupper() and not word[0].isupper()):
            return False
    # Between the words of a phrase may stand white space within a paragraph, a hyphen, an apostrophe.
    gaps = (text[a.end : b.start] for a, b in pairwise(tokens[i : i + len(here)]))
    return all(gap in _JOINTS or (gap.isspace() and gap.count("\n") < 2) for gap in gaps)


def _is_place(written: list[str], i: int, end: int) -> bool:
    """In Moscow, near the White House, LONDON (Agency): where something was, not who did it."""
    before = i - 2 if i > 1 and written[i - 1].lower() == "the" else i - 1
    return (before >= 0 and written[before].lower() in _PLACES) or "".join(written[i:end]).isupper()


def _passives(text: str) -> Iterator[Hit]:
    cue = next(cue for cue in cues() if cue.pattern == "passive")
    doc = tokenize(text)
    return (Hit(doc.span(passive.verb), cue) for passive in find_passives(doc) if passive.agent is None)
