"""One story: its page, provenance, key and facts, read and validated."""
