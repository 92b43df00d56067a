"""Generic frames as scales: means, ranges, and what is left out."""

import json
from pathlib import Path

import pytest

from copydesk.story.story import Story
from copydesk.views.scales import SCALES, scale_means, scales

KEYS = sorted(p for p in (Path(__file__).resolve().parents[2] / "seeds").glob("*/key.json"))


def test_a_mean_counts_yes_and_leaves_out_what_cannot_be_answered() -> None:
    found = scale_means({"H1": "yes", "H2": "no", "H5": "na", "E1": "no", "x": "yes", "C1": "maybe"})
    assert found == {"human_interest": 0.5, "economy": 0.0}
    assert scale_means({}) == {}


def test_the_range_of_the_story_is_the_one_its_key_states(baltics: Story) -> None:
    assert baltics.key is not None
    stated = baltics.key.more["frame_scores"]
    names = {"human interest": "human_interest", "economy": "economic"}
    for scale in scales(baltics.key, {}):
        low, high = stated[names.get(scale.name, scale.name)]["defensible_range"]
        assert (round(scale.low, 2), round(scale.high, 2)) == (low, high), scale.name
        assert scale.yours is None


def test_the_learners_own_mean_stands_beside_it(baltics: Story) -> None:
    assert baltics.key is not None
    mine = {s.name: s.yours for s in scales(baltics.key, {"C1": "yes", "C2": "no", "C3": "yes", "C4": "no"})}
    assert mine == {"conflict": 0.5, "responsibility": None, "human interest": None, "morality": None, "economy": None}


@pytest.mark.parametrize("path", KEYS, ids=lambda p: p.parent.name)
def test_every_key_asks_the_same_twenty_questions_or_none(path: Path) -> None:
    asked = [q["id"] for q in json.loads(path.read_text("utf-8")).get("questions", [])]
    assert len(asked) in (0, 20)
    assert {q.removeprefix("Q.")[:1] for q in asked} in (set(), set(SCALES.values()))
