"""The answer file: nothing acknowledged is ever lost, whatever happens to the file, the disk or the process."""

import errno
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from copydesk.answers import AnswerFile, Record, folder, place, where
from copydesk.answers import schema as form
from copydesk.answers.file import peek
from copydesk.answers.handin import pack, unpack
from copydesk.answers.schema import merged, new_entry
from copydesk.base import files as disk
from copydesk.base import store
from copydesk.base.documents import Damaged, decode
from copydesk.base.errors import CopydeskError
from copydesk.base.store import last_change

PAGE, OTHER_PAGE = "ab" * 32, "cd" * 32
WRITER = str(Path(__file__).with_name("answer_writer.py"))
FAST = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
if os.name == "nt":
    pytest.skip("kills and permissions are tested on POSIX", allow_module_level=True)


def opened(root, lesson="lesson", page=PAGE):
    return AnswerFile.open("story", lesson, sha256=page, root=root)


def stored(root, name="lesson.json"):
    return json.loads((root / "story" / name).read_text("utf-8"))


def put(root, document, name="lesson.json"):
    path = root / "story" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(document if isinstance(document, bytes) else json.dumps(document).encode())
    return path


def visible(root):
    return sorted(p.name for p in (root / "story").iterdir() if not p.name.startswith("."))


@contextmanager
def fresh_root():
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


class TestFolder:
    def test_the_environment_decides(self, tmp_path, monkeypatch):
        monkeypatch.setenv("COPYDESK_ANSWERS", str(tmp_path / "mine"))
        assert folder() == tmp_path / "mine" and folder().is_dir()
        assert where() == f"Your work is kept in {tmp_path / 'mine'}."

    def test_else_answers_here(self, tmp_path, monkeypatch):
        monkeypatch.delenv("COPYDESK_ANSWERS", raising=False)
        monkeypatch.chdir(tmp_path)
        assert folder() == tmp_path / "answers"

    def test_else_the_user_data_folder_and_says_why(self, tmp_path, monkeypatch):
        (tmp_path / "answers").write_text("a file stands in the way")
        monkeypatch.delenv("COPYDESK_ANSWERS", raising=False)
        monkeypatch.setattr(place.platformdirs, "user_data_path", lambda *_, **__: tmp_path / "home")
        monkeypatch.chdir(tmp_path)
        assert folder() == tmp_path / "home" / "answers"
        assert where().endswith(f"because {tmp_path / 'answers'} cannot be written.")

    def test_nowhere_is_said_in_a_sentence(self, tmp_path, monkeypatch):
        (tmp_path / "file").write_text("")
        monkeypatch.setenv("COPYDESK_ANSWERS", str(tmp_path / "file"))
        monkeypatch.setattr(place.platformdirs, "user_data_path", lambda *_, **__: tmp_path / "file")
        with pytest.raises(CopydeskError, match="neither in"):
            folder()

    @pytest.mark.parametrize(
        "name",
        [
            "",
            ".",
            "..",
            "../x",
            "a/b",
            "a\\b",
            "con",
            "NUL",
            "com1",
            "lpt¹",
            "x" * 81,
            "a.b",
            "a b",
            "a\0b",
            "-a",
            "é" * 81,
            None,
        ],
    )
    def test_unsafe_names_are_refused(self, name, tmp_path):
        with pytest.raises(CopydeskError, match="cannot name"):
            AnswerFile.open(name, "lesson", sha256=PAGE, root=tmp_path)
        with pytest.raises(CopydeskError, match="cannot name"):
            AnswerFile.open("story", name, sha256=PAGE, root=tmp_path)

    def test_names_in_other_alphabets_are_fine(self, tmp_path):
        AnswerFile.open("Україна-2022", "e\u0301tude", sha256=PAGE, root=tmp_path).save("q", {"a": 1})
        again = AnswerFile.open("Україна-2022", "étude", sha256=PAGE, root=tmp_path)
        assert again.record("q").answer == {"a": 1} and again.notice is None


