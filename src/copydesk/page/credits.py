"""Credits: the shapes in which a page says who wrote, from where, for which agency and when.

The names and words in the patterns are data, in `data/furniture.toml`. `furniture.py` and `layout.py` know lines by the
patterns, and `find_metadata` takes what they say from those lines. Each pattern meets at most `LONGEST` characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

from copydesk.base.spans import Span
from copydesk.base.wording import load_wording

if TYPE_CHECKING:
    from copydesk.page.article import Block

LONGEST = 500


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the page says about itself, as spans: a name is the name only, without “By”."""

    headline: Span | None = None
    byline: Span | None = None
    agency: Span | None = None
    dateline: Span | None = None
    copyright: Span | None = None
    published: Span | None = None
    updated: Span | None = None


class Pattern:
    """A regular expression that is compiled when a text first shows its sign: no page needs all, and they take time.

    `sign` is a short expression that matches at the start of whatever the long one matches. It may match elsewhere too.
    """

    def __init__(self, pattern: str, *, sign: str = "") -> None:
        self.pattern, self.sign = pattern, sign

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern)

    @cached_property
    def _sign(self) -> re.Pattern[str]:
        return re.compile(self.sign)

    def match(self, text: str, *limits: int) -> re.Match[str] | None:
        """The match at the start of the text, or of the stretch between the limits."""
        return self._compiled.match(text, *limits) if self._sign.match(text, *limits) else None

    def fullmatch(self, text: str) -> re.Match[str] | None:
        """The match of the whole text."""
        return self._compiled.fullmatch(text) if self._sign.match(text) else None

    def search(self, text: str, *limits: int) -> re.Match[str] | None:
        """The first match in the text."""
        return self._compiled.search(text, *limits) if self._sign.search(text, *limits) else None


def any_of(words: Sequence[str]) -> str:
    """A pattern for one of these, the longest first, with any white space between its words.

    >>> any_of(["AP", "Mere Wire"])
    '(?:Mere\\\\s+Wire|AP)'
    """
    ordered = sorted(words, key=len, reverse=True)
    return "(?:" + "|".join(re.escape(w).replace(r"\ ", r"\s+") for w in ordered) + ")"


_NAMES = load_wording("furniture")["names"]
MONTHS: list[str] = [*_NAMES["months"], *_NAMES["months_elsewhere"]]

# What a name may hold: letters of every script with their accents, points, apostrophes, hyphens. The negative class
# compiles fast; one that lists all combining marks made the import of the page reader take half a second.
_IN_NAME = r"[^\s,;:!?()\[\]{}<>|/\\“”\"«»„…•·–—@#&*=+©®%$€£~^]"
_FIRST = r"(?![a-zß-öø-ÿа-яα-ω])[^\W\d_]"
TITLED = rf"{_FIRST}{_IN_NAME}*+"
TITLES = rf"{TITLED}(?:\s+{TITLED}){{0,3}}"
_MONTH = rf"(?i:{any_of(MONTHS)})\b\.?"
DATE = (
    rf"(?:{_MONTH}\s+\d{{1,2}}(?:,?\s+\d{{4}})?|\d{{1,2}}\.?\s+(?:de\s+)?{_MONTH}(?:,?\s+(?:de\s+)?\d{{4}})?)(?![\w])"
)
_CLOCK = r"\d{1,2}[:.h]\d\d(?:\s*(?i:[ap]\.?m)\b\.?)?(?:\s+[A-Z]{2,5}\b)?"
BEFORE_DATE = r"(?:[^\W\d_]+\.?\s+)?\d"  # the sign of a date: a number, perhaps with the month before it
STAMP = Pattern(
    rf"(?P<whole>{DATE}(?<=\d{{4}})(?:,?\s+(?:at\s+|à\s+)?{_CLOCK})?|\d\d?[./]\d\d?[./]\d{{4}}(?:,?\s+{_CLOCK})?)",
    sign=BEFORE_DATE,
)

_WHOLE = Pattern(r"(?s:(?P<whole>.+))")
_PART = re.compile(r"(?P<part>[^\s|•·,;/–—-](?:.*[^\s|•·,;/–—-])?)", re.DOTALL)  # no bar or dash at its ends
_UPDATED = Pattern(rf"(?<![^\W\d_])(?i:{any_of(load_wording('furniture')['stamps']['updates'])})\b")

