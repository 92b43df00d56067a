"""Files that strangers hand in: damaged, hostile or merely wrong; each with the fault it must get."""

from __future__ import annotations

import io
import json
import os
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

from tests.classroom.made_class import best, data, document, entry, full, handin, put, zipped

GOOD = handin("Good One", full())
DEEP = "d/" * 45
NOISE = b"".join(b"%x" % (n * 2654435761 % 2**32) for n in range(60_000))
"""Bytes that pack badly."""


def _symlink_member() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        member = zipfile.ZipInfo("link.json")
        member.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(member, "/etc/passwd")
    return file.getvalue()


def _locked() -> bytes:
    """A zip whose member says that it is encrypted, in both of its headers."""
    packed = bytearray(zipped({"handin_x.json": data(GOOD)}))
    packed[6] |= 1
    packed[packed.index(b"PK\x01\x02") + 8] |= 1
    return bytes(packed)


def _crowded() -> bytes:
    """A zip that says it has more members than a list of them could hold."""
    return (
        b"PK\x06\x06"
        + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, 9_000_000, 9_000_000, 400_000_000, 0)
        + (b"PK\x06\x07" + struct.pack("<IQI", 0, 0, 1) + b"PK\x05\x06" + b"\xff" * 16 + b"\0\0")
    )


def _bad_crc() -> bytes:
    packed = bytearray(zipped({"handin_x.json": data(GOOD)}, packing=zipfile.ZIP_STORED))
    packed[60] ^= 0xFF
    return bytes(packed)


def _tries(count: int) -> list[dict[str, object]]:
    return [{"values": {"q": n}} for n in range(count)]


def _two_lists() -> bytes:
    """A zip whose end says that there is one member, and whose Zip64 record says that there are 31,000."""
    listed = zipped({f"{n}.txt": b"" for n in range(31_000)})
    at = listed.rindex(b"PK\x05\x06")
    size, start = struct.unpack_from("<LL", listed, at + 12)
    wide = b"PK\x06\x06" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, 1, 1, size, start)
    locator = b"PK\x06\x07" + struct.pack("<IQI", 0, at, 1)
    return listed[:at] + wide + locator + b"PK\x05\x06" + struct.pack("<4H2LH", 0, 0, 1, 1, 46, start, 0)


MARKS = {"groups": [{"source": [[n % 90, n % 90 + 2]]} for n in range(5000)]}
TWICE = data(GOOD).replace(b'"learner": "Good One"', b'"learner": "A", "learner": "B"', 1)
NOTEBOOK = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}

