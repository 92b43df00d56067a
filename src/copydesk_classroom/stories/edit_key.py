"""The widget to edit a key on: the draft over the text, and one entry at a time beside it.

Python sends the browser the entries of each layer, without hashes of words; the browser paints a change at once and
sends it as a message. It is on the disk before the screen says "saved". Two screens of one story show the same.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

import anywidget
import traitlets

from copydesk.base.errors import CopydeskError
from copydesk.base.wording import choice_labels, direction, load_wording
from copydesk.exercises.exercise import place, words_view
from copydesk.lessons.lesson import lesson_title, list_lessons
from copydesk.page.article import Article
from copydesk.page.html import block_name, css
from copydesk.story.key import FUNCTIONS
from copydesk_classroom.stories.changes import ABOUT, SHOWN
from copydesk_classroom.wording import class_wording

if TYPE_CHECKING:
    from copydesk_classroom.stories.editor import KeyEditor

OPEN: defaultdict[Path, WeakSet[EditKey]] = defaultdict(WeakSet)
"""The screens of this kernel by the key that they show."""


@cache
def edit_script() -> str:
    """The JavaScript of the screen as a single module."""
    kit, own = files("copydesk") / "widgets", files("copydesk_classroom")
    places = (kit / "frame.js", kit / "marker.js", own / "unsaved.js", own / "stories" / "edit_key.js")
    parts = [place.read_text(encoding="utf-8") for place in places]
    return "\n".join([*parts, "export default { render: editKey };\n"])


@cache
def edit_style() -> str:
    """The kit's style sheet with that of the screen."""
    return css() + (files("copydesk_classroom") / "stories" / "edit_key.css").read_text(encoding="utf-8")


