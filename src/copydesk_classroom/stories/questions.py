"""Questions made from an answer key: with them lessons 01 to 03 need no TOML by hand.

A generator is a function from a story to one question with its answer, reason and hint, or to None where the story has
nothing for it. `lessons.py` puts them together. The same key gives the same questions.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from copydesk.base.documents import Json
from copydesk.base.errors import CopydeskError
from copydesk.base.spans import Span, fingerprint, words
from copydesk.base.wording import is_english, load_wording
from copydesk.exercises.exercise import place
from copydesk.story.key import Entry, Key
from copydesk.story.story import Story
from copydesk.views.comparisons import FinderComparison, compare_finder
from copydesk.views.sourcing import counted, diversity, totals, without
from copydesk_classroom.wording import class_wording

TOLERANCE = 0.02
"""How far a share may be off; the lesson asks for this."""
FEWEST = 4
"""How many attributions a story must have to be measured."""
QUOTED = 5
"""How many words of a story a question quotes at most."""


@dataclass(frozen=True, slots=True)
class Made:
    """One question as a story's `lessons.toml` has it, and its answer as its key has it."""

    question: Json
    answer: Json


Generator = Callable[[Story], Made | None]


# --- Questions ---


def agency(story: Story) -> Made | None:
    """Which news agency reported the story; that the page names none is an answer too."""
    known = provenance(story)
    wrong = [known.get("publisher"), known.get("reporter"), *_people(story)[:1]]
    return _choice("agency", known.get("agency"), wrong, none=True)


def reporter(story: Story) -> Made | None:
    """Who the reporter is: the one of the byline, beside people that the story quotes."""
    known = provenance(story)
    return _choice("reporter", known.get("reporter"), [*_people(story)[:2], known.get("agency")], none=True)


def publisher(story: Story) -> Made | None:
    """Which site published the page."""
    known = provenance(story)
    wrong = [known.get("agency"), known.get("reporter"), *_people(story)[:1]]
    return _choice("publisher", known.get("publisher"), wrong, none=True) if known.get("publisher") else None


def weekday(story: Story) -> Made | None:
    """Which date a day of the week means that the story names, where it tells of what has happened."""
    language = str(story.about["language"]).partition("-")[0]
    data = class_wording("questions")
    days, ahead = data["weekdays"].get(language, ()), {*data["ahead"].get(language, ())}
    for sentence in story.article.sentences:
        said = [w.of(story.article.text) for w in words(story.article.text, sentence.span)]
        named = [w for w in said if w in days]
        if len(named) != 1 or ahead & {w.lower() for w in said} or any(w in data["months"][language] for w in said):
            continue
        back = (story.date.weekday() - days.index(named[0])) % 7
        if back:  # on the day of the story itself, readers may take it for a week ago
            day = story.date - dt.timedelta(back)
            wrong = [_say_day(day + dt.timedelta(7 * n)) for n in (-1, 1, 2)]
            where, today = place(sentence.id.split(".")[0]), _say_day(story.date, named=True)
            return _choice("weekday", _say_day(day), wrong, Place=_title(where), word=named[0], today=today)
    return None


def furniture(story: Story) -> Made | None:
    """Which of three blocks is page furniture, by their first words."""
    found, told = _told_furniture(story), _say()["furniture"]
    plain = [_quote(story, p.span) for p in story.article.paragraphs if len(words(story.article.text, p.span)) > QUOTED]
    if not found or len(plain) < 2:
        return None
    label = told.get(found[0]["kind"], "")
    return _choice("furniture", _quote(story, found[0].spans("span")[0]), [plain[0], plain[-1]], label=label)


def line(story: Story) -> Made | None:
    """What a line of the page is: the kind of its last piece of furniture, beside kinds that the page does not have."""
    found = [e for e in _told_furniture(story) if e["kind"] in _say()["furniture"]]
    if len(found) < 2:  # the first of them is shown in another question
        return None
    right, wrong = _kinds_of_line(story, found[-1]["kind"])
    return _choice("line", right, wrong, words=_quote(story, found[-1].spans("span")[0]), label=f"{right}.")


