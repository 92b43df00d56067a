"""The swap test: a sentence of the story beside the same sentence with other names in it.

A story lists the pairs in its `lessons.toml`, by offsets; the words are looked up on the page when they are shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from copydesk.lessons import Exercise
from copydesk.spans import Span


@dataclass(frozen=True, slots=True)
class Pair:
    """One sentence as it stands, and as nobody said it."""

    where: str
    original: str
    swapped: str


def swapped(exercise: Exercise, text: str) -> list[Pair]:
    """Every pair of a swap exercise, in its order."""
    return [_pair(pair, text) for pair in exercise.get("pairs", ())]


def _pair(pair: Mapping[str, Any], text: str) -> Pair:
    span = Span(*pair["span"])
    made, at = "", span.start
    for start, end, other in sorted(pair["swap"]):
        made, at = made + text[at:start] + other, end
    made = re.sub(r"\s+", " ", made + text[at : span.end]).strip()
    return Pair(pair["where"], span.of(text), made)
