"""The small controls around the exercises: stock ipywidgets, wired to the core.

Explorers: stock ipywidgets around a figure; what they show is computed by the core.
"""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from typing import Any, get_args

import ipywidgets as ipw

from copydesk.answers import AnswerFile, folder
from copydesk.answers.handin import HandIn, pack, unpack
from copydesk.answers.place import learner_of, remember_learner
from copydesk.base.errors import CopydeskError
from copydesk.base.wording import load_wording
from copydesk.exercises.sort import PRIVATE
from copydesk.lessons.lesson import lesson_titles
from copydesk.page.html import paragraph, static_html
from copydesk.story.story import edition
from copydesk.views.plots import sourcing_figure
from copydesk.views.sourcing import By, Counted
from copydesk.widgets.later import Later, later_html


class Controls(ipw.VBox):  # type: ignore[misc]  # ipywidgets has no types
    """Stock controls one below the other; `still` makes what stands in their place where no kernel is, as HTML."""

    def __init__(self, children: Sequence[ipw.Widget], still: Callable[[], str]) -> None:
        super().__init__(children)
        self.add_class("cd-live")
        self.add_class("cd-stock")
        self.later = Later(still)

    def _ipython_display_(self) -> None:
        self.later.show_under(self._repr_mimebundle_(), {})


def name_box(answers: AnswerFile) -> Controls:
    """A text box for the learner's name or number, and a button that keeps it."""
    say = load_wording("strings")["lesson"]
    label = ipw.HTML(_lines(f"<span>{escape(say['name_ask'])}</span>"))
    wide_as_its_words = {"description_width": "initial"}
    box = ipw.Text(value=answers.learner, description=say["name"], continuous_update=False, style=wide_as_its_words)
    button = ipw.Button(description=say["name_save"], layout=ipw.Layout(width="max-content"))
    told = ipw.HTML()

    def still() -> str:
        return static_html(
            f"{later_html('controls')}{paragraph(say['name_saved'].format(name=answers.learner or '–'))}"
        )

    def keep(_: Any) -> None:
        try:
            answers.set_learner(box.value.strip())
            told.value = _status(say["name_saved"].format(name=box.value.strip() or "–"))
            controls.later.refresh()
        except CopydeskError as error:
            told.value = _status(str(error))

    button.on_click(keep)
    box.observe(keep, names="value")  # also when the box is left, so that fast typing is never cut short
    controls = Controls([label, ipw.HBox([box, button]), told], still)
    return controls


def hand_in_box() -> Controls:
    """A button that packs all work and lists what was packed, and one that brings packed work back.

    What the forms of discernment hold goes in only if the learner ticks its box.
    """
    say = load_wording("strings")["lesson"]
    wide = ipw.Layout(width="max-content")
    name = ipw.Text(value=learner_of(folder()) or "", description=say["name"], continuous_update=False)
    private = ipw.Checkbox(description=say["with_discernment"], indent=False, layout=ipw.Layout(width="auto"))
    why = ipw.HTML(_lines(f"<span>{escape(say['with_discernment_why'])}</span>"))
    button = ipw.Button(description=say["pack"], button_style="primary", layout=wide)
    upload = ipw.FileUpload(accept=".json", description=say["bring_back"], layout=wide)
    upload.tooltip = ""  # else a screen reader says “null”
    told = ipw.HTML()
    given = name.value

    def run(_: Any) -> None:
        nonlocal given
        try:
            if name.value == given:  # nothing was typed here, and a name may have been kept in another cell since
                name.value = learner_of(folder()) or ""
            else:
                remember_learner(folder(), name.value.strip())
            given = name.value
            leave_out = () if private.value else PRIVATE
            told.value = _packed(pack(folder(), leave_out=leave_out, titles=lesson_titles()))
        except CopydeskError as error:
            told.value = _status(str(error))

    def stale(_: Any) -> None:
        if told.value:
            told.value = _status(say["pack_again"].format(pack=say["pack"]))

    def back(change: dict[str, Any]) -> None:
        files = change["new"]
        if isinstance(files, dict):  # ipywidgets 7, which Google Colab has, keeps them by name
            files = [{"name": name, **file} for name, file in files.items()]
        for file in files:
            told.value = _brought_back(file["name"], bytes(file["content"]))
        name.value = name.value or learner_of(folder()) or ""

    button.on_click(run)
    for box in (private, name):
        box.observe(stale, names="value")
    upload.observe(back, names="value")
    still = static_html(later_html("controls") + paragraph(say["hand_in"].format(pack=say["pack"])))
    return Controls([name, private, why, ipw.HBox([button, upload]), told], lambda: still)


