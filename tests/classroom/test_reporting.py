"""The class report: counted by hand, without anybody's name or words, the same in whatever order it is added up."""

import base64
import copy
import hashlib
import json
import random
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.make_class import document as made
from copydesk.base.errors import CopydeskError
from copydesk.cli import main
from copydesk.lessons.lesson import Lesson, load_lesson
from copydesk.story.story import load_story
from copydesk.views.agreement import krippendorff_alpha
from copydesk_classroom.course import Unit
from copydesk_classroom.grading.grade import grade
from copydesk_classroom.grading.write_report import report
from copydesk_classroom.marking.scores import Sheet, mark_lesson
from copydesk_classroom.reporting.lesson import Row, rows, shares, splits
from copydesk_classroom.reporting.page import dividing, questions, report_page
from copydesk_classroom.reporting.tally import Course, Exercised, class_counts, contribution, ground
from tests.classroom.made_class import Json, best, document, entry, full, handin, lesson, put
from tests.classroom.test_feedback_page import HOSTILE, Outline

PRACTICE = Unit.of(lesson(), "00_start_here", {})
BALTICS = {n: Unit.of(lesson(n, "baltics-2022"), n, {}) for n in ("02_who_says_so", "04_which_words_frame",
           "05_what_is_the_frame", "06_do_we_agree", "07_what_was_going_on")}  # fmt: skip
RIGHT = best("voices")["choices"]


def sheet(exercises: dict[str, Json], unit: Unit = PRACTICE) -> Sheet:
    faults: list[Any] = []
    done = mark_lesson(unit, {"exercises": exercises}, "x.json", faults)
    assert faults == []
    return done


def tallied(*works: dict[str, Json], unit: Unit = PRACTICE) -> Course:
    return class_counts(contribution([sheet(work, unit)]) for work in works)


def done(course: Course, name: str, unit: Unit = PRACTICE) -> Exercised:
    place = next(n for n, e in enumerate(unit.lesson.exercises) if e.id == name)
    return course.lessons[0].exercises[place]


def by_place(found: list[Row]) -> dict[str, Row]:
    return {row.item.place: row for row in found}


def sorting(*tries: dict[str, str]) -> dict[str, Json]:
    return {"voices": entry(*({"choices": {**RIGHT, **wrong}} for wrong in tries))}


def page(course: Course, *units: Unit) -> str:
    return report_page(units or (PRACTICE,), course, {})


