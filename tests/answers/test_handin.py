"""Hand-in and rescue: one small file that says what is in it, and goes back without overwriting anything."""

import datetime as dt
import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk.answers import AnswerFile
from copydesk.answers.handin import pack, read_handin, unpack
from copydesk.base.errors import CopydeskError

PAGE, OTHER_PAGE = "ab" * 32, "cd" * 32
FAST = settings(max_examples=60, deadline=None)


def now():
    return dt.datetime.now()


def opened(root, lesson="one", page=PAGE, story="story"):
    return AnswerFile.open(story, lesson, sha256=page, root=root)


@pytest.fixture
def work(tmp_path, monkeypatch):
    """A learner's answers to two lessons, and a working directory to hand in from."""
    root = tmp_path / "answers"
    opened(root, "one").save("a", {"n": 1})
    two = opened(root, "two")
    two.add_try("a", {"n": 2}, 0.5, 1)
    two.save("b", {})
    (tmp_path / "cwd").mkdir()
    monkeypatch.chdir(tmp_path / "cwd")
    return root


class TestPack:
    def test_one_file_that_says_what_is_in_it(self, work, tmp_path):
        done = pack(work, titles={"two": "Two <b>"})
        assert done.path == tmp_path / "cwd" / "handin_anonymous.json"
        assert done.bytes == done.path.stat().st_size < 2000
        assert done.contents[0].startswith(f"one on “story”: 1 of 1 answered, last changed {now().day}\u00a0{now():%b}")
        assert done.contents[1].startswith("Two <b> on “story”: 1 of 2 answered")
        assert repr(done).splitlines() == [str(done.path), *done.contents] and done.learner == ""
        handin = json.loads(done.path.read_text("utf-8"))
        assert (handin["schema"], handin["kind"], handin["story"]) == (2, "copydesk-handin", "")
        assert handin["learner"] == ""
        assert [(a["story"], a["lesson"]) for a in handin["answers"]] == [("story", "one"), ("story", "two")]

    def test_the_learner_names_the_file_and_a_forgotten_name_is_gone(self, work):
        opened(work).set_learner("Zoë / ../CON: 7")
        opened(work).save("a", {"n": 3})
        done = pack(work)
        assert done.path.name == "handin_Zoë_CON_7.json"
        assert read_handin(done.path)["answers"][0]["learner"] == "Zoë / ../CON: 7"
        opened(work).set_learner("")
        assert "Zoë" not in pack(work).path.read_text("utf-8")

    def test_a_lesson_can_be_left_out_but_not_by_a_slip(self, work):
        done = pack(work, leave_out=["two"])
        assert "two is left out and stays here." in done.contents
        assert [a["lesson"] for a in read_handin(done.path)["answers"]] == ["one"]
        with pytest.raises(CopydeskError, match="there are: one, two"):
            pack(work, leave_out=["tow"])
        with pytest.raises(CopydeskError, match="nothing to hand in"):
            pack(work, leave_out={"one", "two"})

    def test_packing_again_replaces_ones_own_and_nothing_else(self, work, tmp_path):
        first = pack(work)
        opened(work).save("a", {"n": 9})
        assert pack(work).path == first.path
        assert read_handin(first.path)["answers"][0]["exercises"]["a"]["answer"] == {"n": 9}
        opened(work).set_learner("A/B")
        mine = pack(work).path
        opened(work).set_learner("A B")
        assert pack(work).path.name == "handin_A_B_2.json" and read_handin(mine)["learner"] == "A/B"
        (tmp_path / "shopping.json").write_text("milk")
        assert pack(work, to=tmp_path / "shopping.json").path.name == "shopping_2.json"
        assert (tmp_path / "shopping.json").read_text() == "milk"
        assert not list(Path.cwd().glob(".*"))

    def test_all_stories_go_into_one_file_and_one_story_still_can(self, work):
        opened(work, "zero", story="practice").save("a", {"n": 0})
        opened(work, "two", story="other").save("a", {"n": 7})
        for place in (".ipynb_checkpoints", "my own notes"):
            (work / place).mkdir()
            (work / place / "x.json").write_text("{}")
        done = pack(work)
        handin = read_handin(done.path)
        named = [(a["story"], a["lesson"]) for a in handin["answers"]]
        assert named == [("story", "one"), ("other", "two"), ("story", "two"), ("practice", "zero")]
        assert handin["story"] == "" and [c.partition(":")[0] for c in done.contents] == [
            f"{lesson} on “{story}”" for story, lesson in named
        ]
        one = pack(work, story="other")
        assert one.path.name == "handin_anonymous_other.json" and read_handin(one.path)["story"] == "other"
        assert [a["lesson"] for a in read_handin(one.path)["answers"]] == ["two"]
        with pytest.raises(CopydeskError, match="cannot name"):
            pack(work, story="../story")

    def test_the_file_of_all_stories_does_not_replace_that_of_one(self, work, tmp_path):
        one = pack(work, story="story", to=tmp_path / "mine.json").path
        assert pack(work, to=one).path.name == "mine_2.json" and read_handin(one)["story"] == "story"

    @pytest.mark.parametrize("name", ["one/a", "*/a", ["two", "one/b"]])
    def test_an_exercise_can_be_left_out(self, work, name):
        opened(work).save("b", {"secret": "Žižkov"})
        done = pack(work, leave_out=name)
        kept = {f"{a['lesson']}/{e}" for a in read_handin(done.path)["answers"] for e in a["exercises"]}
        told = {c.partition(" is left out")[0] for c in done.contents if "is left out" in c}
        assert (kept, told) == {
            "one/a": ({"one/b", "two/a", "two/b"}, {"one/a"}),
            "*/a": ({"one/b", "two/b"}, {"one/a", "two/a"}),
            "['two', 'one/b']": ({"one/a"}, {"two", "one/b"}),
        }[str(name)]
        assert ("Žižkov" in done.path.read_text("utf-8")) == ("one/b" in kept)
        assert opened(work).record("b").answer == {"secret": "Žižkov"}, "it stays where it was"

    def test_what_is_left_out_leaves_an_earlier_file_too(self, work):
        first = pack(work).path
        assert pack(work, leave_out="*/a").path == first
        assert "a" not in read_handin(first)["answers"][0]["exercises"]
        assert [a["lesson"] for a in read_handin(first)["answers"]] == ["two"], "nothing of one is left to hand in"

    def test_an_exercise_is_not_left_out_by_a_slip(self, work):
        with pytest.raises(CopydeskError, match="no answers to two/c to leave out; there are: two/a, two/b"):
            pack(work, leave_out="two/c")
        with pytest.raises(CopydeskError, match="no answers to tow/a to leave out; there are: one, two"):
            pack(work, leave_out="tow/a")
        assert len(pack(work, leave_out="*/nowhere").contents) == 2
        assert len(list(Path.cwd().iterdir())) == 1

    @pytest.mark.parametrize("exercises", [{"a": {"x": 1}, "b": 2}, {"b": 2}, [], None, "…"])
    def test_nothing_is_left_in_a_form_nobody_knows(self, work, exercises):
        newer = {"schema": 9, "story": "story", "lesson": "one", "exercises": exercises}
        (work / "story" / "one.json").write_text(json.dumps(newer))
        done = pack(work, leave_out="*/a")
        packed = [a for a in read_handin(done.path)["answers"] if a["lesson"] == "one"]
        if isinstance(exercises, dict):
            assert packed[0]["exercises"] == {"b": 2}
        else:
            assert not packed and "cannot leave an exercise out" in done.contents[0]

    def test_an_exercise_with_a_line_of_its_own(self, work):
        opened(work).save("discern", {"choices": {}})
        opened(work, "three").save("discern", {"choices": {}})
        lines = [c for c in pack(work).contents if "never graded" in c]
        assert [c.partition(":")[0] for c in lines] == ["one on “story”", "three on “story”"]
        assert [c for c in pack(work).contents if c.startswith("three")] == lines[1:]
        assert not [c for c in pack(work, leave_out="*/discern").contents if "never graded" in c]

    def test_files_that_are_not_answers_to_that_lesson_stop_nothing(self, work):
        place = work / "story"
        for name, content in (
            ("not a name", {"schema": 1, "exercises": {}}),
            ("three", {"schema": 9, "story": "elsewhere", "lesson": "three"}),
            ("four", {"schema": 1, "story": "story", "lesson": "one", "exercises": {}}),
            ("five", {"schema": 9}),
        ):
            (place / f"{name}.json").write_text(json.dumps(content))
        done = pack(work)
        assert [a["lesson"] for a in read_handin(done.path)["answers"]] == ["five", "one", "two"]
        assert [c.partition(" is not in it")[0] for c in done.contents if "is not in it" in c] == [
            "story/four.json",
            "story/not a name.json",
            "story/three.json",
        ]

    def test_nothing_to_hand_in_is_said(self, tmp_path):
        with pytest.raises(CopydeskError, match="answer an exercise first"):
            pack(tmp_path)
        with pytest.raises(CopydeskError, match="answer an exercise first"):
            pack(tmp_path / "none")
        with pytest.raises(CopydeskError, match="nothing to hand in"):
            pack(tmp_path, story="story")

    def test_a_damaged_lesson_stops_no_other(self, work):
        opened(work, "one").save("a", {"n": 5})
        opened(work, "two").save("b", {"n": 5})
        (work / "story" / "one.json").write_bytes(b"{")
        (work / "story" / "two.json").write_bytes(b"{")
        (work / "story" / "two.json.bak").unlink()
        done = pack(work)
        assert done.contents[0].startswith("one on “story”: 1 of 1")
        unread = "story/two.json is not in it: it cannot be read (is not JSON). Open the lesson to repair it."
        assert done.contents[1] == unread
        assert (work / "story" / "two.json").read_bytes() == b"{", "packing changes nothing"

    def test_a_newer_file_and_what_lies_beside_it_both_go(self, work):
        newer = {"schema": 9, "story": "story", "lesson": "one", "new": [1]}
        (work / "story" / "one.json").write_text(json.dumps(newer))
        opened(work).save("z", {"n": 1})
        done = pack(work)
        assert done.contents[0] == "one on “story”: the whole file, which a newer Copydesk wrote."
        assert len(done.contents) == 3

    def test_a_full_disk_is_one_sentence(self, work, tmp_path):
        (tmp_path / "file").write_text("")
        with pytest.raises(CopydeskError, match="could not be made"):
            pack(work, to=tmp_path / "file" / "folder")


