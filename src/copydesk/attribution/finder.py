"""The ordered table of rules, and the finder that asks them about every cue of a text.

A cue is a word that may report what somebody said: a form of a reporting verb, or one of the words that a rule names.
For each cue of a sentence, the first rule that fits gives the attribution. Rules that look past one sentence come
after that, and last of all the speakers: who is “he”, and which “Lund” is meant.

To add a rule, write its function in one of the `rules_*` modules, give it a row in `RULES`, and add examples to
`tests/fixtures/attributions/`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from copydesk.attribution import rules_across_sentences as across
from copydesk.attribution import rules_nouns as nouns
from copydesk.attribution import rules_verbs as verbs
from copydesk.attribution.cue import (
    CueContext,
    Hit,
    said_clause,
    said_name,
    said_quote,
    said_that,
    said_thing,
    said_to_do,
    says,
)
from copydesk.attribution.speakers import Cast
from copydesk.attribution.tokens import CUE, NO_VERB, VERB_FORMS, WORD, TokenizedText, TokenRange, tokenize
from copydesk.base.spans import Span


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who said what: spans into the text, and the rule that found them.

    `source` and `cue` are None where a quotation is carried over from the attribution at index `carried_from`.
    `decided_by` is the span, or the words, that decided the `kind`.
    """

    source: Span | None
    cue: Span | None
    content: tuple[Span, ...]
    form: str
    rule: str
    speaker: str
    kind: str
    decided_by: Span | str
    carried_from: int | None = None
    note: str = ""

    @property
    def start(self) -> int:
        """Where it begins, in code points: whichever part comes first."""
        return min(s.start for s in (self.source, self.cue, *self.content) if s)


@dataclass(frozen=True, slots=True)
class Rule:
    """A named way of attributing words, with one sentence a teacher could say.

    A rule with `words` is asked about these words. A rule without is asked about forms of reporting verbs.
    """

    name: str
    why: str
    find: Callable[[CueContext], Hit | None]
    words: frozenset[str] = frozenset()


_ACCORDING, _WORDS = frozenset(("according",)), frozenset(("words",))

RULES: tuple[Rule, ...] = (
    Rule("according_to", "“According to” names the source of the clause beside it.", nouns.according_to, _ACCORDING),
    Rule("non_response", "Somebody was asked and gave no answer.", nouns.non_response, nouns.NON_RESPONSE_WORDS),
    Rule("in_words_of", "“In X’s words” hands the quotation beside it to X.", nouns.in_words_of, _WORDS),
    Rule("speech_act", "An act of speaking is named, but not what was said.", nouns.speech_act, nouns.ACT_STARTS),
    Rule("quote_then_speaker", "A quotation, then its speaker and a reporting verb.", verbs.quote_then_speaker),
    Rule("quote_then_cue", "A quotation, then a reporting verb and its speaker.", verbs.quote_then_cue),
    Rule("cue_then_speaker", "A reporting verb opens the sentence, then its speaker.", verbs.cue_then_speaker),
    Rule("block_quote", "A reporting verb ends its paragraph and the next one is the quotation.", across.block_quote),
    Rule("quoted_as_saying", "Somebody was quoted as saying it.", verbs.quoted_as_saying),
    Rule("says_quote", "A speaker, a reporting verb, then the quotation.", partial(says, said_quote)),
    Rule("as_speaker_said", "“As X said” hands the clause beside it to X.", verbs.as_speaker_said),
    Rule("clause_around", "Speaker and verb stand between commas inside what was said.", verbs.clause_around),
    Rule("clause_then_speaker", "A clause, a comma, its speaker, a reporting verb.", verbs.clause_then_speaker),
    Rule("clause_then_cue", "A clause, a comma, a reporting verb and its speaker.", verbs.clause_then_cue),
    Rule("second_verb", "A second reporting verb shares the subject of an earlier verb.", verbs.second_verb),
    Rule("opening_participle", "The sentence opens with a word such as “citing”.", verbs.opening_participle),
    Rule("participle", "A participle such as “adding” or “saying” carries the report on.", verbs.participle),
    Rule("passive_by", "The verb is passive and “by” names the speaker.", verbs.passive_by),
    Rule("it_was_said", "“It was said that”: words are reported and nobody is named.", verbs.it_was_said),
    Rule("says_that", "A speaker, a verb, then “that”, “whether” or “how”.", partial(says, said_that)),
    Rule("says_clause", "A speaker, a verb, then a clause without “that”.", partial(says, said_clause)),
    Rule("says_to_do", "A speaker asks or promises in an infinitive.", partial(says, said_to_do)),
    Rule("says_name", "A speaker gives something a name.", partial(says, said_name)),
    Rule("says_thing", "The verb’s object names what was said or judged.", partial(says, said_thing)),
    Rule("noun_to", "A noun such as “promise” with its infinitive, and whose it is.", nouns.noun_to, nouns.NOUNS),
    Rule("noun_that", "A noun such as “claim” or “warning” with its clause.", nouns.noun_that, nouns.NOUNS),
)
"""Asked in this order about every cue outside a quotation."""
NESTED = Rule("nested", "Somebody inside the quotation reports what another said.", verbs.nested)
"""Asked about every cue inside a quotation."""
WHY = {rule.name: rule.why for rule in (*RULES, NESTED)} | across.WHY
"""The name of every rule, also of those that look past one sentence, with one sentence a teacher could say."""

