"""Framing: a list of words that are places to look, and plain measures of a rewritten lead or headline.

Neither passes judgement. The list is a foil: much framing is done by words it does not hold, and many words it holds
are fair. The measures count what a rule can see before and after a rewrite, so that a learner sees what it moved.

>>> from copydesk.framing import find_cues
>>> text = "Troops were sent to the border."
>>> [(h.span.of(text), h.group.name) for h in find_cues(text)]
[('were sent', 'passive without an agent')]
"""

from copydesk.framing.agency import Agency, find_agency
from copydesk.framing.cues import Cue, Group, cues, groups
from copydesk.framing.finder import Hit, find_cues
from copydesk.framing.measures import Change, Measures, compare, measure

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
