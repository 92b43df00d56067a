"""Exercise widgets as ordinary objects, no browser: saved before they say so, and never told the key."""

import copy
import errno
import json
import os
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from traitlets import Bunch

from copydesk.answers import AnswerFile
from copydesk.base.errors import CopydeskError
from copydesk.base.wording import load_wording
from copydesk.exercises.order import Order
from copydesk.lessons.lesson import Lesson, load_lesson
from copydesk.lessons.results import results
from copydesk.story.edition import Edition
from copydesk.story.story import Story, load_story
from copydesk.widgets.controls import hand_in_box, name_box
from copydesk.widgets.widget import OPEN, SENT, ExerciseWidget, view_script
from tests.made_story import FACTS, make_story
from tests.made_story import LESSON as MADE

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
LESSONS = [
    load_lesson(name, story)
    for story in (load_story(path.parent) for path in sorted(SEEDS.glob("*/story.toml")))
    for name in sorted(story.lessons)
]
FIRST = next(lesson for lesson in LESSONS if lesson.id == "00_start_here")
PAIRS = [(lesson.on_story_of(e), e) for lesson in LESSONS for e in lesson.exercises]
every_exercise = pytest.mark.parametrize(("lesson", "exercise"), PAIRS, ids=[e.key_name for _, e in PAIRS])
SAY = load_wording("strings")["frame"]
HALF = {"choices": {"p1.s1": "attributed", "p2.s1": "attributed", "p4.s1": "attributed"}}
OTHER = {"choices": {**HALF["choices"], "p3.s1": "attributed"}}
Make = Callable[..., ExerciseWidget]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Open an exercise as a new kernel would."""

    def opened(name: str = "voices", lesson: Lesson = FIRST) -> ExerciseWidget:
        root = tmp_path / "work"
        answers = AnswerFile.open(lesson.story.id, lesson.id, sha256=lesson.story.about["sha256"], root=root)
        widget = ExerciseWidget(lesson, lesson.exercise(name), answers)
        OPEN.clear()  # each in a kernel of its own
        return widget

    return opened


def send(widget: ExerciseWidget, value: Any, *, seq: int = 1) -> None:
    """What the browser does when something is marked."""
    widget._handle_custom_msg({"do": "save", "seq": seq, "by": "view", "value": value}, [])


def ask(widget: ExerciseWidget, what: str) -> None:
    """What the browser does when a button is pressed."""
    widget._handle_custom_msg({"do": what}, [])


def on_disk(widget: ExerciseWidget) -> Any:
    if not widget.answers.path.exists():
        return None
    document = json.loads(widget.answers.path.read_text("utf-8"))
    return document["exercises"].get(widget.exercise.id, {}).get("answer")


def best(lesson: Lesson, name: str) -> Any:
    assert lesson.key is not None
    models = lesson.exercise(name).model_answers(lesson.key, lesson.story.article.text)
    return next(iter(models.values()))


class TestSaving:
    def test_the_file_is_written_before_anything_says_saved(self, make: Make) -> None:
        widget, seen = make(), []
        widget.observe(lambda change: seen.append((change["new"]["saved_seq"], on_disk(widget))), names="state")
        send(widget, HALF)
        assert seen == [(1, HALF)]
        assert widget.state["saved_text"].startswith("Saved at") and widget.state["saved_by"] == "view"

    def test_nothing_says_saved_while_it_is_being_written(self, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
        widget, seen, save = make(), [], AnswerFile.save

        def watched(self: AnswerFile, exercise: str, answer: Any) -> Any:
            seen.append(copy.deepcopy(widget.state))
            record = save(self, exercise, answer)
            seen.append(copy.deepcopy(widget.state))
            return record

        monkeypatch.setattr(AnswerFile, "save", watched)
        send(widget, HALF)
        assert [(s["saved_seq"], s["saved_text"]) for s in seen] == [(0, "")] * 2
        assert widget.state["saved_seq"] == 1

    def test_a_new_kernel_finds_it_again(self, make: Make) -> None:
        send(make(), HALF)
        again = make()
        assert again.answer == {"seq": 0, "by": "", "value": HALF}
        assert again.state["saved_text"] == SAY["restored"] and again.state["saved_seq"] == 0

    def test_opening_writes_nothing(self, make: Make) -> None:
        widget = make()
        assert widget.state["saved_text"] == "" and on_disk(widget) is None

    @pytest.mark.parametrize(
        "error",
        [
            OSError(errno.ENOSPC, "No space left on device"),
            PermissionError(errno.EACCES, "Permission denied"),
            CopydeskError("the disk is full", "make room"),
        ],
    )
    def test_a_save_that_fails_says_so_in_one_sentence(
        self, error: Exception, make: Make, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
    ) -> None:
        widget = make()

        def fail(*_: Any) -> None:
            raise error

        for name in ("save", "add_try", "restart"):
            monkeypatch.setattr(AnswerFile, name, fail)
        widget.answer = {**widget.answer, "value": best(widget.lesson, "voices")}
        whole = best(widget.lesson, "voices")
        for act in (lambda: send(widget, whole), lambda: ask(widget, "check"), lambda: ask(widget, "again")):
            act()
            assert widget.state["saved_text"] == "" and widget.state["saved_seq"] == 0
            told = widget.state["feedback"]
            assert told["status"] == "error" and str(error) == told["headline"] and "\n" not in told["headline"]
        assert "Traceback" not in "".join(capfd.readouterr())

    @pytest.mark.skipif(os.name == "nt", reason="a file in the way of a folder is tested on POSIX")
    def test_a_folder_that_vanished_is_said_in_one_sentence(self, make: Make, tmp_path: Path) -> None:
        widget = make()
        (tmp_path / "work").rename(tmp_path / "gone")
        (tmp_path / "work").write_text("in the way")
        send(widget, HALF)
        assert widget.state["feedback"]["status"] == "error" and "practice" in widget.state["feedback"]["headline"]
        (tmp_path / "work").unlink()
        send(widget, HALF, seq=2)
        assert widget.state["saved_seq"] == 2 and on_disk(widget) == HALF

    def test_checking_does_not_say_saved_of_what_is_not(self, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
        widget = make()
        send(widget, best(widget.lesson, "voices"))
        widget.check()
        assert widget.finished

        def fail(*_: Any) -> None:
            raise CopydeskError("the disk is full", "make room")

        monkeypatch.setattr(AnswerFile, "save", fail)
        send(widget, HALF, seq=2)
        ask(widget, "check")  # no try is left, so nothing is written
        assert widget.state["saved_seq"] == 1 and widget.state["saved_text"] == ""

    @pytest.mark.parametrize("value", [{"a": float("nan")}, {"a": "x" * 2_000_000}])
    def test_what_cannot_be_kept_is_said_and_the_last_answer_stays(self, value: Any, make: Make) -> None:
        widget = make()
        send(widget, HALF)
        send(widget, value, seq=2)
        assert widget.state["feedback"]["status"] == "error" and on_disk(widget) == HALF

    def test_another_window_is_told_and_both_answers_are_kept(self, make: Make) -> None:
        one, two = make(), make()
        send(one, HALF)
        send(two, {"choices": {"p1.s1": "mixed"}})
        assert SAY["conflict"] in two.state["saved_text"]
        assert HALF in two.record.others


MIXED = {"choices": {"p1.s1": "mixed"}}


class TestTheOtherVersion:
    def test_it_can_be_seen_and_left_again(self, make: Make) -> None:
        one, two = make(), make()
        send(one, HALF)
        assert not one.state["has_other"]
        send(two, MIXED)
        assert two.state["has_other"]
        two._handle_custom_msg({"do": "other", "seq": 2, "by": "view"}, [])
        assert two.answer["value"] == HALF == on_disk(two) and two.record.others == (MIXED,)
        assert (two.state["saved_seq"], two.state["saved_by"]) == (2, "view"), "saved like any change"
        assert two.state["saved_text"].endswith(SAY["other_shown"]) and two.answer["by"] == "", "every view shows it"
        two.show_other()
        assert two.answer["value"] == MIXED == on_disk(two) and two.record.others == (HALF,)
        assert make().state["has_other"], "also in a new kernel"

    def test_each_of_several_comes_up_in_turn(self, make: Make) -> None:
        widgets = [make() for _ in range(3)]
        for n, widget in enumerate(widgets):
            send(widget, {"choices": {"p1.s1": str(n)}})
        seen = []
        for _ in range(4):
            widgets[2].show_other()
            seen.append(widgets[2].answer["value"]["choices"]["p1.s1"])
        assert seen == ["1", "0", "2", "1"] and len(widgets[2].record.others) == 2

    def test_without_another_nothing_changes(self, make: Make) -> None:
        widget = make()
        send(widget, HALF)
        widget.show_other()
        assert widget.answer["value"] == HALF == on_disk(widget) and not widget.state["has_other"]

    def test_it_is_checked_as_an_answer_of_its_own(self, make: Make) -> None:
        one, two = make(), make()
        send(one, best(one.lesson, "voices"))
        send(two, HALF)
        two._handle_custom_msg({"do": "other", "seq": 5, "by": "view"}, [])
        ask(two, "check")
        assert two.finished and two.record.tries[-1].answer == best(two.lesson, "voices")
        assert (two.state["saved_seq"], two.state["saved_by"]) == (5, "view")


class TestTries:
    def test_every_check_is_answered_even_in_the_same_words(self, make: Make) -> None:
        widget = make()
        send(widget, HALF)
        turns = []
        for _ in range(4):
            ask(widget, "check")
            turns.append(widget.state["turn"])
        assert len(set(turns)) == 4 and len(widget.record.tries) == 1

    def test_two_tries_then_the_key(self, make: Make) -> None:
        widget = make()
        assert widget.state["tries_text"] == "2 of 2 tries left" and not widget.state["can_restart"]
        send(widget, HALF)
        assert widget.check().status == "not_yet"
        assert widget.state["tries_text"] == SAY["tries_last"].format(of=2)
        assert not widget.finished and widget.state["feedback"]["hints"] and widget.state["feedback"]["key"] == []
        widget.check()
        assert len(widget.record.tries) == 1, "nothing has changed, so no try is used"
        assert widget.state["feedback"]["headline"] == load_wording("strings")["outcome"]["unchanged"]
        send(widget, OTHER)
        widget.check()
        assert widget.finished and widget.state["finished"] and widget.state["feedback"]["key"]
        assert widget.state["tries_text"] == SAY["tries_none"]
        widget.check()
        assert len(widget.record.tries) == 2

    def test_right_at_once_is_finished(self, make: Make) -> None:
        widget = make()
        send(widget, best(widget.lesson, "voices"))
        ask(widget, "check")
        assert widget.finished and widget.state["feedback"]["status"] == "right" and len(widget.record.tries) == 1

    @pytest.mark.parametrize("value", [None, {}, {"choices": {}}, {"groups": []}])
    def test_an_empty_check_is_not_a_try(self, value: Any, make: Make) -> None:
        widget = make()
        if value is not None:
            send(widget, value)
        ask(widget, "check")
        assert widget.record.tries == () and not widget.finished
        assert widget.state["feedback"]["status"] == "not_attempted" and widget.state["feedback"]["key"] == []

    def test_what_was_begun_for_the_learner_is_not_a_try_either(self, make: Make) -> None:
        lesson = next(lesson for lesson in LESSONS if lesson.id == "02_who_says_so" and not lesson.left_out)
        widget = make("mark_cues", lesson)
        assert widget.answer["value"]["groups"]
        assert widget.check().status == "not_attempted" and widget.record.tries == ()

    def test_start_again_keeps_the_tries_and_begins_a_round(self, make: Make) -> None:
        widget = make()
        send(widget, HALF)
        widget.check()
        send(widget, OTHER)
        widget.check()
        ask(widget, "again")
        assert widget.answer == {"seq": 0, "by": "", "value": {}} and not widget.finished
        assert len(widget.record.tries) == 2 and widget.record.round == 2
        assert "Round 2" in widget.state["tries_text"] and widget.state["feedback"] is None
        assert make().answer["value"] == {}
        send(widget, HALF)
        widget.check()
        assert [t.round for t in make().record.tries] == [1, 1, 2]

    def test_start_again_before_the_key_is_shown_only_clears(self, make: Make) -> None:
        widget = make()
        send(widget, HALF)
        widget.check()
        ask(widget, "again")
        assert widget.answer["value"] == {} and on_disk(widget) == {}
        assert widget.record.round == 1 and len(widget.record.tries) == 1
        send(widget, best(widget.lesson, "voices"))
        widget.check()
        assert results(widget.lesson, widget.answers).scores["voices"] == 1.0, "the second try counts"

    def test_feedback_is_there_again_in_a_new_kernel(self, make: Make) -> None:
        widget = make()
        send(widget, HALF)
        widget.check()
        assert make().state["feedback"] == widget.state["feedback"]

    def test_written_answers_may_be_checked_as_often_as_one_likes(self, make: Make) -> None:
        widget = make("explain", LESSONS[0])
        for n in range(4):
            send(widget, {"texts": {"claim": "It would tell where it was written"}}, seq=n + 1)
            widget.check()
        assert not widget.finished and widget.state["tries_text"] == SAY["tries_free"]

    def test_a_message_nobody_knows_does_nothing(self, make: Make) -> None:
        widget = make()
        before = dict(widget.state)
        ask(widget, "format the disk")
        for message in (None, 7, "save", [], {}, {"do": "save"}, {"do": "save", "seq": "1", "by": "v", "value": {}}):
            widget._handle_custom_msg(message, [])
        for value in ([], 7, None):
            send(widget, value)
        assert widget.state == before and on_disk(widget) is None


def strings(value: Any) -> list[str]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return [value] if isinstance(value, str) else [s for part in inner for s in strings(part)]


def names(value: Any) -> list[str]:
    """Every field name in some data, however deep."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return [*(value if isinstance(value, dict) else ()), *(n for part in inner for n in names(part))]


