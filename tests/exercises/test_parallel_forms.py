"""Discernment: parallel forms that ask fairly, the other form the second time, and figures that reward restraint."""

import json
import re
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from statistics import mean
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk import hand_in
from copydesk.answers import AnswerFile, Record, Try
from copydesk.answers.handin import read_handin
from copydesk.base.errors import CopydeskError
from copydesk.base.wording import load_wording
from copydesk.desk import Desk, open_lesson
from copydesk.exercises.exercise import Exercise, Item
from copydesk.exercises.sort import (
    Discernment,
    choose_form,
    discernment,
    first_answer,
    form_of,
)
from copydesk.framing import find_cues
from copydesk.lessons.lesson import Lesson, _exercise, lesson_titles, load_lesson
from copydesk.lessons.results import record_scores
from copydesk.story.key import Key
from copydesk.story.story import load_story
from copydesk.views.discernment import discernment_page
from copydesk_classroom.checking import lesson_faults

FIRST, LAST = "00_start_here", "08_your_own_brief"
LESSON: Lesson = load_lesson(FIRST, load_story(Path(__file__).resolve().parents[2] / "seeds" / "practice"))
EXERCISE = LESSON.exercise("discern")
FORMS: dict[str, tuple[Item, ...]] = EXERCISE.forms
IDS = {name: [item.id for item in items] for name, items in FORMS.items()}
every_form = pytest.mark.parametrize("form", FORMS)


def key() -> Key:
    assert LESSON.key is not None
    return LESSON.key


KEYED = key().answers[EXERCISE.key_name]


def answer(form: str, value: str | None = None, **others: str) -> dict[str, Any]:
    """The key's answer to a form, or one class everywhere, with some sentences sorted otherwise."""
    return {"choices": {**{i: value or KEYED[i]["accept"][0] for i in IDS[form]}, **others}}


def tried(*answers: dict[str, Any]) -> Record:
    return Record(answers[-1], tuple(Try(a, 0, 0, "", n) for n, a in enumerate(answers, 1)))


class TestForms:
    def test_two_forms_of_ten_and_no_sentence_twice(self) -> None:
        assert [len(ids) for ids in IDS.values()] == [10, 10] and [*IDS] == ["a", "b"]
        assert len({item.text for items in FORMS.values() for item in items}) == 20
        assert {i for ids in IDS.values() for i in ids} == set(KEYED) == {i.id for i in EXERCISE.items}

    @every_form
    def test_five_deserve_a_question_and_five_are_plain(self, form: str) -> None:
        assert Counter(KEYED[i]["accept"][0] for i in IDS[form]) == {"ask": 5, "plain": 5}
        assert all(len(KEYED[i]["accept"]) == 1 and len(KEYED[i]["why"]) > 20 for i in IDS[form])

    @every_form
    def test_the_kinds_come_mixed(self, form: str) -> None:
        kinds = "".join(KEYED[i]["accept"][0][0] for i in IDS[form])
        assert not re.search(r"(.)\1\1", kinds) and kinds not in ("ap" * 5, "pa" * 5), kinds

    def test_neither_length_nor_a_word_list_gives_the_plain_ones_away(self) -> None:
        length = {
            (form, kind): mean(len(i.text.split()) for i in items if KEYED[i.id]["accept"] == [kind])
            for form, items in FORMS.items()
            for kind in ("ask", "plain")
        }
        assert max(length.values()) - min(length.values()) <= 1, length

    @pytest.mark.parametrize("item", EXERCISE.items, ids=lambda item: item.id)
    def test_a_question_quotes_what_it_asks_about_and_a_plain_one_has_no_cue(self, item: Item) -> None:
        if KEYED[item.id]["accept"] == ["ask"]:
            quoted = re.match(r"“([^”]+)”", KEYED[item.id]["why"])
            assert quoted and quoted[1].lower() in item.text.lower()
        else:
            assert [h.cue.word for h in find_cues(item.text) if not h.cue.plain] == []

    @pytest.mark.parametrize(
        "topic", ["harbour|ferry", "school|timetable", r"\d–\d", "market|fish", "weather|winter|summer to"]
    )
    def test_each_topic_is_there_once_plain_and_once_not(self, topic: str) -> None:
        for items in FORMS.values():
            found = [KEYED[i.id]["accept"][0] for i in items if re.search(topic, i.text, re.IGNORECASE)]
            assert sorted(found) == ["ask", "plain"], (topic, found)

    @pytest.mark.parametrize(
        ("spoil", "says"),
        [
            (lambda forms: forms["a"].pop(), "not of one length"),
            (lambda forms: forms["a"][0].update(id="b1"), "have one id"),
            (lambda forms: forms["a"][1].update(id="a99"), "nothing says what 'a99' is"),
            (lambda forms: (forms["a"].pop(0), forms["b"].pop(0)), "as many of each class"),
        ],
    )
    def test_spoilt_forms_are_caught(self, spoil: Any, says: str) -> None:
        spoilt = {name: [asdict(item) for item in items] for name, items in FORMS.items()}
        spoil(spoilt)
        forms = {name: tuple(Item(**item) for item in items) for name, items in spoilt.items()}
        bad = replace(EXERCISE, forms=forms, items=sum(forms.values(), ()))
        found = lesson_faults(replace(LESSON, exercises=(bad,), objectives=()))
        assert any(says in fault for fault in found), found
        assert lesson_faults(LESSON) == []


