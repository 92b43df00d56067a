"""What feedback pages are built of: escaped words, soft lines, tables."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from html import escape


@lru_cache(maxsize=4096)
def kit(words: str) -> str:
    """The kit's own words escaped for running text; they stand on every page. A learner's are never kept."""
    return escape(words, quote=False)


def points(value: float) -> str:
    """Points as a learner reads them.

    >>> points(7.333), points(10.0)
    ('7.3', '10')
    """
    return f"{value:.1f}".removesuffix(".0")


def soft(text: str) -> str:
    """A line that stands back, or nothing."""
    return f"<p class=soft>{escape(text)}</p>" if text else ""


def table(
    heads: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    numbers: Collection[int] = (),
    caption: str = "",
    foot: Sequence[str] = (),
) -> str:
    """A table of HTML cells, the first of a row naming it; the end tags HTML can do without are left out.

    >>> table(["a"], [["1"]])
    '<table><thead><tr><th scope=col>a</thead><tbody><tr><th scope=row>1</tbody></table>'
    """
    kinds = [" class=num" if n in numbers else "" for n in range(len(heads))]

    def row(cells: Sequence[str]) -> str:
        rest = "".join(f"<td{kinds[n]}>{cell}" for n, cell in enumerate(cells[1:], 1))
        return f"<tr><th scope=row>{cells[0]}{rest}"

    title = f"<caption>{kit(caption)}</caption>" if caption else ""
    head = "".join(f"<th scope=col{kinds[n]}>{kit(h)}" for n, h in enumerate(heads))
    body = f"<thead><tr>{head}</thead><tbody>{''.join(row(cells) for cells in rows)}</tbody>"
    return f"<table>{title}{body}{f'<tfoot>{row(foot)}</tfoot>' if foot else ''}</table>"
