"""How far two graders agree, row by row of the rubric, and where they are far apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from copydesk.agreement import bootstrap_interval, krippendorff_alpha, percent_agreement
from copydesk.classroom.rubric import Grade, Row, rows_of, rubric_rows
from copydesk.classroom.texts import Text
from copydesk.render import still, table
from copydesk.wording import load_wording

Grades = Mapping[str, Grade]


@dataclass(frozen=True, slots=True)
class RowAgreement:
    """One row: how many texts both graded, the share with the same points (0–1), ordinal alpha with its interval."""

    row: Row
    texts: int
    percent: float | None
    alpha: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, repr=False)
class GraderAgreement:
    """Two graders and their agreement in each row; `remark` says what the figures rest on."""

    graders: tuple[str, str]
    rows: tuple[RowAgreement, ...]
    remark: str = ""

    def __repr__(self) -> str:
        return "\n".join(_sentence(found) for found in self.rows)

    def _repr_html_(self) -> str:
        say = load_wording("grade_writing")["agreement"]
        caption = say["caption"].format(first=self.graders[0], second=self.graders[1])
        notes = "".join(f"<p>{escape(words)}</p>" for words in (self.remark, say["note"]) if words)
        return still(table(say["columns"], map(_cells, self.rows), caption=caption) + notes)


@dataclass(frozen=True, slots=True)
class Difference:
    """One row of one text in which two graders are far apart."""

    text: Text
    row: Row
    points: tuple[int, int]


def compare(texts: Sequence[Text], first: Grades, second: Grades) -> tuple[RowAgreement, ...]:
    """How far two graders agree on these texts, row by row; a text counts in the rows that both gave points.

    Krippendorff's alpha for ordered values (see `copydesk.agreement`), with the interval over resampled texts.
    """
    return tuple(_row(row, texts, first, second) for row in rubric_rows())


def _row(row: Row, texts: Sequence[Text], first: Grades, second: Grades) -> RowAgreement:
    pairs = {t.key: p for t in texts if row in rows_of(t.exercise) and (p := _pair(row, t, first, second))}
    counted = {key: Counter(pair) for key, pair in pairs.items()}
    alpha = krippendorff_alpha(counted, level="ordinal")
    interval = bootstrap_interval(counted, level="ordinal") if alpha is not None else None
    ends = (interval.low, interval.high) if interval else (None, None)
    return RowAgreement(row, len(pairs), percent_agreement(counted), alpha, *ends)


def _pair(row: Row, text: Text, first: Grades, second: Grades) -> tuple[int, int] | None:
    given = [grades[text.key].points.get(row.id) if text.key in grades else None for grades in (first, second)]
    return (given[0], given[1]) if given[0] is not None and given[1] is not None else None


def differences(texts: Sequence[Text], first: Grades, second: Grades, *, by: int = 2) -> list[Difference]:
    """The rows of texts in which two graders are `by` points or more apart, in the order of the texts."""
    pairs = ((t, row, _pair(row, t, first, second)) for t in texts for row in rows_of(t.exercise))
    return [Difference(t, row, pair) for t, row, pair in pairs if pair and abs(pair[0] - pair[1]) >= by]


def both_graded(texts: Sequence[Text], first: Grades, second: Grades) -> list[Text]:
    """The texts that two graders gave points in the same row."""
    return [t for t in texts if any(_pair(row, t, first, second) for row in rows_of(t.exercise))]


def _sentence(found: RowAgreement) -> str:
    say = load_wording("grade_writing")["agreement"]
    name = "row_none" if found.percent is None else "row_plain" if found.alpha is None else "row"
    told = {"row": found.row.id, "n": found.texts, "percent": round(100 * (found.percent or 0))}
    return str(say[name].format(**told, alpha=_two(found.alpha), low=_two(found.low), high=_two(found.high)))


def _cells(found: RowAgreement) -> tuple[object, ...]:
    say = load_wording("grade_writing")["agreement"]
    percent = "–" if found.percent is None else f"{round(100 * found.percent)}%"
    interval = "–" if found.low is None else f"{_two(found.low)} to {_two(found.high)}"
    return found.row.name, found.texts, percent, _two(found.alpha) or say["no_alpha"], interval


def _two(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}".replace("-", "−")
