"""The palette: every colour stands in tokens.css alone, and keeps its contrast on light, dark and printed grounds."""

import re
from pathlib import Path

import pytest

from copydesk.page.html import css
from copydesk.page.palette import palette, tokens

SRC = Path(__file__).resolve().parents[2] / "src"
HEX = re.compile(r"(?<![\w&/])#(?:[0-9a-fA-F]{8}|[0-9a-fA-F]{6}|[0-9a-fA-F]{3,4})\b")
PRINT = dict(re.findall(r"--cd-([\w-]+): (#\w{6});", tokens()))
THEMES = {
    "light": {name: light for name, (light, _) in palette().items()},
    "dark": {name: dark for name, (_, dark) in palette().items()},
    "print": {name: PRINT.get(name, light) for name, (light, _) in palette().items()},
}
ROLES = ("source", "cue", "content", "device")
HEAT = tuple(f"heat-{n}" for n in range(1, 5))


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2, from 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


STYLED = [p for p in sorted(SRC.rglob("*")) if p.suffix in (".py", ".css", ".js", ".j2") and p.name != "tokens.css"]


@pytest.mark.parametrize("path", STYLED, ids=lambda p: str(p.relative_to(SRC)))
def test_no_colour_is_named_outside_the_palette(path: Path) -> None:
    text = path.read_text("utf-8").replace("('#0b5cad', '#8cc4ff')", "")  # the doctest of palette.py
    found = HEX.findall(text)
    assert not found and "prefers-color-scheme" not in text


def test_every_colour_that_is_used_is_in_the_palette_and_the_other_way_round() -> None:
    sheets = [p.read_text("utf-8") for p in STYLED if p.suffix == ".css"]
    used = {name for sheet in sheets for name in re.findall(r"var\(--cd-([\w-]+)", sheet)}
    assert used <= {*palette()}
    maps = {name for name in palette() if name.startswith(("member", "not-member", "sea", "coast"))}
    assert {*palette()} - used <= maps | {"story"} and {*PRINT} <= {*palette()}
    assert css().startswith(tokens()) and "/*" not in tokens()


@pytest.mark.parametrize("theme", THEMES)
def test_text_can_be_read(theme: str) -> None:
    colour = THEMES[theme]
    pairs = [
        (text, ground)
        for text in ("ink", "soft", "link", "good", "try", "story", *ROLES)
        for ground in ("page", "panel", "paper")
    ]
    pairs += [(role, f"{role}-bg") for role in ROLES] + [("ink", f"{role}-bg") for role in ROLES]
    pairs += [("ink", heat) for heat in HEAT] + [("ink", "not-member"), ("ink", "sea")]
    pairs += [("on-primary", "primary"), ("on-pick", "pick")]
    low = {pair: round(contrast(*(colour[name] for name in pair)), 2) for pair in pairs}
    assert {pair: ratio for pair, ratio in low.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("theme", THEMES)
def test_marks_can_be_told_apart(theme: str) -> None:
    colour = THEMES[theme]
    pairs = [
        (mark, ground)
        for mark in ("line", "focus", "primary", "share", "half", *ROLES)
        for ground in ("page", "panel", "paper")
    ]
    pairs += [("member", "not-member"), ("member", "sea"), ("coast", "not-member"), ("coast", "sea")]
    low = {pair: round(contrast(*(colour[name] for name in pair)), 2) for pair in pairs}
    assert {pair: ratio for pair, ratio in low.items() if ratio < 3} == {}


@pytest.mark.parametrize("theme", THEMES)
def test_the_more_people_marked_a_passage_the_deeper_its_shade(theme: str) -> None:
    ratios = [contrast(THEMES[theme]["ink"], THEMES[theme][heat]) for heat in HEAT]
    assert ratios == sorted(ratios, reverse=True)
