"""HTML: every word of a page or a learner is escaped, whatever stands in it."""

import re
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.base.spans import Span
from copydesk.desk import open_lesson
from copydesk.page.article import parse_article
from copydesk.page.html import Mark, blocks, css, css_for, marked, static_html, table
from copydesk.story.story import load_story

HOSTILE = "<script>alert('x')</script> & \"quoted\" </mark><b onload=x>"


class Reader(HTMLParser):
    """The text a reader sees, and the tags around it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.seen, self.tags, self.open = "", [], []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.open.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open.pop()[0] == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        if not any(attrs.get("class") in ("cd-tag", "cd-blockname") for _, attrs in self.open):
            self.seen += data


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == [], "a tag stays open"
    return reader


def test_hostile_words_stay_words() -> None:
    span = Span(0, len(HOSTILE))
    for marks in ([], [Mark(Span(3, 20), "content")], [Mark(span, "source")]):
        reader = read(marked(HOSTILE, span, marks))
        assert reader.seen == HOSTILE and set(reader.tags) <= {"mark", "span"}


def test_hostile_names_stay_names() -> None:
    article = parse_article(f"It rained.\n\n{HOSTILE}.")
    reader = read(blocks(article.text, {HOSTILE + b.id: b for b in article.paragraphs}, lang='"><script>'))
    assert "script" not in reader.tags and reader.seen.replace(" ", "").endswith(HOSTILE.replace(" ", "") + ".")
    reader = read(table([HOSTILE], [[HOSTILE], [5], [None]], caption=HOSTILE))
    assert "script" not in reader.tags and reader.seen.count(HOSTILE) == 3
    reader = read(static_html("", rights=HOSTILE))
    assert "script" not in reader.tags and HOSTILE in reader.seen


WORDS = re.compile(r"<mark[^>]*>(?:<span[^>]*>[^<]*</span>)*(.*?)</mark>", re.DOTALL)
MARKS = st.lists(
    st.builds(
        lambda start, size, role: Mark(Span(start, start + size), role),
        st.integers(0, 30),
        st.integers(1, 12),
        st.sampled_from(["source", "cue", "content", "wording", "trace", "evidence"]),
    ),
    max_size=6,
)


@given(st.text(st.sampled_from("ab <>&\"'\n"), min_size=1, max_size=30), MARKS, st.data())
def test_marks_however_they_overlap_change_no_word(text: str, marks: list[Mark], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    span = Span(start, data.draw(st.integers(start + 1, len(text))))
    html = marked(text, span, marks)
    assert read(html).seen == span.of(text)
    touched = {i for m in marks for i in range(m.span.start, m.span.end)} & set(range(span.start, span.end))
    inside = "".join(WORDS.findall(html))
    assert len(read(inside).seen) == len(touched)


def test_a_mark_carries_its_tag_in_words_and_number() -> None:
    html = marked("it rained", Span(0, 9), [Mark(Span(3, 9), "cue", 2)])
    assert html == ('it <mark class="cd-m-cue"><span class="cd-tag" title="cue 2">C2</span>rained</mark>')


def test_of_two_marks_on_one_word_both_are_seen() -> None:
    html = marked("one two three", Span(0, 13), [Mark(Span(0, 7), "source"), Mark(Span(4, 13), "content")])
    assert WORDS.findall(html) == ["one ", "two", " three"]
    assert re.findall(r'<mark class="(.*?)"', html) == ["cd-m-source", "cd-m-content cd-over1-source", "cd-m-content"]
    assert html.count("cd-tag") == 2


def test_a_page_carries_the_rules_it_can_use_and_no_more() -> None:
    table_page, marks_page = (
        static_html(table(("a",), [(1,)], caption="c")),
        static_html(marked("a", Span(0, 1), [Mark(Span(0, 1), "cue")])),
    )
    assert ".cd-still-table" in table_page and ".cd-m-cue" not in table_page and "cd-grade" not in table_page
    assert ".cd-m-cue" in marks_page and "--cd-cue:" in marks_page and "--cd-heat" not in marks_page
    assert all(
        page.count("<style>") == 1 and len(page) < 4000 and "\n" not in page for page in (table_page, marks_page)
    )
    assert css_for('<div class="cd-still"><p class="cd-terms">').count("@media (max-width: 40rem){") == 1


def test_the_stylesheet_knows_every_role_and_closes_no_tag() -> None:
    for role in ("source", "cue", "content", "wording", "trace", "evidence"):
        assert f"cd-m-{role}" in css()
    assert "</" not in css()


@pytest.mark.parametrize("name", ["page", "read", "worked"])
def test_every_page_made_of_the_story_carries_its_rights(name: str) -> None:
    desk = open_lesson("02_who_says_so", load_story("baltics-2022"))
    page = {"page": desk.page, "read": desk.read, "worked": lambda: desk.worked_example("worked")}[name]()
    assert load_story("baltics-2022").rights in read(page._repr_html_()).seen


def test_a_table_has_a_caption_and_scoped_heads() -> None:
    html = table(("a", "b"), [(1, 2)], caption="Two numbers")
    assert "<caption>Two numbers</caption>" in html and html.count('<th scope="col">') == 2


def test_a_wide_table_carries_its_headings_for_a_narrow_screen() -> None:
    wide = table(["who", "", "it’s \\ 'what'", '"n"'], [["Ann", 1, "a long sentence about what was said", 2]])
    assert wide.startswith('<table class="cd-still-table cd-wide" style="--head-1: ')
    style = re.search(r'style="([^"]*)"', wide)
    assert (
        style
        and unescape(style[1]) == "--head-1: 'who: '; --head-2: ''; --head-3: 'it’s  ’what’: '; --head-4: '\"n\": '"
    )
    assert table(["who", "n"], [["Ann", 2]]).startswith('<table class="cd-still-table"><thead>')
    assert "cd-wide" not in table(["who", "n", "m"], [["Ann", 2, 3]])
    assert "cd-wide" in table(list("abcdef"), []) and "cd-wide" not in table(list("abcdefg"), [])
    assert "td:nth-child(6)::before" in css()
