"""A draft key from a page: its blocks, sentences with their voice, attributions, sources, and places to look at.

A draft is made by rules, so every entry is unconfirmed and names its rule (see `confirm.py`). It has no faults that
`copydesk check` finds, and it is no key yet: somebody must read it. The attribution finder reads English; a page in
another language gets blocks and sentences only.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from copydesk.attribution import Attribution, find_attributions
from copydesk.attribution.tokens import GRAMMAR, word_set
from copydesk.base.documents import Json
from copydesk.base.spans import Span, fingerprint, merge, short_hash, words
from copydesk.framing import find_cues
from copydesk.page.article import Article, Block
from copydesk.story.key import MOST_RECORDS, SCHEMA
from copydesk_classroom.stories.confirm import CUE_PLACES, RULE, UNCONFIRMED
from copydesk_classroom.wording import class_wording

ENGLISH = "en"
UNCOUNTED = {"speech_act", "non_response"}
"""Forms that no measure counts, because nothing is said."""
MOSTLY = 0.75
"""The share of a sentence's words that belong to a source and its cue from which its voice is attributed.

On the kit's four stories with their own attributions, this gives the key's voice for 66 of 73 sentences.
"""
FUNCTION_WORDS = word_set(
    " ".join(GRAMMAR[name] for name in ("determiner", "preposition", "conjunction", "subordinator", "pronoun"))
)
ENGLISH_SHARE = 0.2
"""The share of function words from which a text counts as English: its news has 0.3 to 0.4, Dutch 0.1."""
OPENING, CLOSING = "“\"‘'«„", "”\"’'»“"
"""What a direct quotation begins and ends with, as `copydesk check` asks."""


def draft_key(
    article: Article, story: str, *, language: str = ENGLISH, guessed_lines: Iterable[int] = (), coders: str = ""
) -> Json:
    """A draft key of a page, as `key.json` holds it.

    `guessed_lines` are the lines of blocks that something else than the page reader told to be furniture or story.

    >>> from copydesk.page.article import parse_article
    >>> key = draft_key(parse_article("Rain ends\\n\\nBy Ines Okafor\\n\\nIt rained. “Enough,” Ada Lund said."), "rain")
    >>> [(a["id"], a["speaker"], a["form"], a["rule"]) for a in key["attributions"]]
    [('A1', 'Ada Lund', 'direct', 'quote_then_speaker')]
    >>> [s["voice"] for s in key["sentences"]]
    ['reporter', 'attributed']
    """
    reads_english = language.partition("-")[0].lower() == ENGLISH
    attributions = _attributions(article) if reads_english else []
    guessed = {*guessed_lines}
    return {
        "schema": SCHEMA,
        "story": story,
        "sha256": fingerprint(article.text),
        "offsets": "0-based Unicode code points, end exclusive, into page.txt as it is",
        "coders": coders,
        "furniture": [_block(article, b, guessed, kind=b.kind) for b in article.furniture],
        "paragraphs": [
            _block(article, b, guessed, n_words=len(words(article.text, b.span))) for b in article.paragraphs
        ],
        "sentences": [
            {"id": s.id, **place(article.text, s.span), "voice": voice, **_drafted("voice" if reads_english else "")}
            for s, voice in zip(article.sentences, voices(article, attributions), strict=True)
        ],
        "sources": sources_of(attributions),
        "attributions": attributions,
        CUE_PLACES: [*_cue_places(article)] if reads_english else [],
    }


def place(text: str, span: Span) -> Json:
    """A span as a key holds it: its offsets, and a hash of the words there."""
    return {"start": span.start, "end": span.end, "hash": short_hash(span.of(text))}


def is_english(text: str) -> bool:
    """Whether a text is English, by the share of function words in its first thousand words.

    >>> is_english("The ferry is late, and nobody in the town knows why."), is_english("Die Fähre kommt heute spät.")
    (True, False)
    """
    found = [w.of(text).lower() for w in words(text)[:1000]]
    return sum(word in FUNCTION_WORDS for word in found) >= ENGLISH_SHARE * max(1, len(found))


def voices(article: Article, attributions: Sequence[Mapping[str, Any]]) -> list[str]:
    """The voice of each sentence, from the attributions: whose words most of it are."""
    said = [a for a in attributions if a["content"]]
    content = _spans(record for a in said for record in a["content"])
    all_of_it = _spans(r for a in said for r in (*a["content"], a["source"], a["cue"]) if r)
    return [_voice(article.text, s.span, content, all_of_it) for s in article.sentences]


def sources_of(attributions: Iterable[Mapping[str, Any]]) -> list[Json]:
    """A source for each speaker, in the order in which they speak, with the kind they are first given."""
    kinds: dict[str, str] = {}
    for attribution in attributions:
        kinds.setdefault(attribution["speaker"], attribution["kind"])
    return [
        {"id": f"S{n}", "name": name, "kind": kind, **_drafted("source")}
        for n, (name, kind) in enumerate(kinds.items(), 1)
    ]


def _drafted(rule: str) -> Json:
    return {UNCONFIRMED: True, **({RULE: rule} if rule else {})}


def _block(article: Article, block: Block, guessed: set[int], **more: object) -> Json:
    rule = "extractor" if block.line in guessed else "page"
    return {"id": block.id, "line": block.line, **place(article.text, block.span), **more, **_drafted(rule)}


def _attributions(article: Article) -> list[Json]:
    """What the finder finds in the paragraphs and the headline, each in one block, and no two with the same words."""
    headlines = tuple(b for b in article.furniture if b.kind == "headline")
    blocks = sorted((*article.paragraphs, *headlines), key=lambda b: b.start)
    found, done, names = find_attributions(article.text), list[Json](), dict[int, str]()
    speakers = _speakers(article.text, found)
    used: list[tuple[Span, str]] = []
    for n, attribution in enumerate(found):
        for record in _in_blocks(article, attribution, blocks):
            outer = _make_room(record, used)
            if outer is None or len(done) == MOST_RECORDS:
                continue
            record["speaker"] = speakers[attribution.speaker]
            headline = record["region"].startswith("f")
            number = sum(r["region"].startswith("f") == headline for r in done) + 1
            record["id"] = f"{'H' if headline else 'A'}{number}"
            earlier = names.get(attribution.carried_from) if attribution.carried_from is not None else None
            record["carried_from"] = names.get(n) or earlier
            if outer:
                record |= {"nested_in": outer, "optional": True}
            record["counted"] = not (headline or outer or attribution.form in UNCOUNTED)
            done.append(record)
            used += [(Span(c["start"], c["end"]), record["id"]) for c in record["content"]]
            names.setdefault(n, record["id"])
    return done


def _speakers(text: str, found: Iterable[Attribution]) -> dict[str, str]:
    """The name of each speaker: one without a name as the story first calls it, such as “The harbour office”."""
    names = {"": str(class_wording("stories")["draft"]["nobody"])}
    for attribution in found:
        speaker, source = attribution.speaker, attribution.source
        if speaker not in names and (speaker[:1].isupper() or source):
            said = speaker if speaker[:1].isupper() or not source else " ".join(source.of(text).split())
            names[speaker] = said[:1].upper() + said[1:]
    return {a.speaker: names.get(a.speaker, a.speaker) for a in found} | names


def _in_blocks(article: Article, attribution: Attribution, blocks: Sequence[Block]) -> Iterator[Json]:
    """An attribution as records of a key; one whose content lies in other blocks gives a record for each.

    A quotation that a sentence announces stands in the paragraph below it, and an entry of a key has one block.
    """
    said: dict[str, list[Span]] = {}
    for span in attribution.content:
        if block := next((b for b in blocks if b.span.covers(span)), None):
            said.setdefault(block.id, []).append(span)
    named = [span for span in (attribution.source, attribution.cue) if span]
    home = next((b.id for b in blocks if named and all(b.span.covers(span) for span in named)), None)
    if named and home is None:
        return  # the source stands outside of the story
    for region in dict.fromkeys([home, *said] if home else said):
        here = region == home
        content = said.get(region or "", [])
        yield {
            "id": "",
            "region": region,
            "speaker": "",
            "kind": attribution.kind if attribution.speaker else "none",
            "form": _form(article.text, attribution.form if content else _without_content(attribution), content),
            "counted": True,
            "source": place(article.text, attribution.source) if here and attribution.source else None,
            "cue": place(article.text, attribution.cue) if here and attribution.cue else None,
            "content": [place(article.text, span) for span in content],
            "carried_from": None,
            "contestable": None,
            **_drafted(attribution.rule),
        }


def _without_content(attribution: Attribution) -> str:
    """The form of a record that holds no content: the quotation it announces has a record of its own."""
    return attribution.form if attribution.form in UNCOUNTED else "speech_act"


def _form(text: str, form: str, content: Sequence[Span]) -> str:
    """The finder's form; a direct quotation without marks at its ends is mixed."""
    whole = all(text[s.start] in OPENING and text[s.end - 1] in CLOSING for s in content)
    return "mixed" if form == "direct" and not whole else form


