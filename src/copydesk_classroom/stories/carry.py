"""Carry over: what somebody has confirmed in a key, put into a new draft of the same page or of a corrected one.

Every span is looked up by its words and the words around it (`quotes.py`). What is no longer there is listed, never
guessed. Confirmed entries keep their ids; blocks and sentences take the ids of the new page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from copydesk.base.documents import Json
from copydesk.base.spans import Span
from copydesk.page.article import Article
from copydesk.story.key import LAYERS
from copydesk_classroom.stories.confirm import CUE_PLACES, RULE, UNCONFIRMED, is_confirmed
from copydesk_classroom.stories.draft import place, voices
from copydesk_classroom.stories.questions import ASKED
from copydesk_classroom.stories.quotes import find_quote, quote_of

BLOCKS = ("furniture", "paragraphs", "sentences")
"""Layers whose entries are the reader's blocks and sentences, and have their ids."""
OF_THE_PAGE = ("id", "line", "start", "end", "hash", "n_words")
"""What the reader says of a block or a sentence."""
ANNOTATION = "annotation"
"""The rule of a place to look at that another program named (see `annotations.py`)."""
REMOVED = "removed"
"""A list of `key.json`: entries that a rule made and somebody removed. A new draft leaves them out."""
MADE_ANEW = {"schema", "story", "sha256", "offsets", "coders", *LAYERS, CUE_PLACES, REMOVED}


@dataclass(frozen=True, slots=True)
class Lost:
    """A confirmed entry, or an alternative of one, that could not be placed on the new page: its id and its words."""

    id: str
    words: str


class _NotThereError(Exception):
    """A span is not on the new page."""


def carry_over(
    old: Mapping[str, Any], old_text: str, draft: Mapping[str, Any], article: Article
) -> tuple[Json, list[Lost]]:
    """A draft with what is confirmed in an older key, and what of that could not be placed."""
    carrier = _Carrier(old, old_text, draft, article)
    return carrier.key(), carrier.lost


def spans_in(value: Any) -> Iterator[Span]:
    """Every span in an entry of a key, however deep, except for those of its alternatives.

    >>> [*spans_in({"cue": {"start": 4, "end": 8}, "content": [{"start": 0, "end": 3}]})]
    [Span(start=4, end=8), Span(start=0, end=3)]
    """
    if isinstance(value, Mapping):
        if "start" in value:
            yield Span(value["start"], value["end"])
        for name, inner in value.items():
            if name != "contestable":
                yield from spans_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from spans_in(inner)


