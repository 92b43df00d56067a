"""What a hand-in holds: its form, and how a stranger's file is checked, older forms included."""

from __future__ import annotations

from pathlib import Path

from copydesk.answers.disk import read_bytes, told
from copydesk.answers.form import DEEPEST, Damaged, Json, checked, decode, schema_of
from copydesk.answers.place import safe_name
from copydesk.errors import CopydeskError

KIND = "copydesk-handin"
"""What a hand-in says it is."""

HANDIN_SCHEMA = 2
"""The form of hand-in this kit writes: each document names its story. Form 1 had one story, named once for all."""

MOST_BYTES = 20_000_000
"""The largest hand-in that is read; nine lessons of a diligent learner take about 200,000."""


def read_handin(path: Path) -> Json:
    """A hand-in in today's form, checked to the last answer; a CopydeskError for anything else.

    `answers` lists a document a lesson, each with its `story`; its own `story` is '' where it may hold several.
    """
    path = Path(path)
    problem = f"{path.name} is not a Copydesk hand-in"
    try:
        if path.is_file() and path.stat().st_size > MOST_BYTES:
            raise CopydeskError(f"{problem}: it is larger than {MOST_BYTES // 1_000_000} MB")
    except OSError as error:
        raise told(error, path, "read") from error
    data = None if path.is_dir() else read_bytes(path)
    if data is None:
        raise CopydeskError(f"there is no file {path}", "look for a name like handin_…json")
    try:
        return _checked_handin(decode(data, levels=2 * DEEPEST + 10), problem)
    except Damaged as why:
        raise CopydeskError(f"{problem}: it {why}", "ask for the file handin_…json, unedited") from None


def _checked_handin(handin: Json, problem: str) -> Json:
    if handin.get("kind") != KIND:
        raise CopydeskError(problem, "ask for the file handin_…json that the lesson made")
    if (schema := schema_of(handin)) > HANDIN_SCHEMA:
        raise CopydeskError(f"{problem} this version can read: a newer Copydesk made it", "update Copydesk")
    if not isinstance(handin.get("learner"), str) or not isinstance(handin.get("answers"), list):
        raise Damaged("lacks the learner or the answers")
    story = handin.get("story", "")
    if story != "" or schema < 2:
        safe_name(story, "story")
    return {
        **handin,
        "schema": HANDIN_SCHEMA,
        "story": story,
        "answers": [_document(d, story) for d in handin["answers"]],
    }


def _document(document: object, story: str) -> Json:
    """One lesson's answers, with the story they are on; `story` is the whole hand-in's, or ''."""
    if not isinstance(document, dict):
        raise Damaged("holds something other than answers")
    lesson = safe_name(document.get("lesson", ""), "lesson")
    own = safe_name(document.setdefault("story", story), "story")
    if story and own != story:
        raise Damaged("mixes two stories")
    return checked(document, story=own, lesson=lesson)
