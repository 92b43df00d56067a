"""What a lesson's notebook can ask the desk to show: pages, figures and explorers, none of them an exercise.

What would give an exercise's answers away waits until that exercise was checked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from copydesk.context.facts import by_id, story_facts
from copydesk.desk_numbers import Numbers
from copydesk.render import Page, still, table
from copydesk.swap import swapped
from copydesk.wording import load_wording

if TYPE_CHECKING:
    from copydesk.figures import Figure


class Views(Numbers):
    """Things to look at around the exercises of one open lesson."""

    def timeline(self, *, later: bool = False, after: str | None = None) -> Figure | Page:
        """What was going on, as known on the day of the story (or, with `later`, as known since)."""
        from copydesk.lesson_figures import timeline_figure

        return (self._first_do(after) if after else None) or timeline_figure(self.lesson, later=later)

    def cards(self, exercise_id: str) -> Page:
        """The dated facts an exercise goes by, each with its source and how sure it is."""
        say = load_wording("strings")["cards"]
        wanted = [by_id(story_facts(self.story), f) for f in self.lesson.exercise(exercise_id).get("facts", ())]
        rows = [(f.when, f.statement, f.credit, f.standing) for f in wanted]
        return self._page(table(say["columns"], rows, caption=say["caption"]), f"{len(rows)} dated facts")

    def map(self) -> Any:
        """The map of the story’s region, with a date to move; a story without one says so."""
        from copydesk.context.geography import story_geography

        if (geography := story_geography(self.story)) is None:
            return Page.saying(load_wording("strings")["map"]["none"])
        from copydesk.widgets.map_explorer import map_explorer

        return map_explorer(geography)

    def voices(self) -> Figure | Page:
        """Whose words fill the story, as a figure."""
        from copydesk.lesson_figures import voices_figure

        return voices_figure(self.story) if self.story.key else no_key()

    def machine(self, *, after: str | None = None) -> Page:
        """What the attribution finder makes of the story: its marks, and the rule behind each.

        With `after`, only once that exercise was checked: the marks would give its answers away.
        """
        from copydesk.machine_page import machine_page

        return (self._first_do(after) if after else None) or Page(*machine_page(self.story))

    def word_list(self, *, after: str) -> Page:
        """What a list of loaded words makes of the story, once that exercise was checked: places to look."""
        from copydesk.cue_page import cue_page

        wait = self._first_do(after)
        return wait or Page(*cue_page(self.story, self.lesson.exercise(after).region))

    def swap(self, exercise_id: str) -> Page:
        """Sentences of the story beside the same with other names in them, which nobody said."""
        say = load_wording("strings")["swap"]
        pairs = swapped(self.lesson.exercise(exercise_id), self.story.article.text)
        rows = [(p.where, p.original, p.swapped) for p in pairs]
        return self._page(table(say["columns"], rows, caption=say["caption"]), f"{len(pairs)} pairs of sentences")

    def retellings(self, exercise_id: str) -> Page:
        """Passages of the story beside the retellings an exercise asks about, with the words that differ marked."""
        from copydesk.retelling_page import retelling_page

        return Page(*retelling_page(self.lesson, exercise_id))

    def rubric(self) -> Page:
        """How people grade what a learner writes: no row asks whose side is taken."""
        data = load_wording("rubric")
        rows = ((row["name"], *row["points"]) for row in data["row"])
        return Page(still(table(data["columns"], rows, caption=data["caption"])), data["plain"])

    def frames(self, *, after: str) -> Figure | Page:
        """The five generic frames by the learner’s answers, beside the range the key allows."""
        from copydesk.lesson_figures import scales_figure

        if self.story.key is None:
            return no_key()
        values = self.answers.record(after).answer.get("values", {})
        return self._first_do(after) or scales_figure(self.story, values)

    def split(self, exercise_id: str) -> Figure | Page:
        """How a class voted on that exercise, once the learner has voted too."""
        from copydesk.lesson_figures import split_figure

        mine = self.answers.record(exercise_id).answer.get("choices", {})
        if not mine:
            return self._wait(exercise_id)
        return split_figure(self.lesson, exercise_id, mine)

    def sourcing(self) -> Any:
        """An explorer of the sources: shares, in attributions or words, with one item dropped if wanted."""
        from copydesk.widgets.explorers import sourcing_explorer

        items = self._counted()
        return sourcing_explorer(items) if items else no_key()

    def _first_do(self, exercise_id: str) -> Page | None:
        """What would give an exercise's answers away waits until it was checked or, without a key, answered."""
        record = self.answers.record(exercise_id)
        done = record.tries if self.story.key else record.answer
        return None if done else self._wait(exercise_id)

    def _wait(self, exercise_id: str) -> Page:
        title = self.lesson.exercise(exercise_id).title
        return Page.saying(load_wording("strings")["lesson"]["first_do"].format(title=title))

    def _page(self, html: str, plain: str) -> Page:
        return Page(still(html, rights=self.story.rights), plain)


def no_key() -> Page:
    """What stands where a graded edition has no key to show."""
    return Page.saying(load_wording("strings")["sourcing"]["no_key"])
