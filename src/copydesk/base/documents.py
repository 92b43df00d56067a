"""JSON documents: how they are encoded, how bytes from anywhere are decoded, and how their fields are checked."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from copy import copy
from typing import Any, NamedTuple, NoReturn

Json = dict[str, Any]

MOST_LEVELS = 80
"""How many brackets a document may have inside each other."""


class Field(NamedTuple):
    """A field of a JSON object: its value where it is missing, and the types that its value may have."""

    default: object
    types: tuple[type, ...]
    each: type | Mapping[str, Field] | None = None
    """What every item in it must be, if it is a list or an object: of a type, or itself an object of such fields."""
    needed: bool = False
    """Whether an object without it is damaged."""


Fields = Mapping[str, Field]
"""The fields of a JSON object by name."""


class Damaged(ValueError):
    """The bytes are not the document that they should be; the message says why, after "it"."""


def encode(value: object, *, indent: int | None = 1) -> bytes:
    """Return JSON as it is stored: UTF-8, keys sorted, no NaN; half a surrogate pair is written as an escape.

    >>> encode({"b": 1, "a": "ž"}, indent=None).decode()
    '{"a": "ž", "b": 1}\\n'
    """

    def text(ascii_only: bool) -> str:
        return json.dumps(value, ensure_ascii=ascii_only, allow_nan=False, indent=indent, sort_keys=True) + "\n"

    try:
        return text(False).encode("utf-8")
    except UnicodeEncodeError:
        return text(True).encode("ascii")


def decode(data: bytes, *, levels: int = MOST_LEVELS, strict: bool = False) -> Json:
    """Read one JSON object from bytes that anyone may have written. Raises nothing but `Damaged`.

    With `strict`, no object may have a field twice: Copydesk never writes that, and readers differ on which one counts.

    >>> decode(b"[1]")
    Traceback (most recent call last):
    copydesk.base.documents.Damaged: is not a JSON object
    """
    once = _fields_once if strict else None
    try:
        value = json.loads(
            data.decode("utf-8-sig"), parse_constant=_not_json, parse_float=_finite, object_pairs_hook=once
        )
    except Damaged:
        raise
    except UnicodeDecodeError:
        raise Damaged("is not text in UTF-8") from None
    except (ValueError, RecursionError):  # a ValueError is also raised for a number of more than 4,300 digits
        raise Damaged("is not JSON" if data.strip(b"\0 \r\n\t") else "is empty") from None
    if not isinstance(value, dict):
        raise Damaged("is not a JSON object")
    if _is_deeper(value, levels):
        raise Damaged("has too many brackets inside each other")
    return value


def _fields_once(pairs: list[tuple[str, Any]]) -> Json:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise Damaged("has a field twice in one place")
    return fields


def _not_json(word: str) -> NoReturn:
    """Refuse NaN and Infinity, which Python reads and JSON does not know."""
    raise ValueError(word)


def _finite(digits: str) -> float:
    """Refuse 1e999, which is JSON but would be read as infinity."""
    number = float(digits)
    return number if math.isfinite(number) else _not_json(digits)


_NESTED = (dict, list)  # made once: the question is asked of every value in the files of a class


def _is_deeper(value: Json, levels: int) -> bool:
    """Whether brackets go deeper than so many levels; without recursion, so that no depth can exhaust the stack."""
    layer: list[Any] = [value]
    for _ in range(levels):
        if not layer:
            return False
        inner = (outer.values() if isinstance(outer, dict) else outer for outer in layer)
        layer = [child for children in inner for child in children if isinstance(child, _NESTED)]
    return bool(layer)


def schema_of(document: Json) -> int:
    """The number of the form that a document is in; 0 if it names none."""
    schema = document.get("schema", 0)
    if type(schema) is not int or schema < 0:
        raise Damaged("names no schema")
    return schema


def new_object(fields: Fields) -> Json:
    """Return an object in which each field has the value of one that is missing."""
    return {name: copy(field.default) for name, field in fields.items()}


def check_fields(holder: Json, fields: Fields) -> None:
    """Fill in the fields that are missing, and raise `Damaged` for what is of another type; unknown fields stay.

    Types are compared exactly, because to Python `True` is an int and to JSON it is no number.

    >>> entry = {"rev": 2}
    >>> check_fields(entry, {"rev": Field(0, (int,)), "tries": Field([], (list,), each=dict)})
    >>> entry
    {'rev': 2, 'tries': []}
    """
    for name, (default, types, each, needed) in fields.items():
        if name in holder:
            value = holder[name]
            if type(value) not in types or (value and each is not None and not _holds_only(each, value)):
                raise Damaged(f"has a {name!r} of the wrong kind")
        elif needed:
            raise Damaged(f"lacks {name!r}")
        else:
            holder[name] = copy(default)  # a list or a dict must not be shared with the next document


def _holds_only(each: type | Fields, value: Any) -> bool:
    """Whether all that is in a list or an object is as it must be."""
    items = value.values() if isinstance(value, dict) else value
    if isinstance(each, type):
        return all(type(item) is each for item in items)
    for item in items:
        if type(item) is not dict:
            return False
        check_fields(item, each)
    return True
