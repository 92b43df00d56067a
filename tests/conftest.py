"""Every test keeps its answers in an empty folder and reaches no network; stories can be copied, to be spoilt."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from copydesk.answers.place import BINDER
from copydesk.story.story import Story, load_story

settings.register_profile("copydesk", deadline=None)  # no test fails on a clock
settings.load_profile("copydesk")

SEEDS = Path(__file__).resolve().parents[1] / "seeds"
NO_NETWORK = Path(__file__).with_name("no_network")


def pytest_configure(config: pytest.Config) -> None:
    """Doctests in `src` open lessons too: their answers go to a folder that is thrown away."""
    if "COPYDESK_ANSWERS" not in os.environ:
        folder = tempfile.TemporaryDirectory(prefix="copydesk-answers-", ignore_cleanup_errors=True)
        os.environ["COPYDESK_ANSWERS"] = folder.name
        config.add_cleanup(lambda: os.environ.pop("COPYDESK_ANSWERS", None))
        config.add_cleanup(folder.cleanup)


def _forbid_network() -> None:
    """In this process and in every Python that it starts; see `no_network/sitecustomize.py`."""
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(NO_NETWORK), os.environ.get("PYTHONPATH")]))
    sys.modules.pop("sitecustomize", None)
    sys.path.insert(0, str(NO_NETWORK))
    import_module("sitecustomize")


_forbid_network()


@pytest.fixture(autouse=True)
def no_network(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The file in which attempts to reach another machine are written down; the test fails if there is one."""
    log = tmp_path_factory.getbasetemp() / "network.log"
    monkeypatch.setenv("COPYDESK_NETWORK_LOG", str(log))
    yield log
    tried = log.read_text("utf-8") if log.exists() else ""
    log.unlink(missing_ok=True)
    assert not tried, f"the network was asked for:\n{tried}"


@pytest.fixture(autouse=True)
def own_answers(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty answers folder; no story or seeds folder named by whoever runs the tests, or by the test before."""
    folder = tmp_path_factory.mktemp("answers")
    monkeypatch.setenv("COPYDESK_ANSWERS", str(folder))
    for name in ("COPYDESK_STORY", "COPYDESK_SEEDS", "COPYDESK_CLASS", *BINDER):
        monkeypatch.setenv(name, "")  # so that what a test sets is undone, whether or not it was set before
        monkeypatch.delenv(name)
    return folder


@pytest.fixture
def baltics() -> Story:
    """The built-in story with its key."""
    return load_story(SEEDS / "baltics-2022")


@pytest.fixture
def practice() -> Story:
    """The practice story with its key."""
    return load_story(SEEDS / "practice")


@pytest.fixture
def seeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of all stories, in use and free to be spoilt; spoil a story before it is first loaded."""
    copy = tmp_path / "seeds"
    shutil.copytree(SEEDS, copy)
    monkeypatch.setenv("COPYDESK_SEEDS", str(copy))
    return copy


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """What each format cost at worst while files were changed (`fuzz/`), if FUZZ_TRIES is set."""
    if "FUZZ_TRIES" not in os.environ:
        return
    ended = [r for found in terminalreporter.stats.values() for r in found if getattr(r, "when", "") == "teardown"]
    rows = [(r.nodeid.partition("::")[2], v) for r in ended for n, v in r.user_properties if n == "fuzz"]
    if rows:
        terminalreporter.section("files changed by chance")
        terminalreporter.write_line(f"{'format':<48} {'tries':>8} {'refused':>8} {'slowest':>8} {'memory':>7}")
        for name, (tries, refused, slowest, memory) in sorted(rows):
            terminalreporter.write_line(f"{name:<48} {tries:>8} {refused:>8} {slowest:>5} ms {memory:>4} MB")
