"""Whose a file is, by the name a teaching platform gave it.

Moodle (mod/assign/classes/downloader.php): `Full name_1234567_assignsubmission_file/name.json`, a folder or a flat
name, older versions with one more `_`. Canvas (lib/content_zipper.rb): `lastfirst_LATE_12345_67890_name-1.json`, or
`anon_x1y2z_67890_name.json` where names are hidden.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

MOODLE = re.compile(r"(?P<name>.*)_(?P<id>\d+)_assignsubmission_[a-z]+(?:_.*)?", re.DOTALL)
CANVAS = re.compile(
    r"(?:(?P<name>(?!handin)\w+?)_(?P<late>LATE_)?(?P<id>\d+)|(?P<hidden_late>LATE_)?anon_(?P<hidden>\w+?))"
    r"_\d+_(?P<rest>.+)",
    re.DOTALL,
)
AGAIN = re.compile(r"-(\d{1,4})(?:\.\w+)?$")
"""Canvas numbers what was handed in once more."""


@dataclass(frozen=True, slots=True)
class Label:
    """What a platform's file name says: who it is from, whether it was late, the how-manieth it is."""

    platform: str
    id: str
    name: str
    late: bool = False
    again: int = 0


def label_of(parts: Iterable[str]) -> Label | None:
    """The label on the outermost part of a path that has one: what a learner named lies further in.

    >>> label_of(["week 1.zip", "Zoë Ñandú_1234567_assignsubmission_file", "handin.json"])
    Label(platform='moodle', id='1234567', name='Zoë Ñandú', late=False, again=0)
    >>> label_of(["nandzoe_LATE_12345_67890_handin_zoe-2.json"])
    Label(platform='canvas', id='12345', name='nandzoe', late=True, again=2)
    >>> label_of(["handin_Group_12_345_baltics-2022.json"])
    """
    for part in parts:
        if found := MOODLE.fullmatch(part):
            return Label("moodle", found["id"], " ".join(found["name"].split("_")))
        if found := CANVAS.fullmatch(part):
            again = AGAIN.search(found["rest"])
            late = bool(found["late"] or found["hidden_late"])
            who = found["id"] or f"anon_{found['hidden']}"
            return Label("canvas", who, found["name"] or "", late, int(again[1]) if again else 0)
    return None
