"""JSON and TOML documents: how bytes from anywhere are decoded, how fields are checked, how JSON is encoded.

`check_fields` keeps a JSON object as it is; `read_record` makes a typed record of a table.
"""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, NamedTuple, NoReturn, TypeVar, Union, get_args, get_origin, get_type_hints

from copydesk.base.errors import CopydeskError
from copydesk.base.files import read_bytes
from copydesk.base.wording import choice_labels

Json = dict[str, Any]

MOST_LEVELS = 80
"""How many brackets a document may have inside each other."""
MOST_BYTES = 1_000_000
"""How large a file of a story, a lesson or an edition may be: ten times the largest of the kit's own."""
MOST_POINTS = 500
"""How many points a line of TOML may hold: a name of many parts takes the square of their number to read."""
MOST_BRACKETS, MOST_COMMAS = 100_000, 200_000
"""How many of them a stranger's file may have: to decode a few MB of `{}` would take hundreds of MB of memory."""
LARGEST = 2**53
"""The largest number in such a file: up to it, programs agree on whole numbers."""


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

    return _in_utf8(text)


def _in_utf8(text: Callable[[bool], str]) -> bytes:
    """JSON in UTF-8; if half a surrogate pair is in it, in ASCII alone."""
    try:
        return text(False).encode("utf-8")
    except UnicodeEncodeError:
        return text(True).encode("ascii")


def encode_by_line(document: Json, rows: str) -> bytes:
    """Return JSON as `encode` does, with a line for each field and for each entry of the field named `rows`.

    It is readable, and with many entries ten times as fast as with an indent at every level.

    >>> print(encode_by_line({"notes": {"b": [1, 2], "a": {}}, "kit": "1"}, "notes").decode(), end="")
    {
     "kit": "1",
     "notes": {
      "a": {},
      "b": [1, 2]
     }
    }
    """

    def text(ascii_only: bool) -> str:
        def one(value: object) -> str:
            return json.dumps(value, ensure_ascii=ascii_only, allow_nan=False, sort_keys=True)

        def lines(holder: Json, depth: int) -> str:
            told = []
            for name, value in sorted(holder.items()):
                by_entry = depth == 1 and name == rows and isinstance(value, dict)
                told.append(f"{' ' * depth}{one(name)}: {lines(value, depth + 1) if by_entry else one(value)}")
            return "{\n" + ",\n".join(told) + f"\n{' ' * (depth - 1)}}}" if told else "{}"

        return lines(document, 1) + "\n"

    return _in_utf8(text)


def check_counts(data: bytes, *, times: int = 1) -> None:
    """Raise `Damaged` for a file that would decode to more values than answers have; nothing is decoded for that."""
    if data.count(b"{") + data.count(b"[") > times * MOST_BRACKETS or data.count(b",") > times * MOST_COMMAS:
        raise Damaged("holds more than a learner could have made")


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
    except (ValueError, RecursionError) as error:  # a ValueError also for a number of more than 4,300 digits
        raise Damaged("is not JSON" if data.strip(b"\0 \r\n\t") else "is empty") from error
    if not isinstance(value, dict):
        raise Damaged("is not a JSON object")
    if _is_deeper(value, levels):
        raise Damaged("has too many brackets inside each other")
    return value


def decode_toml(data: bytes) -> Json:
    """Read TOML from bytes that anyone may have written. Raises nothing but `Damaged`.

    >>> decode_toml(b"title =")
    Traceback (most recent call last):
    copydesk.base.documents.Damaged: is not TOML
    """
    try:
        text = data.decode("utf-8")
        if any(line.count(".") > MOST_POINTS for line in text.split("\n")):
            raise Damaged(f"has a line with more than {MOST_POINTS} points")
        value = tomllib.loads(text)
    except Damaged:
        raise
    except UnicodeDecodeError:
        raise Damaged("is not text in UTF-8") from None
    except (ValueError, RecursionError) as error:
        raise Damaged("is not TOML") from error
    if _is_deeper(value, MOST_LEVELS):
        raise Damaged("has too many brackets inside each other")
    return value


def read_json(path: Path) -> Json:
    """The data of a JSON file of a story. Raises CopydeskError, which names the file, the place and the remedy."""
    return _read(path, "JSON", decode)


def read_toml(path: Path) -> Json:
    """The data of a TOML file. Raises CopydeskError, which names the file, the place and the remedy."""
    return _read(path, "TOML", decode_toml)


def _read(path: Path, form: str, decoded: Callable[[bytes], Json]) -> Json:
    data = read_bytes(path, most=MOST_BYTES + 1)
    try:
        if data is None:
            raise Damaged("is not a file")
        if len(data) > MOST_BYTES:
            raise Damaged(f"is larger than {MOST_BYTES // 1_000_000} MB")
        value = decoded(data)
        if _holds_too_large(value):
            raise Damaged("holds a number that is too large, or none")
    except Damaged as damaged:
        cause = damaged.__cause__
        # other errors of the readers tell of Python's limits
        at = f" ({cause})" if isinstance(cause, json.JSONDecodeError | tomllib.TOMLDecodeError) else ""
        raise CopydeskError(f"{path} cannot be read as {form}: it {damaged}{at}", "correct it there") from None
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


