"""The third story: a fictional local feature that no lesson shows before the last, with a complete key."""

import re
from collections import Counter
from typing import Any

import pytest

from copydesk.attribution import find_attributions
from copydesk.base.spans import Span, words
from copydesk.base.wording import choice_labels, load_wording
from copydesk.exercises.write import Write
from copydesk.lessons.lesson import list_lessons, load_lesson
from copydesk.story.facts import story_facts
from copydesk.story.key import FORMS, FUNCTIONS, VERDICTS, Key
from copydesk.story.story import load_story
from copydesk.views.retellings import retellings, word_diff
from copydesk.views.scales import scales
from copydesk.views.sourcing import counted, diversity, totals, words_by_voice
from copydesk_classroom.checking import check_scoring, key_faults, lesson_faults

STORY = load_story("saltness-horn")
TEXT, ARTICLE = STORY.article.text, STORY.article
assert STORY.key is not None
KEY: Key = STORY.key
ITEMS = counted(KEY, TEXT)
LESSON = load_lesson("08_your_own_brief", STORY)
SLEEPERS, SAILORS = {"WOMAN", "VEY"}, {"ROON", "TAR", "CLUB"}


def answer(exercise: str, question: str) -> Any:
    return KEY.answers[f"{LESSON.id}/{exercise}"][question]


class TestPage:
    def test_a_short_feature_with_a_list_and_a_pull_quote(self) -> None:
        assert 350 <= sum(len(words(TEXT, p.span)) for p in ARTICLE.paragraphs) <= 500
        listed = [p.id for p in ARTICLE.paragraphs if p.of(TEXT).startswith("• ")]
        assert listed == ["p6", "p7", "p8"], "the lines of a list are story"
        (pulled,) = (e for e in KEY.layer("furniture") if e["kind"] == "pull_quote")
        quote = pulled.spans("span")[0].of(TEXT)
        assert any(quote in s.of(TEXT) for a in KEY.attributions for s in a.spans("content"))

    def test_it_is_a_paper_s_own_story_and_marked_as_fiction(self) -> None:
        found = ARTICLE.metadata
        assert found.agency is None and found.dateline is None and KEY.more["provenance"]["agency"] is None
        assert found.byline and found.byline.of(TEXT) == KEY.more["provenance"]["reporter"]
        assert found.headline and found.headline.of(TEXT) == STORY.about["headline"]
        assert STORY.about["fiction"] is True and "invented" in STORY.rights
        assert "Fiction" in ARTICLE.blocks[0].of(TEXT)
        assert {f.source_publisher for f in story_facts(STORY)} == {"Copydesk (fiction)"}

    def test_no_lesson_before_the_last_shows_it(self) -> None:
        shown = [name for name in list_lessons() if load_lesson(name, load_story("baltics-2022")).story.id == STORY.id]
        assert shown == [LESSON.id] == [*STORY.lessons]
        others = [load_story(name).article for name in ("baltics-2022", "greywater-barrage", "practice")]
        assert not any(p.of(a.text) in TEXT for a in others for p in a.paragraphs)


