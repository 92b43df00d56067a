"""One cue in one sentence: who says it, and what is said.

`CueContext` answers what several rules ask about a cue; each answer is worked out when a rule first asks. Each
`said_…` function looks for one kind of complement of a reporting verb (Quirk et al. 1985, ch. 16) and returns its
words, or None; `stop_of` finds the end for all of them. `Hit` is what a rule returns.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from copydesk.attribution.grammar import (
    CLAUSE_OPENERS,
    ENDERS,
    has_finite,
    is_finite,
    noun_chunk,
    shared_subject,
    skip_aside,
    subject_before,
    trim,
)
from copydesk.attribution.speakers import DOCUMENT, in_words
from copydesk.attribution.tokens import (
    ADVERBIAL,
    AUX,
    BE,
    CAPITAL,
    COORD,
    CUE,
    DET,
    GRAMMAR,
    MODAL,
    NO_VERB,
    PREP,
    PRONOUN,
    RELATIVE,
    REPORTING,
    SUBORD,
    TIME,
    VERB_FORMS,
    VERB_GROUP,
    WORD,
    TokenizedText,
    TokenRange,
    VerbForm,
    word_set,
)

_NOUN_BEFORE, _MANY = word_set(GRAMMAR["before_nouns"]), word_set(GRAMMAR["counting"])
_PLURALS, _NO_PLURALS = word_set(GRAMMAR["plural"]), word_set(GRAMMAR["no_plurals"])
_PARTICLE_FRAMES = {name: frozenset(frames) for name, frames in REPORTING["particles_frames"].items()}
_ONE = frozenset(("a", "an", "another", "each", "every", "that", "this"))
_LIGHT = word_set(GRAMMAR["light"])
_IS = frozenset(("he's", "she's", "they're", "i'm", "we're", "it's", "who's"))
_FRONTING, _PRESENT = word_set(GRAMMAR["fronting"]), word_set(GRAMMAR["present"])
_REACTIONS = word_set(GRAMMAR["reactions"])
_CONTRAST, _NAMING = word_set(GRAMMAR["contrast"]), word_set(REPORTING["phrases"]["naming_verbs"])


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


def hit(source: TokenRange | None, cue: TokenRange, *content: TokenRange | None) -> Hit | None:
    """A hit, if its source and every piece of its content were found."""
    pieces = [piece for piece in content if piece]
    return Hit(source, cue, pieces) if source and len(pieces) == len(content) else None


@dataclass
class CueContext:
    """A cue at word `at` of the sentence `low`–`high`.

    `before` holds the hits of earlier cues of this sentence, and `free_cues` every cue of it that stands outside
    quotation marks; `quoted` tells whether it has such marks. `verb_start` is where the verb group begins: at “has”, in
    “has not yet said”. `particle` holds the small words behind the verb that make it another one: called for, made it
    clear. If it is `passive`, the subject hears rather than says: was told, has been accused, got called.
    """

    doc: TokenizedText
    low: int
    high: int
    at: int
    cue: VerbForm
    before: list[Hit]
    free_cues: list[int]
    quoted: bool

    def __post_init__(self) -> None:
        behind = self.doc.words[self.at + 1 : self.at + 3] if self.cue.particles else []
        self.particle = next((p for p in self.cue.particles if behind[: len(p)] == p), [])
        self.verb_start = self.group_start(self.at)
        self.passive = self.cue.tense in ("past", "part") and (self.has_be or self._joins_passive())

    @property
    def frames(self) -> frozenset[str]:
        """What may stand around the cue; a verb with its small words has its own list."""
        if self.particle:
            return _PARTICLE_FRAMES.get(self.particle[-1], _PARTICLE_FRAMES["other"])
        return self.cue.frames

    def group_start(self, verb: int) -> int:
        """Where the verb group begins whose last word is `verb`."""
        doc = self.doc
        while verb > self.low and doc.flags[verb - 1] & VERB_GROUP and doc.quote_at[verb - 1] == doc.quote_at[self.at]:
            verb -= 1
        return verb

    @property
    def subject_floor(self) -> int:
        """Where a subject may begin: after the last cue of this sentence."""
        floor = self.low
        for h in self.before:
            # But not after a cue in “Ada Lund, who denies it, |”, because the subject stands before that clause.
            relative = h.source and h.content and self.doc.flags[h.source[1] - 1] & RELATIVE
            if h.cue and h.cue[1] <= self.verb_start and not (relative and self.doc.words[h.end : h.end + 1] == [","]):
                floor = max(floor, h.cue[1])
        return floor

    @property
    def has_be(self) -> bool:
        """Whether a form of “be” is in the verb group."""
        # “’s” can be “has” as well as “is”: “she’s said” is active. “n't” is listed with “be” but is no form of it.
        doc, group = self.doc, range(self.verb_start, self.at)
        return any(doc.flags[i] & BE and doc.words[i] not in ("'s", "’s", "n't") for i in group)

    def _joins_passive(self) -> bool:
        """He was stopped and told that it rained: one “was” serves both verbs, and nobody is addressed."""
        doc, first = self.doc, self.verb_start
        hears = {"person", "person_to"} & self.cue.frames and self.after_addressee == self.at + 1
        if not hears or not doc.flags[first - 1] & COORD:
            return False
        for i in range(first - 2, self.low, -1):
            if doc.flags[i] & BE and doc.words[i + 1].endswith(("ed", "en", "t")):
                return True
            if is_finite(doc, i, self.low) and not doc.flags[i - 1] & BE:
                break
        return False

    @property
    def joins_infinitive(self) -> bool:
        """Asked to draw a bird and suggest what it eats: a bare form that shares the “to” or the modal before it."""
        doc, first = self.doc, self.verb_start
        if self.cue.tense != "base" or first < self.at or doc.words[first - 1] not in ("and", "or"):
            return False
        for i in range(first - 2, self.low, -1):
            if doc.words[i] == "to" and not doc.flags[i + 1] & (DET | CAPITAL | TIME):
                return True
            if is_finite(doc, i, self.low):
                return bool(doc.flags[i] & MODAL)
        return False

    @cached_property
    def source(self) -> TokenRange | None:
        """The subject of the cue."""
        return self.subject_of(self.verb_start)

    def subject_of(self, first: int) -> TokenRange | None:
        """The noun phrase before the verb group at `first`, or the subject it shares with an earlier verb."""
        doc = self.doc
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
        said = [content for hit in self.before for content in hit.content]
        inside = max((a for a, b in said if a <= self.at < b), default=-1)
        if inside >= 0 and self.cue.tense != "ing":
            # “said she was tired and would not comment”: the verb belongs to what was said
            return shared_subject(self.doc, inside, self.verb_start)
        for hit in reversed(self.before):
            nested = hit.cue and any(a <= hit.cue[0] < b for a, b in said)  # a report inside another one is over
            if hit.source and hit.cue and hit.cue[1] <= self.at and not nested:
                return hit.source
        return shared_subject(self.doc, self.low, self.verb_start)

    @cached_property
    def after_addressee(self) -> int:
        """The word after the cue and the person addressed: told Lakeport Radio."""
        doc, frames, i = self.doc, self.cue.frames, self.at + 1
        if self.particle or i >= self.high:
            return i + len(self.particle)
        if "person" in frames or "person_to" in frames:
            same_quote = doc.quote_at[i] == doc.quote_at[self.at]
            if doc.words[i] in CLAUSE_OPENERS or doc.words[i] in ("to", "about", "of") or not same_quote:
                return i
            end = noun_chunk(doc, i, self.high)
            return end if "object" not in frames or self._reports(end) else i
        if doc.words[i] == "to" and "bare" in frames and i + 1 < self.high:
            return max(i, noun_chunk(doc, i + 1, self.high))  # “said to Lakeport Radio it rained”
        return i

    def _reports(self, end: int) -> bool:
        """Whether a report follows whom the verb addresses: promised them that …; but not: promised a new road."""
        doc, after = self.doc, skip_aside(self.doc, end, self.high)
        opener, noun = doc.words[after : after + 1], doc.flags[min(after + 1, self.high - 1)] & (DET | CAPITAL)
        opens = opener == ["that"] or (opener == ["to"] and not noun) or self.opens_quote(after) >= 0
        return opens and not doc.flags[end - 1] & DET

    @cached_property
    def after_asides(self) -> int:
        """The word after the cue, the addressee, the day and the occasion: where the reported words can begin."""
        doc, i = self.doc, skip_aside(self.doc, self.after_addressee, self.high)
        if i + 2 < self.high and doc.words[i] == "," and doc.quote_at[i] < 0:
            # “said, after a long day, that it rained”
            for k in range(i + 2, min(self.high - 1, i + 10)):
                if doc.words[k] == "," and doc.words[k + 1] == "that":
                    return k + 1
        # Past any other phrase only if a colon and a quotation are right behind it or, past “of the senator”, “that”.
        # Else the phrase may be what was said: “warned of floods”.
        if i >= self.high or doc.flags[i] & SUBORD & ~PREP or not (doc.flags[i] & PREP or self.quoted):
            return i
        for k in range(i + 1, min(self.high - 1, i + 12)):
            quoted = doc.words[k] in (",", ":") and self.opens_quote(k + 1) >= 0
            if (quoted and doc.words[k] == ":") or (doc.flags[i] & PREP and (quoted or doc.words[k] == "that")):
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
        return not any(self.doc.flags[k] & WORD for k in range(self.after_asides, self.high))

    @cached_property
    def left_open(self) -> bool:
        """Whether the words before the speaker's comma cannot end a sentence: it was, she said, “a flood”."""
        doc, source = self.doc, self.source
        if source is None or source[0] - 2 < self.low or doc.words[source[0] - 1] != ",":
            return False
        last, behind = source[0] - 2, self.after_asides + 1
        if self.opens_quote(behind) >= 0 and behind + 1 < self.high and not doc.flags[behind + 1] & CAPITAL:
            return doc.words[last] not in ENDERS and doc.quote_at[last] < 0  # voters, she said, “want the truth”
        return bool(doc.flags[last] & (AUX | PREP | SUBORD | DET)) and doc.words[last] != "that"

    @property
    def progressive(self) -> bool:
        """Whether an -ing form is the verb of its clause: is saying, they're saying."""
        doc, first = self.doc, self.verb_start
        group = any(doc.flags[i] & BE or doc.words[i] in ("'re", "’re") for i in range(first, self.at))
        return group or (first > self.low and doc.words[first - 1].replace("’", "'") in _IS)

    @property
    def cue_words(self) -> TokenRange:
        """The cue with its auxiliaries and its small word or addressee: has told reporters, called for."""
        return self.verb_start, max(self.after_addressee, self.at + 1)

    @cached_property
    def active(self) -> tuple[TokenRange, TokenRange] | None:  # noqa: PLR0911
        """Source and cue, if the verb is active and has a subject."""
        cue, doc, first = self.cue, self.doc, self.verb_start
        if self.passive or (cue.tense == "ing" and not self.progressive):
            return None
        before = doc.words[first - 1] if first > self.low else ""
        if before == "to":
            return self._behind_light_verb()
        if cue.tense == "part" and first == self.at:  # a bare participle is no verb of its own: “words spoken that day”
            return None
        source = self.source
        if source is None or self.joins_infinitive:
            return None
        called = self.after_addressee + (doc.words[self.after_addressee : self.after_addressee + 1] == ["as"])
        if self.behind_what and self.opens_quote(called) < 0:
            return None
        if cue.tense == "adjective" and (not self.has_be or doc.words[source[0]] in ("it", "there")):
            return None  # “it is certain that” names nobody
        return source, self.cue_words

    @property
    def behind_what(self) -> bool:
        """What Ada Lund called “a shame”: only the quotation is hers."""
        source = self.source
        return source is not None and source[0] > self.low and self.doc.words[source[0] - 1] == "what"

    def _behind_light_verb(self) -> tuple[TokenRange, TokenRange] | None:
        """Went on to say: the light verb's subject speaks."""
        doc, i = self.doc, self.verb_start - 2
        while i >= self.low and doc.words[i] == "on":
            i -= 1
        if i < self.low or doc.words[i] not in _LIGHT:
            return None
        first = self.group_start(i)
        source = self.shared if doc.words[i].endswith("ing") else self.subject_of(first)
        return (source, (first, self.cue_words[1])) if source else None

    @property
    def is_noun(self) -> bool:
        """Whether the cue is no verb here: the report, a blog post, the plan announced by …"""
        cue, doc, at = self.cue, self.doc, self.at
        if self.verb_start < at and doc.flags[self.verb_start] & AUX:
            return False
        before = doc.words[at - 1] if at > self.low else ""
        # Part of a name, as in “Lakeport Post”.
        named = before and doc.flags[at] & CAPITAL and (doc.flags[at - 1] & CAPITAL or doc.quote_at[at - 1] >= 0)
        if named or before in _NOUN_BEFORE:
            return True
        # “reports are”, “the plan announced by the council”: no finite verb; but not “announced by 2031”.
        by = at + 2 < self.high and doc.words[at + 1] == "by" and not doc.words[at + 2][0].isdigit()
        if by or (at + 1 < self.high and doc.flags[at + 1] & AUX):
            return cue.unsure or cue.tense != "ing"
        counted = before.isdigit() or before in _MANY  # “three reports”
        return not self._agrees(cue) or (cue.unsure and (counted or self._follows_like_a_noun(cue)))

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
        if words[0] in _ONE:  # “a police request”
            return False
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


