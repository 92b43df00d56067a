"""Read a page for a new story: a text file, a saved HTML page, an address, or what is typed in.

A text stays as it is, byte for byte. HTML becomes the text that a browser shows, furniture and all, because lesson 01
asks what is furniture; trafilatura (Barbaresi 2021, doi:10.18653/v1/2021.acl-demo.15) then tells the article from the
rest of the page, and its answer is kept as `[lines]` of `story.toml` where it differs from that of our reader.
"""

from __future__ import annotations

import datetime as dt
import re
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import urlsplit

from copydesk import __version__
from copydesk.base.errors import CopydeskError
from copydesk.base.files import readable_error
from copydesk.page.article import PARAGRAPH, Article, check_text, decode_page, parse_article
from copydesk.page.sentences import ends_sentence
from copydesk_classroom.safe_text import one_line
from copydesk_classroom.wording import class_wording

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MOST_BYTES = 5_000_000
"""How large a file or an answer from the network may be: pages of news sites reach 2 MB with all their scripts."""
SECONDS = 20.0
"""How long an address may take, from the first byte that is asked for to the last one that comes."""
SAVED = "save the page in a browser, and name the file"
INSTALL = 'run: python -m pip install "copydesk[stories]", or paste the page’s text into a text file'
OTHERS = {
    b"%PDF": "a PDF",
    b"PK\3\4": "a zip, or a document of an office program",
    b"\xd0\xcf\x11\xe0": "a document of an office program",
    b"{\\rtf": "an RTF document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
}
"""How files begin that hold a story and are neither text nor HTML."""
_HTML = re.compile(rb"\s*(?:<!--.*?-->\s*|<\?xml[^>]*>\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?\s*([\w:-]{2,40})""", re.I)
_SPACE = re.compile(r"[ \t\n\r\f]+")
_WORDS = re.compile(r"[^\W_]+")
_HIDDEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.I)


@dataclass(frozen=True)
class FoundPage:
    """A page as it was read: its text, and what is known of it besides.

    `lines` are the blocks for which trafilatura and our reader differ: the kind by the line they begin on. `raw` is the
    HTML that the text was made from, byte for byte; empty for a text.
    """

    text: str
    raw: bytes = b""
    lines: dict[int, str] = field(default_factory=dict)
    title: str = ""
    publisher: str = ""
    date: dt.date | None = None
    language: str = ""
    address: str = ""


def read_any_page(source: str, *, typed: BinaryIO | None = None) -> FoundPage:
    """The page that a path, an address or `-` stands for. Raises CopydeskError in one sentence for what is none."""
    if source == "-":
        data, name, address = (typed or sys.stdin.buffer).read(MOST_BYTES + 1), "what was typed in", ""
    elif re.match(r"[A-Za-z][A-Za-z0-9+.-]+://", source):
        data, name, address = fetch(source), source, source
    else:
        data, name, address = _read_file(Path(source)), source, ""
    if len(data) > MOST_BYTES:
        problem = f"{name} is larger than {MOST_BYTES // 1_000_000} MB"
        raise CopydeskError(problem, "save the story alone, or paste its text into a text file")
    for start, what in OTHERS.items():
        if data.startswith(start):
            raise CopydeskError(f"{name} is {what}", "paste its text into a text file, or save the page as HTML")
    return _html_page(data, name, address) if is_html(data) else FoundPage(decode_page(data, name), address=address)


def is_html(data: bytes) -> bool:
    """Whether bytes are an HTML page, by how they begin.

    >>> is_html(b"<!DOCTYPE html><p>Rain"), is_html(b"Rain ends")
    (True, False)
    """
    return _HTML.match(_with_mark_read(data[:5000]) or data[:5000]) is not None


def _read_file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise CopydeskError(f"there is no file {path}", "check the name and the folder it is in") from None
    except IsADirectoryError:
        raise CopydeskError(f"{path} is a folder, not a page", "name the file in it") from None
    except ValueError as error:
        raise CopydeskError(f"{str(path)[:80]!r} is no path ({error})", "name a file") from None
    except OSError as error:
        raise readable_error(error, path, "read") from None


# --- An address ---


