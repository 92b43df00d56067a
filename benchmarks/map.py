"""How long a new date on the map takes in the browser: script, style and layout, up to where the browser paints.

python benchmarks/map.py
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from real_lab import cold_page, run_all, running

from tests.browser.test_map import CHANGES, told_times  # real_lab puts the tests on the path

LESSON = "07_what_was_going_on"


def main() -> None:
    """Print the times of 60 new dates in lesson 07."""
    with tempfile.TemporaryDirectory() as home, running(Path(home)) as lab, cold_page() as page:
        lab.open(page, LESSON)
        run_all(page)
        page.locator(".live").scroll_into_view_if_needed(timeout=60_000)
        print(told_times(page.evaluate(CHANGES)))


if __name__ == "__main__":
    main()