Complement = Callable[[CueContext], TokenRange | None]


# Where reported words stop


def stop_of(ctx: CueContext, start: int) -> int:
    """The word where reported words that begin at `start` stop: at the sentence's end, or where another begins."""
    doc, i = ctx.doc, start
    inside = doc.quote_at[ctx.at]
    high = ctx.high if inside < 0 else min(ctx.high, doc.quote_words[inside][1] - 1)
    while i < high:
        quote = doc.quote_at[i]
        if quote >= 0 and quote != inside:
            end = doc.quote_words[quote][1]
            opened = doc.quote_words[quote][0] == start
            i = max(end, i + 1)
            # What follows a quotation is the reporter's again: “It rained,” and left. But a part-quote goes on:
            # said “it rained” on the town.
            if opened and (i >= high or doc.words[i] in (",", ";", ":", "—") or doc.words[i - 2] in ENDERS):
                return min(i, high)
            if opened and i + 1 < high and doc.flags[i] & COORD and is_finite(doc, i + 1, i + 1):
                return i
            continue
        if doc.words[i] in (";", ",", "and", "but", "according") and _breaks_off(ctx, i, high):
            return i
        i += 1
    return min(i, high)


def _breaks_off(ctx: CueContext, i: int, high: int) -> bool:  # noqa: PLR0911
    """Whether the words from here on are said by somebody else, or belong to another cue."""
    doc, word = ctx.doc, ctx.doc.words[i]
    if i + 1 >= high or word == ";":
        return word == ";"
    if word in ("and", "but"):
        return i > ctx.after_asides and _next_verb(ctx, i + 1, high)
    if word == "according":
        return doc.words[i + 1] == "to" and i > ctx.after_asides + 1
    i += 1
    word, flag = doc.words[i], doc.flags[i]
    if word == "according":
        return True
    if flag & CUE and VERB_FORMS[word].tense == "ing":  # said it rained, adding that …
        return True
    if word == "with":  # said it rained, with one baker calling it a flood
        near = range(i, min(high, i + 7))
        return any(doc.flags[k] & CUE and VERB_FORMS[doc.words[k]].tense == "ing" for k in near)
    if word in _REACTIONS or (word == "which" and doc.words[_past_group(doc, i + 1, high)] in _REACTIONS):
        return True  # said it rained, which surprised nobody
    if _closes_clause(ctx, i, high) or _speaker_follows(ctx, i):
        return True
    if flag & COORD or word in _CONTRAST:
        return _next_verb(ctx, i + 1, high) or _next_clause(ctx, i + 1, high)
    return False


