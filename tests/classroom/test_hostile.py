"""Strangers' files: refused or coped with by name; nothing executed, followed or changed."""

import zipfile
from pathlib import Path

import pytest

from copydesk.answers.handin import read_handin
from copydesk.base.errors import CopydeskError
from copydesk_classroom.collecting.submissions import parse_submission
from copydesk_classroom.grading.grade import grade
from copydesk_classroom.wording import class_wording
from tests.classroom.hostile import FILES, GOOD, SPECIAL, make
from tests.classroom.made_class import data, full, handin, put, rows, tree, zipped

PROBLEMS = class_wording("problems")


def words_of(problem: str) -> tuple[str, str, str]:
    """What is said of a problem: what came of it, the beginning of why, what to do."""
    said = PROBLEMS[problem]
    return said["what"], said["why"].partition("{")[0], said["do"]


@pytest.fixture(scope="module")
def batch(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, dict[str, str], dict[str, str]]:
    """A folder of hostile files with one good one among them, graded; what it held before."""
    home = tmp_path_factory.mktemp("hostile")
    folder, out = home / "in", home / "out"
    expected = make(folder)
    put(folder / "handin_good.json", GOOD)
    before = tree(home)
    summary = grade(folder, out)
    assert summary.graded >= 1 and summary.problems >= 40
    return folder, out, expected, before


def test_there_are_at_least_forty() -> None:
    assert len(FILES | SPECIAL) >= 50
    assert {problem for _, problem in (FILES | SPECIAL).values()} <= set(PROBLEMS)


@pytest.mark.parametrize("name", [*FILES, *SPECIAL])
def test_each_is_named_with_why_and_what_to_do(
    name: str, batch: tuple[Path, Path, dict[str, str], dict[str, str]]
) -> None:
    _, out, expected, _ = batch
    what, why, remedy = words_of(expected[name])
    shown = f"'{name}" if name.startswith("=") else name
    mine = [r for r in rows(out / "problems.csv") if r["file"] == shown or r["file"].startswith(f"{shown}/")]
    assert [r for r in mine if r["what"] == what and r["why"].startswith(why) and r["what to do"] == remedy], mine


def test_the_good_one_is_graded_and_nothing_else_changed(
    batch: tuple[Path, Path, dict[str, str], dict[str, str]],
) -> None:
    folder, out, _, before = batch
    assert tree(folder) == {name.partition("/")[2]: was for name, was in before.items()}
    good = next(r for r in rows(out / "grades.csv") if r["name"] == "Good One")
    assert good["percent"] == "100.0" and good["status"] == "graded"
    assert {p.name for p in out.parent.iterdir()} == {"in", "out"}


def test_what_could_be_read_in_part_is_graded_in_part(
    batch: tuple[Path, Path, dict[str, str], dict[str, str]],
) -> None:
    by_name = {r["name"]: r for r in rows(batch[1] / "grades.csv")}
    assert by_name["Wide One"]["percent"] == "100.0"
    assert (by_name["M"]["points"], by_name["K"]["points"]) == ("0.0", "0.0")
    for refused in ("A", "B", "N", "C", "P", "S", "U", "V", "O", "L", "R"):
        assert by_name.get(refused, {"points": ""})["points"] == ""


def test_every_problem_has_its_words() -> None:
    for name, said in PROBLEMS.items():
        assert set(said) == {"what", "why", "do"}, name
        assert said["why"].endswith(".") and said["do"].endswith("."), name


def test_a_bomb_of_one_learner_costs_another_nothing(tmp_path: Path) -> None:
    mine = {"Ann Lee_1_assignsubmission_file_/bomb.zip": zipped({"a.json": b"0" * 9_000_000})}
    yours = {"Bo Ray_2_assignsubmission_file_/work.zip": zipped({"handin_b.json": data(handin("", full()))})}
    put(tmp_path / "in" / "class.zip", zipped(mine | yours))
    summary = grade(tmp_path / "in", tmp_path / "out")
    assert (summary.graded, summary.unread) == (1, 1)
    by_name = {r["name"]: r for r in rows(tmp_path / "out" / "grades.csv")}
    assert by_name["Bo Ray"]["percent"] == "100.0"
    assert (by_name["Ann Lee"]["status"], by_name["Ann Lee"]["points"]) == ("nothing readable", "")


