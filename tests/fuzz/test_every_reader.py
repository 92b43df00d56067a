"""Nothing reads a file of a stranger untried, and the changes are worth trying."""

import ast
import csv
import io
from contextlib import suppress
from pathlib import Path

import pytest

from copydesk.base.documents import Damaged, decode, decode_toml
from tests.fuzz.changed_files import changed
from tests.fuzz.fuzzing import FIRST, SEEDS


@pytest.mark.parametrize("name", ["practice/key.json", "practice/story.toml", "baltics-2022/context/facts.csv"])
def test_most_changes_leave_a_file_that_can_be_parsed(name: str) -> None:
    """So that what is behind the parser is tried too; each way of changing one makes a difference."""
    original, form = (SEEDS / name).read_bytes(), name.rpartition(".")[2]
    parse = {"json": decode, "toml": decode_toml, "csv": lambda d: [*csv.reader(io.StringIO(d.decode()), strict=True)]}
    parsed, made = 0, set()
    for seed in range(FIRST, FIRST + 100):
        data = changed(original, seed, form)
        made.add(data)
        with suppress(Damaged, ValueError, csv.Error):
            parse[form](data)
            parsed += 1
    assert parsed >= 50 and len(made) > 80, (parsed, len(made))


READERS = {
    **dict.fromkeys(("handin:read_handin", "submissions:parse_submission", "submissions:documents"), "handins"),
    **dict.fromkeys(("store:_decoded", "schema:accepted"), "answer_files"),
    **dict.fromkeys(("files:open_zip", "files:_archive"), "archives"),
    **dict.fromkeys(("confirm:read_raw_key", "editor:__init__", "new:_checked_about"), "own_stories"),
    **dict.fromkeys(("editor:_is_in_work", "editor:_trial", "editor:asked", "lessons:_read"), "own_stories"),
    **dict.fromkeys(("annotations:read_annotations", "annotations:_own_body"), "annotations_of_keys"),
    **{"place:learner_of": "portfolios", "doctor:_fits": "notebooks", "start:_words": "notebooks"},
    **{"lesson:_read": "lessons_of_any_story", "story:_load": "stories", "story:_read_once": "answers_for_any_story"},
    **{"geography:read_geography": "maps", "edition:read_edition": "editions", "facts:read_facts": "facts"},
    **{"key:read_key": "keys", "course:_weights_file": "weights", "csv_files:read_rows": "rosters"},
    **{
        "rubric:graders": "grades_that_people_gave",
        "pack:_read": "packs",
        "commands:run_annotations": "answers_that_become",
    },
    **{"in_browser:_take_keys": "keys_for_a_graded_edition"},
}
"""What parses a file that may be a stranger's, as module and function, and the test that changes such files."""
OWN = {
    "documents": "the parsers themselves",
    "wording geography": "files of the kit",
    "state roster scores write_report": "what a run of `grade` wrote into its own database",
    "jupyter": "what Jupyter prints about itself",
    "lite contents tables release in_browser graders": "what is released or was written here: the kit, "
    "JupyterLite's packages, the kit's notebooks",
}
"""Modules whose other parsers read nothing of a stranger, and what it is that they read."""
PARSERS = {
    *("json.loads", "tomllib.loads", "csv.reader", "csv.DictReader", "zipfile.ZipFile", "tarfile.open"),
    *("decode", "decode_toml", "read_json", "read_toml", "open_zip"),
}


def test_every_reader_of_a_strangers_file_is_tried_here() -> None:
    """Add a new reader to `READERS` and a test of its format beside this one, or to `OWN` with a reason."""
    found = {
        f"{path.stem}:{function.name}"
        for path in (SEEDS.parent / "src").rglob("*.py")
        for function in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(function, ast.FunctionDef)
        for call in ast.walk(function)
        if isinstance(call, ast.Call) and ast.unparse(call.func) in PARSERS
    }
    own = {stem for stems in OWN for stem in stems.split()}
    assert {name for name in found if name.partition(":")[0] not in own} <= {*READERS}, "not tried"
    assert {*READERS} <= found and own <= {name.partition(":")[0] for name in found}, "gone"
    tests = "".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*_files.py"))
    assert all(f"def test_{of}" in tests for of in READERS.values())
