"""The answer key: read, and every way to spoil one is caught with the name of the entry."""

import copy
import json
import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk.base.errors import CopydeskError
from copydesk.base.spans import Span, short_hash, words
from copydesk.story.key import LAYERS, read_key, spans_of
from copydesk.story.story import Story, load_story
from copydesk.views.sourcing import speakers, words_by_voice
from copydesk_classroom.checking import key_faults

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
STORIES = sorted(path.parent.name for path in SEEDS.glob("*/key.json"))
RAW = json.loads((SEEDS / "baltics-2022" / "key.json").read_text("utf-8"))
TEXT = (SEEDS / "baltics-2022" / "page.txt").read_bytes().decode("utf-8")
Json = dict[str, Any]


def entry(key: Json, name: str) -> Json:
    return next(e for layer in LAYERS for e in key.get(layer, ()) if e["id"] == name)


def patch(key: Json, name: str, number: int = 0) -> Json:
    return entry(key, name)["contestable"]["alternatives"][number]["patch"]


def place(start: int, end: int) -> Json:
    """A record that points rightly, wherever it points."""
    return {"start": start, "end": end, "hash": short_hash(TEXT[start:end])}


def move(record: Json, start: int, end: int) -> None:
    record.update(place(record["start"] + start, record["end"] + end))


# name → (what to spoil, what must be said)
MUTANTS: dict[str, tuple[Callable[[Json], object], str]] = {
    "shifted offset": (
        lambda k: entry(k, "A5")["content"][0].update(start=1129, end=1229),
        "A5: the words at 1129–1229",
    ),
    "wrong hash": (lambda k: entry(k, "D4").update(hash="00000000"), "D4: the words at 615–628 are not those"),
    "shifted patch": (lambda k: patch(k, "A1")["content"][0].update(start=354), "A1: the words at 354"),
    "beyond the page": (lambda k: entry(k, "D4").update(end=99999), "D4: 615–99999 is not a stretch of the page"),
    "white space at an edge": (lambda k: move(entry(k, "D4"), 0, 1), "D4: 615–629 begins or ends with white space"),
    "outside its region": (lambda k: entry(k, "D4").update(region="p3"), "D4: 615–628 lies outside p3"),
    "unknown region": (lambda k: entry(k, "D4").update(region="p99"), "D4: there is no block 'p99'"),
    "duplicate id in other case": (lambda k: entry(k, "PC2").update(id="d4"), "d4: the id is used twice .*with D4"),
    "duplicate id of an alternative": (
        lambda k: entry(k, "A3")["contestable"]["alternatives"][1].update(id="A3.A"),
        r"A3\.A: the id is used twice",
    ),
    "unknown form": (lambda k: entry(k, "A7").update(form="shouted"), "A7: form 'shouted' is not one of direct"),
    "unknown kind": (lambda k: entry(k, "A7").update(kind="spy"), "A7: kind 'spy'"),
    "unknown kind of source": (lambda k: entry(k, "RUSSIA").update(kind="bear"), "RUSSIA: kind 'bear'"),
    "unknown device": (lambda k: entry(k, "D4").update(device="loaded"), "D4: device 'loaded'"),
    "unknown device in a patch": (lambda k: patch(k, "D4").update(device="loaded"), "D4: device 'loaded'"),
    "unknown verdict": (lambda k: entry(k, "C1").update(verdict="true"), "C1: verdict 'true'"),
    "unknown voice": (lambda k: entry(k, "p2.s2").update(voice="ours"), r"p2\.s2: voice 'ours'"),
    "one reading": (lambda k: entry(k, "D4").update(readings=["only this"]), "D4: .*at least two readings"),
    "control on a device": (lambda k: entry(k, "PC2").update(place(615, 628)), "PC2: a plain control overlaps D4"),
    "overlapping content": (
        lambda k: entry(k, "A11").update(content=[place(2180, 2257)]),
        "A11: its content overlaps that of A10",
    ),
    "cue inside content": (lambda k: move(entry(k, "A7")["content"][0], -13, 0), "A7: its source or cue lies inside"),
    "direct without marks": (lambda k: move(entry(k, "A5")["content"][0], 1, 0), "A5: a direct quotation begins"),
    "unknown speaker": (lambda k: entry(k, "A7").update(speaker="Nobody"), "A7: speaker 'Nobody' is not among"),
    "carried from nowhere": (lambda k: entry(k, "A11").update(carried_from="A99"), "A11: carried_from names 'A99'"),
    "reporter inside content": (lambda k: entry(k, "rv1").update(place(353, 400), region="p1"), "rv1: the reporter’s"),
    "another reading of the page": (lambda k: entry(k, "p5").update(place(1314, 1412)), "p5: the reader finds"),
    "patch of an unknown field": (
        lambda k: patch(k, "A1").update(colour=1),
        r"A1\.a: the patch must name fields of A1",
    ),
    "empty patch": (lambda k: patch(k, "A1").clear(), r"A1\.a: the patch must name .* 'nothing'|A1\.a: .*nothing"),
    "merge with a missing entry": (lambda k: patch(k, "A11").update(merge_with="A99"), r"A11\.a: names 'A99'"),
    "split from a missing entry": (lambda k: patch(k, "A11").update(split_from="A98"), r"A11\.a: names 'A98'"),
    "patch beyond the page": (
        lambda k: patch(k, "A1").update(content=[{"start": 5000, "end": 5001, "hash": ""}]),
        r"A1\.a: its spans are not on the page",
    ),
    "contestable without alternatives": (
        lambda k: entry(k, "A1")["contestable"].update(alternatives=[]),
        "A1: is contestable but lists no alternative",
    ),
    "wrong sha": (lambda k: k.update(sha256="0" * 64), "'baltics-2022' was made for another page"),
}

