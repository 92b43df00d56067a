"""Who says what: an ordered table of small named rules finds source, cue and content in an English news story.

>>> from copydesk.attribution import find_attributions, why
>>> text = "The library opens again in May, Ada Lund said on Monday."
>>> [(a.source.of(text), a.cue.of(text), why(a)) for a in find_attributions(text)]
[('Ada Lund', 'said', 'A clause, a comma, its speaker, a reporting verb.')]
"""

from __future__ import annotations

from copydesk.attribution.finder import (
    EVERY_RULE,
    NESTED,
    PAGE_RULES,
    RULES,
    Attribution,
    Rule,
    find_attributions,
)

__all__ = ["EVERY_RULE", "PAGE_RULES", "RULES", "Attribution", "Rule", "find_attributions", "why"]

_WHY = {rule.name: rule.why for rule in (*RULES, NESTED)} | PAGE_RULES


def why(attribution: Attribution) -> str:
    """The one-sentence reason of the rule that found it."""
    return _WHY[attribution.rule]
