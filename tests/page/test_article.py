"""Pages of every shape, taken apart: fixtures are data, properties hold for any text."""

import dataclasses
import json
import re
import textwrap
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.base.errors import CopydeskError
from copydesk.page import credits
from copydesk.page.article import Article, Block, parse_article, read_page
from copydesk.page.furniture import BY_WORDS, kind_by_words
from copydesk.page.layout import BY_PLACE
from copydesk.page.sentences import BLANK, INVISIBLE
from tests.page.layouts import layouts, read_layout

HERE = Path(__file__).parents[1]
PAGES = sorted((HERE / "fixtures" / "pages").glob("*.txt"))
STORY = HERE.parent / "seeds" / "baltics-2022"
NOTHING = BLANK + INVISIBLE
VARIANTS = {
    "lf": lambda text: text,
    "crlf": lambda text: text.replace("\n", "\r\n"),
    "cr": lambda text: text.replace("\n", "\r"),
    "bom": lambda text: "\ufeff" + text,
    "spaced": lambda text: "\n \u3000\n" + text.replace("\n", " \t\n"),
}


def unix(words: str) -> str:
    """What was found, in the fixture's own line ends."""
    return words.replace(" \t\n", "\n").replace("\r\n", "\n").replace("\r", "\n")


CASES = [
    pytest.param(case, id=f"{path.stem}-{case['name']}")
    for path in sorted((HERE / "fixtures" / "pages" / "cases").glob("*.toml"))
    for case in tomllib.loads(path.read_text("utf-8"))["case"]
]


def metadata(article: Article) -> dict[str, str]:
    found = {f.name: getattr(article.metadata, f.name) for f in dataclasses.fields(article.metadata)}
    return {name: unix(span.of(article.text)) for name, span in found.items() if span}


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.stem)
def test_page(path: Path, variant: str, tmp_path: Path) -> None:
    expect = tomllib.loads(path.with_suffix(".toml").read_text("utf-8"))
    page = tmp_path / "page.txt"
    page.write_bytes(VARIANTS[variant](path.read_bytes().decode("utf-8")).encode("utf-8"))
    article = parse_article(read_page(page))
    assert article.text.encode("utf-8") == page.read_bytes()
    assert [[b.kind, unix(b.of(article.text))] for b in article.furniture] == expect["furniture"]
    assert [unix(b.of(article.text)) for b in article.sentences] == expect["sentences"]
    assert len(article.paragraphs) == expect["paragraphs"]
    assert metadata(article) == expect["metadata"]


@pytest.mark.parametrize("case", CASES)
def test_case(case: dict[str, Any]) -> None:
    """Pages with one difficulty each; a new kind of page is a new table in `fixtures/pages/cases/`."""
    article = parse_article(case["text"])
    if "story" in case:
        assert [p.of(article.text) for p in article.paragraphs] == case["story"]
    found = metadata(article)
    assert {name: found.get(name, "") for name in case.get("metadata", {})} == case.get("metadata", {})
    kinds = {b.of(article.text): b.kind for b in article.blocks}
    assert all(kinds[line] in allowed for line, allowed in case.get("kinds", {}).items())


@pytest.mark.parametrize("whole", [True, False], ids=["whole", "below"])
@pytest.mark.parametrize("path", [*layouts()], ids=lambda p: p.stem)
def test_no_paragraph_of_a_layout_is_lost(path: Path, whole: bool) -> None:
    page = read_layout(path, whole=whole)
    article = parse_article(page.text)
    check(article)
    kept = {p.of(article.text) for p in article.paragraphs}
    assert [text for text in page.story if text not in kept] == []
    assert article.metadata.headline is not None and article.metadata.headline.of(page.text) == page.headline


@pytest.mark.parametrize("columns", [80, 72, 66, 50, 40])
@pytest.mark.parametrize("indent", ["", "   "], ids=["blank lines", "indented"])
def test_wrapped_stories_keep_their_paragraphs(columns: int, indent: str) -> None:
    """The stories of all layouts without lists, wrapped by hand: a paragraph in a hundred may be torn."""
    kept = whole = 0
    for page in map(read_layout, layouts()):
        story = [" ".join(text.split()) for text in page.story]
        if page.said.get("language") or any(text.startswith("-") for text in story):
            continue
        wrapped = [textwrap.fill(text, columns, initial_indent=indent) for text in story]
        text = textwrap.fill(page.headline, columns) + "\n\n" + ("\n" if indent else "\n\n").join(wrapped)
        found = {" ".join(p.of(text).split()) for p in parse_article(text).paragraphs}
        kept, whole = kept + sum(t in found for t in story), whole + len(story)
    assert kept >= whole * 0.99


