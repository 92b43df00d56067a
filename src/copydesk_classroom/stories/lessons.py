"""The sections of lessons 01 to 03 for a story, made from its confirmed key, and written beside those made by hand.

A section is what one exercise gets; where the key has nothing for an exercise, the section says why it is left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from copydesk.base.documents import Damaged, Json, decode_toml
from copydesk.base.errors import CopydeskError
from copydesk.base.files import write
from copydesk.base.spans import fingerprint, words
from copydesk.exercises.exercise import place
from copydesk.lessons.lesson import Lesson, load_lesson
from copydesk.story.key import Entry
from copydesk.story.story import Story, forget_stories, load_story
from copydesk_classroom.checking import check_scoring
from copydesk_classroom.stories import questions as made_of
from copydesk_classroom.stories.confirm import is_confirmed, read_raw_key, write_raw_key
from copydesk_classroom.stories.questions import (
    ASKED,
    Generator,
    Made,
    about_source,
    ask,
    attributions,
    headline,
    key_of,
    provenance,
    unnamed,
)
from copydesk_classroom.wording import class_wording

MADE = ("01_what_is_on_the_page", "02_who_says_so", "03_how_strong_is_the_sourcing")
"""The lessons that are made from a key."""
PAGE = {"furniture", "paragraphs", "sentences"}
"""Layers that count before they are confirmed: exercises show the whole page anyway."""

MOST_BLOCKS, MOST_SENTENCES, MOST_TOLD = 60, 40, 12
"""How many blocks and sentences there are to sort, and paragraphs to mark: a long page has hundreds."""


@dataclass(frozen=True, slots=True)
class Section:
    """What a story says for one exercise: settings for `lessons.toml`, and answers for `key.json`."""

    settings: Json
    answers: Json = field(default_factory=dict)


def _form_of(
    *generators: Generator, fewest: int = 2, reason: str = "easy", **settings: Any
) -> Callable[[Story], Section | None]:
    """A section of questions, in the order of their generators; with fewer than asked, a reason to leave it out."""

    def section(story: Story) -> Section | None:
        return _questions([m for make in generators if (m := make(story))], fewest=fewest, reason=reason, **settings)

    return section


def _questions(made: Sequence[Made], *, fewest: int, reason: str, **settings: Any) -> Section | None:
    if len(made) < fewest:
        return _left_out(reason)
    if not made:
        return None
    answers = {m.question["id"]: m.answer for m in made}
    sizes = [len(m.question["options"]) for m in made if isinstance(m.question.get("options"), dict)]
    places = sorted(range(min(sizes, default=1)), key=lambda n: fingerprint(f"{made[0].question['text']} {n}"))
    asked = [_placed(m, places[n % len(places)]) for n, m in enumerate(made)]
    return Section({**settings, "questions": asked}, answers)


def _placed(made: Made, place: int) -> Json:
    """A question with the right choice at a place: each in turn, in a mixed order, so that none is always right."""
    options = made.question.get("options")
    if not isinstance(options, dict) or "accept" not in made.answer:
        return made.question
    right = made.answer["accept"][0]
    ids = sorted((i for i in options if i != right), key=lambda i: fingerprint(options[i]))
    ids.insert(place, right)
    return {**made.question, "options": {i: options[i] for i in ids}}


def page_blocks(story: Story) -> Section | None:
    """The blocks to sort: of a long page the first ones."""
    found = [b.id for b in story.article.blocks]
    return Section({"region": found[:MOST_BLOCKS]}) if len(found) > MOST_BLOCKS else None


def traces(story: Story) -> Section:
    """How many traces of another newsroom are enough: three, or all that there are."""
    n = sum(e["kind"] in ("furniture", "missing_dateline", "republication") for e in key_of(story).layer("quirks"))
    return Section({} if n >= 3 else {"need": n}) if n >= 2 else _left_out("traces")


def ticket(story: Story) -> Section | None:
    """The exit ticket of the lesson on the page; its words do not say how many questions there are."""
    made = [m for make in (made_of.furniture, made_of.line, made_of.blocks) if (m := make(story))]
    return _questions(made, fewest=2, reason="easy", prompt=class_wording("questions")["exit"]["prompt"])


def missing_reporter(story: Story) -> Section | None:
    """A case for a text: what the name of a reporter would tell, where the page names none."""
    data = class_wording("questions")["missing_reporter"]
    if provenance(story).get("reporter") or not (head := headline(story)):
        return None
    samples = [{**sample, "evidence": [[head.start, head.end]]} for sample in data["samples"]]
    return Section({"title": data["title"], "prompt": data["prompt"]}, {"samples": samples})


@dataclass(frozen=True, slots=True)
class Shared:
    """How the paragraphs with attributions are shared out among the exercises that mark them."""

    worked: tuple[str, ...] = ()
    mark_help: tuple[str, ...] = ()
    mark_cues: tuple[str, ...] = ()
    mark_alone: tuple[str, ...] = ()


def share_out(story: Story) -> Shared:
    """The example takes the first clear paragraph, help the next, and the last half is for a learner alone.

    >>> from copydesk import load_story
    >>> share_out(load_story("practice"))
    Shared(worked=('p1',), mark_help=('p2',), mark_cues=(), mark_alone=('p3', 'p4', 'p5'))
    """
    regions = [e["region"] for e in attributions(story)]
    ids = [p.id for p in story.article.paragraphs]
    every = [name for name in ids if name in regions]
    told = every[:MOST_TOLD]
    ids = ids[: ids.index(every[MOST_TOLD])] if len(every) > MOST_TOLD else ids
    if len(told) < 3:
        return Shared(worked=tuple(told[:1])) if len(told) == 2 and len(regions) < 4 else Shared(mark_alone=tuple(told))
    doubtful = [e for e in attributions(story) if any("not_an_attribution" in a.patch for a in e.alternatives)]
    firm = {e["region"] for e in attributions(story) if e not in doubtful}  # something there must be marked
    clear = firm - {e["region"] for e in doubtful}
    example = next((name for name in told if name in clear), told[0])
    begun = next((name for name in told if name in firm and name != example), "")
    left, rest = ([name for name in names if name not in (example, begun)] for names in (told, ids))
    # Plain paragraphs in between are part of an exercise too: in them a learner can mark too much.
    cues = rest[: rest.index(left[len(left) // 2])] if len(left) > 2 else []
    cues = cues if firm & {*cues} else []
    return Shared((example,), (begun,) if begun else (), tuple(cues), tuple(rest[len(cues) :]))


def worked(story: Story) -> Section:
    """The example: all attributions of its paragraph, marked."""
    region = share_out(story).worked
    given = [_given(e, "source", "cue", "content", label=True) for e in attributions(story, region)]
    return Section({"region": region, "worked": True, "given": given}) if given else _left_out("mark")


def mark_help(story: Story) -> Section:
    """One attribution is begun: its source and its cue, or what there is of them."""
    region = share_out(story).mark_help
    entries = sorted(attributions(story, region), key=lambda e: (not e["counted"], bool(e.alternatives)))
    begun = [g for e in entries if (g := _given(e, "source", "cue"))] if region else []
    return Section({"region": region, "given": begun[:1]}) if begun else _left_out("mark")


def mark_cues(story: Story) -> Section:
    """All cues of its paragraphs are given."""
    region = share_out(story).mark_cues
    entries = attributions(story, region) if region else ()
    given = [g for e in entries if (g := _given(e, "cue"))]
    if not given:
        return _left_out("mark")
    return Section({"region": region, "given": given, "prompt": _cues_prompt(entries)})


def mark_alone(story: Story) -> Section:
    """The rest of the story, plain paragraphs too; something in it must be an attribution in every reading."""
    region = share_out(story).mark_alone
    there = attributions(story, region) if region else ()
    firm = any(not any("not_an_attribution" in a.patch for a in e.alternatives) for e in there)
    return Section({"region": region}) if firm else _left_out("mark")


def voice(story: Story) -> Section:
    """All sentences, unless nearly all of them have one voice; of a long page the first ones."""
    taken: list[str] = []
    for paragraph, sentences in ((p.id, story.article.sentences_of(p.id)) for p in story.article.paragraphs):
        taken += [paragraph] * len(sentences)
        if len(taken) >= MOST_SENTENCES:
            return Section({"region": [*dict.fromkeys(taken)]})
    return Section({})


def who(story: Story) -> Section | None:
    """Who is meant by words that stand in for a speaker, and whose words have no speaker beside them: four at most.

    No speaker is the answer more than twice, so that a favourite guess does not earn the points.
    """
    makers, chosen = (made_of.who_is, made_of.carried), list[Made]()
    for entry in attributions(story):
        for made in (m for make in makers if (m := make(story, entry))):
            if [m.answer["accept"] for m in chosen].count(made.answer["accept"]) < 2 and len(chosen) < 4:
                chosen.append(made)
    return _questions(chosen, fewest=2, reason="who")


def foil(story: Story) -> Section | None:
    """The finder beside the key, for a story that it can read."""
    return _questions([m for make in (made_of.whole, made_of.missed) if (m := make(story))], fewest=2, reason="foil")


def kinds(story: Story) -> Section:
    """A source of each speaker, six at most, and one sentence that has none."""
    key, text = key_of(story), story.article.text
    best: dict[str, Entry] = {}
    for entry in attributions(story):
        spans = entry.spans("source")
        if spans and (
            entry["speaker"] not in best
            or len(words(text, spans[0])) > len(words(text, best[entry["speaker"]].spans("source")[0]))
        ):
            best[entry["speaker"]] = entry
    sources = {e["name"]: e for e in key.layer("sources")}
    items: list[Json] = []
    answers: dict[str, Json] = {}
    why = class_wording("questions")["kind_why"]
    for entry in sorted(best.values(), key=lambda e: e.spans("source")[0])[:6]:
        span, name = entry.spans("source")[0], f"s{len(items) + 1}"
        both = (e for e in (entry, sources.get(entry["speaker"])) if e)
        others = [a.patch["kind"] for e in both for a in e.alternatives if "kind" in a.patch]
        accept = [*dict.fromkeys((entry["kind"], *others))]
        items.append({"id": name, "where": place(entry["region"]), "span": [span.start, span.end]})
        answers[name] = {"accept": accept, "why": why[entry["kind"]]}
    said = [s for e in key.attributions for role in ("source", "cue", "content") for s in e.spans(role)]
    own = (e for e in reversed(key.layer("sentences")) if e["voice"] == "reporter" and not e.alternatives)
    plain = next((e for e in own if not any(map(e.spans("span")[0].overlap, said))), None)
    if plain and len(items) > 1:
        span, region = plain.spans("span")[0], plain.id.split(".")[0]
        items.append({"id": "s0", "where": place(region), "span": [span.start, span.end]})
        answers["s0"] = {"accept": ["none"], "why": why["none"]}
    return Section({"items": items}, answers) if len(items) > 2 else _left_out("kinds")


def rules(story: Story) -> Section | None:
    """Three rules for a source that is not named."""
    if (entry := unnamed(story)) is None:
        return _left_out("unnamed")
    prompt = class_wording("questions")["rules"]["prompt"].format(**about_source(story, entry))
    made = [m for make in (made_of.same_sentence, made_of.another, made_of.quoted) if (m := make(story))]
    return _questions(made, fewest=3, reason="easy", region=[entry["region"]], prompt=prompt)


def note(story: Story) -> Section:
    """A case for a text: whether to run what somebody says who is not named."""
    data, entry = class_wording("questions")["note"], unnamed(story)
    if entry is None:
        return _left_out("unnamed")
    evidence = [[s.start, s.end] for role in ("source", "content") for s in entry.spans(role)[:1]]
    samples = [{**sample, "evidence": evidence} for sample in data["samples"]]
    return Section(
        {"prompt": data["prompt"].format(**about_source(story, entry)), "region": [entry["region"]]},
        {"samples": samples},
    )


SECTIONS: Mapping[str, Mapping[str, Callable[[Story], Section | None]]] = {
    MADE[0]: {
        "provenance": _form_of(
            made_of.agency, made_of.reporter, made_of.publisher, made_of.weekday, fewest=3, reason="provenance"
        ),
        "blocks": page_blocks,
        "traces": traces,
        "explain": missing_reporter,
        "exit": ticket,
    },
    MADE[1]: {
        "predict": _form_of(made_of.machine, fewest=0),
        "worked": worked,
        "mark_help": mark_help,
        "mark_cues": mark_cues,
        "mark_alone": mark_alone,
        "voice": voice,
        "who": who,
        "foil": foil,
    },
    MADE[2]: {
        "recall": _form_of(made_of.count, made_of.form, made_of.cue, fewest=0),
        "predict": _form_of(made_of.share_guess, fewest=0),
        "kinds": kinds,
        "rules": rules,
        "numbers": _form_of(made_of.share, made_of.hhi, made_of.effective, made_of.dropped, fewest=4, reason="numbers"),
        "note": note,
    },
}
"""By lesson and exercise, what makes the section; None leaves the exercise as the lesson has it for any story."""
EASY = {"voice": "voice", "kinds": "kinds", "who": "who"}
"""Why an exercise is left out whose answers without thought earn too much, by exercise."""


def make_sections(story: Story, *, by_hand: Iterable[str] = ()) -> dict[str, dict[str, Section]]:
    """The sections of each lesson that is made from a key, without those written `by_hand` (`lesson/exercise`).

    An exercise that fails a check of its scoring is left out, so that `copydesk check` finds no fault in what is made.
    """
    if story.key is None:
        raise CopydeskError(f"'{story.id}' has no key here", "questions are made from key.json")
    confirmed = {n: tuple(e for e in es if n in PAGE or is_confirmed(e.data)) for n, es in story.key.entries.items()}
    story = replace(story, key=replace(story.key, entries=confirmed))
    kept = {*by_hand}
    made: dict[str, dict[str, Section]] = {}
    for lesson, makers in SECTIONS.items():
        sections = {
            name: section
            for name, make in makers.items()
            if f"{lesson}/{name}" not in kept and (section := make(story))
        }
        for name in _failing(_joined(story, lesson, sections)) & sections.keys():
            sections[name] = _left_out(EASY.get(name, "easy"))
        made[lesson] = sections
    for record in key_of(story).more.get(ASKED, ()):
        with suppress(CopydeskError):  # the editor says what is wrong with it
            _add_question(story, made, made_of.ask_in(record), ask(story, record), kept)
    return made


def _add_question(
    story: Story, made: dict[str, dict[str, Section]], where: tuple[str, str], asked: Made, by_hand: set[str]
) -> None:
    """Let an exercise ask one more question, or the exit ticket where the exercise would be guessed too easily."""
    lesson, exercise = where
    if lesson not in made and lesson not in story.lessons:
        return
    for name in dict.fromkeys((exercise, "exit")):
        sections = made.get(lesson, {})
        before = sections.get(name, Section({}))
        settings = {n: v for n, v in before.settings.items() if n not in ("left_out", "questions")}
        sizes = asked.question["options"] if isinstance(asked.question.get("options"), dict) else "x"
        question = _placed(asked, int(fingerprint(asked.question["text"])[:4], 16) % len(sizes))
        questions = [*before.settings.get("questions", ()), question]
        grown = Section({**settings, "questions": questions}, {**before.answers, question["id"]: asked.answer})
        if f"{lesson}/{name}" in by_hand:
            continue
        if name not in _failing(_joined(story, lesson, {**sections, name: grown}), name):
            made[lesson] = {**sections, name: grown}
            return


def _joined(story: Story, lesson: str, sections: Mapping[str, Section]) -> Lesson:
    """A lesson on the story with these sections."""
    own = {**story.lessons.get(lesson, {}), **{name: section.settings for name, section in sections.items()}}
    names = {f"{lesson}/{name}": section.answers for name, section in sections.items()}
    key = key_of(story)
    kept = {name: answers for name, answers in key.answers.items() if name not in names}
    keyed = replace(key, answers={**kept, **{name: answers for name, answers in names.items() if answers}})
    return load_lesson(lesson, replace(story, key=keyed, lessons={**story.lessons, lesson: own}))


def _failing(lesson: Lesson, exercise: str = "") -> set[str]:
    """The exercises of a lesson that fail a check of their scoring, or this one if it does."""
    if exercise:
        lesson = replace(lesson, exercises=tuple(e for e in lesson.exercises if e.id == exercise))
    return {check.exercise for check in check_scoring(lesson) if not check.holds}


# --- Writing ---


def write_lessons(folder: Path) -> dict[str, dict[str, Section]]:
    """Make the sections of a story's lessons from its key, and write them into its `lessons.toml` and `key.json`.

    What stands in `lessons.toml` above the line that says “Made from the key” is written by hand: it stays, and so do
    its answers. What stands below that line, with its answers, is made again. Returns what was made.
    """
    path, data = folder / "lessons.toml", class_wording("questions")["file"]
    there = path.read_text("utf-8") if path.is_file() else f"{data['head']}\n"
    above, _, below = there.partition(data["mark"])
    written, earlier = _sections_in(above, path), _sections_in(below, path)
    story = load_story(folder)
    story = replace(story, lessons={lesson: _read(above, path).get(lesson, {}) for lesson in story.lessons})
    made = make_sections(story, by_hand=written)
    told = [
        f"[{lesson}.{name}]\n{_toml(section.settings)}" for lesson, of in made.items() for name, section in of.items()
    ]
    told = [
        f"[{lesson}]\n" for lesson in made if not made[lesson] and not any(n.startswith(lesson) for n in written)
    ] + told
    answers = {f"{lesson}/{name}": s.answers for lesson, of in made.items() for name, s in of.items() if s.answers}
    raw = read_raw_key(folder)
    kept = {n: a for n, a in raw.get("answers", {}).items() if n not in earlier or n in written}
    text = above.rstrip("\n") + f"\n\n{data['mark']}\n\n" + "\n".join(told)
    if re.search("[\ud800-\udfff]", text):
        raise CopydeskError(f"{folder / 'key.json'} holds half of a character", "write the words anew in the editor")
    write_raw_key(folder, {**raw, "answers": {**kept, **answers}})
    write(path, text.encode("utf-8"), keep=True)
    forget_stories()
    return made


def _read(toml: str, path: Path) -> Json:
    try:
        return decode_toml(toml.encode("utf-8"))
    except Damaged as damaged:
        raise CopydeskError(f"{path} {damaged}: {damaged.__cause__ or ''}".rstrip(": "), "correct that line") from None


def _sections_in(toml: str, path: Path) -> set[str]:
    """The sections of a piece of TOML, as `lesson/exercise`."""
    return {f"{lesson}/{name}" for lesson, own in _read(toml, path).items() if isinstance(own, dict) for name in own}


def _toml(settings: Json) -> str:
    return "".join(f"{name} = {_listing(value)}\n" for name, value in settings.items())


def _listing(value: object) -> str:
    """A value as TOML; a list of tables takes a line for each."""
    if isinstance(value, list) and value and all(isinstance(v, dict) for v in value):
        return "[\n" + "".join(f"  {_value(v)},\n" for v in value) + "]"
    return _value(value)


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_name(str(n))} = {_value(v)}" for n, v in value.items())
        return f"{{ {inner} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    # A text of JSON is a text of TOML, as long as no half of a surrogate pair is in it.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _name(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else json.dumps(name, ensure_ascii=False)


def _left_out(reason: str) -> Section:
    return Section({"left_out": class_wording("questions")["left_out"][reason]})


def _given(entry: Entry, *roles: str, label: bool = False) -> Json:
    """Marks that are there from the start: these roles of an attribution, as far as it has them."""
    spans = {role: [[s.start, s.end] for s in entry.spans(role)] for role in roles if entry.spans(role)}
    return {**spans, "labels": {"form": entry["form"]}} if label else spans


def _cues_prompt(entries: Sequence[Entry]) -> str:
    data = class_wording("questions")["cues"]
    without_cue = sum(not e.spans("cue") for e in entries)
    return str(data["prompt"] + (" " + data["without"].format(n=without_cue) if without_cue else ""))