@every_exercise
def test_the_browser_is_never_told_the_key(lesson: Lesson, exercise: Any, make: Make) -> None:
    blind = replace(lesson, story=replace(lesson.story, key=None))
    assert exercise.full_view(lesson.story) == exercise.full_view(blind.story)
    widget, key = make(exercise.id, lesson), lesson.key
    sent = json.dumps([widget.spec, widget.state], ensure_ascii=False)
    answers = key.answers.get(exercise.key_name, {})
    whys = [e.why for layer in key.entries.values() for e in layer if e.why]
    says = [a.say for layer in key.entries.values() for e in layer for a in e.alternatives]
    samples = [s for sample in answers.get("samples", ()) for s in strings(sample.get("texts", {}))]
    reasons = [a[n] for name, a in answers.items() if name != "samples" for n in ("why", "source", "when") if n in a]
    labels = {v for choices in load_wording("choices").values() for v in choices.values()}
    for secret in {*whys, *says, *samples, *reasons} - labels:
        assert len(secret) < 12 or json.dumps(secret, ensure_ascii=False)[1:-1] not in sent, secret
    for question in getattr(exercise, "questions", ()):
        assert (question.hint or "\0") not in sent and (question.after or "\0") not in sent
    assert not {"accept", "contestable", "alternatives", "readings", "patch", "samples"} & set(names(widget.spec))


