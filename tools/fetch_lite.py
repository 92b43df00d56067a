"""Fetch what the website in the browser is made of, so that its tests, which ask no network, have it.

    python -m tools.fetch_lite

`make test` calls this. Without npm or a network one sentence says so, and the tests of the website are skipped.
"""

from __future__ import annotations

import sys

from copydesk.base.errors import CopydeskError
from copydesk_classroom.releasing.lite import fetch

if __name__ == "__main__":
    try:
        fetch()
    except CopydeskError as error:
        print(f"The website’s tests are skipped: {error}", file=sys.stderr)
