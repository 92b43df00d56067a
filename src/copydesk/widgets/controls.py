"""The small controls around the exercises: stock ipywidgets, wired to the core."""

from __future__ import annotations

import base64
from html import escape
from typing import Any

import ipywidgets as ipw

from copydesk.answers import AnswerFile, folder
from copydesk.answers.handin import HandIn, pack
from copydesk.errors import CopydeskError
from copydesk.wording import load_wording


def name_box(answers: AnswerFile) -> ipw.VBox:
    """A text box for the learner's name or number, and a button that keeps it."""
    say = load_wording("strings")["lesson"]
    label = ipw.HTML(f"<span>{escape(say['name_ask'])}</span>")
    box = ipw.Text(value=answers.learner, description="Name:", continuous_update=False)
    button = ipw.Button(description=say["name_save"], layout=ipw.Layout(width="max-content"))
    told = ipw.HTML()

    def keep(_: Any) -> None:
        try:
            answers.set_learner(box.value.strip())
            told.value = _status(say["name_saved"].format(name=box.value.strip() or "–"))
        except CopydeskError as error:
            told.value = _status(str(error))

    button.on_click(keep)
    box.observe(keep, names="value")  # also when the box is left, so that fast typing is never cut short
    return ipw.VBox([label, ipw.HBox([box, button]), told])


def hand_in_box(story: str) -> ipw.VBox:
    """A button that packs the work, and a list of what was packed."""
    say = load_wording("strings")["lesson"]
    button = ipw.Button(description=say["pack"], button_style="primary", layout=ipw.Layout(width="max-content"))
    told = ipw.HTML()

    def run(_: Any) -> None:
        try:
            told.value = _packed(pack(folder(), story=story))
        except CopydeskError as error:
            told.value = _status(str(error))

    button.on_click(run)
    return ipw.VBox([button, told])


def _status(sentence: str) -> str:
    return f'<div role="status">{escape(sentence)}</div>'


def _packed(handin: HandIn) -> str:
    say = load_wording("strings")["lesson"]
    size = f"{max(1, round(handin.bytes / 1000))} kB"
    data = base64.b64encode(handin.path.read_bytes()).decode()
    name = escape(handin.path.name)
    items = "".join(f"<li>{escape(line)}</li>" for line in handin.contents)
    return (
        f'<div role="status"><p>{escape(say["packed"].format(path=handin.path.name, size=size))}</p>'
        f"<p>{escape(say['packed_list'])}</p><ul>{items}</ul></div>"
        f'<p><a download="{name}" href="data:application/json;base64,{data}">{escape(say["download"])}</a></p>'
    )
