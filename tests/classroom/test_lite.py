"""The parts of the website that need no browser: what is fetched, what is left out, what is said if something lacks."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from copydesk.base.errors import CopydeskError
from copydesk.story.edition import Edition
from copydesk_classroom.grading.in_browser import grade_dropped
from copydesk_classroom.releasing import lite as building
from copydesk_classroom.releasing.lite_pages import lite_pages
from copydesk_classroom.releasing.release import plan

VERSIONS = SimpleNamespace(PYODIDE_VERSION="1.2.3", PYODIDE_PYTHON_VERSION="3.14")


def zipped(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name in names:
            file.writestr(name, name)
    return buffer.getvalue()


def names(data: bytes) -> list[str]:
    return zipfile.ZipFile(io.BytesIO(data)).namelist()


class TestWhatIsMissing:
    def test_jupyterlite(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(building, "find_spec", lambda _: None)
        with pytest.raises(CopydeskError, match=r"JupyterLite is not installed; .*copydesk\[classroom,lite\]"):
            building.lite(tmp_path / "site")
        assert not (tmp_path / "site").exists()

    def test_pyodide_and_npm(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(building, "_constants", lambda: VERSIONS)
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(
            CopydeskError, match=r"no npm to fetch it; install npm, or put npm’s package pyodide 1\.2\.3"
        ):
            building.fetch(tmp_path)

    def test_what_npm_or_pip_say_is_one_line(self, tmp_path: Path) -> None:
        with pytest.raises(CopydeskError, match=r"^it could not be fetched \(.+\); go online"):
            building._run(["no-such-program-here"], tmp_path, "it could not be fetched", "go online")

    def test_a_folder_that_has_both_is_taken(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(building, "_constants", lambda: VERSIONS)
        monkeypatch.setenv("PATH", str(tmp_path))
        for name in (*(f"pyodide/{name}" for name in building.PYODIDE), "wheels-3.14/complete", "wheels-3.14/a.whl"):
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).touch()
        assert building.fetch(tmp_path) == (tmp_path / "pyodide", [tmp_path / "wheels-3.14" / "a.whl"])


class TestPackages:
    def test_what_only_front_ends_and_tests_use_is_left_out(self) -> None:
        kept = ("a/b.py", "a/latest.py", "a-1.dist-info/METADATA", "a-1.dist-info/licenses/LICENSE")
        gone = ("a/tests/test_b.py", "tests/c.py", "a/b.pyi", "a-1.data/data/share/x.js", "a/nbextension/x.js")
        assert sorted(names(building.slim(zipped(*kept, *gone)))) == sorted(kept)

    def test_the_languages_that_ipython_colours_are_left_in(self) -> None:
        asked = "import sys, IPython, ipython_pygments_lexers; print(*sys.modules)"
        said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout
        found = [name.replace(".", "/") + ".py" for name in said.split() if name.startswith("pygments.lexers.")]
        assert "pygments/lexers/python.py" in found
        assert names(building.slim(zipped(*found, "pygments/lexers/cobol.py"))) == sorted(found)

    def test_markupsafe_without_its_compiled_part(self) -> None:
        name, data = building.pure("markupsafe")
        assert name.endswith("-py3-none-any.whl") and "markupsafe/_native.py" in names(data)
        assert not [n for n in names(data) if n.endswith((".so", ".pyd", ".c", ".pyc"))]

    def test_the_lock_lists_each_package_and_no_other(self) -> None:
        packages = {"some_kit-1.5-py3-none-any.whl": zipped("some_kit/a.py", "alone.py", "some_kit-1.5.dist-info/X")}
        lock = building._lock({"info": {"python": "3.14"}, "packages": {"numpy": {}}}, packages)
        (package,) = lock["packages"].values()
        assert [*lock["packages"]] == ["some-kit"] and lock["info"] == {"python": "3.14"}
        assert (package["version"], package["imports"]) == ("1.5", ["alone", "some_kit"])


def test_the_first_page_says_what_it_is() -> None:
    lessons, edition = plan(["02"], None, graded=True, course="News <1>", due="2027-03-01", hand_in_to="Moodle")
    pages = {name: data.decode() for name, data in lite_pages(lessons, edition, 20_000_000).items()}
    first = pages["index.html"]
    for said in ("News &lt;1&gt;: Copydesk", "Due: 1 March 2027.", "Give that file to Moodle.", "about 20 MB"):
        assert said in first
    assert 'href="lab/index.html?path=02_who_says_so.ipynb"' in first and "03_how" not in first
    assert "id=keys" in pages["grade.html"] and "id=keys" not in _ungraded(lessons)
    assert not [page for page in pages.values() if "http://" in page or "https://" in page]


def _ungraded(lessons) -> str:  # type: ignore[no-untyped-def]
    return lite_pages(lessons, Edition(), 0)["grade.html"].decode()


def test_only_keys_are_taken_from_a_zip(tmp_path: Path) -> None:
    given = SimpleNamespace(to_bytes=lambda: zipped("../evil.py", "copydesk/desk.py"))
    told = grade_dropped(str(tmp_path), str(tmp_path / "out"), lambda *_: None, keys=given)
    assert told == {"error": "this is no zip with keys; choose the one whose name ends in -keys.zip"}


def test_a_graded_edition_has_its_keys_beside_it() -> None:
    lessons, edition = plan(["02"], None, graded=True, course="", due=None, hand_in_to="")
    inside = names(building._keys(lessons, edition))
    assert "seeds/baltics-2022/key.json" in inside and "seeds/answers.toml" in inside


def test_notebooks_are_listed_as_jupyter_lists_them() -> None:
    listed = json.loads(building._listing({"b.ipynb": b"{}", "a.ipynb": b"{ }"}))
    assert [(book["path"], book["size"]) for book in listed["content"]] == [("a.ipynb", 3), ("b.ipynb", 2)]