FILES: dict[str, tuple[object, str]] = {
    "empty.json": (b"", "damaged"),
    "zeros.json": (b"\0" * 500, "damaged"),
    "binary.json": (bytes(range(256)) * 9, "damaged"),
    "truncated.json": (data(GOOD)[:700], "damaged"),
    "latin1.json": (b'{"kind": "caf\xe9"}', "damaged"),
    "utf16.json": (json.dumps({**GOOD, "learner": "Wide One"}).encode("utf-16"), "utf16"),
    "half_utf16.json": (b"\xff\xfe\x00\xd8", "damaged"),
    "brackets.json": (b"[" * 300_000, "damaged"),
    "deep.json": (b'{"kind": "copydesk-handin", "x": ' + b"[" * 400 + b"]" * 400 + b"}", "damaged"),
    "nan.json": (b'{"kind": "copydesk-handin", "schema": NaN}', "damaged"),
    "infinity.json": (b'{"exercises": {"a": -Infinity}}', "damaged"),
    "huge_float.json": (b'{"exercises": {"a": 1e999}}', "damaged"),
    "huge_int.json": (b'{"exercises": {"a": ' + b"9" * 100_000 + b"}}", "damaged"),
    "list.json": ([1, 2], "damaged"),
    "word.json": ("hello", "damaged"),
    "twice.json": (TWICE, "damaged"),
    "newer.json": ({**GOOD, "schema": 99}, "newer"),
    "newer_lesson.json": (handin("N", {**full(), "schema": 9}), "newer"),
    "schema_text.json": ({**GOOD, "schema": "1"}, "damaged"),
    "no_answers.json": ({**GOOD, "answers": {}}, "damaged"),
    "no_lessons.json": (handin("Empty One"), "empty_folder"),
    "not_answers.json": ({**GOOD, "answers": [7]}, "lesson_damaged"),
    "answer_list.json": (handin("L", document({"voices": {"answer": [1]}})), "lesson_damaged"),
    "round_zero.json": (handin("R", document({"voices": {**entry(), "round": 0}})), "lesson_damaged"),
    "mixed.json": ({**GOOD, "story": "atlantis"}, "damaged"),
    "story_path.json": (handin("S", full(story="../../etc"), story="../../etc"), "name"),
    "lesson_con.json": (handin("C", full(lesson="CON")), "name"),
    "lesson_path.json": (handin("P", full(lesson="../../x")), "name"),
    "unknown_story.json": (handin("U", full(story="atlantis"), story="atlantis"), "unknown"),
    "unknown_lesson.json": (handin("V", full(lesson="99_gone")), "unknown"),
    "other_page.json": (handin("O", full(sha256="cd" * 32)), "page"),
    "notebook.ipynb": (NOTEBOOK, "notebook"),
    "notebook.json": (NOTEBOOK, "notebook"),
    "alien.json": ({"name": "package", "version": "1"}, "alien"),
    "picture.png": (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "other"),
    "run_me.py": (b"raise SystemExit('executed')", "other"),
    "=HYPERLINK(1).json": (b"{", "damaged"),
    "many_tries.json": (handin("M", document({"voices": entry(*_tries(5_000))})), "too_much"),
    "million_tries.json": (handin("M", document({"voices": entry(*_tries(34_000))})), "damaged"),
    "many_lessons.json": (handin("L", *[{"lesson": f"l{n}", "learner": ""} for n in range(300)]), "crowded"),
    "crowded_7_assignsubmission_file/work.zip": (zipped({f"{n}.json": b"{}" for n in range(2100)}), "zip_crowded"),
    "full_8_assignsubmission_file/work.zip": (zipped({f"{n}.json": NOISE * 2 for n in range(30)}), "bomb"),
    "many_faults.json": ({**GOOD, "answers": [7] * 150}, "more"),
    "many_marks.json": (handin("K", document({"first_mark": entry(MARKS)})), "too_much"),
    "not_a.zip": (b"hello", "zip_broken"),
    "truncated.zip": (zipped({"handin_x.json": data(GOOD)})[:-30], "zip_broken"),
    "crowded.zip": (_crowded(), "zip_crowded"),
    "two_lists.zip": (_two_lists(), "zip_crowded"),
    "slip.zip": (zipped({"../../evil.json": data(GOOD)}), "zip_slip"),
    "absolute.zip": (zipped({"/etc/evil.json": data(GOOD)}), "zip_slip"),
    "drive.zip": (zipped({"C:\\evil.json": data(GOOD)}), "zip_slip"),
    "link.zip": (_symlink_member(), "link"),
    "bomb.zip": (zipped({"handin_bomb.json": b" " * 15_000_000}), "bomb"),
    "locked.zip": (_locked(), "locked"),
    "lzma.zip": (zipped({"handin_x.json": data(GOOD)}, packing=zipfile.ZIP_LZMA), "packing"),
    "bad_crc.zip": (_bad_crc(), "zip_member"),
    "deep.zip": (zipped({DEEP + "x.json": b"{}"}), "deep"),
    "three.zip": (zipped({"two.zip": zipped({"one.zip": zipped({"x.json": b"{}"})})}), "zip_in_zip"),
}
"""Name, what is in it, and the fault that must be named."""


def _large(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(20_000_001)


def _nested(path: Path) -> None:
    put(path / DEEP / "handin.json", GOOD)


SPECIAL: dict[str, tuple[Callable[[Path], object], str]] = {
    "large.json": (_large, "large"),
    "link.json": (lambda path: path.symlink_to("/etc/passwd"), "link"),
    "link_up": (lambda path: path.symlink_to("..", target_is_directory=True), "link"),
    "nested": (_nested, "deep"),
}
if hasattr(os, "mkfifo"):
    SPECIAL["pipe.json"] = (os.mkfifo, "device")


def make(folder: Path) -> dict[str, str]:
    """Put all of it into a folder; gives back the fault each must get, by name."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, (content, _) in FILES.items():
        put(folder / name, content)
    for name, (write, _) in SPECIAL.items():
        write(folder / name)
    assert best("voices")
    return {name: fault for name, (_, fault) in (FILES | SPECIAL).items()}
