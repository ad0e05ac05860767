"""The metronome rings every pass."""

from engine.bells import Bells
from engine.schedule import metronome


def ticks(*, shared: bool) -> dict[str, float]:
    """Seconds between two looks, by pass."""
    return {
        job.id: job.trigger.interval.total_seconds() for job in metronome(Bells(), shared=shared).get_jobs()
    }


def test_every_pass_is_rung_and_webhooks_soonest_where_others_write_too() -> None:
    assert ticks(shared=False) == dict.fromkeys(Bells().of_passes(), 5.0)
    assert ticks(shared=True)["intake"] == 0.25
