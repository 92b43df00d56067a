"""The class server's recipe and the pure parts of its benchmark: messages, growing answers, comparing; no hub here."""

from __future__ import annotations

import doctest
import importlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from copydesk.answers import AnswerFile
from copydesk.answers.handin import pack
from copydesk.lessons.lesson import Lesson, load_lesson

ROOT = Path(__file__).resolve().parents[1]
RECIPE = ROOT / "docs" / "jupyterhub_config.py"
LESSON = "02_who_says_so"


@pytest.fixture
def messages(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    return importlib.import_module("class_messages")


@pytest.fixture
def lesson() -> Lesson:
    return load_lesson(LESSON)


@pytest.fixture
def answers(tmp_path: Path, lesson: Lesson) -> AnswerFile:
    return AnswerFile.open(lesson.story.id, LESSON, sha256=lesson.story.about["sha256"], root=tmp_path / "answers")


def test_doctests(messages: ModuleType) -> None:
    assert doctest.testmod(messages) == (0, 4)


def test_a_message_is_json_for_the_shell_and_no_two_are_the_same(messages: ModuleType) -> None:
    one, two = (json.loads(json.dumps(messages.run("1 + 1", session="s"))) for _ in range(2))
    assert one["header"]["msg_id"] != two["header"]["msg_id"] and one["header"]["session"] == "s"
    assert (one["channel"], one["header"]["msg_type"]) == ("shell", "execute_request")
    assert one["content"] | {"code": "1 + 1", "silent": False, "allow_stdin": False} == one["content"]


def test_answers_grow_by_one_part_at_a_time_up_to_the_whole(messages: ModuleType, lesson: Lesson) -> None:
    assert lesson.key is not None
    seen = 0
    for exercise in lesson.exercises:
        on = lesson.on_story_of(exercise)
        assert on.key is not None
        for answer in exercise.model_answers(on.key, on.story.article.text).values():
            grown = [*messages.steps(answer)]
            assert [sum(map(len, step.values())) for step in grown] == [*range(1, len(grown) + 1)]
            assert grown[-1] == {name: parts for name, parts in answer.items() if parts}
            seen += len(grown)
    assert seen > 100


@pytest.fixture
def told(messages: ModuleType, lesson: Lesson, answers: AnswerFile) -> dict[str, Any]:
    """A widget that was told a whole answer as the benchmark tells it, and was asked to check it."""
    from copydesk.widgets.widget import ExerciseWidget

    assert lesson.key is not None
    widget = ExerciseWidget(lesson, lesson.exercise("voice"), answers)
    note = messages.Told()
    for answer in messages.steps(widget.exercise.model_answers(lesson.key, lesson.story.article.text)["key"]):
        note.answer, note.changes = answer, note.changes + 1
        save = {"do": "save", "seq": note.changes, "by": "me", "value": answer}
        widget._handle_msg(messages.tell(widget.model_id, save, session="s"))
        assert widget.state["saved_seq"] == note.changes
    widget._handle_msg(messages.tell(widget.model_id, {"do": "check"}, session="s"))
    assert widget.outcome is not None and widget.outcome.score == 1
    note.changes, note.tries = note.changes + 1, 1
    return {"voice": note}


def test_what_a_widget_was_told_is_on_the_disk(messages: ModuleType, told: dict[str, Any], answers: AnswerFile) -> None:
    document = json.loads(answers.path.read_bytes())
    assert document["exercises"]["voice"]["rev"] == told["voice"].changes > 5
    assert messages.lost(told, document) == []


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda e: e.pop("voice"), "nothing on the disk"),
        (lambda e: e["voice"].update(rev=e["voice"]["rev"] - 1), "changes on the disk"),
        (lambda e: e["voice"].update(tries=[]), "0 tries on the disk, 1 acknowledged"),
        (lambda e: e["voice"]["answer"]["choices"].popitem(), "another answer"),
        (lambda e: e["voice"].update(others=[{"choices": {}}]), "an answer from nowhere"),
    ],
)
def test_what_is_lost_is_noticed(
    messages: ModuleType,
    told: dict[str, Any],
    answers: AnswerFile,
    spoil: Callable[[dict[str, Any]], object],
    says: str,
) -> None:
    document = json.loads(answers.path.read_bytes())
    spoil(document["exercises"])
    (fault,) = messages.lost(told, document)
    assert fault.startswith("voice: ") and says in fault