class TestCounts:
    def test_items_are_counted_at_first_and_in_the_end_with_what_stood_there_instead(self) -> None:
        course = tallied(
            sorting({}),
            sorting({}),
            sorting({"p1.s1": "reporter"}, {}),
            sorting({"p1.s1": "mixed"}, {"p1.s1": "reporter"}),
            sorting({"p1.s1": "reporter"}),
            sorting({"p1.s1": "reporter", "p3.s1": "mixed"}),
        )
        found = rows(PRACTICE, PRACTICE.lesson.exercise("voices"), done(course, "voices"))
        assert [row.item.place for row in found][:2] == ["Paragraph 1, sentence 1", "Paragraph 3, sentence 1"]
        hardest = found[0]
        assert (hardest.full, hardest.part, hardest.none, hardest.first, hardest.mean) == (3, 0, 3, 2, 0.5)
        assert hardest.instead == (("the reporter’s own voice", 2),)  # of two tries alike the first counts
        assert found[1].instead == ()  # one learner only
        assert all((row.full, row.first, row.n) == (6, 6, 6) for row in found[2:])
        assert hardest.item.words in PRACTICE.text and hardest.item.why

    def test_means_are_those_of_the_best_and_of_the_first_try(self) -> None:
        wrong = dict.fromkeys(RIGHT, "?")
        course = tallied(*[sorting({})] * 3, *[sorting(wrong, {})] * 2, sorting(wrong))
        counted = done(course, "voices")
        assert counted.learners == 6
        assert (counted.mean, counted.first_mean) == pytest.approx((5 / 6, 3 / 6))
        assert "mean 1.7 of 2 points, at the first try 1" in page(course)

    def test_marks_are_counted_by_part_by_word_and_where_the_key_has_nothing(self) -> None:
        key = best("first_mark")["groups"][0]
        (start, end), text = key["source"][0], PRACTICE.text
        first_word = text[start:end].split()[0]
        plain = text.index("The town paid")
        narrow = {**key, "source": [[start, start + len(first_word)]]}
        works = [
            *([key],) * 3,
            *([{**key, "cue": []}],) * 2,
            [narrow],
            *([key, {"content": [[plain, plain + 8]]}],) * 2,
        ]
        course = tallied(*({"first_mark": entry({"groups": groups})} for groups in works))
        exercise, counted = PRACTICE.lesson.exercise("first_mark"), done(course, "first_mark")
        (row,) = rows(PRACTICE, exercise, counted)
        assert (row.full, row.part, row.none) == (5, 3, 0)
        assert row.instead == (("cue not marked", 2),)
        parts = next(iter(counted.parts.values()))
        assert parts == {("cue", "blank"): 2, ("source", "narrower"): 1}
        under = ground(PRACTICE, exercise)
        heat = shares(counted.heat["source"], len(under.starts), counted.learners)
        word = under.range_of(start, end)
        assert heat[word[0]] == 1 and heat[word[1] - 1] == 7 / 8 and heat[word[1]] == 0
        assert sum(share > 0 for share in heat) == word[1] - word[0]
        a, b = under.range_of(plain, plain + 8)
        assert counted.loose == {("content", a, b): 2}
        html = page(course)
        assert "“The town”" in html and "25 %" in html

    def test_marks_of_one_learner_that_overlap_count_once(self) -> None:
        key = best("first_mark")["groups"][0]
        twice = {"groups": [key, {"source": key["source"]}]}
        counted = done(tallied(*[{"first_mark": entry(twice)}] * 5), "first_mark")
        assert max(shares(counted.heat["source"], 200, 5)) == 1

    def test_a_label_that_was_taken_for_another_is_told(self) -> None:
        groups = best("second_mark")["groups"]
        other = copy.deepcopy(groups)
        other[0]["labels"]["form"] = "indirect"
        course = tallied(*[{"second_mark": entry({"groups": g})} for g in (groups, groups, other, other, other)])
        found = rows(PRACTICE, PRACTICE.lesson.exercise("second_mark"), done(course, "second_mark"))
        assert found[0].instead == (("form “indirect”", 3),) and found[0].part == 3

    def test_progress_and_objectives(self) -> None:
        complete = full()["exercises"]
        course = tallied(*[complete] * 4, sorting({}), {}, {"voices": entry()})
        studied = course.lessons[0]
        assert (course.learners, studied.begun, studied.finished) == (7, 5, 4)
        assert studied.met == {0: 4, 1: 4}
        html = page(course)
        assert "4 of 5" in html

    def test_an_order_says_what_stood_too_early_and_what_was_said_of_when_it_was_known(self) -> None:
        unit = BALTICS["07_what_was_going_on"]
        right = best("order", unit.lesson)
        moved = {**right, "order": [right["order"][-1], *right["order"][:-1]]}
        first = right["order"][0]
        turned = {"known": "later", "later": "known"}[right["choices"][first]]
        flipped = {**right, "choices": {**right["choices"], first: turned}}
        course = tallied(*({"order": entry(a)} for a in (right, right, moved, moved, flipped, flipped)), unit=unit)
        found = rows(unit, unit.lesson.exercise("order"), done(course, "order", unit))
        named = {row.item.place: row.instead for row in found}
        assert named[f"Place {len(right['order'])}"] == (("too early", 2),)
        assert len(named["Place 1"]) == 1 and named["Place 1"][0][1] == 2

    def test_written_work_is_counted_box_by_box_and_never_quoted(self) -> None:
        words = {"texts": {"whose": "the words of secretword here", "how": "plainly put", "what": "x"}}
        unit = BALTICS["04_which_words_frame"]
        texts = {"flat": "a secretword", "first": "too short", "second": "too short"}
        works = [{"rival": entry({"texts": texts}), "routine": entry(words)}] * 5
        course = tallied(*works, unit=unit)
        found = by_place(rows(unit, unit.lesson.exercise("rival"), done(course, "rival", unit)))
        assert (found["A plainer wording"].full, found["A different reading"].none) == (5, 5)
        assert "secretword" not in page(course, unit) and "secretword" not in contribution([sheet(works[0], unit)])


