"""Questions made from a key: each generator on the kit's stories and on one that has nothing, and what is written."""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from argparse import Namespace
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from copydesk.base.errors import CopydeskError
from copydesk.base.spans import words
from copydesk.cli import main
from copydesk.lessons.lesson import load_lesson
from copydesk.story.key import Alternative, Entry, Key
from copydesk.story.story import Story, forget_stories, load_story
from copydesk_classroom.checking import check_scoring, guess_objectives, lesson_faults
from copydesk_classroom.releasing.contents import telling
from copydesk_classroom.stories import questions
from copydesk_classroom.stories.commands import run_lessons
from copydesk_classroom.stories.confirm import read_raw_key, write_raw_key
from copydesk_classroom.stories.lessons import MADE, SECTIONS, make_sections, write_lessons
from copydesk_classroom.stories.questions import Made

OWN = ["baltics-2022", "greywater-barrage", "practice", "saltness-horn"]
GENERATORS = [
    *(
        questions.agency,
        questions.reporter,
        questions.publisher,
        questions.weekday,
        questions.furniture,
        questions.line,
    ),
    *(questions.blocks, questions.machine, questions.whole, questions.missed, questions.count, questions.form),
    *(questions.cue, questions.share_guess, questions.same_sentence, questions.another, questions.quoted),
    *(questions.share, questions.hhi, questions.effective, questions.dropped),
]

FROM_THE_PAGE = {questions.reporter, questions.agency, questions.weekday}
"""What can be asked of any page: that it does not say is an answer too."""


def with_key(story: Story, **layers: Any) -> Story:
    """A story whose key has other entries in some layers, or other fields beside them."""
    assert story.key
    key: Key = story.key
    more = {**key.more, **{n: v for n, v in layers.items() if n not in key.entries}}
    return replace(
        story,
        key=replace(key, entries={**key.entries, **{n: v for n, v in layers.items() if n in key.entries}}, more=more),
    )


def bare(story: Story) -> Story:
    """A story of which the key says nothing but its blocks and sentences."""
    assert story.key
    kept = {n: es for n, es in story.key.entries.items() if n in ("paragraphs", "sentences")}
    return replace(story, key=replace(story.key, entries=kept, more={}))


@pytest.fixture
def grey() -> Story:
    return load_story("greywater-barrage")


@pytest.fixture
def folder(seeds: Path) -> Path:
    """The practice story as a confirmed draft has it: without lessons, and without answers."""
    folder = seeds / "practice"
    (folder / "lessons.toml").unlink()
    write_raw_key(folder, {**read_raw_key(folder), "answers": {}})
    return folder


# --- Generators ---


@pytest.mark.parametrize("generator", GENERATORS, ids=lambda g: g.__name__)
@pytest.mark.parametrize("name", OWN)
def test_a_question_has_an_answer_a_reason_and_a_hint(generator: Callable[[Story], Made | None], name: str) -> None:
    made = generator(load_story(name))
    if made is None:
        return
    question, answer = made.question, made.answer
    assert question["text"] and "{" not in question["text"]
    if "after" in answer:
        assert not {"accept", "range"} & {*answer}
        return
    assert answer["why"] and answer["hint"] and "{" not in answer["why"] + answer["hint"]
    options = question.get("options")
    if isinstance(options, dict):
        assert answer["accept"][0] in options and len(options) >= 3 and len({*options.values()}) == len(options)
    if "range" in answer:
        low, high = answer["range"]
        assert 0 <= low <= high <= question["max"] or high - question["max"] <= questions.TOLERANCE
    assert [*telling(question)] == []


@pytest.mark.parametrize(
    "generator",
    [g for g in GENERATORS if g not in (questions.reporter, questions.agency, questions.weekday)],
    ids=lambda g: g.__name__,
)
def test_a_story_that_has_nothing_for_a_question_gets_none(
    generator: Callable[[Story], Made | None], grey: Story
) -> None:
    assert generator(bare(grey)) is None


def right(made: Made | None) -> str:
    assert made
    options = made.question["options"]
    return str(options[made.answer["accept"][0]] if isinstance(options, dict) else made.answer["accept"][0])


def test_who_reported_and_who_published(grey: Story) -> None:
    assert right(questions.agency(grey)) == "Reedwater Wire"
    assert right(questions.reporter(grey)) == "Ysolde Marrin"
    assert right(questions.publisher(grey)) == "Lockside Daily"


