"""The instructors' commands: `copydesk check`, `grade`, `report` and `release`.

For each there is a function that adds its parser, one that runs it and returns the exit status, and one that puts the
result into the lines to print. The kit's console script finds the first ones by entry points (see `pyproject.toml`).
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import nullcontext
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from copydesk.base.errors import CopydeskError
from copydesk.base.system import most_processes
from copydesk.cli import add_command
from copydesk.lessons.lesson import Lesson, load_lesson
from copydesk.story.edition import edition_words
from copydesk.story.story import Story, list_stories, load_story
from copydesk.views.comparisons import compare_finder
from copydesk_classroom.checking import (
    check_scoring,
    check_settings,
    guess_objectives,
    key_faults,
    lesson_faults,
)
from copydesk_classroom.collecting.files import Sources
from copydesk_classroom.grading.grade import grade, summary_lines
from copydesk_classroom.grading.write_report import is_graded, report
from copydesk_classroom.releasing.release import Release, release
from copydesk_classroom.stories.confirm import lesson_states
from copydesk_classroom.wording import class_wording

if TYPE_CHECKING:
    from copydesk_classroom.releasing.lite import Site

CHECK_EXAMPLES = """examples:
  copydesk check                        every story and lesson
  copydesk check --story baltics-2022   one story
  copydesk check --story baltics-2022 --finder   also compare the finder with the key
  copydesk check --lesson 02_who_says_so --all   list every scoring check
  copydesk check --guess                how often each objective is met by chance
  copydesk check --roster class.csv --weights weights.csv --due 2027-03-01   the settings for grading a class
