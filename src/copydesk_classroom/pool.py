"""Run a function over many values on any `concurrent.futures` executor, with bounded memory and ordered results."""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from itertools import islice
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

MOST_BATCHES = 12
"""How many batches are submitted and not yet collected: enough for several workers, few enough for a flat memory."""


def map_ordered(
    work: Callable[[T], R], values: Iterable[T], executor: Executor | None, *, batch: int = 4
) -> Iterator[R]:
    """The results of `work`, in the order of `values`; without an executor they are computed in this process.

    Values are read lazily, `batch` of them per job. An exception in `work` is raised here and cancels what is waiting.

    >>> [*map_ordered(abs, [-1, -2, -3], None)]
    [1, 2, 3]
    """
    if executor is None:
        for value in values:
            yield from _run_batch(work, [value])
        return
    rest = iter(values)
    waiting: deque[Future[list[R]]] = deque()
    try:
        # Executor.map would read all values at once, and each holds a learner's files
        while some := [*islice(rest, batch)]:
            waiting.append(executor.submit(_run_batch, work, some))
            if len(waiting) >= MOST_BATCHES:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()


def _run_batch(work: Callable[[T], R], values: list[T]) -> list[R]:
    """The results for one batch."""
    # Parsing makes many small objects and hardly any reference cycles. The cycle collector would walk through all of
    # them again and again, so it is off for the few milliseconds of a batch; reference counts free what is done.
    was_on = gc.isenabled()
    gc.disable()
    try:
        return [work(value) for value in values]
    finally:
        if was_on:
            gc.enable()
