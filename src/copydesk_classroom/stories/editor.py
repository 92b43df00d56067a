"""The editor of a key: a draft on the disk, changed one step at a time, with undo.

Each change takes the lock of `key.json`, reads the file again, changes single entries and replaces the file in one
step, so that two open editors never lose each other's work.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from copydesk.base.documents import Damaged, Json, read_json, read_toml
from copydesk.base.errors import CopydeskError
from copydesk.base.files import stamp, write
from copydesk.base.spans import fingerprint
from copydesk.base.store import JsonStore
from copydesk.base.wording import choice_labels
from copydesk.page.article import Article, read_page
from copydesk.page.html import Page, static_html
from copydesk.story.key import (
    LAYERS,
    SCHEMA,
    Key,
    read_key,
)
from copydesk.story.story import Story, corrections, forget_stories, is_bundled, load_story
from copydesk.views.ready import Sentence
from copydesk_classroom.checking import key_faults
from copydesk_classroom.pages import render
from copydesk_classroom.stories.changes import (
    CUT,
    SHOWN,
    KeyChanges,
    alternatives_of,
    differences,
    find,
    layer_of,
    put,
    sort_cut,
)
from copydesk_classroom.stories.confirm import CUE_PLACES, UNCONFIRMED, encode_key, lesson_states
from copydesk_classroom.stories.draft import draft_key
from copydesk_classroom.stories.lessons import MADE, write_lessons
from copydesk_classroom.stories.questions import ASKED, ask, ask_so_far, blanks_of
from copydesk_classroom.wording import class_wording

if TYPE_CHECKING:
    from copydesk_classroom.stories.edit_key import EditKey

STEPS = 200
"""How many steps can be undone."""


@dataclass(frozen=True, slots=True)
class Step:
    """One change as it can be undone: each entry that differs, by layer and id, before and after, and its place."""

    entries: tuple[tuple[str, str, Json | None, Json | None, int], ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in the key or missing from it, and where: a layer, and an entry's id where there is one."""

    say: str
    layer: str
    id: str = ""


def key_editor(story: str | Path = "my_story", *, folder: Path | str = "tried_out") -> KeyEditor:
    """Open the key of a story to correct it: a name, or the path of its folder.

    The kit's own stories are never changed: of those, and where no story of that name is found, a copy in `folder`
    is opened, with nothing in it confirmed. Raises CopydeskError for a story that cannot be read.
    """
    try:
        found = load_story(story, with_key=False)
    except CopydeskError:
        if Path(story).exists():
            raise
        return KeyEditor(_trial(load_story(TRIAL, with_key=False).folder, Path(folder)), trial=True)
    if is_bundled(found) and not _is_in_work(found.folder):
        return KeyEditor(_trial(found.folder, Path(folder)), trial=True)
    return KeyEditor(found.folder)


TRIAL = "greywater-barrage"
"""The story to try the editor on."""


def _is_in_work(folder: Path) -> bool:
    """Whether a key was drafted or edited here, and did not come with the kit."""
    raw = read_json(folder / "key.json") if (folder / "key.json").is_file() else {}
    return "edited" in raw or any(r.get(UNCONFIRMED) for layer in LAYERS for r in raw.get(layer, ()))


def _trial(story: Path, folder: Path) -> Path:
    """A copy of a story with a draft in place of what it has; one that is there already stays as it is."""
    there = folder.absolute() / story.name
    if not (there / "key.json").is_file():
        shutil.copytree(story, there, dirs_exist_ok=True)
        raw, found = read_json(there / "key.json"), load_story(story, with_key=False)
        for record in (r for layer in SHOWN for r in raw.get(layer, ())):
            record[UNCONFIRMED] = True
        drafted = draft_key(found.article, found.id, language=str(found.about["language"]))
        made = {n: drafted[n] for n in (*CUT, "sources", "attributions", CUE_PLACES)}
        write(there / "key.json", encode_key({**raw, **made, "reporter_voice": []}))
    return there


