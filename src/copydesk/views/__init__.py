"""What lessons show besides exercises: plots, agreement, sourcing, comparisons, glossary, progress."""
