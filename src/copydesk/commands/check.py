"""`copydesk check`: proofs for authors that scoring is fair, and a look at what a class will be graded with."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from copydesk.classroom.checking import check_settings
from copydesk.errors import CopydeskError
from copydesk.foil import compare
from copydesk.key_faults import key_faults
from copydesk.lesson_faults import lesson_faults
from copydesk.lessons import load_lesson
from copydesk.proofs import Proof, prove
from copydesk.stories import Story, list_stories, load_story

EXAMPLES = """examples:
  copydesk check                        every story, every lesson
  copydesk check --story baltics-2022   one story
  copydesk check --story baltics-2022 --finder   the finder beside the key
  copydesk check --lesson 02_who_says_so --all   every proof, not only a count
  copydesk check --roster class.csv --weights weights.csv --due 2027-03-01   what a class will be graded with
"""
SETTINGS = ("roster", "weights", "due", "rubric")
"""What a class can be graded with: with one of these, it is looked at instead of stories and lessons."""


def add(commands: Any) -> None:
    """Add the verb to the command line."""
    parser = commands.add_parser(
        "check",
        help="prove that stories, keys and lessons are sound",
        description="Read every story, key and lesson, and prove that scoring is fair: the key and each alternative "
        "score 100 %, a blank 0, marking everything under 50 %, one answer everywhere below the bar.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--story", help="name or folder of one story (default: all)")
    parser.add_argument("--lesson", help="one lesson (default: all)")
    parser.add_argument(
        "--finder", action="store_true", help="also lay the attribution finder’s reading beside the key"
    )
    parser.add_argument("--all", action="store_true", help="print every proof, not only those that fail")
    parser.add_argument("--roster", type=Path, help="look at this roster instead: who is on it, which columns are read")
    parser.add_argument("--weights", type=Path, help="look at these weights instead: what each lesson is worth")
    parser.add_argument("--due", help="look at this date instead: until when work is in time")
    parser.add_argument("--rubric", type=Path, help="look at these grades of texts instead")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print what holds and what does not; 0 only if everything holds."""
    if any(getattr(options, name) is not None for name in SETTINGS):
        return _check_class(options)
    faults, stories = 0, [load_story(name) for name in ([options.story] if options.story else list_stories())]
    if options.lesson and not any(options.lesson in story.lessons for story in stories):
        offers = ", ".join(sorted(lesson for story in stories for lesson in story.lessons)) or "none"
        raise CopydeskError(f"there is no lesson '{options.lesson}' to check", f"there are: {offers}")
    for story in stories:
        in_key = _check_story(story)
        faults += in_key
        if in_key and story.key:
            print("  the lessons wait until the key is sound")
            continue
        if options.finder and story.key:
            _print_finder(story)
        for lesson_id in sorted(story.lessons):
            if options.lesson in (None, lesson_id):
                faults += _check_lesson(lesson_id, story, show_all=options.all)
    print("all proofs hold" if not faults else f"{faults} faults")
    return int(faults > 0)


def _check_class(options: argparse.Namespace) -> int:
    """What a class will be graded with."""
    found = [*check_settings(story=options.story, **{name: getattr(options, name) for name in SETTINGS})]
    for one in found:
        print("\n".join([*one.said, *(f"  FAULT {fault}" for fault in one.faults)]))
    faults = sum(len(one.faults) for one in found)
    print("the class can be graded with this" if not faults else f"{faults} faults")
    return int(faults > 0)


def _check_story(story: Story) -> int:
    found = key_faults(story.key, story.article) if story.key else [f"'{story.id}' has no key.json to check"]
    print(
        f"story {story.id}: {len(story.article.blocks)} blocks, {len(story.article.sentences)} sentences, "
        f"{len(found) or 'no'} faults in the key"
    )
    for fault in found:
        print(f"  FAULT {fault}")
    return len(found)


def _check_lesson(lesson_id: str, story: Story, *, show_all: bool) -> int:
    lesson = load_lesson(lesson_id, story)
    faults = lesson_faults(lesson)
    proofs = [] if faults or lesson.key is None else prove(lesson)
    failed = [p for p in proofs if not p.holds]
    print(f"  {lesson_id}: {len(lesson.exercises)} exercises, {len(proofs) - len(failed)} of {len(proofs)} proofs hold")
    for fault in faults:
        print(f"    FAULT {fault}")
    for proof in proofs if show_all else failed:
        print(_line(proof))
    return len(faults) + len(failed)


def _print_finder(story: Story) -> None:
    assert story.key is not None
    foil = compare(story.key, story.article)
    for r in foil.readings:
        print(f"  {r.entry.id:>4} {r.found:<7} {r.machine.rule if r.machine else '-':<22} {r.note}")
    for a in foil.wrong:
        print(f"       wrong   {a.rule:<22} at {a.start}")
    counts = ", ".join(f"{foil.count(name)} {name}" for name in ("whole", "part", "missed"))
    print(
        f"  finder: of {len(foil.readings)} counted attributions {counts}; {len(foil.wrong)} marks are not in the key"
    )


def _line(proof: Proof) -> str:
    return f"    {'holds' if proof.holds else 'FAILS'}  {proof.exercise}: {proof.claim}" + (
        f" ({proof.detail})" if proof.detail else ""
    )
