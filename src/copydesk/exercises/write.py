"""Checking written answers: the machine checks the form, a person the content.

Form means: every box holds enough words of the learner's own (and, where asked, enough attributions), an edited stretch
of the page differs from the page in at least one word, and evidence is picked from the page, from enough paragraphs.
Evidence is always verbatim, since it is a span. An edited stretch is kept only where it differs: the page's own words
stay on the page.

What moved between a stretch of the page and a learner's version of it, as rows for a table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from copydesk.base.caching import ByIdentity
from copydesk.base.spans import WORD, Span
from copydesk.base.wording import load_wording
from copydesk.exercises.exercise import Exercise
from copydesk.exercises.mark_match import spans_from
from copydesk.exercises.outcome import Answer, Note, Outcome, well_formed
from copydesk.story.key import Key


def score(exercise: Exercise, answer: Answer, key: Key, text: str) -> Outcome:
    """Check the form; `answer` is `{"texts": {field or edit: words}, "evidence": [[start, end], …]}`."""
    answer = own_words(exercise, answer, text)
    texts, picked = answer.get("texts", {}), spans_from(answer.get("evidence", []), len(text))
    notes = [_edit_note(e, texts.get(e["id"]), text) for e in exercise.get("edits", ())]
    notes += [_text_note(f, str(texts.get(f["id"]) or "")) for f in exercise.get("fields", ())]
    if exercise.get("evidence"):
        places = sum(any(b.overlap(s) for s in picked) for b in _blocks(ByIdentity(key)))
        notes.append(_evidence_note(exercise.get("evidence"), len(picked), places))
    done = sum(n.earned for n in notes) / sum(n.possible for n in notes)
    attempted = bool(picked) or any(str(t or "").strip() for t in texts.values())
    samples = _samples(ByIdentity(exercise), ByIdentity(key), text) if done == 1 else ()
    return Outcome.of(done, [*notes, *samples], bar=1.0, attempted=attempted)


def original(edit: Mapping[str, Any], text: str) -> str:
    """The words of the page that a learner edits, looked up where they stand."""
    return Span(*edit["span"]).of(text)


def own_words(exercise: Exercise, answer: Answer, text: str) -> Answer:
    """An answer without the page's words: an edited stretch left as it stands on the page is no answer."""
    texts = answer.get("texts")
    if not exercise.get("edits") or not isinstance(texts, dict):
        return answer
    same = {e["id"] for e in exercise.get("edits") if str(texts.get(e["id"])).split() == original(e, text).split()}
    return {**answer, "texts": {n: t for n, t in texts.items() if n not in same}}


def _edit_note(edit: Mapping[str, Any], given: object, text: str) -> Note:
    if isinstance(given, str) and WORD.findall(given) != WORD.findall(original(edit, text)):
        return _text_note(edit, given)
    fault = load_wording("strings")["edit"]["same"].format(label=edit["label"])
    return Note(edit["id"], edit["label"], 0, 1, fault, fault)


def _text_note(field: Mapping[str, Any], given: str) -> Note:
    found = [w.lower() for w in WORD.findall(given)]
    fault = _text_fault(field, given, found)
    done = load_wording("strings")["write"]["done"].format(label=field["label"], n=len(found))
    return Note(field["id"], field["label"], float(not fault), 1, fault, fault or done)


def _text_fault(field: Mapping[str, Any], given: str, found: Sequence[str]) -> str:
    say, label, n = load_wording("strings")["write"], field["label"], len(found)
    low, high, wanted = field.get("min", 3), field.get("max", 200), field.get("attributions", 0)
    if n < low:
        return str(say["short"].format(label=label, n=n, min=low))
    if n > high:
        return str(say["long"].format(label=label, n=n, max=high))
    if 2 * len(set(found)) < min(n, 20):
        return str(say["repeats"].format(label=label))
    if wanted and (seen := _attributions(given)) < wanted:
        return str(say["attributions"].format(label=label, n=seen, min=wanted))
    return ""


