"""Progress over all lessons: read from answer files alone, and nothing on disk is touched."""

import json
import os
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import copydesk
from copydesk.answers import AnswerFile
from copydesk.base.errors import CopydeskError
from copydesk.desk import open_lesson
from copydesk.lessons.lesson import Lesson, list_lessons, load_lesson
from copydesk.story.story import Story, load_story
from copydesk.views.progress import Progress, Row, progress
from tests.page.test_html import HOSTILE, read

FIRST, SECOND = "00_start_here", "01_what_is_on_the_page"


def runs(lesson: str) -> bool:
    """Whether a lesson runs while the built-in story is in use: by that story, or by one of its own."""
    try:
        return bool(load_lesson(lesson, load_story("baltics-2022")))
    except CopydeskError:
        return False


LESSONS = [name for name in list_lessons() if runs(name)]
HALF = {"choices": {"p1.s1": "attributed", "p2.s1": "attributed", "p4.s1": "attributed"}}  # 3 of 6


def opened(lesson: Lesson) -> AnswerFile:
    return AnswerFile.open(lesson.story.id, lesson.id, sha256=lesson.story.about["sha256"])


def finish(lesson: Lesson) -> None:
    """A learner who checks the key's own answer in every exercise, and something in those that have none."""
    file = opened(lesson)
    assert lesson.key is not None
    for e in lesson.exercises:
        if not e.is_example:
            on = lesson.on_story_of(e)
            assert on.key is not None
            models = e.model_answers(on.key, on.story.article.text)
            file.add_try(e.id, next(iter(models.values()), {"texts": {"whose": "mine"}}), 1, e.points)


def cells(found: Row) -> tuple[str, ...]:
    """What is shown, with plain spaces."""
    return tuple(cell.replace("\u00a0", " ") for cell in found.cells())


def row(lesson: str, story: Story | None = None) -> Row:
    return next(r for r in progress(story).rows if r.lesson == lesson)


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() if p.is_file() else b"" for p in folder.rglob("*")}


def test_nothing_begun(own_answers: Path) -> None:
    shown = copydesk.progress()
    assert [r.lesson for r in shown.rows] == LESSONS and len(LESSONS) >= 6
    assert {r.state for r in shown.rows} == {"not_begun"}
    assert repr(shown) == "Nothing is begun yet: start with 00_start_here.ipynb."
    first = shown.rows[0]
    assert cells(first) == ("00 Start here", "not begun", "0 of 6", "0 of 9", "0 of 2", "–")
    assert copydesk.progress is progress and snapshot(own_answers) == {}


def test_a_worked_example_is_not_counted() -> None:
    lesson = load_lesson("02_who_says_so")
    assert 0 < row("02_who_says_so").of == sum(not e.is_example for e in lesson.exercises) < len(lesson.exercises)


def test_half_done_is_what_the_lesson_itself_says(practice: Story) -> None:
    lesson = load_lesson(FIRST, practice)
    file = opened(lesson)
    file.add_try("voices", HALF, 0.5, 1)
    file.save("first_mark", {"groups": [{"source": [[0, 4]]}]})
    found = row(FIRST)
    assert (found.state, found.done) == ("begun", 1)
    assert found.result and found.result.scores == open_lesson(FIRST).result().scores and found.result.points >= 1
    title, state, exercises, points, objectives, saved = cells(found)
    assert (title, state, exercises, objectives) == ("00 Start here", "begun", "1 of 6", "0 of 2")
    assert points == f"{round(found.result.points, 1):g} of 9" and re.fullmatch(r"\d+ \w{3} 20\d\d, \d\d:\d\d", saved)
    assert repr(progress()) == (
        f"0 of {len(LESSONS)} lessons done: go on with 00_start_here.ipynb (1 of 6 exercises done)."
    )


def test_a_lesson_that_is_begun_comes_before_one_that_is_not(baltics: Story) -> None:
    opened(load_lesson("02_who_says_so", baltics)).save("predict", {"values": {"machine": 7}})
    assert "go on with 02_who_says_so.ipynb (0 of" in repr(progress())


