"""Layout: what the lines of a page are by their place, when their words alone do not tell.

`STEPS` finds the headline, the story below it and the insets in it, one after the other. Each line that is then still
unknown is judged by its neighbours: the first rule of `BY_PLACE` that recognises it names its kind, or calls it story.
Everything is one pass over the lines, or a look at a few lines around.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from copydesk.base.wording import load_wording
from copydesk.page.credits import AGENCY_CREDIT, AGENCY_LINE, BARE_NAME, BYLINE, LONGEST, SIGNED, WRITER
from copydesk.page.furniture import Line, kind_by_words

_WORDS = load_wording("furniture")
_WEIGHTS: dict[str, float] = _WORDS["weights"]
_NO_NAMES = frozenset(_WORDS["names"]["no_names"])
_STAMPS = ("timestamp", "update_stamp")
_HEAD = ("byline", "agency_line", "share_links", *_STAMPS)
_CAPTIONS = ("caption", "photo_caption_credit", "photo_caption_copyright")
_LEAD = 4  # paragraphs at the start of the story in which the words of its headline return
_TABLE = 4  # loose lines in a row say as much against the story as a table of a hundred
_QUOTED = 4  # words in a row that two paragraphs share by quotation, not by chance
_STEM = re.compile(r"\w{4,}")


@dataclass
class Page:
    """The lines of a page, the kinds known so far, and where headline and story are. `gaps`: a blank line above."""

    lines: Sequence[Line]
    gaps: Sequence[bool]
    kinds: list[str | None]
    headline: int = -1
    story: int = 0
    last: int = 0
    names: list[str] = field(default_factory=list)
    """The names in the bylines, plain, with a space behind."""

    def kind(self, i: int) -> str | None:
        """The kind of a line; None also beyond the edges of the page."""
        return self.kinds[i] if 0 <= i < len(self.lines) else None

    def is_unknown(self, i: int) -> bool:
        """Whether no rule has claimed a line yet."""
        return 0 <= i < len(self.lines) and self.kinds[i] is None

    def is_prose(self, i: int) -> bool:
        """Whether an unknown line is running text."""
        return self.is_unknown(i) and self.lines[i].states

    def is_loose(self, i: int) -> bool:
        """Whether an unknown line is no running text: a heading, a link, an item of a list."""
        return self.is_unknown(i) and not self.lines[i].states

    def prose(self, start: int = 0) -> list[int]:
        """The running text of the page from a line on."""
        return [i for i in range(start, len(self.lines)) if self.is_prose(i)]

    @cached_property
    def spaced(self) -> bool:
        """Whether blank lines stand between the paragraphs: only then does a missing one mean something."""
        prose = self.prose()[1:]
        return sum(self.gaps[i] for i in prose) * 2 >= max(1, len(prose))

    def hangs(self, i: int) -> bool:
        """Whether a line stands directly under the one above, on a page whose paragraphs are set apart."""
        return i < len(self.lines) and self.spaced and not self.gaps[i]

    def weight(self, i: int) -> float:
        """How much a line says for (above 0) or against its belonging to the story."""
        if self.is_prose(i):
            return min(5.0, 1 + self.lines[i].words / 10)
        if all(self.is_loose(k) for k in range(i - _TABLE, i + 1)):
            return 0.0
        return _WEIGHTS.get(self.kinds[i] or "unknown", _WEIGHTS["other"])


def find_headline(page: Page) -> None:
    """The line above the story whose words return in it, that the page repeats, or that a byline or a stamp follows."""
    first = _heaviest(page)
    lead = page.prose(first)[:_LEAD]
    stems = {stem[:5] for i in lead for stem in _STEM.findall(page.lines[i].plain)}
    times = Counter(line.plain for line in page.lines)
    above = [i for i in range(lead[-1]) if page.is_loose(i)]
    # The river is back. So are the eels. – a headline may end as a sentence does, if a byline or stamp follows at once.
    if len(lead) > 1 and page.lines[first].words <= 15 and not any(i < first for i in above[-3:]):
        above += [first] if _heads(page, first + 1) and page.kind(first + 1) != "agency_line" else []
    best = -1.0
    for i in above:
        signs = [n for n in range(3) if _heads(page, i + 1 + n) and not (n and page.kind(i + 1 + n) == "share_links")]
        if i > first and not signs:
            continue  # a subhead
        line = page.lines[i]
        words = _STEM.findall(line.plain)
        # Chosen by hand on the pages of tests/fixtures/pages: returning words, a byline and a repetition weigh alike.
        score = 2.0 if i == first else 4 * sum(word[:5] in stems for word in words) / max(6, len(words))
        score += (2 - 0.5 * signs[0] if signs else 0) + 2 * (times[line.plain] > 1) + 1.5 * (i < first)
        score += (4 <= line.words <= 22) - (line.words < 3)
        score -= 1.5 * (" | " in line.text or not line.said)  # a site’s name; a quotation above the headline
        if score > best + 0.5 or page.headline < 0:
            best, page.headline = score, i


def _heads(page: Page, i: int) -> bool:
    """Whether a line may stand directly under a headline: a byline, a stamp, a name."""
    return page.kind(i) in _HEAD or (page.is_loose(i) and _is_name(page.lines[i]))


def _is_name(line: Line) -> bool:
    match = BARE_NAME.fullmatch(line.text) if len(line.text) <= 120 and not line.ends else None
    return match is not None and not _NO_NAMES & set(match["who"].casefold().split())


def _heaviest(page: Page) -> int:
    """Where the stretch of lines with the greatest weight begins: menus and teasers above outweigh a stray sentence.

    The idea is maximum subsequence segmentation (Pasternack and Roth 2009, doi:10.1145/1526709.1526840).
    """
    total, best, begin, found = 0.0, 0.0, 0, 0
    for i in range(len(page.lines)):
        if total <= 0:
            total, begin = 0.0, i
        total += page.weight(i)
        if total > best:
            best, found = total, begin
    return found


def mark_captions(page: Page) -> None:
    """The line above a picture’s credit or a post’s signature, and the one below a label such as Image caption."""
    for i in range(page.headline + 1, len(page.lines)):
        line, above = page.lines[i], page.is_unknown(i - 1) and i - 1 > page.headline
        below = page.is_loose(i - 1) or (page.hangs(i) and not (page.hangs(i - 1) and page.is_unknown(i - 2)))
        if page.kinds[i] == "credit" and above and below and not _names_source(line):
            page.kinds[i - 1] = "caption"
        elif page.kinds[i] == "embed" and above and page.hangs(i) and line.text[0] in "-–—":
            page.kinds[i - 1] = "embed"
        elif page.kinds[i] == "embed" and line.text[0] == "@" and page.is_unknown(i + 1) and page.hangs(i + 1):
            page.kinds[i + 1] = "embed"
        elif line.plain.endswith(("caption", "caption,", "caption:")) and page.is_unknown(i + 1):
            page.kinds[i + 1] = "caption"


def _names_source(line: Line) -> bool:
    """Whether a credit says where text or figures come from, not a picture."""
    return line.plain.startswith(("source", "data")) or AGENCY_CREDIT.match(line.text) is not None


def find_story(page: Page) -> None:
    """The first paragraph below the headline that is no standfirst, and the names in the bylines above it."""
    prose = [i for i in page.prose() if i > page.headline] or [len(page.lines)]
    end = _head_end(page, prose) if page.headline >= 0 else -1
    page.story = next(i for i in prose if i > end)
    head = range(page.headline + 1, page.story)
    bylines = [i for i, kind in enumerate(page.kinds) if kind == "byline"]
    if page.headline >= 0 and not any(i in head for i in bylines):
        names = [i for i in head if page.is_unknown(i) and _is_name(page.lines[i])]
        for i in names:
            page.kinds[i] = "byline"
        bylines = names or bylines
    for i in [i for i in bylines if i in head] or bylines[:1]:
        match = BYLINE.fullmatch(page.lines[i].text) or BARE_NAME.fullmatch(page.lines[i].text)
        page.names += [" ".join(match["who"].casefold().split()) + " "] if match else []


def _head_end(page: Page, prose: Sequence[int]) -> int:
    """The last line of the head: a byline, or a stamp or name if there is none above, with paragraphs left below.

    A standfirst of up to three sentences may stand above it. Only a byline with By is proof enough for more than one.
    """
    end, stamped = page.headline, False
    for i in range(page.headline + 1, min(page.headline + 12, prose[-1])):
        passed = sum(k < i for k in prose)
        agency = AGENCY_LINE.fullmatch(page.lines[i].text) if page.kinds[i] == "agency_line" else None
        by = page.kinds[i] == "byline" or (agency and agency["by"])
        name = page.is_unknown(i) and _is_name(page.lines[i]) and (_heads(page, i + 1) or _is_only_name(page, i))
        if (by and passed <= 3) or (passed == 1 and not stamped and (name or page.kinds[i] in _STAMPS)):
            end = i
        stamped = stamped or (passed == 0 and page.kinds[i] in _HEAD)
    return end


def _is_only_name(page: Page, i: int) -> bool:
    return not any(
        page.is_loose(k) and _is_name(page.lines[k]) for k in range(page.headline + 1, len(page.lines)) if k != i
    )


def mark_links(page: Page) -> None:
    """What stands under the heading of a list of links or comments, up to the next paragraph of the story.

    A paragraph that hangs on a link, or stands between two, is the summary of the page to which the link leads.
    """
    under = summed = False
    for i in range(page.story, len(page.lines)):
        if page.kinds[i] in ("links_heading", "comment_link"):
            under, summed = True, False
        elif not under or page.kinds[i] is not None:
            continue
        elif page.is_loose(i):
            page.kinds[i] = "teaser"
        else:
            follows = page.kinds[i - 1] in ("teaser", *_STAMPS)
            under = page.hangs(i) or (follows and (summed or (page.is_loose(i + 1) and not page.spaced)))
            if under:
                page.kinds[i], summed = "teaser", True


def mark_repeats(page: Page) -> None:
    """A sentence that the page repeats in large letters, and the name under it."""
    texts = [line.all_words if page.kinds[i] in (None, *_CAPTIONS) else [] for i, line in enumerate(page.lines)]
    longest: dict[tuple[str, ...], int] = {}
    for i, words in enumerate(texts):
        for shingle in _shingles(words):
            if len(words) > len(texts[longest.get(shingle, i)]) or shingle not in longest:
                longest[shingle] = i
    title = page.lines[page.headline].plain if page.headline >= 0 else ""
    for i in range(page.headline + 1, len(page.lines)):
        line, words = page.lines[i], texts[i]
        if page.kinds[i] or line.plain == title or (line.states and line.said and len(words) < 2 * _QUOTED):
            continue  # He declined to comment: such a sentence returns by itself
        owners = {longest[shingle] for shingle in _shingles(words)}
        repeated = bool(owners) and all(len(texts[owner]) > len(words) for owner in owners)
        below = page.kind(i - 1) == "pull_quote" and page.is_loose(i) and line.words <= 8
        if repeated or (below and not (page.spaced and page.gaps[i])):
            page.kinds[i] = "pull_quote"


def _shingles(words: Sequence[str]) -> list[tuple[str, ...]]:
    return list(zip(*(words[k:] for k in range(_QUOTED)), strict=False))


def mark_writers(page: Page) -> None:
    """A note on the writer: one that begins with the name of the byline, or the last paragraph of the page."""
    last = True
    for i in reversed(page.prose(page.story + 1)):
        line = page.lines[i]
        named = any(line.plain.startswith(name) and line.text[len(name)].islower() for name in page.names)
        if line.words <= 80 and (named or (last and WRITER.match(line.text[:LONGEST]))):
            page.kinds[i] = "author_box"
        else:
            last = False


def find_end(page: Page) -> None:
    """The story ends where the weight of all lines from its beginning is greatest."""
    total, best, page.last = 0.0, 0.0, page.story
    for i in range(page.story, len(page.lines)):
        total += page.weight(i)
        if page.is_prose(i) and total >= best:
            best, page.last = total, i


def settle_credits(page: Page) -> None:
    """Names and agencies of other pages and of pictures: they look like the story’s own, but stand elsewhere."""
    own = any(kind == "byline" for kind in page.kinds[page.headline + 1 : page.story])
    for i, kind in enumerate(page.kinds):
        if kind == "links_heading" and i > page.last:
            own = True
        elif kind == "byline" and own and (i > page.last or i < page.headline - 1):
            page.kinds[i] = "teaser"
        elif kind == "byline" and i > page.last:
            own = True
        elif kind == "agency_line" and page.story < i < page.last:
            page.kinds[i] = "credit"


STEPS: tuple[Callable[[Page], None], ...] = (
    find_headline,
    mark_captions,
    mark_repeats,
    find_story,
    mark_links,
    mark_writers,
    find_end,
    settle_credits,
)


class Place(NamedTuple):
    """An unknown line for the rules by place: its number, and the run of loose lines in which it stands."""

    i: int
    start: int
    end: int


def is_headline(page: Page, at: Place) -> bool:
    """The headline, as found."""
    return at.i == page.headline


def is_headline_repeat(page: Page, at: Place) -> bool:
    """The headline’s words once more."""
    return page.headline >= 0 and page.lines[at.i].plain == page.lines[page.headline].plain


def is_label_above(page: Page, at: Place) -> bool:
    """What stands above the headline: a section, a site’s name, a menu."""
    return at.i < page.headline


def is_signature(page: Page, at: Place) -> bool:
    """— Mara Quill, below the story."""
    return at.i > page.last and SIGNED.fullmatch(page.lines[at.i].text[:LONGEST]) is not None


def is_standfirst(page: Page, at: Place) -> bool:
    """What stands between headline and story, and no other rule knows."""
    return 0 <= page.headline < at.i < page.story


def is_paragraph(page: Page, at: Place) -> bool:
    """Running text within the story."""
    return page.lines[at.i].states and at.i <= page.last


def is_last_clause(page: Page, at: Place) -> bool:
    """A single sentence without its full stop, right below the story."""
    return at.i == page.last + 1 == at.end - 1 and (page.lines[at.i].clause or page.lines[at.i].words > 14)


def is_below(page: Page, at: Place) -> bool:
    """What stands below the story, and no other rule knows: links, labels, notices."""
    return at.i > page.last


def is_listed(page: Page, at: Place) -> bool:
    """An item of a list: below a line that ends in a colon, or with a bullet."""
    announced = page.is_prose(at.start - 1) and page.lines[at.start - 1].plain.endswith(":")
    return at.start - 1 <= page.last and (announced or page.lines[at.i].lists)


def is_read_more(page: Page, at: Place) -> bool:
    """The title of another page, with Read more below it."""
    return page.kind(at.end) == "read_more" and not (page.spaced and page.gaps[at.end])


def is_clause(page: Page, at: Place) -> bool:
    """A sentence without its full stop, or a question of an interview; also a line that goes on in the next."""
    alone = at.end - at.start == 1
    lines = page.lines[at.start : at.end]
    if all(line.clause for line in lines) or (alone and page.lines[at.i].text[-1] in ",;:–—"):
        return True
    linked = page.kind(at.start - 1) in ("read_more", "teaser")
    return alone and (
        page.lines[at.i].words > 14 or (page.lines[at.i].asks and not (page.lines[at.i].shouts or linked))
    )


def is_subhead(page: Page, at: Place) -> bool:
    """A single short line inside the story, with running text below."""
    return at.end - at.start == 1


def is_inset(page: Page, at: Place) -> bool:
    """Several lines in a row that are no sentences: links to other pages, a chart, labels."""
    return True


STORY = None
BY_PLACE: tuple[tuple[str | None, Callable[[Page, Place], bool]], ...] = (
    ("headline", is_headline),
    ("headline_repeat", is_headline_repeat),
    ("section_label", is_label_above),
    ("standfirst", is_standfirst),
    ("byline", is_signature),
    (STORY, is_paragraph),
    (STORY, is_last_clause),
    (STORY, is_listed),
    ("teaser", is_below),
    ("teaser", is_read_more),
    (STORY, is_clause),
    ("subhead", is_subhead),
    ("inset", is_inset),
)
"""What an unknown line is by its place. The order matters: each rule may count on those above it."""


def classify(texts: Sequence[str], gaps: Sequence[bool] = ()) -> list[str | None]:
    """The kind of every line of a page, in order; None for story. `gaps` says where a blank line stands above.

    >>> classify(["Rain returns to Lakeport", "By Mara Quill", "It rained.", "He refused."])
    ['headline', 'byline', None, None]
    """
    page = Page([Line.of(text) for text in texts], gaps or [True] * len(texts), [kind_by_words(text) for text in texts])
    if not page.prose():
        return page.kinds  # without running text, a place says nothing
    for step in STEPS:
        step(page)
    return [kind or _kind_by_place(page, place) for kind, place in zip(page.kinds, _places(page), strict=True)]


def _kind_by_place(page: Page, place: Place) -> str | None:
    return next((kind for kind, knows in BY_PLACE if knows(page, place)), None)


def _places(page: Page) -> list[Place]:
    """Every line with the run of loose lines around it; a paragraph is alone."""
    places: list[Place] = []
    while (start := len(places)) < len(page.lines):
        end = start + 1
        while page.is_loose(start) and page.is_loose(end):
            end += 1
        places += [Place(i, start, end) for i in range(start, end)]
    return places
