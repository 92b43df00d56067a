"""What exercises count: factors by `lesson` or `lesson/exercise`, from a mapping, a TOML file, or a CSV."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from copydesk.classroom.course import LessonId
from copydesk.classroom.roster import read_rows
from copydesk.errors import CopydeskError
from copydesk.lessons import Lesson


def read_weights(given: Path | Mapping[str, Any] | None, offered: Mapping[LessonId, Lesson]) -> dict[str, float]:
    """The factors as given; the error names one that is not here, or is no factor."""
    if given is None:
        return {}
    weights, faults = weights_and_faults(given, offered)
    if faults:
        raise faults[0]
    return weights


def weights_and_faults(
    given: Path | Mapping[str, Any], offered: Mapping[LessonId, Lesson]
) -> tuple[dict[str, float], list[CopydeskError]]:
    """The factors that can be used, and what is wrong with each of the others."""
    pairs = [*_pairs(given)] if isinstance(given, Mapping) else _weights_file(Path(given))
    known = {e.key_name for lesson in offered.values() for e in lesson.exercises} | {lesson for _, lesson in offered}
    weights: dict[str, float] = {}
    faults: list[CopydeskError] = []
    for name, factor in pairs:
        try:
            if name not in known:
                raise CopydeskError(f"the weights name '{name}', which is not here", "write lesson or lesson/exercise")
            weights[name] = _factor(name, factor)
        except CopydeskError as fault:
            faults.append(fault)
    return weights, faults


def _pairs(given: Mapping[str, Any], above: str = "") -> Iterable[tuple[str, Any]]:
    for name, value in given.items():
        if isinstance(value, Mapping):
            yield from _pairs(value, f"{above}{name}/")
        else:
            yield f"{above}{name}", value


def _weights_file(path: Path) -> list[tuple[str, Any]]:
    if path.suffix.lower() == ".toml":
        try:
            return [*_pairs(tomllib.loads(path.read_text(encoding="utf-8")))]
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise CopydeskError(f"{path} cannot be read as TOML ({error})", "mend that line") from None
    rows = [*read_rows(path)]
    if any(len(row) < 2 for row in rows):
        raise CopydeskError(f"{path} needs two columns", "write exercise,factor on each line")
    return [(row[0].strip(), row[1]) for row in rows if row[0].strip().lower() not in ("exercise", "lesson")]


def _factor(name: str, given: Any) -> float:
    try:
        factor = float(str(given).strip().replace(",", "."))
    except ValueError:
        factor = math.nan
    if not 0 <= factor <= 1000:
        raise CopydeskError(f"the weight of '{name}' is {given!r}", "write a number from 0 to 1000")
    return factor
