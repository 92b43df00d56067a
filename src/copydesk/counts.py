"""What a story's key adds up to: plain counts that lessons show after the marking."""

from __future__ import annotations

from collections import Counter

from copydesk.spans import words
from copydesk.stories import Story


def speakers(story: Story) -> dict[str, int]:
    """How many counted attributions each speaker has, the most first; empty without a key.

    >>> from copydesk import load_story
    >>> speakers(load_story("baltics-2022"))
    {'Kaja Kallas': 7, 'Russia': 3, 'One NATO diplomat': 1}
    """
    counted = [a["speaker"] for a in (story.key.attributions if story.key else ()) if a["counted"]]
    return dict(Counter(counted).most_common())


def words_by_voice(story: Story) -> dict[str, int]:
    """How many words of the story are attributed content, by speaker, and how many are not; empty without a key."""
    if story.key is None:
        return {}
    text, counted = story.article.text, Counter[str]()
    for a in story.key.attributions:
        if a["counted"]:
            counted[a["speaker"]] += sum(len(words(text, s)) for s in a.spans("content"))
    body = sum(len(words(text, p.span)) for p in story.article.paragraphs)
    return {**dict(counted.most_common()), "not attributed": body - counted.total()}


def devices(story: Story) -> dict[str, int]:
    """How many framing devices of each class the key lists; empty without a key."""
    return dict(Counter(d["device"] for d in (story.key.framing if story.key else ())).most_common())
