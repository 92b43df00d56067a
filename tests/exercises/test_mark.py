"""Scoring marks on a page made for it: each rule alone."""

from typing import Any

import pytest

from copydesk.base.spans import Span, fingerprint, spans_from
from copydesk.base.wording import load_wording
from copydesk.exercises.mark import Mark, Meetings, align
from copydesk.story.key import Alternative, Entry, Key
from tests.made_exercise import made

TEXT = (
    "Rain will stop by nine, Ada Quill said. The ferry, Tom Ode told us, sails but may turn back in thick fog."
    "\n\nIt was a plain Monday in Lower Mere, and the pier was shut. “Not for long,” she hinted."
)
Groups = list[dict[str, Any]]


def at(words: str, after: str = "") -> list[int]:
    """Where some words stand, after others if they stand twice."""
    start = TEXT.index(words, TEXT.index(after))
    return [start, start + len(words)]


def record(words: str, after: str = "") -> dict[str, int]:
    start, end = at(words, after)
    return {"start": start, "end": end}


def entry(layer: str, id: str, *alternatives: dict[str, Any], **data: Any) -> Entry:
    others = tuple(Alternative(f"{id}.{n}", f"other {n}", patch) for n, patch in enumerate(alternatives, 1))
    return Entry(id, layer, {"id": id, "readings": [], **data}, "because", others)


A1 = {
    "region": "p1",
    "source": record("Ada Quill"),
    "cue": record("said"),
    "content": [record("Rain will stop by nine")],
    "form": "indirect",
}
A2 = {
    "region": "p1",
    "source": record("Tom Ode"),
    "cue": record("told us"),
    "content": [record("The ferry"), record("sails but may turn back in thick fog")],
    "form": "indirect",
}
A3 = {
    "region": "p2",
    "source": record("she"),
    "cue": record("hinted"),
    "content": [record("“Not for long,”")],
    "form": "direct",
}
PARAGRAPHS = (
    Entry("p1", "paragraphs", {"id": "p1", "start": 0, "end": TEXT.index("\n")}),
    Entry("p2", "paragraphs", {"id": "p2", "start": TEXT.index("It was"), "end": len(TEXT)}),
)


def key(*attributions: Entry, **layers: tuple[Entry, ...]) -> Key:
    return Key("made", fingerprint(TEXT), {"paragraphs": PARAGRAPHS, "attributions": attributions, **layers})


def exercise(**settings: Any) -> Mark:
    found: Mark = made("mark", TEXT, **{"layer": "attributions", "roles": ["source", "cue", "content"], **settings})
    return found


def group(data: dict[str, Any], **change: Any) -> dict[str, Any]:
    """What a learner marks who agrees with the key, but for the changes."""
    spans = {r: data[r] if isinstance(data[r], list) else [data[r]] for r in ("source", "cue", "content")}
    return {**{r: [[s["start"], s["end"]] for s in found] for r, found in spans.items()}, "labels": {}, **change}


def value(groups: Groups, k: Key, **settings: Any) -> float:
    return exercise(**settings).outcome({"groups": groups}, k, TEXT).score


TWO = key(entry("attributions", "A1", **A1), entry("attributions", "A2", **A2))


def test_the_keys_own_marks_are_full() -> None:
    outcome = exercise().outcome({"groups": [group(A2), group(A1)]}, TWO, TEXT)
    assert (outcome.status, outcome.score) == ("right", 1)
    assert all(note.earned == note.possible == 3 and not note.hint for note in outcome.notes)


def test_one_of_two_is_the_harmonic_mean() -> None:
    assert value([group(A1)], TWO) == pytest.approx(2 * 3 / (6 + 3), abs=1e-4)


@pytest.mark.parametrize(
    ("words", "earned", "near"),
    [
        ("Rain will stop by nine", 1, False),
        ("Rain will stop by", 1, False),  # 8 of 9: 0.89
        ("Rain will stop", 1, True),  # 6 of 8: 0.75
        ("Rain will", 1, True),  # 4 of 7: 0.57
        ("Rain", 0, False),  # 2 of 6: 0.33
    ],
)
def test_boundaries_cost_nothing_until_half_is_gone(words: str, earned: int, near: bool) -> None:
    k = key(entry("attributions", "A1", **A1))
    outcome = exercise().outcome({"groups": [group(A1, content=[at(words)])]}, k, TEXT)
    assert outcome.score == pytest.approx((2 + earned) / 3, abs=1e-4)
    assert (load_wording("strings")["mark"]["boundary"] in repr(outcome.notes[0])) == near


@pytest.mark.parametrize(
    ("expected", "found", "near"),
    [
        ("Rain will stop", "Rain will", False),  # exactly 0.8
        ("Rain will stop", "Rain", True),  # exactly 0.5
    ],
)
def test_the_limits_themselves_count(expected: str, found: str, near: bool) -> None:
    k = key(entry("attributions", "A1", **{**A1, "content": [record(expected)]}))
    outcome = exercise(roles=["content"]).outcome({"groups": [{"content": [at(found)]}]}, k, TEXT)
    assert outcome.score == 1
    assert (load_wording("strings")["mark"]["boundary"] in repr(outcome.notes[0])) == near


