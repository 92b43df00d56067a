"""The editor of keys: each change is on the disk, can be undone, and loses nobody’s work."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk.base.errors import CopydeskError
from copydesk.base.files import backup
from copydesk.base.spans import short_hash
from copydesk.story.key import read_key
from copydesk.story.story import load_story
from copydesk_classroom.checking import key_faults
from copydesk_classroom.stories.changes import CUT, SHOWN
from copydesk_classroom.stories.edit_key import EditKey, edit_script
from copydesk_classroom.stories.editor import KeyEditor, key_editor
from copydesk_classroom.stories.new import new_story
from copydesk_classroom.wording import class_wording
from tests.lessons.test_nbval import assert_green, nbval

SEEDS = Path(__file__).resolve().parents[2] / "seeds"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A story with a draft of its key."""
    return key_editor("greywater-barrage", folder=tmp_path).folder


@pytest.fixture
def editor(folder: Path) -> KeyEditor:
    return KeyEditor(folder)


def on_disk(editor: KeyEditor) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(editor.path.read_text("utf-8"))
    return found


def entry(editor: KeyEditor, layer: str, name: str) -> dict[str, Any]:
    return next(r for r in on_disk(editor)[layer] if r["id"] == name)


def put(layer: str, name: str, /, **fields: Any) -> dict[str, Any]:
    return {"op": "set", "layer": layer, "id": name, "fields": fields}


def block(editor: KeyEditor, line: int) -> int:
    """Where the block begins that stands on a line."""
    return next(b.start for b in editor.article.blocks if b.line == line)


def place(editor: KeyEditor, words: str, n: int = 0) -> dict[str, int]:
    start = [m.start() for m in re.finditer(re.escape(words), editor.text)][n]
    return {"start": start, "end": start + len(words)}


class TestOpening:
    def test_a_story_of_the_kit_is_copied_as_a_draft_and_never_changed(self, tmp_path: Path) -> None:
        before = {p: p.read_bytes() for p in sorted((SEEDS / "practice").iterdir()) if p.is_file()}
        editor = key_editor("practice", folder=tmp_path)
        editor.apply([put("attributions", "A1", form="direct")])
        assert editor.trial and editor.folder == tmp_path / "practice" and editor.meter()[0] == 0
        assert {p: p.read_bytes() for p in before} == before
        assert {a["rule"] for a in on_disk(editor)["attributions"] if a["id"] != "A1"}

    def test_where_no_story_has_the_name_there_is_one_to_try_it_on(self, tmp_path: Path) -> None:
        first = key_editor("my_story", folder=tmp_path)
        first.apply([{"op": "confirm", "layer": "sentences", "ids": ["p1.s1"]}])
        assert "copy to try" in first._repr_html_() and key_editor("my_story", folder=tmp_path).meter()[0] == 1

    def test_an_own_story_is_edited_where_it_lies(self, folder: Path, tmp_path: Path) -> None:
        mine = tmp_path / "mine"
        shutil.copytree(folder, mine)
        assert key_editor(mine, folder=tmp_path / "elsewhere").folder == mine.resolve()

    def test_a_draft_among_the_kit_s_stories_is_edited_there(self, tmp_path: Path, monkeypatch: Any) -> None:
        monkeypatch.setattr("copydesk_classroom.stories.editor.is_bundled", lambda _: True)
        mine = key_editor("practice", folder=tmp_path).folder
        assert key_editor(mine, folder=tmp_path / "elsewhere").folder == mine

    def test_without_a_key_it_says_how_to_make_a_draft(self, folder: Path) -> None:
        (folder / "key.json").unlink()
        with pytest.raises(CopydeskError, match=r"has no key.json; make a draft: copydesk new"):
            KeyEditor(folder)

    def test_a_damaged_key_is_set_aside_and_the_version_before_it_opens(self, editor: KeyEditor) -> None:
        editor.apply([put("attributions", "A1", form="direct")])
        editor.apply([put("attributions", "A1", form="mixed")])
        editor.path.write_bytes(b'{"schema": "copyd')
        again = KeyEditor(editor.folder)
        assert entry(again, "attributions", "A1")["form"] == "direct" and "could not be read" in again.notice
        assert any("damaged" in p.name for p in editor.folder.iterdir())

    def test_a_file_that_is_no_key_is_refused_and_stays(self, folder: Path) -> None:
        (folder / "key.json").write_text('{"schema": "other"}')
        with pytest.raises(CopydeskError, match="is not an answer key"):
            KeyEditor(folder)
        assert (folder / "key.json").read_text() == '{"schema": "other"}'

    def test_blocks_are_added_to_a_key_without_them(self, folder: Path) -> None:
        raw = {**json.loads((folder / "key.json").read_text("utf-8")), **{name: [] for name in CUT}}
        (folder / "key.json").write_text(json.dumps(raw), "utf-8")
        editor = KeyEditor(folder)
        editor.apply([put("attributions", "A1", form="direct")])
        assert [b["id"] for b in on_disk(editor)["paragraphs"]] == [b.id for b in editor.article.paragraphs]
        assert all(s["unconfirmed"] for s in on_disk(editor)["sentences"])


