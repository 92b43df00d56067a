"""What the kit takes on the disk: alone, with [classroom], with [lab], and what it adds to a Jupyter, by package.

    python benchmarks/size.py

Environments are made in a temporary folder with this Python's venv and pip (which keeps its own settings of index,
certificates and links) and measured as `du` does: what the files take on the disk, compiled Python included. What an
empty environment takes is not counted. The last figure is over jupyterlab + ipywidgets + matplotlib + nbval, which a
course on notebooks has anyway. The kit is installed as a wheel.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import venv
from importlib.metadata import Distribution, distributions
from pathlib import Path

KIT = Path(__file__).resolve().parents[1]
BASE = ("jupyterlab", "ipywidgets", "matplotlib", "nbval")
BAR = 10


def environment(place: Path, *packages: str) -> Path:
    """A new environment with these packages."""
    venv.create(place, with_pip=True)
    python = next(p for p in (place / "bin" / "python", place / "Scripts" / "python.exe") if p.exists())
    if not packages:
        return place
    done = subprocess.run(
        [python, "-m", "pip", "install", "--quiet", *packages], capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"pip could not install {' '.join(packages)}: {done.stderr.strip().splitlines()[-1]}")
    return place


def megabytes(path: Path) -> float:
    """What a file or folder takes on the disk, in MB of a million bytes; links are not followed."""
    found = path.lstat()
    if path.is_dir() and not path.is_symlink():
        return sum(map(megabytes, path.iterdir()))
    return (found.st_blocks * 512 if hasattr(found, "st_blocks") else found.st_size) / 1e6


def packages(place: Path) -> dict[str, float]:
    """Every installed package with the size of its files."""
    site = next(place.glob("[Ll]ib/**/site-packages"))
    return {f"{d.name} {d.version}": of_package(d) for d in distributions(path=[str(site)])}


def of_package(package: Distribution) -> float:
    """The size of one package's files."""
    paths = {Path(str(package.locate_file(file))) for file in package.files or ()}
    return sum(megabytes(path) for path in paths if path.is_file())


def main() -> None:
    """Make the environments, and print what they take and what differs."""
    with tempfile.TemporaryDirectory() as home:
        empty = megabytes(environment(Path(home) / "empty"))
        for extra in ("", "[classroom]", "[lab]", "[lab,classroom]"):
            alone = environment(Path(home) / f"alone{extra}", f"{KIT}{extra}")
            print(
                f"copydesk{extra}: {megabytes(alone) - empty:.1f} MB, {len(packages(alone)) - 1} packages", flush=True
            )
        base = environment(Path(home) / "base", *BASE)
        kit = environment(Path(home) / "kit", *BASE, f"{KIT}[lab,classroom]")
        before, after = packages(base), packages(kit)
        extra_mb = megabytes(kit) - megabytes(base)
        print(f"{' + '.join(BASE)}: {megabytes(base):.0f} MB, {len(before)} packages")
    changed = {n: after.get(n, 0) - before.get(n, 0) for n in {*before, *after}}
    for name, more in sorted(changed.items(), key=lambda entry: -entry[1]):
        if abs(more) >= 0.005:
            print(f"  {name:32} {more:+7.2f} MB")
    print(f"install size over {' + '.join(BASE)}   {extra_mb:.1f} MB (bar: {BAR} MB)")


if __name__ == "__main__":
    main()
