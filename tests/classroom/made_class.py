"""A class to test with: hand-ins made from the key, as `copydesk.answers` writes them."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from copydesk.answers import Record
from copydesk.answers.handin import KIND
from copydesk.lessons.lesson import Lesson, load_lesson
from copydesk.lessons.results import record_scores
from copydesk.story.story import load_story

STORY, LESSON = "practice", "00_start_here"
Json = dict[str, Any]


def lesson(name: str = LESSON, story: str = STORY) -> Lesson:
    return load_lesson(name, load_story(story))


def best(exercise: str, of: Lesson | None = None) -> Json:
    """The key's own answer to an exercise."""
    of = of or lesson()
    of = of.on_story_of(of.exercise(exercise))
    assert of.key is not None
    answers = of.exercise(exercise).model_answers(of.key, of.story.article.text)
    return json.loads(json.dumps(answers["key"]))  # as it comes out of a file


def entry(*tries: Json, answer: Json | None = None, round: int = 1, at: str = "2026-03-01T10:00:00Z") -> Json:
    """What an answer file keeps of one exercise."""
    made = [{"answer": t, "score": 0.0, "points": 0.0, "at": at, "round": round} for t in tries]
    last = answer if answer is not None else tries[-1] if tries else {}
    return {"answer": last, "rev": 1, "round": round, "changed": at, "tries": made, "others": []}


def document(exercises: Mapping[str, Json], **other: Any) -> Json:
    """An answer file of the practice lesson."""
    times = {"created": "2026-03-01T09:00:00Z", "changed": "2026-03-01T10:00:00Z"}
    about = {"schema": 1, "kit": "0", "story": STORY, "lesson": LESSON, "learner": ""}
    return {**about, "sha256": lesson().story.about["sha256"], **times, "exercises": dict(exercises), **other}


def handin(learner: str, *documents: Json, **other: Any) -> Json:
    """A packed hand-in."""
    whole = {"schema": 1, "kind": KIND, "kit": "0", "learner": learner, "story": STORY, "made": "2026-03-01T11:00:00Z"}
    return {**whole, "answers": [{**d, "learner": d["learner"] or learner} for d in documents], **other}


def full(**other: Any) -> Json:
    """A document with every exercise right."""
    return document(
        {name: entry(best(name)) for name in ("first_mark", "second_mark", "voices", "voices_new")}, **other
    )


def percent(of: Json) -> str:
    """What a document is worth by `results.record_scores`, as grades.csv says it."""
    its = lesson(of["lesson"], of["story"])
    records = {e.id: Record.of(of["exercises"][e.id]) for e in its.exercises if e.id in of["exercises"]}
    on = {e: its.on_story_of(e) for e in its.exercises}
    scores = {
        e.id: record_scores(e, records.get(e.id, Record()), at.key, at.story.article.text)[0] or 0
        for e, at in on.items()
    }
    earned = sum(e.points * scores[e.id] for e in its.exercises)
    return str(round(100 * round(earned, 2) / sum(e.points for e in its.exercises), 1))


def data(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8")


def put(path: Path, content: object) -> Path:
    """Write bytes, or JSON, into a file whose folders are made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else data(content))
    return path


def zipped(members: Mapping[str, bytes], *, packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", packing) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [*csv.DictReader(file)]


def tree(folder: Path) -> dict[str, str]:
    """Every file below a folder with a hash of what it holds; links as where they point."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.is_symlink():
            found[name] = f"-> {path.readlink()}"
        elif path.is_file():
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found