def _brought_back(name: str, content: bytes) -> str:
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / (Path(name).name or "handin.json")
        path.write_bytes(content)
        try:
            lines = unpack(path, folder())
        except CopydeskError as error:
            return _status(str(error))
    rest = load_wording("strings")["lesson"]["run_again"]
    items = "".join(f"<li>{escape(line)}</li>" for line in [*lines, rest])
    return _lines(f'<div role="alert"><ul>{items}</ul></div>')


def _status(sentence: str) -> str:
    """A sentence that is read out: an alert is, also where its element is new, as each value of an HTML widget is."""
    return _lines(f'<div role="alert">{escape(sentence)}</div>')


def _lines(html: str) -> str:
    """Prose in an HTML widget, whose own lines stand as far apart as its controls."""
    return f'<div style="line-height: 1.45">{html}</div>'


def _packed(handin: HandIn) -> str:
    say = load_wording("strings")["lesson"]
    size = f"{max(1, round(handin.bytes / 1000))} kB"
    data = base64.b64encode(handin.path.read_bytes()).decode()
    name = escape(handin.path.name)
    items = "".join(f"<li>{escape(line)}</li>" for line in handin.contents)
    whom = edition().hand_in_to or say["hand_in_to"]
    nameless = "" if handin.learner else f"<p><strong>{escape(say['no_name'].format(pack=say['pack']))}</strong></p>"
    return _lines(
        f'<div role="alert"><p>{escape(say["packed"].format(path=handin.path.name, size=size, whom=whom))}</p>'
        f"{nameless}</div><p>{escape(say['packed_list'])}</p><ul>{items}</ul>"
        f'<p><a style="text-decoration: underline" download="{name}" href="data:application/json;base64,{data}">'
        f"{escape(say['download'])}</a></p>"
    )


def sourcing_explorer(items: tuple[Counted, ...], told: Sequence[str] = ()) -> Controls:
    """Shares by source, counted in attributions or in words, with one item dropped if wanted; above, what is `told`."""
    say = load_wording("strings")["sourcing"]
    ways: list[By] = [*get_args(By)]
    by = ipw.ToggleButtons(options=[(say[way], way) for way in ways], description=say["count_in"])
    drop = ipw.IntSlider(min=0, max=len(items), description=say["drop"], continuous_update=False)
    dropped, figure = ipw.HTML(), ipw.HTML()

    def show(_: Any = None) -> None:
        gone = items[drop.value - 1] if drop.value else None
        dropped.value = say["dropped"].format(id=gone.id, speaker=gone.speaker) if gone else say["none_dropped"]
        figure.value = sourcing_figure(items, by=by.value, dropped=gone.id if gone else "")._repr_html_()

    def still() -> str:
        figures = "".join(sourcing_figure(items, by=way)._repr_html_() for way in ways)
        return static_html(later_html("controls") + "".join(map(paragraph, told)) + figures)

    by.observe(show, names="value")
    drop.observe(show, names="value")
    show()
    above = [ipw.HTML(_lines(f"<strong>{escape(sentence)}</strong>")) for sentence in told]
    return Controls([*above, by, drop, dropped, figure], still)
