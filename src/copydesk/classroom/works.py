"""What a class handed in, learner by learner, read as `copydesk grade` reads it; nothing is scored and nothing kept."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from copydesk.answers.form import Json
from copydesk.classroom.collecting import collect, settle
from copydesk.classroom.course import LessonId, Policy
from copydesk.classroom.faults import Refused
from copydesk.classroom.ledger import Ledger
from copydesk.classroom.papers import documents
from copydesk.classroom.picks import pick
from copydesk.classroom.roster import Roster, read_roster
from copydesk.classroom.sources import Sources
from copydesk.lessons import Lesson


@dataclass(frozen=True, slots=True)
class Work:
    """One learner's answers to one lesson, of those that count."""

    who: str
    name: str
    lesson: LessonId
    document: Json


def works(  # noqa: PLR0913
    folder: Path,
    offered: Mapping[LessonId, Lesson],
    *,
    roster: Path | None = None,
    policy: Policy = "last",
    story: str | None = None,
    leave_out: Iterable[Path] = (),
) -> Iterator[Work]:
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
                    yield Work(learner.who, learner.name, handed.lesson, document)


@contextmanager
def _collected(
    sources: Sources, offered: Mapping[LessonId, Lesson], roster: Path | None, story: str | None
) -> Iterator[tuple[Ledger, Sources]]:
    with tempfile.TemporaryDirectory(prefix="copydesk-works-") as temp:
        ledger = Ledger(Path(temp))
        try:
            names = Roster(ledger.base)
            names.add(read_roster(roster) if roster else ())
            collect(sources, ledger, names, None, lambda _: None)
            settle(ledger, names, offered, story)
            yield ledger, sources
        finally:
            sources.close()
            ledger.close(keep=False)
