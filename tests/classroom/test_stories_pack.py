"""Story packs: what goes out comes in elsewhere; what is no pack, or was made to do harm, leaves nothing behind."""

from __future__ import annotations

import io
import json
import shutil
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.base.errors import CopydeskError
from copydesk.story.story import load_story
from copydesk_classroom.releasing.release import release
from copydesk_classroom.stories.pack import add_pack, names_licence, pack_story
from tests.classroom.made_class import tree
from tests.classroom.test_stories_new import command

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
RIGHTS = "CC BY 4.0, the Copydesk authors"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a story of its own: the practice story under another name."""
    folder = tmp_path / "stories" / "our-ferry"
    shutil.copytree(SEEDS / "practice", folder)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def files(name: str = "our-ferry") -> dict[str, bytes]:
    """The files of a good pack."""
    return {
        f"{name}/{path.name}": path.read_bytes() for path in sorted((SEEDS / "practice").iterdir()) if path.is_file()
    }


def zipped(inside: dict[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", packing) as archive:
        for name, data in inside.items():
            archive.writestr(name, data)
    return file.getvalue()


class TestRoundTrip:
    """Out of one folder and into another."""

    def test_a_pack_holds_the_story_and_is_added_as_it_was(self, here: Path) -> None:
        packed = pack_story(load_story("our-ferry"))
        assert packed.path == Path("our-ferry.zip") and packed.files == tuple(sorted(files()))
        added = add_pack(packed.path, place=here / "elsewhere")
        assert tree(added.folder) == tree(here / "stories" / "our-ferry")
        assert {path.name for path in (here / "elsewhere").iterdir()} == {"our-ferry"}

    def test_the_same_story_gives_the_same_bytes_and_takes_its_own_place(self, here: Path) -> None:
        story = load_story("our-ferry")
        first = pack_story(story).path.read_bytes()
        assert pack_story(story).path.read_bytes() == first
        assert pack_story(story, here).path == here / "our-ferry.zip"

    def test_an_added_story_is_released_with_its_licence(self, here: Path) -> None:
        pack = pack_story(load_story("our-ferry")).path
        shutil.rmtree(here / "stories")
        add_pack(pack)
        made = release(here / "edition", story="our-ferry", lessons=["00"], as_zip=False)
        assert "our-ferry" in made.stories and "CC BY 4.0" in (here / "edition" / "README.md").read_text("utf-8")

    def test_what_a_system_adds_when_somebody_packs_by_hand_is_passed_over(self, here: Path) -> None:
        clutter = {"__MACOSX/our-ferry/._key.json": b"x", "our-ferry/.DS_Store": b"x"}
        (here / "by_hand.zip").write_bytes(zipped({**files(), **clutter}))
        added = add_pack(here / "by_hand.zip", place=here / "elsewhere")
        assert not (added.folder / ".DS_Store").exists()

    def test_what_else_lies_in_the_folder_stays_at_home(self, here: Path) -> None:
        for name in ("page.html", "key.json.bak", "notes.txt"):
            (here / "stories" / "our-ferry" / name).write_text("mine")
        assert pack_story(load_story("our-ferry")).files == tuple(sorted(files()))

    def test_the_commands_say_what_they_did(self, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert command("story", "pack", "our-ferry", "--out", "ferry.zip") == 0
        shutil.rmtree(here / "stories")
        assert command("story", "add", "ferry.zip") == 0
        said = capsys.readouterr().out
        assert "4 files of the story 'our-ferry'" in said and "Rights: Practice story: fiction" in said


class TestRefusedOnTheWayOut:
    """A story without licence or credits, or with a key that breaks its rules."""

    @pytest.mark.parametrize("rights", ["unknown", "", "CC BY 4.0", "Copyright Mere Wire 2026", "All rights reserved"])
    def test_without_licence_and_credits(self, rights: str, here: Path) -> None:
        toml = here / "stories" / "our-ferry" / "story.toml"
        lines = [line for line in toml.read_text("utf-8").splitlines() if not line.startswith("rights")]
        toml.write_text("\n".join([f"rights = {json.dumps(rights)}", *lines]), encoding="utf-8")
        with pytest.raises(CopydeskError, match="the rights of 'our-ferry' name no licence and credits"):
            pack_story(load_story("our-ferry"))
        assert not (here / "our-ferry.zip").exists()

    @pytest.mark.parametrize(
        "rights",
        [
            RIGHTS,
            "Wikinews, CC BY 2.5",
            "CC0, Ada Lund",
            "With kind permission of Mere Wire",
            "Public domain: NOAA",
            "CC-BY-SA 3.0 by Bo",
        ],
    )
    def test_licences_that_are_known(self, rights: str) -> None:
        assert names_licence(rights)

    def test_a_key_with_a_fault(self, here: Path) -> None:
        path = here / "stories" / "our-ferry" / "key.json"
        key = json.loads(path.read_text("utf-8"))
        key["attributions"][0]["form"] = "shouted"
        path.write_text(json.dumps(key), encoding="utf-8")
        with pytest.raises(CopydeskError, match=r"breaks 1 of its rules, the first: .*shouted"):
            pack_story(load_story("our-ferry"))

    def test_no_key_at_all(self, here: Path) -> None:
        (here / "stories" / "our-ferry" / "key.json").unlink()
        with pytest.raises(CopydeskError, match="has no key"):
            pack_story(load_story("our-ferry"))

    def test_a_file_that_is_no_pack_of_this_story_is_not_written_over(self, here: Path) -> None:
        (here / "our-ferry.zip").write_bytes(b"a class")
        with pytest.raises(CopydeskError, match="is there already, and is no pack of 'our-ferry'"):
            pack_story(load_story("our-ferry"))
        assert (here / "our-ferry.zip").read_bytes() == b"a class"

    def test_a_draft_is_packed_and_it_is_said(self, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
        path = here / "stories" / "our-ferry" / "key.json"
        key = json.loads(path.read_text("utf-8"))
        key["sources"][0]["unconfirmed"] = True
        path.write_text(json.dumps(key), encoding="utf-8")
        assert command("story", "pack", "our-ferry") == 0
        assert "Its key is a draft: 1 entries are unconfirmed." in capsys.readouterr().out


def _link() -> bytes:
    file = io.BytesIO(zipped(files()))
    with zipfile.ZipFile(file, "a") as archive:
        member = zipfile.ZipInfo("our-ferry/NOTICE.md")
        member.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(member, "/etc/passwd")
    return file.getvalue()


def _locked() -> bytes:
    packed = bytearray(zipped(files()))
    packed[6] |= 1
    packed[packed.index(b"PK\x01\x02") + 8] |= 1
    return bytes(packed)


def _damaged() -> bytes:
    packed = bytearray(zipped(files(), zipfile.ZIP_STORED))
    packed[80] ^= 0xFF
    return bytes(packed)


def _twice() -> bytes:
    file = io.BytesIO(zipped(files()))
    with zipfile.ZipFile(file, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("our-ferry/key.json", b"{}")
    return file.getvalue()


def _with(**changed: bytes) -> Callable[[], bytes]:
    return lambda: zipped({**files(), **{name.replace("__", "/"): data for name, data in changed.items()}})


def _only(inside: dict[str, bytes]) -> Callable[[], bytes]:
    return lambda: zipped(inside)


def _without(name: str) -> Callable[[], bytes]:
    return lambda: zipped({path: data for path, data in files().items() if not path.endswith(name)})


def _replaced(name: str, old: str, new: str) -> Callable[[], bytes]:
    path = f"our-ferry/{name}"
    return lambda: zipped({**files(), path: files()[path].replace(old.encode(), new.encode())})


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "not a zip file"),
    "text": (lambda: b"our story", "not a zip file"),
    "cut off": (lambda: zipped(files())[:-30], "not a zip file"),
    "damaged inside": (_damaged, "damaged"),
    "nothing in it": (_only({}), "nothing of a story"),
    "path out": (lambda: zipped({**files(), "../evil.txt": b"x"}), "leads out of it"),
    "path out within": (lambda: zipped({**files(), "our-ferry/context/../../../evil.toml": b"x"}), "leads out of it"),
    "backslashes out": (lambda: zipped({**files(), "our-ferry\\..\\..\\evil.toml": b"x"}), "leads out of it"),
    "absolute": (lambda: zipped({**files(), "/etc/evil.toml": b"x"}), "leads out of it"),
    "drive": (lambda: zipped({**files(), "C:/evil.toml": b"x"}), "leads out of it"),
    "link": (_link, "a link"),
    "locked": (_locked, "password"),
    "bomb": (lambda: zipped({**files(), "our-ferry/context/facts.csv": b"0" * 9_000_000}), "zip bomb"),
    "large": (
        lambda: zipped({f"our-ferry/context/{n}.csv": b"%07d" % n * 130_000 for n in range(12)}, zipfile.ZIP_STORED),
        "larger than 5 MB",
    ),
    "crowded": (lambda: zipped({f"our-ferry/context/{n}.csv": b"" for n in range(300)}), "claims to hold 300 files"),
    "packed otherwise": (lambda: zipped(files(), zipfile.ZIP_LZMA), "packed in a way"),
    "deep": (lambda: zipped({**files(), "our-ferry/" + "d/" * 45 + "x.csv": b""}), "nested too deep"),
    "twice": (_twice, "is in it twice"),
    "twice but for case": (_with(**{"our-ferry__KEY.json": b"{}"}), "belongs to no story"),
    "licence twice but for case": (
        lambda: zipped({**files(), "our-ferry/NOTICE.md": b"a", "our-ferry/NOTICE.MD": b"b"}),
        "is in it twice",
    ),
    "program": (_with(**{"our-ferry__setup.py": b"import os"}), "belongs to no story"),
    "notebook": (_with(**{"our-ferry__context__evil.ipynb": b"{}"}), "belongs to no story"),
    "device": (_with(**{"our-ferry__context__con.csv": b""}), "belongs to no story"),
    "stream": (lambda: zipped({**files(), "our-ferry/context/a:b.csv": b""}), "belongs to no story"),
    "no folder": (
        lambda: zipped({name.partition("/")[2]: data for name, data in files().items()}),
        "lies in no folder",
    ),
    "folder of a device": (lambda: zipped(files("con")), "lies in no folder"),
    "folder with capitals": (lambda: zipped(files("Ferry")), "lies in no folder"),
    "two stories": (lambda: zipped({**files(), **files("other")}), "several stories"),
    "name of a story of the kit": (lambda: zipped(files("saltness-horn")), "comes with Copydesk"),
    "no page": (_without("page.txt"), "lacks page.txt"),
    "no key": (_without("key.json"), "lacks key.json"),
    "no rights": (
        _replaced("story.toml", "Practice story: fiction written for this kit, CC BY 4.0.", "x"),
        "no licence",
    ),
    "another page": (_replaced("page.txt", "Ferry", "Bus"), "is not the page"),
    "no toml": (_replaced("story.toml", "headline =", "headline"), "cannot be read as TOML"),
    "no json": (_replaced("key.json", "{", "["), "cannot be read as JSON"),
    "faulty key": (_replaced("key.json", '"form": "direct"', '"form": "shouted"'), "breaks 1 of its rules"),
    "faulty lesson": (
        lambda: zipped({**files(), "our-ferry/lessons.toml": b"[00_start_here.nonsense]\nx = 1\n"}),
        r"breaks \d+ of its rules",
    ),
    "hidden": (
        lambda: zipped({**files(), "our-ferry/context/a\u202ecsv.toml": b""}),
        "lies in no folder|belongs to no",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_pack_is_one_sentence_and_leaves_nothing(name: str, tmp_path: Path) -> None:
    make, says = HOSTILE[name]
    pack, place = tmp_path / "pack.zip", tmp_path / "elsewhere"
    pack.write_bytes(make())
    before = tree(tmp_path)
    with pytest.raises(CopydeskError, match=says) as raised:
        add_pack(pack, place=place)
    assert tree(tmp_path) == before and "Traceback" not in str(raised.value)
    assert not place.exists() or not [*place.iterdir()]


def test_a_story_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    pack = pack_story(load_story("our-ferry")).path
    before = tree(tmp_path / "stories")
    with pytest.raises(CopydeskError, match="is there already"):
        add_pack(pack)
    assert tree(tmp_path / "stories") == before


@pytest.mark.parametrize("path", ["none.zip", ".", "a\0b"])
def test_what_is_no_file_is_one_sentence(path: str) -> None:
    with pytest.raises(CopydeskError, match=r"there is no file|is no file"):
        add_pack(Path(path))


@given(st.integers(0, 3000), st.integers(0, 255))
def test_a_pack_with_any_byte_changed_is_added_whole_or_refused(
    tmp_path_factory: pytest.TempPathFactory, at: int, byte: int
) -> None:
    home = tmp_path_factory.mktemp("fuzz")
    data = bytearray(zipped(files()))
    data[at % len(data)] = byte
    (home / "pack.zip").write_bytes(data)
    try:
        added = add_pack(home / "pack.zip", place=home / "place")
    except CopydeskError:
        assert not (home / "place").exists() or not [*(home / "place").iterdir()]
    else:
        assert added.key is not None
