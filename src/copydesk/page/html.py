"""Spans to HTML: marked text, tables, and pages that show themselves in a notebook. Everything is escaped."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from html import escape
from importlib.resources import files
from itertools import pairwise
from typing import Self

from copydesk.base.spans import Span
from copydesk.base.wording import direction, load_wording, runs_right_to_left
from copydesk.page.article import Block
from copydesk.page.palette import tokens, tokens_for


class Page:
    """HTML that shows itself in a notebook; its plain form is one sentence."""

    def __init__(self, html: str, plain: str) -> None:
        self.html, self.plain = html, plain

    @classmethod
    def saying(cls, sentence: str) -> Self:
        """A page that is one sentence and no more."""
        return cls(static_html(f"<p>{escape(sentence)}</p>"), sentence)

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return self.plain


@dataclass(frozen=True, slots=True)
class Mark:
    """A span with the role it plays and the number of the group it belongs to."""

    span: Span
    role: str
    number: int = 1


@cache
def css() -> str:
    """The kit's style sheet, shared by widgets and still pages, with the palette in front."""
    return tokens() + (files("copydesk") / "widgets" / "copydesk.css").read_text(encoding="utf-8")


RULE = re.compile(r"\s*([^{}]+?)\s*\{((?:[^{}]+|\{[^{}]*\})*)\}")
"""A rule of the stylesheet, or a block of rules such as `@media`."""
SELECTORS = re.compile(r",(?![^()]*\))")
"""What parts the selectors of a rule."""
CLASS = r"\.(cd[\w-]*)"


def css_for(html: str) -> str:
    """The rules of the stylesheet that can apply to a page part, without line breaks.

    Every output of a saved notebook carries its own style, since a front end may take other outputs out of the page;
    the whole stylesheet in each would be most of the file.
    """
    used = {name for names in re.findall(r'class="([^"]*)"', html) for name in names.split()}
    drawn = frozenset(re.findall(r"var\(--cd-[\w-]+", html))  # the colours of pictures
    return _rules_for(frozenset(used), drawn)


@dataclass(frozen=True, slots=True)
class _Rule:
    """A rule of the stylesheet, or with `inside` a block of rules; `needs` has the class names of each selector."""

    head: str
    needs: tuple[tuple[frozenset[str], frozenset[str], tuple[str, ...]], ...]
    body: str
    inside: tuple[_Rule, ...]

    def kept(self, used: frozenset[str]) -> str:
        """The rule, or what is left of the block, if it can apply where those classes are used; else ""."""
        if self.inside:
            body = "".join(rule.kept(used) for rule in self.inside)
        else:
            body = self.body if any(self._applies(used, *needs) for needs in self.needs) else ""
        return f"{self.head}{{{body}}}" if body else ""

    @staticmethod
    def _applies(used: frozenset[str], all_of: frozenset[str], any_of: frozenset[str], stems: tuple[str, ...]) -> bool:
        if all_of:
            return used >= all_of
        return not used.isdisjoint(any_of) or any(name.startswith(stems) for name in used)


def _parsed(rules: str) -> tuple[_Rule, ...]:
    found = []
    for head, body in RULE.findall(rules):
        inside = _parsed(body) if "{" in body else ()
        needs = () if inside else tuple(map(_needs, SELECTORS.split(head)))
        found.append(_Rule(" ".join(head.split()), needs, " ".join(body.split()), inside))
    return tuple(found)


def _needs(selector: str) -> tuple[frozenset[str], frozenset[str], tuple[str, ...]]:
    """The class names that must all be used; where there are none, those of which one must be, and their beginnings."""
    outside, before = selector, ""
    while outside != before:  # what stands in :has(…) or :not(…) does not decide, unless nothing else does
        outside, before = re.sub(r":[\w-]+\([^()]*\)", "", outside), outside
    stems = tuple(re.findall(r'class\*="(cd[\w-]*)"', selector))
    return frozenset(re.findall(CLASS, outside)), frozenset(re.findall(CLASS, selector)), stems


@cache
def _stylesheet() -> tuple[_Rule, ...]:
    sheet = (files("copydesk") / "widgets" / "copydesk.css").read_text(encoding="utf-8")
    return _parsed(re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL))


@lru_cache(maxsize=256)
def _rules_for(used: frozenset[str], drawn: frozenset[str]) -> str:
    rules = "".join(rule.kept(used) for rule in _stylesheet())
    return tokens_for(rules + " ".join(drawn)) + rules


_safe = lru_cache(maxsize=4096)(escape)
"""`escape` with a memory: feedback for a class shows the same pieces of the page again and again."""


