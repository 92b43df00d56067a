"""Keys and answers as W3C Web Annotations (JSON-LD), and back: https://www.w3.org/TR/annotation-model/.

Each span is given twice, by a TextPositionSelector and a TextQuoteSelector. Positions count Unicode code points, as the
model asks and as all of Copydesk does; programs that count UTF-16 units differ after the first emoji. An annotation has
tags for people and for other programs, and the whole entry as JSON, in which `{"@target": 2}` stands for its third
target. What is no annotation of the page, such as the answers to questions, is in `copydesk:rest` of the page of
annotations. So what goes out comes back unchanged, and on a corrected page the spans are found by their quotes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from copydesk.base.documents import Damaged, Json, decode
from copydesk.base.errors import CopydeskError
from copydesk.base.files import read_bytes
from copydesk.base.spans import Span, fingerprint
from copydesk.lessons.lesson import Lesson, load_lesson
from copydesk.page.article import Article
from copydesk.story.key import LAYERS, SCHEMA
from copydesk.story.story import Story
from copydesk_classroom.safe_text import one_line
from copydesk_classroom.stories.carry import ANNOTATION, Lost
from copydesk_classroom.stories.confirm import CUE_PLACES, RULE, UNCONFIRMED
from copydesk_classroom.stories.draft import place
from copydesk_classroom.stories.quotes import Quote, find_quote, quote_of

CONTEXT = [
    "http://www.w3.org/ns/anno.jsonld",
    {"copydesk": "urn:copydesk:", "copydesk:rest": {"@id": "copydesk:rest", "@type": "@json"}},
]
"""The model's own context, and the one term of ours: JSON as it is."""
TAGS = ("kind", "form", "speaker", "device", "voice", "verdict", "present", "answer")
"""Fields of an entry that become tags besides its layer."""
MOST_BYTES = 20_000_000
"""The largest file of annotations: ten times what the longest page needs."""
MOST_ITEMS = 20_000
KEY, ANSWERS = "key", "answers"
TARGET, HOLE = "@target", "@annotation"


@dataclass(frozen=True)
class Imported:
    """What a file of annotations holds: a key or the answers to a lesson, and what could not be placed on the page.

    `whole` says that the key was in the file; else it is the story's own with more places to look at.
    """

    what: str
    data: Json
    count: int
    lost: tuple[Lost, ...]
    whole: bool = True


# --- Keys ---


def export_key(raw: Mapping[str, Any], article: Article, story: Story) -> Json:
    """A key, as `key.json` holds it, as a page of annotations."""
    items = []
    for layer in (*LAYERS, CUE_PLACES):
        for record in raw.get(layer) or ():
            targets: list[Span] = []
            body = _without_spans(record, targets, article.text)
            tags = [layer, *(f"{name}: {record[name]}" for name in TAGS if record.get(name) is not None)]
            items.append(_annotation(story, f"{layer}:{record['id']}", layer, tags, body, targets, article.text))
    listed = [name for name in (*LAYERS, CUE_PLACES) if name in raw]
    rest = {name: value for name, value in raw.items() if name not in listed}
    return _page(story, KEY, items, {"holds": KEY, "layers": listed, "key": rest})


def import_annotations(data: Mapping[str, Any], story: Story, base: Mapping[str, Any] | None = None) -> Imported:
    """The key or the answers in a page of annotations, with every span where its words stand in the story's page.

    Annotations of other programs become places to look at in `base`, a key as `key.json` holds it: unconfirmed, with
    their comments as notes. Raises CopydeskError for what is no page of annotations.
    """
    items = _items(data)
    rest = data.get("copydesk:rest")
    try:
        if isinstance(rest, Mapping) and rest.get("holds") == KEY:
            return _import_key(items, rest, story)
        if isinstance(rest, Mapping) and rest.get("holds") == ANSWERS:
            return _import_answers(items, rest, story)
        return _import_places(items, story, base)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        if isinstance(error, CopydeskError):
            raise
        raise CopydeskError(f"the annotations lack or mistype {error}", "export them again") from None


def read_annotations(path: Path) -> Json:
    """A file of annotations. Raises CopydeskError for what cannot be read."""
    found = read_bytes(path, most=MOST_BYTES + 1)
    if found is None:
        raise CopydeskError(f"there is no file {path}", "check the name and the folder it is in")
    if len(found) > MOST_BYTES:
        raise CopydeskError(f"{path} is larger than {MOST_BYTES // 1_000_000} MB", "divide it")
    try:
        return decode(found if not found.lstrip().startswith(b"[") else b'{"items": ' + found + b"}")
    except Damaged as damaged:
        raise CopydeskError(f"{path} {damaged}", "export the annotations as JSON-LD") from None


