"""Words the kit shows, kept as data: interface strings, and the closed sets a learner chooses from."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def load_wording(name: str) -> dict[str, Any]:
    """One file of `copydesk/data`: `strings` (the interface), `devices`, `choices`.

    >>> load_wording("choices")["form"]["direct"]
    'direct quotation'
    """
    return tomllib.loads((files("copydesk") / "data" / f"{name}.toml").read_text(encoding="utf-8"))


def choice_labels(name: str) -> dict[str, str]:
    """The values of a closed set with the words a learner sees.

    >>> list(choice_labels("voice"))
    ['reporter', 'attributed', 'mixed']
    """
    if name == "device":
        return {value: f"{d['name']}: {d['say']}" for value, d in load_wording("devices").items()}
    return dict(load_wording("choices")[name])
