"""The answers of a class that count, learner by learner, chosen as `copydesk grade` chooses them; nothing is scored."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from copydesk.base.documents import Json
from copydesk.lessons.lesson import Lesson
from copydesk_classroom.collecting.collect import collect, drop_unknown_lessons
from copydesk_classroom.collecting.files import Sources
from copydesk_classroom.collecting.roster import Roster, read_roster
from copydesk_classroom.collecting.state import RunTables
from copydesk_classroom.collecting.submissions import documents, pick
from copydesk_classroom.course import LessonId, Policy
from copydesk_classroom.wording import Refused


@dataclass(frozen=True, slots=True)
class LearnerAnswers:
    """One learner's answers to one lesson; under the policy `best` there may be several of a learner and lesson."""

    who: str
    name: str
    lesson: LessonId
    document: Json


def latest_answers(  # noqa: PLR0913
    folder: Path,
    offered: Mapping[LessonId, Lesson],
    *,
    roster: Path | None = None,
    policy: Policy = "last",
    story: str | None = None,
    leave_out: Iterable[Path] = (),
) -> Iterator[LearnerAnswers]:
    """The answers that count in a folder or zip, by learners' names; files that cannot be read are skipped.

    `offered` are the lessons to look for. Raises CopydeskError for a roster that cannot be read.
    """
    sources = Sources(folder, leave_out=(roster, *leave_out))
    # grading keeps its tables among the results; here there are none, so they live for as long as the answers are read
    with tempfile.TemporaryDirectory(prefix="copydesk-answers-") as temp:
        tables = RunTables(Path(temp))
        try:
            names = Roster(read_roster(roster).pupils() if roster else ())
            collect(sources, tables, names, None, lambda _: None)
            drop_unknown_lessons(tables, names, offered, story)
            for learner in tables.learners(missing=False):
                picked = pick(tables.attempts(learner.who), policy)
                read = {}
                for seq, shown in {a.seq: a.shown for a in picked.attempts}.items():
                    try:
                        read[seq] = documents(shown, sources.read(tables.place(seq)))
                    except Refused:  # the file was there a moment ago
                        read[seq] = {}
                for attempt in picked.attempts:
                    if (document := read[attempt.seq].get(attempt.lesson)) and attempt.lesson in offered:
                        yield LearnerAnswers(learner.who, learner.name, attempt.lesson, document)
        finally:
            sources.close()
            tables.close(keep=False)
