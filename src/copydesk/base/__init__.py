"""What every other room stands on: spans, errors, wording, caching, safe file writing."""
