"""Notebooks: the house rules, and that each shows every exercise of its lesson and no other."""

import ast
import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from benchmarks.lessons import minutes
from copydesk.lessons.lesson import list_lessons, load_lesson
from copydesk.story.facts import by_id, story_facts
from copydesk.story.story import list_stories, load_story

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
PATHS = sorted(FOLDER.glob("*.ipynb"))
CHECKED = "nbval-check-output"
ROUTINE = ("Whose words are these?", "How is it put?", "What was going on?")
INSTRUCTORS = sorted((FOLDER / "instructor").glob("*.ipynb"))


def with_cells(paths: list[Path]) -> pytest.MarkDecorator:
    cells = [json.loads(p.read_text("utf-8"))["cells"] for p in paths]
    return pytest.mark.parametrize("cells", cells, ids=[p.stem for p in paths])


every_notebook = with_cells(PATHS)
every_notebook_of_all = with_cells([*PATHS, *INSTRUCTORS])
Cells = list[dict[str, Any]]


def source(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def markdown(cells: Cells) -> list[str]:
    return [source(c) for c in cells if c["cell_type"] == "markdown"]


def code(cells: Cells) -> list[dict[str, Any]]:
    return [c for c in cells if c["cell_type"] == "code"]


def call(cell: dict[str, Any]) -> str:
    """The last line of a code cell: what it shows."""
    return source(cell).rstrip().splitlines()[-1]


def lesson_of(cells: Cells) -> str:
    opened = re.search(r'open_lesson\("(\w+)"\)', "\n".join(source(c) for c in code(cells)))
    assert opened
    return opened[1]


def test_every_lesson_has_its_notebook_and_opens_itself() -> None:
    assert [p.stem for p in PATHS] == list_lessons()
    for path in PATHS:
        assert lesson_of(json.loads(path.read_text("utf-8"))["cells"]) == path.stem


def is_lesson(cells: Cells) -> bool:
    return "open_lesson(" in "\n".join(source(c) for c in code(cells))


def test_the_instructors_notebooks_are_found() -> None:
    assert [p.stem for p in INSTRUCTORS] == ["class_discussion", "edit_key", "grade_writing"]


@every_notebook_of_all
def test_size(cells: Cells) -> None:
    assert (15 if is_lesson(cells) else 8) <= len(cells) <= 40
    assert sum(len(re.findall(r"\w+(?:[’'-]\w+)*", text)) for text in markdown(cells)) <= 1000
    for cell in code(cells):
        assert 1 <= len([line for line in source(cell).splitlines() if line.strip()]) <= 3


@every_notebook_of_all
def test_one_title_and_headings_in_order(cells: Cells) -> None:
    levels = [len(m[1]) for text in markdown(cells) for m in re.finditer(r"^(#+) \S", text, re.MULTILINE)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(deeper - level <= 1 for level, deeper in pairwise(levels))


@every_notebook
def test_the_first_cell_says_what_how_long_and_to_what_end(cells: Cells) -> None:
    first = source(cells[0])
    assert cells[0]["cell_type"] == "markdown" and first.startswith("# ")
    lesson = load_lesson(lesson_of(cells))
    more = f", and {lesson.more_minutes} more if you have time" if lesson.more_minutes else ""
    assert f"Time: {lesson.minutes} minutes{more}. " in first
    assert (lesson.minutes, lesson.more_minutes) == minutes(lesson), "run: python benchmarks/lessons.py"
    assert lesson.minutes <= 45
    assert "You need:" in first and "You will be able to:" in first and re.search(r"\*\*.+\?\*\*", first)
    assert 2 <= len(re.findall(r"^- ", first, re.MULTILINE)) <= 5
    assert first.splitlines()[0].removeprefix("# ") == load_lesson(lesson_of(cells)).title


@every_notebook_of_all
def test_the_last_cell_has_the_key_points(cells: Cells) -> None:
    last = source(cells[-1])
    assert cells[-1]["cell_type"] == "markdown" and "## Key points" in last
    assert 2 <= len(re.findall(r"^- ", last.partition("## Key points")[2], re.MULTILINE)) <= 5


@every_notebook
def test_the_three_questions_return(cells: Cells) -> None:
    text = "\n".join(markdown(cells))
    assert "Three questions for any story" in text
    assert 'desk.exercise("routine")' in [call(c) for c in code(cells)]
    asked = [f.label for f in load_lesson(lesson_of(cells)).exercise("routine").fields]
    assert asked == list(ROUTINE)


@every_notebook_of_all
def test_cells_are_thin_and_harmless(cells: Cells) -> None:
    for cell in code(cells):
        tree = ast.parse(source(cell))  # no magics, no shell
        banned = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.While, ast.If)
        assert not [n for n in ast.walk(tree) if isinstance(n, banned)]
        assert not source(cell).rstrip().endswith(";") and "print(" not in source(cell)
        imported = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import | ast.ImportFrom) for a in n.names}
        assert imported <= ({"copydesk", "desk"} if is_lesson(cells) else {"copydesk_classroom"})
    for text in markdown(cells):
        assert not re.search(r"</?[A-Za-z][^>]*>|<!--", text), "raw HTML"
        assert not re.search(r"!\[\]\(", text), "a picture without words"


