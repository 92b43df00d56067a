"""Furniture: the lines of a page that are not its story, known by what they say; and how a page becomes lines.

`BY_WORDS` is an ordered table of small named rules. The first rule that recognises a line names its kind; what no rule
knows may be story, and `layout.py` judges it by its place. The words are data, in `data/furniture.toml`.
No rule looks at a line of more than `LONGEST` characters, so no line can keep one busy.

`read_rows` makes the lines. A line of the text is a line of the page, with three exceptions: lines that were wrapped by
hand are put together again, a capital that stands alone before its word joins it, and a byline spread over several
lines becomes one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from copydesk.base.spans import Span
from copydesk.base.wording import load_wording
from copydesk.page import credits
from copydesk.page.credits import LONGEST, any_of
from copydesk.page.sentences import INVISIBLE, ends_sentence, trim

_WORDS = load_wording("furniture")
_STAMPS, _SHARE, _NOTICE, _SENTENCE = _WORDS["stamps"], _WORDS["share"], _WORDS["notice"], _WORDS["sentence"]
_PROOFS = frozenset((*_STAMPS["telling"], *credits.MONTHS, *load_wording("sentences")["zones"]))
_PASSING = _PROOFS | frozenset(_STAMPS["passing"])
_NETWORKS, _PASSING_SHARE = frozenset(_SHARE["telling"]), frozenset((*_SHARE["telling"], *_SHARE["passing"]))
_YOU, _WE, _PAGE = (
    frozenset(_NOTICE["you"]),
    frozenset(_NOTICE["we"]),
    re.compile(rf"(?<!\w){any_of(_NOTICE['page'])}\b"),
)
_ORDERS, _STRONG, _WEAK, _WRITER = (frozenset(_NOTICE[name]) for name in ("order", "strong", "weak", "writer"))
_SAYS, _DEEDS = frozenset(_SENTENCE["says"]), frozenset(_SENTENCE["deeds"])
_VERBS = _SAYS | _DEEDS | frozenset(_SENTENCE["verbs"])
_PRONOUNS, _QUESTIONS = frozenset(_SENTENCE["pronouns"]), frozenset(_SENTENCE["questions"])

_CLOCK = re.compile(r"(?<!\d)\d\d?[:h]\d\d(?!\d)|(?<!\d)\d{1,4}[-/.]\d\d?[-/.]\d{1,4}(?!\d)")
_PLACE = rf"(?:{credits.TITLES}[,:|]?\s+)?"
_PLACE_FIRST = credits.Pattern(
    rf"{_PLACE}(?=(?:[A-Z][a-z]{{2}}\s+)?{credits.DATE})", sign=rf"{_PLACE}(?:[A-Z][a-z]{{2}}\s+)?{credits.BEFORE_DATE}"
)
_GLUE = re.compile(r"(?<=[a-zß-öø-ÿ])(?=[A-ZÀ-ÖØ-Þ])")
_LETTERS = re.compile(r"[^\W\d_]+")
_PLAIN_WORD = re.compile(r"[\w'-]+")
_QUOTED = re.compile(r"[“\"«„][^”\"»“]*(?:[”\"»“]|$)|(?<!\w)['‘][^'’]*['’](?!\w)")
_ADDRESSES = re.compile(r"https?://\S+|www\.\S+|<\S+>|[#@]\w+")
_ABOUT = re.compile(r"About(?:\s+[A-Z]\S*){1,5}")
# Who signs an embedded post: — Harbour Office (@harbour) March 3, 2024; or @harbour.
_HANDLE = re.compile(r"[-–—]\s*[^()]{1,80}\(@\w+\)|@\w+$")
# Around a phrase of the page. What stands in quotation marks is somebody else’s, so they are no marks to pass over.
_MARKS = re.compile(r"[^\w“\"«„‘']*+[\d_]*+[^\w“\"«„‘']*+")
_NO_WORDS, _LABEL_END, _WORD_END = re.compile(r"[\W\d_]*$"), re.compile(r"\s*[:|–—»›>→-](?!\w)"), re.compile(r"(?!\w)")
_BULLET = re.compile(r"(?:[-–—•·*▪►]|\d{1,2}[.)])\s")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the page for the rules to look at: as it stands, and plain (lower case, one space between words)."""

    text: str
    plain: str
    opening: str
    """Its plain words without the numbers and marks before the first one."""
    words: int
    """How many words, roughly."""
    ends: bool
    """Whether it stops the way a sentence does."""
    states: bool
    """Whether it is running text: long, ended by a full stop, or a sentence that announces what follows."""

    @classmethod
    def of(cls, text: str) -> Line:
        """Make a line ready for the rules.

        >>> Line.of("READ  more").plain
        'read more'
        """
        plain = text if text.isascii() else unicodedata.normalize("NFC", text.replace("\u00ad", "").replace("’", "'"))
        parts = plain.casefold().split()
        plain, words = " ".join(parts), len(parts)
        ends = ends_sentence(text) and not (2 <= words <= 4 and text.istitle())  # Oldmere Ferry Co. is a name
        announces = words > 4 and plain.endswith(":")
        states = len(text) > LONGEST // 2 or announces or (ends and not _asks(plain, words))
        return cls(text, plain, _MARKS.sub("", plain, count=1), words, ends, states)

    @property
    def asks(self) -> bool:
        """Whether it is short and ends in a question or a shout, as a headline may."""
        return _asks(self.plain, self.words)

    @property
    def said(self) -> list[str]:
        """Its words in lower case, apart from those in quotation marks: what the page says itself."""
        return _PLAIN_WORD.findall(_QUOTED.sub(" ", self.plain[:LONGEST]))

    @property
    def all_words(self) -> list[str]:
        """All its words in lower case, without marks."""
        return _PLAIN_WORD.findall(self.plain)

    @property
    def shouts(self) -> bool:
        """Whether it is all capitals."""
        return self.text.isupper()

    @property
    def lists(self) -> bool:
        """Whether it begins with a bullet or a number, as an item of a list does."""
        return _BULLET.match(self.text) is not None

    @property
    def clause(self) -> bool:
        """Whether it is a sentence, even without a full stop: it begins with a pronoun or has a verb of its own."""
        said = self.said
        if not said or said[0] in _QUESTIONS or self.shouts or self.asks or self.words < 3:
            return False
        return said[0] in _PRONOUNS or any(word in _VERBS for word in said[1:])

    @property
    def reports(self) -> bool:
        """Whether it is a sentence on what somebody said or did; the page itself is nobody."""
        said = set(self.said) if self.ends else set()
        return bool(said & _SAYS) or (bool(said & _DEEDS) and not _PAGE.search(self.plain))

    @property
    def tells(self) -> bool:
        """Whether it is a sentence of the story’s own: on somebody’s deeds or words, or not on the page at least."""
        return self.reports or (self.ends and not self.speaks and not _VERBS.isdisjoint(self.said))

    @property
    def speaks(self) -> bool:
        """Whether the page speaks to its reader or of itself."""
        return self.speaks_to_you or not _WE.isdisjoint(self.said)

    @property
    def speaks_to_you(self) -> bool:
        """Whether the page speaks to its reader, or names itself."""
        return not _YOU.isdisjoint(self.said) or _PAGE.search(self.plain) is not None


