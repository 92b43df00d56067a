"""What checks work with: a finding, which is one sentence, and a Python with the packages it has."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from copydesk.base.wording import load_wording
from copydesk.checkup.probe import look


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found: whether all is well, and one sentence: that it is, or what is wrong and how to fix it."""

    check: str
    well: bool
    sentence: str

    @property
    def title(self) -> str:
        """What was looked at, in a learner's words."""
        return str(load_wording("doctor")["title"][self.check])

    @property
    def state(self) -> str:
        """The sign and the word for how it is.

        >>> Finding("story", False, "there is no story.").state
        '✗ wrong'
        """
        return str(load_wording("doctor")["words"]["fine" if self.well else "wrong"])


def well(check: str, sentence: str, **words: object) -> Finding:
    """A finding that all is well, in the words of `data/doctor.toml`."""
    return Finding(check, True, load_wording("doctor")["well"][sentence].format(**words))


def wrong(check: str, sentence: str, **words: object) -> Finding:
    """A finding that something is wrong, in the words of `data/doctor.toml`."""
    return Finding(check, False, load_wording("doctor")["wrong"][sentence].format(**words))


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