@dataclass
class _Carrier:
    """The older key and its page, the draft and the new page; and what is lost on the way."""

    old: Mapping[str, Any]
    old_text: str
    draft: Mapping[str, Any]
    article: Article
    lost: list[Lost] = field(default_factory=list)

    def key(self) -> Json:
        """The new key."""
        more = deepcopy({name: value for name, value in self.old.items() if name not in MADE_ANEW})
        key: Json = {**self.draft, "coders": self.old.get("coders") or self.draft["coders"], **more}
        names = self._new_names()
        for record in key.get(ASKED, ()):
            record["blanks"] = {
                n: names.get(v, v) if n in ("block", "line") else v for n, v in record["blanks"].items()
            }
        for layer in BLOCKS:
            key[layer] = self._blocks(layer, names)
        for layer in (name for name in LAYERS if name not in (*BLOCKS, "sources")):
            if self.old.get(layer) or layer in self.draft:
                key[layer] = self._entries(layer, names)
        removed = [moved for record in self.old.get(REMOVED, ()) if (moved := self._entry(record, names)) is not None]
        key |= {REMOVED: removed} if removed else {}
        drafted = self._undecided(key, names)
        key["attributions"] = _with_drafted(key["attributions"], drafted, removed)
        for sentence, voice in zip(key["sentences"], voices(self.article, key["attributions"]), strict=True):
            if not is_confirmed(sentence) and self.draft["attributions"]:
                sentence["voice"] = voice
        places = [*self.draft[CUE_PLACES], *self._told_places(names)]
        key[CUE_PLACES] = _without_answered(places, key, removed)
        key["sources"] = self._sources(key)
        return key

    def _new_names(self) -> dict[str, str]:
        """The id on the new page of each block and sentence of the old one that is on both."""
        names: dict[str, str] = {}
        for layers in (("furniture", "paragraphs"), ("sentences",)):
            there = {(r["start"], r["end"]): r["id"] for layer in layers for r in self.draft[layer]}
            for record in (r for layer in layers for r in self.old.get(layer, ())):
                span = self._find(record)
                if span and (span.start, span.end) in there:
                    names[record["id"]] = there[span.start, span.end]
        return names

    def _blocks(self, layer: str, names: Mapping[str, str]) -> list[Json]:
        """The blocks of the new page, those that were confirmed with what was said of them."""
        known, drafted = {}, {record["id"]: record for record in self.draft[layer]}
        for record in filter(is_confirmed, self.old.get(layer, ())):
            if names.get(record["id"]) in drafted:
                known[names[record["id"]]] = record
            else:
                self._lose(record)
        return [self._block(known[i], drafted[i]) if i in known else dict(drafted[i]) for i in drafted]

    def _block(self, known: Mapping[str, Any], drafted: Mapping[str, Any]) -> Json:
        of_the_page = {name: drafted[name] for name in OF_THE_PAGE if name in drafted}
        return {**known, **of_the_page, **self._contestable(known, drafted["id"])}

    def _entries(self, layer: str, names: Mapping[str, str]) -> list[Json]:
        """The confirmed entries of a layer whose spans are all on the new page, in one block."""
        kept = []
        for record in filter(is_confirmed, self.old.get(layer, ())):
            moved = self._entry(record, names)
            if moved is None:
                self._lose(record)
            else:
                kept.append({**moved, **self._contestable(record, record["id"])})
        return kept

    def _entry(self, record: Mapping[str, Any], names: Mapping[str, str]) -> Json | None:
        """An entry with its spans and its block on the new page; None if they are not there."""
        try:
            moved: Json = self._moved({name: value for name, value in record.items() if name != "contestable"})
        except _NotThereError:
            return None
        if "region" in moved:
            here = next(spans_in(moved), None)  # an entry without spans only names its block
            moved["region"] = self._region(moved) if here else names.get(moved["region"])
        return None if moved.get("region", "") is None else moved

    def _told_places(self, names: Mapping[str, str]) -> list[Json]:
        """The places to look at that came from another program, under free ids."""
        told = (record for record in self.old.get(CUE_PLACES, ()) if record.get(RULE) == ANNOTATION)
        kept = [moved for record in told if (moved := self._entry(record, names)) is not None]
        first = len(self.draft[CUE_PLACES]) + 1
        return [{**record, "id": f"CP{n}"} for n, record in enumerate(kept, first)]

    def _undecided(self, key: Mapping[str, Any], names: Mapping[str, str]) -> list[Json]:
        """The attributions of the draft that somebody has not looked at.

        Whoever confirmed a sentence and has no attribution there has seen that there is none. What was open before
        stays open.
        """
        voiced = [span for clause in key.get("reporter_voice", ()) for span in spans_in(clause)]
        blocks = (r for layer in ("furniture", "sentences") for r in key[layer] if is_confirmed(r))
        decided = [span for block in blocks for span in spans_in(block)]
        old = (record for record in self.old.get("attributions", ()) if not is_confirmed(record))
        waiting = [moved for record in old if (moved := self._entry(record, names)) is not None]
        kept = []
        for record in self.draft["attributions"]:
            spans = [*spans_in([record["cue"], record["content"]])]
            seen = all(any(block.covers(span) for block in decided) for span in spans)
            if any(span.overlap(other) for span in spans for other in voiced):
                continue
            if not seen or any(_meets(record, other) for other in waiting):
                kept.append(record)
        return kept

    def _find(self, record: Mapping[str, Any]) -> Span | None:
        span = Span(record["start"], record["end"])
        if self.old_text == self.article.text:
            return span
        # of places that look alike, the one in the same part of the page
        near = span.start * len(self.article.text) // max(1, len(self.old_text))
        return find_quote(self.article.text, quote_of(self.old_text, span), near=near)

    def _moved(self, value: Any) -> Any:
        """A value of an entry with every span in it moved."""
        if isinstance(value, list):
            return [self._moved(inner) for inner in value]
        if not isinstance(value, Mapping):
            return value
        moved = {name: self._moved(inner) for name, inner in value.items()}
        if "start" in value:
            span = self._find(value)
            if span is None:
                raise _NotThereError
            moved |= place(self.article.text, span)
        return moved

    def _contestable(self, record: Mapping[str, Any], new_id: str) -> Json:
        """What of an entry is contestable, moved; an alternative that is not on the page any more is listed as lost."""
        contest = record.get("contestable")
        if not isinstance(contest, Mapping):
            return {"contestable": contest} if "contestable" in record else {}
        kept = []
        for alternative in contest.get("alternatives", ()):
            named = alternative["id"]
            if named.startswith(f"{record['id']}."):  # p2.s1.a of a sentence that is p3.s1 now
                named = new_id + named.removeprefix(record["id"])
            try:
                kept.append({**alternative, "id": named, "patch": self._moved(alternative["patch"])})
            except _NotThereError:
                self.lost.append(Lost(alternative["id"], alternative.get("say", "")))
        return {"contestable": {**contest, "alternatives": kept} if kept else None}

    def _region(self, record: Mapping[str, Any]) -> str | None:
        """The block that all spans of an entry stand in."""
        spans = [*spans_in(record)]
        return next((b.id for b in self.article.blocks if spans and all(b.span.covers(s) for s in spans)), None)

    def _lose(self, record: Mapping[str, Any]) -> None:
        first = next(spans_in(record), None)
        self.lost.append(Lost(record["id"], first.of(self.old_text) if first else str(record.get("name", ""))))

    def _sources(self, key: Mapping[str, Any]) -> list[Json]:
        """The confirmed sources, and for each speaker that is not among them what the older key or the draft says."""
        kept = [dict(record) for record in self.old.get("sources", ()) if is_confirmed(record)]
        ids = {str(r["id"]).lower() for layer in LAYERS if layer != "sources" for r in key.get(layer, ())}
        ids |= {str(record["id"]).lower() for record in kept}
        known = {r["name"]: r for r in (*self.draft["sources"], *self.old.get("sources", ()))}
        kinds = {a["speaker"]: a["kind"] for a in reversed(key["attributions"])}
        missing = dict.fromkeys(a["speaker"] for a in key["attributions"])
        free = (f"S{n}" for n in range(1, len(ids) + len(missing) + 2) if f"s{n}" not in ids)
        for name in (n for n in missing if n not in {record["name"] for record in kept}):
            made = {"name": name, "kind": kinds[name], UNCONFIRMED: True, RULE: "source"}
            kept.append({**known.get(name, made), "id": next(free)})
        return kept


