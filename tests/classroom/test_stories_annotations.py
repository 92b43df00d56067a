"""Keys and answers as W3C Web Annotations: what goes out comes back unchanged, on every story of the kit."""

from __future__ import annotations

import copy
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.answers import AnswerFile
from copydesk.base import files
from copydesk.base.errors import CopydeskError
from copydesk.lessons.lesson import list_lessons, load_lesson
from copydesk.story.story import load_story
from copydesk_classroom.checking import key_faults
from copydesk_classroom.stories.annotations import (
    encode_annotations,
    export_answers,
    export_key,
    import_annotations,
    read_annotations,
)
from copydesk_classroom.stories.confirm import read_raw_key
from copydesk_classroom.stories.editor import KeyEditor
from copydesk_classroom.stories.new import new_story
from tests.classroom.test_stories_new import command

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
WORK = Path(__file__).resolve().parents[1] / "fixtures" / "version_0_1" / "work"
BUILT_IN = ("baltics-2022", "greywater-barrage", "practice", "saltness-horn")


def exported(name: str) -> dict[str, Any]:
    """The key of a story as it comes out of a file."""
    story = load_story(SEEDS / name)
    page = export_key(read_raw_key(story.folder), story.article, story)
    return dict(json.loads(encode_annotations(page)))


@pytest.mark.parametrize("name", BUILT_IN)
class TestKeys:
    """Out and in."""

    def test_a_key_comes_back_unchanged(self, name: str) -> None:
        found = import_annotations(exported(name), load_story(SEEDS / name))
        assert found.data == read_raw_key(SEEDS / name) and found.lost == () and found.whole

    def test_the_positions_count_code_points_and_the_quotes_say_the_same(self, name: str) -> None:
        text = load_story(SEEDS / name).article.text
        selectors = [t["selector"] for item in exported(name)["items"] for t in listed(item["target"])]
        assert len(selectors) > 10
        for position, quote in selectors:
            assert (position["type"], quote["type"]) == ("TextPositionSelector", "TextQuoteSelector")
            start, end = position["start"], position["end"]
            assert text[start:end] == quote["exact"]
            assert text[:start].endswith(quote["prefix"]) and text[end:].startswith(quote["suffix"])

    def test_every_annotation_has_what_the_model_asks(self, name: str) -> None:
        page = exported(name)
        assert page["@context"][0] == "http://www.w3.org/ns/anno.jsonld" and page["type"] == "AnnotationPage"
        ids = [item["id"] for item in page["items"]]
        assert len({*ids}) == len(ids)
        for item in page["items"]:
            assert item["type"] == "Annotation" and item["target"] and item["body"]

    def test_on_a_corrected_page_the_quotes_find_the_words(self, name: str, tmp_path: Path) -> None:
        folder = tmp_path / name
        shutil.copytree(SEEDS / name, folder)
        text = "Corrected at noon 😀\n\n" + (folder / "page.txt").read_text("utf-8")
        toml = (folder / "story.toml").read_text("utf-8")
        from copydesk.base.spans import fingerprint

        old = fingerprint((folder / "page.txt").read_bytes().decode())
        (folder / "page.txt").write_bytes(text.encode())
        (folder / "story.toml").write_text(toml.replace(old, fingerprint(text)), encoding="utf-8")
        (folder / "key.json").unlink()
        found = import_annotations(exported(name), load_story(folder))
        assert found.lost == ()
        first = found.data["attributions"][0]["content"][0]
        known = read_raw_key(SEEDS / name)["attributions"][0]["content"][0]
        assert first["start"] == known["start"] + len("Corrected at noon 😀\n\n") and first["hash"] == known["hash"]


def listed(target: Any) -> list[dict[str, Any]]:
    return [t for t in (target if isinstance(target, list) else [target]) if isinstance(t, dict)]


@pytest.mark.parametrize("path", sorted(WORK.glob("*/*.json")), ids=lambda path: f"{path.parent.name}/{path.name[:2]}")
def test_answers_come_back_unchanged(path: Path) -> None:
    document = json.loads(path.read_text("utf-8"))
    story = load_story(document["story"])
    page = json.loads(encode_annotations(export_answers(document, story)))
    found = import_annotations(page, story)
    assert (found.what, found.data, found.lost) == ("answers", document, ())


