"""Data of a TOML file becomes typed records; what is missing, unknown or mistyped is named with its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from copydesk.base.errors import CopydeskError
from copydesk.base.wording import choice_labels

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
        raise _wrong(data, "a table", where)
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
            raise _wrong(value, name, where)
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
        raise _wrong(value, "a list", where)
    if args[-1] is Ellipsis:
        return tuple(read_value(args[0], inner, f"{where}, number {n}") for n, inner in enumerate(value, 1))
    if len(value) != len(args):
        raise _wrong(value, f"a list of {len(args)}", where)
    return tuple(read_value(arg, inner, where) for arg, inner in zip(args, value, strict=True))


def _read_table(args: tuple[Any, ...], value: object, where: str) -> dict[str, Any]:
    if isinstance(value, str) and args[1] is str:  # values and their words: here the name of a closed set of them
        try:
            return choice_labels(value)
        except CopydeskError as error:
            raise CopydeskError(f"{where}: {error.problem}", error.remedy) from None
    if not isinstance(value, Mapping):
        raise _wrong(value, "a table", where)
    return {str(name): read_value(args[1], inner, f"{where}.{name}") for name, inner in value.items()}


def _wrong(value: object, wanted: str, where: str) -> CopydeskError:
    return CopydeskError(f"{where} is {str(value)[:40]!r}, which is not {wanted}", "correct that line")
