"""Whether a lesson counts and scores as it should on this machine, in words.

Each lesson shows this after its first exercises, which need not wait for it, and nbval compares it with what the
notebook has stored. It holds no figure and no word of a story: it gives no answer away, and it stays true when another
story takes the place of the built-in one.
"""

from __future__ import annotations

from collections.abc import Iterator

from copydesk.base.spans import fingerprint
from copydesk.base.wording import load_wording
from copydesk.exercises.exercise import Exercise
from copydesk.lessons.lesson import Lesson
from copydesk.story.key import Key
from copydesk.story.story import Story
from copydesk.views.agreement import Level, krippendorff_alpha
from copydesk.views.scales import scales
from copydesk.views.sourcing import counted, diversity, speakers, totals, words_by_voice

EXAMPLE = (
    *({1: 3}, {2: 3, 3: 1}, {3: 4}, {3: 4}, {2: 4}, {1: 1, 2: 1, 3: 1, 4: 1}),
    *({4: 4}, {1: 3, 2: 1}, {2: 4}, {5: 3}, {1: 2}, {3: 1}),
)
"""How often each value was given to each of twelve units (example C of Krippendorff 2011)."""


class Sentence(str):
    """Words that a notebook shows as they are: as text, without quotation marks and not as code."""

    def __repr__(self) -> str:
        return str(self)

    def _repr_markdown_(self) -> str:
        return str(self)


def ready(lesson: Lesson) -> Sentence:
    """What was checked, or what is wrong and what to do.

    >>> from copydesk.lessons.lesson import load_lesson
    >>> ready(load_lesson("00_start_here"))
    Ready: the page is as it was found, every exercise opens, and the kit scores and counts as it should.
    """
    say = load_wording("strings")["ready"]
    faults = [*_faults(lesson)]
    if faults:
        return Sentence(say["not_ready"].format(faults="; ".join(say[f].format(where=where) for f, where in faults)))
    return Sentence(say["ready" if lesson.key else "ready_without_key"])


def agreement_holds() -> bool:
    """Whether the kit’s alpha is the published one on Krippendorff’s own example."""
    published: dict[Level, float] = {"nominal": 0.743, "ordinal": 0.815, "interval": 0.849}
    alphas = {level: krippendorff_alpha(dict(enumerate(EXAMPLE)), level=level) for level in published}
    return all(round(alphas[level] or 0, 3) == alpha for level, alpha in published.items())


def _faults(lesson: Lesson) -> Iterator[tuple[str, str]]:
    """Each fault by its name under [ready] in strings.toml, with where it is."""
    story, key = lesson.story, lesson.key
    if fingerprint(story.article.text) != story.about["sha256"]:
        yield "page", story.id
    for exercise in lesson.exercises:
        on = lesson.on_story_of(exercise)
        exercise.full_view(on.story)
        if on.key and not _scores_well(exercise, on.key, on.story.article.text):
            yield "scoring", exercise.title
    if key and not _counts_well(story, key):
        yield "counting", story.id
    if not agreement_holds():
        yield "agreement", story.id


def _scores_well(exercise: Exercise, key: Key, text: str) -> bool:
    """An empty answer earns nothing, and each answer that the key accepts earns everything."""
    models = exercise.model_answers(key, text).values()
    return not exercise.outcome({}, key, text).score and all(exercise.outcome(a, key, text).score == 1 for a in models)


def _counts_well(story: Story, key: Key) -> bool:
    """The kit counts what the coder of the story counted, as far as the key has it (`measures`, `frame_scores`)."""
    found: dict[str, object] = {"counted_attributions": speakers(story)}
    found["body_words"] = sum(words_by_voice(story).values())
    items = counted(key, story.article.text)
    for name, amounts in (("by_count", totals(items)), ("by_words", totals(items, by="words"))):
        found[name] = round(diversity(amounts).hhi, 2)
    found |= {scale.name[0]: [round(scale.low, 2), round(scale.high, 2)] for scale in scales(key, {})}
    told = {**key.more.get("measures", {})}
    told |= {name: round(told[name]["HHI"], 2) for name in ("by_count", "by_words") if name in told}
    told |= {name[0]: scores["defensible_range"] for name, scores in key.more.get("frame_scores", {}).items()}
    return all(value == told[name] for name, value in found.items() if name in told)
