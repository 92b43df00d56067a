"""Student editions: they open as they are, the same twice, and a graded one holds the key in no form at all."""

from __future__ import annotations

import base64
import csv
import datetime as dt
import doctest
import getpass
import gzip
import html
import io
import json
import os
import pkgutil
import re
import shutil
import socket
import subprocess
import sys
import tomllib
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import copydesk
from copydesk.answers import AnswerFile
from copydesk.base.errors import CopydeskError
from copydesk.base.wording import load_wording
from copydesk.cli import main
from copydesk.desk import Desk, open_lesson
from copydesk.lessons.lesson import list_lessons, load_lesson
from copydesk.story.edition import FILE, Edition, read_edition
from copydesk.story.story import load_story
from copydesk.views.sourcing import speakers
from copydesk_classroom.grading.grade import grade
from copydesk_classroom.releasing.contents import TELLING, links, notebook, release_toml, telling
from copydesk_classroom.releasing.release import Release, release

ROOT = Path(__file__).resolve().parents[2]
STORIES = ("baltics-2022", "greywater-barrage", "practice", "saltness-horn")
NO_KEY = "This edition has no key, so there is nothing to measure yet."
READY = load_wording("strings")["ready"]
SAID = {"The choice may well be a fair one.", "only what we know", "a coast that was not asked"}
"""Words of the key that a lesson says to everybody: the text of lesson 04, a prompt of lesson 07, an option of 05."""
Out = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """A graded edition of every lesson."""
    out = tmp_path_factory.mktemp("graded") / "exam"
    return release(out, graded=True, course="News 101", due="2027-03-01")


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """An edition for self-study of every lesson."""
    return release(tmp_path_factory.mktemp("plain") / "students")


def tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


# ── Whose text is in it ──────────────────────────────────────────────────────────────────────────────────────────────

MOST_WORDS = 6
"""As many words of the news page in a row may be quoted anywhere."""


def runs(text: str, length: int = MOST_WORDS + 1) -> set[str]:
    """Every so many words in a row, in small letters and without signs."""
    words = re.findall(r"\w+", text.casefold())
    return {" ".join(words[at : at + length]) for at in range(len(words) - length + 1)}


def written_in(data: bytes) -> Iterator[str]:
    """What is written in a file, or in the files of a zip or a wheel."""
    if not data.startswith(b"PK"):
        yield data.decode("utf-8", errors="replace")
        return
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        for name in file.namelist():
            yield from written_in(file.read(name))


def test_a_whole_course_can_do_without_the_news_page(tmp_path: Path, capsys: Out) -> None:
    page = runs((ROOT / "seeds" / "baltics-2022" / "page.txt").read_text("utf-8"))
    assert main(["release", str(tmp_path / "ours"), "--story", "greywater-barrage"]) == 0
    assert "rights" not in capsys.readouterr().out
    assert len([*(tmp_path / "ours" / "notebooks").glob("*.ipynb")]) == len(list_lessons())
    lesson = load_lesson("02_who_says_so", load_story("greywater-barrage"))
    answers = AnswerFile.open(lesson.story.id, lesson.id, sha256=lesson.story.about["sha256"], root=tmp_path / "in")
    for exercise in lesson.exercises:
        for answer in [*exercise.model_answers(lesson.key, lesson.story.article.text).values()][:1]:
            answers.add_try(exercise.id, answer, 1.0, exercise.points)
    assert grade(tmp_path / "in", tmp_path / "grades").graded == 1
    made = [tmp_path / "ours.zip", *(tmp_path / "ours").glob("*.whl"), *(tmp_path / "grades").rglob("*.html")]
    assert len(made) == 4
    for path in made:
        assert not [told for text in written_in(path.read_bytes()) if (told := runs(text) & page)], path.name


def test_the_news_page_would_be_noticed_and_its_rights_are_told(tmp_path: Path, capsys: Out) -> None:
    page = runs((ROOT / "seeds" / "baltics-2022" / "page.txt").read_text("utf-8"))
    assert main(["release", str(tmp_path / "page"), "--lessons", "01"]) == 0
    assert "Others hold the rights to the text of baltics-2022: ask your school" in capsys.readouterr().out
    assert any(runs(text) & page for text in written_in((tmp_path / "page.zip").read_bytes()))


# ── What is in it ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_edition_holds_lessons_stories_kit_and_how_to_open_them(plain: Release) -> None:
    names = [*tree(plain.folder)]
    assert sorted(plain.files) == names
    assert [n for n in names if n.endswith(".ipynb")] == [f"notebooks/{name}.ipynb" for name in list_lessons()]
    assert {
        "README.md",
        "environment.yml",
        "requirements.txt",
        plain.edition.wheel,
        "LICENSE",
        "LICENSE-lessons.md",
    } <= {*names}
    assert {f"seeds/{s}/{f}" for s in STORIES for f in ("page.txt", "story.toml", "key.json")} <= {*names}
    assert {"seeds/baltics-2022/NOTICE.md", "seeds/answers.toml"} <= {*names}
    assert not [n for n in names if "instructor" in n or "fixture" in n or "test" in n or "bench" in n]
    assert tree(plain.folder)["seeds/baltics-2022/page.txt"] == (ROOT / "seeds/baltics-2022/page.txt").read_bytes()
    readme = (plain.folder / "README.md").read_text("utf-8")
    assert "python -m jupyterlab notebooks/00_start_here.ipynb" in readme
    assert "Thomson Reuters" in readme and "{" not in readme and "\n\n\n" not in readme