def _is_deeper(value: Json, levels: int) -> bool:
    """Whether brackets go deeper than so many levels; without recursion, so that no depth can exhaust the stack."""
    layer: list[Any] = [value]
    for _ in range(levels):
        if not layer:
            return False
        inner = []
        for outer in layer:  # plain loops and exact types: this looks at every value in the files of a class
            for child in outer.values() if type(outer) is dict else outer:
                if type(child) is dict or type(child) is list:
                    inner.append(child)
        layer = inner
    return bool(layer)


def _holds_too_large(value: Json) -> bool:
    """Whether a number in a document is infinite, no number, or larger than any that a story needs."""
    waiting: list[Any] = [value]
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, dict | list):
            waiting.extend(inner.values() if isinstance(inner, dict) else inner)
        elif isinstance(inner, int | float) and not -LARGEST <= inner <= LARGEST:
            return True
    return False


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


# Data of a TOML file becomes typed records; what is missing, unknown or mistyped is named with its place.

T = TypeVar("T")
SCALARS: dict[Any, tuple[tuple[type, ...], str]] = {
    str: ((str,), "a text"),
    int: ((int,), "a whole number"),
    float: ((int, float), "a number"),
    bool: ((bool,), "true or false"),
}
"""What Python reads for each scalar, and what it is called."""
type_hints = cache(get_type_hints)


def read_record(kind: type[T], data: object, where: str, **given: Any) -> T:
    """A dataclass from a table; `given` are fields that the data may not set.

    `where` says where the data stands, for example `02_who_says_so/recall`. Raises CopydeskError.

    >>> from dataclasses import dataclass
    >>> Pair = dataclass(type("Pair", (), {"__annotations__": {"id": str, "span": tuple[int, int]}}))
    >>> read_record(Pair, {"id": "a", "span": [1, 2]}, "here").span
    (1, 2)
    """
    if not isinstance(data, Mapping):
        raise _mistyped(data, "a table", where)
    hints = type_hints(kind)  # type: ignore[arg-type]
    known = {f.name: f for f in fields(kind) if f.name not in given}  # type: ignore[arg-type]
    if unknown := data.keys() - known.keys():
        raise CopydeskError(f"{where} has no setting '{min(map(str, unknown))[:40]}'", f"there are: {', '.join(known)}")
    for name, field in known.items():
        if name not in data and field.default is MISSING and field.default_factory is MISSING:
            raise CopydeskError(f"{where} lacks '{name}'", "add it to the lesson or to the story's lessons.toml")
    return kind(**given, **{name: read_value(hints[name], value, f"{where}: {name}") for name, value in data.items()})


def read_value(kind: Any, value: object, where: str) -> Any:
    """A value of a TOML file in the type that a field is annotated with.

    >>> read_value(tuple[str, ...], ["a", "b"], "here"), read_value(float, 1, "here")
    (('a', 'b'), 1)
    """
    if kind in SCALARS:
        allowed, name = SCALARS[kind]
        # In Python a bool is an int; in a lesson it is not.
        if not isinstance(value, allowed) or (isinstance(value, bool) and kind is not bool):
            raise _mistyped(value, name, where)
        return value
    origin, args = get_origin(kind), get_args(kind)
    if kind is Any:
        return value
    if origin in (Union, UnionType):  # only `X | None` is used
        return None if value is None else read_value(next(a for a in args if a is not NoneType), value, where)
    if is_dataclass(kind):
        return value if isinstance(value, kind) else read_record(kind, value, where)  # type: ignore[arg-type]
    if origin is tuple:
        return _read_tuple(args, value, where)
    return _read_table(args, value, where)


def _read_tuple(args: tuple[Any, ...], value: object, where: str) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise _mistyped(value, "a list", where)
    if args[-1] is Ellipsis:
        return tuple(read_value(args[0], inner, f"{where}, number {n}") for n, inner in enumerate(value, 1))
    if len(value) != len(args):
        raise _mistyped(value, f"a list of {len(args)}", where)
    return tuple(read_value(arg, inner, where) for arg, inner in zip(args, value, strict=True))


def _read_table(args: tuple[Any, ...], value: object, where: str) -> dict[str, Any]:
    if isinstance(value, str) and args[1] is str:  # values and their words: here the name of a closed set of them
        try:
            return choice_labels(value)
        except CopydeskError as error:
            raise CopydeskError(f"{where}: {error.problem}", error.remedy) from None
    if not isinstance(value, Mapping):
        raise _mistyped(value, "a table", where)
    return {str(name): read_value(args[1], inner, f"{where}.{name}") for name, inner in value.items()}


def _mistyped(value: object, wanted: str, where: str) -> CopydeskError:
    return CopydeskError(f"{where} is {str(value)[:40]!r}, which is not {wanted}", "correct that line")
