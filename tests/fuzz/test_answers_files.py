"""The answers that fit any story. They stand apart from the lessons, so that a second worker can take them."""

from pathlib import Path

from copydesk.lessons import lesson as lessons
from copydesk.lessons.lesson import load_lesson
from copydesk.story.story import load_story
from tests.fuzz.fuzzing import Fuzz, use


def test_answers_for_any_story(fuzz: Fuzz, story: Path) -> None:
    path = story.parent / "answers.toml"

    def opened() -> None:
        load_story.__globals__["_read_once"].cache_clear()
        lessons._join.cache_clear()
        use(load_lesson("08_your_own_brief", load_story(story)))

    fuzz.each(path, path.read_bytes(), opened)
    load_story.__globals__["_read_once"].cache_clear()
