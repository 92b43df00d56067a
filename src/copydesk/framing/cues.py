"""The cue list, read from `data/framing_cues.toml`: every entry with its class, its forms and flatter wordings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from copydesk.attribution.lexicon import CUES, forms_of
from copydesk.wording import load_wording


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
        forms = [" ".join((form, *rest)) for form, _ in forms_of(verb, CUES["irregular"])]
    elif inflect == "noun":
        forms.append(word + ("es" if word.endswith(("s", "sh", "ch", "x")) else "s"))
    return tuple(dict.fromkeys((*forms, *more)))
