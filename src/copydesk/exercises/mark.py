"""Spans to mark, with roles and labels, in groups, against key entries.

Each field of an entry (source, cue, content, label) earns one point. Spans match by words: F1 from 0.8 is full
credit, from 0.5 full credit with a note on the boundary (PARC measures agreement the same way, Pareti 2015). Content
that swallows its own source or cue earns nothing. The score is the harmonic mean of precision and recall over fields,
so marking everything scores worse than marking well. Of all alternatives the key lists, those that suit the learner
best are taken. Evidence for a frame counts by standing in a passage the key lists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from copydesk.base.documents import read_value
from copydesk.base.errors import CopydeskError
from copydesk.base.spans import Span, spans_from, word_f1, words
from copydesk.base.wording import choice_labels, load_wording
from copydesk.exercises.exercise import Exercise
from copydesk.exercises.outcome import Answer, Group, Note, Outcome, listed_values
from copydesk.page.article import Article
from copydesk.page.html import Mark as HtmlMark
from copydesk.story.key import FUNCTIONS, Alternative, Entry, Key, spans_of
from copydesk.story.story import Story

ITEMS = {"attributions": "attribution", "entman": "frame"}
"""What one group of marks is called, by layer; elsewhere it is called by its first role."""
SEVERAL = {"content", *FUNCTIONS}
"""Roles that may have more than one span in a group."""
HALF = 0.5
"""What marking everything must stay below."""
LAYER_ROLES = {"framing": {"wording": "span"}, "quirks": {"trace": "span"}}
"""Layers whose entries are spans themselves, with the role that stands for them."""
FULL, NEAR = 0.8, 0.5
"""From which word F1 a boundary counts as the key's, and from which it earns its point."""
Price = Callable[[list[Group]], float]
"""What groups that meet nothing cost together."""


