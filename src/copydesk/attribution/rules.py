"""The ordered table of rules: for every cue, the first rule that fits gives the attribution."""

from __future__ import annotations

from copydesk.attribution import rules_after as after
from copydesk.attribution import rules_before as before
from copydesk.attribution import rules_other as other
from copydesk.attribution import rules_page as page
from copydesk.attribution.model import Rule

RULES: tuple[Rule, ...] = (
    Rule("according_to", "“According to” names the source of the clause beside it.", other.according_to),
    Rule("non_response", "Somebody was asked and gave no answer.", other.non_response),
    Rule("speech_act", "The sentence names an act of speaking but not what was said.", other.speech_act),
    Rule("quote_then_speaker", "A quotation, then its speaker and a reporting verb.", before.quote_then_speaker),
    Rule("quote_then_cue", "A quotation, then a reporting verb and its speaker.", before.quote_then_cue),
    Rule("block_quote", "A reporting verb ends its paragraph and the next one is the quotation.", page.block_quote),
    Rule("quoted_as_saying", "Somebody was quoted as saying it.", after.quoted_as_saying),
    Rule("says_quote", "A speaker, a reporting verb, then the quotation.", after.says_quote),
    Rule("as_speaker_said", "“As X said” hands the clause beside it to X.", before.as_speaker_said),
    Rule(
        "clause_around",
        "The speaker and the reporting verb stand between commas inside what was said.",
        before.clause_around,
    ),
    Rule(
        "clause_then_speaker", "A clause, a comma, then its speaker and a reporting verb.", before.clause_then_speaker
    ),
    Rule("clause_then_cue", "A clause, a comma, then a reporting verb and its speaker.", before.clause_then_cue),
    Rule("second_verb", "A second reporting verb shares the subject of an earlier verb.", after.second_verb),
    Rule(
        "opening_participle",
        "The sentence opens with a participle such as “citing”, and its subject follows.",
        after.opening_participle,
    ),
    Rule("participle", "A participle such as “adding” or “saying” carries the report on.", after.participle),
    Rule("passive_by", "The verb is passive and “by” names the speaker.", after.passive_by),
    Rule("it_was_said", "“It was said that”: words are reported and nobody is named.", after.it_was_said),
    Rule(
        "says_that",
        "A speaker, a reporting verb, then a clause that “that”, “whether” or “how” opens.",
        after.says_that,
    ),
    Rule("says_clause", "A speaker, a reporting verb, then a clause without “that”.", after.says_clause),
    Rule("says_to_do", "A speaker promises, refuses or asks for something in an infinitive.", after.says_to_do),
    Rule("says_name", "A speaker gives something a name or a description.", after.says_name),
    Rule("says_thing", "A speaker and a reporting verb whose object names what was said or judged.", after.says_thing),
    Rule("feels", "Somebody is sure, worried or confident that something is so.", after.feels),
    Rule("noun_to", "A noun such as “promise” or “threat” with its infinitive, and whose it is.", other.noun_to),
    Rule("noun_that", "A noun such as “claim” or “warning” with its clause.", other.noun_that),
)
"""Asked in this order about every cue outside a quotation; inside one, only the rules of `NESTED`."""

NESTED = frozenset(("says_that", "says_clause"))
"""Speech inside speech is looked for with these rules only."""

PAGE_RULES: dict[str, str] = {
    "quote_then_any_verb": "Behind a quotation and its comma, any verb with a subject can be one of speaking.",
    "continued_here": "A quotation without a speaker goes on from the sentence before it.",
    "continued_below": "A quotation that opens the next paragraph, without a speaker, goes on from the one above.",
    "speaker_colon": "A name and a colon: a headline that quotes, or a transcript.",
    "headline_dash": "An agency headline: the claim, a dash, and who makes it.",
}
"""Rules that look past one sentence."""

EVERY_RULE = (*(rule.name for rule in RULES), "nested", *PAGE_RULES)