def _kinds_of_line(story: Story, kind: str) -> tuple[str, list[str]]:
    """What a line of a kind is, in words, and two kinds that the page does not have."""
    told, there = _say()["furniture"], {e["kind"] for e in key_of(story).layer("furniture")}
    apart = ("advertisement", "photo_caption_credit", "byline", "newsletter", "rights_notice", "timestamp")
    said = [told[one].partition(". ")[0].rstrip(".") for one in (kind, *(k for k in apart if k not in there))]
    return said[0], said[1:3]


def blocks(story: Story) -> Made | None:
    """How many blocks of the page belong to the story; a line that can be read as story may be counted either way."""
    key = key_of(story)
    own, apart = len(key.layer("paragraphs")), key.layer("furniture")
    either = sum(any(a.patch.get("kind") == "story" for a in e.alternatives) for e in apart)
    told: Json = {"all": own + len(apart), "furniture": len(apart)}
    return _number("blocks", (own, own + either), most=own + len(apart), **told) if apart else None


def machine(story: Story) -> Made | None:
    """How many attributions the finder will find: a guess, before it is run."""
    n = len(counted(key_of(story), story.article.text))
    return _open("machine", most=n, n=n) if n and is_english(story.about["language"]) else None


def who_is(story: Story, entry: Entry) -> Made | None:
    """Who is meant by a source that is not named by its name, such as “she” or “the minister”."""
    text, spans = story.article.text, entry.spans("source")
    if not spans or _is_read_otherwise(entry):
        return None
    source = " ".join(spans[0].of(text).split())
    named = {w.of(entry["speaker"]).lower() for w in words(entry["speaker"])}
    if named & {w.of(text).lower() for w in words(text, spans[0])} or len(words(source)) > QUOTED:
        return None
    return _speaker_of("who", entry, story, word=source)


def carried(story: Story, entry: Entry) -> Made | None:
    """Whose words a quotation without a cue is."""
    content = entry.spans("content")
    if entry.spans("source") or not entry.get("carried_from") or not content:
        return None
    return _speaker_of("carried", entry, story, words=_quote(story, content[0]))


def _speaker_of(name: str, entry: Entry, story: Story, **told: Any) -> Made | None:
    """A question for the speaker of an attribution, which stands in a paragraph."""
    if not entry["region"].startswith("p"):
        return None
    wrong = [*_others(story, entry["speaker"])[:2], _word("reporter")]
    where = _title(place(entry["region"]))
    return _choice(name, entry["speaker"], wrong, id=f"{name}_{entry.id.lower()}", Place=where, **told)


def whole(story: Story) -> Made | None:
    """How many attributions the finder found whole."""
    found = _compared(story)
    n = len(found.matches) if found else 0
    return _number("whole", (found.count("whole"),) * 2, most=n, n=n) if found and n else None


def missed(story: Story) -> Made | None:
    """How many attributions the finder missed."""
    found = _compared(story)
    n = len(found.matches) if found else 0
    return _number("missed", (found.count("missed"),) * 2, most=n) if found and n else None


def count(story: Story) -> Made | None:
    """How many speakers have an attribution that counts."""
    n = len(totals(counted(key_of(story), story.article.text)))
    return _number("count", (n, n), most=max(20, n + 5), n=n) if n > 1 else None


def form(story: Story) -> Made | None:
    """The form of an attribution of which nothing can be read otherwise: one in marks if there is one."""
    plain = [e for e in attributions(story) if e["counted"] and not e.alternatives and e.spans("content")]
    chosen = next((e for e in plain if e["form"] == "mixed"), next(iter(plain), None))
    if chosen is None:
        return None
    shown = {
        "Place": _title(place(chosen["region"])),
        "words": _quote(story, chosen.spans("content")[0]),
    }
    return _listed("form", chosen["form"], "form", **shown)


