"""What a language tag such as `he` or `pt-BR` tells: which way the text runs, and whether it is English."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from copydesk.base.wording import load_wording

_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")


@lru_cache(maxsize=64)
def direction(language: str) -> Literal["ltr", "rtl"]:
    """Which way a text in a language runs, by its tag.

    >>> direction("he"), direction("ar-EG"), direction("az-Arab"), direction("pt-BR"), direction("uz-Latn")
    ('rtl', 'rtl', 'rtl', 'ltr', 'ltr')
    """
    data, parts = load_wording("languages"), language.lower().split("-")
    script = next((part for part in parts[1:] if len(part) == 4 and part.isalpha()), "")
    by_name = not script and parts[0] in data["right_to_left"]
    return "rtl" if by_name or script in data["right_to_left_scripts"] else "ltr"


def is_english(language: str) -> bool:
    """Whether a tag names English, which the kit's finder and word lists read.

    >>> is_english("en-GB"), is_english("enm"), is_english("de")
    (True, False, False)
    """
    return language.lower().partition("-")[0] == "en"


def runs_right_to_left(text: str) -> bool:
    """Whether a text holds letters that run from right to left.

    >>> runs_right_to_left("rain"), runs_right_to_left("גשם")
    (False, True)
    """
    return _RIGHT_TO_LEFT.search(text) is not None
