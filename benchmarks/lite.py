"""How fast the website starts: from its address to the first exercise, beside a bare JupyterLite in the same run.

    python benchmarks/lite.py [--repeats 3] [--parts FOLDER] [--keep FOLDER]

The bare one is what `jupyter lite build` makes, with Pyodide from the same files, ipywidgets, and one notebook that
shows an IntSlider. Both are opened, run with Run All, and watched until the first exercise, or the slider, is in sight:
cold, with an empty browser, and warm, when it is opened a second time. Runs alternate. Bytes are those of the answers'
bodies. Needs `copydesk[classroom,lite]`, npm, Playwright and Chromium.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import platformdirs
from playwright.sync_api import Browser, Page, sync_playwright

from copydesk_classroom.releasing import lite as building

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tests.browser.lab import FLAGS, chromium

LESSON = "02_who_says_so.ipynb"
CELLS = ["%pip install -q ipywidgets", "import ipywidgets\nipywidgets.IntSlider()"]
SHOWN = {"copydesk": "section.cd", "bare": ".widget-slider"}
LISTENS = "jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.connectionStatus === 'connected'"
"""Whether the notebook has its kernel. A Run All before that asks which kernel to take, and waits for an answer."""
WAIT = 600_000


def main() -> None:
    """Make both sites, open them by turns, and print a table."""
    parser = argparse.ArgumentParser(description="From the address to the first exercise, beside a bare JupyterLite.")
    parser.add_argument("--repeats", type=int, default=3, help="so often each is opened; the median counts")
    parser.add_argument("--parts", type=Path, default=platformdirs.user_cache_path("copydesk") / "lite")
    parser.add_argument("--keep", type=Path, help="a folder for both sites (default: thrown away)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temp:
        home = given.keep or Path(temp)
        building.lite(home / "copydesk", parts=given.parts)
        bare(home / "bare", given.parts)
        found: dict[tuple[str, str], list[tuple[float, float, int, int]]] = {}
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=chromium(), args=FLAGS)
            for _ in range(given.repeats):
                for site in SHOWN:
                    for name, figures in visits(browser, home / site, site).items():
                        found.setdefault((site, name), []).append(figures)
            browser.close()
        report(found, home)


def bare(out: Path, parts: Path) -> None:
    """A JupyterLite as its documentation makes it, with ipywidgets and without the network."""
    pyodide, wheels = building.fetch(parts)
    with tempfile.TemporaryDirectory() as place:
        here = Path(place)
        taken = [str(path) for path in wheels if not path.name.startswith(("copydesk", "micropip"))]
        extensions = [str(path) for path in wheels if path.name.startswith("jupyterlab_widgets")]
        config: dict[str, Any] = {
            "LiteBuildConfig": {
                "apps": ["lab"],
                "ignore_sys_prefix": ["federated_extensions"],
                "federated_extensions": [*extensions, str(building._kernel_folder())],
            },
            "PipliteAddon": {"piplite_urls": taken},
        }
        (here / "jupyter_lite_config.json").write_text(json.dumps(config), "utf-8")
        command = [sys.executable, "-m", "jupyterlite_core", "build", "--lite-dir", place, "--output-dir", str(out)]
        subprocess.run(command, cwd=here, check=True, capture_output=True)
        micropip = next(path for path in wheels if path.name.startswith("micropip"))
        home = out / "static" / "pyodide"
        home.mkdir(parents=True)
        for path in (*(pyodide / name for name in building.PYODIDE), micropip):
            (home / path.name).write_bytes(path.read_bytes())
        lock = json.loads((home / building.PYODIDE[-1]).read_text("utf-8"))
        found = lock["packages"]["micropip"]  # the others come from its own index; Pyodide’s are on another host
        found |= {"file_name": micropip.name, "sha256": hashlib.sha256(micropip.read_bytes()).hexdigest()}
        lock["packages"] = {"micropip": found}
        (home / building.PYODIDE[-1]).write_text(json.dumps(lock), "utf-8")
        settings = json.loads((out / "jupyter-lite.json").read_text("utf-8"))
        told = settings["jupyter-config-data"]
        kernel = told.setdefault("litePluginSettings", {}).setdefault(f"{building.KERNEL}:kernel", {})
        kernel |= {"pyodideUrl": "./static/pyodide/pyodide.mjs", "disablePyPIFallback": True}
        told |= {"contentsAllJsonFile": "all.json", "exposeAppInBrowser": True}  # the latter for LISTENS
        (out / "jupyter-lite.json").write_text(json.dumps(settings), "utf-8")
        cells = [
            {"cell_type": "code", "id": str(n), "metadata": {}, "execution_count": None, "outputs": [], "source": cell}
            for n, cell in enumerate(CELLS)
        ]
        spec = {"kernelspec": {"display_name": "Python", "language": "python", "name": "python"}}
        book = json.dumps({"cells": cells, "metadata": spec, "nbformat": 4, "nbformat_minor": 5}).encode()
        (out / "files").mkdir(exist_ok=True)
        (out / "files" / LESSON).write_bytes(book)
        (out / "api" / "contents").mkdir(parents=True, exist_ok=True)
        (out / "api" / "contents" / "all.json").write_bytes(building._listing({LESSON: book}))


def visits(browser: Browser, folder: Path, site: str) -> dict[str, tuple[float, float, int, int]]:
    """Seconds to the notebook and to the first exercise, bytes and requests: cold, and warm after it."""
    sent: list[int] = []

    class Handler(SimpleHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Say nothing on the terminal."""

        def copyfile(self, source: Any, outputfile: Any) -> None:
            data = source.read()
            sent.append(len(data))
            outputfile.write(data)

        def handle(self) -> None:
            with suppress(ConnectionError):
                super().handle()

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    found = {}
    for name in ("cold", "warm"):
        sent.clear()
        page = context.new_page()
        seconds = first_exercise(page, f"http://127.0.0.1:{server.server_port}/lab/index.html?path={LESSON}", site)
        found[name] = (*seconds, sum(sent), len(sent))
        page.close()
    context.close()
    server.shutdown()
    server.server_close()
    return found


