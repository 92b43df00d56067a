"""The answer key of a story: stand-off records that point into its page.

A key never quotes the page: each entry holds offsets, a short hash of what stands there, and judgements. What coders
may defensibly differ on is `contestable`: a reason, and alternatives whose `patch` holds the fields that differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from copydesk.base.documents import read_json
from copydesk.base.errors import CopydeskError
from copydesk.base.spans import Span

SCHEMA = "copydesk-key-1"
FORMS = ("direct", "indirect", "mixed", "speech_act", "non_response")
KINDS = (
    *("named_official", "named_other", "institution", "anonymous_official", "anonymous_other"),
    *("document", "media", "metonymic_state", "witness", "none"),
)
VERDICTS = ("supported", "compressed", "imprecise", "not_checkable")
VOICES = ("reporter", "attributed", "mixed")
LAYERS = (
    *("furniture", "paragraphs", "sentences", "reporter_voice", "sources", "attributions", "framing"),
    *("structure", "questions", "entman", "policy_frames", "quirks", "claims", "controls"),
)

PLACELESS = {"structure", "questions", "entman", "policy_frames"}
"""Layers about the story as a whole, not about one block."""
SPANS = {*LAYERS} - PLACELESS - {"sources", "attributions"}
"""Layers whose records are spans themselves."""
FUNCTIONS = ("problem", "cause", "moral", "remedy")
"""What a frame does (Entman 1993, Journal of Communication 43(4))."""
ROLES = ("source", "cue", "content", *FUNCTIONS)
"""Fields that are spans, or lists of them."""
NEEDED: dict[str, tuple[str, ...]] = {
    "sources": ("name", "kind"),
    "sentences": ("voice",),
    "attributions": ("region", "speaker", "kind", "form", "counted", "content"),
    "framing": ("region", "device", "readings"),
    "claims": ("verdict",),
    "questions": ("answer",),
    "entman": ("frame", "name", *FUNCTIONS),
}
MOST_RECORDS, MOST_SPANS = 1000, 5000
"""How many records a layer may have, and how many spans a key: thirty times what a long page needs."""
TEXTS = (
    "region",
    "speaker",
    "kind",
    "form",
    "carried_from",
    "device",
    "verdict",
    "voice",
    "name",
    "note",
    "frame",
    "evidence",
)


@dataclass(frozen=True, eq=False)
class Alternative:
    """Another reading that earns full credit."""

    id: str
    say: str
    patch: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Entry:
    """One record of a key: what every layer has in common, and its own fields in `data`."""

    id: str
    layer: str
    data: Mapping[str, Any]
    why: str = ""
    alternatives: tuple[Alternative, ...] = ()

    def spans(self, role: str) -> tuple[Span, ...]:
        """The spans of one role: `source`, `cue`, `content`, or `span` for the entry as a whole."""
        return spans_of(self.data if role == "span" else self.data.get(role))

    def __getitem__(self, name: str) -> Any:
        return self.data[name]

    def get(self, name: str, default: Any = None) -> Any:
        """A field of this entry, or the default."""
        return self.data.get(name, default)


@dataclass(frozen=True, eq=False)
class Key:
    """A whole answer key; `entries` holds every layer in file order."""

    story: str
    sha256: str
    entries: Mapping[str, tuple[Entry, ...]]
    answers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)

    def layer(self, name: str, region: tuple[str, ...] = ()) -> tuple[Entry, ...]:
        """The entries of one layer, if wanted only those of some blocks."""
        found = self.entries.get(name, ())
        placed = region and name not in PLACELESS
        return tuple(e for e in found if not placed or e.get("region", e.id.split(".")[0]) in region)

    def entry(self, entry_id: str) -> Entry:
        """The entry of that id, whatever its layer."""
        for entries in self.entries.values():
            for entry in entries:
                if entry.id == entry_id:
                    return entry
        raise CopydeskError(f"the key of '{self.story}' has no entry '{entry_id}'", "look the id up in key.json")

    @property
    def unconfirmed(self) -> tuple[Entry, ...]:
        """The entries of a draft that nobody has confirmed yet."""
        return tuple(e for entries in self.entries.values() for e in entries if e.get("unconfirmed"))

    @property
    def attributions(self) -> tuple[Entry, ...]:
        """Who says what: source, cue and content, with form, kind and speaker."""
        return self.layer("attributions")

    @property
    def framing(self) -> tuple[Entry, ...]:
        """Framing devices, each with rival readings."""
        return self.layer("framing")


def spans_of(value: Any) -> tuple[Span, ...]:
    """Spans from the key's notation: one record, a list of them, or nothing.

    >>> spans_of([{"start": 1, "end": 4}])
    (Span(start=1, end=4),)
    """
    if value is None:
        return ()
    records = value if isinstance(value, list) else [value]
    return tuple(Span(r["start"], r["end"]) for r in records)


def read_key(path: Path) -> Key:
    """Read a key from `key.json`; what is wrong with it is said by `copydesk_classroom.checking`."""
    raw = read_json(path)
    if raw.get("schema") != SCHEMA:
        raise CopydeskError(f"{path} is not an answer key of schema '{SCHEMA}'", "see CONTRIBUTING.md, 'A new story'")
    try:
        _check_sizes(raw)
        entries = {name: tuple(_entry(name, record) for record in raw.get(name, ())) for name in LAYERS}
        more = {name: value for name, value in raw.items() if name not in LAYERS and name != "answers"}
        if not _texts([raw["story"], raw["sha256"]]):
            raise CopydeskError("its story and its sha256 are not texts", "copy them from story.toml")
        return Key(raw["story"], raw["sha256"], entries, check_answers(raw.get("answers", {})), more)
    except CopydeskError as error:
        raise CopydeskError(f"{path}: {error.problem}", error.remedy) from None
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CopydeskError(f"{path}: a record lacks or mistypes {error}", "compare it with a neighbour") from None


def _check_sizes(raw: Mapping[str, Any]) -> None:
    """Refuse a key whose layers are no lists of tables, or that would cost minutes to check."""
    for name in LAYERS:
        layer = raw.get(name, [])
        if not isinstance(layer, list) or not all(isinstance(record, dict) for record in layer):
            raise CopydeskError(f"'{name}' is not a list of records", "compare it with another key")
        if len(layer) > MOST_RECORDS:
            raise CopydeskError(f"'{name}' has more than {MOST_RECORDS:,} records", "divide the story")
    waiting, spans = list[Any](raw.values()), 0
    while waiting:
        value = waiting.pop()
        spans += isinstance(value, dict) and "start" in value
        if isinstance(value, dict | list):
            waiting.extend(value.values() if isinstance(value, dict) else value)
    if spans > MOST_SPANS:
        raise CopydeskError(f"it has more than {MOST_SPANS:,} spans", "divide the story")


def check_answers(answers: Any) -> dict[str, dict[str, Any]]:
    """Return answers by exercise and item as they are; CopydeskError names the place of one that is misshapen.

    >>> check_answers({"05/exit": {"q1": {"accept": "yes"}}})
    Traceback (most recent call last):
    copydesk.base.errors.CopydeskError: the answers to '05/exit', 'q1': 'accept' is not a list of words or numbers; \
