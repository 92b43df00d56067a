"""Two keys of one story: how far they agree, where they differ, and a draft that holds both readings."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from copydesk.base.errors import CopydeskError
from copydesk.base.spans import Span
from copydesk.story.key import read_key
from copydesk.story.story import load_story
from copydesk_classroom.checking import key_faults
from copydesk_classroom.stories.compare import compare_keys, compare_lines, compare_page, merged_draft, read_two_keys
from copydesk_classroom.stories.confirm import encode_key, unconfirmed
from copydesk_classroom.stories.draft import place
from tests.classroom.test_stories_new import command

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
STORY = "saltness-horn"
BUILT_IN = ("baltics-2022", "greywater-barrage", "practice", "saltness-horn")
Json = dict[str, Any]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the story and the key of its first coder."""
    shutil.copytree(SEEDS / STORY, tmp_path / "horn")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def entry(key: Json, layer: str, name: str) -> Json:
    found: Json = next(record for record in key[layer] if record["id"] == name)
    return found


def second(change: Callable[[Json], object], *, coder: str = "Bo") -> Path:
    """The key of a second coder, who does one thing otherwise."""
    key = json.loads(Path("horn/key.json").read_text("utf-8"))
    change(key)
    Path("bo.json").write_text(json.dumps({**key, "coders": coder}), encoding="utf-8")
    return Path("bo.json")


def page_of() -> Any:
    return load_story("horn").article


def faults(draft: Json, here: Path) -> list[str]:
    (here / "draft.json").write_bytes(encode_key(draft))
    return key_faults(read_key(here / "draft.json"), page_of())


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_key_agrees_with_itself_in_everything(name: str) -> None:
    story = load_story(name)
    assert story.key
    found = compare_keys(story.key, story.key, story.article)
    assert found.differences == () and found.measured
    assert all(m.f1 in (None, 1) and m.same in (None, 1) and m.alpha in (None, 1) for m in found.measured)
    draft, left_out = merged_draft(found)
    assert left_out == [] and unconfirmed(draft) == {}
    assert {n: draft[n] for n in ("attributions", "framing", "sentences")} == {
        n: [e.data for e in story.key.layer(n)] for n in ("attributions", "framing", "sentences")
    }


class TestMeasures:
    """Figures that can be worked out by hand."""

    def test_one_of_18_attributions_missing(self) -> None:
        found = read_two_keys("horn", second(lambda key: key["attributions"].pop(5)))
        there = next(m for m in found.measured if (m.layer, m.what) == ("attributions", "entries"))
        assert there.entries == (18, 17) and there.f1 == pytest.approx(2 * 17 / 35)

    def test_one_of_28_voices_otherwise(self) -> None:
        found = read_two_keys("horn", second(lambda key: entry(key, "sentences", "p1.s1").update(voice="mixed")))
        voice = next(m for m in found.measured if m.what == "voice")
        assert voice.same == pytest.approx(27 / 28) and voice.alpha is not None and voice.low is not None
        assert voice.alpha < 1 and voice.low < voice.alpha

    def test_words_of_a_span_that_two_coders_cut_differently(self) -> None:
        def shorten(key: Json) -> None:
            content = entry(key, "attributions", "A3")["content"][0]
            text = page_of().text
            content.update(place(text, Span(content["start"], content["start"] + 27)))

        found = read_two_keys("horn", second(shorten))
        content = next(m for m in found.measured if m.what == "content")
        source = next(m for m in found.measured if m.what == "source")
        assert content.f1 is not None and 0.9 < content.f1 < 1 and source.f1 == 1
        assert [(d.entry.id, d.fields) for d in found.differences] == [("A3", ("content",))]

    def test_layers_that_only_one_key_has_agree_in_nothing(self) -> None:
        found = read_two_keys("horn", second(lambda key: key.update(claims=[])))
        claims = {m.what: m for m in found.measured if m.layer == "claims"}
        assert claims["entries"].f1 == 0 and claims["words"].f1 == 0 and "verdict" not in claims


