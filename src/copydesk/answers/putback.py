"""Putting one lesson's packed answers back beside whatever is there: nothing is overwritten."""

from __future__ import annotations

from pathlib import Path

from copydesk.answers.disk import free_sibling, locked, sibling, stamp, write
from copydesk.answers.form import SCHEMA, Damaged, Json, encode, merged, put_beside, schema_of
from copydesk.answers.rescue import mend, read_document
from copydesk.errors import CopydeskError


def put_back(document: Json, place: Path) -> str:
    """Put one lesson's answers into a story's folder, and say in a sentence what was done."""
    lesson = document["lesson"]
    path = place / f"{lesson}.json"
    with locked(path):
        present, news = mend(path)
        if present and schema_of(present) > SCHEMA >= schema_of(document):
            path = sibling(path, f"v{SCHEMA}")
            present, news = mend(path)
        return f"{lesson} on “{place.name}”: {_settle(path, present, document)}{f' {news}.' if news else ''}"


def _settle(path: Path, present: Json | None, document: Json) -> str:
    if present is None:
        write(path, encode(document), keep=True)
        return f"put back, {_count(len(document.get('exercises', {})))}."
    if present == document:
        return "nothing new."
    if max(schema_of(present), schema_of(document)) > SCHEMA:
        return _lay_beside(path, document, "handin", "which a newer Copydesk wrote")
    if present["sha256"] and document["sha256"] and present["sha256"] != document["sha256"]:
        tag = "".join(c for c in document["sha256"][:8] if c.isascii() and c.isalnum()) or "unknown"
        return _lay_beside(path, document, f"page-{tag}", "which belong to another version of the page")
    return _merge(path, present, document)


def _lay_beside(path: Path, document: Json, tag: str, why: str) -> str:
    for other in sorted(path.parent.glob(f"{path.name.partition('.')[0]}.{tag}*.json")):
        try:
            if read_document(other) == document:
                return f"nothing new; the answers, {why}, lie in {other.name} already."
        except (Damaged, CopydeskError):
            continue
    aside = free_sibling(path, tag)
    write(aside, encode(document))
    return f"what is there stays; the answers, {why}, now lie in {aside.name}."


def _merge(path: Path, present: Json, document: Json) -> str:
    mine, theirs = present["exercises"], document["exercises"]
    both = {name: merged(mine[name], theirs[name]) for name in mine.keys() & theirs.keys()}
    new = theirs.keys() - mine.keys()
    filled = [name for name in both if both[name]["answer"] != mine[name]["answer"]]
    beside = [name for name in both if both[name]["others"] != put_beside(mine[name], [])]
    whole = {**document, **present, "exercises": {**theirs, **mine, **both}}
    if whole == present:
        return "nothing new; everything in it is there already."
    whole |= {"learner": present["learner"] or document["learner"], "changed": stamp()}
    write(path, encode(whole), keep=True)
    kept = f", {_count(len(beside))} kept beside a different answer" if beside else ""
    return f"{_count(len(new) + len(filled))} put back{kept}; what was there stays."


def _count(number: int) -> str:
    return f"{number} exercise" if number == 1 else f"{number} exercises"