_NO_DATE = r"(?!(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*\.?\s*\d)"  # no March 3 inside a name

# People. A role may be glued to a name (Ada LundStaff Writer) or follow it without a comma (Ada Lund Staff Writer).
_ROLE = rf"(?=[A-Z])(?i:{any_of([*_NAMES['roles'], *_NAMES['role_beginnings']])})\b"
_CUT = rf"(?<=[a-zß-öø-ÿ])(?<!Mc)(?<!Mac)(?<!De)(?<!Di)(?<!La)(?<!Le)(?:[A-Z][a-z]+\s+){{0,2}}{_ROLE}"
_GLUED = rf"(?!{_ROLE}|(?:And|At|By|For|From|In|The)\s){_FIRST}(?>(?:(?!{_CUT}){_IN_NAME})*)"
_PARTICLE = rf"{any_of(load_wording('sentences')['particles'])}(?=\s)"
# Python 3.11.0 to 3.11.4 match a repeated group with + wrongly (gh-106052); (?>…) means the same and is right there.
PERSON = rf"{_GLUED}(?>(?:\s+(?:{_NO_DATE}{_GLUED}|{_PARTICLE})){{1,4}})"
_TWO_NAMES = rf"{TITLED}\s+(?:{_FIRST}|{_PARTICLE})"  # the sign of a person
_UNNAMED = rf"(?i:{any_of(_NAMES['unnamed'])})\b"
_ONE = rf"(?:{PERSON}|{_UNNAMED})"
_AND = r"(?:,?\s+(?:and|und|et|y|e|en|og|och)\s+|\s*&\s*)"
_MORE = rf"(?:(?:\s*,\s*{PERSON})*{_AND}(?:{PERSON}|{_UNNAMED}))?"
PEOPLE = rf"{_ONE}{_MORE}"
_SENTENCE_END = r"[.?!…](?:\s|$)"
# What may follow the names: a role, a place, an outlet, an address, a date; nothing that ends as a sentence does.
_AFTER_NAME = (
    rf"(?:\s*[,|•·/(–—-]\s*|\s+(?i:in|for|at|aus|à|en)\s+(?:the\s+)?(?=[^\W\d_a-z])"
    rf"|\s+(?={DATE}|\S+@|@|{_ROLE})|(?={_CUT}))"
)
_STOP = r"(?:(?<=\b[^\W\d_]{3})|(?<=[ap]\.m)|(?<=[.\s][A-Z]))\."  # in Feb., p.m., M.D.
_REST = rf"(?P<rest>(?:{_AFTER_NAME}(?:(?!{_SENTENCE_END}).|{_STOP}){{1,110}})?)"
_BY = rf"(?i:{any_of(_NAMES['by'])})"
_WHEN = rf"(?i:published|posted|written)\s+(?:(?i:on)\s+)?{DATE}\s+"

BYLINE = Pattern(
    rf"(?:(?i:author)\s+)?(?:{_WHEN})?(?:{_BY}\s*:?\s+|By(?=[A-Z]))(?P<who>{PEOPLE})\s*{_REST}",
    sign=rf"(?i:author|published|posted|written)|{_BY}",
)
BYLINE_ALONE = re.compile(rf"{_BY}\s*:?")
BARE_NAME = Pattern(
    rf"(?:[-–—]|{DATE}\s*[,|·•–—-]?)?\s*(?P<who>{PERSON}{_MORE})\s*{_REST}",
    sign=rf"{BEFORE_DATE}|[-–—]?\s*{_TWO_NAMES}",
)
NAMES_LINE = Pattern(rf"(?P<joined>(?:and\b|und\b|et\b|y\b|&|,)\s*)?(?P<name>{PERSON})?(?P<open>\s*(?:,|&|\band\b))?")
SIGNED = Pattern(rf"[-–—]\s*(?P<who>{PERSON})\s*{_REST}", sign=rf"[-–—]\s*{_TWO_NAMES}")

