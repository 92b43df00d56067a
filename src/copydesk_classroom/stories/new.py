"""`copydesk new`: from a page to a story folder with a draft key.

The folder holds `page.txt`, `story.toml` and `key.json`; also `page.html` where the text was made from one. On a page
that is there already, what somebody has confirmed is kept (see `carry.py`), and so is what `story.toml` says.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

from copydesk.base.documents import Json, read_toml
from copydesk.base.errors import CopydeskError
from copydesk.base.files import backup, locked, make_folder, read_bytes, readable_error, write
from copydesk.base.spans import Span, fingerprint
from copydesk.base.system import names_device
from copydesk.base.wording import MONTHS
from copydesk.page.article import Article, parse_article, read_page
from copydesk.story.key import read_key
from copydesk.story.story import (
    REQUIRED,
    check_size,
    corrections,
    forget_stories,
    is_bundled,
    load_story,
    own_stories_folder,
)
from copydesk_classroom.safe_text import one_line
from copydesk_classroom.stories.carry import Lost, carry_over
from copydesk_classroom.stories.confirm import encode_key, is_confirmed, layers_of, read_raw_key
from copydesk_classroom.stories.draft import ENGLISH, draft_key, is_english
from copydesk_classroom.stories.page import FoundPage, read_any_page
from copydesk_classroom.stories.quotes import find_quote, quote_of
from copydesk_classroom.wording import class_wording

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
SAME_STORY = 0.5
"""The share of an older page's sentences that a page must still have to be a corrected one, not another story."""
UNKNOWN_LANGUAGE = "und"
"""What the tables of languages (BCP 47) have for one that is not told."""
_DAY = re.compile(r"(?P<d>\d{1,2})\.?\s+(?P<m>[A-Za-z]{3,9})\.?,?\s+(?P<y>\d{4})")
_MONTH_FIRST = re.compile(r"(?P<m>[A-Za-z]{3,9})\.?\s+(?P<d>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<y>\d{4})")
_ISO = re.compile(r"(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})")
FIRST_YEAR, LAST_YEAR = 1500, 9000

Ask = Callable[[str, str], str]
"""Asks one question: a name in `[ask]`, and what Enter takes; returns the answer."""


@dataclass(frozen=True)
class NewStory:
    """What was made: the folder, the key, what of an earlier key is lost, and what the instructor should know."""

    folder: Path
    key: Json
    article: Article
    again: bool
    lost: tuple[Lost, ...]
    notes: tuple[str, ...]


def new_story(  # noqa: PLR0913
    source: str,
    *,
    name: str | None = None,
    language: str | None = None,
    rights: str | None = None,
    place: Path | None = None,
    ask: Ask | None = None,
    typed: BinaryIO | None = None,
) -> NewStory:
    """Make a story folder from a page, or draft the one of that name again.

    `place` is the folder for stories, by default `stories` beside the notebooks. Raises CopydeskError for a page that
    cannot be read, and for a name that another story has.
    """
    page = read_any_page(source, typed=typed)
    article = parse_article(page.text, lines=page.lines)
    place = place or own_stories_folder()
    folder = place / (_checked_name(name) if name else _name_from(page, article))
    earlier = _earlier(folder)
    _check_folder(folder, earlier, page.text)
    about = _about(page, article, earlier)
    about |= {n: one_line(v, most=2000) for n, v in (("language", language), ("rights", rights)) if v}
    provenance = _provenance(page, article)
    if ask:
        about, provenance = _asked(about, provenance, ask)
    if about["language"] == UNKNOWN_LANGUAGE and is_english(_story_text(article)):
        about["language"] = ENGLISH
    moved = _moved(earlier, article) if earlier else {"begins": {}}
    about |= {**moved, "lines": {**page.lines, **moved.get("lines", {})}}
    article = parse_article(page.text, lines=about["lines"], begins=about["begins"])
    return _write_alone(folder, page, article, about=about, provenance=provenance, earlier=earlier)


def redraft(folder: Path) -> NewStory:
    """Draft a story again after `story.toml` was changed, for example a line under `[lines]`.

    Confirmed entries stay, and take the new names of their blocks.
    """
    about = _checked_about(folder)
    found = load_story(folder)
    page = FoundPage(found.article.text)
    return _write_alone(folder, page, found.article, about=about, provenance={}, earlier=_earlier(folder))


