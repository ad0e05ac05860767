"""A short slice of `make proof-kill`: processes are killed at work, and nobody notices on the phone."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.killing.proving import prove


@pytest.mark.parametrize(("database", "cycles"), [("sqlite", 2), ("postgresql", 2)])
def test_killed_in_mid_campaign_nobody_rings_twice_and_no_answer_is_lost(database: str, cycles: int) -> None:
    # Not below pytest's own folder: each new run of pytest closes that to other users, and as root
    # PostgreSQL runs as a user of its own.
    with TemporaryDirectory(prefix="dzvin-killing-") as folder:
        report = prove(Path(folder), database=database, cycles=cycles, seed=7, say=print, in_short=True)
    assert not report.broken, "\n".join(report.broken)
    assert report.figures["phones that rang"] > 0
    assert sum(count for name, count in report.troubles.items() if name.startswith("kill -9")) == cycles
