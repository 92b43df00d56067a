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
from tests.browser.lab import FLAGS, chromium, scroll_to
from tests.browser.lab import exercise as exercise_titled

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
        """Open a lesson, run all its cells as a learner does, and wait until they have run."""
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
        page.wait_for_function(
            "jupyterapp.shell.currentWidget.content.model.toJSON().cells"  # a folded cell shows no number
            ".every(cell => cell.cell_type !== 'code' || cell.execution_count)",
            timeout=SLOW,
        )


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
    return exercise_titled(page, load_lesson(LESSON).exercise(name).title)


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
    return scroll_to(page, page.locator(".jp-CodeCell", has_text="open_lesson"))


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


# --- what takes longer ---


@longer
def test_a_restarted_browser_has_the_work(browser: Browser, site: Site, tmp_path: Path) -> None:
    for again in (False, True):
        context = persistent(browser, tmp_path / "profile")
        page = context.new_page()
        site.open(page)
        if again:
            assert exercise(page).locator("input:checked").count() == 3
        else:
            answer(exercise(page))
        context.close()


def persistent(browser: Browser, profile: Path, *more: str, bypass_csp: bool = False) -> BrowserContext:
    """A browser with a profile of its own on the disk."""
    size = {"width": 1280, "height": 1000}
    return browser.browser_type.launch_persistent_context(
        profile, executable_path=chromium(), args=[*FLAGS, *more], viewport=size, bypass_csp=bypass_csp
    )


@longer
def test_two_tabs_keep_both_answers(browser: Browser, site: Site, tmp_path: Path) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    one, two = context.new_page(), context.new_page()
    site.open(one)
    site.open(two)
    for page in (one, two):
        exercise(page)
    answer(exercise(one))
    second = exercise(two, "predict")
    second.locator("label", has_text="hers").first.click()
    second.locator('.cd-saved[data-state="saved"]').wait_for(timeout=20_000)
    for page in (one, two):  # each tab has both without being loaded again
        packed = json.loads(pack(page, first_cell(page), tmp_path).read_text("utf-8"))
        exercises = packed["answers"][0]["exercises"]
        assert {name: bool(entry["answer"]) for name, entry in exercises.items()} == {EXERCISE: True, "predict": True}
    two.close()
    one.reload()
    site.open(one)
    assert exercise(one).locator("input:checked").count() == 3
    assert exercise(one, "predict").locator("input:checked").count() == 1
    context.close()


STORE = """async ({ base, steps }) => {
  const code = `
    import { openStore } from "${base}/static/pyodide/store.mjs";
    const files = {}, FS = {
      mkdirTree() {}, analyzePath: (path) => ({ exists: path in files }), unlink: (path) => delete files[path],
      writeFile: (path, bytes) => (files[path] = new TextDecoder().decode(bytes).slice(0, 400)),
    };
    const store = await openStore();
    let kept;
    store.mount({ FS, registerJsModule: (_, module) => (kept = module) }, "/work");
    onmessage = ({ data: [path, text] }) => {
      const found = path ? [[path, new TextEncoder().encode(text)]] : [];
      postMessage(path ? kept.keep(path.slice(0, path.lastIndexOf("/")), { toJs: () => found }) : { ...files });
    };
    postMessage(store.refused);`;
  const address = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const workers = {}, said = [];
  const next = (worker) => new Promise((done) => (worker.onmessage = ({ data }) => done(data)));
  for (const [name, path, text] of steps) {
    if (!workers[name]) said.push(await next((workers[name] = new Worker(address, { type: "module" }))));
    const answer = next(workers[name]);
    workers[name].postMessage([path, typeof text === "number" ? "x".repeat(text) : text]);
    said.push(await answer);
    await new Promise((done) => setTimeout(done, 100));
  }
  Object.values(workers).forEach((worker) => worker.terminate());
  return said;
}"""
"""Takes steps (page, path, text) with the store alone, as several pages would; gives back what the store said."""


def test_a_full_store_refuses_and_keeps_what_it_has(browser: Browser, site: Site, tmp_path: Path) -> None:
    context = persistent(browser, tmp_path / "profile", bypass_csp=True)  # in a private window no quota counts
    page = context.new_page()
    page.goto(f"{site.base}/")
    assert page.evaluate(STORE, {"base": site.base, "steps": [["a", "/work/s/one.json", "1"]]}) == ["", ""]
    context.new_cdp_session(page).send("Storage.overrideQuotaForOrigin", {"origin": site.base, "quotaSize": 4_000_000})
    steps = [["a", "/work/s/two.json", 8_000_000], ["a", "", ""], ["b", "", ""]]
    assert page.evaluate(STORE, {"base": site.base, "steps": steps})[1] == "full"
    assert page.evaluate(STORE, {"base": site.base, "steps": [["c", "", ""]]})[1] == {"/work/s/one.json": "1"}
    context.close()


