"""The memory of one learner: the server and the kernel with a lesson open and every cell run (Linux).

    python benchmarks/memory.py [--lesson 02_who_says_so]

Read from /proc, for the server's process and everything it started; the browser is the learner's own and not counted.
RSS counts a page that two processes share twice; PSS counts it once. The bar is held against the larger, RSS.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from real_lab import cold_page, run_all, running

PROC = Path("/proc")
BAR, SETTLE = 400, 5_000


def family(pid: int) -> Iterator[int]:
    """A process and all that descend from it.

    >>> import os
    >>> os.getpid() in family(os.getppid())
    True
    """
    yield pid
    for threads in PROC.glob(f"{pid}/task/*/children"):
        for child in threads.read_text().split():
            yield from family(int(child))


def megabytes(pid: int) -> Counter[str]:
    """RSS and PSS of one process, in MB of a million bytes.

    >>> import os
    >>> own = megabytes(os.getpid())
    >>> own["Rss"] >= own["Pss"] > 1
    True
    """
    found = re.findall(r"^(Rss|Pss): +(\d+) kB", (PROC / str(pid) / "smaps_rollup").read_text(), re.M)
    return Counter({kind: int(kb) * 1024 / 1e6 for kind, kb in found})


def role(pid: int) -> str:
    """What a process of the server's family is."""
    return "kernel" if b"ipykernel" in (PROC / str(pid) / "cmdline").read_bytes() else "server"


def main(arguments: Sequence[str] | None = None) -> None:
    """Open the lesson in a real browser, run it, and print what the processes hold."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--lesson", default="02_who_says_so")
    if not (PROC / "self" / "smaps_rollup").is_file():
        sys.exit("memory is read from /proc, which only Linux has: not measured here")
    lesson = parser.parse_args(arguments).lesson
    with tempfile.TemporaryDirectory() as home, running(Path(home)) as lab, cold_page() as page:
        lab.open(page, lesson)
        run_all(page)
        page.locator("section.cd").last.wait_for(timeout=60_000)
        page.wait_for_timeout(SETTLE)
        held: dict[str, Counter[str]] = {"server": Counter(), "kernel": Counter()}
        for pid in family(lab.process.pid):
            held[role(pid)] += megabytes(pid)
    whole = held["server"] + held["kernel"]
    for name, found in {**held, "both": whole}.items():
        print(f"{name:8} " + "   ".join(f"{kind.upper()} {found[kind]:5.0f} MB" for kind in ("Rss", "Pss")))
    print(f"memory of one learner, lesson {lesson[:2]} open and run (RSS)   {whole['Rss']:.0f} MB (bar: {BAR} MB)")


if __name__ == "__main__":
    main()
