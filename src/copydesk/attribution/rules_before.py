"""Rules for words that come before their cue, or on both sides of it."""

from __future__ import annotations

from copydesk.attribution.contents import clause_start, stop_of
from copydesk.attribution.cue_context import CueContext
from copydesk.attribution.grammar import ENDERS, has_finite, is_finite, is_word, subject_after, subject_before, trim
from copydesk.attribution.reading import AUX, COORD, CUE, CUE_FORMS, DET, PREP, PRONOUN, SUBORD, Hit, Tokens

_CLOSERS = frozenset(",.?!…—–-")


def quote_then_speaker(a: CueContext) -> Hit | None:
    """“It rained,” Ada Lund said."""
    n = _quote_left_of_subject(a)
    if n < 0 or not _reports(a) or a.cue is None or a.cue.tense == "ing" or _taken(a, n):
        return None
    source = subject_before(a.page, a.page.quote_words[n][1], a.group)
    if source is None or _has_verb(a, source):
        return None
    return _with_rest(a, source, _said_before(a, n), a.told)


def quote_then_cue(a: CueContext) -> Hit | None:
    """“It rained,” said Ada Lund."""
    n = _quote_ending(a, a.group)
    if n < 0 or not _reports(a) or _taken(a, n) or a.cue is None or a.cue.tense not in ("past", "s", "base"):
        return None
    source = subject_after(a.page, a.at + 1, a.high)
    if source is None or a.page.flags[source[0]] & (PREP | SUBORD) or a.page.low[source[0]] == "to":
        return None
    return _with_rest(a, source, _said_before(a, n), source[1])


def _taken(a: CueContext, n: int) -> bool:
    """Whether an earlier cue of this sentence has the quotation already."""
    start = a.page.quote_words[n][0]
    return any(s <= start < e for hit in a.before for s, e in hit.content)


def _reports(a: CueContext) -> bool:
    return a.cue is not None and bool(a.cue.frames & {"quote", "post"}) and not a.passive


def _has_verb(a: CueContext, source: Tokens) -> bool:
    plain = "," not in a.page.low[slice(*source)]
    return (
        plain
        and any(is_finite(a.page, i, source[0]) for i in range(*source))
        and "who" not in a.page.low[slice(*source)]
    )


def _quote_left_of_subject(a: CueContext) -> int:
    """The quotation before the subject, if it ends the way reported speech ends."""
    page, i = a.page, a.group - 1
    while i >= a.low and page.quote_at[i] == page.quote_at[a.at]:
        i -= 1
    if i < a.low or i >= a.group - 1:
        return -1
    return _quote_ending(a, i + 1) if _ends_as_speech(a, i) else -1


def _ends_as_speech(a: CueContext, i: int) -> bool:
    page = a.page
    return page.low[i - 1] in _CLOSERS or (i + 1 < a.high and page.low[i + 1] in (",", "—", "–", "-", "|", "("))


def _quote_ending(a: CueContext, i: int) -> int:
    """The number of the quotation that ends just before word `i`, a comma or dash aside."""
    page, k = a.page, i - 1
    while k >= a.low and page.quote_at[k] < 0 and page.low[k] in (",", "—", "–", "-"):
        k -= 1
    if k < a.low or page.quote_at[k] < 0 or page.quote_at[k] == page.quote_at[a.at]:
        return -1
    n = page.quote_at[k]
    return n if page.quote_words[n][1] == k + 1 else -1


def _said_before(a: CueContext, n: int) -> Tokens:
    """The quotation, with the words that lead into it in the same sentence."""
    start, end = a.page.quote_words[n]
    low = clause_start(a.page, _edge(a), start)
    if low >= start:
        return start, end
    lead = [i for i in range(low, start) if is_word(a.page, i)]
    return (low, end) if lead and a.page.low[start - 1] not in ENDERS | {":"} else (start, end)


def _edge(a: CueContext) -> int:
    """Where this sentence is still free: after what its earlier cues have taken."""
    return max([a.low, *(h.end for h in a.before if h.end <= a.group)])


def _with_rest(a: CueContext, source: Tokens, first: Tokens, after: int) -> Hit:
    """Add the second half of a quotation that goes on after the speaker."""
    from copydesk.attribution.grammar import skip_aside

    page, content = a.page, [first]
    i = skip_aside(page, after, a.high)
    while i < a.high and page.quote_at[i] < 0 and page.low[i] in (",", ":", ".", "—", "–", "-"):
        i += 1
    n = a.opens_quote(i)
    if n >= 0 and page.low[i - 1] in (",", ":", "—", "–", "-", "."):
        content.append((page.quote_words[n][0], max(page.quote_words[n][1], min(stop_of(a, i), a.high))))
    return Hit(
        source, (a.group, max(a.told, a.at + 1) if a.told <= source[0] or source[1] <= a.at else a.at + 1), content
    )


def _piece_before(a: CueContext, end: int, *, loose: bool) -> Tokens | None:
    """The reported clause that a comma closes at `end`."""
    page = a.page
    start = clause_start(page, _edge(a), end)
    piece = trim(page, start, end)
    if piece is None:
        return None
    opens = (
        page.flags[piece[0]] & (PREP | SUBORD) and not page.flags[piece[0]] & PRONOUN and page.low[piece[0]] != "that"
    )
    if loose:
        return piece
    return piece if piece[1] - piece[0] >= 3 and not opens and has_finite(page, *piece) else None