def _make_room(record: Json, used: Sequence[tuple[Span, str]]) -> str | None:
    """The entry that a record is nested in, '' for none; None for a record whose words another one has."""
    content = [Span(c["start"], c["end"]) for c in record["content"]]
    named = [Span(record[role]["start"], record[role]["end"]) for role in ("source", "cue") if record[role]]
    if any(span.overlap(other) for span in content for other in named):
        return None
    over = [(span, id) for span, id in used for mine in content if span.overlap(mine)]
    outer = {id for _, id in over}
    if len(outer) > 1 or any(not span.covers(mine) for span, _ in over for mine in content if span.overlap(mine)):
        return None
    return next(iter(outer), "")


def _spans(records: Iterable[Mapping[str, Any]]) -> list[Span]:
    return merge(Span(r["start"], r["end"]) for r in records)


def _voice(text: str, sentence: Span, content: Sequence[Span], all_of_it: Sequence[Span]) -> str:
    if not _near(content, sentence):
        return "reporter"
    found, near = words(text, sentence), _near(all_of_it, sentence)
    theirs = sum(any(span.covers(word) for span in near) for word in found)
    return "attributed" if theirs >= MOSTLY * len(found) else "mixed"


def _near(spans: Sequence[Span], sentence: Span) -> Sequence[Span]:
    """Those of some spans, in reading order and apart, that meet a sentence."""
    first = bisect_right(spans, sentence.start, key=lambda span: span.end)
    return spans[first : bisect_left(spans, sentence.end, key=lambda span: span.start)]


def _cue_places(article: Article) -> Iterator[Json]:
    """Where a cue of the framing list stands in the headline and the story, at most as many as a layer may have."""
    number, devices = 0, class_wording("stories")["device_of_cue"]
    for block in article.blocks:
        if block.kind not in ("headline", "paragraph"):
            continue
        for hit in find_cues(article.text, block.span):
            if not hit.cue.plain and number < MOST_RECORDS:
                number += 1
                told = {"id": f"CP{number}", "region": block.id, **place(article.text, hit.span)}
                yield {**told, "group": hit.group.id, "device": devices[hit.group.id], **_drafted("cue_list")}
