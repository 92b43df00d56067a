"""The words the rules know, read from `data/cues.toml` and `data/attribution_words.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any


def read(name: str) -> dict[str, Any]:
    """One of the kit's word files."""
    return tomllib.loads(files("copydesk.data").joinpath(f"{name}.toml").read_text("utf-8"))


def word_set(text: str | Iterable[str]) -> frozenset[str]:
    """Words written in a row, as a set."""
    return frozenset(text.split() if isinstance(text, str) else text)


@dataclass(frozen=True, slots=True)
class Cue:
    """One form of a reporting verb: `tense` is base, s, past, part or ing; `unsure` forms are often nouns."""

    lemma: str
    tense: str
    frames: frozenset[str]
    unsure: bool
    particles: frozenset[str]

    @property
    def past(self) -> bool:
        """Whether it can be a past tense."""
        return self.tense == "past"


CUES = read("cues")
WORDS = read("attribution_words")

_CLASSES = (
    *("be", "have", "modal", "contracted", "adverb", "determiner", "preposition", "conjunction", "subordinator"),
    *("relative", "pronoun", "object_pronoun", "time", "finite"),
)
BE, HAVE, MODAL, SHORT, ADVERB, DET, PREP, COORD, SUBORD, RELATIVE, PRONOUN, OBJECT, TIME, FINITE = (
    1 << i for i in range(len(_CLASSES))
)
AUX = BE | HAVE | MODAL
CUE = 1 << len(_CLASSES)
SMALL = AUX | SHORT | DET | PREP | COORD | SUBORD | PRONOUN | TIME
"""What cannot stand inside a plain run of nouns."""


def forms_of(lemma: str, irregular: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The forms of a verb with their tense.

    >>> [form for form, tense in forms_of("argue", {})]
    ['argue', 'argues', 'argued', 'arguing']
    """
    if lemma in irregular:
        third, past, part, ing = irregular[lemma].split()
    else:
        third = lemma + ("es" if lemma.endswith(("s", "sh", "ch", "x")) else "s")
        past = part = lemma + ("d" if lemma.endswith("e") else "ed")
        ing = (lemma[:-1] if lemma.endswith("e") else lemma) + "ing"
    pairs = ((lemma, "base"), (third, "s"), (part, "part"), (past, "past"), (ing, "ing"))
    return tuple(dict(pairs).items())


def _cues() -> dict[str, Cue]:
    frames: dict[str, set[str]] = {}
    for band in CUES["bands"].values():
        for verb in band["verbs"].split():
            frames.setdefault(verb, set()).update(band["frames"])
    for verb in CUES["particles"]:
        frames.setdefault(verb, set())
    unsure = word_set(CUES["also_other"]["forms"])
    return {
        form: Cue(verb, tense, frozenset(may), form in unsure, word_set(CUES["particles"].get(verb, ())))
        for verb, may in frames.items()
        for form, tense in forms_of(verb, CUES["irregular"])
    }


def _flags() -> dict[str, int]:
    flags: dict[str, int] = {}
    for bit, name in enumerate(_CLASSES):
        for word in WORDS[name].split():
            flags[word] = flags.get(word, 0) | 1 << bit
    for word in CUE_FORMS:
        flags[word] = flags.get(word, 0) | CUE
    return flags


CUE_FORMS = _cues()
FLAGS = _flags()