def test_on_the_page_what_comes_next_is_a_link_with_the_title(
    baltics: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(load_lesson("02_who_says_so", baltics)).save("predict", {"values": {"machine": 7}})
    assert "go on with 02 Who says so? (0 of" in progress()._repr_html_()
    (tmp_path / "02_who_says_so.ipynb").touch()
    monkeypatch.setenv("COPYDESK_ANSWERS", str(Path(os.environ["COPYDESK_ANSWERS"]).absolute()))
    monkeypatch.chdir(tmp_path)
    assert 'go on with <a href="02_who_says_so.ipynb">02 Who says so?</a> (0 of' in progress()._repr_html_()


def test_a_whole_lesson_meets_its_objectives(practice: Story) -> None:
    finish(load_lesson(FIRST, practice))
    found = row(FIRST)
    assert (found.state, found.done) == ("done", 6)
    assert cells(found)[1:5] == ("all exercises checked", "6 of 6", "9 of 9", "2 of 2")
    assert repr(progress()) == f"1 of {len(LESSONS)} lessons done: open {SECOND}.ipynb next."


def test_texts_are_handed_in_and_not_said_to_be_met(baltics: Story) -> None:
    lesson = load_lesson("04_which_words_frame", baltics)
    finish(lesson)
    assert cells(row(lesson.id))[4] == "2 of 3; 1 handed in, for a reader"


def test_all_lessons_done(baltics: Story) -> None:
    for name in LESSONS:
        finish(load_lesson(name, baltics))
    assert {r.state for r in progress().rows} == {"done"}
    assert repr(progress()) == f"All {len(LESSONS)} lessons are done: hand your work in."


def test_a_story_with_one_lesson_of_its_own(practice: Story) -> None:
    finish(load_lesson(FIRST, practice))
    for story in (practice, "practice", practice.folder):
        rows = progress(story).rows
        assert (rows[0].lesson, rows[0].state) == (FIRST, "done") and len(rows) < len(LESSONS)


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda p: p.write_bytes(b"not json <b>"), "is not JSON"),
        (lambda p: p.write_bytes(b""), "is empty"),
        (lambda p: p.write_bytes(b"\xff\xfe"), "is not text in UTF-8"),
        (lambda p: p.write_text('{"schema": 1, "exercises": []}'), "holds no exercises"),
        (lambda p: p.mkdir(), "is a folder"),
    ],
)
def test_a_damaged_file_is_told_in_its_row(own_answers: Path, spoil: Callable[[Path], None], why: str) -> None:
    path = own_answers / "practice" / f"{FIRST}.json"
    path.parent.mkdir()
    spoil(path)
    before = snapshot(own_answers)
    found = row(FIRST)
    assert cells(found) == ("00 Start here", f"damaged: the file {why}. Open the lesson to repair it.", *["–"] * 4)
    assert f"open {FIRST}.ipynb next" in repr(progress()) and "<b>" not in progress()._repr_html_()
    assert [r.state for r in progress().rows[1:]] == ["not_begun"] * (len(LESSONS) - 1)
    assert snapshot(own_answers) == before


def test_the_copy_before_is_shown_and_said_so(own_answers: Path, practice: Story) -> None:
    file = opened(load_lesson(FIRST, practice))
    file.add_try("voices", HALF, 0.5, 1)
    file.save("first_mark", {"groups": []})
    file.path.write_bytes(b"{")
    before = snapshot(own_answers)
    found = row(FIRST)
    assert (found.state, found.done) == ("begun", 1) and "damaged: the file is not JSON" in cells(found)[1]
    assert snapshot(own_answers) == before


def test_answers_kept_by_another_kit_or_for_another_page(practice: Story) -> None:
    file = opened(load_lesson(FIRST, practice))
    file.save("voices", HALF)
    document = json.loads(file.path.read_text("utf-8"))
    for change, state in (({"schema": 99, "exercises": 5}, "newer"), ({"sha256": "ab" * 32}, "page")):
        file.path.write_text(json.dumps({**document, **change}), "utf-8")
        assert row(FIRST).state == state and cells(row(FIRST))[2:] == ("–",) * 4
        assert f"open {FIRST}.ipynb next" in repr(progress())