def _asks(plain: str, words: int) -> bool:
    return words <= 15 and plain.rstrip("'\"”’»)").endswith(("?", "!"))


def by_phrase(kind: str) -> Callable[[Line], bool]:
    """A rule for one table of phrases in `furniture.toml`.

    >>> by_phrase("read_more")(Line.of("READ MORE: Herons return"))
    True
    """
    table = _WORDS["phrases"][kind]
    whole, labels, openings, inside = (tuple(table.get(way, ())) for way in ("is", "label", "opens", "has"))

    def knows(line: Line) -> bool:
        if line.words > table["most"]:
            return False
        if _opens(line.opening, whole, _NO_WORDS) or _opens(line.opening, labels, _LABEL_END):
            return True
        # “We value your privacy,” the shop had written: a sentence of the story may hold any phrase.
        return (_opens(line.opening, openings, _WORD_END) and not line.tells) or (
            any(_holds(line.plain, phrase) for phrase in inside) and not line.reports
        )

    return knows


def _holds(words: str, phrase: str) -> bool:
    """Whether the phrase stands somewhere in these words, and not behind other letters of its first word."""
    return phrase in words and re.search(rf"\b{re.escape(phrase)}", words) is not None


def _opens(words: str, phrases: tuple[str, ...], end: re.Pattern[str]) -> bool:
    """Whether these words begin with one of the phrases and go on as `end` says."""
    return words.startswith(phrases) and any(
        end.match(words, len(phrase)) is not None for phrase in phrases if words.startswith(phrase)
    )


