"""One JupyterLab and one Chromium for all browser tests; skipped where no Chromium is, unless CI asks for them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.browser.lab import Lab

if find_spec("playwright") is None or find_spec("axe_playwright_python") is None:
    collect_ignore_glob = ["*.py"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, driven by Playwright."""
    from playwright.sync_api import sync_playwright

    from tests.browser.lab import FLAGS, chromium

    path = chromium()
    if path is None and not os.environ.get("CI"):
        pytest.skip("no Chromium here; set COPYDESK_CHROMIUM to its path")
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A server with its own copy of the notebooks."""
    from tests.browser.lab import running

    with running(tmp_path_factory.mktemp("lab")) as started:
        yield started


@pytest.fixture
def lab(server: Lab) -> Lab:
    """The server as if nobody had been there: no kernel, no answers, notebooks as they are delivered."""
    server.clear()
    return server


NOT_OURS = {
    "Cannot read properties of undefined (reading 'schema')",  # Notebook 7.6: its settings, on any notebook
    "Error: Canceled future for create_subshell_request message before replies were done",  # Lab, at closing
    "Cannot read properties of undefined (reading 'node')",  # JupyterLab 4.4: headings in outputs out of sight
}
"""Errors that the front end throws and lives with."""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page; errors thrown in it fail the test."""
    errors: set[str] = set()
    opened = browser.new_page(viewport={"width": 1280, "height": 1000})
    opened.on("pageerror", lambda error: errors.add(str(error)))
    yield opened
    opened.close()
    assert errors <= NOT_OURS
