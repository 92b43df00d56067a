"""Scoring an order: pairs count, ties may stand either way, what was only dealt is not yet an answer."""

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.base.wording import load_wording
from copydesk.exercises.exercise import Item
from copydesk.exercises.order import Order, misplaced, placing
from copydesk.exercises.outcome import RECEIVED, Outcome, feedback
from copydesk.lessons.lesson import Lesson, load_lesson
from copydesk.story.key import Key
from copydesk.story.story import load_story
from copydesk_classroom.checking import check_scoring, lesson_faults
from tests.made_exercise import made
from tests.made_story import FACTS, LESSON, make_story

IDS = ["a", "b", "c", "d", "e", "f"]
SAY = load_wording("strings")["order"]


def exercise(ids: list[str] = IDS, **settings: Any) -> Order:
    items = [{"id": i, "text": f"It is {i}."} for i in ids]
    found: Order = made("order", **{"items": items, **settings})
    return found


def key(accept: list[Any], **items: Any) -> Key:
    return Key("made", "", {}, {"l/e": {"order": {"accept": accept}, **items}})


def outcome(given: list[str], accept: list[Any] = IDS, **more: Any) -> Outcome:
    return exercise(**more.pop("settings", {})).outcome({"order": given, **more}, key(accept), "")


def value(given: list[str], accept: list[Any] = IDS) -> float:
    return outcome(given, accept).score


def hints(found: Outcome) -> list[str]:
    return [n.hint for n in found.notes if n.hint]


class TestPairs:
    def test_the_keys_order_is_full_and_its_reverse_nothing(self) -> None:
        assert value(IDS) == 1 and outcome(IDS).status == "right"
        assert value(IDS[::-1]) == 0 and outcome(IDS[::-1]).status == "not_yet"

    @pytest.mark.parametrize(
        ("given", "wrong"), [("bacdef", 1), ("bcadef", 2), ("fabcde", 5), ("abcfed", 3), ("defabc", 9)]
    )
    def test_right_pairs_less_wrong_pairs(self, given: str, wrong: int) -> None:
        assert value([*given]) == pytest.approx(max(0, 1 - 2 * wrong / 15), abs=1e-4)

    def test_ties_may_stand_either_way_round(self) -> None:
        accept = ["a", ["b", "c"], "d", "e", "f"]
        assert value([*"abcdef"], accept) == 1 == value([*"acbdef"], accept)
        assert value([*"bacdef"], accept) < 1

    def test_all_tied_is_no_error(self) -> None:
        assert value(IDS, [IDS]) == 0

    def test_what_is_missing_counts_as_wrong(self) -> None:
        assert value(["a", "b", "c", "d", "e"]) == pytest.approx(1 - 2 * 5 / 15, abs=1e-4)
        assert value(["a"]) == 0

    def test_strangers_and_repeats_are_left_out(self) -> None:
        assert exercise().arranged({"order": ["b", "x", "a", "b"]}) == ["b", "a"]
        assert value(["a", "zebra", "b", "c", "a", "d", "e", "f"]) == 1


@given(st.permutations(IDS))
def test_a_score_is_a_share_and_only_the_keys_order_is_full(given: list[str]) -> None:
    assert 0 <= value(given) <= 1
    assert (value(given) == 1) == (given == IDS)
    assert outcome(given).status == ("right" if value(given) >= 0.8 else "not_yet")


@given(st.permutations(IDS), st.integers(0, 4))
def test_putting_two_neighbours_wrong_lowers_the_score(given: list[str], at: int) -> None:
    told = exercise().events(key(IDS), "")
    first, second = given[at], given[at + 1]
    turned = [*given[:at], second, first, *given[at + 2 :]]
    better, worse = (given, turned) if first < second else (turned, given)
    assert placing(told, worse) < placing(told, better) or placing(told, better) == 0


@given(st.permutations(IDS))
def test_hints_name_the_fewest_events_to_move(given: list[str]) -> None:
    loose = misplaced(exercise().events(key(IDS), ""), given)
    stays = [i for i in given if i not in loose]
    assert stays == sorted(stays)
    longest = max(len(run) for run in _runs(given))
    assert len(stays) == longest
    for i, side in loose.items():
        before = [j for j in stays if given.index(j) < given.index(i)]
        assert side == "late" if any(j > i for j in before) else side == "early"


