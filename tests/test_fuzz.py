"""Files that a stranger changed: whatever reads them ends in a CopydeskError or with what it was asked for.

Each format is changed `TRIES` times, by fixed seeds; the slowest ones share them. `make fuzz` does the same with other
seeds and many more tries, and prints what each format took at worst (see `conftest.py`). What was found on the way is
kept in `fixtures/fuzz/`, a folder per format, and read before anything is changed.
"""

import ast
import csv
import io
import itertools
import json
import os
import random
import re
import shutil
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from copydesk.answers.file import AnswerFile
from copydesk.answers.handin import unpack
from copydesk.attribution import find_attributions
from copydesk.base.documents import Damaged, decode, decode_toml, read_json
from copydesk.base.errors import CopydeskError
from copydesk.base.files import backup
from copydesk.base.store import last_change
from copydesk.checkup.doctor import check_notebooks
from copydesk.lessons import lesson as lessons
from copydesk.lessons.lesson import list_lessons, load_lesson
from copydesk.map.geography import story_geography
from copydesk.page.article import MOST_CHARACTERS, parse_article, read_page
from copydesk.story.edition import edition_words, read_edition
from copydesk.story.facts import read_facts, timeline
from copydesk.story.key import MOST_RECORDS, read_key
from copydesk.story.story import Story, forget_stories, load_story
from copydesk.views.agreement import class_votes
from copydesk.views.portfolio import portfolio_page
from copydesk.views.timeline import lesson_timeline
from copydesk_classroom.checking import check_scoring, check_settings, key_faults, lesson_faults
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
from copydesk_classroom.stories.annotations import (
    ANSWERS,
    encode_annotations,
    export_answers,
    export_key,
    import_annotations,
    read_annotations,
)
from copydesk_classroom.stories.compare import compare_lines, compare_page, merged_draft, read_two_keys
from copydesk_classroom.stories.confirm import encode_key, read_raw_key
from copydesk_classroom.stories.editor import KeyEditor
from copydesk_classroom.stories.lessons import write_lessons
from copydesk_classroom.stories.new import redraft
from copydesk_classroom.stories.pack import add_pack, pack_story
from copydesk_classroom.stories.page import read_any_page
from copydesk_classroom.wording import Problem, Refused, class_wording
from tests.changed_files import changed
from tests.classroom.made_class import zipped

SEEDS = Path(__file__).resolve().parents[1] / "seeds"
KEPT = Path(__file__).parent / "fixtures" / "fuzz"
OLD = Path(__file__).parent / "fixtures" / "version_0_1"
TRIES, FIRST = int(os.environ.get("FUZZ_TRIES", "2000")), int(os.environ.get("FUZZ_FIRST", "0"))

Act = Callable[[], object]
MOST_FOUND = 20
"""How many different findings are told in one format."""


