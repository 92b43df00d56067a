"""The words of the interface: each sentence of strings.toml is asked for by its name somewhere in the code."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from copydesk.base.wording import load_wording

SRC = Path(__file__).resolve().parents[2] / "src"
CODE = "\n".join(p.read_text("utf-8") for p in sorted(SRC.rglob("*")) if p.suffix in (".py", ".js", ".j2"))
BY_VALUE = {"roles", "tags", "furniture", "handin.apart", "map.the", "map.places", "framing"}
"""Tables that are read by a value: a role, a kind of block, a place, a measure."""


def names(data: Mapping[str, Any], table: str = "") -> Iterator[tuple[str, str]]:
    for name, value in data.items():
        if isinstance(value, dict):
            yield from names(value, f"{table}.{name}".strip("."))
        elif table not in BY_VALUE:
            yield table, name


def test_every_sentence_is_read() -> None:
    """By its whole name, or, where the name is put together, by its first or last part: say[f"said_{what}"]."""
    said = set(re.findall(r"[\"'.`]([a-z]\w*)\b", CODE)) | set(re.findall(r"f\"([a-z]+_)\{", CODE))
    last = tuple({*re.findall(r"[\"'}](_[a-z]+)[\"'`]", CODE)})
    every = [(table, name) for table, name in names(load_wording("strings")) if not name.endswith(last)]
    unread = [f"{t}.{n}" for t, n in every if n not in said and n.split("_")[0] + "_" not in said]
    assert unread == []
