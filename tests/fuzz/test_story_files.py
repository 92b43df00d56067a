"""Pages, keys, facts, maps, packs and annotations, and what an instructor does with a story of somebody else."""

import itertools
import json
import shutil
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from copydesk.attribution import find_attributions
from copydesk.base.documents import read_json
from copydesk.base.errors import CopydeskError
from copydesk.map.geography import story_geography
from copydesk.page.article import MOST_CHARACTERS, parse_article, read_page
from copydesk.story.edition import edition_words, read_edition
from copydesk.story.facts import read_facts, timeline
from copydesk.story.key import MOST_RECORDS, read_key
from copydesk.story.story import Story, forget_stories, load_story
from copydesk_classroom.checking import key_faults
from copydesk_classroom.stories.annotations import (
    ANSWERS,
    encode_annotations,
    export_answers,
    export_key,
    import_annotations,
    read_annotations,
)
from copydesk_classroom.stories.compare import compare_lines, compare_page, merged_draft, read_two_keys
from copydesk_classroom.stories.confirm import encode_key, read_raw_key
from copydesk_classroom.stories.editor import KeyEditor
from copydesk_classroom.stories.lessons import write_lessons
from copydesk_classroom.stories.new import redraft
from copydesk_classroom.stories.pack import add_pack, pack_story
from copydesk_classroom.stories.page import read_any_page
from tests.fuzz.fuzzing import HANDINS, SEEDS, Fuzz


def test_pages(fuzz: Fuzz, tmp_path: Path) -> None:
    path = tmp_path / "page.txt"
    fuzz.each(path, (SEEDS / "practice" / "page.txt").read_bytes(), lambda: parse_article(read_page(path)))


@pytest.mark.parametrize("name", ["practice", "baltics-2022"])
def test_keys(fuzz: Fuzz, tmp_path: Path, name: str) -> None:
    path, article = tmp_path / "key.json", load_story(name).article
    fuzz.each(path, (SEEDS / name / "key.json").read_bytes(), lambda: key_faults(read_key(path), article), of=2)


def test_facts(fuzz: Fuzz, tmp_path: Path) -> None:
    path, whole = tmp_path / "facts.csv", (SEEDS / "baltics-2022" / "context" / "facts.csv").read_bytes()
    fuzz.each(path, b"\n".join(whole.split(b"\n")[:12]), lambda: timeline(read_facts(path)))


def test_maps(fuzz: Fuzz, story: Path, baltics: Story) -> None:
    path = story / "context" / "map.toml"
    fuzz.each(path, path.read_bytes(), lambda: story_geography(replace(baltics, folder=story)))