class _SamePage(urllib.request.HTTPRedirectHandler):
    """Follow a page that has moved, but to nothing else than a page of the web."""

    max_redirections = 5

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:  # noqa: PLR0913, PLR0917
        _check_address(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def fetch(address: str) -> bytes:
    """The bytes of one page of the web: only that page, at most `MOST_BYTES` and one more, within `SECONDS`.

    Raises CopydeskError for an address that cannot be reached, and for what is neither HTML nor text.
    """
    _check_address(address)
    site = urlsplit(address).hostname or address
    done: list[bytes | CopydeskError] = []
    # A server may send one byte at a time, also of its headers, and no timeout of a socket ends that.
    asking = threading.Thread(target=lambda: done.append(_answer(address, site)), daemon=True)
    asking.start()
    asking.join(SECONDS)
    if not done:
        raise CopydeskError(f"{site} takes longer than {SECONDS:.0f} seconds", SAVED)
    if isinstance(done[0], CopydeskError):
        raise done[0]
    return done[0]


def _answer(address: str, site: str) -> bytes | CopydeskError:
    """What a site answers, or what is wrong with that."""
    asks = {"User-Agent": f"copydesk/{__version__}", "Accept": "text/html, text/plain", "Accept-Encoding": "identity"}
    try:
        request = urllib.request.Request(address, headers=asks)
        with urllib.request.build_opener(_SamePage).open(request, timeout=SECONDS) as answer:
            kind = answer.headers.get_content_type()
            if kind not in ("text/html", "text/plain", "application/xhtml+xml"):
                return CopydeskError(f"{site} sent no page but {one_line(kind, most=40)}", SAVED)
            if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
                return CopydeskError(f"{site} sent the page packed, which was not asked for", SAVED)
            return _named(answer.read(MOST_BYTES + 1), answer.headers.get_content_charset())
    except urllib.error.HTTPError as error:
        error.close()
        return CopydeskError(f"{site} does not give this page (it answered {error.code})", SAVED)
    except CopydeskError as error:  # a redirection to something else than a page
        return error
    except (OSError, HTTPException, ValueError) as error:
        reason = one_line(getattr(error, "reason", "") or error or type(error).__name__, most=100)
        return CopydeskError(f"{site} cannot be reached from here ({reason})", SAVED)


def _check_address(address: str) -> None:
    try:
        parts = urlsplit(address)
        known = parts.scheme in ("http", "https") and bool(parts.hostname) and address.isprintable()
    except ValueError:
        known = False
    if not known or " " in address:
        raise CopydeskError(f"{address[:80]!r} is no address of a page", "write it as https://…, or name a file")


def _named(data: bytes, charset: str | None) -> bytes:
    """Bytes in which the encoding that the network told is told by a byte order mark, or as UTF-8."""
    if charset and charset.lower().replace("_", "-") not in ("utf-8", "utf8"):
        with suppress(LookupError, UnicodeDecodeError):
            return b"\xef\xbb\xbf" + data.decode(charset).encode()
    return data


# --- HTML ---


def _html_page(data: bytes, name: str, address: str) -> FoundPage:
    try:
        from lxml import etree
        from lxml import html as lxml_html
        from trafilatura import bare_extraction
    except ImportError as error:
        raise CopydeskError(
            f"{name} is an HTML page, and {error.name or 'trafilatura'} is not installed", INSTALL
        ) from None
    markup = _markup(data)
    try:
        tree = lxml_html.document_fromstring(markup, parser=lxml_html.HTMLParser(encoding="utf-8", no_network=True))
    except (etree.LxmlError, ValueError):
        raise CopydeskError(f"{name} is no HTML that can be read", "paste the page’s text into a text file") from None
    text = check_text(page_text(tree), name)
    told: Any = None
    with suppress(Exception):  # a stranger's page in a library's hands; without it our reader decides alone
        told = bare_extraction(markup.decode(), url=address or None, with_metadata=True, include_comments=False)
    found: dict[str, Any] = told if isinstance(told, dict) else told.as_dict() if told else {}
    return FoundPage(
        text,
        raw=data,
        lines=differing_lines(parse_article(text), str(found.get("text") or "")),
        title=one_line(found.get("title") or tree.findtext(".//title") or "", most=300),
        publisher=one_line(found.get("sitename") or "", most=100),
        date=_day(found.get("date")),
        language=_language(tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or ""),
        address=address,
    )


def _markup(data: bytes) -> bytes:
    """A page in UTF-8: by its byte order mark, by what it says, else as UTF-8, else as Windows writes it."""
    if (read := _with_mark_read(data)) is not None:
        return read
    said = _CHARSET.search(data[:4096])
    names = [said[1].decode("ascii")] if said else []
    for name in (*names, "utf-8"):
        # pages that say Latin-1 mean the Windows code page that holds it (https://encoding.spec.whatwg.org/)
        as_meant = "cp1252" if name.lower() in ("iso-8859-1", "latin1", "latin-1", "ascii", "us-ascii") else name
        with suppress(LookupError, UnicodeDecodeError):
            return data.decode(as_meant).encode()
    return data.decode("cp1252", "replace").encode()


def _with_mark_read(data: bytes) -> bytes | None:
    """Bytes that begin with a byte order mark, as UTF-8 without it; None without one."""
    for mark, name in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if data.startswith(mark):
            return data[len(mark) :].decode(name, "replace").encode("utf-8", "replace")
    return None


def page_text(tree: HtmlElement) -> str:
    """The text of a page as a browser shows it: a blank line between blocks, items and rows on lines of their own."""
    words = class_wording("stories")["html"]
    skipped, lines, blocks = ({*words[name].split()} for name in ("skipped", "lines", "blocks"))
    furniture = {*words["furniture"].split()}
    out = _Lines()
    walk: list[tuple[Any, bool, bool]] = [
        (tree, False, False)
    ]  # element, whether it ends here, whether it is furniture
    while walk:
        element, ends, in_furniture = walk.pop()
        tag = element.tag if isinstance(element.tag, str) else ""
        gap = 2 if tag in blocks else 1 if tag in lines else 0
        if ends:
            out.end(gap)
            out.add(element.tail if element is not tree else "")
            continue
        if not tag or tag in skipped or _is_hidden(element):
            out.add(element.tail if element is not tree else "")
            continue
        in_furniture = in_furniture or tag in furniture
        if tag in ("td", "th") and element.getprevious() is not None:
            out.cell()
        else:
            out.need(gap)
        if tag == "br":
            out.need(1)
        if tag == "li" and not in_furniture and not _is_link(element):
            out.bullet()
        out.add(element.text, keep=tag == "pre")
        walk.append((element, True, in_furniture))
        walk.extend((child, False, in_furniture) for child in reversed(element))
    return out.text()


class _Lines:
    """Text that grows piece by piece; line ends that are due are written before the next words."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._due, self._space, self._before = 0, False, ""

    def need(self, ends: int) -> None:
        """Begin a new line (1), or leave a blank one (2), before the next words."""
        if self._pieces:
            self._due = max(self._due, ends)

    def end(self, ends: int) -> None:
        """The same at the end of an element; what should stand before its words has none to stand before."""
        self._before = "" if ends else self._before
        self.need(ends)

    def bullet(self) -> None:
        """Begin the next words with the sign of a list."""
        self._before = "• "

    def cell(self) -> None:
        """Put the next words into the next column of the row."""
        self._due, self._before = 0, "\t"

    def add(self, text: str | None, *, keep: bool = False) -> None:
        """Add words; white space is one space, as in a browser."""
        if not text:
            return
        text = "".join(c for c in text if c >= " " or c in "\t\n\r\f")
        plain = text.strip("\n") if keep else _SPACE.sub(" ", text)
        if not plain.strip():
            self._space = self._space or bool(plain)
            return
        gap = "\n" * self._due if self._due else " " if self._space or plain[0] == " " else ""
        if self._before == "\t" or not self._pieces:
            gap = ""
        self._pieces.append(f"{gap}{self._before}{plain.strip(' ')}")
        self._due, self._before, self._space = 0, "", plain[-1] == " "

    def text(self) -> str:
        """All of it, with a line end at its end."""
        return "".join(self._pieces) + "\n" if self._pieces else ""


def _is_hidden(element: Any) -> bool:
    said = element.get("style") or ""
    return "hidden" in element.attrib or element.get("aria-hidden") == "true" or bool(_HIDDEN.search(said[:2000]))


def _is_link(item: Any) -> bool:
    """Whether an item of a list is nothing but a link: an entry of a menu."""
    linked = sum(len("".join(link.itertext()).strip()) for link in item.iterfind(".//a"))
    return linked > 0 and linked * 10 >= 9 * len("".join(item.itertext()).strip())


def differing_lines(article: Article, extracted: str) -> dict[int, str]:
    """The lines of blocks that a library takes for something else than our reader, with the kind they then have.

    Nothing where the library has less than a third of what the reader takes for story: then it has missed the article.

    >>> differing_lines(parse_article("Rain ends\\n\\nIt rained for a week.\\n\\nOne of our cats ate the mouse."), \
"It rained for a week. The cat and nobody else.")
    {5: 'teaser'}
    """
    whole, say = _plain(extracted), class_wording("stories")["extractor"]
    theirs = {b.id: bool(_plain(b.of(article.text))) and _plain(b.of(article.text)) in whole for b in article.blocks}
    both = sum(len(p.span) for p in article.paragraphs if theirs[p.id])
    if 3 * both < sum(len(p.span) for p in article.paragraphs):
        return {}
    inside = [b.start for b in article.paragraphs if theirs[b.id]]
    found: dict[int, str] = {}
    for block in article.blocks:
        if block.kind == PARAGRAPH and not theirs[block.id]:
            where = "above" if block.start < inside[0] else "below" if block.start > inside[-1] else "inside"
            found[block.line] = say[where]
        elif block.kind in say["told_by_place"] and theirs[block.id] and ends_sentence(block.of(article.text)):
            found[block.line] = PARAGRAPH
    return found


def _plain(text: str) -> str:
    return "".join(_words(text))


def _words(text: str) -> Iterator[str]:
    for match in _WORDS.finditer(text.casefold()):
        yield match.group()


def _day(said: object) -> dt.date | None:
    with suppress(ValueError, TypeError):
        return dt.date.fromisoformat(str(said)[:10])
    return None


def _language(tag: str) -> str:
    """The language of a page by its tag: en for en-GB; '' for what is no tag."""
    found = re.fullmatch(r"([A-Za-z]{2,3})(?:[-_].*)?", tag.strip()[:40])
    return found[1].lower() if found else ""
