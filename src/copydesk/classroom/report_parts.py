"""What the class report is built of: figures, bars that need no colour, headings."""

from __future__ import annotations

from copydesk.classroom.page_parts import kit
from copydesk.wording import load_wording


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
    return f"<section>{heading(name, load_wording('report')[name]['title'])}{body}</section>"


def heading(name: str, title: str) -> str:
    """The heading of a part, with the way back to the top."""
    up = kit(load_wording("report")["page"]["contents"])
    return f'<h2 id="{name}"><span>{kit(title)}</span><a class=up href="#top">↑ {up}</a></h2>'
