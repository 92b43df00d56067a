"""What a class handed in, learner by learner, read as `copydesk grade` reads it; nothing is scored and nothing kept."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
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
from copydesk_classroom.problems import Refused


@dataclass(frozen=True, slots=True)
class LearnerAnswers:
    """One learner's answers to one lesson, of those that count."""

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
    """The works that count, in the order of learners' names; files that cannot be read are passed over."""
    with _collected(Sources(folder, leave_out=(roster, *leave_out)), offered, roster, story) as (ledger, sources):
        for learner in ledger.learners(missing=False):
            picked = pick(ledger.works(learner.who), policy)
            read = {}
            for seq, shown in {h.seq: h.shown for h in picked.works}.items():
                try:
                    read[seq] = documents(shown, sources.read(ledger.place(seq)))
                except Refused:  # it was there a moment ago
                    read[seq] = {}
            for handed in picked.works:
                if (document := read[handed.seq].get(handed.lesson)) and handed.lesson in offered:
                    yield LearnerAnswers(learner.who, learner.name, handed.lesson, document)


@contextmanager
def _collected(
    sources: Sources, offered: Mapping[LessonId, Lesson], roster: Path | None, story: str | None
) -> Iterator[tuple[RunTables, Sources]]:
    with tempfile.TemporaryDirectory(prefix="copydesk-works-") as temp:
        ledger = RunTables(Path(temp))
        try:
            names = Roster(ledger.base)
            names.add(read_roster(roster) if roster else ())
            collect(sources, ledger, names, None, lambda _: None)
            drop_unknown_lessons(ledger, names, offered, story)
            yield ledger, sources
        finally:
            sources.close()
            ledger.close(keep=False)
