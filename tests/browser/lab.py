"""A real JupyterLab and a real Chromium, for tests and for screenshots."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from playwright.sync_api import Locator, Page, TimeoutError

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync"]
NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"


def chromium() -> str | None:
    """The browser to drive: `COPYDESK_CHROMIUM`, else the first Chromium or Chrome on the path."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return os.environ.get("COPYDESK_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


class Lab:
    """A running server, JupyterLab's or another, with its own empty settings and answers."""

    def __init__(self, home: Path, app: str = "jupyterlab") -> None:
        self.home, self.answers, self.token, self.app = home, home / "answers", secrets.token_hex(8), app
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.base = f"http://127.0.0.1:{probe.getsockname()[1]}"
        shutil.copytree(NOTEBOOKS, home / "notebooks")

    def start(self) -> None:
        """Start the server and wait until it answers."""
        places = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
        places += ("JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR")
        environment = {**os.environ, **{p: str(self.home / p) for p in places}, "COPYDESK_ANSWERS": str(self.answers)}
        quiet = self.home / "JUPYTERLAB_SETTINGS_DIR" / "@jupyterlab" / "apputils-extension"
        quiet.mkdir(parents=True)
        (quiet / "notification.jupyterlab-settings").write_text('{"fetchNews": "false", "checkForUpdates": false}')
        environment["COPYDESK_SEEDS"] = str(NOTEBOOKS.parent / "seeds")
        command = [sys.executable, "-m", self.app, "--allow-root", "--no-browser", "--ServerApp.ip=127.0.0.1"]
        command += [f"--port={self.base.rsplit(':')[-1]}", f"--IdentityProvider.token={self.token}"]
        command += [f"--{it}.expose_app_in_browser=True" for it in ("LabApp", "JupyterNotebookApp")]
        self.log = (self.home / "lab.log").open("w")
        self.process = subprocess.Popen(
            [*command, f"--ServerApp.root_dir={self.home}"], env=environment, stdout=self.log, stderr=subprocess.STDOUT
        )
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{self.base}/api?token={self.token}", timeout=2).close()
                return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError(f"{self.app} did not start: {(self.home / 'lab.log').read_text()[-2000:]}")

    def clear(self) -> None:
        """Forget what was done so far: running kernels, answers, notebooks as they were left."""
        self.stop_kernels()
        for folder in (self.answers, self.home / "notebooks"):
            shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(NOTEBOOKS, self.home / "notebooks")

    def stop_kernels(self) -> None:
        """End every running kernel, as overnight; files stay."""
        for session in json.load(self._ask("sessions")):
            self._ask(f"sessions/{session['id']}", method="DELETE").close()

    def _ask(self, what: str, *, method: str = "GET") -> IO[bytes]:
        headers = {"Authorization": f"token {self.token}"}
        asked: IO[bytes] = urllib.request.urlopen(
            urllib.request.Request(f"{self.base}/api/{what}", headers=headers, method=method), timeout=30
        )
        return asked

    def stop(self) -> None:
        """Stop the server that was started here."""
        self.process.terminate()
        self.process.wait(30)
        self.log.close()

    def open(self, page: Page, lesson: str, *, theme: str = "JupyterLab Light") -> None:
        """Open a lesson and wait until its kernel listens; the sign of an idle one is there sooner."""
        settings = self.home / "JUPYTERLAB_SETTINGS_DIR" / "@jupyterlab" / "apputils-extension"
        settings.mkdir(parents=True, exist_ok=True)
        (settings / "themes.jupyterlab-settings").write_text(f'{{"theme": "{theme}"}}')
        page.goto(f"{self.base}/lab/tree/notebooks/{lesson}.ipynb?token={self.token}&reset")
        page.locator("#jupyterlab-splash").wait_for(state="detached", timeout=120_000)
        page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').first.wait_for(
            state="attached", timeout=60_000
        )
        page.locator(".jp-NotebookPanel .jp-Spinner").wait_for(state="detached", timeout=60_000)
        until(page, LISTENS)
        until(page, "document.querySelector('.jp-Cell.jp-mod-active:focus')")


THEMES = ("JupyterLab Light", "JupyterLab Dark")


def each_theme(page: Page) -> Iterator[str]:
    """Change the theme of an open page to each in turn, which is sooner done than to open the page twice."""
    for theme in THEMES:
        page.evaluate("theme => jupyterapp.commands.execute('apputils:change-theme', { theme })", theme)
        page.locator(f"body[data-jp-theme-name='{theme}']").wait_for(state="attached", timeout=30_000)
        page.wait_for_timeout(200)  # until transitions have run
        yield theme


