"""How fast a class is graded, feedback pages and tables included, and in how much memory.

python benchmarks/grading.py [--learners 1000] [--workers CORES] [--repeats 3] [--peers 5] [--keep FOLDER]

The class is made first (see make_class.py) and not counted. Memory is the most the parent held, plus the most any
worker held times the workers: pages they share are counted for each.
With `--peers`, nbgrader and Otter grade so many submissions in the same run (see peers.py).
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.make_class import make_class
from benchmarks.peers import beside
from copydesk_classroom.grading.grade import grade

BARS = {"seconds": "10 s", "memory": "200 MB", "page": "150 kB"}
"""For 1,000 learners on two cores."""


def main() -> None:
    """Make a class, grade it in a process of its own, print what it took."""
    parser = argparse.ArgumentParser(description="How fast a class is graded, and in how much memory.")
    parser.add_argument("--learners", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--keep", type=Path, help="a folder for the class and its results (default: thrown away)")
    parser.add_argument("--repeats", type=int, default=3, help="so often it is graded anew; the median counts")
    parser.add_argument("--peers", type=int, default=0, help="submissions for nbgrader and Otter (default: none)")
    parser.add_argument("--measure", type=Path, nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure(*options.measure, options.workers)))
        return
    with tempfile.TemporaryDirectory(prefix="copydesk-bench-") as temp:
        home = options.keep or Path(temp)
        roster = make_class(home / "class", options.learners)
        here = [sys.executable, __file__, "--workers", str(options.workers), "--measure"]
        runs = []
        for _ in range(max(1, options.repeats)):
            shutil.rmtree(home / "out", ignore_errors=True)
            command = [*here, str(home / "class"), str(home / "out"), str(roster)]
            runs.append(json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout))
        runs.sort(key=lambda run: run["seconds"])
        took = runs[len(runs) // 2]
        report(took, home)
        if len(runs) > 1:
            print(f"  of {len(runs)} runs the median; {runs[0]['seconds']:.1f} to {runs[-1]['seconds']:.1f} s")
    if options.peers:
        beside(took["seconds"] / took["learners"], options.peers)


def measure(folder: Path, out: Path, roster: Path, workers: int) -> dict[str, float]:
    """Grade a folder; seconds, seconds of computing, the most memory in MB."""
    start = time.perf_counter()
    if workers > 1:
        with ProcessPoolExecutor(workers) as pool:
            summary = grade(folder, out, roster=roster, executor=pool)
    else:
        summary = grade(folder, out, roster=roster)
    seconds = time.perf_counter() - start
    mine, theirs = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    per_mb = 1024 if sys.platform.startswith("linux") else 1024**2
    return {
        "learners": summary.graded,
        "lessons": len(summary.lessons),
        "workers": workers,
        "seconds": seconds,
        "computing": mine.ru_utime + mine.ru_stime + theirs.ru_utime + theirs.ru_stime,
        "parent": mine.ru_maxrss / per_mb,
        "worker": theirs.ru_maxrss / per_mb if workers > 1 else 0,
    }


def report(took: dict[str, float], home: Path) -> None:
    """Print what it took, beside the bar."""
    pages = [*(home / "out" / "feedback").iterdir()]
    size = sum(p.stat().st_size for p in pages) / len(pages) / 1000
    memory = took["parent"] + took["worker"] * took["workers"]
    what = f"{took['learners']:,} learners × {took['lessons']} lessons, {took['workers']} workers"
    bars = {name: f"(bar: {bar})" if took["learners"] == 1000 else "" for name, bar in BARS.items()}
    print(f"grading {what}  {took['seconds']:.1f} s {bars['seconds']}".rstrip())
    print(f"  computing in all processes  {took['computing']:.1f} s")
    print(f"  submissions a second  {took['learners'] / took['seconds']:.0f}")
    print(f"grading, the most memory in all processes  {memory:.0f} MB {bars['memory']}".rstrip())
    print(f"  of that here and in each worker  {took['parent']:.0f} and {took['worker']:.0f} MB")
    print(f"a feedback page  {size:.0f} kB {bars['page']}".rstrip())


if __name__ == "__main__":
    main()
