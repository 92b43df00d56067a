"""Lessons: the generic file and the story's own join; what does not fit is said with the name of the exercise."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from copydesk.base.errors import CopydeskError
from copydesk.exercises import TYPES, make_exercise
from copydesk.exercises.form import Form, Question
from copydesk.lessons.lesson import HELP, Lesson, Objective, list_lessons, load_lesson
from copydesk.story.story import Story, load_story, shared_answers
from copydesk_classroom.checking import lesson_faults
from tests.made_exercise import DEFAULTS

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
PAIRS = [(s.parent.name, name) for s in sorted(SEEDS.glob("*/story.toml")) for name in load_story(s.parent).lessons]


def with_own(story: Story, lesson: str, exercise: str, **own: Any) -> Story:
    """The story with other settings for one exercise."""
    mine = story.lessons[lesson]
    return replace(story, lessons={**story.lessons, lesson: {**mine, exercise: {**mine.get(exercise, {}), **own}}})


@pytest.mark.parametrize(("story", "lesson_id"), PAIRS)
def test_every_lesson_is_sound_and_ends_with_the_routine(story: str, lesson_id: str) -> None:
    lesson = load_lesson(lesson_id, load_story(SEEDS / story))
    assert lesson_faults(lesson) == []
    assert lesson.story.id == story and lesson.minutes > 0 and lesson.objectives
    *_, routine, last = lesson.exercises
    assert (routine.id if last.id == "exit" else last.id) == "routine" and lesson.exercise("routine").points == 0
    assert len({e.id for e in lesson.exercises}) == len(lesson.exercises)
    for e in lesson.exercises:
        assert e.type in TYPES and e.title and e.prompt and 0 < e.bar <= 1 and e.key_name == f"{lesson_id}/{e.id}"
    for objective in lesson.objectives:
        assert {e.more for e in lesson.exercises_of(objective)} == {objective.text.startswith("If you have time: ")}


def test_every_lesson_file_has_a_story() -> None:
    assert {lesson for _, lesson in PAIRS} == set(list_lessons()) and list_lessons() == sorted(list_lessons())


def test_the_story_adds_region_prompt_and_questions(baltics: Story) -> None:
    lesson = load_lesson("02_who_says_so", baltics)
    assert lesson.exercise("mark_alone").region == ("p7", "p8", "p9", "p10")
    assert "Paragraph 8" in lesson.exercise("explain").prompt
    assert lesson.exercise("voice").region == ()
    asked = {q.id for q in lesson.exercise("who").questions}
    own = {q["id"] for q in baltics.lessons["02_who_says_so"]["who"]["questions"]}
    assert asked == own and own


def test_questions_of_lesson_and_story_are_put_one_after_the_other(baltics: Story) -> None:
    story = with_own(
        baltics, "02_who_says_so", "exit", questions=[{"id": "more", "text": "More?", "options": "yes_no"}]
    )
    asked = [q.id for q in load_lesson("02_who_says_so", story).exercise("exit").questions]
    assert asked == ["cue", "paraphrase", "test", "more"]


def questions_of(lesson: Lesson) -> list[Question]:
    return [q for e in lesson.exercises if isinstance(e, Form) for q in e.questions]


def test_hints_lie_beside_the_answers_and_come_with_the_key_alone(baltics: Story) -> None:
    for name in ("02_who_says_so", "05_what_is_the_frame"):
        keyed, keyless = load_lesson(name, baltics), load_lesson(name, replace(baltics, key=None))
        assert any(q.hint for q in questions_of(keyed))
        assert not any(q.hint or q.after for q in questions_of(keyless))
    assert baltics.key is not None and keyed.key is not None
    assert "after" in baltics.key.answers["02_who_says_so/predict"]["machine"]
    assert "05_what_is_the_frame/predict" not in keyed.key.answers, "a question that has only words after it is open"


@pytest.mark.parametrize(("story", "lesson_id"), PAIRS)
def test_every_hint_has_a_question(story: str, lesson_id: str) -> None:
    lesson = load_lesson(lesson_id, load_story(SEEDS / story))
    forms = [e for e in lesson.exercises if isinstance(e, Form)]
    asked = {(e.key_name, q.id): q for e in forms for q in (*e.questions, *e.earlier)}
    assert lesson.story.key is not None
    for answers in (shared_answers(), lesson.story.key.answers):
        there = {n: a for n, a in answers.items() if n.partition("/")[2] not in lesson.left_out}
        for exercise, records in there.items():
            for name, record in records.items():
                left_out = exercise.partition("/")[2] in lesson.left_out
                if exercise.startswith(lesson_id) and name != "samples" and not left_out:
                    assert all(getattr(asked[exercise, name], n) for n in {*HELP} & {*record}), (exercise, name)


def test_the_story_may_set_points_tries_and_bar(baltics: Story) -> None:
    story = with_own(baltics, "02_who_says_so", "voice", points=9, tries=5, bar=0.5)
    voice = load_lesson("02_who_says_so", story).exercise("voice")
    assert (voice.points, voice.tries, voice.bar) == (9, 5, 0.5)


def test_a_lesson_may_name_its_story(baltics: Story) -> None:
    assert load_lesson("00_start_here", baltics).story.id == "practice"
    assert load_lesson("02_who_says_so").story.id == "baltics-2022"


def test_the_key_of_a_lesson_has_answers_for_any_story_and_the_storys_own_win(baltics: Story) -> None:
    assert baltics.key is not None
    own = {"04_which_words_frame/exit": {"plain": {"accept": ["length"]}}}
    lesson = load_lesson("02_who_says_so", replace(baltics, key=replace(baltics.key, answers=own)))
    assert lesson.key is not None
    assert lesson.key.answers["02_who_says_so/exit"]["cue"]["accept"] == ["verb"]
    assert lesson.key.answers["04_which_words_frame/exit"]["plain"] == {"accept": ["length"]}
    assert lesson.key.answers["04_which_words_frame/exit"]["swap"]["accept"] == ["choice"], "question by question"
    assert load_lesson("02_who_says_so", replace(baltics, key=None)).key is None


def test_unknown_names_are_answered_with_those_there_are(baltics: Story, practice: Story) -> None:
    with pytest.raises(CopydeskError, match="no lesson named '02'; there are: 00_start_here, 01_"):
        load_lesson("02", baltics)
    with pytest.raises(CopydeskError, match="'practice' has no lesson '02_who_says_so'; it has: 00_start_here"):
        load_lesson("02_who_says_so", practice)
    with pytest.raises(CopydeskError, match="has no exercise 'mark'; there are: recall, predict"):
        load_lesson("02_who_says_so", baltics).exercise("mark")


def test_a_type_nobody_knows_and_a_missing_prompt_are_refused(baltics: Story) -> None:
    with pytest.raises(
        CopydeskError, match="02_who_says_so/voice: type 'draw' is not one of mark, sort, form, order, write"
    ):
        load_lesson("02_who_says_so", with_own(baltics, "02_who_says_so", "voice", type="draw"))
    half = {**baltics.lessons, "02_who_says_so": {"explain": {"region": ["p7"]}}}
    with pytest.raises(CopydeskError, match="02_who_says_so/explain lacks 'prompt'"):
        load_lesson("02_who_says_so", replace(baltics, lessons=half))


@pytest.mark.parametrize(
    ("lesson_id", "exercise", "own", "says"),
    [
        ("02_who_says_so", "mark_alone", {"region": ["p99"]}, "there is no block 'p99'"),
        ("02_who_says_so", "mark_alone", {"layer": "gossip"}, "there is no layer 'gossip'"),
        ("02_who_says_so", "mark_alone", {"roles": []}, "a mark exercise needs 'roles'"),
        ("02_who_says_so", "voice", {"choices": "moods"}, "there are no choices named 'moods'"),
        ("02_who_says_so", "voice", {"choices": ""}, "a sort exercise needs 'choices'"),
        ("02_who_says_so", "explain", {"fields": []}, "a write exercise needs 'fields'"),
        ("07_what_was_going_on", "order", {"items": [{"id": "k1", "fact": "rumour"}]}, "there is no fact 'rumour'"),
        ("07_what_was_going_on", "claims", {"cards": {"C1": ["rumour"]}}, "there is no fact 'rumour'"),
    ],
)
def test_a_spoilt_exercise_is_caught_by_name(
    lesson_id: str, exercise: str, own: dict[str, Any], says: str, baltics: Story
) -> None:
    lesson = load_lesson(lesson_id, with_own(baltics, lesson_id, exercise, **own))
    found = lesson_faults(lesson)
    assert any(f.startswith(f"{lesson_id}/{exercise}: ") and says in f for f in found), found


@pytest.mark.parametrize(
    ("lesson_id", "exercise", "own", "says"),
    [
        ("02_who_says_so", "mark_cues", {"given": [{"cue": [[1249, 1237]]}]}, "1249–1237 is not a stretch"),
        ("02_who_says_so", "mark_cues", {"given": [{"cue": [[0, 10**12]]}]}, "0–1000000000000 is not a stretch"),
        ("02_who_says_so", "mark_cues", {"given": [{"cue": 7}]}, "given, cue is '7', which is not a list"),
        ("04_which_words_frame", "who_acts", {"items": [{"id": "a1", "span": [0, 9999]}]}, "0–9999 is not a stretch"),
        ("02_who_says_so", "exit", {"questions": [7]}, "questions, number 1 is '7', which is not a table"),
    ],
)
def test_an_exercise_that_cannot_be_made_is_refused_by_name(
    lesson_id: str, exercise: str, own: dict[str, Any], says: str, baltics: Story
) -> None:
    with pytest.raises(CopydeskError, match=f"{lesson_id}/{exercise}: {says}"):
        load_lesson(lesson_id, with_own(baltics, lesson_id, exercise, **own))


def test_a_mark_exercise_without_roles_is_shown_all_the_same(baltics: Story) -> None:
    lesson = load_lesson("02_who_says_so", with_own(baltics, "02_who_says_so", "mark_alone", roles=[], layer="quirks"))
    assert lesson.exercise("mark_alone").full_view(baltics)["item"] == ""


def test_a_map_that_cannot_be_read_is_caught(seeds: Path) -> None:
    path = seeds / "baltics-2022" / "context" / "map.toml"
    path.write_text(path.read_text("utf-8").replace('"440"]', '"no-such-land"]', 1), "utf-8")
    found = lesson_faults(load_lesson("07_what_was_going_on", load_story("baltics-2022")))
    assert len(found) == 1 and "07_what_was_going_on: the map:" in found[0] and "no-such-land" in found[0]


def test_settings_for_an_exercise_that_is_not_there_are_caught(baltics: Story) -> None:
    story = with_own(baltics, "02_who_says_so", "mark_al0ne", region=["p1"])
    assert lesson_faults(load_lesson("02_who_says_so", story)) == [
        "02_who_says_so: the story's lessons.toml has 'mark_al0ne', no such exercise"
    ]


def test_an_objective_without_its_exercise_and_a_form_without_questions_are_caught(baltics: Story) -> None:
    good = load_lesson("02_who_says_so", baltics)
    void = {"id": "void", "type": "form", "title": "Void", "prompt": "Ask.", "questions": [], **DEFAULTS}
    empty = make_exercise(good.id, void, baltics.article)
    bad: Lesson = replace(good, objectives=(Objective("Fly", ("flight",), 0.7),), exercises=(*good.exercises, empty))
    assert lesson_faults(bad) == [
        "02_who_says_so/void: a form exercise needs 'questions'",
        "02_who_says_so: the objective 'Fly' names no exercise 'flight'",
    ]


def test_an_exercise_may_stand_on_another_story(baltics: Story) -> None:
    lesson = load_lesson("02_who_says_so", baltics)
    moved = replace(lesson.exercise("mark_alone"), story="practice", region=("p4",))
    lesson = replace(lesson, exercises=(lesson.exercise("voice"), moved))
    on = lesson.on_story_of(moved)
    assert (on.story.id, on.id, [e.id for e in on.exercises]) == ("practice", lesson.id, ["mark_alone"])
    assert on.key is not None and lesson.on_story_of(lesson.exercise("voice")) is lesson
    assert [s.id for s in lesson.stories] == ["baltics-2022", "practice"]
    best = moved.model_answers(on.key, on.story.article.text)["key"]
    assert moved.outcome(best, on.key, on.story.article.text).score == 1
    keyless = replace(lesson, story=replace(baltics, key=None))
    assert keyless.on_story_of(moved).key is None, "beside a story without its key, without its key"
