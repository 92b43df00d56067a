"""What a stranger's file costs at worst, and what the tests of attacks tried: one Markdown table.

    python benchmarks/attacks.py [--fuzz 2000]

Each attack runs in a process of its own, after the same work with an honest file. Time is that of the processor; memory
is what the process needed at most, less what the honest file took. The bounds are 5 s and 100 MB. With `--fuzz`, files
of every format are changed by chance so many times as well (`tests/fuzz`), and the tests that kill, fill disks
and let calls fail are run and counted.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from copydesk.answers.file import AnswerFile  # noqa: E402
from copydesk.answers.handin import unpack  # noqa: E402
from copydesk.attribution import find_attributions  # noqa: E402
from copydesk.base.errors import CopydeskError  # noqa: E402
from copydesk.lessons.lesson import load_lesson  # noqa: E402
from copydesk.page.article import parse_article, read_page  # noqa: E402
from copydesk.story.edition import read_edition  # noqa: E402
from copydesk.story.facts import read_facts  # noqa: E402
from copydesk.story.key import read_key  # noqa: E402
from copydesk.story.story import load_story  # noqa: E402
from copydesk_classroom.checking import check_settings, key_faults  # noqa: E402
from copydesk_classroom.course import offers, read_weights  # noqa: E402
from copydesk_classroom.grading.grade import grade  # noqa: E402
from copydesk_classroom.marking.rubric import graders  # noqa: E402
from tests.classroom.made_class import best, data, document, entry, full, handin, zipped  # noqa: E402

Content = bytes | str | Callable[[], bytes | str]
Attack = tuple[Callable[[Path], None], Callable[[Path], object]]
"""What makes the files in a folder, and what uses them, which happens in a process of its own."""
SEEDS = ROOT / "seeds"
ATTACKS: dict[str, Attack] = {}
BOUNDS = 5.0, 100.0
TESTS = {
    "a process killed while it saves, the file damaged after every second kill": (
        "tests/answers/test_file.py",
        "kills",
    ),
    "each call of the system fails while an answer is saved, the file damaged then": (
        "tests/answers/test_file.py",
        "any_call",
    ),
    "calls of the system fail in grade, report, release and check": ("tests/classroom/test_trouble.py", ""),
    "hostile files in a class": ("tests/classroom/test_hostile.py", ""),
    "a cheater reads what every exercise sends": ("tests/test_nothing_given_away.py", ""),
    "connections to another machine": ("tests/test_network.py", ""),
}


def written(path: Path, content: Content) -> None:
    content = content() if callable(content) else content
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


def graded(name: str, files: Callable[[], dict[str, bytes]]) -> None:
    """An attack on `grade`: these files in a class, beside an honest one."""

    def make(home: Path) -> None:
        for path, content in {**files(), "good.json": data(handin("Good", full()))}.items():
            written(home / "in" / path, content)

    ATTACKS[f"grade: {name}"] = make, lambda home: grade(home / "in", home / "out")


def reading(name: str, file: str, content: Content, use: Callable[[Path], object]) -> None:
    """An attack on a reader of one file; one without content is a hole of 1 GB."""

    def make(home: Path) -> None:
        written(home / file, content)
        if not content:
            with (home / file).open("r+b") as hole:
                hole.truncate(1_000_000_000)

    ATTACKS[name] = make, lambda home: use(home / file)


def inside(tries: str) -> bytes:
    """A hand-in with such a list of tries."""
    whole = data(handin("X", document({"voices": {**entry(), "tries": ["HERE"]}})))
    return whole.replace(b'"HERE"', tries.encode())


def strangers_handins() -> None:
    def listed(value: str, count: int) -> str:
        return ",".join([value] * count)

    def one_mark(start: int) -> object:
        return {"source": [[start, start + 3]]}

    def marked() -> bytes:
        tries = [{"groups": [one_mark(n + k) for n in range(500)]} for k in range(30)]
        return data(handin("X", document({"first_mark": entry(best("first_mark"), *tries)})))

    text = '{"answer": {"choices": {"p1.s1": "HERE"}}}'
    shapes: dict[str, Callable[[], bytes]] = {
        "empty tries": lambda: inside(listed("{}", 99_000)),
        "tries of 4 MB": lambda: inside(listed(text.replace("HERE", "x" * 40_000), 95)),
        "empty lists": lambda: inside(listed("[]", 99_000)),
        "exercises": lambda: data(handin("X", document({f"e{n}": {"answer": {}} for n in range(45_000)}))),
        "numbers": lambda: inside(listed("1", 190_000)),
        "a number of 4 MB": lambda: inside("9" * 3_900_000),
        "a text of 4 MB": lambda: inside(text.replace("HERE", "x" * 3_900_000)),
        "escapes": lambda: inside(text.replace("HERE", "\\u0041" * 600_000)),
        "documents": lambda: data(handin("X", *[{"lesson": f"l{n}", "learner": ""} for n in range(40_000)])),
        "nesting": lambda: inside("[" * 90_000 + "]" * 90_000),
        "30 tries of 500 marks": marked,
    }
    for name, content in shapes.items():
        graded(name, lambda content=content: {"x.json": content()})  # type: ignore[misc]
    mine = "Ann Lee_1_assignsubmission_file_"
    graded(
        "6 MB of one learner, and more", lambda: {f"{mine}/{n}.json": inside(listed("{}", 99_000)) for n in range(60)}
    )
    spaces = {f"{n}.json": b" " * 4_000_000 for n in range(100)}
    graded("a zip that unpacks to 400 MB", lambda: {"x.zip": zipped(spaces)})
    graded(
        "a zip in a zip in a zip", lambda: {"x.zip": zipped({"a.zip": zipped({"b.zip": zipped({"c.json": b"{}"})})})}
    )
    small = data(handin("X", *[{**document({}), "lesson": f"l{n}", "story": "s"} for n in range(20)]))
    graded("2,000 files of one learner", lambda: {f"{mine}/{n}.json": small for n in range(2_000)})
    for count in (29_900, 99_000):
        names = {f"{n}.txt": b"" for n in range(count)}
        graded(f"{count:,} names in a zip", lambda names=names: {"x.zip": zipped(names)})  # type: ignore[misc]
    graded("a notebook of 4 MB", lambda: {"x.ipynb": b'{"cells": [' + b"{}," * 1_300_000 + b"{}]}"})


def strangers_stories() -> None:
    most = 100_000
    pages = {
        "marks of opened speech": "“" * most,
        "straight quotation marks": '"' * most,
        "points": ". " * (most // 2),
        "short lines": "ab\n" * (most // 3),
        "initials": "A. " * (most // 3),
        "reporting verbs": "He said " * (most // 8),
    }
    for name, text in pages.items():
        reading(f"page: {name}", "page.txt", text, lambda p: (parse_article(t := read_page(p)), find_attributions(t)))
    reading("page: 1 GB", "page.txt", b"", read_page)
    article = load_story("practice").article
    key = json.loads((SEEDS / "practice" / "key.json").read_text("utf-8"))
    far = {**key, "controls": [{"id": f"PC{n}", "start": 0, "end": 10**12, "hash": "x"} for n in range(1000)]}
    reading("key: spans to 10¹²", "key.json", json.dumps(far), lambda p: key_faults(read_key(p), article))
    reading("key: 1 MB of brackets", "key.json", '{"a": ' + "[" * 499_990 + "]" * 499_990 + "}", read_key)
    reading("key: 1 MB of empty objects", "key.json", '{"framing": [' + ",".join(["{}"] * 330_000) + "]}", read_key)
    tables = {
        "empty tables": "".join(f"[a{n}]\n" for n in range(100_000)),
        "names of many parts": ".".join(["a"] * 499) + " = 1\n",
        "nested lists": "a = " + "[" * 400_000 + "]" * 400_000,
        "numbers": "a = [" + "1," * 490_000 + "]",
        "inline tables": "a = [" + "{}," * 330_000 + "]",
    }
    for name, text in tables.items():
        reading(f"release.toml: {name}", "release.toml", text, lambda p: read_edition(p.parent))
        reading(f"weights: {name}", "w.toml", text, lambda p: read_weights(p, offers("practice", p.parent)))
        ATTACKS[f"lessons.toml: {name}"] = story_with(text)
    facts = (SEEDS / "baltics-2022" / "context" / "facts.csv").read_text("utf-8")
    row = facts.splitlines()[1].partition(",")[2]
    rows = "".join(f"x{n},{row}\n" for n in range(900_000 // (len(row) + 8)))
    reading("facts: 1 MB of rows", "facts.csv", facts.splitlines()[0] + "\n" + rows, read_facts)
    reading("facts: 1 GB", "facts.csv", b"", read_facts)


def story_with(lessons: str) -> Attack:
    def make(home: Path) -> None:
        shutil.copytree(SEEDS / "practice", home / "practice")
        (home / "practice" / "lessons.toml").write_text(lessons, "utf-8")

    return make, lambda home: load_lesson("00_start_here", load_story(home / "practice"))


def strangers_tables() -> None:
    rosters = {
        "50,000 lines": b"id,name\n" + b"1,Ann Lee\n" * 49_000,
        "400,000 cells": b"id,name" + b"," * 400_000,
        "20 MB": b"id,name\n" + b"x" * 19_900_000,
        "20 MB of lines": b"id\n" + b"a\n" * 9_900_000,
    }
    for name, content in rosters.items():
        reading(f"roster: {name}", "r.csv", content, lambda p: [*check_settings(roster=p)])
        reading(f"weights: {name}", "w.csv", content, lambda p: read_weights(p, offers("practice", p.parent)))
    dense = (
        '{"schema": 1, "kind": "copydesk-grades", "grades": {' + ",".join(f'"{n}": {{}}' for n in range(190_000)) + "}}"
    )
    reading("grades that people gave: 190,000", "first.json", dense, lambda p: graders(p.parent))


def in_a_lesson() -> None:
    tries = ",".join(["{}"] * 199_000)
    lesson = '{"schema": 1, "exercises": {"q": {"answer": {}, "tries": [' + tries + "]}}}"

    def opened(path: Path) -> object:
        (path.parent / "s").mkdir()
        path.rename(path.parent / "s" / "l.json")
        return AnswerFile.open("s", "l", sha256="ab" * 32, root=path.parent).add_try("q", {}, 1, 1)

    reading("answer file: 199,000 tries", "l.json", lesson, opened)
    reading("answer file: 1 GB", "l.json", b"", opened)
    dense = inside(",".join(["{}"] * 99_000))
    reading("hand-in put back: empty tries", "h.json", dense, lambda p: unpack(p, p.parent / "answers"))


strangers_handins()
strangers_stories()
strangers_tables()
in_a_lesson()


def peak() -> float:
    """The most memory this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


