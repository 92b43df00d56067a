"""Make a lesson's notebook an nbgrader or Otter assignment, and give these graders its points.

The points come from the answers beside the notebook, never from its cells, and no learner's code is run. Nobody has to
edit cell metadata by hand.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from copydesk.base.documents import Json
from copydesk.base.errors import CopydeskError
from copydesk.base.files import write
from copydesk.lessons.lesson import Lesson, load_lesson
from copydesk.story.story import DEFAULT, load_story
from copydesk_classroom.collecting.files import Place, Sources
from copydesk_classroom.collecting.submissions import Attempt, documents, parse_submission, pick
from copydesk_classroom.course import Unit
from copydesk_classroom.marking.scores import Sheet, mark_lesson
from copydesk_classroom.releasing.contents import notebook as stripped
from copydesk_classroom.wording import Problem, Refused, class_wording

OURS = "copydesk"
"""The id of the graded cell, and the metadata key of a notebook that was made here."""
MOST_FILES = 20
"""How many hand-in files beside a notebook are read."""


@dataclass(frozen=True, slots=True)
class Score:
    """The points for the answers beside a notebook: earned, possible, both by exercise; and what to say about them."""

    earned: float
    possible: float
    exercises: dict[str, tuple[float, float]]
    said: tuple[str, ...]


def score_for_grader(lesson: str, story: str = DEFAULT, *, out_of: float | None = None) -> float | None:
    """The points for the answers beside the notebook, as the last line of a graded cell; prints those of each exercise.

    With `out_of` the points are scaled to that many. Answers that are missing or damaged earn 0, and a sentence says
    why. Without a key a learner reads that the answers are there, and nbgrader's autograding gets a CopydeskError.
    """
    here, say = Path.cwd(), class_wording("gradebooks")["score"]
    autograding = os.environ.get("NBGRADER_EXECUTION") == "autograde"
    # Autograding runs in the learner's folder, and a story that was submitted in it could have any key. A learner who
    # runs the cell has the course's stories in their own folder.
    opened = _open(lesson, story, here.parent if autograding else here)
    if opened.key is None and not autograding:
        shown, document, _ = _answers(opened, here)
        print(say["received" if document else "nothing"].format(lesson=lesson, file=shown))  # noqa: T201
        return None
    score = _score(opened, here)
    print("\n".join(score.said))  # noqa: T201
    return round(score.earned * (out_of or score.possible) / score.possible, 2)


def read_score(lesson: str, story: str = DEFAULT, *, beside: Path | str = ".") -> Score:
    """The points for the answers in a folder, in `answers` or in a hand-in file; raises CopydeskError without a key.

    Nothing there is executed, followed or changed.
    """
    here = Path(beside).resolve()
    return _score(_open(lesson, story, here.parent), here)


def _open(lesson: str, story: str, start: Path) -> Lesson:
    """A lesson of the story that is found from the folder `start`."""
    with chdir(start):
        return load_lesson(lesson, load_story(story))


def _score(lesson: Lesson, here: Path) -> Score:
    say, unit = class_wording("gradebooks")["score"], Unit.of(lesson, lesson.id, {})
    shown, document, problems = _answers(lesson, here)
    sheet = mark_lesson(unit, document, shown, problems) if document else Sheet(unit)
    scores = {m.exercise.id: m.score or 0 for m in sheet.marked}
    points = {e.id: (round(e.points * scores.get(e.id, 0), 2), e.points) for e in lesson.exercises if e.points}
    said = [say["read" if document else "nothing"].format(lesson=lesson.id, file=shown)]
    said += [say["problem"].format(file=file, why=problem.why) for file, problem in problems]
    for exercise in lesson.exercises if document else ():
        if exercise.id in points:
            earned, possible = points[exercise.id]
            said.append(say["exercise"].format(title=exercise.title, earned=earned, possible=possible))
    return Score(round(sheet.points, 2), unit.possible, points, tuple(said))


def _answers(lesson: Lesson, here: Path) -> tuple[str, Json | None, list[tuple[str, Problem]]]:
    """The latest answers to a lesson, picked as `grade` picks them: the file they are in, the answers, the problems."""
    wanted, page = (lesson.story.id, lesson.id), lesson.story.about["sha256"]
    problems: list[tuple[str, Problem]] = []
    read, attempts = [*_files(lesson, here, problems)], []
    for number, (shown, data) in enumerate(read):
        submission = parse_submission(shown, data)
        found = [answers for answers in submission.lessons if (answers.story, answers.lesson) == wanted]
        attempts += [Attempt(number, shown, submission.sha, False, 0, "", a) for a in found if a.page in ("", page)]
        problems += [(shown, Problem("page", lesson.id)) for a in found if a.page not in ("", page)]
        problems += [(shown, problem) for problem in submission.problems if not shown.endswith(".bak")]
    picked = pick(attempts, "last")
    if not picked.attempts:
        return "", None, problems
    shown, data = read[picked.attempts[0].seq]
    return shown, documents(shown, data)[wanted], [*problems, *picked.problems]


def _files(lesson: Lesson, here: Path, problems: list[tuple[str, Problem]]) -> Iterator[tuple[str, bytes]]:
    """The files in a folder that may hold answers to a lesson; those that cannot be read are added to `problems`."""
    own = here / "answers" / lesson.story.id / f"{lesson.id}.json"
    for place in (own, own.with_name(f"{own.name}.bak"), *sorted(here.glob("handin*.json*"))[:MOST_FILES]):
        shown = place.relative_to(here).as_posix()
        try:
            # `Sources` refuses a file that is a link, but the folder `answers` may be one, to another learner's
            if not place.resolve().is_relative_to(here):
                raise Refused("link")
            if place.exists():
                yield shown, Sources(place.parent).read(Place(place.name))
        except Refused as refused:
            problems.append((shown, refused.problem))
        except OSError as error:
            problems.append((shown, Problem("unreadable", error.strerror or "")))


def answers_only(nb: Any, resources: Any) -> tuple[Any, Any]:
    """Leave only the graded cell in a notebook that was made here; for nbgrader's `sanitize_preprocessors`.

    So cells that a learner added, copied, deleted or broke cost no points, and no learner's code is run. With
    `OverwriteCells.add_missing_cells` a graded cell that was deleted comes back.
    """
    graded = [cell for cell in nb.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == OURS]
    if graded or OURS in nb.metadata:
        nb.cells = graded[:1]  # nbgrader refuses a notebook that has a grade id twice
    return nb, resources


class AnswersOnly:
    """For Otter's `plugins`: no cell of the notebook is run, because the tests read the answers beside it."""

    def __init__(self, submission_path: str, submission_metadata: Any, plugin_config: Any) -> None:
        pass

    def before_execution(self, submission: Any) -> Any:
        """The notebook that Otter runs instead of the learner's: an empty one."""
        submission.cells, submission.metadata = [], {}
        return submission


