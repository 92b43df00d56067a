"""The kit's own tools compared with the key: the attribution finder, and the word list of framing.

Learners predict what a tool will find, run it, and say why it missed something. The comparisons never grade anybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Literal

from copydesk.attribution import Attribution, find_attributions, why
from copydesk.base.spans import Span, word_f1
from copydesk.base.wording import is_english, load_wording
from copydesk.exercises.exercise import place
from copydesk.exercises.mark import label_words
from copydesk.framing import Hit, find_cues
from copydesk.page.article import Article
from copydesk.page.html import Mark, Page, blocks, static_html, table
from copydesk.story.key import Entry, Key
from copydesk.story.story import Story
from copydesk.views.guesses import beside

# --- The attribution finder ---

WHOLE, PART = 0.8, 0.3
"""From which word F1 of the content on an attribution of the key counts as found whole, or in part."""
Found = Literal["whole", "part", "missed"]


@dataclass(frozen=True, slots=True)
class FinderMatch:
    """One counted attribution of the key, the finder's attribution nearest to it, and how far they agree."""

    entry: Entry
    attribution: Attribution | None
    found: Found
    note: str = ""


@dataclass(frozen=True, slots=True)
class FinderComparison:
    """What the finder made of one story; `wrong` are its attributions that meet none of the key."""

    matches: tuple[FinderMatch, ...]
    wrong: tuple[Attribution, ...]

    def count(self, found: Found) -> int:
        """How many counted attributions were found whole, in part, or missed."""
        return sum(match.found == found for match in self.matches)


def compare_finder(key: Key, article: Article) -> FinderComparison:
    """Run the finder on the page and match what it finds with the key.

    An attribution that repeats the story in the page furniture, such as a headline, is not counted as wrong.
    """
    attributions = find_attributions(article.text)
    matches = tuple(_match(entry, attributions, article.text) for entry in key.attributions if entry["counted"])
    keyed = [span for entry in key.attributions for role in ("content", "cue") for span in entry.spans(role)]
    furniture = [block.span for block in article.furniture]
    wrong = []
    for attribution in attributions:
        spans = attribution.content or ((attribution.cue,) if attribution.cue else ())
        known = any(span.overlap(other) for span in spans for other in keyed)
        if not known and not any(block.covers(span) for block in furniture for span in spans):
            wrong.append(attribution)
    return FinderComparison(matches, tuple(wrong))


def _match(entry: Entry, attributions: Sequence[Attribution], text: str) -> FinderMatch:
    """The attribution whose content is nearest to an entry's; with another speaker it is found in part at most."""
    content, source = entry.spans("content"), entry.spans("source")
    # The others share no word with it.
    near = [a for a in attributions if any(s.overlap(c) for s in a.content for c in content)]
    best = max(near, key=lambda a: word_f1(text, a.content, content), default=None)
    close = word_f1(text, best.content, content) if best else 0.0
    if best is None or close < PART:
        return FinderMatch(entry, None, "missed")
    same_words = bool(best.source and source and word_f1(text, [best.source], source) > 0)
    if same_words or entry["speaker"].casefold() == best.speaker.casefold():
        return FinderMatch(entry, best, "whole" if close >= WHOLE else "part", why(best))
    return FinderMatch(entry, best, "part", f"{why(best)} It takes the source to be “{best.speaker or '?'}”.")


def finder_page(story: Story) -> Page:
    """The finder's marks on the story, and a table that says which rule made each; in a graded edition neither."""
    article, say = story.article, load_wording("strings")["finder"]
    if not is_english(story.about["language"]):
        return Page.saying(say["english"])
    if story.key is None:
        return Page.saying(say["no_key"])
    first = article.paragraphs[0].start if article.paragraphs else 0
    found = [a for a in find_attributions(article.text) if a.start >= first]
    compared = compare_finder(story.key, article)
    counts = {name: compared.count(name) for name in ("whole", "part", "missed")}
    summary = say["summary"].format(**counts, of=len(compared.matches), wrong=len(compared.wrong))
    marks = [
        Mark(span, role, number)
        for number, a in enumerate(found, 1)
        for role, spans in (("source", (a.source,)), ("cue", (a.cue,)), ("content", a.content))
        for span in spans
        if span
    ]
    rows = [(n, a.speaker, label_words("form", a.form), why(a)) for n, a in enumerate(found, 1)]
    html = f"<p><strong>{escape(summary)}</strong></p>"
    html += blocks(article.text, {p.id: p for p in article.paragraphs}, marks, lang=story.about["language"])
    html += table(say["columns"], rows, caption=say["caption"])
    return Page(static_html(html, rights=story.rights), summary)


# --- The word list of framing ---


