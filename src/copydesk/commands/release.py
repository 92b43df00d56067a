"""`copydesk release`: chosen lessons become a student edition, a folder and a zip."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from copydesk.classroom import Release, release
from copydesk.edition_words import edition_words
from copydesk.wording import load_wording

EXAMPLES = """examples:
  copydesk release dist/students
  copydesk release dist/week1 --lessons 01,02 --course "News 101" --due 2027-03-01
  copydesk release dist/exam --lessons 02,-00 --graded --due 2027-03-01T18:00
  copydesk release dist/ours --story seeds/our-story --no-zip

what is in an edition:
  notebooks without outputs, the stories they need, the kit as a wheel, a README for learners, environment.yml. The
  same command gives the same bytes. Teacher sheets stay out. With --graded so does the key, in every form: answers are
  received, and `copydesk grade` grades what is handed in.

exit status:
  0  made
  1  not made; the message says why
  2  wrong usage
"""
OURS = {"baltics-2022", "greywater-barrage", "practice"}
"""The stories that come with the kit: their keys are public."""


def add(commands: Any) -> None:
    """Add the verb to the command line."""
    parser = commands.add_parser(
        "release",
        help="make a student edition",
        description="Make a student edition: a folder, and a zip of it, that open in JupyterLab as they are.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("out", type=Path, metavar="OUT", help="a new folder, or one with an earlier release in it")
    parser.add_argument(
        "--lessons", help="names or numbers, as 01,02; 00 comes along unless -00 is named (default: all)"
    )
    parser.add_argument("--story", help="name or folder of the story (default: the one in use)")
    parser.add_argument("--graded", action="store_true", help="leave out the key in every form")
    parser.add_argument("--course", default="", help="name of the course, shown to learners")
    parser.add_argument("--due", help="last day or moment, as 2027-03-01 or 2027-03-01T18:00; shown, never enforced")
    parser.add_argument("--zip", action=argparse.BooleanOptionalAction, default=True, help="also make OUT.zip")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Release and say what was made."""
    made = release(
        options.out,
        lessons=options.lessons.split(",") if options.lessons else None,
        story=options.story,
        graded=options.graded,
        course=options.course,
        due=options.due,
        as_zip=options.zip,
    )
    print("\n".join(sentences(made)))
    return 0


def sentences(made: Release) -> list[str]:
    """What was made, in plain sentences."""
    say, edition = load_wording("release")["summary"], made.edition
    lessons, stories = ", ".join(name[:2] for name in edition.lessons), ", ".join(made.stories)
    kind = say["graded" if edition.graded else "ungraded"]
    told = [say["edition"].format(kind=kind, lessons=lessons, stories=stories), *edition_words(edition)]
    told.append(say["folder"].format(folder=made.folder, files=len(made.files), size=_size(made.bytes)))
    if made.zip:
        told.append(say["zip"].format(zip=made.zip, size=_size(made.zip_bytes), sha256=made.sha256))
    told += [say["left_out"], *(f"  - {text}" for text in made.left_out)]
    known = ", ".join(name for name in made.stories if name in OURS)
    if edition.graded:
        told += [say["facts"]] if any(name.startswith("07") for name in edition.lessons) else []
        told += [say["known"].format(stories=known)] if known else []
    return told


def _size(count: int) -> str:
    return f"{count / 1_000_000:.1f} MB" if count >= 1_000_000 else f"{count / 1000:.0f} kB"
