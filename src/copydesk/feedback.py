"""From an outcome to what a learner is told: never a bare tick, never the key before the last try.

First try: where to look again. Last try, or right: the key with its reasons and the other defensible readings
(content.md D2: what you marked, what the key has, why, what else is defensible).
"""

from __future__ import annotations

from typing import Any

from copydesk.lessons import Exercise
from copydesk.scoring import Note, Outcome
from copydesk.wording import load_wording

MOST_HINTS = 5
SIGNS = {"full": "✓", "part": "◐", "none": "○", "open": "·"}


def feedback(exercise: Exercise, outcome: Outcome, *, last: bool) -> dict[str, Any]:
    """Plain data for the interface: a headline, hints, and (when `last` or right) the key row by row."""
    say = load_wording("strings")["outcome"]
    told: dict[str, Any] = {
        "status": outcome.status,
        "headline": headline(exercise, outcome, last=last),
        "hints": [],
        "key": [],
    }
    if outcome.status in ("not_attempted", "received"):
        return {**told, "foot": ""}
    show_key = last or outcome.status == "right"
    if not show_key or exercise.type == "write":
        hints = [n.hint for n in outcome.notes if n.hint]
        rest = [say["more_hints"].format(n=len(hints) - MOST_HINTS)] if len(hints) > MOST_HINTS else []
        told["hints"] = hints[:MOST_HINTS] + rest
    if show_key:
        told["key"] = [_row(n) for n in outcome.notes if n.reveal or n.parts]
    foot = say["framing_figure"] if show_key and exercise.get("layer") == "framing" else ""
    return {**told, "foot": foot}


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


def _row(note: Note) -> dict[str, Any]:
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