class TestConfirming:
    def test_a_confirmed_entry_has_no_mark_of_a_draft(self, editor: KeyEditor) -> None:
        editor.apply([{"op": "confirm", "layer": "attributions", "ids": ["A1", "A4"]}])
        for name in ("A1", "A4"):
            assert not {"unconfirmed", "rule"} & entry(editor, "attributions", name).keys()
        assert "unconfirmed" in entry(editor, "attributions", "A5")

    def test_with_what_somebody_says_the_speaker_is_confirmed(self, editor: KeyEditor) -> None:
        editor.apply([{"op": "confirm", "layer": "attributions", "ids": ["A6"]}])
        of = {s["name"]: "unconfirmed" in s for s in on_disk(editor)["sources"]}
        assert not of["Oda Renn"] and of["Mira Tolland"]

    def test_a_change_alone_confirms_nothing(self, editor: KeyEditor) -> None:
        editor.apply([put("attributions", "A1", form="direct")])
        found = entry(editor, "attributions", "A1")
        assert found["unconfirmed"] and "rule" not in found

    def test_a_lesson_s_part_is_done_when_all_of_it_is_confirmed(self, editor: KeyEditor) -> None:
        assert not any(lesson["done"] for lesson in editor.lessons())
        for layer in ("attributions", "sources", "sentences"):
            ids = [r["id"] for r in editor.layer(layer)]
            editor.apply([{"op": "confirm", "layer": layer, "ids": ids}])
        assert [lesson["name"] for lesson in editor.lessons() if lesson["done"]] == ["02", "03"]
        first = editor.lessons()[0]
        assert first["say"] == "22 to confirm in Page; 8 to confirm in Traces" and first["layer"] == "furniture"

    def test_a_lesson_says_what_there_is_too_little_of(self, editor: KeyEditor) -> None:
        editor.apply([{"op": "remove", "layer": "framing", "id": d["id"]} for d in editor.layer("framing")[5:]])
        told = next(lesson for lesson in editor.lessons() if lesson["name"] == "04")
        assert told["say"].startswith("3 more of Devices") and told["layer"] == "framing"