class KeyEditor:
    """The key of one story, to be confirmed and corrected; `article` is its page as the key cuts it."""

    def __init__(self, folder: Path, *, trial: bool = False) -> None:
        self.folder, self.trial, self.notice = folder, trial, ""
        self.path, self.about = folder / "key.json", read_toml(folder / "story.toml")
        self.text = read_page(folder / "page.txt")
        if fingerprint(self.text) != self.about.get("sha256"):
            load_story(folder)  # says what is wrong
        if not self.path.is_file():
            raise CopydeskError(f"{folder} has no key.json", f"make a draft: copydesk new {folder / 'page.txt'}")
        self._store = JsonStore(self.path, _checked, entries="sources")
        self._done: tuple[str, ...] = ()
        self._lessons_fault = ""
        self._running: list[str] = []
        self._past: list[Step] = []
        self._future: list[Step] = []
        self._told = corrections(self.about)
        self.changes = KeyChanges(self.text, self._told)
        self._said = class_wording("editor")["messages"]
        with self._changing() as document:
            self.changes.complete(document)
            self.document: Json = document
            self._sync_page()
        self._asked = self._complete()

    def __repr__(self) -> str:
        done, of = self.meter()
        return str(class_wording("editor")["page"]["plain"].format(story=self.folder.name, n=done, of=of))

    def _repr_html_(self) -> str:
        say = class_wording("editor")["page"]
        lines = [say["trial"] if self.trial else "", repr(self), say["kept"].format(path=self.path), self.notice]
        return static_html(render("desk.html.j2", heads=(), rows=(), caption="", lines=[x for x in lines if x]))

    def ready(self) -> Sentence:
        """Whether the page and its key fit each other here and now, in words."""
        key = self._key()
        wrong = key_faults(key, self.article) if key else [""]
        return Sentence(class_wording("editor")["page"]["not_ready" if wrong else "ready"])

    def edit(self) -> EditKey:
        """The screen to work on."""
        from copydesk_classroom.stories.edit_key import EditKey

        return EditKey(self)

    def check(self) -> Page:
        """What is wrong in the key, what it still needs, and which lessons run already."""
        say = class_wording("editor")["page"]
        rows = [(f"{state['name']}", state["say"]) for state in self.lessons()]
        lines = [fault.say for fault in self.faults()] or [say["no_faults"]]
        html = static_html(render("desk.html.j2", heads=say["columns"], rows=rows, caption=say["caption"], lines=lines))
        return Page(html, " ".join(lines))

    # What is there

    @property
    def article(self) -> Article:
        """The page as the key cuts it into blocks."""
        return self.changes.article(self.document)

    def layer(self, name: str) -> list[Json]:
        """The entries of one layer, as `key.json` has them."""
        return layer_of(self.document, name)

    def meter(self) -> tuple[int, int]:
        """How many entries are confirmed, and how many there are."""
        entries = [record for name in SHOWN for record in self.layer(name)]
        return sum(not record.get(UNCONFIRMED) for record in entries), len(entries)

    def look(self) -> bool:
        """Read the file again; returns whether another editor changed it meanwhile."""
        document, _ = self._store.peek()
        if document is None or document == self.document:
            return False
        self.changes.complete(document)
        self.document = document
        return True

    def faults(self) -> list[Fault]:
        """What is wrong in the key, in sentences that name the entry, and where to go for it."""
        try:
            key = read_key(self.path)
        except CopydeskError as error:
            return [self._fault(str(error).removeprefix(f"{self.path}: "))]
        asked = [one["fault"] for one in self.asked().values() if one["fault"]]
        lessons = [self._lessons_fault] if self._lessons_fault else []
        return [self._fault(say) for say in (*key_faults(key, self.article), *asked, *lessons)]

    def asked(self) -> dict[str, dict[str, str]]:
        """Each question from a template by its id: its words, answer and choices, who asks it, and what is wrong."""
        records, key = self.layer(ASKED), self._key() if self.layer(ASKED) else None
        story = Story(self.folder.name, self.folder, self.article, self.about, key, {})
        try:
            lessons = read_toml(self.folder / "lessons.toml")
        except CopydeskError:
            lessons = {}
        asked = [(n, q) for n, own in lessons.items() for e in _tables(own) for q in _tables(e.get("questions"))]
        of = {str(question.get("id")): lesson for lesson, question in asked}
        return {record["id"]: _shown(story, record, of) for record in records} if key else {}

    def _fault(self, say: str) -> Fault:
        name = say.partition(":")[0]
        for layer in (*LAYERS, ASKED):
            for record in self.layer(layer):
                if name == record["id"] or name in [a.get("id") for a in alternatives_of(record)]:
                    if layer == "sources":  # an S1 looks like the tag of a source, so speakers go by their names
                        say = f"{record['name']}:{say.partition(':')[2]}"
                    return Fault(say, layer, str(record["id"]))
        return Fault(say, "")

    def _key(self) -> Key | None:
        try:
            return read_key(self.path)
        except CopydeskError:
            return None

    def story(self) -> Story:
        """The story with its key as it is now."""
        forget_stories()
        return load_story(self.folder)

    def lessons(self) -> list[dict[str, Any]]:
        """Each lesson that the editor knows: whether its part of the key is done, whether it runs, what is missing."""
        found = [self._lesson(name, needs) for name, needs in class_wording("editor")["lessons"].items()]
        done = tuple(lesson["id"] for lesson in found if lesson["done"])
        if done != self._done:  # only then: to see whether a lesson runs, it is loaded and checked
            self._done, self._running = done, self.running() if done else []
        running = self._running
        say = class_wording("editor")["lesson_says"]
        for lesson in (one for one in found if one["done"]):
            lesson["runs"] = lesson["id"] in running
            lesson["say"] = say["runs" if lesson["runs"] else "make" if lesson["id"] in MADE else "by_hand"]
        return found

    def _lesson(self, name: str, needs: Mapping[str, Any]) -> dict[str, Any]:
        say, tabs = class_wording("editor")["lesson_says"], class_wording("editor")["tabs"].values()
        part = {layer: tab["title"] for tab in tabs for layer in tab["layers"]}
        short = {layer: n - len(self.layer(layer)) for layer, n in needs.get("least", {}).items()}
        open_ = Counter(part[layer] for layer in needs["layers"] for r in self.layer(layer) if r.get(UNCONFIRMED))
        lacks = [(x, say["short"].format(n=n, what=say.get(x, part[x]))) for x, n in short.items() if n > 0]
        for title, n in open_.items():
            lacks.append((next(x for x in part if part[x] == title), say["open"].format(n=n, what=title)))
        told, there = "; ".join(text for _, text in lacks), lacks[0][0] if lacks else ""
        return {"id": name, "name": needs["name"], "done": not lacks, "runs": False, "say": told, "layer": there}

    def make_lessons(self) -> list[str]:
        """Make the questions of the lessons that follow from the key; returns the lessons that run then."""
        with self._changing():  # no other window writes the key meanwhile
            write_lessons(self.folder)
            self.document = self._load()
        self._running = self.running()
        return self._running

    def running(self) -> list[str]:
        """The lessons that learners can do on this story as it is now."""
        return [state.id for state in lesson_states(self.story()) if state.runs]

    # Changing it

    def apply(self, ops: Sequence[Mapping[str, Any]]) -> None:
        """Make these changes as one step, and write the file. Raises CopydeskError, and then nothing is changed."""

        def edit(document: Json) -> None:
            for op in ops:
                self.changes.change(document, op)

        step = self._write(edit)
        if step.entries:
            self._past = [*self._past[-STEPS + 1 :], step]
            self._future = []

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to undo."""
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to make again."""
        return bool(self._future)

    def undo(self) -> tuple[str, str]:
        """Take the last step back; returns the layer and id of an entry that changed, ('', '') if none was."""
        return self._turn(self._past, self._future, back=True)

    def redo(self) -> tuple[str, str]:
        """Make the step again that was taken back last."""
        return self._turn(self._future, self._past, back=False)

    def _turn(self, these: list[Step], those: list[Step], *, back: bool) -> tuple[str, str]:
        if not these:
            return "", ""
        step = these[-1]

        def edit(document: Json) -> None:
            for layer, name, before, after, where in reversed(step.entries) if back else step.entries:
                was, to = (after, before) if back else (before, after)
                if find(document, layer, name) != was:
                    raise CopydeskError(self._said["undo_lost"].format(id=name), self._said["undo_lost_remedy"])
                put(document, layer, name, to, where)
            sort_cut(document)

        self._write(edit)
        those.append(these.pop())
        changed = sorted((layer in (*CUT, "sources"), layer, name) for layer, name, *_ in step.entries)
        return changed[0][1:]

    @contextmanager
    def _changing(self) -> Iterator[Json]:
        """Hold the lock of the key; what is given is the document on the disk."""
        with self._store.changing():
            yield self._load()

    def _write(self, edit: Callable[[Json], None]) -> Step:
        """Change the document on the disk in one step; what another editor wrote meanwhile is kept."""
        with self._changing() as document:
            self.changes.complete(document)
            before = deepcopy(document)
            edit(document)
            step = Step(tuple(differences(before, document)))
            if step.entries:
                document["edited"] = stamp()
                write(self.path, encode_key(document), keep=True)
            self.document = document
            self._sync_page()
            if (asked := self._complete()) != self._asked:
                self._asked = asked
                self._ask()
        forget_stories()
        return step

    def _complete(self) -> list[Json]:
        """The questions from templates that can be asked as they are."""
        return [deepcopy(r) for r in self.layer(ASKED) if all(r["blanks"].get(n) for n in blanks_of(r))]

    def _ask(self) -> None:
        """Write the questions from templates into the lessons; call this with the lock held."""
        try:
            write_lessons(self.folder)
            self._lessons_fault = ""
        except CopydeskError as error:  # what somebody wrote there by hand; the question itself is saved
            self._lessons_fault = str(error)
        self.document = self._load()

    def _load(self) -> Json:
        """The document on the disk or its backup; call this with the lock held."""
        document, damage = self._store.repair()
        if damage and damage.aside:
            self.notice = self._said["damaged"].format(aside=damage.aside)
        if document is None:
            raise CopydeskError(self._said["gone"].format(path=self.path), self._said["gone_remedy"])
        return document

    # The page

    def _sync_page(self) -> None:
        """Write into `story.toml` where the key cuts the page otherwise than the reader of pages does."""
        wanted = {"lines": dict(self.article.lines), "begins": dict(self.article.begins)}
        if wanted == self._told:
            return
        path = self.folder / "story.toml"
        text = path.read_text("utf-8")
        for name, table in wanted.items():
            rows = [f"[{name}]", *(f'"{n}" = "{kind}"' for n, kind in table.items())] if table else []
            text = _with_table(text, name, rows)
        write(path, text.encode(), keep=True)
        self._told = wanted


