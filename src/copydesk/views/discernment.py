"""Hits and false alarms in plain words: now, and beside them before the course."""

from __future__ import annotations

from html import escape

from copydesk.base.wording import load_wording
from copydesk.exercises.parallel_forms import Discernment
from copydesk.page.html import static_html, table


def discernment_page(now: Discernment, before: Discernment | None = None) -> tuple[str, str]:
    """The page as HTML, and its first sentences as text.

    >>> print(discernment_page(Discernment(found=4, open=5, flagged=1, plain=5))[1])
    You asked about 4 of the 5 sentences that deserve a question (hits) and about 1 of the 5 plain ones (false alarms).
    Hits minus false alarms: 0.8 − 0.2 = 0.6.
    """
    say = load_wording("strings")["discernment"]
    counts = {"found": now.found, "open": now.open, "flagged": now.flagged, "plain": now.plain}
    hits, alarms, score = _figures(now)
    lines = [say["asked"].format(**counts), say["score"].format(hits=hits, alarms=alarms, score=score)]
    rows = [(say["then"], *_figures(before)), (say["now"], hits, alarms, score)] if before else []
    html = f"<p>{escape(lines[0])}</p><p><strong>{escape(lines[1])}</strong> {escape(say['scale'])}</p>"
    html += table(say["columns"], rows, caption=say["caption"]) if rows else ""
    return static_html(f"{html}<p>{escape(say['few'])}</p>"), "\n".join(lines)


def _figures(found: Discernment) -> tuple[str, ...]:
    """Hits, false alarms and their difference, to one place (there are five sentences of each kind)."""
    return tuple(f"{value:.1f}".replace("-", "−") for value in (found.hits, found.false_alarms, found.score))
