"""A class graded on Dask's workers: the same bytes as by one process, and as by a pool of processes."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from benchmarks.make_class import make_class
from copydesk_classroom.collecting.state import HOME
from copydesk_classroom.grading.grade import grade
from tests.classroom.gradebooks import ROOT, needs
from tests.classroom.made_class import put, tree

pytestmark = needs("distributed")
ON_DASK = """
import sys
from distributed import Client
from copydesk_classroom import grade
from copydesk_classroom.course import course

if __name__ == "__main__":
    with Client(n_workers=2, threads_per_worker=1, dashboard_address=None) as client:
        summary = grade(sys.argv[1], sys.argv[2], executor=client.get_executor())
        loaded = client.run(lambda: course.cache_info().misses)  # a worker that graded has loaded the course
    print(summary.graded, sum(n > 0 for n in loaded.values()))
"""


def results(out: Path) -> dict[str, str]:
    """Everything a run wrote but what it keeps for the next."""
    return {name: was for name, was in tree(out).items() if not name.startswith(HOME)}


def test_dask_gives_the_same_bytes_as_one_process_and_as_a_pool(tmp_path: Path) -> None:
    """Dask runs in a process of its own: what it warns of at its start and end is not this kit's."""
    make_class(tmp_path / "in", 9)
    put(tmp_path / "in" / "bad.json", b"{")
    serial = grade(tmp_path / "in", tmp_path / "serial")
    with ProcessPoolExecutor(2) as pool:
        grade(tmp_path / "in", tmp_path / "pool", executor=pool)
    script = put(tmp_path / "on_dask.py", ON_DASK.encode())
    command = [sys.executable, str(script), str(tmp_path / "in"), str(tmp_path / "dask")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    graded, workers_used = map(int, done.stdout.split())
    assert graded == serial.graded == 9 and workers_used > 0
    assert len(results(tmp_path / "serial")) > 9
    assert results(tmp_path / "dask") == results(tmp_path / "pool") == results(tmp_path / "serial")