@pytest.mark.parametrize("zipped_up", [True, False])
def test_what_one_learner_sends_is_bounded_in_all(zipped_up: bool, tmp_path: Path) -> None:
    """By a platform's name, in the zip of a class and in its folder; the files of others are graded."""
    mine = "Ann Lee_1_assignsubmission_file_"
    large = data(handin("", full())).ljust(900_000)
    files = {f"{mine}/{n}.json": large for n in range(9)} | {"Bo Ray_2_assignsubmission_file_/b.json": large}
    if zipped_up:
        put(tmp_path / "in" / "class.zip", zipped(files, packing=zipfile.ZIP_STORED))
    else:
        for name, content in files.items():
            put(tmp_path / "in" / name, content)
    assert grade(tmp_path / "in", tmp_path / "out").graded == 2
    told = [r["file"].rpartition("/")[2] for r in rows(tmp_path / "out" / "problems.csv") if "bomb" in r["why"]]
    assert told == ["6.json", "7.json", "8.json"]


def test_the_brackets_of_one_learner_are_bounded_in_all(tmp_path: Path) -> None:
    """By a platform's name: many files cost no more than one, and what came first is graded."""
    mine, dense = "Ann Lee_1_assignsubmission_file_", b'{"lesson": [' + b"[]," * 60_000 + b"[]]}"
    for name, content in {"1.json": data(handin("", full())), "2.json": dense, "3.json": dense}.items():
        put(tmp_path / "in" / mine / name, content)
    put(tmp_path / "in" / "Bo Ray_2_assignsubmission_file_" / "b.json", data(handin("", full())))
    assert grade(tmp_path / "in", tmp_path / "out").graded == 2
    assert {r["percent"] for r in rows(tmp_path / "out" / "grades.csv")} == {"100.0"}
    told = [r["file"].rpartition("/")[2] for r in rows(tmp_path / "out" / "problems.csv") if "brackets" in r["why"]]
    assert told == ["3.json"]


@pytest.mark.parametrize(
    "content",
    [b'{"exercises": {"a": {"tries": [' + b"{}," * 100_001 + b"{}]}}}", b'{"a": [' + b"1," * 200_001 + b"1]}"],
    ids=["brackets", "commas"],
)
def test_what_would_decode_to_more_than_answers_have_is_not_decoded(
    content: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def decode(*_: object, **__: object) -> None:
        raise AssertionError("it was decoded")

    for module in ("copydesk.answers.handin", "copydesk_classroom.collecting.submissions"):
        monkeypatch.setattr(f"{module}.decode", decode)
    (problem,) = parse_submission("a.json", content).problems
    assert problem.name == "damaged" and "more than a learner could have made" in problem.why
    with pytest.raises(CopydeskError, match="more than a learner could have made"):
        read_handin(put(tmp_path / "handin.json", content))


def test_a_member_without_a_name_stops_no_other(tmp_path: Path) -> None:
    """Found by `tests/fuzz/`, seed 9001285: zipfile looks at the last letter of a name."""
    packed = zipped({"a": b"", "b.json": data(GOOD)})
    at = packed.index(b"PK\x01\x02")
    whole = bytearray(packed)
    whole[at + 28 : at + 30] = b"\0\0"  # the length of the first name in the list of members
    whole[at + 30 : at + 32] = b"\1\0"  # its letter counts as an extra field now
    put(tmp_path / "in" / "x.zip", bytes(whole))
    put(tmp_path / "in" / "good.json", GOOD)
    assert grade(tmp_path / "in", tmp_path / "out").graded == 1


def test_few_files_that_are_no_answers_are_told(tmp_path: Path) -> None:
    mine = {f"Ann Lee_1_assignsubmission_file_/{n}.txt": b"" for n in range(300)}
    yours = {"Bo Ray_2_assignsubmission_file_/essay.docx": b""}
    put(tmp_path / "in" / "class.zip", zipped(mine | yours))
    put(tmp_path / "in" / "x.zip", zipped({f"{n}.txt": b"" for n in range(2_500)}))
    grade(tmp_path / "in", tmp_path / "out")
    told = rows(tmp_path / "out" / "problems.csv")
    assert len([r for r in told if "Ann Lee" in r["file"]]) == 100
    assert len([r for r in told if "Bo Ray" in r["file"]]) == 1
    more = {r["file"]: r["why"] + r["what"] for r in told if r["file"] in ("class.zip", "x.zip")}
    assert "200" in more["class.zip"] and "500" in more["x.zip"]


def test_few_problems_of_one_file_are_told(tmp_path: Path) -> None:
    put(tmp_path / "in" / "a.json", {**GOOD, "answers": [7] * 199})
    grade(tmp_path / "in", tmp_path / "out")
    assert len(rows(tmp_path / "out" / "problems.csv")) <= 11