@pytest.mark.skipif(not (STORY / "key.json").exists(), reason="the built-in story has no key here")
def test_built_in_story_agrees_with_its_key() -> None:
    key = json.loads((STORY / "key.json").read_text("utf-8"))
    article = parse_article(read_page(STORY / "page.txt"))

    def where(blocks: tuple[Block, ...]) -> list[tuple[str, int, int]]:
        return [(b.id, b.start, b.end) for b in blocks]

    for layer in ("furniture", "paragraphs", "sentences"):
        assert where(getattr(article, layer)) == [(e["id"], e["start"], e["end"]) for e in key[layer]], layer
    assert [b.kind for b in article.furniture] == [e["kind"] for e in key["furniture"]]
    assert (len(article.furniture), len(article.paragraphs), len(article.sentences)) == (7, 10, 15)


LINES = [
    "By Ann Ode",
    "Bo Ode",
    "By",
    "and",
    "T",
    "Related",
    "He left the town and did not come",
    "“He left the town and did not come”",
    "Photo: Bo Ode",
    "(Reuters)",
    "14:32",
    "Read more: Rain",
    "He left. ",
    "Rain falls",
    "",
    "\ufeff",
    "\u00a0",
    "“No?” she",
    "x" * 50,
]
WEIRD = st.text(
    st.sampled_from(" \n\r\t\u00a0\ufeff\u2028\x0b\x85.?!…\"'“”’()©-–—/:|,aAéß5ǅ٣語\U0001f600\udc80"),
    min_size=0,
    max_size=200,
)
ANY_PAGE = st.one_of(st.text(), WEIRD, st.lists(st.sampled_from(LINES), max_size=12).map("\n".join))


def check(article: Article) -> None:
    """What must hold for every page: in order, no overlap, nothing but white space left over."""
    text, at = article.text, 0
    for block in article.blocks:
        assert at <= block.start < block.end <= len(text)
        assert not text[at : block.start].strip(NOTHING)
        assert block.of(text) == block.of(text).strip(BLANK)
        assert article.block(block.id) is block
        at = block.end
    assert not text[at:].strip(NOTHING)
    for paragraph in article.paragraphs:
        at = paragraph.start
        for sentence in article.sentences_of(paragraph.id):
            assert not text[at : sentence.start].strip(BLANK)
            at = sentence.end
        assert at == paragraph.end


@given(ANY_PAGE)
def test_any_text_is_covered_or_refused(text: str) -> None:
    try:
        article = parse_article(text)
    except CopydeskError:
        assert not text.strip(NOTHING)
    else:
        check(article)
        for field in dataclasses.fields(article.metadata):
            span = getattr(article.metadata, field.name)
            assert span is None or any(b.span.covers(span) for b in article.blocks)


@given(ANY_PAGE.filter(lambda text: bool(text.strip(NOTHING))))
def test_lines_are_counted_from_one(text: str) -> None:
    for block in parse_article(text).blocks:
        before = text[: block.start].replace("\r\n", "\n").replace("\r", "\n")
        assert block.line == before.count("\n") + 1


@pytest.mark.parametrize(
    "line",
    [
        "x" * 1_000_000,
        "." * 300_000,
        "By " + "A" * 480,
        ("Aa " * 166)[:499],
        "By " + "Aa and " * 70,
        "© " + "A1" * 240,
        "> " * 249,
        "Reporting by Staff " * 26,
        "Reporting by Aa, " * 29,
        "By " + "\n" * 450 + "!",
        "Aa Bb, " * 70,
        "Aa Bb/" * 80,
        "(Reporting by Aa Bb in Cc and " * 16,
        "3 mars 2021 " * 40,
        "“" * 499,
        "[1]." * 120,
        "Aa" * 240 + " Staff Writer",
    ],
    ids=lambda line: line[:6],
)
def test_monstrous_lines(line: str) -> None:
    check(parse_article(line))
    check(parse_article(f"Rain in Lakeport today again\n\n{line}\n\nIt rained."))


def test_long_page() -> None:
    text = "It rained on the town. “Really?” he asked.\n\n" * 5_000
    assert len(text) > 200_000
    article = parse_article(text)
    assert (len(article.paragraphs), len(article.sentences)) == (5_000, 10_000)
    assert len(parse_article("a\n" * 100_000).paragraphs) == 100_000


def test_block_names_those_that_exist() -> None:
    article = parse_article("By Mara Quill\n\nIt rained.\n\nHe refused.")
    assert article.block("p2").line == 5
    with pytest.raises(CopydeskError, match=r"'p9'.*f1 to f1, p1 to p2, p1\.s1 to p2\.s1"):
        article.block("p9")
    with pytest.raises(CopydeskError, match="'p9'"):
        article.sentences_of("p9")