class TestAttributions:
    def test_spans_get_their_hashes_and_no_white_space(self, editor: KeyEditor) -> None:
        words = place(editor, "said in Eastquay")
        editor.apply([put("attributions", "A1", cue={"start": words["start"] - 1, "end": words["end"] + 1})])
        assert entry(editor, "attributions", "A1")["cue"] == {**words, "hash": short_hash("said in Eastquay")}

    def test_a_new_one_is_filled_in_from_its_words(self, editor: KeyEditor) -> None:
        fields = {
            "content": [place(editor, "“They talk about gates. We talk about supper.”")],
            "source": None,
            "cue": None,
        }
        editor.apply([{"op": "add", "layer": "attributions", "id": "A40", "fields": fields}])
        found = entry(editor, "attributions", "A40")
        assert (found["region"], found["form"], found["speaker"], found["carried_from"]) == (
            "p7",
            "direct",
            "Oda Renn",
            "A7",
        )
        assert found["kind"] == "named_other" and found["counted"] and found["unconfirmed"]
        ids = [a["id"] for a in on_disk(editor)["attributions"]]
        assert ids.index("A40") == ids.index("A7") + 1, "in reading order"

    def test_a_source_that_nobody_is_called_by_is_a_new_speaker(self, editor: KeyEditor) -> None:
        fields = {"source": place(editor, "The commission", 1), "cue": place(editor, "meets", 1), "content": []}
        editor.apply([{"op": "add", "layer": "attributions", "id": "A41", "fields": fields}])
        assert entry(editor, "attributions", "A41")["speaker"] == "The commission"
        assert "The commission" in [s["name"] for s in on_disk(editor)["sources"]]

    def test_one_that_stands_in_another_says_so(self, editor: KeyEditor) -> None:
        fields = {
            "source": place(editor, "it", 1),
            "cue": place(editor, "calls"),
            "content": [place(editor, "“silent cut”")],
        }
        fields["source"] = place(editor, "it calls")
        fields["source"]["end"] -= 6
        editor.apply([{"op": "add", "layer": "attributions", "id": "A42", "fields": fields}])
        assert entry(editor, "attributions", "A42")["nested_in"] == "A3" and editor.faults() == []
        editor.apply([{"op": "remove", "layer": "attributions", "id": "A3"}])
        assert entry(editor, "attributions", "A42")["nested_in"] is None

    def test_words_of_two_blocks_are_refused_and_nothing_is_changed(self, editor: KeyEditor) -> None:
        before = editor.path.read_bytes()
        with pytest.raises(CopydeskError, match="these words stand in two; mark them as two entries"):
            editor.apply(
                [
                    put("attributions", "A1", form="direct"),
                    put("attributions", "A1", content=[place(editor, "Sorrin lodged a formal")]),
                ]
            )
        assert editor.path.read_bytes() == before and entry(editor, "attributions", "A1")["form"] == "mixed"

    def test_the_kind_of_a_speaker_is_the_same_everywhere(self, editor: KeyEditor) -> None:
        editor.apply([put("attributions", "A7", kind="witness")])
        kinds = {a["kind"] for a in on_disk(editor)["attributions"] if a["speaker"] == "Oda Renn"}
        assert kinds == {"witness"} == {s["kind"] for s in on_disk(editor)["sources"] if s["name"] == "Oda Renn"}

    @pytest.mark.parametrize(
        ("written", "meant"),
        [("toll", "Mira Tolland"), ("Mira", "Mira Tolland"), ("Sorrin", "Sorrin"), ("a", "a")],
    )
    def test_a_speaker_is_meant_by_how_a_word_of_the_name_begins(
        self, editor: KeyEditor, written: str, meant: str
    ) -> None:
        editor.apply([put("attributions", "A15", speaker=written)])
        assert entry(editor, "attributions", "A15")["speaker"] == meant

    def test_a_longer_name_renames_the_speaker_and_a_name_that_is_there_joins_two(self, editor: KeyEditor) -> None:
        editor.apply([put("attributions", "A11", speaker="The Reed Coast Council")])
        assert [a["speaker"] for a in on_disk(editor)["attributions"] if a["id"] in ("A11", "A12")] == [
            "The Reed Coast Council"
        ] * 2
        council = next(s["id"] for s in on_disk(editor)["sources"] if "Council" in s["name"])
        editor.apply([put("sources", council, name="Oda Renn")])
        assert [s["name"] for s in on_disk(editor)["sources"]].count("Oda Renn") == 1
        assert entry(editor, "attributions", "A12")["speaker"] == "Oda Renn"

    def test_the_voice_of_a_sentence_follows_until_somebody_confirms_it(self, editor: KeyEditor) -> None:
        of = {s["id"]: s["voice"] for s in editor.layer("sentences")}
        assert of["p12.s1"] == of["p5.s2"] == "attributed"
        editor.apply([{"op": "confirm", "layer": "sentences", "ids": ["p12.s1"]}])
        editor.apply([{"op": "remove", "layer": "attributions", "id": name} for name in ("A15", "A5")])
        of = {s["id"]: s["voice"] for s in editor.layer("sentences")}
        assert (of["p12.s1"], of["p5.s2"]) == ("attributed", "reporter")

    def test_a_speaker_whom_nothing_names_any_more_goes_unless_confirmed(self, editor: KeyEditor) -> None:
        editor.apply([{"op": "remove", "layer": "attributions", "id": "A2"}])
        assert "the two neighbours" not in [s["name"] for s in on_disk(editor)["sources"]]
        editor.apply([{"op": "confirm", "layer": "attributions", "ids": ["A9"]}])
        editor.apply([{"op": "remove", "layer": "attributions", "id": "A9"}])
        assert "Radio Tarnholt" in [s["name"] for s in on_disk(editor)["sources"]]


class TestBlocks:
    def test_another_kind_moves_names_and_keeps_what_is_known_of_words(self, editor: KeyEditor) -> None:
        editor.apply(
            [put("sentences", "p2.s1", voice="mixed"), {"op": "confirm", "layer": "sentences", "ids": ["p2.s1"]}]
        )
        editor.apply([{"op": "block", "start": block(editor, 14), "kind": "standfirst"}])
        moved = entry(editor, "sentences", "p1.s1")
        assert moved["voice"] == "mixed" and "unconfirmed" not in moved
        assert (
            entry(editor, "attributions", "A1")["region"] == "f9"
            and entry(editor, "attributions", "A3")["region"] == "p1"
        )
        assert editor.faults() == [] and load_story(editor.folder).article.parts == editor.article.parts
        editor.apply([{"op": "block", "start": block(editor, 14), "kind": "paragraph"}])
        assert "[lines]" not in (editor.folder / "story.toml").read_text("utf-8")

    def test_the_names_of_other_readings_move_with_their_sentence(self, editor: KeyEditor) -> None:
        other = {"why": "", "alternatives": [{"id": "p2.s1.a", "say": "both", "patch": {"voice": "mixed"}}]}
        editor.apply([put("sentences", "p2.s1", contestable=other)])
        editor.apply([{"op": "block", "start": block(editor, 14), "kind": "standfirst"}])
        assert entry(editor, "sentences", "p1.s1")["contestable"]["alternatives"][0]["id"] == "p1.s1.a"

    def test_story_toml_keeps_what_else_stands_in_it(self, editor: KeyEditor) -> None:
        path = editor.folder / "story.toml"
        path.write_text(path.read_text("utf-8") + '\n[lines]\n"5" = "caption"\n\n[more]\nx = 1\n', "utf-8")
        again = KeyEditor(editor.folder)
        again.apply([{"op": "block", "start": block(editor, 3), "kind": "standfirst"}])
        told = tomllib.loads(path.read_text("utf-8"))
        assert told["lines"] == {"3": "standfirst"} and told["more"] == {"x": 1} and told["headline"][:6] == "Veldra"

    def test_what_was_written_into_the_key_goes_before_story_toml_after_a_kill(self, editor: KeyEditor) -> None:
        editor.apply([{"op": "block", "start": block(editor, 14), "kind": "standfirst"}])
        path = editor.folder / "story.toml"
        shutil.copyfile(backup(path), path)  # as if the power had gone between the two files
        again = KeyEditor(editor.folder)
        assert '"14" = "standfirst"' in path.read_text("utf-8") and again.faults() == []

    @pytest.mark.parametrize(("start", "kind"), [(2, "headline"), (0, "headlines")])
    def test_a_place_or_a_kind_that_there_is_not_is_refused(self, editor: KeyEditor, start: int, kind: str) -> None:
        with pytest.raises(CopydeskError):
            editor.apply([{"op": "block", "start": start, "kind": kind}])


