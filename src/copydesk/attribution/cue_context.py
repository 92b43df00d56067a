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
    Tokens,
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

    page: TokenizedText
    low: int
    high: int
    at: int
    cue: Cue | None
    before: list[Hit] = field(default_factory=list)
    next_cues: list[int] = field(default_factory=list)

    @cached_property
    def group(self) -> int:
        """Where the verb group begins: has not yet said."""
        i = self.at
        while i > self.low and in_group(self.page, i - 1) and self.page.quote_at[i - 1] == self.page.quote_at[self.at]:
            i -= 1
        return i

    @cached_property
    def floor(self) -> int:
        """Where a subject may begin: after the last cue of this sentence."""
        return max([self.low, *(h.cue[1] for h in self.before if h.cue and h.cue[1] <= self.group)])

    @cached_property
    def passive(self) -> bool:
        """Whether the subject hears rather than says."""
        return (
            is_passive(self.page, self.group, self.at) and self.cue is not None and self.cue.tense in ("past", "part")
        )

    @cached_property
    def source(self) -> Tokens | None:
        """The noun phrase before the verb group, or the subject it shares with an earlier verb."""
        page, group = self.page, self.group
        if group > self.low and page.low[group - 1] in ("and", "but", "then", "or", "yet"):
            return self.shared
        if group > self.low and page.low[group - 1] == "," and group - 2 >= self.low and self.quote_ends(group - 1):
            return None
        return subject_before(page, self.floor, group)

    @cached_property
    def shared(self) -> Tokens | None:
        """The source of the last finite verb here, when this verb hangs on it with and or but."""
        for hit in reversed(self.before):
            if hit.source and hit.cue and hit.cue[1] <= self.at:
                return hit.source
        return shared_subject(self.page, self.low, self.group)

    def quote_ends(self, i: int) -> bool:
        """Whether a quotation ends at word `i` or just before it."""
        n = self.page.quote_at[i]
        if n >= 0:
            return self.page.quote_words[n][1] == i + 1
        return i > 0 and self.page.quote_at[i - 1] >= 0

    @cached_property
    def told(self) -> int:
        """The word after the cue and the person addressed: told Lakeport Radio."""
        page, i = self.page, self.at + 1
        cue = self.cue
        if cue is None:
            return i
        if "person" in cue.frames or "person_to" in cue.frames:
            if i < self.high and not opens_clause(page, i) and page.low[i] not in ("to", "about", "of"):
                return (
                    self._past_title(noun_chunk(page, i, self.high))
                    if page.quote_at[i] == page.quote_at[self.at]
                    else i
                )
        elif i < self.high and page.low[i] == "to" and "bare" in cue.frames:
            return max(i, noun_chunk(page, i + 1, self.high)) if i + 1 < self.high else i
        return i

    def _past_title(self, i: int) -> int:
        """Past a short title in quotation marks: told Radio One’s “Morning” show."""
        n = self.opens_quote(i)
        if n < 0 or not is_possessive(self.page, i - 1) or self.page.quote_words[n][1] - i > 8:
            return i
        end = self.page.quote_words[n][1]
        return end + 1 if end < self.high and not self.page.flags[end] & SMALL and is_word(self.page, end) else end

    @cached_property
    def after(self) -> int:
        """The word after the cue, the addressee, the day and the occasion."""
        page, i = self.page, skip_aside(self.page, self.told, self.high)
        if i + 2 < self.high and page.low[i] == "," and page.quote_at[i] < 0:
            for k in range(i + 2, min(self.high - 1, i + 10)):
                if page.low[k] == "," and page.low[k + 1] == "that":
                    return k + 1
        return self._past_phrases(i)

    def _past_phrases(self, i: int) -> int:
        """Past phrases such as “of the senator” or “to Congress” if that, or a quotation, comes right behind them."""
        page = self.page
        if i >= self.high or not page.flags[i] & PREP or page.flags[i] & SUBORD:
            return i
        for k in range(i + 1, min(self.high - 1, i + 12)):
            if page.low[k] == "that" or (page.low[k] in (",", ":") and self.opens_quote(k + 1) >= 0):
                return k
            if page.quote_at[k] >= 0 or page.low[k] in (",", ";", ":") or is_finite(page, k, i):
                break
        return i

    @cached_property
    def quote_after(self) -> int:
        """The number of the quotation that opens right after the cue and its asides, or -1."""
        page, i = self.page, self.after
        for skip in (",", ":", "that", ",", "—", "–", "-"):
            if i < self.high and page.low[i] == skip and page.quote_at[i] < 0:
                i += 1
        return self.opens_quote(i)

    def opens_quote(self, i: int) -> int:
        """The number of the quotation that begins at word `i`, or -1."""
        if i < self.high and i < len(self.page.low):
            n = self.page.quote_at[i]
            if n >= 0 and self.page.quote_words[n][0] == i:
                return n
        return -1

    @cached_property
    def ends_here(self) -> bool:
        """Whether nothing but asides follows the cue."""
        i = self.after
        return (
            i >= self.high
            or (self.page.low[i] in ENDERS and i + 2 >= self.high)
            or not any(is_word(self.page, k) for k in range(i, self.high))
        )

    @cached_property
    def is_noun(self) -> bool:
        """Whether the cue is no verb here: the report, a blog post, the plan announced by …"""
        cue, page, at = self.cue, self.page, self.at
        if cue is None or (self.group < at and page.flags[self.group] & AUX):
            return False
        if at > self.low and page.low[at - 1] in _NOUN_BEFORE:
            return True
        if at > self.low and page.capital(at) and (page.capital(at - 1) or page.quote_at[at - 1] >= 0):
            return True
        by = at + 2 < self.high and page.low[at + 1] == "by" and not page.low[at + 2][0].isdigit()
        if at + 1 < self.high and (page.flags[at + 1] & AUX or by):
            return cue.unsure or cue.tense != "ing"
        if cue.unsure and at > self.low and (page.low[at - 1].isdigit() or page.low[at - 1] in _MANY):
            return True
        return not self.agrees or (cue.unsure and self.noun_like)

    @cached_property
    def agrees(self) -> bool:
        """Whether a bare present has a plural subject: they claim, but not: the asylum claim."""
        cue, page = self.cue, self.page
        if cue is None or cue.tense != "base" or self.group < self.at or cue.lemma == "say":
            return True
        if self.group > self.low and page.low[self.group - 1] == "to":
            return True
        if self.source is None:
            return False
        words = page.low[slice(*self.source)]
        near = [words[0], *words[-3:]] if cue.unsure else words
        return any(
            w in PLURALS or (w.endswith("s") and not w.endswith(("'s", "’s", "ss")) and w not in _NO_PLURAL)
            for w in near
        )

    @cached_property
    def noun_like(self) -> bool:
        """Whether the cue is more likely a noun here: the claim, his report, of reports."""
        page, i = self.page, self.at
        if i == self.low:
            return self.cue is not None and self.cue.tense in ("base", "s", "past", "part")
        word, flag = page.low[i - 1], page.flags[i - 1]
        return (
            bool(flag & DET and not flag & PRONOUN)
            or bool(flag & PREP and not flag & AUX)
            or word.endswith(("'s", "’s"))
        )