def _closes_clause(ctx: CueContext, i: int, high: int) -> bool:
    """Whether the comma before word `i` closes the clause that the cue stands in.

    A relative clause ends where the outer verb follows (Lund, who said it rained, | left), and a clause in front of the
    main clause where that begins (because Lund said it rained, | nobody came).
    """
    doc, source = ctx.doc, ctx.source
    if source is None:
        return False
    if doc.flags[source[1] - 1] & RELATIVE and doc.words[source[1] - 2] == ",":
        while i + 1 < high and doc.flags[i] & ADVERBIAL:
            i += 1
        return is_finite(doc, i, i)
    before = source[0] - 1
    if before < ctx.low or doc.words[before] not in _FRONTING or clause_start(doc, ctx.low, before) != before:
        return False
    if doc.flags[i] & (COORD | PREP | SUBORD) and not doc.flags[i] & PRONOUN:
        return False
    if has_finite(doc, ctx.after_asides, i - 1):
        return True
    comma = next((k for k in range(i, high) if doc.words[k] in (",", ";")), high)
    return "object" in ctx.frames and any(is_finite(doc, k, i) for k in range(i + 1, comma))


def _speaker_follows(ctx: CueContext, i: int) -> bool:
    """Whether all before this comma was said by the one behind it: called for talks, | Ada Lund said."""
    doc, last = ctx.doc, ctx.free_cues[-1] if ctx.free_cues else -1
    if not i < last <= i + 10 or last == ctx.at or last + 4 < ctx.high or doc.words[last] not in VERB_FORMS:
        return False
    cue = VERB_FORMS[doc.words[last]]
    if "post" not in cue.frames or cue.tense == "ing" or doc.flags[i] & (COORD | PREP | SUBORD) & ~PRONOUN:
        return False
    return not any(is_finite(doc, k, i) for k in range(i, last)) and skip_aside(doc, last + 1, ctx.high) + 1 >= ctx.high


