"""Six pages of different shapes: each is drafted, edited in the real widget, checked, released, learned and graded."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from copydesk.story.story import load_story
from copydesk_classroom.stories.new import NewStory
from tests.browser.bench import Bench
from tests.browser.coder import Coder
from tests.classroom.test_stories_six_pages import PAGES, spanish, teach

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_edited_as_a_person_does_and_a_class_is_graded_on_it(
    name: str, page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)

    def edit(made: NewStory) -> None:
        bench = Bench(page, made.folder)
        if name == "two-stories":
            second_is_furniture(bench)
        bench.part("Page")
        bench.press("Shift+Enter")
        bench.part("Who says so")
        if name == "spanish":
            story = load_story(made.folder)
            Coder(page, made.folder / "key.json", story).code_attributions(spanish(story.article))
        for part in ("Who says so", "Speakers", "Voice", "Devices"):
            bench.part(part)
            bench.press("Shift+Enter")
        assert bench.editor.meter()[0] == bench.editor.meter()[1]
        ask(bench)
        bench.part("Check")
        bench.click("Make the questions")
        assert "01, 02, 03" in bench.screen.locator(".cd-hint").first.inner_text() and not bench.error()

    teach(name, tmp_path, capsys, edit)


def second_is_furniture(bench: Bench) -> None:
    """Every line of the second story is called a teaser, by the list beside it."""
    bench.part("Page")
    first = next(b.start for b in bench.editor.article.blocks if b.of(bench.editor.text).startswith("Swimming pool"))
    for n, block in enumerate(bench.editor.article.blocks):
        if block.start >= first:
            bench.screen.locator(".cd-krow select").nth(n).select_option("teaser")
            bench.wait()


def ask(bench: Bench) -> None:
    """A question from a template is added by keys."""
    bench.part("Ask")
    bench.press("n")
    bench.screen.get_by_label("New question").select_option("count_of")
    bench.wait()
    bench.fill("speaker", bench.editor.layer("sources")[0]["name"])
    assert "Asked in lesson 03" in bench.screen.locator(".cd-kanswer").inner_text()