@pytest.mark.parametrize("text", ["", " \n\u00a0\ufeff\r\n", None, b"It rained.", 5])
def test_not_a_page(text: Any) -> None:
    with pytest.raises(CopydeskError, match="page"):
        parse_article(text)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "no words"),
        ("\ufeff \r\n\u00a0".encode(), "no words"),
        (b"Caf\xe9 opens", r"byte 3 is 0xe9.*UTF-8"),
        ("It rained.".encode("utf-16"), r"byte 0 is 0xff.*UTF-8"),
        (b"It rained.\0\0", "byte 10 is zero"),
    ],
)
def test_files_that_are_no_page(data: bytes, says: str, tmp_path: Path) -> None:
    path = tmp_path / "page.txt"
    path.write_bytes(data)
    with pytest.raises(CopydeskError, match=rf"(?s)page\.txt.*{says}"):
        read_page(path)


def test_paths_that_are_no_file(tmp_path: Path) -> None:
    for path, says in ((tmp_path / "none.txt", "no file"), (tmp_path, "is a folder"), ("a\0b", "cannot be read")):
        with pytest.raises(CopydeskError, match=says) as caught:
            read_page(path)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("This video is not available in your country.", "geo_block_notice"),
        ("REUTERS", "agency_line"),
        ("By The Associated Press", "agency_line"),
        ("(AFP/dpa)", "agency_line"),
        ("With material from AFP and Reuters.", "credit"),
        ("By staff and agencies", "byline"),
        ("BY MARA QUILL | LAKEPORT", "byline"),
        ("By Ines Vark, Tomas Ulm and Piet van der Hoek in Lakeport", "byline"),
        ("By the way, it rained", None),
        ("Editing by Ines Vark", "editor_credit"),
        ("Last updated on Wed 6 Mar 2024 14.02 CET", "update_stamp"),
        ("2024-03-06T14:02Z", "timestamp"),
        ("March 3, 2024, 2:15 p.m. EST", "timestamp"),
        ("In March 2024", None),
        ("Copyright 2024 Lakeport Gazette", "copyright"),
        ("A heron stands in the reeds. REUTERS/Mara Quill", "photo_caption_credit"),
        ("Image credit: Mara Quill", "credit"),
        ("Herons Image: Mara Quill.", "photo_caption_credit"),
        ("Photo by Mara Quill", "credit"),
        ("Tweet", "share_links"),
        ("He tweeted", None),
        ("World › Lakes", "section_label"),
        ("(Reporting by Ines Vark and Oda Lind in Riverton, Editing by Tomas Ulm.)", "editor_credit"),
        ("Related:", "links_heading"),
        ("Leave a comment", "comment_link"),
        ("POLITICS", "section_label"),
        ("ADVERTISEMENT", "advertisement"),
        ("Subscribe", "newsletter"),
        ("By Ada LundStaff Writer", "byline"),
        ("Posted on March 14, 2019 by Oda Renn", "byline"),
        ("Associated Press writers Ada Lund and Bo Ode contributed to this report.", "editor_credit"),
        ("You have 2 free articles left this month.", "site_notice"),
        ("“You have 2 free articles left,” he told his readers.", None),
        ("— Harbour Office (@harbour) March 3, 2024", "embed"),
        ("A fence. (Tom Vark/Norwick Herald)", "photo_caption_credit"),
        ("Publié le 12 mars 2021 à 06h15", "timestamp"),
        ("6:02amMonday 5 Feb 2024", "timestamp"),
        ("#goats #railway", "divider"),
    ],
)
def test_kind_by_words(line: str, kind: str | None) -> None:
    assert kind_by_words(line) == kind


def test_every_rule_is_reached_by_a_fixture_or_a_line() -> None:
    kinds = {kind for kind, _ in (*BY_WORDS, *BY_PLACE)}
    texts = [*map(read_page, PAGES), *(read_layout(p).text for p in layouts()), *(c.values[0]["text"] for c in CASES)]
    seen = {b.kind for text in texts for b in parse_article(text).furniture}
    assert kinds - seen - {None} <= {"geo_block_notice"}


@pytest.mark.parametrize(
    ("text", "dateline"),
    [
        ("LAKEPORT — The rain came.", "LAKEPORT"),
        ("NEW RIVERTON, Westshire (Lakeport Wire) -- Rain came.", "NEW RIVERTON, Westshire (Lakeport Wire)"),
        ("Lakeport, 3 March – Rain came.", "Lakeport, 3 March"),
        ("RIVERTON/LAKEPORT, Sept. 14 (AP) — “Rain came.”", "RIVERTON/LAKEPORT, Sept. 14 (AP)"),
        ("PARIS, 3 mars (AFP) - Rain came.", "PARIS, 3 mars (AFP)"),
        ("TOKYO, 3 March 2024, Kyodo News - Rain came.", "TOKYO, 3 March 2024, Kyodo News"),
        ("MOSCOW. March 3. INTERFAX - Rain came.", "MOSCOW. March 3. INTERFAX"),
        ("Mumbai, Mar 3 (PTI) Rain came.", "Mumbai, Mar 3 (PTI)"),
        ("March 3 (UPI) -- Rain came.", "March 3 (UPI)"),
        ("NORWICK, Velda, March 3, 2024 /PRNewswire/ -- Rain came.", "NORWICK, Velda, March 3, 2024 /PRNewswire/"),
        ("NEW RIVERTON: Rain came.", "NEW RIVERTON"),
        ("AFP - Rain came.", None),
        ("WARNING: Rain came.", None),
        ("NATO – the alliance – met.", None),
        ("BREAKING – Rain came.", None),
        ("– The rain came.", None),
        ("Lakeport – The rain came.", None),
    ],
)
def test_dateline(text: str, dateline: str | None) -> None:
    assert metadata(parse_article(text)).get("dateline") == dateline


