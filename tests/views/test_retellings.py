"""Retellings beside their passages: what differs is found and marked in words, and the drift is never named."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.base.spans import Span, words
from copydesk.base.wording import choice_labels, load_wording
from copydesk.desk import open_lesson
from copydesk.exercises.exercise import Exercise, Item
from copydesk.lessons.lesson import Lesson, load_lesson
from copydesk.page.html import css
from copydesk.views.retellings import Piece, retelling_page, retellings, word_diff

LESSON = load_lesson("08_your_own_brief")
DRIFTS = LESSON.exercise("drifts")
TEXT = LESSON.story.article.text
SAY = load_wording("strings")["retellings"]


def shown(before: str, after: str) -> list[tuple[str, str]]:
    """The pieces in short: = in both, - left out, + added."""
    found = []
    for p in word_diff(before, after):
        sign = "=" if p.before and p.after else "-" if p.before else "+"
        found.append((sign, p.before.of(before) if p.before else p.after.of(after) if p.after else ""))
    return found


class TestWordDiff:
    @pytest.mark.parametrize(
        ("before", "after", "expect"),
        [
            ("It rained.", "It rained.", [("=", "It rained")]),
            ("It rained, he said.", "It rained.", [("=", "It rained"), ("-", "he said")]),
            ("It rained.", "It rained again.", [("=", "It rained"), ("+", "again")]),
            ("He left early.", "She left early.", [("-", "He"), ("+", "She"), ("=", "left early")]),
            ("The rain, he said, ends", "THE RAIN he said: ends!", [("=", "The rain, he said, ends")]),
            ("a “silent” cut", "a silent cut", [("=", "a"), ("-", "“"), ("=", "silent"), ("-", "”"), ("=", "cut")]),
            ("", "", []),
            ("… , –", "!", []),
            ("", "new", [("+", "new")]),
            ("old", "", [("-", "old")]),
        ],
    )
    def test_words_and_marks(self, before: str, after: str, expect: list[tuple[str, str]]) -> None:
        assert shown(before, after) == expect

    @given(
        *[st.lists(st.sampled_from(["rain", "Rain", "ends", "“", "”", ",", "ß", "40"]), max_size=12).map(" ".join)] * 2
    )
    def test_every_word_of_both_stands_in_one_piece_and_in_order(self, before: str, after: str) -> None:
        pieces = word_diff(before, after)
        for text, spans in ((before, [p.before for p in pieces]), (after, [p.after for p in pieces])):
            mine = [s for s in spans if s]
            assert mine == sorted(mine)
            assert [w for s in mine for w in words(text, s)] == words(text)
            assert all(not a.overlap(b) for a, b in pairwise(mine))
        for p in pieces:
            assert p != Piece(None, None)
            if p.before and p.after:
                said = [[w.of(t).casefold() for w in words(t, s)] for t, s in ((before, p.before), (after, p.after))]
                assert said[0] == said[1]

    @given(st.text(max_size=60))
    def test_a_text_does_not_differ_from_itself(self, text: str) -> None:
        assert all(p.before == p.after for p in word_diff(text, text))


class TestRetellings:
    def test_each_has_its_passage_its_teller_and_its_text(self) -> None:
        told = retellings(DRIFTS)
        assert [r.text for r in told] == [i.text for i in DRIFTS.items] and len(told) == 6
        assert all(r.passage.of(TEXT).strip() and r.teller and r.where for r in told)

    def test_what_has_no_passage_or_no_retelling_is_none(self) -> None:
        items = (Item(id="a", where="here", span=(0, 4)), Item(id="b", where="there", text="Rain."))
        assert retellings(replace(DRIFTS, items=items)) == []

    def test_the_exercise_shows_the_retelling_and_not_the_passage(self) -> None:
        told = DRIFTS.full_view(LESSON.story)["items"]
        assert [i["text"] for i in told] == [r.text for r in retellings(DRIFTS)]
        assert [i["where"] for i in told] == [f"{n} · {r.where}" for n, r in enumerate(retellings(DRIFTS), 1)]


class Reader(HTMLParser):
    """What is shown of a page: its quotations, and the words in <del> and <ins> with and without what is hidden."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.quotes: list[str] = []
        self.marks: list[tuple[str, str, str]] = []
        self.heads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append((tag, dict(attrs).get("class") or ""))
        if tag == "blockquote":
            self.quotes.append("")
        if tag in ("del", "ins"):
            self.marks.append((tag, "", ""))
        if tag in ("h3", "h4"):
            self.heads.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag, "well nested"

    def handle_data(self, data: str) -> None:
        inside = [tag for tag, _ in self.open]
        hidden = any(c == "cd-visually-hidden" for _, c in self.open)
        sign = any(c == "cd-sign" for _, c in self.open)
        if "blockquote" in inside and not hidden and not sign:
            self.quotes[-1] += data
        if self.marks and ("del" in inside or "ins" in inside):
            tag, eye, ear = self.marks[-1]
            self.marks[-1] = (tag, eye + ("" if hidden else data), ear + ("" if sign else data))
        if inside and inside[-1] in ("h3", "h4"):
            self.heads[-1] += data


