"""The second story: a fictional report with a complete key, lessons that hold, and no villain."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from copydesk.attribution import find_attributions
from copydesk.base.spans import Span, words
from copydesk.base.wording import choice_labels, load_wording
from copydesk.lessons.lesson import Lesson, load_lesson
from copydesk.story.facts import by_id, story_facts
from copydesk.story.key import FORMS, FUNCTIONS, VERDICTS, Entry, Key
from copydesk.story.story import load_story
from copydesk.views.agreement import agreement, class_votes
from copydesk.views.comparisons import compare_finder, compare_word_list
from copydesk.views.retellings import retellings, word_diff
from copydesk.views.scales import scales
from copydesk.views.sourcing import counted, diversity, totals, without, words_by_voice
from copydesk_classroom.checking import check_scoring, key_faults, lesson_faults

STORY = load_story("greywater-barrage")
TEXT, ARTICLE = STORY.article.text, STORY.article
assert STORY.key is not None
KEY: Key = STORY.key
ITEMS = counted(KEY, TEXT)
VELDRA = {"BREK", "VARN", "VELDRA"}
SORRIN = {"TOLLAND", "SORRIN"}
COAST = {"RENN", "COUNCIL"}


def lesson(name: str) -> Lesson:
    return load_lesson(name, STORY)


def answer(exercise: str, question: str) -> Any:
    return KEY.answers[exercise][question]


def entries_of(speakers: set[str]) -> list[Entry]:
    """The framing devices on the words of these sources."""
    return [e for e in KEY.framing if e["voice"] in speakers]


class TestPage:
    def test_its_size(self) -> None:
        assert 350 <= sum(len(words(TEXT, p.span)) for p in ARTICLE.paragraphs) <= 500
        assert 10 <= len(ARTICLE.paragraphs) <= 13 and len(ARTICLE.furniture) >= 6

    def test_its_furniture_is_mostly_of_other_kinds(self) -> None:
        mine = {b.kind for b in ARTICLE.furniture}
        assert len(mine - {b.kind for b in load_story("baltics-2022").article.furniture}) >= 4

    def test_dateline_agency_and_byline_are_read(self) -> None:
        found = ARTICLE.metadata
        assert found.dateline and found.dateline.of(TEXT).startswith("HERONMOUTH, Sept 9")
        assert found.agency and found.agency.of(TEXT) == KEY.more["provenance"]["agency"]
        assert found.byline and found.byline.of(TEXT) == KEY.more["provenance"]["reporter"]
        assert found.headline and found.headline.of(TEXT) == STORY.about["headline"]

    def test_it_is_marked_as_fiction_everywhere(self) -> None:
        assert STORY.about["fiction"] is True
        assert STORY.rights == "Fiction written for this kit, CC BY 4.0. Places and people are invented."
        said = [b for b in ARTICLE.furniture if "Fiction" in b.of(TEXT) and "invented" in b.of(TEXT)]
        assert len(said) == 1 and said[0].line == 1
        assert {f.source_publisher for f in story_facts(STORY)} == {"Copydesk (fiction)"}
        assert not any(f.source_url for f in story_facts(STORY))


class TestKey:
    def test_it_is_sound(self) -> None:
        assert key_faults(KEY, ARTICLE) == []

    def test_many_kinds_of_source_and_every_form(self) -> None:
        kinds = {a["kind"] for a in KEY.attributions}
        official = {"named_official", "anonymous_official", "metonymic_state"}
        assert kinds == official | {"named_other", "institution", "document", "media"}
        assert {a["form"] for a in KEY.attributions} == set(FORMS)
        assert 10 <= len(ITEMS) <= 16

    def test_one_source_is_carried_over_from_above_and_contents_are_split(self) -> None:
        block = {a.id: a["region"] for a in KEY.attributions}
        above = [a for a in KEY.attributions if a.get("carried_from") and block[a["carried_from"]] != a["region"]]
        assert [a.id for a in above] == ["A10"] and above[0]["speaker"] == KEY.entry("A9")["speaker"]
        assert [a.id for a in KEY.attributions if len(a.spans("content")) > 1] == ["A13"]

    def test_devices_and_plain_controls(self) -> None:
        assert 20 <= len(KEY.framing) <= 26
        assert len({e["device"] for e in KEY.framing}) >= 9
        assert len(KEY.layer("controls")) >= 8
        assert sum(len(e.alternatives) > 0 for e in KEY.framing) > len(KEY.framing) / 2
        for e in KEY.framing:
            assert all(a.patch.get("device") in load_wording("devices") for a in e.alternatives), e.id

    def test_every_party_and_the_reporter_have_wording_that_is_questioned(self) -> None:
        voices = {s.id for s in KEY.layer("sources")} | {"reporter"}
        assert {e["voice"] for e in KEY.framing} <= voices
        assert all(entries_of(side) for side in (VELDRA, SORRIN, COAST, {"reporter"}))
        assert abs(len(entries_of(VELDRA)) - len(entries_of(SORRIN))) <= 1, "neither state is the villain"

    def test_both_states_speak_by_name_and_as_capitals(self) -> None:
        for side in (VELDRA, SORRIN):
            kinds = {s["kind"] for s in KEY.layer("sources") if s.id in side}
            assert kinds == {"named_official", "metonymic_state"}

    def test_frames_list_short_passages_and_say_why_a_cell_is_empty(self) -> None:
        frames = KEY.layer("entman")
        assert len(frames) == 3
        for e in frames:
            assert set(e.get("gaps", {})) == {name for name in FUNCTIONS if not e.spans(name)}
            lengths = [len(words(TEXT, s)) for name in FUNCTIONS for s in e.spans(name)]
            assert all(3 <= n <= 12 for n in lengths)

    def test_frame_scores_are_what_the_questions_add_up_to(self) -> None:
        said = KEY.more["frame_scores"]
        own = {e.id.removeprefix("Q."): e["answer"] for e in KEY.layer("questions")}
        found = scales(KEY, own)
        assert len(own) == 20 and len(found) == len(said) == 5
        for scale, (name, keyed) in zip(found, said.items(), strict=True):
            assert keyed["defensible_range"] == [round(scale.low, 2), round(scale.high, 2)], name
            assert keyed["key_mean"] == round(scale.yours or 0, 2), name

    def test_questions_are_those_of_the_built_in_story(self) -> None:
        other = load_story("baltics-2022").key
        assert other and [e.id for e in KEY.layer("questions")] == [e.id for e in other.layer("questions")]
        assert {e["frame"] for e in KEY.layer("policy_frames")} == {e["frame"] for e in other.layer("policy_frames")}

    def test_measures_are_computed(self) -> None:
        said = KEY.more["measures"]
        by_voice = words_by_voice(STORY)
        assert said["body_words"] == sum(by_voice.values())
        assert said["attributed_content_words"] == sum(i.words for i in ITEMS)
        direct = {a.id for a in KEY.attributions if a["form"] == "direct"}
        assert said["direct_words"] == sum(i.words for i in ITEMS if i.id in direct)
        assert said["direct_quotations"] == sum(i.id in direct for i in ITEMS)
        assert said["counted_attributions"] == totals(ITEMS) and said["n_counted"] == len(ITEMS)
        own = [e for e in KEY.layer("sentences") if e["voice"] == "reporter"] + [*KEY.layer("reporter_voice")]
        assert said["reporter_voice_words"] == sum(len(words(TEXT, s)) for e in own for s in e.spans("span"))
        for name, amounts in (("by_count", totals(ITEMS)), ("by_words", totals(ITEMS, by="words"))):
            d, block = diversity(amounts), said[name]
            assert block["shares"] == {speaker: round(v, 3) for speaker, v in d.shares.items()}
            measured = (d.total, d.hhi, d.simpson, d.shannon, d.evenness, d.effective)
            keyed = [block[n] for n in ("total", "HHI", "simpson", "shannon_nats", "evenness")]
            keyed += [block["effective_sources_1_over_HHI"]]
            assert keyed == pytest.approx(measured, abs=0.005), name

    def test_four_to_eight_quirks(self) -> None:
        assert 4 <= len(KEY.layer("quirks")) <= 8


class TestContext:
    def test_facts_are_settled_and_some_came_later(self) -> None:
        facts = story_facts(STORY)
        assert all(f.settled for f in facts)
        later = [f for f in facts if not f.known_on(STORY.date)]
        assert len(later) >= 4 and len(facts) - len(later) >= 15
        hidden = [f.id for f in later if f.date and f.date < STORY.date]
        assert hidden == ["memo"], "something had happened and nobody could know it"

    def test_claims_have_every_verdict_and_cards_known_on_the_day(self) -> None:
        claims = lesson("07_what_was_going_on").exercise("claims")
        assert 6 <= len(KEY.layer("claims")) <= 8
        assert {c["verdict"] for c in KEY.layer("claims")} == set(VERDICTS)
        assert all(c["verdict"] == "not_checkable" for c in KEY.layer("claims") if c.get("later"))
        spans = {i.id: Span(*i.span) for i in claims.items}
        assert spans == {c.id: c.spans("span")[0] for c in KEY.layer("claims")}
        facts = story_facts(STORY)
        cards = [by_id(facts, f) for shown in claims.cards.values() for f in shown]
        assert all(f.known_on(STORY.date) for f in cards)

    def test_each_party_has_its_case_in_its_own_words(self) -> None:
        cases = lesson("07_what_was_going_on").exercise("cases")
        assert {f"position-{f.id}" for f in cases.fields} <= set(cases.facts)
        assert Counter(f.kind for f in story_facts(STORY))["position"] == len(cases.fields) == 3


@pytest.mark.parametrize("name", sorted(STORY.lessons))
class TestLessons:
    def test_its_data_is_sound(self, name: str) -> None:
        assert lesson_faults(lesson(name)) == []

    def test_every_proof_holds(self, name: str) -> None:
        assert [p for p in check_scoring(lesson(name)) if not p.holds] == []


class TestWording:
    """Lesson 04: the swap goes both ways, and two minds rewrite what they may."""

    def test_each_capital_takes_the_place_of_the_other(self) -> None:
        pairs = lesson("04_which_words_frame").exercise("swap").pairs
        put = {(Span(*change[:2]).of(TEXT), change[2]) for p in pairs for change in p.swap}
        assert {("Tarnholt", "Eastquay"), ("Eastquay", "Tarnholt")} <= put
        questions = lesson("04_which_words_frame").exercise("swap").questions
        assert [q.id for q in questions] == [p.id for p in pairs]

    def test_both_samples_rewrite_every_passage(self) -> None:
        rewrite = lesson("04_which_words_frame").exercise("rewrite")
        boxes = {b.id for b in (*rewrite.edits, *rewrite.fields)}
        assert [set(s["texts"]) for s in answer(rewrite.key_name, "samples")] == [boxes, boxes]


class TestFrames:
    def test_the_frames_to_choose_from_are_those_of_the_key(self) -> None:
        choices = lesson("05_what_is_the_frame").exercise("grid").label_choices["frame"]
        assert choices == {e["frame"]: e["name"] for e in KEY.layer("entman")}
        assert [*choices] != [e["frame"] for e in KEY.layer("entman")], "the order gives nothing away"

    def test_two_minds_compare_frames_with_evidence_for_both(self) -> None:
        samples = answer("05_what_is_the_frame/compare", "samples")
        assert len({s["view"] for s in samples}) == len(samples) == 2
        frames = {n: [s for f in FUNCTIONS for s in e.spans(f)] for e in KEY.layer("entman") for n in [e.id]}
        for s in samples:
            met = {
                n for n, spans in frames.items() for pair in s["evidence"] if any(Span(*pair).overlap(x) for x in spans)
            }
            assert len(met) >= 2, "evidence from two frames"


class TestVotes:
    """Lesson 06: eight pieces, everybody's words among them, and a class that learns to agree a little more."""

    VOTE = lesson("06_do_we_agree").exercise("vote")

    def test_the_second_vote_is_on_the_same_pieces_and_the_rule_shows_them(self) -> None:
        again, rule = (lesson("06_do_we_agree").exercise(name) for name in ("revote", "rule"))
        assert again.items == self.VOTE.items and len(self.VOTE.items) == 8
        blocks = {b.id for i in self.VOTE.items for b in ARTICLE.paragraphs if b.span.covers(Span(*i.span))}
        assert set(rule.region) == blocks
        assert [i.where for i in self.VOTE.items] == [
            f"paragraph {b.id[1:]}" for i in self.VOTE.items for b in ARTICLE.paragraphs if b.span.covers(Span(*i.span))
        ]

    def test_both_states_an_engineer_a_report_and_the_reporter_are_voted_on(self) -> None:
        speakers = set()
        for item in self.VOTE.items:
            said = [
                a["speaker"] for a in KEY.attributions if any(s.overlap(Span(*item.span)) for s in a.spans("content"))
            ]
            speakers |= {*said} or {"reporter"}
        assert speakers == {
            *("Mira Tolland", "Sorrin", "Aldous Brek", "Sela Varn"),
            *("Jonas Pell", "The commission’s August report", "reporter"),
        }

    def test_the_made_up_class_splits_and_then_agrees_more(self) -> None:
        votes = {
            name: class_votes(lesson("06_do_we_agree"), name, Path("no such folder")) for name in ("vote", "revote")
        }
        for table in votes.values():
            assert table.made_up and table.learners == 24
            assert {sum(row.values()) for row in table.table.values()} == {24}
        before, after = (agreement(v).alpha or 0 for v in votes.values())
        assert 0.2 <= before <= 0.35 and 0.4 <= after <= 0.6
        yes = [row["yes"] for row in votes["vote"].table.values()]
        assert 1 <= sum(n <= 1 for n in yes) <= 2, "plainly no reproach"
        assert sum(8 <= n <= 16 for n in yes) >= 4, "several split"


