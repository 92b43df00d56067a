"""A learner in a process of their own, for tests that kill it: saves answers and says so after each.

python answer_writer.py ROOT LESSON PREFIX COUNT [FIRST]
"""

import sys
from pathlib import Path

from copydesk.answers import AnswerFile

SHA256 = "ab" * 32


def main(root: str, lesson: str, prefix: str, count: str, first: str = "0") -> None:
    file = AnswerFile.open("story", lesson, sha256=SHA256, root=Path(root))
    for number in range(int(first), int(first) + int(count)):
        exercise = f"{prefix}{number % 200 if int(count) <= 200 else number % 7}"
        file.save(exercise, {"n": number})
        sys.stdout.write(f"{exercise} {number}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
