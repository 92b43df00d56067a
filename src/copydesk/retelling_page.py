"""Passages and their retellings side by side: what was left out is marked in the one, what was added in the other."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from copydesk.lessons import Lesson
from copydesk.render import still
from copydesk.retellings import Retelling, retellings, word_diff
from copydesk.spans import Span
from copydesk.wording import load_wording

SIGNS = {"del": ("left_out", "−"), "ins": ("added", "+")}


def retelling_page(lesson: Lesson, exercise_id: str) -> tuple[str, str]:
    """Every retelling of an exercise beside its passage, as HTML, and how many there are in one sentence."""
    say, story = load_wording("strings")["retellings"], lesson.story
    told = retellings(lesson.exercise(exercise_id))
    legend = "".join(f"<li><{tag}>{_sign(tag)}{escape(say[name])}</{tag}></li>" for tag, (name, _) in SIGNS.items())
    pairs = "".join(_pair(n, r, story.article.text, story.about["language"]) for n, r in enumerate(told, 1))
    summary = str(say["summary"].format(n=len(told)))
    body = f'<p>{escape(say["note"])}</p><ul class="cd-legend">{legend}</ul>{pairs}'
    return still(f'<div class="cd-retellings">{body}</div>', rights=story.rights), summary


def _pair(number: int, told: Retelling, text: str, lang: str) -> str:
    say, passage = load_wording("strings")["retellings"], told.passage.of(text)
    pieces = word_diff(passage, told.text)
    left = _marked(passage, (p.before for p in pieces if p.before and not p.after), "del")
    right = _marked(told.text, (p.after for p in pieces if p.after and not p.before), "ins")
    sides = ((say["story"].format(where=told.where), left), (say["teller"].format(teller=told.teller), right))
    shown = "".join(
        f'<div><h4>{escape(name)}</h4><blockquote lang="{escape(lang)}">{html}</blockquote></div>'
        for name, html in sides
    )
    return f'<section><h3>{escape(say["heading"].format(n=number))}</h3><div class="cd-sides">{shown}</div></section>'


def _marked(text: str, spans: Iterable[Span], tag: str) -> str:
    """A text with some of its words in `<del>` or `<ins>`, and what that means in hidden words for who hears it."""
    out, at = "", 0
    for span in spans:
        out += f"{escape(text[at : span.start])}<{tag}>{_sign(tag, spoken=True)}{escape(span.of(text))}</{tag}>"
        at = span.end
    return out + escape(text[at:])


def _sign(tag: str, *, spoken: bool = False) -> str:
    name, sign = SIGNS[tag]
    words = load_wording("strings")["retellings"][f"say_{name}"]
    hidden = f'<span class="cd-visually-hidden">{escape(words)} </span>' if spoken else ""
    return f'<span class="cd-sign" aria-hidden="true">{sign}</span>{hidden}'
