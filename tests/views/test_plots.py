"""Plots: every mark has its words, nothing overlaps or leaves the paper, axes stand still."""

from itertools import combinations
from typing import TYPE_CHECKING

import pytest

from copydesk.base.errors import CopydeskError
from copydesk.views.figures import NARROW, new_axes, show
from copydesk.views.plots import WIDTH, scales_plot, shares_plot, shares_table, splits_plot
from copydesk.views.scales import Scale

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHARES = {"Kaja Kallas, prime minister of Estonia": 0.43, "Moscow": 0.115, "X": 0.004, "no one": 0.0}
HOSTILE = ["x" * 400, "W " * 300, "costs $5 to $10^6_", "\\frac{1}{0} <b>&", "a\n\nb", " "]


def words(ax: "Axes") -> list[str]:
    return [text.get_text() for text in ax.texts]


def assert_legible(ax: "Axes") -> None:
    renderer = ax.figure.canvas.get_renderer()  # type: ignore[attr-defined]
    paper = ax.get_window_extent()
    boxes = [text.get_window_extent(renderer) for text in ax.texts if text.get_text().strip()]
    for box in boxes:
        assert box.x0 >= paper.x0 and box.x1 <= paper.x1 and box.y0 >= paper.y0 and box.y1 <= paper.y1
    for one, other in combinations(boxes, 2):
        assert not one.overlaps(other)


@pytest.mark.parametrize("label", HOSTILE)
def test_any_label_stays_on_the_paper(label: str) -> None:
    assert_legible(shares_plot({label: 0.5, "other": 1}))


@pytest.mark.parametrize("width", [NARROW, WIDTH])
def test_each_plot_can_be_read_at_both_widths(width: float) -> None:
    assert_legible(shares_plot(SHARES, width=width))
    assert_legible(scales_plot([Scale("human interest", 0, 0.5, 1.0), Scale("conflict", 0.2, 0.2)], width=width))
    assert_legible(splits_plot([("The ferry would sail", {"yes": 1.0}, "yes"), ("b", {"yes": 0.3}, "no")], width=width))


def test_a_label_is_shown_as_it_is_and_a_cut_one_says_so() -> None:
    assert "costs $5 to $10^6_" in words(shares_plot({"costs $5 to $10^6_": 1}))
    assert [line for line in words(shares_plot({"long " * 200: 1})) if line.endswith(" …")]


def test_bars_carry_their_names_and_values() -> None:
    ax = shares_plot(SHARES)
    assert_legible(ax)
    assert {"43 %", "Moscow", "12 %", "0 %"} <= set(words(ax))
    lengths = [bar.get_width() for bar in ax.patches]  # type: ignore[attr-defined]
    assert lengths[1] / lengths[0] == pytest.approx(0.115 / 0.43)
    assert [row[1] for row in shares_table(SHARES).rows] == ["43 %", "12 %", "0 %", "0 %"]


def test_nothing_but_zeros_can_be_drawn() -> None:
    assert_legible(shares_plot({"a": 0, "b": 0}))


@pytest.mark.parametrize("share", [-0.1, 1.1, 43, float("nan")])
def test_a_share_that_is_none_is_refused(share: float) -> None:
    with pytest.raises(CopydeskError, match="the share of 'Kallas' is"):
        shares_plot({"Kallas": share})


def test_nothing_to_draw_says_so() -> None:
    with pytest.raises(CopydeskError, match="no shares to draw"):
        shares_plot({})


def test_the_axes_given_are_the_axes_drawn_on() -> None:
    other = new_axes(width=5, height=3)
    assert shares_plot(SHARES, ax=other) is other
    assert_legible(other)


def test_the_axis_stands_still() -> None:
    def bar(share: float) -> float:
        return float(shares_plot({"Kallas": share}).patches[0].get_width())  # type: ignore[attr-defined]

    assert bar(0.64) / bar(0.77) == pytest.approx(0.64 / 0.77)


def test_it_can_be_shown() -> None:
    figure = show(shares_plot, SHARES, alt="a", caption="c", table=shares_table(SHARES))
    assert ">Moscow</text>" in figure.svg and len(figure.svg) < 20_000


def test_for_a_phone_it_is_drawn_once_more_with_type_as_large_as_there() -> None:
    figure = show(shares_plot, SHARES, alt="a", caption="c", table=shares_table(SHARES))
    assert ">Moscow</text>" in figure.narrow_svg and f'viewBox="0 0 {NARROW:g} ' in figure.narrow_svg
    shown = figure._repr_html_()
    assert shown.count('role="img"') == 1 and shown.count("<svg") == 2
    assert ".cd-narrow-picture{display:none" in shown.replace(" ", "")
