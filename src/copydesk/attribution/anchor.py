"""An anchor: one cue in one sentence, with what every rule asks about it worked out once."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from copydesk.attribution.grammar import (
    ENDERS,
    in_group,
    is_passive,
    is_word,
    noun_chunk,
    opens_clause,
    skip_aside,
)
from copydesk.attribution.lexicon import AUX, DET, PREP, PRONOUN, Cue
from copydesk.attribution.model import Hit, Tokens
from copydesk.attribution.page import Page
from copydesk.attribution.sources import shared_subject, subject_before

OPENING = frozenset("“\"«„‘'") | {"``"}


@dataclass
class Anchor:
    """A cue at word `at` of the sentence `low`–`high`; `before` holds what this sentence has given so far."""

    page: Page
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
                return noun_chunk(page, i, self.high) if page.quote_at[i] == page.quote_at[self.at] else i
        elif i < self.high and page.low[i] == "to" and "bare" in cue.frames:
            return max(i, noun_chunk(page, i + 1, self.high)) if i + 1 < self.high else i
        return i

    @cached_property
    def after(self) -> int:
        """The word after the cue, the addressee, the day and the occasion."""
        return skip_aside(self.page, self.told, self.high)

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
