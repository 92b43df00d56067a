"""A whole pass over a story by keys alone, and one by pointer alone, and what each of them costs."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from copydesk.base.spans import words
from copydesk.story.key import read_key
from copydesk.story.story import load_story
from copydesk_classroom.checking import key_faults
from copydesk_classroom.stories.editor import key_editor
from tests.browser.bench import Bench
from tests.browser.coder import COUNT, Coder, PointerCoder

pytestmark = pytest.mark.browser
STORY = "greywater-barrage"
"""A story with 21 attributions, of which the draft has 17."""


@pytest.mark.parametrize(("by", "most"), [(Coder, 246), (PointerCoder, 76)])
def test_a_draft_becomes_a_key(page: Page, tmp_path: Path, by: type[Coder], most: int) -> None:
    page.set_default_timeout(5000)
    page.set_viewport_size({"width": 1280, "height": 800})
    bench = Bench(page, key_editor(STORY, folder=tmp_path).folder)
    story = load_story(STORY)
    key = story.key
    assert key
    coder = by(page, bench.folder / "key.json", story)
    bench.part("Page")
    page.evaluate(COUNT)
    coder.code_page()
    coder.code_attributions([a.data for a in key.attributions])
    coder.next_part()
    coder.code_voice(key.layer("sentences"))
    coder.assert_like(key)
    assert key_faults(read_key(bench.folder / "key.json"), story.article) == []

    counted = page.evaluate("window.__events")
    of = sum(len(words(story.article.text, b.span)) for b in story.article.blocks if b.id.startswith("p"))
    told = ", ".join(f"{n} {what}" for what, n in coder.counted().items())
    print(
        f"\n{by.__name__}: {coder.cost()} for {of} words and {len(key.attributions)} attributions ({told}; {counted})"
    )
    assert coder.cost() <= most
