"""The kit's colours: `data/tokens.css` as a style sheet, and single colours of it for what is drawn without CSS."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files


@cache
def tokens() -> str:
    """The palette as CSS custom properties, without comments; it goes in front of every other style sheet."""
    css = (files("copydesk") / "data" / "tokens.css").read_text(encoding="utf-8")
    return re.sub(r"\s+", " ", re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)).strip() + "\n"


def tokens_for(css: str) -> str:
    """The palette cut down to the colours that some rules name, for static views: one rule, and one for print.

    Not for the whole page, which a browser would style anew for each output that brings such rules.

    >>> tokens_for("p { color: var(--cd-good) }").startswith(".cd-still { --cd-good:")
    True
    """
    named = {*re.findall(r"var\(--cd-([\w-]+)", css)}
    shown, _, printed = tokens().partition("@media print")
    kept, for_print = (
        " ".join(
            f"--cd-{name}:{value};" for name, value in re.findall(r"--cd-([\w-]+):([^;]+);", part) if name in named
        )
        for part in (shown, printed)
    )
    return (f".cd-still {{ {kept} }}" if kept else "") + (
        f"@media print {{ .cd-still {{ {for_print} }} }}" if for_print else ""
    )


@cache
def palette() -> dict[str, tuple[str, str]]:
    """Each colour by its name, on a light and on a dark ground.

    >>> palette()["source"]
    ('#0b5cad', '#8cc4ff')
    """
    found = re.findall(r"--cd-([\w-]+):[^;]*light-dark\((#\w{6}), (#\w{6})\)", tokens())
    return {name: (light, dark) for name, light, dark in found}