@every_notebook_of_all
def test_outputs_are_kept_only_where_they_are_compared(cells: Cells) -> None:
    tagged = [c for c in code(cells) if CHECKED in c["metadata"].get("tags", [])]
    assert tagged
    for cell in tagged:  # nbval compares nothing where the execution count is missing
        assert isinstance(cell["execution_count"], int) and cell["outputs"]
        for output in cell["outputs"]:
            assert output["output_type"] == "execute_result" and {*output["data"]} <= {"text/plain", "text/markdown"}
            assert len({str(said) for said in output["data"].values()}) == 1, "both say the same"
    for cell in code(cells):
        assert cell in tagged or (cell["outputs"] == [] and cell["execution_count"] is None)
    counts = [n for n, c in enumerate(code(cells), 1) if c in tagged]
    assert [c["execution_count"] for c in tagged] == counts, "stored by running the whole notebook from the top"


@every_notebook_of_all
def test_no_stored_output_answers_anything(cells: Cells) -> None:
    """No figure, no dict, no repr, no name of a story: with another story, everything in it still holds."""
    names = {s["name"] for story in list_stories() for s in load_story(story).key.layer("sources")}
    for output in (output for cell in code(cells) for output in cell["outputs"]):
        text = "".join(output["data"]["text/plain"])
        assert not re.search(r"\d|[{}\[\]<>=]|\w\(", text) and text[0].isupper() and text.endswith("."), text
        assert not [name for name in names if name in text], text


@every_notebook
def test_every_cell_can_tell_that_no_lesson_is_open(cells: Cells) -> None:
    """After a restart a single cell says what to do; without the import it would be a NameError."""
    first, *rest = code(cells)
    assert "open_lesson(" in source(first)
    for cell in rest:
        name = call(cell).partition(".")[0]
        wanted = {"desk": "from copydesk.desk import desk", "copydesk": "import copydesk"}[name]
        lines = [line for line in source(cell).splitlines() if line and not line.startswith("#")]
        assert lines == [wanted, call(cell)]


def is_folded(cell: dict[str, Any]) -> bool:
    return bool(cell["metadata"].get("jupyter", {}).get("source_hidden"))


@every_notebook
def test_code_that_nobody_need_read_is_folded_and_its_first_line_says_what_it_shows(cells: Cells) -> None:
    """A folded cell shows its first line and three dots. The first cell and those a learner changes stay open."""
    first, *rest = code(cells)
    assert not is_folded(first)
    for cell in rest:
        to_change = call(cell).startswith("copydesk.glossary(")
        assert is_folded(cell) is not to_change, call(cell)
        if is_folded(cell):
            assert re.match(r"# (Exercise|Read|Show|Hand in|Your name)\b.*[^.]$", source(cell).splitlines()[0])


