"""Copydesk: take a real news story apart the way a copy desk does.

>>> import copydesk
>>> len(copydesk.parse_article("The ferry is late.\\n\\nNobody knows why.").paragraphs)
2
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from copydesk.answers.handin import unpack
    from copydesk.base.errors import CopydeskError
    from copydesk.checkup.doctor import doctor
    from copydesk.desk import hand_in, open_lesson
    from copydesk.page.article import parse_article
    from copydesk.story.story import list_stories, load_story, use_story
    from copydesk.views.glossary import glossary
    from copydesk.views.progress import progress

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
"""The module of each name; type checkers read the imports above."""
__all__ = [
    "CopydeskError",
    "__version__",
    "doctor",
    "glossary",
    "hand_in",
    "list_stories",
    "load_story",
    "open_lesson",
    "parse_article",
    "progress",
    "unpack",
    "use_story",
]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        """Import a part of the kit when it is first asked for, so that `import copydesk` stays light."""
        if name in _HOME:
            return getattr(import_module(f"copydesk.{_HOME[name]}"), name)
        raise AttributeError(f"module 'copydesk' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
