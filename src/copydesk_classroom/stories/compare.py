"""Two coders: how far two keys of one story agree, where they differ, and a draft that holds both readings.

Trained coders agree on attribution and hardly agree on framing. So what two of them differ on is no mistake to mend: in
the merged draft it is contestable, and both readings earn full credit once somebody has confirmed it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from copydesk.base.documents import Json
from copydesk.base.errors import CopydeskError
from copydesk.base.spans import Span, merge, word_f1, words
from copydesk.base.wording import decimal, percent
from copydesk.page.article import Article
from copydesk.story.key import FUNCTIONS, Entry, Key, read_key
from copydesk.story.story import list_stories, load_story
from copydesk.views.agreement import bootstrap_interval, counts, krippendorff_alpha, percent_agreement
from copydesk_classroom.pages import sealed_page
from copydesk_classroom.safe_text import one_line
from copydesk_classroom.stories.carry import spans_in
from copydesk_classroom.stories.confirm import RULE, UNCONFIRMED
from copydesk_classroom.stories.draft import OPENING
from copydesk_classroom.wording import class_wording

FIELDS: dict[str, tuple[str, ...]] = {
    "furniture": ("kind",),
    "sentences": ("voice",),
    "sources": ("kind",),
    "attributions": ("speaker", "kind", "form", "counted"),
    "reporter_voice": (),
    "framing": ("device",),
    "controls": (),
    "claims": ("verdict",),
    "quirks": ("kind",),
    "questions": ("answer",),
    "policy_frames": ("present",),
    "entman": (),
}
"""The judgements that are compared, by layer."""
ROLES: dict[str, tuple[str, ...]] = {"attributions": ("source", "cue", "content"), "entman": FUNCTIONS}
"""The fields that are spans, in layers whose entries are not spans themselves."""
KNOWN_BY = {
    "furniture": "id",
    "sentences": "id",
    "sources": "name",
    "questions": "id",
    "policy_frames": "id",
    "entman": "frame",
}
"""The field by which entries of a layer are the same one in both keys; others are matched by words."""
DRAWS, FEWER_DRAWS, MANY_WORDS = 1000, 100, 3000
"""How often items are resampled for an interval; of a long page, words are resampled less often."""
TWO_CODERS = "two_coders"
"""The rule of the entries that two keys differ on."""


@dataclass(frozen=True, slots=True)
class Measured:
    """How far two keys agree on one thing; `f1` for what is found or marked, the rest for judgements on both."""

    layer: str
    what: str
    entries: tuple[int, int]
    f1: float | None = None
    same: float | None = None
    alpha: float | None = None
    low: float | None = None
    high: float | None = None

    def cells(self) -> tuple[str, ...]:
        """The row of a table."""
        say = class_wording("stories")["compare"]
        interval = f"[{decimal(self.low)}, {decimal(self.high)}]" if self.low is not None else ""
        shown = (
            percent(self.same) if self.same is not None else "",
            decimal(self.alpha) if self.alpha is not None else "",
        )
        f1 = decimal(self.f1) if self.f1 is not None else ""
        number = "{} / {}".format(*self.entries)
        return (say["layers"][self.layer], say["what"][self.what], number, f1, *shown, interval)


@dataclass(frozen=True, slots=True)
class Difference:
    """One place at which two keys differ: the entry of each (None: it has none there), and in which fields."""

    layer: str
    one: Entry | None
    other: Entry | None
    fields: tuple[str, ...]

    @property
    def entry(self) -> Entry:
        """The entry that names the place."""
        found = self.one or self.other
        assert found is not None
        return found

    @property
    def region(self) -> str:
        """The block it lies in, or the entry’s own id."""
        return str(self.entry.get("region") or self.entry.id)


@dataclass(frozen=True)
class Comparison:
    """Two keys of one page, named by their coders; how far they agree, and where they differ."""

    article: Article
    keys: tuple[Key, Key]
    names: tuple[str, str]
    measured: tuple[Measured, ...]
    differences: tuple[Difference, ...]


def compare_keys(one: Key, other: Key, article: Article, *, names: tuple[str, str] = ("1", "2")) -> Comparison:
    """Compare two keys. Raises CopydeskError unless both were made for the same page, and for this one."""
    if not one.sha256 == other.sha256:
        raise CopydeskError("the two keys were made for different pages", "compare keys of one page.txt")
    measured: list[Measured] = []
    differences: list[Difference] = []
    for layer in FIELDS:
        pairs = _pairs(layer, one, other, article.text)
        if not pairs:
            continue
        measured += _measure(layer, one, other, pairs, article)
        differences += [d for pair in pairs if (d := _difference(layer, *pair)) is not None]
    ordered = sorted(differences, key=lambda d: (min(spans_in(d.entry.data), default=Span(0, 1)), d.layer))
    return Comparison(article, (one, other), names, tuple(measured), tuple(ordered))


def read_two_keys(one: Path | str, other: Path | str) -> Comparison:
    """Compare two keys by their files, or by the names or folders of their stories. Raises CopydeskError."""
    paths = [_key_path(given) for given in (one, other)]
    keys = [read_key(path) for path in paths]
    names = [_coder(key, path) for key, path in zip(keys, paths, strict=True)]
    if names[0] == names[1]:
        names = [str(path) for path in paths]
    return compare_keys(keys[0], keys[1], _page_of(keys[0], paths), names=(names[0], names[1]))


def _key_path(given: Path | str) -> Path:
    path = Path(given)
    if path.is_file():
        return path
    return load_story(given).folder / "key.json"


def _coder(key: Key, path: Path) -> str:
    told = one_line(key.more.get("coders") or "")
    return told if 0 < len(told) <= 30 else path.parent.name if path.name == "key.json" else path.stem


def _page_of(key: Key, paths: Iterable[Path]) -> Article:
    """The page that a key was made for: beside one of the keys, or in a story that is found by name."""
    places: list[Path | str] = [*(path.parent for path in paths), key.story, *list_stories()]
    for story in places:
        try:
            found = load_story(story, with_key=False)
        except CopydeskError:
            continue
        if found.about["sha256"] == key.sha256:
            return found.article
    raise CopydeskError(
        f"the page of '{key.story}' is not here", "put one of the keys beside its page.txt and story.toml"
    )


def _pairs(layer: str, one: Key, other: Key, text: str) -> list[tuple[Entry | None, Entry | None]]:
    """The entries of a layer that mean the same place, those of both keys side by side."""
    mine, theirs = _entries(layer, one), _entries(layer, other)
    if layer in KNOWN_BY:
        field = KNOWN_BY[layer]
        first, second = ({_known(e, field): e for e in entries} for entries in (mine, theirs))
        return [(first.get(name), second.get(name)) for name in dict.fromkeys((*first, *second))]
    return [*_matched(mine, theirs, text)]


def _entries(layer: str, key: Key) -> tuple[Entry, ...]:
    """The entries of a layer; blocks of both kinds are one layer, since to call a block story is a choice."""
    return (*key.layer("furniture"), *key.layer("paragraphs")) if layer == "furniture" else key.layer(layer)


def _known(entry: Entry, field: str) -> str:
    if entry.layer in (
        "furniture",
        "paragraphs",
    ):  # one and the same block has another id where a coder corrects a line
        return str(entry.spans("span")[0].start)
    return str(entry.id if field == "id" else entry.get(field, entry.id)).casefold()


def _matched(mine: Sequence[Entry], theirs: Sequence[Entry], text: str) -> Iterator[tuple[Entry | None, Entry | None]]:
    """Entries whose words overlap most, each with one other; those that meet none stand alone."""
    spans = {entry: [*spans_in(entry.data)] for entry in (*mine, *theirs)}
    reach = {entry: (min(s.start for s in ss), max(s.end for s in ss)) for entry, ss in spans.items() if ss}
    scored = [
        (word_f1(text, spans[a], spans[b]), -n, a, b)
        for n, (a, b) in enumerate(
            (a, b)
            for a in mine
            for b in theirs
            if a in reach and b in reach and reach[a][0] < reach[b][1] and reach[b][0] < reach[a][1]
        )
    ]
    partner: dict[Entry, Entry] = {}
    for score, _, a, b in sorted(scored, key=lambda found: found[:2], reverse=True):
        if score > 0 and a not in partner and b not in partner:
            partner |= {a: b, b: a}
    yield from ((entry, partner.get(entry)) for entry in mine)
    yield from ((None, entry) for entry in theirs if entry not in partner)


def _measure(
    layer: str, one: Key, other: Key, pairs: Sequence[tuple[Entry | None, Entry | None]], article: Article
) -> Iterator[Measured]:
    numbers = (sum(a is not None for a, _ in pairs), sum(b is not None for _, b in pairs))
    both = [(a, b) for a, b in pairs if a and b]
    shown = "page" if layer == "furniture" else layer
    if layer not in ("furniture", "sentences", "questions", "policy_frames"):
        yield Measured(shown, "entries", numbers, f1=2 * len(both) / (sum(numbers) or 1))
    is_span = layer in ("reporter_voice", "framing", "controls", "claims", "quirks")
    for role in ROLES.get(layer, ("span",) if is_span else ()):
        marked = [[s for e in key.layer(layer) for s in e.spans(role)] for key in (one, other)]
        if marked[0] or marked[1]:
            yield _words_marked(shown, "words" if role == "span" else role, numbers, marked, article)
    if layer == "furniture":
        yield _judged(shown, "side", numbers, [(a.layer, b.layer) for a, b in both])
    for field in FIELDS[layer]:
        values = [(a.get(field), b.get(field)) for a, b in both if a.get(field) is not None is not b.get(field)]
        if values:
            yield _judged(shown, field, numbers, [(str(a), str(b)) for a, b in values])


def _words_marked(
    layer: str, what: str, numbers: tuple[int, int], marked: Sequence[Sequence[Span]], article: Article
) -> Measured:
    """F1 of the words two keys mark, and alpha over all words of the story: marked, or not."""
    text = article.text
    both = [_marked_words(text, spans) for spans in marked]
    everything = {word for block in article.blocks for word in words(text, block.span)} | both[0] | both[1]
    values = [(word in both[0], word in both[1]) for word in sorted(everything)]
    judged = _judged(layer, what, numbers, values)
    f1 = word_f1(text, marked[0], marked[1])
    return Measured(layer, what, numbers, f1, None, judged.alpha, judged.low, judged.high)


def _marked_words(text: str, spans: Sequence[Span]) -> set[Span]:
    return {word for span in merge(spans) for word in words(text, span)}


def _judged(layer: str, what: str, numbers: tuple[int, int], values: Sequence[tuple[Any, Any]]) -> Measured:
    table = counts({n: {0: a, 1: b} for n, (a, b) in enumerate(values)})
    alpha = krippendorff_alpha(table)
    interval = (
        bootstrap_interval(table, draws=DRAWS if len(values) < MANY_WORDS else FEWER_DRAWS)
        if alpha is not None
        else None
    )
    ends = (interval.low, interval.high) if interval else (None, None)
    return Measured(layer, what, numbers, None, percent_agreement(table), alpha, *ends)


def _difference(layer: str, one: Entry | None, other: Entry | None) -> Difference | None:
    """The difference between two entries that mean one place; None for none."""
    if one is None or other is None:
        return Difference(layer, one, other, ())
    fields = [f for f in FIELDS[layer] if one.get(f) != other.get(f)]
    fields += [r for r in ROLES.get(layer, ()) if {*one.spans(r)} != {*other.spans(r)}]
    if layer not in (*KNOWN_BY, *ROLES) and one.spans("span") != other.spans("span"):
        fields.append("words")
    if layer == "furniture" and one.layer != other.layer:
        fields.append("side")
    return Difference(layer, one, other, tuple(fields)) if fields else None


# --- What is shown ---


def agreement_rows(comparison: Comparison) -> list[tuple[str, ...]]:
    """The table of agreement: its head, then a row for each thing that is compared."""
    say = class_wording("stories")["compare"]
    head = tuple(say[name] for name in ("layer", "compared", "entries", "f1", "same", "alpha", "interval"))
    return [head, *(m.cells() for m in comparison.measured)]


def difference_rows(comparison: Comparison) -> list[tuple[str, str, str]]:
    """Each difference as three texts: where it is, and what either key says there."""
    say, text = class_wording("stories")["compare"], comparison.article.text
    rows = []
    for d in comparison.differences:
        layer = say["layers"]["page" if d.layer == "furniture" else d.layer]
        where = f"{layer}: {say['where'].format(entry=d.entry.id, region=d.region)}"
        sides = [_reading(entry, d, text) if entry else say["only"] for entry in (d.one, d.other)]
        rows.append((where, sides[0], sides[1]))
    return rows


def _reading(entry: Entry, difference: Difference, text: str) -> str:
    """What an entry says where two differ: the fields in question, or its words if the other key has no such entry."""
    say = class_wording("stories")["compare"]["what"]
    told = []
    for field in difference.fields or ("words",):
        if field in (*ROLES["attributions"], *FUNCTIONS):
            told.append(f"{field}: {_quoted(entry.spans(field), text)}")
        elif field == "words":
            told.append(_quoted([*spans_in(entry.data)], text) or str(entry.get("name", entry.id)))
        elif field == "side":
            told.append(entry.layer)
        else:
            told.append(f"{say[field]}: {entry.get(field)}")
    return "; ".join(told)


def _quoted(spans: Iterable[Span], text: str) -> str:
    found = [one_line(s.of(text), most=80) for s in sorted(spans)]
    return " … ".join(words if words[:1] in OPENING else f"“{words}”" for words in found) or "–"


def compare_lines(comparison: Comparison) -> list[str]:
    """What a terminal shows: the table in columns, then each difference on three lines."""
    say = class_wording("stories")["compare"]
    lines = [
        say["story"].format(story=comparison.keys[0].story, one=comparison.names[0], other=comparison.names[1]),
        "",
    ]
    table = agreement_rows(comparison)
    widths = [max(len(row[n]) for row in table) for n in range(len(table[0]))]
    lines += ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table]
    lines += ["", say["count"].format(n=len(comparison.differences)) if comparison.differences else say["nothing"]]
    for where, mine, theirs in difference_rows(comparison):
        lines += [where, f"  {comparison.names[0]}: {mine}", f"  {comparison.names[1]}: {theirs}"]
    return lines


def compare_page(comparison: Comparison, *, rights: str = "") -> str:
    """The same as one HTML page that runs nothing and fetches nothing."""
    say = class_wording("stories")["compare"]
    head, *rows = agreement_rows(comparison)
    return sealed_page(
        "compare.html.j2",
        "feedback.css",
        "compare.css",
        title=say["title"],
        foot=say["foot"],
        rights=[rights] if rights else [],
        story=say["story"].format(story=comparison.keys[0].story, one=comparison.names[0], other=comparison.names[1]),
        heads=head,
        rows=rows,
        names=comparison.names,
        differences=difference_rows(comparison),
    )


# --- One draft of two keys ---


def merged_draft(comparison: Comparison) -> tuple[Json, list[str]]:
    """A key that holds the entries of both, and the ids of entries that could not be taken.

    Where the two differ, the entry is contestable with the other reading as its alternative, and unconfirmed. An entry
    of the second key is not taken where its words are part of another entry already.
    """
    one, other = comparison.keys
    layers: dict[str, list[Json]] = {name: [dict(e.data) for e in entries] for name, entries in one.entries.items()}
    taken = {str(r["id"]).casefold() for records in layers.values() for r in records}
    left_out = []
    for d in comparison.differences:
        if d.layer == "furniture" and d.one and d.other and d.one.layer != d.other.layer:
            left_out.append(d.one.id)  # a block is furniture or story by story.toml, for both keys at once
        elif d.one:
            records = layers[d.one.layer]
            place = next(n for n, r in enumerate(records) if r["id"] == d.one.id)
            records[place] = _contested(records[place], d)
        elif d.other and d.layer in ("sources", "questions", "policy_frames"):
            layers[d.layer].append(
                {**d.other.data, "id": _free(d.other.id, taken), UNCONFIRMED: True, RULE: TWO_CODERS}
            )
        elif d.other and d.layer not in ("furniture", "sentences"):
            added = {**d.other.data, "id": _free(d.other.id, taken)}
            if _clashes(added, layers, d.layer):
                left_out.append(d.other.id)
            else:
                layers[d.layer].append(_contested(_own_alternatives(added, d.other.id), d))
    more = {**one.more, "coders": f"{comparison.names[0]}; {comparison.names[1]}"}
    head: Json = {str(name): more[name] for name in ("schema", "story", "sha256", "offsets", "coders") if name in more}
    filled = {name: records for name, records in layers.items() if records}
    _name_sources(filled, other)
    return {
        **head,
        **filled,
        **{n: v for n, v in more.items() if n not in head},
        "answers": dict(one.answers),
    }, left_out


def _contested(record: Mapping[str, Any], difference: Difference) -> Json:
    """An entry with the other reading among its alternatives."""
    say = class_wording("stories")["compare"]
    contest = record.get("contestable") or {"why": say["why"], "alternatives": []}
    alternatives = [*contest.get("alternatives", ())]
    used = {a["id"].casefold() for a in alternatives}
    letters = (*"abcdefghijklmnopqrstuvwxyz", *map(str, range(len(used) + 1)))
    letter = next(c for c in letters if f"{record['id']}.{c}".casefold() not in used)
    patch, told = _patch(difference)
    if any(a["patch"] == patch for a in alternatives):
        return dict(record)  # the key has that reading among its own alternatives already
    alternatives.append({"id": f"{record['id']}.{letter}", "say": told, "patch": patch})
    contest = {**contest, "why": contest.get("why") or say["why"], "alternatives": alternatives}
    return {**record, "contestable": contest, UNCONFIRMED: True, RULE: TWO_CODERS}


def _patch(d: Difference) -> tuple[Json, str]:
    """What the other reading changes, and how it is said."""
    say = class_wording("stories")["compare"]
    if d.one is None or d.other is None:
        absent: Json = {"not_an_attribution": True} if d.layer == "attributions" else {"reading": say["not_there"]}
        return absent, str(say["absent"])
    fields = [field for field in d.fields if field not in ("words", "side")]
    patch = {field: d.other.get(field) for field in fields if field in d.one.data}
    if "words" in d.fields:  # a span itself has no field for its words
        patch |= {name: d.other.get(name) for name in ("start", "end", "hash")}
    return patch, "; ".join(f"{say['what'][f]}: {d.other.get(f)}" for f in fields if f in FIELDS[d.layer]) or say["why"]


def _free(name: str, taken: set[str]) -> str:
    """An id that no entry has yet."""
    found, number = name, 2
    while found.casefold() in taken:
        found, number = f"{name}-{number}", number + 1
    taken.add(found.casefold())
    return found


def _own_alternatives(record: Json, old: str) -> Json:
    """An entry under a new id, with the ids of its alternatives after it."""
    contest = record.get("contestable")
    if not contest or record["id"] == old:
        return record
    renamed = [
        {
            **a,
            "id": f"{record['id']}{a['id'].removeprefix(old)}"
            if a["id"].startswith(f"{old}.")
            else f"{record['id']}.{a['id']}",
        }
        for a in contest["alternatives"]
    ]
    return {**record, "contestable": {**contest, "alternatives": renamed}}


def _clashes(record: Mapping[str, Any], layers: Mapping[str, Sequence[Mapping[str, Any]]], layer: str) -> bool:
    """Whether an entry would share words with one that must stand apart from it, as `copydesk check` asks."""
    apart = {
        "attributions": ("attributions", "reporter_voice"),
        "reporter_voice": ("attributions",),
        "framing": ("controls",),
        "controls": ("framing",),
    }
    mine = [*spans_in(record["content"] if layer == "attributions" else record)]
    for other in apart.get(layer, ()):
        for entry in layers.get(other, ()):
            theirs = spans_in(entry["content"] if other == "attributions" else entry)
            if any(span.overlap(theirs_) for theirs_ in theirs for span in mine):
                return True
    return False


def _name_sources(layers: dict[str, list[Json]], other: Key) -> None:
    """See to it that each speaker is among the sources, and that no entry is carried from one that is not there."""
    names = {record["name"] for record in layers.get("sources", ())}
    ids = {str(r["id"]) for r in layers.get("attributions", ())}
    for record in layers.get("attributions", ()):
        record.update({"carried_from": None} if record.get("carried_from") not in ids else {})
        if record.get("nested_in") not in (None, *ids):
            del record["nested_in"]
    for entry in other.layer("sources"):
        if entry["name"] not in names and any(a["speaker"] == entry["name"] for a in layers.get("attributions", ())):
            layers.setdefault("sources", []).append({**entry.data, UNCONFIRMED: True, RULE: TWO_CODERS})
