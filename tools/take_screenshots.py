"""Take the pictures of the README and the docs, from a real JupyterLab and a made-up class.

    python -m tools.take_screenshots

Only stories that were made for the kit are shown.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from benchmarks.make_class import make_class
from copydesk.answers import AnswerFile
from copydesk.lessons.lesson import load_lesson
from copydesk_classroom.grading.grade import grade
from copydesk_classroom.releasing.lite import lite
from tests.browser.coder import SCREEN
from tests.browser.lab import FLAGS, Lab, chromium, exercise, run_all, running
from tests.browser.test_lite import Site

LESSON, EXERCISE = "02_who_says_so", "transfer_marks"
"""An exercise that stands on the Greywater story."""
DOCS = Path(__file__).resolve().parents[1] / "docs"


def half_done(root: Path) -> None:
    """A learner who has one attribution right and one still to do."""
    lesson = load_lesson(LESSON)
    assert lesson.key is not None
    asked = lesson.exercise(EXERCISE)
    on = lesson.on_story_of(asked)
    assert on.key is not None and on.story.id == "greywater-barrage"
    done, begun, *_ = asked.model_answers(on.key, on.story.article.text)["key"]["groups"]
    answer = {"groups": [done, {"source": begun["source"], "labels": {}}]}
    file = AnswerFile.open(lesson.story.id, LESSON, sha256=lesson.story.about["sha256"], root=root)
    file.add_try(EXERCISE, answer, 0.4, 0.4 * asked.points)


def shoot(lab: Lab, theme: str, name: str) -> None:
    """One picture of the exercise after its first try."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = browser.new_page(viewport={"width": 1000, "height": 1100}, device_scale_factor=1.5)
        lab.open(page, LESSON, theme=theme)
        run_all(page)
        section = exercise(page, load_lesson(LESSON).exercise(EXERCISE).title)
        page.add_style_tag(content=".cd-dock { position: static !important; }")  # the whole exercise is in the picture
        section.locator(".cd-details li").first.wait_for(timeout=10_000)
        section.screenshot(path=str(DOCS / name))
        browser.close()


def shoot_editor(lab: Lab) -> None:
    """The editor of keys on the story that it shows without one of your own: the page, who says what, a question."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = browser.new_page(viewport={"width": 1100, "height": 1200}, device_scale_factor=1.25)
        lab.open(page, "instructor/edit_key")
        run_all(page)
        screen = page.locator(SCREEN)
        screen.wait_for(timeout=60_000)

        def shoot_part(title: str, name: str) -> None:
            screen.locator("[role=tab]", has_text=title).click()
            screen.scroll_into_view_if_needed()
            page.mouse.move(0, 0)
            page.wait_for_timeout(1000)
            screen.screenshot(path=str(DOCS / name))
            shrink(DOCS / name)

        shoot_part("Page", "edit_key_page.png")
        shoot_part("Who says so", "edit_key_attributions.png")
        for title in ("Page", "Who says so", "Voice"):
            screen.locator("[role=tab]", has_text=title).click()
            screen.get_by_role("button", name="Confirm all").click()
        screen.locator("[role=tab]", has_text="Ask").click()
        screen.get_by_label("New question").select_option("who_is")
        screen.locator('[data-field="block"]').select_option("p6")
        screen.locator('[data-field="words"]').fill("she")
        screen.locator('[data-field="words"]').press("Enter")
        screen.locator('[data-field="speaker"]').select_option("Oda Renn")
        screen.locator(".cd-kanswer", has_text="Choices").wait_for(timeout=10_000)
        shoot_part("Ask", "edit_key_ask.png")
        browser.close()


def shrink(picture: Path) -> None:
    """A screen has few colours: a palette of them takes a third of the bytes."""
    Image.open(picture).convert("RGB").quantize(128).save(picture, optimize=True)


def shoot_grades(home: Path) -> None:
    """A feedback page and a class report on lesson 00, of thirty learners who are made up."""
    roster = make_class(home / "submissions", 30)
    grade(home / "submissions", home / "grades", lessons=["00"], roster=roster)
    pages = {
        "feedback.png": (sorted((home / "grades" / "feedback").glob("*.html"))[3], 700),
        "report.png": (home / "grades" / "report.html", 900),
    }
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium(), args=FLAGS)
        for name, (path, height) in pages.items():
            page = browser.new_page(viewport={"width": 900, "height": height})
            page.goto(path.as_uri())
            page.screenshot(path=str(DOCS / name))
        browser.close()


def shoot_lite(home: Path) -> None:
    """The website: its first page, and the page that grades, with five learners who are made up."""
    make_class(home / "class", 5)
    lite(home / "site")
    site = Site(home / "site")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = browser.new_page(viewport={"width": 820, "height": 760})
        page.goto(f"{site.base}/")
        page.locator("h1").wait_for()
        page.screenshot(path=str(DOCS / "lite_first.png"))
        page.goto(f"{site.base}/grade.html")
        page.locator("#folder").set_input_files(home / "class")
        page.get_by_role("button", name="Grade", exact=True).click()
        page.locator("#results").wait_for(timeout=600_000)
        page.locator("#results").scroll_into_view_if_needed()
        page.screenshot(path=str(DOCS / "lite_grade.png"))
        browser.close()
    site.close()


if __name__ == "__main__":
    with running(Path(tempfile.mkdtemp())) as started:
        half_done(started.answers)
        shoot(started, "JupyterLab Light", "marking-light.png")
        shoot(started, "JupyterLab Dark", "marking-dark.png")
        shoot_editor(started)
    shoot_grades(Path(tempfile.mkdtemp()))
    shoot_lite(Path(tempfile.mkdtemp()))
