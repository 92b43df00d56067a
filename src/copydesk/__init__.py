"""Copydesk: take a real news story apart the way a copy desk does.

>>> import copydesk
>>> len(copydesk.parse_article("The ferry is late.\\n\\nNobody knows why.").paragraphs)
2
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # the same names as in _HOME, for editors and type checkers
    from copydesk.answers.handin import unpack as unpack
    from copydesk.base.errors import CopydeskError as CopydeskError
    from copydesk.checkup.doctor import doctor as doctor
    from copydesk.desk import hand_in as hand_in
    from copydesk.desk import open_lesson as open_lesson
    from copydesk.page.article import parse_article as parse_article
    from copydesk.story.story import list_stories as list_stories
    from copydesk.story.story import load_story as load_story
    from copydesk.story.story import use_story as use_story
    from copydesk.views.glossary import glossary as glossary
    from copydesk.views.progress import progress as progress

__version__ = "0.1.0"

_HOME = {
    "load_story": "story.story",
    "list_stories": "story.story",
    "use_story": "story.story",
    "parse_article": "page.article",
    "open_lesson": "desk",
    "hand_in": "desk",
    "unpack": "answers.handin",
    "progress": "views.progress",
    "glossary": "views.glossary",
    "doctor": "checkup.doctor",
    "CopydeskError": "base.errors",
}
__all__ = ["__version__", *_HOME]  # noqa: PLE0604 (the names are strings; ruff does not see through the star)


def __getattr__(name: str) -> Any:
    """Import a part of the kit when it is first asked for, so that `import copydesk` stays light."""
    if name in _HOME:
        return getattr(import_module(f"copydesk.{_HOME[name]}"), name)
    raise AttributeError(f"module 'copydesk' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