def _shown(story: Story, record: Json, lessons: Mapping[str, str]) -> dict[str, str]:
    """A question from a template as the screen shows it; `lessons` are those that ask a question, by its id."""
    try:
        made = ask(story, record)
    except CopydeskError as error:
        return {"text": ask_so_far(record), "answer": "", "choices": "", "lesson": "", "fault": str(error)}
    options = made.question.get("options", {})
    options = choice_labels(options) if isinstance(options, str) else options
    answer = options[made.answer["accept"][0]] if options else f"{made.answer['range'][0]:g}"
    lesson = lessons.get(made.question["id"], "")
    fault = "" if lesson else str(class_wording("questions")["asked"]["not_asked"]).format(id=record["id"])
    choices = " · ".join(words.partition(":")[0] for words in options.values())
    text = str(made.question["text"])
    return {"text": text, "answer": answer, "choices": choices, "lesson": lesson[:2], "fault": fault}


def _with_table(toml: str, name: str, rows: Sequence[str]) -> str:
    """A TOML file with these lines in place of a table of that name; without lines, without the table."""
    lines = toml.splitlines()
    begin = next((n for n, line in enumerate(lines) if line.partition("#")[0].strip() == f"[{name}]"), len(lines))
    end = next((n for n in range(begin + 1, len(lines)) if lines[n].lstrip().startswith("[")), len(lines))
    parts = ["\n".join(part).strip("\n") for part in (lines[:begin], rows, lines[end:])]
    return "\n\n".join(part for part in parts if part) + "\n"


