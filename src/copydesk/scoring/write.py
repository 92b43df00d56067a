"""Checking written answers: the machine checks the form, a person the content.

Form means: every box holds enough words of the learner's own, and evidence is picked from the page, from enough
paragraphs. Evidence is always verbatim, since it is a span.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from copydesk.key import Key
from copydesk.lessons import Exercise
from copydesk.scoring.matching import spans_from
from copydesk.scoring.outcome import Answer, Note, Outcome
from copydesk.spans import words
from copydesk.wording import load_wording


def score(exercise: Exercise, answer: Answer, key: Key, text: str) -> Outcome:
    """Check the form; `answer` is `{"texts": {field: words}, "evidence": [[start, end], …]}`."""
    texts, picked = answer.get("texts", {}), spans_from(answer.get("evidence", []), len(text))
    notes = [_text_note(f, str(texts.get(f["id"]) or "")) for f in exercise.get("fields")]
    if exercise.get("evidence"):
        blocks = [e.spans("span")[0] for layer in ("furniture", "paragraphs") for e in key.layer(layer)]
        places = sum(any(b.overlap(s) for s in picked) for b in blocks)
        notes.append(_evidence_note(exercise.get("evidence"), len(picked), places))
    done = sum(n.earned for n in notes) / sum(n.possible for n in notes)
    attempted = bool(picked) or any(str(t or "").strip() for t in texts.values())
    samples = _samples(exercise, key) if done == 1 else []
    return Outcome.of(done, notes + samples, bar=1.0, attempted=attempted)


def _text_note(field: Mapping[str, Any], given: str) -> Note:
    say = load_wording("strings")["write"]
    found = [w.of(given).lower() for w in words(given)]
    low, high = field.get("min", 3), field.get("max", 200)
    fault = ""
    if len(found) < low:
        fault = say["short"].format(label=field["label"], n=len(found), min=low)
    elif len(found) > high:
        fault = say["long"].format(label=field["label"], n=len(found), max=high)
    elif 2 * len(set(found)) < min(len(found), 20):
        fault = say["repeats"].format(label=field["label"])
    done = say["done"].format(label=field["label"], n=len(found))
    return Note(field["id"], field["label"], float(not fault), 1, fault, fault or done)


def _evidence_note(wanted: Mapping[str, int], found: int, places: int) -> Note:
    say = load_wording("strings")["write"]
    fault = ""
    if found < wanted["min"]:
        fault = say["few"].format(n=found, min=wanted["min"])
    elif places < wanted.get("places", 1):
        fault = say["one_place"].format(n=places, min=wanted.get("places", 1))
    return Note("evidence", say["evidence"], float(not fault), 1, fault, fault or say["picked"].format(n=found))


def _samples(exercise: Exercise, key: Key) -> list[Note]:
    say = load_wording("strings")["write"]
    samples = key.answers.get(exercise.key_name, {}).get("samples", ())
    return [
        Note(f"sample-{n}", say["sample"].format(n=n), 0, 0, reveal=" ".join(s["texts"].values()))
        for n, s in enumerate(samples, 1)
    ]


def model_answers(exercise: Exercise, key: Key, text: str) -> dict[str, Answer]:
    """The key's samples, of opposed minds: all must be complete."""
    samples = key.answers.get(exercise.key_name, {}).get("samples", ())
    return {f"sample {s['view']}": {"texts": s["texts"], "evidence": s.get("evidence", [])} for s in samples}


def lazy_answers(exercise: Exercise, key: Key, text: str) -> dict[str, Answer]:
    """One word in every box, however often: must not pass as complete."""
    return {
        "one word again and again": {"texts": {f["id"]: "yes " * f.get("min", 3) for f in exercise.get("fields")}},
        "a word in each box": {"texts": {f["id"]: "yes" for f in exercise.get("fields")}},
    }