@every_exercise
def test_it_shows_itself_with_and_without_a_kernel(lesson: Lesson, exercise: Any, make: Make) -> None:
    widget = make(exercise.id, lesson)
    bundle, _ = widget._repr_mimebundle_()
    assert repr(widget) == bundle["text/plain"] == f"<{exercise.type} exercise '{exercise.id}' of lesson {lesson.id}>"
    assert bundle["application/vnd.jupyter.widget-view+json"]["model_id"] == widget.model_id
    still = bundle["text/html"]
    assert "cd-still" in still and "<script" not in still and lesson.story.rights.split("’")[0] in still


def test_style_words_and_the_view_of_a_type_are_sent_once(make: Make) -> None:
    first, second, other = make("voices"), make("voices"), make("first_mark")
    looks, views = SENT["style and words"], SENT[first.exercise.type]
    assert first.shared == second.shared == [looks.model_id, views.model_id]
    assert other.shared == [looks.model_id, SENT["mark"].model_id] != first.shared
    assert views.parts == {"script": view_script(type(first.exercise))} and "makeBody" in views.parts["script"]
    assert looks.parts["say"]["frame"]["check"] and ".cd" in looks.parts["style"]
    assert not {"say", "tags", "style"} & set(first.spec)
    views.close()
    assert make("voices").shared[1] == SENT[first.exercise.type].model_id != first.shared[1], "it was closed"


