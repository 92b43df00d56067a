"""What the site of `copydesk release --lite` asks of Python: a copy of a learner's work, its way back, and grades.

Each function takes and returns plain values. What the user can do about a fault comes back as `{"error": sentence}`.
"""

from __future__ import annotations

import csv
import io
import re
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

from copydesk.answers.handin import pack, unpack
from copydesk.answers.place import folder, learner_of
from copydesk.base.errors import CopydeskError
from copydesk.lessons.lesson import lesson_titles
from copydesk.story.edition import FILE, parse_due, read_edition, say_due
from copydesk_classroom.collecting.state import HOME
from copydesk_classroom.grading.grade import grade, summary_lines
from copydesk_classroom.marking.rubric import graders
from copydesk_classroom.wording import class_wording

KEYS = re.compile(r"seeds/([\w-]+/key\.json|answers\.toml)")
"""What the zip with the keys of a graded edition may hold."""
WEIGHTS, DUE, GRADES = ("weights.csv", "weights.toml"), "due.txt", "grades"
"""The names of what `grade` takes besides hand-ins: weights, a due date, and the folder of the grading desk."""


def copy_of_all() -> dict[str, Any]:
    """All of a learner's work as one file, also what no hand-in holds."""
    if not any(folder().glob("*/*.json")):
        return {"error": class_wording("lite")["script"]["no_work"]}
    try:
        with tempfile.TemporaryDirectory() as place:
            packed = pack(folder(), to=Path(place), titles=lesson_titles())
            name = packed.path.name.replace("handin_", "my-work_", 1)
            return {"name": name, "bytes": packed.path.read_bytes(), "lines": [*packed.contents]}
    except CopydeskError as error:
        return {"error": str(error)}


def bring_back(name: str, content: Any) -> dict[str, Any]:
    """Put such a file, or a hand-in, back beside whatever is there."""
    try:
        with tempfile.TemporaryDirectory() as place:
            path = Path(place) / (Path(name).name or "handin.json")
            path.write_bytes(content.to_bytes())
            return {"lines": unpack(path, folder()), "learner": learner_of(folder()) or ""}
    except CopydeskError as error:
        return {"error": str(error)}


def grade_dropped(
    handed_in: str, out: str, tell: Callable[[str, int, int], None], roster: str = "", keys: Any = None
) -> dict[str, Any]:
    """Grade the files in a folder: a summary, a row per learner, their pages, the class report, and all as a zip.

    Weights, a due date and grades of texts may lie among the files; the due date of the edition is used by itself.
    """
    with tempfile.TemporaryDirectory() as aside:
        try:
            if keys is not None:
                _take_keys(keys.to_bytes())
            shutil.rmtree(out, ignore_errors=True)
            settings, used = _take_settings(Path(handed_in), Path(aside))
            summary = grade(handed_in, out, roster=roster or None, progress=tell, **settings)
        except CopydeskError as error:
            return {"error": str(error).replace(f"{Path(aside)}/", "")}  # where it was moved to is nobody's concern
    made = {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in sorted(Path(out).rglob("*"))
        if path.is_file() and HOME not in path.relative_to(out).parts
    }
    rows = [*csv.DictReader(io.StringIO(made["grades.csv"].decode("utf-8-sig")))] if "grades.csv" in made else []
    shown = ("name", "points", "possible", "percent")
    return {
        "lines": [*summary_lines(summary, on_a_page=True), used],
        "rows": [{**{name: row[name] for name in shown}, "page": row["feedback"]} for row in rows],
        "pages": {name: data for name, data in made.items() if name.startswith("feedback/")},
        "report": made.get("report.html", b""),
        "zip": _zipped(made),
    }


def _take_settings(handed_in: Path, aside: Path) -> tuple[dict[str, Any], str]:
    """Move the settings among the hand-ins aside; returns the options of `grade`, and a sentence on what is used.

    Only what was itself dropped or chosen counts. A folder may be a learner's, who could have put anything into it.
    """
    say = class_wording("lite")["used"]
    taken = [place for name in (*WEIGHTS, DUE, FILE) if (place := handed_in / name).is_file()]
    if (handed_in / GRADES).is_dir() and graders(handed_in / GRADES):  # else a class is in that folder
        taken.append(handed_in / GRADES)
    for place in taken:
        shutil.move(place, aside / place.name)
    weights = [aside / name for name in WEIGHTS if (aside / name).is_file()]
    if len(weights) > 1:
        raise CopydeskError("there are two files with weights", f"keep {WEIGHTS[0]} or {WEIGHTS[1]}")
    own = parse_due((aside / DUE).read_text("utf-8-sig", "replace")) if (aside / DUE).is_file() else None
    # the kit of the website has the edition's file in its package
    due = own or read_edition(aside if (aside / FILE).is_file() else Path(str(files("copydesk")))).due
    names = ", ".join(graders(aside / GRADES)) if (aside / GRADES).is_dir() else ""
    used = [say["due" if own else "edition"].format(due=say_due(due))] if due else []
    used += [say["weights"].format(file=path.name) for path in weights]
    used += [say["grades"].format(graders=names)] if names else []
    settings = {"due": due, "weights": next(iter(weights), None), "rubric": aside / GRADES if names else None}
    return settings, say["sentence" if used else "nothing"].format(used="; ".join(used))


def _take_keys(data: bytes) -> None:
    """Put the keys of a graded edition beside its stories; anything else in the zip is refused."""
    place = Path(str(files("copydesk")))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            names = [name for name in packed.namelist() if KEYS.fullmatch(name)]
            if not names or any(packed.getinfo(name).file_size > 20_000_000 for name in names):
                raise zipfile.BadZipFile
            for name in names:
                if (place / name).parent.is_dir():
                    (place / name).write_bytes(packed.read(name))
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, ValueError, zlib.error, EOFError, OSError):
        raise CopydeskError("this is no zip with keys", "choose the one whose name ends in -keys.zip") from None


def _zipped(made: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as packed:
        for name, data in made.items():
            packed.writestr(name, data)
    return buffer.getvalue()
