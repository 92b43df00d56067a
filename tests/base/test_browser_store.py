"""A browser's store behind the files: what is kept, and what a store that is full or refused makes of it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from copydesk.answers.place import may_be_lost, where
from copydesk.base import files, system
from copydesk.base.errors import CopydeskError
from copydesk.base.files import write


class Store:
    """What a page would bring as `copydesk_store`."""

    def __init__(self, refused: str = "", why: str = "") -> None:
        self.refused, self.why, self.kept = refused, why, dict[str, bytes]()

    def keep(self, folder: str, found: list[tuple[str, bytes]]) -> str:
        assert all(Path(path).parent == Path(folder) for path, _ in found)
        self.kept |= dict(found) if not self.why else {}
        return self.why


def in_browser(monkeypatch: pytest.MonkeyPatch, store: Store | None) -> None:
    monkeypatch.setattr(system, "BROWSER", True)
    monkeypatch.setattr(system, "import_module", lambda name: store or SimpleNamespace()[name])
    if store is None:
        monkeypatch.setattr(system, "browser_store", lambda: None)


def test_a_saved_file_is_kept_before_the_call_returns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store()
    in_browser(monkeypatch, store)
    write(tmp_path / "a.json", b"1")
    assert store.kept == {str(tmp_path / "a.json"): b"1"}
    write(tmp_path / "a.json", b"2", keep=True)
    assert store.kept == {str(tmp_path / "a.json"): b"2"}, "the backup stays in memory"


@pytest.mark.parametrize(("why", "says"), [("full", "no room left for this page"), ("gone", "gone")])
def test_a_store_that_is_full_or_broken_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, why: str, says: str
) -> None:
    in_browser(monkeypatch, Store(why=why))
    monkeypatch.setattr(files, "FULL", ("this browser has no room left for this page", "pack your work"))
    with pytest.raises(CopydeskError, match=says):
        write(tmp_path / "a.json", b"1")


@pytest.mark.parametrize(("store", "says"), [(Store(), "in this browser"), (Store("SecurityError"), "keeps nothing")])
def test_a_learner_is_told_where_the_work_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, store: Store, says: str
) -> None:
    monkeypatch.setenv("COPYDESK_ANSWERS", str(tmp_path))
    assert not may_be_lost()
    in_browser(monkeypatch, store)
    assert says in where() and may_be_lost()
