"""Two coders at the editor of keys who know what the key should be: one works by keys alone, one by pointer alone."""

from __future__ import annotations

import json
import re
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page

from copydesk.exercises.exercise import words_view
from copydesk.story.key import KINDS, VOICES, Key
from copydesk.story.key import Entry as KeyEntry
from copydesk.story.story import Story

SCREEN = "section.cd-kedit"
Entry = Mapping[str, Any]
ROLES = ("source", "cue", "content")
FORM_KEYS = {"direct": "d", "indirect": "i", "mixed": "m", "speech_act": "s", "non_response": "r"}
COUNT = """() => { window.__events = {keydown: 0, pointerdown: 0};
for (const name of Object.keys(window.__events)) document.addEventListener(name, e => {
    if (e.isTrusted && !['Shift', 'Control', 'Alt'].includes(e.key)) window.__events[name] += 1; }, true); }"""


def spans(entry: Entry, role: str) -> list[tuple[int, int]]:
    """The offsets of one role of an attribution."""
    value = entry.get(role) or []
    return [(s["start"], s["end"]) for s in (value if isinstance(value, list) else [value])]


class Coder:
    """Turns the draft into a key, entry by entry, by keyboard alone and with as few keys as the editor allows."""

    def __init__(self, page: Page, path: Path, story: Story) -> None:
        self.page, self.path, self.story = page, path, story
        self.words = [
            (start, end, s.id, b.id)
            for b in story.article.blocks
            for s in (story.article.sentences_of(b.id) or (b,))
            for _, start, end, _ in words_view(story.article.text, s.span)
        ]
        self.pressed: list[str] = []
        self.row = 0

    # What is seen

    def disk(self) -> dict[str, Any]:
        """The key as it is saved; waits until the screen says so."""
        self.page.wait_for_function(
            f"['saved', ''].includes(document.querySelector('{SCREEN} .cd-saved').dataset.state ?? '')"
        )
        found: dict[str, Any] = json.loads(self.path.read_text("utf-8"))
        return found

    def entry(self, layer: str, name: str) -> dict[str, Any]:
        return next(r for r in self.disk()[layer] if r["id"] == name)

    def current(self) -> str:
        """The id of the attribution beside the text."""
        return str(self.page.locator(f"{SCREEN} .cd-kentry").get_attribute("data-id"))

    def part(self) -> str:
        return str(self.page.locator(f"{SCREEN} [role=tab][aria-selected=true]").inner_text()).split("\n")[0].strip()

    def focused(self) -> int:
        """The index of the word in focus."""
        return int(self.page.evaluate("Number(document.activeElement.dataset.i ?? -1)"))

    def word_at(self, offset: int) -> int:
        return next(i for i, (_, end, _, _) in enumerate(self.words) if end > offset)

    def last_word(self, end: int) -> int:
        return max(i for i, (start, *_) in enumerate(self.words) if start < end)

    # What is done

    def code_page(self) -> None:
        """The page was looked through: the reader has all lines right."""
        self.confirm_all()

    def code_attributions(self, pending: list[Entry]) -> None:
        """Turn what the draft has into these attributions, and add what it misses."""
        while self.waiting("Who says so"):
            wanted = self.nearest(self.entry("attributions", self.current()), pending)
            if wanted is None:
                self.remove()
                continue
            pending = [a for a in pending if a["id"] != wanted["id"]]
            self.correct(wanted)
            self.confirm()
        for missing in pending:
            self.begin(missing)
            self.correct(missing)
            self.confirm()

    def code_voice(self, sentences: tuple[KeyEntry, ...]) -> None:
        """Correct the sentences whose voice is none that the key accepts, then confirm all."""
        drafted = {s["id"]: s["voice"] for s in self.disk()["sentences"]}
        for n, entry in enumerate(sentences):
            if drafted[entry.id] not in (entry["voice"], *(a.patch.get("voice") for a in entry.alternatives)):
                self.set_voice(n, entry["voice"])
        self.confirm_all()

    def waiting(self, part: str) -> bool:
        """Whether anything in a part is still to be confirmed."""
        found = self.page.locator(f"{SCREEN} [role=tab]", has_text=part).locator(".cd-kcount")
        return str(found.inner_text()).isdigit()

    def assert_like(self, key: Key) -> None:
        """That the key on the disk says the same as this one in what lessons 01 to 03 ask."""
        made = self.disk()
        for layer in ("furniture", "paragraphs", "sentences", "sources", "attributions"):
            assert not [r for r in made[layer] if "unconfirmed" in r or "rule" in r], layer
        assert len(made["attributions"]) == len(key.attributions)
        for wanted in (a.data for a in key.attributions):
            draft = self.nearest(wanted, made["attributions"])
            assert draft, wanted["id"]
            for role in ROLES:
                assert self._same(spans(draft, role), spans(wanted, role)), (wanted["id"], role)
            for name in ("region", "form", "speaker", "kind", "counted"):
                assert draft[name] == wanted[name], (wanted["id"], name)
        assert {s["name"] for s in made["sources"]} == {a["speaker"] for a in key.attributions}
        voices = {s["id"]: s["voice"] for s in made["sentences"]}
        for entry in key.layer("sentences"):
            assert voices[entry.id] in (entry["voice"], *(a.patch.get("voice") for a in entry.alternatives)), entry.id

    def short(self, name: str) -> str:
        """The shortest beginning of a word that means this speaker alone; a new name is written whole."""
        known = [str(s["name"]) for s in self.disk()["sources"]]
        if name not in known:
            return name
        begun = [w[:n].lower() for w in name.split() for n in range(2, len(w))]
        alone = [b for b in begun if sum(bool(re.search(rf"\b{re.escape(b)}", k, re.IGNORECASE)) for k in known) == 1]
        return min(alone, key=len, default=name)

    def correct(self, wanted: Entry) -> None:
        """Make the attribution beside the text as it should be."""
        for role in ROLES:
            self._correct_role(role, wanted)
        name = self.current()
        found = self.entry("attributions", name)
        if found["form"] != wanted["form"]:
            self.set_form(wanted["form"])
        if found["speaker"] != wanted["speaker"]:
            self.set_speaker(wanted["speaker"])
        found = self.entry("attributions", name)
        if found["kind"] != wanted["kind"]:
            self.set_kind(found["kind"], wanted["kind"])
        if bool(found["counted"]) != wanted["counted"]:
            self.toggle_counted()

    def _correct_role(self, role: str, wanted: Entry) -> None:
        name = self.current()
        found = self.entry("attributions", name) if name else {}
        have, want = spans(found, role), spans(wanted, role)
        if self._same(have, want):
            return
        for start, end in [s for s in have if not any(a < s[1] and s[0] < b for a, b in want)]:
            self.clear(start, end)
        for start, end in want:
            if not any(self._same([(start, end)], [s]) for s in have):
                self.label(start, end, role)

    def _same(self, some: list[tuple[int, int]], others: list[tuple[int, int]]) -> bool:
        def of(found: list[tuple[int, int]]) -> set[int]:
            return {i for i, (a, b, _, _) in enumerate(self.words) if any(s < b and a < e for s, e in found)}

        return of(some) == of(others)

    def nearest(self, entry: Entry, wanted: list[Entry]) -> Entry | None:
        """Which attribution of the key a draft's one is meant to be."""

        def shared(one: Entry) -> int:
            pairs = ((a, b) for role in ROLES for a in spans(entry, role) for b in spans(one, role))
            return sum(max(0, min(a[1], b[1]) - max(a[0], b[0])) for a, b in pairs)

        best = max(wanted, key=shared, default=None)
        return best if best is not None and shared(best) else None

    # By which keys

    def cost(self) -> int:
        """How many keys were pressed, those of names among them."""
        return len(self.pressed)

    def counted(self) -> Counter[str]:
        """What was done how often."""
        return Counter(self.pressed)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
        self.pressed += keys

    def enter_text(self, field: str, text: str) -> None:
        """Press the key of a field, write and go back to the text."""
        self.press(field)
        self.page.keyboard.type(text)
        self.pressed += ["letter"] * len(text)
        self.press("Enter")

    def confirm(self) -> None:
        self.press("Enter")

    def confirm_all(self) -> None:
        self.press("Shift+Enter")

    def next_part(self) -> None:
        self.press("Enter")

    def begin(self, missing: Entry) -> None:
        self.press("n")

    def remove(self) -> None:
        self.press("x")

    def label(self, start: int, end: int, role: str) -> None:
        self.pick(start, end)
        self.press(str(ROLES.index(role) + 1))

    def clear(self, start: int, end: int) -> None:
        self.pick(start, end)
        self.press("Delete")

    def set_form(self, form: str) -> None:
        self.press(FORM_KEYS[form])

    def set_speaker(self, name: str) -> None:
        self.enter_text("w", self.short(name))

    def set_kind(self, now: str, kind: str) -> None:
        steps = KINDS.index(kind) - KINDS.index(now)
        self.press("k", *(["ArrowDown" if steps > 0 else "ArrowUp"] * abs(steps)), "Enter")

    def toggle_counted(self) -> None:
        self.press("c")

    def set_voice(self, n: int, voice: str) -> None:
        self.press(*["ArrowDown"] * (n - self.row), str(VOICES.index(voice) + 1))
        self.row = n + 1

    def pick(self, start: int, end: int) -> None:
        """Pick words with the arrow keys, Home and End, on the shortest way."""
        first, last = self.word_at(start), self.last_word(end)
        here = self.focused()
        ways = [(self._way(here, a, False), self._way(a, b, True)) for a, b in ((first, last), (last, first))]
        if self._way(here, first, False) == []:
            ways[0] = (["ArrowLeft", "ArrowRight"] if first else ["ArrowRight", "ArrowLeft"], ways[0][1])
            if ways[0][1]:
                ways[0] = ([], ways[0][1])
        there, along = min(ways, key=lambda way: len(way[0]) + len(way[1]))
        self.press(*there, *(f"Shift+{key}" for key in along))
        assert self.focused() in (first, last), (start, end)

    def _way(self, here: int, to: int, extend: bool) -> list[str]:
        """The fewest keys from one word to another."""
        before: dict[int, tuple[int, str]] = {here: (here, "")}
        waiting = deque([here])
        while waiting and to not in before:
            i = waiting.popleft()
            for key, j in self._steps(i, extend):
                if j not in before and 0 <= j < len(self.words):
                    before[j] = (i, key)
                    waiting.append(j)
        way: list[str] = []
        while to != here:
            to, key = before[to]
            way.insert(0, key)
        return way

    def _steps(self, i: int, extend: bool) -> Iterator[tuple[str, int]]:
        sentence = [w[2] for w in self.words]
        blocks = [w[3] for w in self.words]
        first = next(j for j, s in enumerate(sentence) if s == sentence[i])
        last = max(j for j, s in enumerate(sentence) if s == sentence[i])
        yield from (("ArrowRight", i + 1), ("ArrowLeft", i - 1), ("Home", first), ("End", last))
        yield "PageDown", next((j for j in range(i, len(blocks)) if blocks[j] != blocks[i]), i)
        if not extend:
            yield "ArrowDown", last + 1 if last + 1 < len(self.words) else i
            yield (
                "ArrowUp",
                first if first < i or not i else next(j for j, s in enumerate(sentence) if s == sentence[i - 1]),
            )


