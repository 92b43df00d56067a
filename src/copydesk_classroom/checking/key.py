"""Check an answer key against its page: `key_faults` returns a sentence per fault, each naming the entry.

`read_key` refuses what cannot be read at all. The checks here find what can be read and is wrong, in any story.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from copydesk.base.spans import Span, fingerprint, short_hash
from copydesk.base.wording import load_wording
from copydesk.page.article import Article
from copydesk.story.key import FORMS, KINDS, VERDICTS, VOICES, Entry, Key, spans_of

PATCHES = {"not_an_attribution", "merge_with", "split_from"}
"""What an alternative may change besides the fields of its entry."""


def key_faults(key: Key, article: Article) -> list[str]:
    """Every fault of a key on its page, check by check; an empty list means that the key is sound."""
    if key.sha256 != fingerprint(article.text):
        return [f"the key of '{key.story}' was made for another page: its sha256 does not match page.txt"]
    checks = (_ids, _offsets, _blocks, _values, _attributions, _framing, _alternatives)
    return [fault for check in checks for fault in check(key, article)]


def _all(key: Key) -> Iterator[Entry]:
    for entries in key.entries.values():
        yield from entries


def _ids(key: Key, article: Article) -> Iterator[str]:
    seen: dict[str, str] = {}
    for entry in _all(key):
        for name in (entry.id, *(a.id for a in entry.alternatives)):
            if name.lower() in seen:
                yield f"{name}: the id is used twice (ignoring case, with {seen[name.lower()]})"
            seen[name.lower()] = name


def _records(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every span in an entry, however deep, as the mapping that the key has for it."""
    if isinstance(value, Mapping):
        if "start" in value:
            yield value
        for inner in value.values():
            yield from _records(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _records(inner)


def _offsets(key: Key, article: Article) -> Iterator[str]:
    blocks = {b.id: b.span for b in article.blocks}
    for entry in _all(key):
        region = blocks.get(entry.get("region", ""))
        if entry.get("region") and region is None:
            yield f"{entry.id}: there is no block '{entry['region']}' on the page"
        for record in _records(dict(entry.data)):
            start, end = record["start"], record.get("end")
            if not (type(start) is type(end) is int and 0 <= start < end <= len(article.text)):
                yield f"{entry.id}: {start}–{end} is not a stretch of the page"
                continue
            # the hash catches a page that was edited: offsets may still be valid there and point at other words
            words = article.text[start:end]
            if short_hash(words) != record.get("hash"):
                yield f"{entry.id}: the words at {start}–{end} are not those the key was made for"
            elif words != words.strip() and entry.layer != "quirks":
                yield f"{entry.id}: {start}–{end} begins or ends with white space"
            elif region and not region.covers(Span(start, end)):
                yield f"{entry.id}: {start}–{end} lies outside {entry['region']}"


def _blocks(key: Key, article: Article) -> Iterator[str]:
    # lessons name blocks by the key's ids and widgets by the reader's: both must cut the page alike
    for layer in ("furniture", "paragraphs", "sentences"):
        parsed = {b.id: b.span for b in getattr(article, layer)}
        keyed = {e.id: e.spans("span")[0] for e in key.layer(layer)}
        for name in sorted(parsed.keys() | keyed.keys()):
            if parsed.get(name) != keyed.get(name):
                yield f"{name}: the reader finds {parsed.get(name)}, the key has {keyed.get(name)}"


def _values(key: Key, article: Article) -> Iterator[str]:
    devices = tuple(load_wording("devices"))
    sets = (
        ("attributions", "form", FORMS),
        ("attributions", "kind", KINDS),
        ("sources", "kind", KINDS),
        ("framing", "device", devices),
        ("claims", "verdict", VERDICTS),
        ("sentences", "voice", VOICES),
    )
    for layer, field, allowed in sets:
        for entry in key.layer(layer):
            for value in (entry.get(field), *(a.patch[field] for a in entry.alternatives if field in a.patch)):
                if value not in allowed:
                    yield f"{entry.id}: {field} '{value}' is not one of {', '.join(allowed)}"


def _attributions(key: Key, article: Article) -> Iterator[str]:
    names = {s["name"] for s in key.layer("sources")}
    ids = {a.id for a in key.attributions}
    length = len(article.text)  # a span may end anywhere, and what lies past the page is never walked through
    used: dict[int, str] = {}
    for a in key.attributions:
        if a.get("speaker") not in names:
            yield f"{a.id}: speaker '{a.get('speaker')}' is not among the sources"
        if a.get("carried_from") and a["carried_from"] not in ids:
            yield f"{a.id}: carried_from names '{a['carried_from']}', which is not in the key"
        for span in a.spans("content"):
            for other in (*a.spans("source"), *a.spans("cue")):
                if span.overlap(other):
                    yield f"{a.id}: its source or cue lies inside its content"
            places = range(span.start, min(span.end, length))
            clash = {used[i] for i in places if i in used} - {a.get("nested_in")}
            if clash:
                yield f"{a.id}: its content overlaps that of {', '.join(sorted(clash))}"
            used.update(dict.fromkeys(places, a.id))
            words = span.of(article.text)
            if a["form"] == "direct" and words and not (words[0] in "“\"‘'«„" and words[-1] in "”\"’'»“"):
                yield f"{a.id}: a direct quotation begins and ends with quotation marks"
    for clause in key.layer("reporter_voice"):
        if any(i in used for s in clause.spans("span") for i in range(s.start, min(s.end, length))):
            yield f"{clause.id}: the reporter’s voice lies inside attributed content"


def _framing(key: Key, article: Article) -> Iterator[str]:
    controls = [(control.id, control.spans("span")[0]) for control in key.layer("controls")]
    for device in key.framing:
        marked = device.spans("span")[0]
        if len(device["readings"]) < 2:
            yield f"{device.id}: a framing item needs at least two readings"
        for control, span in controls:
            if span.overlap(marked):
                yield f"{control}: a plain control overlaps {device.id}"


def _alternatives(key: Key, article: Article) -> Iterator[str]:
    ids = {entry.id for entry in _all(key)}
    for entry in _all(key):
        if entry.get("contestable") and not entry.alternatives:
            yield f"{entry.id}: is contestable but lists no alternative"
        for a in entry.alternatives:
            unknown = set(a.patch) - set(entry.data) - PATCHES - {"reading"}
            if not a.patch or unknown:
                yield f"{a.id}: the patch must name fields of {entry.id}, not {sorted(unknown) or 'nothing'}"
            for other in (a.patch.get("merge_with"), a.patch.get("split_from")):
                if other and other not in ids:
                    yield f"{a.id}: names '{other}', which is not in the key"
            if not all(0 <= s.start < s.end <= len(article.text) for s in spans_of(a.patch.get("content"))):
                yield f"{a.id}: its spans are not on the page"