UNREADABLE: dict[str, tuple[Callable[[Json], object], str]] = {
    "turned round": (lambda k: entry(k, "D4").update(start=628, end=615), "D4: it is not a span"),
    "not whole numbers": (lambda k: entry(k, "A5")["cue"].update(start=1237.0), "A5: its cue is not a span"),
    "no end": (lambda k: entry(k, "A5")["content"][0].pop("end"), "A5: its content is not a span"),
    "no form": (lambda k: entry(k, "A5").pop("form"), "A5: it lacks 'form'"),
    "no readings": (lambda k: entry(k, "D4").pop("readings"), "D4: it lacks 'readings'"),
    "no id": (lambda k: entry(k, "D4").pop("id"), "framing: it lacks 'id'"),
    "a number for a region": (lambda k: entry(k, "D4").update(region=2), "D4: its region is not text"),
    "an alternative without words": (
        lambda k: entry(k, "A1")["contestable"]["alternatives"][0].pop("say"),
        "A1: an alternative needs",
    ),
    "another schema": (lambda k: k.update(schema="copydesk-key-0"), "is not an answer key of schema"),
    "no fingerprint": (lambda k: k.pop("sha256"), "lacks or mistypes 'sha256'"),
    "a layer that is no list": (lambda k: k.update(framing=7), "'framing' is not a list of records"),
}


@pytest.fixture
def faults(tmp_path: Path, baltics: Story) -> Callable[[Json], list[str]]:
    def run(raw: Json) -> list[str]:
        path = tmp_path / "key.json"
        path.write_text(json.dumps(raw), "utf-8")
        return key_faults(read_key(path), baltics.article)

    return run


@pytest.mark.parametrize("name", STORIES)
def test_the_committed_keys_are_sound(name: str) -> None:
    story = load_story(SEEDS / name)
    assert story.key is not None
    assert key_faults(story.key, story.article) == []


