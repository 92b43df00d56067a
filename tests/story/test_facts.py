"""Facts: every row of the built-in story, and every way a row can be wrong."""

import csv
import datetime as dt
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from copydesk.base.errors import CopydeskError
from copydesk.story.facts import COLUMNS, Fact, by_id, read_facts

FILE = Path(__file__).parents[2] / "seeds/baltics-2022/context/facts.csv"
STORY = dt.date(2022, 1, 12)
GOOD = {
    "id": "treaty",
    "date": "2014-03-18",
    "known_from": "2014-03-18",
    "kind": "crimea",
    "statement": "Russia signed an accession treaty.",
    "source_publisher": "Euroradio",
    "source_title": "Council approves",
    "source_url": "https://euroradio.fm/en",
    "source_class": "news",
    "confidence": "verified",
}


@pytest.fixture(scope="module")
def facts() -> tuple[Fact, ...]:
    return read_facts(FILE)


def write(folder: Path, *rows: dict[str, str], columns: tuple[str, ...] = COLUMNS) -> Path:
    path = folder / "facts.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        sheet = csv.DictWriter(file, columns, restval="", extrasaction="ignore")
        sheet.writeheader()
        sheet.writerows(rows)
    return path


def test_the_built_in_story_reads_whole(facts: tuple[Fact, ...]) -> None:
    assert len(facts) == 161
    assert Counter(fact.confidence for fact in facts)["verified"] == 149
    assert all(fact.standing == "verified" for fact in facts if fact.settled)
    assert not any(fact.standing == "verified" for fact in facts if not fact.settled)


def test_a_year_alone_never_becomes_a_day(facts: tuple[Fact, ...]) -> None:
    kaliningrad = by_id(facts, "kaliningrad")
    assert (kaliningrad.date, kaliningrad.year, kaliningrad.when) == (None, 2021, "2021")
    assert not kaliningrad.known_on(dt.date(2021, 12, 30))
    assert kaliningrad.known_on(dt.date(2021, 12, 31))
    assert by_id(facts, "border-ltu-pol").when == "undated"


def test_a_secret_counts_from_the_day_it_was_told(facts: tuple[Fact, ...]) -> None:
    for name, day in (("baltic-pact", dt.date(1948, 12, 31)), ("crimea-troops", dt.date(2014, 4, 17))):
        fact = by_id(facts, name)
        assert fact.date and fact.date < day and fact.known_from == day


def test_the_line_of_1997_was_known_with_the_drafts(facts: tuple[Fact, ...]) -> None:
    drafts = by_id(facts, "draft-treaties")
    assert "27 May 1997" in drafts.statement and drafts.known_on(STORY)


def test_no_row_waits_for_a_better_source(facts: tuple[Fact, ...]) -> None:
    assert not [fact.id for fact in facts if "replace" in fact.note.casefold() or "gtm.js" in fact.source_url]
    assert not [fact.id for fact in facts if fact.source_class == "weak"]


def test_known_on_the_day_of_the_story(facts: tuple[Fact, ...]) -> None:
    known = {fact.id for fact in facts if fact.known_on(STORY)}
    assert {"nrc-brussels", "draft-treaties"} <= known
    assert not known & {"invasion", "efp-2022-latvia", "border-ltu-pol"}
    members = [f for f in facts if f.known_on(STORY) and f.kind == "nato_accession"]
    assert len(members) == 30


@pytest.mark.parametrize(
    ("confidence", "source_class", "standing"),
    [
        ("verified", "primary", "verified"),
        ("verified", "weak", "checked only against a weak host"),
        ("verified", "computed", "computed from the map layers"),
        ("weak source", "weak", "checked only against a weak host"),
        ("partly verified", "primary", "partly verified"),
        ("computed", "primary", "computed from the map layers"),
        ("unverified", "news", "unverified"),
    ],
)
def test_standing_never_promises_more_than_the_source(confidence: str, source_class: str, standing: str) -> None:
    fact = Fact(id="a", kind="x", statement="…", source_class=source_class, confidence=confidence)
    assert fact.standing == standing
    assert fact.settled == (standing == "verified")