def test_that_the_page_does_not_say_is_an_answer(grey: Story) -> None:
    unknown = with_key(grey, provenance={"publisher": "Lockside Daily"})
    made = questions.reporter(unknown)
    assert right(made) == "the page does not say" and made and "No line of the page" in made.answer["why"]
    assert right(questions.agency(unknown)) == "the page does not say"


def test_a_day_of_the_week_is_the_last_one_before_the_story(grey: Story) -> None:
    assert grey.date.weekday() == 1 and right(questions.weekday(grey)) == "8 September 2031"
    saturday = replace(grey, about={**grey.about, "date": dt.date(2031, 9, 13)})
    assert right(questions.weekday(saturday)) == "9 September 2031"  # its first paragraph says “Tuesday”
    assert questions.weekday(replace(grey, about={**grey.about, "language": "lv"})) is None


def test_choices_are_not_named_after_what_they_are(grey: Story) -> None:
    for made in (questions.agency(grey), questions.reporter(grey), questions.publisher(grey)):
        assert made and not {"agency", "reporter", "publisher", "right", "none"} & {*made.question["options"]}


def asked(story: Story, make: Callable[[Story, Entry], Made | None]) -> dict[str, str]:
    """The words a question is about, with who is meant."""
    assert story.key
    found = [m for e in story.key.attributions if (m := make(story, e))]
    return {m.question["text"].partition("“")[2].rpartition("”")[0]: right(m) for m in found}


def test_who_is_meant_by_a_word_that_stands_in(grey: Story) -> None:
    expected = {"It": "The commission’s August report", "She": "Sela Varn", "Eastquay": "Sorrin"}
    assert asked(grey, questions.who_is) == expected


def test_whose_words_are_that_have_no_speaker_beside_them(grey: Story, baltics: Story) -> None:
    assert asked(grey, questions.carried)["They talk about gates. We …"] == "Oda Renn"
    assert [*asked(baltics, questions.carried).values()] == ["Kaja Kallas", "Kaja Kallas", "Russia"]


def test_what_can_be_read_as_another_speaker_is_not_asked(grey: Story) -> None:
    assert grey.key
    entry = next(e for e in grey.key.attributions if e.id == "A9")
    other = Alternative("A9.z", "somebody else", {"source": None})
    assert questions.who_is(grey, entry) and not questions.who_is(grey, replace(entry, alternatives=(other,)))


def test_the_measures_are_those_of_the_sourcing_view(baltics: Story) -> None:
    assert baltics.key
    known = baltics.key.answers["03_how_strong_is_the_sourcing/numbers"]
    for generator, name in ((questions.share, "share"), (questions.hhi, "hhi")):
        made = generator(baltics)
        assert made and made.answer["range"] == pytest.approx(known[name]["range"], abs=0.005)


def test_a_question_quotes_few_words_of_the_story(baltics: Story) -> None:
    text = baltics.article.text
    page = [w.of(text) for w in words(text)]
    runs = {" ".join(page[n : n + 7]) for n in range(len(page) - 6)}
    shown = " ".join(str(s.settings) for of in make_sections(baltics).values() for s in of.values())
    told = [w.of(shown) for w in words(shown)]
    assert not runs & {" ".join(told[n : n + 7]) for n in range(len(told) - 6)}


# --- What is written ---


def test_lessons_are_made_from_a_confirmed_key(folder: Path) -> None:
    write_lessons(folder)
    story = load_story(folder)
    assert {*story.lessons} == {*MADE}
    for name in MADE:
        lesson = load_lesson(name, story)
        assert lesson_faults(lesson) == [] and all(check.holds for check in check_scoring(lesson))
        assert all(sentence.endswith(".") and "is left out: " in sentence for sentence in lesson.left_out.values())


@pytest.mark.parametrize("name", OWN[:2])
def test_what_is_made_from_a_whole_key_is_sound_and_not_met_by_chance(name: str, seeds: Path) -> None:
    folder = seeds / name
    (folder / "lessons.toml").unlink()
    raw = read_raw_key(folder)
    write_raw_key(folder, {**raw, "answers": {n: a for n, a in raw["answers"].items() if "transfer" in n}})
    write_lessons(folder)
    story = load_story(folder)
    for lesson in (load_lesson(n, story) for n in MADE):
        assert lesson_faults(lesson) == [] and all(check.holds for check in check_scoring(lesson))
        assert all(found.holds for found in guess_objectives(lesson, quick=True))


