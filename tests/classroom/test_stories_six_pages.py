"""Six pages of different shapes, each drafted, confirmed, checked, released, learned and graded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from copydesk.answers import AnswerFile
from copydesk.base.documents import Json
from copydesk.base.errors import CopydeskError
from copydesk.base.spans import Span
from copydesk.cli import main
from copydesk.lessons.lesson import load_lesson
from copydesk.page.article import Article
from copydesk.story.story import load_story
from copydesk_classroom.releasing.release import release
from copydesk_classroom.stories.confirm import confirm, read_raw_key, write_raw_key
from copydesk_classroom.stories.draft import place, voices
from copydesk_classroom.stories.new import NewStory, correct_lines, new_story
from tests.classroom import made_pages
from tests.classroom.made_class import rows
from tests.classroom.test_stories_new import command

LESSONS = ("01_what_is_on_the_page", "02_who_says_so", "03_how_strong_is_the_sourcing")


def by_hand(made: NewStory) -> NewStory:
    """The attributions of the Spanish page: the finder reads English, so a person marks them."""
    article, raw = made.article, read_raw_key(made.folder)
    raw["attributions"] = told = spanish(article)
    names = dict.fromkeys((a["speaker"], a["kind"]) for a in told)
    raw["sources"] = [{"id": f"S{n}", "name": name, "kind": kind} for n, (name, kind) in enumerate(names, 1)]
    for sentence, voice in zip(raw["sentences"], voices(article, told), strict=True):
        sentence["voice"] = voice
    write_raw_key(made.folder, raw)
    return made


def spanish(article: Article) -> list[Json]:
    """What the Spanish page’s people say."""
    told = [
        (
            "p1",
            "Ana Sol",
            "named_official",
            "indirect",
            "la alcaldesa Ana Sol",
            "dijo",
            "El puente viejo seguirá cerrado",
        ),
        ("p2", "Ana Sol", "named_official", "direct", "Sol", "dijo", "«No vamos a abrir un puente que no es seguro»"),
        ("p3", "Luis Paz", "named_other", "indirect", "el ingeniero Luis Paz", "Según", "dos pilares están dañados"),
        ("p4", "Paco Gil", "named_other", "direct", "Paco Gil", "dijo", "«Llevamos un año esperando»"),
        ("p5", "La empresa", "institution", "non_response", "La empresa de autobuses", "no respondió", ""),
    ]
    return [attribution(article, n, *said) for n, said in enumerate(told, 1)]


def attribution(article: Article, n: int, *said: str) -> Json:
    region, speaker, kind, form, *parts = said
    block = article.block(region)

    def span(said: str) -> Json:
        start = article.text.index(said, block.start)
        return place(article.text, Span(start, start + len(said)))

    source, cue, content = (span(part) if part else None for part in parts)
    judged = {"speaker": speaker, "kind": kind, "form": form, "counted": content is not None}
    spans = {"source": source, "cue": cue, "content": [content] if content else []}
    return {"id": f"A{n}", "region": region, **judged, **spans, "carried_from": None, "contestable": None}


def first_story_only(made: NewStory) -> NewStory:
    """Of the page with two stories, the second one is furniture of the first."""
    second = next(b for b in made.article.blocks if b.of(made.article.text).startswith("Swimming pool"))
    return correct_lines(made.folder, {b.line: "teaser" for b in made.article.blocks if b.start >= second.start})


PAGES: dict[str, tuple[str, str, Callable[[NewStory], NewStory], dict[str, Any]]] = {
    "menus": ("menus.html", made_pages.MENUS, lambda made: made, {}),
    "wrapped": ("wrapped.txt", made_pages.WRAPPED, lambda made: made, {}),
    "list-and-table": ("list.html", made_pages.LIST_AND_TABLE, lambda made: made, {}),
    "spanish": ("spanish.txt", made_pages.SPANISH, by_hand, {"language": "es"}),
    "long": ("long.txt", made_pages.long_page(), lambda made: made, {}),
    "two-stories": ("two.txt", made_pages.TWO_STORIES, first_story_only, {}),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_becomes_a_story_that_a_class_is_graded_on(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def edit(made: NewStory) -> None:
        made = PAGES[name][2](made)
        write_raw_key(made.folder, confirm(read_raw_key(made.folder)))
        assert command("story", "lessons", name) == 0

    monkeypatch.chdir(tmp_path)
    teach(name, tmp_path, capsys, edit)


def teach(name: str, home: Path, capsys: pytest.CaptureFixture[str], edit: Callable[[NewStory], None]) -> None:
    """One of the pages, from its draft to a graded class; `edit` makes a confirmed key of it, and its lessons."""
    file, text, _, options = PAGES[name]
    if file.endswith(".html"):
        pytest.importorskip("trafilatura")
    (home / file).write_text(text, encoding="utf-8")
    made = new_story(file, name=name, rights="CC BY 4.0, Copydesk", **options)
    assert made.folder == home / "stories" / name

    assert main(["check", "--story", name]) == 0
    assert "a draft: " in capsys.readouterr().out
    with pytest.raises(CopydeskError, match="is a draft: nobody has confirmed"):
        release(home / "early", story=name, as_zip=False)

    edit(made)
    assert main(["check", "--story", name]) == 0
    said = capsys.readouterr().out
    assert "no faults found" in said and "a draft" not in said

    edition = release(home / "edition", lessons=["01", "02", "03"], story=name, graded=True, as_zip=False)
    assert name in edition.stories
    learn(home / "edition" / "seeds" / name, made.folder, home / "in" / "ada")
    assert main(["grade", "in", "--out", "grades", "--story", name, "--quiet"]) == 0
    (graded,) = rows(home / "grades" / "grades.csv")
    assert (graded["name"], graded["status"], graded["percent"]) == ("ada", "graded", "100.0")
    assert all(float(graded[lesson]) > 0 for lesson in LESSONS)


def learn(given: Path, keyed: Path, home: Path) -> None:
    """A learner who has the edition without the key, and knows every answer."""
    for lesson_id in LESSONS:
        seen, known = load_lesson(lesson_id, load_story(given)), load_lesson(lesson_id, load_story(keyed))
        assert seen.story.key is None
        answers = AnswerFile.open(seen.story.id, lesson_id, sha256=seen.story.about["sha256"], root=home / "answers")
        for exercise in seen.exercises:
            at = known.on_story_of(known.exercise(exercise.id))
            models = known.exercise(exercise.id).model_answers(at.key, at.story.article.text)
            if models:
                answers.save(exercise.id, next(iter(models.values())))
