"""Texts of a learner's own. The machine checks the form, a person the content.

Form means: every box holds enough words of the learner's own (and, where asked, enough attributions), an edited stretch
of the page differs from the page in at least one word, and evidence is picked from the page, from enough paragraphs.
Evidence is always verbatim, since it is a span. An edited stretch is kept only where it differs: the page's own words
stay on the page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

from copydesk.base.errors import CopydeskError
from copydesk.base.spans import WORD, Span, spans_from
from copydesk.base.wording import load_wording
from copydesk.exercises.exercise import Box, Exercise, place
from copydesk.exercises.outcome import Answer, Note, Outcome, listed_values, plain_values
from copydesk.page.article import Article
from copydesk.page.html import Mark, table
from copydesk.story.key import Key
from copydesk.story.story import Story


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """How many stretches of the page must be picked, and from how many blocks."""

    min: int
    places: int = 1


@dataclass(frozen=True, kw_only=True, eq=False)
class Write(Exercise):
    """An exercise to write; an answer is `{"texts": {box id: words}, "evidence": [[start, end], …]}`."""

    type = "write"
    scripts = ("marker", "edit")
    checks_form_only = True

    fields: tuple[Box, ...] = ()
    """Boxes that start empty."""
    edits: tuple[Box, ...] = ()
    """Boxes that start with a stretch of the page."""
    evidence: Evidence | None = None
    rubric: tuple[str, ...] | None = None
    """The rows of the rubric that people grade it by; all of them unless a lesson names some."""

    @classmethod
    def prepare(cls, settings: Mapping[str, Any], article: Article, where: str) -> dict[str, Any]:
        """`edit` is one stretch to edit, `edits` are several, each by `block` or `span`."""
        found = dict(settings)
        if "edit" in found:
            found["edits"] = [found.pop("edit")]
        if isinstance(found.get("edits"), list):
            found["edits"] = [read_edit(e, article, where) for e in found["edits"]]
        return found

    def boxes(self) -> tuple[Box, ...]:
        return (*self.edits, *self.fields)

    def rubric_rows(self) -> tuple[str, ...] | None:
        return self.rubric

    def view(self, story: Story) -> dict[str, Any]:
        """The boxes, the words to edit, and the page to pick evidence from."""
        text = story.article.text
        known = {b.id: {"id": b.id, "label": b.label, "min": b.min, "max": b.max} for b in self.boxes()}
        fields = [known[b.id] | ({"attributions": b.attributions} if b.attributions else {}) for b in self.fields]
        edits = [known[b.id] | {"original": original(b, text)} for b in self.edits]
        asks = asdict(self.evidence) if self.evidence else None
        pages = {"blocks": self.blocks_view(story)} if asks else {}
        return {"fields": fields, "edits": edits, "evidence": asks, **pages}

    def reading(self, story: Story) -> list[dict[str, str]]:
        """None where the text stands in the exercise, to pick evidence from or to be edited."""
        return [] if self.asks_evidence or any(b.span for b in self.boxes()) else super().reading(story)

    def static_body(self, story: Story, answer: Answer) -> str:
        """The evidence on the page, each edited stretch beside the page's words, and the boxes in a table."""
        text, say, texts = story.article.text, load_wording("strings"), answer.get("texts", {})
        body = ""
        if self.evidence:
            picked = enumerate(self.evidence_in(answer, len(text)), 1)
            body += self.blocks_html(story, [Mark(span, "evidence", n) for n, span in picked])
        moved = self.measures(answer, text)
        for box in self.edits:
            version, words = texts.get(box.id), say["edit"]
            rows = [(words["original"], original(box, text))] + ([(words["yours"], version)] if version else [])
            body += table(("", say["still"]["text"]), rows, caption=box.label)
            if version:
                columns = (words["measure"], words["original"], words["yours"])
                body += table(columns, moved[box.id], caption=words["caption"])
        if self.fields:
            written = [(b.label, texts.get(b.id, "")) for b in self.fields]
            body += table(("", say["still"]["words"]), written, caption=self.title)
        return body

    def well_formed(self, answer: object) -> Answer:
        return plain_values(answer, "texts") | listed_values(answer, "evidence", (dict, list))

    def score(self, answer: Answer, key: Key, text: str) -> Outcome:
        """The share of boxes, and of the evidence, whose form is right; all of it is needed."""
        answer = self.own_part(answer, text)
        texts, picked = answer.get("texts", {}), self.evidence_in(answer, len(text))
        notes = [_edit_note(b, texts.get(b.id), text) for b in self.edits]
        notes += [_text_note(b, str(texts.get(b.id) or "")) for b in self.fields]
        if self.evidence:
            blocks = _key_blocks(key)
            places = sum(any(b.start < s.end and s.start < b.end for s in picked) for b in blocks)
            notes.append(_evidence_note(self.evidence, len(picked), places))
        done = sum(n.earned for n in notes) / sum(n.possible for n in notes)
        attempted = bool(picked) or any(str(t or "").strip() for t in texts.values())
        samples = _sample_notes(self, key, text) if done == 1 else ()
        return Outcome.of(done, [*notes, *samples], bar=1.0, attempted=attempted)

    def missing(self, answer: object, story: Story) -> list[str]:
        """The boxes without words, and evidence that is not picked yet."""
        say, text = load_wording("strings"), story.article.text
        shaped = self.own_part(self.well_formed(answer), text)
        texts, found = shaped.get("texts", {}), len(self.evidence_in(shaped, len(text)))
        empty = [b.label for b in self.boxes() if not str(texts.get(b.id) or "").strip()]
        lacks = [say["missing"]["box"].format(label=label) for label in empty]
        if self.evidence and found < self.evidence.min:
            lacks.append(say["write"]["few"].format(n=found, min=self.evidence.min))
        return lacks

    @property
    def asks_evidence(self) -> bool:
        return self.evidence is not None

    def evidence_in(self, answer: Answer, length: int) -> tuple[Span, ...]:
        return spans_from(answer.get("evidence", []), length)

    def own_part(self, answer: Answer, text: str) -> Answer:
        """An answer without the page's words: an edited stretch left as it stands on the page is no answer."""
        texts = answer.get("texts")
        if not self.edits or not isinstance(texts, dict):
            return answer
        same = {b.id for b in self.edits if str(texts.get(b.id)).split() == original(b, text).split()}
        return {**answer, "texts": {n: t for n, t in texts.items() if n not in same}}

    def measures(self, answer: object, text: str) -> dict[str, list[list[str]]]:
        """For each edit, the measures that are not 0 in both: name, value before, value after."""
        from copydesk.framing import compare, measure

        texts, found = self.well_formed(answer).get("texts", {}), {}
        for box in self.edits:
            page = original(box, text)
            changes = compare(measure(page), measure(str(texts.get(box.id) or page)))
            found[box.id] = [[c.label, str(c.before), str(c.after)] for c in changes if c.before or c.after]
        return found

    def model_answers(self, key: Key, text: str) -> dict[str, Answer]:
        """The key's samples, of opposed minds: all must be complete."""
        samples = self.keyed(key).get("samples", ())
        return {
            f"sample {s['view']}": {"texts": self._sample_texts(s, text), "evidence": s.get("evidence", [])}
            for s in samples
            if isinstance(s, Mapping)
        }

    def lazy_answers(self, key: Key, text: str) -> dict[str, Answer]:
        """One word in every box, however often, or the page as it stands."""
        answers: dict[str, Answer] = {
            "one word again and again": {"texts": {b.id: "yes " * b.min for b in self.boxes()}},
            "a word in each box": {"texts": {b.id: "yes" for b in self.boxes()}},
        }
        if self.edits:
            answers["the page as it stands"] = {"texts": {b.id: original(b, text) for b in self.edits}}
        return answers

    def headline(self, outcome: Outcome, *, last: bool) -> str:
        """Whether the form is complete; how good the text is, a person says."""
        if outcome.status in ("not_attempted", "received"):
            return super().headline(outcome, last=last)
        complete = "complete" if self.points else "complete_ungraded"
        return str(load_wording("strings")["outcome"][complete if outcome.status == "right" else "incomplete"])

    def item_reason(self, item: str, note: Note | None, key: Key, text: str) -> str:
        """None: a person reads it."""
        return ""

    def faults(self, story: Story, key: Key | None) -> Iterator[str]:
        """Those of every exercise, no box at all, and samples that change words outside of an edit."""
        if not self.boxes():
            yield "a write exercise needs 'fields'"
        yield from super().faults(story, key)
        spans = {b.id: b.span for b in self.edits if b.span}
        for sample in self.keyed(key).get("samples", ()) if key else ():
            for name, changes in sample.get("edits", {}).items():
                inside = name in spans and all(spans[name][0] <= a <= b <= spans[name][1] for a, b, _ in changes)
                if not inside:
                    yield f"the sample '{sample['view']}' changes words outside '{name}'"

    def listed_spans(self) -> Iterator[tuple[int, int]]:
        yield from (b.span for b in self.edits if b.span)

    def _sample_texts(self, sample: Mapping[str, Any], text: str) -> dict[str, str]:
        """The boxes of a sample; an edit is kept as replacements `[start, end, words]` and made from the page here."""
        changed = sample.get("edits", {})
        made = {b.id: replaced(text, b.span, changed[b.id]) for b in self.edits if b.span and b.id in changed}
        return {**made, **sample.get("texts", {})}


