"""The desk: what a notebook cell shows, with a key and without."""

from collections.abc import Callable
from dataclasses import replace
from inspect import Parameter, signature
from pathlib import Path
from typing import Any

import pytest

import copydesk
from copydesk.base.errors import CopydeskError
from copydesk.base.wording import load_wording
from copydesk.desk import Desk, hand_in, open_lesson
from copydesk.lessons.lesson import list_lessons
from copydesk.page.html import Page
from copydesk.story.story import Story
from copydesk.widgets import later


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
    assert ">¶ 10<" in desk.read()._repr_html_() and ">17<" not in desk.read()._repr_html_()
    assert ">17<" in desk.page()._repr_html_()
    assert not any(f">{name}<" in desk.page()._repr_html_() for name in ("f1", "p1")), "gives the sorting away"
    assert story.article.block("p1").of(story.article.text)[:20] in devices.read("devices")._repr_html_()
    assert isinstance(desk.page(), Page)


def test_a_worked_example_shows_its_marks_with_a_legend() -> None:
    page = open_lesson("02_who_says_so").worked_example("worked")
    assert repr(page) == "a worked example with 3 marks"
    assert all(f"cd-m-{role}" in page._repr_html_() for role in ("source", "cue", "content"))
    assert "Co = content" in page._repr_html_()


def finish(desk: Desk, exercise_id: str) -> None:
    """Use up the tries of an exercise; one that has none is answered."""
    exercise = desk.lesson.exercise(exercise_id)
    for _ in range(exercise.tries):
        desk.answers.add_try(exercise_id, {"choices": {}}, 0.0, 0.0)
    if not exercise.tries:
        desk.answers.save(exercise_id, {"values": {"x": "1"}})


def test_counts_come_from_the_key() -> None:
    desk, devices = open_lesson("02_who_says_so"), open_lesson("04_which_words_frame")
    finish(desk, "exit")
    finish(devices, "devices")
    shown = desk.speakers(after="exit")
    assert repr(shown).endswith("Kaja Kallas: 7; Russia: 3; One NATO diplomat: 1.")
    assert '<th scope="row">Kaja Kallas</th><td class="cd-num">7</td>' in shown._repr_html_()
    shown = devices.devices(after="devices")
    assert "metaphor: 3" in repr(shown) and "owned_term" not in repr(shown) and repr(shown).endswith("together: 34.")
    measures = open_lesson("03_how_strong_is_the_sourcing")
    finish(measures, "numbers")
    assert "sum of squared shares: 0.49, 0.55; effective number of sources: 2.05, 1.82" in repr(
        measures.diversity(after="numbers")
    )


def test_figures_have_words_and_a_table() -> None:
    desk = open_lesson("07_what_was_going_on")
    finish(desk, "order")
    now, later = desk.timeline(after="order"), desk.timeline(after="order", later=True)
    figure = desk.voices(after="order")
    html = figure._repr_html_()
    assert (
        figure.alt and figure.caption and figure.table.rows and "<table" in html and 'role="img" aria-label="' in html
    )
    assert len(later.html) > len(now.html), "hindsight is asked for"


def test_how_a_class_agreed_waits_for_the_learners_own_votes() -> None:
    desk = open_lesson("06_do_we_agree")
    assert repr(desk.agreement("vote", "revote")) == repr(desk.split("vote")) == told("first_do", "First vote")
    for name in ("vote", "revote"):
        desk.answers.save(name, {"choices": {"v1": "yes"}})
    shown = desk.agreement("vote", "revote")
    assert "First vote: 62 %, 0.23, 0.03 to 0.42; Second vote, by your rule: 79 %" in repr(shown)
    assert "<table" in shown._repr_html_() and "Agreement(" not in repr(shown)


WAITS = sorted(n for n, m in vars(Desk).items() if n[0] != "_" and callable(m) and "after" in signature(m).parameters)
OPEN = ["page", "read", "cards", "swap", "retellings", "rubric", "worked_example"]
"""What shows texts to read, the same with a key and without."""
OWN = ["portfolio", "exercise", "result", "discernment", "name", "hand_in", "split", "agreement", "map", "ready"]
"""What shows the learner’s own work, votes of a class, the map, and whether the lesson is ready."""


def told(name: str, title: str) -> str:
    return load_wording("strings")["lesson"][name].format(title=title)


def test_every_way_to_show_something_is_known() -> None:
    public = [n for n, m in vars(Desk).items() if n[0] != "_" and callable(m)]
    assert sorted(public) == sorted([*WAITS, *OPEN, *OWN])
    assert [
        *("devices", "diversity", "finder", "frames", "sourcing", "speakers", "timeline", "voices", "word_list")
    ] == WAITS


@pytest.mark.parametrize("name", WAITS)
def test_what_shows_answers_waits_until_the_exercise_is_finished(name: str) -> None:
    desk = open_lesson("07_what_was_going_on")
    show, wait = getattr(desk, name), told("first_finish", desk.lesson.exercise("claims").title)
    assert signature(show).parameters["after"].default is Parameter.empty, "there is no way round the gate"
    assert repr(show(after="claims")) == wait
    desk.answers.add_try("claims", {"choices": {"x": "y"}}, 0.2, 0.0)
    assert repr(show(after="claims")) == wait, "a try is left"
    desk.answers.add_try("claims", {"choices": {"x": "y"}}, 0.2, 0.0)
    assert repr(show(after="claims")) != wait
    desk.answers.restart("claims")
    assert repr(show(after="claims")) != wait, "the key was seen"