@lru_cache(maxsize=256)
def _attributions(given: str) -> int:
    """How many attributions the finder sees; reading takes a while, and one text is often scored again and again."""
    from copydesk.attribution import find_attributions

    return len(find_attributions(given))


def _evidence_note(wanted: Mapping[str, int], found: int, places: int) -> Note:
    say = load_wording("strings")["write"]
    fault = ""
    if found < wanted["min"]:
        fault = say["few"].format(n=found, min=wanted["min"])
    elif places < wanted.get("places", 1):
        fault = say["one_place"].format(n=places, min=wanted.get("places", 1))
    return Note("evidence", say["evidence"], float(not fault), 1, fault, fault or say["picked"].format(n=found))


@lru_cache(maxsize=16)
def _blocks(key: ByIdentity[Key]) -> tuple[Span, ...]:
    return tuple(e.spans("span")[0] for layer in ("furniture", "paragraphs") for e in key.value.layer(layer))


@lru_cache(maxsize=64)
def _samples(of: ByIdentity[Exercise], key: ByIdentity[Key], text: str) -> tuple[Note, ...]:
    say, exercise = load_wording("strings")["write"], of.value
    samples = key.value.answers.get(exercise.key_name, {}).get("samples", ())
    return tuple(
        Note(f"sample-{n}", say["sample"].format(n=n), 0, 0, reveal="\n\n".join(_texts(exercise, s, text).values()))
        for n, s in enumerate(samples, 1)
    )


def _texts(exercise: Exercise, sample: Mapping[str, Any], text: str) -> dict[str, str]:
    """The boxes of a sample; an edit is kept as replacements `[start, end, words]` and made from the page here."""
    changed = sample.get("edits", {})
    made = {
        e["id"]: replaced(text, e["span"], changed[e["id"]]) for e in exercise.get("edits", ()) if e["id"] in changed
    }
    return {**made, **sample.get("texts", {})}


def replaced(text: str, span: Sequence[int], changes: Sequence[Sequence[Any]]) -> str:
    """A stretch of the page with other words in some places of it.

    >>> replaced("The old ferry sails.", (0, 20), [(4, 7, "new"), (14, 19, "rests")])
    'The new ferry rests.'
    """
    out, at = "", span[0]
    for start, end, new in sorted(changes, key=lambda change: change[0]):
        out, at = out + text[at:start] + new, end
    return out + text[at : span[1]]


def model_answers(exercise: Exercise, key: Key, text: str) -> dict[str, Answer]:
    """The key's samples, of opposed minds: all must be complete."""
    samples = key.answers.get(exercise.key_name, {}).get("samples", ())
    return {
        f"sample {s['view']}": {"texts": _texts(exercise, s, text), "evidence": s.get("evidence", [])} for s in samples
    }


def lazy_answers(exercise: Exercise, key: Key, text: str) -> dict[str, Answer]:
    """One word in every box, however often, or the page as it stands: must not pass as complete."""
    edits = exercise.get("edits", ())
    boxes = [*edits, *exercise.get("fields", ())]
    answers: dict[str, Answer] = {
        "one word again and again": {"texts": {b["id"]: "yes " * b.get("min", 3) for b in boxes}},
        "a word in each box": {"texts": {b["id"]: "yes" for b in boxes}},
    }
    if edits:
        answers["the page as it stands"] = {"texts": {e["id"]: original(e, text) for e in edits}}
    return answers


Row = list[str]


def measures(exercise: Exercise, answer: Answer, text: str) -> dict[str, list[Row]]:
    """For each edit, the measures that are not 0 in both: name, value on the page, value in the learner's version."""
    if not exercise.get("edits"):
        return {}
    from copydesk.framing import compare, measure  # only where it is needed: it reads its word lists

    texts = well_formed(answer).get("texts", {})
    found = {}
    for edit in exercise.get("edits"):
        page = original(edit, text)
        changes = compare(measure(page), measure(str(texts.get(edit["id"]) or page)))
        found[edit["id"]] = [[c.label, str(c.before), str(c.after)] for c in changes if c.before or c.after]
    return found