def by(find: Callable[[str], re.Match[str] | None]) -> Callable[[Line], bool]:
    """A rule for one shape, by a pattern’s `match` (at the start of the line), `fullmatch` (all of it) or `search`."""
    return lambda line: find(line.text) is not None


def is_divider(line: Line) -> bool:
    """___ or * * *, an address of the web, or a line of hashtags."""
    return not any(c.isalnum() for c in _ADDRESSES.sub("", line.text))


def is_staff_credit(line: Line) -> bool:
    """Reporting by Ines Vark; Editing by Tomas Ulm."""
    return " by " in line.plain and credits.is_staff_credit(line.text)


def is_byline(line: Line) -> bool:
    """By Ada Lund, with a role, a place, an outlet, an address or a date behind the name."""
    match = credits.BYLINE.fullmatch(line.text)
    return match is not None and match["who"].split()[0].casefold() not in _PROOFS


def is_notice(line: Line) -> bool:
    """The page speaks to its reader about itself: Download our app, You have 2 free articles left."""
    words = line.said
    said = set(words)
    if not said or line.tells or said & _WRITER:
        return False
    strong, weak = bool(said & _STRONG), len(_WEAK.intersection(words[1:] if words[0] in _ORDERS else words))
    if words[0] in _ORDERS and line.words <= 25 and not said & _VERBS:
        asks = line.speaks and words[1:2] not in (["for"], ["from"], ["of"])  # not: Support for our schools fell.
        return strong or weak > 0 or asks or "@" in line.text
    # A columnist says we as well: the paper’s own “we” must name more of a paper’s business.
    return line.speaks and (strong or weak > (1 if line.speaks_to_you else 2))


def is_links_heading(line: Line) -> bool:
    """The heading of a list of links: Related, More from the Herald, About Hale Industries."""
    return not line.ends and (_LINKS(line) or _ABOUT.fullmatch(line.text) is not None)


def is_breadcrumbs(line: Line) -> bool:
    """Home > World > Lakes, Home | News | Sport."""
    crumbs = re.split(r"\s[>›»|]\s", line.text)
    many = len(crumbs) > 3 or (len(crumbs) > 1 and "|" not in line.text)
    return many and not line.ends and all(len(crumb.split()) <= 5 for crumb in crumbs)


def is_share_links(line: Line) -> bool:
    """Nothing but names of networks and words such as share, print, copy link."""
    words = _LETTERS.findall(line.plain)
    return any(w in _NETWORKS for w in words) and all(w in _PASSING_SHARE for w in words)


def is_timestamp(line: Line) -> bool:
    """Nothing but numbers and words for days, months and hours, perhaps after a place: TARNHOLT, 3 March 2024 14:32."""
    if not any(c.isdigit() for c in line.plain):
        return False
    plain = _GLUE.sub(" ", line.text).casefold()  # 6:02amMonday
    if _is_stamp(_LETTERS.findall(plain), plain):
        return True
    place = _PLACE_FIRST.match(line.text)
    rest = line.text[place.end() :].casefold() if place else ""
    return bool(rest) and _CLOCK.search(rest) is not None and _is_stamp(_LETTERS.findall(rest), rest)


def _is_stamp(words: Sequence[str], plain: str) -> bool:
    return all(w in _PASSING for w in words) and (any(w in _PROOFS for w in words) or _CLOCK.search(plain) is not None)


def is_update_stamp(line: Line) -> bool:
    """A time stamp that begins with the word updated."""
    return line.plain.startswith(tuple(_STAMPS["updates"])) and is_timestamp(line)


