"""The classroom: release student editions, grade what a class handed in, and give it back."""

from copydesk.classroom.discussion import Room, discussion
from copydesk.classroom.gradebooks import read_score, score_for_grader
from copydesk.classroom.grading import Summary, grade
from copydesk.classroom.grading_desk import GradingDesk, grading_desk
from copydesk.classroom.release import Release, release
from copydesk.classroom.reporting import Report, report

__all__ = [
    "GradingDesk",
    "Release",
    "Report",
    "Room",
    "Summary",
    "discussion",
    "grade",
    "grading_desk",
    "read_score",
    "release",
    "report",
    "score_for_grader",
]
