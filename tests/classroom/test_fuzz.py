"""Anything at all handed in: grading ends, says what is wrong, and costs nobody else a point."""

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk_classroom.collecting.collect import MOST_BATCHES, map_ordered
from copydesk_classroom.collecting.files import Sources, open_zip
from copydesk_classroom.collecting.platforms import parse_platform_name
from copydesk_classroom.collecting.submissions import documents, parse_submission
from copydesk_classroom.grading.grade import grade
from copydesk_classroom.wording import Problem, Refused
from tests.classroom.made_class import best, data, document, entry, full, handin, lesson, put, rows, zipped

FAST = settings(max_examples=60, deadline=None)
WORDS = st.sampled_from(
    [
        "groups",
        "choices",
        "values",
        "texts",
        "evidence",
        "order",
        "labels",
        "source",
        "cue",
        "content",
        "p1.s1",
        "whose",
    ]
)
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text() | WORDS
)
JSON = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS | st.text(), inner, max_size=4)
)
ANSWERS = st.dictionaries(WORDS, JSON, max_size=4)
GOOD = handin("Good", full())


def write(folder: Path, content: bytes) -> None:
    put(folder / "in" / "strange.json", content)
    put(folder / "in" / "good.json", GOOD)


def check(folder: Path) -> list[dict[str, str]]:
    """Grade, make sure of the good one, give back the problems of the strange one."""
    grade(folder / "in", folder / "out")
    good = next(r for r in rows(folder / "out" / "grades.csv") if r["name"] == "Good")
    assert good["percent"] == "100.0"
    for page in (folder / "out" / "feedback").iterdir():
        page.read_bytes().decode("utf-8")
    return [p for p in rows(folder / "out" / "problems.csv") if p["file"] == "strange.json"]


@FAST
@given(st.dictionaries(st.sampled_from([e.id for e in lesson().exercises]), st.lists(ANSWERS, max_size=3), max_size=4))
def test_answers_of_any_shape_are_scored_or_named(answers: dict[str, list[Any]]) -> None:
    strange = handin("Strange", document({name: entry(*tries) for name, tries in answers.items()}))
    with tempfile.TemporaryDirectory() as name:
        write(Path(name), json.dumps(strange).encode())
        problems = check(Path(name))
        assert not [p for p in problems if "could not be scored" in p["why"]], problems
        strange_row = next(r for r in rows(Path(name) / "out" / "grades.csv") if r["name"] == "Strange")
        assert 0 <= float(strange_row["percent"]) <= 100


@FAST
@given(JSON)
def test_any_json_is_read_or_named(value: Any) -> None:
    for strange in (value, {**GOOD, "answers": [value]}, {**GOOD, "answers": [document({"voices": value})]}):
        submission = parse_submission("strange.json", json.dumps(strange).encode())
        assert submission.lessons or submission.problems
        assert all(problem.why and problem.remedy and problem.what for problem in submission.problems)


@FAST
@given(st.data())
def test_garbled_bytes_are_read_or_named(draw: st.DataObject) -> None:
    content = bytearray(data(GOOD))
    for _ in range(draw.draw(st.integers(1, 5))):
        content[draw.draw(st.integers(0, len(content) - 1))] = draw.draw(st.integers(0, 255))
    garbled = bytes(content[: draw.draw(st.integers(0, len(content)))])
    with tempfile.TemporaryDirectory() as name:
        write(Path(name), garbled)
        check(Path(name))
    if lessons := parse_submission("x.json", garbled).lessons:
        assert set(documents("x.json", garbled)) == {(a.story, a.lesson) for a in lessons}


@FAST
@given(st.data())
def test_garbled_zips_are_read_or_refused(draw: st.DataObject) -> None:
    content = bytearray(zipped({"a/handin.json": data(GOOD), "b/inner.zip": zipped({"c.json": b"{}"})}))
    for _ in range(draw.draw(st.integers(1, 6))):
        content[draw.draw(st.integers(0, len(content) - 1))] = draw.draw(st.integers(0, 255))
    with tempfile.TemporaryDirectory() as name:
        put(Path(name) / "x.zip", bytes(content[: draw.draw(st.integers(1, len(content)))]))
        sources = Sources(Path(name))
        for found in sources.walk():
            if not found.problem:
                try:
                    assert len(sources.read(found.place)) <= 20_000_000
                except Refused as refused:
                    assert isinstance(refused.problem, Problem) and refused.problem.why
        sources.close()
        try:
            open_zip(bytes(content), 2_000).close()
        except Refused as refused:
            assert refused.problem.remedy


@FAST
@given(st.lists(st.text(), max_size=4))
def test_any_path_is_a_platform_name_or_none(parts: list[str]) -> None:
    named = parse_platform_name(parts)
    assert named is None or (named.id and named.platform in ("moodle", "canvas"))


def test_many_marks_of_a_real_size_are_scored_in_good_time() -> None:
    """Every word marked, in every role, a hundred times over: the most that is not refused."""
    tries = [{"groups": [{"source": [[n + k, n + k + 3]]} for n in range(0, 300)]} for k in range(20)]
    with tempfile.TemporaryDirectory() as name:
        write(Path(name), data(handin("Strange", document({"first_mark": entry(best("first_mark"), *tries)}))))
        assert check(Path(name)) == []


def test_only_so_much_is_under_way() -> None:
    class Slow:
        """An executor that does nothing until it is asked for a result."""

        def __init__(self) -> None:
            self.waiting = self.most = 0

        def submit(self, work: Any, *given: Any) -> "Slow.Later":
            self.waiting += 1
            self.most = max(self.most, self.waiting)
            return Slow.Later(self, lambda: work(*given))

        class Later:
            def __init__(self, pool: "Slow", work: Any) -> None:
                self._pool, self._work = pool, work

            def result(self) -> Any:
                self._pool.waiting -= 1
                return self._work()

            def cancel(self) -> bool:
                self._pool.waiting -= 1
                return True

    pool = Slow()
    taken = 0

    def numbers() -> Any:
        nonlocal taken
        for n in range(1000):
            taken += 1
            yield n

    found = map_ordered(abs, numbers(), pool, batch=4)  # type: ignore[arg-type]
    assert next(found) == 0 and taken <= 4 * MOST_BATCHES
    assert [*found] == [*range(1, 1000)] and pool.most == MOST_BATCHES and pool.waiting == 0
    stopped = map_ordered(abs, numbers(), pool, batch=4)  # type: ignore[arg-type]
    next(stopped)
    stopped.close()  # type: ignore[attr-defined]
    assert pool.waiting == 0


@pytest.mark.parametrize("batch", [1, 4, 1000])
def test_the_order_is_kept(batch: int) -> None:
    assert [*map_ordered(abs, range(-50, 0), None, batch=batch)] == [*range(50, 0, -1)]