@dataclass(frozen=True, eq=False)
class Target:
    """What the key expects of one group: spans by role, labels by name."""

    entry: Entry
    roles: Mapping[str, tuple[Span, ...]]
    labels: Mapping[str, str]
    fields: int = field(init=False)
    """How many points this target is worth."""
    reach: tuple[int, int] = field(init=False)
    """From where to where its spans go."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "fields", len(self.roles) + len(self.labels))
        object.__setattr__(self, "reach", reach(self.roles))


@dataclass(frozen=True, slots=True)
class Match:
    """A target with the group that was taken for it (or none), and what each field earned."""

    target: Target
    group: Group | None
    earned: Mapping[str, float]
    total: float = 0.0
    """What all fields earned together."""

    @classmethod
    def of(cls, one: Target, group: Group, text: str) -> Match:
        """The match of a target with one group."""
        earned = credit(one, group, text)
        return cls(one, group, earned, sum(earned.values()))

    @property
    def lost(self) -> float:
        """What the group that was taken failed to earn."""
        return self.target.fields - self.total if self.group else 0.0


@dataclass(frozen=True, slots=True)
class Reading:
    """The targets as the key allows them to be read, and how a learner's groups answer them."""

    targets: list[Target]
    matches: list[Match]
    loose: list[Group]
    """The groups that meet no target."""
    worth: tuple[float, float]
    """The score; and of two readings with one score, the less that the groups which were found fail to earn."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Mark(Exercise):
    """An exercise of marks; an answer is `{"groups": [{role: [[start, end], …], "labels": {name: value}}, …]}`."""

    type = "mark"
    needed = ("layer", "roles")
    scripts = ("marker",)

    roles: tuple[str, ...] = ()
    """What is marked in each group."""
    labels: tuple[str, ...] = ()
    """What each group is called, for example its `form`."""
    label_choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """The values of a label where they are not a closed set of `data/choices.toml`."""
    kinds: tuple[str, ...] = ()
    """The kinds of entry that are asked for; empty means all of the layer."""
    need: int = 0
    """How many are enough; 0 means all."""
    variety: int = 1
    """How many different right labels there must be for labels to count in full."""
    free_share: float | None = None
    """The share of the region's words that marks which meet no device may cover without cost, plain controls apart."""
    given: tuple[Mapping[str, Any], ...] = ()
    """Groups that are marked already."""
    worked: bool = False
    """Whether it is an example to be read."""

    # Settings

    @classmethod
    def prepare(cls, settings: Mapping[str, Any], article: Article, where: str) -> dict[str, Any]:
        for group in read_value(tuple[Mapping[str, Any], ...], settings.get("given", ()), f"{where}: given"):
            for name, value in group.items():
                kind = Mapping[str, str] if name == "labels" else tuple[tuple[int, int], ...]
                read_value(kind, value, f"{where}: given, {name}")
        known = load_wording("strings")["tags"]  # what stands on marks; “form” is a role too, and no words of the text
        for role in read_value(tuple[str, ...], settings.get("roles", ()), f"{where}: roles"):
            if role not in known:
                raise CopydeskError(f"{where}: there is no role '{role[:40]}'", f"there are: {', '.join(known)}")
        return dict(settings)

    @property
    def enough(self) -> int:
        """How many of the key's entries a learner has to find."""
        return self.need

    @property
    def is_example(self) -> bool:
        """Whether it is worked already."""
        return self.worked

    def beginning(self) -> Answer:
        """The groups that are given."""
        return {"groups": [{"labels": {}, **g} for g in self.given]} if self.given else {}

    def labels_of(self, name: str) -> Mapping[str, str]:
        """The values of a label with the words a learner sees."""
        return self.label_choices.get(name) or choice_labels(name)

    def given_marks(self) -> list[HtmlMark]:
        """The marks that are given, numbered by group."""
        found = enumerate(self.given, 1)
        return [HtmlMark(Span(a, b), r, n) for n, g in found for r in self.roles for a, b in g.get(r, ())]

    def offered_words(self, story: Story) -> Iterator[str]:
        """Its roles, and its labels with their values."""
        names = load_wording("strings")["roles"]
        yield from (names[name] for name in (*self.roles, *self.labels))
        yield from (words for name in self.labels for words in self.labels_of(name).values())

    def view(self, story: Story) -> dict[str, Any]:
        """The page word by word, the roles, and the labels."""
        return {
            "blocks": self.blocks_view(story),
            "roles": list(self.roles),
            "several": [r for r in self.roles if r in SEVERAL],
            "overlap": {*self.roles} <= {*FUNCTIONS},
            "labels": {n: dict(self.labels_of(n)) for n in self.labels},
            "item": self.item_name,
            "grid": self.layer == "entman",
        }

    def reading(self, story: Story) -> list[dict[str, str]]:
        """None: the text to mark is the exercise."""
        return []

    def static_body(self, story: Story, answer: Answer) -> str:
        """The page with the learner's marks."""
        groups = enumerate(self.groups(answer, len(story.article.text)), 1)
        marks = [HtmlMark(s, role, n) for n, g in groups for role, spans in g.roles.items() for s in spans]
        return self.blocks_html(story, marks)

    # The answer and its score

    def well_formed(self, answer: object) -> Answer:
        """A list of groups, whatever is in them."""
        return listed_values(answer, "groups", (dict, list))

    def missing(self, answer: object, story: Story) -> list[str]:
        """The groups that lack a label."""
        say = load_wording("strings")
        lacks = []
        groups = self.groups(self.well_formed(answer), len(story.article.text))
        for name in self.labels:
            empty = [str(n) for n, group in enumerate(groups, 1) if name not in group.labels]
            if empty:
                label = say["roles"][name]
                lacks.append(say["missing"]["label"].format(label=label, item=self.item_name, names=", ".join(empty)))
        return lacks

    @property
    def item_name(self) -> str:
        """What one group of marks is called."""
        return str(load_wording("strings")["roles"][ITEMS.get(self.layer) or self.roles[0]]) if self.roles else ""

    def mark_roles(self) -> tuple[str, ...]:
        """The roles a learner marks."""
        return self.roles

    def groups(self, answer: Answer, length: int) -> list[Group]:
        """The learner's groups; whatever is not a span of the page is left out."""
        groups = []
        for raw in answer.get("groups", []):
            if not isinstance(raw, dict):
                continue
            spans = {r: spans_from(raw[r], length) for r in self.roles if r in raw}
            given = raw.get("labels", {})
            pairs = given.items() if isinstance(given, dict) else ()
            labels = {n: v for n, v in pairs if n in self.labels and v and isinstance(v, str)}
            if roles := {r: s for r, s in spans.items() if s}:
                groups.append(Group(roles, labels))
        return groups

    def targets(self, key: Key) -> list[Target]:
        """The key entries this exercise asks for."""
        return [*_targets(self, key)]

    def key_marks(self, key: Key) -> list[tuple[str, Span]]:
        """The key's own marks, each with its role."""
        return [(role, s) for t in self.targets(key) for role, spans in t.roles.items() for s in spans]

    def arguable_spans(self, key: Key) -> list[Span]:
        """Everything that the key marks under any of its readings."""
        targets = self.targets(key)
        ways = [way for t in targets for way in self.readings(t.entry, targets)]
        found = dict.fromkeys(t for way in ways for t in way)
        return [s for t in found for spans in t.roles.values() for s in spans]

    def readings(self, entry: Entry, others: list[Target]) -> list[list[Target]]:
        """Every way the key allows one entry to be read, as the list of targets that then holds."""
        ways = [list(others)]
        for alternative in entry.alternatives:
            patch = alternative.patch
            if patch.get("not_an_attribution"):
                ways.append([t for t in others if t.entry.id != entry.id])
            elif "merge_with" in patch:
                ways.append(merged(entry, patch, others))
            else:
                patched = _patched(self, entry, alternative)
                ways.append([patched if t.entry.id == entry.id else t for t in others])
        return ways

    def score(self, answer: Answer, key: Key, text: str) -> Outcome:
        """F1 over fields under the readings that suit the learner best, with a note on each entry."""
        groups = self.groups(answer, len(text))
        meetings, price = Meetings(groups, text), self._pricing(groups, key, text)

        def read(way: list[Target]) -> Reading:
            matches, loose = align(way, groups, meetings=meetings)
            value = self._harmonic(matches, loose, price)
            return Reading(way, matches, loose, (value, -sum(m.lost for m in matches)))

        best = self._best_reading(key, meetings, read)
        notes = [
            note_on(m, text, self.place(m.target.entry.get("region", ""))) for m in best.matches
        ] + self._over_notes(best.loose, key)
        number = {id(g): n for n, g in enumerate(groups)}
        about = {m.target.entry.id: number[id(m.group)] for m in best.matches if m.group}
        outcome = Outcome.of(best.worth[0], notes, bar=self.bar, attempted=bool(groups))
        return replace(outcome, groups=about)

    def _best_reading(self, key: Key, meetings: Meetings, read: Callable[[list[Target]], Reading]) -> Reading:
        """The reading that is worth most, entry by entry; ties keep the key's own.

        A full score does not end the search: a class that is accepted must not be shown as wrong because the score can
        do without it.
        """
        best = read(self.targets(key))
        for entry in [t.entry for t in best.targets if t.entry.alternatives]:
            if best.worth == (1.0, 0.0):
                break  # no reading is worth more
            if not any(t.entry.id == entry.id for t in best.targets):
                continue  # merged into another by then
            own, *others = self.readings(entry, best.targets)
            tried = [read(way) for way in others if not meetings.alike(own, way)]
            best = max(best, *tried, key=lambda reading: reading.worth) if tried else best
        return best

    def _harmonic(self, matches: list[Match], loose: list[Group], price: Price) -> float:
        """F1 over fields; where an exercise `need`s so many, the share of those, less what over-marking costs."""
        need = self.need or len(matches)
        done = [m for m in matches if m.group]
        if len(done) > need:
            done = sorted(done, key=lambda m: -m.total)[:need]
        earned, fields, missing = self._credit(done), sum(m.target.fields for m in done), need - len(done)
        wanted = fields + (sum(sorted((m.target.fields for m in matches), reverse=True)[:missing]) if missing else 0)
        given = fields + sum(filled_in(m) for m in done) + price(loose)
        if self.need:
            return earned / max(wanted, given, 1)
        return 2 * earned / (wanted + given) if wanted + given else 0.0

    def _credit(self, done: list[Match]) -> float:
        """What matches earn; labels count in full once `variety` right ones differ."""
        right = {(n, m.target.labels[n]) for m in done for n in self.labels if m.earned.get(n)}
        labels = sum(m.earned.get(n, 0) for m in done for n in self.labels)
        share = min(1.0, len(right) / self.variety)
        return sum(m.total for m in done) - labels * (1 - share)

    def _pricing(self, groups: list[Group], key: Key, text: str) -> Price:
        """What those of these groups cost that meet nothing: each its fields, as much as a missed entry would.

        With `free_share`, marks that do not touch a plain control are free until they cover that share of the region's
        words. A second mark inside a device is one of them.
        """
        if self.free_share is None:
            return lambda loose: sum(g.fields for g in loose)
        controls, length = _ground(self, key, text)
        dear = {id(g) for g in groups if touches(g, controls)}
        size = {id(g): sum(len(words(text, s)) for spans in g.roles.values() for s in spans) for g in groups}
        allowed = self.free_share * length

        def price(loose: list[Group]) -> float:
            covered, charged = 0, 0.0
            for g in loose:
                covered += 0 if id(g) in dear else size[id(g)]
                charged += g.fields if id(g) in dear or covered > allowed else 0
            return charged

        return price

    def model_answers(self, key: Key, text: str) -> dict[str, Answer]:
        """The key's own marks, and those under each alternative."""
        targets = self.targets(key)
        answers = {"key": key_answer(targets)}
        for entry in [t.entry for t in targets]:
            ways = self.readings(entry, targets)[1:]
            answers |= {a.id: key_answer(way) for a, way in zip(entry.alternatives, ways, strict=True) if way}
        return answers

    def lazy_answers(self, key: Key, text: str) -> dict[str, Answer]:
        """Everything marked: word by word, sentence by sentence, all in one; in each role and in all of them."""
        sentences = [s for e in key.layer("sentences", self.region) for s in e.spans("span")]
        if not self.region:
            sentences += [s for e in key.layer("furniture") for s in e.spans("span")]
        targets = self.targets(key)
        values = [{n: v} for n in self.labels for v in {t.labels.get(n) for t in targets} if v]
        answers: dict[str, Answer] = {}
        for labels in ({}, *values):
            tag = "".join(f" as {v}" for v in labels.values())
            single = [[[w.start, w.end]] for s in sentences for w in words(text, s)]
            whole = [[[s.start, s.end]] for s in sentences]
            everything = [[[s.start, s.end] for s in sentences]]
            for name, pieces in (("every word", single), ("every sentence", whole), ("one mark over all", everything)):
                for roles in dict.fromkeys([*((role,) for role in self.roles), self.roles]):
                    groups = [{**dict.fromkeys(roles, p), "labels": labels} for p in pieces]
                    answers[f"{name}, {' and '.join(roles)}{tag}"] = {"groups": groups}
        return answers

    @property
    def lazy_limit(self) -> float:
        """Marking everything must stay under half."""
        return HALF

    def _over_notes(self, loose: list[Group], key: Key) -> list[Note]:
        """One note for marks that meet nothing in the key, named by paragraph."""
        if not loose:
            return []
        say = load_wording("strings")["mark"]
        layers = ("furniture", "paragraphs") if self.by_number else ("paragraphs",)
        marked = [s for g in loose for spans in g.roles.values() for s in spans]
        reach = Span(min(s.start for s in marked), max(s.end for s in marked))  # a page may have hundreds of paragraphs
        near = [b for layer in layers for b in key.layer(layer) if b.spans("span")[0].overlap(reach)]
        found = [
            b.id
            for b in sorted(near, key=lambda b: b.spans("span"))
            if any(b.spans("span")[0].overlap(s) for s in marked)
        ]
        regions = ", ".join(map(self.place, found)) or say["furniture"]
        why = say["over_free" if self.free_share else "over_why"]
        return [Note("over", regions, 0, 0, say["over"].format(n=len(loose), where=regions), why)]

    # Faults

    def listed_spans(self) -> Iterator[tuple[int, int]]:
        """The marks that are given."""
        yield from ((a, b) for g in self.given for role in self.roles for a, b in g.get(role, ()))

    def scoring_checks(self, key: Key, text: str) -> Iterator[tuple[str, bool, str]]:
        """With `variety`, finding everything and calling it all the same must not pass."""
        if self.variety <= 1:
            return
        best = self.model_answers(key, text)["key"]["groups"]
        values = {(n, g["labels"][n]) for g in best for n in g["labels"]}
        tries = {v: {"groups": [{**g, "labels": {n: v}} for g in best]} for n, v in values}
        name, got = max(((v, self.score(a, key, text).score) for v, a in tries.items()), key=lambda pair: pair[1])
        yield "one class for every mark stays below the bar", got < self.bar, f"'{name}' gets {got:.0%}"


