"""Write the repository's address, as pyproject.toml has it, into the README: `make address`.

    python -m tools.addresses

The address stands in one place, `Repository` under [project.urls]. While it is the placeholder, the README shows no
badge and no link that leads nowhere, but one line that says how to set it.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from urllib.parse import quote, urlsplit

ROOT = Path(__file__).resolve().parents[1]
OPENS = "doc/tree/notebooks/00_start_here.ipynb"
"""What a visitor sees first."""
PLACEHOLDER = "https://github.com/OWNER/copydesk"
UNSET = (
    "*The address of this repository is not set yet: write it into `pyproject.toml` (`[project.urls]`) "
    "and run `make address`.*"
)
LAUNCH = re.compile(r"(<!-- launch -->\n).*?(<!-- /launch -->)", re.DOTALL)
CLONE = re.compile(r"^git clone .* copydesk && cd copydesk.*$", re.MULTILINE)

LINK = re.compile(r"\[([^\[\]]+)\]\((?![a-z]+:|#)([^)\s]+)\)")
IMAGE = re.compile(r'(<img src=")(?![a-z]+:)([^"]+)("[^>]*>)')
"""Links and pictures that lead to a file of the repository."""


def repository(root: Path = ROOT) -> str:
    """The address of the repository."""
    about = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    return str(about["project"]["urls"]["Repository"]).rstrip("/")


def binder_link(address: str) -> str:
    """The link that opens the first lesson on Binder, in JupyterLab.

    >>> binder_link("https://github.com/a-school/copydesk")
    'https://mybinder.org/v2/gh/a-school/copydesk/HEAD?urlpath=lab%2Ftree%2Fnotebooks%2F00_start_here.ipynb'
    """
    host, path = urlsplit(address).netloc, urlsplit(address).path.strip("/").removesuffix(".git")
    if host == "github.com":
        where = f"gh/{path}"
    elif host == "gitlab.com":
        where = f"gl/{quote(path, safe='')}"
    else:
        where = f"git/{quote(address, safe='')}"
    return f"https://mybinder.org/v2/{where}/HEAD?urlpath={quote(OPENS, safe='')}"


def lite_link(address: str) -> str:
    """The address at which the workflow `lite` publishes the lessons as a website; '' elsewhere than on GitHub.

    >>> lite_link("https://github.com/a-school/copydesk"), lite_link("https://gitlab.com/a/b")
    ('https://a-school.github.io/copydesk/', '')
    """
    parts = urlsplit(address)
    owner, _, name = parts.path.strip("/").removesuffix(".git").partition("/")
    return f"https://{owner.lower()}.github.io/{name}/" if parts.netloc == "github.com" else ""


def launch(address: str) -> str:
    """The badges that open Binder and the website, or how to set the address."""
    if address == PLACEHOLDER:
        return UNSET
    binder = f"[![Open in Binder](https://mybinder.org/badge_logo.svg)]({binder_link(address)})"
    badge = "https://jupyterlite.rtfd.io/en/latest/_static/badge.svg"
    lite = f" [![Open in the browser alone]({badge})]({lite_link(address)})" if lite_link(address) else ""
    return binder + lite


def clone(address: str) -> str:
    """The line that brings the project onto a machine."""
    return f"git clone {'ADDRESS' if address == PLACEHOLDER else address} copydesk && cd copydesk"


def whole_links(text: str, address: str) -> str:
    """The README to be read elsewhere: its links and pictures have whole addresses, or are left out if there is none.

    >>> whole_links("[how](docs/a.md), [top](#top)", "https://github.com/a-school/kit")
    '[how](https://github.com/a-school/kit/blob/HEAD/docs/a.md), [top](#top)'
    >>> whole_links("[how](docs/a.md), [top](#top)", PLACEHOLDER)
    'how, [top](#top)'
    """
    if address == PLACEHOLDER:
        return IMAGE.sub("", LINK.sub(r"\1", text))
    way = "/-" if urlsplit(address).netloc == "gitlab.com" else ""
    text = LINK.sub(rf"[\1]({address}{way}/blob/HEAD/\2)", text)
    return IMAGE.sub(rf"\1{address}{way}/raw/HEAD/\2\3", text)


def rewrite(root: Path = ROOT) -> bool:
    """Write the address of pyproject.toml into the README; whether anything changed."""
    address, readme = repository(root), root / "README.md"
    text = readme.read_text("utf-8")
    fresh = LAUNCH.sub(lambda m: f"{m[1]}{launch(address)}\n{m[2]}", text)
    fresh = CLONE.sub(lambda _: clone(address), fresh)
    readme.write_text(fresh, "utf-8")
    return fresh != text


if __name__ == "__main__":
    print("README.md is written anew" if rewrite() else "README.md is up to date")