class TestUnpack:
    def test_into_an_empty_folder_everything_is_back(self, work, tmp_path):
        opened(work).set_learner("Zoë")
        handin = pack(work).path
        told = unpack(handin, tmp_path / "new")
        assert told[:2] == ["one on “story”: put back, 1 exercise.", "two on “story”: put back, 2 exercises."]
        for lesson, exercise in (("one", "a"), ("two", "a"), ("two", "b")):
            back = opened(tmp_path / "new", lesson)
            assert back.record(exercise) == opened(work, lesson).record(exercise)
            assert back.notice is None and back.learner == "Zoë"
        before = {p: p.read_bytes() for p in (tmp_path / "new").rglob("*.json")}
        assert all("nothing new" in sentence for sentence in unpack(handin, tmp_path / "new"))
        assert before == {p: p.read_bytes() for p in (tmp_path / "new").rglob("*.json")}

    def test_each_story_goes_back_where_it_belongs(self, work, tmp_path):
        opened(work, "one", story="practice").save("a", {"n": 4})
        unpack(pack(work).path, tmp_path / "new")
        assert opened(tmp_path / "new", "one", story="practice").record("a").answer == {"n": 4}
        assert opened(tmp_path / "new", "one").record("a").answer == {"n": 1}
        assert sorted(p.name for p in (tmp_path / "new").iterdir() if p.is_dir()) == ["practice", "story"]

    def test_a_hand_in_of_the_first_form_is_read_and_put_back(self, work, tmp_path):
        old = json.loads(pack(work, story="story").path.read_text("utf-8"))
        old |= {"schema": 1, "answers": [{n: v for n, v in a.items() if n != "story"} for a in old["answers"]]}
        (tmp_path / "old.json").write_text(json.dumps(old), "utf-8")
        handin = read_handin(tmp_path / "old.json")
        assert (handin["schema"], handin["story"]) == (2, "story")
        assert [a["story"] for a in handin["answers"]] == ["story", "story"]
        unpack(tmp_path / "old.json", tmp_path / "new")
        assert opened(tmp_path / "new", "two").record("a") == opened(work, "two").record("a")
        assert pack(work, story="story", to=tmp_path / "old.json").path.name == "old.json", "still one's own"

    def test_what_is_there_stays_and_the_rest_goes_beside(self, work, tmp_path):
        handin = pack(work).path
        here = opened(tmp_path / "new", "two")
        here.save("a", {"mine": 1})
        here.save("c", {"mine": 2})
        told = unpack(handin, tmp_path / "new")
        kept = "1 exercise put back, 1 exercise kept beside a different answer; what was there stays."
        assert told[1] == f"two on “story”: {kept}"
        record = here.record("a")
        assert (record.answer, record.others, len(record.tries)) == ({"mine": 1}, ({"n": 2},), 1)
        assert here.record("c").answer == {"mine": 2}
        assert not here.save("a", {"mine": 3}).conflict

    def test_an_open_lesson_does_not_overwrite_what_came_back(self, work, tmp_path):
        here = opened(tmp_path / "new", "two")
        unpack(pack(work).path, tmp_path / "new")
        record = here.save("a", {"mine": 1})
        assert record.conflict and record.others == ({"n": 2},)

    def test_another_page_goes_beside_once(self, work, tmp_path):
        handin = pack(work, leave_out=["two"]).path
        opened(tmp_path / "new", page=OTHER_PAGE).save("a", {"mine": 1})
        assert "one.page-abababab.json" in unpack(handin, tmp_path / "new")[0]
        assert "nothing new" in unpack(handin, tmp_path / "new")[0]
        assert opened(tmp_path / "new", page=OTHER_PAGE).record("a").answer == {"mine": 1}
        assert opened(tmp_path / "new").record("a").answer == {"n": 1}

    def test_a_damaged_file_there_is_set_aside(self, work, tmp_path):
        place = tmp_path / "new" / "story"
        place.mkdir(parents=True)
        (place / "one.json").write_bytes(b"{")
        told = unpack(pack(work).path, tmp_path / "new")
        assert "was damaged" in told[0] and len(list(place.glob("one.damaged-*.json"))) == 1
        assert opened(tmp_path / "new").record("a").answer == {"n": 1}

    def test_newer_forms_are_carried_and_never_merged(self, work, tmp_path):
        newer = {"schema": 9, "story": "story", "lesson": "one", "new": [1], "learner": ""}
        (work / "story" / "one.json").write_text(json.dumps(newer))
        opened(work).save("z", {"n": 1})
        handin, new = pack(work).path, tmp_path / "new"
        unpack(handin, new)
        assert json.loads((new / "story" / "one.json").read_text()) == newer
        assert opened(new).record("z").answer == {"n": 1}
        assert all("nothing new" in sentence for sentence in unpack(handin, new))
        opened(tmp_path / "third").save("a", {"mine": 1})
        assert "one.handin.json" in unpack(handin, tmp_path / "third")[0]
        assert opened(tmp_path / "third").record("a").answer == {"mine": 1}

    @FAST
    @given(
        st.lists(st.tuples(st.booleans(), st.sampled_from("abc"), st.sampled_from(["save", "try", "restart"]),
                           st.integers(0, 3)), max_size=12)
    )  # fmt: skip
    def test_no_answer_or_try_of_either_side_is_lost(self, steps):
        with tempfile.TemporaryDirectory() as name:
            home, away = Path(name) / "home", Path(name) / "away"
            files = {True: opened(home), False: opened(away)}
            files[False].save("a", {"n": 9})
            for side, exercise, what, number in steps:
                if what == "save":
                    files[side].save(exercise, {"n": number})
                elif what == "try":
                    files[side].add_try(exercise, {"n": number}, number, 3)
                else:
                    files[side].restart(exercise)
            before = {side: {x: files[side].record(x) for x in "abc"} for side in files}
            unpack(pack(away, to=Path(name)).path, home)
            for exercise in "abc":
                now, mine, theirs = opened(home).record(exercise), before[True][exercise], before[False][exercise]
                assert not mine.answer or now.answer == mine.answer
                assert not theirs.answer or theirs.answer in (now.answer, *now.others)
                assert all(attempt in now.tries for attempt in (*mine.tries, *theirs.tries))


