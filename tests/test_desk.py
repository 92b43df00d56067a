"""The desk: what a notebook cell shows, with a key and without."""

from dataclasses import replace
from pathlib import Path

import pytest

import copydesk
from copydesk.base.errors import CopydeskError
from copydesk.base.wording import load_wording
from copydesk.desk import hand_in, open_lesson
from copydesk.page.html import Page
from copydesk.story.story import Story


def test_opening_a_lesson_says_where_the_work_is_kept(own_answers: Path) -> None:
    desk = copydesk.open_lesson("02_who_says_so")
    assert repr(desk) == "<Desk: lesson 02_who_says_so on 'baltics-2022'>"
    assert str(own_answers) in desk._repr_html_()
    assert desk.story.about["content_note"][:40] in desk._repr_html_()
    assert desk.answers.path == own_answers / "baltics-2022" / "02_who_says_so.json"


def test_a_notice_of_the_answer_file_is_shown(own_answers: Path) -> None:
    path = own_answers / "practice" / "00_start_here.json"
    path.parent.mkdir()
    path.write_bytes(b"not json <b>")
    desk = open_lesson("00_start_here")
    assert desk.answers.notice and desk.answers.notice.split(";")[0] in desk._repr_html_().replace("&#x27;", "'")
    assert "<b>" not in desk._repr_html_()


def test_a_graded_edition_says_so(practice: Story) -> None:
    note = load_wording("strings")["lesson"]["graded_note"]
    desk = open_lesson("00_start_here")
    assert note not in desk._repr_html_()
    blind = replace(desk.lesson, story=replace(practice, key=None))
    desk = type(desk)(blind, desk.answers)
    assert note in desk._repr_html_()
    assert not desk.speakers() and "no key" in repr(desk.speakers()) == repr(desk.devices())
    assert set(desk.result().scores.values()) == {None}


def test_work_is_there_again_when_the_lesson_is_opened_again() -> None:
    answer = {"choices": {"p1.s1": "reporter"}}
    open_lesson("00_start_here").answers.save("voices", answer)
    assert open_lesson("00_start_here").exercise("voices").answer["value"] == answer


def test_pages_show_themselves() -> None:
    desk = open_lesson("02_who_says_so")
    story, devices = desk.story, open_lesson("04_which_words_frame")
    assert repr(desk.page()) == "17 blocks" and desk.page()._repr_html_().count("cd-blockname") >= 17
    assert repr(desk.read()) == "10 paragraphs"
    assert repr(devices.read("devices")) == "4 paragraphs"
    assert ">p10<" in desk.read()._repr_html_() and ">17<" not in desk.read()._repr_html_()
    assert ">17<" in desk.page()._repr_html_()
    assert not any(f">{name}<" in desk.page()._repr_html_() for name in ("f1", "p1")), "gives the sorting away"
    assert story.article.block("p1").of(story.article.text)[:20] in devices.read("devices")._repr_html_()
    assert isinstance(desk.page(), Page)


def test_a_worked_example_shows_its_marks_with_a_legend() -> None:
    page = open_lesson("02_who_says_so").worked_example("worked")
    assert repr(page) == "a worked example with 3 marks"
    assert all(f"cd-m-{role}" in page._repr_html_() for role in ("source", "cue", "content"))
    assert "Q = content" in page._repr_html_()


def test_counts_come_from_the_key() -> None:
    desk = open_lesson("02_who_says_so")
    assert desk.speakers() == {"Kaja Kallas": 7, "Russia": 3, "One NATO diplomat": 1}
    assert sum(desk.devices().values()) == 34


def test_figures_have_words_and_a_table() -> None:
    desk = open_lesson("07_what_was_going_on")
    for figure in (desk.timeline(), desk.voices()):
        html = figure._repr_html_()
        assert figure.alt and figure.caption and figure.table.rows and "<table" in html and 'alt="' in html
    day = desk.story.date
    assert all(fact.known_on(day) for fact in desk.facts(known=True))
    assert len(desk.facts(known=True)) < len(desk.facts())


def test_hindsight_is_asked_for() -> None:
    desk = open_lesson("07_what_was_going_on")
    assert len(desk.timeline(later=True).table.rows) >= len(desk.timeline().table.rows)


def test_what_is_not_there_is_said_in_a_sentence(practice: Story) -> None:
    desk = open_lesson("00_start_here")
    with pytest.raises(CopydeskError, match="no exercise 'last_mark'; there are: first_mark"):
        desk.exercise("last_mark")
    with pytest.raises(CopydeskError, match="'practice' has no timeline"):
        desk.timeline()
    blind = type(desk)(replace(desk.lesson, story=replace(practice, key=None)), desk.answers)
    for shown in (blind.voices(), blind.sourcing()):
        assert "no key" in repr(shown)
    with pytest.raises(CopydeskError, match="no lesson named '99'"):
        open_lesson("99")


def test_handing_in_without_a_button(tmp_path: Path) -> None:
    open_lesson("00_start_here").answers.save("voices", {"choices": {"p1.s1": "reporter"}})
    packed = hand_in(to=tmp_path)
    assert packed.path == tmp_path / "handin_anonymous.json" and len(packed.contents) == 1
    assert hand_in("practice", to=tmp_path).path.name == "handin_anonymous_practice.json"
    assert packed.path.parent == tmp_path and packed.path.stat().st_size == packed.bytes and packed.contents
    desk = open_lesson("00_start_here")
    assert [type(b).__name__ for b in (desk.name(), desk.hand_in())] == ["VBox", "VBox"]


def test_the_package_offers_its_names_late() -> None:
    assert set(copydesk.__all__) <= set(dir(copydesk))
    assert copydesk.CopydeskError is CopydeskError
    with pytest.raises(AttributeError, match="no attribute 'open_leson'"):
        copydesk.open_leson  # noqa: B018


def test_the_finder_waits_until_the_marking_was_checked() -> None:
    desk = open_lesson("02_who_says_so")
    assert (
        repr(desk.finder(after="mark_alone")) == "First do “On your own” and check it once; then run this cell again."
    )
    desk.answers.add_try("mark_alone", {"groups": []}, 0.0, 0.0)
    assert "11 counted attributions" in repr(desk.finder(after="mark_alone"))
    assert repr(desk.finder()) == repr(desk.finder(after="mark_alone"))
