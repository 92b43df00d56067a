"""Neutrality: no verdict in any string the kit shows, at least two readings of every framing item, no copied page."""

import json
import re
import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from copydesk.answers import AnswerFile
from copydesk.base.spans import words
from copydesk.base.wording import load_wording
from copydesk.exercises.exercise import Exercise
from copydesk.lessons.lesson import Lesson, load_lesson
from copydesk.lessons.results import results
from copydesk.story.story import Story, load_story

ROOT = Path(__file__).resolve().parents[2]
SEEDS = ROOT / "seeds"
KIT = ROOT / "src" / "copydesk"
NEVER = load_wording("verdict_words")["never"]
VERDICT = re.compile(
    r"(?<!\w)(?:" + "|".join(re.escape(w).replace(r"\ ", r"[\s-]+") for w in NEVER) + r")(?!\w)", re.IGNORECASE
)
SHOWN = [
    *(
        KIT / "data" / f"{name}.toml"
        for name in ("strings", "choices", "devices", "glossary", "framing_cues", "rubric")
    ),
    *sorted((ROOT / "src" / "copydesk_classroom" / "data").glob("*.toml")),
    SEEDS / "answers.toml",
    *sorted((KIT / "lessons").glob("*.toml")),
    *sorted(SEEDS.glob("*/lessons.toml")),
    *sorted(SEEDS.glob("*/key.json")),
    *sorted(ROOT.glob("notebooks/**/*.ipynb")),
    *sorted(ROOT.glob("notebooks/instructor/*.md")),
]
QUOTING = {"04_which_words_frame.toml": {"proof that the story is unfair"}}  # a wrong option, refused with its reason
"""Strings that may hold such words, by file: because they are refused there, or are the title of a cited work."""