class TestVotes:
    UNIT = BALTICS["06_do_we_agree"]

    def votes(self) -> tuple[dict[str, dict[str, int]], Course]:
        dice, ids = random.Random(3), [i.id for i in self.UNIT.lesson.exercise("vote").items]
        given = [{i: dice.choice(("yes", "no", "no")) if n else "yes" for n, i in enumerate(ids)} for _ in range(9)]
        table = {i: dict(Counter(choices[i] for choices in given)) for i in ids}
        return table, tallied(*({"vote": entry(answer={"choices": c})} for c in given), unit=self.UNIT)

    def test_alpha_is_that_of_the_votes_and_lies_in_its_interval(self) -> None:
        table, course = self.votes()
        (found,) = questions((self.UNIT,), course)
        assert (found.learners, found.items, found.exercise.id) == (9, 8, "vote")
        assert found.alpha == pytest.approx(krippendorff_alpha(table)) and found.interval
        assert found.interval.low <= found.alpha <= found.interval.high

    def test_the_most_divided_items_stand_first_and_unanimous_ones_last(self) -> None:
        table, course = self.votes()
        found = [row for _, _, row in dividing((self.UNIT,), course)]
        assert [row.divides for row in found] == sorted((row.divides for row in found), reverse=True)
        assert found[-1].divides == 0 and found[-1].shares == (("yes", 9),)
        tallies = sorted(sorted(values.values()) for values in table.values())
        assert sorted(sorted(n for _, n in row.shares) for row in found) == tallies

    def test_questions_with_choices_of_their_own_get_no_alpha(self) -> None:
        unit = BALTICS["04_which_words_frame"]
        first = {q.id: next(iter(q.options)) for q in unit.lesson.exercise("readings").questions}
        course = tallied(*[{"readings": entry(answer={"values": first})}] * 5, unit=unit)
        (found,) = questions((unit,), course)
        assert not found.same and found.alpha is None and found.percent == 1
        assert "each item has its own choices" in page(course, unit)

    def test_the_twenty_questions_and_their_practice_items_are_both_there(self) -> None:
        unit = BALTICS["05_what_is_the_frame"]
        answer = best("questions", unit.lesson)
        course = tallied(*[{"questions": entry(answer)}] * 5, unit=unit)
        (found,) = questions((unit,), course)
        assert found.items == 20
        exercise, counted = unit.lesson.exercise("questions"), done(course, "questions", unit)
        hard, split = rows(unit, exercise, counted), splits(unit, exercise, counted)
        assert len(hard) + len(split) == 20 and split
        assert all(row.full == 5 for row in hard)

    def test_numbers_without_right_or_wrong_are_told_by_their_middle(self) -> None:
        guesses = [{"predict": entry(answer={"values": {"pairs": n / 10}})} for n in range(1, 9)]
        course = tallied(*guesses, {"predict": entry(answer={"values": {"pairs": 1e999}})}, unit=self.UNIT)
        (row,) = splits(self.UNIT, self.UNIT.lesson.exercise("predict"), done(course, "predict", self.UNIT))
        assert row.numbers == (0, 0.2, 0.4, 0.6, 1) and row.n == 8


class TestDiscernment:
    @staticmethod
    def learner(before: tuple[int, int], after: tuple[int, int] | None, number: int = 1) -> list[Sheet]:
        """So many asked about, of five open and of five plain sentences."""
        last = Unit.of(load_lesson("08_your_own_brief"), "08", {})
        sheets = []
        for unit, form, asked in ((PRACTICE, "a", before), (last, "b", after)):
            ids = [i.id for i in unit.lesson.exercise("discern").forms[form]]
            keyed = unit.key.answers[f"{unit.lesson.id}/discern"]
            open_, plain = ([i for i in ids if keyed[i]["accept"] == [c]] for c in ("ask", "plain"))
            chosen = [*open_[: asked[0]], *plain[: asked[1]]] if asked else []
            choices = {"choices": {i: "ask" if i in chosen else "plain" for i in ids}}
            sheets.append(sheet({"discern": entry(choices)} if asked else {}, unit))
        return sheets

    def course(self, *learners: list[Sheet]) -> str:
        units = tuple(s.unit for s in learners[0])
        return report_page(units, class_counts(map(contribution, learners)), {})

    def test_means_and_changes_of_those_who_shared_both(self) -> None:
        gain, loss, same = self.learner((2, 2), (4, 1)), self.learner((5, 0), (4, 1)), self.learner((3, 1), (4, 2))
        html = self.course(gain, gain, gain, loss, same, self.learner((5, 5), None))
        text = " ".join(Outline(html).text)
        assert "Means of the 5 learners" in text
        assert "2.80 1.40 0.28" in text and "4.00 1.20 0.56" in text
        assert "rose for 3, stayed for 1, fell for 1" in text
        assert "Read this as a description of these 5" in text and "shared by 1." in text

    def test_fewer_than_five_are_not_told(self) -> None:
        text = " ".join(Outline(self.course(*[self.learner((2, 2), (4, 1))] * 4, self.learner((1, 0), None))).text)
        assert "4 learners shared both forms" in text and "rose for" not in text