"""
SETTINGS = ("roster", "weights", "due", "rubric")
"""The settings for grading a class; if one is given, the settings are checked and not the stories."""


def add_check(commands: Any) -> None:
    """Add `check` to the subparsers of the command line."""
    parser = add_command(
        commands,
        "check",
        run_check,
        help="check stories, keys, lessons and the settings for grading",
        description="Check every story, key and lesson, and that scoring is fair: the key and each alternative score "
        "100 %, a blank answer scores 0, marking everything stays under 50 %, one answer everywhere does not pass, and "
        "guessing does not meet an objective.",
        epilog=CHECK_EXAMPLES,
    )
    parser.add_argument("--story", help="name or folder of one story (default: all)")
    parser.add_argument("--lesson", help="one lesson (default: all)")
    parser.add_argument("--finder", action="store_true", help="also compare the attribution finder with the key")
    parser.add_argument("--all", action="store_true", help="list every scoring check, not only those that fail")
    parser.add_argument("--guess", action="store_true", help="say how often each objective is met by chance")
    parser.add_argument("--roster", type=Path, help="check this roster: who is on it, which columns are read")
    parser.add_argument("--weights", type=Path, help="check these weights: what each lesson is worth")
    parser.add_argument("--due", help="check this due date: when a submission is late")
    parser.add_argument("--rubric", type=Path, help="check these grades that people gave texts")


def run_check(options: argparse.Namespace) -> int:
    """Check and print what was found; returns 0 only if there are no faults."""
    if any(getattr(options, name) is not None for name in SETTINGS):
        return _check_class(options)
    faults, stories = 0, []
    for name in [options.story] if options.story else list_stories():
        try:
            stories.append(load_story(name))
        except CopydeskError as error:
            if options.story:
                raise
            print(f"story {name}\n  FAULT {error}")
            faults += 1
    if options.lesson and not any(options.lesson in story.lessons for story in stories):
        offers = ", ".join(sorted(lesson for story in stories for lesson in story.lessons)) or "none"
        raise CopydeskError(f"there is no lesson '{options.lesson}' to check", f"there are: {offers}")
    for story in stories:
        in_key = _check_story(story)
        faults += in_key
        if in_key and story.key:
            print("  the lessons are not checked until the key has no faults")
            continue
        if options.finder and story.key:
            _print_finder(story)
        for lesson_id in sorted(story.lessons):
            if options.lesson in (None, lesson_id):
                faults += _check_lesson(lesson_id, story, show_all=options.all, show_guess=options.guess)
    print(_verdict(faults))
    return int(faults > 0)


def _verdict(faults: int) -> str:
    return "no faults found" if not faults else f"{faults} {'fault' if faults == 1 else 'faults'} found"


def _check_class(options: argparse.Namespace) -> int:
    found = [*check_settings(story=options.story, **{name: getattr(options, name) for name in SETTINGS})]
    for one in found:
        print("\n".join([*one.said, *(f"  FAULT {fault}" for fault in one.faults)]))
    faults = sum(len(one.faults) for one in found)
    print(_verdict(faults))
    return int(faults > 0)


def _check_story(story: Story) -> int:
    found = key_faults(story.key, story.article) if story.key else [f"'{story.id}' has no key.json to check"]
    print(
        f"story {story.id}: {len(story.article.blocks)} blocks, {len(story.article.sentences)} sentences, "
        f"{len(found) or 'no'} faults in the key"
    )
    for fault in found:
        print(f"  FAULT {fault}")
    if story.key and story.key.unconfirmed:
        _print_draft(story)
    return len(found)


def _print_draft(story: Story) -> None:
    """Say of a draft how much of it is unconfirmed, and which lessons run already."""
    assert story.key is not None
    say = class_wording("stories")["check"]
    layers = Counter(entry.layer for entry in story.key.unconfirmed)
    counted = ", ".join(f"{name} {n}" for name, n in layers.items())
    print(f"  {say['unconfirmed'].format(n=layers.total(), layers=counted)}")
    states = lesson_states(story)
    running = ", ".join(state.id[:2] for state in states if state.runs) or say["none"]
    print(f"  {say['running'].format(lessons=running)}")
    for why in dict.fromkeys(state.why for state in states if not state.runs):
        lessons = ", ".join(state.id[:2] for state in states if state.why == why)
        print(f"  {say['not_running'].format(lessons=lessons, why=why)}")


def _check_lesson(lesson_id: str, story: Story, *, show_all: bool, show_guess: bool) -> int:
    try:
        lesson = load_lesson(lesson_id, story)
    except CopydeskError as error:
        print(f"  {lesson_id}\n    FAULT {error}")
        return 1
    faults = lesson_faults(lesson)
    sound = not faults and lesson.key is not None
    checks = check_scoring(lesson) if sound else []
    failed = [check for check in checks if not check.holds]
    passed = f"{len(checks) - len(failed)} of {len(checks)} scoring checks passed"
    print(f"  {lesson.id}: {len(lesson.exercises)} exercises, {passed}")
    for told in lesson.left_out.values():
        print(f"    {told}")
    for fault in faults:
        print(f"    FAULT {fault}")
    for check in checks if show_all else failed:
        detail = f" ({check.detail})" if check.detail else ""
        print(f"    {'passed' if check.holds else 'FAILED'}  {check.exercise}: {check.claim}{detail}")
    by_chance = _check_guess(lesson, show=show_guess) if sound else 0
    return len(faults) + len(failed) + by_chance


def _check_guess(lesson: Lesson, *, show: bool) -> int:
    """Print how often each objective is met by chance, or only those that are met too often; returns their number."""
    guessed = [*guess_objectives(lesson, quick=not show)]
    for one in guessed:
        if show or not one.holds:
            print(f"{one}{'' if one.holds else ' FAILED'}")
    return sum(not one.holds for one in guessed)


def _print_finder(story: Story) -> None:
    assert story.key is not None
    found = compare_finder(story.key, story.article)
    for m in found.matches:
        print(f"  {m.entry.id:>4} {m.found:<7} {m.attribution.rule if m.attribution else '-':<22} {m.note}")
    for a in found.wrong:
        print(f"       wrong   {a.rule:<22} at {a.start}")
    counts = ", ".join(f"{found.count(name)} {name}" for name in ("whole", "part", "missed"))
    print(
        f"  finder: of {len(found.matches)} counted attributions {counts}; {len(found.wrong)} marks are not in the key"
    )


GRADE_EXAMPLES = """examples:
  copydesk grade submissions --out grades
  copydesk grade moodle.zip --out grades --roster worksheet.csv --lessons 01,02
  copydesk grade submissions --out grades --due 2026-03-01T23:59 --policy best
  copydesk grade submissions --out grades --weights weights.csv --workers 4
  copydesk grade submissions --out results --rubric grades