def strings(value: Any) -> Iterator[str]:
    """Every text in some data; the names of fields are not shown to anybody."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)


def shown(path: Path) -> list[str]:
    """The strings of a file that learners can come to see."""
    text = path.read_text("utf-8")
    if path.suffix == ".toml":
        return [*strings(tomllib.loads(text))]
    if path.suffix == ".ipynb":
        return ["".join(c["source"]) for c in json.loads(text)["cells"] if c["cell_type"] == "markdown"]
    if path.suffix == ".md":
        return [text]
    return [*strings(json.loads(text))]


@pytest.mark.parametrize("path", SHOWN, ids=lambda path: "/".join(path.parts[-2:]))
def test_no_string_passes_a_verdict(path: Path) -> None:
    found = shown(path)
    assert found
    allowed = QUOTING.get(path.name, set())
    assert allowed <= set(found), "an exemption that is no longer needed"
    hits = {m[0]: text for text in found if text not in allowed for m in VERDICT.finditer(text)}
    assert not hits


def test_all_that_is_shown_is_looked_at() -> None:
    names = {path.name for path in SHOWN}
    assert {"strings.toml", "choices.toml", "devices.toml", "every_lesson.toml", "answers.toml", "key.json"} <= names
    assert sum(path.suffix == ".ipynb" for path in SHOWN) >= 5
    assert sum(path.parent.name == "lessons" for path in SHOWN) >= 7


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("This is pure Propaganda.", True),
        ("a pro-Russian outlet", True),
        ("a pro Western paper", True),
        ("FAKE\nnews", True),
        ("an objective report", True),
        ("left-wing", True),
        ("Each objective has a bar.", False),
        ("An observation, not proof of bias.", False),
        ("The west wing was left.", False),
        ("the prophecy, unbiasedly put", False),
    ],
)
def test_the_list_finds_words_and_not_parts_of_words(text: str, found: bool) -> None:
    assert bool(VERDICT.search(text)) == found


STORIES = [load_story(path.parent) for path in sorted(SEEDS.glob("*/story.toml"))]


def test_every_framing_item_has_two_readings_that_differ() -> None:
    items = [e for story in STORIES if story.key for e in story.key.framing]
    assert len(items) >= 30
    assert [e.id for e in items if len(set(e["readings"])) < 2] == []


def test_no_reading_earns_more_than_its_rival() -> None:
    lesson = load_lesson("04_which_words_frame", load_story("baltics-2022"))
    readings = lesson.exercise("readings")
    assert readings.points == 0 and lesson.key is not None
    assert readings.key_name not in lesson.key.answers
    assert readings.questions and all(len(q.options) >= 2 for q in readings.questions)


def test_no_prompt_passes_a_verdict() -> None:
    prompts = {
        e.key_name: (e.title, e.prompt, *strings([asdict(q) for q in getattr(e, "questions", ())]))
        for story in STORIES
        for name in story.lessons
        for e in load_lesson(name, story).exercises
    }
    allowed = {text for texts in QUOTING.values() for text in texts}
    assert len(prompts) > 30
    assert not {n: t for n, texts in prompts.items() for t in texts if t not in allowed and VERDICT.search(t)}


def test_each_side_has_wording_that_is_questioned() -> None:
    story = load_story("baltics-2022")
    assert story.key is not None
    voices = [str(e.get("voice")) for e in story.key.framing]
    for side in ("KALLAS", "RUSSIA", "DIPLOMAT", "reporter"):
        assert any(side in voice for voice in voices), side


MINDS = {"finds the wording fair": 0, "finds it loaded": -1}


def answer_of(mind: int, exercise: Exercise, lesson: Lesson) -> dict[str, Any]:
    """What a learner of this mind gives: of all the answers that are open, always the first, or always the last."""
    lesson = lesson.on_story_of(exercise)
    assert lesson.key is not None
    models = [*exercise.model_answers(lesson.key, lesson.story.article.text).values()]
    if exercise.type == "form":
        keyed = exercise.keyed(lesson.key)
        open_ = {q.id: [*q.options][mind] for q in exercise.questions if q.options and q.id not in keyed}
        asked = {q.id for q in exercise.questions}
        either = {q: e["accept"][mind] for q, e in keyed.items() if "accept" in e and q in asked}
        return {"values": {**(models[0]["values"] if models else {}), **open_, **either}}
    if exercise.type == "sort" and not models:  # a vote
        return {"choices": {i.id: ["yes", "no"][mind] for i in exercise.items}}
    return models[mind] if models else {}


@pytest.mark.parametrize("mind", MINDS)
@pytest.mark.parametrize("story", [s for s in STORIES if "05_what_is_the_frame" in s.lessons], ids=lambda s: s.id)
def test_opposed_minds_both_reach_full_marks(mind: str, story: Story) -> None:
    """One finds every wording fair, one finds it loaded; where readers may differ, they do. Both earn everything."""
    given = {}
    for name in [n for n in story.lessons if n >= "04"]:
        lesson = load_lesson(name, story)
        answers = AnswerFile.open(story.id, name, sha256=story.about["sha256"])
        for exercise in lesson.exercises:
            given[exercise.key_name] = answer = answer_of(MINDS[mind], exercise, lesson)
            answers.save(exercise.id, answer)
        result = results(lesson, answers)
        assert result.points == pytest.approx(result.possible), (name, result.scores)
    opposed = [
        n
        for n, a in given.items()
        for e in [load_lesson(n.split("/")[0], story).exercise(n.split("/")[1])]
        if a != answer_of(-1 - MINDS[mind], e, load_lesson(n.split("/")[0], story))
    ]
    assert len(opposed) >= 8, "the two differ in many places"


def test_hindsight_is_marked_and_never_graded() -> None:
    story = load_story("baltics-2022")
    assert story.key is not None
    for claim in story.key.layer("claims"):
        if claim.get("later"):
            assert claim["verdict"] == "not_checkable", claim.id


RUN = 7  # more than six words in a row are a quotation


def runs(text: str) -> set[tuple[str, ...]]:
    found = [w.of(text).lower() for w in words(text)]
    return {tuple(found[i : i + RUN]) for i in range(len(found) - RUN + 1)}


def files() -> list[Path]:
    """Every file that is committed or would be; without git, every file of the usual folders."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode("utf-8")
        paths = [ROOT / name for name in listed.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        paths = [p for name in ("src", "seeds", "tests", "notebooks", "benchmarks") for p in (ROOT / name).rglob("*")]
    return [p for p in paths if p.is_file() and "__pycache__" not in p.parts]


def plain(path: Path) -> str:
    """A file as text, with what JSON and code put inside a run of words taken out."""
    text = path.read_bytes().decode("utf-8", "replace")
    if path.suffix in (".json", ".ipynb"):
        return " ".join(strings(json.loads(text)))
    return re.sub(r"[\"']\s*\n\s*[\"']|\\n|\n\s*#?", " ", text)


STORY = load_story("baltics-2022").article
BODY = set[tuple[str, ...]]().union(*(runs(p.of(STORY.text)) for p in STORY.paragraphs))


def test_no_file_but_the_page_holds_a_run_of_its_words() -> None:
    page = SEEDS / "baltics-2022" / "page.txt"
    listed = files()
    assert page in listed and len(listed) > 80
    copies = {p.relative_to(ROOT).as_posix(): [" ".join(r)[:20] + " …" for r in runs(plain(p)) & BODY] for p in listed}
    del copies["seeds/baltics-2022/page.txt"]
    assert not {name: found for name, found in copies.items() if found}


def test_the_headline_stands_where_the_story_is_described_or_cited() -> None:
    headline = runs(STORY.furniture[1].of(STORY.text))
    homes = {p.relative_to(SEEDS / "baltics-2022").as_posix() for p in files() if runs(plain(p)) & headline}
    assert homes <= {"page.txt", "story.toml", "context/facts.csv"} and {"page.txt", "story.toml"} <= homes


def test_a_copy_would_be_found(tmp_path: Path) -> None:
    seven = [w.of(STORY.text) for w in words(STORY.text, STORY.paragraphs[2].span)][3:10]
    for name, text in (
        ("a.md", "x " + "\n".join(seven)),
        ("a.py", f'x = "{" ".join(seven[:3])} "\n    "{" ".join(seven[3:])}"'),
        ("a.json", json.dumps({"a": [" ".join(seven[:4]) + "\n", " ".join(seven[4:])]})),
    ):
        (tmp_path / name).write_text(text, "utf-8")
        assert runs(plain(tmp_path / name)) & BODY, name
    (tmp_path / "b.md").write_text(" ".join(seven[:6]), "utf-8")
    assert not runs(plain(tmp_path / "b.md")) & BODY