@pytest.mark.parametrize("name", MUTANTS)
def test_a_spoilt_key_is_caught_by_name(name: str, faults: Callable[[Json], list[str]]) -> None:
    spoil, says = MUTANTS[name]
    key = copy.deepcopy(RAW)
    spoil(key)
    found = faults(key)
    assert any(re.search(says, fault) for fault in found), found


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_key_that_cannot_be_read_is_refused_in_a_sentence(name: str, faults: Callable[[Json], list[str]]) -> None:
    spoil, says = UNREADABLE[name]
    key = copy.deepcopy(RAW)
    spoil(key)
    with pytest.raises(CopydeskError, match=says):
        faults(key)


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff", b"null"])
def test_a_file_that_is_no_key(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "key.json"
    path.write_bytes(data)
    with pytest.raises(CopydeskError, match=r"key\.json"):
        read_key(path)
    with pytest.raises(CopydeskError, match=r"none\.json cannot be read"):
        read_key(tmp_path / "none.json")


def paths(value: object, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in inner:
        yield (*at, name)
        yield from paths(part, (*at, name))


STORY = load_story(SEEDS / "practice")
SMALL = json.loads((SEEDS / "practice" / "key.json").read_text("utf-8"))


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(sorted(paths(SMALL), key=str)), st.sampled_from([None, 7, -3, 1e9, "x", [], {}, True, [[]], "cut"])
)
def test_whatever_is_broken_is_said_in_sentences(at: tuple[Any, ...], value: object) -> None:
    raw = copy.deepcopy(SMALL)
    holder = raw
    for name in at[:-1]:
        holder = holder[name]
    holder[at[-1]] = value
    if value == "cut":
        del holder[at[-1]]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "key.json"
        path.write_text(json.dumps(raw), "utf-8")
        try:
            found = key_faults(read_key(path), STORY.article)
        except CopydeskError as error:
            assert "key.json" in str(error)
        else:
            assert all(isinstance(fault, str) and ":" in fault for fault in found)


@pytest.mark.parametrize("name", STORIES)
def test_no_key_copies_words_of_the_page(name: str) -> None:
    raw = json.loads((SEEDS / name / "key.json").read_text("utf-8"))
    assert not [at for at in paths(raw) if at[-1] == "text"]


def test_an_entry_gives_spans_fields_and_alternatives(baltics: Story) -> None:
    key = baltics.key
    assert key is not None
    a9 = key.entry("A9")
    assert len(a9.spans("content")) == 2 and a9["form"] == a9.get("form") == "indirect"
    assert a9.get("nothing", 5) == 5
    assert key.entry("A6").spans("source") == () == key.entry("A4").spans("content")
    assert key.entry("D4").spans("span") == (Span(615, 628),)
    assert [a.id for a in a9.alternatives] == ["A9.a", "A9.b"] and a9.why
    assert [e.id for e in key.layer("attributions", ("p9",))] == ["A10", "A11"]
    assert [e.id for e in key.layer("sentences", ("p7",))] == ["p7.s1", "p7.s2", "p7.s3"]
    with pytest.raises(CopydeskError, match="no entry 'A99'"):
        key.entry("A99")


def test_spans_of_reads_one_many_and_none() -> None:
    record = {"start": 1, "end": 4}
    assert spans_of(None) == () and spans_of(record) == spans_of([record]) == (Span(1, 4),)


def test_the_measures_are_what_the_spans_add_up_to(baltics: Story) -> None:
    key, text = baltics.key, baltics.article.text
    assert key is not None
    said, by_voice = key.more["measures"], words_by_voice(baltics)
    rest = by_voice.pop("not attributed")
    total = sum(by_voice.values())
    assert said["counted_attributions"] == speakers(baltics)
    assert said["n_counted"] == said["by_count"]["total"] == sum(speakers(baltics).values())
    assert (said["body_words"], said["attributed_content_words"]) == (total + rest, total)
    for name, counted in (("by_words", by_voice), ("by_count", speakers(baltics))):
        shares = {speaker: n / sum(counted.values()) for speaker, n in counted.items()}
        assert said[name]["shares"] == {speaker: round(share, 3) for speaker, share in shares.items()}
        hhi = sum(share**2 for share in shares.values())
        assert said[name]["HHI"] == round(hhi, 3) and said[name]["effective_sources_1_over_HHI"] == round(1 / hhi, 2)
    direct = [a for a in key.attributions if a["form"] == "direct"]
    assert said["direct_quotations"] == len(direct)
    assert said["direct_words"] == sum(len(words(text, s)) for a in direct for s in a.spans("content"))
    own = [e for e in key.layer("sentences") if e["voice"] == "reporter"] + [*key.layer("reporter_voice")]
    assert said["reporter_voice_words"] == sum(len(words(text, s)) for e in own for s in e.spans("span"))
    for paragraph in key.layer("paragraphs"):
        assert paragraph["n_words"] == len(words(text, paragraph.spans("span")[0])), paragraph.id


def test_a_span_far_past_the_page_is_a_fault_and_takes_no_time(baltics: Story, tmp_path: Path) -> None:
    key = copy.deepcopy(RAW)
    entry(key, "A5")["content"][0]["end"] = 10**12
    entry(key, "rv1")["end"] = 10**15
    (tmp_path / "key.json").write_text(json.dumps(key), "utf-8")
    found = key_faults(read_key(tmp_path / "key.json"), baltics.article)
    for name, end in (("A5", 10**12), ("rv1", 10**15)):
        assert any(f"{name}: " in fault and f"{end} is not a stretch of the page" in fault for fault in found)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[" * 100_000, "is not JSON"),
        ('{"a":' * 90 + "1" + "}" * 90, "has too many brackets inside each other"),
        ('{"a": ' + "9" * 5000 + "}", "is not JSON"),
        ('{"a": 1e16}', "holds a number that is too large"),
        ('{"a": "' + "x" * 1_000_000 + '"}', "is larger than 1 MB"),
        ('{"a" 1}', r"is not JSON \(Expecting ':' delimiter: line 1 column 6"),
        (json.dumps({"schema": "copydesk-key-1", "claims": [{}] * 1001}), "'claims' has more than 1,000 rec"),
        (json.dumps({"schema": "copydesk-key-1", "x": [{"start": 0}] * 5001}), "more than 5,000 spans"),
    ],
)
def test_what_would_cost_much_is_refused_first(text: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "key.json").write_text(text, "utf-8")
    with pytest.raises(CopydeskError, match=f"key.json.*{says}"):
        read_key(tmp_path / "key.json")


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        (7, "the answers are not a table"),
        ({"x": []}, "the answers to 'x' are not a table"),
        ({"x": {"q": 1}}, "'x', 'q': it is not a table"),
        ({"x": {"q": {"accept": []}}}, "'x', 'q': 'accept' is not a list of words or numbers"),
        ({"x": {"q": {"accept": [["a"]]}}}, "'x', 'q': 'accept' is not"),
        ({"x": {"q": {"range": [1]}}}, "'x', 'q': 'range' is not two numbers"),
        ({"x": {"q": {"why": 1}}}, "'x', 'q': 'why' is not text"),
        ({"x": {"samples": {}}}, "'x', 'samples': a sample is a table with a 'view'"),
        ({"x": {"samples": [{"view": "a", "edits": {"e": [["a", 1, ""]]}}]}}, "'edits' is not a table of lists"),
    ],
)
def test_misshapen_answers_are_refused_by_name(answers: Any, says: str, tmp_path: Path) -> None:
    (tmp_path / "key.json").write_text(json.dumps({**RAW, "answers": answers}), "utf-8")
    with pytest.raises(CopydeskError, match=says):
        read_key(tmp_path / "key.json")