def cue(story: Story) -> Made | None:
    """Which of three pieces of an attribution is its cue."""
    text = story.article.text
    for entry in attributions(story):
        source, cues, content = (entry.spans(role) for role in ("source", "cue", "content"))
        if source and cues and content and not entry.alternatives and words(text, cues[0]):
            wrong = [_quote(story, source[0]), _quote(story, content[0])]
            return _choice("cue", _quote(story, cues[0]), wrong, Place=_title(place(entry["region"])))
    return None


def share_guess(story: Story) -> Made | None:
    """A guess at how much of the attributed words one speaker has."""
    return _open("share_guess", most=1) if counted(key_of(story), story.article.text) else None


def same_sentence(story: Story) -> Made | None:
    """Whether an unnamed source and its words stand in one sentence."""
    if (entry := unnamed(story)) is None:
        return None
    spans = [s for role in ("source", "content") for s in entry.spans(role)]
    together = any(all(s.span.covers(span) for span in spans) for s in story.article.sentences)
    return _yes_no(story, "same_sentence", together, entry)


def another(story: Story) -> Made | None:
    """Whether somebody else speaks in the paragraph of an unnamed source."""
    if (entry := unnamed(story)) is None:
        return None
    speakers = {e["speaker"] for e in attributions(story) if e["region"] == entry["region"]}
    return _yes_no(story, "another", len(speakers) > 1, entry)


def quoted(story: Story) -> Made | None:
    """Whether an unnamed source is quoted; asked so that a paragraph does not earn “yes” to everything."""
    if (entry := unnamed(story)) is None:
        return None
    marks = entry["form"] in ("direct", "mixed")
    others = {str(made.answer["accept"][0]) for made in (same_sentence(story), another(story)) if made}
    if others == {"yes" if marks else "no"}:
        return _yes_no(story, "paraphrased", not marks, entry)
    return _yes_no(story, "quoted", marks, entry)


def share(story: Story) -> Made | None:
    """The share of the most quoted speaker, by attributions."""
    amounts = _amounts(story)
    if amounts is None:
        return None
    top, all_of_them = max(amounts.values()), sum(amounts.values())
    told: Json = {"top": top, "all": all_of_them, "value": f"{top / all_of_them:.2f}"}
    return _number("share", _around(top / all_of_them), most=1, **told)


def hhi(story: Story) -> Made | None:
    """The sum of squared shares, by attributions."""
    if (amounts := _amounts(story)) is None:
        return None
    value = diversity(amounts).hhi
    return _number("hhi", _around(value), most=1, value=f"{value:.2f}")


def effective(story: Story) -> Made | None:
    """The effective number of sources, by words: what follows from an HHI that is off by half a hundredth is right."""
    if _amounts(story) is None:
        return None
    value = diversity(totals(counted(key_of(story), story.article.text), by="words")).hhi
    between = (round(1 / (value + TOLERANCE / 4), 2), round(1 / max(value - TOLERANCE / 4, 0.01), 2))
    told: Json = {"hhi": f"{value:.2f}", "value": f"{1 / value:.1f}"}
    return _number("effective", between, most=20, **told)


def dropped(story: Story) -> Made | None:
    """The share of the most quoted speaker when one of its attributions is left out."""
    if (amounts := _amounts(story)) is None:
        return None
    items, top = counted(key_of(story), story.article.text), next(iter(amounts))
    n, item = next((n, i) for n, i in enumerate(items, 1) if i.speaker == top)
    left = totals(without(items, item.id))
    mine, all_of_them = left.get(top, 0), sum(left.values())
    told: Json = {"top": mine, "all": all_of_them, "value": f"{mine / all_of_them:.2f}"}
    return _number("dropped", _around(mine / all_of_them), most=1, n=n, speaker=top, **told)


# --- Questions from templates with blanks ---

ASKED = "asked"
"""A list of `key.json`: the questions that an instructor made, each a template and what fills its blanks."""
BLANK = "___"


