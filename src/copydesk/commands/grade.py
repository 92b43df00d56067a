"""`copydesk grade`: a folder of what was collected becomes grades, feedback pages and a list of problems."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import nullcontext
from itertools import islice
from pathlib import Path
from typing import Any

from copydesk.classroom import Summary, grade
from copydesk.classroom.sources import Sources
from copydesk.errors import CopydeskError
from copydesk.wording import load_wording

EXAMPLES = """examples:
  copydesk grade submissions --out grades
  copydesk grade moodle.zip --out grades --roster worksheet.csv --lessons 01,02
  copydesk grade submissions --out grades --due 2026-03-01T23:59 --policy best
  copydesk grade submissions --out grades --weights weights.csv --workers 4
  copydesk grade submissions --out results --rubric grades

what is read:
  hand-ins (handin_….json), folders answers/<story>/<lesson>.json, zips of these; downloads of Moodle and Canvas as they
  are; one folder a learner. Nothing is executed, unpacked or changed. A second run grades only what has changed.

exit status:
  0  graded (what could not be read is in problems.csv)
  1  nothing could be graded, or an error
  2  wrong usage
  130  stopped with Ctrl + C; the same command goes on from there
"""
MANY = 50
"""From so many files on, several processes pay."""


def add(commands: Any) -> None:
    """Add the verb to the command line."""
    parser = commands.add_parser(
        "grade",
        help="grade what a class handed in",
        description="Grade a class: scores, import files for Moodle and Canvas, one feedback page a learner, a "
        "report on the class, and a list of what could not be read.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folder", type=Path, help="the folder with what was collected, or one zip")
    parser.add_argument("--out", type=Path, required=True, help="the folder for the results")
    parser.add_argument("--story", help="grade this story only")
    parser.add_argument("--lessons", help="names or numbers, as 01,02 (default: all that somebody handed in)")
    parser.add_argument("--roster", type=Path, help="CSV with id, name, email: tells who is missing")
    parser.add_argument("--policy", choices=("last", "best"), default="last", help="which of several tries counts")
    parser.add_argument("--due", help="last moment, as 2026-03-01 or 2026-03-01T23:59 (here, unless it has a zone)")
    parser.add_argument("--weights", type=Path, help="CSV or TOML: lesson or lesson/exercise, and its factor")
    parser.add_argument("--rubric", type=Path, help="the folder with what people gave texts (grade_writing.ipynb)")
    parser.add_argument("--assignment", default="Copydesk", help="the column in grades_canvas.csv")
    parser.add_argument("--workers", type=int, help="processes to use (default: all cores for a large class)")
    parser.add_argument("--quiet", action="store_true", help="no progress and no summary")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Grade and say what was done; 0 if anybody was graded."""
    progress = Progress(quiet=options.quiet or not sys.stderr.isatty())
    try:
        with _executor(options) as executor:
            summary = grade(
                options.folder,
                options.out,
                story=options.story,
                lessons=[x.strip() for x in options.lessons.split(",") if x.strip()] if options.lessons else None,
                roster=options.roster,
                policy=options.policy,
                due=options.due,
                weights=options.weights,
                rubric=options.rubric,
                assignment=options.assignment,
                executor=executor,
                progress=progress,
            )
    except KeyboardInterrupt:
        progress.end()
        print(load_wording("classroom")["summary"]["stopped"], file=sys.stderr)
        return 130
    except BrokenProcessPool:
        progress.end()
        raise CopydeskError(*load_wording("classroom")["summary"]["broken"]) from None
    progress.end()
    if not options.quiet:
        print("\n".join(sentences(summary)))
    return int(not summary.graded)


def _executor(options: argparse.Namespace) -> Any:
    """A pool of processes for a large class, else nothing."""
    workers = options.workers or os.cpu_count() or 1
    if workers < 2 or (options.workers is None and not _is_large(options.folder, options.out)):
        return nullcontext()
    pool: Executor = ProcessPoolExecutor(workers, initializer=_leave_interrupts_to_the_parent)
    return pool


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _is_large(folder: Path, out: Path) -> bool:
    if not folder.exists():
        return False
    sources = Sources(folder, leave_out=[out])
    try:
        return len([*islice(sources.walk(), MANY + 1)]) > MANY
    finally:
        sources.close()


def sentences(summary: Summary) -> list[str]:
    """What a run did, in plain sentences."""
    say, s = load_wording("classroom")["summary"], summary
    if not s.graded:
        return [say["nothing"].format(out=s.out)]
    told = [say["graded"].format(n=s.graded, lessons=", ".join(s.lessons))]
    told += [say["anew"].format(n=s.anew, rest=s.graded - s.anew)] if s.anew < s.graded else []
    told += [say["not_handed_in"].format(lessons=", ".join(s.not_handed_in))] if s.not_handed_in else []
    names = ("missing", "strangers", "unread", "late", "texts", "several", "waiting", "problems", "notes", "changes")
    for name in names:
        if count := getattr(s, name):
            told.append(say[name].format(n=count))
    return [*told, say["written"].format(out=s.out)]


class Progress:
    """One line on the terminal that says how far it is; nothing where nobody looks."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet, self._next, self._width = quiet, 0.0, 0

    def __call__(self, what: str, done: int, of: int) -> None:
        if self._quiet or (time.monotonic() < self._next and done != of):
            return
        self._next = time.monotonic() + 0.1
        text = f"{what} {done:,}{f' of {of:,}' if of else ''}"
        bar = f" [{'#' * (20 * done // of):<20}]" if of else ""
        self._show(f"{text}{bar}")

    def _show(self, text: str) -> None:
        sys.stderr.write(f"\r{text:<{self._width}}")
        sys.stderr.flush()
        self._width = len(text)

    def end(self) -> None:
        """Clear the line."""
        if self._width:
            self._show("")
            sys.stderr.write("\r")
            self._width = 0
