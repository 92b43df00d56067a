"""The page that a learner keeps: honest, complete in itself, and without the words of a story."""

import re
from pathlib import Path

import pytest

from copydesk.answers import folder
from copydesk.answers.place import remember_learner
from copydesk.desk import open_lesson
from copydesk.lessons.lesson import list_lessons, load_lesson
from copydesk.story.story import load_story
from copydesk.views.portfolio import FILE
from tests.page.test_html import HOSTILE, read
from tests.views.test_progress import finish, opened

LAST = "08_your_own_brief"


def kept() -> str:
    return (folder() / FILE).read_text("utf-8")


def body(html: str) -> str:
    return html.partition("<body>")[2].partition("</body>")[0]


def seen(html: str) -> str:
    return " ".join(read(body(html)).seen.split())


def test_without_work_nothing_is_written() -> None:
    assert open_lesson(LAST).portfolio("brief").plain.startswith("Your page is made from your work.")
    assert not (folder() / FILE).exists()


def test_it_says_what_was_shown_and_what_was_not() -> None:
    finish(load_lesson("04_which_words_frame"))
    file = opened(load_lesson("06_do_we_agree"))
    file.add_try("by_hand", {"values": {"pairs": 0.9}}, 0.0, 0.0)
    remember_learner(folder(), "Zoë Ñandú")
    page = open_lesson(LAST).portfolio("brief")
    assert str(folder() / FILE) in page.plain
    text = seen(kept())
    can, for_reader, not_yet = (text.index(t) for t in ("What I can do", "Handed in, for a reader", "Not shown yet"))
    assert "Name: Zoë Ñandú" in text and can < text.index("Find eight framing devices") < for_reader
    assert for_reader < text.index("Give a plainer wording") < not_yet < text.index("Compute percent agreement")
    assert "If you have time" not in text and "100 %" in text
    assert "My own brief" not in text, "there is none yet"
    assert {*re.findall(r"<h(\d)", page.html)} == {"3", "4"} and "<h1" in kept()


def test_the_brief_and_the_votes_are_on_it() -> None:
    for name in ("06_do_we_agree", LAST):
        finish(load_lesson(name))
    lesson = load_lesson("06_do_we_agree")
    items = [i.id for i in lesson.exercise("vote").listed_items()]
    opened(lesson).save("vote", {"choices": dict.fromkeys(items, "yes")})
    table = lesson.story.lessons[lesson.id]["class"]["vote"]
    share = sum(row["yes"] / sum(row.values()) for row in table.values()) / len(table)
    open_lesson(LAST).portfolio("brief")
    text = seen(kept())
    assert "My own brief" in text and "Headline" in text
    assert f"I coded {len(items)} pieces of a story. On average {100 * share:.0f} % of the class" in text
    assert "made up by the kit" in text, "it is said that no real class stands behind it"


def test_hostile_words_stay_words_and_nothing_is_fetched() -> None:
    remember_learner(folder(), HOSTILE)
    opened(load_lesson(LAST)).add_try("brief", {"texts": {"headline": HOSTILE, "brief": f"{HOSTILE}\n\nB"}}, 0.5, 6.0)
    page = open_lesson(LAST).portfolio("brief")
    for html in (body(kept()), page.html):
        reader = read(html)
        assert not {"script", "b", "img", "link"} & {*reader.tags} and HOSTILE in reader.seen
    assert "default-src 'none'" in kept() and not re.search(r"https?://|url\(|@import", kept())


def test_a_page_that_cannot_be_written_can_be_downloaded(monkeypatch: pytest.MonkeyPatch) -> None:
    finish(load_lesson("00_start_here"))

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("copydesk.views.portfolio.write", full)
    page = open_lesson(LAST).portfolio("brief")
    assert "No space left on device" in page.plain and 'download="portfolio.html"' in page.html


def test_no_words_of_a_story_are_on_it() -> None:
    """Apart from what the learner wrote."""
    lessons = [load_lesson(name) for name in list_lessons()]
    for lesson in lessons:
        finish(lesson)
    opened(load_lesson(LAST)).save("brief", {"texts": {"headline": "Mine", "brief": "My own words."}})
    open_lesson(LAST).portfolio("brief")
    words = re.findall(r"\w+", seen(kept()))
    runs = {tuple(words[n : n + 7]) for n in range(len(words))}
    for story in (load_story("baltics-2022"), *(lesson.story for lesson in lessons)):
        page = re.findall(r"\w+", story.article.text)
        assert not runs & {tuple(page[n : n + 7]) for n in range(len(page) - 6)}
        assert Path(story.folder).name not in kept()