def test_the_still_twin_shows_what_was_answered(make: Make) -> None:
    widget = make("routine")
    send(widget, {"texts": {"whose": "<b>the harbour master</b>"}})
    html = widget._repr_mimebundle_()[0]["text/html"]
    assert "&lt;b&gt;the harbour master&lt;/b&gt;" in html and "<b>" not in html
    widget = make("voices")
    send(widget, HALF)
    assert "somebody else’s words" in widget._repr_mimebundle_()[0]["text/html"]
    widget = make("first_mark")
    send(widget, best(widget.lesson, "first_mark"))
    assert all(f"cd-m-{role}" in widget._repr_mimebundle_()[0]["text/html"] for role in ("source", "cue", "content"))


@pytest.fixture
def made(tmp_path: Path) -> Lesson:
    """A lesson with an order and passages to edit."""
    return load_lesson(MADE, load_story(make_story(tmp_path)))


class TestOrder:
    def test_the_browser_is_told_words_and_no_dates(
        self, made: Lesson, make: Make, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        widget = make("order", made)
        told, cards = widget.spec, made.exercise("order").shuffled()
        assert [i["id"] for i in told["items"]] == cards and set(told["choices"]) == {"known", "later"}
        assert all(set(i) == {"id", "text"} for i in told["items"])
        sent = json.dumps([told["items"], widget.state], ensure_ascii=False)
        assert FACTS["paid"][2] in sent and not re.search(r"20[0-9]{2}|Lakeside Wire|bill", sent)
        blind = replace(made, story=replace(made.story, key=None))
        monkeypatch.setattr(Order, "dated_answers", lambda *_: {})
        assert {**made.exercise("order").full_view(blind.story), "help": told["help"]} == told
        assert make("measure", made).spec["choices"] == {}

    def test_an_untouched_list_is_no_try_and_taken_as_it_is_it_is_one(self, made: Lesson, make: Make) -> None:
        widget = make("measure", made)
        assert widget.check().status == "not_attempted"
        assert "“This is my order”" in widget.state["feedback"]["headline"]
        send(widget, {"order": made.exercise("measure").shuffled()})
        assert widget.check().status == "not_yet" and len(widget.record.tries) == 1

    def test_the_still_twin_numbers_only_what_was_arranged(self, made: Lesson, make: Make) -> None:
        widget = make("order", made)
        assert "not yet arranged" in widget._repr_mimebundle_()[0]["text/html"]
        assert 'scope="row">1<' not in widget._repr_mimebundle_()[0]["text/html"]
        send(widget, {"order": ["vote", "paid"], "choices": {"paid": "later"}})
        html = widget._repr_mimebundle_()[0]["text/html"]
        rows = re.findall(r'<tr><th scope="row">(.*?)</th><td>(.*?)</td><td>(.*?)</td></tr>', html)
        assert rows[:2] == [("1", FACTS["vote"][2], ""), ("2", FACTS["paid"][2], "known only later")]
        assert len(rows) == 7 and {n for n, *_ in rows[2:]} == {""} and "not yet arranged" not in html


class TestEdits:
    PAGE = "The town paid for a new engine in January."

    def test_the_page_is_shown_and_not_stored(self, made: Lesson, make: Make) -> None:
        widget = make("cases", made)
        assert [e["original"] for e in widget.spec["edits"]][1] == self.PAGE
        send(widget, {"texts": {"units": self.PAGE, "head": "Ferry due back in spring"}, "evidence": []})
        assert on_disk(widget) == {"texts": {"head": "Ferry due back in spring"}, "evidence": []}
        assert "town paid" not in widget.answers.path.read_text("utf-8")
        send(widget, {"texts": {"units": self.PAGE}, "evidence": []}, seq=2)
        assert widget.check().status == "not_attempted"

    def test_what_moved_is_measured_here_and_told_with_each_save(self, made: Lesson, make: Make) -> None:
        widget = make("cases", made)
        assert all(before == after for rows in widget.state["measures"].values() for _, before, after in rows)
        send(widget, {"texts": {"units": "A new engine was bought, the town claimed."}})
        rows = {label: (before, after) for label, before, after in widget.state["measures"]["units"]}
        assert rows["words"] == ("9", "8") and rows["attributions"] == ("0", "1")
        assert rows["passives that leave out who acts"] == ("0", "1")
        assert make("cases", made).state["measures"] == widget.state["measures"]
        assert make("order", made).state["measures"] == {}

    def test_the_still_twin_shows_page_version_and_what_moved(self, made: Lesson, make: Make) -> None:
        widget = make("cases", made)
        send(widget, {"texts": {"head": "<b>Ferry</b> due back in spring"}})
        html = widget._repr_mimebundle_()[0]["text/html"]
        assert self.PAGE in html and "Ferry to sail again in spring" in html and "&lt;b&gt;Ferry" in html
        assert html.count("What moved</caption>") == 1, "only where there is a version"

    @pytest.mark.parametrize("texts", [{"head": 7}, {"head": None}, {"head": ["x"]}, {"head": {}}, 7, None])
    def test_any_shape_of_answer_is_survived(self, texts: Any, made: Lesson, make: Make) -> None:
        widget = make("cases", made)
        send(widget, {"texts": texts})
        widget.check()
        assert "cd-still" in widget._repr_mimebundle_()[0]["text/html"]


PAIR = st.lists(st.integers(-3, 600), min_size=2, max_size=2)
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 600) | st.text(max_size=3) | PAIR,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["source", "wording", "p1.s1", "claim", "day", "labels"]), inner, max_size=3)
    ),
    max_leaves=6,
)
SHAPES = {"groups": JUNK, "choices": JUNK, "values": JUNK, "texts": JUNK, "evidence": JUNK, "order": JUNK}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.fixed_dictionaries({}, optional=SHAPES))
def test_the_still_twin_survives_any_answer_file(answer: dict[str, Any]) -> None:
    for lesson, exercise in PAIRS:
        assert "cd-still" in exercise.static_view(lesson.story, answer)


