"""Files that keep webhooks while the database is away: one a process, drained when it is back."""