class TestRetellings:
    """Lesson 08: one retelling of each drift, made for the lesson."""

    DRIFTS = lesson("08_your_own_brief").exercise("drifts")

    def test_one_of_each_drift_and_some_with_two_answers(self) -> None:
        accepted = [answer(self.DRIFTS.key_name, i.id)["accept"] for i in self.DRIFTS.items]
        assert sorted(a[0] for a in accepted) == sorted(choice_labels("drift"))
        assert [a[0] for a in accepted] != [*choice_labels("drift")], "the order gives nothing away"
        assert sum(len(a) > 1 for a in accepted) == 2
        for item in self.DRIFTS.items:
            keyed = answer(self.DRIFTS.key_name, item.id)
            assert keyed["why"] and bool(keyed.get("others")) == (len(keyed["accept"]) > 1)

    def test_they_are_short_and_differ_from_whole_sentences_of_six_paragraphs(self) -> None:
        starts, ends = ({getattr(s.span, name) for s in ARTICLE.sentences} for name in ("start", "end"))
        told = retellings(self.DRIFTS)
        assert len({r.where for r in told}) == len(told) == 6
        for r in told:
            assert 25 <= len(words(r.text)) <= 45
            assert r.passage.start in starts and r.passage.end in ends
            assert any(b.span.covers(r.passage) and r.where == f"paragraph {b.id[1:]}" for b in ARTICLE.paragraphs)
            assert any(not (p.before and p.after) for p in word_diff(r.passage.of(TEXT), r.text))

    def test_no_outlet_is_named(self) -> None:
        tellers = [r.teller for r in retellings(self.DRIFTS)]
        assert len(set(tellers)) == 6
        assert all(re.fullmatch(r"an? [a-z ’]+", t) for t in tellers)

    def test_what_drifted_stands_in_the_retelling(self) -> None:
        told = {answer(self.DRIFTS.key_name, i.id)["accept"][0]: i for i in self.DRIFTS.items}
        changed = {
            d: {
                w
                for p in word_diff(Span(*i.span).of(TEXT), i.text)
                if p.after and not p.before
                for w in p.after.of(i.text).split()
            }
            for d, i in told.items()
        }
        assert {"Veldra", "Sorrin"} <= changed["agent_added"] and "commission" in changed["referent_error"]
        assert changed["translation_slip"] == {"goal", "goals"} and "lobbyist" in changed["term_swapped"]
        assert told["attribution_lost"].text.startswith("Sorrin has wasted")
        assert told["quote_altered"].text.partition("”")[0].lstrip("“") not in TEXT


