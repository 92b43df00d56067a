"""The desk: one lesson opened on one story, with the learner's own answers. Notebooks talk to this class.

The first cell of a lesson opens it. Every other cell says `from copydesk.desk import desk`: after a restart, when that
name is gone, this raises an error that says what to do, where the bare name would be a `NameError`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import wraps
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar, get_args

from copydesk.answers import AnswerFile, Record, folder, where
from copydesk.answers.file import peek_record
from copydesk.answers.place import may_be_lost
from copydesk.base.errors import CopydeskError
from copydesk.base.wording import decimal, load_wording
from copydesk.exercises.exercise import Exercise
from copydesk.exercises.mark import label_words
from copydesk.exercises.sort import PRIVATE, Sort, choose_form, discernment, first_answer
from copydesk.lessons.lesson import Lesson, lesson_titles, load_lesson
from copydesk.lessons.results import Result, is_finished, shown_result
from copydesk.page.html import Link, Page, blocks, static_html, table
from copydesk.story.edition import edition_words
from copydesk.story.facts import Fact, by_id, story_facts
from copydesk.story.story import Story, edition
from copydesk.views.guesses import beside, guess_at
from copydesk.views.home import home_html

if TYPE_CHECKING:
    from copydesk.answers.handin import HandIn
    from copydesk.views.figures import Figure
    from copydesk.views.ready import Sentence
    from copydesk.views.sourcing import Counted
    from copydesk.widgets.widget import ExerciseWidget


P = ParamSpec("P")
T = TypeVar("T")


def unless_left_out(ask: Callable[Concatenate[Any, str, P], T]) -> Callable[Concatenate[Any, str, P], T | Page]:
    """A method of the desk about an exercise; where a story has nothing for that exercise, one sentence says so."""

    @wraps(ask)
    def asked(desk: Any, exercise_id: str, /, *args: P.args, **more: P.kwargs) -> T | Page:
        why = desk.lesson.left_out.get(exercise_id)
        return Page.saying(why) if why else ask(desk, exercise_id, *args, **more)

    return asked


class Waiting(Page):
    """What to do first; on a page, what was asked for takes the place of this sentence once that is done."""

    def wait(self, answers: AnswerFile, name: str, ask: Callable[[], Any]) -> None:
        """Ask again while the learner works on that answer file; `name` tells it from whatever else waits."""
        self.answers, self.name, self.ask, self.waits = answers, name, ask, True

    def _ipython_display_(self) -> None:
        from copydesk.widgets.later import follow

        follow(self.answers, self.name, self._now, self.plain)

    def _now(self) -> str:
        if self.waits:
            found = self.ask()
            self.waits = isinstance(found, Waiting)
            if not hasattr(found, "_repr_html_"):  # controls need a cell of their own that has run
                found = Page.saying(load_wording("strings")["lesson"]["there_now"])
            self.html = found._repr_html_()
        return self.html


def once_done(ask: Callable[Concatenate[Any, P], T]) -> Callable[Concatenate[Any, P], T]:
    """A method of the desk that may say what to do first, and then waits for that."""

    @wraps(ask)
    def asked(desk: Any, /, *args: P.args, **more: P.kwargs) -> T:
        found = ask(desk, *args, **more)
        if isinstance(found, Waiting):
            found.wait(desk.answers, f"{ask.__name__} {args} {more}", lambda: ask(desk, *args, **more))
        return found

    return asked


@dataclass(frozen=True, repr=False)
class ShownResult(Result):
    """A result that a notebook keeps up to date while the learner works on."""

    desk: Desk = field(kw_only=True)

    def _ipython_display_(self) -> None:
        from copydesk.widgets.later import follow

        follow(self.desk.answers, "result", lambda: self.desk.result()._repr_html_())


class Desk:
    """One open lesson: read the page, do its exercises, look at figures and results, pack the work.

    What shows an exercise's answers takes `after`, the id of that exercise, and waits until it is finished.
    """

    def __init__(self, lesson: Lesson, answers: AnswerFile) -> None:
        self.lesson, self.answers = lesson, answers

    @property
    def story(self) -> Story:
        """The story this lesson runs on."""
        return self.lesson.story

    def __repr__(self) -> str:
        return f"<Desk: lesson {self.lesson.id} on '{self.story.id}'>"

    def _repr_html_(self) -> str:
        say = load_wording("strings")["lesson"]
        graded = say["graded_note"] if self.story.key is None else ""
        lines = [*edition_words(edition()), where(), self.answers.notice, graded, self.story.about.get("content_note")]
        told = "".join(f"<p>{escape(line)}</p>" for line in lines if line)
        return static_html(home_html(self.lesson, self.answers) + told)

    def _ipython_display_(self) -> None:
        """The home card, which follows the work; on Binder and in a browser, with the button that packs the work."""
        from copydesk.widgets.later import follow

        follow(self.answers, "home", self._repr_html_, repr(self))
        if may_be_lost():
            self.hand_in()._ipython_display_()

    def ready(self) -> Sentence:
        """Whether this lesson counts and scores as it should here and now, in words."""
        from copydesk.views.ready import ready

        return ready(self.lesson)

    # --- Exercises and results ---

    @unless_left_out
    def exercise(self, exercise_id: str) -> ExerciseWidget:
        """The exercise of that id, with the learner's own work in it."""
        from copydesk.widgets.widget import ExerciseWidget

        exercise, record = self.lesson.exercise(exercise_id), self.answers.record(exercise_id)
        if isinstance(exercise, Sort) and exercise.forms:
            exercise = choose_form(exercise, record, self._earlier_record(exercise))
        else:
            exercise = exercise.as_answered(exercise.well_formed(record.answer))
        return ExerciseWidget(self.lesson, exercise, self.answers)

    @unless_left_out
    def worked_example(self, exercise_id: str) -> Page:
        """A worked example: marks already made, to read and not to do."""
        exercise = self.lesson.exercise(exercise_id)
        story, say = self.lesson.on_story_of(exercise).story, load_wording("strings")
        article = story.article
        marks = exercise.given_marks()
        shown = {name: article.block(name) for name in exercise.region}
        legend = ", ".join(f"{say['tags'][r]} = {say['roles'][r]}" for r in exercise.mark_roles())
        text = blocks(article.text, shown, marks, lang=story.about["language"])
        body = f"<p>{escape(exercise.prompt)}</p><p>{escape(legend)}</p>{text}"
        return self._page(body, f"a worked example with {len(marks)} marks", story)

    def result(self) -> ShownResult:
        """The learner's own result so far, beside each objective's bar; on a page it follows the work."""
        found = shown_result(self.lesson, {e.id: self.answers.record(e.id) for e in self.lesson.exercises})
        return ShownResult(self.lesson, found.scores, found.first, desk=self)

    @once_done
    def discernment(self, exercise_id: str = "discern") -> Page:
        """How well the learner's questions were aimed, and how well before the course; never graded."""
        from copydesk.views.discernment import discernment_page

        if why := self.lesson.left_out.get(exercise_id):
            return Page.saying(why)
        if wait := self._wait_for(exercise_id, needs_key=True):
            return wait
        exercise, key = self.lesson.exercise(exercise_id), self.lesson.key
        assert isinstance(exercise, Sort) and key, f"{exercise_id} has no parallel forms"
        records = self.answers.record(exercise_id), self._earlier_record(exercise)
        now, before = (discernment(exercise, first_answer(record), key) for record in records)
        return discernment_page(now, before) if now else self._first("finish", exercise_id)

    def portfolio(self, exercise_id: str) -> Page:
        """The page a learner keeps: what they can do, what they wrote in that exercise, how they coded, and when.

        It is written as one file beside the answers.
        """
        from copydesk.views.portfolio import portfolio_page

        return portfolio_page(self.lesson, self.answers, exercise_id)

    def name(self) -> Any:
        """A box for a name or number, asked once and never required."""
        from copydesk.widgets.controls import name_box

        return name_box(self.answers)

    def hand_in(self) -> Any:
        """A button that packs all work, on every story, into one small file and lists what is in it."""
        from copydesk.widgets.controls import hand_in_box

        return hand_in_box()

    # --- Texts to read ---

    def page(self) -> Page:
        """The whole page as it was found, furniture and all."""
        article = self.story.article
        # numbers for names, because a name such as f1 would tell furniture from paragraphs
        numbered = {str(number): block for number, block in enumerate(article.blocks, 1)}
        html = blocks(article.text, numbered, lang=self.story.about["language"])
        return self._page(html, f"{len(article.blocks)} blocks")

    def read(self, exercise_id: str | None = None) -> Page:
        """The story, or the paragraphs one exercise is about, to read before marking."""
        if why := self.lesson.left_out.get(exercise_id or ""):
            return Page.saying(why)
        exercise = self.lesson.exercise(exercise_id) if exercise_id else None
        story = self.lesson.on_story_of(exercise).story if exercise else self.story
        article, region = story.article, exercise.region if exercise else ()
        shown = [article.block(name) for name in region] or list(article.paragraphs)
        html = blocks(article.text, {block.id: block for block in shown}, lang=story.about["language"])
        return self._page(html, f"{len(shown)} paragraphs", story)

    @unless_left_out
    def cards(self, exercise_id: str) -> Page:
        """The dated facts an exercise goes by, each with its source and how sure it is."""
        say = load_wording("strings")["cards"]
        wanted = [by_id(story_facts(self.story), name) for name in self.lesson.exercise(exercise_id).facts]
        rows = [(fact.when, fact.statement, _source(fact), fact.standing) for fact in wanted]
        caption = say["caption" if all(fact.known_on(self.story.date) for fact in wanted) else "caption_later"]
        return self._page(table(say["columns"], rows, caption=caption), f"{len(rows)} dated facts")

    @unless_left_out
    def swap(self, exercise_id: str) -> Page:
        """Sentences of the story beside the same with other names in them, which nobody said."""
        from copydesk.views.retellings import swapped

        say = load_wording("strings")["swap"]
        pairs = swapped(self.lesson.exercise(exercise_id), self.story.article.text)
        rows = [(pair.where, pair.original, pair.swapped) for pair in pairs]
        return self._page(table(say["columns"], rows, caption=say["caption"]), f"{len(pairs)} pairs of sentences")

    @unless_left_out
    def retellings(self, exercise_id: str) -> Page:
        """Passages of the story beside the retellings an exercise asks about, with the words that differ marked."""
        from copydesk.views.retellings import retelling_page

        return retelling_page(self.lesson, exercise_id)

    def rubric(self) -> Page:
        """How people grade what a learner writes: no row asks whose side is taken."""
        data = load_wording("rubric")
        rows = ((row["name"], *row["points"]) for row in data["row"])
        return Page(static_html(table(data["columns"], rows, caption=data["caption"])), data["plain"])

    # --- Figures and comparisons to look at ---

    @once_done
    def finder(self, *, after: str) -> Page:
        """What the attribution finder makes of the story: its marks, and the rule behind each."""
        from copydesk.views.comparisons import finder_page

        return self._wait_for(after) or finder_page(self.story)

    @once_done
    def word_list(self, *, after: str) -> Page:
        """What a list of loaded words makes of the blocks of that exercise: places to look."""
        from copydesk.views.comparisons import word_list_page

        if why := self.lesson.left_out.get(after):
            return Page.saying(why)
        region, guesses = self.lesson.exercise(after).region, self._guesses("word_list").values()
        return self._wait_for(after) or word_list_page(self.story, region, guesses)

    @once_done
    def voices(self, *, after: str) -> Figure | Page:
        """Whose words fill the story, as a figure."""
        from copydesk.views.plots import voices_figure

        return self._wait_for(after, needs_key=True) or voices_figure(self.story)

    @once_done
    def sourcing(self, *, after: str) -> Any:
        """An explorer of the sources: shares, in attributions or words, with one item dropped if wanted."""
        from copydesk.views.sourcing import diversity, totals
        from copydesk.widgets.controls import sourcing_explorer

        if wait := self._wait_for(after, needs_key=True):
            return wait
        items = self._counted()
        share = decimal(max(diversity(totals(items, by="words")).shares.values()))
        found = load_wording("strings")["sourcing"]["measured"].format(share=share)
        return sourcing_explorer(items, [beside(guess, found) for guess in self._guesses("sourcing").values()])

    @once_done
    def frames(self, *, after: str) -> Figure | Page:
        """The five generic frames by the learner’s answers, beside the range the key allows."""
        from copydesk.views.plots import scales_figure

        values = self.answers.record(after).answer.get("values", {})
        return self._wait_for(after, needs_key=True) or scales_figure(self.story, values)

    @once_done
    def speakers(self, *, after: str) -> Page:
        """How many attributions the key counts for each speaker."""
        from copydesk.views.sourcing import speakers

        return self._wait_for(after, needs_key=True) or self._table("speakers", [*speakers(self.story).items()])

    @once_done
    def devices(self, *, after: str) -> Page:
        """How many framing devices of each class the key lists."""
        from copydesk.views.sourcing import devices

        rows = [(label_words("device", name), n) for name, n in devices(self.story).items()]
        total = (load_wording("strings")["devices"]["total"], sum(n for _, n in rows))
        return self._wait_for(after, needs_key=True) or self._table("devices", [*rows, total])

    @once_done
    def diversity(self, *, after: str) -> Page:
        """How varied the sources of the story are, by the key, counted in attributions and in words."""
        from copydesk.views.sourcing import By, diversity, totals

        say, items = load_wording("strings")["diversity"], self._counted()
        found = [diversity(totals(items, by=by)) for by in get_args(By)]
        rows = [(say[name], *(decimal(getattr(d, name)) for d in found)) for name in ("hhi", "effective")]
        return self._wait_for(after, needs_key=True) or self._table("diversity", rows)

    @once_done
    def timeline(self, *, after: str, later: bool = False) -> Page:
        """What was going on, as known on the day of the story (or, with `later`, as known since)."""
        from copydesk.views.timeline import lesson_timeline

        if "timeline" not in self.story.lessons.get(self.lesson.id, {}):
            return Page.saying(load_wording("strings")["timeline"]["none"])
        return self._wait_for(after) or lesson_timeline(self.lesson, later=later)

    @once_done
    @unless_left_out
    def split(self, exercise_id: str) -> Figure | Page:
        """How a class voted on that exercise, once the learner has voted too."""
        from copydesk.views.agreement import agreement, class_votes
        from copydesk.views.plots import split_figure

        mine = self.answers.record(exercise_id).answer.get("choices", {})
        if not mine:
            return self._first("do", exercise_id)
        found = agreement(class_votes(self.lesson, exercise_id))
        measured, guesses = {"pairs": found.percent, "alpha": found.alpha}, self._guesses(exercise_id)
        told = [beside(guess, measured.get(name)) for name, guess in guesses.items()]
        return split_figure(self.lesson, exercise_id, mine, told)

    @once_done
    def agreement(self, *exercise_ids: str) -> Page:
        """How far a class agreed in each of these votes, once the learner has voted too."""
        from copydesk.views.agreement import agreement, class_votes

        for name in exercise_ids:
            if why := self.lesson.left_out.get(name):
                return Page.saying(why)
            if not self.answers.record(name).answer:
                return self._first("do", name)
        found = [(self.lesson.exercise(n).title, agreement(class_votes(self.lesson, n))) for n in exercise_ids]
        return self._table("agreement", [(title, *a.cells()) for title, a in found])

    def map(self) -> Any:
        """The map of the story’s region, with a date to move; a story without one says so."""
        from copydesk.map.geography import story_geography

        if (geography := story_geography(self.story)) is None:
            return Page.saying(load_wording("strings")["map"]["none"])
        from copydesk.map.picture import MapWidget

        return MapWidget(geography)

    def _wait_for(self, exercise_id: str, *, needs_key: bool = False) -> Page | None:
        """The one gate of whatever gives answers away: what to do first; None once the exercise is finished.

        Without a key an exercise has no end, so an answer is enough; what only a key can tell says that there is none.
        What is left out is not waited for.
        """
        key = self.story.key
        if needs_key and key is None:
            return Page.saying(load_wording("strings")["sourcing"]["no_key"])
        if exercise_id in self.lesson.left_out:
            return None
        exercise, record = self.lesson.exercise(exercise_id), self.answers.record(exercise_id)
        if key is None:
            return None if record.answer else self._first("do", exercise_id)
        return None if is_finished(exercise, record) else self._first("finish", exercise_id)

    def _guesses(self, place: str) -> dict[str, str]:
        return guess_at(self.lesson, self.answers, place)

    def _counted(self) -> tuple[Counted, ...]:
        from copydesk.views.sourcing import counted

        key = self.story.key
        return counted(key, self.story.article.text) if key else ()

    def _first(self, what: str, exercise_id: str) -> Page:
        title = self.lesson.exercise(exercise_id).title
        return Waiting.saying(load_wording("strings")["lesson"][f"first_{what}"].format(title=title))

    def _table(self, part: str, rows: Sequence[tuple[object, ...]]) -> Page:
        """A small table, with the caption and the headings that strings.toml has under that name."""
        say = load_wording("strings")[part]
        plain = "; ".join(f"{row[0]}: {', '.join(map(str, row[1:]))}" for row in rows)
        return self._page(table(say["columns"], rows, caption=say["caption"]), f"{say['caption']}. {plain}.")

    def _page(self, html: str, plain: str, story: Story | None = None) -> Page:
        """A page that carries the rights notice of the story."""
        return Page(static_html(html, rights=(story or self.story).rights), plain)

    def _earlier_record(self, exercise: Exercise) -> Record:
        """What the learner did in the exercise of an earlier lesson that this one repeats, on whichever story."""
        lesson, _, name = exercise.like.partition("/")
        files = sorted(self.answers.path.parents[1].glob(f"*/{lesson}.json")) if lesson else []
        return next((record for file in files if (record := peek_record(file, name)).changed), Record())


