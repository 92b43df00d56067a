"""Files changed by chance: the bytes of any file, or the values of JSON, TOML, CSV and zips, which are written again.

A change of bytes seldom leaves JSON that can be parsed, so the readers behind the parser would hardly be tried.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import random
import re
import tomllib
import zipfile
from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from typing import Any

NESTED, DIGITS = 3000, 5000
ODD = [
    *("0", "-1", "1e9", "1000000000000", "9" * DIGITS, "1.5", "true", "[]", "{}", '""', '"\\u0000"', '"p1"', '"f1"'),
    *('"../.."', '["a"]', "[[]]", "[1, 2]", '[["a", 1]]', '{"a" = 1}', '{"a": 1}'),
    *('{"start": 0, "end": 1000000000000}', "nan", "inf", "null", "NaN", "1e999"),
    *("[" * NESTED + "]" * NESTED, '{"a":' * NESTED + "1" + "}" * NESTED),
    *("2022-01-12", "0001-01-01", "9999-12-31T23:59:59Z", '"' + "a" * 70_000 + '"', '"' + "x." * 400 + '"'),
]
"""Values in place of others, some of them of one format alone."""
VALUE = re.compile(
    rb'"(?:[^"\\\n]|\\.)*"(?!\s*[:=])|-?\b\d[\d.:TZ-]*|\b(?:true|false|null)\b|\[[^\[\]{}]*\]|\{[^{}]*\}'
)
NAME = re.compile(rb'"[\w.]+"(?=\s*:)|\b\w+(?=\s*=)')
CELLS = [
    *(b"", b",", b'"', b"\n", b"\r", b"\0", b"\xff", b"9999-99-99", b"0000", b"\xef\xbb\xbf", b"=1+1"),
    b"\xed\xa0\x80",
]
HALF = "\ud800"
"""Half a surrogate pair, which JSON can name and UTF-8 cannot hold."""
PLAIN: list[Any] = [
    *(None, True, False, 0, -1, 1, 1.5, 2**53, 2**53 + 1, 10**30, 1e308, "", " ", "p1", "f1", "p1.s1", "A1", "0", "\0"),
    *("a" * 70_000, "x." * 400, HALF, "\u202e\u0301", "../..", "CON", "=1+1", "<script>", "{0.__class__}", "%s"),
    *([], {}, [[]], [{}], ["a"], [1, 2], [["a", 1]], [None], {"a": 1}, {"": {}}, {"start": 0, "end": 10**12}),
    *({"start": 5, "end": 2}, {"start": -3, "end": 4}, {"start": 0.5, "end": True}, dt.date(2022, 1, 12)),
]
"""Values in place of others that every format can hold."""
RAW = [
    *("NaN", "-Infinity", "1e999", "9" * DIGITS, "[" * 60 + "]" * 60, "[" * NESTED + "]" * NESTED, "-0"),
    *('{"id": "A1", "id": "A2"}', '{"a": 1, "a": [2]}', '"\\ud800"'),
]
"""JSON that Python does not write."""


def changed(data: bytes, seed: int, form: str = "") -> bytes:
    """The data with one to three changes; `form` is the ending of the file's name.

    A quarter of the changes of a form that is known here are of bytes, as all are where it is not.
    """
    chance = random.Random(seed)
    change = FORMS.get(form)
    if change and chance.random() < 0.75:
        with suppress(ValueError, zipfile.BadZipFile):  # what a zip holds may have any name
            return change(data, chance)
    return changed_bytes(data, chance)


def changed_bytes(data: bytes, chance: random.Random) -> bytes:
    """The data with changes of a value, a name, a stretch or a byte, whatever they are."""
    for _ in range(chance.randint(1, 3)):
        places = [*(NAME if chance.random() < 0.25 else VALUE).finditer(data)]
        if places and chance.random() < 0.7:
            start, end = chance.choice(places).span()
            new = chance.choice([*(odd.encode() for odd in ODD), chance.choice(places)[0]])
        else:
            start = chance.randrange(len(data) + 1)
            end = min(len(data), start + chance.choice([0, 0, 1, 1, 40, 4000]))
            stretch = data[start : start + 300]
            new = chance.choice([bytes([chance.randrange(256)]), b"", stretch * 2, *CELLS])
        data = data[:start] + new + data[end:]
    return data


def changed_json(data: bytes, chance: random.Random) -> bytes:
    """JSON with other values, types, names, lengths or levels; now and then with what Python would not write."""
    whole = _edited(json.loads(data), chance)
    text = json.dumps(whole, ensure_ascii=chance.random() < 0.5, default=str)
    for n, raw in enumerate(RAW):
        text = text.replace(json.dumps(_mark(n)), raw)
    return text.encode("utf-8", "surrogatepass")


def changed_toml(data: bytes, chance: random.Random) -> bytes:
    """TOML, changed in the same ways."""
    whole = _edited(tomllib.loads(data.decode()), chance)
    text = "\n".join(_tables(whole if isinstance(whole, dict) else {"a": whole}, ()))
    for n, raw in enumerate(("nan", "-inf", "1e999", "9" * DIGITS, "[" * 60 + "]" * 60, "2022-13-01", "-0")):
        text = text.replace(json.dumps(_mark(n)), raw)
    return text.encode("utf-8", "replace")


def changed_csv(data: bytes, chance: random.Random) -> bytes:
    """CSV with other cells, rows, columns or names of columns."""
    rows = _edited([*csv.reader(io.StringIO(data.decode("utf-8-sig")))], chance)
    made = io.StringIO()
    lines = rows if isinstance(rows, list) else [[rows]]
    csv.writer(made).writerows(line if isinstance(line, list) else [line] for line in lines)
    return made.getvalue().encode("utf-8", "surrogatepass")


def changed_zip(data: bytes, chance: random.Random) -> bytes:
    """A zip in which a member has another content or name, is there twice, or is not."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        members = [(name, packed.read(name)) for name in packed.namelist()]
    for _ in range(chance.randint(1, 2)):
        at = chance.randrange(len(members))
        name, content = members[at]
        what = chance.random()
        if what < 0.7:
            members[at] = name, changed(content, chance.randrange(10**9), name.rpartition(".")[2])
        elif what < 0.85:
            odd = ["../" + name, "/" + name, name.upper(), name + "/", "x/" * 50 + name, "CON", "é" * 60, "a\\" + name]
            members[at] = chance.choice([*odd, chance.choice(members)[0]]), content
        elif what < 0.93:
            members.append((name, content[: len(content) // 2]))
        elif len(members) > 1:
            members.pop(at)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for number, (name, content) in enumerate(members):
            about = zipfile.ZipInfo(name or f"{number}")
            about.compress_type = chance.choice([zipfile.ZIP_DEFLATED] * 9 + [zipfile.ZIP_BZIP2])
            if name not in packed.namelist():  # `zipfile` warns of names that are there twice
                packed.writestr(about, content)
    return made.getvalue()


FORMS: dict[str, Callable[[bytes, random.Random], bytes]] = {
    **dict.fromkeys(("json", "jsonld", "ipynb"), changed_json),
    **{"toml": changed_toml, "csv": changed_csv, "zip": changed_zip},
}


def _mark(n: int) -> str:
    """What stands for a piece of text that is put in when all is written."""
    return f"raw text {n}"


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Each place in a document: what holds it, and its name or number there."""
    found, waiting = [], [value]
    while waiting:
        inner = waiting.pop()
        for at in [*inner] if isinstance(inner, dict) else range(len(inner)):
            found.append((inner, at))
            if isinstance(inner[at], dict | list):
                waiting.append(inner[at])
    return found


def _edited(whole: Any, chance: random.Random) -> Any:
    """A document with one to three changes of its values."""
    for _ in range(chance.randint(1, 3)):
        if not (places := _places(whole)):
            return deepcopy(chance.choice(PLAIN))
        holder, at = chance.choice(places)
        value, (there, other) = holder[at], chance.choice(places)
        what = chance.random()
        if what < 0.25:
            holder[at] = deepcopy(chance.choice(PLAIN))  # else a later change would change it for all seeds
        elif what < 0.30:
            holder[at] = _mark(chance.randrange(len(RAW)))
        elif what < 0.40:
            holder[at] = deepcopy(there[other])
        elif what < 0.65:
            holder[at] = _near(value, chance)
        elif what < 0.75:
            del holder[at]
        elif what < 0.85 and isinstance(holder, dict):
            name = chance.choice(
                ["", "id", "a.b", "é", HALF, "__class__", str(other), at.upper(), at + "s", "x" * 5000]
            )
            holder[name] = holder.pop(at)
        elif what < 0.92:
            holder[at] = chance.choice([[value], {"a": value}, {str(at): value}, [[value]]])
        elif isinstance(holder, list):
            chance.choice(
                [holder.reverse, lambda h=holder: h.extend(deepcopy(h[:50])), lambda h=holder: chance.shuffle(h)]
            )()
        elif isinstance(value, dict | list) and value:
            holder[at] = next(iter(value.values())) if isinstance(value, dict) else value[0]
    return whole


def _near(value: Any, chance: random.Random) -> Any:
    """A value of the same type, or nearly so."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return chance.choice([value + 1, value - 1, -value, value * 1000, float(value), str(value), value + 0.5])
    if isinstance(value, str):
        at = chance.randrange(len(value) + 1)
        parts = [value[:at], value[at:], value + value, value.upper(), value.swapcase(), value.replace(" ", "\u00a0")]
        return chance.choice([*parts, value[:at] + chance.choice("\n\0\"'<&{%é😀") + value[at:], [value], f" {value} "])
    if isinstance(value, list):
        return chance.choice(
            [value[:1], value[1:], value[::-1], value + deepcopy(value), _many(value) if len(value) < 30 else value[:2]]
        )
    return value


def _many(value: list[Any]) -> list[Any]:
    return [one for _ in range(30) for one in deepcopy(value)]


def _tables(table: dict[str, Any], above: tuple[str, ...]) -> list[str]:
    """A table of TOML and those in it, a line for each value."""
    inner = {n: v for n, v in table.items() if isinstance(v, dict) and len(above) < 3}
    head = [f"[{'.'.join(map(_quoted, above))}]"] if above else []
    lines = [f"{_quoted(n)} = {_toml(v)}" for n, v in table.items() if n not in inner]
    return head + lines + [line for n, v in inner.items() for line in _tables(v, (*above, n))]


def _quoted(name: str) -> str:
    return json.dumps(name).replace("\x7f", "\\u007f")


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_quoted(n)} = {_toml(v)}" for n, v in value.items()) + "}"
    if isinstance(value, list):
        return "[\n" + ",\n".join(map(_toml, value)) + "]"
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return '""' if value is None else json.dumps(value)
