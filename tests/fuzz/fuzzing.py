"""A format that is changed again and again, and what came of it."""

import json
import os
import random
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from copydesk.base.errors import CopydeskError
from copydesk.lessons.lesson import Lesson
from copydesk.views.agreement import class_votes
from copydesk.views.timeline import lesson_timeline
from copydesk_classroom.checking import check_scoring, lesson_faults
from tests.fuzz.changed_files import changed

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
KEPT = Path(__file__).parents[1] / "fixtures" / "fuzz"
OLD = Path(__file__).parents[1] / "fixtures" / "version_0_1"
TRIES, FIRST = int(os.environ.get("FUZZ_TRIES", "2000")), int(os.environ.get("FUZZ_FIRST", "0"))
HANDINS = json.loads((OLD / "handin.json").read_bytes())["answers"]

Act = Callable[[], object]
MOST_FOUND = 20
"""How many different findings are told in one format."""


class Fuzz:
    """One format that is changed again and again and used; only a CopydeskError may come of it."""

    def __init__(self) -> None:
        self.tries = self.refused = 0
        self.slowest, self.harmless = 0.0, False
        """How long a use took at most, in seconds of the processor; and whether nothing is refused in this format."""
        self.found: dict[str, str] = {}

    def use(self, act: Act, what: str) -> None:
        """Use what was changed; what it raises is noted, once for each place that raises it."""
        begun = time.process_time()
        try:
            act()
        except CopydeskError as error:
            self.refused += 1
            if len(str(error)) > 1000:
                self.found["a long sentence"] = what
        except Exception as error:
            at = traceback.extract_tb(error.__traceback__)[-1]
            self.found.setdefault(f"{type(error).__name__} in {Path(at.filename).name}, line {at.lineno}", what)
        self.slowest = max(self.slowest, time.process_time() - begun)
        self.tries += 1

    def each(self, path: Path, original: bytes, act: Act, *, of: int = 1, kept: str = "") -> None:
        """Change a file again and again and use it; `TRIES` are shared by so many files of one format (`of`).

        Files in the folder `kept` of the fixtures are used first.
        """
        for file in sorted((KEPT / kept).iterdir()) if kept else ():
            path.write_bytes(file.read_bytes())
            self.use(act, file.name)
        for seed in range(FIRST, FIRST + TRIES // of + 1):
            path.write_bytes(changed(original, seed, path.suffix[1:]))
            self.use(act, f"seed {seed} of {path.name}")
            if len(self.found) > MOST_FOUND:
                break


def most_memory() -> int:
    """The most memory that this process has had, in bytes; 0 where the system does not say."""
    if sys.platform == "win32":
        return 0
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def use(lesson: Lesson) -> None:
    """What a lesson does when it is opened and when it is checked."""
    for exercise in lesson.exercises:
        exercise.full_view(lesson.story)
        exercise.static_view(lesson.story, exercise.beginning())
    own = lesson.story.lessons[lesson.id]
    if "timeline" in own:
        lesson_timeline(lesson)
    for name in own.get("class", ()):
        class_votes(lesson, name)
    if not lesson_faults(lesson) and random.Random(repr(lesson.exercises)).random() < 0.005:  # scoring takes longest
        check_scoring(lesson)