def _source(fact: Fact) -> str | Link:
    """Who published a fact, as a link where it has an address."""
    credit = fact.credit.replace(fact.source_url, "").strip(" ,")
    return (
        Link(text=credit, href=fact.source_url) if fact.source_url.startswith(("https://", "http://")) else fact.credit
    )


OPENED: list[Desk] = []
"""The desk that was opened last in this kernel, if any."""


def open_lesson(lesson_id: str, story: Story | None = None) -> Desk:
    """Open a lesson on the story in use; work done before is there again.

    >>> open_lesson("02_who_says_so")
    <Desk: lesson 02_who_says_so on 'baltics-2022'>
    """
    lesson = load_lesson(lesson_id, story)
    answers = AnswerFile.open(lesson.story.id, lesson.id, sha256=lesson.story.about["sha256"])
    OPENED[:] = [Desk(lesson, answers)]
    return OPENED[0]


def __getattr__(name: str) -> Desk:
    """`desk` is the lesson that was opened last."""
    if name != "desk":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if not OPENED:
        raise CopydeskError(*load_wording("strings")["lesson"]["not_open"])
    return OPENED[0]


def hand_in(story: str | None = None, *, leave_out: str | Collection[str] = PRIVATE, to: Path | None = None) -> HandIn:
    """Pack all work, or that on one story, into one small file, without a button.

    What was answered in the forms of discernment stays here unless `leave_out` says otherwise: `leave_out=()`.
    """
    from copydesk.answers.handin import pack

    return pack(folder(), story=story, leave_out=leave_out, to=to, titles=lesson_titles())