@lru_cache(maxsize=256)
def _targets(exercise: Mark, key: Key) -> tuple[Target, ...]:
    entries = key.layer(exercise.layer, exercise.region)
    wanted = [e for e in entries if not exercise.kinds or e.get("kind") in exercise.kinds]
    return tuple(target(e, e.data, exercise.roles, exercise.labels) for e in wanted)


@lru_cache(maxsize=2048)
def _patched(exercise: Mark, entry: Entry, alternative: Alternative) -> Target:
    return target(entry, {**entry.data, **alternative.patch}, exercise.roles, exercise.labels)


@lru_cache(maxsize=64)
def _ground(exercise: Mark, key: Key, text: str) -> tuple[tuple[Span, ...], int]:
    """The plain controls, where a mark always costs, and how many words the region has."""
    spans = [s for c in key.layer("controls", exercise.region) for s in c.spans("span")]
    paragraphs = key.layer("paragraphs", exercise.region)
    return tuple(spans), sum(len(words(text, p.spans("span")[0])) for p in paragraphs)


def filled_in(match: Match) -> int:
    """How many parts of a frame were filled that the text leaves empty: each costs as much as a miss."""
    if match.group is None or match.target.entry.layer != "entman":
        return 0
    return len(match.group.roles.keys() - match.target.roles.keys())


