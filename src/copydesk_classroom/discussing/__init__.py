"""A class discussion of votes and marks, on a projector."""