@pytest.mark.parametrize(
    ("ask", "then"),
    [
        (lambda desk: desk.speakers(after="claims"), "<table"),
        (lambda desk: desk.voices(after="claims"), "<table"),
        (lambda desk: desk.sourcing(after="claims"), "run this cell again"),
    ],
    ids=["table", "figure", "controls"],
)
def test_what_waits_takes_its_place_once_the_exercise_is_finished(
    ask: Callable[[Desk], Any], then: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    monkeypatch.setattr(later, "display", lambda data, **more: shown.append(data["text/html"]))
    monkeypatch.setattr(later, "update_display", lambda data, **more: shown.append(data["text/html"]))
    desk = open_lesson("07_what_was_going_on")
    ask(desk)._ipython_display_()
    later.refresh_following(desk.answers)
    assert len(shown) == 1 and "Finish" in shown[0]
    for _ in range(2):
        desk.answers.add_try("claims", {"choices": {"x": "y"}}, 0.2, 0.0)
    later.refresh_following(desk.answers)
    later.refresh_following(desk.answers)
    assert len(shown) == 2 and then in shown[1] and "Finish" not in shown[1]


def test_a_try_that_passed_opens_nothing_before_the_key_is_chosen() -> None:
    desk = open_lesson("02_who_says_so")
    desk.answers.add_try("mark_alone", {"groups": []}, 0.9, 0.0, key_waits=True)
    assert repr(desk.finder(after="mark_alone")) == told("first_finish", "On your own")
    desk.answers.show_key("mark_alone")
    assert "11 counted attributions" in repr(desk.finder(after="mark_alone"))
    assert repr(desk.discernment("voice")) == told("first_finish", desk.lesson.exercise("voice").title)


@pytest.mark.parametrize("name", OPEN)
def test_texts_to_read_are_the_same_without_a_key(name: str) -> None:
    ids = {"cards": "07/cases", "swap": "04/swap", "retellings": "08/drifts", "worked_example": "02/worked"}
    lesson, _, exercise = ids.get(name, "03/").partition("/")
    desk = open_lesson(next(i for i in list_lessons() if i.startswith(lesson)))
    blind = Desk(replace(desk.lesson, story=replace(desk.story, key=None)), desk.answers)
    shown, other = (getattr(d, name)(*filter(None, [exercise])) for d in (desk, blind))
    assert shown._repr_html_() == other._repr_html_()


def test_a_cell_that_runs_without_the_first_one_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    from IPython.core.interactiveshell import InteractiveShell

    code = "from copydesk.desk import desk\n\ndesk.read()"
    monkeypatch.setattr("copydesk.desk.OPENED", [])
    shell, shown = InteractiveShell(), []
    monkeypatch.setattr(shell, "_showtraceback", lambda kind, error, lines: shown.append(lines))
    assert isinstance(shell.run_cell(code).error_in_exec, CopydeskError)
    why = "No lesson is open: the first cell has not run since the kernel started"
    assert shown == [[f"{why}; in the menu Run, choose Run All Cells (by touch: ▶▶ at the top)."]]
    opened = open_lesson("02_who_says_so")
    assert shell.run_cell("from copydesk.desk import desk").success and shell.user_ns["desk"] is opened


def test_what_is_not_there_is_said_in_a_sentence(practice: Story) -> None:
    desk = open_lesson("00_start_here")
    with pytest.raises(CopydeskError, match="no exercise 'last_mark'; there are: first_mark"):
        desk.exercise("last_mark")
    assert repr(desk.timeline(after="voices")) == "This story has no timeline."
    blind = type(desk)(replace(desk.lesson, story=replace(practice, key=None)), desk.answers)
    for show in (blind.voices, blind.sourcing, blind.speakers, blind.devices, blind.diversity, blind.frames):
        assert "no key" in repr(show(after="voices"))
    with pytest.raises(CopydeskError, match="no lesson named '99'"):
        open_lesson("99")


def test_handing_in_without_a_button(tmp_path: Path) -> None:
    open_lesson("00_start_here").answers.save("voices", {"choices": {"p1.s1": "reporter"}})
    packed = hand_in(to=tmp_path)
    assert packed.path == tmp_path / "handin_anonymous.json" and len(packed.contents) == 1
    assert hand_in("practice", to=tmp_path).path.name == "handin_anonymous_practice.json"
    assert packed.path.parent == tmp_path and packed.path.stat().st_size == packed.bytes and packed.contents
    desk = open_lesson("00_start_here")
    assert [type(b).__name__ for b in (desk.name(), desk.hand_in())] == ["Controls", "Controls"]


def test_the_package_offers_its_names_late() -> None:
    assert set(copydesk.__all__) <= set(dir(copydesk))
    assert copydesk.CopydeskError is CopydeskError
    with pytest.raises(AttributeError, match="no attribute 'open_leson'"):
        copydesk.open_leson  # noqa: B018
