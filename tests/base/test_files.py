"""Writing a file: whole or not at all, on the disk or not, and not at all if the bytes are the same."""

import os
from pathlib import Path

import pytest

from copydesk.base import files
from copydesk.base.errors import CopydeskError
from copydesk.base.files import replacing, write


def test_the_same_bytes_are_not_written_again(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    write(path, b"a", skip_same=True)
    os.utime(path, (1, 1))
    write(path, b"a", skip_same=True)
    assert path.stat().st_mtime == 1
    write(path, b"b", skip_same=True)
    assert path.read_bytes() == b"b"


def test_only_a_durable_write_waits_for_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    monkeypatch.setattr(files.os, "fsync", synced.append)
    write(tmp_path / "page.html", b"a", durable=False)
    assert not synced
    write(tmp_path / "answers.json", b"a")
    assert len(synced) == (1 if os.name == "nt" else 2), "the bytes, and the name in its folder"


def test_what_a_killed_run_left_is_written_over(tmp_path: Path) -> None:
    (tmp_path / ".page.html.tmp").write_bytes(b"half of a")
    write(tmp_path / "page.html", b"a", durable=False)
    assert [p.name for p in tmp_path.iterdir()] == ["page.html"]


@pytest.mark.parametrize("durable", [True, False])
def test_an_error_on_the_way_leaves_the_old_file(durable: bool, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    write(path, b"old")
    with pytest.raises(LookupError), replacing(path, durable=durable) as file:
        file.write(b"new")
        raise LookupError
    assert path.read_bytes() == b"old" and [p.name for p in tmp_path.iterdir()] == ["page.html"]


def test_what_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CopydeskError, match=r"page\.html could not be saved: No such file"):
        write(tmp_path / "none" / "page.html", b"a", durable=False)
