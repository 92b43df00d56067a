"""Files that a stranger changed: whatever reads them ends in a CopydeskError or with what it was asked for.

Each format is changed `TRIES` times, by fixed seeds; the slowest ones share them. `make fuzz` does the same with other
seeds and many more tries, and prints what each format took at worst (see `../conftest.py`). What was found on the
way is kept in `fixtures/fuzz/`, a folder per format, and read before anything is changed.
"""
