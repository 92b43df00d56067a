"""Framing: a list of words that are places to look, and plain measures of a rewritten lead or headline.

Neither passes judgement. The list is a foil: much framing is done by words it does not hold, and many words it holds
are fair. The measures count what a rule can see before and after a rewrite, so that a learner sees what it moved.

>>> from copydesk.framing import find_cues
>>> text = "Troops were sent to the border."
>>> [(h.span.of(text), h.group.name) for h in find_cues(text)]
[('were sent', 'passive without an agent')]
"""

from __future__ import annotations

from copydesk.framing.cues import Cue, Group, Hit, cues, find_cues, groups
from copydesk.framing.measures import Agency, Change, Measures, compare, find_agency, measure

__all__ = [
    "Agency",
    "Change",
    "Cue",
    "Group",
    "Hit",
    "Measures",
    "compare",
    "cues",
    "find_agency",
    "find_cues",
    "groups",
    "measure",
]
