"""Data as TOML text: the standard library reads TOML and does not write it."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from typing import Any

BARE = re.compile(r"[A-Za-z0-9_-]+")


def toml(data: Mapping[str, Any]) -> str:
    """TOML that reads back as the same data; tables of the first level are sections, those below stand in a line.

    >>> print(toml({"title": "A “story”", "page": {"min": 1, "tags": ["a", "b"]}}), end="")
    title = "A “story”"
    <BLANKLINE>
    [page]
    min = 1
    tags = ["a", "b"]
    """
    plain = {name: value for name, value in data.items() if not isinstance(value, Mapping)}
    lines = [f"{_key(name)} = {_value(value, rows=True)}" for name, value in plain.items()]
    for name, section in data.items():
        if name not in plain:
            lines += ["", f"[{_key(name)}]"]
            lines += [f"{_key(inner)} = {_value(value, rows=True)}" for inner, value in section.items()]
    return "\n".join(lines).lstrip("\n") + "\n"


def _key(name: str) -> str:
    return name if BARE.fullmatch(name) else _text(name)


def _value(value: Any, *, rows: bool = False) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(n)} = {_value(v)}" for n, v in value.items()) + " }" if value else "{}"
    if isinstance(value, list | tuple):
        items = [_value(v) for v in value]
        if rows and any(isinstance(v, Mapping) for v in value):
            return "[\n" + "".join(f"  {item},\n" for item in items) + "]"
        return f"[{', '.join(items)}]"
    return repr(value).lower()  # true, false, and numbers, which Python and TOML write alike


def _text(value: str) -> str:
    """A string in quotation marks: JSON's escapes are TOML's too, but for one letter that JSON leaves as it is."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
