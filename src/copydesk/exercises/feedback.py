"""From an outcome to what a learner is told: never a bare tick, never the key before the last try.

First try: where to look again. Last try, or right: the key with its reasons and the other defensible readings
(content.md D2: what you marked, what the key has, why, what else is defensible).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from copydesk.base.caching import ByIdentity
from copydesk.base.wording import load_wording
from copydesk.exercises.exercise import Exercise
from copydesk.exercises.outcome import Note, Outcome

MOST_HINTS = 5
SIGNS = {"full": "✓", "part": "◐", "none": "○", "open": "·"}


def feedback(exercise: Exercise, outcome: Outcome, *, last: bool) -> dict[str, Any]:
    """Plain data for the interface: a headline, hints, and (when `last` or right) the key row by row."""
    told = {"status": outcome.status, "headline": headline(exercise, outcome, last=last)}
    tried = outcome.status not in ("not_attempted", "received")
    show_key = tried and (last or outcome.status == "right")
    return {
        **told,
        "hints": hints(outcome) if tried and (not show_key or exercise.type == "write") else [],
        "key": [row(ByIdentity(n)) for n in outcome.notes if n.reveal or n.parts] if show_key else [],
        "foot": foot(exercise) if show_key else "",
    }


def hints(outcome: Outcome) -> list[str]:
    """Where to look again, the first few."""
    found = [n.hint for n in outcome.notes if n.hint]
    more = load_wording("strings")["outcome"]["more_hints"].format(n=len(found) - MOST_HINTS)
    return [*found[:MOST_HINTS], *([more] if len(found) > MOST_HINTS else [])]


def foot(exercise: Exercise) -> str:
    """What stands below a key that needs a word of care."""
    return str(load_wording("strings")["outcome"]["framing_figure"]) if exercise.get("layer") == "framing" else ""


def headline(exercise: Exercise, outcome: Outcome, *, last: bool) -> str:
    """One sentence on how it went."""
    say = load_wording("strings")["outcome"]
    if outcome.status == "not_attempted":
        return _not_attempted(exercise)
    if outcome.status == "received":
        return str(say["received"])
    if exercise.type == "write":
        return str(say["complete" if outcome.status == "right" else "incomplete"])
    if exercise.points == 0 and not any(n.possible for n in outcome.notes):
        return str(say["noted"])
    usual = outcome.status if outcome.status == "right" or not last else "done_tries"
    name = "ungraded" if exercise.get("forms") else usual
    return str(say[name].format(percent=round(100 * outcome.score)))


def _not_attempted(exercise: Exercise) -> str:
    say = load_wording("strings")
    if exercise.get("forms"):
        return str(say["sort"]["unfinished"])
    return str(say["order"]["untouched"] if exercise.type == "order" else say["outcome"]["not_attempted"])


@lru_cache(maxsize=1024)
def row(of: ByIdentity[Note]) -> dict[str, Any]:
    """What the key says of one item, for the interface; many learners have the same notes."""
    note = of.value
    mark = (
        "open" if not note.possible else "full" if note.earned == note.possible else "part" if note.earned else "none"
    )
    say = load_wording("strings")["outcome"]
    return {
        "mark": mark,
        "sign": SIGNS[mark],
        "mark_text": say[mark],
        "where": note.where if note.where.endswith(("?", "!", ".")) else f"{note.where}.",
        "reveal": note.reveal,
        "others": list(note.others),
        "readings": list(note.readings),
        "parts": [[role, name, words, SIGNS["full" if found else "none"]] for role, name, words, found in note.parts],
    }