@pytest.mark.parametrize("name", BUILT_IN)
def test_model_answers_of_every_lesson_come_back_and_each_mark_is_an_annotation(name: str, tmp_path: Path) -> None:
    story = load_story(SEEDS / name)
    for lesson_id in (i for i in list_lessons() if i in story.lessons):
        lesson = load_lesson(lesson_id, story)
        answers = AnswerFile.open(name, lesson_id, sha256=story.about["sha256"], root=tmp_path)
        marks = 0
        for exercise in lesson.exercises:
            at = lesson.on_story_of(exercise)
            assert at.key
            models = exercise.model_answers(at.key, at.story.article.text)
            if models:
                answer = json.loads(json.dumps(next(iter(models.values()))))
                answers.save(exercise.id, answer)
                own = at.story.id == name
                marks += (
                    len([g for g in answer.get("groups", ()) if any(g.get(r) for r in g if r != "labels")])
                    if own
                    else 0
                )
        if answers.path.is_file():
            document = json.loads(answers.path.read_text("utf-8"))
            page = json.loads(encode_annotations(export_answers(document, story)))
            assert len(page["items"]) >= marks
            assert import_annotations(page, story).data == document


class TestOtherPrograms:
    """Annotations that Copydesk has not made become places to look at."""

    @pytest.fixture
    def story(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
        monkeypatch.chdir(tmp_path)
        (tmp_path / "rain.txt").write_text("Rain ends\n\nIt rained 😀, Ada Lund said. Bo Ek said no.", encoding="utf-8")
        new_story("rain.txt", name="rain", language="en")
        return load_story("rain")

    def test_by_quote_alone_with_their_comment_as_a_note(self, story: Any, capsys: pytest.CaptureFixture[str]) -> None:
        note = {"@context": "http://www.w3.org/ns/anno.jsonld", "type": "Annotation", "id": "x1"}
        note |= {"body": {"type": "TextualBody", "value": "Who says\nso?"}}
        quote = {"type": "TextQuoteSelector", "exact": "said", "prefix": "Bo Ek ", "suffix": " no"}
        note |= {"target": {"source": "https://example.org/rain", "selector": quote}}
        Path("other.jsonld").write_text(json.dumps([note]), encoding="utf-8")
        before = read_raw_key(story.folder)
        assert command("story", "annotations", "rain", "--read", "other.jsonld") == 0
        after = read_raw_key(story.folder)
        (place,) = [p for p in after["cue_places"] if p["rule"] == "annotation"]
        text = story.article.text
        assert text[: place["start"]].endswith("Bo Ek ") and text[place["start"] : place["end"]] == "said"
        assert (place["unconfirmed"], place["note"], place["region"]) == (True, "Who says so?", "p1")
        assert {n: v for n, v in after.items() if n != "cue_places"} == {
            n: v for n, v in before.items() if n != "cue_places"
        }
        assert (
            key_faults(load_story("rain").key, story.article) == [] and "1 annotations read" in capsys.readouterr().out
        )

    def test_they_are_kept_when_the_page_is_drafted_again(self, story: Any) -> None:
        quote = {"type": "TextQuoteSelector", "exact": "rained"}
        note = {"type": "Annotation", "body": {"value": "how much?"}, "target": {"selector": quote}}
        Path("other.jsonld").write_text(json.dumps(note), encoding="utf-8")
        command("story", "annotations", "rain", "--read", "other.jsonld")
        Path("rain.txt").write_text("Corrected\n\n" + Path("rain.txt").read_text("utf-8"), encoding="utf-8")
        again = new_story("rain.txt", name="rain")
        (place,) = [p for p in again.key["cue_places"] if p["rule"] == "annotation"]
        assert again.article.text[place["start"] : place["end"]] == "rained" and place["note"] == "how much?"

    @pytest.mark.parametrize(
        "words", ["story annotations rain --read other.jsonld", "story lessons rain", "new rain.txt"]
    )
    def test_no_command_loses_what_the_key_editor_writes(
        self, words: str, story: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """While another process holds the key, a command says so; after that, both changes are in it."""
        note = {"type": "Annotation", "target": {"selector": {"type": "TextQuoteSelector", "exact": "rained"}}}
        Path("other.jsonld").write_text(json.dumps(note), encoding="utf-8")
        given = [*words.split(), *(["--name", "rain"] if words.startswith("new") else [])]
        code = (
            "import sys; from copydesk_classroom.stories.editor import KeyEditor; from pathlib import Path\n"
            "editor = KeyEditor(Path(sys.argv[1]))\n"
            "with editor._changing():\n    print('held', flush=True); input()\n"
            "editor.apply([{'op': 'confirm', 'layer': 'sources', 'ids': ['S1']}])"
        )
        KeyEditor(story.folder)  # which completes the draft
        before = (story.folder / "key.json").read_bytes()
        monkeypatch.setattr(files, "LOCK_SECONDS", 0.3)
        holder_of = [sys.executable, "-c", code, str(story.folder)]
        with subprocess.Popen(holder_of, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
            assert holder.stdout is not None and holder.stdout.readline() == "held\n"
            with pytest.raises(CopydeskError, match="has been in use"):
                command(*given)
            assert (story.folder / "key.json").read_bytes() == before
            holder.communicate("\n")
        assert holder.returncode == 0 and command(*given) == 0
        raw = read_raw_key(story.folder)
        assert "unconfirmed" not in next(r for r in raw["sources"] if r["id"] == "S1")
        assert not words.startswith("story annotations") or any(p["rule"] == "annotation" for p in raw["cue_places"])

    def test_a_page_is_not_drafted_over_what_was_written_meanwhile(self, story: Any) -> None:
        def ask(_: str, usual: str) -> str:
            KeyEditor(story.folder).apply([{"op": "confirm", "layer": "sources", "ids": ["S1"]}])
            return usual

        with pytest.raises(CopydeskError, match="was changed while this command read it"):
            new_story("rain.txt", name="rain", ask=ask)
        assert new_story("rain.txt", name="rain").again

    def test_what_is_not_on_the_page_is_listed(self, story: Any, capsys: pytest.CaptureFixture[str]) -> None:
        quote = {"type": "TextQuoteSelector", "exact": "It snowed all day long"}
        note = {"type": "Annotation", "id": "x1", "target": {"selector": quote}}
        Path("other.jsonld").write_text(json.dumps({"items": [note]}), encoding="utf-8")
        command("story", "annotations", "rain", "--read", "other.jsonld")
        assert "not on this page: x1 “It snowed all day long”" in capsys.readouterr().out

    def test_the_key_goes_out_and_into_a_new_file_and_never_over_another(self, story: Any) -> None:
        assert command("story", "annotations", "rain", "--out", "rain.jsonld") == 0
        assert command("story", "annotations", "rain", "--read", "rain.jsonld", "--out", "back.json") == 0
        assert json.loads(Path("back.json").read_text("utf-8")) == read_raw_key(story.folder)
        with pytest.raises(CopydeskError, match="is there already"):
            command("story", "annotations", "rain", "--read", "rain.jsonld", "--out", "back.json")


class TestRefused:
    """One sentence for each."""

    @pytest.mark.parametrize(
        ("data", "says"),
        [
            (b"", "is empty"),
            (b"{", "is not JSON"),
            (b"3", "is not a JSON object"),
            (b"\xff", "is not text in UTF-8"),
            (b'{"items": 3}', "no page of annotations"),
            (b'{"items": [3]}', "no page of annotations"),
            (b"[" * 200_000, "brackets|not JSON"),
        ],
    )
    def test_what_is_no_file_of_annotations(self, data: bytes, says: str, tmp_path: Path) -> None:
        (tmp_path / "x.jsonld").write_bytes(data)
        with pytest.raises(CopydeskError, match=says):
            import_annotations(read_annotations(tmp_path / "x.jsonld"), load_story("practice"), {})

    def test_a_missing_file(self, tmp_path: Path) -> None:
        with pytest.raises(CopydeskError, match="there is no file"):
            read_annotations(tmp_path / "none.jsonld")

    @given(st.data())
    def test_whatever_is_changed_it_is_read_or_refused(self, data: st.DataObject) -> None:
        page = copy.deepcopy(exported("practice"))
        holder: Any = page
        for _ in range(data.draw(st.integers(0, 7))):
            inner = [*(holder if isinstance(holder, dict) else range(len(holder)))]
            step = data.draw(st.sampled_from(inner)) if inner else None
            if step is None or not isinstance(holder[step], dict | list) or not holder[step]:
                break
            holder = holder[step]
        places = [*(holder if isinstance(holder, dict) else range(len(holder)))]
        wrong = st.sampled_from([None, 3, -1, "x", [], {}, [1, 2], {"start": 1}, True, 2**70, "x" * 500])
        holder[data.draw(st.sampled_from(places))] = data.draw(wrong)
        try:
            import_annotations(page, load_story("practice"), {})
        except CopydeskError as error:
            assert str(error)
