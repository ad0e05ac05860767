"""Gathers what reasons and views need to know of campaigns: kept counts, lines, the head of the queue."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from sqlalchemy import Connection, Select, TextClause, case, func, select, text

from campaigns.definition import policy_of
from campaigns.rules.agents import CrewFacts
from campaigns.rules.calling_hours import next_permitted
from campaigns.rules.policy import Policy
from campaigns.rules.reasons import CampaignFacts, Waiting, hold_of_account
from campaigns.rules.vocabulary import (
    OPEN_EFFECTS,
    OPEN_SMS,
    QUEUED_STATES,
    CampaignId,
    CampaignState,
    RecipientState,
)
from campaigns.store.custody import held_reason
from campaigns.tables import Account, Campaign, Effect, LineSlot, Modem, Recipient, Sms, Tally

_account = Account.__table__  # type: ignore[attr-defined]
_campaign = Campaign.__table__  # type: ignore[attr-defined]
_effect = Effect.__table__  # type: ignore[attr-defined]
_modem = Modem.__table__  # type: ignore[attr-defined]
_line = LineSlot.__table__  # type: ignore[attr-defined]
_recipient = Recipient.__table__  # type: ignore[attr-defined]
_sms = Sms.__table__  # type: ignore[attr-defined]
_tally = Tally.__table__  # type: ignore[attr-defined]

BUCKETS = 32  # closing times looked through for the earliest due time: a few a day, so more than a week

Counts = Mapping[tuple[str, str], int]


class Policies(Protocol):
    """Keeps policies once they are made; `house.policies` is one."""

    def get(self, campaign_id: CampaignId, fingerprint: str, make: Callable[[], Policy]) -> Policy: ...


class Head(NamedTuple):
    """A due time in a queue, and what that recipient waits for."""

    due_at: datetime
    waits_for: Waiting | None


@dataclass(frozen=True)
class CampaignRow:
    id: CampaignId
    name: str
    account_id: int
    state: CampaignState
    definition: Mapping[str, Any]
    fingerprint: str
    start_at: datetime | None
    end_at: datetime | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    account_timezone: str
    account: str
    account_closed_at: datetime | None
    held: str | None
    account_caps: Mapping[str, Any] | None
    resting: str | None  # why this campaign alone is held

    @property
    def hold(self) -> str | None:
        """Why the account, or this campaign, does not dial; or None."""
        of_account = hold_of_account(self.account, closed=self.account_closed_at is not None, held=self.held)
        return of_account or self.resting


def select_campaigns() -> Select[Any]:
    names = [
        "id",
        "name",
        "account_id",
        "state",
        "definition",
        "fingerprint",
        "start_at",
        "end_at",
        "created_at",
        "started_at",
        "finished_at",
    ]
    return select(
        *(_campaign.c[name] for name in names),
        _account.c.timezone.label("account_timezone"),
        _account.c.name.label("account"),
        _account.c.closed_at.label("account_closed_at"),
        func.coalesce(held_reason(), _account.c.hold_reason).label("held"),
        _account.c.caps.label("account_caps"),
        _campaign.c.hold_reason.label("resting"),
    ).join_from(_campaign, _account, _account.c.id == _campaign.c.account_id)


def campaign_rows(connection: Connection, statement: Select[Any]) -> list[CampaignRow]:
    rows = connection.execute(statement).mappings()
    return [CampaignRow(**{**row, "state": CampaignState(row["state"])}) for row in rows]


def counts_of(connection: Connection, campaign_ids: Iterable[CampaignId]) -> dict[CampaignId, Counts]:
    """Kept counts by campaign, each by (kind, word)."""
    found: defaultdict[CampaignId, dict[tuple[str, str], int]] = defaultdict(dict)
    chosen = select(_tally).where(_tally.c.campaign_id.in_(list(campaign_ids)))
    for campaign_id, kind, word, count in connection.execute(chosen):
        found[campaign_id][kind, word] = count
    return dict(found)


def policy_for(campaign: CampaignRow, policies: Policies) -> Policy:
    return policies.get(
        campaign.id,
        f"{campaign.fingerprint} {campaign.account_timezone}",
        lambda: policy_of(campaign.definition, account_timezone=campaign.account_timezone),
    )


def plain_facts(campaign: CampaignRow, *, policy: Policy, now: datetime) -> CampaignFacts:
    """What the campaign's own row tells, without a look at anybody in it."""
    running = campaign.state is CampaignState.RUNNING
    return CampaignFacts(
        state=campaign.state,
        zone=policy.window.timezone or policy.account_timezone,
        recipients=0,
        start_at=campaign.start_at,
        end_at=campaign.end_at,
        finished_at=campaign.finished_at,
        hold=campaign.hold,
        opens_at=_opens_at(policy, now=now) if running else None,
        open=policy.open,
    )


def facts_of(
    connection: Connection,
    campaign: CampaignRow,
    *,
    policy: Policy,
    counts: Counts,
    lines: Mapping[int, tuple[int, int]],
    crew: CrewFacts | None = None,
    now: datetime,
) -> CampaignFacts:
    queued = sum(counts.get(("state", state), 0) for state in QUEUED_STATES)
    running = campaign.state is CampaignState.RUNNING
    head = queue_head(connection, campaign.id) if running and queued else None
    total, free = lines.get(campaign.account_id, (0, 0))
    open_sms = _open_sms(connection, campaign.id) if running and not queued else 0
    return replace(
        plain_facts(campaign, policy=policy, now=now),
        recipients=total_of(counts),
        queued=queued,
        in_flight=counts.get(("calls", "in_flight"), 0),
        next_due=head.due_at if head else None,
        next_waits_for=head.waits_for if head else None,
        open_sms=open_sms,
        modem_trouble=_modem_trouble(connection, campaign, policy) if open_sms else None,
        open_effects=_open_effects(connection, campaign.id) if running and not queued else 0,
        lines=total,
        free_lines=free,
        crew=crew if running and queued else None,
    )