class Fuzz:
    """One format that is changed again and again and used; only a CopydeskError may come of it."""

    def __init__(self) -> None:
        self.tries = self.refused = 0
        self.slowest, self.harmless = 0.0, False
        """How long a use took at most, in seconds of the processor; and whether nothing is refused in this format."""
        self.found: dict[str, str] = {}

    def use(self, act: Act, what: str) -> None:
        """Use what was changed; what it raises is noted, once for each place that raises it."""
        begun = time.process_time()
        try:
            act()
        except CopydeskError as error:
            self.refused += 1
            if len(str(error)) > 1000:
                self.found["a long sentence"] = what
        except Exception as error:
            at = traceback.extract_tb(error.__traceback__)[-1]
            self.found.setdefault(f"{type(error).__name__} in {Path(at.filename).name}, line {at.lineno}", what)
        self.slowest = max(self.slowest, time.process_time() - begun)
        self.tries += 1

    def each(self, path: Path, original: bytes, act: Act, *, of: int = 1, kept: str = "") -> None:
        """Change a file again and again and use it; `TRIES` are shared by so many files of one format (`of`).

        Files in the folder `kept` of the fixtures are used first.
        """
        for file in sorted((KEPT / kept).iterdir()) if kept else ():
            path.write_bytes(file.read_bytes())
            self.use(act, file.name)
        for seed in range(FIRST, FIRST + TRIES // of + 1):
            path.write_bytes(changed(original, seed, path.suffix[1:]))
            self.use(act, f"seed {seed} of {path.name}")
            if len(self.found) > MOST_FOUND:
                break


@pytest.fixture
def fuzz(record_property: Callable[[str, object], None]) -> Iterator[Fuzz]:
    """A format to be changed; the test fails for what was found, and notes what it took."""
    before, made = most_memory(), Fuzz()
    yield made
    grown = most_memory() - before
    record_property("fuzz", [made.tries, made.refused, round(1000 * made.slowest), round(grown / 1e6)])
    assert not made.found, made.found
    assert made.harmless or made.refused, "the changes are all harmless"
    assert made.refused < made.tries, "the changes are all fatal"


@pytest.mark.parametrize("name", ["practice/key.json", "practice/story.toml", "baltics-2022/context/facts.csv"])
def test_most_changes_leave_a_file_that_can_be_parsed(name: str) -> None:
    """So that what is behind the parser is tried too; each way of changing one makes a difference."""
    original, form = (SEEDS / name).read_bytes(), name.rpartition(".")[2]
    parse = {"json": decode, "toml": decode_toml, "csv": lambda d: [*csv.reader(io.StringIO(d.decode()), strict=True)]}
    parsed, made = 0, set()
    for seed in range(FIRST, FIRST + 100):
        data = changed(original, seed, form)
        made.add(data)
        with suppress(Damaged, ValueError, csv.Error):
            parse[form](data)
            parsed += 1
    assert parsed >= 50 and len(made) > 80, (parsed, len(made))


def most_memory() -> int:
    """The most memory that this process has had, in bytes; 0 where the system does not say."""
    if sys.platform == "win32":
        return 0
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def use(lesson: lessons.Lesson) -> None:
    """What a lesson does when it is opened and when it is checked."""
    for exercise in lesson.exercises:
        exercise.full_view(lesson.story)
        exercise.static_view(lesson.story, exercise.beginning())
    own = lesson.story.lessons[lesson.id]
    if "timeline" in own:
        lesson_timeline(lesson)
    for name in own.get("class", ()):
        class_votes(lesson, name)
    if not lesson_faults(lesson) and random.Random(repr(lesson.exercises)).random() < 0.005:  # scoring takes longest
        check_scoring(lesson)


@pytest.fixture
def story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the built-in story that is in use and read anew each time."""
    shutil.copytree(SEEDS, tmp_path / "seeds")
    monkeypatch.setenv("COPYDESK_SEEDS", str(tmp_path / "seeds"))
    return tmp_path / "seeds" / "baltics-2022"


def loaded(folder: Path) -> Story:
    load_story.__globals__["_load"].cache_clear()
    return load_story(folder)


def test_pages(fuzz: Fuzz, tmp_path: Path) -> None:
    path = tmp_path / "page.txt"
    fuzz.each(path, (SEEDS / "practice" / "page.txt").read_bytes(), lambda: parse_article(read_page(path)))


@pytest.mark.parametrize("name", ["practice", "baltics-2022"])
def test_keys(fuzz: Fuzz, tmp_path: Path, name: str) -> None:
    path, article = tmp_path / "key.json", load_story(name).article
    fuzz.each(path, (SEEDS / name / "key.json").read_bytes(), lambda: key_faults(read_key(path), article), of=2)


def test_stories(fuzz: Fuzz, story: Path) -> None:
    path = story.parent / "practice" / "story.toml"
    fuzz.each(path, path.read_bytes(), lambda: use(load_lesson("00_start_here", loaded(path.parent))))


def test_lessons_of_a_story(fuzz: Fuzz, story: Path) -> None:
    path, whole = story / "lessons.toml", (story / "lessons.toml").read_bytes()
    offered = list_lessons()
    for lesson_id in offered:
        own = b"".join(re.findall(rb"^\[+%s\b.*?(?=^\[+\d\d_|\Z)" % lesson_id.encode(), whole, re.S | re.M))
        fuzz.each(path, own, lambda name=lesson_id: use(load_lesson(name, loaded(story))), of=2 * len(offered))


def test_lessons_of_any_story(fuzz: Fuzz, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, baltics: Story) -> None:
    home, offered = tmp_path / "lessons", list_lessons()
    shutil.copytree(Path(lessons.__file__).parent, home)
    monkeypatch.setattr(lessons, "files", lambda package: home if package.endswith("lessons") else tmp_path)

    def opened() -> None:
        lessons._read.cache_clear()
        lessons._join.cache_clear()
        use(load_lesson(path.stem, baltics))

    for path in (home / f"{name}.toml" for name in offered):
        original = path.read_bytes()
        fuzz.each(path, original, opened, of=2 * len(offered))
        path.write_bytes(original)
    lessons._read.cache_clear()
    lessons._join.cache_clear()


def test_answers_for_any_story(fuzz: Fuzz, story: Path) -> None:
    path = story.parent / "answers.toml"

    def opened() -> None:
        load_story.__globals__["_read_once"].cache_clear()
        use(load_lesson("08_your_own_brief", load_story(story)))

    fuzz.each(path, path.read_bytes(), opened, of=2)
    load_story.__globals__["_read_once"].cache_clear()


def test_facts(fuzz: Fuzz, tmp_path: Path) -> None:
    path, whole = tmp_path / "facts.csv", (SEEDS / "baltics-2022" / "context" / "facts.csv").read_bytes()
    fuzz.each(path, b"\n".join(whole.split(b"\n")[:12]), lambda: timeline(read_facts(path)))


def test_maps(fuzz: Fuzz, story: Path, baltics: Story) -> None:
    path = story / "context" / "map.toml"
    fuzz.each(path, path.read_bytes(), lambda: story_geography(replace(baltics, folder=story)))


def test_editions(fuzz: Fuzz, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No edition keeps a learner out: what cannot be read counts as not there."""
    shutil.copytree(SEEDS / "practice", tmp_path / "seeds" / "practice")
    monkeypatch.chdir(tmp_path)
    release = b"""schema = "copydesk-release-1"
course = "News 101"
due = 2027-03-01T18:30:00Z
graded = true
story = "practice"
lessons = ["00_start_here"]
hand_in_to = "Moodle"
"""

    def opened() -> None:
        found = read_edition(tmp_path)
        assert all(isinstance(told, str) for told in edition_words(found))
        if found.story:
            with suppress(CopydeskError):
                load_story()

    fuzz.harmless = True
    fuzz.each(tmp_path / "release.toml", release, opened)


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


HANDINS = json.loads((OLD / "handin.json").read_bytes())["answers"]


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


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The practice story as a pack, by another name."""
    home = tmp_path_factory.mktemp("pack")
    shutil.copytree(SEEDS / "practice", home / "ours")
    key = (home / "ours" / "key.json").read_bytes().replace(b'"story": "practice"', b'"story": "ours"')
    (home / "ours" / "key.json").write_bytes(key)
    return pack_story(load_story(home / "ours"), home / "ours.zip").path.read_bytes()


def test_packs(fuzz: Fuzz, tmp_path: Path, pack: bytes) -> None:
    """What is added passes its own checks; of what is refused nothing is left."""
    path, place = tmp_path / "pack.zip", tmp_path / "stories"

    def add() -> None:
        try:
            add_pack(path, place=place)
        except CopydeskError:
            assert not [*place.glob("*")], "something is left"
            raise
        shutil.rmtree(place)

    fuzz.each(path, pack, add, of=2)


@pytest.mark.parametrize("name", ["practice", "greywater-barrage"])
def test_annotations_of_keys(fuzz: Fuzz, name: str, tmp_path: Path) -> None:
    path, story = tmp_path / "notes.jsonld", load_story(name)
    original = encode_annotations(export_key(read_raw_key(story.folder), story.article, story))

    def read() -> None:
        found = import_annotations(read_annotations(path), story, read_raw_key(story.folder))
        encode_annotations(found.data) if found.what == ANSWERS else encode_key(found.data)

    fuzz.each(path, original, read, of=12)


@pytest.mark.parametrize("kind", ["answers", "places"])
def test_annotations_of_others(fuzz: Fuzz, kind: str, tmp_path: Path) -> None:
    """Answers that go out and come back, and what another program wrote."""
    path, story = tmp_path / "notes.jsonld", load_story("practice")
    selector = {"type": "TextQuoteSelector", "exact": "said", "prefix": "", "suffix": ""}
    note = {"type": "Annotation", "body": [{"value": "who?"}], "target": {"source": "x", "selector": [selector]}}
    (mine,) = (document for document in HANDINS if document["lesson"] == "00_start_here")
    original = encode_annotations(export_answers(mine, story) if kind == "answers" else {"items": [note, note]})

    def read() -> None:
        encode_key(import_annotations(read_annotations(path), story, read_raw_key(story.folder)).data)

    fuzz.each(path, original, read, of=4)


def test_answers_that_become_annotations(fuzz: Fuzz, tmp_path: Path) -> None:
    path, story = tmp_path / "answers.json", load_story("practice")
    (mine,) = (document for document in HANDINS if document["lesson"] == "00_start_here")
    fuzz.each(path, json.dumps(mine).encode(), lambda: encode_annotations(export_answers(read_json(path), story)), of=4)


def test_two_keys(fuzz: Fuzz, tmp_path: Path) -> None:
    path = tmp_path / "second.json"

    def compare() -> None:
        found = read_two_keys("practice", path)
        compare_lines(found), compare_page(found)
        encode_key(merged_draft(found)[0])

    fuzz.each(path, (SEEDS / "practice" / "key.json").read_bytes(), compare, of=60)


@pytest.mark.parametrize("file", ["key.json", "story.toml", "lessons.toml"])
def test_own_stories(fuzz: Fuzz, file: str, tmp_path: Path) -> None:
    """The key editor, the lessons that follow from a key, and a second draft, on a folder that somebody gave away."""
    folder, whole = tmp_path / "ours", SEEDS / "practice"

    def opened() -> None:
        spoilt = (folder / file).read_bytes()
        shutil.rmtree(folder)
        shutil.copytree(whole, folder)
        (folder / file).write_bytes(spoilt)
        forget_stories()
        turn = next(turns) % 3
        if turn == 0:
            editor = KeyEditor(folder)
            editor.meter(), editor.faults(), repr(editor)
            editor.apply([{"op": "confirm", "layer": "sources", "ids": ["S1"]}])
        elif turn == 1:
            write_lessons(folder)
        else:
            redraft(folder)

    turns = itertools.count()
    shutil.copytree(whole, folder)
    fuzz.each(folder / file, (whole / file).read_bytes(), opened, of=15)


def test_html_pages(fuzz: Fuzz, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    story = "<p>" + "The river rose by a metre, <b>Ada Lund</b> said&nbsp;on <time>6 March 2026</time>. " * 5 + "</p>"
    head = '<html lang="en"><head><meta charset="utf-8"><title>Rain ends</title><script>var a = "</p>";</script></head>'
    page = (
        f"{head}<body><nav><ul><li><a href=/>Home</a></ul></nav><article><h1>Rain ends</h1>{story * 3}<table><tr><td>1"
    )
    fuzz.harmless = True  # any text is a page
    fuzz.each(path, page.encode(), lambda: parse_article(read_any_page(str(path)).text), of=20)


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


READERS = {
    **dict.fromkeys(("handin:read_handin", "submissions:parse_submission", "submissions:documents"), "handins"),
    **dict.fromkeys(("store:_decoded", "schema:accepted"), "answer_files"),
    **dict.fromkeys(("files:open_zip", "files:_archive"), "archives"),
    **dict.fromkeys(("confirm:read_raw_key", "editor:__init__", "new:_checked_about"), "own_stories"),
    **dict.fromkeys(("editor:_is_in_work", "editor:_trial", "editor:asked", "lessons:_read"), "own_stories"),
    **dict.fromkeys(("annotations:read_annotations", "annotations:_own_body"), "annotations_of_keys"),
    **{"place:learner_of": "portfolios", "doctor:_fits": "notebooks", "start:_words": "notebooks"},
    **{"lesson:_read": "lessons_of_any_story", "story:_load": "stories", "story:_read_once": "answers_for_any_story"},
    **{"geography:read_geography": "maps", "edition:read_edition": "editions", "facts:read_facts": "facts"},
    **{"key:read_key": "keys", "course:_weights_file": "weights", "csv_files:read_rows": "rosters"},
    **{
        "rubric:graders": "grades_that_people_gave",
        "pack:_read": "packs",
        "commands:run_annotations": "answers_that_become",
    },
    **{"in_browser:_take_keys": "keys_for_a_graded_edition"},
}
"""What parses a file that may be a stranger's, as module and function, and the test that changes such files."""
OWN = {
    "documents": "the parsers themselves",
    "wording geography": "files of the kit",
    "state roster scores class_report": "what a run of `grade` wrote into its own database",
    "jupyter": "what Jupyter prints about itself",
    "lite contents tables release in_browser graders": "what is released or was written here: the kit, "
    "JupyterLite's packages, the kit's notebooks",
}
"""Modules whose other parsers read nothing of a stranger, and what it is that they read."""
PARSERS = {
    *("json.loads", "tomllib.loads", "csv.reader", "csv.DictReader", "zipfile.ZipFile", "tarfile.open"),
    *("decode", "decode_toml", "read_json", "read_toml", "open_zip"),
}


def test_every_reader_of_a_strangers_file_is_tried_here() -> None:
    """Add a new reader to `READERS` and a test of its format above, or to `OWN` with a reason."""
    found = {
        f"{path.stem}:{function.name}"
        for path in (SEEDS.parent / "src").rglob("*.py")
        for function in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(function, ast.FunctionDef)
        for call in ast.walk(function)
        if isinstance(call, ast.Call) and ast.unparse(call.func) in PARSERS
    }
    own = {stem for stems in OWN for stem in stems.split()}
    assert {name for name in found if name.partition(":")[0] not in own} <= {*READERS}, "not tried"
    assert {*READERS} <= found and own <= {name.partition(":")[0] for name in found}, "gone"
    tests = [name for name in globals() if name.startswith("test_")]
    assert all(any(name.startswith(f"test_{of}") for name in tests) for of in READERS.values())


SLOW = {
    "opened": "“" * MOST_CHARACTERS,
    "quoted": "“”" * (MOST_CHARACTERS // 2),
    "straight": '"' * MOST_CHARACTERS,
    "points": ". " * (MOST_CHARACTERS // 2 - 1) + ". ",
    "lines": "ab\n" * (MOST_CHARACTERS // 3),
    "initials": "A. " * (MOST_CHARACTERS // 3),
    "said": "He said " * (MOST_CHARACTERS // 8),
}


@pytest.mark.parametrize("name", SLOW)
def test_the_slowest_pages_take_less_than_five_seconds(name: str, tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text(SLOW[name], "utf-8")
    begun = time.process_time()
    text = read_page(tmp_path / "page.txt")
    parse_article(text)
    find_attributions(text)
    assert time.process_time() - begun < 5


def test_the_slowest_keys_take_less_than_five_seconds(tmp_path: Path, baltics: Story) -> None:
    key = json.loads((SEEDS / "baltics-2022" / "key.json").read_text("utf-8"))
    whole, path = {"start": 0, "end": len(baltics.article.text), "hash": "x"}, tmp_path / "key.json"
    device = {"region": "", "device": "x", "readings": []}
    key["framing"] = [{"id": f"D{n}", **whole, **device} for n in range(MOST_RECORDS)]
    key["controls"] = [{"id": f"PC{n}", **whole} for n in range(MOST_RECORDS)]
    quoted = {"region": "", "speaker": "x", "kind": "x", "form": "x", "counted": True, "content": [whole] * 3}
    key["attributions"] = [{"id": f"A{n}", **quoted} for n in range(MOST_RECORDS // 2)]
    path.write_text(json.dumps(key), "utf-8")
    begun = time.process_time()
    assert len(key_faults(read_key(path), baltics.article)) > MOST_RECORDS
    assert time.process_time() - begun < 5
