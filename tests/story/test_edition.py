"""What an edition says of itself: its story opens, its course and due date show, and it stops nobody."""

import datetime as dt
import shutil
from pathlib import Path

import pytest

import copydesk
from copydesk.base.errors import CopydeskError
from copydesk.story.edition import FILE, SCHEMA, Edition, edition_words, parse_due, read_edition, say_due
from copydesk.story.story import edition, story_in_use

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
NOON = dt.datetime(2027, 3, 1, 12, tzinfo=dt.UTC)
WHOLE = f"""schema = "{SCHEMA}"
course = "News <101>"
due = 2027-03-01
graded = true
story = "ours"
lessons = ["00_start_here"]
"""


@pytest.fixture
def released(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder like an edition's, with one story and no key; we stand in its notebooks."""
    shutil.copytree(SEEDS / "practice", tmp_path / "seeds" / "ours", ignore=shutil.ignore_patterns("key.json"))
    shutil.copytree(tmp_path / "seeds" / "ours", tmp_path / "seeds" / "practice")
    (tmp_path / FILE).write_text(WHOLE, "utf-8")
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path / "notebooks")
    return tmp_path


def test_the_story_of_the_edition_is_the_one_in_use(released: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert edition() == Edition("News <101>", dt.date(2027, 3, 1), True, "ours", ("00_start_here",))
    assert story_in_use() == "ours" == copydesk.load_story().id
    assert [row.lesson for row in copydesk.progress().rows] == ["00_start_here"]
    monkeypatch.setenv("COPYDESK_STORY", "practice")
    assert story_in_use() == "practice"


def test_the_first_cell_shows_course_and_due_date_escaped(released: Path) -> None:
    html = copydesk.open_lesson("00_start_here")._repr_html_()
    assert "News &lt;101&gt;" in html and "News <101>" not in html and "1 March 2027" in html


def test_after_the_due_date_a_kind_word_and_open_doors(released: Path) -> None:
    (released / FILE).write_text(WHOLE.replace("2027", "2021"), "utf-8")
    desk = copydesk.open_lesson("00_start_here")
    assert "It was due on 1 March 2021. You can still work and hand in" in desk._repr_html_()
    desk.answers.save("voices", {"choices": {"p1.s1": "reporter"}})
    assert desk.exercise("voices").check().status == "received"


def test_outside_of_a_release_nothing_is_said() -> None:
    assert edition() == Edition() and edition_words(edition()) == []


@pytest.mark.parametrize(
    ("due", "moment", "over"),
    [
        (None, NOON, False),
        (dt.date(2027, 3, 1), NOON, False),
        (dt.date(2027, 2, 27), NOON, True),
        (dt.datetime(2027, 3, 1, 12, tzinfo=dt.UTC), NOON, False),
        (dt.datetime(2027, 3, 1, 12, tzinfo=dt.UTC), NOON.replace(second=59, microsecond=5), False),
        (dt.datetime(2027, 3, 1, 12, tzinfo=dt.UTC), NOON.replace(minute=1), True),
        (dt.datetime(2027, 3, 1, 11, 59, tzinfo=dt.UTC), NOON, True),
        (dt.datetime(2027, 3, 1, 14, 30, tzinfo=dt.timezone(dt.timedelta(hours=3))), NOON, True),
        (dt.datetime(2027, 3, 3, 12), NOON, False),
    ],
)
def test_a_day_lasts_to_its_end_and_a_moment_to_itself(due: dt.date | None, moment: dt.datetime, over: bool) -> None:
    assert Edition(due=due).is_over(moment) is over
    said = edition_words(Edition(due=due), moment)
    assert [("still" in s) for s in said] == ([] if due is None else [over])


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("", None),
        ("  ", None),
        (" 2027-03-01 ", dt.date(2027, 3, 1)),
        ("20270301", dt.date(2027, 3, 1)),
        ("2027-03-01T18:30", dt.datetime(2027, 3, 1, 18, 30)),
        ("2027-03-01 12:00Z", NOON),
    ],
)
def test_what_is_typed_is_a_day_or_a_moment(text: str, due: dt.date | None) -> None:
    assert parse_due(text) == due and type(parse_due(text)) is type(due) and parse_due(due) is due


@pytest.mark.parametrize("text", ["soon", "2027-02-30", "01.03.2027", "2027-03-01T25:00"])
def test_what_is_no_date_is_said_with_one(text: str) -> None:
    with pytest.raises(CopydeskError, match=f"'{text}' is no date; write 2027-03-01 or 2027-03-01T23:59"):
        parse_due(text)


def test_a_zone_is_said_where_it_is_given() -> None:
    there = dt.timezone(dt.timedelta(hours=2))
    assert say_due(dt.datetime(2027, 3, 1, 18, tzinfo=there)) == "1 March 2027, 18:00 UTC+02:00"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not toml",
        "\x00",
        'schema = "other"\nstory = "ours"',
        f'schema = "{SCHEMA}"\nstory = 7\nlessons = 3\ncourse = []\ndue = "soon"\ngraded = "yes"',
    ],
)
def test_what_cannot_be_read_stops_nobody(text: str, tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(text, "utf-8")
    assert read_edition(tmp_path) == Edition()
    (tmp_path / FILE).write_bytes(b"\xff\xfe")
    assert read_edition(tmp_path) == Edition() == read_edition(tmp_path / "nowhere")


def test_lessons_of_another_kind_are_left_aside(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(f'schema = "{SCHEMA}"\nlessons = ["99_none", 7]', "utf-8")
    assert read_edition(tmp_path).lessons == ("99_none",)
