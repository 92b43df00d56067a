"""From `jupyter lab` to the first live widget: lesson 02 beside bare ipywidgets notebooks, in one run, in turn.

    python benchmarks/first_widget.py [--repeats 3]

The clock starts with the server's process. Each round starts a new server and a new Chromium with empty caches, opens
one notebook, waits until its kernel is idle and chooses *Run All Cells*, in the same way for all. They take turns, and
turns in going first. The kit's files are compiled before, as pip does when it installs.

A widget is **live** when the first ipywidgets or anywidget view in the document has answered a real key press:

- lesson 02: space on the first choice of its first exercise, and the view counts it as answered;
- bare notebook (an `IntSlider` and a `Label`): arrow right on the slider, and the view's readout counts up. It has one
  cell; a second one is as long as the lesson, with its prose and, after the slider, cells that do nothing. JupyterLab
  needs time for each cell of a notebook.

Both are answers of the view's own script, in the browser. The last column waits for Python: the lesson says "saved"
(the answer is on the disk, and the cells that *Run All* had queued before it have run); the label shows the value.
"""

from __future__ import annotations

import argparse
import compileall
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

import nbformat as nb
from real_lab import Lab, Page, accept_dialog, cold_page, running

BAR, PATIENCE = 1.1, 60
BARE = """import ipywidgets as ipw

slider, told = ipw.IntSlider(), ipw.Label()
slider.observe(lambda change: setattr(told, "value", f"{change['new']} heard"), "value")
ipw.VBox([slider, told])"""
TAKEN_UP = "/[*0-9]/.test(document.querySelector('.jp-CodeCell .jp-InputPrompt')?.textContent ?? '')"


@dataclass(frozen=True, slots=True)
class Notebook:
    """A notebook: its first control, the key that works it, and what shows that the browser, then Python, answered."""

    name: str
    control: str
    key: str
    live: str
    heard: str


LESSON = Notebook(
    name="02_who_says_so",
    control="section.cd input[type=radio]",
    key="Space",
    live="parseInt(document.querySelector('section.cd .cd-now')?.textContent) > 0",
    heard="document.querySelector('section.cd .cd-saved')?.dataset.state === 'saved'",
)
PLAIN = Notebook(
    name="bare_ipywidgets",
    control=".widget-slider .noUi-handle",
    key="ArrowRight",
    live="Number(document.querySelector('.widget-slider .widget-readout')?.textContent) > 0",
    heard="/heard/.test(document.querySelector('.widget-vbox')?.textContent)",
)
LONG = replace(PLAIN, name="bare_as_long")


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds since the server's process was started."""

    server: float
    idle: float
    live: float
    heard: float


def measure(notebook: Notebook) -> Times:
    """One cold round: a new server, a new browser, one notebook."""
    with tempfile.TemporaryDirectory() as home, cold_page() as page:
        start = time.perf_counter()
        with running(Path(home)) as lab:
            server = time.perf_counter() - start
            folder = lab.home / "notebooks"
            (folder / f"{PLAIN.name}.ipynb").write_text(nb.writes(bare_notebook()), "utf-8")
            (folder / f"{LONG.name}.ipynb").write_text(nb.writes(as_long(folder / f"{LESSON.name}.ipynb")), "utf-8")
            idle, live, heard = (at - start for at in open_and_use(lab, page, notebook))
        return Times(server, idle, live, heard)


def open_and_use(lab: Lab, page: Page, notebook: Notebook) -> tuple[float, float, float]:
    """When the kernel was idle, the first widget live, and its change heard by Python."""
    lab.open(page, notebook.name)
    idle = time.perf_counter()
    until(page, f"!!document.querySelector('{notebook.control}')", lambda: start_run_all(page), pause=50)
    control = page.locator(notebook.control).first
    until(page, notebook.live, lambda: control.press(notebook.key), pause=10)  # Run All may take the focus away
    live = time.perf_counter()
    page.wait_for_function(notebook.heard, timeout=60_000)
    return idle, live, time.perf_counter()


def start_run_all(page: Page) -> None:
    """Choose Run All Cells from the menu; once more if JupyterLab dropped it, as it may while it connects."""
    if not page.evaluate(TAKEN_UP):
        accept_dialog(page)
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.locator('li[data-command="runmenu:run-all"]').click()


def until(page: Page, shown: str, act: Callable[[], None], *, pause: float) -> None:
    """Act, and again after a pause in milliseconds, until the page shows the effect."""
    end = time.perf_counter() + PATIENCE
    while not page.evaluate(shown):
        if time.perf_counter() > end:
            errors = page.locator('[data-mime-type="application/vnd.jupyter.stderr"]').all_inner_texts()
            sys.exit(f"no widget came to life in {PATIENCE} s. {' '.join(errors)}".strip())
        act()
        page.wait_for_timeout(pause)


def bare_notebook() -> nb.NotebookNode:
    """The least a notebook with a widget can be."""
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}}
    return nb.v4.new_notebook(cells=[nb.v4.new_code_cell(BARE)], metadata=kernel)


def as_long(lesson: Path) -> nb.NotebookNode:
    """A lesson with its prose, the slider in its first cell of code, and nothing in the others."""
    made = nb.read(lesson, as_version=4)
    code = [cell for cell in made.cells if cell.cell_type == "code"]
    for number, cell in enumerate(code):
        cell.source, cell.outputs = "None" if number else BARE, []
    return made


def main(arguments: Sequence[str] | None = None) -> None:
    """Print every round, the medians, and their ratio."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--repeats", type=int, default=3)
    repeats = max(1, parser.parse_args(arguments).repeats)
    compileall.compile_dir(str(files("copydesk")), quiet=1)
    found: dict[Notebook, list[Times]] = {LESSON: [], PLAIN: [], LONG: []}
    print("seconds from `jupyter lab`   server  kernel idle  widget live  Python heard")
    for turn in range(repeats):
        for notebook in (*found,)[turn % 3 :] + (*found,)[: turn % 3]:
            found[notebook].append(times := measure(notebook))
            show(notebook.name, times)
    lesson, bare, long = (median(times) for times in found.values())
    show("median, lesson 02", lesson)
    show("median, bare notebook", bare)
    show("median, bare and as long", long)
    print(f"ratio until Python heard          {lesson.heard / bare.heard:.2f}")
    print(f"first live widget, lesson 02      {lesson.live:.1f} s")
    print(f"first live widget, lesson 02 to a bare ipywidgets notebook   {lesson.live / bare.live:.2f} (bar: {BAR})")
    print(f"first live widget, lesson 02 to a bare one of as many cells   {lesson.live / long.live:.2f} (bar: {BAR})")


def median(rounds: Sequence[Times]) -> Times:
    """The median of each time."""
    return Times(*(statistics.median(getattr(t, name) for t in rounds) for name in Times.__slots__))


def show(name: str, times: Times) -> None:
    """One line of seconds."""
    print(f"{name:28} {times.server:6.2f}  {times.idle:11.2f}  {times.live:11.2f}  {times.heard:12.2f}", flush=True)


if __name__ == "__main__":
    main()
