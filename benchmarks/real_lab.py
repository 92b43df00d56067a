"""The browser tests' JupyterLab and Chromium, for the benchmarks that need a learner's screen."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))  # the tests lie beside this folder and are not installed

try:
    from playwright.sync_api import Page, sync_playwright

    from tests.browser.lab import FLAGS, Lab, accept_dialog, chromium, run_all, running
except ImportError as missing:
    sys.exit(f"this figure needs {missing.name}: pip install -e '.[browser]'")

__all__ = ["Lab", "Page", "accept_dialog", "cold_page", "run_all", "running"]


@contextmanager
def cold_page() -> Iterator[Page]:
    """A page in a Chromium started for it, with an empty cache."""
    path = chromium()
    if path is None:
        sys.exit("this figure needs Chromium; install it, or set COPYDESK_CHROMIUM to its path")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=FLAGS)
        yield browser.new_page(viewport={"width": 1280, "height": 1000})
        browser.close()
