"""What a learner hands in or keeps, and what an instructor sets beside it."""

import json
import shutil
from contextlib import suppress
from pathlib import Path

import pytest

from copydesk.answers.file import AnswerFile
from copydesk.answers.handin import unpack
from copydesk.base.files import backup
from copydesk.base.store import last_change
from copydesk.checkup.doctor import check_notebooks
from copydesk.lessons.lesson import load_lesson
from copydesk.story.story import load_story
from copydesk.views.portfolio import portfolio_page
from copydesk_classroom.checking import check_settings
from copydesk_classroom.collecting.files import Sources
from copydesk_classroom.collecting.roster import Roster, read_roster
from copydesk_classroom.collecting.submissions import documents, parse_submission
from copydesk_classroom.course import Unit, offers, read_weights
from copydesk_classroom.feedback import feedback_page
from copydesk_classroom.graders import read_score
from copydesk_classroom.grading import in_browser
from copydesk_classroom.grading.tables import filled_worksheet, maxima
from copydesk_classroom.marking.rubric import GradeFile, graders
from copydesk_classroom.marking.scores import mark_lesson
from copydesk_classroom.reporting.tally import contribution
from copydesk_classroom.wording import Problem, Refused, class_wording
from tests.classroom.made_class import zipped
from tests.fuzz.fuzzing import HANDINS, OLD, SEEDS, Fuzz


def test_answer_files(fuzz: Fuzz, tmp_path: Path) -> None:
    """A file that cannot be read is set aside, and the lesson opens and saves."""
    root, original = tmp_path / "answers", OLD / "work" / "baltics-2022" / "01_what_is_on_the_page.json"
    path = root / "s" / "lesson.json"

    def opened() -> None:
        file = AnswerFile.open("s", "lesson", sha256="ab" * 32, root=root)
        file.save("q1", {"choice": 2})
        assert AnswerFile.open("s", "lesson", sha256="ab" * 32, root=root).record("q1").answer == {"choice": 2}
        for lying in path.parent.iterdir():
            lying.unlink()

    path.parent.mkdir(parents=True)
    fuzz.harmless = True
    fuzz.each(path, original.read_bytes(), opened)


@pytest.mark.parametrize("name", ["before", "last change"])
def test_what_a_damaged_answer_file_is_made_of(fuzz: Fuzz, name: str, tmp_path: Path) -> None:
    """The answers of the other of the two come back, or those of both."""
    root, path = tmp_path / "answers", tmp_path / "answers" / "s" / "lesson.json"
    for number in range(3):
        AnswerFile.open("s", "lesson", sha256="ab" * 32, root=root).save("q1", {"choice": number})
    files = {backup(path): backup(path).read_bytes(), last_change(path): last_change(path).read_bytes()}
    changing = backup(path) if name == "before" else last_change(path)
    at_least = 2 if name == "before" else 1

    def opened() -> None:
        spoilt = changing.read_bytes()
        for file, data in files.items():
            if file != changing:
                file.write_bytes(data)
        path.write_bytes(b"{")
        answer = AnswerFile.open("s", "lesson", sha256="ab" * 32, root=root).record("q1").answer
        assert name == "before" or answer["choice"] >= at_least, spoilt
        for lying in path.parent.iterdir():
            lying.unlink()

    fuzz.harmless = True
    fuzz.each(changing, files[changing], opened, of=2)


def graded_with(unit: Unit, shown: str, data: bytes) -> None:
    """What `grade` does with a file; what it could not score or show counts as found."""
    parsed = parse_submission(shown, data)
    for (_, lesson), document in (documents(shown, data) if parsed.lessons else {}).items():
        if lesson == unit.lesson.id:
            problems: list[tuple[str, Problem]] = []
            sheet = mark_lesson(unit, document, shown, problems)
            assert not [problem for _, problem in problems if problem.name == "not_scored"], problems
            page = feedback_page(parsed.learner, [sheet])
            assert class_wording("feedback")["not_shown"] not in page
            contribution([sheet])


@pytest.mark.parametrize("name", [document["lesson"] for document in HANDINS])
def test_handins(fuzz: Fuzz, name: str, tmp_path: Path) -> None:
    """A hand-in of one lesson, graded, and put back by a learner."""
    whole = json.loads((OLD / "handin.json").read_bytes())
    (mine,) = (document for document in HANDINS if document["lesson"] == name)
    lesson = load_lesson(name, load_story(mine["story"]))
    unit, path = Unit.of(lesson, name, {}), tmp_path / "handin.json"

    def act() -> None:
        graded_with(unit, "handin.json", path.read_bytes())
        try:
            unpack(path, tmp_path / "answers")
        finally:
            shutil.rmtree(tmp_path / "answers", ignore_errors=True)

    fuzz.each(path, json.dumps({**whole, "answers": [mine]}).encode(), act, of=len(HANDINS))