class TestWhichForm:
    def test_a_coin_the_first_time(self) -> None:
        for face in (0, 1):
            chosen = choose_form(EXERCISE, Record(), Record(), lambda names, face=face: names[face])
            assert [i.id for i in chosen.items] == IDS["ab"[face]]
        faces = {choose_form(EXERCISE, Record(), Record()).items[0].id for _ in range(200)}
        assert faces == {"a1", "b1"}, "the coin has two sides"

    @every_form
    def test_what_was_answered_stays_and_is_the_other_one_later(self, form: str) -> None:
        def no_coin(names: Sequence[str]) -> str:
            assert len(names) == 1, "nothing is left to chance"
            return names[0]

        begun = Record({"choices": {IDS[form][3]: "ask"}})
        for kept in (begun, tried(answer(form)), Record({}, tried(answer(form)).tries), Record(others=(answer(form),))):
            assert form_of(EXERCISE, kept) == form
            for before in (Record(), begun, tried(answer("a")), tried(answer("b"))):
                assert choose_form(EXERCISE, kept, before, no_coin).items == FORMS[form]
            other = choose_form(EXERCISE, Record(), kept, no_coin).items
            assert other in FORMS.values() and other != FORMS[form]

    @pytest.mark.parametrize(
        "junk", [{}, {"choices": {}}, {"choices": 7}, {"choices": ["a1"]}, {"choices": {"z": "ask"}}]
    )
    def test_an_answer_of_no_form(self, junk: dict[str, Any]) -> None:
        assert form_of(EXERCISE, Record(junk)) is None and EXERCISE.as_answered(junk) is EXERCISE
        assert discernment(EXERCISE, junk, key()) is None and not EXERCISE.is_complete(junk)
        assert EXERCISE.outcome(junk, key(), "").status == "not_attempted"


class TestFigures:
    @every_form
    def test_only_aim_pays(self, form: str) -> None:
        assert discernment(EXERCISE, answer(form), key()) == Discernment(5, 5, 0, 5)
        for everywhere in ("ask", "plain"):
            found = discernment(EXERCISE, answer(form, everywhere), key())
            assert found and found.score == 0 and found.hits == found.false_alarms == (everywhere == "ask")
        wrong = {i: "plain" if KEYED[i]["accept"] == ["ask"] else "ask" for i in IDS[form]}
        found = discernment(EXERCISE, {"choices": wrong}, key())
        assert found and found.score == -1

    @given(st.dictionaries(st.sampled_from(sorted(KEYED)), st.sampled_from(["ask", "plain", "x", 7, ""])))
    def test_any_answer_has_figures_in_range_or_none(self, choices: dict[str, Any]) -> None:
        found = discernment(EXERCISE, {"choices": choices}, key())
        whole = {name for name, ids in IDS.items() if all(choices.get(i) for i in ids)}
        assert (found is not None) <= bool(whole)
        if found:
            assert -1 <= found.score <= 1 and (found.open, found.plain) == (5, 5)
            assert round(found.score * 5) == found.found - found.flagged

    def test_one_more_question_on_a_plain_sentence_costs_what_one_on_the_others_earns(self) -> None:
        for change, moved in (({"a2": "ask"}, -0.2), ({"a1": "plain"}, -0.2), ({"a1": "plain", "a2": "ask"}, -0.4)):
            found = discernment(EXERCISE, answer("a", **change), key())
            assert found and found.score == pytest.approx(1 + moved)

    def test_an_unfinished_form_has_none(self) -> None:
        assert discernment(EXERCISE, {"choices": dict.fromkeys(IDS["a"][:9], "ask")}, key()) is None

    def test_the_first_check_counts_for_then_the_key_is_shown(self) -> None:
        record = tried(answer("a", "ask"), answer("a"))
        assert first_answer(record) == answer("a", "ask") and first_answer(Record(answer("a"))) == {}


