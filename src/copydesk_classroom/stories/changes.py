"""What can be changed in a key: single entries, and what follows from a change in others.

A change names an entry by its layer and id:

    {"op": "confirm", "layer": "attributions", "ids": ["A1", "A2"]}
    {"op": "set", "layer": "attributions", "id": "A1", "fields": {"form": "direct", "source": {"start": 4, "end": 9}}}
    {"op": "add", "layer": "controls", "id": "PC4", "fields": {"start": 4, "end": 9}}
    {"op": "remove", "layer": "attributions", "id": "A3"}
    {"op": "block", "start": 42, "kind": "headline"}
    {"op": "split", "what": "block", "at": 318}    a block, or a sentence, begins there
    {"op": "join", "what": "sentence", "at": 318}  none does
    {"op": "about", "fields": {"reporter": "Ada Fennimore"}}
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from copy import deepcopy
from functools import cached_property
from typing import Any

from copydesk.base.documents import Json
from copydesk.base.errors import CopydeskError
from copydesk.base.spans import Span, words
from copydesk.base.wording import load_wording
from copydesk.page.article import NOTHING, PARAGRAPH, SENTENCE, Article, parse_article
from copydesk.page.sentences import BLANK, ends_sentence
from copydesk.story.key import FORMS, FUNCTIONS, KINDS, LAYERS, SPANS, VERDICTS, VOICES, spans_of
from copydesk_classroom.stories.confirm import CUE_PLACES, RULE, UNCONFIRMED
from copydesk_classroom.stories.draft import CLOSING, OPENING, place, voices
from copydesk_classroom.stories.questions import ASKED
from copydesk_classroom.wording import class_wording

ABOUT = "provenance"
"""What the page says of its makers: one table in the key, changed like an entry."""
SHOWN = (
    *("furniture", "paragraphs", "sentences", "sources", "attributions", "framing", "controls", "claims", "entman"),
    *("questions", "quirks", CUE_PLACES, ASKED),
)
"""The layers that the editor shows."""
CUT = ("furniture", "paragraphs", "sentences")
"""The layers that the reader of pages makes."""
MADE_BY_HAND = {*SHOWN} - {*CUT, CUE_PLACES}
"""The layers to which entries can be added; they, and the places to look at, can lose some."""
TEXT_FIELDS = {
    "sources": ("name", "on_record", "detail"),
    "attributions": ("speaker", "note"),
    "framing": ("note", "voice"),
    "claims": ("verdict_note", "note", "evidence", "later"),
    "entman": ("frame", "name", "voice"),
    "questions": ("evidence",),
    "quirks": ("kind", "note"),
    ABOUT: ("agency", "reporter", "publisher"),
}
"""The fields of each layer that are written."""
CHOICES: dict[tuple[str, str], Collection[str]] = {
    ("attributions", "form"): FORMS,
    ("attributions", "kind"): KINDS,
    ("sources", "kind"): KINDS,
    ("sentences", "voice"): VOICES,
    ("framing", "device"): load_wording("devices"),
    ("claims", "verdict"): VERDICTS,
    ("questions", "answer"): ("yes", "no", "na"),
    (ASKED, "template"): class_wording("questions")["template"],
}
"""The fields whose values are one of a few."""
LONGEST = 2000
"""How many characters such a field may have."""
_NO_PARTS: Json = {"source": None, "cue": None, "content": []}


class KeyChanges:
    """Changes a key of one page; `lines` are the kinds of blocks that `story.toml` corrects."""

    def __init__(self, text: str, told: Mapping[str, Mapping[int, str]]) -> None:
        self.text, self._told = text, told
        self._articles: dict[tuple[Any, ...], Article] = {}
        self._said = class_wording("editor")["messages"]

    def article(self, document: Json) -> Article:
        """The page as a key cuts it."""
        blocks = [(r["start"], r.get("kind", PARAGRAPH)) for n in CUT[:2] for r in layer_of(document, n)]
        cut = (*sorted(blocks), *sorted(r["start"] for r in layer_of(document, "sentences")))
        if cut not in self._articles:
            if len(self._articles) > 8:
                self._articles.clear()
            self._articles[cut] = self._cut_as(document)
        return self._articles[cut]

    @cached_property
    def _read(self) -> Article:
        return parse_article(self.text)

    def _cut_as(self, document: Json) -> Article:
        """The page, with the corrections to the reader that make it cut the page as a key does."""
        read = {b.start: b for b in self._read.blocks}
        kept = {r["start"]: r.get("kind", PARAGRAPH) for n in CUT[:2] for r in layer_of(document, n)}
        sentences = {r["start"] for r in layer_of(document, "sentences")}
        lines = {b.line: kept[n] for n, b in read.items() if n in kept and kept[n] != b.kind}
        begins = {n: SENTENCE if n in sentences else NOTHING for n in read if n not in kept}
        begins |= {n: kind for n, kind in kept.items() if n not in read and self._can_begin(n)}
        starts = {s.start for s in parse_article(self.text, lines=lines, begins=begins).sentences}
        told = {n: SENTENCE if n in sentences else NOTHING for n in starts ^ sentences if n not in kept}
        begins |= {n: what for n, what in told.items() if self._can_begin(n)}
        return parse_article(self.text, lines=dict(sorted(lines.items())), begins=dict(sorted(begins.items())))

    def _can_begin(self, at: object) -> bool:
        """Whether a block or a sentence can begin at a place: at the first letter of a word, or a mark before it."""
        text, blocks = self.text, self._read.blocks
        if not isinstance(at, int) or not any(b.start <= at < b.end for b in blocks):
            return False
        return text[at] not in BLANK and not (at and text[at - 1].isalnum() and text[at].isalnum())

    def complete(self, document: Json) -> None:
        """Add the blocks and sentences of the page where a key has none yet."""
        if not all(layer_of(document, name) for name in CUT[1:]):
            _recut(document, parse_article(self.text, **self._told))

    # One operation

    def change(self, document: Json, op: Mapping[str, Any]) -> None:
        match op:
            case {"op": "confirm", "layer": str(layer), "ids": list(ids)}:
                for name in ids:
                    self._confirm(document, layer, str(name))
            case {"op": "set", "layer": str(layer), "id": str(name), "fields": dict(fields)}:
                self._set(document, layer, name, fields)
            case {"op": "add", "layer": str(layer), "id": str(name), "fields": dict(fields)} if layer in MADE_BY_HAND:
                self._add(document, layer, name, fields)
            case {"op": "remove", "layer": str(layer), "id": str(name)} if layer in (*MADE_BY_HAND, CUE_PLACES):
                self._remove(document, layer, name)
            case {"op": "block", "start": int(start), "kind": str(kind)}:
                self._block(document, start, kind)
            case {"op": "split" | "join" as how, "what": "block" | "sentence" as what, "at": int(at)}:
                self._cut(document, how, what, at)
            case {"op": "about", "fields": dict(fields)}:
                told = self._valid(document, ABOUT, fields)
                document[ABOUT] = {**document.get(ABOUT, {}), **told}
            case _:
                raise CopydeskError(self._said["unknown"], self._said["reload"])

    def _entry(self, document: Json, layer: str, name: str) -> Json:
        entry = find(document, layer, name)
        if entry is None or layer not in SHOWN:
            raise CopydeskError(self._said["no_entry"].format(id=name), self._said["reload"])
        return entry

    def _confirm(self, document: Json, layer: str, name: str) -> None:
        """Confirm an entry; with an attribution, its speaker as well, who stands beside it."""
        entry = self._entry(document, layer, name)
        speakers = [s for s in layer_of(document, "sources") if s["name"] == entry.get("speaker")]
        for one in (entry, *(speakers if layer == "attributions" else ())):
            one.pop(UNCONFIRMED, None)
            one.pop(RULE, None)

    def _set(self, document: Json, layer: str, name: str, fields: Mapping[str, Any]) -> None:
        entry = self._entry(document, layer, name)
        given = self._valid(document, layer, fields)
        if layer == "sources":
            self._change_speaker(document, entry, given)
        else:
            if layer == "attributions" and {"speaker", "kind"} & given.keys():
                kind = given.get("kind")
                who = given["speaker"] = self._meant(document, str(given.get("speaker", "")), str(entry["speaker"]))
                speaker = self._speaker(document, who, kind or entry.get("kind", "none"))
                given["kind"] = kind or str(speaker["kind"])
                self._change_speaker(document, speaker, {"kind": given["kind"]})
            entry |= given
            entry.pop(RULE, None)
        if {"source", "cue", "content", "start", *FUNCTIONS} & given.keys():
            self._place(document, layer, entry)
        if layer == "attributions":
            if "cue" in given:
                entry.pop("cue_lemma", None)
            if entry.get(UNCONFIRMED) and "content" in given and "form" not in given:
                entry["form"] = self._form(entry)
            self._follow(document)

    def _add(self, document: Json, layer: str, name: str, fields: Mapping[str, Any]) -> None:
        if any(
            r["id"].casefold() == name.casefold() for one in (*LAYERS, ASKED) for r in layer_of(document, one)
        ) or not re.fullmatch(r"[A-Z][A-Za-z_.]{0,30}\d{0,4}", name):
            raise CopydeskError(self._said["id_taken"].format(id=name), self._said["again"])
        entry: Json = {"id": name, **self._valid(document, layer, fields)}
        if layer == "attributions":
            self._fill_in(document, entry)
        elif layer == "framing":
            entry = {"device": "word_choice", "note": "", "voice": "", "readings": [], **entry, "contestable": None}
        elif layer == "claims":
            entry = {"verdict": "not_checkable", "verdict_note": "", "note": "", **entry, "contestable": None}
        elif layer == "quirks":
            entry = {"kind": "republication", "note": "", **entry}
        elif layer == "entman":
            entry = {**{role: [] for role in FUNCTIONS}, "frame": "", "name": "", **entry, "contestable": None}
            entry["frame"] = entry["frame"] or name.lower()
        elif layer == ASKED:
            entry = {"blanks": {}, **entry}
        if layer not in ("controls", "quirks", ASKED):
            entry[UNCONFIRMED] = True
        self._place(document, layer, entry)
        records = document.setdefault(layer, [])
        records.append(entry)
        if layer != "entman":
            records.sort(key=start_of)
        self._follow(document)

    def _remove(self, document: Json, layer: str, name: str) -> None:
        entry = self._entry(document, layer, name)
        document[layer].remove(entry)
        for other in layer_of(document, layer):
            for field in ("carried_from", "nested_in"):
                if other.get(field) == name:
                    other[field] = None
        if layer == "attributions":
            self._drop_unused(document, entry.get("speaker", ""))
        self._follow(document)

    def _block(self, document: Json, start: int, kind: str) -> None:
        """Say what kind of block begins at a place; blocks, sentences and regions get their new names."""
        record = next((r for name in CUT[:2] for r in layer_of(document, name) if r["start"] == start), None)
        if kind not in load_wording("strings")["furniture"] or record is None:
            raise CopydeskError(self._said["bad_value"].format(field="kind", value=kind), self._said["reload"])
        if record.get("kind", PARAGRAPH) != kind:
            lines, begins = dict(self.article(document).lines), dict(self.article(document).begins)
            if start in begins:
                begins[start] = kind
            else:
                lines[record["line"]] = kind
            self._recut(document, lines, begins)
        record = next(r for name in CUT[:2] for r in layer_of(document, name) if r["start"] == start)
        record.pop(UNCONFIRMED, None)
        record.pop(RULE, None)

    def _cut(self, document: Json, how: str, what: str, at: int) -> None:
        """Let a block or a sentence begin at a place, or none; marks stay, and one that lies across it is refused."""
        article = self.article(document)
        blocks, sentences = ([b.start for b in found] for found in (article.blocks, article.sentences))
        home = next((b for b in article.blocks if b.start <= at < b.end), None)
        here = at in (blocks if what == "block" else sentences)
        if how == "join" and (not here or at == blocks[0] or (what == "sentence" and at in blocks)):
            raise CopydeskError(self._said[f"no_join_{what}"], self._said[f"no_join_{what}_remedy"])
        if home is None or (how == "split" and (here or not self._can_begin(at))):
            raise CopydeskError(self._said["no_split"], self._said["no_split_remedy"])
        if how == "split":
            begins = home.kind if what == "block" else SENTENCE
        else:
            begins = SENTENCE if what == "block" and ends_sentence(self.text[:at].rstrip()) else NOTHING
        before = {*self._across(document)}
        was = [(r["start"], r["end"], UNCONFIRMED in r) for n in CUT[:2] for r in layer_of(document, n)]
        self._recut(document, article.lines, {**article.begins, at: begins})
        for record in (r for n in CUT[:2] for r in layer_of(document, n)):  # whoever cuts a block has read it
            if not any(is_open for start, end, is_open in was if start < record["end"] and record["start"] < end):
                record.pop(UNCONFIRMED, None)
        if across := [name for name in self._across(document) if name not in before]:
            raise CopydeskError(self._said["mark_across"].format(id=across[0]), self._said["mark_across_remedy"])

    def _recut(self, document: Json, lines: Mapping[int, str], begins: Mapping[int, str]) -> None:
        """Let a key cut the page so; what follows from its blocks and sentences follows."""
        _recut(document, parse_article(self.text, lines=lines, begins=begins))
        self._follow(document)

    def _across(self, document: Json) -> Iterator[str]:
        """The ids of the entries whose words do not stand in one block."""
        for layer in (one for one in (*LAYERS, CUE_PLACES) if one not in CUT):
            for entry in layer_of(document, layer):
                if "" in (homes := self._homes(document, layer, entry)) or len({*homes}) > 1:
                    yield entry["id"]

    # Values

    def _valid(self, document: Json, layer: str, fields: Mapping[str, Any]) -> Json:
        """The fields as the key holds them, each of its kind. Raises CopydeskError."""
        return {name: self._value(document, layer, name, value) for name, value in fields.items()}

    def _value(self, document: Json, layer: str, name: str, value: Any) -> Any:
        """One field as the key holds it. Raises CopydeskError for a field or a value that there is not."""
        choices = CHOICES.get((layer, name))
        if choices is not None and value in choices:
            return value
        read = self._readers(document).get((layer, name)) or self._readers(document).get(("", name))
        if name in TEXT_FIELDS.get(layer, ()):
            read = self._text
        if choices is None and read is not None:
            return read(value)
        raise CopydeskError(self._said["bad_value"].format(field=name, value=str(value)[:40]), self._said["reload"])

    def _readers(self, document: Json) -> dict[tuple[str, str], Callable[[Any], Any]]:
        """What reads each field that is neither one of a few choices nor a text; '' stands for any layer."""

        def span(value: Any) -> Json | None:
            return None if value is None else self._span(value)

        def spans(value: Any) -> list[Json]:
            return [self._span(one) for one in value]

        def other(value: Any) -> str | None:
            return None if value is None else str(self._entry(document, "attributions", str(value))["id"])

        return {
            **dict.fromkeys(
                (("attributions", "source"), ("attributions", "cue")), lambda v: None if v is None else self._span(v)
            ),
            **dict.fromkeys((("attributions", "content"), *(("entman", n) for n in FUNCTIONS)), spans),
            **dict.fromkeys((("attributions", "carried_from"), ("attributions", "nested_in")), other),
            **dict.fromkeys((("attributions", "counted"), ("attributions", "optional")), bool),
            **dict.fromkeys(((layer, end) for layer in SPANS for end in ("start", "end")), int),
            ("", "contestable"): self._contestable,
            ("framing", "readings"): lambda value: [self._text(one) for one in value],
            ("entman", "gaps"): lambda value: {n: self._text(v) for n, v in value.items() if n in FUNCTIONS},
            ("claims", "day"): self._day,
            (ASKED, "blanks"): lambda value: {str(n)[:20]: self._text(v) for n, v in value.items()},
        }

    def _day(self, value: Any) -> str:
        with suppress(ValueError):
            return str(value) and dt.date.fromisoformat(str(value)).isoformat()
        raise CopydeskError(self._said["bad_day"].format(value=str(value)[:40]), self._said["bad_day_remedy"])

    def _text(self, value: Any) -> str:
        text = " ".join(str(value).split())
        if len(text) > LONGEST:
            raise CopydeskError(self._said["too_long"].format(n=len(text), most=LONGEST), self._said["shorten"])
        return text

    def _span(self, value: Mapping[str, Any]) -> Json:
        """A stretch of the page, without white space at its ends, with its hash."""
        start, end = value["start"], value["end"]
        if not (type(start) is type(end) is int and 0 <= start < end <= len(self.text)):
            raise CopydeskError(self._said["no_span"].format(start=start, end=end), self._said["reload"])
        found = self.text[start:end]
        start, end = start + len(found) - len(found.lstrip()), end - (len(found) - len(found.rstrip()))
        if start >= end:
            raise CopydeskError(self._said["no_span"].format(start=start, end=end), self._said["reload"])
        return place(self.text, Span(start, end))

    def _contestable(self, value: Any) -> Json | None:
        if value is None or value == {} or not value["alternatives"]:
            return None
        listed = []
        for given in value["alternatives"]:
            patch = {n: self._patched(v) for n, v in given["patch"].items()}
            if {"start", "end"} <= patch.keys():
                patch |= self._span(patch)
            listed.append({"id": str(given["id"]), "say": self._text(given["say"]), "patch": patch})
        return {"why": self._text(value.get("why", "")) or listed[0]["say"], "alternatives": listed}

    def _patched(self, value: Any) -> Any:
        if isinstance(value, dict) and "start" in value:
            return self._span(value)
        return [self._patched(v) for v in value] if isinstance(value, list) else value

    def _place(self, document: Json, layer: str, entry: Json) -> None:
        """Give an entry the block it stands in, and its hash; one stretch over two blocks is refused."""
        if layer in SPANS:
            entry |= self._span(entry)
        homes = self._homes(document, layer, entry)
        if not all(homes) or (layer != "entman" and len({*homes}) > 1):
            raise CopydeskError(self._said["two_blocks"], self._said["two_blocks_remedy"])
        if layer != "entman" and homes:
            entry["region"] = homes[0]

    def _homes(self, document: Json, layer: str, entry: Json) -> list[str]:
        """The blocks in which the words of an entry stand; '' for those that stand in two."""
        spans = [s for n in ("source", "cue", "content") for s in spans_of(entry.get(n) or None)]
        spans += [Span(entry["start"], entry["end"])] if layer in SPANS else []
        spans += [s for n in FUNCTIONS for s in spans_of(entry.get(n) or None)] if layer == "entman" else []
        blocks = self.article(document).blocks
        return [next((b.id for b in blocks if b.span.covers(s)), "") for s in spans]

    # Attributions and what follows from them

    def _fill_in(self, document: Json, entry: Json) -> None:
        """What an attribution lacks, guessed from its words; a person confirms it."""
        source = entry.get("source")
        said = self.text[source["start"] : source["end"]] if source else ""
        before = [a for a in layer_of(document, "attributions") if start_of(a) < start_of(entry)]
        speaker = self._speaker_called(document, said) if said else before[-1]["speaker"] if before else ""
        record = self._speaker(document, speaker or said or "?", "named_other" if said[:1].isupper() else "none")
        entry |= {"source": source, "cue": entry.get("cue"), "content": entry.get("content", [])}
        entry |= {"speaker": record["name"], "kind": record["kind"], "form": entry.get("form") or self._form(entry)}
        entry |= {"carried_from": None, "contestable": None}
        if source is None and entry["cue"] is None and before:
            entry["carried_from"] = before[-1]["id"]
        self._place(document, "attributions", entry)
        entry.setdefault("counted", entry["region"].startswith("p") and entry["form"] not in FORMS[3:])

    def _form(self, entry: Json) -> str:
        """The form that the quotation marks in the content tell."""
        pieces = [self.text[s.start : s.end] for s in spans_of(entry.get("content") or None)]
        if not pieces:
            return "speech_act"
        if all(p[0] in OPENING and p.rstrip(".,")[-1] in CLOSING for p in pieces):
            return "direct"
        return "mixed" if any(set(p) & set('“”"«»„') for p in pieces) else "indirect"

    def _speaker_called(self, document: Json, said: str) -> str:
        """The speaker whose name shares the most words with a source; '' if none does."""
        names = [str(s["name"]) for s in layer_of(document, "sources")]
        mine = {w.of(said).casefold() for w in words(said)}
        shared = {n: len(mine & {w.of(n).casefold() for w in words(n)} - {"the", "a", "an"}) for n in names}
        best = max(names, key=lambda n: shared[n], default="")
        return best if best and shared[best] else ""

    def _meant(self, document: Json, written: str, now: str) -> str:
        """The speaker who is meant by what somebody writes: the one whose name has a word that begins so.

        A longer or shorter form of the name that stands there renames the speaker everywhere.
        """
        names = [str(s["name"]) for s in layer_of(document, "sources")]
        if not written or written in names:
            return written or now
        mine, theirs = ({w.of(n).casefold() for w in words(n)} for n in (written, now))
        if mine < theirs or theirs < mine:
            record = self._speaker(document, now, "none")
            self._change_speaker(document, record, {"name": written})
            return written
        begun = [n for n in names if re.search(rf"\b{re.escape(written)}", n, re.IGNORECASE)]
        return begun[0] if len(begun) == 1 else written

    def _speaker(self, document: Json, name: str, kind: str) -> Json:
        """The record of a speaker, made if there is none."""
        for record in layer_of(document, "sources"):
            if record["name"] == name:
                return record
        used = {r["id"].casefold() for layer in LAYERS for r in layer_of(document, layer)}
        stem = re.sub(r"[^A-Z]", "", (name.split() or [""])[-1].upper())[:20] or "SPEAKER"
        id_ = next(f"{stem}{n or ''}" for n in range(1000) if f"{stem}{n or ''}".casefold() not in used)
        record = {"id": id_, "name": name, "kind": kind, "on_record": "not stated", "detail": "", UNCONFIRMED: True}
        document.setdefault("sources", []).append(record)
        return record

    def _change_speaker(self, document: Json, record: Json, given: Mapping[str, Any]) -> None:
        """Change a speaker in the list and in each attribution; a name that another has joins the two."""
        mine = [a for a in layer_of(document, "attributions") if a.get("speaker") == record["name"]]
        record |= {n: v for n, v in given.items() if n in ("name", "kind", "on_record", "detail")}
        record.pop(RULE, None)
        other = next(
            (s for s in layer_of(document, "sources") if s is not record and s["name"] == record["name"]), None
        )
        if other is not None:
            document["sources"].remove(record)
            record = other
        for attribution in mine:
            attribution |= {"speaker": record["name"], "kind": record["kind"]}

    def _drop_unused(self, document: Json, *names: str) -> None:
        used = {a.get("speaker") for a in layer_of(document, "attributions")}
        for record in [*layer_of(document, "sources")]:
            if record.get(UNCONFIRMED) and record["name"] not in used and (not names or record["name"] in names):
                document["sources"].remove(record)

    def _follow(self, document: Json) -> None:
        """Let follow from the attributions what does: which stands in which, unconfirmed voices, unused speakers."""
        _nest(layer_of(document, "attributions"))
        told = [{**_NO_PARTS, **a} for a in layer_of(document, "attributions")]
        article = self.article(document)
        followed = {s.id: voice for s, voice in zip(article.sentences, voices(article, told), strict=True)}
        for sentence in layer_of(document, "sentences"):
            if sentence.get(UNCONFIRMED) and sentence["id"] in followed:
                sentence["voice"] = followed[sentence["id"]]
        self._drop_unused(document)


def layer_of(document: Mapping[str, Any], name: str) -> list[Json]:
    """The entries of a layer; what the page says of its makers counts as a layer of one entry."""
    if name == ABOUT:
        return [{"id": ABOUT, **document.get(ABOUT, {})}]
    found: list[Json] = document.get(name, [])
    return found


def find(document: Mapping[str, Any], layer: str, name: str) -> Json | None:
    return next((r for r in layer_of(document, layer) if r["id"] == name), None)


def put(document: Json, layer: str, name: str, entry: Json | None, where: int) -> None:
    """Put an entry in the place of the one of that id, or remove that one."""
    if layer == ABOUT:
        document[ABOUT] = {n: v for n, v in (entry or {}).items() if n != "id"}
        return
    records = document.setdefault(layer, [])
    at = next((n for n, r in enumerate(records) if r["id"] == name), None)
    if entry is None:
        if at is not None:
            del records[at]
    elif at is None:
        records.insert(where, deepcopy(entry))
    else:
        records[at] = deepcopy(entry)


def differences(before: Json, after: Json) -> Iterator[tuple[str, str, Json | None, Json | None, int]]:
    """Each entry that differs between two documents, with its place in the one that has it."""
    for layer in (*LAYERS, CUE_PLACES, ASKED, ABOUT):
        old, new = ({r["id"]: (n, r) for n, r in enumerate(layer_of(d, layer))} for d in (before, after))
        for name in dict.fromkeys([*old, *new]):
            (at, was), (there, now) = old.get(name, (0, None)), new.get(name, (0, None))
            if was != now:
                yield layer, name, was, deepcopy(now), at if was else there


def sort_cut(document: Json) -> None:
    for name in CUT:
        document[name] = sorted(layer_of(document, name), key=start_of)


def _nest(attributions: Sequence[Json]) -> None:
    """Say of each attribution in whose content it stands, where it stands in one."""
    contents = {a["id"]: spans_of(a.get("content") or None) for a in attributions}
    for inner in attributions:
        mine = contents[inner["id"]]
        around = [
            (sum(map(len, theirs)), name)
            for name, theirs in contents.items()
            if mine and name != inner["id"] and all(any(t.covers(m) and t != m for t in theirs) for m in mine)
        ]
        home = min(around)[1] if around else None
        if inner.get("nested_in") != home:
            inner["nested_in"] = home


def start_of(entry: Mapping[str, Any]) -> int:
    """Where an entry begins on the page; an entry without a place comes last."""
    named = (entry.get(n) for n in ("source", "cue", "content"))
    starts = [s.start for value in named for s in spans_of(value or None)]
    return min([int(entry["start"])] if "start" in entry else starts or [1_000_000])


def alternatives_of(record: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = (record.get("contestable") or {}).get("alternatives", [])
    return found


def _recut(document: Json, article: Article) -> None:
    """Let a key cut the page as an article does; what is known of a block or a sentence stays with its words."""
    known = {(r["start"], r["end"]): r for name in CUT for r in layer_of(document, name) if name != "sentences"}
    spoken = {(r["start"], r["end"]): r for r in layer_of(document, "sentences")}
    for name in CUT[:2]:
        document[name] = []
        for block in getattr(article, name):
            old = known.get((block.start, block.end), {UNCONFIRMED: True})
            more = {n: v for n, v in old.items() if n not in ("id", "kind", "line", "start", "end", "hash")}
            kind = {} if block.kind == PARAGRAPH else {"kind": block.kind}
            document[name].append(
                {"id": block.id, **kind, "line": block.line, **place(article.text, block.span), **more}
            )
    names = {r["id"]: b.id for (start, _), r in known.items() for b in article.blocks if b.start <= start < b.end}
    for record in layer_of(document, ASKED):
        record["blanks"] |= {n: names.get(v, v) for n, v in record["blanks"].items() if n in ("block", "line")}
    document["sentences"] = []
    for block in article.sentences:
        old = deepcopy(
            spoken.get((block.start, block.end), {"voice": VOICES[0], "contestable": None, UNCONFIRMED: True})
        )
        for alternative in alternatives_of(old):  # their names begin with that of their sentence
            alternative["id"] = f"{block.id}.{alternative['id'].rpartition('.')[2]}"  # type: ignore[index]
        document["sentences"].append({**old, "id": block.id, **place(article.text, block.span)})
    for layer in (*LAYERS, CUE_PLACES):
        for record in layer_of(document, layer):
            if "region" in record:
                at = start_of(record)
                home = next((b.id for b in article.blocks if b.start <= at < b.end), record["region"])
                record["region"] = home
