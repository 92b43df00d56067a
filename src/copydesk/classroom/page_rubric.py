"""What people gave a text, on a learner's feedback page: row by row, what each number means, and the comments."""

from __future__ import annotations

from html import escape

from copydesk.classroom.inert import prose
from copydesk.classroom.page_parts import kit, points, table
from copydesk.classroom.rubric import MOST, Judged, rows_of
from copydesk.lessons import Exercise
from copydesk.wording import load_wording


def rubric_html(exercise: Exercise, judged: Judged, worth: float) -> str:
    """A table of the rows with their points in words, what they come to here, and what the readers wrote."""
    say = load_wording("grade_writing")["feedback"]
    rows = []
    for row in rows_of(exercise):
        given = judged.points[row.id]
        words = "; ".join(f"{n}: {row.words[n]}" if len(set(given)) > 1 else row.words[n] for n in sorted(set(given)))
        rows.append((kit(row.name.partition(":")[0]), kit(_of(given)), kit(words)))
    most = MOST * len(rows)
    earned = {"earned": points(worth * judged.share), "possible": points(worth)}
    total = say["total"].format(points=points(judged.rubric_points), of=most, **earned)
    heading = say["heading" if judged.graders == 1 else "heading_several"].format(n=judged.graders)
    made = f"<div class=rubric>{table(say['heads'], rows)}</div><p>{kit(total)}"
    said = "".join(f"<li><bdi>{escape(prose(words))}</bdi>" for words in judged.comments)
    comments = f"<h4>{kit(say['comments'])}</h4><ul class=said>{said}</ul>" if said else ""
    return f"<h4>{kit(heading)}</h4>{made}{comments}"


def _of(given: tuple[int, ...]) -> str:
    """The points of a row, and each grader's where there are several."""
    say = load_wording("grade_writing")["feedback"]
    mean = points(sum(given) / len(given))
    if len(set(given)) == 1:
        return str(say["of"].format(points=mean))
    return str(say["each"].format(points=mean, each=", ".join(map(str, given))))
