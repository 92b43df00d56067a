"""One JupyterLab and one Chromium for all browser tests; skipped where no Chromium is found, unless CI asks for them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="the browser extra is not installed")

from tests.browser.lab import FLAGS, Lab, chromium, running  # noqa: E402


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    """Chromium, driven by Playwright."""
    path = chromium()
    if path is None and not os.environ.get("CI"):
        pytest.skip("no Chromium here; set COPYDESK_CHROMIUM to its path")
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A server with its own copy of the notebooks and an empty answers folder."""
    home: Path = tmp_path_factory.mktemp("lab")
    with running(home) as started:
        yield started


@pytest.fixture
def page(browser: object) -> Iterator[object]:
    """A fresh page; errors thrown in it fail the test."""
    errors: list[str] = []
    opened = browser.new_page(viewport={"width": 1280, "height": 1000})  # type: ignore[attr-defined]
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    opened.close()
    assert not errors, errors