compare it with a neighbour
    """
    if not isinstance(answers, dict):
        raise CopydeskError("the answers are not a table", "compare them with another key")
    for exercise, records in answers.items():
        where = f"the answers to '{exercise}'"
        if not isinstance(records, dict):
            raise CopydeskError(f"{where} are not a table", "compare it with a neighbour")
        for item, record in records.items():
            wrong = _wrong_samples(record) if item == "samples" else _wrong_record(item, record)
            if wrong:
                raise CopydeskError(f"{where}, '{item}': {wrong}", "compare it with a neighbour")
    return answers


def _wrong_record(item: str, record: Any) -> str:
    """What is misshapen in the answer to one item; '' if nothing is."""
    if not isinstance(record, dict):
        return "it is not a table"
    accept, between = record.get("accept", [""]), record.get("range", [0, 0])
    if item == "order" and isinstance(accept, list):  # there, a list within the list holds what has one place
        accept = [i for place in accept for i in (place if isinstance(place, list) else [place])]
    if not isinstance(accept, list) or not accept or not all(_is_plain(value) for value in accept):
        return "'accept' is not a list of words or numbers"
    if not isinstance(between, list) or len(between) != 2 or not all(_is_number(value) for value in between):
        return "'range' is not two numbers"
    if not _texts(record.get("others", [])):
        return "'others' is not a list of texts"
    return next((f"'{n}' is not text" for n in ("why", "hint", "after") if not isinstance(record.get(n, ""), str)), "")


def _wrong_samples(samples: Any) -> str:
    """What is misshapen in sample texts; '' if nothing is."""
    for sample in samples if isinstance(samples, list) else [None]:
        if not isinstance(sample, dict) or not isinstance(sample.get("view"), str):
            return "a sample is a table with a 'view'"
        texts, edits = sample.get("texts", {}), sample.get("edits", {})
        if not isinstance(texts, dict) or not _texts([*texts.values()]):
            return "'texts' is not a table of texts"
        if not isinstance(sample.get("evidence", []), list):
            return "'evidence' is not a list"
        if not isinstance(edits, dict) or not all(map(_is_edit, edits.values())):
            return "'edits' is not a table of lists of [start, end, words]"
    return ""


def _is_edit(changes: Any) -> bool:
    return isinstance(changes, list) and all(
        isinstance(change, list) and [*map(type, change)] == [int, int, str] for change in changes
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_plain(value: Any) -> bool:
    return isinstance(value, str) or _is_number(value)


def _entry(layer: str, record: Mapping[str, Any]) -> Entry:
    if wrong := next(_misshapen(layer, record), ""):
        raise CopydeskError(f"{record.get('id', layer)}: {wrong}", "compare it with a neighbour")
    contest = record.get("contestable") or {}
    alternatives = tuple(Alternative(a["id"], a["say"], a["patch"]) for a in contest.get("alternatives", ()))
    return Entry(record["id"], layer, record, contest.get("why", ""), alternatives)


def _misshapen(layer: str, record: Mapping[str, Any]) -> Iterator[str]:
    """What keeps a record from being read at all; whether it is right is for `copydesk_classroom.checking`."""
    yield from (f"it lacks '{n}'" for n in ("id", *NEEDED.get(layer, ())) if n not in record)
    if not _is_plain(record.get("answer", "")):
        yield "its answer is not a word or a number"
    if not isinstance(record.get("id"), str) or not record["id"]:
        yield "its id is not a word"
    if not _texts(record.get("readings", [])):
        yield "its readings are not a list of texts"
    contest = record.get("contestable") or {}
    if not isinstance(contest, dict) or not isinstance(contest.get("why", ""), str):
        yield "what is contestable needs a 'why' and alternatives"
    if not isinstance(contest.get("alternatives", []), list):
        yield "its alternatives are not a list"
    yield from _wrong_values("its {}", record)  # a patch may hold any of these fields too
    for a in contest.get("alternatives", ()):
        if not isinstance(a, dict) or not _texts([a.get("id"), a.get("say")]) or not isinstance(a.get("patch"), dict):
            yield "an alternative needs 'id', 'say' and 'patch'"
        if not _is_plain(a["patch"].get("answer", "")):
            yield f"the answer of {a['id']} is not a word or a number"
        yield from _wrong_values(f"the {{}} of {a['id']}", a["patch"])
    if layer in SPANS and not _spans(record):
        yield "it is not a span: 0 <= start < end"


def _wrong_values(which: str, data: Mapping[str, Any]) -> Iterator[str]:
    there = {name: value for name, value in data.items() if value is not None}
    names = (*TEXTS, "merge_with", "split_from")
    yield from (f"{which.format(n)} is not text" for n in names if not isinstance(there.get(n, ""), str))
    yield from (f"{which.format(n)} is not a span" for n in ROLES if n in there and not _spans(there[n]))


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(v, str) for v in value)


def _spans(value: Any) -> bool:
    """Whether this is the notation of a span, or of a list of them."""
    records = value if isinstance(value, list) else [value]
    return all(
        isinstance(r, dict) and all(type(r.get(n)) is int for n in ("start", "end")) and 0 <= r["start"] < r["end"]
        for r in records
    )
