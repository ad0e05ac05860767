"""The simulator's own page: which phones ring, and buttons to take part."""
