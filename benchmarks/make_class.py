"""A class made from the key: learners who read well, half well or hardly, with the misreadings that are usual.

Everything is drawn from a seed, so that the same class comes out on every machine.
"""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from copydesk import __version__
from copydesk.answers.handin import HANDIN_SCHEMA, KIND
from copydesk.base.spans import Span, words
from copydesk.base.wording import choice_labels
from copydesk.exercises.exercise import Box, Exercise
from copydesk.exercises.form import Form, Question
from copydesk.exercises.sort import Sort
from copydesk.exercises.write import Write
from copydesk.lessons.lesson import Lesson, list_lessons, load_lesson
from copydesk.story.key import Key

FIRST = (
    *("Amira", "Zoë", "Jonas", "Mei", "Ólafur", "Priya", "Tomás", "Aiko", "Nils"),
    *("Fatima", "Ewa", "Samuel", "Inês", "Li"),
)
LAST = (
    *("Haddad", "Ñandú", "Berg", "Chen", "Jónsdóttir", "Rao", "Vega", "Sato", "Lind"),
    *("Okafor", "Nowak", "Roth", "Sá", "Wu"),
)
WORDS = (
    *("the", "text", "names", "a", "source", "but", "gives", "no", "reason", "so", "reader", "cannot", "check"),
    *("it", "and", "may", "read", "word", "either", "way", "which", "is", "why", "other", "wording", "was", "open"),
)
Answer = dict[str, Any]


def make_class(folder: Path, learners: int, *, seed: int = 1) -> Path:
    """Write hand-ins of that many learners as Moodle gives them out; gives back the roster beside them."""
    lessons = [
        load_lesson(name) for name in list_lessons()
    ]  # each on the story it belongs to, else on the built-in one
    roster = folder.with_name(f"{folder.name}_roster.csv")
    folder.mkdir(parents=True, exist_ok=True)
    with roster.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("Identifier", "Full name", "Email address"))
        for number in range(learners):
            dice = random.Random(f"{seed}/{number}")
            name = f"{dice.choice(FIRST)} {dice.choice(LAST)} {number}"
            writer.writerow((f"Participant {4_000_000 + number}", name, f"learner{number}@example.org"))
            home = folder / f"{name}_{4_000_000 + number}_assignsubmission_file"
            home.mkdir(exist_ok=True)
            (home / f"handin_{number}.json").write_bytes(handin(name, lessons, dice))
    return roster


def handin(name: str, lessons: list[Lesson], dice: random.Random) -> bytes:
    """One learner's hand-in, as `copydesk.answers.handin.pack` writes it."""
    skill = min(0.98, max(0.15, dice.gauss(0.68, 0.2)))
    answers = [document(name, lesson, skill, dice) for lesson in lessons]
    whole = {"schema": HANDIN_SCHEMA, "kind": KIND, "kit": __version__, "learner": name, "story": ""}
    return json.dumps({**whole, "made": stamp(dice), "answers": answers}, ensure_ascii=False, sort_keys=True).encode()


def document(name: str, lesson: Lesson, skill: float, dice: random.Random) -> Answer:
    """A lesson's answer file; here and there an exercise is left out."""
    about = {"schema": 1, "kit": __version__, "story": lesson.story.id, "lesson": lesson.id, "learner": name}
    times = {"created": stamp(dice), "changed": stamp(dice), "sha256": lesson.story.about["sha256"]}
    entries = {e.id: entry(lesson, e, skill, dice) for e in lesson.exercises if dice.random() < 0.96}
    return {**about, **times, "exercises": {n: e for n, e in entries.items() if e}}


def entry(lesson: Lesson, exercise: Exercise, skill: float, dice: random.Random) -> Answer:
    """One exercise: a try, and after a miss the second that the lesson gives; mere practice is not checked."""
    answers, tries = [attempt(lesson, exercise, skill, dice)], []
    if exercise.tries or exercise.points:
        tries.append(checked(lesson, exercise, answers[0], dice))
        if exercise.tries > 1 and tries[0]["score"] < exercise.bar and dice.random() < 0.9:
            answers.append(attempt(lesson, exercise, min(1, skill + 0.2), dice))
            tries.append(checked(lesson, exercise, answers[1], dice))
    times = {"changed": stamp(dice), "rev": len(answers), "round": 1}
    return {"answer": answers[-1], "others": [], "tries": tries, **times}


def checked(lesson: Lesson, exercise: Exercise, answer: Answer, dice: random.Random) -> Answer:
    """A try with what the lesson said to it."""
    on = lesson.on_story_of(exercise)
    key = KEYS.setdefault((on.story.id, on.id), on.key)
    earned = exercise.outcome(answer, key, on.story.article.text).score
    return {"answer": answer, "score": earned, "points": earned * exercise.points, "at": stamp(dice), "round": 1}