class EditKey(anywidget.AnyWidget):
    """One screen on a key; `editor` is read-only. `spec` is sent once, `page` when the page is cut otherwise.
    The lists hold the entries of each layer, and `state` what is on the disk besides them.
    """

    _esm = edit_script()
    _css = edit_style()
    spec = traitlets.Dict().tag(sync=True)
    page: traitlets.List[Any] = traitlets.List().tag(sync=True)
    furniture: traitlets.List[Any] = traitlets.List().tag(sync=True)
    paragraphs: traitlets.List[Any] = traitlets.List().tag(sync=True)
    sentences: traitlets.List[Any] = traitlets.List().tag(sync=True)
    sources: traitlets.List[Any] = traitlets.List().tag(sync=True)
    attributions: traitlets.List[Any] = traitlets.List().tag(sync=True)
    framing: traitlets.List[Any] = traitlets.List().tag(sync=True)
    controls: traitlets.List[Any] = traitlets.List().tag(sync=True)
    claims: traitlets.List[Any] = traitlets.List().tag(sync=True)
    entman: traitlets.List[Any] = traitlets.List().tag(sync=True)
    questions: traitlets.List[Any] = traitlets.List().tag(sync=True)
    quirks: traitlets.List[Any] = traitlets.List().tag(sync=True)
    cue_places: traitlets.List[Any] = traitlets.List().tag(sync=True)
    asked: traitlets.List[Any] = traitlets.List().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)

    def __init__(self, editor: KeyEditor) -> None:
        self.editor, self._turn, self._saved = editor, 0, ""
        self._article: Article | None = None
        super().__init__(spec=self._spec())
        self._show()
        self.on_msg(self._asked)
        OPEN[editor.path].add(self)

    def __repr__(self) -> str:
        return repr(self.editor)

    def _repr_mimebundle_(self, **options: Any) -> Any:
        data, meta = super()._repr_mimebundle_(**options) or ({}, {})
        return {**(data or {}), "text/plain": repr(self)}, meta

    def _spec(self) -> dict[str, Any]:
        say, strings, ask = class_wording("editor"), load_wording("strings"), class_wording("questions")
        return {
            "uid": str(self.editor.path),
            "story": str(self.editor.about.get("headline", self.editor.folder.name)),
            "lang": str(self.editor.about["language"]),
            "dir": direction(str(self.editor.about["language"])),
            "layers": list(SHOWN),
            "tabs": [{"id": name, **tab} for name, tab in say["tabs"].items()],
            "say": {
                **say["screen"],
                "marker": {**strings["marker"], **say["marker"]},
                "roles": {**strings["roles"], **say["roles"]},
            },
            "tags": {**strings["tags"], **say["tags"]},
            "several": ["content", *FUNCTIONS],
            "kinds": {name: name.replace("_", " ") for name in strings["furniture"]},
            "templates": {n: {x: t[x] for x in ("label", "blanks")} for n, t in ask["template"].items()},
            "blanks": ask["blanks"],
            "choices": {
                "lesson": {n: lesson_title(n) for n in list_lessons() if n != list_lessons()[0]},
                "form": choice_labels("form"),
                "kind": choice_labels("kind"),
                "voice": say["voices"],
                "verdict": choice_labels("verdict"),
                "device": {n: d["name"] for n, d in load_wording("devices").items()},
                "trace": say["traces"],
                "answer": say["answers"],
            },
        }

    def _page(self) -> list[dict[str, Any]]:
        """The page block by block and word by word, each with its offsets."""
        article = self.editor.article
        return [
            {
                "id": b.id,
                "name": block_name(b.id),
                "label": place(b.id),
                "start": b.start,
                "text": b.of(article.text),
                "sentences": [
                    {"id": s.id, "text": s.of(article.text), "words": words_view(article.text, s.span)}
                    for s in (article.sentences_of(b.id) or (b,))
                ],
            }
            for b in article.blocks
        ]

    def _show(self, *, seq: int = 0, by: str = "", error: str = "", again: bool = False, **more: Any) -> None:
        """Send what is on the disk; `seq` is the number of the change that is answered, `by` the view it came from."""
        self._turn += 1
        done, of = self.editor.meter()
        with self.hold_sync():  # one message, or a screen would show marks of one step on the page of another
            if self._article is not self.editor.article:
                self._article, self.page = self.editor.article, self._page()
            for name in SHOWN:
                setattr(self, name, list(self.editor.layer(name)))
            self.state = {
                "turn": self._turn,
                "seq": seq,
                "by": by,
                "error": error,
                "again": again,
                "saved_text": self._saved,
                "done": done,
                "of": of,
                "about": {n: v for n, v in self.editor.layer(ABOUT)[0].items() if isinstance(v, str)},
                "lessons": self.editor.lessons(),
                "faults": [{"say": f.say, "layer": f.layer, "id": f.id} for f in self.editor.faults()],
                "asked": self.editor.asked(),
                "can_undo": self.editor.can_undo,
                "can_redo": self.editor.can_redo,
                **more,
            }

    def _asked(self, _: Any, message: dict[str, Any], __: Any) -> None:
        match message:
            case {"do": "look"}:
                if self.editor.look():
                    self._show()
            case {"do": str(what), "seq": int(seq), "by": str(by), **change}:
                self._answer(what, change, seq, by)

    def _answer(self, what: str, change: dict[str, Any], seq: int, by: str) -> None:
        """Make one change and answer it; an error becomes a sentence on the screen, never a traceback."""
        try:
            more = self._change(what, change)
        except (CopydeskError, OSError, KeyError, TypeError, ValueError, AttributeError) as error:
            of_the_disk = isinstance(error, OSError) or isinstance(error.__cause__, OSError)
            known = isinstance(error, CopydeskError | OSError)
            told = str(error) if known else str(class_wording("editor")["messages"]["unknown"])
            self._show(seq=seq, by=by, error=told, again=of_the_disk)
            return
        self._saved = str(class_wording("editor")["screen"]["saved"]).format(
            time=dt.datetime.now().strftime("%H:%M:%S")
        )
        self._show(seq=seq, by=by, **more)
        for other in OPEN[self.editor.path] - {self}:
            other.editor.look()
            other._show()

    def _change(self, what: str, change: dict[str, Any]) -> dict[str, Any]:
        match what, change:
            case "change", {"ops": list(ops)}:
                self.editor.apply(ops)
            case "lessons", _:
                say, ran = class_wording("editor")["screen"], self.editor.make_lessons()
                names = ", ".join(name[:2] for name in ran)
                return {"told": say["made" if ran else "made_none"].format(lessons=names)}
            case "undo", _:
                return {"at": list(self.editor.undo())}
            case "redo", _:
                return {"at": list(self.editor.redo())}
            case _:
                raise CopydeskError(class_wording("editor")["messages"]["unknown"], "")
        return {}