def test_credit_is_one_line_of_what_there_is(tmp_path: Path) -> None:
    (fact,) = read_facts(write(tmp_path, GOOD | {"source_title": "Council\n approves"}))
    assert fact.credit == "Euroradio, Council approves, https://euroradio.fm/en"
    (fact,) = read_facts(write(tmp_path, GOOD | {"source_title": "", "source_url": ""}))
    assert fact.credit == "Euroradio"


def test_a_spreadsheet_may_add_a_mark_columns_and_blank_lines(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD | {"mine": "x"}, {}, columns=(*COLUMNS, "mine"))
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert [fact.id for fact in read_facts(path)] == ["treaty"]


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("id", "", "empty"),
        ("statement", " ", "empty"),
        ("kind", "", "empty"),
        ("date", "12/01/2022", "'12/01/2022' is no date; write 2022-01-12"),
        ("date", "2022-02-30", "is no date"),
        ("date", "20220112", "is no date"),
        ("date", "0000", "is no date"),
        ("date", "٢٠٢٢", "is no date"),
        ("known_from", "soon", "or leave it empty"),
        ("source_class", "blog", "unknown value 'blog'; write one of: primary, news"),
        ("confidence", "Verified", "write one of: verified, weak source"),
        ("source_url", "javascript:alert(1)", "is no web address"),
    ],
)
def test_a_bad_cell_is_named_with_its_remedy(tmp_path: Path, column: str, value: str, says: str) -> None:
    path = write(tmp_path, GOOD, GOOD | {"id": "second", column: value})
    with pytest.raises(CopydeskError) as caught:
        read_facts(path)
    assert f"{path}, line 3, column {column!r}: " in str(caught.value)
    assert says in str(caught.value)


def test_a_name_used_twice_is_refused_whatever_its_case(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD | {"statement": "Two\nlines."}, GOOD | {"id": "Treaty"})
    with pytest.raises(CopydeskError, match=r"line 4, column 'id': 'Treaty' is already used in line 2"):
        read_facts(path)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"", "line 1, column 'id': missing"),
        (b"id;date;kind\n", "separated by commas"),
        ((",".join(COLUMNS) + ",id\n").encode(), "column 'id': twice"),
        ((",".join(COLUMNS) + "\ntreaty,2014\n").encode(), "line 2, column 'date': 2 cells under 14 headings"),
        ((",".join(COLUMNS) + "\n" + "," * 14 + "x\n").encode(), "line 2, column 'note': 15 cells"),
        ((",".join(COLUMNS) + '\n"treaty\n').encode(), "unclosed quotation mark"),
        (b"\xff\xfei\x00d\x00", "not UTF-8; save it as CSV UTF-8"),
    ],
)
def test_a_file_that_is_no_fact_file_says_so(tmp_path: Path, text: bytes, says: str) -> None:
    path = tmp_path / "facts.csv"
    path.write_bytes(text)
    with pytest.raises(CopydeskError) as caught:
        read_facts(path)
    assert says in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(CopydeskError, match="cannot read"):
        read_facts(tmp_path / "none.csv")


def test_a_file_too_large_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "facts.csv").open("wb") as file:
        file.truncate(10**11)  # a hole: it takes no room on the disk
    with pytest.raises(CopydeskError, match="larger than 1 MB"):
        read_facts(tmp_path / "facts.csv")


def test_an_unknown_name_gets_a_suggestion(facts: tuple[Fact, ...]) -> None:
    with pytest.raises(CopydeskError, match="did you mean: invasion"):
        by_id(facts, "invation")
    with pytest.raises(CopydeskError, match="holds 161"):
        by_id(facts, "?")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_are_facts_or_a_sentence(tmp_path: Path, noise: bytes, headed: bool) -> None:
    path = tmp_path / "facts.csv"
    path.write_bytes((",".join(COLUMNS) + "\n").encode() * headed + noise)
    try:
        assert isinstance(read_facts(path), tuple)
    except CopydeskError as error:
        assert str(path) in str(error)
        assert error.remedy