def titles_of(lesson_id: str, exercise_id: str) -> set[str]:
    """What an exercise is called, on each story that has it."""
    stories = [story for name in list_stories() if lesson_id in (story := load_story(name)).lessons]
    lessons = [load_lesson(lesson_id, story) for story in stories]
    return {e.title for lesson in lessons for e in lesson.exercises if e.id == exercise_id}


@every_notebook
def test_a_folded_exercise_is_named_by_its_title(cells: Cells) -> None:
    """Where each story has a title of its own, the line says what holds for all of them."""
    for cell in code(cells):
        if found := re.search(r'desk\.(exercise|worked_example)\("(\w+)"\)', call(cell)):
            kind, named = source(cell).splitlines()[0].removeprefix("# ").split(": ", 1)
            assert kind == {"exercise": "Exercise", "worked_example": "Read"}[found[1]]
            titles = titles_of(lesson_of(cells), found[2])
            assert titles == {named} or (len(titles) > 1 and named not in titles)


@every_notebook
def test_no_cell_of_a_lesson_can_be_deleted(cells: Cells) -> None:
    assert all(c["metadata"]["deletable"] is False and "editable" not in c["metadata"] for c in cells)


@every_notebook
def test_every_exercise_stands_once_and_none_is_made_up(cells: Cells) -> None:
    text = "\n".join(source(c) for c in code(cells))
    lesson = load_lesson(lesson_of(cells))
    shown = re.findall(r'desk\.(?:exercise|worked_example)\("(\w+)"\)', text)
    assert shown == [e.id for e in lesson.exercises], "the home card and the result have the notebook’s order"
    assert re.findall(r'desk\.worked_example\("(\w+)"\)', text) == [e.id for e in lesson.exercises if e.is_example]
    for name in re.findall(r'desk\.read\("(\w+)"\)', text):
        assert lesson.exercise(name).region


def test_the_cards_of_the_order_are_read_first_and_its_sentences_have_no_day() -> None:
    """Lesson 07 asks for what the cards let a reader infer, not for what is printed on them."""
    ran = [call(c) for c in code(json.loads(next(p for p in PATHS if p.stem.startswith("07")).read_text())["cells"])]
    assert ran.index('desk.cards("order")') < ran.index('desk.exercise("order")')
    for story in (s for s in map(load_story, list_stories()) if "07_what_was_going_on" in s.lessons):
        order = load_lesson("07_what_was_going_on", story).exercise("order")
        facts = [by_id(story_facts(story), name) for name in order.facts]
        assert len(facts) >= 8 and {f.known_on(story.date) for f in facts} == {True, False}
        for words in order.item_words(story).values():
            assert not re.search(r"\d", words) and words not in [f.statement for f in facts]


@every_notebook
def test_it_ends_with_the_result_and_the_hand_in(cells: Cells) -> None:
    ran = [call(c) for c in code(cells)]
    assert ran[-2:] == ["desk.result()", "desk.hand_in()"]


@every_notebook
def test_objectives_in_the_notebook_are_those_of_the_lesson(cells: Cells) -> None:
    told = len(re.findall(r"^- ", source(cells[0]), re.MULTILINE))
    assert told == len(load_lesson(lesson_of(cells)).objectives)


@every_notebook_of_all
def test_links_between_notebooks_lead_somewhere(cells: Cells) -> None:
    home = FOLDER if is_lesson(cells) else FOLDER / "instructor"
    for target in re.findall(r"\]\(([^)#]+\.(?:ipynb|md))", "\n".join(markdown(cells))):
        assert (home / target).is_file(), target


@with_cells(INSTRUCTORS)
def test_an_instructors_first_cell_says_what_is_needed(cells: Cells) -> None:
    first = source(cells[0])
    assert first.startswith("# ") and "You need:" in first and re.search(r"\*\*.+\?\*\*", first)
    assert "made up" in first or "made-up" in first, "it runs with no files at all, and says what is shown then"
