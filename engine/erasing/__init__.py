"""Erasing people: the log of it, beginning, ending, and doing it again after a restore."""
