"""An anchor: one cue in one sentence, with what every rule asks about it worked out once."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from copydesk.attribution.grammar import (
    ENDERS,
    in_group,
    is_finite,
    is_passive,
    is_possessive,
    is_word,
    noun_chunk,
    opens_clause,
    shared_subject,
    skip_aside,
    subject_before,
)
from copydesk.attribution.reading import (
    AUX,
    DET,
    PREP,
    PRONOUN,
    SMALL,
    SUBORD,
    WORDS,
    Cue,
    Hit,
    TokenizedText,
    TokenRange,
    word_set,
)

_NOUN_BEFORE = word_set(WORDS["before_nouns"])
_MANY = word_set(WORDS["counting"])
_NO_PLURAL = word_set(WORDS["no_plurals"])
PLURALS = word_set(WORDS["plural"])
OPENING = frozenset("“\"«„‘'") | {"``"}


@dataclass
class CueContext:
    """A cue at word `at` of the sentence `low`–`high`; `before` holds what this sentence has given so far."""

    doc: TokenizedText
    low: int
    high: int
    at: int
    cue: Cue | None
    before: list[Hit] = field(default_factory=list)
    free_cues: list[int] = field(default_factory=list)

    @cached_property
    def verb_start(self) -> int:
        """Where the verb group begins: has not yet said."""
        i = self.at
        while i > self.low and in_group(self.doc, i - 1) and self.doc.quote_at[i - 1] == self.doc.quote_at[self.at]:
            i -= 1
        return i

    @cached_property
    def subject_floor(self) -> int:
        """Where a subject may begin: after the last cue of this sentence."""
        return max([self.low, *(h.cue[1] for h in self.before if h.cue and h.cue[1] <= self.verb_start)])

    @cached_property
    def passive(self) -> bool:
        """Whether the subject hears rather than says."""
        return (
            is_passive(self.doc, self.verb_start, self.at)
            and self.cue is not None
            and self.cue.tense in ("past", "part")
        )

    @cached_property
    def source(self) -> TokenRange | None:
        """The noun phrase before the verb group, or the subject it shares with an earlier verb."""
        doc, group = self.doc, self.verb_start
        if group > self.low and doc.words[group - 1] in ("and", "but", "then", "or", "yet"):
            return self.shared
        if group > self.low and doc.words[group - 1] == "," and group - 2 >= self.low and self.quote_ends(group - 1):
            return None
        return subject_before(doc, self.subject_floor, group)

    @cached_property
    def shared(self) -> TokenRange | None:
        """The source of the last finite verb here, when this verb hangs on it with and or but."""
        for hit in reversed(self.before):
            if hit.source and hit.cue and hit.cue[1] <= self.at:
                return hit.source
        return shared_subject(self.doc, self.low, self.verb_start)

    def quote_ends(self, i: int) -> bool:
        """Whether a quotation ends at word `i` or just before it."""
        n = self.doc.quote_at[i]
        if n >= 0:
            return self.doc.quote_words[n][1] == i + 1
        return i > 0 and self.doc.quote_at[i - 1] >= 0

    @cached_property
    def after_addressee(self) -> int:
        """The word after the cue and the person addressed: told Lakeport Radio."""
        doc, i = self.doc, self.at + 1
        cue = self.cue
        if cue is None:
            return i
        if "person" in cue.frames or "person_to" in cue.frames:
            if i < self.high and not opens_clause(doc, i) and doc.words[i] not in ("to", "about", "of"):
                return (
                    self._past_title(noun_chunk(doc, i, self.high)) if doc.quote_at[i] == doc.quote_at[self.at] else i
                )
        elif i < self.high and doc.words[i] == "to" and "bare" in cue.frames:
            return max(i, noun_chunk(doc, i + 1, self.high)) if i + 1 < self.high else i
        return i

    def _past_title(self, i: int) -> int:
        """Past a short title in quotation marks: told Radio One’s “Morning” show."""
        n = self.opens_quote(i)
        if n < 0 or not is_possessive(self.doc, i - 1) or self.doc.quote_words[n][1] - i > 8:
            return i
        end = self.doc.quote_words[n][1]
        return end + 1 if end < self.high and not self.doc.flags[end] & SMALL and is_word(self.doc, end) else end

    @cached_property
    def after_asides(self) -> int:
        """The word after the cue, the addressee, the day and the occasion."""
        doc, i = self.doc, skip_aside(self.doc, self.after_addressee, self.high)
        if i + 2 < self.high and doc.words[i] == "," and doc.quote_at[i] < 0:
            for k in range(i + 2, min(self.high - 1, i + 10)):
                if doc.words[k] == "," and doc.words[k + 1] == "that":
                    return k + 1
        return self._past_phrases(i)

    def _past_phrases(self, i: int) -> int:
        """Past phrases such as “of the senator” or “to Congress” if that, or a quotation, comes right behind them."""
        doc = self.doc
        if i >= self.high or not doc.flags[i] & PREP or doc.flags[i] & SUBORD:
            return i
        for k in range(i + 1, min(self.high - 1, i + 12)):
            if doc.words[k] == "that" or (doc.words[k] in (",", ":") and self.opens_quote(k + 1) >= 0):
                return k
            if doc.quote_at[k] >= 0 or doc.words[k] in (",", ";", ":") or is_finite(doc, k, i):
                break
        return i

    @cached_property
    def quote_after(self) -> int:
        """The number of the quotation that opens right after the cue and its asides, or -1."""
        doc, i = self.doc, self.after_asides
        for skip in (",", ":", "that", ",", "—", "–", "-"):
            if i < self.high and doc.words[i] == skip and doc.quote_at[i] < 0:
                i += 1
        return self.opens_quote(i)

    def opens_quote(self, i: int) -> int:
        """The number of the quotation that begins at word `i`, or -1."""
        if i < self.high and i < len(self.doc.words):
            n = self.doc.quote_at[i]
            if n >= 0 and self.doc.quote_words[n][0] == i:
                return n
        return -1

    @cached_property
    def ends_here(self) -> bool:
        """Whether nothing but asides follows the cue."""
        i = self.after_asides
        return (
            i >= self.high
            or (self.doc.words[i] in ENDERS and i + 2 >= self.high)
            or not any(is_word(self.doc, k) for k in range(i, self.high))
        )

    @cached_property
    def is_noun(self) -> bool:
        """Whether the cue is no verb here: the report, a blog post, the plan announced by …"""
        cue, doc, at = self.cue, self.doc, self.at
        if cue is None or (self.verb_start < at and doc.flags[self.verb_start] & AUX):
            return False
        if at > self.low and doc.words[at - 1] in _NOUN_BEFORE:
            return True
        if at > self.low and doc.capital(at) and (doc.capital(at - 1) or doc.quote_at[at - 1] >= 0):
            return True
        by = at + 2 < self.high and doc.words[at + 1] == "by" and not doc.words[at + 2][0].isdigit()
        if at + 1 < self.high and (doc.flags[at + 1] & AUX or by):
            return cue.unsure or cue.tense != "ing"
        if cue.unsure and at > self.low and (doc.words[at - 1].isdigit() or doc.words[at - 1] in _MANY):
            return True
        return not self.agrees or (cue.unsure and self.noun_like)

    @cached_property
    def agrees(self) -> bool:
        """Whether a bare present has a plural subject: they claim, but not: the asylum claim."""
        cue, doc = self.cue, self.doc
        if cue is None or cue.tense != "base" or self.verb_start < self.at or cue.lemma == "say":
            return True
        if self.verb_start > self.low and doc.words[self.verb_start - 1] == "to":
            return True
        if self.source is None:
            return False
        words = doc.words[slice(*self.source)]
        near = [words[0], *words[-3:]] if cue.unsure else words
        return any(
            w in PLURALS or (w.endswith("s") and not w.endswith(("'s", "’s", "ss")) and w not in _NO_PLURAL)
            for w in near
        )

    @cached_property
    def noun_like(self) -> bool:
        """Whether the cue is more likely a noun here: the claim, his report, of reports."""
        doc, i = self.doc, self.at
        if i == self.low:
            return self.cue is not None and self.cue.tense in ("base", "s", "past", "part")
        word, flag = doc.words[i - 1], doc.flags[i - 1]
        return (
            bool(flag & DET and not flag & PRONOUN)
            or bool(flag & PREP and not flag & AUX)
            or word.endswith(("'s", "’s"))
        )
