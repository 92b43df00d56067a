"""Who says what: every construction the rules know, as data that a linguist could extend."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk.attribution import WHY, Attribution, find_attributions, why
from copydesk.base.spans import Span, words
from copydesk.story.key import FORMS, KINDS

FIXTURES = sorted((Path(__file__).parents[1] / "fixtures" / "attributions").glob("*.toml"))
CASES = [
    pytest.param(
        case,
        id=f"{path.stem}: {case['name']}",
        marks=[pytest.mark.xfail(reason=case["miss"], strict=True)] if "miss" in case else [],
    )
    for path in FIXTURES
    for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]
]


def plain(text: str, spans: list[Span]) -> str:
    """The words of some spans, joined the way the fixtures write them."""
    return " // ".join(" ".join(w.of(text) for w in words(text, s)) or s.of(text) for s in spans)


def written(text: str, found: Attribution) -> str:
    """An attribution in the fixtures' notation."""
    carried = f"^{found.carried_from}" if found.carried_from is not None else ""
    source = plain(text, [found.source]) if found.source else carried
    cue = plain(text, [found.cue]) if found.cue else ""
    return f"{source} | {cue} | {plain(text, list(found.content))}"


def expected(line: str) -> str:
    """A fixture's line, without the punctuation that does not count."""
    source, cue, content = (part.strip() for part in line.split("|"))
    fields = [source if source.startswith("^") else bare(source), bare(cue)]
    return " | ".join([*fields, " // ".join(bare(piece) for piece in content.split("//"))])


def bare(text: str) -> str:
    return " ".join(w.of(text) for w in words(text)) or text.strip()


@pytest.mark.parametrize("case", CASES)
def test_constructions(case: dict[str, list[str]]) -> None:
    text = str(case["text"])
    found = find_attributions(text)
    if "expect" in case:
        assert [written(text, a) for a in found] == [expected(line) for line in case["expect"]]
    for name in ("speaker", "form", "kind", "rule"):
        if name in case:
            assert [getattr(a, name) for a in found] == case[name]
    if "decided" in case:
        assert [a.decided_by.of(text) if isinstance(a.decided_by, Span) else a.decided_by for a in found] == case[
            "decided"
        ]


def test_enough_examples_over_enough_constructions() -> None:
    sizes = {path.stem: len(tomllib.loads(path.read_text(encoding="utf-8"))["case"]) for path in FIXTURES}
    assert sum(sizes.values()) >= 150
    assert len(sizes) >= 25


def test_every_rule_explains_itself_and_finds_something() -> None:
    texts = [str(case.values[0]["text"]) for case in CASES]  # type: ignore[index, call-overload]
    found = [a for text in texts for a in find_attributions(text)]
    assert {a.rule for a in found} == set(WHY)
    assert all(why(a).endswith(".") for a in found)
    assert all(a.form in FORMS and a.kind in KINDS for a in found)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("“It rained,” Ada Lund said.", "direct"),
        ("Ada Lund said it rained.", "indirect"),
        ("Ada Lund said it was “wet”.", "mixed"),
        ("Ada Lund could not be reached.", "non_response"),
        ("Ada Lund began setting out her terms.", "speech_act"),
    ],
)
def test_forms(text: str, form: str) -> None:
    assert [a.form for a in find_attributions(text)] == [form]


def test_leaving_a_rule_out() -> None:
    text = "“It rained,” Ada Lund said. “It poured.”"
    assert len(find_attributions(text)) == 2
    without = {"quote_then_speaker", "quote_then_cue"}
    assert all(a.rule not in without for a in find_attributions(text, without=without))
    assert len(find_attributions(text, without=["continued_here", "quote_then_any_verb"])) == 1


def test_metonyms_are_kept_apart_with_a_note() -> None:
    found = find_attributions("Norway closed the road. Ada Lund said no. Oslo said the road was unsafe.")
    assert [(a.speaker, bool(a.note)) for a in found] == [("Ada Lund", False), ("Norway", True)]


PIECES = st.sampled_from(
    [
        *(
            "“",
            "”",
            '"',
            "'",
            "‘",
            "’",
            "«",
            "»",
            ",",
            ".",
            ";",
            ":",
            "—",
            "-",
            "(",
            ")",
            "?",
            "!",
            "\n",
            "\n\n",
            "\ufeff",
        ),
        *(
            "said",
            "says",
            "told",
            "that",
            "according",
            "to",
            "adding",
            "with",
            "citing",
            "claim",
            "report",
            "is",
            "confident",
        ),
        *(
            "and",
            "but",
            "who",
            "it",
            "he",
            "she",
            "they",
            "as",
            "the",
            "on",
            "by",
            "Monday",
            "reporters",
            "mayor",
            "declined",
        ),
        *("Ada", "Lund", "Mr.", "U.S.", "1,200", "é", "中", "\U0001f600", "“It rained,”", "comment", "was", "clear"),
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=60))
def test_any_text_gives_spans_inside_it(pieces: list[str]) -> None:
    text = " ".join(pieces)
    found = find_attributions(text)
    for n, a in enumerate(found):
        spans = [s for s in (a.source, a.cue, *a.content) if s]
        assert spans and all(s.end <= len(text) and s.of(text).strip() for s in spans)
        assert a.form in FORMS and a.kind in KINDS and a.rule in WHY
        assert a.carried_from is None or (a.carried_from < len(found) and a.carried_from != n)
    assert found == sorted(found, key=lambda a: a.start) or len(found) > 1


@pytest.mark.parametrize(
    "unit",
    [
        "“",
        '"',
        "” ",
        "said ",
        "said, “",
        "He said “it rained and left. ",
        "X, ",
        "according to ",
        "(",
        "Ada ",
        "A. ",
        "that ",
    ],
)
def test_monstrous_texts_end(unit: str) -> None:
    find_attributions(unit * (60_000 // len(unit)))


@pytest.mark.parametrize(
    "text", ["", " ", "\n", "\r\n\r\n", "\ufeff", "“", "said", "\x00", "and mass with reporting it rained"]
)
def test_next_to_nothing(text: str) -> None:
    assert find_attributions(text) == []