def first_exercise(page: Page, address: str, site: str) -> tuple[float, float]:
    """Seconds from the address to the notebook, and to the first exercise."""
    began = time.perf_counter()
    page.goto(address)
    page.locator(".jp-Notebook .jp-Cell").first.wait_for(timeout=WAIT)
    notebook = time.perf_counter() - began
    page.wait_for_function(LISTENS, timeout=WAIT)
    page.get_by_role("menuitem", name="Run", exact=True).click(timeout=WAIT)
    page.locator('li[data-command="runmenu:run-all"]').click(timeout=WAIT)
    page.locator(SHOWN[site]).first.wait_for(state="attached", timeout=WAIT)
    return notebook, time.perf_counter() - began


def report(found: dict[tuple[str, str], list[tuple[float, float, int, int]]], home: Path) -> None:
    """Print the table, and how many times as long as the bare one ours takes."""
    print("| site | visit | notebook (s) | first exercise (s) | MB | requests |\n|---|---|---|---|---|---|")
    for (site, visit), runs in found.items():
        notebook, first, size, asked = (statistics.median(column) for column in zip(*runs, strict=True))
        print(f"| {site} | {visit} | {notebook:.1f} | {first:.1f} | {size / 1e6:.1f} | {asked:.0f} |")
    for visit in ("cold", "warm"):
        ours, theirs = (statistics.median(run[1] for run in found[site, visit]) for site in ("copydesk", "bare"))
        print(f"{visit}: {ours / theirs:.2f} times the bare JupyterLite")
    for site in SHOWN:
        print(f"{site}: {sum(p.stat().st_size for p in (home / site).rglob('*') if p.is_file()) / 1e6:.1f} MB in all")


if __name__ == "__main__":
    main()
