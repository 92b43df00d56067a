"""`copydesk report`: where a class is stuck, on one page; without names unless they are asked for."""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from copydesk.classroom import Report, report
from copydesk.classroom.reporting import is_graded
from copydesk.commands.grade import Progress
from copydesk.wording import load_wording

EXAMPLES = """examples:
  copydesk report grades                                what `copydesk grade … --out grades` wrote
  copydesk report grades --out week3.html
  copydesk report grades --names --out for_me.html      with a table of who is stuck where
  copydesk report submissions                           straight from what was handed in

what is on the page:
  the hardest items with what was read instead; begun, finished, objectives met; how far votes agree, with intervals,
  and what divides the class; discernment before and after, of those who shared it; maps of the class's marks.
  Counts only: no names, no learner's own words, and groups of fewer than 5 are not broken down. `copydesk grade`
  writes the same page as report.html.

exit status:
  0  written
  1  nothing to report on, or an error
  2  wrong usage
"""


def add(commands: Any) -> None:
    """Add the verb to the command line."""
    parser = commands.add_parser(
        "report",
        help="see where a class is stuck",
        description="One page on a class: hard items, common other readings, agreement, heat maps, progress.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folder", type=Path, help="what `copydesk grade` wrote, or what was handed in (folder or zip)")
    parser.add_argument("--out", type=Path, default=Path("report.html"), help="the page (default: report.html)")
    parser.add_argument("--names", action="store_true", help="add who is stuck where, by name: for the instructor only")
    parser.add_argument("--workers", type=int, default=1, help="processes to use where hand-ins are still to be graded")
    parser.add_argument("--quiet", action="store_true", help="no progress and no summary")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the report and say where it is."""
    progress = Progress(quiet=options.quiet or not sys.stderr.isatty())
    many = options.workers > 1 and not is_graded(options.folder)
    try:
        with ProcessPoolExecutor(options.workers) if many else nullcontext() as executor:
            made = report(options.folder, options.out, names=options.names, executor=executor, progress=progress)
    finally:
        progress.end()
    if not options.quiet:
        print("\n".join(sentences(made)))
    return 0


def sentences(made: Report) -> list[str]:
    """What was written, in plain sentences."""
    say, size = load_wording("report")["cli"], f"{made.bytes / 1000:,.0f} kB"
    return [
        say["made"].format(learners=made.learners, path=made.path, size=size),
        say["named" if made.names else "nameless"],
    ]