what is read:
  hand-in files (handin_….json), folders answers/<story>/<lesson>.json, zips of these, one folder per learner, downloads
  from Moodle, Canvas, Blackboard, Brightspace, Google Classroom, ILIAS and Sakai. Nothing is executed, unpacked or
  changed. A second run grades only what has changed.

what is late:
  a lesson that the platform received after the due time, or, where the platform does not say when, one whose answers
  were changed after it by the learner’s own file (times.csv). A time without seconds lasts to the end of its minute.

exit status:
  0  graded (problems.csv lists what could not be read)
  1  nothing could be graded, or an error
  2  wrong usage
  130  stopped with Ctrl + C; the same command continues from there
"""
MANY = 50
"""With more files than this, starting several processes saves time."""


def add_grade(commands: Any) -> None:
    """Add `grade` to the subparsers of the command line."""
    parser = add_command(
        commands,
        "grade",
        run_grade,
        help="grade the submissions of a class",
        description="Grade a class: write scores, import files for Moodle and Canvas, one feedback page per learner, a "
        "class report, and a list of what could not be read.",
        epilog=GRADE_EXAMPLES,
    )
    parser.add_argument("folder", type=Path, help="the folder with the submissions, or one zip")
    parser.add_argument("--out", type=Path, required=True, help="the folder for the results")
    parser.add_argument("--story", help="grade this story only")
    parser.add_argument("--lessons", help="names or numbers, such as 01,02 (default: all that somebody submitted)")
    parser.add_argument("--roster", type=Path, help="CSV with id, name, email; shows who is missing")
    parser.add_argument(
        "--policy", choices=("last", "best"), default="last", help="which of several submissions counts"
    )
    parser.add_argument(
        "--due", help="due date, such as 2026-03-01 or 2026-03-01T23:59 (local time unless it has a zone)"
    )
    parser.add_argument("--weights", type=Path, help="CSV or TOML with a factor per lesson or lesson/exercise")
    parser.add_argument(
        "--rubric", type=Path, help="the folder with the grades that people gave texts (grade_writing.ipynb)"
    )
    parser.add_argument(
        "--assignment",
        help="one column with all points in grades_canvas.csv, under this heading (default: one per lesson)",
    )
    parser.add_argument(
        "--scale", type=float, help="what all points are worth on the platform, such as 100 (default: Moodle’s maximum)"
    )
    parser.add_argument("--workers", type=int, help="number of processes (default: all cores for a large class)")
    parser.add_argument("--quiet", action="store_true", help="no progress and no summary")


def run_grade(options: argparse.Namespace) -> int:
    """Grade and print a summary; returns 0 if anybody was graded."""
    progress = Progress(quiet=options.quiet or not sys.stderr.isatty())
    try:
        several = options.workers is not None or _is_large(options.folder, options.out)
        with _pool(options.workers or os.cpu_count() or 1) if several else nullcontext() as executor:
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
                scale=options.scale,
                executor=executor,
                progress=progress,
            )
    except KeyboardInterrupt:
        progress.end()
        print(class_wording("grade")["stopped"], file=sys.stderr)
        return 130
    except BrokenProcessPool:
        progress.end()
        raise CopydeskError(*class_wording("grade")["broken"]) from None
    progress.end()
    if not options.quiet:
        print("\n".join(summary_lines(summary)))
    return int(not summary.graded)


def _pool(workers: int) -> Any:
    """A pool of that many processes, or as many as the system allows; for one, a context manager that yields None."""
    workers = most_processes(workers)
    if workers < 2:
        return nullcontext()
    # Ctrl + C reaches every process of the terminal. Only the parent may act on it: it keeps what is done so far.
    return ProcessPoolExecutor(workers, initializer=signal.signal, initargs=(signal.SIGINT, signal.SIG_IGN))


def _is_large(folder: Path, out: Path) -> bool:
    if not folder.exists():
        return False
    sources = Sources(folder, leave_out=[out])
    try:
        return len([*islice(sources.walk(), MANY + 1)]) > MANY
    finally:
        sources.close()


class Progress:
    """A progress bar on one line of the terminal; with `quiet`, as for output to a file, nothing is shown."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet, self._next, self._width = quiet, 0.0, 0

    def __call__(self, what: str, done: int, of: int) -> None:
        if self._quiet or (time.monotonic() < self._next and done != of):  # ten times a second at most
            return
        self._next = time.monotonic() + 0.1
        text = f"{what} {done:,}{f' of {of:,}' if of else ''}"
        self._show(f"{text} [{'#' * (20 * done // of):<20}]" if of else text)

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