def ask_in(record: Json) -> tuple[str, str]:
    """The lesson and the exercise that get a question."""
    said = _templates()[record["template"]]["ask_in"].format(lesson=record["blanks"].get("lesson", ""))
    lesson, _, exercise = said.partition("/")
    return lesson, exercise


def blanks_of(record: Json) -> list[str]:
    """The names of the blanks of a question."""
    found: list[str] = _templates()[record["template"]]["blanks"]
    return found


def ask(story: Story, record: Json) -> Made:
    """A question with its blanks filled. Raises CopydeskError for one that cannot be asked so."""
    template, filled = record.get("template"), record.get("blanks")
    if template not in _templates() or not isinstance(filled, dict):
        raise _refused("gone", record, value=str(template)[:40])
    for blank in blanks_of(record):
        if not str(filled.get(blank, "")).strip():
            raise _refused("empty", record, blank=class_wording("questions")["blanks"][blank])
    made = _ASK[template](story, record, {**filled, **_looked_up(story, record, filled)})
    if made is None:
        raise _refused("too_few", record)
    return made


def ask_so_far(record: Json) -> str:
    """The words of a question, with its empty blanks."""
    filled = {n: v for n, v in record.get("blanks", {}).items() if v}
    names = re.findall(r"{(\w+)}", text := _templates()[record["template"]]["text"])
    return str(text.format(**{n: filled.get(n, BLANK) for n in names}))


def _templates() -> Json:
    found: Json = class_wording("questions")["template"]
    return found


def _refused(why: str, record: Json, **told: object) -> CopydeskError:
    said = class_wording("questions")[ASKED][why].format(id=record.get("id"), **told)
    problem, _, remedy = said.partition("; ")
    return CopydeskError(problem, remedy)


def _looked_up(story: Story, record: Json, filled: Json) -> Json:
    """What the blanks name, and words for it: a block, an attribution, a speaker."""
    key, told = key_of(story), dict[str, Any]()
    for blank, layer in (("block", "paragraphs"), ("line", "furniture"), ("mark", "attributions")):
        if blank in filled:
            entry = next((e for e in key.layer(layer) if e.id == filled[blank]), None)
            if entry is None or (blank == "mark" and not entry.spans("content")):
                raise _refused("gone", record, value=str(filled[blank])[:40])
            where = entry["region"] if blank == "mark" else entry.id
            told |= {"entry": entry, "place": place(where), "Place": _title(place(where))}
            told["quote"] = _quote(story, entry.spans("content" if blank == "mark" else "span")[0])
    if "speaker" in filled and filled["speaker"] not in [e["name"] for e in key.layer("sources")]:
        raise _refused("gone", record, value=str(filled["speaker"])[:40])
    if "words" in filled and filled["words"] not in " ".join(
        story.article.block(filled["block"]).of(story.article.text).split()
    ):
        raise _refused("not_there", record, words=filled["words"], place=told["place"])
    if "number" in filled and not re.fullmatch(r"[0-9]{1,3}", str(filled["number"])):
        raise _refused("no_number", record, value=str(filled["number"])[:40])
    return told


def _ask_speaker(story: Story, record: Json, told: Json) -> Made | None:
    right = told["speaker"] if "speaker" in told else told["entry"]["speaker"]
    return _choice(record["template"], right, [*_others(story, right)[:2], _word("reporter")], id=_own(record), **told)


def _ask_count(story: Story, record: Json, told: Json) -> Made | None:
    """A number that follows from the key, or the one that was written."""
    mine = [e for e in attributions(story) if told.get("speaker") in (None, e["speaker"])]
    if record["template"] == "count_of":
        n = sum(bool(e["counted"]) for e in mine)
    elif record["template"] == "first_quoted":
        n = int(mine[0]["region"].removeprefix("p")) if mine else 0
    elif record["template"] == "speakers_in":
        n = len({e["speaker"] for e in mine if e["region"] == told["entry"].id})
    else:
        n = int(told["number"])
    told = {**told, "n": n}
    return _number(record["template"], (n, n), most=max(20, n + 5), id=_own(record), **told)