def _runs(given: list[str]) -> list[list[str]]:
    runs: list[list[str]] = [[]]
    for i in given:
        runs += [[*run, i] for run in runs if not run or run[-1] < i]
    return runs


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 4)), min_size=2, max_size=6), st.randoms())
def test_days_that_overlap_are_no_pair(days: list[tuple[int, int]], chance: Any) -> None:
    """With years and days mixed, an order by the first day is full, and whatever hints leave in place is in order."""
    ids = IDS[: len(days)]
    records = {i: {"days": [start, start + length]} for i, (start, length) in zip(ids, days, strict=True)}
    told = exercise(ids).events(Key("made", "", {}, {"l/e": records}), "")
    assert placing(told, [e.id for e in told]) in (0.0, 1.0)
    shuffled = chance.sample(ids, len(ids))
    loose = misplaced(told, shuffled)
    left = [e for e in told if e.id not in loose]
    assert misplaced(left, [i for i in shuffled if i not in loose]) == {}


ANYTHING = st.recursive(
    st.none() | st.integers() | st.floats() | st.text(max_size=2) | st.sampled_from(IDS),
    lambda inner: st.lists(inner, max_size=7) | st.dictionaries(st.sampled_from([*IDS, "order"]), inner, max_size=4),
    max_leaves=9,
)


@given(st.fixed_dictionaries({}, optional={"order": ANYTHING, "choices": ANYTHING}))
def test_any_json_is_an_answer(answer: dict[str, Any]) -> None:
    for known in (False, True):
        asked = exercise(known=known)
        found = asked.outcome(answer, key(IDS, a={"accept": ["known"]}), "")
        assert 0 <= found.score <= 1 and feedback(asked, found, last=True)["headline"]
    kept = exercise().well_formed(answer)
    assert all(isinstance(i, str) for i in kept.get("order", [])) and repr(exercise().well_formed(kept)) == repr(kept)


class TestUntouched:
    @pytest.mark.parametrize("answer", [{}, {"order": []}, {"order": ["nobody"]}, {"choices": {}}])
    def test_what_was_dealt_is_no_attempt_and_says_so(self, answer: dict[str, Any]) -> None:
        found = exercise().outcome(answer, key(IDS), "")
        assert (found.status, found.score) == ("not_attempted", 0)
        assert feedback(exercise(), found, last=False)["headline"] == SAY["untouched"]

    def test_taken_as_it_is_it_counts(self) -> None:
        assert outcome(exercise().shuffled()).status == "not_yet"

    def test_choices_alone_are_an_attempt_and_a_hint_says_what_is_missing(self) -> None:
        asked = exercise(known=True)
        accept: Any = {i: {"accept": ["known"]} for i in IDS}
        found = asked.outcome({"choices": dict.fromkeys(IDS, "known")}, key(IDS, **accept), "")
        assert found.score == 0.5 and hints(found) == [SAY["untouched"]]


class TestDealing:
    def test_it_is_the_same_everywhere_and_does_not_follow_the_file(self) -> None:
        assert exercise().shuffled() == ["d", "f", "b", "e", "a", "c"] == exercise(IDS[::-1]).shuffled()

    def test_another_deal_is_another_order_of_the_same(self) -> None:
        again = exercise(deal=2).shuffled()
        assert again != exercise().shuffled() and sorted(again) == IDS


