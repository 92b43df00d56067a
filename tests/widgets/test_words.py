"""Every word that a view in the browser asks for is sent to it."""

import re
from importlib.resources import files
from importlib.resources.abc import Traversable

import pytest

from copydesk.widgets.widget import style_and_words

SCRIPTS = sorted((path for path in (files("copydesk") / "widgets").iterdir() if path.name.endswith(".js")), key=str)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_the_words_a_view_says_are_sent(script: Traversable) -> None:
    sent = style_and_words()["say"]
    asked = set(re.findall(r"\bsay\.(\w+)\.(\w+)", script.read_text(encoding="utf-8")))
    assert not {(part, name) for part, name in asked if name not in sent.get(part, ())}
