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
from playwright.sync_api import Browser, BrowserContext, Locator, Page

from copydesk.base.errors import CopydeskError
from copydesk.base.wording import load_wording
from copydesk.lessons.lesson import load_lesson
from copydesk_classroom.releasing.lite import lite
from copydesk_classroom.wording import class_wording
from tests.browser.firefox import Firefox, firefox, running
from tests.browser.lab import FLAGS, chromium, scroll_to
from tests.browser.lab import exercise as exercise_titled

pytestmark = pytest.mark.browser
longer = pytest.mark.skipif(not os.environ.get("COPYDESK_LITE"), reason="takes minutes: make litetest")
LESSON, EXERCISE = "02_who_says_so", "recall"
SAY, LITE = load_wording("strings")["lesson"], class_wording("lite")
SLOW = 600_000
"""Milliseconds in which Python must have started or all cells have run: it takes minutes on a busy machine."""
LISTENS = "jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.connectionStatus === 'connected'"
"""Whether the notebook has its kernel. A Run All before that asks which kernel to take, and waits for an answer."""


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
        page.wait_for_function(LISTENS, timeout=SLOW)
        page.get_by_role("menuitem", name="Run", exact=True).click(timeout=SLOW)
        page.locator('li[data-command="runmenu:run-all"]').click(timeout=SLOW)
        page.wait_for_function(
            "jupyterapp.shell.currentWidget.content.model.toJSON().cells"  # a folded cell shows no number
            ".every(cell => cell.cell_type !== 'code' || cell.execution_count)",
            timeout=SLOW,
        )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, made once; skipped where JupyterLite is missing, or what `tools/fetch_lite.py` fetches."""
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


def right_answers() -> list[str]:
    """What to choose in the first exercise, as the key has it."""
    lesson = load_lesson(LESSON)
    model = lesson.exercise(EXERCISE).model_answers(lesson.key, lesson.story.article.text)["key"]
    shown = lesson.exercise(EXERCISE).offers(lesson.story)
    return [str(shown[question][value]) for question, value in model["values"].items()]


def answer(section: Locator) -> None:
    """Answer each question of the first exercise as the key has it, and wait until that is saved."""
    for choice in right_answers():
        section.locator("label", has_text=choice).first.click()
    section.locator('.cd-saved[data-state="saved"]').wait_for(timeout=60_000)


def pack(page: Page, where: Locator, to: Path) -> Path:
    """Press the button that packs the work, and download the file."""
    where.get_by_role("button", name=SAY["pack"]).click()
    link = where.get_by_role("link", name=SAY["download"])
    link.wait_for(timeout=60_000)
    with page.expect_download() as got:
        link.click()
    target = to / got.value.suggested_filename
    got.value.save_as(target)
    return target


def first_cell(page: Page) -> Locator:
    """The cell that opens the lesson, where the buttons for packing are."""
    return scroll_to(page, page.locator(".jp-CodeCell", has_text="open_lesson"))


def grade(page: Page, site: Site, *files: Path) -> None:
    """Drag hand-ins from the desktop onto the page for that, and grade them."""
    page.goto(f"{site.base}/grade.html")
    page.get_by_role("button", name=LITE["grade"]["start"], exact=True).wait_for()
    box = page.locator("#drop").bounding_box()
    assert box is not None
    dragged = {"items": [], "files": [str(file) for file in files], "dragOperationsMask": 1}
    pointer = page.context.new_cdp_session(page)
    for what in ("dragEnter", "dragOver", "drop"):
        at = {"type": what, "x": box["x"] + 40, "y": box["y"] + 40, "data": dragged}
        pointer.send("Input.dispatchDragEvent", at)
    page.locator("#chosen", has_text=str(len(files))).wait_for(timeout=10_000)
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
    exercise(page).locator('.cd-headline[data-status="right"]').wait_for(timeout=60_000)

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
    assert not [path for path, _ in site.asked if "favicon" in path]
    context.close()
    if log := os.environ.get("COPYDESK_LITE_LOG"):
        Path(log).write_text("".join(f"{code} {path}\n" for path, code in site.asked), "utf-8")
    assert not elsewhere, "something was asked of another host"
    missing = [path for path, code in site.asked if code >= 400]
    assert not missing


# --- what takes longer ---


@longer
def test_firefox_marks_an_exercise_and_keeps_it(site: Site, tmp_path: Path) -> None:
    path = firefox()
    if path is None:
        pytest.skip("no Firefox here; set COPYDESK_FIREFOX to its path")
    title = json.dumps(load_lesson(LESSON).exercise(EXERCISE).title)
    section = f"""[...document.querySelectorAll("section.cd")].findLast(
        it => it.querySelector(".cd-title").textContent === {title})"""
    right = f"""{section}?.querySelector('.cd-headline[data-status="right"]')"""

    def run(page: Firefox) -> None:
        """Run all cells by mouse, until the exercise is in sight."""
        page.until("!!document.querySelector('.jp-Notebook .jp-Cell')")
        page.until(LISTENS)
        page.click(_with_text(".lm-MenuBar-item", "Run"))
        page.click("document.querySelector('li[data-command=\"runmenu:run-all\"]')")
        scroll = "document.querySelector('.jp-WindowedPanel-outer').scrollBy(0, 500)"
        page.until(f"!!{section}", meanwhile=lambda: page.ask(scroll))

    with running(path, tmp_path / "profile") as page:
        page.open(f"{site.base}/")
        page.until(f"document.body.textContent.includes({json.dumps(LITE['script']['kept'])})")
        page.click(_with_text("a", load_lesson(LESSON).title))
        run(page)
        for choice in right_answers():
            page.click(_with_text("label", choice, f"{section}.querySelectorAll"))
        page.until(f"!!{section}.querySelector('.cd-saved[data-state=\"saved\"]')")
        page.click(_with_text("button", "Check", f"{section}.querySelectorAll"))
        page.until(f"!!{right}")
        page.send("browsingContext.reload", context=page.page, wait="complete")
        run(page)
        page.until(f"!!{right}")
        assert not page.errors
        assert not [url for url in page.asked if not url.startswith((site.base, "data:", "blob:", "about:"))]
    with running(path, tmp_path / "profile") as page:  # and it is there when the browser was closed
        page.open(f"{site.base}/lab/index.html?path={LESSON}.ipynb")
        run(page)
        page.until(f"!!{right}")


def _with_text(selector: str, text: str, among: str = "document.querySelectorAll") -> str:
    return f"""[...{among}({json.dumps(selector)})].find(it => it.textContent.includes({json.dumps(text)}))"""


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
    one = context.new_page()
    site.open(one)
    two = context.new_page()  # a tab that nobody looks at may wait for its kernel, so the first one is open by now
    site.open(two)
    exercise(two)
    one.bring_to_front()
    answer(exercise(one))
    two.bring_to_front()
    second = exercise(two, "predict")
    second.locator("label", has_text="hers").first.click()
    second.locator('.cd-saved[data-state="saved"]').wait_for(timeout=60_000)
    for page in (one, two):  # each tab has both without being loaded again
        page.bring_to_front()
        packed = json.loads(pack(page, first_cell(page), tmp_path).read_text("utf-8"))
        exercises = packed["answers"][0]["exercises"]
        assert {name: bool(entry["answer"]) for name, entry in exercises.items()} == {EXERCISE: True, "predict": True}
    two.close()
    one.bring_to_front()
    one.reload()
    site.open(one)
    assert exercise(one).locator("input:checked").count() == 3
    assert exercise(one, "predict").locator("input:checked").count() == 1
    context.close()


STORE = """async ({ base, steps }) => {
  const code = `
    import { openStore, ROOT } from "${base}/static/pyodide/store.mjs";
    const files = {}, below = (path) => path.slice(ROOT.length + 1), FS = {
      mkdirTree() {}, analyzePath: (path) => ({ exists: below(path) in files }),
      unlink: (path) => delete files[below(path)],
      writeFile: (path, bytes) => (files[below(path)] = new TextDecoder().decode(bytes).slice(0, 400)),
    };
    const store = await openStore();
    let kept;
    store.mount({ FS, registerJsModule: (_, module) => (kept = module) });
    onmessage = ({ data: [path, text] }) => {
      if (!path) return postMessage({ ...files });
      const bytes = new TextEncoder().encode(text), whole = ROOT + "/" + path;
      if (path.startsWith("/")) postMessage(store.append({ path, bytes, time: 1, by: "earlier", base: "" }) ?? "");
      else postMessage(kept.keep(whole.slice(0, whole.lastIndexOf("/")), { toJs: () => [[whole, bytes]] }));
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
"""Takes steps (page, path, text) with the store alone, as several pages would; gives back what the store said.

A path below the root is a file that Python keeps; a whole path is a record as the first sites wrote it.
"""


def test_a_full_store_refuses_and_keeps_what_it_has(browser: Browser, site: Site, tmp_path: Path) -> None:
    context = persistent(browser, tmp_path / "profile", bypass_csp=True)  # in a private window no quota counts
    page = context.new_page()
    page.goto(f"{site.base}/")
    assert page.evaluate(STORE, {"base": site.base, "steps": [["a", "s/one.json", "1"]]}) == ["", ""]
    context.new_cdp_session(page).send("Storage.overrideQuotaForOrigin", {"origin": site.base, "quotaSize": 4_000_000})
    steps = [["a", "s/two.json", 8_000_000], ["a", "", ""], ["b", "", ""]]
    assert page.evaluate(STORE, {"base": site.base, "steps": steps})[1] == "full"
    assert page.evaluate(STORE, {"base": site.base, "steps": [["c", "", ""]]})[1] == {"s/one.json": "1"}
    context.close()


def test_two_pages_see_each_other_and_lose_nothing(browser: Browser, site: Site) -> None:
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    page.goto(f"{site.base}/")
    path = "s/lesson.json"

    def lesson(**revisions: int) -> str:
        return json.dumps({"exercises": {name: {"rev": n, "answer": {"n": n}} for name, n in revisions.items()}})

    steps = [["a", path, lesson(x=1)], ["b", "", ""], ["b", path, lesson(x=1, y=1)], ["a", "", ""]]
    said = page.evaluate(STORE, {"base": site.base, "steps": steps})
    assert said[3] == {path: lesson(x=1)} and said[5] == {path: lesson(x=1, y=1)}
    later = page.evaluate(STORE, {"base": site.base, "steps": [["c", "", ""]]})
    assert later[1] == {path: lesson(x=1, y=1)}
    context.close()


def test_work_kept_under_a_whole_path_is_found_and_goes_on(browser: Browser, site: Site) -> None:
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    page.goto(f"{site.base}/")
    steps = [["a", "/earlier/answers/s/lesson.json", "1"], ["b", "", ""], ["b", "answers/s/lesson.json", "2"]]
    assert page.evaluate(STORE, {"base": site.base, "steps": steps})[3] == {"answers/s/lesson.json": "1"}
    later = page.evaluate(STORE, {"base": site.base, "steps": [["c", "", ""]]})
    assert later[1] == {"answers/s/lesson.json": "2"}
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
@pytest.mark.usefixtures("folder")  # where that can be made, this one can
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
