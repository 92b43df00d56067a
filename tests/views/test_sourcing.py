"""The measures agree with the key's own, with arithmetic, and with what a dropped item must do."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk import load_story
from copydesk.views.sourcing import counted, diversity, totals, without

STORY = load_story("baltics-2022")
ITEMS = counted(STORY.key, STORY.article.text)
amounts = st.dictionaries(st.text(max_size=5), st.integers(0, 10_000), max_size=8)


@pytest.mark.parametrize("by", ["attributions", "words"])
def test_the_built_in_story_measures_as_its_key_says(by) -> None:
    keyed = STORY.key.more["measures"]["by_count" if by == "attributions" else "by_words"]
    found = diversity(totals(ITEMS, by=by))
    assert found.total == keyed["total"]
    assert found.shares == pytest.approx(keyed["shares"], abs=0.005)
    for name, value in (
        ("HHI", found.hhi),
        ("simpson", found.simpson),
        ("shannon_nats", found.shannon),
        ("evenness", found.evenness),
        ("effective_sources_1_over_HHI", found.effective),
    ):
        assert value == pytest.approx(keyed[name], abs=0.005), name


def test_dropping_one_moves_the_share() -> None:
    assert diversity(totals(without(ITEMS, "A1"))).shares["Kaja Kallas"] == pytest.approx(0.6)
    assert len(without(ITEMS, "A1")) == len(ITEMS) - 1
    assert without(ITEMS, "A99") == ITEMS


@given(amounts)
def test_the_measures_keep_their_bounds(found) -> None:
    d = diversity(found)
    sources = sum(n > 0 for n in found.values())
    if not sources:
        assert d.total == d.hhi == d.effective == 0
        return
    assert sum(d.shares.values()) == pytest.approx(1)
    assert 1 / sources - 1e-9 <= d.hhi <= 1 + 1e-9
    assert d.simpson == pytest.approx(1 - d.hhi)
    assert 1 - 1e-9 <= d.effective <= sources + 1e-9
    assert -1e-9 <= d.shannon <= math.log(sources) + 1e-9
    assert -1e-9 <= d.evenness <= 1 + 1e-9


@given(amounts.filter(lambda a: sum(a.values()) > 0), st.integers(2, 50))
def test_scale_does_not_matter(found, factor) -> None:
    scaled = diversity({name: n * factor for name, n in found.items()})
    assert scaled.hhi == pytest.approx(diversity(found).hhi)
