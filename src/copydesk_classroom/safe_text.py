"""Strangers' words made inert: on a line, in running text, in a cell of a table, in the name of a file.

Files put in their place in one step; tables whose cells are inert.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache

from copydesk.answers.place import file_part

UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
"""Control characters, marks that turn the direction of text around, and halves of characters."""
UNSEEN_BUT_LINES = re.compile(UNSEEN.pattern.replace("\x00-\x1f", "\x00-\x08\x0b-\x1f"))
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""What makes a spreadsheet run a cell instead of showing it (OWASP, CSV injection)."""


def one_line(text: object, *, most: int = 200) -> str:
    """Some words on one line, cut if they are long.

    >>> one_line("Zoë\\nÑandú\u202e")
    'Zoë Ñandú'
    """
    tidy = " ".join(UNSEEN.sub(" ", str(text)[: 4 * most]).split())
    return tidy if len(tidy) <= most else f"{tidy[: most - 1]}…"


def paragraphs(text: object, *, most: int = 20_000) -> str:
    """A longer text with its lines kept, cut if it is very long."""
    tidy = UNSEEN_BUT_LINES.sub(" ", str(text)[: most + 1].replace("\r\n", "\n")).strip()
    return tidy if len(tidy) <= most else f"{tidy[: most - 1]}…"


@lru_cache(maxsize=2048)
def csv_cell(text: str) -> str:
    """Words as a spreadsheet shows them and never runs them.

    >>> csv_cell("=1+1"), csv_cell("7.5")
    ("'=1+1", '7.5')
    """
    tidy = one_line(text, most=2000)
    return f"'{tidy}" if tidy.startswith(FORMULA) else tidy


def file_name(name: str, key: str, *, ending: str = ".html") -> str:
    """A name for a learner's file that is valid everywhere and nobody else's.

    The last letters come from the key: two learners of one name do no harm, nor does a name Windows keeps for itself.

    >>> file_name("Zoë / ../CON", "moodle:7")
    'Zoë_CON-aff817.html'
    """
    return f"{file_part(name)}-{hashlib.sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()[:6]}{ending}"


def sort_key(name: str) -> str:
    """Where a name stands in a list, whatever its case and accents.

    >>> sorted(["Zoë", "Óscar", "oda"], key=sort_key)
    ['oda', 'Óscar', 'Zoë']
    """
    return "".join(c for c in unicodedata.normalize("NFKD", name).casefold() if not unicodedata.combining(c))
