"""What moved between a stretch of the page and a learner's version of it, as rows for a table."""

from __future__ import annotations

from copydesk.lessons import Exercise
from copydesk.scoring import Answer, well_formed
from copydesk.scoring.write import original

Row = list[str]


def measures(exercise: Exercise, answer: Answer, text: str) -> dict[str, list[Row]]:
    """For each edit, the measures that are not 0 in both: name, value on the page, value in the learner's version."""
    if not exercise.get("edits"):
        return {}
    from copydesk.framing import compare, measure  # only where it is needed: it reads its word lists

    texts = well_formed(answer).get("texts", {})
    found = {}
    for edit in exercise.get("edits"):
        page = original(edit, text)
        changes = compare(measure(page), measure(str(texts.get(edit["id"]) or page)))
        found[edit["id"]] = [[c.label, str(c.before), str(c.after)] for c in changes if c.before or c.after]
    return found
