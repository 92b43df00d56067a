"""The words the rules know, and the classes of grammar each word belongs to.

The words are data. `data/reporting_verbs.toml` lists the verbs, nouns and adjectives that report what somebody said;
`data/grammar_words.toml` lists small words such as auxiliaries and prepositions. Both are read once, here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from copydesk.base.wording import load_wording

REPORTING: Mapping[str, Any] = load_wording("reporting_verbs")
GRAMMAR: Mapping[str, Any] = load_wording("grammar_words")


def word_set(words: str | Iterable[str]) -> frozenset[str]:
    """Words written in a row, as a set."""
    return frozenset(words.split() if isinstance(words, str) else words)


# A word can belong to several classes (“that” is a determiner, a relative pronoun and a subordinator), so its classes
# are bits of one number: a rule asks about several of them in one comparison.
_CLASSES = (
    *("be", "have", "modal", "contracted", "adverb", "determiner", "preposition", "conjunction", "subordinator"),
    *("relative", "pronoun", "object_pronoun", "time", "finite"),
)
BE, HAVE, MODAL, SHORT, ADVERB, DET, PREP, COORD, SUBORD, RELATIVE, PRONOUN, OBJECT, TIME, FINITE = (
    1 << i for i in range(len(_CLASSES))
)
CUE, WORD, CAPITAL, LY = (1 << i for i in range(len(_CLASSES), len(_CLASSES) + 4))
"""A form of a reporting verb; a word or number rather than a mark; a capital letter; an adverb known by its ending."""
AUX = BE | HAVE | MODAL
ADVERBIAL = ADVERB | LY
VERB_GROUP = AUX | ADVERBIAL
"""What may stand between a subject and its verb: has *not yet publicly* said."""
SMALL = AUX | SHORT | DET | PREP | COORD | SUBORD | PRONOUN | TIME
"""What cannot stand inside a plain run of nouns."""


@dataclass(frozen=True, slots=True)
class VerbForm:
    """A form of a reporting verb, or an adjective: `tense` is base, s, past, part, ing or adjective.

    An `unsure` form is often a noun. `frames` says what may stand around it, and `particles` which small words make it
    another verb (call for, make it clear); the data file explains both.
    """

    lemma: str
    tense: str
    frames: frozenset[str]
    unsure: bool
    particles: tuple[list[str], ...] = ()


NO_VERB = VerbForm("", "", frozenset(), False)
"""The form of a word that is no reporting verb: a noun such as “claim”, “according”."""


def forms_of(lemma: str, irregular: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The forms of a verb with their tense.

    >>> [form for form, tense in forms_of("argue", {})]
    ['argue', 'argues', 'argued', 'arguing']
    """
    if lemma in irregular:
        third, past, part, ing = irregular[lemma].split()
    else:
        stem = lemma[:-1] + "i" if lemma.endswith("y") and lemma[-2] not in "aeou" else lemma  # deny, denies
        third = stem + ("es" if stem.endswith(("s", "sh", "ch", "x", "o", "i")) else "s")
        past = part = stem + ("d" if lemma.endswith("e") else "ed")
        ing = lemma.removesuffix("e") + "ing"
    # Of two equal forms the later tense counts: “argued” is a past tense more often than a participle.
    return tuple({lemma: "base", third: "s", part: "part", past: "past", ing: "ing"}.items())


def _verb_forms() -> dict[str, VerbForm]:
    frames: dict[str, set[str]] = {}
    for band in REPORTING["bands"].values():
        for verb in band["verbs"].split():
            frames.setdefault(verb, set()).update(band["frames"])
    for verb in REPORTING["particles"]:
        frames.setdefault(verb, set())
    unsure = word_set(REPORTING["also_other"]["forms"])
    forms = {}
    for verb, may in frames.items():
        particles = tuple(particle.split() for particle in REPORTING["particles"].get(verb, ()))
        for form, tense in forms_of(verb, REPORTING["irregular"]):
            forms[form] = VerbForm(verb, tense, frozenset(may), form in unsure, particles)
    that = frozenset(("that", "clause"))
    return forms | {word: VerbForm(word, "adjective", that, True) for word in REPORTING["adjectives"]["that"].split()}


VERB_FORMS = _verb_forms()
"""Every form of every reporting verb."""


def _classes() -> dict[str, int]:
    found = dict.fromkeys(VERB_FORMS, CUE)
    for bit, name in enumerate(_CLASSES):
        for word in GRAMMAR[name].split():
            found[word] = found.get(word, 0) | 1 << bit
    return found


CLASSES = _classes()
"""The classes of every word that is listed anywhere."""
_LOUD = frozenset(("WHO", "US", "IT", "AS", "MAY", "ME", "OR", "IN"))
_NOT_LY = frozenset(("family", "july", "italy", "ally", "assembly", "reply", "supply", "only", "early", "friendly"))


INVISIBLE = "\u00ad\u200b-\u200d\u2060\ufeff"
"""Soft hyphens and characters of no width, as they are written in a class of a pattern."""
INSIDE = INVISIBLE + "\u0300-\u036f"
"""These and combining accents: what may stand inside a word and is no letter."""
_INVISIBLE = re.compile(f"[{INVISIBLE}]")


@lru_cache(maxsize=1 << 15)
def read_word(written: str) -> tuple[str, int]:
    """A word in lower case, and its classes.

    >>> [bool(read_word(word)[1] & ADVERBIAL) for word in ("reportedly", "Kelly")]
    [True, False]
    """
    if not written.isascii():
        written = unicodedata.normalize("NFC", _INVISIBLE.sub("", written)) or written
    word = written if len(written) > 1 and written in _LOUD else written.lower()  # US is not us
    flags = CLASSES.get(word, 0)
    if word[0].isalnum():
        flags |= WORD
    if written[0].isupper():
        flags |= CAPITAL
        if word == "may":
            flags &= ~MODAL
    elif word == "may":
        flags &= ~TIME
    elif word.endswith("ly") and word not in _NOT_LY:  # no list holds every adverb, and few other words end so
        flags |= LY
    return word, flags
