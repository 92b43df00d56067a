"""Exports and saved notebooks: what stands there in place of a widget, and that it shows the work as it is saved."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter

from copydesk.answers.place import BINDER
from copydesk.desk import open_lesson
from copydesk.widgets.later import Later

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
REPR = re.compile(r"VBox\(|<\w+ (exercise|of|on) [^>]*>|\w+\(\w+=")
"""What Python says of an object, where a reader expects words."""


def exported(lesson: str, state: bool) -> str:
    """A lesson that was run and exported as a page, with or without the state of its widgets."""
    notebook = nbformat.read(NOTEBOOKS / f"{lesson}.ipynb", 4)
    NotebookClient(notebook, store_widget_state=state, resources={"metadata": {"path": str(NOTEBOOKS)}}).execute()
    html, _ = HTMLExporter().from_notebook_node(notebook)
    return re.sub(r"<(style|script).*?</\1>", "", html[html.index("<body") :], flags=re.DOTALL)


@pytest.mark.parametrize("state", [True, False])
@pytest.mark.parametrize("binder", [True, False])
def test_an_export_shows_the_saved_work_and_no_object_of_python(
    state: bool, binder: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if binder:
        monkeypatch.setenv(BINDER[0], "https://mybinder.org/")
    desk = open_lesson("03_how_strong_is_the_sourcing")
    desk.answers.save("note", {"texts": {"claim": "Run it with a change."}})
    desk.answers.save("predict", {"values": {"most": "1"}})
    html = exported(desk.lesson.id, state)
    assert not REPR.search(unescape(re.sub(r"<[^>]+>", " ", html)))
    assert "Run it with a change." in html and html.count("effective number") and "Bar chart of shares" in html
    assert html.count("“Pack my work” packs all your work") == (2 if binder else 1)


def test_a_view_on_a_page_follows_the_work_and_one_that_is_not_shown_stays_quiet(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown: list[tuple[str, Any]] = []
    monkeypatch.setattr("copydesk.widgets.later.display", lambda data, **more: shown.append(("new", data)))
    monkeypatch.setattr("copydesk.widgets.later.update_display", lambda data, **more: shown.append(("again", data)))
    desk = open_lesson("00_start_here")
    never = Later(lambda: "x")
    never.refresh()
    assert not shown
    desk.result()._ipython_display_()
    widget = desk.exercise("voices")
    widget._ipython_display_()
    assert [what for what, _ in shown] == ["new", "new", "new"] and shown[1][1]["text/plain"] == ""
    lesson, key = desk.lesson, desk.lesson.key
    best = next(iter(lesson.exercise("voices").model_answers(key, lesson.story.article.text).values()))
    widget.save(best)
    widget.check()
    widget._asked(widget, {"do": "later"}, [])
    assert [what for what, _ in shown[3:]] == ["again", "again"]
    assert "50\xa0%" in shown[-1][1]["text/html"] and shown[-1][1] != shown[0][1], "the result, too"
    widget._asked(widget, {"do": "later"}, [])
    assert len(shown) == 5, "nothing new, nothing sent"
