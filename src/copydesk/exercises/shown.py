"""What an exercise puts before a learner, item by item: questions, sentences, pieces of the page, facts.

What a widget is told of an exercise: plain data, never the key.

JavaScript computes no offsets: words carry theirs.

The still twin of an exercise: what it asks and what was answered, for readers without a kernel.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from html import escape
from typing import Any

from copydesk.base.spans import Span, chunks
from copydesk.base.wording import choice_labels, load_wording, say_day
from copydesk.exercises.exercise import Exercise
from copydesk.exercises.form import options
from copydesk.exercises.mark import place
from copydesk.exercises.mark_match import read_groups, spans_from
from copydesk.exercises.order import arranged, dealt
from copydesk.exercises.outcome import well_formed
from copydesk.exercises.parallel_forms import as_answered
from copydesk.exercises.write import Row, measures, original
from copydesk.page.article import Block
from copydesk.page.html import Mark, blocks, static_html, table
from copydesk.story.facts import Fact, by_id, story_facts
from copydesk.story.key import FUNCTIONS
from copydesk.story.story import Story


def shown_blocks(story: Story, exercise: Exercise) -> list[Block]:
    """The blocks an exercise is about; without a region, the whole page."""
    return [b for b in story.article.blocks if not exercise.region or b.id in exercise.region]


def item_words(story: Story, exercise: Exercise) -> dict[str, str]:
    """The words of each item by its id.

    >>> from copydesk.lessons.lesson import load_lesson
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


ITEMS = {"attributions": "attribution", "entman": "frame"}
"""What one group of marks is called."""
SEVERAL = {"content", *FUNCTIONS}
"""Roles that may have more than one span in a group."""


def spec(story: Story, exercise: Exercise) -> dict[str, Any]:
    """Everything the browser needs to show an exercise and to let it be answered."""
    say = load_wording("strings")
    common = {
        "uid": f"{story.id}/{exercise.key_name}/{story.about['sha256'][:8]}",
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


def still_exercise(story: Story, exercise: Exercise, answer: dict[str, Any]) -> str:
    """An exercise as plain HTML; of an answer, only what has the right shape."""
    answer = well_formed(answer)
    exercise = as_answered(exercise, answer)
    told = spec(story, exercise)
    text, say = story.article.text, load_wording("strings")["still"]
    head = f"<h3>{escape(exercise.title)}</h3><p>{escape(exercise.prompt)}</p>"
    body = ""
    if "blocks" in told:
        body += blocks(
            text,
            {b.id: b for b in shown_blocks(story, exercise)},
            _marks(exercise, answer, len(text)),
            lang=told["lang"],
        )
    if exercise.type == "sort":
        rows = [
            (i["where"], i["text"], told["choices"].get(answer.get("choices", {}).get(i["id"]), ""))
            for i in told["items"]
        ]
        body += table(("", say["text"], say["choice"]), rows, caption=exercise.title)
    if exercise.type == "form":
        rows_of = [(q["text"], _given(q, answer.get("values", {}).get(q["id"]))) for q in told["questions"]]
        body += table((say["question"], say["answer"]), rows_of, caption=exercise.title)
    if exercise.type == "order":
        body += _order_table(exercise, told, answer)
    if exercise.type == "write":
        moved = measures(exercise, answer, text)
        body += "".join(_edit(e, answer.get("texts", {}).get(e["id"]), moved[e["id"]]) for e in told["edits"])
        rows_of = [(f["label"], answer.get("texts", {}).get(f["id"], "")) for f in told["fields"]]
        body += table(("", say["words"]), rows_of, caption=exercise.title) if rows_of else ""
    return static_html(head + body, rights=story.rights)


def _marks(exercise: Exercise, answer: dict[str, Any], length: int) -> list[Mark]:
    if exercise.type == "write":
        return [Mark(span, "evidence", n) for n, span in enumerate(spans_from(answer.get("evidence"), length), 1)]
    groups = enumerate(read_groups(exercise, answer, length), 1)
    return [Mark(span, role, n) for n, group in groups for role, spans in group.roles.items() for span in spans]


def _order_table(exercise: Exercise, told: dict[str, Any], answer: dict[str, Any]) -> str:
    """The learner's order, numbered; before there is one, the list as dealt, with no numbers."""
    say, given = load_wording("strings")["order"], arranged(exercise, answer)
    texts = {i["id"]: i["text"] for i in told["items"]}
    marked = answer.get("choices", {})
    rows = [
        (given.index(i) + 1 if i in given else "", texts[i], told["choices"].get(marked.get(i), ""))
        for i in dict.fromkeys([*given, *texts])
    ]
    caption = exercise.title if given else say["not_yours"].format(title=exercise.title)
    columns = (say["place"], say["event"], say["known"]) if told["choices"] else (say["place"], say["event"])
    return table(columns, [row[: len(columns)] for row in rows], caption=caption)


def _edit(edit: dict[str, Any], version: Any, moved: list[Row]) -> str:
    """A stretch of the page, the learner's version, and what moved; without a version, the stretch alone."""
    say = load_wording("strings")["edit"]
    texts = [(say["original"], edit["original"])] + ([(say["yours"], version)] if version else [])
    body = table(("", load_wording("strings")["still"]["text"]), texts, caption=edit["label"])
    return body + (
        table((say["measure"], say["original"], say["yours"]), moved, caption=say["caption"]) if version else ""
    )


def _given(question: dict[str, Any], value: Any) -> str:
    return str(question.get("options", {}).get(value, "" if value is None else value))