def cut(how: str, what: str, at: int) -> dict[str, Any]:
    return {"op": how, "what": what, "at": at}


class TestCutting:
    """Blocks and sentences that the page reader cut wrongly are divided and joined."""

    def test_a_block_is_divided_and_marks_stay_on_their_words(self, editor: KeyEditor) -> None:
        second = editor.article.sentences_of("p5")[1]
        marks = {a["id"]: (a["source"], a["cue"], a["content"]) for a in editor.layer("attributions")}
        told = next(a for a in editor.layer("attributions") if a["id"] == "A5")
        editor.apply([cut("split", "block", second.start)])
        assert editor.article.block("p6").start == second.start and editor.faults() == []
        assert {a["id"]: (a["source"], a["cue"], a["content"]) for a in on_disk(editor)["attributions"]} == marks
        moved = entry(editor, "attributions", "A5")
        assert (told["region"], moved["region"]) == ("p5", "p6") and moved["region"] != told["region"]
        again = load_story(editor.folder).article
        assert again.parts == editor.article.parts
        editor.undo()
        assert "[begins]" not in (editor.folder / "story.toml").read_text("utf-8") and editor.faults() == []

    def test_two_blocks_become_one_and_the_reader_is_told_what_begins_there(self, editor: KeyEditor) -> None:
        start, n = editor.article.block("p2").start, len(editor.article.sentences)
        editor.apply([cut("join", "block", start)])
        assert f'[begins]\n"{start}" = "sentence"' in (editor.folder / "story.toml").read_text("utf-8")
        assert len(editor.article.sentences) == n and editor.faults() == []
        editor.apply([cut("split", "block", start)])
        assert "[begins]" not in (editor.folder / "story.toml").read_text("utf-8")
        assert load_story(editor.folder).article.parts == editor.article.parts

    def test_sentences_are_divided_and_joined_and_what_is_new_is_to_be_confirmed(self, editor: KeyEditor) -> None:
        ids = [s["id"] for s in editor.layer("sentences")]
        editor.apply([{"op": "confirm", "layer": "sentences", "ids": ids}])
        before = [s["id"] for s in editor.layer("sentences")]
        second = editor.article.sentences_of("p5")[1].start
        editor.apply([cut("join", "sentence", second)])
        assert [s["id"] for s in editor.layer("sentences") if "unconfirmed" in s] == ["p5.s1"]
        assert f'"{second}" = "nothing"' in (editor.folder / "story.toml").read_text("utf-8")
        editor.apply([cut("split", "sentence", second)])
        assert [s["id"] for s in editor.layer("sentences")] == before and editor.faults() == []
        words = place(editor, "demands")["start"]
        editor.apply([cut("split", "sentence", words)])
        assert editor.article.block(f"{entry(editor, 'attributions', 'A3')['region']}.s3").start == words
        for _ in range(3):
            editor.undo()
        assert not [s for s in editor.layer("sentences") if "unconfirmed" in s]
        assert "[begins]" not in (editor.folder / "story.toml").read_text("utf-8")

    def test_a_confirmed_block_stays_confirmed_in_both_parts(self, editor: KeyEditor) -> None:
        editor.apply([{"op": "confirm", "layer": "paragraphs", "ids": ["p5"]}])
        editor.apply([cut("split", "block", editor.article.sentences_of("p5")[1].start)])
        open_ = {p["id"]: "unconfirmed" in p for p in editor.layer("paragraphs")}
        assert not open_["p5"] and not open_["p6"] and open_["p4"] and open_["p7"]

    def test_a_part_can_be_of_another_kind_although_it_begins_no_line(self, editor: KeyEditor) -> None:
        second = editor.article.sentences_of("p5")[1].start
        editor.apply([cut("split", "block", second)])
        editor.apply([{"op": "remove", "layer": "attributions", "id": "A5"}])
        editor.apply([{"op": "block", "start": second, "kind": "teaser"}])
        assert f'"{second}" = "teaser"' in (editor.folder / "story.toml").read_text("utf-8")
        assert [b.kind for b in load_story(editor.folder).article.blocks if b.start == second] == ["teaser"]

    def test_a_mark_is_never_cut_in_two(self, editor: KeyEditor) -> None:
        inside, before = place(editor, "talk about supper")["start"], editor.path.read_bytes()
        with pytest.raises(CopydeskError, match=r"\w+ would stand in two blocks; make it shorter"):
            editor.apply([cut("split", "block", inside)])
        assert editor.path.read_bytes() == before

    def test_what_cannot_be_cut_is_refused(self, editor: KeyEditor) -> None:
        first, start = editor.article.blocks[0].start, editor.article.block("p2").start
        for op in (
            cut("join", "block", first),
            cut("join", "block", start + 1),
            cut("join", "sentence", start),
            cut("split", "block", start),
            cut("split", "sentence", start + 1),
            cut("split", "block", len(editor.text) + 3),
            cut("split", "block", -1),
            cut("split", "page", start),
        ):
            with pytest.raises(CopydeskError):
                editor.apply([op])

    def test_a_corrected_page_keeps_its_cuts(self, folder: Path) -> None:
        editor = KeyEditor(folder.rename(folder.parent / "mine"))
        second, joined = editor.article.sentences_of("p5")[1], editor.article.block("p8")
        editor.apply([cut("split", "block", second.start)])
        editor.apply([cut("join", "block", joined.start)])
        words = editor.text[second.start : second.end]
        page = editor.folder.parent / "corrected.txt"
        page.write_text("A line above all.\n\n" + editor.text, encoding="utf-8", newline="")
        new_story(str(page), name=editor.folder.name, place=editor.folder.parent)
        article = load_story(editor.folder).article
        starts = [b.start for b in article.blocks]
        assert article.text.index(words) in starts and joined.start + 19 not in starts


