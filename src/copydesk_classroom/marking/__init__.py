"""Turn answers into points: the machine’s by the key, people’s by a rubric."""
