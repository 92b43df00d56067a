"""`copydesk doctor`: what is wrong here, a sentence each, and how to mend it."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from typing import Any

from copydesk import __version__
from copydesk.checkup import checkup
from copydesk.doctor_page import line, verdict

EPILOG = """
Run it in the folder of the lessons, in the terminal where you start Jupyter. It starts Jupyter's kernel and asks it,
which takes some seconds; it changes nothing and needs no network. In a notebook: copydesk.doctor()

exit status:
  0  nothing is wrong
  1  something is to be mended
  2  wrong usage
"""


def add(commands: Any) -> None:
    """Add the verb to the command line."""
    parser = commands.add_parser(
        "doctor",
        help="say what is wrong here and how to mend it",
        description="Look at the Python, the Jupyter, the story and the notebooks here: a line for each.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="the same for programs")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print every finding; 0 only if nothing is wrong."""
    found = checkup()
    well = all(finding.well for finding in found)
    if options.json:
        findings = [asdict(finding) for finding in found]
        print(json.dumps({"copydesk": __version__, "well": well, "findings": findings}, indent=2))
    else:
        print("\n".join([*map(line, found), verdict(found)]))
    return int(not well)
