"""The classroom: release student editions, grade what a class handed in, and give it back."""

from __future__ import annotations

from copydesk_classroom.discussing import Room, discussion
from copydesk_classroom.graders import read_score, score_for_grader
from copydesk_classroom.grading.grade import Summary, grade
from copydesk_classroom.grading.write_report import Report, report
from copydesk_classroom.prose.desk import GradingDesk, grading_desk
from copydesk_classroom.releasing.release import Release, release
from copydesk_classroom.stories.editor import KeyEditor, key_editor

__all__ = [
    "GradingDesk",
    "KeyEditor",
    "Release",
    "Report",
    "Room",
    "Summary",
    "discussion",
    "grade",
    "grading_desk",
    "key_editor",
    "read_score",
    "release",
    "report",
    "score_for_grader",
]
