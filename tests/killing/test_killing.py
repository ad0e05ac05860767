"""A short slice of `make proof-kill`: processes are killed at work, and nobody notices on the phone."""

from pathlib import Path

import pytest

from tests.killing.proving import prove


@pytest.mark.parametrize(("database", "cycles"), [("sqlite", 2), ("postgresql", 2)])
def test_killed_in_mid_campaign_nobody_rings_twice_and_no_answer_is_lost(
    tmp_path_factory: pytest.TempPathFactory, database: str, cycles: int
) -> None:
    folder: Path = tmp_path_factory.mktemp("killing")
    for parent in (folder, *folder.parents[:2]):
        parent.chmod(0o755)  # as root, PostgreSQL runs as a user of its own, who must come in
    report = prove(folder, database=database, cycles=cycles, seed=7, say=print, in_short=True)
    assert not report.broken, "\n".join(report.broken)
    assert report.figures["phones that rang"] > 0
    assert sum(count for name, count in report.troubles.items() if name.startswith("kill -9")) == cycles