def test_punctuation_and_quotation_marks_at_the_edge_do_not_count() -> None:
    k = key(entry("attributions", "A3", **A3))
    assert value([group(A3, content=[at("Not for long")])], k) == 1


@pytest.mark.parametrize("swallowed", ["Rain will stop by nine, Ada Quill", "Rain will stop by nine, Ada Quill said."])
def test_content_that_swallows_its_source_or_cue_earns_nothing(swallowed: str) -> None:
    k = key(entry("attributions", "A1", **A1))
    outcome = exercise().outcome({"groups": [group(A1, content=[at(swallowed)])]}, k, TEXT)
    assert outcome.notes[0].earned == 2 and outcome.score == pytest.approx(2 / 3, abs=1e-4)


def test_a_source_that_swallows_its_cue_earns_nothing() -> None:
    k = key(entry("attributions", "A1", **A1))
    assert value([group(A1, source=[at("Ada Quill said")])], k) == pytest.approx(2 / 3, abs=1e-4)


def test_split_content() -> None:
    k = key(entry("attributions", "A2", **A2))
    long = at("sails but may turn back in thick fog")
    assert value([group(A2)], k) == 1
    assert value([group(A2, content=[long, at("The ferry")])], k) == 1  # in any order
    assert value([group(A2, content=[long])], k) == 1  # 8 of 10 words
    assert value([group(A2, content=[at("The ferry")])], k) == pytest.approx(2 / 3, abs=1e-4)
    assert value([group(A2, content=[[at("The ferry")[0], long[1]]])], k) == pytest.approx(2 / 3, abs=1e-4)  # swallows


def test_one_attribution_inside_another_is_paired_with_its_own() -> None:
    inner = {**A1, "source": record("The ferry"), "cue": record("sails"), "content": [record("turn back in thick fog")]}
    k = key(entry("attributions", "A2", **A2), entry("attributions", "A9", **inner))
    for groups in ([group(A2), group(inner)], [group(inner), group(A2)]):
        assert value(groups, k) == 1
    groups = exercise().groups({"groups": [group(inner)]}, 999)
    matches, loose = align(exercise().targets(k), groups, meetings=Meetings(groups, TEXT))
    assert [m.target.entry.id for m in matches if m.group] == ["A9"] and not loose


def test_the_same_marks_twice_count_once_and_cost_once() -> None:
    k = key(entry("attributions", "A1", **A1))
    outcome = exercise().outcome({"groups": [group(A1), group(A1)]}, k, TEXT)
    assert outcome.score == pytest.approx(2 * 3 / (3 + 6), abs=1e-4)
    assert "over" in [n.item for n in outcome.notes]


def test_a_wrong_label_costs_its_own_point_only() -> None:
    k = key(entry("attributions", "A1", **A1))
    for form, earned in (("indirect", 4), ("direct", 3), ("", 3)):
        outcome = exercise(labels=["form"]).outcome({"groups": [group(A1, labels={"form": form})]}, k, TEXT)
        assert outcome.notes[0].earned == earned and outcome.score == pytest.approx(earned / 4, abs=1e-4)


def test_a_label_on_the_wrong_words_earns_nothing() -> None:
    k = key(entry("attributions", "A1", **A1))
    stray = {"content": [at("plain Monday")], "labels": {"form": "indirect"}}
    assert value([stray], k, labels=["form"]) == 0


def test_roles_the_key_leaves_empty_are_not_asked_for() -> None:
    carried = {**A3, "source": None, "cue": None, "carried_from": "A1", "speaker": "Ada Quill"}
    k = key(entry("attributions", "A3", **carried))
    assert value([{"content": [at("“Not for long,”")]}], k) == 1


class TestAlternatives:
    def test_other_boundaries(self) -> None:
        k = key(entry("attributions", "A2", {"content": [record("The ferry")]}, **A2))
        assert value([group(A2)], k) == value([group(A2, content=[at("The ferry")])], k) == 1

    def test_another_label(self) -> None:
        k = key(entry("attributions", "A1", {"form": "mixed"}, **A1))
        for form, full in (("indirect", True), ("mixed", True), ("direct", False)):
            assert (value([group(A1, labels={"form": form})], k, labels=["form"]) == 1) == full

    def test_not_an_attribution_may_be_left_or_marked(self) -> None:
        k = key(entry("attributions", "A1", **A1), entry("attributions", "A3", {"not_an_attribution": True}, **A3))
        assert value([group(A1), group(A3)], k) == value([group(A1)], k) == 1
        assert value([group(A3)], k) < 0.8

    def test_two_as_one(self) -> None:
        second = {**A3, "source": None, "cue": None}
        k = key(entry("attributions", "A1", **A1), entry("attributions", "A3", {"merge_with": "A1"}, **second))
        joined = group(A1, content=[at("Rain will stop by nine"), at("“Not for long,”")])
        assert value([joined], k) == value([group(A1), {"content": [at("“Not for long,”")]}], k) == 1

    def test_without_the_alternative_the_same_answer_is_not_full(self) -> None:
        k = key(entry("attributions", "A1", **A1), entry("attributions", "A3", **A3))
        assert value([group(A1)], k) < 0.8


