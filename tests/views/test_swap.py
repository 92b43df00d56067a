"""The swap test: other names in the same sentence, everything else as it stands."""

from pathlib import Path

import pytest

from copydesk.exercises.form import Form
from copydesk.lessons.lesson import load_lesson
from copydesk.story.story import load_story
from copydesk.views.retellings import swapped
from tests.made_exercise import made

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
ID = "04_which_words_frame"
STORIES = [s.parent.name for s in sorted(SEEDS.glob("*/story.toml")) if ID in load_story(s.parent).lessons]
TEXT = "Oslo warned Rome. Rome, for its part, was calm."


def exercise(**pair: object) -> Form:
    found: Form = made("form", TEXT, points=0, tries=0, bar=1.0, pairs=[{"id": "p", "where": "p1", **pair}])
    return found


def test_names_are_exchanged_in_one_go() -> None:
    (pair,) = swapped(exercise(span=[0, 17], swap=[[12, 16, "Oslo"], [0, 4, "Rome"]]), TEXT)
    assert (pair.original, pair.swapped) == ("Oslo warned Rome.", "Rome warned Oslo.")


def test_words_can_be_taken_out_without_a_hole() -> None:
    (pair,) = swapped(exercise(span=[18, 47], swap=[[24, 37, ""], [18, 22, "Oslo"]]), TEXT)
    assert pair.swapped == "Oslo, was calm."


@pytest.mark.parametrize("story", STORIES)
def test_every_story_swaps_in_more_than_one_direction(story: str) -> None:
    lesson = load_lesson(ID, load_story(SEEDS / story))
    pairs = lesson.exercise("swap").pairs
    text = lesson.story.article.text
    assert len(pairs) >= 2 and lesson.exercise("swap").points == 0
    put_in = {other for pair in pairs for _, _, other in pair.swap if other}
    assert len(put_in) >= 2, "names of more than one party are put in"
    for pair, shown in zip(pairs, swapped(lesson.exercise("swap"), text), strict=True):
        assert shown.swapped != shown.original
        assert all(pair.span[0] <= a < b <= pair.span[1] for a, b, _ in pair.swap)
    asked = {q.id: q for q in lesson.exercise("swap").questions}
    assert set(asked) == {p.id for p in pairs}
    assert all(q.after and len(q.options) >= 2 for q in asked.values())
