"""An exercise made for a test, from settings as they stand in a lesson's TOML."""

from typing import Any

from copydesk.exercises import Exercise, make_exercise
from copydesk.page.article import parse_article

DEFAULTS = {"points": 1, "tries": 2, "bar": 0.8}
"""What a lesson's exercises have unless they say otherwise."""


def made(type: str, text: str = "It rained.", **settings: Any) -> Any:
    """The exercise `l/e` of that type on a page of its own; any setting can be given."""
    usual = {"id": "e", "type": type, "title": "Title", "prompt": "Prompt", **DEFAULTS}
    exercise: Exercise = make_exercise("l", {**usual, **settings}, parse_article(text))
    return exercise
