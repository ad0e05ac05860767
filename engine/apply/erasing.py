"""The beginning of an erasure: from this transaction on nothing more is begun for the person."""

from campaigns.rules.vocabulary import EffectState, SmsState
from campaigns.store import erasing, outbox, sms, suppressions
from engine.apply.change import Change
from engine.apply.messages import become
from engine.apply.recipients import take_out_of_queues

ERASED = "not sent: the person is being erased"


def begin(change: Change, phone: str) -> None:
    """Off every queue, on the do-not-call list, and LiraX is told nothing of it; nothing queued is sent."""
    suppressions.keep_for_erasing(change.connection, phone, now=change.now)
    take_out_of_queues(change, [phone])
    for message_id in erasing.queued_messages(change.connection, phone):
        message = sms.get(change.connection, message_id)
        if message is not None:
            become(change, message, SmsState.FAILED, detail=ERASED)
    for effect_id, campaign_id in erasing.queued_effects(change.connection, phone):
        ended = {"state": EffectState.FAILED.value, "due_at": None, "finished_at": change.now}
        outbox.save(change.connection, effect_id, detail=ERASED, **ended)
        if campaign_id is not None:
            change.touched.add(campaign_id)
