"""What the package says of itself: dependencies, licences, types, and its page on a package index."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import copydesk
from tools.addresses import PLACEHOLDER, whole_links

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
README = (ROOT / "README.md").read_text("utf-8")
ADDRESS = "https://github.com/a-school/copydesk"


def names(needs: list[str]) -> set[str]:
    """The packages among some requirements; the kit's own extras are not packages."""
    return {found[0] for need in needs if (found := re.match(r"[\w-]+", need)) and found[0] != "copydesk"}


class TestDependencies:
    """docs/dependencies.md."""

    def test_the_table_lists_each_with_licence_upkeep_and_reason(self) -> None:
        rows = re.findall(r"^\| ([\w-]+) \| (\w+) \|(.*)\|$", (ROOT / "docs/dependencies.md").read_text("utf-8"), re.M)
        listed = {(package, part) for package, part, _ in rows if package != "package"}
        parts = {"core": PROJECT["dependencies"], **PROJECT["optional-dependencies"]}
        assert listed == {(name, part) for part, needs in parts.items() for name in names(needs)}
        for package, _, rest in rows:
            cells = [cell.strip() for cell in rest.split("|")]
            assert len(cells) == 3 and all(cells), package

    def test_each_has_a_lower_bound(self) -> None:
        needs = sum(PROJECT["optional-dependencies"].values(), PROJECT["dependencies"])
        assert [need for need in needs if ">=" not in need] == ["copydesk[lab,classroom,stories]"]

    def test_the_core_is_four_packages(self) -> None:
        assert names(PROJECT["dependencies"]) == {"anywidget", "ipywidgets", "filelock", "platformdirs"}


class TestLicences:
    """Code, lessons, and the pages that are neither."""

    def test_the_metadata_names_all_and_brings_their_texts(self) -> None:
        licences = ["MIT", "CC-BY-4.0", "CC-BY-2.5", "LicenseRef-Thomson-Reuters-2022"]
        assert PROJECT["license"].split(" AND ") == licences
        brought = {
            path.relative_to(ROOT).as_posix() for pattern in PROJECT["license-files"] for path in ROOT.glob(pattern)
        }
        notices = {f"seeds/{name}/NOTICE.md" for name in ("axe-fragment", "baltics-2022", "exoplanet-water")}
        assert {"LICENSE", "LICENSE-lessons.md", *notices} < brought
        assert all([*ROOT.glob(pattern)] for pattern in PROJECT["license-files"])


class TestIndexPage:
    """The README where only its text is seen."""

    def test_every_link_and_picture_has_a_whole_address_of_a_file_that_is_there(self) -> None:
        text = whole_links(README, ADDRESS)
        places = re.findall(r"\]\(([^)#]+)\)|src=\"([^\"]+)\"", text)
        ours = [place for pair in places for place in pair if place.startswith(ADDRESS)]
        assert len(ours) > 15 and not [p for pair in places for p in pair if p and not p.startswith("https://")]
        for place in ours:
            kind, _, path = place.removeprefix(f"{ADDRESS}/").partition("/HEAD/")
            assert kind == ("raw" if path.endswith(".png") else "blob") and (ROOT / path).exists(), place

    def test_without_an_address_there_is_no_link_that_leads_nowhere(self) -> None:
        text = whole_links(README, PLACEHOLDER)
        assert "](docs" not in text and "<img" not in text and "docs/front_ends.md" in README
        assert "00 Start here" in text


class TestTypes:
    """The names that notebooks use."""

    def test_each_has_a_type(self, tmp_path: Path) -> None:
        public = [name for name in copydesk.__all__ if name != "__version__"]
        assert all((ROOT / "src" / package / "py.typed").is_file() for package in ("copydesk", "copydesk_classroom"))
        assert public and {*public} == {*copydesk._HOME} and all(getattr(copydesk, name) for name in public)
        (tmp_path / "names.py").write_text(
            "import copydesk\n" + "".join(f"reveal_type(copydesk.{n})\n" for n in public)
        )
        command = [
            sys.executable,
            "-m",
            "mypy",
            "--config-file",
            str(ROOT / "pyproject.toml"),
            str(tmp_path / "names.py"),
        ]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        told = re.findall(r'names\.py:\d+: note: Revealed type is "(.*)"', done.stdout)
        assert done.returncode == 0 and len(told) == len(public), done.stdout
        assert not [kind for kind in told if kind == "Any" or kind.endswith("-> Any")]
