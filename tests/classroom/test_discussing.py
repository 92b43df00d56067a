"""The class discussion: counted right, nobody to be picked out, a talk's before and after; and its notebooks run."""

import json
import re
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from copydesk.base.errors import CopydeskError
from copydesk.lessons.lesson import load_lesson
from copydesk.views.agreement import class_votes, krippendorff_alpha
from copydesk_classroom import discussing as class_answers
from copydesk_classroom.collecting.collect import latest_answers
from copydesk_classroom.discussing import Reader, Room, class_choices, class_marks, discussion, items_of
from copydesk_classroom.reporting.tally import FEWEST
from tests.classroom.made_class import document, entry, handin, lesson, put
from tests.lessons.test_nbval import ROOT, assert_green, nbval

STORY, VOTES, MARKS = "greywater-barrage", "06_do_we_agree", "04_which_words_frame"
Json = dict[str, Any]
ITEMS = [i.id for i in lesson(VOTES, STORY).exercise("vote").items]


def hand_in(folder: Path, name: str, lesson_id: str, exercises: Json) -> None:
    about = {"story": STORY, "lesson": lesson_id, "sha256": lesson(lesson_id, STORY).story.about["sha256"]}
    put(folder / f"{name}.json", handin(name, document(exercises, **about), story="", schema=2))


def vote(folder: Path, number: int, yes: int, *, exercise: str = "vote") -> None:
    """One learner who says yes to the first so many items, and no to the rest."""
    chosen = {name: "yes" if n < yes else "no" for n, name in enumerate(ITEMS)}
    hand_in(folder, f"Learner {number}", VOTES, {exercise: entry({"choices": chosen})})


def mark(folder: Path, number: int, *tries: list[list[int]]) -> None:
    """One learner who marked these spans, try by try."""
    made = [{"groups": [{"wording": [span], "labels": {}} for span in spans]} for spans in tries]
    hand_in(folder, f"Learner {number}", MARKS, {"devices": entry(*made)})


@pytest.fixture
def room(tmp_path: Path) -> Room:
    for number, yes in enumerate((0, 2, 2, 5, 8)):
        vote(tmp_path / "class", number, yes)
    return discussion(tmp_path / "class", story=STORY)


def bars(html: str) -> list[str]:
    return re.findall(r'role="img" aria-label="([^"]*)"', html)


