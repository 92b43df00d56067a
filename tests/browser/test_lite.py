"""The edition as a website: a lesson done in an empty browser, kept, handed in and graded, with no server but files.

The whole way is one test, which CI runs too. What else may happen to work in a browser takes longer: `make litetest`.
"""

from __future__ import annotations

import json
import os
import threading
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, TimeoutError

from copydesk.base.errors import CopydeskError
from copydesk.base.wording import load_wording
from copydesk.lessons.lesson import load_lesson
from copydesk_classroom.releasing.lite import lite
from copydesk_classroom.wording import class_wording

pytestmark = pytest.mark.browser
longer = pytest.mark.skipif(not os.environ.get("COPYDESK_LITE"), reason="takes minutes: make litetest")
LESSON, EXERCISE = "02_who_says_so", "recall"
SAY, LITE = load_wording("strings")["lesson"], class_wording("lite")
SLOW = 180_000
"""Milliseconds in which Python must have started, on a slow machine too."""


class Site:
    """A folder served as any web server would serve it; `asked` holds every path it was asked for, with the status."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.asked = folder, list[tuple[str, int]]()
        asked = self.asked

        class Handler(SimpleHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_request(self, code: object = "-", size: object = "-") -> None:
                asked.append((self.path, int(str(getattr(code, "value", code)))))

            def log_message(self, *_: object) -> None:
                """Say nothing on the terminal."""

            def handle(self) -> None:
                with suppress(ConnectionError):  # the browser went away
                    super().handle()

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
        self.base = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stop serving."""
        self.server.shutdown()
        self.server.server_close()

    def open(self, page: Page, lesson: str = LESSON) -> None:
        """Open a lesson, and run its first cells as a learner does."""
        page.goto(f"{self.base}/lab/index.html?path={lesson}.ipynb")
        page.locator(".jp-Notebook .jp-Cell").first.wait_for(timeout=SLOW)
        for _ in range(20):
            try:
                page.get_by_role("menuitem", name="Run", exact=True).click(timeout=5000)
                page.locator('li[data-command="runmenu:run-all"]').click(timeout=5000)
                page.locator(".jp-CodeCell .jp-InputPrompt", has_text="*").first.wait_for(timeout=3000)
                break
            except TimeoutError:
                continue


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, made once; skipped where JupyterLite, npm or the network is missing."""
    out = tmp_path_factory.mktemp("site") / "site"
    try:
        lite(out, parts=os.environ.get("COPYDESK_LITE_PARTS"))
    except CopydeskError as error:
        pytest.skip(f"the site cannot be made here: {error}")
    return out


@pytest.fixture
def site(folder: Path) -> Iterator[Site]:
    """The site, served."""
    served = Site(folder)
    yield served
    served.close()


def only_from(site: Site, context: BrowserContext) -> set[str]:
    """Cut everything but the site's own address; returns the addresses that were asked for elsewhere."""
    elsewhere: set[str] = set()

    def decide(route, request) -> None:  # type: ignore[no-untyped-def]
        if request.url.startswith(site.base):
            route.continue_()
        else:
            elsewhere.add(request.url)
            route.abort()

    context.route(lambda url: not url.startswith(("data:", "blob:")), decide)
    return elsewhere


def exercise(page: Page, name: str = EXERCISE) -> Locator:
    """The widget of an exercise, in sight."""
    title = load_lesson(LESSON).exercise(name).title
    found = page.locator("section.cd", has=page.locator(".cd-title").get_by_text(title, exact=True)).last
    found.wait_for(timeout=SLOW)
    found.scroll_into_view_if_needed()
    return found


def answer(section: Locator) -> None:
    """Answer each question of the first exercise as the key has it, and wait until that is saved."""
    lesson = load_lesson(LESSON)
    model = lesson.exercise(EXERCISE).model_answers(lesson.key, lesson.story.article.text)["key"]
    shown = lesson.exercise(EXERCISE).offers(lesson.story)
    for question, value in model["values"].items():
        section.locator("label", has_text=str(shown[question][value])).first.click()
    section.locator('.cd-saved[data-state="saved"]').wait_for(timeout=20_000)


def pack(page: Page, where: Locator, to: Path) -> Path:
    """Press the button that packs the work, and download the file."""
    where.get_by_role("button", name=SAY["pack"]).click()
    link = where.get_by_role("link", name=SAY["download"])
    link.wait_for(timeout=20_000)
    with page.expect_download() as got:
        link.click()
    target = to / got.value.suggested_filename
    got.value.save_as(target)
    return target


def first_cell(page: Page) -> Locator:
    """The cell that opens the lesson, where the buttons for packing are."""
    cell = page.locator(".jp-CodeCell").first
    cell.scroll_into_view_if_needed()
    return cell


def grade(page: Page, site: Site, *files: Path) -> None:
    """Grade hand-ins on the page for that."""
    page.goto(f"{site.base}/grade.html")
    page.locator("#files").set_input_files([str(file) for file in files])
    page.get_by_role("button", name=LITE["grade"]["start"], exact=True).click()
    page.locator("#results:visible, #state.wrong").wait_for(timeout=SLOW)
    assert page.locator("#results").is_visible(), page.locator("#state").text_content()


def violations(page: Page) -> list[str]:
    """What axe-core finds on a page."""
    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in found if v["impact"] in ("serious", "critical")]


def test_from_an_empty_browser_to_a_graded_hand_in(browser: Browser, site: Site, tmp_path: Path) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 1000}, bypass_csp=True)
    elsewhere, page = only_from(site, context), context.new_page()
    page.goto(f"{site.base}/")
    page.get_by_text(LITE["script"]["kept"]).wait_for()
    assert not violations(page)
    page.get_by_role("link", name=load_lesson(LESSON).title).click()
    site.open(page)
    answer(exercise(page))
    exercise(page).get_by_role("button", name="Check").click()
    exercise(page).locator('.cd-headline[data-status="right"]').wait_for(timeout=20_000)

    page.reload()
    site.open(page)
    exercise(page).locator('.cd-headline[data-status="right"]').wait_for(timeout=SLOW)
    handed_in = pack(page, first_cell(page), tmp_path)
    (document,) = json.loads(handed_in.read_text("utf-8"))["answers"]
    assert [*document["exercises"]] == [EXERCISE]

    grade(page, site, handed_in)
    assert not violations(page)
    points = load_lesson(LESSON).exercise(EXERCISE).points
    assert page.locator("#rows tr td").first.text_content() == f"{points:.1f}"
    with page.expect_download() as got:
        page.get_by_role("link", name=LITE["grade"]["download"]).click()
    with zipfile.ZipFile(got.value.path()) as made:
        names = made.namelist()
        assert {"grades.csv", "exercises.csv", "report.html"} <= {*names}
        assert [name for name in names if name.startswith("feedback/")]
    context.close()
    if log := os.environ.get("COPYDESK_LITE_LOG"):
        Path(log).write_text("".join(f"{code} {path}\n" for path, code in site.asked), "utf-8")
    assert not elsewhere, "something was asked of another host"
    missing = [path for path, code in site.asked if code >= 400]
    assert not missing
