"""What a Python has: sent to the kernel that Jupyter starts, so it stands alone and needs the standard library only."""

from __future__ import annotations

import json
import sys
from importlib import metadata
from importlib.util import find_spec
from typing import Any

PACKAGES = ("copydesk", "jupyterlab", "ipywidgets", "anywidget", "ipykernel", "matplotlib", "numpy")


def look() -> dict[str, Any]:
    """The Python's path, folder and version, and the versions of what is installed for it ('' where it has none)."""
    found = {}
    for name in PACKAGES:
        if (spec := find_spec(name)) and spec.origin:  # a folder of leftovers has none
            try:
                found[name] = metadata.version(name)
            except metadata.PackageNotFoundError:
                found[name] = ""
    version = ".".join(map(str, sys.version_info[:3]))
    return {"path": sys.executable, "prefix": sys.prefix, "version": version, "packages": found}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(look()))