@pytest.mark.parametrize(
    ("line", "who"),
    [
        ("Story by Ada Lund, Herald staff writer", "Ada Lund"),
        ("By Ada LundPolitical Editor", "Ada Lund"),
        ("ByAda LundReporter", "Ada Lund"),
        ("By Ada Lund Senior Reporter | Nov 8, 2023", "Ada Lund"),
        ("By Ada Lund @alund_example", "Ada Lund"),
        ("By Ada Lund For The Daily Quay", "Ada Lund"),
        ("By Dr. Ada Lund, M.D.", "Dr. Ada Lund"),
        ("By Ada Lund, Bo Ode\nand Ines Roe", "Ada Lund, Bo Ode\nand Ines Roe"),
        ("By:\nADA LUND", "ADA LUND"),
        ("By\nAda Lund\n,\nBo Ode\n&\nInes Roe", "Ada Lund\n,\nBo Ode\n&\nInes Roe"),
        ("Posted on March 14, 2019 by Oda Renn", "Oda Renn"),
        ("By María-José O’Neill-Ødegård and Łukasz Żak", "María-José O’Neill-Ødegård and Łukasz Żak"),
        ("By Zoe\u0301 N\u0303andu\u0301", "Zoe\u0301 N\u0303andu\u0301"),
        ("Von Ada Lund, Norwick", "Ada Lund"),
        ("Ada Lund in Norwick", "Ada Lund"),
        ("Ada Lund · Mere News · Posted: Nov 08, 2023", "Ada Lund"),
        ("Dana Holm / October 3, 2019", "Dana Holm"),
        ("Norwick Herald", None),
        ("Staff Writer", None),
    ],
)
def test_byline(line: str, who: str | None) -> None:
    text = f"Ferry fares rise again\n\n{line}\n\nFerry fares rise, the office said.\n\nHe said no."
    assert metadata(parse_article(text)).get("byline") == who


class TestCorrectedLines:
    """Where the reader is wrong, a story says what begins on a line."""

    PAGE = "Rain ends in Lakeport\n\nBy Mara Quill\n\nIt rained. He refused to leave.\n\nThe lamps went out.\n"

    def test_a_paragraph_becomes_furniture_and_furniture_a_paragraph(self) -> None:
        found = parse_article(self.PAGE, lines={3: "paragraph", 7: "caption"})
        assert [(b.id, b.kind, b.line) for b in found.blocks] == [
            ("f1", "headline", 1),
            ("p1", "paragraph", 3),
            ("p2", "paragraph", 5),
            ("f2", "caption", 7),
        ]
        assert found.metadata.byline is None and [s.id for s in found.sentences] == ["p1.s1", "p2.s1", "p2.s2"]

    @pytest.mark.parametrize(("lines", "said"), [({2: "caption"}, "line 2"), ({3: "poem"}, "'poem'")])
    def test_a_line_without_a_block_and_an_unknown_kind_are_refused(self, lines: dict[int, str], said: str) -> None:
        with pytest.raises(CopydeskError, match=said):
            parse_article(self.PAGE, lines=lines)


PATTERNS = [*(p for p in vars(credits).values() if isinstance(p, credits.Pattern)), *credits.DATELINES]


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda p: p.pattern[:20])
def test_whatever_a_pattern_matches_shows_its_sign(pattern: credits.Pattern) -> None:
    whole, found = re.compile(pattern.pattern), 0
    texts = [*map(read_page, PAGES), *(case.values[0]["text"] for case in CASES)]
    texts += ["The rain came. (AFP)", "AFP - Rain came.", "TOKYO, 3 March 2024, Kyodo News - Rain came."]
    for line in {line for text in texts for line in text.splitlines() if len(line) < 300}:
        for way in ("match", "fullmatch", "search"):
            matched = getattr(whole, way)(line)
            assert bool(getattr(pattern, way)(line)) == bool(matched), (way, line)
            found += bool(matched)
    assert found