def _past_group(doc: TokenizedText, i: int, high: int) -> int:
    """The verb behind its auxiliaries and adverbs: says, in “also says”."""
    while i + 1 < high and doc.flags[i] & VERB_GROUP:
        i += 1
    return i


def _next_verb(ctx: CueContext, i: int, high: int) -> bool:
    """Whether the same speaker's next cue follows: said it rained and added that …"""
    doc, first, i = ctx.doc, i, _past_group(ctx.doc, i, high)
    cue = VERB_FORMS.get(doc.words[i], NO_VERB)
    if i + 1 >= high or cue.unsure or not {"bare", "quote", "that", "object"} & cue.frames:
        return False
    start = ctx.after_asides
    if cue.tense == "base" and first == i:
        return ctx.cue.tense == "base"
    if ctx.cue.tense == "past" and ctx.verb_start == ctx.at and _is_present(doc, first):
        # “said the mayor sees it and says nothing”; but: said it rained | and says it will pour
        verb = next((k for k in range(start, first) if is_finite(doc, k, start)), -1)
        return verb < 0 or not _is_present(doc, verb)
    return cue.tense in ("past", "s", "part")


def _is_present(doc: TokenizedText, i: int) -> bool:
    """Whether a finite verb is in the present."""
    return doc.words[i] in _PRESENT or (doc.words[i].endswith("s") and doc.words[i] not in ("was", "'s", "’s"))


