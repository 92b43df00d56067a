"""What was going on: facts with their sources, the days they became public, and the order they came in."""