class TestKeeping:
    def test_an_exercise_never_answered_has_an_empty_record(self, tmp_path):
        file = opened(tmp_path)
        assert file.record("q") == Record({}, (), 1, None, ())
        assert file.notice is None and not file.path.exists()

    def test_save_try_restart_and_back(self, tmp_path):
        file = opened(tmp_path)
        assert file.save("q", {"text": "“ž”"}).answer == {"text": "“ž”"}
        file.add_try("q", {"text": "b"}, 0.5, 2)
        record = file.restart("q")
        assert (record.answer, record.round, len(record.tries)) == ({}, 2, 1)
        file.add_try("q", {"text": "c"}, 1, 2)
        again = opened(tmp_path).record("q")
        assert [(t.answer["text"], t.score, t.points, t.round) for t in again.tries] == [
            ("b", 0.5, 2, 1),
            ("c", 1, 2, 2),
        ]
        assert again == file.record("q") and again.changed.endswith("Z") and again.answer == {"text": "c"}

    def test_the_file_is_plain_readable_sorted_json(self, tmp_path):
        opened(tmp_path).save("q", {"b": "ž", "a": 1})
        text = (tmp_path / "story" / "lesson.json").read_text("utf-8")
        document = json.loads(text)
        assert "ž" in text and list(document) == sorted(document)
        assert set(document) == {
            "schema", "kit", "story", "sha256", "lesson", "learner", "created", "changed", "exercises"
        }  # fmt: skip
        assert set(document["exercises"]["q"]) == {"answer", "rev", "round", "changed", "tries", "others"}

    def test_an_answer_given_up_by_restart_stays_in_the_file(self, tmp_path):
        file = opened(tmp_path)
        file.save("q", {"essay": "long"})
        file.restart("q")
        assert stored(tmp_path)["exercises"]["q"]["earlier"] == [{"answer": {"essay": "long"}, "round": 1}]

    def test_changing_a_record_does_not_change_the_file(self, tmp_path):
        file = opened(tmp_path)
        file.save("q", {"marks": [1]}).answer["marks"].append(2)
        file.record("q").answer["marks"].append(3)
        file.save("r", {})
        assert opened(tmp_path).record("q").answer == {"marks": [1]}

    def test_the_learner_is_remembered_for_every_lesson(self, tmp_path):
        one, two = opened(tmp_path, "one"), opened(tmp_path, "two")
        assert one.learner == ""
        one.set_learner("  Zoë\n 7 ")
        two.save("q", {"a": 1})
        assert two.learner == stored(tmp_path, "two.json")["learner"] == "Zoë 7"
        two.set_learner("")
        two.record("q")
        two.save("q", {"a": 2})
        assert one.learner == stored(tmp_path, "two.json")["learner"] == ""

    def test_a_damaged_learner_file_is_set_aside(self, tmp_path):
        (tmp_path / "learner.json").write_bytes(b"\xff{")
        file = opened(tmp_path)
        assert file.learner == ""
        file.set_learner("Zoë")
        assert file.learner == "Zoë" and len(list(tmp_path.glob("learner.damaged-*.json"))) == 1
        with pytest.raises(CopydeskError, match="100 characters"):
            file.set_learner("x" * 101)

    @pytest.mark.parametrize(
        ("answer", "says"),
        [
            ({"a": float("nan")}, "nan"),
            ({"a": [float("inf")]}, "inf"),
            ({"a": {1, 2}}, "set"),
            ({1: "a"}, "keys"),
            ([1], "is a list"),
            ({"a": "x" * 1_000_001}, "1 MB"),
            ({"a": 10**5000}, "cannot be kept"),
        ],
    )
    def test_what_json_cannot_hold_is_refused(self, answer, says, tmp_path):
        file = opened(tmp_path)
        file.save("q", {"a": 1})
        with pytest.raises(CopydeskError, match=says):
            file.save("q", answer)
        with pytest.raises(CopydeskError, match=says):
            file.add_try("q", answer, 1, 1)
        with pytest.raises(CopydeskError, match="nan"):
            file.add_try("q", {}, float("nan"), 1)
        assert opened(tmp_path).record("q").answer == {"a": 1}

    def test_bottomless_answers_are_refused(self, tmp_path):
        deep: dict = {}
        deep["a"] = deep
        with pytest.raises(CopydeskError, match="brackets"):
            opened(tmp_path).save("q", deep)

    @pytest.mark.parametrize("exercise", ["", "x" * 201, "a\nb", None])
    def test_exercise_ids_are_printed_words(self, exercise, tmp_path):
        with pytest.raises(CopydeskError, match="exercise"):
            opened(tmp_path).save(exercise, {})


class TestManyTries:
    def test_the_file_keeps_those_that_count_and_how_many_there_were(self, tmp_path):
        entry = {**new_entry(), "tries": [{"answer": {"n": n}, "score": n % 7, "points": 7} for n in range(10_000)]}
        put(tmp_path, {"schema": 1, "exercises": {"q": entry}})
        record = opened(tmp_path).add_try("q", {"n": 10_000}, 0, 7)
        numbers = [attempt.answer["n"] for attempt in record.tries]
        assert numbers == [0, 6, *range(10_001 - (form.MOST_TRIES - 2), 10_001)]
        assert record.tries_made == 10_001 == opened(tmp_path).record("q").tries_made
        assert opened(tmp_path).save("q", {"n": 1}).tries_made == 10_001

    def test_an_odd_number_of_them_counts_as_none(self, tmp_path):
        for odd in (-3, "7", True, 10**40, None):
            put(tmp_path, {"schema": 1, "exercises": {"q": {**new_entry(), "tries_not_kept": odd}}})
            assert opened(tmp_path).add_try("q", {}, 0, 1).tries_made == 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
