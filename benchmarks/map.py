"""How long a new date on the map takes in the kernel: recolouring, and apart from it writing the picture.

python benchmarks/map.py
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

from copydesk.map.geography import Geography, MapState, story_geography
from copydesk.map.members import ORGANISATIONS
from copydesk.map.picture import LiveMap, map_figure, png
from copydesk.story.story import load_story

ROUNDS = 5
BAR = 60.0


def timed(act: Callable[[], Any]) -> tuple[float, Any]:
    """How long it takes, in ms, and what it gives."""
    start = time.perf_counter()
    result = act()
    return (time.perf_counter() - start) * 1000, result


def told(name: str, times: list[float]) -> str:
    """One line of the report."""
    high = statistics.quantiles(times, n=20)[-1]
    return f"  {name:60}  median {statistics.median(times):6.1f} ms, p95 {high:6.1f} ms (n = {len(times)})"


def measure(geography: Geography, view: str) -> None:
    """Print the times of one view."""
    live = LiveMap()
    first, _ = timed(lambda: live.recolour(MapState(geography, geography.story, "NATO", view)))
    recolour, write, whole, sizes = [], [], [], []
    for _ in range(ROUNDS):
        for state in [MapState(geography, day, of, view) for of in ORGANISATIONS for day in geography.days]:
            spent, pixels = timed(lambda state=state: live.recolour(state))
            recolour.append(spent)
            spent, file = timed(lambda pixels=pixels: png(pixels))
            write.append(spent)
            sizes.append(len(file))
            whole.append(timed(lambda state=state: live.figure(state)._repr_html_())[0])
    print(f"{view}: first drawing {first:.0f} ms")
    print(told(f"a new date, {view}, recoloured (bar {BAR:.0f} ms)", recolour))
    print(told(f"its PNG, {statistics.median(sizes) / 1000:.0f} kB at 100 dots an inch", write))
    print(told("all of it: picture, words and table as HTML", whole))


def main() -> None:
    """Print the times of every view, and of the fine picture that stands in a notebook."""
    story = load_story("baltics-2022")
    geography = story_geography(story)
    assert geography is not None
    for view in geography.views:
        measure(geography, view)
    still = [timed(lambda: map_figure(story))[0] for _ in range(ROUNDS)]
    print(f"a still figure at 200 dots an inch, drawn anew: median {statistics.median(still):.0f} ms")


if __name__ == "__main__":
    main()
