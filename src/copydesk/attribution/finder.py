"""The ordered table of rules: for every cue, the first rule that fits gives the attribution.

The finder: reads a page once, asks the rules about every cue, then works out who each source is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from copydesk.attribution.contents import said_clause, said_that
from copydesk.attribution.cue_context import CueContext
from copydesk.attribution.reading import (
    CUE,
    CUE_FORMS,
    CUES,
    Attribution,
    Hit,
    Rule,
    TokenizedText,
    tokenize,
    word_set,
)
from copydesk.attribution.rules_across_sentences import (
    block_quote,
    continued_below,
    continued_here,
    headline_dash,
    quote_then_any_verb,
    speaker_colon,
)
from copydesk.attribution.rules_after import (
    feels,
    it_was_said,
    opening_participle,
    participle,
    passive_by,
    quoted_as_saying,
    says_clause,
    says_name,
    says_quote,
    says_that,
    says_thing,
    says_to_do,
    second_verb,
)
from copydesk.attribution.rules_before import (
    as_speaker_said,
    clause_around,
    clause_then_cue,
    clause_then_speaker,
    quote_then_cue,
    quote_then_speaker,
)
from copydesk.attribution.rules_nouns import according_to, non_response, noun_that, noun_to, speech_act
from copydesk.attribution.speakers import Cast

RULES: tuple[Rule, ...] = (
    Rule("according_to", "“According to” names the source of the clause beside it.", according_to),
    Rule("non_response", "Somebody was asked and gave no answer.", non_response),
    Rule("speech_act", "The sentence names an act of speaking but not what was said.", speech_act),
    Rule("quote_then_speaker", "A quotation, then its speaker and a reporting verb.", quote_then_speaker),
    Rule("quote_then_cue", "A quotation, then a reporting verb and its speaker.", quote_then_cue),
    Rule("block_quote", "A reporting verb ends its paragraph and the next one is the quotation.", block_quote),
    Rule("quoted_as_saying", "Somebody was quoted as saying it.", quoted_as_saying),
    Rule("says_quote", "A speaker, a reporting verb, then the quotation.", says_quote),
    Rule("as_speaker_said", "“As X said” hands the clause beside it to X.", as_speaker_said),
    Rule(
        "clause_around",
        "The speaker and the reporting verb stand between commas inside what was said.",
        clause_around,
    ),
    Rule("clause_then_speaker", "A clause, a comma, then its speaker and a reporting verb.", clause_then_speaker),
    Rule("clause_then_cue", "A clause, a comma, then a reporting verb and its speaker.", clause_then_cue),
    Rule("second_verb", "A second reporting verb shares the subject of an earlier verb.", second_verb),
    Rule(
        "opening_participle",
        "The sentence opens with a participle such as “citing”, and its subject follows.",
        opening_participle,
    ),
    Rule("participle", "A participle such as “adding” or “saying” carries the report on.", participle),
    Rule("passive_by", "The verb is passive and “by” names the speaker.", passive_by),
    Rule("it_was_said", "“It was said that”: words are reported and nobody is named.", it_was_said),
    Rule(
        "says_that",
        "A speaker, a reporting verb, then a clause that “that”, “whether” or “how” opens.",
        says_that,
    ),
    Rule("says_clause", "A speaker, a reporting verb, then a clause without “that”.", says_clause),
    Rule("says_to_do", "A speaker promises, refuses or asks for something in an infinitive.", says_to_do),
    Rule("says_name", "A speaker gives something a name or a description.", says_name),
    Rule("says_thing", "A speaker and a reporting verb whose object names what was said or judged.", says_thing),
    Rule("feels", "Somebody is sure, worried or confident that something is so.", feels),
    Rule("noun_to", "A noun such as “promise” or “threat” with its infinitive, and whose it is.", noun_to),
    Rule("noun_that", "A noun such as “claim” or “warning” with its clause.", noun_that),
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


_PHRASES = CUES["phrases"]
_NOUNS, _ADJECTIVES = (
    word_set(CUES["nouns"]["that"]) | word_set(CUES["nouns"]["to"]),
    word_set(CUES["adjectives"]["that"]),
)
_LONE = (
    _NOUNS
    | _ADJECTIVES
    | {"according", "respond", "return", "returned", "responded"}
    | word_set(_PHRASES["non_response_verbs"] + _PHRASES["non_response_adjectives"] + _PHRASES["act_starts"])
)
_MOST = 60  # cues in a sentence: more is no language, and would make time grow faster than length
_NESTED_VERBS = frozenset(("say", "tell"))
SHARING = frozenset(("second_verb", "participle"))
"""Rules whose verb shares a subject stated earlier: the attribution then says from which one it is carried over."""
_EVERY = frozenset(PAGE_RULES) | {"nested"}


def find_attributions(
    text: str, *, rules: Sequence[Rule] = RULES, beyond: frozenset[str] = _EVERY
) -> list[Attribution]:
    """Every attribution of a page or story, in reading order; `beyond` names the rules that look past a sentence.

    >>> text = '“Enough,” Amara Diallo said. She told reporters the talks were over.'
    >>> [(a.speaker, a.form, a.rule) for a in find_attributions(text)]
    [('Amara Diallo', 'direct', 'quote_then_speaker'), ('Amara Diallo', 'indirect', 'says_clause')]
    """
    doc = tokenize(text)
    if not doc.spans:
        return []
    hits = [hit for low, high in doc.sentences for hit in _sentence(doc, low, high, rules, "nested" in beyond)]
    hits = _continue(doc, _distinct(hits), beyond)
    hits = _headlines(doc, hits, beyond)
    return _attributions(doc, sorted(hits, key=_order))


def _order(hit: Hit) -> tuple[int, int]:
    return min(s for s, _ in (hit.cue or hit.content[0], *hit.content)), hit.end


def _sentence(doc: TokenizedText, low: int, high: int, rules: Sequence[Rule], nested: bool) -> Iterator[Hit]:
    """What the rules find in one sentence."""
    flags, quote_at = doc.flags, doc.quote_at
    cues = [i for i in range(low, high) if flags[i] & CUE or doc.words[i] in _LONE][:_MOST]
    if not cues:
        return
    free = [i for i in cues if quote_at[i] < 0]
    before: list[Hit] = []
    for at in cues:
        cue = CUE_FORMS.get(doc.words[at])
        if quote_at[at] >= 0:
            hit = _nested(doc, at, nested, rules)
        else:
            ctx = CueContext(doc, low, high, at, cue, before, free)
            hit = _first(ctx, rules)
        if hit:
            if quote_at[at] < 0:
                before.append(hit)
            yield hit


def _first(ctx: CueContext, rules: Sequence[Rule]) -> Hit | None:
    word = ctx.doc.words[ctx.at]
    for rule in rules:
        if rule.name == "feels" and word not in _ADJECTIVES:
            continue
        if rule.name in ("noun_that", "noun_to") and word not in _NOUNS:
            continue
        if rule.name not in _WITHOUT_VERB and (ctx.cue is None or ctx.is_noun):
            continue
        hit = rule.find(ctx)
        if hit:
            hit.rule = rule.name
            return hit
    return None


_WITHOUT_VERB = frozenset(("according_to", "non_response", "speech_act", "feels", "noun_that", "noun_to"))


def _nested(doc: TokenizedText, at: int, nested: bool, rules: Sequence[Rule]) -> Hit | None:
    """Speech inside speech: “she told me that it rained”."""
    cue = CUE_FORMS.get(doc.words[at])
    if not nested or cue is None or cue.lemma not in _NESTED_VERBS or cue.tense not in ("past", "s"):
        return None
    low, high = doc.quote_words[doc.quote_at[at]]
    ctx = CueContext(doc, low + 1, high - 1, at, cue, [], [])
    named = {rule.name for rule in rules}
    source = ctx.source
    if source is None or not named & NESTED or ctx.passive:
        return None
    content = said_that(ctx) or said_clause(ctx)
    return Hit(source, (ctx.verb_start, ctx.after_addressee), [content], rule="nested") if content else None


def _distinct(hits: list[Hit]) -> list[Hit]:
    """Without a second reading of the same cue."""
    seen: set[tuple[object, ...]] = set()
    found = []
    for hit in hits:
        mark = (hit.source, hit.cue, tuple(hit.content))
        if mark not in seen:
            seen.add(mark)
            found.append(hit)
    return found


def _continue(doc: TokenizedText, hits: list[Hit], beyond: frozenset[str]) -> list[Hit]:
    """Hang quotations without a cue on what stands before them."""
    found: list[Hit] = []
    queue = sorted(hits, key=lambda h: h.end)
    taken = [c for h in hits for c in h.content]
    taken.sort()
    at = 0
    reach = 0
    spoken = 0
    for n, (start, end) in enumerate(doc.quote_words):
        while at < len(queue) and queue[at].end <= start:
            found.append(queue[at])
            at += 1
        while spoken < len(taken) and taken[spoken][0] < end:
            reach = max(reach, taken[spoken][1])
            spoken += 1
        if reach > start or end <= start:
            continue
        recent = sorted(found[-4:], key=lambda h: h.end)
        hit = quote_then_any_verb(doc, n, recent) if "quote_then_any_verb" in beyond else None
        if hit:
            hit.rule = "quote_then_any_verb"
            found.append(hit)
            continue
        for name in ("continued_here", "continued_below"):
            rule = continued_here if name == "continued_here" else continued_below
            last = rule(doc, n, recent) if name in beyond else None
            if last:
                root = last.carried or last
                if n and doc.quotes[n - 1].carries and root.content[-1][1] == doc.quote_words[n - 1][1]:
                    root.content.append((start, end))
                else:
                    found.append(Hit(None, None, [(start, end)], rule=name, carried=root))
                break
    found.extend(queue[at:])
    return found


def _headlines(doc: TokenizedText, hits: list[Hit], beyond: frozenset[str]) -> list[Hit]:
    seen: set[str] = set()
    dash = headline_dash if "headline_dash" in beyond else _nothing
    colon = speaker_colon if "speaker_colon" in beyond else _nothing
    taken = {h.cue[0] for h in hits if h.cue}
    for line in doc.lines:
        name = "headline_dash"
        hit = dash(doc, line)
        if hit is None:
            name, hit = "speaker_colon", colon(doc, line)
        if hit and doc.of(line) not in seen and not any(line[0] <= c < line[1] for c in range(*line) if c in taken):
            seen.add(doc.of(line))
            hit.rule = name
            hits.append(hit)
    return hits


def _nothing(doc: TokenizedText, line: tuple[int, int]) -> Hit | None:
    """A rule that is left out."""
    return None


def _attributions(doc: TokenizedText, hits: list[Hit]) -> list[Attribution]:
    cast = Cast(doc, [h.source for h in hits if h.source])
    place = {id(hit): n for n, hit in enumerate(hits)}
    done: list[Attribution] = []
    stated: dict[tuple[int, int], int] = {}
    for n, hit in enumerate(hits):
        if hit.carried is not None and id(hit.carried) in place:
            parent = done[place[id(hit.carried)]]
            who = (parent.speaker, parent.kind, parent.decided_by, parent.note)
            carried: int | None = place[id(hit.carried)]
        else:
            who, carried = cast.who(hit.source), None
        source = hit.source
        if source is not None and source in stated and hit.rule in SHARING:
            carried, source = stated[source], None
        elif source is not None:
            stated.setdefault(source, n)
        content = tuple(doc.span(c) for c in hit.content)
        done.append(
            Attribution(
                doc.span(source) if source else None,
                doc.span(hit.cue) if hit.cue else None,
                content,
                hit.form or _form(doc, hit),
                hit.rule,
                who[0],
                who[1],
                who[2],
                carried,
                who[3],
            )
        )
    return done


def _form(doc: TokenizedText, hit: Hit) -> str:
    """Direct when every word stands in quotation marks, indirect when none does, mixed between."""
    inside = {doc.quote_at[i] >= 0 for a, b in hit.content for i in range(a, b) if doc.words[i][0].isalnum()}
    if hit.rule == "nested":
        return "indirect"
    return "mixed" if len(inside) > 1 else "direct" if inside == {True} else "indirect"