class TestVotes:
    def test_they_are_counted_as_they_were_given(self, room: Room) -> None:
        its = lesson(VOTES, STORY)
        found = class_choices(Reader().read(room.folder, its), its, its.exercise("vote"))
        assert found is not None and not found.made_up and found.learners == 5
        expected = {name: sum(n < yes for yes in (0, 2, 2, 5, 8)) for n, name in enumerate(ITEMS)}
        assert {name: row["yes"] for name, row in found.table.items()} == expected
        assert found.table == class_votes(its, "vote", room.folder).table, "as the lesson itself counts them"
        shown = bars(room.split("06/vote").html)
        assert shown[0] == "yes 80 %, no 20 %" and shown[-1] == "yes 20 %, no 80 %" and len(shown) == len(ITEMS)
        assert repr(room.split("06_do_we_agree/vote")).startswith("First vote: 8 items, 5 learners; most divided: v3")

    def test_no_name_and_no_file_is_shown(self, room: Room) -> None:
        for page in (room.split("06/vote"), room.compare("06/vote", folder=room.folder.with_name("other"))):
            assert "Learner" not in page.html and "handin" not in page.html and "0.json" not in page.html
        assert "5 learners, without names" in room.split("06/vote").html

    def test_fewer_than_five_are_not_shown(self, room: Room) -> None:
        (room.folder / "Learner 4.json").unlink()
        assert FEWEST == 5
        for page in (room.split("06/vote"), room.compare("06/vote", "06/revote")):
            assert "So far 4 have answered" in repr(page) and "%" not in page.html.partition("</style>")[2]

    def test_an_item_that_few_answered_stays_open(self, room: Room) -> None:
        for number in (5, 6):
            chosen = {ITEMS[0]: "yes"}
            hand_in(room.folder, f"Learner {number}", VOTES, {"vote": entry({"choices": chosen})})
        for number in (3, 4):
            (room.folder / f"Learner {number}.json").unlink()
        html = room.split("06/vote").html
        assert len(bars(html)) == 1 and html.count("fewer than 5 answers") == 2 * (len(ITEMS) - 1)
        assert "most divided: v1" in repr(room.split("06/vote"))

    def test_a_learner_who_handed_in_twice_counts_once(self, room: Room) -> None:
        before = room.split("06/vote").html
        shutil.copy(room.folder / "Learner 1.json", room.folder / "again.json")
        put(room.folder / "broken.json", b"{")
        assert room.split("06/vote").html == before

    def test_choices_in_forms_can_be_shown_too(self, tmp_path: Path) -> None:
        its = lesson("05_what_is_the_frame", STORY)
        asked = items_of(its, its.exercise("questions"))
        for number in range(6):
            values = {item.id: [*item.choices][number % 2] for item in asked}
            hand_in(tmp_path / "class", f"L{number}", its.id, {"questions": entry({"values": values})})
        page = discussion(tmp_path / "class", story=STORY).split("05/questions")
        assert len(asked) >= 10 and len(bars(page.html)) == len(asked) and "50 %" in bars(page.html)[0]

    def test_new_files_are_seen_and_old_ones_are_not_read_again(
        self, room: Room, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        read: list[Path] = []
        monkeypatch.setattr(
            class_answers, "latest_answers", lambda *a, **k: read.append(a[0]) or latest_answers(*a, **k)
        )
        for _ in range(2):
            assert "5 learners" in repr(room.split("06/vote"))
        assert len(read) == 1
        vote(room.folder, 9, 3)
        assert "6 learners" in repr(room.split("06/vote")) and len(read) == 2

    def test_a_zip_will_do(self, room: Room, tmp_path: Path) -> None:
        zipped = shutil.make_archive(str(tmp_path / "class"), "zip", room.folder)
        assert discussion(zipped, story=STORY).split("06/vote").html == room.split("06/vote").html

    def test_the_folder_can_be_named_in_the_environment(self, room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("COPYDESK_CLASS", str(room.folder))
        assert discussion(story=STORY).split("06/vote").html == room.split("06/vote").html


class TestRevote:
    def test_a_second_exercise(self, room: Room) -> None:
        for number, yes in enumerate((4, 4, 4, 4, 3)):
            chosen = {e: entry({"choices": {i: "yes" if n < y else "no" for n, i in enumerate(ITEMS)}})
                      for e, y in (("vote", (0, 2, 2, 5, 8)[number]), ("revote", yes))}  # fmt: skip
            hand_in(room.folder, f"Learner {number}", VOTES, chosen)
        page = room.compare("06/vote", "06/revote")
        table = {n: Counter("yes" if n < y else "no" for y in (4, 4, 4, 4, 3)) for n in range(8)}
        alpha = krippendorff_alpha(table)
        assert alpha is not None and f"After: agree in 95 % of pairs, alpha {alpha:.2f}" in repr(page)
        assert bars(page.html)[:2] == ["before yes 80 %, no 20 %", "after yes 100 %, no 0 %"]
        assert "First vote, then Second vote" in page.html

    def test_a_second_folder(self, room: Room, tmp_path: Path) -> None:
        for number in range(6):
            vote(tmp_path / "after", number, 8)
        page = room.compare("06/vote", folder=tmp_path / "after")
        assert "First vote, again" in page.html and bars(page.html)[1] == "after yes 100 %, no 0 %"
        assert "After: agree in 100 % of pairs, no alpha" in repr(page)

    def test_a_real_class_is_never_set_beside_a_made_up_one(self, room: Room) -> None:
        page = room.compare("06/vote", "06/revote")
        assert "is not in" in repr(page) and "%" not in page.html.partition("</style>")[2]

    def test_the_same_twice_is_no_comparison(self, room: Room) -> None:
        assert "is not in" in repr(room.compare("06/vote"))


class TestHeat:
    def test_first_answers_are_counted_and_single_marks_left_out(self, tmp_path: Path) -> None:
        its = lesson(MARKS, STORY)
        start = its.story.article.block("p1").start
        common, lone, later = [start + 20, start + 30], [start + 50, start + 60], [start + 70, start + 80]
        for number in range(5):
            mark(tmp_path / "class", number, [common, *([lone] if number == 0 else [])], [later])
        room = discussion(tmp_path / "class", story=STORY)
        page = room.heat("04/devices")
        marked = re.findall(r"<mark class=cd-h(\d)><span class=cd-tag>(\d+)</span>([^<]*)</mark>", page.html)
        text = its.story.article.text
        assert [(level, n) for level, n, _ in marked] == [("4", "100")]
        assert marked[0][2] == text[common[0] : common[1]].strip()  # whole words are shaded
        assert "5 learners, 1 passages marked; the most by 100 % of them, in paragraph 1" in repr(page)
        assert "Learner" not in page.html

    def test_shades_follow_the_share(self, tmp_path: Path) -> None:
        start = lesson(MARKS, STORY).story.article.block("p1").start
        spans = [[start + 20 * n, start + 20 * n + 8] for n in range(1, 5)]
        for number in range(10):  # marked by 10, 6, 3 and 2 of ten
            taken = [s for s, n in zip(spans, (10, 6, 3, 2), strict=True) if number < n]
            mark(tmp_path / "class", number, taken)
        html = discussion(tmp_path / "class", story=STORY).heat("04/devices").html
        found = re.findall(r"<mark class=cd-h(\d)><span class=cd-tag>(\d+)<", html)
        assert found == [("4", "100"), ("3", "60"), ("2", "30"), ("1", "20")]

    def test_fewer_than_five_are_not_shown(self, tmp_path: Path) -> None:
        start = lesson(MARKS, STORY).story.article.block("p1").start
        for number in range(4):
            mark(tmp_path / "class", number, [[start, start + 9]])
        page = discussion(tmp_path / "class", story=STORY).heat("04/devices")
        assert "So far 4 have answered" in repr(page) and "<mark" not in page.html

    def test_marks_outside_the_page_are_left_out(self, tmp_path: Path) -> None:
        for number in range(6):
            mark(tmp_path / "class", number, [[5, 9], [10**9, 10**9 + 5], [9, 2]])
        assert "6 learners" in repr(discussion(tmp_path / "class", story=STORY).heat("04/devices"))

    def test_a_role_can_be_named(self, tmp_path: Path) -> None:
        room = discussion(tmp_path / "none", story=STORY)
        assert "cue" in repr(room.heat("02/mark_alone", "cue")) and "source" in repr(room.heat("02/mark_alone"))
        with pytest.raises(CopydeskError, match="has no role 'moral'; there are: source, cue, content"):
            room.heat("02/mark_alone", "moral")


class TestMadeUp:
    @pytest.mark.parametrize("story", ["baltics-2022", STORY])
    def test_with_no_files_every_picture_says_so(self, story: str, tmp_path: Path) -> None:
        room = discussion(tmp_path / "none", story=story)
        for page in (
            room.split("06/vote"),
            room.compare("06/vote", "06/revote"),
            room.heat("04/devices"),
            room.heat("02/mark_alone", "content"),
        ):
            assert "A class that the kit made up (24 learners)" in page.html
        assert "made up" in repr(room)

    def test_its_marks_are_the_same_each_time_and_of_many_minds(self, tmp_path: Path) -> None:
        its = load_lesson(MARKS)
        made = [class_marks([], its, its.exercise("devices"), "wording") for _ in "ab"]
        assert made[0] == made[1] and made[0] is not None and made[0].made_up
        assert len(set(made[0].spans)) > 12

    def test_where_nothing_was_made_up_it_waits(self, tmp_path: Path) -> None:
        assert "Nobody’s answers to" in repr(discussion(tmp_path, story=STORY).split("04/who_acts"))


@pytest.mark.parametrize(
    ("act", "says"),
    [
        (lambda r: r.split("06"), "no exercise '06'; write lesson/exercise, for example 06/vote"),
        (lambda r: r.split("99/vote"), "no exercise '99/vote'"),
        (lambda r: r.split("08/brief"), "no exercise '08/brief'|offers nothing to choose from"),
        (lambda r: r.split("06/nothing"), "no exercise 'nothing'"),
        (lambda r: r.split("06/rule"), "'06/rule' offers nothing to choose from; there are: vote, revote"),
        (lambda r: r.heat("06/vote"), "'06/vote' is not a marking exercise"),
    ],
)
def test_a_wrong_name_is_one_sentence(act: Any, says: str, tmp_path: Path) -> None:
    with pytest.raises(CopydeskError, match=says):
        act(discussion(tmp_path, story=STORY))


class TestNotebooks:
    """They run with no class at all, and with one whose numbers are other ones."""

    NAMES = ("class_discussion.ipynb", "grade_writing.ipynb")

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        """A copy that no file of a class lies beside."""
        folder = tmp_path / "kit" / "instructor"
        folder.mkdir(parents=True)
        for name in self.NAMES:
            shutil.copy(ROOT / "notebooks" / "instructor" / name, folder)
        return folder

    def test_they_pass_twice_with_no_files_and_leave_none(self, folder: Path, tmp_path: Path) -> None:
        for _ in range(2):
            assert_green(nbval(tmp_path / "answers", *self.NAMES, folder=folder))
        assert sorted(p.name for p in folder.iterdir()) == sorted(self.NAMES)

    def test_nbval_can_fail(self, folder: Path, tmp_path: Path) -> None:
        """A package that counts agreement wrongly turns both red."""
        package = tmp_path / "package"
        shutil.copytree(ROOT / "src" / "copydesk", package / "copydesk")
        counts = package / "copydesk" / "views" / "agreement.py"
        right = counts.read_text("utf-8")
        counts.write_text(right.replace("(sum(totals) - 1) * observed", "sum(totals) * observed"), "utf-8")
        assert counts.read_text("utf-8") != right
        done = nbval(tmp_path / "answers", *self.NAMES, folder=folder, package=package)
        assert done.returncode == 1, done.stdout[-3000:]
        assert all(re.search(rf"FAILED \S*{name}", done.stdout) for name in self.NAMES), done.stdout[-3000:]

    def test_nothing_of_a_story_is_stored_in_them(self) -> None:
        for name in self.NAMES:
            cells = json.loads((ROOT / "notebooks" / "instructor" / name).read_text("utf-8"))["cells"]
            stored = [o["data"]["text/plain"] for c in cells for o in c.get("outputs", ())]
            assert len(stored) >= 2 and all(len("".join(text)) < 400 for text in stored)