def test_without_a_key_work_is_received_and_nothing_is_scored(baltics: Story) -> None:
    blind = replace(baltics, key=None)
    lesson = load_lesson(SECOND, blind)
    file = opened(lesson)
    assert cells(row(SECOND, blind))[1:5] == ("not begun", f"0 of {len(lesson.exercises)}", "–", "–")
    file.save("exit", {"values": {"geo": "paid"}})
    found = row(SECOND, blind)
    assert found.result is None and cells(found)[1:5] == (
        "begun",
        f"1 of {len(lesson.exercises)}",
        "received",
        "received",
    )
    for e in lesson.exercises:
        file.save(e.id, {"texts": {"claim": "mine"}})
    assert cells(row(SECOND, blind))[1] == "all exercises received"


def test_no_folder_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COPYDESK_ANSWERS", str(tmp_path / "new" / "answers"))
    assert {r.state for r in progress().rows} == {"not_begun"}
    assert not (tmp_path / "new").exists()
    opened(load_lesson(FIRST)).save("voices", HALF)
    assert row(FIRST).state == "begun"


def test_where_answers_cannot_be_written_they_are_looked_for_where_they_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("COPYDESK_ANSWERS", str(tmp_path / "file" / "answers"))
    monkeypatch.setattr("platformdirs.user_data_path", lambda *a, **k: tmp_path / "home")
    opened(load_lesson(FIRST)).save("voices", HALF)
    assert (tmp_path / "home").is_dir() and row(FIRST).state == "begun"


def test_the_table_has_a_caption_heads_and_a_sentence_on_top() -> None:
    html = progress()._repr_html_()
    reader = read(html)
    assert reader.tags.count("tr") == len(LESSONS) + 1 and reader.tags.count("caption") == 1
    assert html.count('<th scope="col">') == 6 and reader.seen.index("start with") < reader.seen.index("Exercises")


def test_hostile_words_stay_words() -> None:
    hostile = Row(HOSTILE, HOSTILE, "damaged", fault=HOSTILE, saved=HOSTILE)
    reader = read(Progress((hostile, replace(hostile, state="begun")))._repr_html_())
    assert not {"script", "b"} & set(reader.tags) and reader.seen.count(HOSTILE) >= 5


@pytest.mark.parametrize("stamp", ["yesterday <b>", "9999-99-99", "", "0001-01-01T00:00:00+23:59"])
def test_a_time_that_is_none_is_shown_as_it_stands(stamp: str, practice: Story) -> None:
    file = opened(load_lesson(FIRST, practice))
    file.save("voices", HALF)
    document = json.loads(file.path.read_text("utf-8"))
    file.path.write_text(json.dumps({**document, "changed": stamp}), "utf-8")
    assert cells(row(FIRST))[5] == (stamp or "–")
    assert "<b>" not in progress()._repr_html_()


def test_the_story_in_use_is_the_one_shown(practice: Story) -> None:
    copydesk.use_story(practice.folder)
    assert {FIRST} <= {r.lesson for r in progress().rows} < set(LESSONS)
    assert len(progress(load_story("baltics-2022")).rows) == len(LESSONS)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 9**9) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["answer", "tries", "choices"]), inner),
    max_leaves=8,
)
ENTRY = st.fixed_dictionaries({"answer": st.dictionaries(st.sampled_from(["choices", "groups", "values"]), JSON)})


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=40) | st.dictionaries(st.sampled_from(["voices", "first_mark", "?"]), ENTRY | JSON))
def test_whatever_a_file_holds_there_is_a_row(own_answers: Path, held: bytes | dict[str, object]) -> None:
    path = own_answers / "practice" / f"{FIRST}.json"
    path.parent.mkdir(exist_ok=True)
    document = {"schema": 1, "story": "practice", "lesson": FIRST, "exercises": held}
    path.write_bytes(held if isinstance(held, bytes) else json.dumps(document).encode())
    shown = progress("practice")
    assert len(shown.rows[0].cells()) == 6 and read(shown._repr_html_())


def test_lessons_that_lie_there_are_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "<a " not in progress()._repr_html_()
    (tmp_path / f"{SECOND}.ipynb").write_text("{}")
    html = progress()._repr_html_()
    assert html.count("<a ") == 1 and f'<th scope="row"><a href="{SECOND}.ipynb">' in html
