"""The site's own pages: the first one, and the one that grades hand-ins."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from markupsafe import Markup

from copydesk.lessons.lesson import Lesson
from copydesk.page.palette import tokens
from copydesk.story.edition import Edition, say_due
from copydesk_classroom.pages import environment
from copydesk_classroom.wording import class_wording

BROWSER = Path(str(files("copydesk_classroom"))) / "releasing" / "browser"


def lite_pages(lessons: Sequence[Lesson], edition: Edition, size: int) -> dict[str, bytes]:
    """Both pages by their names; `size` is how many bytes the first visit loads."""
    say = class_wording("lite")
    style = tokens() + (BROWSER / "lite.css").read_text("utf-8")
    common = {
        "style": Markup(style),
        "icon": icon(),
        "course": edition.course,
        "title": say["page"]["course"].format(course=edition.course) if edition.course else say["page"]["title"],
        "rights": dict.fromkeys(story.rights for lesson in lessons for story in lesson.stories),
        "graded": edition.graded,
    }
    first = {
        "lessons": lessons,
        "due": say_due(edition.due) if edition.due else "",
        "whom": edition.hand_in_to or say["page"]["whom"],
        "size": f"{size / 1e6:.0f}",
    }
    made = {"index.html": ("lite_first.html.j2", {**common, **first}), "grade.html": ("lite_grade.html.j2", common)}
    return {name: environment().get_template(template).render(data).encode() for name, (template, data) in made.items()}


def icon() -> str:
    """The address of the site’s icon, which is in each page; without it a browser asks for `/favicon.ico`."""
    return f"data:image/svg+xml;base64,{b64encode((BROWSER / 'icon.svg').read_bytes()).decode()}"
