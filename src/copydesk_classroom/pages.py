"""Pages from templates: the one Jinja2 environment, and the sealed frame of every page that is given away.

Python hands plain data to a template in `templates/`; the tags stand there and nowhere else. What `copydesk.page.html`
makes of spans is handed over as `Markup`. A sealed page runs nothing and fetches nothing: its policy allows its own
style sheet, which it names by its hash.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from copydesk.base.wording import decimal, load_wording, percent
from copydesk.page.palette import tokens
from copydesk_classroom.safe_text import one_line
from copydesk_classroom.wording import class_wording

if TYPE_CHECKING:
    from collections.abc import Callable

    from jinja2 import Environment


def points(value: float) -> str:
    """Points as a learner reads them.

    >>> points(7.333), points(10.0)
    ('7.3', '10')
    """
    return f"{value:.1f}".removesuffix(".0")


@cache
def environment() -> Environment:
    """The environment of all templates: what is not `Markup` is escaped, and a name that is not there is an error.

    >>> environment().from_string("<bdi>{{ name }}</bdi>, {{ 1|percent(of=3) }}").render(name="<script>")
    '<bdi>&lt;script&gt;</bdi>, 33 %'
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined  # only a command that makes pages waits for Jinja2

    made = Environment(
        loader=PackageLoader("copydesk_classroom"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        auto_reload=False,  # else each page of a class asks again whether the files have changed
    )
    made.filters |= {"percent": percent, "decimal": decimal, "points": points, "one_line": one_line}
    made.globals |= {"wording": class_wording, "kit_wording": load_wording}
    return made


def render(template: str, **data: Any) -> Markup:
    """A template filled in with plain data."""
    return Markup(environment().get_template(template).render(data))


def macro(template: str, name: str) -> Callable[..., Markup]:
    """A macro of a template, for a part of a page that is made once and shown to many learners."""
    found: Callable[..., Markup] = getattr(environment().get_template(template).module, name)
    return found


def sealed_page(template: str, *styles: str, **data: Any) -> str:
    """A whole page from a template that extends `page.html.j2`; `styles` are names of the style sheets beside it."""
    style, policy = _sealed(styles)
    return environment().get_template(template).render(data, style=style, policy=policy)


@cache
def _sealed(styles: tuple[str, ...]) -> tuple[Markup, str]:
    home = files("copydesk_classroom") / "templates"
    style = tokens() + "".join((home / name).read_text(encoding="utf-8") for name in styles)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return Markup(style), f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
