"""The class report as one page: where the class is stuck, how far it is, where it splits, lesson by lesson."""

from __future__ import annotations

from collections.abc import Mapping

from copydesk.classroom.course import Unit
from copydesk.classroom.page_parts import kit, soft
from copydesk.classroom.report_discernment import discernment_html
from copydesk.classroom.report_lesson import anchor, lesson_html, title
from copydesk.classroom.report_overview import progress_html, stuck_html
from copydesk.classroom.report_parts import section
from copydesk.classroom.report_votes import agreement_html
from copydesk.classroom.sealed_page import sealed_page
from copydesk.classroom.tally import FEWEST, Course, Studied
from copydesk.wording import load_wording


def report_page(units: tuple[Unit, ...], course: Course, counts: Mapping[str, int], names: str = "") -> str:
    """The page; `counts` says how many are missing and unread, `names` is the part with names, if wanted."""
    say = load_wording("report")["page"]
    head = say["title_names" if names else "title"]
    parts: dict[str, str] = {"names": names} if names else {}
    if course.learners >= FEWEST or names:
        parts |= _parts(units, course)
    small = "" if course.learners >= FEWEST else soft(say["small_class"].format(n=course.learners, fewest=FEWEST))
    rights = dict.fromkeys(u.lesson.story.rights for u in units)
    facts = _facts(units, course, counts, named=bool(names))
    body = (
        f"<header><h1 id=top>{kit(head)}</h1>{facts}{small}{_contents(units, parts)}</header>"
        f"<main>{''.join(parts.values())}</main>"
        f"<footer>{soft(say['foot'])}{''.join(soft(r) for r in rights)}</footer>"
    )
    return sealed_page(head, body, "feedback.css", "report.css")


def _parts(units: tuple[Unit, ...], course: Course) -> dict[str, str]:
    return {
        "stuck": stuck_html(units, course),
        "progress": progress_html(units, course),
        "agreement": agreement_html(units, course),
        "discernment": discernment_html(course),
        **{anchor(u): lesson_html(u, course.lessons.get(n, Studied())) for n, u in enumerate(units)},
        "read": _read(),
    }


def _facts(units: tuple[Unit, ...], course: Course, counts: Mapping[str, int], *, named: bool) -> str:
    say = load_wording("report")["page"]
    lessons = say["lesson"] if len(units) == 1 else say["lessons"].format(n=len(units))
    told = [say["facts"].format(learners=course.learners, lessons=lessons)]
    told += [say[name].format(n=counts[name]) for name in ("missing", "unread") if counts.get(name)]
    warn = say["named"] if named else say["nameless"].format(fewest=FEWEST)
    return f"<p class=lead>{kit(' '.join(told))}</p><p>{kit(say['intro'])}</p><p>{kit(warn)}</p>"


def _contents(units: tuple[Unit, ...], parts: Mapping[str, str]) -> str:
    words, shown = load_wording("report"), {anchor(u): title(u) for u in units}
    links = "".join(f'<li><a href="#{name}">{kit(shown.get(name) or words[name]["title"])}</a>' for name in parts)
    return f'<nav aria-label="{kit(words["page"]["contents"])}"><ul>{links}</ul></nav>' if links else ""


def _read() -> str:
    notes = "".join(f"<li>{kit(note)}" for note in load_wording("report")["read"]["notes"])
    return section("read", f"<ul>{notes}</ul>")
