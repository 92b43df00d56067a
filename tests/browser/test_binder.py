"""The first screen on Binder: it says that work is not kept, and the button beside it packs the work at once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from copydesk.answers import AnswerFile
from copydesk.answers.place import BINDER
from copydesk.base.wording import load_wording
from copydesk.lessons.lesson import load_lesson
from tests.browser.lab import Lab, run_all, running

pytestmark = pytest.mark.browser
LESSON = "00_start_here"
SAY = load_wording("strings")["lesson"]


@pytest.fixture
def binder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    """A server that was started as BinderHub starts it."""
    monkeypatch.setenv(BINDER[0], "https://mybinder.org/")
    with running(tmp_path) as started:
        yield started


def test_the_first_screen_saves_the_work(page: Page, binder: Lab) -> None:
    lesson = load_lesson(LESSON)
    file = AnswerFile.open(lesson.story.id, LESSON, sha256=lesson.story.about["sha256"], root=binder.answers)
    file.save("voices", {"choices": {"p1.s1": "reporter"}})
    binder.open(page, LESSON)
    run_all(page)
    first = page.locator(".jp-CodeCell").first
    first.scroll_into_view_if_needed()
    first.get_by_text("This is Binder: your work is not kept.").first.wait_for(timeout=20_000)
    assert first.get_by_text(SAY["binder"].format(pack=SAY["pack"], back=SAY["bring_back"])).is_visible()

    first.get_by_role("button", name=SAY["pack"]).click()
    link = first.get_by_role("link", name=SAY["download"])
    link.wait_for(timeout=20_000)
    with page.expect_download() as got:
        link.click()
    packed = json.loads(Path(got.value.path()).read_text("utf-8"))
    (work,) = packed["answers"]
    assert work["exercises"]["voices"]["answer"] == {"choices": {"p1.s1": "reporter"}}

    found = Axe().run(page, context={"include": [[".jp-CodeCell .jp-OutputArea"]]}).response["violations"]
    serious = [f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in found if v["impact"] in ("serious", "critical")]
    assert not serious
