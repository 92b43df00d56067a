"""Files that a stranger changed: whatever reads them ends in a CopydeskError or with what it was asked for.

Each format is changed `TRIES` times, by fixed seeds. `make fuzz` does the same with other seeds and many more tries.
"""

import json
import os
import random
import re
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from copydesk.answers.file import AnswerFile
from copydesk.attribution import find_attributions
from copydesk.base.errors import CopydeskError
from copydesk.lessons import lesson as lessons
from copydesk.lessons.lesson import list_lessons, load_lesson
from copydesk.map.geography import story_geography
from copydesk.page.article import MOST_CHARACTERS, parse_article, read_page
from copydesk.story.edition import edition_words, read_edition
from copydesk.story.facts import read_facts, timeline
from copydesk.story.key import MOST_RECORDS, read_key
from copydesk.story.story import Story, load_story
from copydesk.views.agreement import class_votes
from copydesk.views.timeline import lesson_timeline
from copydesk_classroom.checking.key import key_faults
from copydesk_classroom.checking.lesson import check_scoring, lesson_faults

SEEDS = Path(__file__).resolve().parents[1] / "seeds"
OLD = Path(__file__).parent / "fixtures" / "version_0_1"
TRIES, FIRST = int(os.environ.get("FUZZ_TRIES", "2000")), int(os.environ.get("FUZZ_FIRST", "0"))
NESTED, DIGITS = 3000, 5000
ODD = [
    *("0", "-1", "1e9", "1000000000000", "9" * DIGITS, "1.5", "true", "[]", "{}", '""', '"\\u0000"', '"p1"', '"f1"'),
    *(
        '"../.."',
        '["a"]',
        "[[]]",
        "[1, 2]",
        '[["a", 1]]',
        '{"a" = 1}',
        '{"a": 1}',
        '{"start": 0, "end": 1000000000000}',
    ),
    *("[" * NESTED + "]" * NESTED, '{"a":' * NESTED + "1" + "}" * NESTED, "nan", "inf", "null", "NaN", "1e999"),
    *("2022-01-12", "0001-01-01", "9999-12-31T23:59:59Z", '"' + "a" * 70_000 + '"', '"' + "x." * 400 + '"'),
]
"""Values in place of others, some of them of one format alone."""
VALUE = re.compile(
    rb'"(?:[^"\\\n]|\\.)*"(?!\s*[:=])|-?\b\d[\d.:TZ-]*|\b(?:true|false|null)\b|\[[^\[\]{}]*\]|\{[^{}]*\}'
)
NAME = re.compile(rb'"[\w.]+"(?=\s*:)|\b\w+(?=\s*=)')
CELLS = [
    b"",
    b",",
    b'"',
    b"\n",
    b"\r",
    b"\0",
    b"\xff",
    b"9999-99-99",
    b"0000",
    b"\xef\xbb\xbf",
    b"=1+1",
    b"\xed\xa0\x80",
]


def changed(data: bytes, seed: int) -> bytes:
    """The data with one to three changes: of a value, a name, a stretch or a byte."""
    chance = random.Random(seed)
    for _ in range(chance.randint(1, 3)):
        places = [*(NAME if chance.random() < 0.25 else VALUE).finditer(data)]
        if places and chance.random() < 0.7:
            start, end = chance.choice(places).span()
            new = chance.choice([*(odd.encode() for odd in ODD), chance.choice(places)[0]])
        else:
            start = chance.randrange(len(data) + 1)
            end = min(len(data), start + chance.choice([0, 0, 1, 1, 40, 4000]))
            stretch = data[start : start + 300]
            new = chance.choice([bytes([chance.randrange(256)]), b"", stretch * 2, *CELLS])
        data = data[:start] + new + data[end:]
    return data


def each(path: Path, original: bytes, act: Callable[[], object], *, of: int = 1) -> None:
    """Change a file again and again and use it; only a CopydeskError may come of it.

    `TRIES` are shared by so many files of one format (`of`).
    """
    refused, tries = 0, TRIES // of + 1
    for seed in range(FIRST, FIRST + tries):
        path.write_bytes(changed(original, seed))
        try:
            act()
        except CopydeskError as error:
            refused += 1
            assert len(str(error)) < 1000, f"seed {seed}"
        except Exception as error:
            error.add_note(f"seed {seed} of {path}")
            raise
    assert 0 < refused < tries, "the changes are all harmless, or all fatal"


def use(lesson: lessons.Lesson) -> None:
    """What a lesson does when it is opened and when it is checked."""
    for exercise in lesson.exercises:
        exercise.full_view(lesson.story)
        exercise.static_view(lesson.story, exercise.beginning())
    own = lesson.story.lessons[lesson.id]
    if "timeline" in own:
        lesson_timeline(lesson)
    for name in own.get("class", ()):
        class_votes(lesson, name)
    if not lesson_faults(lesson) and random.Random(repr(lesson.exercises)).random() < 0.05:  # scoring takes longest
        check_scoring(lesson)