ANSWER = st.dictionaries(st.text(max_size=5), JSON, max_size=3)
EXERCISE = st.sampled_from(["q1", "q2", "Übung 3"])
STEP = st.one_of(
    st.tuples(st.just("save"), EXERCISE, ANSWER),
    st.tuples(st.just("restart"), EXERCISE, st.none()),
    st.tuples(st.just("try"), EXERCISE, ANSWER),
    st.tuples(st.just("open"), EXERCISE, st.none()),
)


class TestAnySequence:
    @FAST
    @given(st.lists(STEP, max_size=10))
    def test_is_restored_equal(self, steps):
        model: dict[str, tuple[dict, list, int]] = {}
        with fresh_root() as root:
            file = opened(root)
            for what, exercise, answer in steps:
                kept, tries, turn = model.get(exercise, ({}, [], 1))
                if what == "save":
                    file.save(exercise, answer)
                    model[exercise] = (answer, tries, turn)
                elif what == "try":
                    file.add_try(exercise, answer, 0.5, 1)
                    model[exercise] = (answer, [*tries, (answer, turn)], turn)
                elif what == "restart":
                    file.restart(exercise)
                    model[exercise] = ({}, tries, turn + 1)
                else:
                    file = opened(root)
                    assert file.notice is None
            for copy in (file, opened(root)):
                for exercise, (kept, tries, turn) in model.items():
                    record = copy.record(exercise)
                    assert (record.answer, record.round, record.others) == (kept, turn, ())
                    assert [(t.answer, t.round) for t in record.tries] == tries

    @FAST
    @given(JSON, JSON, JSON)
    def test_unknown_fields_survive(self, top, inner, in_try):
        with fresh_root() as root:
            file = opened(root)
            file.add_try("q", {"a": 1}, 1, 1)
            document = stored(root)
            document["x-top"] = top
            document["exercises"]["q"]["x-in"] = inner
            document["exercises"]["q"]["tries"][0]["x-try"] = in_try
            put(root, document)
            file.save("q", {"a": 2})
            opened(root).add_try("r", {}, 0, 1)
            now = stored(root)
            entry = now["exercises"]["q"]
            assert (now["x-top"], entry["x-in"], entry["tries"][0]["x-try"]) == (top, inner, in_try)

    def test_half_an_emoji_is_kept(self, tmp_path):
        opened(tmp_path).save("q", {"a": "\ud83d ž"})
        assert opened(tmp_path).record("q").answer == {"a": "\ud83d ž"}