class PointerCoder(Coder):
    """Turns the draft into a key by pointer alone: drags over words, clicks on all else; only names are typed."""

    def cost(self) -> int:
        """How many times the button of the pointer went down; a list of the browser takes two clicks."""
        return sum(what in ("click", "drag") for what in self.pressed)

    def click(self, place: Locator) -> None:
        place.click()
        self.pressed.append("click")

    def button(self, name: str) -> None:
        self.click(self.page.locator(f"{SCREEN} .cd-dock button:visible", has_text=name))

    def pick(self, start: int, end: int) -> None:
        words = self.words_on_page()
        first, last = words.nth(self.word_at(start)), words.nth(self.last_word(end))
        first.scroll_into_view_if_needed()
        a, b = first.bounding_box(), last.bounding_box()
        assert a and b
        self.page.mouse.move(a["x"] + 4, a["y"] + a["height"] - 8)
        self.page.mouse.down()
        self.page.mouse.move(b["x"] + b["width"] - 4, b["y"] + b["height"] - 8, steps=4)
        self.page.mouse.up()
        self.pressed.append("drag")

    def confirm(self) -> None:
        self.button("Confirm, next")

    def confirm_all(self) -> None:
        self.button("Confirm all")

    def next_part(self) -> None:
        self.button("Next part")

    def begin(self, missing: Entry) -> None:
        """With its source where that is picked by one drag; a click into another mark would choose that one."""
        for start, end in spans(missing, "source")[:1]:
            if not self.words_on_page().nth(self.word_at(start)).get_attribute("aria-label"):
                self.pick(start, end)
                self.click(self.popup("button:not(.cd-label)"))
                return
        self.button("New")

    def remove(self) -> None:
        self.button("Remove")

    def label(self, start: int, end: int, role: str) -> None:
        """Words that can mean one role alone are labelled when the button is let go."""
        picked = self.page.locator(f"{SCREEN} .cd-word[aria-selected=true]")
        self.pick(start, end)
        self.page.wait_for_timeout(50)
        if picked.count():
            self.click(self.popup(f".cd-l-{role}"))

    def clear(self, start: int, end: int) -> None:
        self.pick(start, end)
        self.button("Clear")

    def set_form(self, form: str) -> None:
        self.click(self.field(f'[data-value="{form}"]'))

    def set_speaker(self, name: str) -> None:
        near = self.field(".cd-kchoices button").get_by_text(name, exact=True)
        if near.count():
            self.click(near)
            return
        self.click(self.field('[data-field="speaker"]'))
        self.page.keyboard.type(self.short(name))
        self.page.keyboard.press("Enter")

    def set_kind(self, now: str, kind: str) -> None:
        """A list of the browser: one click opens it, one chooses."""
        self.field('[data-field="kind"]').select_option(kind)
        self.pressed += ["click", "click"]

    def toggle_counted(self) -> None:
        self.click(self.field('[data-field="counted"]'))

    def set_voice(self, n: int, voice: str) -> None:
        self.click(self.page.locator(f"{SCREEN} .cd-krow").nth(n).locator(f'[data-value="{voice}"]'))

    def words_on_page(self) -> Locator:
        return self.page.locator(f"{SCREEN} .cd-word")

    def popup(self, which: str) -> Locator:
        return self.page.locator(f"{SCREEN} .cd-popup:visible {which}")

    def field(self, which: str) -> Locator:
        return self.page.locator(f"{SCREEN} .cd-kentry {which}")
