"""Who signs in in the browser tests."""

EMAIL = "olena@example.com"
PASSWORD = "a long walk by the river"
