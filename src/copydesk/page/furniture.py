"""Furniture: the lines of a page that are not its story.

Two ordered tables of small named rules: `BY_WORDS` knows a line by what it says, `BY_PLACE` by where it stands. The
first rule that recognises a line names its kind; what no rule knows is story. The words are data, in
`data/furniture.toml`.
No rule by words looks at a line of more than `LONGEST` characters, so no line can keep one busy.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from copydesk.base.wording import load_wording
from copydesk.page.sentences import ends_sentence

LONGEST = 500


def _any(words: Sequence[str]) -> str:
    """One of these, the longest first, with any white space between its words."""
    ordered = sorted(words, key=len, reverse=True)
    return "(?:" + "|".join(re.escape(w).replace(r"\ ", r"\s+") for w in ordered) + ")"


_WORDS = load_wording("furniture")
_NAMES, _STAMPS, _SHARE = _WORDS["names"], _WORDS["stamps"], _WORDS["share"]
TITLED = r"(?![a-zß-öø-ÿ])[^\W\d_][\w.’'-]*+"
_TITLES = rf"{TITLED}(?:\s+{TITLED}){{0,3}}"
_PERSON = rf"{TITLED}(?:\s+(?:{TITLED}|{_any(load_wording('sentences')['particles'])}(?=\s))){{1,4}}+"
_ONE = rf"(?:{_PERSON}|(?i:{_any(_NAMES['unnamed'])})\b)"
_PEOPLE = rf"{_ONE}(?:(?:\s*,\s*{_PERSON})*\s*(?:,?\s+and\s+|&\s*){_PERSON})?"
_STAFF = rf"{_ONE}(?:\s*(?:,(?:\s+and)?|\band|&)\s*{_PERSON})*"
_AGENCY = rf"(?:{_any(_NAMES['agencies'])}|{_TITLES}\s+{_any(_NAMES['agency_endings'])})(?!\w)"
_AGENCIES = rf"(?i:the\s+)?(?P<agency>{_AGENCY}(?:(?:\s*[,/&]\s*|\s+and\s+){_AGENCY})*)"
_ROLE = r"(?i:additional\s+reporting|reporting|writing|editing|edited|compiled|translated|translation)\s+by"
_SOURCE = r"(?i:sources?|via|(?:with\s+|additional\s+)?(?:material|reporting|files)\s+from|provided\s+by|produced\s+by)"
_PICTURE = r"(?i:(?:file\s+)?(?:photo|photograph|picture|image|illustration|graphic|video|credit)s?)"

AGENCY_LINE = re.compile(rf"(?:(?i:by)\s+|[-–—(]\s*)?{_AGENCIES}\s*\)?")
AGENCY_CREDIT = re.compile(rf"[(—–-]?\s*{_SOURCE}\s*:?\s+{_AGENCIES}\s*[.)]*")
BYLINE = re.compile(
    rf"(?i:(?:(?:words|story|text|report|written)\s+)?by)\s*:?\s+(?P<who>{_PEOPLE})"
    r"(?:(?:\s*[,|•·/–—-]\s*|\s+(?i:in|for)\s+)[^.?!]{1,80})?"
)
BARE_NAME = re.compile(rf"[-–—]?\s*(?P<who>{_PERSON})")
STAFF_CREDIT = re.compile(rf"{_ROLE}\s+{_STAFF}(?:\s+in\s+{_TITLES})?")
REPORTERS = re.compile(rf"\b(?<!additional )(?i:reporting\s+by)\s+(?P<who>{_PEOPLE})")
COPYRIGHT = re.compile(
    r"(?:^|[.|•–—-]\s*|(?=©|\([cC]\)))(?P<claim>(?:©|\([cC]\)|(?i:copyright\b))(?:\s*(?:©|\([cC]\)))?"
    rf"(?:[\s:,/|–.-]*(?:(?:by|of|and|the|via|all|rights|reserved)\b|\d{{4}}|{TITLED}))+)[\s.]*$"
)
PICTURE_CREDIT = re.compile(
    rf"(?:(?:^|[.)”\"|–—(-]\s*|\s(?=(?:Photo|Image|Picture|Credit)\s*:)){_PICTURE}(?:\s*[:/]\s*|\s+(?i:credit\s*:|(?:credit\s+)?by|courtesy\s*:|courtesy\s+of)\s*)"
    rf"|(?:^|[\s(]){_any(_NAMES['agencies'])}(?:\s+Photo)?\s*/\s*){TITLED}(?:(?:[\s,/|]|\b(?:via|for)\b)+{TITLED})*\s*[).]*$"
)
_NEXT_CREDIT = re.compile(rf"\s?[;.,]\s?(?=\s?{_ROLE})")
_CLOCK = re.compile(r"(?<!\d)\d\d?[:h]\d\d(?!\d)|(?<!\d)\d{1,4}[-/.]\d\d?[-/.]\d{1,4}(?!\d)")
_LETTERS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the page for the rules to look at: as it stands, and plain (lower case, one space between words)."""

    text: str
    plain: str

    @classmethod
    def of(cls, text: str) -> Line:
        """Make a line ready for the rules.

        >>> Line.of("READ  more").plain
        'read more'
        """
        return cls(text, " ".join(text.casefold().replace("’", "'").split()))

    @property
    def words(self) -> int:
        """How many words, roughly."""
        return self.plain.count(" ") + 1

    @property
    def asks(self) -> bool:
        """Whether it is short and ends in a question or a shout, as a headline may."""
        return self.words <= 15 and self.plain.endswith(("?", "!"))

    @property
    def states(self) -> bool:
        """Whether it is running text: long, or ended by a full stop."""
        return len(self.text) > LONGEST // 2 or (ends_sentence(self.text) and not self.asks)


