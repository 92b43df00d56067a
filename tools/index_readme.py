"""The README as a package index shows it: hatch asks this file for it when it builds the wheel.

An index has only the text, so a link to a file of the repository must say the whole address. It is made from the one
address in pyproject.toml; while that is not set, links stay as they are.
"""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface


class IndexReadme(MetadataHookInterface):
    """Gives the README to the metadata."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Add the README, with whole addresses."""
        root = Path(self.root)
        addresses = runpy.run_path(str(root / "tools" / "addresses.py"))
        text = addresses["whole_links"]((root / "README.md").read_text("utf-8"), metadata["urls"]["Repository"])
        metadata["readme"] = {"content-type": "text/markdown", "text": text}
