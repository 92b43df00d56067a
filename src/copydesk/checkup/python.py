"""A Python and what is installed for it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from copydesk.checkup.probe import look


@dataclass(frozen=True, slots=True)
class Python:
    """A Python: its path, the folder of its environment, its version, and the versions of the packages it has."""

    path: str
    prefix: str
    version: str
    packages: Mapping[str, str]

    def shows(self, extension: str) -> bool:
        """Whether the browser part of a widget library is installed in this environment."""
        return has_extension(Path(self.prefix) / "share" / "jupyter", extension)


def this_python() -> Python:
    """The Python that runs now.

    >>> "copydesk" in this_python().packages
    True
    """
    return Python(**look())


def has_extension(folder: Path, extension: str) -> bool:
    """Whether one of the folders Jupyter looks into has that browser part."""
    return (folder / "labextensions" / extension / "package.json").is_file()


def is_older(version: str, floor: str) -> bool:
    """Whether a version is below a floor; one that is not known counts as new enough.

    >>> is_older("4.10.0", "4.4.9"), is_older("7.0.0b1", "7.0.1"), is_older("", "1.0")
    (False, True, False)
    """
    return bool(version) and _numbers(version) < _numbers(floor)


def _numbers(version: str) -> list[int]:
    numbers = [int(n) for n in re.findall(r"\d+", version)[:3]]
    return numbers + [0] * (3 - len(numbers))