def marked(text: str, span: Span, marks: Sequence[Mark] = ()) -> str:
    """One stretch of text with its marks, each with a word tag inside.

    Where marks overlap, the words have a line for each, the longest mark’s the lowest.

    >>> marked("rain <ends> soon", Span(0, 11), [Mark(Span(5, 11), "content")])
    'rain <mark class="cd-m-content"><span class="cd-tag" title="content 1">Co1</span>&lt;ends&gt;</mark>'
    """
    tags = load_wording("strings")["tags"]
    found = [
        m for m in sorted(marks, key=lambda m: m.span) if max(m.span.start, span.start) < min(m.span.end, span.end)
    ]
    ends = {cut for m in found for cut in (m.span.start, m.span.end)}
    cuts = {span.start, span.end, *(cut for cut in ends if span.start < cut < span.end)}
    out = []
    for start, end in pairwise(sorted(cuts)):
        here = [m for m in found if m.span.start <= start and end <= m.span.end]
        words = _safe(text[start:end])
        if not here:
            out.append(words)
            continue
        begun = [m for m in here if max(m.span.start, span.start) == start]
        labels = "".join(
            f'<span class="cd-tag" title="{_safe(m.role)} {m.number}">{_safe(tags[m.role])}{m.number}</span>'
            for m in begun
        )
        lines = sorted(here, key=lambda m: m.span.start - m.span.end)
        names = " ".join(f"cd-over{min(n, 2)}-{m.role}" if n else f"cd-m-{m.role}" for n, m in enumerate(lines))
        out.append(f'<mark class="{_safe(names)}">{labels}{words}</mark>')
    return "".join(out)


def block_name(region: str) -> str:
    """A block's name in short, as it stands in front of the block.

    >>> block_name("p6"), block_name("f2")
    ('¶ 6', 'f2')
    """
    return f"¶ {region[1:]}" if region.startswith("p") else region


def text_attributes(lang: str) -> str:
    """The attributes of an element that holds a story's text: its language, and which way it runs.

    >>> text_attributes("en"), text_attributes("he")
    ('lang="en" dir="ltr"', 'lang="he" dir="rtl"')
    """
    return f'lang="{escape(lang)}" dir="{direction(lang)}"'


def blocks(
    text: str,
    shown: Mapping[str, Block],
    marks: Sequence[Mark] = (),
    *,
    lang: str = "en",
    names: Callable[[str], str] = block_name,
) -> str:
    """Blocks of the page as paragraphs, each with a name in front."""
    return "".join(
        f'<p class="cd-block" {text_attributes(lang)}><span class="cd-blockname">{escape(names(name))}</span> '
        f"{marked(text, block.span, [m for m in marks if m.span.start < block.end and block.start < m.span.end])}</p>"
        for name, block in shown.items()
    )


def static_html(body: str, *, rights: str = "") -> str:
    """A page part that needs no kernel and no script; pages built from a story carry its notice."""
    notice = f'<p class="cd-rights">{escape(rights)}</p>' if rights else ""
    page = f'<div class="cd-still">{body}{notice}</div>'
    return f"<style>{css_for(page)}</style>{page}"


def heading(text: str, *, level: int = 3) -> str:
    """A heading with that text."""
    return f"<h{level}>{escape(text)}</h{level}>"


def paragraph(text: str) -> str:
    """A paragraph with that text."""
    return f"<p>{escape(text)}</p>"


@dataclass(frozen=True, slots=True)
class Link:
    """A cell of a table that leads to a file or an address."""

    text: str
    href: str


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, caption: str = "") -> str:
    """A table with scoped headings; the first cell of a row names the row, and `None` is an empty cell.

    On a narrow screen the rows of a wide table are stacked; the stylesheet then sets the headings before the cells.

    >>> '<tr><th scope="row">&lt;Ann&gt;</th><td class="cd-num">2</td></tr>' in table(["who", "n"], [["<Ann>", 2]])
    True
    """
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    head = "".join(f'<th scope="col">{escape(str(name))}</th>' for name in columns)
    listed = [*map(tuple, rows)]
    body = "".join(f"<tr>{''.join(_cell(n, cell) for n, cell in enumerate(row))}</tr>" for row in listed)
    kind = f'class="cd-still-table{_stacked(columns) if _is_wide(columns, listed) else ""}"'
    return f"<table {kind}>{title}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _is_wide(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bool:
    """Whether a phone is too narrow for a table that its stylesheet can stack: with more columns it is a matrix."""
    long = any(len(_words(cell)) > 30 for row in rows for cell in row)
    return 3 + (not long) <= len(columns) <= MOST_STACKED


def _stacked(columns: Sequence[str]) -> str:
    """The class of a wide table, and its headings where the stylesheet finds them."""
    strings = (f"--head-{n}: '{f'{name}: '.translate(IN_CSS) if name else ''}'" for n, name in enumerate(columns, 1))
    return f' cd-wide" style="{escape("; ".join(strings))}'


MOST_STACKED = 6
IN_CSS = str.maketrans({"'": "’", "\\": None, "\n": " "})


def _words(cell: object) -> str:
    return cell.text if isinstance(cell, Link) else "" if cell is None else str(cell)


def _cell(place: int, cell: object) -> str:
    text, kind = _words(cell), ""
    if any(len(word) > 30 for word in text.split()):  # a web address must not push the table off the page
        kind = ' class="cd-long"'
    elif place and isinstance(cell, int | float):
        kind = ' class="cd-num"'
    kind += ' dir="auto"' if runs_right_to_left(text) else ""
    text = text.replace(" %", "\u00a0%")  # a number stays beside its unit
    inner = f'<a href="{escape(cell.href)}">{escape(text)}</a>' if isinstance(cell, Link) else escape(text)
    return f"<td{kind}>{inner}</td>" if place else f'<th scope="row"{kind}>{inner}</th>'
