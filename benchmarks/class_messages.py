"""What a learner's browser sends to the kernel, how an answer grows, and what must be on the disk in the end: pure."""

from __future__ import annotations

import base64
import datetime as dt
import json
import math
import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

Json = dict[str, Any]
PACKED = re.compile(r"data:application/json;base64,([\w+/=]+)")


def message(kind: str, content: Json, *, session: str) -> Json:
    """A message to the kernel's shell in the form its websocket takes.

    >>> message("comm_msg", {"comm_id": "c1"}, session="s1")["header"]["msg_type"]
    'comm_msg'
    """
    now = dt.datetime.now(dt.UTC).isoformat()
    header = {"msg_id": uuid.uuid4().hex, "msg_type": kind, "session": session, "username": "", "date": now}
    rest = {"parent_header": {}, "metadata": {}, "buffers": [], "content": content, "channel": "shell"}
    return {"header": {**header, "version": "5.3"}, **rest}


def run(code: str, *, session: str) -> Json:
    """Run a cell."""
    how = {"silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False, "stop_on_error": True}
    return message("execute_request", {"code": code, **how}, session=session)


def tell(comm: str, what: Json, *, session: str) -> Json:
    """Tell a widget what was done, as its view does: `{"do": "check"}`, or `{"event": "click"}` to a button."""
    return message("comm_msg", {"comm_id": comm, "data": {"method": "custom", "content": what}}, session=session)


def steps(answer: Json) -> Iterator[Json]:
    """An answer as it grows under a learner's hands, one mark, choice or box at a time.

    >>> [*steps({"groups": [], "texts": {"claim": "a", "why": None}, "evidence": [[0, 3]]})]
    [{'texts': {'claim': 'a'}}, {'texts': {'claim': 'a'}, 'evidence': [[0, 3]]}]
    """
    grown: Json = {}
    for name, parts in answer.items():
        kept = {k: v for k, v in parts.items() if v is not None} if isinstance(parts, dict) else parts
        for n in range(1, len(kept) + 1):
            grown = {**grown, name: dict(islice(kept.items(), n)) if isinstance(kept, dict) else kept[:n]}
            yield grown


def packed(html: str) -> bytes | None:
    """The hand-in that a page offers for download."""
    found = PACKED.search(html)
    return base64.b64decode(found[1]) if found else None


@dataclass(slots=True)
class Told:
    """What a learner was told is saved of one exercise: the last answer, how many changes, how many tries of these."""

    answer: Json = field(default_factory=dict)
    changes: int = 0
    tries: int = 0


def lost(told: Mapping[str, Told], document: Json) -> list[str]:
    """What was acknowledged and is not in the answer file; what was on its way at the end may be there or not.

    >>> lost({"voice": Told({"choices": {}}, 2, 0)}, {"exercises": {}})
    ['voice: nothing on the disk, 2 changes acknowledged']
    """
    entries = document.get("exercises", {})
    return [fault for name, kept in told.items() if (fault := _lost(name, kept, entries.get(name)))]


def _lost(name: str, told: Told, entry: Json | None) -> str:
    if entry is None:
        return f"{name}: nothing on the disk, {told.changes} changes acknowledged" if told.changes else ""
    if entry["rev"] < told.changes:
        return f"{name}: {entry['rev']} changes on the disk, {told.changes} acknowledged"
    if len(entry["tries"]) < told.tries:
        return f"{name}: {len(entry['tries'])} tries on the disk, {told.tries} acknowledged"
    if entry["rev"] == told.changes and entry["answer"] != told.answer:
        return f"{name}: another answer on the disk than the last acknowledged"
    return f"{name}: an answer from nowhere stands beside it" if entry["others"] else ""


def same_answers(handin: bytes, document: Json) -> bool:
    """Whether a hand-in holds a lesson's answers as the answer file has them."""
    inside = json.loads(handin)["answers"]
    mine = [d["exercises"] for d in inside if (d["story"], d["lesson"]) == (document["story"], document["lesson"])]
    return mine == [document["exercises"]]


def middle_and_late(values: Sequence[float]) -> tuple[float, float]:
    """Median and 95th percentile, each a value that was seen (nearest rank).

    >>> middle_and_late([4, 1, 2, 3])
    (2, 4)
    """
    ranked = sorted(values)
    return ranked[math.ceil(len(ranked) / 2) - 1], ranked[math.ceil(0.95 * len(ranked)) - 1]