def test_without_key_json_every_exercise_of_every_lesson_is_received(seeds: Path, make: Make) -> None:
    for key in seeds.glob("*/key.json"):
        key.unlink()
    for full in LESSONS:
        lesson = load_lesson(full.id, load_story(full.story.id))
        assert lesson.key is None and lesson.story.folder.parent == seeds.resolve()
        for exercise in lesson.exercises:
            widget = make(exercise.id, lesson)
            assert widget.check().status == "not_attempted" and not widget.record.tries
            filled = {"texts": {"claim": "words"}, "choices": {"p1": "x"}, "values": {"day": "yes"}, "groups": [{}]}
            send(widget, filled)
            assert widget.check().status == "received" == widget.state["feedback"]["status"], exercise.key_name
            assert widget.state["feedback"]["key"] == [] and not widget.record.tries
            assert "Graded later" in widget.state["tries_text"] and not widget.finished
            assert on_disk(widget) == filled


def test_the_name_is_kept_and_refused_in_a_sentence(practice: Story, tmp_path: Path) -> None:
    answers = AnswerFile.open("practice", "l", sha256=practice.about["sha256"], root=tmp_path)
    box = name_box(answers)
    text, button, told = box.children[1].children[0], box.children[1].children[1], box.children[2]
    text.value = " <i>7</i> "
    button.click()
    assert answers.learner == "<i>7</i>" and "&lt;i&gt;7" in told.value and 'role="alert"' in told.value
    text.value = "x" * 101
    button.click()
    assert "at most 100 characters" in told.value and answers.learner == "<i>7</i>"


