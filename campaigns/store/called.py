"""Which calls rang a number, or may have rung it: those of every campaign and account, and those by hand."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, bindparam, func, select, union_all

from campaigns.rules.caps import Rung, moment_of_call
from campaigns.rules.vocabulary import ANSWERED, EmployeeCallState
from campaigns.store.attempts import NEVER_RANG
from campaigns.tables import Attempt, EmployeeCall

LONGEST_RING = timedelta(minutes=2)  # before somebody picks up, or the exchange gives up
_attempt = Attempt.__table__.c  # type: ignore[attr-defined]
_by_hand = EmployeeCall.__table__.c  # type: ignore[attr-defined]
_since = bindparam("since", type_=_attempt.ended_at.type)
_OF_CAMPAIGNS = select(
    _attempt.phone,
    func.coalesce(_attempt.placed_at, _attempt.claimed_at).label("began_at"),
    _attempt.ended_at.label("ended_at"),
    _attempt.result.in_([result.value for result in ANSWERED]).label("talked"),
).where(
    _attempt.phone.in_(bindparam("phones", expanding=True)),
    _attempt.ended_at > _since,
    _attempt.state.not_in(NEVER_RANG),
)
_ORDERED_BY_HAND = select(
    _by_hand.phone,
    _by_hand.created_at,
    func.coalesce(_by_hand.ended_at, _by_hand.created_at),
    _by_hand.answered_at.is_not(None),
).where(
    _by_hand.phone.in_(bindparam("phones", expanding=True)),
    _by_hand.created_at > _since,
    _by_hand.state != EmployeeCallState.FAILED.value,
)
_RUNG = union_all(_OF_CAMPAIGNS, _ORDERED_BY_HAND)
_BY_HISTORY_ALONE = and_(
    _attempt.history_at.is_not(None), _attempt.success.is_(None), _attempt.event_status.is_(None)
)
_LAST_ENDS = (
    select(_attempt.phone, _BY_HISTORY_ALONE, func.max(_attempt.ended_at))
    .where(
        _attempt.phone.in_(bindparam("phones", expanding=True)),
        _attempt.ended_at > _since,
        _attempt.state.not_in(NEVER_RANG),
    )
    .group_by(_attempt.phone, _BY_HISTORY_ALONE)
)


def rung(
    connection: Connection, phones: Sequence[str], *, since: datetime, longest: timedelta
) -> dict[str, list[Rung]]:
    """By number, its calls that were over after `since`; none of them can last beyond `longest`.

    Open calls of campaigns are not among them: while there is one, nobody else calls the number anyway.
    """
    found: defaultdict[str, list[Rung]] = defaultdict(list)
    for phone, began_at, ended_at, talked in connection.execute(_RUNG, {"phones": phones, "since": since}):
        at = moment_of_call(began_at=began_at, ended_at=ended_at, longest=longest)
        found[phone].append(Rung(at, bool(talked)))
    return dict(found)


def last_ends(connection: Connection, phones: Sequence[str], *, since: datetime) -> dict[str, datetime]:
    """When the last call to each of these numbers ended at the latest, where that is after `since`.

    Call history does not tell how long a phone rang: a call of which nothing else told may have ended later.
    """
    ends: dict[str, datetime] = {}
    for phone, by_history_alone, ended_at in connection.execute(
        _LAST_ENDS, {"phones": phones, "since": since - LONGEST_RING}
    ):
        ended_by = ended_at + LONGEST_RING if by_history_alone else ended_at
        if ended_by > since:
            ends[phone] = max(ended_by, ends.get(phone, ended_by))
    return ends
