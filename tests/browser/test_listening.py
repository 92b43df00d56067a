"""What a screen reader is given: the accessibility tree of one exercise of each type, before and after a check."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page

from copydesk.lessons.lesson import load_lesson
from tests.browser.lab import Lab, exercise, run_all
from tests.browser.test_screen import pick, wait_saved

pytestmark = pytest.mark.browser
SILENT = {"generic", "none", "InlineTextBox", "LineBreak", "ListMarker", "paragraph", "strong", "LabelText", "Legend"}
NAMED = {"region", "listbox", "option", "button", "radio", "textbox", "combobox", "table"}
"""What a listener goes to; each must have a name."""
STATES = ("checked", "selected", "disabled", "invalid")


def tree(page: Page, section: Locator) -> list[dict[str, Any]]:
    """The nodes of one exercise in Chromium's accessibility tree, in reading order."""
    section.evaluate("e => e.setAttribute('data-tree', '')")
    devtools = page.context.new_cdp_session(page)
    root = devtools.send("DOM.getDocument", {"depth": 0})["root"]["nodeId"]
    found = devtools.send("DOM.querySelector", {"nodeId": root, "selector": "[data-tree]"})["nodeId"]
    backend = devtools.send("DOM.describeNode", {"nodeId": found})["node"]["backendNodeId"]
    section.evaluate("e => e.removeAttribute('data-tree')")
    for _ in range(20):  # the page above still grows, and what is out of sight is not in the tree
        section.evaluate("e => e.scrollIntoView()")
        page.wait_for_timeout(300)
        nodes = {n["nodeId"]: n for n in devtools.send("Accessibility.getFullAXTree")["nodes"]}
        if waiting := [n for n in nodes.values() if n.get("backendDOMNodeId") == backend]:
            break
    listed: list[dict[str, Any]] = []
    while waiting:
        node = waiting.pop(0)
        listed.append(node)
        waiting[:0] = [nodes[i] for i in node.get("childIds", []) if i in nodes]
    return listed


def heard(page: Page, section: Locator) -> list[str]:
    """The exercise as a listener hears it, a line for each thing; printed, to be read through."""
    lines, above = [], ""
    page.wait_for_timeout(500)  # the tree follows the page
    for node in tree(page, section):
        role, name = node.get("role", {}).get("value"), node.get("name", {}).get("value", "").strip()
        if node.get("ignored") or role in SILENT or (role == "StaticText" and name in above):
            continue
        assert name or role not in NAMED, f"a {role} without a name"
        assert not re.search(r"[,;:]{2}|\.:|[a-z][A-Z]$|undefined|\{|_", name), f"{role}: {name}"
        holds = {p["name"] for p in node.get("properties", []) if p["value"].get("value") in (True, "true")}
        states = [state for state in STATES if state in holds]
        lines.append(" ".join(filter(None, ["" if role == "StaticText" else role, name, *states])))
        above = name
    print("\n".join(lines))
    return lines


def opened(page: Page, lab: Lab, lesson: str, name: str) -> Locator:
    lab.open(page, lesson)
    run_all(page)
    return exercise(page, load_lesson(lesson).exercise(name).title)


def check(page: Page, section: Locator, *, times: int = 1) -> None:
    for _ in range(times):
        section.get_by_role("button", name="Check").click()
        page.wait_for_timeout(1500)


def in_order(lines: list[str], *wanted: str) -> None:
    """That these lines are heard, one after the other, with others between them."""
    rest = iter(lines)
    for line in wanted:
        assert line in rest, f"“{line}” is not heard, or too early"


LISTEN = """() => { window.heard = []; new MutationObserver(changes => {
    const live = '[role=status]:not([aria-live=off])';
    for (const told of new Set(changes.map(c => (c.target.closest ?? (() => null)).call(c.target, live))))
        if (told?.checkVisibility() && told.textContent) window.heard.push(told.textContent);
}).observe(document, { childList: true, subtree: true }); }"""
"""Keeps what is said in live regions."""
FOCUSED = "document.activeElement"


def told(page: Page, *keys: str) -> list[str]:
    """What is announced when these keys are pressed; what was said before is forgotten."""
    page.evaluate("window.heard.splice(0)")
    for key in keys:
        page.keyboard.press(key)
        page.wait_for_timeout(100)
    page.wait_for_timeout(400)
    return [str(one) for one in page.evaluate("window.heard.splice(0)")]


