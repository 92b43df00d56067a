"""Points for the graders a course has already, nbgrader and Otter: read from the answers, not from cells."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from copydesk.answers.form import Json
from copydesk.classroom.course import Unit
from copydesk.classroom.faults import Fault, Refused
from copydesk.classroom.marking import Sheet, mark_lesson
from copydesk.classroom.papers import documents, survey
from copydesk.classroom.picks import Handed, pick
from copydesk.classroom.sources import Place, Sources
from copydesk.lessons import Lesson, load_lesson
from copydesk.stories import DEFAULT, load_story
from copydesk.wording import load_wording

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
    here, say = Path.cwd(), load_wording("gradebooks")["score"]
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
    say, unit = load_wording("gradebooks")["score"], Unit.of(lesson, lesson.id, {})
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


def _answers(lesson: Lesson, here: Path) -> tuple[str, Json | None, list[tuple[str, Fault]]]:
    """The last answers to a lesson, chosen as `grade` chooses: the file they are in, they, and what is wrong."""
    wanted, page = (lesson.story.id, lesson.id), lesson.story.about["sha256"]
    faults: list[tuple[str, Fault]] = []
    read, handed = [*_files(lesson, here, faults)], []
    for number, (shown, data) in enumerate(read):
        paper = survey(shown, data)
        works = [work for work in paper.works if (work.story, work.lesson) == wanted]
        handed += [Handed(number, shown, paper.sha, False, 0, work) for work in works if work.page in ("", page)]
        faults += [(shown, Fault("page", lesson.id)) for work in works if work.page not in ("", page)]
        faults += [(shown, fault) for fault in paper.faults if not shown.endswith(".bak")]
    picked = pick(handed, "last")
    if not picked.works:
        return "", None, faults
    shown, data = read[picked.works[0].seq]
    return shown, documents(shown, data)[wanted], [*faults, *picked.faults]


def _files(lesson: Lesson, here: Path, faults: list[tuple[str, Fault]]) -> Iterator[tuple[str, bytes]]:
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
            faults.append((shown, Fault("unreadable", error.strerror or "")))


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
