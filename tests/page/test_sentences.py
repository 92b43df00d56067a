"""Where sentences end. A bar marks each end in the examples."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.base.spans import Span
from copydesk.base.wording import load_wording
from copydesk.page.sentences import BLANK, RULES, ends_sentence, split_sentences, trim

EXAMPLES = [
    "It rained.| He left.",
    "“It rained,” he said.| “It poured.”| She left.",
    "They had “their worries”.| Rain fell.",
    '"It rained." |She left.',
    "“Why?” he asked.| “Stop!” they cried.",
    "“Will it rain?” Mara Quill asked.| “Yes.”| Mara Quill left.",
    "Really?!| Yes…| No.",
    "It rained… and then it poured... or so he said.",
    "Rain . . . and more rain.",
    "J. K. Rowling met J. A. Smith.| He left.",
    "Plan B.| The rest waits.",
    "Gen. Ode, Mr. Vark and Dr. Ulm met.| They left.",
    "The U.S. Army left the U.S.| The rest stayed.",
    "Look at No. 5, at p. 12 and at Jan. 6.| He said no.| Then he left.",
    "He left at 5 p.m.| Officials stayed till 6 p.m. Monday.",
    "It cost 3.5 million.| 12 came.",
    "See example.org or the U.S.-led group.",
    "1. First of all, rain.| Second.",
    "(It rained.)| [He left.]| ‘So be it.’| So it was.",
    "Ulm Inc. Chairman Ode left Ulm Inc.| He is 50.",
    "He met St. Alder, i.e. Alder, vs. Ulm, etc.| Rain fell.",
    "Lt. Cmdr. Ode and Asst. Supt. Vark met Rt. Hon. Min. Ulm.| They left.",
    "He is from Norwick, Mass. |Police said so.| The Mo. Gov. Ode fell ill. |Officials came.",
    "It closed at 5 p.m. MSK. |It opened at 6 a.m. |Officials came.",
    "It rained.[12]| She left.² |He stayed.[note 3]| So it was.",
    "“It rained.”|Drivers turned back.|It rained.|The end; see Lakes.Org/Ode and a@mere.Example now.",
    "« Il pleut. » |« Non ! » dit-elle.| »Ist es offen?« fragte sie. |»Ja.«| „Nein.“| Er ging.",
    "It rained.| d’Arc said so.| van der Hoek met J. van Sebille and Mr. de Vries.| eBay fell.",
    "It rained.\u200b |He\u200b left.\u2060| No.",
    "It rained.\u00a0| He\u00a0left.\ufeff| No.",
    "Tom Ode, a.k.a. The Heron, left.| He sang.",
    "The bridge is safe.[1]| The town paid.",
    "The Hon. Min. Lund spoke.| Rain fell.",
    "It rained.| iPhone sales fell.| Nobody knew why.",
    "It rained.| van Sebille said so.",
    "The bridge closed.|Drivers turned back.",
    "Det. Insp. Lind and Const. Roe came.| Det. Sgt. Vark left.",
    "Asst. Dist. Atty. Mara Quill spoke.| The judge did not.",
    "« Is it open ? » she asked.| He nodded.",
    "She met Mass. Gov. Ines Lund.| He met Ala. Sen. Tom Ode.",
    "It is open.\u200b| The town paid.",
    "It began at 9 a.m. AEST.| It ended at 5 p.m. SAST.",
    "यह खुला है। |वह गया।",
    "no end at all",
]


@pytest.mark.parametrize("example", EXAMPLES)
def test_examples(example: str) -> None:
    text = example.replace("|", "")
    assert [s.of(text) for s in split_sentences(text)] == [part.strip(BLANK) for part in example.split("|")]


def test_inside_a_span_only() -> None:
    text = "One. Two. Three. Four."
    assert [s.of(text) for s in split_sentences(text, Span(5, 16))] == ["Two.", "Three."]


@pytest.mark.xfail(reason="an abbreviated company before a capitalised noun: nothing but meaning tells")
def test_known_miss_company_at_the_end() -> None:
    assert len(split_sentences("He worked for Ulm Inc. Officials said so.")) == 2


@pytest.mark.xfail(reason="a name in lower case that no list of particles can tell from a word")
def test_known_miss_lower_case_start() -> None:
    assert len(split_sentences("It broke. bell hooks wrote so.")) == 2


@given(st.text(st.sampled_from(" \n\u00a0\ufeff\x1c.?!…\"'“”’()-—aAéJ5U\U0001f600"), max_size=120))
def test_sentences_tile_the_text(text: str) -> None:
    at = 0
    for span in split_sentences(text):
        assert span.start >= at
        assert not text[at : span.start].strip(BLANK)
        assert span.of(text) == span.of(text).strip(BLANK)
        at = span.end
    assert not text[at:].strip(BLANK)


@pytest.mark.parametrize("unit", [".", "a. ", ". ", '"', ".“", "?” Aa ", "U.S. "])
def test_monstrous_texts(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    assert split_sentences(text)


def test_blank_is_white_space_and_the_byte_order_mark() -> None:
    assert set(BLANK) == {chr(i) for i in range(0x110000) if chr(i).isspace()} | {"\ufeff"}
    assert trim(BLANK, 0, len(BLANK)) is None


def test_every_rule_has_a_docstring_and_every_word_is_lower_case() -> None:
    assert all(rule.__doc__ for rule in RULES)
    assert all(word == word.lower() for words in load_wording("sentences").values() for word in words)


@pytest.mark.parametrize(
    ("line", "expect"), [("It rained.", True), ("‘So?’", True), ("worries”.\u00a0", True), ("Rain", False)]
)
def test_ends_sentence(line: str, expect: bool) -> None:
    assert ends_sentence(line) is expect
