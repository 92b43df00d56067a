"""Whose a file is, by the name that Moodle or Canvas gave it when an instructor downloaded all submissions.

Moodle (mod/assign/classes/downloader.php) writes `Full name_1234567_assignsubmission_file/name.json`, as a folder or,
with folders switched off, as one flat name; older versions end the folder's name with another `_`.

Canvas (lib/content_zipper.rb) writes `lastfirst_LATE_12345_67890_name-1.json`: the name without spaces, `LATE_` if it
was late, the student's id, the attachment's id, the student's own file name, and a number if it was submitted again.
Where names are hidden it writes `anon_x1y2z_67890_name.json`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

MOODLE = re.compile(r"(?P<name>.*)_(?P<id>\d+)_assignsubmission_[a-z]+(?:_.*)?", re.DOTALL)
# A learner whose name ends in numbers packs `handin_Group_12_345_….json`: the kit's own name is no Canvas name.
CANVAS = re.compile(
    r"(?:(?P<name>(?!handin)\w+?)_(?P<late>LATE_)?(?P<id>\d+)|(?P<hidden_late>LATE_)?anon_(?P<hidden>\w+?))"
    r"_\d+_(?P<rest>.+)",
    re.DOTALL,
)
AGAIN = re.compile(r"-(\d{1,4})(?:\.\w+)?$")
"""The number at the end of a Canvas name that was submitted again."""


@dataclass(frozen=True, slots=True)
class PlatformName:
    """What a platform says in a file name: whose the file is, whether it was late, how often it was submitted again."""

    platform: str
    id: str
    name: str
    late: bool = False
    again: int = 0


def parse_platform_name(parts: Iterable[str]) -> PlatformName | None:
    """The platform's name in the outermost part of a path that has one, None if no part has.

    The outermost part is the platform's own. A name that a learner chose is further in and must not count, or one
    learner could submit as another.

    >>> parse_platform_name(["week 1.zip", "Zoë Ñandú_1234567_assignsubmission_file", "handin.json"])
    PlatformName(platform='moodle', id='1234567', name='Zoë Ñandú', late=False, again=0)
    >>> parse_platform_name(["nandzoe_LATE_12345_67890_handin_zoe-2.json"])
    PlatformName(platform='canvas', id='12345', name='nandzoe', late=True, again=2)
    >>> parse_platform_name(["handin_Group_12_345_baltics-2022.json"])
    """
    for part in parts:
        if found := MOODLE.fullmatch(part):
            return PlatformName("moodle", found["id"], " ".join(found["name"].split("_")))
        if found := CANVAS.fullmatch(part):
            again = AGAIN.search(found["rest"])
            late = bool(found["late"] or found["hidden_late"])
            who = found["id"] or f"anon_{found['hidden']}"
            return PlatformName("canvas", who, found["name"] or "", late, int(again[1]) if again else 0)
    return None