def test_two_pages_see_each_other_and_lose_nothing(browser: Browser, site: Site) -> None:
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    page.goto(f"{site.base}/")
    path = "/work/s/lesson.json"

    def lesson(**revisions: int) -> str:
        return json.dumps({"exercises": {name: {"rev": n, "answer": {"n": n}} for name, n in revisions.items()}})

    steps = [["a", path, lesson(x=1)], ["b", "", ""], ["b", path, lesson(x=1, y=1)], ["a", "", ""]]
    said = page.evaluate(STORE, {"base": site.base, "steps": steps})
    assert said[3] == {path: lesson(x=1)} and said[5] == {path: lesson(x=1, y=1)}
    later = page.evaluate(STORE, {"base": site.base, "steps": [["c", "", ""]]})
    assert later[1] == {path: lesson(x=1, y=1)}
    context.close()


@longer
def test_without_a_store_the_lesson_runs_and_says_so(browser: Browser, site: Site, tmp_path: Path) -> None:
    """At an address without https a browser offers no store, and no service worker either."""
    context = persistent(browser, tmp_path / "profile", "--host-resolver-rules=MAP lite.test 127.0.0.1")
    page, site.base = context.new_page(), site.base.replace("127.0.0.1", "lite.test")
    page.goto(f"{site.base}/")
    page.get_by_text(LITE["script"]["not_kept"]).wait_for()
    site.open(page)
    answer(exercise(page))
    cell = first_cell(page)
    assert cell.get_by_text(SAY["browser_refused"].format(pack=SAY["pack"], back=SAY["bring_back"])).count()
    assert pack(page, cell, tmp_path).is_file()
    context.close()


@longer
def test_all_work_goes_out_and_comes_in(browser: Browser, site: Site, tmp_path: Path) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    page = context.new_page()
    site.open(page)
    answer(exercise(page))
    page.goto(f"{site.base}/")
    with page.expect_download(timeout=SLOW) as got:
        page.get_by_role("button", name=LITE["page"]["save_copy"]).click()
    got.value.save_as(tmp_path / "my-work.json")
    context.close()

    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    page = context.new_page()
    page.goto(f"{site.base}/")
    page.locator("#back").set_input_files(tmp_path / "my-work.json")
    page.locator("#told li").first.wait_for(timeout=SLOW)
    site.open(page)
    assert exercise(page).locator("input:checked").count() == 3
    (tmp_path / "other.json").write_text("{}")
    page.goto(f"{site.base}/")
    page.locator("#back").set_input_files(tmp_path / "other.json")
    page.locator("#told.wrong", has_text="is not a Copydesk hand-in").wait_for(timeout=SLOW)
    context.close()


@longer
def test_a_graded_site_has_no_key_and_grades_with_it(browser: Browser, tmp_path: Path) -> None:
    made = lite(tmp_path / "exam", lessons=["02", "-00"], graded=True, parts=os.environ.get("COPYDESK_LITE_PARTS"))
    for path in made.folder.rglob("*"):
        names = zipfile.ZipFile(path).namelist() if path.suffix == ".whl" else [path.name]
        assert not [name for name in names if name.endswith(("key.json", "seeds/answers.toml"))], path
    site = Site(made.folder)
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    page = context.new_page()
    site.open(page)
    answer(exercise(page))
    assert first_cell(page).get_by_text(SAY["graded_note"]).count()
    handed_in = pack(page, first_cell(page), tmp_path)
    page.goto(f"{site.base}/grade.html")
    page.locator("#files").set_input_files(handed_in)
    page.get_by_role("button", name=LITE["grade"]["start"], exact=True).click()
    page.locator("#state.wrong", has_text="has no key here").wait_for(timeout=SLOW)
    page.locator("#keys").set_input_files(str(made.keys))
    page.get_by_role("button", name=LITE["grade"]["start"], exact=True).click()
    page.locator("#results").wait_for(timeout=SLOW)
    assert float(page.locator("#rows tr td").first.text_content() or 0) > 0
    context.close()
    site.close()


@longer
def test_it_grades_as_the_command_does(browser: Browser, site: Site, tmp_path: Path) -> None:
    import copydesk_classroom
    from benchmarks.make_class import make_class

    handed_in = make_class(tmp_path / "class", 6).with_name("class")
    weights, due = tmp_path / "weights.csv", "2026-03-01T12:00"
    weights.write_text("exercise,factor\n02_who_says_so,2\n", "utf-8")
    copydesk_classroom.grade(handed_in, tmp_path / "grades", weights=weights, due=due)
    page = browser.new_page()
    page.goto(f"{site.base}/grade.html")
    page.locator("#folder").set_input_files(handed_in)
    page.locator("#files").set_input_files(weights)
    page.locator("#due").fill(due)
    page.get_by_role("button", name=LITE["grade"]["start"], exact=True).click()
    page.locator("#results").wait_for(timeout=SLOW)
    used = "Used for these grades: the due date that you gave, 1 March 2026, 12:00; the weights in weights.csv."
    assert page.locator("#lines li").last.text_content() == used
    with page.expect_download() as got:
        page.get_by_role("link", name=LITE["grade"]["download"]).click()
    with zipfile.ZipFile(got.value.path()) as made:
        for path in sorted((tmp_path / "grades").glob("[!.]*.*")):
            assert made.read(path.name) == path.read_bytes(), path.name
    page.close()
