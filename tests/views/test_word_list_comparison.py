"""The word list beside the key: what it meets, what it misses, and the page that shows it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from copydesk import load_story
from copydesk.base.wording import load_wording
from copydesk.lessons.lesson import load_lesson
from copydesk.views.comparisons import compare_word_list, places, word_list_page

STORY = load_story("baltics-2022")
TEXT = STORY.article.text
SEEDS = Path(__file__).resolve().parents[2] / "seeds"
LESSON = "04_which_words_frame"
SAY = load_wording("strings")["framing"]["page"]


def test_every_device_is_read_once_and_every_hit_is_placed() -> None:
    found = compare_word_list(STORY.key, STORY.article)
    assert [r.entry for r in found.matches] == list(STORY.key.framing)
    met = {h.span for r in found.matches for h in r.hits}
    assert {h.span for h in found.hits} == met | {h.span for h in found.elsewhere}
    assert not met & {h.span for h in found.elsewhere}
    assert set(found.on_plain) <= set(found.elsewhere)
    assert all(h.span.overlap(s) for r in found.matches for h in r.hits for s in r.entry.spans("span")[:1])


def test_the_list_finds_some_devices_and_misses_many() -> None:
    found = compare_word_list(STORY.key, STORY.article)
    assert 0 < len(found.matches) - len(found.missed) < len(found.matches) * 2 / 3
    assert found.elsewhere


def test_a_region_is_read_alone() -> None:
    found = compare_word_list(STORY.key, STORY.article, ("p7",))
    block = STORY.article.block("p7").span
    assert {r.entry["region"] for r in found.matches} == {"p7"}
    assert found.hits and all(block.covers(h.span) for h in found.hits)


def test_flat_words_are_no_places_to_look() -> None:
    assert all(not h.cue.plain for h in places(STORY.article, [p.id for p in STORY.article.paragraphs]))
    assert places(STORY.article, ["p9"]) != ()


def test_a_hit_on_a_plain_control_is_named() -> None:
    found = compare_word_list(STORY.key, STORY.article, ("p4",))
    control = next(e for e in STORY.key.layer("controls", ("p4",)))
    assert [h.span for h in found.on_plain] and all(control.spans("span")[0].covers(h.span) for h in found.on_plain)


def test_the_page_says_it_in_a_sentence_two_tables_and_a_warning() -> None:
    page = word_list_page(STORY)
    html, summary = page.html, page.plain
    found = compare_word_list(STORY.key, STORY.article)
    assert f"Places to look: {len(found.hits)};" in summary and f"misses {len(found.missed)}." in summary
    assert html.count("<tr>") == 2 + len(found.hits) + len(found.missed)
    assert SAY["note"] in html and load_wording("strings")["outcome"]["framing_figure"] in html
    assert STORY.rights in html


def test_without_a_key_the_page_shows_the_places_only() -> None:
    page = word_list_page(replace(STORY, key=None), ("p2",))
    html, summary = page.html, page.plain
    assert summary == SAY["no_key"].format(n=len(places(STORY.article, ("p2",))))
    assert SAY["missed"] not in html and SAY["columns"][-1] not in html


@pytest.mark.parametrize("evil", ["<b>", "&lt;", '"><i'])
def test_words_of_a_page_are_escaped(evil: str) -> None:
    missed = compare_word_list(STORY.key, STORY.article).missed[0].spans("span")[0]
    text = TEXT[: missed.start] + evil.ljust(len(missed), "x") + TEXT[missed.end :]
    html = word_list_page(replace(STORY, article=replace(STORY.article, text=text))).html
    assert evil + "x" not in html


@pytest.mark.parametrize("path", [p.parent for p in sorted(SEEDS.glob("*/lessons.toml"))], ids=lambda p: p.name)
def test_the_number_the_key_expects_is_the_one_the_list_finds(path: Path) -> None:
    story = load_story(path)
    if LESSON not in story.lessons or story.key is None:
        pytest.skip("no lesson 04 on this story")
    lesson = load_lesson(LESSON, story)
    found = compare_word_list(story.key, story.article, lesson.exercise("devices").region)
    met = len(found.matches) - len(found.missed)
    assert lesson.key is not None
    assert lesson.key.answers[f"{LESSON}/foil"]["found"]["range"] == [met, met]