@pytest.fixture
def story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the built-in story that is in use and read anew each time."""
    shutil.copytree(SEEDS, tmp_path / "seeds")
    monkeypatch.setenv("COPYDESK_SEEDS", str(tmp_path / "seeds"))
    return tmp_path / "seeds" / "baltics-2022"


def loaded(folder: Path) -> Story:
    load_story.__globals__["_load"].cache_clear()
    return load_story(folder)


def test_pages(tmp_path: Path) -> None:
    path = tmp_path / "page.txt"
    each(path, (SEEDS / "practice" / "page.txt").read_bytes(), lambda: parse_article(read_page(path)))


@pytest.mark.parametrize("name", ["practice", "baltics-2022"])
def test_keys(tmp_path: Path, name: str) -> None:
    path, article = tmp_path / "key.json", load_story(name).article
    each(path, (SEEDS / name / "key.json").read_bytes(), lambda: key_faults(read_key(path), article), of=2)


def test_stories(story: Path) -> None:
    path = story.parent / "practice" / "story.toml"
    each(path, path.read_bytes(), lambda: use(load_lesson("00_start_here", loaded(path.parent))))


def test_lessons_of_a_story(story: Path) -> None:
    path, whole = story / "lessons.toml", (story / "lessons.toml").read_bytes()
    offered = list_lessons()
    for lesson_id in offered:
        own = b"".join(re.findall(rb"^\[+%s\b.*?(?=^\[+\d\d_|\Z)" % lesson_id.encode(), whole, re.S | re.M))
        each(path, own, lambda name=lesson_id: use(load_lesson(name, loaded(story))), of=len(offered))


def test_lessons_of_any_story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, baltics: Story) -> None:
    home, offered = tmp_path / "lessons", list_lessons()
    shutil.copytree(Path(lessons.__file__).parent, home)
    monkeypatch.setattr(lessons, "files", lambda package: home if package.endswith("lessons") else tmp_path)

    def opened() -> None:
        lessons._read.cache_clear()
        use(load_lesson(path.stem, baltics))

    for path in (home / f"{name}.toml" for name in offered):
        original = path.read_bytes()
        each(path, original, opened, of=len(offered))
        path.write_bytes(original)
    lessons._read.cache_clear()


def test_answers_for_any_story(story: Path) -> None:
    path = story.parent / "answers.toml"

    def opened() -> None:
        load_story.__globals__["_read_once"].cache_clear()
        use(load_lesson("08_your_own_brief", load_story(story)))

    each(path, path.read_bytes(), opened)
    load_story.__globals__["_read_once"].cache_clear()


def test_facts(tmp_path: Path) -> None:
    path, whole = tmp_path / "facts.csv", (SEEDS / "baltics-2022" / "context" / "facts.csv").read_bytes()
    each(path, b"\n".join(whole.split(b"\n")[:12]), lambda: timeline(read_facts(path)))


def test_maps(story: Path, baltics: Story) -> None:
    path = story / "context" / "map.toml"
    each(path, path.read_bytes(), lambda: story_geography(replace(baltics, folder=story)))


def test_editions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No edition keeps a learner out: what cannot be read counts as not there."""
    shutil.copytree(SEEDS / "practice", tmp_path / "seeds" / "practice")
    monkeypatch.chdir(tmp_path)
    release = b"""schema = "copydesk-release-1"
course = "News 101"
due = 2027-03-01T18:30:00Z
graded = true
story = "practice"
lessons = ["00_start_here"]
hand_in_to = "Moodle"
"""
    for seed in range(FIRST, FIRST + TRIES):
        (tmp_path / "release.toml").write_bytes(changed(release, seed))
        found = read_edition(tmp_path)
        assert all(isinstance(told, str) for told in edition_words(found)), f"seed {seed}"
        if found.story:
            with suppress(CopydeskError):
                load_story()


def test_answer_files(tmp_path: Path) -> None:
    """A file that cannot be read is set aside, and the lesson opens and saves."""
    path, original = tmp_path / "s" / "lesson.json", (OLD / "work" / "baltics-2022" / "01_what_is_on_the_page.json")
    path.parent.mkdir()
    for seed in range(FIRST, FIRST + TRIES):
        path.write_bytes(changed(original.read_bytes(), seed))
        file = AnswerFile.open("s", "lesson", sha256="ab" * 32, root=tmp_path)
        file.save("q1", {"choice": seed})
        assert AnswerFile.open("s", "lesson", sha256="ab" * 32, root=tmp_path).record("q1").answer == {"choice": seed}
        shutil.rmtree(path.parent)
        path.parent.mkdir()


SLOW = {
    "opened": "“" * MOST_CHARACTERS,
    "quoted": "“”" * (MOST_CHARACTERS // 2),
    "straight": '"' * MOST_CHARACTERS,
    "points": ". " * (MOST_CHARACTERS // 2 - 1) + ". ",
    "lines": "ab\n" * (MOST_CHARACTERS // 3),
    "initials": "A. " * (MOST_CHARACTERS // 3),
    "said": "He said " * (MOST_CHARACTERS // 8),
}


@pytest.mark.parametrize("name", SLOW)
def test_the_slowest_pages_take_less_than_five_seconds(name: str, tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text(SLOW[name], "utf-8")
    begun = time.process_time()
    text = read_page(tmp_path / "page.txt")
    parse_article(text)
    find_attributions(text)
    assert time.process_time() - begun < 5


def test_the_slowest_keys_take_less_than_five_seconds(tmp_path: Path, baltics: Story) -> None:
    key = json.loads((SEEDS / "baltics-2022" / "key.json").read_text("utf-8"))
    whole, path = {"start": 0, "end": len(baltics.article.text), "hash": "x"}, tmp_path / "key.json"
    device = {"region": "", "device": "x", "readings": []}
    key["framing"] = [{"id": f"D{n}", **whole, **device} for n in range(MOST_RECORDS)]
    key["controls"] = [{"id": f"PC{n}", **whole} for n in range(MOST_RECORDS)]
    quoted = {"region": "", "speaker": "x", "kind": "x", "form": "x", "counted": True, "content": [whole] * 3}
    key["attributions"] = [{"id": f"A{n}", **quoted} for n in range(MOST_RECORDS // 2)]
    path.write_text(json.dumps(key), "utf-8")
    begun = time.process_time()
    assert len(key_faults(read_key(path), baltics.article)) > MOST_RECORDS
    assert time.process_time() - begun < 5