class TestNobodyCanBePickedOut:
    def test_fewer_than_five_are_not_broken_down(self) -> None:
        html = page(tallied(*[sorting({})] * 4))
        assert "Only 4 learners are in this class" in html and "<table" not in html and "<h2" not in html

    def test_an_exercise_that_few_did_is_not_broken_down(self) -> None:
        few = {**sorting({}), "first_mark": entry(best("first_mark"))}
        html = page(tallied(*[sorting({})] * 4, *[few] * 4))
        first = html.split("Your first mark")[1].split("</section>")[0]
        assert "Done by 4" in first and "Fewer than 5 learners: not broken down." in first and "<table" not in first
        assert "Fewer than 5" not in html.split("Whose voice?")[-1].split("</section>")[0]
        assert "mean" not in first

    def test_no_name_number_file_name_or_word_of_a_learner_is_on_the_page(self, tmp_path: Path) -> None:
        words = ("Qzname", "Qzfile", "Qzid", "Qzmail", "Qztext", "Qzvalue", "Qzchoice", "Qzlabel")
        works = {
            "routine": entry({"texts": {"whose": "Qztext is mine", "how": "Qztext", "what": "Qztext"}}),
            "voices": entry({"choices": {**RIGHT, "p1.s1": "Qzchoice"}}),
            "second_mark": entry({"groups": [{"source": [[0, 4]], "labels": {"form": "Qzlabel"}}]}),
        }
        foil = {"foil": entry({"values": {"why": "Qzvalue and so on", "not_seen": "Qzvalue"}})}
        second = {**made("", BALTICS["02_who_says_so"].lesson, 0.5, random.Random(1)), "exercises": foil}
        for n in range(6):
            packed = handin(f"Qzname {n}", {**document(works), "learner": ""}, second, story="", schema=2)
            put(tmp_path / "in" / f"Qzfile{n}" / f"handin_Qzfile_{n}.json", packed)
        roster = "\n".join(["id,name,email", *(f"Qzid{n},Qzname {n},Qzmail{n}@x.org" for n in range(8))])
        put(tmp_path / "roster.csv", roster.encode())
        summary = grade(tmp_path / "in", tmp_path / "out", roster=tmp_path / "roster.csv")
        assert (summary.graded, summary.missing) == (6, 2)
        nameless = (tmp_path / "out" / "report.html").read_text("utf-8")
        assert [w for w in words if w in nameless] == []
        assert "nothing handed in: 2" in nameless and "something else" in nameless
        named = report(tmp_path / "out", tmp_path / "named.html", names=True)
        html = named.path.read_text("utf-8")
        assert [w for w in words if w in html] == ["Qzname"] and "Qzname 7" in html
        assert (named.learners, named.lessons, named.names, named.bytes) == (6, 2, True, named.path.stat().st_size)

    @settings(max_examples=25, deadline=None)
    @given(st.randoms(use_true_random=False))
    def test_the_order_in_which_contributions_are_added_does_not_matter(self, dice: random.Random) -> None:
        shuffled = [*SLIPS]
        dice.shuffle(shuffled)
        assert page(class_counts(shuffled), *UNITS) == PAGE


UNITS = (PRACTICE, BALTICS["02_who_says_so"])
SLIPS = [
    contribution([sheet(made("", u.lesson, 0.4, random.Random(f"{n}/{u.lesson.id}"))["exercises"], u) for u in UNITS])
    for n in range(12)
]
PAGE = page(class_counts(SLIPS), *UNITS)
SECRET = "Qx7"
ANY = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 3000)
    | st.floats()
    | st.sampled_from([SECRET, "", "yes", "ask", 10**400]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["labels", "source", "form", "p1.s1", "a1", SECRET]), inner, max_size=4)
    ),
    max_leaves=12,
)


