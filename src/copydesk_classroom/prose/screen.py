"""The widget to grade prose on: one text at a time beside the rubric.

Python sends the browser plain data: what to show of a text, with offsets already turned into pieces of text, and what
is saved. The browser sends one message per change; each change is on the disk before the screen says "saved".
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from copydesk.base.errors import CopydeskError
from copydesk.base.spans import WORD, Span
from copydesk.base.wording import load_wording
from copydesk.exercises.exercise import Box
from copydesk.page.html import css
from copydesk_classroom.marking.rubric import MOST, rows_of, rubric_rows
from copydesk_classroom.safe_text import one_line, paragraphs
from copydesk_classroom.wording import class_wording

if TYPE_CHECKING:
    from copydesk_classroom.prose.desk import GradingDesk, Text

Piece = tuple[str, int]


def text_view(text: Text, name: str, *, names: Sequence[str]) -> dict[str, Any]:
    """Everything the screen shows of one text; `name` is its exercise’s, `names` are the learners’ to show."""
    exercise, story, given = text.exercise, text.unit.lesson.story, text.answer.get("texts", {})
    page = text.unit.text
    picked = exercise.evidence_in(text.answer, len(page))
    blocks = [b for b in exercise.blocks(story) if any(b.span.overlap(s) for s in picked)]
    return {
        "key": text.key,
        "exercise": name,
        "prompt": exercise.prompt,
        "points": exercise.points,
        "most": MOST * len(rows_of(exercise)),
        "rows": [row.id for row in rows_of(exercise)],
        "boxes": [_box(b, given, page) for b in exercise.boxes()],
        "asks": exercise.asks_evidence,
        "blocks": [{"id": b.id, "pieces": list(_pieces(page, b.span, picked))} for b in blocks],
        "lang": story.about["language"],
        "rights": story.rights,
        "names": [one_line(n) for n in names],
        "learners": len(text.names),
    }


def _box(box: Box, given: Mapping[str, Any], page: str) -> dict[str, Any]:
    words = given.get(box.id)
    shown = paragraphs(words) if isinstance(words, str) else ""
    view = {"label": box.label, "text": shown, "n": len(WORD.findall(shown)), "min": box.min, "max": box.max}
    return view | ({"original": Span(*box.span).of(page)} if box.span else {})


def _pieces(page: str, block: Span, picked: Sequence[Span]) -> Iterator[Piece]:
    """A block cut where evidence begins and ends: the words, and the number of the evidence, 0 for none."""
    at = block.start
    for number, span in enumerate(picked, 1):
        start, end = max(span.start, at), min(span.end, block.end)
        if start < end:
            yield page[at:start], 0
            yield page[start:end], number
            at = end
    yield page[at : block.end], 0


@cache
def grade_script() -> str:
    """The JavaScript of the screen as a single module."""
    kit, own = files("copydesk") / "widgets", files("copydesk_classroom")
    places = (kit / "frame.js", own / "unsaved.js", own / "prose" / "grade.js")
    parts = [place.read_text(encoding="utf-8") for place in places]
    return "\n".join([*parts, "export default { render: gradeWriting };\n"])


class GradeWriting(anywidget.AnyWidget):
    """One grader's screen; `desk` and `text` are read-only.

    `spec` is sent once, `view` is the text on the screen, and `state` is what is on the disk.
    """

    _esm = grade_script()
    _css = css()
    spec = traitlets.Dict().tag(sync=True)
    view = traitlets.Dict().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)

    def __init__(self, desk: GradingDesk) -> None:
        self.desk, self._group, self._only, self._blind = desk, "", False, True
        self._at = next((t.key for t in desk.texts if not desk.is_graded(t)), desk.texts[0].key if desk.texts else "")
        self._turn, self._saved = 0, ""
        super().__init__(spec=self._spec())
        self._show_text()
        self.on_msg(self._asked)

    def __repr__(self) -> str:
        return str(self._say["plain"].format(grader=self.desk.file.grader, n=len(self.desk.texts)))

    def _repr_mimebundle_(self, **options: Any) -> Any:
        data, meta = super()._repr_mimebundle_(**options) or ({}, {})
        return {**(data or {}), "text/plain": repr(self)}, meta  # no learner's words in a saved notebook

    @property
    def text(self) -> Text | None:
        """The text on the screen."""
        return self.desk.by_key.get(self._at)

    @property
    def listed(self) -> list[Text]:
        """The texts that fit the choices; the one on the screen stays in the list when it is graded."""
        some = [t for t in self.desk.texts if self._group in ("", t.group)]
        return [t for t in some if not self._only or t.key == self._at or not self.desk.is_graded(t)]

    def go(self, by: int) -> None:
        """Go to the next text (1) or the one before (−1); at either end nothing changes."""
        keys = [t.key for t in self.listed]
        at = keys.index(self._at) + by if self._at in keys else 0
        if keys and 0 <= at < len(keys):
            self._at = keys[at]
        edge = "" if 0 <= at < len(keys) else self._say["last" if by > 0 else "first"]
        self._show_text(edge)

    def choose(self, *, group: str, only: bool, blind: bool) -> None:
        """Choose what to show: one `group` or all (''), `only` texts that are not graded, or `blind`, without names."""
        moved = (group, only) != (self._group, self._only)
        self._group, self._only, self._blind = group, only, blind
        some = [t for t in self.desk.texts if self._group in ("", t.group)]
        open_, keys = [t.key for t in some if not self.desk.is_graded(t)], [t.key for t in some]
        if moved and (self._at not in keys or (only and self._at not in open_)):
            self._at = next(iter(open_), "" if only or not keys else keys[0])
        self._show_text()

    @property
    def _say(self) -> dict[str, Any]:
        return dict(class_wording("grade_writing")["screen"])

    def _spec(self) -> dict[str, Any]:
        desk, counts = self.desk, Counter(t.group for t in self.desk.texts)
        names = {t.group: desk.name(t) for t in desk.texts}
        ways = {n: self._say["one"].format(name=name, n=counts[n]) for n, name in names.items()}
        return {
            "uid": f"{desk.file.path}",
            "say": self._say,
            "tag": load_wording("strings")["tags"]["evidence"],
            "made_up": desk.made_up,
            "rows": [{"id": r.id, "name": r.name, "words": list(r.words)} for r in rubric_rows()],
            "exercises": {"": self._say["all"].format(n=len(desk.texts)), **ways},
        }

    def _show_text(self, edge: str = "") -> None:
        self._turn += 1
        listed, text = self.listed, self.text
        place = {"turn": self._turn, "edge": edge, "group": self._group, "only": self._only, "blind": self._blind}
        shown: dict[str, Any] = {"key": "", "n": 0, "of": 0}
        if text:
            n = 1 + [t.key for t in listed].index(text.key)
            names = () if self._blind else text.names
            shown = {**text_view(text, self.desk.name(text), names=names), "n": n, "of": len(listed)}
        with self.hold_sync():  # both in one message, or the screen would show one text with the grade of another
            self.view = {**place, **shown}
            self._show_grade()

    def _show_grade(self, *, seq: int = 0, by: str = "", error: str = "", again: bool = False) -> None:
        """Send what is on the disk; `seq` is the number of the change that is answered, `by` the view it came from.

        `again` says that the browser may try the change again.
        """
        self._turn += 1  # traitlets send nothing for an equal value, and each change needs an answer
        some = [t for t in self.desk.texts if self._group in ("", t.group)]
        grade = self.desk.file.grade(self._at)
        self.state = {
            "turn": self._turn,
            "seq": seq,
            "by": by,
            "error": error,
            "again": again,
            "saved_text": self._saved,
            "key": self._at,
            "points": dict(grade.points),
            "on": list(grade.comments),
            "note": grade.note,
            "list": list(self.desk.file.comments),
            "done": self._say["done"].format(n=sum(map(self.desk.is_graded, some)), of=len(some)),
        }

    def _asked(self, _: Any, message: dict[str, Any], __: Any) -> None:
        match message:
            case {"do": "go", "by": 1 | -1 as by}:
                self.go(by)
            case {"do": "choose", "group": str(group), "only": bool(only), "blind": bool(blind)}:
                self.choose(group=group, only=only, blind=blind)
            case {"do": str(what), "seq": int(seq), "by": str(view), **change}:
                self._answer(what, change, seq, view)

    def _answer(self, what: str, change: dict[str, Any], seq: int, view: str) -> None:
        """Save one change and answer it; an error becomes a sentence on the screen, never a traceback."""
        try:
            self._keep(what, change)
        except (CopydeskError, OSError) as error:
            of_the_disk = isinstance(error, OSError) or isinstance(error.__cause__, OSError)
            self._show_grade(seq=seq, by=view, error=str(error), again=of_the_disk)
            return
        self._saved = self._say["saved"].format(time=dt.datetime.now().strftime("%H:%M:%S"))
        self._show_grade(seq=seq, by=view)

    def _keep(self, what: str, change: dict[str, Any]) -> None:
        """Write one change to the grader's file. Raises CopydeskError for a text or a change that does not exist."""
        file, known = self.desk.file, self.desk.by_key
        match what, change:
            case "add", {"text": str(words)}:
                file.add_comment(words)
            case "drop", {"text": str(words)}:
                file.drop_comment(words)
            case _, {"key": str(key)} if key not in known:
                raise CopydeskError(self._say["gone"])
            case "points", {"key": str(key), "row": str(row), "value": (int() | None) as points}:
                file.set_points(key, row, points)
            case "comment", {"key": str(key), "text": str(words), "on": bool(on)}:
                file.set_comment(key, words, on=on)
            case "note", {"key": str(key), "text": str(words)}:
                file.set_note(key, words)
            case _:
                raise CopydeskError(self._say["gone"])