def by_phrase(kind: str) -> Callable[[Line], bool]:
    """A rule for one table of phrases in `furniture.toml`.

    >>> by_phrase("read_more")(Line.of("READ MORE: Herons return"))
    True
    """
    table = _WORDS["phrases"][kind]
    ends = {"is": r"[\W\d_]*$", "label": r"\s*[:|–—»›>→-]", "opens": r"\b"}
    ways = [rf"[\W\d_]*+{_any(table[way])}{end}" for way, end in ends.items() if way in table]
    ways += [rf".*\b{_any(table['has'])}\b"] if "has" in table else []
    pattern = re.compile("|".join(ways))
    return lambda line: line.words <= table["most"] and pattern.match(line.plain) is not None


def by_shape(pattern: re.Pattern[str]) -> Callable[[Line], bool]:
    """A rule that wants the whole line to have one shape."""
    return lambda line: pattern.fullmatch(line.text) is not None


def by_start(pattern: re.Pattern[str]) -> Callable[[Line], bool]:
    """A rule that wants the shape to begin the line."""
    return lambda line: pattern.match(line.text) is not None


def by_end(pattern: re.Pattern[str]) -> Callable[[Line], bool]:
    """A rule that wants the shape (which ends the line) after something else."""
    return lambda line: pattern.search(line.text) is not None


def is_staff_credit(line: Line) -> bool:
    """Reporting by Ines Vark; Editing by Tomas Ulm."""
    credits = _NEXT_CREDIT.split(line.text.strip("(). "))
    return all(STAFF_CREDIT.fullmatch(credit.strip()) for credit in credits)


def is_breadcrumbs(line: Line) -> bool:
    """Home > World > Lakes."""
    crumbs = re.split(r"\s[>›»]\s", line.text)
    return len(crumbs) > 1 and line.words <= 20 and not ends_sentence(line.text) and all(crumbs)


def is_share_links(line: Line) -> bool:
    """Nothing but names of networks and words such as share, print, copy link."""
    words = _LETTERS.findall(line.plain)
    return any(w in _SHARE["telling"] for w in words) and all(w in _SHARE["telling"] + _SHARE["passing"] for w in words)


def is_timestamp(line: Line) -> bool:
    """Nothing but numbers and words for days, months and hours: 14:32 GMT, Published 3 March 2024."""
    words = _LETTERS.findall(line.plain)
    telling = _STAMPS["telling"] + _NAMES["months"]
    proof = any(c.isdigit() for c in line.plain) and (any(w in telling for w in words) or _CLOCK.search(line.plain))
    return bool(proof) and all(w in telling + _STAMPS["passing"] for w in words)


def is_update_stamp(line: Line) -> bool:
    """A time stamp that begins with the word updated."""
    return line.plain.startswith(tuple(_STAMPS["updates"])) and is_timestamp(line)


