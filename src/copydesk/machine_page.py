"""The machine's reading as a page: marks on the story, and a table that says why each was made."""

from __future__ import annotations

from html import escape

from copydesk.attribution import Attribution, find_attributions, why
from copydesk.foil import compare
from copydesk.render import Mark, blocks, still, table
from copydesk.scoring.mark_notes import label_words
from copydesk.stories import Story
from copydesk.wording import load_wording


def machine_page(story: Story) -> tuple[str, str]:
    """The page as HTML, and its summary in one sentence."""
    article, say = story.article, load_wording("strings")["machine"]
    body = {p.id: p for p in article.paragraphs}
    first = article.paragraphs[0].start if article.paragraphs else 0
    found = [a for a in find_attributions(article.text) if a.start >= first]
    summary = _summary(story, found)
    rows = [(n, a.speaker, label_words("form", a.form), why(a)) for n, a in enumerate(found, 1)]
    html = f"<p><strong>{escape(summary)}</strong></p>" + blocks(article.text, body, _marks(found))
    html += table(say["columns"], rows, caption=say["caption"])
    return still(html, rights=story.rights), summary


def _summary(story: Story, found: list[Attribution]) -> str:
    say = load_wording("strings")["machine"]
    if story.key is None:
        return str(say["no_key"].format(n=len(found)))
    foil = compare(story.key, story.article)
    counts = {name: foil.count(name) for name in ("whole", "part", "missed")}
    return str(say["summary"].format(**counts, of=len(foil.readings), wrong=len(foil.wrong)))


def _marks(found: list[Attribution]) -> list[Mark]:
    marks = []
    for number, a in enumerate(found, 1):
        marks += [Mark(s, "source", number) for s in (a.source,) if s]
        marks += [Mark(s, "cue", number) for s in (a.cue,) if s]
        marks += [Mark(s, "content", number) for s in a.content]
    return marks
