"""The desk: one lesson opened on one story, with the learner's own answers. Notebooks talk to this class."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from copydesk.answers import AnswerFile, Record, folder, where
from copydesk.answers.file import peek_record
from copydesk.answers.place import on_binder
from copydesk.base.wording import load_wording
from copydesk.exercises.exercise import Exercise
from copydesk.exercises.parallel_forms import PRIVATE, choose_form, discernment, first_answer
from copydesk.exercises.sort import Sort
from copydesk.lessons.lesson import Lesson, load_lesson
from copydesk.lessons.results import Result, results
from copydesk.page.html import Page, blocks, static_html, table
from copydesk.story.edition import edition_words
from copydesk.story.facts import Fact, by_id, story_facts
from copydesk.story.story import Story, edition
from copydesk.views.agreement import Agreement, agreement, class_votes
from copydesk.views.retellings import swapped
from copydesk.views.scales import scales
from copydesk.views.sourcing import By, Diversity, counted, devices, diversity, speakers, totals, words_by_voice

if TYPE_CHECKING:
    from copydesk.answers.handin import HandIn
    from copydesk.views.figures import Figure
    from copydesk.widgets.widget import ExerciseWidget


class NoKey:
    """Takes the place of a figure that only a key gives; it stays the same sentence when a cell rounds or sums it.

    Notebooks of a graded edition run without a key, and cells such as `round(desk.diversity().hhi, 2)` must not fail.

    >>> NoKey() or round(sum(NoKey().values()), 2)
    This edition has no key, so there is nothing to measure yet.
    """

    def __repr__(self) -> str:
        return str(load_wording("strings")["sourcing"]["no_key"])

    def __bool__(self) -> bool:
        return False

    def __getattr__(self, name: str) -> NoKey:
        if name.startswith("_"):  # Python and Jupyter look for special methods this way
            raise AttributeError(name)
        return self

    def __call__(self, *_: object, **__: object) -> NoKey:
        return self

    def __iter__(self) -> Iterator[NoKey]:
        return iter((self,))

    def __getitem__(self, _: object) -> NoKey:
        return self

    def __add__(self, _: object) -> NoKey:
        return self

    __radd__ = __round__ = __add__


class Desk:
    """One open lesson: read the page, do its exercises, look at figures and results, pack the work.

    What shows an exercise's answers waits until that exercise was checked once or, without a key, answered.
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
        return static_html("".join(f"<p>{escape(line)}</p>" for line in lines if line))

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        """On Binder, the same lines and below them the button that packs the work; elsewhere the HTML is enough."""
        if not on_binder():
            return {}
        from copydesk.widgets.controls import with_hand_in

        return {**with_hand_in(self._repr_html_())._repr_mimebundle_(), "text/plain": repr(self)}

    # --- Exercises and results ---

    def exercise(self, exercise_id: str) -> ExerciseWidget:
        """The exercise of that id, with the learner's own work in it."""
        from copydesk.widgets.widget import exercise_widget

        exercise = self.lesson.exercise(exercise_id)
        if isinstance(exercise, Sort) and exercise.forms:
            exercise = choose_form(exercise, self.answers.record(exercise_id), self._earlier_record(exercise))
        return exercise_widget(self.lesson, exercise, self.answers)

    def worked_example(self, exercise_id: str) -> Page:
        """A worked example: marks already made, to read and not to do."""
        exercise = self.lesson.exercise(exercise_id)
        story, say = self.lesson.on_story_of(exercise).story, load_wording("strings")
        article = story.article
        marks = exercise.given_marks()
        shown = {name: article.block(name) for name in exercise.region}
        legend = ", ".join(f"{say['tags'][r]} = {say['roles'][r]}" for r in exercise.mark_roles())
        body = f"<p>{escape(exercise.prompt)}</p>{blocks(article.text, shown, marks)}<p>{escape(legend)}</p>"
        return self._page(body, f"a worked example with {len(marks)} marks", story)

    def result(self) -> Result:
        """The learner's own result so far, beside each objective's bar."""
        return results(self.lesson, self.answers)

    def discernment(self, exercise_id: str = "discern") -> Page:
        """How well the learner's questions were aimed, and how well before the course; never graded."""
        from copydesk.views.discernment import discernment_page

        if (key := self.lesson.key) is None:
            return no_key()
        exercise = self.lesson.exercise(exercise_id)
        assert isinstance(exercise, Sort), f"{exercise_id} has no parallel forms"
        records = self.answers.record(exercise_id), self._earlier_record(exercise)
        now, before = (discernment(exercise, first_answer(record), key) for record in records)
        return discernment_page(now, before) if now else self._do_first(exercise_id)

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
        exercise = self.lesson.exercise(exercise_id) if exercise_id else None
        story = self.lesson.on_story_of(exercise).story if exercise else self.story
        article, region = story.article, exercise.region if exercise else ()
        shown = [article.block(name) for name in region] or list(article.paragraphs)
        html = blocks(article.text, {block.id: block for block in shown}, lang=story.about["language"])
        return self._page(html, f"{len(shown)} paragraphs", story)

    def cards(self, exercise_id: str) -> Page:
        """The dated facts an exercise goes by, each with its source and how sure it is."""
        say = load_wording("strings")["cards"]
        wanted = [by_id(story_facts(self.story), name) for name in self.lesson.exercise(exercise_id).facts]
        rows = [(fact.when, fact.statement, fact.credit, fact.standing) for fact in wanted]
        return self._page(table(say["columns"], rows, caption=say["caption"]), f"{len(rows)} dated facts")

    def swap(self, exercise_id: str) -> Page:
        """Sentences of the story beside the same with other names in them, which nobody said."""
        say = load_wording("strings")["swap"]
        pairs = swapped(self.lesson.exercise(exercise_id), self.story.article.text)
        rows = [(pair.where, pair.original, pair.swapped) for pair in pairs]
        return self._page(table(say["columns"], rows, caption=say["caption"]), f"{len(pairs)} pairs of sentences")

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

    def finder(self, *, after: str | None = None) -> Page:
        """What the attribution finder makes of the story: its marks, and the rule behind each.

        With `after`, only once that exercise was checked: the marks would give its answers away.
        """
        from copydesk.views.comparisons import finder_page

        return self._wait_for(after) or finder_page(self.story)

    def word_list(self, *, after: str) -> Page:
        """What a list of loaded words makes of the story, once that exercise was checked: places to look."""
        from copydesk.views.comparisons import word_list_page

        return self._wait_for(after) or word_list_page(self.story, self.lesson.exercise(after).region)

    def voices(self) -> Figure | Page:
        """Whose words fill the story, as a figure."""
        from copydesk.views.plots import voices_figure

        return voices_figure(self.story) if self.story.key else no_key()

    def sourcing(self) -> Any:
        """An explorer of the sources: shares, in attributions or words, with one item dropped if wanted."""
        from copydesk.widgets.controls import sourcing_explorer

        items = counted(self.story.key, self.story.article.text) if self.story.key else ()
        return sourcing_explorer(items) if items else no_key()

    def frames(self, *, after: str) -> Figure | Page:
        """The five generic frames by the learner’s answers, beside the range the key allows."""
        from copydesk.views.plots import scales_figure

        if self.story.key is None:
            return no_key()
        values = self.answers.record(after).answer.get("values", {})
        return self._wait_for(after) or scales_figure(self.story, values)

    def split(self, exercise_id: str) -> Figure | Page:
        """How a class voted on that exercise, once the learner has voted too."""
        from copydesk.views.plots import split_figure

        mine = self.answers.record(exercise_id).answer.get("choices", {})
        return split_figure(self.lesson, exercise_id, mine) if mine else self._do_first(exercise_id)

    def timeline(self, *, later: bool = False, after: str | None = None) -> Figure | Page:
        """What was going on, as known on the day of the story (or, with `later`, as known since)."""
        from copydesk.views.plots import timeline_figure

        return self._wait_for(after) or timeline_figure(self.lesson, later=later)

    def map(self) -> Any:
        """The map of the story’s region, with a date to move; a story without one says so."""
        from copydesk.map.geography import story_geography

        if (geography := story_geography(self.story)) is None:
            return Page.saying(load_wording("strings")["map"]["none"])
        from copydesk.map.picture import MapWidget

        return MapWidget(geography)

    def speakers(self) -> dict[str, int] | NoKey:
        """How many attributions the key counts for each speaker."""
        return speakers(self.story) if self.story.key else NoKey()

    def unattributed(self) -> float | NoKey:
        """The share of the story’s words, 0 to 1, that the key attributes to nobody."""
        found = words_by_voice(self.story)
        return found["not attributed"] / sum(found.values()) if found else NoKey()

    def diversity(self, *, by: By = "attributions") -> Diversity | NoKey:
        """How varied the sources of the story are, by the key."""
        if (key := self.story.key) is None:
            return NoKey()
        return diversity(totals(counted(key, self.story.article.text), by=by))

    def devices(self) -> dict[str, int] | NoKey:
        """How many framing devices of each class the key lists."""
        return devices(self.story) if self.story.key else NoKey()

    def scale_ranges(self) -> dict[str, tuple[float, float]] | NoKey:
        """The lowest and the highest value the key allows on each generic frame."""
        if (key := self.story.key) is None:
            return NoKey()
        return {s.name: (round(s.low, 2), round(s.high, 2)) for s in scales(key, {})}

    def agreement(self, exercise_id: str) -> Agreement:
        """How far a class agreed in that vote."""
        return agreement(class_votes(self.lesson, exercise_id))

    def facts(self, *, known: bool = False) -> list[Fact]:
        """The story's dated facts; with `known`, those that were public on its day."""
        return [fact for fact in story_facts(self.story) if not known or fact.known_on(self.story.date)]

    def land_share(self) -> float | None:
        """The share, 0 to 1, of its states’ outer land border that touched NATO members that day; None: no map."""
        from copydesk.map.geography import story_geography

        geography = story_geography(self.story)
        return round(geography.shares(self.story.date)[0], 3) if geography else None

    def _wait_for(self, exercise_id: str | None) -> Page | None:
        """A page that asks for an exercise first; None once it was checked or, without a key, answered."""
        if exercise_id is None:
            return None
        record = self.answers.record(exercise_id)
        done = record.tries if self.story.key else record.answer
        return None if done else self._do_first(exercise_id)

    def _do_first(self, exercise_id: str) -> Page:
        title = self.lesson.exercise(exercise_id).title
        return Page.saying(load_wording("strings")["lesson"]["first_do"].format(title=title))

    def _page(self, html: str, plain: str, story: Story | None = None) -> Page:
        """A page that carries the rights notice of the story."""
        return Page(static_html(html, rights=(story or self.story).rights), plain)

    def _earlier_record(self, exercise: Exercise) -> Record:
        """What the learner did in the exercise of an earlier lesson that this one repeats, on whichever story."""
        lesson, _, name = exercise.like.partition("/")
        files = sorted(self.answers.path.parents[1].glob(f"*/{lesson}.json")) if lesson else []
        return next((record for file in files if (record := peek_record(file, name)).changed), Record())


def no_key() -> Page:
    """What a graded edition shows where only a key could tell."""
    return Page.saying(load_wording("strings")["sourcing"]["no_key"])


def open_lesson(lesson_id: str, story: Story | None = None) -> Desk:
    """Open a lesson on the story in use; work done before is there again.

    >>> open_lesson("02_who_says_so")
    <Desk: lesson 02_who_says_so on 'baltics-2022'>
    """
    lesson = load_lesson(lesson_id, story)
    answers = AnswerFile.open(lesson.story.id, lesson.id, sha256=lesson.story.about["sha256"])
    return Desk(lesson, answers)


def hand_in(story: str | None = None, *, leave_out: str | Collection[str] = PRIVATE, to: Path | None = None) -> HandIn:
    """Pack all work, or that on one story, into one small file, without a button.

    What was answered in the forms of discernment stays here unless `leave_out` says otherwise: `leave_out=()`.
    """
    from copydesk.answers.handin import pack

    return pack(folder(), story=story, leave_out=leave_out, to=to)
