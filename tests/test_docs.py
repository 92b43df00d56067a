"""Guides: every path leads somewhere, and every command they tell a reader to type is one that the kit takes."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from copydesk.cli import main

ROOT = Path(__file__).resolve().parents[1]
GUIDES = [
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    *(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")),
]
COMMAND = re.compile(r"^copydesk (?:check|doctor|grade|release|report|start)\b.*")


def commands(text: str) -> list[str]:
    """The kit's commands in code blocks and, with what follows them, in backquotes; without comments."""
    blocks = re.findall(r"^```\w*\n(.*?)^```$", text, re.M | re.S)
    typed = [line for block in blocks for line in block.splitlines()]
    typed += [words for words in re.findall(r"(?<!`)`([^`\n]+)`(?!`)", text) if words.count(" ") > 1]
    return [re.sub(r"\s+#.*", "", line) for line in typed if COMMAND.match(line) and "…" not in line]


@pytest.mark.parametrize("guide", GUIDES)
def test_every_path_leads_to_a_file(guide: str) -> None:
    """Paths in backquotes and links; one with a placeholder (`<`, `NN`, `*`) must match something."""
    text = (ROOT / guide).read_text("utf-8").partition("## A new type of exercise\n")
    links = re.findall(r"\]\((?!https?:|[#?])([^)#]+)\)|src=\"([^\"]+)\"", "".join(text))
    quoted = re.findall(r"`((?:src|seeds|tests|tools|docs|notebooks|benchmarks|\.github)/[^`\s]*)`", text[0])
    for name in {link for pair in links for link in pair if link}:
        assert (ROOT / guide).parent.joinpath(name).exists(), f"{guide} links to {name}"
    for name in quoted:
        pattern = re.sub(r"<[^>]+>|NN_…", "*", name).rstrip("/")
        assert [*ROOT.glob(pattern)], f"{guide} names {name}"


@pytest.mark.parametrize("guide", GUIDES)
def test_every_command_is_one_the_kit_takes(guide: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is read as it would be, and stopped before it does anything."""
    for line in commands((ROOT / guide).read_text("utf-8")):
        parsed: list[object] = []
        for name in ("run_start", "run_doctor"):
            monkeypatch.setattr(f"copydesk.cli.{name}", lambda options, told=parsed: told.append(options) or 0)
        for name in ("run_check", "run_grade", "run_release", "run_report"):
            monkeypatch.setattr(
                f"copydesk_classroom.commands.{name}", lambda options, told=parsed: told.append(options) or 0
            )
        assert main(shlex.split(line.removeprefix("copydesk "))) == 0 and parsed, f"{guide}: {line}"


def test_the_guides_have_commands_and_a_wrong_one_is_noticed() -> None:
    told = {guide: commands((ROOT / guide).read_text("utf-8")) for guide in GUIDES}
    assert len(told["README.md"]) > 5 and len(told["docs/instructor_guide.md"]) > 7
    with pytest.raises(SystemExit):
        main(["grade", "submissions", "--output", "grades"])


def test_every_lesson_is_in_the_curriculum_map() -> None:
    rows = re.findall(r"^\| (\d\d) ", (ROOT / "docs/curriculum.md").read_text("utf-8"), re.M)
    lessons = sorted(path.name[:2] for path in (ROOT / "src/copydesk/lessons").glob("[0-9][0-9]_*.toml"))
    assert rows == lessons