REPORT_EXAMPLES = """examples:
  copydesk report grades                                what `copydesk grade … --out grades` wrote
  copydesk report grades --out week3.html
  copydesk report grades --names --out for_me.html      with a table of who is stuck where
  copydesk report submissions                           directly from submissions

what is on the page:
  the hardest items and the answers given instead; lessons begun and finished, objectives met; agreement on votes, with
  intervals, and the items that divide the class; discernment before and after, of those who shared it; heat maps of
  the class's marks. There are only counts: no names, no learner's own words, no details on groups of fewer than 5.
  `copydesk grade` writes the same page as report.html.

exit status:
  0  written
  1  nothing to report on, or an error
  2  wrong usage
"""


def add_report(commands: Any) -> None:
    """Add `report` to the subparsers of the command line."""
    parser = add_command(
        commands,
        "report",
        run_report,
        help="see where a class is stuck",
        description="Write one page on a class: hard items, common other readings, agreement, heat maps, progress.",
        epilog=REPORT_EXAMPLES,
    )
    parser.add_argument("folder", type=Path, help="the results of `copydesk grade`, or submissions (folder or zip)")
    parser.add_argument("--out", type=Path, default=Path("report.html"), help="the page (default: report.html)")
    parser.add_argument(
        "--names", action="store_true", help="add a table of who is stuck where, by name, for the instructor only"
    )
    parser.add_argument("--workers", type=int, default=1, help="number of processes to grade submissions with")
    parser.add_argument("--quiet", action="store_true", help="no progress and no summary")


def run_report(options: argparse.Namespace) -> int:
    """Write the report and print a summary; returns 0."""
    progress = Progress(quiet=options.quiet or not sys.stderr.isatty())
    try:
        with nullcontext() if is_graded(options.folder) else _pool(options.workers) as executor:
            made = report(options.folder, options.out, names=options.names, executor=executor, progress=progress)
    finally:
        progress.end()
    if not options.quiet:
        say, size = class_wording("report")["cli"], f"{made.bytes / 1000:,.0f} kB"
        print(say["made"].format(learners=made.learners, path=made.path, size=size))
        print(say["named" if made.names else "nameless"])
    return 0


RELEASE_EXAMPLES = """examples:
  copydesk release dist/students
  copydesk release dist/week1 --lessons 01,02 --course "News 101" --due 2027-03-01
  copydesk release dist/exam --lessons 02,-00 --graded --due 2027-03-01T18:00
  copydesk release dist/ours --story seeds/our-story --no-zip
  copydesk release dist/site --lite     a website: Jupyter and Python run in the browser, nothing to install

what is in an edition:
  notebooks without outputs, the stories they need, the kit as a wheel, a README for learners, environment.yml. The
  same command writes the same bytes. Teacher sheets are left out. With --graded the key is left out in every form:
  learners see that their answers are received, and you grade what they submit with `copydesk grade`.

exit status:
  0  made
  1  nothing was made; the message says why
  2  wrong usage
"""
OURS = {"baltics-2022", "greywater-barrage", "practice", "saltness-horn"}
"""The stories that come with the kit, whose keys are public."""


