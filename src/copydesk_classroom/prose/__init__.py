"""Grading what learners wrote, by rubric."""
