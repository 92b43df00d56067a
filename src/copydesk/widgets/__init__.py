"""The exercise widgets: one JavaScript view per type, one Python model for all."""