def read_edit(edit: Any, article: Article, where: str) -> Any:
    """The data of an edit with its label and its span, which `block` may stand for; raises CopydeskError.

    >>> from copydesk.page.article import parse_article
    >>> read_edit({"block": "p1"}, parse_article("It rained. He refused."), "here")
    {'id': 'version', 'label': 'paragraph 1', 'block': 'p1', 'span': [0, 22]}
    """
    if not isinstance(edit, Mapping):
        return edit
    name = str(edit.get("block", ""))
    is_paragraph = name.startswith("p") and name[1:].isdigit()
    label = place(name) if is_paragraph else load_wording("strings")["edit"]["passage"]
    found = {"id": "version", "label": label, **edit}
    if "span" not in found:
        try:
            block = article.block(name)
        except CopydeskError as error:
            raise CopydeskError(f"{where}: {error.problem}", error.remedy) from None
        found["span"] = [block.start, block.end]
    return found


def original(box: Box, text: str) -> str:
    """The words of the page that a learner edits, looked up where they stand."""
    return text[slice(*box.span)] if box.span else ""


def replaced(text: str, span: Sequence[int], changes: Sequence[Sequence[Any]]) -> str:
    """A stretch of the page with other words in some places of it.

    >>> replaced("The old ferry sails.", (0, 20), [(4, 7, "new"), (14, 19, "rests")])
    'The new ferry rests.'
    """
    out, at = "", span[0]
    for start, end, new in sorted(changes, key=lambda change: change[0]):
        out, at = out + text[at:start] + new, end
    return out + text[at : span[1]]