def correct_lines(folder: Path, lines: Mapping[int, str]) -> NewStory:
    """Say what stands on lines of a page, a kind of furniture or `paragraph`, and draft the story again.

    Raises CopydeskError, and changes nothing, for a line without a block or a kind that there is not.
    """
    about = _checked_about(folder)
    story = load_story(folder)
    told = {**corrections(about)["lines"], **lines}
    article = parse_article(story.article.text, lines=told, begins=corrections(about)["begins"])
    page, about = FoundPage(story.article.text), {**about, "lines": told}
    return _write_alone(folder, page, article, about=about, provenance={}, earlier=_earlier(folder))


@dataclass(frozen=True)
class _Earlier:
    """A story that is there already: what its files say, and the page that its key was made for."""

    about: Json
    key: Json
    text: str


def _earlier(folder: Path) -> _Earlier | None:
    if not (folder / "story.toml").is_file():
        return None
    about = _checked_about(folder)
    has_key = (folder / "key.json").is_file()
    key = read_raw_key(folder) if has_key and read_key(folder / "key.json") else {}
    # A run that was cut off may have left the new page beside the old key: then the page before is its own.
    for path in (folder / "page.txt", backup(folder / "page.txt")):
        text = (read_bytes(path) or b"").decode("utf-8", "replace")
        if not key or fingerprint(text) == key.get("sha256"):
            return _Earlier(about, key, text)
    raise CopydeskError(f"{folder / 'page.txt'} is not the page that key.json was made for", "put that page back")


def _checked_about(folder: Path) -> Json:
    """What `story.toml` says; CopydeskError for a value of another type, since somebody may have changed it by hand."""
    path, about = folder / "story.toml", read_toml(folder / "story.toml")
    for name, kind in REQUIRED.items():
        if name in about and type(about[name]) is not kind:
            raise CopydeskError(f"{path}: {name} is {str(about[name])[:40]!r}, which is of another kind", "correct it")
    try:
        told = corrections(about)
        if (folder / "page.txt").is_file():
            parse_article(read_page(folder / "page.txt"), **told)
    except CopydeskError as error:
        raise CopydeskError(f"{path}: {error.problem}", error.remedy) from None
    return about


def _check_folder(folder: Path, earlier: _Earlier | None, text: str) -> None:
    """Refuse a folder that holds something else, or another story."""
    name = "give --name"
    if earlier is None and folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CopydeskError(f"{folder} is there already, and is no story", name)
    if earlier is None or earlier.text == text:
        return
    sentences = parse_article(earlier.text).sentences
    kept = sum(
        find_quote(text, replace(quote_of(earlier.text, s.span), prefix="", suffix=""), near=0) is not None
        for s in sentences
    )
    if kept < SAME_STORY * len(sentences):
        told = f"only {kept} of its {len(sentences)} sentences are on this page"
        raise CopydeskError(f"{folder} holds another story: {told}", name)


def _checked_name(name: str) -> str:
    if not NAME.fullmatch(name) or names_device(name):
        raise CopydeskError(f"'{name[:80]}' is no name for a story", "use small letters a–z, digits, - and _ only")
    try:
        known = load_story(name)
    except CopydeskError:
        return name
    if is_bundled(known):
        raise CopydeskError(f"'{name}' is a story that comes with Copydesk", "give another --name")
    return name


def _name_from(page: FoundPage, article: Article) -> str:
    """A name from the first words of the headline, in plain letters; else from the hash of the page."""
    plain = unicodedata.normalize("NFKD", _headline(page, article)).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain)[:5]
    name = "-".join(words)[:60].strip("-")
    for candidate in (name, f"story-{fingerprint(page.text)[:6]}"):
        if candidate and NAME.fullmatch(candidate):
            try:
                return _checked_name(candidate)
            except CopydeskError:
                continue
    return f"story-{fingerprint(page.text)[:8]}"


def _headline(page: FoundPage, article: Article) -> str:
    found = article.metadata.headline
    first = article.blocks[0].of(article.text)
    return one_line(found.of(article.text) if found else page.title or first, most=300)


def _story_text(article: Article) -> str:
    return "\n".join(p.of(article.text) for p in article.paragraphs)


