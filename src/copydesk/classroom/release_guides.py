"""What says how to open a student edition: to people, to pip, to conda, and to the kit itself."""

from __future__ import annotations

from collections.abc import Sequence

from copydesk import __version__
from copydesk.classroom.release_wheel import WHEEL
from copydesk.classroom.toml_out import toml
from copydesk.edition import FILE, SCHEMA, Edition
from copydesk.edition_words import say_due
from copydesk.lessons import Lesson
from copydesk.stories import Story
from copydesk.wording import load_wording

CONDA = f"""name: copydesk
channels:
  - conda-forge
  - nodefaults
dependencies:
  - python=3.12
  - pip
  - pip:
      - ./{WHEEL}
"""


def guides(lessons: Sequence[Lesson], stories: Sequence[Story], edition: Edition) -> dict[str, str]:
    """The guides by their file names."""
    about = {"schema": SCHEMA, "kit": __version__, "course": edition.course, "graded": edition.graded}
    about |= {"story": edition.story, "lessons": list(edition.lessons)} | ({"due": edition.due} if edition.due else {})
    return {
        FILE: toml(about),
        "README.md": _readme(lessons, stories, edition),
        "requirements.txt": f"./{WHEEL}\n",
        "environment.yml": CONDA,
    }


def _readme(lessons: Sequence[Lesson], stories: Sequence[Story], edition: Edition) -> str:
    say = load_wording("release")["readme"]
    notes = [say["due"].format(due=say_due(edition.due))] if edition.due else []
    notes += [say["graded"]] if edition.graded else []
    text = say["text"].format(
        title=say["course"].format(course=edition.course) if edition.course else say["title"],
        notes="".join(f"{note}\n\n" for note in notes),
        wheel=WHEEL,
        first=lessons[0].id,
        lessons="\n".join(say["lesson"].format(title=x.title, id=x.id, minutes=x.minutes) for x in lessons),
        rights="\n".join(say["story"].format(id=s.id, rights=s.rights) for s in stories),
    )
    return f"{text.strip()}\n"