class TestDamage:
    @settings(FAST, max_examples=150)
    @given(st.data())
    def test_garbling_never_raises_and_loses_no_other_file(self, data):
        with fresh_root() as root:
            opened(root, "other").save("q", {"safe": True})
            file = opened(root)
            for number in range(3):
                file.save(f"q{number}", {"n": number})
            untouched = {p.name: p.read_bytes() for p in (root / "story").glob("other*")}
            garbled = bytearray(file.path.read_bytes())
            if data.draw(st.booleans()):
                garbled = garbled[: data.draw(st.integers(0, len(garbled) - 1))]
            for _ in range(data.draw(st.integers(0, 4))):
                if garbled:
                    garbled[data.draw(st.integers(0, len(garbled) - 1))] = data.draw(st.integers(0, 255))
            file.path.write_bytes(garbled)
            again = opened(root)
            for number in range(3):
                again.record(f"q{number}")
            again.save("new", {"works": 1})
            assert opened(root).record("new").answer == {"works": 1}
            lying = [p.read_bytes() for p in (root / "story").glob("lesson*")]
            try:
                decode(bytes(garbled))
            except Damaged:
                assert bytes(garbled) in lying and "damaged" in again.notice
                assert again.record("q1").answer == {"n": 1}, "back from the generation before"
            assert untouched == {p.name: p.read_bytes() for p in (root / "story").glob("other*")}

    @pytest.mark.parametrize(
        "content",
        [
            b"", b"\0\0\0", b"[]", b"{}", b"null", b"\xff\xfe{}", b'{"schema": 1}',
            b'{"schema": true, "exercises": {}}',
            b'{"schema": "1", "exercises": {}}', b'{"schema": -1}', b'{"schema": 1, "exercises": []}',
            b'{"schema": 1, "exercises": {"q": 1}}', b'{"schema": 1, "exercises": {"q": {"answer": 1}}}',
            b'{"schema": 1, "exercises": {"q": {"answer": {}, "rev": "2"}}}',
            b'{"schema": 1, "exercises": {"q": {"answer": {}, "round": 0}}}',
            b'{"schema": 1, "exercises": {"q": {"answer": {}, "others": [1]}}}',
            b'{"schema": 1, "exercises": {"q": {"answer": {}, "tries": [1]}}}',
            b'{"schema": 1, "exercises": {"q": {"answer": {}, "tries": [{"score": "1"}]}}}',
            b'{"schema": 1, "exercises": {}, "sha256": 7}', b'{"schema": 1, "exercises": {}, "lesson": "another"}',
            b'{"schema": 1, "exercises": {"q": {"answer": {"a": NaN}}}}',
            b'{"schema": 1, "exercises": {"q": {"answer": {"a": 1e999}}}}',
            b'{"a":' * 100_000, b'{"a":' * 90 + b"1" + b"}" * 90, b'{"answers": {"q": {"a": 1}}}',
            b'{"schema": 1, "exercises": {"q": {"answer": {"a": ' + b"9" * 5000 + b"}}}}",
        ],
    )  # fmt: skip
    def test_what_is_no_answer_file_is_set_aside_untouched(self, content, tmp_path):
        put(tmp_path, content)
        file = opened(tmp_path)
        (aside,) = (tmp_path / "story").glob("lesson.damaged-*.json")
        assert aside.read_bytes() == content and str(aside) in file.notice and "no readable copy" in file.notice
        file.save("q", {"a": 1})
        assert opened(tmp_path).record("q").answer == {"a": 1} and opened(tmp_path).notice is None

    @pytest.mark.parametrize("damage", [b"", b"{", b"\0" * 400, b"[]", None])
    @pytest.mark.parametrize("saves", [1, 2, 3, 20])
    def test_a_damaged_file_costs_no_change(self, damage, saves, tmp_path):
        file = opened(tmp_path)
        for number in range(saves):
            file.add_try(f"q{number % 3}", {"n": number}, 0.5, 1)
        before = stored(tmp_path)
        file.path.unlink()
        if damage is not None:
            put(tmp_path, damage)
        elif saves == 1:
            return  # then neither the file nor a generation before it is there: the lesson begins anew
        assert peek(file.path)[0] == before
        again = opened(tmp_path)
        assert "last change" in again.notice and stored(tmp_path) == before
        assert opened(tmp_path).notice is None, "said once"

    def test_the_generation_before_comes_back_without_the_last_change(self, tmp_path):
        file = opened(tmp_path)
        file.save("q", {"a": 1})
        file.save("q", {"a": 2})
        put(tmp_path, b"{")
        last = last_change(file.path)
        last.write_bytes(last.read_bytes().replace(b"2", b"3", 1))
        again = opened(tmp_path)
        assert again.record("q").answer == {"a": 1} and "back from the copy" in again.notice
        assert opened(tmp_path).notice is None, "said once"

    def test_a_last_change_of_another_time_changes_nothing(self, tmp_path):
        file = opened(tmp_path)
        file.save("q", {"a": 1})
        old = stored(tmp_path)
        old["exercises"]["q"] |= {"rev": 7, "answer": {"a": 7}}  # an older Copydesk has saved since
        put(tmp_path, old, "lesson.json.bak")
        put(tmp_path, b"{")
        assert opened(tmp_path).record("q").answer == {"a": 7}
        put(tmp_path, {**old, "created": "2020-01-01T00:00:00Z"}, "lesson.json.bak")
        put(tmp_path, b"{")
        assert opened(tmp_path).record("q").answer == {"a": 7}

    def test_what_was_put_back_costs_nothing_either(self, tmp_path):
        opened(tmp_path / "there", "lesson").save("q", {"a": 1})
        opened(tmp_path / "there", "lesson").save("r", {"a": 1})
        packed = pack(tmp_path / "there", to=tmp_path).path
        for root in (tmp_path / "here", tmp_path / "empty"):
            if root.name == "here":
                opened(root).save("s", {"a": 2})
            unpack(packed, root)
            before = stored(root)
            put(root, b"{")
            opened(root)
            assert stored(root) == before and before["exercises"].keys() >= {"q", "r"}

    def test_of_two_damaged_files_the_last_change_comes_back_and_is_not_handed_in_as_all(self, tmp_path):
        file = opened(tmp_path)
        file.save("q", {"a": 1})
        file.save("r", {"a": 2})
        for name in ("lesson.json", "lesson.json.bak"):
            put(tmp_path, b"{", name)
        assert peek(file.path) == (None, "is not JSON")
        again = opened(tmp_path)
        assert "answers of the last change are back" in again.notice
        assert (again.record("q").answer, again.record("r").answer) == ({}, {"a": 2})

    def test_a_file_too_large_to_be_an_answer_file_is_set_aside(self, tmp_path):
        path = put(tmp_path, b"")
        with path.open("r+b") as file:
            file.truncate(10**11)  # a hole: it takes no room on the disk
        assert "larger than 8 MB" in opened(tmp_path).notice
        put(tmp_path, b'{"schema": 1, "exercises": {"q": {"answer": {}, "tries": [' + b"{}," * 300_000 + b"{}]}}}")
        assert "more than a learner could have made" in opened(tmp_path).notice

    def test_what_could_not_be_read_again_is_not_saved(self, tmp_path):
        file = opened(tmp_path)
        with pytest.raises(CopydeskError, match="larger than 8 MB; shorten"):
            for number in range(12):
                file.save(f"q{number}", {"a": "x" * 900_000})
        assert opened(tmp_path).notice is None and len(stored(tmp_path)["exercises"]) == 8

    def test_an_open_copy_brings_back_all_it_knows(self, tmp_path):
        file = opened(tmp_path)
        file.save("q", {"a": 1})
        file.save("q", {"a": 2})
        put(tmp_path, b"{")
        file.save("r", {"b": 1})
        assert "damaged" in file.notice
        again = opened(tmp_path)
        assert (again.record("q").answer, again.record("r").answer) == ({"a": 2}, {"b": 1})
        for name in visible(tmp_path):
            (tmp_path / "story" / name).unlink()
        file.save("s", {"c": 1})
        assert opened(tmp_path).record("q").answer == {"a": 2}

    def test_a_missing_file_comes_back_and_nothing_set_aside_is_overwritten(self, tmp_path):
        for number in range(3):
            put(tmp_path, b"{%d" % number)
            put(tmp_path, b"[%d" % number, "lesson.json.bak")
            opened(tmp_path)
        asides = {p.read_bytes() for p in (tmp_path / "story").glob("lesson.damaged-*")}
        assert asides == {b"{0", b"{1", b"{2", b"[0", b"[1", b"[2"}
        file = opened(tmp_path)
        file.save("q", {"a": 1})
        file.save("q", {"a": 2})
        file.path.unlink()
        again = opened(tmp_path)
        assert again.record("q").answer == {"a": 2} and "was missing" in again.notice

    def test_a_folder_in_the_way_is_set_aside(self, tmp_path):
        (tmp_path / "story" / "lesson.json").mkdir(parents=True)
        file = opened(tmp_path)
        file.save("q", {"a": 1})
        assert "folder" in file.notice and opened(tmp_path).record("q").answer == {"a": 1}

    def test_a_byte_order_mark_is_no_damage(self, tmp_path):
        file = opened(tmp_path)
        file.save("q", {"a": "ž"})
        put(tmp_path, b"\xef\xbb\xbf" + file.path.read_bytes())
        again = opened(tmp_path)
        assert again.notice is None and again.record("q").answer == {"a": "ž"}


