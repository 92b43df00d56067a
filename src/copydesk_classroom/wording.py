"""The classroom's words: what instructors and feedback pages say stands in `data/*.toml` of this package."""

from __future__ import annotations

from typing import Any

from copydesk.base.wording import load_wording


def class_wording(name: str) -> dict[str, Any]:
    """One file of this package's `data` folder.

    >>> class_wording("report")["page"]["title"]
    'Class report'
    """
    return load_wording(name, package="copydesk_classroom")