class TestKey:
    def test_it_is_sound_and_complete(self) -> None:
        assert key_faults(KEY, ARTICLE) == []
        assert {a["form"] for a in KEY.attributions} == set(FORMS) and 10 <= len(ITEMS) <= 16
        kinds = {s["kind"] for s in KEY.layer("sources")}
        assert kinds == {"named_official", "named_other", "anonymous_other", "document", "institution"}
        assert {c["verdict"] for c in KEY.layer("claims")} == set(VERDICTS)

    def test_three_voices_without_a_name_and_each_says_why_or_does_not(self) -> None:
        unnamed = [s for s in KEY.layer("sources") if s["kind"] == "anonymous_other"]
        assert len(unnamed) == 3
        assert sum("anonymity" in a.data for a in KEY.attributions) == 2

    def test_devices_and_plain_controls(self) -> None:
        assert 20 <= len(KEY.framing) <= 26 and len(KEY.layer("controls")) >= 8
        assert len({e["device"] for e in KEY.framing}) >= 9
        assert sum(len(e.alternatives) > 0 for e in KEY.framing) > len(KEY.framing) / 2
        for e in KEY.framing:
            assert all(a.patch.get("device") in load_wording("devices") for a in e.alternatives), e.id

    def test_both_sides_and_the_reporter_have_wording_that_is_questioned(self) -> None:
        voices = Counter(e["voice"] for e in KEY.framing)
        assert {*voices} <= {s.id for s in KEY.layer("sources")} | {"reporter"}
        assert all(any(voices[v] for v in side) for side in (SLEEPERS, SAILORS, {"reporter"}))

    def test_frames_list_short_passages_and_say_why_a_cell_is_empty(self) -> None:
        frames = KEY.layer("entman")
        assert len(frames) == 3
        for e in frames:
            assert set(e.get("gaps", {})) == {name for name in FUNCTIONS if not e.spans(name)}
            assert all(3 <= len(words(TEXT, s)) <= 12 for name in FUNCTIONS for s in e.spans(name))

    def test_questions_and_scales(self) -> None:
        other = load_story("baltics-2022").key
        assert other and [e.id for e in KEY.layer("questions")] == [e.id for e in other.layer("questions")]
        assert {e["frame"] for e in KEY.layer("policy_frames")} == {e["frame"] for e in other.layer("policy_frames")}
        found = scales(KEY, {e.id.removeprefix("Q."): e["answer"] for e in KEY.layer("questions")})
        for scale, keyed in zip(found, KEY.more["frame_scores"].values(), strict=True):
            assert keyed["defensible_range"] == [round(scale.low, 2), round(scale.high, 2)], scale.name
            assert keyed["key_mean"] == round(scale.yours or 0, 2), scale.name

    def test_measures_are_computed(self) -> None:
        said = KEY.more["measures"]
        assert said["body_words"] == sum(words_by_voice(STORY).values())
        assert said["attributed_content_words"] == sum(i.words for i in ITEMS)
        assert said["counted_attributions"] == totals(ITEMS) and said["n_counted"] == len(ITEMS)
        direct = {a.id for a in KEY.attributions if a["form"] == "direct"}
        assert said["direct_words"] == sum(i.words for i in ITEMS if i.id in direct)
        for name, amounts in (("by_count", totals(ITEMS)), ("by_words", totals(ITEMS, by="words"))):
            d, block = diversity(amounts), said[name]
            assert block["shares"] == {speaker: round(v, 3) for speaker, v in d.shares.items()}
            assert (block["HHI"], block["effective_sources_1_over_HHI"]) == pytest.approx(
                (d.hhi, d.effective), abs=0.005
            )

    def test_facts_are_settled_and_some_came_later(self) -> None:
        facts = story_facts(STORY)
        assert all(f.settled for f in facts)
        later = [f.id for f in facts if not f.known_on(STORY.date)]
        assert later == ["decision", "beacon"]
        assert all(c["verdict"] == "not_checkable" for c in KEY.layer("claims") if c.get("later"))


class TestLastLesson:
    DRIFTS = LESSON.exercise("drifts")

    def test_its_data_is_sound_and_every_proof_holds(self) -> None:
        assert lesson_faults(LESSON) == []
        assert [p for p in check_scoring(LESSON) if not p.holds] == []

    def test_one_of_each_drift(self) -> None:
        accepted = [answer("drifts", i.id)["accept"] for i in self.DRIFTS.items]
        assert sorted(a[0] for a in accepted) == sorted(choice_labels("drift"))
        assert [a[0] for a in accepted] != [*choice_labels("drift")], "the order gives nothing away"
        for item in self.DRIFTS.items:
            keyed = answer("drifts", item.id)
            assert keyed["why"] and bool(keyed.get("others")) == (len(keyed["accept"]) > 1)

    def test_retellings_are_short_and_differ_from_whole_paragraphs(self) -> None:
        told = retellings(self.DRIFTS)
        paragraphs = {f"paragraph {p.id[1:]}": p.span for p in ARTICLE.paragraphs}
        assert len({r.where for r in told}) == len({r.teller for r in told}) == 6
        for r in told:
            assert 25 <= len(words(r.text)) <= 45 and r.passage == paragraphs[r.where]
            assert any(not (p.before and p.after) for p in word_diff(r.passage.of(TEXT), r.text))
            assert re.fullmatch(r"an? [a-z ’]+", r.teller), "no outlet is named"

    def test_what_drifted_stands_in_the_retelling(self) -> None:
        told = {answer("drifts", i.id)["accept"][0]: i.text for i in self.DRIFTS.items}
        assert "harbour board moved" in told["agent_added"] and "airmen" in told["translation_slip"]
        assert "activist" in told["term_swapped"] and "Vey called" in told["referent_error"]
        assert told["attribution_lost"].startswith("Older boats")
        assert told["quote_altered"].partition("”")[0].lstrip("“") not in TEXT

    @pytest.mark.parametrize("name", ["fair_retelling", "brief"])
    def test_two_minds_both_complete(self, name: str) -> None:
        asked = LESSON.exercise(name)
        assert isinstance(asked, Write)
        samples = answer(name, "samples")
        assert len({s["view"] for s in samples}) == len(samples) == 2
        for s in samples:
            assert asked.outcome(s, KEY, TEXT).status == "right"
            picked = [Span(*pair) for pair in s["evidence"]]
            assert all(any(b.span.covers(p) for b in ARTICLE.paragraphs if b.id in asked.region) for p in picked)

    def test_a_brief_has_two_hundred_words_and_names_many_sources(self) -> None:
        for s in answer("brief", "samples"):
            brief = s["texts"]["brief"]
            assert 200 <= len(words(brief)) <= 250
            assert len(find_attributions(brief)) >= 6
            known = {w.of(TEXT).removesuffix("’s") for w in words(TEXT)}
            facts = re.findall(r"(?<=[a-z,] )[A-Z]\w+|\d+", brief)
            assert len(facts) > 20 and {*facts} <= known, "no name and no number is made up"