def test_what_is_announced_while_marking(page: Page, lab: Lab) -> None:
    section = opened(page, lab, "00_start_here", "first_mark")
    page.evaluate(LISTEN)
    section.locator(".cd-word").first.focus()
    assert [len(one.split()) > 5 for one in told(page, "ArrowDown")] == [True], "the sentence, not only its first word"
    first, second = told(page, "Home", "Shift+ArrowRight"), told(page, "Shift+ArrowRight")
    assert first[-1].endswith("Press 1 (source), 2 (cue), 3 (content) to label them.")
    assert second[-1].startswith("3 words picked:") and "Press" not in second[-1], "the keys are told once"
    (long,) = told(page, "a")
    assert long.count(" ") < 12 and " … " in long, "of many words the first and the last"
    told(page, "Escape", "Home")
    assert "Still missing in attribution 1: cue, content." in told(page, "1")[0]
    assert told(page, "n") == ["attribution 2 begun"]
    assert told(page, *["Control+z"] * 3)[-1] == "nothing more to undo or redo"


def test_a_form_leads_on_and_the_tools_are_one_stop(page: Page, lab: Lab) -> None:
    section = opened(page, lab, "02_who_says_so", "transfer_marks")
    page.evaluate(LISTEN)
    section.locator(".cd-word").first.focus()
    told(page, "1", "Tab")
    assert page.evaluate(f"{FOCUSED}.getAttribute('aria-label')") == "form: attribution 1"
    assert "Still missing in attribution 1: cue, content." in told(page, "ArrowDown")[0]
    told(page, *["Tab"] * 3)
    assert page.evaluate(f"{FOCUSED}.matches('.cd-tools button.cd-l-source')")
    told(page, "ArrowLeft")
    assert page.evaluate(f"{FOCUSED}.title") == "Redo", "the arrows go round the tools"
    told(page, "Tab")
    described = (
        f"{FOCUSED}.getAttribute('aria-describedby').split(' ').map(id => document.getElementById(id).textContent)"
    )
    assert page.evaluate(described)[1] == "2 of 2 tries left"


def test_a_result_is_heard_once(page: Page, lab: Lab) -> None:
    section = opened(page, lab, "00_start_here", "first_mark")
    page.evaluate(LISTEN)
    section.locator(".cd-word").first.focus()
    page.keyboard.press("1")
    wait_saved(section)
    for number in range(2):
        page.keyboard.press("Delete" if number else "ArrowRight")
        section.locator(".cd-word").nth(number + 2).focus()
        page.keyboard.press("1")
        section.get_by_role("button", name="Check").focus()
        said = told(page, "Enter")
        headline = section.locator(".cd-headline").text_content() or ""
        assert page.evaluate(f"{FOCUSED}.matches('.cd-result')"), "the result is read as what has the focus"
        assert headline and not any(headline in one for one in said)
    assert said[-1] == "The key is shown with its reasons."
    section.locator(".cd-word").first.focus()
    whys = [one for _ in range(8) for one in told(page, "ArrowRight") if "source:" in one]
    assert 1 <= len(whys) <= 2, "what the key says of a mark is said once"


def test_the_home_card_leads_on_and_back(page: Page, lab: Lab) -> None:
    """A link leads into its exercise, and Escape to the cell, though the card is an output without a script."""
    opened(page, lab, "00_start_here", "first_mark")
    link = page.locator(".cd-home li a").first
    link.scroll_into_view_if_needed()
    assert (link.text_content() or "").endswith("(not begun)"), "said with the link"
    link.focus()
    page.keyboard.press("Escape")
    assert page.evaluate(f"{FOCUSED}.matches('.jp-Cell') && !!{FOCUSED}.querySelector('.cd-home')")
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_timeout(800)
    assert page.evaluate(f"'#' + {FOCUSED}.id") == link.get_attribute("href")


def test_a_cell_says_that_its_exercise_is_there(page: Page, lab: Lab) -> None:
    lab.open(page, "00_start_here")
    for _ in range(4):
        page.keyboard.press("Shift+Enter")
    page.keyboard.press("Control+Enter")
    here = page.get_by_role("status").get_by_text("“Your first mark” is here: Tab goes into it.")
    here.wait_for(state="attached", timeout=30_000)
    page.keyboard.press("Tab")
    assert page.evaluate(f"!!{FOCUSED}.closest('section.cd')")


def test_mark(page: Page, lab: Lab) -> None:
    section = opened(page, lab, "00_start_here", "first_mark")
    in_order(
        heard(page, section),
        *("region Your first mark 2 points", "heading Your first mark 2 points"),
        *("listbox Text to mark", "group paragraph 1", "option LOWER", "option Thursday."),
        *("list What you have marked", "listitem", "Nothing marked yet."),
        "2 of 2 tries left",
        *("toolbar Label as", "button 1 source", "button 2 cue", "button 3 content", "button New attribution"),
        *("button Clear marks here", "button Undo", "button Redo", "button Check"),
    )
    pick(page, section, 15, 18)
    page.keyboard.press("1")
    wait_saved(section)
    check(page, section)
    in_order(
        heard(page, section),
        *("option spring, source 1", "option Ines, source 1", "option Okafor"),
        *("You are building attribution 1.", "source:", "spring, harbour master Ines", "cue:", "not yet"),
        *("button Remove: attribution 1", "button Check", "group Not yet: 33 of 100.", "heading Where to look again"),
        "Where to look again: Your attribution in paragraph 1: look again at the cue, content.",
    )