# Agencies.
_AGENCY = (
    rf"(?:{any_of(_NAMES['agencies'])}|{TITLES}\s+{any_of(_NAMES['agency_endings'])}"
    rf"|{any_of(_NAMES['agency_beginnings'])}\s+{TITLES})(?!\w)"
)
_AGENCIES = rf"(?i:the\s+)?(?P<agency>{_AGENCY}(?:(?:\s*[,/&]\s*|\s+and\s+){_AGENCY})*)"
AGENCY = Pattern(_AGENCIES)
AGENCY_LINE = Pattern(rf"(?P<by>{_BY}\s*:?\s+)?[-–—(]?\s*{_AGENCIES}\s*\)?(?:\s+(?i:staff)|\s+in\s+{TITLES})?")
_SOURCE = (
    r"(?i:sources?|via|(?:with\s+|additional\s+)?(?:material|reporting|files|inputs?)\s+from|pro(?:vid|duc)ed\s+by)"
)
AGENCY_CREDIT = Pattern(rf"[(—–-]?\s*{_SOURCE}\s*:?\s+{_AGENCIES}\s*[.)]*", sign=rf"[(—–-]?\s*{_SOURCE}")
AGENCY_LAST = Pattern(rf"[.”\"’]\s*[(–—]\s*{_AGENCIES}\)?$", sign=r"[.”\"’]\s*[(–—]")  # It rained. (AFP)

# Who reported and who edited.
_STAFF_ROLE = r"(?i:additional\s+reporting|reporting|writing|editing|edited|compiled|translated|translation)\s+by"
_POSTED = rf"{_ONE}(?:\s+in\s+{TITLES})?"
_STAFF = rf"{_POSTED}(?:\s*(?:,(?:\s+and)?|\band|&)\s*{_POSTED})*"
_CREDIT = Pattern(rf"{_STAFF_ROLE}\s+{_STAFF}", sign=_STAFF_ROLE)
_NEXT_CREDIT = re.compile(rf"\s?[;.,]\s?(?=\s?{_STAFF_ROLE})")
REPORTERS = Pattern(rf"\b(?<!additional )(?i:reporting\s+by)\s+(?P<who>{PEOPLE})", sign=r"(?i:reporting\s+by)")

_WRITES = (
    r"\s(?:(?:writes|covers|reports|reported|contributed|can\s+be\s+reached)\b"
    rf"|(?:is|was)\s+(?:an?|the|our)\s[^.]*\b{any_of(_NAMES['roles'])}\b)"
)
WRITER = Pattern(
    rf"(?:[^\W\d_]+\s+){{0,3}}?{PERSON}(?:,[^,]+,|\s+in\s+{TITLES})?\s*{_WRITES}", sign=rf"(?s:.*?){_WRITES}"
)

# Pictures.
_PICTURE = rf"(?i:(?:file\s+)?{any_of(_NAMES['pictures'])})"
_OWNER = rf"{TITLED}(?:(?:[\s,/|]|\b(?:via|for)\b)+{TITLED})*"
_FILE = r"(?i:file(?:\s+(?:photo|picture|image))?)"
PICTURE_CREDIT = Pattern(
    rf"(?:(?:^|[.)”\"|–—(-]\s*|\s(?=(?:Photo|Image|Picture|Credit)\s*:)){_PICTURE}"
    r"(?:\s*[:/]\s*|\s+(?i:credit\s*:|(?:credit\s+)?by|courtesy\s*:|courtesy\s+of)\s*)"
    rf"|(?:^|[\s(]){any_of(_NAMES['agencies'])}(?:\s+Photo)?\s*/\s*){_OWNER}\s*[).]*$"
)
_FILE_OR_AGENCY = rf"\b(?i:file\s+(?:photo|picture|image))$|^{any_of(_NAMES['picture_agencies'])}$"
PICTURE_OWNER = Pattern(
    rf"(?:^|[.”\"’)]\s+)\(?{PERSON}\s*/\s*{_OWNER}\)?$"  # Lars Ulm / Norwick Now
    rf"|[(\[]\s*{TITLES}\s*(?:(?:/|for\b|via\b)\s*{_OWNER}|:\s*{PERSON})\s*[)\]]$"  # (Tom Vark/Norwick Herald)
    rf"|\({_FILE}\)$|{_FILE_OR_AGENCY}",
    sign=rf"(?:^|[.”\"’)]\s+)\(?{_FIRST}[^/]*/|[(\[][^()\[\]]*[)\]]$|{_FILE_OR_AGENCY}",
)
PICTURE_LABEL = Pattern(
    r"(?i:(?:image|media|video|photo|picture)\s*(?:source|caption|copyright)|(?:(?:image|photo)\s+)?\d+\s+of\s+\d+\b)"
    rf"|{_FILE}\s*[:–—-]|(?i:above|left|right|below|pictured)\s*:|{_PICTURE}\s*:\s+(?=[^\W\d_a-z])"
)

