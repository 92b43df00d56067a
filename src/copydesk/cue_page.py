"""The word list's reading of a story as a page: where it points, what stands there in the key, and what it misses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

from copydesk.article import Article
from copydesk.cue_foil import CueFoil, compare_cues, places
from copydesk.framing import Hit
from copydesk.key import Entry
from copydesk.render import still, table
from copydesk.scoring.mark_notes import place
from copydesk.stories import Story
from copydesk.wording import load_wording


def cue_page(story: Story, region: Sequence[str] = ()) -> tuple[str, str]:
    """What the list makes of a story, or of some blocks of it, as HTML, and its summary in one sentence."""
    article, say = story.article, load_wording("strings")["framing"]["page"]
    if story.key is None:
        hits = places(article, region or [p.id for p in article.paragraphs])
        summary = say["no_key"].format(n=len(hits))
        tables = table(say["columns"][:-1], (_row(hit, article) for hit in hits), caption=say["caption"])
    else:
        foil = compare_cues(story.key, article, region)
        summary = _summary(foil, say)
        tables = table(say["columns"], _rows(foil, article, say), caption=say["caption"])
        tables += table(say["missed_columns"], _missed(foil.missed, article), caption=say["missed"])
    notes = (say["note"], load_wording("strings")["outcome"]["framing_figure"])
    html = f"<p><strong>{escape(summary)}</strong></p>{tables}" + "".join(f"<p>{escape(n)}</p>" for n in notes)
    return still(html, rights=story.rights), summary


def _summary(foil: CueFoil, say: dict[str, Any]) -> str:
    counts = {
        "n": len(foil.hits),
        "met": len(foil.hits) - len(foil.elsewhere),
        "plain": len(foil.on_plain),
        "missed": len(foil.missed),
        "of": len(foil.readings),
    }
    return str(say["summary"].format(**counts))


def _row(hit: Hit, article: Article) -> tuple[str, ...]:
    block = next(b.id for b in (*article.furniture, *article.paragraphs) if b.span.covers(hit.span))
    advice = ". ".join(filter(None, (", ".join(hit.neutral), hit.cue.note)))
    return place(block), hit.span.of(article.text), hit.group.name, advice


def _rows(foil: CueFoil, article: Article, say: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    for hit in foil.hits:
        met = [_device(r.entry) for r in foil.readings if hit in r.hits]
        nothing = say["plain"] if hit in foil.on_plain else say["nothing"]
        yield (*_row(hit, article), ", ".join(met) or nothing)


def _missed(entries: Sequence[Entry], article: Article) -> Iterator[tuple[str, ...]]:
    for entry in entries:
        words = " … ".join(span.of(article.text) for span in entry.spans("span"))
        yield place(entry["region"]), words, _device(entry)


def _device(entry: Entry) -> str:
    return str(load_wording("devices")[entry["device"]]["name"])
