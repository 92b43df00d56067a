"""A finding: what one check saw, in a sentence."""

from __future__ import annotations

from dataclasses import dataclass

from copydesk.wording import load_wording


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found: whether all is well, and one sentence that says so or says how to mend it."""

    check: str
    well: bool
    sentence: str

    @property
    def title(self) -> str:
        """What was looked at, in a learner's words."""
        return str(load_wording("doctor")["title"][self.check])

    @property
    def state(self) -> str:
        """The sign and the word for how it is.

        >>> Finding("story", False, "there is no story.").state
        '✗ wrong'
        """
        return str(load_wording("doctor")["words"]["fine" if self.well else "wrong"])


def well(check: str, sentence: str, **words: object) -> Finding:
    """A finding that all is well, in the words of `data/doctor.toml`."""
    return Finding(check, True, load_wording("doctor")["well"][sentence].format(**words))


def wrong(check: str, sentence: str, **words: object) -> Finding:
    """A finding that something is wrong, in the words of `data/doctor.toml`."""
    return Finding(check, False, load_wording("doctor")["wrong"][sentence].format(**words))
