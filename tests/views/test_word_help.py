"""Words of the course are found in the kit's sentences, explained once each, and explained without a hint."""

import re
from collections.abc import Mapping

import pytest

from copydesk.base.wording import load_wording
from copydesk.exercises.exercise import Exercise
from copydesk.exercises.form import Form
from copydesk.lessons.lesson import Lesson, load_lesson
from copydesk.story.story import list_stories, load_story
from copydesk.views.glossary import glossary
from copydesk.views.word_help import in_pieces, label_help, word_help

LESSONS = [load_lesson(name, story) for story in map(load_story, list_stories()) for name in sorted(story.lessons)]
ALL = [(lesson.on_story_of(e), e) for lesson in LESSONS for e in lesson.exercises]
every_exercise = pytest.mark.parametrize(
    ("lesson", "exercise"), ALL, ids=[f"{s.story.id} {e.key_name}" for s, e in ALL]
)


def helped(lesson: Lesson, exercise: Exercise) -> Mapping[str, dict]:
    return word_help(exercise.prose(), exercise.offered_words(lesson.story), exercise.everyday)


def terms(text: str) -> list[tuple[str, str]]:
    return [(words, name) for words, name in in_pieces(text) if name]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Two news agencies wrote it.", [("news agencies", "news agency")]),
        ("An unnamed source, a source", [("unnamed source", "anonymous source"), ("source", "source")]),
        ("Sources and a source: the first alone.", [("Sources", "source")]),
        ("Resources, sourcewise and open-source are other words.", []),
        ("The source’s hedges", [("source", "source"), ("hedges", "hedge")]),
        ("What is “a source” here?", []),
        ("A mass of problems at the station, and no agency.", []),
        ("HHI (the sum of squared shares)", [("HHI", "HHI")]),
        ("", []),
    ],
)  # fmt: skip
def test_whole_words_are_found_in_their_forms(text: str, found: list[tuple[str, str]]) -> None:
    assert terms(text) == found
    assert "".join(words for words, _ in in_pieces(text)) == text


@pytest.mark.parametrize("entry", glossary().terms, ids=lambda e: e.anchor)
def test_every_term_can_be_found_and_has_an_example(entry) -> None:
    found = label_help(entry.name)
    assert found and found["name"] == entry.name and entry.say.startswith(found["say"])
    assert found["example"] or "“" in found["say"] or entry.name in ("judgement", "troop words"), "a made-up example"


def test_every_example_belongs_to_a_term_or_a_choice() -> None:
    labels = {re.split(r" \(|:", words)[0] for values in load_wording("choices").values() for words in values.values()}
    known = {e.name for e in glossary().terms} | labels | {*load_wording("strings")["roles"].values()}
    assert {*load_wording("glossary")["examples"]} <= known


@every_exercise
def test_an_exercise_keeps_its_sentences_and_explains_each_word_once(lesson: Lesson, exercise: Exercise) -> None:
    found = helped(lesson, exercise)
    for text, pieces in found["texts"].items():
        assert text in {*exercise.prose()} and "".join(words for words, _ in pieces) == text
        assert {name for _, name in pieces if name} <= {*found["terms"]}
    questions = [
        name for text in [*found["texts"]] if text != exercise.prompt for _, name in found["texts"][text] if name
    ]
    assert len(questions) == len({*questions})
    assert all(told["name"] and (told["say"] or told["example"]) for told in found["terms"].values())


@every_exercise
def test_no_help_says_an_answer(lesson: Lesson, exercise: Exercise) -> None:
    """No definition or example holds an item, an accepted answer in its words, or a number that is asked for."""
    told = [f"{t['say']} {t['example']}" for t in helped(lesson, exercise)["terms"].values()]
    examples = [t["example"] for t in helped(lesson, exercise)["terms"].values()]
    items = [words for words in exercise.item_words(lesson.story).values() if len(words) > 20]
    assert not [(words, text) for words in items for text in told if words in text]
    if not isinstance(exercise, Form) or lesson.key is None:
        return
    keyed = exercise.keyed(lesson.key)
    for question in exercise.questions:
        for text in examples:
            quoted = [q for q in re.findall("“([^”]*)”", question.text) if len(q) > 20]
            assert not [q for q in quoted if q in text], question.text
            low, high = keyed.get(question.id, {}).get("range", (2, 1))
            given = [float(n) for n in re.findall(r"= (\d+(?:\.\d+)?)", text) if n not in exercise.prompt]
            assert not [n for n in given if low <= n <= high], (question.text, text)
        answers = [question.options.get(a, "") for a in keyed.get(question.id, {}).get("accept", ())]
        long = [a for a in answers if len(a.split()) > 4]
        assert not [(a, text) for a in long for text in told if a.casefold() in text.casefold()], question.text


@every_exercise
def test_a_word_with_its_everyday_meaning_is_left_alone(lesson: Lesson, exercise: Exercise) -> None:
    found = {name for pieces in helped(lesson, exercise)["texts"].values() for _, name in pieces}
    otherwise = word_help(exercise.prose(), ())["texts"].values()
    assert not found & {*exercise.everyday}
    assert {*exercise.everyday} <= {name for pieces in otherwise for _, name in pieces}, "it is not in its sentences"


def test_the_content_of_a_website_is_not_the_content_of_an_attribution() -> None:
    lesson = load_lesson("01_what_is_on_the_page")
    assert "content" not in helped(lesson, lesson.exercise("exit"))["terms"]
    assert [name for _, name in in_pieces("Its content is new.", ["content"]) if name] == []
    assert terms("Its content is new.") == [("content", "content")]
