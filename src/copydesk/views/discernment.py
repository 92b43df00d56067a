"""Discernment in plain words: hits and false alarms now, and beside them those before the course."""

from __future__ import annotations

from html import escape

from copydesk.base.wording import decimal, load_wording
from copydesk.exercises.sort import Discernment
from copydesk.page.html import Page, static_html, table


def discernment_page(now: Discernment, before: Discernment | None = None) -> Page:
    """What the learner asked about, and the hits minus the false alarms; with `before`, a table of both.

    >>> discernment_page(Discernment(found=4, open=5, flagged=1, plain=5))
    You asked about 4 of the 5 sentences that deserve a question (hits) and about 1 of the 5 plain ones (false alarms).
    Hits minus false alarms: 0.8 − 0.2 = 0.6.
    """
    say = load_wording("strings")["discernment"]
    asked = say["asked"].format(found=now.found, open=now.open, flagged=now.flagged, plain=now.plain)
    hits, alarms, score = _figures(now)
    result = say["score"].format(hits=hits, alarms=alarms, score=score)
    html = f"<p>{escape(asked)}</p><p><strong>{escape(result)}</strong> {escape(say['scale'])}</p>"
    if before:
        rows = [(say["then"], *_figures(before)), (say["now"], hits, alarms, score)]
        html += table(say["columns"], rows, caption=say["caption"])
    return Page(static_html(f"{html}<p>{escape(say['few'])}</p>"), f"{asked}\n{result}")


def _figures(found: Discernment) -> tuple[str, ...]:
    """Hits, false alarms and their difference, to one place (there are five sentences of each kind)."""
    return tuple(decimal(value, places=1) for value in (found.hits, found.false_alarms, found.score))