class TestOtherForms:
    def test_a_newer_file_is_never_touched(self, tmp_path):
        newer = b'{"schema": 7, "answers_in_a_new_way": []}'
        put(tmp_path, newer)
        file = opened(tmp_path)
        assert "newer Copydesk" in file.notice and file.path.name == "lesson.v1.json"
        file.save("q", {"a": 1})
        again = opened(tmp_path)
        assert again.record("q").answer == {"a": 1}
        assert (tmp_path / "story" / "lesson.json").read_bytes() == newer
        assert visible(tmp_path) == ["lesson.json", "lesson.v1.json"]

    def test_a_file_that_becomes_newer_while_open(self, tmp_path):
        file = opened(tmp_path)
        file.save("q", {"a": 1})
        put(tmp_path, {"schema": 2})
        file.save("r", {"b": 1})
        assert stored(tmp_path) == {"schema": 2} and "newer" in file.notice
        assert stored(tmp_path, "lesson.v1.json")["exercises"].keys() == {"q", "r"}

    def test_a_newer_file_beside_is_set_aside_too(self, tmp_path):
        put(tmp_path, {"schema": 2})
        put(tmp_path, {"schema": 3}, "lesson.v1.json")
        opened(tmp_path).save("q", {"a": 1})
        assert opened(tmp_path).record("q").answer == {"a": 1}
        assert stored(tmp_path, "lesson.newer.json") == {"schema": 3}

    def test_another_page_sets_the_old_answers_aside_and_back(self, tmp_path):
        opened(tmp_path).save("q", {"page": 1})
        second = opened(tmp_path, page=OTHER_PAGE)
        assert second.record("q").answer == {} and "lesson.page-abababab.json" in second.notice
        second.save("q", {"page": 2})
        assert stored(tmp_path, "lesson.page-abababab.json")["exercises"]["q"]["answer"] == {"page": 1}
        assert opened(tmp_path, page=OTHER_PAGE).notice is None
        first = opened(tmp_path)
        assert first.record("q").answer == {"page": 1} and "back" in first.notice
        assert stored(tmp_path, "lesson.page-cdcdcdcd.json")["exercises"]["q"]["answer"] == {"page": 2}

    def test_two_versions_of_the_page_open_at_once_do_not_mix(self, tmp_path):
        old = opened(tmp_path)
        old.save("q", {"page": 1})
        new = opened(tmp_path, page=OTHER_PAGE)
        new.save("q", {"page": 2})
        old.save("r", {"page": 1})
        assert old.path.name == "lesson.page-abababab.json" and "another version" in old.notice
        assert (old.record("q").answer, new.record("q").answer, new.record("r").answer) == (
            {"page": 1},
            {"page": 2},
            {},
        )
        assert opened(tmp_path).record("r").answer == {"page": 1}
        old.save("s", {"page": 1})
        assert old.path.name == "lesson.json"

    def test_a_hostile_fingerprint_names_no_path(self, tmp_path):
        put(tmp_path, {"schema": 1, "exercises": {}, "sha256": "../../ab"})
        opened(tmp_path)
        assert visible(tmp_path) == ["lesson.page-ab.json"]


