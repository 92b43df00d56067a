"""Checks for authors and instructors: stories, keys, lessons, scoring, class settings."""
