"""A lesson's notebook becomes an nbgrader or an Otter assignment; nobody edits cell metadata by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from copydesk.classroom.gradebooks import OURS
from copydesk.classroom.release_strip import notebook as stripped
from copydesk.errors import CopydeskError
from copydesk.lessons import Lesson, load_lesson
from copydesk.stories import DEFAULT, load_story
from copydesk.wording import load_wording

CALL = """from copydesk.classroom import score_for_grader

score_for_grader("{lesson}", "{story}"{out_of})"""
TEST = '''"""Made by Copydesk: the points for one exercise, read from the answers beside the notebook."""

from otter.test_files import test_case

from copydesk.classroom import read_score

OK_FORMAT, name = False, "{exercise}"
score = read_score("{lesson}", "{story}")
earned, possible = score.exercises[name]


@test_case(name="points earned", points=earned)
def points_earned():
    pass


@test_case(name="points not earned", points=round(possible - earned, 2))
def points_not_earned():
    assert earned == possible, f"{{earned:g}} of {{possible:g}} points. {{score.said[0]}}"
'''
PLUGIN = {"plugins": ["copydesk.classroom.gradebooks.AnswersOnly"]}


def nbgrader_assignment(
    notebook: Path | str, folder: Path | str, *, story: str | None = None, points: float | None = None
) -> str:
    """Write a lesson's notebook, with one locked cell that reads the points, into an nbgrader `source/` folder.

    `points` are those of the lesson unless given. Gives back what to do next. Raises CopydeskError if the notebook is
    of no lesson, or the folder holds a notebook of that name that was not made here.
    """
    source, out = Path(notebook), Path(folder)
    lesson, made = _begin(source, story, "nbgrader")
    worth = points or sum(e.points for e in lesson.exercises)
    out_of = f", out_of={points:g}" if points else ""
    call = CALL.format(lesson=lesson.id, story=lesson.story.id, out_of=out_of)
    about = {"grade_id": OURS, "points": worth, "grade": True, "locked": True, "solution": False, "task": False}
    made["cells"].append(
        _cell("code", "score", call, {"nbgrader": {"schema_version": 3, "cell_type": "code", **about}})
    )
    return _say("nbgrader", _put(made, out / source.name), worth)


def otter_assignment(notebook: Path | str, folder: Path | str, *, story: str | None = None) -> str:
    """Write a lesson's notebook, and what `otter generate` needs beside it, into a folder.

    Each exercise with points is one test file. Gives back what to do next. Raises CopydeskError as above.
    """
    source, out = Path(notebook), Path(folder)
    if (out / "tests").exists() and not (out / source.name).exists():
        raise CopydeskError(f"{out} holds another assignment", "name a folder of its own for each")
    lesson, made = _begin(source, story, "otter")
    path, worth = _put(made, out / source.name), [e for e in lesson.exercises if e.points]
    (out / "tests").mkdir(exist_ok=True)
    for exercise in worth:
        code = TEST.format(lesson=lesson.id, story=lesson.story.id, exercise=exercise.id)
        (out / "tests" / f"{exercise.id}.py").write_text(code, encoding="utf-8")
    (out / "otter_config.json").write_text(json.dumps(PLUGIN, indent=1) + "\n", encoding="utf-8")
    return _say("otter", path, sum(e.points for e in worth))


def _begin(source: Path, story: str | None, grader: str) -> tuple[Lesson, dict[str, Any]]:
    """The lesson, and its notebook without outputs, with words on how to submit at the end."""
    chosen = load_story(story or DEFAULT)
    lesson = load_lesson(source.stem, chosen)
    try:
        made = json.loads(stripped(source.read_text(encoding="utf-8"), files=(), following=None))
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise CopydeskError(f"{source} cannot be read as a notebook ({error})", "name a lesson's notebook") from None
    if chosen.id != DEFAULT:
        made["cells"].insert(0, _cell("code", "story", f'import copydesk\n\ncopydesk.use_story("{chosen.id}")'))
    made["cells"].append(_cell("markdown", "submit", load_wording("gradebooks")[grader]["text"].strip()))
    made["metadata"][OURS] = {"lesson": lesson.id, "story": lesson.story.id}
    return lesson, made


def _cell(kind: str, name: str, source: str, metadata: dict[str, Any] | None = None) -> dict[str, Any]:
    empty: dict[str, Any] = {"execution_count": None, "outputs": []} if kind == "code" else {}
    return {"cell_type": kind, "id": f"{OURS}-{name}", "metadata": metadata or {}, "source": source, **empty}


def _put(made: dict[str, Any], path: Path) -> Path:
    if path.exists() and f'"{OURS}": {{' not in path.read_text(encoding="utf-8", errors="replace"):
        raise CopydeskError(f"{path} is there already, and was not made by this command", "name another folder")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def _say(grader: str, path: Path, worth: float) -> str:
    return str(load_wording("gradebooks")[grader]["made"].format(notebook=path, points=worth))
