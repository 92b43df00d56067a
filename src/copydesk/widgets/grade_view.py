"""A text as the grading screen shows it: plain data, offsets turned into pieces of text here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from copydesk.classroom.inert import line, prose
from copydesk.classroom.rubric import MOST, rows_of
from copydesk.classroom.texts import Text
from copydesk.items import shown_blocks
from copydesk.scoring.matching import spans_from
from copydesk.scoring.write import original
from copydesk.spans import WORD, Span

Piece = tuple[str, int]


def text_view(text: Text, name: str, *, names: Sequence[str]) -> dict[str, Any]:
    """Everything the screen shows of one text; `names` are those to show, none in a blind grading."""
    exercise, story, given = text.exercise, text.unit.lesson.story, text.answer.get("texts", {})
    page, picked = text.unit.text, spans_from(text.answer.get("evidence"), len(text.unit.text))
    blocks = [b for b in shown_blocks(story, exercise) if any(b.span.overlap(s) for s in picked)]
    edits = [{**_box(e, given), "original": original(e, page)} for e in exercise.get("edits", ())]
    return {
        "key": text.key,
        "exercise": name,
        "prompt": exercise.prompt,
        "points": exercise.points,
        "most": MOST * len(rows_of(exercise)),
        "rows": [row.id for row in rows_of(exercise)],
        "boxes": [*edits, *(_box(f, given) for f in exercise.get("fields", ()))],
        "asks": bool(exercise.get("evidence")),
        "blocks": [{"id": b.id, "pieces": list(_pieces(page, b.span, picked))} for b in blocks],
        "lang": story.about["language"],
        "rights": story.rights,
        "names": [line(n) for n in names],
        "learners": len(text.names),
    }


def _box(box: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    words = given.get(box["id"])
    shown = prose(words) if isinstance(words, str) else ""
    low, high = box.get("min", 3), box.get("max", 200)
    return {"label": box["label"], "text": shown, "n": len(WORD.findall(shown)), "min": low, "max": high}


def _pieces(page: str, block: Span, picked: Sequence[Span]) -> Iterator[Piece]:
    """A block cut where evidence begins and ends: the words, and the number of the evidence they are, or 0."""
    at = block.start
    for number, span in enumerate(picked, 1):
        start, end = max(span.start, at), min(span.end, block.end)
        if start < end:
            yield page[at:start], 0
            yield page[start:end], number
            at = end
    yield page[at : block.end], 0
