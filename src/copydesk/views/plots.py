"""Plots, and the figures that lessons make of them.

A plot takes plain data and `ax`, draws on the axes and returns them. A figure takes a story or a lesson, and adds the
alternative text, the caption and the table. All actors have one colour, no side is red, and each mark has its words
beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from copydesk.base.errors import CopydeskError
from copydesk.base.wording import decimal, load_wording, percent
from copydesk.lessons.lesson import Lesson
from copydesk.page.palette import palette
from copydesk.story.story import Story
from copydesk.views.agreement import agreement, class_votes, per_item_split
from copydesk.views.figures import PAPER, Figure, Table, new_axes, show
from copydesk.views.scales import Scale, scales
from copydesk.views.sourcing import By, Counted, diversity, totals, without, words_by_voice

if TYPE_CHECKING:
    from matplotlib.axes import Axes


INK, QUIET, LINE, MARK = (palette()[name][0] for name in ("ink", "soft", "line", "share"))
FAMILY = "DejaVu Sans"  # comes with matplotlib: the same picture on every machine
SIZE = 10.0  # of type, in points; so are all lengths below
VOICES: dict[str, dict[str, Any]] = {
    "label": {"color": INK, "size": SIZE},
    "note": {"color": QUIET, "size": SIZE},
}
WIDTH, EDGE = 576.0, 16.0
STACKED = 400.0  # on a narrower sheet labels stand above their bars
LEAD = 14.5  # from line to line
GAP = 11.0  # between rows
HINTED = 0.975  # on screen type comes out a little wider than it measures


def shares_plot(shares: Mapping[str, float], *, width: float = WIDTH, ax: Axes | None = None) -> Axes:
    """One bar per name, in the order given, each with its share of the whole in percent; shares are 0–1.

    The axis always reaches from 0 to 100 %, so that a longer bar is a larger share in every picture.
    """
    if not shares:
        raise CopydeskError("no shares to draw", "give at least one name with its share")
    for name, share in shares.items():
        if not 0 <= share <= 1:
            raise CopydeskError(f"the share of {name!r} is {share}", "shares are parts of one whole, from 0 to 1")
    grid = _Grid(ax or width, [*shares], room=44)
    for (lines, middle, text), share in zip(grid.rows, shares.values(), strict=True):
        grid.ax.barh(middle, share * grid.scale, left=grid.zero, height=18, color=MARK, lw=0, zorder=2)
        _write_lines(grid.ax, text, lines, right=not grid.stacked)
        _write(grid.ax, (grid.zero + share * grid.scale + 7, middle), percent(share))
    grid.ax.plot([grid.zero] * 2, [EDGE - 4, grid.bottom + 4], color=LINE, lw=1.2, zorder=3)
    return grid.ax


def shares_table(shares: Mapping[str, float], *, name: str = "name", share: str = "share") -> Table:
    """The same shares as rows.

    >>> shares_table({"Ann Lee": 0.43}, name="voice").rows
    [['Ann Lee', '43 %']]
    """
    return Table([name, share], [[who, percent(part)] for who, part in shares.items()])


def scales_plot(scales: Sequence[Scale], *, width: float = WIDTH, ax: Axes | None = None) -> Axes:
    """One line per scale, 0 to 1: a bar for the range the key allows, a diamond for the learner's own mean."""
    grid = _Grid(ax or width, [*(one.name for one in scales), ""], room=70)  # the last row has the axis
    for one, (lines, y, text) in zip(scales, grid.rows, strict=False):
        grid.ax.plot([grid.zero, grid.zero + grid.scale], [y, y], color=LINE, lw=1.0, zorder=1)
        left, right = grid.zero + one.low * grid.scale, grid.zero + one.high * grid.scale
        grid.ax.barh(y, max(right - left, 5.0), left=left, height=12, color=MARK, lw=0, zorder=2)
        _write_lines(grid.ax, text, lines, right=not grid.stacked)
        if one.yours is not None:
            at = grid.zero + one.yours * grid.scale
            grid.ax.plot([at], [y], "D", ms=8, mfc=PAPER, mec=INK, mew=1.6, zorder=3)
            _write(grid.ax, (grid.zero + grid.scale + 12, y), f"you {decimal(one.yours)}")
    for value in (0, 0.5, 1):
        at = grid.zero + value * grid.scale + (8 if value else 3)
        _write(grid.ax, (at, grid.rows[-1][1]), f"{value:g}", voice="note", right=True)
    return grid.ax