class TestTwoCopies:
    def test_each_keeps_the_others_exercises(self, tmp_path):
        one, two = opened(tmp_path), opened(tmp_path)
        one.save("a", {"n": 1})
        two.save("b", {"n": 2})
        assert not one.save("c", {"n": 3}).conflict
        assert [opened(tmp_path).record(x).answer["n"] for x in "abc"] == [1, 2, 3]

    def test_the_same_exercise_keeps_both_answers(self, tmp_path):
        one, two = opened(tmp_path), opened(tmp_path)
        one.save("q", {"n": 1})
        record = two.save("q", {"n": 2})
        assert record.conflict and record.others == ({"n": 1},) and "another open copy" in two.notice
        assert two.save("q", {"n": 3}).others == ({"n": 1},)
        for number in range(4, 16):
            record = (one if number % 2 else two).save("q", {"n": number})
        assert [o["n"] for o in record.others] == [10, 11, 12, 13, 14]
        assert one.save("q", {"n": 15}).others == record.others

    def test_seeing_an_answer_first_is_no_conflict(self, tmp_path):
        one, two = opened(tmp_path), opened(tmp_path)
        one.save("q", {"n": 1})
        assert two.record("q").answer == {"n": 1}
        record = two.save("q", {"n": 2})
        assert not record.conflict and record.others == ()

    def test_tries_of_both_are_kept(self, tmp_path):
        one, two = opened(tmp_path), opened(tmp_path)
        one.add_try("q", {"n": 1}, 0, 1)
        assert [t.answer["n"] for t in two.add_try("q", {"n": 2}, 1, 1).tries] == [1, 2]

    def test_threads_of_one_process(self, tmp_path):
        shared, failures = opened(tmp_path), []

        def work(name):
            try:
                own = opened(tmp_path)
                for number in range(10):
                    shared.save(f"{name}-shared-{number}", {"n": number})
                    own.save(f"{name}-own-{number}", {"n": number})
            except Exception as error:
                failures.append(error)

        threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failures and len(stored(tmp_path)["exercises"]) == 80

    def test_two_processes_save_200_exercises_each_at_once(self, tmp_path):
        writers = [
            subprocess.Popen([sys.executable, WRITER, str(tmp_path), "lesson", prefix, "200"], stdout=subprocess.PIPE)
            for prefix in "ab"
        ]
        assert [len(w.communicate()[0].splitlines()) for w in writers] == [200, 200]
        file = opened(tmp_path)
        assert all(file.record(f"{p}{n}").answer == {"n": n} for p in "ab" for n in range(200))
        assert visible(tmp_path) == ["lesson.json", "lesson.json.bak"]

    def test_a_lesson_open_in_another_process_is_announced(self, tmp_path):
        code = (
            "import sys; from pathlib import Path; from copydesk.answers import AnswerFile;"
            "f = AnswerFile.open('story', 'lesson', sha256='ab' * 32, root=Path(sys.argv[1]));"
            "print('open', flush=True); sys.stdin.read()"
        )
        command = [sys.executable, "-c", code, str(tmp_path)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
            other.stdout.readline()
            assert "open in another notebook" in opened(tmp_path).notice
        assert opened(tmp_path).notice is None


class TestTrouble:
    def fails(self, number):
        def fail(*_, **__):
            raise OSError(number, os.strerror(number))

        return fail

    def full(self, path, data):
        raise CopydeskError("the disk is full")

    @pytest.mark.parametrize(
        ("what", "number"), [("fsync", errno.ENOSPC), ("fsync", errno.EIO), ("copyfile", errno.ENOSPC)]
    )
    def test_a_failed_save_leaves_the_old_file_and_no_litter(self, what, number, tmp_path, monkeypatch):
        file = opened(tmp_path)
        file.save("q", {"a": 1})
        before = file.path.read_bytes()
        with monkeypatch.context() as patch:
            patch.setattr(disk.os if what == "fsync" else disk.shutil, what, self.fails(number))
            with pytest.raises(CopydeskError, match="disk is full" if number == errno.ENOSPC else "could not be saved"):
                file.save("q", {"a": 2})
        assert file.path.read_bytes() == before
        assert not list((tmp_path / "story").glob(".*.tmp"))
        assert file.record("q").answer == {"a": 1}
        record = file.save("q", {"a": 3})
        assert record.others == () and opened(tmp_path).record("q").answer == {"a": 3}

    @pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EACCES])
    @pytest.mark.parametrize("call", range(1, 16))
    def test_any_call_that_fails_costs_nothing_that_was_said_to_be_saved(self, call, number, tmp_path, monkeypatch):
        """The file is damaged too, afterwards; what was acknowledged last is there all the same."""
        file, seen = opened(tmp_path), []
        file.save("p", {"a": 0})
        file.save("q", {"a": 1})

        def counted(real):
            def act(*given, **named):
                seen.append(real)
                if len(seen) == call:
                    raise OSError(number, os.strerror(number))
                return real(*given, **named)

            return act

        kept = 1
        with monkeypatch.context() as patch:
            for owner, names in ((os, ("open", "fsync", "link", "replace")), (Path, ("open", "replace", "exists"))):
                for name in names:
                    patch.setattr(owner, name, counted(getattr(owner, name)))
            try:
                file.save("q", {"a": 2})
                kept = 2
            except (CopydeskError, OSError) as error:
                assert isinstance(error, CopydeskError), error
        assert opened(tmp_path).record("q").answer["a"] >= kept
        put(tmp_path, b"{")
        again = opened(tmp_path)
        # one fault is borne, not two: that the last change could not be written, and that the file is damaged
        assert again.record("q").answer["a"] >= (kept if len(seen) < call else 1)
        assert again.record("p").answer == {"a": 0}

    @pytest.mark.parametrize("method", ["mkdir", "open"])
    def test_permission_lost_is_one_sentence(self, method, tmp_path, monkeypatch):
        file = opened(tmp_path)
        file.save("q", {"a": 1})
        if method == "mkdir":
            tmp_path = tmp_path / "elsewhere"
        monkeypatch.setattr(Path, method, self.fails(errno.EACCES))
        with pytest.raises(CopydeskError, match="not allowed"):
            opened(tmp_path).save("q", {"a": 2})

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
    def test_a_folder_that_became_read_only(self, tmp_path):
        file = opened(tmp_path)
        file.save("q", {"a": 1})
        file.path.parent.chmod(0o500)
        try:
            with pytest.raises(CopydeskError, match="not allowed"):
                file.save("q", {"a": 2})
            assert file.record("q").answer == {"a": 1}
        finally:
            file.path.parent.chmod(0o700)

    def test_a_lock_that_never_comes_free_is_one_sentence(self, tmp_path, monkeypatch):
        file = opened(tmp_path)
        monkeypatch.setattr(disk, "LOCK_SECONDS", 0.05)
        with disk.locked(file.path), pytest.raises(CopydeskError, match="in use"):
            file.save("q", {"a": 1})
        file.save("q", {"a": 1})

    def test_a_folder_in_place_of_the_backup_blocks_no_save(self, tmp_path):
        file = opened(tmp_path)
        file.save("q", {"a": 1})
        (tmp_path / "story" / "lesson.json.bak").mkdir()
        file.save("q", {"a": 2})
        assert stored(tmp_path, "lesson.json.bak")["exercises"]["q"]["answer"] == {"a": 1}
        assert [p.is_dir() for p in (tmp_path / "story").glob("lesson.damaged-*.json")] == [True]

    def test_a_file_that_is_a_link_stays_one(self, tmp_path):
        (tmp_path / "story").mkdir()
        (tmp_path / "drive").mkdir()
        (tmp_path / "story" / "lesson.json").symlink_to(tmp_path / "drive" / "synced.json")
        for number in range(3):
            opened(tmp_path).save("q", {"a": number})
        assert (tmp_path / "story" / "lesson.json").is_symlink()
        assert json.loads((tmp_path / "drive" / "synced.json").read_text())["exercises"]["q"]["answer"] == {"a": 2}
        assert stored(tmp_path, "lesson.json.bak")["exercises"]["q"]["answer"] == {"a": 1}
        assert [p.name for p in (tmp_path / "drive").iterdir()] == ["synced.json"]

    def test_a_drive_without_locks_is_one_sentence_and_no_warning(self, tmp_path, monkeypatch):
        fcntl = pytest.importorskip("fcntl")
        monkeypatch.setattr(fcntl, "flock", self.fails(errno.ENOSYS))
        for number in range(2):
            file = opened(tmp_path)
            assert file.notice.count("cannot lock files") == 1 and "another notebook" not in file.notice
            file.save("q", {"a": number})
        assert opened(tmp_path).record("q").answer == {"a": 1}

    @pytest.mark.parametrize("what", ["open", "fsync"])
    def test_a_last_change_that_cannot_be_written_stops_no_save(self, what, tmp_path, monkeypatch):
        file = opened(tmp_path)
        file.save("q", {"a": 1})
        if what == "open":
            last_change(file.path).unlink()
            last_change(file.path).mkdir()
        else:
            before = last_change(file.path).read_bytes()
            monkeypatch.setattr(store, "overwrite", self.full)
        file.save("q", {"a": 2})
        assert what == "open" or last_change(file.path).read_bytes() == before
        assert opened(tmp_path).record("q").answer == {"a": 2}
        put(tmp_path, b"{")
        assert opened(tmp_path).record("q").answer == {"a": 1}, "what is left is from before"

    @pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOTSUP])
    def test_a_drive_that_cannot_lock_files_is_one_sentence(self, number, tmp_path, monkeypatch):
        monkeypatch.setattr(disk.FileLock, "acquire", self.fails(number))
        with pytest.raises(CopydeskError, match="cannot lock files; set COPYDESK_ANSWERS"):
            opened(tmp_path)

    def test_a_folder_that_cannot_be_swept_stops_nothing(self, tmp_path, monkeypatch):
        monkeypatch.setattr(Path, "glob", self.fails(errno.EIO))
        assert opened(tmp_path).save("q", {"a": 1}).answer == {"a": 1}

    def test_what_a_killed_writer_left_is_swept(self, tmp_path):
        stray = put(tmp_path, b"{", ".lesson.json.0123456789ab.tmp")
        opened(tmp_path)
        assert not stray.exists()