def attempt(lesson: Lesson, exercise: Exercise, skill: float, dice: random.Random) -> Answer:
    """One answer, right in parts: each part with the learner's skill."""
    best = BEST.get(exercise.key_name) or BEST.setdefault(exercise.key_name, _best(lesson, exercise))
    answer: Answer = json.loads(dice.choice(best))
    if isinstance(exercise, Form):
        right = answer.get("values", {})
        return {"values": {q.id: _value(q, right.get(q.id), skill, dice) for q in exercise.questions}}
    if isinstance(exercise, Write):
        boxes = (*exercise.fields, *exercise.edits)
        picked = answer.get("evidence", []) if dice.random() < skill + 0.2 else []
        return {"texts": {b.id: _text(b, skill, dice) for b in boxes}, "evidence": picked}
    if isinstance(exercise, Sort) and not answer:  # a vote: each item leans its own way
        classes = [*choice_labels(exercise.choices)]
        lean = {i.id: random.Random(f"{exercise.key_name}/{i.id}").random() for i in exercise.items}
        return {"choices": {i: classes[dice.random() > part] for i, part in lean.items()}}
    if "groups" in answer:
        answer["groups"] = [*_marks(lesson, exercise, answer["groups"], skill, dice)]
    if "choices" in answer:
        name = exercise.choices if isinstance(exercise, Sort) else "known"
        classes, right = [*choice_labels(name)], answer["choices"]
        answer["choices"] = {i: c if dice.random() < skill else dice.choice(classes) for i, c in right.items()}
    for n in range(1, len(answer.get("order", ()))):
        if dice.random() > skill:
            answer["order"][n - 1 : n + 1] = answer["order"][n - 1 : n + 1][::-1]
    return answer


BEST: dict[str, list[str]] = {}
KEYS: dict[tuple[str, str], Key | None] = {}


def _best(lesson: Lesson, exercise: Exercise) -> list[str]:
    lesson = lesson.on_story_of(exercise)
    assert lesson.key is not None
    models = exercise.model_answers(lesson.key, lesson.story.article.text)
    good = [a for a in models.values() if exercise.outcome(a, lesson.key, lesson.story.article.text).score == 1]
    return [json.dumps(a) for a in good] or ["{}"]


def _marks(
    lesson: Lesson, exercise: Exercise, groups: list[Answer], skill: float, dice: random.Random
) -> Iterator[Answer]:
    """Some marks are missed, some begin or end a word off, some have another label, and some stand on plain words."""
    lesson = lesson.on_story_of(exercise)
    text = lesson.story.article.text
    for group in groups:
        if dice.random() > 0.3 + 0.7 * skill:
            continue
        labels = {n: v if dice.random() < skill else _other(exercise, n, v, dice) for n, v in group["labels"].items()}
        roles = {r: s for r, s in group.items() if r != "labels" and dice.random() < 0.5 + skill / 2}
        yield {**{r: [_off(text, s, skill, dice) for s in spans] for r, spans in roles.items()}, "labels": labels}
    region = [lesson.story.article.block(b).span for b in exercise.region] or [Span(0, len(text))]
    for _ in range(dice.choice((0, 0, 1, 1, 2, 4)) if dice.random() > skill else 0):
        found = words(text, dice.choice(region))
        at = dice.randrange(len(found))
        last = found[min(len(found) - 1, at + dice.randrange(1, 5))]
        yield {dice.choice(exercise.mark_roles()): [[found[at].start, last.end]], "labels": {}}


def _other(exercise: Exercise, name: str, value: str, dice: random.Random) -> str:
    known = exercise.labels_of(name)
    return dice.choice([v for v in known if v != value])


def _off(text: str, span: list[int], skill: float, dice: random.Random) -> list[int]:
    found = words(text, Span(*span))
    if dice.random() < skill or len(found) < 3:
        return span
    return [found[1].start, span[1]] if dice.random() < 0.5 else [span[0], found[-2].end]


def _value(question: Question, right: Any, skill: float, dice: random.Random) -> Any:
    if right is not None and dice.random() < skill:
        return right
    if question.options:
        return dice.choice([*question.options])
    if question.max is not None:
        return dice.randint(int(question.min or 0), int(question.max))
    return " ".join(dice.choices(WORDS, k=12)) if dice.random() < 0.8 else None


def _text(box: Box, skill: float, dice: random.Random) -> str:
    low = box.min
    return " ".join(dice.choices(WORDS, k=dice.randint(low, low + 25))) if dice.random() < 0.4 + skill else "not sure"


def stamp(dice: random.Random) -> str:
    """A moment in one term."""
    day = f"2026-{dice.randint(2, 5):02}-{dice.randint(1, 28):02}"
    return f"{day}T{dice.randint(7, 22):02}:{dice.randint(0, 59):02}:00Z"
