"""The command line: `copydesk check` passes on what is committed and names what is broken."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from copydesk import __version__
from copydesk.cli import main

ROOT = Path(__file__).resolve().parents[1]
Out = pytest.CaptureFixture[str]


def spoil(seeds: Path, layer: str, number: int, **change: Any) -> None:
    path = seeds / "practice" / "key.json"
    key = json.loads(path.read_text("utf-8"))
    key[layer][number].update(change)
    path.write_text(json.dumps(key), "utf-8")


def test_what_is_committed_is_sound(capsys: Out) -> None:
    assert main(["check"]) == 0
    out = capsys.readouterr().out
    assert "no faults found" in out and "FAULT" not in out and "FAILED" not in out
    assert "story baltics-2022: 17 blocks" in out and "story practice: 8 blocks" in out
    assert "    passed" not in out


def test_every_proof_on_request(capsys: Out) -> None:
    assert main(["check", "--story", "practice", "--lesson", "00_start_here", "--all"]) == 0
    out = capsys.readouterr().out
    assert "    passed  voices: blank scores 0" in out and "baltics" not in out


@pytest.mark.parametrize(
    ("entry", "change", "says"),
    [
        (("attributions", 2), {"form": "shouted"}, "FAULT A2: form 'shouted'"),
        (("framing", 0), {"device": "loaded"}, "FAULT D1: device 'loaded'"),
        (("framing", 1), {"readings": ["one"]}, "FAULT D2: a framing item needs at least two readings"),
        (("controls", 0), {"hash": "00000000"}, "FAULT PC1: the words at 193–209"),
    ],
)
def test_a_broken_key_is_named_and_the_status_is_1(
    entry: tuple[str, int], change: dict[str, Any], says: str, seeds: Path, capsys: Out
) -> None:
    spoil(seeds, *entry, **change)
    assert main(["check", "--story", "practice"]) == 1
    out = capsys.readouterr().out
    assert says in out and "1 fault found" in out and "no faults found" not in out


def test_a_key_that_cannot_be_read_is_one_sentence(seeds: Path, capsys: Out) -> None:
    spoil(seeds, "framing", 0, start="here")
    assert main(["check", "--story", "practice"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("copydesk: ") and "D1: it is not a span" in said and said.count("\n") == 1
    assert main(["check"]) == 1
    out = capsys.readouterr().out
    assert "D1: it is not a span" in out and "story greywater-barrage: " in out and out.endswith(" found\n")


def test_a_story_without_a_key_is_a_fault_but_its_lessons_are_read(seeds: Path, capsys: Out) -> None:
    (seeds / "practice" / "key.json").unlink()
    assert main(["check", "--story", "practice"]) == 1
    out = capsys.readouterr().out
    assert "FAULT 'practice' has no key.json" in out and "00_start_here: 6 exercises, 0 of 0" in out


def test_a_broken_lesson_is_named(seeds: Path, capsys: Out) -> None:
    path = seeds / "practice" / "lessons.toml"
    path.write_text(path.read_text("utf-8").replace('["p1"]', '["p99"]'), "utf-8")
    assert main(["check", "--story", "practice"]) == 1
    assert "FAULT 00_start_here/first_mark: there is no block 'p99'" in capsys.readouterr().out


def test_a_scoring_check_that_fails_is_named(seeds: Path, capsys: Out) -> None:
    path = seeds / "practice" / "lessons.toml"
    path.write_text(path.read_text("utf-8") + "bar = 0.3\n", "utf-8")  # of the last one, `voices`
    assert main(["check", "--story", "practice"]) == 1
    assert "FAILED  voices: 3 answers without thought" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--story", "nowhere"], "no story named 'nowhere'; there are:"),
        (["--lesson", "99_gone"], "there is no lesson '99_gone' to check; there are: 00_start_here"),
        (["--story", "practice", "--lesson", "02_who_says_so"], "there is no lesson '02_who_says_so' to check"),
    ],
)
def test_names_that_are_not_there_are_not_called_sound(arguments: list[str], says: str, capsys: Out) -> None:
    assert main(["check", *arguments]) == 1
    captured = capsys.readouterr()
    assert says in captured.err and "no faults found" not in captured.out


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["--help"], 0, "check"),
        (["check", "--help"], 0, "examples:"),
        (["--version"], 0, __version__),
        ([], 2, "required"),
        (["chekc"], 2, "there is no command 'chekc'; did you mean `copydesk check`?"),
        (["Start", "here"], 2, "did you mean `copydesk start`?"),
        (["xyz"], 2, "the commands are start, doctor, check, grade, new, release, report, story"),
    ],
)
def test_help_and_wrong_usage(arguments: list[str], status: int, says: str, capsys: Out) -> None:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == status
    assert says in "".join(capsys.readouterr())


def test_a_command_whose_package_is_missing_is_one_sentence(capsys: Out, monkeypatch: pytest.MonkeyPatch) -> None:
    """The core alone has no Jinja2 and no MarkupSafe, which the instructors' pages need."""
    for name in [name for name in sys.modules if name.startswith("copydesk_classroom")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "markupsafe", None)
    assert main(["grade", "submissions", "--out", "grades"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("copydesk: `copydesk grade` needs the package markupsafe, which is not installed; run: ")
    assert said.endswith('pip install "copydesk[classroom]"\n')
    with pytest.raises(SystemExit):
        main(["--help"])
    assert "doctor" in capsys.readouterr().out


def test_whoever_stops_reading_gets_no_traceback() -> None:
    command = [sys.executable, "-m", "copydesk", "check", "--story", "practice", "--all"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout and running.stderr
        running.stdout.close()
        assert running.stderr.read() == b"" and running.wait() == 1


def test_as_a_command() -> None:
    command = [sys.executable, "-m", "copydesk", "check", "--story", "practice"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", cwd=ROOT, check=False)
    assert (done.returncode, done.stderr) == (0, "") and "no faults found" in done.stdout