def killed_writer(root, lesson, first, delay):
    """Start a writer, kill it after a delay from its first word, and return what it acknowledged."""
    command = [sys.executable, WRITER, str(root), lesson, "q", "100000", str(first)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        lines = [writer.stdout.readline()]
        time.sleep(delay)
        writer.send_signal(signal.SIGKILL)
        lines += writer.stdout.read().splitlines()
    return [line.split() for line in lines if line.strip()]


def test_after_100_kills_and_50_damaged_files_nothing_acknowledged_is_lost(tmp_path):
    dice, failures, total = random.Random(7), [], []

    def learner(lesson):
        known: dict[str, int] = {}
        for turn in range(50):
            said = killed_writer(tmp_path, lesson, 1000 * turn, dice.random() * 0.03)
            known |= {exercise: int(number) for exercise, number in said}
            total.append(len(said))
            if damaged := bool(turn % 2 and said):
                put(tmp_path, dice.choice([b"", b"{", b"\0" * 99]), f"{lesson}.json")
            file = opened(tmp_path, lesson)
            if bool(file.notice) != damaged:
                failures.append(file.notice)
            for exercise, number in known.items():
                kept = file.record(exercise).answer.get("n", -1)
                if kept < number:
                    failures.append((lesson, turn, exercise, number, kept))

    threads = [threading.Thread(target=learner, args=(lesson,)) for lesson in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert len(total) == 100 and sum(total) > 100


ENTRY = st.builds(
    lambda answer, turn, others: {**new_entry(), "answer": answer, "round": turn, "others": others, "rev": 1},
    ANSWER, st.integers(1, 3), st.lists(ANSWER.filter(bool), max_size=2),
)  # fmt: skip


@FAST
@given(ENTRY, ENTRY)
def test_merging_loses_no_answer_and_is_done_once(mine, theirs):
    entry = merged(mine, theirs)
    for answer in [mine["answer"], theirs["answer"], *mine["others"], *theirs["others"]]:
        assert not answer or answer == entry["answer"] or answer in entry["others"]
    assert not mine["answer"] or entry["answer"] == mine["answer"]
    assert merged(entry, theirs) == entry