def _about(page: FoundPage, article: Article, earlier: _Earlier | None) -> Json:
    """What `story.toml` says: as it was, or what the page tells, without asking anybody."""
    stamp = article.metadata.published or article.metadata.updated
    day = page.date or (parse_day(stamp.of(article.text)) if stamp else None)
    made = {
        "headline": _headline(page, article),
        "date": day or dt.date.today(),
        "language": page.language or UNKNOWN_LANGUAGE,
        "rights": class_wording("stories")["new"]["unknown"],
    }
    return {**made, "day_unknown": day is None, **(earlier.about if earlier else {})}


def _provenance(page: FoundPage, article: Article) -> Json:
    """Who reported and who published: in the key, because lesson 01 asks it and learners get `story.toml`."""
    told = article.metadata

    def words(span: Any) -> str | None:
        return one_line(span.of(article.text), most=200) if span else None

    said = {"agency": words(told.agency), "reporter": words(told.byline), "publisher": page.publisher or None}
    return said | ({"address": page.address} if page.address else {})


def parse_day(stamp: str) -> dt.date | None:
    """The day that a time stamp names with its month in English letters, or as ISO 8601 does; None for others.

    A day in figures only, such as 3/4/2026, is read differently in different countries, so it is not read.

    >>> parse_day("Published 6 March 2026, 08:30"), parse_day("Updated Mar. 6, 2026"), parse_day("3/4/2026")
    (datetime.date(2026, 3, 6), datetime.date(2026, 3, 6), None)
    """
    for pattern in (_ISO, _DAY, _MONTH_FIRST):
        for match in pattern.finditer(stamp[:300]):
            said = match["m"].lower()
            month = next((n for n, name in enumerate(MONTHS, 1) if name.lower().startswith(said)), 0)
            try:
                return dt.date(int(match["y"]), int(said) if said.isdigit() else month, int(match["d"]))
            except ValueError:
                continue
    return None


def _asked(about: Json, provenance: Json, ask: Ask) -> tuple[Json, Json]:
    """The same with what somebody at a terminal says."""
    about, provenance = {**about}, {**provenance}
    for name in ("headline", "language", "rights"):
        about[name] = one_line(ask(name, str(about[name])), most=2000) or about[name]
    for name in ("publisher", "agency"):
        provenance[name] = one_line(ask(name, provenance[name] or ""), most=200) or None
    day = parse_day(ask("date", about["date"].isoformat()))
    if day:
        about |= {"date": day, "day_unknown": False}
    return about, provenance


def _moved(earlier: _Earlier, article: Article) -> dict[str, dict[int, str]]:
    """What an earlier `story.toml` says of lines and offsets, where the same words begin now."""
    told = corrections(earlier.about)
    there = {b.start: b.line for b in article.blocks}
    old = parse_article(earlier.text, **told) if any(told.values()) else None

    def now(start: int, end: int) -> int:
        near = start * len(article.text) // max(1, len(earlier.text))
        found = find_quote(article.text, quote_of(earlier.text, Span(start, end)), near=near)
        return found.start if found else -1

    blocks = old.blocks if old else ()
    lines = {there.get(now(b.start, b.end)): told["lines"][b.line] for b in blocks if b.line in told["lines"]}
    ends = {n: next((b.end for b in blocks if b.start <= n < b.end), n + 1) for n in told["begins"]}
    begins = {now(n, ends[n]): what for n, what in told["begins"].items()}
    return {
        "lines": {line: kind for line, kind in lines.items() if line is not None},
        "begins": {n: what for n, what in begins.items() if n >= 0},
    }


def _write_alone(
    folder: Path, page: FoundPage, article: Article, *, earlier: _Earlier | None, **told: Json
) -> NewStory:
    """Write the files of a story while nobody else changes its key, as the key editor may do."""
    if earlier is None:
        return _write(folder, page, article, earlier=None, **told)
    with locked(folder / "key.json"):
        if _earlier(folder) != earlier:
            raise CopydeskError(f"{folder} was changed while this command read it", "give the command again")
        return _write(folder, page, article, earlier=earlier, **told)


