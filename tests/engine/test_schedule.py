"""The metronome rings every pass."""

from engine.house import Bells
from engine.schedule import metronome


def test_every_pass_is_rung_and_webhooks_soonest_where_others_write_too() -> None:
    bells = Bells()
    alone = {job.id: job.trigger.interval.total_seconds() for job in metronome(bells, shared=False).get_jobs()}
    shared = {job.id: job.trigger.interval.total_seconds() for job in metronome(bells, shared=True).get_jobs()}
    assert set(alone) == set(shared) == set(bells.of_passes())
    assert set(alone.values()) == {5.0}
    assert shared["intake"] == 0.25