_CLAIM = (
    r"(?P<claim>(?:©|\([cC]\)|(?i:copyright\b))(?:\s*(?:©|\([cC]\)))?"
    rf"(?:[\s:,/|–.-]*(?:(?:by|of|and|the|via|all|rights|reserved)\b|\d{{4}}|{TITLED}))+)"
)
COPYRIGHT = Pattern(rf"(?:^|[.|•–—-]\s*|(?=©|\([cC]\))){_CLAIM}[\s.]*$")
COPYRIGHT_FIRST = Pattern(rf"{_CLAIM}(?=[\s.]*$|\.\s|(?<=\.)\s)")

# Datelines. An agency’s name may be unknown: it stands in brackets or between slashes.
_LETTERS = rf"[^\W\d_]{_IN_NAME}*+"
_HOUSE = rf"(?P<agency>{any_of(_NAMES['agencies'])}(?:\s*/\s*{_LETTERS})*|{TITLES}(?:\s*/\s*{_LETTERS})*)"
_PLACE = rf"(?P<place>{_NO_DATE}{TITLED}(?>(?:[\s/]+{_NO_DATE}{TITLED}){{0,3}}))"
_REGION = rf"(?P<region>,\s+{_NO_DATE}{TITLES})"
_DASH = r"\s*(?:\.?--?|\.?[–—]|[_|])\s*"
_DATELINES = (
    # AFP - The
    rf"(?P<agency>{any_of(_NAMES['agencies'])}){_DASH}",
    # TARNHOLT, March 3. /TASS/. Velda
    rf"(?P<dateline>{_PLACE}{_REGION}?(?:[,.]?\s+(?P<date>{DATE}))?\.?\s*/{_HOUSE}/)\.?(?:{_DASH}|\s+)",
    # RIVERTON, March 3 (Mere Wire) – The
    rf"(?P<dateline>{_PLACE}{_REGION}?(?:,?\s+\(?(?P<date>{DATE})\)?)?(?:\s*\({_HOUSE}\))?){_DASH}",
    # TOKYO, 3 March 2024, Kyodo News - The
    rf"(?P<dateline>{_PLACE}(?:[,.]?\s+(?P<date>{DATE}))?[,.]?\s+(?P<agency>{any_of(_NAMES['agencies'])})){_DASH}",
    # Lakeport, Mar 3 (PTI) The
    rf"(?P<dateline>{_PLACE}(?:,\s+(?P<date>{DATE}))?\s*\((?P<agency>{any_of(_NAMES['agencies'])}|[A-Z]{{2,6}})\)):?\s+",
    # NEW RIVERTON: The
    rf"(?P<dateline>{_PLACE}(?:,\s+(?P<date>{DATE}))?):\s+",
    # March 3 (UPI) -- The
    rf"(?P<dateline>(?P<date>{DATE})\s*\({_HOUSE}\)){_DASH}",
    # (Reuters) - The
    rf"(?:\({_HOUSE}\)){_DASH}",
)
# Before its first dash, bracket, slash or colon, a dateline holds names, small words, and numbers with a word beside.
_BEFORE_DASH = (
    rf"(?>{_FIRST}[^\s,:(/|_–—-]*|\d+[\s.]*(?:de\s+)?[^\W\d_]*|[^\W\d_]+\.?\s+\d+|[a-z]{{2,3}}(?![^\W\d_]))[\s,.)]*"
)
_DATELINE_SIGN = rf"\(|(?:{_BEFORE_DASH}){{1,16}}?[(/:|_–—-]"
DATELINES = tuple(Pattern(rf"{pattern}(?=(?P<next>\S))", sign=_DATELINE_SIGN) for pattern in _DATELINES)


def is_staff_credit(text: str) -> bool:
    """Whether a line says who reported and who edited.

    >>> is_staff_credit("(Reporting by Ada Lund in Norwick and Bo Ode; Editing by Ines Vark)")
    True
    """
    return all(_CREDIT.fullmatch(credit.strip()) for credit in _NEXT_CREDIT.split(text.strip("(). ")))


