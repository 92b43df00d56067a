"""Stories: found where they should be, refused with a sentence when something is wrong."""

import datetime as dt
import os
import re
import shutil
from contextlib import suppress
from pathlib import Path

import pytest

from copydesk.base.errors import CopydeskError
from copydesk.base.spans import fingerprint
from copydesk.page.article import read_page
from copydesk.story.story import DEFAULT, forget_stories, list_stories, load_story, story_in_use, use_story

BUILT_IN = Path(__file__).resolve().parents[2] / "seeds"


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_the_default_comes_first() -> None:
    assert list_stories()[0] == DEFAULT == load_story().id
    assert "practice" in list_stories()


def test_a_story_knows_its_rights_and_its_day() -> None:
    story = load_story("baltics-2022")
    assert story.date == dt.date(2022, 1, 12) and "Thomson Reuters" in story.rights
    assert repr(story) == "<Story 'baltics-2022': 7 furniture blocks, 10 paragraphs, 15 sentences>"


def test_an_unknown_name_is_answered_with_those_there_are() -> None:
    with pytest.raises(CopydeskError, match=r"no story named 'baltic'; there are: baltics-2022, .*practice"):
        load_story("baltic")


def test_a_path_is_a_story_too(tmp_path: Path) -> None:
    shutil.copytree(BUILT_IN / "practice", tmp_path / "mine")
    assert load_story(tmp_path / "mine").id == load_story(str(tmp_path / "mine")).id == "mine"


def test_copydesk_seeds_is_the_only_place_where_it_is_set(seeds: Path) -> None:
    shutil.rmtree(seeds / "baltics-2022")
    others = ["axe-fragment", "exoplanet-water", "greywater-barrage", "practice", "saltness-horn"]
    assert list_stories() == others
    with pytest.raises(CopydeskError, match=f"there are: {', '.join(others)}"):
        load_story()


def test_an_empty_place_says_that_there_are_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COPYDESK_SEEDS", str(tmp_path / "nowhere"))
    with pytest.raises(
        CopydeskError, match="none was found here: work in the folder that holds 'seeds', or set COPYDESK_SEEDS"
    ):
        load_story("practice")


def test_a_folder_without_story_toml_says_so(tmp_path: Path) -> None:
    with pytest.raises(CopydeskError, match=r"the folder .* has no story\.toml; see CONTRIBUTING"):
        load_story(tmp_path)


def test_the_nearest_seeds_upwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for place, name in ((tmp_path, "far"), (tmp_path / "a", "near")):
        shutil.copytree(BUILT_IN / "practice", place / "seeds" / name)
    (tmp_path / "a" / "b").mkdir()
    monkeypatch.chdir(tmp_path / "a" / "b")
    assert "near" in list_stories() and "far" not in list_stories()
    assert load_story("near").folder == (tmp_path / "a" / "seeds" / "near").resolve()
    assert load_story("baltics-2022").id == "baltics-2022"  # the bundled ones are still there


def test_use_story_lasts_for_the_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    assert use_story("practice").id == load_story().id == "practice"
    monkeypatch.setenv("COPYDESK_STORY", "baltics-2022")
    assert story_in_use() == "baltics-2022" == load_story().id
    monkeypatch.setenv("COPYDESK_STORY", "")
    assert story_in_use() == DEFAULT


def test_a_story_that_cannot_be_used_does_not_become_the_one_in_use() -> None:
    with pytest.raises(CopydeskError):
        use_story("none such")
    assert story_in_use() == DEFAULT


def test_without_a_key() -> None:
    assert load_story("practice").key is not None
    assert load_story("practice", with_key=False).key is None


def test_without_key_file_and_lessons(seeds: Path) -> None:
    (seeds / "practice" / "key.json").unlink()
    (seeds / "practice" / "lessons.toml").unlink()
    story = load_story("practice")
    assert story.key is None and story.lessons == {}


@pytest.mark.parametrize("field", ["headline", "date", "language", "rights", "sha256"])
def test_a_missing_field_is_named(field: str, seeds: Path) -> None:
    edit(seeds / "practice" / "story.toml", f"\n{field} =" if field != "headline" else f"{field} =", f"\nnot_{field} =")
    with pytest.raises(CopydeskError, match=rf"story\.toml lacks {field}"):
        load_story("practice")


def test_a_date_in_quotation_marks_is_refused(seeds: Path) -> None:
    edit(seeds / "practice" / "story.toml", "2022-02-03", '"2022-02-03"')
    with pytest.raises(CopydeskError, match="date is '2022-02-03', which is not a date"):
        load_story("practice")


@pytest.mark.parametrize("change", [("\n", "\r\n"), ("ferry", "Ferry"), ("\n\n", "\n")])
def test_an_edited_page_is_noticed(change: tuple[str, str], seeds: Path) -> None:
    page = seeds / "practice" / "page.txt"
    page.write_bytes(page.read_bytes().replace(change[0].encode(), change[1].encode(), 1))
    with pytest.raises(CopydeskError, match=r"its sha256 differs.*never edited"):
        load_story("practice")


@pytest.mark.parametrize("name", ["story.toml", "lessons.toml"])
@pytest.mark.parametrize("data", [b"= broken", b"\xff"])
def test_toml_that_cannot_be_read_is_named(name: str, data: bytes, seeds: Path) -> None:
    (seeds / "practice" / name).write_bytes(data)
    with pytest.raises(CopydeskError, match=rf"{name} cannot be read as TOML"):
        load_story("practice")


def test_a_missing_page_is_named(seeds: Path) -> None:
    (seeds / "practice" / "page.txt").unlink()
    with pytest.raises(CopydeskError, match=r"there is no file .*page\.txt"):
        load_story("practice")


