"""What is taken out of notebooks, lessons and code before learners get them: pure functions from text to text.

Data as TOML text: the standard library reads TOML and does not write it.
"""

from __future__ import annotations

import datetime as dt
import json
import posixpath
import re
from collections.abc import Collection, Mapping
from typing import Any

from copydesk.story.story import REQUIRED

COMPARED = "nbval-check-output"
TELLING = {"hint", "after", "why", "accept", "range", "samples", "answer", "others"}
"""Settings of an exercise that help or answer; without a key the kit shows none of them."""
CHOICES = {"options", "label_choices"}
"""Tables whose names are a learner's choices, whatever they are called."""
READ = (*REQUIRED, "content_note", "fiction")
"""What the kit reads of a story.toml; the rest (who reported, who published) answers lesson 01."""
LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
NEXT = re.compile(r"\n*^Next: \[[^\]]+\]\((?!\w+:)[^)\s]+\)$", re.MULTILINE)
EXAMPLE = re.compile(r'^[ \t]*>>> (?:(?!.*""").+\n)+', re.MULTILINE)


def notebook(text: str, *, files: Collection[str], following: tuple[str, str] | None) -> str:
    """A notebook without outputs and editors' traces; links lead only to `files`, “Next:” to the `following` lesson.

    `files` are paths in the edition; `following` is the id and the title of the next lesson in it, None for the last.
    """
    found = json.loads(text)
    cells = [_cell(cell, files, following) for cell in found["cells"]]
    spec = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    about = {"kernelspec": spec, "language_info": {"name": "python"}}
    told = {"cells": cells, "metadata": about, "nbformat": found["nbformat"], "nbformat_minor": found["nbformat_minor"]}
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def _cell(cell: Mapping[str, Any], files: Collection[str], following: tuple[str, str] | None) -> dict[str, Any]:
    source, tags = "".join(cell["source"]), [t for t in cell["metadata"].get("tags", ()) if t != COMPARED]
    if cell["cell_type"] == "markdown":
        source = links(source, files=files, following=following)
    kept = {name: cell[name] for name in ("cell_type", "id", "attachments") if name in cell}
    empty: dict[str, Any] = {"execution_count": None, "outputs": []} if cell["cell_type"] == "code" else {}
    return {**kept, "metadata": {"tags": tags} if tags else {}, **empty, "source": source.splitlines(keepends=True)}


def links(text: str, *, files: Collection[str], following: tuple[str, str] | None) -> str:
    """A notebook's text with “Next:” led to the `following` lesson, and links to what is not there as plain words.

    >>> links("See [the rules](../rules.md).\\n\\nNext: [Four](04_four.ipynb)", files=(), following=None)
    'See the rules.'
    """
    after = "\n\nNext: [{1}]({0}.ipynb)".format(*following) if following else ""
    text = NEXT.sub(lambda _: after, text).strip("\n")

    def led(link: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join("notebooks", link[2].partition("#")[0]))
        return link[0] if ":" in link[2] or link[2].startswith("#") or path in files else link[1]

    return LINK.sub(led, text)


def without_answers(data: Any) -> Any:
    """A lesson's data, or an exercise's, without what helps or answers.

    >>> without_answers({"id": "q", "hint": "Look up.", "options": {"why": "why it is so"}})
    {'id': 'q', 'options': {'why': 'why it is so'}}
    """
    if isinstance(data, list):
        return [without_answers(item) for item in data]
    if not isinstance(data, Mapping):
        return data
    kept = {name: value for name, value in data.items() if name not in TELLING}
    return {name: value if name in CHOICES else without_answers(value) for name, value in kept.items()}


def unordered(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of an `order` exercise with its items by name: a file lists them as they happened.

    >>> unordered({"items": [{"id": "treaty"}, {"id": "protest"}]})
    {'items': [{'id': 'protest'}, {'id': 'treaty'}]}
    """
    items = settings.get("items", ())
    return {**settings, **({"items": sorted(items, key=lambda i: str(i.get("id", i.get("fact"))))} if items else {})}


def as_read(about: Mapping[str, Any]) -> dict[str, Any]:
    """A story.toml's data, cut down to what the kit reads."""
    return {name: value for name, value in about.items() if name in READ}


def without_examples(code: str) -> str:
    """Python code without the examples in its docstrings: some print what a key adds up to.

    >>> without_examples('"Twice.\\n\\n>>> twice(2)\\n4\\n\\nNo more."')
    '"Twice.\\n\\n\\nNo more."'
    """
    return EXAMPLE.sub("", code)


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
