"""What a visitor's click needs: environment.yml, postBuild, the badge, and what a lesson says on Binder."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from copydesk import open_lesson
from copydesk.answers import where
from copydesk.answers.place import BINDER
from copydesk.base.errors import CopydeskError
from copydesk.base.wording import load_wording
from copydesk.story.story import load_story
from tools.addresses import OPENS, PLACEHOLDER, binder_link, clone, launch, repository, rewrite
from tools.floors import ON_PYPI, asked, at_floor
from tools.no_news import write as write_no_news

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def specs() -> list[str]:
    lines = (ROOT / "environment.yml").read_text("utf-8").partition("dependencies:\n")[2].splitlines()
    return [line.removeprefix("  - ") for line in lines]


class TestEnvironment:
    """environment.yml and postBuild."""

    def test_it_asks_for_what_the_kit_needs_with_both_extras_and_for_nbval(self) -> None:
        extras = PROJECT["optional-dependencies"]
        (nbval,) = [need for need in extras["test"] if need.startswith("nbval")]
        needs = [*PROJECT["dependencies"], *extras["lab"], *extras["classroom"], nbval]
        assert sorted(asked()) == sorted({need.partition(">=")[0]: need for need in needs}.values()), (
            "[lab] is stricter"
        )

    def test_binder_reads_one_version_of_python(self) -> None:
        """repo2docker understands one `=`; with `>=` it falls back to an old Python."""
        (python,) = [spec for spec in specs() if spec.startswith("python")]
        version = re.fullmatch(r"python=(3\.\d+)", python)
        assert version and PROJECT["requires-python"] == ">=3.11" and float(version[1][2:]) >= 11

    def test_conda_understands_every_line(self) -> None:
        rattler = pytest.importorskip("rattler", reason="py-rattler is not installed: make binder brings it")
        names = [str(rattler.MatchSpec(spec, strict=True).name.normalized) for spec in specs()]
        back = {pypi: conda for conda, pypi in ON_PYPI.items()}
        assert {back.get(need.split(">=")[0], need.split(">=")[0]) for need in asked()} <= {*names}

    def test_floors_are_whole_versions_of_the_same_packages(self) -> None:
        assert [spec.replace("==", ">=") for spec in at_floor(asked())] == [need.partition(",")[0] for need in asked()]
        assert all(re.fullmatch(r"[\w-]+==\d+(\.\d+)+", spec) for spec in at_floor(asked()))

    def test_post_build_adds_the_kit_alone(self) -> None:
        """`-e .` in environment.yml would build the whole environment anew for each commit."""
        lines = (ROOT / "postBuild").read_text("utf-8").splitlines()
        assert lines[0] == "#!/bin/bash" and lines[2:] == [
            "set -e",
            "pip install --no-deps -e .",
            "python tools/no_news.py",
        ]
        assert "-e ." not in (ROOT / "environment.yml").read_text("utf-8")
        assert not any((ROOT / name).exists() for name in ("binder", ".binder")), "would hide environment.yml"


class TestAddress:
    """One address, in pyproject.toml."""

    README = (ROOT / "README.md").read_text("utf-8")

    def test_the_link_opens_the_first_lesson_in_jupyterlab(self) -> None:
        link = urlsplit(binder_link("https://github.com/a-school/copydesk"))
        assert (ROOT / OPENS.removeprefix("doc/tree/")).is_file() and parse_qs(link.query)["urlpath"] == [OPENS]

    def test_the_readme_agrees_with_it(self) -> None:
        address = repository()
        assert launch(address) in self.README and f"\n{clone(address)}\n" in self.README

    def test_a_placeholder_makes_no_link(self) -> None:
        assert "](" not in launch(PLACEHOLDER) and PLACEHOLDER not in clone(PLACEHOLDER)
        if repository() == PLACEHOLDER:
            pages = [self.README, *(p.read_text("utf-8") for p in (ROOT / "docs").glob("*.md"))]
            assert not [page for page in pages if "OWNER" in page or "mybinder.org/v2" in page]

    @pytest.mark.parametrize(
        ("address", "where"),
        [
            ("https://github.com/a-school/copydesk", "gh/a-school/copydesk/HEAD"),
            ("https://gitlab.com/news/lab/kit", "gl/news%2Flab%2Fkit/HEAD"),
            ("https://git.example.org/kit", "git/https%3A%2F%2Fgit.example.org%2Fkit/HEAD"),
        ],
    )
    def test_a_new_address_is_written_and_back(self, address: str, where: str, tmp_path: Path) -> None:
        for name in ("README.md", "pyproject.toml"):
            shutil.copy(ROOT / name, tmp_path / name)
        project, readme = tmp_path / "pyproject.toml", tmp_path / "README.md"
        project.write_text(project.read_text("utf-8").replace(repository(), address), "utf-8")
        assert rewrite(tmp_path) and not rewrite(tmp_path), "once is enough"
        text = readme.read_text("utf-8")
        assert f"https://mybinder.org/v2/{where}?" in text and f"git clone {address} copydesk && " in text
        shutil.copy(ROOT / "pyproject.toml", project)
        assert rewrite(tmp_path) and readme.read_text("utf-8") == self.README


@pytest.mark.skipif(not shutil.which("git"), reason="needs git")
class TestWindowsClone:
    """What git puts on the disk with `core.autocrlf=true`, the setting of Git for Windows."""

    @pytest.fixture
    def repository(self, tmp_path: Path) -> Path:
        """What is compared by its bytes, as a repository that was made where lines end in one character."""
        place = tmp_path / "repository"
        away = shutil.ignore_patterns("__pycache__", "answers", ".ipynb_checkpoints")
        for name in ("seeds", "src", "notebooks", "tests/fixtures"):
            shutil.copytree(ROOT / name, place / name, ignore=away)
        for name in ("postBuild", ".gitattributes"):
            shutil.copy(ROOT / name, place / name)
        return place

    def clone(self, repository: Path) -> Path:
        """The files of a clone with that setting, and no other setting of this machine."""
        environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        me = ("-c", "user.name=A", "-c", "user.email=a@example.org")

        def git(*words: str) -> None:
            subprocess.run(["git", *words], cwd=repository, env=environment, check=True, capture_output=True)

        git("init", "--quiet")
        git("add", ".")
        git(*me, "commit", "--quiet", "--message", "all")
        git("clone", "--quiet", "--config", "core.autocrlf=true", ".", "../clone")
        return repository.with_name("clone")

    def changed(self, repository: Path, clone: Path) -> set[str]:
        """The files whose bytes differ."""
        files = [path for path in repository.rglob("*") if path.is_file() and ".git" not in path.parts]
        named = {path.relative_to(repository).as_posix(): path for path in files}
        return {name for name, path in named.items() if (clone / name).read_bytes() != path.read_bytes()}

    def test_every_file_has_its_bytes_and_every_story_opens(self, repository: Path) -> None:
        clone = self.clone(repository)
        assert not self.changed(repository, clone)
        assert all(load_story(folder).key for folder in (clone / "seeds").iterdir() if folder.is_dir())

    def test_without_the_attributes_the_stories_do_not_open(self, repository: Path) -> None:
        (repository / ".gitattributes").unlink()
        clone = self.clone(repository)
        assert "seeds/practice/page.txt" in self.changed(repository, clone)
        with pytest.raises(CopydeskError, match="sha256 differs"):
            load_story(clone / "seeds" / "practice")


class TestOnBinder:
    """The first screen of a lesson, told by what BinderHub sets."""

    @pytest.fixture(params=BINDER)
    def binder(self, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(request.param, "https://mybinder.org/")

    @pytest.fixture
    def told(self) -> str:
        say = load_wording("strings")["lesson"]
        return str(say["binder"].format(pack=say["pack"], back=say["bring_back"]))

    @pytest.mark.usefixtures("binder")
    def test_it_says_that_work_is_not_kept_and_shows_the_button(
        self, told: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert where() == told and "not kept" in told
        displayed: list[dict[str, Any]] = []
        monkeypatch.setattr("copydesk.widgets.later.display", lambda data, **_: displayed.append(data))
        assert shown_by(open_lesson("02_who_says_so")) == {}, "it is displayed"
        lines, button, still = displayed
        assert told in lines["text/html"] and lines["text/plain"].startswith("<Desk: lesson 02")
        pack = load_wording("strings")["lesson"]["pack"]
        assert pack in labels_of(button["application/vnd.jupyter.widget-view+json"]["model_id"])
        assert "Run All Cells" in still["text/html"]

    @pytest.mark.usefixtures("binder")
    def test_a_front_end_without_widgets_still_reads_it(self, told: str) -> None:
        assert told in open_lesson("00_start_here")._repr_html_()

    def test_elsewhere_nothing_changes(self, told: str, own_answers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in BINDER:
            monkeypatch.setenv(name, "")
        displayed: list[dict[str, Any]] = []
        monkeypatch.setattr("copydesk.widgets.later.display", lambda data, **_: displayed.append(data))
        assert shown_by(open_lesson("02_who_says_so")) == {}, "it is displayed, and follows the work"
        (shown,) = displayed
        assert {*shown} == {"text/html", "text/plain"} and told not in shown["text/html"]
        assert f"Your work is kept in {own_answers}." in shown["text/html"]

    @pytest.mark.parametrize("path", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])
    def test_every_lesson_shows_it_first(self, path: Path) -> None:
        cells = [c for c in json.loads(path.read_text("utf-8"))["cells"] if c["cell_type"] == "code"]
        lines = "".join(cells[0]["source"]).split("\n")
        assert lines[-2].startswith("desk = copydesk.open_lesson(") and lines[-1] == "desk"


def shown_by(thing: object) -> dict[str, Any]:
    """What a notebook shows of it."""
    from IPython.core.formatters import DisplayFormatter

    data, _ = DisplayFormatter().format(thing)
    return dict(data)


def labels_of(model_id: str) -> list[str]:
    """Descriptions and values of a widget and all that is in it."""
    from ipywidgets.widgets.widget import _instances

    def walk(widget: Any) -> list[str]:
        own = [str(getattr(widget, name)) for name in ("description", "value") if hasattr(widget, name)]
        return own + [label for child in getattr(widget, "children", ()) for label in walk(child)]

    return walk(_instances[model_id])


def test_news_are_declined_in_one_environment_and_other_settings_stay(tmp_path: Path) -> None:
    file = write_no_news(tmp_path)
    file.write_text('{"other": {"a": 1}}', encoding="utf-8")
    assert write_no_news(tmp_path) == file and file.is_relative_to(tmp_path)
    said = json.loads(file.read_text(encoding="utf-8"))
    assert said["other"] == {"a": 1} and said["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"
    assert "tools/no_news.py" in (ROOT / "Makefile").read_text("utf-8")
    assert "tools/no_news.py" in (ROOT / "postBuild").read_text("utf-8")