LISTENS = """fetch('/api/sessions').then(r => r.json()).then(sessions => sessions.some(
    ({path, kernel}) => location.pathname.endsWith(path) && kernel.connections && kernel.execution_state === 'idle'))"""
"""Whether the kernel of the notebook on the page is idle and connected; what is run before is dropped."""


def until(page: Page, holds: str, *, seconds: float = 60) -> None:
    """Wait until something holds in the page; JupyterLab's questions are answered meanwhile."""
    end = time.monotonic() + seconds
    while not page.evaluate(f"() => ({holds})"):
        if time.monotonic() > end:
            raise TimeoutError(f"never came to hold: {holds}")
        accept_dialog(page)
        page.wait_for_timeout(200)


def run_all(page: Page) -> None:
    """Run all cells and wait until every one has run; a Run All before the kernel listens is dropped, so try again."""
    page.locator(".jp-NotebookPanel .jp-Notebook").wait_for(timeout=60_000)
    with suppress(TimeoutError):  # a notebook whose kernel was killed has none until something is run
        until(page, LISTENS, seconds=15)
    cells = "[...window.jupyterapp.shell.currentWidget.content.model.cells].filter(c => c.type === 'code')"
    for _ in range(20):
        accept_dialog(page)
        try:
            page.get_by_role("menuitem", name="Run", exact=True).click(timeout=5000)  # a late dialog lies over the menu
            page.locator('li[data-command="runmenu:run-all"]').click(timeout=5000)
            page.wait_for_function(
                f"{cells}[0].executionState === 'running' || {cells}[0].executionCount", timeout=5000
            )
            have_run = f"{cells}.every(c => c.executionCount)"
            page.wait_for_function(f"{have_run} || {cells}.every(c => c.executionState !== 'running')", timeout=60_000)
            page.wait_for_function(have_run, timeout=1000)
        except TimeoutError:
            continue
        return
    raise RuntimeError("Run All was never taken up")


def accept_dialog(page: Page) -> None:
    """JupyterLab sometimes asks (for a kernel, on a slow start, 4.4 once a cell); answer, and say what it was."""
    while page.locator(".jp-Dialog").count():
        print("JupyterLab asked:", page.locator(".jp-Dialog").first.inner_text().splitlines()[0])
        page.locator(".jp-Dialog .jp-mod-accept").first.click()
        page.wait_for_timeout(300)


def cell_count(page: Page) -> int:
    """How many cells the notebook has, as JupyterLab counts them (cells out of sight are not in the document)."""
    return int(page.evaluate("window.jupyterapp.shell.currentWidget.content.model.cells.length"))


def restart_kernel(page: Page) -> None:
    """Restart the kernel from the menu, as a learner would."""
    page.get_by_role("menuitem", name="Kernel", exact=True).click()
    page.locator('li[data-command="kernelmenu:restart"]').click()
    page.locator(".jp-Dialog button.jp-mod-accept").click()
    page.wait_for_timeout(1500)
    page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').first.wait_for(state="attached", timeout=60_000)
    page.get_by_role("menuitem", name="Edit", exact=True).click()
    page.locator('li[data-command="editmenu:clear-all"]').click()


def exercise(page: Page, title: str) -> Locator:
    """The widget of one exercise by its title, scrolled into view."""
    return scroll_to(
        page, page.locator("section.cd", has=page.locator(".cd-title").get_by_text(title, exact=True)).last
    )


def scroll_to(page: Page, found: Locator) -> Locator:
    """Something in a notebook, scrolled into view as a learner would, from the top down."""
    for screen in range(200):  # JupyterLab 4.4 takes cells that are out of sight out of the page
        if found.count() and found.is_visible():
            break
        page.evaluate(f"document.querySelector('.jp-WindowedPanel-outer').scrollTop = {screen % 50 * 500}")
        page.wait_for_timeout(200)
    found.wait_for(timeout=60_000)
    found.scroll_into_view_if_needed()
    return found


@contextmanager
def running(home: Path, app: str = "jupyterlab") -> Iterator[Lab]:
    """A started server that is stopped at the end."""
    lab = Lab(home, app)
    lab.start()
    try:
        yield lab
    finally:
        lab.stop()
