"""Examines this machine's clock against what the database remembers: whether it was set back."""

from datetime import timedelta

from campaigns.store import clock_moves
from engine.clock import Clock, SystemClock
from engine.clock_watch import JUMP_SECONDS
from engine.database.port import Database
from web.cli.doctor.findings import Finding, look


async def examine_calls_ahead(database: Database, *, clock: Clock | None = None) -> list[Finding]:
    """Nothing is said while the newest call lies in the past."""
    latest = await database.read(clock_moves.latest_call)
    ahead = None if latest is None else latest - (clock or SystemClock()).now()
    if ahead is None or ahead <= timedelta(seconds=JUMP_SECONDS):
        return []
    says = f"the last call lies {ahead.total_seconds():.0f} s ahead of it: it was set back, or ran ahead then"
    return [look("clock", f"{says}; who was called meanwhile is called again later than the rules say")]