def _next_clause(ctx: CueContext, i: int, high: int) -> bool:
    """Whether another clause follows whose first verb is a cue: said it rained, but Ada Lund said …"""
    doc = ctx.doc
    for k in range(i, min(high, i + 25)):
        if doc.quote_at[k] >= 0 or doc.words[k] == ";":
            return False
        if doc.flags[k] & CUE and k > i and k in ctx.free_cues:
            cue = VERB_FORMS[doc.words[k]]
            return cue.tense in ("past", "s", "base") and bool(cue.frames) and not cue.unsure
        if is_finite(doc, k, i) and not doc.flags[k] & VERB_GROUP:
            return False
    return False


def clause_start(doc: TokenizedText, low: int, end: int) -> int:
    """Past the marks and the “But” or “And” that a sentence begins with."""
    while low < end and (doc.words[low] in ",;.:—–" or doc.words[low] in ("and", "but", "yet")):
        low += 1
    return low


# What may follow the cue


def said_quote(ctx: CueContext) -> TokenRange | None:
    """A quotation right after the cue, with what completes its sentence."""
    if not ctx.quoted or "quote" not in ctx.cue.frames:
        return None
    doc, i = ctx.doc, ctx.after_asides
    for skip in (",", ":", "—", "–", "-"):
        if i < ctx.high and doc.words[i] == skip and doc.quote_at[i] < 0:
            i += 1
    n = ctx.opens_quote(i)
    if n < 0 or ctx.left_open:
        return None
    start, end = doc.quote_words[n]
    if ctx.behind_what:
        return start, end
    return start, max(end, min(stop_of(ctx, start), ctx.high))


