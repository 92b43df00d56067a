"""Read submitted files, and find the owner of each and the answers in it."""
