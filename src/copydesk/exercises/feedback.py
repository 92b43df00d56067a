"""From an outcome to what a learner is told: never a bare tick, never the key before the last try.

After the first try a learner reads where to look again. After the last try, or a right answer, the key is shown: what
it has, why, and what else is defensible.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from copydesk.base.wording import load_wording
from copydesk.exercises.exercise import Exercise
from copydesk.exercises.outcome import Note, Outcome

MOST_HINTS = 5
SIGNS = {"full": "✓", "part": "◐", "none": "○", "open": "·"}


def feedback(exercise: Exercise, outcome: Outcome, *, last: bool, key_waits: bool = False) -> dict[str, Any]:
    """Plain data for the interface: a headline, hints, and (when `last` or right) the key row by row.

    With `key_waits` a right answer gets hints and no key, since a try is left.
    """
    told = {"status": outcome.status, "headline": exercise.headline(outcome, last=last)}
    tried = outcome.status not in ("not_attempted", "received")
    show_key = tried and not key_waits and (last or outcome.status == "right")
    return {
        **told,
        "hints": shown_hints(exercise, outcome) if tried and (not show_key or exercise.checks_form_only) else [],
        "key": [{**row(n), "group": outcome.groups.get(n.item)} for n in outcome.notes if n.reveal or n.parts]
        if show_key
        else [],
        "foot": foot(exercise) if show_key else "",
    }


def hints(outcome: Outcome) -> list[str]:
    """Where to look again, the first few."""
    found = [n.hint for n in outcome.notes if n.hint]
    more = load_wording("strings")["outcome"]["more_hints"].format(n=len(found) - MOST_HINTS)
    return [*found[:MOST_HINTS], *([more] if len(found) > MOST_HINTS else [])]


def shown_hints(exercise: Exercise, outcome: Outcome) -> list[dict[str, Any]]:
    """The same for the interface: hints that say the same stand together, each with the items it is about.

    An item has its `id`, its place in words (`where`), and the learner's `group` of marks it is about, if any.
    """
    hinted = [n for n in outcome.notes if n.hint]
    together: dict[str, list[dict[str, Any]]] = {}
    for n in hinted[:MOST_HINTS]:
        about = {"id": n.item, "where": n.where, "group": outcome.groups.get(n.item)}
        together.setdefault(n.hint, []).append(about)
    shown = [{"text": text, "items": items, "named": exercise.hints_name_place} for text, items in together.items()]
    more = load_wording("strings")["outcome"]["more_hints"].format(n=len(hinted) - MOST_HINTS)
    return [*shown, *([{"text": more, "items": [], "named": True}] if len(hinted) > MOST_HINTS else [])]


def foot(exercise: Exercise) -> str:
    """What stands below a key that needs a word of care."""
    return str(load_wording("strings")["outcome"]["framing_figure"]) if exercise.layer == "framing" else ""


@lru_cache(maxsize=1024)
def row(note: Note) -> dict[str, Any]:
    """What the key says of one item, for the interface; many learners have the same notes."""
    mark = (
        "open" if not note.possible else "full" if note.earned == note.possible else "part" if note.earned else "none"
    )
    say = load_wording("strings")["outcome"]
    found = {role: SIGNS["full" if found else "none"] for role, _, _, found in note.parts}
    return {
        "item": note.item,
        "mark": mark,
        "sign": SIGNS[mark],
        "mark_text": say[mark],
        "where": note.where if note.where.endswith(("?", "!", ".")) else f"{note.where}.",
        "reveal": note.reveal,
        "others": list(note.others),
        "accepted": list(note.accepted),
        "readings": list(note.readings),
        "parts": [[role, name, words, SIGNS["full" if found else "none"]] for role, name, words, found in note.parts],
        "marks": [[role, span.start, span.end, found.get(role, "")] for role, span in note.marks],
    }