# Which group of marks answers which entry, and what each field of it earns.


def reach(roles: Mapping[str, tuple[Span, ...]]) -> tuple[int, int]:
    """From where to where spans go, whatever their roles."""
    spans = [s for found in roles.values() for s in found]
    return min((s.start for s in spans), default=0), max((s.end for s in spans), default=0)


def target(entry: Entry, data: Mapping[str, Any], asked: Iterable[str], labelled: Iterable[str]) -> Target:
    """One entry, with the fields in `data`, as a target: only the roles and labels that are asked, and the key has."""
    names = LAYER_ROLES.get(entry.layer, {r: r for r in asked})
    roles = {r: spans_of(data if name == "span" else data.get(name)) for r, name in names.items()}
    labels = {n: data[n] for n in labelled if data.get(n)}
    return Target(entry, {r: s for r, s in roles.items() if s}, labels)


def merged(entry: Entry, patch: Mapping[str, Any], targets: Sequence[Target]) -> list[Target]:
    """The targets with one entry joined to another: the contents of both are the content of the first.

    The patch names the other entry, and may change labels.
    """
    both = [t for t in targets if t.entry.id in (entry.id, patch["merge_with"])]
    if len(both) < 2:
        return list(targets)
    first, second = both
    contents = (*first.roles.get("content", ()), *second.roles.get("content", ()))
    labels = {n: patch.get(n, value) for n, value in first.labels.items()}
    joined = replace(first, roles={**first.roles, "content": contents}, labels=labels)
    return [joined if t is first else t for t in targets if t is not second]


