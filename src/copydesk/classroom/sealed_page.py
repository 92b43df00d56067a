"""An HTML page that runs nothing and fetches nothing: its own style sheet, known by its hash, and no other."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from html import escape
from importlib.resources import files


def sealed_page(title: str, body: str, *styles: str) -> str:
    """A whole page around a body of HTML; `styles` are the kit's style sheets by name, one after another."""
    style, rules = _sealed(styles)
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{rules}">'
        '<meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">'
        f'<meta name="referrer" content="no-referrer"><title>{escape(title)}</title><style>{style}</style></head>'
        f"<body>{body}</body></html>\n"
    )


@cache
def _sealed(styles: tuple[str, ...]) -> tuple[str, str]:
    style = "".join((files("copydesk") / "classroom" / name).read_text(encoding="utf-8") for name in styles)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return style, f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