class TestStrangers:
    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(
        st.dictionaries(
            st.sampled_from(["groups", "choices", "values", "texts", "order", "evidence"]), ANY, max_size=4
        ),
        st.sampled_from(sorted(BALTICS)),
    )
    def test_any_answer_makes_a_contribution_without_a_word_of_it(self, answer: dict[str, Any], name: str) -> None:
        for unit in (BALTICS[name], PRACTICE):
            marked = mark_lesson(unit, {"exercises": {e.id: entry(answer) for e in unit.lesson.exercises}}, "x", [])
            lines = contribution([marked])
            assert SECRET not in lines
            page(class_counts([lines] * 5), unit)

    def test_a_contribution_stays_small_whatever_is_handed_in(self) -> None:
        unit = BALTICS["02_who_says_so"]
        groups = [{"source": [[n, n + 1 + n % 50]], "labels": {}} for n in range(900)]
        lines = contribution([sheet({"mark_alone": entry({"groups": groups})}, unit)])
        assert len(lines.split("\n")) < 1000 and lines.count("\tloose\t") <= 40

    def test_names_are_inert_in_the_page_with_names(self, tmp_path: Path) -> None:
        for n in range(5):
            put(tmp_path / "in" / f"{n}.json", json.dumps(handin(f"{HOSTILE} {n}", full())).encode())
        report(tmp_path / "in", tmp_path / "r.html", names=True)
        html = (tmp_path / "r.html").read_text("utf-8")
        found = Outline(html)
        assert found.open == [] and not found.named("script", "img")
        assert "alert(1)" in " ".join(found.text)
        assert not re.search("[\x00-\x08\u202a-\u202e\ud800-\udfff]", html)