def test_need_caps_what_must_be_found() -> None:
    assert value([group(A1)], TWO, need=1) == 1
    assert value([group(A1)], TWO, need=2) < 0.8
    assert value([group(A1), group(A2)], TWO, need=1) == 1
    half = group(A1, source=[at("Monday")], cue=[at("Mere")])
    assert value([half, group(A2)], TWO, need=1) == 1  # the best ones count
    assert value([half], TWO, need=1) == pytest.approx(1 / 3, abs=1e-4)


DEVICE = entry("framing", "D1", region="p1", device="metaphor", **record("turn back"))
CONTROL = entry("controls", "PC1", region="p2", **record("plain Monday"))


class TestFreeShare:
    k = key(framing=(DEVICE,), controls=(CONTROL,))
    found: Groups = [{"wording": [at("turn back")]}]  # noqa: RUF012

    def value(self, *more: str, share: float | None = 0.25) -> float:
        groups = self.found + [{"wording": [at(words)]} for words in more]
        settings = {} if share is None else {"free_share": share}
        return value(groups, self.k, layer="framing", roles=["wording"], **settings)

    def test_marks_elsewhere_are_free_up_to_the_share(self) -> None:
        assert self.value("Rain") == self.value("Rain", "stop", "nine") == 1
        assert self.value("Rain", share=None) == pytest.approx(2 / 3, abs=1e-4)
        assert self.value("Rain will stop by nine", "The ferry", "Ada Quill", "Lower Mere") < 0.8

    def test_a_plain_control_always_costs(self) -> None:
        assert self.value("plain Monday") == pytest.approx(2 / 3, abs=1e-4)

    def test_a_second_mark_on_a_device_is_one_of_the_marks_elsewhere(self) -> None:
        assert self.value("turn") == self.value("turn", "back in", "turn back") == 1
        assert self.value(*["turn back"] * 9) < 0.8

    def test_one_device_with_each_class_does_not_find_the_right_one(self) -> None:
        classes = ("metaphor", "agency")
        marks: Groups = [{"wording": [at("turn back")], "labels": {"device": name}} for name in classes]
        settings = {"layer": "framing", "roles": ["wording"], "labels": ["device"], "free_share": 0.25}
        assert value(marks, self.k, **settings) == 1, "of two on one place the first is taken"
        assert value(marks[::-1], self.k, **settings) == 0.5
        wide = {**marks[0], "wording": [at("may turn back")]}
        assert value([wide, marks[1]], self.k, **settings) == 0.5, "the nearer one is taken, whatever it is called"


def test_an_accepted_class_is_right_also_where_the_score_is_full_without_it() -> None:
    devices = (DEVICE, entry("framing", "D2", {"device": "hedge"}, region="p1", device="agency", **record("may")))
    groups: Groups = [
        {"wording": [at("turn back")], "labels": {"device": "metaphor"}},
        {"wording": [at("may")], "labels": {"device": "hedge"}},
    ]
    settings = {"layer": "framing", "roles": ["wording"], "labels": ["device"], "need": 1}
    outcome = exercise(**settings).outcome({"groups": groups}, key(framing=devices), TEXT)
    assert outcome.score == 1 and [n.earned for n in outcome.notes] == [2, 2]


def test_marks_on_nothing_are_told_by_paragraph_not_by_words() -> None:
    outcome = exercise().outcome({"groups": [group(A1), {"content": [at("plain Monday")]}]}, TWO, TEXT)
    over = next(n for n in outcome.notes if n.item == "over")
    missing = next(n for n in outcome.notes if n.item == "A2")
    assert "2" in over.where and "Monday" not in over.hint
    assert missing.hint and "Tom" not in missing.hint and "ferry" not in missing.hint
    assert "because" in missing.reveal.lower() and "because" not in missing.hint.lower()


def test_nothing_marked_is_not_attempted() -> None:
    for answer in ({}, {"groups": []}, {"groups": [{"labels": {"form": "direct"}}]}, {"groups": [{"content": []}]}):
        assert exercise(labels=["form"]).outcome(answer, TWO, TEXT).status == "not_attempted"


@pytest.mark.parametrize(
    "raw", [None, 7, "x", [[5]], [[5, "6"]], [[1.0, 2.0]], [[9, 3]], [[3, 3]], [[-1, 4]], [[0, 51]], [{}], [[None, 1]]]
)
def test_what_is_no_span_of_the_page_is_left_out(raw: Any) -> None:
    assert spans_from(raw, 50) == ()


def test_spans_are_merged() -> None:
    assert spans_from([[5, 9], [0, 5], [20, 50]], 50) == (Span(0, 9), Span(20, 50))


def test_models_and_lazy_answers_have_names_and_the_module_scores_them() -> None:
    assert set(exercise().model_answers(TWO, TEXT)) == {"key"}
    assert exercise().outcome(exercise().model_answers(TWO, TEXT)["key"], TWO, TEXT).score == 1
