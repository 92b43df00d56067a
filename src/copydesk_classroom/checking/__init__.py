"""Check stories, keys, lessons, scoring and the settings for grading, for authors and instructors."""