def test_sort(page: Page, lab: Lab) -> None:
    section = opened(page, lab, "00_start_here", "voices")
    in_order(
        heard(page, section),
        "region Whose voice? 2 points",
        "radiogroup 3 of 6: Paragraph 3, sentence 1 The town paid for a new engine in January.",
        *("radio the reporter’s own voice", "radio somebody else’s words", "radio both in one sentence"),
        *("0 of 6 sorted", "2 of 2 tries left", "button Check"),
    )
    for item in range(5):
        section.locator(".cd-item").nth(item).locator("input").first.check()
    wait_saved(section)
    check(page, section)
    told = "Not sorted yet: 1 of 6 (Paragraph 5, sentence 1)."
    in_order(
        heard(page, section),
        *("radio the reporter’s own voice checked", "5 of 6 sorted", "button Check"),
        "group Not checked, and no try is used: something is still missing.",
        *("listitem", told, "status", told),
    )
    check(page, section, times=2)
    section.locator(".cd-item").nth(5).locator("input").first.check()
    check(page, section)
    in_order(
        heard(page, section),
        *("radio somebody else’s words", "missed:", "button Check disabled"),
        *("group 50 of 100. Compare your answer with the key.", "status", "The key is shown with its reasons."),
    )


def test_form(page: Page, lab: Lab) -> None:
    section = opened(page, lab, "06_do_we_agree", "by_hand")
    question = (
        "textbox 1. Sentence 3 has two yes and one no. Three coders make three pairs. Which share of the pairs agrees?"
    )
    in_order(heard(page, section), question, "A number from 0 to 1", "0 of 4 answered", "button Check")
    section.locator("input[type=text]").first.fill("33")
    page.keyboard.press("Tab")
    wait_saved(section)
    check(page, section)
    in_order(
        heard(page, section),
        *(f"{question} invalid", "Write a number from 0 to 1.", "button Check"),
        *("Question 1: “33” is not a number from 0 to 1.", "status"),
    )
    section = exercise(page, load_lesson("06_do_we_agree").exercise("explain").title)
    in_order(
        heard(page, section),
        "radiogroup 2. Alpha for a question is 0.3. What do you know?",
        "radio the text is unclear",
    )


def test_order(page: Page, lab: Lab) -> None:
    section = opened(page, lab, "07_what_was_going_on", "order")
    lines = heard(page, section)
    events = [line for line in lines if line.startswith("option ")]
    assert [line.split()[1] for line in events] == [str(n) for n in range(1, 9)]
    assert all(re.search(r"not said yet: known, or only later\?( selected)?$", line) for line in events)
    in_order(
        lines,
        *("listbox Events, the earliest first", "toolbar For the event chosen", "button Earlier", "button Later"),
        *("button 1 known on the day of the story", "button 2 known only later", "button This is my order"),
    )
    section.get_by_role("button", name="This is my order").click()
    page.keyboard.press("1")
    wait_saved(section)
    lines = heard(page, section)
    assert [line for line in lines[: lines.index("toolbar For the event chosen")] if line.startswith("option ")][-1][
        7
    ] == "8"
    first = next(line for line in lines if line.startswith("option 1 "))
    assert first.endswith("known on the day of the story selected")
    words = first.removeprefix("option 1 ").split()[:3]
    assert lines[-1].startswith(" ".join(words)) and lines[-1].endswith(": known on the day of the story")


def test_write(page: Page, lab: Lab) -> None:
    section = opened(page, lab, "08_your_own_brief", "brief")
    in_order(
        heard(page, section),
        *("listbox Text to mark", "list What you have marked", "listitem", "Nothing marked yet."),
        *("textbox Headline", "textbox The brief, 120 to 270 words", "button 1 evidence", "button Check"),
    )
    section.get_by_label("Headline").fill("A dam – and no water")
    pick(page, section, 2, 3)
    page.keyboard.press("1")
    wait_saved(section)
    lines = heard(page, section)
    in_order(lines, "button Remove: evidence 1", "textbox Headline", "5 words (3 to 12 words)", "button Check")
    assert lines[-1].endswith(": evidence")
    section.get_by_role("button", name="Check").click()
    page.wait_for_timeout(1500)
    in_order(heard(page, section), "heading Where to look again", "status")