_FOR_VERBS = tuple(rule for rule in RULES if not rule.words)
_WATCHED = frozenset[str]().union(*(rule.words for rule in RULES))
_FOR_WORDS = {word: tuple(rule for rule in RULES if not rule.words or word in rule.words) for word in _WATCHED}
_MOST = 60  # cues in a sentence: more is no language, and would make time grow faster than length


def find_attributions(text: str, *, without: Collection[str] = ()) -> list[Attribution]:
    """Every attribution of a page or story, in reading order; rules named in `without` are not asked.

    Time grows with the length of the text only.

    >>> text = '“Enough,” Amara Diallo said. She told reporters the talks were over.'
    >>> [(a.speaker, a.form, a.rule) for a in find_attributions(text)]
    [('Amara Diallo', 'direct', 'quote_then_speaker'), ('Amara Diallo', 'indirect', 'says_clause')]
    """
    doc = tokenize(text)
    hits: dict[tuple[object, ...], Hit] = {}  # two cues may give the same reading
    for low, high in doc.sentences:
        for hit in _hits_in_sentence(doc, low, high, without):
            hits.setdefault((hit.source, hit.cue, *hit.content), hit)
    found = [*hits.values()]
    found += across.hits_in_paragraphs(doc, found, without)
    found = across.with_quotes_left_over(doc, found, without)
    found.sort(key=lambda hit: (min(s for s, _ in (hit.cue or hit.content[0], *hit.content)), hit.end))
    return _attributions(doc, found)


def _hits_in_sentence(doc: TokenizedText, low: int, high: int, without: Collection[str]) -> Iterator[Hit]:
    """For every cue of a sentence, the hit of the first rule that finds one."""
    flags, words, quote_at = doc.flags, doc.words, doc.quote_at
    rules: Sequence[Rule]
    cues = [i for i in range(low, high) if flags[i] & CUE or words[i] in _WATCHED][:_MOST]
    free = [i for i in cues if quote_at[i] < 0]
    quoted = max(quote_at[low:high]) >= 0
    earlier: list[Hit] = []
    for at in cues:
        word, verb, quote = words[at], VERB_FORMS.get(words[at], NO_VERB), quote_at[at]
        if quote >= 0:
            start, end = doc.quote_words[quote]
            ctx, rules = CueContext(doc, start + 1, end - 1, at, verb, [], [], False), (NESTED,)
        else:
            ctx, rules = CueContext(doc, low, high, at, verb, earlier, free, quoted), _FOR_WORDS.get(word, _FOR_VERBS)
        is_verb = bool(ctx.frames) and (quote >= 0 or not ctx.is_noun)
        for rule in rules if is_verb or word in _WATCHED else ():
            if (is_verb or rule.words) and rule.name not in without and (hit := rule.find(ctx)):
                hit.rule = rule.name
                if quote < 0:
                    earlier.append(hit)
                yield hit
                break


def _attributions(doc: TokenizedText, hits: Sequence[Hit]) -> list[Attribution]:
    """Turn hits into spans, with the speaker and kind of each source."""
    cast = Cast(doc, [h.source for h in hits if h.source])
    place = {id(hit): n for n, hit in enumerate(hits)}
    stated: dict[TokenRange, int] = {}
    whose = [cast.who(hit.source) for hit in hits]
    done: list[Attribution] = []
    for n, hit in enumerate(hits):
        source, carried = hit.source, place.get(id(hit.carried))
        who = whose[n if carried is None else carried]
        if source is not None and source in stated:
            carried, source = stated[source], None
        elif source is not None:
            stated.setdefault(source, n)
        done.append(
            Attribution(
                source=_without_possessive(doc, source) if source else None,
                cue=doc.span(hit.cue) if hit.cue else None,
                content=tuple(doc.span(c) for c in hit.content),
                form=hit.form or _form(doc, hit),
                rule=hit.rule,
                speaker=who.speaker,
                kind=who.kind,
                decided_by=who.decided_by,
                carried_from=carried,
                note=who.note,
            )
        )
    return done


def _without_possessive(doc: TokenizedText, source: TokenRange) -> Span:
    """Ada Lund, in “Ada Lund’s claim that it rained”."""
    span, last = doc.span(source), doc.words[source[1] - 1]
    return Span(span.start, span.end - 2) if last.endswith(("'s", "’s")) and len(span) > 2 else span


def _form(doc: TokenizedText, hit: Hit) -> str:
    """Direct when every word stands in quotation marks, indirect when none does, mixed between."""
    if hit.rule == NESTED.name:
        return "indirect"
    if all(max(doc.quote_at[a:b]) < 0 for a, b in hit.content):
        return "indirect"
    inside = {doc.quote_at[i] >= 0 for a, b in hit.content for i in range(a, b) if doc.flags[i] & WORD}
    return "mixed" if len(inside) > 1 else "direct" if inside == {True} else "indirect"