def _opens_at(policy: Policy, *, now: datetime) -> datetime | None:
    """When calling hours begin next; None while they are open, never come, or differ among people."""
    if policy.window.timezone is None:
        return None
    permitted = next_permitted(policy.window, (policy.window.timezone,), at=now, not_after=policy.end)
    return permitted.at if permitted is not None and permitted.at > now else None


def total_of(counts: Counts) -> int:
    return sum(counts.get(("state", state), 0) for state in RecipientState)


def lines_of(connection: Connection) -> dict[int, tuple[int, int]]:
    """By account: how many lines it has, and how many of them are free."""
    free = func.sum(case((_line.c.attempt_id.is_(None), 1), else_=0))
    rows = connection.execute(
        select(_line.c.account_id, func.count(), free)
        .where(_line.c.draining.is_(False))
        .group_by(_line.c.account_id)
    )
    return {account_id: (count, int(unused)) for account_id, count, unused in rows}


def queue_head(connection: Connection, campaign_id: CampaignId) -> Head | None:
    """The earliest due recipient, None in an empty queue: an index seek a closing time, never a walk."""
    heads: list[Head | None] = []
    closes_at = None
    for _ in range(BUCKETS):
        closes_at = _next_closing(connection, campaign_id, after=closes_at)
        if closes_at is None:
            break
        heads += [_first_due(connection, campaign_id, closes_at=closes_at, turn=turn) for turn in (0, 1)]
    return min((head for head in heads if head), key=lambda head: head.due_at, default=None)


def queue_tail(connection: Connection, campaign_id: CampaignId) -> datetime | None:
    """The latest due time of the queue."""
    last = select(_recipient.c.closes_at).where(*_queue(campaign_id), _recipient.c.closes_at.is_not(None))
    closes_at = connection.execute(last.order_by(_recipient.c.closes_at.desc()).limit(1)).scalar()
    due = [_last_due(connection, campaign_id, closes_at=closes_at, turn=turn) for turn in (0, 1)]
    return max((moment for moment in due if moment is not None), default=None)


def _last_due(
    connection: Connection, campaign_id: CampaignId, *, closes_at: datetime | None, turn: int
) -> datetime | None:
    latest: datetime | None = connection.execute(
        select(_recipient.c.due_at)
        .where(*_queue(campaign_id), _recipient.c.closes_at == closes_at, _recipient.c.turn == turn)
        .order_by(_recipient.c.due_at.desc())
        .limit(1)
    ).scalar()
    return latest


def _queue(campaign_id: CampaignId) -> Sequence[Any]:
    return (_recipient.c.campaign_id == campaign_id, queued())


def queued() -> TextClause:
    """Spelt like the partial index, with literals: through parameters SQLite does not see that it serves."""
    return text("recipient.state IN ('pending','waiting')")


def _next_closing(
    connection: Connection, campaign_id: CampaignId, *, after: datetime | None
) -> datetime | None:
    closing = select(_recipient.c.closes_at).where(*_queue(campaign_id), _recipient.c.closes_at.is_not(None))
    if after is not None:
        closing = closing.where(_recipient.c.closes_at > after)
    found: datetime | None = connection.execute(closing.order_by(_recipient.c.closes_at).limit(1)).scalar()
    return found


def _first_due(
    connection: Connection, campaign_id: CampaignId, *, closes_at: datetime, turn: int
) -> Head | None:
    first = connection.execute(
        select(_recipient.c.due_at, _recipient.c.wait_reason)
        .where(
            *_queue(campaign_id),
            _recipient.c.closes_at == closes_at,
            _recipient.c.turn == turn,
            _recipient.c.due_at.is_not(None),
        )
        .order_by(_recipient.c.due_at)
        .limit(1)
    ).first()
    return None if first is None else Head(first.due_at, waiting_of(first.wait_reason))


def waiting_of(word: str | None) -> Waiting | None:
    return None if word is None else Waiting(word)


def _open_sms(connection: Connection, campaign_id: CampaignId) -> int:
    open_words = [str(state) for state in OPEN_SMS]
    mine = select(func.count()).where(_sms.c.campaign_id == campaign_id, _sms.c.state.in_(open_words))
    return connection.execute(mine).scalar_one()


def _modem_trouble(connection: Connection, campaign: CampaignRow, policy: Policy) -> str | None:
    """Which modem of the campaign cannot send, and why; None where it can."""
    number = None if policy.sms is None else policy.sms.modem
    query = select(_modem.c.trouble).where(
        _modem.c.account_id == campaign.account_id, _modem.c.number == number
    )
    trouble = connection.execute(query).scalar()
    return None if trouble is None else f"modem {number}: {trouble}"


def _open_effects(connection: Connection, campaign_id: CampaignId) -> int:
    open_words = [str(state) for state in OPEN_EFFECTS]
    mine = select(func.count()).where(_effect.c.campaign_id == campaign_id, _effect.c.state.in_(open_words))
    return connection.execute(mine).scalar_one()