def encode_annotations(page: Mapping[str, Any]) -> bytes:
    """A page of annotations as it is stored."""
    return (json.dumps(page, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "backslashreplace")


def _import_key(items: Sequence[Json], rest: Mapping[str, Any], story: Story) -> Imported:
    layers: dict[str, list[Json]] = {name: [] for name in rest["layers"] if name in (*LAYERS, CUE_PLACES)}
    lost: list[Lost] = []
    text = story.article.text
    for item in items:
        layer, record = _own_body(item)
        if layer not in layers:
            raise CopydeskError(f"an annotation is in '{layer}', which is no layer of a key", "export it again")
        spans = _targets(item, text)
        if None in spans:
            lost.append(Lost(str(record.get("id")), _exact(item)))
        else:
            layers[layer].append(_with_spans(record, spans, text))
    key = {**dict(rest["key"]), **layers}
    if key.get("schema") != SCHEMA:
        raise CopydeskError("the annotations hold no key", "export them with copydesk story annotations")
    key["sha256"] = fingerprint(text)
    return Imported(KEY, key, len(items), tuple(lost))


def _import_places(items: Sequence[Json], story: Story, base: Mapping[str, Any] | None) -> Imported:
    if base is None:
        raise CopydeskError(f"'{story.id}' has no key to put them into", "make a draft with copydesk new first")
    places, lost = [*base.get(CUE_PLACES, ())], list[Lost]()
    taken, number = {str(p.get("id")).lower() for p in places}, 1
    text = story.article.text
    for item in items:
        spans = [span for span in _targets(item, text) if span]
        block = next((b for b in story.article.blocks for s in spans[:1] if b.span.covers(s)), None)
        if not spans or block is None:
            lost.append(Lost(one_line(item.get("id", "?"), most=80), _exact(item)))
            continue
        while f"cp{number}" in taken:
            number += 1
        taken.add(f"cp{number}")
        said = {"id": f"CP{number}", "region": block.id, **place(text, spans[0]), UNCONFIRMED: True, RULE: ANNOTATION}
        places.append({**said, **({"note": note} if (note := _comment(item)) else {})})
    return Imported(KEY, {**base, CUE_PLACES: places}, len(items), tuple(lost), whole=False)


def _without_spans(value: Any, targets: list[Span], text: str) -> Any:
    """A value of an entry with each span as the number of a target; a span that is not on the page stays as it is."""
    if isinstance(value, list):
        return [_without_spans(inner, targets, text) for inner in value]
    if not isinstance(value, Mapping):
        return value
    is_span = value.get("hash") is not None and _is_span(value.get("start"), value.get("end"), text)
    made = {}
    for name, inner in value.items():
        if is_span and name == "start":
            made[TARGET] = len(targets)
            targets.append(Span(value["start"], value["end"]))
        elif not (is_span and name in ("end", "hash")):
            made[name] = _without_spans(inner, targets, text)
    return made


def _with_spans(value: Any, spans: Sequence[Span | None], text: str) -> Any:
    if isinstance(value, list):
        return [_with_spans(inner, spans, text) for inner in value]
    if not isinstance(value, Mapping):
        return value
    made: Json = {}
    for name, inner in value.items():
        span = spans[inner] if name == TARGET else None
        made |= place(text, span) if span else {name: _with_spans(inner, spans, text)}
    return made


def _is_span(start: Any, end: Any, text: str) -> bool:
    return type(start) is type(end) is int and 0 <= start < end <= len(text)


# --- Answers ---


def export_answers(answers: Mapping[str, Any], story: Story) -> Json:
    """A learner's answers to one lesson, as their file holds them, as a page of annotations: each mark is one.

    Marks on another story than the lesson's own, and marks that lie on no page, stay in the rest as they are.
    """
    lesson = load_lesson(str(answers.get("lesson")), story)
    items: list[Json] = []
    kept: Json = {}
    exercises = answers.get("exercises")
    for name, record in exercises.items() if isinstance(exercises, Mapping) else ():
        found = _text_of(lesson, name)
        kept[name] = _without_marks(record, name, found, story, items) if found else record
    rest = {**{n: v for n, v in answers.items() if n != "exercises"}, "exercises": kept}
    return _page(story, ANSWERS, items, {"holds": ANSWERS, "answers": rest})


def _text_of(lesson: Lesson, exercise: str) -> str:
    """The page that an exercise stands on, if it is the lesson's own; '' for another one or an unknown exercise."""
    known = next((e for e in lesson.exercises if e.id == exercise), None)
    return lesson.story.article.text if known and known.story in ("", lesson.story.id) else ""


def _without_marks(record: Any, exercise: str, text: str, story: Story, items: list[Json]) -> Any:
    """The record of an exercise with each mark of its answer as the number of an annotation."""
    answer = record.get("answer") if isinstance(record, Mapping) else None
    if not isinstance(answer, Mapping):
        return record

    def taken(mark: Any, role: str, number: int) -> Any:
        spans = [Span(*s) for s in _pairs(mark)]
        is_group = role == "groups"
        if not spans or any(span.end > len(text) for span in spans) or is_group != isinstance(mark, Mapping):
            return mark
        targets: list[Span] = []
        body = _numbered(mark, targets)
        tags = [exercise, *(n for n, v in mark.items() if v and _pairs(v))] if is_group else [exercise, role]
        name = f"{exercise}:{role}:{number}"
        items.append(_annotation(story, name, exercise, tags, body, targets, text))
        return {HOLE: len(items) - 1}

    changed = {**answer}
    for role in ("groups", "evidence"):
        if isinstance(answer.get(role), list):
            changed[role] = [taken(mark, role, n) for n, mark in enumerate(answer[role])]
    return {**record, "answer": changed}


def _pairs(value: Any) -> Iterator[tuple[int, int]]:
    """Every `[start, end]` in the marks of an answer."""
    if isinstance(value, list) and len(value) == 2 and type(value[0]) is type(value[1]) is int:
        if 0 <= value[0] < value[1]:
            yield value[0], value[1]
    elif isinstance(value, list | Mapping):
        for inner in value.values() if isinstance(value, Mapping) else value:
            yield from _pairs(inner)


def _numbered(value: Any, targets: list[Span]) -> Any:
    if isinstance(value, Mapping):
        return {name: _numbered(inner, targets) for name, inner in value.items()}
    if isinstance(value, list):
        if len(value) == 2 and type(value[0]) is type(value[1]) is int and 0 <= value[0] < value[1]:
            targets.append(Span(value[0], value[1]))
            return {TARGET: len(targets) - 1}
        return [_numbered(inner, targets) for inner in value]
    return value


def _import_answers(items: Sequence[Json], rest: Mapping[str, Any], story: Story) -> Imported:
    marks: list[Any] = []
    lost: list[Lost] = []
    for item in items:
        spans = _targets(item, story.article.text)
        if None in spans:
            lost.append(Lost(one_line(item.get("id", "?"), most=80), _exact(item)))
            marks.append(None)
        else:
            marks.append(_as_pairs(_own_body(item)[1], [span for span in spans if span]))
    return Imported(ANSWERS, _filled(rest["answers"], marks), len(items), tuple(lost))


def _as_pairs(value: Any, spans: Sequence[Span]) -> Any:
    if isinstance(value, Mapping):
        if TARGET in value:
            span = spans[value[TARGET]]
            return [span.start, span.end]
        return {name: _as_pairs(inner, spans) for name, inner in value.items()}
    return [_as_pairs(inner, spans) for inner in value] if isinstance(value, list) else value


def _filled(value: Any, marks: Sequence[Any]) -> Any:
    """The rest of the answers with the marks back in their places; a mark that is lost leaves no place."""
    if isinstance(value, Mapping):
        return {name: _filled(inner, marks) for name, inner in value.items()}
    if not isinstance(value, list):
        return value
    found = []
    for inner in value:
        is_hole = isinstance(inner, Mapping) and HOLE in inner
        filled = marks[inner[HOLE]] if is_hole else _filled(inner, marks)
        if not (is_hole and filled is None):
            found.append(filled)
    return found


# --- The model ---


def _page(story: Story, what: str, items: Sequence[Json], rest: Json) -> Json:
    name = f"urn:copydesk:{story.id}:{what}"
    return {"@context": CONTEXT, "id": name, "type": "AnnotationPage", "items": list(items), "copydesk:rest": rest}


def _annotation(  # noqa: PLR0913, PLR0917
    story: Story, name: str, layer: str, tags: Sequence[str], body: Any, targets: Sequence[Span], text: str
) -> Json:
    source = f"urn:copydesk:{story.id}:page.txt"
    told = [{"type": "TextualBody", "purpose": "tagging", "value": one_line(tag)} for tag in tags]
    entry = {"type": "TextualBody", "purpose": "describing", "format": "application/json"}
    entry |= {"value": json.dumps({"layer": layer, "entry": body}, ensure_ascii=False)}
    there = [{"type": "SpecificResource", "source": source, "selector": _selectors(text, span)} for span in targets]
    return {
        "id": f"urn:copydesk:{story.id}:{name}",
        "type": "Annotation",
        "motivation": "classifying",
        "body": [*told, entry],
        "target": there or source,
    }


def _selectors(text: str, span: Span) -> list[Json]:
    quote = quote_of(text, span)
    said = {"exact": quote.exact, "prefix": quote.prefix, "suffix": quote.suffix}
    position = {"type": "TextPositionSelector", "start": span.start, "end": span.end}
    return [position, {"type": "TextQuoteSelector", **said}]


def _items(data: Mapping[str, Any]) -> list[Json]:
    """The annotations of a page or a collection, or of a list, or the single one that a file holds."""
    found = data.get("items")
    if isinstance(data.get("first"), Mapping):
        found = data["first"].get("items")
    if data.get("type") == "Annotation":
        found = [data]
    if not isinstance(found, list) or not all(isinstance(item, Mapping) for item in found):
        raise CopydeskError("this is no page of annotations", "export them as W3C Web Annotations, in JSON-LD")
    if len(found) > MOST_ITEMS:
        raise CopydeskError(f"there are more than {MOST_ITEMS:,} annotations", "divide the file")
    return [dict(item) for item in found]


def _own_body(item: Mapping[str, Any]) -> tuple[str, Any]:
    """The layer and the entry that an annotation of ours holds as JSON."""
    for body in _listed(item.get("body")):
        if isinstance(body, Mapping) and body.get("format") == "application/json":
            try:
                told = decode(str(body.get("value")).encode("utf-8", "replace"))
            except Damaged as damaged:
                raise CopydeskError(f"the entry of {item.get('id')} {damaged}", "export it again") from None
            return str(told["layer"]), told["entry"]
    raise CopydeskError(
        f"{one_line(item.get('id', 'an annotation'), most=80)} holds no entry of a key", "export it again"
    )


def _targets(item: Mapping[str, Any], text: str) -> list[Span | None]:
    """Where the targets of an annotation stand in a page; None for one that is not there."""
    return [_find(target, text) for target in _listed(item.get("target")) if isinstance(target, Mapping)]


def _find(target: Mapping[str, Any], text: str) -> Span | None:
    selectors = [s for s in _listed(target.get("selector")) if isinstance(s, Mapping)]
    position = next((s for s in selectors if s.get("type") == "TextPositionSelector"), {})
    quoted = next((s for s in selectors if s.get("type") == "TextQuoteSelector"), None)
    start, end = position.get("start"), position.get("end")
    known = isinstance(start, int) and isinstance(end, int) and _is_span(start, end, text)
    there = Span(start or 0, end or 0) if known else None
    if quoted is None:
        return there
    quote = Quote(*(str(quoted.get(name) or "") for name in ("exact", "prefix", "suffix")))
    if there and there.of(text) == quote.exact:
        return there
    return find_quote(text, quote, near=start if isinstance(start, int) else None) if quote.exact else None


def _exact(item: Mapping[str, Any]) -> str:
    """The words of the first quote of an annotation."""
    for target in _listed(item.get("target")):
        for selector in _listed(target.get("selector")) if isinstance(target, Mapping) else ():
            if isinstance(selector, Mapping) and selector.get("exact"):
                return one_line(selector["exact"], most=80)
    return ""


def _comment(item: Mapping[str, Any]) -> str:
    """What an annotation says, in one line."""
    bodies = [
        b if isinstance(b, str) else b.get("value") for b in _listed(item.get("body")) if isinstance(b, str | Mapping)
    ]
    return one_line("; ".join(str(b) for b in bodies if b), most=300)


def _listed(value: Any) -> list[Any]:
    """JSON-LD writes one value for a list of one."""
    return value if isinstance(value, list) else [] if value is None else [value]
