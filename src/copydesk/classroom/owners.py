"""Who handed in what: by the platform's name for the file, the roster, the name in the hand-in, the folder or the file.

What a platform wrote counts more than what a learner wrote, and what lies further out more than what lies inside it:
nobody hands in under another's name by naming a folder so.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import PurePosixPath

from copydesk.classroom.faults import Fault
from copydesk.classroom.inert import line
from copydesk.classroom.labels import Label, label_of
from copydesk.classroom.ledger import Learner, Ledger
from copydesk.classroom.papers import Paper
from copydesk.classroom.roster import Pupil, Roster

STEM = re.compile(r"(handin_)?(?P<name>.+?)(\.json)?(\.txt|\.bak)?", re.IGNORECASE | re.DOTALL)


def own_at_sight(ledger: Ledger, roster: Roster, seq: int, shown: str) -> None:
    """Give a file its owner if its path alone tells: a platform's label, or a part that is on the roster."""
    parts = PurePosixPath(shown).parts
    if label := label_of(parts):
        pupil = roster.find(id=label.id, name=label.name)
        who = pupil.key if pupil else f"{label.platform}:{label.id}"
        ledger.own([seq], _learner(_labelled(pupil or Pupil(line(label.name)), label), who, known=pupil is not None))
        ledger.set_label(seq, late=label.late, again=label.again)
        return
    stem = STEM.fullmatch(parts[-1])
    for part in (*parts[:-1], stem["name"] if stem else parts[-1]):
        if pupil := roster.find_part(part):
            ledger.own([seq], _learner(pupil, pupil.key))
            return


def own_the_rest(ledger: Ledger, roster: Roster, top: str) -> None:
    """Give every other file with answers its owner; `top` names whoever's answers lie in no folder of their own."""
    for place, files in ledger.unowned():
        answers, handins = [f for f in files if f.kind != "handin"], [f for f in files if f.kind == "handin"]
        if any(f.kind == "answers" for f in answers):  # one folder with answers is one learner's
            names = [f.named for f in answers if line(f.named)]
            learner = _known(roster, names[-1]) if names else _placed(place or ".", top)
            ledger.own([f.seq for f in answers], learner)
        alone = place if len({f.sha for f in handins}) == 1 else ""  # a folder with one hand-in is its learner's too
        for file in handins:
            learner = _known(roster, file.named) if line(file.named) else _placed(alone or file.shown, top)
            ledger.own([file.seq], learner)
            if not line(file.named):
                ledger.add_problem(file.shown, Fault("nameless", learner.name))


def _known(roster: Roster, named: str) -> Learner:
    """Whoever bears the name a learner chose: on the roster, or a stranger."""
    name = line(named)
    pupil = roster.find(id=name, name=name)
    if pupil:
        return _learner(pupil, pupil.key)
    return _learner(Pupil(name), f"name:{name.casefold()}", known=False)


def _placed(place: str, top: str) -> Learner:
    """Somebody known only by where the work lies."""
    name = line(PurePosixPath(place).name.removesuffix(".zip")) or top
    return _learner(Pupil(name), f"place:{line(ascii(place), most=4000)}", known=False)


def folder_of(shown: str, paper: Paper) -> str:
    """The folder around a file: for answers, the one around `answers/<story>/<lesson>.json`."""
    folder = PurePosixPath(shown).parent
    if paper.kind in ("answers", "learner"):
        stories = {w.story.casefold() for w in paper.works}
        folder = folder.parent if folder.name.casefold() in stories else folder
        folder = folder.parent if folder.name.casefold() == "answers" else folder
    return "" if str(folder) == "." else str(folder)


def add_missing(ledger: Ledger, roster: Roster) -> None:
    """Whoever is on the roster and handed in nothing."""
    for pupil in roster:  # whoever is noted already stays as noted
        ledger.add_learner(replace(_learner(pupil, pupil.key), status="missing"))


def _learner(pupil: Pupil, who: str, *, known: bool = True) -> Learner:
    """A learner who is on the roster, or, not being `known` from there, a stranger."""
    name = pupil.name or pupil.sis or pupil.id or pupil.email or pupil.participant
    number = pupil.sis or pupil.id or pupil.participant
    return Learner(who, name, number, "graded" if known else "stranger", pupil)


def _labelled(pupil: Pupil, label: Label) -> Pupil:
    """A pupil with the platform's own number, which its import goes by."""
    if label.platform == "moodle":
        return replace(pupil, participant=label.id)
    return pupil if pupil.id else replace(pupil, id=label.id)