def said_that(ctx: CueContext) -> TokenRange | None:
    """A clause that “that”, “whether”, “how” or “why” opens."""
    if "that" not in ctx.frames:
        return None
    doc, start = ctx.doc, ctx.after_asides
    if doc.words[start : start + 2] == [",", "that"]:
        start += 1
    if start + 1 >= ctx.high or (opener := doc.words[start]) not in CLAUSE_OPENERS:
        return None
    if not (doc.flags[start + 1] & WORD or doc.quote_at[start + 1] >= 0):
        return None  # “nobody knows why.”
    if opener != "that":
        # “reports who”, “thinks what”: after these verbs “who” and “what” open something else than a report.
        if ctx.cue.unsure or ("clause" in ctx.cue.frames and opener in ("who", "what")):
            return None
    elif doc.flags[start + 1] & AUX and "bare" not in ctx.cue.frames:
        return None  # “that” is a pronoun: “expects that is so”
    return trim(doc, start, stop_of(ctx, start))


def said_clause(ctx: CueContext) -> TokenRange | None:
    """A clause without “that”."""
    doc, says = ctx.doc, ctx.cue.lemma == "say"
    if not ctx.frames & {"bare", "clause"}:
        return None
    start = ctx.after_asides
    if start < ctx.high and doc.words[start] == ",":
        # “said by 2050, the road would close”: a date belongs to what was said, though it looks like an aside.
        if any(doc.words[k][0].isdigit() for k in range(ctx.after_addressee, start)):
            start = ctx.after_addressee
    elif start < ctx.high and doc.words[start] == ":":
        start += 1
    answers = says and start < ctx.high and doc.words[start] in ("yes", "no")
    if answers and not doc.flags[min(start + 1, ctx.high - 1)] & WORD:
        return start, start + 1
    if not _can_open_clause(ctx, start):
        return None
    stop = stop_of(ctx, start)
    if "bare" not in ctx.frames:  # after “thinks” or “found”, only a verb in sight tells a clause from an object
        verbs = (k for k in range(start, stop - 1) if doc.flags[k] & COORD and is_finite(doc, k + 1, k + 1))
        found = has_finite(doc, start, next(verbs, stop)) or _poll_finds(ctx, start, stop)
        return trim(doc, start, stop) if found else None
    # “said she …” and “said” with five words or more can only be a clause; other verbs may have an object.
    clear = doc.flags[start] & PRONOUN or (says and stop - start > 4)
    fits = stop - start > 1 if clear else has_finite(doc, start, stop)
    return trim(doc, start, stop) if fits else None


def _poll_finds(ctx: CueContext, start: int, stop: int) -> bool:
    """The poll found Ada Lund leading: of a text, such an object is a report."""
    doc, end = ctx.doc, noun_chunk(ctx.doc, start, stop)
    text = ctx.source is not None and any(in_words(word, DOCUMENT) for word in doc.words[slice(*ctx.source)])
    return text and "quote" in ctx.frames and start < end < stop and doc.words[end].endswith("ing")


def _can_open_clause(ctx: CueContext, start: int) -> bool:
    """Whether a clause can begin with this word."""
    doc = ctx.doc
    if start >= ctx.high:
        return False
    word, flag = doc.words[start], doc.flags[start]
    if not (flag & WORD or doc.quote_at[start] >= 0 or word in "$£€"):
        return False
    if flag & (COORD | AUX) or word in ("to", "of", "about") or word.endswith(("self", "selves")):
        return False
    # A form that is often a noun needs a clear beginning: “claims he won”, but not “claims adjusters”.
    return not ctx.cue.unsure or bool(flag & (PRONOUN | DET | CAPITAL))