def key_answer(targets: Iterable[Target]) -> Answer:
    """The answer of a learner who marked these targets and nothing else."""
    return {
        "groups": [
            {**{r: [[s.start, s.end] for s in spans] for r, spans in t.roles.items()}, "labels": dict(t.labels)}
            for t in targets
        ]
    }


class Meetings:
    """Which groups meet a target and what they earn there; readings share most targets, so each is looked at once."""

    def __init__(self, groups: Sequence[Group], text: str) -> None:
        self._groups, self._text = groups, text
        self._reach = [reach(group.roles) for group in groups]
        self._known: dict[Target, list[tuple[float, int, Match]]] = {}

    def of(self, one: Target) -> list[tuple[float, int, Match]]:
        """The groups that meet a target: how near each is, its number, and the match with it."""
        if one not in self._known:
            start, end = one.reach
            near = [j for j, (a, b) in enumerate(self._reach) if a < end and start < b]
            found = [(j, Match.of(one, self._groups[j], self._text)) for j in near]
            self._known[one] = [(self._rank(m), j, m) for j, m in found if m.earned]
        return self._known[one]

    def _rank(self, match: Match) -> float:
        """Which of several groups is taken for a target: the one that earns most.

        Where entries are stretches of the page it is the nearest one, whatever it is called: otherwise marking a device
        once with each class would find the right class.
        """
        one, group = match.target, match.group
        if group and one.entry.layer in LAYER_ROLES:
            return sum(word_f1(self._text, group.roles.get(r, ()), spans) for r, spans in one.roles.items())
        return match.total

    def alike(self, one: Sequence[Target], other: Sequence[Target]) -> bool:
        """Whether two readings of all targets come to the same with these groups."""
        changed = [(a, b) for a, b in zip(one, other, strict=False) if a is not b]
        return len(one) == len(other) and all(self._worth(a) == self._worth(b) for a, b in changed)

    def _worth(self, one: Target) -> tuple[Any, ...]:
        return one.fields, one.roles.keys(), [(j, m.earned) for _, j, m in self.of(one)]


