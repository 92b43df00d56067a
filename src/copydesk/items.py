"""What an exercise puts before a learner, item by item: questions, sentences, pieces of the page, facts."""

from __future__ import annotations

from collections.abc import Iterator

from copydesk.article import Block
from copydesk.context.facts import by_id, story_facts
from copydesk.lessons import Exercise
from copydesk.spans import Span
from copydesk.stories import Story


def shown_blocks(story: Story, exercise: Exercise) -> list[Block]:
    """The blocks an exercise is about; without a region, the whole page."""
    return [b for b in story.article.blocks if not exercise.region or b.id in exercise.region]


def item_words(story: Story, exercise: Exercise) -> dict[str, str]:
    """The words of each item by its id.

    >>> from copydesk.lessons import load_lesson
    >>> lesson = load_lesson("00_start_here")
    >>> [*item_words(lesson.story, lesson.exercise("voices"))][:2]
    ['p1.s1', 'p2.s1']
    """
    return dict(_items(story, exercise))


def _items(story: Story, exercise: Exercise) -> Iterator[tuple[str, str]]:
    text, layer = story.article.text, exercise.get("layer")
    if layer == "page":
        yield from ((b.id, b.of(text)) for b in story.article.blocks)
    if layer == "sentences":
        shown = {b.id for b in shown_blocks(story, exercise)}
        yield from ((s.id, s.of(text)) for s in story.article.sentences if s.id.split(".")[0] in shown)
    for question in exercise.get("questions", ()):
        yield question["id"], question["text"]
    for item in exercise.get("items", ()):
        if "text" in item:
            yield item["id"], item["text"]
        elif "span" in item:
            yield item["id"], Span(*item["span"]).of(text)
        elif "fact" in item:
            yield item["id"], by_id(story_facts(story), item["fact"]).statement
