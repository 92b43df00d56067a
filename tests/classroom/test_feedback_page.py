"""Feedback pages: one learner's work and nobody else's, inert whatever it says, readable by everybody."""

import base64
import hashlib
import random
import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from benchmarks.make_class import document as made
from copydesk.lessons.lesson import Lesson, load_lesson
from copydesk.story.story import list_stories, load_story
from copydesk_classroom.course import Unit
from copydesk_classroom.feedback import feedback_page
from copydesk_classroom.grading.grade import grade
from copydesk_classroom.marking.scores import Sheet, mark_lesson
from tests.classroom.made_class import best, document, entry, full, handin, lesson, put

VOID = {"meta", "br", "hr", "img", "link", "input"}
OPTIONAL = {"tr", "td", "th", "li", "thead", "tbody", "tfoot"}
HOSTILE = "</blockquote><script>alert(1)</script><img src=x onerror=alert(2)>\x00\u202e\ud800&amp;"
EVERY = [
    (lesson, random.Random(lesson.id))
    for story in list_stories()
    for lesson in (load_lesson(name, load_story(story)) for name in sorted(load_story(story).lessons))
]


class Outline(HTMLParser):
    """What a browser and a screen reader find: tags, attributes, headings, ids and text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text: list[str] = []
        self.signs: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID | OPTIONAL:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in OPTIONAL:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)
        if self.open and self.open[-1] == "i":
            self.signs.append(data)

    def named(self, *names: str) -> list[dict[str, str | None]]:
        return [attrs for tag, attrs in self.tags if tag in names]


def page_of(its: Lesson, exercises: dict[str, object], name: str = "Zoë") -> str:
    unit = Unit.of(its, its.id, {})
    sheet = mark_lesson(unit, {"exercises": exercises}, "x.json", faults := [])
    assert faults == []
    return feedback_page(name, [sheet])


def everything(its: Lesson, dice: random.Random) -> str:
    return page_of(its, made("", its, 0.6, dice)["exercises"])


@pytest.mark.parametrize(("its", "dice"), EVERY, ids=[f"{its.story.id}/{its.id}" for its, _ in EVERY])
class TestEveryLesson:
    def test_is_well_formed_and_in_order(self, its: Lesson, dice: random.Random) -> None:
        found = Outline(everything(its, dice))
        assert found.open == [] and found.named("html") == [{"lang": "en"}]
        levels = [int(tag[1]) for tag, _ in found.tags if re.fullmatch(r"h[1-6]", tag)]
        assert levels.count(1) == 1 and levels[0] == 1
        assert all(b <= a + 1 for a, b in pairwise(levels))
        assert all(th.get("scope") in ("col", "row") for th in found.named("th"))
        assert not found.named("i") or all(re.search(r"^[✓◐○·]\u2003\w", s) for s in found.signs)

    def test_has_no_script_no_style_attribute_and_nothing_to_fetch(self, its: Lesson, dice: random.Random) -> None:
        found = Outline(everything(its, dice))
        names = {tag for tag, _ in found.tags}
        assert not names & {"script", "img", "link", "iframe", "object", "form", "base", "svg", "audio", "video"}
        attributes = {name for _, attrs in found.tags for name in attrs}
        assert not attributes & {"style", "src", "srcset", "action"} and not any(a.startswith("on") for a in attributes)
        assert all(str(a["href"]).startswith("#") for a in found.named("a"))

    def test_shows_every_exercise_and_the_storys_rights(self, its: Lesson, dice: random.Random) -> None:
        text = " ".join(Outline(everything(its, dice)).text)
        assert all(e.title in text for e in its.exercises) and its.story.rights in text
        assert len(everything(its, dice)) < 50_000


def test_the_policy_allows_the_one_style_sheet_and_nothing_else() -> None:
    html = page_of(lesson(), {})
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    policy = next(m["content"] for m in Outline(html).named("meta") if m.get("http-equiv") == "Content-Security-Policy")
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert "url(" not in style[1] and "@import" not in style[1]


@pytest.mark.parametrize("kind", ["texts", "values", "choices", "labels", "name"])
def test_what_a_learner_writes_stays_text(kind: str) -> None:
    its = load_lesson("02_who_says_so", load_story("baltics-2022"))
    exercises: dict[str, object] = {}
    for e in its.exercises:
        items = [*(box.id for box in e.boxes()), *e.item_words(its.story)]
        marks = {"groups": [{"source": [[467, 503]], "labels": {"form": HOSTILE}}]}
        exercises[e.id] = entry(marks if kind == "labels" else {kind: dict.fromkeys([*items, "p1.s1"], HOSTILE)})
    html = page_of(its, exercises, HOSTILE if kind == "name" else "Zoë")
    found = Outline(html)
    assert found.open == [] and not found.named("script", "img")
    assert not re.search("[\x00-\x08\u202a-\u202e\ud800-\udfff]", html)
    if kind != "choices":  # an unknown class is not shown at all
        assert "alert(1)" in " ".join(found.text)
    html.encode("utf-8")


def test_marks_stand_on_the_text_beside_the_key() -> None:
    html = page_of(lesson(), {"first_mark": entry(best("first_mark"))})
    yours, keys = html.split('<div class="pair"><section>')[1].split("</section><section>")
    assert yours.count('<mark class="cd-m-source">') == keys.count('<mark class="cd-m-source">') == 1
    assert yours.partition("</h4>")[2] == keys.partition("</h4>")[2].partition("</section>")[0]


def test_blank_lessons_and_exercises_are_said_and_give_no_key_away() -> None:
    unit = Unit.of(lesson(), "x", {})
    html = feedback_page("", [Sheet(unit)])
    assert "Nothing was handed in for this lesson." in html and "a learner without a name" in html
    html = page_of(lesson(), {"voices": entry(best("voices"))})
    assert html.count("Nothing was handed in for this exercise.") == len(lesson().exercises) - 1
    assert "<mark" not in html


def test_what_people_wrote_is_left_to_people() -> None:
    its = load_lesson("02_who_says_so", load_story("baltics-2022"))
    html = page_of(its, {"explain": entry({"texts": {"claim": "My own\nwords"}})})
    assert "My own\nwords" in html and "a person grades what you wrote" in html


def test_a_page_holds_nobody_elses_work(tmp_path: Path) -> None:
    for n in range(3):
        words = {"texts": {"whose": f"secret{n} is mine", "how": "it is put", "what": "was going on"}}
        work = document({**full()["exercises"], "routine": entry(words)})
        put(tmp_path / "in" / f"{n}.json", handin(f"Name{n}", work))
    grade(tmp_path / "in", tmp_path / "out")
    pages = {p.name[:5]: p.read_text("utf-8") for p in (tmp_path / "out" / "feedback").iterdir()}
    assert len(pages) == 3
    for n in range(3):
        mine = pages[f"Name{n}"]
        assert all((f"secret{m}" in mine) == (f"Name{m}" in mine) == (m == n) for m in range(3))
