"""Pages: one environment that escapes, and only the classroom knows it."""

import re

import pytest
from jinja2 import UndefinedError

from copydesk_classroom.course import MATTERS
from copydesk_classroom.pages import environment
from tests.test_layers import IMPORTS


def test_words_are_escaped_and_a_missing_name_is_an_error() -> None:
    made = environment().from_string('<p title="{{ words }}">{{ words }}</p>')
    assert made.render(words="<b>'\"&") == '<p title="&lt;b&gt;&#39;&#34;&amp;">&lt;b&gt;&#39;&#34;&amp;</p>'
    with pytest.raises(UndefinedError):
        made.render()


def test_nothing_in_a_template_is_marked_safe_by_hand() -> None:
    loader = environment().loader
    assert loader
    for name in loader.list_templates():
        source = loader.get_source(environment(), name)[0]
        assert not re.search(r"\|\s*safe|autoescape", source), name


def test_a_changed_template_grades_a_class_anew() -> None:
    assert ".j2" in MATTERS


def test_the_kit_itself_needs_no_templates() -> None:
    outside = {"jinja2", "markupsafe"}
    assert not [
        m
        for m, found in IMPORTS.items()
        if m.split(".")[0] == "copydesk" and outside & {i.split(".")[0] for i in found}
    ]
