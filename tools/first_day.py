"""A first day with an installed wheel and nothing else: start, a lesson, a hand-in, grades. `make floors` runs it.

    python path/to/first_day.py        (with the Python that has copydesk[lab,classroom], in an empty folder)

It uses the console script as a person does, runs lesson 02 on a real kernel, answers its exercises as the key does, and
grades the hand-in.
"""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

COPYDESK = (sys.executable, "-m", "copydesk")
LESSON = "02_who_says_so"
LEARNER = f"""
import copydesk
desk = copydesk.open_lesson("{LESSON}")
desk.answers.set_learner("Ada Example")
for exercise in desk.lesson.exercises:
    models = exercise.model_answers(desk.lesson.key, desk.story.article.text)
    widget = desk.exercise(exercise.id)
    widget.save(next(iter(models.values()), {{"text": "my own words"}}))
    widget.check()
print(copydesk.hand_in(to="../submissions").path)
"""


def start() -> None:
    """`copydesk start`: JupyterLab answers at the address it prints."""
    said = Path("said.txt")
    with said.open("w", encoding="utf-8") as file:
        lab = subprocess.Popen([*COPYDESK, "start", "course", "--teacher", "--no-browser"], stdout=file, stderr=file)
        try:
            found = None
            while not found and lab.poll() is None:
                time.sleep(0.2)
                found = re.search(r"http://localhost\S+", said.read_text("utf-8"))
            assert found, said.read_text("utf-8")
            time.sleep(2)  # Jupyter prints the address a moment before it listens there
            with urllib.request.urlopen(found[0]) as answer:
                assert answer.status == 200 and b"JupyterLab" in answer.read()
        finally:
            lab.terminate()
            lab.wait()
    print(f"copydesk start: {len([*Path('course').rglob('*.*')])} files, {found[0].partition('?')[0]} answers")


def run(*command: str, folder: str = ".") -> str:
    """What a command says; an error that names it if it fails."""
    done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


def main() -> None:
    """The whole day."""
    for name in ("COPYDESK_SEEDS", "COPYDESK_STORY", "COPYDESK_ANSWERS", "PYTHONPATH"):
        os.environ.pop(name, None)
    start()
    for book in (f"{LESSON}.ipynb", "instructor/class_discussion.ipynb"):
        run(sys.executable, "-m", "jupyter", "execute", book, folder="course")
        print(f"{book}: every cell runs")
    Path("submissions").mkdir()
    print(f"hand-in: {run(sys.executable, '-c', LEARNER, folder='course').strip().splitlines()[-1]}")
    run(*COPYDESK, "grade", "submissions", "--out", "grades")
    with Path("grades", "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["name"], row["percent"]) == ("Ada Example", "100.0"), row
    assert [*Path("grades").rglob("*.html")]
    print(f"copydesk grade: {row['name']}, {row['percent']} %")
    print(run(*COPYDESK, "doctor", folder="course").splitlines()[-1])


if __name__ == "__main__":
    main()
