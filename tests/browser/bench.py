"""The editor of keys in a real browser without JupyterLab: the widget's own script, its own Python, and a wire between.

A pass takes seconds, so that every layer and every shape of page can have one. Whether JupyterLab takes keys from it is
tested in `test_edit_key.py`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page

from copydesk_classroom.stories.changes import SHOWN
from copydesk_classroom.stories.edit_key import EditKey, edit_script, edit_style
from copydesk_classroom.stories.editor import KeyEditor

SCREEN = "section.cd-kedit"
TRAITS = ("spec", "page", "state", *SHOWN)
WIRE = """
const listeners = new Set();
const model = {
  get: (name) => window.traits[name],
  send: async (message) => {
    window.sent += 1;
    window.traits = await window.send(message);
    window.sent -= 1;
    listeners.forEach((act) => act());
  },
  on: (_, act) => listeners.add(act), off: (_, act) => listeners.delete(act),
};
window.sent = 0;
"""


class Bench:
    """One story open in the editor, in a page of a browser."""

    def __init__(self, page: Page, folder: Path, *, theme: str = "light") -> None:
        self.page, self.folder, self.theme = page, folder, theme
        page.expose_function("send", self._answer)
        self.open()

    def open(self) -> None:
        """Show the story from the disk, as after a restart of the kernel."""
        self.editor = KeyEditor(self.folder)
        self.widget = EditKey(self.editor)
        script = edit_script().replace("export default { render: editKey };", "")
        light = str(self.theme == "light").lower()
        self.page.goto("about:blank")
        self.page.set_content(
            f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Editor</title><style>{edit_style()}</style>'
            f'<body data-jp-theme-light="{light}"><main></main></body></html>'
        )
        self.page.evaluate("traits => { window.traits = traits; }", self._traits())
        self.page.add_script_tag(content=f"{script}\n{WIRE}\neditKey({{ model, el: document.querySelector('main') }});")
        self.screen = self.page.locator(SCREEN)
        self.screen.wait_for()

    def _traits(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(json.dumps({name: getattr(self.widget, name) for name in TRAITS}))
        return found

    def _answer(self, message: dict[str, Any]) -> dict[str, Any]:
        self.widget._asked(None, message, [])
        return self._traits()

    # What a person does

    def part(self, title: str) -> None:
        """Open a part of the key by its tab."""
        self.screen.locator("[role=tab]", has_text=title).click()

    def press(self, *keys: str) -> None:
        """Press keys, and wait until all is on the disk."""
        for key in keys:
            self.page.keyboard.press(key)
        self.wait()

    def click(self, name: str) -> None:
        """Click the button of that name."""
        self.screen.get_by_role("button", name=name).first.click()
        self.wait()

    def word(self, text: str, n: int = 0) -> Locator:
        """A word of the page."""
        return self.screen.locator(".cd-word", has_text=text).nth(n)

    def drag(self, first: Locator, last: Locator) -> None:
        """Pick the words from one to another with the mouse."""
        first.scroll_into_view_if_needed()
        a, b = first.bounding_box(), last.bounding_box()
        assert a and b
        self.page.mouse.move(a["x"] + 4, a["y"] + a["height"] / 2)
        self.page.mouse.down()
        self.page.mouse.move(b["x"] + b["width"] - 4, b["y"] + b["height"] / 2, steps=4)
        self.page.mouse.up()

    def fill(self, field: str, value: str) -> None:
        """Write into a field, or choose there, and leave it."""
        found = self.screen.locator(f'[data-field="{field}"]').first
        if found.evaluate("el => el.tagName") == "SELECT":
            found.select_option(value)
        else:
            found.fill(value)
            found.press("Enter")
        self.wait()

    # What is seen

    def wait(self) -> None:
        """Until every change is answered."""
        self.page.wait_for_function("window.sent === 0")

    def disk(self, layer: str) -> list[dict[str, Any]]:
        """The entries of a layer as they are saved."""
        self.wait()
        key = json.loads((self.folder / "key.json").read_text("utf-8"))
        found: list[dict[str, Any]] = key.get(layer, [])
        return found

    def error(self) -> str:
        """The sentence that says what went wrong; empty if nothing did."""
        return str(self.screen.locator("[role=alert]").inner_text())
