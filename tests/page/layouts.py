"""How well the page reader does on whole pages: `python -m tests.page.layouts [name …]` prints a table.

The pages in `fixtures/pages/layouts/` carry a mark in the margin of each line: `h` the headline, `s` a paragraph of the
story, `+` its next line, `~` either story or furniture (subheads), nothing: furniture. All of them are invented.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from copydesk.page.article import Article, parse_article

FOLDER = Path(__file__).parents[1] / "fixtures" / "pages" / "layouts"
SAID = ("byline", "agency", "dateline", "published", "updated")
PLACES = ("before", "inside", "after")


@dataclass
class Layout:
    """A page as it was pasted, with what is right."""

    name: str
    text: str = ""
    said: dict[str, str] = field(default_factory=dict)
    headline: str = ""
    story: list[str] = field(default_factory=list)
    furniture: list[tuple[str, int, int]] = field(default_factory=list)
    """Where a line of furniture stands (before, inside or after the story), and its offsets."""


def read_layout(path: Path, *, whole: bool = True) -> Layout:
    """A page with its marks; without `whole`, the page from its headline down."""
    head, _, body = path.read_text("utf-8").partition("\n---\n")
    said = dict(line.split(" = ", 1) for line in head.splitlines() if " = " in line and line[0] != "#")
    page = Layout(path.stem, said=said)
    rows = [(line[:1], line[2:]) if line else ("", "") for line in body.splitlines()]
    if not whole:
        rows = rows[[mark for mark, _ in rows].index("h") :]
    last = max(i for i, (mark, _) in enumerate(rows) if mark in ("s", "+"))
    for i, (mark, line) in enumerate(rows):
        words = line.strip()
        if mark == "h":
            page.headline = words
        elif mark == "s":
            page.story.append(words)
        elif mark == "+":
            page.story[-1] += "\n" + line  # as it stands, with the white space at its start
        elif mark == " " and words:
            place = "after" if i > last else "inside" if page.story else "before"
            start = len(page.text) + line.index(words)
            page.furniture.append((place, start, start + len(words)))
        page.text += line + "\n"
    return page


def judge(page: Layout, article: Article) -> Counter[str]:
    """What was read right and wrong, as counts."""
    found: Counter[str] = Counter()
    paragraphs = [p.of(article.text) for p in article.paragraphs]
    found["story"] = len(page.story)
    found["story kept"] = sum(1 for text in page.story if text in paragraphs)
    for place, start, end in page.furniture:
        found[f"furniture {place}"] += 1
        found[f"{place} as story"] += any(p.start < end and start < p.end for p in article.paragraphs)
    meta = article.metadata
    found["headline right"] = bool(meta.headline) and meta.headline.of(article.text) == page.headline
    for name in SAID:
        span = getattr(meta, name)
        given = span.of(article.text) if span else None
        found[f"{name} there"] = name in page.said
        found[f"{name} right"] = name in page.said and given == page.said[name]
        found[f"{name} made up"] = bool(given) and name not in page.said
    bylines = [b.of(article.text) for b in article.furniture if b.kind == "byline"]
    found["byline blocks"] = len(bylines)
    found["byline blocks false"] = sum(
        1 for b in bylines if page.said.get("byline", "\0").replace("\\n", "\n") not in b
    )
    return found


def layouts(names: Iterable[str] = ()) -> Iterator[Path]:
    """The pages of these names, or all."""
    wanted = set(names)
    return (path for path in sorted(FOLDER.glob("*.txt")) if not wanted or path.stem in wanted)


def measure(names: Iterable[str] = (), *, whole: bool = True) -> Counter[str]:
    """The counts of several pages, together."""
    total: Counter[str] = Counter()
    for path in layouts(names):
        page = read_layout(path, whole=whole)
        total += judge(page, parse_article(page.text))
    return total


def table(names: Iterable[str] = ()) -> str:
    """The counts for the pages as a whole and from the headline down, a line for each measure."""
    whole, below = measure(names), measure(names, whole=False)

    def line(say: str, right: str, of: str) -> str:
        return f"{say:34}" + "".join(f"{count[right]:6} of {count[of]:<4}" for count in (whole, below))

    rows = [f"{len([*layouts(names)])} pages{'':27} whole page   from the headline"]
    rows += [line(f"furniture {place} it read as story", f"{place} as story", f"furniture {place}") for place in PLACES]
    rows += [line("story paragraphs kept whole", "story kept", "story")]
    rows += [
        f"{'headlines right':34}"
        + "".join(f"{c['headline right']:6} of {len([*layouts(names)]):<4}" for c in (whole, below))
    ]
    rows += [line(f"{name} right", f"{name} right", f"{name} there") for name in SAID]
    rows += [line("byline blocks that are none", "byline blocks false", "byline blocks")]
    return "\n".join(rows)


if __name__ == "__main__":
    print(table(sys.argv[1:]))
