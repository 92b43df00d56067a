"""A guess stands beside what was measured, and not before it was."""

import pytest

from copydesk.desk import open_lesson
from copydesk.exercises.form import Form, Question
from copydesk.lessons.lesson import Lesson, load_lesson
from copydesk.story.story import list_stories, load_story

LESSONS = [load_lesson(name, story) for story in map(load_story, list_stories()) for name in sorted(story.lessons)]
GUESSES = [
    (lesson, exercise, question)
    for lesson in LESSONS
    for exercise in lesson.exercises
    if isinstance(exercise, Form)
    for question in exercise.questions
    if question.measured_in
]


@pytest.mark.parametrize(
    ("lesson", "exercise", "question"), GUESSES, ids=[f"{le.story.id} {e.key_name}/{q.id}" for le, e, q in GUESSES]
)
def test_each_guess_names_a_place_of_its_lesson(lesson: Lesson, exercise: Form, question: Question) -> None:
    place, _, asked = question.measured_in.partition("/")
    assert not exercise.points and question.id not in (exercise.keyed(lesson.key) if lesson.key else {})
    if asked:
        measured = lesson.exercise(place)
        assert isinstance(measured, Form) and asked in [q.id for q in measured.questions]
        assert lesson.exercises.index(measured) > lesson.exercises.index(exercise)
    else:
        assert place in ("sourcing", "word_list") or place in [e.id for e in lesson.exercises]


def test_lessons_with_a_number_to_guess_have_a_place_for_it() -> None:
    assert {lesson.id[:2] for lesson, _, _ in GUESSES} == {"02", "03", "04", "06", "07"}


def test_the_key_has_the_guess_beside_it_once_it_is_shown() -> None:
    desk = open_lesson("02_who_says_so")
    desk.answers.save("predict", {"values": {"machine": 4}})
    widget = desk.exercise("foil")
    widget.save({"values": {"whole": 1, "why": "because"}})
    widget.check()
    assert "Your guess" not in str(widget.state), "not while a try is left"
    widget.save({"values": {"whole": 2, "why": "because"}})
    widget.check()
    row = next(row for row in widget.state["feedback"]["key"] if row["item"] == "whole")
    keyed = desk.lesson.exercise("foil").keyed(desk.lesson.key)["whole"]["range"]
    assert row["reveal"].startswith(f"Your guess: 4. Measured: {keyed[0]:g}")


def test_without_a_guess_nothing_is_said_of_one() -> None:
    widget = open_lesson("02_who_says_so").exercise("foil")
    for n in (1, 2):
        widget.save({"values": {"whole": n, "why": "because"}})
        widget.check()
    assert widget.state["feedback"]["key"] and "Your guess" not in str(widget.state)


def test_views_have_the_guess_beside_the_figure() -> None:
    desk = open_lesson("06_do_we_agree")
    desk.answers.save("predict", {"values": {"alpha": 0.25}})
    desk.answers.save("vote", {"choices": {"x": "yes"}})
    caption = desk.split("vote").caption
    assert caption.count("Your guess") == 1 and "Your guess: 0.25. Measured: 0." in caption
    desk = open_lesson("03_how_strong_is_the_sourcing")
    desk.answers.save("predict", {"values": {"share": 0.9, "easier": "letter"}})
    shown = desk.sourcing(after="predict")
    assert (
        "Your guess: 0.9. Measured: 0.71 of the attributed words." in shown.children[0].value
        and "Your guess: 0.9" in shown.later.make()
    )


def test_the_word_list_has_the_guess_beside_the_share_it_found() -> None:
    desk = open_lesson("04_which_words_frame")
    desk.answers.save("predict", {"values": {"list": 0.4}})
    answer = next(
        iter(desk.lesson.exercise("devices").model_answers(desk.lesson.key, desk.story.article.text).values())
    )
    desk.answers.add_try("devices", answer, 1.0, 8.0)
    assert "Your guess: 0.4. Measured: 0." in desk.word_list(after="devices").html
