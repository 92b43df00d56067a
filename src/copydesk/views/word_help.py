"""Words of the course in the kit's own sentences: where they stand, and what is shown when a learner opens one.

Only definitions and made-up examples are shown, the same in every exercise, so that help is never a hint.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from copydesk.base.wording import load_wording
from copydesk.views.glossary import Entry, glossary

Pieces = list[tuple[str, str]]
"""A text in pieces, each with the name of the term that it is, or ""."""
QUOTED = re.compile("“[^”]*”")
EVERYDAY = frozenset(
    ("agency", "background", "cause", "direct", "document", "hit", "mass", "official", "plain", "problem", "station")
)
"""Terms that mostly have their everyday meaning in a sentence. As a label of a choice each is the term."""


def in_pieces(text: str, everyday: Collection[str] = ()) -> Pieces:
    """A sentence of the kit with the terms of the course in it, each where it stands first.

    Whole words are found in the glossary's forms and their plurals. Words in quotation marks are examples to judge, so
    nothing in them is explained; nor is a term that has its `everyday` meaning here.

    >>> in_pieces("Mark the cues in “the source said”.")
    [('Mark the ', ''), ('cues', 'cue'), (' in “the source said”.', '')]
    """
    names, pattern = _forms()
    seen = {*everyday}
    pieces: Pieces = []
    done = 0
    for found in pattern.finditer(QUOTED.sub(lambda quoted: "“" * len(quoted[0]), text)):
        name = names[_singular(found[0], names)]
        if name not in seen:
            seen.add(name)
            pieces += [(text[done : found.start()], ""), (found[0], name)]
            done = found.end()
    return [piece for piece in [*pieces, (text[done:], "")] if piece[0]]


def word_help(prose: Iterable[str], labels: Iterable[str], everyday: Collection[str] = ()) -> dict[str, Any]:
    """What an exercise needs to explain its words.

    `texts` has the pieces of each sentence that holds a term; in a list of questions a term is explained in the first
    that has it, and not where it has its `everyday` meaning. `terms` says what is shown of each term, and of each label
    that has a meaning or an example.
    """
    prompt, *questions = prose
    texts, before = {prompt: in_pieces(prompt, everyday)}, set[str]()
    for text in questions:
        pieces = [(words, "" if name in before else name) for words, name in in_pieces(text, everyday)]
        before |= {name for _, name in pieces}
        texts.setdefault(text, pieces)
    texts = {text: pieces for text, pieces in texts.items() if any(name for _, name in pieces)}
    shown = {name: _shown(name, name) for pieces in texts.values() for _, name in pieces if name}
    return {"texts": texts, "terms": shown | {label: told for label in labels if (told := label_help(label))}}


def label_help(label: str) -> dict[str, str] | None:
    """What is shown of a choice or a role; None where it says all itself.

    >>> label_help("indirect (paraphrase)")["example"]
    '“The guard said that they were late.”'
    >>> label_help("yes")
    """
    own, listed = _labels()
    name, words = own.get(_stem(label), ""), _written(label)
    if not name and words not in load_wording("glossary")["examples"]:
        return None
    return _shown(name or listed.get(_stem(label), ""), words)


def _shown(name: str, heading: str) -> dict[str, str]:
    """What is shown of a term under a heading: what it means, and the example for the heading, else for the term."""
    examples = load_wording("glossary")["examples"]
    say, example = glossary(name).say if name else "", examples.get(heading) or examples.get(name, "")
    if example:  # the first sentence defines; the others go further than a learner needs here
        say = re.split(r"(?<=[.?]) ", say)[0]
    return {"name": heading, "say": say, "example": example}


def _written(label: str) -> str:
    """A label without what stands in brackets or behind a colon."""
    return re.split(r" \(|:", label)[0]


def _stem(label: str) -> str:
    return _written(label).casefold()


def _ways(entry: Entry) -> Iterator[str]:
    """The words that lead to an entry, in small letters and without the values it lists."""
    listed = {_stem(item) for item in entry.items} - {entry.name}
    yield from (way for way in map(str.casefold, (entry.name, *entry.also, *entry.finds)) if way not in listed)


@cache
def _labels() -> tuple[Mapping[str, str], Mapping[str, str]]:
    """The entry of each label that leads to one, and the entry of each label that one lists."""
    terms = glossary().terms
    own = {way: entry.name for entry in reversed(terms) for way in _ways(entry)}
    return own, {_stem(item): entry.name for entry in terms for item in entry.items}


@cache
def _forms() -> tuple[Mapping[str, str], re.Pattern[str]]:
    """The term of each form that is looked for in sentences, and a pattern for all of them, the longest first."""
    names = {way: name for way, name in _labels()[0].items() if way not in EVERYDAY}
    plural = [re.escape(way.removesuffix("y")) + ("(?:y|ies)" if way.endswith("y") else "(?:e?s)?") for way in names]
    every = "|".join(sorted(plural, key=len, reverse=True))
    return names, re.compile(rf"(?<![\w-])(?:{every})(?![\w-])", re.IGNORECASE)


def _singular(found: str, names: Mapping[str, str]) -> str:
    word = found.casefold()
    ends = ((word, ""), (word.removesuffix("ies"), "y"), (word.removesuffix("s"), ""), (word.removesuffix("es"), ""))
    return next(stem + end for stem, end in ends if stem + end in names)
