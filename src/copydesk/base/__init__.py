"""What every other room stands on: spans, errors, wording, figures, safe file writing."""