class TestUndo:
    def test_steps_go_back_and_forth_to_the_same_bytes(self, editor: KeyEditor) -> None:
        def seen() -> dict[str, Any]:
            return {n: v for n, v in on_disk(editor).items() if n != "edited"}

        steps: list[list[dict[str, Any]]] = [
            [put("attributions", "A1", form="direct")],
            [{"op": "remove", "layer": "attributions", "id": "A2"}],
            [{"op": "block", "start": block(editor, 14), "kind": "standfirst"}],
            [{"op": "confirm", "layer": "sentences", "ids": ["p1.s1", "p1.s2"]}],
            [{"op": "about", "fields": {"reporter": "Ada"}}],
            [put("sources", "S6", name="Sela Varn")],
            [{"op": "add", "layer": "controls", "id": "PC90", "fields": place(editor, "The repairs")}],
        ]
        states = [seen()]
        for ops in steps:
            editor.apply(ops)
            states.append(seen())
        for state in reversed(states[:-1]):
            editor.undo()
            assert seen() == state
        assert not editor.can_undo and editor.undo() == ("", "")
        for state in states[1:]:
            editor.redo()
            assert seen() == state
        assert not editor.can_redo

    def test_it_never_takes_back_what_another_window_did(self, editor: KeyEditor) -> None:
        editor.apply([put("attributions", "A1", form="direct")])
        KeyEditor(editor.folder).apply([{"op": "confirm", "layer": "attributions", "ids": ["A1"]}])
        with pytest.raises(CopydeskError, match="A1 was changed in another window since"):
            editor.undo()
        assert "unconfirmed" not in entry(editor, "attributions", "A1") and editor.can_undo

    def test_after_a_new_change_nothing_can_be_made_again(self, editor: KeyEditor) -> None:
        editor.apply([put("attributions", "A1", form="direct")])
        editor.undo()
        editor.apply([put("attributions", "A1", form="speech_act")])
        assert not editor.can_redo


