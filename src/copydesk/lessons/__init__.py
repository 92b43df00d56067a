"""Lessons: a TOML file each, joined with a story; and what a learner reached in them."""
