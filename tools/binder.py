"""What repo2docker and conda make of this repository, without building an image: `make binder`.

repo2docker reads the tree and writes its Dockerfile; py-rattler reads environment.yml as conda does and lays each line
beside what the base image already holds. The solve itself needs conda's channels, and is not tried.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STEPS = {
    "Python 3.12 is chosen": r"Building conda environment for python=3\.12\b",
    "environment.yml updates the environment": r'env update -p \$\{NB_PYTHON_PREFIX\} --file "environment\.yml"',
    "before the tree is copied, so that a new commit keeps it": r"(?s)src/environment\.yml.*env update.*COPY \S+ src/ ",
    "postBuild runs": r"RUN \./postBuild",
}


def dockerfile() -> str:
    """What repo2docker says and writes about this tree."""
    command = [sys.executable, "-m", "repo2docker", "--no-build", "--debug", str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"repo2docker does not take this repository: {done.stderr[-2000:]}")
    return done.stderr + done.stdout


def in_base() -> dict[str, str]:
    """The versions that the base image of Python 3.12 holds, from the lock file that repo2docker ships."""
    import repo2docker.buildpacks.conda as base_image

    lock = Path(base_image.__file__).with_name("environment.py-3.12-linux-64.lock").read_text("utf-8")
    return dict(re.findall(r"^https://\S+/([^/\s]+)-([^-/\s]+)-[^-/\s]+\.(?:conda|tar\.bz2)", lock, re.MULTILINE))


def specs() -> list[str]:
    """The lines of environment.yml that name packages."""
    return re.findall(r"^  - (\S+)$", (ROOT / "environment.yml").read_text("utf-8").partition("dependencies:")[2], re.M)


def main() -> int:
    """Print every step and every line; 0 only if all hold."""
    import rattler

    text, base, well = dockerfile(), in_base(), True
    for what, pattern in STEPS.items():
        found = re.search(pattern, text)
        print(f"{'yes' if found else 'NO '}  {what}")
        well &= bool(found)
    for line in specs():
        spec = rattler.MatchSpec(line, strict=True)
        version = base.get(spec.name.normalized)
        if version is None:
            print(f"yes  {line}: conda installs it, the base has none")
            continue
        record = rattler.PackageRecord(spec.name.normalized, version, rattler.BuildString("0"), 0, "noarch")
        fits = spec.matches(record)
        print(f"{'yes' if fits else 'NO '}  {line}: the base has {version}")
        well &= fits
    return int(not well)


if __name__ == "__main__":
    sys.exit(main())