def add_release(commands: Any) -> None:
    """Add `release` to the subparsers of the command line."""
    parser = add_command(
        commands,
        "release",
        run_release,
        help="make a student edition",
        description="Make a student edition: a folder, and a zip of it, that open in JupyterLab as they are.",
        epilog=RELEASE_EXAMPLES,
    )
    parser.add_argument("out", type=Path, metavar="OUT", help="a new folder, or one that holds an earlier release")
    parser.add_argument(
        "--lessons", help="names or numbers, such as 01,02; 00 is added unless you name -00 (default: all)"
    )
    parser.add_argument("--story", help="name or folder of the story (default: the one in use)")
    parser.add_argument("--graded", action="store_true", help="leave out the key in every form")
    parser.add_argument("--course", default="", help="name of the course, shown to learners")
    parser.add_argument("--due", help="due date, such as 2027-03-01 or 2027-03-01T18:00; it is shown, never enforced")
    parser.add_argument("--hand-in-to", default="", help="where learners give their work (default: your instructor)")
    parser.add_argument("--zip", action=argparse.BooleanOptionalAction, default=True, help="also make OUT.zip")
    parser.add_argument("--lite", action="store_true", help="make a website that runs in the browser alone, and no zip")
    parser.add_argument("--parts", type=Path, help="with --lite: a folder with npm’s pyodide and the wheels (a cache)")


def run_release(options: argparse.Namespace) -> int:
    """Make the edition and print a summary; returns 0."""
    lessons = options.lessons.split(",") if options.lessons else None
    kind = {"lessons": lessons, "story": options.story, "graded": options.graded}
    kind |= {"course": options.course, "due": options.due, "hand_in_to": options.hand_in_to}
    if options.lite:
        from copydesk_classroom.releasing.lite import lite

        print("\n".join(lite_summary(lite(options.out, **kind, parts=options.parts))))
        return 0
    print("\n".join(release_summary(release(options.out, **kind, as_zip=options.zip))))
    return 0


def lite_summary(made: Site) -> list[str]:
    """The lines that say what site was made."""
    say, told, edition = class_wording("lite")["summary"], class_wording("release")["summary"], made.edition
    kind, lessons = told["graded" if edition.graded else "ungraded"], ", ".join(name[:2] for name in edition.lessons)
    lines = [told["edition"].format(kind=kind, lessons=lessons, stories=", ".join(made.stories))]
    lines += [*edition_words(edition), say["site"].format(folder=made.folder, files=made.files, size=_size(made.bytes))]
    lines += [say["keys"].format(keys=made.keys)] if made.keys else []
    known = ", ".join(name for name in made.stories if name in OURS)
    lines += [told["known"].format(stories=known)] if edition.graded and known else []
    real = ", ".join(name for name in made.stories if not load_story(name).about.get("fiction"))
    lines += [told["rights"].format(stories=real)] if real else []
    return [*lines, say["serve"].format(python=Path(sys.executable).name, folder=made.folder), say["https"]]


def release_summary(made: Release) -> list[str]:
    """The lines that say what was made."""
    say, edition = class_wording("release")["summary"], made.edition
    lessons, stories = ", ".join(name[:2] for name in edition.lessons), ", ".join(made.stories)
    kind = say["graded" if edition.graded else "ungraded"]
    lines = [say["edition"].format(kind=kind, lessons=lessons, stories=stories), *edition_words(edition)]
    lines.append(say["folder"].format(folder=made.folder, files=len(made.files), size=_size(made.bytes)))
    if made.zip:
        lines.append(say["zip"].format(zip=made.zip, size=_size(made.zip_bytes), sha256=made.sha256))
    given = [load_story(made.folder / "seeds" / name) for name in made.stories]
    real = ", ".join(story.id for story in given if not story.about.get("fiction"))
    lines += [say["rights"].format(stories=real)] if real else []
    lines += [say["left_out"], *(f"  - {text}" for text in made.left_out)]
    known = ", ".join(name for name in made.stories if name in OURS)
    if edition.graded:
        lines += [say["facts"]] if any(name.startswith("07") for name in edition.lessons) else []
        lines += [say["finder"]] if any(name.startswith("02") for name in edition.lessons) else []
        lines += [say["known"].format(stories=known)] if known else []
    return lines


def _size(count: int) -> str:
    return f"{count / 1_000_000:.1f} MB" if count >= 1_000_000 else f"{count / 1000:.0f} kB"
