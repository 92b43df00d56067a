"""The repository's address stands in pyproject.toml; README and docs are made to agree with it: `make address`.

    python -m tools.addresses

Set `Repository` under [project.urls] to where the project lives, then run this: every link to the repository, and the
one that opens the first lesson on Binder, is written anew.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from urllib.parse import quote, urlsplit

ROOT = Path(__file__).resolve().parents[1]
OPENS = "lab/tree/notebooks/00_start_here.ipynb"
"""What a visitor sees first."""


def repository(root: Path = ROOT) -> str:
    """The address of the repository."""
    about = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    return str(about["project"]["urls"]["Repository"]).rstrip("/")


def binder_link(address: str) -> str:
    """The link that opens the first lesson on Binder, in JupyterLab.

    >>> binder_link("https://github.com/OWNER/copydesk")
    'https://mybinder.org/v2/gh/OWNER/copydesk/HEAD?urlpath=lab%2Ftree%2Fnotebooks%2F00_start_here.ipynb'
    """
    host, path = urlsplit(address).netloc, urlsplit(address).path.strip("/").removesuffix(".git")
    if host == "github.com":
        where = f"gh/{path}"
    elif host == "gitlab.com":
        where = f"gl/{quote(path, safe='')}"
    else:
        where = f"git/{quote(address, safe='')}"
    return f"https://mybinder.org/v2/{where}/HEAD?urlpath={quote(OPENS, safe='')}"


def badge(address: str) -> str:
    """The badge for the README."""
    return f"[![Open in Binder](https://mybinder.org/badge_logo.svg)]({binder_link(address)})"


def pages(root: Path = ROOT) -> list[Path]:
    """The files that may name the repository."""
    return [root / "README.md", root / "CONTRIBUTING.md", root / "CITATION.cff", *sorted((root / "docs").glob("*.md"))]


def written(readme: str) -> str:
    """The address that was last written into the README: the one it tells people to clone."""
    found = re.search(r"git clone (\S+)", readme)
    assert found, "README.md no longer says what to clone"
    return found[1]


def rewrite(root: Path = ROOT) -> list[Path]:
    """Write the address of pyproject.toml wherever the earlier one stands; the files that changed."""
    old, new, changed = written((root / "README.md").read_text("utf-8")), repository(root), []
    for path in pages(root):
        text = path.read_text("utf-8")
        fresh = text.replace(binder_link(old), binder_link(new)).replace(old, new)
        if fresh != text:
            path.write_text(fresh, "utf-8")
            changed.append(path)
    return changed


if __name__ == "__main__":
    pass