CHANGES: dict[str, tuple[Callable[[Json], object], str, Json]] = {
    "voice": (lambda key: entry(key, "sentences", "p3.s1").update(voice="mixed"), "p3.s1", {"voice": "mixed"}),
    "form": (lambda key: entry(key, "attributions", "A3").update(form="mixed"), "A3", {"form": "mixed"}),
    "kind": (lambda key: entry(key, "sources", "CLUB").update(kind="witness"), "CLUB", {"kind": "witness"}),
    "device": (lambda key: entry(key, "framing", "D2").update(device="hedge"), "D2", {"device": "hedge"}),
    "verdict": (lambda key: entry(key, "claims", "C2").update(verdict="imprecise"), "C2", {"verdict": "imprecise"}),
    "missing attribution": (
        lambda key: key["attributions"].remove(entry(key, "attributions", "A2")),
        "A2",
        {"not_an_attribution": True},
    ),
    "missing device": (lambda key: key["framing"].remove(entry(key, "framing", "D1")), "D1", {"reading": "not_there"}),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_differs_is_contestable_in_the_draft_with_both_readings(name: str, here: Path) -> None:
    change, entry_id, patch = CHANGES[name]
    found = read_two_keys("horn", second(change))
    assert [d.entry.id for d in found.differences] == [entry_id]
    draft, left_out = merged_draft(found)
    (layer,) = unconfirmed(draft)
    record = entry(draft, layer, entry_id)
    assert record["rule"] == "two_coders" and left_out == []
    assert patch in [alternative["patch"] for alternative in record["contestable"]["alternatives"]]
    assert faults(draft, here) == []


def test_what_only_the_second_coder_has_is_taken_too(here: Path) -> None:
    spare = second(lambda key: None, coder="Ada")
    shutil.copy(spare, "ada.json")
    found = read_two_keys(second(lambda key: key["attributions"].remove(entry(key, "attributions", "A2"))), "ada.json")
    draft, left_out = merged_draft(found)
    assert entry(draft, "attributions", "A2")["contestable"]["alternatives"][-1]["patch"] == {
        "not_an_attribution": True
    }
    assert left_out == [] and faults(draft, here) == [] and draft["coders"] == "Bo; Ada"


def test_an_entry_that_would_share_its_words_is_left_out_and_told(here: Path) -> None:
    def split(key: Json) -> None:
        """The second coder takes the first half of a quotation for another attribution."""
        record = entry(key, "attributions", "A4")
        start, end, text = record["content"][0]["start"], record["content"][0]["end"], page_of().text
        middle = text.index(" than", start)
        extra = {
            **record,
            "id": "A99",
            "form": "mixed",
            "content": [place(text, Span(start, middle))],
            "contestable": None,
        }
        record.update(content=[place(text, Span(middle + 1, end))], form="mixed")
        key["attributions"].append(extra)

    found = read_two_keys("horn", second(split))
    draft, left_out = merged_draft(found)
    assert len(left_out) == 1 and left_out[0] in ("A4", "A99") and faults(draft, here) == []


class TestShown:
    """In a terminal, and as a page."""

    def test_each_difference_stands_with_both_readings(self, capsys: pytest.CaptureFixture[str], here: Path) -> None:
        second(lambda key: entry(key, "attributions", "A3").update(form="mixed"))
        assert command("story", "compare", "horn", "bo.json", "--html", "page.html", "--merge", "merged.json") == 0
        said = capsys.readouterr().out
        assert "horn: form: direct" in said and "Bo: form: mixed" in said and "1 places differ." in said
        assert "merged.json: a draft with both readings of each. 1 entries" in said
        html = (here / "page.html").read_text("utf-8")
        assert "form: direct" in html and "form: mixed" in html and "script" not in html and "<table" in html

    def test_words_of_a_stranger_are_escaped(self) -> None:
        def evil(key: Json) -> None:
            entry(key, "attributions", "A3").update(speaker="<script>alert(1)</script>")

        html = compare_page(read_two_keys("horn", second(evil, coder="<b>Bo</b>")))
        assert "<script" not in html and "<b>Bo" not in html and "&lt;script&gt;" in html

    def test_no_difference_is_said(self) -> None:
        assert compare_lines(read_two_keys("horn", second(lambda key: None)))[-1] == "They do not differ."

    def test_a_file_that_is_there_is_not_written_over(self, here: Path) -> None:
        second(lambda key: None)
        before = (here / "bo.json").read_bytes()
        with pytest.raises(CopydeskError, match="is there already"):
            command("story", "compare", "horn", "bo.json", "--merge", "bo.json")
        assert (here / "bo.json").read_bytes() == before


class TestRefused:
    """One sentence for each."""

    def test_keys_of_different_pages(self) -> None:
        with pytest.raises(CopydeskError, match="were made for different pages"):
            read_two_keys("horn", "practice")

    def test_no_key(self) -> None:
        with pytest.raises(CopydeskError, match="no story named 'nothing'"):
            read_two_keys("horn", "nothing")

    def test_a_key_whose_page_is_nowhere(self, here: Path) -> None:
        key = json.loads(second(lambda key: key.update(sha256="0" * 64)).read_text("utf-8"))
        (here / "lonely").mkdir()
        for name in ("a.json", "b.json"):
            (here / "lonely" / name).write_text(json.dumps(key), encoding="utf-8")
        with pytest.raises(CopydeskError, match="the page of 'saltness-horn' is not here"):
            read_two_keys("lonely/a.json", "lonely/b.json")

    def test_what_is_no_key(self, here: Path) -> None:
        (here / "bo.json").write_text("{}")
        with pytest.raises(CopydeskError, match="is not an answer key"):
            read_two_keys("horn", "bo.json")
