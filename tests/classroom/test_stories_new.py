"""`copydesk new`: any page becomes a story with a draft key; what was confirmed outlives a corrected page."""

from __future__ import annotations

import argparse
import datetime as dt
import io
import json
import shutil
import sys
import threading
import tomllib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk.base.errors import CopydeskError
from copydesk.page.article import MOST_CHARACTERS, parse_article
from copydesk.story.key import read_key
from copydesk.story.story import load_story
from copydesk_classroom.checking import key_faults
from copydesk_classroom.releasing.release import release
from copydesk_classroom.stories.carry import carry_over
from copydesk_classroom.stories.commands import add_new, add_story
from copydesk_classroom.stories.confirm import (
    confirm,
    encode_key,
    lesson_states,
    progress,
    read_raw_key,
    unconfirmed,
    write_raw_key,
)
from copydesk_classroom.stories.draft import draft_key, is_english
from copydesk_classroom.stories.new import NewStory, correct_lines, new_story, redraft, story_toml, summary
from copydesk_classroom.stories.page import differing_lines, fetch, read_any_page
from copydesk_classroom.stories.quotes import Quote, find_quote, quote_of
from tests.classroom.made_pages import LIST_AND_TABLE, MENUS, SPANISH, TWO_STORIES, WRAPPED, long_page

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
BUILT_IN = ("baltics-2022", "greywater-barrage", "practice", "saltness-horn")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The instructor's working folder, with one page in it."""
    (tmp_path / "ferry.txt").write_text(WRAPPED, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def command(*words: str) -> int:
    """Run `copydesk new` or `copydesk story` as the console script would; its entry points need an installed kit."""
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers()
    add_new(commands)
    add_story(commands)
    options = parser.parse_args(words)
    return int(options.run(options))


def faults_of(made: NewStory) -> list[str]:
    return key_faults(read_key(made.folder / "key.json"), made.article)


class TestTheFolder:
    """What lies in it."""

    def test_the_page_is_kept_byte_for_byte(self, here: Path) -> None:
        data = "\ufeffRain ends\r\n\r\nIt rained,\u00a0Ada Lund said.\r\n".encode()
        (here / "rain.txt").write_bytes(data)
        made = new_story("rain.txt")
        assert made.folder == here / "stories" / "rain-ends"
        assert (made.folder / "page.txt").read_bytes() == data
        assert load_story("rain-ends").article.text.encode() == data

    def test_story_toml_says_what_the_page_says_and_the_key_who_made_it(self) -> None:
        made = new_story("ferry.txt", name="dam")
        story = load_story("dam")
        assert story.about["headline"] == "Riverton dam to stay closed, water authority says"
        assert story.date == dt.date(2026, 3, 6) and story.about["language"] == "en"
        assert made.key["provenance"] == {"agency": "Mere Wire", "reporter": "Petra Moss", "publisher": None}
        assert not {"agency", "reporter", "publisher"} & {*story.about}, "learners of a graded edition get story.toml"

    def test_unknown_rights_come_with_two_sentences_on_what_a_teacher_may_do(self) -> None:
        made = new_story("ferry.txt")
        toml = (made.folder / "story.toml").read_text("utf-8")
        assert tomllib.loads(toml)["rights"] == "unknown"
        told = [line for line in toml.splitlines() if line.startswith("# ")]
        assert len(told) == 2 and "your own class" in told[0] and "Ask the publisher" in told[1]
        assert all(line.removeprefix("# ") in summary(made) for line in told)
        known = new_story("ferry.txt", name="known", rights="CC BY 4.0, Mere Wire")
        assert load_story("known").rights == "CC BY 4.0, Mere Wire"
        assert not [line for line in summary(known) if "publisher" in line]

    def test_every_entry_of_the_draft_is_unconfirmed_and_has_its_rule(self) -> None:
        key = new_story("ferry.txt").key
        layers = ("furniture", "paragraphs", "sentences", "sources", "attributions", "cue_places")
        for layer in layers:
            assert key[layer] and all(r["unconfirmed"] is True and r["rule"] for r in key[layer]), layer
        assert {a["rule"] for a in key["attributions"]} >= {"quote_then_speaker", "non_response", "according_to"}
        assert unconfirmed(key) == {layer: [r["id"] for r in key[layer]] for layer in layers}

    @pytest.mark.parametrize("text", [WRAPPED, SPANISH, TWO_STORIES, long_page(30_000), "Rain", "It rained.\n" * 300])
    def test_a_draft_has_no_faults(self, text: str, here: Path) -> None:
        (here / "page.txt").write_text(text, encoding="utf-8")
        made = new_story("page.txt", name="page", language="en")
        assert faults_of(made) == []

    @pytest.mark.parametrize("story", BUILT_IN)
    def test_a_draft_of_a_story_whose_key_is_known(self, story: str) -> None:
        made = new_story(str(SEEDS / story / "page.txt"), name="again")
        known = load_story(SEEDS / story)
        assert faults_of(made) == [] and known.key
        voices = {s["id"]: s["voice"] for s in made.key["sentences"]}
        accepted = {
            e.id: {e["voice"], *(a.patch.get("voice") for a in e.alternatives)} for e in known.key.layer("sentences")
        }
        right = sum(voices[name] in values for name, values in accepted.items())
        assert right >= 0.75 * len(accepted)

    def test_without_a_day_it_says_so(self, here: Path) -> None:
        (here / "rain.txt").write_text("Rain ends\n\nIt rained.", encoding="utf-8")
        made = new_story("rain.txt")
        assert load_story(made.folder).date == dt.date.today()
        assert any("names no day" in line for line in summary(made))

    def test_a_page_in_another_language_has_blocks_and_sentences(self, here: Path) -> None:
        (here / "puente.txt").write_text(SPANISH, encoding="utf-8")
        made = new_story("puente.txt", name="puente", language="es")
        assert made.key["attributions"] == [] and len(made.key["sentences"]) == 7
        assert any("reads English" in line and "'es'" in line for line in summary(made))
        unsaid = new_story("puente.txt", name="unsaid")
        assert load_story("unsaid").about["language"] == "und" and not is_english(SPANISH)
        assert any("language" in line for line in summary(unsaid))

    def test_at_a_terminal_it_asks_and_takes_what_is_said(self) -> None:
        said = {"headline": "The dam", "date": "2026-03-09", "rights": "with permission of Mere Wire"}
        asked: list[str] = []

        def ask(question: str, usual: str) -> str:
            asked.append(question)
            return said.get(question, usual)

        made = new_story("ferry.txt", name="dam", ask=ask)
        story = load_story("dam")
        assert {*asked} == {"headline", "date", "language", "publisher", "agency", "rights"}
        assert (story.about["headline"], story.date, story.rights) == ("The dam", dt.date(2026, 3, 9), said["rights"])
        assert made.key["provenance"]["agency"] == "Mere Wire"

    def test_without_a_terminal_it_asks_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("builtins.input", lambda _: pytest.fail("it asked"))
        assert command("new", "ferry.txt") == 0

    def test_check_says_how_far_a_draft_is_and_which_lessons_run(self, capsys: pytest.CaptureFixture[str]) -> None:
        from copydesk_classroom.commands import run_check

        made = new_story("ferry.txt", name="dam")
        options = dict.fromkeys(("lesson", "roster", "weights", "due", "rubric"))
        flags = dict.fromkeys(("finder", "all", "guess"), False)
        assert run_check(argparse.Namespace(story="dam", **options, **flags)) == 0
        said = capsys.readouterr().out
        assert f"{sum(map(len, unconfirmed(made.key).values())) - len(made.key['cue_places'])} entries" in said
        assert "lessons that run: none yet" in said

    SAID = st.sampled_from(
        [
            *(
                "“It rained,” ",
                "Ada Lund ",
                "said ",
                "that ",
                "the river ",
                "is high. ",
                "According to ",
                "Bo Ek, ",
                "he ",
            ),
            *("“", "”", '"', "\n\n", "\n", "’", "told reporters ", "declined to comment. ", "asked ", "the report, "),
            *(": ", "« ", " »", "\u200b", "😀", "A"),
        ]
    )

    @settings(max_examples=40)
    @given(st.lists(SAID, min_size=1, max_size=60), st.lists(SAID, max_size=60))
    def test_a_draft_of_any_words_has_no_faults_and_neither_has_one_that_is_carried_over(
        self, first: list[str], second: list[str]
    ) -> None:
        old, path = "".join(first), Path("fuzz-key.json")
        drafts = []
        for text in (old, "".join(second) + old):
            if not "".join(text.split("\u200b")).strip() or not any(c.isalnum() for c in text):
                return
            article = parse_article(text)
            drafts.append((draft_key(article, "x"), article))
            path.write_bytes(encode_key(drafts[-1][0]))
            assert key_faults(read_key(path), article) == []
        confirmed = confirm(drafts[0][0])
        moved, _ = carry_over(confirmed, old, *drafts[1])
        path.write_bytes(encode_key(moved))
        assert key_faults(read_key(path), drafts[1][1]) == []


class TestNames:
    """Where the folder goes, and what it may be called."""

    @pytest.mark.parametrize("name", ["", "Ferry", "a b", "../x", "a/b", "con", "-x", "x" * 61, "é"])
    def test_a_wrong_name_is_one_sentence(self, name: str) -> None:
        if name:
            with pytest.raises(CopydeskError, match="is no name for a story"):
                new_story("ferry.txt", name=name)

    def test_a_story_of_the_kit_keeps_its_name(self) -> None:
        with pytest.raises(CopydeskError, match="comes with Copydesk"):
            new_story("ferry.txt", name="practice")

    def test_a_headline_in_another_script_gives_a_name_too(self, here: Path) -> None:
        (here / "page.txt").write_text("النهر عاد\n\nعاد النهر يوم الجمعة إلى المدينة.", encoding="utf-8")
        assert new_story("page.txt").folder.name.startswith("story-")

    def test_a_folder_that_holds_something_else_is_left_alone(self, here: Path) -> None:
        (here / "stories" / "dam").mkdir(parents=True)
        (here / "stories" / "dam" / "notes.txt").write_text("mine")
        with pytest.raises(CopydeskError, match="is there already, and is no story"):
            new_story("ferry.txt", name="dam")

    def test_another_story_under_the_same_name_is_refused(self, here: Path) -> None:
        new_story("ferry.txt", name="dam")
        (here / "other.txt").write_text(TWO_STORIES, encoding="utf-8")
        before = (here / "stories" / "dam" / "key.json").read_bytes()
        with pytest.raises(CopydeskError, match="holds another story"):
            new_story("other.txt", name="dam")
        assert (here / "stories" / "dam" / "key.json").read_bytes() == before


class TestAgain:
    """The same command on the same page, and on a corrected one."""

    def edited(self) -> NewStory:
        """A story of which two attributions, a sentence and the headline are confirmed, one of them corrected."""
        made = new_story("ferry.txt", name="dam")
        raw = confirm(made.key, ["A1", "A2", "S1", "p1.s1", "f1"])
        first = next(a for a in raw["attributions"] if a["id"] == "A1")
        first |= {"kind": "institution", "note": "looked at twice"}
        write_raw_key(made.folder, raw)
        return made

    def test_what_was_confirmed_is_not_written_over(self) -> None:
        made = self.edited()
        again = new_story("ferry.txt", name="dam")
        kept = next(a for a in again.key["attributions"] if a["id"] == "A1")
        assert kept["note"] == "looked at twice" and "unconfirmed" not in kept
        before, after = read_raw_key(made.folder), again.key
        assert after == before and again.lost == () and again.again
        assert progress(after)["attributions"].confirmed == 2

    def test_on_a_corrected_page_it_moves_along_and_the_rest_is_drafted_anew(self, here: Path) -> None:
        self.edited()
        corrected = WRAPPED.replace("Riverton dam to", "Correction: the dam is old.\n\nRiverton dam to", 1)
        (here / "ferry.txt").write_text(corrected.replace("forty acres", "fifty acres"), encoding="utf-8")
        again = new_story("ferry.txt", name="dam")
        text = again.article.text
        kept = {a["id"]: a for a in again.key["attributions"]}
        cue = kept["A1"]["cue"]
        assert text[cue["start"] : cue["end"]] == "said" and kept["A1"]["note"] and again.lost == ()
        assert faults_of(again) == []
        assert [r["id"] for r in again.key["attributions"] if "unconfirmed" not in r] == ["A1", "A2"]

    def test_what_is_gone_from_the_page_is_listed_and_kept_in_the_backup(self, here: Path) -> None:
        made = self.edited()
        before = (made.folder / "key.json").read_bytes()
        (here / "ferry.txt").write_text(WRAPPED.replace("The crack is old", "The crack is new"), encoding="utf-8")
        again = new_story("ferry.txt", name="dam")
        assert [lost.id for lost in again.lost] == ["A2"] and "Tom Ulm" in again.lost[0].words
        assert any("A2" in line and "not on the page any more" in line for line in summary(again))
        assert (made.folder / "key.json.bak").read_bytes() == before
        assert faults_of(again) == []

    def test_what_somebody_removed_is_not_drafted_again(self) -> None:
        made = new_story("ferry.txt", name="dam")
        raw = made.key
        gone = next(a for a in raw["attributions"] if a["id"] == "A3")
        raw["attributions"].remove(gone)
        write_raw_key(made.folder, {**raw, "removed": [gone]})
        again = new_story("ferry.txt", name="dam")
        spans = [a["content"] for a in again.key["attributions"]]
        assert gone["content"] not in spans and len(again.key["attributions"]) == len(raw["attributions"])

    def test_a_run_that_was_cut_off_after_the_page_can_be_repeated(self, here: Path) -> None:
        made = self.edited()
        corrected = WRAPPED.replace("forty acres", "fifty acres")
        shutil.copy(made.folder / "page.txt", made.folder / "page.txt.bak")
        (made.folder / "page.txt").write_text(corrected, encoding="utf-8")
        (here / "ferry.txt").write_text(corrected, encoding="utf-8")
        again = new_story("ferry.txt", name="dam")
        assert again.lost == () and progress(again.key)["attributions"].confirmed == 2

    def test_what_story_toml_says_stays(self) -> None:
        made = new_story("ferry.txt", name="dam", rights="CC BY 4.0, Mere Wire")
        path = made.folder / "story.toml"
        path.write_text(
            path.read_text("utf-8").replace("2026-03-06", "2026-03-07") + 'content_note = "A dam."\n', "utf-8"
        )
        new_story("ferry.txt", name="dam")
        story = load_story("dam")
        assert (story.date, story.about["content_note"]) == (dt.date(2026, 3, 7), "A dam.")

    def test_a_corrected_line_renames_blocks_and_what_is_confirmed_follows(self) -> None:
        made = self.edited()
        line = made.article.block("p1").line
        again = correct_lines(made.folder, {line: "standfirst"})
        assert load_story("dam").article.block("f4").kind == "standfirst"
        regions = {a["id"]: a["region"] for a in again.key["attributions"]}
        assert regions["A1"] == "f4" and regions["A2"] == "p1" and faults_of(again) == []
        back = correct_lines(made.folder, {line: "paragraph"})
        assert {a["id"]: a["region"] for a in back.key["attributions"]}["A1"] == "p1"
        assert redraft(made.folder).lost == ()

    def test_a_line_without_a_block_changes_nothing(self) -> None:
        made = self.edited()
        before = {path.name: path.read_bytes() for path in made.folder.iterdir()}
        with pytest.raises(CopydeskError, match="no block begins on line 999"):
            correct_lines(made.folder, {999: "caption"})
        assert {path.name: path.read_bytes() for path in made.folder.iterdir()} == before

    @pytest.mark.parametrize("story", BUILT_IN)
    def test_a_whole_key_is_carried_over_as_it_is(self, story: str) -> None:
        known = load_story(SEEDS / story)
        raw, article = read_raw_key(known.folder), known.article
        moved, lost = carry_over(raw, article.text, draft_key(article, story), article)
        assert lost == []
        for name in ("attributions", "framing", "sentences", "furniture", "sources", "entman", "claims"):
            key = {r["id"]: r for r in moved[name]} if raw.get(name) else {}
            assert key == {r["id"]: r for r in raw.get(name, ())}, name

    @pytest.mark.parametrize("story", BUILT_IN)
    def test_a_whole_key_is_carried_to_a_page_with_a_new_line_and_other_marks(self, story: str, here: Path) -> None:
        known = load_story(SEEDS / story)
        text = "Corrected at noon\n\n" + known.article.text.replace("“", '"').replace("”", '"')
        article = parse_article(text)
        moved, lost = carry_over(read_raw_key(known.folder), known.article.text, draft_key(article, story), article)
        (here / "key.json").write_bytes(encode_key(moved))
        assert lost == [] and key_faults(read_key(here / "key.json"), article) == []
        assert not {"attributions", "framing", "claims", "controls"} & unconfirmed(moved).keys()

    @pytest.mark.parametrize(
        ("file", "old", "new", "says"),
        [
            ("key.json", '"schema"', '"schemas"', "is not an answer key"),
            ("key.json", "{", "[", "cannot be read as JSON"),
            ("key.json", '"start": 0', '"start": "0"', "is not a span"),
            ("key.json", '"coders"', '"removed": [3], "coders"', "lacks or mistypes"),
            ("story.toml", 'language = "en"', "language = 3", "language is '3'"),
            ("story.toml", "date = 2026-03-06", 'date = "soon"', "date is 'soon'"),
            ("story.toml", "sha256", "[lines]\ntwo", r"\[lines\] is not a table"),
            ("story.toml", "sha256", 'lines = {"999" = "caption"}\nsha256', "no block begins on line 999"),
            ("story.toml", "headline =", "headline", "cannot be read as TOML"),
        ],
    )
    def test_a_file_that_somebody_has_damaged_is_one_sentence(self, file: str, old: str, new: str, says: str) -> None:
        made = self.edited()
        path = made.folder / file
        assert old in path.read_text("utf-8")
        path.write_text(path.read_text("utf-8").replace(old, new, 1), encoding="utf-8")
        before = {found.name: found.read_bytes() for found in made.folder.iterdir()}
        with pytest.raises(CopydeskError, match=says):
            new_story("ferry.txt", name="dam")
        (made.folder / ".key.lock").unlink(missing_ok=True)  # the key is locked while a draft is written over it
        assert {found.name: found.read_bytes() for found in made.folder.iterdir()} == before


class TestQuotes:
    """A span is found again by its words and what stands around them."""

    def test_the_surroundings_decide_between_equal_words(self) -> None:
        old = "Ada Lund said it rained. Bo Ek said it snowed."
        new = "Bo Ek said it snowed. Ada Lund said it rained."
        found = find_quote(new, quote_of(old, parse_article(old).sentences[0].span), near=0)
        assert found and found.of(new) == "Ada Lund said it rained."

    def test_short_words_in_other_surroundings_are_not_guessed(self) -> None:
        assert find_quote("Nobody said so.", Quote("said", "Ada Lund ", " it rained"), near=0) is None
        assert find_quote("x y x", Quote("x", "", ""), near=None) is None

    @given(st.text(min_size=1, max_size=200), st.data())
    def test_a_quote_is_found_in_its_own_text(self, text: str, data: st.DataObject) -> None:
        start = data.draw(st.integers(0, len(text) - 1))
        end = data.draw(st.integers(start + 1, len(text)))
        from copydesk.base.spans import Span

        found = find_quote(text, quote_of(text, Span(start, end)), near=start)
        assert found is None or len(found.of(text).split()) == len(text[start:end].split())


class Site(BaseHTTPRequestHandler):
    """A site on this machine."""

    pages: ClassVar[dict[str, tuple[int, dict[str, str], bytes]]] = {}

    def do_GET(self) -> None:
        status, headers, body = self.pages.get(self.path, (404, {}, b""))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


HTML_HEAD = {"Content-Type": "text/html; charset=utf-8"}
TEXT_HEAD = {"Content-Type": "text/plain; charset=utf-8"}


@pytest.fixture
def site() -> Iterator[str]:
    """The address of a site with pages of several kinds."""
    latin = {"Content-Type": "text/plain; charset=iso-8859-1"}
    Site.pages = {
        "/ferry": (200, TEXT_HEAD, WRAPPED.encode()),
        "/latin": (200, latin, "Rain ends\n\nIt rained in Málaga, Ana Sol said.".encode("latin-1")),
        "/menus": (200, HTML_HEAD, MENUS.encode()),
        "/picture": (200, {"Content-Type": "image/png"}, b"\x89PNG"),
        "/moved": (302, {"Location": "/ferry"}, b""),
        "/away": (302, {"Location": "file:///etc/passwd"}, b""),
        "/round": (302, {"Location": "/round"}, b""),
        "/packed": (200, {**TEXT_HEAD, "Content-Encoding": "gzip"}, b"\x1f\x8b"),
        "/large": (200, TEXT_HEAD, b"Rain. " * 1_000_000),
        "/forbidden": (403, {}, b""),
    }
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


class TestAddresses:
    """A page is fetched when its address is given, and nothing else ever is."""

    def test_a_page_is_fetched_and_its_address_kept_in_the_key(self, site: str) -> None:
        made = new_story(f"{site}/ferry", name="dam")
        assert made.article.text == WRAPPED and made.key["provenance"]["address"] == f"{site}/ferry"
        assert "http" not in (made.folder / "story.toml").read_text("utf-8")

    def test_a_page_that_has_moved_and_one_in_another_encoding(self, site: str) -> None:
        assert fetch(f"{site}/moved") == WRAPPED.encode()
        assert "Málaga" in read_any_page(f"{site}/latin").text

    @pytest.mark.parametrize(
        ("page", "says"),
        [
            ("/nowhere", r"answered 404\); save the page in a browser"),
            ("/forbidden", "answered 403"),
            ("/picture", "sent no page but image/png"),
            ("/away", "answered 302"),
            ("/round", "does not give this page"),
            ("/packed", "sent the page packed"),
            ("/large", "is larger than 5 MB"),
        ],
    )
    def test_what_is_no_page_is_one_sentence(self, page: str, says: str, site: str) -> None:
        with pytest.raises(CopydeskError, match=says):
            read_any_page(f"{site}{page}")

    @pytest.mark.parametrize("address", ["ftp://example.org/x", "https://", "http://[::1", "https://exa mple.org/"])
    def test_what_is_no_address_is_one_sentence(self, address: str) -> None:
        with pytest.raises(CopydeskError, match="is no address of a page"):
            read_any_page(address)

    def test_without_a_network_it_says_so(self, no_network: Path) -> None:
        with pytest.raises(
            CopydeskError, match=r"example.org cannot be reached from here .*; save the page in a browser"
        ):
            read_any_page("https://example.org/ferry")
        no_network.unlink()

    def test_a_site_that_never_ends_is_left(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("copydesk_classroom.stories.page.SECONDS", 0.2)
        monkeypatch.setattr("copydesk_classroom.stories.page._answer", lambda *_: threading.Event().wait(5))
        with pytest.raises(CopydeskError, match="takes longer than"):
            fetch("http://127.0.0.1:9/")

    def test_a_file_asks_no_network(self, no_network: Path) -> None:
        new_story("ferry.txt")
        assert not no_network.exists()


class TestFiles:
    """Text, and what is none."""

    @pytest.mark.parametrize(
        ("data", "says"),
        [
            (b"", "holds no words"),
            (b" \n\t\n", "holds no words"),
            (b"\x80\x81", "is not UTF-8 text: byte 0 is 0x80"),
            (b"Rain\0ends", "byte 4 is zero"),
            (b"%PDF-1.7", "is a PDF; paste its text"),
            (b"PK\3\4....", "is a zip, or a document"),
            (b"\x89PNG\r\n", "is a picture"),
            (b"x " * MOST_CHARACTERS, "characters; a page may have 100,000"),
            (b"x" * 5_000_001, "is larger than 5 MB"),
            (b"a.\n\n" * 3000, "more than 2,000 lines"),
        ],
    )
    def test_what_is_no_page_is_one_sentence_and_leaves_nothing(self, data: bytes, says: str, here: Path) -> None:
        (here / "page").write_bytes(data)
        with pytest.raises(CopydeskError, match=says):
            new_story("page", name="page")
        assert not (here / "stories").exists()

    @pytest.mark.parametrize(
        ("path", "says"), [("none.txt", "there is no file"), (".", "is a folder"), ("a\0b", "no path")]
    )
    def test_a_path_to_nothing(self, path: str, says: str) -> None:
        with pytest.raises(CopydeskError, match=says):
            read_any_page(path)

    def test_what_comes_in(self) -> None:
        assert read_any_page("-", typed=io.BytesIO(WRAPPED.encode())).text == WRAPPED

    def test_the_command_says_what_was_made(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert command("new", "ferry.txt", "--name", "dam", "--rights", "CC0, nobody") == 0
        said = capsys.readouterr().out
        assert "10 blocks, 10 sentences, 11 attributions of 7 speakers" in said and "--story dam" in said

    @given(st.dictionaries(st.text(min_size=1), st.one_of(st.text(), st.integers(), st.booleans(), st.dates())))
    def test_story_toml_reads_back(self, about: dict[str, Any]) -> None:
        plain = {n: v for n, v in about.items() if json.dumps(n).isascii() or n.isprintable()}
        safe = {n: v.encode("utf-8", "replace").decode() if isinstance(v, str) else v for n, v in plain.items()}
        assert tomllib.loads(story_toml(safe)) == safe


class TestHtml:
    """A saved page as a browser shows it."""

    @pytest.fixture(autouse=True)
    def library(self) -> None:
        pytest.importorskip("trafilatura")

    def page(self, html: str | bytes, here: Path) -> str:
        (here / "page.html").write_bytes(html if isinstance(html, bytes) else html.encode())
        return read_any_page("page.html").text

    def test_scripts_and_what_is_hidden_are_not_on_the_page_and_furniture_is(self, here: Path) -> None:
        text = self.page(MENUS, here)
        assert "var menu" not in text and "hidden" not in text and "switch on" not in text and "color" not in text
        assert text.startswith(
            "Home\nNews\nSport\n\nFerry engine fails again, mayor says\n\nBy Ilse Brand\n\n6 March 2026"
        )
        assert text.endswith("© Coast Wire 2026. All rights reserved.\n\nSubscribe\n")

    def test_lists_have_their_bullets_and_rows_their_cells(self, here: Path) -> None:
        text = self.page(LIST_AND_TABLE, here)
        assert "\n• A new roof, which the builder Karl Odd says" in text and "\nRoof\t90,000\n" in text

    def test_white_space_is_as_in_a_browser(self, here: Path) -> None:
        html = "<p>One\n   two <b>three</b>,<i> four</i><br>five</p>\n<p> six&nbsp;seven </p><pre>a\n b</pre>"
        assert (
            self.page(f"<html><body>{html}</body></html>", here)
            == "One two three, four\nfive\n\nsix\u00a0seven\n\na\n b\n"
        )

    def test_the_file_is_kept_and_the_page_says_who_made_it(self, here: Path) -> None:
        (here / "page.html").write_text(MENUS, encoding="utf-8")
        made = new_story("page.html", name="ferry")
        assert (made.folder / "page.html").read_bytes() == MENUS.encode()
        assert made.key["provenance"] == {"agency": None, "reporter": "Ilse Brand", "publisher": "Coast Wire"}
        assert load_story("ferry").date == dt.date(2026, 3, 6)

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "iso-8859-1"])
    def test_encodings(self, encoding: str, here: Path) -> None:
        said = {"cp1252": "windows-1252", "iso-8859-1": "iso-8859-1"}.get(encoding, "")
        meta = f'<meta charset="{said}">' if said else ""
        html = f"<html><head>{meta}</head><body><p>Ana Sol has said in Málaga that it rained.</p></body></html>"
        assert "Málaga" in self.page(html.encode(encoding), here)

    @pytest.mark.parametrize(
        "html",
        [
            "<html><body></body></html>",
            "<html><script>document.write('x')</script></html>",
            "<!doctype html>",
            "<html>" + "<div>" * 5000,
            "<html><body>" + "<p hidden>x" * 500,
        ],
    )
    def test_a_page_without_words_is_one_sentence(self, html: str, here: Path) -> None:
        with pytest.raises(CopydeskError, match=r"holds no words|no HTML that can be read"):
            self.page(html, here)

    @given(st.binary(max_size=300), st.text(max_size=300))
    def test_whatever_it_holds_it_is_read_or_refused(self, data: bytes, text: str) -> None:
        path = Path("fuzz.html")
        path.write_bytes(b"<html><body>" + data + text.encode("utf-8", "replace"))
        try:
            assert parse_article(read_any_page(str(path)).text)
        except CopydeskError as error:
            assert str(error)

    def test_the_librarys_answer_is_kept_where_it_differs(self, here: Path) -> None:
        page = "<p>Rain has come back to the valley after three dry years, and the mill at the bridge turns again.</p>"
        aside = "<p>Win a weekend at the coast with our quiz.</p><p>Forty readers have won it since the spring.</p>"
        article = f"<article><h1>Rain is back</h1>{page * 3}</article>"
        html = f"<html lang=en><body>{article}<aside>{aside}</aside></body></html>"
        (here / "page.html").write_text(html, encoding="utf-8")
        found = read_any_page("page.html")
        made = new_story("page.html", name="rain")
        assert found.lines and load_story("rain").about["lines"] == {str(n): kind for n, kind in found.lines.items()}
        rules = {r["line"]: r["rule"] for layer in ("furniture", "paragraphs") for r in made.key[layer]}
        assert all(rules[line] == "extractor" for line in found.lines)
        assert any("[lines]" in note for note in summary(made))

    def test_a_library_that_misses_the_article_is_not_asked(self) -> None:
        assert (
            differing_lines(parse_article("Rain ends\n\nIt rained for a week.\n\nIt was a wet week."), "nothing") == {}
        )


def test_without_the_library_it_says_how_to_get_it(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "trafilatura", None)
    monkeypatch.setitem(sys.modules, "lxml", None)
    (here / "page.html").write_text(MENUS, encoding="utf-8")
    with pytest.raises(
        CopydeskError, match=r'is not installed; run: python -m pip install "copydesk\[stories\]", or paste'
    ):
        new_story("page.html")


def test_a_story_without_lessons_is_not_released_in_an_edition_that_could_not_open(here: Path) -> None:
    made = new_story("ferry.txt", name="dam")
    write_raw_key(made.folder, confirm(made.key))
    with pytest.raises(CopydeskError, match="no lesson of this edition is on the story 'dam'; make its lessons"):
        release(here / "edition", story="dam", as_zip=False)


class TestConfirming:
    """The state of a draft."""

    def test_confirming_takes_the_marks_of_a_draft_away_and_nothing_else(self) -> None:
        made = new_story("ferry.txt", name="dam")
        done = confirm(made.key, ["A1"])
        before, after = ({a["id"]: a for a in key["attributions"]} for key in (made.key, done))
        assert after["A1"] == {n: v for n, v in before["A1"].items() if n not in ("unconfirmed", "rule")}
        assert after["A2"] == before["A2"] and "unconfirmed" in before["A1"]
        assert unconfirmed(confirm(made.key)) == {}

    def test_an_unknown_id_is_refused(self) -> None:
        with pytest.raises(CopydeskError, match="no entry 'A99'"):
            confirm(new_story("ferry.txt").key, ["A99"])

    def test_a_lesson_waits_for_what_it_asks_about(self) -> None:
        made = new_story("ferry.txt", name="dam")
        (made.folder / "lessons.toml").write_text("[01_what_is_on_the_page]\n", encoding="utf-8")
        write_raw_key(made.folder, made.key)
        states = {state.id[:2]: state for state in lesson_states(load_story("dam"))}
        assert "nobody has confirmed" in states["01"].why and "no section" in states["02"].why
        write_raw_key(made.folder, confirm(made.key))
        assert "nobody has confirmed" not in {s.id[:2]: s for s in lesson_states(load_story("dam"))}["01"].why
