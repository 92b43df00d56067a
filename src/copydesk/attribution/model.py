"""What the finder gives back, and what a rule is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from copydesk.spans import Span

if TYPE_CHECKING:
    from copydesk.attribution.anchor import Anchor


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


Tokens = tuple[int, int]
"""A stretch of words by number, end exclusive."""


@dataclass(slots=True)
class Hit:
    """What a rule saw, in numbers of words rather than characters."""

    source: Tokens | None
    cue: Tokens | None
    content: list[Tokens]
    rule: str = ""
    form: str = ""
    carried: Hit | None = None

    @property
    def end(self) -> int:
        """The word after the last one."""
        return max(e for _, e in (self.source or (0, 0), self.cue or (0, 0), *self.content))


@dataclass(frozen=True, slots=True)
class Rule:
    """A named way of attributing words: what it wants before it looks closer, and one sentence a teacher could say."""

    name: str
    why: str
    find: Callable[[Anchor], Hit | None]