def unboxed(box: Any) -> tuple[Any, Any, Any, Any]:
    """The checkbox, its reason, the two buttons, and where it is told what happened."""
    _, private, why, buttons, told = box.children
    return private, why, buttons.children, told


def test_the_form_goes_in_only_with_its_box_ticked(
    own_answers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for lesson in ("00_start_here", "08_your_own_brief"):
        file = AnswerFile.open("practice", lesson, sha256="ab" * 32, root=own_answers)
        file.save("discern", {"choices": {"a1": "ask"}})
        file.save("routine", {"texts": {}})
    private, _, (button, _), told = unboxed(hand_in_box())
    assert private.value is False and "Ask, or leave it?" in private.description, "off unless the learner says so"
    for ticked in (False, True, False):
        private.value = ticked
        assert not told.value or ("Press “Pack my work” again" in told.value and "download=" not in told.value)
        button.click()
        packed = json.loads((tmp_path / "handin_anonymous.json").read_text("utf-8"))
        assert ["discern" in d["exercises"] for d in packed["answers"]] == [ticked] * 2
        assert told.value.count("is left out and stays here") == (0 if ticked else 2)
        assert told.value.count("never graded") == (2 if ticked else 0) and told.value.count("<li>") == 4
    assert len(list(tmp_path.iterdir())) == 1, "one file, packed again"


@pytest.mark.parametrize("by_name", [False, True], ids=["ipywidgets 8", "ipywidgets 7"])
def test_packing_lists_what_is_in_it_or_says_what_is_missing(
    by_name: bool, own_answers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    _, why, (button, upload), told = unboxed(hand_in_box())
    assert "never graded" in why.value
    button.click()
    assert 'role="alert"' in told.value and "Traceback" not in told.value and "download=" not in told.value
    AnswerFile.open("practice", "l", sha256="ab" * 32, root=own_answers).save("q", {"a": 1})
    button.click()
    assert "download=" in told.value and "<li>" in told.value

    packed = next(tmp_path.glob("handin_*.json")).read_bytes()
    (own_answers / "practice" / "l.json").unlink()
    bring_back(upload, "x.json", packed, by_name=by_name)
    assert "Run the cells again" in told.value
    assert AnswerFile.open("practice", "l", sha256="ab" * 32, root=own_answers).record("q").answer == {"a": 1}
    bring_back(upload, "y.json", b"not json <b>", by_name=by_name)
    assert "y.json is not a Copydesk hand-in" in told.value and "<b>" not in told.value and "/tmp" not in told.value


def bring_back(upload: Any, name: str, content: bytes, *, by_name: bool) -> None:
    """Hear of a file that was chosen in the browser: ipywidgets 8 gives a tuple, ipywidgets 7 a dict by name."""
    about = {"type": "application/json", "size": len(content)}
    files = {name: {"metadata": about, "content": content}}
    new = files if by_name else ({**about, "name": name, "content": memoryview(content)},)
    upload.notify_change(Bunch(name="value", old=None, new=new, owner=upload, type="change"))


def test_a_hand_in_without_a_name_is_told_and_a_name_can_be_given_there(
    own_answers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    AnswerFile.open("practice", "02_who_says_so", sha256="ab" * 32, root=own_answers).save("voice", {"a": 1})
    box = hand_in_box()
    name, (button, _), told = box.children[0], box.children[3].children, box.children[4]
    button.click()
    assert "No name is in it" in told.value and "02 Who says so? on “practice”: 1 of 1" in told.value
    assert "Give this one file to your instructor" in told.value
    name.value = "Ann <b>"
    assert "again" in told.value
    button.click()
    assert "No name" not in told.value and "handin_Ann" in told.value and "<b>" not in told.value
    assert hand_in_box().children[0].value == "Ann <b>"
    name.value = "x" * 101
    button.click()
    assert "at most 100 characters" in told.value


def test_a_name_kept_after_the_hand_in_was_shown_is_packed_and_not_forgotten(
    own_answers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    answers = AnswerFile.open("practice", "00_start_here", sha256="ab" * 32, root=own_answers)
    answers.save("voices", {"a": 1})
    box = hand_in_box()  # Run All Cells shows both boxes before a name is given in the first one
    answers.set_learner("Ana 7")
    name, (button, _), told = box.children[0], box.children[3].children, box.children[4]
    button.click()
    assert "handin_Ana_7" in told.value and answers.learner == name.value == "Ana 7"
    name.value = ""
    button.click()
    assert "No name is in it" in told.value and not answers.learner, "emptied here, it is forgotten"


def test_a_hand_in_says_where_the_course_wants_it(
    own_answers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    AnswerFile.open("practice", "00_start_here", sha256="ab" * 32, root=own_answers).save("voices", {"a": 1})
    monkeypatch.setattr("copydesk.widgets.controls.edition", lambda: Edition(hand_in_to="Moodle & <b>"))
    box = hand_in_box()
    box.children[3].children[0].click()
    assert "Give this one file to Moodle &amp; &lt;b&gt;," in box.children[4].value


def same_kernel(lesson: Lesson, root: Path, name: str = "voices") -> ExerciseWidget:
    """The exercise as a second cell of the same notebook shows it."""
    answers = AnswerFile.open(lesson.story.id, lesson.id, sha256=lesson.story.about["sha256"], root=root)
    return ExerciseWidget(lesson, lesson.exercise(name), answers)


class TestAskedFirst:
    def test_a_check_of_what_lacks_something_spends_no_try_until_it_is_asked_again(self, make: Make) -> None:
        widget = make()
        send(widget, {"choices": {"p1.s1": "attributed", "p2.s1": "attributed"}})
        ask(widget, "check")
        told = widget.state["feedback"]
        assert told["status"] == "ask" and told["lacks"] == [
            "Not sorted yet: 4 of 6 (Paragraph 3, sentence 1; Paragraph 3, sentence 2; Paragraph 4, sentence 1; "
            "Paragraph 5, sentence 1)."
        ]
        assert "no try is used" in told["headline"] and "once more" in told["foot"] and widget.record.tries == ()
        send(widget, HALF, seq=2)
        ask(widget, "check")
        assert widget.state["feedback"]["status"] == "ask", "another answer is asked about anew"
        ask(widget, "check")
        assert [t.answer for t in widget.record.tries] == [HALF]

    def test_what_lacks_nothing_is_checked_at_once(self, make: Make) -> None:
        widget = make()
        send(widget, best(widget.lesson, "voices"))
        ask(widget, "check")
        assert len(widget.record.tries) == 1

    @every_exercise
    def test_the_keys_own_answer_lacks_nothing(self, lesson: Lesson, exercise: Any) -> None:
        for answer in exercise.model_answers(lesson.key, lesson.story.article.text).values():
            lacks = exercise.as_answered(answer).missing(answer, lesson.story)
            open_questions = [q for q in getattr(exercise, "questions", ()) if q.id not in answer.get("values", {})]
            assert not lacks or (open_questions and "Not answered yet" in lacks[0]), lacks
        assert all(
            isinstance(line, str) for line in exercise.missing({"values": 7, "choices": [], "groups": 3}, lesson.story)
        )

    def test_a_number_out_of_range_and_a_label_are_named(self) -> None:
        lesson = next(lesson for lesson in LESSONS if lesson.id == "03_how_strong_is_the_sourcing")
        form = lesson.exercise("numbers")
        share = next(q for q in form.questions if q.max == 1)
        lacks = form.missing({"values": {q.id: 64 if q is share else q.max for q in form.questions}}, lesson.story)
        assert len(lacks) == 1 and "“64” is not a number from 0 to 1" in lacks[0]
        lesson = next(lesson for lesson in LESSONS if lesson.id == "02_who_says_so" and not lesson.left_out)
        answer = best(lesson, "mark_alone")
        answer = {"groups": [{**group, "labels": {}} for group in answer["groups"]]}
        (lack,) = lesson.exercise("mark_alone").missing(answer, lesson.story)
        assert lack.startswith("No form chosen yet for attribution 1")


class TestTryFor100:
    @pytest.fixture
    def passed(self, make: Make) -> ExerciseWidget:
        """An exercise with a try that passed and was not full."""
        lesson = next(lesson for lesson in LESSONS if lesson.id == "01_what_is_on_the_page")
        widget = make("blocks", lesson)
        answer = best(lesson, "blocks")
        first = next(iter(answer["choices"]))
        wrong = next(c for c in widget.exercise.labels if c != answer["choices"][first])
        send(widget, {"choices": {**answer["choices"], first: wrong}})
        ask(widget, "check")
        assert widget.state["feedback"]["status"] == "right" and widget.record.tries[0].score < 1
        return widget

    def test_the_key_waits_until_it_is_asked_for(self, passed: ExerciseWidget, make: Make) -> None:
        assert passed.state["must_choose"] and passed.state["feedback"]["key"] == [] and not passed.finished
        send(passed, best(passed.lesson, "blocks"), seq=2)
        ask(passed, "check")
        assert len(passed.record.tries) == 1, "no try before the choice"
        again = make("blocks", passed.lesson)
        assert again.state["must_choose"] and again.state["feedback"]["key"] == [], "also in a new kernel"
        ask(again, "key")
        assert again.finished and again.state["feedback"]["key"] and not again.state["must_choose"]
        assert make("blocks", passed.lesson).finished, "what was seen stays seen"

    def test_the_second_try_can_be_used(self, passed: ExerciseWidget) -> None:
        ask(passed, "more")
        assert not passed.state["must_choose"] and passed.state["key_waits"] and passed.state["feedback"]["hints"]
        ask(passed, "check")
        assert len(passed.record.tries) == 1, "nothing has changed"
        send(passed, best(passed.lesson, "blocks"), seq=2)
        ask(passed, "check")
        assert [t.score for t in passed.record.tries][1] == 1 and passed.finished and passed.state["feedback"]["key"]

    def test_a_second_try_that_is_worse_says_that_the_better_one_counts(self, passed: ExerciseWidget) -> None:
        better = round(100 * passed.record.tries[0].score)
        ask(passed, "more")
        right = best(passed.lesson, "blocks")["choices"]
        wrong = {item: next(c for c in passed.exercise.labels if c != choice) for item, choice in right.items()}
        send(passed, {"choices": wrong}, seq=2)
        ask(passed, "check")
        assert f"Your better try counts: {better} of 100." in passed.state["feedback"]["headline"]

    def test_the_view_that_asked_for_the_key_learns_that_nothing_waits(self, passed: ExerciseWidget) -> None:
        passed._handle_custom_msg({"do": "key", "seq": 7, "by": "view"}, [])
        assert (passed.state["saved_seq"], passed.state["saved_by"]) == (7, "view")

    def test_work_of_an_older_version_that_passed_is_finished(self, passed: ExerciseWidget, make: Make) -> None:
        document = json.loads(passed.answers.path.read_text("utf-8"))
        del document["exercises"]["blocks"]["key_waits"]
        passed.answers.path.write_text(json.dumps(document), "utf-8")
        assert make("blocks", passed.lesson).finished


class TestTwoViewsOfOneKernel:
    def test_they_show_the_same_and_there_is_no_conflict(self, tmp_path: Path) -> None:
        one, two = (same_kernel(FIRST, tmp_path) for _ in range(2))
        send(one, HALF)
        assert two.answer == {"seq": 0, "by": "", "value": HALF} and two.state["saved_text"].startswith("Saved at")
        send(two, OTHER, seq=1)
        assert one.answer["value"] == OTHER == on_disk(one) and not one.record.others and not two.state["has_other"]
        ask(two, "check")
        assert one.state["tries_text"] == two.state["tries_text"] == SAY["tries_none"] or one.record == two.record
        assert one.state["feedback"] == two.state["feedback"] and one.state["finished"] == two.state["finished"]
        ask(one, "again")
        assert two.answer["value"] == {} == two.record.answer

    def test_a_check_that_says_what_the_other_one_was_told_is_heard(self, tmp_path: Path) -> None:
        one = same_kernel(FIRST, tmp_path)
        send(one, HALF)
        ask(one, "check")
        two, heard = same_kernel(FIRST, tmp_path), []
        ask(one, "check")  # nothing has changed, which `two` is told
        two.observe(heard.append, names="state")
        ask(two, "check")
        assert heard, "the browser waits for an answer to its check"

    def test_another_exercise_and_another_folder_are_left_alone(self, tmp_path: Path) -> None:
        one = same_kernel(FIRST, tmp_path / "a")
        others = [same_kernel(FIRST, tmp_path / "b"), same_kernel(FIRST, tmp_path / "a", "routine")]
        send(one, HALF)
        assert all(other.answer["value"] != HALF for other in others)
