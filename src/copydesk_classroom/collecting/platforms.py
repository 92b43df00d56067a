"""Whose a file is, and when it was handed in, by the name that a platform gave it in a download of all submissions.

Moodle (mod/assign/classes/downloader.php) writes `Full name_1234567_assignsubmission_file/name.json`, as a folder or,
with folders switched off, as one flat name; older versions end the folder's name with another `_`.

Canvas (lib/content_zipper.rb) writes `lastfirst_LATE_12345_67890_name-1.json`: the name without spaces, `LATE_` if it
was late, the student's id, the attachment's id, the student's own file name, and a number if it was submitted again.
Where names are hidden it writes `anon_x1y2z_67890_name.json`.

Blackboard writes `Assignment_login_attempt_2026-03-01-10-00-00_name.json`, Brightspace `12-34 - Full Name - Mar 1, 2026
1000 AM - name.json` or a folder of that name without the file, ILIAS a folder `Last_First_login_12` with files
`20260301100000_name.json`, and Sakai a folder `Last, First(login)` with a file `timestamp.txt`. Google Classroom writes
`Full Name - name.json`, which only a roster can tell from a name that a learner chose.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from copydesk_classroom.collecting.roster import hidden_names

MOODLE = re.compile(r"(?P<name>.*)_(?P<id>\d+)_assignsubmission_[a-z]+(?:_.*)?", re.DOTALL)
# A learner whose name ends in numbers packs `handin_Group_12_345_….json`: the kit's own name is no Canvas name.
CANVAS = re.compile(
    r"(?:(?P<name>(?!handin)\w+?)_(?P<late>LATE_)?(?P<id>\d+)|(?P<hidden_late>LATE_)?anon_(?P<hidden>\w+?))"
    r"_\d+_(?P<rest>.+)",
    re.DOTALL,
)
AGAIN = re.compile(r"-(\d{1,4})(?:\.\w+)?$")
"""The number at the end of a Canvas name that was submitted again."""
BLACKBOARD = re.compile(r"(?P<login>.+)_attempt_(?P<time>\d{4}(?:-\d\d){5})(?:[_.].*)?", re.DOTALL)
BRIGHTSPACE = re.compile(
    r"(?P<id>\d+)-\d+ - (?P<name>.+?) - (?P<time>[^\W\d]{3,}\.? \d{1,2},? \d{4},? \d{1,2}:?\d\d ?[AP]M|"
    r"\d{1,2}\.? [^\W\d]{3,}\.?,? \d{4},? \d{1,2}:?\d\d(?: ?[AP]M)?)(?: - .+)?",
    re.DOTALL | re.IGNORECASE,
)
ILIAS = re.compile(r"(?P<name>[^_]+_.+)_(?P<login>[^_]+)_(?P<id>\d+)", re.DOTALL)
ILIAS_FILE = re.compile(r"(?P<time>\d{8}(?:\d{6})?)_.+", re.DOTALL)
SAKAI = re.compile(r"(?P<name>[^()]+[^()\s])\((?P<login>[^()\s]+)\)")
SAKAI_TIME = "timestamp.txt"
"""The file in which Sakai says when a learner handed in, in digits from the year to the millisecond."""
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True, slots=True)
class PlatformName:
    """What a platform says in a file name: whose the file is, when it came, whether late, how often again.

    `ids` are those that the name may hold, the likeliest first; `time` is in UTC, '' if the name does not tell.
    """

    platform: str
    ids: tuple[str, ...]
    name: str
    late: bool = False
    again: int = 0
    time: str = ""
    sure: bool = True
    """Whether nobody but the platform writes such a name; else it counts only if it is on the roster."""

    folder: str = ""
    """The path of the folder or zip that holds the whole download."""

    @property
    def scope(self) -> str:
        """Where one learner has one id: on the platform, but Moodle numbers learners anew in each assignment."""
        return f"moodle in {self.folder}" if self.platform == "moodle" else self.platform

    @property
    def key(self) -> str:
        """What identifies this learner on the platform."""
        return f"{self.platform}:{self.ids[-1]}"


def parse_platform_name(parts: Sequence[str]) -> PlatformName | None:
    """The platform's name in the outermost part of a path that has one, None if no part has.

    The outermost part is the platform's own. A name that a learner chose is further in and must not count, or one
    learner could submit as another.

    >>> found = parse_platform_name(["week 1.zip", "Zoë Ñandú_1234567_assignsubmission_file", "handin.json"])
    >>> found.platform, found.ids, found.name, found.folder
    ('moodle', ('1234567',), 'Zoë Ñandú', 'week 1.zip')
    >>> found = parse_platform_name(["nandzoe_LATE_12345_67890_handin_zoe-2.json"])
    >>> found.platform, found.ids, found.name, found.late, found.again
    ('canvas', ('12345',), 'nandzoe', True, 2)
    >>> parse_platform_name(["handin_Group_12_345_baltics-2022.json"])
    """
    for n, part in enumerate(parts):
        inner = parts[n + 1] if n + 1 < len(parts) else ""
        for platform in PLATFORMS:
            if found := platform(part, inner):
                return replace(found, folder="/".join(parts[:n]))
    return None


def _moodle(part: str, _: str) -> PlatformName | None:
    if found := MOODLE.fullmatch(part):
        name = " ".join(found["name"].split("_"))
        hidden = "".join(re.findall(r"\w+", name.casefold())) in hidden_names()
        return PlatformName("moodle", (found["id"],), "" if hidden else name)
    return None


def _blackboard(part: str, _: str) -> PlatformName | None:
    if found := BLACKBOARD.fullmatch(part):
        pieces = found["login"].split("_")  # the assignment's name and the login may both have `_` in them
        logins = tuple("_".join(pieces[n:]) for n in range(len(pieces)))
        return PlatformName("blackboard", logins, "", time=_digits(found["time"]))
    return None


def _brightspace(part: str, _: str) -> PlatformName | None:
    if found := BRIGHTSPACE.fullmatch(part):
        return PlatformName("brightspace", (found["id"],), found["name"], time=_in_words(found["time"]))
    return None


def _ilias(part: str, inner: str) -> PlatformName | None:
    if inner and (found := ILIAS.fullmatch(part)):
        file = ILIAS_FILE.fullmatch(inner)
        time, name = file["time"] if file else "", found["name"].replace("_", " ")
        ids = (found["login"], found["id"]) if file else (found["login"],)
        return PlatformName("ilias", ids, name, time=_digits(time), sure=len(time) == 14)
    return None


def _sakai(part: str, inner: str) -> PlatformName | None:
    found = SAKAI.fullmatch(part) if inner else None
    if found and ("," in part or inner.startswith("Submission")):
        return PlatformName("sakai", (found["login"],), found["name"])
    return None


def _canvas(part: str, _: str) -> PlatformName | None:
    if found := CANVAS.fullmatch(part):
        again = AGAIN.search(found["rest"])
        late = bool(found["late"] or found["hidden_late"])
        who = found["id"] or f"anon_{found['hidden']}"
        return PlatformName("canvas", (who,), found["name"] or "", late, int(again[1]) if again else 0)
    return None


PLATFORMS = (_moodle, _blackboard, _brightspace, _ilias, _sakai, _canvas)
"""How each platform names files; Canvas's names are the least distinct, so they come last."""