def read(lesson: Lesson, exercise: str = "drifts") -> tuple[Reader, str]:
    page = retelling_page(lesson, exercise)
    html, summary = page.html, page.plain
    reader = Reader()
    reader.feed(html)
    assert not reader.open
    return reader, summary


def with_items(*items: Item) -> Lesson:
    made: Exercise = replace(DRIFTS, items=items)
    return replace(LESSON, exercises=tuple(made if e is DRIFTS else e for e in LESSON.exercises))


class TestPage:
    def test_both_texts_stand_there_whole_one_after_the_other(self) -> None:
        reader, summary = read(LESSON)
        pairs = [t for r in retellings(DRIFTS) for t in (r.passage.of(TEXT), r.text)]
        assert reader.quotes == pairs
        assert summary == "6 passages of the story, each beside a retelling that was written for this lesson."

    def test_each_text_is_labelled_in_words(self) -> None:
        heads = read(LESSON)[0].heads
        first = retellings(DRIFTS)[0]
        assert (
            heads[:3] == ["Retelling 1", f"The story, {first.where}", f"Made up: {first.teller}"] and len(heads) == 18
        )
        assert SAY["note"] in retelling_page(LESSON, "drifts").html

    def test_each_mark_has_a_sign_for_the_eye_and_words_for_the_ear(self) -> None:
        legend, marks = read(LESSON)[0].marks[:2], read(LESSON)[0].marks[2:]
        assert [eye for _, eye, _ in legend] == [f"−{SAY['left_out']}", f"+{SAY['added']}"]
        assert len(marks) > 12
        for tag, eye, ear in marks:
            assert eye.startswith({"del": "−", "ins": "+"}[tag])
            assert ear.startswith({"del": "left out: ", "ins": "added: "}[tag])
            assert eye[1:] == ear.partition(": ")[2] != ""

    def test_the_marks_are_those_of_the_comparison(self) -> None:
        marks = iter(read(LESSON)[0].marks[2:])
        for r in retellings(DRIFTS):
            passage = r.passage.of(TEXT)
            pieces = word_diff(passage, r.text)
            left = [("del", f"−{p.before.of(passage)}") for p in pieces if p.before and not p.after]
            right = [("ins", f"+{p.after.of(r.text)}") for p in pieces if p.after and not p.before]
            assert [next(marks)[:2] for _ in (*left, *right)] == [*left, *right]
        assert next(marks, None) is None

    def test_the_two_marks_differ_in_line_style_too(self) -> None:
        lines = dict(re.findall(r"\.cd-retellings (del|ins) \{ border-bottom: \d+px (\w+)", css()))
        assert set(lines) == {"del", "ins"} and len(set(lines.values())) == 2

    def test_no_drift_is_named(self) -> None:
        html = retelling_page(LESSON, "drifts").html.rpartition("</style>")[2]
        for value, words_shown in choice_labels("drift").items():
            assert value not in html and words_shown not in html

    def test_hostile_words_stay_words(self) -> None:
        hostile = "<script>alert(1)</script> & </ins><b onload=x>"
        item = Item(id="d1", where=f"here {hostile}", span=(675, 746), teller=hostile, text=hostile)
        reader, _ = read(with_items(item))
        assert reader.quotes[1] == hostile and reader.heads[2] == f"Made up: {hostile}"
        assert "<script>" not in retelling_page(with_items(item), "drifts").html

    def test_the_same_words_get_no_marks(self) -> None:
        same = Item(id="d1", where="here", span=(675, 746), teller="a copy", text=Span(675, 746).of(TEXT))
        assert len(read(with_items(same))[0].marks) == 2, "the legend's own"

    def test_at_the_desk(self) -> None:
        page = open_lesson("08_your_own_brief").retellings("drifts")
        assert repr(page).startswith("6 passages") and LESSON.story.rights in page.html and "cd-sides" in page.html


class TestRubric:
    def test_four_rows_of_four_levels_add_up_to_the_points_of_the_brief(self) -> None:
        rubric = load_wording("rubric")
        assert [row["id"] for row in rubric["row"]] == ["claim", "evidence", "reasoning", "rival"]
        assert all(len(set(row["points"])) == 4 for row in rubric["row"]) and len(rubric["columns"]) == 5
        assert LESSON.exercise("brief").points == 3 * len(rubric["row"])
        assert "12" in rubric["caption"] and "12" in rubric["plain"]

    def test_no_row_asks_for_a_side(self) -> None:
        said = " ".join(text for row in load_wording("rubric")["row"] for text in (row["name"], *row["points"]))
        assert not re.search(r"\b(side|right opinion|agrees? with|correct|neutral|balanced)\b", said)

    def test_at_the_desk(self) -> None:
        page = open_lesson("08_your_own_brief").rubric()
        assert all(row["name"] in page.html for row in load_wording("rubric")["row"])
        assert repr(page) == load_wording("rubric")["plain"]