class TestPage:
    def test_is_well_formed_in_order_and_sealed(self) -> None:
        found = Outline(PAGE)
        assert [t for t in found.open if t != "p"] == [] and found.named("html") == [{"lang": "en"}]
        levels = [int(tag[1]) for tag, _ in found.tags if re.fullmatch(r"h[1-6]", tag)]
        assert levels.count(1) == 1 and levels[0] == 1 and all(b <= a + 1 for a, b in pairwise(levels))
        assert all(th.get("scope") in ("col", "row") for th in found.named("th"))
        assert PAGE.count("<table") == PAGE.count("<caption") > 10
        assert all(svg.get("aria-hidden") == "true" for svg in found.named("svg"))
        attributes = {name for _, attrs in found.tags for name in attrs}
        assert not attributes & {"style", "src", "srcset", "action"} and not any(a.startswith("on") for a in attributes)
        assert not {tag for tag, _ in found.tags} & {"script", "img", "link", "iframe", "object", "form", "base"}
        ids = [attrs["id"] for _, attrs in found.tags if "id" in attrs]
        assert len(ids) == len({*ids}) and {str(a["href"])[1:] for a in found.named("a")} <= {*ids}

    def test_its_policy_allows_its_own_style_sheet_and_nothing_else(self) -> None:
        style = re.search(r"<style>(.*?)</style>", PAGE, re.DOTALL)
        assert style and "url(" not in style[1] and "@import" not in style[1]
        digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
        policies = [m["content"] for m in Outline(PAGE).named("meta") if m.get("http-equiv")]
        assert policies == [f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"]

    def test_shades_differ_without_colour_and_carry_their_number(self) -> None:
        css = PAGE.split("</style>")[0]
        lines = re.findall(r"mark\.cd-h\d \{ background: [^;]+; border-bottom: ([^;]+);", css)
        assert len(lines) == len({*lines}) == 4
        marks = re.findall(r"<mark class=cd-h(\d)><span class=cd-tag>(\d+)</span>", PAGE)
        assert len(marks) > 10
        assert all(
            (0, 10, 25, 50, 75, 101)[int(h)] - 1 <= int(n) < (0, 10, 25, 50, 75, 101)[int(h) + 1] for h, n in marks
        )

    def test_every_story_is_shown_with_its_rights(self) -> None:
        text = " ".join(Outline(PAGE).text)
        assert all(text.count(u.lesson.story.rights) > 1 for u in UNITS)

    def test_the_hardest_items_stand_on_top(self) -> None:
        table = PAGE.split('id="stuck"')[1].split("</table>")[0]
        found = [int(n) for n in re.findall(r"<td class=num>(\d+) %<td class=num>", table)]
        assert len(found) == 12

    def test_it_does_not_grow_with_the_class(self) -> None:
        more = page(class_counts(SLIPS * 50), *UNITS)
        assert len(more) < 1.1 * len(PAGE)


class TestReport:
    @pytest.fixture
    def klass(self, tmp_path: Path) -> Path:
        its: list[Lesson] = [lesson(), load_lesson("04_which_words_frame", load_story("baltics-2022"))]
        for n in range(6):
            dice = random.Random(n)
            put(
                tmp_path / "in" / f"{n}.json",
                handin(f"L{n}", *(made("", i, 0.5, dice) for i in its), story="", schema=2),
            )
        return tmp_path / "in"

    def test_the_same_page_from_what_was_handed_in_and_from_what_grade_wrote(self, klass: Path, tmp_path: Path) -> None:
        grade(klass, tmp_path / "out")
        first = (tmp_path / "out" / "report.html").read_bytes()
        assert report(tmp_path / "out", tmp_path / "a.html").path.read_bytes() == first
        assert report(klass, tmp_path / "b.html").path.read_bytes() == first
        assert grade(klass, tmp_path / "out").anew == 0  # nothing is scored again, and the page stays
        assert (tmp_path / "out" / "report.html").read_bytes() == first

    def test_whoever_is_gone_is_no_longer_counted(self, klass: Path, tmp_path: Path) -> None:
        grade(klass, tmp_path / "out")
        (klass / "0.json").unlink()
        grade(klass, tmp_path / "out")
        assert report(tmp_path / "out", tmp_path / "a.html").learners == 5
        grade(klass, tmp_path / "fresh")
        assert (tmp_path / "out" / "report.html").read_bytes() == (tmp_path / "fresh" / "report.html").read_bytes()

    def test_names_stand_with_the_fewest_points_first(self, klass: Path, tmp_path: Path) -> None:
        put(klass / "6.json", handin("Allright", full()))
        put(klass / "7.json", handin("Nothing", document({})))
        report(klass, tmp_path / "r.html", names=True)
        html = (tmp_path / "r.html").read_text("utf-8")
        table = html.split('id="names"')[1].split("</table>")[0]
        shares = [int(n) for n in re.findall(r"</bdi><td class=num>(\d+) %", table)]
        assert len(shares) == 8 and shares == sorted(shares)
        row = next(r for r in table.split("<tr>") if "Allright" in r)
        assert "100" in row and "–" in row and "2 of 2" in row
        assert "For the instructor only" in html

    def broken(self, how: str, klass: Path, tmp_path: Path) -> tuple[Path, Path]:
        out = tmp_path / "out"
        if how == "nothing":
            (tmp_path / "empty").mkdir()
            return tmp_path / "empty", tmp_path / "r.html"
        if how == "no folder":
            return tmp_path / "nowhere", tmp_path / "r.html"
        if how == "a folder":
            return klass, tmp_path
        grade(klass, out)
        return out, tmp_path / "r.html"

    @pytest.mark.parametrize("how", ["nothing", "no folder", "a folder"])
    def test_what_cannot_be_reported_on_is_said(self, how: str, klass: Path, tmp_path: Path) -> None:
        folder, out = self.broken(how, klass, tmp_path)
        with pytest.raises(CopydeskError):
            report(folder, out)
        assert not (tmp_path / "r.html").exists()

    def test_another_kit_or_story_asks_to_grade_again(self, seeds: Path, klass: Path, tmp_path: Path) -> None:
        grade(klass, tmp_path / "out")
        toml = seeds / "baltics-2022" / "lessons.toml"
        toml.write_text(toml.read_text("utf-8") + "\n# changed\n", "utf-8")
        with pytest.raises(CopydeskError, match="grade again"):
            report(tmp_path / "out", tmp_path / "r.html")

    def test_from_the_command_line(
        self, klass: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        assert main(["report", str(klass)]) == 0
        said = capsys.readouterr().out
        assert "6 learners: report.html" in said and "No names" in said and (tmp_path / "report.html").is_file()
        assert main(["report", str(klass), "--names", "--out", "n.html"]) == 0
        assert "for the instructor only" in capsys.readouterr().out
        assert main(["report", "nowhere"]) == 1
        assert "nowhere" in capsys.readouterr().err
        with pytest.raises(SystemExit, match="0"):
            main(["report", "--help"])
        assert "examples:" in capsys.readouterr().out