def one(name: str, home: Path) -> None:
    """Use the files of one attack here and print what it cost."""
    written(home / "honest" / "in" / "good.json", data(handin("Good", full())))
    grade(home / "honest" / "in", home / "honest" / "out")
    usual, begun, told = peak(), time.process_time(), "read"
    try:
        ATTACKS[name][1](home / "attack")
    except CopydeskError:
        told = "refused"
    print(json.dumps([told, time.process_time() - begun, peak() - usual]))


def attacks(only: str) -> None:
    """A row for each attack; what is past a bound is marked."""
    for name, (make, _) in ATTACKS.items():
        if only not in name:
            continue
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "attack").mkdir()
            make(Path(folder) / "attack")
            command = [sys.executable, __file__, "--one", name, "--home", folder]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"| {name} | **broken** | | |\n{done.stderr[-600:]}", flush=True)
            continue
        told, seconds, memory = json.loads(done.stdout)
        past = " **past the bound**" if seconds > BOUNDS[0] or memory > BOUNDS[1] else ""
        print(f"| {name} | {told} | {seconds:.1f} s | {memory:.0f} MB{past} |", flush=True)


def fuzzed(tries: str) -> None:
    """The table of the fuzz tests, and how many tests of each other kind passed."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    given = {**os.environ, "FUZZ_TRIES": tries}
    fuzz = [*command, "tests/fuzz"]
    done = subprocess.run(fuzz, cwd=ROOT, env=given, capture_output=True, text=True, check=False)
    print(done.stdout[max(0, done.stdout.find("files changed by chance")) :])
    print("\n| attack | result |\n|---|---|")
    for name, (file, only) in TESTS.items():
        chosen = ["-k", only] if only else []
        done = subprocess.run([*command, file, *chosen], cwd=ROOT, capture_output=True, text=True, check=False)
        found = re.search(r"(\d+ \w+, )*\d+ passed.*", done.stdout)
        print(f"| {name} | {found[0] if found else 'FAILED'} |", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--one", choices=ATTACKS, help=argparse.SUPPRESS)
    parser.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--only", default="", help="only the attacks with this in their names")
    parser.add_argument("--fuzz", metavar="TRIES", help="also change files by chance, and run the tests of attacks")
    options = parser.parse_args()
    if options.one:
        one(options.one, options.home)
    else:
        print("| attack | result | time | memory |\n|---|---|---|---|")
        attacks(options.only)
        if options.fuzz:
            fuzzed(options.fuzz)
