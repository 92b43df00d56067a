"""The finder beside the key: what counts as whole, in part, missed and wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest

from copydesk import load_story
from copydesk.attribution import Attribution, find_attributions
from copydesk.base.spans import Span
from copydesk.lessons.lesson import load_lesson
from copydesk.views import comparisons
from copydesk.views.comparisons import finder_page

STORY = load_story("baltics-2022")


def as_found(entry, **changes) -> Attribution:
    source, cue = (entry.spans(role) for role in ("source", "cue"))
    given = {
        "source": source[0] if source else None,
        "cue": cue[0] if cue else None,
        "content": entry.spans("content"),
        "speaker": entry["speaker"],
    }
    return Attribution(**{**given, "form": "direct", "rule": "x", "kind": "none", "decided_by": "", **changes})


@pytest.fixture
def finds(monkeypatch: pytest.MonkeyPatch):
    """Make the finder find just what a test says."""

    def set_to(*found: Attribution) -> comparisons.FinderComparison:
        monkeypatch.setattr(comparisons, "find_attributions", lambda text: list(found))
        monkeypatch.setattr(comparisons, "why", lambda a: "a rule")
        return comparisons.compare_finder(STORY.key, STORY.article)

    return set_to


def test_the_key_itself_is_found_whole(finds) -> None:
    counted = [as_found(a) for a in STORY.key.attributions if a["counted"]]
    found = finds(*counted)
    assert found.count("whole") == len(counted) == 11
    assert found.wrong == ()


def test_nothing_found_is_all_missed(finds) -> None:
    assert finds().count("missed") == 11


def test_a_wrong_speaker_is_found_in_part(finds) -> None:
    a8 = STORY.key.entry("A8")
    found = finds(as_found(a8, source=None, speaker="somebody else"))
    match = next(r for r in found.matches if r.entry.id == "A8")
    assert match.found == "part"
    assert "somebody else" in match.note


def test_half_a_content_is_found_in_part_and_plain_text_is_wrong(finds) -> None:
    a7 = STORY.key.entry("A7").spans("content")[0]
    half = replace(as_found(STORY.key.entry("A7")), content=(Span(a7.start, a7.start + len(a7) // 2),))
    controls = STORY.key.entry("PC7").spans("span")
    plain = as_found(STORY.key.entry("A8"), source=None, cue=None, content=controls)
    found = finds(half, plain)
    assert next(r for r in found.matches if r.entry.id == "A7").found == "part"
    assert found.wrong == (plain,)


def test_the_lesson_states_what_the_finder_really_does() -> None:
    """The number in the key is the number the comparison gives today."""
    real = comparisons.compare_finder(STORY.key, STORY.article)
    keyed = load_lesson("02_who_says_so").key.answers["02_who_says_so/foil"]["whole"]["range"]
    assert keyed == [real.count("whole")] * 2
    forms = {a.form for a in find_attributions(STORY.article.text)}
    assert {"speech_act", "non_response"} <= forms


def test_the_page_says_it_in_one_sentence_and_carries_the_notice() -> None:
    page = finder_page(STORY)
    assert "11 counted attributions" in page.plain
    assert STORY.rights.replace("’", "’") in page.html
    assert "not shown in a graded edition" in repr(finder_page(replace(STORY, key=None)))