def find_dateline(text: str, start: int, end: int) -> re.Match[str] | None:
    """RIVERTON, March 3 (Agency) – at the start of a paragraph; group `dateline` is there if a place or a date is.

    A place alone counts in capitals, or in any case with its region before a dash: Port Velda, Sorrin — The lamps.

    >>> find_dateline("RIVERTON (Mere Wire) – It rained.", 0, 33)["dateline"]
    'RIVERTON (Mere Wire)'
    """
    for pattern in DATELINES:
        match = pattern.match(text, start, min(end, start + LONGEST))
        if match and not match["next"].islower() and _is_place(match.groupdict(), match.group()):
            return match
    return None


def _is_place(said: dict[str, str | None], whole: str) -> bool:
    place = said.get("place")
    if said.get("agency") or said.get("date"):
        return True
    if not place or len(place) < 3 or place.casefold() in _NAMES["no_places"]:
        return False
    return place.isupper() or (said.get("region") is not None and ":" not in whole)


def find_metadata(text: str, furniture: Sequence[Block], paragraphs: Sequence[Block]) -> Metadata:
    """What the furniture and the beginning of the story say; what stands under the headline speaks first."""
    top = next((n for n, block in enumerate(furniture) if block.kind == "headline"), 0)
    story, end = (paragraphs[0].start, paragraphs[-1].end) if paragraphs else (len(text), 0)
    head = [block for block in furniture[top:] if block.start < story]
    ordered = [*head, *reversed(furniture[:top]), *furniture[top + len(head) :]]
    dateline = _dateline(text, paragraphs)

    def find(kind: str, pattern: Pattern = _WHOLE, group: str = "whole") -> Iterator[Span]:
        for block in ordered:
            match = pattern.search(block.of(text)) if block.kind == kind else None
            if match and match[group]:
                yield Span(block.start + match.start(group), block.start + match.end(group))

    def agency_of_byline() -> Iterator[Span]:
        for rest in find("byline", BYLINE, "rest"):
            if match := AGENCY.search(text, rest.start, rest.end):
                yield from _group(match, "agency")

    def stamp(*, updated: bool) -> Iterator[Span]:
        """One line may hold both: Published 3 March 2024 | Updated 4 March 2024."""
        for block in ordered:
            if block.kind in ("links_heading", "comment_link") and block.start > story:
                return  # from here on the stamps are those of other pages
            later = _UPDATED.search(text, block.start, block.end)
            cut = later.start() if later else block.end
            if block.kind in ("timestamp", "update_stamp") or (block.kind == "byline" and updated):
                part = _PART.search(text, *((cut, block.end) if updated else (block.start, cut)))
                yield from _group(part, "part")
            elif block.kind == "byline":
                yield from _group(STAMP.search(text, block.start, cut), "whole")

    return Metadata(
        headline=_first(find("headline")),
        byline=_first(
            find("byline", BYLINE, "who"),
            find("byline", BARE_NAME, "who"),
            find("editor_credit", REPORTERS, "who"),
        ),
        agency=_first(
            find("agency_line", AGENCY_LINE, "agency"),
            agency_of_byline(),
            _group(dateline, "agency"),
            find("credit", AGENCY_CREDIT, "agency"),
            _group(AGENCY_LAST.search(text, max(end - LONGEST, 0), end), "agency"),
        ),
        dateline=_first(_group(dateline, "dateline")),
        copyright=_first(
            find("copyright", COPYRIGHT_FIRST, "claim"),
            find("photo_caption_copyright", COPYRIGHT, "claim"),
        ),
        published=_first(stamp(updated=False)),
        updated=_first(stamp(updated=True)),
    )


def _first(*ways: Iterator[Span]) -> Span | None:
    return next(chain(*ways), None)


def _dateline(text: str, paragraphs: Sequence[Block]) -> re.Match[str] | None:
    """The dateline at the start of the story, or of its second paragraph, where a summary stands before it."""
    found = (find_dateline(text, p.start, p.end) for p in paragraphs[:2])
    return next((match for match in found if match), None)


def _group(match: re.Match[str] | None, name: str) -> Iterator[Span]:
    if match and match.groupdict().get(name):
        yield Span(*match.span(name))
