"""The hub of docs/jupyterhub_config.py on this machine's loopback, and what its processes hold in memory (Linux)."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from memory import PROC, family, megabytes

from copydesk_classroom.releasing.release import release

RECIPE = Path(__file__).resolve().parents[1] / "docs" / "jupyterhub_config.py"
EVERY = 4.0
"""Seconds between two looks at the memory; a look at a hundred processes takes some tenths of one."""


class Hub:
    """A class of that many learners with an edition, a hub, and one seat more for a browser."""

    def __init__(self, folder: Path, learners: int) -> None:
        self.folder = folder
        self.names = [f"l{n:03}" for n in range(1, learners + 1)]
        lines = [f"{name},Learner {name}" for name in [*self.names, "browser"]]
        (folder / "class.csv").write_text("\n".join(["id,name", *lines, ""]), "utf-8")
        release(folder / "edition", lessons=["00", "02"], as_zip=False)
        ports = free_ports(3)
        self.base = f"http://127.0.0.1:{ports[0]}"
        os.environ.update(COPYDESK_CLASS=str(folder), COPYDESK_CLASS_SECRET=secrets.token_hex(32))
        os.environ.update(
            COPYDESK_HUB_URL=self.base, PATH=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        )
        own = f"load_subconfig({str(RECIPE)!r})\nc = get_config()\nc.JupyterHub.hub_port = {ports[1]}\n"
        own += f"c.ConfigurableHTTPProxy.api_url = 'http://127.0.0.1:{ports[2]}'\n"
        own += "c.Spawner.args.append('--allow-root')\n" if os.geteuid() == 0 else ""
        (folder / "config.py").write_text(own, "utf-8")

    def passwords(self) -> dict[str, str]:
        """What the recipe prints for the class."""
        said = subprocess.run([sys.executable, RECIPE], capture_output=True, text=True, check=True).stdout
        return dict(line.split() for line in said.splitlines())

    def start(self) -> None:
        """Start the hub and wait until it answers."""
        self.log = (self.folder / "hub.log").open("w")
        command = [sys.executable, "-m", "jupyterhub", "-f", str(self.folder / "config.py")]
        how = {"cwd": self.folder, "stdout": self.log, "stderr": subprocess.STDOUT}
        self.process = subprocess.Popen(command, start_new_session=True, **how)  # a Ctrl-C here does not reach it
        for _ in range(300):
            with suppress(OSError):
                urllib.request.urlopen(f"{self.base}/hub/login", timeout=2).close()
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.2)
        self.stop()
        sys.exit(f"the hub did not start: {(self.folder / 'hub.log').read_text()[-2000:]}")

    def stop(self) -> None:
        """Stop the hub, which stops all that it started; whatever of that is left after a minute is ended."""
        mine = {pid: born(pid) for pid in tree(self.process.pid)}
        self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(60)
        for pid, when in mine.items():
            if when and born(pid) == when:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        self.process.wait(10)
        self.log.close()


@contextmanager
def running(folder: Path, learners: int) -> Iterator[Hub]:
    """A started hub that is stopped at the end."""
    if not shutil.which(
        "configurable-http-proxy", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    ):
        sys.exit("no configurable-http-proxy; get it with: npm install -g --prefix THIS-VENV configurable-http-proxy")
    hub = Hub(folder, learners)
    hub.start()
    try:
        yield hub
    finally:
        hub.stop()


def free_ports(count: int) -> list[int]:
    """Ports of the loopback that nobody listens on."""
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def tree(pid: int) -> list[int]:
    """A process and all that descend from it, also while some of them come and go."""
    for _ in range(9):
        with suppress(OSError):  # one ended while its children were asked for
            return [*family(pid)]
    return [pid]


def born(pid: int) -> str:
    """When a process was started, '' if it is gone: a number may be given again, never with the same moment."""
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return ""


class Memory(threading.Thread):
    """Looks at the memory of the hub's whole family from time to time; RSS and PSS in MB."""

    def __init__(self, hub: Hub) -> None:
        super().__init__(daemon=True)
        self.hub, self.done = hub, threading.Event()
        self.whole: Counter[str] = Counter()
        self.each: dict[str, Counter[str]] = defaultdict(Counter)
        self.last: Counter[str] = Counter()

    def run(self) -> None:
        while not self.done.wait(EVERY):
            self.look()

    def look(self) -> None:
        """One look; the most of each kind stays, and of the hub's own the last: while it starts a server it is two."""
        now: dict[str, Counter[str]] = defaultdict(Counter)
        for pid in tree(self.hub.process.pid):
            with suppress(OSError):  # it ended a moment ago
                now[self.owner(pid)] += megabytes(pid)
        self.whole |= sum(now.values(), Counter())
        self.last = now.pop("hub", Counter())
        for owner, found in now.items():
            self.each[owner] |= found

    def owner(self, pid: int) -> str:
        """Whose process it is, by the folder it works in: a learner's, or the hub's."""
        here, home = (PROC / str(pid) / "cwd").readlink(), self.hub.folder / "learners"
        return here.relative_to(home).parts[0] if here.is_relative_to(home) and here != home else "hub"