def test_a_page_is_no_longer_than_can_be_read_at_once(tmp_path: Path) -> None:
    path = tmp_path / "page.txt"
    path.write_text("x. " * 33_334, "utf-8")
    with pytest.raises(CopydeskError, match="has 100,002 characters; a page may have 100,000 characters; keep the"):
        read_page(path)


def test_a_page_of_any_size_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with (tmp_path / "page.txt").open("wb") as file:
        file.truncate(10**11)  # a hole: it takes no room on the disk
    with pytest.raises(CopydeskError, match="more than 100,000 characters"):
        read_page(tmp_path / "page.txt")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes among the files of Windows")
def test_a_pipe_is_not_waited_for(seeds: Path) -> None:
    for name in ("page.txt", "story.toml", "lessons.toml", "key.json"):
        place = seeds / f"x-{name.partition('.')[0]}"
        shutil.copytree(seeds / "practice", place)
        (place / name).unlink()
        os.mkfifo(place / name)
        with suppress(CopydeskError):
            load_story(place)


@pytest.mark.parametrize("text", ["a\n" * 3000, "A b. " * 11_000], ids=["blocks", "sentences"])
def test_a_page_of_very_many_parts_is_refused(text: str, seeds: Path) -> None:
    about = (seeds / "practice" / "story.toml").read_text("utf-8")
    about = about.replace(re.findall('sha256 = "(.*)"', about)[0], fingerprint(text))
    (seeds / "practice" / "story.toml").write_text(about, "utf-8")
    (seeds / "practice" / "page.txt").write_text(text, "utf-8")
    with pytest.raises(CopydeskError, match=r"page.txt has more than 2,000 lines or 10,000 full stops; keep"):
        load_story(seeds / "practice")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("headline = 7", "headline is '7', which is not text"),
        ("date = 2022-02-03T10:00:00", "which is not a date"),
        ("a = " + "[" * 2000 + "]" * 2000, "cannot be read as TOML: it "),
        ("a = " + "9" * 5000, "cannot be read as TOML: it is not TOML; correct"),
        ("a = inf", "holds a number that is too large, or none"),
        (".".join("a" * 502) + " = 1", "has a line with more than 500 points"),
    ],
)
def test_a_hostile_line_in_story_toml_is_refused(line: str, says: str, seeds: Path) -> None:
    path, name = seeds / "practice" / "story.toml", line.partition(" ")[0]
    kept = [old for old in path.read_text("utf-8").splitlines() if not old.startswith(f"{name} =")]
    path.write_text("\n".join([line, *kept]), "utf-8")
    with pytest.raises(CopydeskError, match=f"story.toml.*{says}"):
        load_story(seeds / "practice")


@pytest.mark.parametrize("name", ["a\0b", "a" * 5000])
def test_a_name_that_no_path_may_have_is_no_story(name: str) -> None:
    with pytest.raises(CopydeskError, match="no story named 'a"):
        load_story(name)


def test_an_instructors_own_stories_lie_beside_the_notebooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(BUILT_IN / "practice", tmp_path / "stories" / "our-ferry")
    (tmp_path / "instructor").mkdir()
    monkeypatch.chdir(tmp_path / "instructor")
    assert load_story("our-ferry").folder == (tmp_path / "stories" / "our-ferry").resolve()
    assert {"our-ferry", "practice"} <= {*list_stories()}


def test_a_changed_story_is_read_again_when_asked(seeds: Path) -> None:
    before = load_story("practice").rights
    edit(seeds / "practice" / "story.toml", "Practice story", "Changed story")
    assert load_story("practice").rights == before
    forget_stories()
    assert load_story("practice").rights.startswith("Changed story")


def test_story_toml_corrects_the_reader(seeds: Path) -> None:
    line = load_story(seeds / "practice").article.block("p2").line
    with (seeds / "practice" / "story.toml").open("a", encoding="utf-8") as file:
        file.write(f'[lines]\n"{line}" = "pull_quote"\n')
    forget_stories()
    assert [b.kind for b in load_story("practice").article.furniture].count("pull_quote") == 1


def test_story_toml_says_where_blocks_and_sentences_begin(seeds: Path) -> None:
    first, second = load_story(seeds / "practice").article.paragraphs[:2]
    inside = next(s.start for s in load_story(seeds / "practice").article.sentences if s.id.endswith("s2"))
    last = load_story(seeds / "practice").article.text.rindex(" ", 0, second.end) + 1
    with (seeds / "practice" / "story.toml").open("a", encoding="utf-8") as file:
        file.write(f'[begins]\n"{second.start}" = "sentence"\n"{inside}" = "nothing"\n"{last}" = "caption"\n')
    forget_stories()
    article = load_story("practice").article
    assert (article.block("p1").start, article.block("p1").end) == (first.start, last - 1)
    starts = [s.start for s in article.sentences]
    assert second.start in starts and inside not in starts
    assert [b.kind for b in article.blocks if b.start == last] == ["caption"]


@pytest.mark.parametrize(
    "lines",
    [
        *("lines = 3", '[lines]\n"2" = 3', '[lines]\n"two" = "caption"', '[lines]\n"2" = "?"'),
        *("begins = 3", '[begins]\n"9999999" = "caption"', '[begins]\n"3" = "?"'),
    ],
)
def test_a_wrong_correction_is_refused_with_its_place(lines: str, seeds: Path) -> None:
    with (seeds / "practice" / "story.toml").open("a", encoding="utf-8") as file:
        file.write(f"{lines}\n")
    with pytest.raises(CopydeskError, match=r"story.toml: (\[(lines|begins)\] is not a table|no block)"):
        load_story("practice")