class TestBriefs:
    @pytest.mark.parametrize("name", ["fair_retelling", "brief"])
    def test_two_minds_both_complete(self, name: str) -> None:
        asked = lesson("08_your_own_brief").exercise(name)
        samples = answer(asked.key_name, "samples")
        assert len({s["view"] for s in samples}) == len(samples) == 2
        for s in samples:
            assert asked.outcome(s, KEY, TEXT).status == "right"
            picked = [Span(*pair) for pair in s["evidence"]]
            assert all(any(b.span.covers(p) for b in ARTICLE.paragraphs if b.id in asked.region) for p in picked)

    def test_a_brief_has_two_hundred_words_and_names_many_sources(self) -> None:
        for s in answer("08_your_own_brief/brief", "samples"):
            brief = s["texts"]["brief"]
            assert 200 <= len(words(brief)) <= 250
            assert len(find_attributions(brief)) >= 8
            known = {w.of(TEXT).removesuffix("’s") for w in words(TEXT)}
            facts = re.findall(r"(?<=[a-z,] )[A-Z]\w+|\d+", brief)
            assert len(facts) > 20 and {*facts} <= known | {"September"}, "no name and no number is made up"

    def test_without_its_sources_a_brief_is_not_complete(self) -> None:
        asked = lesson("08_your_own_brief").exercise("brief")
        sample = answer(asked.key_name, "samples")[0]
        bare = " ".join(f"The river fell again by {n} metres in the dry month." for n in range(20))
        outcome = asked.outcome({**sample, "texts": {**sample["texts"], "brief": bare}}, KEY, TEXT)
        assert outcome.status == "not_yet"
        hints = [n.hint for n in outcome.notes if n.hint]
        assert len(hints) == 1 and "the machine sees 0 attributions" in hints[0]


