"""What a lesson takes from its story as it is loaded: stretches of the page to edit, and what dated facts answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from copydesk.article import Article
from copydesk.context.facts import Fact, story_facts
from copydesk.stories import Story
from copydesk.wording import load_wording

if TYPE_CHECKING:
    from copydesk.lessons import Exercise


def edits_of(settings: Mapping[str, Any], article: Article) -> list[dict[str, Any]]:
    """The stretches of the page a learner edits, each with its span; the error lists the blocks there are.

    >>> from copydesk.article import parse_article
    >>> edits_of({"edit": {"block": "p1"}}, parse_article("It rained. He refused."))
    [{'min': 3, 'max': 200, 'id': 'version', 'label': 'paragraph 1', 'block': 'p1', 'span': [0, 22]}]
    """
    given = [settings["edit"]] if settings.get("edit") else settings.get("edits", ())
    defaults = {"min": 3, "max": 200, "id": "version"}
    return [{**defaults, "label": _label(e), **e, "span": e.get("span") or _span(e, article)} for e in given]


def _span(edit: Mapping[str, Any], article: Article) -> list[int]:
    block = article.block(edit.get("block", ""))
    return [block.start, block.end]


def _label(edit: Mapping[str, Any]) -> str:
    say, block = load_wording("strings"), str(edit.get("block", ""))
    if block.startswith("p") and block[1:].isdigit():
        return str(say["mark"]["paragraph"].format(n=block[1:]))
    return str(say["edit"]["passage"])


def dated_answers(exercises: Iterable[Exercise], story: Story) -> dict[str, dict[str, dict[str, Any]]]:
    """What facts answer by themselves in `order` exercises: their days, and whether they were known on the story's day.

    `days` are the first and last day something may have happened on, as ordinals: a year alone spans all of it.
    """
    asked = {e.key_name: [i for i in e.get("items", ()) if "fact" in i] for e in exercises if e.type == "order"}
    facts = {f.id: f for f in story_facts(story)} if any(asked.values()) else {}
    return {
        name: {i["id"]: _answer(facts[i["fact"]], story.date) for i in items if i["fact"] in facts}
        for name, items in asked.items()
    }


def _answer(fact: Fact, day: dt.date) -> dict[str, Any]:
    said: dict[str, Any] = {"say": fact.statement, "when": fact.when, "source": fact.credit}
    if fact.known_from:
        said["accept"] = ["known" if fact.known_on(day) else "later"]
    if fact.date:
        return {"days": [fact.date.toordinal()] * 2, **said}
    if fact.year:
        return {"days": [dt.date(fact.year, month, last).toordinal() for month, last in ((1, 1), (12, 31))], **said}
    return said
