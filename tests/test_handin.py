"""Hand-in and rescue: one small file that says what is in it, and goes back without overwriting anything."""

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk.answers import AnswerFile
from copydesk.answers.handin import pack, read_handin, unpack
from copydesk.errors import CopydeskError

PAGE, OTHER_PAGE = "ab" * 32, "cd" * 32
FAST = settings(max_examples=60, deadline=None)


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
        done = pack(work)
        assert done.path == tmp_path / "cwd" / "handin_anonymous_story.json"
        assert done.bytes == done.path.stat().st_size < 2000
        assert done.contents[0].startswith("one: 1 of 1 exercise answered, last changed 20")
        assert done.contents[1].startswith("two: 1 of 2 exercises answered")
        handin = json.loads(done.path.read_text("utf-8"))
        assert (handin["schema"], handin["kind"], handin["story"], handin["learner"]) == (
            1,
            "copydesk-handin",
            "story",
            "",
        )
        assert [a["lesson"] for a in handin["answers"]] == ["one", "two"]

    def test_the_learner_names_the_file_and_a_forgotten_name_is_gone(self, work):
        opened(work).set_learner("Zoë / ../CON: 7")
        opened(work).save("a", {"n": 3})
        done = pack(work)
        assert done.path.name == "handin_Zoë_CON_7_story.json"
        assert read_handin(done.path)["answers"][0]["learner"] == "Zoë / ../CON: 7"
        opened(work).set_learner("")
        assert "Zoë" not in pack(work).path.read_text("utf-8")

    def test_a_lesson_can_be_left_out_but_not_by_a_slip(self, work):
        done = pack(work, leave_out=["two"])
        assert "two is left out, as you asked." in done.contents
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
        assert pack(work).path.name == "handin_A_B_story_2.json" and read_handin(mine)["learner"] == "A/B"
        (tmp_path / "shopping.json").write_text("milk")
        assert pack(work, to=tmp_path / "shopping.json").path.name == "shopping_2.json"
        assert (tmp_path / "shopping.json").read_text() == "milk"
        assert not list(Path.cwd().glob(".*"))

    def test_several_stories_must_be_told_apart(self, work):
        opened(work, story="other").save("a", {})
        (work / ".ipynb_checkpoints").mkdir()
        (work / ".ipynb_checkpoints" / "x.json").write_text("{}")
        with pytest.raises(CopydeskError, match="name one: other, story"):
            pack(work)
        assert pack(work, story="other").path.name == "handin_anonymous_other.json"
        with pytest.raises(CopydeskError, match="cannot name"):
            pack(work, story="../story")

    def test_nothing_to_hand_in_is_said(self, tmp_path):
        with pytest.raises(CopydeskError, match="answer an exercise first"):
            pack(tmp_path)
        with pytest.raises(CopydeskError, match="answer an exercise first"):
            pack(tmp_path / "none")
        with pytest.raises(CopydeskError, match="nothing to hand in"):
            pack(tmp_path, story="story")

    def test_a_damaged_lesson_stops_no_other(self, work):
        opened(work, "one").save("a", {"n": 5})
        (work / "story" / "one.json").write_bytes(b"{")
        (work / "story" / "two.json").write_bytes(b"{")
        (work / "story" / "two.json.bak").unlink()
        done = pack(work)
        assert done.contents[0].startswith("one: 1 of 1")
        assert done.contents[1] == "two.json is not in it: it cannot be read (is not JSON). Open the lesson to mend it."
        assert (work / "story" / "two.json").read_bytes() == b"{", "packing changes nothing"

    def test_a_newer_file_and_what_lies_beside_it_both_go(self, work):
        newer = {"schema": 9, "story": "story", "lesson": "one", "new": [1]}
        (work / "story" / "one.json").write_text(json.dumps(newer))
        opened(work).save("z", {"n": 1})
        done = pack(work)
        assert done.contents[0] == "one: the whole file, which a newer Copydesk wrote."
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
        assert told[:2] == ["one: put back, 1 exercise.", "two: put back, 2 exercises."]
        for lesson, exercise in (("one", "a"), ("two", "a"), ("two", "b")):
            back = opened(tmp_path / "new", lesson)
            assert back.record(exercise) == opened(work, lesson).record(exercise)
            assert back.notice is None and back.learner == "Zoë"
        before = {p: p.read_bytes() for p in (tmp_path / "new").rglob("*.json")}
        assert all("nothing new" in sentence for sentence in unpack(handin, tmp_path / "new"))
        assert before == {p: p.read_bytes() for p in (tmp_path / "new").rglob("*.json")}

    def test_what_is_there_stays_and_the_rest_goes_beside(self, work, tmp_path):
        handin = pack(work).path
        here = opened(tmp_path / "new", "two")
        here.save("a", {"mine": 1})
        here.save("c", {"mine": 2})
        told = unpack(handin, tmp_path / "new")
        assert told[1] == "two: 1 exercise put back, 1 exercise kept beside a different answer; what was there stays."
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
            (b"[" * 200_000, "not JSON"),
            (b'{"kind":' + b"[" * 300 + b"]" * 300 + b"}", "brackets"),
            (b'{"kind": "copydesk-handin", "schema": 2}', "newer Copydesk"),
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
        with pytest.raises(CopydeskError, match="larger than 20 MB"):
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
