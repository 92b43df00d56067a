"""Work given to any executor, taken back in the order it was given, with only so much under way at a time."""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from itertools import islice
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

UNDER_WAY = 12
"""How many batches wait or run at a time: enough to keep several workers busy, few enough to stay small."""


def map_ordered(
    work: Callable[[T], R], given: Iterable[T], executor: Executor | None, *, batch: int = 4
) -> Iterator[R]:
    """The results of `work` in order; without an executor one after another, right here.

    >>> [*map_ordered(abs, [-1, -2, -3], None)]
    [1, 2, 3]
    """
    if executor is None:
        for one in given:
            yield from _all(work, [one])
        return
    rest = iter(given)
    waiting: deque[Future[list[R]]] = deque()
    try:
        while some := [*islice(rest, batch)]:
            waiting.append(executor.submit(_all, work, some))
            if len(waiting) >= UNDER_WAY:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()


def _all(work: Callable[[T], R], given: list[T]) -> list[R]:
    """The work of one batch; Python's search for cycles rests meanwhile, there being none worth a look."""
    searched = gc.isenabled()
    gc.disable()
    try:
        return [work(one) for one in given]
    finally:
        if searched:
            gc.enable()