def align(targets: Sequence[Target], groups: Sequence[Group], *, meetings: Meetings) -> tuple[list[Match], list[Group]]:
    """Pair targets and groups, the closest first; return the matches and the groups left over."""
    pairs = [(rank, -i, -j, match) for i, one in enumerate(targets) for rank, j, match in meetings.of(one)]
    taken: dict[int, Match] = {}
    used: set[int] = set()
    for _, i, j, match in sorted(pairs, reverse=True):  # the numbers tell any two apart
        if i not in taken and j not in used:
            taken[i] = match
            used.add(j)
    matches = [taken.get(-i) or Match(one, None, {}) for i, one in enumerate(targets)]
    return matches, [g for j, g in enumerate(groups) if -j not in used]


def credit(one: Target, group: Group, text: str) -> dict[str, float]:
    """What each field of a target earns from one group: roles that meet it, and labels once a role has earned."""
    earned = {}
    for role, expected in one.roles.items():
        found = group.roles.get(role, ())
        if any(f.start < e.end and e.start < f.end for f in found for e in expected):
            if one.entry.layer == "entman":
                earned[role] = float(supports(text, found, expected))
            else:
                close = word_f1(text, found, expected) >= NEAR
                earned[role] = float(close and not swallows(one, role, found))
    if any(earned.values()):
        earned |= {n: float(group.labels.get(n) == value) for n, value in one.labels.items()}
    return earned


@lru_cache(maxsize=8192)
def supports(text: str, found: tuple[Span, ...], expected: tuple[Span, ...]) -> bool:
    """Whether picked evidence stands, at least half of its words, in passages that the key lists as fair evidence."""
    picked = [w for f in found for w in words(text, f)]
    inside = sum(any(w.overlap(e) for e in expected) for w in picked)
    return bool(picked) and inside / len(picked) >= NEAR


def swallows(one: Target, role: str, found: Iterable[Span]) -> bool:
    """Whether spans marked as one role hold a whole span that the key gives another role of the same target."""
    apart = [s for other, spans in one.roles.items() if other != role for s in spans]
    return any(f.start <= s.start and s.end <= f.end for f in found for s in apart)


def touches(group: Group, spans: Iterable[Span]) -> bool:
    """Whether any span of a group overlaps any of these."""
    mine = [s for found in group.roles.values() for s in found]
    return any(a.start < b.end and b.start < a.end for a in mine for b in spans)


# What is said about marks: a hint that says where to look, then the key with its reason.


