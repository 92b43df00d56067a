"""Run every lesson and store only what nbval compares: the outputs of cells tagged `nbval-check-output`.

`make notebooks` calls this. All other outputs are stripped, so no running text of a story is committed. The cells of a
lesson cannot be deleted: one stray key in command mode would take an exercise away.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
CHECKED = "nbval-check-output"


def refresh(path: Path) -> None:
    """Execute one notebook and write it back with the checked outputs only."""
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(path.parent)}}).execute()
    if path.parent == NOTEBOOKS:
        protect(notebook)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code" and CHECKED not in cell.metadata.get("tags", []):
            cell.outputs, cell.execution_count = [], None
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            output.data = {kind: output.data[kind] for kind in ("text/plain", "text/markdown") if kind in output.data}
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    nbformat.write(notebook, path)


def protect(notebook: nbformat.NotebookNode) -> None:
    """Mark every cell as one that cannot be deleted; whether it can be edited stays as it is."""
    for cell in notebook.cells:
        cell.metadata["deletable"] = False


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as answers:
        os.environ["COPYDESK_ANSWERS"] = answers
        for found in sorted(NOTEBOOKS.rglob(sys.argv[1] if len(sys.argv) > 1 else "*.ipynb")):
            refresh(found)