class TestHelp:
    """A transfer task: what is given is what the prompt promises, and it is the key's."""

    def given(self, exercise: str, role: str) -> list[Span]:
        groups = lesson("02_who_says_so").exercise(exercise).given
        return [Span(*pair) for g in groups for pair in g.get(role, ())]

    def test_the_worked_example_is_the_first_paragraph_and_complete(self) -> None:
        a1 = KEY.entry("A1")
        assert lesson("02_who_says_so").exercise("worked").region == ("p1",)
        for role in ("source", "cue", "content"):
            assert self.given("worked", role) == [*a1.spans(role)]

    def test_one_is_begun_and_all_cues_are_given_where_they_are_promised(self) -> None:
        begun, cues = (lesson("02_who_says_so").exercise(name) for name in ("mark_help", "mark_cues"))
        assert len(begun.given) == 1
        starts = [(*a.spans("source"), *a.spans("cue")) for a in KEY.layer("attributions", begun.region)]
        assert (*self.given("mark_help", "source"), *self.given("mark_help", "cue")) in starts
        keyed = KEY.layer("attributions", cues.region)
        assert self.given("mark_cues", "cue") == [s for a in keyed for s in a.spans("cue")]
        assert [a["form"] for a in keyed if not a.spans("cue")] == ["direct"], "one quotation has no cue"

    def test_the_three_exercises_and_the_worked_one_share_out_the_story(self) -> None:
        names = ("worked", "mark_help", "mark_cues", "mark_alone")
        shared = [b for name in names for b in lesson("02_who_says_so").exercise(name).region]
        assert shared == [p.id for p in ARTICLE.paragraphs]