class TestTwoWindows:
    def test_neither_loses_the_other_s_work(self, editor: KeyEditor) -> None:
        other = KeyEditor(editor.folder)
        editor.apply([{"op": "confirm", "layer": "attributions", "ids": ["A1"]}])
        other.apply([put("attributions", "A5", form="direct")])
        assert "unconfirmed" not in entry(editor, "attributions", "A1")
        assert entry(editor, "attributions", "A5")["form"] == "direct"
        assert editor.look() and editor.layer("attributions") == other.layer("attributions")
        assert not editor.look()

    def test_two_screens_of_one_kernel_show_the_same(self, editor: KeyEditor) -> None:
        one, two, other = editor.edit(), editor.edit(), KeyEditor(editor.folder).edit()
        one._asked(None, {"do": "change", "seq": 1, "by": "v", "ops": [put("sentences", "p1.s1", voice="mixed")]}, None)
        assert one.sentences == two.sentences == other.sentences and one.sentences[0]["voice"] == "mixed"

    def test_a_screen_looks_at_the_disk_when_it_is_asked_to(self, editor: KeyEditor) -> None:
        screen = editor.edit()
        code = (
            "from copydesk_classroom.stories.editor import KeyEditor; from pathlib import Path; import sys;"
            "KeyEditor(Path(sys.argv[1])).apply([{'op': 'confirm', 'layer': 'sentences', 'ids': ['p1.s1']}])"
        )
        subprocess.run([sys.executable, "-c", code, str(editor.folder)], check=True)
        screen._asked(None, {"do": "look"}, None)
        assert "unconfirmed" not in screen.sentences[0]

    @pytest.mark.skipif(os.name == "nt", reason="a process is killed with a signal")
    def test_a_kill_at_any_moment_loses_nothing_that_was_acknowledged(self, folder: Path) -> None:
        code = (
            "from copydesk_classroom.stories.editor import KeyEditor; from pathlib import Path; import sys\n"
            "e = KeyEditor(Path(sys.argv[1]))\n"
            "for s in [s['id'] for s in e.layer('sentences') if s.get('unconfirmed')]:\n"
            "    e.apply([{'op': 'confirm', 'layer': 'sentences', 'ids': [s]}]); print(s, flush=True)"
        )
        told: set[str] = set()
        for wait in (0.0, 0.004, 0.013):
            process = subprocess.Popen([sys.executable, "-c", code, str(folder)], stdout=subprocess.PIPE, text=True)
            assert process.stdout is not None
            told.add(process.stdout.readline().strip())
            time.sleep(wait)
            process.send_signal(signal.SIGKILL)
            told |= {*process.stdout.read().split("\n")[:-1]}
            process.wait()
            process.stdout.close()
            again = KeyEditor(folder)
            confirmed = {s["id"] for s in again.layer("sentences") if not s.get("unconfirmed")}
            assert told - {""} <= confirmed and again.faults() == []


class TestOtherLayers:
    def test_a_device_with_two_readings_a_control_and_a_claim(self, editor: KeyEditor) -> None:
        editor.apply(
            [
                {"op": "add", "layer": "framing", "id": "D90", "fields": place(editor, "brushed")},
                put("framing", "D90", device="report_verb", readings=["short", "makes light of it"]),
                {"op": "confirm", "layer": "framing", "ids": ["D90"]},
                {"op": "add", "layer": "controls", "id": "PC90", "fields": place(editor, "The repairs")},
                {"op": "add", "layer": "claims", "id": "C90", "fields": place(editor, "opened in 2030")},
                put("claims", "C90", verdict="supported", evidence="the register", day="2031-09-01"),
            ]
        )
        assert entry(editor, "framing", "D90")["region"] == "p3" and editor.faults() == []
        assert "unconfirmed" not in entry(editor, "controls", "PC90")
        assert read_key(editor.path).entry("C90")["day"] == "2031-09-01"

    def test_other_readings_of_every_layer_hold_by_the_rules_of_check(self, editor: KeyEditor) -> None:
        patches = [
            ("attributions", "A1", {"not_an_attribution": True}),
            ("attributions", "A1", {"form": "direct"}),
            ("attributions", "A1", {"content": [place(editor, "Veldra is turning off")]}),
            ("sentences", "p1.s1", {"voice": "mixed"}),
            ("framing", "D1", place(editor, "turning")),
            ("claims", "C1", {"verdict": "supported"}),
            ("questions", "Q.R1", {"answer": "no"}),
            ("entman", "E1", {"problem": [place(editor, "Veldra is turning off")]}),
        ]
        for layer, name, patch in patches:
            other = {"why": "readers differ", "alternatives": [{"id": f"{name}.x", "say": "also", "patch": patch}]}
            editor.apply([put(layer, name, contestable=other)])
            assert editor.faults() == [], (name, patch)
        editor.apply([put("attributions", "A1", contestable=None)])
        assert entry(editor, "attributions", "A1")["contestable"] is None

    def test_a_place_to_look_at_becomes_a_device_and_is_back_after_undo(self, editor: KeyEditor) -> None:
        found = editor.layer("cue_places")[0]
        fields = {"start": found["start"], "end": found["end"], "device": found["device"]}
        ops = [{"op": "remove", "layer": "cue_places", "id": found["id"]}]
        editor.apply([*ops, {"op": "add", "layer": "framing", "id": "D91", "fields": fields}])
        assert entry(editor, "framing", "D91")["device"] == found["device"]
        assert found["id"] not in [p["id"] for p in on_disk(editor)["cue_places"]]
        editor.undo()
        assert on_disk(editor)["cue_places"][0] == found

    @pytest.mark.parametrize(
        "op",
        [
            put("attributions", "A1", form="shouted"),
            put("attributions", "A1", hash="0"),
            put("attributions", "A99", form="direct"),
            put("attributions", "A1", carried_from="A99"),
            put("attributions", "A1", cue={"start": 9, "end": 4}),
            put("attributions", "A1", note="x" * 3000),
            put("claims", "C1", day="tomorrow"),
            put("claims", "C1", start=5_000_000),
            put("retellings", "x", y=1),
            {"op": "add", "layer": "attributions", "id": "a1", "fields": {}},
            {"op": "add", "layer": "attributions", "id": "A1", "fields": {}},
            {"op": "add", "layer": "sentences", "id": "P9", "fields": {}},
            {"op": "remove", "layer": "paragraphs", "id": "p1"},
            {"op": "confirm", "layer": "structure", "ids": ["ST1"]},
            {"op": "about", "fields": {"sha256": "0"}},
            {"op": "format the disk"},
        ],
    )
    def test_what_there_is_not_is_refused_in_a_sentence(self, editor: KeyEditor, op: dict[str, Any]) -> None:
        before, screen = editor.path.read_bytes(), editor.edit()
        screen._asked(None, {"do": "change", "seq": 1, "by": "v", "ops": [op]}, None)
        told = screen.state["error"]
        assert told and "\n" not in told and len(told) < 200 and screen.state["seq"] == 1
        assert editor.path.read_bytes() == before

    def test_what_it_does_not_show_stays_as_it_is(self, editor: KeyEditor) -> None:
        before = on_disk(editor)
        editor.apply([put("attributions", "A1", form="direct")])
        after = on_disk(editor)
        hidden = {*before} - {*SHOWN, "edited"}
        assert len(hidden) > 8 and all(before[name] == after[name] for name in hidden)


