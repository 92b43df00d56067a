"""An exercise for which a story has nothing is left out, with one sentence: in notebooks, results and the check."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from copydesk.base.errors import CopydeskError
from copydesk.checkup.doctor import check_notebooks
from copydesk.cli import main
from copydesk.desk import Desk, open_lesson
from copydesk.lessons.lesson import list_lessons, load_lesson
from copydesk.lessons.results import results
from copydesk.page.html import Page
from copydesk.story.story import load_story
from copydesk.views.progress import progress
from copydesk_classroom.checking import lesson_faults

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
KINDS = "03_how_strong_is_the_sourcing"
WHO = "02_who_says_so"
BARE = "".join(f"[{name}]\n" for name in list_lessons())


def bare(seeds: Path, lessons: str = BARE, *, key: bool = True) -> Path:
    """The practice page in a story that says nothing for any lesson."""
    folder = seeds / "bare"
    folder.mkdir()
    for name in ("page.txt", "story.toml", *(["key.json"] if key else [])):
        (folder / name).write_bytes((seeds / "practice" / name).read_bytes())
    (folder / "lessons.toml").write_text(lessons, encoding="utf-8")
    return folder


def calls(notebook: Path) -> list[str]:
    """What each cell after the first says to the desk."""
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    code = ("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    return [found[0] for source in code if (found := re.search(r"^desk\.\w+\(.*\)$", source, re.M))]


@pytest.mark.parametrize("lesson", [name for name in list_lessons() if name != "00_start_here"])
@pytest.mark.parametrize("key", [True, False])
def test_a_notebook_runs_on_a_story_that_says_nothing(lesson: str, key: bool, seeds: Path) -> None:
    desk = open_lesson(lesson, load_story(bare(seeds, key=key)))
    assert desk.lesson.left_out
    said = [eval(call, {"desk": desk}) for call in calls(NOTEBOOKS / f"{lesson}.ipynb") if "hand_in" not in call]
    told = [repr(page) for page in said if isinstance(page, Page)]
    assert {*desk.lesson.left_out.values()} <= {*told}
    assert all(sentence in desk._repr_html_() for sentence in desk.lesson.left_out.values())


def test_the_sentence_names_the_exercise_and_why(seeds: Path) -> None:
    desk = open_lesson(WHO, load_story(bare(seeds)))
    assert repr(desk.exercise("who")) == "“Who is meant?” is left out: this story gives no questions for it."
    assert repr(desk.read("mark_help")) == "“Half done for you” is left out: no marks are made for it in this story."
    with pytest.raises(CopydeskError, match="“Who is meant\\?” is left out"):
        desk.lesson.exercise("who")


def test_a_story_can_give_its_own_reason(seeds: Path) -> None:
    lessons = BARE + f'[{WHO}.voice]\nleft_out = "it is all one voice."\n'
    lesson = load_lesson(WHO, load_story(bare(seeds, lessons)))
    assert lesson.left_out["voice"] == "“Whose voice is each sentence?” is left out: it is all one voice."


def test_what_is_left_out_is_worth_nothing_and_shows_no_objective(seeds: Path) -> None:
    whole, part = load_lesson(KINDS, load_story("greywater-barrage")), load_lesson(KINDS, load_story(bare(seeds)))
    gone = {"kinds", "rules", "numbers", "note"}
    assert {*part.left_out} == gone and not gone & {e.id for e in part.exercises}
    assert [o.exercises for o in part.objectives] == [("transfer_kinds",), ("rules_new",), ("transfer_numbers",)]
    assert not any(
        "here and" in o.text or "a paragraph and" in o.text or "leave one" in o.text for o in part.objectives
    )

    assert part.minutes < whole.minutes
    desk = Desk(part, open_lesson(KINDS, part.story).answers)
    assert results(part, desk.answers).possible == sum(e.points for e in part.exercises if not e.more)
    row = next(row for row in progress(part.story).rows if row.lesson == KINDS)
    assert row.of == len([e for e in part.exercises if not e.is_example])


def test_an_objective_of_which_nothing_is_left_is_no_objective(seeds: Path) -> None:
    lessons = BARE + '[03_how_strong_is_the_sourcing.transfer_kinds]\nleft_out = "one story is enough"\n'
    lesson = load_lesson(KINDS, load_story(bare(seeds, lessons)))
    assert len(lesson.objectives) == 2 and lesson_faults(lesson) == []


def test_an_objective_has_words_for_what_is_left_of_it() -> None:
    for lesson in map(load_lesson, list_lessons()):
        for objective in lesson.objectives:
            assert all({*left.split()} < {*objective.exercises} for left in objective.instead), objective


def test_an_exercise_on_another_story_stays(seeds: Path) -> None:
    lesson = load_lesson(WHO, load_story(bare(seeds)))
    assert lesson.on_story_of(lesson.exercise("transfer_marks")).story.id == "greywater-barrage"
    assert lesson.exercise("worked_hard").is_example


def test_check_tells_what_is_left_out_and_what_should_be(seeds: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bare(seeds)
    assert main(["check", "--story", "bare", "--lesson", "01_what_is_on_the_page"]) == 1
    said = capsys.readouterr().out
    assert "“Exit ticket” is left out: this story gives no questions for it." in said
    assert "01_what_is_on_the_page/traces: the key marks nothing that it asks for; say why in left_out" in said


def test_what_a_story_names_and_forgets_is_still_a_fault(seeds: Path) -> None:
    lessons = BARE + f'[{WHO}.who]\nprompt = "Find the word."\n'
    lesson = load_lesson(WHO, load_story(bare(seeds, lessons)))
    assert f"{WHO}/who: a form exercise needs 'questions'" in lesson_faults(lesson)


def test_a_reason_that_is_not_text_is_named(seeds: Path) -> None:
    lessons = BARE + f"[{WHO}.voice]\nleft_out = true\n"
    with pytest.raises(CopydeskError, match="voice: left_out is 'True', which is not a text"):
        load_lesson(WHO, load_story(bare(seeds, lessons)))


def test_the_doctor_knows_a_notebook_that_shows_what_is_left_out(seeds: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COPYDESK_STORY", str(bare(seeds)))
    assert check_notebooks([NOTEBOOKS / f"{name}.ipynb" for name in (WHO, KINDS)]).well