class TestWords:
    def test_hints_stand_in_the_learners_order_and_say_which_way(self) -> None:
        found = outcome([*"fbcdea"])
        assert hints(found) == ["Place 1, “It is f.”: too early.", "Place 6, “It is a.”: too late."]
        assert not any(n.reveal for n in found.notes if n.hint)

    def test_long_items_are_named_by_their_first_words(self) -> None:
        asked = exercise(items=[{"id": i, "text": f"{i} " * 9} for i in "ab"])
        assert hints(asked.outcome({"order": ["b", "a"]}, key(["a", "b"]), "")) == [
            "Place 1, “b b b b b b b …”: too early."
        ]

    def test_an_item_may_be_a_stretch_of_the_page(self) -> None:
        asked = exercise(items=[{"id": "a", "span": [0, 3]}, {"id": "b", "span": [4, 7]}])
        found = asked.outcome({"order": ["b", "a"]}, key(["a", "b"]), "One two")
        assert [n.reveal.split(".")[0] for n in found.notes if n.reveal][:2] == [
            "One",
            "two You had it at place 1",
        ] or [n.reveal for n in found.notes if n.reveal]

    def test_the_keys_reason_stands_first_and_each_events_own_with_it(self) -> None:
        keyed = Key("made", "", {}, {"l/e": {"order": {"accept": IDS, "why": "letters."}, "b": {"why": "second"}}})
        notes = [n for n in exercise().outcome({"order": IDS}, keyed, "").notes if n.reveal]
        assert (notes[0].where, notes[0].reveal, notes[0].possible) == (SAY["title"], "Letters.", 0)
        assert notes[2].reveal == "It is b. Second."

    def test_the_key_says_where_a_misplaced_event_stood_and_marks_each(self) -> None:
        notes = [n for n in outcome([*"bcdefa"]).notes if n.reveal]
        assert [n.where for n in notes] == ["1", "2", "3", "4", "5", "6"]
        assert "place 6" in notes[0].reveal and not any("place" in n.reveal for n in notes[1:])
        assert notes[0].earned == 0 and all(0 < n.earned < 1 for n in notes[1:])


KNOWN: dict[str, Any] = {i: {"accept": ["known" if i < "d" else "later"]} for i in IDS}


class TestKnown:
    def found(self, given: list[str], choices: dict[str, str]) -> Outcome:
        return exercise(known=True).outcome({"order": given, "choices": choices}, key(IDS, **KNOWN), "")

    def test_it_is_half_of_the_score_each_item_alike(self) -> None:
        right = {i: record["accept"][0] for i, record in KNOWN.items()}
        assert self.found(IDS, right).score == 1
        assert self.found(IDS, {}).score == 0.5 == self.found(IDS[::-1], right).score
        assert self.found(IDS, {**right, "a": "later"}).score == pytest.approx(1 - 1 / 12, abs=1e-4)

    def test_hints_do_not_say_which(self) -> None:
        found = hints(self.found(IDS, {"a": "later"}))
        assert found == [SAY["known_missing"].format(n=5), SAY["known_again"].format(words="It is a.")]

    def test_without_it_choices_change_nothing(self) -> None:
        assert exercise().outcome({"order": IDS, "choices": {"a": "later"}}, key(IDS, **KNOWN), "").score == 1


def test_without_a_key_it_is_received() -> None:
    assert exercise().outcome({"order": IDS}, None, "") == RECEIVED


def test_models_are_full_and_lazy_answers_are_not() -> None:
    accept: Any = {i: {"accept": ["known", "later"] if i == "a" else ["known" if i < "d" else "later"]} for i in IDS}
    asked, keyed = exercise(known=True, deal=3), key(["a", ["b", "c"], "d", "e", "f"], **accept)
    models = asked.model_answers(keyed, "")
    assert set(models) == {"key", "c before b", "a: later"}
    assert {asked.outcome(a, keyed, "").score for a in models.values()} == {1.0}
    lazy = asked.lazy_answers(keyed, "")
    assert {"as dealt", "as dealt, backwards", "in order, all known", "in order, all later"} <= set(lazy)
    assert max(asked.outcome(a, keyed, "").score for a in lazy.values()) == pytest.approx(5 / 6, abs=1e-4), (
        "bar above it"
    )
    assert asked.model_answers(Key("made", "", {}), "") == {}


@pytest.fixture
def lesson(tmp_path: Path) -> Lesson:
    return load_lesson(LESSON, load_story(make_story(tmp_path)))


def changed(lesson: Lesson, **settings: Any) -> Lesson:
    """The lesson with other settings for its first exercise, and its dates joined anew."""
    own = {**lesson.story.lessons[LESSON], "order": {**lesson.story.lessons[LESSON]["order"], **settings}}
    return load_lesson(LESSON, replace(lesson.story, lessons={LESSON: own}))