def _edit_note(box: Box, given: object, text: str) -> Note:
    if isinstance(given, str) and WORD.findall(given) != WORD.findall(original(box, text)):
        return _text_note(box, given)
    fault = load_wording("strings")["edit"]["same"].format(label=box.label)
    return Note(box.id, box.label, 0, 1, fault, fault)


def _text_note(box: Box, given: str) -> Note:
    say, found = load_wording("strings")["write"], [w.lower() for w in WORD.findall(given)]
    n, least, fault = len(found), box.min, ""
    if n < box.min:
        fault = "short"
    elif n > box.max:
        fault = "long"
    elif 2 * len(set(found)) < min(n, 20):
        fault = "repeats"
    elif box.attributions and (seen := _attributions(given)) < box.attributions:
        fault, n, least = "attributions", seen, box.attributions
    told = say[fault or "done"].format(label=box.label, n=n, min=least, max=box.max)
    return Note(box.id, box.label, float(not fault), 1, told if fault else "", told)


@lru_cache(maxsize=256)
def _attributions(given: str) -> int:
    """How many attributions the finder sees; reading takes a while, and one text is often scored again and again."""
    from copydesk.attribution import find_attributions

    return len(find_attributions(given))


def _evidence_note(wanted: Evidence, found: int, places: int) -> Note:
    say, fault = load_wording("strings")["write"], ""
    if found < wanted.min:
        fault = say["few"].format(n=found, min=wanted.min)
    elif places < wanted.places:
        fault = say["one_place"].format(n=places, min=wanted.places)
    return Note("evidence", say["evidence"], float(not fault), 1, fault, fault or say["picked"].format(n=found))


@lru_cache(maxsize=16)
def _key_blocks(key: Key) -> tuple[Span, ...]:
    return tuple(e.spans("span")[0] for layer in ("furniture", "paragraphs") for e in key.layer(layer))


@lru_cache(maxsize=64)
def _sample_notes(exercise: Write, key: Key, text: str) -> tuple[Note, ...]:
    """Full answers of others, to be read once one's own is complete."""
    say = load_wording("strings")["write"]
    labels = {box.id: box.label for box in exercise.boxes()}
    notes = []
    for n, model in enumerate(exercise.model_answers(key, text).values(), 1):
        texts = model["texts"]
        told = [
            f"{labels[box]}: {words}" if box in labels and len(texts) > 1 else words for box, words in texts.items()
        ]
        notes.append(Note(f"sample-{n}", say["sample"].format(n=n), 0, 0, reveal="\n".join(["", *told])))
    return tuple(notes)
