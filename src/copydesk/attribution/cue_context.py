"""One cue in one sentence, with the answers that several rules need; each is worked out when a rule first asks.

Also `Hit`, which is what a rule returns.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from copydesk.attribution.grammar import (
    CLAUSE_OPENERS,
    ENDERS,
    POSSESSIVE,
    is_finite,
    noun_chunk,
    shared_subject,
    skip_aside,
    subject_before,
)
from copydesk.attribution.tokens import TokenizedText, TokenRange
from copydesk.attribution.words import (
    AUX,
    BE,
    CAPITAL,
    DET,
    GRAMMAR,
    PREP,
    PRONOUN,
    SMALL,
    SUBORD,
    VERB_GROUP,
    WORD,
    VerbForm,
    word_set,
)

_NOUN_BEFORE, _MANY = word_set(GRAMMAR["before_nouns"]), word_set(GRAMMAR["counting"])
_PLURALS, _NO_PLURALS = word_set(GRAMMAR["plural"]), word_set(GRAMMAR["no_plurals"])


@dataclass(slots=True)
class Hit:
    """What a rule saw, as ranges of tokens; `carried` is the hit whose speaker goes on speaking here."""

    source: TokenRange | None
    cue: TokenRange | None
    content: list[TokenRange]
    rule: str = ""
    form: str = ""
    carried: Hit | None = None

    @property
    def end(self) -> int:
        """The word after the last one."""
        return max(e for _, e in (self.source or (0, 0), self.cue or (0, 0), *self.content))


@dataclass
class CueContext:
    """A cue at word `at` of the sentence `low`–`high`.

    `cue` is None when the word is no verb: a noun (“claim that”), an adjective, “according”. `before` holds the hits of
    earlier cues of this sentence, and `free_cues` every cue of it that stands outside quotation marks.
    """

    doc: TokenizedText
    low: int
    high: int
    at: int
    cue: VerbForm | None
    before: list[Hit]
    free_cues: list[int]

    @cached_property
    def verb_start(self) -> int:
        """Where the verb group begins: at “has”, in “has not yet said”."""
        doc, i = self.doc, self.at
        while i > self.low and doc.flags[i - 1] & VERB_GROUP and doc.quote_at[i - 1] == doc.quote_at[self.at]:
            i -= 1
        return i

    @cached_property
    def subject_floor(self) -> int:
        """Where a subject may begin: after the last cue of this sentence."""
        return max([self.low, *(h.cue[1] for h in self.before if h.cue and h.cue[1] <= self.verb_start)])

    @cached_property
    def passive(self) -> bool:
        """Whether the subject hears rather than says: was told, has been accused, got called."""
        if self.cue is None or self.cue.tense not in ("past", "part"):
            return False
        # “’s” can be “has” as well as “is”: “she’s said” is active. “n't” is listed with “be” but is no form of it.
        doc = self.doc
        group = range(self.verb_start, self.at)
        return any(doc.flags[i] & BE and doc.words[i] not in ("'s", "’s", "n't") for i in group)

    @cached_property
    def source(self) -> TokenRange | None:
        """The noun phrase before the verb group, or the subject it shares with an earlier verb."""
        doc, first = self.doc, self.verb_start
        if first > self.low and doc.words[first - 1] in ("and", "but", "then", "or", "yet"):
            return self.shared
        if first - 1 > self.low and doc.words[first - 1] == ",":
            # “It rained,” said Ada Lund: what stands before the comma was said and says nothing.
            n = doc.quote_at[first - 1]
            if doc.quote_words[n][1] == first if n >= 0 else doc.quote_at[first - 2] >= 0:
                return None
        return subject_before(doc, self.subject_floor, first)

    @cached_property
    def shared(self) -> TokenRange | None:
        """The source of the last finite verb here, when this verb hangs on it with and or but."""
        for hit in reversed(self.before):
            if hit.source and hit.cue and hit.cue[1] <= self.at:
                return hit.source
        return shared_subject(self.doc, self.low, self.verb_start)

    @cached_property
    def after_addressee(self) -> int:
        """The word after the cue and the person addressed: told Lakeport Radio."""
        doc, cue, i = self.doc, self.cue, self.at + 1
        if cue is None or i >= self.high:
            return i
        if "person" in cue.frames or "person_to" in cue.frames:
            same_quote = doc.quote_at[i] == doc.quote_at[self.at]
            if doc.words[i] in CLAUSE_OPENERS or doc.words[i] in ("to", "about", "of") or not same_quote:
                return i
            return self._past_title(noun_chunk(doc, i, self.high))
        if doc.words[i] == "to" and "bare" in cue.frames and i + 1 < self.high:
            return max(i, noun_chunk(doc, i + 1, self.high))  # “said to Lakeport Radio it rained”
        return i

    def _past_title(self, i: int) -> int:
        """Past a short title in quotation marks: told Radio One’s “Morning” show."""
        doc, n = self.doc, self.opens_quote(i)
        if n < 0 or not doc.words[i - 1].endswith(POSSESSIVE) or doc.quote_words[n][1] - i > 8:
            return i
        end = doc.quote_words[n][1]
        return end + 1 if end < self.high and not doc.flags[end] & SMALL and doc.flags[end] & WORD else end

    @cached_property
    def after_asides(self) -> int:
        """The word after the cue, the addressee, the day and the occasion: where the reported words can begin."""
        doc, i = self.doc, skip_aside(self.doc, self.after_addressee, self.high)
        if i + 2 < self.high and doc.words[i] == "," and doc.quote_at[i] < 0:
            # “said, after a long day, that it rained”
            for k in range(i + 2, min(self.high - 1, i + 10)):
                if doc.words[k] == "," and doc.words[k + 1] == "that":
                    return k + 1
        # Past any other phrase, such as “of the senator” or “to Congress”, only if “that” or a quotation is right
        # behind it. Else the phrase may be what was said: “warned of floods”.
        if i >= self.high or not doc.flags[i] & PREP or doc.flags[i] & SUBORD:
            return i
        for k in range(i + 1, min(self.high - 1, i + 12)):
            if doc.words[k] == "that" or (doc.words[k] in (",", ":") and self.opens_quote(k + 1) >= 0):
                return k
            if doc.quote_at[k] >= 0 or doc.words[k] in (",", ";", ":") or is_finite(doc, k, i):
                break
        return i

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
        doc, i = self.doc, self.after_asides
        if i >= self.high or (doc.words[i] in ENDERS and i + 2 >= self.high):
            return True
        return not any(doc.flags[k] & WORD for k in range(i, self.high))

    @cached_property
    def is_noun(self) -> bool:
        """Whether the cue is no verb here: the report, a blog post, the plan announced by …"""
        cue, doc, at = self.cue, self.doc, self.at
        if cue is None or (self.verb_start < at and doc.flags[self.verb_start] & AUX):
            return False
        if at > self.low:
            if doc.words[at - 1] in _NOUN_BEFORE:
                return True
            # Part of a name, as in “Lakeport Post”.
            if doc.flags[at] & CAPITAL and (doc.flags[at - 1] & CAPITAL or doc.quote_at[at - 1] >= 0):
                return True
        if at + 1 < self.high:
            # “reports are”, “the plan announced by the council”: no finite verb; but not “announced by 2031”.
            by = at + 2 < self.high and doc.words[at + 1] == "by" and not doc.words[at + 2][0].isdigit()
            if doc.flags[at + 1] & AUX or by:
                return cue.unsure or cue.tense != "ing"
        if cue.unsure and at > self.low and (doc.words[at - 1].isdigit() or doc.words[at - 1] in _MANY):
            return True  # “three reports”
        return not self._agrees(cue) or (cue.unsure and self._follows_like_a_noun(cue))

    def _agrees(self, cue: VerbForm) -> bool:
        """Whether a bare present has a plural subject: they claim, but not: the asylum claim."""
        doc = self.doc
        if cue.tense != "base" or self.verb_start < self.at or cue.lemma == "say":
            return True
        if self.verb_start > self.low and doc.words[self.verb_start - 1] == "to":
            return True
        if self.source is None:
            return False
        words = doc.words[slice(*self.source)]
        # A form that is often a noun needs its plural at either end of the phrase, and does not agree with one amid it:
        # “the head of six unions in the long asylum claim”.
        for word in [words[0], *words[-3:]] if cue.unsure else words:
            plural = word.endswith("s") and not word.endswith(("'s", "’s", "ss")) and word not in _NO_PLURALS
            if plural or word in _PLURALS:
                return True
        return False

    def _follows_like_a_noun(self, cue: VerbForm) -> bool:
        """Whether the word before the cue wants a noun: the claim, his report, of reports."""
        if self.at == self.low:
            return cue.tense in ("base", "s", "past", "part")
        word, flag = self.doc.words[self.at - 1], self.doc.flags[self.at - 1]
        determiner = flag & DET and not flag & PRONOUN
        return bool(determiner) or bool(flag & PREP and not flag & AUX) or word.endswith(("'s", "’s"))