def test_editions(fuzz: Fuzz, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No edition keeps a learner out: what cannot be read counts as not there."""
    shutil.copytree(SEEDS / "practice", tmp_path / "seeds" / "practice")
    monkeypatch.chdir(tmp_path)
    release = b"""schema = "copydesk-release-1"
course = "News 101"
due = 2027-03-01T18:30:00Z
graded = true
story = "practice"
lessons = ["00_start_here"]
hand_in_to = "Moodle"
"""

    def opened() -> None:
        found = read_edition(tmp_path)
        assert all(isinstance(told, str) for told in edition_words(found))
        if found.story:
            with suppress(CopydeskError):
                load_story()

    fuzz.harmless = True
    fuzz.each(tmp_path / "release.toml", release, opened)


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The practice story as a pack, by another name."""
    home = tmp_path_factory.mktemp("pack")
    shutil.copytree(SEEDS / "practice", home / "ours")
    key = (home / "ours" / "key.json").read_bytes().replace(b'"story": "practice"', b'"story": "ours"')
    (home / "ours" / "key.json").write_bytes(key)
    return pack_story(load_story(home / "ours"), home / "ours.zip").path.read_bytes()


def test_packs(fuzz: Fuzz, tmp_path: Path, pack: bytes) -> None:
    """What is added passes its own checks; of what is refused nothing is left."""
    path, place = tmp_path / "pack.zip", tmp_path / "stories"

    def add() -> None:
        try:
            add_pack(path, place=place)
        except CopydeskError:
            assert not [*place.glob("*")], "something is left"
            raise
        shutil.rmtree(place)

    fuzz.each(path, pack, add, of=2)


@pytest.mark.parametrize("name", ["practice", "greywater-barrage"])
def test_annotations_of_keys(fuzz: Fuzz, name: str, tmp_path: Path) -> None:
    path, story = tmp_path / "notes.jsonld", load_story(name)
    original = encode_annotations(export_key(read_raw_key(story.folder), story.article, story))

    def read() -> None:
        found = import_annotations(read_annotations(path), story, read_raw_key(story.folder))
        encode_annotations(found.data) if found.what == ANSWERS else encode_key(found.data)

    fuzz.each(path, original, read, of=12)


@pytest.mark.parametrize("kind", ["answers", "places"])
def test_annotations_of_others(fuzz: Fuzz, kind: str, tmp_path: Path) -> None:
    """Answers that go out and come back, and what another program wrote."""
    path, story = tmp_path / "notes.jsonld", load_story("practice")
    selector = {"type": "TextQuoteSelector", "exact": "said", "prefix": "", "suffix": ""}
    note = {"type": "Annotation", "body": [{"value": "who?"}], "target": {"source": "x", "selector": [selector]}}
    (mine,) = (document for document in HANDINS if document["lesson"] == "00_start_here")
    original = encode_annotations(export_answers(mine, story) if kind == "answers" else {"items": [note, note]})

    def read() -> None:
        encode_key(import_annotations(read_annotations(path), story, read_raw_key(story.folder)).data)

    fuzz.each(path, original, read, of=4)


def test_answers_that_become_annotations(fuzz: Fuzz, tmp_path: Path) -> None:
    path, story = tmp_path / "answers.json", load_story("practice")
    (mine,) = (document for document in HANDINS if document["lesson"] == "00_start_here")
    fuzz.each(path, json.dumps(mine).encode(), lambda: encode_annotations(export_answers(read_json(path), story)), of=4)


def test_two_keys(fuzz: Fuzz, tmp_path: Path) -> None:
    path = tmp_path / "second.json"

    def compare() -> None:
        found = read_two_keys("practice", path)
        compare_lines(found), compare_page(found)
        encode_key(merged_draft(found)[0])

    fuzz.each(path, (SEEDS / "practice" / "key.json").read_bytes(), compare, of=60)


@pytest.mark.parametrize("file", ["key.json", "story.toml", "lessons.toml"])
def test_own_stories(fuzz: Fuzz, file: str, tmp_path: Path) -> None:
    """The key editor, the lessons that follow from a key, and a second draft, on a folder that somebody gave away."""
    folder, whole = tmp_path / "ours", SEEDS / "practice"

    def opened() -> None:
        spoilt = (folder / file).read_bytes()
        shutil.rmtree(folder)
        shutil.copytree(whole, folder)
        (folder / file).write_bytes(spoilt)
        forget_stories()
        turn = next(turns) % 3
        if turn == 0:
            editor = KeyEditor(folder)
            editor.meter(), editor.faults(), repr(editor)
            editor.apply([{"op": "confirm", "layer": "sources", "ids": ["S1"]}])
        elif turn == 1:
            write_lessons(folder)
        else:
            redraft(folder)

    turns = itertools.count()
    shutil.copytree(whole, folder)
    fuzz.each(folder / file, (whole / file).read_bytes(), opened, of=15)


def test_html_pages(fuzz: Fuzz, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    story = "<p>" + "The river rose by a metre, <b>Ada Lund</b> said&nbsp;on <time>6 March 2026</time>. " * 5 + "</p>"
    head = '<html lang="en"><head><meta charset="utf-8"><title>Rain ends</title><script>var a = "</p>";</script></head>'
    page = (
        f"{head}<body><nav><ul><li><a href=/>Home</a></ul></nav><article><h1>Rain ends</h1>{story * 3}<table><tr><td>1"
    )
    fuzz.harmless = True  # any text is a page
    fuzz.each(path, page.encode(), lambda: parse_article(read_any_page(str(path)).text), of=20)


SLOW = {
    "opened": "“" * MOST_CHARACTERS,
    "quoted": "“”" * (MOST_CHARACTERS // 2),
    "straight": '"' * MOST_CHARACTERS,
    "points": ". " * (MOST_CHARACTERS // 2 - 1) + ". ",
    "lines": "ab\n" * (MOST_CHARACTERS // 3),
    "initials": "A. " * (MOST_CHARACTERS // 3),
    "said": "He said " * (MOST_CHARACTERS // 8),
}


@pytest.mark.parametrize("name", SLOW)
def test_the_slowest_pages_take_less_than_five_seconds(name: str, tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text(SLOW[name], "utf-8")
    begun = time.process_time()
    text = read_page(tmp_path / "page.txt")
    parse_article(text)
    find_attributions(text)
    assert time.process_time() - begun < 5


def test_the_slowest_keys_take_less_than_five_seconds(tmp_path: Path, baltics: Story) -> None:
    key = json.loads((SEEDS / "baltics-2022" / "key.json").read_text("utf-8"))
    whole, path = {"start": 0, "end": len(baltics.article.text), "hash": "x"}, tmp_path / "key.json"
    device = {"region": "", "device": "x", "readings": []}
    key["framing"] = [{"id": f"D{n}", **whole, **device} for n in range(MOST_RECORDS)]
    key["controls"] = [{"id": f"PC{n}", **whole} for n in range(MOST_RECORDS)]
    quoted = {"region": "", "speaker": "x", "kind": "x", "form": "x", "counted": True, "content": [whole] * 3}
    key["attributions"] = [{"id": f"A{n}", **quoted} for n in range(MOST_RECORDS // 2)]
    path.write_text(json.dumps(key), "utf-8")
    begun = time.process_time()
    assert len(key_faults(read_key(path), baltics.article)) > MOST_RECORDS
    assert time.process_time() - begun < 5