def test_the_same_key_gives_the_same_lessons(folder: Path) -> None:
    write_lessons(folder)
    first = [(folder / name).read_bytes() for name in ("lessons.toml", "key.json")]
    write_lessons(folder)
    assert [(folder / name).read_bytes() for name in ("lessons.toml", "key.json")] == first


def test_a_section_written_by_hand_stays_with_its_answers(folder: Path) -> None:
    exercise = f"{MADE[0]}/provenance"
    by_hand = (
        f'# ours\n[{MADE[0]}.provenance]\nquestions = [\n  {{ id = "ours", text = "Who?", options = "yes_no" }},\n]\n'
    )
    (folder / "lessons.toml").write_text(by_hand, encoding="utf-8")
    write_raw_key(folder, {**read_raw_key(folder), "answers": {exercise: {"ours": {"accept": ["yes"]}}}})
    for _ in range(2):
        write_lessons(folder)
        assert (folder / "lessons.toml").read_text("utf-8").startswith(by_hand)
        assert read_raw_key(folder)["answers"][exercise] == {"ours": {"accept": ["yes"]}}
        assert load_story(folder).lessons[MADE[0]]["provenance"]["questions"][0]["id"] == "ours"


def test_answers_of_a_section_that_is_made_no_more_go(folder: Path) -> None:
    write_lessons(folder)
    raw = read_raw_key(folder)
    assert f"{MADE[2]}/note" in raw["answers"]
    named = [{**a, "kind": "named_other"} for a in raw["attributions"]]
    write_raw_key(folder, {**raw, "attributions": named})
    write_lessons(folder)
    assert f"{MADE[2]}/note" not in read_raw_key(folder)["answers"]
    assert "every source in this story has a name" in load_lesson(MADE[2], load_story(folder)).left_out["note"]


def test_entries_that_nobody_has_confirmed_make_no_questions(folder: Path) -> None:
    raw = read_raw_key(folder)
    drafted = [{**a, "unconfirmed": True, "rule": "says_that"} for a in raw["attributions"]]
    write_raw_key(folder, {**raw, "attributions": drafted})
    write_lessons(folder)
    assert {"mark_alone", "worked", "who"} <= {*load_lesson(MADE[1], load_story(folder)).left_out}


def test_learners_get_no_answer_with_what_is_written(folder: Path) -> None:
    write_lessons(folder)
    made = tomllib.loads((folder / "lessons.toml").read_text("utf-8"))
    assert [told for own in made.values() for settings in own.values() for told in telling(settings)] == []


def test_a_broken_file_and_a_missing_key_are_named(folder: Path) -> None:
    (folder / "lessons.toml").write_text("[01\n", encoding="utf-8")
    with pytest.raises(CopydeskError, match=r"lessons\.toml is not TOML"):
        write_lessons(folder)
    with pytest.raises(CopydeskError, match="has no key here"):
        make_sections(replace(load_story("greywater-barrage"), key=None))


def test_every_maker_belongs_to_an_exercise_of_its_lesson() -> None:
    for lesson, makers in SECTIONS.items():
        whole = load_lesson(lesson, load_story("greywater-barrage"))
        assert {*makers} <= {*(e.id for e in whole.exercises), *whole.left_out}


def test_words_of_any_script_are_written_as_toml(folder: Path) -> None:
    raw = read_raw_key(folder)
    names = {"publisher": 'صوت "الميناء"\\', "reporter": "ליאת בר", "agency": None}
    write_raw_key(folder, {**raw, "provenance": names})
    write_lessons(folder)
    forget_stories()
    shown = load_story(folder).lessons[MADE[0]]["provenance"]["questions"]
    assert any(names["publisher"] in q["options"].values() for q in shown)
    assert main(["check", "--story", str(folder)]) == 0
    assert json.loads((folder / "key.json").read_text("utf-8"))["provenance"] == names


def test_the_command_makes_them_and_says_what_is_left_out(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run_lessons(Namespace(story=str(folder))) == 0
    said = capsys.readouterr().out
    assert f"{MADE[0]}: 7 exercises" in said and "“Measure it” is left out: it has too few attributions" in said
    monkeypatch.delenv("COPYDESK_SEEDS")
    with pytest.raises(CopydeskError, match="'practice' comes with the kit; copy its folder"):
        run_lessons(Namespace(story="practice"))
