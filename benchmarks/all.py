"""Every figure the README quotes, as one Markdown table.

    python benchmarks/all.py [STORIES.jsonl]

Each benchmark runs as a person would run it and shows what it prints. Lines that name a bar, like `install size   9.0
MB (bar: 10 MB)`, become rows of the table at the end; a benchmark that cannot run here has a row that says why.
Attribution needs its stories, which are not part of this project: see README.md beside this file.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
ORDER = ("light.py", "first_widget.py", "marking.py", "size.py", "memory.py", "grading.py", "map.py")
BAR = re.compile(r" *\(bar:? ([^)]+)\)")


class Row(NamedTuple):
    """One line of the table."""

    figure: str
    value: str
    bar: str
    command: str


def commands(stories: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The benchmarks that are here, each a script and what it is given."""
    yield from ((name,) for name in ORDER if (HERE / name).is_file())
    for path in stories:
        yield from (("attribution.py", "score", path), ("attribution.py", "speed", path))


def rows(lines: Iterable[str], command: str) -> list[Row]:
    """The lines that name a bar; two spaces or more part a figure's name from its value, and one may go without a name.

    >>> rows(["a note", "install size    9.0 MB (bar: 10 MB)"], "python benchmarks/size.py")
    [Row(figure='install size', value='9.0 MB', bar='10 MB', command='python benchmarks/size.py')]
    """
    return [_row(line.replace(bar[0], ""), bar[1], command) for line in lines if (bar := BAR.search(line))]


def _row(line: str, bar: str, command: str) -> Row:
    name, _, value = re.sub(r"\s{2,}", "\t", line.strip()).partition("\t")
    if not value:
        name, value = Path(command.split()[1]).stem, name
    return Row(name, value.replace("\t", " "), bar, command)


def run(command: Sequence[str]) -> list[Row]:
    """Run one benchmark, show what it prints, and give back its rows."""
    said = f"python benchmarks/{' '.join(Path(part).name for part in command)}"
    print(f"\n$ {said}", flush=True)
    lines = []
    with subprocess.Popen(
        [sys.executable, HERE / command[0], *command[1:]],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"},
        encoding="utf-8",
    ) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            lines.append(line)
    if process.returncode:
        why = lines[-1].strip() if lines else "it ended without a word"
        return [Row(Path(command[0]).stem, f"not measured: {why}", "–", said)]
    return rows(lines, said)


def table(found: Sequence[Row]) -> str:
    """Rows as a Markdown table that also reads well unrendered."""
    cells = [["figure", "measured", "bar", "command"], *([*r[:3], f"`{r.command}`"] for r in found)]
    cells = [[cell.replace("|", "\\|") for cell in row] for row in cells]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    cells.insert(1, ["-" * width for width in widths])
    lines = (" | ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)) for row in cells)
    return "\n".join(f"| {line} |" for line in lines)


def main() -> None:
    """Run everything and print the table."""
    found = [row for command in commands(sys.argv[1:]) for row in run(command)]
    print(f"\n{table(found)}")


if __name__ == "__main__":
    main()
