"""Figures for the attribution finder, each with the one command that prints it.

    python benchmarks/attribution.py predict STORIES.jsonl OUT.jsonl
    python benchmarks/attribution.py score GOLD.jsonl [PRED.jsonl] [--without-each-rule]
    python benchmarks/attribution.py speed STORIES.jsonl [--reference reference_rules.py]

The stories are read from the path given; the project commits none of them.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import attribution_score as scorer

from copydesk.attribution import WHY, Attribution, find_attributions
from copydesk.base.spans import Span

SHOWN = ("AR", "word-attach", "attached", "content IoU50", *(f"{r} {k}" for r in scorer.ROLES for k in scorer.KINDS))
BARS = {"AR": 66, "word-attach": 76}
PACE = 560_000
"""Characters a second: twenty times the best that systems built on spaCy reach."""


def records(found: Sequence[Attribution]) -> list[dict[str, Any]]:
    """Attributions in the bench's format.

    A source stated once is filled in where it is carried over. A quotation that goes on in the same paragraph joins
    the quotation it goes on from, because the bench counts a split quotation as one.
    """
    rows: list[dict[str, Any]] = []
    row_of: dict[int, dict[str, Any]] = {}
    for n, a in enumerate(found):
        origin = found[a.carried_from] if a.carried_from is not None else a
        if a.rule == "continued_here" and origin.form != "indirect" and a.carried_from in row_of:
            row_of[a.carried_from]["content"] += _pairs(a.content)
            continue
        source = a.source or origin.source
        row_of[n] = {
            "source": _pairs([source] if source else []),
            "cue": _pairs([a.cue] if a.cue else []),
            "content": _pairs(a.content),
            "type": a.form,
            "rule": a.rule,
        }
        rows.append(row_of[n])
    return rows


def _pairs(spans: Iterable[Span]) -> list[list[int]]:
    return [[s.start, s.end] for s in spans]


def predict(stories: Mapping[str, Mapping[str, Any]], without: str = "") -> dict[str, list[dict[str, Any]]]:
    """What the finder makes of every story, if wanted without one rule."""
    return {name: records(find_attributions(story["text"], without={without})) for name, story in stories.items()}


def count_all(gold: Mapping[str, Mapping[str, Any]], found: Mapping[str, Any]) -> list[scorer.Counts]:
    """The counts of every gold story; one without a prediction counts as empty."""
    return [scorer.count(g["text"], g["attributions"], found.get(name, ())) for name, g in gold.items()]


def total(stories: Iterable[scorer.Counts]) -> scorer.Counts:
    """Counts added up."""
    result: scorer.Counts = defaultdict(float)
    for counts in stories:
        scorer.add(result, counts)
    return result


def print_scores(stories: Sequence[scorer.Counts]) -> None:
    """One line a figure: precision, recall, F1, and for the two that decide, the interval."""
    print(f"{'figure':18} {'P':>6} {'R':>6} {'F1':>6}  95% interval over {len(stories)} stories")
    for name, (p, r, f) in ((n, scorer.figures(total(stories))[n]) for n in SHOWN):
        low, high = scorer.bootstrap(stories, name) if name in ("AR", "word-attach") else (None, None)
        interval = f"{100 * low:.1f} to {100 * high:.1f}" if low is not None and high is not None else ""
        print(f"{name:18} {100 * p:6.1f} {100 * r:6.1f} {100 * f:6.1f}  {interval}")
    for name, bar in BARS.items():
        print(f"attribution, {name} F1   {100 * scorer.figures(total(stories))[name][2]:.1f} (bar: at least {bar})")


def print_ablation(gold: Mapping[str, Mapping[str, Any]]) -> None:
    """What each rule adds: the score with it, less the score without it."""
    whole = scorer.figures(total(count_all(gold, predict(gold))))
    print(f"\n{'rule':20} {'AR':>6} {'word-attach':>12} {'hits':>6}")
    hits = Counter(row["rule"] for rows in predict(gold).values() for row in rows)
    for name in WHY:
        less = scorer.figures(total(count_all(gold, predict(gold, name))))
        ar, words = (100 * (whole[figure][2] - less[figure][2]) for figure in ("AR", "word-attach"))
        print(f"{name:20} {ar:+6.1f} {words:+12.1f} {hits[name]:6}")


def speed(texts: Sequence[str], reference: Path | None) -> None:
    """Characters a second, the ratio to reference rules, and whether time grows with length only."""
    ours = rate(find_attributions, texts)
    print(f"attribution, on one core   {ours:,.0f} characters a second (bar: at least {PACE:,})")
    if reference:
        theirs = rate(load(reference), texts)
        print(f"reference rules: {theirs:,.0f} characters a second; ratio {ours / theirs:.2f}")
    for stories in (1, 10, 100):
        several = [texts[i % len(texts)] for i in range(stories)]
        print(
            f"{stories:4} stories one by one: {rate(find_attributions, several):,.0f} characters a second;"
            f" as one page: {rate(find_attributions, [chr(10).join(several)]):,.0f}"
        )
    page = ("He said “" + "it rained on the town and " * 3 + "left. ") * 10_000
    page = (page + "x " * 500_000)[:1_000_000] if len(page) < 1_000_000 else page[:1_000_000]
    marks, pace = page.count("“"), rate(find_attributions, [page], 1)
    print(f"{len(page):,} characters with {marks:,} unbalanced quotes: {pace:,.0f} characters a second")


def rate(run: Callable[[str], object], texts: Sequence[str], rounds: int = 5) -> float:
    """The best of some rounds, in characters a second."""
    best = float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        for text in texts:
            run(text)
        best = min(best, time.perf_counter() - start)
    return sum(map(len, texts)) / best


def load(path: Path) -> Callable[[str], object]:
    """The `extract` function of a rules file."""
    spec = importlib.util.spec_from_file_location("reference_rules", path)
    if spec is None or spec.loader is None:
        sys.exit(f"{path} is not a Python file; give the path of reference_rules.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    extract: Callable[[str], object] = module.extract
    return extract


def read(path: Path) -> dict[str, dict[str, Any]]:
    """The stories of a file, or a clear sentence where they are absent."""
    if not path.is_file():
        sys.exit(f"there is no file {path}: the stories are not part of this project; give the path of a .jsonl file")
    return scorer.read(path)


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command and print its figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("predict", help="write what the finder makes of some stories")
    one.add_argument("stories", type=Path)
    one.add_argument("out", type=Path)
    two = commands.add_parser("score", help="compare with a gold file")
    two.add_argument("gold", type=Path)
    two.add_argument("pred", type=Path, nargs="?")
    two.add_argument("--without-each-rule", action="store_true")
    three = commands.add_parser("speed", help="characters a second")
    three.add_argument("stories", type=Path)
    three.add_argument("--reference", type=Path, help="a rules file with an extract function, timed in the same run")
    given = parser.parse_args(arguments)
    if given.command == "predict":
        stories = read(given.stories)
        lines = [json.dumps({"id": name, "attributions": rows}) for name, rows in predict(stories).items()]
        given.out.write_text("\n".join(lines) + "\n", "utf-8")
    elif given.command == "score":
        gold = read(given.gold)
        found = {n: r["attributions"] for n, r in read(given.pred).items()} if given.pred else predict(gold)
        print_scores(count_all(gold, found))
        if given.without_each_rule:
            print_ablation(gold)
    else:
        speed([story["text"] for story in read(given.stories).values()], given.reference)


if __name__ == "__main__":
    main()