def vars_of(item: Item) -> dict[str, Any]:
    """An item as a lesson's TOML has it."""
    return {n: v for n in ("id", "fact", "text") if (v := getattr(item, n))}


def faults(lesson: Lesson, name: str = "order") -> list[str]:
    return [f.partition(": ")[2] for f in lesson_faults(lesson) if f.startswith(f"{LESSON}/{name}:")]


class TestFacts:
    def test_the_dates_are_the_key(self, lesson: Lesson) -> None:
        asked, text = lesson.exercise("order"), lesson.story.article.text
        told = asked.events(lesson.key, text)  # type: ignore[arg-type]
        assert [e.id for e in told] == ["silent", "vote", "storm", "paid", "closed", "sails", "pier"]
        assert [e.accept for e in told] == [("known",)] * 4 + [("later",)] * 3
        right = {"order": [e.id for e in told], "choices": {e.id: e.accept[0] for e in told}}
        assert asked.outcome(right, lesson.key, text).score == 1
        notes = {n.item: n for n in asked.outcome(right, lesson.key, text).notes if n.reveal}
        assert notes["paid"].reveal.startswith("20 January 2022: The town paid")
        assert "The bill is dated." in notes["paid"].reveal and "Source: Lakeside Wire." in notes["paid"].reveal
        assert "storm" in notes["vote"].others[0] and not notes["paid"].others

    def test_a_year_alone_is_before_and_after_nothing_within_it(self, lesson: Lesson) -> None:
        items = [{"id": i, "fact": i} for i in ("silent", "owner", "vote", "paid")]
        found = changed(lesson, items=items)
        told = {e.id: e for e in found.exercise("order").events(found.key, "")}  # type: ignore[arg-type]
        assert told["owner"].when == "2021" and told["owner"].before(told["paid"])
        assert not told["owner"].before(told["vote"]) and not told["silent"].before(told["owner"])
        assert told["owner"].days == (dt.date(2021, 1, 1).toordinal(), dt.date(2021, 12, 31).toordinal())
        models = found.exercise("order").model_answers(found.key, "")  # type: ignore[arg-type]
        assert {found.exercise("order").outcome(a, found.key, "").score for a in models.values()} == {1.0}

    def test_an_answer_to_earlier_items_is_scored_and_counted_by_them(self, lesson: Lesson) -> None:
        then = lesson.exercise("order")
        texts = [{"id": i, "text": f"made-up sentence {i}"} for i in ("x", "y", "z")]
        order = {**lesson.story.lessons[LESSON]["order"], "items": texts, "earlier": [*map(vars_of, then.items)]}
        keyed = replace(lesson.story.key, answers={f"{LESSON}/order": {"order": {"accept": ["z", "x", "y"]}}})
        own = {**lesson.story.lessons[LESSON], "order": order}
        now = load_lesson(LESSON, replace(lesson.story, key=keyed, lessons={LESSON: own}))
        right = then.model_answers(lesson.key, "")["key"]
        asked = now.exercise("order")
        assert asked.outcome(right, now.key, "").score == 1 > asked.outcome({**right, "choices": {}}, now.key, "").score
        assert asked.as_answered(right).shuffled() == then.shuffled() != asked.shuffled()
        assert [*asked.counted_values(right, {}, now.key, "")] == right["order"]
        assert asked.item_reason("paid", None, now.key, "").startswith("20 January 2022")
        assert asked.as_answered({"order": ["z", "paid"]}) is asked, "new answers are to the new items"

    def test_all_proofs_hold(self, lesson: Lesson) -> None:
        mine = [p for p in check_scoring(lesson) if p.exercise in ("order", "measure", "cases")]
        assert len(mine) == 9 and [p for p in mine if not p.holds] == []

    def test_one_choice_for_all_must_not_pass_even_in_order(self, lesson: Lesson) -> None:
        items = [{"id": i, "fact": i} for i in ("silent", "vote", "paid", "storm", "sails")]
        failed = [p for p in check_scoring(changed(lesson, items=items)) if p.exercise == "order" and not p.holds]
        assert len(failed) == 1 and "in order, all known" in failed[0].detail

    def test_in_a_graded_release_nothing_is_scored(self, lesson: Lesson) -> None:
        blind = replace(lesson, story=replace(lesson.story, key=None))
        assert blind.key is None and blind.exercise("order").outcome({"order": ["pier"]}, blind.key, "") == RECEIVED