def _ask_listed(story: Story, record: Json, told: Json) -> Made | None:
    """A question with a closed set of choices: the form of words, the kind of a source."""
    if "entry" in told:
        return _listed(record["template"], told["entry"]["form"], "form", id=_own(record), **told)
    kind = next(e["kind"] for e in key_of(story).layer("sources") if e["name"] == told["speaker"])
    return _listed(record["template"], kind, "kind", id=_own(record), **told)


def _ask_line(story: Story, record: Json, told: Json) -> Made | None:
    right, wrong = _kinds_of_line(story, told["entry"]["kind"])
    return _choice(record["template"], right, wrong, id=_own(record), **{**told, "label": f"{right}."})


def _ask_own(story: Story, record: Json, told: Json) -> Made | None:
    return _choice(record["template"], told["right"], [told["wrong"], told["wrong_too"]], id=_own(record), **told)


def _own(record: Json) -> str:
    return f"own_{record['id']}".lower()


_ASK: Mapping[str, Callable[[Story, Json, Json], Made | None]] = {
    **dict.fromkeys(("who_is", "who_says"), _ask_speaker),
    **dict.fromkeys(("first_quoted", "speakers_in", "count_of", "how_many"), _ask_count),
    **dict.fromkeys(("form_of", "kind_of"), _ask_listed),
    "what_is_line": _ask_line,
    "own": _ask_own,
}


# --- Help for the generators ---


def key_of(story: Story) -> Key:
    assert story.key is not None
    return story.key


def _say() -> Json:
    return load_wording("strings")


def _word(name: str) -> str:
    return str(class_wording("questions")["names"][name])


def provenance(story: Story) -> Json:
    """Who reported and who published, as far as the key says."""
    known = key_of(story).more.get("provenance")
    return {n: v for n, v in known.items() if isinstance(v, str) and v} if isinstance(known, dict) else {}


def attributions(story: Story, region: Sequence[str] = ()) -> tuple[Entry, ...]:
    """The attributions of the story’s paragraphs that a learner must find, in reading order."""
    found = (
        e
        for e in key_of(story).layer("attributions", tuple(region))
        if e["region"].startswith("p") and not e.get("optional")
    )
    return tuple(sorted(found, key=lambda e: min(s for r in ("source", "cue", "content") for s in e.spans(r))))


def _people(story: Story) -> list[str]:
    """The named people among the sources, in the order of the key."""
    return [e["name"] for e in key_of(story).layer("sources") if e["kind"] in ("named_official", "named_other")]


def _others(story: Story, speaker: str) -> list[str]:
    """The other speakers, those of the same kind first."""
    sources = key_of(story).layer("sources")
    kind = next((e["kind"] for e in sources if e["name"] == speaker), "")
    return sorted(
        (e["name"] for e in sources if e["name"] != speaker),
        key=lambda n: [e["kind"] != kind for e in sources if e["name"] == n],
    )


def unnamed(story: Story) -> Entry | None:
    """The first attribution of a source without a name."""
    return next((e for e in attributions(story) if e["kind"].startswith("anonymous") and e.spans("source")), None)


def about_source(story: Story, entry: Entry) -> dict[str, str]:
    return {"place": place(entry["region"]), "source": _quote(story, entry.spans("source")[0])}


def _is_read_otherwise(entry: Entry) -> bool:
    """Whether some reading of an attribution has another speaker, or none at all."""
    otherwise = {"speaker", "source", "carried_from", "not_an_attribution", "merge_with", "split_from"}
    return any(otherwise & {*a.patch} for a in entry.alternatives)


def _compared(story: Story) -> FinderComparison | None:
    return compare_finder(key_of(story), story.article) if is_english(story.about["language"]) else None


