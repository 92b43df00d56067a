"""A format to be changed, and a story that is read anew."""

import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from copydesk.story.key import read_key
from tests.fuzz.fuzzing import SEEDS, Fuzz, most_memory


@pytest.fixture
def fuzz(record_property: Callable[[str, object], None]) -> Iterator[Fuzz]:
    """A format to be changed; the test fails for what was found, and notes what it took."""
    before, made = most_memory(), Fuzz()
    yield made
    grown = most_memory() - before
    record_property("fuzz", [made.tries, made.refused, round(1000 * made.slowest), round(grown / 1e6)])
    assert not made.found, made.found
    assert made.harmless or made.refused, "the changes are all harmless"
    assert made.refused < made.tries, "the changes are all fatal"


@pytest.fixture
def story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the built-in story that is in use and read anew each time, but for the key, which nobody changes."""
    monkeypatch.setattr("copydesk.story.story.read_key", cache(read_key))
    shutil.copytree(SEEDS, tmp_path / "seeds")
    monkeypatch.setenv("COPYDESK_SEEDS", str(tmp_path / "seeds"))
    return tmp_path / "seeds" / "baltics-2022"
