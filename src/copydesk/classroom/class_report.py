"""The class report of one output folder: the slips kept there are counted and become a page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from copydesk.classroom.book import Book
from copydesk.classroom.course import Settings, Unit, course
from copydesk.classroom.ledger import Ledger
from copydesk.classroom.report_names import names_html
from copydesk.classroom.report_page import report_page
from copydesk.classroom.tally import Tally, sorted_out
from copydesk.errors import CopydeskError


@dataclass(frozen=True, slots=True)
class Made:
    """A report as HTML, with how many learners and lessons are in it."""

    html: str
    learners: int
    lessons: int


def keep_course(ledger: Ledger, settings: Settings, rules: str) -> None:
    """Keep what the class was graded on, so that a report can be made later; `rules` is the settings' fingerprint."""
    counts = ledger.counts()
    about = {
        "rules": rules,
        "counts": {name: counts.get(name, 0) for name in ("missing", "unread")},
        **asdict(settings),
    }
    ledger.book.set_course(json.dumps(about))


def class_report(book: Book, *, names: bool = False) -> Made:
    """The report on the class as it was graded last.

    Raises CopydeskError if nothing was graded here, or if kit, story or settings have changed since.
    """
    about = json.loads(book.course() or "null")
    if about is None:
        raise CopydeskError("nothing was graded here yet", "run copydesk grade first")
    lessons = tuple((story, lesson, folder) for story, lesson, folder in about["lessons"])
    settings = Settings(lessons, tuple((n, f) for n, f in about["weights"]), about["policy"])
    if settings.fingerprint() != about["rules"]:
        raise CopydeskError("the kit or a story has changed since this was graded", "run copydesk grade again")
    return made_of(book, course(settings), about["counts"], names=names)


def made_of(book: Book, units: tuple[Unit, ...], counts: Mapping[str, int], *, names: bool = False) -> Made:
    """The report on what a book holds; `counts` says how many learners are missing and unread."""
    tally = Tally.of(book.slips())
    named = names_html(units, book.everybody()) if names else ""
    return Made(report_page(units, sorted_out(tally), counts, named), tally.learners, len(units))