def sakai_time(data: bytes) -> str:
    """The time in Sakai's `timestamp.txt`, in UTC; '' if it is none."""
    return _digits(data[:40].decode("ascii", "replace"))


def _digits(text: str) -> str:
    """The time in a row of digits, year first; a day alone lasts to its end. '' if it is none."""
    digits = "".join(re.findall(r"\d", text))
    whole = digits[:14] if len(digits) >= 14 else f"{digits}235959"
    with suppress(ValueError):
        return _utc(dt.datetime.strptime(whole, "%Y%m%d%H%M%S"))
    return ""


def _in_words(text: str) -> str:
    """The time as Brightspace writes it, such as “Mar 1, 2026 1000 AM” or “1 March, 2026 10:00”; '' if unclear."""
    word, numbers = re.search(r"[^\W\d]{3,}", text), [int(n) for n in re.findall(r"\d+", text.replace(":", ""))]
    if not word or word[0][:3].casefold() not in MONTHS or len(numbers) != 3:
        return ""
    day, year, clock = numbers
    hour, minute = divmod(clock, 100)
    half = re.search(r"([AP])M", text, re.IGNORECASE)
    if half:
        hour = hour % 12 + 12 * (half[1].upper() == "P")
    with suppress(ValueError):
        return _utc(dt.datetime(year, MONTHS.index(word[0][:3].casefold()) + 1, day, hour, minute))
    return ""


def _utc(here: dt.datetime) -> str:
    """A time on the platform's clock, which is taken to be in this computer's zone, in UTC."""
    return here.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