def test_a_change_on_its_way_at_the_end_may_be_on_the_disk_or_not(messages: ModuleType, told: dict[str, Any]) -> None:
    entry = {"rev": told["voice"].changes + 1, "answer": {"choices": {}}, "tries": [{}], "others": []}
    assert messages.lost(told, {"exercises": {"voice": entry}}) == []
    assert messages.lost({"voice": messages.Told()}, {}) == []


def test_the_hand_in_is_taken_from_the_page_and_compared_with_the_answers(
    messages: ModuleType, told: dict[str, Any], answers: AnswerFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from copydesk.widgets.controls import hand_in_box

    monkeypatch.setenv("COPYDESK_ANSWERS", str(tmp_path / "answers"))
    monkeypatch.chdir(tmp_path)
    *_, buttons, shown = hand_in_box().children
    buttons.children[0].click()
    handin = messages.packed(shown.value)
    assert handin == (tmp_path / "handin_anonymous.json").read_bytes()
    document = json.loads(answers.path.read_bytes())
    assert messages.same_answers(handin, document)
    answers.save("voice", {"choices": {}})
    assert not messages.same_answers(handin, json.loads(answers.path.read_bytes()))
    assert messages.same_answers(pack(tmp_path / "answers").path.read_bytes(), json.loads(answers.path.read_bytes()))
    assert messages.packed("<p>Nothing is packed yet.</p>") is None


def printed(folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """What the recipe prints when it is run by itself."""
    known = {**os.environ, "COPYDESK_CLASS": str(folder), "COPYDESK_CLASS_SECRET": "s" * 32, **env}
    return subprocess.run(
        [sys.executable, RECIPE], env=known, capture_output=True, text=True, encoding="utf-8", check=False
    )


def test_the_recipe_prints_passwords_that_only_the_secret_makes(tmp_path: Path) -> None:
    (tmp_path / "class.csv").write_text("id;name\nL01;Zoë Ñandú\nl02;Max Roe\n", "utf-8")
    slips = dict(line.split() for line in printed(tmp_path).stdout.splitlines())
    assert [*slips] == ["teacher", "l01", "l02"] and len({*slips.values()}) == 3
    assert all(re.fullmatch(r"[a-z2-7]{4}(-[a-z2-7]{4}){2}", word) for word in slips.values())
    again = printed(tmp_path, COPYDESK_TEACHERS="Anna, ben").stdout.splitlines()
    assert again[0].startswith("anna ") and again[2:] == [f"{name}  {slips[name]}" for name in ("l01", "l02")]
    other = printed(tmp_path, COPYDESK_CLASS_SECRET="t" * 32).stdout.splitlines()
    assert not {line.split()[1] for line in other} & {*slips.values()}


def test_the_recipe_asks_for_a_secret_and_holds_none(tmp_path: Path) -> None:
    refused = printed(tmp_path, COPYDESK_CLASS_SECRET="short")
    assert refused.returncode and "COPYDESK_CLASS_SECRET is missing or short" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_the_values_for_more_machines_are_yaml_and_say_that_they_were_not_tried() -> None:
    yaml = pytest.importorskip("yaml")
    text = (ROOT / "docs" / "jupyterhub_values.yaml").read_text("utf-8")
    values = yaml.safe_load(text)
    assert "NOT TRIED" in text and {*values} == {"hub", "proxy", "singleuser", "cull"}
    assert values["singleuser"]["extraEnv"]["COPYDESK_ANSWERS"].startswith("/home/jovyan/")
    assert not re.search(r"secret|password", str(values), re.IGNORECASE)