def _write(  # noqa: PLR0913
    folder: Path, page: FoundPage, article: Article, *, about: Json, provenance: Json, earlier: _Earlier | None
) -> NewStory:
    """Draft the key, and write all files: the page first, so that a run that is cut off can be repeated."""
    check_size(article.text, "the page")
    day_unknown = about.get("day_unknown", False)
    about = {**{n: v for n, v in about.items() if n != "day_unknown"}, "sha256": fingerprint(article.text)}
    key = draft_key(article, folder.name, language=about["language"], guessed_lines=page.lines)
    key["provenance"], lost = provenance, list[Lost]()
    if earlier and earlier.key:
        try:
            key, lost = carry_over(earlier.key, earlier.text, key, article)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            problem = f"{folder / 'key.json'}: an entry lacks or mistypes {error}"
            raise CopydeskError(problem, "compare it with a neighbour") from None
    try:
        make_folder(folder)
    except OSError as error:
        raise readable_error(error, folder, "made") from error
    write(folder / "page.txt", article.text.encode("utf-8"), keep=bool(earlier), skip_same=True)
    if page.raw:
        write(folder / "page.html", page.raw, skip_same=True)
    write(folder / "story.toml", story_toml(about).encode("utf-8"), keep=bool(earlier), skip_same=True)
    write(folder / "key.json", encode_key(key), keep=bool(earlier), skip_same=True)
    forget_stories()
    notes = _notes(page, about, day_unknown=day_unknown and not earlier)
    if earlier and earlier.text != article.text and (folder / "lessons.toml").is_file():
        notes.append(class_wording("stories")["new"]["lessons"].format(name=folder.name))
    return NewStory(folder, key, article, earlier is not None, tuple(lost), tuple(notes))


def story_toml(about: Mapping[str, Any]) -> str:
    """What `story.toml` says, as TOML; sentences on unknown rights stand above them.

    >>> print(story_toml({"headline": "Rain “ends”", "date": dt.date(2026, 3, 6), "lines": {3: "caption"}}), end="")
    headline = "Rain “ends”"
    date = 2026-03-06
    <BLANKLINE>
    [lines]   # what begins on a line of page.txt, where the page reader takes it for something else
    "3" = "caption"
    """
    say, said = class_wording("stories")["new"], []
    for name, value in about.items():
        if isinstance(value, Mapping):
            continue
        if name == "rights" and value == say["unknown"]:
            said += [f"# {sentence}" for sentence in say["unknown_rights"]]
        said.append(f"{_toml_name(name)} = {_toml_value(value)}")
    note = {
        "lines": "   # what begins on a line of page.txt, where the page reader takes it for something else",
        "begins": "   # what begins at an offset of page.txt, where the page reader cuts it otherwise",
    }
    for name, table in about.items():
        if isinstance(table, Mapping) and table:
            said += ["", f"[{_toml_name(name)}]{note.get(name, '')}"]
            said += [f"{json.dumps(str(n))} = {_toml_value(value)}" for n, value in table.items()]
    return "\n".join(said) + "\n"


def _toml_name(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _toml_value(name)


def _toml_value(value: Any) -> str:
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, list):
        return f"[{', '.join(map(_toml_value, value))}]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_toml_name(str(n))} = {_toml_value(v)}" for n, v in value.items()) + "}"
    # JSON is TOML here, but for the one letter that JSON leaves as it is, and halves of surrogate pairs
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f").encode("utf-8", "replace").decode()


def _notes(page: FoundPage, about: Mapping[str, Any], *, day_unknown: bool) -> list[str]:
    say = class_wording("stories")["new"]
    notes, language = [], about["language"].partition("-")[0]
    if language == UNKNOWN_LANGUAGE:
        notes.append(say["unknown_language"])
    elif language != ENGLISH:
        notes.append(say["other_language"].format(language=about["language"]))
    if page.lines:
        notes.append(say["extractor"].format(n=len(page.lines)))
    notes += [say["no_day"]] if day_unknown else []
    notes += say["unknown_rights"] if about["rights"] == say["unknown"] else []
    return notes


def summary(made: NewStory) -> list[str]:
    """The lines that say what was made, what is lost, and what comes next."""
    say, key = class_wording("stories")["new"], made.key
    counts = {name: len(key.get(name, ())) for name in ("sentences", "attributions", "sources", "cue_places")}
    lines = [say["made"].format(folder=made.folder, blocks=len(made.article.blocks), **counts)]
    records = [record for _, layer in layers_of(key) for record in layer]
    confirmed = sum(map(is_confirmed, records))
    if made.again:
        lines = [say["again"].format(folder=made.folder, confirmed=confirmed)]
        lines += [f"  {say['lost'].format(id=x.id, words=one_line(x.words, most=60))}" for x in made.lost]
        lines += [say["lost_kept"]] if made.lost else []
    if confirmed < len(records):
        lines.append(say["unconfirmed"].format(n=len(records) - confirmed))
    return [*lines, *made.notes, say["next"].format(name=made.folder.name)]
