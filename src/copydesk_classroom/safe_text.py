"""Make text from submitted files safe to show: on one line, as paragraphs, in a CSV cell, in a file name."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from functools import lru_cache

from copydesk.answers.place import file_part

UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
"""Control characters, marks that reverse the direction of text, and surrogate halves, which cannot be encoded."""
UNSEEN_BUT_LINES = re.compile(UNSEEN.pattern.replace("\x00-\x1f", "\x00-\x08\x0b-\x1f"))
"""The same except for tabs and line ends."""
FORMULA = re.compile(r'(^|[,;|\t][\s"]*)(?=[=@＝＠]|[-+－＋](?!\s*$))')
"""Where a cell would begin that a spreadsheet runs as a formula (OWASP, “CSV Injection”).

A spreadsheet may split the file at another sign than the comma that we write, depending on where it is used. The
full-width forms count too, because some spreadsheets read them as the ASCII ones. A dash alone is no formula.
"""


def one_line(text: object, *, most: int = 200) -> str:
    """The text on one line, cut to `most` characters.

    >>> one_line("Zoë\\nÑandú\u202e")
    'Zoë Ñandú'
    """
    # the text is cut before the search as well: it may be megabytes long
    tidy = " ".join(UNSEEN.sub(" ", str(text)[: 4 * most]).split())
    return tidy if len(tidy) <= most else f"{tidy[: most - 1]}…"


def paragraphs(text: object, *, most: int = 20_000) -> str:
    """The text with its line ends kept, cut to `most` characters."""
    tidy = UNSEEN_BUT_LINES.sub(" ", str(text)[: most + 1].replace("\r\n", "\n")).strip()
    return tidy if len(tidy) <= most else f"{tidy[: most - 1]}…"


@lru_cache(maxsize=2048)
def csv_cell(text: str) -> str:
    """The text as a CSV cell of which no part is run as a formula, wherever a spreadsheet splits the file.

    >>> csv_cell("=1+1"), csv_cell("x;=1+1;y"), csv_cell("7.5")
    ("'=1+1", "x;'=1+1;y", '7.5')
    """
    # a leading tab or line end would hide the sign of a formula, so the text is put on one line first
    return FORMULA.sub(r"\1'", one_line(text, most=2000))


def file_name(name: str, key: str, *, ending: str = ".html") -> str:
    """A file name for a learner, valid on every system and different for every key.

    Six hex digits of the key's hash follow the name. They keep two learners of one name apart, and they make a name
    valid that Windows reserves, such as CON.

    >>> file_name("Zoë / ../CON", "moodle:7")
    'Zoë_CON-aff817.html'
    """
    part = file_part(name)
    try:
        os.fsencode(part)
    except UnicodeEncodeError:  # the system takes file names in ASCII only
        part = file_part(unicodedata.normalize("NFKD", part).encode("ascii", "ignore").decode())
    return f"{part}-{hashlib.sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()[:6]}{ending}"


def as_utf8(text: str) -> str:
    """A file name or an argument as it was meant, where Python took the system's encoding for ASCII (`LC_ALL=C`).

    >>> as_utf8("Zo\\udcc3\\udcab"), as_utf8("Zoë")
    ('Zoë', 'Zoë')
    """
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # a surrogate of another kind, from Windows
        return text


def sort_key(name: str) -> str:
    """A key that sorts names without regard to case and accents.

    >>> sorted(["Zoë", "Óscar", "oda"], key=sort_key)
    ['oda', 'Óscar', 'Zoë']
    """
    return "".join(c for c in unicodedata.normalize("NFKD", name).casefold() if not unicodedata.combining(c))