class TestFaults:
    def test_a_sound_exercise_has_none(self, lesson: Lesson) -> None:
        assert faults(lesson) == [] == faults(lesson, "measure") == faults(lesson, "cases")

    @pytest.mark.parametrize(
        ("settings", "said"),
        [
            ({"items": []}, "needs 'items'"),
            ({"items": [{"id": "vote", "fact": "vote"}, {"id": "paid", "fact": "paid"}]}, "at least three items"),
            ({"items": [{"id": "order", "fact": i} for i in FACTS]}, "an id of its own"),
            ({"items": [{"id": i, "fact": "nothing"} for i in "xyz"]}, "no fact 'nothing'"),
            ({"items": [{"id": i, "text": i} for i in "xyz"]}, "nothing says when 'x' was"),
            ({"items": [{"id": i, "fact": i, "text": f"{FACTS[i][0]}!"} for i in FACTS]}, "tell its year"),
            (
                {"items": [{"id": f"o{n}", "fact": i} for n, i in enumerate(FACTS) if i != "owner"]},
                "ids in their alphabet",
            ),
            ({"deal": 17}, "set deal = 18"),
        ],
    )
    def test_what_is_wrong_is_said(self, settings: dict[str, Any], said: str, lesson: Lesson) -> None:
        assert any(said in f for f in faults(changed(lesson, **settings))), faults(changed(lesson, **settings))

    @pytest.mark.parametrize(
        ("answers", "said"),
        [
            ({"order": {"accept": ["call", "file", "print"]}}, "nothing says when 'edit' was"),
            ({"order": {"accept": ["call", "file", "edit", "print", "sell"]}}, "answers 'sell'"),
            ({"order": {"accept": ["call", "file", "edit", "print"]}, "sell": {"why": "x"}}, "answers 'sell'"),
        ],
    )
    def test_so_is_a_key_that_does_not_fit(self, answers: Any, said: str, lesson: Lesson) -> None:
        assert lesson.story.key is not None
        keyed = replace(lesson.story.key, answers={f"{LESSON}/measure": answers})
        assert any(said in f for f in faults(replace(lesson, story=replace(lesson.story, key=keyed)), "measure"))

    def test_known_needs_a_day_from_which_it_was_known(self, lesson: Lesson, tmp_path: Path) -> None:
        known = faults(
            changed(lesson, items=[*lesson.story.lessons[LESSON]["order"]["items"], {"id": "x", "text": "x"}])
        )
        assert any("nothing says when 'x'" in f for f in known)
        sheet = make_story(tmp_path / "undated") / "context" / "facts.csv"
        dated = sheet.read_text("utf-8")
        sheet.write_text(dated.replace("2022-01-20,2022-01-20", "2022-01-20,"), "utf-8")
        assert sheet.read_text("utf-8") != dated, "the day from which 'paid' was known is gone"
        undated = load_lesson(LESSON, load_story(sheet.parents[1]))
        assert any("whether 'paid' was known on the day" in f for f in faults(undated))

    def test_without_a_key_only_what_needs_none_is_said(self, lesson: Lesson) -> None:
        assert faults(replace(lesson, story=replace(lesson.story, key=None))) == []


def test_feedback_gives_nothing_of_the_key_away_before_the_last_try(lesson: Lesson) -> None:
    asked = lesson.exercise("order")
    found = asked.outcome(
        {"order": asked.shuffled(), "choices": {"vote": "later"}}, lesson.key, lesson.story.article.text
    )
    early, last = (json.dumps(feedback(asked, found, last=last), ensure_ascii=False) for last in (False, True))
    for secret in ("2021", "2022", "Lakeside Wire", "bill is dated", "Known on the day of"):
        assert secret not in early and secret in last
