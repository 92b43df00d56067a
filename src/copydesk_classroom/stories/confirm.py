"""What somebody has confirmed in a draft key, and what nobody has yet.

`copydesk new` drafts a key by rules. An entry that nobody has confirmed carries `"unconfirmed": true`, and `"rule"`
where a rule made it. Confirming an entry removes both. The functions take a key as `key.json` holds it, because an
editor changes fields that `copydesk.story.key.Key` only reads, and they return a changed copy.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from copydesk.base.documents import Json, read_json
from copydesk.base.errors import CopydeskError
from copydesk.base.files import write
from copydesk.lessons.lesson import list_lessons, load_lesson
from copydesk.story.key import LAYERS
from copydesk.story.story import Story, forget_stories
from copydesk_classroom.checking import lesson_faults
from copydesk_classroom.wording import class_wording

UNCONFIRMED, RULE = "unconfirmed", "rule"
"""The fields of an entry that nobody has confirmed."""
CUE_PLACES = "cue_places"
"""A list of `key.json` besides the layers: places where a cue of the framing list stands.

They are suggestions. No lesson reads them, so a story may be released with them. An editor makes a `framing` entry of
one when somebody gives it a device and two readings.
"""


@dataclass(frozen=True, slots=True)
class Count:
    """How many entries of a layer are confirmed, and how many there are."""

    confirmed: int
    all: int


@dataclass(frozen=True, slots=True)
class LessonState:
    """Whether a lesson runs on a story; `why` is one sentence where it does not, else ''."""

    id: str
    why: str = ""

    @property
    def runs(self) -> bool:
        """Whether learners can do it."""
        return not self.why


def read_raw_key(folder: Path) -> Json:
    """The key of a story folder as `key.json` holds it. Raises CopydeskError if it cannot be read."""
    return read_json(folder / "key.json")


def write_raw_key(folder: Path, raw: Mapping[str, Any]) -> None:
    """Write a key in one step, one entry per line; the one before stays as `key.json.bak`."""
    write(folder / "key.json", encode_key(raw), keep=True)
    forget_stories()


def encode_key(raw: Mapping[str, Any]) -> bytes:
    """A key as it is stored: one entry per line, so that a change of one entry changes one line.

    >>> print(encode_key({"story": "ours", "sources": [{"id": "S1"}, {"id": "S2"}]}).decode(), end="")
    {
     "story": "ours",
     "sources": [
      {"id": "S1"},
      {"id": "S2"}
     ]
    }
    """
    fields = []
    for name, value in raw.items():
        said = json.dumps(value, ensure_ascii=False)
        if isinstance(value, list) and value and all(isinstance(record, dict) for record in value):
            records = ",\n".join(f"  {json.dumps(record, ensure_ascii=False)}" for record in value)
            said = f"[\n{records}\n ]"
        fields.append(f" {json.dumps(name)}: {said}")
    # half of a surrogate pair has no UTF-8: a key of a stranger may hold one
    return ("{\n" + ",\n".join(fields) + "\n}\n").encode("utf-8", "backslashreplace")


def is_confirmed(record: Mapping[str, Any]) -> bool:
    """Whether somebody has confirmed an entry, or made it by hand."""
    return not record.get(UNCONFIRMED)


def unconfirmed(raw: Mapping[str, Any]) -> dict[str, list[str]]:
    """The ids of the entries that nobody has confirmed, by layer; layers without any are left out.

    >>> unconfirmed({"sources": [{"id": "S1", "unconfirmed": True}, {"id": "S2"}], "claims": [{"id": "C1"}]})
    {'sources': ['S1']}
    """
    found = {layer: [str(r["id"]) for r in records if not is_confirmed(r)] for layer, records in layers_of(raw)}
    return {layer: ids for layer, ids in found.items() if ids}


def confirm(raw: Mapping[str, Any], ids: Collection[str] | None = None) -> Json:
    """A copy of a key in which the entries of these ids are confirmed; without ids, all of them.

    Raises CopydeskError for an id that the key does not have.

    >>> confirm({"sources": [{"id": "S1", "unconfirmed": True, "rule": "says_that"}]}, ["S1"])
    {'sources': [{'id': 'S1'}]}
    """
    known = {str(record["id"]) for _, records in layers_of(raw) for record in records}
    if strange := sorted({*(ids or ())} - known):
        raise CopydeskError(f"the key has no entry '{strange[0]}'", "look the id up in key.json")
    changed = {
        layer: [_confirmed(r) if ids is None or r["id"] in ids else r for r in records]
        for layer, records in layers_of(raw)
    }
    return {**raw, **changed}


def progress(raw: Mapping[str, Any]) -> dict[str, Count]:
    """How far each layer that has entries is confirmed, in the order in which an editor shows them.

    >>> progress({"sources": [{"id": "S1", "unconfirmed": True}, {"id": "S2"}]})
    {'sources': Count(confirmed=1, all=2)}
    """
    return {layer: Count(sum(map(is_confirmed, records)), len(records)) for layer, records in layers_of(raw) if records}


def lesson_states(story: Story) -> list[LessonState]:
    """For each lesson, whether it runs on this story as it is now, and if not what it lacks."""
    return [LessonState(lesson, _why_not(lesson, story)) for lesson in list_lessons()]


def layers_of(raw: Mapping[str, Any]) -> Iterator[tuple[str, list[Json]]]:
    """The layers of a key that hold entries, and the places to look at, each with its entries."""
    for layer in (*LAYERS, CUE_PLACES):
        records = raw.get(layer)
        if isinstance(records, list):
            yield layer, [r for r in records if isinstance(r, dict) and "id" in r]


def _why_not(lesson: str, story: Story) -> str:
    words = class_wording("stories")
    say, waiting = words["lesson_states"], set(words["layers_of_lessons"].get(lesson[:2], ()))
    if story.key is None:
        return str(say["no_key"])
    if lesson not in story.lessons:
        return str(say["no_section"])
    open_entries = sum(entry.layer in waiting for entry in story.key.unconfirmed)
    if open_entries:
        return str(say["unconfirmed"]).format(n=open_entries)
    try:
        faults = lesson_faults(load_lesson(lesson, story))
    except CopydeskError as error:
        return f"{error}"
    return faults[0] if faults else ""


def _confirmed(record: Json) -> Json:
    return {name: value for name, value in record.items() if name not in (UNCONFIRMED, RULE)}