class TestNumbersInQuestions:
    """What a question states is what the kit counts."""

    def test_the_finder(self) -> None:
        found = compare_finder(KEY, ARTICLE)
        assert len(found.matches) == len(ITEMS)
        assert answer("02_who_says_so/foil", "whole")["range"] == [found.count("whole")] * 2
        carried = next(r for r in found.matches if r.entry.id == "A10")
        assert (carried.found == "missed") == (answer("02_who_says_so/foil", "carried")["accept"] == ["missed"])

    def test_the_word_list(self) -> None:
        found = compare_word_list(KEY, ARTICLE, lesson("04_which_words_frame").exercise("devices").region)
        met = len(found.matches) - len(found.missed)
        assert answer("04_which_words_frame/foil", "found")["range"] == [met, met]

    def test_the_measures(self) -> None:
        numbers = lesson("03_how_strong_is_the_sourcing").exercise("numbers")
        by_count, by_words = diversity(totals(ITEMS)), diversity(totals(ITEMS, by="words"))
        first = next(iter(by_count.shares))
        assert list(by_count.shares.values()).count(by_count.shares[first]) == 1, "one speaker is the most quoted"
        text = next(q.text for q in numbers.questions if q.id == "dropped")
        number = next(n for n, i in enumerate(ITEMS, 1) if f"item {n}," in text)
        assert ITEMS[number - 1].speaker == first and first in text
        dropped = diversity(totals(without(ITEMS, ITEMS[number - 1].id))).shares[first]
        measured = {"share": by_count.shares[first], "hhi": by_count.hhi, "effective": by_words.effective}
        for question, value in {**measured, "dropped": dropped}.items():
            low, high = answer(numbers.key_name, question)["range"]
            assert low - 0.001 <= value - 0.02 < value + 0.02 <= high + 0.001 and high - low < 0.08, question

    def test_the_blocks(self) -> None:
        low, high = answer("02_who_says_so/recall", "blocks")["range"]
        assert low == high == len(ARTICLE.paragraphs)

    def test_the_speakers(self) -> None:
        low, high = answer("03_how_strong_is_the_sourcing/recall", "count")["range"]
        assert low == high == len(totals(ITEMS))