def _amounts(story: Story) -> dict[str, int] | None:
    """How many attributions each speaker has; None where there is little to measure."""
    amounts = totals(counted(key_of(story), story.article.text))
    return amounts if len(amounts) > 1 and sum(amounts.values()) >= FEWEST else None


def _around(value: float) -> tuple[float, float]:
    return round(value - TOLERANCE, 4), round(value + TOLERANCE, 4)


def headline(story: Story) -> Span | None:
    return next((e.spans("span")[0] for e in key_of(story).layer("furniture") if e["kind"] == "headline"), None)


def _told_furniture(story: Story) -> list[Entry]:
    """Furniture of a few words at least that nobody takes for the story, headlines apart."""
    found = key_of(story).layer("furniture")
    apart = ("headline", "headline_repeat", "standfirst")
    return [
        e
        for e in found
        if e["kind"] not in apart and not e.alternatives and words(story.article.text, e.spans("span")[0])
    ]


def _title(name: str) -> str:
    return name[:1].upper() + name[1:]


def _quote(story: Story, span: Span) -> str:
    """The first words of a stretch."""
    text = story.article.text
    found = words(text, span)
    few = found[:QUOTED]
    return " ".join(text[few[0].start : few[-1].end].split()) + (" …" if len(found) > QUOTED else "") if few else ""


def _say_day(day: dt.date, *, named: bool = False) -> str:
    data = class_wording("questions")
    said = _word("day").format(day=day.day, month=data["months"]["en"][day.month - 1], year=day.year)
    return f"{data['weekdays']['en'][day.weekday()]} {said}" if named else said


def _question(name: str, id: str, told: Mapping[str, object], **more: object) -> tuple[Json, Json]:
    """The words of a question, and those of its answer."""
    say = {**class_wording("questions")["question"], **_templates()}[name]
    help = {n: say[n].format(**told) for n in ("hint", "after", "why") if n in say}
    return {"id": id or name, "text": say["text"].format(**told), **more}, help


def _choice(
    name: str, right: object, wrong: Iterable[object], /, *, none: bool = False, id: str = "", **told: object
) -> Made | None:
    """A question with choices; with `none`, that nothing is right is one of them. None without a second choice.

    Choices are named after their words, never after what they are: learners get this file.
    """
    nothing = _word("none") if none else ""
    apart = [str(w) for w in dict.fromkeys(wrong) if w and w != right and (right or w != nothing)]
    answer = str(right or nothing)
    options = {_slug(text): text for text in (answer, *apart, *([nothing] if nothing and right else []))}
    if len(options) < 3 or not answer:
        return None
    question, help = _question(name, id, {**told, "right": answer}, options=options)
    if not right:
        help["why"] = class_wording("questions")["question"][name]["without"]
    return Made(question, {"accept": [_slug(answer)], **help})


def _listed(name: str, right: str, choices: str, /, *, id: str = "", **told: object) -> Made:
    """A question with a closed set of choices."""
    question, help = _question(name, id, told, options=choices)
    return Made(question, {"accept": [right], **help})


def _yes_no(story: Story, name: str, right: bool, entry: Entry) -> Made:
    return _listed(name, "yes" if right else "no", "yes_no", **about_source(story, entry))


def _number(name: str, between: tuple[float, float], *, most: int, id: str = "", **told: object) -> Made:
    """A question for a number, with the range that is right."""
    question, help = _question(name, id, told, min=0, max=most)
    return Made(question, {"range": [max(0, between[0]), between[1]], **help})


def _open(name: str, *, most: int, **told: object) -> Made:
    """A question without a right answer."""
    question, help = _question(name, "", told, min=0, max=most)
    return Made(question, help)


def _slug(text: str) -> str:
    """An id from words; one for words without a Latin letter.

    >>> _slug("Coast Wire"), _slug("the page does not say")
    ('coast_wire', 'the_page_does_not_say')
    """
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:40] or f"o{fingerprint(text)[:6]}"