_LINKS = by_phrase("links_heading")

BY_WORDS: tuple[tuple[str, Callable[[Line], bool]], ...] = (
    ("geo_block_notice", by_phrase("geo_block_notice")),
    ("cookie_notice", by_phrase("cookie_notice")),
    ("newsletter", by_phrase("newsletter")),
    ("comment_link", by_phrase("comment_link")),
    ("share_links", is_share_links),
    ("links_heading", is_links_heading),
    ("read_more", by_phrase("read_more")),
    ("advertisement", by_phrase("advertisement")),
    ("embed", by_phrase("embed")),
    ("embed", by(_HANDLE.match)),
    ("divider", is_divider),
    ("editor_credit", is_staff_credit),
    ("agency_line", by(credits.AGENCY_LINE.fullmatch)),
    ("credit", by(credits.AGENCY_CREDIT.fullmatch)),
    ("byline", is_byline),
    ("update_stamp", is_update_stamp),
    ("timestamp", is_timestamp),
    ("editor_credit", by_phrase("editor_credit")),
    ("copyright", by(credits.COPYRIGHT_FIRST.match)),
    ("rights_notice", by_phrase("rights_notice")),
    ("photo_caption_copyright", by(credits.COPYRIGHT.search)),
    ("credit", by_phrase("credit")),
    ("credit", by(credits.PICTURE_CREDIT.match)),
    ("photo_caption_credit", by(credits.PICTURE_CREDIT.search)),
    ("photo_caption_credit", by(credits.PICTURE_LABEL.match)),
    ("credit", by(credits.PICTURE_OWNER.match)),
    ("photo_caption_credit", by(credits.PICTURE_OWNER.search)),
    ("section_label", by_phrase("section_label")),
    ("section_label", is_breadcrumbs),
    ("site_notice", by_phrase("site_notice")),
    ("site_notice", is_notice),
)


@lru_cache(maxsize=4096)
def kind_by_words(text: str) -> str | None:
    """What a line is by its words alone; None when it may be story.

    >>> kind_by_words("By Mara Quill"), kind_by_words("He refused.")
    ('byline', None)
    """
    if len(text) > LONGEST:
        return None
    line = Line.of(text)
    return next((kind for kind, knows in BY_WORDS if knows(line)), None)


# How a page becomes lines

_BREAK = re.compile("\r\n|[\n\r\v\f\x85\u2028\u2029]")
_SHOWN = str.maketrans(dict.fromkeys(INVISIBLE.replace("\u00ad", ""), " "))
_WIDEST = 120  # characters: nobody wraps lines wider than that by hand
_LONG = 36  # one line of this length that breaks off is proof enough; shorter ones must be two
_SHORT = 20  # a shorter line was not wrapped
_RAGGED = 4  # how much longer a line may be than the longest one that proves the wrapping
_OPEN = frozenset(load_wording("sentences")["open"])
_DROPPED = re.compile(r"[“\"'‘«„]?[^\W\d_]")


class Row(NamedTuple):
    """A line of the page; `gap` when a blank line stands above it, `indent` white space before its first word."""

    span: Span
    gap: bool
    indent: int

    @property
    def width(self) -> int:
        """Its columns, with the white space before it."""
        return self.indent + len(self.span)


def show(text: str) -> str:
    """The text as a reader sees it, at the same offsets: characters without a shape become spaces.

    >>> show("By\\u200b Ada Lund")
    'By  Ada Lund'
    """
    return text.translate(_SHOWN)


def read_rows(text: str) -> list[Row]:
    """The lines of a page, without white space at their edges, wrapped lines put together.

    >>> text = "T\\nhree bridges are closed until May.\\n\\nBy\\nAda Lund"
    >>> [row.span.of(text) for row in read_rows(text)]
    ['T\\nhree bridges are closed until May.', 'By\\nAda Lund']
    """
    return _join_names(text, _unwrap(text, _rows(text)))


def _rows(text: str) -> list[Row]:
    rows, start, gap = [], 0, False
    for end in (*(m.span() for m in _BREAK.finditer(text)), (len(text), len(text))):
        span = trim(text, start, end[0])
        if span:
            rows.append(Row(span, gap, span.start - start))
        start, gap = end[1], span is None
    return rows