def splits_plot(
    rows: Sequence[tuple[str, Mapping[str, float], str]], *, width: float = WIDTH, ax: Axes | None = None
) -> Axes:
    """One bar per item, filled for the share of its first value; each row is (item, shares by value, your vote)."""
    grid = _Grid(ax or width, [item for item, _, _ in rows], room=64, bar=0.36)
    for (_, shares, yours), (lines, middle, text) in zip(rows, grid.rows, strict=True):
        first, share = next(iter(shares.items()))
        grid.ax.barh(middle, grid.scale, left=grid.zero, height=18, facecolor=PAPER, edgecolor=MARK, lw=1.2, zorder=1)
        grid.ax.barh(middle, grid.scale * share, left=grid.zero, height=18, color=MARK, lw=0, zorder=2)
        _write(grid.ax, (grid.zero + grid.scale + 8, middle), f"{first} {percent(share)}")
        _write_lines(grid.ax, text, lines)
        if yours:
            _write(grid.ax, (grid.zero + grid.scale + 8, middle + 12), f"you: {yours}", voice="note")
    return grid.ax


class _Grid:
    """Rows of labels and bars: labels left of the bars or, on a sheet for a narrow screen, above them.

    Each row is its label's lines, the middle height of its bar, and the place of the label. `room` is for what stands
    right of the bars; with `bar`, the share of the sheet that bars take, labels begin at the left edge.
    """

    def __init__(self, sheet: Axes | float, names: Sequence[str], *, room: float, bar: float | None = None) -> None:
        ax = None if isinstance(sheet, float) else sheet
        width = sheet if isinstance(sheet, float) else float(sheet.get_window_extent().width * 72 / sheet.figure.dpi)
        self.stacked = width < STACKED
        beside = width - EDGE - room - width * bar if bar else width * 0.34 + 12
        self.zero = EDGE if self.stacked else beside
        self.scale = width - EDGE - room - self.zero
        across = width - 2 * EDGE if self.stacked else self.zero - EDGE - (20 if bar else 12)
        lines = [_wrap(name, across) for name in names]
        heights = [len(one) * LEAD + 24 if self.stacked else max(len(one) * LEAD, 20.0) for one in lines]
        tops = [*accumulate((height + GAP for height in heights), initial=EDGE)]
        self.bottom = tops[-1] - GAP
        self.ax = _sheet(ax, width, self.bottom + EDGE)
        self.rows = []
        for one, top, height in zip(lines, tops, heights, strict=False):
            middle = top + height - 10 if self.stacked else top + height / 2
            label = (EDGE, top + len(one) * LEAD / 2) if self.stacked else (EDGE if bar else self.zero - 10, middle)
            self.rows.append((one, middle, label))


def _sheet(ax: Axes | None, width: float, height: float) -> Axes:
    """Axes measured in points from the top left corner, without frame or ticks."""
    if ax is None:
        ax = new_axes(width=width / 72, height=height / 72)
    ax.set(xlim=(0, width), ylim=(height, 0))
    ax.set_axis_off()
    return ax


def _write(ax: Axes, at: tuple[float, float], text: str, *, voice: str = "label", right: bool = False) -> None:
    ax.text(
        *(*at, text),
        **VOICES[voice],
        family=FAMILY,
        ha="right" if right else "left",
        va="center_baseline",
        parse_math=False,  # a dollar sign in a label is a dollar sign
    )


def _write_lines(ax: Axes, at: tuple[float, float], lines: Sequence[str], *, right: bool = False) -> None:
    """Lines of text around a middle height."""
    x, middle = at
    for number, line in enumerate(lines):
        _write(ax, (x, middle + (number - (len(lines) - 1) / 2) * LEAD), line, right=right)


