"""The kit as a wheel that pip takes, zipped with the standard library: the same kit always gives the same bytes."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Mapping
from importlib import metadata
from importlib.resources import files
from pathlib import Path

from copydesk import __version__
from copydesk.classroom.release_strip import unordered, without_answers, without_examples
from copydesk.classroom.toml_out import toml
from copydesk.errors import CopydeskError
from copydesk.stories import read_toml

KIT = (".py", ".toml", ".css", ".js", ".topo.json", ".csv", ".md", ".txt", "py.typed")
"""How the names of the kit's own files end; anything else in its folder is not the kit's."""
ELSEWHERE = {"seeds", "notebooks"}
"""Folders of an installed kit that an edition has beside the wheel, in its own choice."""
ANSWERS = "lessons/answers.toml"
MADE = (2020, 2, 2, 0, 0, 0)
"""The moment every file in a zip bears, so that nothing tells when an edition was made; hatch uses the same day."""
WHEEL = f"copydesk-{__version__}-py3-none-any.whl"


def wheel(*, graded: bool, licences: Mapping[str, bytes]) -> bytes:
    """The kit without stories and notebooks; graded, also without answers, hints and examples."""
    about = f"copydesk-{__version__}.dist-info"
    inside = {f"copydesk/{name}": data for name, data in kit(graded=graded).items()}
    inside |= {f"{about}/licenses/{name}": data for name, data in licences.items()}
    inside |= {f"{about}/{name}": text.encode() for name, text in _about().items()}
    record = [f"{name},sha256={_digest(data)},{len(data)}" for name, data in sorted(inside.items())]
    inside[f"{about}/RECORD"] = "\n".join([*record, f"{about}/RECORD,,", ""]).encode()
    return zipped(inside)


def kit(*, graded: bool) -> dict[str, bytes]:
    """The kit's own files by their paths in the package."""
    root, found = Path(str(files("copydesk"))), {}
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        hidden = any(part.startswith((".", "__pycache__")) for part in parts)
        if path.name.endswith(KIT) and path.is_file() and not hidden and parts[0] not in ELSEWHERE:
            found["/".join(parts)] = path
    if not graded:
        return {name: path.read_bytes() for name, path in found.items()}
    return {name: _keyless(name, path) for name, path in found.items() if name != ANSWERS}


def _keyless(name: str, path: Path) -> bytes:
    if name.endswith(".py"):
        return without_examples(path.read_text(encoding="utf-8")).encode()
    if name.startswith("lessons/"):
        lesson = without_answers(read_toml(path))
        lesson["exercise"] = [unordered(e) if e.get("type") == "order" else e for e in lesson["exercise"]]
        return toml(lesson).encode()
    return path.read_bytes()


def _about() -> dict[str, str]:
    """What pip reads: the name, the version and what the kit needs, as this installation has it."""
    try:
        mine = metadata.metadata("copydesk")
    except metadata.PackageNotFoundError:
        raise CopydeskError("this Copydesk is not installed", "install it with pip, then release") from None
    needs = [need for need in mine.get_all("Requires-Dist") or () if "extra" not in need.partition(";")[2]]
    said = [
        "Metadata-Version: 2.1",
        "Name: copydesk",
        f"Version: {__version__}",
        f"Summary: {mine['Summary']}",
        "License: MIT",
        f"Requires-Python: {mine['Requires-Python']}",
        *(f"Requires-Dist: {need}" for need in sorted(needs)),
    ]
    return {
        "METADATA": "\n".join([*said, ""]),
        "WHEEL": "Wheel-Version: 1.0\nGenerator: copydesk release\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "entry_points.txt": "[console_scripts]\ncopydesk = copydesk.cli:main\n",
    }


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def zipped(inside: Mapping[str, bytes]) -> bytes:
    """A zip of these files: the same ones always give the same bytes, whenever and wherever it is made."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, data in sorted(inside.items()):
            entry = zipfile.ZipInfo(name, MADE)
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            entry.compress_type = zipfile.ZIP_STORED if name.endswith(".whl") else zipfile.ZIP_DEFLATED
            file.writestr(entry, data)
    return buffer.getvalue()
