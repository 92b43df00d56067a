"""How light the kit is: import time over bare Python, in the same run, in turn.

python benchmarks/light.py
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

RUNS = 15


def seconds(code: str) -> float:
    """One cold process running `code`."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - start


def main() -> None:
    """Print the median of each, and the difference."""
    pairs = [(seconds("pass"), seconds("import copydesk")) for _ in range(RUNS)]
    bare, kit = (statistics.median(p[i] for p in pairs) * 1000 for i in (0, 1))
    extra = statistics.median(b - a for a, b in pairs) * 1000
    print(f"python -c pass              {bare:6.1f} ms (median of {RUNS})")
    print(f"python -c 'import copydesk' {kit:6.1f} ms")
    print(f"import copydesk, over bare Python  {extra:6.1f} ms (bar: 50 ms)")


if __name__ == "__main__":
    main()
