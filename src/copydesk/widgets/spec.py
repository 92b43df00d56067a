"""What a widget is told of an exercise: plain data, never the key.

JavaScript computes no offsets: words carry theirs.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from copydesk.context.facts import Fact, by_id, say_day, story_facts
from copydesk.items import item_words, shown_blocks
from copydesk.key import FUNCTIONS
from copydesk.lessons import Exercise, Lesson
from copydesk.scoring.events import dealt
from copydesk.scoring.form import options
from copydesk.scoring.mark_notes import place
from copydesk.scoring.write import original
from copydesk.spans import Span, chunks
from copydesk.stories import Story
from copydesk.wording import choice_labels, load_wording

ITEMS = {"attributions": "attribution", "entman": "frame"}
"""What one group of marks is called."""
SEVERAL = {"content", *FUNCTIONS}
"""Roles that may have more than one span in a group."""


def spec(lesson: Lesson, exercise: Exercise) -> dict[str, Any]:
    """Everything the browser needs to show an exercise and to let it be answered."""
    story, say = lesson.story, load_wording("strings")
    common = {
        "uid": f"{story.id}/{lesson.id}/{exercise.id}/{story.about['sha256'][:8]}",
        "type": exercise.type,
        "title": exercise.title,
        "prompt": exercise.prompt,
        "points_text": points_text(exercise),
        "lang": story.about["language"],
        "rights": story.rights,
        "say": say,
        "tags": say["tags"],
    }
    shown = {"mark": _mark, "sort": _sort, "form": _form, "order": _order, "write": _write}[exercise.type]
    return common | shown(story, exercise)


def points_text(exercise: Exercise) -> str:
    """What an exercise is worth, in words."""
    say = load_wording("strings")["frame"]
    if not exercise.points:
        return str(say["practice"])
    return str(say["point"] if exercise.points == 1 else say["points"].format(n=f"{exercise.points:g}"))


def _mark(story: Story, exercise: Exercise) -> dict[str, Any]:
    roles = exercise.get("roles")
    return {
        "blocks": _blocks(story, exercise),
        "roles": roles,
        "several": [r for r in roles if r in SEVERAL],
        "labels": {n: exercise.get("label_choices", {}).get(n) or choice_labels(n) for n in exercise.get("labels", ())},
        "item": load_wording("strings")["roles"][ITEMS.get(exercise.get("layer"), roles[0])],
    }


def _blocks(story: Story, exercise: Exercise) -> list[dict[str, Any]]:
    article = story.article
    return [
        {
            "id": b.id,
            "label": place(b.id),
            "sentences": [
                {"id": s.id, "words": _words(article.text, s.span)} for s in (article.sentences_of(b.id) or (b,))
            ],
        }
        for b in shown_blocks(story, exercise)
    ]


def _words(text: str, span: Span) -> list[list[Any]]:
    found = chunks(text, span)
    after = [text[w.end : w.end + 1].isspace() for w in found]
    ends = [w.start + (len(w.of(text).rstrip(",.;:")) or len(w)) for w in found]  # a mark stops before a comma
    return [[w.of(text), w.start, end, space] for w, end, space in zip(found, ends, after, strict=True)]


def _sort(story: Story, exercise: Exercise) -> dict[str, Any]:
    return {"items": sort_items(story, exercise), "choices": choice_labels(exercise.get("choices"))}


def sort_items(story: Story, exercise: Exercise) -> list[dict[str, Any]]:
    """The items to sort, with the words a learner sees: blocks, sentences, claims, or what the story's lesson lists."""
    texts, layer = item_words(story, exercise), exercise.get("layer")
    if layer == "page":
        return [{"id": i, "where": str(n), "text": text} for n, (i, text) in enumerate(texts.items(), 1)]
    if layer == "sentences":
        return [{"id": i, "where": i, "text": text} for i, text in texts.items()]
    facts, cards = story_facts(story), exercise.get("cards", {})
    return [
        {
            "id": item["id"],
            "where": f"{n} · {item['where']}" if "where" in item else str(n),
            "text": texts.get(item["id"], ""),
            "cards": [card(by_id(facts, f), story.date) for f in cards.get(item["id"], ())],
        }
        for n, item in enumerate(exercise.get("items", ()), 1)
    ]


def card(fact: Fact, day: dt.date) -> dict[str, Any]:
    """A fact as a card: its date, what it says, where it is from, and whether it was known on the day."""
    return {
        "date": say_day(fact.date) if fact.date else "",
        "statement": fact.statement,
        "credit": fact.credit,
        "later": not fact.known_on(day),
    }


def _form(story: Story, exercise: Exercise) -> dict[str, Any]:
    shown = ("id", "text", "min", "max", "open")
    return {
        "questions": [
            {n: q[n] for n in shown if n in q} | ({"options": options(q)} if "options" in q else {})
            for q in exercise.get("questions")
        ]
    }


def _order(story: Story, exercise: Exercise) -> dict[str, Any]:
    texts, known = item_words(story, exercise), choice_labels("known") if exercise.get("known") else {}
    return {"items": [{"id": i, "text": texts.get(i, "")} for i in dealt(exercise)], "choices": known}


def _write(story: Story, exercise: Exercise) -> dict[str, Any]:
    asks = exercise.get("evidence")
    fields = [{"min": 3, "max": 200, **f} for f in exercise.get("fields", ())]
    edits = [
        {n: e[n] for n in ("id", "label", "min", "max")} | {"original": original(e, story.article.text)}
        for e in exercise.get("edits", ())
    ]
    return {"fields": fields, "edits": edits, "evidence": asks} | ({"blocks": _blocks(story, exercise)} if asks else {})
