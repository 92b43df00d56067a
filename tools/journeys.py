"""How far a reader of the code has to travel: files and moves between files on four journeys through it.

    python -m tools.journeys [JOURNEY ...] [--files]

Each journey is something a user does. It runs once uncounted, which fills the caches, and is then run again under a
profiler. A file takes part if a function of it is called. A move is a call from a function in one file of `src/` to a
function in another; frames of the standard library in between are passed over. Fewer of both mean that more of a
journey can be read in one place. The figures are for comparing two versions of the code, not for a goal of their own.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import copydesk
from copydesk.attribution import find_attributions
from copydesk_classroom import grade

ROOT = Path(__file__).resolve().parents[1]
SRC = Path(copydesk.__file__).resolve().parents[1]
LESSON, HAND_IN = "02_who_says_so", ROOT / "tests" / "fixtures" / "version_0_1" / "handin.json"


def page_to_article() -> None:
    """Take the page of the built-in story apart."""
    copydesk.parse_article(_story_text())


def text_to_attributions() -> None:
    """Find every attribution in the built-in story."""
    find_attributions(_story_text())


def check_with_saved_answer_and_feedback() -> None:
    """Open lesson 02, save the key's answer to its largest mark exercise and check it."""
    with tempfile.TemporaryDirectory() as answers:
        os.environ["COPYDESK_ANSWERS"] = answers
        desk = copydesk.open_lesson(LESSON)
        key, text = desk.lesson.key, desk.story.article.text
        assert key is not None
        own = [e for e in desk.lesson.exercises if e.type == "mark" and not e.story]
        marks = [(e.model_answers(key, text)["key"], e) for e in own]
        answer, exercise = max(marks, key=lambda pair: len(str(pair[0])))
        widget = desk.exercise(exercise.id)
        widget.save(answer, seq=1, by="journey")
        outcome = widget.check()
        assert outcome.score == 1, outcome


def answers_to_grades() -> None:
    """Grade a class of one learner, from the hand-in to `grades.csv`."""
    with tempfile.TemporaryDirectory() as folder:
        (handed_in := Path(folder, "in")).mkdir()
        shutil.copy(HAND_IN, handed_in)
        grade(handed_in, out := Path(folder, "out"))
        assert (out / "grades.csv").is_file()


JOURNEYS: dict[str, Callable[[], None]] = {
    "page to article": page_to_article,
    "text to attributions": text_to_attributions,
    "check with saved answer and feedback": check_with_saved_answer_and_feedback,
    "answers to grades.csv": answers_to_grades,
}


def _story_text() -> str:
    return (ROOT / "seeds" / "baltics-2022" / "page.txt").read_bytes().decode("utf-8")


def count(journey: Callable[[], None]) -> tuple[Counter[str], Counter[tuple[str, str]]]:
    """The calls into each file of `src/` on a journey, and the moves from each file to each other one."""
    calls: Counter[str] = Counter()
    moves: Counter[tuple[str, str]] = Counter()
    names: dict[str, str] = {}

    def name_of(frame: FrameType) -> str:
        """The file of a frame as a path below `src/`, or nothing for code from elsewhere."""
        path = frame.f_code.co_filename
        if path not in names:
            names[path] = str(Path(path).relative_to(SRC)) if path.startswith(str(SRC)) else ""
        return names[path]

    def profile(frame: FrameType, event: str, _: Any) -> None:
        if event != "call" or not (here := name_of(frame)):
            return
        calls[here] += 1
        caller = frame.f_back
        while caller is not None and not name_of(caller):
            caller = caller.f_back
        if caller is not None and name_of(caller) != here:
            moves[name_of(caller), here] += 1

    sys.setprofile(profile)
    try:
        journey()
    finally:
        sys.setprofile(None)
    return calls, moves


def main() -> None:
    """Print one line per journey; with `--files`, also which files it visits and where the moves are."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("journeys", nargs="*", metavar="JOURNEY", help=f"some of: {', '.join(JOURNEYS)}")
    parser.add_argument("--files", action="store_true", help="list the files and the most frequent moves")
    given = parser.parse_args()
    print(f"{'journey':38} {'files':>6} {'moves':>7}")
    for name in given.journeys or JOURNEYS:
        JOURNEYS[name]()
        calls, moves = count(JOURNEYS[name])
        print(f"{name:38} {len(calls):6} {moves.total():7}")
        if given.files:
            print(*(f"    {n:6} calls  {file}" for file, n in calls.most_common()), sep="\n")
            print(*(f"    {n:6} moves  {a} -> {b}" for (a, b), n in moves.most_common(25)), sep="\n")


if __name__ == "__main__":
    main()