BY_WORDS: tuple[tuple[str, Callable[[Line], bool]], ...] = (
    ("geo_block_notice", by_phrase("geo_block_notice")),
    ("cookie_notice", by_phrase("cookie_notice")),
    ("newsletter", by_phrase("newsletter")),
    ("comment_link", by_phrase("comment_link")),
    ("share_links", is_share_links),
    ("read_more", by_phrase("read_more")),
    ("advertisement", by_phrase("advertisement")),
    ("editor_credit", is_staff_credit),
    ("agency_line", by_shape(AGENCY_LINE)),
    ("credit", by_shape(AGENCY_CREDIT)),
    ("byline", by_shape(BYLINE)),
    ("update_stamp", is_update_stamp),
    ("timestamp", is_timestamp),
    ("copyright", by_start(COPYRIGHT)),
    ("photo_caption_copyright", by_end(COPYRIGHT)),
    ("credit", by_start(PICTURE_CREDIT)),
    ("photo_caption_credit", by_end(PICTURE_CREDIT)),
    ("section_label", by_phrase("section_label")),
    ("section_label", is_breadcrumbs),
)


@dataclass(frozen=True, slots=True)
class Layout:
    """The page as the rules by place see it: its lines, the kinds known so far, and where headline and story are."""

    lines: Sequence[Line]
    kinds: Sequence[str | None]
    headline: int
    story: int
    last: int

    def is_prose(self, index: int) -> bool:
        """Whether a line is running text that no rule has claimed."""
        return 0 <= index < len(self.lines) and self.kinds[index] is None and self.lines[index].states


def is_headline(page: Layout, index: int) -> bool:
    """The first line above the story that has four words (or the first, if none has)."""
    return index == page.headline


def is_headline_repeat(page: Layout, index: int) -> bool:
    """The headline's words once more."""
    return page.headline >= 0 and page.lines[index].plain == page.lines[page.headline].plain


def is_label_above(page: Layout, index: int) -> bool:
    """A short line above the headline: a section, a site's name."""
    return index < page.headline


def is_bare_name(page: Layout, index: int) -> bool:
    """Mara Quill, and nothing else, between headline and story or under the story."""
    here = page.headline < index < page.story if page.headline >= 0 else False
    return (here or index > page.last) and BARE_NAME.fullmatch(page.lines[index].text[:LONGEST]) is not None


def is_standfirst(page: Layout, index: int) -> bool:
    """What stands between headline and story, and no other rule knows."""
    return 0 <= page.headline < index < page.story


def is_subhead(page: Layout, index: int) -> bool:
    """A short line without an end mark, inside the story, with running text below and text or furniture above."""
    line = page.lines[index]
    above = page.is_prose(index - 1) or page.kinds[index - 1] is not None
    below = next((i for i in range(index + 1, len(page.lines)) if page.kinds[i] is None), -1)
    shape = line.words <= 12 and (line.text[0].isupper() or line.text[0].isdigit()) and line.text[-1] not in ".?!…:;,"
    return page.story < index < page.last and above and page.is_prose(below) and shape


BY_PLACE: tuple[tuple[str, Callable[[Layout, int], bool]], ...] = (
    ("headline", is_headline),
    ("headline_repeat", is_headline_repeat),
    ("section_label", is_label_above),
    ("byline", is_bare_name),
    ("standfirst", is_standfirst),
    ("subhead", is_subhead),
)
"""Furniture known by where it stands, among the lines that words alone do not give away."""


def kind_by_words(text: str) -> str | None:
    """What a line is by its words alone; None when it may be story.

    >>> kind_by_words("By Mara Quill"), kind_by_words("He refused.")
    ('byline', None)
    """
    if len(text) > LONGEST:
        return None
    line = Line.of(text)
    return next((kind for kind, knows in BY_WORDS if knows(line)), None)


def kind_by_place(page: Layout, index: int) -> str | None:
    """What a line is by its place, when its words did not tell."""
    return next((kind for kind, knows in BY_PLACE if knows(page, index)), None)


def classify(texts: Sequence[str]) -> list[str | None]:
    """The kind of every line of a page, in order; None for story.

    >>> classify(["Rain returns to Lakeport", "By Mara Quill", "It rained.", "He refused."])
    ['headline', 'byline', None, None]
    """
    kinds = [kind_by_words(text) for text in texts]
    page = _layout([Line.of(text) for text in texts], kinds)
    return [kind or (kind_by_place(page, i) if page else None) for i, kind in enumerate(kinds)]


def _layout(lines: Sequence[Line], kinds: Sequence[str | None]) -> Layout | None:
    """Find headline and story; None on a page without running text, where place says nothing."""
    prose = [i for i, line in enumerate(lines) if kinds[i] is None and line.states]
    if not prose:
        return None
    above = [i for i in range(prose[0]) if kinds[i] is None]
    headline = next((i for i in above if lines[i].words >= 4), above[0] if above else -1)
    led = headline >= 0 and len(prose) > 1 and kinds[prose[0] + 1] in ("byline", "agency_line")
    return Layout(lines, kinds, headline, prose[1] if led else prose[0], prose[-1])
