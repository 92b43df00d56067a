"""A story made for tests, with events to put in order and passages to edit: the practice page with facts of its own."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

from copydesk.story.facts import COLUMNS

SEEDS = Path(__file__).resolve().parents[1] / "seeds"
LESSON = "07_what_was_going_on"
FACTS = {
    "silent": ("2021-11-08", "2021-11-08", "The old ferry engine fell silent."),
    "vote": ("2021-12-14", "2021-12-14", "The council voted to pay for a new engine, by seven votes to four."),
    "storm": ("2021-12-14", "2021-12-14", "A storm tore planks from the old pier."),
    "owner": ("2021", "2021", "The ferry company changed hands."),
    "paid": ("2022-01-20", "2022-01-20", "The town paid for the new engine."),
    "closed": ("2022-01-25", "2022-02-10", "The council heard, behind closed doors, that the pier fund was empty."),
    "sails": ("2022-04-02", "2022-04-02", "The ferry sailed again, with the harbour band on board."),
    "pier": ("2022-06-18", "2022-06-18", "Work on a new pier began."),
}
"""Day, first day known, and words; "vote" and "storm" share a day, and of "owner" only the year is known."""
LESSONS = f"""
[{LESSON}.order]
type = "order"
title = "The winter in order"
prompt = "Put the events in order, the earliest first, and say which were known on the day of the story."
known = true
points = 4
bar = 0.8
items = [{", ".join(f'{{ fact = "{name}" }}' for name in FACTS if name != "owner")}]

[{LESSON}.measure]
type = "order"
title = "How a story comes to be"
prompt = "Put the steps in order."
points = 1
tries = 2
deal = 2
items = [
  {{ id = "print", text = "The page is printed." }}, {{ id = "call", text = "The reporter calls the harbour." }},
  {{ id = "edit", text = "The desk edits the copy." }}, {{ id = "file", text = "The reporter files the copy." }},
]

[{LESSON}.cases]
type = "write"
title = "Write it another way"
prompt = "Write both passages another way, true to the same facts, and watch what moves."
points = 2
tries = 0
edits = [
  {{ id = "head", label = "The headline", block = "f2", min = 4, max = 16 }},
  {{ id = "units", label = "A sentence of paragraph 3", block = "p3.s1", min = 4, max = 30 }},
]
fields = [{{ id = "moved", label = "What moved, and what would a reader think of first?", min = 5, max = 60 }}]
"""
ANSWERS = {
    f"{LESSON}/order": {"paid": {"why": "the bill is dated"}},
    f"{LESSON}/measure": {"order": {"accept": ["call", "file", "edit", "print"], "why": "each needs the one before"}},
    f"{LESSON}/cases": {
        "samples": [
            {
                "view": "flat",
                "texts": {"head": "Ferry due back in spring", "moved": "The speaker is gone from the headline."},
                "edits": {"units": [[291, 299, "Lower Mere"], [300, 304, "bought"], [305, 308, ""]]},
            }
        ]
    },
}


def make_story(seeds: Path, name: str = "harbour") -> Path:
    """A copy of the practice story with facts, lessons and answers of its own, in a folder of that name."""
    folder = seeds / name
    shutil.copytree(SEEDS / "practice", folder)
    (folder / "lessons.toml").write_text(LESSONS, encoding="utf-8")
    key = json.loads((folder / "key.json").read_text(encoding="utf-8"))
    (folder / "key.json").write_text(json.dumps({**key, "answers": ANSWERS}), encoding="utf-8")
    (folder / "context").mkdir()
    with (folder / "context" / "facts.csv").open("w", encoding="utf-8", newline="") as file:
        sheet = csv.DictWriter(file, COLUMNS, restval="")
        sheet.writeheader()
        plain = {"kind": "ferry", "source_class": "news", "confidence": "verified", "source_publisher": "Lakeside Wire"}
        for id, (day, known, words) in FACTS.items():
            sheet.writerow({**plain, "id": id, "date": day, "known_from": known, "statement": words})
    return folder
