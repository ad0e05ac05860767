"""Seeds that once were red, and what they had found. Each stays a test."""

RED_ONCE: dict[int, str] = {}
