"""The words of the course in plain sentences, and the kit's naming policy: a page to search, or one entry of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from html import escape
from typing import Any, overload

from copydesk.base.errors import CopydeskError
from copydesk.base.wording import choice_labels, load_wording
from copydesk.page.html import static_html


@dataclass(frozen=True, slots=True, repr=False)
class Entry:
    """A term or a name: what it means, its values or rival names, the lesson it first matters in, and why it is so."""

    name: str
    say: str
    lesson: str
    also: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    source: str = ""
    finds: tuple[str, ...] = ()

    @property
    def anchor(self) -> str:
        """The id of the entry on the glossary's page.

        >>> glossary("reporter’s voice").anchor
        'cd-term-reporter-s-voice'
        """
        return "cd-term-" + re.sub(r"\W+", "-", self.name.casefold()).strip("-")

    def __repr__(self) -> str:
        return f"{self.name}: {self.say}" + "".join(f"\n- {item}" for item in self.items)

    def _repr_html_(self) -> str:
        return static_html(f'<dl class="cd-terms">{self.html()}</dl>')

    def html(self) -> str:
        """The entry as one term of a definition list."""
        say = load_wording("strings")["glossary"]
        also = f' <span class="cd-hint">{escape(say["also"].format(names=", ".join(self.also)))}</span>'
        items = "".join(f"<li>{escape(item)}</li>" for item in self.items)
        foot = f"{say['lesson'].format(n=self.lesson)}. {self.source}".strip()
        return (
            f'<dt id="{escape(self.anchor)}"><dfn>{escape(self.name)}</dfn>{also if self.also else ""}</dt>'
            f"<dd>{escape(self.say)}{f'<ul>{items}</ul>' if items else ''}"
            f' <span class="cd-hint">{escape(foot)}</span></dd>'
        )


@dataclass(frozen=True, slots=True, repr=False)
class Glossary:
    """All terms and all names, each in the order of the alphabet."""

    terms: tuple[Entry, ...]
    names: tuple[Entry, ...]

    def __repr__(self) -> str:
        say = load_wording("strings")["glossary"]
        return str(say["summary"].format(terms=len(self.terms), names=len(self.names)))

    def _repr_html_(self) -> str:
        policy = load_wording("glossary")["policy"]
        return static_html(
            f'<nav class="cd-letters" aria-label="{escape(load_wording("strings")["glossary"]["letters"])}">'
            f'{self._letters()} <a href="#cd-naming">{escape(policy["title"])}</a></nav>'
            f'<dl class="cd-terms">{"".join(e.html() for e in self.terms)}</dl>'
            f'<h3 id="cd-naming">{escape(policy["title"])}</h3><p>{escape(policy["say"])}</p>'
            f'<dl class="cd-terms">{"".join(e.html() for e in self.names)}</dl>'
        )

    def _letters(self) -> str:
        first = {entry.name[0].upper(): entry for entry in reversed(self.terms)}
        return " ".join(f'<a href="#{escape(first[a].anchor)}">{escape(a)}</a>' for a in sorted(first))


@overload
def glossary() -> Glossary: ...
@overload
def glossary(term: str) -> Entry: ...
def glossary(term: str | None = None) -> Glossary | Entry:
    """Every word of the course in plain English, or one of them by its name or another name for it.

    >>> glossary("cue")
    cue: The words that say that somebody speaks: “said”, “according to”, “in a letter to parents”.
    >>> glossary("paraphrase").name
    'form'

    Raises `CopydeskError` with the nearest terms for a word that is not in it.
    """
    if term is None:
        return _all()
    found = _by_name()
    wanted = _plain(str(term))
    if wanted in found:
        return found[wanted]
    near = list(dict.fromkeys(found[n].name for n in get_close_matches(wanted, found, cutoff=0.7)))
    remedy = f"near it: {', '.join(near)}" if near else "copydesk.glossary() shows all terms"
    raise CopydeskError(f"the glossary has no '{term}'", remedy)


def _plain(name: str) -> str:
    return " ".join(name.replace("'", "’").casefold().split())


@cache
def _by_name() -> dict[str, Entry]:
    """Each entry by its name, its other names and what else leads to it; of two with one claim, the first has it."""
    entries = [*reversed(_all().names), *reversed(_all().terms)]
    claims = (lambda e: e.finds, lambda e: e.also, lambda e: (e.name,))  # from the weakest to the strongest
    return {_plain(name): entry for claim in claims for entry in entries for name in claim(entry)}


@cache
def _all() -> Glossary:
    data = load_wording("glossary")
    return Glossary(tuple(map(_term, data["term"])), tuple(map(_name, data["name"])))


def _term(data: Mapping[str, Any]) -> Entry:
    name, say = data.get("term", ""), data["say"]
    if "device" in data:
        device = load_wording("devices")[data["device"]]
        name, say = device["name"], f"{load_wording('strings')['glossary']['device'].format(**device)} {say}"
    values = tuple(choice_labels(data["lists"]).values()) if "lists" in data else ()
    finds = (*data.get("finds", ()), *(re.split(r" \(|:", value)[0] for value in values))
    return Entry(name, say, data["lesson"], tuple(data.get("also", ())), values, data.get("source", ""), finds)


def _name(data: Mapping[str, Any]) -> Entry:
    used = load_wording("strings")["glossary"]["used"]
    items = tuple(used.format(word=word, users=users) for word, users in data["used"])
    finds = tuple(part for word, _ in data["used"] for part in word.split(", or "))
    return Entry(data["name"], data["say"], data["lesson"], (), items, data["source"], finds)
