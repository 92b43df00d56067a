"""The benchmarks' own arithmetic; no test here looks at a clock."""

from __future__ import annotations

import doctest
import importlib
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

BENCH = Path(__file__).parent.parent / "benchmarks"


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCH))


@pytest.fixture
def table(bench: None) -> ModuleType:
    return importlib.import_module("all")


def test_lines_that_name_a_bar_become_rows(table: ModuleType) -> None:
    lines = [
        "bare  1 ms\n",
        "over bare Python     36.1 ms (bar: 50 ms)\n",
        "  a new date (bar 60 ms)      median   9 ms, n = 5\n",
        "     9.5 s (bar for 1,000: 10 s)\n",
    ]
    assert [row[:3] for row in table.rows(lines, "python x.py")] == [
        ("over bare Python", "36.1 ms", "50 ms"),
        ("a new date", "median 9 ms, n = 5", "60 ms"),
        ("x", "9.5 s", "for 1,000: 10 s"),
    ]


def test_the_table_is_markdown_with_columns_of_one_width(table: ModuleType) -> None:
    lines = table.table([table.Row("a|b", "1", "2 MB", "x.py"), table.Row("c", "three", "–", "y.py")]).split("\n")
    assert len({len(line) for line in lines}) == 1
    assert lines[1].replace("-", "").replace(" ", "") == "|||||"
    assert "a\\|b" in lines[2]
    assert "`y.py`" in lines[3]


@pytest.mark.parametrize(
    ("code", "row"),
    [
        ("print('size  1 MB (bar: 2 MB)')", ("size", "1 MB", "2 MB", "python benchmarks/one.py")),
        ("import sys; sys.exit('no Chromium')", ("one", "not measured: no Chromium", "–", "python benchmarks/one.py")),
    ],
)
def test_a_benchmark_that_cannot_run_says_why(
    table: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, row: tuple[str, ...]
) -> None:
    monkeypatch.setattr(table, "HERE", tmp_path)
    (tmp_path / "one.py").write_text(code, "utf-8")
    assert table.run(["one.py"]) == [row]


def test_only_the_benchmarks_that_are_here_run(
    table: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert {c[0] for c in table.commands([])} >= {"light.py", "size.py", "memory.py", "first_widget.py"}
    assert [c[1:] for c in table.commands(["s.jsonl"])][-2:] == [("score", "s.jsonl"), ("speed", "s.jsonl")]
    monkeypatch.setattr(table, "HERE", tmp_path)
    assert not [*table.commands([])]


def test_sizes_count_a_folder_and_not_what_its_links_point_to(bench: None, tmp_path: Path) -> None:
    size = importlib.import_module("size")
    (tmp_path / "home").mkdir()
    empty = size.megabytes(tmp_path / "home")
    (tmp_path / "big").write_bytes(b"x" * 3_000_000)
    (tmp_path / "home" / "link").symlink_to(tmp_path / "big")
    assert size.megabytes(tmp_path / "home") - empty < 0.1
    (tmp_path / "home" / "copy").write_bytes(b"x" * 3_000_000)
    assert size.megabytes(tmp_path / "home") - empty == pytest.approx(3, abs=0.1)


def test_every_package_has_a_size(bench: None) -> None:
    size = importlib.import_module("size")
    sizes = size.packages(Path(sys.prefix))
    assert next(mb for name, mb in sizes.items() if name.startswith("ipywidgets ")) > 0.1


@pytest.mark.parametrize("name", ["all", "memory"])
def test_doctests(bench: None, name: str) -> None:
    if name == "memory":
        pytest.importorskip("playwright")
        if not Path("/proc/self/smaps_rollup").is_file():
            pytest.skip("memory is read from /proc")
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_an_attack_is_a_row_with_what_it_cost() -> None:
    command = [sys.executable, str(BENCH / "attacks.py"), "--only", "key: spans to"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    (row,) = done.stdout.splitlines()[2:]
    assert re.fullmatch(r"\| key: spans to .* \| read \| [\d.]+ s \| \d+ MB.* \|", row), done.stdout + done.stderr