def clause_around(a: CueContext) -> Hit | None:
    """The ferry, Ada Lund said, will sail again."""
    page, source = a.page, a.source
    if not _posts(a) or source is None or source[0] <= a.low or page.low[source[0] - 1] not in ",—–":
        return None
    i = a.after
    comma = i < a.high and page.low[i] in (",", "—", "–")
    start = i + 1 if comma else i
    goes_on = left_open(a) and a.opens_quote(start) >= 0
    if start + 1 >= a.high or (_aside_follows(a, start) and not goes_on) or not (comma or _goes_on(a, start)):
        return None
    piece = _piece_before(a, source[0] - 1, loose=comma)
    rest = trim(page, start, stop_of(a, start))
    if piece is None or rest is None:
        return None
    return Hit(source, (a.group, a.told), [piece, rest])


def left_open(a: CueContext) -> bool:
    """Whether the words before the speaker's comma cannot end a sentence: it was, she said, …"""
    page, source = a.page, a.source
    if source is None or source[0] - 2 < a.low or page.low[source[0] - 1] != ",":
        return False
    return bool(page.flags[source[0] - 2] & (AUX | PREP | SUBORD | DET)) and page.low[source[0] - 2] != "that"


def _goes_on(a: CueContext, i: int) -> bool:
    """Whether the first half's predicate goes on after the cue: …, he argued but must first …"""
    page = a.page
    return bool(page.flags[i] & COORD) and i + 1 < a.high and is_finite(page, i + 1, i + 1)


def _aside_follows(a: CueContext, i: int) -> bool:
    """Adding that, citing, according to, who: not the second half of what was said."""
    page, word = a.page, a.page.low[i]
    participle = word.endswith("ing") and not page.capital(i) and len(word) > 4
    cue = bool(page.flags[i] & COORD) and i + 1 < a.high and bool(page.flags[i + 1] & CUE)
    cue = cue and CUE_FORMS[page.low[i + 1]].tense in ("past", "s")
    return (
        participle
        or cue
        or word in ("according", "who", "which", "whose", "as", "with", "without")
        or page.quote_at[i] >= 0
    )


def clause_then_speaker(a: CueContext) -> Hit | None:
    """The ferry will sail again, Ada Lund said on Monday."""
    page, source = a.page, a.source
    if not _posts(a) or source is None or source[0] <= a.low or page.low[source[0] - 1] not in ",—–":
        return None
    ends = a.ends_here or (page.low[a.after] == "," and _aside_follows(a, a.after + 1))
    trails = (
        not ends
        and bool(page.flags[a.after] & (PREP | SUBORD))
        and page.low[a.after] not in (*("that", "how", "why", "whether", "what", "if"),)
    )
    if not ends and not trails:
        return None
    piece = _piece_before(a, source[0] - 1, loose=False)
    if piece is None and ends and not a.opens_quote(a.after) >= 0:
        piece = _piece_before(a, source[0] - 1, loose=True)
        piece = piece if piece and piece[1] - piece[0] >= 4 and _clause_like(a, piece) else None
    return Hit(source, (a.group, a.told), [piece]) if piece else None


def _clause_like(a: CueContext, piece: Tokens) -> bool:
    """A verb is in sight, or nothing says that this is only an opening phrase."""
    opens = a.page.flags[piece[0]] & (PREP | SUBORD)
    return has_finite(a.page, *piece) or not opens


def clause_then_cue(a: CueContext) -> Hit | None:
    """The ferry will sail again, said Ada Lund."""
    page = a.page
    if not _posts(a) or a.cue is None or a.cue.tense not in ("past", "s", "base") or a.cue.unsure:
        return None
    if a.group <= a.low or page.low[a.group - 1] not in ",—–":
        return None
    source = subject_after(page, a.at + 1, a.high)
    if (
        source is None
        or page.low[source[0]] in ("yes", "no", "so")
        or page.flags[source[0]] & (SUBORD | PREP)
        or page.low[source[0]] in ("he", "it", "they", "she")
    ):
        return None
    if any(is_finite(page, i, source[0]) for i in range(*source)) and "who" not in page.low[slice(*source)]:
        return None
    piece = _piece_before(a, a.group - 1, loose=False)
    return Hit(source, (a.group, a.at + 1), [piece]) if piece else None


def _posts(a: CueContext) -> bool:
    return (
        a.cue is not None and "post" in a.cue.frames and not a.passive and a.cue.tense in ("past", "s", "base", "part")
    )


def as_speaker_said(a: CueContext) -> Hit | None:
    """As Ada Lund told reporters, the ferry will sail; the ferry will sail, as Ada Lund put it."""
    page, source = a.page, a.source
    if source is None or a.cue is None or a.passive or not a.cue.frames & {"bare", "post"}:
        return None
    i = source[0] - 1
    if page.low[source[0]] == "as" and source[1] - source[0] > 1:
        i, source = source[0], (source[0] + 1, source[1])
    if i < a.low or page.low[i] != "as":
        return None
    cue = (a.group, a.told)
    if i == clause_start(page, a.low, i):
        start = a.after
        if start < a.high and page.low[start] == "," and start + 1 < a.high:
            n = a.opens_quote(start + 1)
            rest = page.quote_words[n] if n >= 0 else trim(page, start + 1, stop_of(a, start + 1))
            return Hit(source, cue, [rest]) if rest else None
        return None
    if a.ends_here and i > a.low:
        piece = _piece_before(a, i, loose=False)
        return Hit(source, cue, [piece]) if piece else None
    return None