def _with_drafted(kept: Sequence[Json], drafted: Sequence[Json], removed: Sequence[Json]) -> list[Json]:
    """The confirmed attributions, and those of the draft at other places, in reading order and with free ids."""
    taken, renamed, added = {str(record["id"]).lower() for record in kept}, dict[str, str](), list[Json]()
    for record in drafted:
        if met := next((other for other in (*kept, *removed) if _meets(record, other)), None):
            renamed[record["id"]] = met["id"]
            continue
        letter, number = record["id"][0], int(record["id"][1:])
        while f"{letter}{number}".lower() in taken:
            number += 1
        renamed[record["id"]] = f"{letter}{number}"
        taken.add(f"{letter}{number}".lower())
        added.append({**record, "id": f"{letter}{number}"})
    every = {record["id"] for record in (*kept, *added)}

    def known(name: str | None) -> str | None:
        return name if name in every else None  # what it was carried from may be lost, or removed

    carried = [{**record, "carried_from": known(renamed.get(record["carried_from"]))} for record in added]
    for record in carried:
        if outer := renamed.get(record.pop("nested_in", None)):
            record["nested_in"] = outer
    carried += [{**record, "carried_from": known(record.get("carried_from"))} for record in kept]
    return sorted(carried, key=lambda record: min((span.start for span in spans_in(record)), default=0))


def _meets(drafted: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two attributions share words of their cue, or of their content."""
    roles = ("cue", "content")
    return any(
        one.overlap(two) for role in roles for one in spans_in(drafted[role]) for two in spans_in(other.get(role))
    )


def _without_answered(places: Sequence[Json], key: Mapping[str, Any], removed: Sequence[Json]) -> list[Json]:
    """The cue places at which there is no device, no plain control, and nothing that somebody removed."""
    decided = (*key.get("framing", ()), *key.get("controls", ()), *removed)
    seen = [Span(record["start"], record["end"]) for record in decided if "start" in record]
    return [p for p in places if not any(Span(p["start"], p["end"]).overlap(span) for span in seen)]
