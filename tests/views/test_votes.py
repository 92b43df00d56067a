"""Votes of a class: counted without names, from files or from a class that says it is made up."""

import json
from pathlib import Path

import pytest

from copydesk import open_lesson
from copydesk.answers import AnswerFile
from copydesk.answers.handin import pack
from copydesk.base.errors import CopydeskError
from copydesk.lessons.lesson import Lesson, load_lesson
from copydesk.story.story import Story
from copydesk.views.agreement import agreement, class_votes

ID = "06_do_we_agree"


@pytest.fixture
def lesson(baltics: Story) -> Lesson:
    return load_lesson(ID, baltics)


def hand_in(lesson: Lesson, root: Path, name: str, to: Path, **votes: str) -> None:
    file = AnswerFile.open(lesson.story.id, ID, sha256=lesson.story.about["sha256"], root=root / name)
    file.set_learner(name)
    file.save("vote", {"choices": votes})
    pack(root / name, story=lesson.story.id, to=to)


def test_without_files_the_class_is_made_up_and_says_so(lesson: Lesson, tmp_path: Path) -> None:
    votes = class_votes(lesson, "vote", tmp_path)
    assert votes.made_up and votes.learners == 24
    assert set(votes.table) == {i.id for i in lesson.exercise("vote").items}
    assert {sum(row.values()) for row in votes.table.values()} == {24}


def test_after_the_rule_the_made_up_class_agrees_more(lesson: Lesson, tmp_path: Path) -> None:
    before, after = (agreement(class_votes(lesson, name, tmp_path)) for name in ("vote", "revote"))
    assert before.percent and after.percent and before.percent < after.percent
    assert before.alpha is not None and after.alpha is not None and before.alpha < 0.4 < after.alpha
    assert before.low is not None and before.high is not None and before.low < before.alpha < before.high


def test_files_of_a_class_are_counted_and_nobody_is_named(lesson: Lesson, tmp_path: Path) -> None:
    box = tmp_path / "class"
    for name, vote in (("Ann", "yes"), ("Bo", "no"), ("Cy", "no")):
        hand_in(lesson, tmp_path, name, box, v1=vote, v2="no")
    votes = class_votes(lesson, "vote", box)
    assert not votes.made_up and votes.learners == 3
    assert votes.table["v1"] == {"yes": 1, "no": 2} and votes.table["v2"] == {"yes": 0, "no": 3}
    assert votes.table["v3"] == {"yes": 0, "no": 0}
    assert not any(name in repr(votes) for name in ("Ann", "Bo", "Cy"))


def test_of_a_hand_in_with_all_stories_only_this_storys_votes_count(lesson: Lesson, tmp_path: Path) -> None:
    for story, vote in ((lesson.story.id, "yes"), ("another-story", "no")):
        AnswerFile.open(story, ID, sha256="ab" * 32, root=tmp_path / "Ann").save("vote", {"choices": {"v1": vote}})
    pack(tmp_path / "Ann", to=tmp_path / "class")
    votes = class_votes(lesson, "vote", tmp_path / "class")
    assert votes.learners == 1 and votes.table["v1"] == {"yes": 1, "no": 0}


def test_what_cannot_be_read_is_counted_and_left_out(lesson: Lesson, tmp_path: Path) -> None:
    box = tmp_path / "class"
    hand_in(lesson, tmp_path, "Ann", box, v1="yes", v2="perhaps", v9="no")
    (box / "broken.json").write_text("{", "utf-8")
    (box / "other.json").write_text(json.dumps({"a": 1}), "utf-8")
    votes = class_votes(lesson, "vote", box)
    assert (votes.learners, votes.unreadable) == (1, 2)
    assert "perhaps" not in repr(votes) and "v9" not in votes.table


def test_a_story_without_a_class_says_where_files_go(baltics: Story, tmp_path: Path) -> None:
    lesson = load_lesson("04_which_words_frame", baltics)
    with pytest.raises(CopydeskError, match="no votes on 'readings' yet; put hand-in files into the folder"):
        class_votes(lesson, "readings", tmp_path)


def test_the_class_is_shown_only_after_the_learners_own_vote(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COPYDESK_CLASS", str(tmp_path))
    desk = open_lesson(ID)
    assert repr(desk.split("vote")).startswith("First do “First vote”")
    desk.answers.save("vote", {"choices": {"v1": "yes"}})
    figure = desk.split("vote")
    assert "made up by the kit" in repr(figure) and "alpha is 0.23" in repr(figure)
    assert "you: yes" in figure._repr_html_() and "<td" in figure._repr_html_()
    assert figure.table.rows[0][-1] == "yes"  # type: ignore[union-attr]
