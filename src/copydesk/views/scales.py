"""Generic frames as scales: twenty yes/no questions, five means (Semetko and Valkenburg 2000, J. Comm. 50(2):93–109).

A scale is the mean of its answered questions, yes = 1 and no = 0; what cannot be answered is left out. Where the key
lets a question be read either way, the scale has a range and no single value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from copydesk.base.wording import choice_labels
from copydesk.story.key import Key

SCALES = {"responsibility": "R", "human_interest": "H", "conflict": "C", "morality": "M", "economy": "E"}
WORTH = {"yes": 1, "no": 0}


@dataclass(frozen=True, slots=True)
class Scale:
    """One frame: the range the key allows, and the mean of somebody's own answers (None: none given); all 0–1."""

    name: str
    low: float
    high: float
    yours: float | None = None


def scale_means(values: Mapping[str, str]) -> dict[str, float]:
    """The mean of each scale that has an answer.

    >>> scale_means({"C1": "yes", "C2": "yes", "C3": "no", "H5": "na"})
    {'conflict': 0.6666666666666666}
    """
    found = {}
    for name, letter in SCALES.items():
        answered = [WORTH[v] for q, v in values.items() if q[:1] == letter and v in WORTH]
        if answered:
            found[name] = sum(answered) / len(answered)
    return found


def scales(key: Key, values: Mapping[str, str]) -> list[Scale]:
    """The five scales of a story, with a learner's own means beside the range its key allows."""
    accepted = {
        e.id.removeprefix("Q."): [e["answer"], *(a.patch["answer"] for a in e.alternatives if "answer" in a.patch)]
        for e in key.layer("questions")
    }
    low = scale_means({q: "no" if "no" in a else a[0] for q, a in accepted.items()})
    high = scale_means({q: "yes" if "yes" in a else a[0] for q, a in accepted.items()})
    mine, names = scale_means(values), choice_labels("generic_frame")
    return [Scale(names[n], low[n], high[n], mine.get(n)) for n in SCALES if n in low]
