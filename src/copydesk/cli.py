"""The console script `copydesk`: what learners need, and the commands that installed packages add.

`doctor` is built in. A package adds a command by an entry point in the group `copydesk.commands`: a function that
takes argparse's subparsers. The instructors' commands come this way, so an edition without them has a working script.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import entry_points
from typing import Any

from copydesk import __version__
from copydesk.base.errors import CopydeskError
from copydesk.checkup.doctor import checkup, finding_line, summary

GROUP = "copydesk.commands"
DOCTOR_EPILOG = """
Run it in the folder of the lessons, in the terminal where you start Jupyter. It starts Jupyter's kernel and asks it,
which takes some seconds; it changes nothing and needs no network. In a notebook: copydesk.doctor()

exit status:
  0  nothing is wrong
  1  something needs fixing
  2  wrong usage
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status is 0 only if all is well, 1 for faults, 2 for wrong usage."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a sign this terminal cannot show must not end the command
            stream.reconfigure(errors="replace")
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        return int(options.run(options))
    except CopydeskError as error:
        print(f"copydesk: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="copydesk", description="A teaching kit for reading news like a copy desk.")
    parser.add_argument("--version", action="version", version=f"copydesk {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    add_doctor(commands)
    for command in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
        command.load()(commands)
    return parser


def add_doctor(commands: Any) -> None:
    """Add `copydesk doctor` to the command line."""
    parser = commands.add_parser(
        "doctor",
        help="list what is wrong here and how to fix it",
        description="Look at the Python, the Jupyter, the story and the notebooks here: a line for each.",
        epilog=DOCTOR_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="the same for programs")
    parser.set_defaults(run=run_doctor)


def run_doctor(options: argparse.Namespace) -> int:
    """Print every finding; 0 only if nothing is wrong."""
    found = checkup()
    well = all(finding.well for finding in found)
    if options.json:
        findings = [asdict(finding) for finding in found]
        print(json.dumps({"copydesk": __version__, "well": well, "findings": findings}, indent=2))
    else:
        print("\n".join([*map(finding_line, found), summary(found)]))
    return int(not well)


if __name__ == "__main__":
    sys.exit(main())