def test_archives(fuzz: Fuzz, tmp_path: Path) -> None:
    inner = zipped({"handin_b.json": b"{}" * 30})
    files = {"Ann Lee_1_assignsubmission_file_/a.json": b'{"a": 1}' * 40, "b/inner.zip": inner, "c.zip": inner}
    path = tmp_path / "class.zip"

    def read() -> None:
        sources = Sources(tmp_path)
        try:
            for found in sources.walk():
                with suppress(Refused):
                    assert found.problem or len(sources.read(found.place)) <= 20_000_000
        finally:
            sources.close()

    fuzz.harmless = True  # what cannot be read is a problem that is told, and the others are read
    fuzz.each(path, zipped(files), read)


def test_notebooks(fuzz: Fuzz, tmp_path: Path) -> None:
    path = tmp_path / "00_start_here.ipynb"

    def read() -> None:
        assert not parse_submission(path.name, path.read_bytes()).lessons
        check_notebooks([path])

    fuzz.harmless = True
    fuzz.each(path, (SEEDS.parent / "notebooks" / path.name).read_bytes(), read)


ROSTERS = {
    "roster": b'id,name,email\n1,Ann Lee,ann@example.org\n2,"Ray, Bo",bo@example.org\n',
    "worksheet": b"Identifier,Full name,Email address,Status,Grade,Maximum grade,Last modified (submission)\n"
    b"Participant 7,Ann Lee,ann@example.org,Submitted,,100.00,-\n",
    "gradebook": b'Student,ID,SIS Login ID,Section,01 (12)\n    Points Possible,,,,7\n"Lee, Ann",5,ann,A,\n',
}


@pytest.mark.parametrize("name", ROSTERS)
def test_rosters(fuzz: Fuzz, name: str, tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"

    def read() -> None:
        roster = read_roster(path)
        found = Roster(roster.pupils())
        found.find_id("1"), found.find_name("Ann Lee"), found.find_name_in("Ann Lee_1_assign"), found.find_id_in("1")
        [*check_settings(roster=path)]
        if roster.is_worksheet:
            maxima(roster)
            [*filled_worksheet(roster, {}, None)]

    fuzz.each(path, ROSTERS[name], read, of=len(ROSTERS))


@pytest.mark.parametrize("ending", ["toml", "csv"])
def test_weights(fuzz: Fuzz, ending: str, tmp_path: Path) -> None:
    offered, path = offers("practice", tmp_path), tmp_path / f"weights.{ending}"
    toml = b'"00_start_here" = 2\n\n["00_start_here"]\nvoices = 0.5\nfirst_mark = 1\n'
    fuzz.each(
        path,
        toml.partition(b"\n\n")[2] if ending == "toml" else b"exercise,factor\n00_start_here/voices,0.5\n",
        lambda: read_weights(path, offered),
        of=2,
    )


def test_grades_that_people_gave(fuzz: Fuzz, tmp_path: Path) -> None:
    path = tmp_path / "grades" / "first.json"
    path.parent.mkdir()

    def read() -> None:
        graders(path.parent)
        GradeFile(path.parent, "first").set_note("a/b/c/d", "x")
        for lying in path.parent.iterdir():
            if lying != path:
                lying.unlink()

    fuzz.each(path, (OLD / "grades_first.json").read_bytes(), read)


def test_portfolios(fuzz: Fuzz, own_answers: Path) -> None:
    """The page of a learner, made of answer files and a name; files that cannot be read count as not there."""
    shutil.copytree(OLD / "work", own_answers, dirs_exist_ok=True)
    lesson = load_lesson("08_your_own_brief", load_story("baltics-2022"))
    brief = next(e.id for e in lesson.exercises if e.type == "write")

    def made() -> None:
        answers = AnswerFile.open("baltics-2022", lesson.id, sha256=lesson.story.about["sha256"])
        assert portfolio_page(lesson, answers, brief)._repr_html_()

    fuzz.harmless = True
    for path in (own_answers / "baltics-2022" / f"{lesson.id}.json", own_answers / "learner.json"):
        path.exists() or path.write_text('{"schema": 1, "learner": "Ada"}')
        fuzz.each(path, path.read_bytes(), made, of=80)


def test_scores_for_other_graders(fuzz: Fuzz, tmp_path: Path) -> None:
    (mine,) = (document for document in HANDINS if document["lesson"] == "00_start_here")
    whole = {**json.loads((OLD / "handin.json").read_bytes()), "answers": [mine]}
    fuzz.harmless = True
    path = tmp_path / "handin.json"
    fuzz.each(path, json.dumps(whole).encode(), lambda: read_score("00_start_here", "practice", beside=tmp_path), of=5)


def test_keys_for_a_graded_edition_in_the_browser(fuzz: Fuzz, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "keys.zip"
    (tmp_path / "kit" / "seeds" / "practice").mkdir(parents=True)
    monkeypatch.setattr(in_browser, "files", lambda _: tmp_path / "kit")
    keys = {"seeds/practice/key.json": b"{}" * 400, "seeds/answers.toml": b"a = 1\nb = [1, 2]\n", "../x": b"1"}
    fuzz.each(path, zipped(keys), lambda: in_browser._take_keys(path.read_bytes()), of=2)
    assert {p.name for p in tmp_path.iterdir()} == {"kit", "keys.zip"}
