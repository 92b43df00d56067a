"""The console script `copydesk`: what learners need, and the commands that installed packages add.

`start` and `doctor` are built in. A package adds a command by an entry point in the group `copydesk.commands`: a
function that takes argparse's subparsers. The instructors' commands come this way, so an edition without them has a
working script.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from difflib import get_close_matches
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from copydesk import __version__
from copydesk.base.errors import CopydeskError
from copydesk.base.files import readable_error
from copydesk.base.wording import load_wording
from copydesk.checkup.doctor import checkup, finding_line, summary
from copydesk.start import copy_lessons, open_lab, usual_folder

GROUP = "copydesk.commands"
START_EPILOG = """
examples:
  copydesk start                      the lessons in this folder, or new ones in copydesk-lessons
  copydesk start news-course          copy them into the folder news-course, and open it
  copydesk start news-course --teacher   also the teacher sheets and the notebooks for grading and discussion

A file that is there already is left as it is: your work and your changes stay. Stop JupyterLab with Ctrl + C.
"""
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
    given = sys.argv[1:] if arguments is None else list(arguments)
    parser, lacking = _parser()
    try:
        _check_command(parser, next((word for word in given if not word.startswith("-")), ""), lacking)
        options = parser.parse_args(given)
        status = int(options.run(options))
        sys.stdout.flush()
        return status
    except CopydeskError as error:
        print(f"copydesk: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        if isinstance(error, BrokenPipeError):  # `copydesk check | head`: nobody reads on
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what Python still writes at its end
        else:
            print(f"copydesk: {readable_error(error, Path(error.filename or '.'), 'used')}", file=sys.stderr)
        return 1


def _parser() -> tuple[argparse.ArgumentParser, dict[str, str]]:
    """The parser, and for each command the package it lacks, '' for none."""
    parser = argparse.ArgumentParser(prog="copydesk", description="A teaching kit for reading news like a copy desk.")
    parser.add_argument("--version", action="version", version=f"copydesk {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    add_start(commands)
    add_doctor(commands)
    lacking = dict.fromkeys(commands.choices, "")
    for command in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
        try:
            command.load()(commands)
            lacking[command.name] = ""
        except ModuleNotFoundError as error:
            commands.add_parser(command.name, help=f"needs the package {error.name}, which is not installed")
            lacking[command.name] = str(error.name)
    return parser, lacking


def _check_command(parser: argparse.ArgumentParser, word: str, lacking: Mapping[str, str]) -> None:
    """Refuse a command that does not exist, with the one that was probably meant, and one that lacks a package."""
    if word and word not in lacking:
        close = get_close_matches(word.lower(), lacking, n=1)
        rest = f"did you mean `copydesk {close[0]}`?" if close else f"the commands are {', '.join(lacking)}"
        parser.error(f"there is no command '{word}'; {rest}")
    if missing := lacking.get(word):
        problem = f"`copydesk {word}` needs the package {missing}, which is not installed"
        raise CopydeskError(problem, 'run: python -m pip install "copydesk[classroom]"')


def add_command(  # noqa: PLR0913
    commands: Any, name: str, run: Callable[[argparse.Namespace], int], *, help: str, description: str, epilog: str = ""
) -> argparse.ArgumentParser:
    """Add a command that `run` carries out to the subparsers of a command line; an `epilog` keeps its line ends."""
    style = argparse.RawDescriptionHelpFormatter if epilog else argparse.HelpFormatter
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=help, description=description, epilog=epilog, formatter_class=style
    )
    parser.set_defaults(run=run)
    return parser


def add_start(commands: Any) -> None:
    """Add `copydesk start` to the command line."""
    parser = add_command(
        commands,
        "start",
        run_start,
        help="copy the lessons into a folder and open them in JupyterLab",
        description="Copy the lessons into a folder and open JupyterLab on the first one.",
        epilog=START_EPILOG,
    )
    parser.add_argument("folder", nargs="?", type=Path, metavar="FOLDER", help="where the lessons are, or will be")
    parser.add_argument("--teacher", action="store_true", help="also the sheets and notebooks for class work")
    parser.add_argument("--no-browser", action="store_true", help="only print the address, as with BROWSER=no")


def run_start(options: argparse.Namespace) -> int:
    """Copy, say what was copied, and run JupyterLab until it is stopped."""
    folder = options.folder or usual_folder()
    copied, say = copy_lessons(folder, teacher=options.teacher), load_wording("strings")["start"]
    if copied.new:
        print(say["copied"].format(n=len(copied.new), folder=folder.resolve()), flush=True)
    if copied.changed:
        print(say["changed"].format(names=", ".join(copied.changed)), flush=True)
    return open_lab(folder, browser=not options.no_browser and os.environ.get("BROWSER") != "no")


def add_doctor(commands: Any) -> None:
    """Add `copydesk doctor` to the command line."""
    parser = add_command(
        commands,
        "doctor",
        run_doctor,
        help="list what is wrong here and how to fix it",
        description="Look at the Python, the Jupyter, the story and the notebooks here: a line for each.",
        epilog=DOCTOR_EPILOG,
    )
    parser.add_argument("--json", action="store_true", help="the same for programs")


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
