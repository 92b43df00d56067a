"""Points for the graders a course has already, nbgrader and Otter: read from the answers, not from cells.

A lesson's notebook becomes an nbgrader or an Otter assignment; nobody edits cell metadata by hand.
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
from copydesk_classroom.collecting.submissions import Handed, documents, parse_submission, pick
from copydesk_classroom.course import Unit
from copydesk_classroom.marking.scores import Sheet, mark_lesson
from copydesk_classroom.problems import Problem, Refused
from copydesk_classroom.releasing.notebooks import notebook as stripped
from copydesk_classroom.wording import class_wording

OURS = "copydesk"
"""The name of the one graded cell, and the mark of a notebook that has it."""
MOST_FILES = 20
"""So many hand-in files beside a notebook are read."""


@dataclass(frozen=True, slots=True)
class Score:
    """What the answers beside a notebook earn: points earned and possible, the same by exercise, what is to be said."""

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
    opened = _open(lesson, story, here.parent if autograding else here)
    if opened.key is None and not autograding:
        shown, document, _ = _answers(opened, here)
        print(say["received" if document else "nothing"].format(lesson=lesson, file=shown))  # noqa: T201
        return None
    score = _score(opened, here)
    print("\n".join(score.said))  # noqa: T201
    return round(score.earned * (out_of or score.possible) / score.possible, 2)


def read_score(lesson: str, story: str = DEFAULT, *, beside: Path | str = ".") -> Score:
    """What the answers in a folder earn, in `answers` or in a hand-in file; raises CopydeskError without a key.

    Nothing there is executed, followed or changed.
    """
    here = Path(beside).resolve()
    return _score(_open(lesson, story, here.parent), here)


def _open(lesson: str, story: str, start: Path) -> Lesson:
    """A lesson as it is found from a folder: one above the learner's, for a story in there could have any key."""
    with chdir(start):
        return load_lesson(lesson, load_story(story))


def _score(lesson: Lesson, here: Path) -> Score:
    say, unit = class_wording("gradebooks")["score"], Unit.of(lesson, lesson.id, {})
    shown, document, faults = _answers(lesson, here)
    sheet = mark_lesson(unit, document, shown, faults) if document else Sheet(unit)
    scores = {m.exercise.id: m.score or 0 for m in sheet.marked}
    points = {e.id: (round(e.points * scores.get(e.id, 0), 2), e.points) for e in lesson.exercises if e.points}
    said = [say["read" if document else "nothing"].format(lesson=lesson.id, file=shown)]
    said += [say["fault"].format(file=file, why=fault.why) for file, fault in faults]
    for exercise in lesson.exercises if document else ():
        if exercise.id in points:
            earned, possible = points[exercise.id]
            said.append(say["exercise"].format(title=exercise.title, earned=earned, possible=possible))
    return Score(round(sheet.points, 2), unit.possible, points, tuple(said))


def _answers(lesson: Lesson, here: Path) -> tuple[str, Json | None, list[tuple[str, Problem]]]:
    """The last answers to a lesson, chosen as `grade` chooses: the file they are in, they, and what is wrong."""
    wanted, page = (lesson.story.id, lesson.id), lesson.story.about["sha256"]
    faults: list[tuple[str, Problem]] = []
    read, handed = [*_files(lesson, here, faults)], []
    for number, (shown, data) in enumerate(read):
        paper = parse_submission(shown, data)
        works = [work for work in paper.works if (work.story, work.lesson) == wanted]
        handed += [Handed(number, shown, paper.sha, False, 0, work) for work in works if work.page in ("", page)]
        faults += [(shown, Problem("page", lesson.id)) for work in works if work.page not in ("", page)]
        faults += [(shown, fault) for fault in paper.faults if not shown.endswith(".bak")]
    picked = pick(handed, "last")
    if not picked.works:
        return "", None, faults
    shown, data = read[picked.works[0].seq]
    return shown, documents(shown, data)[wanted], [*faults, *picked.faults]


def _files(lesson: Lesson, here: Path, faults: list[tuple[str, Problem]]) -> Iterator[tuple[str, bytes]]:
    own = here / "answers" / lesson.story.id / f"{lesson.id}.json"
    for place in (own, own.with_name(f"{own.name}.bak"), *sorted(here.glob("handin*.json*"))[:MOST_FILES]):
        shown = place.relative_to(here).as_posix()
        try:
            if not place.resolve().is_relative_to(here):
                raise Refused("link")
            if place.exists():
                yield shown, Sources(place.parent).read(Place(place.name))
        except Refused as refused:
            faults.append((shown, refused.fault))
        except OSError as error:
            faults.append((shown, Problem("unreadable", error.strerror or "")))


def answers_only(nb: Any, resources: Any) -> tuple[Any, Any]:
    """For nbgrader's `sanitize_preprocessors`: of a notebook made here only the graded cell is left to run, once.

    So cells that were added, doubled, deleted or broken cost nothing, and no learner's code is run. With
    `OverwriteCells.add_missing_cells` a graded cell that was deleted comes back.
    """
    graded = [cell for cell in nb.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == OURS]
    if graded or OURS in nb.metadata:
        nb.cells = graded[:1]
    return nb, resources


class AnswersOnly:
    """For Otter's `plugins`: nothing of the notebook is run; the tests read the answers beside it."""

    def __init__(self, submission_path: str, submission_metadata: Any, plugin_config: Any) -> None:
        pass

    def before_execution(self, submission: Any) -> Any:
        """The notebook that Otter runs in place of the learner's: an empty one."""
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
