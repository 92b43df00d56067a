"""One report about a class, without names."""
