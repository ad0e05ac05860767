"""The other calls to the same recipient."""

from typing import NamedTuple

from sqlalchemy import Connection, select

from campaigns.rules.policy import KeyPress
from campaigns.rules.vocabulary import AttemptState, CallResult
from campaigns.store.attempts import AttemptRow
from campaigns.store.pressed import presses_of
from campaigns.tables import Attempt

_attempt = Attempt.__table__.c  # type: ignore[attr-defined]


class Sibling(NamedTuple):
    """Another call to the same recipient."""

    number: int
    state: AttemptState
    result: CallResult | None
    keys: tuple[KeyPress, ...]
    fired: tuple[int, ...]
    abandoned: bool


def siblings_of(connection: Connection, attempt: AttemptRow) -> list[Sibling]:
    """The recipient's other calls, in order."""
    rows = connection.execute(
        select(
            _attempt.number,
            _attempt.state,
            _attempt.result,
            _attempt["keys"].label("pressed"),
            _attempt.fired,
            _attempt.abandoned,
        )
        .where(_attempt.recipient_id == attempt.recipient_id, _attempt.id != attempt.id)
        .order_by(_attempt.number)
    )
    return [
        Sibling(
            row.number,
            AttemptState(row.state),
            CallResult(row.result) if row.result else None,
            presses_of(row.pressed),
            tuple(row.fired or ()),
            row.abandoned,
        )
        for row in rows
    ]
