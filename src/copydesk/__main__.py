"""`python -m copydesk`: the console script, where it is not on the path."""

from __future__ import annotations

import sys

from copydesk.cli import main

if __name__ == "__main__":
    sys.exit(main())
