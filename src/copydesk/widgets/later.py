"""What stands in a saved or exported notebook in place of a widget: a static view of the work, kept up to date."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any
from uuid import uuid4

from IPython.display import display, update_display

from copydesk.answers import AnswerFile
from copydesk.base.wording import load_wording

FOLLOWING: dict[tuple[str, str], Later] = {}
"""What was shown last of each answer file under a name (`home`, `result`): it follows the work, as static views do."""


class Later:
    """A static view that follows the work, for whoever opens the notebook later; `make` gives it as HTML.

    Under a widget it is an output of its own, since JupyterLab shows a widget that is gone as an error. While the
    widget is there, the stylesheet hides the static view.
    """

    def __init__(self, make: Callable[[], str], plain: str = "") -> None:
        self.make, self.plain, self.id = make, plain, f"copydesk-{uuid4().hex}"
        self.shown = ""

    def show_under(self, data: dict[str, Any], metadata: dict[str, Any]) -> None:
        """Show a widget, by its data and metadata, and the static view under it."""
        data.pop("text/html", None)
        display({**data, "text/plain": ""}, metadata=metadata, raw=True)  # type: ignore[no-untyped-call]
        self.show()

    def show(self) -> None:
        """Show the static view."""
        self.shown = self.make()
        display(self._data(), raw=True, display_id=self.id)  # type: ignore[no-untyped-call]

    def refresh(self) -> None:
        """Bring the static view up to date, if it is on a page and shows something else."""
        if self.shown and self.shown != (now := self.make()):
            self.shown = now
            update_display(self._data(), raw=True, display_id=self.id)  # type: ignore[no-untyped-call]

    def _data(self) -> dict[str, str]:
        return {"text/plain": self.plain, "text/html": self.shown}


def follow(answers: AnswerFile, name: str, make: Callable[[], str], plain: str = "") -> None:
    """Show what `make` gives as HTML, and keep it up to date while the learner works on that answer file."""
    later = FOLLOWING[str(answers.path), name] = Later(make, plain)
    later.show()


def refresh_following(answers: AnswerFile) -> None:
    """Bring everything that follows the work on an answer file up to date."""
    for (path, _), later in FOLLOWING.items():
        if path == str(answers.path):
            later.refresh()


def later_note(name: str) -> str:
    """How to go on from a static view: a sentence of strings.toml, [still]."""
    return str(load_wording("strings")["still"][name])


def later_html(name: str) -> str:
    """The same as a paragraph that marks the view as static; under stock controls it brings the style of those."""
    kind = "cd-later cd-stock" if name == "controls" else "cd-later"
    return f'<p class="{kind}">{escape(later_note(name))}</p>'