def note_on(match: Match, text: str, where: str) -> Note:
    """What is said about one target: where to look, then what the key has and why."""
    group = match.group and tuple((role, match.group.roles.get(role, ())) for role in match.target.roles)
    return _note(match.target, group, tuple(match.earned.items()), text, where)


@lru_cache(maxsize=2048)
def _note(
    one: Target,
    group: tuple[tuple[str, tuple[Span, ...]], ...] | None,
    earned: tuple[tuple[str, float], ...],
    text: str,
    where: str,
) -> Note:
    """The same marks on the same target, such as many learners make, have the same note."""
    entry, total = one.entry, sum((points for _, points in earned), 0.0)
    match = Match(one, None if group is None else Group(dict(group), {}), dict(earned), total)
    named = entry["name"] if entry.layer == "entman" else where
    return Note(
        entry.id,
        named[:1].upper() + named[1:],
        match.total,
        one.fields,
        hint(match, where),
        reason(match, text),
        tuple(a.say for a in entry.alternatives),
        tuple(_parts(match, text)),
        tuple(s for found in one.roles.values() for s in found),
        tuple(entry.get("readings", ())),
        tuple((role, s) for role, found in one.roles.items() for s in found),
    )


def hint(match: Match, where: str) -> str:
    """Where to look again, without the key: empty when nothing is missing."""
    say, names = load_wording("strings")["mark"], load_wording("strings")["roles"]
    one, is_frame = match.target, match.target.entry.layer == "entman"
    item = names["attribution" if one.entry.layer == "attributions" else next(iter(one.roles))]
    if match.group is None:
        return str(say["frame_missing"] if is_frame else say["missing"].format(item=item, where=where))
    for role in one.roles if not is_frame else ():
        if role in match.earned and swallows(one, role, match.group.roles.get(role, ())):
            return str(say["swallowed"].format(item=item, where=where, part=names[role]))
    wrong = ", ".join(names[n] for n in (*one.roles, *one.labels) if not match.earned.get(n))
    if not wrong:
        return ""
    if is_frame:
        return str(say["frame_parts"].format(name=one.entry["name"], parts=wrong))
    return str(say["parts"].format(item=item, where=where, parts=wrong))


def _parts(match: Match, text: str) -> Iterator[tuple[str, str, str, bool]]:
    """The key's own fields, one by one: role, its name, the words looked up on the page, and whether it was found."""
    names, one = load_wording("strings")["roles"], match.target
    for role, spans in one.roles.items():
        yield role, names[role], " … ".join(s.of(text) for s in spans), bool(match.earned.get(role))
    for name, value in one.labels.items():
        shown = one.entry["name"] if name == "frame" else label_words(name, value)
        yield name, names[name], shown, bool(match.earned.get(name))


def reason(match: Match, text: str) -> str:
    """Why the key has it so: whom it is carried over from, what is contestable, how near the boundary was."""
    say, entry = load_wording("strings")["mark"], match.target.entry
    said = [say["carried"].format(speaker=entry.get("speaker"))] if entry.get("carried_from") else []
    own = (entry.get("note"), entry.why) if entry.layer == "framing" else (entry.why, entry.get("note"))
    why = next((w for w in own if w), "")
    said += [why[:1].upper() + why[1:] + "."] if why else []
    names = load_wording("strings")["roles"]
    said += [say["gap"].format(part=names[n], why=w) for n, w in entry.get("gaps", {}).items()]
    return " ".join([*said, say["boundary"]] if _is_near(match, text) else said)


def _is_near(match: Match, text: str) -> bool:
    """Whether a field earned its point with another boundary than the key's."""
    one, group = match.target, match.group
    if group is None or one.entry.layer == "entman":
        return False
    earned = ((group.roles[role], spans) for role, spans in one.roles.items() if match.earned.get(role))
    return any(word_f1(text, mine, spans) < FULL for mine, spans in earned)


def label_words(name: str, value: str) -> str:
    """A label's value as a learner reads it.

    >>> label_words("form", "direct")
    'direct quotation'
    """
    if name == "device":
        return str(load_wording("devices")[value]["name"])
    return str(load_wording("choices")[name][value])
