"""Stories in other languages, one of them written from right to left: read, keyed by hand, taught in English."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from copydesk.base.wording import direction
from copydesk.desk import open_lesson
from copydesk.lessons.lesson import load_lesson
from copydesk.page.html import blocks, table
from copydesk.page.sentences import split_sentences
from copydesk.story.story import Story, forget_stories, load_story
from copydesk.views.comparisons import finder_page, word_list_page
from copydesk_classroom.checking import check_scoring, key_faults, lesson_faults
from copydesk_classroom.stories.lessons import MADE, write_lessons

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "stories"


@pytest.fixture(params=["harbour-he", "harbour-de"])
def foreign(request: pytest.FixtureRequest, tmp_path: Path) -> Story:
    return made(tmp_path, request.param)


@pytest.fixture
def hebrew(tmp_path: Path) -> Story:
    return made(tmp_path, "harbour-he")


def made(tmp_path: Path, name: str) -> Story:
    """The story with the lessons that its key gives."""
    shutil.copytree(FIXTURES / name, tmp_path / name)
    forget_stories()
    write_lessons(tmp_path / name)
    return load_story(tmp_path / name)


def test_its_key_and_its_lessons_are_sound(foreign: Story) -> None:
    assert foreign.key and key_faults(foreign.key, foreign.article) == []
    for lesson in (load_lesson(name, foreign) for name in MADE):
        assert lesson_faults(lesson) == [] and all(check.holds for check in check_scoring(lesson))


def test_the_finder_says_that_it_reads_english(foreign: Story) -> None:
    assert repr(finder_page(foreign)).startswith("The finder reads English, and this story is in another language")
    assert repr(word_list_page(foreign)).startswith("The word list is English, and this story is in another language")
    desk = open_lesson(MADE[1], foreign)
    assert "the finder reads English" in repr(desk.exercise("foil"))


def test_the_text_runs_its_own_way_and_the_interface_is_english(hebrew: Story) -> None:
    desk = open_lesson(MADE[1], hebrew)
    for page in (desk.page(), desk.read(), desk.worked_example("worked")):
        shown = re.findall(r'<p class="cd-block"([^>]*)>', page.html)
        assert shown and {*shown} == {' lang="he" dir="rtl"'}
    for exercise in desk.lesson.exercises:
        on = desk.lesson.on_story_of(exercise).story
        spec = exercise.full_view(on)
        assert (spec["lang"], spec["dir"]) == (("he", "rtl") if on is hebrew else ("en", "ltr"))
    sorted_ = desk.lesson.exercise("voice").full_view(hebrew)["items"]
    assert sorted_ and all(item["of_story"] for item in sorted_)


def test_words_that_run_the_other_way_stand_by_themselves_in_a_table() -> None:
    html = table(["a", "b"], [["rain", "גשם, היום."], ["snow", "wet"]])
    assert '<td dir="auto">גשם, היום.</td>' in html and "<td>wet</td>" in html


def test_a_page_in_english_says_so() -> None:
    story = load_story("practice")
    shown = {b.id: b for b in story.article.paragraphs}
    assert 'lang="en" dir="ltr"' in blocks(story.article.text, shown, lang="en")


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("he", "rtl"),
        ("ar-SA", "rtl"),
        ("fa", "rtl"),
        ("ur-PK", "rtl"),
        ("az-Arab", "rtl"),
        ("uz-Latn", "ltr"),
        ("de", "ltr"),
    ],
)
def test_which_way_a_language_runs(language: str, expected: str) -> None:
    assert direction(language) == expected


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("Die Fähre fährt ab dem 3. Februar wieder. Der Rat tagt am 12. März.", 2),
        ("Das Schiff stammt aus dem 19. Jahrhundert. Es sank im 2. Weltkrieg.", 2),
        ("Es kamen 3. Der Rest blieb.", 2),
        ("It was built in 1990. August was hot.", 2),
        ("The score was 12. It rained.", 2),
    ],
)
def test_a_number_with_a_full_stop_can_be_a_date(text: str, n: int) -> None:
    assert len(split_sentences(text)) == n
