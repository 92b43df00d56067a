"""What feedback pages are built of: escaped words, soft lines, tables.

An HTML page that runs nothing and fetches nothing: its own style sheet, known by its hash, and no other.

What the class report is built of: figures, bars that need no colour, headings.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Collection, Iterable, Sequence
from functools import cache, lru_cache
from html import escape
from importlib.resources import files

from copydesk.page.palette import tokens
from copydesk_classroom.wording import class_wording


@lru_cache(maxsize=4096)
def escape_own(words: str) -> str:
    """The kit's own words escaped for running text; they stand on every page. A learner's are never kept."""
    return escape(words, quote=False)


def points(value: float) -> str:
    """Points as a learner reads them.

    >>> points(7.333), points(10.0)
    ('7.3', '10')
    """
    return f"{value:.1f}".removesuffix(".0")


def muted(text: str) -> str:
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

    title = f"<caption>{escape_own(caption)}</caption>" if caption else ""
    head = "".join(f"<th scope=col{kinds[n]}>{escape_own(h)}" for n, h in enumerate(heads))
    body = f"<thead><tr>{head}</thead><tbody>{''.join(row(cells) for cells in rows)}</tbody>"
    return f"<table>{title}{body}{f'<tfoot>{row(foot)}</tfoot>' if foot else ''}</table>"


def sealed_page(title: str, body: str, *styles: str) -> str:
    """A whole page around a body of HTML; `styles` are the kit's style sheets by name, one after another."""
    style, rules = _sealed(styles)
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{rules}">'
        '<meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">'
        f'<meta name="referrer" content="no-referrer"><title>{escape(title)}</title><style>{style}</style></head>'
        f"<body>{body}</body></html>\n"
    )


@cache
def _sealed(styles: tuple[str, ...]) -> tuple[str, str]:
    style = tokens() + "".join((files("copydesk_classroom") / name).read_text(encoding="utf-8") for name in styles)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return style, f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def percent(n: float, of: float) -> str:
    """A share of learners.

    >>> percent(1, 3)
    '33 %'
    """
    return f"{100 * n / of:.0f} %" if of else "–"


def figure(value: float | None) -> str:
    """A figure between −1 and 1.

    >>> figure(-0.5)
    '−0.50'
    """
    return "–" if value is None else f"{value:.2f}".replace("-", "−")


def split_bar(full: int, part: int, none: int) -> str:
    """Right tall, in part half as tall, not right a line: it reads without colour. The numbers stand beside it."""
    total = full + part + none or 1
    right, half = 100 * full / total, 100 * part / total
    return (
        '<svg class=bar viewBox="0 0 100 12" preserveAspectRatio=none aria-hidden=true>'
        f'<path class=none d="M0 11.5h100"/><path class=full d="M0 0h{right:.1f}v12H0z"/>'
        f'<path class=part d="M{right:.1f} 6h{half:.1f}v6h-{half:.1f}z"/></svg>'
    )


def shares_bar(counts: list[int]) -> str:
    """One piece for each answer, the most frequent first; every other piece is half as tall."""
    total, at, pieces = sum(counts) or 1, 0.0, []
    for number, n in enumerate(counts):
        width, top = 100 * n / total, 6 * (number % 2)
        pieces.append(
            f'<path class={"part" if number % 2 else "full"} d="M{at:.1f} {top}h{width:.1f}v{12 - top}h-{width:.1f}z"/>'
        )
        at += width
    return f'<svg class=bar viewBox="0 0 100 12" preserveAspectRatio=none aria-hidden=true>{"".join(pieces)}</svg>'


def range_bar(least: float, low: float, middle: float, high: float, most: float) -> str:
    """A dot on a line from the least to the most, a bar around it, a stroke at 0; the numbers stand beside it."""
    x = [4 + 92 * (value - least) / (most - least or 1) for value in (low, middle, high, min(max(0, least), most))]
    return (
        '<svg class=range viewBox="0 0 100 12" aria-hidden=true>'
        f'<path class=none d="M4 6h92M{x[3]:.1f} 1v10"/><path class=part d="M{x[0]:.1f} 4H{x[2]:.1f}v4H{x[0]:.1f}z"/>'
        f"<circle class=full cx={x[1]:.1f} cy=6 r=3.5 /></svg>"
    )


def section(name: str, body: str) -> str:
    """A part of the page under the title it has in `data/report.toml`."""
    return f"<section>{heading(name, class_wording('report')[name]['title'])}{body}</section>"


def heading(name: str, title: str) -> str:
    """The heading of a part, with the way back to the top."""
    up = escape_own(class_wording("report")["page"]["contents"])
    return f'<h2 id="{name}"><span>{escape_own(title)}</span><a class=up href="#top">↑ {up}</a></h2>'
