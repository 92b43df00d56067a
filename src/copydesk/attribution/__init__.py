"""Who says what: an ordered table of small named rules finds source, cue and content in an English news story.

>>> from copydesk.attribution import find_attributions, why
>>> text = "The library opens again in May, Ada Lund said on Monday."
>>> [(a.source.of(text), a.cue.of(text), why(a)) for a in find_attributions(text)]
[('Ada Lund', 'said', 'A clause, a comma, its speaker, a reporting verb.')]
"""

from __future__ import annotations

from copydesk.attribution.finder import WHY, Attribution, find_attributions

__all__ = ["WHY", "Attribution", "find_attributions", "why"]


def why(attribution: Attribution) -> str:
    """The one-sentence reason of the rule that found it."""
    return WHY[attribution.rule]
