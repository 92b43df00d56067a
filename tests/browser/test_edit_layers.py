"""Every layer of a key edited in a real browser: added, changed, removed, undone, saved, and there after a restart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from copydesk.story.story import load_story
from copydesk_classroom.stories.editor import key_editor
from tests.browser.bench import Bench

pytestmark = pytest.mark.browser


@pytest.fixture
def bench(page: Page, tmp_path: Path) -> Bench:
    """A draft of a story of this kit, open in the editor."""
    return Bench(page, key_editor("greywater-barrage", folder=tmp_path).folder)


def newest(bench: Bench, layer: str, before: list[dict[str, Any]]) -> dict[str, Any]:
    """The one entry of a layer that was not there before."""
    (found,) = [e for e in bench.disk(layer) if e["id"] not in {one["id"] for one in before}]
    return found


def words_of(bench: Bench, entry: dict[str, Any]) -> str:
    return bench.editor.text[entry["start"] : entry["end"]]


def entry(bench: Bench, layer: str, name: str) -> dict[str, Any]:
    return next(e for e in bench.disk(layer) if e["id"] == name)


def add_marked(bench: Bench, first: str, last: str, digit: str, *, n: int = 0) -> None:
    """Pick words with the mouse, and label them with a digit."""
    bench.drag(bench.word(first, n), bench.word(last))
    bench.press(digit)


def kept_after_restart(bench: Bench, part: str, layer: str) -> None:
    """What is on the disk is on the screen again, and nothing else is."""
    before = bench.disk(layer)
    bench.open()
    bench.part(part)
    assert bench.disk(layer) == before and getattr(bench.widget, layer) == before


def removed_and_back(bench: Bench, layer: str, name: str, *, key: str = "x") -> None:
    """An entry is removed by its key and by its button, and comes back with Undo each time."""
    found = entry(bench, layer, name)
    bench.press(key)
    assert name not in [e["id"] for e in bench.disk(layer)]
    bench.click("Undo")
    assert entry(bench, layer, name) == found
    bench.press("Control+y")
    assert name not in [e["id"] for e in bench.disk(layer)]
    bench.press("Control+z")
    assert entry(bench, layer, name) == found and not bench.error()


def test_devices_and_plain_words(bench: Bench) -> None:
    bench.part("Devices")
    before, plain = bench.disk("framing"), bench.disk("controls")
    add_marked(bench, "protest", "protest", "1")
    made = newest(bench, "framing", before)
    assert (words_of(bench, made), made["unconfirmed"], made["readings"]) == ("protest", True, [])
    bench.press("b")
    bench.fill("readings", "It asks for what is its own.")
    bench.fill("readings1", "It gives orders.")
    found = entry(bench, "framing", made["id"])
    assert found["device"] == "report_verb" and len(found["readings"]) == 2
    bench.press("Enter")
    assert "unconfirmed" not in entry(bench, "framing", made["id"])
    bench.screen.locator(".cd-word", has_text="protest").first.click()
    bench.page.wait_for_timeout(100)
    removed_and_back(bench, "framing", made["id"])
    add_marked(bench, "argued", "argued", "2")
    control = newest(bench, "controls", plain)
    assert words_of(bench, control) == "argued" and "unconfirmed" not in control
    kept_after_restart(bench, "Devices", "framing")


def test_a_place_to_look_at_becomes_a_device_by_mouse(bench: Bench) -> None:
    bench.part("Devices")
    place, before = entry(bench, "cue_places", "CP4"), bench.disk("framing")
    assert words_of(bench, place) == "was not allowed"
    bench.word("allowed").click()
    bench.page.wait_for_timeout(100)
    bench.screen.locator(".cd-kacts .cd-l-wording").click()
    bench.wait()
    made = newest(bench, "framing", before)
    assert "CP4" not in [p["id"] for p in bench.disk("cue_places")] and made["device"] == place["device"]
    bench.click("Undo")
    assert place["id"] in [p["id"] for p in bench.disk("cue_places")] and bench.disk("framing") == before


def test_claims(bench: Bench) -> None:
    bench.part("Claims")
    before = bench.disk("claims")
    add_marked(bench, "lodged", "Monday.", "1")
    made = newest(bench, "claims", before)
    bench.press("s")
    bench.fill("evidence", "The register of the commission")
    bench.fill("day", "2031-09-09")
    bench.fill("note", "Its diary has the same day.")
    found = entry(bench, "claims", made["id"])
    assert (found["verdict"], found["day"], found["evidence"]) == (
        "supported",
        "2031-09-09",
        "The register of the commission",
    )
    bench.fill("day", "next week")
    assert "not a day" in bench.error() and entry(bench, "claims", made["id"])["day"] == "2031-09-09"
    bench.page.keyboard.press("Escape")
    bench.word("lodged").click()
    bench.page.wait_for_timeout(100)
    removed_and_back(bench, "claims", made["id"])
    kept_after_restart(bench, "Claims", "claims")


def test_frames(bench: Bench) -> None:
    bench.part("Frames")
    before = bench.disk("entman")
    bench.press("n")
    add_marked(bench, "brushed", "aside.", "1")
    made = newest(bench, "entman", before)
    add_marked(bench, "lodged", "protest", "4")
    add_marked(bench, "charge", "charge", "2")
    bench.fill("name", "A quarrel of neighbours")
    found = entry(bench, "entman", made["id"])
    text = bench.editor.text
    cells = {
        role: [text[s["start"] : s["end"]] for s in found[role]] for role in ("problem", "cause", "remedy", "moral")
    }
    assert cells == {
        "problem": ["brushed the charge aside"],
        "cause": ["charge"],
        "remedy": ["lodged a formal protest"],
        "moral": [],
    }
    assert found["name"] == "A quarrel of neighbours"
    bench.press("Escape")
    removed_and_back(bench, "entman", made["id"])
    kept_after_restart(bench, "Frames", "entman")


def test_traces(bench: Bench) -> None:
    bench.part("Traces")
    before = bench.disk("quirks")
    add_marked(bench, "brushed", "brushed", "1")
    made = newest(bench, "quirks", before)
    assert made["kind"] == "republication"
    bench.press("d")
    bench.fill("note", "Here a place stood.")
    found = entry(bench, "quirks", made["id"])
    assert (found["kind"], found["note"]) == ("missing_dateline", "Here a place stood.")
    bench.press("Escape")
    removed_and_back(bench, "quirks", made["id"])
    kept_after_restart(bench, "Traces", "quirks")


def test_questions_on_the_frame(bench: Bench) -> None:
    bench.part("Questions")
    first, second = bench.disk("questions")[:2]
    bench.press("y")
    found = entry(bench, "questions", first["id"])
    assert found["answer"] == "yes" and "unconfirmed" not in found
    row = bench.screen.locator(".cd-krow").nth(1)
    row.locator(".cd-kchoices button", has_text="no").first.click()
    bench.wait()
    assert entry(bench, "questions", second["id"])["answer"] == "no"
    bench.press("Control+z")
    assert entry(bench, "questions", second["id"]) == second
    bench.press("Control+z")
    assert entry(bench, "questions", first["id"]) == first
    bench.press("Control+y")
    row = bench.screen.locator(".cd-krow").first
    row.locator('[data-field="evidence"]').fill("paragraph 2")
    row.locator('[data-field="evidence"]').press("Enter")
    assert entry(bench, "questions", first["id"])["evidence"] == "paragraph 2"
    kept_after_restart(bench, "Questions", "questions")


@pytest.mark.parametrize(("part", "what"), [("Page", "block"), ("Voice", "sentence")])
def test_blocks_and_sentences_are_divided_and_joined(bench: Bench, part: str, what: str) -> None:
    """By keys and by mouse; what was marked there stays, and Undo puts all back."""
    layer = "paragraphs" if what == "block" else "sentences"
    bench.part(part)
    marks, before = bench.disk("attributions"), bench.disk(layer)
    row = bench.screen.locator(".cd-krow", has_text="Tarnholt brushed the charge aside.").first
    row.locator(".cd-krowtext").click()
    if what == "sentence":
        bench.click("Join with the one above")
        assert "begins its paragraph" in bench.error()
        bench.press("ArrowDown", "j")
        assert len(bench.disk(layer)) == len(before) - 1 and not bench.error()
        bench.press("s", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight", "Enter")
    else:
        bench.press("s", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight", "Enter")
        assert len(bench.disk(layer)) == len(before) + 1
        bench.press("ArrowDown", "j")
    assert [(e["start"], e["end"]) for e in bench.disk(layer)] == [(e["start"], e["end"]) for e in before]
    bench.click("Divide")
    bench.page.keyboard.press("Escape")
    bench.click("Divide")
    bench.screen.locator(".cd-kcut").last.click()
    bench.wait()
    if what == "sentence":
        assert len(bench.disk(layer)) == len(before) + 1
    spans = [(a["id"], a["source"], a["cue"], a["content"]) for a in bench.disk("attributions")]
    assert spans == [(a["id"], a["source"], a["cue"], a["content"]) for a in marks]
    assert load_story(bench.folder).article.parts == bench.editor.article.parts
    for _ in range(4):
        bench.press("Control+z")
    assert bench.disk(layer) == before and bench.editor.faults() == []
    kept_after_restart(bench, part, layer)


def test_a_question_from_a_template(bench: Bench) -> None:
    """Chosen and typed by keys, shown with its answer and choices, asked by a lesson, undone."""
    for layer in ("furniture", "paragraphs", "sentences", "sources", "attributions"):
        bench.editor.apply([{"op": "confirm", "layer": layer, "ids": [e["id"] for e in bench.editor.layer(layer)]}])
    (bench.folder / "lessons.toml").write_text("", "utf-8")
    bench.open()
    bench.part("Ask")
    bench.press("n", "W", "h", "o", "Space", "i", "s", "Enter")
    if not bench.disk("asked"):
        bench.screen.get_by_label("New question").select_option("who_is")
    bench.fill("block", "p6")
    assert bench.screen.locator(".cd-krowtext").inner_text() == "___: who is “___”?"
    bench.fill("words", "she")
    assert "is empty" in bench.screen.locator(".cd-kanswer").inner_text()
    bench.fill("speaker", "Oda Renn")
    assert bench.screen.locator(".cd-krowtext").inner_text() == "Paragraph 6: who is “she”?"
    shown = bench.screen.locator(".cd-kanswer").inner_text()
    assert shown.startswith("Answer: Oda Renn. Choices: ") and shown.endswith("Asked in lesson 02.")
    told = (bench.folder / "lessons.toml").read_text("utf-8")
    assert "Paragraph 6: who is “she”?" in told and "own_w1" in told
    bench.fill("words", "nowhere")
    assert "not in paragraph 6" in bench.screen.locator(".cd-kanswer").inner_text()
    assert "own_w1" not in (bench.folder / "lessons.toml").read_text("utf-8")
    bench.press("Escape")
    bench.press("Control+z")
    assert "own_w1" in (bench.folder / "lessons.toml").read_text("utf-8")
    removed_and_back(bench, "asked", "W1")
    bench.screen.get_by_role("button", name="Remove: W1").click()
    assert bench.disk("asked") == [] and "own_w1" not in (bench.folder / "lessons.toml").read_text("utf-8")
    bench.press("Control+z")
    kept_after_restart(bench, "Ask", "asked")


SIZES = "els => els.filter(el => el.checkVisibility()).map(el => [el.offsetWidth, el.offsetHeight])"
TOO_WIDE = """el => [...el.querySelectorAll("button, select, input, p, span, label, summary")].filter(one =>
    one.checkVisibility() && !one.closest(".cd-visually-hidden")
    && one.getBoundingClientRect().right > el.getBoundingClientRect().right).map(one => one.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_part_at_every_width(page: Page, tmp_path: Path, theme: str) -> None:
    """axe finds nothing, nothing is cut off, every target can be met, and a click never moves what it clicks."""
    page.set_default_timeout(5000)
    bench = Bench(page, key_editor("greywater-barrage", folder=tmp_path).folder, theme=theme)
    if theme == "dark":
        page.add_style_tag(content="body { background: #111; }")
    bench.part("Ask")
    for template in ("who_is", "own"):
        bench.screen.get_by_label("New question").select_option(template)
        bench.wait()
    for tab in bench.widget.spec["tabs"]:
        bench.part(tab["title"])
        for more in bench.screen.locator("details.cd-kdiffer:not([open]) summary:visible").all()[:1]:
            more.click()
        for width in (390, 800, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            where = f"{tab['title']} at {width}"
            if width == 390:  # what it looks at does not depend on the width
                found = Axe().run(page, context={"include": [["section.cd-kedit"]]}).response["violations"]
                assert not found, [f"{where}: {v['id']}: {v['nodes'][0]['html'][:200]}" for v in found]
            assert bench.screen.evaluate("el => el.scrollWidth <= el.clientWidth"), where
            assert not bench.screen.evaluate(TOO_WIDE), where
            targets = bench.screen.locator("button, select, input[type=text], summary").evaluate_all(SIZES)
            assert min(min(size) for size in targets) >= 24, where


@pytest.mark.parametrize(
    ("part", "layer", "name"), [("Voice", "sentences", "voice"), ("Questions", "questions", "answer")]
)
def test_one_click_answers_in_any_row(bench: Bench, part: str, layer: str, name: str) -> None:
    """Whichever row was the current one: what a click is on must stay under it."""
    bench.part(part)
    for n in (2, 0, 3):
        choice = bench.screen.locator(".cd-krow").nth(n).locator(".cd-kchoices button").last
        choice.click()
        assert bench.disk(layer)[n][name] == choice.get_attribute("data-value")
