"""Answer JupyterLab's question about news with no, in the environment that this Python belongs to and nowhere else.

    python tools/no_news.py

`make lab` and Binder run it, for environments of their own. A person's own JupyterLab settings are not touched.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

SETTINGS = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}}


def write(prefix: Path) -> Path:
    """Add the settings to the overrides of the JupyterLab under that prefix; others that stand there stay."""
    file = prefix / "share" / "jupyter" / "lab" / "settings" / "overrides.json"
    kept = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({**kept, **SETTINGS}, indent=2) + "\n", encoding="utf-8")
    return file


if __name__ == "__main__":
    write(Path(sys.prefix))