def test_the_zip_holds_the_same_and_its_hash_is_told(graded: Release) -> None:
    assert graded.zip == graded.folder.with_name("exam.zip")
    data = graded.zip.read_bytes()
    assert sha256(data).hexdigest() == graded.sha256 and len(data) == graded.zip_bytes
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        assert file.testzip() is None
        inside = {n.removeprefix("copydesk-news-101/"): file.read(n) for n in file.namelist()}
    assert inside == tree(graded.folder) and sum(map(len, inside.values())) == graded.bytes
    sums = inside["SHA256SUMS"].decode().splitlines()
    assert sums == [f"{sha256(d).hexdigest()}  {n}" for n, d in sorted(inside.items()) if n != "SHA256SUMS"]


@pytest.mark.parametrize(
    ("wanted", "lessons", "stories"),
    [
        (["03"], ["00", "03"], ["baltics-2022", "greywater-barrage", "practice"]),
        (["01", "02_who_says_so", " 08 "], ["00", "01", "02", "08"], [*STORIES]),
        (["08", "-00"], ["08"], ["saltness-horn"]),
        (["-00", "-08"], [f"0{n}" for n in range(1, 8)], ["baltics-2022", "greywater-barrage"]),
    ],
)
def test_only_what_is_chosen(wanted: list[str], lessons: list[str], stories: list[str], tmp_path: Path) -> None:
    made = release(tmp_path / "out", lessons=wanted, as_zip=False)
    assert [p.name[:2] for p in sorted((made.folder / "notebooks").iterdir())] == lessons
    assert sorted(p.name for p in (made.folder / "seeds").iterdir() if p.is_dir()) == stories
    assert made.zip is None and not [*tmp_path.glob("*.zip")]


def test_next_leads_to_the_next_lesson_there_is(tmp_path: Path) -> None:
    made = release(tmp_path / "out", lessons=["01", "03", "08"], as_zip=False)
    books = {p.name[:2]: p.read_text("utf-8") for p in (made.folder / "notebooks").iterdir()}
    ends = {n: re.findall(r"Next: \[.*?\]\((\w+)\.ipynb\)", text) for n, text in books.items()}
    assert ends == {
        "00": ["01_what_is_on_the_page"],
        "01": ["03_how_strong_is_the_sourcing"],
        "03": ["08_your_own_brief"],
        "08": [],
    }
    for text in books.values():
        for target in re.findall(r"\]\(([^):]+)\)", text):
            assert (made.folder / "notebooks" / target).is_file(), target
    assert "Next:" not in (
        release(tmp_path / "one", lessons=["02"]).folder / "notebooks/02_who_says_so.ipynb"
    ).read_text("utf-8")
    assert "CONTRIBUTING" in books["08"] and "../CONTRIBUTING" not in books["08"]


def test_links_outside_stay_and_links_to_nothing_become_words() -> None:
    text = "[a](https://example.org/x) [b](#part) [c](../seeds/s/NOTICE.md) [d](../gone.md) [e](01_one.ipynb#top)"
    led = links(text, files={"seeds/s/NOTICE.md", "notebooks/01_one.ipynb"}, following=None)
    assert led == text.replace("[d](../gone.md)", "d")
    assert links("A\n\nNext: [B](b.ipynb)\n", files={"notebooks/c.ipynb"}, following=("c", "See")) == (
        "A\n\nNext: [See](c.ipynb)"
    )


def test_notebooks_lose_outputs_counts_and_what_editors_store() -> None:
    cell = {
        "cell_type": "code",
        "id": "c1",
        "execution_count": 4,
        "source": ["a\n", "b"],
        "metadata": {"tags": ["nbval-check-output", "mine"], "execution": {"iopub.status.idle": "2026-01-01"}},
        "outputs": [{"output_type": "stream", "name": "stdout", "text": "secret"}],
    }
    about = {"kernelspec": {"name": "anna", "display_name": "/home/anna"}, "widgets": {"state": "secret"}}
    text = json.dumps({"cells": [cell], "metadata": about, "nbformat": 4, "nbformat_minor": 5})
    made = notebook(text, files=(), following=None)
    assert "secret" not in made and "anna" not in made and "2026" not in made
    assert json.loads(made)["cells"] == [
        {
            "cell_type": "code",
            "id": "c1",
            "metadata": {"tags": ["mine"]},
            "execution_count": None,
            "outputs": [],
            "source": ["a\n", "b"],
        }
    ]


def test_nothing_of_the_machine_and_the_same_bytes_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = release(tmp_path / "one", graded=True, course="Zeitung")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    for path in (first.folder / "notebooks").iterdir():
        os.utime(path, (1, 1))
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    again, other = (
        release(tmp_path / "one", graded=True, course="Zeitung"),
        release("../two", graded=True, course="Zeitung"),
    )
    assert first.sha256 == again.sha256 == other.sha256 and tree(first.folder) == tree(other.folder)
    for _, text in readings(first.zip):
        for name in (str(tmp_path), str(ROOT), str(Path.home()), sys.prefix, socket.gethostname()):
            assert len(name) < 6 or name not in text
        assert len(getpass.getuser()) < 6 or getpass.getuser() not in text
    with zipfile.ZipFile(first.zip or "") as file:
        assert {i.date_time for i in file.infolist()} == {(2020, 2, 2, 0, 0, 0)}


def test_stray_files_of_a_story_stay_at_home(seeds: Path, tmp_path: Path) -> None:
    for name in ("notes.md", "key.json.bak", "samples.json", "context/draft.txt"):
        (seeds / "baltics-2022" / name).write_text("secret", "utf-8")
    made = release(tmp_path / "out", lessons=["01"])
    assert not [name for name in made.files if re.search(r"notes|bak|samples|draft", name)]


# ── Graded: no key, in any form ──────────────────────────────────────────────────────────────────────────────────────


