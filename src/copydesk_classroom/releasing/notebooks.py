"""Notebooks as learners get them: without outputs and editors' traces, with links only to what is there."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Collection, Mapping
from typing import Any

COMPARED = "nbval-check-output"
KEPT = ("deletable", "jupyter")
"""What a cell says of itself to the front end: that it cannot be deleted, and that its code is folded."""
LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
NEXT = re.compile(r"\n*^Next: \[[^\]]+\]\((?!\w+:)[^)\s]+\)$", re.MULTILINE)


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
    about: dict[str, Any] = {name: cell["metadata"][name] for name in KEPT if name in cell["metadata"]}
    if tags:
        about["tags"] = tags
    empty: dict[str, Any] = {"execution_count": None, "outputs": []} if cell["cell_type"] == "code" else {}
    return {**kept, "metadata": about, **empty, "source": source.splitlines(keepends=True)}


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
