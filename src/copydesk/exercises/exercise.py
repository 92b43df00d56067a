"""One exercise of a lesson: what all types have in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Exercise:
    """One thing a learner does: its type, what it asks, and the settings of that type."""

    lesson: str
    id: str
    type: str
    title: str
    prompt: str
    points: float
    tries: int
    bar: float
    settings: Mapping[str, Any]

    @property
    def key_name(self) -> str:
        """Where the story's key keeps answers that belong to this exercise alone."""
        return f"{self.lesson}/{self.id}"

    @property
    def region(self) -> tuple[str, ...]:
        """The blocks this exercise is about; empty means the whole page."""
        return tuple(self.settings.get("region", ()))

    def get(self, name: str, default: Any = None) -> Any:
        """One setting, or the default."""
        return self.settings.get(name, default)