class TestStrangersFiles:
    @pytest.mark.parametrize(
        ("content", "says"),
        [
            (b"", "is empty"),
            (b"PK\x03\x04\xff\xfe", "UTF-8"),
            (b"a,b\n1,2\n", "not JSON"),
            (b"[1, 2]", "not a JSON object"),
            (b'{"nbformat": 4, "cells": []}', "not a Copydesk hand-in"),
            (b"[" * 200_000, "more than a learner could have made"),
            (b"[" * 90_000, "not JSON"),
            (b'{"kind":' + b"[" * 300 + b"]" * 300 + b"}", "brackets"),
            (b'{"kind": "copydesk-handin", "schema": 3}', "newer Copydesk"),
            (b'{"kind": "copydesk-handin", "schema": 2, "learner": "", "answers": {}}', "lacks"),
            (b'{"kind": "copydesk-handin", "schema": 1, "story": "", "learner": "", "answers": []}', "name a story"),
            (b'{"kind": "copydesk-handin", "schema": 2, "story": null, "learner": "", "answers": []}', "name a story"),
            (
                b'{"kind": "copydesk-handin", "schema": 2, "story": "", "learner": "",'
                b' "answers": [{"schema": 1, "lesson": "x", "exercises": {}}]}',
                "name a story",
            ),
            (
                b'{"kind": "copydesk-handin", "schema": 2, "story": "", "learner": "",'
                b' "answers": [{"schema": 1, "lesson": "x", "story": "../s", "exercises": {}}]}',
                "name a story",
            ),
            (
                b'{"kind": "copydesk-handin", "schema": 2, "story": "s", "learner": "",'
                b' "answers": [{"schema": 1, "lesson": "x", "story": "t", "exercises": {}}]}',
                "two stories",
            ),
            (b'{"kind": "copydesk-handin", "schema": "1"}', "schema"),
            (b'{"kind": "copydesk-handin", "schema": 1, "story": "s"}', "lacks"),
            (
                b'{"kind": "copydesk-handin", "schema": 1, "story": "../s", "learner": "", "answers": []}',
                "name a story",
            ),
            (b'{"kind": "copydesk-handin", "schema": 1, "story": 7, "learner": "", "answers": []}', "name a story"),
            (b'{"kind": "copydesk-handin", "schema": 1, "story": "s", "learner": "", "answers": [1]}', "answers"),
            (
                b'{"kind": "copydesk-handin", "schema": 1, "story": "s", "learner": "",'
                b' "answers": [{"schema": 1, "lesson": "../../x", "exercises": {}}]}',
                "name a lesson",
            ),
            (
                b'{"kind": "copydesk-handin", "schema": 1, "story": "s", "learner": "",'
                b' "answers": [{"schema": 1, "lesson": "x", "story": "t", "exercises": {}}]}',
                "two stories",
            ),
            (
                b'{"kind": "copydesk-handin", "schema": 1, "story": "s", "learner": "",'
                b' "answers": [{"schema": 1, "lesson": "x", "exercises": {"q": {"answer": NaN}}}]}',
                "not JSON",
            ),
        ],
    )
    def test_get_a_friendly_sentence_and_change_nothing(self, content, says, tmp_path):
        (tmp_path / "file.json").write_bytes(content)
        for read in (read_handin, lambda path: unpack(path, tmp_path / "root")):
            with pytest.raises(CopydeskError, match=says):
                read(tmp_path / "file.json")
        assert not (tmp_path / "root").exists()

    def test_too_large_missing_or_a_folder(self, tmp_path):
        with (tmp_path / "big.json").open("wb") as file:
            file.truncate(20_000_001)
        with pytest.raises(CopydeskError, match="larger than 4 MB"):
            read_handin(tmp_path / "big.json")
        for path in (tmp_path, tmp_path / "none.json"):
            with pytest.raises(CopydeskError, match="no file"):
                read_handin(path)

    @FAST
    @given(data=st.data())
    def test_garbling_a_hand_in_raises_nothing_else(self, data):
        with tempfile.TemporaryDirectory() as name:
            root = Path(name)
            opened(root / "a").add_try("q", {"n": "ž"}, 1, 2)
            path = pack(root / "a", to=root).path
            content = bytearray(path.read_bytes())
            for _ in range(data.draw(st.integers(1, 4))):
                content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
            path.write_bytes(content[: data.draw(st.integers(0, len(content)))])
            try:
                unpack(path, root / "b")
            except CopydeskError as error:
                assert str(error)