CALL = """from copydesk_classroom import score_for_grader

score_for_grader("{lesson}", "{story}"{out_of})"""
TEST = '''"""Made by Copydesk: the points for one exercise, read from the answers beside the notebook."""

from otter.test_files import test_case

from copydesk_classroom import read_score

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
PLUGIN = {"plugins": ["copydesk_classroom.graders.AnswersOnly"]}


def nbgrader_assignment(
    notebook: Path | str, folder: Path | str, *, story: str | None = None, points: float | None = None
) -> str:
    """Write a lesson's notebook, with one locked cell that reads the points, into an nbgrader `source/` folder.

    The cell is worth `points`, by default those of the lesson. Returns what to tell the instructor. Raises
    CopydeskError if the notebook belongs to no lesson, or the folder has one of that name that was not made here.
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

    There is one test file per exercise with points. Returns what to tell the instructor. Raises CopydeskError as
    `nbgrader_assignment` does, and if the folder holds another assignment.
    """
    source, out = Path(notebook), Path(folder)
    if (out / "tests").exists() and not (out / source.name).exists():
        raise CopydeskError(f"{out} holds another assignment", "use one folder per assignment")
    lesson, made = _begin(source, story, "otter")
    path, worth = _put(made, out / source.name), [e for e in lesson.exercises if e.points]
    (out / "tests").mkdir(exist_ok=True)
    for exercise in worth:
        code = TEST.format(lesson=lesson.id, story=lesson.story.id, exercise=exercise.id)
        (out / "tests" / f"{exercise.id}.py").write_text(code, encoding="utf-8")
    (out / "otter_config.json").write_text(json.dumps(PLUGIN, indent=1) + "\n", encoding="utf-8")
    return _say("otter", path, sum(e.points for e in worth))


def _begin(source: Path, story: str | None, grader: str) -> tuple[Lesson, dict[str, Any]]:
    """The lesson, and its notebook without outputs, with instructions for submitting at the end."""
    chosen = load_story(story or DEFAULT)
    lesson = load_lesson(source.stem, chosen)
    try:
        made = json.loads(stripped(source.read_text(encoding="utf-8"), files=(), following=None))
    except (OSError, ValueError, RecursionError, LookupError, TypeError, AttributeError) as error:
        raise CopydeskError(f"{source} cannot be read as a notebook ({error})", "name a lesson's notebook") from None
    if chosen.id != DEFAULT:
        made["cells"].insert(0, _cell("code", "story", f'import copydesk\n\ncopydesk.use_story("{chosen.id}")'))
    made["cells"].append(_cell("markdown", "submit", class_wording("gradebooks")[grader]["text"].strip()))
    made["metadata"][OURS] = {"lesson": lesson.id, "story": lesson.story.id}
    return lesson, made


def _cell(kind: str, name: str, source: str, metadata: dict[str, Any] | None = None) -> dict[str, Any]:
    empty: dict[str, Any] = {"execution_count": None, "outputs": []} if kind == "code" else {}
    return {"cell_type": kind, "id": f"{OURS}-{name}", "metadata": metadata or {}, "source": source, **empty}


def _put(made: dict[str, Any], path: Path) -> Path:
    if path.exists() and f'"{OURS}": {{' not in path.read_text(encoding="utf-8", errors="replace"):
        raise CopydeskError(f"{path} is there already, and was not made by this command", "name another folder")
    path.parent.mkdir(parents=True, exist_ok=True)
    write(path, (json.dumps(made, ensure_ascii=False, indent=1) + "\n").encode("utf-8"), durable=False)
    return path


def _say(grader: str, path: Path, worth: float) -> str:
    return str(class_wording("gradebooks")[grader]["made"].format(notebook=path, points=worth))
