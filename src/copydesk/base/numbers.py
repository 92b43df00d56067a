"""Numbers as a reader sees them: one way to write a percentage and one to write a decimal."""

from __future__ import annotations


def percent(share: float | None, *, of: float = 1.0) -> str:
    """A share in whole percent; an en dash where there is nothing to take a share of.

    >>> percent(0.333), percent(1, of=3), percent(None), percent(0, of=0)
    ('33 %', '33 %', '–', '–')
    """
    return "–" if share is None or not of else f"{100 * share / of:.0f} %"


def decimal(value: float | None, *, places: int = 2) -> str:
    """A decimal with a real minus sign; an en dash where there is none.

    >>> decimal(-0.5), decimal(0.666), decimal(None)
    ('−0.50', '0.67', '–')
    """
    return "–" if value is None else f"{value:.{places}f}".replace("-", "−")