def _checked(path: Path, document: Json) -> Json:
    if document.get("schema") != SCHEMA:
        raise CopydeskError(f"{path} is not an answer key of schema '{SCHEMA}'", "see CONTRIBUTING.md, 'A new story'")
    for name in (*LAYERS, ASKED):
        layer = document.get(name, [])
        if not isinstance(layer, list) or not all(isinstance(r, dict) and isinstance(r.get("id"), str) for r in layer):
            raise Damaged(f"has a layer '{name}' that is not a list of entries")
        for record in layer:
            if (name in CUT and not _is_stretch(record)) or not _can_be_contested(record):
                said = f"{path}: {name}/{record['id'][:40]} is not an entry that the editor can show"
                raise CopydeskError(said, "see CONTRIBUTING.md, 'A new story'")
    return document


def _is_stretch(record: Json) -> bool:
    return type(record.get("start")) is type(record.get("end")) is int and isinstance(record.get("kind", ""), str)


def _can_be_contested(record: Json) -> bool:
    contest = record.get("contestable") or {}
    alternatives = contest.get("alternatives", []) if isinstance(contest, dict) else None
    return isinstance(alternatives, list) and all(isinstance(other, dict) for other in alternatives)


def _tables(value: object) -> list[Json]:
    """The tables in a table or a list; none in anything else, since somebody may have written it by hand."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [one for one in inner if isinstance(one, dict)]