@dataclass(frozen=True, slots=True)
class WordListMatch:
    """One framing device of the key and the places of the word list that overlap it, perhaps none."""

    entry: Entry
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class WordListComparison:
    """The places of the word list beside the key; `elsewhere` meet no device, some of them `on_plain` wording."""

    matches: tuple[WordListMatch, ...]
    hits: tuple[Hit, ...]
    elsewhere: tuple[Hit, ...]
    on_plain: tuple[Hit, ...]

    @property
    def missed(self) -> tuple[Entry, ...]:
        """The devices without a hit."""
        return tuple(match.entry for match in self.matches if not match.hits)


def compare_word_list(key: Key, article: Article, region: Sequence[str] = ()) -> WordListComparison:
    """Match the word list with the key, on some blocks or on the story and wherever the key has a device.

    >>> from copydesk import load_story
    >>> story = load_story("baltics-2022")
    >>> found = compare_word_list(story.key, story.article, ["p10"])
    >>> [match.entry for match in found.matches] == [*story.key.layer("framing", ("p10",))]
    True
    """
    entries = key.layer("framing", tuple(region))
    everywhere = dict.fromkeys([*(p.id for p in article.paragraphs), *(e["region"] for e in entries)])
    hits = places(article, region or [*everywhere])
    matches = tuple(WordListMatch(entry, _overlapping(hits, entry.spans("span"))) for entry in entries)
    met = {hit.span for match in matches for hit in match.hits}
    elsewhere = tuple(hit for hit in hits if hit.span not in met)
    plain = [span for entry in key.layer("controls", tuple(region)) for span in entry.spans("span")]
    return WordListComparison(matches, hits, elsewhere, _overlapping(elsewhere, plain))


def places(article: Article, region: Sequence[str]) -> tuple[Hit, ...]:
    """Where the word list points in some blocks, in reading order: its hits without the plain words."""
    shown = sorted((article.block(name) for name in region), key=lambda block: block.start)
    return tuple(hit for block in shown for hit in find_cues(article.text, block.span) if not hit.cue.plain)


def _overlapping(hits: Sequence[Hit], spans: Sequence[Span]) -> tuple[Hit, ...]:
    return tuple(hit for hit in hits if any(hit.span.overlap(span) for span in spans))


def word_list_page(story: Story, region: Sequence[str] = (), guesses: Iterable[str] = ()) -> Page:
    """Where the word list points in a story, or in some blocks of it, and which devices of the key it misses.

    Learners’ `guesses` at the share of devices that it finds stand beside that share.
    """
    told: list[str] = []
    article, say = story.article, load_wording("strings")["framing"]["page"]
    if not is_english(story.about["language"]):
        return Page.saying(say["english"])
    if story.key is None:
        hits = places(article, region or [p.id for p in article.paragraphs])
        summary = say["no_key"].format(n=len(hits))
        tables = table(say["columns"][:-1], (_row(hit, article) for hit in hits), caption=say["caption"])
    else:
        found = compare_word_list(story.key, article, region)
        met = len(found.hits) - len(found.elsewhere)
        counts = {"plain": len(found.on_plain), "missed": len(found.missed), "of": len(found.matches)}
        summary = say["summary"].format(n=len(found.hits), met=met, **counts)
        share = (counts["of"] - counts["missed"]) / counts["of"] if counts["of"] else None
        told = [beside(guess, share) for guess in guesses]
        tables = table(say["columns"], _rows(found, article, say), caption=say["caption"])
        tables += table(say["missed_columns"], _missed(found.missed, article), caption=say["missed"])
    notes = (say["note"], load_wording("strings")["outcome"]["framing_figure"])
    head = "".join(f"<p><strong>{escape(sentence)}</strong></p>" for sentence in (*told, summary))
    html = f"{head}{tables}" + "".join(f"<p>{escape(note)}</p>" for note in notes)
    return Page(static_html(html, rights=story.rights), summary)


def _row(hit: Hit, article: Article) -> tuple[str, ...]:
    block = next(b.id for b in (*article.furniture, *article.paragraphs) if b.span.covers(hit.span))
    advice = ". ".join(filter(None, (", ".join(hit.neutral), hit.cue.note)))
    return place(block), hit.span.of(article.text), hit.group.name, advice


def _rows(found: WordListComparison, article: Article, say: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    for hit in found.hits:
        met = [label_words("device", match.entry["device"]) for match in found.matches if hit in match.hits]
        nothing = say["plain"] if hit in found.on_plain else say["nothing"]
        yield (*_row(hit, article), ", ".join(met) or nothing)


def _missed(entries: Sequence[Entry], article: Article) -> Iterator[tuple[str, ...]]:
    for entry in entries:
        words = " … ".join(span.of(article.text) for span in entry.spans("span"))
        yield place(entry["region"]), words, label_words("device", entry["device"])