def test_a_story_gives_out_nothing_from_outside_it_and_no_gigabytes(seeds: Path, tmp_path: Path) -> None:
    context = seeds / "practice" / "context"
    context.mkdir(exist_ok=True)
    (tmp_path / "mine.csv").write_text("a secret", "utf-8")
    (context / "x.csv").symlink_to(tmp_path / "mine.csv")
    with pytest.raises(CopydeskError, match="leads out of the story"):
        release(tmp_path / "out", story="practice", lessons=["00"])
    (context / "x.csv").unlink()
    with (context / "x.csv").open("wb") as file:
        file.truncate(10**11)  # a hole: it takes no room on the disk
    with pytest.raises(CopydeskError, match="holds more than 10 MB"):
        release(tmp_path / "out", story="practice", lessons=["00"])


def readings(path: Path | None) -> Iterator[tuple[str, str]]:
    """Every text that a file or all files of a folder can be read as, with where it is from."""
    assert path is not None
    for file in [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file()):
        yield from decoded(file.read_bytes(), file.name)


def decoded(data: bytes, name: str, depth: int = 0) -> Iterator[tuple[str, str]]:
    """The texts in some bytes: unpacked and in several encodings, and whatever base64 hides in those."""
    if depth > 7:
        return
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            for inner in file.namelist():
                yield from decoded(inner.encode(), f"{name}!(names)", depth + 1)
                yield from decoded(file.read(inner), f"{name}!{inner}", depth + 1)
        return
    with suppress(zlib.error):  # gzip and zlib, also where the end is missing
        if unpacked := zlib.decompressobj(47).decompress(data):
            yield from decoded(unpacked, f"{name}!unpacked", depth + 1)
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        text = data.decode(encoding, errors="ignore")
        yield name, text
        plain = re.sub(r"\\u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), text)
        plain = html.unescape(plain.replace('\\"', '"').replace("\\n", "\n"))
        if plain != text:
            yield name, plain
    for run in re.findall(rb"[A-Za-z0-9+/_-]{24,}", data):
        for at in range(4):  # a piece of base64 may begin anywhere
            piece = run[at : len(run) - ((len(run) - at) % 4 == 1)].translate(bytes.maketrans(b"-_", b"+/"))
            yield from decoded(base64.b64decode(piece + b"=" * (-len(piece) % 4)), f"{name}!base64", depth + 3)


def texts(value: Any) -> Iterator[str]:
    """Every string in some data, but for the names of its fields."""
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from texts(inner)


def records(value: Any) -> Iterator[dict[str, Any]]:
    """Every table in some data."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from records(inner)


def bare(text: str) -> str:
    """A text without spaces and quotation marks, and with one sign for `:` and `=`: JSON, TOML and Python alike."""
    return re.sub(r"[\s\"']", "", text).replace("=", ":")


KEYS = [json.loads((ROOT / "seeds" / story / "key.json").read_text("utf-8")) for story in STORIES]
SHARED = tomllib.loads((ROOT / "seeds/answers.toml").read_text("utf-8"))


def sentences() -> set[str]:
    """Whatever the keys say in words: reasons, readings, samples, alternatives."""
    shown = "\n".join((ROOT / "seeds" / story / "page.txt").read_text("utf-8") for story in STORIES)
    said = {text for data in (*KEYS, SHARED) for text in texts(data) if text.count(" ") >= 5}
    return {text for text in said | reasons() if text not in shown} - SAID


def reasons() -> set[str]:
    """Every `why` and every text of a sample answer; of the shortest, such as “p7”, nothing could be told."""
    found = [record for data in (*KEYS, SHARED) for record in records(data)]
    said = {str(r["why"]) for r in found if r.get("why")} | {t for r in found for t in texts(r.get("samples", []))}
    said = {text for text in said if not re.fullmatch(r"\d{1,2} \w+ \d{4}", text)}  # a day alone stands on cards too
    return {text for text in said if len(text) >= 12}


def marks() -> set[str]:
    """The keys' spans, hashes and accepted answers, as they are written but for spaces and quotation marks."""
    found = [record for data in (*KEYS, SHARED) for record in records(data)]
    spans = {f"start:{r['start']},end:{r['end']}" for r in found if "start" in r and "end" in r}
    hashes = {f"hash:{r['hash']}" for r in found if "hash" in r}
    answers = {
        bare(f"{name}: {{ {how}: {json.dumps(record[how], ensure_ascii=False)}")
        for table in found
        for name, record in table.items()
        if isinstance(record, dict)
        for how in ("accept", "range")
        if how in record
    }
    return spans | hashes | answers


def found_in(path: Path | None) -> set[str]:
    """What of the keys can be read out of a file or folder."""
    words = re.compile("|".join(sorted(map(re.escape, sentences()), key=len, reverse=True)))
    told = re.compile("|".join(sorted((re.escape(m) + r"(?!\d)" for m in marks()), key=len, reverse=True)))
    found: set[str] = set()
    for _, text in readings(path):
        found |= {*words.findall(text), *told.findall(bare(text))}
    return found


def test_the_search_looks_for_enough() -> None:
    assert len(sentences()) > 700 and len(marks()) > 800
    assert "accept:[sytas]" in "".join(marks()) and any(m.startswith("start:467,end:503") for m in marks())
    assert len(reasons()) > 350 and reasons() <= sentences() | SAID
    every = {str(r["why"]) for data in (*KEYS, SHARED) for r in records(data) if r.get("why")}
    assert len(every - reasons()) < 20


HIDINGS: dict[str, Callable[[bytes], bytes]] = {
    "as it is": bytes,
    "UTF-16": lambda b: b.decode().encode("utf-16"),
    "UTF-16, big end first": lambda b: b"\xfe\xff" + b.decode().encode("utf-16-be"),
    "JSON": lambda b: json.dumps(b.decode()).encode(),
    "HTML": lambda b: html.escape(b.decode()).encode("ascii", "xmlcharrefreplace"),
    "gzip": gzip.compress,
    "zlib": zlib.compress,
    "base64": lambda b: b'{"data": "' + base64.b64encode(b) + b'"}',
    "base64, begun in the middle": lambda b: b"x" + base64.urlsafe_b64encode(b),
    "gzip in base64": lambda b: base64.b64encode(gzip.compress(b)),
}


def zip_of(data: bytes, name: str = "a.txt") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(name, data)
    return buffer.getvalue()


@pytest.mark.parametrize("hiding", HIDINGS)
def test_the_search_finds_what_is_hidden(hiding: str, tmp_path: Path) -> None:
    sentence = max(sentences(), key=len)
    for secret in (sentence, '{"id": "A1", "source": {"start": 467, "end": 503}}', "reporter = { accept = ['sytas'] }"):
        hidden = HIDINGS[hiding](secret.encode())
        (tmp_path / "file").write_bytes(hidden)
        assert found_in(tmp_path), secret
        (tmp_path / "file").write_bytes(zip_of(zip_of(hidden, "b.whl")))
        assert found_in(tmp_path), secret


def test_the_search_finds_the_key_where_it_is(plain: Release) -> None:
    assert len(found_in(plain.folder)) > 1000


@pytest.mark.parametrize("part", ["folder", "zip"])
def test_a_graded_edition_holds_the_key_in_no_form(part: str, graded: Release) -> None:
    assert found_in(getattr(graded, part)) == set()


def test_a_graded_edition_is_the_plain_one_without_keys_and_answers(graded: Release, plain: Release) -> None:
    less, full = tree(graded.folder), tree(plain.folder)
    gone = {*(f"seeds/{story}/key.json" for story in STORIES), "seeds/answers.toml", plain.edition.wheel}
    assert full.keys() - less.keys() == gone and less.keys() - full.keys() == {graded.edition.wheel}
    same = {*less} & {*full}
    told = {FILE, "README.md", "SHA256SUMS", "requirements.txt", "environment.yml"}
    assert {name for name in same if less[name] != full[name]} == told
    assert graded.edition.kit_files == plain.edition.kit_files, "the kit is the same in every edition"


@pytest.mark.parametrize(
    ("file", "change", "says"),
    [
        ("key.json", ('"hash": "a', '"hash": "b'), "of its checks, the first: "),
        ("key.json", ('"accept": ["', '"accept": ["no such option", "'), "of its checks, the first: "),
        ("lessons.toml", ("[02_who_says_so.", "[02_who_says_so.other]\nx = 1\n[02_who_says_so."), "'other'"),
    ],
)
def test_a_story_whose_proofs_fail_is_not_released(
    file: str, change: tuple[str, str], says: str, seeds: Path, tmp_path: Path
) -> None:
    shutil.copytree(seeds / "greywater-barrage", tmp_path / "ours")
    path = tmp_path / "ours" / file
    assert change[0] in path.read_text("utf-8")
    path.write_text(path.read_text("utf-8").replace(*change, 1), "utf-8")
    with pytest.raises(CopydeskError, match=says):
        release(tmp_path / "out", story=tmp_path / "ours", lessons=["01", "02"])
    assert not (tmp_path / "out").exists()


def test_each_edition_has_a_wheel_of_its_own_version_named_by_its_hash(graded: Release, plain: Release) -> None:
    assert graded.edition.wheel != plain.edition.wheel
    for made in (graded, plain):
        read, data = read_edition(made.folder), (made.folder / made.edition.wheel).read_bytes()
        assert read == made.edition and sha256(data).hexdigest() == read.sha256
        version = re.fullmatch(r"copydesk-(0\.1\.0\+[0-9a-f]{8})-py3-none-any\.whl", read.wheel)
        assert version
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            about = file.read(f"copydesk-{version[1]}.dist-info/METADATA").decode()
        assert f"\nVersion: {version[1]}\n" in about


def test_a_kit_from_another_edition_is_told_when_a_lesson_opens(graded: Release, tmp_path: Path) -> None:
    same = opened(graded, tmp_path / "same", EDITION)
    other = opened(graded, tmp_path / "other", OTHER_LESSON + EDITION)
    assert same == [False, "edition", True]
    assert (
        "came with another version" in other[0] and graded.edition.wheel in other[0] and other[1:] == ["edition", False]
    )


def test_the_wheel_has_the_kits_files_as_they_are(graded: Release) -> None:
    kit = ROOT / "src" / "copydesk"
    ours = {name: data for name, data in tree(kit).items() if "__pycache__" not in name}
    with zipfile.ZipFile(graded.folder / graded.edition.wheel) as file:
        inside = {name: file.read(name) for name in file.namelist() if not name.startswith("copydesk-")}
    assert inside == {f"copydesk/{name}": data for name, data in ours.items()}


def test_no_setting_of_what_learners_get_helps_or_answers(graded: Release) -> None:
    names = [name for name, _ in readings(graded.zip)]
    assert not [n for n in names if re.search(r"key\.json|answers\.toml|instructor|fixtures|bench", n)]
    found = [*ROOT.glob("seeds/*/*.toml"), *ROOT.glob("src/copydesk/lessons/*.toml")]
    assert len(found) > 12
    for path in found:
        data = tomllib.loads(path.read_text("utf-8"))
        assert [*telling(data)] == [] and not {"agency", "reporter", "publisher"} & {*data}, path
    counted = speakers(load_story("baltics-2022")).items()
    listed = "|".join(f"['\"]{name}['\"]: {n}" for name, n in counted)
    assert not [name for name, text in readings(graded.zip) if re.search(listed, text)]


def test_what_answers_is_found_wherever_it_stands_in_a_lesson() -> None:
    for setting in TELLING:
        assert [*telling({"a": [{"b": {setting: "x"}}]})] == [setting]
        assert [*telling({"a": [{"options": {setting: "x"}, "label_choices": {"frame": {setting: "x"}}}]})] == []


@pytest.mark.parametrize(
    ("name", "change", "says"),
    [
        ("lessons.toml", ('id = "agency"', 'hint = "Line 2.", id = "agency"'), "'hint' in 01_what_is_on_the_page/prov"),
        ("lessons.toml", ('{ id = "answers"', '{ id = "z", text = "Z." },\n  { id = "answers"'), "order by id; sort"),
        (
            "story.toml",
            ("language =", 'agency = "Reuters"\nlanguage ='),
            "story.toml has 'agency'; move it to key.json",
        ),
    ],
)
def test_a_story_that_answers_is_refused(
    name: str, change: tuple[str, str], says: str, seeds: Path, tmp_path: Path
) -> None:
    path = seeds / "baltics-2022" / name
    path.write_text(path.read_text("utf-8").replace(*change, 1), "utf-8")
    with pytest.raises(CopydeskError, match=re.escape(says)):
        release(tmp_path / "out", lessons=["02"], graded=True)
    assert not (tmp_path / "out").exists() and not (tmp_path / "out.zip").exists()
    assert release(tmp_path / "out", lessons=["02"]).files, "an edition for self-study brings the key anyway"


def test_events_to_order_are_listed_by_name(graded: Release) -> None:
    lesson = "07_what_was_going_on"
    for story in ("baltics-2022", "greywater-barrage"):
        told = tomllib.loads((graded.folder / f"seeds/{story}/lessons.toml").read_text("utf-8"))
        ids = [item["id"] for item in told[lesson]["order"]["items"]]
        assert ids == sorted(ids) and len(ids) == 8


def figures() -> set[str]:
    """The keys' speakers, and every decimal in their measures and reasons."""
    names = {source["name"] for data in KEYS for source in data["sources"] if " " in source["name"]}
    return names | {
        n for data in KEYS for n in re.findall(r"\d+\.\d+", json.dumps([data["answers"], data.get("measures")]))
    }


def test_examples_of_the_kit_hold_no_figure_of_a_key() -> None:
    told = re.compile("|".join(rf"(?<![\d.]){re.escape(figure)}(?!\d)" for figure in figures()))
    assert told.findall("['Kaja Kallas'] 0.488, 10.4881") == ["Kaja Kallas", "0.488"]
    parts = [import_module(module.name) for module in pkgutil.walk_packages(copydesk.__path__, "copydesk.")]
    tests = [test for part in (copydesk, *parts) for test in doctest.DocTestFinder().find(part)]
    examples = {(test.name, text) for test in tests for e in test.examples for text in (e.source, e.want)}
    assert len(examples) > 300
    assert not {(name, text) for name, text in examples if told.search(text)}


@pytest.mark.parametrize("due", [None, dt.date(2027, 3, 1), dt.datetime(2027, 3, 1, 18, tzinfo=dt.UTC)])
@pytest.mark.parametrize("course", ["", "News 101", 'a"b\\c\n\t\x7f\x00\u2028 “ü” 🎈'])
def test_what_an_edition_says_of_itself_reads_back(course: str, due: dt.date | None, tmp_path: Path) -> None:
    edition = Edition(course, due, True, "ours", ("00_start_here", "02_who_says_so"))
    (tmp_path / FILE).write_bytes(release_toml(edition).encode())
    assert read_edition(tmp_path) == edition


# ── Without a key ────────────────────────────────────────────────────────────────────────────────────────────────────


def blind(lesson: str) -> Desk:
    """A lesson's desk as a graded edition has it."""
    desk = open_lesson(lesson)
    return Desk(replace(desk.lesson, story=replace(desk.story, key=None)), desk.answers)


@pytest.mark.parametrize("lesson", list_lessons())
def test_every_exercise_is_received_and_gives_nothing_away(lesson: str) -> None:
    desk, keyed = blind(lesson), load_lesson(lesson)
    assert keyed.key is not None
    for exercise in keyed.exercises:
        models = exercise.model_answers(keyed.key, keyed.story.article.text)
        widget = desk.exercise(exercise.id)
        widget.save(next(iter(models.values()), {}))
        outcome = widget.check()
        assert outcome.status in ("received", "not_attempted"), exercise.id
        told = widget.state["feedback"]
        assert not told or (told["hints"], told["key"], told["foot"]) == ([], [], "")
    result = desk.result()
    page = re.sub(r"<style>.*?</style>", "", result._repr_html_(), flags=re.DOTALL)
    assert "received" in repr(result) and "received" in page and "0.0 /" not in page and "not yet" not in page


def test_what_gives_answers_away_waits_for_an_answer_here_too() -> None:
    desk = blind("02_who_says_so")
    assert "First do" in repr(desk.finder(after="mark_alone"))
    desk.answers.save("mark_alone", {"groups": [{"cue": [[1849, 1853]]}]})
    page = desk.finder(after="mark_alone")
    assert "not shown in a graded edition" in repr(page) and "<mark" not in page._repr_html_()
    later = blind("07_what_was_going_on")
    assert "First do" in repr(later.timeline(after="order"))


def test_figures_of_the_key_are_one_sentence_however_they_are_asked_for() -> None:
    desk = blind("04_which_words_frame")
    asked = (desk.speakers, desk.devices, desk.diversity, desk.voices, desk.sourcing, desk.frames)
    assert {repr(show(after="devices")) for show in asked} == {NO_KEY}


# ── On the disk ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_release_takes_the_place_of_an_earlier_one_and_of_nothing_else(tmp_path: Path) -> None:
    out = tmp_path / "out"
    release(out, lessons=["01", "08"])
    mine = {"notebooks/answers/practice/00.json": b"my try", "plan.md": b"mine"}
    for name, data in mine.items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_bytes(data)
    made = release(out, lessons=["01", "02"])
    assert tree(out).keys() == {*made.files, *mine} and all(tree(out)[n] == d for n, d in mine.items())
    assert not (out / "seeds" / "saltness-horn").exists(), "folders left empty go"
    with zipfile.ZipFile(made.zip or "") as file:
        assert not [n for n in file.namelist() if "notebooks/answers" in n or "plan" in n]


def spoilt(out: Path) -> dict[str, Callable[[], Any]]:
    return {
        "is not empty, and holds no earlier release": (out / "SHA256SUMS").unlink,
        "01_what_is_on_the_page.ipynb is no longer as it was released": lambda: (
            out / "notebooks/01_what_is_on_the_page.ipynb"
        ).write_text("my own"),
        "leads out of": lambda: (out / "SHA256SUMS").write_text(f"{'0' * 64}  ../x\n{'0' * 64}  {FILE}\n"),
        "03_how_strong_is_the_sourcing.ipynb is in the way": lambda: (
            out / "notebooks/03_how_strong_is_the_sourcing.ipynb"
        ).write_text("my own"),
        "is there already, and is no earlier release": lambda: out.with_name("out.zip").write_bytes(zip_of(b"my own")),
    }


@pytest.mark.parametrize("says", [*spoilt(Path())])
def test_what_no_release_made_stays_as_it_is(says: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    release(out, lessons=["01"])
    spoilt(out)[says]()
    before = tree(tmp_path)
    with pytest.raises(CopydeskError, match=re.escape(says)):
        release(out, lessons=["01", "03"])
    assert tree(tmp_path) == before


def test_a_folder_with_anything_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(CopydeskError, match="is not empty, and holds no earlier release; name a new folder"):
        release(tmp_path)
    with pytest.raises(CopydeskError, match="is a file"):
        release(tmp_path / "thesis.txt")
    assert tree(tmp_path) == {"thesis.txt": b"mine"}


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no links here")
def test_a_link_in_an_earlier_release_is_not_followed_out_of_it(tmp_path: Path) -> None:
    out = tmp_path / "out"
    release(out, lessons=["01"], as_zip=False)
    shutil.move(out / "seeds", tmp_path / "elsewhere")
    (out / "seeds").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    before = tree(tmp_path / "elsewhere")
    with pytest.raises(CopydeskError, match="leads out of"):
        release(out, lessons=["02"], as_zip=False)
    assert tree(tmp_path / "elsewhere") == before


def test_what_is_asked_for_must_be_there(tmp_path: Path) -> None:
    for wanted, says in ((["99"], "no lesson '99' to release; there are: 00_start_here"), (["00", "-00"], "is left")):
        with pytest.raises(CopydeskError, match=says):
            release(tmp_path / "out", lessons=wanted)
    with pytest.raises(CopydeskError, match="'next week' is no date; write 2027-03-01"):
        release(tmp_path / "out", due="next week")
    with pytest.raises(CopydeskError, match="no story named 'baltic'"):
        release(tmp_path / "out", story="baltic")
    assert not [*tmp_path.iterdir()]


def test_without_a_key_only_a_graded_edition_can_be_made(seeds: Path, tmp_path: Path) -> None:
    (seeds / "baltics-2022" / "key.json").unlink()
    with pytest.raises(CopydeskError, match="the story 'baltics-2022' has no key here"):
        release(tmp_path / "out", lessons=["01"])
    assert release(tmp_path / "out", lessons=["01"], graded=True).stories[:2] == ("practice", "baltics-2022")


# ── The command ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_command_says_what_it_made(tmp_path: Path, capsys: Out) -> None:
    out = tmp_path / "exam"
    asked = ["release", str(out), "--lessons", "02,07", "--graded", "--course", "News 101", "--due", "2021-03-01"]
    assert main(asked) == 0
    said = capsys.readouterr().out
    assert "Graded edition. Lessons: 00, 02, 07. Stories: practice, baltics-2022, greywater-barrage." in said
    assert sha256(out.with_name("exam.zip").read_bytes()).hexdigest() in said
    assert "the lessons 01, 03, 04, 05, 06, 08" in said and "the answer keys" in said
    assert "It was due on 1 March 2021" in said and "--story" in said and "tell the order of the events" in said
    assert tomllib.loads((out / FILE).read_text("utf-8"))["due"] == dt.date(2021, 3, 1)
    assert main(["release", str(tmp_path / "plain"), "--lessons=-00,01", "--no-zip"]) == 0
    said = capsys.readouterr().out
    assert "Ungraded edition. Lessons: 01." in said and "sha256" not in said and "answer keys" not in said
    assert "0.0 MB" not in said and not (tmp_path / "plain.zip").exists()


def test_the_status_tells_errors_and_wrong_usage_apart(tmp_path: Path, capsys: Out) -> None:
    assert main(["release", str(tmp_path / "out"), "--lessons", "12"]) == 1
    assert capsys.readouterr().err.startswith("copydesk: there is no lesson '12' to release")
    with pytest.raises(SystemExit) as stop:
        main(["release"])
    assert stop.value.code == 2
    with pytest.raises(SystemExit) as stop:
        main(["release", "--help"])
    assert stop.value.code == 0 and "examples:" in capsys.readouterr().out


# ── It opens as it is ────────────────────────────────────────────────────────────────────────────────────────────────

EXECUTE = """
import json, sys
from pathlib import Path
import nbformat
from nbclient import NotebookClient
import copydesk
told = {"kit": copydesk.__file__, "stories": copydesk.list_stories(), "story": copydesk.load_story().id}
for path in sorted(Path().glob("*.ipynb")):
    book = nbformat.read(path, as_version=4)
    nbformat.validate(book)
    NotebookClient(book, timeout=120, kernel_name="python3").execute()
    for cell in book.cells:
        told.setdefault(path.stem[:2], []).extend(
            [cell.source, o["data"].get("text/plain", ""), o["data"].get("text/html", "")]
            for o in cell.get("outputs", []) if "data" in o
        )
print(json.dumps(told))
"""


EDITION = """
import json, re, copydesk
from copydesk.checkup.doctor import check_work
page = copydesk.open_lesson("02_who_says_so")._repr_html_()
line = next((p for p in re.findall("<p>(.*?)</p>", page) if "another version" in p), False)
found = next(f for f in check_work() if f.check == "edition")
print(json.dumps([line, found.check, found.well]))
"""
OTHER_LESSON = """
import copydesk, pathlib
record = next(pathlib.Path(copydesk.__file__).parents[1].glob("*.dist-info/RECORD"))
text = record.read_text("utf-8")
record.write_text(text.replace("02_who_says_so.toml,sha256=", "02_who_says_so.toml,sha256=x"), "utf-8")
"""
"""The wheel of another edition was installed: one lesson in it differs."""


def opened(made: Release, home: Path, code: str = EXECUTE) -> Any:
    """What a learner sees who has unpacked the zip and installed the wheel: no repository, no settings."""
    with zipfile.ZipFile(made.zip or "") as file:
        file.extractall(home)
    (folder,) = home.iterdir()
    with zipfile.ZipFile(folder / made.edition.wheel) as file:
        file.extractall(home / "site")
    kept = {n: v for n, v in os.environ.items() if not n.startswith(("COPYDESK_", "PYTEST"))}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder / "notebooks",
        env={**kept, "PYTHONPATH": str(home / "site"), "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("kind", ["graded", "plain"])
def test_every_notebook_runs_with_the_wheel_alone(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    told = opened(request.getfixturevalue(kind), tmp_path / "learner")
    assert Path(told["kit"]).is_relative_to(tmp_path / "learner" / "site")
    assert told["stories"] == [*STORIES] and told["story"] == "baltics-2022"
    assert {name[:2] for name in list_lessons()} <= told.keys()
    shown = [entry for name in told if name.isdigit() for entry in told[name]]
    figures = [plain for source, plain, _ in shown if re.search(r"speakers\(|devices\(|diversity\(", source)]
    ready = {plain for source, plain, _ in shown if ".ready()" in source}
    first = next(page for source, _, page in shown if "open_lesson" in source)
    if kind == "graded":
        assert (
            {*figures} == {NO_KEY}
            and ready == {READY["ready_without_key"]}
            and "News 101" in first
            and "1 March 2027" in first
            and "graded later" in first
        )
    else:
        assert all(figure.startswith("Finish “") for figure in figures) and ready == {READY["ready"]}
        assert "Course" not in first
    assert len([*(tmp_path / "learner").glob("*/notebooks/answers")]) == 1, "work is kept beside the notebooks"


ALONE = """
import contextlib, io, json, sys
sys.modules["copydesk_classroom"] = None  # any import of it fails, as where it is not installed
from copydesk.cli import main
def run(*arguments):
    with contextlib.redirect_stdout(io.StringIO()) as said:
        try:
            status = main(arguments)
        except SystemExit as stop:
            status = stop.code
    return [status, said.getvalue()]
print(json.dumps([run("--help"), run("doctor", "--json")]))
"""


def test_the_script_of_an_edition_works_without_the_classroom(graded: Release, tmp_path: Path) -> None:
    (status, said), (wrong, found) = opened(graded, tmp_path / "learner", ALONE)
    assert status == 0 and re.findall(r"^    (\w+) ", said, re.MULTILINE) == ["start", "doctor"]
    findings = {finding["check"]: finding for finding in json.loads(found)["findings"]}
    assert wrong == 0 and str(tmp_path / "learner") in findings["notebooks"]["sentence"], findings


def test_a_story_of_ones_own_is_the_one_that_opens(seeds: Path, tmp_path: Path) -> None:
    shutil.copytree(seeds / "greywater-barrage", tmp_path / "ours")
    made = release(tmp_path / "out", story=tmp_path / "ours", lessons=["02"], graded=True)
    code = """
import json, copydesk
desk = copydesk.open_lesson("02_who_says_so")
rows = [r.lesson for r in copydesk.progress().rows]
print(json.dumps([desk.story.id, desk.story.key is None, copydesk.list_stories(), rows]))
"""
    assert opened(made, tmp_path / "learner", code) == [
        "ours",
        True,
        ["ours", "practice", "saltness-horn"],  # an exercise of that lesson stands on the last
        ["00_start_here", "02_who_says_so"],
    ]


def test_what_is_handed_in_from_a_graded_edition_is_graded_with_the_key(graded: Release, tmp_path: Path) -> None:
    lesson = load_lesson("00_start_here")
    assert lesson.key is not None
    models = {
        e.id: next(iter(e.model_answers(lesson.key, lesson.story.article.text).values()))
        for e in lesson.exercises
        if e.points
    }
    code = f"""
import json, copydesk
desk = copydesk.open_lesson("00_start_here")
for name, answer in json.loads({json.dumps(models)!r}).items():
    widget = desk.exercise(name)
    widget.save(answer)
    assert widget.check().status == "received"
print(json.dumps(str(copydesk.hand_in(to={str(tmp_path / "in")!r}).path)))
"""
    assert Path(opened(graded, tmp_path / "learner", code)).is_file()
    assert grade(tmp_path / "in", tmp_path / "grades").graded == 1
    with (tmp_path / "grades" / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["percent"] for row in csv.DictReader(file)] == ["100.0"]


def test_an_installed_kit_releases_the_same(graded: Release, tmp_path: Path) -> None:
    """The kit laid out as pip installs it: stories and notebooks are in the package, no source tree is near."""
    build = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert build["sources"] == {
        "src/copydesk": "copydesk",
        "src/copydesk_classroom": "copydesk_classroom",
        "notebooks": "copydesk/notebooks",
    }
    assert build["force-include"] == {"seeds": "copydesk/seeds"}
    kit = tmp_path / "site" / "copydesk"
    shutil.copytree(ROOT / "src" / "copydesk", kit, ignore=shutil.ignore_patterns("__pycache__"))
    classroom = kit.with_name("copydesk_classroom")
    shutil.copytree(ROOT / "src" / "copydesk_classroom", classroom, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "seeds", kit / "seeds")
    shutil.copytree(ROOT / "notebooks", kit / "notebooks", ignore=shutil.ignore_patterns("instructor", "answers", ".*"))
    with zipfile.ZipFile(graded.folder / graded.edition.wheel) as file:  # what pip would have written about the kit
        file.extractall(tmp_path / "site", [n for n in file.namelist() if "dist-info" in n])
    entries = next((tmp_path / "site").glob("*.dist-info/entry_points.txt"))  # an edition has no instructors' commands
    assert "copydesk.commands" not in entries.read_text("utf-8")
    added = "\n[copydesk.commands]\nrelease = copydesk_classroom.commands:add_release\n"
    entries.write_text(entries.read_text("utf-8") + added, "utf-8")
    kept = {n: v for n, v in os.environ.items() if not n.startswith("COPYDESK_")}
    asked = ["release", "exam", "--graded", "--course", "News 101", "--due", "2027-03-01"]
    done = subprocess.run(
        [sys.executable, "-m", "copydesk.cli", *asked],
        cwd=tmp_path,
        env={**kept, "PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    here = release(tmp_path / "here", graded=True, course="News 101", due="2027-03-01")
    assert tree(tmp_path / "exam") == tree(here.folder) and here.sha256 in done.stdout
    shutil.rmtree(kit / "notebooks")
    done = subprocess.run(
        [sys.executable, "-m", "copydesk.cli", "release", "other"],
        cwd=tmp_path,
        env={**kept, "PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1 and "00_start_here.ipynb is not in this installation" in done.stderr


class TestHowToOpenIt:
    """The lines of an edition's README, which a learner types."""

    @pytest.fixture
    def lines(self, plain: Release) -> dict[str, list[str]]:
        """The lines of each code block, by the first word before it."""
        text = (plain.folder / "README.md").read_text("utf-8")
        return {
            name: body.split("\n") for name, body in re.findall(r"^(\w+)[^\n]*:\n\n```\n(.*?)\n```", text, re.M | re.S)
        }

    def test_every_system_has_its_own_and_no_line_needs_a_path_or_a_shell(self, lines: dict[str, list[str]]) -> None:
        assert [*lines] == ["Windows", "macOS", "Conda"]
        for line in lines["Windows"] + lines["macOS"]:
            python, module, *_ = line.split()
            assert module == "-m" and re.fullmatch(r"py|python3|\.venv[/\\](bin|Scripts)[/\\]python", python)
        for line in "\n".join("\n".join(some) for some in lines.values()).split("\n"):
            assert not re.search(r"[&;|<>$'\"\[\]()*]", line), "PowerShell 5 and zsh read these in their own way"

    @pytest.mark.skipif(sys.platform == "win32", reason="the lines for macOS and Linux")
    def test_they_install_the_kit_into_an_environment_of_its_own(
        self, plain: Release, lines: dict[str, list[str]], tmp_path: Path
    ) -> None:
        folder = tmp_path / "My courses, 2027" / "news"
        shutil.copytree(plain.folder, folder)
        environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
        make, install, _ = lines["macOS"]
        install = install.replace("install", "install --no-deps --no-index --disable-pip-version-check")  # no network
        for line in (make, install, ".venv/bin/python -c 'import copydesk; print(copydesk.__file__)'"):
            command = ["sh", "-c", line]
            done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
        assert Path(done.stdout.strip()).is_relative_to(folder / ".venv")


def test_the_wheel_is_one_that_tools_accept(graded: Release) -> None:
    with zipfile.ZipFile(graded.folder / graded.edition.wheel) as file:
        names = file.namelist()
        record = [
            line.rsplit(",", 2) for line in file.read(next(n for n in names if n.endswith("RECORD"))).decode().split()
        ]
        assert [row[0] for row in record[:-1]] == [n for n in names if not n.endswith("RECORD")]
        for name, digest, size in record[:-1]:
            data = file.read(name)
            real = base64.urlsafe_b64encode(sha256(data).digest()).rstrip(b"=").decode()
            assert (digest, size) == (f"sha256={real}", str(len(data)))
        about = file.read(next(n for n in names if n.endswith("METADATA"))).decode()
    extras = {line.partition("extra ==")[2].strip(" '\"") for line in about.splitlines() if "Requires-Dist" in line}
    assert "Name: copydesk\n" in about and "Requires-Dist: anywidget" in about and extras == {"", "lab"}
    assert "Requires-Dist: jupyterlab" in about and "jinja2" not in about
    assert load_story("baltics-2022").key is not None, "the kit here keeps its key"