def _wrap(text: str, width: float, *, most: int = 3) -> list[str]:
    """The text in lines no wider than `width` points; what does not fit ends in “…”."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(family=FAMILY, size=SIZE)

    def fits(line: str) -> bool:
        return bool(text_to_path.get_text_width_height_descent(line, font, ismath=False)[0] <= width * HINTED)

    lines, words = [""], text.split()
    while words:
        word = words.pop(0)
        longer = f"{lines[-1]} {word}".strip()
        if fits(longer):
            lines[-1] = longer
        elif lines[-1]:
            lines.append("")
            words.insert(0, word)
        else:  # one word wider than the line
            cut = next(n for n in range(len(word) - 1, -1, -1) if n <= 1 or fits(word[:n])) or 1
            lines[-1] = word[:cut]
            words[:0] = [word[cut:]] if word[cut:] else []
    if len(lines) > most:
        last = lines[most - 1]
        while last and not fits(f"{last} …"):
            last = last[:-1].rstrip()
        lines = [*lines[: most - 1], f"{last} …"]
    return lines


def voices_figure(story: Story) -> Figure:
    """Whose words fill the story: the share of its words by speaker, and what nobody is named for."""
    counted = words_by_voice(story)
    total = sum(counted.values())
    shares = {name: n / total for name, n in counted.items()}
    first = next(iter(shares))
    caption = f"Of {total} words in the story, {percent(shares[first])} are attributed to {first}."
    alt = "Bar chart of shares of words: " + ", ".join(f"{n} {percent(v)}" for n, v in shares.items()) + "."
    return show(
        shares_plot,
        shares,
        alt=alt,
        caption=caption,
        table=shares_table(shares, name="voice", share="share of words"),
    )


def scales_figure(story: Story, values: Mapping[str, str]) -> Figure:
    """The five generic frames: what the key allows, and the learner's own means."""
    say = load_wording("strings")["frames"]
    if story.key is None:
        raise CopydeskError(say["no_key"])
    found = scales(story.key, values)
    you = {s.name: f", you {decimal(s.yours)}" for s in found if s.yours is not None}
    shown = [f"{s.name} {decimal(s.low)} to {decimal(s.high)}{you.get(s.name, '')}" for s in found]
    mine = [s for s in found if s.yours is not None]
    inside = sum(s.low <= s.yours <= s.high for s in mine if s.yours is not None)
    rows = [[s.name, *(decimal(v) if v is not None else "" for v in (s.low, s.high, s.yours))] for s in found]
    caption = say["caption"].format(inside=inside, of=len(mine)) if mine else say["none"]
    caption = f"{caption} {say['legend']}"
    alt = f"{say['alt']} {'; '.join(shown)}."
    return show(scales_plot, found, alt=alt, caption=caption, table=Table(say["columns"], rows))


def split_figure(lesson: Lesson, exercise_id: str, yours: Mapping[str, str], told: Sequence[str] = ()) -> Figure:
    """How a class voted, item by item; the caption has percent agreement, alpha, and what else is `told`."""
    say, votes = load_wording("strings")["agreement"], class_votes(lesson, exercise_id)
    exercise = lesson.exercise(exercise_id)
    story, offered = lesson.story, exercise.offers(lesson.story)
    names = next((offer for offer in offered.values() if isinstance(offer, Mapping)), {})
    text = {i.id: f"{i.where}: {i.words(story)}" for i in exercise.listed_items()}
    splits = per_item_split(votes.table)
    rows = [
        (text[i], {names[v]: s.shares.get(v, 0.0) for v in names}, names.get(yours.get(i, ""), ""))
        for i, s in splits.items()
    ]
    cells = [[text[i], *(votes.table[i].get(v, 0) for v in names), names.get(yours.get(i, ""), "")] for i in splits]
    table = Table([say["item"], *names.values(), say["yours"]], cells)
    first = next(iter(names.values()))
    alt = f"{say['alt']} " + "; ".join(f"{item}: {first} {percent(shares[first])}" for item, shares, _ in rows)
    return show(splits_plot, rows, alt=alt, caption=" ".join([agreement(votes).words(votes), *told]), table=table)


def sourcing_figure(items: tuple[Counted, ...], *, by: By = "attributions", dropped: str = "") -> Figure:
    """Shares by speaker, with the measures in the caption."""
    say = load_wording("strings")["sourcing"]
    amounts = totals(without(items, dropped), by=by)
    found = diversity(amounts)
    first = next(iter(found.shares))
    caption = say["caption"].format(first=first, amount=f"{amounts[first]:g}", total=f"{found.total:g}", unit=say[by])
    alt = "Bar chart of shares: " + ", ".join(f"{n} {percent(v)}" for n, v in found.shares.items()) + "."
    rows = [
        [name, amounts[name], decimal(share, places=3), decimal(share * share, places=3)]
        for name, share in found.shares.items()
    ]
    table = Table(["source", say[by], "share", "share squared"], rows)
    return show(shares_plot, found.shares, alt=alt, caption=caption, table=table)