class TestLessons:
    def test_a_confirmed_key_of_a_new_page_makes_lessons_that_run(self, tmp_path: Path) -> None:
        page = tmp_path / "page.txt"
        shutil.copyfile(SEEDS / "greywater-barrage" / "page.txt", page)
        new_story(
            str(page), name="mine", place=tmp_path / "stories", language="en", rights="CC BY 4.0, made for a test"
        )
        editor = key_editor(tmp_path / "stories" / "mine")
        assert editor.faults() == [] and editor.running() == []
        layers = ("furniture", "paragraphs", "sentences", "sources", "attributions")
        editor.apply([{"op": "confirm", "layer": n, "ids": [r["id"] for r in editor.layer(n)]} for n in layers])
        assert [lesson["name"] for lesson in editor.lessons() if lesson["done"]] == ["01", "02", "03"]
        screen = editor.edit()
        screen._asked(None, {"do": "lessons", "seq": 1, "by": "v"}, None)
        assert {"01", "02", "03"} <= {*re.findall(r"\d\d", screen.state["told"])}
        assert [lesson["name"] for lesson in screen.state["lessons"] if lesson["runs"]] == ["01", "02", "03"]
        assert not screen.state["error"] and on_disk(editor)["answers"]


class TestScreen:
    def test_every_word_of_the_screen_is_used_and_every_used_word_is_there(self) -> None:
        script = (Path(edit_script.__wrapped__.__code__.co_filename).parent / "edit_key.js").read_text("utf-8")
        script += (files("copydesk_classroom") / "unsaved.js").read_text("utf-8")
        say = class_wording("editor")["screen"]
        used = {*re.findall(r"\bsay\.([a-z_]+)", script)} - {"marker", "roles"}
        assert used <= set(say), used - set(say)
        assert not {n for n in say if not re.search(rf"\b{n}\b", script)} - {
            "said_undo",
            "said_redo",
            "made",
            "made_none",
        }

    def test_a_fault_names_its_layer_so_that_a_click_can_go_there(self, editor: KeyEditor) -> None:
        editor.apply([put("attributions", "A5", form="direct")])
        screen = editor.edit()
        assert [(f["layer"], f["id"]) for f in screen.state["faults"]] == [("attributions", "A5")]

    def test_a_saved_notebook_holds_one_sentence(self, editor: KeyEditor) -> None:
        data, _ = editor.edit()._repr_mimebundle_()
        assert data["text/plain"] == f"The key of “greywater-barrage”: 0 of {editor.meter()[1]} entries are confirmed."

    def test_a_story_that_runs_from_right_to_left_is_shown_so_and_keyed_by_hand(self, tmp_path: Path) -> None:
        shutil.copytree(SEEDS.parent / "tests" / "fixtures" / "stories" / "harbour-he", tmp_path / "he")
        editor = KeyEditor(tmp_path / "he")
        screen, sentence = editor.edit(), editor.article.sentences[0]
        assert (screen.spec["lang"], screen.spec["dir"]) == ("he", "rtl")
        fields = {"content": [{"start": sentence.start, "end": sentence.end}], "source": None, "cue": None}
        faults = editor.faults()
        ops = [{"op": "remove", "layer": "attributions", "id": a["id"]} for a in editor.layer("attributions")]
        editor.apply([*ops, {"op": "add", "layer": "attributions", "id": "A90", "fields": fields}])
        assert entry(editor, "attributions", "A90")["region"] == "p1" and faults == []

    def test_the_parts_cover_every_layer_and_their_letters_are_free(self) -> None:
        tabs = class_wording("editor")["tabs"].values()
        assert {layer for tab in tabs for layer in tab["layers"]} == {*SHOWN}
        for tab in tabs:
            assert not set(tab.get("keys", {})) & set("aenvx"), tab["title"]

    def test_a_full_disk_is_said_and_may_be_tried_again(self, editor: KeyEditor, monkeypatch: Any) -> None:
        def full(*_: Any, **__: Any) -> None:
            raise OSError(28, "No space left on device")

        screen = editor.edit()
        monkeypatch.setattr("copydesk_classroom.stories.editor.write", full)
        screen._asked(
            None, {"do": "change", "seq": 4, "by": "v", "ops": [put("sentences", "p1.s1", voice="mixed")]}, None
        )
        assert screen.state["again"] and "No space left" in screen.state["error"] and not screen.state["saved_text"]