def said_thing(ctx: CueContext) -> TokenRange | None:
    """A noun phrase that names what was said, or what was judged."""
    doc = ctx.doc
    if ctx.passive or "object" not in ctx.frames:
        return None
    start = ctx.after_addressee if ctx.particle else ctx.after_asides
    if start >= ctx.high or not (doc.quote_at[start] >= 0 or doc.flags[start] & WORD):
        return None
    flag, quoted = doc.flags[start], doc.quote_at[start] >= 0
    if not ctx.particle:
        # Behind an aside, and of a form that is often a noun, only a clear beginning opens the object.
        clear = flag & DET or quoted or (start == ctx.after_addressee and flag & (PRONOUN | CAPITAL))
        if not clear and (ctx.cue.unsure or start > ctx.after_addressee):
            return None
        if flag & (PREP | SUBORD | COORD | TIME) and doc.words[start] not in ("both", "all"):
            return None
    stop = _before_contrast(ctx, start, stop_of(ctx, start))
    as_saying = (k for k in range(start + 1, stop - 1) if doc.words[k] == "as" and doc.words[k + 1].endswith("ing"))
    if any(doc.flags[k + 1] & CUE for k in as_saying):  # “cited Ada Lund as saying”: she is the source
        return None
    return trim(doc, start, stop)


def said_to_do(ctx: CueContext) -> TokenRange | None:
    """An infinitive: vowed to stay, urged them to stay."""
    doc, start, frames = ctx.doc, ctx.after_asides, ctx.cue.frames
    if ctx.passive or not frames & {"to", "person_to"} or start + 1 >= ctx.high or doc.words[start] != "to":
        return None
    nobody = "person_to" in frames and ctx.after_addressee == ctx.at + 1  # “asked to stay” asks nobody to do it
    if nobody or not (doc.words[start + 1].isalpha() or ctx.opens_quote(start + 1) >= 0):
        return None
    return trim(doc, start, _before_contrast(ctx, start, stop_of(ctx, start)))


def _before_contrast(ctx: CueContext, start: int, stop: int) -> int:
    """A thing or a deed ends where “, while”, “, which” or “, leaving” turns to something else."""
    doc = ctx.doc
    for i in range(start, stop - 1):
        word = doc.words[i + 1] if doc.words[i] == "," and doc.quote_at[i] < 0 else ""
        trails = word.endswith("ing") and not doc.flags[i + 1] & (CAPITAL | PREP | CUE) and word != "including"
        if trails or word in _CONTRAST or word in ("but", "which"):
            return i
    return stop


def said_name(ctx: CueContext) -> TokenRange | None:
    """What somebody is called, or described as."""
    if ctx.passive or "as" not in ctx.cue.frames:
        return None
    doc, start = ctx.doc, ctx.at + 1
    stop = stop_of(ctx, start)
    if ctx.behind_what:
        return next((doc.quote_words[n] for i in (start, start + 1) if (n := ctx.opens_quote(i)) >= 0), None)
    near = range(start, min(stop, start + 14))
    if ctx.cue.lemma in _NAMING:  # “called the plan a shame”, but not “called the mayor”
        chunk = noun_chunk(doc, start, stop)
        named = chunk < stop and doc.words[chunk] in ("a", "an")
    else:  # “described it as a shame”
        named = any(doc.words[k] == "as" for k in near)
    return trim(doc, start, stop) if named or any(doc.quote_at[k] != doc.quote_at[ctx.at] for k in near) else None


COMPLEMENTS: tuple[Complement, ...] = (said_quote, said_that, said_clause, said_to_do, said_name, said_thing)


def said(ctx: CueContext) -> TokenRange | None:
    """What follows the cue, whatever kind of complement it is."""
    return next((content for complement in COMPLEMENTS if (content := complement(ctx))), None)


def says(complement: Complement, ctx: CueContext) -> Hit | None:
    """A subject, an active verb, and one kind of complement: Ada Lund said it rained."""
    if ctx.active and (content := complement(ctx)):
        return Hit(*ctx.active, [content])
    return None