def _unwrap(text: str, rows: Sequence[Row]) -> list[Row]:
    done: list[Row] = []
    for above, row, wrapping in zip((None, *rows), rows, _wrappings(text, rows), strict=False):
        if above and _goes_on(text, above, row, *wrapping):
            done[-1] = done[-1]._replace(span=Span(done[-1].span.start, row.span.end))
        else:
            done.append(row)
    return done


def _wrappings(text: str, rows: Sequence[Row]) -> list[tuple[int, bool]]:
    """For each line, the column at which the text around it is wrapped (0: not), and whether paragraphs are indented.

    A page is judged by region, nine stanzas (lines without a blank one between) at a time: a menu or a quoted letter
    has a width of its own.
    """
    stanza_of: list[int] = []
    proofs: list[list[tuple[int, bool]]] = [[]]
    for above, row in zip((None, *rows), rows, strict=False):
        if row.gap:
            proofs.append([])
        if above and above.width <= _WIDEST and _breaks_off(text, above, row):
            proofs[-1].append((above.width, above.indent > row.indent))
        stanza_of.append(len(proofs) - 1)
    wrappings = []
    for n in range(len(proofs)):
        region = [proof for stanza in proofs[max(0, n - 4) : n + 5] for proof in stanza]
        column = max((width for width, _ in region), default=0)
        proven = len(region) > 1 or column >= _LONG
        wrappings.append((column if proven else 0, any(indented for _, indented in region)))
    return [wrappings[n] for n in stanza_of]


def _breaks_off(text: str, above: Row, below: Row) -> bool:
    """A line without an end, and the next begins in lower case; or a line that ends in a word such as the or of."""
    if below.gap or len(above.span) < _SHORT:
        return False
    if not text[below.span.start].islower() and above.span.of(text).rsplit(maxsplit=1)[-1] not in _OPEN:
        return False
    if ends_sentence(above.span.of(text)) or kind_by_words(above.span.of(text)):
        return False
    return kind_by_words(below.span.of(text)) is None or ends_sentence(below.span.of(text))


def _goes_on(text: str, above: Row, below: Row, column: int, indented: bool) -> bool:
    """Whether the line below belongs to the same paragraph as the line above, in a text wrapped at `column`."""
    if _is_dropped(text, above.span, below.span):
        return True
    if below.gap or below.indent > (0 if indented else above.indent):
        return False
    if _breaks_off(text, above, below) and (column or len(above.span) >= _LONG):
        return True
    if not column or above.width > column + _RAGGED:
        return False
    full = column - above.width <= len(below.span.of(text).split(maxsplit=1)[0])
    return full and not any(kind_by_words(row.span.of(text)) for row in (above, below))


def _is_dropped(text: str, above: Span, below: Span) -> bool:
    """T, and hree bridges on the next line: a large first letter that the page sets apart."""
    if len(above) > 2 or len(below) < _SHORT or not _DROPPED.fullmatch(above.of(text)):
        return False
    rest = below.of(text).split(maxsplit=1)[0]
    return text[above.end - 1].isupper() and (rest[0].islower() or (rest.isupper() and len(below) >= 2 * _SHORT))


def _join_names(text: str, rows: Sequence[Row]) -> list[Row]:
    """By / Ada Lund / and / Bo Ode: one byline. After a name a joining word must come, after that word a name."""
    done: list[Row] = []
    wants_name = wants_more = False
    for row in rows:
        words = row.span.of(text)
        short = len(words) <= _WIDEST
        part = credits.NAMES_LINE.fullmatch(words) if short and (wants_name or wants_more) else None
        if part and (part["joined"] if wants_more else part["name"] and not part["joined"]):
            done[-1] = done[-1]._replace(span=Span(done[-1].span.start, row.span.end))
            wants_name = not part["name"] or part["open"] is not None
            wants_more = not wants_name
        else:
            done.append(row)
            wants_name = short and credits.BYLINE_ALONE.fullmatch(words) is not None
            wants_more = short and not wants_name and credits.BYLINE.fullmatch(words) is not None
    return done