class TestScoringWithoutADesk:
    @every_form
    def test_the_form_that_was_answered_is_scored_and_no_other(self, form: str) -> None:
        outcome = EXERCISE.outcome(answer(form), key(), "")
        assert (outcome.status, outcome.score) == ("right", 1) and [n.item for n in outcome.notes] == IDS[form]
        assert [n.where for n in outcome.notes] == [str(n) for n in range(1, 11)]
        assert record_scores(EXERCISE, tried(answer(form, "ask")), key(), "") == (0.5, 0.5)
        assert record_scores(EXERCISE, Record({"choices": {IDS[form][0]: "ask"}}), key(), "") == (None, None)

    def test_all_sentences_are_asked_and_each_form_has_a_model_answer(self) -> None:
        assert len(EXERCISE.asked(key())) == 20
        assert [*EXERCISE.model_answers(key(), "").values()] == [answer("a"), answer("b")]
        lazy = EXERCISE.lazy_answers(key(), "")
        assert len(lazy) == 4 and {EXERCISE.outcome(a, key(), "").score for a in lazy.values()} == {0.5}

    @every_form
    def test_the_still_twin_shows_the_form_that_was_answered(self, form: str) -> None:
        for shown in (EXERCISE, choose_form(EXERCISE, Record(), Record())):
            html = shown.static_view(LESSON.story, answer(form, "ask"))
            assert all(i.text in html for i in FORMS[form]) and html.count("ask about it") == 10
            assert not any(i.text in html for name in FORMS if name != form for i in FORMS[name])


