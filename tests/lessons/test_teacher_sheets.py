"""Teacher sheets: one a lesson, in one form, and every fact in them is the lesson's or the key's own."""

import re
from pathlib import Path

import pytest

from copydesk.base.errors import CopydeskError
from copydesk.base.wording import load_wording
from copydesk.exercises.exercise import Exercise
from copydesk.lessons.lesson import Lesson, list_lessons, load_lesson
from tools.refresh_sheets import SHEETS, lesson_blocks, refreshed, rubric_block

SECTIONS = [
    "Objectives",
    "Timing",
    "Before class",
    "Likely errors",
    "Discussion",
    "Grading",
    "Where readers may differ",
    "Short version",
    "Extension",
    "Care",
]
ROWS = [row["name"].partition(":")[0].lower() for row in load_wording("rubric")["row"]]
every_lesson = pytest.mark.parametrize("name", list_lessons())


def sheet(name: str) -> str:
    return (SHEETS / f"{name}.md").read_text("utf-8")


def section(name: str, title: str) -> str:
    return re.sub(r"<!--.*?-->", "", sheet(name).partition(f"\n## {title}\n")[2].partition("\n## ")[0]).strip()


def table(text: str) -> list[list[str]]:
    """The rows of a table without its head."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def bullets(text: str, sign: str = "-") -> list[str]:
    return re.findall(rf"^{sign} (.+)$", text, re.MULTILINE)


def word_count(text: str) -> int:
    return len(re.findall(r"\w+(?:[’'-]\w+)*", re.sub(r"<!--.*?-->", "", text)))


def titles(text: str) -> list[str]:
    """What stands in single asterisks: titles of exercises."""
    return re.findall(r"(?<!\*)\*(?!\*)([^*\n]+)\*(?!\*)", text)


def graded(lesson: Lesson) -> list[Exercise]:
    return [e for e in lesson.exercises if e.points]


def test_every_sheet_belongs_to_a_lesson() -> None:
    assert sorted(p.stem for p in SHEETS.glob("*.md")) == [*list_lessons(), "README", "rubric"]


@every_lesson
def test_it_has_its_sections_in_order(name: str) -> None:
    assert re.findall(r"^(#+) (.+)$", sheet(name), re.MULTILINE) == [
        ("#", f"{load_lesson(name).title} – teacher sheet"),
        *(("##", title) for title in SECTIONS),
    ]
    assert all(word_count(section(name, title)) >= 10 for title in SECTIONS)
    assert word_count(sheet(name)) <= 850


@every_lesson
def test_it_says_at_the_top_that_it_names_answers(name: str) -> None:
    top = sheet(name).partition("\n## ")[0]
    assert "names answers of the key" in top and "leave this folder out" in top and f"(../{name}.ipynb)" in top


@every_lesson
def test_the_facts_are_those_of_the_lesson(name: str) -> None:
    lesson = load_lesson(name)
    assert refreshed(sheet(name), lesson_blocks(lesson)) == sheet(name), "run: python tools/refresh_sheets.py"
    assert bullets(section(name, "Objectives")) == [o.text for o in lesson.objectives]


@every_lesson
def test_the_grading_table_is_the_lessons(name: str) -> None:
    lesson, text = load_lesson(name), section(name, "Grading")
    *rows, core, total = table(text)
    assert [(title, float(points)) for title, _, points, *_ in rows] == [(e.title, e.points) for e in graded(lesson)]
    assert [part == "core" for _, part, *_ in rows] == [not e.more for e in graded(lesson)]
    assert float(core[2]) == sum(e.points for e in lesson.exercises if not e.more)
    assert float(total[2]) == sum(e.points for e in lesson.exercises)
    for (_, _, _, bar, who), exercise in zip(rows, graded(lesson), strict=True):
        machine = exercise.type != "write"
        assert who == ("machine" if machine else "person")
        assert bar == (f"{round(100 * exercise.bar)} %" if machine else "complete")
    free = re.search(r"^Without points: (.+)\.$", text, re.MULTILINE)
    assert free and titles(free[1]) == [e.title for e in lesson.exercises if not e.points]


@every_lesson
def test_what_a_person_grades_names_its_rubric_rows(name: str) -> None:
    text = section(name, "Grading")
    named = dict(re.findall(r"^- \*(.+?)\*: (.+)$", text, re.MULTILINE))
    assert list(named) == [e.title for e in graded(load_lesson(name)) if e.type == "write"]
    for rows in named.values():
        assert rows.split(", ") == [r for r in ROWS if r in rows.split(", ")] != []
    assert not named or "(rubric.md)" in text


@every_lesson
def test_the_timing_adds_up_and_has_a_place_for_every_exercise(name: str) -> None:
    lesson, rows = load_lesson(name), table(section(name, "Timing"))
    more = [row for row in rows if row[1].startswith("If you have time: ")]
    assert sum(int(minutes) for minutes, _ in rows) == lesson.minutes + lesson.more_minutes
    assert sum(int(minutes) for minutes, _ in more) == lesson.more_minutes
    assert all(int(minutes) >= 1 for minutes, _ in rows)
    for part, wanted in ((rows, lesson.exercises), (more, [e for e in lesson.exercises if e.more])):
        assert sorted(t for _, what in part for t in titles(what)) == sorted(e.title for e in wanted)


@every_lesson
def test_exercises_are_called_by_their_titles(name: str) -> None:
    known = {e.title for e in load_lesson(name).exercises}
    for title in ("Before class", "Likely errors", "Discussion", "Grading", "Short version", "Extension"):
        found = [t for t in titles(section(name, title)) if t[:1].isupper()]  # lower case: a stressed word
        assert set(found) <= known, title


@every_lesson
def test_errors_come_with_what_to_say(name: str) -> None:
    errors = bullets(section(name, "Likely errors"))
    assert 3 <= len(errors) <= 6
    assert all(re.match(r"\*\*.+\*\*.*“.+”", e) and "Say: “" in e for e in errors)


@every_lesson
def test_each_question_is_open_and_has_two_answers(name: str) -> None:
    questions = bullets(section(name, "Discussion"), r"\d\.")
    assert len(questions) >= 3
    for question in questions:
        assert re.fullmatch(r".+[?].* \*\*One answer:\*\* .{15,} \*\*Another:\*\* .{15,}", question), question


@every_lesson
def test_entries_where_readers_may_differ_are_contestable_in_the_key(name: str) -> None:
    lesson, named = load_lesson(name), re.findall(r"`([^`]+)`", section(name, "Where readers may differ"))
    assert lesson.key is not None
    entries = {e.id for layer in lesson.key.entries.values() for e in layer if e.alternatives}
    answers = {
        f"{exercise.id}/{question}"
        for exercise in lesson.exercises
        for question, answer in lesson.key.answers.get(exercise.key_name, {}).items()
        if "accept" in answer and len(answer["accept"]) > 1
    }
    assert named and set(named) <= entries | answers


@every_lesson
def test_there_is_a_short_version_and_a_line_on_care(name: str) -> None:
    minutes = [int(n) for n in re.findall(r"\d+", section(name, "Short version"))]
    assert any(25 <= n <= 30 for n in minutes)
    care = section(name, "Care")
    assert (
        "war" in care and "affected" in care and re.search(r"nobody must reveal .*an origin or an opinion", care, re.I)
    )


@pytest.mark.parametrize("path", sorted(SHEETS.glob("*.md")), ids=lambda path: path.stem)
def test_links_lead_somewhere(path: Path) -> None:
    found = re.findall(r"\]\(([^)\s]+)\)", path.read_text("utf-8"))
    assert found or path.stem == "rubric"
    for target in found:
        assert (path.parent / target).is_file(), target


def test_the_rubric_is_the_one_learners_see() -> None:
    assert refreshed(sheet("rubric"), rubric_block()) == sheet("rubric"), "run: python tools/refresh_sheets.py"
    assert [row[1:] for row in table(sheet("rubric"))] == [row["points"] for row in load_wording("rubric")["row"]]
    assert ROWS == ["claim", "evidence", "reasoning", "rival reading"]


def test_the_readme_is_short_and_says_what_is_needed() -> None:
    text = sheet("README")
    assert word_count(text) < 250
    for needed in (
        "01, 02, 03, 04 and 07",
        "copydesk.use_story(",
        "COPYDESK_STORY=",
        "raded editions leave",
        "rubric.md",
    ):
        assert needed in text


def test_refreshing_mends_what_is_stale_and_nothing_else() -> None:
    lesson, text = load_lesson("02_who_says_so"), sheet("02_who_says_so")
    stale = text.replace(f"- {lesson.objectives[0].text}\n", "- Fly.\n").replace(
        "| On your own | core | 10 |", "| On your own | core | 7 |"
    )
    assert stale.count("Fly.") == 1 and "| 7 |" in stale
    assert refreshed(stale, lesson_blocks(lesson)) == text
    with pytest.raises(CopydeskError, match="0 blocks for grading"):
        refreshed(text.replace("<!-- /grading -->", ""), lesson_blocks(lesson))