LAYERS_OF_CHANGES = st.sampled_from(["attributions", "sentences", "sources", "framing", "controls", "claims"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 4000) | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["start", "end", "id"]), inner, max_size=3)
    ),
    max_leaves=6,
)
FIELDS = st.dictionaries(
    st.sampled_from(
        ["form", "kind", "speaker", "source", "cue", "content", "voice", "name", "contestable", "start", "end"]
    ),
    VALUES,
    max_size=4,
)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_whatever_a_screen_sends_the_key_can_be_read_and_undone(tmp_path_factory: Any, data: st.DataObject) -> None:
    folder = tmp_path_factory.mktemp("story") / "s"
    shutil.copytree(_draft(tmp_path_factory), folder)
    editor = KeyEditor(folder)
    screen, before = EditKey(editor), {n: v for n, v in editor.document.items() if n != "edited"}
    for seq in range(data.draw(st.integers(1, 4))):
        layer = data.draw(LAYERS_OF_CHANGES)
        ids = [r["id"] for r in editor.layer(layer)] or ["A1"]
        op = {"op": data.draw(st.sampled_from(["set", "add", "remove", "confirm"])), "layer": layer}
        op |= {"id": data.draw(st.sampled_from([*ids, "A77"])), "fields": data.draw(FIELDS), "ids": [ids[0]]}
        screen._asked(None, {"do": "change", "seq": seq, "by": "v", "ops": [op]}, None)
    read_key(editor.path)
    while editor.can_undo:
        editor.undo()
    assert {n: v for n, v in editor.document.items() if n != "edited"} == before


DRAFTS: list[Path] = []


def _draft(tmp_path_factory: Any) -> Path:
    if not DRAFTS:
        DRAFTS.append(key_editor("practice", folder=tmp_path_factory.mktemp("draft")).folder)
    return DRAFTS[0]


def test_a_draft_that_is_confirmed_as_it_is_has_no_faults(folder: Path) -> None:
    editor = KeyEditor(folder)
    editor.apply([{"op": "confirm", "layer": n, "ids": [r["id"] for r in editor.layer(n)]} for n in SHOWN])
    assert editor.meter()[0] == editor.meter()[1] and "No faults" in repr(editor.check())
    assert key_faults(read_key(editor.path), editor.article) == [] and not read_key(editor.path).unconfirmed


class TestNotebook:
    NAME = "edit_key.ipynb"

    @pytest.fixture
    def beside(self, tmp_path: Path) -> Path:
        folder = tmp_path / "kit" / "instructor"
        folder.mkdir(parents=True)
        shutil.copy(SEEDS.parent / "notebooks" / "instructor" / self.NAME, folder)
        return folder

    def test_it_passes_twice_without_a_story_of_one_s_own(self, beside: Path, tmp_path: Path) -> None:
        for _ in range(2):
            assert_green(nbval(tmp_path / "answers", self.NAME, folder=beside))
        assert sorted(p.name for p in beside.iterdir()) == [self.NAME, "tried_out"]

    def test_nbval_can_fail(self, beside: Path, tmp_path: Path) -> None:
        """A draft whose hashes are wrong turns it red."""
        package = tmp_path / "package"
        for name in ("copydesk", "copydesk_classroom"):
            shutil.copytree(SEEDS.parent / "src" / name, package / name)
        draft = package / "copydesk_classroom" / "stories" / "draft.py"
        right = draft.read_text("utf-8")
        draft.write_text(right.replace('"hash": short_hash(span.of(text))', '"hash": "0"'), "utf-8")
        assert draft.read_text("utf-8") != right
        done = nbval(tmp_path / "answers", self.NAME, folder=beside, package=package)
        assert done.returncode == 1 and "Not ready" in done.stdout, done.stdout[-3000:]
