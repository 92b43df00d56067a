"""The attribution scorer, against cases small enough to count by hand."""

import importlib
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

BENCH = Path(__file__).parents[1].parent / "benchmarks"
TEXT = "Ada Lund said the bridge was safe. Tomas Ulm said it was not."
# words: 0 Ada 1 Lund 2 said 3 the 4 bridge 5 was 6 safe 7 Tomas 8 Ulm 9 said 10 it 11 was 12 not
GOLD = [
    {"source": [[0, 8]], "cue": [[9, 13]], "content": [[14, 33]]},
    {"source": [[35, 44]], "cue": [[45, 49]], "content": [[50, 60]]},
]


@pytest.fixture
def scorer(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(BENCH))
    return importlib.import_module("attribution_score")


@pytest.fixture
def bench(scorer: ModuleType) -> ModuleType:
    return importlib.import_module("attribution")


def f1(scorer: ModuleType, figure: str, found: list[dict[str, list[list[int]]]]) -> float:
    return round(float(scorer.figures(scorer.count(TEXT, GOLD, found))[figure][2]), 4)


def test_all_right(scorer: ModuleType) -> None:
    assert all(f == (1.0, 1.0, 1.0) for f in scorer.figures(scorer.count(TEXT, GOLD, GOLD)).values())


def test_nothing_found(scorer: ModuleType) -> None:
    assert all(f[2] == 0.0 for f in scorer.figures(scorer.count(TEXT, GOLD, [])).values())


def test_one_of_two(scorer: ModuleType) -> None:
    assert f1(scorer, "AR", GOLD[:1]) == pytest.approx(2 / 3, abs=1e-4)
    # 4 of 7 attributed words, all of them right: P 1, R 4/7
    assert f1(scorer, "word-attach", GOLD[:1]) == pytest.approx(2 * (4 / 7) / (1 + 4 / 7), abs=1e-4)


def test_a_wrong_source_is_no_relation_but_content_counts(scorer: ModuleType) -> None:
    wrong = [{**GOLD[0], "source": [[35, 44]]}, GOLD[1]]
    assert f1(scorer, "AR", wrong) == 0.5
    assert f1(scorer, "content IoU50", wrong) == 1.0
    assert f1(scorer, "word-attach", wrong) == pytest.approx(3 / 7, abs=1e-4)


def test_a_surname_is_enough_and_a_cue_must_overlap(scorer: ModuleType) -> None:
    assert f1(scorer, "AR", [{**GOLD[0], "source": [[4, 8]]}, GOLD[1]]) == 1.0
    assert f1(scorer, "source exact", [{**GOLD[0], "source": [[4, 8]]}, GOLD[1]]) == 0.5
    assert f1(scorer, "AR", [{**GOLD[0], "cue": []}, GOLD[1]]) == 0.5


def test_half_the_content_aligns_and_less_does_not(scorer: ModuleType) -> None:
    assert f1(scorer, "AR", [{**GOLD[0], "content": [[14, 24]]}, GOLD[1]]) == 1.0
    assert f1(scorer, "AR", [{**GOLD[0], "content": [[14, 17]]}, GOLD[1]]) == 0.5


def test_sources_nobody_states_are_left_out(scorer: ModuleType) -> None:
    gold = [GOLD[0], {**GOLD[1], "source": []}]
    counts = scorer.count(TEXT, gold, GOLD)
    assert scorer.figures(counts)["AR"] == (1.0, 1.0, 1.0)
    assert scorer.figures(counts)["word-attach"] == (1.0, 1.0, 1.0)


def test_bootstrap_of_equal_stories_has_no_width(scorer: ModuleType) -> None:
    stories = [scorer.count(TEXT, GOLD, GOLD[:1])] * 3
    low, high = scorer.bootstrap(stories, "AR", rounds=50)
    assert low == high == pytest.approx(2 / 3)


def test_the_commands(bench: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stories, out = tmp_path / "stories.jsonl", tmp_path / "out.jsonl"
    stories.write_text(json.dumps({"id": "a", "text": TEXT, "attributions": GOLD}) + "\n", "utf-8")
    bench.main(["predict", str(stories), str(out)])
    assert len(json.loads(out.read_text("utf-8"))["attributions"]) == 2
    bench.main(["score", str(stories), str(out)])
    written = capsys.readouterr().out
    bench.main(["score", str(stories)])
    assert capsys.readouterr().out == written
    assert "AR                  100.0  100.0  100.0  100.0 to 100.0" in written
    bench.main(["score", str(stories), "--without-each-rule"])
    assert "says_clause" in capsys.readouterr().out
    with pytest.raises(SystemExit, match="there is no file"):
        bench.main(["score", str(tmp_path / "absent.jsonl")])


def test_split_quotations_join_and_carried_sources_are_filled_in(bench: ModuleType) -> None:
    from copydesk.attribution import find_attributions

    text = "“It rained,” Ada Lund said. “It poured.” She left.\n\n“Then it rained again for days.”"
    rows = bench.records(find_attributions(text))
    assert [len(row["content"]) for row in rows] == [2]


def test_nothing_of_the_bench_stays_in_the_path() -> None:
    assert str(BENCH) not in sys.path
