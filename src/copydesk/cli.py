"""The command line: `copydesk check` for authors, `copydesk release` and `copydesk grade` for instructors."""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Sequence

from copydesk import __version__
from copydesk.commands import check, doctor, grade, release, report
from copydesk.errors import CopydeskError


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
    check.add(commands)
    doctor.add(commands)
    grade.add(commands)
    release.add(commands)
    report.add(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
