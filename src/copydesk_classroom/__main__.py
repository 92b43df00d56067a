"""`python -m copydesk_classroom nbgrader …` and `otter …`: a lesson's notebook becomes an assignment."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from copydesk.base.errors import CopydeskError
from copydesk_classroom.graders import nbgrader_assignment, otter_assignment

EXAMPLES = """examples:
  python -m copydesk_classroom nbgrader notebooks/02_who_says_so.ipynb course/source/week2 --points 10
  python -m copydesk_classroom otter notebooks/02_who_says_so.ipynb week2

Read docs/nbgrader.md or docs/otter.md for what comes before and after.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Make one assignment and say what to do next; 0 if it was made."""
    parser = argparse.ArgumentParser(
        prog="python -m copydesk_classroom",
        description="Make an assignment for the grader a course has already; its points come from the answer file.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("grader", choices=("nbgrader", "otter"))
    parser.add_argument("notebook", type=Path, help="a lesson's notebook")
    parser.add_argument("folder", type=Path, help="nbgrader: source/<assignment> of the course; otter: a new folder")
    parser.add_argument("--story", help="name or folder of the story (default: the built-in one)")
    parser.add_argument("--points", type=float, help="nbgrader: what the assignment is worth (default: as the lesson)")
    given = parser.parse_args(arguments)
    try:
        if given.grader == "nbgrader":
            said = nbgrader_assignment(given.notebook, given.folder, story=given.story, points=given.points)
        else:
            said = otter_assignment(given.notebook, given.folder, story=given.story)
    except CopydeskError as error:
        print(f"copydesk: {error}", file=sys.stderr)
        return 1
    print(said)
    return 0


if __name__ == "__main__":
    sys.exit(main())