@pytest.fixture
def last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The last lesson, on a small story of its own."""
    seeds, here = tmp_path / "seeds", Path(__file__).resolve().parents[2] / "seeds" / "practice"
    for name in ("practice", "saltness-horn"):
        shutil.copytree(here, seeds / name)
    (seeds / "saltness-horn" / "lessons.toml").write_text(f"[{LAST}]\n", "utf-8")
    monkeypatch.setenv("COPYDESK_SEEDS", str(seeds))
    return LAST


def do(desk: Desk, value: str | None = None) -> str:
    """Sort the form on the screen as the key has it, or all one way, check it, and say which form it was."""
    widget = desk.exercise("discern")
    ids = [i["id"] for i in widget.spec["items"]]
    form = next(name for name in IDS if IDS[name] == ids)
    widget.save(answer(form, value))
    widget.check()
    return form


class TestAtTheDesk:
    def test_a_check_waits_for_every_sentence_and_there_is_one(self) -> None:
        widget = open_lesson(FIRST).exercise("discern")
        ids = [i["id"] for i in widget.spec["items"]]
        assert len(ids) == 10 and "1 of 1" in widget.state["tries_text"]
        widget.save({"choices": dict.fromkeys(ids[:9], "ask")})
        assert widget.check().status == "not_attempted" and not widget.record.tries
        assert widget.state["feedback"]["headline"] == load_wording("strings")["sort"]["unfinished"]
        widget.save({"choices": dict.fromkeys(ids, "ask")})
        assert widget.check().score == 0.5 and widget.finished and len(widget.state["feedback"]["key"]) == 10
        headline = widget.state["feedback"]["headline"]
        assert "50 of 100" in headline and "never graded" in headline and "bar" not in headline

    def test_the_form_stays_once_something_is_answered(self) -> None:
        widget = open_lesson(FIRST).exercise("discern")
        ids = [i["id"] for i in widget.spec["items"]]
        widget.save({"choices": {ids[4]: "plain"}})
        for _ in range(12):  # a coin would give it away with 4095 in 4096
            again = open_lesson(FIRST).exercise("discern")
            assert [i["id"] for i in again.spec["items"]] == ids
        assert again.answer["value"] == {"choices": {ids[4]: "plain"}}

    def test_the_last_lesson_has_the_other_form_and_shows_both(self, last: str) -> None:
        desk = open_lesson(FIRST)
        assert repr(desk.discernment()).startswith("Finish “Ask, or leave it?” first")
        first = do(desk, "ask")
        assert "5 of the 5 plain ones" in repr(desk.discernment()) and "1.0 − 1.0 = 0.0" in repr(desk.discernment())
        assert "<table" not in desk.discernment()._repr_html_()
        for _ in range(8):
            desk = open_lesson(last)
            shown = [i["id"] for i in desk.exercise("discern").spec["items"]]
            assert shown == next(ids for name, ids in IDS.items() if name != first)
        assert repr(desk.discernment()).startswith("Finish")
        assert do(desk) != first
        html = desk.discernment()._repr_html_()
        assert "1.0 − 0.0 = 1.0" in html and html.index("the first lesson") < html.index("this lesson")
        assert html.count("<td>0.0</td>") == 2 and html.count("<td>1.0</td>") == 4

    def test_without_the_first_lesson_a_coin_and_no_table(self, last: str, own_answers: Path) -> None:
        (own_answers / "practice").mkdir()
        (own_answers / "practice" / f"{FIRST}.json").write_bytes(b"{not json")
        faces = {open_lesson(last).exercise("discern").spec["items"][0]["id"] for _ in range(60)}
        assert faces == {"a1", "b1"}
        desk = open_lesson(last)
        do(desk)
        assert "<table" not in desk.discernment()._repr_html_()
        assert (own_answers / "practice" / f"{FIRST}.json").read_bytes() == b"{not json", "only looked at"

    def test_the_last_lesson_asks_what_the_first_asked_by_the_same_key(self, last: str) -> None:
        exercise, answers = load_lesson(last).exercise("discern"), load_lesson(last).key.answers
        assert exercise.forms == FORMS and answers[f"{last}/discern"] == KEYED
        assert (exercise.points, exercise.tries, exercise.type) == (0, 1, "sort")
        assert exercise.prompt != EXERCISE.prompt and "first lesson" in exercise.prompt

    def test_without_a_key_it_is_received_and_nothing_is_measured(self, last: str, tmp_path: Path) -> None:
        (tmp_path / "seeds" / "practice" / "key.json").unlink()
        desk = open_lesson(FIRST)
        widget = desk.exercise("discern")
        widget.save({"choices": {i["id"]: "ask" for i in widget.spec["items"]}})
        assert widget.check().status == "received" and "no key" in repr(desk.discernment())

    def test_it_stays_on_this_machine_unless_it_is_put_in(self, last: str, tmp_path: Path) -> None:
        for lesson in (FIRST, last):
            do(open_lesson(lesson))
            open_lesson(lesson).answers.save("routine", {"texts": {"whose": "theirs"}})
        kept = hand_in(to=tmp_path / "out")
        exercises = [sorted(d["exercises"]) for d in read_handin(kept.path)["answers"]]
        assert exercises == [["routine"], ["routine"]] and '"a1"' not in kept.path.read_text("utf-8")
        assert {
            f"{lesson_titles()[lesson]}: your form “Ask, or leave it?” is left out and stays here."
            for lesson in (FIRST, last)
        } <= set(kept.contents)
        whole = hand_in(to=tmp_path / "out", leave_out=())
        assert whole.path == kept.path and sum("never graded" in line for line in whole.contents) == 2
        assert [sorted(d["exercises"]) for d in read_handin(whole.path)["answers"]] == [["discern", "routine"]] * 2


def test_the_page_says_it_in_words() -> None:
    page = discernment_page(Discernment(1, 5, 3, 5), Discernment(4, 5, 4, 5))
    html, plain = page.html, page.plain
    assert "1 of the 5 sentences" in plain and "0.2 − 0.6 = −0.4" in plain
    assert (
        '<th scope="col">false alarms</th>' in html and "<td>−0.4</td>" in html and "leaves this machine only" in html
    )


def test_answers_of_a_newer_form_are_not_guessed_at(last: str, own_answers: Path) -> None:
    file = AnswerFile.open("practice", FIRST, sha256=LESSON.story.about["sha256"], root=own_answers)
    file.save("discern", answer("a"))
    document = json.loads(file.path.read_text("utf-8"))
    file.path.write_text(json.dumps({**document, "schema": 99}), "utf-8")
    assert {open_lesson(last).exercise("discern").spec["items"][0]["id"] for _ in range(60)} == {"a1", "b1"}


def test_an_exercise_like_none_is_refused() -> None:
    with pytest.raises(CopydeskError, match="l/e: type 'None' is not one of"):
        _exercise("l", {"id": "e", "like": "00_start_here/nothing"}, {}, LESSON.story)
    made: Exercise = _exercise("l", {"id": "e", "like": "00_start_here/voices", "points": 9}, {}, LESSON.story)
    assert (made.title, made.points, made.choices) == ("Whose voice?", 9, "voice")
