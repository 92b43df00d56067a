"""The key of a cache for objects that cannot be hashed, or are slow to compare."""

from __future__ import annotations

from typing import Generic, TypeVar

T = TypeVar("T")


class ByIdentity(Generic[T]):
    """An object as the key of an `lru_cache`: equal only to itself, whatever else equals it.

    Exercises and keys hold dicts, so they have no hash, and to compare two whole keys would take longer than the cache
    saves. Each is loaded once and asked for at every try of every learner, so identity finds it. The cache keeps the
    object alive; so its id is not given to another one meanwhile.

    >>> first, second = [], []
    >>> ByIdentity(first) == ByIdentity(first), ByIdentity(first) == ByIdentity(second)
    (True, False)
    """

    __slots__ = ("value",)

    def __init__(self, value: T) -> None:
        self.value = value

    def __hash__(self) -> int:
        return id(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ByIdentity) and self.value is other.value
