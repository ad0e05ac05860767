"""Writes down what LiraX's answer to an errand means."""

from datetime import datetime, timedelta

from campaigns.rules.durations import write_duration
from campaigns.rules.errands import pause_before
from campaigns.store import crm
from engine.apply import outbox
from engine.apply.change import Change
from engine.effects.errand import Errand, Told
from engine.effects.registry import PERFORMERS
from engine.lirax.errors import LiraxError, Unavailable

LONGEST_SAID = 200  # of an answer that nobody understands


def said(error: LiraxError) -> str:
    """The error, with what LiraX said where the error's own sentence does not tell it."""
    body = error.body.strip()[:LONGEST_SAID]
    return f"{error} It said {body!r}." if body and body not in str(error) else str(error)


def did(change: Change, errand: Errand, told: Told) -> None:
    row = errand.effect
    if told.once_more:
        outbox.again(change, row, at=change.now, detail=told.detail, provider_id=told.provider_id)
    else:
        outbox.done(change, row, detail=told.detail, provider_id=told.provider_id)
    if told.keep is not None:
        told.keep(change)


def not_done(change: Change, errand: Errand, detail: str) -> None:
    """LiraX did nothing, for a reason that lies with the account: again as soon as that is over."""
    outbox.again(change, errand.effect, at=change.now, detail=detail, sent_at=_sent_before(errand))


def with_contact_again(change: Change, errand: Errand, detail: str) -> None:
    """LiraX refused what relies on a contact it was told long ago: perhaps somebody has deleted it there."""
    crm.forget_contact(change.connection, errand.effect.account_id, errand.phone)
    outbox.again(change, errand.effect, at=change.now, detail=detail, sent_at=_sent_before(errand))


def not_now(change: Change, errand: Errand, error: Unavailable, patience: timedelta) -> None:
    """It was not done, or twice does no harm: again after a pause, but not for ever."""
    row, repeatable = errand.effect, PERFORMERS[errand.effect.kind].repeatable(errand)
    if error.kind != "network" and outbox.is_too_late(row, now=change.now, patience=patience):
        detail = f"given up after {write_duration(patience)}. {said(error)}"
        (outbox.unclear if repeatable else outbox.failed)(change, row, detail=detail)
        return
    at = change.now + max(pause_before(row.tries), error.retry_after)
    sent_at = row.sent_at if repeatable else None
    outbox.again(change, row, at=at, detail=f"waits to be tried again. {said(error)}", sent_at=sent_at)


def _sent_before(errand: Errand) -> datetime | None:
    return errand.effect.sent_at if errand.may_have_been_sent else None
